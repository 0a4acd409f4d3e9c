/* help.c - what a command says of itself, in lines that fit a terminal.  Its text has one line for
 * an option or a paragraph. */
#include "base/wrap.h"
#include "cli/cli.h"

#include <string.h>

#define LONGEST_LINE 1024
#define GOES_ON      4 /* column at which "winroots COMMAND ... : ..." goes on */

/* Column at which a line goes on: that of its second column where it has one.  Prose has none,
 * whatever stands between its sentences. */
static size_t second_column(const char *line)
{
    const char *text = line + strspn(line, " "), *gap = strstr(text, "  ");
    const bool usage = !strncmp(line, "winroots ", 9);

    if (gap && (usage || text != line))
        return (size_t)(gap - line) + strspn(gap, " ");
    return usage && strstr(line, " : ") ? GOES_ON : (size_t)(text - line);
}

static void write_lines(wr_out *out, const char *text)
{
    char line[LONGEST_LINE];

    while (*text) {
        const size_t len = strcspn(text, "\n"), kept = len < sizeof line ? len : sizeof line - 1;
        memcpy(line, text, kept);
        line[kept] = '\0';
        wr_out_wrapped(out, second_column(line), line);
        text += len + (text[len] == '\n');
    }
    wr_out_write(out, "", 1);
}

void wr_print_help(const char *text)
{
    wr_out *out;
    wr_error err;

    if (!wr_out_memory(&out, &err)) {
        wr_message(&err);
        return;
    }
    write_lines(out, text);
    if (wr_out_finish(out, &err))
        wr_print((const char *)wr_out_bytes(out).data);
    else
        wr_message(&err);
    wr_out_discard(out);
}
