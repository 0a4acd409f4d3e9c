/* pem.c - certificates in text: PEM blocks (RFC 7468), or bare base64. */
#include "base/base64.h"
#include "format/x509.h"
#include "winroots/limits.h"

#include <string.h>

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Adds the certificate that the base64 `text` holds. */
static bool add_certificate(wr_view text, wr_arena *arena, wr_ders *out, wr_error *err)
{
    wr_view der, *item;
    wr_x509 cert;

    if (!wr_base64_read(text, arena, &der, err) || !wr_x509_parse(der, &cert, err))
        return false;
    if (!(item = WR_APPEND(arena, &out->list, wr_view)))
        return wr_fail_memory(err);
    *item = cert.der;
    return true;
}

/* The same, where damage is stepped over. */
static bool add_block(wr_view text, wr_arena *arena, wr_diags *diags, wr_ders *out, wr_error *err)
{
    if (out->list.count >= WR_LIMIT_PKCS7_CERTIFICATES)
        return wr_fail_view(err, WR_E_LIMIT, text, "more than %d certificates",
                            WR_LIMIT_PKCS7_CERTIFICATES);
    if (!add_certificate(text, arena, out, err)) {
        if (err->code == WR_E_NO_MEMORY)
            return false;
        wr_diag_error(diags, WR_DIAG_SKIPPED, err);
    }
    return true;
}

/* The next line at `r` that is not empty, without its end and the white space before it. */
static bool next_line(wr_reader *r, wr_view *out)
{
    size_t start = r->pos, end;

    while (start < r->view.len && is_space(r->view.data[start]))
        start++;
    for (end = start; end < r->view.len; end++)
        if (r->view.data[end] == '\n' || r->view.data[end] == '\r')
            break;
    return wr_skip(r, end - r->pos) && wr_view_slice(r->view, start, end - start, out) &&
           start < end;
}

static bool starts(wr_view line, const char *text)
{
    return wr_view_starts(line, text, strlen(text));
}

static bool begins_certificate(wr_view line)
{
    return starts(line, "-----BEGIN CERTIFICATE-----") ||
           starts(line, "-----BEGIN X509 CERTIFICATE-----") ||
           starts(line, "-----BEGIN TRUSTED CERTIFICATE-----");
}

/* What of `v` stands behind its first `off` bytes. */
static wr_view behind(wr_view v, size_t off)
{
    wr_view rest;

    return wr_view_slice(v, off, v.len - off, &rest) ? rest : v;
}

static void report_cut(wr_diags *diags, wr_view block)
{
    wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_TRUNCATED, block.source, block.origin, NULL,
                "a PEM block of %zu bytes without its end line", block.len);
}

bool wr_pem_certificates(wr_view text, wr_arena *arena, wr_diags *diags, wr_ders *out,
                         wr_error *err)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    bool has_blocks = false, inside = false;
    wr_view line, block;
    wr_ders ders = { 0 };
    wr_reader r;

    if (text.len > WR_LIMIT_TEXT_BYTES)
        return wr_fail_view(err, WR_E_LIMIT, text, "a text of %zu bytes, the limit is %zu",
                            text.len, WR_LIMIT_TEXT_BYTES);
    block = text = behind(text, starts(text, byte_order_mark) ? strlen(byte_order_mark) : 0);
    r = wr_reader_of(text);
    while (next_line(&r, &line)) {
        bool begins = starts(line, "-----BEGIN "), ends = starts(line, "-----END ");

        if (!begins && !ends)
            continue;
        block.len = (size_t)(line.origin - block.origin);
        if (inside && begins)
            report_cut(diags, block);
        if (inside && ends && !add_block(block, arena, diags, &ders, err))
            return false;
        has_blocks = true;
        inside = begins_certificate(line);
        block = behind(text, r.pos);
    }
    if (inside)
        report_cut(diags, block);
    if (!has_blocks && !add_certificate(block, arena, &ders, err))
        return false;
    if (!ders.list.count)
        return wr_fail_view(err, WR_E_MALFORMED, text, "no certificate in %zu bytes of text",
                            text.len);
    *out = ders;
    return true;
}
