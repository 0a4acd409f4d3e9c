/* test_action.c - plans whole: each action with what it is about, why, and what it would do to the
 * host; docs/profile.md, "What would fix it". */
#include "made.h"
#include "signed_list.h"

#include "require/plan.h"

static host h;
static wr_comparison comparisons[2];
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

static void again(void)
{
    stop();
    start();
}

TestSuite(action, .init = start, .fini = stop);

#define ITEM(id, more)    "{'id':'" id "','severity':'required','basis':'inferred'," more "}"
#define CHILD(id, more)   "{'id':'" id "'," more "}"
#define PRESENT(c, store) "'kind':'certificate-present','store':'" store "','certificate':'" c "'"
#define SIGN(c)           PRESENT(c, "Root") ",'purposes':['code_signing']"
#define ABSENT(c, store)  "'kind':'certificate-absent','store':'" store "','certificate':'" c "'"
#define REFUSED(c)        "'kind':'not-disallowed','certificate':'" c "'"
#define CHAIN(c)          "'kind':'chain-usable','certificate':'" c "','purposes':['code_signing']"
#define ANY(min, of)      "'kind':'any-of','min':" min ",'children':[" of "]"
#define ALL(of)           "'kind':'all-of','children':[" of "]"
#define VALUE(key, name, is, data)                                                                 \
    "'kind':'registry-value','registry':{'key':'HKLM\\\\SOFTWARE\\\\" key "','name':'" name        \
    "','operator':'" is "'" data "}"

/* "name:letters" of host.h for each certificate; those of fixtures/chain are the real ones. */
static void set_up_all(const char *spec)
{
    static const char *const chain[] = { "root_a", "root_b", "ca",       "ca_cross",
                                         "leaf",   "ca_tls", "leaf_tls", "ca_impostor" };
    char name[16], letters[16];

    for (int used; *spec; spec += used + (spec[used] == ' ')) {
        const wr_certificate *cert = NULL;

        letters[0] = 0;
        cr_assert_geq(sscanf(spec, "%15[^:]:%n%15[^ ]%n", name, &used, letters, &used), 1);
        for (size_t i = 0; i < sizeof chain / sizeof *chain && !cert; i++)
            if (!strcmp(name, chain[i]))
                cert = know_fixture(&h, wr_arena_text(&h.arena, name));
        if (!cert)
            cert = make_certificate(&h, (made){ .name = wr_arena_text(&h.arena, name) });
        set_up(&h, cert, letters);
    }
}

static void ask(const char *id, const char *items)
{
    comparisons[num_comparisons++] = compare(&h, profile_of(&h, id, items));
}

static void make_plan(void)
{
    wr_error e = { .code = WR_E_NO_MEMORY }; /* what it held before means nothing */

    cr_assert(wr_plan_make(comparisons, num_comparisons, &h.trust, &h.arena, &plan, &e), "%s",
              e.message);
}

/* A line for each action: "kind store certificate: reason <requirements> {checks}". */
static const char *plan_text(void)
{
    const char *text = "";

    for (size_t i = 0; i < plan.actions.count; i++) {
        const wr_action *a = &plan.actions.items[i];

        text = wr_arena_format(&h.arena, "%s%s", text, wr_action_kind_name(a->kind));
        if (a->certificate)
            text =
                wr_arena_format(&h.arena, "%s %s %s", text, a->store, name_of(&h, a->certificate));
        if (*a->registry_key)
            text = wr_arena_format(&h.arena, "%s %s %s=%s", text, a->registry_key, a->registry_name,
                                   a->registry_data);
        text = wr_arena_format(&h.arena, "%s: %s <", text, a->reason);
        for (size_t r = 0; r < a->requirements.count; r++)
            text =
                wr_arena_format(&h.arena, "%s%s%s", text, r ? " " : "", a->requirements.items[r]);
        text = wr_arena_format(&h.arena, "%s> {", text);
        for (size_t c = 0; c < a->checks.count; c++)
            text = wr_arena_format(&h.arena, "%s%s%zu", text, c ? " " : "", a->checks.items[c]);
        text = wr_arena_format(&h.arena, "%s}%s", text, a->listed ? " listed" : "");
        for (size_t w = 0; w < a->widens.count; w++)
            text = wr_arena_format(&h.arena, "%s %s", text, a->widens.items[w]);
        text = wr_arena_format(&h.arena, "%s\n", text);
        cr_assert(text);
        cr_expect_eq(a->reversible, a->kind != WR_ACTION_MANUAL, "%s", text);
        cr_expect_eq(i >= plan.actions.count - plan.num_manual, a->kind == WR_ACTION_MANUAL, "%s",
                     text);
    }
    return text;
}

/* A host, what one or two profiles ask of it, and the whole plan. */
struct row {
    const char *host, *p, *q, *text;
};

#define MISSING(c, store) c " is missing in " store
#define NOBODY(c, store)                                                                           \
    MISSING(c, store)                                                                              \
    ", and neither the supply nor another store of the host has it under the hash that is "        \
    "required"
#define NOT_HELPED(why)     "; adding it would not help: " why
#define UNDOES              "; no script does it, because it would undo another requirement"
#define NOT_CHANGED         "; adding a certificate does not change that"
#define MUST_NOT(c, store)  c " must not be in " store
#define BEFORE_2021         "for code_signing: only end certificates issued before 2021-01-01T00:00:00Z"
#define CHAIN_OF(leaf, why) "the chain of " leaf " cannot be used: " why
#define STOPS(at)           "the chain stops at " at ", which is not installed"

