/* hive_logs.h - the transaction logs of a hive: found beside it, or given. */
#ifndef WR_EVIDENCE_HIVE_LOGS_H
#define WR_EVIDENCE_HIVE_LOGS_H

#include "base/diag.h"

typedef struct wr_log_paths {
    WR_LIST(const char *) paths; /* sorted */
} wr_log_paths;

/* NAME.LOG, NAME.LOG1 and NAME.LOG2 in the folder of the hive NAME, without regard to case.  A
 * folder that cannot be read is a diagnostic and gives none.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_hive_logs_find(const char *hive, wr_arena *arena, wr_diags *diags,
                                   wr_log_paths *out, wr_error *err);

#endif
