#include "cli/cli.h"
#include "cli/confine.h"

#include "winroots/limits.h"
#include "winroots/profile.h"

#include "base/time.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
    "winroots profile lint PROFILE... : what is wrong with requirement profiles, all of it\n"
    "\n"
    "PROFILE is a file (winroots.profile/1), or the id or alias of a built-in profile.\n"
    "\n"
    "  --supply PATH    certificates that the profiles name (.sst, .crt, PEM, folder, cab):\n"
    "                   names, serial numbers, both hashes and dates are compared with them\n"
    "  --ctl FILE       a trust list (.stl, .cab): what it disables, limits or refuses\n"
    "  --as-of TIME     RFC 3339 or a date; default: now\n"
    "  --no-sandbox     for debugging: keep all rights while reading\n"
    "  --format FMT     text (default) or json (winroots.lint/1)\n"
    "\n"
    "Exit codes: 0 clean, 1 findings, 2 usage or something that cannot be read, 5 output.\n"
    "Example: winroots profile lint mine.json --supply certs --ctl authrootstl.cab\n";

static int lint(const char *const *profiles, size_t count, const wr_lint_options *how)
{
    size_t num_findings;
    wr_error err;

    if (wr_profile_lint(profiles, count, how, NULL, &num_findings, &err))
        return num_findings ? EXIT_FINDINGS : EXIT_MET;
    wr_message(&err);
    return err.code == WR_E_NO_MEMORY || err.code == WR_E_BUG ? EXIT_OUTPUT : EXIT_USAGE;
}

int wr_cmd_profile_lint(int argc, char **argv)
{
    enum { SUPPLY = 256, CTL, AS_OF, FORMAT, NO_SANDBOX };
    static const struct option options[] = {
        { "supply", required_argument, NULL, SUPPLY },
        { "ctl", required_argument, NULL, CTL },
        { "as-of", required_argument, NULL, AS_OF },
        { "format", required_argument, NULL, FORMAT },
        { "no-sandbox", no_argument, NULL, NO_SANDBOX },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    const char *supplies[WR_CLI_INPUTS], *lists[WR_CLI_INPUTS];
    wr_lint_options how = { .supplies = supplies, .lists = lists, .as_of = wr_clock_now() };
    bool no_sandbox = false;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (c) {
        case SUPPLY:
            if (how.num_supplies == WR_CLI_INPUTS)
                return wr_usage("profile lint", "more than %d times --supply", WR_CLI_INPUTS);
            supplies[how.num_supplies++] = optarg;
            break;
        case CTL:
            if (how.num_lists == WR_CLI_INPUTS)
                return wr_usage("profile lint", "more than %d times --ctl", WR_CLI_INPUTS);
            lists[how.num_lists++] = optarg;
            break;
        case AS_OF:
            if (!wr_time_parse(optarg, &how.as_of))
                return wr_usage("profile lint",
                                "--as-of %.40s: expected a date or an RFC 3339 time", optarg);
            break;
        case FORMAT:
            if (strcmp(optarg, "json") && strcmp(optarg, "text"))
                return wr_usage("profile lint", "--format %.40s: expected text or json", optarg);
            how.json = !strcmp(optarg, "json");
            break;
        case NO_SANDBOX:
            no_sandbox = true;
            break;
        case 'h':
            wr_print(help);
            return EXIT_MET;
        default:
            return wr_usage("profile lint", "unknown option or missing value: %.60s",
                            argv[optind - 1]);
        }
    }
    if (optind == argc)
        return wr_usage("profile lint", "no profile is given");
    if (!no_sandbox)
        wr_confine(argc, argv, NULL, NULL);
    return lint((const char *const *)argv + optind, (size_t)(argc - optind), &how);
}
