#include "support.h"

#include <criterion/parameterized.h>

#include "format/regf.h"
#include "regf_log_case.h"

#define YARP "hive/yarp/hives_for_tests_"

static wr_arena arena;
static wr_diags diags;
static wr_error err;

static void setup(void)
{
    wr_arena_init(&arena, (size_t)512 << 20);
    wr_diags_init(&diags, &arena);
}

static void teardown(void)
{
    wr_arena_free(&arena);
}

TestSuite(corpus_regf_log, .init = setup, .fini = teardown);

static wr_view corpus(const char *name)
{
    const char *path = wr_arena_format(&arena, "%s/%s", getenv("WINROOTS_CORPUS"), name);
    uint8_t *bytes;
    size_t len;
    wr_view v;

    cr_assert(path);
    bytes = read_file(path, &len);
    cr_assert(wr_arena_copy(&arena, (wr_view){ bytes, len, 0, path }, &v));
    free(bytes);
    return v;
}

static wr_view replay(const char *hive, const char *log1, const char *log2, wr_regf_replay *r)
{
    wr_view primary = corpus(hive), logs[2], out;
    size_t num_logs = 0;

    if (log1)
        logs[num_logs++] = corpus(log1);
    if (log2)
        logs[num_logs++] = corpus(log2);
    cr_assert(wr_regf_replay_plan(primary, logs, num_logs, &arena, &diags, r, &err), "%s",
              err.message);
    cr_assert(wr_regf_replay_all(r, primary, NULL, &arena, &out, &err));
    return out;
}

/* Windows' own recovery differs from ours in these bytes and no others. */
struct difference {
    size_t from, to; /* bytes [from, to) may differ */
    const char *why;
};

static void assert_differs_only(wr_view ours, wr_view windows, const struct difference *allowed,
                                size_t count)
{
    cr_assert_eq(ours.len, windows.len);
    for (size_t i = 0; i < ours.len; i++) {
        bool named = false;
        if (ours.data[i] == windows.data[i])
            continue;
        for (size_t k = 0; k < count; k++)
            named = named || (i >= allowed[k].from && i < allowed[k].to);
        cr_assert(named, "0x%zx: %02x, Windows has %02x", i, ours.data[i], windows.data[i]);
    }
}

Test(corpus_regf_log, equals_the_recovery_of_windows_10)
{
    static const struct difference next_write[] = {
        { 4, 5, "Windows numbers its own write of the recovered hive" },
        { 8, 9, "the same" },
    };
    wr_view windows = corpus(YARP "NewDirtyHive1_RecoveredHive_Windows10"), ours;
    wr_regf_replay r;

    ours = replay(YARP "NewDirtyHive1_NewDirtyHive", YARP "NewDirtyHive1_NewDirtyHive.LOG1",
                  YARP "NewDirtyHive1_NewDirtyHive.LOG2", &r);
    cr_assert_eq(r.num_entries, 4);
    cr_assert_eq(r.sequence, 5);
    cr_assert_eq(get_u32(windows.data + 4), 6);
    cr_assert_eq(get_u32(windows.data + 8), 6);
    assert_differs_only(ours, windows, next_write, 2);
    cr_assert_eq(diags.list.count, 0);
}

/* The same hive, one write later: LOG1 is stale now, and LOG2 alone gives the same result. */
Test(corpus_regf_log, a_stale_log_is_passed_over_as_windows_does)
{
    static const struct difference next_write[] = { { 4, 5, "" }, { 8, 9, "" } };
    wr_regf_replay r;
    wr_view ours = replay(YARP "NewDirtyHive2_NewDirtyHive", YARP "NewDirtyHive2_NewDirtyHive.LOG1",
                          YARP "NewDirtyHive2_NewDirtyHive.LOG2", &r);

    cr_assert_eq(r.logs[0].use, WR_REGF_LOG_STALE);
    cr_assert_eq(r.logs[1].use, WR_REGF_LOG_APPLIED);
    cr_assert_eq(r.num_entries, 3);
    assert_differs_only(ours, corpus(YARP "NewDirtyHive1_RecoveredHive_Windows10"), next_write, 2);
}

