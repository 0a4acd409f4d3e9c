/* lzx.h - LZX as cabinets have it; private to this room.  docs/formats/cab.md */
#ifndef WR_SOURCE_LZX_H
#define WR_SOURCE_LZX_H

#include "base/arena.h"

/* Bytes that a data block expands to, all but the last of a folder. */
#define WR_LZX_FRAME ((size_t)32768)

typedef struct wr_lzx wr_lzx;

/* A decoder that writes to the `room` bytes at `out`, with a window of 2^window_bits bytes.
 * Fails: UNSUPPORTED (a window other than 2^15 to 2^21), NO_MEMORY. */
WR_MUST_USE bool wr_lzx_start(wr_arena *arena, unsigned window_bits, uint8_t *out, size_t room,
                              wr_view at, wr_lzx **z, wr_error *err);

/* Expands the next data block to `size` bytes.  Fails: MALFORMED; then the decoder is done, and
 * what the blocks before gave is good. */
WR_MUST_USE bool wr_lzx_frame(wr_lzx *z, wr_view packed, size_t size, wr_error *err);

/* Undoes the translation of x86 calls in the first `len` bytes of what came out, whole frames or
 * all: to be called once, at the end, because later blocks refer to the bytes as they were. */
void wr_lzx_translate(const wr_lzx *z, uint8_t *out, size_t len);

#endif
