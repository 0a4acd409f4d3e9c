/* bundle_check.h - what was found wrong with a bundle, or with what came of it. */
#ifndef WR_OUTPUT_BUNDLE_CHECK_H
#define WR_OUTPUT_BUNDLE_CHECK_H

#include "winroots/bundle.h"

#include "output/bundle_file.h"
#include "source/file.h"

typedef struct wr_bundle_finding {
    const char *id;     /* stable, docs/bundle.md                 */
    const char *about;  /* a file of the bundle, or a step; ""    */
    const char *detail; /* one line: what was found and expected  */
} wr_bundle_finding;

struct wr_bundle_check {
    wr_arena arena;
    wr_diags diags;
    const char *check;  /* verify, readback                       */
    const char *folder; /* as the user typed it                   */
    const char *id;     /* of the bundle                          */
    size_t num_looked;  /* at files of the bundle, or at steps    */
    WR_LIST(wr_bundle_finding) findings;
};

/* New, with an arena of its own that it lies in.  NULL: no memory, and *err says so. */
WR_MUST_USE wr_bundle_check *wr_bundle_check_new(const char *check, const char *folder,
                                                 wr_error *err);

/* Records a finding.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_bundle_found(wr_bundle_check *check, const char *id, const char *about,
                                 wr_error *err, const char *fmt, ...) WR_PRINTF(5, 6);

/* A file below the folder; `name` with '/'.  Fails as wr_file_open. */
WR_MUST_USE bool wr_bundle_open(const wr_bundle_check *check, const char *name, wr_file **out,
                                wr_error *err);

/* A manifest or a result as a document.  Fails: IO, MALFORMED, LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_json(const char *path, wr_json_document **out, wr_error *err);

/* What a manifest says. */
typedef struct wr_manifest {
    wr_json_document *document;     /* wr_json_free */
    const char *version, *computer; /* of winroots; of the host, "" where unknown */
    wr_steps steps;                 /* without der */
    WR_LIST(wr_bundle_file) files;
} wr_manifest;

/* Reads manifest.json; gives check->id.  Fails as wr_bundle_verify. */
WR_MUST_USE bool wr_manifest_read(wr_bundle_check *check, wr_manifest *out, wr_error *err);

#endif
