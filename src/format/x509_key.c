/* x509_key.c - what a public key is, from its raw octets. */
#include "format/x509.h"

/* Bits of an INTEGER's value, sign octets not counted: old certificates lack them. */
static unsigned integer_bits(wr_view integer)
{
    size_t zeros = 0;
    unsigned bits = 0;

    while (zeros < integer.len && integer.data[zeros] == 0)
        zeros++;
    if (zeros == integer.len)
        return 0;
    for (unsigned top = integer.data[zeros]; top; top >>= 1)
        bits++;
    return bits + 8 * (unsigned)(integer.len - zeros - 1);
}

/* The first INTEGER of the SEQUENCE that `value` begins with: n of an RSA key, p of DSA parameters.
 */
static unsigned first_integer_bits(wr_view value)
{
    wr_reader r = wr_reader_of(value);
    wr_error ignored;
    wr_der list, integer;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "key", &list, &ignored))
        return 0;
    r = wr_reader_of(list.contents);
    if (!wr_der_expect(&r, WR_DER_INTEGER, "number", &integer, &ignored))
        return 0;
    return integer_bits(integer.contents);
}

static unsigned rsa_bits(const wr_x509 *cert)
{
    return first_integer_bits(cert->key_bits);
}

static unsigned dsa_bits(const wr_x509 *cert)
{
    return first_integer_bits(cert->key_parameters);
}

static unsigned octets_bits(const wr_x509 *cert)
{
    return 8 * (unsigned)cert->key_bits.len;
}

static const struct {
    const char *oid, *name;
    unsigned (*bits)(const wr_x509 *cert); /* NULL: the curve tells */
} algorithms[] = {
    { "1.2.840.113549.1.1.1", "rsa", rsa_bits }, { "1.2.840.113549.1.1.10", "rsa-pss", rsa_bits },
    { "1.2.840.10045.2.1", "ec", NULL },         { "1.2.840.10040.4.1", "dsa", dsa_bits },
    { "1.3.101.112", "ed25519", octets_bits },   { "1.3.101.113", "ed448", octets_bits },
};

static const struct {
    const char *oid, *name;
    unsigned bits;
} curves[] = {
    { "1.2.840.10045.3.1.7", "P-256", 256 },
    { "1.3.132.0.34", "P-384", 384 },
    { "1.3.132.0.35", "P-521", 521 },
    { "1.2.840.10045.3.1.1", "P-192", 192 },
    { "1.3.132.0.33", "P-224", 224 },
    { "1.3.132.0.10", "secp256k1", 256 },
    { "1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 256 },
    { "1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 384 },
    { "1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 512 },
    { "1.2.156.10197.1.301", "SM2", 256 },
};

/* SPEC X9.62 ECParameters: SEQUENCE { version, FieldID SEQUENCE { OID, INTEGER p }, ... }.  Such a
 * key may name any generator, which is how CVE-2020-0601 cloned trusted keys. */
static unsigned explicit_field_bits(wr_view parameters)
{
    wr_reader r = wr_reader_of(parameters);
    wr_error ignored;
    wr_der list, version, field, type, prime;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "curve", &list, &ignored))
        return 0;
    r = wr_reader_of(list.contents);
    if (!wr_der_expect(&r, WR_DER_INTEGER, "version", &version, &ignored) ||
        !wr_der_expect(&r, WR_DER_SEQUENCE, "field", &field, &ignored))
        return 0;
    r = wr_reader_of(field.contents);
    if (!wr_der_expect(&r, WR_DER_OID, "field's type", &type, &ignored) ||
        !wr_der_expect(&r, WR_DER_INTEGER, "prime", &prime, &ignored))
        return 0;
    return integer_bits(prime.contents);
}

static bool curve_facts(wr_view parameters, wr_arena *arena, wr_x509_key *key)
{
    wr_reader r = wr_reader_of(parameters);
    wr_error ignored;
    wr_der oid;

    if (!wr_der_expect(&r, WR_DER_OID, "curve", &oid, &ignored)) {
        key->curve = "explicit";
        key->bits = explicit_field_bits(parameters);
        return true;
    }
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        if (wr_oid_is(oid.contents, curves[i].oid)) {
            key->curve = curves[i].name;
            key->bits = curves[i].bits;
            return true;
        }
    }
    key->curve = wr_oid_text(arena, oid.contents);
    return key->curve;
}

bool wr_x509_key_facts(const wr_x509 *cert, wr_arena *arena, wr_x509_key *out, wr_error *err)
{
    wr_x509_key key = { NULL, 0, NULL };

    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        if (!wr_oid_is(cert->key_algorithm, algorithms[i].oid))
            continue;
        key.algorithm = algorithms[i].name;
        if (algorithms[i].bits)
            key.bits = algorithms[i].bits(cert);
        else if (!curve_facts(cert->key_parameters, arena, &key))
            return wr_fail_memory(err);
    }
    if (!key.algorithm && !(key.algorithm = wr_oid_text(arena, cert->key_algorithm)))
        return wr_fail_memory(err);
    *out = key;
    return true;
}
