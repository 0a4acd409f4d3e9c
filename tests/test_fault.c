/* test_fault.c - the main job, analyze with a bundle, where the n-th allocation, read or write
 * fails, for every n that it makes.
 *
 * Each time it must end in an error that leaves nothing behind, or in an answer: the whole one, or
 * one that says what is missing and is nowhere better than the whole one.  All is given back. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_setaffinity */
#endif

#include "fault.h"
#include "support.h"

#include "base/json.h"
#include "winroots/analysis.h"
#include "winroots/bundle.h"
#include "winroots/limits.h"

#include <dirent.h>
#include <sched.h>

#define AS_OF 134400000000000000u /* 2026-11-23, in 100 ns since 1601 */

typedef struct answer {
    bool done;     /* each call that the job cannot do without */
    bool complete; /* and each other                           */
    wr_error err;  /* of the first that was not                */
    uint8_t *json; /* of the report, NULL where none was written */
    size_t len;
    wr_answer met;
} answer;

typedef struct job {
    const char *evidence, *list, *supply, *profile; /* NULL = none */
    bool bundle;
} job;

static const job demo = { FIXTURE("demo/SOFTWARE"), FIXTURE("ctl/list.stl"), FIXTURE("demo/supply"),
                          FIXTURE("demo/profile.json"), true };
static const job dirty = { FIXTURE("diff"), NULL, NULL, FIXTURE("demo/profile.json"), false };

static const job host = { FIXTURE("hives/host"), FIXTURE("ctl/list.stl"), NULL, "V1", false };

static char folder[64], report[96], bundle[96], saved[96];
static const job saved_host = { saved, NULL, NULL, "A1", false };

/* On one core there is one thread: the n-th call is the same each time, and one thing is counted at
 * a time. */
static void use_one_core(void)
{
    cpu_set_t cores, one;

    cr_assert_eq(sched_getaffinity(0, sizeof cores, &cores), 0);
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
        if (CPU_ISSET(i, &cores))
            CPU_SET(i, &one);
    cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
}

