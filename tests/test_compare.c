/* test_compare.c - each kind of requirement, and every state that docs/profile.md names. */
#include "host.h"

#include <criterion/parameterized.h>

static host h;

static void start(void)
{
    start_host(&h);
}

static void stop(void)
{
    stop_host(&h);
}

TestSuite(compare, .init = start, .fini = stop);

/* The check of the only item of a profile. */
static wr_check only(const char *members)
{
    const char *item = wr_arena_format(
        &h.arena, "{'id':'i','severity':'required','basis':'inferred',%s}", members);
    wr_comparison comparison;

    judge(&h);
    comparison = compare(&h, profile_of(&h, "p", item));
    cr_assert_geq(comparison.checks.count, 1);
    cr_assert_eq(comparison.result, comparison.checks.items[0].result == WR_NOT_APPLICABLE
                                        ? WR_PASS
                                        : comparison.checks.items[0].result);
    return comparison.checks.items[0];
}

/* ---- certificates ------------------------------------------------------------------------------
 */

#define IN_ROOT       "'kind':'certificate-present','store':'Root','certificate':'c'"
#define TO_SIGN       IN_ROOT ",'purposes':['code_signing']"
#define EXISTING      TO_SIGN ",'existing_signatures':true"
#define EXPIRED       TO_SIGN ",'accept_expired':true"
#define TO_SERVE      IN_ROOT ",'purposes':['server_auth']"
#define IN(store)     "'kind':'certificate-present','store':'" store "','certificate':'c'"
#define NOT_IN(store) "'kind':'certificate-absent','store':'" store "','certificate':'c'"
#define NOT_REFUSED   "'kind':'not-disallowed','certificate':'c'"

struct certificate_case {
    char letters[8];   /* see set_up; 9 = it expired in 2025, 3 = valid from 2035 */
    char members[160]; /* of the item */
    wr_result result;
    char state[24], detail[64]; /* a part of the detail */
};

static struct certificate_case certificate_cases[] = {
    { "", TO_SIGN, WR_FAIL, "absent_unfetchable", "no root list is at hand" },
    { "l", TO_SIGN, WR_FAIL, "absent_fetchable", "offline" },
    { "lq", TO_SIGN, WR_PASS, "absent_fetchable", "connected host fetches it" },
    { "l0", TO_SIGN, WR_FAIL, "absent_unfetchable", "auto-update is turned off" },
    { "l0q", TO_SIGN, WR_FAIL, "absent_unfetchable", "auto-update is turned off" },
    { "nq", TO_SIGN, WR_FAIL, "absent_fetchable", "issued before 2021-01-01" },
    { "nq", EXISTING, WR_PASS, "absent_fetchable", "issued before 2021-01-01" },
    { "eq", TO_SIGN, WR_FAIL, "absent_fetchable", "not code_signing" },
    { "eq", TO_SERVE, WR_PASS, "absent_fetchable", "fetches it" },
    { "U", TO_SIGN, WR_FAIL, "absent_unfetchable", "found only in CU:Users/x/Root" },
    { "C", TO_SIGN, WR_FAIL, "absent_unfetchable", "found only in LM/CA" },
    { "D", TO_SIGN, WR_FAIL, "disallowed", "Disallowed store" },
    { "SK", TO_SIGN, WR_FAIL, "disallowed", "refuses" },
    { "M", TO_SIGN, WR_RESULT_UNKNOWN, "absent_unknown", "could not be read" },
    { "Ml", TO_SIGN, WR_RESULT_UNKNOWN, "absent_unknown", "could not be read" },

