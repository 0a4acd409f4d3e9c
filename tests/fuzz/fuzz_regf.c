/* fuzz_regf.c - any bytes: a walk ends, gives no more than the file has room for, and is the same
 * when it is done again; data is as long as its record says; what a walk gives, a lookup finds. */
#include "format/regf.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define CELL    8u  /* bytes: the least between two cells     */
#define ELEMENT 4u  /* bytes of a reference to a value        */
#define LOOKUPS 64u /* keys of a hive that are looked for by name */

struct totals {
    uint64_t keys, values;
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* A key whose name is ASCII is found by it below its parent; another of that name may be first. */
static void check_lookup(const wr_regf *hive, const wr_regf_key *parent, const wr_regf_key *key,
                         wr_arena *arena)
{
    const char *name = wr_text(arena, key->name, key->name_encoding);
    wr_regf_key found;

    if (!name || !wr_text_equals(key->name, key->name_encoding, name))
        return;
    check(wr_regf_find_key(hive, parent, name, NULL, &found));
    check(wr_text_equals(found.name, found.name_encoding, name));
}

static void check_values(const wr_regf *hive, wr_regf_walk *walk, struct totals *totals)
{
    wr_regf_value value, again;
    wr_arena arena;
    wr_view bytes;
    wr_error err;

    while (wr_regf_walk_next_value(walk, &value)) {
        totals->values++;
        check(wr_regf_value_at(hive, value.cell, &again, &err));
        check(value.size == again.size && wr_view_equal(value.name, again.name));
        wr_arena_init(&arena, WR_LIMIT_VALUE_BYTES);
        err.code = WR_OK;
        if (wr_regf_data(hive, &value, &arena, &bytes, &err))
            check(bytes.len == value.size && bytes.len <= hive->bins.len);
        else
            check(err.code != WR_OK && err.code != WR_E_BUG && err.message[0]);
        wr_arena_free(&arena);
    }
}

static void walk_all(const wr_regf *hive, wr_arena *arena, wr_diags *diags, struct totals *totals)
{
    static wr_regf_key path[WR_LIMIT_KEY_DEPTH + 1];
    wr_regf_walk walk;
    wr_regf_key key;
    wr_error err;

    if (!wr_regf_walk_start(hive, arena, diags, &walk, &err)) {
        check(err.code == WR_E_MALFORMED || err.code == WR_E_TRUNCATED);
        return;
    }
    while (wr_regf_walk_next(&walk, &key)) {
        check(walk.depth <= WR_LIMIT_KEY_DEPTH);
        check(key.cell % 8 == 0 && key.cell < hive->bins.len);
        if (walk.depth && totals->keys < LOOKUPS)
            check_lookup(hive, &path[walk.depth - 1], &key, arena);
        path[walk.depth] = key;
        totals->keys++;
        check_values(hive, &walk, totals);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct totals totals = { 0, 0 };
    uint64_t keys = 0, values = 0;
    wr_arena arena;
    wr_diags diags;
    wr_regf hive;
    wr_error err;

    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    if (wr_regf_open((wr_view){ data, len, 0, "fuzz" }, &arena, &diags, &hive, &err)) {
        check(hive.bins.len <= len - WR_REGF_BASE_BLOCK);
        walk_all(&hive, &arena, &diags, &totals);
        check(totals.keys <= hive.bins.len / CELL);
        check(totals.values <= hive.bins.len / ELEMENT);
        if (totals.keys) {
            check(wr_regf_count(&hive, &arena, &diags, &keys, &values, &err));
            check(keys == totals.keys && values == totals.values);
        }
    } else {
        check(err.code != WR_OK && err.code != WR_E_BUG && err.message[0]);
    }
    wr_arena_free(&arena);
    return 0;
}
