/* fuzz_lzx.c - any bytes as data blocks of LZX: nothing is written behind the room, what came out
 * stays as it is when a later block is damaged, and both times are alike.
 * Input: u8 bits of the window, then for each block u16 size packed, u16 size expanded, bytes. */
#include "base/arena.h"
#include "source/lzx.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define ROOM (4 * WR_LZX_FRAME)

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Gives how many bytes came out. */
static size_t expand(wr_reader r, unsigned bits, uint8_t *out)
{
    size_t at = 0;
    wr_arena arena;
    wr_error err;
    wr_lzx *z;

    wr_arena_init(&arena, (size_t)16 << 20);
    if (wr_lzx_start(&arena, bits, out, ROOM, r.view, &z, &err)) {
        uint16_t packed, size;
        wr_view block;

        check(bits >= 15 && bits <= 21);
        while (wr_read_u16le(&r, &packed) && wr_read_u16le(&r, &size)) {
            size_t expanded = (size_t)size % (WR_LZX_FRAME + 1);
            if (!wr_read_view(&r, packed < wr_reader_left(&r) ? packed : wr_reader_left(&r),
                              &block))
                break;
            if (expanded > ROOM - at || !wr_lzx_frame(z, block, expanded, &err))
                break;
            at += expanded;
            if (expanded < WR_LZX_FRAME)
                break;
        }
        wr_lzx_translate(z, out, at);
    } else {
        check(err.code == WR_E_UNSUPPORTED || err.code == WR_E_NO_MEMORY);
    }
    wr_arena_free(&arena);
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_reader r = wr_reader_of((wr_view){ data, len, 0, "fuzz" });
    uint8_t *first = calloc(2, ROOM), *second = first + ROOM, bits;
    size_t count;

    check(first != NULL);
    if (wr_read_u8(&r, &bits)) {
        count = expand(r, bits & 31, first);
        check(expand(r, bits & 31, second) == count);
        check(memcmp(first, second, count) == 0);
    }
    free(first);
    return 0;
}
