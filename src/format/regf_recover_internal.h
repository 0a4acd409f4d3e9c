/* regf_recover_internal.h - what the search for records and the search for blobs share. */
#ifndef WR_FORMAT_REGF_RECOVER_INTERNAL_H
#define WR_FORMAT_REGF_RECOVER_INTERNAL_H

#include "format/regf_recover.h"

/* A search for blobs. */
typedef struct wr_regf_blob_search {
    wr_view bytes;        /* cells stand at multiples of 8       */
    const uint8_t *taken; /* one bit per cell: a value has it as data; NULL = none */
    uint64_t work;        /* properties that may still be read   */
    wr_arena *arena;
    wr_regf_recovery *out;
    bool no_memory, full;
} wr_regf_blob_search;

/* Appends the blobs in [begin, begin+len) of the bytes; sets no_memory or full where that ends it.
 */
void wr_regf_search_blobs(wr_regf_blob_search *search, wr_regf_place place, uint64_t begin,
                          uint64_t len);

/* Says that more than WR_LIMIT_DELETED were found. */
void wr_regf_report_full(wr_diags *diags, wr_view bytes, const char *what);

#endif
