#include "cli/confine.h"
#include "cli/options.h"
#include "winroots/bundle.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
    "winroots bundle verify DIR : is the folder still the bundle that was made?\n"
    "winroots bundle readback DIR RESULT [EVIDENCE...] : is every step in place on the host?\n"
    "\n"
    "verify checks the hash of every file, that nothing else is there, and that every script is "
    "the one that this program makes from the plan. readback takes the result.json or verify.json "
    "that a script wrote on the host and, where files of the host are given, looks whether what it "
    "reported is so.\n"
    "\n"
    "  --format FMT     text (default) or json (winroots.bundle-check/1)\n"
    "  -o, --output F   write to file F instead of standard output\n"
    "  --no-sandbox     for debugging: keep all rights while reading\n"
    "\n"
    "Exit codes: 0 clean, 1 findings, 2 usage, 3 the bundle, the result or the evidence cannot be "
    "read, 5 output.\n"
    "\n"
    "Example: winroots bundle readback out out/log/result.json SOFTWARE\n";

static int tell(wr_bundle_check *check, bool json, const char *output, wr_error *err)
{
    int code = EXIT_OUTPUT;

    if (!check) {
        wr_message(err);
        return err->code == WR_E_NO_MEMORY ? EXIT_OUTPUT : EXIT_NO_EVIDENCE;
    }
    if (!wr_bundle_check_report(check, json, output, err))
        wr_message(err);
    else
        code = wr_bundle_check_findings(check) ? EXIT_FINDINGS : EXIT_MET;
    wr_bundle_check_free(check);
    return code;
}

int wr_cmd_bundle(int argc, char **argv)
{
    bool json = false;
    const char *output = NULL;
    const wr_option table[] = {
        { "format", WR_OPTION_JSON, &json },
        { "output", WR_OPTION_TEXT, &output },
    };
    wr_options options = { "bundle", help, table, sizeof table / sizeof *table, false };
    char **words;
    int code, count;
    wr_error err;

    if (!wr_options_parse(&options, argc, argv, &code))
        return code;
    words = argv + optind;
    count = argc - optind;
    if (!options.no_sandbox)
        wr_confine(argc, argv, output, NULL);
    if (count == 2 && !strcmp(words[0], "verify"))
        return tell(wr_bundle_verify(words[1], &err), json, output, &err);
    if (count >= 3 && !strcmp(words[0], "readback"))
        return tell(wr_bundle_readback(words[1], words[2], (const char *const *)words + 3,
                                       (size_t)count - 3, &err),
                    json, output, &err);
    return wr_usage("bundle", "expected `verify DIR` or `readback DIR RESULT [EVIDENCE...]`");
}
