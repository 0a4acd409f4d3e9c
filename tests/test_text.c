#include "support.h"

#include "base/text.h"

#include <criterion/parameterized.h>

/* ---- in from the field ----------------------------------------------------------------------- */

struct decode {
    wr_encoding encoding;
    uint8_t bytes[16];
    size_t len;
    char expected[32];  /* wr_text           */
    char until_nul[32]; /* wr_text_until_nul */
};

ParameterizedTestParameters(text, decodes)
{
    static struct decode table[] = {
        { WR_UTF16LE, { 0 }, 0, "", "" },
        { WR_UTF16LE, { 'R', 0, 'o', 0 }, 4, "Ro", "Ro" },
        { WR_UTF16LE, { 'R', 0, 'o' }, 3, "R", "R" }, /* an odd last byte */
        { WR_UTF16LE, { 0xe9, 0, 0xac, 0x20 }, 4, "\xc3\xa9\xe2\x82\xac", "\xc3\xa9\xe2\x82\xac" },
        { WR_UTF16LE, { 0x3d, 0xd8, 0x12, 0xdd }, 4, "\xf0\x9f\x94\x92", "\xf0\x9f\x94\x92" },
        { WR_UTF16LE, { 0xff, 0xdb, 0xff, 0xdf }, 4, "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
        { WR_UTF16LE, { 0x3d, 0xd8 }, 2, "\xef\xbf\xbd", "\xef\xbf\xbd" }, /* high at the end */
        { WR_UTF16LE,
          { 0x3d, 0xd8, 'a', 0 },
          4,
          "\xef\xbf\xbd"
          "a",
          "\xef\xbf\xbd"
          "a" },
        { WR_UTF16LE,
          { 0x12, 0xdd, 0x3d, 0xd8 },
          4,
          "\xef\xbf\xbd\xef\xbf\xbd",
          "\xef\xbf\xbd\xef\xbf\xbd" }, /* the wrong way round */
        { WR_UTF16LE,
          { 'a', 0, 0, 0, 'b', 0 },
          6,
          "a\xe2\x90\x80"
          "b",
          "a" },
        { WR_UTF16LE, { 0, 0 }, 2, "\xe2\x90\x80", "" },
        { WR_UTF16LE,
          { 'a', 0, 0x3d, 0xd8, 0, 0 },
          6,
          "a\xef\xbf\xbd\xe2\x90\x80",
          "a\xef\xbf\xbd" },
        { WR_LATIN1, { 'A', 0xe9, 0xff }, 3, "A\xc3\xa9\xc3\xbf", "A\xc3\xa9\xc3\xbf" },
        { WR_LATIN1,
          { 'A', 0, 'B' },
          3,
          "A\xe2\x90\x80"
          "B",
          "A" },
    };
    return cr_make_param_array(struct decode, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct decode *row, text, decodes)
{
    uint8_t *exact = malloc(row->len ? row->len : 1);
    wr_arena a;

    cr_assert(exact);
    memcpy(exact, row->bytes, row->len);
    wr_arena_init(&a, 1 << 20);
    cr_assert_str_eq(wr_text(&a, view_of(exact, row->len), row->encoding), row->expected);
    cr_assert_str_eq(wr_text_until_nul(&a, view_of(exact, row->len), row->encoding),
                     row->until_nul);
    wr_arena_free(&a);
    free(exact);
}

struct utf8 {
    char bytes[16];
    size_t len;
    char expected[48];
};

#define BAD "\xef\xbf\xbd"

ParameterizedTestParameters(text, makes_utf8_valid)
{
    static struct utf8 table[] = {
        { "", 0, "" },
        { "plain", 5, "plain" },
        { "a\0b", 3,
          "a\xe2\x90\x80"
          "b" },
        { "\xc2\x80\xdf\xbf", 4, "\xc2\x80\xdf\xbf" },
        { "\xe0\xa0\x80\xef\xbf\xbf", 6, "\xe0\xa0\x80\xef\xbf\xbf" },
        { "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8, "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
        { "\x80", 1, BAD },                         /* a tail without its head */
        { "\xc1\xbf", 2, BAD BAD },                 /* overlong */
        { "\xe0\x9f\xbf", 3, BAD BAD BAD },         /* overlong */
        { "\xf0\x8f\xbf\xbf", 4, BAD BAD BAD BAD }, /* overlong */
        { "\xed\xa0\x80", 3, BAD BAD BAD },         /* a surrogate */
        { "\xf4\x90\x80\x80", 4, BAD BAD BAD BAD }, /* beyond U+10FFFF */
        { "\xf5\x80\x80\x80", 4, BAD BAD BAD BAD },
        { "\xfe\xff", 2, BAD BAD },
        { "\xe2\x82", 2, BAD BAD }, /* cut */
        { "\xe2\x82"
          "a",
          3, BAD BAD "a" },
        { "\xc3\xc3\xa9", 3, BAD "\xc3\xa9" },
    };
    return cr_make_param_array(struct utf8, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct utf8 *row, text, makes_utf8_valid)
{
    uint8_t *exact = malloc(row->len ? row->len : 1);
    wr_arena a;

    cr_assert(exact);
    memcpy(exact, row->bytes, row->len);
    wr_arena_init(&a, 1 << 20);
    cr_assert_str_eq(wr_text_utf8(&a, view_of(exact, row->len)), row->expected);
    wr_arena_free(&a);
    free(exact);
}

/* Every code point but surrogates survives UTF-16 -> UTF-8 -> code point. */
Test(text, every_character_comes_through)
{
    wr_arena a;

    for (uint32_t c = 1; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 97) {
        uint32_t high = 0xD800 + ((c - 0x10000) >> 10), low = 0xDC00 + ((c - 0x10000) & 0x3FF);
        uint8_t one[] = { (uint8_t)c, (uint8_t)(c >> 8) };
        uint8_t two[] = { (uint8_t)high, (uint8_t)(high >> 8), (uint8_t)low, (uint8_t)(low >> 8) };
        const char *text;
        uint32_t back = 0;

        if (c >= 0xD800 && c < 0xE000)
            continue;
        wr_arena_init(&a, 1 << 20);
        text = wr_text(&a, c < 0x10000 ? view_of(one, 2) : view_of(two, 4), WR_UTF16LE);
        cr_assert_eq(wr_text_char(text, strlen(text), &back), strlen(text), "U+%04X", c);
        cr_assert_eq(back, c);
        wr_arena_free(&a);
    }
}

Test(text, without_memory_is_null)
{
    const uint8_t bytes[] = { 'a', 0 };
    wr_arena a;

    wr_arena_init(&a, 0);
    cr_assert_null(wr_text(&a, view_of(bytes, 2), WR_UTF16LE));
    cr_assert_null(wr_text_until_nul(&a, view_of(bytes, 2), WR_LATIN1));
    cr_assert_null(wr_text_utf8(&a, view_of(bytes, 2)));
    cr_assert_null(wr_text_hex(&a, bytes, 2));
    cr_assert_null(wr_text_printable(&a, "a"));
}

/* ---- comparison ------------------------------------------------------------------------------ */

Test(text, equals_as_the_registry_compares)
{
    const uint8_t wide[] = { 'r', 0, 'O', 0, 'o', 0, 'T', 0 }, narrow[] = { 'R', 'o', 'o', 't' };
    const uint8_t accent[] = { 0xe9 }, high[] = { 'R', 1, 'o', 0, 'o', 0, 't', 0 };

    cr_assert(wr_text_equals(view_of(wide, 8), WR_UTF16LE, "ROOT"));
    cr_assert(wr_text_equals(view_of(narrow, 4), WR_LATIN1, "root"));
    cr_assert_not(wr_text_equals(view_of(narrow, 4), WR_LATIN1, "roots"));
    cr_assert_not(wr_text_equals(view_of(narrow, 4), WR_LATIN1, "roo"));
    cr_assert_not(wr_text_equals(view_of(wide, 7), WR_UTF16LE, "ROOT"), "a byte is missing");
    cr_assert_not(wr_text_equals(view_of(high, 8), WR_UTF16LE, "Root"), "both bytes count");
    cr_assert_not(wr_text_equals(view_of(accent, 1), WR_LATIN1, "e"));
    cr_assert(wr_text_equals(view_of("", 0), WR_UTF16LE, ""));
}

Test(text, equals_what_it_was_written_as)
{
    const uint8_t wide[] = { 0x16, 0x04, 'b', 0, 0x3d, 0xd8, 0x00, 0xde }, alone[] = { 0x3d, 0xd8 };
    const uint8_t accent[] = { 0xe9 }, nul[] = { 'a', 0, 0, 0 };

    cr_assert(wr_text_equals(view_of(wide, 8), WR_UTF16LE, "\u0416B\U0001F600"));
    cr_assert_not(wr_text_equals(view_of(wide, 6), WR_UTF16LE, "\u0416B\U0001F600"));
    cr_assert_not(wr_text_equals(view_of(wide, 8), WR_UTF16LE, "\u0436B\U0001F600"));
    cr_assert(wr_text_equals(view_of(accent, 1), WR_LATIN1, "\u00e9"));
    cr_assert(wr_text_equals(view_of(alone, 2), WR_UTF16LE, "\ufffd"));
    cr_assert(wr_text_equals(view_of(nul, 4), WR_UTF16LE, "a\u2400"));
    cr_assert_not(wr_text_equals(view_of(nul, 4), WR_UTF16LE, "a"));
}

struct order {
    char a[16], b[16];
    int expected;
};

ParameterizedTestParameters(text, compares)
{
    static struct order table[] = {
        { "", "", 0 },          { "root", "ROOT", 0 },  { "a", "b", -1 },
        { "B", "a", 1 },        { "a", "ab", -1 },      { "_", "a", 1 }, /* '_' is above 'A' */
        { "Z", "[", -1 },       { "z", "[", -1 },       { "\xc3\xa9", "\xc3\x89", 1 },
        { "\xc3\xa9", "z", 1 }, { "\x7f", "\x80", -1 },
    };
    return cr_make_param_array(struct order, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct order *row, text, compares)
{
    int forth = wr_text_compare(row->a, row->b), back = wr_text_compare(row->b, row->a);

    cr_assert_eq((forth > 0) - (forth < 0), row->expected);
    cr_assert_eq((back > 0) - (back < 0), -row->expected);
}

/* ---- hex ------------------------------------------------------------------------------------- */

Test(text, hex_there_and_back)
{
    uint8_t bytes[256], back[256];
    const char *hex;
    wr_arena a;

    for (int i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    wr_arena_init(&a, 1 << 20);
    hex = wr_text_hex(&a, bytes, sizeof bytes);
    cr_assert_eq(strlen(hex), 512);
    cr_assert(memcmp(hex, "000102", 6) == 0 && strcmp(hex + 506, "fdfeff") == 0);
    cr_assert(wr_text_unhex(hex, back, sizeof back));
    cr_assert_arr_eq(bytes, back, sizeof bytes);
    cr_assert_str_eq(wr_text_hex(&a, NULL, 0), "");
    wr_arena_free(&a);
}

Test(text, unhex_takes_exactly_its_length)
{
    uint8_t out[2] = { 7, 7 };

    cr_assert(wr_text_unhex("aBFf", out, 2));
    cr_assert(out[0] == 0xab && out[1] == 0xff);
    cr_assert(wr_text_unhex("", out, 0));
    out[0] = 7;
    cr_assert_not(wr_text_unhex("aBF", out, 2));
    cr_assert_not(wr_text_unhex("aBFf0", out, 2));
    cr_assert_not(wr_text_unhex("00fg", out, 2));
    cr_assert_not(wr_text_unhex("0/:f", out, 2));
    cr_assert_not(wr_text_unhex("@GG`", out, 2));
    cr_assert_not(wr_text_unhex(" 0ff", out, 2));
    cr_assert_not(wr_text_unhex("00\xe9"
                                "0",
                                out, 2));
    cr_assert_eq(out[0], 7, "nothing is written on failure");
}

/* ---- out to people --------------------------------------------------------------------------- */

struct shown {
    char text[24], expected[48];
};

ParameterizedTestParameters(text, printable)
{
    static struct shown table[] = {
        { "", "" },
        { "C:\\Windows \xc3\xa9\xf0\x9f\x94\x92", "C:\\Windows \xc3\xa9\xf0\x9f\x94\x92" },
        { "a\nb\tc", "a\\u{000A}b\\u{0009}c" },
        { "\x1b[31m", "\\u{001B}[31m" },
        { "\x7f\xc2\x80\xc2\x9f\xc2\xa0", "\\u{007F}\\u{0080}\\u{009F}\xc2\xa0" },
        { "\xe2\x80\xae"
          "fdp.exe",
          "\\u{202E}fdp.exe" },
        { "\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}" },
        { "\xd8\x9c\xef\xbb\xbf", "\\u{061C}\\u{FEFF}" },
        { "\xe2\x80\x8b\xe2\x80\xa8", "\\u{200B}\\u{2028}" },
        { "\xff\xc3", BAD BAD },
    };
    return cr_make_param_array(struct shown, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct shown *row, text, printable)
{
    wr_arena a;

    wr_arena_init(&a, 1 << 20);
    cr_assert_str_eq(wr_text_printable(&a, row->text), row->expected);
    wr_arena_free(&a);
}

Test(text, a_character_is_one_unit_or_a_pair)
{
    static const struct {
        uint32_t c;
        uint8_t bytes[4];
        size_t len;
    } rows[] = {
        { 0, { 0, 0 }, 2 },
        { 'R', { 'R', 0 }, 2 },
        { 0xD83D, { 0x3d, 0xd8 }, 2 }, /* half of a pair stays what it is */
        { 0xFFFF, { 0xff, 0xff }, 2 },
        { 0x10000, { 0x00, 0xd8, 0x00, 0xdc }, 4 },
        { 0x1F512, { 0x3d, 0xd8, 0x12, 0xdd }, 4 },
        { 0x10FFFF, { 0xff, 0xdb, 0xff, 0xdf }, 4 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t out[4];
        cr_assert_eq(wr_text_utf16le(rows[i].c, out), rows[i].len, "row %zu", i);
        cr_assert_arr_eq(out, rows[i].bytes, rows[i].len, "row %zu", i);
    }
}

Test(text, is_gone_through_character_by_character)
{
    static const uint32_t expected[] = { 'a', 0x20AC, 0x1F512, 0xFFFD, 'b', 0xFFFD, 0xFFFD };
    const char *text = "a\xe2\x82\xac\xf0\x9f\x94\x92\xff"
                       "b\xf0\x9f";
    uint32_t c;

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        cr_assert(wr_text_next(&text, &c));
        cr_assert_eq(c, expected[i], "character %zu", i);
    }
    cr_assert_not(wr_text_next(&text, &c));
    cr_assert_not(wr_text_next(&text, &c));
}
