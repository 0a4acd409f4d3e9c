/* test_verdict.c - verdicts whole: status, every reason in its order, what each says and where it
 * was read.  Each row is a rule of docs/trust.md at one side of its bound. */
#include "made.h"
#include "signed_list.h"

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

TestSuite(verdict, .init = start, .fini = stop);

/* --as-of is this; see properties_of for now, before and after. */
#define NOW     "2030-01-01T00:00:00Z"
#define BEFORE  "2029-12-31T23:59:59.9999999Z"
#define AFTER   "2030-01-01T00:00:00.0000001Z"
#define IN_2028 "2028-01-01T00:00:00Z"

/* ---- one copy ----------------------------------------------------------------------------------
 */

#define HERE      " [hive LM\\AuthRoot]"
#define THERE     " [list EncodedCtl]"
#define INSTALLED "\ninstalled: in LM/AuthRoot" HERE
#define LISTED    "\nlisted: in the root list of 2026-04-22T00:00:00Z" THERE

#define NAMES(count, purpose)                                                                      \
    "\npurpose_not_in_property: property 9 names " count " purposes, not " purpose
#define REMOVES(purpose) "\npurpose_removed: property 122 removes " purpose
#define DISABLED(date)   "\ndisabled: disabled since " date
#define STAMPED(date)    DISABLED(date) ": only what was time-stamped before"
#define UNCERTAIN                                                                                  \
    "\ndisable_scope_uncertain: property 122 stands beside 104; read as: 104 disables every "      \
    "purpose"
#define ISSUED_BEFORE(date) "\nnot_before: only end certificates issued before " date
#define WITHOUT_DATE(purpose)                                                                      \
    "\nnot_before_without_date: property 127 names " purpose " and there is no property 126"
#define CA_DISABLED(date)                                                                          \
    "\nca_disabled: only certificates issued before " date                                         \
    ", and only for callers that ask for them"
#define CONSTRAINED    "\nname_constraints: property 84 limits the names below it"
#define UNREADABLE(id) "\nproperty_unreadable: property " id " cannot be decoded"
#define IGNORES(version)                                                                           \
    "\nos_ignores_dates: Windows " version " does not know properties 104 and 126"
#define STRICTER(status, code)                                                                     \
    "\nstored_property_stricter: by its stored properties alone it is " status " (" code ")" HERE

struct row {
    const char *stored, *listed, *purpose; /* listed NULL: no list at all */
    unsigned major;
    const char *expected;
};

static const struct row rows[] = {
    /* 9: absent = every purpose, empty = none, any = all. */
    { "", NULL, "server_auth", 10, "trusted" INSTALLED },
    { "9=s", NULL, "server_auth", 10, "trusted" INSTALLED },
    { "9=s", NULL, "code_signing", 10, "not_trusted" NAMES("1", "code_signing") HERE INSTALLED },
    { "9=so", NULL, "email", 10, "not_trusted" NAMES("2", "email") HERE INSTALLED },
    { "9=so", NULL, "ocsp_signing", 10, "trusted" INSTALLED },
    { "9=", NULL, "client_auth", 10, "not_trusted" NAMES("0", "client_auth") HERE INSTALLED },
    { "9=oa", NULL, "code_signing", 10, "trusted" INSTALLED },
    { "9=s 9=c", NULL, "code_signing", 10, "trusted" INSTALLED }, /* the last counts */
    /* 122 */
    { "122=c", NULL, "server_auth", 10, "trusted" INSTALLED },
    { "122=c", NULL, "code_signing", 10, "distrusted" REMOVES("code_signing") HERE INSTALLED },
    { "122=oc", NULL, "code_signing", 10, "distrusted" REMOVES("code_signing") HERE INSTALLED },
    { "122=o", NULL, "ocsp_signing", 10, "distrusted" REMOVES("ocsp_signing") HERE INSTALLED },
    { "122=a", NULL, "time_stamping", 10, "distrusted" REMOVES("time_stamping") HERE INSTALLED },
    /* 104 */
    { "104=now", NULL, "server_auth", 10, "distrusted" DISABLED(NOW) HERE INSTALLED },
    { "104=before", NULL, "email", 10, "distrusted" DISABLED(BEFORE) HERE INSTALLED },
    { "104=before", NULL, "client_auth", 10, "distrusted" DISABLED(BEFORE) HERE INSTALLED },
    { "104=after", NULL, "server_auth", 10,
      "trusted" INSTALLED "\ndisable_scheduled: disabled from " AFTER HERE },
    { "104=now", NULL, "code_signing", 10, "conditional" STAMPED(NOW) HERE INSTALLED },
    { "104=now", NULL, "time_stamping", 10, "conditional" STAMPED(NOW) HERE INSTALLED },
    { "104=zero", NULL, "code_signing", 10,
      "distrusted\ndisabled: property 104 is zero: disabled always" HERE INSTALLED },
    { "104=", NULL, "server_auth", 10, "trusted" INSTALLED },
    { "104=2028 122=p", NULL, "server_auth", 10,
      "distrusted" DISABLED(IN_2028) HERE INSTALLED UNCERTAIN HERE },
    { "104=after 122=p", NULL, "server_auth", 10,
      "trusted" INSTALLED "\ndisable_scheduled: disabled from " AFTER HERE UNCERTAIN HERE },
    { "104= 122=p", NULL, "server_auth", 10, "trusted" INSTALLED },
    /* 126, 127 */
    { "126=now", NULL, "server_auth", 10, "conditional" ISSUED_BEFORE(NOW) HERE INSTALLED },
    { "126=before", NULL, "code_signing", 10, "conditional" ISSUED_BEFORE(BEFORE) HERE INSTALLED },
    { "126=after", NULL, "server_auth", 10,
      "trusted" INSTALLED "\nnot_before_scheduled: end certificates issued from " AFTER
      " on will be refused" HERE },
    { "126=zero", NULL, "server_auth", 10,
      "distrusted\nnot_before: property 126 is zero: no end certificate is old enough" HERE
          INSTALLED },
    { "126=", NULL, "server_auth", 10, "trusted" INSTALLED },
    { "126=now 127=cs", NULL, "server_auth", 10, "conditional" ISSUED_BEFORE(NOW) HERE INSTALLED },
    { "126=now 127=c", NULL, "server_auth", 10, "trusted" INSTALLED },
    { "126=now 127=a", NULL, "server_auth", 10, "conditional" ISSUED_BEFORE(NOW) HERE INSTALLED },
    { "126=now 127=", NULL, "server_auth", 10, "trusted" INSTALLED },
    { "127=s", NULL, "server_auth", 10, "conditional" WITHOUT_DATE("server_auth") HERE INSTALLED },
    { "127=s", NULL, "code_signing", 10, "trusted" INSTALLED },
    { "126= 127=s", NULL, "server_auth", 10, "trusted" INSTALLED },
    /* 128, 84 */
    { "128=now", NULL, "server_auth", 10, "conditional" CA_DISABLED(NOW) HERE INSTALLED },
    { "128=after", NULL, "server_auth", 10, "trusted" INSTALLED },
    { "128=", NULL, "server_auth", 10, "trusted" INSTALLED },
    { "128=zero", NULL, "server_auth", 10,
      "conditional" CA_DISABLED("1601-01-01T00:00:00Z") HERE INSTALLED },
    { "84=x", NULL, "email", 10, "conditional" CONSTRAINED HERE INSTALLED },
    /* what cannot be decoded may say anything */
    { "9=?", NULL, "server_auth", 10, "unknown" UNREADABLE("9") HERE INSTALLED },
    { "122=?", NULL, "server_auth", 10, "unknown" UNREADABLE("122") HERE INSTALLED },
    { "127=? 126=now", NULL, "server_auth", 10, "unknown" UNREADABLE("127") HERE INSTALLED },
    { "104=?", NULL, "server_auth", 10, "unknown" UNREADABLE("104") HERE INSTALLED },
    { "126=?", NULL, "server_auth", 10, "unknown" UNREADABLE("126") HERE INSTALLED },
    { "128=?", NULL, "server_auth", 10, "unknown" UNREADABLE("128") HERE INSTALLED },
    { "128=? 9=c", NULL, "server_auth", 10,
      "not_trusted" NAMES("1", "server_auth") HERE INSTALLED UNREADABLE("128") HERE },
    /* Windows before 10 knows no dates; 0 is a version that nobody knows */
    { "104=2028", NULL, "server_auth", 9, "trusted" INSTALLED IGNORES("9.1") HERE },
    { "126=2028", NULL, "server_auth", 6, "trusted" INSTALLED IGNORES("6.1") HERE },
    { "104=2028 126=2028", NULL, "server_auth", 1, "trusted" INSTALLED IGNORES("1.1") HERE },
    { "104=2028", NULL, "server_auth", 11, "distrusted" DISABLED(IN_2028) HERE INSTALLED },
    { "104=2028", NULL, "server_auth", 0, "distrusted" DISABLED(IN_2028) HERE INSTALLED },
    { "104= 126= 127=s 128=2028", NULL, "server_auth", 6, "trusted" INSTALLED },
    { "9=c 84=x", NULL, "server_auth", 6,
      "not_trusted" NAMES("1", "server_auth") HERE INSTALLED CONSTRAINED HERE },
    /* the one that decided is first, the others keep the order of the rules */
    { "84=x 9=s 104=2028", NULL, "code_signing", 10,
      "not_trusted" NAMES("1", "code_signing") HERE INSTALLED STAMPED(IN_2028)
          HERE CONSTRAINED HERE },
    { "9=s 122=c 84=x", NULL, "code_signing", 10,
      "distrusted" REMOVES("code_signing") HERE NAMES("1", "code_signing")
          HERE INSTALLED CONSTRAINED HERE },
    { "126=now 128=now 84=x", NULL, "server_auth", 10,
      "conditional" ISSUED_BEFORE(NOW) HERE INSTALLED CA_DISABLED(NOW) HERE CONSTRAINED HERE },
    /* the list's attributes are laid over the stored ones */
    { "", "", "server_auth", 10, "trusted" INSTALLED LISTED },
    { "9=c", "9=s", "code_signing", 10,
      "not_trusted" NAMES("1", "code_signing") THERE INSTALLED LISTED },
    { "9=c", "84=x", "server_auth", 10,
      "not_trusted" NAMES("1", "server_auth") THERE INSTALLED LISTED CONSTRAINED THERE },
    { "", "9=s 9=c", "server_auth", 10, "trusted" INSTALLED LISTED }, /* the first counts */
    { "9=s", "9=sc", "code_signing", 10,
      "conditional" STRICTER("not_trusted", "purpose_not_in_property") INSTALLED LISTED },
    { "9=s", "9=sc", "server_auth", 10, "trusted" INSTALLED LISTED },
    { "104=2028", "104=", "server_auth", 10,
      "conditional" STRICTER("distrusted", "disabled") INSTALLED LISTED },
    { "104=2028", "104=", "code_signing", 10,
      "conditional" STRICTER("conditional", "disabled") INSTALLED LISTED },
    { "104=2028 84=x", "104=", "code_signing", 10,
      "conditional" CONSTRAINED THERE INSTALLED LISTED },
    { "104=?", "104=2028", "server_auth", 10,
      "distrusted" DISABLED(IN_2028) THERE INSTALLED LISTED },
    { "104=?", "104=", "server_auth", 10,
      "conditional" STRICTER("unknown", "property_unreadable") INSTALLED LISTED },
    { "104=2035", "104=2028", "server_auth", 10,
      "distrusted" DISABLED(IN_2028) THERE INSTALLED LISTED },
    { "126=2028", "127=c", "server_auth", 10,
      "conditional" STRICTER("conditional", "not_before") INSTALLED LISTED },
    { "", "104=?", "server_auth", 10, "unknown" UNREADABLE("104") THERE INSTALLED LISTED },
};