    { "R", TO_SIGN, WR_PASS, "present_usable", "in LM/Root, trusted for code_signing" },
    { "A", TO_SIGN, WR_PASS, "present_usable", "in LM/AuthRoot" },
    { "G", TO_SIGN, WR_PASS, "present_usable", "in LM-GroupPolicy/Root" },
    { "E", TO_SIGN, WR_PASS, "present_usable", "in LM-Enterprise/Root" },
    { "MR", TO_SIGN, WR_PASS, "present_usable", "in LM/Root" },
    { "AF", TO_SIGN, WR_FAIL, "present_unusable", "keeps the third-party store shut" },
    { "RF", TO_SIGN, WR_PASS, "present_usable", "in LM/Root" },
    { "RD", TO_SIGN, WR_FAIL, "disallowed", "Disallowed store" },
    { "RK", TO_SIGN, WR_FAIL, "disallowed", "refuses its key" },
    { "Rn", TO_SIGN, WR_FAIL, "present_restricted", "issued before 2021-01-01" },
    { "Rn", EXISTING, WR_PASS, "present_restricted", "issued before 2021-01-01" },
    { "Rx", TO_SIGN, WR_FAIL, "present_restricted", "disabled since 2023-01-01" },
    { "Rx", EXISTING, WR_PASS, "present_restricted", "disabled since 2023-01-01" },
    { "Rx", TO_SERVE, WR_FAIL, "present_unusable", "disabled since 2023-01-01" },
    { "R2", EXISTING, WR_FAIL, "present_unusable", "removes code_signing" },
    { "Re", EXISTING, WR_FAIL, "present_unusable", "not code_signing" },
    { "R9", TO_SIGN, WR_FAIL, "present_expired", "expired on 2025-01-01" },
    { "R9", EXISTING, WR_FAIL, "present_expired", "expired on 2025-01-01" },
    { "R9", EXPIRED, WR_PASS, "present_expired", "expired on 2025-01-01" },
    { "R9", TO_SERVE ",'accept_expired':true", WR_PASS, "present_expired", "expired on" },
    { "R9e", EXPIRED, WR_FAIL, "present_unusable", "not code_signing" },
    { "R9D", EXPIRED, WR_FAIL, "disallowed", "Disallowed store" },
    { "R3", EXPIRED, WR_FAIL, "present_unusable", "valid from 2035-01-01" },

    { "R", IN_ROOT, WR_PASS, "present", "in LM/Root" },
    { "Rx", IN_ROOT, WR_PASS, "present", "in LM/Root" },
    { "R9", IN_ROOT, WR_FAIL, "present_expired", "expired on 2025-01-01" },
    { "R9", IN_ROOT ",'accept_expired':true", WR_PASS, "present_expired", "expired on" },
    { "RD", IN_ROOT, WR_FAIL, "disallowed", "Disallowed store" },
    { "AF", IN_ROOT, WR_FAIL, "present_unusable", "policy keeps Windows from opening" },
    { "R3", IN_ROOT, WR_FAIL, "present_unusable", "valid from 2035-01-01" },
    { "MR", IN_ROOT, WR_RESULT_UNKNOWN, "present_unknown", "could not be read" },

    { "C", IN("CA"), WR_PASS, "present", "in LM/CA" },
    { "R", IN("CA"), WR_FAIL, "absent_unfetchable",
      "not in CA of the machine, found only in LM/Root" },
    { "C9", IN("CA"), WR_FAIL, "present_expired", "expired on 2025-01-01" },
    { "C9", IN("CA") ",'accept_expired':true", WR_PASS, "present_expired", "expired on" },
    { "CD", IN("CA"), WR_FAIL, "disallowed", "Disallowed store" },
    { "M", IN("CA"), WR_RESULT_UNKNOWN, "absent_unknown", "could not be read" },
    { "P", IN("TrustedPublisher"), WR_PASS, "present", "in LM/TrustedPublisher" },
    { "D", IN("Disallowed"), WR_PASS, "present", "in LM/Disallowed" },
    { "R", IN("Disallowed"), WR_FAIL, "absent_unfetchable", "not in Disallowed" },
    { "SK", IN("Disallowed"), WR_FAIL, "absent_unfetchable", "not in Disallowed" },
    { "D9", IN("Disallowed"), WR_PASS, "present", "in LM/Disallowed" },
    { "M", IN("Disallowed"), WR_RESULT_UNKNOWN, "absent_unknown", "could not be read" },
    { "MD", IN("Disallowed"), WR_PASS, "present", "in LM/Disallowed" },
    { "M", IN("TrustedPublisher"), WR_RESULT_UNKNOWN, "absent_unknown", "could not be read" },
    { "P", IN("TrustedPeople"), WR_FAIL, "absent_unfetchable", "not in TrustedPeople" },
    { "PD", IN("TrustedPublisher"), WR_FAIL, "disallowed", "Disallowed store" },
    { "MC", IN("CA"), WR_RESULT_UNKNOWN, "present_unknown", "could not be read" },

    { "", NOT_IN("Root"), WR_PASS, "absent", "not in Root of the machine" },
    { "C", NOT_IN("Root"), WR_PASS, "absent", "not in Root of the machine" },
    { "A", NOT_IN("Root"), WR_FAIL, "present", "in LM/AuthRoot, expected nowhere in Root" },
    { "RD", NOT_IN("Root"), WR_FAIL, "present", "in LM/Root" },
    { "M", NOT_IN("Root"), WR_RESULT_UNKNOWN, "absent_unknown", "could not be read" },
    { "C", NOT_IN("CA"), WR_FAIL, "present", "in LM/CA" },
    { "D", NOT_IN("Disallowed"), WR_FAIL, "present", "in LM/Disallowed" },
    { "MC", NOT_IN("CA"), WR_FAIL, "present", "in LM/CA" },
    { "U", NOT_IN("Root"), WR_PASS, "absent", "not in Root of the machine" },

