#include "fleet/record.h"

#include <string.h>

static bool add_given(const wr_record_question *question, wr_model *m, wr_error *err)
{
    for (size_t i = 0; i < question->num_lists; i++) {
        wr_list *added = WR_APPEND(m->arena, &m->lists, wr_list);
        if (!added)
            return wr_fail_memory(err);
        *added = question->lists[i];
    }
    for (size_t i = 0; i < question->num_supply; i++) {
        wr_certificate *added = WR_APPEND(m->arena, &m->supply, wr_certificate);
        if (!added)
            return wr_fail_memory(err);
        *added = question->supply[i];
    }
    return true;
}

bool wr_record_judge(const wr_record *record, const wr_object_source *objects,
                     const wr_record_question *question, wr_arena *arena, wr_diags *diags,
                     wr_judgement *out, wr_error *err)
{
    wr_evidence *nothing;
    const char *label;

    if (record->kind != WR_RECORD_HOST || !record->report.node)
        return wr_fail(err, WR_E_USAGE, record->head.path, WR_NO_OFFSET,
                       "a record without a report cannot be judged");
    memset(out, 0, sizeof *out);
    nothing = wr_evidence_new(arena, diags);
    label = wr_arena_text(arena, record->head.path);
    if (!nothing || !label)
        return wr_fail_memory(err);
    wr_model_init(&out->model, arena, diags, nothing);
    return add_given(question, &out->model, err) &&
           wr_collect_report(&out->model, &record->report, label, objects, err) &&
           wr_judgement_conclude(out, &question->options, question->profiles,
                                 question->num_profiles, arena, err);
}
