#include "support.h"

#include "regf_recover_case.h"

#include "format/property.h"

static wr_arena arena;
static wr_diags diags;
static wr_error err;
static wr_regf hive;
static wr_regf_recovery found;

static void setup(void)
{
    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
}

static void teardown(void)
{
    wr_arena_free(&arena);
}

TestSuite(regf_recover, .init = setup, .fini = teardown);

static wr_view fixture(void)
{
    uint8_t *bytes;
    size_t len;
    wr_view v;

    bytes = read_file(FIXTURE("regf_recover/deleted.hive"), &len);
    cr_assert(wr_arena_copy(&arena, (wr_view){ bytes, len, 0, "deleted.hive" }, &v));
    free(bytes);
    return v;
}

static void recover(wr_view image)
{
    cr_assert(wr_regf_open(image, &arena, &diags, &hive, &err), "%s", err.message);
    cr_assert(wr_regf_recover(&hive, &arena, &diags, &found, &err), "%s", err.message);
    cr_assert(lists_hold(&hive, &found));
}

static const wr_regf_deleted_key *key(const char *name)
{
    for (size_t i = 0; i < found.keys.count; i++)
        if (wr_text_equals(found.keys.items[i].key.name, found.keys.items[i].key.name_encoding,
                           name))
            return &found.keys.items[i];
    cr_assert_fail("no deleted key %s", name);
    return NULL;
}

static const wr_regf_deleted_value *value(const char *name)
{
    for (size_t i = 0; i < found.values.count; i++)
        if (wr_text_equals(found.values.items[i].value.name,
                           found.values.items[i].value.name_encoding, name))
            return &found.values.items[i];
    cr_assert_fail("no deleted value %s", name);
    return NULL;
}

static void assert_owner(wr_regf_owner owner, const char *path)
{
    const char *got = wr_regf_owner_path(&hive, &found, owner, &arena);

    cr_assert(got);
    cr_assert_str_eq(got, path);
}

/* Bytes [from, to) of a value's data are `byte`. */
static void assert_filled(wr_view data, size_t from, size_t to, uint8_t byte)
{
    cr_assert_leq(to, data.len);
    for (size_t i = from; i < to; i++)
        cr_assert_eq(data.data[i], byte, "byte %zu is %02x", i, data.data[i]);
}

/* The element of the recipe: SHA-1, friendly name, an object full of one byte. */
static void assert_element(wr_view bytes, uint8_t fill)
{
    wr_element element;

    cr_assert(wr_element_parse(bytes, &diags, &element, &err), "%s", err.message);
    cr_assert_eq(element.kind, WR_ELEMENT_CERTIFICATE);
    cr_assert_eq(element.object.len, 0x144);
    assert_filled(element.object, 4, 0x144, fill);
}

Test(regf_recover, finds_what_the_recipe_deleted_and_nothing_else)
{
    recover(fixture());
    cr_assert_eq(found.keys.count, 5);
    cr_assert_eq(found.values.count, 5);
    cr_assert_eq(found.blobs.count, 2);
    cr_assert_eq(diags.list.count, 0);
}

Test(regf_recover, a_value_of_a_live_key_is_tied_by_the_slack_of_its_list)
{
    const wr_regf_deleted_value *gone;

    recover(fixture());
    gone = value("gone");
    cr_assert_eq(gone->place, WR_REGF_FREE);
    cr_assert_eq(gone->value.type, WR_REG_BINARY);
    cr_assert_eq(gone->state, WR_REGF_DATA_WHOLE);
    cr_assert_eq(gone->data.len, 40);
    assert_filled(gone->data, 0, 40, 'g');
    assert_owner(gone->owner, "Kept");
    cr_assert_neq(gone->owner.live, WR_REGF_NIL);
    cr_assert_eq(gone->confidence, WR_REGF_HIGH);
}

Test(regf_recover, a_deleted_certificate_comes_with_its_store)
{
    const wr_regf_deleted_value *blob;
    const wr_regf_deleted_key *bb;

    recover(fixture());
    bb = key("BB");
    cr_assert(bb->rooted);
    cr_assert_eq(bb->confidence, WR_REGF_HIGH);
    cr_assert_eq(bb->key.last_write, 0x01D5B03C4B5A8000);
    assert_owner(bb->owner, "Store\\Certificates");
    blob = value("Blob");
    assert_owner(blob->owner, "Store\\Certificates\\BB");
    cr_assert_eq(blob->owner.live, WR_REGF_NIL);
    cr_assert_eq(blob->confidence, WR_REGF_HIGH);
    assert_element(blob->data, 0xBB);
}

