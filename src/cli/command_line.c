/* command_line.c - the command line as one line of text, for reports that record it. */
#include "cli/cli.h"

#include <string.h>

/* Options whose value opens a volume: a report is handed on, and that value must not be. */
static const char *const secrets[] = { "--bitlocker-password", "--recovery-key" };

/* getopt takes an option by its first letters, so any of them may be the secret one. */
static bool is_secret(const char *argument)
{
    size_t len = strcspn(argument, "=");

    if (len < 3 || (len == 9 && !strncmp(argument, "--recover", len)))
        return false;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (!strncmp(argument, secrets[i], len))
            return true;
    return false;
}

static bool is_plain(const char *argument)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_@%+=:,./-";

    return *argument && !argument[strspn(argument, plain)];
}

/* As a shell would have to be given it. */
static void put(wr_out *out, const char *argument)
{
    wr_out_text(out, " ");
    if (is_plain(argument)) {
        wr_out_text(out, argument);
        return;
    }
    wr_out_text(out, "'");
    for (const char *c = argument; *c; c++)
        if (*c == '\'')
            wr_out_text(out, "'\\''");
        else
            wr_out_write(out, c, 1);
    wr_out_text(out, "'");
}

void wr_command_line(int argc, char **argv, wr_out *out)
{
    bool hide_next = false;

    wr_out_text(out, "winroots");
    for (int i = 0; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        bool secret = is_secret(argv[i]);

        if (hide_next) {
            wr_out_text(out, " (not recorded)");
        } else if (secret && equals) {
            wr_out_text(out, " ");
            wr_out_write(out, argv[i], (size_t)(equals - argv[i]));
            wr_out_text(out, "=(not recorded)");
        } else {
            put(out, argv[i]);
        }
        hide_next = secret && !equals && !hide_next;
    }
    wr_out_write(out, "", 1);
}
