#include "base/time.h"
#include "cli/cli.h"
#include "winroots/analysis.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "winroots analyze EVIDENCE... : what a Windows host trusts, and whether that is enough\n"
    "\n"
    "EVIDENCE is a file or folder of any known kind, recognised by content: a SOFTWARE or\n"
    "NTUSER.DAT hive, a trust list (.stl or its cab). A bare certificate store grants no\n"
    "trust until --store says where it stood.\n"
    "\n"
    "Input\n"
    "  --store LOC/NAME=FILE     an exported store and its place, such as LM/Root=roots.sst\n"
    "  --ctl FILE                a trust or disallowed list, beside or newer than the host's\n"
    "  --supply PATH             certificates for remediation; never trusted, only used where\n"
    "                            a profile or a verified list names their hash\n"
    "  --require PROFILE         a built-in profile (`winroots profile list`) or a JSON file\n"
    "  --log FILE                a transaction log, in place of those beside a dirty hive\n"
    "  --no-logs                 read hives alone, also dirty ones\n"
    "  --hash                    SHA-256 of every file of evidence\n"
    "\n"
    "Judgement\n"
    "  --as-of TIME              RFC 3339 or a date; default: now\n"
    "  --os MAJOR.MINOR.BUILD    instead of the detected Windows version\n"
    "  --assume-connected        the host can fetch what its list names\n"
    "  --expiring DAYS           findings for what expires within DAYS (default 90)\n"
    "  --allow-unverified-lists  use lists whose signature does not verify\n"
    "\n"
    "Output\n"
    "  --format FMT              text (default), json (winroots.report/1), ndjson\n"
    "  -o, --output FILE         write the report to FILE\n"
    "  --bundle DIR [--force]    write what would fix it: certificates and install.cmd\n"
    "\n"
    "Exit codes: 0 every required item is met (or none was asked), 1 at least one FAIL, 2 usage,\n"
    "3 no evidence could be read, 4 no FAIL but something required is unknown, 5 output not\n"
    "written. Only required items count.\n"
    "\n"
    "Example: winroots analyze SOFTWARE --ctl authrootstl.cab --require A1 \\\n"
    "             --supply certificates/ --bundle out\n";

enum {
    STORE = 256,
    CTL,
    SUPPLY,
    REQUIRE,
    LOG,
    NO_LOGS,
    HASH,
    AS_OF,
    OS,
    ASSUME_CONNECTED,
    EXPIRING,
    ALLOW_UNVERIFIED,
    FORMAT,
    BUNDLE,
    FORCE
};

