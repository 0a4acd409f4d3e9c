/* fuzz_lint.c - any text as a profile to be linted: where the loader refuses it there is a finding,
 * each finding names a place and says something, and linting again says the same. */
#include "require/lint.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_lint(wr_view json, wr_trust *trust, wr_arena *arena)
{
    wr_lint lint, again;
    wr_profile profile;
    size_t known = 0;
    wr_error err;

    if (!wr_lint_profile(json, trust, arena, &lint, &err)) {
        check(err.code == WR_E_MALFORMED || err.code == WR_E_LIMIT || err.code == WR_E_NO_MEMORY);
        return;
    }
    for (size_t i = 0; i < lint.findings.count; i++) {
        check(lint.findings.items[i].pointer && *lint.findings.items[i].message);
        known += lint.findings.items[i].known;
    }
    check(known == lint.num_known && lint.id);
    check(wr_profile_parse(json, arena, &profile, &err) || lint.findings.count > known ||
          err.code == WR_E_NO_MEMORY);
    if (wr_lint_profile(json, trust, arena, &again, &err))
        check(again.findings.count == lint.findings.count && again.num_known == known);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const wr_trust_options options = { .as_of = 134036640000000000u }; /* 2025-09-27 */
    wr_evidence *evidence;
    wr_arena arena;
    wr_diags diags;
    wr_model model;
    wr_trust trust;
    wr_error err;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    evidence = wr_evidence_new(&arena, &diags);
    check(evidence != NULL);
    wr_model_init(&model, &arena, &diags, evidence);
    check(wr_trust_evaluate(&model, &options, &arena, &trust, &err));
    check_lint((wr_view){ data, len, 0, "fuzz" }, &trust, &arena);
    wr_evidence_free(evidence);
    wr_arena_free(&arena);
    return 0;
}
