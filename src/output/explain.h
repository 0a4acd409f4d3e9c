/* explain.h - the derivation of the verdicts on one certificate, as a person would tell it. */
#ifndef WR_OUTPUT_EXPLAIN_H
#define WR_OUTPUT_EXPLAIN_H

#include "output/report.h"

/* 40 or 64 hex digits. */
bool wr_explain_is_hash(const char *text);

/* The certificate is the one of this SHA-1 or SHA-256. */
bool wr_explain_matches(const wr_certificate *certificate, const char *hash);

/* Fails: NO_MEMORY. */
WR_MUST_USE bool wr_explain_text(const wr_result_set *set, const char *hash, wr_out *out,
                                 wr_error *err);
WR_MUST_USE bool wr_explain_json(const wr_result_set *set, const char *hash, wr_out *out,
                                 wr_error *err);

#endif
