#include "support.h"

#include <criterion/parameterized.h>

#include "format/reg_text.h"
#include "reg_check.h"
#include "winroots/limits.h"

#define V5  "Windows Registry Editor Version 5.00\n\n"
#define KEY "[HKEY_LOCAL_MACHINE\\SOFTWARE\\K]\n"

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

TestSuite(reg_text, .init = start, .fini = stop);

static wr_reg_entries parse_bytes(const void *bytes, size_t len)
{
    wr_reg_entries e = { 0 };
    wr_error err = { 0 };

    cr_assert(wr_reg_text_parse(view_of(bytes, len), &arena, &diags, &e, &err), "%s", err.message);
    cr_assert(reg_is_consistent(&e, 0, len));
    return e;
}

static wr_reg_entries parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

/* ---- values ------------------------------------------------------------------------------------
 */

#define U(c) (c), 0 /* a character of ASCII as a UTF-16LE unit */

/* A line below a key: what the registry would hold. */
static const struct {
    const char *line, *name;
    uint32_t type;
    uint8_t data[24];
    size_t len;
} good[] = {
    { "\"a\"=\"xy\"", "a", 1, { U('x'), U('y'), U(0) }, 6 },
    { "\"a\"=\"\"", "a", 1, { U(0) }, 2 },
    { "@=\"x\"", "", 1, { U('x'), U(0) }, 4 },
    { "\"\"=\"x\"", "", 1, { U('x'), U(0) }, 4 },
    { "\"@\"=\"x\"", "@", 1, { U('x'), U(0) }, 4 },
    { "\"a\"=\"\\\\\\\"\"", "a", 1, { U('\\'), U('"'), U(0) }, 6 },
    { "\"\\\\a\\\"=\"=\"x\"", "\\a\"=", 1, { U('x'), U(0) }, 4 },
    { "\"a\"=\";x\" ; y", "a", 1, { U(';'), U('x'), U(0) }, 6 },
    { "\"a\"=\"x\";y", "a", 1, { U('x'), U(0) }, 4 },
    { "\"a\"=\"x\"\t\t;y", "a", 1, { U('x'), U(0) }, 4 },
    { "\t \" a \"\t = \t\" x \" ", " a ", 1, { U(' '), U('x'), U(' '), U(0) }, 8 },
    { "\"a\"=dword:0000002a", "a", 4, { 0x2a, 0, 0, 0 }, 4 },
    { "\"a\"=dword:1", "a", 4, { 1, 0, 0, 0 }, 4 },
    { "\"a\"=dword:\t DEADbeef\t", "a", 4, { 0xef, 0xbe, 0xad, 0xde }, 4 },
    { "\"a\"=dword:1234;5678", "a", 4, { 0x34, 0x12, 0, 0 }, 4 },
    { "\"a\"=dword:1234 ;5678", "a", 4, { 0x34, 0x12, 0, 0 }, 4 },
    { "\"a\"=hex:", "a", 3, { 0 }, 0 },
    { "\"a\"=hex:0,1F,f2", "a", 3, { 0, 0x1f, 0xf2 }, 3 },
    { "\"a\"=hex:00,01,", "a", 3, { 0, 1 }, 2 },
    { "\"a\"=hex: 00 , 01 ; 02", "a", 3, { 0, 1 }, 2 },
    { "\"a\"=hex(0):01", "a", 0, { 1 }, 1 },
    { "\"a\"=hex(1):78,00", "a", 1, { 0x78, 0 }, 2 },
    { "\"a\"=hex(2):25,00,00,00", "a", 2, { U('%'), U(0) }, 4 },
    { "\"a\"=hex(b):08,00,00,00,00,00,00,00", "a", 11, { 8 }, 8 },
    { "\"a\"=hex(B):08", "a", 11, { 8 }, 1 },
    { "\"a\"=hex(ffff0011):07", "a", 0xffff0011, { 7 }, 1 },
    { "\"a\"=hex:00,\\\n  01,\\\n  02", "a", 3, { 0, 1, 2 }, 3 },
    { "\"a\"=hex:\\\n  00", "a", 3, { 0 }, 1 },
    { "\"a\" = hex(2):25,00,\\\n\t\t\t\t 00,00", "a", 2, { U('%'), U(0) }, 4 },
    { "\"a\"=hex:00,\\ ; c\n 01,\\;c\n02", "a", 3, { 0, 1, 2 }, 3 },
    { "\"a\"=hex:00,\\\n  ; c\n  01", "a", 3, { 0, 1 }, 2 },
    { "\"a\"=hex:00,\\\n\n  01,\\\n\n  02", "a", 3, { 0, 1, 2 }, 3 },
    { "\"a\"=\"x\ny\"", "a", 1, { U('x'), U('\n'), U('y'), U(0) }, 8 },
    { "\"a\"=\"x\r\n[y]\r\n\"",
      "a",
      1,
      { U('x'), U('\r'), U('\n'), U('['), U('y'), U(']'), U('\r'), U('\n'), U(0) },
      18 },
};

