#include "fleet/scan.h"

#include "winroots/limits.h"

#include <string.h>

wr_scan wr_scan_of(wr_view text)
{
    return (wr_scan){ .text = text, .expected = "a value" };
}

static bool fail(wr_scan *s, const char *expected)
{
    if (!s->failed)
        s->expected = expected;
    s->failed = true;
    return false;
}

bool wr_scan_fail(const wr_scan *s, wr_error *err)
{
    if (s->at >= s->text.len)
        return wr_fail(err, WR_E_TRUNCATED, s->text.source, s->text.origin + s->at,
                       "the line ends here, expected %s", s->expected);
    return wr_fail(err, WR_E_MALFORMED, s->text.source, s->text.origin + s->at,
                   "byte 0x%02x, expected %s", s->text.data[s->at], s->expected);
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int peek(wr_scan *s)
{
    while (s->at < s->text.len && is_space(s->text.data[s->at]))
        s->at++;
    return s->at < s->text.len ? s->text.data[s->at] : -1;
}

static bool take(wr_scan *s, int c, const char *expected)
{
    if (s->failed || peek(s) != c)
        return fail(s, expected);
    s->at++;
    return true;
}

/* What a string cannot go on over: its end, an escape, a control character. */
static bool stops(uint8_t c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

/* Eight bytes at once: true where one of them stops.  A byte is zero where subtracting 1 borrows
 * and its top bit was clear; it may also be said of a byte beside such a one. */
static bool one_stops(const uint8_t *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t word, quote, escape;

    memcpy(&word, bytes, sizeof word);
    quote = word ^ ones * '"';
    escape = word ^ ones * '\\';
    return (((quote - ones) & ~quote) | ((escape - ones) & ~escape) |
            ((word - ones * 0x20) & ~word)) &
           tops;
}

/* The string whose quote is here. */
static bool string(wr_scan *s, wr_view *out)
{
    const uint8_t *data = s->text.data;
    const size_t len = s->text.len, begin = s->at + 1;
    size_t at = begin;

    if (!take(s, '"', "a string"))
        return false;
    for (;;) {
        while (len - at >= 8 && !one_stops(data + at))
            at += 8;
        while (at < len && !stops(data[at]))
            at++;
        if (at < len && data[at] == '\\' && at + 1 < len && data[at + 1] >= 0x20) {
            at += 2;
            continue;
        }
        if (at < len && data[at] == '"')
            break;
        s->at = at;
        return fail(s, "the end of a string");
    }
    s->at = at + 1;
    return wr_view_slice(s->text, begin, at - begin, out);
}

static bool open_level(wr_scan *s, int c, const char *expected)
{
    if (s->depth >= WR_LIMIT_REPORT_DEPTH)
        return fail(s, "fewer levels");
    if (!take(s, c, expected))
        return false;
    s->depth++;
    return true;
}

bool wr_scan_enter_object(wr_scan *s)
{
    return open_level(s, '{', "an object");
}

bool wr_scan_enter_array(wr_scan *s)
{
    return open_level(s, '[', "an array");
}

/* True where another member or item begins.  The bracket tells whether it is the first: only then
 * no comma stands before it. */
static bool next(wr_scan *s, int open, int close)
{
    size_t before = s->at;

    if (s->failed)
        return false;
    while (before > 0 && is_space(s->text.data[before - 1]))
        before--;
    if (peek(s) == close) {
        s->at++;
        s->depth--;
        return false;
    }
    if (before > 0 && s->text.data[before - 1] == open)
        return true;
    return take(s, ',', open == '{' ? "',' or '}'" : "',' or ']'");
}

bool wr_scan_member(wr_scan *s, wr_view *name)
{
    if (!next(s, '{', '}'))
        return false;
    (void)peek(s);
    return string(s, name) && take(s, ':', "':'");
}

bool wr_scan_item(wr_scan *s)
{
    return next(s, '[', ']');
}

static bool number(wr_scan *s)
{
    const uint8_t *data = s->text.data;
    size_t at = s->at, digits = 0;

    if (at < s->text.len && data[at] == '-')
        at++;
    for (; at < s->text.len; at++) {
        uint8_t c = data[at];
        if (c >= '0' && c <= '9')
            digits++;
        else if (c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E')
            break;
    }
    s->at = at;
    return digits || fail(s, "a value");
}

static bool word(wr_scan *s, const char *expected)
{
    size_t len = strlen(expected);

    if (len > s->text.len - s->at || memcmp(s->text.data + s->at, expected, len))
        return fail(s, "a value");
    s->at += len;
    return true;
}

static bool scalar(wr_scan *s)
{
    wr_view ignored;

    switch (peek(s)) {
    case '"':
        return string(s, &ignored);
    case 't':
        return word(s, "true");
    case 'f':
        return word(s, "false");
    case 'n':
        return word(s, "null");
    default:
        return number(s);
    }
}

/* Brackets that are open, innermost last; the text itself tells nothing of them that would be
 * quicker to find again. */
typedef struct levels {
    bool is_object[WR_LIMIT_REPORT_DEPTH + 1];
    unsigned count;
} levels;

/* Goes into a bracket, or over a scalar. */
static bool begin(wr_scan *s, levels *l)
{
    int c = peek(s);

    if (c != '{' && c != '[')
        return scalar(s);
    l->is_object[l->count] = c == '{';
    if (!open_level(s, c, "a value"))
        return false;
    l->count++;
    return true;
}

bool wr_scan_value(wr_scan *s, wr_view *out)
{
    levels l = { .count = 0 };
    size_t from;

    if (s->failed)
        return false;
    (void)peek(s);
    from = s->at;
    if (!begin(s, &l))
        return false;
    while (l.count) {
        wr_view name;
        bool is_object = l.is_object[l.count - 1];

        if (is_object ? wr_scan_member(s, &name) : wr_scan_item(s)) {
            if (!begin(s, &l))
                return false;
        } else if (s->failed) {
            return false;
        } else {
            l.count--;
        }
    }
    return wr_view_slice(s->text, from, s->at - from, out);
}

bool wr_scan_end(wr_scan *s)
{
    return !s->failed && (peek(s) < 0 || fail(s, "the end of the line"));
}

bool wr_scan_plain(wr_view value, wr_view *out)
{
    return value.len >= 2 && value.data[0] == '"' && !memchr(value.data, '\\', value.len) &&
           wr_view_slice(value, 1, value.len - 2, out);
}
