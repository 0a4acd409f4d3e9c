/* result.h - everything that one analysis of one host concluded: what the writers of reports and
 * bundles are given.  Borrowed from the analysis. */
#ifndef WR_OUTPUT_RESULT_H
#define WR_OUTPUT_RESULT_H

#include "require/plan.h"

typedef struct wr_result_set {
    const wr_evidence *evidence;
    const wr_model *model;
    const wr_trust *trust;
    const wr_comparison *comparisons;
    size_t num_comparisons;
    const wr_plan *plan;
    const wr_diags *diags;
    const char *version;      /* of winroots */
    const char *command_line; /* as the user typed it, NULL = not recorded */
} wr_result_set;

/* A place as reports write it: "e3:KEY PATH", "e3:0x1f3a0", "e3"; "" for no source.  In the arena;
 * NULL: no memory. */
WR_MUST_USE const char *wr_source_text(const wr_result_set *set, wr_arena *arena,
                                       const char *source, const char *path, uint64_t offset);

#endif
