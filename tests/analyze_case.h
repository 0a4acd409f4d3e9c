/* analyze_case.h - a whole host in one input: files that are analyzed as they would be on disk, how
 * that is to be done, and what must hold of every answer. */
#ifndef TESTS_ANALYZE_CASE_H
#define TESTS_ANALYZE_CASE_H

#include "fuzz_folder.h"
#include "regf_log_case.h"

#include "base/json.h"
#include "output/bundle.h"
#include "output/bundle_cmd.h"
#include "output/diff.h"
#include "output/judgement.h"
#include "output/report.h"
#include "output/report_html.h"
#include "require/plan.h"
#include "source/tree.h"
#include "winroots/limits.h"

/* A packed input: u32 options, u32 bytes of each part but the last, then the parts; the last has
 * all that is left.  Lengths above what is there are cut, so that every input is one.
 * Fixtures: recipes/fuzz_analyze.py. */
enum part {
    PART_HIVE, /* SOFTWARE */
    PART_LOG1,
    PART_LOG2,
    PART_USER, /* NTUSER.DAT */
    PART_LIST, /* two lists, each a .stl or a .cab */
    PART_LIST2,
    PART_STORE,   /* certificates in any form */
    PART_PROFILE, /* what is required */
    NUM_PARTS
};

/* Options.  The first three are REPAIR_HIVE, REPAIR_HEADERS and REPAIR_ENTRIES. */
enum {
    CASE_UNVERIFIED = 8,
    CASE_CONNECTED = 0x10,
    CASE_RECOVER = 0x20,
    CASE_NO_LOGS = 0x40,
    CASE_SUPPLY = 0x80,         /* the store is supply, too */
    CASE_PLACE_SHIFT = 8,       /* 3 bits: where the store stood */
    CASE_CHECK_SHIFT = 12,      /* 2 bits: what is looked at */
    CASE_OS_SHIFT = 16,         /* 2 bits */
    CASE_TIME_SHIFT = 20,       /* 4 bits */
    CASE_CERTIFICATE_SHIFT = 24 /* 8 bits: which one is disallowed */
};
#define CASE_HEADER ((size_t)4 * NUM_PARTS)

typedef struct analyze_case {
    uint32_t options;
    wr_view parts[NUM_PARTS];
} analyze_case;

static inline analyze_case case_unpack(const uint8_t *bytes, size_t len)
{
    analyze_case c = { 0 };
    size_t at = CASE_HEADER;

    if (len < CASE_HEADER)
        return c;
    c.options = get_u32(bytes);
    for (size_t i = 0; i < NUM_PARTS; i++) {
        size_t size = i + 1 < NUM_PARTS ? get_u32(bytes + 4 + 4 * i) : len;
        if (size > len - at)
            size = len - at;
        c.parts[i] = (wr_view){ bytes + at, size, 0, "case" };
        at += size;
    }
    return c;
}

/* Makes the checksums and hashes hold that the options ask for; `bytes` are those of `c`. */
static inline void case_repair(const analyze_case *c, uint8_t *bytes)
{
    static const enum part hives[] = { PART_HIVE, PART_USER };
    static const enum part logs[] = { PART_LOG1, PART_LOG2 };

    for (size_t i = 0; i < 2; i++) {
        wr_view hive = c->parts[hives[i]], log = c->parts[logs[i]];
        if (c->options & REPAIR_HIVE && hive.len >= 512)
            seal_base_block(bytes + (hive.data - bytes));
        if (log.len)
            repair_log(bytes + (log.data - bytes), log.len, c->options);
    }
}

static const char *const case_names[NUM_PARTS] = {
    "SOFTWARE",   "SOFTWARE.LOG1", "SOFTWARE.LOG2", "Users/ann/NTUSER.DAT",
    "first.list", "second.list",   "certificates",  "profile.json",
};
#define CASE_REFUSED_FILE "refused.cer"

/* A part without bytes is no file; nor is a disk image, which The Sleuth Kit reads, and leaks. */
static inline void case_write(analyze_case *c)
{
    folder_in_folder("Users");
    folder_in_folder("Users/ann");
    for (size_t i = 0; i < NUM_PARTS; i++) {
        if (wr_tree_kind_of(c->parts[i]) == WR_TREE_IMAGE)
            c->parts[i].len = 0;
        if (c->parts[i].len)
            file_in_folder(case_names[i], c->parts[i]);
        else
            no_file_in_folder(case_names[i]);
    }
}

