#include "cli/fleet_options.h"

#include "base/os.h"
#include "base/process.h"
#include "winroots/limits.h"

#include <stdio.h>
#include <string.h>

static const char help_head[] =
    "winroots fleet run EVIDENCE... | --list FILE : a record of each of many hosts\n"
    "\n"
    "Each EVIDENCE, which may hold several hosts, is read by a process of its own: one that is "
    "damaged, endless or hostile costs one record, which says so. Records come in the order of the "
    "evidence, whatever ran first, and are the same wherever and however often they are made.\n"
    "\n"
    "A run that was stopped, by Ctrl-C or a power cut, goes on when the same command is given "
    "again: "
    "what is done is known by path, size and time of the evidence, the options and the version, "
    "and "
    "is not done again. Runs may share a folder, and then its work. Without --as-of, hosts are "
    "judged for the time at which the folder was begun.\n"
    "\n"
    "Hosts\n";

static const char help_input[] = "\nInput\n";

static const char help_tail[] =
    "\n"
    "Output\n"
    "  -o, --output OUT          a folder, with the records in records.ndjson; or a file *.ndjson, "
    "with a folder *.ndjson.run beside it. The folder may be removed when nothing is to be gone on "
    "with\n"
    "\n"
    "Exit codes: 0 all evidence was read, 4 some of it not, or in part, 3 none, 2 usage, 5 output "
    "not written, or interrupted.\n"
    "\n"
    "Example: winroots fleet run --list hosts.txt --ctl authrootstl.cab --require A1 -o records\n";

static const struct option own[] = { WR_FLEET_OPTIONS, { NULL, 0, NULL, 0 } };

/* Duplicates that are named one by one; the others are counted. */
#define DUPLICATES_SHOWN 10

typedef struct fleet {
    wr_host_options host;
    wr_fleet_options fleet;
    wr_arena arena;
    bool shown; /* a line of progress stands on the terminal */
    uint64_t written;
} fleet;

static int parse_own(void *context, int c, const char *value)
{
    return wr_fleet_option(&((fleet *)context)->fleet, "fleet run", c, value);
}

/* ---- what is told ---------------------------------------------------------------------------- */

static void clear(fleet *f)
{
    if (f->shown)
        wr_message_over("", "");
    f->shown = false;
}

static void tell_progress(fleet *f, const wr_run_event *event)
{
    const wr_run_counts *n = event->counts;
    const uint64_t now = wr_clock_now();
    char text[120];

    if (f->host.progress.quiet || now == f->written || !wr_os_stderr_is_terminal())
        return;
    f->written = now;
    f->shown = true;
    snprintf(text, sizeof text, "%zu read, %zu in part, %zu not", n->parts[WR_PART_OK],
             n->parts[WR_PART_PARTIAL], n->parts[WR_PART_FAILED] + n->parts[WR_PART_AGAIN]);
    wr_message_over(text, event->path);
}

static void tell_done(fleet *f, const wr_run_event *event)
{
    const bool failed = event->part >= WR_PART_FAILED;

    if (failed && !event->before) {
        clear(f);
        wr_message_text("%.400s: could not be read%s%s", event->path, *event->message ? ": " : "",
                        *event->message ? event->message : ", and its record says why");
    } else if (f->host.progress.verbose) {
        wr_message_text("%.400s: %s", event->path, event->before ? "done before" : "done");
    }
}

static void tell(void *context, const wr_run_event *event)
{
    fleet *f = context;

    if (event->kind == WR_RUN_DUPLICATE && event->counts->duplicates <= DUPLICATES_SHOWN) {
        clear(f);
        wr_message_text("%.400s: named before, left out", event->path);
    } else if (event->kind == WR_RUN_RETRIES) {
        clear(f);
        wr_message_text("%.400s: its process was killed: once more", event->path);
    } else if (event->kind == WR_RUN_DONE) {
        tell_done(f, event);
    }
    tell_progress(f, event);
}

static void tell_end(fleet *f, const wr_run_counts *n, bool interrupted)
{
    const size_t failed = n->parts[WR_PART_FAILED] + n->parts[WR_PART_AGAIN];

    clear(f);
    if (interrupted)
        wr_message_text("fleet run: interrupted: the same command goes on");
    if (f->host.progress.quiet)
        return;
    wr_message_text("fleet run: %zu read, %zu in part, %zu not; %zu of them before%s",
                    n->parts[WR_PART_OK], n->parts[WR_PART_PARTIAL], failed, n->before,
                    n->duplicates ? "; some were named twice" : "");
}

/* ---- the run --------------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
    const size_t len = strlen(text), n = strlen(end);
    return len > n && !strcmp(text + len - n, end);
}

/* Where the records go, and the folder in which they are made. */
static bool choose_output(fleet *f, const char **folder, const char **output)
{
    const char *given = f->host.output;
    const bool is_file = ends_with(given, ".ndjson") && wr_os_target(given) != WR_PLACE_FOLDER;

    *folder = is_file ? wr_arena_format(&f->arena, "%s.run", given) : given;
    *output = is_file ? given : wr_arena_format(&f->arena, "%s/records.ndjson", given);
    return *folder && *output;
}

