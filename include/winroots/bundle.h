/* winroots/bundle.h - a bundle after it was written: is it still what was made, and what came of it
 * on the host?
 *
 *     wr_bundle_check *check = wr_bundle_verify("out", &err);
 *     check && wr_bundle_check_report(check, false, NULL, &err);
 *     wr_bundle_check_free(check);
 *
 * What a bundle holds: docs/bundle.md. */
#ifndef WINROOTS_BUNDLE_H
#define WINROOTS_BUNDLE_H

#include "winroots/error.h"

typedef struct wr_bundle_check wr_bundle_check;

/* Is the folder the bundle that its manifest tells of?  Every file is there with its hash, nothing
 * else is, and what acts on a host is exactly what this program makes from the steps of the plan.
 * Clean does NOT promise who made it: whoever can write the folder can make another bundle.
 * NULL fails: IO, MALFORMED, LIMIT (the manifest), NO_MEMORY. */
WR_MUST_USE wr_bundle_check *wr_bundle_verify(const char *folder, wr_error *err);

/* Is every step of the bundle in place on the host?  `result` is the result.json or verify.json
 * that a script wrote there; `evidence`, files and folders of the host after it, says whether what
 * was reported is so, and may be empty.
 * NULL fails: IO, MALFORMED, TRUNCATED, UNSUPPORTED, LIMIT (manifest, result or evidence), USAGE,
 * NO_MEMORY. */
WR_MUST_USE wr_bundle_check *wr_bundle_readback(const char *folder, const char *result,
                                                const char *const *evidence, size_t num_evidence,
                                                wr_error *err);

/* 0 = clean. */
size_t wr_bundle_check_findings(const wr_bundle_check *check);

/* Writes the findings as text, or as JSON (winroots.bundle-check/1), to a file, whole or not at
 * all, or to standard output (output NULL).  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_check_report(const wr_bundle_check *check, bool json, const char *output,
                                        wr_error *err);

/* NULL is allowed. */
void wr_bundle_check_free(wr_bundle_check *check);

#endif