Test(reg_text, values_are_read)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char text[256];
        wr_reg_entries e;

        snprintf(text, sizeof text, V5 KEY "%s\n\"end\"=-\n", good[i].line);
        e = parse(text);
        cr_assert_eq(diags.list.count, 0, "%s: %s", good[i].line, diags.list.items[0].message);
        cr_assert_eq(e.values.count, 2, "%s", good[i].line);
        cr_assert_eq(e.values.items[0].op, WR_REG_SET, "%s", good[i].line);
        cr_assert_str_eq(e.values.items[0].name, good[i].name, "%s", good[i].line);
        cr_assert_eq(e.values.items[0].type, good[i].type, "%s", good[i].line);
        cr_assert_eq(e.values.items[0].offset, strlen(V5 KEY) + strspn(good[i].line, "\t "));
        cr_assert(wr_view_is(e.values.items[0].data, good[i].data, good[i].len), "%s",
                  good[i].line);
        cr_assert_eq(e.values.items[1].op, WR_REG_DELETE, "%s", good[i].line);
    }
}

/* A line below a key that is left out: its fault and where, from the line's beginning.  The line
 * behind it is read. */
static const struct {
    const char *line;
    wr_code code;
    size_t at;
} bad[] = {
    { "\"a\"=\"x", WR_E_MALFORMED,
      4 }, /* up to the quote of the next line, which is none of its own */
    { "\"a\"=x\"", WR_E_MALFORMED, 4 },
    { "\"a\"=x", WR_E_MALFORMED, 4 },
    { "\"a\"=", WR_E_MALFORMED, 4 },
    { "\"a\"=;\"x\"", WR_E_MALFORMED, 4 },
    { "\"a\"=#\"x\"", WR_E_MALFORMED, 4 },
    { "\"a\"=\\\"x\\\"", WR_E_MALFORMED, 4 },
    { "\"a=\"x\"", WR_E_MALFORMED, 4 },
    { "\"a", WR_E_MALFORMED, 0 },
    { "\"a\"", WR_E_MALFORMED, 3 },
    { "\"a\" \"x\"", WR_E_MALFORMED, 4 },
    { "\"a\\", WR_E_MALFORMED, 2 },
    { "a\"=\"x\"", WR_E_MALFORMED, 0 },
    { "a=\"x\"", WR_E_MALFORMED, 0 },
    { "=\"x\"", WR_E_MALFORMED, 0 },
    { "@", WR_E_MALFORMED, 1 },
    { "@x=\"y\"", WR_E_MALFORMED, 1 },
    { "\"a\"=\"x\"y\"", WR_E_MALFORMED, 7 },
    { "\"a\"=\"x\"\"y\"", WR_E_MALFORMED, 7 },
    { "\"a\"=\"x\"#y", WR_E_MALFORMED, 7 },
    { "\"a\"=\"x \\\ny\"", WR_E_MALFORMED, 7 },
    { "\"a\"=dword:", WR_E_MALFORMED, 10 },
    { "\"a\"=dword:hello", WR_E_MALFORMED, 10 },
    { "\"a\"=dword:-1", WR_E_MALFORMED, 10 },
    { "\"a\"=dword:012345678", WR_E_MALFORMED, 18 },
    { "\"a\"=dword:0x123", WR_E_MALFORMED, 11 },
    { "\"a\"=dword:123 456", WR_E_MALFORMED, 14 },
    { "\"a\"=dword:1 #c", WR_E_MALFORMED, 12 },
    { "\"a\"=qword:1", WR_E_MALFORMED, 4 },
    { "\"a\"=hex", WR_E_MALFORMED, 4 },
    { "\"a\"=hex(:00", WR_E_MALFORMED, 4 },
    { "\"a\"=hex():00", WR_E_MALFORMED, 4 },
    { "\"a\"=hex(123456789):00", WR_E_MALFORMED, 4 },
    { "\"a\"=hex:0g", WR_E_MALFORMED, 9 },
    { "\"a\"=hex:000", WR_E_MALFORMED, 10 },
    { "\"a\"=hex:00 01", WR_E_MALFORMED, 11 },
    { "\"a\"=hex:,00", WR_E_MALFORMED, 8 },
    { "\"a\"=hex:00,,01", WR_E_MALFORMED, 11 },
    { "\"a\"=hex:00\\", WR_E_MALFORMED, 10 },
    { "\"a\"=hex:00\\\n,01", WR_E_MALFORMED, 10 },
    { "\"a\"=hex:00,\\x\n  01,\\\n  02", WR_E_MALFORMED, 12 },
    { "\"a\"=hex:00,\\#c\n  01,\\\n  02", WR_E_MALFORMED, 12 },
    { "\"a\"=hex:00,x1,\\\n  01,\\\n  02", WR_E_MALFORMED, 11 },
    { "\"a\"=hex:00,\\\n\"b\"=x", WR_E_MALFORMED, 13 }, /* and the next line is another fault */
    { "\"a\"=-1", WR_E_MALFORMED, 5 },
    { "[", WR_E_MALFORMED, 0 },
    { "[]", WR_E_MALFORMED, 0 },
    { "[-]", WR_E_MALFORMED, 0 },
    { "[HKEY", WR_E_MALFORMED, 0 },
    { "[HKEY]x", WR_E_MALFORMED, 6 },
    { "\x01", WR_E_MALFORMED, 0 },
};

