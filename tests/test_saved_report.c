#include "support.h"

#include "saved_report_case.h"

#include "fleet/record.h"
#include "output/report.h"
#include "winroots/limits.h"

#define DEMO FIXTURE("demo/SOFTWARE")

static wr_analysis *analyzed(const char *profile)
{
    const wr_analysis_options options = { .as_of = SAVED_AS_OF, .expiring_days = 90 };
    wr_analysis *a = wr_analysis_new();
    wr_error e;

    cr_assert(a);
    cr_assert(wr_analysis_add(a, WR_INPUT_EVIDENCE, DEMO, NULL, NULL, &e), "%s", e.message);
    cr_assert(!profile || wr_analysis_require(a, profile, &e), "%s", e.message);
    cr_assert(wr_analysis_run(a, &options, &e), "%s", e.message);
    return a;
}

static wr_out *report_of(const wr_analysis *a)
{
    const wr_result_set set = wr_analysis_results(a, NULL);
    wr_error e;
    wr_out *out;

    cr_assert(wr_out_memory(&out, &e));
    cr_assert(wr_report_json(&set, WR_REPORT_WHOLE, true, out, &e) && wr_out_finish(out, &e));
    return out;
}

/* The models are equal in what verdicts rest on. */
static void check_equal(const wr_model *a, const wr_model *b)
{
    cr_assert_eq(a->stores.count, b->stores.count);
    cr_assert_eq(a->certificates.count, b->certificates.count);
    cr_assert_eq(a->instances.count, b->instances.count);
    cr_assert_eq(a->policies.count, b->policies.count);
    for (size_t i = 0; i < a->instances.count; i++) {
        const wr_instance *x = &a->instances.items[i], *y = &b->instances.items[i];
        wr_property p;
        wr_view other;
        size_t at = 0;

        cr_assert_eq(x->certificate, y->certificate);
        cr_assert_eq(x->store, y->store);
        cr_assert_str_eq(x->path, y->path);
        cr_assert_eq(x->last_write, y->last_write);
        cr_assert_eq(x->element.num_properties, y->element.num_properties);
        while (wr_element_next(&x->element, &at, &p)) {
            cr_assert(wr_element_property(&y->element, p.id, &other));
            cr_assert_eq(wr_view_compare(p.data, other), 0);
        }
    }
}

Test(saved_report, the_model_is_restored)
{
    wr_analysis *a = analyzed(NULL);
    wr_out *report = report_of(a);
    saved_case c;
    wr_arena arena;
    wr_diags diags;
    wr_error e;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    cr_assert(saved_judge(wr_out_bytes(report), &arena, &diags, &c, &e), "%s", e.message);
    cr_assert_eq(c.num_hosts, 1);
    cr_assert_gt(c.first.model.instances.count, 0);
    check_equal(wr_analysis_results(a, NULL).model, &c.first.model);
    wr_evidence_free(c.evidence);
    wr_arena_free(&arena);
    wr_out_discard(report);
    wr_analysis_free(a);
}

static void judge_any(wr_view v, wr_arena *arena)
{
    saved_case c;
    wr_diags diags;
    wr_error e = { 0 };

    if (!saved_judge(v, arena, &diags, &c, &e)) {
        cr_assert_neq(e.code, WR_OK);
        cr_assert_neq(e.code, WR_E_BUG);
    }
    wr_evidence_free(c.evidence);
}

Test(saved_report, hostile)
{
    size_t len;
    uint8_t *bytes = read_file(FIXTURE("fuzz/saved_report/two_copies.json"), &len);
    uint64_t seed = 0x7361766564u;

    for (size_t n = 0; n <= len; n += 1 + (size_t)(next_random(&seed) % 8))
        parse_exact(bytes, n, 0, judge_any);
    for (size_t i = 0; i < 1000; i++) {
        const size_t at = (size_t)(next_random(&seed) % len);
        const uint8_t old = bytes[at];
        bytes[at] = (uint8_t)(old ^ (1u << (i % 8)));
        parse_exact(bytes, len, 0, judge_any);
        bytes[at] = old;
    }
    for_every_allocation(bytes, len, 300, judge_any);
    free(bytes);
}

/* ---- records --------------------------------------------------------------------------------- */

