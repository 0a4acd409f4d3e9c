/* bundle_file.h - a bundle while it is written: its folder, and what was put there. */
#ifndef WR_OUTPUT_BUNDLE_FILE_H
#define WR_OUTPUT_BUNDLE_FILE_H

#include "base/digest.h"
#include "base/outfile.h"
#include "output/bundle_step.h"
#include "output/result.h"

typedef struct wr_bundle_file {
    const char *name; /* with '/', as the manifest has it */
    uint64_t bytes;
    uint8_t sha256[WR_SHA256_LEN];
} wr_bundle_file;

typedef struct wr_bundle {
    const wr_result_set *set; /* NULL where an old bundle's steps are made to files again */
    const char *version;      /* of the winroots that makes it */
    wr_steps steps;
    wr_arena *arena;
    wr_out_folder *folder; /* NULL: of a file only its hash is kept */
    const char *id;        /* 16 hex digits; bundles whose scripts do the same have the same */
    WR_LIST(wr_bundle_file) files;
} wr_bundle;

/* Writes one file below the folder and remembers it; one that is there already stays as it is.
 * Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_put(wr_bundle *bundle, const char *name, wr_view bytes, wr_error *err);

/* The same with what was written to a memory sink, which is freed either way. */
WR_MUST_USE bool wr_bundle_put_sink(wr_bundle *bundle, const char *name, wr_out *sink,
                                    wr_error *err);

/* The same for text in lines, whose ends become CRLF. */
WR_MUST_USE bool wr_bundle_put_text(wr_bundle *bundle, const char *name, wr_out *sink,
                                    wr_error *err);

/* Lines up to NULL, each with its end. */
void wr_bundle_write_lines(const char *const *lines, wr_out *out);

#endif
