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
