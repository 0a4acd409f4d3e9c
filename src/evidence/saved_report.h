/* saved_report.h - reports and records of winroots as evidence: each host in a file of them is an
 * item, and what they rest on is found by its SHA-256. */
#ifndef WR_EVIDENCE_SAVED_REPORT_H
#define WR_EVIDENCE_SAVED_REPORT_H

#include "base/hash_set.h"
#include "evidence/evidence_internal.h"

/* Those of all files, because a record's may stand in another one. */
struct wr_saved_objects {
    wr_hash_set known;
    WR_LIST(wr_view) octets; /* beside known.hashes */
};

/* Takes a file of kind WR_KIND_REPORT or WR_KIND_RECORD: one report, an array of them, or lines of
 * reports, records and objects.  A line that cannot be read is a diagnostic and an unreadable item;
 * so is a record of a host that has no report.
 * Fails: NO_MEMORY, UNSUPPORTED (no host in it, and no object). */
WR_MUST_USE bool wr_saved_reports_take(wr_evidence *ev, wr_view file, const wr_origin *origin,
                                       wr_error *err);

/* The octets of this SHA-256; false where no file had them. */
bool wr_saved_object(const wr_saved_objects *objects, const uint8_t sha256[WR_SHA256_LEN],
                     wr_view *out);

#endif
