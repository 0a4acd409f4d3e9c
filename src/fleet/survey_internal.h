/* survey_internal.h - the parts of a survey; each fails as wr_survey_make. */
#ifndef WR_FLEET_SURVEY_INTERNAL_H
#define WR_FLEET_SURVEY_INTERNAL_H

#include "fleet/survey.h"

typedef struct wr_surveying {
    wr_survey *s;
    wr_arena *arena;
    wr_error *err;
    wr_numbers newest, before; /* observation -> host */
} wr_surveying;

/* A column as text in the arena, "" for NULL; false: no memory. */
WR_MUST_USE bool wr_survey_text(const wr_surveying *v, wr_sql_query *q, int column,
                                const char **out);

/* Trust sets, rare roots, and what changed. */
WR_MUST_USE bool wr_survey_roots(wr_surveying *v);
/* Findings, lists and policies. */
WR_MUST_USE bool wr_survey_findings(wr_surveying *v);
WR_MUST_USE bool wr_survey_settings(wr_surveying *v);
/* Outcomes of profiles as the records have them. */
WR_MUST_USE bool wr_survey_outcomes(wr_surveying *v);

/* The index of a profile, which is added where it is new. */
WR_MUST_USE bool wr_survey_profile_of(wr_survey *s, const char *id, const char *title,
                                      const char *version, size_t *out, wr_error *err);

#endif
