#include "fleet/survey.h"

static size_t place(const wr_numbers *n, int64_t key)
{
    size_t at = (size_t)((uint64_t)key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (n->room - 1);

    while (n->keys[at] && n->keys[at] != key)
        at = (at + 1) & (n->room - 1);
    return at;
}

size_t *wr_numbers_find(const wr_numbers *n, int64_t key)
{
    size_t at;

    if (!n->room)
        return NULL;
    at = place(n, key);
    return n->keys[at] ? &n->values[at] : NULL;
}

bool wr_numbers_put(wr_numbers *n, wr_arena *arena, int64_t key, size_t value, wr_error *err)
{
    if (2 * n->count >= n->room) {
        wr_numbers larger = { .room = n->room ? 2 * n->room : 256, .count = n->count };

        larger.keys = WR_NEW(arena, int64_t, larger.room);
        larger.values = WR_NEW(arena, size_t, larger.room);
        if (!larger.keys || !larger.values)
            return wr_fail_memory(err);
        for (size_t i = 0; i < n->room; i++)
            if (n->keys[i]) {
                size_t at = place(&larger, n->keys[i]);
                larger.keys[at] = n->keys[i];
                larger.values[at] = n->values[i];
            }
        *n = larger;
    }
    size_t at = place(n, key);
    n->count += !n->keys[at];
    n->keys[at] = key;
    n->values[at] = value;
    return true;
}

void wr_examples_add(wr_examples *e, size_t host)
{
    if (e->count < WR_SURVEY_EXAMPLES)
        e->hosts[e->count] = host;
    e->count++;
}
