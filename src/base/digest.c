#include "base/digest.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdatomic.h>

static const struct {
    const char *name;
    size_t len;
} algorithms[] = {
    [WR_MD5] = { "MD5", 16 },       [WR_SHA1] = { "SHA1", 20 },     [WR_SHA256] = { "SHA256", 32 },
    [WR_SHA384] = { "SHA384", 48 }, [WR_SHA512] = { "SHA512", 64 },
};

/* Fetched at first use and kept until the process ends: a fetch a digest, which is what OpenSSL
 * does with EVP_sha1() and the like, costs as much as hashing 500 bytes and takes a lock. */
static _Atomic(EVP_MD *) fetched[sizeof algorithms / sizeof *algorithms];

static const EVP_MD *md_of(wr_digest_algorithm algorithm)
{
    EVP_MD *known = atomic_load(&fetched[algorithm]), *md;

    if (known)
        return known;
    ERR_set_mark();
    md = EVP_MD_fetch(NULL, algorithms[algorithm].name, NULL);
    ERR_pop_to_mark();
    if (!md || atomic_compare_exchange_strong(&fetched[algorithm], &known, md))
        return md;
    EVP_MD_free(md); /* another thread was first */
    return known;
}

size_t wr_digest_len(wr_digest_algorithm algorithm)
{
    return algorithms[algorithm].len;
}

bool wr_digest(wr_digest_algorithm algorithm, wr_view v, uint8_t *out, wr_error *err)
{
    const EVP_MD *md = md_of(algorithm);

    if (!md)
        return wr_fail_view(err, WR_E_UNSUPPORTED, v, "OpenSSL gives no %s digest",
                            algorithms[algorithm].name);
    return EVP_Digest(v.data, v.len, out, NULL, md, NULL) || wr_fail_memory(err);
}
