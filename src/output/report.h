/* report.h - one analysis as text or JSON (winroots.report/1). docs/report.md. */
#ifndef WR_OUTPUT_REPORT_H
#define WR_OUTPUT_REPORT_H

#include "base/json.h"
#include "output/result.h"

/* Write to the sink, whose errors stick.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_json(const wr_result_set *set, bool compact, wr_out *out, wr_error *err);
WR_MUST_USE bool wr_report_text(const wr_result_set *set, wr_out *out, wr_error *err);

/* The member "certificate", as a report's certificates[] has it.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_json_certificate(wr_json_writer *w, const wr_result_set *set,
                                            size_t certificate, wr_arena *arena, wr_error *err);

/* The member "plan" of a report, for other documents that carry it. */
void wr_report_json_plan(wr_json_writer *w, const wr_plan *plan);

#endif
