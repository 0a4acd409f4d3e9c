#include "base/text.h"

#include <string.h>

#define REPLACEMENT    0xFFFDu
#define SYMBOL_FOR_NUL 0x2400u

static size_t unit_width(wr_encoding encoding)
{
    return encoding == WR_LATIN1 ? 1 : 2;
}

static uint32_t unit_at(wr_view v, wr_encoding encoding, size_t i)
{
    if (encoding == WR_LATIN1)
        return v.data[i];
    return (uint32_t)(v.data[2 * i] | v.data[2 * i + 1] << 8);
}

/* `c` as UTF-8 at `out` (up to 4 bytes); gives how many. */
static size_t put_utf8(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static bool is_high_surrogate(uint32_t u)
{
    return u >= 0xD800 && u < 0xDC00;
}

static bool is_low_surrogate(uint32_t u)
{
    return u >= 0xDC00 && u < 0xE000;
}

/* The character at unit *i, of `units`, which is behind it then. */
static uint32_t next_char(wr_view v, wr_encoding encoding, size_t units, size_t *i)
{
    const uint32_t c = unit_at(v, encoding, (*i)++);
    const uint32_t next = *i < units ? unit_at(v, encoding, *i) : 0;

    if (is_high_surrogate(c) && is_low_surrogate(next)) {
        (*i)++;
        return 0x10000 + ((c - 0xD800) << 10) + (next - 0xDC00);
    }
    if (is_high_surrogate(c) || is_low_surrogate(c))
        return REPLACEMENT;
    return c ? c : SYMBOL_FOR_NUL;
}

const char *wr_text(wr_arena *a, wr_view v, wr_encoding encoding)
{
    size_t units = v.len / unit_width(encoding), n = 0;
    char *out;

    if (units > (SIZE_MAX - 1) / 3)
        return NULL;
    out = WR_NEW(a, char, units * 3 + 1); /* a pair of units gives 4 bytes, a single one up to 3 */
    if (!out)
        return NULL;
    for (size_t i = 0; i < units;)
        n += put_utf8(next_char(v, encoding, units, &i), out + n);
    return out;
}

const char *wr_text_until_nul(wr_arena *a, wr_view v, wr_encoding encoding)
{
    size_t units = v.len / unit_width(encoding), n = 0;

    while (n < units && unit_at(v, encoding, n) != 0)
        n++;
    v.len = n * unit_width(encoding);
    return wr_text(a, v, encoding);
}

size_t wr_text_char(const char *text, size_t left, uint32_t *out)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const uint8_t *p = (const uint8_t *)text;
    size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    uint32_t c = n == 1 ? p[0] : p[0] & (0xFFu >> (n + 1));

    if ((p[0] >= 0x80 && p[0] < 0xC2) || p[0] > 0xF4 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3F);
    }
    if (c < smallest[n] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return 0;
    *out = c;
    return n;
}

bool wr_text_next(const char **text, uint32_t *out)
{
    size_t n;

    if (!**text)
        return false;
    if (!(n = wr_text_char(*text, 4, out))) { /* the NUL ends every character that is cut */
        *out = REPLACEMENT;
        n = 1;
    }
    *text += n;
    return true;
}

size_t wr_text_utf16le(uint32_t c, uint8_t out[4])
{
    uint32_t high = 0xD800 + ((c - 0x10000) >> 10), low = 0xDC00 + (c & 0x3FF);
    uint32_t first = c < 0x10000 ? c : high;

    out[0] = (uint8_t)first;
    out[1] = (uint8_t)(first >> 8);
    if (c < 0x10000)
        return 2;
    out[2] = (uint8_t)low;
    out[3] = (uint8_t)(low >> 8);
    return 4;
}

const char *wr_text_utf8(wr_arena *a, wr_view v)
{
    size_t n = 0;
    char *out;

    if (v.len > (SIZE_MAX - 1) / 3 || !(out = WR_NEW(a, char, v.len * 3 + 1)))
        return NULL;
    for (size_t i = 0; i < v.len;) {
        uint32_t c;
        size_t used = wr_text_char((const char *)v.data + i, v.len - i, &c);
        n += put_utf8(!used ? REPLACEMENT : c ? c : SYMBOL_FOR_NUL, out + n);
        i += used ? used : 1;
    }
    return out;
}

static uint32_t ascii_upper(uint32_t c)
{
    return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

bool wr_text_equals(wr_view v, wr_encoding encoding, const char *text)
{
    const size_t width = unit_width(encoding), units = v.len / width;
    size_t i = 0;

    if (v.len % width)
        return false;
    while (i < units) {
        uint32_t c;
        if (!wr_text_next(&text, &c) ||
            ascii_upper(next_char(v, encoding, units, &i)) != ascii_upper(c))
            return false;
    }
    return !*text;
}

int wr_text_compare(const char *a, const char *b)
{
    for (;; a++, b++) {
        uint32_t x = ascii_upper((unsigned char)*a), y = ascii_upper((unsigned char)*b);
        if (x != y)
            return x < y ? -1 : 1;
        if (!x)
            return 0;
    }
}

void wr_text_hex_into(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

const char *wr_text_hex(wr_arena *a, const uint8_t *bytes, size_t len)
{
    char *out = len <= (SIZE_MAX - 1) / 2 ? WR_NEW(a, char, 2 * len + 1) : NULL;
    if (out)
        wr_text_hex_into(bytes, len, out);
    return out;
}

static int hex_digit(char c)
{
    uint32_t u = ascii_upper((unsigned char)c);
    if (u >= '0' && u <= '9')
        return (int)(u - '0');
    return u >= 'A' && u <= 'F' ? (int)(u - 'A' + 10) : -1;
}

bool wr_text_unhex(const char *text, uint8_t *bytes, size_t len)
{
    if (strlen(text) != 2 * len)
        return false;
    for (size_t i = 0; i < 2 * len; i++)
        if (hex_digit(text[i]) < 0)
            return false;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    return true;
}

bool wr_text_is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

const char *wr_text_printable(wr_arena *a, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t len = strlen(text), n = 0;
    char *out;

    if (len > (SIZE_MAX - 1) / 8 || !(out = WR_NEW(a, char, len * 8 + 1)))
        return NULL;
    for (size_t i = 0; i < len;) {
        uint32_t c;
        size_t used = wr_text_char(text + i, len - i, &c);
        if (!used) {
            n += put_utf8(REPLACEMENT, out + n);
            used = 1;
        } else if (wr_text_is_control(c)) {
            const char escape[8] = { '\\',
                                     'u',
                                     '{',
                                     digits[c >> 12 & 15],
                                     digits[c >> 8 & 15],
                                     digits[c >> 4 & 15],
                                     digits[c & 15],
                                     '}' };
            memcpy(out + n, escape, sizeof escape);
            n += sizeof escape;
        } else {
            memcpy(out + n, text + i, used);
            n += used;
        }
        i += used;
    }
    return out;
}