    { "R", NOT_REFUSED, WR_PASS, "", "no Disallowed store refuses it" },
    { "RD", NOT_REFUSED, WR_FAIL, "disallowed", "Disallowed store" },
    { "RK", NOT_REFUSED, WR_FAIL, "disallowed", "refuses its key" },
    { "SK", NOT_REFUSED, WR_FAIL, "disallowed", "refuses" },
    { "M", NOT_REFUSED, WR_RESULT_UNKNOWN, "", "could not be read" },
};

ParameterizedTestParameters(compare, certificates)
{
    return cr_make_param_array(struct certificate_case, certificate_cases,
                               sizeof certificate_cases / sizeof *certificate_cases);
}

ParameterizedTest(struct certificate_case *row, compare, certificates, .init = start, .fini = stop)
{
    int from = strchr(row->letters, '3') ? 2035 : 2020,
        until = strchr(row->letters, '9') ? 2025 : 2040;
    const wr_certificate *cert = know(&h, "c", certificate_by_hand(&h, "c", from, until));
    wr_check check;

    set_up(&h, cert, row->letters);
    check = only(row->members);
    cr_assert_eq(check.result, row->result, "%s %s: %s: %s", row->letters, row->members,
                 wr_result_name(check.result), check.detail);
    cr_assert_str_eq(check.state, row->state, "%s %s: %s", row->letters, row->members, check.state);
    cr_assert(strstr(check.detail, row->detail), "%s %s: %s", row->letters, row->members,
              check.detail);
}

Test(compare, a_listed_key_is_open_while_the_certificate_is_not_at_hand)
{
    const wr_certificate *other = know(&h, "o", certificate_by_hand(&h, "o", 2020, 2040));
    wr_check check;

    know(&h, "c", certificate_by_hand(&h, "c", 2020, 2040));
    refuse_key(&h, other);
    check = only(NOT_REFUSED);
    cr_assert_eq(check.result, WR_RESULT_UNKNOWN);
    cr_assert(strstr(check.detail, "--supply"), "%s", check.detail);
}

Test(compare, every_purpose_asked_counts)
{
    const wr_certificate *cert = know(&h, "c", certificate_by_hand(&h, "c", 2020, 2040));
    wr_check check;

    set_up(&h, cert, "Re");
    check = only(IN_ROOT ",'purposes':['server_auth','code_signing']");
    cr_assert_str_eq(check.state, "present_unusable");
    cr_assert(strstr(check.detail, "for code_signing: "), "%s", check.detail);
}

Test(compare, both_hashes_of_an_identity_must_match)
{
    wr_profile *profile;
    wr_comparison comparison;

    set_up(&h, know(&h, "c", certificate_by_hand(&h, "c", 2020, 2040)), "R");
    judge(&h);
    profile = (wr_profile *)profile_of(
        &h, "p", "{'id':'i','severity':'required','basis':'inferred'," TO_SIGN "}");
    profile->certificates.items[0].sha256[0] ^= 1;
    comparison = compare(&h, profile);
    cr_assert_eq(comparison.checks.items[0].result, WR_FAIL);
    cr_assert_eq(comparison.checks.items[0].certificate, SIZE_MAX);
    profile->certificates.items[0].has_sha256 = false;
    comparison = compare(&h, profile);
    cr_assert_eq(comparison.checks.items[0].result, WR_PASS, "SHA-1 alone finds it");
}

/* ---- chains ------------------------------------------------------------------------------------
 */

struct chain_case {
    char stores[48]; /* "R:root_a C:ca": letters of set_up for certificates of fixtures/chain */
    char start[16], more[64];
    wr_result result;
    char state[24], detail[64];
};

