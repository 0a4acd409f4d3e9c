/* Any bytes as a file: one kind, the same again, and in agreement with the parsers that are strict
 * about their first bytes. */
#include "format/probe.h"
#include "format/sst.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view v = { data, len, 0, "fuzz" };
    wr_kind kind = wr_probe(v);

    require(kind <= WR_KIND_TEXT && strlen(wr_kind_name(kind)) > 0);
    require(kind == wr_probe(v));
    require((kind == WR_KIND_EMPTY) == (len == 0));
    if (kind == WR_KIND_SST)
        require(wr_sst_probe(v));
    if (kind == WR_KIND_REGF || kind == WR_KIND_REGF_LOG)
        require(wr_view_starts(v, "regf", 4));
    if (kind == WR_KIND_CTL || kind == WR_KIND_CATALOGUE || kind == WR_KIND_PKCS7 ||
        kind == WR_KIND_CERTIFICATE)
        require(data[0] == 0x30);
    return 0;
}
