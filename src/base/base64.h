/* base64.h - octets as text and back (RFC 4648 section 4). */
#ifndef WR_BASE_BASE64_H
#define WR_BASE_BASE64_H

#include "base/arena.h"
#include "base/outfile.h"

/* Four digits for every three octets, padded, on one line. */
void wr_base64_write(wr_out *out, wr_view octets);

/* The octets of `text`, in the arena, with its origin and source; white space between digits is
 * ignored, padding not insisted on.  Fails: MALFORMED (at the character), NO_MEMORY. */
WR_MUST_USE bool wr_base64_read(wr_view text, wr_arena *arena, wr_view *out, wr_error *err);

#endif
