#include "base/json.h"

#include "base/base64.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

void wr_json_start(wr_json_writer *w, wr_out *out, bool compact)
{
    *w = (wr_json_writer){ .out = out, .compact = compact, .first = true };
}

void wr_json_start_outline(wr_json_writer *w, wr_out *out)
{
    *w = (wr_json_writer){ .out = out, .outline = true, .first = true };
}

static void indent(wr_out *out, unsigned depth)
{
    static const char spaces[] = "                                ";
    const unsigned most = (sizeof spaces - 1) / 2;

    for (; depth > most; depth -= most)
        wr_out_write(out, spaces, 2 * (size_t)most);
    wr_out_write(out, spaces, 2 * (size_t)depth);
}

static void new_line(const wr_json_writer *w)
{
    if (w->compact)
        return;
    wr_out_write(w->out, "\n", 1);
    indent(w->out, w->depth);
}

/* What a terminal, an editor or a reader of lines could take for more than a character is escaped,
 * which changes nothing for a reader of JSON. */
static void escaped(wr_out *out, uint32_t c)
{
    static const char short_form[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
    };

    const char two[] = { '\\', c < sizeof short_form ? short_form[c] : (char)c };

    if (two[1] && (c < sizeof short_form || c == '"' || c == '\\'))
        wr_out_write(out, two, sizeof two);
    else
        wr_out_printf(out, "\\u%04" PRIx32, c);
}

/* ASCII that stands for itself. */
static bool is_plain(char c)
{
    return c >= ' ' && c < 0x7F && c != '"' && c != '\\';
}

/* The same of eight characters at once: a report is nearly nothing else. */
static bool are_plain(const char *text)
{
    const uint64_t each = UINT64_C(0x0101010101010101), top = 0x80 * each;
    uint64_t eight, quote, backslash, last;

    memcpy(&eight, text, sizeof eight);
    quote = eight ^ '"' * each;
    backslash = eight ^ '\\' * each;
    last = eight ^ 0x7F * each;
    /* In bytes below 0x80, x - n sets the top bit where x < n; one that borrows is found first. */
    return !(((eight - ' ' * each) | (quote - each) | (backslash - each) | (last - each) | eight) &
             top);
}

/* Plain stretches are written at once, what needs care between them. */
static void escape_into(wr_out *out, const char *text)
{
    size_t len = strlen(text), from = 0;

    for (size_t i = 0; i < len;) {
        uint32_t c = 0;
        size_t used;

        if (len - i >= 8 && are_plain(text + i)) {
            i += 8;
            continue;
        }
        if (is_plain(text[i])) {
            i++;
            continue;
        }
        used = wr_text_char(text + i, len - i, &c);
        if (!used || c == '"' || c == '\\' || wr_text_is_control(c)) {
            wr_out_write(out, text + from, i - from);
            if (used)
                escaped(out, c);
            else
                wr_out_text(out, "\xEF\xBF\xBD");
            from = i + (used ? used : 1);
        }
        i += used ? used : 1;
    }
    wr_out_write(out, text + from, len - from);
}

/* A line of an outline: its key, or a dash for an item of an array. */
static void before_outlined(wr_json_writer *w, const char *key)
{
    if (!w->depth)
        return;
    if (!w->first || w->depth > 1)
        wr_out_write(w->out, "\n", 1);
    indent(w->out, w->depth - 1);
    w->first = false;
    if (key)
        escape_into(w->out, key);
    wr_out_text(w->out, key ? ": " : "- ");
}

/* What is written at once: nearly all that stands before a value, and most values with it. */
struct line {
    char text[512];
    size_t len;
};

#define ROOM                                                                                       \
    (sizeof((struct line *)0)->text - 8) /* what is left is for what stands around a text */

static void put(struct line *l, const char *text, size_t len)
{
    memcpy(l->text + l->len, text, len);
    l->len += len;
}

/* Puts a text that stands for itself and has room; false where it does not. */
static bool put_plain(struct line *l, const char *text)
{
    const size_t len = strlen(text);
    size_t i = 0;

    if (l->len > ROOM || len > ROOM - l->len)
        return false;
    for (; len - i >= 8 && are_plain(text + i); i += 8)
        memcpy(l->text + l->len + i, text + i, 8);
    for (; i < len && is_plain(text[i]); i++)
        l->text[l->len + i] = text[i];
    if (i < len)
        return false;
    l->len += len;
    return true;
}

static void flush(const wr_json_writer *w, struct line *l)
{
    wr_out_write(w->out, l->text, l->len);
    l->len = 0;
}

