#include "format/x509.h"

#include "winroots/limits.h"

/* The octets of a BIT STRING; how many bits of the last are unused is of no interest here. */
static bool read_bits(wr_reader *r, const char *what, wr_view *out, wr_error *err)
{
    wr_der bits;

    if (!wr_der_expect(r, WR_DER_BIT_STRING, what, &bits, err))
        return false;
    if (!wr_view_slice(bits.contents, 1, bits.contents.len - 1, out))
        return wr_fail_view(err, WR_E_MALFORMED, bits.whole, "the %s has no octets, expected 1",
                            what);
    return true;
}

/* [0] { INTEGER }, which version 1 leaves out. */
static bool read_version(wr_reader *r, unsigned *out, wr_error *err)
{
    wr_reader inside;
    wr_der tagged, version;

    if (!wr_der_peek(r, WR_DER_CONTEXT_0)) {
        *out = 1;
        return true;
    }
    if (!wr_der_read(r, &tagged, err))
        return false;
    inside = wr_reader_of(tagged.contents);
    if (!wr_der_expect(&inside, WR_DER_INTEGER, "version", &version, err))
        return false;
    if (version.contents.len != 1)
        return wr_fail_view(err, WR_E_MALFORMED, version.whole,
                            "a version of %zu octets, expected 1", version.contents.len);
    *out = version.contents.data[0] + 1u;
    return true;
}

static bool read_validity(wr_reader *r, wr_x509 *out, wr_error *err)
{
    wr_reader inside;
    wr_der validity;

    if (!wr_der_expect(r, WR_DER_SEQUENCE, "validity", &validity, err))
        return false;
    inside = wr_reader_of(validity.contents);
    return wr_der_time(&inside, &out->not_before, err) &&
           wr_der_time(&inside, &out->not_after, err);
}

static bool read_key(wr_reader *r, wr_x509 *out, wr_error *err)
{
    wr_reader inside;
    wr_der spki;

    if (!wr_der_expect(r, WR_DER_SEQUENCE, "public key", &spki, err))
        return false;
    inside = wr_reader_of(spki.contents);
    out->spki = spki.whole;
    return wr_der_algorithm(&inside, "key algorithm", &out->key_algorithm, &out->key_parameters,
                            err) &&
           read_bits(&inside, "key bits", &out->key_bits, err);
}

/* The SEQUENCE that fills `value`. */
static bool only_sequence(wr_view value, wr_reader *inside)
{
    wr_reader r = wr_reader_of(value);
    wr_error ignored;
    wr_der list;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "extension", &list, &ignored) || wr_reader_left(&r))
        return false;
    *inside = wr_reader_of(list.contents);
    return true;
}

/* Each reader of an extension's contents gives false where they are out of format. */

static bool read_basic_constraints(wr_view value, wr_x509 *out)
{
    wr_error ignored;
    wr_reader inside;
    wr_der ca;

    out->has_basic_constraints = true;
    if (!only_sequence(value, &inside))
        return false;
    if (!wr_der_peek(&inside, WR_DER_BOOLEAN))
        return true;
    if (!wr_der_read(&inside, &ca, &ignored) || ca.contents.len != 1)
        return false;
    out->ca = ca.contents.data[0] != 0;
    return true;
}

static bool read_eku(wr_view value, wr_x509 *out)
{
    wr_error ignored;
    wr_reader inside;
    wr_der oid;

    out->has_eku = true;
    out->eku = value;
    if (!only_sequence(value, &inside))
        return false;
    while (wr_reader_left(&inside))
        if (!wr_der_expect(&inside, WR_DER_OID, "purpose", &oid, &ignored))
            return false;
    return true;
}

static bool read_subject_key_id(wr_view value, wr_x509 *out)
{
    wr_reader r = wr_reader_of(value);
    wr_error ignored;
    wr_der id;

    if (!wr_der_expect(&r, WR_DER_OCTET_STRING, "key identifier", &id, &ignored))
        return false;
    out->subject_key_id = id.contents;
    return wr_reader_left(&r) == 0;
}

static bool read_authority_key_id(wr_view value, wr_x509 *out)
{
    enum { KEY_IDENTIFIER = 0x80 }; /* [0] IMPLICIT */
    wr_error ignored;
    wr_reader inside;
    wr_der id;

    if (!only_sequence(value, &inside))
        return false;
    if (!wr_der_peek(&inside, KEY_IDENTIFIER))
        return true;
    if (!wr_der_read(&inside, &id, &ignored))
        return false;
    out->authority_key_id = id.contents;
    return true;
}

