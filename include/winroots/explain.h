/* winroots/explain.h - why one certificate is, or is not, trusted: the whole derivation.
 *
 *     wr_analysis_add(a, WR_INPUT_EVIDENCE, "SOFTWARE", NULL, &err) &&
 *     wr_analysis_subject(a, "4eb6d578499b1ccf5f581ead56be3d9b6744a5e5", &err) &&
 *     wr_analysis_run(a, &options, &err) && wr_analysis_explain(a, WR_FORMAT_TEXT, NULL, &err); */
#ifndef WINROOTS_EXPLAIN_H
#define WINROOTS_EXPLAIN_H

#include "winroots/analysis.h"

/* Names the certificate before the run: its SHA-1 or SHA-256 in hex, else a file that holds it as
 * DER or PEM (the first one counts), which is then judged also where no store has it.  The text is
 * copied; the file stays open with the analysis.
 * Fails: USAGE (already run), IO, TRUNCATED, MALFORMED, LIMIT (the file), NO_MEMORY. */
WR_MUST_USE bool wr_analysis_subject(wr_analysis *a, const char *hash_or_file, wr_error *err);

/* Writes where the certificate stands, what lists and policies say of it, and for each scope and
 * purpose every rule in order, what it read and what would change the verdict; as text or
 * JSON (winroots.explain/1).  `path` NULL = standard output.  True does NOT promise that the
 * certificate is known: a text then says so.  Fails: USAGE (not run, no subject, another format),
 * IO, NO_MEMORY. */
WR_MUST_USE bool wr_analysis_explain(wr_analysis *a, wr_format format, const char *path,
                                     wr_error *err);

#endif
