/* What users of other readers ran into, one test a thread: project, number, what must hold.
 * Those about transaction logs and deleted records are beside the code for them. */
#include <criterion/criterion.h>

#include "regf_case.h"

static struct hive_case begin(uint32_t minor)
{
    struct hive_case c = { .h = hive_new(minor) };

    cr_assert_eq(hive_key(&c.h, "ROOT", NIL), 0x20);
    return c;
}

/* A subkey of the root, which has no others. */
static uint32_t only_subkey(struct hive_case *c, const char *name)
{
    uint32_t sub = hive_key(&c->h, name, 0x20);

    hive_subkeys(&c->h, 0x20, "lh", &sub, 1);
    return sub;
}

/* A hive of a hibernated Windows has unequal sequences: it is read, and said to be dirty.  And a
 * backslash separates names in a path, not in a subkey's name. */
Test(regf, nt_hive_1_a_hibernated_hive_is_read_and_warned_about)
{
    struct hive_case c = begin(5);
    uint32_t a = only_subkey(&c, "a"), b = hive_key(&c.h, "b", a);
    wr_regf_key key;

    hive_subkeys(&c.h, a, "lh", &b, 1);
    c.h.primary = 2;
    open_case(&c, 0x20);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MISMATCH, 4, "dirty");
    cr_assert(wr_regf_find_path(&c.regf, &c.root, "a\\b", &c.diags, &key) && key.cell == b);
    cr_assert_not(wr_regf_find_key(&c.regf, &c.root, "a\\b", &c.diags, &key));
    expect_counts(&c, 3, 0, 1);
    close_case(&c);
}

/* Zeros to the end of the announced bins: what lies before is read, the hole is said. */
Test(regf, libregf_4_a_tail_of_zeros_inside_the_bins)
{
    struct hive_case c = begin(3);
    uint32_t keys[2];

    keys[0] = hive_key(&c.h, "Here", 0x20);
    hive_subkeys(&c.h, 0x20, "li", (uint32_t[]){ keys[0], 0x2020 }, 2);
    (void)hive_cell(&c.h, NULL, 2 * HIVE_PAGE);
    open_case(&c, 0x20);
    memset(c.h.bytes + 2 * HIVE_PAGE, 0, c.h.len - 2 * HIVE_PAGE);
    cr_assert_str_eq(subkey_names(&c, &c.root), "Here;");
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, HIVE_PAGE + 0x2020, "size 0");
    expect_counts(&c, 2, 0, 2);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, 2 * HIVE_PAGE, "12288 bytes");
    close_case(&c);
}

/* Sectors of 0xFF from a bad reader hide what they cover, and no more. */
Test(regf, libregf_6_sectors_of_ff_hide_only_what_they_cover)
{
    struct hive_case c = begin(3);
    uint32_t keys[3];

    keys[0] = hive_key(&c.h, "a", 0x20);
    (void)hive_cell(&c.h, NULL, 3800);
    keys[1] = hive_key(&c.h, "b", 0x20);
    (void)hive_cell(&c.h, NULL, 3950);
    keys[2] = hive_key(&c.h, "c", 0x20);
    cr_assert(keys[1] == 0x1020 && keys[2] == 0x2020);
    hive_subkeys(&c.h, 0x20, "lf", keys, 3);
    open_case(&c, 0x20);
    memset(c.h.bytes + HIVE_PAGE + 0x1000, 0xFF, 512);
    cr_assert_str_eq(subkey_names(&c, &c.root), "a;c;");
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, cell_at(keys[1]), "multiple of 8");
    expect_counts(&c, 3, 0, 2);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, HIVE_PAGE + 0x1000, "4096 bytes");
    close_case(&c);
}

