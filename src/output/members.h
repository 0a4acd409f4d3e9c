/* members.h - members of JSON documents that reports, inspections and bundles write alike. */
#ifndef WR_OUTPUT_MEMBERS_H
#define WR_OUTPUT_MEMBERS_H

#include "base/json.h"
#include "format/pkcs7.h"
#include "format/regf_replay.h"

/* Absent members are left out: nothing where `value` is NULL or "". */
void wr_member_text(wr_json_writer *w, const char *key, const char *value);

/* "signature": status, detail, signer, signer_not_after, root_sha256. */
void wr_member_signature(wr_json_writer *w, const wr_signature *signature);

/* "key": algorithm, bits, curve.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_member_key(wr_json_writer *w, const wr_x509 *certificate, wr_arena *arena,
                               wr_error *err);

/* An array of what became of each log of a hive; empty where `replay` is NULL. */
void wr_member_logs(wr_json_writer *w, const char *key, const wr_regf_replay *replay);

#endif
