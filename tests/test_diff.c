#include "support.h"

#include "output/diff.h"
#include "winroots/limits.h"

static wr_view json(const char *text)
{
    return view_of(text, strlen(text));
}

static wr_snapshot taken(wr_arena *arena, const char *text)
{
    wr_snapshot s;
    wr_error e;

    cr_assert(wr_snapshot_of_report(json(text), WR_SIDE_HOST, arena, &s, &e), "%s: %s", e.path,
              e.message);
    return s;
}

/* A report of one certificate "aa" whose copies in LM/Root have these friendly names. */
static const char *copies(wr_arena *arena, const char *const *names)
{
    const char *rows = "";

    for (size_t i = 0; names[i]; i++)
        rows = wr_arena_format(arena,
                               "%s%s{\"location\":\"LM\",\"store\":\"Root\",\"source\":\"e%zu:K\","
                               "\"properties\":{\"11\":\"%s\"}}",
                               rows, i ? "," : "", i + 1, names[i]);
    return wr_arena_format(arena,
                           "{\"schema\":\"winroots.report/1\",\"certificates\":[{\"sha256\":\"aa\","
                           "\"instances\":[%s]}]}",
                           rows);
}

struct copies_case {
    const char *before[4], *after[4]; /* friendly names */
    const char *changes;              /* "-x", "+y", "x>y" */
};

static const struct copies_case copies_cases[] = {
    { { "x" }, { "x" }, "" },
    { { "x", "y" }, { "y", "x" }, "" },
    { { "x" }, { "y" }, "x>y " },
    { { "x" }, { "x", "y" }, "+y " },
    { { "x", "y" }, { "y" }, "-x " },
    { { "x", "x", "y" }, { "x", "z" }, "x>z -y " },
    { { NULL }, { "x", "x" }, "+x +x " },
};

static void compare_copies(const struct copies_case *row)
{
    char got[128] = "";
    wr_changes changes;
    wr_snapshot a, b;
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, 1 << 20);
    a = taken(&arena, copies(&arena, row->before));
    b = taken(&arena, copies(&arena, row->after));
    cr_assert(wr_diff_compare(&a, &b, &arena, &changes, &e));
    for (size_t i = 0; i < changes.list.count; i++) {
        const wr_change *c = &changes.list.items[i];
        const char *before = wr_fact_text(c->before, "properties.11");
        const char *after = wr_fact_text(c->after, "properties.11");
        size_t n = strlen(got);

        cr_assert_eq(wr_change_fact(c)->kind, WR_FACT_INSTANCE);
        cr_assert_str_eq(wr_change_fact(c)->part[0], "LM/Root");
        cr_assert_str_eq(wr_change_fact(c)->part[1], "aa");
        snprintf(got + n, sizeof got - n, "%s%s%s ", c->after ? before : "-",
                 !c->before  ? "+"
                 : !c->after ? before
                             : ">",
                 after);
    }
    cr_assert_str_eq(got, row->changes);
    wr_arena_free(&arena);
}

Test(diff, copies_of_one_certificate_are_a_set)
{
    for (size_t i = 0; i < sizeof copies_cases / sizeof *copies_cases; i++)
        compare_copies(&copies_cases[i]);
}

static const char whole[] =
    "{\"schema\":\"winroots.report/1\",\"as_of\":\"2026-11-22T00:00:00Z\","
    "\"host\":{\"computer_name\":\"PC\",\"os\":{\"product_name\":\"Windows\",\"build\":7601}},"
    "\"evidence\":[{\"id\":\"e1\",\"path\":\"SOFTWARE\",\"kind\":\"regf\",\"role\":\"software\"}],"
    "\"policies\":[{\"name\":\"P\",\"value\":\"1\",\"key\":\"e12:A\\\\B\",\"later\":true}],"
    "\"lists\":[{\"kind\":\"authroot\",\"source\":\"e2\",\"entries\":5,\"signature\":{\"status\":"
    "\"valid\"},\"age_days\":-3}],"
    "\"stores\":[{\"location\":\"LM\",\"name\":\"CA\",\"certificates\":1,\"crls\":2,\"ctls\":0},"
    "{\"location\":\"LM\",\"name\":\"My\",\"certificates\":1,\"crls\":0,\"ctls\":0}],"
    "\"certificates\":[{\"sha256\":\"aa\",\"sha1\":\"bb\",\"subject\":\"CN=x\",\"instances\":[],"
    "\"program\":{\"list\":\"authroot\",\"eku\":[\"1.2.3\",\"1.2.4\"],\"disabled_from\":\"\"},"
    "\"trust\":[{\"scope\":\"machine\",\"purpose\":\"email\",\"status\":\"trusted\",\"reasons\":[{"
    "\"code\":\"installed\",\"detail\":\"in LM/Root\",\"source\":\"e1:K\"}]}]}],"
    "\"on_demand\":[{\"sha1\":\"cc\",\"name\":\"n\",\"purposes\":[],\"availability\":\"unknown\"}],"
    "\"requirements\":[{\"profile\":\"A\",\"items\":[{\"id\":\"i\",\"result\":\"PASS\"}]}],"
    "\"diagnostics\":[{\"severity\":\"skipped\",\"source\":\"e1:K\",\"message\":\"m\"},"
    "{\"severity\":\"note\",\"message\":\"n\"},{\"severity\":\"warning\",\"message\":\"w\"}]}";

