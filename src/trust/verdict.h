/* verdict.h - the rules, in order, for one certificate, one purpose and one scope. */
#ifndef WR_TRUST_VERDICT_H
#define WR_TRUST_VERDICT_H

#include "trust/copies.h"

/* The verdict over its copies, which are those of the scope.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_verdict_judge(const wr_trust *trust, const wr_scope *scope, size_t certificate,
                                  const wr_copies *copies, const wr_refusal *refusal,
                                  const wr_purpose *purpose, wr_arena *arena, wr_verdict *out,
                                  wr_error *err);

/* The verdict that a program entry alone gives, its certificate unknown.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_verdict_of_entry(const wr_trust *trust, const wr_restriction *restriction,
                                     const wr_purpose *purpose, wr_arena *arena, wr_verdict *out,
                                     wr_error *err);

#endif
