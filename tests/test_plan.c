/* test_plan.c - what a plan does and does not do, and what must hold of any plan: DESIGN's
 * properties on random hosts and profiles. */
#include "host.h"

#include "format/pinned_root.h"

#include <criterion/parameterized.h>

static host h;
static wr_comparison comparisons[4];
static size_t num_comparisons;
static wr_plan plan;

static void start(void)
{
    start_host(&h);
    num_comparisons = 0;
}

static void stop(void)
{
    stop_host(&h);
}

TestSuite(plan, .init = start, .fini = stop);

#define ITEM(id, more)    "{'id':'" id "','severity':'required','basis':'inferred'," more "}"
#define PRESENT(c, store) "'kind':'certificate-present','store':'" store "','certificate':'" c "'"
#define TO_SIGN(c)        PRESENT(c, "Root") ",'purposes':['code_signing']"
#define ABSENT(c, store)  "'kind':'certificate-absent','store':'" store "','certificate':'" c "'"

static const wr_certificate *make(const char *name, const char *letters)
{
    const wr_certificate *cert = know(&h, name, certificate_by_hand(&h, name, 2020, 2040));
    set_up(&h, cert, letters);
    return cert;
}

static void ask(const char *id, const char *items)
{
    comparisons[num_comparisons] = compare(&h, profile_of(&h, id, items));
    num_comparisons++;
}

static void make_plan(void)
{
    wr_error e;
    cr_assert(wr_plan_make(comparisons, num_comparisons, &h.trust, &h.arena, &plan, &e), "%s",
              e.message);
}

static void plan_for(const char *items)
{
    judge(&h);
    ask("p", items);
    make_plan();
}

static size_t num_scripted(const wr_plan *of)
{
    return of->actions.count - of->num_manual;
}

static void expect_same_rows(const wr_verdict_list *a, const wr_verdict_list *b)
{
    cr_assert_eq(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const wr_verdict *x = &a->items[i], *y = &b->items[i];

        cr_assert_str_eq(x->purpose->name, y->purpose->name);
        cr_assert_eq(x->status, y->status);
        cr_assert_eq(x->reasons.count, y->reasons.count);
        for (size_t j = 0; j < x->reasons.count; j++) {
            cr_assert_str_eq(x->reasons.items[j].code, y->reasons.items[j].code);
            cr_assert_str_eq(x->reasons.items[j].detail, y->reasons.items[j].detail);
            cr_assert_str_eq(x->reasons.items[j].path, y->reasons.items[j].path);
        }
    }
}

/* A trial, which judges only what the plan touches, concludes what judging all again does. */
static void expect_same_in_a_trial(const wr_model *model, const wr_trust *whole)
{
    wr_trust_options options = h.options;
    wr_trust trial;
    wr_error e;

    options.before = &h.trust;
    cr_assert(wr_trust_evaluate(model, &options, &h.arena, &trial, &e), "%s", e.message);
    cr_assert_eq(trial.num_installed, whole->num_installed);
    for (size_t i = 0; i < model->certificates.count; i++) {
        const wr_certificate_trust *a = &trial.certificates[i], *b = &whole->certificates[i];

        cr_assert_eq(a->installed, b->installed);
        cr_assert_eq(a->program, b->program);
        cr_assert_eq(a->refusal.by, b->refusal.by);
        expect_same_rows(&a->machine, &b->machine);
        cr_assert_eq(a->scopes.count, b->scopes.count);
        for (size_t j = 0; j < a->scopes.count; j++) {
            cr_assert_str_eq(a->scopes.items[j].scope->text, b->scopes.items[j].scope->text);
            expect_same_rows(&a->scopes.items[j].different, &b->scopes.items[j].different);
        }
    }
    cr_assert_eq(trial.on_demand.count, whole->on_demand.count);
    for (size_t i = 0; i < trial.on_demand.count; i++) {
        const wr_on_demand *a = &trial.on_demand.items[i], *b = &whole->on_demand.items[i];

        cr_assert_eq(a->entry, b->entry);
        cr_assert_eq(a->availability, b->availability);
        cr_assert_eq(a->all_purposes, b->all_purposes);
        cr_assert_eq(a->purposes.count, b->purposes.count);
    }
}

/* The checks of every profile on the host after the plan, without action `skip`. */
static wr_comparison *after(const wr_plan *of, size_t skip)
{
    wr_comparison *again = WR_NEW(&h.arena, wr_comparison, num_comparisons);
    wr_model *model = WR_NEW(&h.arena, wr_model, 1);
    wr_trust *trust = WR_NEW(&h.arena, wr_trust, 1);
    wr_error e;

    cr_assert(again && model && trust);
    cr_assert(wr_plan_apply(&h.model, of, skip, &h.arena, model, &e), "%s", e.message);
    cr_assert(wr_trust_evaluate(model, &h.options, &h.arena, trust, &e), "%s", e.message);
    expect_same_in_a_trial(model, trust);
    for (size_t i = 0; i < num_comparisons; i++)
        cr_assert(wr_compare(comparisons[i].profile, trust, &h.arena, &again[i], &e));
    return again;
}

/* By the number of a check through all comparisons. */
static const wr_check *check_at(const wr_comparison *of, size_t n)
{
    for (; n >= of->checks.count; of++)
        n -= of->checks.count;
    return &of->checks.items[n];
}

static void expect_action(size_t i, wr_action_kind kind, const char *store, const char *name)
{
    const wr_action *a = &plan.actions.items[i];

    cr_assert_lt(i, plan.actions.count);
    cr_assert_eq(a->kind, kind, "%s: %s", wr_action_kind_name(a->kind), a->reason);
    cr_assert_str_eq(a->store, store);
    if (name)
        cr_assert_arr_eq(a->certificate->sha256, named(&h, name)->sha256, WR_SHA256_LEN);
    else
        cr_assert_null(a->certificate);
}

static void expect_manual(size_t i, const char *part_of_reason)
{
    expect_action(i, WR_ACTION_MANUAL, "", NULL);
    cr_assert(strstr(plan.actions.items[i].reason, part_of_reason), "%s",
              plan.actions.items[i].reason);
    cr_assert_not(plan.actions.items[i].reversible);
}