static const wr_fact *fact(const wr_snapshot *s, wr_fact_kind kind)
{
    const wr_fact *found = NULL;

    for (size_t i = 0; i < s->facts.count; i++)
        if (s->facts.items[i].kind == kind) {
            cr_assert_null(found, "one %s expected", wr_fact_section(kind));
            found = &s->facts.items[i];
        }
    cr_assert(found, "no %s", wr_fact_section(kind));
    return found;
}

Test(snapshot, every_part_of_a_report_becomes_facts)
{
    wr_arena arena;
    wr_snapshot s;
    const wr_fact *f;

    wr_arena_init(&arena, 1 << 20);
    s = taken(&arena, whole);
    cr_assert_str_eq(s.as_of, "2026-11-22T00:00:00Z");
    cr_assert_str_eq(s.computer_name, "PC");
    cr_assert_str_eq(s.os, "Windows, build 7601");
    cr_assert_eq(s.evidence.count, 1);
    cr_assert_str_eq(s.evidence.items[0].text, "regf, software");
    cr_assert_eq(s.skipped.count, 1);
    cr_assert_str_eq(s.skipped.items[0].place, "e1:K");
    cr_assert_eq(s.warnings.count, 1);

    f = fact(&s, WR_FACT_POLICY);
    cr_assert_str_eq(f->part[0], "P");
    cr_assert_str_eq(f->part[1], "A\\B", "the number of the evidence is left out");
    cr_assert_str_eq(wr_fact_text(f, "later"), "true", "members that were added later count");
    f = fact(&s, WR_FACT_LIST);
    cr_assert_str_eq(f->part[1], "");
    cr_assert_str_eq(wr_fact_text(f, "entries"), "5");
    cr_assert_str_eq(wr_fact_text(f, "signature.status"), "valid");
    cr_assert_null(wr_fact_find(f, "age_days"));
    f = fact(&s, WR_FACT_STORE);
    cr_assert_str_eq(f->part[0], "LM/CA");
    cr_assert_eq(f->values.count, 1, "counts of nothing say nothing");
    f = fact(&s, WR_FACT_PROGRAM);
    cr_assert_eq(wr_fact_find(f, "eku")->items.count, 2);
    cr_assert_eq(wr_fact_find(f, "disabled_from")->items.count, 1, "empty is not absent");
    cr_assert_str_eq(f->sha1, "bb");
    f = fact(&s, WR_FACT_TRUST);
    cr_assert_str_eq(f->part[2], "email");
    cr_assert_str_eq(wr_fact_text(f, "reasons"), "installed");
    cr_assert_str_eq(wr_fact_text(f, "details"), "in LM/Root");
    f = fact(&s, WR_FACT_ON_DEMAND);
    cr_assert_str_eq(f->part[0], "sha1:cc");
    cr_assert(wr_fact_find(f, "purposes")->is_list);
    cr_assert_str_eq(fact(&s, WR_FACT_REQUIREMENT)->part[0], "A");
    wr_arena_free(&arena);
}

struct refused_report {
    const char *text, *path;
    wr_code code;
};

