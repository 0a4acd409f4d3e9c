/* job_stage.h - evidence that is to be sent to another machine: links to it, below a folder that
 * stands for the current one.  What an absolute link leads to is sent; of a folder each file has
 * one, so that links inside evidence, which nobody follows, are not followed here either. */
#ifndef WR_FLEET_JOB_STAGE_H
#define WR_FLEET_JOB_STAGE_H

#include "base/outfile.h"

typedef struct wr_stage {
    wr_out_folder *folder;
    const char *root; /* in the folder                                   */
    const char *here; /* the current folder, which paths are relative to */
} wr_stage;

/* Evidence or an input, with what stands beside a file and begins with its name: logs, parts of an
 * image.  What is not there is left out, and is missed there as it is here.
 * Fails: USAGE (a path that is not below the current folder), IO, LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_stage_path(const wr_stage *s, const char *path, wr_error *err);

/* What an option names behind a "=", where it is there.  Fails as above. */
WR_MUST_USE bool wr_stage_word(const wr_stage *s, const char *word, wr_error *err);

#endif
