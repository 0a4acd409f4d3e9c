/* Hives that were made to mislead, to loop or to cost. */
#include <criterion/criterion.h>

#include "regf_case.h"

#include "winroots/limits.h"

static struct hive_case begin(void)
{
    struct hive_case c = { .h = hive_new(5) };

    cr_assert_eq(hive_key(&c.h, "ROOT", NIL), 0x20);
    return c;
}

Test(regf_hostile, no_root)
{
    static const uint32_t roots[] = { NIL, 0, 4, 0xFF8, 0x1000, 0xFFFFFFF8 };

    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        struct hive_case c = begin();
        uint64_t keys, values;

        wr_arena_init(&c.arena, 1 << 20);
        wr_diags_init(&c.diags, &c.arena);
        cr_assert(wr_regf_open(hive_image(&c.h, roots[i]), &c.arena, &c.diags, &c.regf, &c.e));
        cr_assert_not(wr_regf_root(&c.regf, &c.root, &c.e), "0x%x", roots[i]);
        cr_assert_eq(c.e.code, WR_E_MALFORMED);
        cr_assert_not(wr_regf_count(&c.regf, &c.arena, &c.diags, &keys, &values, &c.e));
        close_case(&c);
    }
}

Test(regf_hostile, an_ri_list_in_an_ri_list)
{
    struct hive_case c = begin();
    uint32_t key = hive_key(&c.h, "a", 0x20), parts[2], inner;

    parts[0] = hive_list(&c.h, "lh", &key, 1);
    inner = hive_list(&c.h, "ri", parts, 1);
    parts[1] = inner;
    hive_set_subkeys(&c.h, 0x20, hive_list(&c.h, "ri", parts, 2), 1);
    open_case(&c, 0x20);
    expect_counts(&c, 2, 0, 1);
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, payload_at(inner) + 4, "ri list inside");
    close_case(&c);
}

Test(regf_hostile, an_ri_list_that_names_itself)
{
    struct hive_case c = begin();
    uint32_t nil = 0, list = hive_list(&c.h, "ri", &nil, 1);

    hive_u32(&c.h, list, 4, list);
    hive_set_subkeys(&c.h, 0x20, list, 1);
    open_case(&c, 0x20);
    expect_counts(&c, 1, 0, 1);
    close_case(&c);
}

Test(regf_hostile, a_list_that_is_another_record)
{
    struct hive_case c = begin();

    hive_set_subkeys(&c.h, 0x20, 0x20, 1);
    open_case(&c, 0x20);
    expect_counts(&c, 1, 0, 1);
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, payload_at(0x20), "expected a subkey list");
    close_case(&c);
}

Test(regf_hostile, a_list_of_more_than_its_cell)
{
    struct hive_case c = begin();
    uint32_t keys[2], list;

    keys[0] = hive_key(&c.h, "a", 0x20);
    keys[1] = hive_key(&c.h, "b", 0x20);
    list = hive_subkeys(&c.h, 0x20, "lh", keys, 2);
    hive_u16(&c.h, list, 2, 0xFFFF);
    open_case(&c, 0x20);
    expect_counts(&c, 3, 0, 1);
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_TRUNCATED, payload_at(list) + 4,
                "65535 elements, its cell has room for 2");
    close_case(&c);
}

Test(regf_hostile, a_subkey_that_is_its_own_ancestor)
{
    struct hive_case c = begin();
    uint32_t a = hive_key(&c.h, "a", 0x20), back[] = { 0x20, a };

    hive_subkeys(&c.h, 0x20, "lh", &a, 1);
    hive_subkeys(&c.h, a, "li", back, 2);
    open_case(&c, 0x20);
    expect_counts(&c, 2, 0, 5); /* either key: another parent, a second time; and their order */
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, cell_at(0x20), "names another key");
    cr_assert(strstr(c.diags.list.items[1].message, "second time"));
    cr_assert_str_eq(c.diags.list.items[1].path, "a");
    close_case(&c);
}

Test(regf_hostile, one_key_below_two_parents)
{
    struct hive_case c = begin();
    uint32_t keys[2], shared;

    keys[0] = hive_key(&c.h, "a", 0x20);
    keys[1] = hive_key(&c.h, "b", 0x20);
    shared = hive_key(&c.h, "Shared", keys[0]);
    hive_subkeys(&c.h, 0x20, "lh", keys, 2);
    hive_subkeys(&c.h, keys[0], "lh", &shared, 1);
    hive_subkeys(&c.h, keys[1], "lh", &shared, 1);
    open_case(&c, 0x20);
    expect_counts(&c, 4, 0, 2);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, cell_at(shared), "names another key");
    cr_assert_str_eq(c.diags.list.items[0].path, "b");
    cr_assert(strstr(c.diags.list.items[1].message, "second time"));
    close_case(&c);
}