/* 64 pages of an old log.  Windows 7 then wrote the hive once more, from another folder, and mended
 * a count of one key. */
Test(corpus_regf_log, equals_the_recovery_of_windows_7)
{
    static const struct difference next_writes[] = {
        { 4, 5, "sequence: 7 for our 5" },
        { 8, 9, "the same" },
        { 12, 17, "last written" },
        { 48, 112, "file name" },
        { 508, 512, "checksum" },
        { 0x1014, 0x1019, "time of the first bin" },
        { 0x6bdc8, 0x6bdc9, "a key's largest value name: 2 for 24" },
    };
    wr_view windows = corpus(YARP "OldDirtyHive_RecoveredHive_Windows7"), ours;
    wr_regf_replay r;

    ours =
        replay(YARP "OldDirtyHive_OldDirtyHive", YARP "OldDirtyHive_OldDirtyHive.LOG1", NULL, &r);
    cr_assert_eq(r.num_entries, 1);
    cr_assert_eq(r.entries[0]->num_pages, 64);
    assert_differs_only(ours, windows, next_writes, sizeof next_writes / sizeof *next_writes);
    cr_assert_eq(ours.data[0x6bdc8], 24);
    cr_assert_eq(windows.data[0x6bdc8], 2);
    cr_assert_eq(diags.list.count, 0);
}

/* The same hive with a minor version that its checksum denies. */
Test(corpus_regf_log, a_damaged_base_block_is_taken_from_an_old_log)
{
    wr_regf_replay r, intact;
    wr_view ours = replay(YARP "BadBaseBlockHive_BadBaseBlockHive",
                          YARP "BadBaseBlockHive_BadBaseBlockHive.LOG1", NULL, &r);
    wr_view other = replay(YARP "OldDirtyHive_OldDirtyHive", YARP "OldDirtyHive_OldDirtyHive.LOG1",
                           NULL, &intact);

    cr_assert(!r.checksum_valid && r.base_block.len == 512);
    cr_assert(wr_view_equal(ours, other));
}

struct refused {
    char hive[96], log[100];
    wr_regf_log_stop stop;
};

