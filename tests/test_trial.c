/* test_trial.c - a host judged again with something changed: the same conclusions as if nothing had
 * been known before, for little work where little changed. */
#include "made.h"

#include "require/planning.h"

static host h;

static void start(void)
{
    start_host(&h);
}

static void stop(void)
{
    stop_host(&h);
}

static void again(void)
{
    stop();
    start();
}

TestSuite(trial, .init = start, .fini = stop);

/* ---- all that is judged, as text ---------------------------------------------------------------
 */

static const char *text;

static void say(const char *fmt, ...) WR_PRINTF(1, 2);
static void say(const char *fmt, ...)
{
    const char *added;
    va_list ap;

    va_start(ap, fmt);
    added = wr_arena_vformat(&h.arena, fmt, ap);
    va_end(ap);
    text = wr_arena_format(&h.arena, "%s%s", text, added);
    cr_assert(added && text);
}

static void say_rows(const wr_verdict_list *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        say("  %s: %s\n", rows->items[i].purpose->name, verdict_text(&h, &rows->items[i]));
}

static const char *all_of(const wr_trust *trust)
{
    const wr_model *m = trust->model;

    text = "";
    for (size_t i = 0; i < m->certificates.count; i++) {
        const wr_certificate_trust *t = &trust->certificates[i];

        say("%s refused by %s [%s %s]%s%s%s%s\n", name_of(&h, &m->certificates.items[i]),
            wr_disallowed_by_name(t->refusal.by), t->refusal.source ? t->refusal.source : "",
            t->refusal.path ? t->refusal.path : "", t->installed ? " installed" : "",
            t->expired ? " expired" : "", t->not_yet_valid ? " early" : "",
            t->program ? " listed" : "");
        say_rows(&t->machine);
        for (size_t s = 0; s < t->scopes.count; s++) {
            say(" %s refused by %s\n", t->scopes.items[s].scope->text,
                wr_disallowed_by_name(t->scopes.items[s].refusal.by));
            say_rows(&t->scopes.items[s].different);
        }
    }
    for (size_t i = 0; i < trust->on_demand.count; i++) {
        const wr_on_demand *d = &trust->on_demand.items[i];

        say("on demand %s \"%s\" %s%s", wr_text_hex(&h.arena, d->entry->id.data, d->entry->id.len),
            d->name, wr_availability_name(d->availability), d->all_purposes ? " all" : "");
        for (size_t p = 0; p < d->purposes.count; p++)
            say(" %s", d->purposes.items[p]->name);
        say("\n");
    }
    say("%zu installed, %zu in the program%s%s\n", trust->num_installed, trust->num_program,
        trust->root_auto_update ? ", updated" : "",
        trust->disallowed_auto_update ? ", refusals updated" : "");
    for (size_t i = 0; i < m->lists.count; i++)
        say("list %zu %d %s\n", i, trust->lists[i].in_force, trust->lists[i].why_not);
    return text;
}

/* ---- a host ------------------------------------------------------------------------------------
 */

#define MANY 9