static struct chain_case chain_cases[] = {
    { "R:root_a C:ca S:leaf", "leaf", "", WR_PASS, "present_usable", "ends at root_a" },
    { "R:root_a R:ca S:leaf", "leaf", "", WR_PASS, "present_usable", "ends at root_a" },
    { "R:root_a S:ca S:leaf", "leaf", "", WR_FAIL, "absent_unfetchable", "stops at ca" },
    { "R:root_a U:ca S:leaf", "leaf", "", WR_FAIL, "absent_unfetchable", "stops at ca" },
    { "C:ca S:leaf", "leaf", "", WR_FAIL, "absent_unfetchable", "stops at root_a" },
    { "C:root_a C:ca S:leaf", "leaf", "", WR_FAIL, "absent_unfetchable", "stops at root_a" },
    { "R:root_b C:ca S:leaf", "leaf", "", WR_FAIL, "absent_unfetchable", "stops at root_a" },
    { "R:root_b C:ca C:ca_cross S:leaf", "leaf", "", WR_PASS, "present_usable", "ends at root_b" },
    { "R:root_b C:ca_impostor S:leaf", "leaf", "", WR_FAIL, "absent_unfetchable", "stops at ca" },
    { "Rn:root_a C:ca S:leaf", "leaf", "", WR_FAIL, "present_restricted", "issued before 2021" },
    { "Rn:root_a R:root_b C:ca C:ca_cross S:leaf", "leaf", "", WR_PASS, "present_usable",
      "ends at root_b" },
    { "Rn:root_a C:ca S:leaf", "leaf", ",'existing_signatures':true", WR_PASS, "present_restricted",
      "issued before 2021" },
    { "RD:root_a C:ca S:leaf", "leaf", "", WR_FAIL, "disallowed", "Disallowed store" },
    { "R:root_a CD:ca S:leaf", "leaf", "", WR_FAIL, "disallowed", "Disallowed store" },
    { "R:root_a CK:ca S:leaf", "leaf", "", WR_FAIL, "disallowed", "refuses its key" },
    { "R:root_a C:ca SK:leaf", "leaf", "", WR_FAIL, "disallowed", "refuses" },
    { "R:root_a C:ca_tls S:leaf_tls", "leaf_tls", "", WR_FAIL, "present_unusable",
      "extended key usage does not name it" },
    { "R:root_a", "root_a", "", WR_PASS, "present_usable", "ends at root_a" },
    { "R:root_a C:ca", "ca", "", WR_PASS, "present_usable", "ends at root_a" },
    { "R:root_a C:ca", "leaf", "", WR_RESULT_UNKNOWN, "absent_unknown", "--supply" },
    { "M:root_a C:ca S:leaf", "leaf", "", WR_RESULT_UNKNOWN, "absent_unknown",
      "could not be read" },
};

ParameterizedTestParameters(compare, chains)
{
    return cr_make_param_array(struct chain_case, chain_cases,
                               sizeof chain_cases / sizeof *chain_cases);
}

static void set_up_chain(const char *stores)
{
    char letters[8], name[16];

    for (int used; *stores; stores += used + (stores[used] == ' ')) {
        cr_assert_eq(sscanf(stores, "%7[^:]:%15[^ ]%n", letters, name, &used), 2);
        for (size_t i = 0; i < h.num_certificates; i++)
            if (!strcmp(h.certificates[i].name, name))
                set_up(&h, &h.certificates[i].facts, letters);
    }
}

