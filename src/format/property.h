/* property.h - a serialized element: the properties of a certificate, CRL or CTL, then the object.
 *
 *   offset  size  field
 *        0     4  property id (CERT_*_PROP_ID); 32, 33, 34, 35 = the object itself
 *        4     4  reserved, 1 in all that was measured
 *        8     4  length of the data in bytes
 *       12     n  data
 *
 * repeated without padding.  The value `Blob` of a registry store, a file of a roaming store and an
 * element of an SST have this form.  Format: docs/formats/property.md. */
#ifndef WR_FORMAT_PROPERTY_H
#define WR_FORMAT_PROPERTY_H

#include "base/diag.h"
#include "base/time.h"

/* The ids that rules of winroots use; wr_property_name knows every one. */
enum {
    WR_PROP_KEY_PROV_INFO = 2,
    WR_PROP_SHA1_HASH = 3,
    WR_PROP_MD5_HASH = 4,
    WR_PROP_ENHKEY_USAGE = 9,
    WR_PROP_FRIENDLY_NAME = 11,
    WR_PROP_SIGNATURE_HASH = 15,
    WR_PROP_KEY_IDENTIFIER = 20,
    WR_PROP_SUBJECT_PUBLIC_KEY_MD5_HASH = 25,
    WR_PROP_SUBJECT_NAME_MD5_HASH = 29,
    WR_PROP_CERTIFICATE = 32,
    WR_PROP_CRL = 33,
    WR_PROP_CTL = 34,
    WR_PROP_KEYID = 35,
    WR_PROP_ROOT_PROGRAM_CERT_POLICIES = 83,
    WR_PROP_ROOT_PROGRAM_NAME_CONSTRAINTS = 84,
    WR_PROP_AUTH_ROOT_SHA256_HASH = 98,
    WR_PROP_DISALLOWED_FILETIME = 104,
    WR_PROP_ROOT_PROGRAM_CHAIN_POLICIES = 105,
    WR_PROP_SHA256_HASH = 107,
    WR_PROP_DISALLOWED_ENHKEY_USAGE = 122,
    WR_PROP_NOT_BEFORE_FILETIME = 126,
    WR_PROP_NOT_BEFORE_ENHKEY_USAGE = 127,
    WR_PROP_DISALLOWED_CA_FILETIME = 128
};

typedef struct wr_property {
    uint32_t id, reserved;
    wr_view data;
} wr_property;

/* The record at `r`, which then stands behind it.  Fails: TRUNCATED, at the record's first byte. */
WR_MUST_USE bool wr_property_read(wr_reader *r, wr_property *out, wr_error *err);

/* True where no record stands at `r`: at the end, and at the id 0, which no property has (SPEC
 * Wine's serialize.c), also where less than four bytes of it are left. */
bool wr_property_at_end(const wr_reader *r);

/* Microsoft's name without CERT_ and _PROP_ID, such as "DISALLOWED_FILETIME", in the short form of
 * docs/formats/property.md.  An id inside a range has the range's: RESERVED_ELEMENT (36 to 62),
 * RESERVED (130 to 0x7fff), USER (0x8000 to 0xffff).  NULL for an id that has none. */
const char *wr_property_name(uint32_t id);

typedef enum wr_element_kind {
    WR_ELEMENT_CERTIFICATE,
    WR_ELEMENT_CRL,
    WR_ELEMENT_CTL,
    WR_ELEMENT_KEYID
} wr_element_kind;

typedef struct wr_element {
    wr_element_kind kind;
    wr_view all;             /* every record, the object's too     */
    wr_view object;          /* DER of the certificate, CRL or CTL */
    uint32_t num_properties; /* without the object's record        */
} wr_element;

/* One whole element, as a registry Blob holds it.  A reserved field other than 1, a repeated
 * property id, properties behind the object, and a record of id 0 (it ends the element: what
 * follows was never written) are notes in `diags`; bytes behind the object that are no record are
 * SKIPPED. True does NOT promise that the object is DER, nor that any property says the truth of
 * it. Fails: TRUNCATED, MALFORMED (no object, two objects), LIMIT (WR_LIMIT_PROPERTIES); the place
 * is that of the record. */
WR_MUST_USE bool wr_element_parse(wr_view blob, wr_diags *diags, wr_element *out, wr_error *err);

/* The element at `r` in a sequence of them (SST): ends with its object record.  Notes as above.
 * Fails: TRUNCATED, MALFORMED (no object before the end or a record of id 0), LIMIT. */
WR_MUST_USE bool wr_element_read(wr_reader *r, wr_diags *diags, wr_element *out, wr_error *err);

/* Data of property `id`; false where the element has none.  Present and empty is true with len 0.
 * Of a repeated id it is the last, because each is set in turn when Windows reads an element. */
bool wr_element_property(const wr_element *element, uint32_t id, wr_view *out);

/* Calls for each property in stored order, the object's record excluded: start with *at = 0; false
 * at the end. */
bool wr_element_next(const wr_element *element, size_t *at, wr_property *out);

/* Lower-case name: certificate, crl, ctl, keyid. */
const char *wr_element_kind_name(wr_element_kind kind);

/* Writer: appends one record to `out` (outfile.h).  Reserved is written as 1; data.len is at most
 * UINT32_MAX. */
struct wr_out;
void wr_property_write(struct wr_out *out, uint32_t id, wr_view data);

/* The records of an element without its object's, as they are written: in the arena, empty where
 * there are none.  False: no memory. */
WR_MUST_USE bool wr_element_properties(const wr_element *element, wr_arena *arena, wr_view *out);

#endif
