#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "regf_case.h"

/* Base block */

Test(regf, base_block_fields)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL);

    c.h.primary = c.h.secondary = 7;
    open_case(&c, root);
    cr_assert_eq(c.regf.major, 1);
    cr_assert_eq(c.regf.minor, 5);
    cr_assert_eq(c.regf.primary_sequence, 7);
    cr_assert_eq(c.regf.secondary_sequence, 7);
    cr_assert_eq(c.regf.root, 0x20);
    cr_assert_eq(c.regf.bins_size, 4096);
    cr_assert_eq(c.regf.bins.len, 4096);
    cr_assert_str_eq(c.regf.file_name, "SOFTWARE");
    cr_assert(c.regf.checksum_valid && !c.regf.dirty && !c.regf.truncated);
    cr_assert_eq(c.diags.list.count, 0);
    close_case(&c);
}

Test(regf, the_root_is_where_the_base_block_says)
{
    struct hive_case c = { .h = hive_new(3) };
    uint32_t decoy = hive_key(&c.h, "Decoy", NIL), root = hive_key(&c.h, "ROOT", NIL);

    cr_assert_eq(decoy, 0x20);
    open_case(&c, root);
    cr_assert(wr_text_equals(c.root.name, c.root.name_encoding, "root"));
    close_case(&c);
}

Test(regf, unequal_sequences_are_a_dirty_hive_and_both_are_said)
{
    struct hive_case c = { .h = hive_new(5) };

    c.h.primary = 2107;
    c.h.secondary = 2106;
    open_case(&c, hive_key(&c.h, "ROOT", NIL));
    cr_assert(c.regf.dirty && c.regf.checksum_valid);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MISMATCH, 4, "2107");
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MISMATCH, 4, "2106");
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MISMATCH, 4, "transaction logs were not applied");
    close_case(&c);
}

/* A base block that a test changes after it was built. */
static bool open_changed(struct hive_case *c, size_t offset, uint32_t value, bool new_checksum)
{
    wr_view image = hive_image(&c->h, hive_key(&c->h, "ROOT", NIL));

    wr_arena_init(&c->arena, 1 << 20);
    wr_diags_init(&c->diags, &c->arena);
    hive_file_u32(&c->h, offset, value);
    if (new_checksum)
        hive_checksum(c->h.bytes);
    return wr_regf_open(image, &c->arena, &c->diags, &c->regf, &c->e);
}

Test(regf, a_bad_checksum_is_a_warning_and_the_file_gives_the_size)
{
    struct hive_case c = { .h = hive_new(5) };

    (void)hive_cell(&c.h, NULL, 5000);
    cr_assert(open_changed(&c, 40, 0x1000, false));
    cr_assert(!c.regf.checksum_valid && c.regf.dirty);
    cr_assert_eq(c.regf.bins.len, c.h.len - 4096, "all pages of the file");
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MISMATCH, 508, "checksum");
    close_case(&c);
}

Test(regf, a_bad_base_block_that_loses_the_root_is_helped)
{
    struct hive_case c = { .h = hive_new(5) };

    cr_assert(open_changed(&c, 36, 0x7777, false));
    cr_assert_eq(c.regf.root, 0x20);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, 36, "0x7777");
    close_case(&c);
}

/* The XOR of what stands before is 0 or 0xFFFFFFFF: stored as 1 and 0xFFFFFFFE. */
ParameterizedTestParameters(regf, reserved_checksums)
{
    static uint32_t stored[] = { 1, 0xFFFFFFFE };
    return cr_make_param_array(uint32_t, stored, 2);
}

