#include "support.h"

#include <criterion/parameterized.h>

#include "require/identity.h"
#include "winroots/limits.h"

/* One item of each kind; ' stands for ". */
static const char good[] =
    "{'schema':'winroots.profile/1','id':'unit','aliases':['U1','u-2'],'title':'A "
    "unit','version':'3',"
    "'product':{'vendor':'Example','name':'Unit','versions':'1.x'},"
    "'sources':[{'id':'kb','uri':'https://example.org/kb','completeness':'excerpt'}],"
    "'certificates':{"
    "'root':{'sha256':'000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F',"
    "'sha1':'000102030405060708090a0b0c0d0e0f10111213','subject':'CN=Root','issuer':'CN=Root',"
    "'serial':'0A'},"
    "'ca':{'sha1':'ff0102030405060708090a0b0c0d0e0f10111213'}},"
    "'requirements':["
    "{'id':'present','kind':'certificate-present','severity':'required','store':'Root',"
    "'certificate':'root','purposes':['code_signing','1.2.3.4'],'accept_expired':true,"
    "'existing_signatures':true,'basis':'sourced','source':['kb'],'note':'first',"
    "'known_defects':['expired','disabled']},"
    "{'id':'absent','kind':'certificate-absent','severity':'recommended','store':'CA',"
    "'certificate':'ca','basis':'inferred'},"
    "{'id':'not-bad','kind':'not-disallowed','severity':'required','certificate':'ca',"
    "'basis':'inferred'},"
    "{'id':'chain','kind':'chain-usable','severity':'required','certificate':'ca',"
    "'purposes':['serverAuth'],'basis':'inferred'},"
    "{'id':'any','kind':'any-of','severity':'recommended','min':2,'basis':'second-hand',"
    "'source':['kb'],'children':["
    "{'id':'any-1','kind':'certificate-present','store':'CA','certificate':'ca'},"
    "{'id':'any-2','kind':'all-of','basis':'inferred','children':["
    "{'id':'any-2-1','kind':'not-disallowed','certificate':'root'}]}]},"
    "{'id':'value','kind':'registry-value','severity':'required','basis':'inferred',"
    "'when':{'os':{'build_min':10240,'build_max':14393},'root_auto_update':false,"
    "'effective_from':'2026-03-15'},"
    "'registry':{'key':'HKLM\\\\SOFTWARE\\\\Example','name':'Level','operator':'at-least',"
    "'data':'0x10'}},"
    "{'id':'list','kind':'list-minimum','severity':'required','basis':'inferred',"
    "'list':{'kind':'authroot','min_sequence':'1401d75f0554b601ea'}},"
    "{'id':'update','kind':'os-update','severity':'required','basis':'inferred','os_update':["
    "{'os':'Windows 10 1809','build_min':17763,'build_max':17763,'kbs':[5005625,4],"
    "'fixed_revision':2210},"
    "{'os':'Windows 11','build_min':22000,'native':true}]}]}";

/* `good` with the first `find` replaced, and every ' made a ". */
static char *changed(const char *find, const char *replace)
{
    size_t room = sizeof good + strlen(replace), before;
    const char *at = strstr(good, find);
    char *text = malloc(room);

    cr_assert(at && text, "%s is not in the profile", find);
    before = (size_t)(at - good);
    snprintf(text, room, "%.*s%s%s", (int)before, good, replace, at + strlen(find));
    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    return text;
}

