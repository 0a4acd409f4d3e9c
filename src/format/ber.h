/* ber.h - BER values made DER, for messages that were written as a stream.
 *
 * OpenSSL's -stream, Java and others write a .p7b whose lengths are indefinite: the value ends at
 * two zero octets (SPEC X.690 8.1.3.6).  Nothing else of winroots reads such lengths. */
#ifndef WR_FORMAT_BER_H
#define WR_FORMAT_BER_H

#include "format/der.h"

/* The value at `r` with definite lengths, in the arena; `r` then stands behind it.  The segments of
 * a constructed OCTET STRING are joined.  What holds no indefinite length and no such string keeps
 * its bytes, so that certificates and signed attributes stay what was signed.  Offsets inside *out
 * count from the place of the value, in its new form.
 * True does NOT promise DER in all else (order of a SET, shortest lengths).
 * Fails: TRUNCATED, MALFORMED, LIMIT (WR_LIMIT_DER_DEPTH), NO_MEMORY. */
WR_MUST_USE bool wr_ber_read(wr_reader *r, wr_arena *arena, wr_view *out, wr_error *err);

#endif
