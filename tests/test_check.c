/* test_check.c - what is concluded of an item, whole: result, state, what is said and where it was
 * read; docs/profile.md. */
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

TestSuite(check, .init = start, .fini = stop);

#define IN_ROOT       "'kind':'certificate-present','store':'Root','certificate':'c'"
#define TO_SIGN       IN_ROOT ",'purposes':['code_signing']"
#define IN(store)     "'kind':'certificate-present','store':'" store "','certificate':'c'"
#define NOT_IN(store) "'kind':'certificate-absent','store':'" store "','certificate':'c'"
#define NOT_REFUSED   "'kind':'not-disallowed','certificate':'c'"
#define OLD           ",'accept_expired':true"
#define EXISTING      ",'existing_signatures':true"

/* "RESULT state [source path] detail" */
static const char *text_of(const wr_check *c)
{
    return wr_arena_format(&h.arena, "%s %s [%s %s] %s", wr_result_name(c->result), c->state,
                           c->source, c->path, c->detail);
}

static wr_comparison ask_all(const char *items)
{
    return compare(&h, profile_of(&h, "p", items));
}

/* What is said of an item alone in a profile. */
static const char *told(const char *members)
{
    wr_comparison all = ask_all(wr_arena_format(
        &h.arena, "{'id':'i','severity':'required','basis':'inferred',%s}", members));

    return text_of(&all.checks.items[0]);
}

#define EXPECT(members, text)                                                                      \
    cr_expect_str_eq(told(members), text, "%s: %s", members, told(members))

#define TOP(id, severity, members)                                                                 \
    "{'id':'" id "','severity':'" severity "','basis':'inferred'," members "}"

/* A profile with certificates of its own. */
static const wr_profile *profile_with(const char *certificates, const char *items)
{
    wr_profile *profile = WR_NEW(&h.arena, wr_profile, 1);
    char *text = wr_arena_format(
        &h.arena,
        "{'schema':'winroots.profile/1','id':'p','title':'t','version':'1','certificates':{%s},"
        "'requirements':[%s]}",
        certificates, items);
    wr_error e;

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    cr_assert(wr_profile_parse(view_of(text, strlen(text)), &h.arena, profile, &e), "%s: %s",
              e.path, e.message);
    return profile;
}

/* ---- certificates ------------------------------------------------------------------------------
 */

#define LISTED "in no root store of the machine; the root list of 2026-04-22T00:00:00Z "
#define UNREAD "not found, but a part of the evidence could not be read"

/* Letters as in host.h; 0 stands for the root list without an entry of c. */
static const struct {
    const char *place, *stored; /* store of the machine, "" = none */
    const char *listed;         /* NULL = no entry */
    const char *letters;
    const char *item, *text;
} rows[] = {
    { "Root", "", NULL, "", IN_ROOT, "PASS present [hive LM\\Root] in LM/Root" },
    { "Root", "", NULL, "", TO_SIGN,
      "PASS present_usable [hive LM\\Root] in LM/Root, trusted for code_signing" },
    { "Root", "", NULL, "", IN_ROOT ",'purposes':['email','code_signing']",
      "PASS present_usable [hive LM\\Root] in LM/Root, trusted for email and code_signing" },
    { "Root", "", NULL, "", IN_ROOT ",'purposes':['email','code_signing','server_auth','1.2.3']",
      "PASS present_usable [hive LM\\Root] in LM/Root, trusted for email, code_signing, "
      "server_auth and 1.2.3" },
    { "Root", "", "126=2028", "", TO_SIGN,
      "FAIL present_restricted [list EncodedCtl] in LM/Root; for code_signing: only end "
      "certificates issued before "
      "2028-01-01T00:00:00Z" },
    { "Root", "", "126=2028", "", TO_SIGN EXISTING,
      "PASS present_restricted [list EncodedCtl] in LM/Root; for code_signing: only end "
      "certificates issued before "
      "2028-01-01T00:00:00Z" },
    { "Root", "126=2028", NULL, "", TO_SIGN,
      "FAIL present_restricted [hive LM\\Root] in LM/Root; for code_signing: only end certificates "
      "issued before "
      "2028-01-01T00:00:00Z" },
    { "Root", "9=s", NULL, "", IN_ROOT ",'purposes':['server_auth','email']",
      "FAIL present_unusable [hive LM\\Root] in LM/Root; for email: property 9 names 1 purposes, "
      "not email" },
    /* of several that are no good the worst, of equal ones the first */
    { "Root", "9=s 126=2028", NULL, "",
      IN_ROOT ",'purposes':['server_auth','email','code_signing']",
      "FAIL present_unusable [hive LM\\Root] in LM/Root; for email: property 9 names 1 purposes, "
      "not email" },
    { "Root", "122=s", NULL, "", IN_ROOT ",'purposes':['email','server_auth']" EXISTING OLD,
      "FAIL present_unusable [hive LM\\Root] in LM/Root; for server_auth: property 122 removes "
      "server_auth" },
    { "Root", "104=?", NULL, "", TO_SIGN,
      "UNKNOWN present_unknown [hive LM\\Root] in LM/Root; for code_signing: property 104 cannot "
      "be decoded" },
    { "Root", "126=2028", NULL, "", IN_ROOT, "PASS present [hive LM\\Root] in LM/Root" },
    { "Root", "", NULL, "K", TO_SIGN,
      "FAIL disallowed [list EncodedCtl] in LM/Root; the disallowed list refuses its key" },
    { "Root", "", NULL, "D", TO_SIGN,
      "FAIL disallowed [hive path] in LM/Root; a Disallowed store of the machine refuses "
      "it" },
    { "Root", "", NULL, "D", IN_ROOT OLD EXISTING,
      "FAIL disallowed [hive path] in LM/Root; a Disallowed store of the machine refuses "
      "it" },
    { "AuthRoot", "", NULL, "F", TO_SIGN,
      "FAIL present_unusable [hive " AUTHROOT_KEY
      "] in LM/AuthRoot; for code_signing: ProtectedRoots flag 8 keeps the third-party store "
      "shut" },
    { "AuthRoot", "", NULL, "F", IN_ROOT,
      "FAIL present_unusable [hive LM\\AuthRoot] in LM/AuthRoot; policy keeps Windows from opening "
      "that store" },
    { "AuthRoot", "", NULL, "FD", IN_ROOT,
      "FAIL disallowed [hive path] in LM/AuthRoot; a Disallowed store of the machine refuses "
      "it" },
    { "AuthRoot", "", NULL, "FM", IN_ROOT,
      "FAIL present_unusable [hive LM\\AuthRoot] in LM/AuthRoot; policy keeps Windows from opening "
      "that store" },
    { "Root", "", NULL, "M", TO_SIGN,
      "PASS present_usable [hive LM\\Root] in LM/Root, trusted for code_signing" },
    { "Root", "", NULL, "M", IN_ROOT,
      "UNKNOWN present_unknown [hive LM\\Root] in LM/Root; a refusal may be in what could not be "
      "read of a Disallowed store" },

    { "", "", NULL, "", TO_SIGN,
      "FAIL absent_unfetchable [ ] in no root store of the machine; no root list is at hand" },
    { "CA", "", NULL, "", TO_SIGN,
      "FAIL absent_unfetchable [ ] in no root store of the machine, found only in LM/CA; no root "
      "list is at hand" },
    { "", "", NULL, "0", TO_SIGN, "FAIL absent_unfetchable [ ] " LISTED "does not have it" },
    { "", "", "", "", TO_SIGN,
      "FAIL absent_fetchable [list EncodedCtl] " LISTED
      "has it, but a host that is offline cannot fetch it" },
    { "", "", "", "q", TO_SIGN,
      "PASS absent_fetchable [list EncodedCtl] in no root store of the machine; a connected host "
      "fetches it by the root "
      "list of 2026-04-22T00:00:00Z" },
    { "", "", "126=2028", "q", TO_SIGN,
      "FAIL absent_fetchable [list EncodedCtl] in no root store of the machine; a connected host "
      "fetches it by the root "
      "list of 2026-04-22T00:00:00Z; for code_signing: only end certificates issued before "
      "2028-01-01T00:00:00Z" },
    { "", "", "126=2028", "q", IN_ROOT,
      "PASS absent_fetchable [list EncodedCtl] in no root store of the machine; a connected host "
      "fetches it by the root "
      "list of 2026-04-22T00:00:00Z" },
    { "", "", "9=s 104=2028", "q", IN_ROOT ",'purposes':['server_auth','code_signing']",
      "FAIL absent_fetchable [list EncodedCtl] in no root store of the machine; a connected host "
      "fetches it by the root "
      "list of 2026-04-22T00:00:00Z; for server_auth: disabled since 2028-01-01T00:00:00Z" },
    { "CA", "", "", "x", TO_SIGN, NULL },
    { "", "", "", "p", TO_SIGN,
      "FAIL absent_unfetchable [list EncodedCtl] " LISTED
      "has it, but root auto-update is turned off" },
    { "", "", NULL, "SK", TO_SIGN,
      "FAIL disallowed [list EncodedCtl] not in Root; the disallowed list refuses it" },
    { "", "", NULL, "DK", TO_SIGN,
      "FAIL disallowed [hive path] not in Root, found only in LM/Disallowed; a Disallowed "
      "store of the machine "
      "refuses it" },
    { "CA", "", NULL, "K", TO_SIGN,
      "FAIL disallowed [list EncodedCtl] not in Root, found only in LM/CA; the disallowed list "
      "refuses its key" },
    { "", "", NULL, "M", TO_SIGN, "UNKNOWN absent_unknown [ ] " UNREAD },
    { "CA", "", NULL, "M", TO_SIGN,
      "UNKNOWN absent_unknown [ ] not found, found only in LM/CA, but a part of the evidence could "
      "not be read" },

    { "CA", "", NULL, "", IN("CA"), "PASS present [hive LM\\CA] in LM/CA" },
    { "", "", NULL, "", IN("CA"), "FAIL absent_unfetchable [ ] not in CA of the machine" },
    { "Root", "", NULL, "", IN("CA"),
      "FAIL absent_unfetchable [ ] not in CA of the machine, found only in LM/Root" },
    { "CA", "", NULL, "K", IN("CA"),
      "FAIL disallowed [list EncodedCtl] in LM/CA; the disallowed list refuses its key" },
    { "CA", "", NULL, "M", IN("CA"),
      "UNKNOWN present_unknown [hive LM\\CA] in LM/CA; a refusal may be in what could not be read "
      "of a Disallowed store" },
    { "Disallowed", "", NULL, "", IN("Disallowed"),
      "PASS present [hive LM\\Disallowed] in LM/Disallowed" },
    { "Root", "", NULL, "K", IN("Disallowed"),
      "FAIL absent_unfetchable [ ] not in Disallowed of the machine, found only in LM/Root" },

    { "Root", "", NULL, "", NOT_IN("Root"),
      "FAIL present [hive LM\\Root] in LM/Root, expected nowhere in Root" },
    { "AuthRoot", "", NULL, "", NOT_IN("Root"),
      "FAIL present [hive LM\\AuthRoot] in LM/AuthRoot, expected nowhere in Root" },
    { "", "", NULL, "", NOT_IN("Root"), "PASS absent [ ] not in Root of the machine" },
    { "CA", "", NULL, "M", NOT_IN("Root"), "UNKNOWN absent_unknown [ ] " UNREAD },

    { "", "", NULL, "", NOT_REFUSED, "PASS  [ ] no Disallowed store refuses it" },
    { "", "", NULL, "k", NOT_REFUSED,
      "UNKNOWN  [ ] in no Disallowed store; the disallowed list names keys, and the certificate is "
      "not at hand: give it "
      "with --supply" },
    { "", "", NULL, "Sk", NOT_REFUSED, "PASS  [ ] no Disallowed store and no list refuses it" },
    { "CA", "", NULL, "k", NOT_REFUSED, "PASS  [ ] no Disallowed store and no list refuses it" },
    { "CA", "", NULL, "K", NOT_REFUSED,
      "FAIL disallowed [list EncodedCtl] the disallowed list refuses its key" },
    { "", "", NULL, "SK", NOT_REFUSED,
      "FAIL disallowed [list EncodedCtl] the disallowed list refuses it" },
    { "", "", NULL, "D", NOT_REFUSED,
      "FAIL disallowed [hive path] a Disallowed store of the machine refuses it" },
    { "", "", NULL, "M", NOT_REFUSED,
      "UNKNOWN  [ ] no refusal found, but a part of the evidence could not be read" },
};

