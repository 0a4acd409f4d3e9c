#include "format/pe.h"

#include "winroots/limits.h"

enum {
    NEW_HEADER = 0x3C,  /* where the offset of the PE header stands */
    FILE_HEADER = 24,   /* signature and COFF header */
    OPTIONAL_SIZE = 20, /* in it: SizeOfOptionalHeader */
    PE32 = 0x10B,       /* Magic of the optional header */
    PE32_PLUS = 0x20B,
    CERTIFICATE_TABLE = 4, /* index of the data directory */
    ENTRY_HEADER = 8,      /* dwLength, wRevision, wCertificateType */
    ENTRY_ALIGNMENT = 8
};

const char *wr_pe_machine_name(uint16_t machine)
{
    static const struct {
        uint16_t machine;
        const char *name;
    } names[] = {
        { 0x014C, "x86" },     { 0x8664, "x64" },  { 0xAA64, "arm64" },
        { 0x01C4, "arm" },     { 0x0200, "ia64" }, { 0x01C0, "arm" },
        { 0xA641, "arm64ec" }, { 0x0EBC, "efi" },  { 0x5064, "riscv64" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].machine == machine)
            return names[i].name;
    return NULL;
}

static bool read_headers(wr_view file, wr_pe *out, wr_view *optional, wr_error *err)
{
    uint16_t size, magic;
    uint32_t at;
    wr_view header;

    if (!wr_view_starts(file, "MZ", 2))
        return wr_fail_view(err, WR_E_MALFORMED, file, "the file does not begin with MZ");
    if (!wr_u32le_at(file, NEW_HEADER, &at) || !wr_view_slice(file, at, FILE_HEADER, &header))
        return wr_fail_view(err, WR_E_TRUNCATED, file, "%zu bytes end before the PE header does",
                            file.len);
    if (!wr_view_starts(header, "PE\0\0", 4))
        return wr_fail_view(err, WR_E_MALFORMED, header, "no PE header where the file says");
    if (!wr_u16le_at(header, 4, &out->machine) || !wr_u16le_at(header, OPTIONAL_SIZE, &size) ||
        !wr_view_slice(file, (uint64_t)at + FILE_HEADER, size, optional) ||
        !wr_u16le_at(*optional, 0, &magic))
        return wr_fail_view(err, WR_E_TRUNCATED, header, "the optional header is not all there");
    if (magic != PE32 && magic != PE32_PLUS)
        return wr_fail_view(err, WR_E_UNSUPPORTED, *optional,
                            "magic 0x%04x, expected PE32 (0x010b) or PE32+ (0x020b)",
                            (unsigned)magic);
    out->plus = magic == PE32_PLUS;
    return true;
}

/* Unlike those of every other directory, the address is an offset in the file. */
static bool find_table(wr_view file, wr_view optional, wr_pe *out, wr_error *err)
{
    size_t count_at = out->plus ? 108 : 92;
    size_t directory = count_at + 4 + 8 * CERTIFICATE_TABLE;
    uint32_t count, offset, size;

    if (!wr_u32le_at(optional, count_at, &count) || count <= CERTIFICATE_TABLE ||
        !wr_u32le_at(optional, directory, &offset) || !wr_u32le_at(optional, directory + 4, &size))
        return true;
    if (!size)
        return true;
    if (!wr_view_slice(file, offset, size, &out->table))
        return wr_fail(err, WR_E_TRUNCATED, file.source, optional.origin + directory,
                       "a certificate table of %u bytes at 0x%x, expected it inside the file's "
                       "%zu bytes",
                       (unsigned)size, (unsigned)offset, file.len);
    return true;
}

static bool is_zeros(wr_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i])
            return false;
    return true;
}

/* The entry at `r`; false at the end of the table, which damage ends too.  SPEC PE format, "The
 * Attribute Certificate Table": entries begin at multiples of 8. */
static bool read_entry(wr_reader *r, wr_diags *diags, wr_pe_certificate *out)
{
    wr_view table = r->view, rest;
    uint32_t length;
    size_t padded;

    if (!wr_view_slice(table, r->pos, wr_reader_left(r), &rest) || is_zeros(rest))
        return false;
    if (!wr_u32le_at(rest, 0, &length) || length < ENTRY_HEADER || length > rest.len) {
        wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, rest.source, rest.origin, NULL,
                    "no entry of 8 bytes or more fits into the %zu bytes that are left of the "
                    "certificate table",
                    rest.len);
        return false;
    }
    if (!wr_u16le_at(rest, 4, &out->revision) || !wr_u16le_at(rest, 6, &out->type) ||
        !wr_view_slice(rest, ENTRY_HEADER, length - ENTRY_HEADER, &out->bytes))
        return false;
    padded = ((size_t)length + ENTRY_ALIGNMENT - 1) / ENTRY_ALIGNMENT * ENTRY_ALIGNMENT;
    return wr_skip(r, padded < rest.len ? padded : rest.len);
}

static bool read_table(wr_arena *arena, wr_diags *diags, wr_pe *out, wr_error *err)
{
    wr_reader r = wr_reader_of(out->table);
    wr_pe_certificate entry, *added;

    if (out->table.origin % ENTRY_ALIGNMENT)
        wr_diag_add(diags, WR_DIAG_NOTE, WR_E_MALFORMED, out->table.source, out->table.origin, NULL,
                    "the certificate table is not aligned to %d bytes", ENTRY_ALIGNMENT);
    while (read_entry(&r, diags, &entry)) {
        if (out->certificates.count == WR_LIMIT_PE_CERTIFICATES) {
            wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_LIMIT, entry.bytes.source, entry.bytes.origin,
                        NULL, "more than %d entries in one certificate table",
                        WR_LIMIT_PE_CERTIFICATES);
            return true;
        }
        if (!(added = WR_APPEND(arena, &out->certificates, wr_pe_certificate)))
            return wr_fail_memory(err);
        *added = entry;
    }
    return true;
}

bool wr_pe_parse(wr_view file, wr_arena *arena, wr_diags *diags, wr_pe *out, wr_error *err)
{
    wr_pe pe = { 0 };
    wr_view optional;

    if (!read_headers(file, &pe, &optional, err) || !find_table(file, optional, &pe, err) ||
        !read_table(arena, diags, &pe, err))
        return false;
    *out = pe;
    return true;
}
