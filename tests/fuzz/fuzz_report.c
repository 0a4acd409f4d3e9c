/* fuzz_report.c - any text as a saved report: what is accepted is in order, equals itself, differs
 * from an empty report by all that it says, and can be written. */
#include "output/diff.h"

#include "base/json.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_written(wr_diff_document *diff)
{
    const wr_json_limits limits = { WR_LIMIT_REPORT_BYTES, 32 };
    wr_json_document *document;
    wr_error e;
    wr_out *out;

    check(wr_out_memory(&out, &e));
    check(wr_diff_json(diff, true, out, &e) && wr_out_finish(out, &e));
    check(wr_json_parse(wr_out_bytes(out), limits, &document, &e)); /* no member stands twice */
    wr_json_free(document);
    wr_out_discard(out);
    check(wr_out_memory(&out, &e));
    check(wr_diff_text(diff, out, &e) && wr_out_finish(out, &e));
    check(!memchr(wr_out_bytes(out).data, 0x1b, wr_out_bytes(out).len));
    wr_out_discard(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char empty[] = "{\"schema\":\"winroots.report/1\"}";
    wr_diff_document diff = { .version = "0", .label = { "a", "b" } };
    wr_snapshot s[2];
    wr_changes same;
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    if (wr_snapshot_of_report((wr_view){ data, len, 0, "fuzz" }, WR_SIDE_HOST, &arena, &s[0], &e)) {
        check(
            wr_snapshot_of_report((wr_view){ (const uint8_t *)empty, sizeof empty - 1, 0, "empty" },
                                  WR_SIDE_HOST, &arena, &s[1], &e));
        for (size_t i = 1; i < s[0].facts.count; i++)
            check(wr_fact_compare_key(&s[0].facts.items[i - 1], &s[0].facts.items[i]) <= 0);
        check(wr_diff_compare(&s[0], &s[0], &arena, &same, &e) && !same.list.count);
        check(wr_diff_compare(&s[0], &s[1], &arena, &diff.changes, &e));
        check(diff.changes.list.count == s[0].facts.count);
        diff.side[0] = &s[0];
        diff.side[1] = &s[1];
        check_written(&diff);
    } else {
        check(e.code == WR_E_MALFORMED || e.code == WR_E_UNSUPPORTED || e.code == WR_E_LIMIT ||
              e.code == WR_E_NO_MEMORY);
    }
    wr_arena_free(&arena);
    return 0;
}
