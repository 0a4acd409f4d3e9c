/* familiar.h - parts that were met lately, told by their bytes: hosts of a fleet say the same in
 * the same order, and comparing is ten times faster than scanning and digesting. */
#ifndef WR_FLEET_FAMILIAR_H
#define WR_FLEET_FAMILIAR_H

#include "base/arena.h"
#include "fleet/split.h"

struct wr_familiar_part {
    wr_part_kind kind;
    wr_view text; /* a copy */
    int64_t id, number;
};

/* Zeroed, then wr_familiar_open. */
struct wr_familiar {
    wr_arena arena;
    struct wr_familiar_part *slots; /* one candidate for each key */
    wr_arena texts;
};

WR_MUST_USE bool wr_familiar_open(wr_familiar *f, wr_error *err);
void wr_familiar_close(wr_familiar *f); /* a zeroed one is allowed */

/* What tells where to look: the part before, for a verdict; else how the text begins. */
uint64_t wr_familiar_key(wr_part_kind kind, int64_t before, wr_view from);

/* The part of this kind that `from` begins with, NULL where none is known.  Good until the next
 * wr_familiar_add. */
const wr_familiar_part *wr_familiar_find(const wr_familiar *f, uint64_t key, wr_part_kind kind,
                                         wr_view from);

/* Remembers a part that was read and checked; forgetting is no failure. */
void wr_familiar_add(wr_familiar *f, uint64_t key, const wr_part *part, int64_t id, int64_t number);

#endif
