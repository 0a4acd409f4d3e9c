/* fuzz_saved_report.c - any bytes as a file of saved reports: what is wrong in it is said, and
 * every certificate in the model is in its store and has a verdict. */
#include "saved_report_case.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_model(const wr_model *m)
{
    for (size_t i = 0; i < m->instances.count; i++) {
        check(m->instances.items[i].store < m->stores.count);
        check(m->instances.items[i].certificate < m->certificates.count);
    }
    for (size_t i = 0; i < m->certificates.count; i++) {
        uint8_t sha256[WR_SHA256_LEN];
        wr_error e;
        check(wr_digest(WR_SHA256, m->certificates.items[i].x509.der, sha256, &e));
        check(!memcmp(sha256, m->certificates.items[i].sha256, sizeof sha256));
        check(m->certificates.items[i].instances.count > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const wr_view file = { data, len, 0, "fuzz" };
    saved_case c;
    wr_arena arena;
    wr_diags diags;
    wr_error e;

    wr_arena_init(&arena, (size_t)256 << 20);
    if (saved_judge(file, &arena, &diags, &c, &e))
        check_model(&c.first.model);
    else
        check(e.code != WR_OK && e.code != WR_E_BUG);
    wr_evidence_free(c.evidence);
    wr_arena_free(&arena);
    return 0;
}
