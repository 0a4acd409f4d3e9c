/* test_collect_users.c - hives of users that are read together come to what they come to one by
 * one: the same stores, copies and certificates in the same order, and the same diagnostics. */
#include "support.h"

#include "base/os.h"
#include "regf_builder.h"
#include "store/collect.h"

#include <unistd.h>

#define USERS 70 /* more than are read together at a time */

static char scratch[64];
static wr_arena arena;
static wr_diags evidence_diags;

static void start(void)
{
    snprintf(scratch, sizeof scratch, "winroots-users-%d", wr_os_process());
    cr_assert(wr_os_make_folder(scratch) && chdir(scratch) == 0 && wr_os_make_folder("Users"), "%s",
              wr_os_reason());
    wr_arena_init(&arena, (size_t)256 << 20);
    wr_diags_init(&evidence_diags, &arena);
}

static void stop(void)
{
    wr_arena_free(&arena);
    cr_assert(chdir("..") == 0 && wr_os_remove_tree(scratch));
}

TestSuite(collect_users, .init = start, .fini = stop);

static const char *const files[] = { "root_P-256", "root_P-384", "root_P-521", "root_ed25519",
                                     "root_dsa",   "root_rsa",   "root_v1" };
#define FILES (sizeof files / sizeof *files)

/* The element of a certificate: property 32 with its DER. */
static uint8_t *element_of(size_t file, size_t *len)
{
    char path[256];
    uint8_t *der, *element;
    size_t n;

    snprintf(path, sizeof path, FIXTURE("certs/%s.der"), files[file]);
    der = read_file(path, &n);
    element = malloc(12 + n);
    cr_assert(element);
    hive_put(element, 32, 4);
    hive_put(element + 4, 1, 4);
    hive_put(element + 8, n, 4);
    memcpy(element + 12, der, n);
    free(der);
    *len = 12 + n;
    return element;
}

struct chain {
    struct hive *h;
    uint32_t at;
};

static void below(struct chain *c, const char *name)
{
    uint32_t key = hive_key(c->h, name, c->at);

    hive_subkeys(c->h, c->at, "lh", &key, 1);
    c->at = key;
}

/* What is special about the hive of a user. */
enum { ORDINARY, BAD_CERTIFICATE, NO_BLOB, NO_STORES };

/* Software\Microsoft\SystemCertificates\Root\Certificates with three certificates that many have,
 * and two of them in another order in each. */
static void write_user(const char *folder, size_t n, int special)
{
    struct hive h = hive_new(5);
    uint32_t root = hive_key(&h, "ROOT", NIL), keys[3], value;
    struct chain c = { &h, root };
    char path[64];
    wr_view image;
    FILE *f;

    below(&c, "Software");
    below(&c, "Microsoft");
    if (special != NO_STORES) {
        below(&c, "SystemCertificates");
        below(&c, "Root");
        below(&c, "Certificates");
        for (size_t i = 0; i < 3; i++) {
            size_t len;
            uint8_t *element = element_of((n / 3 + i * (n % 2 ? 1 : 2)) % FILES, &len);
            char name[8];
            snprintf(name, sizeof name, "%zu", i);
            keys[i] = hive_key(&h, name, c.at);
            if (special == BAD_CERTIFICATE && i == 1)
                element[12] = 0x04; /* no SEQUENCE */
            value = hive_value(&h, special == NO_BLOB && i == 2 ? "Blub" : "Blob", 3, element, len);
            hive_values(&h, keys[i], &value, 1);
            free(element);
        }
        hive_subkeys(&h, c.at, "lh", keys, 3);
    }
    image = hive_image(&h, root);
    snprintf(path, sizeof path, "Users/%s", folder);
    cr_assert(wr_os_make_folder(path), "%s", wr_os_reason());
    snprintf(path, sizeof path, "Users/%s/NTUSER.DAT", folder);
    cr_assert((f = fopen(path, "wb")) != NULL);
    cr_assert_eq(fwrite(image.data, 1, image.len, f), image.len);
    cr_assert_eq(fclose(f), 0);
    hive_free(&h);
}

static wr_evidence *read_evidence(const char *const *paths, size_t count)
{
    const wr_evidence_options options = { .hash = false };
    wr_evidence *evidence = wr_evidence_new(&arena, &evidence_diags);
    wr_error e;

    cr_assert(evidence);
    for (size_t i = 0; i < count; i++)
        cr_assert(wr_evidence_add(evidence, paths[i], WR_USE_EVIDENCE, NULL, &options, &e), "%s",
                  e.message);
    wr_evidence_seal(evidence);
    return evidence;
}

struct collected {
    wr_model model;
    wr_diags diags;
};

static void collect(const wr_evidence *evidence, bool one_by_one, struct collected *out)
{
    const wr_collect_options options = { .updates = false };
    wr_error e;

    wr_diags_init(&out->diags, &arena);
    wr_model_init(&out->model, &arena, &out->diags, evidence);
    if (!one_by_one) {
        cr_assert(wr_collect(evidence, &options, &out->model, &e), "%s", e.message);
        return;
    }
    for (size_t i = 0; i < wr_evidence_count(evidence); i++)
        cr_assert(wr_collect_item(wr_evidence_item(evidence, i), &options, &out->model, &e), "%s",
                  e.message);
}