Test(profile, is_read_whole)
{
    char *text = changed("unit", "unit");
    const wr_requirement *item;
    wr_profile p;
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_profile_parse(view_of(text, strlen(text)), &arena, &p, &e), "%s: %s", e.path,
              e.message);
    free(text);
    cr_assert_str_eq(p.id, "unit");
    cr_assert_str_eq(p.title, "A unit");
    cr_assert_str_eq(p.version, "3");
    cr_assert_str_eq(p.product_versions, "1.x");
    cr_assert_eq(p.aliases.count, 2);
    cr_assert_str_eq(p.aliases.items[1], "u-2");
    cr_assert_str_eq(p.sources.items[0].completeness, "excerpt");
    cr_assert_not(p.built_in);

    cr_assert_eq(p.certificates.count, 2);
    cr_assert(p.certificates.items[0].has_sha256 && p.certificates.items[0].has_sha1);
    cr_assert_eq(p.certificates.items[0].sha256[31], 0x1f);
    cr_assert_str_eq(p.certificates.items[0].serial, "0A");
    cr_assert(!p.certificates.items[1].has_sha256 && p.certificates.items[1].has_sha1);
    cr_assert_eq(p.certificates.items[1].sha1[0], 0xff);

    cr_assert_eq(p.requirements.count, 8);
    item = p.requirements.items[0];
    cr_assert_eq(item->kind, WR_REQUIRE_CERTIFICATE_PRESENT);
    cr_assert(item->required && item->accept_expired && item->existing_signatures);
    cr_assert_str_eq(item->store, "Root");
    cr_assert_eq(item->certificate, &p.certificates.items[0]);
    cr_assert_eq(item->purposes.count, 2);
    cr_assert_str_eq(item->purposes.items[0].name, "code_signing");
    cr_assert_str_eq(item->purposes.items[1].oid, "1.2.3.4");
    cr_assert_str_eq(item->sources.items[0], "kb");
    cr_assert_str_eq(item->when_text, "");
    cr_assert_eq(item->when_root_auto_update, -1);
    cr_assert_eq(item->known_defects, 1u << WR_DEFECT_EXPIRED | 1u << WR_DEFECT_DISABLED);

    item = p.requirements.items[4];
    cr_assert_eq(item->min, 2);
    cr_assert_eq(item->children.count, 2);
    cr_assert_not(item->children.items[0]->required, "an item inside has the severity around it");
    cr_assert_str_eq(item->children.items[0]->basis, "second-hand", "and its basis");
    cr_assert_eq(item->children.items[0]->sources.count, 1);
    cr_assert_str_eq(item->children.items[1]->basis, "inferred", "where it gives none");
    cr_assert_str_eq(item->children.items[1]->children.items[0]->id, "any-2-1");

    item = p.requirements.items[5];
    cr_assert_str_eq(item->registry_key, "HKLM\\SOFTWARE\\Example");
    cr_assert_str_eq(item->registry_data, "0x10");
    cr_assert_eq(item->when_build_min, 10240);
    cr_assert_eq(item->when_root_auto_update, 0);
    cr_assert_str_eq(item->when_text, "Windows build 10240 to 14393, root auto-update is off, "
                                      "from 2026-03-15T00:00:00Z");
    cr_assert_str_eq(p.requirements.items[6]->list_min_sequence, "1401d75f0554b601ea");

    item = p.requirements.items[7];
    cr_assert_eq(item->os_update.count, 2);
    cr_assert_eq(item->os_update.items[0].kbs.items[1], 4);
    cr_assert_eq(item->os_update.items[0].fixed_revision, 2210);
    cr_assert_eq(item->os_update.items[1].build_max, UINT32_MAX, "no upper bound");
    cr_assert(item->os_update.items[1].native);
    wr_arena_free(&arena);
}

Test(profile, a_build_may_be_bounded_by_zero)
{
    wr_arena arena;
    wr_profile p;
    wr_error err;
    char *json = changed("{'build_min':10240,'build_max':14393}", "{'build_max':0}");

    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_profile_parse(view_of(json, strlen(json)), &arena, &p, &err), "%s", err.message);
    cr_assert_eq(p.requirements.items[5]->when_build_max, 0);
    wr_arena_free(&arena);
    free(json);
}

/* `good` with one thing wrong: the place that the error must name. */
struct fault {
    char find[64], replace[128], pointer[64];
    wr_code code;
};

