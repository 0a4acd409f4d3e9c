#include "cli/confine.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "winroots/fleet_database.h"

#include <getopt.h>
#include <inttypes.h>

static const char help[] =
    "winroots fleet merge RECORDS... -o FLEET.sqlite : records of many hosts in one database\n"
    "\n"
    "RECORDS is a file that `fleet run` wrote, another database, or a folder of such files. A "
    "record that is in the database already changes nothing; a newer one of the same host is "
    "another observation, and the older stays. The same records give the same bytes, in whatever "
    "order and grouping they are merged.\n"
    "\n"
    "The database changes whole or not at all. A line that cannot be read is said, with its file "
    "and number, and left out.\n"
    "\n"
    "  -o, --output F   the database (SQLite); made where it is not there, else added to\n"
    "  --quiet          no progress and no summary\n"
    "  --verbose        name every file that is read\n"
    "  --no-sandbox     for debugging: keep all rights while reading\n"
    "\n"
    "Exit codes: 0 everything is merged, 4 some lines or files are left out, 2 usage, 3 nothing "
    "could be read, 5 output.\n"
    "\n"
    "Example: winroots fleet merge records -o fleet.sqlite\n";

static void tell(const wr_error *what, void *context)
{
    wr_progress_end(context);
    wr_message(what);
}

static void wait(void *context)
{
    const wr_progress *p = context;

    if (!p->quiet)
        wr_message_text("another merge into this database is running: waiting until it ends");
}

static int conclude(const wr_fleet_merge_result *r, const char *output, bool quiet)
{
    if (!quiet)
        wr_message_text("%s: %" PRIu64 " records read, %" PRIu64 " of them new, with %" PRIu64
                        " certificates%s",
                        output, r->num_records, r->num_new, r->num_rows,
                        r->num_left_out ? "; what is said above is left out" : "");
    if (!r->num_inputs || (!r->num_records && r->num_left_out))
        return EXIT_NO_EVIDENCE;
    return r->num_left_out ? EXIT_UNKNOWN : EXIT_MET;
}

int wr_cmd_fleet_merge(int argc, char **argv)
{
    wr_progress progress = { .quiet = false };
    const char *output = NULL;
    const wr_option table[] = {
        { "output", WR_OPTION_TEXT, &output },
        { "quiet", WR_OPTION_FLAG, &progress.quiet },
        { "verbose", WR_OPTION_FLAG, &progress.verbose },
    };
    wr_options options = { "fleet merge", help, table, sizeof table / sizeof *table, false };
    const wr_fleet_merge_options how = {
        .tell = tell, .progress = wr_progress_step, .wait = wait, .context = &progress
    };
    wr_fleet_merge_result result;
    wr_error err;
    bool done;
    int code;

    if (!wr_options_parse(&options, argc, argv, &code))
        return code;
    if (optind == argc)
        return wr_usage("fleet merge", "no records are given");
    if (!output)
        return wr_usage("fleet merge", "-o FLEET.sqlite says where the database is to be");
    if (!options.no_sandbox)
        wr_confine_database(argc, argv, output);
    done = wr_fleet_merge((const char *const *)argv + optind, (size_t)(argc - optind), output, &how,
                          &result, &err);
    wr_progress_end(&progress);
    if (done)
        return conclude(&result, output, progress.quiet);
    wr_message(&err);
    return EXIT_OUTPUT;
}
