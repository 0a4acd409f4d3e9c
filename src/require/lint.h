/* lint.h - what is wrong with a profile, before anybody rests on it: docs/profile.md. */
#ifndef WR_REQUIRE_LINT_H
#define WR_REQUIRE_LINT_H

#include "require/profile.h"
#include "trust/trust.h"

typedef struct wr_lint_finding {
    wr_defect defect;
    const char *pointer; /* JSON pointer */
    const char *message; /* one line: what was found, what was expected */
    bool known;          /* the item says that its author knows it */
} wr_lint_finding;

typedef struct wr_lint {
    const char *id; /* of the profile, "" where it has none */
    /* What the loader refuses, in the order of the text; then certificates, then items. */
    WR_LIST(wr_lint_finding) findings;
    size_t num_known;
} wr_lint;

/* Judged for the time of `trust`, with its lists in force; the supply of its model are certificates
 * that are known for what they are, beside the pairs of hashes that the built-in profiles name.
 * Fails: MALFORMED (not JSON), LIMIT, NO_MEMORY, BUG (a built-in that cannot be read). */
WR_MUST_USE bool wr_lint_profile(wr_view json, wr_trust *trust, wr_arena *arena, wr_lint *out,
                                 wr_error *err);

#endif
