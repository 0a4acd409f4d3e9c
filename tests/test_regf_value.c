#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "regf_case.h"

/* A hive whose root has one value; gives the value's cell. */
static uint32_t open_value(struct hive_case *c, uint32_t vk)
{
    uint32_t root = 0x20;

    hive_values(&c->h, root, &vk, 1);
    open_case(c, root);
    return vk;
}

static struct hive_case begin(uint32_t minor)
{
    struct hive_case c = { .h = hive_new(minor) };

    cr_assert_eq(hive_key(&c.h, "ROOT", NIL), 0x20);
    return c;
}

Test(regf_value, fields)
{
    struct hive_case c = begin(5);
    wr_regf_value value;
    uint32_t vk = open_value(&c, hive_value(&c.h, "Blob", WR_REG_BINARY, "12345", 5));

    cr_assert(wr_regf_find_value(&c.regf, &c.root, "BLOB", &c.diags, &value));
    cr_assert_eq(value.cell, vk);
    cr_assert_eq(value.type, WR_REG_BINARY);
    cr_assert_eq(value.size, 5);
    cr_assert(!value.in_record && !value.tombstone && !value.name_cut);
    cr_assert(wr_view_is(value.name, "Blob", 4));
    cr_assert_eq(value.name_encoding, WR_LATIN1);
    cr_assert_not(wr_regf_find_value(&c.regf, &c.root, "Blo", &c.diags, &value));
    cr_assert_not(wr_regf_find_value(&c.regf, &c.root, "", &c.diags, &value));
    close_case(&c);
}

Test(regf_value, the_default_value_has_no_name)
{
    struct hive_case c = begin(5);
    wr_regf_value value;

    open_value(&c, hive_value(&c.h, "", WR_REG_SZ, "x\0\0", 4));
    cr_assert(wr_regf_find_value(&c.regf, &c.root, "", &c.diags, &value));
    cr_assert_eq(value.name.len, 0);
    close_case(&c);
}

Test(regf_value, a_record_that_is_no_value_is_refused)
{
    struct hive_case c = begin(5);
    uint32_t small = hive_cell(&c.h, "vk", 3);
    wr_regf_value value = { 0 };

    open_case(&c, 0x20);
    cr_assert_not(wr_regf_value_at(&c.regf, 0x20, &value, &c.e));
    cr_assert_eq(c.e.code, WR_E_MALFORMED);
    cr_assert_eq(c.e.offset, payload_at(0x20));
    cr_assert_not(wr_regf_value_at(&c.regf, small, &value, &c.e));
    cr_assert_eq(c.e.code, WR_E_TRUNCATED);
    cr_assert_eq(c.e.offset, payload_at(small));
    cr_assert_eq(value.cell, 0, "nothing was given");
    close_case(&c);
}

Test(regf_value, one_bad_reference_hides_no_siblings)
{
    struct hive_case c = begin(5);
    uint32_t vks[3], list;
    wr_regf_value value;

    vks[0] = hive_value(&c.h, "a", WR_REG_DWORD, "\1\0\0", 4);
    vks[1] = hive_value(&c.h, "b", WR_REG_DWORD, "\2\0\0", 4);
    vks[2] = hive_value(&c.h, "c", WR_REG_DWORD, "\3\0\0", 4);
    list = hive_values(&c.h, 0x20, vks, 3);
    hive_u32(&c.h, list, 4, 0x20);
    open_case(&c, 0x20);
    cr_assert(wr_regf_find_value(&c.regf, &c.root, "c", &c.diags, &value));
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, payload_at(0x20), "\"vk\"");
    expect_counts(&c, 1, 2, 1);
    close_case(&c);
}

Test(regf_value, more_values_than_their_list_has_room_for)
{
    struct hive_case c = begin(5);
    uint32_t vk = hive_value(&c.h, "a", WR_REG_DWORD, "\1\0\0", 4), list;

    list = hive_values(&c.h, 0x20, &vk, 1);
    hive_u32(&c.h, 0x20, NK_NUM_VALUES, UINT32_MAX);
    open_case(&c, 0x20);
    expect_counts(&c, 1, 1, 1);
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_TRUNCATED, payload_at(list), "has room for 1");
    close_case(&c);
}