static struct fault faults[] = {
    { "'winroots.profile/1'", "'winroots.profile/2'", "/schema", WR_E_MALFORMED },
    { "'schema':'winroots.profile/1',", "", "/schema", WR_E_MALFORMED },
    { "'title'", "'titel'", "/titel", WR_E_MALFORMED },
    { "'title':'A unit',", "", "/title", WR_E_MALFORMED },
    { "'version':'3'", "'version':3", "/version", WR_E_MALFORMED },
    { "'A unit'", "'A\\nunit'", "/title", WR_E_MALFORMED },
    { "'id':'unit'", "'id':'../unit'", "/id", WR_E_MALFORMED },
    { "'id':'unit'", "'id':''", "/id", WR_E_MALFORMED },
    { "'id':'unit'", "'id':'-unit'", "/id", WR_E_MALFORMED },
    { "'u-2'", "'u 2'", "/aliases/1", WR_E_MALFORMED },
    { "'versions':'1.x'", "'build':'1.x'", "/product/build", WR_E_MALFORMED },
    { "'name':'Unit',", "", "/product/name", WR_E_MALFORMED },
    { "'uri':'https", "'url':'https", "/sources/0/url", WR_E_MALFORMED },
    { "'completeness':'excerpt'", "'completeness':'part'", "/sources/0/completeness",
      WR_E_MALFORMED },
    { "'excerpt'}]", "'excerpt'},{'id':'kb','uri':'u','completeness':'complete'}]", "/sources/1",
      WR_E_MALFORMED },
    { "'root':{", "'ro ot':{", "/certificates/ro ot", WR_E_MALFORMED },
    { "'sha1':'000102", "'sha1':'0000102", "/certificates/root/sha1", WR_E_MALFORMED },
    { "'sha1':'ff", "'sha1':'Thumbprint: ff", "/certificates/ca/sha1", WR_E_MALFORMED },
    { "'sha1':'ff0102030405060708090a0b0c0d0e0f10111213'", "'sha1':''", "/certificates/ca/sha1",
      WR_E_MALFORMED },
    { "'sha1':'ff0102030405060708090a0b0c0d0e0f10111213'", "'subject':'CN=CA'", "/certificates/ca",
      WR_E_MALFORMED },
    { "'sha1':'ff0102030405060708090a0b0c0d0e0f10111213'", "'identity':'issuer-only'",
      "/certificates/ca", WR_E_MALFORMED },
    { "'sha1':'ff", "'identity':'issuer-only','subject':'CN=CA','sha1':'ff", "/certificates/ca",
      WR_E_MALFORMED },
    { "'sha1':'ff", "'identity':'name','sha1':'ff", "/certificates/ca/identity", WR_E_MALFORMED },
    { "'sha1':'ff", "'key_id':'00','sha1':'ff", "/certificates/ca/key_id", WR_E_MALFORMED },
    { "1C1D1E1F'", "1C1D1E1G'", "/certificates/root/sha256", WR_E_MALFORMED },
    { "'serial':'0A'", "'serial':'0A '", "/certificates/root/serial", WR_E_MALFORMED },
    { "'issuer':'CN=Root'", "'sha512':'00'", "/certificates/root/sha512", WR_E_MALFORMED },
    { "'id':'present',", "", "/requirements/0/id", WR_E_MALFORMED },
    { "'id':'absent'", "'id':'present'", "/requirements/1/id", WR_E_MALFORMED },
    { "'id':'any-2-1'", "'id':'chain'", "/requirements/4/children/1/children/0/id",
      WR_E_MALFORMED },
    { "'certificate-present','sev", "'certificate','sev", "/requirements/0/kind", WR_E_MALFORMED },
    { "'severity':'required'", "'severity':'high'", "/requirements/0/severity", WR_E_MALFORMED },
    { "'severity':'required',", "", "/requirements/0/severity", WR_E_MALFORMED },
    { "'id':'any-1',", "'id':'any-1','severity':'required',", "/requirements/4/children/0/severity",
      WR_E_MALFORMED },
    { "'store':'Root'", "'store':'root'", "/requirements/0/store", WR_E_MALFORMED },
    { "'store':'Root'", "'store':'AuthRoot'", "/requirements/0/store", WR_E_MALFORMED },
    { "'store':'Root'", "'store':'Root & calc'", "/requirements/0/store", WR_E_MALFORMED },
    { "'store':'Root',", "", "/requirements/0/store", WR_E_MALFORMED },
    { "'store':'Root'", "'store':'CA'", "/requirements/0/purposes", WR_E_MALFORMED },
    { "'store':'CA',", "'store':'CA','existing_signatures':true,",
      "/requirements/1/existing_signatures", WR_E_MALFORMED },
    { "'certificate':'root'", "'certificate':'toor'", "/requirements/0/certificate",
      WR_E_MALFORMED },
    { "'certificate':'root',", "", "/requirements/0/certificate", WR_E_MALFORMED },
    { "'code_signing'", "'code signing'", "/requirements/0/purposes/0", WR_E_MALFORMED },
    { "'1.2.3.4'", "1", "/requirements/0/purposes/1", WR_E_MALFORMED },
    { "['code_signing','1.2.3.4']", "[]", "/requirements/0/purposes", WR_E_MALFORMED },
    { "['code_signing','1.2.3.4']", "'code_signing'", "/requirements/0/purposes", WR_E_MALFORMED },
    { "'accept_expired':true", "'accept_expired':1", "/requirements/0/accept_expired",
      WR_E_MALFORMED },
    { "'existing_signatures':true", "'existing_signatures':null",
      "/requirements/0/existing_signatures", WR_E_MALFORMED },
    { "'basis':'sourced'", "'basis':'sure'", "/requirements/0/basis", WR_E_MALFORMED },
    { "'basis':'sourced','source':['kb']", "'basis':'sourced'", "/requirements/0/source",
      WR_E_MALFORMED },
    { "'source':['kb']", "'source':['bk']", "/requirements/0/source/0", WR_E_MALFORMED },
    { "'note':'first'", "'notes':'first'", "/requirements/0/notes", WR_E_MALFORMED },
    { "['expired','disabled']", "['expired','old']", "/requirements/0/known_defects/1",
      WR_E_MALFORMED },
    { "['expired','disabled']", "['hash_mismatch']", "/requirements/0/known_defects/0",
      WR_E_MALFORMED },
    { "['expired','disabled']", "[]", "/requirements/0/known_defects", WR_E_MALFORMED },
    { "'id':'not-bad',", "'id':'not-bad','store':'Root',", "/requirements/2/store",
      WR_E_MALFORMED },
    { "'min':2", "'min':3", "/requirements/4/min", WR_E_MALFORMED },
    { "'min':2", "'min':0", "/requirements/4/min", WR_E_MALFORMED },
    { "'min':2", "'min':1.5", "/requirements/4/min", WR_E_MALFORMED },
    { "'min':2", "'certificate':'ca'", "/requirements/4/certificate", WR_E_MALFORMED },
    { "'id':'any-2-1','kind':'not-disallowed','certificate':'root'", "'id':'any-2-1'",
      "/requirements/4/children/1/children/0/kind", WR_E_MALFORMED },
    { "'when':{'os'", "'when':{'cpu':1,'os'", "/requirements/5/when/cpu", WR_E_MALFORMED },
    { "'build_min':10240,", "'build_min':14394,", "/requirements/5/when/os/build_max",
      WR_E_MALFORMED },
    { "{'build_min':10240,'build_max':14393}", "{}", "/requirements/5/when/os", WR_E_MALFORMED },
    { "'root_auto_update':false", "'root_auto_update':'off'",
      "/requirements/5/when/root_auto_update", WR_E_MALFORMED },
    { "'2026-03-15'", "'March 2026'", "/requirements/5/when/effective_from", WR_E_MALFORMED },
    { "'HKLM\\\\SOFTWARE\\\\Example'", "'HKLM\\\\SYSTEM\\\\Example'",
      "/requirements/5/registry/key", WR_E_MALFORMED },
    { "SOFTWARE\\\\Example'", "SOFTWARE\\\\%PATH%'", "/requirements/5/registry/key",
      WR_E_MALFORMED },
    { "'name':'Level'", "'name':'Le\\u00e9vel'", "/requirements/5/registry/name", WR_E_MALFORMED },
    { "'at-least'", "'more'", "/requirements/5/registry/operator", WR_E_MALFORMED },
    { "'at-least'", "'present'", "/requirements/5/registry/data", WR_E_MALFORMED },
    { "'data':'0x10'", "'data':'ten'", "/requirements/5/registry/data", WR_E_MALFORMED },
    { ",'data':'0x10'", "", "/requirements/5/registry/data", WR_E_MALFORMED },
    { "'kind':'authroot'", "'kind':'root'", "/requirements/6/list/kind", WR_E_MALFORMED },
    { "'1401d75f0554b601ea'", "'0x1401'", "/requirements/6/list/min_sequence", WR_E_MALFORMED },
    { "'kbs':[5005625,4]", "'kbs':['KB5005625']", "/requirements/7/os_update/0/kbs/0",
      WR_E_MALFORMED },
    { "'kbs':[5005625,4]", "'kbs':[4294967296]", "/requirements/7/os_update/0/kbs/0",
      WR_E_MALFORMED },
    { "'fixed_revision':2210", "'fixed_revision':0", "/requirements/7/os_update/0/fixed_revision",
      WR_E_MALFORMED },
    { "'build_min':22000,", "", "/requirements/7/os_update/1", WR_E_MALFORMED },
    { ",'native':true", "", "/requirements/7/os_update/1", WR_E_MALFORMED },
    { "'fixed_revision':2210", "'native':true", "/requirements/7/os_update/0", WR_E_MALFORMED },
};