static const struct refused_report refused_reports[] = {
    { "{}", "/schema", WR_E_MALFORMED },
    { "{\"schema\":\"winroots.report/2\"}", "", WR_E_UNSUPPORTED },
    { "{\"schema\":\"winroots.report/1\",\"stores\":7}", "/stores", WR_E_MALFORMED },
    { "{\"schema\":\"winroots.report/1\",\"stores\":[[]]}", "/stores/0", WR_E_MALFORMED },
    { "{\"schema\":\"winroots.report/1\",\"stores\":[{\"location\":1}]}", "/stores/0/location",
      WR_E_MALFORMED },
    { "{\"schema\":\"winroots.report/1\",\"policies\":[{\"value\":null}]}", "/policies/0/value",
      WR_E_MALFORMED },
    { "{\"schema\":\"winroots.report/1\",\"policies\":[{\"value\":1.5}]}", "/policies/0/value",
      WR_E_MALFORMED },
    /* one more than WR_LIMIT_REPORT_DEPTH */
    { "{\"schema\":\"winroots.report/1\",\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", "", WR_E_LIMIT },
    { "[", "", WR_E_MALFORMED },
};

static void refuse(const struct refused_report *row)
{
    wr_snapshot s = { .as_of = "kept" };
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, 1 << 20);
    cr_assert_not(wr_snapshot_of_report(json(row->text), WR_SIDE_HOST, &arena, &s, &e));
    cr_assert_eq(e.code, row->code, "%s", e.message);
    cr_assert_str_eq(e.path, row->path);
    cr_assert_str_eq(s.as_of, "kept", "nothing given on failure");
    wr_arena_free(&arena);
}

Test(snapshot, refuses_with_the_place)
{
    for (size_t i = 0; i < sizeof refused_reports / sizeof *refused_reports; i++)
        refuse(&refused_reports[i]);
}

/* Reads, compares and writes; true when it was done. */
static bool whole_way(size_t fail_after, size_t *len)
{
    static const char other[] = "{\"schema\":\"winroots.report/1\"}";
    wr_diff_document d = { .version = "0", .label = { "a", "b" } };
    wr_snapshot s[2];
    wr_arena arena;
    wr_out *out;
    wr_error e = { 0 };
    bool ok;

    cr_assert(wr_out_memory(&out, &e));
    wr_arena_init(&arena, 1 << 20);
    arena.fail_after = fail_after;
    ok = wr_snapshot_of_report(json(whole), WR_SIDE_HOST, &arena, &s[0], &e) &&
         wr_snapshot_of_report(json(other), WR_SIDE_HOST, &arena, &s[1], &e) &&
         wr_diff_compare(&s[0], &s[1], &arena, &d.changes, &e);
    if (ok) {
        d.side[0] = &s[0];
        d.side[1] = &s[1];
        cr_assert(wr_diff_json(&d, true, out, &e) && wr_diff_text(&d, out, &e));
        cr_assert(wr_out_finish(out, &e));
        *len = wr_out_bytes(out).len;
    } else {
        cr_assert_eq(e.code, WR_E_NO_MEMORY);
    }
    wr_out_discard(out);
    wr_arena_free(&arena);
    return ok;
}

Test(snapshot, every_allocation_may_fail)
{
    size_t n = 1, expected, len;

    cr_assert(whole_way(0, &expected));
    while (!whole_way(n, &len))
        cr_assert_lt(n++, 10000u);
    cr_assert_gt(n, 50u);
    cr_assert_eq(len, expected);
}

Test(snapshot, any_cut_or_flip_is_refused_or_read)
{
    size_t len = sizeof whole - 1;
    char text[sizeof whole];
    wr_snapshot s;
    wr_arena arena;
    wr_error e;

    for (size_t n = 0; n < len; n++) {
        wr_arena_init(&arena, 1 << 20);
        cr_assert_not(wr_snapshot_of_report(view_of(whole, n), WR_SIDE_HOST, &arena, &s, &e));
        wr_arena_free(&arena);
        memcpy(text, whole, sizeof whole);
        for (int bit = 0; bit < 8; bit++) {
            text[n] = (char)(whole[n] ^ 1 << bit);
            wr_arena_init(&arena, 1 << 20);
            if (wr_snapshot_of_report(view_of(text, len), WR_SIDE_HOST, &arena, &s, &e))
                cr_assert_leq(s.facts.count, 8);
            wr_arena_free(&arena);
        }
    }
}