Test(verdict, each_property_says_what_it_does_and_nothing_more)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        const wr_certificate *c;

        again();
        c = make_certificate(&h, (made){ .name = "c" });
        h.model.host.os.major = row->major;
        h.model.host.os.minor = 1;
        place(&h, c, WR_LM, NULL, "AuthRoot", row->stored);
        if (row->listed)
            enter(&h, c, row->listed);
        judge(&h);
        cr_expect_str_eq(machine_text(&h, "c", row->purpose), row->expected, "%s | %s: %s",
                         row->stored, row->listed ? row->listed : "-",
                         machine_text(&h, "c", row->purpose));
    }
}

/* 5.3: only the third-party store is the list's. */
Test(verdict, what_the_list_does_not_name)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" }),
                         *d = make_certificate(&h, (made){ .name = "d" });

    place(&h, c, WR_LM, NULL, "AuthRoot", "126=2028");
    place(&h, d, WR_LM, NULL, "Root", "");
    enter(&h, make_certificate(&h, (made){ .name = "other" }), "");
    judge(&h);
    cr_expect_str_eq(machine_text(&h, "c", "email"),
                     "conditional" ISSUED_BEFORE(IN_2028) HERE INSTALLED
                     "\nnot_listed: not in the root list of 2026-04-22T00:00:00Z" HERE);
    cr_expect_str_eq(machine_text(&h, "d", "email"),
                     "trusted\ninstalled: in LM/Root [hive LM\\Root]");
}

/* ---- the certificate itself --------------------------------------------------------------------
 */

#define IN_ROOT " [hive LM\\Root]"
#define ROOT    "\ninstalled: in LM/Root" IN_ROOT
#define EKU(count)                                                                                 \
    "\npurpose_not_in_extension: its extended key usage has " count                                \
    " purposes, not code_signing" IN_ROOT

static const struct {
    made certificate;
    int moved; /* ticks from 2030-01-01 */
    const char *server, *code;
} certificate_rows[] = {
    { { .name = "c", .from = 2030 }, 0, "trusted" ROOT, "trusted" ROOT },
    { { .name = "c", .from = 2030 },
      -1,
      "not_trusted\nnot_yet_valid: valid from " NOW IN_ROOT ROOT,
      "not_trusted\nnot_yet_valid: valid from " NOW IN_ROOT ROOT },
    { { .name = "c", .until = 2030 }, 0, "trusted" ROOT, "trusted" ROOT },
    { { .name = "c", .until = 2030 },
      1,
      "not_trusted\nexpired: expired on " NOW IN_ROOT ROOT,
      "conditional\nexpired: expired on " NOW IN_ROOT ROOT },
    { { .name = "c", .eku = "s" }, 0, "trusted" ROOT, "not_trusted" EKU("1") ROOT },
    { { .name = "c", .eku = "sot" }, 0, "trusted" ROOT, "not_trusted" EKU("3") ROOT },
    { { .name = "c", .eku = "a" }, 0, "trusted" ROOT, "trusted" ROOT },
    { { .name = "c", .eku = "?" },
      0,
      "unknown\nproperty_unreadable: its extended key usage cannot be decoded" IN_ROOT ROOT,
      "unknown\nproperty_unreadable: its extended key usage cannot be decoded" IN_ROOT ROOT },
    { { .name = "c", .issuer = "other" },
      0,
      "conditional\nnot_self_issued: its issuer is not its subject; only callers that allow "
      "partial chains" IN_ROOT ROOT,
      "conditional\nnot_self_issued: its issuer is not its subject; only callers that allow "
      "partial chains" IN_ROOT ROOT },
    { { .name = "c", .rsa_bits = 1023 }, 0, "trusted" ROOT, "trusted" ROOT },
    { { .name = "c", .rsa_bits = 1022 },
      0,
      "not_trusted\nweak_key: RSA key of 1022 bits, 1023 are asked for" IN_ROOT ROOT,
      "conditional\nweak_key: RSA key of 1022 bits, 1023 are asked for: only what was time-stamped "
      "before "
      "2010-01-01T00:00:00Z" IN_ROOT ROOT },
    /* in the order of the rules, the worst first */
    { { .name = "c", .until = 2029, .eku = "s", .rsa_bits = 512 },
      0,
      "not_trusted\nexpired: expired on 2029-01-01T00:00:00Z" IN_ROOT ROOT
      "\nweak_key: RSA key of 512 bits, 1023 are asked for" IN_ROOT,
      "not_trusted" EKU("1") "\nexpired: expired on 2029-01-01T00:00:00Z" IN_ROOT ROOT
                             "\nweak_key: RSA key of 512 bits, 1023 are asked for: only what was "
                             "time-stamped before "
                             "2010-01-01T00:00:00Z" IN_ROOT },
};

Test(verdict, each_fact_of_the_certificate_counts_at_its_bound)
{
    for (size_t i = 0; i < sizeof certificate_rows / sizeof *certificate_rows; i++) {
        const wr_certificate *c;
        const wr_certificate_trust *t;
        int moved = certificate_rows[i].moved;

        again();
        c = make_certificate(&h, certificate_rows[i].certificate);
        h.options.as_of += (wr_time)(int64_t)moved;
        place(&h, c, WR_LM, NULL, "Root", "");
        judge(&h);
        cr_expect_str_eq(machine_text(&h, "c", "server_auth"), certificate_rows[i].server,
                         "row %zu: %s", i, machine_text(&h, "c", "server_auth"));
        cr_expect_str_eq(machine_text(&h, "c", "code_signing"), certificate_rows[i].code,
                         "row %zu: %s", i, machine_text(&h, "c", "code_signing"));
        t = &h.trust.certificates[index_of(&h, "c")];
        cr_expect_eq(t->not_yet_valid, strstr(certificate_rows[i].server, "not_yet_valid") != NULL,
                     "row %zu", i);
        cr_expect_eq(t->expired, strstr(certificate_rows[i].server, "expired") != NULL, "row %zu",
                     i);
        cr_expect(t->installed);
    }
}