Test(regf_value, values_without_a_list)
{
    struct hive_case c = begin(5);

    hive_u32(&c.h, 0x20, NK_NUM_VALUES, 3);
    open_case(&c, 0x20);
    expect_counts(&c, 1, 0, 1);
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, WR_NO_OFFSET, "no cell");
    close_case(&c);
}

Test(regf_value, a_name_beyond_its_cell_is_cut_and_the_value_stays)
{
    struct hive_case c = begin(5);
    uint32_t vk = hive_value(&c.h, "Bl", WR_REG_DWORD, "\1\0\0", 4);
    wr_regf_value value;
    wr_regf_iter it;

    hive_u16(&c.h, vk, VK_NAME_LEN, 0xFFFF);
    open_value(&c, vk);
    wr_regf_values(&c.regf, &c.root, "", &c.diags, &it);
    cr_assert(wr_regf_next_value(&it, &value));
    cr_assert(value.name_cut);
    cr_assert(wr_view_is(value.name, "Bl\0\0\0\0\0\0", 8));
    expect_diag(&c, WR_DIAG_WARNING, WR_E_TRUNCATED, payload_at(vk) + VK_NAME, "holds 8 bytes");
    close_case(&c);
}

/* Data */

struct data_case {
    char what[40];
    uint32_t size, data; /* fields of the record; AT_CELL: the cell that holds "123456" */
    size_t len;
    char expected[8];
    wr_code code; /* where it cannot be read */
};

#define AT_CELL   0x800u
#define IN_RECORD 0x80000000u

ParameterizedTestParameters(regf_value, data_in_the_record_and_in_a_cell)
{
    static struct data_case cases[] = {
        { "no data, in the record", IN_RECORD, 0x34333231, 0, "", WR_OK },
        { "1 byte in the record", IN_RECORD | 1, 0x34333231, 1, "1", WR_OK },
        { "3 bytes in the record", IN_RECORD | 3, 0x34333231, 3, "123", WR_OK },
        { "4 bytes in the record", IN_RECORD | 4, 0x34333231, 4, "1234", WR_OK },
        { "5 bytes in the record", IN_RECORD | 5, 0x34333231, 0, "", WR_E_MALFORMED },
        { "2 GB in the record", UINT32_MAX, 0x34333231, 0, "", WR_E_MALFORMED },
        { "no data, no cell", 0, NIL, 0, "", WR_OK },
        { "no data, any reference", 0, 0x123, 0, "", WR_OK },
        { "1 byte in a cell", 1, AT_CELL, 1, "1", WR_OK },
        { "4 bytes in a cell", 4, AT_CELL, 4, "1234", WR_OK },
        { "6 bytes in a cell", 6, AT_CELL, 6, "123456", WR_OK },
        { "more than the cell holds", 13, AT_CELL, 0, "", WR_E_TRUNCATED },
        { "2 GB in a cell", 0x7FFFFFFF, AT_CELL, 0, "", WR_E_TRUNCATED },
        { "no cell", 6, NIL, 0, "", WR_E_MALFORMED },
        { "a free cell", 6, 0xFF0, 0, "", WR_E_MALFORMED },
        { "beyond the bins", 6, 0x10000, 0, "", WR_E_MALFORMED },
    };
    return cr_make_param_array(struct data_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct data_case *p, regf_value, data_in_the_record_and_in_a_cell)
{
    struct hive_case c = begin(5);
    uint32_t vk = hive_value_raw(&c.h, "v", 1, 1, WR_REG_BINARY, p->size, p->data);
    uint64_t offset = p->size & IN_RECORD  ? cell_at(vk)
                      : p->data == NIL     ? WR_NO_OFFSET
                      : p->data == AT_CELL ? payload_at(AT_CELL)
                                           : cell_at(p->data);

    open_value(&c, vk);
    hive_file_u32(&c.h, HIVE_PAGE + AT_CELL, (uint32_t)-16);
    memcpy(c.h.bytes + HIVE_PAGE + AT_CELL + 4, "123456", 6);
    hive_file_u32(&c.h, HIVE_PAGE + 0xFF0, 16);
    if (p->code == WR_OK)
        cr_assert(wr_view_is(data_of(&c, &c.root, "v"), p->expected, p->len), "%s", p->what);
    else
        expect_no_data(&c, &c.root, "v", p->code, offset);
    close_case(&c);
}

Test(regf_value, data_in_one_piece_is_borrowed)
{
    struct hive_case c = begin(5);
    uint32_t vk = open_value(&c, hive_value(&c.h, "v", WR_REG_BINARY, "12345", 5));
    size_t used;
    wr_view data;

    (void)vk;
    used = c.arena.used;
    data = data_of(&c, &c.root, "v");
    cr_assert(data.data >= c.h.bytes && data.data < c.h.bytes + c.h.len);
    cr_assert_eq(data.origin, (uint64_t)(data.data - c.h.bytes));
    cr_assert_eq(c.arena.used, used);
    close_case(&c);
}

/* Big data */

static uint8_t pattern[3 * HIVE_SEGMENT + 5000];

static const uint8_t *patterned(void)
{
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i * 31 + i / 251);
    return pattern;
}