ParameterizedTest(uint32_t *stored, regf, reserved_checksums)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t sum = 0;
    wr_view image = hive_image(&c.h, hive_key(&c.h, "ROOT", NIL));

    for (size_t at = 0; at < 508; at += 4) {
        uint32_t dword;
        cr_assert(wr_u32le_at(image, at, &dword));
        sum ^= dword;
    }
    hive_file_u32(&c.h, 504, *stored == 1 ? sum : ~sum);
    hive_file_u32(&c.h, 508, *stored);
    wr_arena_init(&c.arena, 1 << 20);
    wr_diags_init(&c.diags, &c.arena);
    cr_assert(wr_regf_open(image, &c.arena, &c.diags, &c.regf, &c.e));
    cr_assert(c.regf.checksum_valid);
    close_case(&c);
}

struct field_case {
    char what[40];
    size_t offset;
    uint32_t value;
    wr_code code; /* of the warning */
    char text[32];
};

ParameterizedTestParameters(regf, base_blocks_that_can_be_lived_with)
{
    static struct field_case cases[] = {
        { "version 1.7", 24, 7, WR_E_UNSUPPORTED, "version 1.7" },
        { "version 0.5", 20, 0, WR_E_UNSUPPORTED, "version 0.5" },
        { "a layer", 24, 6, WR_E_UNSUPPORTED, "layer" },
        { "another file format", 32, 2, WR_E_MALFORMED, "file format 2" },
        { "no bins", 40, 0, WR_E_MALFORMED, "0 bytes" },
        { "odd size of bins", 40, 4000, WR_E_MALFORMED, "4000 bytes" },
    };
    return cr_make_param_array(struct field_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct field_case *p, regf, base_blocks_that_can_be_lived_with)
{
    struct hive_case c = { .h = hive_new(5) };

    cr_assert(open_changed(&c, p->offset, p->value, true), "%s: %s", p->what, c.e.message);
    cr_assert_eq(c.diags.list.count, 1, "%s", p->what);
    expect_diag(&c, WR_DIAG_WARNING, p->code,
                p->offset == 20   ? 20
                : p->offset == 24 ? 20
                                  : p->offset,
                p->text);
    cr_assert(wr_regf_root(&c.regf, &c.root, &c.e), "%s: %s", p->what, c.e.message);
    close_case(&c);
}

ParameterizedTestParameters(regf, base_blocks_that_are_refused)
{
    static struct field_case cases[] = {
        { "an old log", 28, 1, WR_E_UNSUPPORTED, "transaction log (type 1)" },
        { "an older log", 28, 2, WR_E_UNSUPPORTED, "transaction log (type 2)" },
        { "a new log", 28, 6, WR_E_UNSUPPORTED, "transaction log (type 6)" },
        { "Windows NT 3.1 before release", 24, 0, WR_E_UNSUPPORTED, "1.0" },
        { "Windows NT 3.1", 24, 1, WR_E_UNSUPPORTED, "1.1" },
        { "Windows NT 3.5", 24, 2, WR_E_UNSUPPORTED, "1.2" },
    };
    return cr_make_param_array(struct field_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct field_case *p, regf, base_blocks_that_are_refused)
{
    struct hive_case c = { .h = hive_new(5) };

    cr_assert_not(open_changed(&c, p->offset, p->value, true), "%s", p->what);
    cr_assert_eq(c.e.code, p->code, "%s", p->what);
    cr_assert_eq(c.e.offset, p->offset == 28 ? 28 : 20, "%s", p->what);
    cr_assert(strstr(c.e.message, p->text), "%s: %s", p->what, c.e.message);
    close_case(&c);
}

struct other_case {
    char bytes[32];
    size_t len;
    wr_code code;
    char text[48];
};

#define ZEROS_LEN 12

ParameterizedTestParameters(regf, what_is_no_hive_is_told_what_it_is)
{
    static struct other_case cases[] = {
        { "", 0, WR_E_TRUNCATED, "the file is empty" },
        { "re", 2, WR_E_TRUNCATED, "2 bytes" },
        { "regf\1\0\0\0", 8, WR_E_TRUNCATED, "8 bytes" },
        { "\0", ZEROS_LEN, WR_E_MALFORMED, "the first 12 bytes are zero" },
        { "hbin\0\0\0\0", 8, WR_E_MALFORMED, "fragment" },
        { "\xB5\xB1\0regf", 7, WR_E_MALFORMED, "NTFS compresses" },
        { "\xFF\xFEW\0i\0n\0d\0", 10, WR_E_MALFORMED, ".reg" },
        { "Windows Registry Editor Ver", 27, WR_E_MALFORMED, ".reg" },
        { "REGEDIT4\r\n", 10, WR_E_MALFORMED, ".reg" },
        { "PReg\1\0\0\0", 8, WR_E_MALFORMED, "Registry.pol" },
        { "CREG\0\0\1\0", 8, WR_E_MALFORMED, "Windows 95" },
        { "\1\2\3\4\xEF\xCD\xAB\x89", 8, WR_E_MALFORMED, "ESE" },
        { "SQLite format 3", 16, WR_E_MALFORMED, "SQLite" },
        { "PAGEDU64", 8, WR_E_MALFORMED, "memory dump" },
        { "PK\3\4", 4, WR_E_MALFORMED, "zip" },
        { "MZ\x90\0", 4, WR_E_MALFORMED, "begins with 4d 5a 90 00" },
    };
    return cr_make_param_array(struct other_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct other_case *p, regf, what_is_no_hive_is_told_what_it_is)
{
    struct hive_case c;

    wr_arena_init(&c.arena, 1 << 20);
    wr_diags_init(&c.diags, &c.arena);
    cr_assert_not(wr_regf_open(view_of(p->bytes, p->len), &c.arena, &c.diags, &c.regf, &c.e));
    cr_assert_eq(c.e.code, p->code, "%s: %s", p->text, c.e.message);
    cr_assert_eq(c.e.offset, 0);
    cr_assert(strstr(c.e.message, p->text), "\"%s\" lacks \"%s\"", c.e.message, p->text);
    cr_assert_str_empty(c.e.path);
    wr_arena_free(&c.arena);
}

Test(regf, a_hive_that_ends_before_its_first_cell_is_truncated)
{
    struct hive_case c = { .h = hive_new(5) };
    wr_view image = hive_image(&c.h, hive_key(&c.h, "ROOT", NIL));

    wr_arena_init(&c.arena, 1 << 20);
    wr_diags_init(&c.diags, &c.arena);
    image.len = 4096 + 39;
    cr_assert_not(wr_regf_open(image, &c.arena, &c.diags, &c.regf, &c.e));
    cr_assert_eq(c.e.code, WR_E_TRUNCATED);
    cr_assert_eq(c.e.offset, 4096 + 39);
    close_case(&c);
}

Test(regf, a_cut_file_is_read_as_far_as_it_goes)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), here = hive_key(&c.h, "Here", root);
    uint32_t keys[] = { here, here }, list = hive_subkeys(&c.h, root, "li", keys, 2), lost;
    wr_view image;

    (void)hive_cell(&c.h, NULL, 4096);
    lost = hive_key(&c.h, "Lost", root);
    hive_u32(&c.h, list, 8, lost);
    image = hive_image(&c.h, root);
    image.len = 4096 + 4096;
    open_image(&c, image);
    cr_assert(c.regf.truncated);
    expect_diag(&c, WR_DIAG_WARNING, WR_E_TRUNCATED, 8192, "the file has 4096");
    cr_assert_str_eq(subkey_names(&c, &c.root), "Here;");
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_TRUNCATED, cell_at(lost), "4096 bytes");
    close_case(&c);
}