/* ---- certificates ------------------------------------------------------------------------------
 */

Test(plan, adds_what_is_missing_from_the_supply)
{
    char file[64], sha1[41];
    size_t instances;

    wr_text_hex_into(make("c", "S")->sha1, WR_SHA1_LEN, sha1);
    plan_for(ITEM("i", TO_SIGN("c")));
    cr_assert_eq(plan.actions.count, 1);
    cr_assert_eq(plan.num_manual, 0);
    expect_action(0, WR_ACTION_ADD, "Root", "c");
    snprintf(file, sizeof file, "certs/Root/%s.cer", sha1);
    cr_assert_str_eq(plan.actions.items[0].file, file);
    cr_assert_str_eq(plan.actions.items[0].reason, "c is missing in Root");
    cr_assert_str_eq(plan.actions.items[0].requirements.items[0], "p/i");
    cr_assert_eq(plan.actions.items[0].checks.items[0], 0);
    cr_assert(plan.actions.items[0].reversible);
    instances = h.model.instances.count;
    cr_assert_eq(after(&plan, SIZE_MAX)[0].result, WR_PASS);
    cr_assert_eq(after(&plan, 0)[0].result, WR_FAIL, "skipped");
    cr_assert_eq(h.model.instances.count, instances, "the host itself does not change");
}

Test(plan, one_action_serves_every_profile)
{
    make("c", "S");
    judge(&h);
    ask("p", ITEM("i", TO_SIGN("c")));
    ask("q", ITEM("j", PRESENT("c", "Root")));
    make_plan();
    cr_assert_eq(plan.actions.count, 1);
    cr_assert_eq(plan.actions.items[0].requirements.count, 2);
    cr_assert_str_eq(plan.actions.items[0].requirements.items[1], "q/j");
    cr_assert_eq(plan.actions.items[0].checks.items[1], 1);
}

Test(plan, nothing_fails_nothing_is_done)
{
    make("c", "RS");
    plan_for(ITEM("i", TO_SIGN("c")));
    cr_assert_eq(plan.actions.count, 0);
}

Test(plan, what_is_recommended_is_done_too)
{
    make("c", "S");
    plan_for("{'id':'i','severity':'recommended','basis':'inferred'," TO_SIGN("c") "}");
    cr_assert_eq(num_scripted(&plan), 1);
}

Test(plan, takes_a_certificate_from_another_store_of_the_host)
{
    make("c", "U");
    plan_for(ITEM("i", TO_SIGN("c")));
    expect_action(0, WR_ACTION_ADD, "Root", "c");
    cr_assert_eq(after(&plan, SIZE_MAX)[0].result, WR_PASS);
}

Test(plan, what_nobody_has_is_manual)
{
    make("c", "");
    make("other", "S");
    plan_for(ITEM("i", TO_SIGN("c")) "," ITEM("j", PRESENT("c", "Root")));
    cr_assert_eq(plan.actions.count, 1, "once, whoever asks");
    expect_manual(0, "neither the supply nor another store");
    cr_assert_eq(plan.actions.items[0].requirements.count, 2);
}

Test(plan, a_certificate_of_the_supply_is_known_by_its_hash)
{
    wr_profile *profile;

    make("c", "S");
    judge(&h);
    profile = (wr_profile *)profile_of(&h, "p", ITEM("i", TO_SIGN("c")));
    profile->certificates.items[0].sha256[5] ^= 1; /* SHA-1 alone fits: a forgery */
    comparisons[num_comparisons++] = compare(&h, profile);
    make_plan();
    cr_assert_eq(num_scripted(&plan), 0);
}

/* The only entry of the root list then knows another SHA-256. */
static void falsify_entry(void)
{
    wr_ctl_entry *entry = &h.authroot->entries.items[0];
    uint8_t *attributes = WR_NEW(&h.arena, uint8_t, entry->attributes.len);

    cr_assert(attributes);
    memcpy(attributes, entry->attributes.data, entry->attributes.len);
    attributes[entry->attributes.len - 1] ^= 1;
    entry->attributes.data = attributes;
}

/* A profile that gives SHA-1 alone for every certificate. */
static void ask_by_sha1(const char *items)
{
    wr_profile *profile = (wr_profile *)profile_of(&h, "p", items);

    for (size_t i = 0; i < profile->certificates.count; i++)
        profile->certificates.items[i].has_sha256 = false;
    comparisons[num_comparisons++] = compare(&h, profile);
    make_plan();
}

Test(plan, a_list_that_knows_another_sha256_forbids_it)
{
    make("c", "Sl");
    falsify_entry();
    judge(&h);
    ask_by_sha1(ITEM("i", TO_SIGN("c")));
    cr_assert_eq(num_scripted(&plan), 0);
}

Test(plan, never_installs_what_is_refused)
{
    make("store", "SD");
    make("key", "SK");
    plan_for(ITEM("i", TO_SIGN("store")) "," ITEM("j", TO_SIGN("key")) "," ITEM(
        "k", "'kind':'not-disallowed','certificate':'key'"));
    cr_assert_eq(num_scripted(&plan), 0);
    cr_assert_eq(plan.num_manual, 3);
    expect_manual(0, "a Disallowed store of the machine refuses it");
    expect_manual(1, "the disallowed list refuses it");
    expect_manual(2, "no script takes a refusal back");
}

/* A second copy without the limits would lift them. */
Test(plan, never_lifts_a_limit_by_a_second_copy)
{
    make("limited", "NS");
    make("disabled", "ASx");
    make("expired", "");
    set_up(&h, know(&h, "old", certificate_by_hand(&h, "old", 2020, 2025)), "RS");
    plan_for(ITEM("i", TO_SIGN("limited")) "," ITEM(
        "j", PRESENT("disabled", "Root") ",'purposes':['server_auth']") "," ITEM("k",
                                                                                 TO_SIGN("old")));
    cr_assert_eq(num_scripted(&plan), 0);
    expect_manual(0, "issued before 2021");
    expect_manual(1, "disabled since 2023");
    expect_manual(2, "expired on 2025");
}

