/* x509_signature.c - how a certificate is signed, and whether the signature holds [OpenSSL]. */
#include "format/x509.h"

#include "format/public_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

typedef enum scheme { UNKNOWN, RSA_PKCS1, RSA_PSS_PADDED, ECDSA, DSA_SCHEME, EDDSA } scheme;

typedef struct algorithm {
    const char *oid, *name;
    scheme scheme;
    wr_digest_algorithm digest; /* of RSA_PKCS1, ECDSA and DSA */
} algorithm;

static const algorithm algorithms[] = {
    { "1.2.840.113549.1.1.11", "sha256WithRSAEncryption", RSA_PKCS1, WR_SHA256 },
    { "1.2.840.113549.1.1.5", "sha1WithRSAEncryption", RSA_PKCS1, WR_SHA1 },
    { "1.2.840.113549.1.1.12", "sha384WithRSAEncryption", RSA_PKCS1, WR_SHA384 },
    { "1.2.840.113549.1.1.13", "sha512WithRSAEncryption", RSA_PKCS1, WR_SHA512 },
    { "1.2.840.113549.1.1.4", "md5WithRSAEncryption", RSA_PKCS1, WR_MD5 },
    { "1.3.14.3.2.29", "sha1WithRSA", RSA_PKCS1, WR_SHA1 },
    { "1.3.14.3.2.3", "md5WithRSA", RSA_PKCS1, WR_MD5 },
    { "1.2.840.113549.1.1.2", "md2WithRSAEncryption", UNKNOWN, 0 },
    { "1.2.840.113549.1.1.14", "sha224WithRSAEncryption", UNKNOWN, 0 },
    { "1.2.840.113549.1.1.10", "rsassaPss", RSA_PSS_PADDED, 0 },
    { "1.2.840.10045.4.3.3", "ecdsa-with-SHA384", ECDSA, WR_SHA384 },
    { "1.2.840.10045.4.3.2", "ecdsa-with-SHA256", ECDSA, WR_SHA256 },
    { "1.2.840.10045.4.3.4", "ecdsa-with-SHA512", ECDSA, WR_SHA512 },
    { "1.2.840.10045.4.1", "ecdsa-with-SHA1", ECDSA, WR_SHA1 },
    { "1.2.840.10045.4.3.1", "ecdsa-with-SHA224", UNKNOWN, 0 },
    { "1.2.840.10040.4.3", "dsaWithSHA1", DSA_SCHEME, WR_SHA1 },
    { "2.16.840.1.101.3.4.3.2", "dsa_with_SHA256", DSA_SCHEME, WR_SHA256 },
    { "1.3.101.112", "ED25519", EDDSA, 0 },
    { "1.3.101.113", "ED448", EDDSA, 0 },
};

static const struct {
    const char *oid;
    const EVP_MD *(*md)(void);
} digests[] = {
    [WR_MD5] = { "1.2.840.113549.2.5", EVP_md5 },
    [WR_SHA1] = { "1.3.14.3.2.26", EVP_sha1 },
    [WR_SHA256] = { "2.16.840.1.101.3.4.2.1", EVP_sha256 },
    [WR_SHA384] = { "2.16.840.1.101.3.4.2.2", EVP_sha384 },
    [WR_SHA512] = { "2.16.840.1.101.3.4.2.3", EVP_sha512 },
};

/* NULL where the table does not have it. */
static const algorithm *algorithm_of(const wr_x509 *cert)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (wr_oid_is(cert->signature_algorithm, algorithms[i].oid))
            return &algorithms[i];
    return NULL;
}

bool wr_x509_signature_name(const wr_x509 *cert, wr_arena *arena, const char **out, wr_error *err)
{
    const algorithm *known = algorithm_of(cert);
    const char *name = known ? known->name : wr_oid_text(arena, cert->signature_algorithm);

    if (!name)
        return wr_fail_memory(err);
    *out = name;
    return true;
}

/* SPEC RFC 4055 section 3.1: RSASSA-PSS-params; each field has a default. */
typedef struct pss {
    wr_digest_algorithm digest, mask_digest;
    int salt_len;
} pss;

/* AlgorithmIdentifier of a digest that we know, at `r`. */
static bool read_digest(wr_reader *r, wr_digest_algorithm *out)
{
    wr_error ignored;
    wr_reader inside;
    wr_der sequence, oid;

    if (!wr_der_expect(r, WR_DER_SEQUENCE, "digest", &sequence, &ignored))
        return false;
    inside = wr_reader_of(sequence.contents);
    if (!wr_der_expect(&inside, WR_DER_OID, "digest", &oid, &ignored))
        return false;
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
        if (wr_oid_is(oid.contents, digests[i].oid)) {
            *out = (wr_digest_algorithm)i;
            return true;
        }
    }
    return false;
}

/* AlgorithmIdentifier of the mask generation function MGF1, whose parameter is its digest. */
static bool read_mask(wr_reader *r, wr_digest_algorithm *out)
{
    wr_error ignored;
    wr_reader inside;
    wr_der sequence, oid;

    if (!wr_der_expect(r, WR_DER_SEQUENCE, "mask", &sequence, &ignored))
        return false;
    inside = wr_reader_of(sequence.contents);
    return wr_der_expect(&inside, WR_DER_OID, "mask", &oid, &ignored) &&
           wr_oid_is(oid.contents, "1.2.840.113549.1.1.8") && read_digest(&inside, out);
}

