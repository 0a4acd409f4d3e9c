/* attribute.h - the Attribute of PKCS#7 messages and of trust list entries.
 *
 *   Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET OF ANY } */
#ifndef WR_FORMAT_ATTRIBUTE_H
#define WR_FORMAT_ATTRIBUTE_H

#include "format/der.h"

typedef struct wr_attribute {
    wr_view type;   /* OID contents        */
    wr_view values; /* contents of the SET */
} wr_attribute;

/* The attribute at `r`, which then stands behind it.  Its values are not looked at.
 * Fails: TRUNCATED, MALFORMED. */
WR_MUST_USE bool wr_attribute_read(wr_reader *r, wr_attribute *out, wr_error *err);

/* How many values it has.  Fails: TRUNCATED, MALFORMED (one is no DER value). */
WR_MUST_USE bool wr_attribute_count(const wr_attribute *attribute, size_t *out, wr_error *err);

#endif
