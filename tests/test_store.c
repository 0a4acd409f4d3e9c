#include "support.h"

#include "store/collect.h"
#include "store/layout.h"

#include <string.h>

static wr_arena arena;
static wr_diags diags;

static void start(void)
{
    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
}

static void stop(void)
{
    wr_arena_free(&arena);
}

TestSuite(store, .init = start, .fini = stop);

struct place {
    const char *text;
    wr_location location;
    const char *owner, *name; /* name NULL = refused */
};

static const struct place places[] = {
    { "LM/Root", WR_LM, NULL, "Root" },
    { "lm/ROOT", WR_LM, NULL, "Root" },
    { "LM/My Own Store", WR_LM, NULL, "My Own Store" },
    { "LM-GroupPolicy/CA", WR_LM_GROUP_POLICY, NULL, "CA" },
    { "LM-Enterprise/ntauth", WR_LM_ENTERPRISE, NULL, "NTAuth" },
    { "LM-Service:NTDS/My", WR_LM_SERVICE, "NTDS", "My" },
    { "CU:S-1-5-21-1-2-3-1001/Root", WR_CU, "S-1-5-21-1-2-3-1001", "Root" },
    { "CU:Users/alice/Disallowed", WR_CU, "Users/alice", "Disallowed" },
    { "CU-GroupPolicy:Users/bob/Root", WR_CU_GROUP_POLICY, "Users/bob", "Root" },
    { "Root", WR_LM, NULL, NULL },
    { "LM/", WR_LM, NULL, NULL },
    { "/Root", WR_LM, NULL, NULL },
    { "XX/Root", WR_LM, NULL, NULL },
    { "CU/Root", WR_LM, NULL, NULL },
    { "CU:/Root", WR_LM, NULL, NULL },
    { "LM:somebody/Root", WR_LM, NULL, NULL },
    { "", WR_LM, NULL, NULL },
};
static void place_is_parsed(const struct place *row)
{
    wr_location location;
    const char *owner, *name;
    wr_error err;
    bool ok;

    ok = wr_store_place_parse(row->text, &arena, &location, &owner, &name, &err);
    cr_assert_eq(ok, row->name != NULL, "%s", row->text);
    if (ok) {
        cr_assert_eq(location, row->location, "%s", row->text);
        cr_assert_str_eq(name, row->name);
        cr_assert_eq(owner != NULL, row->owner != NULL);
        cr_assert(!owner || !strcmp(owner, row->owner), "%s: %s", row->text, owner);
    } else {
        cr_assert_eq(err.code, WR_E_USAGE);
    }
}

Test(store, a_place_is_a_location_and_a_store)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        place_is_parsed(&places[i]);
}

Test(store, names_have_one_spelling)
{
    cr_assert_str_eq(wr_store_name("ROOT"), "Root");
    cr_assert_str_eq(wr_store_name("MY"), "My");
    cr_assert_str_eq(wr_store_name("disallowed"), "Disallowed");
    cr_assert_str_eq(wr_store_name("Acme"), "Acme");
}

Test(store, layout_never_reads_the_misprinted_policy_path)
{
    for (size_t i = 0; i < wr_layout_count(); i++) {
        cr_assert_null(strstr(wr_layout_row(i)->path, "Policy\\"));
        cr_assert_eq(strstr(wr_layout_row(i)->path, "Wow6432Node") != NULL,
                     wr_layout_row(i)->location == WR_LM_WOW64);
    }
}

/* A real certificate of the demo host. */
static wr_view supply_certificate(void)
{
    size_t len;
    uint8_t *bytes =
        read_file(FIXTURE("demo/supply/ddfb16cd4931c973a2037d3fc83a4d7d775d05e4.crt"), &len);
    wr_view v;

    cr_assert(wr_arena_copy(&arena, view_of(bytes, len), &v));
    free(bytes);
    return v;
}

Test(store, one_certificate_in_two_places_is_one_certificate)
{
    wr_model m;
    wr_error err;
    size_t first, second, root, ca;
    wr_instance instance = { .path = "" };

    wr_model_init(&m, &arena, &diags, NULL);
    cr_assert(wr_model_certificate(&m, supply_certificate(), &first, &err));
    cr_assert(wr_model_certificate(&m, supply_certificate(), &second, &err));
    cr_assert_eq(first, second);
    cr_assert(wr_model_store(&m, WR_LM, NULL, "Root", "unit", "", &root, &err));
    cr_assert(wr_model_store(&m, WR_LM, NULL, "CA", "unit", "", &ca, &err));
    cr_assert_neq(root, ca);
    instance.store = root;
    cr_assert(wr_model_place(&m, &instance, &err));
    instance.store = ca;
    instance.deleted = true;
    cr_assert(wr_model_place(&m, &instance, &err));
    cr_assert_eq(m.certificates.count, 1);
    cr_assert_eq(m.certificates.items[0].instances.count, 2);
    cr_assert_eq(m.stores.items[root].num_certificates, 1);
    cr_assert_eq(m.stores.items[ca].num_certificates, 0, "a deleted copy does not count");
    cr_assert(wr_model_instance(&m, first, WR_LM, "Root"));
    cr_assert_null(wr_model_instance(&m, first, WR_LM, "CA"));
    cr_assert_null(wr_model_instance(&m, first, WR_LM_ENTERPRISE, "Root"));
}