/* 2.5: the administrator's values count before those of Windows, each by itself. */
Test(verdict, the_chain_engines_settings_are_named)
{
    static const struct {
        struct {
            const char *name, *key;
            uint64_t number;
        } policies[3];
        const char *code;
    } settings[] = {
        { { { "ChainEngine\\MinRsaPubKeyBitLength", "admin", 2049 },
            { "ChainEngine\\Default\\MinRsaPubKeyBitLength", "os", 512 } },
          "conditional\nweak_key: RSA key of 2048 bits, 2049 are asked for: only what was "
          "time-stamped before "
          "2010-01-01T00:00:00Z [hive admin]" ROOT },
        { { { "ChainEngine\\Default\\MinRsaPubKeyBitLength", "os", 4096 },
            { "ChainEngine\\Default\\WeakRsaPubKeyTime", "os", 0 } },
          "conditional\nweak_key: RSA key of 2048 bits, 4096 are asked for: only what was "
          "time-stamped before "
          "1601-01-01T00:00:00Z [hive os]" ROOT },
        { { { "ChainEngine\\MinRsaPubKeyBitLength", "admin", 0xFFFFFFFEu },
            { "ChainEngine\\WeakRsaPubKeyTime", "admin", 10000000 },
            { "ChainEngine\\Default\\WeakRsaPubKeyTime", "os", 0 } },
          "conditional\nweak_key: RSA key of 2048 bits, 4294967294 are asked for: only what was "
          "time-stamped before "
          "1601-01-01T00:00:01Z [hive admin]" ROOT },
        { { { "ChainEngine\\MinRsaPubKeyBitLength", "admin", 4096 },
            { "ChainEngine\\Default\\EnableWeakSignatureFlags", "os", 2 } },
          "trusted" ROOT },
        { { { "ChainEngine\\MinRsaPubKeyBitLength", "admin", 4096 },
            { "ChainEngine\\EnableWeakSignatureFlags", "admin", 4 },
            { "ChainEngine\\Default\\EnableWeakSignatureFlags", "os", 2 } },
          "conditional\nweak_key: RSA key of 2048 bits, 4096 are asked for: only what was "
          "time-stamped before "
          "2010-01-01T00:00:00Z [hive admin]" ROOT },
        { { { "ChainEngine\\MinRsaPubKeyBitLength", "admin", 0xFFFFFFFFu } }, "trusted" ROOT },
    };

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        again();
        place(&h, make_certificate(&h, (made){ .name = "c", .rsa_bits = 2048 }), WR_LM, NULL,
              "Root", "");
        for (size_t j = 0; j < 3 && settings[i].policies[j].name; j++)
            set_policy(&h, settings[i].policies[j].name, settings[i].policies[j].key,
                       settings[i].policies[j].number);
        judge(&h);
        cr_expect_str_eq(machine_text(&h, "c", "code_signing"), settings[i].code, "row %zu: %s", i,
                         machine_text(&h, "c", "code_signing"));
    }
}

/* ---- several copies ----------------------------------------------------------------------------
 */

/* 5.4: the best copy decides, of equal ones the first. */
Test(verdict, of_several_copies_the_best_is_told)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });
    const wr_certificate_trust *t;

    place(&h, c, WR_LM, NULL, "AuthRoot", "9=s 126=2028");
    place(&h, c, WR_LM, NULL, "Root", "9=s");
    place(&h, c, WR_LM_ENTERPRISE, NULL, "Root", "122=s");
    place(&h, c, WR_LM_GROUP_POLICY, NULL, "Root", "9=so");
    judge(&h);
    cr_expect_str_eq(machine_text(&h, "c", "server_auth"), "trusted" ROOT);
    cr_expect_str_eq(machine_text(&h, "c", "code_signing"),
                     "trusted\ninstalled: in LM-Enterprise/Root [hive LM-Enterprise\\Root]");
    cr_expect_str_eq(machine_text(&h, "c", "ocsp_signing"),
                     "trusted\ninstalled: in LM-Enterprise/Root [hive LM-Enterprise\\Root]");
    t = &h.trust.certificates[index_of(&h, "c")];
    cr_expect_eq(t->machine.count, WR_NUM_STANDARD_PURPOSES + 1, "the five, and ocsp_signing once");
    cr_expect_eq(h.trust.num_installed, 1);
}

/* What 9 and 122 of any copy name has a row, in the order of the copies; what 127 names has none.
 */
Test(verdict, purposes_that_are_spoken_of_have_rows)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });
    static const char *const names[] = { "server_auth",   "client_auth",
                                         "code_signing",  "email",
                                         "time_stamping", "1.3.6.1.4.1.311.94.1.2",
                                         "ocsp_signing",  "any" };
    const wr_certificate_trust *t;

    place(&h, c, WR_LM, NULL, "Root", "9=sp 127=o");
    place(&h, c, WR_LM, NULL, "AuthRoot", "9=po 122=pa");
    judge(&h);
    t = &h.trust.certificates[index_of(&h, "c")];
    cr_assert_eq(t->machine.count, sizeof names / sizeof *names);
    for (size_t i = 0; i < t->machine.count; i++)
        cr_expect_str_eq(t->machine.items[i].purpose->name, names[i]);
}

/* ---- absence -----------------------------------------------------------------------------------
 */

static void skip_in(wr_location location, const char *owner, const char *name)
{
    size_t store;
    wr_error e;

    cr_assert(wr_model_store(&h.model, location, owner, name, "hive", name, &store, &e));
    h.model.stores.items[store].num_skipped++;
}

#define NOT_INSTALLED "not_trusted\nnot_installed: in no root store of the machine [ ]"
#define MAY_BE_IN(of) "unknown\nstore_unreadable: a copy may be in what could not be read" of " [ ]"
#define REFUSAL_IN(of)                                                                             \
    "\ndisallowed_unreadable: a refusal may be in what could not be read of " of " [ ]"
#define ON_DEMAND                                                                                  \
    "\non_demand: in the root list of 2026-04-22T00:00:00Z: to be fetched when needed" THERE

Test(verdict, a_certificate_that_is_in_no_root_store)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });

    place(&h, c, WR_LM, NULL, "CA", "");
    judge(&h);
    cr_expect_str_eq(machine_text(&h, "c", "server_auth"), NOT_INSTALLED);
    cr_expect_not(h.trust.certificates[0].installed);
    cr_expect_eq(h.trust.num_installed, 0);

    enter(&h, c, "9=s 126=2028");
    judge(&h);
    cr_expect_str_eq(machine_text(&h, "c", "server_auth"),
                     "conditional" ON_DEMAND ISSUED_BEFORE(IN_2028) THERE);
    cr_expect_str_eq(machine_text(&h, "c", "code_signing"),
                     "not_trusted" NAMES("1", "code_signing") THERE ON_DEMAND ISSUED_BEFORE(IN_2028)
                         THERE);

    set_policy(&h, "DisableRootAutoUpdate", "key", 1);
    judge(&h);
    cr_expect_str_eq(
        machine_text(&h, "c", "server_auth"),
        "conditional\nblocked_by_policy: in the root list of 2026-04-22T00:00:00Z, but "
        "DisableRootAutoUpdate is 1: only where crypt32.dll holds it, which is unpublished" THERE
            ISSUED_BEFORE(IN_2028) THERE);
}

Test(verdict, what_could_not_be_read_of_a_root_store_may_hide_a_copy)
{
    static const struct {
        wr_location location;
        const char *owner, *name;
        bool hides;
    } stores[] = {
        { WR_LM, NULL, "Root", true },
        { WR_LM, NULL, "AuthRoot", true },
        { WR_LM_GROUP_POLICY, NULL, "Root", true },
        { WR_LM_ENTERPRISE, NULL, "Root", true },
        { WR_LM, NULL, "CA", false },
        { WR_LM_SERVICE, "NTDS", "Root", false },
        { WR_CU, "Users/a", "Root", false },
        { WR_LM_WOW64, NULL, "Root", false },
    };

    for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
        again();
        place(&h, make_certificate(&h, (made){ .name = "c" }), WR_LM, NULL, "My", "");
        skip_in(stores[i].location, stores[i].owner, stores[i].name);
        judge(&h);
        cr_expect_str_eq(machine_text(&h, "c", "server_auth"),
                         !stores[i].hides                  ? NOT_INSTALLED
                         : !strcmp(stores[i].name, "Root") ? MAY_BE_IN(" of Root")
                                                           : MAY_BE_IN(" of AuthRoot"),
                         "row %zu: %s", i, machine_text(&h, "c", "server_auth"));
        cr_expect_eq(wr_trust_absence_unknown(&h.trust, "Root"), stores[i].hides, "row %zu", i);
        cr_expect_eq(wr_trust_absence_unknown(&h.trust, "CA"), !strcmp(stores[i].name, "CA"),
                     "row %zu", i);
        cr_expect_not(wr_trust_absence_unknown(&h.trust, "Disallowed"), "row %zu", i);
    }
    again();
    place(&h, make_certificate(&h, (made){ .name = "c" }), WR_LM, NULL, "CA", "");
    h.model.machine_incomplete = true;
    judge(&h);
    cr_expect_str_eq(machine_text(&h, "c", "server_auth"), MAY_BE_IN(""));
    cr_expect(wr_trust_absence_unknown(&h.trust, "CA"));
}

/* The second of two stores counts as the first does. */
Test(verdict, a_refusal_may_be_hidden)
{
    static const wr_location locations[] = { WR_LM, WR_LM_GROUP_POLICY, WR_LM_ENTERPRISE };
    const wr_certificate *c;

    for (size_t i = 0; i < 3; i++) {
        again();
        c = make_certificate(&h, (made){ .name = "c" });
        place(&h, c, WR_LM, NULL, "Root", "9=s");
        skip_in(locations[i], NULL, "Disallowed");
        judge(&h);
        cr_expect_str_eq(machine_text(&h, "c", "server_auth"),
                         "unknown" REFUSAL_IN("Disallowed") ROOT);
        cr_expect_str_eq(machine_text(&h, "c", "code_signing"),
                         "not_trusted" NAMES("1", "code_signing")
                             IN_ROOT ROOT REFUSAL_IN("Disallowed"),
                         "it would change nothing");
        cr_expect(wr_trust_absence_unknown(&h.trust, "Disallowed"));
        cr_expect_not(wr_trust_absence_unknown(&h.trust, "Root"));
    }
    again();
    place(&h, make_certificate(&h, (made){ .name = "c" }), WR_LM, NULL, "Root", "");
    h.model.refusals_incomplete = true;
    judge(&h);
    cr_expect_str_eq(machine_text(&h, "c", "server_auth"),
                     "unknown" REFUSAL_IN("the machine's stores") ROOT);
}

