/* known.h - what a part of a record says, as the columns of a row. */
#ifndef WR_FLEET_KNOWN_H
#define WR_FLEET_KNOWN_H

#include "fleet/split.h"

#define WR_KNOWN_COLUMNS 11

/* The columns of an item of a requirement: wr_known_item_columns. */
typedef struct wr_known_item {
    const char *column[WR_KNOWN_COLUMNS];
} wr_known_item;

typedef struct wr_known {
    int64_t id;                           /* of the part, by wr_known_id             */
    uint64_t check;                       /* more of its digest, to tell two of one id */
    int64_t number;                       /* facts: wr_known_certificate; a verdict: the digest of
                                             what is trusted, 0 = nothing; else 0   */
    const char *column[WR_KNOWN_COLUMNS]; /* NULL where the part does not say it     */
    WR_LIST(wr_known_item) items;         /* of a requirement                        */
} wr_known;

/* Members that are columns, in their order, NULL behind the last: of what has a table of its own,
 * else none; and of the items of a requirement. */
const char *const *wr_known_columns(wr_part_kind kind);
extern const char *const wr_known_item_columns[];

/* 63 bits of the SHA-256 of a text, never 0: the same text has the same number in every database,
 * whatever was merged before it.  Fails: UNSUPPORTED, NO_MEMORY. */
WR_MUST_USE bool wr_known_digest(wr_view text, int64_t *id, uint64_t *check, wr_error *err);

/* Fills id and check: those of the text, apart for each kind. */
WR_MUST_USE bool wr_known_id(const wr_part *part, wr_known *out, wr_error *err);

/* 63 bits of a certificate's SHA-256. */
int64_t wr_known_certificate(const uint8_t *sha256);

/* Reads what the part says, texts in the arena.  Fails: MALFORMED, LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_known_read(const wr_part *part, wr_arena *arena, wr_known *out, wr_error *err);

#endif
