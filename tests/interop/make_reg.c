/* make_reg.c - writes what a .reg text or a policy file says as the text of regedit, or as a policy
 * file, for tests that have other readers read it.
 *
 *     make_reg IN OUT.reg|OUT.pol */
#include "base/outfile.h"
#include "format/probe.h"
#include "format/reg_pol.h"
#include "format/reg_text.h"
#include "make_support.h"

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
    return argc == 3 ? make_with(argv[1], argv[2], rewrite) : 2;
}
