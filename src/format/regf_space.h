/* regf_space.h - which bytes of a hive its keys do not use. */
#ifndef WR_FORMAT_REGF_SPACE_H
#define WR_FORMAT_REGF_SPACE_H

#include "format/regf.h"

typedef enum wr_regf_place {
    WR_REGF_FREE,         /* a free cell                                          */
    WR_REGF_UNREFERENCED, /* a cell in use that no key leads to                   */
    WR_REGF_SLACK,        /* behind the record or data of a cell in use           */
    WR_REGF_NO_BIN,       /* where the chain of bins or of cells is broken        */
    WR_REGF_TAIL,         /* behind the hive bins                                 */
    WR_REGF_LOG,          /* behind the entries of a transaction log that count   */
    WR_REGF_FILE          /* in a hive that was deleted as a file                 */
} wr_regf_place;

/* Stable name: free, unreferenced, slack, no_bin, tail, log, file. */
const char *wr_regf_place_name(wr_regf_place place);

/* Offsets are cell references: from the start of the hive bins data, and on into the tail. */
typedef struct wr_regf_gap {
    wr_regf_place place;
    uint32_t begin, len; /* size fields of cells are no part of it                    */
    uint32_t list_of;    /* slack of this key's value list, else WR_REGF_NIL          */
} wr_regf_gap;

typedef struct wr_regf_space {
    wr_view bytes;             /* all that a reference can name: bins and tail, up to 4 GiB */
    WR_LIST(wr_regf_gap) gaps; /* by offset, none overlaps another               */
    uint8_t *used;             /* one bit per possible cell: a key leads to it                  */
} wr_regf_space;

/* Follows every reference from the root; what is damaged is recorded as by wr_regf_walk_next.  Gaps
 * too small for a record, or behind a value list for a reference, are left out.
 * Fails: as wr_regf_walk_start; NO_MEMORY. */
WR_MUST_USE bool wr_regf_space_find(const wr_regf *hive, wr_arena *arena, wr_diags *diags,
                                    wr_regf_space *out, wr_error *err);

/* True when a size field stands at `cell` of `bytes`, and its cell has room for `len` bytes. */
bool wr_regf_cell_frames(wr_view bytes, uint64_t cell, uint64_t len);

/* True when a key leads to the cell. */
bool wr_regf_space_is_used(const wr_regf_space *space, uint32_t cell);

/* The `len` bytes at an offset where they lie in one gap, else false; *gap is the one that the
 * first of them lies in, NULL where that is used. */
bool wr_regf_space_slice(const wr_regf_space *space, uint64_t at, uint64_t len, wr_view *out,
                         const wr_regf_gap **gap);

#endif
