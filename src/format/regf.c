/* regf.c - the base block of a hive, and the bounded door to its cells.  docs/formats/regf.md */
#include "format/regf_internal.h"
#include "winroots/limits.h"

#define PAGE       4096u
#define BIN_HEADER 32u
#define FIRST_CELL 0x20u
#define CHECKSUM   508u /* offset in the base block; it covers what stands before */

enum { HIVE = 0, LOG_SINCE_XP = 1, LOG_TO_2000 = 2, LOG_SINCE_8_1 = 6 };

/* What is offered as a hive and is none. */
static const struct {
    size_t offset, len;
    const char *bytes, *what;
} others[] = {
    { 0, 4, "hbin", "hive bins without a base block, a fragment of a hive" },
    { 3, 4, "regf", "a hive as NTFS compresses it, which must be decompressed first" },
    { 0, 8, "\xFF\xFEW\0i\0n\0", "registry text (.reg) in UTF-16" },
    { 0, 23, "Windows Registry Editor", "registry text (.reg)" },
    { 0, 8, "REGEDIT4", "registry text (.reg)" },
    { 0, 4, "PReg", "a policy file (Registry.pol)" },
    { 0, 4, "CREG", "a registry of Windows 95, 98 or Me" },
    { 4, 4, "\xEF\xCD\xAB\x89", "an ESE database" },
    { 0, 6, "SQLite", "an SQLite database" },
    { 0, 4, "PAGE", "a memory dump, of which a hive must be extracted first" },
    { 0, 2, "PK", "a zip archive" },
};

static bool all_zero(wr_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i])
            return false;
    return true;
}

static bool fail_as_other(wr_view image, wr_error *err)
{
    wr_view start = image;
    uint32_t first = 0;

    if (image.len == 0)
        return wr_fail_view(err, WR_E_TRUNCATED, image, "the file is empty, expected a hive");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (wr_view_slice(image, others[i].offset, others[i].len, &start) &&
            wr_view_is(start, others[i].bytes, others[i].len))
            return wr_fail_view(err, WR_E_MALFORMED, image, "not a hive but %s", others[i].what);
    if (!wr_view_slice(image, 0, PAGE, &start))
        start = image;
    if (all_zero(start))
        return wr_fail_view(err, WR_E_MALFORMED, image,
                            "not a hive: the first %zu bytes are zero, expected \"regf\"",
                            start.len);
    if (!wr_u32le_at(image, 0, &first))
        return wr_fail_view(err, WR_E_TRUNCATED, image,
                            "the file of %zu bytes is too short for a hive", image.len);
    return wr_fail_view(err, WR_E_MALFORMED, image,
                        "not a hive: it begins with %02x %02x %02x %02x, expected \"regf\"",
                        first & 0xFF, first >> 8 & 0xFF, first >> 16 & 0xFF, first >> 24);
}

/* SPEC XOR of the 127 dwords before it; two results are reserved. */
bool wr_regf_checksum(wr_view image, uint32_t *out)
{
    uint32_t sum = 0, dword;

    for (size_t at = 0; at < CHECKSUM; at += 4) {
        if (!wr_u32le_at(image, at, &dword))
            return false;
        sum ^= dword;
    }
    *out = sum == UINT32_MAX ? UINT32_MAX - 1 : sum == 0 ? 1 : sum;
    return true;
}

