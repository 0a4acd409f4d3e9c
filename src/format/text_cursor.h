/* text_cursor.h - text of evidence, character by character, in the encoding that it shows. */
#ifndef WR_FORMAT_TEXT_CURSOR_H
#define WR_FORMAT_TEXT_CURSOR_H

#include "base/diag.h"

typedef enum wr_text_encoding {
    WR_TEXT_UTF16, /* little-endian                                                 */
    WR_TEXT_UTF8,
    WR_TEXT_WINDOWS_1252 /* ASSUMED of any text of one byte a character */
} wr_text_encoding;

#define WR_TEXT_END UINT32_MAX /* behind the last character */

/* Stands on one character.  Of UTF-16 it is a unit, so that what is no text goes through unchanged;
 * a byte that is no UTF-8 is U+FFFD. */
typedef struct wr_text_cursor {
    wr_view text;
    wr_text_encoding encoding;
    size_t pos;
    uint32_t c;
    size_t width; /* of `c`, bytes; 0 at the end */
} wr_text_cursor;

/* At the first character behind the byte order mark.  Without one it is UTF-16 where the second
 * byte is 0, else Windows-1252 until wr_cursor_settle. */
wr_text_cursor wr_cursor_open(wr_view text);

/* Looks at the whole text: one without a mark that is valid UTF-8 is UTF-8 from here on, if it may
 * be; what stands before the cursor must be ASCII.  What characters above 0x7f were taken for is a
 * NOTE where the text does not say, bytes that do not fit the mark and half a unit at the end are a
 * WARNING. */
void wr_cursor_settle(wr_text_cursor *at, bool may_be_utf8, wr_diags *diags);

/* To the next character; at the end, nothing. */
void wr_cursor_step(wr_text_cursor *at);

/* Goes behind `ascii` where it stands here. */
bool wr_cursor_match(wr_text_cursor *at, const char *ascii);

/* What stands here, for messages: "the end", "the line's end", or a character by its number, which
 * is safe to print. */
const char *wr_cursor_found(const wr_text_cursor *at, char text[16]);

/* An empty view at the cursor, for messages. */
static inline wr_view wr_cursor_here(const wr_text_cursor *at)
{
    return (wr_view){ NULL, 0, at->text.origin + at->pos, at->text.source };
}

/* The character of a byte.  The five that the code page leaves open stay what they are. */
uint32_t wr_of_windows_1252(uint8_t byte);

#endif