static const struct row rows[] = {
    /* present */
    { "c:S", ITEM("i", SIGN("c")), NULL, "add Root c: " MISSING("c", "Root") " <p/i> {0}\n" },
    { "c:S", ITEM("i", PRESENT("c", "CA")), NULL, "add CA c: " MISSING("c", "CA") " <p/i> {0}\n" },
    { "c:S", ITEM("i", PRESENT("c", "Disallowed")), NULL,
      "disallow Disallowed c: " MISSING("c", "Disallowed") " <p/i> {0}\n" },
    { "c:U", ITEM("i", SIGN("c")), NULL, "add Root c: " MISSING("c", "Root") " <p/i> {0}\n" },
    { "c:", ITEM("i", SIGN("c")), NULL, "manual: " NOBODY("c", "Root") " <p/i> {0}\n" },
    { "c:SR", ITEM("i", SIGN("c")), NULL, "" },
    { "c:SM", ITEM("i", SIGN("c")), NULL, "" }, /* UNKNOWN is no FAIL */
    { "c:SD", ITEM("i", SIGN("c")), NULL,
      "manual: c: not in Root, found only in LM/Disallowed; a Disallowed store of the machine "
      "refuses it" NOT_CHANGED " <p/i> {0}\n" },
    { "c:SN", ITEM("i", SIGN("c")), NULL,
      "manual: c: in LM/AuthRoot; " BEFORE_2021 NOT_CHANGED " <p/i> {0}\n" },
    { "c:Sn", ITEM("i", SIGN("c")), NULL,
      "manual: " MISSING("c", "Root") NOT_HELPED("in LM/Root; " BEFORE_2021) " <p/i> {0}\n" },
    { "c:Sn", ITEM("i", SIGN("c")) "," ITEM("j", SIGN("c") ",'existing_signatures':true"), NULL,
      "add Root c: " MISSING("c", "Root") " <p/j> {1}\n"
                                          "manual: " MISSING("c", "Root") NOT_HELPED(
                                              "in LM/Root; " BEFORE_2021) " <p/i> {0}\n" },
    /* one for each thing to do, whoever asks, and the numbers go through both */
    { "c:S d:", ITEM("i", SIGN("c")) "," ITEM("j", SIGN("d")),
      ITEM("k", PRESENT("d", "Root")) "," ITEM("l", PRESENT("c", "Root")),
      "add Root c: " MISSING("c", "Root") " <p/i q/l> {0 3}\n"
                                          "manual: " NOBODY("d", "Root") " <p/j q/k> {1 2}\n" },
    { "a:S b:S",
      ITEM("1", PRESENT("b", "Root")) "," ITEM("2", PRESENT("a", "CA")) "," ITEM(
          "3", PRESENT("b", "Disallowed")),
      NULL,
      "add CA a: " MISSING("a", "CA") " <p/2> {1}\n"
                                      "add Root b: " MISSING(
                                          "b", "Root") " <p/1> {0}\n"
                                                       "manual: " MISSING("b", "Disallowed") UNDOES
      " <p/3> {2}\n" },
    { "a: b:", ITEM("1", PRESENT("b", "Root")) "," ITEM("2", PRESENT("a", "Root")), NULL,
      "manual: " NOBODY("b", "Root") " <p/1> {0}\nmanual: " NOBODY("a", "Root") " <p/2> {1}\n" },
    /* absent */
    { "c:R", ITEM("i", ABSENT("c", "Root")), NULL,
      "delete Root c: " MUST_NOT("c", "Root") " <p/i> {0}\n" },
    { "c:C", ITEM("i", ABSENT("c", "CA")), NULL,
      "delete CA c: " MUST_NOT("c", "CA") " <p/i> {0}\n" },
    { "c:RC", ITEM("i", ABSENT("c", "CA")), NULL,
      "delete CA c: " MUST_NOT("c", "CA") " <p/i> {0}\n" },
    { "c:Cl", ITEM("i", ABSENT("c", "CA")), NULL,
      "delete CA c: " MUST_NOT("c", "CA") " <p/i> {0}\n" },
    { "c:CA", ITEM("i", ABSENT("c", "CA")), NULL,
      "delete CA c: " MUST_NOT("c", "CA") " <p/i> {0}\n" },
    { "c:RG", ITEM("i", ABSENT("c", "Root")), NULL,
      "manual: " MUST_NOT(
          "c", "Root") "; group policy holds it there: take it out of the policy <p/i> {0}\n" },
    { "c:E", ITEM("i", ABSENT("c", "Root")), NULL,
      "manual: " MUST_NOT(
          "c",
          "Root") "; the directory holds it there (enterprise store): take it out with certutil "
                  "-dspublish or -enterprise <p/i> {0}\n" },
    { "c:A", ITEM("i", ABSENT("c", "Root")), NULL,
      "manual: " MUST_NOT("c", "Root") "; it is a program root, which Windows brings back: put it "
                                       "into Disallowed instead "
                                       "<p/i> {0}\n" },
    { "c:Rl", ITEM("i", ABSENT("c", "Root")), NULL,
      "manual: " MUST_NOT("c", "Root") "; it is a program root, which Windows brings back: put it "
                                       "into Disallowed instead "
                                       "<p/i> {0}\n" },
    { "c:R", ITEM("i", ABSENT("c", "Root")), ITEM("j", SIGN("c")),
      "manual: " MUST_NOT("c", "Root") UNDOES " <p/i> {0}\n" },
    /* of several the one that spoils something gives way, wherever it stands */
    { "a:R b:R",
      ITEM("i", ABSENT("a", "Root")) "," ITEM("j", ABSENT("b", "Root")) "," ITEM("k", SIGN("a")),
      NULL,
      "delete Root b: " MUST_NOT("b", "Root") " <p/j> {1}\nmanual: " MUST_NOT("a", "Root") UNDOES
      " <p/i> {0}\n" },
    { "a:R b:R",
      ITEM("i", ABSENT("a", "Root")) "," ITEM("j", ABSENT("b", "Root")) "," ITEM("k", SIGN("b")),
      NULL,
      "delete Root a: " MUST_NOT("a", "Root") " <p/i> {0}\nmanual: " MUST_NOT("b", "Root") UNDOES
      " <p/j> {1}\n" },
    { "a:R b:R c:R d:R",
      ITEM("i", ABSENT("a", "Root")) "," ITEM("j", ABSENT("b", "Root")) "," ITEM(
          "k",
          ABSENT("c", "Root")) "," ITEM("l",
                                        ABSENT("d",
                                               "Root")) "," ITEM("m",
                                                                 SIGN("b")) "," ITEM("n",
                                                                                     SIGN("d")),
      NULL,
      "~delete Root a: " MUST_NOT("a", "Root") " <p/i> {0}\ndelete Root c: " MUST_NOT(
          "c", "Root") " <p/k> {2}\n"
                       "manual: " MUST_NOT("b", "Root") UNDOES
      " <p/j> {1}\nmanual: " MUST_NOT("d", "Root") UNDOES " <p/l> {3}\n" },
    /* what was chosen beside one that gives way is forgotten with it */
    { "a:S b:S c:S d:S",
      ITEM(
          "g",
          ANY("1",
              CHILD(
                  "g1",
                  ALL(CHILD("x1", SIGN("a")) "," CHILD(
                      "x2",
                      PRESENT(
                          "b",
                          "C"
                          "A")))))) "," ITEM("k",
                                             ABSENT(
                                                 "b",
                                                 "CA")) "," ITEM("h",
                                                                 ANY("1",
                                                                     CHILD(
                                                                         "u",
                                                                         ALL(CHILD("u1", SIGN("a")) "," CHILD(
                                                                             "u2",
                                                                             SIGN(
                                                                                 "c")))) "," CHILD("v",
                                                                                                   SIGN(
                                                                                                       "d")))),
      NULL,
      "add Root d: " MISSING(
          "d",
          "Root") " <p/h p/v> {5 9}\n"
                  "manual: 0 of 1 pass, required: 1; g1: 0 of 2 pass, required: 2 <p/g> {0}\n" },
    /* the cheapest of a group's own alternatives is what the group costs */
    { "a:S b:S c:S d:S e:S f:S",
      ITEM(
          "g",
          ANY("1",
              CHILD(
                  "x",
                  ANY("1",
                      CHILD(
                          "x1",
                          ALL(CHILD("p", SIGN("a")) "," CHILD("q", SIGN("b")) "," CHILD(
                              "r",
                              SIGN(
                                  "c")))) "," CHILD("x2",
                                                    SIGN(
                                                        "d")))) "," CHILD("y",
                                                                          ALL(CHILD("s", SIGN("e")) "," CHILD(
                                                                              "t", SIGN("f")))))),
      NULL, "add Root d: " MISSING("d", "Root") " <p/g p/x p/x2> {0 1 6}\n" },
    /* a way that was tried before costs nothing any more */
    { "root_b:R ca:S root_a:S ca_cross:S leaf:S", ITEM("i", CHAIN("leaf")), NULL,
      "add CA ca_cross: " CHAIN_OF("leaf", STOPS("ca")) " <p/i> {0}\n" },
    { "root_b:R ca_cross:S ca:S root_a:S leaf:S", ITEM("i", CHAIN("leaf")), NULL,
      "add CA ca_cross: " CHAIN_OF("leaf", STOPS("ca")) " <p/i> {0}\n" },
    /* what nobody scripts */
    { "c:RD", ITEM("i", REFUSED("c")), NULL,
      "manual: c: a Disallowed store of the machine refuses it; no script takes a refusal back "
      "<p/i> {0}\n" },
    { "c:S", ITEM("i", "'kind':'list-minimum','list':{'kind':'authroot','min_sequence':'1'}"), NULL,
      "manual: bring a newer list to the host: connect it, or let it fetch from a folder "
      "(RootDirUrl) that a connected host "
      "fills with certutil -syncWithWU; the host has no authroot list <p/i> {0}\n" },
    { "c:S",
      ITEM("i", "'kind':'os-update','os_update':[{'os':'o','build_min':1,'fixed_revision':9999}]"),
      NULL,
      "manual: install the operating-system update; o: build 17763.2000, required: 17763.9999 or "
      "later <p/i> {0}\n" },
    /* of alternatives that cost the same the first */
    { "a:S b:S", ITEM("g", ANY("1", CHILD("x", SIGN("b")) "," CHILD("y", SIGN("a")))), NULL,
      "add Root b: " MISSING("b", "Root") " <p/g p/x> {0 1}\n" },
    /* groups */
    { "a: b:S", ITEM("g", ANY("1", CHILD("x", SIGN("a")) "," CHILD("y", SIGN("b")))), NULL,
      "add Root b: " MISSING("b", "Root") " <p/g p/y> {0 2}\n" },
    { "a: b:", ITEM("g", ANY("1", CHILD("x", SIGN("a")) "," CHILD("y", SIGN("b")))), NULL,
      "manual: 0 of 2 pass, required: 1; x: " NOBODY("a", "Root") "; y: " NOBODY(
          "b", "Root") " <p/g> {0}\n" },
    { "a:R b: c:S",
      ITEM("g",
           ANY("3", CHILD("x", SIGN("a")) "," CHILD("y", SIGN("b")) "," CHILD("z", SIGN("c")))),
      NULL,
      "manual: 1 of 3 pass, required: 3; y: " NOBODY("b", "Root") "; z: " MISSING(
          "c", "Root") " <p/g> {0}\n" },
    { "a:R b: c:S",
      ITEM("g",
           ANY("2", CHILD("x", SIGN("a")) "," CHILD("y", SIGN("b")) "," CHILD("z", SIGN("c")))),
      NULL, "add Root c: " MISSING("c", "Root") " <p/g p/z> {0 3}\n" },
    { "a:S b: c:S",
      ITEM("g", ALL(CHILD("x", SIGN("a")) "," CHILD("y", SIGN("b")) "," CHILD("z", SIGN("c")))),
      NULL,
      "~add Root a: " MISSING("a", "Root") " <p/x> {1}\nadd Root c: " MISSING(
          "c", "Root") " <p/z> {3}\n"
                       "manual: " NOBODY("b", "Root") " <p/y> {2}\n" },
    { "a:S b:S", ITEM("g", ALL(CHILD("x", SIGN("a")) "," CHILD("y", SIGN("b")))), NULL,
      "~add Root a: " MISSING("a", "Root") " <p/g p/x> {0 1}\nadd Root b: " MISSING(
          "b", "Root") " <p/g p/y> {0 2}\n" },
    { "a: b: c:",
      ITEM("g", ANY("1", CHILD("x", ALL(CHILD("u", SIGN("a")) "," CHILD("v", SIGN("b")))) "," CHILD(
                             "y", SIGN("c")))),
      NULL,
      "manual: 0 of 2 pass, required: 1; x: 0 of 2 pass, required: 2; y: " NOBODY(
          "c", "Root") " <p/g> {0}\n" },
    { "a: b: c:S",
      ITEM("g", ANY("1", CHILD("x", ALL(CHILD("u", SIGN("a")) "," CHILD("v", SIGN("c")))) "," CHILD(
                             "y", SIGN("b")))) "," ITEM("k",
                                                        ALL(CHILD(
                                                            "t", ANY("1", CHILD("r", SIGN("a")))))),
      NULL,
      "manual: 0 of 2 pass, required: 1; x: 0 of 2 pass, required: 2; y: " NOBODY(
          "b", "Root") " <p/g> {0}\n"
                       "manual: 0 of 1 pass, required: 1; r: " NOBODY("a", "Root") " <p/t> {6}\n" },
    { "a:S b:S c:S d:S e:S",
      ITEM("g",
           ANY("2",
               CHILD("x",
                     ALL(CHILD("x1", SIGN("e")) "," CHILD("x2", SIGN("b")) "," CHILD(
                         "x3", SIGN("c")))) "," CHILD("y",
                                                      ALL(CHILD("y1", SIGN("c")) "," CHILD(
                                                          "y2", SIGN("d")))) "," CHILD("z",
                                                                                       SIGN("a")))),
      NULL,
      "~add Root a: " MISSING("a", "Root") " <p/g p/z> {0 8}\nadd Root c: " MISSING(
          "c", "Root") " <p/g p/x3 p/y p/y1> {0 4 5 6}\n"
                       "add Root d: " MISSING("d", "Root") " <p/g p/y p/y2> {0 5 7}\n" },
    /* chains */
    { "root_a:S ca:S leaf:S", ITEM("i", CHAIN("leaf")), NULL,
      "add CA ca: " CHAIN_OF("leaf", STOPS("ca")) " <p/i> {0}\nadd Root root_a: " CHAIN_OF(
          "leaf", STOPS("ca")) " <p/i> {0}\n" },
    { "root_a:R ca: leaf:S", ITEM("i", CHAIN("leaf")), NULL,
      "manual: " CHAIN_OF("leaf", STOPS("ca")) " <p/i> {0}\n" },
    { "root_a:S", ITEM("i", CHAIN("root_a")), NULL,
      "add Root root_a: " CHAIN_OF("root_a", STOPS("root_a")) " <p/i> {0}\n" },
    { "root_a:R ca:C leaf:C", ITEM("i", CHAIN("leaf")), NULL, "" },
    { "root_a:R ca:S leaf:C", ITEM("i", CHAIN("leaf")), NULL,
      "add CA ca: " CHAIN_OF("leaf", STOPS("ca")) " <p/i> {0}\n" },
    { "root_a:R ca:U leaf:S", ITEM("i", CHAIN("leaf")), NULL,
      "add CA ca: " CHAIN_OF("leaf", STOPS("ca")) " <p/i> {0}\n" },
    { "root_a:C ca:C leaf:S", ITEM("i", CHAIN("leaf")), NULL,
      "add Root root_a: " CHAIN_OF("leaf", STOPS("root_a")) " <p/i> {0}\n" },
    { "root_a:S ca:CD leaf:S", ITEM("i", CHAIN("leaf")), NULL,
      "manual: " CHAIN_OF("leaf", STOPS("root_a")) " <p/i> {0}\n" },
    { "root_a:S ca:C leaf:SK", ITEM("i", CHAIN("leaf")), NULL,
      "manual: " CHAIN_OF("leaf", STOPS("root_a"))
          NOT_HELPED("a chain ends at root_a; the disallowed list refuses it") " <p/i> {0}\n" },
    { "root_a:S root_b:R ca:C ca_cross:C leaf:S", ITEM("i", CHAIN("leaf")), NULL, "" },
    { "root_a:S root_b:S ca:C ca_cross:S leaf:S", ITEM("i", CHAIN("leaf")), NULL,
      "add Root root_a: " CHAIN_OF("leaf", STOPS("root_a")) " <p/i> {0}\n" },
};

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Certificates stand by thumbprint, which says nothing to a reader. */
static const char *in_order(const char *text)
{
    char *copy = wr_arena_text(&h.arena, text);
    const char *lines[16], *out = "";
    size_t count = 0;

    for (char *line = strtok(copy, "\n"); line && count < 16; line = strtok(NULL, "\n"))
        lines[count++] = line;
    qsort(lines, count, sizeof *lines, compare_lines);
    for (size_t i = 0; i < count; i++)
        out = wr_arena_format(&h.arena, "%s%s\n", out, lines[i]);
    return out;
}