/* ---- one analysis ------------------------------------------------------------------------------
 */

static inline wr_analysis_options case_options(const analyze_case *c)
{
    static const uint32_t versions[4][3] = {
        { 0 }, { 10, 0, 19045 }, { 6, 1, 7601 }, { 6, 3, 9600 }
    };
    static const char *const times[4] = { "2026-11-22", "2012-02-29", "2019-08-01", "2036-01-01" };
    const uint32_t *version = versions[c->options >> CASE_OS_SHIFT & 3];
    wr_analysis_options options = { .assume_connected = c->options & CASE_CONNECTED,
                                    .allow_unverified_lists = c->options & CASE_UNVERIFIED,
                                    .expiring_days = 90,
                                    .os_given = version[0] != 0,
                                    .os_major = version[0],
                                    .os_minor = version[1],
                                    .os_build = version[2] };

    must(wr_time_parse(times[c->options >> CASE_TIME_SHIFT & 3], &options.as_of));
    return options;
}

/* A part that is refused is a diagnostic, and the analysis goes on. */
static inline void case_add(wr_analysis *a, const analyze_case *c, enum part part, wr_input input,
                            const char *place)
{
    wr_input_options options = { .no_logs = c->options & CASE_NO_LOGS,
                                 .recover = c->options & CASE_RECOVER };
    wr_error err = { 0 };

    if (c->parts[part].len &&
        !wr_analysis_add(a, input, in_folder(case_names[part]), place, &options, &err))
        must(err.code != WR_OK && err.code != WR_E_BUG && err.code != WR_E_USAGE && err.message[0]);
}

/* The files are there.  `refused`: one more certificate in the machine's Disallowed. */
static inline wr_analysis *case_analyze(const analyze_case *c, bool refused)
{
    static const char *const places[8] = { "LM/Root",
                                           "LM/AuthRoot",
                                           "LM/CA",
                                           "LM/Disallowed",
                                           "LM/My",
                                           "LM-GroupPolicy/Root",
                                           "LM-Enterprise/Root",
                                           "LM/TrustedPublisher" };
    wr_analysis_options options = case_options(c);
    wr_analysis *a = wr_analysis_new();
    wr_error err = { 0 };

    must(a != NULL);
    case_add(a, c, PART_HIVE, WR_INPUT_EVIDENCE, NULL);
    case_add(a, c, PART_USER, WR_INPUT_EVIDENCE, NULL);
    case_add(a, c, PART_LIST, WR_INPUT_LIST, NULL);
    case_add(a, c, PART_LIST2, WR_INPUT_LIST, NULL);
    case_add(a, c, PART_STORE, WR_INPUT_STORE, places[c->options >> CASE_PLACE_SHIFT & 7]);
    if (c->options & CASE_SUPPLY)
        case_add(a, c, PART_STORE, WR_INPUT_SUPPLY, NULL);
    if (refused)
        must(wr_analysis_add(a, WR_INPUT_STORE, in_folder(CASE_REFUSED_FILE), "LM/Disallowed", NULL,
                             &err));
    if (c->parts[PART_PROFILE].len &&
        !wr_analysis_require(a, in_folder(case_names[PART_PROFILE]), &err))
        must(err.code == WR_E_MALFORMED || err.code == WR_E_LIMIT || err.code == WR_E_NO_MEMORY);
    if (wr_analysis_run(a, &options, &err))
        return a;
    must(err.code == WR_E_NO_MEMORY);
    wr_analysis_free(a);
    return NULL;
}

static inline wr_out *case_json(const wr_analysis *a)
{
    wr_result_set set = wr_analysis_results(a, NULL);
    wr_error err;
    wr_out *out;

    must(wr_out_memory(&out, &err));
    must(wr_report_json(&set, WR_REPORT_WHOLE, true, out, &err) && wr_out_finish(out, &err));
    return out;
}

/* ---- what must hold ----------------------------------------------------------------------------
 */

