#include "plan_case.h"

Test(plan_demo, the_plan_for_the_demo_host_keeps_its_promises)
{
    plan_case c;
    size_t len;
    uint8_t *json = read_file(FIXTURE("demo/profile.json"), &len);
    wr_error err;

    plan_case_start(&c);
    give(&c, FIXTURE("demo/SOFTWARE"), WR_USE_EVIDENCE);
    give(&c, FIXTURE("demo/supply"), WR_USE_SUPPLY);
    cr_assert(wr_profile_parse(view_of(json, len), &c.arena, &c.profile, &err), "%s", err.message);
    judge_and_plan(&c);
    cr_assert_eq(plan_keeps_its_promises(&c), 1,
                 "absent is fixed; disallowed and restricted are not");
    cr_assert_eq(c.plan.num_manual, 2);
    plan_case_stop(&c);
    free(json);
}

/* ---- memory that ends ------------------------------------------------------------------------ */

typedef struct answers {
    wr_trust trust;
    wr_comparison comparison;
    wr_plan plan;
} answers;

static bool judge(const plan_case *c, wr_arena *arena, answers *out, wr_error *err)
{
    return wr_trust_evaluate(&c->model, &c->options, arena, &out->trust, err) &&
           wr_compare(&c->profile, &out->trust, arena, &out->comparison, err) &&
           wr_plan_make(&out->comparison, 1, &out->trust, arena, &out->plan, err);
}

static void check_verdicts(const wr_verdict_list *whole, const wr_verdict_list *part, size_t n)
{
    cr_assert_eq(whole->count, part->count, "allocation %zu", n);
    for (size_t i = 0; i < whole->count; i++) {
        const wr_verdict *a = &whole->items[i], *b = &part->items[i];
        cr_assert_eq(a->status, b->status, "allocation %zu", n);
        cr_assert_eq(a->reasons.count, b->reasons.count, "allocation %zu", n);
    }
}

static void check_same(const plan_case *whole, const answers *part, size_t n)
{
    cr_assert_eq(whole->trust.findings.count, part->trust.findings.count, "allocation %zu", n);
    cr_assert_eq(whole->trust.on_demand.count, part->trust.on_demand.count, "allocation %zu", n);
    for (size_t i = 0; i < whole->model.certificates.count; i++)
        check_verdicts(&whole->trust.certificates[i].machine, &part->trust.certificates[i].machine,
                       n);
    cr_assert_eq(whole->comparison.checks.count, part->comparison.checks.count);
    for (size_t i = 0; i < whole->comparison.checks.count; i++)
        cr_assert_eq(whole->comparison.checks.items[i].result,
                     part->comparison.checks.items[i].result, "allocation %zu, item %zu", n, i);
    cr_assert_eq(whole->plan.actions.count, part->plan.actions.count, "allocation %zu", n);
}

/* The n-th allocation of a judgement fails, for every n: an error, or the same answer. */
static void fail_each(const plan_case *c)
{
    size_t n = 0;
    bool failed;

    do {
        wr_error err = { .code = WR_OK };
        answers part;
        wr_arena arena;

        wr_arena_init(&arena, WR_LIMIT_ARENA);
        arena.fail_after = ++n;
        if (judge(c, &arena, &part, &err))
            check_same(c, &part, n);
        else
            cr_assert_eq(err.code, WR_E_NO_MEMORY, "allocation %zu: %s", n, err.message);
        failed = arena.fail_after == 0;
        wr_arena_free(&arena);
    } while (failed);
    cr_assert_gt(n, 20);
}

static void fail_each_for(const char *evidence, const char *more, wr_use use, const char *profile)
{
    plan_case c;
    bool found;
    wr_error err;

    plan_case_start(&c);
    give(&c, evidence, WR_USE_EVIDENCE);
    give(&c, more, use);
    cr_assert(wr_profile_find_builtin(profile, &c.arena, &c.profile, &found, &err) && found);
    judge_and_plan(&c);
    fail_each(&c);
    plan_case_stop(&c);
}

Test(plan_demo, every_failing_allocation_is_an_error_or_the_same_answer)
{
    fail_each_for(FIXTURE("demo/SOFTWARE"), FIXTURE("demo/supply"), WR_USE_SUPPLY, "A1");
    fail_each_for(FIXTURE("hives/host"), FIXTURE("ctl/list.stl"), WR_USE_EVIDENCE, "V1");
    fail_each_for(FIXTURE("hives/physical_stores"), FIXTURE("demo/supply"), WR_USE_SUPPLY, "A1");
    fail_each_for(FIXTURE("regf_recover"), FIXTURE("demo/supply"), WR_USE_SUPPLY, "A1");
}