/* What stands before a value: the comma, the line and the key. */
static void before(wr_json_writer *w, const char *key, struct line *l)
{
    l->len = 0;
    if (w->outline) {
        before_outlined(w, key);
        return;
    }
    if (!w->first)
        put(l, ",", 1);
    w->first = false;
    if (w->depth && !w->compact) {
        put(l, "\n", 1);
        for (unsigned i = 0; i < w->depth; i++) {
            put(l, "  ", 2);
            if (l->len > sizeof l->text / 2)
                flush(w, l);
        }
    }
    if (!key)
        return;
    put(l, "\"", 1);
    if (!put_plain(l, key)) {
        flush(w, l);
        escape_into(w->out, key);
    }
    put(l, w->compact ? "\":" : "\": ", w->compact ? 2 : 3);
}

static void value(wr_json_writer *w, const char *key, const char *text, size_t len)
{
    struct line l;

    before(w, key, &l);
    flush(w, &l);
    wr_out_write(w->out, text, len);
}

static void begin(wr_json_writer *w, const char *key, const char *bracket)
{
    struct line l;

    before(w, key, &l);
    if (!w->outline)
        put(&l, bracket, 1);
    flush(w, &l);
    w->depth++;
    w->first = true;
}

static void end(wr_json_writer *w, const char *bracket)
{
    w->depth--;
    if (w->outline) {
        if (w->first && w->depth)
            wr_out_text(w->out, "none");
        w->first = false;
        return;
    }
    if (!w->first)
        new_line(w);
    w->first = false;
    wr_out_text(w->out, bracket);
}

void wr_json_object(wr_json_writer *w, const char *key)
{
    begin(w, key, "{");
}

void wr_json_end_object(wr_json_writer *w)
{
    end(w, "}");
}

void wr_json_array(wr_json_writer *w, const char *key)
{
    begin(w, key, "[");
}

void wr_json_end_array(wr_json_writer *w)
{
    end(w, "]");
}

void wr_json_text(wr_json_writer *w, const char *key, const char *text)
{
    wr_json_joined(w, key, "", text);
}

void wr_json_joined(wr_json_writer *w, const char *key, const char *first, const char *text)
{
    struct line l;

    before(w, key, &l);
    if (!w->outline)
        put(&l, "\"", 1);
    if (!put_plain(&l, first)) {
        flush(w, &l);
        wr_out_text(w->out, first);
    }
    if (!put_plain(&l, text)) {
        flush(w, &l);
        escape_into(w->out, text);
    }
    if (!w->outline)
        put(&l, "\"", 1);
    flush(w, &l);
}

void wr_json_uint(wr_json_writer *w, const char *key, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    value(w, key, digits + at, sizeof digits - at);
}

void wr_json_int(wr_json_writer *w, const char *key, int64_t n)
{
    value(w, key, "", 0);
    wr_out_printf(w->out, "%" PRId64, n);
}

void wr_json_bool(wr_json_writer *w, const char *key, bool is)
{
    value(w, key, is ? "true" : "false", is ? 4 : 5);
}

/* Digits and the like, between quotes. */
static void open_quoted(wr_json_writer *w, const char *key)
{
    value(w, key, "\"", w->outline ? 0 : 1);
}

static void close_quoted(wr_json_writer *w)
{
    wr_out_write(w->out, "\"", w->outline ? 0 : 1);
}

void wr_json_hex(wr_json_writer *w, const char *key, const uint8_t *bytes, size_t len)
{
    char digits[2 * 64 + 1];

    open_quoted(w, key);
    while (len) {
        size_t n = len < 64 ? len : 64;
        wr_text_hex_into(bytes, n, digits);
        wr_out_write(w->out, digits, 2 * n);
        bytes += n;
        len -= n;
    }
    close_quoted(w);
}

void wr_json_base64(wr_json_writer *w, const char *key, wr_view octets)
{
    open_quoted(w, key);
    wr_base64_write(w->out, octets);
    close_quoted(w);
}

void wr_json_time(wr_json_writer *w, const char *key, wr_time t)
{
    char text[WR_TIME_TEXT];

    wr_time_text(t, text);
    wr_json_text(w, key, text);
}

void wr_json_piece(wr_json_writer *w, wr_view piece)
{
    if (!piece.len)
        return;
    if (!w->first)
        wr_out_write(w->out, ",", 1);
    wr_out_write(w->out, piece.data, piece.len);
    w->first = false;
}

void wr_json_finish(wr_json_writer *w)
{
    wr_out_write(w->out, "\n", 1);
}
