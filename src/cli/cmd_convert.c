#include "cli/confine.h"
#include "cli/options.h"
#include "winroots/convert.h"

#include <getopt.h>

static const char help[] =
    "winroots convert IN OUT : a certificate store in another format\n"
    "\n"
    "IN is a store of any known kind, recognised by content: sst, pem, der, p7b, reg, pol, a hive. "
    "OUT's extension says the format: sst, pem, der (cer), p7b (p7c), reg, pol. Friendly name, "
    "purposes, dates and every other property are kept in sst, reg and pol; what a format cannot "
    "hold is said on standard error.\n"
    "\n"
    "  --to FORMAT       whatever OUT is called\n"
    "  --store LOC/NAME  which store of a hive, reg or pol is meant; of other INs, where it stands "
    "in a reg (default LM/Root) or pol (LM-GroupPolicy/Root)\n"
    "  --force           replace OUT where it exists\n"
    "  --no-sandbox      for debugging: keep all rights while reading\n"
    "\n"
    "Exit codes: 0 converted, 2 usage, 3 IN could not be read, 4 a part of IN could not be read, 5 "
    "output not written.\n"
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
    wr_convert_options how = { .tell = tell };
    const char *to = NULL;
    const wr_option table[] = {
        { "to", WR_OPTION_TEXT, &to },
        { "store", WR_OPTION_TEXT, &how.store },
        { "force", WR_OPTION_FLAG, &how.force },
    };
    wr_options options = { "convert", help, table, sizeof table / sizeof *table, false };
    int code;

    if (!wr_options_parse(&options, argc, argv, &code))
        return code;
    if (argc - optind != 2)
        return wr_usage("convert", "%d files are given, expected IN and OUT", argc - optind);
    if (!wr_convert_format_of(to ? to : argv[optind + 1], &how.format))
        return wr_usage("convert",
                        "\"%.60s\" names no format: expected %s sst, pem, der, p7b, reg or pol",
                        to ? to : argv[optind + 1], to ? "" : "--to, or an extension,");
    if (!options.no_sandbox)
        wr_confine(argc, argv, argv[optind + 1], NULL);
    return convert(argv[optind], argv[optind + 1], &how);
}
