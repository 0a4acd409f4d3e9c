#include "cli/fleet_options.h"

#include "base/process.h"
#include "base/time.h"
#include "winroots/limits.h"

const char wr_fleet_help_hosts[] =
    "  --list FILE               a list of evidence, a path a line; - is standard input\n"
    "  --null                    in the list, a NUL ends each path, as `find -print0` writes it\n";

const char wr_fleet_help_limits[] =
    "  --jobs N                  processes at a time (default: one for each processor)\n"
    "  --max-seconds N           what evidence may take before it is given up (default 3600), as "
    "time and as time of the processor\n"
    "  --max-memory MIB          what a process may hold beside its evidence (default 8192)\n"
    "  --max-output MIB          what the records of one evidence may come to (default 1024)\n";

enum { LIST = WR_CLI_OWN_OPTIONS, NUL, JOBS, MAX_SECONDS, MAX_MEMORY, MAX_OUTPUT };

wr_fleet_options wr_fleet_options_new(void)
{
    const unsigned cores = wr_process_cores();

    return (wr_fleet_options){ .jobs = cores < WR_LIMIT_FLEET_JOBS ? cores : WR_LIMIT_FLEET_JOBS,
                               .seconds = WR_LIMIT_WORKER_SECONDS,
                               .memory = (uint32_t)(WR_LIMIT_WORKER_MEMORY >> 20),
                               .output = (uint32_t)(WR_LIMIT_WORKER_OUTPUT >> 20) };
}

static int number(const char *command, const char *option, const char *value, uint32_t max,
                  uint32_t *out)
{
    if (wr_parse_number(value, max, out) && *out)
        return EXIT_MET;
    return wr_usage(command, "--%s %.40s: expected a number from 1 to %u", option, value,
                    (unsigned)max);
}

int wr_fleet_option(wr_fleet_options *o, const char *command, int c, const char *value)
{
    switch (c) {
    case LIST:
        o->list = value;
        return EXIT_MET;
    case NUL:
        o->null = true;
        return EXIT_MET;
    case JOBS:
        return number(command, "jobs", value, WR_LIMIT_FLEET_JOBS, &o->jobs);
    case MAX_SECONDS:
        return number(command, "max-seconds", value, 10000000, &o->seconds);
    case MAX_MEMORY:
        return number(command, "max-memory", value, 1 << 30, &o->memory);
    default:
        return number(command, "max-output", value, 1 << 20, &o->output);
    }
}

int wr_fleet_check(const wr_host_options *host, const char *command)
{
    if (host->hosts[0])
        return wr_usage(command, "--host chooses one of several: a fleet has records of all");
    return EXIT_MET;
}

bool wr_fleet_words(const wr_host_options *host, int argc, char **argv, wr_arena *arena,
                    const char *words[WR_FLEET_WORDS], size_t *count)
{
    char as_of[WR_TIME_TEXT];

    wr_time_text(host->judge.as_of, as_of);
    if (wr_host_options_words(host, argc, argv, arena, words, WR_FLEET_WORDS - 1, count) &&
        (words[*count] = wr_arena_format(arena, "--as-of=%s", as_of))) {
        ++*count;
        return true;
    }
    wr_message_text("out of memory, or more than %d options", WR_FLEET_WORDS);
    return false;
}

int wr_fleet_fail(const wr_error *err)
{
    wr_message(err);
    return err->code == WR_E_IO || err->code == WR_E_NO_MEMORY || err->code == WR_E_BUG
               ? EXIT_OUTPUT
               : EXIT_USAGE;
}