Test(regf_recover, a_tree_is_put_together_from_its_deleted_keys)
{
    const wr_regf_deleted_value *number, *old, *big;

    recover(fixture());
    assert_owner(key("Trees")->owner, "");
    assert_owner(key("Leaf")->owner, "Trees");
    cr_assert(key("Leaf")->rooted);

    number = value("number");
    cr_assert(number->value.in_record);
    cr_assert_eq(number->data.len, 4);
    cr_assert_eq(number->data.data[0], 7);
    assert_owner(number->owner, "Trees");

    old = value("old");
    cr_assert_eq(old->state, WR_REGF_DATA_REUSED, "a live value has its cell now");
    cr_assert_eq(old->data.len, 0);
    cr_assert_eq(old->confidence, WR_REGF_MEDIUM);
    assert_owner(old->owner, "Trees");

    big = value("big");
    cr_assert_eq(big->state, WR_REGF_DATA_WHOLE);
    cr_assert_eq(big->data.len, 251 * 80);
    for (size_t i = 0; i < big->data.len; i++)
        cr_assert_eq(big->data.data[i], i % 251);
}

Test(regf_recover, a_blob_outlives_its_key_and_value)
{
    const wr_regf_deleted_blob *cut, *lost;

    recover(fixture());
    cut = found.blobs.items[0].whole ? &found.blobs.items[1] : &found.blobs.items[0];
    lost = found.blobs.items[0].whole ? &found.blobs.items[0] : &found.blobs.items[1];
    cr_assert(lost->whole && !cut->whole);
    cr_assert_eq(lost->place, WR_REGF_FREE);
    cr_assert_eq(lost->confidence, WR_REGF_HIGH);
    assert_element(lost->bytes, 0xCC);
    cr_assert_eq(cut->confidence, WR_REGF_MEDIUM);
    cr_assert_eq(cut->bytes.len, lost->bytes.len - 32, "it begins with the second property");
    assert_element(cut->bytes, 0xDD);
}

Test(regf_recover, the_tail_is_searched_too)
{
    recover(fixture());
    cr_assert_eq(key("Tail")->place, WR_REGF_TAIL);
    cr_assert(key("Tail")->rooted);
    cr_assert_eq(key("ROOT")->place, WR_REGF_TAIL);
    cr_assert_not(key("ROOT")->rooted);
    cr_assert_eq(key("ROOT")->confidence, WR_REGF_MEDIUM);
    assert_owner(key("ROOT")->owner, "?");
}

/* A record of a free cell, with one field that no key or value of Windows has. */
Test(regf_recover, implausible_records_are_no_records)
{
    static const struct {
        const char *shows;
        bool key;
        size_t at;
        uint32_t value;
    } rows[] = {
        { "a key of year 1969", true, 8, 0 },
        { "a key of year 2101", true, 8, 0x02400000 },
        { "10001 subkeys", true, 20, 10001 },
        { "10001 volatile subkeys", true, 24, 10001 },
        { "1001 values", true, 36, 1001 },
        { "a key without name", true, 72, 0 },
        { "a name beyond the cell", true, 72, 0xFFFF },
        { "a value's name beyond the cell", false, 0, 0xFFFF6B76 },
        { "5 bytes in the record", false, 4, 0x80000005 },
        { "data at no cell", false, 8, 0x1001 },
        { "data in the first bin's header", false, 8, 0 },
    };
    wr_view image = fixture();
    uint8_t *bytes = WR_NEW(&arena, uint8_t, image.len);

    cr_assert(bytes);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t keys, values, record;

        memcpy(bytes, image.data, image.len);
        recover(image);
        keys = found.keys.count;
        values = found.values.count;
        record = (size_t)(rows[i].key ? key("BB")->offset : value("gone")->offset);
        for (unsigned b = 0; b < 4; b++)
            bytes[record + rows[i].at + b] = (uint8_t)(rows[i].value >> 8 * b);
        recover((wr_view){ bytes, image.len, 0, "changed" });
        cr_expect_eq(found.keys.count, keys - rows[i].key, "%s", rows[i].shows);
        cr_expect_eq(found.values.count, values - !rows[i].key, "%s", rows[i].shows);
    }
}

