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
    wr_error e;

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
             "'c':{'sha1':'000102030405060708090A0B0C0D0E0F10111213'}},"
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
                                  "duplicate_item /requirements/3\n");
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

/* The profiles of the program are read too, so that an allocation late in the work is far away. */
Test(lint, fails_only_for_want_of_memory, .timeout = 300)
{
    const wr_certificate *leaf = know_fixture(&h, "leaf");
    const char *text = quoted(wr_arena_format(
        &h.arena,
        HEAD "'certificates':{'c':{'sha1':'%s','subject':'CN=x'}},'requirements':[" ITEM(
            TO_SIGN ",'note':'either'") "," ITEM(IN_ROOT) "]}",
        hex(leaf->sha1, WR_SHA1_LEN)));
    bool done = false;

    set_up(&h, leaf, "Sx");
    judge(&h);
    for (size_t n = 1; !done; n += n < 100 ? 1 : 13) {
        wr_lint lint;
        wr_arena arena;
        wr_error e;

        wr_arena_init(&arena, WR_LIMIT_ARENA);
        arena.fail_after = n;
        done = wr_lint_profile(view_of(text, strlen(text)), &h.trust, &arena, &lint, &e);
        cr_assert(done || e.code == WR_E_NO_MEMORY, "%zu: %s", n, e.message);
        wr_arena_free(&arena);
    }
}
