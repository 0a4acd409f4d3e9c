/* chain_engine.h - what the configuration of Windows' chain engine refuses: RSA keys that are too
 * short. windows-trust 2.5.
 *
 * Only the view of 64-bit programs is judged; that of 32-bit programs (Wow6432Node) is among the
 * policies of the report.  The Weak* groups concern signatures, which a root's own is not. */
#ifndef WR_TRUST_CHAIN_ENGINE_H
#define WR_TRUST_CHAIN_ENGINE_H

#include "trust/trust.h"

typedef struct wr_weak_key {
    unsigned bits;           /* of the key                                                */
    uint32_t least;          /* that are asked for                                        */
    wr_time stamped_before;  /* what was time-stamped before it is let through            */
    const wr_policy *policy; /* where `least` was read; NULL: Windows' own default        */
} wr_weak_key;

/* *weak = chains with this root fail because its RSA key is too short; fills `out` then.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_chain_engine_refuses(const wr_trust *trust, const wr_x509 *x509,
                                         wr_arena *arena, bool *weak, wr_weak_key *out,
                                         wr_error *err);

#endif
