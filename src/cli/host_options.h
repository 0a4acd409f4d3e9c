/* host_options.h - the options by which a user gives a host and says how to judge it: the same for
 * every command that does. */
#ifndef WR_CLI_HOST_OPTIONS_H
#define WR_CLI_HOST_OPTIONS_H

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "winroots/analysis.h"

#include <getopt.h>

/* Options of a command's own begin here. */
#define WR_CLI_OWN_OPTIONS 512

/* One of them; gives EXIT_MET or another exit code. */
typedef int wr_own_option(void *context, int c, const char *value);

typedef struct wr_host_options {
    const char *command;      /* for messages                                 */
    const struct option *own; /* with a row of zeros at the end               */
    wr_own_option *parse_own;
    void *context;
    wr_analysis_options judge;
    wr_input_options input;
    bool two_hosts;    /* --host may give one for each side */
    uint32_t hosts[2]; /* --host: of the first side, and of the second of a diff; 0 = all */
    wr_progress progress;
    const char *logs[WR_CLI_LOGS];
    const char *output;
    bool as_of_given, store_given, no_sandbox, help;
} wr_host_options;

/* Prints the help of a command: what --help says of these options, under the headings Input, which
 * `head` ends with, and Judgement. */
void wr_host_options_help(const char *head, const char *tail);

/* Defaults: judged for now, 90 days. */
wr_host_options wr_host_options_new(const char *command, const struct option *own,
                                    wr_own_option *parse_own, void *context);

/* All that only sets a value; afterwards argv[optind] is the first EVIDENCE.  Gives EXIT_MET or an
 * exit code, with the message said. */
int wr_host_options_parse(wr_host_options *o, int argc, char **argv);

/* Unless --no-sandbox says otherwise, gives up what the command line does not name: the inputs,
 * --output, and `folder`, which is to be written and may be NULL.  Before the first input. */
void wr_host_options_confine(const wr_host_options *o, int argc, char **argv, const char *folder);

/* Adds what --store, --ctl, --supply and --require name, in their order, to an analysis.  Gives as
 * above. */
int wr_host_options_inputs(const wr_host_options *o, int argc, char **argv, wr_analysis *a);

/* Adds one input.  One that cannot be read is said and does not stop the others; *read tells. Gives
 * as above. */
int wr_host_options_add(const wr_host_options *o, wr_analysis *a, wr_input input, const char *path,
                        const char *place, bool *read);

/* Tells, in their order, the options that say how a host is given and judged, for another process
 * of this program: "--ctl=FILE", "--no-logs".  Not those that choose one of several hosts, name an
 * output, say the time or are for people.  False when memory ends, or where
 * there are more than `room`. */
WR_MUST_USE bool wr_host_options_words(const wr_host_options *o, int argc, char **argv,
                                       wr_arena *arena, const char **words, size_t room,
                                       size_t *count);

/* A command that is no more than these options and a few of its own. */
typedef struct wr_host_command {
    const char *name, *help_head, *help_tail;
    const struct option *own;
    wr_own_option *parse_own;
    int (*run)(wr_analysis *a, const wr_host_options *host, void *context, int argc, char **argv);
} wr_host_command;

/* Parses the options into `context` and the host's, and runs the command, or shows its help.  Gives
 * the exit code. */
int wr_host_command_run(const wr_host_command *command, void *context, int argc, char **argv);

/* The format of a name; false where there is none such. */
bool wr_parse_format(const char *text, wr_format *out);

/* The same where there are only these two. */
bool wr_parse_text_or_json(const char *text, wr_format *out);

#endif
