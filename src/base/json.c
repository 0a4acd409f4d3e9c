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

static void quoted(wr_out *out, const char *text)
{
    wr_out_write(out, "\"", 1);
    escape_into(out, text);
    wr_out_write(out, "\"", 1);
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

/* What stands before a value: the comma, the line and the key. */
static void before(wr_json_writer *w, const char *key)
{
    if (w->outline) {
        before_outlined(w, key);
        return;
    }
    if (!w->first)
        wr_out_write(w->out, ",", 1);
    if (w->depth)
        new_line(w);
    w->first = false;
    if (key) {
        quoted(w->out, key);
        wr_out_text(w->out, w->compact ? ":" : ": ");
    }
}

static void begin(wr_json_writer *w, const char *key, const char *bracket)
{
    before(w, key);
    if (!w->outline)
        wr_out_text(w->out, bracket);
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

void wr_json_text(wr_json_writer *w, const char *key, const char *value)
{
    wr_json_joined(w, key, "", value);
}

void wr_json_joined(wr_json_writer *w, const char *key, const char *first, const char *value)
{
    before(w, key);
    if (!w->outline)
        wr_out_write(w->out, "\"", 1);
    wr_out_text(w->out, first);
    escape_into(w->out, value);
    if (!w->outline)
        wr_out_write(w->out, "\"", 1);
}

void wr_json_uint(wr_json_writer *w, const char *key, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    before(w, key);
    wr_out_write(w->out, digits + at, sizeof digits - at);
}

void wr_json_int(wr_json_writer *w, const char *key, int64_t value)
{
    before(w, key);
    wr_out_printf(w->out, "%" PRId64, value);
}

void wr_json_bool(wr_json_writer *w, const char *key, bool value)
{
    before(w, key);
    wr_out_text(w->out, value ? "true" : "false");
}

void wr_json_hex(wr_json_writer *w, const char *key, const uint8_t *bytes, size_t len)
{
    char digits[2 * 64 + 1];

    before(w, key);
    if (!w->outline)
        wr_out_write(w->out, "\"", 1);
    while (len) {
        size_t n = len < 64 ? len : 64;
        wr_text_hex_into(bytes, n, digits);
        wr_out_write(w->out, digits, 2 * n);
        bytes += n;
        len -= n;
    }
    if (!w->outline)
        wr_out_write(w->out, "\"", 1);
}

void wr_json_base64(wr_json_writer *w, const char *key, wr_view octets)
{
    before(w, key);
    wr_out_text(w->out, w->outline ? "" : "\"");
    wr_base64_write(w->out, octets);
    wr_out_text(w->out, w->outline ? "" : "\"");
}

void wr_json_time(wr_json_writer *w, const char *key, wr_time value)
{
    char text[WR_TIME_TEXT];

    wr_time_text(value, text);
    wr_json_text(w, key, text);
}

void wr_json_finish(wr_json_writer *w)
{
    wr_out_write(w->out, "\n", 1);
}