static void start(void)
{
    use_one_core();
    strcpy(folder, "/tmp/winroots-fault-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(report, sizeof report, "%s/report.json", folder);
    snprintf(bundle, sizeof bundle, "%s/bundle", folder);
    snprintf(saved, sizeof saved, "%s.json", folder);
}

static void clear(void)
{
    char command[256];

    snprintf(command, sizeof command, "rm -rf '%s'/*", folder);
    cr_assert_eq(system(command), 0);
}

static void end(void)
{
    char command[256];

    snprintf(command, sizeof command, "rm -rf '%s' '%s'", folder, saved);
    cr_assert_eq(system(command), 0);
}

/* As the program does: an input that cannot be read does not end the run. */
static void add(wr_analysis *a, wr_input input, const char *path, answer *out)
{
    wr_error err;

    if (path && !wr_analysis_add(a, input, path, NULL, NULL, &err)) {
        out->complete = false;
        out->err = err;
    }
}

static void run(const job *j, answer *out)
{
    const wr_analysis_options options = { .as_of = AS_OF, .expiring_days = 90 };
    wr_analysis *a = wr_analysis_new();

    *out = (answer){ .complete = true };
    if (!a) {
        wr_fail_memory(&out->err);
        return;
    }
    out->done = wr_analysis_require(a, j->profile, &out->err);
    if (out->done) {
        add(a, WR_INPUT_LIST, j->list, out);
        add(a, WR_INPUT_SUPPLY, j->supply, out);
        add(a, WR_INPUT_EVIDENCE, j->evidence, out);
        if (!wr_analysis_num_read(a) &&
            out->complete) /* a file in a folder: its diagnostic says it */
            wr_fail(&out->err, WR_E_IO, j->evidence, WR_NO_OFFSET, "nothing could be read");
        out->done = wr_analysis_num_read(a) > 0 && wr_analysis_run(a, &options, &out->err) &&
                    (!j->bundle || wr_analysis_bundle(a, bundle, false, &out->err)) &&
                    wr_analysis_report(a, WR_FORMAT_JSON, report, &out->err);
    }
    if (out->done)
        out->met = wr_analysis_answer(a);
    wr_analysis_free(a);
}

static size_t names_in(const char *path)
{
    DIR *d = opendir(path);
    size_t count = 0;

    for (struct dirent *e; d && (e = readdir(d));)
        count += e->d_name[0] != '.';
    if (d)
        closedir(d);
    return count;
}

/* No verdict for a purpose and no required item may be better than the whole answer has it.  What
 * is absent here and there in the other is no better only when something says what is missing. */
static const char *text_of(const wr_json *object, const char *member)
{
    const wr_json value = wr_json_member(object, member);
    const char *text = "";
    wr_error err;

    return value.node && wr_json_get_text(&value, &text, &err) ? text : "";
}

static wr_json find(const wr_json *array, const char *member, const char *value)
{
    for (size_t i = 0; i < wr_json_count(array); i++) {
        wr_json item = wr_json_item(array, i);
        if (strcmp(text_of(&item, member), value) == 0)
            return item;
    }
    return (wr_json){ 0 };
}

/* No required item may be met that the whole answer has as not met. */
static void compare_items(const wr_json *whole, const wr_json *part, const char *what)
{
    const wr_json wanted = wr_json_member(whole, "items"), items = wr_json_member(part, "items");

    cr_assert_eq(wr_json_count(&items), wr_json_count(&wanted), "%s: items are missing", what);
    for (size_t i = 0; i < wr_json_count(&wanted); i++) {
        wr_json a = wr_json_item(&wanted, i), b = wr_json_item(&items, i);
        const char *was = text_of(&a, "result"), *is = text_of(&b, "result");
        cr_assert(strcmp(is, was) == 0 || strcmp(is, "PASS") != 0, "%s: %s was %s and is %s", what,
                  text_of(&a, "id"), was, is);
    }
}

/* Nothing may be trusted that the whole answer does not trust. */
static void compare_trust(const wr_json *whole, const wr_json *part, const char *what)
{
    const wr_json wanted = wr_json_member(whole, "trust"), rows = wr_json_member(part, "trust");

    for (size_t i = 0; i < wr_json_count(&rows); i++) {
        wr_json row = wr_json_item(&rows, i), same = { 0 };
        const char *is = text_of(&row, "status");
        for (size_t k = 0; k < wr_json_count(&wanted); k++) {
            wr_json other = wr_json_item(&wanted, k);
            if (strcmp(text_of(&other, "scope"), text_of(&row, "scope")) == 0 &&
                strcmp(text_of(&other, "purpose"), text_of(&row, "purpose")) == 0)
                same = other;
        }
        cr_assert(strcmp(is, "trusted") != 0 ||
                      (same.node && strcmp(text_of(&same, "status"), "trusted") == 0),
                  "%s: %s is trusted for %s, and is not in the whole answer", what,
                  text_of(part, "sha1"), text_of(&row, "purpose"));
    }
}

/* Another answer must say what it lacks. */
static void compare_reports(const answer *whole, const answer *part, const char *what)
{
    const wr_json_limits limits = { WR_LIMIT_REPORT_BYTES, WR_LIMIT_REPORT_DEPTH };
    wr_json_document *a, *b;
    wr_json left, right, list, other;
    wr_error err;

    cr_assert(wr_json_parse(view_of(whole->json, whole->len), limits, &a, &err));
    cr_assert(wr_json_parse(view_of(part->json, part->len), limits, &b, &err), "%s: %s", what,
              err.message);
    left = wr_json_root(a);
    right = wr_json_root(b);
    list = wr_json_member(&right, "diagnostics");
    cr_assert_gt(wr_json_count(&list), 0, "%s: another answer, and no diagnostic says why", what);
    list = wr_json_member(&left, "requirements");
    other = wr_json_member(&right, "requirements");
    cr_assert_eq(wr_json_count(&list), wr_json_count(&other), "%s", what);
    for (size_t i = 0; i < wr_json_count(&list); i++) {
        wr_json x = wr_json_item(&list, i), y = wr_json_item(&other, i);
        compare_items(&x, &y, what);
    }
    list = wr_json_member(&left, "certificates");
    other = wr_json_member(&right, "certificates");
    for (size_t i = 0; i < wr_json_count(&other); i++) {
        wr_json y = wr_json_item(&other, i);
        wr_json x = find(&list, "sha256", text_of(&y, "sha256"));
        compare_trust(&x, &y, what);
    }
    wr_json_free(a);
    wr_json_free(b);
}

static size_t failed, answered, poorer;

static void check(const job *j, const answer *whole, answer *part, const char *what)
{
    if (!part->done) {
        failed++;
        cr_assert_neq(part->err.code, WR_OK, "%s: no error says why", what);
        cr_assert_neq(part->err.code, WR_E_BUG, "%s: %s", what, part->err.message);
        if (fault.kind == FAULT_MEMORY)
            cr_assert_eq(part->err.code, WR_E_NO_MEMORY, "%s: %s", what, part->err.message);
        cr_assert(part->err.message[0], "%s", what);
        /* The report comes last: a whole bundle may stand where the report failed. */
        if (names_in(folder) == 1 && j->bundle)
            cr_assert_gt(names_in(bundle), 8, "%s: a part of a bundle", what);
        else
            cr_assert_eq(names_in(folder), 0, "%s: something is left", what);
        return;
    }
    answered++;
    part->json = read_file(report, &part->len);
    cr_assert_eq(names_in(folder), j->bundle ? 2 : 1, "%s: something is left", what);
    if (part->len != whole->len || memcmp(part->json, whole->json, whole->len) != 0) {
        poorer++;
        compare_reports(whole, part, what);
    } else {
        cr_assert_eq(part->met, whole->met, "%s", what);
    }
    free(part->json);
}

static void inject(const job *j, const answer *whole, fault_kind kind, size_t n, bool for_good)
{
    static const char *const names[] = { "allocation", "read", "write" };
    const long blocks = fault.blocks, files = fault.files;
    answer part;
    char what[64];

    snprintf(what, sizeof what, "%s %zu%s", names[kind], n, for_good ? " and all after it" : "");
    fault.kind = kind;
    fault.which = n;
    fault.for_good = for_good;
    memset(fault.calls, 0, sizeof fault.calls);
    run(j, &part);
    fault.which = 0;
    cr_assert_eq(fault.files, files, "%s: %ld files stay open", what, fault.files - files);
    cr_assert_eq(fault.blocks, blocks, "%s: %ld blocks stay", what, fault.blocks - blocks);
    check(j, whole, &part, what);
    clear();
}

static bool is_first_of_its_place(size_t n)
{
    for (size_t i = 0; i < fault.num_places; i++)
        if (fault.places[i].first == n)
            return true;
    return false;
}

/* Every call of a kind where WINROOTS_FAULTS is set or there are few, else every `step`-th, and the
 * first from each place of the program. */
static void every(const job *j, fault_kind kind, size_t most, bool for_good)
{
    answer whole;
    size_t calls, step;

    run(j, &whole); /* what libraries and lists keep for good */
    clear();
    memset(&fault.calls, 0, sizeof fault.calls);
    fault.kind = kind;
    fault.num_places = 0;
    fault.learns = true;
    run(j, &whole);
    fault.learns = false;
    calls = fault.calls[kind];
    cr_assert(whole.done && whole.complete, "%s", whole.err.message);
    whole.json = read_file(report, &whole.len);
    clear();
    step = getenv("WINROOTS_FAULTS") || calls <= most ? 1 : calls / most + 1;
    cr_assert_gt(calls, 0);
    for (size_t n = 1; n <= calls; n++)
        if ((n - 1) % step == 0 || is_first_of_its_place(n))
            inject(j, &whole, kind, n, for_good);
    cr_log_info(
        "%zu calls from %zu places, every %zu-th and the first of each failed: %zu errors, %zu "
        "answers, %zu of them poorer",
        calls, fault.num_places, step, failed, answered, poorer);
    cr_assert_gt(failed, 0);
    free(whole.json);
}

TestSuite(fault, .init = start, .fini = end, .timeout = 500);

Test(fault, every_allocation_of_a_bundle)
{
    every(&demo, FAULT_MEMORY, 100, false);
}

Test(fault, memory_ends_in_a_bundle)
{
    every(&demo, FAULT_MEMORY, 60, true);
}

Test(fault, every_read_of_a_bundle)
{
    every(&demo, FAULT_READ, 2000, false);
}

Test(fault, reading_ends_in_a_bundle)
{
    every(&demo, FAULT_READ, 2000, true);
}

Test(fault, every_write_of_a_bundle)
{
    every(&demo, FAULT_WRITE, 2000, false);
}

Test(fault, the_disk_is_full_in_a_bundle)
{
    every(&demo, FAULT_WRITE, 2000, true);
}

Test(fault, every_allocation_of_logs)
{
    every(&dirty, FAULT_MEMORY, 400, false);
}

Test(fault, every_read_of_logs)
{
    every(&dirty, FAULT_READ, 2000, false);
}

Test(fault, every_allocation_of_a_host)
{
    every(&host, FAULT_MEMORY, 100, false);
}

Test(fault, every_read_of_a_host)
{
    every(&host, FAULT_READ, 2000, false);
}

Test(fault, every_allocation_of_a_saved_report)
{
    answer whole;

    run(&host, &whole);
    cr_assert(whole.done);
    cr_assert_eq(rename(report, saved), 0);
    every(&saved_host, FAULT_MEMORY, 100, false);
}