static const struct {
    uint8_t oid[3];
    bool (*read)(wr_view value, wr_x509 *out);
} extensions[] = {
    { { 0x55, 0x1D, 14 }, read_subject_key_id }, /* 2.5.29.14 */
    { { 0x55, 0x1D, 19 }, read_basic_constraints },
    { { 0x55, 0x1D, 35 }, read_authority_key_id },
    { { 0x55, 0x1D, 37 }, read_eku },
};
#define NUM_EXTENSIONS (sizeof extensions / sizeof *extensions)

static void take_extension(wr_view oid, wr_view value, bool seen[NUM_EXTENSIONS], wr_x509 *out)
{
    for (size_t i = 0; i < NUM_EXTENSIONS; i++) {
        if (!wr_view_is(oid, extensions[i].oid, sizeof extensions[i].oid))
            continue;
        if (seen[i])
            out->repeated_extension = true;
        else if (!extensions[i].read(value, out))
            out->damaged_extension = true;
        seen[i] = true;
        return;
    }
}

/* [3] { SEQUENCE OF { OID, critical BOOLEAN DEFAULT FALSE, OCTET STRING } } */
static bool read_extensions(wr_view tagged, wr_x509 *out, wr_error *err)
{
    bool seen[NUM_EXTENSIONS] = { false };
    wr_reader r = wr_reader_of(tagged), each;
    wr_der list;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "extensions", &list, err))
        return false;
    each = wr_reader_of(list.contents);
    while (wr_reader_left(&each)) {
        wr_der extension, oid, critical, value;
        wr_reader inside;

        if (!wr_der_expect(&each, WR_DER_SEQUENCE, "extension", &extension, err))
            return false;
        inside = wr_reader_of(extension.contents);
        if (!wr_der_expect(&inside, WR_DER_OID, "extension's identifier", &oid, err) ||
            (wr_der_peek(&inside, WR_DER_BOOLEAN) && !wr_der_read(&inside, &critical, err)) ||
            !wr_der_expect(&inside, WR_DER_OCTET_STRING, "extension's value", &value, err))
            return false;
        take_extension(oid.contents, value.contents, seen, out);
    }
    return true;
}

static bool read_tbs(wr_view contents, wr_x509 *out, wr_error *err)
{
    wr_reader r = wr_reader_of(contents);
    wr_der serial, issuer, subject, optional;

    if (!read_version(&r, &out->version, err) ||
        !wr_der_expect(&r, WR_DER_INTEGER, "serial number", &serial, err) ||
        !wr_der_algorithm(&r, "signature algorithm", &out->signature_algorithm,
                          &out->signature_parameters, err) ||
        !wr_der_expect(&r, WR_DER_SEQUENCE, "issuer", &issuer, err) ||
        !read_validity(&r, out, err) ||
        !wr_der_expect(&r, WR_DER_SEQUENCE, "subject", &subject, err) || !read_key(&r, out, err))
        return false;
    out->serial = serial.contents;
    out->issuer = issuer.whole;
    out->subject = subject.whole;
    while (wr_reader_left(&r)) { /* unique identifiers [1] and [2] pass by */
        if (!wr_der_read(&r, &optional, err))
            return false;
        if (optional.tag == WR_DER_CONTEXT_3)
            return read_extensions(optional.contents, out, err);
    }
    return true;
}

/* What stands behind the TBSCertificate. */
static bool read_signature(wr_reader *r, wr_x509 *out, wr_error *err)
{
    wr_view oid, parameters;

    if (!wr_der_algorithm(r, "signature algorithm", &oid, &parameters, err) ||
        !read_bits(r, "signature", &out->signature, err))
        return false;
    out->algorithm_is_signed = wr_view_equal(oid, out->signature_algorithm) &&
                               wr_view_equal(parameters, out->signature_parameters);
    out->signature_algorithm = oid;
    out->signature_parameters = parameters;
    return true;
}

bool wr_x509_parse(wr_view der, wr_x509 *out, wr_error *err)
{
    wr_reader r = wr_reader_of(der), inside;
    wr_x509 cert = { .version = 0 };
    wr_der whole, tbs;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "certificate", &whole, err))
        return false;
    if (whole.whole.len > WR_LIMIT_CERTIFICATE_BYTES)
        return wr_fail_view(err, WR_E_LIMIT, der, "a certificate of %zu bytes, the limit is %zu",
                            whole.whole.len, WR_LIMIT_CERTIFICATE_BYTES);
    inside = wr_reader_of(whole.contents);
    if (!wr_der_expect(&inside, WR_DER_SEQUENCE, "TBSCertificate", &tbs, err) ||
        !read_tbs(tbs.contents, &cert, err) || !read_signature(&inside, &cert, err))
        return false;
    cert.der = whole.whole;
    cert.tbs = tbs.whole;
    *out = cert;
    return true;
}

bool wr_x509_self_issued(const wr_x509 *cert)
{
    return wr_view_equal(cert->issuer, cert->subject);
}
