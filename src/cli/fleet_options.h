/* fleet_options.h - what `fleet run` and `fleet plan` have alike: which hosts, how they are judged,
 * and what a worker may take. */
#ifndef WR_CLI_FLEET_OPTIONS_H
#define WR_CLI_FLEET_OPTIONS_H

#include "cli/host_options.h"
#include "fleet/run.h"

/* Words of a worker, count: inputs and settings. */
#define WR_FLEET_WORDS 256

/* Options of either command's own begin here. */
#define WR_FLEET_OWN_OPTIONS (WR_CLI_OWN_OPTIONS + 64)

#define WR_FLEET_OPTIONS                                                                           \
    { "list", required_argument, NULL, WR_CLI_OWN_OPTIONS },                                       \
        { "null", no_argument, NULL, WR_CLI_OWN_OPTIONS + 1 },                                     \
        { "jobs", required_argument, NULL, WR_CLI_OWN_OPTIONS + 2 },                               \
        { "max-seconds", required_argument, NULL, WR_CLI_OWN_OPTIONS + 3 },                        \
        { "max-memory", required_argument, NULL, WR_CLI_OWN_OPTIONS + 4 },                         \
    {                                                                                              \
        "max-output", required_argument, NULL, WR_CLI_OWN_OPTIONS + 5                              \
    }

typedef struct wr_fleet_options {
    const char *list; /* NULL = none */
    bool null;
    uint32_t jobs, seconds, memory, output; /* count, seconds, MiB, MiB */
} wr_fleet_options;

/* One process for each processor, and the limits of winroots/limits.h. */
wr_fleet_options wr_fleet_options_new(void);

/* One of WR_FLEET_OPTIONS.  Gives EXIT_MET or another exit code. */
int wr_fleet_option(wr_fleet_options *o, const char *command, int c, const char *value);

/* What --help says of them. */
extern const char wr_fleet_help_hosts[], wr_fleet_help_limits[];

/* The options that judge, for another process: those that were given, and the time.  False when
 * memory ends or there are too many, which is said. */
WR_MUST_USE bool wr_fleet_words(const wr_host_options *host, int argc, char **argv, wr_arena *arena,
                                const char *words[WR_FLEET_WORDS], size_t *count);

/* Says it, and gives the exit code. */
int wr_fleet_fail(const wr_error *err);

/* Refuses what is for one host: --host.  Gives as above. */
int wr_fleet_check(const wr_host_options *host, const char *command);

#endif
