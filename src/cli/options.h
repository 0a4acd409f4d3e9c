/* options.h - the options of a command as a table: what each is called, takes and sets.  Commands
 * that judge a host have theirs from host_options.h. */
#ifndef WR_CLI_OPTIONS_H
#define WR_CLI_OPTIONS_H

#include "cli/cli.h"

typedef enum wr_option_kind {
    WR_OPTION_FLAG,  /* bool                                            */
    WR_OPTION_TEXT,  /* const char *: the last one given counts         */
    WR_OPTION_TEXTS, /* wr_texts: may be given again and again          */
    WR_OPTION_TIME,  /* wr_time: a date or an RFC 3339 time             */
    WR_OPTION_JSON   /* bool: false for "text", true for "json"         */
} wr_option_kind;

typedef struct wr_option {
    const char *name; /* without "--"; "output" is -o, too */
    wr_option_kind kind;
    void *to; /* of the type that the kind says */
} wr_option;

typedef struct wr_texts {
    const char *items[WR_CLI_INPUTS];
    size_t count;
} wr_texts;

typedef struct wr_options {
    const char *command; /* for messages */
    const char *help;
    const wr_option *table;
    size_t count;
    bool no_sandbox; /* --no-sandbox, which every command has, as --help and -h */
} wr_options;

/* Most rows of a table, count. */
#define WR_OPTIONS_MAX 16

/* Sets what the options say; afterwards argv[optind...] are the other words.  False where the
 * command is at its end, with *code: help was shown, or a message says what is wrong. */
WR_MUST_USE bool wr_options_parse(wr_options *o, int argc, char **argv, int *code);

#endif