Test(regf, what_stands_behind_the_bins_is_not_the_hive)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), remnant;
    wr_view image;

    (void)hive_cell(&c.h, NULL, 4096);
    remnant = hive_key(&c.h, "Remnant", root);
    hive_subkeys(&c.h, root, "li", &remnant, 1);
    hive_u32(&c.h, root, NK_SUBKEYS, remnant);
    image = hive_image(&c.h, root);
    hive_file_u32(&c.h, 40, 4096);
    hive_checksum(c.h.bytes);
    open_image(&c, image);
    cr_assert_eq(c.diags.list.count, 0, "a tail is normal");
    cr_assert_str_eq(subkey_names(&c, &c.root), "");
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, cell_at(remnant), "4096 bytes");
    close_case(&c);
}

/* Cells */

struct cell_case {
    char what[32];
    uint32_t reference, size_field; /* of the cell there, where that is inside */
    wr_code code;
};

#define AT 0x800u

ParameterizedTestParameters(regf, references_that_lead_nowhere)
{
    static struct cell_case cases[] = {
        { "none", NIL, 0, WR_E_MALFORMED },
        { "not aligned", AT + 4, (uint32_t)-16, WR_E_MALFORMED },
        { "beyond the bins", 4096, 0, WR_E_MALFORMED },
        { "far beyond the bins", 0xFFFFFFF8, 0, WR_E_MALFORMED },
        { "a free cell", AT, 16, WR_E_MALFORMED },
        { "no size", AT, 0, WR_E_MALFORMED },
        { "a size that is not aligned", AT, (uint32_t)-20, WR_E_MALFORMED },
        { "beyond the end by 8", AT, (uint32_t) - (4096 - AT + 8), WR_E_TRUNCATED },
        { "the least number", AT, 0x80000000, WR_E_TRUNCATED },
    };
    return cr_make_param_array(struct cell_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct cell_case *p, regf, references_that_lead_nowhere)
{
    struct hive_case c = { .h = hive_new(5) };
    wr_view cell = { 0 };
    uint64_t offset = p->reference == NIL ? WR_NO_OFFSET : cell_at(p->reference);

    open_case(&c, hive_key(&c.h, "ROOT", NIL));
    if (p->reference < hive_bins_len(&c.h))
        hive_file_u32(&c.h, HIVE_PAGE + p->reference, p->size_field);
    cr_assert_not(wr_regf_cell(&c.regf, p->reference, &cell, &c.e), "%s", p->what);
    cr_assert_eq(c.e.code, p->code, "%s: %s", p->what, c.e.message);
    cr_assert_eq(c.e.offset, offset, "%s: 0x%llx", p->what, (unsigned long long)c.e.offset);
    cr_assert_null(cell.data, "nothing was given");
    close_case(&c);
}

Test(regf, a_cell_ends_where_its_size_says)
{
    struct hive_case c = { .h = hive_new(5) };
    wr_view cell;

    open_case(&c, hive_key(&c.h, "ROOT", NIL));
    hive_file_u32(&c.h, HIVE_PAGE + AT, (uint32_t)-8);
    cr_assert(wr_regf_cell(&c.regf, AT, &cell, &c.e), "8 bytes are a cell");
    cr_assert_eq(cell.len, 4);
    cr_assert_eq(cell.origin, payload_at(AT));
    hive_file_u32(&c.h, HIVE_PAGE + AT, (uint32_t) - (4096 - AT));
    cr_assert(wr_regf_cell(&c.regf, AT, &cell, &c.e), "the last byte of the bins is in");
    cr_assert_eq(cell.len, 4096 - AT - 4);
    close_case(&c);
}

/* Keys */

Test(regf, key_fields)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), sub = hive_key(&c.h, "Sub", root), v;
    wr_regf_key key;

    hive_subkeys(&c.h, root, "lh", &sub, 1);
    v = hive_value(&c.h, "", WR_REG_SZ, "", 0);
    hive_values(&c.h, sub, &v, 1);
    hive_u32(&c.h, sub, NK_SECURITY, 0x78);
    hive_u32(&c.h, sub, NK_CLASS, 0x90);
    hive_u16(&c.h, sub, NK_CLASS_LEN, 6);
    open_case(&c, root);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "Sub", &c.diags, &key));
    cr_assert_eq(key.cell, sub);
    cr_assert_eq(key.flags, WR_KEY_COMPRESSED);
    cr_assert_eq(key.last_write, 0x01DC5B8E00000000u);
    cr_assert_eq(key.parent, root);
    cr_assert_eq(key.num_subkeys, 0);
    cr_assert_eq(key.num_values, 1);
    cr_assert_eq(key.security, 0x78);
    cr_assert_eq(key.class_cell, 0x90);
    cr_assert_eq(key.class_len, 6);
    cr_assert(!key.name_cut && !key.tombstone);
    expect_counts(&c, 2, 1, 0);
    close_case(&c);
}

