#include "base/outfile.h"
#include "format/pkcs7.h"

/* SPEC RFC 2315 sections 7, 9.1:
 *
 *   ContentInfo  SEQUENCE { 1.2.840.113549.1.7.2, [0] SignedData }
 *   SignedData   SEQUENCE { 1, SET {}, SEQUENCE { 1.2.840.113549.1.7.1 },
 *                           [0] certificates, [1] CRLs, SET {} } */
static const uint8_t signed_data[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                       0xF7, 0x0D, 0x01, 0x07, 0x02 };
static const uint8_t head[] = { 0x02, 0x01, 0x01, /* version                     */
                                0x31, 0x00,       /* digest algorithms           */
                                0x30, 0x0B,       /* content: of type data, none */
                                0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01 };
static const uint8_t tail[] = { 0x31, 0x00 }; /* signers */

static size_t bytes_of(const wr_ders *ders)
{
    size_t n = 0;

    for (size_t i = 0; i < ders->list.count; i++)
        n += ders->list.items[i].len;
    return n;
}

/* With tag and length. */
static size_t whole(uint8_t tag, size_t len)
{
    uint8_t header[WR_DER_HEADER];

    return wr_der_header(tag, len, header) + len;
}

static void write_header(wr_out *out, uint8_t tag, size_t len)
{
    uint8_t header[WR_DER_HEADER];

    wr_out_write(out, header, wr_der_header(tag, len, header));
}

static void write_list(wr_out *out, uint8_t tag, const wr_ders *ders)
{
    if (!ders->list.count)
        return;
    write_header(out, tag, bytes_of(ders));
    for (size_t i = 0; i < ders->list.count; i++)
        wr_out_write(out, ders->list.items[i].data, ders->list.items[i].len);
}

void wr_pkcs7_write_bag(wr_out *out, const wr_ders *certificates, const wr_ders *crls)
{
    size_t message = sizeof head + sizeof tail, content;

    if (certificates->list.count)
        message += whole(WR_DER_CONTEXT_0, bytes_of(certificates));
    if (crls->list.count)
        message += whole(WR_DER_CONTEXT_1, bytes_of(crls));
    content = whole(WR_DER_SEQUENCE, message);
    write_header(out, WR_DER_SEQUENCE, sizeof signed_data + whole(WR_DER_CONTEXT_0, content));
    wr_out_write(out, signed_data, sizeof signed_data);
    write_header(out, WR_DER_CONTEXT_0, content);
    write_header(out, WR_DER_SEQUENCE, message);
    wr_out_write(out, head, sizeof head);
    write_list(out, WR_DER_CONTEXT_0, certificates);
    write_list(out, WR_DER_CONTEXT_1, crls);
    wr_out_write(out, tail, sizeof tail);
}
