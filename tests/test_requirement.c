/* test_requirement.c - profiles read whole: each member of each kind of item, each bound of
 * docs/profile.md, and what is said of what stands behind it. */
#include "support.h"

#include "require/field.h"
#include "require/lint.h"
#include "winroots/limits.h"

static wr_arena arena;

static void start(void)
{
    wr_arena_init(&arena, WR_LIMIT_ARENA);
}

static void stop(void)
{
    wr_arena_free(&arena);
}

static void again(void)
{
    stop();
    start();
}

TestSuite(requirement, .init = start, .fini = stop);

/* ' stands for ". */
static const char *quoted(const char *text)
{
    char *copy = wr_arena_text(&arena, text);

    cr_assert(copy);
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static bool parse(const char *text, wr_profile *out, wr_error *err)
{
    const char *json = quoted(text);

    *err = (wr_error){ .code = WR_OK };
    return wr_profile_parse(view_of(json, strlen(json)), &arena, out, err);
}

#define SHA1   "000102030405060708090a0b0c0d0e0f10111213"
#define SHA256 SHA1 "1415161718191a1b1c1d1e1f"
#define HEAD   "{'schema':'winroots.profile/1','id':'p','title':'t','version':'1'"
#define CERTS  ",'certificates':{'c':{'sha1':'" SHA1 "'}}"
#define GIVEN  "'severity':'required','basis':'inferred'"
#define ANY    "{'id':'any','kind':'not-disallowed'," GIVEN ",'certificate':'c'}"
#define ITEMS  ",'requirements':[" ANY "]"

/* ---- what was read, as text --------------------------------------------------------------------
 */

static const char *text;

static void say(const char *fmt, ...) WR_PRINTF(1, 2);
static void say(const char *fmt, ...)
{
    const char *added;
    va_list ap;

    va_start(ap, fmt);
    added = wr_arena_vformat(&arena, fmt, ap);
    va_end(ap);
    text = wr_arena_format(&arena, "%s%s", text, added);
    cr_assert(added && text);
}

static void say_item(const wr_requirement *item, int depth)
{
    say("%*s%s %s %s basis=%s", 2 * depth, "", item->id, wr_requirement_kind_name(item->kind),
        item->required ? "required" : "recommended", item->basis);
    for (size_t i = 0; i < item->sources.count; i++)
        say(" source=%s", item->sources.items[i]);
    if (*item->when_text)
        say(" when=[%s]", item->when_text);
    if (item->when_os)
        say(" os=%u..%u", (unsigned)item->when_build_min, (unsigned)item->when_build_max);
    if (item->when_root_auto_update != -1)
        say(" update=%d", item->when_root_auto_update);
    if (item->effective_from) {
        char time[WR_TIME_TEXT];
        wr_time_text(item->effective_from, time);
        say(" from=%s", time);
    }
    if (*item->store)
        say(" store=%s", item->store);
    if (item->certificate)
        say(" certificate=%s", item->certificate->key);
    for (size_t i = 0; i < item->purposes.count; i++)
        say(" purpose=%s", item->purposes.items[i].name);
    if (item->accept_expired)
        say(" accept_expired");
    if (item->existing_signatures)
        say(" existing_signatures");
    if (item->min != 1)
        say(" min=%u", (unsigned)item->min);
    if (*item->registry_key)
        say(" registry=%s\\%s:%s:%s", item->registry_key, item->registry_name,
            item->registry_operator, item->registry_data);
    if (*item->list_kind)
        say(" list=%s:%s", item->list_kind, item->list_min_sequence);
    for (size_t i = 0; i < item->os_update.count; i++) {
        const wr_os_update *u = &item->os_update.items[i];
        say(" update=%s:%u..%u", u->os, (unsigned)u->build_min, (unsigned)u->build_max);
        for (size_t j = 0; j < u->kbs.count; j++)
            say(":KB%u", (unsigned)u->kbs.items[j]);
        say(":%u%s", (unsigned)u->fixed_revision, u->native ? ":native" : "");
    }
    if (*item->note)
        say(" note=%s", item->note);
    if (item->known_defects)
        say(" known=%x", (unsigned)item->known_defects);
    say("\n");
    for (size_t i = 0; i < item->children.count; i++)
        say_item(item->children.items[i], depth + 1);
}

static const char *profile_text(const wr_profile *p)
{
    text = "";
    say("%s | %s | %s | %s | %s | %s%s\n", p->id, p->title, p->version, p->product_vendor,
        p->product_name, p->product_versions, p->built_in ? " built in" : "");
    for (size_t i = 0; i < p->aliases.count; i++)
        say("alias %s\n", p->aliases.items[i]);
    for (size_t i = 0; i < p->sources.count; i++)
        say("source %s %s %s\n", p->sources.items[i].id, p->sources.items[i].uri,
            p->sources.items[i].completeness);
    for (size_t i = 0; i < p->certificates.count; i++) {
        const wr_identity *id = &p->certificates.items[i];
        say("certificate %s %s %s [%s] [%s] [%s]%s [%s]\n", id->key,
            id->has_sha1 ? wr_text_hex(&arena, id->sha1, WR_SHA1_LEN) : "-",
            id->has_sha256 ? wr_text_hex(&arena, id->sha256, WR_SHA256_LEN) : "-", id->subject,
            id->issuer, id->serial, id->issuer_only ? " issuer-only" : "", id->key_id);
    }
    for (size_t i = 0; i < p->requirements.count; i++)
        say_item(p->requirements.items[i], 0);
    return text;
}

/* Every member of everything, none with the value that it has where it is absent. */
Test(requirement, a_profile_is_read_whole)
{
    wr_profile p;
    wr_error e;

    cr_assert(
        parse("{'schema':'winroots.profile/"
              "1','id':'whole.profile_1-2','aliases':['A','b.2'],'title':'A title','version':'7',"
              "'product':{'vendor':'V','name':'N','versions':'1 to 2'},"
              "'sources':[{'id':'s1','uri':'u1','completeness':'complete'},{'id':'s2','uri':'u2','"
              "completeness':'excerpt'},"
              "{'id':'s3','uri':'u3','completeness':'second-hand'}],"
              "'certificates':{'both':{'sha1':'" SHA1 "','sha256':'" SHA256
              "','subject':'S','issuer':'I','serial':'0aF'},"
              "'one':{'sha1':'ff0102030405060708090a0b0c0d0e0f101112ff'},"
              "'two':{'sha256':'ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff'},"
              "'who':{'identity':'issuer-only','subject':'W','issuer':'X','serial':'1','key_id':'"
              "0b'},"
              "'whom':{'identity':'issuer-only','subject':'W'}},"
              "'requirements':["
              "{'id':'i1','kind':'certificate-present','severity':'required','store':'Root','"
              "certificate':'two','purposes':["
              "'serverAuth','time_stamping','1.2.3.4'],'accept_expired':true,'existing_signatures':"
              "true,'basis':'sourced',"
              "'source':['s2','s1'],'note':'n1','known_defects':['restricted','any_of_as_all'],"
              "'when':{'os':{'build_min':5,'build_max':6},'root_auto_update':true,'effective_from':"
              "'2026-03-15T01:02:03Z'}},"
              "{'id':'i2','kind':'certificate-absent','severity':'recommended','store':'CA','"
              "certificate':'one',"
              "'basis':'name-only','source':['s3'],'when':{'root_auto_update':false}},"
              "{'id':'i3','kind':'not-disallowed','severity':'required','certificate':'who','basis'"
              ":'inferred',"
              "'when':{'os':{'build_min':7}}},"
              "{'id':'i4','kind':'chain-usable','severity':'recommended','certificate':'both','"
              "purposes':['email'],"
              "'accept_expired':true,'existing_signatures':true,'basis':'second-hand','source':['"
              "s1'],"
              "'when':{'os':{'build_max':8},'effective_from':'2026-01-01'}},"
              "{'id':'i5','kind':'any-of','severity':'recommended','min':2,'basis':'sourced','"
              "source':['s1','s2'],"
              "'when':{'root_auto_update':true,'effective_from':'2026-01-02'},'children':["
              "{'id':'i51','kind':'all-of','basis':'inferred','children':[{'id':'i511','kind':'not-"
              "disallowed',"
              "'certificate':'one'},{'id':'i512','kind':'certificate-present','store':'"
              "TrustedPeople','certificate':'one',"
              "'accept_expired':true}]},"
              "{'id':'i52','kind':'certificate-present','store':'Disallowed','certificate':'two'},"
              "{'id':'i53','kind':'certificate-present','store':'TrustedPublisher','certificate':'"
              "two','basis':'name-only',"
              "'source':['s3']}]},"
              "{'id':'i6','kind':'registry-value','severity':'required','basis':'inferred','"
              "registry':{'key':"
              "'HKLM\\\\SOFTWARE\\\\K','name':'V','operator':'not-equals','data':'d'}},"
              "{'id':'i7','kind':'registry-value','severity':'required','basis':'inferred','"
              "registry':{'key':"
              "'HKLM\\\\SOFTWARE\\\\','name':'','operator':'absent'}},"
              "{'id':'i8','kind':'list-minimum','severity':'required','basis':'inferred','list':{'"
              "kind':'pinrules',"
              "'min_sequence':'0aF'}},"
              "{'id':'i9','kind':'os-update','severity':'required','basis':'inferred','os_update':["
              "{'os':'o1','build_min':1,'build_max':1,'kbs':[3,4294967295],'fixed_revision':5},"
              "{'os':'o2','build_max':0,'kbs':[1]},{'os':'o3','build_min':4294967295,'fixed_"
              "revision':1},"
              "{'os':'o4','build_min':9,'native':true}]}]}",
              &p, &e),
        "%s: %s", e.path, e.message);
    cr_assert_str_eq(
        profile_text(&p),
        "whole.profile_1-2 | A title | 7 | V | N | 1 to 2\n"
        "alias A\nalias b.2\n"
        "source s1 u1 complete\nsource s2 u2 excerpt\nsource s3 u3 second-hand\n"
        "certificate both " SHA1 " " SHA256 " [S] [I] [0aF] []\n"
        "certificate one ff0102030405060708090a0b0c0d0e0f101112ff - [] [] [] []\n"
        "certificate two - ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff [] [] "
        "[] []\n"
        "certificate who - - [W] [X] [1] issuer-only [0b]\n"
        "certificate whom - - [W] [] [] issuer-only []\n"
        "i1 certificate-present required basis=sourced source=s2 source=s1 when=[Windows build 5 "
        "to 6, root auto-update is "
        "on, from 2026-03-15T01:02:03Z] os=5..6 update=1 from=2026-03-15T01:02:03Z store=Root "
        "certificate=two "
        "purpose=server_auth purpose=time_stamping purpose=1.2.3.4 accept_expired "
        "existing_signatures note=n1 known=2400\n"
        "i2 certificate-absent recommended basis=name-only source=s3 when=[root auto-update is "
        "off] update=0 store=CA "
        "certificate=one\n"
        "i3 not-disallowed required basis=inferred when=[Windows build 7 or later] "
        "os=7..4294967295 certificate=who\n"
        "i4 chain-usable recommended basis=second-hand source=s1 when=[Windows build 0 to 8, from "
        "2026-01-01T00:00:00Z] "
        "os=0..8 from=2026-01-01T00:00:00Z certificate=both purpose=email accept_expired "
        "existing_signatures\n"
        "i5 any-of recommended basis=sourced source=s1 source=s2 when=[root auto-update is on, "
        "from 2026-01-02T00:00:00Z] "
        "update=1 from=2026-01-02T00:00:00Z min=2\n"
        "  i51 all-of recommended basis=inferred\n"
        "    i511 not-disallowed recommended basis=inferred certificate=one\n"
        "    i512 certificate-present recommended basis=inferred store=TrustedPeople "
        "certificate=one accept_expired\n"
        "  i52 certificate-present recommended basis=sourced source=s1 source=s2 store=Disallowed "
        "certificate=two\n"
        "  i53 certificate-present recommended basis=name-only source=s3 store=TrustedPublisher "
        "certificate=two\n"
        "i6 registry-value required basis=inferred registry=HKLM\\SOFTWARE\\K\\V:not-equals:d\n"
        "i7 registry-value required basis=inferred registry=HKLM\\SOFTWARE\\\\:absent:\n"
        "i8 list-minimum required basis=inferred list=pinrules:0aF\n"
        "i9 os-update required basis=inferred update=o1:1..1:KB3:KB4294967295:5 "
        "update=o2:0..0:KB1:0 "
        "update=o3:4294967295..4294967295:1 update=o4:9..4294967295:0:native\n",
        "%s", text);
}

Test(requirement, the_smallest_profile)
{
    wr_profile p;
    wr_error e;

    cr_assert(parse(HEAD CERTS ITEMS "}", &p, &e), "%s", e.message);
    cr_assert_str_eq(profile_text(&p),
                     "p | t | 1 |  |  | \ncertificate c " SHA1 " - [] [] [] []\n"
                     "any not-disallowed required basis=inferred certificate=c\n");
}

/* ---- members and kinds -------------------------------------------------------------------------
 */

/* The table of docs/profile.md: what a kind needs, and what it may have beside that. */
static const struct {
    const char *kind, *needs, *takes;
} kinds[] = {
    { "certificate-present", "sc", "pae" },
    { "certificate-absent", "sc", "" },
    { "not-disallowed", "c", "" },
    { "chain-usable", "c", "pae" },
    { "any-of", "h", "m" },
    { "all-of", "h", "" },
    { "registry-value", "r", "" },
    { "list-minimum", "l", "" },
    { "os-update", "u", "" },
};

static const struct {
    char letter;
    const char *name, *value;
} members[] = {
    { 's', "store", "'Root'" },
    { 'c', "certificate", "'c'" },
    { 'p', "purposes", "['email']" },
    { 'a', "accept_expired", "false" },
    { 'e', "existing_signatures", "false" },
    { 'h', "children", "[{'id':'child','kind':'not-disallowed','certificate':'c'}]" },
    { 'm', "min", "1" },
    { 'r', "registry", "{'key':'HKLM\\\\SOFTWARE\\\\K','name':'V','operator':'present'}" },
    { 'l', "list", "{'kind':'authroot','min_sequence':'1'}" },
    { 'u', "os_update", "[{'os':'o','build_min':1,'native':true}]" },
};
#define NUM_MEMBERS (sizeof members / sizeof *members)

/* A profile of one item of the kind with these members. */
static bool parse_item(const char *kind, const char *letters, wr_error *err)
{
    const char *item = wr_arena_format(&arena, "{'id':'i','kind':'%s'," GIVEN, kind);
    wr_profile p;

    for (size_t i = 0; i < NUM_MEMBERS; i++)
        if (strchr(letters, members[i].letter))
            item = wr_arena_format(&arena, "%s,'%s':%s", item, members[i].name, members[i].value);
    return parse(wr_arena_format(&arena, HEAD CERTS ",'requirements':[%s}]}", item), &p, err);
}

Test(requirement, a_kind_has_the_members_that_it_looks_at)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *kind = kinds[k].kind, *needs = kinds[k].needs;
        wr_error e;

        again();
        cr_expect(parse_item(kind, needs, &e), "%s: %s", kind, e.message);
        cr_expect(parse_item(kind, wr_arena_format(&arena, "%s%s", needs, kinds[k].takes), &e),
                  "%s: %s", kind, e.message);
        for (size_t m = 0; m < NUM_MEMBERS; m++) {
            char letter[2] = { members[m].letter };
            const char *pointer = wr_arena_format(&arena, "/requirements/0/%s", members[m].name);
            char without[8] = "";
            bool needed = strchr(needs, *letter), known = needed || strchr(kinds[k].takes, *letter);

            for (const char *l = needs; *l; l++)
                if (*l != *letter)
                    without[strlen(without)] = *l;
            cr_expect_eq(parse_item(kind,
                                    wr_arena_format(&arena, "%s%s", without, needed ? "" : letter),
                                    &e),
                         known && !needed, "%s with %s", kind, letter);
            if (known && !needed)
                continue;
            cr_expect_str_eq(e.path, pointer, "%s: %s", kind, e.path);
            cr_expect_str_eq(e.message,
                             wr_arena_format(&arena,
                                             needed ? "absent, and a %s item needs it"
                                                    : "given, and a %s item has none",
                                             kind),
                             "%s", e.message);
        }
    }
}

