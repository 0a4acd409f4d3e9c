#include "cli/host_options.h"
#include "winroots/export.h"

#include <string.h>

static const char help_head[] =
    "winroots export EVIDENCE... --purpose P : the certificates that a host trusts for a purpose\n"
    "\n"
    "A file of them for `openssl verify` and others. P is server_auth, client_auth, code_signing, "
    "email, time_stamping, another purpose's name, or an OID. Roots of the root list that are in "
    "no store are taken from --supply: with --assume-connected, or as conditional ones. In PEM, "
    "comments say subject, hash, status and reasons of each; in SST, property 9 limits each to the "
    "purpose.\n"
    "\n"
    "  --purpose P               what the certificates are trusted for\n"
    "  --scope SCOPE             machine (default), user:SID, user:Users/NAME or service:NAME\n"
    "  --with-conditional        those that are trusted under a condition, too: before or after a "
    "date, where Windows' behaviour is unpublished, on demand\n"
    "\n"
    "Input\n";

static const char help_tail[] =
    "\n"
    "Output\n"
    "  --format FMT              pem or sst (default: by the extension of FILE, else pem)\n"
    "  -o, --output FILE         write to FILE instead of standard output\n"
    "\n"
    "Exit codes: 0 written, 4 written, but something is unknown, 2 usage, 3 no evidence could be "
    "read, 5 output not written.\n"
    "\n"
    "Example: winroots export SOFTWARE --ctl authrootstl.cab --purpose server_auth -o roots.pem\n";

enum { PURPOSE = WR_CLI_OWN_OPTIONS, SCOPE, WITH_CONDITIONAL, FORMAT };

static const struct option own[] = {
    { "purpose", required_argument, NULL, PURPOSE },
    { "scope", required_argument, NULL, SCOPE },
    { "with-conditional", no_argument, NULL, WITH_CONDITIONAL },
    { "format", required_argument, NULL, FORMAT },
    { NULL, 0, NULL, 0 },
};

typedef struct export
{
    wr_export_options options;
    const char *format;
}
export;

static int parse_own(void *context, int c, const char *value)
{
    export *e = context;

    switch (c) {
    case PURPOSE:
        e->options.purpose = value;
        break;
    case SCOPE:
        e->options.scope = value;
        break;
    case WITH_CONDITIONAL:
        e->options.with_conditional = true;
        break;
    default:
        if (strcmp(value, "pem") != 0 && strcmp(value, "sst") != 0)
            return wr_usage("export", "--format %.40s: expected pem or sst", value);
        e->format = value;
        break;
    }
    return EXIT_MET;
}

static void tell(const wr_error *what, void *data)
{
    (void)data;
    wr_message(what);
}

static wr_export_format format_of(const export *e, const char *output)
{
    const char *dot = output ? strrchr(output, '.') : NULL;
    const char *name = e->format ? e->format : dot ? dot + 1 : "";

    return !strcmp(name, "sst") ? WR_EXPORT_SST : WR_EXPORT_PEM;
}

static int write_set(wr_analysis *a, const wr_host_options *host, export *e)
{
    wr_export_result result;
    wr_error err;

    e->options.tell = tell;
    e->options.format = format_of(e, host->output);
    if (!wr_analysis_export(a, &host->judge, &e->options, host->output, &result, &err)) {
        wr_message(&err);
        return err.code == WR_E_USAGE ? EXIT_USAGE : EXIT_OUTPUT;
    }
    wr_message_text("%zu certificates for %s: %zu of them conditional, %zu from the supply",
                    result.num_written, e->options.purpose, result.num_conditional,
                    result.num_supplied);
    return result.num_unknown || result.incomplete ? EXIT_UNKNOWN : EXIT_MET;
}

static int run(wr_analysis *a, const wr_host_options *host, void *context, int argc, char **argv)
{
    export *e = context;
    bool read;
    int code;

    if (!e->options.purpose)
        return wr_usage("export", "--purpose is not given, such as --purpose server_auth");
    code = wr_host_options_inputs(host, argc, argv, a);
    for (int i = optind; code == EXIT_MET && i < argc; i++)
        code = wr_host_options_add(host, a, WR_INPUT_EVIDENCE, argv[i], NULL, &read);
    if (code != EXIT_MET)
        return code;
    if (!wr_analysis_num_read(a)) {
        if (optind == argc)
            return wr_usage("export", "no evidence is given: name a hive, or a store with --store");
        wr_message_text("export: no evidence could be read");
        return EXIT_NO_EVIDENCE;
    }
    return write_set(a, host, e);
}

int wr_cmd_export(int argc, char **argv)
{
    static const wr_host_command command = { "export", help_head, help_tail, own, parse_own, run };
    export e = { .format = NULL };

    return wr_host_command_run(&command, &e, argc, argv);
}
