/* fuzz_pem.c - any text: what comes out is whole certificates, at least one, in the order of the
 * text. */
#include "format/x509.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view text = { data, len, 0x1000, "fuzz" };
    uint64_t last = 0;
    wr_arena arena;
    wr_diags diags;
    wr_ders ders;
    wr_error err;

    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    if (wr_pem_certificates(text, &arena, &diags, &ders, &err)) {
        check(ders.list.count > 0);
        for (size_t i = 0; i < ders.list.count; i++) {
            wr_view der = ders.list.items[i];
            wr_x509 cert;

            check(wr_x509_parse(der, &cert, &err) && cert.der.len == der.len);
            check(der.origin > last && der.origin <= text.origin + len);
            last = der.origin;
        }
    } else
        check(err.offset >= text.origin && err.offset <= text.origin + len);
    wr_arena_free(&arena);
    return 0;
}