struct big_case {
    size_t len, surplus;
};

/* Around the bounds of segments; tight cells, Windows' 4 surplus bytes, and more. */
ParameterizedTestParameters(regf_value, big_data_is_exactly_its_bytes)
{
    static struct big_case cases[] = {
        { HIVE_SEGMENT + 1, 0 },        { HIVE_SEGMENT + 1, 4 },   { HIVE_SEGMENT + 2, 0 },
        { HIVE_SEGMENT + 3, 0 },        { HIVE_SEGMENT + 4, 0 },   { 2 * HIVE_SEGMENT - 1, 0 },
        { 2 * HIVE_SEGMENT, 0 },        { 2 * HIVE_SEGMENT, 4 },   { 2 * HIVE_SEGMENT + 1, 0 },
        { 2 * HIVE_SEGMENT + 1, 4 },    { 3 * HIVE_SEGMENT, 100 }, { 3 * HIVE_SEGMENT + 4999, 0 },
        { 3 * HIVE_SEGMENT + 4999, 4 },
    };
    return cr_make_param_array(struct big_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct big_case *p, regf_value, big_data_is_exactly_its_bytes)
{
    struct hive_case c = begin(5);
    uint32_t db = hive_big_data(&c.h, patterned(), p->len, p->surplus), vk;
    wr_view data;

    vk = hive_value_raw(&c.h, "EncodedCtl", 10, 1, WR_REG_BINARY, (uint32_t)p->len, db);
    open_value(&c, vk);
    data = data_of(&c, &c.root, "EncodedCtl");
    cr_assert_eq(data.len, p->len);
    cr_assert(wr_view_is(data, pattern, p->len));
    cr_assert_eq(data.origin, cell_at(vk), "the value's place, for want of one piece");
    close_case(&c);
}

Test(regf_value, up_to_one_segment_data_stands_in_one_cell)
{
    struct hive_case c = begin(5);
    uint8_t data[HIVE_SEGMENT] = "db";

    open_value(&c, hive_value(&c.h, "v", WR_REG_BINARY, data, sizeof data));
    cr_assert(wr_view_is(data_of(&c, &c.root, "v"), data, sizeof data));
    close_case(&c);
}

Test(regf_value, large_data_in_one_cell_is_read_in_any_version)
{
    struct hive_case c = begin(5);
    uint32_t cell = hive_cell(&c.h, patterned(), 20000);

    open_value(&c, hive_value_raw(&c.h, "v", 1, 1, WR_REG_BINARY, 20000, cell));
    cr_assert(wr_view_is(data_of(&c, &c.root, "v"), pattern, 20000));
    close_case(&c);
}

/* Breaks one field of big data of two segments. */
static void expect_broken(size_t len, size_t record, uint64_t value, size_t width, wr_code code,
                          uint64_t (*place)(uint32_t list, uint32_t db, uint32_t vk))
{
    struct hive_case c = begin(5);
    uint32_t db = hive_big_data(&c.h, patterned(), 20000, 0), vk, list;

    /* The list stands just before its record. */
    list = db - 16;
    vk = hive_value_raw(&c.h, "v", 1, 1, WR_REG_BINARY, (uint32_t)len, db);
    hive_put(c.h.bytes + HIVE_PAGE + (record >= 100 ? list : db) + 4 + record % 100, value, width);
    open_value(&c, vk);
    expect_no_data(&c, &c.root, "v", code, place(list, db, vk));
    close_case(&c);
}

static uint64_t at_list(uint32_t list, uint32_t db, uint32_t vk)
{
    (void)db, (void)vk;
    return payload_at(list);
}

static uint64_t at_vk(uint32_t list, uint32_t db, uint32_t vk)
{
    (void)list, (void)db;
    return cell_at(vk);
}

static uint64_t at_0x700(uint32_t list, uint32_t db, uint32_t vk)
{
    (void)list, (void)db, (void)vk;
    return cell_at(0x700);
}

static uint64_t at_root(uint32_t list, uint32_t db, uint32_t vk)
{
    (void)list, (void)db, (void)vk;
    return payload_at(0x20);
}

Test(regf_value, big_data_that_does_not_hold_together)
{
    expect_broken(20000, 2, 1, 2, WR_E_TRUNCATED, at_list); /* segments */
    expect_broken(20000, 2, 0, 2, WR_E_TRUNCATED, at_list);
    expect_broken(20000, 4, 0x700, 4, WR_E_MALFORMED, at_0x700);   /* list     */
    expect_broken(20000, 104, 0x700, 4, WR_E_MALFORMED, at_0x700); /* segment  */
    expect_broken(20000, 104, 0x20, 4, WR_E_TRUNCATED, at_root);   /* too small */
    expect_broken(3 * HIVE_SEGMENT, 2, 3, 2, WR_E_LIMIT, at_vk);   /* > bins   */
}

Test(regf_value, more_segments_than_needed_are_not_data)
{
    struct hive_case c = begin(5);
    uint32_t db = hive_big_data(&c.h, patterned(), 2 * HIVE_SEGMENT, 0);

    open_value(&c, hive_value_raw(&c.h, "v", 1, 1, WR_REG_BINARY, HIVE_SEGMENT + 1, db));
    cr_assert(wr_view_is(data_of(&c, &c.root, "v"), pattern, HIVE_SEGMENT + 1));
    close_case(&c);
}

Test(regf_value, big_data_without_memory)
{
    struct hive_case c = begin(5);
    wr_regf_value value;
    wr_view data = { 0 };

    open_value(&c, hive_value(&c.h, "v", WR_REG_BINARY, patterned(), 20000));
    cr_assert(wr_regf_find_value(&c.regf, &c.root, "v", &c.diags, &value));
    c.arena.fail_after = 1;
    cr_assert_not(wr_regf_data(&c.regf, &value, &c.arena, &data, &c.e));
    cr_assert_eq(c.e.code, WR_E_NO_MEMORY);
    cr_assert_null(data.data);
    close_case(&c);
}

/* A version that a bad base block says proves nothing: the cell's size decides. */
Test(regf_value, big_data_of_a_hive_whose_version_is_in_doubt)
{
    struct hive_case c = begin(5);
    uint32_t vks[2], cell;
    uint8_t literal[20000] = "db";
    wr_view image;

    vks[0] = hive_value(&c.h, "big", WR_REG_BINARY, patterned(), 20000);
    cell = hive_cell(&c.h, literal, sizeof literal);
    vks[1] = hive_value_raw(&c.h, "one", 3, 1, WR_REG_BINARY, sizeof literal, cell);
    hive_values(&c.h, 0x20, vks, 2);
    image = hive_image(&c.h, 0x20);
    hive_file_u32(&c.h, 24, 1);
    open_image(&c, image);
    cr_assert(!c.regf.checksum_valid);
    cr_assert(wr_view_is(data_of(&c, &c.root, "big"), pattern, 20000));
    cr_assert(wr_view_is(data_of(&c, &c.root, "one"), literal, sizeof literal));
    close_case(&c);
}

/* Numbers and text */

Test(regf_value, dword)
{
    struct hive_case c = begin(5);
    uint32_t vks[3], number = 7;

    vks[0] = hive_value(&c.h, "Flags", WR_REG_DWORD, "\x23\1\0\x80", 4);
    vks[1] = hive_value(&c.h, "Text", WR_REG_SZ, "1\0\0", 4);
    vks[2] = hive_value(&c.h, "Short", WR_REG_DWORD, "\1", 2);
    hive_values(&c.h, 0x20, vks, 3);
    open_case(&c, 0x20);
    cr_assert_not(wr_regf_dword(&c.regf, &c.root, "Absent", &c.diags, &number));
    cr_assert_eq(c.diags.list.count, 0, "what is absent is no damage");
    cr_assert_not(wr_regf_dword(&c.regf, &c.root, "Text", &c.diags, &number));
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, cell_at(vks[1]), "type 1");
    cr_assert_not(wr_regf_dword(&c.regf, &c.root, "Short", &c.diags, &number));
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, cell_at(vks[2]), "2 bytes");
    cr_assert_eq(number, 7);
    cr_assert(wr_regf_dword(&c.regf, &c.root, "flags", &c.diags, &number));
    cr_assert_eq(number, 0x80000123);
    close_case(&c);
}

