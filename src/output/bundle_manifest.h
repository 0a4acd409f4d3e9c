/* bundle_manifest.h - winroots.bundle/1: what a bundle was made from, what it does, what it holds.
 */
#ifndef WR_OUTPUT_BUNDLE_MANIFEST_H
#define WR_OUTPUT_BUNDLE_MANIFEST_H

#include "output/bundle_file.h"

/* Puts manifest.json, which lists every file that was put before it.  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_put_manifest(wr_bundle *bundle, wr_error *err);

#endif