/* ---- refusals ----------------------------------------------------------------------------------
 */

Test(verdict, every_way_of_refusal_is_named_and_wins)
{
    static const struct {
        wr_location location; /* of a Disallowed store */
        char by;              /* else: k key, t signed part, 2 its SHA-256 */
        wr_disallowed_by name;
        const char *expected;
    } ways[] = {
        { WR_LM, 0, WR_DISALLOWED_STORE,
          "distrusted\ndisallowed_store: in a Disallowed store [hive LM\\Disallowed]" },
        { WR_LM_GROUP_POLICY, 0, WR_DISALLOWED_STORE,
          "distrusted\ndisallowed_store: in a Disallowed store [hive LM-GroupPolicy\\Disallowed]" },
        { WR_LM_ENTERPRISE, 0, WR_DISALLOWED_STORE,
          "distrusted\ndisallowed_store: in a Disallowed store [hive LM-Enterprise\\Disallowed]" },
        { WR_LM_WOW64, 0, WR_DISALLOWED_NOT, NULL },
        { WR_LM_WCOS, 0, WR_DISALLOWED_NOT, NULL },
        { 0, 'k', WR_DISALLOWED_KEY_MD5,
          "distrusted\ndisallowed_key: its key is on the disallowed list" THERE },
        { 0, 't', WR_DISALLOWED_TBS_HASH,
          "distrusted\ndisallowed_tbs: its signed part is on the disallowed list" THERE },
        { 0, '2', WR_DISALLOWED_TBS_HASH,
          "distrusted\ndisallowed_tbs: its signed part is on the disallowed list" THERE },
    };
    static const char *const names[] = { "", "store", "key_md5", "tbs_hash" };

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const wr_certificate *c, *other;
        octets none = { .len = 0 };
        wr_list_hashes hashes;
        size_t len;
        uint8_t *bytes = read_file(FIXTURE("certs/root_P-384.der"), &len); /* signed with SHA-384 */
        wr_view der;
        wr_error e;

        again();
        cr_assert(wr_arena_copy(&h.arena, view_of(bytes, len), &der));
        free(bytes);
        c = know(&h, "c", der);
        other = make_certificate(&h, (made){ .name = "other" });
        place(&h, other, WR_LM, NULL, "Root", "");
        place(&h, c, WR_LM, NULL, "Root", "");
        if (!ways[i].by) {
            place(&h, c, ways[i].location, NULL, "Disallowed", "");
        } else { /* the second entry of its list */
            wr_ctl *list = list_of(&h, WR_CTL_DISALLOWED, &h.disallowed);
            cr_assert(wr_certificate_list_hashes(c, &hashes, &e));
            add_entry(&h, list, "0123456789abcdef", WR_MD5_LEN, &none);
            if (ways[i].by == 'k')
                add_entry(&h, list, hashes.key_md5, WR_MD5_LEN, &none);
            else if (ways[i].by == 't')
                add_entry(&h, list, hashes.tbs, hashes.tbs_len, &none);
            else
                add_entry(&h, list, hashes.tbs_sha256, WR_SHA256_LEN, &none);
        }
        judge(&h);
        cr_expect_str_eq(machine_text(&h, "c", "server_auth"),
                         ways[i].expected ? ways[i].expected : "trusted" ROOT, "row %zu: %s", i,
                         machine_text(&h, "c", "server_auth"));
        cr_expect_str_eq(machine_text(&h, "other", "server_auth"), "trusted" ROOT, "row %zu", i);
        cr_expect_eq(h.trust.certificates[index_of(&h, "c")].refusal.by, ways[i].name, "row %zu",
                     i);
        cr_expect_str_eq(wr_disallowed_by_name(ways[i].name), names[ways[i].name]);
    }
}

/* Where the list names it in several ways the first of its entries is told. */
Test(verdict, the_first_entry_that_refuses_is_told)
{
    static const struct {
        const char *entries; /* k key, t signed part, 2 its SHA-256, o another */
        wr_disallowed_by by;
    } orders[] = {
        { "o", WR_DISALLOWED_NOT },         { "k", WR_DISALLOWED_KEY_MD5 },
        { "kt", WR_DISALLOWED_KEY_MD5 },    { "k2", WR_DISALLOWED_KEY_MD5 },
        { "tk", WR_DISALLOWED_TBS_HASH },   { "2k", WR_DISALLOWED_TBS_HASH },
        { "ok2t", WR_DISALLOWED_KEY_MD5 },  { "o2kt", WR_DISALLOWED_TBS_HASH },
        { "otk2", WR_DISALLOWED_TBS_HASH }, { "2tk", WR_DISALLOWED_TBS_HASH },
    };

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        octets none = { .len = 0 };
        wr_list_hashes hashes;
        wr_ctl *list;
        size_t len;
        uint8_t *bytes = read_file(FIXTURE("certs/root_P-384.der"), &len); /* signed with SHA-384 */
        wr_view der;
        wr_error e;

        again();
        cr_assert(wr_arena_copy(&h.arena, view_of(bytes, len), &der));
        free(bytes);
        place(&h, know(&h, "c", der), WR_LM, NULL, "Root", "");
        cr_assert(wr_certificate_list_hashes(named(&h, "c"), &hashes, &e));
        list = list_of(&h, WR_CTL_DISALLOWED, &h.disallowed);
        for (const char *o = orders[i].entries; *o; o++)
            if (*o == 'k')
                add_entry(&h, list, hashes.key_md5, WR_MD5_LEN, &none);
            else if (*o == 't')
                add_entry(&h, list, hashes.tbs, hashes.tbs_len, &none);
            else if (*o == '2')
                add_entry(&h, list, hashes.tbs_sha256, WR_SHA256_LEN, &none);
            else
                add_entry(&h, list, "0123456789abcdef", WR_MD5_LEN, &none);
        judge(&h);
        cr_expect_eq(h.trust.certificates[0].refusal.by, orders[i].by, "%s: %s", orders[i].entries,
                     wr_disallowed_by_name(h.trust.certificates[0].refusal.by));
    }
}

/* ---- members that are kept shut ----------------------------------------------------------------
 */

#define SHUT(why, where) "not_trusted\nmember_not_opened: " why " " where
#define BY_REGISTRATION  "a registered physical store with flag 2 keeps its member shut"

Test(verdict, a_member_is_shut_by_a_flag_or_by_its_registration)
{
    static const struct {
        const char *what;
        wr_location location;
        const char *store;
        uint64_t flags; /* of ProtectedRoots */
        const char *member, *of;
        uint32_t number;
        wr_location where;
        const char *expected; /* NULL: it is open */
    } members[] = {
        { "flag 8", WR_LM, "AuthRoot", 8, NULL, NULL, 0, 0,
          SHUT("ProtectedRoots flag 8 keeps the third-party store shut", "[hive key]") },
        { "and others", WR_LM, "AuthRoot", 0x2f, NULL, NULL, 0, 0,
          SHUT("ProtectedRoots flag 8 keeps the third-party store shut", "[hive key]") },
        { "not 8", WR_LM, "AuthRoot", 0x27, NULL, NULL, 0, 0, NULL },
        { "another store", WR_LM, "Root", 0x2f, NULL, NULL, 0, 0, NULL },
        { "of policy", WR_LM_GROUP_POLICY, "Root", 0x2f, NULL, NULL, 0, 0, NULL },
        { "of the directory", WR_LM_ENTERPRISE, "Root", 0x2f, NULL, NULL, 0, 0, NULL },
        { "registered", WR_LM, "AuthRoot", 0, ".AuthRoot", "Root", 2, WR_LM,
          SHUT(BY_REGISTRATION, "[hive PhysicalStores\\.AuthRoot]") },
        { "in any case", WR_LM, "AuthRoot", 0, ".AUTHroot", "Root", 3, WR_LM,
          SHUT(BY_REGISTRATION, "[hive PhysicalStores\\.AUTHroot]") },
        { "other flags", WR_LM, "AuthRoot", 0, ".AuthRoot", "Root", 0xd, WR_LM, NULL },
        { "another member", WR_LM, "AuthRoot", 0, ".Default", "Root", 2, WR_LM, NULL },
        { "of another store", WR_LM, "Root", 0, ".Default", "CA", 2, WR_LM, NULL },
        { "of another place", WR_LM, "Root", 0, ".Default", "Root", 2, WR_LM_ENTERPRISE, NULL },
        { "default", WR_LM, "Root", 0, ".Default", "Root", 2, WR_LM,
          SHUT(BY_REGISTRATION, "[hive PhysicalStores\\.Default]") },
        { "policy", WR_LM_GROUP_POLICY, "Root", 0, ".GroupPolicy", "Root", 2, WR_LM,
          SHUT(BY_REGISTRATION, "[hive PhysicalStores\\.GroupPolicy]") },
        { "enterprise", WR_LM_ENTERPRISE, "Root", 0, ".Enterprise", "Root", 2, WR_LM,
          SHUT(BY_REGISTRATION, "[hive PhysicalStores\\.Enterprise]") },
        { "not the machine's", WR_LM, "Root", 0, ".LocalMachine", "Root", 2, WR_LM, NULL },
    };

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *text;

        again();
        place(&h, make_certificate(&h, (made){ .name = "c" }), members[i].location, NULL,
              members[i].store, "");
        if (members[i].flags)
            set_policy(&h, "ProtectedRoots\\Flags", "key", members[i].flags);
        if (members[i].member)
            register_member(&h, members[i].where, NULL, members[i].of, members[i].member, "#0",
                            members[i].number);
        judge(&h);
        text = machine_text(&h, "c", "server_auth");
        if (members[i].expected)
            cr_expect_str_eq(text, members[i].expected, "%s: %s", members[i].what, text);
        else
            cr_expect(strncmp(text, "trusted", 7) == 0, "%s: %s", members[i].what, text);
        cr_expect_eq(h.trust.certificates[0].installed, members[i].expected == NULL, "%s",
                     members[i].what);
    }
    again();
    place(&h, make_certificate(&h, (made){ .name = "c" }), WR_LM, NULL, "AuthRoot", "");
    set_policy(&h, "ProtectedRoots\\Flags", "key", 8);
    h.model.policies.items[0].is_number = false;
    judge(&h);
    cr_expect(h.trust.certificates[0].installed, "a text is no flag");
}