/* A report is read back, and equals itself. */
static inline void case_reads_back(wr_view json)
{
    wr_snapshot snapshot;
    wr_changes changes;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    if (wr_snapshot_of_report(json, WR_SIDE_HOST, &arena, &snapshot, &err))
        must(wr_diff_compare(&snapshot, &snapshot, &arena, &changes, &err) && !changes.list.count);
    else
        must(err.code == WR_E_NO_MEMORY || err.code == WR_E_LIMIT);
    wr_arena_free(&arena);
}

/* The same host gives the same bytes. */
static inline void case_repeats(const analyze_case *c, const wr_analysis *a)
{
    wr_analysis *again = case_analyze(c, false);
    wr_out *first, *second;

    if (!again)
        return;
    first = case_json(a);
    second = case_json(again);
    must(wr_view_equal(wr_out_bytes(first), wr_out_bytes(second)));
    wr_out_discard(first);
    wr_out_discard(second);
    wr_analysis_free(again);
}

static inline void case_json_holds(wr_view text)
{
    const wr_json_limits limits = { WR_LIMIT_REPORT_BYTES, 32 };
    wr_json_document *document;
    wr_error err;

    must(wr_json_parse(text, limits, &document, &err));
    wr_json_free(document);
}

typedef bool case_writer(const wr_result_set *set, wr_out *out, wr_error *err);

static inline bool case_text(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_text(set, false, out, err);
}

static inline bool case_sarif(const wr_result_set *set, wr_out *out, wr_error *err)
{
    wr_out_text(out, WR_SARIF_HEAD);
    if (!wr_report_sarif(set, out, err))
        return false;
    wr_out_text(out, WR_SARIF_TAIL);
    return true;
}

/* Every format is written, without a byte that a terminal obeys; JSON is JSON. */
static inline void case_writes(const analyze_case *c, const wr_analysis *a)
{
    static const struct {
        case_writer *write;
        bool json, lines;
    } formats[] = { { case_text, false, false },        { wr_report_csv, false, false },
                    { wr_report_junit, false, false },  { case_sarif, true, false },
                    { wr_report_timeline, true, true }, { wr_report_bodyfile, false, false },
                    { wr_report_html, false, false } };
    wr_result_set set = wr_analysis_results(a, NULL);
    wr_out *json = case_json(a);

    (void)c;
    case_reads_back(wr_out_bytes(json));
    wr_out_discard(json);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        wr_view bytes;
        wr_error err;
        wr_out *out;

        must(wr_out_memory(&out, &err));
        must(formats[i].write(&set, out, &err) && wr_out_finish(out, &err));
        bytes = wr_out_bytes(out);
        must(!bytes.len ||
             (!memchr(bytes.data, 0x1b, bytes.len) && !memchr(bytes.data, 0, bytes.len)));
        if (formats[i].json && !formats[i].lines)
            case_json_holds(bytes);
        for (const uint8_t *end; formats[i].lines && bytes.len;) {
            end = memchr(bytes.data, '\n', bytes.len);
            must(end != NULL);
            case_json_holds((wr_view){ bytes.data, (size_t)(end - bytes.data), 0, "line" });
            bytes.len -= (size_t)(end + 1 - bytes.data);
            bytes.data = end + 1;
        }
        wr_out_discard(out);
    }
}

static inline bool case_is_claimed(const wr_plan *plan, size_t check)
{
    for (size_t i = 0; i < plan->actions.count; i++) {
        const wr_action *action = &plan->actions.items[i];
        for (size_t j = 0; action->kind != WR_ACTION_MANUAL && j < action->checks.count; j++)
            if (action->checks.items[j] == check)
                return true;
    }
    return false;
}

/* No FAIL that the plan claims to fix remains, nothing that passed breaks, and a bundle of it can
 * be made. */