struct text_case {
    char what[40];
    char data[16];
    size_t len;
    char expected[16];
};

ParameterizedTestParameters(regf_value, text)
{
    static struct text_case cases[] = {
        { "with its NUL", "a\0b\0\0", 6, "ab" },
        { "without a NUL", "a\0b", 4, "ab" },
        { "garbage behind the NUL", "a\0\0\0\xFF\xFFx", 8, "a" },
        { "an odd last byte", "a\0b\0c", 5, "ab" },
        { "half a unit", "a", 1, "" },
        { "nothing", "", 0, "" },
        { "half a pair",
          "a\0\x00\xD8"
          "b",
          6,
          "a\xEF\xBF\xBD"
          "b" },
    };
    return cr_make_param_array(struct text_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct text_case *p, regf_value, text)
{
    struct hive_case c = begin(5);
    const char *text;

    open_value(&c, hive_value(&c.h, "v", WR_REG_SZ, p->data, p->len));
    cr_assert(wr_regf_string(&c.regf, &c.root, "v", &c.arena, &c.diags, &text), "%s", p->what);
    cr_assert_str_eq(text, p->expected, "%s", p->what);
    cr_assert_eq(data_of(&c, &c.root, "v").len, p->len, "%s: data is never repaired", p->what);
    cr_assert_eq(c.diags.list.count, 0);
    close_case(&c);
}

Test(regf_value, text_of_another_type_or_out_of_reach)
{
    struct hive_case c = begin(5);
    const char *text = NULL;
    uint32_t vks[2];

    vks[0] = hive_value(&c.h, "Number", WR_REG_DWORD, "\1\0\0", 4);
    vks[1] = hive_value_raw(&c.h, "Lost", 4, 1, WR_REG_SZ, 8, 0x700);
    hive_values(&c.h, 0x20, vks, 2);
    open_case(&c, 0x20);
    cr_assert_not(wr_regf_string(&c.regf, &c.root, "Number", &c.arena, &c.diags, &text));
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, cell_at(vks[0]), "expected a string");
    cr_assert_not(wr_regf_string(&c.regf, &c.root, "Lost", &c.arena, &c.diags, &text));
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, cell_at(0x700), "size 0");
    cr_assert_not(wr_regf_string(&c.regf, &c.root, "Absent", &c.arena, &c.diags, &text));
    cr_assert_eq(c.diags.list.count, 2);
    cr_assert_null(text);
    close_case(&c);
}

