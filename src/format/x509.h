/* x509.h - the facts of a certificate that winroots uses.
 *
 * The structure is walked in place and the public key stays raw, because decoding it costs a
 * hundred times all else [OpenSSL is called for signatures only].  Format: docs/formats/x509.md. */
#ifndef WR_FORMAT_X509_H
#define WR_FORMAT_X509_H

#include "base/diag.h"
#include "base/digest.h"
#include "format/der.h"

typedef struct wr_x509 {
    wr_view der;             /* the whole certificate, without what may follow it  */
    wr_view tbs;             /* TBSCertificate with tag and length: what is signed */
    unsigned version;        /* as people count: 1, 2 or 3 */
    wr_view serial;          /* contents octets of the INTEGER */
    wr_view issuer, subject; /* Name, with tag and length */
    wr_time not_before, not_after;

    wr_view spki;           /* SubjectPublicKeyInfo with tag and length */
    wr_view key_algorithm;  /* OID contents */
    wr_view key_parameters; /* with tag, may be empty */
    wr_view key_bits;       /* BIT STRING contents without the unused-bits byte */

    wr_view signature_algorithm;  /* OID contents, of the outer AlgorithmIdentifier */
    wr_view signature_parameters; /* with tag, may be empty */
    wr_view signature;            /* BIT STRING contents without the unused-bits byte */
    bool algorithm_is_signed;     /* the outer AlgorithmIdentifier stands inside tbs too */

    bool has_basic_constraints, ca;
    bool has_eku;
    wr_view eku;              /* SEQUENCE OF OID with tag, when has_eku */
    wr_view subject_key_id;   /* contents octets, empty = no extension  */
    wr_view authority_key_id; /* keyIdentifier octets, empty = none     */
    bool repeated_extension;  /* one of these four stands twice         */
    bool damaged_extension;   /* one has contents that are not its type */
} wr_x509;

/* The certificate at the start of `der`; what stands behind it is not in out->der.
 *
 * Accepted, because root programs hold them: version 1 with or without extensions, any serial
 * number, any signature algorithm, times without seconds or with an offset, unique identifiers,
 * lengths that are not in their shortest form.
 *
 * Of an extension that stands twice the first counts: CertFindExtension gives Windows the first,
 * and a verdict about Windows has to read what Windows reads.  An extension whose contents are
 * damaged never widens what the certificate may do: it is no CA, its EKU is there and wr_oids_parse
 * fails on it, its key identifier is absent.
 *
 * True does NOT promise that dates are in order, that the key can be used or that a signature
 * holds.
 *
 * Fails: TRUNCATED (a value is longer than what holds it), MALFORMED, LIMIT. */
WR_MUST_USE bool wr_x509_parse(wr_view der, wr_x509 *out, wr_error *err);

/* Issuer and subject are the same bytes. */
bool wr_x509_self_issued(const wr_x509 *cert);

/* A Name as one line of UTF-8, in the arena: RFC 4514, so the most specific comes first
 * ("CN=..., OU=..., O=..., C=US"), with a space behind each comma.  Special, control and
 * direction-changing characters are escaped.  Attributes that have no short name of OpenSSL's or
 * RFC 4514 are written with their OID; values that are no string as '#' and their DER in hex.  An
 * empty Name gives "".  Text in TeletexString is taken as Latin-1. Fails: TRUNCATED, MALFORMED,
 * NO_MEMORY. */
WR_MUST_USE bool wr_x509_name_text(wr_view name, wr_arena *arena, const char **out, wr_error *err);

/* For people: the last commonName, else organizationalUnit, else organization, printable
 * (wr_text_printable) and otherwise as it stands; else the whole name.
 * Fails: TRUNCATED, MALFORMED, NO_MEMORY. */
WR_MUST_USE bool wr_x509_short_name(wr_view name, wr_arena *arena, const char **out, wr_error *err);

/* Name of the key's algorithm ("rsa", "rsa-pss", "ec", "dsa", "ed25519", "ed448", or the dotted
 * OID), its size in bits (RSA modulus, EC field, DSA prime, octets of an Edwards key times 8; 0
 * where unknown) and its curve's name, dotted OID or "explicit" (NULL where not EC).  Reads the raw
 * key; never fails on a strange one.  Fails: NO_MEMORY. */
typedef struct wr_x509_key {
    const char *algorithm;
    unsigned bits;
    const char *curve;
} wr_x509_key;
WR_MUST_USE bool wr_x509_key_facts(const wr_x509 *cert, wr_arena *arena, wr_x509_key *out,
                                   wr_error *err);

/* Name of the signature algorithm as OpenSSL writes it ("sha256WithRSAEncryption", ...), else the
 * dotted OID.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_x509_signature_name(const wr_x509 *cert, wr_arena *arena, const char **out,
                                        wr_error *err);

/* Digest algorithm inside the certificate's signature algorithm; false where there is none that we
 * know (MD2, SHA-224, EdDSA).  wr_digest of it over cert->tbs is the hash that property 15 and
 * disallowed lists hold. */
bool wr_x509_signature_digest(const wr_x509 *cert, wr_digest_algorithm *out);

/* *holds = `cert` carries a signature that `issuer`'s key made over it.  Names, dates and
 * constraints are not looked at.  MD5 and SHA-1 count. [OpenSSL] Fails: MALFORMED (a key OpenSSL
 * cannot decode), UNSUPPORTED (algorithm, such as MD2), NO_MEMORY. */
WR_MUST_USE bool wr_x509_signed_by(const wr_x509 *cert, const wr_x509 *issuer, bool *holds,
                                   wr_error *err);

/* Every certificate of a PEM text, or of one bare base64 block, in order.  Text around the blocks
 * is ignored, and so are blocks that are not labelled as certificates; a block that does not decode
 * to a certificate is a diagnostic (SKIPPED).  Each view is exactly one certificate, in the arena.
 * Fails: MALFORMED (no certificate in it), LIMIT, NO_MEMORY. */
typedef struct wr_ders {
    WR_LIST(wr_view) list;
} wr_ders;
WR_MUST_USE bool wr_pem_certificates(wr_view text, wr_arena *arena, wr_diags *diags, wr_ders *out,
                                     wr_error *err);

/* Writes one certificate as a PEM block, with lines of 64 characters and LF. */
struct wr_out;
void wr_pem_write(struct wr_out *out, wr_view der);

#endif