Test(regf_recover, a_ring_of_deleted_parents_ends)
{
    wr_view image = fixture();
    uint8_t *bytes = WR_NEW(&arena, uint8_t, image.len);
    uint32_t trees, leaf;

    cr_assert(bytes);
    recover(image);
    memcpy(bytes, image.data, image.len);
    trees = key("Trees")->key.cell;
    leaf = key("Leaf")->key.cell;
    for (unsigned b = 0; b < 4; b++)
        bytes[4096 + trees + 4 + 16 + b] = (uint8_t)(leaf >> 8 * b);
    recover((wr_view){ bytes, image.len, 0, "ring" });
    cr_assert_not(key("Trees")->rooted);
    cr_assert_not(key("Leaf")->rooted);
    cr_assert(wr_regf_owner_path(&hive, &found, key("Leaf")->owner, &arena));
}

/* Nothing but signatures of values, behind the bins. */
Test(regf_recover, more_than_the_limit_is_said)
{
    enum { RECORDS = WR_LIMIT_DELETED + 5, BINS = (RECORDS * 24 + 32 + 4095) / 4096 };
    size_t len = 4096 + (size_t)BINS * 4096;
    wr_view image = fixture();
    uint8_t *bytes = WR_NEW(&arena, uint8_t, len + image.len);
    size_t at;

    cr_assert(bytes);
    memcpy(bytes, image.data, image.len);
    for (at = image.len; at + 20 < len + image.len; at += 20) {
        memcpy(bytes + at, "vk", 2);
        bytes[at + 7] = 0x80;
    }
    recover((wr_view){ bytes, len + image.len, 0, "many" });
    cr_assert_eq(found.values.count, WR_LIMIT_DELETED);
    cr_assert_eq(diags.num_skipped, 1);
    cr_assert_eq(diags.list.items[0].code, WR_E_LIMIT);
}

Test(regf_recover, blobs_are_found_in_any_bytes)
{
    wr_regf_recovery r = { 0 };
    wr_view image = fixture();

    cr_assert(wr_regf_recover_blobs(image, WR_REGF_LOG, &arena, &diags, &r, &err));
    cr_assert_eq(r.blobs.count, 4, "two live or with their values, two without");
    for (size_t i = 0; i < r.blobs.count; i++)
        cr_assert_eq(r.blobs.items[i].place, WR_REGF_LOG);
    cr_assert(wr_regf_recover_blobs((wr_view){ 0 }, WR_REGF_LOG, &arena, &diags, &r, &err));
    cr_assert_eq(r.blobs.count, 4);
}

Test(regf_recover, gaps_are_what_no_key_uses)
{
    wr_view image = fixture(), bytes;
    const wr_regf_gap *gap;
    wr_regf_space space;

    cr_assert(gaps_hold(image, &arena));
    recover(image);
    cr_assert(wr_regf_space_find(&hive, &arena, &diags, &space, &err));
    cr_assert(wr_regf_space_is_used(&space, hive.root));
    cr_assert_not(wr_regf_space_slice(&space, hive.root + 4, 1, &bytes, &gap));
    cr_assert_null(gap);
    cr_assert_not(wr_regf_space_is_used(&space, key("BB")->key.cell));
    cr_assert(wr_regf_space_slice(&space, key("BB")->key.cell + 4, 78, &bytes, &gap));
    cr_assert_eq(gap->place, WR_REGF_FREE);
    cr_assert(wr_view_starts(bytes, "nk", 2));
    cr_assert_not(wr_regf_space_slice(&space, key("BB")->key.cell + 4, 1 << 20, &bytes, &gap));
}

Test(regf_recover, names_are_stable)
{
    cr_assert_str_eq(wr_regf_place_name(WR_REGF_FREE), "free");
    cr_assert_str_eq(wr_regf_place_name(WR_REGF_LOG), "log");
    cr_assert_str_eq(wr_regf_confidence_name(WR_REGF_HIGH), "high");
    cr_assert_str_eq(wr_regf_data_state_name(WR_REGF_DATA_LOST), "lost");
}

static void parse(wr_view v, wr_arena *a)
{
    cr_assert(recovery_holds(v, a));
}

Test(regf_recover, holds_for_every_prefix)
{
    wr_view image = fixture();

    for_every_prefix(image.data, image.len, parse);
}

Test(regf_recover, holds_for_every_flip)
{
    wr_view image = fixture();

    for_every_flip(image.data, image.len, parse);
}

Test(regf_recover, holds_when_any_allocation_fails)
{
    wr_view image = fixture();

    for_every_allocation(image.data, image.len, 40, parse);
}
