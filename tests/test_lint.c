/* test_lint.c - each defect that docs/profile.md names, found where it is and nowhere else. */
#include "host.h"

#include <criterion/parameterized.h>

#include "require/lint.h"
#include "winroots/limits.h"

static host h;

static void start(void)
{
    start_host(&h);
}

static void stop(void)
{
    stop_host(&h);
}

TestSuite(lint, .init = start, .fini = stop);

static char *quoted(const char *text)
{
    char *copy = wr_arena_text(&h.arena, text);

    cr_assert(copy);
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static wr_lint lint_of(const char *text)
{
    const char *json = quoted(text);
    wr_lint lint;
    wr_error e = { .code = WR_E_NO_MEMORY };

    judge(&h);
    cr_assert(wr_lint_profile(view_of(json, strlen(json)), &h.trust, &h.arena, &lint, &e), "%s: %s",
              e.path, e.message);
    return lint;
}

/* "defect pointer" of each finding, with " (known)", one a line. */
static const char *told(const wr_lint *lint)
{
    const char *text = "";

    for (size_t i = 0; i < lint->findings.count; i++) {
        const wr_lint_finding *f = &lint->findings.items[i];
        cr_assert(*f->message, "a finding says what it found");
        text = wr_arena_format(&h.arena, "%s%s %s%s\n", text, wr_defect_names[f->defect],
                               f->pointer, f->known ? " (known)" : "");
        cr_assert(text);
    }
    return text;
}

#define HEAD                                                                                       \
    "{'schema':'winroots.profile/1','id':'p','title':'t','version':'1',"                           \
    "'sources':[{'id':'s','uri':'u','completeness':'complete'}],"

/* ---- what the loader refuses -------------------------------------------------------------------
 */

Test(lint, every_fault_is_told_and_not_only_the_first)
{
    wr_lint lint = lint_of(
        "{'schema':'winroots.profile/1','id':'no name','titel':'t','version':1,'colour':'red',"
        "'sources':[{'id':'s','uri':'u','completeness':'most'},{'id':'t','url':'u'}],"
        "'certificates':{"
        "'long':{'sha1':'d37ecf61c0b4ed88681ef3630c4e2fc787b37aefb'},"
        "'label':{'sha1':'Thumbprint: 9b74964506c7ed9138070d08d5f8b969866560c8'},"
        "'empty':{'sha1':'','sha256':'00'},"
        "'name only':{'subject':'CN=x'}},"
        "'requirements':["
        "{'id':'a','kind':'certificate-present','severity':'high','store':'root',"
        "'certificate':'lang','basis':'sourced'},"
        "{'id':'a','kind':'certificate','severity':'required','basis':'inferred'},"
        "{'id':'b','kind':'any-of','severity':'required','basis':'inferred','notes':'x','children':"
        "["
        "{'id':'c','kind':'not-disallowed','certificate':'long','store':'CA'},"
        "{'id':'d','kind':'registry-value','registry':{'key':'HKLM\\\\SYSTEM','name':'n',"
        "'operator':'present'}}],'min':3}]}");

    cr_assert_str_eq(told(&lint), "unknown_member /titel\n"
                                  "unknown_member /colour\n"
                                  "malformed /id\n"
                                  "malformed /title\n"
                                  "malformed /version\n"
                                  "malformed /sources/0/completeness\n"
                                  "unknown_member /sources/1/url\n"
                                  "malformed /sources/1/uri\n"
                                  "malformed /sources/1/completeness\n"
                                  "thumbprint /certificates/long/sha1\n"
                                  "thumbprint /certificates/label/sha1\n"
                                  "thumbprint /certificates/empty/sha256\n"
                                  "thumbprint /certificates/empty/sha1\n"
                                  "malformed /certificates/name only\n"
                                  "malformed /certificates/name only\n"
                                  "malformed /requirements/0/severity\n"
                                  "malformed /requirements/0/store\n"
                                  "malformed /requirements/0/certificate\n"
                                  "malformed /requirements/1/id\n"
                                  "malformed /requirements/1/kind\n"
                                  "unknown_member /requirements/2/notes\n"
                                  "malformed /requirements/2/children/0/store\n"
                                  "malformed /requirements/2/children/1/registry/key\n"
                                  "malformed /requirements/2/min\n"
                                  "any_of_as_all /requirements/2\n");
    cr_assert_str_eq(lint.id, "");
    cr_assert(strstr(lint.findings.items[9].message, "41 characters, expected 40"));
    cr_assert(strstr(lint.findings.items[10].message, "nothing beside them"));
}

Test(lint, another_schema_is_the_only_finding)
{
    wr_lint lint = lint_of("{'schema':'winroots.profile/2','surprise':1}");
    cr_assert_str_eq(told(&lint), "malformed /schema\n");
}

Test(lint, what_is_no_json_is_an_error)
{
    wr_lint lint = { .id = "untouched" };
    wr_error e;

    judge(&h);
    cr_assert_not(wr_lint_profile(view_of("{", 1), &h.trust, &h.arena, &lint, &e));
    cr_assert_eq(e.code, WR_E_MALFORMED);
    cr_assert_str_eq(lint.id, "untouched");
}

/* ---- certificates ------------------------------------------------------------------------------
 */

static const char *hex(const uint8_t *bytes, size_t len)
{
    return wr_text_hex(&h.arena, bytes, len);
}

/* A profile that names one certificate, with these members beside its SHA-1. */
static wr_lint one(const wr_certificate *cert, const char *members)
{
    return lint_of(wr_arena_format(
        &h.arena,
        HEAD "'certificates':{'c':{'sha1':'%s'%s}},'requirements':[{'id':'i','kind':"
             "'not-disallowed','severity':'required','basis':'inferred','certificate':'c'}]}",
        hex(cert->sha1, WR_SHA1_LEN), members));
}

/* The names are those that `openssl x509 -nameopt RFC2253` prints for the fixture. */
Test(lint, names_are_compared_with_the_real_certificate)
{
    const wr_certificate *leaf = know_fixture(&h, "leaf");
    wr_lint lint;

    lint = one(leaf, ",'subject':'CN=other','issuer':'CN=other','serial':'01'");
    cr_assert_str_eq(told(&lint), "", "not at hand: nothing can be said");
    supply(&h, leaf);
    lint = one(leaf, ",'subject':'CN=other','issuer':'CN=leaf, O=winroots','serial':'01'");
    cr_assert_str_eq(told(&lint), "subject_mismatch /certificates/c/subject\n"
                                  "issuer_mismatch /certificates/c/issuer\n"
                                  "serial_mismatch /certificates/c/serial\n");
    cr_assert(strstr(lint.findings.items[1].message, "the certificate has \"CN=ca, O=winroots\""));
    lint = one(leaf, ",'subject':'CN=leaf, O=winroots','issuer':'ca',"
                     "'serial':'00202CD0D8A2A70AC7AC5A3E7F93BB139F31939D86'");
    cr_assert_str_eq(told(&lint), "", "a name for people and a serial number in capitals");
}

Test(lint, both_hashes_are_of_one_certificate)
{
    const wr_certificate *leaf = know_fixture(&h, "leaf"), *ca = know_fixture(&h, "ca");
    const char *other = wr_arena_format(&h.arena, ",'sha256':'%s'", hex(ca->sha256, WR_SHA256_LEN));
    wr_lint lint;

    lint = one(leaf, other);
    cr_assert_str_eq(told(&lint), "", "nobody knows");
    supply(&h, ca);
    lint = one(leaf, other);
    cr_assert_str_eq(told(&lint), "hash_mismatch /certificates/c\n");
    cr_assert(strstr(lint.findings.items[0].message, "the supply says"));
    lint = one(ca, other);
    cr_assert_str_eq(told(&lint), "");
}

Test(lint, the_root_list_and_the_built_in_profiles_know_hashes)
{
    const wr_certificate *leaf = know_fixture(&h, "leaf"), *ca = know_fixture(&h, "ca");
    wr_lint lint;

    list(&h, leaf, 'l');
    lint = one(leaf, wr_arena_format(&h.arena, ",'sha256':'%s'", hex(ca->sha256, WR_SHA256_LEN)));
    cr_assert_str_eq(told(&lint), "hash_mismatch /certificates/c\n");
    cr_assert(strstr(lint.findings.items[0].message, "the root list says"));

    lint = lint_of(
        HEAD "'certificates':{'acs':{'sha1':'f40042e2e5f7e8ef8189fed15519aece42c3bfa3','sha256'"
             ":'5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270'}},"
             "'requirements':[{'id':'i','kind':'not-disallowed','severity':'required',"
             "'basis':'inferred','certificate':'acs'}]}");
    cr_assert_str_eq(told(&lint), "hash_mismatch /certificates/acs\n");
    cr_assert(strstr(lint.findings.items[0].message, "f40042e2e5f7e8ef8189fed15519aece42c3bfa2"));
}

Test(lint, what_stands_twice)
{
    wr_lint lint = lint_of(
        HEAD "'certificates':{"
             "'a':{'sha1':'000102030405060708090a0b0c0d0e0f10111213'},"
             "'b':{'sha1':'ff0102030405060708090a0b0c0d0e0f10111213'},"
             "'c':{'sha1':'000102030405060708090A0B0C0D0E0F10111213'},"
             "'d':{'sha1':'ff0102030405060708090A0B0C0D0E0F10111213'}},"
             "'requirements':["
             "{'id':'1','kind':'certificate-present','severity':'required','basis':'inferred',"
             "'store':'Root','certificate':'a','purposes':['code_signing']},"
             "{'id':'2','kind':'certificate-present','severity':'required','basis':'inferred',"
             "'store':'Root','certificate':'a','purposes':['server_auth']},"
             "{'id':'3','kind':'certificate-present','severity':'required','basis':'inferred',"
             "'store':'CA','certificate':'a'},"
             "{'id':'4','kind':'certificate-present','severity':'recommended','basis':'inferred',"
             "'store':'Root','certificate':'c','purposes':['codeSigning']},"
             "{'id':'5','kind':'certificate-present','severity':'required','basis':'inferred',"
             "'when':{'root_auto_update':false},'store':'CA','certificate':'a'}]}");

    cr_assert_str_eq(told(&lint), "duplicate_certificate /certificates/c\n"
                                  "duplicate_certificate /certificates/d\n"
                                  "duplicate_item /requirements/3\n");
    cr_assert_str_eq(lint.findings.items[0].message, "the same certificate as \"a\"");
    cr_assert_str_eq(lint.findings.items[1].message, "the same certificate as \"b\"");
}

/* ---- items -------------------------------------------------------------------------------------
 */

#define ITEM(members) "{'id':'i','severity':'required','basis':'inferred'," members "}"
#define IN_ROOT       "'kind':'certificate-present','store':'Root','certificate':'c'"
#define TO_SIGN       IN_ROOT ",'purposes':['code_signing']"
#define IN(store)     "'kind':'certificate-present','store':'" store "','certificate':'c'"

struct item_case {
    char letters[8]; /* of host.h; 9 = it expired in 2025 */
    char item[180], told[64];
};

/* The list's letters: e server_auth only, n before 2021 only, x disabled in 2023, 2 not for code.
 */
static struct item_case item_cases[] = {
    { "S", TO_SIGN, "" },
    { "S9", TO_SIGN, "expired /requirements/0\n" },
    { "S9", IN("CA"), "expired /requirements/0\n" },
    { "S9", IN("Disallowed"), "" },
    { "S9", TO_SIGN ",'accept_expired':true", "" },
    { "S9", "'kind':'chain-usable','certificate':'c'", "expired /requirements/0\n" },
    { "S9", "'kind':'certificate-absent','store':'Root','certificate':'c'", "" },
    { "S9", "'kind':'not-disallowed','certificate':'c'", "" },
    { "9", TO_SIGN, "" },
    { "S9", TO_SIGN ",'known_defects':['expired']", "expired /requirements/0 (known)\n" },
    { "S9", TO_SIGN ",'known_defects':['disabled']", "expired /requirements/0\n" },

    { "l", TO_SIGN, "" },
    { "e", TO_SIGN, "disabled /requirements/0\n" },
    { "e", IN_ROOT, "" },
    { "e", IN("CA"), "" },
    { "2", TO_SIGN, "disabled /requirements/0\n" },
    { "n", TO_SIGN, "restricted /requirements/0\n" },
    { "n", TO_SIGN ",'existing_signatures':true", "" },
    { "x", TO_SIGN, "restricted /requirements/0\n" },
    { "x", TO_SIGN ",'existing_signatures':true", "" },
    { "x", IN_ROOT ",'purposes':['server_auth'],'existing_signatures':true",
      "disabled /requirements/0\n" },
    { "x", IN_ROOT, "disabled /requirements/0\n" },
    { "x", IN_ROOT ",'accept_expired':true", "" },
    { "n", TO_SIGN ",'known_defects':['restricted']", "restricted /requirements/0 (known)\n" },

    { "SK", TO_SIGN, "disallowed /requirements/0\n" },
    { "SK", IN("CA"), "disallowed /requirements/0\n" },
    { "SK", IN("Disallowed"), "" },
    { "SK", "'kind':'chain-usable','certificate':'c'", "disallowed /requirements/0\n" },
    { "SK", "'kind':'not-disallowed','certificate':'c'", "disallowed /requirements/0\n" },
    { "SK", "'kind':'certificate-absent','store':'Root','certificate':'c'", "" },
    { "K", TO_SIGN, "" },
};

ParameterizedTestParameters(lint, items)
{
    return cr_make_param_array(struct item_case, item_cases,
                               sizeof item_cases / sizeof *item_cases);
}

ParameterizedTest(struct item_case *row, lint, items, .init = start, .fini = stop)
{
    int until = strchr(row->letters, '9') ? 2025 : 2040;
    const wr_certificate *cert = know(&h, "c", certificate_by_hand(&h, "c", 2020, until));
    wr_lint lint;

    set_up(&h, cert, row->letters);
    lint = lint_of(wr_arena_format(
        &h.arena, HEAD "'certificates':{'c':{'sha1':'%s'}},'requirements':[" ITEM("%s") "]}",
        hex(cert->sha1, WR_SHA1_LEN), row->item));
    cr_assert_str_eq(told(&lint), row->told, "%s %s: %s", row->letters, row->item, told(&lint));
    cr_assert_eq(lint.num_known, strstr(row->told, "(known)") != NULL);
}

struct choice_case {
    char item[300], told[64];
};

#define ONE(id, more) "{'id':'" id "','kind':'not-disallowed','certificate':'c'" more "}"

static struct choice_case choice_cases[] = {
    { "'kind':'any-of','children':[" ONE("1", "") "," ONE("2",
                                                          ",'note':'second'") "],'note':'one of "
                                                                              "them'",
      "duplicate_item /requirements/0/children/1\n" },
    { "'kind':'any-of','min':1,'children':[" ONE("1", ",'note':'Either this one'") "]",
      "any_of_as_all /requirements/0\n" },
    { "'kind':'all-of','children':[" ONE("1", ",'note':'EITHER this one'") "]",
      "any_of_as_all /requirements/0/children/0\n" },
    { "'kind':'not-disallowed','certificate':'c','note':'any of group 1'",
      "any_of_as_all /requirements/0\n" },
    { "'kind':'not-disallowed','certificate':'c','note':'at least one','known_defects':["
      "'any_of_as_all']",
      "any_of_as_all /requirements/0 (known)\n" },
    { "'kind':'not-disallowed','certificate':'c','note':'needed by all'", "" },
};

ParameterizedTestParameters(lint, choices)
{
    return cr_make_param_array(struct choice_case, choice_cases,
                               sizeof choice_cases / sizeof *choice_cases);
}

ParameterizedTest(struct choice_case *row, lint, choices, .init = start, .fini = stop)
{
    wr_lint lint = lint_of(wr_arena_format(
        &h.arena,
        HEAD "'certificates':{'c':{'sha1':'000102030405060708090a0b0c0d0e0f10111213'}},"
             "'requirements':[" ITEM("%s") "]}",
        row->item));
    cr_assert_str_eq(told(&lint), row->told, "%s: %s", row->item, told(&lint));
}

/* ---- what is said ------------------------------------------------------------------------------
 */

/* "defect pointer: message", one a line. */
static const char *whole(const wr_lint *lint)
{
    const char *text = "";

    for (size_t i = 0; i < lint->findings.count; i++) {
        const wr_lint_finding *f = &lint->findings.items[i];
        text = wr_arena_format(&h.arena, "%s%s %s: %s\n", text, wr_defect_names[f->defect],
                               f->pointer, f->message);
        cr_assert(text);
    }
    return text;
}

/* The names and numbers of fixtures/chain are those that `openssl x509 -nameopt RFC2253 -serial`
 * prints. */
Test(lint, says_what_the_certificate_has)
{
    const wr_certificate *leaf = know_fixture(&h, "leaf"), *ca = know_fixture(&h, "ca"),
                         *root = know_fixture(&h, "root_a");
    const char *both, *text;
    wr_lint lint;

    supply(&h, root);
    supply(&h, leaf); /* the second of them */
    supply(&h, ca);
    lint = one(leaf, ",'subject':'CN=other','issuer':'CN=leaf','serial':'01'");
    cr_assert_str_eq(whole(&lint),
                     "subject_mismatch /certificates/c/subject: \"CN=other\", the certificate has "
                     "\"CN=leaf, O=winroots\"\n"
                     "issuer_mismatch /certificates/c/issuer: \"CN=leaf\", the certificate has "
                     "\"CN=ca, O=winroots\"\n"
                     "serial_mismatch /certificates/c/serial: \"01\", the certificate has "
                     "\"202cd0d8a2a70ac7ac5a3e7f93bb139f31939d86\"\n",
                     "%s", whole(&lint));
    lint = one(leaf, ",'subject':'leaf','issuer':'cn=CA, o=WINROOTS'");
    cr_assert_str_eq(whole(&lint), "");

    lint = one(leaf, wr_arena_format(&h.arena, ",'sha256':'%s'", hex(ca->sha256, WR_SHA256_LEN)));
    text = wr_arena_format(&h.arena,
                           "hash_mismatch /certificates/c: sha1 is of a certificate whose sha256 "
                           "is %s, as the supply says\n",
                           hex(leaf->sha256, WR_SHA256_LEN));
    cr_assert_str_eq(whole(&lint), text, "%s", whole(&lint));
    both = wr_arena_format(
        &h.arena,
        HEAD "'certificates':{'c':{'sha1':'%s','sha256':'%s'}},'requirements':[{'id':'i','kind':"
             "'not-disallowed','severity':'required','basis':'inferred','certificate':'c'}]}",
        "000102030405060708090a0b0c0d0e0f10111213", hex(ca->sha256, WR_SHA256_LEN));
    lint = lint_of(both);
    text = wr_arena_format(&h.arena,
                           "hash_mismatch /certificates/c: sha256 is of a certificate whose sha1 "
                           "is %s, as the supply says\n",
                           hex(ca->sha1, WR_SHA1_LEN));
    cr_assert_str_eq(whole(&lint), text, "%s", whole(&lint));
}

/* By SHA-256 where it is given, else by SHA-1. */
Test(lint, the_certificate_at_hand_is_found_by_its_best_hash)
{
    const wr_certificate *leaf = know_fixture(&h, "leaf"), *ca = know_fixture(&h, "ca");
    wr_lint lint;

    supply(&h, ca);
    supply(&h, leaf);
    lint = lint_of(wr_arena_format(
        &h.arena,
        HEAD "'certificates':{'a':{'sha256':'%s','subject':'x'},'b':{'sha1':'%s','subject':'x'},"
             "'c':{'sha1':'%s','sha256':'%s','subject':'leaf'}},'requirements':[{'id':'i','kind':'"
             "not-disallowed',"
             "'severity':'required','basis':'inferred','certificate':'a'}]}",
        hex(leaf->sha256, WR_SHA256_LEN), hex(ca->sha1, WR_SHA1_LEN), hex(ca->sha1, WR_SHA1_LEN),
        hex(leaf->sha256, WR_SHA256_LEN)));
    cr_assert_str_eq(told(&lint),
                     "subject_mismatch /certificates/a/subject\n"
                     "subject_mismatch /certificates/b/subject\n"
                     "duplicate_certificate /certificates/c\n"
                     "hash_mismatch /certificates/c\n",
                     "%s", told(&lint));
    cr_assert(strstr(whole(&lint),
                     "duplicate_certificate /certificates/c: the same certificate as \"a\"\n"),
              "%s", whole(&lint));
}

#define IS(id, more) "{'id':'" id "','severity':'required','basis':'inferred'," more "}"

Test(lint, says_which_item_asks_the_same)
{
    static const struct {
        const char *items, *told;
    } rows[] = {
        { IS("1", TO_SIGN) "," IS("2", TO_SIGN),
          "duplicate_item /requirements/1: asks the same as item \"1\"\n" },
        { IS("1", TO_SIGN) "," IS("2", IN_ROOT) "," IS("3", IN_ROOT),
          "duplicate_item /requirements/2: asks the same as item \"2\"\n" },
        { IS("1", TO_SIGN) "," IS("2", IN_ROOT ",'purposes':['code_signing','email']"), "" },
        { IS("1", IN_ROOT ",'purposes':['email','code_signing']") "," IS(
              "2", IN_ROOT ",'purposes':['email','server_auth']"),
          "" },
        { IS("1", IN_ROOT ",'purposes':['email','code_signing']") "," IS(
              "2", IN_ROOT ",'purposes':['emailProtection','1.3.6.1.5.5.7.3.3']"),
          "duplicate_item /requirements/1: asks the same as item \"1\"\n" },
        { IS("1", IN("CA")) "," IS("2", IN("Disallowed")), "" },
        { IS("1", "'kind':'not-disallowed','certificate':'c'") "," IS(
              "2", "'kind':'chain-usable','certificate':'c'"),
          "" },
        { IS("1", "'kind':'not-disallowed','certificate':'c'") "," IS(
              "2", "'kind':'not-disallowed','certificate':'d'"),
          "" },
        { IS("1", IN("CA") ",'when':{'root_auto_update':true}") "," IS(
              "2", IN("CA") ",'when':{'root_auto_update':false}"),
          "" },
        { IS("1", IN("CA") ",'when':{'root_auto_update':true}") "," IS(
              "2", IN("CA") ",'when':{'root_auto_update':true}"),
          "duplicate_item /requirements/1: asks the same as item \"1\"\n" },
        { IS("0", IN("CA")) "," IS(
              "1", "'kind':'any-of','children':[{'id':'2'," IN("Disallowed") "},{'id':'3'," IN(
                       "CA") "},"
                             "{'id':'4'," IN("CA") "}]"),
          "duplicate_item /requirements/1/children/2: asks the same as item \"3\"\n" },
        { IS("1", "'kind':'all-of','children':[{'id':'2','kind':'os-update','os_update':[{'os':'o',"
                  "'build_min':1,'native':true"
                  "}]},{'id':'3','kind':'os-update','os_update':[{'os':'o','build_min':1,'native':"
                  "true}]}]"),
          "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_lint lint;

        stop();
        start();
        lint = lint_of(wr_arena_format(
            &h.arena,
            HEAD "'certificates':{'c':{'sha1':'000102030405060708090a0b0c0d0e0f10111213'},"
                 "'d':{'sha1':'ff0102030405060708090a0b0c0d0e0f10111213'}},'requirements':[%s]}",
            rows[i].items));
        cr_expect_str_eq(whole(&lint), rows[i].told, "row %zu: %s", i, whole(&lint));
    }
}

Test(lint, says_why_an_item_can_not_pass)
{
    static const struct {
        const char *letters, *item, *says; /* 9 = it expired in 2025, 0 = at --as-of */
    } rows[] = {
        { "S9", TO_SIGN,
          "expired /requirements/0: its certificate expired on 2025-01-01T00:00:00Z; "
          "accept_expired would take "
          "it all the same\n" },
        { "S0", TO_SIGN, "" },
        { "SK", TO_SIGN,
          "disallowed /requirements/0: the disallowed list refuses its certificate: it can never "
          "pass\n" },
        { "x", IN_ROOT,
          "disabled /requirements/0: the root list disables its certificate since "
          "2023-01-01T00:00:00Z\n" },
        { "n", TO_SIGN,
          "restricted /requirements/0: by the root list, for code_signing: only end certificates "
          "issued before "
          "2021-01-01T00:00:00Z\n" },
        { "n", IN_ROOT, "" },
        { "2", TO_SIGN,
          "disabled /requirements/0: by the root list, for code_signing: property 122 removes "
          "code_signing\n" },
        { "e", "'kind':'chain-usable','certificate':'c','purposes':['code_signing']", "" },
        { "SC9K", IN("CA"),
          "expired /requirements/0: its certificate expired on 2025-01-01T00:00:00Z; "
          "accept_expired would take it all the "
          "same\ndisallowed /requirements/0: the disallowed list refuses its certificate: it can "
          "never pass\n" },
        { "",
          "'kind':'any-of','min':2,'children':[{'id':'1'," IN("CA") "},{'id':'2'," IN(
              "Disallowed") "}]",
          "any_of_as_all /requirements/0: an any-of that needs all of its 2 children\n" },
        { "",
          "'kind':'any-of','min':1,'children':[{'id':'1'," IN("CA") "},{'id':'2'," IN(
              "Disallowed") ",'note':'either'}]",
          "" },
        { "",
          "'kind':'any-of','children':[{'id':'1','kind':'all-of','children':[{'id':'2'," IN(
              "CA") ",'note':'either'}]},"
                    "{'id':'3'," IN("Disallowed") "}]",
          "" },
        { "", IN_ROOT ",'note':'ANY OF these'",
          "any_of_as_all /requirements/0: its note says \"any of\", and it stands in no "
          "any-of\n" },
        { "", IN_ROOT ",'note':'just ONE of'",
          "any_of_as_all /requirements/0: its note says \"one of\", and it stands in no "
          "any-of\n" },
        { "", IN_ROOT ",'note':'at least onE'",
          "any_of_as_all /requirements/0: its note says \"at least one\", and it stands in no "
          "any-of\n" },
        { "", IN_ROOT ",'note':'no alternatives'",
          "any_of_as_all /requirements/0: its note says \"alternative\", and it stands in no "
          "any-of\n" },
        { "", IN_ROOT ",'note':'one one o'", "" },
        { "", IN_ROOT ",'note':'oneof'", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int until = strchr(rows[i].letters, '9')   ? 2025
                    : strchr(rows[i].letters, '0') ? 2030
                                                   : 2040;
        const wr_certificate *cert;
        char letters[8] = "";
        wr_lint lint;

        stop();
        start();
        cert = know(&h, "c", certificate_by_hand(&h, "c", 2020, until));
        for (const char *l = rows[i].letters; *l; l++)
            if (*l != '0' && *l != '9')
                letters[strlen(letters)] = *l;
        set_up(&h, cert, letters);
        lint = lint_of(wr_arena_format(
            &h.arena, HEAD "'certificates':{'c':{'sha1':'%s'}},'requirements':[" IS("i", "%s") "]}",
            hex(cert->sha1, WR_SHA1_LEN), rows[i].item));
        cr_expect_str_eq(whole(&lint), rows[i].says, "row %zu: %s", i, whole(&lint));
    }
}

/* A date that the list gives counts from its tick on. */
Test(lint, a_root_is_switched_off_from_its_date_on)
{
    const wr_certificate *cert = know(&h, "c", certificate_by_hand(&h, "c", 2020, 2040));
    const char *text;

    list(&h, cert, 'x');
    text = wr_arena_format(
        &h.arena, HEAD "'certificates':{'c':{'sha1':'%s'}},'requirements':[" IS("i", IN_ROOT) "]}",
        hex(cert->sha1, WR_SHA1_LEN));
    cr_assert(wr_time_from_civil(2023, 1, 1, 0, 0, 0, &h.options.as_of));
    cr_assert_str_eq(told(&(wr_lint[]){ lint_of(text) }[0]), "disabled /requirements/0\n");
    h.options.as_of--;
    cr_assert_str_eq(told(&(wr_lint[]){ lint_of(text) }[0]), "");
}

/* The second entry of a list counts as the first does. */
Test(lint, every_entry_of_the_root_list_knows_hashes)
{
    const wr_certificate *leaf = know_fixture(&h, "leaf"), *ca = know_fixture(&h, "ca");
    const wr_certificate *certs[] = { leaf, ca };

    list(&h, leaf, 'l');
    list(&h, ca, 'l');
    for (size_t i = 0; i < 2; i++) {
        wr_lint lint =
            one(certs[i],
                ",'sha256':'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'");
        const char *text =
            wr_arena_format(&h.arena,
                            "hash_mismatch /certificates/c: sha1 is of a certificate whose sha256 "
                            "is %s, as the root list says\n",
                            hex(certs[i]->sha256, WR_SHA256_LEN));

        cr_expect_str_eq(whole(&lint), text, "%s", whole(&lint));
    }
}

/* Of each built-in profile the last certificate that has both hashes counts as the first does. */
Test(lint, every_certificate_of_a_built_in_profile_is_known)
{
    size_t told_of = 0;

    for (size_t i = 0; i < wr_profile_builtin_count(); i++) {
        const wr_identity *last = NULL;
        wr_profile profile;
        wr_lint lint;
        wr_error e;

        cr_assert(wr_profile_parse(wr_profile_builtin(i), &h.arena, &profile, &e));
        for (size_t j = 0; j < profile.certificates.count; j++)
            if (profile.certificates.items[j].has_sha1 && profile.certificates.items[j].has_sha256)
                last = &profile.certificates.items[j];
        if (!last)
            continue;
        lint = lint_of(wr_arena_format(
            &h.arena,
            HEAD "'certificates':{'c':{'sha1':'000102030405060708090a0b0c0d0e0f10111213','sha256':'"
                 "%s'}},'requirements':["
                 "{'id':'i','kind':'not-disallowed','severity':'required','basis':'inferred','"
                 "certificate':'c'}]}",
            hex(last->sha256, WR_SHA256_LEN)));
        cr_expect_str_eq(told(&lint), "hash_mismatch /certificates/c\n", "%s %s",
                         wr_profile_builtin_id(i), last->key);
        cr_expect(lint.findings.count &&
                  strstr(lint.findings.items[0].message, hex(last->sha1, WR_SHA1_LEN)));
        told_of++;
    }
    cr_assert_gt(told_of, 5);
}

static const char *linted;

static bool lint_it(wr_arena *arena, wr_error *err)
{
    wr_lint lint;

    return wr_lint_profile(view_of(linted, strlen(linted)), &h.trust, arena, &lint, err);
}

/* The profiles of the program are read too: that is most of what it takes. */
Test(lint, allocations_that_fail_end_it, .timeout = 300)
{
    const wr_certificate *leaf = know_fixture(&h, "leaf"), *ca = know_fixture(&h, "ca");
    const wr_certificate *old = know(&h, "old", certificate_by_hand(&h, "old", 2020, 2025));

    set_up(&h, leaf, "Sx");
    set_up(&h, ca, "SKn");
    set_up(&h, old, "S2");
    judge(&h);
    linted = quoted(wr_arena_format(
        &h.arena,
        "{'schema':'winroots.profile/"
        "1','id':'p','title':'t','version':'1','more':1,'certificates':{"
        "'c':{'sha1':'%s','subject':'CN=x','issuer':'x','serial':'1'},'d':{'"
        "sha1':'%s','sha256':'%s'},'e':{'sha1':'%s'},"
        "'f':{'sha1':'%s'}},'requirements':[" IS(
            "1", TO_SIGN
            ",'note':'"
            "either'") "," IS("2",
                              IN_ROOT) "," IS("3",
                                              IN_ROOT) "," IS("4",
                                                              "'kind':'any-of','children':[{"
                                                              "'id':'5','kind':'not-"
                                                              "disallowed','certificate':'d'"
                                                              "}]") "," IS("6",
                                                                           "'kind':'chain-"
                                                                           "usable','"
                                                                           "certificate':'"
                                                                           "e'") "," IS("8",
                                                                                        "'kind':'"
                                                                                        "certificat"
                                                                                        "e-present'"
                                                                                        ",'store':'"
                                                                                        "Root','"
                                                                                        "certificat"
                                                                                        "e':'e'") "," IS("7",
                                                                                                         "'ki"
                                                                                                         "nd'"
                                                                                                         ":'"
                                                                                                         "cer"
                                                                                                         "tif"
                                                                                                         "ica"
                                                                                                         "te-"
                                                                                                         "pre"
                                                                                                         "sen"
                                                                                                         "t',"
                                                                                                         "'st"
                                                                                                         "ore"
                                                                                                         "':'"
                                                                                                         "Roo"
                                                                                                         "t',"
                                                                                                         "'ce"
                                                                                                         "rti"
                                                                                                         "fic"
                                                                                                         "ate"
                                                                                                         "':'"
                                                                                                         "e',"
                                                                                                         "'pu"
                                                                                                         "rpo"
                                                                                                         "ses"
                                                                                                         "':["
                                                                                                         "'co"
                                                                                                         "de_"
                                                                                                         "sig"
                                                                                                         "nin"
                                                                                                         "g'"
                                                                                                         "]") "]}",
        hex(leaf->sha1, WR_SHA1_LEN), hex(ca->sha1, WR_SHA1_LEN), hex(leaf->sha256, WR_SHA256_LEN),
        hex(old->sha1, WR_SHA1_LEN), hex(leaf->sha1, WR_SHA1_LEN)));
    failing_allocations_are_told(lint_it, 250, 60);
    h.model.supply.count = 0; /* then the list is the first to know hashes */
    failing_allocations_are_told(lint_it, 250, 60);
}

/* ---- the built-in ones -------------------------------------------------------------------------
 */

Test(lint, every_built_in_profile_is_clean)
{
    judge(&h);
    for (size_t i = 0; i < wr_profile_builtin_count(); i++) {
        wr_lint lint;
        wr_error e;

        cr_assert(wr_lint_profile(wr_profile_builtin(i), &h.trust, &h.arena, &lint, &e), "%s",
                  e.message);
        cr_assert_str_eq(told(&lint), "", "%s", wr_profile_builtin_id(i));
        cr_assert_str_eq(lint.id, wr_profile_builtin_id(i));
    }
}

/* ---- hostile texts -----------------------------------------------------------------------------
 */

/* Of the loader, as opposed to those that only lint sees. */
static bool is_fault(const wr_lint_finding *f)
{
    return f->defect <= WR_DEFECT_THUMBPRINT;
}

static void lint_any(wr_view v, wr_arena *arena)
{
    wr_lint lint = { .id = NULL };
    wr_error e = { 0 };

    if (wr_lint_profile(v, &h.trust, arena, &lint, &e)) {
        wr_profile p;
        bool faulty = lint.findings.count && is_fault(&lint.findings.items[0]);

        for (size_t i = 0; i < lint.findings.count; i++)
            cr_assert(lint.findings.items[i].pointer && *lint.findings.items[i].message);
        if (!arena->fail_after)
            cr_assert_eq(wr_profile_parse(v, arena, &p, &e), !faulty, "%s", e.message);
    } else
        cr_assert(e.code == WR_E_MALFORMED || e.code == WR_E_LIMIT || e.code == WR_E_NO_MEMORY,
                  "%s", wr_code_name(e.code));
}

Test(lint, survives_every_prefix_flip_and_failing_allocation, .timeout = 300)
{
    const wr_certificate *leaf = know_fixture(&h, "leaf");
    const char *text = quoted(wr_arena_format(
        &h.arena,
        HEAD "'certificates':{'c':{'sha1':'%s','subject':'CN=x'}},'requirements':[" ITEM(
            TO_SIGN) "," ITEM("'kind':'any-of','children':[" ONE("1", "") "," ONE("2",
                                                                                  "") "]") "]}",
        hex(leaf->sha1, WR_SHA1_LEN)));
    wr_lint lint;

    set_up(&h, leaf, "Sx");
    judge(&h);
    lint = lint_of(text);
    cr_assert_gt(lint.findings.count, 3);
    for_every_prefix((const uint8_t *)text, strlen(text), lint_any);
    for_every_flip((const uint8_t *)text, strlen(text), lint_any);
    for_every_allocation((const uint8_t *)text, strlen(text), 400, lint_any);
}
