/* json_report.h - what the parts of winroots.report/1 share.  docs/report.schema.json. */
#ifndef WR_OUTPUT_JSON_REPORT_H
#define WR_OUTPUT_JSON_REPORT_H

#include "output/key_write.h"
#include "output/report.h"

/* Writing goes on after a lost allocation; what was written is then thrown away. */
typedef struct wr_json_report {
    const wr_result_set *set;
    wr_arena *arena;
    wr_json_writer w;
    wr_key_writes writes;
    bool no_memory;
    const char *source; /* of the place that was written last, whose item is e<number> */
    size_t item;
    char number[24];
} wr_json_report;

/* `text`, or "" and no_memory where it is NULL. */
const char *wr_json_report_kept(wr_json_report *r, const char *text);

/* A member "eN:KEY PATH" or "eN:0xOFFSET"; left out where there is no place. */
void wr_json_report_place(wr_json_report *r, const char *key, const char *source, const char *path,
                          uint64_t offset);

/* A member that refers to a certificate of the model. */
void wr_json_report_certificate_id(wr_json_report *r, const char *key, const wr_certificate *c);

/* A member "log_entry", where a log wrote the key. */
void wr_json_report_log_entry(wr_json_report *r, const wr_key_write *write);

/* One member of the document each.  Fails: NO_MEMORY, or what a key or signature cannot be read
 * for. */
void wr_json_report_policies(wr_json_report *r);
void wr_json_report_lists(wr_json_report *r);
void wr_json_report_stores(wr_json_report *r);
void wr_json_report_on_demand(wr_json_report *r, const char *key);
void wr_json_report_requirements(wr_json_report *r);
WR_MUST_USE bool wr_json_report_facts(wr_json_report *r, wr_error *err);
WR_MUST_USE bool wr_json_report_certificates(wr_json_report *r, wr_error *err);

#endif