static int try_worker(const wr_run_options *options, wr_run_folder *folder, const wr_run_key *none,
                      wr_error *err)
{
    const wr_process_limits limits = { options->memory, options->output, options->seconds, false };
    wr_process process = { 0 };
    wr_process_end end = { WR_PROCESS_KILLED, 0 };
    int fd;

    if (!wr_run_folder_create(folder, none, &fd, err))
        return wr_fleet_fail(err);
    if (!wr_process_start(options->words, fd, &limits, &process))
        (void)wr_os_fail(err, "", "a worker cannot be started");
    else
        while (!wr_process_interrupted() && wr_process_wait(&process, 1, 1000, &end))
            ;
    wr_process_kill(&process);
    wr_run_folder_drop(folder, none, fd);
    if (end.fate == WR_PROCESS_EXITED && (end.code == EXIT_MET || end.code == EXIT_USAGE))
        return end.code;
    if (!wr_process_interrupted())
        wr_message_text("fleet run: a worker cannot be started, or not within %u MiB of memory",
                        (unsigned)(options->memory >> 20));
    return EXIT_OUTPUT;
}

/* A worker without evidence says what is wrong with the options, once.  Its key is claimed as
 * others are: another run in this folder may try at the same time. */
static int try_options(const wr_run_options *options, wr_run_folder *folder, wr_error *err)
{
    static const wr_run_key none = { { 0 } };
    bool taken;
    int code;

    if (!wr_run_folder_claim(folder, &none, true, &taken, err))
        return wr_fleet_fail(err);
    if (!taken) /* a signal came first */
        return EXIT_OUTPUT;
    code = try_worker(options, folder, &none, err);
    wr_run_folder_release(folder, &none);
    return code;
}

static int code_of(const wr_run_counts *n)
{
    const size_t failed = n->parts[WR_PART_FAILED] + n->parts[WR_PART_AGAIN];

    if (!n->parts[WR_PART_OK] && !n->parts[WR_PART_PARTIAL])
        return EXIT_NO_EVIDENCE;
    return failed || n->parts[WR_PART_PARTIAL] ? EXIT_UNKNOWN : EXIT_MET;
}

static int run_in(fleet *f, wr_run_options *options, wr_run_folder *folder, wr_host_list *list,
                  const char *output)
{
    wr_run_counts counts;
    bool interrupted;
    wr_error err;
    int code;

    if (!wr_process_begin()) {
        (void)wr_os_fail(&err, "", "the ends of processes cannot be noticed");
        return wr_fleet_fail(&err);
    }
    if ((code = try_options(options, folder, &err)) != EXIT_MET)
        return code;
    if (!wr_run(options, folder, list, output, &f->arena, &counts, &interrupted, &err)) {
        clear(f);
        return wr_fleet_fail(&err);
    }
    tell_end(f, &counts, interrupted);
    if (!counts.entries && !interrupted)
        return wr_no_evidence("fleet run");
    return interrupted ? EXIT_OUTPUT : code_of(&counts);
}

static int with_folder(fleet *f, wr_run_folder *folder, wr_host_list *list, const char *output,
                       int argc, char **argv)
{
    const char *words[WR_FLEET_WORDS + 2] = { "fleet", "worker" };
    wr_run_options options = { .words = words,
                               .jobs = f->fleet.jobs,
                               .seconds = f->fleet.seconds,
                               .memory = (uint64_t)f->fleet.memory << 20,
                               .output = (uint64_t)f->fleet.output << 20,
                               .verbose = f->host.progress.verbose,
                               .now = wr_clock_now,
                               .tell = tell,
                               .context = f };
    wr_error err;

    if (!wr_fleet_words(&f->host, argc, argv, &f->arena, words + 2, &options.num_words))
        return EXIT_OUTPUT;
    options.num_words += 2;
    if (!wr_run_depends(words, options.num_words, options.depends, &err))
        return wr_fleet_fail(&err);
    return run_in(f, &options, folder, list, output);
}

static int run(fleet *f, int argc, char **argv)
{
    const char *path, *output;
    wr_run_folder folder;
    wr_host_list list;
    wr_error err;
    int code;

    if (optind == argc && !f->fleet.list)
        return wr_usage("fleet run", "no evidence is given: name it, or a --list of it");
    if (!f->host.output)
        return wr_usage("fleet run", "-o FOLDER, for the records, is not given");
    if (!choose_output(f, &path, &output)) {
        wr_message_text("out of memory");
        return EXIT_OUTPUT;
    }
    if (!wr_host_list_begin((const char *const *)argv + optind, (size_t)(argc - optind),
                            f->fleet.list, f->fleet.null, &f->arena, &list, &err))
        return wr_fleet_fail(&err);
    if (wr_run_folder_begin(path, f->host.as_of_given, &f->host.judge.as_of, &f->arena, &folder,
                            &err)) {
        code = with_folder(f, &folder, &list, output, argc, argv);
        wr_run_folder_end(&folder);
    } else {
        code = wr_fleet_fail(&err);
    }
    wr_host_list_end(&list);
    return code;
}

int wr_cmd_fleet_run(int argc, char **argv)
{
    fleet f = { .fleet = wr_fleet_options_new() };
    int code;

    f.host = wr_host_options_new("fleet run", own, parse_own, &f);
    code = wr_host_options_parse(&f.host, argc, argv);
    if (code == EXIT_MET && f.host.help) {
        wr_print_help(help_head);
        wr_print_help(wr_fleet_help_hosts);
        wr_print_help(wr_fleet_help_limits);
        wr_host_options_help(help_input, help_tail);
        return EXIT_MET;
    }
    if (code == EXIT_MET)
        code = wr_fleet_check(&f.host, "fleet run");
    if (code != EXIT_MET)
        return code;
    wr_arena_init(&f.arena, WR_LIMIT_ARENA);
    code = run(&f, argc, argv);
    wr_arena_free(&f.arena);
    return code;
}
