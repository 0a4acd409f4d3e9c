#include "format/pkcs7.h"

#include "format/ber.h"
#include "winroots/limits.h"

enum { KEY_ID = 0x80 }; /* [0] IMPLICIT OCTET STRING: SPEC RFC 5652 5.3, SignerIdentifier */

/* ContentInfo ::= SEQUENCE { contentType OID, content [0] EXPLICIT ANY OPTIONAL } */
static bool read_content_info(wr_reader *r, wr_view *type, wr_view *content, wr_error *err)
{
    wr_der info, oid, wrapper, value;
    wr_reader inside;

    if (!wr_der_expect(r, WR_DER_SEQUENCE, "content info", &info, err))
        return false;
    inside = wr_reader_of(info.contents);
    if (!wr_der_expect(&inside, WR_DER_OID, "content type", &oid, err))
        return false;
    *type = oid.contents;
    *content = (wr_view){ 0 };
    if (!wr_reader_left(&inside))
        return true;
    if (!wr_der_expect(&inside, WR_DER_CONTEXT_0, "content", &wrapper, err))
        return false;
    if (!wrapper.contents.len)
        return true;
    inside = wr_reader_of(wrapper.contents);
    if (!wr_der_read(&inside, &value, err))
        return false;
    if (wr_reader_left(&inside))
        return wr_fail_reader(err, WR_E_MALFORMED, &inside,
                              "%zu bytes behind the content, expected none",
                              wr_reader_left(&inside));
    *content = value.whole;
    return true;
}

/* The objects of a SET OF CHOICE: a certificate or CRL is a SEQUENCE, and all else (attribute and
 * extended certificates) is tagged.  What damage hides is a diagnostic. */
static bool read_objects(wr_view set, const char *what, wr_arena *arena, wr_diags *diags,
                         wr_ders *out, wr_error *err)
{
    wr_reader r = wr_reader_of(set);
    wr_error fault;
    wr_der object;
    wr_view *item;

    while (wr_reader_left(&r)) {
        if (!wr_der_read(&r, &object, &fault)) {
            wr_diag_error(diags, WR_DIAG_SKIPPED, &fault);
            return true;
        }
        if (object.tag != WR_DER_SEQUENCE) {
            wr_diag_add(diags, WR_DIAG_NOTE, WR_E_UNSUPPORTED, set.source, object.whole.origin, "",
                        "tag 0x%02x among the %ss, left out", object.tag, what);
            continue;
        }
        if (out->list.count >= WR_LIMIT_PKCS7_CERTIFICATES)
            return wr_fail_view(err, WR_E_LIMIT, object.whole, "more than %d %ss in one message",
                                WR_LIMIT_PKCS7_CERTIFICATES, what);
        if (!(item = WR_APPEND(arena, &out->list, wr_view)))
            return wr_fail_memory(err);
        *item = object.whole;
    }
    return true;
}

/* SignerIdentifier ::= CHOICE { SEQUENCE { issuer Name, serialNumber INTEGER }, [0] key id } */
static bool read_signer_id(wr_reader *r, wr_pkcs7 *out, wr_error *err)
{
    wr_der id, issuer, serial;
    wr_reader inside;

    if (wr_der_peek(r, KEY_ID)) {
        if (!wr_der_read(r, &id, err))
            return false;
        out->signer_key_id = id.contents;
        return true;
    }
    if (!wr_der_expect(r, WR_DER_SEQUENCE, "signer's identifier", &id, err))
        return false;
    inside = wr_reader_of(id.contents);
    if (!wr_der_expect(&inside, WR_DER_SEQUENCE, "signer's issuer", &issuer, err) ||
        !wr_der_expect(&inside, WR_DER_INTEGER, "signer's serial number", &serial, err))
        return false;
    out->signer_issuer = issuer.whole;
    out->signer_serial = serial.contents;
    return true;
}

/* SignerInfo ::= SEQUENCE { version INTEGER, sid SignerIdentifier,
 *     digestAlgorithm AlgorithmIdentifier, signedAttributes [0] IMPLICIT SET OPTIONAL,
 *     signatureAlgorithm AlgorithmIdentifier, signature OCTET STRING,
 *     unsignedAttributes [1] IMPLICIT SET OPTIONAL } */
static bool read_signer(wr_view contents, wr_pkcs7 *out, wr_error *err)
{
    wr_reader r = wr_reader_of(contents);
    wr_der version, attributes, signature;
    wr_pkcs7 with = *out;
    wr_view parameters;

    if (!wr_der_expect(&r, WR_DER_INTEGER, "signer's version", &version, err) ||
        !read_signer_id(&r, &with, err) ||
        !wr_der_algorithm(&r, "digest algorithm", &with.digest_algorithm, &parameters, err))
        return false;
    if (wr_der_peek(&r, WR_DER_CONTEXT_0)) {
        if (!wr_der_read(&r, &attributes, err))
            return false;
        with.signed_attributes = attributes.contents;
    }
    if (!wr_der_algorithm(&r, "signature algorithm", &with.signature_algorithm, &parameters, err) ||
        !wr_der_expect(&r, WR_DER_OCTET_STRING, "signature", &signature, err))
        return false;
    with.signature = signature.contents;
    if (wr_reader_left(&r)) {
        if (!wr_der_expect(&r, WR_DER_CONTEXT_1, "unsigned attributes", &attributes, err))
            return false;
        with.unsigned_attributes = attributes.contents;
    }
    if (wr_reader_left(&r))
        return wr_fail_reader(err, WR_E_MALFORMED, &r, "%zu bytes behind a signer, expected none",
                              wr_reader_left(&r));
    *out = with;
    return true;
}

