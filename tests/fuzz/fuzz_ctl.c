/* fuzz_ctl.c - any bytes as a trust list: what parses can be walked to its end, twice alike. */
#include "format/ctl.h"

#include <stdlib.h>

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void check_entry(const wr_ctl_entry *entry)
{
    wr_view oid, values, data;
    size_t at = 0, before = 0;

    while (wr_ctl_entry_next(entry, &at, &oid, &values)) {
        must(at > before && at <= entry->attributes.len);
        before = at;
    }
    must(at == entry->attributes.len);
    for (uint32_t id = 0; id < 256; id++)
        if (wr_ctl_entry_property(entry, id, &data))
            must(data.len < entry->attributes.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_arena arena;
    wr_error err;
    wr_ctl ctl;

    wr_arena_init(&arena, (size_t)64 << 20);
    if (wr_ctl_parse((wr_view){ data, len, 0, "fuzz" }, &arena, &ctl, &err)) {
        const char *sequence = wr_ctl_sequence_text(&arena, ctl.sequence);

        must(sequence && (ctl.sequence.len > 0) == (*sequence != '\0'));
        must(wr_ctl_sequence_compare(ctl.sequence, ctl.sequence) == 0);
        must(wr_ctl_kind_name(ctl.kind) != NULL);
        for (size_t i = 0; i < ctl.entries.count; i++)
            check_entry(&ctl.entries.items[i]);
    }
    wr_arena_free(&arena);
    return 0;
}