Test(regf, plaso_464_a_bin_that_says_another_offset_hides_nothing)
{
    struct hive_case c = begin(5);
    uint32_t sub;

    (void)hive_cell(&c.h, NULL, 4000);
    sub = only_subkey(&c, "Sub");
    cr_assert_geq(sub, 0x1020);
    open_case(&c, 0x20);
    hive_file_u32(&c.h, HIVE_PAGE + 0x1004, 0x5000);
    cr_assert_str_eq(subkey_names(&c, &c.root), "Sub;");
    expect_counts(&c, 2, 0, 1);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, HIVE_PAGE + 0x1000, "no hive bin");
    close_case(&c);
}

Test(regf, plaso_464_a_bin_of_no_whole_pages_hides_nothing)
{
    struct hive_case c = begin(5);

    only_subkey(&c, "Sub");
    open_case(&c, 0x20);
    hive_file_u32(&c.h, HIVE_PAGE + 8, 4100);
    expect_counts(&c, 2, 0, 1);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, HIVE_PAGE, "no hive bin");
    close_case(&c);
}

Test(regf, plaso_3571_one_corrupt_key_stops_nothing)
{
    struct hive_case c = begin(5);
    uint32_t keys[3], below;

    keys[0] = hive_key(&c.h, "a", 0x20);
    keys[1] = hive_key(&c.h, "b", 0x20);
    keys[2] = hive_key(&c.h, "c", 0x20);
    below = hive_key(&c.h, "Below", keys[2]);
    hive_subkeys(&c.h, 0x20, "lh", keys, 3);
    hive_subkeys(&c.h, keys[2], "lh", &below, 1);
    hive_u16(&c.h, keys[1], 0, 0);
    open_case(&c, 0x20);
    expect_counts(&c, 4, 0, 1);
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, payload_at(keys[1]), "\"nk\"");
    close_case(&c);
}

Test(regf, plaso_246_bad_class_offset_keeps_the_key)
{
    static const uint32_t offsets[] = { 0, NIL, 4, 0x7FFFFFF8 };

    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        struct hive_case c = begin(5);
        uint32_t sub = only_subkey(&c, "Sub");

        hive_u32(&c.h, sub, NK_CLASS, offsets[i]);
        hive_u16(&c.h, sub, NK_CLASS_LEN, 500);
        open_case(&c, 0x20);
        cr_assert_str_eq(subkey_names(&c, &c.root), "Sub;");
        expect_counts(&c, 2, 0, 0);
        close_case(&c);
    }
}

/* A segment's cell of more than 16344 bytes: what is too much is not data. */
Test(regf, libregf_5_the_surplus_of_a_segment_is_not_data)
{
    static uint8_t data[2 * HIVE_SEGMENT + 10];
    struct hive_case c = begin(5);
    uint32_t vk;

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i % 251);
    vk = hive_value_raw(&c.h, "v", 1, 1, WR_REG_BINARY, sizeof data,
                        hive_big_data(&c.h, data, sizeof data, 600));
    hive_values(&c.h, 0x20, &vk, 1);
    open_case(&c, 0x20);
    cr_assert(wr_view_is(data_of(&c, &c.root, "v"), data, sizeof data));
    close_case(&c);
}

/* Below minor version 4 there is no big data, so that data may begin with "db". */
Test(regf, python_registry_68_data_of_minor_3_may_begin_with_db)
{
    static uint8_t data[20000] = "db\2\0\x20\0\0\0";
    struct hive_case c = begin(3);
    uint32_t vk = hive_value(&c.h, "v", WR_REG_BINARY, data, sizeof data);

    hive_values(&c.h, 0x20, &vk, 1);
    open_case(&c, 0x20);
    cr_assert(wr_view_is(data_of(&c, &c.root, "v"), data, sizeof data));
    close_case(&c);
}

