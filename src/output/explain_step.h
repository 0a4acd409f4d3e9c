/* explain_step.h - the steps of a derivation, in the order of the rules: which reasons belong to
 * each, and what would change what they say. */
#ifndef WR_OUTPUT_EXPLAIN_STEP_H
#define WR_OUTPUT_EXPLAIN_STEP_H

#include "trust/copies.h"

typedef enum wr_step {
    WR_STEP_DISALLOWED,
    WR_STEP_PRESENCE,
    WR_STEP_CONSENT,
    WR_STEP_SELF_ISSUED,
    WR_STEP_VALIDITY,
    WR_STEP_KEY,
    WR_STEP_EXTENSION,
    WR_STEP_PURPOSES,
    WR_STEP_REMOVED,
    WR_STEP_DISABLED,
    WR_STEP_NOT_BEFORE,
    WR_STEP_NAMES,
    WR_STEP_STORED,
    WR_NUM_STEPS
} wr_step;

/* What the step looks at, in a word or two. */
const char *wr_step_title(wr_step step);

/* The step that gives this reason code, and what would change it ("" where nothing of the host's
 * would).  WR_NUM_STEPS for a code that is not in the table. */
wr_step wr_step_of(const char *code, const char **change);

/* What the step read where it had no reason to give: in the arena or constant.  `r` NULL where
 * there is no copy and no entry.  NULL: no memory. */
WR_MUST_USE const char *wr_step_passed(wr_step step, const wr_x509 *x509, const wr_restriction *r,
                                       const wr_purpose *purpose, wr_arena *arena);

#endif
