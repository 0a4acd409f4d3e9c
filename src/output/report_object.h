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

/* In the order of the model: DER of its certificates; properties of their copies, as they are
 * stored, without the certificate; messages of its lists.  Borrowed or in the arena.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_objects_of(const wr_result_set *set, wr_arena *arena,
                                      wr_report_objects *out, wr_error *err);

/* One more, unless it is there already.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_object_add(wr_report_objects *objects, wr_arena *arena, const char *kind,
                                      wr_view octets, wr_error *err);

/* The properties of an element without its object: in the arena, empty where there are none.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_element_properties(const wr_element *element, wr_arena *arena, wr_view *out,
                                       wr_error *err);

/* Its members "kind", "sha256" and "data" (base64). */
void wr_report_object_members(wr_json_writer *w, const wr_report_object *object);

#endif
