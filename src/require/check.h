/* check.h - one function for each kind of requirement; compare.c holds their table.
 *
 * A check fills *check, which names its requirement already.  Each fails with NO_MEMORY only: what
 * cannot be judged is a result, not an error. */
#ifndef WR_REQUIRE_CHECK_H
#define WR_REQUIRE_CHECK_H

#include "require/compare.h"

typedef struct wr_checking {
    wr_trust *trust;
    wr_arena *arena;
    wr_comparison *out;
    size_t issuer_checks; /* signatures to look at so far, for WR_LIMIT_ISSUER_CHECKS */
} wr_checking;

/* The conclusion, in one line for an administrator. */
WR_MUST_USE bool wr_check_say(const wr_checking *c, wr_check *check, wr_error *err,
                              wr_result result, const char *state, const char *fmt, ...)
    WR_PRINTF(6, 7);

WR_MUST_USE bool wr_check_present(wr_checking *c, wr_check *check, wr_error *err);
WR_MUST_USE bool wr_check_absent(wr_checking *c, wr_check *check, wr_error *err);
WR_MUST_USE bool wr_check_not_disallowed(wr_checking *c, wr_check *check, wr_error *err);
WR_MUST_USE bool wr_check_chain(wr_checking *c, wr_check *check, wr_error *err);
WR_MUST_USE bool wr_check_registry(wr_checking *c, wr_check *check, wr_error *err);
WR_MUST_USE bool wr_check_list(wr_checking *c, wr_check *check, wr_error *err);
WR_MUST_USE bool wr_check_update(wr_checking *c, wr_check *check, wr_error *err);

/* True when the policy is the value `name` of the key `path`, below HKLM\SOFTWARE. */
bool wr_policy_is_value(const wr_policy *policy, const char *path, const char *name);

/* The source of what a plan would put on the host: such a policy counts before what a hive says. */
#define WR_PLAN_SOURCE "plan"

#endif
