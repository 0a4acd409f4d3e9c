#include "support.h"

#include "regf_builder.h"

#include "store/collect_deleted.h"
#include "store/layout.h"
#include "winroots/limits.h"

static wr_arena arena;

static void start(void)
{
    wr_arena_init(&arena, (size_t)64 << 20);
}

static void stop(void)
{
    wr_arena_free(&arena);
}

TestSuite(collect_deleted, .init = start, .fini = stop);

#define CERT "\\Certificates\\AA"

/* Which store a path names: the rows of the layout, and what may be lost of them. */
static const struct named {
    wr_role hive;
    const char *path;
    const char *location, *service, *store; /* location "" = not known */
} paths[] = {
    { WR_ROLE_SOFTWARE, "Microsoft\\SystemCertificates\\ROOT" CERT, "LM", NULL, "Root" },
    { WR_ROLE_SOFTWARE, "microsoft\\SYSTEMCERTIFICATES\\Acme\\crls\\AA", "LM", NULL, "Acme" },
    { WR_ROLE_SOFTWARE, "Microsoft\\SystemCertificates\\CA\\CTLs\\AA", "LM", NULL, "CA" },
    { WR_ROLE_SOFTWARE, "Policies\\Microsoft\\SystemCertificates\\Root" CERT, "LM-GroupPolicy",
      NULL, "Root" },
    { WR_ROLE_SOFTWARE, "Microsoft\\EnterpriseCertificates\\NTAuth" CERT, "LM-Enterprise", NULL,
      "NTAuth" },
    { WR_ROLE_SOFTWARE, "Microsoft\\Cryptography\\Services\\NTDS\\SystemCertificates\\My" CERT,
      "LM-Service", "NTDS", "My" },
    { WR_ROLE_USER, "Software\\Microsoft\\SystemCertificates\\Root" CERT, "CU", NULL, "Root" },
    { WR_ROLE_USER, "Software\\Policies\\Microsoft\\SystemCertificates\\Root" CERT,
      "CU-GroupPolicy", NULL, "Root" },
    { WR_ROLE_SOFTWARE, "Wow6432Node\\Microsoft\\SystemCertificates\\CA" CERT, "LM-Wow6432Node",
      NULL, "CA" },
    /* Lost beginnings: one row can have held it, or several. */
    { WR_ROLE_SOFTWARE, "?\\EnterpriseCertificates\\Root" CERT, "", NULL, "Root" },
    { WR_ROLE_SOFTWARE, "?\\Policies\\Microsoft\\SystemCertificates\\Root" CERT, "", NULL, "Root" },
    { WR_ROLE_SOFTWARE, "?\\Wow6432Node\\Microsoft\\SystemCertificates\\Root" CERT,
      "LM-Wow6432Node", NULL, "Root" },
    { WR_ROLE_USER, "?\\Policies\\Microsoft\\SystemCertificates\\Root" CERT, "CU-GroupPolicy", NULL,
      "Root" },
    { WR_ROLE_OSDATA, "?\\WCOSCertificates\\Root" CERT, "LM-WCOS", NULL, "Root" },
    { WR_ROLE_SOFTWARE, "?\\Services\\NTDS\\SystemCertificates\\My" CERT, "LM-Service", "NTDS",
      "My" },
    { WR_ROLE_SOFTWARE, "?\\Microsoft\\SystemCertificates\\Root" CERT, "", NULL, "Root" },
    { WR_ROLE_SOFTWARE, "?\\SystemCertificates\\Root" CERT, "", NULL, "Root" },
    { WR_ROLE_SOFTWARE, "?\\ROOT" CERT, "", NULL, "Root" },
    { WR_ROLE_SOFTWARE, "?" CERT, "", NULL, "" },
    { WR_ROLE_SOFTWARE, "?\\AA", "", NULL, "" },
    { WR_ROLE_SOFTWARE, "?", "", NULL, "" },
    { WR_ROLE_SOFTWARE, "", "", NULL, "" },
    { WR_ROLE_SOFTWARE, "?x\\SystemCertificates\\Root" CERT, "", NULL, "" },
    /* No store at all. */
    { WR_ROLE_SOFTWARE, "Microsoft\\SystemCertificates\\Root", "", NULL, "" },
    { WR_ROLE_SOFTWARE, "Microsoft\\SystemCertificates" CERT, "", NULL, "" },
    { WR_ROLE_SOFTWARE, "Microsoft\\SystemCertificates\\Root\\Keys\\AA", "", NULL, "" },
    { WR_ROLE_SOFTWARE, "Microsoft\\SystemCertificates\\Root" CERT "\\BB", "", NULL, "" },
    { WR_ROLE_SOFTWARE, "SystemCertificates\\Root" CERT, "", NULL, "" },
    { WR_ROLE_SOFTWARE, "WOW64\\Microsoft\\SystemCertificates\\Root" CERT, "", NULL, "" },
    { WR_ROLE_SOFTWARE, "?\\Classes\\Root" CERT, "", NULL, "" },
    { WR_ROLE_SOFTWARE, "Microsoft\\Cryptography\\Services\\SystemCertificates\\My" CERT, "", NULL,
      "" },
    { WR_ROLE_USER, "Microsoft\\SystemCertificates\\Root" CERT, "", NULL, "" },
    { WR_ROLE_HIVE, "Microsoft\\SystemCertificates\\Root" CERT, "", NULL, "" },
};

