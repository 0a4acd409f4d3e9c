#include "support.h"

#include "format/x509.h"

/* Text that the test owns and may change; NUL behind it. */
static char *read_text(const char *path)
{
    size_t len;
    uint8_t *bytes = read_file(path, &len);
    char *text = calloc(1, len + 1);

    cr_assert(text);
    memcpy(text, bytes, len);
    free(bytes);
    return text;
}

static void assert_is_fixture(wr_view der, const char *path)
{
    size_t len;
    uint8_t *bytes = read_file(path, &len);

    cr_assert(wr_view_is(der, bytes, len), "%s", path);
    free(bytes);
}

typedef struct result {
    wr_arena arena;
    wr_diags diags;
    wr_ders ders;
    wr_error err;
    bool done;
} result;

static void take(const char *text, size_t len, result *out)
{
    memset(out, 0, sizeof *out);
    wr_arena_init(&out->arena, 16 << 20);
    wr_diags_init(&out->diags, &out->arena);
    out->done = wr_pem_certificates((wr_view){ (const uint8_t *)text, len, 0, "unit" }, &out->arena,
                                    &out->diags, &out->ders, &out->err);
}

Test(pem, every_labelled_certificate_in_order)
{
    char *text = read_text(FIXTURE("certs/bundle.pem"));
    result r;

    take(text, strlen(text), &r);
    cr_assert(r.done, "%s", r.err.message);
    cr_assert_eq(r.ders.list.count, 3);
    assert_is_fixture(r.ders.list.items[0], FIXTURE("certs/root_P-256.der"));
    assert_is_fixture(r.ders.list.items[1], FIXTURE("certs/root_P-384.der"));
    assert_is_fixture(r.ders.list.items[2], FIXTURE("certs/root_ed25519.der"));
    cr_assert_eq(r.diags.list.count, 0);
    wr_arena_free(&r.arena);
    free(text);
}

Test(pem, bare_base64_is_one_certificate)
{
    char *text = read_text(FIXTURE("certs/bare.txt"));
    result r;

    take(text, strlen(text), &r);
    cr_assert(r.done, "%s", r.err.message);
    cr_assert_eq(r.ders.list.count, 1);
    assert_is_fixture(r.ders.list.items[0], FIXTURE("certs/root_P-256.der"));
    wr_arena_free(&r.arena);
    text[strcspn(text, "=")] = '\0'; /* padding is not insisted on */
    take(text, strlen(text), &r);
    cr_assert(r.done);
    assert_is_fixture(r.ders.list.items[0], FIXTURE("certs/root_P-256.der"));
    wr_arena_free(&r.arena);
    free(text);
}

/* "%s" = the bare base64 of a certificate; `count` certificates and `skipped` diagnostics come out.
 */
Test(pem, one_bad_block_never_hides_its_siblings)
{
#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END   "-----END CERTIFICATE-----\n"
    static const struct {
        const char *before, *after;
        size_t count, skipped;
    } cases[] = {
        { BEGIN, END, 1, 0 },
        { "\xEF\xBB\xBF" BEGIN, END, 1, 0 },
        { "  " BEGIN, "  " END, 1, 0 },
        { "\xEF\xBB\xBF", "", 1, 0 },
        { "-----BEGIN X509 CERTIFICATE-----\n", "-----END X509 CERTIFICATE-----", 1, 0 },
        { BEGIN "!!!!\n" END BEGIN, END, 1, 1 },
        { BEGIN "AAAA\n" END BEGIN, END, 1, 1 },
        { BEGIN END BEGIN, END, 1, 1 },
        { BEGIN "AAAA\n" BEGIN, END, 1, 1 },
        { BEGIN, END BEGIN "AAAA\n", 1, 1 },
        { BEGIN "MA==MA==\n" END BEGIN, END, 1, 1 },
        { "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n" BEGIN, END, 1, 0 },
        { END BEGIN, END, 1, 0 },
        { "-----BEGIN X509 CRL-----\n", "-----END X509 CRL-----\n", 0, 0 },
        { BEGIN, "", 0, 1 },
        { "!", "", 0, 0 },
    };
    char *base64 = read_text(FIXTURE("certs/bare.txt"));

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[2048];
        result r;
        int n = snprintf(text, sizeof text, "%s%s\n%s", cases[i].before, base64, cases[i].after);

        cr_assert(n > 0 && (size_t)n < sizeof text);
        take(text, (size_t)n, &r);
        cr_assert_eq(r.done, cases[i].count > 0, "%zu: %s", i, r.err.message);
        cr_assert_eq(r.ders.list.count, cases[i].count, "%zu", i);
        cr_assert_eq(r.diags.num_skipped, cases[i].skipped, "%zu", i);
        if (r.done)
            assert_is_fixture(r.ders.list.items[0], FIXTURE("certs/root_P-256.der"));
        else
            cr_assert_eq(r.err.code, WR_E_MALFORMED, "%zu", i);
        wr_arena_free(&r.arena);
    }
    free(base64);
}

Test(pem, says_where_base64_ends)
{
    result r;

    take("MAA\nA*AA", 8, &r);
    cr_assert_not(r.done);
    cr_assert_eq(r.err.code, WR_E_MALFORMED);
    cr_assert_eq(r.err.offset, 5);
    wr_arena_free(&r.arena);
    take("-----BEGIN CERTIFICATE-----\nMA=A\n-----END CERTIFICATE-----", 58, &r);
    cr_assert_not(r.done);
    cr_assert_eq(r.diags.list.count, 1);
    cr_assert_eq(r.diags.list.items[0].code, WR_E_MALFORMED);
    cr_assert_eq(r.diags.list.items[0].offset, 31);
    wr_arena_free(&r.arena);
}

static void take_pem(wr_view v, wr_arena *arena)
{
    wr_diags diags;
    wr_ders ders;
    wr_x509 cert;
    wr_error err;

    wr_diags_init(&diags, arena);
    err.code = WR_OK;
    if (!wr_pem_certificates(v, arena, &diags, &ders, &err)) {
        cr_assert_neq(err.code, WR_OK);
        return;
    }
    cr_assert(ders.list.count > 0);
    for (size_t i = 0; i < ders.list.count; i++) {
        cr_assert(wr_x509_parse(ders.list.items[i], &cert, &err));
        cr_assert_eq(cert.der.len, ders.list.items[i].len);
    }
}

Test(pem, every_prefix_flip_and_allocation)
{
    char *base64 = read_text(FIXTURE("certs/bare.txt"));
    char text[1024];
    int n = snprintf(text, sizeof text, "text\n" BEGIN "%s\n" END, base64);

    cr_assert(n > 0 && (size_t)n < sizeof text);
    for_every_prefix((const uint8_t *)text, (size_t)n, take_pem);
    for_every_flip((const uint8_t *)text, (size_t)n, take_pem);
    for_every_allocation((const uint8_t *)text, (size_t)n, 10, take_pem);
    for_every_prefix((const uint8_t *)base64, strlen(base64), take_pem);
    free(base64);
}