Test(check, each_state_is_told_with_what_decided)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const wr_certificate *c, *other;
        char letters[8] = "";

        if (!rows[i].text)
            continue;
        again();
        other = make_certificate(&h, (made){ .name = "other" });
        c = make_certificate(&h, (made){ .name = "c" });
        place(&h, other, WR_LM, NULL, "My", "");
        if (*rows[i].place)
            place(&h, c, WR_LM, NULL, rows[i].place, rows[i].stored);
        if (rows[i].listed || strchr(rows[i].letters, '0'))
            enter(&h, other, "");
        if (rows[i].listed)
            enter(&h, c, rows[i].listed);
        for (const char *l = rows[i].letters; *l; l++)
            if (*l == 'p')
                set_policy(&h, "DisableRootAutoUpdate", "key", 1);
            else if (*l == 'k')
                refuse_key(&h, other);
            else if (*l != '0')
                letters[strlen(letters)] = *l;
        set_up(&h, c, letters);
        judge(&h);
        EXPECT(rows[i].item, rows[i].text);
    }
}

/* A machine's store is the union of three places, and Root has AuthRoot beside them: in this order.
 */
Test(check, the_first_of_a_stores_places_is_told)
{
    static const struct {
        wr_location location;
        const char *store;
    } places[] = { { WR_LM, "AuthRoot" },
                   { WR_LM_ENTERPRISE, "Root" },
                   { WR_LM_GROUP_POLICY, "Root" },
                   { WR_LM, "Root" } };
    static const char *const texts[] = {
        "PASS present [hive LM\\AuthRoot] in LM/AuthRoot",
        "PASS present [hive LM-Enterprise\\Root] in LM-Enterprise/Root",
        "PASS present [hive LM-GroupPolicy\\Root] in LM-GroupPolicy/Root",
        "PASS present [hive LM\\Root] in LM/Root"
    };
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });

    for (size_t i = 0; i < 4; i++) {
        place(&h, c, places[i].location, NULL, places[i].store, "");
        judge(&h);
        EXPECT(IN_ROOT, texts[i]);
    }
    again();
    c = make_certificate(&h, (made){ .name = "c" });
    place(&h, c, WR_LM, NULL, "AuthRoot", "");
    place(&h, c, WR_LM_ENTERPRISE, NULL, "TrustedPeople", "");
    place(&h, c, WR_CU, "Users/a", "TrustedPublisher", "");
    place(&h, c, WR_LM_WOW64, NULL, "CA", "");
    judge(&h);
    EXPECT(IN("TrustedPeople"),
           "PASS present [hive LM-Enterprise\\TrustedPeople] in LM-Enterprise/TrustedPeople");
    EXPECT(IN("TrustedPublisher"), "FAIL absent_unfetchable [ ] not in TrustedPublisher of the "
                                   "machine, found only in LM/AuthRoot");
    EXPECT(NOT_IN("CA"), "PASS absent [ ] not in CA of the machine");
    h.model.instances.items[0].deleted = true;
    judge(&h);
    EXPECT(IN("TrustedPublisher"), "FAIL absent_unfetchable [ ] not in TrustedPublisher of the "
                                   "machine, found only in LM-Enterprise/TrustedPeople");
}

