#include "cli/host_options.h"

#include "base/time.h"
#include "cli/confine.h"
#include "output/judgement.h"

#include <stdio.h>
#include <string.h>

static const char help_input[] =
    "  --store LOC/NAME=FILE     an exported store and its place, such as LM/Root=roots.sst\n"
    "  --ctl FILE                a trust or disallowed list, beside or newer than the host's\n"
    "  --supply PATH             certificates for remediation; never trusted, only used where a "
    "profile or a verified list names their hash\n"
    "  --require PROFILE         a built-in profile (`winroots profile list`) or a JSON file\n"
    "  --log FILE                a transaction log, in place of those beside a dirty hive\n"
    "  --no-logs                 read hives alone, also dirty ones\n"
    "  --recover                 search hives and their logs for deleted certificates: shown, and "
    "nothing else rests on them\n"
    "  --bitlocker-password P    opens volumes of a disk image that BitLocker encrypted\n"
    "  --recovery-key K          the same by a recovery key, 8 groups of 6 digits\n"
    "  --hash                    SHA-256 of every file of evidence\n"
    "  --host N                  of several hosts in the evidence this one, counted from 1\n"
    "  -q, --quiet               no progress on stderr\n"
    "  -v, --verbose             each file on stderr as it is read\n" WR_CONFINE_HELP;

static const char help_judgement[] =
    "  --as-of TIME              RFC 3339 or a date; default: now\n"
    "  --os MAJOR.MINOR.BUILD    instead of the detected Windows version\n"
    "  --assume-connected        the host can fetch what its list names\n"
    "  --expiring DAYS           findings for what expires within DAYS (default 90)\n"
    "  --allow-unverified-lists  use lists whose signature does not verify\n";

void wr_host_options_help(const char *head, const char *tail)
{
    wr_print_help(head);
    wr_print_help(help_input);
    wr_print("\nJudgement\n");
    wr_print_help(help_judgement);
    wr_print_help(tail);
}

enum {
    STORE = 256,
    CTL,
    SUPPLY,
    REQUIRE,
    LOG,
    NO_LOGS,
    RECOVER,
    BITLOCKER_PASSWORD,
    RECOVERY_KEY,
    HASH,
    HOST,
    NO_SANDBOX,
    AS_OF,
    OS,
    ASSUME_CONNECTED,
    EXPIRING,
    ALLOW_UNVERIFIED
};

static const struct option shared[] = {
    { "store", required_argument, NULL, STORE },
    { "ctl", required_argument, NULL, CTL },
    { "supply", required_argument, NULL, SUPPLY },
    { "require", required_argument, NULL, REQUIRE },
    { "log", required_argument, NULL, LOG },
    { "no-logs", no_argument, NULL, NO_LOGS },
    { "recover", no_argument, NULL, RECOVER },
    { "bitlocker-password", required_argument, NULL, BITLOCKER_PASSWORD },
    { "recovery-key", required_argument, NULL, RECOVERY_KEY },
    { "hash", no_argument, NULL, HASH },
    { "host", required_argument, NULL, HOST },
    { "quiet", no_argument, NULL, 'q' },
    { "verbose", no_argument, NULL, 'v' },
    { "no-sandbox", no_argument, NULL, NO_SANDBOX },
    { "as-of", required_argument, NULL, AS_OF },
    { "os", required_argument, NULL, OS },
    { "assume-connected", no_argument, NULL, ASSUME_CONNECTED },
    { "expiring", required_argument, NULL, EXPIRING },
    { "allow-unverified-lists", no_argument, NULL, ALLOW_UNVERIFIED },
    { "output", required_argument, NULL, 'o' },
    { "help", no_argument, NULL, 'h' },
};

#define NUM_SHARED  (sizeof shared / sizeof *shared)
#define NUM_OPTIONS 64

wr_host_options wr_host_options_new(const char *command, const struct option *own,
                                    wr_own_option *parse_own, void *context)
{
    return (wr_host_options){ .command = command,
                              .own = own,
                              .parse_own = parse_own,
                              .context = context,
                              .judge = { .as_of = wr_clock_now(), .expiring_days = 90 } };
}

bool wr_parse_text_or_json(const char *text, wr_format *out)
{
    return wr_parse_format(text, out) && (*out == WR_FORMAT_TEXT || *out == WR_FORMAT_JSON);
}

