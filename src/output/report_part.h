/* report_part.h - what the writers of reports share: the results, memory of their own, and texts
 * that are made in it. */
#ifndef WR_OUTPUT_REPORT_PART_H
#define WR_OUTPUT_REPORT_PART_H

#include "output/report.h"

/* Writing goes on after a lost allocation, with "" in its place; what was written is then thrown
 * away. */
typedef struct wr_report {
    const wr_result_set *set;
    wr_arena *arena;
    wr_out *out;
    bool no_memory;
} wr_report;

/* Runs one writer with an arena for its time.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_write(const wr_result_set *set, wr_out *out, void (*write)(wr_report *r),
                                 wr_error *err);

/* `text`, or "" and no_memory where it is NULL.  The next ones give texts in the arena alike. */
const char *wr_report_kept(wr_report *r, const char *text);

/* One line that no terminal obeys. */
const char *wr_report_safe(wr_report *r, const char *text);

/* wr_source_text. */
const char *wr_report_place(wr_report *r, const char *source, const char *path, uint64_t offset);

/* A distinguished name; hex where it cannot be decoded. */
const char *wr_report_name(wr_report *r, wr_view name);

/* What people call a certificate: its common name, or what stands for one. */
const char *wr_report_short_name(wr_report *r, const wr_certificate *c);

const char *wr_report_hex(wr_report *r, const uint8_t *bytes, size_t len);

/* RFC 3339. */
const char *wr_report_time(wr_report *r, wr_time t);

/* The certificate that a requirement is about, as reports refer to one: from the host where it is
 * there, else as the profile names it; "" where it names none. */
const char *wr_report_check_certificate(wr_report *r, const wr_check *check);

#endif