Test(verdict, a_member_that_leads_elsewhere_makes_absence_unknown)
{
    static const struct {
        const char *of, *provider;
        uint32_t flags;
        wr_location location;
        const char *owner;
        bool elsewhere;
    } members[] = {
        { "Root", "File", 0, WR_LM, NULL, true },
        { "Root", "#1", 0, WR_LM, NULL, true },
        { "Root", "#0", 0, WR_LM, NULL, false },
        { "Root", "", 0, WR_LM, NULL, false },
        { "Root", "File", 2, WR_LM, NULL, false },
        { "CA", "File", 0, WR_LM, NULL, false },
        { "Root", "File", 0, WR_CU, "Users/a", false },
        { "Root", "File", 0, WR_LM_ENTERPRISE, NULL, false },
    };

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *text;

        again();
        place(&h, make_certificate(&h, (made){ .name = "c" }), WR_LM, NULL, "CA", "");
        place(&h, make_certificate(&h, (made){ .name = "r" }), WR_LM, NULL, "Root", "");
        register_member(&h, WR_LM, NULL, "Root", ".Default", "#0", 0);
        register_member(&h, members[i].location, members[i].owner, members[i].of, "Acme",
                        members[i].provider, members[i].flags);
        judge(&h);
        text = machine_text(&h, "c", "server_auth");
        cr_expect_str_eq(text,
                         members[i].elsewhere ? "unknown\nphysical_store_elsewhere: a member of "
                                                "Root is registered that is not in the "
                                                "evidence [hive PhysicalStores\\Acme]"
                                              : NOT_INSTALLED,
                         "row %zu: %s", i, text);
        cr_expect_str_eq(machine_text(&h, "r", "server_auth"), "trusted" ROOT, "row %zu", i);
    }
}

/* ---- users and services ------------------------------------------------------------------------
 */

#define USER      "user:Users/alice"
#define ALICE     "Users/alice"
#define OWN       "\ninstalled: in CU:Users/alice/Root [hive CU:Users/alice\\Root]"
#define FROM_USER " [NTUSER.DAT ProtectedRoots]"

Test(verdict, a_users_root_counts_with_the_users_consent)
{
    static const struct {
        const char *what;
        int consent;      /* -1: nothing is known of the user */
        const char *list; /* of the certificates that the user consented to */
        uint64_t flags;
        const char *expected;
    } users[] = {
        { "on the list", WR_CONSENT_LIST, "oc", 0,
          "trusted" OWN "\nconsented: on the user's list of protected roots" FROM_USER },
        { "not on it", WR_CONSENT_LIST, "o", 0,
          "not_trusted\nno_consent: not on the user's list of protected roots" FROM_USER OWN },
        { "an empty one", WR_CONSENT_LIST, "", 2,
          "not_trusted\nno_consent: not on the user's list of protected roots" FROM_USER OWN },
        { "no list yet", WR_CONSENT_UNUSED, "", 0,
          "conditional\nconsent_not_recorded: there is no list of protected roots yet: what is "
          "there is adopted when "
          "Windows makes one" FROM_USER OWN },
        { "and not adopted", WR_CONSENT_UNUSED, "", 0x22,
          "not_trusted\nno_consent: there is no list of protected roots, and ProtectedRoots flag 2 "
          "keeps roots from "
          "being adopted" FROM_USER OWN },
        { "other flags", WR_CONSENT_UNUSED, "", 0x2c,
          "conditional\nconsent_not_recorded: there is no list of protected roots yet: what is "
          "there is adopted when "
          "Windows makes one" FROM_USER OWN },
        { "unknown", WR_CONSENT_UNKNOWN, "", 0,
          "unknown\nconsent_unknown: ProtectedRoots\\Certificates of the user is not in the "
          "evidence "
          "[hive CU:Users/alice\\Root]" OWN },
        { "no user", -1, "", 0,
          "unknown\nconsent_unknown: ProtectedRoots\\Certificates of the user is not in the "
          "evidence "
          "[hive CU:Users/alice\\Root]" OWN },
        { "flag 1", WR_CONSENT_LIST, "c", 0x21,
          "not_trusted\nmember_not_opened: ProtectedRoots flag 1 keeps users' own roots shut [hive "
          "key]" },
    };

    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        const wr_certificate *c, *listed[2];
        const char *text;
        size_t count = 0;

        again();
        c = make_certificate(&h, (made){ .name = "c" });
        place(&h, c, WR_CU, ALICE, "Root", "");
        if (users[i].consent >= 0) {
            wr_user *user = add_user(&h, ALICE, (wr_consent)users[i].consent);
            for (const char *l = users[i].list; *l; l++)
                listed[count++] = *l == 'c' ? c : make_certificate(&h, (made){ .name = "o" });
            consent_to(&h, user, listed, count);
        }
        if (users[i].flags)
            set_policy(&h, "ProtectedRoots\\Flags", "key", users[i].flags);
        judge(&h);
        cr_expect_str_eq(machine_text(&h, "c", "server_auth"), NOT_INSTALLED, "%s", users[i].what);
        text = scope_text(&h, "c", USER, "server_auth");
        cr_expect(text && !strcmp(text, users[i].expected), "%s: %s", users[i].what, text);
        cr_expect_not(h.trust.certificates[0].installed, "not the machine's");
    }
}

#define POLICY_ROOT                                                                                \
    "conditional\nuser_policy_root: in the user's policy, which Chromium reads and Windows' "      \
    "documentation does not "                                                                      \
    "name [hive CU-GroupPolicy:Users/alice\\Root]\ninstalled: in CU-GroupPolicy:Users/alice/Root " \
    "[hive CU-GroupPolicy:Users/alice\\Root]"

Test(verdict, what_holds_for_one_user_or_service_holds_for_no_other)
{
    const wr_certificate *p = make_certificate(&h, (made){ .name = "p" }),
                         *s = make_certificate(&h, (made){ .name = "s" }),
                         *d = make_certificate(&h, (made){ .name = "d" });
    const wr_certificate_trust *t;

    place(&h, d, WR_LM, NULL, "Root", "");
    place(&h, p, WR_CU_GROUP_POLICY, ALICE, "Root", "");
    place(&h, s, WR_LM_SERVICE, "NTDS", "Root", "");
    place(&h, s, WR_LM_SERVICE, "Spooler", "My", "");
    place(&h, d, WR_CU, "Users/bob", "Disallowed", "");
    judge(&h);
    cr_assert_eq(h.trust.scopes.list.count, 4);
    cr_expect_str_eq(h.trust.scopes.list.items[0].text, USER);
    cr_expect_str_eq(h.trust.scopes.list.items[1].text, "service:NTDS");
    cr_expect_str_eq(h.trust.scopes.list.items[2].text, "service:Spooler");
    cr_expect_str_eq(h.trust.scopes.list.items[3].text, "user:Users/bob");

    t = &h.trust.certificates[index_of(&h, "p")];
    cr_expect_eq(t->scopes.count, 1);
    cr_expect_eq(t->scopes.items[0].different.count, WR_NUM_STANDARD_PURPOSES);
    cr_expect_str_eq(scope_text(&h, "p", USER, "email"), POLICY_ROOT);
    t = &h.trust.certificates[index_of(&h, "s")];
    cr_expect_eq(t->scopes.count, 1);
    cr_expect_str_eq(scope_text(&h, "s", "service:NTDS", "email"),
                     "trusted\ninstalled: in LM-Service:NTDS/Root [hive LM-Service:NTDS\\Root]");
    t = &h.trust.certificates[index_of(&h, "d")];
    cr_expect_eq(t->scopes.count, 1);
    cr_expect_eq(t->refusal.by, WR_DISALLOWED_NOT);
    cr_expect_eq(t->scopes.items[0].refusal.by, WR_DISALLOWED_STORE);
    cr_expect_str_eq(
        scope_text(&h, "d", "user:Users/bob", "code_signing"),
        "distrusted\ndisallowed_store: in a Disallowed store [hive CU:Users/bob\\Disallowed]");
    cr_expect_str_eq(machine_text(&h, "d", "code_signing"), "trusted" ROOT);
}