Test(reg_text, a_damaged_line_hides_no_other)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[256];
        wr_reg_entries e;

        stop();
        start();
        snprintf(text, sizeof text, V5 KEY "%s\n" KEY "\"end\"=\"x\"\n", bad[i].line);
        e = parse(text);
        cr_assert_geq(diags.list.count, 1, "%s", bad[i].line);
        cr_assert_eq(diags.list.items[0].severity, WR_DIAG_SKIPPED, "%s", bad[i].line);
        cr_assert_eq(diags.list.items[0].code, bad[i].code, "%s", bad[i].line);
        cr_assert_str_eq(diags.list.items[0].source, "unit");
        cr_assert_eq(e.keys.count, 2, "%s", bad[i].line);
        cr_assert_eq(e.values.count, 1, "%s", bad[i].line);
        cr_assert_str_eq(e.values.items[0].name, "end", "%s", bad[i].line);
        cr_assert_eq(diags.list.items[0].offset, strlen(V5 KEY) + bad[i].at, "%s: %s at +%d",
                     bad[i].line, diags.list.items[0].message,
                     (int)(diags.list.items[0].offset - strlen(V5 KEY)));
    }
}

Test(reg_text, values_belong_to_the_key_before_them)
{
    wr_reg_entries e = parse("REGEDIT4\r\n\"lost\"=\"x\"\r\n"
                             "[HKEY_USERS\\S-1-5-18\\a]b]\r\n\"a\"=\"\"\r\n\"b\"=-\r\n"
                             "  [-HKEY_USERS\\x] ; gone\r\n\"lost\"=\"x\"\r\n"
                             "[broken\r\n\"lost\"=\"x\"\r\n\"lost too\"=\"x\"\r\n"
                             "[HKEY_USERS\\S-1-5-18\\a]b]\r\n@=\"\"");

    cr_assert_eq(diags.num_skipped, 5);
    cr_assert_eq(e.keys.count, 3);
    cr_assert_str_eq(e.keys.items[0].path, "HKEY_USERS\\S-1-5-18\\a]b");
    cr_assert_eq(e.keys.items[0].num_values, 2);
    cr_assert_eq(e.keys.items[0].offset, 22);
    cr_assert_str_eq(e.keys.items[1].path, "HKEY_USERS\\x");
    cr_assert(e.keys.items[1].deleted);
    cr_assert_str_eq(e.keys.items[2].path, e.keys.items[0].path);
    cr_assert_eq(e.keys.items[2].num_values, 1);
    cr_assert_eq(wr_reg_num_set(&e), 2);
    cr_assert_eq(wr_reg_num_deletes(&e), 2);
}