/* Contradictions that a hive can be read in spite of. */
static void report(const wr_regf *hive, uint32_t stored, uint32_t computed, uint32_t format,
                   wr_diags *diags)
{
    const char *source = hive->image.source;
    uint64_t origin = hive->image.origin;

    if (!hive->checksum_valid)
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MISMATCH, source, origin + CHECKSUM, NULL,
                    "the base block's checksum is 0x%08x, computed 0x%08x: the hive is dirty, its "
                    "transaction logs were not applied, and its size is taken from the file",
                    stored, computed);
    if (hive->primary_sequence != hive->secondary_sequence)
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MISMATCH, source, origin + 4, NULL,
                    "the hive is dirty: primary sequence %u, secondary sequence %u, and its "
                    "transaction logs were not applied, so the newest changes may be missing",
                    hive->primary_sequence, hive->secondary_sequence);
    if (hive->major != 1 || hive->minor < 3 || hive->minor > 6)
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_UNSUPPORTED, source, origin + 20, NULL,
                    "version %u.%u, expected 1.3 to 1.6", hive->major, hive->minor);
    else if (hive->minor == 6)
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_UNSUPPORTED, source, origin + 20, NULL,
                    "version 1.6 is a layer over another hive, which was not merged: keys and "
                    "values may come from below, and tombstones delete some there");
    if (format != 1)
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MALFORMED, source, origin + 32, NULL,
                    "file format %u, expected 1", format);
    if (hive->bins_size % PAGE || !hive->bins_size)
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MALFORMED, source, origin + 40, NULL,
                    "the base block says %u bytes of hive bins, expected a multiple of %u",
                    hive->bins_size, PAGE);
    if (hive->truncated)
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_TRUNCATED, source, origin + hive->image.len, NULL,
                    "the base block says %u bytes of hive bins, the file has %zu", hive->bins_size,
                    hive->image.len - WR_REGF_BASE_BLOCK);
}

/* Bins that the base block announces and the file holds; with a bad checksum, all of the file. */
static wr_view bins_of(const wr_regf *hive)
{
    wr_view image = hive->image, bins = { 0 };
    size_t room = image.len - WR_REGF_BASE_BLOCK;
    size_t len = hive->checksum_valid ? hive->bins_size : room - room % PAGE;

    if (len == 0 || len > room)
        len = room;
    if (!wr_view_slice(image, WR_REGF_BASE_BLOCK, len, &bins))
        bins.len = 0;
    return bins;
}

/* A bad base block may name any cell; the root's is nearly always the first one. */
static void find_root(wr_regf *hive, wr_diags *diags)
{
    wr_regf_key root;
    wr_error ignored;

    if (hive->checksum_valid || wr_regf_root(hive, &root, &ignored) ||
        !wr_regf_key_at(hive, FIRST_CELL, &root, &ignored))
        return;
    wr_diag_add(
        diags, WR_DIAG_WARNING, WR_E_MALFORMED, hive->image.source, hive->image.origin + 36, NULL,
        "the root is said to be in cell 0x%x, which holds no key: that of the first cell is taken",
        hive->root);
    hive->root = FIRST_CELL;
}

bool wr_regf_open(wr_view image, wr_arena *arena, wr_diags *diags, wr_regf *out, wr_error *err)
{
    wr_regf hive = { .image = image };
    uint32_t type, format, stored, computed;
    wr_view name;

    if (!wr_view_starts(image, "regf", 4))
        return fail_as_other(image, err);
    if (!wr_u32le_at(image, 4, &hive.primary_sequence) ||
        !wr_u32le_at(image, 8, &hive.secondary_sequence) ||
        !wr_u64le_at(image, 12, &hive.last_written) || !wr_u32le_at(image, 20, &hive.major) ||
        !wr_u32le_at(image, 24, &hive.minor) || !wr_u32le_at(image, 28, &type) ||
        !wr_u32le_at(image, 32, &format) || !wr_u32le_at(image, 36, &hive.root) ||
        !wr_u32le_at(image, 40, &hive.bins_size) || !wr_view_slice(image, 48, 64, &name) ||
        !wr_u32le_at(image, 144, &hive.flags) || !wr_u32le_at(image, CHECKSUM, &stored) ||
        !wr_regf_checksum(image, &computed))
        return wr_fail_view(err, WR_E_TRUNCATED, image,
                            "the file ends after %zu bytes, inside the base block of 4096",
                            image.len);
    hive.checksum_valid = stored == computed;

    if (type == LOG_SINCE_XP || type == LOG_TO_2000 || type == LOG_SINCE_8_1)
        return wr_fail(err, WR_E_UNSUPPORTED, image.source, image.origin + 28,
                       "a transaction log (type %u) and no hive: give the hive that it belongs to, "
                       "and its logs are looked for beside it",
                       type);
    if (hive.checksum_valid && hive.major == 1 && hive.minor < 3)
        return wr_fail(err, WR_E_UNSUPPORTED, image.source, image.origin + 20,
                       "a hive of version 1.%u, as Windows NT 3 wrote it; 1.3 to 1.6 can be read",
                       hive.minor);
    if (image.len < WR_REGF_BASE_BLOCK + BIN_HEADER + 8)
        return wr_fail(err, WR_E_TRUNCATED, image.source, image.origin + image.len,
                       "the hive ends after %zu bytes, before its first cell at %u", image.len,
                       WR_REGF_BASE_BLOCK + BIN_HEADER);

    hive.dirty = !hive.checksum_valid || hive.primary_sequence != hive.secondary_sequence;
    hive.truncated = hive.bins_size > image.len - WR_REGF_BASE_BLOCK;
    hive.bins = bins_of(&hive);
    if (!(hive.file_name = wr_text_until_nul(arena, name, WR_UTF16LE)) ||
        !(hive.work = WR_NEW(arena, uint64_t, 1)))
        return wr_fail_memory(err);
    *hive.work = (uint64_t)WR_LIMIT_HIVE_READS * hive.bins.len + WR_LIMIT_HIVE_READS_FREE;
    report(&hive, stored, computed, format, diags);
    find_root(&hive, diags);
    *out = hive;
    return true;
}

