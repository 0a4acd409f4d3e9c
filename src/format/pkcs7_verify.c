#include "format/attribute.h"
#include "format/pinned_root.h"
#include "format/public_key.h"
#include "format/signer_chain.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#define TRUST_LIST     "1.3.6.1.4.1.311.10.1"
#define PIN_RULES_LIST "1.3.6.1.4.1.311.10.3.32"
#define CONTENT_TYPE   "1.2.840.113549.1.9.3"
#define MESSAGE_DIGEST "1.2.840.113549.1.9.4"

static const struct digest {
    const char *oid, *name;
    wr_digest_algorithm algorithm;
    const EVP_MD *(*md)(void);
} digests[] = {
    { "2.16.840.1.101.3.4.2.1", "SHA-256", WR_SHA256, EVP_sha256 },
    { "1.3.14.3.2.26", "SHA-1", WR_SHA1, EVP_sha1 },
    { "1.2.840.113549.2.5", "MD5", WR_MD5, EVP_md5 },
    { "2.16.840.1.101.3.4.2.2", "SHA-384", WR_SHA384, EVP_sha384 },
    { "2.16.840.1.101.3.4.2.3", "SHA-512", WR_SHA512, EVP_sha512 },
};

typedef struct verification {
    const wr_pkcs7 *message;
    wr_signer_chain chain;
    wr_arena *arena;
    const struct digest *digest;
    bool has_signer;
    wr_x509 signer;
    wr_signature result;
    bool settled; /* result.status is the answer */
} verification;

const char *wr_signature_status_name(wr_signature_status status)
{
    static const char *const names[] = {
        [WR_SIGNATURE_INVALID] = "invalid",
        [WR_SIGNATURE_VALID] = "valid",
        [WR_SIGNATURE_UNSIGNED] = "unsigned",
        [WR_SIGNATURE_INCOMPLETE_CHAIN] = "incomplete_chain",
        [WR_SIGNATURE_UNTRUSTED_CHAIN] = "untrusted_chain",
    };
    return names[status];
}

/* Every step gives true when it worked; what it finds wrong with the list it settles here. */
static bool settle(verification *v, wr_signature_status status, const char *detail, wr_error *err)
{
    if (!detail)
        return wr_fail_memory(err);
    v->result.status = status;
    v->result.detail = detail;
    v->settled = true;
    return true;
}

/* The certificate that wr_pkcs7_is_signer is true of, among the extra ones. */
static bool find_extra(verification *v, wr_error *err)
{
    const wr_pkcs7 *m = v->message;
    const bool by_issuer = m->signer_issuer.len != 0;
    const wr_view none = { 0 };
    const wr_signer_entry *const *found;
    wr_error unreadable;
    size_t count;

    if (!by_issuer && !m->signer_key_id.len)
        return true;
    if (!wr_signer_index_find(v->chain.extra, by_issuer ? WR_BY_ISSUER_AND_SERIAL : WR_BY_KEY_ID,
                              by_issuer ? m->signer_issuer : m->signer_key_id,
                              by_issuer ? m->signer_serial : none, &found, &count, err))
        return false;
    v->has_signer = count && wr_x509_parse(found[0]->der, &v->signer, &unreadable);
    return true;
}

static bool find_signer(verification *v, wr_error *err)
{
    if (!v->message->num_signers)
        return settle(v, WR_SIGNATURE_UNSIGNED, "the list has no signer", err);
    v->has_signer = wr_pkcs7_find_signer(v->message, v->chain.certificates, &v->signer);
    if (!v->has_signer && !find_extra(v, err))
        return false;
    if (!v->has_signer)
        return true; /* the digest can still tell that the list was changed */
    v->result.signer_not_after = v->signer.not_after;
    if (wr_x509_short_name(v->signer.subject, v->arena, &v->result.signer, err))
        return true;
    v->result.signer = "";
    return err->code != WR_E_NO_MEMORY;
}

static bool find_digest(verification *v, wr_error *err)
{
    const char *oid;

    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
        if (wr_oid_is(v->message->digest_algorithm, digests[i].oid))
            v->digest = &digests[i];
    if (v->digest)
        return true;
    if (!v->message->digest_algorithm.len)
        return settle(v, WR_SIGNATURE_INVALID, "the signer is damaged", err);
    if (!(oid = wr_oid_text(v->arena, v->message->digest_algorithm)))
        return wr_fail_memory(err);
    return settle(v, WR_SIGNATURE_INVALID,
                  wr_arena_format(v->arena, "digest algorithm %s cannot be checked", oid), err);
}

static bool only_value(const wr_attribute *attribute, uint8_t tag, wr_view *out)
{
    wr_reader r = wr_reader_of(attribute->values);
    wr_error damaged;
    wr_der value;

    if (!wr_der_expect(&r, tag, "value", &value, &damaged) || wr_reader_left(&r))
        return false;
    *out = value.contents;
    return true;
}

/* The one value of the one signed attribute `type`; false for none, for several and for damage. */
static bool signed_attribute(const wr_pkcs7 *message, const char *type, uint8_t tag, wr_view *out)
{
    wr_reader r = wr_reader_of(message->signed_attributes);
    unsigned found = 0;

    while (wr_reader_left(&r)) {
        wr_attribute attribute;
        wr_error damaged;

        if (!wr_attribute_read(&r, &attribute, &damaged))
            return false;
        if (!wr_oid_is(attribute.type, type))
            continue;
        if (++found > 1 || !only_value(&attribute, tag, out))
            return false;
    }
    return found == 1;
}

/* SPEC RFC 2315 9.2: both attributes must be there where the content is not plain data.  Without
 * them a signature over attributes could be shown as one over a content. */