ParameterizedTestParameters(profile, names_the_place_of_a_fault)
{
    return cr_make_param_array(struct fault, faults, sizeof faults / sizeof *faults);
}

ParameterizedTest(struct fault *f, profile, names_the_place_of_a_fault)
{
    char *text = changed(f->find, f->replace);
    wr_profile p = { .id = "untouched" };
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, 1 << 20);
    cr_assert_not(wr_profile_parse(view_of(text, strlen(text)), &arena, &p, &e),
                  "accepted with %s for %s", f->replace, f->find);
    cr_assert_eq(e.code, f->code, "%s: %s", wr_code_name(e.code), e.message);
    cr_assert_str_eq(e.path, f->pointer, "%s -> %s: %s: %s", f->find, f->replace, e.path,
                     e.message);
    cr_assert_str_eq(p.id, "untouched");
    free(text);
    wr_arena_free(&arena);
}

Test(profile, an_issuer_only_identity_matches_nothing)
{
    char *text = changed("'sha1':'ff0102030405060708090a0b0c0d0e0f10111213'",
                         "'identity':'issuer-only','subject':'CN=CA','key_id':'00aaFF'");
    wr_certificate any = { .sha1 = { 0 } };
    wr_profile p;
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_profile_parse(view_of(text, strlen(text)), &arena, &p, &e), "%s: %s", e.path,
              e.message);
    cr_assert(p.certificates.items[1].issuer_only);
    cr_assert_str_eq(p.certificates.items[1].key_id, "00aaFF");
    cr_assert_not(wr_identity_matches(&p.certificates.items[1], &any));
    cr_assert_not(p.certificates.items[0].issuer_only);
    free(text);
    wr_arena_free(&arena);
}

