#include "require/compare.h"

#include "require/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *wr_result_name(wr_result result)
{
    static const char *const names[] = {
        [WR_PASS] = "PASS",
        [WR_FAIL] = "FAIL",
        [WR_RESULT_UNKNOWN] = "UNKNOWN",
        [WR_NOT_APPLICABLE] = "NOT_APPLICABLE",
        [WR_RESULT_ERROR] = "ERROR",
    };
    return names[result];
}

bool wr_check_say(const wr_checking *c, wr_check *check, wr_error *err, wr_result result,
                  const char *state, const char *fmt, ...)
{
    char detail[1024]; /* one line; what is longer is cut */
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(detail, sizeof detail, fmt, ap);
    va_end(ap);
    check->result = result;
    check->state = state;
    check->detail = wr_arena_text(c->arena, detail);
    return check->detail || wr_fail_memory(err);
}

/* ---- conditions --------------------------------------------------------------------------------
 */

typedef enum applies { APPLIES, APPLIES_NOT, APPLIES_UNKNOWN } applies;

/* Whether `when` holds; *why says what speaks against it or is not known. */
static applies applies_here(const wr_trust *trust, const wr_requirement *item, const char **why)
{
    bool host_known = trust->model->has_machine_hive;

    *why = "it takes effect later";
    if (item->effective_from > trust->options.as_of)
        return APPLIES_NOT;
    *why = trust->root_auto_update ? "root auto-update is on" : "root auto-update is off";
    if (item->when_root_auto_update >= 0 && host_known &&
        (item->when_root_auto_update == 1) != trust->root_auto_update)
        return APPLIES_NOT;
    *why = "another Windows version";
    if (item->when_os && !trust->os_assumed &&
        (trust->os.build < item->when_build_min || trust->os.build > item->when_build_max))
        return APPLIES_NOT;
    *why = "the Windows version is not known";
    if (item->when_os && trust->os_assumed)
        return APPLIES_UNKNOWN;
    *why = "the update policy is not known";
    return item->when_root_auto_update >= 0 && !host_known ? APPLIES_UNKNOWN : APPLIES;
}

/* ---- items -------------------------------------------------------------------------------------
 */

static bool check_item(wr_checking *c, const wr_requirement *item, size_t parent, bool excluded,
                       wr_result *result, wr_error *err);

typedef struct tally {
    size_t count[WR_RESULT_ERROR + 1]; /* by result */
} tally;

/* Children stand behind their parent; they count only where it applies. */
static bool check_children(wr_checking *c, const wr_requirement *item, size_t parent, bool excluded,
                           tally *out, wr_error *err)
{
    *out = (tally){ { 0 } };
    for (size_t i = 0; i < item->children.count; i++) {
        wr_result result;

        if (!check_item(c, item->children.items[i], parent, excluded, &result, err))
            return false;
        out->count[result]++;
    }
    return true;
}

static bool judge_group(wr_checking *c, wr_check *check, const tally *t, wr_error *err)
{
    const wr_requirement *item = check->requirement;
    size_t passed = t->count[WR_PASS], failed = t->count[WR_FAIL];
    size_t applicable = item->children.count - t->count[WR_NOT_APPLICABLE];
    size_t need =
        item->kind == WR_REQUIRE_ALL_OF || item->min > applicable ? applicable : item->min;
    wr_result result = !applicable                  ? WR_NOT_APPLICABLE
                       : passed >= need             ? WR_PASS
                       : applicable - failed < need ? WR_FAIL
                                                    : WR_RESULT_UNKNOWN;

    return wr_check_say(c, check, err, result, "", "%zu of %zu pass, required: %zu", passed,
                        applicable, need);
}

