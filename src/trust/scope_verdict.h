/* scope_verdict.h - the rows of verdicts: for the machine all, for a user or a service those that
 * differ. */
#ifndef WR_TRUST_SCOPE_VERDICT_H
#define WR_TRUST_SCOPE_VERDICT_H

#include "trust/verdict.h"

/* A row for each standard purpose, and for each further one that a copy's properties speak of.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_verdict_rows(const wr_trust *trust, const wr_scope *scope, size_t certificate,
                                 const wr_copies *copies, const wr_refusal *refusal,
                                 wr_arena *arena, wr_verdict_list *out, wr_error *err);

/* Once, before any certificate is judged for users and services. */
void wr_scopes_prepare(wr_trust *trust);

/* Judges for every user and service what may differ from the machine of one certificate, whose
 * machine rows are there.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_scopes_judge(wr_trust *trust, size_t certificate, wr_arena *arena,
                                 wr_error *err);

#endif
