/* digest.h - message digests [OpenSSL]. */
#ifndef WR_BASE_DIGEST_H
#define WR_BASE_DIGEST_H

#include "base/reader.h"

typedef enum wr_digest_algorithm {
    WR_MD5,
    WR_SHA1,
    WR_SHA256,
    WR_SHA384,
    WR_SHA512
} wr_digest_algorithm;

#define WR_DIGEST_MAX 64
#define WR_MD5_LEN    16
#define WR_SHA1_LEN   20
#define WR_SHA256_LEN 32

/* Length of a digest in bytes. */
size_t wr_digest_len(wr_digest_algorithm algorithm);

/* Digest of `v` into `out`, which has at least wr_digest_len bytes.
 * Fails: UNSUPPORTED (this OpenSSL lacks the algorithm). */
WR_MUST_USE bool wr_digest(wr_digest_algorithm algorithm, wr_view v, uint8_t *out, wr_error *err);

/* Before any other call of OpenSSL: leaves the system's settings of it unread, which cost time and
 * may refuse what Windows accepts (SHA-1, short keys), so that the answer would be the machine's.
 * Cheap when it was done before.  False, with errno ENOMEM, where memory ended in it: OpenSSL would
 * crash in the next call. */
WR_MUST_USE bool wr_crypto_start(void);

#endif