/* Windows goes 512 levels deep, and so do we. */
Test(regf_hostile, keys_below_the_deepest_level_are_said)
{
    struct hive_case c = begin();
    uint32_t parent = 0x20, at_limit = 0, below = 0;

    for (int depth = 1; depth <= WR_LIMIT_KEY_DEPTH + 2; depth++) {
        uint32_t key = hive_key(&c.h, "d", parent);
        hive_subkeys(&c.h, parent, "li", &key, 1);
        parent = key;
        if (depth == WR_LIMIT_KEY_DEPTH)
            at_limit = key;
        if (depth == WR_LIMIT_KEY_DEPTH + 1)
            below = key;
    }
    open_case(&c, 0x20);
    expect_counts(&c, WR_LIMIT_KEY_DEPTH + 1, 0, 1);
    cr_assert_neq(at_limit, 0);
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_LIMIT, cell_at(below), "512 levels");
    close_case(&c);
}

/* An ri list that names one list again and again: 4,000 x 4,000 elements in 50 kB. */
Test(regf_hostile, a_list_named_again_and_again_ends)
{
    struct hive_case c = begin();
    uint32_t a = hive_key(&c.h, "a", 0x20), *same = malloc(4000 * sizeof *same), list;
    uint64_t given = 0;
    wr_regf_iter it;
    wr_regf_key key;

    cr_assert(same);
    for (int i = 0; i < 4000; i++)
        same[i] = a;
    list = hive_list(&c.h, "lh", same, 4000);
    for (int i = 0; i < 4000; i++)
        same[i] = list;
    hive_set_subkeys(&c.h, 0x20, hive_list(&c.h, "ri", same, 4000), 16000000);
    open_case(&c, 0x20);
    wr_regf_subkeys(&c.regf, &c.root, "", &c.diags, &it);
    while (wr_regf_next_key(&it, &key))
        given++;
    cr_assert_leq(given, 2 * 65535);
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_LIMIT, cell_at(0x20), "room");
    cr_assert_not(wr_regf_find_key(&c.regf, &c.root, "b", &c.diags, &key));
    free(same);
    close_case(&c);
}

/* 500 keys that share one list of 500 values and one of 500 keys: linear, not 250,000. */
Test(regf_hostile, lists_shared_by_many_keys_cost_no_more_than_the_file)
{
    struct hive_case c = begin();
    uint32_t keys[500], vks[500], key_list, value_list;
    uint64_t num_keys = 0, num_values = 0;

    for (size_t i = 0; i < 500; i++) {
        keys[i] = hive_key(&c.h, "k", 0x20);
        vks[i] = hive_value(&c.h, "v", WR_REG_DWORD, "\1\0\0", 4);
    }
    key_list = hive_subkeys(&c.h, 0x20, "lh", keys, 500);
    value_list = hive_values(&c.h, 0x20, vks, 500);
    for (size_t i = 0; i < 500; i++) {
        hive_set_subkeys(&c.h, keys[i], key_list, 500);
        hive_u32(&c.h, keys[i], NK_NUM_VALUES, 500);
        hive_u32(&c.h, keys[i], NK_VALUES, value_list);
    }
    open_case(&c, 0x20);
    cr_assert(wr_regf_count(&c.regf, &c.arena, &c.diags, &num_keys, &num_values, &c.e));
    cr_assert_leq(num_keys, 501);
    cr_assert_leq(num_keys + num_values, c.regf.bins.len / 4);
    cr_assert_gt(c.diags.num_skipped, 0, "and it is said that not all was walked");
    close_case(&c);
}

/* A segment of 16 kB listed 4,000 times claims 65 MB. */
Test(regf_hostile, one_segment_listed_again_and_again_is_no_large_value)
{
    struct hive_case c = begin();
    uint32_t segment = hive_cell(&c.h, NULL, HIVE_SEGMENT + 4), list, db, vk;

    list = hive_cell(&c.h, NULL, 4 * 4000);
    for (size_t i = 0; i < 4000; i++)
        hive_u32(&c.h, list, 4 * i, segment);
    db = hive_cell(&c.h, "db\xA0\x0F\0\0\0", 8);
    hive_u32(&c.h, db, 4, list);
    vk = hive_value_raw(&c.h, "v", 1, 1, WR_REG_BINARY, 4000 * HIVE_SEGMENT, db);
    hive_values(&c.h, 0x20, &vk, 1);
    open_case(&c, 0x20);
    expect_no_data(&c, &c.root, "v", WR_E_LIMIT, cell_at(vk));
    cr_assert_lt(c.arena.used, 4096);
    close_case(&c);
}