/* The text of a row; behind ~ in any order of lines. */
static bool is_told(const char *expected, const char *text)
{
    return *expected == '~' ? !strcmp(in_order(expected + 1), in_order(text))
                            : !strcmp(expected, text);
}

Test(action, each_plan_is_told_whole)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        again();
        set_up_all(rows[i].host);
        judge(&h);
        ask("p", rows[i].p);
        if (rows[i].q)
            ask("q", rows[i].q);
        make_plan();
        cr_expect(is_told(rows[i].text, plan_text()), "row %zu: %s: %s", i, rows[i].host,
                  plan_text());
    }
}

Test(action, windows_needs_its_own_roots)
{
    static const char *const needed[] = {
        "a43489159a520f0d93d032ccaf37e7fe20a8b419", /* the first and the last, and neither */
        "f40042e2e5f7e8ef8189fed15519aece42c3bfa2", "f40042e2e5f7e8ef8189fed15519aece42c3bfa3"
    };

    for (size_t i = 0; i < 3; i++) {
        again();
        set_up_all("c:R");
        judge(&h);
        ask("p", ITEM("i", ABSENT("c", "Root")));
        cr_assert(wr_text_unhex(needed[i], h.model.certificates.items[0].sha1, WR_SHA1_LEN));
        make_plan();
        cr_expect_eq(plan.num_manual, i < 2, "%s", needed[i]);
        if (i < 2)
            cr_expect_str_eq(plan_text(),
                             "manual: " MUST_NOT("c", "Root") "; Windows needs it <p/i> {0}\n");
    }
}

