#include "format/public_key.h"

#include "base/digest.h"
#include "format/der.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* Octets of the longest modulus that OpenSSL checks a signature with. */
#define LONGEST (OPENSSL_RSA_MAX_MODULUS_BITS / 8)

#define RSA_ENCRYPTION "1.2.840.113549.1.1.1"

/* The value of a positive INTEGER, least octet first as OpenSSL wants it on this machine. */
struct number {
    uint8_t octets[LONGEST];
    size_t len;
};

static bool is_little_endian(void)
{
    const uint16_t one = 1;
    return *(const uint8_t *)&one == 1;
}

static bool read_number(wr_reader *r, struct number *out)
{
    wr_error ignored;
    wr_view v;
    wr_der integer;

    if (!wr_der_expect(r, WR_DER_INTEGER, "number", &integer, &ignored))
        return false;
    v = integer.contents;
    if (!v.len || v.data[0] >= 0x80)
        return false;
    while (v.len && v.data[0] == 0 && wr_view_slice(v, 1, v.len - 1, &v))
        ;
    if (!v.len || v.len > LONGEST)
        return false;
    for (size_t i = 0; i < v.len; i++)
        out->octets[is_little_endian() ? v.len - 1 - i : i] = v.data[i];
    out->len = v.len;
    return true;
}

/* SPEC RFC 3279 2.3.1: RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
static bool read_rsa(wr_view spki, struct number *modulus, struct number *exponent)
{
    wr_reader r = wr_reader_of(spki);
    wr_view oid, parameters, octets;
    wr_error ignored;
    wr_der whole, bits, list;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "key", &whole, &ignored))
        return false;
    r = wr_reader_of(whole.contents);
    if (!wr_der_algorithm(&r, "key", &oid, &parameters, &ignored) ||
        !wr_oid_is(oid, RSA_ENCRYPTION) ||
        !wr_der_expect(&r, WR_DER_BIT_STRING, "key", &bits, &ignored) || wr_reader_left(&r) ||
        !wr_view_slice(bits.contents, 1, bits.contents.len - 1, &octets) || bits.contents.data[0])
        return false;
    r = wr_reader_of(octets);
    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "key", &list, &ignored) || wr_reader_left(&r))
        return false;
    r = wr_reader_of(list.contents);
    return read_number(&r, modulus) && read_number(&r, exponent) && !wr_reader_left(&r);
}

static EVP_PKEY *make_rsa(struct number *modulus, struct number *exponent)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM parts[] = {
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus->octets, modulus->len),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent->octets, exponent->len),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;

    if (context && EVP_PKEY_fromdata_init(context) == 1)
        (void)EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parts);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* OpenSSL's decoder looks through dozens of implementations before it finds that of RSA, which
 * costs more than checking the signature; so an RSA key is put together from its two numbers. */
struct evp_pkey_st *wr_public_key(wr_view spki)
{
    struct number modulus, exponent;
    const uint8_t *der = spki.data;

    if (!wr_crypto_start())
        return NULL;
    if (read_rsa(spki, &modulus, &exponent))
        return make_rsa(&modulus, &exponent);
    return d2i_PUBKEY(NULL, &der, (long)spki.len);
}
