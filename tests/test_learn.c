/* test_learn.c - which certificates the chains of fixtures/pe need, from what is at hand. */
#include "support.h"

#include "format/pe.h"
#include "require/learn.h"
#include "winroots/limits.h"

typedef struct lesson {
    wr_arena arena;
    wr_diags diags;
    wr_learning learning;
    wr_ctl list;
    void *files[16];
    size_t num_files;
} lesson;

static wr_view file(lesson *l, const char *name)
{
    char path[512];
    size_t len;
    uint8_t *bytes;

    snprintf(path, sizeof path, "%s%s", FIXTURE("pe/"), name);
    bytes = read_file(path, &len);
    l->files[l->num_files++] = bytes;
    return view_of(bytes, len);
}

static void start(lesson *l)
{
    memset(l, 0, sizeof *l);
    wr_arena_init(&l->arena, (size_t)16 << 20);
    wr_diags_init(&l->diags, &l->arena);
    l->learning = (wr_learning){ .arena = &l->arena, .diags = &l->diags };
}

static void stop(lesson *l)
{
    wr_arena_free(&l->arena);
    while (l->num_files)
        free(l->files[--l->num_files]);
}

static bool know(lesson *l, wr_view der, wr_error *err)
{
    wr_ders one = { { 0 } };
    wr_view *item = WR_APPEND(&l->arena, &one.list, wr_view);

    if (!item)
        return wr_fail_memory(err);
    *item = der;
    return wr_learn_certificates(&l->learning, &one, err);
}

static void supply(lesson *l, const char *name)
{
    wr_error err;

    cr_assert(know(l, file(l, name), &err), "%s", err.message);
}

static void use_list(lesson *l)
{
    const wr_ctl **slot = WR_APPEND(&l->arena, &l->learning.lists, const wr_ctl *);
    wr_error err;

    cr_assert(wr_ctl_parse(file(l, "roots.ctl"), &l->arena, &l->list, &err), "%s", err.message);
    *slot = &l->list;
}

static bool read_program(lesson *l, wr_view v, wr_authenticodes *out, wr_error *err)
{
    wr_pkcs7 message;
    wr_pe pe;

    if (!wr_pe_parse(v, &l->arena, &l->diags, &pe, err))
        return false;
    for (size_t i = 0; i < pe.certificates.count; i++)
        if (pe.certificates.items[i].type == WR_PE_PKCS_SIGNED_DATA &&
            (!wr_pkcs7_parse(pe.certificates.items[i].bytes, &l->arena, &l->diags, &message, err) ||
             !wr_authenticode_read(&message, &l->arena, &l->diags, out, err)))
            return false;
    return true;
}

static bool try_to_learn(lesson *l, wr_view v, wr_error *err)
{
    wr_authenticodes signatures = { { 0 } };

    if (!read_program(l, v, &signatures, err))
        return false;
    for (size_t i = 0; i < signatures.list.count; i++)
        if (!wr_learn_certificates(&l->learning, &signatures.list.items[i].message.certificates,
                                   err))
            return false;
    if (!wr_learn_file(&l->learning, "a file", &signatures, err))
        return false;
    wr_learn_sort(&l->learning);
    return true;
}

static void learn(lesson *l, const char *name)
{
    wr_error err;

    cr_assert(try_to_learn(l, file(l, name), &err), "%s", err.message);
}

static const wr_need *need(const lesson *l, const char *short_name)
{
    for (size_t i = 0; i < l->learning.needs.count; i++)
        if (strcmp(l->learning.needs.items[i]->short_name, short_name) == 0)
            return l->learning.needs.items[i];
    return NULL;
}

static bool is_certificate(lesson *l, const wr_need *n, const char *name)
{
    uint8_t sha1[WR_SHA1_LEN], sha256[WR_SHA256_LEN];
    wr_view der = file(l, name);
    wr_error err;

    cr_assert(wr_digest(WR_SHA1, der, sha1, &err) && wr_digest(WR_SHA256, der, sha256, &err));
    return n->has_sha256 && memcmp(n->sha1, sha1, sizeof sha1) == 0 &&
           memcmp(n->sha256, sha256, sizeof sha256) == 0;
}

Test(learn, a_list_names_a_root_by_name_and_key_together)
{
    const wr_need *root;
    lesson l;

    start(&l);
    use_list(&l);
    learn(&l, "signed.exe");
    root = need(&l, "Test Code Root");
    cr_assert(root && root->root && root->from == WR_NEED_FROM_LIST);
    cr_assert(is_certificate(&l, root, "code_root.cer"), "not the one of another key before it");
    cr_assert_str_eq(root->subject, "CN=Test Code Root, O=winroots tests");
    cr_assert(root->lacking && root->code_signing && !root->time_stamping && root->time_stamped);
    stop(&l);
}

