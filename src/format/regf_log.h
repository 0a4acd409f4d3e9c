/* regf_log.h - one transaction log of a registry hive: the changes that it holds.
 *
 * An old log (signature "DIRT", up to Windows 8.0) holds the dirty 512-byte pages of one write.  A
 * new one ("HvLE", since Windows 8.1) holds a chain of entries, each the dirty pages of one write
 * under two hashes; behind the chain lie remnants of older rounds, whose hashes hold as well.
 * Nothing is applied here: that is format/regf_replay.h.  Format: docs/formats/regf_log.md. */
#ifndef WR_FORMAT_REGF_LOG_H
#define WR_FORMAT_REGF_LOG_H

#include "base/diag.h"
#include "base/time.h"

/* What of a base block matters for replay; the first 512 bytes of hives and logs alike. */
typedef struct wr_regf_header {
    bool checksum_valid;
    uint32_t primary_sequence, secondary_sequence;
    wr_time last_written;
    uint32_t type; /* 0 = hive, 1 and 2 = old log, 6 = new log */
    uint32_t bins_size;
} wr_regf_header;

/* False where there are no 512 bytes that begin with "regf". */
WR_MUST_USE bool wr_regf_header_read(wr_view file, wr_regf_header *out);

/* True when sequence number `b` is `a` or later; they wrap, so that 0 comes after 0xFFFFFFFF. */
bool wr_regf_sequence_reaches(uint32_t b, uint32_t a);

typedef enum wr_regf_log_kind {
    WR_REGF_LOG_OTHER, /* something that is no log                         */
    WR_REGF_LOG_EMPTY, /* no bytes or only zeros: normal beside a hive     */
    WR_REGF_LOG_OLD,   /* DIRT */
    WR_REGF_LOG_NEW    /* HvLE */
} wr_regf_log_kind;

/* Stable name: other, empty, old, new. */
const char *wr_regf_log_kind_name(wr_regf_log_kind kind);

/* Why no further entry of a log counts. */
typedef enum wr_regf_log_stop {
    WR_REGF_LOG_END,       /* the log ends, or what follows never was an entry: nothing is lost  */
    WR_REGF_LOG_SEQUENCE,  /* an entry of an older round follows: nothing is lost                */
    WR_REGF_LOG_HEADER,    /* the copy of the base block does not hold: no entry counts          */
    WR_REGF_LOG_SIZE,      /* size of the entry, or of an old log's bitmap                       */
    WR_REGF_LOG_HASH,      /* one of its hashes                                                  */
    WR_REGF_LOG_BINS_SIZE, /* size of the hive after it                                          */
    WR_REGF_LOG_PAGES,     /* it has none, they lie outside the hive, or their bytes are missing */
    WR_REGF_LOG_BIN,       /* old: a dirty bin that is none (found by replay)                    */
    WR_REGF_LOG_GROWTH     /* larger than WR_LIMIT_REPLAY_GAP lets it (found by replay)          */
} wr_regf_log_stop;

/* Stable name: end, sequence, header, size, hash, bins_size, pages, bin, growth. */
const char *wr_regf_log_stop_name(wr_regf_log_stop stop);

/* The dirty pages of one write.  All of them lie inside `bins_size`. */
typedef struct wr_regf_log_entry {
    wr_regf_log_kind kind; /* OLD or NEW                                            */
    uint64_t offset;       /* in its log                                            */
    uint32_t sequence;     /* of the hive once it is applied                        */
    uint32_t bins_size;    /* of the hive once it is applied                        */
    uint32_t flags;        /* new: bit 0 = bit 0 of the base block's flags          */
    uint32_t num_pages;    /* new: runs of any length; old: pages of 512 bytes      */
    wr_view refs;          /* new: {u32 offset, u32 size} of each run; old: the bitmap */
    wr_view pages;         /* their bytes, one behind the other                     */
} wr_regf_log_entry;

typedef struct wr_regf_log {
    wr_view file;
    wr_regf_log_kind kind;
    wr_view base_block;    /* its copy, 512 bytes; empty unless the kind is OLD or NEW   */
    wr_regf_header header; /* the facts of the same                                      */
    WR_LIST(wr_regf_log_entry) entries;  /* the chain, in order; an old log has at most one */
    WR_LIST(wr_regf_log_entry) remnants; /* new: valid entries of older rounds, by offset */
    wr_regf_log_stop stop;
    uint64_t stop_offset; /* where the entry would be that does not count               */
    wr_view rest;         /* all that lies behind the chain, remnants included          */
} wr_regf_log;

/* Reads a whole log; hashes are checked before anything that they cover is believed.  What does not
 * hold ends the chain and, unless it is normal, is a WARNING: a file that is no log at all is an
 * answer too.  Remnants are counted within a budget of hashing, so that a log made to cost gives
 * only some. Fails: NO_MEMORY. */
WR_MUST_USE bool wr_regf_log_read(wr_view file, wr_arena *arena, wr_diags *diags, wr_regf_log *out,
                                  wr_error *err);

/* The pages of an entry in stored order: start with a cursor of zeros; false at the end.  `rel` is
 * where the bytes belong, from the start of the hive bins data. */
typedef struct wr_regf_log_cursor {
    uint32_t count; /* pages given         */
    size_t bit;     /* old: next in bitmap */
    size_t used;    /* bytes of pages      */
} wr_regf_log_cursor;
bool wr_regf_log_next_page(const wr_regf_log_entry *entry, wr_regf_log_cursor *at, uint32_t *rel,
                           wr_view *bytes);

#endif
