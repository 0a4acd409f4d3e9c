/* grade.h - how good a certificate is for what an item asks of it, worst part first. */
#ifndef WR_REQUIRE_GRADE_H
#define WR_REQUIRE_GRADE_H

#include "require/check.h"

typedef enum wr_grade_level { /* from best to worst */
                              WR_GRADE_USABLE,
                              WR_GRADE_RESTRICTED, /* only what was issued or time-stamped before a
                                                      date */
                              WR_GRADE_EXPIRED,
                              WR_GRADE_UNKNOWN,
                              WR_GRADE_UNUSABLE,
                              WR_GRADE_DISALLOWED
} wr_grade_level;

typedef struct wr_grade {
    wr_grade_level level;
    const char *detail;        /* what made it no better; "" when usable */
    const char *source, *path; /* where that was read, "" */
} wr_grade;

/* What the grade means for the item: the result, and the state of a certificate that is there. */
wr_result wr_grade_result(const wr_grade *grade, const wr_requirement *item);
const char *wr_grade_state(wr_grade_level level);

/* An installed certificate of the model, by its verdicts for every purpose asked; where none is
 * asked, by dates and refusals alone.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_grade_root(const wr_checking *c, const wr_requirement *item, size_t certificate,
                               wr_grade *out, wr_error *err);

/* A program entry that is not installed, once it is fetched.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_grade_fetched(const wr_checking *c, const wr_requirement *item,
                                  const uint8_t sha1[WR_SHA1_LEN], wr_grade *out, wr_error *err);

/* A certificate by itself, in a chain or in another store: refusals, dates, its own purposes.
 * `certificate` is its index in the model, SIZE_MAX for one of the supply.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_grade_member(const wr_checking *c, const wr_requirement *item,
                                 const wr_certificate *cert, size_t certificate, wr_grade *out,
                                 wr_error *err);

/* *out becomes the worse of both. */
void wr_grade_worsen(wr_grade *out, const wr_grade *other);

#endif
