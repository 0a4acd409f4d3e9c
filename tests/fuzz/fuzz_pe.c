/* fuzz_pe.c - any bytes as a program: what is given lies inside, signatures stand in what is before
 * them, and there are never more than the limit. */
#include "format/authenticode.h"
#include "format/pe.h"
#include "winroots/limits.h"

#include <stdlib.h>

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void check_entry(const wr_pe *pe, const wr_pe_certificate *entry, wr_arena *arena,
                        wr_diags *diags)
{
    wr_authenticodes found = { { 0 } };
    wr_pkcs7 message;
    wr_error err;

    must(entry->bytes.len <= pe->table.len);
    must(entry->bytes.len == 0 || entry->bytes.origin >= pe->table.origin + 8);
    if (!wr_pkcs7_parse(entry->bytes, arena, diags, &message, &err) ||
        !wr_authenticode_read(&message, arena, diags, &found, &err))
        return;
    must(found.list.count <= WR_LIMIT_SIGNATURES);
    must((found.list.count == 0) == (message.num_signers == 0));
    for (size_t i = 0; i < found.list.count; i++) {
        const wr_authenticode *s = &found.list.items[i];
        must((s->kind == WR_SIGNATURE_FIRST) == (i == 0));
        must(i == 0 ? s->inside == 0 : s->inside < i);
        must(!s->time || wr_signature_is_time_stamp(s->kind));
        must(!s->time_stamped || !wr_signature_is_time_stamp(s->kind));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view v = { data, len, 0, "fuzz" };
    wr_diags diags;
    wr_arena arena;
    wr_error err;
    wr_pe pe;

    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    if (wr_pe_parse(v, &arena, &diags, &pe, &err)) {
        must(pe.table.len <= len && pe.certificates.count <= WR_LIMIT_PE_CERTIFICATES);
        must(pe.certificates.count == 0 || pe.table.len >= 8 * pe.certificates.count);
        for (size_t i = 0; i < pe.certificates.count; i++)
            check_entry(&pe, &pe.certificates.items[i], &arena, &diags);
    }
    wr_arena_free(&arena);
    return 0;
}
