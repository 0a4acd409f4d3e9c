/* sst.h - a serialized certificate store (.sst).
 *
 *   0  4  0
 *   4  4  "CERT"
 *   8     elements (property.h)
 *         twelve zero bytes: a property record of id 0
 *
 * Format: docs/formats/sst.md. */
#ifndef WR_FORMAT_SST_H
#define WR_FORMAT_SST_H

#include "format/property.h"

typedef struct wr_sst {
    WR_LIST(wr_element) elements;
} wr_sst;

/* True when `v` begins as an SST does. */
bool wr_sst_probe(wr_view v);

/* Every element.  A missing end record, and bytes behind it, are warnings.  An element cut by the
 * end of the file, or without an object, and an end record that is not all zero are SKIPPED: those
 * before it are given, and nothing behind it is, because records are found only by the length of
 * the one before.
 * Fails: MALFORMED (no SST header), LIMIT (WR_LIMIT_SST_ELEMENTS, WR_LIMIT_PROPERTIES), NO_MEMORY.
 */
WR_MUST_USE bool wr_sst_parse(wr_view file, wr_arena *arena, wr_diags *diags, wr_sst *out,
                              wr_error *err);

/* Writer: header, then elements by wr_sst_write_element, then the end.  An element is written as
 * its properties in stored order and then the object, whatever the order was, and each reserved
 * field as 1: all other bytes are those that were read. */
void wr_sst_write_start(struct wr_out *out);
void wr_sst_write_element(struct wr_out *out, const wr_element *element);
void wr_sst_write_end(struct wr_out *out);

#endif