/* Cells that overlap: each key lies inside the name of the one before, and names are of 27 kB,
 * since the "nk" of the tenth stands where the first has the size of its name.  Every read stays in
 * the cell that it began in, the walk ends, and names cost nothing. */
Test(regf_hostile, keys_inside_one_another)
{
    enum { ROOM = 40000, KEYS = 3000 };
    struct hive_case c = begin();
    uint32_t outer = hive_cell(&c.h, NULL, ROOM), list = hive_cell(&c.h, NULL, 4 + KEYS * 4);
    uint64_t num_keys = 0, num_values = 0;

    for (uint32_t i = 0; i < KEYS; i++) {
        uint32_t cell = outer + 8 * i;
        hive_file_u32(&c.h, HIVE_PAGE + cell, 0u - (ROOM - 8 * i));
        memcpy(c.h.bytes + HIVE_PAGE + cell + 4, "nk", 2);
        hive_u32(&c.h, list, 4 + 4 * i, cell);
    }
    memcpy(c.h.bytes + HIVE_PAGE + list + 4, "li", 2);
    hive_u16(&c.h, list, 2, KEYS);
    hive_set_subkeys(&c.h, 0x20, list, KEYS);
    open_case(&c, 0x20);
    cr_assert(wr_regf_count(&c.regf, &c.arena, &c.diags, &num_keys, &num_values, &c.e));
    cr_assert(num_keys > 1000 && num_keys <= KEYS + 1, "%llu", (unsigned long long)num_keys);
    cr_assert_leq(num_values, c.regf.bins.len / 4);
    cr_assert_lt(c.arena.used, 2 << 20);
    close_case(&c);
}

Test(regf_hostile, a_path_of_names_that_no_windows_has)
{
    struct hive_case c = begin();
    uint32_t parent = 0x20;
    char name[3000];
    wr_regf_walk walk;
    wr_regf_key key;
    const char *path = NULL;

    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int depth = 1; depth <= WR_LIMIT_KEY_DEPTH; depth++) {
        uint32_t sub = hive_key(&c.h, name, parent);
        hive_subkeys(&c.h, parent, "li", &sub, 1);
        parent = sub;
    }
    open_case(&c, 0x20);
    cr_assert(wr_regf_walk_start(&c.regf, &c.arena, &c.diags, &walk, &c.e));
    while (wr_regf_walk_next(&walk, &key))
        path = walk.depth == WR_LIMIT_KEY_DEPTH ? wr_regf_walk_path(&walk, &c.arena) : path;
    cr_assert(path);
    cr_assert_eq(strlen(path), WR_LIMIT_KEY_DEPTH * 511 - 1, "each name is cut at 510 bytes");
    close_case(&c);
}

/* A polyglot: the data of a value is the record of a key. */
Test(regf_hostile, data_that_is_another_record)
{
    struct hive_case c = begin();
    uint32_t sub = hive_key(&c.h, "sub", 0x20);
    uint32_t vk = hive_value_raw(&c.h, "v", 1, 1, WR_REG_BINARY, NK_NAME + 3, sub);
    wr_regf_value value;
    wr_view data;

    hive_subkeys(&c.h, 0x20, "lh", &sub, 1);
    hive_values(&c.h, 0x20, &vk, 1);
    open_case(&c, 0x20);
    cr_assert(wr_regf_find_value(&c.regf, &c.root, "v", &c.diags, &value));
    cr_assert(wr_regf_data(&c.regf, &value, &c.arena, &data, &c.e));
    cr_assert(data.len == NK_NAME + 3 && wr_view_starts(data, "nk", 2));
    expect_counts(&c, 2, 1, 0);
    close_case(&c);
}

Test(regf_hostile, a_walk_knows_its_path)
{
    struct hive_case c = begin();
    uint32_t keys[2], below;
    wr_regf_walk walk;
    wr_regf_key key;
    wr_regf_value value;

    keys[0] = hive_key(&c.h, "a", 0x20);
    keys[1] = hive_key(&c.h, "b", 0x20);
    below = hive_key(&c.h, "c", keys[0]);
    hive_subkeys(&c.h, 0x20, "lh", keys, 2);
    hive_subkeys(&c.h, keys[0], "lh", &below, 1);
    hive_values(&c.h, below, (uint32_t[]){ hive_value(&c.h, "v", 4, "\1\0\0", 4), 0x700 }, 2);
    open_case(&c, 0x20);
    cr_assert(wr_regf_walk_start(&c.regf, &c.arena, &c.diags, &walk, &c.e));
    cr_assert(wr_regf_walk_next(&walk, &key) && key.cell == 0x20);
    cr_assert_str_eq(wr_regf_walk_path(&walk, &c.arena), "");
    cr_assert(wr_regf_walk_next(&walk, &key) && key.cell == keys[0]);
    cr_assert_not(wr_regf_walk_next_value(&walk, &value));
    cr_assert(wr_regf_walk_next(&walk, &key) && key.cell == below);
    cr_assert_str_eq(wr_regf_walk_path(&walk, &c.arena), "a\\c");
    cr_assert(wr_regf_walk_next_value(&walk, &value));
    cr_assert_not(wr_regf_walk_next_value(&walk, &value));
    cr_assert_eq(c.diags.list.count, 1);
    cr_assert_str_eq(c.diags.list.items[0].path, "a\\c", "damage is at its key");
    cr_assert(wr_regf_walk_next(&walk, &key) && key.cell == keys[1]);
    cr_assert_str_eq(wr_regf_walk_path(&walk, &c.arena), "b");
    cr_assert_not(wr_regf_walk_next(&walk, &key));
    cr_assert_not(wr_regf_walk_next(&walk, &key), "the end stays the end");
    close_case(&c);
}

