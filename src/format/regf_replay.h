/* regf_replay.h - a hive and its transaction logs, as Windows would load them.
 *
 * A hive that was not closed is dirty: changes stand in its logs and not yet in its file.  Planning
 * reads the hive and the logs and decides which entries count; it writes nothing.  The entries then
 * go, all or one by one, into an image: bytes of the caller's that begin as the hive.  A private
 * mapping (wr_file_private) is the cheapest, since only the pages that change are copied. */
#ifndef WR_FORMAT_REGF_REPLAY_H
#define WR_FORMAT_REGF_REPLAY_H

#include "format/regf_log.h"

/* What became of a log. */
typedef enum wr_regf_log_use {
    WR_REGF_LOG_APPLIED,    /* its entries count                                            */
    WR_REGF_LOG_NOT_NEEDED, /* the hive is clean: it was not read                           */
    WR_REGF_LOG_UNUSABLE,   /* it has no entry that counts                                  */
    WR_REGF_LOG_STALE,      /* older than the hive                                          */
    WR_REGF_LOG_GAP,        /* does not begin where the log before it ends                  */
    WR_REGF_LOG_PASSED_OVER /* another log counts alone: it is later, or of the new format  */
} wr_regf_log_use;

/* Stable name: applied, not_needed, unusable, stale, gap, passed_over. */
const char *wr_regf_log_use_name(wr_regf_log_use use);

typedef struct wr_regf_replay_log {
    wr_regf_log log;
    wr_regf_log_use use;
    size_t num_applied; /* of log.entries, from the first */
} wr_regf_replay_log;

typedef struct wr_regf_replay {
    const char *source;  /* of the hive                                            */
    bool dirty;          /* the file needs its logs: sequences differ, or:         */
    bool checksum_valid; /* false = its base block is damaged                      */
    uint32_t primary_sequence, secondary_sequence; /* as the file has them               */
    uint32_t sequence; /* both, once all entries are applied; only if num_entries */
    size_t num_logs;
    wr_regf_replay_log *logs; /* as they were given                                     */
    size_t num_entries;
    const wr_regf_log_entry **entries; /* those that count, in order                    */
    wr_view base_block;   /* a log's copy, in place of a damaged one; empty where none is */
    wr_time last_written; /* of the result                                               */
    size_t primary_len;   /* of the file: an image begins with as many bytes         */
    size_t image_len;     /* of an image: at least that of the file                  */
} wr_regf_replay;

/* Decides what Windows would apply of `num_logs` logs, in any order, to `primary`.  Names of logs
 * play no part.  A clean hive, or a dirty one without a usable log, gives a plan without entries.
 * What Windows would lose (a damaged entry, a gap between logs) and a dirty hive that no log helps
 * are WARNINGs.  Views of the plan point into the logs, none into `primary`.
 * Fails: TRUNCATED (no base block), NO_MEMORY. */
WR_MUST_USE bool wr_regf_replay_plan(wr_view primary, const wr_view *logs, size_t num_logs,
                                     wr_arena *arena, wr_diags *diags, wr_regf_replay *out,
                                     wr_error *err);

/* Brings an image from after `from` entries to after `to` entries: from 0 to num_entries is the
 * whole replay, 0 <= from <= to.  At 0 it holds the primary file and, behind it, zeros up to
 * image_len.  With from < to, *out is a hive with valid base block and equal sequence numbers; at 0
 * it is the hive as it was found.  Entries were checked by the plan and are only copied here.
 * Fails: USAGE (`size` is below image_len; no such entries). */
WR_MUST_USE bool wr_regf_replay_until(const wr_regf_replay *replay, size_t from, size_t to,
                                      uint8_t *image, size_t size, wr_view *out, wr_error *err);

/* The whole replay; *out is `primary` itself where there are no entries.  `own` are the bytes of
 * `primary` for writing, such as wr_file_private gives: they become the image, and what `primary`
 * shows changes with them.  A hive that its logs grow, or `own` NULL, takes a copy in the arena,
 * which costs as much as reading the file. Fails: NO_MEMORY. */
WR_MUST_USE bool wr_regf_replay_all(const wr_regf_replay *replay, wr_view primary, uint8_t *own,
                                    wr_arena *arena, wr_view *out, wr_error *err);

/* Label of the log that an entry of the replay is in; "" for any other entry. */
const char *wr_regf_replay_log_of(const wr_regf_replay *replay, const wr_regf_log_entry *entry);

#endif