Test(reg_text, data_that_never_goes_on_is_cut)
{
    static const char text[] = V5 KEY "\"a\"=hex:00,\\\n";
    wr_reg_entries e = parse(text);

    cr_assert_eq(e.values.count, 0);
    cr_assert_eq(diags.list.count, 1);
    cr_assert_eq(diags.list.items[0].code, WR_E_TRUNCATED);
    cr_assert_eq(diags.list.items[0].offset, sizeof text - 1);
    cr_assert_str_eq(diags.list.items[0].path, "HKEY_LOCAL_MACHINE\\SOFTWARE\\K");
}

Test(reg_text, a_backslash_for_itself_is_kept_and_said)
{
    static const uint8_t data[] = { U('C'), U(':'), U('\\'), U('W'), U('\\'), U('n'), U(0) };
    wr_reg_entries e = parse(V5 KEY "\"a\\b\"=\"C:\\W\\n\"\n");

    cr_assert_eq(e.values.count, 1);
    cr_assert_str_eq(e.values.items[0].name, "a\\b");
    cr_assert(wr_view_is(e.values.items[0].data, data, sizeof data));
    cr_assert_eq(diags.list.count, 1);
    cr_assert_eq(diags.list.items[0].severity, WR_DIAG_WARNING);
    cr_assert_eq(diags.list.items[0].offset, strlen(V5 KEY) + 2);
}

Test(reg_text, lines_end_in_each_way)
{
    static const char *const ends[] = { "\n", "\r\n", "\r", "\n\r" };

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char text[256];
        const char *nl = ends[i];
        wr_reg_entries e;

        snprintf(text, sizeof text,
                 "REGEDIT4%s%s[K]%s\"a\"=hex:00,\\%s  01%s;c%s#c\\%s\"b\"=\"\"%s", nl, nl, nl, nl,
                 nl, nl, nl, nl);
        e = parse(text);
        cr_assert_eq(diags.list.count, 0);
        cr_assert_eq(e.values.count, 2);
        cr_assert_eq(e.values.items[0].data.len, 2);
    }
}

/* ---- headers and encodings ---------------------------------------------------------------------
 */

static const struct {
    const char *text;
    wr_code code; /* WR_OK = read; then with so many warnings */
    size_t at, warnings;
} headers[] = {
    { "REGEDIT4", WR_OK, 0, 0 },
    { " \t\r\n REGEDIT4\n", WR_OK, 0, 0 },
    { "Windows Registry Editor Version 5.00", WR_OK, 0, 0 },
    { "REGEDIT4 FOO\n", WR_OK, 9, 1 },
    { "REGEDIT4FOO\n", WR_OK, 8, 1 },
    { "REGEDIT\n", WR_E_UNSUPPORTED, 0, 0 },
    { "REGEDIT5\n", WR_E_UNSUPPORTED, 0, 0 },
    { "  Windows Registry Editor Version 4.00\n", WR_E_UNSUPPORTED, 2, 0 },
    { "Windows Registry Editor Version 5\n", WR_E_UNSUPPORTED, 0, 0 },
    { "regedit4\n", WR_E_MALFORMED, 0, 0 },
    { "Windows Registry Editor version 5.00\n", WR_E_MALFORMED, 0, 0 },
    { "", WR_E_MALFORMED, 0, 0 },
    { "[K]", WR_E_MALFORMED, 0, 0 },
};

Test(reg_text, a_header_comes_first)
{
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        wr_reg_entries e;
        wr_error err = { .code = WR_OK };
        bool ok;

        stop();
        start();
        ok = wr_reg_text_parse(view_of(headers[i].text, strlen(headers[i].text)), &arena, &diags,
                               &e, &err);
        cr_assert_eq(ok, headers[i].code == WR_OK, "%s", headers[i].text);
        cr_assert_eq(err.code, headers[i].code, "%s", headers[i].text);
        cr_assert_eq(diags.list.count, headers[i].warnings, "%s", headers[i].text);
        if (!ok)
            cr_assert_eq(err.offset, headers[i].at, "%s", headers[i].text);
        else if (headers[i].warnings)
            cr_assert_eq(diags.list.items[0].offset, headers[i].at, "%s", headers[i].text);
    }
}

