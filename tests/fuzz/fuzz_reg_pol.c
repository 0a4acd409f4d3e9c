/* Any bytes as a policy file: entries hold together, and what was read is written whole and is
 * read again as the same. */
#include "format/reg_pol.h"
#include "reg_check.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_written(const wr_reg_entries *entries, wr_arena *arena)
{
    wr_reg_entries again;
    wr_diags diags;
    wr_error err;
    wr_out *out;

    wr_diags_init(&diags, arena);
    require(wr_out_memory(&out, &err));
    wr_reg_pol_write(out, entries, &diags);
    require(wr_out_finish(out, &err));
    require(wr_reg_pol_parse(wr_out_bytes(out), arena, &diags, &again, &err));
    require(diags.num_skipped == 0);
    require(reg_equal(entries, &again));
    wr_out_discard(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view v = { data, len, 0x1000, "fuzz" };
    wr_reg_entries entries;
    wr_arena arena;
    wr_diags diags;
    wr_error err;

    wr_arena_init(&arena, (size_t)256 << 20);
    wr_diags_init(&diags, &arena);
    if (wr_reg_pol_parse(v, &arena, &diags, &entries, &err)) {
        require(reg_is_consistent(&entries, v.origin, len));
        for (size_t i = 0; i < diags.list.count; i++)
            require(diags.list.items[i].offset >= v.origin &&
                    diags.list.items[i].offset <= v.origin + len);
        check_written(&entries, &arena);
    } else {
        require(err.code == WR_E_MALFORMED || err.code == WR_E_UNSUPPORTED ||
                err.code == WR_E_TRUNCATED);
    }
    wr_arena_free(&arena);
    return 0;
}
