/* make_reg.c - writes what a .reg text or a policy file says as the text of regedit, or as a policy
 * file, for tests that have other readers read it.
 *
 *     make_reg IN OUT.reg|OUT.pol */
#include "base/outfile.h"
#include "format/probe.h"
#include "format/reg_pol.h"
#include "format/reg_text.h"
#include "source/file.h"
#include "winroots/limits.h"

#include <stdio.h>
#include <string.h>

static bool rewrite(wr_view in, const char *path, wr_arena *arena, wr_diags *diags, wr_error *err)
{
    wr_reg_entries entries;
    wr_out *out;

    if (!(wr_probe(in) == WR_KIND_POL ? wr_reg_pol_parse(in, arena, diags, &entries, err)
                                      : wr_reg_text_parse(in, arena, diags, &entries, err)) ||
        !wr_out_file(path, &out, err))
        return false;
    if (strlen(path) > 4 && !strcmp(path + strlen(path) - 4, ".pol"))
        wr_reg_pol_write(out, &entries, diags);
    else
        wr_reg_text_write(out, &entries, diags);
    return wr_out_finish(out, err);
}

int main(int argc, char **argv)
{
    wr_arena arena;
    wr_diags diags;
    wr_file *file;
    wr_error err;
    bool done;

    if (argc != 3)
        return 2;
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    if (!wr_file_open(argv[1], NULL, &file, &err)) {
        fprintf(stderr, "%s: %s\n", err.source, err.message);
        return 1;
    }
    done = rewrite(wr_file_view(file), argv[2], &arena, &diags, &err);
    if (!done)
        fprintf(stderr, "%s: %s\n", err.source, err.message);
    for (size_t i = 0; i < diags.list.count; i++)
        fprintf(stderr, "%s: %s\n", diags.list.items[i].source, diags.list.items[i].message);
    wr_file_close(file);
    wr_arena_free(&arena);
    return !done;
}
