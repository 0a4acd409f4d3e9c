#include "base/outfile.h"
#include "format/x509.h"

#define LINE_BYTES 48 /* SPEC RFC 7468 section 2: 64 characters a line */

/* Up to three bytes as four characters. */
static void write_group(wr_out *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = (uint32_t)bytes[0] << 16;
    char text[4];

    if (len > 1)
        bits |= (uint32_t)bytes[1] << 8;
    if (len > 2)
        bits |= bytes[2];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i <= len ? digits[bits >> (18 - 6 * i) & 63] : '=';
    wr_out_write(out, text, sizeof text);
}

void wr_pem_write(wr_out *out, wr_view der)
{
    wr_out_text(out, "-----BEGIN CERTIFICATE-----\n");
    for (size_t i = 0; i < der.len; i += 3) {
        write_group(out, der.data + i, der.len - i < 3 ? der.len - i : 3);
        if ((i + 3) % LINE_BYTES == 0 || der.len - i <= 3)
            wr_out_text(out, "\n");
    }
    wr_out_text(out, "-----END CERTIFICATE-----\n");
}
