/* program_members.h - what `inspect` says of a program. */
#ifndef WR_OUTPUT_PROGRAM_MEMBERS_H
#define WR_OUTPUT_PROGRAM_MEMBERS_H

#include "base/json.h"
#include "format/authenticode.h"
#include "format/pe.h"

/* machine, format, signed, certificate_table[], signatures[]: the facts of each, no verdict.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_members_program(wr_json_writer *w, const wr_pe *program,
                                    const wr_authenticodes *signatures, wr_arena *arena,
                                    wr_error *err);

#endif