/* Hives of fixtures/recipes/fuzz_regf.py: written by another program than the builder of these
 * tests. */
static void open_fixture(struct hive_case *c, const char *path)
{
    c->h = (struct hive){ 0 };
    c->h.bytes = read_file(path, &c->h.len);
    open_image(c, view_of(c->h.bytes, c->h.len));
}

Test(regf_value, what_the_recipe_wrote_is_read)
{
    struct hive_case c;
    const char *text;
    uint32_t number;
    wr_regf_key key;

    patterned();
    open_fixture(&c, FIXTURE("fuzz/regf/complete.hive"));
    cr_assert(wr_regf_string(&c.regf, &c.root, "", &c.arena, &c.diags, &text));
    cr_assert_str_eq(text, "the default value");
    cr_assert(wr_regf_dword(&c.regf, &c.root, "DWORD", &c.diags, &number));
    cr_assert_eq(number, 0x80000123);
    cr_assert(wr_view_is(data_of(&c, &c.root, "Multi"), "o\0n\0e\0\0\0t\0w\0o\0\0\0\0\0", 18));
    cr_assert(wr_view_is(data_of(&c, &c.root, "Blob"), pattern, 300));
    cr_assert(wr_view_is(data_of(&c, &c.root, "None"), "", 0));
    cr_assert(wr_view_is(data_of(&c, &c.root, "Byte"), "x", 1));
    cr_assert(wr_view_is(data_of(&c, &c.root, "Odd"), "a\0b", 3));
    cr_assert(wr_view_is(data_of(&c, &c.root, "Type"), "123456", 6));
    cr_assert(wr_regf_find_path(&c.regf, &c.root,
                                "microsoft\\systemcertificates\\ROOT\\certificates\\"
                                "0123456789abcdef0123456789abcdef01234567",
                                &c.diags, &key));
    cr_assert(wr_view_is(data_of(&c, &key, "Blob"), pattern, 500));
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "Link", &c.diags, &key));
    cr_assert(key.flags & WR_KEY_LINK);
    cr_assert_str_eq(subkey_names(&c, &c.root), "Link;Microsoft;名前;");
    expect_counts(&c, 9, 12, 0);
    close_case(&c);
}