/* By itself, without a purpose, a certificate is good from its first tick to its last. */
Test(check, dates_count_to_the_tick)
{
    static const struct {
        int from, until;
        int64_t moved;
        const char *rest;
    } dates[] = {
        { 2030, 0, 0, "" },
        { 2030, 0, -1, "FAIL present_unusable; valid from 2030-01-01T00:00:00Z" },
        { 0, 2030, 0, "" },
        { 0, 2030, 1, "FAIL present_expired; expired on 2030-01-01T00:00:00Z" },
    };
    static const char *const stores[] = { "Root", "CA" };

    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        for (size_t s = 0; s < 2; s++) {
            const char *text, *rest = dates[i].rest;

            again();
            h.options.as_of += (wr_time)dates[i].moved;
            place(&h,
                  make_certificate(
                      &h, (made){ .name = "c", .from = dates[i].from, .until = dates[i].until }),
                  WR_LM, NULL, stores[s], "");
            judge(&h);
            text = wr_arena_format(
                &h.arena, "%.*s [hive LM\\%s] in LM/%s%s", (int)(*rest ? strcspn(rest, ";") : 12),
                *rest ? rest : "PASS present", stores[s], stores[s], rest + strcspn(rest, ";"));
            cr_expect_str_eq(told(s ? IN("CA") : IN_ROOT), text, "%s",
                             told(s ? IN("CA") : IN_ROOT));
        }
}

/* Expired and something else is not only expired. */
Test(check, what_is_expired_and_no_good_besides_is_not_accepted)
{
    static const struct {
        made certificate;
        const char *stored, *item, *text;
    } olds[] = {
        { { .name = "c", .until = 2029 },
          "",
          TO_SIGN OLD,
          "PASS present_expired [hive LM\\Root] in LM/Root; for code_signing: expired on "
          "2029-01-01T00:00:00Z" },
        { { .name = "c", .until = 2029 },
          "126=2028",
          TO_SIGN OLD,
          "PASS present_expired [hive LM\\Root] in LM/Root; for code_signing: expired on "
          "2029-01-01T00:00:00Z" },
        { { .name = "c", .until = 2029, .eku = "s" },
          "",
          TO_SIGN OLD,
          "FAIL present_unusable [hive LM\\Root] in LM/Root; for code_signing: its extended key "
          "usage has 1 purposes, not "
          "code_signing" },
        { { .name = "c", .until = 2029, .rsa_bits = 512 },
          "",
          IN_ROOT ",'purposes':['email']" OLD,
          "FAIL present_unusable [hive LM\\Root] in LM/Root; for email: expired on "
          "2029-01-01T00:00:00Z" },
        { { .name = "c", .until = 2029 },
          "9=s",
          IN_ROOT ",'purposes':['email']" OLD,
          "FAIL present_unusable [hive LM\\Root] in LM/Root; for email: expired on "
          "2029-01-01T00:00:00Z" },
        { { .name = "c", .until = 2029 },
          "122=c",
          TO_SIGN OLD,
          "FAIL present_unusable [hive LM\\Root] in LM/Root; for code_signing: property 122 "
          "removes code_signing" },
        { { .name = "c", .until = 2029 },
          "104=?",
          TO_SIGN OLD,
          "UNKNOWN present_unknown [hive LM\\Root] in LM/Root; for code_signing: property 104 "
          "cannot be decoded" },
    };

    for (size_t i = 0; i < sizeof olds / sizeof *olds; i++) {
        again();
        place(&h, make_certificate(&h, olds[i].certificate), WR_LM, NULL, "Root", olds[i].stored);
        judge(&h);
        EXPECT(olds[i].item, olds[i].text);
    }
}

/* ---- chains ------------------------------------------------------------------------------------
 */