/* ---- settings ----------------------------------------------------------------------------------
 */

#define POLICIES   "Policies\\\\Microsoft\\\\SystemCertificates\\\\"
#define UPDATE_KEY "Microsoft\\\\SystemCertificates\\\\AuthRoot\\\\AutoUpdate"
#define IS(text)   ",'data':'" text "'"

/* Of a saved report that has the values A to C, each 5. */
Test(action, only_numbers_that_speak_of_roots_are_set)
{
    static const struct {
        const char *items, *text;
    } settings[] = {
        { ITEM("i", VALUE(POLICIES "Root", "A", "equals", IS("1"))),
          "set_policy HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root A=1: change a "
          "setting: in "
          "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root, A is \"5\", required: "
          "equals 1 <p/i> {0}\n" },
        { ITEM("i", VALUE(UPDATE_KEY, "B", "at-least", IS("0xffffffff"))),
          "set_policy HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate "
          "B=0xffffffff: change a setting: in "
          "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate, B is \"5\", "
          "required: at-least 0xffffffff "
          "<p/i> {0}\n" },
        { ITEM("i", VALUE(UPDATE_KEY, "B", "at-most", IS("4"))),
          "set_policy HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate B=4: "
          "change a setting: in "
          "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate, B is \"5\", "
          "required: at-most 4 <p/i> {0}\n" },
        { ITEM("i", VALUE(UPDATE_KEY, "B", "at-least", IS("4294967296"))),
          "manual: change a setting: in "
          "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate, B is \"5\", "
          "required: at-least 4294967296 <p/i> {0}\n" },
        { ITEM("i", VALUE(UPDATE_KEY, "B", "not-equals", IS("5"))),
          "manual: change a setting: in "
          "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate, B is \"5\", "
          "required: not-equals 5 <p/i> {0}\n" },
        { ITEM("i", VALUE(UPDATE_KEY, "B", "absent", "")),
          "manual: change a setting: in "
          "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate, B is \"5\", "
          "required: absent <p/i> {0}\n" },
        { ITEM("i", VALUE(UPDATE_KEY, "B", "equals", IS("five"))),
          "manual: change a setting: in "
          "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate, B is \"5\", "
          "required: equals five <p/i> {0}\n" },
        { ITEM("i", VALUE(POLICIES "Root", "A b", "equals", IS("1"))),
          "manual: change a setting: in "
          "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root, A b is \"5\", required: "
          "equals 1 <p/i> {0}\n" },
        { ITEM("i", VALUE("Example", "C", "equals", IS("1"))),
          "manual: change a setting: in HKLM\\SOFTWARE\\Example, C is \"5\", required: equals 1 "
          "<p/i> {0}\n" },
        /* one value once, in any case of letters; another name, key or number is another setting */
        { ITEM("i", VALUE(POLICIES "Root", "A", "equals", IS("1"))) "," ITEM(
              "j", VALUE(POLICIES "ROOT", "a", "equals", IS("1"))),
          "set_policy HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root A=1: change a "
          "setting: in "
          "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root, A is \"5\", required: "
          "equals 1 <p/i p/j> {0 1}\n" },
        { ITEM("i", VALUE(UPDATE_KEY, "B", "equals", IS("2"))) "," ITEM(
              "j", VALUE(POLICIES "Root", "A", "equals",
                         IS("2"))) "," ITEM("k", VALUE(POLICIES "Root", "D", "equals",
                                                       IS("2"))) "," ITEM("l",
                                                                          VALUE(POLICIES "CA", "A",
                                                                                "equals", IS("2"))),
          "set_policy HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate B=2: "
          "change a setting: in "
          "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate, B is \"5\", "
          "required: equals 2 <p/i> {0}\n"
          "set_policy HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\CA A=2: change a "
          "setting: in "
          "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\CA, A is \"5\", required: "
          "equals 2 <p/l> {3}\n"
          "set_policy HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root A=2: change a "
          "setting: in "
          "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root, A is \"5\", required: "
          "equals 2 <p/j> {1}\n"
          "set_policy HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root D=2: change a "
          "setting: in "
          "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root, D is \"5\", required: "
          "equals 2 <p/k> {2}\n" },
        { ITEM("i", VALUE(POLICIES "Root", "A", "equals", IS("1"))) "," ITEM(
              "j", VALUE(POLICIES "Root", "A", "equals", IS("2"))),
          "set_policy HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root A=1: change a "
          "setting: in "
          "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root, A is \"5\", required: "
          "equals 1 <p/i> {0}\n"
          "manual: change a setting: in "
          "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root, A is \"5\", required: "
          "equals 2" UNDOES " <p/j> {1}\n" },
        /* what satisfies both is set once */
        { ITEM("i", VALUE(POLICIES "Root", "A", "at-least", IS("7"))) "," ITEM(
              "j", VALUE(POLICIES "Root", "A", "equals", IS("9"))),
          "set_policy HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root A=9: change a "
          "setting: in "
          "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root, A is \"5\", required: "
          "at-least 7 <p/i p/j> {0 1}\n" },
    };
    static const struct {
        const char *name, *key;
    } values[] = { { "A", "Policies\\Microsoft\\SystemCertificates\\Root" },
                   { "D", "Policies\\Microsoft\\SystemCertificates\\Root" },
                   { "A b", "Policies\\Microsoft\\SystemCertificates\\Root" },
                   { "A", "Policies\\Microsoft\\SystemCertificates\\CA" },
                   { "B", "Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate" },
                   { "C", "Example" } };

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        again();
        h.model.from_report = true;
        for (size_t v = 0; v < sizeof values / sizeof *values; v++)
            set_policy(&h, values[v].name, values[v].key, 5);
        judge(&h);
        ask("p", settings[i].items);
        make_plan();
        cr_expect_str_eq(plan_text(), settings[i].text, "row %zu: %s", i, plan_text());
    }
}

