/* help.c - what a command says of itself, in lines that fit a terminal.  Its text has one line for
 * an option or a paragraph. */
#include "base/wrap.h"
#include "cli/cli.h"

#include <string.h>

void wr_print_help(const char *text)
{
    const wr_view lines = { .data = (const uint8_t *)text, .len = strlen(text) };
    wr_out *out;
    wr_error err;

    if (!wr_out_memory(&out, &err)) {
        wr_message(&err);
        return;
    }
    wr_out_wrapped_lines(out, lines);
    wr_out_write(out, "", 1);
    if (wr_out_finish(out, &err))
        wr_print((const char *)wr_out_bytes(out).data);
    else
        wr_message(&err);
    wr_out_discard(out);
}