/* ASCII as UTF-16LE; gives how many bytes. */
static size_t widen(const char *text, uint8_t *out)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = (uint8_t)text[i];
        out[2 * i + 1] = 0;
    }
    return 2 * n;
}

Test(reg_text, utf_16_is_read_with_and_without_its_mark)
{
    for (size_t mark = 0; mark <= 2; mark += 2) {
        uint8_t bytes[256] = { 0xFF, 0xFE };
        size_t len = mark + widen(V5 "[K]\n\"a\"=dword:1\n", bytes + mark);
        wr_reg_entries e = parse_bytes(bytes, len);

        cr_assert_eq(diags.list.count, 0);
        cr_assert_eq(e.keys.items[0].offset, mark + 2 * strlen(V5));
        cr_assert_eq(e.values.items[0].offset, mark + 2 * strlen(V5 "[K]\n"));
    }
}

Test(reg_text, half_a_unit_at_the_end_is_said)
{
    uint8_t bytes[256] = { 0xFF, 0xFE };
    size_t len = 2 + widen(V5 "[K]\n", bytes + 2);

    (void)parse_bytes(bytes, len + 1);
    cr_assert_eq(diags.list.count, 1);
    cr_assert_eq(diags.list.items[0].code, WR_E_TRUNCATED);
    cr_assert_eq(diags.list.items[0].offset, len);
}

Test(reg_text, units_that_are_no_text_stay_in_data)
{
    uint8_t bytes[256] = { 0xFF, 0xFE };
    size_t len = 2 + widen(V5 "[K]\n\"?\"=\"?\"\n", bytes + 2);
    static const uint8_t half[] = { 0x3D, 0xD8, 0, 0 };
    wr_reg_entries e;

    memcpy(bytes + len - 14, half, 2); /* ? " = " ? " \n */
    memcpy(bytes + len - 6, half, 2);
    e = parse_bytes(bytes, len);
    cr_assert_str_eq(e.values.items[0].name, "\xEF\xBF\xBD");
    cr_assert(wr_view_is(e.values.items[0].data, half, sizeof half));
    cr_assert_eq(diags.list.count, 1, "the name is another one now");
    cr_assert_eq(diags.list.items[0].severity, WR_DIAG_WARNING);
    cr_assert_eq(diags.list.items[0].offset, len - 16);
}

