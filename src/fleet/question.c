#include "fleet/question.h"

#include "output/judgement.h"

/* An analysis without a host reads them as it does for one. */
bool wr_question_read(const wr_fleet_question *from, wr_arena *arena, wr_question *out,
                      wr_error *err)
{
    const wr_analysis_options options = { .as_of = from->as_of };
    wr_question q = { .analysis = wr_analysis_new(), .asked = { .as_of = from->as_of } };
    wr_result_set set;
    bool done = q.analysis || wr_fail_memory(err);

    for (size_t i = 0; done && i < from->num_profiles; i++)
        done = wr_analysis_require(q.analysis, from->profiles[i], err);
    for (size_t i = 0; done && i < from->num_supplies; i++)
        done = wr_analysis_add(q.analysis, WR_INPUT_SUPPLY, from->supplies[i], NULL, NULL, err);
    if (!done || !wr_analysis_run(q.analysis, &options, err)) {
        wr_question_close(&q);
        return false;
    }
    set = wr_analysis_results(q.analysis, NULL);
    q.asked.supply = set.model->supply.items;
    q.asked.num_supply = set.model->supply.count;
    q.asked.num_profiles = set.num_comparisons;
    q.asked.profiles = WR_NEW(arena, const wr_profile *, set.num_comparisons + 1);
    if (!q.asked.profiles) {
        wr_question_close(&q);
        return wr_fail_memory(err);
    }
    for (size_t i = 0; i < set.num_comparisons; i++)
        q.asked.profiles[i] = set.comparisons[i].profile;
    *out = q;
    return true;
}

void wr_question_close(wr_question *q)
{
    wr_analysis_free(q->analysis);
    q->analysis = NULL;
}

bool wr_question_survey(const wr_question *q, wr_database *db, size_t rare, wr_arena *arena,
                        wr_survey *out, wr_error *err)
{
    return wr_survey_make(db, rare, arena, out, err) &&
           (!q->asked.num_profiles || wr_survey_ask(out, &q->asked, err)) &&
           wr_survey_add_up(out, err) && wr_survey_cover(out, err);
}
