/* reg_pol.h - a policy file (Registry.pol): the registry values that a group policy asks for.
 *
 *   offset  size  field
 *        0     4  "PReg"
 *        4     4  version, 1
 *        8        records: "[" key ";" value ";" type ";" size ";" data "]"
 *
 * Brackets, semicolons and names are UTF-16LE, key and value end with NUL, type and size are u32.
 * Format: docs/formats/reg_pol.md. */
#ifndef WR_FORMAT_REG_POL_H
#define WR_FORMAT_REG_POL_H

#include "base/diag.h"
#include "format/reg_entries.h"

/* Reads a policy file; records of one key in a row become one key.  Paths have no root: whether
 * they are the machine's or a user's is told by where the file lay.  A record's size alone says
 * where it ends, so from a broken one to the end all is SKIPPED.
 * Fails: MALFORMED (not such a file), UNSUPPORTED (version), LIMIT (WR_LIMIT_REG_ENTRIES),
 * NO_MEMORY. */
WR_MUST_USE bool wr_reg_pol_parse(wr_view file, wr_arena *arena, wr_diags *diags,
                                  wr_reg_entries *out, wr_error *err);

/* Writes one.  What a policy file cannot say is left out and SKIPPED in `diags`: names that would
 * be taken for an instruction, a deleted key whose name holds ';' or that stands below no other. */
struct wr_out;
void wr_reg_pol_write(struct wr_out *out, const wr_reg_entries *entries, wr_diags *diags);

#endif
