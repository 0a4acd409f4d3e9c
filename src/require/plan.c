#include "require/plan.h"

#include "require/planning.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

const char *wr_action_kind_name(wr_action_kind kind)
{
    static const char *const names[] = {
        [WR_ACTION_ADD] = "add",       [WR_ACTION_DISALLOW] = "disallow",
        [WR_ACTION_DELETE] = "delete", [WR_ACTION_SET_POLICY] = "set_policy",
        [WR_ACTION_MANUAL] = "manual",
    };
    return names[kind];
}

/* ---- wishes ------------------------------------------------------------------------------------
 */

/* Children stand behind their parent, so that one pass from behind knows every end. */
static void link_wishes(wr_planning *p)
{
    for (size_t i = p->num_wishes; i-- > 0;) {
        const wr_wish *wish = &p->wishes[i];

        if (wish->parent != SIZE_MAX && p->wishes[wish->parent].end < wish->end)
            p->wishes[wish->parent].end = wish->end;
    }
}

static bool list_wishes(wr_planning *p, wr_error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < p->num_comparisons; i++)
        count += p->comparisons[i].checks.count;
    p->wishes = WR_NEW(p->arena, wr_wish, count);
    p->costs = WR_NEW(p->arena, size_t, count);
    if (!p->wishes || !p->costs)
        return wr_fail_memory(err);
    for (size_t i = 0; i < p->num_comparisons; i++) {
        const wr_comparison *comparison = &p->comparisons[i];
        size_t base = p->num_wishes;

        for (size_t j = 0; j < comparison->checks.count; j++) {
            const wr_check *check = &comparison->checks.items[j];
            wr_wish *wish = &p->wishes[p->num_wishes++];

            *wish =
                (wr_wish){ .check = check,
                           .comparison = comparison,
                           .parent = check->parent == SIZE_MAX ? SIZE_MAX : base + check->parent,
                           .end = p->num_wishes,
                           .advice = check->detail,
                           .now = check->result,
                           .why_not = "" };
            if (check->result == WR_FAIL && !wr_wish_is_group(wish) &&
                !wr_wish_find_fix(p, wish, err))
                return false;
        }
    }
    link_wishes(p);
    return true;
}

/* ---- actions -----------------------------------------------------------------------------------
 */

static bool add_requirement(const wr_planning *p, wr_action *action, size_t at, wr_error *err)
{
    const wr_wish *wish = &p->wishes[at];
    size_t *check = WR_APPEND(p->arena, &action->checks, size_t);
    const char **requirement = WR_APPEND(p->arena, &action->requirements, const char *);

    if (!check || !requirement)
        return wr_fail_memory(err);
    *check = at;
    *requirement = wr_arena_format(p->arena, "%s/%s", wish->comparison->profile->id,
                                   wish->check->requirement->id);
    return *requirement || wr_fail_memory(err);
}

static bool is_fixed_by(const wr_planning *p, size_t at, size_t candidate)
{
    const wr_wish *wish = &p->wishes[at];

    if (wish->check->result != WR_FAIL || wish->now != WR_PASS)
        return false;
    for (size_t i = 0; i < wish->by.count; i++)
        if (wish->by.items[i] == candidate)
            return true;
    for (size_t i = at + 1; wr_wish_is_group(wish) && i < wish->end; i = p->wishes[i].end)
        if (is_fixed_by(p, i, candidate))
            return true;
    return false;
}

/* SPEC windows-trust 7: a .cer in Root is good for every purpose that it does not itself exclude;
 * what the list says of it does not travel with it. */
static bool add_widening(const wr_planning *p, wr_action *action, wr_error *err)
{
    const wr_ctl_entry *entry = wr_verified_entry(p->trust, action->certificate);
    const wr_x509 *x509 = &action->certificate->x509;
    wr_oids own = { .list = { NULL, 0, 0 } };

    if (!entry || strcmp(action->store, "Root") != 0)
        return true;
    action->listed = entry;
    if (x509->has_eku && !wr_oids_parse(x509->eku, p->arena, &own, err) &&
        err->code == WR_E_NO_MEMORY)
        return false;
    for (size_t i = 0; i < WR_NUM_STANDARD_PURPOSES; i++) {
        const wr_purpose *purpose = wr_purpose_standard(i);
        const wr_verdict *listed =
            wr_trust_verdict_if_fetched(p->trust, action->certificate->sha1, purpose, p->arena);
        const char **name;

        if (!listed)
            return wr_fail_memory(err);
        if (listed->status == WR_TRUSTED ||
            (x509->has_eku && !wr_oids_contain(&own, purpose->oid_contents)))
            continue;
        if (!(name = WR_APPEND(p->arena, &action->widens, const char *)))
            return wr_fail_memory(err);
        *name = purpose->name;
    }
    return true;
}

