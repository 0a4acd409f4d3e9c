/* fuzz_pkcs7.c - any bytes as a signed message: what is given lies inside, BER once made DER stays
 * as it is, and nothing that we can make is a valid list. */
#include "format/ber.h"
#include "format/pkcs7.h"
#include "format/signer_index.h"

#include <stdlib.h>

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void check_ber(wr_view v, wr_arena *arena)
{
    wr_reader r = wr_reader_of(v), again;
    wr_view once, twice;
    wr_error err;

    if (!wr_ber_read(&r, arena, &once, &err))
        return;
    again = wr_reader_of(once);
    must(wr_ber_read(&again, arena, &twice, &err) && wr_view_equal(once, twice));
    must(wr_reader_left(&again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view v = { data, len, 0, "fuzz" };
    wr_signature signature;
    wr_signer_index extra;
    wr_pkcs7 message;
    wr_diags diags;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    check_ber(v, &arena);
    if (wr_pkcs7_parse(v, &arena, &diags, &message, &err)) {
        must(message.content.len <= len && message.signature.len <= len);
        must(message.num_signers > 0 || message.digest_algorithm.len == 0);
        for (size_t i = 0; i < message.certificates.list.count; i++)
            must(message.certificates.list.items[i].len >= 2);
        extra = wr_signer_index_of(&message.certificates, &arena);
        must(wr_pkcs7_verify_list(&message, &extra, 0, &arena, &signature, &err));
        must(signature.status != WR_SIGNATURE_VALID && signature.root.len == 0);
        must((signature.status == WR_SIGNATURE_UNSIGNED) == (message.num_signers == 0));
    }
    wr_arena_free(&arena);
    return 0;
}
