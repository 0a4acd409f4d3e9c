/* diff_run.h - what both kinds of comparison share. */
#ifndef WR_OUTPUT_DIFF_RUN_H
#define WR_OUTPUT_DIFF_RUN_H

#include "output/diff.h"
#include "winroots/analysis.h"

/* To a file, whole or not at all, or to standard output (path NULL).  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_diff_write(const wr_diff_document *diff, wr_format format, const char *path,
                               wr_error *err);

#endif
