/* archive.h - members of a cab [libarchive for MSZIP]. */
#ifndef WR_SOURCE_ARCHIVE_H
#define WR_SOURCE_ARCHIVE_H

#include "base/diag.h"

typedef struct wr_member {
    const char *name; /* UTF-8 as stored, never used as a path */
    wr_view bytes;    /* source = "LABEL/NAME", origin 0       */
} wr_member;

typedef struct wr_members {
    WR_LIST(wr_member) list;
} wr_members;

/* Expands a cabinet into the arena: stored, MSZIP and LZX.  A member that is damaged, or packed in
 * another way, is a diagnostic (SKIPPED) and the others are given, in the order of the cabinet.
 * Fails where no member can be given, with what is wrong with the first: MALFORMED (also: no
 * cabinet, no files), TRUNCATED, MISMATCH (a checksum), UNSUPPORTED (compression, or a part of a
 * split set), LIMIT (WR_LIMIT_MEMBER_BYTES, _EXPANSION_RATIO); and always: NO_MEMORY.  Names may be
 * equal, empty or hostile. */
WR_MUST_USE bool wr_archive_read_cab(wr_view cab, wr_arena *arena, wr_diags *diags, wr_members *out,
                                     wr_error *err);

#endif
