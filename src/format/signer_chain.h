/* signer_chain.h - from the certificate that signed a list to a root that is trusted by identity.
 */
#ifndef WR_FORMAT_SIGNER_CHAIN_H
#define WR_FORMAT_SIGNER_CHAIN_H

#include "format/pkcs7.h"
#include "format/signer_index.h"

typedef struct wr_signer_chain {
    const wr_ders *anchors;      /* ends of a chain: only their name and key count */
    const wr_ders *certificates; /* what may stand between; what cannot be parsed is left out */
    wr_signer_index *extra;      /* the same, NULL = none */
    wr_time this_update;         /* date of what was signed */
    bool pin_rules;              /* the EKU for signers of pin rules does as well */
} wr_signer_chain;

/* Looks for a chain by issuer name and signature.  Sets status (VALID, INCOMPLETE_CHAIN or
 * UNTRUSTED_CHAIN), detail and root of *out.  Fails: NO_MEMORY, BUG. */
WR_MUST_USE bool wr_signer_chain_find(const wr_signer_chain *from, const wr_x509 *signer,
                                      wr_arena *arena, wr_signature *out, wr_error *err);

#endif