Test(plan, adds_nothing_that_would_not_help)
{
    make("c", "Sn");
    plan_for(ITEM("i", TO_SIGN("c")) "," ITEM("j", TO_SIGN("c") ",'existing_signatures':true"));
    cr_assert_eq(plan.actions.count, 2);
    expect_action(0, WR_ACTION_ADD, "Root", "c");
    cr_assert_eq(plan.actions.items[0].requirements.count, 1);
    cr_assert_str_eq(plan.actions.items[0].requirements.items[0], "p/j");
    expect_manual(1, "adding it would not help");
}

Test(plan, says_what_a_bare_certificate_widens)
{
    static const char *const widened[] = { "client_auth", "code_signing", "email",
                                           "time_stamping" };
    const wr_action *a;
    wr_view purposes;

    make("c", "Se");
    judge(&h);
    verify_lists(&h);
    ask("p", ITEM("i", PRESENT("c", "Root") ",'purposes':['server_auth']"));
    make_plan();
    a = &plan.actions.items[0];
    cr_assert_eq(a->widens.count, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert_str_eq(a->widens.items[i], widened[i]);
    cr_assert(a->listed);
    cr_assert(wr_ctl_entry_property(a->listed, WR_PROP_ENHKEY_USAGE, &purposes));
    cr_assert_eq(purposes.len, 12, "SEQUENCE of one OID of 8 octets");
}

Test(plan, takes_the_word_of_verified_lists_only)
{
    make("c", "Se");
    plan_for(ITEM("i", PRESENT("c", "Root") ",'purposes':['server_auth']"));
    cr_assert_eq(plan.actions.items[0].widens.count, 0);
    cr_assert_null(plan.actions.items[0].listed);
}

Test(plan, an_unlimited_entry_and_another_store_widen_nothing)
{
    make("c", "Sl");
    make("d", "Se");
    judge(&h);
    verify_lists(&h);
    ask("p", ITEM("i", TO_SIGN("c")) "," ITEM("j", PRESENT("d", "CA")));
    make_plan();
    expect_action(0, WR_ACTION_ADD, "CA", "d");
    expect_action(1, WR_ACTION_ADD, "Root", "c");
    cr_assert_eq(plan.actions.items[0].widens.count, 0);
    cr_assert_eq(plan.actions.items[1].widens.count, 0);
}

Test(plan, stands_by_store_and_thumbprint_with_manual_ones_last)
{
    make("a", "S");
    make("b", "S");
    make("c", "S");
    make("d", "");
    plan_for(ITEM("i", TO_SIGN("d")) "," ITEM("j", TO_SIGN("b")) "," ITEM(
        "k", PRESENT("a", "CA")) "," ITEM("l", TO_SIGN("c")) "," ITEM("m",
                                                                      PRESENT("c", "Disallowed")));
    cr_assert_eq(plan.num_manual, 2);
    cr_assert_eq(plan.actions.count, 5);
    expect_action(0, WR_ACTION_ADD, "CA", "a");
    cr_assert_str_eq(plan.actions.items[1].store, "Root");
    cr_assert_str_eq(plan.actions.items[2].store, "Root");
    cr_assert_lt(strcmp(plan.actions.items[1].file, plan.actions.items[2].file), 0);
    expect_manual(3, "d is missing");
    expect_manual(4, "would undo another requirement");
}

/* ---- alternatives ------------------------------------------------------------------------------
 */

#define ANY(id, min, children) ITEM(id, "'kind':'any-of','min':" min ",'children':[" children "]")
#define CHILD(id, more)        "{'id':'" id "'," more "}"

Test(plan, takes_the_alternative_that_the_supply_has)
{
    make("a", "");
    make("b", "S");
    plan_for(ANY("g", "1", CHILD("x", TO_SIGN("a")) "," CHILD("y", TO_SIGN("b"))));
    cr_assert_eq(plan.actions.count, 1);
    expect_action(0, WR_ACTION_ADD, "Root", "b");
    cr_assert_eq(plan.actions.items[0].requirements.count, 2, "the group and the child");
    cr_assert_eq(after(&plan, SIZE_MAX)[0].result, WR_PASS);
}

Test(plan, takes_the_alternative_that_is_needed_anyway)
{
    make("a", "S");
    make("b", "S");
    plan_for(ANY("g", "1", CHILD("x", TO_SIGN("a")) "," CHILD("y", TO_SIGN("b"))) "," ITEM(
        "z", TO_SIGN("b")));
    cr_assert_eq(plan.actions.count, 1);
    expect_action(0, WR_ACTION_ADD, "Root", "b");
}

Test(plan, takes_the_shortest_way_and_drops_what_became_needless)
{
    make("a", "S");
    make("b", "S");
    make("c", "S");
    plan_for(ANY("g", "1", CHILD("x", TO_SIGN("a")) "," CHILD("y", TO_SIGN("b"))) "," ANY(
        "h", "1",
        CHILD("u", TO_SIGN("c")) "," CHILD(
            "v", "'kind':'all-of','children':[" CHILD("w", TO_SIGN("b")) "," CHILD(
                     "t", PRESENT("b", "CA")) "]")) "," ANY("k", "2",
                                                            CHILD("q", TO_SIGN("b")) "," CHILD(
                                                                "r", TO_SIGN("c"))));
    cr_assert_eq(num_scripted(&plan), 2, "b and c: a became needless");
    for (size_t i = 0; i < 2; i++)
        cr_assert(memcmp(plan.actions.items[i].certificate->sha256, named(&h, "a")->sha256,
                         WR_SHA256_LEN));
    cr_assert_eq(after(&plan, SIZE_MAX)[0].result, WR_PASS);
}

Test(plan, takes_the_alternative_of_fewest_actions_wherever_it_stands)
{
    make("a", "S");
    make("b", "S");
    make("c", "S");
    plan_for(ANY("g", "1",
                 CHILD("x", TO_SIGN("c")) "," CHILD(
                     "y", "'kind':'all-of','children':[" CHILD("z", TO_SIGN("a")) "," CHILD(
                              "w", TO_SIGN("b")) "]")));
    cr_assert_eq(plan.actions.count, 1);
    expect_action(0, WR_ACTION_ADD, "Root", "c");
}

/* Three for the second alternative, two of which are needed anyway: one more, not two. */
Test(plan, counts_what_is_needed_anyway_as_done)
{
    make("a", "S");
    make("b", "S");
    make("c", "S");
    plan_for(ANY(
        "g", "1",
        CHILD(
            "x",
            "'kind':'all-of','children':[" CHILD("x1", PRESENT("a", "CA")) "," CHILD(
                "x2",
                PRESENT(
                    "b",
                    "CA")) "]") "," CHILD("y",
                                          "'kind':'all-of','children':[" CHILD("y1", TO_SIGN("a")) "," CHILD(
                                              "y2",
                                              TO_SIGN(
                                                  "b")) "," CHILD("y3",
                                                                  TO_SIGN(
                                                                      "c")) "]")) "," ITEM("u",
                                                                                           TO_SIGN(
                                                                                               "a")) "," ITEM("v",
                                                                                                              TO_SIGN(
                                                                                                                  "b")));
    cr_assert_eq(plan.actions.count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_assert_str_eq(plan.actions.items[i].store, "Root");
}

Test(plan, does_nothing_by_halves)
{
    make("a", "S");
    make("b", "");
    plan_for(ANY("g", "2", CHILD("x", TO_SIGN("a")) "," CHILD("y", TO_SIGN("b"))));
    cr_assert_eq(num_scripted(&plan), 0);
    expect_manual(0, "0 of 2 pass, required: 2");
}

Test(plan, does_what_it_can_of_what_is_needed_together)
{
    make("a", "S");
    make("b", "");
    plan_for(ITEM("g", "'kind':'all-of','children':[" CHILD("x", TO_SIGN("a")) "," CHILD(
                           "y", TO_SIGN("b")) "]"));
    cr_assert_eq(plan.actions.count, 2);
    expect_action(0, WR_ACTION_ADD, "Root", "a");
    expect_manual(1, "b is missing in Root");
    cr_assert_str_eq(plan.actions.items[1].requirements.items[0], "p/y");
}

/* ---- chains ------------------------------------------------------------------------------------
 */

static void know_chain(const char *root_a, const char *ca, const char *leaf)
{
    set_up(&h, know_fixture(&h, "root_a"), root_a);
    set_up(&h, know_fixture(&h, "ca"), ca);
    set_up(&h, know_fixture(&h, "leaf"), leaf);
}

#define CHAIN ITEM("i", "'kind':'chain-usable','certificate':'leaf','purposes':['code_signing']")

Test(plan, completes_a_chain_with_what_is_missing_of_it)
{
    know_chain("S", "S", "S");
    plan_for(CHAIN);
    cr_assert_eq(plan.actions.count, 2);
    expect_action(0, WR_ACTION_ADD, "CA", "ca");
    expect_action(1, WR_ACTION_ADD, "Root", "root_a");
    cr_assert_eq(after(&plan, SIZE_MAX)[0].result, WR_PASS);
    cr_assert_eq(after(&plan, 0)[0].result, WR_FAIL);
    cr_assert_eq(after(&plan, 1)[0].result, WR_FAIL);
}

Test(plan, takes_the_chain_that_needs_least)
{
    know_chain("S", "C", "S");
    set_up(&h, know_fixture(&h, "root_b"), "R");
    set_up(&h, know_fixture(&h, "ca_cross"), "S");
    plan_for(CHAIN);
    cr_assert_eq(plan.actions.count, 1);
    cr_assert_eq(after(&plan, SIZE_MAX)[0].result, WR_PASS);
}

/* The shorter way goes through what another item forbids. */
Test(plan, goes_another_way_where_an_item_stands_in_it)
{
    know_chain("S", "S", "S");
    set_up(&h, know_fixture(&h, "root_b"), "R");
    set_up(&h, know_fixture(&h, "ca_cross"), "S");
    plan_for(CHAIN "," ITEM("j", ABSENT("ca_cross", "CA")));
    cr_assert_eq(plan.actions.count, 2);
    expect_action(0, WR_ACTION_ADD, "CA", "ca");
    expect_action(1, WR_ACTION_ADD, "Root", "root_a");
    cr_assert_eq(after(&plan, SIZE_MAX)[0].result, WR_PASS);
}

/* In Root it is the issuer that the chain lacks, too. */
Test(plan, one_certificate_in_two_roles_is_added_once)
{
    know_chain("", "", "S");
    set_up(&h, know_fixture(&h, "root_b"), "R");
    set_up(&h, know_fixture(&h, "ca_cross"), "S");
    plan_for(CHAIN "," ITEM("j", TO_SIGN("ca_cross") ",'existing_signatures':true"));
    cr_assert_eq(plan.actions.count, 1);
    expect_action(0, WR_ACTION_ADD, "Root", "ca_cross");
    cr_assert_eq(plan.actions.items[0].requirements.count, 2, "it fixes both");
    cr_assert_str_eq(plan.actions.items[0].requirements.items[0], "p/i");
}

/* An item forbids it in CA, and another wants it in Root. */
Test(plan, an_issuer_that_comes_into_root_completes_a_chain)
{
    know_chain("", "", "S");
    set_up(&h, know_fixture(&h, "root_b"), "S");
    set_up(&h, know_fixture(&h, "ca_cross"), "S");
    plan_for(CHAIN
             "," ITEM("j", ABSENT("ca_cross", "CA")) "," ITEM("k", PRESENT("ca_cross", "Root")));
    cr_assert_eq(num_scripted(&plan), 2, "in one plan, not the root in a second");
    expect_action(0, WR_ACTION_ADD, "Root", "ca_cross");
    expect_action(1, WR_ACTION_ADD, "Root", "root_b");
    cr_assert_eq(after(&plan, SIZE_MAX)[0].result, WR_PASS);
}

Test(plan, uses_for_a_chain_only_what_a_profile_or_a_verified_list_names)
{
    wr_profile *profile;

    know_chain("S", "C", "S");
    judge(&h);
    profile = (wr_profile *)profile_of(&h, "p", CHAIN);
    profile->certificates.items[0].sha256[0] ^= 1; /* root_a */
    comparisons[num_comparisons++] = compare(&h, profile);
    make_plan();
    cr_assert_eq(num_scripted(&plan), 0);
    expect_manual(0, "the chain of leaf cannot be used");

    list(&h, named(&h, "root_a"), 'l');
    judge(&h);
    comparisons[0] = compare(&h, profile);
    make_plan();
    cr_assert_eq(num_scripted(&plan), 0, "an unverified list names nothing");
    verify_lists(&h);
    make_plan();
    cr_assert_eq(num_scripted(&plan), 1);
    expect_action(0, WR_ACTION_ADD, "Root", "root_a");
}

Test(plan, a_chain_takes_no_root_that_the_list_would_not_let_serve)
{
    know_chain("S2", "C", "S");
    judge(&h);
    verify_lists(&h);
    ask("p", CHAIN);
    make_plan();
    cr_assert_eq(num_scripted(&plan), 0, "the list takes code signing from it");
}

Test(plan, a_chain_takes_no_certificate_that_the_list_knows_otherwise)
{
    know_chain("Sl", "C", "S");
    falsify_entry();
    judge(&h);
    ask_by_sha1(CHAIN);
    cr_assert_eq(num_scripted(&plan), 0);
}

/* ---- other actions -----------------------------------------------------------------------------
 */

Test(plan, distrusts_what_must_be_in_disallowed)
{
    make("c", "RS");
    plan_for(ITEM("i", PRESENT("c", "Disallowed")));
    expect_action(0, WR_ACTION_DISALLOW, "Disallowed", "c");
    cr_assert_eq(after(&plan, SIZE_MAX)[0].result, WR_PASS);
}

Test(plan, takes_out_what_only_the_registry_holds)
{
    make("registry", "R");
    make("policy", "RG");
    make("program", "A");
    make("listed", "Rl");
    plan_for(ITEM("i", ABSENT("registry", "Root")) "," ITEM("j", ABSENT("policy", "Root")) "," ITEM(
        "k", ABSENT("program", "Root")) "," ITEM("l", ABSENT("listed", "Root")));
    cr_assert_eq(num_scripted(&plan), 1);
    expect_action(0, WR_ACTION_DELETE, "Root", "registry");
    expect_manual(1, "group policy holds it");
    expect_manual(2, "put it into Disallowed instead");
    expect_manual(3, "put it into Disallowed instead");
    cr_assert_eq(after(&plan, SIZE_MAX)[0].checks.items[0].result, WR_PASS);
}

Test(plan, takes_out_no_root_that_windows_needs)
{
    wr_view der;

    cr_assert(wr_arena_copy(&h.arena, wr_pinned_root(0), &der));
    set_up(&h, know(&h, "microsoft", der), "R");
    plan_for(ITEM("i", ABSENT("microsoft", "Root")));
    cr_assert_eq(num_scripted(&plan), 0);
    expect_manual(0, "Windows needs it");
}

Test(plan, breaks_nothing_that_passes)
{
    make("c", "R");
    judge(&h);
    ask("p", ITEM("i", TO_SIGN("c")));
    ask("q", ITEM("j", ABSENT("c", "Root")));
    make_plan();
    cr_assert_eq(num_scripted(&plan), 0);
    expect_manual(0, "would undo another requirement");
}

Test(plan, tells_that_profiles_contradict_each_other)
{
    make("c", "S");
    judge(&h);
    ask("p", ITEM("i", TO_SIGN("c")));
    ask("q", ITEM("j", PRESENT("c", "Disallowed")));
    make_plan();
    cr_assert_eq(plan.actions.count, 2);
    expect_action(0, WR_ACTION_ADD, "Root", "c");
    expect_manual(1, "would undo another requirement");
    cr_assert_str_eq(plan.actions.items[1].requirements.items[0], "q/j");
}

/* The supply has them, and a bare certificate would be trusted again: only a person may want that.
 */
Test(plan, a_required_root_that_the_list_gave_up_is_told_and_not_installed)
{
    make("disabled", "Sx");
    make("removed", "S2");
    judge(&h);
    ask("p", ITEM("i", PRESENT("disabled", "Root") ",'purposes':['server_auth']"));
    ask("q", ITEM("j", TO_SIGN("removed")));
    make_plan();
    cr_assert_eq(num_scripted(&plan), 0);
    cr_assert_eq(plan.num_manual, 2);
    expect_manual(0, "disabled since 2023");
    expect_manual(1, "removes code_signing");
    cr_assert_eq(comparisons[0].result, WR_FAIL);
    cr_assert_eq(comparisons[1].result, WR_FAIL);
}

Test(plan, sets_policies_that_speak_of_roots_and_no_other_value)
{
    wr_evidence *evidence = wr_evidence_new(&h.arena, &h.diags);
    wr_evidence_options options = { .hash = false };
    const wr_action *a;
    wr_error e;

    cr_assert(evidence);
    cr_assert(
        wr_evidence_add(evidence, FIXTURE("demo/SOFTWARE"), WR_USE_EVIDENCE, NULL, &options, &e));
    h.model.evidence = evidence;
    make("listed", "l"); /* the policy bears on what is on demand */
    set_policy(&h, "DisableRootAutoUpdate", AUTHROOT_KEY, 1);
    plan_for(ITEM(
        "i",
        "'kind':'registry-value','registry':{'key':'HKLM\\\\SOFTWARE\\\\Policies\\\\"
        "Microsoft\\\\SystemCertificates\\\\AuthRoot','name':'DisableRootAutoUpdate',"
        "'operator':'equals','data':'0'}") "," ITEM("j", "'kind':'registry-value','registry':{'key'"
                                                         ":'HKLM\\\\SOFTWARE\\\\Microsoft\\\\"
                                                         "Windows "
                                                         "NT\\\\CurrentVersion','name':'UBR','"
                                                         "operator':'at-least',"
                                                         "'data':'9999'}"));
    cr_assert_eq(plan.actions.count, 2);
    a = &plan.actions.items[0];
    cr_assert_eq(a->kind, WR_ACTION_SET_POLICY);
    cr_assert_str_eq(a->registry_name, "DisableRootAutoUpdate");
    cr_assert_str_eq(a->registry_data, "0");
    expect_manual(1, "UBR is \"4170\"");
    cr_assert_eq(after(&plan, SIZE_MAX)[0].checks.items[0].result, WR_PASS);
    cr_assert_eq(after(&plan, SIZE_MAX)[0].checks.items[1].result, WR_FAIL);
    cr_assert_not(h.trust.root_auto_update);
    wr_evidence_free(evidence);
}

Test(plan, leaves_updates_and_lists_to_people)
{
    plan_for(ITEM(
        "i",
        "'kind':'os-update','os_update':[{'os':'1809','build_min':17763,"
        "'fixed_revision':2210,'kbs':[5005625]}]") "," ITEM("j",
                                                            "'kind':'list-minimum','list':{'kind':'"
                                                            "authroot','min_sequence':'1'}"));
    cr_assert_eq(num_scripted(&plan), 0);
    expect_manual(0, "17763.2210 or later (KB5005625)");
    expect_manual(1, "RootDirUrl");
}

Test(plan, a_hostile_name_is_one_line_in_the_reason)
{
    wr_view der = certificate_by_hand(&h, "x\r\n\x1b[31mdel", 2020, 2040);

    set_up(&h, know(&h, "c", der), "S");
    plan_for(ITEM("i", TO_SIGN("c")));
    for (const char *c = plan.actions.items[0].reason; *c; c++)
        cr_assert((unsigned char)*c >= 0x20, "%s", plan.actions.items[0].reason);
}

static bool plan_and_apply(wr_arena *arena, wr_error *err)
{
    wr_model out;
    wr_plan made;

    return wr_plan_make(comparisons, num_comparisons, &h.trust, arena, &made, err) &&
           wr_plan_apply(&h.model, &made, SIZE_MAX, arena, &out, err);
}

#define SETTING(rest)                                                                              \
    "'kind':'registry-value','registry':{'key':'HKLM\\\\SOFTWARE\\\\Policies\\\\Microsoft\\\\"     \
    "SystemCertificates\\\\AuthRoot','name':" rest "}"

Test(plan, every_allocation_that_fails_ends_it)
{
    static const char *const items[] = {
        CHAIN,
        ANY("g", "1", CHILD("g1", TO_SIGN("a")) "," CHILD("g2", TO_SIGN("b"))),
        ANY("h", "2", CHILD("h1", TO_SIGN("b")) "," CHILD("h2", PRESENT("b", "CA"))),
        ITEM("1", TO_SIGN("c")),
        ITEM("2", ABSENT("c", "Root")),
        ITEM("3", PRESENT("e", "Root")),
        ITEM("4", PRESENT("a", "Disallowed")),
        ITEM("5", "'kind':'not-disallowed','certificate':'c'"),
        ITEM("6", ABSENT("g", "Root")),
        ITEM("7", ABSENT("l", "Root")),
        ITEM("8", SETTING("'DisableRootAutoUpdate','operator':'equals','data':'0'")),
        ITEM("9", SETTING("'EnableDisallowedCertAutoUpdate','operator':'at-least','data':'1'")),
        ITEM("10",
             "'kind':'os-update','os_update':[{'os':'o','build_min':1,'fixed_revision':9999}]"),
        ITEM("11", "'kind':'list-minimum','list':{'kind':'authroot','min_sequence':'ffffffffff'}"),
    };
    size_t store;
    const char *all = "";
    wr_error e;

    know_chain("S", "S", "S");
    cr_assert(wr_model_store(&h.model, WR_LM, NULL, "My", "hive", "key", &store, &e));
    make("a", "S");
    make("b", "");
    make("c", "RSD");
    make("e", "Se");
    make("g", "G");
    make("l", "R");
    set_policy(&h, "DisableRootAutoUpdate", AUTHROOT_KEY, 1);
    h.model.from_report = true;
    judge(&h);
    verify_lists(&h);
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        all = wr_arena_format(&h.arena, "%s%s%s", all, i ? "," : "", items[i]);
    ask("p", all);
    make_plan();
    cr_assert_geq(num_scripted(&plan), 6);
    cr_assert_geq(plan.num_manual, 5);
    every_failing_allocation_is_told(plan_and_apply);
}

/* ---- signatures --------------------------------------------------------------------------------
 */

/* Of 10,000 hosts, four fifths of the time went to the same few signatures, over and over.  The
 * linker puts this before wr_x509_signed_by, which is asked once for each pair of certificates. */
typedef struct signature {
    uint8_t cert[WR_SHA256_LEN], issuer[WR_SHA256_LEN];
    bool done, holds;
    wr_error err;
} signature;

bool __real_wr_x509_signed_by(const wr_x509 *cert, const wr_x509 *issuer, bool *holds,
                              wr_error *err);
bool __wrap_wr_x509_signed_by(const wr_x509 *cert, const wr_x509 *issuer, bool *holds,
                              wr_error *err);

bool __wrap_wr_x509_signed_by(const wr_x509 *cert, const wr_x509 *issuer, bool *holds,
                              wr_error *err)
{
    static signature known[256];
    static size_t num_known;
    signature asked;
    const signature *s = known;

    cr_assert(wr_digest(WR_SHA256, cert->der, asked.cert, err) &&
              wr_digest(WR_SHA256, issuer->der, asked.issuer, err));
    while (s < known + num_known && (memcmp(s->cert, asked.cert, WR_SHA256_LEN) ||
                                     memcmp(s->issuer, asked.issuer, WR_SHA256_LEN)))
        s++;
    if (s == known + num_known) {
        cr_assert_lt(num_known, sizeof known / sizeof *known);
        asked.done = __real_wr_x509_signed_by(cert, issuer, &asked.holds, &asked.err);
        known[num_known++] = asked;
    }
    if (s->done)
        *holds = s->holds;
    else
        *err = s->err;
    return s->done;
}

/* ---- any plan ----------------------------------------------------------------------------------
 */

static uint64_t seed;

static size_t below(size_t n)
{
    return (size_t)(next_random(&seed) % n);
}

static const char *one_of(const char *const *texts, size_t count)
{
    return texts[below(count)];
}
#define ONE_OF(texts) one_of(texts, sizeof texts / sizeof *texts)

static const char *const pool[] = { "a", "b", "c", "d", "e", "root_a", "ca", "ca_cross", "root_b" };

static void random_host(void)
{
    static const char *const fates[] = { "",   "S",  "S",  "S",  "SD", "SK", "R",  "Rn", "RS", "C",
                                         "CS", "U",  "Sl", "Sn", "Sx", "Se", "A",  "AS", "RD", "D",
                                         "G",  "S2", "E",  "l",  "P",  "SC", "Al", "RG" };

    for (size_t i = 0; i < sizeof pool / sizeof *pool; i++) {
        const wr_certificate *cert =
            strlen(pool[i]) == 1
                ? know(&h, pool[i], certificate_by_hand(&h, pool[i], 2020, below(5) ? 2040 : 2025))
                : know_fixture(&h, pool[i]);
        set_up(&h, cert, ONE_OF(fates));
    }
    set_up(&h, know_fixture(&h, "leaf"), "S");
    if (!below(5))
        set_up(&h, NULL, "q");
    if (!below(5))
        set_up(&h, NULL, "F");
    if (!below(8))
        set_up(&h, NULL, "M");
}

static const char *random_members(unsigned depth, size_t *id);

static const char *random_group(unsigned depth, size_t *id)
{
    size_t count = 1 + below(3);
    const char *children = "";
    bool any = below(3) != 0;

    for (size_t i = 0; i < count; i++) {
        const char *members = random_members(depth + 1, id);
        children = wr_arena_format(&h.arena, "%s%s{'id':'i%zu',%s}", children, i ? "," : "", ++*id,
                                   members);
    }
    return any ? wr_arena_format(&h.arena, "'kind':'any-of','min':%zu,'children':[%s]",
                                 1 + below(count), children)
               : wr_arena_format(&h.arena, "'kind':'all-of','children':[%s]", children);
}

static const char *random_members(unsigned depth, size_t *id)
{
    static const char *const uses[] = { "", ",'purposes':['code_signing']",
                                        ",'purposes':['code_signing'],'existing_signatures':true",
                                        ",'purposes':['server_auth','code_signing']",
                                        ",'purposes':['code_signing'],'accept_expired':true" };
    static const char *const stores[] = { "CA", "CA", "TrustedPublisher", "Disallowed" };
    const char *cert = ONE_OF(pool);

    switch (below(depth < 3 ? 12 : 8)) {
    case 0:
        return wr_arena_format(&h.arena,
                               "'kind':'certificate-absent','store':'%s','certificate':'%s'",
                               below(2) ? "Root" : "CA", cert);
    case 1:
        return wr_arena_format(&h.arena, "'kind':'not-disallowed','certificate':'%s'", cert);
    case 2: /* drawn one by one: compilers differ in the order of arguments */
        cert = below(3) ? "leaf" : cert;
        return wr_arena_format(&h.arena, "'kind':'chain-usable','certificate':'%s'%s", cert,
                               below(2) ? "" : uses[1]);
    case 3:
        return wr_arena_format(&h.arena,
                               "'kind':'certificate-present','store':'%s','certificate':'%s'",
                               ONE_OF(stores), cert);
    case 4:
    case 5:
    case 6:
    case 7:
        return wr_arena_format(&h.arena,
                               "'kind':'certificate-present','store':'Root','certificate':'%s'%s",
                               cert, ONE_OF(uses));
    default:
        return random_group(depth, id);
    }
}

static void random_profile(const char *name)
{
    size_t id = 0, count = 1 + below(4);
    const char *items = "";

    for (size_t i = 0; i < count; i++) {
        const char *members = random_members(0, &id);
        items = wr_arena_format(&h.arena,
                                "%s%s{'id':'i%zu','severity':'required','basis':'inferred',%s}",
                                items, i ? "," : "", ++id, members);
    }
    ask(name, items);
}

static size_t num_checks(void)
{
    size_t count = 0;

    for (size_t i = 0; i < num_comparisons; i++)
        count += comparisons[i].checks.count;
    return count;
}

static bool claims(const wr_action *action, size_t check)
{
    for (size_t i = 0; i < action->checks.count; i++)
        if (action->checks.items[i] == check)
            return true;
    return false;
}

static bool is_claimed(size_t check)
{
    for (size_t i = 0; i < num_scripted(&plan); i++)
        if (claims(&plan.actions.items[i], check))
            return true;
    return false;
}

static void claimed_checks_pass_and_nothing_breaks(unsigned run)
{
    const wr_comparison *then = after(&plan, SIZE_MAX);

    for (size_t i = 0; i < num_checks(); i++) {
        const wr_check *before = check_at(comparisons, i), *now = check_at(then, i);

        if (is_claimed(i)) {
            cr_assert_eq(before->result, WR_FAIL, "run %u: only a FAIL is claimed", run);
            cr_assert_eq(now->result, WR_PASS, "run %u: %s is claimed: %s", run,
                         before->requirement->id, now->detail);
        }
        if (before->result == WR_PASS)
            cr_assert_eq(now->result, WR_PASS, "run %u: %s broke: %s", run, before->requirement->id,
                         now->detail);
    }
}

static void every_action_is_needed(unsigned run)
{
    for (size_t i = 0; i < num_scripted(&plan); i++) {
        const wr_comparison *then = after(&plan, i);
        size_t left = 0;

        for (size_t c = 0; c < num_checks(); c++)
            left += is_claimed(c) && check_at(then, c)->result == WR_FAIL;
        cr_assert_gt(left, 0, "run %u: action %zu is not needed", run, i);
    }
}

static void a_second_run_changes_nothing(unsigned run)
{
    wr_comparison *then = after(&plan, SIZE_MAX), again[4];
    wr_model model;
    wr_trust trust;
    wr_plan second;
    wr_error e;

    cr_assert(wr_plan_apply(&h.model, &plan, SIZE_MAX, &h.arena, &model, &e));
    cr_assert(wr_trust_evaluate(&model, &h.options, &h.arena, &trust, &e));
    for (size_t i = 0; i < num_comparisons; i++)
        cr_assert(wr_compare(then[i].profile, &trust, &h.arena, &again[i], &e));
    cr_assert(wr_plan_make(again, num_comparisons, &trust, &h.arena, &second, &e));
    cr_assert_eq(num_scripted(&second), 0, "run %u: %s", run,
                 second.actions.count ? second.actions.items[0].reason : "");
}

/* Something wants it refused or gone: then what to do is not for a script to say. */
static bool is_disputed(const wr_identity *id)
{
    for (size_t i = 0; i < num_checks(); i++) {
        const wr_requirement *item = check_at(comparisons, i)->requirement;
        if (item->certificate && !memcmp(item->certificate->sha256, id->sha256, WR_SHA256_LEN) &&
            (item->kind == WR_REQUIRE_CERTIFICATE_ABSENT || !strcmp(item->store, "Disallowed")))
            return true;
    }
    return false;
}

static bool is_supplied(const wr_identity *id)
{
    for (size_t i = 0; i < h.model.supply.count; i++)
        if (!memcmp(h.model.supply.items[i].sha256, id->sha256, WR_SHA256_LEN))
            return true;
    return false;
}

/* It passes by itself once the certificate is put where it belongs: by this test's own hand. */
static bool one_certificate_helps(size_t check)
{
    const wr_check *c = check_at(comparisons, check);
    wr_plan alone = { .num_manual = 0 };
    wr_action *action = WR_APPEND(&h.arena, &alone.actions, wr_action);

    cr_assert(action);
    *action = (wr_action){ .kind = WR_ACTION_ADD, .store = c->requirement->store };
    for (size_t i = 0; i < h.num_certificates; i++)
        if (!memcmp(h.certificates[i].facts.sha256, c->requirement->certificate->sha256,
                    WR_SHA256_LEN))
            action->certificate = &h.certificates[i].facts;
    return check_at(after(&alone, SIZE_MAX), check)->result == WR_PASS;
}

/* By itself it makes its profile fail: at the top, or in an all-of there. */
static bool is_wanted(const wr_comparison *of, const wr_check *c)
{
    for (; c->parent != SIZE_MAX; c = &of->checks.items[c->parent])
        if (of->checks.items[c->parent].requirement->kind != WR_REQUIRE_ALL_OF ||
            of->checks.items[c->parent].result != WR_FAIL)
            return false;
    return true;
}

static size_t every_fail_that_the_supply_can_fix_is_claimed(unsigned run)
{
    size_t flat = 0, found = 0;

    for (size_t i = 0; i < num_comparisons; i++)
        for (size_t j = 0; j < comparisons[i].checks.count; j++, flat++) {
            const wr_check *c = &comparisons[i].checks.items[j];

            if (c->result != WR_FAIL || c->requirement->kind != WR_REQUIRE_CERTIFICATE_PRESENT ||
                strncmp(c->state, "absent", 6) || !is_wanted(&comparisons[i], c) ||
                !is_supplied(c->requirement->certificate) ||
                is_disputed(c->requirement->certificate) || !one_certificate_helps(flat))
                continue;
            cr_assert(is_claimed(flat), "run %u: %s is not claimed: %s", run, c->requirement->id,
                      c->detail);
            found++;
        }
    return found;
}

static void planning_is_deterministic(unsigned run)
{
    wr_plan first = plan;

    make_plan();
    cr_assert_eq(first.actions.count, plan.actions.count, "run %u", run);
    for (size_t i = 0; i < plan.actions.count; i++) {
        cr_assert_str_eq(first.actions.items[i].file, plan.actions.items[i].file);
        cr_assert_str_eq(first.actions.items[i].reason, plan.actions.items[i].reason);
    }
}

/* 10,000 hosts in all, in shares that run side by side; a sanitizer makes each ten times slower. */
#define NUM_SHARES 10
#ifdef __SANITIZE_ADDRESS__
#define SHARE 100u
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHARE 100u
#endif
#endif
#ifndef SHARE
#define SHARE 1000u
#endif

/* tools/mutate.py asks for fewer. */
static unsigned hosts_of_share(void)
{
    const char *given = getenv("WINROOTS_HOSTS");

    return given ? (unsigned)atoi(given) : SHARE;
}

ParameterizedTestParameters(plan, holds_what_it_promises_on_any_host)
{
    static unsigned first[NUM_SHARES];

    for (unsigned i = 0; i < NUM_SHARES; i++)
        first[i] = 1 + i * SHARE;
    return cr_make_param_array(unsigned, first, NUM_SHARES);
}

ParameterizedTest(unsigned *first, plan, holds_what_it_promises_on_any_host, .timeout = 600)
{
    const unsigned share = hosts_of_share();
    size_t scripted = 0, manual = 0, fixed = 0;

    for (unsigned run = *first; run < *first + share; run++) {
        wr_model before;

        stop_host(&h);
        start();
        seed = 0x77696e726f6f7473u + run * 2654435761u;
        random_host();
        judge(&h);
        random_profile("p");
        if (below(2))
            random_profile("q");
        before = h.model;
        make_plan();
        claimed_checks_pass_and_nothing_breaks(run);
        every_action_is_needed(run);
        a_second_run_changes_nothing(run);
        fixed += every_fail_that_the_supply_can_fix_is_claimed(run);
        planning_is_deterministic(run);
        cr_assert_eq(memcmp(&before, &h.model, sizeof before), 0, "run %u: the model changed", run);
        scripted += num_scripted(&plan);
        manual += plan.num_manual;
    }
    cr_assert(share < SHARE || (scripted > SHARE / 2 && manual > SHARE / 2 && fixed > SHARE / 8),
              "%zu %zu %zu: the hosts say nothing", scripted, manual, fixed);
}
