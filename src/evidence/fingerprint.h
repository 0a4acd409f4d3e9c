/* fingerprint.h - what tells one piece of evidence from another without reading all of it. */
#ifndef WR_EVIDENCE_FINGERPRINT_H
#define WR_EVIDENCE_FINGERPRINT_H

#include "base/diag.h"
#include "base/digest.h"

/* A name for what stands at `path`, made of content alone: where it stands, what it is called and
 * when it was written do not count.
 *
 * Of a file: SHA-256 of its length and its bytes; of one above WR_LIMIT_FINGERPRINT_WHOLE, of its
 * first and last MiB and of 4 KiB at each of 256 places spread evenly between.  Of a folder: the
 * same of each file that winroots would read there, with its path below the folder.
 *
 * Equal evidence has one fingerprint, and different ones mean different evidence.  One fingerprint
 * does NOT promise equal evidence where a file is above that limit: a change between the places
 * looked at is not seen.  (Windows writes the first block of a hive with every flush.)
 * Fails: IO, LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_evidence_fingerprint(const char *path, uint8_t sha256[WR_SHA256_LEN],
                                         wr_error *err);

#endif
