/* diff.h - what two snapshots do not have alike, and how it is written: docs/diff.md. */
#ifndef WR_OUTPUT_DIFF_H
#define WR_OUTPUT_DIFF_H

#include "base/outfile.h"
#include "output/snapshot.h"

/* before NULL = added, after NULL = removed, else changed. */
typedef struct wr_change {
    const wr_fact *before, *after;
} wr_change;

typedef struct wr_changes {
    WR_LIST(wr_change) list; /* by kind of fact, then by what it is about */
} wr_changes;

/* Facts about the same are compared by their values; where several are about the same (copies of a
 * certificate in one store), equal ones cancel out first.  A user's verdict that one side does not
 * have is compared with the machine's there, from which it does not differ.
 * Changes point into the snapshots.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_diff_compare(const wr_snapshot *a, const wr_snapshot *b, wr_arena *arena,
                                 wr_changes *out, wr_error *err);

/* The fact that a change is about: the newer one where there are both. */
const wr_fact *wr_change_fact(const wr_change *change);

/* Stable names: added, removed, changed. */
const char *wr_change_name(const wr_change *change);

/* Changes that stand together: from *from on, those of the next kind.  False at the end. */
bool wr_changes_next(const wr_changes *changes, size_t *from, const wr_change **first,
                     size_t *count);

/* Orders changes of verdicts by status and deciding reason, before and after, then by certificate.
 */
int wr_change_compare_reason(const wr_change *a, const wr_change *b);

/* A stretch of log entries and what it changed. */
typedef struct wr_diff_step {
    const char *log; /* as opened */
    uint64_t offset; /* of the first entry in its log */
    uint32_t first_sequence, last_sequence;
    size_t num_entries;
    wr_time time; /* newest last write among the keys that changed; 0 = unknown */
    wr_changes changes;
} wr_diff_step;

typedef struct wr_diff_document {
    const char *version;
    const char *label[2]; /* as the user typed them */
    const wr_snapshot *side[2];
    wr_changes changes;
    bool replay; /* one hive before and after its logs */
    size_t num_entries;
    WR_LIST(wr_diff_step) steps; /* those that changed something */
} wr_diff_document;

/* Nothing differs, also between log entries. */
bool wr_diff_is_equal(const wr_diff_document *diff);

/* Write to the sink, whose errors stick.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_diff_json(const wr_diff_document *diff, bool compact, wr_out *out,
                              wr_error *err);
WR_MUST_USE bool wr_diff_text(const wr_diff_document *diff, wr_out *out, wr_error *err);

#endif
