#include "support.h"

#include "format/reg_pol.h"
#include "reg_check.h"
#include "winroots/limits.h"

#define HEADER 'P', 'R', 'e', 'g', 1, 0, 0, 0
#define U(c)   (c), 0 /* a character of ASCII as a UTF-16LE unit */
#define NUL    0, 0

/* A record; sizes and types are below 256. */
#define HEAD(type, size) U(';'), (type), 0, 0, 0, U(';'), (size), 0, 0, 0, U(';')
#define KEY              U('['), U('K'), U('\\'), U('L'), NUL, U(';')

static wr_arena arena;
static wr_diags diags;

static void start(void)
{
    wr_arena_init(&arena, (size_t)256 << 20);
    wr_diags_init(&diags, &arena);
}

static void stop(void)
{
    wr_arena_free(&arena);
}

TestSuite(reg_pol, .init = start, .fini = stop);

static wr_reg_entries parse(const uint8_t *bytes, size_t len)
{
    wr_reg_entries e = { 0 };
    wr_error err = { 0 };

    cr_assert(wr_reg_pol_parse(view_of(bytes, len), &arena, &diags, &e, &err), "%s", err.message);
    cr_assert(reg_is_consistent(&e, 0, len));
    return e;
}

/* ---- records made of their parts ---------------------------------------------------------------
 */

typedef struct policy {
    uint8_t *data;
    size_t len;
} policy;

