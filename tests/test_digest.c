#include "support.h"

#include "base/digest.h"
#include "base/text.h"

#include <criterion/parameterized.h>

#include <pthread.h>

/* Vectors: RFC 1321 A.5 (MD5), FIPS 180 examples as given by NIST (SHA). */
struct vector {
    wr_digest_algorithm algorithm;
    char text[64];
    char hex[2 * WR_DIGEST_MAX + 1];
};

ParameterizedTestParameters(digest, known_vectors)
{
    static struct vector table[] = {
        { WR_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
        { WR_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
        { WR_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
        { WR_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
        { WR_SHA1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
        { WR_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { WR_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { WR_SHA384, "abc",
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
          "8086072ba1e7cc2358baeca134c825a7" },
        { WR_SHA512, "abc",
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
    };
    return cr_make_param_array(struct vector, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct vector *row, digest, known_vectors)
{
    uint8_t out[WR_DIGEST_MAX + 1];
    char hex[2 * WR_DIGEST_MAX + 1];
    size_t len = wr_digest_len(row->algorithm);
    wr_error e;

    memset(out, 0xEE, sizeof out);
    cr_assert_eq(len, strlen(row->hex) / 2);
    for (int again = 0; again < 2; again++) {
        cr_assert(wr_digest(row->algorithm, view_of(row->text, strlen(row->text)), out, &e));
        wr_text_hex_into(out, len, hex);
        cr_assert_str_eq(hex, row->hex);
        cr_assert_eq(out[len], 0xEE, "nothing beyond");
    }
}

Test(digest, a_million_letters)
{
    uint8_t *letters = malloc(1000000), out[WR_SHA1_LEN];
    char hex[2 * WR_SHA1_LEN + 1];
    wr_error e;

    cr_assert(letters);
    memset(letters, 'a', 1000000);
    cr_assert(wr_digest(WR_SHA1, view_of(letters, 1000000), out, &e));
    wr_text_hex_into(out, sizeof out, hex);
    cr_assert_str_eq(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    free(letters);
}

Test(digest, of_nothing_needs_no_bytes)
{
    const wr_view nothing = { NULL, 0, 0, "unit" };
    uint8_t out[WR_MD5_LEN];
    char hex[2 * WR_MD5_LEN + 1];
    wr_error e;

    cr_assert(wr_digest(WR_MD5, nothing, out, &e));
    wr_text_hex_into(out, sizeof out, hex);
    cr_assert_str_eq(hex, "d41d8cd98f00b204e9800998ecf8427e");
}

static void *hash_in_thread(void *wrong)
{
    static const char abc[] = "900150983cd24fb0d6963f7d28e17f72";
    char hex[2 * WR_MD5_LEN + 1];
    uint8_t out[WR_MD5_LEN];
    wr_error e;

    for (int i = 0; i < 100; i++) {
        if (!wr_digest(WR_MD5, view_of("abc", 3), out, &e))
            return wrong;
        wr_text_hex_into(out, sizeof out, hex);
        if (strcmp(hex, abc) != 0)
            return wrong;
    }
    return NULL;
}

Test(digest, threads_may_meet_at_the_first_use)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    char wrong;

    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, hash_in_thread, &wrong), 0);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        cr_assert_eq(pthread_join(threads[i], &result), 0);
        cr_assert_null(result);
    }
}
