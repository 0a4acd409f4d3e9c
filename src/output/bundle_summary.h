/* bundle_summary.h - summary.json (winroots.summary/1): which required certificates a host has and
 * which it lacks, for programs that want no more than that. */
#ifndef WR_OUTPUT_BUNDLE_SUMMARY_H
#define WR_OUTPUT_BUNDLE_SUMMARY_H

#include "output/bundle_file.h"

/* Puts summary.json: the host before the bundle.  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_put_summary(wr_bundle *bundle, wr_error *err);

#endif
