#include "cli/cli.h"
#include "cli/confine.h"
#include "winroots/bundle.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
    "winroots bundle verify DIR : is the folder still the bundle that was made?\n"
    "winroots bundle readback DIR RESULT [EVIDENCE...] : is every step in place on the host?\n"
    "\n"
    "verify checks the hash of every file, that nothing else is there, and that every script\n"
    "is the one that this program makes from the plan. readback takes the result.json or\n"
    "verify.json that a script wrote on the host and, where files of the host are given,\n"
    "looks whether what it reported is so.\n"
    "\n"
    "  --format FMT     text (default) or json (winroots.bundle-check/1)\n"
    "  -o, --output F   write to file F instead of standard output\n"
    "  --no-sandbox     for debugging: keep all rights while reading\n"
    "\n"
    "Exit codes: 0 clean, 1 findings, 2 usage, 3 the bundle, the result or the evidence cannot be\n"
    "read, 5 output.\n"
    "Example: winroots bundle readback out out/log/result.json SOFTWARE\n";

typedef struct command_line {
    bool json;
    const char *output;
    bool no_sandbox;
    bool done; /* help was asked */
} command_line;

static int parse(int argc, char **argv, command_line *out)
{
    enum { FORMAT = 256, NO_SANDBOX };
    static const struct option options[] = {
        { "format", required_argument, NULL, FORMAT },
        { "output", required_argument, NULL, 'o' },
        { "no-sandbox", no_argument, NULL, NO_SANDBOX },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        switch (c) {
        case FORMAT:
            if (strcmp(optarg, "json") && strcmp(optarg, "text"))
                return wr_usage("bundle", "--format %.40s: expected text or json", optarg);
            out->json = !strcmp(optarg, "json");
            break;
        case 'o':
            out->output = optarg;
            break;
        case NO_SANDBOX:
            out->no_sandbox = true;
            break;
        case 'h':
            wr_print(help);
            out->done = true;
            return EXIT_MET;
        default:
            return wr_usage("bundle", "unknown option or missing value: %.60s", argv[optind - 1]);
        }
    }
    return EXIT_MET;
}

static int tell(wr_bundle_check *check, const command_line *line, wr_error *err)
{
    int code = EXIT_OUTPUT;

    if (!check) {
        wr_message(err);
        return err->code == WR_E_NO_MEMORY ? EXIT_OUTPUT : EXIT_NO_EVIDENCE;
    }
    if (!wr_bundle_check_report(check, line->json, line->output, err))
        wr_message(err);
    else
        code = wr_bundle_check_findings(check) ? EXIT_FINDINGS : EXIT_MET;
    wr_bundle_check_free(check);
    return code;
}

int wr_cmd_bundle(int argc, char **argv)
{
    command_line line = { .output = NULL };
    int code = parse(argc, argv, &line), count = argc - optind;
    char **words = argv + optind;
    wr_error err;

    if (code != EXIT_MET || line.done)
        return code;
    if (!line.no_sandbox)
        wr_confine(argc, argv, line.output, NULL);
    if (count == 2 && !strcmp(words[0], "verify"))
        return tell(wr_bundle_verify(words[1], &err), &line, &err);
    if (count >= 3 && !strcmp(words[0], "readback"))
        return tell(wr_bundle_readback(words[1], words[2], (const char *const *)words + 3,
                                       (size_t)count - 3, &err),
                    &line, &err);
    return wr_usage("bundle", "expected `verify DIR` or `readback DIR RESULT [EVIDENCE...]`");
}