static bool (*const checks[])(wr_checking *c, wr_check *check, wr_error *err) = {
    [WR_REQUIRE_CERTIFICATE_PRESENT] = wr_check_present,
    [WR_REQUIRE_CERTIFICATE_ABSENT] = wr_check_absent,
    [WR_REQUIRE_NOT_DISALLOWED] = wr_check_not_disallowed,
    [WR_REQUIRE_CHAIN_USABLE] = wr_check_chain,
    [WR_REQUIRE_REGISTRY_VALUE] = wr_check_registry,
    [WR_REQUIRE_LIST_MINIMUM] = wr_check_list,
    [WR_REQUIRE_OS_UPDATE] = wr_check_update,
    [WR_REQUIRE_ANY_OF] = NULL, /* judged over their children */
    [WR_REQUIRE_ALL_OF] = NULL,
};

/* Names and key identifiers can be copied by anybody, so no certificate of a host is ever taken for
 * one that is known by nothing else. */
static bool judge_issuer_only(wr_checking *c, wr_check *check, wr_error *err)
{
    const wr_identity *id = check->requirement->certificate;

    return wr_check_say(
        c, check, err, WR_RESULT_UNKNOWN, "",
        "known only as the issuer \"%s\"%s%s: a name is no proof; learn the profile "
        "again with --supply or --ctl",
        id->subject, *id->key_id ? " with the key identifier " : "", id->key_id);
}

/* Where it is not known whether the item applies, only a pass is certain. */
static bool weaken(wr_checking *c, wr_check *check, const char *why, wr_error *err)
{
    if (check->result == WR_PASS || check->result == WR_NOT_APPLICABLE)
        return true;
    return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, check->state,
                        "whether it applies (%s) is open, because %s; %s",
                        check->requirement->when_text, why, check->detail);
}

static bool check_item(wr_checking *c, const wr_requirement *item, size_t parent, bool excluded,
                       wr_result *result, wr_error *err)
{
    wr_check check = { .profile = c->out->profile,
                       .requirement = item,
                       .state = "",
                       .detail = "",
                       .certificate = SIZE_MAX,
                       .source = "",
                       .path = "",
                       .parent = parent };
    size_t at = c->out->checks.count;
    const char *why;
    applies here = applies_here(c->trust, item, &why);
    tally children;
    bool done;

    excluded |= here == APPLIES_NOT;
    if (!WR_APPEND(c->arena, &c->out->checks, wr_check))
        return wr_fail_memory(err);
    if (!check_children(c, item, at, excluded, &children, err))
        return false;
    if (here == APPLIES_NOT)
        done = wr_check_say(c, &check, err, WR_NOT_APPLICABLE, "", "applies to: %s; %s",
                            item->when_text, why);
    else if (excluded)
        done = wr_check_say(c, &check, err, WR_NOT_APPLICABLE, "",
                            "the item around it does not apply");
    else if (item->children.count)
        done = judge_group(c, &check, &children, err);
    else if (item->certificate && item->certificate->issuer_only)
        done = judge_issuer_only(c, &check, err);
    else
        done = checks[item->kind](c, &check, err);
    if (!done || (here == APPLIES_UNKNOWN && !weaken(c, &check, why, err)))
        return false;
    *result = check.result;
    c->out->checks.items[at] = check;
    return true;
}

/* FAIL, then ERROR or UNKNOWN, else PASS. */
static wr_result worse(wr_result a, wr_result b)
{
    static const unsigned rank[] = {
        [WR_NOT_APPLICABLE] = 0, [WR_PASS] = 0, [WR_RESULT_UNKNOWN] = 1,
        [WR_RESULT_ERROR] = 2,   [WR_FAIL] = 3,
    };
    return rank[b] > rank[a] ? b : a;
}

bool wr_compare(const wr_profile *profile, wr_trust *trust, wr_arena *arena, wr_comparison *out,
                wr_error *err)
{
    wr_comparison comparison = { .profile = profile, .result = WR_PASS };
    wr_checking c = { .trust = trust, .arena = arena, .out = &comparison };

    for (size_t i = 0; i < profile->requirements.count; i++) {
        const wr_requirement *item = profile->requirements.items[i];
        wr_result result;

        if (!check_item(&c, item, SIZE_MAX, false, &result, err))
            return false;
        if (item->required)
            comparison.result = worse(comparison.result, result);
    }
    *out = comparison;
    return true;
}