/* ---- widening ----------------------------------------------------------------------------------
 */

/* What a verified list says of it does not travel with a bare certificate, which itself excludes
 * purposes. */
Test(action, what_a_bare_certificate_is_good_for_beside_the_entry)
{
    static const struct {
        const char *eku, *entry, *store;
        bool verified;
        const char *said;
    } widenings[] = {
        { NULL, "98=own", "Root", true, " listed" },
        { NULL, "98=own 9=s", "Root", true,
          " listed client_auth code_signing email time_stamping" },
        { "sc", "98=own 9=s", "Root", true, " listed code_signing" },
        { "s", "98=own 9=s", "Root", true, " listed" },
        { "?", "98=own 9=s", "Root", true, " listed" },
        { NULL, "98=own 126=2028", "Root", true,
          " listed server_auth client_auth code_signing email time_stamping" },
        { NULL, "98=own 122=t", "Root", true, " listed time_stamping" },
        { NULL, "9=s", "Root", true, " listed client_auth code_signing email time_stamping" },
        { NULL, "98=own 9=s", "Root", false, "" },
        { NULL, "98=own 9=s", "CA", true, "" },
        { NULL, "98=own 9=s", "Disallowed", true, "" },
    };

    for (size_t i = 0; i < sizeof widenings / sizeof *widenings; i++) {
        bool refuse = !strcmp(widenings[i].store, "Disallowed");
        const wr_certificate *c;
        const char *text;

        again();
        c = make_certificate(&h, (made){ .name = "c", .eku = widenings[i].eku });
        enter(&h, make_certificate(&h, (made){ .name = "other" }), "");
        enter(&h, c, widenings[i].entry);
        supply(&h, c);
        judge(&h);
        if (widenings[i].verified)
            verify_lists(&h);
        ask("p",
            wr_arena_format(
                &h.arena, ITEM("i", "'kind':'certificate-present','store':'%s','certificate':'c'"),
                widenings[i].store));
        make_plan();
        text = wr_arena_format(&h.arena, "%s %s c: c is missing in %s <p/i> {0}%s\n",
                               refuse ? "disallow" : "add", widenings[i].store, widenings[i].store,
                               widenings[i].said);
        cr_expect_str_eq(plan_text(), text, "row %zu: %s", i, plan_text());
    }
}

