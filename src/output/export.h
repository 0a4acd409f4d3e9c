/* export.h - the set of certificates that are trusted for a purpose and a scope. */
#ifndef WR_OUTPUT_EXPORT_H
#define WR_OUTPUT_EXPORT_H

#include "output/result.h"
#include "winroots/export.h"

typedef struct wr_export_item {
    const wr_certificate *certificate;
    wr_verdict verdict;
    wr_status status; /* of the verdict, but for what a connected host fetches */
    bool supplied;
} wr_export_item;

typedef struct wr_export_set {
    wr_purpose purpose;
    const wr_scope *scope;
    WR_LIST(wr_export_item) items; /* to be written, in the order of the model */
    const wr_export_item *unknown; /* the first one, NULL = none               */
} wr_export_set;

/* Chooses; counts in *result.  Fails: USAGE (no such purpose or scope), NO_MEMORY. */
WR_MUST_USE bool wr_export_choose(const wr_result_set *set, const wr_export_options *options,
                                  wr_arena *arena, wr_export_set *out, wr_export_result *result,
                                  wr_error *err);

#endif
