#include "cli/fleet_options.h"

#include "base/os.h"
#include "fleet/plan.h"
#include "winroots/limits.h"

#include <stdio.h>
#include <string.h>

static const char help_head[] =
    "winroots fleet plan EVIDENCE... | --list FILE --engine E : `fleet run` as a job\n"
    "\n"
    "Writes a folder with a job that makes the records `winroots fleet run` makes, byte for byte. "
    "Slurm: submit.sh starts an array, a task for each part of the evidence, and a job that makes "
    "one file of all; the folder and the evidence must be where the nodes see them. GNU parallel: "
    "run.sh does the same here, or with --ssh on other machines, to which the evidence is sent. "
    "Either goes on, after a stop, with what is not done. Names of evidence stand in files that no "
    "shell reads.\n"
    "\n"
    "  --engine E                slurm or parallel\n"
    "  --ssh HOSTS               with parallel: on these, such as 2/lab1,4/user@lab2 (processes at "
    "a time, user); paths must be below the current folder\n"
    "  --chunk N                 evidence of one task (default: 10, or more of many)\n"
    "  --program P               winroots where the tasks run: an absolute path, or a name "
    "(default: "
    "this one; with --ssh winroots)\n"
    "\n"
    "Hosts\n";

static const char help_input[] = "\nInput\n";

static const char help_tail[] =
    "\n"
    "Output\n"
    "  -o, --output FOLDER       of the job; it must not be there, or be empty\n"
    "  --force                   or replace it\n"
    "\n"
    "Exit codes: 0 written, 2 usage, 5 output not written.\n"
    "\n"
    "Example: winroots fleet plan --list hosts.txt --engine slurm --require A1 -o job && "
    "job/submit.sh\n";

enum { ENGINE = WR_FLEET_OWN_OPTIONS, SSH, CHUNK, PROGRAM, FORCE };

static const struct option own[] = {
    WR_FLEET_OPTIONS,
    { "engine", required_argument, NULL, ENGINE },
    { "ssh", required_argument, NULL, SSH },
    { "chunk", required_argument, NULL, CHUNK },
    { "program", required_argument, NULL, PROGRAM },
    { "force", no_argument, NULL, FORCE },
    { NULL, 0, NULL, 0 },
};

#define HOSTS_MAX 1024

typedef struct plan {
    wr_host_options host;
    wr_fleet_options fleet;
    wr_job_plan job;
    wr_arena arena;
    const char *engine, *ssh;
    const char *hosts[HOSTS_MAX];
    char program[WR_LIMIT_FLEET_PATH];
    bool jobs_given, force;
} plan;

static int parse_own(void *context, int c, const char *value)
{
    plan *p = context;
    uint32_t chunk;

    switch (c) {
    case ENGINE:
        if (strcmp(value, "slurm") != 0 && strcmp(value, "parallel") != 0)
            return wr_usage("fleet plan", "--engine %.40s: expected slurm or parallel", value);
        p->engine = value;
        return EXIT_MET;
    case SSH:
        p->ssh = value;
        return EXIT_MET;
    case CHUNK:
        if (!wr_parse_number(value, WR_LIMIT_FLEET_HOSTS, &chunk) || !chunk)
            return wr_usage("fleet plan", "--chunk %.40s: expected a number from 1", value);
        p->job.chunk = chunk;
        return EXIT_MET;
    case PROGRAM:
        if (strchr(value, '/') && *value != '/')
            return wr_usage("fleet plan", "--program %.60s: expected an absolute path, or a name",
                            value);
        p->job.program = value;
        return EXIT_MET;
    case FORCE:
        p->force = true;
        return EXIT_MET;
    default:
        return wr_fleet_option(&p->fleet, "fleet plan", c, value);
    }
}

static void tell_duplicate(const char *path)
{
    wr_message_text("%.400s: named before, left out", path);
}

/* "2/lab1,lab2" */
static int parse_ssh(plan *p)
{
    char *next = wr_arena_text(&p->arena, p->ssh ? p->ssh : "");

    while (next && *next) {
        char *host = next, *comma = strchr(next, ',');
        next = comma ? comma + 1 : next + strlen(next);
        if (comma)
            *comma = '\0';
        if (!wr_job_plan_is_host(host) || p->job.num_hosts == HOSTS_MAX)
            return wr_usage("fleet plan",
                            "--ssh %.60s: expected [N/][USER@]NAME, with commas between", host);
        p->hosts[p->job.num_hosts++] = host;
    }
    p->job.hosts = p->hosts;
    return EXIT_MET;
}

