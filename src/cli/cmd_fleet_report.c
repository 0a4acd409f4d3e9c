#include "base/time.h"
#include "cli/confine.h"
#include "cli/options.h"
#include "winroots/fleet_database.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
    "winroots fleet report FLEET.sqlite : what is so on all hosts, on few, and what fixes them\n"
    "\n"
    "Of the newest record of each host: which requirements are met by how many, the fewest bundles "
    "that fix all of them, hosts that trust the same, roots that few hosts trust and where they "
    "came from, findings, lists and policies; and what changed since the record before.\n"
    "\n"
    "  --require PROFILE  ask the records another profile than they were made with, without the "
    "evidence: what a record cannot answer is UNKNOWN (again for several)\n"
    "  --supply PATH    with --require: certificates for the bundles (sst, cab, pem, folder)\n"
    "  --as-of TIME     with --require: judge for this time; default: as each host was\n"
    "  --format FMT     text (default), json (winroots.fleet/1), csv (a row a host) or html\n"
    "  --rare N         a root that at most N hosts trust is rare (default: 3, or one host in a "
    "hundred)\n"
    "  -o, --output F   write to file F instead of standard output\n"
    "  --no-sandbox     for debugging: keep all rights while reading\n"
    "\n"
    "Exit codes: 0 written, 2 usage, 3 the database cannot be read, 5 output.\n"
    "\n"
    "Example: winroots fleet report fleet.sqlite --format html -o fleet.html\n";

static bool parse_fleet_format(const char *text, wr_fleet_format *out)
{
    static const char *const names[] = { [WR_FLEET_TEXT] = "text",
                                         [WR_FLEET_JSON] = "json",
                                         [WR_FLEET_CSV] = "csv",
                                         [WR_FLEET_HTML] = "html" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(text, names[i])) {
            *out = (wr_fleet_format)i;
            return true;
        }
    return false;
}

int wr_cmd_fleet_report(int argc, char **argv)
{
    const char *output = NULL, *format = "text", *rare = "0";
    wr_texts profiles = { .count = 0 }, supplies = { .count = 0 };
    wr_time as_of = 0;
    const wr_option table[] = {
        { "require", WR_OPTION_TEXTS, &profiles }, { "supply", WR_OPTION_TEXTS, &supplies },
        { "as-of", WR_OPTION_TIME, &as_of },       { "format", WR_OPTION_TEXT, &format },
        { "output", WR_OPTION_TEXT, &output },     { "rare", WR_OPTION_TEXT, &rare },
    };
    wr_options options = { "fleet report", help, table, sizeof table / sizeof *table, false };
    wr_fleet_report_options how = { .rare = 0 };
    wr_error err;
    int code;

    if (!wr_options_parse(&options, argc, argv, &code))
        return code;
    if (optind + 1 != argc)
        return wr_usage("fleet report", "expected one database");
    if (!parse_fleet_format(format, &how.format))
        return wr_usage("fleet report", "--format %.40s: expected text, json, csv or html", format);
    if (!wr_parse_number(rare, UINT32_MAX, &how.rare))
        return wr_usage("fleet report", "--rare %.40s: expected a number", rare);
    how.question = (wr_fleet_question){ profiles.items, profiles.count, supplies.items,
                                        supplies.count, as_of };
    if (!options.no_sandbox)
        wr_confine(argc, argv, output, NULL);
    if (wr_fleet_report(argv[optind], &how, output, &err))
        return EXIT_MET;
    wr_message(&err);
    if (err.code == WR_E_USAGE)
        return EXIT_USAGE;
    return !strcmp(err.source, argv[optind]) ? EXIT_NO_EVIDENCE : EXIT_OUTPUT;
}