static void path_names(const struct named *row)
{
    wr_mount mount = { .role = row->hive };
    wr_layout_place place;
    wr_error err;

    cr_assert(wr_layout_place_of(&mount, row->path, &arena, &place, &err));
    cr_expect_str_eq(place.store, row->store, "%s: %s", row->path, place.store);
    cr_expect_eq(place.located, *row->location != '\0', "%s", row->path);
    if (place.located)
        cr_expect_str_eq(wr_location_name(place.location), row->location, "%s", row->path);
    cr_expect_eq(place.service != NULL, row->service != NULL, "%s", row->path);
    if (place.service && row->service)
        cr_expect_str_eq(place.service, row->service);
}

Test(collect_deleted, a_path_names_a_store_or_none)
{
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        path_names(&paths[i]);
}

Test(collect_deleted, a_users_software_key_may_be_the_root)
{
    wr_mount mount = { .role = WR_ROLE_USER, .software = true };
    wr_layout_place place;
    wr_error err;

    cr_assert(wr_layout_place_of(&mount, "Microsoft\\SystemCertificates\\Root" CERT, &arena, &place,
                                 &err));
    cr_assert(place.located);
    cr_assert_eq(place.location, WR_CU);
    cr_assert(wr_layout_place_of(&mount, "Software\\Microsoft\\SystemCertificates\\Root" CERT,
                                 &arena, &place, &err));
    cr_assert_not(place.located);
    cr_assert_str_eq(place.store, "");
}

/* Every instance is marked, traced, and in no live store. */
static bool deleted_holds(const wr_model *m)
{
    const wr_model *d = &m->deleted->model;

    for (size_t i = 0; i < d->instances.count; i++) {
        const wr_instance *copy = &d->instances.items[i];
        if (!copy->deleted || !copy->trace || !copy->trace->reason || !copy->trace->source ||
            (*copy->trace->location && !*copy->trace->store) ||
            copy->certificate >= d->certificates.count)
            return false;
    }
    for (size_t i = 0; i < d->others.count; i++)
        if (!d->others.items[i].trace)
            return false;
    return m->certificates.count == 0 && m->instances.count == 0 && m->stores.count == 0 &&
           m->others.count == 0 && d->stores.count == 0;
}

/* Collects from a machine hive; false where the hive cannot be opened or memory ends. */
static bool collect(wr_view image, wr_arena *a, wr_diags *diags, wr_model *m)
{
    wr_item *item = WR_NEW(a, wr_item, 1);
    wr_error err = { .code = WR_OK };

    wr_diags_init(diags, a);
    wr_model_init(m, a, diags, NULL);
    if (!item)
        return false;
    *item = (wr_item){ .kind = WR_KIND_REGF, .label = "SOFTWARE" };
    if (!wr_regf_open(image, a, diags, &item->hive, &err) ||
        !wr_mounts_of_hive(&item->hive, "SOFTWARE", "SOFTWARE", a, &item->mounts, &err))
        return false;
    if (wr_collect_deleted(m, item, &err))
        return true;
    cr_assert_eq(err.code, WR_E_NO_MEMORY, "only memory ends it: %s", err.message);
    return false;
}

static void parse(wr_view v, wr_arena *a)
{
    wr_diags diags;
    wr_model m;

    if (collect(v, a, &diags, &m))
        cr_assert(deleted_holds(&m));
}

/* Calls `each` with the machine hive that lost certificates. */
static void with_fixture(void (*each)(const uint8_t *bytes, size_t len))
{
    size_t len;
    uint8_t *bytes = read_file(FIXTURE("regf_recover/SOFTWARE"), &len);

    each(bytes, len);
    free(bytes);
}

static void finds_all(const uint8_t *bytes, size_t len)
{
    wr_diags diags;
    wr_model m;

    cr_assert(collect((wr_view){ bytes, len, 0, "SOFTWARE" }, &arena, &diags, &m));
    cr_assert(deleted_holds(&m));
    cr_assert_eq(m.deleted->model.instances.count, 6);
    cr_assert_eq(m.deleted->model.others.count, 1);
    cr_assert_eq(diags.list.count, 0);
}

Test(collect_deleted, finds_what_the_recipe_deleted)
{
    with_fixture(finds_all);
}

static void prefixes(const uint8_t *bytes, size_t len)
{
    for_every_prefix(bytes, len, parse);
}

Test(collect_deleted, holds_for_every_prefix)
{
    with_fixture(prefixes);
}

static void flips(const uint8_t *bytes, size_t len)
{
    for_every_flip(bytes, len, parse);
}

Test(collect_deleted, holds_for_every_flip)
{
    with_fixture(flips);
}