static int choose_engine(plan *p)
{
    if (!p->engine)
        return wr_usage("fleet plan", "--engine is not given: slurm or parallel");
    if (p->ssh && !strcmp(p->engine, "slurm"))
        return wr_usage("fleet plan", "--ssh is for --engine parallel");
    p->job.engine = !strcmp(p->engine, "slurm") ? WR_ENGINE_SLURM
                    : p->ssh                    ? WR_ENGINE_PARALLEL_SSH
                                                : WR_ENGINE_PARALLEL;
    if (!wr_os_own_path(p->program, sizeof p->program))
        snprintf(p->program, sizeof p->program, "winroots");
    if (!p->job.program)
        p->job.program = p->ssh ? "winroots" : p->program;
    p->job.program_here = p->program;
    p->job.jobs = p->jobs_given ? p->fleet.jobs : p->job.engine == WR_ENGINE_SLURM ? 1 : 0;
    return parse_ssh(p);
}

static bool make_words(plan *p, int argc, char **argv, const char **words)
{
    const struct {
        const char *name;
        uint32_t value;
    } limits[] = { { "seconds", p->fleet.seconds },
                   { "memory", p->fleet.memory },
                   { "output", p->fleet.output } };
    size_t *count = &p->job.num_words;

    if (!wr_fleet_words(&p->host, argc, argv, &p->arena, words, count))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (!(words[(*count)++] = wr_arena_format(&p->arena, "--max-%s=%u", limits[i].name,
                                                  (unsigned)limits[i].value)))
            return false;
    p->job.words = words;
    return true;
}

static int run(plan *p, int argc, char **argv)
{
    const char *words[WR_FLEET_WORDS + 4] = { NULL };
    size_t chunks, entries;
    wr_host_list list;
    wr_error err;
    int code = choose_engine(p);
    bool done;

    if (code != EXIT_MET)
        return code;
    if (optind == argc && !p->fleet.list)
        return wr_usage("fleet plan", "no evidence is given: name it, or a --list of it");
    if (!p->host.output)
        return wr_usage("fleet plan", "-o FOLDER, for the job, is not given");
    if (!make_words(p, argc, argv, words))
        return EXIT_OUTPUT;
    if (!wr_host_list_begin((const char *const *)argv + optind, (size_t)(argc - optind),
                            p->fleet.list, p->fleet.null, &p->arena, &list, &err))
        return wr_fleet_fail(&err);
    done = wr_job_plan_write(&p->job, &list, p->host.output, p->force, &p->arena, &chunks, &entries,
                             &err);
    wr_host_list_end(&list);
    if (!done)
        return wr_fleet_fail(&err);
    if (!p->host.progress.quiet)
        wr_message_text("fleet plan: %zu of evidence in %zu tasks; start it with bash %s/%s",
                        entries, chunks, p->host.output,
                        p->job.engine == WR_ENGINE_SLURM ? "submit.sh" : "run.sh");
    return EXIT_MET;
}

int wr_cmd_fleet_plan(int argc, char **argv)
{
    plan p = { .fleet = wr_fleet_options_new(), .job = { .tell_duplicate = tell_duplicate } };
    int code;

    p.fleet.jobs = 0; /* the engine's own default */
    p.host = wr_host_options_new("fleet plan", own, parse_own, &p);
    code = wr_host_options_parse(&p.host, argc, argv);
    if (code == EXIT_MET && p.host.help) {
        wr_print_help(help_head);
        wr_print_help(wr_fleet_help_hosts);
        wr_print_help(wr_fleet_help_limits);
        wr_host_options_help(help_input, help_tail);
        return EXIT_MET;
    }
    p.jobs_given = p.fleet.jobs != 0;
    if (code == EXIT_MET)
        code = wr_fleet_check(&p.host, "fleet plan");
    if (code != EXIT_MET)
        return code;
    wr_arena_init(&p.arena, WR_LIMIT_ARENA);
    code = run(&p, argc, argv);
    wr_arena_free(&p.arena);
    return code;
}
