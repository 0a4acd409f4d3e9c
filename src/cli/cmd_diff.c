#include "base/time.h"
#include "cli/host_options.h"
#include "winroots/diff.h"

#include <string.h>

static const char help_head[] =
    "winroots diff A B                         what two sides do not have alike\n"
    "winroots diff --as-of T1 --and T2 HOST... one host, judged for two times\n"
    "winroots diff HIVE                        a dirty hive before and after its logs, and which "
    "log entry changed what\n"
    "\n"
    "A and B are two hosts (hives, folders, saved winroots.report/1), two trust lists, or two "
    "certificate stores. Options hold for both sides.\n"
    "\n"
    "Input\n";

static const char help_times[] =
    "  --and TIME                judge the second side for this time\n";

static const char help_tail[] =
    "\n"
    "Output\n"
    "  --format FMT              text (default) or json (winroots.diff/1)\n"
    "  -o, --output FILE         write to FILE instead of standard output\n"
    "\n"
    "Exit codes: 0 equal, 1 different, 2 usage, 3 a side could not be read, 5 output not written.\n"
    "\n"
    "Example: winroots diff before/SOFTWARE after/SOFTWARE --ctl authrootstl.cab\n";

enum { FORMAT = WR_CLI_OWN_OPTIONS, AND };

static const struct option own[] = {
    { "format", required_argument, NULL, FORMAT },
    { "and", required_argument, NULL, AND },
    { NULL, 0, NULL, 0 },
};

typedef struct diff {
    wr_host_options host;
    wr_format format;
    bool two_times;
    wr_time second;
    int argc;
    char **argv;
    wr_diff_side side[2];
} diff;

static int parse_own(void *context, int c, const char *value)
{
    diff *d = context;

    if (c == FORMAT) {
        if (!wr_parse_text_or_json(value, &d->format))
            return wr_usage("diff", "--format %.40s: expected text or json", value);
    } else {
        if (!wr_time_parse(value, &d->second))
            return wr_usage("diff", "--and %.40s: expected a date or an RFC 3339 time", value);
        d->two_times = true;
    }
    return EXIT_MET;
}

/* The exit code of a call that failed, with its message said. */
static int fail(const wr_error *err)
{
    wr_message(err);
    switch (err->code) {
    case WR_E_USAGE:
        return EXIT_USAGE;
    case WR_E_IO:
    case WR_E_NO_MEMORY:
    case WR_E_BUG:
        return EXIT_OUTPUT;
    default:
        return EXIT_NO_EVIDENCE;
    }
}

/* An analysis of `count` paths; one that cannot be read leaves nothing to compare. */
static int open_side(const diff *d, char **paths, int count, wr_diff_side *side)
{
    bool read = true;
    int code;

    side->label = paths[0];
    side->analysis = wr_analysis_new();
    if (!side->analysis) {
        wr_message_text("out of memory");
        return EXIT_OUTPUT;
    }
    code = wr_host_options_inputs(&d->host, d->argc, d->argv, side->analysis);
    for (int i = 0; code == EXIT_MET && i < count; i++) {
        code =
            wr_host_options_add(&d->host, side->analysis, WR_INPUT_EVIDENCE, paths[i], NULL, &read);
        if (code == EXIT_MET && !read)
            return EXIT_NO_EVIDENCE;
    }
    if (code != EXIT_MET || wr_analysis_num_read(side->analysis))
        return code;
    return wr_no_evidence(paths[0]);
}

static int read_side(const diff *d, char **paths, int count, wr_time as_of, wr_diff_side *side)
{
    wr_analysis_options judge = d->host.judge;
    wr_error err;
    int code;

    if (count == 1 && !d->two_times && wr_diff_is_report(paths[0])) {
        side->label = side->report = paths[0];
        return EXIT_MET;
    }
    judge.as_of = as_of;
    judge.host = d->host.hosts[side == &d->side[1]];
    code = open_side(d, paths, count, side);
    return code != EXIT_MET || wr_analysis_run(side->analysis, &judge, &err) ? code : fail(&err);
}

static int conclude(bool equal)
{
    return equal ? EXIT_MET : EXIT_FINDINGS;
}

static int compare(diff *d)
{
    bool equal;
    wr_error err;

    if (!wr_diff(&d->side[0], &d->side[1], d->format, d->host.output, &equal, &err))
        return fail(&err);
    return conclude(equal);
}

static int two_sides(diff *d, char **paths)
{
    if (d->host.input.num_logs)
        return wr_usage("diff", "--log with two sides: leave each log beside its hive");
    for (int i = 0; i < 2; i++) {
        int code = read_side(d, &paths[i], 1, d->host.judge.as_of, &d->side[i]);
        if (code != EXIT_MET)
            return code;
    }
    return compare(d);
}

static int two_times(diff *d, char **paths, int count)
{
    const wr_time times[2] = { d->host.judge.as_of, d->second };

    if (!d->host.as_of_given)
        return wr_usage("diff", "--and without --as-of: expected both times");
    for (int i = 0; i < 2; i++) {
        int code = read_side(d, paths, count, times[i], &d->side[i]);
        if (code != EXIT_MET)
            return code;
    }
    return compare(d);
}

static int one_hive(diff *d, char **paths)
{
    bool equal;
    wr_error err;
    int code;

    if (d->host.input.no_logs)
        return wr_usage("diff", "--no-logs with one hive: its logs are what it is compared with");
    if (wr_diff_is_report(paths[0]))
        return wr_usage("diff", "%.200s: one report alone is compared with nothing", paths[0]);
    d->host.input.hold_logs = true;
    code = open_side(d, paths, 1, &d->side[0]);
    if (code != EXIT_MET)
        return code;
    if (!wr_diff_replay(d->side[0].analysis, paths[0], &d->host.judge, d->format, d->host.output,
                        &equal, &err))
        return fail(&err);
    return conclude(equal);
}

static int run(diff *d)
{
    int code = wr_host_options_parse(&d->host, d->argc, d->argv), count = d->argc - optind;
    char **paths = d->argv + optind;

    if (code != EXIT_MET)
        return code;
    if (d->host.help) {
        wr_host_options_help(help_head, help_times);
        wr_print_help(help_tail);
        return EXIT_MET;
    }
    wr_host_options_confine(&d->host, d->argc, d->argv, NULL);
    if (d->two_times && count)
        return two_times(d, paths, count);
    if (count == 2)
        return two_sides(d, paths);
    if (count == 1)
        return one_hive(d, paths);
    return wr_usage("diff", "%d sides are given, expected two, or one dirty hive", count);
}

int wr_cmd_diff(int argc, char **argv)
{
    diff d = { .argc = argc, .argv = argv };
    int code;

    d.host = wr_host_options_new("diff", own, parse_own, &d);
    d.host.two_hosts = true;
    code = run(&d);
    for (int i = 0; i < 2; i++)
        wr_analysis_free(d.side[i].analysis);
    return code;
}