/* A copy of the user's own takes nothing away from what the machine has, and adds what it lacks. */
Test(verdict, a_users_copy_is_united_with_the_machines)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });

    add_user(&h, ALICE, WR_CONSENT_LIST);
    consent_to(&h, &h.model.users.items[0], &c, 1);
    place(&h, c, WR_LM, NULL, "Root", "9=s");
    place(&h, c, WR_CU, ALICE, "Root", "9=c");
    judge(&h);
    cr_expect_null(scope_text(&h, "c", USER, "server_auth"));
    cr_expect_null(scope_text(&h, "c", USER, "email"));
    cr_expect_str_eq(scope_text(&h, "c", USER, "code_signing"),
                     "trusted" OWN "\nconsented: on the user's list of protected roots" FROM_USER);
    cr_expect_str_eq(machine_text(&h, "c", "code_signing"),
                     "not_trusted" NAMES("1", "code_signing") IN_ROOT ROOT);
}

/* On demand for the machine is so for a user whose own copy is no good. */
Test(verdict, a_users_bad_copy_leaves_what_is_on_demand)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });

    add_user(&h, ALICE, WR_CONSENT_LIST);
    place(&h, c, WR_CU, ALICE, "Root", "");
    enter(&h, c, "");
    judge(&h);
    cr_expect_str_eq(machine_text(&h, "c", "email"), "conditional" ON_DEMAND);
    cr_expect_null(scope_text(&h, "c", USER, "email"));
}

/* Flag 1 is about what users put there themselves; each reason names the place that it was read
 * from. */
Test(verdict, a_users_copies_have_places_of_their_own)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });

    add_user(&h, ALICE, WR_CONSENT_LIST);
    consent_to(&h, &h.model.users.items[0], &c, 1);
    place(&h, c, WR_CU, ALICE, "Root", "84=x");
    judge(&h);
    cr_expect_str_eq(scope_text(&h, "c", USER, "email"),
                     "conditional" CONSTRAINED " [hive CU:Users/alice\\Root]" OWN
                     "\nconsented: on the user's list of protected roots" FROM_USER);
    enter(&h, c, "");
    judge(&h);
    cr_expect_str_eq(scope_text(&h, "c", USER, "email"),
                     "conditional" CONSTRAINED THERE OWN
                     "\nconsented: on the user's list of protected roots" FROM_USER LISTED);

    again();
    c = make_certificate(&h, (made){ .name = "c" });
    set_policy(&h, "ProtectedRoots\\Flags", "key", 0x2f);
    place(&h, c, WR_CU_GROUP_POLICY, ALICE, "Root", "");
    judge(&h);
    cr_expect_str_eq(scope_text(&h, "c", USER, "email"), POLICY_ROOT);
}

/* A purpose that a user's copy alone names is compared with what the machine makes of it. */
Test(verdict, a_purpose_that_a_users_copy_names)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" }),
                         *d = make_certificate(&h, (made){ .name = "d" }),
                         *e = make_certificate(&h, (made){ .name = "e" });
    const wr_certificate *all[] = { c, d, e };

    add_user(&h, ALICE, WR_CONSENT_LIST);
    consent_to(&h, &h.model.users.items[0], all, 3);
    place(&h, c, WR_LM, NULL, "Root", "9=s");
    place(&h, c, WR_CU, ALICE, "Root", "9=o");
    place(&h, d, WR_LM, NULL, "Root", "");
    place(&h, d, WR_CU, ALICE, "Root", "9=o");
    place(&h, e, WR_CU, ALICE, "Root", "122=op");
    judge(&h);
    cr_expect_str_eq(scope_text(&h, "c", USER, "ocsp_signing"),
                     "trusted" OWN "\nconsented: on the user's list of protected roots" FROM_USER);
    cr_expect_null(scope_text(&h, "d", USER, "ocsp_signing"),
                   "the machine trusts it for that, too");
    cr_expect_eq(h.trust.certificates[index_of(&h, "d")].scopes.count, 0);
    cr_expect_null(scope_text(&h, "e", USER, "ocsp_signing"),
                   "a copy of the user's takes nothing away: %s",
                   scope_text(&h, "e", USER, "ocsp_signing"));
}

/* Among the scopes where a certificate differs, any can be asked for. */
Test(verdict, each_scope_is_found)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });
    const wr_certificate_trust *of_c;

    for (size_t i = 0; i < 9; i++)
        place(&h, c, WR_CU, wr_arena_format(&h.arena, "Users/%zu", i), i % 4 == 1 ? "My" : "Root",
              "");
    judge(&h);
    of_c = &h.trust.certificates[0];
    cr_assert_eq(h.trust.scopes.list.count, 9);
    cr_assert_eq(of_c->scopes.count, 7);
    for (size_t i = 0, n = 0; i < 9; i++) {
        const wr_scope_trust *found = wr_trust_in_scope(of_c, &h.trust.scopes.list.items[i]);

        if (i % 4 == 1)
            cr_expect_null(found);
        else
            cr_expect_eq(found, &of_c->scopes.items[n++]);
    }
}

/* A host of one store, a part of which was lost. */
Test(verdict, one_damaged_store_is_enough)
{
    skip_in(WR_LM, NULL, "Root");
    judge(&h);
    cr_expect(wr_trust_absence_unknown(&h.trust, "Root"));
    cr_expect(h.trust.stores_damaged);
    h.model.stores.items[0].num_skipped = 0;
    judge(&h);
    cr_expect_not(wr_trust_absence_unknown(&h.trust, "Root"));
    cr_expect_not(h.trust.stores_damaged);
}

/* In whatever order they stand; a service's own, too, whatever flags say of users. */
Test(verdict, each_of_several_roots_of_a_user)
{
    static const char *const names[] = { "a", "b", "c", "d", "e", "f" };

    set_policy(&h, "ProtectedRoots\\Flags", "key", 8);
    for (size_t i = 0; i < 6; i++)
        place(&h, make_certificate(&h, (made){ .name = names[i] }), WR_LM, NULL, "My", "");
    for (size_t i = 0; i < 5; i++) {
        place(&h, named(&h, names[4 - i]), WR_CU, ALICE, "Root", "");
        place(&h, named(&h, names[(2 * i + 3) % 5]), WR_LM_SERVICE, "NTDS", "Root", "");
    }
    judge(&h);
    for (size_t i = 0; i < 6; i++) {
        cr_expect_eq(scope_text(&h, names[i], USER, "email") != NULL, i < 5, "%s", names[i]);
        cr_expect_eq(scope_text(&h, names[i], "service:NTDS", "email") != NULL, i < 5, "%s",
                     names[i]);
    }
}

/* A user refuses several: each by the first of its copies there. */
Test(verdict, a_user_who_refuses_several)
{
    static const char *const names[] = { "e", "b", "d", "a", "c" };

    for (size_t i = 0; i < 5; i++)
        place(&h, make_certificate(&h, (made){ .name = names[i] }), WR_LM, NULL, "Root", "");
    for (size_t i = 0; i < 4; i++)
        place(&h, named(&h, names[(3 * i + 1) % 5]), WR_CU, ALICE, "Disallowed", "")->path =
            wr_arena_format(&h.arena, "first %zu", i);
    for (size_t i = 0; i < 4; i++)
        place(&h, named(&h, names[(2 * i + 1) % 5]), WR_CU_GROUP_POLICY, ALICE, "Disallowed", "");
    judge(&h);
    for (size_t i = 0; i < 5; i++) {
        const char *told = scope_text(&h, names[i], USER, "email"), *expected = NULL;

        for (size_t j = 0; j < 4 && !expected; j++)
            if (!strcmp(names[i], names[(3 * j + 1) % 5]))
                expected = wr_arena_format(
                    &h.arena,
                    "distrusted\ndisallowed_store: in a Disallowed store [hive first %zu]", j);
        for (size_t j = 0; j < 4 && !expected; j++)
            if (!strcmp(names[i], names[(2 * j + 1) % 5]))
                expected = "distrusted\ndisallowed_store: in a Disallowed store [hive "
                           "CU-GroupPolicy:Users/alice\\Disallowed]";
        cr_expect(told ? expected && !strcmp(told, expected) : !expected, "%s: %s, not %s",
                  names[i], told, expected);
    }
}

/* Certificates of the same signed part are refused together, for that user alone. */
Test(verdict, a_users_refusal_is_by_the_signed_part)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" }),
                         *o = make_certificate(&h, (made){ .name = "o" });
    wr_view twin;

    cr_assert(wr_arena_copy(&h.arena, c->x509.der, &twin));
    ((uint8_t *)(uintptr_t)twin.data)[twin.len - 1] ^= 1;
    place(&h, c, WR_LM, NULL, "Root", "");
    place(&h, o, WR_LM, NULL, "Root", "");
    place(&h, know(&h, "twin", twin), WR_CU, ALICE, "Disallowed", "");
    place(&h, o, WR_CU, ALICE, "CA", "");
    judge(&h);
    cr_expect_str_eq(
        scope_text(&h, "c", USER, "email"),
        "distrusted\ndisallowed_store: in a Disallowed store [hive CU:Users/alice\\Disallowed]");
    cr_expect_null(scope_text(&h, "o", USER, "email"));
}