Test(learn, the_supply_comes_before_the_list_and_the_file_before_both)
{
    lesson l;

    start(&l);
    use_list(&l);
    supply(&l, "code_root.cer");
    learn(&l, "signed.exe");
    cr_assert_eq(need(&l, "Test Code Root")->from, WR_NEED_FROM_OTHERS);
    learn(&l, "nested.exe");
    cr_assert_eq(need(&l, "Test Code Root")->from, WR_NEED_FROM_FILE);
    cr_assert(need(&l, "Test Code Root")->lacking, "the first file still lacks it");
    cr_assert_eq(need(&l, "Test Code Root")->num_files, 2);
    cr_assert_not(need(&l, "Test Code CA")->lacking);
    stop(&l);
}

Test(learn, a_certificate_of_the_right_name_and_another_key_is_no_issuer)
{
    const wr_need *root;
    lesson l;

    start(&l);
    supply(&l, "other_ca.cer");
    supply(&l, "other_root.cer");
    learn(&l, "signed.exe");
    root = need(&l, "Test Code Root");
    cr_assert_eq(root->from, WR_NEED_BY_NAME);
    cr_assert_not(root->has_sha256);
    cr_assert_eq(strlen(root->key_id), 40);
    cr_assert_null(need(&l, "Test Other Root"));
    stop(&l);
}

Test(learn, a_root_is_taken_before_its_cross_certificate)
{
    lesson l;

    start(&l);
    supply(&l, "cross.cer");
    supply(&l, "cross_root.cer");
    learn(&l, "signed.exe");
    cr_assert(need(&l, "Test Cross Root")->root, "no other way is known");
    cr_assert_not(need(&l, "Test Code Root")->root);
    cr_assert(is_certificate(&l, need(&l, "Test Code Root"), "cross.cer"));
    stop(&l);

    start(&l);
    supply(&l, "cross.cer");
    supply(&l, "cross_root.cer");
    supply(&l, "code_root.cer");
    learn(&l, "signed.exe");
    cr_assert_null(need(&l, "Test Cross Root"));
    cr_assert(is_certificate(&l, need(&l, "Test Code Root"), "code_root.cer"));
    stop(&l);
}

Test(learn, roots_come_first_then_names_then_intermediates)
{
    static const char *const order[] = { "Test Code Root", "Test Time Root", "Test Other Root",
                                         "Test Code CA",   "Test Other CA",  "Test Time CA" };
    lesson l;

    start(&l);
    learn(&l, "nested.exe");
    cr_assert_eq(l.learning.needs.count, sizeof order / sizeof *order);
    for (size_t i = 0; i < l.learning.needs.count; i++)
        cr_assert_str_eq(l.learning.needs.items[i]->short_name, order[i]);
    stop(&l);
}

Test(learn, names_the_first_files_and_counts_all)
{
    wr_error err;
    wr_view v;
    lesson l;

    start(&l);
    v = file(&l, "nested.exe");
    for (int i = 0; i < 20; i++)
        cr_assert(try_to_learn(&l, v, &err));
    cr_assert_eq(need(&l, "Test Code Root")->num_files, 20);
    cr_assert_eq(need(&l, "Test Code Root")->files.count, WR_LIMIT_LEARNED_SOURCES);
    cr_assert_eq(l.learning.known.count, 8, "of equal certificates one is kept");
    stop(&l);
}

Test(learn, a_signer_without_certificate_is_told)
{
    lesson l;

    start(&l);
    learn(&l, "without_signer.exe");
    cr_assert_eq(l.learning.needs.count, 0);
    cr_assert_eq(l.diags.num_skipped, 1);
    stop(&l);
}

static void learn_from(wr_view v, wr_arena *arena)
{
    lesson l = { .arena = *arena };
    wr_error err;

    wr_diags_init(&l.diags, &l.arena);
    l.learning = (wr_learning){ .arena = &l.arena, .diags = &l.diags };
    if (!try_to_learn(&l, v, &err))
        cr_assert(err.message[0]);
    for (size_t i = 0; i < l.learning.needs.count; i++) {
        const wr_need *n = l.learning.needs.items[i];
        if (n->num_files)
            cr_assert(n->from == WR_NEED_BY_NAME ? *n->subject && !n->has_sha256 : n->has_sha256);
    }
    *arena = l.arena;
}

Test(learn, survives_every_flip_and_failing_allocation)
{
    size_t len;
    uint8_t *bytes = read_file(FIXTURE("pe/signed.exe"), &len);

    for_every_allocation(bytes, len, 200, learn_from);
    free(bytes);
    bytes = read_file(FIXTURE("pe/two_entries.exe"), &len);
    for_every_flip(bytes, len, learn_from);
    free(bytes);
}
