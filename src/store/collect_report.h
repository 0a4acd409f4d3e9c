/* collect_report.h - a model from the facts of a saved report.  docs/report.md.
 *
 * What a report concludes is not looked at: verdicts, findings, requirements and the state of lists
 * are made anew from the certificates, properties and lists themselves, each of which has the
 * SHA-256 that it is named by. */
#ifndef WR_STORE_COLLECT_REPORT_H
#define WR_STORE_COLLECT_REPORT_H

#include "base/json.h"
#include "store/model.h"

/* Finds the octets that a report names. */
typedef struct wr_object_source {
    bool (*find)(void *context, const uint8_t sha256[WR_SHA256_LEN], wr_view *out);
    void *context;
} wr_object_source;

/* Adds what `report`, of schema winroots.report/1, says that the host's stores held.  `label` is
 * the evidence that it is; sources become "label/eN".  Octets that nobody has are a diagnostic
 * (SKIPPED), and the store is marked: what would rest on them is unknown.  So is a report without
 * facts.  Fails: MALFORMED (JSON pointer in err->path; `m` then holds a part), NO_MEMORY. */
WR_MUST_USE bool wr_collect_report(wr_model *m, const wr_json *report, const char *label,
                                   const wr_object_source *objects, wr_error *err);

/* The report or record that an item is.  One that cannot be read is a diagnostic and leaves the
 * machine's evidence incomplete.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_report_item(wr_model *m, const wr_item *item, wr_error *err);

#endif
