#include "plan_case.h"

static void give_corpus(plan_case *c, const char *name, wr_use use)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", getenv("WINROOTS_CORPUS"), name);
    give(c, path, use);
}

/* hive/plaso/SOFTWARE with the root list of June 2025 and every root of that list as supply. */
static size_t claimed_for(const char *profile, size_t *num_actions)
{
    plan_case c;
    size_t claimed;
    bool found;
    wr_error err;

    plan_case_start(&c);
    give_corpus(&c, "hive/plaso/SOFTWARE", WR_USE_EVIDENCE);
    give_corpus(&c, "cab/robstradling-authroot/authroot-commit2025-07-03-4b898eb.cab", WR_USE_LIST);
    give_corpus(&c, "crt/robstradling", WR_USE_SUPPLY);
    cr_assert(wr_profile_find_builtin(profile, &c.arena, &c.profile, &found, &err));
    cr_assert(found, "%s", profile);
    judge_and_plan(&c);
    claimed = plan_keeps_its_promises(&c);
    *num_actions = c.plan.actions.count - c.plan.num_manual;
    plan_case_stop(&c);
    return claimed;
}

Test(corpus_plan, every_built_in_profile_is_planned_for_on_a_real_host, .timeout = 300)
{
    size_t actions;

    cr_assert_eq(claimed_for("A1", &actions), 1);
    cr_assert_eq(actions, 1, "the identity verification root of 2020");
    cr_assert_eq(claimed_for("V1", &actions), 1);
    cr_assert_eq(claimed_for("C1", &actions), 1);
    (void)claimed_for("microsoft-windows", &actions);
}