static void know_chain(void)
{
    static const char *const names[] = { "root_a", "root_b", "ca",       "ca_cross",
                                         "leaf",   "ca_tls", "leaf_tls", "ca_impostor" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        know_fixture(&h, names[i]);
}

/* A program root known by its name. */
static void enter_name(const char *name, const char *spec)
{
    octets attributes = properties_of(&h, named(&h, name), spec, add_listed), value = { .len = 0 };
    uint8_t md5[WR_MD5_LEN];
    wr_error e;

    cr_assert(wr_digest(WR_MD5, named(&h, name)->x509.subject, md5, &e));
    add_octets(&value, md5, sizeof md5);
    add_attribute(&attributes, 29, &value);
    add_entry(&h, list_of(&h, WR_CTL_AUTHROOT, &h.authroot), named(&h, name)->sha1, WR_SHA1_LEN,
              &attributes);
}

#define CHAIN        "'kind':'chain-usable','certificate':'leaf','purposes':['code_signing']"
#define ENDS         "a chain ends at root_a"
#define STOPS(where) "the chain stops at " where ", which is not installed"

/* Letters of host.h; = enters properties of root_a with its name, - a part of that store was
 * skipped. */
static const struct {
    const char *stores, *listed, *skipped, *item, *text;
    bool connected, off;
} chains[] = {
    { "R:root_a C:ca S:leaf", NULL, NULL, CHAIN, "PASS present_usable [ ] " ENDS, false, false },
    { "R:root_a C:ca P:leaf", NULL, NULL, CHAIN, "PASS present_usable [ ] " ENDS, false, false },
    { "R:root_a A:ca S:leaf", NULL, NULL, CHAIN, "PASS present_usable [ ] " ENDS, false, false },
    { "R:root_a S:leaf", NULL, NULL, CHAIN, "FAIL absent_unfetchable [ ] " STOPS("ca"), false,
      false },
    { "C:ca S:leaf", NULL, NULL, CHAIN, "FAIL absent_unfetchable [ ] " STOPS("root_a"), false,
      false },
    { "C:ca C:ca_cross S:leaf", NULL, NULL, CHAIN, "FAIL absent_unfetchable [ ] " STOPS("root_a"),
      false, false },
    { "C:ca_cross C:ca S:leaf", "", NULL, CHAIN,
      "FAIL absent_fetchable [ ] " STOPS("root_a") "; the root list has a root of that name", false,
      false },
    { "C:ca S:leaf", "126=2028", NULL, CHAIN,
      "FAIL present_restricted [list EncodedCtl] a chain ends at root_a; for code_signing: only "
      "end certificates issued "
      "before 2028-01-01T00:00:00Z",
      true, false },
    { "C:ca S:leaf", "", NULL, CHAIN, "PASS present_usable [ ] " ENDS, true, false },
    { "C:ca S:leaf", "", NULL, CHAIN, "FAIL absent_unfetchable [ ] " STOPS("root_a"), true, true },
    { "C:ca S:leaf", "", NULL, CHAIN, "FAIL absent_unfetchable [ ] " STOPS("root_a"), false, true },
    { "Rn:root_a R:root_b C:ca C:ca_cross S:leaf", NULL, NULL, CHAIN,
      "PASS present_usable [ ] a chain ends at root_b", false, false },
    { "R:root_a Rn:root_b C:ca C:ca_cross S:leaf", NULL, NULL, CHAIN,
      "PASS present_usable [ ] " ENDS, false, false },
    { "Rn:root_a C:ca S:leaf", NULL, NULL, CHAIN,
      "FAIL present_restricted [list EncodedCtl] a chain ends at root_a; for code_signing: only "
      "end certificates issued "
      "before 2021-01-01T00:00:00Z",
      false, false },
    { "Rn:root_a C:ca S:leaf", NULL, NULL, CHAIN EXISTING,
      "PASS present_restricted [list EncodedCtl] a chain ends at root_a; for code_signing: only "
      "end certificates issued "
      "before 2021-01-01T00:00:00Z",
      false, false },
    { "R:root_a CD:ca S:leaf", NULL, NULL, CHAIN,
      "FAIL disallowed [hive path] a chain ends at root_a; a Disallowed store of the machine "
      "refuses it",
      false, false },
    { "R:root_a C:ca SK:leaf", NULL, NULL, CHAIN,
      "FAIL disallowed [list EncodedCtl] a chain ends at root_a; the disallowed list refuses it",
      false, false },
    { "R:root_a C:ca_tls S:leaf_tls", NULL, NULL,
      "'kind':'chain-usable','certificate':'leaf_tls','purposes':['email']",
      "FAIL present_unusable [ ] a chain ends at root_a; for email: its extended key usage does "
      "not name it",
      false, false },
    { "R:root_a C:ca_tls S:leaf_tls", NULL, NULL,
      "'kind':'chain-usable','certificate':'ca_tls','purposes':['server_auth']",
      "PASS present_usable [ ] " ENDS, false, false },
    { "R:root_a C:ca", NULL, NULL, CHAIN,
      "UNKNOWN absent_unknown [ ] the certificate is not at hand, so its chain cannot be followed: "
      "give it with --supply",
      false, false },
    { "R:root_a", NULL, NULL, "'kind':'chain-usable','certificate':'root_a'",
      "PASS present_usable [ ] " ENDS, false, false },
    { "C:root_a", NULL, NULL, "'kind':'chain-usable','certificate':'root_a'",
      "FAIL absent_unfetchable [ ] " STOPS("root_a"), false, false },
    { "C:ca S:leaf", NULL, "Root", CHAIN,
      "UNKNOWN absent_unknown [ ] no chain found, but a part of the evidence could not be read",
      false, false },
    { "C:ca S:leaf", NULL, "CA", CHAIN,
      "UNKNOWN absent_unknown [ ] no chain found, but a part of the evidence could not be read",
      false, false },
    { "C:ca S:leaf", NULL, "My", CHAIN, "FAIL absent_unfetchable [ ] " STOPS("root_a"), false,
      false },
    { "R:root_a C:ca S:leaf", NULL, "CA", CHAIN, "PASS present_usable [ ] " ENDS, false, false },
    { "R:root_a C:ca S:leaf", NULL, "Disallowed", CHAIN,
      "UNKNOWN present_unknown [ ] a chain ends at root_a; for code_signing: a refusal may be in "
      "what could not be read of x",
      false, false },
};

static void set_up_chain(const char *stores)
{
    char letters[8], name[16];

    for (int used; *stores; stores += used + (stores[used] == ' ')) {
        cr_assert_eq(sscanf(stores, "%7[^:]:%15[^ ]%n", letters, name, &used), 2);
        set_up(&h, named(&h, name), letters);
    }
}

Test(check, chains_are_told_with_where_they_end)
{
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        size_t store;
        wr_error e;

        again();
        know_chain();
        set_up_chain(chains[i].stores);
        if (chains[i].listed) {
            enter_name("leaf_tls", "");
            enter_name("root_a", chains[i].listed);
        }
        if (chains[i].skipped) {
            cr_assert(
                wr_model_store(&h.model, WR_LM, NULL, chains[i].skipped, "hive", "x", &store, &e));
            h.model.stores.items[store].num_skipped = 1;
        }
        h.options.assume_connected = chains[i].connected;
        if (chains[i].off)
            set_policy(&h, "DisableRootAutoUpdate", "key", 1);
        judge(&h);
        cr_expect_str_eq(told(chains[i].item), chains[i].text, "row %zu: %s", i,
                         told(chains[i].item));
    }
}

/* Of two roots that would be fetched the better one is told, and of equal ones the first. */
Test(check, of_two_ways_the_better_is_told)
{
    static const struct {
        const char *stores, *a, *b, *text;
    } ways[] = {
        { "C:ca C:ca_cross S:leaf", "", "", "PASS present_usable [ ] a chain ends at root_a" },
        { "C:ca_cross C:ca S:leaf", "", "", "PASS present_usable [ ] a chain ends at root_b" },
        { "C:ca C:ca_cross S:leaf", "126=2028", "",
          "PASS present_usable [ ] a chain ends at root_b" },
        { "C:ca_cross C:ca S:leaf", "126=2028", "",
          "PASS present_usable [ ] a chain ends at root_b" },
        { "C:ca C:ca_cross S:leaf", "", "126=2028",
          "PASS present_usable [ ] a chain ends at root_a" },
        { "R:root_a C:ca C:ca_cross S:leaf", "", "",
          "PASS present_usable [ ] a chain ends at root_a" },
        { "R:root_b C:ca C:ca_cross S:leaf", "126=2028", "",
          "PASS present_usable [ ] a chain ends at root_b" },
    };

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        again();
        know_chain();
        set_up_chain(ways[i].stores);
        enter_name("root_a", ways[i].a);
        enter_name("root_b", ways[i].b);
        h.options.assume_connected = true;
        judge(&h);
        EXPECT(CHAIN, ways[i].text);
    }
}

/* Two CAs that certify each other, and a chain that is longer than any that is followed. */
Test(check, a_chain_that_leads_nowhere_ends)
{
    static const struct {
        const char *file, *text;
    } messages[] = {
        { "loop.stl",
          "FAIL absent_unfetchable [ ] the chain stops at Test List CA, which is not installed" },
        { "longest_chain.stl", "PASS present_usable [ ] a chain ends at Test Root" },
        { "too_long_chain.stl", "PASS present_usable [ ] a chain ends at Test Root" },
    };

    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        signed_list l;

        again();
        load_list(messages[i].file, &l);
        for (size_t j = 0; j < l.message.certificates.list.count; j++) {
            wr_view der = l.message.certificates.list.items[j];
            const wr_certificate *cert;
            wr_x509 x509;
            wr_error e;

            cr_assert(wr_x509_parse(der, &x509, &e));
            cert = know(&h, wr_arena_format(&h.arena, "c%zu", j), x509.der);
            set_up(&h, cert, j == 0 ? "S" : wr_x509_self_issued(&x509) ? "R" : "C");
        }
        cr_assert(wr_time_from_civil(2021, 6, 1, 0, 0, 0, &h.options.as_of));
        judge(&h);
        cr_expect_str_eq(told("'kind':'chain-usable','certificate':'c0'"), messages[i].text,
                         "%s: %s", messages[i].file,
                         told("'kind':'chain-usable','certificate':'c0'"));
        unload_list(&l);
    }
}

/* CAs of one name and other keys, none of which signed. */
static void add_issuers(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const made m = { .name = "ca",
                         .issuer = "root",
                         .rsa_bits = 512,
                         .key = wr_arena_format(&h.arena, "key %zu", i) };
        wr_certificate facts;
        wr_error e;

        cr_assert(wr_certificate_facts(made_der(&h, m), &facts, &e));
        put(&h, &facts, WR_LM, NULL, "CA");
    }
}