/* Up to two octets: a salt is shorter than the key's modulus. */
static bool read_salt_len(wr_reader *r, int *out)
{
    wr_error ignored;
    wr_der salt;
    int len = 0;

    if (!wr_der_expect(r, WR_DER_INTEGER, "salt length", &salt, &ignored) ||
        salt.contents.len < 1 || salt.contents.len > 2 || salt.contents.data[0] > 127)
        return false;
    for (size_t i = 0; i < salt.contents.len; i++)
        len = len << 8 | salt.contents.data[i];
    *out = len;
    return true;
}

static bool read_pss(wr_view parameters, pss *out)
{
    wr_reader r = wr_reader_of(parameters), field;
    pss found = { WR_SHA1, WR_SHA1, 20 };
    wr_der list, tagged;
    wr_error ignored;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "RSASSA-PSS parameters", &list, &ignored))
        return false;
    r = wr_reader_of(list.contents);
    while (wr_reader_left(&r)) {
        bool good = wr_der_read(&r, &tagged, &ignored);

        if (!good)
            return false;
        field = wr_reader_of(tagged.contents);
        if (tagged.tag == WR_DER_CONTEXT_0)
            good = read_digest(&field, &found.digest);
        else if (tagged.tag == WR_DER_CONTEXT_1)
            good = read_mask(&field, &found.mask_digest);
        else if (tagged.tag == WR_DER_CONTEXT_2)
            good = read_salt_len(&field, &found.salt_len);
        if (!good)
            return false;
    }
    *out = found;
    return true;
}

bool wr_x509_signature_digest(const wr_x509 *cert, wr_digest_algorithm *out)
{
    const algorithm *known = algorithm_of(cert);
    pss parameters;

    if (!known)
        return false;
    switch (known->scheme) {
    case RSA_PKCS1:
    case ECDSA:
    case DSA_SCHEME:
        *out = known->digest;
        return true;
    case RSA_PSS_PADDED:
        if (!read_pss(cert->signature_parameters, &parameters))
            return false;
        *out = parameters.digest;
        return true;
    case EDDSA:
    case UNKNOWN:
        break;
    }
    return false;
}

/* The key has to be of the algorithm's own kind, or another meaning could be read into a signature.
 */
static bool key_suits(const EVP_PKEY *key, const algorithm *how)
{
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        return how->scheme == RSA_PKCS1 || how->scheme == RSA_PSS_PADDED;
    case EVP_PKEY_RSA_PSS:
        return how->scheme == RSA_PSS_PADDED;
    case EVP_PKEY_EC:
        return how->scheme == ECDSA;
    case EVP_PKEY_DSA:
        return how->scheme == DSA_SCHEME;
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
        return how->scheme == EDDSA;
    }
    return false;
}

static bool set_up(EVP_MD_CTX *context, EVP_PKEY *key, const wr_x509 *cert, const algorithm *how)
{
    wr_digest_algorithm digest;
    EVP_PKEY_CTX *padding;
    pss parameters;

    if (how->scheme == EDDSA)
        return EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1;
    if (!wr_x509_signature_digest(cert, &digest) ||
        EVP_DigestVerifyInit(context, &padding, digests[digest].md(), NULL, key) != 1)
        return false;
    if (how->scheme != RSA_PSS_PADDED)
        return true;
    return read_pss(cert->signature_parameters, &parameters) &&
           EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(padding, digests[parameters.mask_digest].md()) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, parameters.salt_len) == 1;
}

/* With the issuer's key decoded. */
static bool check(const wr_x509 *cert, EVP_PKEY *key, const algorithm *how, bool *holds,
                  wr_error *err)
{
    EVP_MD_CTX *context;
    bool ready;

    if (!cert->algorithm_is_signed || !key_suits(key, how)) {
        *holds = false;
        return true;
    }
    if (!(context = EVP_MD_CTX_new()))
        return wr_fail_memory(err);
    ready = set_up(context, key, cert, how);
    if (ready)
        *holds = EVP_DigestVerify(context, cert->signature.data, cert->signature.len,
                                  cert->tbs.data, cert->tbs.len) == 1;
    EVP_MD_CTX_free(context);
    return ready || wr_fail_view(err, WR_E_UNSUPPORTED, cert->signature_algorithm,
                                 "OpenSSL does not check %s of this form", how->name);
}

bool wr_x509_signed_by(const wr_x509 *cert, const wr_x509 *issuer, bool *holds, wr_error *err)
{
    const algorithm *how = algorithm_of(cert);
    bool done, made = false; /* the signature, by the issuer's key */
    EVP_PKEY *key;

    if (!how || how->scheme == UNKNOWN)
        return wr_fail_view(err, WR_E_UNSUPPORTED, cert->signature_algorithm,
                            "signature algorithm %s, which cannot be checked",
                            how ? how->name : "of an unknown identifier");
    wr_watch_memory();
    key = wr_public_key(issuer->spki);
    done = key ? check(cert, key, how, &made, err)
               : wr_fail_view(err, WR_E_MALFORMED, issuer->spki,
                              "a public key of %zu bytes that OpenSSL cannot decode",
                              issuer->spki.len);
    if (!made && wr_memory_ended())
        done = wr_fail_memory(err);
    if (done)
        *holds = made;
    EVP_PKEY_free(key);
    ERR_clear_error();
    return done;
}
