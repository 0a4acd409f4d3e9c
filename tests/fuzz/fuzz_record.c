/* fuzz_record.c - any line as a record of a fleet: what is accepted holds what it promises. */
#include "fleet/record.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const wr_view line = { data, len, 0, "fuzz" };
    uint8_t sha256[WR_SHA256_LEN];
    wr_record_kind kind;
    wr_record record;
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, (size_t)256 << 20);
    if (wr_record_read(line, &arena, &record, &e)) {
        if (record.kind == WR_RECORD_HOST) {
            check(*record.key && strlen(record.key) <= WR_LIMIT_HOST_NAME);
            check(record.head.host >= 1 && record.head.host <= record.head.hosts);
            check((record.report.node != NULL) == (record.status != WR_RECORD_FAILED));
        } else {
            check(wr_digest(WR_SHA256, record.octets, sha256, &e));
            check(memcmp(sha256, record.sha256, sizeof sha256) == 0);
        }
        if (wr_record_peek(line, &kind, sha256))
            check(kind == record.kind &&
                  (kind == WR_RECORD_HOST || memcmp(sha256, record.sha256, sizeof sha256) == 0));
        wr_record_close(&record);
    } else {
        check(e.code != WR_OK && e.code != WR_E_BUG);
        (void)wr_record_peek(line, &kind, sha256);
    }
    wr_arena_free(&arena);
    return 0;
}