/* One name in three ways: the euro sign, and a character of two units. */
Test(reg_text, characters_above_ascii_are_read_in_each_encoding)
{
    static const uint8_t euro[] = { 0xAC, 0x20, 0, 0 };
    static const struct {
        const char *text, *name;
        size_t notes;
    } rows[] = {
        { "\xEF\xBB\xBF" V5 "[K]\n\"\xE2\x82\xAC\xF0\x9F\x94\x92\"=\"\xE2\x82\xAC\"",
          "\xE2\x82\xAC\xF0\x9F\x94\x92", 0 },
        { V5 "[K]\n\"\xE2\x82\xAC\xF0\x9F\x94\x92\"=\"\xE2\x82\xAC\"",
          "\xE2\x82\xAC\xF0\x9F\x94\x92", 1 },
        { V5 "[K]\n\"\x80\x81\xE9\"=\"\x80\"", "\xE2\x82\xAC\xC2\x81\xC3\xA9", 1 },
        { "REGEDIT4\n[K]\n\"\x80\x9F\"=\"\x80\"", "\xE2\x82\xAC\xC5\xB8", 1 },
        { "\xEF\xBB\xBF" V5 "[K]\n\"\xFF\"=\"\xE2\x82\xAC\"", "\xEF\xBF\xBD", 1 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_reg_entries e;

        stop();
        start();
        e = parse(rows[i].text);
        cr_assert_eq(e.values.count, 1, "row %zu", i);
        cr_assert_str_eq(e.values.items[0].name, rows[i].name, "row %zu", i);
        cr_assert(wr_view_is(e.values.items[0].data, euro, sizeof euro), "row %zu", i);
        cr_assert_eq(diags.list.count, rows[i].notes, "row %zu", i);
        cr_assert_eq(diags.num_skipped, 0);
    }
}

Test(reg_text, strings_in_hex_of_version_4_have_one_byte_a_character)
{
    static const uint8_t line[] = { U('L'), 0xAC, 0x20, U(0) };
    static const uint8_t raw[] = { 'L', 0x80, 0 };
    wr_reg_entries e = parse("REGEDIT4\n[K]\n"
                             "\"2\"=hex(2):4c,80,00\n\"7\"=hex(7):4c,80,00\n"
                             "\"1\"=hex(1):4c,80,00\n\"3\"=hex:4c,80,00\n");

    cr_assert_eq(e.values.count, 4);
    cr_assert(wr_view_is(e.values.items[0].data, line, sizeof line));
    cr_assert(wr_view_is(e.values.items[1].data, line, sizeof line));
    cr_assert(wr_view_is(e.values.items[2].data, raw, sizeof raw));
    cr_assert(wr_view_is(e.values.items[3].data, raw, sizeof raw));
}

/* ---- limits ------------------------------------------------------------------------------------
 */

/* A line of `n` times 'n' between `before` and `behind`, below a key. */
static wr_reg_entries parse_long(const char *before, size_t n, const char *behind)
{
    char *text = WR_NEW(&arena, char, strlen(V5 KEY) + strlen(before) + n + strlen(behind) + 1);

    cr_assert(text);
    strcpy(text, V5 KEY);
    strcat(text, before);
    memset(text + strlen(text), 'n', n);
    strcat(text, behind);
    return parse(text);
}

Test(reg_text, names_and_paths_have_limits)
{
    wr_reg_entries e = parse_long("\"", WR_LIMIT_VALUE_NAME, "\"=-\n");

    cr_assert_eq(e.values.count, 1);
    e = parse_long("\"", WR_LIMIT_VALUE_NAME + 1, "\"=-\n\"next\"=-\n");
    cr_assert_eq(e.values.count, 1);
    cr_assert_str_eq(e.values.items[0].name, "next");
    cr_assert_eq(diags.list.count, 1);
    cr_assert_eq(diags.list.items[0].code, WR_E_LIMIT);
    cr_assert_eq(diags.list.items[0].offset, strlen(V5 KEY) + 1 + WR_LIMIT_VALUE_NAME);
    e = parse_long("[", WR_LIMIT_KEY_PATH, "]\n");
    cr_assert_eq(e.keys.count, 2);
    e = parse_long("[", WR_LIMIT_KEY_PATH + 1, "]\n\"lost\"=-\n");
    cr_assert_eq(e.keys.count, 1);
    cr_assert_eq(e.values.count, 0);
    cr_assert_eq(diags.list.items[1].code, WR_E_LIMIT);
    cr_assert_eq(diags.list.items[1].offset, strlen(V5 KEY));
}

Test(reg_text, entries_have_a_limit)
{
    wr_reg_entries e = { .values = { .count = WR_LIMIT_REG_ENTRIES - 1 } };
    wr_reg_value value = { .name = "", .offset = 7, .data = { .source = "unit" } };
    wr_error err;

    cr_assert(wr_reg_add_key(&e, &arena, "K", false, view_of(NULL, 0), &err));
    cr_assert_not(wr_reg_add_key(&e, &arena, "K", false, view_of(NULL, 0), &err));
    cr_assert_eq(err.code, WR_E_LIMIT);
    cr_assert_not(wr_reg_add_value(&e, &arena, &value, &err));
    cr_assert_eq(err.code, WR_E_LIMIT);
    cr_assert_eq(err.offset, 7);
    cr_assert_str_eq(err.source, "unit");
}

/* ---- writing -----------------------------------------------------------------------------------
 */

static wr_view write_entries(const wr_reg_entries *e)
{
    wr_error err;
    wr_view bytes;
    wr_out *out;

    cr_assert(wr_out_memory(&out, &err));
    wr_reg_text_write(out, e, &diags);
    cr_assert(wr_out_finish(out, &err));
    cr_assert(wr_arena_copy(&arena, wr_out_bytes(out), &bytes));
    wr_out_discard(out);
    return bytes;
}

static void assert_written(const wr_reg_entries *e, const char *expected)
{
    uint8_t bytes[4096] = { 0xFF, 0xFE };
    size_t len = 2 + widen(expected, bytes + 2);
    wr_view got = write_entries(e);

    cr_assert_str_eq(wr_text(&arena, got, WR_UTF16LE),
                     wr_text(&arena, view_of(bytes, len), WR_UTF16LE));
    cr_assert(wr_view_is(got, bytes, len));
}

Test(reg_text, is_written_as_regedit_writes)
{
    /* Where hex goes on in the next line was seen in exports of regedit. */
    static const char text[] =
        "Windows Registry Editor Version 5.00\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\K]\r\n"
        "@=\"C:\\\\x \\\"y\\\"\"\r\n"
        "\"q\\\\\\\"\"=dword:0000002a\r\n"
        "\"Blob\"=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,15,\\\r\n"
        "  16,17,18,19,1a,1b,1c,1d,1e,1f,20,21,22,23,24,25,26,27,28,29,2a,2b,2c,2d,2e,\\\r\n"
        "  2f\r\n"
        "\"PeerUsages\"=hex(7):31,00,2e,00,33,00,2e,00,36,00,2e,00,31,00,2e,00,35,00,2e,\\\r\n"
        "  00,00,00,00,00\r\n"
        "\"e\"=hex(2):25,00,00,00\r\n"
        "\"n\"=hex(0):\r\n"
        "\"u\"=hex(ffff0011):07\r\n"
        "\"d\"=hex(4):01,02\r\n"
        "\"old\"=-\r\n\r\n"
        "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Old]\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Empty]\r\n\r\n";
    wr_reg_entries e = parse(text);

    cr_assert_eq(diags.list.count, 0);
    assert_written(&e, text);
    cr_assert_eq(diags.list.count, 0);
}

Test(reg_text, strings_that_a_line_cannot_hold_are_written_as_hex)
{
    static const struct {
        uint8_t data[8];
        size_t len;
        const char *text;
    } rows[] = {
        { { U('x'), U(0) }, 4, "\"x\"" },
        { { U(0) }, 2, "\"\"" },
        { { 0 }, 0, "hex(1):" },
        { { U('x') }, 2, "hex(1):78,00" },
        { { U('x'), 0 }, 3, "hex(1):78,00,00" },
        { { U('x'), U(0), U(0) }, 6, "hex(1):78,00,00,00,00,00" },
        { { U(0), U('x'), U(0) }, 6, "hex(1):00,00,78,00,00,00" },
        { { U('\n'), U(0) }, 4, "hex(1):0a,00,00,00" },
        { { U('\r'), U(0) }, 4, "hex(1):0d,00,00,00" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_reg_value value = { .name = "a", .type = 1, .data = view_of(rows[i].data, rows[i].len) };
        wr_reg_entries e = { 0 };
        char text[128];
        wr_error err;

        cr_assert(wr_reg_add_key(&e, &arena, "K", false, view_of(NULL, 0), &err));
        cr_assert(wr_reg_add_value(&e, &arena, &value, &err));
        snprintf(text, sizeof text,
                 "Windows Registry Editor Version 5.00\r\n\r\n[K]\r\n\"a\"=%s\r\n\r\n",
                 rows[i].text);
        assert_written(&e, text);
    }
}

Test(reg_text, what_a_text_cannot_say_is_left_out_and_said)
{
    static const wr_reg_value values[] = {
        { .op = WR_REG_DELETE_VALUES, .name = "", .offset = 1 },
        { .op = WR_REG_INSTRUCTION, .name = "**SecureKey", .offset = 2 },
        { .op = WR_REG_SET, .name = "a\nb", .offset = 3 },
        { .op = WR_REG_DELETE, .name = "a\rb", .offset = 4 },
        { .op = WR_REG_DELETE, .name = "kept", .offset = 5 },
    };
    static const char *const paths[] = { "-K", "K\nL", "K\rL" };
    wr_reg_entries e = { 0 };
    wr_error err;

    cr_assert(wr_reg_add_key(&e, &arena, "K", false, view_of(NULL, 0), &err));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        cr_assert(wr_reg_add_value(&e, &arena, &values[i], &err));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        cr_assert(wr_reg_add_key(&e, &arena, paths[i], false, (wr_view){ .origin = 6 + i }, &err));
    cr_assert(wr_reg_add_key(&e, &arena, "-K", true, view_of(NULL, 0), &err));
    assert_written(&e, "Windows Registry Editor Version 5.00\r\n\r\n[K]\r\n\"kept\"=-\r\n\r\n"
                       "[--K]\r\n\r\n");
    cr_assert_eq(diags.list.count, 7);
    for (size_t i = 0; i < 7; i++) {
        cr_assert_eq(diags.list.items[i].severity, WR_DIAG_SKIPPED);
        cr_assert_eq(diags.list.items[i].code, WR_E_UNSUPPORTED);
        cr_assert_eq(diags.list.items[i].offset, i < 4 ? i + 1 : i + 2);
    }
}

/* ---- any bytes ---------------------------------------------------------------------------------
 */

static const char everything[] =
    "\xFF\xFEW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0g\0i\0s\0t\0r\0y\0 \0E\0d\0i\0t\0o\0r\0 "
    "\0V\0e\0r\0s\0i\0o\0n\0 \0005\0.\0000\0000\0\r\0\n\0[\0K\0\\\0\xAC\x20]\0\r\0\n\0"
    "\"\0\x3D\xD8\x12\xDD\\\0\"\0\"\0 \0=\0 \0\"\0x\0\n\0\"\0\r\0\n\0"
    "@\0=\0h\0e\0x\0:\0000\0001\0,\0\\\0\n\0 \0000\0002\0\r\0\n\0[\0-\0L\0]\0\r\0\n\0";

static const char everything_4[] =
    "REGEDIT4\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\\xE9]\n\"a\\\\\"=\"x\\\"\"\n@=dword:1f ;c\n"
    "\"m\"=hex(7):4c,\\;c\n  80,00,00\n\"b\"=-\nbroken\n\"c\"=hex:0,x\n 1,2\n[-K]\n;end";

/* What was read can be written, and is read again as the same. */
static void parse_any(wr_view v, wr_arena *a)
{
    wr_reg_entries e = { 0 }, again = { 0 };
    wr_error err = { .code = WR_OK };
    wr_out *out;
    wr_diags d;

    wr_diags_init(&d, a);
    if (!wr_reg_text_parse(v, a, &d, &e, &err)) {
        cr_assert(err.code == WR_E_MALFORMED || err.code == WR_E_UNSUPPORTED ||
                  err.code == WR_E_NO_MEMORY);
        cr_assert_neq(err.message[0], '\0');
        return;
    }
    cr_assert(reg_is_consistent(&e, v.origin, v.len));
    if (a->fail_after)
        return;
    cr_assert(wr_out_memory(&out, &err));
    wr_diags_init(&d, a);
    wr_reg_text_write(out, &e, &d);
    cr_assert_eq(d.num_skipped, 0, "a text can say what a text said");
    cr_assert(wr_out_finish(out, &err));
    cr_assert(wr_reg_text_parse(wr_out_bytes(out), a, &d, &again, &err), "%s", err.message);
    cr_assert_eq(d.list.count, 0, "%s", d.list.items[0].message);
    cr_assert(reg_equal(&e, &again));
    wr_out_discard(out);
}

Test(reg_text, every_prefix_is_safe)
{
    for_every_prefix((const uint8_t *)everything, sizeof everything - 1, parse_any);
    for_every_prefix((const uint8_t *)everything_4, sizeof everything_4 - 1, parse_any);
}

Test(reg_text, every_flip_is_safe)
{
    for_every_flip((const uint8_t *)everything, sizeof everything - 1, parse_any);
    for_every_flip((const uint8_t *)everything_4, sizeof everything_4 - 1, parse_any);
}

Test(reg_text, every_failing_allocation_is_safe)
{
    for_every_allocation((const uint8_t *)everything, sizeof everything - 1, 40, parse_any);
    for_every_allocation((const uint8_t *)everything_4, sizeof everything_4 - 1, 80, parse_any);
}