static const struct option options[] = {
    { "store", required_argument, NULL, STORE },
    { "ctl", required_argument, NULL, CTL },
    { "supply", required_argument, NULL, SUPPLY },
    { "require", required_argument, NULL, REQUIRE },
    { "log", required_argument, NULL, LOG },
    { "no-logs", no_argument, NULL, NO_LOGS },
    { "hash", no_argument, NULL, HASH },
    { "as-of", required_argument, NULL, AS_OF },
    { "os", required_argument, NULL, OS },
    { "assume-connected", no_argument, NULL, ASSUME_CONNECTED },
    { "expiring", required_argument, NULL, EXPIRING },
    { "allow-unverified-lists", no_argument, NULL, ALLOW_UNVERIFIED },
    { "format", required_argument, NULL, FORMAT },
    { "output", required_argument, NULL, 'o' },
    { "bundle", required_argument, NULL, BUNDLE },
    { "force", no_argument, NULL, FORCE },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

typedef struct analyze {
    wr_analysis *analysis;
    wr_analysis_options judge;
    wr_format format;
    const char *output, *bundle;
    bool force;
    wr_input_options input;
    const char *logs[WR_CLI_LOGS];
} analyze;

static bool parse_format(const char *text, wr_format *out)
{
    static const struct {
        const char *name;
        wr_format format;
    } formats[] = { { "text", WR_FORMAT_TEXT },
                    { "json", WR_FORMAT_JSON },
                    { "ndjson", WR_FORMAT_NDJSON } };

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (!strcmp(text, formats[i].name)) {
            *out = formats[i].format;
            return true;
        }
    return false;
}

/* "10.0.19045" */
static bool parse_os(const char *text, wr_analysis_options *out)
{
    char part[3][12];
    const char *p = text;

    for (int i = 0; i < 3; i++) {
        size_t n = strcspn(p, ".");
        if (n == 0 || n >= sizeof part[i] || (p[n] == '.') != (i < 2))
            return false;
        memcpy(part[i], p, n);
        part[i][n] = '\0';
        p += n + (i < 2);
    }
    out->os_given = true;
    return wr_parse_number(part[0], 1000, &out->os_major) &&
           wr_parse_number(part[1], 1000, &out->os_minor) &&
           wr_parse_number(part[2], UINT32_MAX, &out->os_build);
}

/* Options that only set a value; the inputs are read in a second pass, after all of them are known.
 */
static int parse_setting(analyze *a, int c, const char *value)
{
    switch (c) {
    case AS_OF:
        if (!wr_time_parse(value, &a->judge.as_of))
            return wr_usage("analyze", "--as-of %.40s: expected a date or an RFC 3339 time", value);
        break;
    case OS:
        if (!parse_os(value, &a->judge))
            return wr_usage("analyze", "--os %.40s: expected MAJOR.MINOR.BUILD", value);
        break;
    case EXPIRING:
        if (!wr_parse_number(value, 100000, &a->judge.expiring_days))
            return wr_usage("analyze", "--expiring %.40s: expected a number of days", value);
        break;
    case FORMAT:
        if (!parse_format(value, &a->format))
            return wr_usage("analyze", "--format %.40s: expected text, json or ndjson", value);
        break;
    case ASSUME_CONNECTED:
        a->judge.assume_connected = true;
        break;
    case ALLOW_UNVERIFIED:
        a->judge.allow_unverified_lists = true;
        break;
    case LOG:
        if (a->input.num_logs == WR_CLI_LOGS)
            return wr_usage("analyze", "more than %d times --log", WR_CLI_LOGS);
        a->logs[a->input.num_logs++] = value;
        a->input.logs = a->logs;
        break;
    case NO_LOGS:
        a->input.no_logs = true;
        break;
    case HASH:
        a->input.hash = true;
        break;
    case FORCE:
        a->force = true;
        break;
    case BUNDLE:
        a->bundle = value;
        break;
    case 'o':
        a->output = value;
        break;
    }
    return EXIT_MET;
}

static int require_profile(analyze *a, const char *profile)
{
    wr_error err;

    if (wr_analysis_require(a->analysis, profile, &err))
        return EXIT_MET;
    wr_message(&err);
    return err.code == WR_E_NO_MEMORY ? EXIT_OUTPUT : EXIT_USAGE;
}

/* An input that cannot be read is said, is in the report, and does not stop the others. */
static int add_input(analyze *a, wr_input input, const char *path, const char *place)
{
    wr_error err;

    if (wr_analysis_add(a->analysis, input, path, place, &a->input, &err))
        return EXIT_MET;
    wr_message(&err);
    if (err.code == WR_E_NO_MEMORY)
        return EXIT_OUTPUT;
    return err.code == WR_E_USAGE ? EXIT_USAGE : EXIT_MET;
}

/* "LM/Root=roots.sst": the place ends at the first '='. */
static int add_store(analyze *a, const char *value)
{
    const char *equals = strchr(value, '=');
    char place[256];

    if (!equals || !equals[1] || (size_t)(equals - value) >= sizeof place)
        return wr_usage("analyze", "--store %.60s: expected LOC/NAME=FILE", value);
    memcpy(place, value, (size_t)(equals - value));
    place[equals - value] = '\0';
    return add_input(a, WR_INPUT_STORE, equals + 1, place);
}

static int parse_input(analyze *a, int c, const char *value)
{
    switch (c) {
    case REQUIRE:
        return require_profile(a, value);
    case STORE:
        return add_store(a, value);
    case CTL:
        return add_input(a, WR_INPUT_LIST, value, NULL);
    case SUPPLY:
        return add_input(a, WR_INPUT_SUPPLY, value, NULL);
    default:
        return EXIT_MET;
    }
}

typedef int parse_option(analyze *a, int c, const char *value);

static int parse_options(analyze *a, int argc, char **argv, parse_option *parse, bool *help_asked)
{
    int c;

    optind = 1;
    opterr = 0;
    while ((c = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        int code;
        if (c == 'h') {
            *help_asked = true;
            return EXIT_MET;
        }
        if (c == '?')
            return wr_usage("analyze", "unknown option or missing value: %.60s", argv[optind - 1]);
        code = parse(a, c, optarg);
        if (code != EXIT_MET)
            return code;
    }
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
    bool help_asked = false;
    wr_error err;
    int code = parse_options(a, argc, argv, parse_setting, &help_asked);

    if (code != EXIT_MET)
        return code;
    if (help_asked) {
        wr_print(help);
        return EXIT_MET;
    }
    code = parse_options(a, argc, argv, parse_input, &help_asked);
    for (int i = optind; code == EXIT_MET && i < argc; i++)
        code = add_input(a, WR_INPUT_EVIDENCE, argv[i], NULL);
    if (code != EXIT_MET)
        return code;
    if (!wr_analysis_num_read(a->analysis)) {
        if (optind == argc)
            return wr_usage("analyze",
                            "no evidence is given: name a hive, or a store with --store");
        wr_message_text("no evidence could be read");
        return EXIT_NO_EVIDENCE;
    }
    if (!wr_analysis_run(a->analysis, &a->judge, &err) ||
        (a->bundle && !wr_analysis_bundle(a->analysis, a->bundle, a->force, &err)) ||
        !wr_analysis_report(a->analysis, a->format, a->output, &err)) {
        wr_message(&err);
        return err.code == WR_E_USAGE ? EXIT_USAGE : EXIT_OUTPUT;
    }
    return answer(a);
}

int wr_cmd_analyze(int argc, char **argv)
{
    analyze a = { .judge = { .as_of = wr_clock_now(), .expiring_days = 90 } };
    int code;

    a.analysis = wr_analysis_new();
    if (!a.analysis) {
        wr_message_text("out of memory");
        return EXIT_OUTPUT;
    }
    code = run(&a, argc, argv);
    wr_analysis_free(a.analysis);
    return code;
}