/* WR_LIMIT_ISSUER_CHECKS */
Test(check, no_more_than_4096_issuers_are_tried)
{
    static const char *const texts[] = {
        "FAIL absent_unfetchable [ ] the chain stops at ca, which is not installed",
        "UNKNOWN absent_unknown [ ] 4096 possible issuers were tried, and there are more"
    };

    for (size_t more = 0; more < 2; more++) {
        again();
        supply(&h, make_certificate(&h, (made){ .name = "c", .issuer = "ca" }));
        add_issuers(4096 + more);
        judge(&h);
        EXPECT("'kind':'chain-usable','certificate':'c'", texts[more]);
    }
}

/* Of an identity by SHA-256 alone the list is asked for the SHA-1 that the certificate at hand has.
 */
Test(check, a_listed_root_that_is_known_by_its_sha256)
{
    const wr_certificate *c = make_certificate(&h, (made){ .name = "c" });
    const char *identity = wr_arena_format(&h.arena, "'c':{'sha256':'%s'}",
                                           wr_text_hex(&h.arena, c->sha256, WR_SHA256_LEN));
    wr_comparison all;

    enter(&h, c, "");
    judge(&h);
    all = compare(&h, profile_with(identity, TOP("1", "required", TO_SIGN)));
    cr_expect_str_eq(text_of(&all.checks.items[0]),
                     "FAIL absent_unfetchable [ ] " LISTED "does not have it", "%s",
                     text_of(&all.checks.items[0]));
    place(&h, c, WR_LM, NULL, "CA", "");
    judge(&h);
    all = compare(&h, profile_with(identity, TOP("1", "required", TO_SIGN)));
    cr_expect_str_eq(
        text_of(&all.checks.items[0]),
        "FAIL absent_fetchable [list EncodedCtl] in no root store of the machine, found only in "
        "LM/CA; the root "
        "list of 2026-04-22T00:00:00Z has it, but a host that is offline cannot fetch it",
        "%s", text_of(&all.checks.items[0]));
}

/* A chain of one certificate, and a root that is to be fetched. */
Test(check, own_purposes_of_a_chain)
{
    static const struct {
        const char *eku, *purposes, *text;
    } usages[] = {
        { NULL, "'email'", "PASS present_usable [ ] a chain ends at root" },
        { "a", "'email','code_signing'", "PASS present_usable [ ] a chain ends at root" },
        { "sa", "'email'", "PASS present_usable [ ] a chain ends at root" },
        { "sc", "'code_signing','server_auth'", "PASS present_usable [ ] a chain ends at root" },
        { "sc", "'code_signing','email'",
          "FAIL present_unusable [ ] a chain ends at root; for email: its extended key usage does "
          "not name it" },
        { "", "'email'",
          "FAIL present_unusable [ ] a chain ends at root; for email: its extended key usage does "
          "not name it" },
        { "?", "'email'",
          "UNKNOWN present_unknown [ ] a chain ends at root; its extended key usage cannot be "
          "decoded" },
    };

    for (size_t i = 0; i < sizeof usages / sizeof *usages; i++) {
        const char *item;

        again();
        item = wr_arena_format(&h.arena, "'kind':'chain-usable','certificate':'c','purposes':[%s]",
                               usages[i].purposes);
        place(&h,
              make_certificate(&h, (made){ .name = "c", .issuer = "root", .eku = usages[i].eku }),
              WR_LM, NULL, "CA", "");
        make_certificate(&h, (made){ .name = "root" });
        enter_name("root", "");
        h.options.assume_connected = true;
        judge(&h);
        EXPECT(item, usages[i].text);
    }
}

/* What cannot be decoded may name any purpose, and none is known. */
Test(check, a_key_usage_that_cannot_be_decoded_is_open)
{
    place(&h, make_certificate(&h, (made){ .name = "c", .eku = "?" }), WR_LM, NULL, "CA", "");
    judge(&h);
    EXPECT(
        IN("CA"),
        "UNKNOWN present_unknown [hive LM\\CA] in LM/CA; its extended key usage cannot be decoded");
}

/* ---- conditions and groups ---------------------------------------------------------------------
 */

static const struct {
    const char *when;
    bool os_known, hive, off; /* root auto-update */
    int64_t moved;            /* ticks */
    const char *text;
} conditions[] = {
    { "'os':{'build_min':17763}", true, true, false, 0, "FAIL" },
    { "'os':{'build_min':17764}", true, true, false, 0,
      "NOT_APPLICABLE  [ ] applies to: Windows build 17764 or later; another Windows version" },
    { "'os':{'build_max':17763}", true, true, false, 0, "FAIL" },
    { "'os':{'build_max':17762}", true, true, false, 0,
      "NOT_APPLICABLE  [ ] applies to: Windows build 0 to 17762; another Windows version" },
    { "'os':{'build_min':1,'build_max':2}", false, true, false, 0,
      "UNKNOWN absent_unfetchable [ ] whether it applies (Windows build 1 to 2) is open, because "
      "the Windows version is not "
      "known; in no root store of the machine; no root list is at hand" },
    { "'root_auto_update':true", true, true, false, 0, "FAIL" },
    { "'root_auto_update':true", true, true, true, 0,
      "NOT_APPLICABLE  [ ] applies to: root auto-update is on; root auto-update is off" },
    { "'root_auto_update':false", true, true, false, 0,
      "NOT_APPLICABLE  [ ] applies to: root auto-update is off; root auto-update is on" },
    { "'root_auto_update':false", true, true, true, 0, "FAIL" },
    { "'root_auto_update':false", true, false, false, 0,
      "UNKNOWN absent_unfetchable [ ] whether it applies (root auto-update is off) is open, "
      "because the update policy is not "
      "known; in no root store of the machine; no root list is at hand" },
    { "'root_auto_update':true", true, false, false, 0,
      "UNKNOWN absent_unfetchable [ ] whether it applies (root auto-update is on) is open, because "
      "the update policy is not "
      "known; in no root store of the machine; no root list is at hand" },
    { "'effective_from':'2030-01-01'", true, true, false, 0, "FAIL" },
    { "'effective_from':'2030-01-01'", true, true, false, -1,
      "NOT_APPLICABLE  [ ] applies to: from 2030-01-01T00:00:00Z; it takes effect later" },
    { "'effective_from':'2030-01-01'", true, false, false, 0, "FAIL" },
    { "'os':{'build_min':1},'effective_from':'2031-01-01'", false, false, false, 0,
      "NOT_APPLICABLE  [ ] applies to: Windows build 1 or later, from 2031-01-01T00:00:00Z; it "
      "takes effect later" },
    { "'root_auto_update':true,'effective_from':'2031-01-01'", true, true, false, 0,
      "NOT_APPLICABLE  [ ] applies to: root auto-update is on, from 2031-01-01T00:00:00Z; it takes "
      "effect later" },
    { "'os':{'build_min':1},'root_auto_update':true", false, true, true, 0,
      "NOT_APPLICABLE  [ ] applies to: Windows build 1 or later, root auto-update is on; root "
      "auto-update is off" },
};

