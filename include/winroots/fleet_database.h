/* winroots/fleet_database.h - the records of many hosts in one database, and what it tells.
 *
 *     wr_fleet_merge(records, num_records, "fleet.sqlite", &options, &result, &err) &&
 *     wr_fleet_report("fleet.sqlite", &how, "fleet.html", &err);
 *
 * Records are what `winroots fleet run` writes.  The database is an SQLite file whose tables
 * docs/fleet.md explains; SQLite is loaded at the first call. */
#ifndef WINROOTS_FLEET_DATABASE_H
#define WINROOTS_FLEET_DATABASE_H

#include "winroots/error.h"

/* Called for what is wrong with a line or an input, and is left out; the text lives for the call.
 */
typedef void (*wr_fleet_tell)(const wr_error *what, void *context);

typedef struct wr_fleet_merge_options {
    wr_fleet_tell tell; /* NULL: not */
    /* Told what is read next, for people; may be called very often.  NULL: nobody asks. */
    void (*progress)(void *context, const char *path);
    /* Told once where another merge into the same database has to end first; NULL: nobody asks. */
    void (*wait)(void *context);
    void *context; /* of all three */
} wr_fleet_merge_options;

typedef struct wr_fleet_merge_result {
    uint64_t num_inputs;   /* files that could be read                            */
    uint64_t num_records;  /* of hosts, in all of them                            */
    uint64_t num_new;      /* of these, not in the database before                */
    uint64_t num_rows;     /* (host, certificate) rows that were added            */
    uint64_t num_left_out; /* lines and inputs that could not be read: each was told */
} wr_fleet_merge_result;

/* Adds records to the database `output`, which is made where it is not there.  An input is a file
 * of records, another database, or a folder: what in it ends in .ndjson, .jsonl or .sqlite.
 *
 * The database changes whole or not at all, also when the process is killed; merges into one
 * database wait for each other (by OUTPUT.lock, which stays).  The same records give the same bytes
 * in whatever order and grouping they are merged, and a record that was merged before changes
 * nothing.  True does NOT promise that every line could be used: see *out.
 * Fails: IO (also: full disk), UNSUPPORTED (no SQLite; `output` is of another version), MALFORMED
 * (`output` is no database of a fleet), NO_MEMORY. */
WR_MUST_USE bool wr_fleet_merge(const char *const *inputs, size_t num_inputs, const char *output,
                                const wr_fleet_merge_options *options, wr_fleet_merge_result *out,
                                wr_error *err);

typedef enum wr_fleet_format {
    WR_FLEET_TEXT,
    WR_FLEET_JSON, /* winroots.fleet/1                                       */
    WR_FLEET_CSV,  /* a row a host                                           */
    WR_FLEET_HTML  /* one page, complete in itself                           */
} wr_fleet_format;

/* What the records are asked.  Without a profile, what they say by themselves: the profiles and the
 * supply that they were made with. */
typedef struct wr_fleet_question {
    const char *const *profiles; /* built-in ids or aliases, else files */
    size_t num_profiles;
    const char *const *supplies; /* certificates for plans and bundles; never trusted */
    size_t num_supplies;
    uint64_t as_of; /* FILETIME; 0: each host as when it was judged */
} wr_fleet_question;

typedef struct wr_fleet_report_options {
    wr_fleet_format format;
    wr_fleet_question question;
    uint32_t rare; /* a root that at most so many hosts trust is rare; 0 = 3, or one in a hundred */
} wr_fleet_report_options;

/* What the newest observation of each host comes to, over all hosts, and what changed since the one
 * before it: to a file, whole or not at all, or to standard output (output NULL).  Where a record
 * cannot answer a profile the result is UNKNOWN.
 * Fails: USAGE (unknown profile), IO, UNSUPPORTED (no SQLite; a database of another version),
 * MALFORMED (no database of a fleet), LIMIT (more different actions in plans than
 * WR_LIMIT_FLEET_ACTIONS), NO_MEMORY. */
WR_MUST_USE bool wr_fleet_report(const char *database, const wr_fleet_report_options *options,
                                 const char *output, wr_error *err);

typedef struct wr_fleet_bundles_result {
    size_t num_bundles, at_least;
    bool is_least;       /* fewer cannot do                                            */
    size_t num_hosts;    /* that a bundle fixes, but for what a person has to do        */
    size_t num_left_out; /* actions whose certificate neither the supply nor a record has */
} wr_fleet_bundles_result;

/* Writes the fewest bundles that fix all hosts to a new folder, whole or not at all: bundle-N, a
 * bundle as wr_analysis_bundle writes it, and bundle-N.hosts.tsv beside it, a line for each host it
 * is for.  An action that cannot be written for want of its certificate is left out of its bundle
 * and told.
 * Fails: USAGE (unknown profile; the folder is there and not empty), IO, UNSUPPORTED, MALFORMED,
 * LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_fleet_bundles(const char *database, const wr_fleet_question *question,
                                  const char *folder, wr_fleet_tell tell, void *context,
                                  wr_fleet_bundles_result *out, wr_error *err);

#endif