/* The bound between one cell and big data is 16344 bytes, not 0x4000. */
Test(regf, python_registry_7_big_data_begins_above_16344_bytes)
{
    static uint8_t data[0x4000 + 1];
    struct hive_case c = begin(5);
    uint32_t vks[4];

    memset(data, 0x5A, sizeof data);
    vks[0] = hive_value(&c.h, "16344", WR_REG_BINARY, data, 16344);
    vks[1] = hive_value(&c.h, "16345", WR_REG_BINARY, data, 16345);
    vks[2] = hive_value(&c.h, "0x4000", WR_REG_BINARY, data, 0x4000);
    vks[3] = hive_value(&c.h, "0x4001", WR_REG_BINARY, data, 0x4001);
    hive_values(&c.h, 0x20, vks, 4);
    open_case(&c, 0x20);
    cr_assert(wr_view_is(data_of(&c, &c.root, "16344"), data, 16344));
    cr_assert(wr_view_is(data_of(&c, &c.root, "16345"), data, 16345));
    cr_assert(wr_view_is(data_of(&c, &c.root, "0x4000"), data, 0x4000));
    cr_assert(wr_view_is(data_of(&c, &c.root, "0x4001"), data, 0x4001));
    close_case(&c);
}

/* Several lists of keys under an ri list: every key is there. */
static void expect_all_below_ri(uint32_t minor, const char *kind)
{
    struct hive_case c = begin(minor);
    uint32_t keys[40], parts[4];
    wr_regf_key key;
    char name[8];

    for (unsigned i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "key%02u", i);
        keys[i] = hive_key(&c.h, name, 0x20);
    }
    for (size_t i = 0; i < 4; i++)
        parts[i] = hive_list(&c.h, kind, keys + 10 * i, 10);
    hive_set_subkeys(&c.h, 0x20, hive_list(&c.h, "ri", parts, 4), 40);
    open_case(&c, 0x20);
    expect_counts(&c, 41, 0, 0);
    for (unsigned i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "KEY%02u", i);
        cr_assert(wr_regf_find_key(&c.regf, &c.root, name, &c.diags, &key), "%s %s", kind, name);
        cr_assert_eq(key.cell, keys[i]);
    }
    close_case(&c);
}

Test(regf, python_registry_11_no_key_is_missing_below_ri_of_lh)
{
    expect_all_below_ri(5, "lh");
}

Test(regf, dissect_regf_34_no_key_is_missing_below_ri_of_lf)
{
    expect_all_below_ri(3, "lf");
}

Test(regf, regipy_14_no_key_is_missing_below_ri_of_li_in_version_1_3)
{
    expect_all_below_ri(3, "li");
}

Test(regf, python_registry_14_any_type_is_a_value)
{
    static const uint32_t types[] = { 0, 8, 9, 10, 11, 12, 500, 0xFFFF0012, UINT32_MAX };
    struct hive_case c = begin(5);
    uint32_t vks[9], n = 0;
    wr_regf_value value;
    wr_regf_iter it;

    for (size_t i = 0; i < 9; i++)
        vks[i] = hive_value(&c.h, "v", types[i], "12345", 5);
    hive_values(&c.h, 0x20, vks, 9);
    open_case(&c, 0x20);
    wr_regf_values(&c.regf, &c.root, "", &c.diags, &it);
    while (wr_regf_next_value(&it, &value)) {
        wr_view data;
        cr_assert_eq(value.type, types[n++]);
        cr_assert(wr_regf_data(&c.regf, &value, &c.arena, &data, &c.e));
        cr_assert(wr_view_is(data, "12345", 5));
    }
    cr_assert_eq(n, 9);
    cr_assert_eq(c.diags.list.count, 0);
    close_case(&c);
}

/* A byte of a compressed name is a code point, not a character of cp1252 or another code page:
 * 0x80 is U+0080 and no euro sign; 0xFF is U+00FF. */
Test(regf, python_registry_32_compressed_names_are_latin_1)
{
    struct hive_case c = begin(5);

    only_subkey(&c, "\x80\xE4\xFF");
    open_case(&c, 0x20);
    cr_assert_str_eq(subkey_names(&c, &c.root), "\xC2\x80\xC3\xA4\xC3\xBF;");
    close_case(&c);
}