static void put(policy *b, const void *data, size_t len)
{
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

static void put_text(policy *b, const char *ascii)
{
    for (; *ascii; ascii++)
        put(b, (const uint8_t[]){ (uint8_t)*ascii, 0 }, 2);
}

static void put_u32(policy *b, size_t n)
{
    put(b,
        (const uint8_t[]){ (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24) },
        4);
}

static policy begin(size_t room)
{
    policy b = { WR_NEW(&arena, uint8_t, room), 0 };

    cr_assert(b.data);
    put(&b, (const uint8_t[]){ HEADER }, 8);
    return b;
}

static void put_record(policy *b, const char *key, const char *name, uint32_t type,
                       const void *data, size_t size)
{
    put_text(b, "[");
    put_text(b, key);
    put(b, "\0", 2);
    put_text(b, ";");
    put_text(b, name);
    put(b, "\0", 2);
    put_text(b, ";");
    put_u32(b, type);
    put_text(b, ";");
    put_u32(b, size);
    put_text(b, ";");
    put(b, data, size);
    put_text(b, "]");
}

/* ---- reading -----------------------------------------------------------------------------------
 */

/* A value whose data looks like the end of one record and the beginning of the next. */
static const uint8_t traps[] = { HEADER, KEY,    U('B'), NUL, HEAD(3, 8), U(']'), U('['),
                                 U(';'), U(']'), U(']'), KEY, U('d'),     NUL,    HEAD(4, 4),
                                 0x2A,   0,      0,      0,   U(']') };

Test(reg_pol, records_end_where_their_size_says)
{
    static const uint8_t data[] = { U(']'), U('['), U(';'), U(']') };
    wr_reg_entries e = parse(traps, sizeof traps);

    cr_assert_eq(diags.list.count, 0);
    cr_assert_eq(e.keys.count, 1, "two records of one key are one key");
    cr_assert_str_eq(e.keys.items[0].path, "K\\L");
    cr_assert_eq(e.keys.items[0].offset, 8);
    cr_assert_eq(e.values.count, 2);
    cr_assert_str_eq(e.values.items[0].name, "B");
    cr_assert_eq(e.values.items[0].type, 3);
    cr_assert_eq(e.values.items[0].offset, 8);
    cr_assert_eq(e.values.items[0].data.origin, 8 + 12 + 4 + 14);
    cr_assert(wr_view_is(e.values.items[0].data, data, sizeof data));
    cr_assert_eq(e.values.items[1].type, 4);
    cr_assert_eq(e.values.items[1].data.len, 4);
    cr_assert_eq(e.values.items[1].offset, 8 + 12 + 4 + 14 + 8 + 2);
}

Test(reg_pol, a_file_without_records_is_empty)
{
    static const uint8_t bytes[] = { HEADER };

    cr_assert_eq(parse(bytes, sizeof bytes).keys.count, 0);
    cr_assert_eq(diags.list.count, 0);
}

Test(reg_pol, data_may_be_larger_than_the_grammar_says)
{
    size_t size = 0x10000 + 7;
    uint8_t *data = WR_NEW(&arena, uint8_t, size);
    policy b = begin(size + 256);
    wr_reg_entries e;

    memset(data, ']', size);
    put_record(&b, "K", "Blob", 3, data, size);
    put_record(&b, "K", "next", 4, "\1\0\0", 4);
    e = parse(b.data, b.len);
    cr_assert_eq(e.values.count, 2);
    cr_assert(wr_view_is(e.values.items[0].data, data, size));
}

Test(reg_pol, a_record_of_a_key_alone_makes_the_key)
{
    policy b = begin(512);
    wr_reg_entries e;

    put_record(&b, "Root\\CRLs", "", 0, "", 0);
    put_record(&b, "Root\\CTLs", "", 0, "", 0);
    put_record(&b, "Root\\CTLs", "", 1, "x\0\0", 4);
    e = parse(b.data, b.len);
    cr_assert_eq(e.keys.count, 2);
    cr_assert_eq(e.keys.items[0].num_values, 0);
    cr_assert_eq(e.keys.items[1].num_values, 1, "a default value is one");
    cr_assert_str_eq(e.values.items[0].name, "");
}

Test(reg_pol, instructions_are_read_in_any_case)
{
    static const struct {
        const char *name;
        wr_reg_op op;
        const char *value;
    } rows[] = {
        { "**Del.Old", WR_REG_DELETE, "Old" },
        { "**del.a.b", WR_REG_DELETE, "a.b" },
        { "**del.", WR_REG_DELETE, "" },
        { "**DelVals.", WR_REG_DELETE_VALUES, "" },
        { "**DelVals", WR_REG_DELETE_VALUES, "" },
        { "**delvals. ", WR_REG_DELETE_VALUES, "" },
        { "*Del.Old", WR_REG_SET, "*Del.Old" },
        { "Del.Old", WR_REG_SET, "Del.Old" },
        { "**SecureKey", WR_REG_INSTRUCTION, "**SecureKey" },
        { "**SecureKey=1", WR_REG_INSTRUCTION, "**SecureKey=1" },
        { "**soft.Flags", WR_REG_INSTRUCTION, "**soft.Flags" },
        { "**DelValsX", WR_REG_INSTRUCTION, "**DelValsX" },
        { "**\x44\x45\x4C\x0E", WR_REG_INSTRUCTION, "**DEL\x0E" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_reg_entries e;
        policy b;

        stop();
        start();
        b = begin(512);
        put_record(&b, "K", rows[i].name, 1, " \0\0", 4);
        e = parse(b.data, b.len);
        cr_assert_eq(e.values.count, 1, "%s", rows[i].name);
        cr_assert_eq(e.values.items[0].op, rows[i].op, "%s", rows[i].name);
        cr_assert_str_eq(e.values.items[0].name, rows[i].value, "%s", rows[i].name);
        cr_assert_eq(diags.list.count, rows[i].op == WR_REG_INSTRUCTION, "%s", rows[i].name);
        cr_assert_eq(diags.num_skipped, 0);
    }
}

Test(reg_pol, separator_at_the_end_of_a_deleted_key_names_nothing)
{
    static const uint8_t keys[] = { U('x'), U('\\'), U(';'), U('\\'), U(';'),
                                    U('a'), U('\\'), U('b'), NUL };
    policy b = begin(512);
    wr_reg_entries e;

    put_record(&b, "K", "**DeleteKeys", 1, keys, sizeof keys);
    e = parse(b.data, b.len);
    cr_assert_eq(e.keys.count, 2);
    cr_assert_str_eq(e.keys.items[0].path, "K\\x");
    cr_assert_str_eq(e.keys.items[1].path, "K\\a\\b");
}

Test(reg_pol, lists_of_names_are_deletions_of_each)
{
    static const uint8_t values[] = { U('a'), U(';'), U(';'), U('b'), U('c'), NUL, U('x') };
    static const uint8_t keys[] = { U('M'), U(';'), U('N'), U(';'), NUL };
    policy b = begin(512);
    wr_reg_entries e;

    put_record(&b, "K", "**DeleteValues", 1, values, sizeof values);
    put_record(&b, "K", "**DeleteKeys", 1, keys, sizeof keys);
    put_record(&b, "K", "after", 1, "", 0);
    put_record(&b, "Z", "**deletekeys ", 1, keys, 2);
    e = parse(b.data, b.len);
    cr_assert_eq(diags.list.count, 0);
    cr_assert_eq(e.keys.count, 5);
    cr_assert_eq(e.values.count, 3);
    cr_assert_str_eq(e.values.items[0].name, "a");
    cr_assert_str_eq(e.values.items[1].name, "bc");
    cr_assert_eq(e.values.items[1].op, WR_REG_DELETE);
    cr_assert_str_eq(e.keys.items[1].path, "K\\M");
    cr_assert(e.keys.items[1].deleted);
    cr_assert_str_eq(e.keys.items[2].path, "K\\N");
    cr_assert_str_eq(e.keys.items[3].path, "K", "what follows a deletion follows it here too");
    cr_assert_str_eq(e.keys.items[4].path, "Z\\M");
    cr_assert_eq(wr_reg_num_deletes(&e), 5);
    cr_assert_eq(wr_reg_num_set(&e), 1);
}

/* ---- damage ------------------------------------------------------------------------------------
 */

Test(reg_pol, what_is_no_policy_file_is_refused)
{
    static const struct {
        uint8_t bytes[8];
        size_t len;
        wr_code code;
    } rows[] = {
        { { 0 }, 0, WR_E_MALFORMED },
        { { 'P', 'R', 'e' }, 3, WR_E_MALFORMED },
        { { 'p', 'r', 'e', 'g', 1 }, 8, WR_E_MALFORMED },
        { { 'P', 'R', 'e', 'g', 1, 0, 0 }, 7, WR_E_TRUNCATED },
        { { 'P', 'R', 'e', 'g', 2 }, 8, WR_E_UNSUPPORTED },
        { { 'P', 'R', 'e', 'g', 1, 0, 0, 1 }, 8, WR_E_UNSUPPORTED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_reg_entries e;
        wr_error err = { .code = WR_OK };

        cr_assert_not(
            wr_reg_pol_parse(view_of(rows[i].bytes, rows[i].len), &arena, &diags, &e, &err));
        cr_assert_eq(err.code, rows[i].code, "row %zu", i);
        cr_assert_eq(err.offset, 0);
    }
}

/* What stands behind one good record: the fault, and its place behind that record. */
Test(reg_pol, a_broken_record_ends_the_reading)
{
    enum { GOOD = 8 + 12 + 4 + 14 + 2 };
    static const struct {
        const char *what;
        uint8_t bytes[48];
        size_t len;
        wr_code code;
        size_t at;
    } rows[] = {
        { "one byte", { '[' }, 1, WR_E_TRUNCATED, 0 },
        { "no bracket", { 0, 0, 0, 0 }, 4, WR_E_MALFORMED, 0 },
        { "key cut", { U('['), U('K') }, 4, WR_E_TRUNCATED, 4 },
        { "no key", { U('['), NUL, U(';'), NUL, HEAD(0, 0), U(']') }, 24, WR_E_MALFORMED, 0 },
        { "no semicolon", { U('['), U('K'), NUL, U(',') }, 8, WR_E_MALFORMED, 6 },
        { "name cut", { KEY, U('a') }, 14, WR_E_TRUNCATED, 14 },
        { "type cut", { KEY, NUL, U(';'), 1, 0, 0 }, 19, WR_E_TRUNCATED, 16 },
        { "size cut", { KEY, NUL, U(';'), 1, 0, 0, 0, U(';'), 1 }, 23, WR_E_TRUNCATED, 22 },
        { "data cut", { KEY, NUL, HEAD(3, 4), 1, 2, 3 }, 31, WR_E_TRUNCATED, 28 },
        { "size of 4 GB",
          { KEY, NUL, U(';'), 3, 0, 0, 0, U(';'), 0xFF, 0xFF, 0xFF, 0xFF, U(';'), 1, 2 },
          30,
          WR_E_LIMIT,
          28 },
        { "no end", { KEY, NUL, HEAD(3, 1), 1 }, 29, WR_E_TRUNCATED, 29 },
        { "another end", { KEY, NUL, HEAD(3, 1), 1, U('[') }, 31, WR_E_MALFORMED, 29 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[GOOD + sizeof rows->bytes] = { HEADER, KEY, U('g'), NUL, HEAD(1, 0), U(']') };
        wr_reg_entries e;

        stop();
        start();
        memcpy(bytes + GOOD, rows[i].bytes, rows[i].len);
        e = parse(bytes, GOOD + rows[i].len);
        cr_assert_eq(e.values.count, 1, "%s", rows[i].what);
        cr_assert_eq(diags.num_skipped, 2, "%s", rows[i].what);
        cr_assert_eq(diags.list.items[0].code, rows[i].code, "%s: %s", rows[i].what,
                     diags.list.items[0].message);
        cr_assert_eq(diags.list.items[0].offset, GOOD + rows[i].at, "%s: +%d", rows[i].what,
                     (int)diags.list.items[0].offset - GOOD);
        cr_assert_eq(diags.list.items[1].offset, GOOD, "%s", rows[i].what);
    }
}

static char *many(char c, size_t n)
{
    char *text = WR_NEW(&arena, char, n + 1);

    cr_assert(text);
    memset(text, c, n);
    return text;
}

Test(reg_pol, names_and_paths_have_limits)
{
    static const struct {
        size_t key, name;
        size_t values;
    } rows[] = {
        { WR_LIMIT_KEY_PATH, 1, 1 },
        { WR_LIMIT_KEY_PATH + 1, 1, 0 },
        { 1, WR_LIMIT_VALUE_NAME, 1 },
        { 1, WR_LIMIT_VALUE_NAME + 7, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        policy b = begin(2 * (rows[i].key + rows[i].name) + 256);

        put_record(&b, many('k', rows[i].key), many('n', rows[i].name), 1, "", 0);
        cr_assert_eq(parse(b.data, b.len).values.count, rows[i].values, "row %zu", i);
        if (!rows[i].values)
            cr_assert_eq(diags.list.items[diags.list.count - 2].code, WR_E_LIMIT);
    }
}

Test(reg_pol, lists_of_keys_cannot_make_a_small_file_large)
{
    size_t len = 100000, count = 1000;
    policy b = begin(2 * len + 4 * count + 256);
    uint8_t *list = WR_NEW(&arena, uint8_t, 4 * count);
    wr_reg_entries e;

    for (size_t i = 0; i < count; i++)
        memcpy(list + 4 * i, (const uint8_t[]){ U('a'), U(';') }, 4);
    put_record(&b, many('k', len), "**DeleteKeys", 1, list, 4 * count);
    e = parse(b.data, b.len);
    cr_assert_eq(e.keys.count, WR_LIMIT_POL_LISTS / (len + 2));
    cr_assert_eq(diags.list.items[0].code, WR_E_LIMIT);
    cr_assert_eq(diags.num_skipped, count - e.keys.count);
}

/* ---- writing -----------------------------------------------------------------------------------
 */

static wr_view write_entries(const wr_reg_entries *e)
{
    wr_error err;
    wr_view written;
    wr_out *out;

    cr_assert(wr_out_memory(&out, &err));
    wr_reg_pol_write(out, e, &diags);
    cr_assert(wr_out_finish(out, &err));
    cr_assert(wr_arena_copy(&arena, wr_out_bytes(out), &written));
    wr_out_discard(out);
    return written;
}

/* Each entry stands at a place of its own, as if it had been read. */
static uint64_t place(const wr_reg_entries *e)
{
    return e->keys.count + e->values.count;
}

static void add_value(wr_reg_entries *e, wr_reg_op op, const char *name, uint32_t type,
                      const void *data, size_t len)
{
    wr_reg_value value = { op, type, name, view_of(data, len), place(e) };
    wr_error err;

    cr_assert(wr_reg_add_value(e, &arena, &value, &err));
}

static void add_key(wr_reg_entries *e, const char *path, bool deleted)
{
    wr_error err;

    cr_assert(wr_reg_add_key(e, &arena, path, deleted, (wr_view){ .origin = place(e) }, &err));
}

Test(reg_pol, records_are_written_as_the_grammar_says)
{
    static const uint8_t list[] = { U('x'), NUL };
    wr_reg_entries e = { 0 };
    policy b = begin(2048);

    add_key(&e, "K\\L", false);
    add_value(&e, WR_REG_SET, "B", 3, "];[", 3);
    add_value(&e, WR_REG_SET, "", 1, "x\0\0", 4);
    add_value(&e, WR_REG_DELETE, "old", 0, NULL, 0);
    add_value(&e, WR_REG_DELETE_VALUES, "", 0, NULL, 0);
    add_value(&e, WR_REG_INSTRUCTION, "**SecureKey=1", 4, "\1\0\0", 4);
    add_key(&e, "Root\\CRLs", false);
    add_key(&e, "K\\x", true);
    put_record(&b, "K\\L", "B", 3, "];[", 3);
    put_record(&b, "K\\L", "", 1, "x\0\0", 4);
    put_record(&b, "K\\L", "**Del.old", 1, " \0\0", 4);
    put_record(&b, "K\\L", "**DelVals.", 1, " \0\0", 4);
    put_record(&b, "K\\L", "**SecureKey=1", 4, "\1\0\0", 4);
    put_record(&b, "Root\\CRLs", "", 0, "", 0);
    put_record(&b, "K", "**DeleteKeys", 1, list, sizeof list);
    cr_assert(wr_view_is(write_entries(&e), b.data, b.len));
    cr_assert_eq(diags.list.count, 0);
}

Test(reg_pol, text_above_ascii_is_counted_in_units)
{
    static const uint8_t expected[] = { HEADER, U('['), U('K'), NUL,    U(';'),     U('*'), U('*'),
                                        U('D'), U('e'), U('l'), U('e'), U('t'),     U('e'), U('K'),
                                        U('e'), U('y'), U('s'), NUL,    HEAD(1, 8), 0xAC,   0x20,
                                        0x3D,   0xD8,   0x12,   0xDD,   NUL,        U(']') };
    wr_reg_entries e = { 0 };

    add_key(&e, "K\\\xE2\x82\xAC\xF0\x9F\x94\x92", true);
    cr_assert(wr_view_is(write_entries(&e), expected, sizeof expected));
}

Test(reg_pol, what_a_policy_file_cannot_say_is_left_out_and_said)
{
    static const char *const keys[] = { "alone", "K\\a;b", "K\\", "\\a" };
    wr_reg_entries e = { 0 };
    policy b = begin(64);

    for (size_t i = 0; i < 4; i++)
        add_key(&e, keys[i], true);
    add_key(&e, "K", false);
    add_value(&e, WR_REG_SET, "**Del.x", 1, "", 0);
    add_value(&e, WR_REG_SET, "", 0, "", 0);
    cr_assert(wr_view_is(write_entries(&e), b.data, b.len));
    cr_assert_eq(diags.num_skipped, 6);
    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(diags.list.items[i].code, WR_E_UNSUPPORTED);
}

/* ---- any bytes ---------------------------------------------------------------------------------
 */

/* What was read can be written, and is read again as the same. */
static void parse_any(wr_view v, wr_arena *a)
{
    wr_reg_entries e = { 0 }, again = { 0 };
    wr_error err = { .code = WR_OK };
    wr_out *out;
    wr_diags d;

    wr_diags_init(&d, a);
    if (!wr_reg_pol_parse(v, a, &d, &e, &err)) {
        cr_assert(err.code == WR_E_MALFORMED || err.code == WR_E_UNSUPPORTED ||
                  err.code == WR_E_TRUNCATED || err.code == WR_E_NO_MEMORY);
        return;
    }
    cr_assert(reg_is_consistent(&e, v.origin, v.len));
    if (a->fail_after)
        return;
    cr_assert(wr_out_memory(&out, &err));
    wr_diags_init(&d, a);
    wr_reg_pol_write(out, &e, &d);
    cr_assert_eq(d.num_skipped, 0, "%s", d.list.items[0].message);
    cr_assert(wr_out_finish(out, &err));
    cr_assert(wr_reg_pol_parse(wr_out_bytes(out), a, &d, &again, &err), "%s", err.message);
    cr_assert_eq(d.num_skipped, 0, "%s", d.list.items[0].message);
    cr_assert(reg_equal(&e, &again));
    wr_out_discard(out);
}

static policy everything(void)
{
    static const uint8_t list[] = { U('x'), U(';'), U('y'), NUL };
    policy b = begin(2048);

    put_record(&b, "Software\\K", "Blob", 3, traps, sizeof traps);
    put_record(&b, "Software\\K", "**Del.Old", 1, " \0\0", 4);
    put_record(&b, "Software\\K", "**DeleteValues", 1, list, sizeof list);
    put_record(&b, "Software\\K", "**DeleteKeys", 1, list, sizeof list);
    put_record(&b, "Software\\L", "**DelVals.", 1, " \0\0", 4);
    put_record(&b, "Software\\L", "**SecureKey", 4, "\1\0\0", 4);
    put_record(&b, "Software\\M", "", 0, "", 0);
    return b;
}

Test(reg_pol, every_prefix_is_safe)
{
    policy b = everything();

    for_every_prefix(b.data, b.len, parse_any);
}

Test(reg_pol, every_flip_is_safe)
{
    policy b = everything();

    for_every_flip(b.data, b.len, parse_any);
}

Test(reg_pol, every_failing_allocation_is_safe)
{
    policy b = everything();

    for_every_allocation(b.data, b.len, 60, parse_any);
}