Test(regf, a_record_that_is_no_key_is_refused)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), vk, small;
    wr_regf_key key = { 0 };

    vk = hive_value(&c.h, "v", WR_REG_SZ, "", 0);
    small = hive_cell(&c.h, "nk", 3);
    open_case(&c, root);
    cr_assert_not(wr_regf_key_at(&c.regf, vk, &key, &c.e));
    cr_assert_eq(c.e.code, WR_E_MALFORMED);
    cr_assert_eq(c.e.offset, payload_at(vk));
    cr_assert_not(wr_regf_key_at(&c.regf, small, &key, &c.e));
    cr_assert_eq(c.e.code, WR_E_TRUNCATED);
    cr_assert_eq(c.e.offset, payload_at(small));
    cr_assert_eq(key.cell, 0, "nothing was given");
    close_case(&c);
}

Test(regf, a_name_beyond_its_cell_is_cut_and_the_key_stays)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), sub = hive_key(&c.h, "Subkey", root);

    hive_subkeys(&c.h, root, "lh", &sub, 1);
    hive_u16(&c.h, sub, NK_NAME_LEN, 60000);
    open_case(&c, root);
    cr_assert_str_eq(subkey_names(&c, &c.root), "Subkey␀␀;", "what the cell holds");
    expect_diag(&c, WR_DIAG_WARNING, WR_E_TRUNCATED, payload_at(sub) + NK_NAME, "holds 8 bytes");
    close_case(&c);
}

