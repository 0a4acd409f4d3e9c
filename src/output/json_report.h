/* json_report.h - what the parts of winroots.report/1 share.  docs/report.schema.json. */
#ifndef WR_OUTPUT_JSON_REPORT_H
#define WR_OUTPUT_JSON_REPORT_H

#include "output/key_write.h"
#include "output/report.h"
#include "output/report_object.h"

/* Writing goes on after a lost allocation; what was written is then thrown away. */
typedef struct wr_json_report {
    const wr_result_set *set;
    wr_arena *arena;
    wr_json_writer w;
    wr_key_writes writes;
    wr_report_object *copies;  /* of the model; NULL: facts are not written */
    wr_report_objects objects; /* once they are known */
    wr_out **pieces; /* what several threads write to, kept from array to array; NULL: none yet */
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

/* Gives back what arrays were written with. */
void wr_json_report_done(wr_json_report *r);

/* Writes item `i` of an array, or leaves it out.  It changes nothing but the report it is given. */
typedef bool wr_json_item_fn(wr_json_report *r, size_t i, wr_error *err);

/* The array `key` of up to `count` items, in their order, not inside another item.  Where they are
 * many several threads write, `piece` items at a time: writing so many is to cost 0.1 ms.
 * Fails: as `write`, NO_MEMORY. */
WR_MUST_USE bool wr_json_report_array(wr_json_report *r, const char *key, size_t count,
                                      size_t piece, wr_json_item_fn *write, wr_error *err);

#define WR_JSON_CERTIFICATES 4  /* a piece of what has verdicts */
#define WR_JSON_ROWS         32 /* a piece of what has a few members */

/* One member of the document each.  Fails: NO_MEMORY, or what a key or signature cannot be read
 * for. */
void wr_json_report_policies(wr_json_report *r);
void wr_json_report_lists(wr_json_report *r);
WR_MUST_USE bool wr_json_report_stores(wr_json_report *r, wr_error *err);
WR_MUST_USE bool wr_json_report_on_demand(wr_json_report *r, const char *key, wr_error *err);
void wr_json_report_requirements(wr_json_report *r);
WR_MUST_USE bool wr_json_report_facts(wr_json_report *r, wr_error *err);
WR_MUST_USE bool wr_json_report_certificates(wr_json_report *r, wr_error *err);

#endif
