/* cli.h - what the subcommands share: exit codes, messages, the clock. */
#ifndef WR_CLI_CLI_H
#define WR_CLI_CLI_H

#include "base/outfile.h"
#include "winroots/error.h"

/* DESIGN section 3. */
enum {
    EXIT_MET = 0,
    EXIT_FINDINGS = 1, /* at least one FAIL */
    EXIT_USAGE = 2,
    EXIT_NO_EVIDENCE = 3,
    EXIT_UNKNOWN = 4, /* no FAIL, but something is unknown; inspect: some files not read */
    EXIT_OUTPUT = 5   /* output not written, or internal */
};

/* Transaction logs that a command line may name, count: a hive has at most three. */
#define WR_CLI_LOGS 64

/* Files of one kind that a command line may name, count. */
#define WR_CLI_INPUTS 64

typedef int wr_command(int argc, char **argv);

wr_command wr_cmd_analyze, wr_cmd_bundle, wr_cmd_diff, wr_cmd_inspect, wr_cmd_profile;
wr_command wr_cmd_explain, wr_cmd_convert, wr_cmd_export;
wr_command wr_cmd_fleet;
wr_command wr_cmd_fleet_run, wr_cmd_fleet_plan, wr_cmd_fleet_worker; /* behind `fleet` */
wr_command wr_cmd_fleet_gather, wr_cmd_fleet_merge, wr_cmd_fleet_report, wr_cmd_fleet_bundles;
wr_command wr_cmd_profile_lint, wr_cmd_profile_learn; /* behind `profile` */

/* message.c: one line on stderr, "winroots: SOURCE:0xOFFSET: PATH: message", safe for a terminal.
 */
void wr_message(const wr_error *err);
void wr_message_text(const char *fmt, ...) WR_PRINTF(1, 2);

/* A line on the terminal that the next one is written over; "" takes it away. */
void wr_message_over(const char *what, const char *path);

/* Text on stdout; a failure to write is found at the end by wr_stdout_failed. */
void wr_print(const char *text);
bool wr_stdout_failed(void);

/* help.c: the same for a help text, whose lines are as long as they like: broken to fit a terminal,
 * behind a second column where they have one. */
void wr_print_help(const char *text);

/* "winroots: COMMAND: what is wrong" with the hint where help is; gives EXIT_USAGE. */
int wr_usage(const char *command, const char *fmt, ...) WR_PRINTF(2, 3);

/* Says, behind the command or the side of a diff, that no evidence could be read and what to do
 * next; gives EXIT_NO_EVIDENCE. */
int wr_no_evidence(const char *where);

/* clock.c: now, as FILETIME. */
uint64_t wr_clock_now(void);

/* terminal.c: true where the reader of standard output sees colours and wants them. */
bool wr_terminal_colours(void);

/* command_line.c: "winroots analyze ..." and a NUL to a sink, quoted where a shell needs it.  What
 * unlocks a volume is not told. */
void wr_command_line(int argc, char **argv, wr_out *out);

/* A decimal number of at most `max`; false for anything else. */
bool wr_parse_number(const char *text, uint32_t max, uint32_t *out);

#endif
