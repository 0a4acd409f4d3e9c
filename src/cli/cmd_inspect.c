#include "cli/cli.h"
#include "cli/confine.h"
#include "winroots/inspect.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
    "winroots inspect FILE... : what each file holds, recognised by content\n"
    "\n"
    "Reads registry hives, serialized stores (.sst), certificate bags (.p7b), certificates\n"
    "(DER, PEM), trust lists (.stl), cabinets, and who signed programs (PE); a folder stands\n"
    "for the files below it.\n"
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
    "Example: winroots inspect authroot.stl --entries --format json\n";

int wr_cmd_inspect(int argc, char **argv)
{
    enum { ENTRIES = 256, HASH, FORMAT, LOG, NO_LOGS, RECOVER, NO_SANDBOX };
    static const struct option options[] = {
        { "entries", no_argument, NULL, ENTRIES },
        { "hash", no_argument, NULL, HASH },
        { "format", required_argument, NULL, FORMAT },
        { "output", required_argument, NULL, 'o' },
        { "log", required_argument, NULL, LOG },
        { "no-logs", no_argument, NULL, NO_LOGS },
        { "recover", no_argument, NULL, RECOVER },
        { "no-sandbox", no_argument, NULL, NO_SANDBOX },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    const char *logs[WR_CLI_LOGS];
    wr_inspect_options how = { .logs = logs };
    const char *output = NULL;
    size_t num_files, num_read;
    wr_error err;
    bool no_sandbox = false;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        switch (c) {
        case ENTRIES:
            how.entries = true;
            break;
        case HASH:
            how.hash = true;
            break;
        case LOG:
            if (how.num_logs == WR_CLI_LOGS)
                return wr_usage("inspect", "more than %d times --log", WR_CLI_LOGS);
            logs[how.num_logs++] = optarg;
            break;
        case NO_LOGS:
            how.no_logs = true;
            break;
        case RECOVER:
            how.recover = true;
            break;
        case FORMAT:
            if (strcmp(optarg, "json") && strcmp(optarg, "text"))
                return wr_usage("inspect", "--format %.40s: expected text or json", optarg);
            how.json = !strcmp(optarg, "json");
            break;
        case 'o':
            output = optarg;
            break;
        case NO_SANDBOX:
            no_sandbox = true;
            break;
        case 'h':
            wr_print(help);
            return EXIT_MET;
        default:
            return wr_usage("inspect", "unknown option or missing value: %.60s", argv[optind - 1]);
        }
    }
    if (optind == argc)
        return wr_usage("inspect", "no file is given");
    if (!no_sandbox)
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
