/* compare.h - a host against a profile. */
#ifndef WR_REQUIRE_COMPARE_H
#define WR_REQUIRE_COMPARE_H

#include "require/profile.h"
#include "trust/trust.h"

typedef enum wr_result {
    WR_PASS,
    WR_FAIL,
    WR_RESULT_UNKNOWN,
    WR_NOT_APPLICABLE,
    WR_RESULT_ERROR
} wr_result;

/* PASS, FAIL, UNKNOWN, NOT_APPLICABLE, ERROR. */
const char *wr_result_name(wr_result result);

typedef struct wr_check {
    const wr_profile *profile;
    const wr_requirement *requirement;
    wr_result result;
    const char *state;  /* present_usable, absent_fetchable, ... (docs/profile.md); "" = none */
    const char *detail; /* one line: what was found, what is required */
    size_t certificate; /* index in the model, SIZE_MAX where absent from it */
    const char *source, *path; /* what decided, "" where nothing in the evidence did */
    size_t parent;             /* index of the any-of or all-of it stands in, SIZE_MAX at the top */
} wr_check;

typedef struct wr_comparison {
    const wr_profile *profile;
    WR_LIST(wr_check)
    checks;           /* depth first, in the profile's order: children behind their parent */
    wr_result result; /* over required top-level items: FAIL, then ERROR or UNKNOWN, else PASS */
} wr_comparison;

/* The same profile gives the same checks in the same order for every host.  A host that is not said
 * to be connected counts as offline.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_compare(const wr_profile *profile, wr_trust *trust, wr_arena *arena,
                            wr_comparison *out, wr_error *err);

#endif