/* Whatever the bytes, what is answered holds together. */
static void read_all(wr_view v, wr_arena *arena)
{
    wr_diags diags;
    wr_regf hive;
    wr_regf_walk walk;
    wr_regf_key key;
    wr_regf_value value;
    wr_error e = { .code = WR_OK };
    uint64_t keys = 0, values = 0;
    wr_view data;

    wr_diags_init(&diags, arena);
    if (!wr_regf_open(v, arena, &diags, &hive, &e) ||
        !wr_regf_walk_start(&hive, arena, &diags, &walk, &e)) {
        cr_assert(e.code != WR_OK && e.code != WR_E_BUG && e.message[0]);
        return;
    }
    while (wr_regf_walk_next(&walk, &key)) {
        keys++;
        cr_assert_leq(key.name.len, v.len);
        while (wr_regf_walk_next_value(&walk, &value)) {
            values++;
            if (wr_regf_data(&hive, &value, arena, &data, &e))
                cr_assert_eq(data.len, value.size);
            else
                cr_assert(e.code != WR_OK && e.code != WR_E_BUG);
        }
    }
    cr_assert(keys >= 1 && keys <= hive.bins.len / 8);
    cr_assert_leq(values, hive.bins.len / 4);
    cr_assert_eq(walk.depth, 0);
    wr_regf_check_bins(&hive, &diags);
}

/* Two pages with every record: all kinds of list, data in the record and in a cell. */
static wr_view small_hive(struct hive *h)
{
    uint32_t root = hive_key(h, "ROOT", NIL), keys[4], below[2], parts[2], vks[4];

    keys[0] = hive_key(h, "a", root);
    keys[1] = hive_key(h, "b", root);
    keys[2] = hive_key_raw(h, "\x12\x04", 2, 0, root);
    keys[3] = hive_key(h, "d", root);
    parts[0] = hive_list(h, "lh", keys, 2);
    parts[1] = hive_list(h, "li", keys + 2, 2);
    hive_set_subkeys(h, root, hive_list(h, "ri", parts, 2), 4);
    below[0] = hive_key(h, "x", keys[0]);
    below[1] = hive_key(h, "y", keys[0]);
    hive_subkeys(h, keys[0], "lf", below, 2);
    vks[0] = hive_value(h, "", WR_REG_SZ, "t\0e\0x\0t\0\0", 10);
    vks[1] = hive_value(h, "dword", WR_REG_DWORD, "\1\0\0", 4);
    vks[2] = hive_value(h, "Blob", WR_REG_BINARY, "0123456789", 10);
    vks[3] = hive_value(h, "none", 0, "", 0);
    hive_values(h, below[1], vks, 4);
    return hive_image(h, root);
}

Test(regf_hostile, every_prefix)
{
    struct hive h = hive_new(5);
    wr_view image = small_hive(&h);

    for_every_prefix(image.data, image.len, read_all);
    hive_free(&h);
}

Test(regf_hostile, every_flip)
{
    struct hive h = hive_new(5);
    wr_view image = small_hive(&h);

    for_every_flip(image.data, image.len, read_all);
    hive_free(&h);
}

Test(regf_hostile, every_flip_around_big_data)
{
    static uint8_t data[20000];
    struct hive h = hive_new(5);
    uint32_t root = hive_key(&h, "ROOT", NIL), vk;

    vk = hive_value(&h, "v", WR_REG_BINARY, data, sizeof data);
    hive_values(&h, root, &vk, 1);
    for_every_flip(hive_image(&h, root).data, h.len, read_all);
    hive_free(&h);
}

Test(regf_hostile, every_allocation)
{
    struct hive h = hive_new(5);
    wr_view image;

    h.secondary = 0; /* one diagnostic more */
    image = small_hive(&h);
    for_every_allocation(image.data, image.len, 40, read_all);
    hive_free(&h);
}
