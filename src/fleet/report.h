/* report.h - a survey of a fleet in each format.  docs/fleet.md */
#ifndef WR_FLEET_REPORT_H
#define WR_FLEET_REPORT_H

#include "base/json.h"
#include "fleet/survey.h"

/* Each writes to the sink, whose errors stick.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_fleet_json(const wr_survey *s, bool compact, wr_out *out, wr_error *err);
WR_MUST_USE bool wr_fleet_text(const wr_survey *s, wr_out *out, wr_error *err);
WR_MUST_USE bool wr_fleet_csv(const wr_survey *s, wr_out *out, wr_error *err);
WR_MUST_USE bool wr_fleet_html(const wr_survey *s, wr_out *out, wr_error *err);

/* Of an outcome for people and programs: the first of its profile on a host, NULL where none. */
const wr_outcome *wr_fleet_outcome(const wr_surveyed *host, size_t profile);

#endif