bool wr_parse_format(const char *text, wr_format *out)
{
    static const struct {
        const char *name;
        wr_format format;
    } formats[] = {
        { "text", WR_FORMAT_TEXT },         { "json", WR_FORMAT_JSON },
        { "ndjson", WR_FORMAT_NDJSON },     { "csv", WR_FORMAT_CSV },
        { "junit", WR_FORMAT_JUNIT },       { "sarif", WR_FORMAT_SARIF },
        { "timeline", WR_FORMAT_TIMELINE }, { "bodyfile", WR_FORMAT_BODYFILE },
        { "html", WR_FORMAT_HTML },
    };

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

/* "2", or of a diff "2,3": one for each side. */
static int parse_hosts(wr_host_options *o, const char *text)
{
    const char *comma = o->two_hosts ? strchr(text, ',') : NULL;
    char first[16];
    const size_t n = comma ? (size_t)(comma - text) : strlen(text);

    if (n < sizeof first) {
        memcpy(first, text, n);
        first[n] = '\0';
        if (wr_parse_number(first, UINT32_MAX, &o->hosts[0]) &&
            wr_parse_number(comma ? comma + 1 : first, UINT32_MAX, &o->hosts[1]) && o->hosts[0] &&
            o->hosts[1]) {
            o->judge.host = o->hosts[0];
            return EXIT_MET;
        }
    }
    return wr_usage(o->command, "--host %.40s: expected a number from 1%s", text,
                    o->two_hosts ? ", or two with a comma" : "");
}

static int parse_setting(wr_host_options *o, int c, const char *value)
{
    switch (c) {
    case AS_OF:
        if (!wr_time_parse(value, &o->judge.as_of))
            return wr_usage(o->command, "--as-of %.40s: expected a date or an RFC 3339 time",
                            value);
        o->as_of_given = true;
        break;
    case OS:
        if (!parse_os(value, &o->judge))
            return wr_usage(o->command, "--os %.40s: expected MAJOR.MINOR.BUILD", value);
        break;
    case EXPIRING:
        if (!wr_parse_number(value, 100000, &o->judge.expiring_days))
            return wr_usage(o->command, "--expiring %.40s: expected a number of days", value);
        break;
    case ASSUME_CONNECTED:
        o->judge.assume_connected = true;
        break;
    case ALLOW_UNVERIFIED:
        o->judge.allow_unverified_lists = true;
        break;
    case LOG:
        if (o->input.num_logs == WR_CLI_LOGS)
            return wr_usage(o->command, "more than %d times --log", WR_CLI_LOGS);
        o->logs[o->input.num_logs++] = value;
        o->input.logs = o->logs;
        break;
    case STORE:
        o->store_given = true;
        break;
    case NO_LOGS:
        o->input.no_logs = true;
        break;
    case RECOVER:
        o->input.recover = true;
        break;
    case BITLOCKER_PASSWORD:
        o->input.bitlocker_password = value;
        break;
    case RECOVERY_KEY:
        o->input.recovery_key = value;
        break;
    case HASH:
        o->input.hash = true;
        break;
    case HOST:
        return parse_hosts(o, value);
    case 'q':
        o->progress.quiet = true;
        break;
    case 'v':
        o->progress.verbose = true;
        break;
    case NO_SANDBOX:
        o->no_sandbox = true;
        break;
    case 'o':
        o->output = value;
        break;
    default:
        return c >= WR_CLI_OWN_OPTIONS ? o->parse_own(o->context, c, value) : EXIT_MET;
    }
    return EXIT_MET;
}

/* Once for settings and once for each analysis that gets the inputs. */
typedef int parse_option(void *context, int c, const char *value);

static int parse(const wr_host_options *o, int argc, char **argv, parse_option *one, void *context)
{
    struct option all[NUM_OPTIONS];
    size_t num_own = 0;
    int c, code = EXIT_MET;

    while (o->own[num_own].name && NUM_SHARED + num_own + 1 < NUM_OPTIONS)
        num_own++;
    memcpy(all, shared, sizeof shared);
    memcpy(all + NUM_SHARED, o->own, num_own * sizeof *all);
    memset(&all[NUM_SHARED + num_own], 0, sizeof *all);
    optind = 1;
    opterr = 0;
    while (code == EXIT_MET && (c = getopt_long(argc, argv, "o:hqv", all, NULL)) != -1) {
        if (c == '?')
            return wr_usage(o->command, "unknown option or missing value: %.60s", argv[optind - 1]);
        code = one(context, c, optarg);
    }
    return code;
}

static int setting(void *context, int c, const char *value)
{
    wr_host_options *o = context;

    if (c == 'h')
        o->help = true;
    return o->help ? EXIT_MET : parse_setting(o, c, value);
}

int wr_host_options_parse(wr_host_options *o, int argc, char **argv)
{
    return parse(o, argc, argv, setting, o);
}

/* What was left out of an input of which nothing is left, beside the error that is said anyway: no
 * report will say it. */
static void say_left_out(const wr_diags *diags, size_t first, const wr_error *said)
{
    for (size_t i = first; i < diags->list.count; i++) {
        const wr_diag *d = &diags->list.items[i];
        wr_error e = { .code = d->code, .offset = d->offset };

        snprintf(e.source, sizeof e.source, "%s", d->source);
        snprintf(e.path, sizeof e.path, "%s", d->path);
        snprintf(e.message, sizeof e.message, "%s", d->message);
        if (d->severity == WR_DIAG_SKIPPED && (!said || strcmp(said->message, d->message) != 0))
            wr_message(&e);
    }
}

int wr_host_options_add(const wr_host_options *o, wr_analysis *a, wr_input input, const char *path,
                        const char *place, bool *read)
{
    const bool is_evidence = input == WR_INPUT_EVIDENCE || input == WR_INPUT_STORE;
    const size_t num_read = wr_analysis_num_read(a), first = wr_analysis_diags(a)->list.count;
    wr_error err;

    wr_progress progress = o->progress;
    wr_input_options how = o->input;

    how.progress = wr_progress_step;
    how.progress_context = &progress;
    *read = wr_analysis_add(a, input, path, place, &how, &err);
    wr_progress_end(&progress);
    if (is_evidence && wr_analysis_num_read(a) == num_read)
        say_left_out(wr_analysis_diags(a), first, *read ? NULL : &err);
    if (*read)
        return EXIT_MET;
    wr_message(&err);
    if (err.code == WR_E_NO_MEMORY)
        return EXIT_OUTPUT;
    return err.code == WR_E_USAGE ? EXIT_USAGE : EXIT_MET;
}

void wr_host_options_confine(const wr_host_options *o, int argc, char **argv, const char *folder)
{
    if (!o->no_sandbox)
        wr_confine(argc, argv, o->output, folder);
}

typedef struct inputs {
    const wr_host_options *options;
    wr_analysis *analysis;
} inputs;

static int require_profile(const inputs *in, const char *profile)
{
    wr_error err;

    if (wr_analysis_require(in->analysis, profile, &err))
        return EXIT_MET;
    wr_message(&err);
    return err.code == WR_E_NO_MEMORY ? EXIT_OUTPUT : EXIT_USAGE;
}

/* "LM/Root=roots.sst": the place ends at the first '='. */
static int add_store(const inputs *in, const char *value)
{
    const char *equals = strchr(value, '=');
    char place[256];
    bool read;

    if (!equals || !equals[1] || (size_t)(equals - value) >= sizeof place)
        return wr_usage(in->options->command, "--store %.60s: expected LOC/NAME=FILE", value);
    memcpy(place, value, (size_t)(equals - value));
    place[equals - value] = '\0';
    return wr_host_options_add(in->options, in->analysis, WR_INPUT_STORE, equals + 1, place, &read);
}

static int input(void *context, int c, const char *value)
{
    const inputs *in = context;
    bool read;

    switch (c) {
    case REQUIRE:
        return require_profile(in, value);
    case STORE:
        return add_store(in, value);
    case CTL:
        return wr_host_options_add(in->options, in->analysis, WR_INPUT_LIST, value, NULL, &read);
    case SUPPLY:
        return wr_host_options_add(in->options, in->analysis, WR_INPUT_SUPPLY, value, NULL, &read);
    default:
        return EXIT_MET;
    }
}

int wr_host_options_inputs(const wr_host_options *o, int argc, char **argv, wr_analysis *a)
{
    inputs in = { o, a };
    return parse(o, argc, argv, input, &in);
}

struct words {
    wr_arena *arena;
    const char **items;
    size_t room, count;
    bool failed;
};

static int keep_word(void *context, int c, const char *value)
{
    struct words *w = context;
    const char *word;

    for (size_t i = 0; i < NUM_SHARED; i++) {
        if (shared[i].val != c || c < STORE || c == HOST || c == AS_OF)
            continue;
        word = wr_arena_format(w->arena, "--%s%s%s", shared[i].name, value ? "=" : "",
                               value ? value : "");
        w->failed |= !word || w->count == w->room;
        if (!w->failed)
            w->items[w->count++] = word;
    }
    return EXIT_MET;
}

bool wr_host_options_words(const wr_host_options *o, int argc, char **argv, wr_arena *arena,
                           const char **words, size_t room, size_t *count)
{
    struct words w = { arena, words, room, 0, false };

    (void)parse(o, argc, argv, keep_word, &w);
    *count = w.count;
    return !w.failed;
}

int wr_host_command_run(const wr_host_command *command, void *context, int argc, char **argv)
{
    wr_host_options host =
        wr_host_options_new(command->name, command->own, command->parse_own, context);
    wr_analysis *a = wr_analysis_new();
    int code;

    if (!a) {
        wr_message_text("out of memory");
        return EXIT_OUTPUT;
    }
    code = wr_host_options_parse(&host, argc, argv);
    if (code == EXIT_MET && host.help) {
        wr_host_options_help(command->help_head, command->help_tail);
    } else if (code == EXIT_MET) {
        wr_host_options_confine(&host, argc, argv, NULL);
        code = command->run(a, &host, context, argc, argv);
    }
    wr_analysis_free(a);
    return code;
}