static bool check_digest(verification *v, wr_error *err)
{
    const wr_pkcs7 *m = v->message;
    wr_reader r = wr_reader_of(m->content);
    uint8_t actual[WR_DIGEST_MAX];
    wr_view type, expected;
    wr_error fault;
    wr_der list;

    if (!wr_oid_is(m->content_type, TRUST_LIST) ||
        !wr_der_expect(&r, WR_DER_SEQUENCE, "trust list", &list, &fault))
        return settle(v, WR_SIGNATURE_INVALID, "what is signed is not a trust list", err);
    if (!signed_attribute(m, CONTENT_TYPE, WR_DER_OID, &type) ||
        !signed_attribute(m, MESSAGE_DIGEST, WR_DER_OCTET_STRING, &expected))
        return settle(
            v, WR_SIGNATURE_INVALID,
            "the signed attributes lack a content type or a message digest, or are damaged", err);
    if (!wr_view_equal(type, m->content_type))
        return settle(v, WR_SIGNATURE_INVALID, "the signed content type is another one", err);
    if (!wr_digest(v->digest->algorithm, list.contents, actual, &fault))
        return settle(v, WR_SIGNATURE_INVALID, wr_arena_text(v->arena, fault.message), err);
    if (!wr_view_is(expected, actual, wr_digest_len(v->digest->algorithm)))
        return settle(
            v, WR_SIGNATURE_INVALID,
            wr_arena_format(v->arena, "%s of the content is not the signed one", v->digest->name),
            err);
    return true;
}

/* Why `key` did not make the signature, NULL where it did.  The attributes are signed as the SET
 * that they are and stored under an implicit tag (SPEC RFC 2315 9.3). */
static const char *signature_fault(EVP_PKEY *key, EVP_MD_CTX *context, const verification *v)
{
    wr_view attributes = v->message->signed_attributes, signature = v->message->signature;
    uint8_t header[WR_DER_HEADER];
    size_t header_len = wr_der_header(WR_DER_SET, attributes.len, header);

    if (!key)
        return "the signer's key cannot be read";
    if (EVP_DigestVerifyInit(context, NULL, v->digest->md(), NULL, key) != 1)
        return "this OpenSSL does not check signatures of that kind";
    if (EVP_DigestVerifyUpdate(context, header, header_len) != 1 ||
        EVP_DigestVerifyUpdate(context, attributes.data, attributes.len) != 1 ||
        EVP_DigestVerifyFinal(context, signature.data, signature.len) != 1)
        return "the signature does not hold for the signer's key";
    return NULL;
}

static bool check_signature(verification *v, wr_error *err)
{
    EVP_MD_CTX *context;
    const char *fault;
    EVP_PKEY *key;
    bool no_memory;

    if (!v->has_signer)
        return settle(v, WR_SIGNATURE_INCOMPLETE_CHAIN, "the signer's certificate is missing", err);
    context = EVP_MD_CTX_new();
    if (!context)
        return wr_fail_memory(err);
    wr_watch_memory();
    key = wr_public_key(v->signer.spki);
    fault = signature_fault(key, context, v);
    no_memory = fault && wr_memory_ended();
    EVP_PKEY_free(key);
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    if (no_memory)
        return wr_fail_memory(err);
    return !fault || settle(v, WR_SIGNATURE_INVALID, fault, err);
}

/* subjectUsage is the first SEQUENCE of the list, behind a version that no list of ours has. */
static bool is_pin_rules(const wr_pkcs7 *message)
{
    wr_reader r = wr_reader_of(message->content);
    wr_der list, value;
    wr_error damaged;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "trust list", &list, &damaged))
        return false;
    r = wr_reader_of(list.contents);
    if (wr_der_peek(&r, WR_DER_INTEGER) && !wr_der_read(&r, &value, &damaged))
        return false;
    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "usage", &value, &damaged))
        return false;
    r = wr_reader_of(value.contents);
    return wr_der_expect(&r, WR_DER_OID, "usage", &value, &damaged) && !wr_reader_left(&r) &&
           wr_oid_is(value.contents, PIN_RULES_LIST);
}

static bool check_chain(verification *v, wr_error *err)
{
    v->chain.pin_rules = is_pin_rules(v->message);
    v->settled = true;
    return wr_signer_chain_find(&v->chain, &v->signer, v->arena, &v->result, err);
}

bool wr_pkcs7_verify_list_to(const wr_ders *anchors, const wr_pkcs7 *message,
                             wr_signer_index *extra, wr_time this_update, wr_arena *arena,
                             wr_signature *out, wr_error *err)
{
    static bool (*const steps[])(verification *, wr_error *) = { find_signer, find_digest,
                                                                 check_digest, check_signature,
                                                                 check_chain };
    verification v = { .message = message,
                       .chain = { .anchors = anchors,
                                  .certificates = &message->certificates,
                                  .extra = extra,
                                  .this_update = this_update },
                       .arena = arena,
                       .result = { .detail = "", .signer = "" } };

    for (size_t i = 0; i < sizeof steps / sizeof *steps && !v.settled; i++)
        if (!steps[i](&v, err))
            return false;
    *out = v.result;
    return true;
}

bool wr_pkcs7_verify_list(const wr_pkcs7 *message, wr_signer_index *extra, wr_time this_update,
                          wr_arena *arena, wr_signature *out, wr_error *err)
{
    wr_ders pinned = { 0 };

    for (size_t i = 0; i < WR_NUM_PINNED_ROOTS; i++) {
        wr_view *root = WR_APPEND(arena, &pinned.list, wr_view);
        if (!root)
            return wr_fail_memory(err);
        *root = wr_pinned_root(i);
    }
    return wr_pkcs7_verify_list_to(&pinned, message, extra, this_update, arena, out, err);
}