static void know_chain(void)
{
    static const char *const names[] = { "root_a", "root_b", "ca",       "ca_cross",
                                         "leaf",   "ca_tls", "leaf_tls", "ca_impostor" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        know_fixture(&h, names[i]);
}

ParameterizedTest(struct chain_case *row, compare, chains, .init = start, .fini = stop)
{
    wr_check check;

    know_chain();
    set_up_chain(row->stores);
    check = only(wr_arena_format(&h.arena,
                                 "'kind':'chain-usable','purposes':['code_signing'],"
                                 "'certificate':'%s'%s",
                                 row->start, row->more));
    cr_assert_eq(check.result, row->result, "%s: %s: %s", row->stores, wr_result_name(check.result),
                 check.detail);
    cr_assert_str_eq(check.state, row->state, "%s: %s", row->stores, check.detail);
    cr_assert(strstr(check.detail, row->detail), "%s: %s", row->stores, check.detail);
}

/* In 2130 every certificate of fixtures/chain has expired. */
Test(compare, a_chain_that_has_expired_passes_where_that_is_accepted)
{
    static const char chain[] = "'kind':'chain-usable','certificate':'leaf'";
    wr_check check;

    know_chain();
    set_up_chain("R:root_a C:ca S:leaf");
    cr_assert(wr_time_from_civil(2130, 1, 1, 0, 0, 0, &h.options.as_of));
    check = only(chain);
    cr_assert_eq(check.result, WR_FAIL, "%s", check.detail);
    cr_assert_str_eq(check.state, "present_expired");
    check = only(wr_arena_format(&h.arena, "%s,'accept_expired':true", chain));
    cr_assert_eq(check.result, WR_PASS, "%s", check.detail);
    cr_assert_str_eq(check.state, "present_expired");
}

Test(compare, what_was_deleted_and_recovered_is_not_there)
{
    wr_check check;

    know_chain();
    set_up_chain("R:root_a C:ca S:leaf");
    h.model.instances.items[1].deleted = true;
    check = only("'kind':'chain-usable','certificate':'leaf'");
    cr_assert_str_eq(check.state, "absent_unfetchable", "%s", check.detail);
    check = only("'kind':'certificate-present','store':'CA','certificate':'ca'");
    cr_assert_str_eq(check.state, "absent_unfetchable");
    cr_assert_str_eq(check.detail, "not in CA of the machine");
}

/* ---- conditions and groups ---------------------------------------------------------------------
 */

struct group_case {
    char members[512];
    wr_result result;
};

/* The certificate y is in Root, n is nowhere, u is open: a refusal of it may not have been read. */
#define CHILD(id, more) "{'id':'" id "'," more "}"
#define YES             CHILD("y1", "'kind':'certificate-present','store':'Root','certificate':'y'")
#define YES2            CHILD("y2", "'kind':'certificate-absent','store':'Root','certificate':'n'")
#define NO              CHILD("n1", "'kind':'certificate-present','store':'Root','certificate':'n'")
#define NO2             CHILD("n2", "'kind':'certificate-absent','store':'Root','certificate':'y'")
#define OPEN                                                                                       \
    CHILD("u1", "'kind':'registry-value','registry':{'key':'HKLM\\\\SOFTWARE\\\\X','name':'v','"   \
                "operator':'present'}")
#define NEVER                                                                                      \
    CHILD("x1", "'when':{'os':{'build_min':99999}},'kind':'certificate-present','store':'Root','"  \
                "certificate':'n'")

static struct group_case group_cases[] = {
    { "'kind':'any-of','children':[" NO "," YES "]", WR_PASS },
    { "'kind':'any-of','children':[" NO "," NO2 "]", WR_FAIL },
    { "'kind':'any-of','children':[" NO "," OPEN "]", WR_RESULT_UNKNOWN },
    { "'kind':'any-of','min':2,'children':[" NO "," YES "," OPEN "]", WR_RESULT_UNKNOWN },
    { "'kind':'any-of','min':2,'children':[" NO "," NO2 "," OPEN "]", WR_FAIL },
    { "'kind':'any-of','min':2,'children':[" YES2 "," YES "]", WR_PASS },
    { "'kind':'any-of','min':2,'children':[" YES "," NEVER "]", WR_PASS },
    { "'kind':'any-of','children':[" NEVER "]", WR_NOT_APPLICABLE },
    { "'kind':'all-of','children':[" YES "," YES2 "]", WR_PASS },
    { "'kind':'all-of','children':[" YES "," OPEN "]", WR_RESULT_UNKNOWN },
    { "'kind':'all-of','children':[" OPEN "," NO "]", WR_FAIL },
    { "'kind':'all-of','children':[" YES "," NEVER "]", WR_PASS },
    { "'kind':'any-of','when':{'os':{'build_max':9}},'children':[" NO "]", WR_NOT_APPLICABLE },
    { "'kind':'any-of','children':[" CHILD("a", "'kind':'all-of','children':[" YES "," NO
                                                "]") "," YES2 "]",
      WR_PASS },
};

ParameterizedTestParameters(compare, groups)
{
    return cr_make_param_array(struct group_case, group_cases,
                               sizeof group_cases / sizeof *group_cases);
}

ParameterizedTest(struct group_case *row, compare, groups, .init = start, .fini = stop)
{
    wr_check check;

    set_up(&h, know(&h, "y", certificate_by_hand(&h, "y", 2020, 2040)), "R");
    know(&h, "n", certificate_by_hand(&h, "n", 2020, 2040));
    check = only(row->members);
    cr_assert_eq(check.result, row->result, "%s: %s: %s", row->members,
                 wr_result_name(check.result), check.detail);
}

Test(compare, checks_stand_depth_first_with_their_parent)
{
    static const char *const ids[] = { "g", "a", "y1", "n1", "y2", "z" };
    static const size_t parents[] = { SIZE_MAX, 0, 1, 1, 0, SIZE_MAX };
    wr_comparison comparison;

    set_up(&h, know(&h, "y", certificate_by_hand(&h, "y", 2020, 2040)), "R");
    know(&h, "n", certificate_by_hand(&h, "n", 2020, 2040));
    judge(&h);
    comparison = compare(
        &h,
        profile_of(&h, "p",
                   "{'id':'g','kind':'any-of','severity':'required','basis':'inferred','children':["
                   "{'id':'a','kind':'all-of','children':[" YES "," NO "]}," YES2 "]},"
                   "{'id':'z','severity':'recommended','basis':'inferred',"
                   "'kind':'certificate-present','store':'Root','certificate':'n'}"));
    cr_assert_eq(comparison.checks.count, 6);
    for (size_t i = 0; i < 6; i++) {
        cr_assert_str_eq(comparison.checks.items[i].requirement->id, ids[i]);
        cr_assert_eq(comparison.checks.items[i].parent, parents[i]);
    }
    cr_assert_eq(comparison.checks.items[5].result, WR_FAIL);
    cr_assert_eq(comparison.result, WR_PASS, "what is recommended does not decide");
}

Test(compare, children_of_what_does_not_apply_do_not_apply)
{
    wr_comparison comparison;

    know(&h, "n", certificate_by_hand(&h, "n", 2020, 2040));
    judge(&h);
    comparison = compare(&h, profile_of(&h, "p",
                                        "{'id':'g','kind':'all-of','severity':'required',"
                                        "'basis':'inferred','when':{'effective_from':'2031-01-01'},"
                                        "'children':[" NO "]}"));
    cr_assert_eq(comparison.checks.items[0].result, WR_NOT_APPLICABLE);
    cr_assert(strstr(comparison.checks.items[0].detail, "2031-01-01"), "%s",
              comparison.checks.items[0].detail);
    cr_assert_eq(comparison.checks.items[1].result, WR_NOT_APPLICABLE);
    cr_assert_eq(comparison.result, WR_PASS);
}

struct when_case {
    char when[64];
    char letters[4]; /* of the certificate that is asked for, and of the host */
    bool os_known;
    wr_result result;
};

static struct when_case when_cases[] = {
    { "'os':{'build_min':17763,'build_max':17763}", "", true, WR_FAIL },
    { "'os':{'build_min':17764}", "", true, WR_NOT_APPLICABLE },
    { "'os':{'build_max':17762}", "", true, WR_NOT_APPLICABLE },
    { "'os':{'build_min':1}", "", false, WR_RESULT_UNKNOWN },
    { "'os':{'build_min':1}", "R", false, WR_PASS },
    { "'root_auto_update':false", "0", true, WR_FAIL },
    { "'root_auto_update':false", "", true, WR_NOT_APPLICABLE },
    { "'root_auto_update':true", "0", true, WR_NOT_APPLICABLE },
    { "'effective_from':'2029-12-31'", "", true, WR_FAIL },
    { "'effective_from':'2030-01-02'", "", true, WR_NOT_APPLICABLE },
};

ParameterizedTestParameters(compare, conditions)
{
    return cr_make_param_array(struct when_case, when_cases,
                               sizeof when_cases / sizeof *when_cases);
}

ParameterizedTest(struct when_case *row, compare, conditions, .init = start, .fini = stop)
{
    wr_check check;

    set_up(&h, know(&h, "c", certificate_by_hand(&h, "c", 2020, 2040)), row->letters);
    h.model.host.os.known = row->os_known;
    check = only(wr_arena_format(&h.arena, TO_SIGN ",'when':{%s}", row->when));
    cr_assert_eq(check.result, row->result, "%s %s: %s: %s", row->when, row->letters,
                 wr_result_name(check.result), check.detail);
}

Test(compare, an_update_policy_that_nobody_read_decides_nothing)
{
    wr_check check;

    know(&h, "c", certificate_by_hand(&h, "c", 2020, 2040));
    h.model.has_machine_hive = false;
    check = only(TO_SIGN ",'when':{'root_auto_update':false}");
    cr_assert_eq(check.result, WR_RESULT_UNKNOWN, "%s", check.detail);
}

/* ---- the host ----------------------------------------------------------------------------------
 */

struct update_case {
    char what[40];
    uint32_t build, revision, installed; /* 0 = not known */
    wr_result result;
    char detail[48];
};

#define ROWS                                                                                       \
    "'kind':'os-update','os_update':["                                                             \
    "{'os':'7','build_min':7601,'build_max':7601,'kbs':[5006743,5006728]},"                        \
    "{'os':'1809','build_min':17763,'build_max':17763,'kbs':[5005625],'fixed_revision':2210},"     \
    "{'os':'11','build_min':22000,'native':true}]"

static struct update_case update_cases[] = {
    { "revision is the fixed one", 17763, 2210, 0, WR_PASS, "build 17763.2210" },
    { "revision is later", 17763, 9999, 0, WR_PASS, "build 17763.9999" },
    { "revision is lower", 17763, 2209, 0, WR_FAIL, "required: 17763.2210 or later (KB5005625)" },
    { "lower, but the KB is there", 17763, 2209, 5005625, WR_PASS, "KB5005625 is installed" },
    { "another KB is there", 17763, 0, 5005624, WR_RESULT_UNKNOWN, "revision of this host is not" },
    { "nothing is known of updates", 17763, 0, 0, WR_RESULT_UNKNOWN, "no record of updates" },
    { "the second KB", 7601, 0, 5006728, WR_PASS, "KB5006728 is installed" },
    { "rollups supersede", 7601, 24000, 5012626, WR_RESULT_UNKNOWN, "a later rollup would do too" },
    { "native", 26100, 1, 0, WR_PASS, "11 needs no update" },
    { "between the rows", 15063, 5, 0, WR_RESULT_UNKNOWN, "does not speak of Windows build 15063" },
    { "no version", 0, 0, 0, WR_RESULT_UNKNOWN, "--os" },
};

ParameterizedTestParameters(compare, updates)
{
    return cr_make_param_array(struct update_case, update_cases,
                               sizeof update_cases / sizeof *update_cases);
}

ParameterizedTest(struct update_case *row, compare, updates, .init = start, .fini = stop)
{
    wr_host *host_facts = &h.model.host;
    wr_check check;

    host_facts->os.known = row->build != 0;
    host_facts->os.build = row->build;
    host_facts->os.revision = row->revision;
    host_facts->os.revision_known = row->revision != 0;
    host_facts->updates_known = row->installed != 0;
    if (row->installed) {
        uint32_t *kb = WR_APPEND(&h.arena, &host_facts->updates, uint32_t);
        cr_assert(kb);
        *kb = row->installed;
    }
    check = only(ROWS);
    cr_assert_eq(check.result, row->result, "%s: %s: %s", row->what, wr_result_name(check.result),
                 check.detail);
    cr_assert(strstr(check.detail, row->detail), "%s: %s", row->what, check.detail);
}

struct list_case {
    char letters[8], minimum[24];
    bool allow_unverified;
    wr_result result;
    char detail[48];
};

/* host.h gives lists the sequence number 1401d7. */
static struct list_case list_cases[] = {
    { "l", "1401d7", true, WR_PASS, "of the host is 1401d7" },
    { "l", "1401d6", true, WR_PASS, "1401d6 or later" },
    { "l", "001401d7", true, WR_PASS, "1401d7" },
    { "l", "1401d8", true, WR_FAIL, "required: 1401d8 or later" },
    { "l", "11401d7", true, WR_FAIL, "1401d7" },
    { "l", "1", false, WR_FAIL, "whose signature verifies" },
    { "", "1", true, WR_FAIL, "the host has no authroot list" },
    { "M", "1", true, WR_RESULT_UNKNOWN, "no authroot list" },
};

ParameterizedTestParameters(compare, lists)
{
    return cr_make_param_array(struct list_case, list_cases,
                               sizeof list_cases / sizeof *list_cases);
}

ParameterizedTest(struct list_case *row, compare, lists, .init = start, .fini = stop)
{
    wr_check check;

    set_up(&h, know(&h, "c", certificate_by_hand(&h, "c", 2020, 2040)), row->letters);
    h.options.allow_unverified_lists = row->allow_unverified;
    check = only(wr_arena_format(
        &h.arena, "'kind':'list-minimum','list':{'kind':'authroot','min_sequence':'%s'}",
        row->minimum));
    cr_assert_eq(check.result, row->result, "%s: %s", row->minimum, check.detail);
    cr_assert(strstr(check.detail, row->detail), "%s: %s", row->minimum, check.detail);
}

Test(compare, each_list_has_a_minimum_of_its_own)
{
    static const char minimum[] =
        "'kind':'list-minimum','list':{'kind':'%s','min_sequence':'1401d7'}";
    static const struct {
        const char *kind;
        wr_result result;
    } rows[] = { { "disallowed", WR_PASS }, { "authroot", WR_FAIL }, { "pinrules", WR_FAIL } };

    set_up(&h, know(&h, "c", certificate_by_hand(&h, "c", 2020, 2040)), "K");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_check check = only(wr_arena_format(&h.arena, minimum, rows[i].kind));
        cr_assert_eq(check.result, rows[i].result, "%s: %s", rows[i].kind, check.detail);
    }
}

