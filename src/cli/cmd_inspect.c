#include "cli/confine.h"
#include "cli/options.h"
#include "winroots/inspect.h"

#include <getopt.h>

static const char help[] =
    "winroots inspect FILE... : what each file holds, recognised by content\n"
    "\n"
    "Reads registry hives, serialized stores (.sst), certificate bags (.p7b), certificates (DER, "
    "PEM), trust lists (.stl), cabinets, and who signed programs (PE); a folder stands for the "
    "files below it.\n"
    "\n"
    "  --entries        every entry of a trust list, with its properties\n"
    "  --log FILE       a transaction log, in place of those beside a dirty hive\n"
    "  --no-logs        read hives alone, also dirty ones\n"
    "  --recover        search hives and their logs for what was deleted\n"
    "  --hash           SHA-256 of every file\n"
    "  --no-sandbox     for debugging: keep all rights while reading\n"
    "  --format FMT     text (default) or json (winroots.inspect/1)\n"
    "  -o, --output F   write to file F instead of standard output\n"
    "\n"
    "Exit codes: 0 every file was read, 4 some were not, 3 none was; 2 usage, 5 output.\n"
    "\n"
    "Example: winroots inspect authroot.stl --entries --format json\n";

int wr_cmd_inspect(int argc, char **argv)
{
    wr_inspect_options how = { .json = false };
    const char *output = NULL;
    wr_texts logs = { .count = 0 };
    const wr_option table[] = {
        { "entries", WR_OPTION_FLAG, &how.entries }, { "hash", WR_OPTION_FLAG, &how.hash },
        { "log", WR_OPTION_TEXTS, &logs },           { "no-logs", WR_OPTION_FLAG, &how.no_logs },
        { "recover", WR_OPTION_FLAG, &how.recover }, { "format", WR_OPTION_JSON, &how.json },
        { "output", WR_OPTION_TEXT, &output },
    };
    wr_options options = { "inspect", help, table, sizeof table / sizeof *table, false };
    size_t num_files, num_read;
    wr_error err;
    int code;

    if (!wr_options_parse(&options, argc, argv, &code))
        return code;
    if (optind == argc)
        return wr_usage("inspect", "no file is given");
    how.logs = logs.items;
    how.num_logs = logs.count;
    if (!options.no_sandbox)
        wr_confine(argc, argv, output, NULL);
    if (!wr_inspect((const char *const *)argv + optind, (size_t)(argc - optind), &how, output,
                    &num_files, &num_read, &err)) {
        wr_message(&err);
        return EXIT_OUTPUT;
    }
    if (num_read == num_files && num_files)
        return EXIT_MET;
    return num_read ? EXIT_UNKNOWN : EXIT_NO_EVIDENCE;
}
