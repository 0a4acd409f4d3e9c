#include "support.h"

#include "evidence/fingerprint.h"
#include "fleet/record.h"
#include "output/judgement.h"
#include "winroots/limits.h"

#define DEMO  FIXTURE("demo/SOFTWARE")
#define AS_OF ((wr_time)134276832000000000) /* 2026-07-05 */

static wr_view json(const char *text)
{
    return view_of(text, strlen(text));
}

/* ---- writing --------------------------------------------------------------------------------- */

static wr_analysis *analyzed(const char *path)
{
    const wr_analysis_options options = { .as_of = AS_OF, .expiring_days = 90 };
    wr_analysis *a = wr_analysis_new();
    wr_error e;

    cr_assert(a);
    cr_assert(wr_analysis_add(a, WR_INPUT_EVIDENCE, path, NULL, NULL, &e), "%s", e.message);
    cr_assert(wr_analysis_run(a, &options, &e), "%s", e.message);
    return a;
}

static wr_out *written(const char *path, wr_hash_set *set, wr_arena *arena)
{
    wr_analysis *a = analyzed(path);
    uint8_t id[WR_SHA256_LEN];
    wr_error e;
    wr_out *out;

    cr_assert(wr_evidence_fingerprint(path, id, &e), "%s", e.message);
    cr_assert(wr_out_memory(&out, &e));
    cr_assert(wr_record_write_hosts(a, path, id, set, arena, out, &e), "%s", e.message);
    cr_assert(wr_out_finish(out, &e));
    wr_analysis_free(a);
    return out;
}

/* The next line of `text`, without its end. */
static bool next_line(wr_view *text, wr_view *line)
{
    const uint8_t *end = text->len ? memchr(text->data, '\n', text->len) : NULL;

    if (!end)
        return false;
    *line = (wr_view){ text->data, (size_t)(end - text->data), 0, "unit" };
    *text = view_of(end + 1, text->len - line->len - 1);
    return true;
}

/* Every line can be read; objects come first, and the host's line names no other certificate. */
static void check_lines(wr_view text, size_t num_certificates)
{
    size_t hosts = 0, certificates = 0, properties = 0, on_demand = 0;
    wr_record record;
    wr_arena arena;
    wr_view line;
    wr_error e;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    while (next_line(&text, &line)) {
        uint8_t sha256[WR_SHA256_LEN];
        wr_record_kind kind;

        cr_assert(wr_record_read(line, &arena, &record, &e), "%s: %s", e.path, e.message);
        cr_assert(wr_record_peek(line, &kind, sha256));
        cr_assert_eq(kind, record.kind);
        if (record.kind == WR_RECORD_OBJECT) {
            cr_assert_eq(hosts, 0);
            cr_assert_arr_eq(sha256, record.sha256, WR_SHA256_LEN);
            certificates += !strcmp(record.object_kind, "certificate");
            properties += !strcmp(record.object_kind, "properties");
            on_demand += !strcmp(record.object_kind, "on_demand");
        } else {
            wr_json list = wr_json_member(&record.report, "certificates");
            hosts++;
            cr_assert_eq(wr_json_count(&list), num_certificates);
            cr_assert_not(wr_json_member(&record.report, "objects").node);
            cr_assert_not(wr_json_member(&record.report, "on_demand").node);
            cr_assert_str_eq(record.head.path, DEMO);
            cr_assert_str_eq(record.tool_version, wr_version());
            cr_assert_eq(record.head.hosts, 1);
            cr_assert_eq(record.head.host, 1);
        }
        wr_record_close(&record);
    }
    cr_assert_eq(hosts, 1);
    cr_assert_eq(certificates, num_certificates);
    cr_assert_geq(properties, 1);
    cr_assert_eq(on_demand, 1);
    wr_arena_free(&arena);
}

Test(record, what_is_written_is_read)
{
    wr_analysis *a = analyzed(DEMO);
    const wr_result_set set = wr_analysis_results(a, NULL);
    wr_out *out;

    cr_assert_gt(set.model->certificates.count, 0);
    out = written(DEMO, NULL, NULL);
    check_lines(wr_out_bytes(out), set.model->certificates.count);
    wr_out_discard(out);
    wr_analysis_free(a);
}

