#include "cli/host_options.h"

static const char help_head[] =
    "winroots analyze EVIDENCE... : what a Windows host trusts, and whether that is enough\n"
    "\n"
    "EVIDENCE is a file, folder, archive or disk image, recognised by content: a SOFTWARE or "
    "NTUSER.DAT hive, a trust list (.stl or its cab), a report or records saved as JSON (judged "
    "again without their evidence). A bare certificate store grants no trust "
    "until --store says where it stood.\n"
    "\n"
    "Input\n";

static const char help_tail[] =
    "\n"
    "Output\n"
    "  --format FMT              text (default), json (winroots.report/1), ndjson; html; csv; "
    "junit (requirements); sarif (findings); timeline (Timesketch), bodyfile (mactime)\n"
    "  -o, --output FILE         write the report to FILE\n"
    "  --bundle DIR [--force]    write what would fix it: certificates and install.cmd\n"
    "\n"
    "Exit codes: 0 every required item is met (or none was asked), 1 at least one FAIL, 2 usage, 3 "
    "no evidence could be read, 4 no FAIL but something required is unknown, 5 output not written. "
    "Only required items count.\n"
    "\n"
    "Example: winroots analyze SOFTWARE --ctl authrootstl.cab --require A1 \\\n"
    "             --supply certificates/ --bundle out\n";

enum { FORMAT = WR_CLI_OWN_OPTIONS, BUNDLE, FORCE };

static const struct option own[] = {
    { "format", required_argument, NULL, FORMAT },
    { "bundle", required_argument, NULL, BUNDLE },
    { "force", no_argument, NULL, FORCE },
    { NULL, 0, NULL, 0 },
};

typedef struct analyze {
    wr_analysis *analysis;
    wr_host_options host;
    wr_format format;
    const char *bundle;
    bool force;
} analyze;

static int parse_own(void *context, int c, const char *value)
{
    analyze *a = context;

    if (c == FORMAT && !wr_parse_format(value, &a->format))
        return wr_usage("analyze",
                        "--format %.40s: expected text, json, ndjson, html, csv, junit, sarif, "
                        "timeline or bodyfile",
                        value);
    if (c == BUNDLE)
        a->bundle = value;
    a->force |= c == FORCE;
    return EXIT_MET;
}

static int answer(const analyze *a)
{
    static const int codes[] = { [WR_ANSWER_MET] = EXIT_MET,
                                 [WR_ANSWER_FAIL] = EXIT_FINDINGS,
                                 [WR_ANSWER_UNKNOWN] = EXIT_UNKNOWN };
    return codes[wr_analysis_answer(a->analysis)];
}

static int run(analyze *a, int argc, char **argv)
{
    wr_error err;
    bool read;
    int code = wr_host_options_parse(&a->host, argc, argv);

    if (code != EXIT_MET)
        return code;
    if (a->host.help) {
        wr_host_options_help(help_head, help_tail);
        return EXIT_MET;
    }
    wr_host_options_confine(&a->host, argc, argv, a->bundle);
    code = wr_host_options_inputs(&a->host, argc, argv, a->analysis);
    for (int i = optind; code == EXIT_MET && i < argc; i++)
        code = wr_host_options_add(&a->host, a->analysis, WR_INPUT_EVIDENCE, argv[i], NULL, &read);
    if (code != EXIT_MET)
        return code;
    if (!wr_analysis_num_read(a->analysis)) {
        if (optind == argc && !a->host.store_given)
            return wr_usage("analyze",
                            "no evidence is given: name a hive, or a store with --store");
        return wr_no_evidence("analyze");
    }
    if (a->format == WR_FORMAT_TEXT && !a->host.output && wr_terminal_colours())
        a->format = WR_FORMAT_TERMINAL;
    if (!wr_analysis_run(a->analysis, &a->host.judge, &err) ||
        (a->bundle && !wr_analysis_bundle(a->analysis, a->bundle, a->force, &err)) ||
        !wr_analysis_report(a->analysis, a->format, a->host.output, &err)) {
        wr_message(&err);
        return err.code == WR_E_USAGE ? EXIT_USAGE : EXIT_OUTPUT;
    }
    return answer(a);
}

/* The command line is taken before getopt puts its arguments in another order. */
static int run_recorded(analyze *a, int argc, char **argv, wr_out *line)
{
    wr_error err;

    wr_command_line(argc, argv, line);
    if (!wr_out_finish(line, &err)) {
        wr_message(&err);
        return EXIT_OUTPUT;
    }
    a->host.judge.command_line = (const char *)wr_out_bytes(line).data;
    return run(a, argc, argv);
}

int wr_cmd_analyze(int argc, char **argv)
{
    analyze a = { .analysis = wr_analysis_new() };
    wr_out *line = NULL;
    wr_error err;
    int code = EXIT_OUTPUT;

    if (!a.analysis || !wr_out_memory(&line, &err)) {
        wr_message_text("out of memory");
    } else {
        a.host = wr_host_options_new("analyze", own, parse_own, &a);
        code = run_recorded(&a, argc, argv, line);
    }
    wr_out_discard(line);
    wr_analysis_free(a.analysis);
    return code;
}
