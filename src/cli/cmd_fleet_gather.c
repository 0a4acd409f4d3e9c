#include "cli/options.h"

#include "cli/confine.h"
#include "cli/fleet_options.h"
#include "fleet/gather.h"

#include <getopt.h>

static const char help[] =
    "winroots fleet gather RECORDS... -o FILE : files of records as one\n"
    "\n"
    "In the order in which they are named; what hosts have alike is written once. So the parts of "
    "a "
    "fleet, made one by one, become the file that one run would have made.\n"
    "\n"
    "  -o, --output FILE         where to, whole or not at all\n"
    "  --no-sandbox              for debugging: keep all rights while reading\n"
    "\n"
    "Exit codes: 0 written, 2 usage, 5 not written.\n"
    "\n"
    "Example: winroots fleet gather monday.ndjson tuesday.ndjson -o records.ndjson\n";

static int gather(char **files, int count, const char *output)
{
    bool done = true;
    wr_out *out;
    wr_gather g;
    wr_error err;

    if (!wr_out_file(output, &out, &err))
        return wr_fleet_fail(&err);
    wr_gather_begin(&g, out);
    for (int i = 0; done && i < count; i++)
        done = wr_gather_file(&g, files[i], UINT64_MAX, &err);
    wr_gather_end(&g);
    if (!done)
        wr_out_discard(out);
    if (done && wr_out_finish(out, &err))
        return EXIT_MET;
    wr_message(&err);
    return EXIT_OUTPUT;
}

int wr_cmd_fleet_gather(int argc, char **argv)
{
    const char *output = NULL;
    const wr_option table[] = { { "output", WR_OPTION_TEXT, &output } };
    wr_options options = { .command = "fleet gather", .help = help, .table = table, .count = 1 };
    int code;

    if (!wr_options_parse(&options, argc, argv, &code))
        return code;
    if (optind == argc || !output)
        return wr_usage("fleet gather", "expected RECORDS... -o FILE");
    if (!options.no_sandbox)
        wr_confine(argc, argv, output, NULL);
    return gather(argv + optind, argc - optind, output);
}