Test(record, the_same_host_gives_the_same_bytes_and_its_objects_once)
{
    wr_out *alone = written(DEMO, NULL, NULL), *first, *second;
    wr_hash_set set = { .num_buckets = 0 };
    wr_view text, line, a, b;
    wr_arena arena;
    size_t lines = 0;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    first = written(DEMO, &set, &arena);
    second = written(DEMO, &set, &arena);
    a = wr_out_bytes(alone);
    b = wr_out_bytes(first);
    cr_assert_eq(a.len, b.len);
    cr_assert_arr_eq(a.data, b.data, a.len);
    text = wr_out_bytes(second);
    while (next_line(&text, &line))
        lines++;
    cr_assert_eq(lines, 1);
    cr_assert_gt(set.hashes.count, 1);
    wr_out_discard(alone);
    wr_out_discard(first);
    wr_out_discard(second);
    wr_arena_free(&arena);
}

Test(record, a_failure_has_its_place)
{
    wr_record_head head = { .path = "a\x1b[2J\"b", .host = 2, .hosts = 3 };
    wr_error why, e;
    wr_record record;
    wr_arena arena;
    wr_view text, line;
    wr_out *out;

    memset(head.id, 0xab, sizeof head.id);
    (void)wr_fail(&why, WR_E_TRUNCATED, "x", 0x1f, "12 bytes, expected 40");
    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_out_memory(&out, &e));
    cr_assert(wr_record_write_failure(&head, &why, out, &e));
    text = wr_out_bytes(out);
    cr_assert(next_line(&text, &line));
    cr_assert_not(memchr(line.data, 0x1b, line.len));
    cr_assert(wr_record_read(line, &arena, &record, &e), "%s: %s", e.path, e.message);
    cr_assert_eq(record.status, WR_RECORD_FAILED);
    cr_assert_str_eq(record.head.path, head.path);
    cr_assert_str_eq(record.error_code, "truncated");
    cr_assert_str_eq(record.error_message, "0x1f: 12 bytes, expected 40");
    cr_assert_str_eq(record.key,
                     "evidence:ababababababababababababababababababababababababababababab"
                     "ababab/2");
    cr_assert_not(record.report.node);
    wr_record_close(&record);
    wr_out_discard(out);
    wr_arena_free(&arena);
}

/* ---- reading --------------------------------------------------------------------------------- */

#define ID "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
#define HEAD                                                                                       \
    "{\"schema\":\"winroots.host/1\",\"tool\":{\"version\":\"9\"},\"host\":{\"key\":\"k\"},"
#define PLACE  "\"evidence\":{\"path\":\"p\",\"id\":" ID ",\"host\":1,\"hosts\":1},"
#define REPORT "\"report\":{\"schema\":\"winroots.report/1\"}"

