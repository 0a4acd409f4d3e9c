#include "base/hash_set.h"

#include <string.h>

/* Nobody can make many values of SHA-256 that begin alike, so their first bytes are the hash. */
static size_t bucket_of(const wr_hash_set *set, const uint8_t sha256[WR_SHA256_LEN])
{
    size_t h;

    memcpy(&h, sha256, sizeof h);
    h &= set->num_buckets - 1;
    while (set->buckets[h] &&
           memcmp(set->hashes.items[set->buckets[h] - 1], sha256, WR_SHA256_LEN) != 0)
        h = (h + 1) & (set->num_buckets - 1);
    return h;
}

size_t wr_hash_set_find(const wr_hash_set *set, const uint8_t sha256[WR_SHA256_LEN])
{
    return set->num_buckets ? set->buckets[bucket_of(set, sha256)] - 1 : SIZE_MAX; /* 0 - 1 */
}

static bool make_room(wr_hash_set *set, wr_arena *arena)
{
    const size_t want = set->num_buckets ? set->num_buckets * 2 : 256;
    size_t *buckets;

    if (set->hashes.count * 2 < set->num_buckets)
        return true;
    if (!(buckets = WR_NEW(arena, size_t, want)))
        return false;
    set->buckets = buckets;
    set->num_buckets = want;
    for (size_t i = 0; i < set->hashes.count; i++)
        set->buckets[bucket_of(set, set->hashes.items[i])] = i + 1;
    return true;
}

bool wr_hash_set_add(wr_hash_set *set, wr_arena *arena, const uint8_t sha256[WR_SHA256_LEN],
                     bool *is_new, wr_error *err)
{
    uint8_t(*added)[WR_SHA256_LEN];

    *is_new = wr_hash_set_find(set, sha256) == SIZE_MAX;
    if (!*is_new)
        return true;
    if (!make_room(set, arena) ||
        !(added = wr_list_append(arena, (void **)(void *)&set->hashes.items, &set->hashes.count,
                                 &set->hashes.room, sizeof *added)))
        return wr_fail_memory(err);
    memcpy(*added, sha256, WR_SHA256_LEN);
    set->buckets[bucket_of(set, sha256)] = set->hashes.count;
    return true;
}