static void failures(const uint8_t *bytes, size_t len)
{
    for_every_allocation(bytes, len, 150, parse);
}

Test(collect_deleted, holds_when_any_allocation_fails)
{
    with_fixture(failures);
}

/* A CTL of a store, and a value that begins as an element does and has no object. */
Test(collect_deleted, takes_whole_elements_only)
{
    static const uint8_t ctl[] = {
        34, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0x30, 1, 5,
    };
    static const uint8_t none[] = { 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 7, 7, 0, 0 };
    struct hive h = hive_new(5);
    uint32_t root = hive_key(&h, "ROOT", NIL);
    uint32_t key = hive_key(&h, "Key", root), cells[3];
    wr_diags diags;
    wr_model m;

    hive_subkeys(&h, root, "lh", &key, 1);
    cells[0] = hive_value(&h, "Kept", WR_REG_BINARY, "12345", 5);
    cells[1] = hive_value(&h, "Blob", WR_REG_BINARY, ctl, sizeof ctl);
    cells[2] = hive_value(&h, "None", WR_REG_BINARY, none, sizeof none);
    hive_values(&h, key, cells, 3);
    hive_u32(&h, key, NK_NUM_VALUES, 1);
    cr_assert(collect(hive_image(&h, root), &arena, &diags, &m));
    cr_assert_eq(m.deleted->num_values, 2);
    cr_assert_eq(m.deleted->model.others.count, 1);
    cr_assert_eq(m.deleted->model.others.items[0].element.kind, WR_ELEMENT_CTL);
    cr_assert_str_eq(m.deleted->model.others.items[0].path, "Key");
    cr_assert_str_eq(m.deleted->model.others.items[0].trace->store, "");
    cr_assert_eq(m.deleted->model.others.items[0].trace->place, WR_REGF_UNREFERENCED);
    hive_free(&h);
}

#define BIG 9000u

/* A CRL of BIG bytes and more, as an element. */
static uint32_t big_element(struct hive *h, uint32_t *len)
{
    static uint8_t bytes[12 + 4 + BIG] = { 33, 0, 0, 0, 1 };

    *len = sizeof bytes;
    hive_put(bytes + 8, 4 + BIG, 4);
    memcpy(bytes + 12, "\x30\x82", 2);
    bytes[14] = BIG >> 8;
    bytes[15] = BIG & 0xFF;
    return hive_cell(h, bytes, sizeof bytes);
}

/* A root with a live key "Key" that has lost all of its `n` values, each named Blob and all with
 * one CRL as their data; they are deleted because the key does not count them. */
static wr_view values_of_one_crl(struct hive *h, size_t n)
{
    uint32_t cells[64], root = hive_key(h, "ROOT", NIL), key = hive_key(h, "Key", root), len;
    uint32_t data = big_element(h, &len);

    hive_subkeys(h, root, "lh", &key, 1);
    cells[0] = hive_value(h, "Kept", WR_REG_BINARY, "12345", 5);
    for (size_t i = 1; i <= n; i++)
        cells[i] = hive_value_raw(h, "Blob", 4, 1, WR_REG_BINARY, len, data);
    hive_values(h, key, cells, n + 1);
    hive_u32(h, key, NK_NUM_VALUES, 1);
    return hive_image(h, root);
}

Test(collect_deleted, values_that_share_their_data_do_not_cost_without_end)
{
    struct hive h = hive_new(5);
    wr_view image = values_of_one_crl(&h, 60);
    size_t most = WR_LIMIT_DELETED_READS * image.len / (16 + BIG);
    wr_diags diags;
    wr_model m;

    cr_assert_lt(most, 60);
    cr_assert(collect(image, &arena, &diags, &m));
    cr_assert_eq(m.deleted->num_values, 60);
    cr_assert_eq(m.deleted->model.others.count, most);
    cr_assert_eq(diags.list.count, 1);
    cr_assert_eq(diags.list.items[0].code, WR_E_LIMIT);
    cr_assert_eq(diags.list.items[0].severity, WR_DIAG_SKIPPED);
    hive_free(&h);
}

/* Five names of 255 are a longer path than any store has: the element is shown without it. */
Test(collect_deleted, a_path_that_is_too_long_is_none)
{
    static const uint8_t crl[] = { 33, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0x30, 1, 5 };
    struct hive h = hive_new(5);
    uint32_t root = hive_key(&h, "ROOT", NIL), parent = root, value;
    char name[256];
    wr_diags diags;
    wr_model m;

    memset(name, 'n', sizeof name - 1);
    name[255] = '\0';
    for (int i = 0; i < 5; i++)
        parent = hive_key(&h, name, parent);
    value = hive_value(&h, "Blob", WR_REG_BINARY, crl, sizeof crl);
    hive_values(&h, parent, &value, 1);
    cr_assert(collect(hive_image(&h, root), &arena, &diags, &m));
    cr_assert_eq(m.deleted->num_keys, 5);
    cr_assert_eq(m.deleted->model.others.count, 1);
    cr_assert_str_eq(m.deleted->model.others.items[0].path, "");
    hive_free(&h);
}
