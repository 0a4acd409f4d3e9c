/* pkcs7.h - signed messages: certificate bags (.p7b) and the envelope of trust lists. [OpenSSL]
 *
 * Microsoft's lists hold the content SEQUENCE directly, not an OCTET STRING, so the digest is over
 * its content octets and CMS code refuses them.  Format: docs/formats/ctl.md. */
#ifndef WR_FORMAT_PKCS7_H
#define WR_FORMAT_PKCS7_H

#include "format/x509.h"

struct wr_signer_index;

typedef struct wr_pkcs7 {
    wr_view der;          /* the message as it was given, with what may stand behind it */
    wr_view content_type; /* OID contents, such as 1.3.6.1.4.1.311.10.1 */
    wr_view content;      /* the value inside [0], with tag; empty where there is none */
    wr_ders certificates; /* DER of each, in stored order */
    wr_ders crls;         /* the same */
    size_t num_signers;   /* damaged ones count */
    /* The first signer; all empty where there is none or it is damaged. */
    wr_view signer_issuer, signer_serial; /* Name with tag; INTEGER contents */
    wr_view signer_key_id;                /* in place of the two: subjectKeyIdentifier octets */
    wr_view digest_algorithm;             /* OID contents */
    wr_view signed_attributes;   /* contents of [0], tag excluded; empty where there are none */
    wr_view signature_algorithm; /* OID contents */
    wr_view signature;
    wr_view unsigned_attributes; /* contents of [1] */
} wr_pkcs7;

/* `der` is a ContentInfo of signedData, DER or BER (indefinite lengths are made definite in the
 * arena, and offsets then count in what was made).  Bytes behind it are a note.  A damaged
 * certificate or signer is SKIPPED and the rest is given.
 * True does NOT promise that a signature holds, or that a certificate can be parsed.
 * Fails: TRUNCATED, MALFORMED (not signedData), LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_pkcs7_parse(wr_view der, wr_arena *arena, wr_diags *diags, wr_pkcs7 *out,
                                wr_error *err);

/* The SignerInfo `der` in place of the message's own signer: a counter-signature of PKCS#9 is one,
 * and its certificates stand in the message that it countersigns.  A failure changes nothing.
 * Fails: TRUNCATED, MALFORMED. */
WR_MUST_USE bool wr_pkcs7_set_signer(wr_pkcs7 *message, wr_view der, wr_error *err);

/* True for the certificate that the first signer names. */
bool wr_pkcs7_is_signer(const wr_pkcs7 *message, const wr_x509 *cert);

/* That certificate, among `certificates` (NULL: none); false where it is
 * not there.  What cannot be parsed is left out. */
WR_MUST_USE bool wr_pkcs7_find_signer(const wr_pkcs7 *message, const wr_ders *certificates,
                                      wr_x509 *out);

/* What a list's signature is worth. */
typedef enum wr_signature_status {
    WR_SIGNATURE_INVALID,  /* zero, so that nothing is valid by omission.  Something does not hold
                              or cannot be checked: what was signed is not what is there */
    WR_SIGNATURE_VALID,    /* digest, signature and a chain to a pinned root hold */
    WR_SIGNATURE_UNSIGNED, /* no signer */
    WR_SIGNATURE_INCOMPLETE_CHAIN, /* all that can be checked holds; a certificate of the chain,
                                      or the signer's own, is missing */
    WR_SIGNATURE_UNTRUSTED_CHAIN   /* signature holds; the chain ends at another root, or a
                                      certificate in it may not sign lists */
} wr_signature_status;

/* Stable name: valid, invalid, unsigned, incomplete_chain, untrusted_chain. */
const char *wr_signature_status_name(wr_signature_status status);

typedef struct wr_signature {
    wr_signature_status status;
    const char *detail;       /* why, one line; "" when valid            */
    const char *signer;       /* short name, "" where unknown            */
    wr_time signer_not_after; /* 0 where unknown; reported, never a rule */
    wr_view root;             /* DER of the pinned root, empty unless valid */
} wr_signature;

/* Verifies the first signer of a trust list: messageDigest over the content octets, the signature
 * over the attributes re-tagged as SET, then the chain, through the message's certificates and
 * `extra` (NULL: none), to a root pinned by SHA-256 (format/pinned_root.h).  `this_update` is the
 * list's own date, and the chain is judged at the later of it and the latest notBefore in the
 * chain; a signer that has expired since is not a fault.  The signer must have the EKU
 * 1.3.6.1.4.1.311.10.3.9 (or, for pin rules, 10.3.31); certificates between it and the root must be
 * CAs, and an EKU extension of theirs must have it, too.
 * True with any status: that the call worked.  Fails: NO_MEMORY, BUG. */
WR_MUST_USE bool wr_pkcs7_verify_list(const wr_pkcs7 *message, struct wr_signer_index *extra,
                                      wr_time this_update, wr_arena *arena, wr_signature *out,
                                      wr_error *err);

/* The same, to `anchors` in place of the pinned roots: tests of the rules above need a key that
 * they have.  Nothing else calls it. */
WR_MUST_USE bool wr_pkcs7_verify_list_to(const wr_ders *anchors, const wr_pkcs7 *message,
                                         struct wr_signer_index *extra, wr_time this_update,
                                         wr_arena *arena, wr_signature *out, wr_error *err);

/* Writes a certificate bag (.p7b): signedData without content and signers, the certificates and
 * CRLs byte for byte in the order given.  OpenSSL would decode and encode each anew, which loses
 * those that are not in its own form. */
struct wr_out;
void wr_pkcs7_write_bag(struct wr_out *out, const wr_ders *certificates, const wr_ders *crls);

#endif
