/* snapshot.h - all that one side of a comparison says, as facts in one order.
 *
 * A host is read from its report (winroots.report/1), whether that was saved or is written for the
 * purpose, so that the same host compares equal in both forms.  Everything is in the arena. */
#ifndef WR_OUTPUT_SNAPSHOT_H
#define WR_OUTPUT_SNAPSHOT_H

#include "output/fact.h"
#include "output/result.h"

typedef enum wr_side_kind {
    WR_SIDE_HOST, /* stores that stand in a place, policies, lists, verdicts */
    WR_SIDE_LIST, /* nothing but trust lists: their entries                  */
    WR_SIDE_STORE /* nothing but certificate stores without a place          */
} wr_side_kind;

/* Stable names: host, list, store. */
const char *wr_side_kind_name(wr_side_kind kind);

/* Evidence of a side, or something in it that could not be read. */
typedef struct wr_side_note {
    const char *place, *text;
} wr_side_note;

typedef struct wr_snapshot {
    wr_arena *arena;
    wr_side_kind kind;
    const char *as_of;
    const char *computer_name, *os; /* "" where unknown */
    WR_LIST(wr_side_note) evidence; /* path; kind and role */
    WR_LIST(wr_side_note) skipped;  /* what no comparison can speak of */
    WR_LIST(wr_side_note) warnings;
    WR_LIST(wr_fact) facts;
} wr_snapshot;

/* From the text of a report; members that it does not know are compared where they stand in a fact,
 * and ignored elsewhere.  Fails: MALFORMED (JSON pointer in err->path), UNSUPPORTED (another
 * schema), LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_snapshot_of_report(wr_view json, wr_side_kind kind, wr_arena *arena,
                                       wr_snapshot *out, wr_error *err);

/* From an analysis that has run; its evidence says of which kind it is.  Fails: NO_MEMORY, BUG. */
WR_MUST_USE bool wr_snapshot_of_results(const wr_result_set *set, wr_arena *arena, wr_snapshot *out,
                                        wr_error *err);

/* For those who fill a snapshot: a new fact with empty texts, good until the next one; a value of
 * it, whose name is borrowed and may repeat; an item, which is copied.  NULL or false: no memory.
 */
wr_fact *wr_snapshot_fact(wr_snapshot *s, wr_fact_kind kind);
wr_fact_value *wr_snapshot_value(wr_snapshot *s, wr_fact *fact, const char *name, bool is_list);
WR_MUST_USE bool wr_snapshot_item(wr_snapshot *s, wr_fact_value *value, const char *text);

/* Entries of the lists, and elements of the stores without a place, that were given as evidence.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_snapshot_add_entries(wr_snapshot *s, const wr_result_set *set, wr_error *err);
WR_MUST_USE bool wr_snapshot_add_elements(wr_snapshot *s, const wr_result_set *set, wr_error *err);

#endif
