#include "cli/confine.h"
#include "cli/options.h"
#include "winroots/profile.h"

#include <getopt.h>

static const char help[] =
    "winroots profile lint PROFILE... : what is wrong with requirement profiles, all of it\n"
    "\n"
    "PROFILE is a file (winroots.profile/1), or the id or alias of a built-in profile.\n"
    "\n"
    "  --supply PATH    certificates that the profiles name (.sst, .crt, PEM, folder, cab): names, "
    "serial numbers, both hashes and dates are compared with them\n"
    "  --ctl FILE       a trust list (.stl, .cab): what it disables, limits or refuses\n"
    "  --as-of TIME     RFC 3339 or a date; default: now\n"
    "  --no-sandbox     for debugging: keep all rights while reading\n"
    "  --format FMT     text (default) or json (winroots.lint/1)\n"
    "\n"
    "Exit codes: 0 clean, 1 findings, 2 usage or something that cannot be read, 5 output.\n"
    "\n"
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
    wr_lint_options how = { .as_of = wr_clock_now() };
    wr_texts supplies = { .count = 0 }, lists = { .count = 0 };
    const wr_option table[] = {
        { "supply", WR_OPTION_TEXTS, &supplies },
        { "ctl", WR_OPTION_TEXTS, &lists },
        { "as-of", WR_OPTION_TIME, &how.as_of },
        { "format", WR_OPTION_JSON, &how.json },
    };
    wr_options options = { "profile lint", help, table, sizeof table / sizeof *table, false };
    int code;

    if (!wr_options_parse(&options, argc, argv, &code))
        return code;
    if (optind == argc)
        return wr_usage("profile lint", "no profile is given");
    how.supplies = supplies.items;
    how.num_supplies = supplies.count;
    how.lists = lists.items;
    how.num_lists = lists.count;
    if (!options.no_sandbox)
        wr_confine(argc, argv, NULL, NULL);
    return lint((const char *const *)argv + optind, (size_t)(argc - optind), &how);
}
