/* reg_text.h - the text that regedit exports and imports (.reg).
 *
 *     Windows Registry Editor Version 5.00
 *
 *     [HKEY_LOCAL_MACHINE\SOFTWARE\Key]
 *     "Name"="text"
 *     @=dword:0000002a
 *     "Blob"=hex:00,01,\
 *       02,03
 *     "Old"=-
 *
 *     [-HKEY_LOCAL_MACHINE\SOFTWARE\Old key]
 *
 * Format, with the basis of each rule: docs/formats/reg_text.md. */
#ifndef WR_FORMAT_REG_TEXT_H
#define WR_FORMAT_REG_TEXT_H

#include "base/diag.h"
#include "format/reg_entries.h"

/* Reads a text of version 5 or 4 (REGEDIT4), in UTF-16LE, UTF-8 or one byte a character; what
 * characters above 0x7f of the latter were taken for is a NOTE.  A line that cannot be read is
 * SKIPPED, with the values below a key's line that cannot be; the rest is read.  True does NOT
 * promise that a path begins with a root key, nor that it has any.
 * Fails: MALFORMED (no header), UNSUPPORTED (a header of another version), LIMIT
 * (WR_LIMIT_REG_ENTRIES), NO_MEMORY. */
WR_MUST_USE bool wr_reg_text_parse(wr_view file, wr_arena *arena, wr_diags *diags,
                                   wr_reg_entries *out, wr_error *err);

/* Writes version 5 as regedit does: UTF-16LE with its mark, CRLF, hex in lines of at most 80
 * characters.  What a text cannot say is left out and SKIPPED in `diags`: the deletion of all
 * values, instructions of a policy, and names that hold line ends. */
struct wr_out;
void wr_reg_text_write(struct wr_out *out, const wr_reg_entries *entries, wr_diags *diags);

#endif
