/* item.h - one file of evidence, parsed by its kind.  wr_item is in evidence.h. */
#ifndef WR_EVIDENCE_ITEM_H
#define WR_EVIDENCE_ITEM_H

#include "evidence/evidence.h"

/* What items are made of, and who is told of damage. */
typedef struct wr_item_sink {
    wr_arena *arena;
    wr_diags *diags;
} wr_item_sink;

/* Fills what item->kind has, from `v`, and its role; `programs` reads programs too.
 * Fails: TRUNCATED, MALFORMED, UNSUPPORTED (also: not what item->use expects), LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_item_parse(wr_item *item, wr_view v, bool programs, const wr_item_sink *to,
                               wr_error *err);

#endif