Test(check, a_condition_is_told_where_it_decides)
{
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        const char *item, *text;

        again();
        make_certificate(&h, (made){ .name = "c" });
        h.model.host.os.known = conditions[i].os_known;
        h.model.has_machine_hive = conditions[i].hive;
        h.options.as_of += (wr_time)conditions[i].moved;
        if (conditions[i].off)
            set_policy(&h, "DisableRootAutoUpdate", "key", 1);
        judge(&h);
        item = wr_arena_format(&h.arena, TO_SIGN ",'when':{%s}", conditions[i].when);
        text = conditions[i].text;
        cr_expect_str_eq(
            told(item),
            strcmp(text, "FAIL")
                ? text
                : "FAIL absent_unfetchable [ ] in no root store of the machine; no root list is "
                  "at hand",
            "row %zu: %s", i, told(item));
    }
}

#define CHILD(id, more) "{'id':'" id "'," more "}"
#define YES(id)         CHILD(id, "'kind':'certificate-present','store':'Root','certificate':'y'")
#define NO(id)          CHILD(id, "'kind':'certificate-present','store':'Root','certificate':'n'")
#define OPEN(id)                                                                                   \
    CHILD(id, "'kind':'registry-value','registry':{'key':'HKLM\\\\SOFTWARE\\\\X','name':'v','"     \
              "operator':'present'}")
#define NEVER(id)                                                                                  \
    CHILD(id, "'when':{'os':{'build_min':99999}},'kind':'certificate-present','store':'Root','"    \
              "certificate':'y'")

static const struct {
    const char *item, *text;
} groups[] = {
    { "'kind':'any-of','children':[" NO("1") "]", "FAIL  [ ] 0 of 1 pass, required: 1" },
    { "'kind':'any-of','children':[" NO("1") "," YES("2") "," YES("3") "]",
      "PASS  [ ] 2 of 3 pass, required: 1" },
    { "'kind':'any-of','min':2,'children':[" YES("1") "," OPEN("2") "," NO("3") "]",
      "UNKNOWN  [ ] 1 of 3 pass, required: 2" },
    { "'kind':'any-of','min':3,'children':[" YES("1") "," OPEN("2") "," NO("3") "]",
      "FAIL  [ ] 1 of 3 pass, required: 3" },
    { "'kind':'any-of','min':2,'children':[" YES("1") "," NEVER("2") "]",
      "PASS  [ ] 1 of 1 pass, required: 1" },
    { "'kind':'any-of','min':1,'children':[" NO("1") "," NEVER("2") "]",
      "FAIL  [ ] 0 of 1 pass, required: 1" },
    { "'kind':'any-of','children':[" NEVER("1") "]",
      "NOT_APPLICABLE  [ ] 0 of 0 pass, required: 0" },
    { "'kind':'all-of','children':[" YES("1") "," YES("2") "]",
      "PASS  [ ] 2 of 2 pass, required: 2" },
    { "'kind':'all-of','children':[" YES("1") "," NO("2") "," OPEN("3") "]",
      "FAIL  [ ] 1 of 3 pass, required: 3" },
    { "'kind':'all-of','children':[" YES("1") "," OPEN("2") "," NEVER("3") "]",
      "UNKNOWN  [ ] 1 of 2 pass, required: 2" },
};

Test(check, groups_count_what_applies)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        again();
        place(&h, make_certificate(&h, (made){ .name = "y" }), WR_LM, NULL, "Root", "");
        make_certificate(&h, (made){ .name = "n" });
        judge(&h);
        EXPECT(groups[i].item, groups[i].text);
    }
}

/* FAIL, else UNKNOWN, else PASS; over required items at the top, wherever they stand. */
Test(check, the_result_of_a_profile)
{
#define Y "'kind':'certificate-present','store':'Root','certificate':'y'"
#define N "'kind':'certificate-present','store':'Root','certificate':'n'"
#define U                                                                                          \
    "'kind':'registry-value','registry':{'key':'HKLM\\\\SOFTWARE\\\\X','name':'v','operator':'"    \
    "present'}"
#define X Y ",'when':{'os':{'build_min':99999}}"
    static const struct {
        const char *items;
        wr_result result;
    } profiles[] = {
        { TOP("1", "required", Y), WR_PASS },
        { TOP("1", "required", X), WR_PASS },
        { TOP("1", "required", Y) "," TOP("2", "required", N), WR_FAIL },
        { TOP("1", "required", N) "," TOP("2", "required", Y), WR_FAIL },
        { TOP("1", "required", U) "," TOP("2", "required", Y), WR_RESULT_UNKNOWN },
        { TOP("1", "required", X) "," TOP("2", "required", U), WR_RESULT_UNKNOWN },
        { TOP("1", "required", U) "," TOP("2", "required", X), WR_RESULT_UNKNOWN },
        { TOP("1", "required", U) "," TOP("2", "required", N), WR_FAIL },
        { TOP("1", "required", N) "," TOP("2", "required", U), WR_FAIL },
        { TOP("1", "recommended", N) "," TOP("2", "required", U), WR_RESULT_UNKNOWN },
        { TOP("1", "recommended", N) "," TOP("2", "recommended", U), WR_PASS },
    };

    place(&h, make_certificate(&h, (made){ .name = "y" }), WR_LM, NULL, "Root", "");
    make_certificate(&h, (made){ .name = "n" });
    judge(&h);
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        cr_expect_eq(ask_all(profiles[i].items).result, profiles[i].result, "row %zu", i);
}

/* Under an item that does not apply nothing does, at any depth. */
Test(check, what_stands_inside_what_does_not_apply)
{
    wr_comparison all;

    place(&h, make_certificate(&h, (made){ .name = "y" }), WR_LM, NULL, "Root", "");
    judge(&h);
    all = ask_all(
        TOP("g", "required",
            "'when':{'os':{'build_max':1}},'kind':'any-of','children':[" CHILD(
                "a", "'kind':'all-of','children':[" YES("1") "]") "]") "," TOP("t", "required", Y));
    cr_assert_eq(all.checks.count, 4);
    cr_expect_str_eq(
        text_of(&all.checks.items[0]),
        "NOT_APPLICABLE  [ ] applies to: Windows build 0 to 1; another Windows version");
    cr_expect_str_eq(text_of(&all.checks.items[1]),
                     "NOT_APPLICABLE  [ ] the item around it does not apply");
    cr_expect_str_eq(text_of(&all.checks.items[2]),
                     "NOT_APPLICABLE  [ ] the item around it does not apply");
    cr_expect_str_eq(text_of(&all.checks.items[3]), "PASS present [hive LM\\Root] in LM/Root");
}

Test(check, an_issuer_that_nobody_had_is_never_found)
{
    wr_comparison all;

    place(&h, make_certificate(&h, (made){ .name = "y" }), WR_LM, NULL, "Root", "");
    judge(&h);
    all = compare(&h,
                  profile_with("'c':{'identity':'issuer-only','subject':'CN=y','key_id':'0aFF'},"
                               "'d':{'identity':'issuer-only','subject':'CN=y'}",
                               TOP("1", "required", TO_SIGN) "," TOP(
                                   "2", "required", "'kind':'not-disallowed','certificate':'d'")));
    cr_expect_str_eq(text_of(&all.checks.items[0]),
                     "UNKNOWN  [ ] known only as the issuer \"CN=y\" with the key identifier 0aFF: "
                     "a name is no proof; learn "
                     "the profile again with --supply or --ctl");
    cr_expect_str_eq(text_of(&all.checks.items[1]),
                     "UNKNOWN  [ ] known only as the issuer \"CN=y\": a name is no proof; learn "
                     "the profile again with "
                     "--supply or --ctl");
}

