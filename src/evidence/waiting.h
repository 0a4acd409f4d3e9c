/* waiting.h - files of a folder that are opened and read several at a time, each into evidence of
 * its own, and taken in their order: what comes of it does not depend on how many threads there
 * are.  Private to this room. */
#ifndef WR_EVIDENCE_WAITING_H
#define WR_EVIDENCE_WAITING_H

#include "evidence/discovery.h"
#include "evidence/evidence_internal.h"

typedef struct wr_waiting {
    const wr_tree_entry *entry;
    const wr_discovery *row; /* NULL: no place that is known */
    wr_origin origin;
    bool in_turn; /* it is to be read when its turn comes; set as well of what turns out to be an
                     archive, an image or a file of saved reports */
    bool opened, taken, kept; /* else: how far it came, and why not further */
    wr_error damage;
    wr_diags diags;
    wr_evidence part; /* what it is */
} wr_waiting;

/* Opens and reads those that are not to be read in turn.  Whatever comes of it, each is joined or
 * dropped afterwards.  Fails: never as yet. */
WR_MUST_USE bool wr_waiting_read(wr_waiting *files, size_t count,
                                 const wr_evidence_options *options, wr_arena *arena,
                                 wr_error *err);

/* Adds what one of them is to the evidence.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_waiting_join(wr_waiting *file, wr_evidence *ev, wr_error *err);

/* Closes what was not joined. */
void wr_waiting_drop(wr_waiting *file);

#endif
