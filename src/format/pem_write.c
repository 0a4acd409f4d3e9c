#include "base/base64.h"
#include "format/x509.h"

#define LINE_BYTES ((size_t)48) /* SPEC RFC 7468 section 2: 64 characters a line */

void wr_pem_write(wr_out *out, wr_view der)
{
    wr_out_text(out, "-----BEGIN CERTIFICATE-----\n");
    for (size_t i = 0; i < der.len; i += LINE_BYTES) {
        const size_t left = der.len - i;
        wr_base64_write(out, (wr_view){ der.data + i, left < LINE_BYTES ? left : LINE_BYTES,
                                        der.origin + i, der.source });
        wr_out_text(out, "\n");
    }
    wr_out_text(out, "-----END CERTIFICATE-----\n");
}