/* Both hashes where both are given; either alone finds it, in a store and in the supply. */
Test(check, an_identity_is_every_hash_that_is_given)
{
    enum { SHA1 = 1, SHA256 = 2, WRONG_SHA1 = 4, WRONG_SHA256 = 8 };
    static const struct {
        int given;
        bool found;
    } identities[] = { { SHA1, true },
                       { SHA256, true },
                       { SHA1 | SHA256, true },
                       { SHA1 | WRONG_SHA256, false },
                       { WRONG_SHA1 | SHA256, false },
                       { WRONG_SHA1, false },
                       { WRONG_SHA256, false } };

    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
        for (int supplied = 0; supplied < 2; supplied++) {
            const wr_certificate *c;
            const char *text, *sha1, *sha256;
            uint8_t wrong[WR_SHA256_LEN];
            wr_comparison all;
            int given = identities[i].given;

            again();
            set_up(&h, make_certificate(&h, (made){ .name = "before" }), supplied ? "S" : "R");
            c = make_certificate(&h, (made){ .name = "c" });
            set_up(&h, c, supplied ? "S" : "R");
            refuse_key(&h, c);
            judge(&h);
            memcpy(wrong, c->sha256, sizeof wrong);
            wrong[31] ^= 1;
            sha256 = wr_text_hex(&h.arena, given & WRONG_SHA256 ? wrong : c->sha256, WR_SHA256_LEN);
            memcpy(wrong, c->sha1, WR_SHA1_LEN);
            wrong[19] ^= 1;
            sha1 = wr_text_hex(&h.arena, given & WRONG_SHA1 ? wrong : c->sha1, WR_SHA1_LEN);
            text = wr_arena_format(
                &h.arena, "'c':{%s%s%s%s%s%s%s}", given & (SHA1 | WRONG_SHA1) ? "'sha1':'" : "",
                given & (SHA1 | WRONG_SHA1) ? sha1 : "", given & (SHA1 | WRONG_SHA1) ? "'" : "",
                given & (SHA1 | WRONG_SHA1) && given & (SHA256 | WRONG_SHA256) ? "," : "",
                given & (SHA256 | WRONG_SHA256) ? "'sha256':'" : "",
                given & (SHA256 | WRONG_SHA256) ? sha256 : "",
                given & (SHA256 | WRONG_SHA256) ? "'" : "");
            all = compare(&h, profile_with(text, TOP("1", "required", NOT_REFUSED)));
            cr_expect_eq(all.checks.items[0].result,
                         identities[i].found ? WR_FAIL : WR_RESULT_UNKNOWN, "row %zu: %s", i,
                         all.checks.items[0].detail);
            cr_expect_eq(all.checks.items[0].certificate == SIZE_MAX,
                         supplied || !identities[i].found);
        }
}

/* ---- updates -----------------------------------------------------------------------------------
 */

#define UPDATES                                                                                    \
    "'kind':'os-update','os_update':["                                                             \
    "{'os':'seven','build_min':7600,'build_max':7601,'kbs':[11,12,13]},"                           \
    "{'os':'first','build_min':17763,'build_max':17763,'kbs':[21,22],'fixed_revision':2000},"      \
    "{'os':'second','build_min':17000,'build_max':17999,'fixed_revision':10},"                     \
    "{'os':'native','build_min':22000,'native':true}]"

static const struct {
    uint32_t build, revision;
    bool revision_known, updates_known;
    uint32_t installed[2];
    const char *text;
} updates[] = {
    { 7600, 0, false, true, { 5, 13 }, "PASS  [ ] seven: KB13 is installed" },
    { 7601, 0, true, true, { 12, 11 }, "PASS  [ ] seven: KB11 is installed" },
    { 7601,
      9,
      true,
      true,
      { 1, 2 },
      "UNKNOWN  [ ] seven: not found: KB11 or KB12 or KB13; a later rollup would do too, and which "
      "ones contain it is not "
      "listed" },
    { 7601,
      9,
      true,
      false,
      { 0 },
      "UNKNOWN  [ ] seven: no record of updates, required: KB11 or KB12 or KB13; a later rollup "
      "would do too, and which ones "
      "contain it is not listed" },
    { 7602,
      0,
      true,
      true,
      { 11 },
      "UNKNOWN  [ ] the profile does not speak of Windows build 7602" },
    { 7599,
      0,
      true,
      true,
      { 11 },
      "UNKNOWN  [ ] the profile does not speak of Windows build 7599" },
    { 17763,
      2000,
      true,
      true,
      { 0 },
      "PASS  [ ] first: build 17763.2000, required: 17763.2000 or later (KB21 or KB22)" },
    { 17763,
      1999,
      true,
      true,
      { 0 },
      "FAIL  [ ] first: build 17763.1999, required: 17763.2000 or later (KB21 or KB22)" },
    { 17763,
      0,
      false,
      true,
      { 0 },
      "UNKNOWN  [ ] first: not found: KB21 or KB22; a later rollup would do too, and the revision "
      "of this host is not known" },
    { 17762,
      9,
      true,
      true,
      { 21 },
      "FAIL  [ ] second: build 17762.9, required: 17762.10 or later" },
    { 17762,
      0,
      false,
      false,
      { 0 },
      "UNKNOWN  [ ] second: no record of updates, required: a later revision; a later rollup would "
      "do too, and the revision "
      "of this host is not known" },
    { 21999,
      0,
      true,
      true,
      { 0 },
      "UNKNOWN  [ ] the profile does not speak of Windows build 21999" },
    { 22000, 0, false, false, { 0 }, "PASS  [ ] native needs no update" },
    { 0, 0, true, true, { 0 }, "UNKNOWN  [ ] the Windows version is not known: give it with --os" },
};

Test(check, updates_are_told_with_what_is_required)
{
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
        wr_host *facts = &h.model.host;

        again();
        facts->os.build = updates[i].build;
        facts->os.revision = updates[i].revision;
        facts->os.revision_known = updates[i].revision_known;
        facts->updates_known = updates[i].updates_known;
        for (size_t j = 0; j < 2 && updates[i].installed[j]; j++) {
            uint32_t *kb = WR_APPEND(&h.arena, &facts->updates, uint32_t);
            cr_assert(kb);
            *kb = updates[i].installed[j];
        }
        judge(&h);
        EXPECT(UPDATES, updates[i].text);
    }
    again();
    h.model.host.os.known = false;
    h.model.host.os.build = 22000;
    judge(&h);
    EXPECT(UPDATES, "UNKNOWN  [ ] the Windows version is not known: give it with --os");
}

/* ---- lists -------------------------------------------------------------------------------------
 */

static void add_list(wr_ctl_kind kind, const char *sequence, bool from_host, const char *owner)
{
    wr_ctl *ctl = NULL;
    wr_list *list;

    list_of(&h, kind, &ctl);
    list = &h.model.lists.items[h.model.lists.count - 1];
    ctl->sequence = view_of(sequence, strlen(sequence));
    list->path = wr_arena_format(&h.arena, "%zu", h.model.lists.count - 1);
    list->from_host = from_host;
    list->owner = owner;
}

#define MINIMUM(least) "'kind':'list-minimum','list':{'kind':'authroot','min_sequence':'" least "'}"
#define IS(which, sequence, least)                                                                 \
    "the authroot list " which " is " sequence " of 2026-04-22T00:00:00Z, required: " least        \
    " or later"