typedef struct found_objects {
    wr_hash_set known;
    WR_LIST(wr_view) octets;
} found_objects;

static bool find(void *context, const uint8_t sha256[WR_SHA256_LEN], wr_view *out)
{
    found_objects *f = context;
    const size_t i = wr_hash_set_find(&f->known, sha256);

    if (i != SIZE_MAX)
        *out = f->octets.items[i];
    return i != SIZE_MAX;
}

/* Reads the objects of `lines` but for those of a kind; gives the host's record. */
static wr_record read_lines(wr_view lines, const char *without, wr_arena *arena, found_objects *f)
{
    wr_record record = { .kind = WR_RECORD_OBJECT };
    wr_error e;

    while (lines.len) {
        const uint8_t *end = memchr(lines.data, '\n', lines.len);
        const size_t len = (size_t)(end - lines.data);
        bool is_new;

        cr_assert(wr_record_read(view_of(lines.data, len), arena, &record, &e), "%s", e.message);
        lines = view_of(end + 1, lines.len - len - 1);
        if (record.kind == WR_RECORD_HOST)
            break;
        if (!without || strcmp(record.object_kind, without) != 0) {
            cr_assert(wr_hash_set_add(&f->known, arena, record.sha256, &is_new, &e));
            *WR_APPEND(arena, &f->octets, wr_view) = record.octets;
        }
        wr_record_close(&record);
    }
    cr_assert_eq(record.kind, WR_RECORD_HOST);
    return record;
}

/* The demo host's record, judged for the demo's profile: with everything as its evidence is, and
 * without its certificates unknown. */
static void judge_record(const wr_analysis *expected, const char *without)
{
    const wr_record_head head = { .path = "demo", .host = 1, .hosts = 1 };
    wr_analysis *a = analyzed(NULL);
    const wr_result_set set = wr_analysis_results(a, NULL);
    const wr_result_set wanted = wr_analysis_results(expected, NULL);
    wr_profile *profiles[1] = { (wr_profile *)(uintptr_t)wanted.comparisons[0].profile };
    const wr_record_question question = { .options = { .as_of = SAVED_AS_OF, .expiring_days = 90 },
                                          .profiles = profiles,
                                          .num_profiles = 1 };
    found_objects f = { .known = { .num_buckets = 0 } };
    const wr_object_source objects = { find, &f };
    wr_judgement judgement;
    wr_record record;
    wr_arena arena;
    wr_diags diags;
    wr_error e;
    wr_out *out;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    cr_assert(wr_out_memory(&out, &e));
    cr_assert(wr_record_write(&head, &set, NULL, &arena, out, &e));
    wr_analysis_free(a);
    record = read_lines(wr_out_bytes(out), without, &arena, &f);
    cr_assert(wr_record_judge(&record, &objects, &question, &arena, &diags, &judgement, &e), "%s",
              e.message);
    if (without) {
        cr_assert_eq(judgement.comparisons[0].result, WR_RESULT_UNKNOWN);
        cr_assert_gt(diags.num_skipped, 0);
    } else {
        check_equal(wanted.model, &judgement.model);
        cr_assert_eq(judgement.comparisons[0].result, wanted.comparisons[0].result);
        cr_assert_eq(judgement.plan.actions.count, wanted.plan->actions.count);
        cr_assert_eq(judgement.trust.findings.count, wanted.trust->findings.count);
    }
    wr_record_close(&record);
    wr_out_discard(out);
    wr_arena_free(&arena);
}

Test(saved_report, a_record_is_judged_without_its_evidence)
{
    wr_analysis *expected = analyzed(FIXTURE("demo/profile.json"));

    judge_record(expected, NULL);
    judge_record(expected, "certificate");
    judge_record(expected, "properties");
    wr_analysis_free(expected);
}

Test(saved_report, what_has_no_report_is_refused)
{
    wr_record record = { .kind = WR_RECORD_OBJECT };
    const wr_record_question question = { .num_lists = 0 };
    wr_judgement judgement;
    wr_arena arena;
    wr_diags diags;
    wr_error e;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    record.head.path = "p";
    cr_assert_not(wr_record_judge(&record, NULL, &question, &arena, &diags, &judgement, &e));
    cr_assert_eq(e.code, WR_E_USAGE);
    wr_arena_free(&arena);
}
