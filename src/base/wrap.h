/* wrap.h - lines for people, as wide as a terminal. */
#ifndef WR_BASE_WRAP_H
#define WR_BASE_WRAP_H

#include "base/outfile.h"

/* Columns of a line, of the terminals that everybody has. */
#define WR_LINE_WIDTH 80

/* Columns that valid UTF-8 takes on a terminal: two for wide characters, none for combining ones
 * and for sequences that set a colour (ESC [ ... m). */
size_t wr_text_width(const char *text);

/* `text` as lines of at most WR_LINE_WIDTH columns and a line end, broken at spaces; lines behind
 * the first begin with `indent` spaces.  A word that is wider stays whole. */
void wr_out_wrapped(wr_out *out, size_t indent, const char *text);

#endif
