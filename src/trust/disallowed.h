/* disallowed.h - explicit distrust: Disallowed stores and the disallowed list. windows-trust 4.6.
 */
#ifndef WR_TRUST_DISALLOWED_H
#define WR_TRUST_DISALLOWED_H

#include "trust/trust.h"

/* Fills the machine's `refusal` of every certificate, and `same_signed`.
 * Fails: NO_MEMORY, UNSUPPORTED (digest). */
WR_MUST_USE bool wr_disallowed_match(wr_trust *trust, wr_arena *arena, wr_error *err);

/* Sorts what a scope refuses, so that it is found.  After wr_disallowed_match. */
void wr_refused_sort(const wr_trust *trust, wr_scope *scope);

/* The scope's own Disallowed stores, else the machine's refusal. */
wr_refusal wr_refusal_in_scope(const wr_trust *trust, const wr_scope *scope, size_t certificate);

/* Whether one certificate, which need not be in the model, is named by the disallowed list in
 * force. */
WR_MUST_USE bool wr_disallowed_by_list(const wr_trust *trust, const wr_certificate *certificate,
                                       wr_disallowed_by *out, wr_error *err);

#endif
