/* gather.h - many files of records as one: line after line, and what they have alike once. */
#ifndef WR_FLEET_GATHER_H
#define WR_FLEET_GATHER_H

#include "base/hash_set.h"
#include "base/outfile.h"

typedef struct wr_gather {
    wr_arena arena;
    wr_hash_set objects; /* SHA-256 of the lines that were written */
    wr_out *to;
} wr_gather;

void wr_gather_begin(wr_gather *g, wr_out *to);

/* Writes the first `bytes` of the file `path`, or all for UINT64_MAX, and leaves out each line of a
 * winroots.object/1 that was written before, byte for byte.  Lines are not read further; errors
 * of the sink stick.  Fails: IO, MALFORMED (the last line has no end), NO_MEMORY. */
WR_MUST_USE bool wr_gather_file(wr_gather *g, const char *path, uint64_t bytes, wr_error *err);

void wr_gather_end(wr_gather *g);

#endif
