/* What users of other readers ran into with transaction logs and deleted records, one test a
 * thread: project, number, what must hold.  The threads about hives are in test_regf_threads.c,
 * those about the program's ways in tests/cli/test_hives.py. */
#include "support.h"

#include "format/regf.h"
#include "format/regf_recover.h"
#include "regf_log_case.h"

static wr_arena arena;
static wr_diags diags;
static wr_error err;
static struct image hive, first_log, second_log;

static void setup(void)
{
    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
}

static void teardown(void)
{
    wr_arena_free(&arena);
}

TestSuite(regf_log_threads, .init = setup, .fini = teardown);

static wr_view fixture(const char *name)
{
    const char *path = wr_arena_format(&arena, WINROOTS_FIXTURES "/%s", name);
    uint8_t *bytes;
    size_t len;
    wr_view v;

    cr_assert(path);
    bytes = read_file(path, &len);
    cr_assert(wr_arena_copy(&arena, (wr_view){ bytes, len, 0, "fixture" }, &v));
    free(bytes);
    return v;
}

static wr_view replay(wr_view primary, wr_view log1, wr_view log2, wr_regf_replay *r)
{
    wr_view logs[] = { log1, log2 }, out;

    cr_assert(wr_regf_replay_plan(primary, logs, 2, &arena, &diags, r, &err), "%s", err.message);
    cr_assert(wr_regf_replay_all(r, primary, NULL, &arena, &out, &err), "%s", err.message);
    return out;
}

static void count(wr_view v, uint64_t *keys, uint64_t *values)
{
    wr_regf regf;

    cr_assert(wr_regf_open(v, &arena, &diags, &regf, &err), "%s", err.message);
    cr_assert(wr_regf_count(&regf, &arena, &diags, keys, values, &err), "%s", err.message);
}

/* LOG1 holds the later entries: applied first, it would be undone by LOG2. */
Test(regf_log_threads, regipy_97_logs_go_by_number_not_by_name)
{
    wr_regf_replay r;
    wr_view out;

    build_hive(&hive, 5, 4, 2, 0);
    build_log(&first_log, 6, 5, 2, 0);
    add_entry(&first_log, 5, 2, 1, 'n');
    build_log(&second_log, 6, 4, 2, 0);
    add_entry(&second_log, 4, 2, 1, 'o');
    out = replay(image_view(&hive, "hive"), image_view(&first_log, "LOG1"),
                 image_view(&second_log, "LOG2"), &r);
    cr_assert_eq(r.num_entries, 2);
    cr_assert_eq(out.data[4096 + 4096 + 100], 'n');
}

/* What comes out is a hive that needs no excuse: its checksum holds, and it is clean. */
Test(regf_log_threads, regipy_195_a_replayed_hive_is_clean_and_sealed)
{
    uint64_t keys, values;
    wr_regf_replay r;
    uint32_t sum;
    wr_view out = replay(fixture("regf_log/dirty.hive"), fixture("regf_log/dirty.LOG1"),
                         fixture("regf_log/dirty.LOG2"), &r);

    cr_assert_eq(r.num_entries, 3);
    cr_assert_eq(get_u32(out.data + 4), get_u32(out.data + 8));
    sum = get_u32(out.data + 508);
    seal_base_block((uint8_t *)(uintptr_t)out.data);
    cr_assert_eq(get_u32(out.data + 508), sum);
    count(out, &keys, &values);
    cr_assert_eq(diags.list.count, 0);
    /* The recipe's last state: root, Store, Added, Filler; Blob, Blob and 12 of the filler. */
    cr_assert(keys == 4 && values == 14, "%llu, %llu", (unsigned long long)keys,
              (unsigned long long)values);
}

/* A header and no entry, and a log of no bytes, stop nothing. */
Test(regf_log_threads, regview_3_a_log_without_entries)
{
    wr_regf_replay r;
    wr_view primary, out;

    build_hive(&hive, 5, 4, 2, 0);
    build_log(&first_log, 6, 4, 2, 0);
    primary = image_view(&hive, "hive");
    out = replay(primary, image_view(&first_log, "LOG1"), (wr_view){ 0 }, &r);
    cr_assert(r.dirty && r.num_entries == 0);
    cr_assert(wr_view_equal(out, primary));
}

/* A hive that was cut in its last bin, which the log has whole. */
Test(regf_log_threads, yarp_6_a_cut_hive_is_read_after_replay)
{
    wr_view primary = fixture("regf_log/dirty.hive");
    uint64_t keys, values;
    wr_regf_replay r;

    primary.len = 4096 + 1000;
    count(replay(primary, fixture("regf_log/dirty.LOG1"), fixture("regf_log/dirty.LOG2"), &r),
          &keys, &values);
    cr_assert_eq(r.num_entries, 3);
    cr_assert(keys == 4 && values == 14, "%llu, %llu", (unsigned long long)keys,
              (unsigned long long)values);
}

