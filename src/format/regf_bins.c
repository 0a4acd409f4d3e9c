/* regf_bins.c - the chain of hive bins.  Reading does not need it, so that a bad bin hides no
 * others; a hive that is inspected as a whole is told of it. */
#include "format/regf_internal.h"

#define PAGE 4096u

/* A bin's header at its place: its signature, its own offset, and a size of whole pages. */
bool wr_regf_bin_at(wr_view bins, size_t at, size_t *size)
{
    uint32_t offset, bytes;
    wr_view header;

    if (!wr_view_slice(bins, at, 32, &header) || !wr_view_starts(header, "hbin", 4) ||
        !wr_u32le_at(header, 4, &offset) || !wr_u32le_at(header, 8, &bytes) || offset != at ||
        bytes == 0 || bytes % PAGE)
        return false;
    *size = bytes;
    return true;
}

void wr_regf_check_bins(const wr_regf *hive, wr_diags *diags)
{
    wr_view bins = hive->bins;
    size_t size = PAGE, bad;

    for (size_t at = 0; at < bins.len;) {
        for (bad = at; at < bins.len && !wr_regf_bin_at(bins, at, &size); at += PAGE)
            ;
        if (at > bad)
            wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MALFORMED, bins.source, bins.origin + bad,
                        NULL,
                        "%zu bytes that are no hive bin, expected \"hbin\" and its offset 0x%zx",
                        (at < bins.len ? at : bins.len) - bad, bad);
        if (at < bins.len)
            at += size;
    }
}