/* How good a certificate is only its chain says, but for Root. */
Test(requirement, purposes_are_asked_in_root_alone)
{
    static const char *const stores[] = { "CA", "Disallowed", "TrustedPublisher", "TrustedPeople" };
    static const char *const asked[] = { "'purposes':['email']", "'existing_signatures':true" };
    wr_profile p;
    wr_error e;

    for (size_t s = 0; s < 4; s++)
        for (size_t a = 0; a < 2; a++) {
            cr_expect_not(parse(
                wr_arena_format(&arena,
                                HEAD CERTS
                                ",'requirements':[{'id':'i','kind':'certificate-present'," GIVEN
                                ",'certificate':'c','store':'%s',%s}]}",
                                stores[s], asked[a]),
                &p, &e));
            cr_expect_str_eq(e.path, a ? "/requirements/0/existing_signatures"
                                       : "/requirements/0/purposes");
            cr_expect_str_eq(
                e.message,
                wr_arena_format(&arena, "given for store %s, expected for Root or a chain-usable",
                                stores[s]));
        }
}

/* ---- bounds ------------------------------------------------------------------------------------
 */

#define TIMES_8(t)  t t t t t t t t
#define TIMES_64(t) TIMES_8(TIMES_8(t))

/* What goes in place of the first %s of the profile, and what is said where it may not. */
struct bound {
    const char *profile, *value;
    const char *pointer, *message; /* NULL: it is accepted */
};

