/* report_object.h - the octets that verdicts rest on, each once and named by its SHA-256: what a
 * report carries so that it can be judged again, and what records of many hosts share. */
#ifndef WR_OUTPUT_REPORT_OBJECT_H
#define WR_OUTPUT_REPORT_OBJECT_H

#include "base/hash_set.h"
#include "base/json.h"
#include "output/result.h"

typedef struct wr_report_object {
    const char *kind; /* "certificate", "properties", "list", "on_demand" */
    uint8_t sha256[WR_SHA256_LEN];
    wr_view octets;
} wr_report_object;

typedef struct wr_report_objects {
    WR_LIST(wr_report_object) list;
    wr_hash_set known;
} wr_report_objects;

/* For each instance of the model its properties as they are stored, without the certificate; no
 * octets where it has none.  In the arena; several threads hash.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_copies_of(const wr_model *m, wr_arena *arena, wr_report_object **out,
                                     wr_error *err);

/* In the order of the model: DER of its certificates; its `copies`, as above; messages of its
 * lists.  Borrowed or in the arena.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_objects_of(const wr_result_set *set, const wr_report_object *copies,
                                      wr_arena *arena, wr_report_objects *out, wr_error *err);

/* One more, unless it is there already.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_object_add(wr_report_objects *objects, wr_arena *arena, const char *kind,
                                      wr_view octets, wr_error *err);

/* Its members "kind", "sha256" and "data" (base64). */
void wr_report_object_members(wr_json_writer *w, const wr_report_object *object);

#endif