static inline void case_plans(const analyze_case *c, const wr_analysis *a)
{
    wr_result_set set = wr_analysis_results(a, NULL);
    const wr_comparison *before = set.comparisons;
    wr_comparison after;
    wr_bundle bundle = { .set = &set, .version = set.version };
    wr_model model;
    wr_trust trust;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    bundle.arena = &arena;
    (void)c;
    if (set.num_comparisons && wr_plan_apply(set.model, set.plan, SIZE_MAX, &arena, &model, &err) &&
        wr_trust_evaluate(&model, &set.trust->options, &arena, &trust, &err) &&
        wr_compare(before->profile, &trust, &arena, &after, &err)) {
        must(after.checks.count == before->checks.count);
        for (size_t i = 0; i < after.checks.count; i++) {
            bool claimed = case_is_claimed(set.plan, i);
            must(!claimed || (before->checks.items[i].result == WR_FAIL &&
                              after.checks.items[i].result != WR_FAIL));
            must(before->checks.items[i].result != WR_PASS ||
                 after.checks.items[i].result != WR_FAIL);
        }
    }
    if (wr_steps_of_plan(set.plan, &arena, &bundle.steps, &err) &&
        wr_bundle_id(&bundle.steps, &arena, &bundle.id, &err))
        must(wr_bundle_generate(&bundle, &err) || err.code == WR_E_NO_MEMORY);
    wr_arena_free(&arena);
}

/* The status of a certificate for one purpose in one scope. */
static inline wr_status case_status(const wr_trust *trust, size_t certificate,
                                    const wr_purpose *purpose, const char *scope, wr_arena *arena)
{
    const wr_certificate_trust *t = &trust->certificates[certificate];
    const wr_verdict *machine;

    for (size_t i = 0; scope && i < t->scopes.count; i++)
        for (size_t j = 0; j < t->scopes.items[i].different.count; j++) {
            const wr_verdict *v = &t->scopes.items[i].different.items[j];
            if (!strcmp(t->scopes.items[i].scope->text, scope) &&
                wr_view_equal(v->purpose->oid_contents, purpose->oid_contents))
                return v->status;
        }
    machine = wr_trust_verdict((wr_trust *)trust, certificate, purpose, arena);
    must(machine != NULL);
    return machine->status;
}

/* Of no certificate, purpose and scope is the status better than it was; `refused` is distrusted
 * for everything. */
static inline void case_is_not_better(const wr_trust *before, const wr_trust *after, size_t refused,
                                      wr_arena *arena)
{
    for (size_t i = 0; i < before->model->certificates.count; i++) {
        const wr_certificate *certificate = &before->model->certificates.items[i];
        const wr_verdict_list *rows = &before->certificates[i].machine;
        size_t then = wr_model_find_sha256(after->model, certificate->sha256);

        must(then != SIZE_MAX);
        for (size_t j = 0; j < rows->count; j++)
            for (size_t s = 0; s <= before->scopes.list.count; s++) {
                const char *scope = s ? before->scopes.list.items[s - 1].text : NULL;
                const wr_purpose *purpose = rows->items[j].purpose;
                wr_status status = case_status(after, then, purpose, scope, arena);

                must(status >= case_status(before, i, purpose, scope, arena));
                must(i != refused || status == WR_DISTRUSTED);
            }
    }
}

static inline void case_disallows(const analyze_case *c, const wr_analysis *a)
{
    wr_result_set before = wr_analysis_results(a, NULL), after;
    size_t count = before.model->certificates.count, refused;
    wr_analysis *b;
    wr_arena arena;

    if (!count)
        return;
    refused = (c->options >> CASE_CERTIFICATE_SHIFT) % count;
    file_in_folder(CASE_REFUSED_FILE, before.model->certificates.items[refused].x509.der);
    if (!(b = case_analyze(c, true)))
        return;
    after = wr_analysis_results(b, NULL);
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    case_is_not_better(before.trust, after.trust, refused, &arena);
    wr_arena_free(&arena);
    wr_analysis_free(b);
}

/* Analyzes a packed input and aborts where something does not hold. */
static inline void case_holds(const uint8_t *bytes, size_t len)
{
    typedef void case_check(const analyze_case *c, const wr_analysis *a);
    static case_check *const checks[] = { case_repeats, case_disallows, case_writes, case_plans };
    uint8_t *copy = malloc(len ? len : 1);
    analyze_case c;
    wr_analysis *a;

    must(copy != NULL);
    if (len)
        memcpy(copy, bytes, len);
    c = case_unpack(copy, len);
    case_repair(&c, copy);
    case_write(&c);
    if ((a = case_analyze(&c, false)))
        checks[c.options >> CASE_CHECK_SHIFT & 3](&c, a);
    wr_analysis_free(a);
    free(copy);
}

#endif