#define WITH(members) HEAD CERTS members ITEMS "}"
#define ITEM(members) HEAD CERTS ",'requirements':[{'id':'i'," GIVEN "," members "}]}"
#define SOURCED(members)                                                                           \
    HEAD CERTS ",'sources':[{'id':'s','uri':'u','completeness':'complete'}],'requirements':[{'id'" \
               ":'i'," members "}]}"
#define REFUSED           "'kind':'not-disallowed','certificate':'c'"
#define IDENTITY(members) HEAD ",'certificates':{'c':{" members "}}" ITEMS "}"
#define REGISTRY(members) ITEM("'kind':'registry-value','registry':{" members "}")
#define IN_SOFTWARE       "'key':'HKLM\\\\SOFTWARE\\\\K','name':'V'"
#define UPDATE(members)   ITEM("'kind':'os-update','os_update':[{'os':'o'," members "}]")
#define LIST(members)     ITEM("'kind':'list-minimum','list':{" members "}")
#define WHEN(members)     ITEM(REFUSED ",'when':{" members "}")
#define GROUP(members)                                                                             \
    ITEM("'kind':'any-of','children':[{'id':'1'," REFUSED "},{'id':'2'," REFUSED "}]" members)
#define A_NAME        "expected 1 to 64 letters, digits, '.', '_', '-'"
#define KEY_NAME      "the key is not of letters, digits, '.', '_', '-'"
#define REGISTRY_TEXT "expected ASCII without '\"', '%' and '!'"