/* Roots of every fate, a user and a service with something of their own, both lists. */
static void make_host(void)
{
    static const char *const stored[] = { "",     "9=s",  "104=2028", "126=2028 127=s", "122=c",
                                          "84=x", "9=so", "",         "128=2028" };
    wr_user *user = add_user(&h, "Users/alice", WR_CONSENT_LIST);
    const wr_certificate *consented;
    wr_view twin;

    for (int i = 0; i < MANY; i++) {
        const wr_certificate *c =
            make_certificate(&h, (made){ .name = wr_arena_format(&h.arena, "c%d", i),
                                         .until = i == 3 ? 2029 : 2040,
                                         .ca = 'y' });

        if (i % 4 != 3)
            place(&h, c, WR_LM, NULL, i % 2 ? "AuthRoot" : "Root", stored[i]);
        if (i % 3 == 0)
            place(&h, c, WR_LM_ENTERPRISE, NULL, i % 2 ? "CA" : "Root", "");
        if (i % 2)
            enter(&h, c, stored[MANY - 1 - i]);
    }
    consented = named(&h, "c3");
    consent_to(&h, user, &consented, 1);
    place(&h, consented, WR_CU, "Users/alice", "Root", "");
    place(&h, named(&h, "c1"), WR_CU, "Users/alice", "Disallowed", "");
    place(&h, named(&h, "c7"), WR_LM_SERVICE, "NTDS", "Root", "");
    place(&h, named(&h, "c8"), WR_LM, NULL, "Disallowed", "");
    enter(&h, make_certificate(&h, (made){ .name = "nowhere" }), "9=sc");
    refuse_key(&h, named(&h, "c4"));
    cr_assert(wr_arena_copy(&h.arena, named(&h, "c8")->x509.der, &twin));
    ((uint8_t *)(uintptr_t)twin.data)[twin.len - 1] ^=
        1; /* refused with c8, by another copy of which when one goes */
    place(&h, know(&h, "twin", twin), WR_LM, NULL, "Root", "");
    place(&h, named(&h, "c8"), WR_LM_GROUP_POLICY, NULL, "Disallowed", "");
    supply(&h, make_certificate(&h, (made){ .name = "new" }));
    judge(&h);
}

typedef void change_fn(wr_model *m);

static void apply(wr_model *m, wr_action_kind kind, const char *store, const char *name)
{
    wr_candidate candidate = { .kind = kind,
                               .store = store,
                               .certificate = kind == WR_ACTION_SET_POLICY ? NULL : named(&h, name),
                               .key = "HKLM\\SOFTWARE\\" AUTHROOT_KEY,
                               .name = "DisableRootAutoUpdate",
                               .data = "1" };
    wr_error e;

    cr_assert(wr_candidate_apply(&candidate, m, &e), "%s", e.message);
}

static void change_nothing(wr_model *m)
{
    (void)m;
}

static void add_new_root(wr_model *m)
{
    apply(m, WR_ACTION_ADD, "Root", "new");
}

static void add_listed_root(wr_model *m)
{
    apply(m, WR_ACTION_ADD, "Root", "nowhere");
}

static void add_second_copy(wr_model *m)
{
    apply(m, WR_ACTION_ADD, "Root", "c1");
}

static void add_users_root(wr_model *m)
{
    apply(m, WR_ACTION_ADD, "AuthRoot", "c3");
}

static void take_root_out(wr_model *m)
{
    apply(m, WR_ACTION_DELETE, "Root", "c2");
}

static void refuse_root(wr_model *m)
{
    apply(m, WR_ACTION_DISALLOW, "Disallowed", "c0");
}

static void take_refusal_back(wr_model *m)
{
    apply(m, WR_ACTION_DELETE, "Disallowed", "c8");
}

static void add_to_new_store(wr_model *m)
{
    apply(m, WR_ACTION_ADD, "CA", "new");
}

static void turn_updates_off(wr_model *m)
{
    apply(m, WR_ACTION_SET_POLICY, "", NULL);
}

static void change_several(wr_model *m)
{
    apply(m, WR_ACTION_ADD, "Root", "new");
    apply(m, WR_ACTION_DELETE, "AuthRoot", "c5");
    apply(m, WR_ACTION_ADD, "Root", "nowhere");
    apply(m, WR_ACTION_DISALLOW, "Disallowed", "c6");
}

static const struct {
    const char *what;
    change_fn *change;
    bool little; /* one certificate at most is judged again */
} changes[] = {
    { "nothing", change_nothing, true },
    { "a new root", add_new_root, true },
    { "a root of the list", add_listed_root, true },
    { "a second copy", add_second_copy, true },
    { "a root that a user has", add_users_root, true },
    { "one less", take_root_out, true },
    { "a refusal", refuse_root, true },
    { "a refusal less", take_refusal_back, true },
    { "a store that was not there", add_to_new_store, false },
    { "a policy", turn_updates_off, false },
    { "several", change_several, false },
};