/* Names in UTF-16, among them one of letters that another code page would have. */
Test(regf, pypykatz_40_names_beyond_latin_1_are_utf_16)
{
    struct hive_case c = begin(5);
    uint32_t sub = hive_key_raw(&c.h, "\x12\x04\xAC\x20", 4, 0, 0x20);

    hive_subkeys(&c.h, 0x20, "lh", &sub, 1);
    open_case(&c, 0x20);
    cr_assert_str_eq(subkey_names(&c, &c.root), "В€;");
    close_case(&c);
}

/* Half a surrogate pair and a NUL do not lose the key, nor a value of such a name. */
Test(regf, python_registry_77_names_of_half_pairs_are_kept)
{
    struct hive_case c = begin(3);
    uint32_t keys[2], vk;
    wr_regf_value value;
    wr_regf_iter it;

    keys[0] = hive_key_raw(&c.h, "a\0\x3D\xD8", 4, 0, 0x20);
    keys[1] = hive_key_raw(&c.h, "b\0\0\0c\0", 6, 0, 0x20);
    hive_subkeys(&c.h, 0x20, "lf", keys, 2);
    vk = hive_value_raw(&c.h, "\x00\xDCv\0", 4, 0, WR_REG_BINARY, 0x80000001, 'x');
    hive_values(&c.h, 0x20, &vk, 1);
    open_case(&c, 0x20);
    cr_assert_str_eq(subkey_names(&c, &c.root), "a\xEF\xBF\xBD;b␀c;");
    wr_regf_values(&c.regf, &c.root, "", &c.diags, &it);
    cr_assert(wr_regf_next_value(&it, &value));
    cr_assert(wr_view_is(value.name, "\x00\xDCv\0", 4));
    expect_counts(&c, 3, 1, 0);
    close_case(&c);
}

/* Data is the bytes, as many as the record says: an odd number in a string, one character that
 * might be a number, and more than 64 of them. */
Test(regf, regipy_267_data_is_neither_converted_nor_cut)
{
    struct hive_case c = begin(3);
    uint8_t bytes[200];
    uint32_t vks[3];

    memset(bytes, '1', sizeof bytes);
    vks[0] = hive_value(&c.h, "odd", WR_REG_SZ, bytes, 7);
    vks[1] = hive_value(&c.h, "one", WR_REG_SZ, "1\0", 2);
    vks[2] = hive_value(&c.h, "200", WR_REG_BINARY, bytes, 200);
    hive_values(&c.h, 0x20, vks, 3);
    open_case(&c, 0x20);
    cr_assert(wr_view_is(data_of(&c, &c.root, "odd"), bytes, 7));
    cr_assert(wr_view_is(data_of(&c, &c.root, "one"), "1\0", 2));
    cr_assert(wr_view_is(data_of(&c, &c.root, "200"), bytes, 200));
    close_case(&c);
}

/* SystemCertificates\MY up to Windows 10, My on Windows 11. */
Test(regf, dploot_40_stores_are_found_in_any_case)
{
    static const char *const spelt[] = { "MY", "My" };

    for (int i = 0; i < 2; i++) {
        struct hive_case c = begin(5);
        uint32_t certificates = only_subkey(&c, "SystemCertificates");
        uint32_t my = hive_key(&c.h, spelt[i], certificates);
        wr_regf_key key;

        hive_subkeys(&c.h, certificates, "lh", &my, 1);
        open_case(&c, 0x20);
        cr_assert(wr_regf_find_path(&c.regf, &c.root, "systemcertificates\\My", &c.diags, &key));
        cr_assert_eq(key.cell, my);
        close_case(&c);
    }
}

/* A writer sorted a list wrongly: nothing is hidden from a lookup, and the walk says so. */
Test(regf, hivex_7_a_list_in_the_wrong_order_hides_nothing)
{
    struct hive_case c = begin(5);
    uint32_t keys[3];
    wr_regf_key key;

    keys[0] = hive_key(&c.h, "b_x", 0x20); /* '_' sorts behind letters in upper case, */
    keys[1] = hive_key(&c.h, "bax", 0x20); /* and before those in lower case          */
    keys[2] = hive_key(&c.h, "c", 0x20);
    hive_subkeys(&c.h, 0x20, "lf", keys, 3);
    open_case(&c, 0x20);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "BAX", &c.diags, &key) && key.cell == keys[1]);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "B_X", &c.diags, &key) && key.cell == keys[0]);
    cr_assert_eq(c.diags.list.count, 0);
    expect_counts(&c, 4, 0, 1);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, cell_at(keys[1]), "out of order");
    close_case(&c);
}

