/* A line of a file of records, taken apart twice: what is familiar must change nothing. */
#include "fleet/familiar.h"
#include "fleet/known.h"

#include <stdlib.h>
#include <string.h>

static void check(const wr_split *a, const wr_split *b)
{
    size_t at = 0;

    if (a->parts.count != b->parts.count || a->holdings.count != b->holdings.count)
        abort();
    for (size_t i = 0; i < a->parts.count; i++) {
        const wr_view x = a->parts.items[i].text, y = b->parts.items[i].text;

        if (x.data != y.data || x.len != y.len || (size_t)(x.data - a->line.data) < at)
            abort();
        at = (size_t)(x.data - a->line.data) + x.len;
        if (at > a->line.len)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const wr_view line = { .data = data, .len = size, .source = "fuzz" };
    wr_familiar familiar = { .slots = NULL };
    wr_split first, again;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, (size_t)64 << 20);
    if (wr_split_line(line, NULL, &arena, &first, &err) && wr_familiar_open(&familiar, &err)) {
        for (size_t i = 0; i < first.parts.count; i++) {
            const wr_part *p = &first.parts.items[i];
            wr_known known = { .id = 0 };

            if (wr_known_id(p, &known, &err) && wr_known_read(p, &arena, &known, &err))
                wr_familiar_add(&familiar, wr_familiar_key(p->kind, (int64_t)i, p->text), p,
                                (int64_t)i + 1, 0);
        }
        if (!wr_split_line(line, &familiar, &arena, &again, &err))
            abort();
        check(&first, &again);
    }
    if (familiar.slots)
        wr_familiar_close(&familiar);
    wr_arena_free(&arena);
    return 0;
}
