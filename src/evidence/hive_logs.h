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

/* True where `path` is that of the hive with .LOG, .LOG1 or .LOG2 behind it. */
bool wr_hive_log_is(const char *path, const char *hive);

/* True where the path ends as that of a log does. */
bool wr_hive_log_named(const char *path);

#endif
