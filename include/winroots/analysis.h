/* winroots/analysis.h - a host, or several, offline: evidence in; trust, requirements and a remedy
 * out.
 *
 *     wr_analysis *a = wr_analysis_new();
 *     wr_analysis_add(a, WR_INPUT_EVIDENCE, "SOFTWARE", NULL, &err) &&
 *     wr_analysis_require(a, "A1", &err) && wr_analysis_run(a, &options, &err) &&
 *     wr_analysis_report(a, WR_FORMAT_JSON, "report.json", &err);
 *     wr_analysis_free(a);
 *
 * An analysis is used by one thread.  Nothing is printed, and no clock or environment is read: the
 * time of judgement is an option. */
#ifndef WINROOTS_ANALYSIS_H
#define WINROOTS_ANALYSIS_H

#include "winroots/error.h"

typedef struct wr_analysis wr_analysis;

/* New and empty; NULL only when memory ends. */
wr_analysis *wr_analysis_new(void);

/* Frees the analysis and all that was borrowed from it; NULL is allowed. */
void wr_analysis_free(wr_analysis *a);

typedef enum wr_input {
    WR_INPUT_EVIDENCE, /* a file of any known kind, a folder, an archive, a disk image   */
    WR_INPUT_STORE,    /* a certificate store that stood at `place`, such as "LM/Root"    */
    WR_INPUT_LIST,     /* a trust list: .stl, .cab                                        */
    WR_INPUT_SUPPLY    /* certificates for the bundle; never trusted                      */
} wr_input;

typedef struct wr_input_options {
    bool hash;               /* compute the SHA-256 of every file */
    bool no_logs;            /* read hives alone, also dirty ones */
    bool recover;            /* search hives and their logs for deleted certificates; no verdict,
                                requirement or plan rests on one */
    const char *const *logs; /* transaction logs, in place of those found beside a dirty hive */
    size_t num_logs;
    bool hold_logs; /* do not apply the logs of a dirty hive: wr_diff_replay does, entry by entry */
    /* What opens volumes of a disk image that BitLocker encrypted, UTF-8; NULL = none.  A recovery
     * key has 8 groups of 6 digits with '-' between. */
    const char *bitlocker_password, *recovery_key;
    /* Told what is read next, for people; NULL: nobody asks.  May be called very often. */
    void (*progress)(void *context, const char *path);
    void *progress_context;
} wr_input_options;

/* Adds a file, a folder, an archive or a disk image.  `place` is for WR_INPUT_STORE, else NULL;
 * `options` NULL = the defaults. True does NOT promise that any store is in it.  Fails: IO,
 * TRUNCATED, MALFORMED, UNSUPPORTED, LIMIT (this input; the analysis can go on without it and its
 * report names it), USAGE (place), NO_MEMORY. */
WR_MUST_USE bool wr_analysis_add(wr_analysis *a, wr_input input, const char *path,
                                 const char *place, const wr_input_options *options, wr_error *err);

/* Adds a requirement profile: a built-in id or alias, else a file.
 * Fails: USAGE (unknown), IO, MALFORMED (JSON pointer in err->path), LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_analysis_require(wr_analysis *a, const char *id_or_path, wr_error *err);

typedef struct wr_analysis_options {
    uint64_t as_of;              /* FILETIME: 100 ns since 1601-01-01 UTC      */
    bool assume_connected;       /* the host can fetch what its list names     */
    bool allow_unverified_lists; /* use lists whose signature does not verify  */
    uint32_t expiring_days;      /* findings for what expires within so many   */
    uint32_t host;               /* judge this one of several, from 1; 0 = all */
    bool os_given;               /* the next three override the detected ones  */
    uint32_t os_major, os_minor, os_build;
    const char *command_line; /* for the chain of custody of an HTML report; NULL = not recorded */
} wr_analysis_options;

/* Judges each host.  Several Windows installations, snapshots or top folders with a machine hive in
 * the evidence are several hosts, in the order of container, volume and path; what stands in none
 * of them (lists, stores, supply, files given alone) counts for each.  Once per analysis.
 * Fails: NO_MEMORY, USAGE (run before; no such host), IO (a file failed while it was read). */
WR_MUST_USE bool wr_analysis_run(wr_analysis *a, const wr_analysis_options *options, wr_error *err);

/* How many hosts were judged; 0 before the run. */
size_t wr_analysis_num_hosts(const wr_analysis *a);

/* What the run concluded about required items, of all hosts: FAIL counts before UNKNOWN.  One of
 * several hosts of which nothing could be read is UNKNOWN. */
typedef enum wr_answer {
    WR_ANSWER_MET,    /* every required item passes, or none was asked   */
    WR_ANSWER_FAIL,   /* at least one FAIL                               */
    WR_ANSWER_UNKNOWN /* no FAIL, but something required is UNKNOWN or ERROR */
} wr_answer;
wr_answer wr_analysis_answer(const wr_analysis *a);

/* How many inputs of kind evidence or store could be read: 0 = there is nothing to judge. */
size_t wr_analysis_num_read(const wr_analysis *a);

typedef enum wr_format {
    WR_FORMAT_TEXT,
    WR_FORMAT_TERMINAL, /* text with colours (ECMA-48)                                  */
    WR_FORMAT_JSON,     /* winroots.report/1, indented; an array where there are several hosts  */
    WR_FORMAT_NDJSON,   /* one line a host                                              */
    WR_FORMAT_CSV,      /* instances and requirements, one table                        */
    WR_FORMAT_JUNIT,    /* requirements, JUnit XML                                      */
    WR_FORMAT_SARIF,    /* findings and requirements that fail, SARIF 2.1.0             */
    WR_FORMAT_TIMELINE, /* what has a date on the host, JSON lines for Timesketch       */
    WR_FORMAT_BODYFILE, /* the same as a body file of The Sleuth Kit                    */
    WR_FORMAT_HTML      /* one page, complete in itself; of one host only               */
} wr_format;

/* Writes the report to a file, whole or not at all, or to standard output (path NULL).
 * Fails: IO, NO_MEMORY, USAGE (not run; WR_FORMAT_HTML of several hosts). */
WR_MUST_USE bool wr_analysis_report(wr_analysis *a, wr_format format, const char *path,
                                    wr_error *err);

/* Writes the remediation bundle to a folder, whole or not at all.
 * Fails: USAGE (folder not empty and not `force`; not run; several hosts), IO, NO_MEMORY. */
WR_MUST_USE bool wr_analysis_bundle(wr_analysis *a, const char *folder, bool force, wr_error *err);

/* Version of the library, such as "0.1.0". */
const char *wr_version(void);

#endif