Test(regf, a_predefined_handle_is_no_count_of_values)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), sub = hive_key(&c.h, "Perflib", root);

    hive_subkeys(&c.h, root, "lh", &sub, 1);
    hive_u16(&c.h, sub, NK_FLAGS, WR_KEY_PREDEFINED | WR_KEY_COMPRESSED);
    hive_u32(&c.h, sub, NK_NUM_VALUES, 0x80000004);
    hive_u32(&c.h, sub, NK_VALUES, 0x20);
    open_case(&c, root);
    expect_counts(&c, 2, 0, 0);
    close_case(&c);
}

/* The flag would hide a certificate from us that other readers show. */
Test(regf, values_behind_the_flag_of_a_predefined_handle_are_told)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), sub = hive_key(&c.h, "Subkey", root);
    uint32_t value = hive_value(&c.h, "Blob", WR_REG_BINARY, "1234", 4);

    hive_subkeys(&c.h, root, "lh", &sub, 1);
    hive_values(&c.h, sub, &value, 1);
    hive_u16(&c.h, sub, NK_FLAGS, WR_KEY_PREDEFINED | WR_KEY_COMPRESSED);
    open_case(&c, root);
    expect_counts(&c, 2, 0, 1);
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, payload_at(sub), "names 1 values");
    close_case(&c);
}

