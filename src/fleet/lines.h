/* lines.h - a text file line by line, in memory that does not grow with it. */
#ifndef WR_FLEET_LINES_H
#define WR_FLEET_LINES_H

#include "base/arena.h"

typedef struct wr_lines {
    const char *path; /* borrowed */
    int fd;
    wr_arena arena; /* of the buffer */
    uint8_t *buffer;
    size_t room, from, used;
    uint64_t offset; /* of buffer[0] in the file */
    uint64_t number; /* of the last line, from 1  */
    bool at_end;
} wr_lines;

/* Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_lines_open(const char *path, wr_lines *out, wr_error *err);
void wr_lines_close(wr_lines *l);

/* The first bytes of the file, up to `len`, without moving on. */
WR_MUST_USE bool wr_lines_peek(wr_lines *l, size_t len, wr_view *out, wr_error *err);

/* The next line without what ends it; good until the next call.  *more is false at the end; *whole
 * is false for a last line that nothing ends, as one that was cut.
 * Fails: IO, NO_MEMORY, LIMIT (a line that is too long: it is passed over, and the next call gives
 * the one behind it). */
WR_MUST_USE bool wr_lines_next(wr_lines *l, wr_view *line, bool *more, bool *whole, wr_error *err);

#endif
