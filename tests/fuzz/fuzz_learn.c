/* fuzz_learn.c - any bytes as a program, a catalogue or a bag: what its signatures need is sorted,
 * each need once, and no hash is told of what nobody had. */
#include "format/pe.h"
#include "require/learn.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_needs(wr_learning *l)
{
    wr_learn_sort(l);
    for (size_t i = 0; i < l->needs.count; i++) {
        const wr_need *need = l->needs.items[i], *before = i ? l->needs.items[i - 1] : NULL;

        check(need->num_files > 0 && need->files.count > 0);
        check(need->files.count <= WR_LIMIT_LEARNED_SOURCES &&
              need->files.count <= need->num_files);
        check(need->subject && need->issuer && need->serial && need->short_name);
        check(need->from != WR_NEED_BY_NAME || !need->has_sha256);
        check(need->code_signing || need->time_stamping);
        check(!before || before->root || !need->root);
        check(!before || before->from == WR_NEED_BY_NAME || need->from == WR_NEED_BY_NAME ||
              memcmp(before->sha1, need->sha1, WR_SHA1_LEN) != 0);
    }
}

static void learn(wr_learning *l, wr_view bytes)
{
    wr_authenticodes signatures = { { 0 } };
    wr_pkcs7 message;
    wr_error err;
    wr_pe pe;

    if (wr_pe_parse(bytes, l->arena, l->diags, &pe, &err)) {
        for (size_t i = 0; i < pe.certificates.count; i++)
            if (wr_pkcs7_parse(pe.certificates.items[i].bytes, l->arena, l->diags, &message,
                               &err) &&
                !wr_authenticode_read(&message, l->arena, l->diags, &signatures, &err))
                check(err.code != WR_OK && err.code != WR_E_BUG);
    } else if (!wr_pkcs7_parse(bytes, l->arena, l->diags, &message, &err) ||
               !wr_authenticode_read(&message, l->arena, l->diags, &signatures, &err)) {
        return;
    }
    for (size_t i = 0; i < signatures.list.count; i++)
        if (!wr_learn_certificates(l, &signatures.list.items[i].message.certificates, &err))
            return;
    if (wr_learn_file(l, "first", &signatures, &err) &&
        wr_learn_file(l, "second", &signatures, &err))
        check_needs(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_learning l = { 0 };
    wr_arena arena;
    wr_diags diags;

    wr_arena_init(&arena, (size_t)256 << 20);
    wr_diags_init(&diags, &arena);
    l.arena = &arena;
    l.diags = &diags;
    learn(&l, (wr_view){ data, len, 0, "fuzz" });
    wr_arena_free(&arena);
    return 0;
}
