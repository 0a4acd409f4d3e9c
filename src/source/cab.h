/* cab.h - the tables of a cabinet, nothing expanded; private to this room.  docs/formats/cab.md */
#ifndef WR_SOURCE_CAB_H
#define WR_SOURCE_CAB_H

#include "base/arena.h"

enum { WR_CAB_STORED = 0, WR_CAB_MSZIP = 1, WR_CAB_QUANTUM = 2, WR_CAB_LZX = 3 };

/* A stream of data blocks that files are cut from. */
typedef struct wr_cab_folder {
    uint64_t at;          /* offset of the table's entry in the evidence       */
    uint32_t start;       /* of its first block, from the start of the cabinet */
    uint16_t num_blocks;  /* that the table promises                           */
    uint16_t compression; /* WR_CAB_... in the low 4 bits, its parameters above */
} wr_cab_folder;

/* A data block: what it holds, and how many bytes that expands to, at most WR_CAB_BLOCK. */
#define WR_CAB_BLOCK 32768
typedef struct wr_cab_block {
    uint32_t checksum; /* 0: none was made */
    wr_view sizes;     /* and what is reserved behind them, which the checksum covers, too */
    wr_view data;
    uint16_t expanded;
} wr_cab_block;

/* The blocks of a folder, up to the first that is not whole. */
typedef struct wr_cab_blocks {
    wr_view bytes;
    uint16_t count;
    uint64_t expanded; /* bytes that they say they expand to                  */
    uint64_t taken;    /* bytes of the cabinet that were looked at for them   */
} wr_cab_blocks;

typedef struct wr_cab {
    wr_view bytes;
    wr_cab_folder *folders;
    uint16_t num_folders, num_files;
    uint8_t block_reserve; /* bytes that each block's header has for applications */
    wr_reader files;       /* at the first entry */
} wr_cab;

typedef struct wr_cab_file {
    uint64_t at; /* offset of the entry in the evidence */
    wr_view name;
    uint32_t size, offset; /* bytes, inside the expanded folder */
    uint16_t folder;
    bool name_is_utf8; /* else in a code page that is not told */
} wr_cab_file;

/* The header and the table of folders.
 * Fails: MALFORMED (no cabinet), TRUNCATED, UNSUPPORTED (part of a set), NO_MEMORY. */
WR_MUST_USE bool wr_cab_open(wr_view bytes, wr_arena *arena, wr_cab *out, wr_error *err);

/* The next file of the table at `r`, which begins as cab.files and is read num_files times.
 * Fails: TRUNCATED, MALFORMED (its name has no end); then the rest of the table is lost. */
WR_MUST_USE bool wr_cab_next(wr_reader *r, wr_cab_file *out, wr_error *err);

/* Finds the blocks of a folder and checks their sums, in at most `budget` bytes.  *out is filled
 * either way, as far as it goes.
 * Fails: TRUNCATED, MISMATCH (a checksum), MALFORMED (a block of more than WR_CAB_BLOCK, or the
 * budget ends before the blocks). */
WR_MUST_USE bool wr_cab_read_blocks(const wr_cab *cab, const wr_cab_folder *folder, uint64_t budget,
                                    wr_cab_blocks *out, wr_error *err);

/* The next of the blocks that were found so, from a reader of their bytes; false at the end. */
WR_MUST_USE bool wr_cab_next_block(const wr_cab *cab, wr_reader *r, wr_cab_block *out);

#endif
