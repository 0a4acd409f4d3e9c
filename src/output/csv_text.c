#include "output/csv_text.h"

#include "base/text.h"

#include <string.h>

/* What a spreadsheet takes for the beginning of a formula, in ASCII and in full width; spaces
 * before it are no help. */
static bool begins_formula(const char *text)
{
    static const uint32_t begins[] = { '=', '+', '-', '@', '\t', 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20 };
    uint32_t c;

    while (wr_text_next(&text, &c)) {
        for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
            if (c == begins[i])
                return true;
        if (c != ' ' && c != 0xA0 && c != 0x3000)
            return false;
    }
    return false;
}

/* An apostrophe before a formula keeps it text.  A quote inside quotes is doubled. */
bool wr_csv_text(wr_out *out, wr_arena *arena, const char *text)
{
    text = wr_text_printable(arena, text);
    if (text && begins_formula(text))
        text = wr_arena_format(arena, "'%s", text);
    if (!text)
        return false;
    if (!text[strcspn(text, "\",; ")]) {
        wr_out_text(out, text);
        return true;
    }
    wr_out_text(out, "\"");
    for (; *text; text++)
        wr_out_write(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    wr_out_text(out, "\"");
    return true;
}