/* Why a cell does not fit. */
static bool fail_cell(const wr_regf *hive, uint32_t cell, wr_error *err)
{
    uint64_t at = hive->bins.origin + cell;
    const char *source = hive->bins.source;
    uint32_t field;

    if (cell == WR_REGF_NIL)
        return wr_fail(err, WR_E_MALFORMED, source, WR_NO_OFFSET,
                       "no cell is named, expected one: reference 0x%x", cell);
    if (cell % 8)
        return wr_fail(err, WR_E_MALFORMED, source, at,
                       "cell reference 0x%x, expected a multiple of 8", cell);
    if (!wr_u32le_at(hive->bins, cell, &field))
        return wr_fail(err, cell < hive->bins_size ? WR_E_TRUNCATED : WR_E_MALFORMED, source, at,
                       "cell reference 0x%x, the hive bins have %zu bytes", cell, hive->bins.len);
    if (field == 0)
        return wr_fail(err, WR_E_MALFORMED, source, at, "cell 0x%x has size 0", cell);
    if (field <= INT32_MAX)
        return wr_fail(err, WR_E_MALFORMED, source, at, "cell 0x%x is free, expected one in use",
                       cell);
    if (field % 8)
        return wr_fail(err, WR_E_MALFORMED, source, at,
                       "cell 0x%x has %u bytes, expected a multiple of 8", cell, 0u - field);
    return wr_fail(err, WR_E_TRUNCATED, source, at,
                   "cell 0x%x has %u bytes, the hive bins end after %zu of them", cell, 0u - field,
                   hive->bins.len - cell);
}

bool wr_regf_cell(const wr_regf *hive, uint32_t cell, wr_view *out, wr_error *err)
{
    return wr_regf_cell_fits(hive, cell, out) || fail_cell(hive, cell, err);
}

bool wr_regf_fail_work(const wr_regf *hive, uint64_t at, wr_error *err)
{
    return wr_fail(err, WR_E_LIMIT, hive->bins.source, at,
                   "not read: lists and data that are named again and again come to more than %d "
                   "times the hive",
                   WR_LIMIT_HIVE_READS);
}

bool wr_regf_fail_record(const wr_regf *hive, uint32_t cell, const char *letters, const char *kind,
                         unsigned size, wr_error *err)
{
    wr_view record = { 0 };

    if (!wr_regf_cell(hive, cell, &record, err))
        return false;
    if (!wr_view_starts(record, letters, 2))
        return wr_fail_view(err, WR_E_MALFORMED, record,
                            "cell 0x%x was to hold %s, and does not begin with \"%s\"", cell, kind,
                            letters);
    return wr_fail_view(err, WR_E_TRUNCATED, record, "%s needs %u bytes, its cell holds %zu", kind,
                        size, record.len);
}
