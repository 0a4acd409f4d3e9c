/* question.h - profiles and supply by the names that a user gives. */
#ifndef WR_FLEET_QUESTION_H
#define WR_FLEET_QUESTION_H

#include "fleet/survey.h"
#include "winroots/fleet_database.h"

typedef struct wr_question {
    wr_analysis *analysis; /* holds them */
    wr_survey_question asked;
} wr_question;

/* Fails: USAGE (unknown profile), IO, MALFORMED, ... (a profile or a supply), NO_MEMORY. */
WR_MUST_USE bool wr_question_read(const wr_fleet_question *from, wr_arena *arena, wr_question *out,
                                  wr_error *err);
void wr_question_close(wr_question *q);

/* The survey of an open database, with profiles asked where there are any, and its cover. */
WR_MUST_USE bool wr_question_survey(const wr_question *q, wr_database *db, size_t rare,
                                    wr_arena *arena, wr_survey *out, wr_error *err);

#endif