static const struct bad_line {
    const char *line;
    wr_code code;
    const char *path; /* of the error */
} bad_lines[] = {
    { "", WR_E_MALFORMED, "" },
    { "[]", WR_E_MALFORMED, "" },
    { "{}", WR_E_MALFORMED, "/schema" },
    { "{\"schema\":1}", WR_E_MALFORMED, "/schema" },
    { "{\"schema\":\"winroots.host/2\"}", WR_E_UNSUPPORTED, "/schema" },
    { "{\"schema\":\"winroots.object/2\"}", WR_E_UNSUPPORTED, "/schema" },
    { "{\"schema\":\"winroots.host/1\"}", WR_E_MALFORMED, "/tool" },
    { "{\"schema\":\"winroots.host/1\",\"tool\":{}}", WR_E_MALFORMED, "/tool/version" },
    { HEAD "\"status\":\"ok\"}", WR_E_MALFORMED, "/evidence" },
    { HEAD PLACE "\"status\":\"good\"," REPORT "}", WR_E_MALFORMED, "/status" },
    { HEAD PLACE "\"status\":\"ok\"}", WR_E_MALFORMED, "/report" },
    { HEAD PLACE "\"status\":\"failed\"}", WR_E_MALFORMED, "/error" },
    { HEAD PLACE "\"status\":\"failed\",\"error\":{\"code\":\"io\"}}", WR_E_MALFORMED,
      "/error/message" },
    { HEAD PLACE "\"status\":\"failed\",\"error\":{\"code\":\"io\",\"message\":\"m\"}," REPORT "}",
      WR_E_MALFORMED, "/report" },
    { HEAD PLACE "\"status\":\"ok\",\"report\":{\"schema\":\"winroots.report/2\"}}",
      WR_E_UNSUPPORTED, "/report/schema" },
    { HEAD PLACE "\"observed\":\"tomorrow\",\"status\":\"ok\"," REPORT "}", WR_E_MALFORMED,
      "/observed" },
    { HEAD "\"evidence\":{\"path\":\"p\",\"id\":\"e3\",\"host\":1,\"hosts\":1}}", WR_E_MALFORMED,
      "/evidence/id" },
    { HEAD "\"evidence\":{\"path\":\"p\",\"id\":" ID ",\"host\":2,\"hosts\":1}}", WR_E_MALFORMED,
      "/evidence/host" },
    { HEAD "\"evidence\":{\"path\":\"p\",\"id\":" ID ",\"host\":0,\"hosts\":0}}", WR_E_MALFORMED,
      "/evidence/hosts" },
    { HEAD PLACE "\"status\":\"ok\"," REPORT, WR_E_MALFORMED, "" }, /* cut */
    { "{\"schema\":\"winroots.host/1\",\"tool\":{\"version\":\"9\"},\"host\":{\"key\":\"\"}}",
      WR_E_MALFORMED, "/host/key" },
    { "{\"schema\":\"winroots.object/1\",\"kind\":\"list\",\"sha256\":" ID ",\"data\":\"AA==\"}",
      WR_E_MISMATCH, "/data" },
    { "{\"schema\":\"winroots.object/1\",\"kind\":\"list\",\"sha256\":" ID ",\"data\":\"A*\"}",
      WR_E_MALFORMED, "/data" },
    { "{\"schema\":\"winroots.object/1\",\"sha256\":" ID ",\"data\":\"\"}", WR_E_MALFORMED,
      "/kind" },
};

Test(record, what_is_wrong_is_said_with_its_place)
{
    for (size_t i = 0; i < sizeof bad_lines / sizeof *bad_lines; i++) {
        const struct bad_line *row = &bad_lines[i];
        wr_record record;
        wr_arena arena;
        wr_error e;

        wr_arena_init(&arena, 1 << 20);
        cr_assert_not(wr_record_read(json(row->line), &arena, &record, &e), "%s", row->line);
        cr_assert_eq(e.code, row->code, "%s: %s: %s", row->line, e.path, e.message);
        cr_assert_str_eq(e.path, row->path, "%s", row->line);
        wr_arena_free(&arena);
    }
}

Test(record, a_name_that_is_too_long_is_refused)
{
    char line[2048];
    wr_record record;
    wr_arena arena;
    wr_error e;

    snprintf(
        line, sizeof line,
        "{\"schema\":\"winroots.host/1\",\"tool\":{\"version\":\"9\"},\"host\":{\"key\":\"%0*d\"}}",
        (int)WR_LIMIT_HOST_NAME + 1, 0);
    wr_arena_init(&arena, 1 << 20);
    cr_assert_not(wr_record_read(json(line), &arena, &record, &e));
    cr_assert_eq(e.code, WR_E_LIMIT);
    cr_assert_str_eq(e.path, "/host/key");
    wr_arena_free(&arena);
}

/* White space behind it counts, too. */
Test(record, has_at_most_so_many_bytes)
{
    static const char line[] = "{\"schema\":\"winroots.host/1\",\"tool\":{\"version\":\"9\"},"
                               "\"host\":{\"key\":\"\"}}";
    char *text = malloc(WR_LIMIT_RECORD_BYTES + 1);
    wr_record record;
    wr_arena arena;
    wr_error e;

    cr_assert(text);
    memset(text, ' ', WR_LIMIT_RECORD_BYTES + 1);
    memcpy(text, line, sizeof line - 1);
    wr_arena_init(&arena, 1 << 20);
    cr_assert_not(wr_record_read(view_of(text, WR_LIMIT_RECORD_BYTES), &arena, &record, &e));
    cr_assert_str_eq(e.path, "/host/key", "it was read: %s", e.message);
    cr_assert_not(wr_record_read(view_of(text, WR_LIMIT_RECORD_BYTES + 1), &arena, &record, &e));
    cr_assert_eq(e.code, WR_E_LIMIT);
    cr_assert_str_eq(e.path, "");
    wr_arena_free(&arena);
    free(text);
}

