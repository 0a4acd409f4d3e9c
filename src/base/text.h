/* text.h - the field's text: UTF-16LE and Latin-1 in, UTF-8 inside, registry order.
 *
 * All text inside winroots is valid UTF-8 in C strings.  What UTF-8 cannot hold stays visible: an
 * unpaired surrogate becomes U+FFFD, a NUL inside a name becomes U+2400. */
#ifndef WR_BASE_TEXT_H
#define WR_BASE_TEXT_H

#include "base/arena.h"

typedef enum wr_encoding {
    WR_UTF16LE, /* two bytes a unit; an odd last byte is ignored */
    WR_LATIN1   /* one byte a unit: "compressed" registry names  */
} wr_encoding;

/* Length in bytes of the valid UTF-8 character that `left` > 0 bytes at `text` begin with, and its
 * code point; 0, and *out untouched, where there is none. */
WR_MUST_USE size_t wr_text_char(const char *text, size_t left, uint32_t *out);

/* The character at *text, which then stands behind it; U+FFFD for a byte that is no UTF-8.  False
 * at the end. */
bool wr_text_next(const char **text, uint32_t *out);

/* `c` as UTF-16LE at `out`; gives how many bytes: 2, or 4 above U+FFFF. */
size_t wr_text_utf16le(uint32_t c, uint8_t out[4]);

/* True for characters that change how a line is shown rather than add to it: controls, joiners,
 * the direction marks that reorder what follows. */
bool wr_text_is_control(uint32_t c);

/* `v` as UTF-8 in the arena; NULL when memory ends. */
WR_MUST_USE const char *wr_text(wr_arena *a, wr_view v, wr_encoding encoding);

/* The same for a string value: what stands before the first NUL unit. */
WR_MUST_USE const char *wr_text_until_nul(wr_arena *a, wr_view v, wr_encoding encoding);

/* `v` taken as UTF-8, with every byte that is not valid UTF-8 replaced by U+FFFD. */
WR_MUST_USE const char *wr_text_utf8(wr_arena *a, wr_view v);

/* True when `v` is the name `text`, which wr_text may have given.  In the registry's comparison, upper
 * case, of ASCII letters only: whoever asks for others has them from the hive itself. */
bool wr_text_equals(wr_view v, wr_encoding encoding, const char *text);

/* Registry-order compare of two ASCII or UTF-8 names: ASCII letters by their upper case, all else
 * by code; <0, 0, >0.  Used for lookups of names that we know, which are ASCII. */
int wr_text_compare(const char *a, const char *b);

/* `len` bytes as 2*len lower-case hex digits and a NUL, in the arena; NULL when memory ends. */
WR_MUST_USE const char *wr_text_hex(wr_arena *a, const uint8_t *bytes, size_t len);

/* The same into `out` of at least 2*len+1 chars. */
void wr_text_hex_into(const uint8_t *bytes, size_t len, char *out);

/* Exactly 2*len hex digits of either case into bytes; false for anything else. */
WR_MUST_USE bool wr_text_unhex(const char *text, uint8_t *bytes, size_t len);

/* `text` made safe for a terminal and for one line: what wr_text_is_control names becomes \u{XXXX}.
 * NULL when memory ends. */
WR_MUST_USE const char *wr_text_printable(wr_arena *a, const char *text);

#endif
