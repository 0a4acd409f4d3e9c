#include "cli/options.h"

#include "base/time.h"

#include <getopt.h>
#include <string.h>

enum { FIRST_OF_TABLE = 256, NO_SANDBOX = FIRST_OF_TABLE + WR_OPTIONS_MAX };

static int take(const wr_options *o, const wr_option *option, const char *value)
{
    wr_texts *texts = option->to;

    switch (option->kind) {
    case WR_OPTION_FLAG:
        *(bool *)option->to = true;
        break;
    case WR_OPTION_TEXT:
        *(const char **)option->to = value;
        break;
    case WR_OPTION_TEXTS:
        if (texts->count == WR_CLI_INPUTS)
            return wr_usage(o->command, "more than %d times --%s", WR_CLI_INPUTS, option->name);
        texts->items[texts->count++] = value;
        break;
    case WR_OPTION_TIME:
        if (!wr_time_parse(value, option->to))
            return wr_usage(o->command, "--%s %.40s: expected a date or an RFC 3339 time",
                            option->name, value);
        break;
    case WR_OPTION_JSON:
        if (strcmp(value, "json") != 0 && strcmp(value, "text") != 0)
            return wr_usage(o->command, "--%s %.40s: expected text or json", option->name, value);
        *(bool *)option->to = !strcmp(value, "json");
        break;
    }
    return EXIT_MET;
}

/* The table as getopt has it.  Gives the row that -o stands for, or the table's length. */
static size_t translate(const wr_options *o, struct option *out)
{
    size_t output = o->count;

    for (size_t i = 0; i < o->count; i++) {
        out[i] =
            (struct option){ o->table[i].name,
                             o->table[i].kind == WR_OPTION_FLAG ? no_argument : required_argument,
                             NULL, FIRST_OF_TABLE + (int)i };
        if (!strcmp(o->table[i].name, "output"))
            output = i;
    }
    out[o->count] = (struct option){ "no-sandbox", no_argument, NULL, NO_SANDBOX };
    out[o->count + 1] = (struct option){ "help", no_argument, NULL, 'h' };
    memset(&out[o->count + 2], 0, sizeof *out);
    return output;
}

bool wr_options_parse(wr_options *o, int argc, char **argv, int *code)
{
    struct option all[WR_OPTIONS_MAX + 3];
    const size_t output = translate(o, all);
    int c;

    *code = EXIT_MET;
    opterr = 0;
    while ((c = getopt_long(argc, argv, output < o->count ? "o:h" : "h", all, NULL)) != -1) {
        if (c == 'h') {
            wr_print_help(o->help);
            return false;
        }
        if (c == '?')
            *code =
                wr_usage(o->command, "unknown option or missing value: %.60s", argv[optind - 1]);
        else if (c == NO_SANDBOX)
            o->no_sandbox = true;
        else
            *code = take(o, &o->table[c == 'o' ? output : (size_t)(c - FIRST_OF_TABLE)], optarg);
        if (*code != EXIT_MET)
            return false;
    }
    return true;
}