bool wr_pkcs7_set_signer(wr_pkcs7 *message, wr_view der, wr_error *err)
{
    wr_pkcs7 with = { .content_type = message->content_type,
                      .content = message->content,
                      .certificates = message->certificates,
                      .crls = message->crls,
                      .num_signers = 1 };
    wr_reader r = wr_reader_of(der);
    wr_der signer;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "signer", &signer, err) ||
        !read_signer(signer.contents, &with, err))
        return false;
    *message = with;
    return true;
}

bool wr_pkcs7_is_signer(const wr_pkcs7 *message, const wr_x509 *cert)
{
    if (message->signer_issuer.len)
        return wr_view_equal(cert->issuer, message->signer_issuer) &&
               wr_view_equal(cert->serial, message->signer_serial);
    return message->signer_key_id.len &&
           wr_view_equal(cert->subject_key_id, message->signer_key_id);
}

bool wr_pkcs7_find_signer(const wr_pkcs7 *message, const wr_ders *certificates, wr_x509 *out)
{
    for (size_t i = 0; certificates && i < certificates->list.count; i++) {
        wr_error unreadable;
        wr_x509 cert;

        if (wr_x509_parse(certificates->list.items[i], &cert, &unreadable) &&
            wr_pkcs7_is_signer(message, &cert)) {
            *out = cert;
            return true;
        }
    }
    return false;
}

/* Counts every signer and reads the first; a damaged one counts, so that it is never "unsigned". */
static void read_signers(wr_view set, wr_diags *diags, wr_pkcs7 *out)
{
    wr_reader r = wr_reader_of(set);
    wr_error fault;
    wr_der signer;

    while (wr_reader_left(&r)) {
        bool first = out->num_signers++ == 0;
        if (!wr_der_expect(&r, WR_DER_SEQUENCE, "signer", &signer, &fault)) {
            wr_diag_error(diags, WR_DIAG_SKIPPED, &fault);
            return;
        }
        if (first && !read_signer(signer.contents, out, &fault))
            wr_diag_error(diags, WR_DIAG_SKIPPED, &fault);
    }
}

/* SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET, contentInfo ContentInfo,
 *     certificates [0] IMPLICIT SET OPTIONAL, crls [1] IMPLICIT SET OPTIONAL, signerInfos SET }
 * OBSERVED a list that had its signature cut off has no signerInfos at all. */
static bool read_signed_data(wr_view whole, wr_arena *arena, wr_diags *diags, wr_pkcs7 *out,
                             wr_error *err)
{
    wr_der data, version, algorithms, set;
    wr_reader r = wr_reader_of(whole);

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "signed data", &data, err))
        return false;
    r = wr_reader_of(data.contents);
    if (!wr_der_expect(&r, WR_DER_INTEGER, "version", &version, err) ||
        !wr_der_expect(&r, WR_DER_SET, "digest algorithms", &algorithms, err) ||
        !read_content_info(&r, &out->content_type, &out->content, err))
        return false;
    if (wr_der_peek(&r, WR_DER_CONTEXT_0) &&
        (!wr_der_read(&r, &set, err) ||
         !read_objects(set.contents, "certificate", arena, diags, &out->certificates, err)))
        return false;
    if (wr_der_peek(&r, WR_DER_CONTEXT_1) &&
        (!wr_der_read(&r, &set, err) ||
         !read_objects(set.contents, "CRL", arena, diags, &out->crls, err)))
        return false;
    if (!wr_reader_left(&r))
        return true;
    if (!wr_der_expect(&r, WR_DER_SET, "signers", &set, err))
        return false;
    read_signers(set.contents, diags, out);
    if (wr_reader_left(&r))
        return wr_fail_reader(err, WR_E_MALFORMED, &r,
                              "%zu bytes behind the signers, expected none", wr_reader_left(&r));
    return true;
}

static bool read_message(wr_reader *r, wr_arena *arena, wr_diags *diags, wr_pkcs7 *out,
                         wr_error *err)
{
    wr_pkcs7 message = { 0 };
    wr_view type, data;

    if (!read_content_info(r, &type, &data, err))
        return false;
    if (!wr_oid_is(type, "1.2.840.113549.1.7.2"))
        return wr_fail_view(err, WR_E_MALFORMED, type,
                            "content type is not 1.2.840.113549.1.7.2, expected signed data");
    if (!data.len)
        return wr_fail_view(err, WR_E_MALFORMED, type, "no content, expected signed data");
    if (!read_signed_data(data, arena, diags, &message, err))
        return false;
    *out = message;
    return true;
}

/* The fault is a length that only BER has. */
static bool stopped_at_indefinite(wr_view der, const wr_error *fault)
{
    wr_view length;

    return fault->code == WR_E_MALFORMED && fault->offset >= der.origin &&
           wr_view_slice(der, fault->offset - der.origin, 2, &length) && length.data[1] == 0x80;
}

bool wr_pkcs7_parse(wr_view der, wr_arena *arena, wr_diags *diags, wr_pkcs7 *out, wr_error *err)
{
    wr_reader r = wr_reader_of(der), converted;
    wr_view made;

    if (!read_message(&r, arena, diags, out, err)) {
        if (!stopped_at_indefinite(der, err))
            return false;
        r.pos = 0;
        if (!wr_ber_read(&r, arena, &made, err))
            return false;
        converted = wr_reader_of(made);
        if (!read_message(&converted, arena, diags, out, err))
            return false;
    }
    out->der = der;
    if (wr_reader_left(&r))
        wr_diag_add(diags, WR_DIAG_NOTE, WR_E_MALFORMED, der.source, der.origin + r.pos, "",
                    "%zu bytes behind the signed message", wr_reader_left(&r));
    return true;
}
