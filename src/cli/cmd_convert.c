#include "cli/cli.h"
#include "cli/confine.h"
#include "winroots/convert.h"

#include <getopt.h>

static const char help[] =
    "winroots convert IN OUT : a certificate store in another format\n"
    "\n"
    "IN is a store of any known kind, recognised by content: sst, pem, der, p7b, reg, pol, a\n"
    "hive. OUT's extension says the format: sst, pem, der (cer), p7b (p7c), reg, pol. Friendly\n"
    "name, purposes, dates and every other property are kept in sst, reg and pol; what a\n"
    "format cannot hold is said on standard error.\n"
    "\n"
    "  --to FORMAT       whatever OUT is called\n"
    "  --store LOC/NAME  which store of a hive, reg or pol is meant; of other INs, where it\n"
    "                    stands in a reg (default LM/Root) or pol (LM-GroupPolicy/Root)\n"
    "  --force           replace OUT where it exists\n"
    "  --no-sandbox      for debugging: keep all rights while reading\n"
    "\n"
    "Exit codes: 0 converted, 2 usage, 3 IN could not be read, 4 a part of IN could not be\n"
    "read, 5 output not written.\n"
    "\n"
    "Example: winroots convert roots.sst roots.reg --store LM/AuthRoot\n";

static void tell(const wr_error *what, void *data)
{
    (void)data;
    wr_message(what);
}

static int convert(const char *in, const char *out, const wr_convert_options *options)
{
    wr_convert_result result;
    wr_error err;

    if (wr_convert(in, out, options, &result, &err))
        return result.num_skipped ? EXIT_UNKNOWN : EXIT_MET;
    wr_message(&err);
    if (err.code == WR_E_USAGE)
        return EXIT_USAGE;
    return result.read || err.code == WR_E_NO_MEMORY ? EXIT_OUTPUT : EXIT_NO_EVIDENCE;
}

int wr_cmd_convert(int argc, char **argv)
{
    enum { TO = 256, STORE, FORCE, NO_SANDBOX };
    static const struct option options[] = {
        { "to", required_argument, NULL, TO }, { "store", required_argument, NULL, STORE },
        { "force", no_argument, NULL, FORCE }, { "no-sandbox", no_argument, NULL, NO_SANDBOX },
        { "help", no_argument, NULL, 'h' },    { NULL, 0, NULL, 0 },
    };
    wr_convert_options how = { .tell = tell };
    const char *to = NULL;
    bool no_sandbox = false;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (c) {
        case TO:
            to = optarg;
            break;
        case STORE:
            how.store = optarg;
            break;
        case FORCE:
            how.force = true;
            break;
        case NO_SANDBOX:
            no_sandbox = true;
            break;
        case 'h':
            wr_print(help);
            return EXIT_MET;
        default:
            return wr_usage("convert", "unknown option or missing value: %.60s", argv[optind - 1]);
        }
    }
    if (argc - optind != 2)
        return wr_usage("convert", "%d files are given, expected IN and OUT", argc - optind);
    if (!wr_convert_format_of(to ? to : argv[optind + 1], &how.format))
        return wr_usage("convert",
                        "\"%.60s\" names no format: expected %s sst, pem, der, p7b, reg or pol",
                        to ? to : argv[optind + 1], to ? "" : "--to, or an extension,");
    if (!no_sandbox)
        wr_confine(argc, argv, argv[optind + 1], NULL);
    return convert(argv[optind], argv[optind + 1], &how);
}
