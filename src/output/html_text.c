#include "output/html_text.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static const char *entity_of(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void wr_html_text(wr_out *out, const char *text)
{
    for (const char *from = text; *from;) {
        const char *next = from;
        const char *entity;
        uint32_t c;

        if (!wr_text_next(&next, &c))
            return;
        if ((entity = entity_of(c)))
            wr_out_text(out, entity);
        else if (wr_text_is_control(c))
            wr_out_printf(out, "\\u{%04" PRIX32 "}", c);
        else if (c == 0xFFFD)
            wr_out_text(out, "\xEF\xBF\xBD");
        else
            wr_out_write(out, from, (size_t)(next - from));
        from = next;
    }
}

/* Length of what is to be escaped at the start of `text`, 0 where nothing is. */
static size_t special(const uint8_t *text, size_t left, const char **escaped)
{
    static const struct {
        const char *bytes, *escaped;
    } specials[] = { { "<", "\\u003c" },
                     { ">", "\\u003e" },
                     { "&", "\\u0026" },
                     { "\xE2\x80\xA8", "\\u2028" },
                     { "\xE2\x80\xA9", "\\u2029" } };

    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
        size_t len = strlen(specials[i].bytes);
        if (len <= left && !memcmp(text, specials[i].bytes, len)) {
            *escaped = specials[i].escaped;
            return len;
        }
    }
    return 0;
}

void wr_html_json(wr_out *out, wr_view json)
{
    size_t from = 0, i = 0;

    while (i < json.len) {
        const char *escaped;
        size_t len = special(json.data + i, json.len - i, &escaped);

        if (len) {
            wr_out_write(out, json.data + from, i - from);
            wr_out_text(out, escaped);
            from = i + len;
        }
        i += len ? len : 1;
    }
    wr_out_write(out, json.data + from, json.len - from);
}
