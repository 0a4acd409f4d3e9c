/* Any bytes as a store: elements lie one behind the other, nothing is left out without a
 * diagnostic, and what is written is read back, and written again, as the same. */
#include "base/outfile.h"
#include "format/sst.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static wr_out *write_store(const wr_sst *sst)
{
    wr_out *out;
    wr_error e;

    require(wr_out_memory(&out, &e));
    wr_sst_write_start(out);
    for (size_t i = 0; i < sst->elements.count; i++)
        wr_sst_write_element(out, &sst->elements.items[i]);
    wr_sst_write_end(out);
    require(wr_out_finish(out, &e));
    return out;
}

static void check_written(const wr_sst *sst, wr_arena *arena)
{
    wr_out *out = write_store(sst), *out_again;
    wr_diags diags;
    wr_sst again;
    wr_error e;

    wr_diags_init(&diags, arena);
    require(wr_sst_parse(wr_out_bytes(out), arena, &diags, &again, &e));
    require(diags.num_skipped == 0 && again.elements.count == sst->elements.count);
    for (size_t i = 0; i < sst->elements.count; i++) {
        require(again.elements.items[i].kind == sst->elements.items[i].kind);
        require(again.elements.items[i].all.len == sst->elements.items[i].all.len);
        require(wr_view_equal(again.elements.items[i].object, sst->elements.items[i].object));
    }
    out_again = write_store(&again);
    require(wr_view_equal(wr_out_bytes(out), wr_out_bytes(out_again)));
    wr_out_discard(out_again);
    wr_out_discard(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view v = { data, len, 0, "fuzz" };
    uint64_t end = 8;
    wr_arena arena;
    wr_diags diags;
    wr_error e;
    wr_sst sst;

    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    if (wr_sst_parse(v, &arena, &diags, &sst, &e)) {
        require(wr_sst_probe(v));
        for (size_t i = 0; i < sst.elements.count; i++) {
            require(sst.elements.items[i].all.origin == end);
            end += sst.elements.items[i].all.len;
        }
        require(end <= len && (end + 12 == len || diags.list.count + diags.num_suppressed));
        check_written(&sst, &arena);
    } else {
        require(e.code == WR_E_LIMIT || (e.code == WR_E_MALFORMED && !wr_sst_probe(v)));
    }
    wr_arena_free(&arena);
    return 0;
}