static const struct bound bounds[] = {
    /* names */
    { HEAD CERTS ",'aliases':['%s']" ITEMS "}", TIMES_64("a"), NULL, NULL },
    { HEAD CERTS ",'aliases':['%s']" ITEMS "}", TIMES_64("a") "b", "/aliases/0",
      "\"" TIMES_64("a") "b\", " A_NAME },
    { HEAD CERTS ",'aliases':['%s']" ITEMS "}", "", "/aliases/0", "\"\", " A_NAME },
    { HEAD CERTS ",'aliases':['%s']" ITEMS "}", "9a.B_z-", NULL, NULL },
    { HEAD CERTS ",'aliases':['%s']" ITEMS "}", ".a", "/aliases/0", "\".a\", " A_NAME },
    { HEAD CERTS ",'aliases':['%s']" ITEMS "}", "_a", "/aliases/0", "\"_a\", " A_NAME },
    { HEAD CERTS ",'aliases':['%s']" ITEMS "}", "a b", "/aliases/0", "\"a b\", " A_NAME },
    { HEAD CERTS ",'aliases':%s" ITEMS "}", "'A'", "/aliases", "a value, expected an array" },
    { HEAD CERTS ",'aliases':%s" ITEMS "}", "[]", "/aliases",
      "empty array, expected at least one item" },
    /* texts */
    { HEAD CERTS ",'product':{'vendor':'%s','name':'n'}" ITEMS "}", " ~\\u00e9", NULL, NULL },
    { HEAD CERTS ",'product':{'vendor':'%s','name':'n'}" ITEMS "}", "a\\u001f", "/product/vendor",
      "control character 0x1f, expected one line of text" },
    { HEAD CERTS ",'product':{'vendor':'%s','name':'n'}" ITEMS "}", "\\u007f", "/product/vendor",
      "control character 0x7f, expected one line of text" },
    { HEAD CERTS ",'product':{'vendor':'%s','name':'n'}" ITEMS "}", "", NULL, NULL },
    { WITH(",'product':%s"), "{'vendor':'v','name':'n','versions':'1'}", NULL, NULL },
    { WITH(",'product':%s"), "{'vendor':'v','name':'n','versions':1}", "/product/versions", NULL },
    { WITH(",'product':%s"), "{'vendor':'v'}", "/product/name", NULL },
    { WITH(",'product':%s"), "{'name':'v'}", "/product/vendor", NULL },
    { WITH(",'product':%s"), "1", "/product", NULL },
    /* sources */
    { WITH(",'sources':[%s]"),
      "{'id':'s','uri':'u','completeness':'complete'},{'id':'t','uri':'u','completeness':'excerpt'"
      "}",
      NULL, NULL },
    { WITH(",'sources':[%s]"),
      "{'id':'s','uri':'u','completeness':'complete'},{'id':'s','uri':'u','completeness':'excerpt'"
      "}",
      "/sources/1", "source \"s\" given twice" },
    { WITH(",'sources':[%s]"), "{'id':'s','uri':'u','completeness':'whole'}",
      "/sources/0/completeness", "\"whole\", expected one of: complete, excerpt, second-hand" },
    { WITH(",'sources':[%s]"), "{'id':'s s','uri':'u','completeness':'complete'}", "/sources/0/id",
      "\"s s\", " A_NAME },
    { WITH(",'sources':[%s]"), "{'id':'s','completeness':'complete'}", "/sources/0/uri", NULL },
    { WITH(",'sources':[%s]"), "", "/sources", "empty array, expected at least one item" },
    /* certificates */
    { HEAD ",'certificates':%s" ITEMS "}", "[]", "/certificates", "a value, expected an object" },
    { HEAD ",'certificates':{'%s':{'sha1':'" SHA1 "'},'c':{'sha1':'" SHA1 "'}}" ITEMS "}", "a b",
      "/certificates/a b", KEY_NAME },
    { HEAD ",'certificates':{'%s':{'sha1':'" SHA1 "'},'c':{'sha1':'" SHA1 "'}}" ITEMS "}", "ab",
      NULL, NULL },
    { IDENTITY("%s"), "'sha1':'" SHA1 "0'", "/certificates/c/sha1",
      "\"" SHA1 "0\" of 41 characters, expected 40 hex digits" },
    { IDENTITY("%s"), "'sha1':'x" SHA1 "'", "/certificates/c/sha1",
      "\"x" SHA1 "\" of 41 characters, expected 40 hex digits and nothing beside them" },
    { IDENTITY("%s"), "'sha1':'xyz" SHA1 " '", "/certificates/c/sha1",
      "\"xyz" SHA1 " \" of 44 characters, expected 40 hex digits and nothing beside them" },
    { IDENTITY("%s"), "'sha256':'" SHA1 "'", "/certificates/c/sha256",
      "\"" SHA1 "\" of 40 characters, expected 64 hex digits" },
    { IDENTITY("%s"), "'sha256':'" SHA256 "'", NULL, NULL },
    { IDENTITY("%s"), "'sha256':1", "/certificates/c/sha256", NULL },
    { IDENTITY("%s"), "'subject':'CN=x'", "/certificates/c",
      "neither sha256 nor sha1, expected one: names identify nothing" },
    { IDENTITY("'sha1':'" SHA1 "','serial':'%s'"), TIMES_64("1"), NULL, NULL },
    { IDENTITY("'sha1':'" SHA1 "','serial':'%s'"), TIMES_64("1") "1", "/certificates/c/serial",
      "\"" TIMES_64("1") "1\", expected 1 to 64 hex digits" },
    { IDENTITY("'sha1':'" SHA1 "','serial':'%s'"), "", "/certificates/c/serial",
      "\"\", expected 1 to 64 hex digits" },
    { IDENTITY("'sha1':'" SHA1 "','serial':'%s'"), "1g", "/certificates/c/serial",
      "\"1g\", expected 1 to 64 hex digits" },
    { IDENTITY("'sha1':'" SHA1 "','key_id':'%s'"), "00", "/certificates/c/key_id",
      "given, and only an issuer-only identity takes it" },
    { IDENTITY("'identity':'issuer-only','subject':'CN=x','key_id':'%s'"), TIMES_64("a"), NULL,
      NULL },
    { IDENTITY("'identity':'issuer-only','subject':'CN=x','key_id':'%s'"), TIMES_64("a") "a",
      "/certificates/c/key_id", "\"" TIMES_64("a") "a\", expected 1 to 64 hex digits" },
    { IDENTITY("'identity':'%s','subject':'CN=x'"), "issuer", "/certificates/c/identity",
      "\"issuer\", expected one of: issuer-only" },
    { IDENTITY("'identity':'issuer-only','subject':'CN=x',%s"), "'sha1':'" SHA1 "'",
      "/certificates/c", "a hash, and an issuer-only identity has none" },
    { IDENTITY("'identity':'issuer-only','subject':'CN=x',%s"), "'sha256':'" SHA256 "'",
      "/certificates/c", "a hash, and an issuer-only identity has none" },
    { IDENTITY("'identity':'issuer-only'%s"), "", "/certificates/c",
      "no subject, expected the issuer's name" },
    /* the whole */
    { "%s", "[]", "", "a value, expected an object with schema winroots.profile/1" },
    { "{'schema':'%s','id':'p','title':'t','version':'1'" CERTS ITEMS "}", "winroots.profile/11",
      "/schema", "\"winroots.profile/11\", expected \"winroots.profile/1\"" },
    { HEAD CERTS ",'requirements':%s}", "[]", "/requirements",
      "empty array, expected at least one item" },
    { HEAD CERTS "%s}", "", "/requirements", "absent, expected an array" },
    /* items */
    { ITEM("%s"), "'certificate':'c'", "/requirements/0/kind", NULL },
    { ITEM("'kind':'%s','certificate':'c'"), "certificate", "/requirements/0/kind",
      "\"certificate\", expected a kind such as certificate-present" },
    { ITEM("'kind':'not-disallowed','certificate':'%s'"), "d", "/requirements/0/certificate",
      "\"d\", expected a key of /certificates" },
    { ITEM("'kind':'not-disallowed','certificate':%s"), "1", "/requirements/0/certificate", NULL },
    { ITEM("'kind':'certificate-absent','certificate':'c','store':'%s'"), "My",
      "/requirements/0/store",
      "\"My\", expected one of: Root, CA, Disallowed, TrustedPublisher, TrustedPeople" },
    { ITEM("'kind':'certificate-absent','certificate':'c','store':'%s'"), "TrustedPeople", NULL,
      NULL },
    { ITEM("'kind':'chain-usable','certificate':'c','purposes':%s"), "['signing']",
      "/requirements/0/purposes/0",
      "\"signing\", expected a purpose such as code_signing, or a dotted OID" },
    { ITEM("'kind':'chain-usable','certificate':'c','purposes':%s"), "['email',1]",
      "/requirements/0/purposes/1", NULL },
    { ITEM("'kind':'chain-usable','certificate':'c','accept_expired':%s"), "0",
      "/requirements/0/accept_expired", NULL },
    { ITEM("'kind':'chain-usable','certificate':'c','existing_signatures':%s"), "'no'",
      "/requirements/0/existing_signatures", NULL },
    { ITEM(REFUSED ",'note':'%s'"), "a\\u0001", "/requirements/0/note",
      "control character 0x01, expected one line of text" },
    { ITEM(REFUSED ",'known_defects':[%s]"),
      "'disabled','restricted','disallowed','expired','any_of_as_all'", NULL, NULL },
    { ITEM(REFUSED ",'known_defects':[%s]"), "'serial_mismatch'", "/requirements/0/known_defects/0",
      "\"serial_mismatch\", expected a defect of an item such as disabled" },
    { ITEM(REFUSED ",'known_defects':[%s]"), "'expired','old'", "/requirements/0/known_defects/1",
      "\"old\", expected a defect of an item such as disabled" },
    { ITEM(REFUSED ",'known_defects':[%s]"),
      "'expired','expired','expired','expired','expired','expired','expired','expired','expired','"
      "expired','expired','expired',"
      "'expired','expired'",
      NULL, NULL },
    { ITEM(REFUSED ",'known_defects':[%s]"), "1", "/requirements/0/known_defects/0", NULL },
    { GROUP(",'min':%s"), "2", NULL, NULL },
    { GROUP(",'min':%s"), "3", "/requirements/0/min", "at least 3 of 2 children" },
    { GROUP(",'min':%s"), "0", "/requirements/0/min", "number 0, expected 1 to 4294967295" },
    { GROUP(",'min':%s"), "4294967296", "/requirements/0/min",
      "number 4294967296, expected 1 to 4294967295" },
    { GROUP("%s"), ",'min':'1'", "/requirements/0/min", NULL },
    { HEAD CERTS ",'requirements':[" ANY ",{'id':'%s'," GIVEN "," REFUSED "}]}", "any",
      "/requirements/1/id", "item \"any\" given twice" },
    { HEAD CERTS ",'requirements':[" ANY ",{'id':'%s'," GIVEN "," REFUSED "}]}", "Any", NULL,
      NULL },
    /* grounds */
    { SOURCED("%s," REFUSED), "'severity':'required','basis':'sourced','source':['s']", NULL,
      NULL },
    { SOURCED("%s," REFUSED), "'severity':'required','basis':'inferred','source':['s']", NULL,
      NULL },
    { SOURCED("%s," REFUSED), "'severity':'required','basis':'sourced'", "/requirements/0/source",
      "absent, expected a source of what is sourced" },
    { SOURCED("%s," REFUSED), "'severity':'required','basis':'name-only'", "/requirements/0/source",
      "absent, expected a source of what is name-only" },
    { SOURCED("%s," REFUSED), "'severity':'required','basis':'second-hand'",
      "/requirements/0/source", "absent, expected a source of what is second-hand" },
    { SOURCED("%s," REFUSED), "'severity':'required','basis':'sourced','source':[]",
      "/requirements/0/source", "empty array, expected at least one item" },
    { SOURCED("%s," REFUSED), "'severity':'required','basis':'sourced','source':['s','t']",
      "/requirements/0/source/1", "\"t\", expected an id of /sources" },
    { SOURCED("%s," REFUSED), "'severity':'required','basis':'sourced','source':[1]",
      "/requirements/0/source/0", NULL },
    { SOURCED("%s," REFUSED), "'severity':'must','basis':'inferred'", "/requirements/0/severity",
      "\"must\", expected one of: required, recommended" },
    { SOURCED("%s," REFUSED), "'severity':'required','basis':'known'", "/requirements/0/basis",
      "\"known\", expected one of: sourced, name-only, second-hand, inferred" },
    { SOURCED("%s," REFUSED), "'severity':'required'", "/requirements/0/basis", NULL },
    { ITEM("'kind':'all-of','children':[{'id':'1'," REFUSED ",%s}]"), "'severity':'required'",
      "/requirements/0/children/0/severity", "given inside item i, which has it" },
    { ITEM("'kind':'all-of','children':[{'id':'1'," REFUSED ",%s}]"), "'source':['s']",
      "/requirements/0/children/0/basis", NULL },
    /* conditions */
    { WHEN("%s"), "", "/requirements/0/when", "no condition, expected at least one member" },
    { WHEN("%s"), "'os':{}", "/requirements/0/when/os",
      "neither build_min nor build_max, expected one" },
    { WHEN("%s"), "'os':{'build_min':3,'build_max':2}", "/requirements/0/when/os/build_max",
      "build_max 2, expected 3 or more" },
    { WHEN("%s"), "'os':{'build_min':2,'build_max':2}", NULL, NULL },
    { WHEN("%s"), "'os':{'build_min':4294967295}", NULL, NULL },
    { WHEN("%s"), "'os':{'build_min':4294967296}", "/requirements/0/when/os/build_min",
      "number 4294967296, expected 0 to 4294967295" },
    { WHEN("%s"), "'os':{'build_min':1,'build_max':-1}", "/requirements/0/when/os/build_max",
      NULL },
    { WHEN("%s"), "'root_auto_update':1", "/requirements/0/when/root_auto_update", NULL },
    { WHEN("%s"), "'effective_from':'soon'", "/requirements/0/when/effective_from",
      "\"soon\", expected a date such as 2026-03-15" },
    { WHEN("%s"), "'effective_from':1", "/requirements/0/when/effective_from", NULL },
    /* registry */
    { REGISTRY("%s,'name':'V','operator':'present'"), "'key':'HKLM\\\\SOFTWARE\\\\'", NULL, NULL },
    { REGISTRY("%s,'name':'V','operator':'present'"), "'key':'HKLM\\\\SOFTWARE'",
      "/requirements/0/registry/key", "\"HKLM\\SOFTWARE\", expected a key below HKLM\\SOFTWARE\\" },
    { REGISTRY("%s,'name':'V','operator':'present'"), "'key':'HKCU\\\\SOFTWARE\\\\K'",
      "/requirements/0/registry/key",
      "\"HKCU\\SOFTWARE\\K\", expected a key below HKLM\\SOFTWARE\\" },
    { REGISTRY("%s,'name':'V','operator':'present'"), "'key':'HKLM\\\\SOFTWARE\\\\a%b'",
      "/requirements/0/registry/key", "\"HKLM\\SOFTWARE\\a%b\", " REGISTRY_TEXT },
    { REGISTRY("'key':'HKLM\\\\SOFTWARE\\\\K','name':'%s','operator':'present'"), " ~#$&-", NULL,
      NULL },
    { REGISTRY("'key':'HKLM\\\\SOFTWARE\\\\K','name':'%s','operator':'present'"), "a\\\"b",
      "/requirements/0/registry/name", "\"a\"b\", " REGISTRY_TEXT },
    { REGISTRY("'key':'HKLM\\\\SOFTWARE\\\\K','name':'%s','operator':'present'"), "!",
      "/requirements/0/registry/name", "\"!\", " REGISTRY_TEXT },
    { REGISTRY("'key':'HKLM\\\\SOFTWARE\\\\K','name':'%s','operator':'present'"), "\\u00e9",
      "/requirements/0/registry/name", "\"\xc3\xa9\", " REGISTRY_TEXT },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'absent'", NULL, NULL },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'absent','data':'1'",
      "/requirements/0/registry/data", "given, and operator absent takes none" },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'present','data':''",
      "/requirements/0/registry/data", "given, and operator present takes none" },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'is','data':''", "/requirements/0/registry/operator",
      "\"is\", expected one of: present, absent, equals, not-equals, at-least, at-most" },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'equals','data':''", NULL, NULL },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'not-equals','data':'ten'", NULL, NULL },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'equals'", "/requirements/0/registry/data", NULL },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'at-least','data':'ten'",
      "/requirements/0/registry/data", "\"ten\", expected a number for operator at-least" },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'at-most','data':'0x'",
      "/requirements/0/registry/data", "\"0x\", expected a number for operator at-most" },
    { REGISTRY(IN_SOFTWARE ",'operator':%s"), "'at-most','data':'0x1F'", NULL, NULL },
    /* lists */
    { LIST("'kind':'%s','min_sequence':'1'"), "disallowed", NULL, NULL },
    { LIST("'kind':'%s','min_sequence':'1'"), "catalogue", "/requirements/0/list/kind",
      "\"catalogue\", expected one of: authroot, disallowed, pinrules" },
    { LIST("'kind':'authroot','min_sequence':'%s'"), TIMES_64("f"), NULL, NULL },
    { LIST("'kind':'authroot','min_sequence':'%s'"), TIMES_64("f") "f",
      "/requirements/0/list/min_sequence", "\"" TIMES_64("f") "f\", expected 1 to 64 hex digits" },
    { LIST("'kind':'authroot'%s"), "", "/requirements/0/list/min_sequence", NULL },
    /* updates */
    { UPDATE("%s"), "'build_min':1,'kbs':[1]", NULL, NULL },
    { UPDATE("%s"), "'build_min':1,'kbs':[0]", "/requirements/0/os_update/0/kbs/0",
      "number 0, expected 1 to 4294967295" },
    { UPDATE("%s"), "'build_min':1,'kbs':[]", "/requirements/0/os_update/0/kbs",
      "empty array, expected at least one item" },
    { UPDATE("%s"), "'build_min':1,'fixed_revision':0",
      "/requirements/0/os_update/0/fixed_revision", "number 0, expected 1 to 4294967295" },
    { UPDATE("%s"), "'build_min':1,'native':0", "/requirements/0/os_update/0/native", NULL },
    { UPDATE("%s"), "'build_min':1", "/requirements/0/os_update/0",
      "expected either native, or kbs or fixed_revision" },
    { UPDATE("%s"), "'build_min':1,'native':false", "/requirements/0/os_update/0",
      "expected either native, or kbs or fixed_revision" },
    { UPDATE("%s"), "'build_min':1,'native':true,'kbs':[1]", "/requirements/0/os_update/0",
      "expected either native, or kbs or fixed_revision" },
    { UPDATE("%s"), "'build_min':1,'native':true,'fixed_revision':1", "/requirements/0/os_update/0",
      "expected either native, or kbs or fixed_revision" },
    { UPDATE("%s"), "'build_min':1,'native':false,'fixed_revision':1", NULL, NULL },
    { UPDATE("%s"), "'kbs':[1]", "/requirements/0/os_update/0",
      "neither build_min nor build_max, expected one" },
    { ITEM("'kind':'os-update','os_update':%s"), "{}", "/requirements/0/os_update",
      "a value, expected an array" },
};