/* How often memory is asked for says how much is done. */
static const char *judge_again(const wr_model *m, const wr_trust *before, size_t *allocations)
{
    const size_t far = SIZE_MAX;
    wr_trust_options options = h.options;
    const char *all;
    wr_arena arena;
    wr_trust trust;
    wr_error e;

    options.before = before;
    wr_arena_init(&arena, (size_t)64 << 20);
    arena.fail_after = far;
    cr_assert(wr_trust_evaluate(m, &options, &arena, &trust, &e), "%s", e.message);
    *allocations = far - arena.fail_after;
    all = all_of(&trust);
    if (before)
        cr_expect_eq(trust.findings.count, 0, "of a trial nobody asks for findings");
    wr_arena_free(&arena);
    return all;
}

Test(trial, concludes_what_judging_all_again_does)
{
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        size_t whole_work, trial_work;
        const char *whole, *trial, *was;
        wr_model changed;
        wr_error e;

        again();
        make_host();
        was = all_of(&h.trust);
        cr_assert(wr_model_share(&h.model, &h.arena, &changed, &e));
        changes[i].change(&changed);
        whole = judge_again(&changed, NULL, &whole_work);
        trial = judge_again(&changed, &h.trust, &trial_work);
        cr_expect_str_eq(trial, whole, "%s", changes[i].what);
        cr_expect_eq(strcmp(whole, was) == 0, i == 0, "%s: the change is seen", changes[i].what);
        cr_expect_str_eq(all_of(&h.trust), was, "%s: what was before stays", changes[i].what);
        if (changes[i].little)
            cr_expect_lt(3 * trial_work, whole_work, "%s: %zu of %zu", changes[i].what, trial_work,
                         whole_work);
    }
}

/* Another list is another host. */
Test(trial, with_another_list_all_is_judged_again)
{
    size_t work;
    wr_model changed;
    wr_ctl *ctl = NULL;
    wr_error e;

    make_host();
    cr_assert(wr_model_share(&h.model, &h.arena, &changed, &e));
    changed.lists.items = NULL;
    changed.lists.count = changed.lists.room = 0;
    cr_expect_str_eq(judge_again(&changed, &h.trust, &work), judge_again(&changed, NULL, &work));

    again();
    make_host();
    cr_assert(wr_model_share(&h.model, &h.arena, &changed, &e));
    list_of(&h, WR_CTL_AUTHROOT, &ctl); /* a newer one without entries */
    ctl->this_update++;
    changed.lists = h.model.lists;
    cr_expect_str_eq(judge_again(&changed, &h.trust, &work), judge_again(&changed, NULL, &work));

    again();
    make_host();
    cr_assert(wr_model_share(&h.model, &h.arena, &changed, &e));
    ctl = NULL;
    list_of(&h, WR_CTL_DISALLOWED, &ctl);
    ctl->this_update++;
    changed.lists = h.model.lists;
    cr_expect_str_eq(judge_again(&changed, &h.trust, &work), judge_again(&changed, NULL, &work));
}

/* What holds of a user, of the registered members or of the version is looked at as a whole. */
Test(trial, what_is_said_of_all_certificates_is_judged_for_all)
{
    size_t work;
    wr_model changed;
    wr_user *user;
    wr_physical_store *p;
    wr_error e;

    make_host();
    cr_assert(wr_model_share(&h.model, &h.arena, &changed, &e));
    user = WR_NEW(&h.arena, wr_user, 1);
    *user = h.model.users.items[0];
    user->consent = WR_CONSENT_UNUSED;
    changed.users.items = user;
    cr_expect_str_eq(judge_again(&changed, &h.trust, &work), judge_again(&changed, NULL, &work));

    again();
    make_host();
    cr_assert(wr_model_share(&h.model, &h.arena, &changed, &e));
    p = WR_NEW(&h.arena, wr_physical_store, 1);
    *p = (wr_physical_store){ .name = "x", .provider = "File", .target = "", .path = "p" };
    changed.physical_stores.items = p;
    changed.physical_stores.count = changed.physical_stores.room = 1;
    cr_expect_str_eq(judge_again(&changed, &h.trust, &work), judge_again(&changed, NULL, &work));
}