Test(compare, a_list_given_beside_the_host_counts_only_where_it_has_none)
{
    wr_list *given;
    wr_check check;

    set_up(&h, know(&h, "c", certificate_by_hand(&h, "c", 2020, 2040)), "l");
    given = WR_APPEND(&h.arena, &h.model.lists, wr_list);
    cr_assert(given);
    *given = h.model.lists.items[0];
    given->ctl = WR_NEW(&h.arena, wr_ctl, 1);
    *(wr_ctl *)given->ctl = *h.authroot;
    ((wr_ctl *)given->ctl)->sequence = view_of("\x14\x01\xd9", 3);
    given->from_host = false;
    check = only("'kind':'list-minimum','list':{'kind':'authroot','min_sequence':'1401d8'}");
    cr_assert_eq(check.result, WR_FAIL, "%s", check.detail);
}

struct registry_case {
    char key[96], name[24], wanted[16], data[24];
    wr_result result;
    char detail[64];
};

#define POLICY  "Policies\\\\Microsoft\\\\SystemCertificates\\\\AuthRoot"
#define WINDOWS "Microsoft\\\\Windows NT\\\\CurrentVersion"

/* The demo host: DisableRootAutoUpdate 1, UBR 4170, ProductName "Windows 10 Pro". */
static struct registry_case registry_cases[] = {
    { POLICY, "DisableRootAutoUpdate", "equals", "1", WR_PASS, "is \"1\"" },
    { POLICY, "DisableRootAutoUpdate", "equals", "0x1", WR_PASS, "is \"1\"" },
    { POLICY, "disablerootautoupdate", "equals", "0", WR_FAIL, "is \"1\", required: equals 0" },
    { POLICY, "DisableRootAutoUpdate", "not-equals", "1", WR_FAIL, "required: not-equals 1" },
    { POLICY, "DisableRootAutoUpdate", "absent", "", WR_FAIL, "required: absent" },
    { POLICY, "Nothing", "absent", "", WR_PASS, "Nothing is absent" },
    { POLICY, "Nothing", "present", "", WR_FAIL, "Nothing is absent" },
    { POLICY, "Nothing", "not-equals", "1", WR_PASS, "Nothing is absent" },
    { POLICY, "Nothing", "equals", "1", WR_FAIL, "Nothing is absent" },
    { POLICY, "Nothing", "at-most", "1", WR_FAIL, "Nothing is absent" },
    { POLICY "\\\\No\\\\Such\\\\Key", "Nothing", "absent", "", WR_PASS, "Nothing is absent" },
    { WINDOWS, "UBR", "at-least", "4170", WR_PASS, "is \"4170\"" },
    { WINDOWS, "UBR", "at-least", "0x104b", WR_FAIL, "is \"4170\"" },
    { WINDOWS, "UBR", "at-most", "4170", WR_PASS, "is \"4170\"" },
    { WINDOWS, "UBR", "at-most", "4169", WR_FAIL, "is \"4170\"" },
    { WINDOWS, "ProductName", "equals", "Windows 10 Pro", WR_PASS, "is \"Windows 10 Pro\"" },
    { WINDOWS, "ProductName", "equals", "windows 10 pro", WR_FAIL, "is \"Windows 10 Pro\"" },
    { WINDOWS, "ProductName", "at-least", "1", WR_FAIL, "is \"Windows 10 Pro\"" },
    { WINDOWS, "CurrentBuildNumber", "equals", "19045", WR_PASS, "is \"19045\"" },
};