/* printf would take the rest of the text for a format. */
static const char *filled(const struct bound *b)
{
    const char *at = strstr(b->profile, "%s");

    return wr_arena_format(&arena, "%.*s%s%s", (int)(at - b->profile), b->profile, b->value,
                           at + 2);
}

Test(requirement, each_bound_is_where_the_document_has_it)
{
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        const struct bound *b = &bounds[i];
        wr_profile p = { .id = "untouched" };
        wr_error e;
        bool done;

        again();
        done = parse(filled(b), &p, &e);
        cr_expect_eq(done, !b->pointer, "%s: %s: %s", b->value, e.path, e.message);
        if (done || !b->pointer)
            continue;
        cr_expect_eq(e.code, WR_E_MALFORMED, "%s: %s", b->value, wr_code_name(e.code));
        cr_expect_str_eq(e.path, b->pointer, "%s: %s: %s", b->value, e.path, e.message);
        cr_expect(*e.message && (!b->message || !strcmp(e.message, b->message)), "%s: %s", b->value,
                  e.message);
        cr_expect_str_eq(p.id, "untouched");
    }
}

/* Of arrays and objects that are too long one is told, with both numbers.  In `item` # is the
 * number. */
static const char *many(const char *before, const char *item, size_t count, const char *behind)
{
    const int head = (int)strcspn(item, "#");
    char *out = wr_arena_alloc(&arena,
                               strlen(before) + count * (strlen(item) + 8) + strlen(behind) + 1, 1),
         *at = out;

    cr_assert(out && item[head] == '#');
    at += sprintf(at, "%s", before);
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, "%s%.*s%zu%s", at[-1] == '[' ? "" : ",", head, item, i, item + head + 1);
    sprintf(at, "%s", behind);
    return out;
}

