/* bundle_sst.h - roots.sst: what a plan adds to Root, with the properties that a verified list
 * gives it, for tools that import a serialized store. */
#ifndef WR_OUTPUT_BUNDLE_SST_H
#define WR_OUTPUT_BUNDLE_SST_H

#include "output/bundle_file.h"

/* Puts roots.sst.  A serialized store does not say where its certificates belong, so that nothing
 * but roots is in it; no root, no file.  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_put_sst(wr_bundle *bundle, wr_error *err);

/* The serialized element of a step that puts: properties, then the certificate; to `out`. */
void wr_step_write_element(const wr_step *step, wr_out *out);

#endif
