/* diag.h - what was wrong with the evidence while the work went on.
 *
 * An error ends a call; a diagnostic records damage that a call stepped over.  Verdicts that rest
 * on WR_DIAG_SKIPPED evidence are unknown, never a pass. */
#ifndef WR_BASE_DIAG_H
#define WR_BASE_DIAG_H

#include "base/arena.h"

typedef enum wr_severity {
    WR_DIAG_NOTE,    /* worth knowing; nothing was lost             */
    WR_DIAG_WARNING, /* the evidence contradicts itself or is stale */
    WR_DIAG_SKIPPED  /* something could not be read and was left out */
} wr_severity;

typedef struct wr_diag {
    wr_severity severity;
    wr_code code;
    uint64_t offset;    /* or WR_NO_OFFSET         */
    const char *source; /* evidence, "" if none    */
    const char *path;   /* place inside it, or ""  */
    const char *message;
} wr_diag;

typedef struct wr_diags {
    wr_arena *arena; /* holds the texts */
    WR_LIST(wr_diag) list;
    size_t num_skipped;    /* of WR_DIAG_SKIPPED, counted even when not kept  */
    size_t num_suppressed; /* above WR_LIMIT_DIAGNOSTICS, or without memory   */
    bool no_memory;        /* what came of the evidence is less than it holds */
} wr_diags;

void wr_diags_init(wr_diags *d, wr_arena *arena);

/* Records `e`.  Never fails: what cannot be kept is counted in num_suppressed.  Damage that is
 * already recorded, because evidence was read twice, is not recorded again. */
void wr_diag_error(wr_diags *d, wr_severity severity, const wr_error *e);

/* Records a message about a place; `source` and `path` may be NULL. */
void wr_diag_add(wr_diags *d, wr_severity severity, wr_code code, const char *source,
                 uint64_t offset, const char *path, const char *fmt, ...) WR_PRINTF(7, 8);

/* Records what `from` has, in its order, as if it had been recorded here. */
void wr_diags_append(wr_diags *d, const wr_diags *from);

/* Names the place of what was recorded since list.count was `first`, where none is named yet: the
 * layer that reads a record seldom knows its path, and one that does should not build it in vain.
 */
void wr_diags_at(wr_diags *d, size_t first, const char *path);

/* Fails with NO_MEMORY where memory ended while evidence was read or a diagnostic was kept: that is no
 * damage to step over, and nothing that was concluded meanwhile may be believed. */
WR_MUST_USE bool wr_diags_check(const wr_diags *d, wr_error *err);

/* Stable lower-case name: note, warning, skipped. */
const char *wr_severity_name(wr_severity severity);

#endif