/* Above ASCII upper case takes Windows' table: no order is doubted there.  U+00E4 stands as U+00C4.
 */
Test(regf, hivex_7_order_beyond_ascii_is_not_doubted)
{
    struct hive_case c = begin(5);
    uint32_t keys[2];

    keys[0] = hive_key(&c.h, "\xE4", 0x20);
    keys[1] = hive_key(&c.h, "\xC5", 0x20);
    hive_subkeys(&c.h, 0x20, "lh", keys, 2);
    open_case(&c, 0x20);
    expect_counts(&c, 3, 0, 0);
    close_case(&c);
}

/* Two subkeys of one name: both are given, and the walk says that Windows shows one. */
Test(regf, regipy_107_keys_of_one_name_are_all_given)
{
    struct hive_case c = begin(5);
    uint32_t keys[2];

    keys[0] = hive_key(&c.h, "Same", 0x20);
    keys[1] = hive_key(&c.h, "SAME", 0x20);
    hive_subkeys(&c.h, 0x20, "lh", keys, 2);
    open_case(&c, 0x20);
    cr_assert_str_eq(subkey_names(&c, &c.root), "Same;SAME;");
    expect_counts(&c, 3, 0, 1);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, cell_at(keys[1]), "name of the subkey before");
    close_case(&c);
}

/* A REG_MULTI_SZ of 2 bytes is 2 bytes. */
Test(regf, libregf_11_a_multi_sz_of_two_bytes)
{
    struct hive_case c = begin(5);
    uint32_t vk = hive_value(&c.h, "v", WR_REG_MULTI_SZ, "\0\0", 2);

    hive_values(&c.h, 0x20, &vk, 1);
    open_case(&c, 0x20);
    cr_assert(wr_view_is(data_of(&c, &c.root, "v"), "\0\0", 2));
    close_case(&c);
}

/* A hive of zeros, as from a failed acquisition, is told to be one. */
Test(regf, regripper_17_a_null_hive_is_said_to_be_one)
{
    static const uint8_t zeros[3 * HIVE_PAGE];
    struct hive_case c;

    wr_arena_init(&c.arena, 1 << 20);
    wr_diags_init(&c.diags, &c.arena);
    cr_assert_not(wr_regf_open(view_of(zeros, sizeof zeros), &c.arena, &c.diags, &c.regf, &c.e));
    cr_assert_eq(c.e.code, WR_E_MALFORMED);
    cr_assert_str_eq(c.e.message, "not a hive: the first 4096 bytes are zero, expected \"regf\"");
    wr_arena_free(&c.arena);
}

/* What is no hive is refused by what it is, not by an error of a parser. */
static void expect_refused(const char *bytes, size_t len, const char *what)
{
    struct hive_case c;

    wr_arena_init(&c.arena, 1 << 20);
    wr_diags_init(&c.diags, &c.arena);
    cr_assert_not(wr_regf_open(view_of(bytes, len), &c.arena, &c.diags, &c.regf, &c.e));
    cr_assert_eq(c.e.code, WR_E_MALFORMED);
    cr_assert(strstr(c.e.message, what), "\"%s\" lacks \"%s\"", c.e.message, what);
    wr_arena_free(&c.arena);
}

Test(regf, impacket_1345_an_exported_text_is_said_to_be_one)
{
    expect_refused("\xFF\xFEW\0i\0n\0d\0", 10, ".reg");
}

Test(regf, plaso_3266_a_memory_dump_is_said_to_be_one)
{
    expect_refused("PAGEDU64", 8, "memory dump");
}
