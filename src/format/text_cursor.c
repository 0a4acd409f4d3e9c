#include "format/text_cursor.h"

#include "base/text.h"

/* SPEC Microsoft's table of the code page.  The five bytes it leaves open stay what they are. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

uint32_t wr_of_windows_1252(uint8_t byte)
{
    return byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80] : byte;
}

static void load(wr_text_cursor *at)
{
    wr_view left;
    uint16_t unit;

    at->c = WR_TEXT_END;
    at->width = 0;
    if (at->encoding == WR_TEXT_UTF16) {
        if (wr_u16le_at(at->text, at->pos, &unit)) {
            at->c = unit;
            at->width = 2;
        }
    } else if (wr_view_slice(at->text, at->pos, at->text.len - at->pos, &left) && left.len) {
        at->width = 1;
        at->c = wr_of_windows_1252(left.data[0]);
        if (at->encoding == WR_TEXT_UTF8 &&
            !(at->width = wr_text_char((const char *)left.data, left.len, &at->c))) {
            at->c = 0xFFFD;
            at->width = 1;
        }
    }
}

void wr_cursor_step(wr_text_cursor *at)
{
    at->pos += at->width;
    load(at);
}

wr_text_cursor wr_cursor_open(wr_view file)
{
    wr_text_cursor at = { .text = file, .encoding = WR_TEXT_WINDOWS_1252 };
    wr_view second;

    if (wr_view_starts(file, "\xFF\xFE", 2)) {
        at.encoding = WR_TEXT_UTF16;
        at.pos = 2;
    } else if (wr_view_starts(file, "\xEF\xBB\xBF", 3)) {
        at.encoding = WR_TEXT_UTF8;
        at.pos = 3;
    } else if (wr_view_slice(file, 1, 1, &second) && !second.data[0]) {
        at.encoding = WR_TEXT_UTF16;
    }
    load(&at);
    return at;
}

/* Where the first byte of 0x80 or above stands, and the first one that is not UTF-8; the length of
 * the text where there is none. */
static void scan_bytes(wr_view text, size_t *high, size_t *not_utf8)
{
    wr_view left;

    *high = *not_utf8 = text.len;
    for (size_t pos = 0, n; wr_view_slice(text, pos, text.len - pos, &left) && left.len; pos += n) {
        uint32_t c = left.data[0];
        n = 1;
        if (c < 0x80)
            continue;
        if (*high == text.len)
            *high = pos;
        if (!(n = wr_text_char((const char *)left.data, left.len, &c))) {
            *not_utf8 = pos;
            return;
        }
    }
}

void wr_cursor_settle(wr_text_cursor *at, bool may_be_utf8, wr_diags *diags)
{
    wr_view text = at->text;
    size_t high, not_utf8;

    if (at->encoding == WR_TEXT_UTF16) {
        if ((text.len - at->pos) % 2)
            wr_diag_add(diags, WR_DIAG_WARNING, WR_E_TRUNCATED, text.source,
                        text.origin + text.len - 1, NULL,
                        "one byte at the end, expected the two of a character");
        return;
    }
    scan_bytes(text, &high, &not_utf8);
    if (at->encoding == WR_TEXT_UTF8) {
        if (not_utf8 < text.len)
            wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MALFORMED, text.source, text.origin + not_utf8,
                        NULL, "bytes that are no UTF-8 in a text that is marked as such");
        return;
    }
    if (not_utf8 == text.len && may_be_utf8) {
        at->encoding = WR_TEXT_UTF8;
        load(at);
    }
    if (high < text.len)
        wr_diag_add(diags, WR_DIAG_NOTE, WR_OK, text.source, text.origin + high, NULL,
                    "characters above 0x7f are taken for %s: the text does not say its code page",
                    at->encoding == WR_TEXT_UTF8 ? "UTF-8" : "Windows-1252");
}

bool wr_cursor_match(wr_text_cursor *at, const char *ascii)
{
    wr_text_cursor c = *at;

    for (; *ascii; ascii++, wr_cursor_step(&c))
        if (c.c != (unsigned char)*ascii)
            return false;
    *at = c;
    return true;
}

const char *wr_cursor_found(const wr_text_cursor *at, char text[16])
{
    static const char digits[] = "0123456789ABCDEF";
    char *p = text;

    if (at->c == WR_TEXT_END)
        return "the end";
    if (at->c == '\r' || at->c == '\n')
        return "the line's end";
    *p++ = 'U';
    *p++ = '+';
    for (int shift = at->c > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4)
        *p++ = digits[at->c >> shift & 15];
    *p = '\0';
    return text;
}
