/* bundle.h - a plan as a folder that an administrator carries to the host. docs/bundle.md. */
#ifndef WR_OUTPUT_BUNDLE_H
#define WR_OUTPUT_BUNDLE_H

#include "output/bundle_file.h"

/* Writes the bundle to the folder `path`, whole or not at all: certs/, install.cmd, verify.cmd,
 * rollback.cmd, README.txt, report.json, report.html, manifest.json.  A non-empty folder is refused
 * without `force`, and then only where it holds a bundle.  A plan without an action for a script
 * gives a bundle that says so. Fails: USAGE (folder not empty), IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_write(const wr_result_set *set, const char *path, bool force,
                                 wr_error *err);

/* The files that act on a host, from the steps of `bundle` alone: certificates, scripts, roots.sst
 * and gpo/.  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_generate(wr_bundle *bundle, wr_error *err);

#endif
