/* host_list.h - the evidence of many hosts, named one after the other: by a command line, or by a
 * list that is read as it comes and may be a pipe. */
#ifndef WR_FLEET_HOST_LIST_H
#define WR_FLEET_HOST_LIST_H

#include "base/arena.h"

#define WR_HOST_LIST_BUFFER 65536

typedef struct wr_host_list {
    const char *const *given; /* come first */
    size_t num_given;
    const char *path; /* of the list, "-" = standard input; NULL = none */
    bool null;        /* names end with a NUL and may hold line ends    */
    int fd;
    size_t entries, used, filled; /* of the list; of the buffer */
    char *entry;
    char *buffer;
} wr_host_list;

/* A list of what `given` names and then of what the file `path` does, which may be NULL; its memory
 * comes from the arena.  Fails: IO, USAGE (a folder), NO_MEMORY. */
WR_MUST_USE bool wr_host_list_begin(const char *const *given, size_t num_given, const char *path,
                                    bool null, wr_arena *arena, wr_host_list *out, wr_error *err);

/* The next name, borrowed until the next call; NULL at the end.  Empty lines are none, and a
 * carriage return at the end of a line is no part of one.  Fails: IO, MALFORMED (a NUL in a line),
 * LIMIT (WR_LIMIT_FLEET_PATH, WR_LIMIT_FLEET_HOSTS). */
WR_MUST_USE bool wr_host_list_next(wr_host_list *list, const char **out, wr_error *err);

void wr_host_list_end(wr_host_list *list);

#endif