/* A log that writes a bin without its header: what stands in it is read, and the bin is said. */
Test(regf_log_threads, autoripy_3_a_bad_bin_after_replay_stops_nothing)
{
    wr_view primary = fixture("regf_log/dirty.hive"), log = fixture("regf_log/dirty.LOG1"), out;
    uint8_t *bytes = (uint8_t *)(uintptr_t)log.data, *entry = bytes + 512;
    uint64_t keys, values;
    wr_regf_replay r;

    while (get_u32(entry + 4) < (size_t)(bytes + log.len - entry))
        entry += get_u32(entry + 4);
    memset(entry + 40 + 8 * get_u32(entry + 20), 0xFF, 32); /* of the first run: the first bin */
    seal_entry(entry, get_u32(entry + 4));
    out = replay(primary, log, (wr_view){ 0 }, &r);
    cr_assert_eq(r.num_entries, 2);
    cr_assert_eq(diags.list.count, 0);
    count(out, &keys, &values);
    cr_assert(keys == 3 && values == 2, "%llu, %llu", (unsigned long long)keys,
              (unsigned long long)values);
    cr_assert_eq(diags.list.count, 1);
    cr_assert_eq(diags.list.items[0].severity, WR_DIAG_WARNING);
    cr_assert_eq(diags.list.items[0].offset, 4096);
}

static wr_regf_recovery recover(wr_view v)
{
    wr_regf_recovery r;
    wr_regf regf;

    cr_assert(wr_regf_open(v, &arena, &diags, &regf, &err), "%s", err.message);
    cr_assert(wr_regf_recover(&regf, &arena, &diags, &r, &err), "%s", err.message);
    return r;
}

static const wr_regf_deleted_value *deleted_value(const wr_regf_recovery *r, const char *name)
{
    for (size_t i = 0; i < r->values.count; i++)
        if (wr_text_equals(r->values.items[i].value.name, r->values.items[i].value.name_encoding,
                           name))
            return &r->values.items[i];
    cr_assert_fail("no deleted value %s", name);
    return NULL;
}

/* The size before a deleted record may say more than there is; the record counts all the same. */
Test(regf_log_threads, ez_registry_20_a_record_of_a_stale_size_is_found)
{
    wr_view v = fixture("regf_recover/deleted.hive");
    wr_regf_recovery before = recover(v), after;
    const wr_regf_deleted_value *gone = deleted_value(&before, "gone");
    wr_regf_confidence confidence = gone->confidence;

    cr_assert(wr_arena_copy(&arena, v, &v));
    memset((uint8_t *)(uintptr_t)v.data + gone->offset - 4, 0x78, 4);
    after = recover(v);
    cr_assert_eq(after.values.count, before.values.count);
    cr_assert_eq(after.keys.count, before.keys.count);
    gone = deleted_value(&after, "gone");
    cr_assert_eq(confidence, WR_REGF_HIGH);
    cr_assert_eq(gone->data.len, 40, "its list and its data are what they were");
}

/* A signature alone is no record: 4 kB of each, with what random data has behind it. */
Test(regf_log_threads, ez_issues_146_signatures_in_random_data_are_no_records)
{
    wr_view v = fixture("regf_recover/deleted.hive");
    wr_regf_recovery before = recover(v), after;
    uint8_t *bytes = WR_NEW(&arena, uint8_t, v.len + 4096);
    uint32_t state = 1;

    cr_assert(bytes);
    memcpy(bytes, v.data, v.len);
    for (size_t i = v.len; i < v.len + 4096; i++)
        bytes[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
    for (size_t i = v.len; i + 24 < v.len + 4096; i += 24)
        memcpy(bytes + i, i / 24 % 3 == 0 ? "lk" : i / 24 % 3 == 1 ? "nk" : "vk", 2);
    after = recover((wr_view){ bytes, v.len + 4096, 0, "random" });
    cr_assert_eq(after.keys.count, before.keys.count);
    cr_assert_eq(after.values.count, before.values.count);
}

/* Deleted data is given, with its path. */
Test(regf_log_threads, impacket_1752_deleted_data_is_given)
{
    wr_regf_recovery r = recover(fixture("regf_recover/deleted.hive"));

    cr_assert_eq(deleted_value(&r, "big")->data.len, 251 * 80);
    cr_assert_eq(deleted_value(&r, "Blob")->state, WR_REGF_DATA_WHOLE);
    cr_assert_eq(r.blobs.count, 2);
}
