/* Widths by Unicode's EastAsianWidth.txt; lines by hand. */
#include "base/wrap.h"

#include "support.h"

static const char *wrapped(size_t indent, const char *text)
{
    static char line[4096];
    wr_error err;
    wr_view bytes;
    wr_out *out;

    cr_assert(wr_out_memory(&out, &err));
    wr_out_wrapped(out, indent, text);
    bytes = wr_out_bytes(out);
    cr_assert(bytes.len < sizeof line);
    memcpy(line, bytes.data, bytes.len);
    line[bytes.len] = '\0';
    wr_out_discard(out);
    return line;
}

Test(wrap, width)
{
    cr_expect_eq(wr_text_width(""), 0);
    cr_expect_eq(wr_text_width("abc"), 3);
    cr_expect_eq(wr_text_width("\u00e9"), 1);
    cr_expect_eq(wr_text_width("e\u0301"), 1);
    cr_expect_eq(wr_text_width("\u8a3c\u660e\u66f8"), 6);
    cr_expect_eq(wr_text_width("\uff21"), 2);
    cr_expect_eq(wr_text_width("\U0001F600"), 2);
    cr_expect_eq(wr_text_width("\x1b[31mFAIL\x1b[0m"), 4);
}

#define TEN  "123456789 "
#define FULL TEN TEN TEN TEN TEN TEN TEN "1234567890"

Test(wrap, lines)
{
    cr_expect_str_eq(wrapped(3, ""), "\n");
    cr_expect_str_eq(wrapped(3, "  a  b"), "  a  b\n");
    cr_expect_str_eq(wrapped(3, FULL), FULL "\n");
    cr_expect_str_eq(wrapped(3, FULL " a"), FULL "\n   a\n");
    cr_expect_str_eq(wrapped(3, FULL "1"), TEN TEN TEN TEN TEN TEN "123456789\n   12345678901\n");
    cr_expect_str_eq(wrapped(0, FULL " " FULL), FULL "\n" FULL "\n");
}

Test(wrap, words_that_are_wider_stay_whole)
{
    char word[201] = { 0 }, text[256], expected[256];

    memset(word, 'x', 200);
    snprintf(text, sizeof text, "  a %s b", word);
    snprintf(expected, sizeof expected, "  a\n    %s\n    b\n", word);
    cr_expect_str_eq(wrapped(4, text), expected);
    snprintf(text, sizeof text, "  %s", word);
    snprintf(expected, sizeof expected, "  %s\n", word);
    cr_expect_str_eq(wrapped(4, text), expected);
}

Test(wrap, colours_and_wide_characters_count_as_they_are_seen)
{
    /* 39 wide characters and two spaces are 80 columns. */
#define WIDE4  "\u8a3c\u660e\u66f8\u8a3c"
#define WIDE36 WIDE4 WIDE4 WIDE4 WIDE4 WIDE4 WIDE4 WIDE4 WIDE4 WIDE4
    cr_expect_str_eq(wrapped(1, WIDE36 " \u8a3c\u8a3c\u8a3c a"),
                     WIDE36 " \u8a3c\u8a3c\u8a3c\n a\n");
    cr_expect_str_eq(wrapped(1, WIDE36 " \u8a3c\u8a3c\u8a3c"), WIDE36 " \u8a3c\u8a3c\u8a3c\n");
    cr_expect_str_eq(wrapped(1, "\x1b[31m" FULL "\x1b[0m a"), "\x1b[31m" FULL "\x1b[0m\n a\n");
}
