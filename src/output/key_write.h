/* key_write.h - which entry of a transaction log wrote what a report shows.  An entry has no date
 * of its own: that of the keys that it wrote stands for it. */
#ifndef WR_OUTPUT_KEY_WRITE_H
#define WR_OUTPUT_KEY_WRITE_H

#include "output/result.h"

typedef struct wr_key_write {
    wr_time last_write;             /* of a store's key; 0 where there is none      */
    const char *log;                /* its file's name; NULL where no log wrote the key */
    const wr_regf_log_entry *entry; /* likewise                                     */
} wr_key_write;

/* A row for each instance, policy and store of the model. */
typedef struct wr_key_writes {
    wr_key_write *instances, *policies, *stores;
    bool *untold; /* of the evidence: hives whose logs say nothing, for there is too much of them */
} wr_key_writes;

/* Looks at each key's last write after each log entry of its hive.  No entry is named where the
 * file alone is not kept, and of a hive where that passes WR_LIMIT_KEYS_PASSED, which is `untold`.
 * What a store's key says is of the key Certificates below it: when one was added or removed last.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_key_writes_find(const wr_result_set *set, wr_arena *arena, wr_key_writes *out,
                                    wr_error *err);

#endif