Test(regf, a_symbolic_link_is_said_and_not_followed)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), keys[2], v;
    static const char target[] = "\\\0R\0E\0G";
    const char *text;
    wr_regf_key key;

    keys[0] = hive_key(&c.h, "Link", root);
    keys[1] = hive_key(&c.h, "Target", root);
    hive_subkeys(&c.h, root, "lh", keys, 2);
    hive_u16(&c.h, keys[0], NK_FLAGS, WR_KEY_LINK | WR_KEY_COMPRESSED);
    v = hive_value(&c.h, "SymbolicLinkValue", WR_REG_LINK, target, sizeof target);
    hive_values(&c.h, keys[0], &v, 1);
    open_case(&c, root);
    cr_assert(wr_regf_find_path(&c.regf, &c.root, "link", &c.diags, &key));
    cr_assert_eq(key.flags & WR_KEY_LINK, WR_KEY_LINK);
    cr_assert(wr_regf_string(&c.regf, &key, "SymbolicLinkValue", &c.arena, &c.diags, &text));
    cr_assert_str_eq(text, "\\REG");
    cr_assert_eq(c.diags.list.count, 0);
    cr_assert_not(wr_regf_find_path(&c.regf, &c.root, "link\\x", &c.diags, &key));
    expect_diag(&c, WR_DIAG_NOTE, WR_OK, cell_at(keys[0]), "symbolic link");
    cr_assert_str_eq(c.diags.list.items[0].path, "link");
    close_case(&c);
}

Test(regf, tombstones_of_a_layer_are_said)
{
    struct hive_case c = { .h = hive_new(6) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), keys[3], v;
    wr_regf_value value;
    wr_regf_key key;
    uint32_t number;

    keys[0] = hive_key(&c.h, "Gone", root);
    keys[1] = hive_key(&c.h, "Here", root);
    keys[2] = hive_key(&c.h, "Over", root);
    hive_subkeys(&c.h, root, "lh", keys, 3);
    hive_u16(&c.h, keys[0], NK_LAYER - 1, 1 << 8);
    hive_u16(&c.h, keys[1], NK_LAYER - 1, 0x80 << 8); /* inherits its class */
    hive_u16(&c.h, keys[2], NK_LAYER - 1, 3 << 8);    /* supersedes the tree below */
    v = hive_value_raw(&c.h, "Flags", 5, 3, 0, 0, NIL);
    hive_values(&c.h, keys[1], &v, 1);
    open_case(&c, root);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "gone", &c.diags, &key) && key.tombstone);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "over", &c.diags, &key) && !key.tombstone);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "here", &c.diags, &key) && !key.tombstone);
    cr_assert(wr_regf_find_value(&c.regf, &key, "flags", &c.diags, &value));
    cr_assert(value.tombstone);
    cr_assert_eq(data_of(&c, &key, "flags").len, 0);
    hive_u32(&c.h, v, VK_TYPE, WR_REG_DWORD);
    hive_u32(&c.h, v, VK_SIZE, 0x80000004);
    cr_assert_not(wr_regf_dword(&c.regf, &key, "Flags", &c.diags, &number));
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, cell_at(v), "tombstone");
    cr_assert_str_eq(subkey_names(&c, &c.root), "Gone;Here;Over;");
    expect_diag(&c, WR_DIAG_NOTE, WR_OK, payload_at(keys[0]) + NK_NAME, "tombstone");
    close_case(&c);
}

Test(regf, before_layers_the_layer_field_is_nothing)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), sub = hive_key(&c.h, "Sub", root);
    wr_regf_key key;

    hive_subkeys(&c.h, root, "lh", &sub, 1);
    hive_u16(&c.h, sub, NK_LAYER - 1, 1 << 8);
    open_case(&c, root);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "sub", &c.diags, &key) && !key.tombstone);
    close_case(&c);
}

/* Subkey lists */

ParameterizedTestParameters(regf, every_kind_of_list)
{
    static char kinds[][8] = { "lh", "lf", "li", "ri lh", "ri lf", "ri li" };
    return cr_make_param_array(char[8], kinds, sizeof kinds / sizeof *kinds);
}

