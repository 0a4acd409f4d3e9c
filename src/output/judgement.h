/* judgement.h - evidence judged once: what an analysis does for its report, and a diff of a dirty
 * hive for each state that its logs bring it to. */
#ifndef WR_OUTPUT_JUDGEMENT_H
#define WR_OUTPUT_JUDGEMENT_H

#include "output/result.h"
#include "winroots/analysis.h"

/* Stays where it is: its parts point to each other. */
typedef struct wr_judgement {
    wr_model model;
    wr_trust trust;
    wr_comparison *comparisons;
    wr_plan plan;
} wr_judgement;

/* Once out->model is filled: verdicts, comparisons with `profiles`, which stay, and a plan, with
 * everything in `arena`.  Fails: NO_MEMORY, BUG. */
WR_MUST_USE bool wr_judgement_conclude(wr_judgement *out, const wr_trust_options *options,
                                       wr_profile *const *profiles, size_t num_profiles,
                                       wr_arena *arena, wr_error *err);

/* Judges the evidence of one host as it is now, with everything in `arena`.  Fails as
 * wr_analysis_run, and USAGE (several hosts). */
WR_MUST_USE bool wr_analysis_judge(wr_analysis *a, const wr_analysis_options *options,
                                   wr_arena *arena, wr_diags *diags, wr_judgement *out,
                                   wr_error *err);

/* Fails: USAGE (several hosts were judged, where one is expected). */
WR_MUST_USE bool wr_analysis_check_single(const wr_analysis *a, wr_error *err);

/* Of a judgement, or of the first host of the analysis' own run (NULL). */
wr_result_set wr_analysis_results(const wr_analysis *a, const wr_judgement *judgement);

/* Of the i-th host that was judged; *number is its place among those of the evidence, from 1. */
wr_result_set wr_analysis_host_results(const wr_analysis *a, size_t i, size_t *number);

/* Before the run: certificates of the supply get verdicts, too, as certificates of no store. */
void wr_analysis_judge_supply(wr_analysis *a);

wr_evidence *wr_analysis_evidence(const wr_analysis *a);
const wr_diags *wr_analysis_diags(const wr_analysis *a);
bool wr_analysis_is_done(const wr_analysis *a);

#endif
