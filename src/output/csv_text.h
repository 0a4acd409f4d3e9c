/* csv_text.h - a field of a table that spreadsheets open. */
#ifndef WR_OUTPUT_CSV_TEXT_H
#define WR_OUTPUT_CSV_TEXT_H

#include "base/arena.h"
#include "base/outfile.h"

/* `text` as a field (RFC 4180): in one line, quoted where it must be, and no formula to anybody.
 * False: no memory, and nothing was written. */
WR_MUST_USE bool wr_csv_text(wr_out *out, wr_arena *arena, const char *text);

#endif