/* ---- which certificate -------------------------------------------------------------------------
 */

/* A profile that gives SHA-1 alone: a list that knows another SHA-256 for it forbids it. */
Test(action, a_certificate_is_taken_only_where_every_hash_agrees)
{
    for (int wrong = 0; wrong < 2; wrong++) {
        wr_profile *profile;

        again();
        set_up_all("c:S");
        enter(&h, named(&h, "c"), wrong ? "98=other" : "98=own");
        judge(&h);
        profile = (wr_profile *)(uintptr_t)profile_of(&h, "p", ITEM("i", SIGN("c")));
        profile->certificates.items[0].has_sha256 = false;
        comparisons[num_comparisons++] = compare(&h, profile);
        make_plan();
        cr_expect_str_eq(plan_text(),
                         wrong ? "manual: " NOBODY("c", "Root") " <p/i> {0}\n"
                               : "add Root c: " MISSING("c", "Root") " <p/i> {0}\n",
                         "%s", plan_text());
    }
}

/* Another certificate of the same SHA-1 is on the host: neither is what it seems. */
Test(action, a_certificate_that_is_known_otherwise_is_left_alone)
{
    wr_profile *profile;

    set_up_all("c:SC leaf:SC root_a:R");
    h.model.certificates.items[0].sha256[0] ^= 1;
    h.model.certificates.items[1].sha256[0] ^= 1;
    judge(&h);
    profile = (wr_profile *)(uintptr_t)profile_of(
        &h, "p", ITEM("i", SIGN("c")) "," ITEM("j", CHAIN("leaf")));
    for (size_t i = 0; i < profile->certificates.count; i++)
        profile->certificates.items[i].has_sha256 = false;
    comparisons[num_comparisons++] = compare(&h, profile);
    make_plan();
    cr_expect_str_eq(plan_text(),
                     "manual: " NOBODY("c", "Root") " <p/i> {0}\nmanual: " CHAIN_OF(
                         "leaf", STOPS("ca")) " <p/j> {1}\n",
                     "%s", plan_text());
}