Test(store, certificates_are_found_by_either_hash)
{
    static const uint8_t absent[WR_SHA1_LEN] = { 1 };
    wr_model m;
    wr_error err;
    size_t i;

    wr_model_init(&m, &arena, &diags, NULL);
    cr_assert_eq(wr_model_find_sha1(&m, absent), SIZE_MAX);
    cr_assert(wr_model_certificate(&m, supply_certificate(), &i, &err));
    cr_assert_eq(wr_model_find_sha1(&m, m.certificates.items[0].sha1), 0);
    cr_assert_eq(wr_model_find_sha256(&m, m.certificates.items[0].sha256), 0);
    cr_assert_eq(wr_model_find_sha1(&m, absent), SIZE_MAX);
}

static wr_evidence *demo_evidence(void)
{
    wr_evidence_options options = { 0 };
    wr_evidence *ev = wr_evidence_new(&arena, &diags);
    wr_error err;

    cr_assert(ev);
    cr_assert(wr_evidence_add(ev, FIXTURE("demo/SOFTWARE"), WR_USE_EVIDENCE, NULL, &options, &err),
              "%s", err.message);
    cr_assert(wr_evidence_add(ev, FIXTURE("demo/supply"), WR_USE_SUPPLY, NULL, &options, &err),
              "%s", err.message);
    wr_evidence_seal(ev);
    return ev;
}

Test(store, the_demo_hive_gives_its_stores_policies_and_host)
{
    wr_collect_options options = { 0 };
    wr_evidence *ev = demo_evidence();
    wr_model m;
    wr_error err;
    size_t mismatches = 0;

    wr_model_init(&m, &arena, &diags, ev);
    cr_assert(wr_collect(ev, &options, &m, &err), "%s", err.message);
    cr_assert(m.has_machine_hive);
    cr_assert_not(m.machine_incomplete);
    cr_assert_eq(m.certificates.count, 7);
    cr_assert_eq(m.instances.count, 8);
    cr_assert_eq(m.supply.count, 1);
    for (size_t i = 0; i < m.instances.count; i++)
        mismatches += m.instances.items[i].name_mismatch;
    cr_assert_eq(mismatches, 1, "one key is not named by its certificate");
    cr_assert(wr_model_policy(&m, "DisableRootAutoUpdate"));
    cr_assert_eq(wr_model_policy(&m, "DisableRootAutoUpdate")->number, 1);
    cr_assert_eq(m.host.os.build, 19045);
    cr_assert_eq(m.host.os.revision, 4170);
    wr_evidence_free(ev);
}

/* The whole way from file to model under the n-th failing allocation: an error, or the whole
 * answer. */
Test(store, every_failing_allocation_is_an_error_or_a_whole_answer, .timeout = 120)
{
    size_t whole = 0;

    for (size_t n = 1; n < 2000; n++) {
        wr_collect_options options = { 0 };
        wr_evidence_options evidence = { 0 };
        wr_evidence *ev;
        wr_model m;
        wr_error err = { .code = WR_OK };
        bool ok;

        stop();
        start();
        arena.fail_after = n;
        ev = wr_evidence_new(&arena, &diags);
        if (!ev)
            continue;
        wr_model_init(&m, &arena, &diags, ev);
        ok =
            wr_evidence_add(ev, FIXTURE("demo/SOFTWARE"), WR_USE_EVIDENCE, NULL, &evidence, &err) &&
            wr_collect(ev, &options, &m, &err);
        if (ok && !diags.num_skipped && !diags.num_suppressed && !m.machine_incomplete) {
            cr_assert_eq(m.instances.count, 8, "allocation %zu", n);
            whole++;
        } else if (!ok) {
            cr_assert_neq(err.code, WR_OK);
            cr_assert_neq(err.code, WR_E_BUG);
        }
        wr_evidence_free(ev);
    }
    cr_assert_gt(whole, 0, "the last ones fail nothing");
}