Test(check, the_hosts_latest_list_that_verifies_is_measured)
{
    judge(&h);
    EXPECT(MINIMUM("5"), "FAIL  [ ] the host has no authroot list");
    add_list(WR_CTL_DISALLOWED, "\x09", true, NULL);
    add_list(WR_CTL_AUTHROOT, "\x09", true, "Users/a");
    judge(&h);
    EXPECT(MINIMUM("5"), "FAIL  [ ] the host has no authroot list");
    h.model.machine_incomplete = true;
    EXPECT(MINIMUM("5"),
           "UNKNOWN  [ ] no authroot list, and no machine hive that would hold the host's");
    h.model.machine_incomplete = false;
    h.model.has_machine_hive = false;
    EXPECT(MINIMUM("5"),
           "UNKNOWN  [ ] no authroot list, and no machine hive that would hold the host's");
    add_list(WR_CTL_AUTHROOT, "\x06", false, NULL);
    judge(&h);
    EXPECT(MINIMUM("6"), "PASS  [list 2] " IS("that was given", "06", "6"));
    EXPECT(MINIMUM("7"), "FAIL  [list 2] " IS("that was given", "06", "7"));
    EXPECT(MINIMUM("06"), "PASS  [list 2] " IS("that was given", "06", "06"));
    EXPECT(MINIMUM("106"), "FAIL  [list 2] " IS("that was given", "06", "106"));
    EXPECT(MINIMUM("aF"), "FAIL  [list 2] " IS("that was given", "06", "aF"));
    add_list(WR_CTL_AUTHROOT, "\x08", false, NULL);
    add_list(WR_CTL_AUTHROOT, "\x07", false, NULL);
    judge(&h);
    EXPECT(MINIMUM("8"), "PASS  [list 3] " IS("that was given", "08", "8"));
    add_list(WR_CTL_AUTHROOT, "\x03", true, NULL);
    add_list(WR_CTL_AUTHROOT, "\x04", true, NULL);
    add_list(WR_CTL_AUTHROOT, "\x04", true, NULL);
    add_list(WR_CTL_AUTHROOT, "\x02", true, NULL);
    add_list(WR_CTL_AUTHROOT, "\x09", false, NULL);
    judge(&h);
    EXPECT(MINIMUM("4"), "PASS  [list 6] " IS("of the host", "04", "4"));
    EXPECT(MINIMUM("5"), "FAIL  [list 6] " IS("of the host", "04", "5"));
    h.options.allow_unverified_lists = false;
    judge(&h);
    EXPECT(MINIMUM("1"), "FAIL  [ ] no authroot list whose signature verifies");
    EXPECT("'kind':'list-minimum','list':{'kind':'pinrules','min_sequence':'1'}",
           "UNKNOWN  [ ] no pinrules list, and no machine hive that would hold the host's");
    verify_lists(&h);
    EXPECT(MINIMUM("4"), "PASS  [list 6] " IS("of the host", "04", "4"));
    h.trust.lists[6].signature.status = WR_SIGNATURE_INVALID;
    EXPECT(MINIMUM("4"), "PASS  [list 7] " IS("of the host", "04", "4"));
    h.model.has_machine_hive = true;
    EXPECT("'kind':'list-minimum','list':{'kind':'pinrules','min_sequence':'1'}",
           "FAIL  [ ] the host has no pinrules list");
}

/* ---- memory ------------------------------------------------------------------------------------
 */

static const wr_profile *profile;

static bool compare_all(wr_arena *arena, wr_error *err)
{
    wr_comparison comparison;

    return wr_compare(profile, &h.trust, arena, &comparison, err);
}

#define WINDOWS(name, is)                                                                          \
    "'kind':'registry-value','registry':{'key':'HKLM\\\\SOFTWARE\\\\Microsoft\\\\Windows "         \
    "NT\\\\CurrentVersion',"                                                                       \
    "'name':'" name "','operator':" is "}"

/* Every kind of item in every state that takes memory. */
Test(check, every_allocation_that_fails_ends_it)
{
    static const char *const every[] = {
        TO_SIGN,
        IN_ROOT,
        IN("CA"),
        "'kind':'certificate-present','store':'Root','certificate':'y','purposes':['server_auth','"
        "1.2.3','email']",
        "'kind':'certificate-present','store':'Root','certificate':'u'",
        "'kind':'certificate-present','store':'Root','certificate':'g','purposes':['server_auth','"
        "email']",
        "'kind':'certificate-present','store':'Root','certificate':'l','purposes':['email','server_"
        "auth']",
        "'kind':'not-disallowed','certificate':'leaf'",
        "'kind':'certificate-absent','store':'Root','certificate':'y'",
        "'kind':'certificate-absent','store':'CA','certificate':'y'",
        "'kind':'chain-usable','certificate':'leaf','purposes':['code_signing']",
        "'kind':'chain-usable','certificate':'leaf_tls','purposes':['email']",
        "'kind':'chain-usable','certificate':'s','purposes':['email']",
        "'kind':'chain-usable','certificate':'ca_tls','purposes':['server_auth']",
        "'kind':'any-of','children':[{'id':'c1','kind':'not-disallowed','certificate':'i'},{'id':'"
        "c2','kind':'all-of',"
        "'children':[{'id':'c3','kind':'certificate-present','store':'Disallowed','certificate':'"
        "ca'}]}]",
        UPDATES,
        MINIMUM("5"),
        "'when':{'root_auto_update':false},'kind':'certificate-present','store':'Root','"
        "certificate':'y'",
        "'when':{'effective_from':'2031-01-01'},'kind':'not-disallowed','certificate':'y'",
        WINDOWS("ProductName", "'present'"),
        WINDOWS("UBR", "'at-least','data':'1'"),
    };
    wr_evidence *evidence = wr_evidence_new(&h.arena, &h.diags);
    wr_evidence_options options = { .hash = false };
    const char *certificates = "", *items = "";
    wr_error e;

    cr_assert(evidence && wr_evidence_add(evidence, FIXTURE("demo/SOFTWARE"), WR_USE_EVIDENCE, NULL,
                                          &options, &e));
    h.model.evidence = evidence;
    know_chain();
    set_up_chain("Rn:root_a CD:ca S:leaf C:ca_tls S:leaf_tls");
    place(&h, make_certificate(&h, (made){ .name = "c", .until = 2029 }), WR_LM, NULL, "Root",
          "126=2028");
    place(&h, make_certificate(&h, (made){ .name = "u" }), WR_CU, "Users/a", "Root", "");
    place(&h, make_certificate(&h, (made){ .name = "y", .eku = "s" }), WR_LM, NULL, "Root", "");
    place(&h, make_certificate(&h, (made){ .name = "s", .eku = "s" }), WR_LM, NULL, "CA", "");
    place(&h, make_certificate(&h, (made){ .name = "g" }), WR_LM, NULL, "Root", "");
    enter(&h, make_certificate(&h, (made){ .name = "l" }), "126=2028");
    enter_name("root_b", "126=2028");
    set_up(&h, named(&h, "leaf"), "K");
    set_up(&h, named(&h, "c"), "q");
    judge(&h);
    for (size_t i = 0; i < h.num_certificates; i++)
        certificates =
            wr_arena_format(&h.arena, "%s'%s':{'sha1':'%s'},", certificates, h.certificates[i].name,
                            wr_text_hex(&h.arena, h.certificates[i].facts.sha1, WR_SHA1_LEN));
    certificates = wr_arena_format(&h.arena, "%s'i':{'identity':'issuer-only','subject':'CN=i'}",
                                   certificates);
    for (size_t i = 0; i < sizeof every / sizeof *every; i++)
        items = wr_arena_format(&h.arena, "%s%s" TOP("%zu", "required", "%s"), items, i ? "," : "",
                                i, every[i]);
    profile = profile_with(certificates, items);
    h.model.has_machine_hive = false; /* whether root auto-update is on is open */
    every_failing_allocation_is_told(compare_all);
    wr_evidence_free(evidence);
}
