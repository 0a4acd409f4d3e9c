/* make_support.h - the frame of the programs that interop tests call: one file in, messages to
 * stderr. */
#ifndef TESTS_INTEROP_MAKE_SUPPORT_H
#define TESTS_INTEROP_MAKE_SUPPORT_H

#include "base/diag.h"
#include "source/file.h"
#include "winroots/limits.h"

#include <stdio.h>

typedef bool make_work(wr_view in, const char *out, wr_arena *arena, wr_diags *diags,
                       wr_error *err);

/* Does `work` with the file; gives the exit code. */
static inline int make_with(const char *path, const char *out, make_work *work)
{
    wr_arena arena;
    wr_diags diags;
    wr_file *file;
    wr_error err;
    bool done = false;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    if (wr_file_open(path, NULL, &file, &err)) {
        done = work(wr_file_view(file), out, &arena, &diags, &err);
        for (size_t i = 0; i < diags.list.count; i++)
            fprintf(stderr, "%s: %s\n", diags.list.items[i].source, diags.list.items[i].message);
        wr_file_close(file);
    }
    if (!done)
        fprintf(stderr, "%s: %s\n", err.source, err.message);
    wr_arena_free(&arena);
    return !done;
}

#endif