Test(verdict, what_a_user_alone_lacks_makes_every_certificate_another_matter)
{
    const struct {
        const char *what, *expected_root, *expected_other;
    } expected[] = {
        { "root", NULL, MAY_BE_IN(" of the Root store of user:Users/alice") },
        { "disallowed", "unknown" REFUSAL_IN("user:Users/alice") ROOT,
          "not_trusted\nnot_installed: in no root store of the machine [ ]" REFUSAL_IN(
              "user:Users/alice") },
        { "shut", SHUT(BY_REGISTRATION, "[hive PhysicalStores\\.LocalMachine]"), NULL },
        { "elsewhere", NULL,
          "unknown\nphysical_store_elsewhere: a member of Root is registered that is not in the "
          "evidence [hive "
          "PhysicalStores\\Acme]" },
        { "flag 2 of another member", NULL, NULL },
    };

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *texts[2];

        again();
        place(&h, make_certificate(&h, (made){ .name = "r" }), WR_LM, NULL, "Root", "");
        place(&h, make_certificate(&h, (made){ .name = "o" }), WR_LM, NULL, "CA", "");
        if (i == 0)
            skip_in(WR_CU, ALICE, "Root");
        else if (i == 1)
            skip_in(WR_CU, ALICE, "Disallowed");
        else if (i == 2)
            register_member(&h, WR_CU, ALICE, "Root", ".LocalMachine", "#0", 2);
        else if (i == 3)
            register_member(&h, WR_CU, ALICE, "Root", "Acme", "File", 0);
        else
            register_member(&h, WR_CU, ALICE, "Root", ".Default", "#0", 2);
        skip_in(WR_CU, ALICE, "CA");
        judge(&h);
        texts[0] = scope_text(&h, "r", USER, "email");
        texts[1] = scope_text(&h, "o", USER, "email");
        cr_expect(texts[0]
                      ? expected[i].expected_root && !strcmp(texts[0], expected[i].expected_root)
                      : !expected[i].expected_root,
                  "%s: %s", expected[i].what, texts[0]);
        cr_expect(texts[1]
                      ? expected[i].expected_other && !strcmp(texts[1], expected[i].expected_other)
                      : !expected[i].expected_other,
                  "%s: %s", expected[i].what, texts[1]);
        cr_expect_str_eq(machine_text(&h, "r", "email"), "trusted" ROOT);
        cr_expect_str_eq(machine_text(&h, "o", "email"), NOT_INSTALLED);
    }
}

/* ---- what the list has and the host has not ----------------------------------------------------
 */

static const char *on_demand_text(void)
{
    const char *text = "";

    for (size_t i = 0; i < h.trust.on_demand.count; i++) {
        const wr_on_demand *d = &h.trust.on_demand.items[i];
        const char *name = "?";

        for (size_t j = 0; j < h.num_certificates; j++)
            if (wr_view_is(d->entry->id, h.certificates[j].facts.sha1, WR_SHA1_LEN))
                name = h.certificates[j].name;
        text =
            wr_arena_format(&h.arena, "%s%s \"%s\" %s%s", text, name, d->name,
                            wr_availability_name(d->availability), d->all_purposes ? " all" : "");
        for (size_t j = 0; j < d->purposes.count; j++)
            text = wr_arena_format(&h.arena, "%s %s", text, d->purposes.items[j]->name);
        text = wr_arena_format(&h.arena, "%s\n", text);
    }
    return text;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

#define FIVE " server_auth client_auth code_signing email time_stamping"

Test(verdict, what_is_listed_and_not_installed_is_on_demand)
{
    static const struct {
        const char *name, *entry, *line;
    } entries[] = {
        { "a", "", "a \"\" fetchable all" FIVE },
        { "b", "9=sc", "b \"\" fetchable server_auth code_signing" },
        { "c", "122=s 104=2028", "c \"\" fetchable all code_signing time_stamping" },
        { "d", "126=2028", "d \"\" fetchable all" FIVE },
        { "e", "9=", "e \"\" fetchable" },
        { "f", "104=?", "f \"\" fetchable all" },
        { "g", "", NULL },
        { "i", "84=x", "i \"\" fetchable all" FIVE },
    };
    const char *lines[sizeof entries / sizeof *entries], *sorted = "", *found[16];
    size_t count = 0, num_found = 0;
    octets odd = { .len = 0 };
    char *text, *rest;

    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        const wr_certificate *cert = make_certificate(&h, (made){ .name = entries[i].name });
        enter(&h, cert, entries[i].entry);
        if (!entries[i].line)
            place(&h, cert, WR_LM, NULL, "Root", "");
        else if (i == 2)
            place(&h, cert, WR_LM, NULL, "CA", "");
        if (entries[i].line)
            lines[count++] = entries[i].line;
    }
    add_entry(&h, h.authroot, "no SHA-1", 8, &odd);
    judge(&h);
    cr_assert_eq(h.trust.num_program, sizeof entries / sizeof *entries);
    cr_assert_eq(h.trust.on_demand.count, count);
    for (size_t i = 1; i < count; i++)
        cr_expect_lt(wr_view_compare(h.trust.on_demand.items[i - 1].entry->id,
                                     h.trust.on_demand.items[i].entry->id),
                     0, "in the order of their ids");
    text = wr_arena_text(&h.arena, on_demand_text());
    for (rest = text; *rest; rest++) {
        found[num_found++] = rest;
        rest += strcspn(rest, "\n");
        *rest = 0;
    }
    qsort(found, num_found, sizeof *found, compare_lines);
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(found[i], lines[i]);
    (void)sorted;
}

Test(verdict, a_name_in_the_list_and_the_policy_are_told)
{
    octets attributes = { .len = 0 }, name = { .len = 0 };
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });
    wr_availability availability;

    add_octets(&name, "R\0o\0\0\0x\0", 8);
    add_attribute(&attributes, 11, &name);
    add_entry(&h, list_of(&h, WR_CTL_AUTHROOT, &h.authroot), c->sha1, WR_SHA1_LEN, &attributes);
    judge(&h);
    cr_expect_str_eq(on_demand_text(), "c \"Ro\" fetchable all" FIVE "\n");
    cr_expect(wr_trust_availability(&h.trust, c->sha1, &availability));
    cr_expect_eq(availability, WR_FETCHABLE);
    cr_expect_not(
        wr_trust_availability(&h.trust, (const uint8_t *)"01234567890123456789", &availability));

    set_policy(&h, "DisableRootAutoUpdate", "key", 1);
    judge(&h);
    cr_expect_str_eq(on_demand_text(), "c \"Ro\" blocked_by_policy all" FIVE "\n");
    cr_expect(wr_trust_availability(&h.trust, c->sha1, &availability));
    cr_expect_eq(availability, WR_BLOCKED_BY_POLICY);
    cr_expect_str_eq(wr_availability_name(WR_MAYBE_EMBEDDED), "maybe_embedded");
    cr_expect_str_eq(wr_availability_name(WR_AVAILABILITY_UNKNOWN), "unknown");
}

/* 2.3, the truth table. */
Test(verdict, the_update_policies)
{
    static const struct {
        int off, on;
        bool roots, refusals;
    } policies[] = { { -1, -1, true, true }, { 0, -1, true, true },  { 1, -1, false, false },
                     { 2, -1, true, true },  { 1, 0, false, false }, { 1, 1, false, true },
                     { 1, 2, false, false }, { 0, 0, true, true },   { -1, 0, true, true },
                     { -1, 1, true, true } };

    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        again();
        if (policies[i].off >= 0)
            set_policy(&h, "DisableRootAutoUpdate", "key", (uint64_t)policies[i].off);
        if (policies[i].on >= 0)
            set_policy(&h, "EnableDisallowedCertAutoUpdate", "key", (uint64_t)policies[i].on);
        judge(&h);
        cr_expect_eq(h.trust.root_auto_update, policies[i].roots, "row %zu", i);
        cr_expect_eq(h.trust.disallowed_auto_update, policies[i].refusals, "row %zu", i);
    }
}

/* What an entry would give once its certificate is there. */
Test(verdict, of_an_entry_alone)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" }),
                         *o = make_certificate(&h, (made){ .name = "o" });
    wr_purpose server, other;
    const wr_verdict *v;
    wr_error e;

    cr_assert(wr_purpose_parse("server_auth", &h.arena, &server, &e));
    cr_assert(wr_purpose_parse("1.2.3.4", &h.arena, &other, &e));
    enter(&h, c, "9=s 104=2028");
    judge(&h);
    cr_assert((v = wr_trust_verdict_if_fetched(&h.trust, c->sha1, &server, &h.arena)));
    cr_expect_str_eq(verdict_text(&h, v), "distrusted" DISABLED(IN_2028) THERE LISTED);
    cr_assert((v = wr_trust_verdict_if_fetched(&h.trust, c->sha1, &other, &h.arena)));
    cr_expect_str_eq(verdict_text(&h, v),
                     "distrusted" DISABLED(IN_2028) THERE NAMES("1", "1.2.3.4") THERE LISTED);
    cr_expect_null(wr_trust_verdict_if_fetched(&h.trust, o->sha1, &server, &h.arena));
    cr_expect_null(wr_trust_program_entry(&h.trust, o->sha1));
    cr_expect_eq(wr_trust_program_entry(&h.trust, c->sha1), &h.authroot->entries.items[0]);
}