/* WR_LIMIT_PROFILE_ITEMS */
Test(profile, has_at_most_4096_items)
{
    static const char item[] = "{'id':'i%zu','kind':'not-disallowed','certificate':'ca'},";
    size_t room = sizeof good + 4200 * sizeof item, used = 0;
    char *many = malloc(room), *text;
    wr_profile p;
    wr_arena arena;
    wr_error e;

    cr_assert(many);
    for (size_t i = 0; i < 4090; i++)
        used += (size_t)snprintf(many + used, room - used, item, i);
    snprintf(many + used, room - used, "{'id':'any-1'");
    text = changed("{'id':'any-1'", many);
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    cr_assert_not(wr_profile_parse(view_of(text, strlen(text)), &arena, &p, &e));
    cr_assert_eq(e.code, WR_E_LIMIT);
    cr_assert_str_eq(e.path, "/requirements/4/children/4091/id",
                     "4090 and the four before and one beside: %s", e.path);
    cr_assert_str_eq(e.message, "4097 items, expected at most 4096");
    wr_arena_free(&arena);
    free(many);
    free(text);
}

static void parse_any(wr_view v, wr_arena *arena)
{
    wr_profile p = { 0 };
    wr_error e = { 0 };

    if (wr_profile_parse(v, arena, &p, &e))
        cr_assert(p.id && p.requirements.count);
    else
        cr_assert(e.code == WR_E_MALFORMED || e.code == WR_E_LIMIT || e.code == WR_E_NO_MEMORY,
                  "%s", wr_code_name(e.code));
}

