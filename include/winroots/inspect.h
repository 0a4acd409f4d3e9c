/* winroots/inspect.h - what one file of any known kind holds, without judging it. */
#ifndef WINROOTS_INSPECT_H
#define WINROOTS_INSPECT_H

#include "winroots/error.h"

typedef struct wr_inspect_options {
    bool json;               /* winroots.inspect/1, else text for people     */
    bool hash;               /* SHA-256 of every file                        */
    bool entries;            /* every entry of a trust list, with properties */
    bool no_logs;            /* read hives alone, also dirty ones            */
    bool recover;            /* search hives for what was deleted            */
    const char *const *logs; /* transaction logs, in place of those beside a dirty hive */
    size_t num_logs;
} wr_inspect_options;

/* Reads `num_paths` files or folders and writes what they hold to a file, whole or not at all, or
 * to standard output (output NULL).  A file that cannot be read is written with its diagnostic.
 * *num_files and *num_read say how many there were and how many could be read.
 * Fails: IO (the output), NO_MEMORY. */
WR_MUST_USE bool wr_inspect(const char *const *paths, size_t num_paths,
                            const wr_inspect_options *options, const char *output,
                            size_t *num_files, size_t *num_read, wr_error *err);

#endif
