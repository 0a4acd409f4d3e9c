/* pe.h - a program's certificate table, where Authenticode keeps its signatures.
 *
 * Nothing here says that a signature fits the program: no digest is computed.
 * Format: docs/formats/pe.md. */
#ifndef WR_FORMAT_PE_H
#define WR_FORMAT_PE_H

#include "base/diag.h"

/* What an entry of the table holds. */
enum {
    WR_PE_X509 = 1,
    WR_PE_PKCS_SIGNED_DATA = 2, /* Authenticode */
    WR_PE_TS_STACK_SIGNED = 4
};

typedef struct wr_pe_certificate {
    uint16_t revision; /* 0x0100, 0x0200 */
    uint16_t type;     /* WR_PE_..., or another number */
    wr_view bytes;     /* what is behind the entry's header */
} wr_pe_certificate;

typedef struct wr_pe {
    uint16_t machine;                        /* IMAGE_FILE_MACHINE_... as stored */
    bool plus;                               /* PE32+, whose addresses have 64 bits */
    wr_view table;                           /* empty where the program has none */
    WR_LIST(wr_pe_certificate) certificates; /* in stored order */
} wr_pe;

/* `file` is the whole file.  What is behind a damaged entry of the table is SKIPPED.  A program
 * without a table, or whose header is too short to name one, has no certificates.
 * Fails: TRUNCATED (the headers or the table are not all there), MALFORMED (no PE image),
 * UNSUPPORTED (neither PE32 nor PE32+), NO_MEMORY. */
WR_MUST_USE bool wr_pe_parse(wr_view file, wr_arena *arena, wr_diags *diags, wr_pe *out,
                             wr_error *err);

/* "x86", "x64", "arm64" and so on; NULL for a machine that has no name here. */
const char *wr_pe_machine_name(uint16_t machine);

#endif
