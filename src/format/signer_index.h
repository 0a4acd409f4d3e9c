/* signer_index.h - certificates by what names a signer: many lists look for theirs among many
 * certificates, and a search through all of them for each would cost the product. */
#ifndef WR_FORMAT_SIGNER_INDEX_H
#define WR_FORMAT_SIGNER_INDEX_H

#include "format/x509.h"

typedef enum wr_signer_order {
    WR_BY_SUBJECT,
    WR_BY_ISSUER_AND_SERIAL,
    WR_BY_KEY_ID,
    WR_NUM_SIGNER_ORDERS
} wr_signer_order;

typedef struct wr_signer_entry {
    wr_view keys[WR_NUM_SIGNER_ORDERS]
                [2]; /* what it is found by; the second is empty, or a serial */
    wr_view der;
} wr_signer_entry;

/* Made when something is looked for: most lists bring all that they need. */
typedef struct wr_signer_index {
    const wr_ders *certificates;
    wr_arena *arena;
    wr_signer_entry
        *entries; /* in the order given; what cannot be parsed is left out; NULL: not made */
    const wr_signer_entry **sorted[WR_NUM_SIGNER_ORDERS];
    size_t count;
} wr_signer_index;

/* Borrows the certificates and the arena. */
static inline wr_signer_index wr_signer_index_of(const wr_ders *certificates, wr_arena *arena)
{
    return (wr_signer_index){ .certificates = certificates, .arena = arena };
}

/* Those that a key finds, in the order given: the first, and how many.  `serial` is empty but for
 * WR_BY_ISSUER_AND_SERIAL.  `index` NULL: none.  Parses each certificate once.  Fails: NO_MEMORY.
 */
WR_MUST_USE bool wr_signer_index_find(wr_signer_index *index, wr_signer_order order, wr_view key,
                                      wr_view serial, const wr_signer_entry *const **first,
                                      size_t *count, wr_error *err);

#endif