/* A purpose that no row speaks of is judged when it is asked for. */
Test(verdict, any_purpose_can_be_asked_for)
{
    wr_purpose purpose;
    const wr_verdict *v;
    wr_error e;

    place(&h, make_certificate(&h, (made){ .name = "c" }), WR_LM, NULL, "Root", "9=s");
    judge(&h);
    cr_assert(wr_purpose_parse("1.2.3.4", &h.arena, &purpose, &e));
    cr_assert((v = wr_trust_verdict(&h.trust, 0, &purpose, &h.arena)));
    cr_expect_str_eq(verdict_text(&h, v), "not_trusted" NAMES("1", "1.2.3.4") IN_ROOT ROOT);
    for (size_t i = 0; i < WR_NUM_STANDARD_PURPOSES; i++)
        cr_expect_eq(wr_trust_verdict(&h.trust, 0, wr_purpose_standard(i), &h.arena),
                     &h.trust.certificates[0].machine.items[i]);
}

/* ---- which list is in force --------------------------------------------------------------------
 */

static wr_list *another_list(wr_ctl_kind kind, int year, const char *sequence, const char *owner)
{
    wr_ctl *ctl = NULL;
    wr_list *list;

    list_of(&h, kind, &ctl);
    list = &h.model.lists.items[h.model.lists.count - 1];
    cr_assert(wr_time_from_civil(year, 1, 1, 0, 0, 0, &ctl->this_update));
    ctl->sequence = view_of(sequence, strlen(sequence));
    list->owner = owner;
    return list;
}

Test(verdict, of_each_kind_the_newest_list_of_the_machine_is_in_force)
{
    static const char *const why[] = {
        "a newer list is in force", "it is in a user's store, not the machine's",  "", "",
        "a newer list is in force", "lists of this kind do not bear on root trust"
    };

    another_list(WR_CTL_AUTHROOT, 2020, "\x01", NULL);
    another_list(WR_CTL_AUTHROOT, 2029, "\x09", "Users/alice");
    another_list(WR_CTL_AUTHROOT, 2021, "\x01", NULL);
    another_list(WR_CTL_DISALLOWED, 2022, "\x02", NULL);
    another_list(WR_CTL_DISALLOWED, 2022, "\x01", NULL);
    another_list(WR_CTL_PINRULES, 2022, "\x01", NULL);
    judge(&h);
    cr_expect_eq(h.trust.authroot, &h.model.lists.items[2]);
    cr_expect_eq(h.trust.disallowed, &h.model.lists.items[3]);
    for (size_t i = 0; i < 6; i++) {
        cr_expect_str_eq(h.trust.lists[i].why_not, why[i], "list %zu", i);
        cr_expect_eq(h.trust.lists[i].in_force, i == 2 || i == 3, "list %zu", i);
    }
    h.options.allow_unverified_lists = false;
    judge(&h);
    cr_expect_null(h.trust.authroot);
    for (size_t i = 0; i < 5; i++)
        cr_expect_str_eq(
            h.trust.lists[i].why_not,
            "its signature does not verify (--allow-unverified-lists uses it all the same)",
            "list %zu", i);
}

/* A list that lacks its CA is completed by what the evidence or the supply has; its root is
 * nobody's. */
Test(verdict, the_chain_of_a_list_is_completed_by_what_is_at_hand)
{
    for (int where = 0; where < 4; where++) {
        signed_list l;
        wr_ctl *ctl;
        wr_list *list;
        const wr_certificate *ca, *other;
        size_t len;
        uint8_t *bytes = read_file(FIXTURE("ctl/ca.cer"), &len);
        wr_view der;
        wr_error e;

        again();
        cr_assert(wr_arena_copy(&h.arena, view_of(bytes, len), &der));
        free(bytes);
        load_list("without_ca.stl", &l);
        ctl = WR_NEW(&h.arena, wr_ctl, 1);
        list = WR_APPEND(&h.arena, &h.model.lists, wr_list);
        cr_assert(ctl && list && wr_ctl_parse(l.message.content, &h.arena, ctl, &e));
        *list = (wr_list){ .ctl = ctl, .message = &l.message, .source = "list", .path = "" };
        other = make_certificate(&h, (made){ .name = "other" });
        ca = know(&h, "ca", der);
        if (where == 1)
            place(&h, ca, WR_LM, NULL, "CA", "");
        place(&h, other, WR_LM, NULL, "My", "");
        if (where == 2)
            place(&h, ca, WR_LM, NULL, "CA", "");
        supply(&h, other);
        if (where == 3)
            supply(&h, ca);
        judge(&h);
        cr_expect_eq(h.trust.lists[0].signature.status,
                     where ? WR_SIGNATURE_UNTRUSTED_CHAIN : WR_SIGNATURE_INCOMPLETE_CHAIN, "%d: %s",
                     where, wr_signature_status_name(h.trust.lists[0].signature.status));
        unload_list(&l);
    }
}

/* ---- the version of Windows --------------------------------------------------------------------
 */

Test(verdict, the_version_is_given_or_found_or_assumed)
{
    h.model.host.os = (wr_os){ .known = true, .major = 6, .minor = 3, .product_name = "found" };
    judge(&h);
    cr_expect_str_eq(h.trust.os.product_name, "found");
    cr_expect_not(h.trust.os_assumed);
    h.options.os_given = true;
    h.options.os = (wr_os){ .known = true, .major = 11, .product_name = "given" };
    judge(&h);
    cr_expect_str_eq(h.trust.os.product_name, "given");
    cr_expect_not(h.trust.os_assumed);
    h.options.os_given = false;
    h.model.host.os.known = false;
    judge(&h);
    cr_expect(h.trust.os_assumed);
    cr_expect_eq(h.trust.os.major, 10);
    cr_expect_str_eq(h.trust.os.product_name, "");
}

/* ---- memory ------------------------------------------------------------------------------------
 */

static bool evaluate(wr_arena *arena, wr_error *err)
{
    wr_trust trust;

    return wr_trust_evaluate(&h.model, &h.options, arena, &trust, err);
}

/* So many that what is looked for is indexed. */
static void place_many(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wr_certificate facts;
        wr_error e;

        cr_assert(wr_certificate_facts(
            made_der(&h, (made){ .name = "many", .key = wr_arena_format(&h.arena, "%zu", i) }),
            &facts, &e));
        place(&h, &facts, WR_LM, NULL, i % 2 ? "Root" : "My", "");
    }
}

/* A host on which every part has something to do. */
Test(verdict, every_allocation_that_fails_ends_it)
{
    const wr_certificate *c = make_certificate(
                             &h, (made){ .name = "c", .eku = "sco", .rsa_bits = 1022 }),
                         *d = make_certificate(&h, (made){ .name = "d", .until = 2029 }),
                         *l = make_certificate(&h, (made){ .name = "l" }),
                         *k = make_certificate(&h, (made){ .name = "k", .strange_key = true }),
                         *n = make_certificate(&h, (made){ .name = "n" }),
                         *p = make_certificate(&h,
                                               (made){ .name = "AVG", .issuer = "x", .ca = 'n' });
    octets attributes = { .len = 0 }, name = { .len = 0 };

    add_octets(&name, "R\0o\0o\0t\0", 8);
    add_attribute(&attributes, 11, &name);
    place(&h, c, WR_LM, NULL, "AuthRoot",
          "9=sp 122=o 104=2028 126=2028 127=sct 128=2028 84=x 3=other 2=x");
    place(&h, c, WR_LM, NULL, "Root", "");
    place(&h, d, WR_CU, ALICE, "Root", "");
    place(&h, d, WR_LM, NULL, "AuthRoot", "");
    place(&h, d, WR_LM_SERVICE, "NTDS", "Root", "9=s");
    place(&h, p, WR_LM, NULL, "Root", "");
    place(&h, p, WR_LM, NULL, "Disallowed", "")->name_mismatch = true;
    place(&h, c, WR_CU, ALICE, "Disallowed", "");
    place(&h, l, WR_LM_WOW64, NULL, "Root", "");
    place(&h, d, WR_CU, ALICE, "Root", "9=o 122=p");
    place(&h, k, WR_LM, NULL, "Root", "");
    place(&h, n, WR_LM, NULL, "CA", "");
    place(&h, p, WR_CU, ALICE, "Disallowed", "");
    place_many(20);
    add_user(&h, ALICE, WR_CONSENT_LIST);
    register_member(&h, WR_CU, ALICE, "Root", "Acme", "File", 0);
    skip_in(WR_CU, ALICE, "Disallowed");
    enter(&h, c, "9=s 104=2028 98=own");
    enter(&h, n, "9=sc 122=o 127=t");
    enter(&h, make_certificate(&h, (made){ .name = "nowhere" }), "9=sc 122=o 127=t");
    add_entry(&h, h.authroot, l->sha1, WR_SHA1_LEN, &attributes);
    refuse_key(&h, d);
    set_policy(&h, "DisableRootAutoUpdate", "key", 1);
    set_policy(&h, "ProtectedRoots\\Flags", "key", 4);
    set_policy(&h, "RootDirUrl", "key", 4);
    judge(&h);
    cr_assert_gt(h.trust.findings.count, 12);
    every_failing_allocation_is_told(evaluate);
}