ParameterizedTest(char (*kind)[8], regf, every_kind_of_list)
{
    static const char *const names[] = { "a", "Bb", "cc c", "Dddddd", "e" };
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), keys[5], parts[2];
    const char *leaf = *kind + (strlen(*kind) > 2 ? 3 : 0);
    wr_regf_key key;

    for (size_t i = 0; i < 5; i++)
        keys[i] = hive_key(&c.h, names[i], root);
    if (leaf == *kind) {
        hive_subkeys(&c.h, root, leaf, keys, 5);
    } else {
        parts[0] = hive_list(&c.h, leaf, keys, 2);
        parts[1] = hive_list(&c.h, leaf, keys + 2, 3);
        hive_set_subkeys(&c.h, root, hive_list(&c.h, "ri", parts, 2), 5);
    }
    open_case(&c, root);
    cr_assert_str_eq(subkey_names(&c, &c.root), "a;Bb;cc c;Dddddd;e;", "%s", *kind);
    for (size_t i = 0; i < 5; i++)
        cr_assert(wr_regf_find_key(&c.regf, &c.root, names[i], &c.diags, &key) &&
                      key.cell == keys[i],
                  "%s: %s", *kind, names[i]);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "DDDDDD", &c.diags, &key), "%s", *kind);
    cr_assert_not(wr_regf_find_key(&c.regf, &c.root, "Ddddd", &c.diags, &key), "%s", *kind);
    expect_counts(&c, 6, 0, 0);
    close_case(&c);
}

Test(regf, lists_of_several_kinds_stand_under_one_ri)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), keys[3], parts[3];

    keys[0] = hive_key(&c.h, "a", root);
    keys[1] = hive_key(&c.h, "b", root);
    keys[2] = hive_key(&c.h, "c", root);
    parts[0] = hive_list(&c.h, "lh", keys, 1);
    parts[1] = hive_list(&c.h, "li", keys + 1, 1);
    parts[2] = hive_list(&c.h, "lf", keys + 2, 1);
    hive_set_subkeys(&c.h, root, hive_list(&c.h, "ri", parts, 3), 3);
    open_case(&c, root);
    cr_assert_str_eq(subkey_names(&c, &c.root), "a;b;c;");
    cr_assert_eq(c.diags.list.count, 0);
    close_case(&c);
}

Test(regf, a_wrong_hash_hides_no_key)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), sub = hive_key(&c.h, "Sub", root), list;
    wr_regf_key key;

    list = hive_subkeys(&c.h, root, "lh", &sub, 1);
    hive_u32(&c.h, list, 8, 0x12345678);
    open_case(&c, root);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "sub", &c.diags, &key));
    cr_assert_eq(key.cell, sub);
    close_case(&c);
}

/* Where hash or characters speak for a key, the others are not even looked at: what is damaged
 * among them is not met. */
static void expect_looked_at_alone(const char *kind)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), keys[2], list;
    wr_regf_key key;

    keys[0] = hive_key(&c.h, "Other", root);
    keys[1] = hive_key(&c.h, "SystemCertificates", root);
    list = hive_subkeys(&c.h, root, kind, keys, 2);
    hive_u32(&c.h, list, 4, 0x700);
    open_case(&c, root);
    cr_assert(wr_regf_find_key(&c.regf, &c.root, "systemcertificates", &c.diags, &key), "%s", kind);
    cr_assert_eq(key.cell, keys[1]);
    cr_assert_eq(c.diags.list.count, 0, "%s", kind);
    cr_assert_not(wr_regf_find_key(&c.regf, &c.root, "absent", &c.diags, &key));
    cr_assert_eq(c.diags.list.count, 1, "%s: for what is absent all are looked at", kind);
    close_case(&c);
}

Test(regf, a_lookup_follows_the_hints_of_its_list)
{
    expect_looked_at_alone("lh");
    expect_looked_at_alone("lf");
}

Test(regf, a_count_that_the_lists_deny_is_said)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), keys[2];

    keys[0] = hive_key(&c.h, "a", root);
    keys[1] = hive_key(&c.h, "b", root);
    hive_subkeys(&c.h, root, "lh", keys, 2);
    hive_u32(&c.h, root, NK_NUM_SUBKEYS, 1);
    open_case(&c, root);
    cr_assert_str_eq(subkey_names(&c, &c.root), "a;b;", "what a list holds is not hidden");
    expect_diag(&c, WR_DIAG_WARNING, WR_E_MALFORMED, cell_at(root), "1 subkeys, its lists hold 2");
    cr_assert_eq(c.diags.list.count, 1);
    close_case(&c);
}