static bool plan_it(wr_arena *arena, wr_error *err)
{
    wr_plan other;

    return wr_plan_make(comparisons, num_comparisons, &h.trust, arena, &other, err);
}

/* Certificates with purposes of their own, and chains through what the list limits. */
Test(action, every_allocation_that_fails_ends_it)
{
    supply(&h, make_certificate(&h, (made){ .name = "e", .eku = "sct" }));
    enter(&h, named(&h, "e"), "98=own 9=s");
    set_up_all("root_a:Sn ca:S leaf:S root_b:Rn ca_cross:S ca_tls:S leaf_tls:S");
    judge(&h);
    verify_lists(&h);
    ask("p",
        ITEM("1", PRESENT("e", "Root")) "," ITEM("2", CHAIN("leaf")) "," ITEM(
            "3", CHAIN("leaf") ",'existing_signatures':true") "," ITEM("4", CHAIN("leaf_tls")));
    make_plan();
    cr_assert_gt(plan.actions.count, 2);
    every_failing_allocation_is_told(plan_it);
}

/* ---- long chains -------------------------------------------------------------------------------
 */

/* As long as any that is followed: its leaf, six or seven between, and its root, all of the supply.
 */
Test(action, chains_are_completed_up_to_their_limit)
{
    static const struct {
        const char *file;
        size_t scripted;
    } chains[] = { { "longest_chain.stl", 7 }, { "too_long_chain.stl", 8 } };

    for (size_t i = 0; i < 2; i++) {
        signed_list l;
        wr_error e;

        again();
        load_list(chains[i].file, &l);
        for (size_t j = 0; j < l.message.certificates.list.count; j++) {
            wr_x509 x509;

            cr_assert(wr_x509_parse(l.message.certificates.list.items[j], &x509, &e));
            supply(&h, know(&h, wr_arena_format(&h.arena, "c%zu", j), x509.der));
        }
        cr_assert(wr_time_from_civil(2021, 6, 1, 0, 0, 0, &h.options.as_of));
        judge(&h);
        ask("p", ITEM("i", "'kind':'chain-usable','certificate':'c0'"));
        make_plan();
        cr_expect_eq(plan.actions.count - plan.num_manual, chains[i].scripted, "%s: %s",
                     chains[i].file, plan_text());
        unload_list(&l);
    }
}

/* ---- what a plan does --------------------------------------------------------------------------
 */

static const char *model_text(const wr_model *m)
{
    const char *text = "";

    for (size_t i = 0; i < m->stores.count; i++)
        text = wr_arena_format(&h.arena, "%s%s/%s %zu\n", text, m->stores.items[i].location_text,
                               m->stores.items[i].name, m->stores.items[i].num_certificates);
    for (size_t i = 0; i < m->instances.count; i++) {
        const wr_instance *copy = &m->instances.items[i];

        text = wr_arena_format(&h.arena, "%s%s in %s/%s%s\n", text,
                               name_of(&h, &m->certificates.items[copy->certificate]),
                               m->stores.items[copy->store].location_text,
                               m->stores.items[copy->store].name, copy->deleted ? " deleted" : "");
    }
    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *p = &m->policies.items[i];

        text =
            wr_arena_format(&h.arena, "%s%s\\%s=%s %llu%s [%s]\n", text, p->key, p->name, p->text,
                            (unsigned long long)p->number, p->is_number ? "" : " text", p->source);
    }
    return text;
}

static void add_action(wr_plan *to, wr_action_kind kind, const char *store, const char *name)
{
    wr_action *a = WR_APPEND(&h.arena, &to->actions, wr_action);

    cr_assert(a);
    *a = (wr_action){
        .kind = kind, .store = store, .registry_key = "", .registry_name = "", .registry_data = ""
    };
    if (kind == WR_ACTION_SET_POLICY) {
        a->registry_key = "HKLM\\SOFTWARE\\Policies\\K";
        a->registry_name = name;
        a->registry_data = "0x10";
    } else {
        a->certificate = named(&h, name);
    }
}

#define BEFORE                                                                                     \
    "LM/Root 2\nLM-GroupPolicy/Root 1\nLM-Enterprise/CA 1\nLM/CA 1\n"                              \
    "a in LM/Root\na in LM-GroupPolicy/Root\na in LM-Enterprise/CA\nb in LM/Root\na in LM/CA\n"    \
    "Policies\\K\\V=1 1 [hive]\nPolicies\\K\\W=1 1 text [hive]\n"

