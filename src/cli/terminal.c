/* terminal.c - the only place that asks what the user's terminal is. */
#include "base/os.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* SPEC no-color.org: NO_COLOR with any value but none. */
bool wr_terminal_colours(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    if (!term || !*term)
        term = wr_os_terminals_have_names() ? "dumb" : "";
    return !(no_color && *no_color) && strcmp(term, "dumb") != 0 && wr_os_stdout_is_terminal();
}
