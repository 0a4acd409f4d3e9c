#include "base/wrap.h"

#include "base/text.h"

#include <string.h>

typedef struct range {
    uint32_t first, last;
} range;

/* SPEC Unicode 15, EastAsianWidth.txt: the blocks whose characters are W or F. */
static const range wide[] = {
    { 0x1100, 0x115F },   { 0x2E80, 0x303E },   { 0x3041, 0x33FF },   { 0x3400, 0x4DBF },
    { 0x4E00, 0x9FFF },   { 0xA000, 0xA4CF },   { 0xA960, 0xA97F },   { 0xAC00, 0xD7A3 },
    { 0xF900, 0xFAFF },   { 0xFE30, 0xFE6F },   { 0xFF01, 0xFF60 },   { 0xFFE0, 0xFFE6 },
    { 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FF }, { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
};

/* SPEC UnicodeData.txt: where marks that stand on other characters (Mn, Me) are dense. */
static const range combining[] = {
    { 0x0300, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD }, { 0x064B, 0x065F },
    { 0x0E34, 0x0E3A }, { 0x0E47, 0x0E4E }, { 0x1AB0, 0x1ACE }, { 0x1DC0, 0x1DFF },
    { 0x20D0, 0x20F0 }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F },
};

static bool is_in(const range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static size_t width_of(uint32_t c)
{
    if (is_in(combining, sizeof combining / sizeof *combining, c))
        return 0;
    return is_in(wide, sizeof wide / sizeof *wide, c) ? 2 : 1;
}

/* Width of what stands before `end`. */
static size_t width_until(const char *text, const char *end)
{
    size_t width = 0;
    uint32_t c;

    while (text < end && wr_text_next(&text, &c)) {
        const char *m = c == 0x1B ? strchr(text, 'm') : NULL;
        if (m)
            text = m + 1;
        else
            width += width_of(c);
    }
    return width;
}

size_t wr_text_width(const char *text)
{
    return width_until(text, text + strlen(text));
}

/* Where the line that begins at `text` ends: the last space that leaves it `room` columns, or the
 * first one where there is none such.  Spaces at its beginning indent it. */
static const char *line_end(const char *text, size_t room)
{
    const char *best = NULL, *at = text + strspn(text, " ");

    for (at += strcspn(at, " "); *at; at += strcspn(at, " ")) {
        if (best && width_until(text, at) > room)
            return best;
        best = at;
        at += strspn(at, " ");
    }
    return best && width_until(text, at) > room ? best : at;
}

void wr_out_wrapped(wr_out *out, size_t indent, const char *text)
{
    size_t column = 0;

    do {
        const char *end = line_end(text, WR_LINE_WIDTH - column);
        wr_out_printf(out, "%*s", (int)column, "");
        wr_out_write(out, text, (size_t)(end - text));
        wr_out_text(out, "\n");
        text = end + strspn(end, " ");
        column = indent;
    } while (*text);
}
