/* record.h - what a fleet keeps of one host: a line of JSON that stands alone. docs/fleet-record.md
 *
 * A file of records has lines of two kinds.  `winroots.host/1` is one host: who it is, what was
 * looked at, and the report.  `winroots.object/1` is what many hosts have alike, once: a
 * certificate, the properties of a copy of it, a list, the certificates that a list gives on
 * demand.  A host's line names objects by their SHA-256; they stand before it in its own file.
 *
 *     write:  wr_record_write(&head, &set, &written, &arena, out, err);
 *     read:   wr_record_read(line, &arena, &record, err);  ...  wr_record_close(&record);
 *     judge:  wr_record_judge(&record, &objects, &question, &arena, &diags, &judgement, err);
 */
#ifndef WR_FLEET_RECORD_H
#define WR_FLEET_RECORD_H

#include "base/hash_set.h"
#include "base/json.h"
#include "output/judgement.h"
#include "store/collect_report.h"
#include "winroots/analysis.h"

typedef enum wr_record_status {
    WR_RECORD_OK,      /* all that was given could be read                       */
    WR_RECORD_PARTIAL, /* some of it could not: its verdicts may be unknown      */
    WR_RECORD_FAILED   /* there is no report; an error says why                  */
} wr_record_status;

/* Stable names: ok, partial, failed. */
const char *wr_record_status_name(wr_record_status status);

/* What was looked at. */
typedef struct wr_record_head {
    const char *path;          /* as the user typed it                                  */
    uint8_t id[WR_SHA256_LEN]; /* wr_evidence_fingerprint                               */
    size_t host, hosts;        /* this one, from 1, of so many in that evidence; 1 of 1
                                  where it is not known because nothing could be read   */
} wr_record_head;

/* The objects of a host that are not in `written`, then the host's own line.  `written` is filled,
 * and its memory comes from `arena`, which outlives it; NULL writes every object.  The same
 * evidence, options and version give the same bytes.  Fails: NO_MEMORY; `out` then holds a part. */
WR_MUST_USE bool wr_record_write(const wr_record_head *head, const wr_result_set *set,
                                 wr_hash_set *written, wr_arena *arena, wr_out *out, wr_error *err);

/* The same of every host that an analysis of `path` judged, in their order.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_record_write_hosts(const wr_analysis *a, const char *path,
                                       const uint8_t id[WR_SHA256_LEN], wr_hash_set *written,
                                       wr_arena *arena, wr_out *out, wr_error *err);

/* Of a host that has a report: never WR_RECORD_FAILED. */
wr_record_status wr_record_status_of(const wr_result_set *set);

/* The line of a host of which there is no report.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_record_write_failure(const wr_record_head *head, const wr_error *why,
                                         wr_out *out, wr_error *err);

typedef enum wr_record_kind { WR_RECORD_HOST, WR_RECORD_OBJECT } wr_record_kind;

/* What a line of either kind begins with, without reading the rest: for those who only sort lines.
 * False: neither, or not as this program writes it.  True does NOT promise that the rest can be
 * read. */
bool wr_record_peek(wr_view line, wr_record_kind *kind, uint8_t sha256[WR_SHA256_LEN]);

typedef struct wr_record {
    wr_record_kind kind;
    /* A host.  Texts are in the arena; all but `path` have at most WR_LIMIT_HOST_NAME bytes. */
    const char *tool_version;
    const char *key;  /* "machine_guid:...", "computer_name:...", "evidence:..." */
    const char *name; /* of the computer, "" where unknown                       */
    wr_time observed; /* 0 = none                                                */
    wr_record_head head;
    wr_record_status status;
    const char *error_code, *error_message; /* WR_RECORD_FAILED                       */
    wr_json report;                         /* else the report; good until it is closed */
    /* An object. */
    const char *object_kind;
    uint8_t sha256[WR_SHA256_LEN];
    wr_view octets; /* in the arena */

    wr_json_document *document; /* private */
} wr_record;

/* One line, without what ends it.  Members that it does not know are passed over.  True promises
 * that an object has its SHA-256 and that a host's members above are of their types and within
 * their limits; of the report, that it is an object of schema winroots.report/1, and nothing else.
 * Fails: MALFORMED (offset in the line, or JSON pointer in err->path), UNSUPPORTED (another schema,
 * such as a later version's), MISMATCH (an object is not what its SHA-256 says), LIMIT,
 * NO_MEMORY. */
WR_MUST_USE bool wr_record_read(wr_view line, wr_arena *arena, wr_record *out, wr_error *err);

/* What a host is asked again. */
typedef struct wr_record_question {
    wr_trust_options options; /* as_of and so on: nothing of what the record was judged by */
    wr_profile *const *profiles;
    size_t num_profiles;
    const wr_list *lists; /* given now, in force where they are newer than the record's own */
    size_t num_lists;
    const wr_certificate *supply; /* for the plan; never trusted */
    size_t num_supply;
} wr_record_question;

/* Judges a host anew, from the facts of its record and the octets that `objects` finds, without its
 * evidence; no conclusion of the record is looked at.  What the record cannot say is `unknown`, and
 * `diags` says why.  `out` stays where it is; it and everything in it are in `arena` or borrowed
 * from what `objects` gave.  For a row of requirements: out->comparisons[i].result, of profile i.
 *
 *     const wr_object_source objects = { find_in_database, db };
 *     wr_record_read(line, &arena, &record, err) &&
 *     wr_record_judge(&record, &objects, &question, &arena, &diags, &judgement, err);
 *
 * Fails: USAGE (an object, or a record without a report), MALFORMED (its facts; JSON pointer in
 * err->path), NO_MEMORY, BUG. */
WR_MUST_USE bool wr_record_judge(const wr_record *record, const wr_object_source *objects,
                                 const wr_record_question *question, wr_arena *arena,
                                 wr_diags *diags, wr_judgement *out, wr_error *err);

/* Of a record that was read; what is in the arena stays. */
void wr_record_close(wr_record *record);

#endif
