/* hash_set.h - a set of SHA-256 values, and where each was put. */
#ifndef WR_BASE_HASH_SET_H
#define WR_BASE_HASH_SET_H

#include "base/arena.h"
#include "base/digest.h"

typedef struct wr_hash_set {
    struct {
        uint8_t (*items)[WR_SHA256_LEN];
        size_t count, room;
    } hashes;           /* in the order in which they came */
    size_t *buckets;    /* index + 1, open addressing */
    size_t num_buckets; /* a power of two             */
} wr_hash_set;

/* Index of the value, SIZE_MAX where it is not there. */
size_t wr_hash_set_find(const wr_hash_set *set, const uint8_t sha256[WR_SHA256_LEN]);

/* Adds it at the end unless it is there.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_hash_set_add(wr_hash_set *set, wr_arena *arena,
                                 const uint8_t sha256[WR_SHA256_LEN], bool *is_new, wr_error *err);

#endif
