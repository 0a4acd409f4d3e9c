/* split.h - a record taken apart where it stands: what hosts have in common, and what is its own.
 *
 * A report says much that the reports of other hosts say, too: the facts of a certificate, what it
 * is trusted for, a requirement's items.  Such a stretch of the line is a part, which a database
 * keeps once; what stands between the parts is the record's own.  Both together are the line again,
 * byte for byte. */
#ifndef WR_FLEET_SPLIT_H
#define WR_FLEET_SPLIT_H

#include "base/arena.h"

typedef enum wr_part_kind {
    WR_PART_FACTS,       /* of a certificate: its object from the start to its instances */
    WR_PART_VERDICT,     /* the same from behind the instances to its end                */
    WR_PART_FINDING,     /* an item of findings[]                                        */
    WR_PART_REQUIREMENT, /* an item of requirements[]                                    */
    WR_PART_ACTION,      /* an item of plan[]                                            */
    WR_PART_TEXT         /* anything else that is often the same                         */
} wr_part_kind;

typedef struct wr_familiar wr_familiar; /* familiar.h */
typedef struct wr_familiar_part wr_familiar_part;

typedef struct wr_part {
    wr_part_kind kind;
    wr_view text;                     /* of the line                         */
    const wr_familiar_part *familiar; /* the same, from a line before, or NULL */
} wr_part;

/* A certificate of the host. */
typedef struct wr_holding {
    size_t facts, verdict; /* parts */
    wr_view instances;     /* JSON  */
} wr_holding;

typedef enum wr_line_kind {
    WR_LINE_HOST,  /* winroots.host/1   */
    WR_LINE_OBJECT /* winroots.object/1 */
} wr_line_kind;

/* Values of a record, as JSON; empty where there is none. */
typedef struct wr_split {
    wr_line_kind kind;
    wr_view line;
    wr_view tool, host, observed, evidence, status, error;
    wr_view sha256;                                    /* of an object */
    wr_view as_of, machine, coverage, policies, lists; /* of the report */
    bool has_report;
    WR_LIST(wr_part) parts; /* in the line's order, none in another */
    WR_LIST(wr_holding) holdings;
} wr_split;

/* Takes a line apart, with the lists in the arena and views of the line.  What is `familiar`, which
 * may be NULL, was looked at before and is not again.
 * Fails: TRUNCATED, MALFORMED (no record), UNSUPPORTED (of a newer version), LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_split_line(wr_view line, const wr_familiar *familiar, wr_arena *arena,
                               wr_split *out, wr_error *err);

#endif