static bool make_scripted(const wr_planning *p, size_t c, wr_action *out, wr_error *err)
{
    const wr_candidate *candidate = &p->candidates.items[c];
    char sha1[2 * WR_SHA1_LEN + 1];

    *out = (wr_action){ .kind = candidate->kind,
                        .store = candidate->store,
                        .certificate = candidate->certificate,
                        .file = "",
                        .reason = "",
                        .registry_key = candidate->key,
                        .registry_name = candidate->name,
                        .registry_data = candidate->data,
                        .reversible = true };
    for (size_t i = 0; i < p->num_wishes; i++) {
        if (!is_fixed_by(p, i, c))
            continue;
        if (!*out->reason && !wr_wish_is_group(&p->wishes[i]))
            out->reason = p->wishes[i].advice;
        if (!add_requirement(p, out, i, err))
            return false;
    }
    if (!candidate->certificate)
        return true;
    wr_text_hex_into(candidate->certificate->sha1, WR_SHA1_LEN, sha1);
    out->file = wr_arena_format(p->arena, "certs/%s/%s.cer", candidate->store, sha1);
    if (!out->file)
        return wr_fail_memory(err);
    return candidate->kind != WR_ACTION_ADD || add_widening(p, out, err);
}

/* What a person would have to do about an any-of none of whose alternatives a script can bring. */
static const char *group_advice(const wr_planning *p, size_t group)
{
    const wr_wish *wish = &p->wishes[group];
    const char *text = wr_arena_format(p->arena, "%s", wish->check->detail);

    for (size_t i = group + 1; text && i < wish->end; i = p->wishes[i].end)
        if (p->wishes[i].check->result == WR_FAIL)
            text = wr_arena_format(p->arena, "%s; %s: %s", text,
                                   p->wishes[i].check->requirement->id, p->wishes[i].advice);
    return text;
}

static bool is_barred(const wr_planning *p, const wr_wish *wish)
{
    for (size_t i = 0; i < wish->by.count; i++)
        if (p->candidates.items[wish->by.items[i]].barred)
            return true;
    return false;
}

/* What a person would have to do, and why no script does it. */
static const char *manual_reason(const wr_planning *p, size_t at)
{
    const wr_wish *wish = &p->wishes[at];

    if (wr_wish_is_group(wish))
        return group_advice(p, at);
    if (*wish->why_not && !wish->works)
        return wr_arena_format(p->arena, "%s; adding it would not help: %s", wish->advice,
                               wish->why_not);
    if (wish->works || is_barred(p, wish))
        return wr_arena_format(p->arena,
                               "%s; no script does it, because it would undo another requirement",
                               wish->advice);
    return wish->advice;
}

/* One for each thing to do, whichever profiles ask for it. */
static bool add_manual(const wr_planning *p, size_t at, wr_plan *plan, wr_error *err)
{
    const char *reason = manual_reason(p, at);
    size_t same = plan->actions.count - plan->num_manual;
    wr_action *action;

    if (!reason)
        return wr_fail_memory(err);
    while (same < plan->actions.count && strcmp(plan->actions.items[same].reason, reason) != 0)
        same++;
    if (same < plan->actions.count)
        return add_requirement(p, &plan->actions.items[same], at, err);
    if (!(action = WR_APPEND(p->arena, &plan->actions, wr_action)))
        return wr_fail_memory(err);
    *action = (wr_action){ .kind = WR_ACTION_MANUAL,
                           .store = "",
                           .file = "",
                           .reason = reason,
                           .registry_key = "",
                           .registry_name = "",
                           .registry_data = "" };
    plan->num_manual++;
    return add_requirement(p, action, at, err);
}

/* Certificates by store and thumbprint, then settings. */
static int compare_actions(const void *a, const void *b)
{
    const wr_action *x = a, *y = b;
    int order = (x->certificate == NULL) - (y->certificate == NULL);

    order = order ? order : strcmp(x->store, y->store);
    order = order ? order : strcmp(x->file, y->file);
    order = order ? order : (int)x->kind - (int)y->kind;
    order = order ? order : strcmp(x->registry_key, y->registry_key);
    order = order ? order : strcmp(x->registry_name, y->registry_name);
    return order ? order : strcmp(x->registry_data, y->registry_data);
}

static bool make_actions(const wr_planning *p, wr_plan *plan, wr_error *err)
{
    for (size_t c = 0; c < p->candidates.count; c++) {
        wr_action *action;

        if (!p->candidates.items[c].chosen)
            continue;
        if (!(action = WR_APPEND(p->arena, &plan->actions, wr_action)))
            return wr_fail_memory(err);
        if (!make_scripted(p, c, action, err))
            return false;
    }
    if (plan->actions.count)
        qsort(plan->actions.items, plan->actions.count, sizeof(wr_action), compare_actions);
    for (size_t i = 0; i < p->num_wishes; i++) {
        const wr_wish *wish = &p->wishes[i];
        bool divides = wish->check->requirement->kind == WR_REQUIRE_ALL_OF;

        if (wish->wanted && !divides && !add_manual(p, i, plan, err))
            return false;
    }
    return true;
}

bool wr_plan_make(const wr_comparison *comparisons, size_t num_comparisons, wr_trust *trust,
                  wr_arena *arena, wr_plan *out, wr_error *err)
{
    wr_planning p = { .trust = trust,
                      .arena = arena,
                      .comparisons = comparisons,
                      .num_comparisons = num_comparisons };
    wr_plan plan = { .num_manual = 0 };

    if (!list_wishes(&p, err) || !wr_planning_choose(&p, err) || !make_actions(&p, &plan, err))
        return false;
    *out = plan;
    return true;
}