ParameterizedTestParameters(compare, registry)
{
    return cr_make_param_array(struct registry_case, registry_cases,
                               sizeof registry_cases / sizeof *registry_cases);
}

ParameterizedTest(struct registry_case *row, compare, registry, .init = start, .fini = stop)
{
    wr_evidence *evidence = wr_evidence_new(&h.arena, &h.diags);
    wr_evidence_options options = { .hash = false };
    wr_check check;
    wr_error e;

    cr_assert(evidence);
    cr_assert(
        wr_evidence_add(evidence, FIXTURE("demo/SOFTWARE"), WR_USE_EVIDENCE, NULL, &options, &e),
        "%s", e.message);
    h.model.evidence = evidence;
    check =
        only(wr_arena_format(&h.arena,
                             "'kind':'registry-value','registry':{'key':'HKLM\\\\SOFTWARE\\\\%s',"
                             "'name':'%s','operator':'%s'%s%s%s}",
                             row->key, row->name, row->wanted, *row->data ? ",'data':'" : "",
                             row->data, *row->data ? "'" : ""));
    cr_assert_eq(check.result, row->result, "%s %s: %s", row->name, row->wanted, check.detail);
    cr_assert(strstr(check.detail, row->detail), "%s %s: %s", row->name, row->wanted, check.detail);
    wr_evidence_free(evidence);
}

Test(compare, a_registry_value_without_a_hive_is_open)
{
    wr_check check = only("'kind':'registry-value','registry':{'key':'HKLM\\\\SOFTWARE\\\\X',"
                          "'name':'v','operator':'absent'}");
    cr_assert_eq(check.result, WR_RESULT_UNKNOWN, "%s", check.detail);
}