Test(action, a_plan_is_carried_out_as_the_scripts_do_it)
{
    static const struct {
        wr_action_kind kind;
        const char *store, *name, *after;
    } applied[] = {
        { WR_ACTION_ADD, "Root", "c",
          "LM/Root 3\nLM-GroupPolicy/Root 1\nLM-Enterprise/CA 1\nLM/CA 1\na in LM/Root\na in "
          "LM-GroupPolicy/Root\n"
          "a in LM-Enterprise/CA\nb in LM/Root\na in LM/CA\nc in LM/Root\n"
          "Policies\\K\\V=1 1 [hive]\nPolicies\\K\\W=1 1 text [hive]\n" },
        { WR_ACTION_ADD, "Root", "a", BEFORE },
        { WR_ACTION_ADD, "CA", "b",
          "LM/Root 2\nLM-GroupPolicy/Root 1\nLM-Enterprise/CA 1\nLM/CA 2\na in LM/Root\na in "
          "LM-GroupPolicy/Root\n"
          "a in LM-Enterprise/CA\nb in LM/Root\na in LM/CA\nb in LM/CA\n"
          "Policies\\K\\V=1 1 [hive]\nPolicies\\K\\W=1 1 text [hive]\n" },
        { WR_ACTION_DISALLOW, "Disallowed", "a",
          "LM/Root 2\nLM-GroupPolicy/Root 1\nLM-Enterprise/CA 1\nLM/CA 1\nLM/Disallowed 1\na in "
          "LM/Root\n"
          "a in LM-GroupPolicy/Root\na in LM-Enterprise/CA\nb in LM/Root\na in LM/CA\na in "
          "LM/Disallowed\n"
          "Policies\\K\\V=1 1 [hive]\nPolicies\\K\\W=1 1 text [hive]\n" },
        { WR_ACTION_DELETE, "Root", "a",
          "LM/Root 1\nLM-GroupPolicy/Root 1\nLM-Enterprise/CA 1\nLM/CA 1\na in LM/Root deleted\na "
          "in LM-GroupPolicy/Root\n"
          "a in LM-Enterprise/CA\nb in LM/Root\na in LM/CA\n"
          "Policies\\K\\V=1 1 [hive]\nPolicies\\K\\W=1 1 text [hive]\n" },
        { WR_ACTION_DELETE, "CA", "a",
          "LM/Root 2\nLM-GroupPolicy/Root 1\nLM-Enterprise/CA 1\nLM/CA 0\na in LM/Root\na in "
          "LM-GroupPolicy/Root\n"
          "a in LM-Enterprise/CA\nb in LM/Root\na in LM/CA deleted\n"
          "Policies\\K\\V=1 1 [hive]\nPolicies\\K\\W=1 1 text [hive]\n" },
        { WR_ACTION_DELETE, "Root", "c", BEFORE },
        { WR_ACTION_DELETE, "CA", "b", BEFORE },
        { WR_ACTION_SET_POLICY, "", "v",
          "LM/Root 2\nLM-GroupPolicy/Root 1\nLM-Enterprise/CA 1\nLM/CA 1\na in LM/Root\na in "
          "LM-GroupPolicy/Root\n"
          "a in LM-Enterprise/CA\nb in LM/Root\na in LM/CA\nPolicies\\K\\V=16 16 "
          "[plan]\nPolicies\\K\\W=1 1 text [hive]\n" },
        { WR_ACTION_SET_POLICY, "", "W",
          "LM/Root 2\nLM-GroupPolicy/Root 1\nLM-Enterprise/CA 1\nLM/CA 1\na in LM/Root\na in "
          "LM-GroupPolicy/Root\n"
          "a in LM-Enterprise/CA\nb in LM/Root\na in LM/CA\nPolicies\\K\\V=1 1 "
          "[hive]\nPolicies\\K\\W=16 16 [plan]\n" },
        { WR_ACTION_SET_POLICY, "", "X",
          "LM/Root 2\nLM-GroupPolicy/Root 1\nLM-Enterprise/CA 1\nLM/CA 1\na in LM/Root\na in "
          "LM-GroupPolicy/Root\n"
          "a in LM-Enterprise/CA\nb in LM/Root\na in LM/CA\nPolicies\\K\\V=1 1 "
          "[hive]\nPolicies\\K\\W=1 1 text [hive]\n"
          "Policies\\K\\X=16 16 [plan]\n" },
        { WR_ACTION_MANUAL, "", "a", BEFORE },
    };

    for (size_t i = 0; i < sizeof applied / sizeof *applied; i++)
        for (int twice = 0; twice < 2; twice++) {
            wr_plan doing = { .num_manual = 0 };
            wr_model after;
            wr_error e;

            again();
            make_certificate(&h, (made){ .name = "a" });
            make_certificate(&h, (made){ .name = "b" });
            make_certificate(&h, (made){ .name = "c" });
            place(&h, named(&h, "a"), WR_LM, NULL, "Root", "");
            place(&h, named(&h, "a"), WR_LM_GROUP_POLICY, NULL, "Root", "");
            place(&h, named(&h, "a"), WR_LM_ENTERPRISE, NULL, "CA", "");
            place(&h, named(&h, "b"), WR_LM, NULL, "Root", "");
            place(&h, named(&h, "a"), WR_LM, NULL, "CA", "");
            set_policy(&h, "V", "Policies\\K", 1);
            set_policy(&h, "W", "Policies\\K", 1);
            h.model.policies.items[1].is_number = false;
            add_action(&doing, applied[i].kind, applied[i].store, applied[i].name);
            if (twice) /* is in place already */
                add_action(&doing, applied[i].kind, applied[i].store, applied[i].name);
            cr_assert(wr_plan_apply(&h.model, &doing, SIZE_MAX, &h.arena, &after, &e), "%s",
                      e.message);
            cr_expect_str_eq(model_text(&after), applied[i].after, "row %zu: %s", i,
                             model_text(&after));
            cr_expect_str_eq(model_text(&h.model), BEFORE, "row %zu: the host itself stays", i);
            cr_expect_eq(after.certificates.count,
                         h.model.certificates.count +
                             (applied[i].kind == WR_ACTION_ADD && *applied[i].name == 'c'));
            if (twice)
                continue;
            cr_assert(wr_plan_apply(&h.model, &doing, 0, &h.arena, &after, &e), "%s", e.message);
            cr_expect_str_eq(model_text(&after), BEFORE, "row %zu: left out", i);
        }
}