Test(profile, survives_every_prefix_flip_and_failing_allocation)
{
    char *text = changed("unit", "unit");

    for_every_prefix((const uint8_t *)text, strlen(text), parse_any);
    for_every_flip((const uint8_t *)text, strlen(text), parse_any);
    for_every_allocation((const uint8_t *)text, strlen(text), 400, parse_any);
    free(text);
}

Test(builtin, every_one_is_valid_and_found_by_id_and_alias)
{
    wr_arena arena;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    cr_assert_geq(wr_profile_builtin_count(), 14);
    for (size_t i = 0; i < wr_profile_builtin_count(); i++) {
        const char *id = wr_profile_builtin_id(i);
        wr_profile p, again;
        bool found;
        wr_error e;

        cr_assert(i == 0 || strcmp(wr_profile_builtin_id(i - 1), id) < 0, "sorted by id");
        cr_assert(wr_profile_parse(wr_profile_builtin(i), &arena, &p, &e), "%s: %s: %s", id, e.path,
                  e.message);
        cr_assert_str_eq(p.id, id);
        cr_assert_eq(wr_profile_builtin(i).origin, 0, "a fault in it is told from its beginning");
        cr_assert_not(p.built_in, "only one that was found as such");
        for (size_t a = 0; a < p.aliases.count; a++) {
            cr_assert(wr_profile_find_builtin(p.aliases.items[a], &arena, &again, &found, &e));
            cr_assert(found && again.built_in);
            cr_assert_str_eq(again.id, id);
        }
        cr_assert(wr_profile_find_builtin(id, &arena, &again, &found, &e));
        cr_assert(found);
    }
    wr_arena_free(&arena);
}

Test(builtin, is_found_in_any_case_and_nothing_else_is)
{
    wr_profile p = { 0 };
    wr_arena arena;
    bool found;
    wr_error e;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    cr_assert(wr_profile_find_builtin("a1", &arena, &p, &found, &e));
    cr_assert(found);
    cr_assert_str_eq(p.id, "trend-apex-one");
    cr_assert(wr_profile_find_builtin("trend-apex", &arena, &p, &found, &e));
    cr_assert_not(found);
    arena.fail_after = 1;
    cr_assert_not(wr_profile_find_builtin("A1", &arena, &p, &found, &e));
    cr_assert_eq(e.code, WR_E_NO_MEMORY);
    cr_assert_not(found);
    wr_arena_free(&arena);
}

/* Azure Code Signing: the one root that the vendor names, in each of the three. */
Test(builtin, trend_profiles_require_the_root_of_azure_code_signing)
{
    static const uint8_t sha1[WR_SHA1_LEN] = { 0xf4, 0x00, 0x42, 0xe2, 0xe5, 0xf7, 0xe8,
                                               0xef, 0x81, 0x89, 0xfe, 0xd1, 0x55, 0x19,
                                               0xae, 0xce, 0x42, 0xc3, 0xbf, 0xa2 };
    static const char *const aliases[] = { "A1", "V1", "C1" };
    wr_arena arena;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    for (size_t i = 0; i < 3; i++) {
        const wr_requirement *item;
        wr_profile p;
        bool found;
        wr_error e;

        cr_assert(wr_profile_find_builtin(aliases[i], &arena, &p, &found, &e) && found);
        item = p.requirements.items[0];
        cr_assert(item->required);
        cr_assert_str_eq(item->store, "Root");
        cr_assert_arr_eq(item->certificate->sha1, sha1, sizeof sha1);
        cr_assert_eq(item->purposes.count, 1);
        cr_assert_str_eq(item->purposes.items[0].name, "code_signing");
    }
    wr_arena_free(&arena);
}