static void expect_same(const struct collected *a, const struct collected *b)
{
    const wr_model *x = &a->model, *y = &b->model;

    cr_assert_eq(x->num_user_hives, y->num_user_hives);
    cr_assert_eq(x->stores.count, y->stores.count);
    for (size_t i = 0; i < x->stores.count; i++) {
        cr_assert_str_eq(x->stores.items[i].location_text, y->stores.items[i].location_text);
        cr_assert_str_eq(x->stores.items[i].name, y->stores.items[i].name);
        cr_assert_str_eq(x->stores.items[i].source, y->stores.items[i].source);
        cr_assert_eq(x->stores.items[i].num_certificates, y->stores.items[i].num_certificates);
        cr_assert_eq(x->stores.items[i].num_skipped, y->stores.items[i].num_skipped);
    }
    cr_assert_eq(x->certificates.count, y->certificates.count);
    for (size_t i = 0; i < x->certificates.count; i++) {
        const wr_certificate *c = &x->certificates.items[i], *d = &y->certificates.items[i];
        cr_assert_arr_eq(c->sha256, d->sha256, WR_SHA256_LEN);
        cr_assert_str_eq(c->x509.der.source, d->x509.der.source, "the copy that was met first");
        cr_assert_eq(c->instances.count, d->instances.count);
        for (size_t j = 0; j < c->instances.count; j++)
            cr_assert_eq(c->instances.items[j], d->instances.items[j]);
    }
    cr_assert_eq(x->instances.count, y->instances.count);
    for (size_t i = 0; i < x->instances.count; i++) {
        cr_assert_eq(x->instances.items[i].certificate, y->instances.items[i].certificate);
        cr_assert_eq(x->instances.items[i].store, y->instances.items[i].store);
        cr_assert_str_eq(x->instances.items[i].path, y->instances.items[i].path);
    }
    cr_assert_eq(x->users.count, y->users.count);
    for (size_t i = 0; i < x->users.count; i++) {
        cr_assert_str_eq(x->users.items[i].owner, y->users.items[i].owner);
        cr_assert_str_eq(x->users.items[i].source, y->users.items[i].source);
    }
    cr_assert_eq(a->diags.num_skipped, b->diags.num_skipped);
    cr_assert_eq(a->diags.list.count, b->diags.list.count);
    for (size_t i = 0; i < a->diags.list.count; i++) {
        cr_assert_str_eq(a->diags.list.items[i].message, b->diags.list.items[i].message);
        cr_assert_str_eq(a->diags.list.items[i].source, b->diags.list.items[i].source);
        cr_assert_str_eq(a->diags.list.items[i].path, b->diags.list.items[i].path);
    }
}

static void expect_same_both_ways(const char *const *paths, size_t count,
                                  const struct collected **out)
{
    static struct collected together, one_by_one;
    wr_evidence *evidence = read_evidence(paths, count);

    collect(evidence, false, &together);
    collect(evidence, true, &one_by_one);
    expect_same(&together, &one_by_one);
    wr_evidence_free(evidence);
    *out = &together;
}

Test(collect_users, together_as_one_by_one)
{
    static const char *const all[] = { "Users" };
    const struct collected *c;

    for (size_t n = 0; n < USERS; n++) {
        char name[8];
        snprintf(name, sizeof name, "u%02zu", n);
        write_user(name, n, n == 68 ? NO_STORES : ORDINARY);
    }
    expect_same_both_ways(all, 1, &c);
    cr_assert_eq(c->model.num_user_hives, USERS);
    cr_assert_eq(c->model.stores.count, USERS - 1);
    cr_assert_eq(c->model.certificates.count, FILES);
    cr_assert_eq(c->model.instances.count, 3 * (USERS - 1));
}

Test(collect_users, damage_is_said_in_its_place)
{
    static const char *const all[] = { "Users" };
    const struct collected *c;

    for (size_t n = 0; n < 20; n++) {
        char name[8];
        snprintf(name, sizeof name, "u%02zu", n);
        write_user(name, n, n == 3 || n == 12 ? BAD_CERTIFICATE : n == 7 ? NO_BLOB : ORDINARY);
    }
    expect_same_both_ways(all, 1, &c);
    cr_assert_eq(c->diags.num_skipped, 3);
    cr_assert_eq(c->model.stores.items[3].num_skipped, 1);
    cr_assert_eq(c->model.stores.items[7].num_skipped, 1);
    cr_assert_eq(c->model.instances.count, 3 * 20 - 3);
}

/* One user whose hive was given twice has one set of stores, with each certificate in them twice.
 */
Test(collect_users, a_user_met_again_is_the_same_user)
{
    static const char *const twice[] = { "Users", "Users/u01", "Users" };
    const struct collected *c;

    for (size_t n = 0; n < 9; n++) {
        char name[8];
        snprintf(name, sizeof name, "u%02zu", n);
        write_user(name, n, ORDINARY);
    }
    expect_same_both_ways(twice, 3, &c);
    cr_assert_eq(c->model.num_user_hives, 19);
    cr_assert_eq(c->model.instances.count, 3 * 19);
}