Test(regf_value, big_data_that_the_recipe_wrote_is_read)
{
    struct hive_case c;

    patterned();
    open_fixture(&c, FIXTURE("fuzz/regf/big_data.hive"));
    cr_assert(wr_view_is(data_of(&c, &c.root, "EncodedCtl"), pattern, HIVE_SEGMENT + 5));
    expect_counts(&c, 1, 1, 0);
    close_case(&c);
}

/* In cells so small that other readers lose the last 4 bytes. */
Test(regf_value, tight_big_data_that_the_recipe_wrote_is_whole)
{
    struct hive_case c;
    wr_regf_key key;
    size_t len;
    uint8_t *list = read_file(FIXTURE("ctl/many_of_one_name.stl"), &len);

    open_fixture(&c, FIXTURE("hives/big_data/SOFTWARE"));
    cr_assert_eq(len, 2 * HIVE_SEGMENT + 5836);
    cr_assert(wr_regf_find_path(
        &c.regf, &c.root, "Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate", &c.diags, &key));
    cr_assert(wr_view_is(data_of(&c, &key, "EncodedCtl"), (const char *)list, len));
    cr_assert_eq(c.diags.list.count, 0);
    free(list);
    close_case(&c);
}

struct wide_case {
    char path[512];
    uint32_t minor;
};

ParameterizedTestParameters(regf_value, lists_that_the_recipe_wrote_are_read)
{
    static struct wide_case cases[] = {
        { FIXTURE("fuzz/regf/ri_of_lh.hive"), 5 },
        { FIXTURE("fuzz/regf/ri_of_lf.hive"), 3 },
    };
    return cr_make_param_array(struct wide_case, cases, 2);
}

ParameterizedTest(struct wide_case *p, regf_value, lists_that_the_recipe_wrote_are_read)
{
    struct hive_case c;
    uint32_t number = 0;
    char name[8];

    open_fixture(&c, p->path);
    cr_assert_eq(c.regf.minor, p->minor);
    for (unsigned i = 0; i < 10; i++) {
        wr_regf_key key;
        snprintf(name, sizeof name, "key%02u", i);
        cr_assert(wr_regf_find_key(&c.regf, &c.root, name, &c.diags, &key), "%s", name);
        cr_assert(wr_regf_dword(&c.regf, &key, "n", &c.diags, &number));
        cr_assert_eq(number, i);
    }
    expect_counts(&c, 11, 10, 0);
    close_case(&c);
}
