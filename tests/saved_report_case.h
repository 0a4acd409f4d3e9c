/* saved_report_case.h - any bytes as a file of saved reports: each host in it is judged. */
#ifndef TESTS_SAVED_REPORT_CASE_H
#define TESTS_SAVED_REPORT_CASE_H

#include "evidence/saved_report.h"
#include "output/judgement.h"
#include "store/collect.h"

#define SAVED_AS_OF ((wr_time)134276832000000000) /* 2026-07-05 */

/* What was judged; the rest is in the arena. */
typedef struct saved_case {
    wr_evidence *evidence;
    size_t num_hosts;
    wr_judgement first; /* where there is a host */
} saved_case;

/* False: an error of the call, which *err says. */
static inline bool saved_judge(wr_view file, wr_arena *arena, wr_diags *diags, saved_case *out,
                               wr_error *err)
{
    static const wr_trust_options options = { .as_of = SAVED_AS_OF, .expiring_days = 90 };
    static const wr_collect_options collect = { .updates = true };
    static const wr_origin origin = { .path = "saved", .inner = "saved", .use = WR_USE_EVIDENCE };

    *out = (saved_case){ 0 };
    wr_diags_init(diags, arena);
    if (!(out->evidence = wr_evidence_new(arena, diags)))
        return wr_fail_memory(err);
    if (!wr_saved_reports_take(out->evidence, file, &origin, err) ||
        !wr_evidence_split(out->evidence, err))
        return false;
    out->num_hosts = wr_evidence_num_hosts(out->evidence);
    for (size_t i = 0; i < out->num_hosts; i++) {
        wr_evidence *host = wr_evidence_host(out->evidence, i);
        wr_judgement next = { .comparisons = NULL };
        wr_judgement *judgement = i ? &next : &out->first;

        wr_model_init(&judgement->model, arena, wr_evidence_diags(host), host);
        if (!wr_collect(host, &collect, &judgement->model, err) ||
            !wr_judgement_conclude(judgement, &options, NULL, 0, arena, err))
            return false;
    }
    return true;
}

#endif