Test(requirement, there_are_at_most_4096_of_anything)
{
    static const struct {
        const char *before, *item, *behind, *pointer;
        bool slow; /* each is compared with all before it */
    } rows[] = {
        { HEAD CERTS ",'aliases':[", "'a#'", "]" ITEMS "}", "/aliases", false },
        { HEAD CERTS ",'sources':[", "{'id':'s#','uri':'u','completeness':'complete'}",
          "]" ITEMS "}", "/sources", true },
        { HEAD ",'certificates':{'c':{'sha1':'" SHA1 "'}", "'k#':{'sha1':'" SHA1 "'}",
          "}" ITEMS "}", "/certificates", false },
        { HEAD CERTS ",'requirements':[{'id':'i'," GIVEN
                     ",'kind':'chain-usable','certificate':'c','purposes':[",
          "'1.2.#'", "]}]}", "/requirements/0/purposes", false },
        { HEAD CERTS ",'requirements':[{'id':'i'," GIVEN
                     ",'kind':'os-update','os_update':[{'os':'o','build_min':1,'kbs':[",
          "1#", "]}]}]}", "/requirements/0/os_update/0/kbs", false },
        { HEAD CERTS ",'requirements':[{'id':'i'," GIVEN ",'kind':'os-update','os_update':[",
          "{'os':'o#','build_min':1,'native':true}", "]}]}", "/requirements/0/os_update", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t more = 0; more < 2; more++) {
            size_t count =
                4096 + more - !strcmp(rows[i].pointer, "/certificates"); /* c is one of them */
            wr_profile p;
            wr_error e;

            if (rows[i].slow && !more)
                count = 100;
            again();
            cr_expect_eq(parse(many(rows[i].before, rows[i].item, count, rows[i].behind), &p, &e),
                         !more, "%s: %s: %s", rows[i].pointer, e.path, e.message);
            if (!more)
                continue;
            cr_expect_eq(e.code, WR_E_LIMIT, "%s", wr_code_name(e.code));
            cr_expect_str_eq(e.path, rows[i].pointer);
            cr_expect_str_eq(e.message, "4097 items, expected at most 4096");
        }
}

/* Whole numbers as people write a registry value. */
Test(requirement, numbers_of_the_registry)
{
    static const struct {
        const char *text;
        bool valid;
        uint64_t number;
    } numbers[] = {
        { "0", true, 0 },
        { "4294967296", true, 4294967296u },
        { "9999999999999999999", true, 9999999999999999999u },
        { "10000000000000000000", false, 0 }, /* 20 digits */
        { "0x0", true, 0 },
        { "0xffffFFFFffffFFFF", true, UINT64_MAX },
        { "0x10000000000000000", false, 0 }, /* 17 digits */
        { "0x", false, 0 },
        { "0xg", false, 0 },
        { "0X1", false, 0 },
        { "", false, 0 },
        { "1a", false, 0 },
        { "-1", false, 0 },
        { " 1", false, 0 },
        { "010", true, 10 },
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint64_t number = 7;

        cr_expect_eq(wr_number_parse(numbers[i].text, &number), numbers[i].valid, "%s",
                     numbers[i].text);
        cr_expect_eq(number, numbers[i].valid ? numbers[i].number : 7, "%s", numbers[i].text);
    }
}

/* ---- all faults at once ------------------------------------------------------------------------
 */

/* Wrong in each place that the reading goes on behind. */
static const char faulty[] =
    "{'schema':'winroots.profile/1','id':'a b','what':1,'aliases':['x "
    "y','z'],'title':1,'version':'a\\u0001',"
    "'product':{'vendor':1,'name':2,'versions':3,'other':4},"
    "'sources':[{'id':'s "
    "s','uri':1,'completeness':'c','more':1},{'id':'t','uri':'u','completeness':'complete'},"
    "{'id':'t','uri':'u','completeness':'complete'}],"
    "'certificates':{'a "
    "b':{'sha1':'00','sha256':'zz','subject':1,'issuer':2,'serial':'x','key_id':'0','other':1},"
    "'c':{'sha1':'" SHA1 "'}},"
    "'requirements':[{'id':'i "
    "i','kind':'chain-usable','severity':'x','certificate':'d','purposes':['no'],"
    "'accept_expired':1,'existing_signatures':2,'store':'Root','when':{},'note':1,'known_defects':["
    "'no'],'more':1},"
    "{'id':'j','kind':'any-of','severity':'required','basis':'x','min':9,'children':[{'id':'k','"
    "kind':'os-update',"
    "'os_update':[{'os':1,'more':1},{'os':'o','build_min':1,'native':true}]}]},"
    "{'id':'l','kind':'none','severity':'required'}]}";

static const char faults_of_it[] = "unknown_member /what\n"
                                   "malformed /id\n"
                                   "malformed /aliases/0\n"
                                   "malformed /title\n"
                                   "unknown_member /product/other\n"
                                   "malformed /product/vendor\n"
                                   "malformed /product/name\n"
                                   "malformed /product/versions\n"
                                   "malformed /version\n"
                                   "unknown_member /sources/0/more\n"
                                   "malformed /sources/0/id\n"
                                   "malformed /sources/0/uri\n"
                                   "malformed /sources/0/completeness\n"
                                   "malformed /sources/2\n"
                                   "malformed /certificates/a b\n"
                                   "unknown_member /certificates/a b/other\n"
                                   "thumbprint /certificates/a b/sha256\n"
                                   "thumbprint /certificates/a b/sha1\n"
                                   "malformed /certificates/a b/subject\n"
                                   "malformed /certificates/a b/issuer\n"
                                   "malformed /certificates/a b/serial\n"
                                   "malformed /certificates/a b/key_id\n"
                                   "unknown_member /requirements/0/more\n"
                                   "malformed /requirements/0/id\n"
                                   "malformed /requirements/0/severity\n"
                                   "malformed /requirements/0/when\n"
                                   "malformed /requirements/0/store\n"
                                   "malformed /requirements/0/certificate\n"
                                   "malformed /requirements/0/purposes/0\n"
                                   "malformed /requirements/0/accept_expired\n"
                                   "malformed /requirements/0/existing_signatures\n"
                                   "malformed /requirements/0/note\n"
                                   "malformed /requirements/0/known_defects/0\n"
                                   "malformed /requirements/1/basis\n"
                                   "unknown_member /requirements/1/children/0/os_update/0/more\n"
                                   "malformed /requirements/1/children/0/os_update/0/os\n"
                                   "malformed /requirements/1/min\n"
                                   "malformed /requirements/2/kind\n";

static const char *json;

static bool read_faulty(wr_arena *in, wr_error *err)
{
    wr_faults faults = { 0 };
    wr_profile p;

    return wr_profile_read(view_of(json, strlen(json)), in, &p, &faults, err);
}

Test(requirement, each_fault_is_told_once_and_in_the_order_of_reading)
{
    wr_faults faults = { 0 };
    wr_profile p;
    wr_error e;

    json = quoted(faulty);
    cr_assert(wr_profile_read(view_of(json, strlen(json)), &arena, &p, &faults, &e), "%s",
              e.message);
    text = "";
    for (size_t i = 0; i < faults.count; i++) {
        say("%s %s\n", wr_defect_names[faults.items[i].defect], faults.items[i].pointer);
        cr_expect(*faults.items[i].message);
    }
    cr_assert_str_eq(text, faults_of_it, "%s", text);
    every_failing_allocation_is_told(read_faulty);
}

static bool parse_json(wr_arena *in, wr_error *err)
{
    wr_profile p;

    return wr_profile_parse(view_of(json, strlen(json)), in, &p, err);
}

Test(requirement, every_allocation_that_fails_ends_the_reading)
{
    size_t len;
    uint8_t *bytes = read_file(FIXTURE("fuzz/profile/every_kind.json"), &len);
    char *copy = wr_arena_alloc(&arena, len + 1, 1);

    cr_assert(copy);
    memcpy(copy, bytes, len);
    free(bytes);
    json = copy;
    every_failing_allocation_is_told(parse_json);
}
