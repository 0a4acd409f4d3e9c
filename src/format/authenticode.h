/* authenticode.h - the signatures of a program or a catalogue: the first, those nested in it, and
 * the time stamps of each.
 *
 * Who signed is read, never whether it holds.  Format: docs/formats/pe.md. */
#ifndef WR_FORMAT_AUTHENTICODE_H
#define WR_FORMAT_AUTHENTICODE_H

#include "format/pkcs7.h"

typedef enum wr_signature_kind {
    WR_SIGNATURE_FIRST,
    WR_SIGNATURE_NESTED,        /* 1.3.6.1.4.1.311.2.4.1 of another */
    WR_SIGNATURE_COUNTERSIGNED, /* PKCS#9 1.2.840.113549.1.9.6, a time stamp */
    WR_SIGNATURE_TIME_STAMP     /* RFC 3161, 1.3.6.1.4.1.311.3.3.1 */
} wr_signature_kind;

/* Stable name: first, nested, counter_signature, rfc3161. */
const char *wr_signature_kind_name(wr_signature_kind kind);

typedef struct wr_authenticode {
    wr_signature_kind kind;
    size_t inside; /* index of the signature whose attribute it is; its own index for the first */
    wr_pkcs7 message;  /* with its signer; of a counter-signature, the certificates of `inside` */
    bool has_signer;   /* the signer's certificate is in the message... */
    wr_x509 signer;    /* ...and this is it */
    wr_time time;      /* what a time stamp says, 0 where it says nothing that can be read */
    bool time_stamped; /* it has a time stamp */
} wr_authenticode;

typedef struct wr_authenticodes {
    WR_LIST(wr_authenticode) list;
} wr_authenticodes;

/* True for the two kinds of time stamp. */
bool wr_signature_is_time_stamp(wr_signature_kind kind);

/* Appends the signature of `message` and those inside it, outer ones first.  An attribute that is
 * damaged is SKIPPED, and so is what exceeds WR_LIMIT_SIGNATURES.  A message without signer appends
 * nothing.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_authenticode_read(const wr_pkcs7 *message, wr_arena *arena, wr_diags *diags,
                                      wr_authenticodes *out, wr_error *err);

#endif