Test(regf, without_subkeys_and_values_stale_lists_are_nothing)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), sub = hive_key(&c.h, "Deleted", root), v;

    hive_subkeys(&c.h, root, "lh", &sub, 1);
    v = hive_value(&c.h, "Deleted", WR_REG_DWORD, "\1\0\0", 4);
    hive_values(&c.h, root, &v, 1);
    hive_u32(&c.h, root, NK_NUM_SUBKEYS, 0);
    hive_u32(&c.h, root, NK_NUM_VALUES, 0);
    hive_u32(&c.h, root, NK_NUM_VOLATILE, 3);
    hive_u32(&c.h, root, NK_VOLATILE, 0xDEADBEE8);
    open_case(&c, root);
    expect_counts(&c, 1, 0, 0);
    close_case(&c);
}

Test(regf, one_bad_reference_hides_no_siblings)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), keys[3], list;

    keys[0] = hive_key(&c.h, "a", root);
    keys[1] = hive_key(&c.h, "b", root);
    keys[2] = hive_key(&c.h, "c", root);
    list = hive_subkeys(&c.h, root, "lh", keys, 3);
    hive_u32(&c.h, list, 4 + 8, 0x700);
    open_case(&c, root);
    cr_assert_str_eq(subkey_names(&c, &c.root), "a;c;");
    expect_diag(&c, WR_DIAG_SKIPPED, WR_E_MALFORMED, cell_at(0x700), "size 0");
    cr_assert_eq(c.diags.list.count, 1);
    close_case(&c);
}

Test(regf, damage_met_again_is_recorded_once_and_with_its_path)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), a = hive_key(&c.h, "A", root), b, list;
    wr_regf_key key;

    b = hive_key(&c.h, "B", a);
    hive_subkeys(&c.h, root, "lh", &a, 1);
    list = hive_subkeys(&c.h, a, "lh", &b, 1);
    hive_u32(&c.h, list, 4, 0x700);
    open_case(&c, root);
    for (int i = 0; i < 3; i++)
        cr_assert_not(wr_regf_find_path(&c.regf, &c.root, "a\\b\\c", &c.diags, &key));
    cr_assert_eq(c.diags.list.count, 1);
    cr_assert_eq(c.diags.num_skipped, 1);
    cr_assert_str_eq(c.diags.list.items[0].path, "a");
    close_case(&c);
}

Test(regf, paths)
{
    struct hive_case c = { .h = hive_new(5) };
    uint32_t root = hive_key(&c.h, "ROOT", NIL), a = hive_key(&c.h, "A", root);
    uint32_t b = hive_key(&c.h, "Remote Desktop", a);
    char longer[300];
    wr_regf_key key;

    hive_subkeys(&c.h, root, "lh", &a, 1);
    hive_subkeys(&c.h, a, "lh", &b, 1);
    open_case(&c, root);
    cr_assert(wr_regf_find_path(&c.regf, &c.root, "", &c.diags, &key) && key.cell == root);
    cr_assert(wr_regf_find_path(&c.regf, &c.root, "a\\remote desktop", &c.diags, &key) &&
              key.cell == b);
    cr_assert_not(wr_regf_find_path(&c.regf, &c.root, "a\\\\remote desktop", &c.diags, &key));
    cr_assert_not(wr_regf_find_path(&c.regf, &c.root, "\\a", &c.diags, &key));
    cr_assert_not(wr_regf_find_path(&c.regf, &c.root, "remote desktop", &c.diags, &key));
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    cr_assert_not(wr_regf_find_path(&c.regf, &c.root, longer, &c.diags, &key));
    cr_assert_eq(c.diags.list.count, 0);
    close_case(&c);
}
