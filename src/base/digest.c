#include "base/digest.h"

/* The calls below are OpenSSL's older ones, which it advises against for what they lack: a choice
 * of provider.  That is what they are taken for: the first digest by EVP starts OpenSSL's providers
 * and costs as much time as hashing a megabyte. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#define DIGEST(name, context_type, prefix)                                                         \
    static bool name(wr_view v, uint8_t *out)                                                      \
    {                                                                                              \
        context_type context;                                                                      \
        return prefix##_Init(&context) && prefix##_Update(&context, v.data, v.len) &&              \
               prefix##_Final(out, &context);                                                      \
    }

DIGEST(md5, MD5_CTX, MD5)
DIGEST(sha1, SHA_CTX, SHA1)
DIGEST(sha256, SHA256_CTX, SHA256)
DIGEST(sha384, SHA512_CTX, SHA384)
DIGEST(sha512, SHA512_CTX, SHA512)

static const struct {
    bool (*digest)(wr_view v, uint8_t *out);
    size_t len;
} algorithms[] = {
    [WR_MD5] = { md5, MD5_DIGEST_LENGTH },          [WR_SHA1] = { sha1, SHA_DIGEST_LENGTH },
    [WR_SHA256] = { sha256, SHA256_DIGEST_LENGTH }, [WR_SHA384] = { sha384, SHA384_DIGEST_LENGTH },
    [WR_SHA512] = { sha512, SHA512_DIGEST_LENGTH },
};

size_t wr_digest_len(wr_digest_algorithm algorithm)
{
    return algorithms[algorithm].len;
}

bool wr_digest(wr_digest_algorithm algorithm, wr_view v, uint8_t *out, wr_error *err)
{
    return algorithms[algorithm].digest(v, out) ||
           wr_fail_view(err, WR_E_UNSUPPORTED, v, "OpenSSL gives no digest of this kind");
}

bool wr_crypto_start(void)
{
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) &&
        OSSL_LIB_CTX_get0_global_default())
        return true;
    errno = ENOMEM;
    return false;
}