ParameterizedTestParameters(corpus_regf_log, refused)
{
    static struct refused rows[] = {
        { YARP "BadLogHive1_BadLogHive", YARP "BadLogHive1_BadLogHive.LOG1", WR_REGF_LOG_HEADER },
        { YARP "BadLogHive2_BadLogHive", YARP "BadLogHive2_BadLogHive.LOG1", WR_REGF_LOG_HEADER },
        { YARP "BadLogHive3_BadLogHive", YARP "BadLogHive3_BadLogHive.LOG1", WR_REGF_LOG_HEADER },
        { YARP "BadLogHive3_BadLogHive", YARP "BadLogHive3_BadLogHive.LOG2", WR_REGF_LOG_HEADER },
    };
    return cr_make_param_array(struct refused, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct refused *row, corpus_regf_log, refused)
{
    wr_regf_replay r;
    wr_view out;

    setup();
    out = replay(row->hive, row->log, NULL, &r);
    cr_expect(r.dirty);
    cr_expect_eq(r.num_entries, 0, "%s", row->log);
    cr_expect_eq(r.logs[0].log.stop, row->stop, "%s", row->log);
    cr_expect_eq(diags.list.count, 2, "%s: the log and the dirty hive", row->log);
    cr_expect(wr_view_equal(out, corpus(row->hive)));
    teardown();
}

Test(corpus_regf_log, what_lies_behind_the_pages_of_an_old_log_is_not_applied)
{
    wr_regf_replay r, clean;
    wr_view ours = replay(YARP "OldDirtyHive_OldDirtyHive", YARP "OldLogWithRemnantData", NULL, &r);

    cr_assert_eq(r.logs[0].log.rest.len, 4);
    cr_assert(wr_view_equal(ours, replay(YARP "OldDirtyHive_OldDirtyHive",
                                         YARP "OldDirtyHive_OldDirtyHive.LOG1", NULL, &clean)));
}

/* Entries of the chain and remnants behind it, counted by a scan of every sector that is no code of
 * ours, with the first sequence number of each. */
struct census {
    char log[100];
    uint32_t first;
    size_t entries, remnants;
    uint32_t first_remnant;
};

ParameterizedTestParameters(corpus_regf_log, census)
{
    static struct census rows[] = {
        { "hive/dfir-museum/Windows_Registry_Win10_DRIVERS.LOG1", 34, 1, 1, 31 },
        { "hive/dfir-museum/Windows_Registry_Win10_RathbunVM_NetworkService_NTUSER.DAT.LOG1", 429,
          2, 4, 423 },
        { "hive/dfir-museum/Windows_Registry_Win10_RathbunVM_SYSTEM.LOG2", 583, 20, 0, 0 },
        { "hive/dfir-museum/Windows_Registry_Win10_RathbunVM_UsrClass.dat.LOG1", 146, 3, 4, 137 },
        { "hive/dfir-museum/Windows_Registry_Win11_LocalService_NTUSER.DAT.LOG2", 45, 1, 2, 43 },
        { "hive/dfir-museum/Windows_Registry_Win11_SYSTEM.LOG1", 620, 2, 2, 610 },
        { "hive/dfir-museum/Windows_Registry_Win11_SYSTEM.LOG2", 622, 14, 7, 398 },
        { "hive/notatin/test_data_system.log1", 4064, 3, 7, 4038 },
        { "hive/notatin/test_data_system.log2", 4067, 7, 26, 3960 },
        { "hive/python-registry/testing_reg_samples_new_log_1_SYSTEM.LOG2", 186, 31, 0, 0 },
        { "hive/python-registry/testing_reg_samples_new_log_2_SYSTEM.LOG1", 206, 32, 0, 0 },
        { "hive/regipy/regipy_tests_data_transactions_ntuser.dat.log1", 566, 23, 0, 0 },
        { "hive/winreg-kb/test_data_NTUSER.DAT.LOG", 131, 1, 0, 0 },
    };
    return cr_make_param_array(struct census, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct census *row, corpus_regf_log, census)
{
    wr_regf_log log;

    setup();
    cr_assert(wr_regf_log_read(corpus(row->log), &arena, &diags, &log, &err));
    cr_expect_eq(log.kind, WR_REGF_LOG_NEW, "%s", row->log);
    cr_expect_eq(log.entries.count, row->entries, "%s: %zu entries", row->log, log.entries.count);
    cr_expect_eq(log.remnants.count, row->remnants, "%s: %zu remnants", row->log,
                 log.remnants.count);
    for (size_t i = 0; i < log.entries.count; i++)
        cr_expect_eq(log.entries.items[i].sequence, row->first + i, "%s", row->log);
    if (log.remnants.count)
        cr_expect_eq(log.remnants.items[0].sequence, row->first_remnant, "%s", row->log);
    cr_expect_eq(diags.list.count, 0, "%s", row->log);
    teardown();
}

/* The n-th tab-separated field of a line, in the arena; "" where there is none. */
static const char *field(wr_view line, size_t n)
{
    size_t from = 0, to;
    wr_view v;

    for (; n > 0 && from < line.len; from++)
        n -= line.data[from] == '\t';
    for (to = from; to < line.len && line.data[to] != '\t'; to++)
        ;
    cr_assert(wr_view_slice(line, from, to - from, &v));
    return wr_text_utf8(&arena, v);
}

/* Logs of a row: "['-NAME', '-NAME']", beside the hive, without the dash. */
static size_t logs_of(const char *hive, const char *names, wr_view logs[2])
{
    int folder = (int)(strrchr(hive, '/') - hive);
    size_t count = 0;

    for (const char *at = strchr(names, '\''); at && count < 2; at = strchr(at, '\'')) {
        int len;
        at += 1 + (at[1] == '-');
        len = (int)strcspn(at, "'");
        logs[count++] = corpus(wr_arena_format(&arena, "%.*s/%.*s", folder, hive, len, at));
        at += len + 1;
    }
    return count;
}

/* yarp's recovery of the same hives: keys and values after it.  Every log of its rows is there. */
Test(corpus_regf_log, keys_and_values_after_replay_are_those_of_yarp)
{
    wr_view table = corpus("expected/hive-counts.tsv"), line;
    wr_reader rows = wr_reader_of(table);
    size_t compared = 0;

    while (wr_reader_left(&rows) > 0) {
        const uint8_t *begin = table.data + rows.pos;
        const uint8_t *end = memchr(begin, '\n', wr_reader_left(&rows));
        unsigned long long expected_keys, expected_values;
        uint64_t keys, values;
        wr_regf_replay r;
        size_t num_logs;
        const char *name;
        wr_view logs[2], primary, out;
        wr_regf hive;

        cr_assert(end && wr_read_view(&rows, (size_t)(end - begin), &line) && wr_skip(&rows, 1));
        if (sscanf(field(line, 9), "[%llu, %llu, True]", &expected_keys, &expected_values) != 2 ||
            !strstr(field(line, 9), "True"))
            continue;
        name = field(line, 0);
        primary = corpus(name);
        num_logs = logs_of(name, field(line, 10), logs);
        cr_assert(wr_regf_replay_plan(primary, logs, num_logs, &arena, &diags, &r, &err));
        cr_expect(r.num_entries > 0, "%s", name);
        cr_expect_eq(r.image_len, primary.len, "%s: grows beyond its file", name);
        cr_assert(wr_regf_replay_all(&r, primary, NULL, &arena, &out, &err));
        cr_assert(wr_regf_open(out, &arena, &diags, &hive, &err), "%s: %s", name, err.message);
        cr_assert(wr_regf_count(&hive, &arena, &diags, &keys, &values, &err), "%s", name);
        cr_expect_eq(keys, expected_keys, "%s: %llu keys, yarp %llu", name,
                     (unsigned long long)keys, expected_keys);
        cr_expect_eq(values, expected_values, "%s: %llu values, yarp %llu", name,
                     (unsigned long long)values, expected_values);
        cr_expect(!hive.dirty, "%s", name);
        compared++;
    }
    cr_assert_eq(compared, 16);
    cr_assert_eq(diags.num_skipped, 0);
}

/* Clean hives with logs beside them, some of which hold valid entries: nothing of them counts. */
Test(corpus_regf_log, clean_hives_need_no_log)
{
    static const char *const clean[][3] = {
        { "hive/pyregedit/Registry_Win8.1_NTUSER.DAT",
          "hive/pyregedit/Registry_Win8.1_NTUSER.DAT.LOG1",
          "hive/pyregedit/Registry_Win8.1_NTUSER.DAT.LOG2" },
        { "hive/dfir-museum/Windows_Registry_Win11_SAM",
          "hive/dfir-museum/Windows_Registry_Win11_SAM.LOG1",
          "hive/dfir-museum/Windows_Registry_Win11_SAM.LOG2" },
        { "hive/plaso/NTUSER.DAT", "hive/plaso/ntuser.dat.LOG", NULL },
    };

    for (size_t i = 0; i < sizeof clean / sizeof *clean; i++) {
        wr_regf_replay r;
        wr_view out = replay(clean[i][0], clean[i][1], clean[i][2], &r);

        cr_expect(!r.dirty && r.num_entries == 0, "%s", clean[i][0]);
        cr_expect_eq(r.logs[0].use, WR_REGF_LOG_NOT_NEEDED, "%s", clean[i][0]);
        cr_expect(wr_view_equal(out, corpus(clean[i][0])));
    }
    cr_assert_eq(diags.list.count, 0);
}
