/* finding.h - what an analyst should look at. DESIGN section 8; docs/findings.md. */
#ifndef WR_TRUST_FINDING_H
#define WR_TRUST_FINDING_H

#include "trust/trust.h"

/* What every finding of one id has in common. */
typedef struct wr_finding_kind {
    const char *id, *severity, *title, *attack;
} wr_finding_kind;

/* The i-th id there is; NULL behind the last. */
const wr_finding_kind *wr_finding_kind_at(size_t i);

/* Appends every finding, in the order of the table of ids, then of certificates.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_findings_make(wr_trust *trust, wr_arena *arena, wr_error *err);

#endif