/* ---- signatures --------------------------------------------------------------------------------
 */

/* A list that held holds in a trial; another message is verified by itself. */
Test(trial, a_signature_that_held_holds)
{
    wr_trust_options options;
    wr_trust trial;
    wr_model changed;
    wr_error e;

    make_host();
    h.options.allow_unverified_lists = false;
    judge(&h);
    cr_expect_null(h.trust.authroot);
    h.trust.lists[0].signature.status = WR_SIGNATURE_VALID;
    options = h.options;
    options.before = &h.trust;
    cr_assert(wr_trust_evaluate(&h.model, &options, &h.arena, &trial, &e));
    cr_expect_eq(trial.authroot, &h.model.lists.items[0], "accepted, and in force");
    cr_expect_eq(trial.lists[0].signature.status, WR_SIGNATURE_VALID);
    cr_expect_str_eq(trial.lists[0].why_not, "");
    cr_expect_null(trial.disallowed);
    cr_expect_eq(trial.lists[1].signature.status, WR_SIGNATURE_UNSIGNED);
    cr_expect_str_eq(
        trial.lists[1].why_not,
        "its signature does not verify (--allow-unverified-lists uses it all the same)");

    cr_assert(wr_model_share(&h.model, &h.arena, &changed, &e));
    changed.lists.items = WR_NEW(&h.arena, wr_list, 2);
    memcpy(changed.lists.items, h.model.lists.items, 2 * sizeof(wr_list));
    changed.lists.items[0].message = WR_NEW(&h.arena, wr_pkcs7, 1);
    cr_assert(wr_trust_evaluate(&changed, &options, &h.arena, &trial, &e));
    cr_expect_null(trial.authroot);
    cr_expect_eq(trial.lists[0].signature.status, WR_SIGNATURE_UNSIGNED);
}

/* ---- a model that is shared --------------------------------------------------------------------
 */

static size_t store_named(wr_model *m, const char *name)
{
    size_t index;
    wr_error e;

    cr_assert(wr_model_store(m, WR_LM, NULL, name, "hive", name, &index, &e), "%s", e.message);
    return index;
}

/* Where there are many they are not looked through, but looked up. */
Test(trial, a_shared_model_adds_stores_of_its_own)
{
    const char *names[70];
    wr_model shared;
    wr_arena arena;
    wr_error e;
    const size_t first = h.model.stores.count;

    wr_arena_init(&arena, (size_t)1 << 30);
    for (size_t i = 0; i < 70; i++) {
        cr_assert(names[i] = wr_arena_format(&h.arena, "Store%zu", i));
        cr_assert_eq(store_named(&h.model, names[i]), first + i);
    }
    cr_assert_eq(store_named(&h.model, names[69]), first + 69);
    cr_assert(wr_model_share(&h.model, &arena, &shared, &e));
    cr_assert_eq(store_named(&shared, names[3]), first + 3);
    cr_assert_eq(store_named(&shared, "Plan"), first + 70);
    cr_assert_eq(store_named(&shared, "Plan"), first + 70);
    cr_assert_eq(store_named(&h.model, "Host"), first + 70);
    cr_assert_eq(store_named(&h.model, "Plan"), first + 71);
    cr_assert_eq(store_named(&shared, "Host"), first + 71);
    for (size_t i = 0; i < 70; i++) {
        cr_assert_eq(store_named(&h.model, names[i]), first + i);
        cr_assert_eq(store_named(&shared, names[i]), first + i);
    }
    wr_arena_free(&arena);
}
