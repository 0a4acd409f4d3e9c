/* host_record.h - what a worker writes: the records of one evidence. */
#ifndef WR_FLEET_HOST_RECORD_H
#define WR_FLEET_HOST_RECORD_H

#include "fleet/record.h"
#include "winroots/analysis.h"

/* The records of each host of an analysis that has run over the evidence `path`; *status is that of
 * the worst.  Fails: IO, LIMIT (the evidence cannot be read to its end), NO_MEMORY. */
WR_MUST_USE bool wr_host_records_write(const wr_analysis *a, const char *path, wr_out *out,
                                       wr_record_status *status, wr_error *err);

/* The one record of evidence that has no report.  It is told from others by its content; with
 * `unread`, or where that cannot be read, by its path alone.  Fails: NO_MEMORY, UNSUPPORTED. */
WR_MUST_USE bool wr_host_record_failure(const char *path, bool unread, const wr_error *why,
                                        wr_out *out, wr_error *err);

#endif
