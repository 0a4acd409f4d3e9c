/* plan_case.h - a whole host, judged and planned for, and what must hold of every plan (DESIGN 7).
 */
#ifndef TESTS_PLAN_CASE_H
#define TESTS_PLAN_CASE_H

#include "support.h"

#include "require/plan.h"
#include "store/collect.h"
#include "winroots/limits.h"

typedef struct plan_case {
    wr_arena arena;
    wr_diags diags;
    wr_evidence *evidence;
    wr_trust_options options;
    wr_model model;
    wr_trust trust;
    wr_profile profile;
    wr_comparison comparison;
    wr_plan plan;
} plan_case;

static inline void give(plan_case *c, const char *path, wr_use use)
{
    wr_evidence_options how = { 0 };
    wr_error err;

    cr_assert(wr_evidence_add(c->evidence, path, use, NULL, &how, &err), "%s: %s", path,
              err.message);
}

static inline void plan_case_start(plan_case *c)
{
    *c = (plan_case){ .evidence = NULL };
    wr_arena_init(&c->arena, WR_LIMIT_ARENA);
    wr_diags_init(&c->diags, &c->arena);
    c->evidence = wr_evidence_new(&c->arena, &c->diags);
    c->options.expiring_days = 90;
    cr_assert(c->evidence);
    cr_assert(wr_time_parse("2026-11-22", &c->options.as_of));
}

static inline void plan_case_stop(plan_case *c)
{
    wr_evidence_free(c->evidence);
    wr_arena_free(&c->arena);
}

/* What the same profile says of the host after the plan without action `skip` (SIZE_MAX = all). */
static inline wr_comparison compare_after(plan_case *c, size_t skip)
{
    wr_model *model = WR_NEW(&c->arena, wr_model, 1);
    wr_trust *trust = WR_NEW(&c->arena, wr_trust, 1);
    wr_comparison after;
    wr_error err;

    cr_assert(model && trust);
    cr_assert(wr_plan_apply(&c->model, &c->plan, skip, &c->arena, model, &err));
    cr_assert(wr_trust_evaluate(model, &c->options, &c->arena, trust, &err));
    cr_assert(wr_compare(&c->profile, trust, &c->arena, &after, &err));
    return after;
}

/* c->profile is there; everything else follows. */
static inline void judge_and_plan(plan_case *c)
{
    wr_collect_options collect = { .updates = true };
    wr_error err;

    wr_evidence_seal(c->evidence);
    wr_model_init(&c->model, &c->arena, &c->diags, c->evidence);
    cr_assert(wr_collect(c->evidence, &collect, &c->model, &err), "%s", err.message);
    cr_assert(wr_trust_evaluate(&c->model, &c->options, &c->arena, &c->trust, &err));
    cr_assert(wr_compare(&c->profile, &c->trust, &c->arena, &c->comparison, &err));
    cr_assert(wr_plan_make(&c->comparison, 1, &c->trust, &c->arena, &c->plan, &err));
}

static inline bool is_scripted(const wr_action *a)
{
    return a->kind != WR_ACTION_MANUAL;
}

static inline bool is_claimed(const plan_case *c, size_t check)
{
    for (size_t i = 0; i < c->plan.actions.count; i++)
        for (size_t j = 0;
             is_scripted(&c->plan.actions.items[i]) && j < c->plan.actions.items[i].checks.count;
             j++)
            if (c->plan.actions.items[i].checks.items[j] == check)
                return true;
    return false;
}

static inline bool supply_has(const plan_case *c, const wr_identity *id)
{
    for (size_t i = 0; i < c->model.supply.count; i++)
        if (id->has_sha256 && !memcmp(c->model.supply.items[i].sha256, id->sha256, WR_SHA256_LEN))
            return true;
    return false;
}

/* No FAIL that the plan claims remains; every FAIL of an absent certificate that the supply has is
 * claimed; one action less leaves a FAIL.  Gives how many are claimed. */
static inline size_t plan_keeps_its_promises(plan_case *c)
{
    wr_comparison after = compare_after(c, SIZE_MAX);
    size_t claimed = 0;

    for (size_t i = 0; i < c->comparison.checks.count; i++) {
        const wr_check *check = &c->comparison.checks.items[i];
        bool absent = !strncmp(check->state, "absent", 6);

        if (check->result == WR_FAIL && absent && check->requirement->certificate &&
            supply_has(c, check->requirement->certificate))
            cr_assert(is_claimed(c, i), "%s can be fixed and is not claimed",
                      check->requirement->id);
        if (!is_claimed(c, i))
            continue;
        claimed++;
        cr_assert_eq(check->result, WR_FAIL);
        cr_assert_neq(after.checks.items[i].result, WR_FAIL, "%s was claimed",
                      check->requirement->id);
    }
    for (size_t skip = 0; skip < c->plan.actions.count; skip++) {
        bool fails = false;
        if (!is_scripted(&c->plan.actions.items[skip]))
            continue;
        after = compare_after(c, skip);
        for (size_t i = 0; i < after.checks.count; i++)
            fails |= is_claimed(c, i) && after.checks.items[i].result == WR_FAIL;
        cr_assert(fails, "action %zu is not needed", skip);
    }
    return claimed;
}

#endif
