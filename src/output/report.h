/* report.h - one analysis in each format that people and programs read. docs/report.md. */
#ifndef WR_OUTPUT_REPORT_H
#define WR_OUTPUT_REPORT_H

#include "base/json.h"
#include "output/result.h"

/* How much of what the verdicts rest on a report in JSON carries. */
typedef enum wr_report_form {
    WR_REPORT_WHOLE, /* all: it can be judged again                                          */
    WR_REPORT_PLAIN, /* none: for people, and to be compared                                 */
    WR_REPORT_SHARED /* all, but for the objects, which stand beside it, and the certificates on
                        demand, which are one of them */
} wr_report_form;

/* Write to the sink, whose errors stick; `colours` for a terminal.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_json(const wr_result_set *set, wr_report_form form, bool compact,
                                wr_out *out, wr_error *err);
WR_MUST_USE bool wr_report_text(const wr_result_set *set, bool colours, wr_out *out, wr_error *err);

/* A table of instances and requirements; requirements as JUnit XML; findings and requirements that
 * fail as SARIF 2.1.0; what has a date as JSON lines for Timesketch, and as a body file for
 * mactime. Likewise.  Of the first three a document has the reports of its hosts between a head and
 * a tail: in SARIF with commas between them. */
WR_MUST_USE bool wr_report_csv(const wr_result_set *set, wr_out *out, wr_error *err);
WR_MUST_USE bool wr_report_junit(const wr_result_set *set, wr_out *out, wr_error *err);
WR_MUST_USE bool wr_report_sarif(const wr_result_set *set, wr_out *out, wr_error *err);
WR_MUST_USE bool wr_report_timeline(const wr_result_set *set, wr_out *out, wr_error *err);
WR_MUST_USE bool wr_report_bodyfile(const wr_result_set *set, wr_out *out, wr_error *err);

#define WR_CSV_HEAD                                                                                \
    "record,host,profile,id,result,state,severity,detail,location,store,sha1,sha256,subject,"      \
    "issuer,"                                                                                      \
    "serial,not_before,not_after,last_write,deleted,scope,server_auth,client_auth,code_signing,"   \
    "email,time_stamping,source\r\n"
#define WR_JUNIT_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
#define WR_JUNIT_TAIL "</testsuites>\n"
#define WR_SARIF_HEAD                                                                              \
    "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"           \
    "sarif-schema-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[\n"
#define WR_SARIF_TAIL "]}\n"

/* The member `key` of another document: the report.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_json_member(wr_json_writer *w, const char *key, const wr_result_set *set,
                                       wr_report_form form, wr_error *err);

/* Compact text of the array on_demand, in a memory sink of the caller's.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_json_on_demand(const wr_result_set *set, wr_out **out, wr_error *err);

/* The member "certificate", as a report's certificates[] has it.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_json_certificate(wr_json_writer *w, const wr_result_set *set,
                                            size_t certificate, wr_arena *arena, wr_error *err);

/* The member "plan" of a report, for other documents that carry it. */
void wr_report_json_plan(wr_json_writer *w, const wr_plan *plan);

#endif
