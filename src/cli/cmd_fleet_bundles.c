#include "base/time.h"
#include "cli/confine.h"
#include "cli/options.h"
#include "winroots/fleet_database.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
    "winroots fleet bundles FLEET.sqlite -o DIR : the fewest bundles that fix all hosts\n"
    "\n"
    "Writes DIR/bundle-1 and so on, each a bundle as `winroots analyze` makes it, with "
    "bundle-1.hosts.tsv beside it: name, key and evidence of each host that it is for. A host gets "
    "nothing that its own plan would not give it: everything in its bundle is wanted there, or in "
    "place already.\n"
    "\n"
    "  -o, --output DIR  a new or empty folder\n"
    "  --supply PATH     certificates that the bundles put on the hosts (sst, cab, pem, folder)\n"
    "  --require PROFILE  plan for another profile than the records were made with (again for "
    "several)\n"
    "  --as-of TIME      with --require: judge for this time; default: as each host was\n"
    "  --no-sandbox      for debugging: keep all rights while reading\n"
    "\n"
    "Exit codes: 0 written, 4 some actions are left out for want of a certificate, 2 usage, 3 the "
    "database cannot be read, 5 output.\n"
    "\n"
    "Example: winroots fleet bundles fleet.sqlite --supply certificates -o bundles\n";

static void tell(const wr_error *what, void *context)
{
    (void)context;
    wr_message(what);
}

int wr_cmd_fleet_bundles(int argc, char **argv)
{
    wr_texts profiles = { .count = 0 }, supplies = { .count = 0 };
    const char *output = NULL;
    wr_time as_of = 0;
    const wr_option table[] = {
        { "output", WR_OPTION_TEXT, &output },
        { "require", WR_OPTION_TEXTS, &profiles },
        { "supply", WR_OPTION_TEXTS, &supplies },
        { "as-of", WR_OPTION_TIME, &as_of },
    };
    wr_options options = { "fleet bundles", help, table, sizeof table / sizeof *table, false };
    wr_fleet_bundles_result result;
    wr_error err;
    int code;

    if (!wr_options_parse(&options, argc, argv, &code))
        return code;
    if (optind + 1 != argc)
        return wr_usage("fleet bundles", "expected one database");
    if (!output)
        return wr_usage("fleet bundles", "-o DIR says where the bundles are to be");
    const wr_fleet_question question = { profiles.items, profiles.count, supplies.items,
                                         supplies.count, as_of };
    if (!options.no_sandbox)
        wr_confine(argc, argv, NULL, output);
    if (!wr_fleet_bundles(argv[optind], &question, output, tell, NULL, &result, &err)) {
        wr_message(&err);
        if (err.code == WR_E_USAGE)
            return EXIT_USAGE;
        return !strcmp(err.source, argv[optind]) ? EXIT_NO_EVIDENCE : EXIT_OUTPUT;
    }
    wr_message_text("%s: %zu bundle%s for %zu host%s", output, result.num_bundles,
                    result.num_bundles == 1 ? "" : "s", result.num_hosts,
                    result.num_hosts == 1 ? "" : "s");
    if (!result.is_least)
        wr_message_text("at least %zu are needed; fewer than these were not found",
                        result.at_least);
    return result.num_left_out ? EXIT_UNKNOWN : EXIT_MET;
}
