/* fuzz_x509.c - any bytes: the facts of a certificate lie inside it, are the same when it is read
 * again alone, and its names are one printable line. */
#include "base/text.h"
#include "format/x509.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_inside(wr_view part, wr_view whole)
{
    check(part.origin >= whole.origin && part.len <= whole.len);
    check(part.origin - whole.origin <= whole.len - part.len);
}

static void check_printable(const char *text)
{
    size_t left = strlen(text);
    uint32_t c;

    for (size_t used; left; text += used, left -= used) {
        used = wr_text_char(text, left, &c);
        check(used && !wr_text_is_control(c));
    }
}

static void check_name(wr_view name, wr_arena *arena)
{
    const char *text;
    wr_error err;

    if (wr_x509_name_text(name, arena, &text, &err))
        check_printable(text);
    if (wr_x509_short_name(name, arena, &text, &err))
        check_printable(text);
}

static void check_again(const wr_x509 *cert)
{
    wr_x509 again;
    wr_error err;

    check(wr_x509_parse(cert->der, &again, &err));
    check(wr_view_equal(again.der, cert->der) && wr_view_equal(again.tbs, cert->tbs));
    check(wr_view_equal(again.signature, cert->signature));
    check(again.not_after == cert->not_after && again.ca == cert->ca);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view v = { data, len, 0x1000, "fuzz" };
    wr_digest_algorithm digest;
    bool holds, can_check;
    const char *name;
    wr_x509_key key;
    wr_arena arena;
    wr_x509 cert;
    wr_oids oids;
    wr_error err;

    if (!wr_x509_parse(v, &cert, &err)) {
        check(err.code == WR_E_TRUNCATED || err.code == WR_E_MALFORMED || err.code == WR_E_LIMIT);
        check(err.offset >= v.origin && err.offset <= v.origin + len);
        return 0;
    }
    wr_arena_init(&arena, (size_t)64 << 20);
    check_again(&cert);
    check_inside(cert.der, v);
    check_inside(cert.tbs, cert.der);
    check_inside(cert.signature, cert.der);
    check_inside(cert.issuer, cert.tbs);
    check_inside(cert.subject, cert.tbs);
    check_inside(cert.spki, cert.tbs);
    check_inside(cert.key_bits, cert.spki);
    check(!cert.ca || cert.has_basic_constraints);
    check(!cert.has_eku || wr_oids_parse(cert.eku, &arena, &oids, &err) || cert.damaged_extension);
    check_name(cert.issuer, &arena);
    check_name(cert.subject, &arena);
    check(wr_x509_key_facts(&cert, &arena, &key, &err) && key.algorithm);
    check(wr_x509_signature_name(&cert, &arena, &name, &err) && name[0]);
    can_check = wr_x509_signed_by(&cert, &cert, &holds, &err);
    check(can_check || err.code == WR_E_UNSUPPORTED || err.code == WR_E_MALFORMED);
    if (wr_x509_signature_digest(&cert, &digest))
        check(wr_digest_len(digest) >= WR_MD5_LEN);
    wr_arena_free(&arena);
    return 0;
}
