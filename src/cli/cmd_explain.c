#include "cli/host_options.h"
#include "winroots/explain.h"

static const char help_head[] =
    "winroots explain CERTIFICATE EVIDENCE... : why a certificate is, or is not, trusted\n"
    "\n"
    "CERTIFICATE is a SHA-1 or SHA-256 in hex, or a file that holds it (DER, PEM). It need not be "
    "in the evidence. For each scope and purpose every rule is shown in order: what it read, from "
    "which key or list, what it decided, and what would change that.\n"
    "\n"
    "Input\n";

static const char help_tail[] =
    "\n"
    "Output\n"
    "  --format FMT              text (default) or json (winroots.explain/1)\n"
    "  -o, --output FILE         write to FILE instead of standard output\n"
    "\n"
    "Exit codes: 0 explained, 2 usage, 3 evidence or certificate could not be read, 5 output not "
    "written.\n"
    "\n"
    "Example: winroots explain 4eb6d578499b1ccf5f581ead56be3d9b6744a5e5 SOFTWARE \\\n"
    "             --ctl authrootstl.cab\n";

enum { FORMAT = WR_CLI_OWN_OPTIONS };

static const struct option own[] = {
    { "format", required_argument, NULL, FORMAT },
    { NULL, 0, NULL, 0 },
};

static int parse_own(void *context, int c, const char *value)
{
    wr_format *format = context;

    (void)c;
    if (!wr_parse_text_or_json(value, format))
        return wr_usage("explain", "--format %.40s: expected text or json", value);
    return EXIT_MET;
}

static int explain(wr_analysis *a, const wr_host_options *host, void *context, int argc,
                   char **argv)
{
    const wr_format *format = context;
    wr_error err;
    bool read;
    int code;

    if (optind == argc)
        return wr_usage("explain", "no certificate is given: a hash or a file");
    if (!wr_analysis_subject(a, argv[optind], &err)) {
        wr_message(&err);
        return EXIT_NO_EVIDENCE;
    }
    code = wr_host_options_inputs(host, argc, argv, a);
    for (int i = optind + 1; code == EXIT_MET && i < argc; i++)
        code = wr_host_options_add(host, a, WR_INPUT_EVIDENCE, argv[i], NULL, &read);
    if (code != EXIT_MET)
        return code;
    if (!wr_analysis_num_read(a)) {
        return wr_no_evidence("explain");
    }
    if (!wr_analysis_run(a, &host->judge, &err) ||
        !wr_analysis_explain(a, *format, host->output, &err)) {
        wr_message(&err);
        return err.code == WR_E_USAGE ? EXIT_USAGE : EXIT_OUTPUT;
    }
    return EXIT_MET;
}

int wr_cmd_explain(int argc, char **argv)
{
    static const wr_host_command command = { "explain", help_head, help_tail,
                                             own,       parse_own, explain };
    wr_format format = WR_FORMAT_TEXT;

    return wr_host_command_run(&command, &format, argc, argv);
}