static const char good[] = HEAD PLACE
    "\"observed\":\"2026-07-05T00:00:00Z\",\"status\":\"partial\",\"later\":[1]," REPORT "}";
static const char object[] =
    "{\"schema\":\"winroots.object/1\",\"kind\":\"list\",\"sha256\":" ID ",\"data\":\"\"}";

Test(record, members_are_read)
{
    wr_record record;
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_record_read(json(good), &arena, &record, &e), "%s: %s", e.path, e.message);
    cr_assert_eq(record.kind, WR_RECORD_HOST);
    cr_assert_eq(record.status, WR_RECORD_PARTIAL);
    cr_assert_eq(record.observed, AS_OF);
    cr_assert_str_eq(record.key, "k");
    cr_assert_str_eq(record.name, "");
    cr_assert_str_eq(record.tool_version, "9");
    cr_assert(record.report.node);
    wr_record_close(&record);
    cr_assert(wr_record_read(json(object), &arena, &record, &e), "%s: %s", e.path, e.message);
    cr_assert_eq(record.kind, WR_RECORD_OBJECT);
    cr_assert_eq(record.octets.len, 0);
    wr_record_close(&record);
    wr_arena_free(&arena);
}

static void parse_any(wr_view v, wr_arena *arena)
{
    wr_record record;
    wr_error e = { 0 };

    if (!wr_record_read(v, arena, &record, &e)) {
        cr_assert_neq(e.code, WR_OK);
        cr_assert_neq(e.code, WR_E_BUG);
        return;
    }
    if (record.kind == WR_RECORD_HOST)
        cr_assert_eq(record.report.node != NULL, record.status != WR_RECORD_FAILED);
    wr_record_close(&record);
}

Test(record, hostile)
{
    static const char *const lines[] = { good, object };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const uint8_t *bytes = (const uint8_t *)lines[i];
        for_every_prefix(bytes, strlen(lines[i]), parse_any);
        for_every_flip(bytes, strlen(lines[i]), parse_any);
        for_every_allocation(bytes, strlen(lines[i]), 20, parse_any);
    }
}

/* ---- fingerprints ---------------------------------------------------------------------------- */

static void fingerprint(const char *path, uint8_t sha256[WR_SHA256_LEN])
{
    wr_error e;
    cr_assert(wr_evidence_fingerprint(path, sha256, &e), "%s", e.message);
}

static void write_bytes(const char *path, const uint8_t *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
}

/* A copy is the same evidence; a byte more, or another first block of a large file, is not. */
Test(record, fingerprints_tell_evidence_apart)
{
    const size_t large = WR_LIMIT_FINGERPRINT_WHOLE + 12345;
    uint8_t *bytes = calloc(1, large), a[WR_SHA256_LEN], b[WR_SHA256_LEN];
    char path[] = "record-XXXXXX", copy[] = "record-copy";
    size_t len;
    uint8_t *demo = read_file(DEMO, &len);
    wr_error e;

    cr_assert(bytes);
    write_bytes(copy, demo, len);
    fingerprint(DEMO, a);
    fingerprint(copy, b);
    cr_assert_arr_eq(a, b, sizeof a);
    demo[len - 1] ^= 1;
    write_bytes(copy, demo, len);
    fingerprint(copy, b);
    cr_assert_arr_neq(a, b, sizeof a);
    write_bytes(copy, bytes, large);
    fingerprint(copy, a);
    bytes[4] = 1;
    write_bytes(copy, bytes, large);
    fingerprint(copy, b);
    cr_assert_arr_neq(a, b, sizeof a);
    bytes[4] = 0;
    bytes[large - 1] = 1;
    write_bytes(copy, bytes, large);
    fingerprint(copy, b);
    cr_assert_arr_neq(a, b, sizeof a);
    write_bytes(copy, bytes, large - 1);
    fingerprint(copy, b);
    cr_assert_arr_neq(a, b, sizeof a);
    remove(copy);
    cr_assert_not(wr_evidence_fingerprint(path, a, &e));
    cr_assert_eq(e.code, WR_E_IO);
    fingerprint(FIXTURE("hives/host"), a);
    fingerprint(FIXTURE("hives/host/"), b);
    cr_assert_arr_eq(a, b, sizeof a);
    free(bytes);
    free(demo);
}
