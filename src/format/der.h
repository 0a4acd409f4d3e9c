/* der.h - DER values, read in place and bounded. */
#ifndef WR_FORMAT_DER_H
#define WR_FORMAT_DER_H

#include "base/time.h"
#include "base/view_index.h"

/* Identifier octets as they stand: class and constructed bits included.  Tags above 30 are refused.
 */
enum {
    WR_DER_BOOLEAN = 0x01,
    WR_DER_INTEGER = 0x02,
    WR_DER_BIT_STRING = 0x03,
    WR_DER_OCTET_STRING = 0x04,
    WR_DER_NULL = 0x05,
    WR_DER_OID = 0x06,
    WR_DER_UTC_TIME = 0x17,
    WR_DER_GENERALIZED_TIME = 0x18,
    WR_DER_SEQUENCE = 0x30,
    WR_DER_SET = 0x31,
    WR_DER_CONTEXT_0 = 0xA0, /* constructed context tags; primitive ones are 0x80 + n */
    WR_DER_CONTEXT_1 = 0xA1,
    WR_DER_CONTEXT_2 = 0xA2,
    WR_DER_CONTEXT_3 = 0xA3
};

typedef struct wr_der {
    uint8_t tag;
    wr_view contents;
    wr_view whole; /* tag and length included */
} wr_der;

/* The value at `r`, which then stands behind it.  Lengths must be definite; a length that is not in
 * its shortest form is accepted, because evidence holds such certificates.  Every error is placed
 * at the value's identifier octet. Fails: TRUNCATED (no value, or less of it than its length says),
 * MALFORMED (a tag above 30, an indefinite or reserved length). */
WR_MUST_USE bool wr_der_read(wr_reader *r, wr_der *out, wr_error *err);

/* The same, and it must have this tag; `what` names it in the message. */
WR_MUST_USE bool wr_der_expect(wr_reader *r, uint8_t tag, const char *what, wr_der *out,
                               wr_error *err);

/* True when the next value has this tag; reads nothing. */
bool wr_der_peek(const wr_reader *r, uint8_t tag);

/* UTCTime or GeneralizedTime at `r`.  Fails as wr_der_read; MALFORMED for another tag and for a
 * text that is no date since 1601. */
WR_MUST_USE bool wr_der_time(wr_reader *r, wr_time *out, wr_error *err);

/* AlgorithmIdentifier ::= SEQUENCE { algorithm OID, parameters ANY OPTIONAL } at `r`: the OID's
 * contents, and the parameters with tag, which may be empty.  Fails as wr_der_read; MALFORMED for
 * another tag. */
WR_MUST_USE bool wr_der_algorithm(wr_reader *r, const char *what, wr_view *oid, wr_view *parameters,
                                  wr_error *err);

/* Identifier and length octets of a value with `len` contents octets, at `out`; gives how many. */
#define WR_DER_HEADER (2 + sizeof(size_t))
size_t wr_der_header(uint8_t tag, size_t len, uint8_t out[WR_DER_HEADER]);

/* Contents of an OID as dotted text, in the arena; an OID that is not well formed, or has an arc
 * above WR_LIMIT_OID_ARC_BITS, gives its hex with "invalid:" before it.  NULL when memory ends. */
WR_MUST_USE const char *wr_oid_text(wr_arena *arena, wr_view contents);

/* True when `contents` is the OID `dotted`, such as "2.5.29.37". */
bool wr_oid_is(wr_view contents, const char *dotted);

/* A dotted OID as contents octets, in the arena.  Fails: USAGE (not an OID), NO_MEMORY. */
WR_MUST_USE bool wr_oid_parse(const char *dotted, wr_arena *arena, wr_view *out, wr_error *err);

/* The OIDs of a DER SEQUENCE OF OBJECT IDENTIFIER (an EKU extension, property 9, 105, 122, 127),
 * which must fill `sequence`.  Fails: TRUNCATED, MALFORMED, NO_MEMORY. */
typedef struct wr_oids {
    WR_LIST(wr_view) list; /* contents octets */
    wr_view_index index;
} wr_oids;
WR_MUST_USE bool wr_oids_parse(wr_view sequence, wr_arena *arena, wr_oids *out, wr_error *err);
bool wr_oids_contain(const wr_oids *oids, wr_view oid);

#endif
