#include "support.h"

#include <criterion/parameterized.h>

#include "format/regf_internal.h"
#include "regf_log_case.h"

#define HIVE_TIME 1000u

/* Short, for tables. */
#define USED   WR_REGF_LOG_APPLIED
#define STALE  WR_REGF_LOG_STALE
#define GAP    WR_REGF_LOG_GAP
#define CLEAN  WR_REGF_LOG_NOT_NEEDED
#define PASSED WR_REGF_LOG_PASSED_OVER

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

TestSuite(regf_log, .init = setup, .fini = teardown);

static wr_regf_replay plan(void)
{
    wr_view logs[] = { image_view(&first_log, "log1"), image_view(&second_log, "log2") };
    wr_regf_replay r;

    cr_assert(wr_regf_replay_plan(image_view(&hive, "hive"), logs, second_log.len ? 2 : 1, &arena,
                                  &diags, &r, &err),
              "%s", err.message);
    return r;
}

static wr_view replayed(const wr_regf_replay *r)
{
    wr_view out;

    cr_assert(wr_regf_replay_all(r, image_view(&hive, "hive"), NULL, &arena, &out, &err));
    return out;
}

static wr_view fixture(const char *name)
{
    char path[512];
    uint8_t *bytes;
    size_t len;
    wr_view v;

    snprintf(path, sizeof path, FIXTURE("regf_log/%s"), name);
    bytes = read_file(path, &len);
    cr_assert(wr_arena_copy(&arena, (wr_view){ bytes, len, 0, "fixture" }, &v));
    free(bytes);
    return v;
}

/* A warning about this place, and no other diagnostic. */
static void assert_only_diag(wr_code code, const char *source, uint64_t offset)
{
    cr_assert_eq(diags.list.count, 1, "%zu diagnostics", diags.list.count);
    cr_assert_eq(diags.list.items[0].severity, WR_DIAG_WARNING);
    cr_assert_eq(diags.list.items[0].code, code);
    cr_assert_str_eq(diags.list.items[0].source, source);
    cr_assert_eq(diags.list.items[0].offset, offset, "at 0x%llx",
                 (unsigned long long)diags.list.items[0].offset);
}

/* What the recipe wrote down, with hashes of its own, step by step. */
Test(regf_log, replays_the_recipes_writes_one_by_one)
{
    static const char *const after[] = { "after_7.hive", "after_8.hive", "after_9.hive" };
    wr_view primary = fixture("dirty.hive"), out, copy;
    wr_view logs[] = { fixture("dirty.LOG2"), fixture("dirty.LOG1") };
    wr_regf_replay r;
    uint8_t *image;

    cr_assert(wr_regf_replay_plan(primary, logs, 2, &arena, &diags, &r, &err));
    cr_assert(r.dirty && r.checksum_valid && r.base_block.len == 0);
    cr_assert_eq(r.primary_sequence, 8);
    cr_assert_eq(r.secondary_sequence, 7);
    cr_assert_eq(r.num_entries, 3);
    cr_assert_eq(r.sequence, 9);
    cr_assert_eq(r.image_len, 16384);
    cr_assert_eq(diags.list.count, 0);

    image = WR_NEW(&arena, uint8_t, r.image_len);
    cr_assert(image);
    memcpy(image, primary.data, primary.len);
    cr_assert(wr_regf_replay_until(&r, 0, 0, image, r.image_len, &out, &err));
    cr_assert(wr_view_equal(out, primary), "before the first entry it is the file");
    for (size_t i = 0; i < 3; i++) {
        cr_assert(wr_regf_replay_until(&r, i, i + 1, image, r.image_len, &out, &err));
        cr_assert(wr_view_equal(out, fixture(after[i])), "%s", after[i]);
    }
    cr_assert(wr_regf_replay_all(&r, primary, NULL, &arena, &copy, &err));
    cr_assert(wr_view_equal(copy, fixture("after_9.hive")));
    cr_assert(wr_view_equal(primary, fixture("dirty.hive")), "the file is never written to");
}

Test(regf_log, replays_the_recipes_old_log)
{
    wr_view primary = fixture("dirty.hive"), log = fixture("dirty.old.LOG1"), out;
    wr_regf_replay r;

    cr_assert(wr_regf_replay_plan(primary, &log, 1, &arena, &diags, &r, &err));
    cr_assert_eq(r.logs[0].log.kind, WR_REGF_LOG_OLD);
    cr_assert_eq(r.logs[0].use, WR_REGF_LOG_APPLIED);
    cr_assert_eq(r.num_entries, 1);
    cr_assert(wr_regf_replay_all(&r, primary, NULL, &arena, &out, &err));
    cr_assert(wr_view_equal(out, fixture("after_old.hive")));
    cr_assert_eq(diags.list.count, 0);
}

/* Two logs of a number of entries each; every entry fills bin 1 with its number. */
struct order {
    char shows[48]; /* not a pointer: parameters go to a process of their own */
    uint32_t primary, secondary;
    uint32_t first1, count1, first2, count2;
    wr_regf_log_use use1, use2;
    size_t num_entries;
    uint32_t sequence;
};

ParameterizedTestParameters(regf_log, order)
{
    static struct order rows[] = {
        { "numbers order logs, not names", 5, 4, 7, 2, 4, 3, USED, USED, 5, 8 },
        { "the order given is as good", 5, 4, 4, 3, 7, 2, USED, USED, 5, 8 },
        { "a log older than the hive is stale", 5, 4, 2, 2, 4, 2, STALE, USED, 2, 5 },
        { "a gap between logs ends it", 5, 4, 4, 2, 7, 1, USED, GAP, 2, 5 },
        { "the same log twice counts once", 5, 4, 4, 2, 4, 2, USED, GAP, 2, 5 },
        { "the first log need not continue the hive", 1622, 1621, 2110, 2, 2107, 3, USED, USED, 5,
          2111 },
        { "a log may begin at the secondary number", 567, 566, 566, 2, 562, 1, USED, STALE, 2,
          567 },
        { "numbers wrap between logs", 0, UINT32_MAX, 0, 2, UINT32_MAX, 1, USED, USED, 3, 1 },
        { "numbers wrap inside a log", 0, UINT32_MAX, UINT32_MAX, 3, 2, 1, USED, USED, 4, 2 },
        { "a log before the wrap is stale", 2, 1, UINT32_MAX, 1, 1, 1, STALE, USED, 1, 1 },
        { "half the numbers ahead is later", 1, 0, 0x7FFFFFFF, 1, 0x80000000, 1, USED, USED, 2,
          0x80000000 },
        { "more than that is earlier", 1, 0, 0x80000000, 1, 0x80000001, 1, STALE, STALE, 0, 0 },
        { "all stale: nothing is applied", 5, 4, 1, 2, 3, 1, STALE, STALE, 0, 0 },
        { "a clean hive needs no log", 5, 5, 5, 2, 7, 2, CLEAN, CLEAN, 0, 0 },
    };
    return cr_make_param_array(struct order, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct order *row, regf_log, order)
{
    wr_regf_replay r;
    wr_view out;

    setup();
    build_hive(&hive, row->primary, row->secondary, 2, HIVE_TIME);
    build_log(&first_log, 6, row->first1, 2, 0);
    for (uint32_t i = 0; i < row->count1; i++)
        add_entry(&first_log, row->first1 + i, 2, 1, (uint8_t)(row->first1 + i));
    build_log(&second_log, 6, row->first2, 2, 0);
    for (uint32_t i = 0; i < row->count2; i++)
        add_entry(&second_log, row->first2 + i, 2, 1, (uint8_t)(row->first2 + i));
    r = plan();
    cr_expect_eq(r.logs[0].use, row->use1, "%s: log1 %s", row->shows,
                 wr_regf_log_use_name(r.logs[0].use));
    cr_expect_eq(r.logs[1].use, row->use2, "%s: log2 %s", row->shows,
                 wr_regf_log_use_name(r.logs[1].use));
    cr_expect_eq(r.num_entries, row->num_entries, "%s: %zu entries", row->shows, r.num_entries);
    cr_expect_eq(r.logs[0].num_applied, row->use1 == WR_REGF_LOG_APPLIED ? row->count1 : 0);
    cr_expect_eq(r.dirty, row->primary != row->secondary);
    out = replayed(&r);
    if (r.num_entries > 0) {
        cr_expect_eq(r.sequence, row->sequence, "%s: %u", row->shows, r.sequence);
        cr_expect_eq(out.data[4096 + 4096 + 100], (uint8_t)row->sequence, "%s", row->shows);
        cr_expect_eq(get_u32(out.data + 8), row->sequence);
    } else {
        cr_expect_eq(out.data, hive.bytes, "nothing to apply: nothing to copy");
    }
    teardown();
}

/* One field of the second of three entries is spoilt; the chain ends before it. */
struct damage {
    char shows[48];
    size_t at;
    uint32_t value;
    bool sealed; /* with hashes that hold */
    wr_regf_log_stop stop;
    wr_code code; /* of the warning; WR_OK = none: this is how logs end */
};

ParameterizedTestParameters(regf_log, damage)
{
    static struct damage rows[] = {
        { "another signature", 0, 0x21212121, true, WR_REGF_LOG_END, WR_OK },
        { "sequence number of an older round", 12, 3, true, WR_REGF_LOG_SEQUENCE, WR_OK },
        { "the same, and damaged", 12, 3, false, WR_REGF_LOG_SEQUENCE, WR_OK },
        { "no size", 4, 0, true, WR_REGF_LOG_SIZE, WR_E_MALFORMED },
        { "size of half a sector", 4, 4608 + 256, true, WR_REGF_LOG_SIZE, WR_E_MALFORMED },
        { "size beyond the log", 4, 3 * 4608, true, WR_REGF_LOG_SIZE, WR_E_MALFORMED },
        { "size near the end of numbers", 4, 0xFFFFFE00, true, WR_REGF_LOG_SIZE, WR_E_MALFORMED },
        { "flags that its hash denies", 8, 1, false, WR_REGF_LOG_HASH, WR_E_MISMATCH },
        { "hash of the pages", 24, 1, false, WR_REGF_LOG_HASH, WR_E_MISMATCH },
        { "hash of the header", 32, 1, false, WR_REGF_LOG_HASH, WR_E_MISMATCH },
        { "a byte of a page", 48 + 500, 1, false, WR_REGF_LOG_HASH, WR_E_MISMATCH },
        { "a byte of the padding", 4604, 1, false, WR_REGF_LOG_HASH, WR_E_MISMATCH },
        { "bins size of no whole page", 16, 8193, true, WR_REGF_LOG_BINS_SIZE, WR_E_MALFORMED },
        { "no pages", 20, 0, true, WR_REGF_LOG_PAGES, WR_E_MALFORMED },
        { "more pages than references", 20, 2000, true, WR_REGF_LOG_PAGES, WR_E_MALFORMED },
        { "pages without end", 20, UINT32_MAX, true, WR_REGF_LOG_PAGES, WR_E_MALFORMED },
        { "page behind the hive", 40, 8192, true, WR_REGF_LOG_PAGES, WR_E_MALFORMED },
        { "page across its end", 40, 4097, true, WR_REGF_LOG_PAGES, WR_E_MALFORMED },
        { "page near the end of numbers", 40, 0xFFFFF000, true, WR_REGF_LOG_PAGES, WR_E_MALFORMED },
        { "page larger than the hive", 44, 0xFFFFF000, true, WR_REGF_LOG_PAGES, WR_E_MALFORMED },
        { "page whose bytes are not all there", 44, 4608, true, WR_REGF_LOG_PAGES, WR_E_MALFORMED },
        { "hive shrunk below its page", 16, 4096, true, WR_REGF_LOG_PAGES, WR_E_MALFORMED },
        /* by more than WR_LIMIT_REPLAY_GAP */
        { "hive larger than could be", 16, 0xFFFFF000, true, WR_REGF_LOG_GROWTH, WR_E_LIMIT },
    };
    return cr_make_param_array(struct damage, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct damage *row, regf_log, damage)
{
    wr_regf_replay r;
    uint8_t *second;
    wr_view out;

    setup();
    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 6, 4, 2, 0);
    second_log.len = 0;
    add_entry(&first_log, 4, 2, 1, 'b');
    second = add_entry(&first_log, 5, 2, 1, 'c');
    add_entry(&first_log, 6, 2, 1, 'd');
    put_u32(second + row->at, row->value);
    if (row->sealed)
        seal_entry(second, 4608);
    r = plan();
    cr_expect_eq(r.num_entries, 1, "%s", row->shows);
    cr_expect_eq(r.sequence, 4, "%s", row->shows);
    cr_expect_eq(r.logs[0].num_applied, 1);
    cr_expect_eq(r.logs[0].log.stop, row->stop, "%s: %s", row->shows,
                 wr_regf_log_stop_name(r.logs[0].log.stop));
    cr_expect_eq(r.logs[0].log.stop_offset, 512 + 4608, "%s", row->shows);
    if (row->code)
        assert_only_diag(row->code, "log1", 512 + 4608);
    else
        cr_expect_eq(diags.list.count, 0, "%s", row->shows);
    out = replayed(&r);
    cr_expect_eq(out.data[4096 + 4096 + 100], 'b', "%s", row->shows);
    teardown();
}

Test(regf_log, remnants_are_counted_and_never_applied)
{
    wr_regf_replay r;
    uint8_t *cut;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 6, 4, 2, 0);
    second_log.len = 0;
    add_entry(&first_log, 4, 2, 1, 'b');
    cut = add_entry(&first_log, 1, 2, 1, 'c'); /* its beginning was written over */
    memset(cut, 'x', 512);
    add_entry(&first_log, 2, 2, 1, 'd');
    add_entry(&first_log, 5, 2, 1, 'e'); /* the next number, behind what never ended the chain */
    r = plan();
    cr_assert_eq(r.num_entries, 1);
    cr_assert_eq(r.logs[0].log.stop, WR_REGF_LOG_END);
    cr_assert_eq(r.logs[0].log.remnants.count, 2);
    cr_assert_eq(r.logs[0].log.remnants.items[0].sequence, 2);
    cr_assert_eq(r.logs[0].log.remnants.items[0].offset, 512 + 2 * 4608);
    cr_assert_eq(r.logs[0].log.remnants.items[1].sequence, 5);
    cr_assert_eq(r.logs[0].log.rest.len, 3 * 4608);
    cr_assert_eq(r.logs[0].log.rest.origin, 512 + 4608);
    cr_assert_eq(replayed(&r).data[4096 + 4096 + 100], 'b');
    cr_assert_eq(diags.list.count, 0);
}

Test(regf_log, a_damaged_base_block_comes_from_the_latest_log_alone)
{
    wr_regf_replay r;
    wr_view out;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    put_u32(hive.bytes + 36, 0xBAD); /* the root: its checksum does not hold */
    build_log(&first_log, 6, 7, 2, 77);
    add_entry(&first_log, 7, 2, 1, 'c');
    build_log(&second_log, 6, 4, 2, 44);
    add_entry(&second_log, 4, 2, 0, 'b');
    add_entry(&second_log, 5, 2, 0, 'b');
    r = plan();
    cr_assert(r.dirty && !r.checksum_valid);
    cr_assert_eq(r.logs[0].use, WR_REGF_LOG_APPLIED);
    cr_assert_eq(r.logs[1].use, WR_REGF_LOG_PASSED_OVER);
    cr_assert(wr_view_equal(r.base_block, (wr_view){ first_log.bytes, 512, 0, "log1" }));
    assert_only_diag(WR_E_MISMATCH, "hive", 0);
    out = replayed(&r);
    cr_assert_eq(get_u32(out.data + 28), 0, "a hive again");
    cr_assert_eq(get_u32(out.data + 36), 0x20);
    cr_assert_eq(get_u32(out.data + 12), 77);
    cr_assert_eq(get_u32(out.data + 4), 7);
    cr_assert_eq(out.data[4096 + 100], 'a', "the earlier log is not applied");
    cr_assert_eq(out.data[4096 + 4096 + 100], 'c');
}

Test(regf_log, a_hive_without_base_block_is_restored)
{
    wr_regf_replay r;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    memset(hive.bytes, 0, 4096);
    build_log(&first_log, 6, 4, 2, 0);
    second_log.len = 0;
    add_entry(&first_log, 4, 2, 1, 'b');
    r = plan();
    cr_assert_eq(r.num_entries, 1);
    cr_assert(wr_view_starts(replayed(&r), "regf", 4));
}

Test(regf_log, entries_grow_the_hive_and_never_cut_it)
{
    uint8_t *image;
    wr_regf_replay r;
    wr_view out;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 6, 4, 2, 0);
    second_log.len = 0;
    add_entry(&first_log, 4, 2, 0, 'b');
    add_entry(&first_log, 5, 4, 3, 'c');
    add_entry(&first_log, 6, 1, 0, 'd');
    r = plan();
    cr_assert_eq(r.image_len, 4096 + 4 * 4096);
    image = WR_NEW(&arena, uint8_t, r.image_len);
    cr_assert(image);
    memcpy(image, hive.bytes, hive.len);
    cr_assert(wr_regf_replay_until(&r, 0, 1, image, r.image_len, &out, &err));
    cr_assert_eq(out.len, 4096 + 2 * 4096);
    cr_assert_eq(get_u32(image + 40), 2 * 4096);
    cr_assert(wr_regf_replay_until(&r, 1, 3, image, r.image_len, &out, &err));
    cr_assert_eq(out.len, 4096 + 4 * 4096);
    cr_assert_eq(get_u32(image + 40), 4096, "the hive is smaller, its bytes stay");
    cr_assert_eq(image[4096 + 3 * 4096 + 100], 'c');
    cr_assert_eq(image[4096 + 2 * 4096 + 100], 0);
    cr_assert_eq(diags.list.count, 0);
}

Test(regf_log, only_the_lowest_flag_comes_from_an_entry)
{
    wr_regf_replay r;
    uint8_t *entry;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    put_u32(hive.bytes + 144, 2);
    seal_base_block(hive.bytes);
    build_log(&first_log, 6, 4, 2, 0);
    second_log.len = 0;
    entry = add_entry(&first_log, 4, 2, 1, 'b');
    put_u32(entry + 8, 5);
    seal_entry(entry, 4608);
    r = plan();
    cr_assert_eq(get_u32(replayed(&r).data + 144), 3);

    put_u32(hive.bytes + 144, 3);
    seal_base_block(hive.bytes);
    put_u32(entry + 8, 0);
    seal_entry(entry, 4608);
    r = plan();
    cr_assert_eq(get_u32(replayed(&r).data + 144), 2);
}

/* What stands beside hives without being a log that helps. */
struct stray {
    char shows[48];
    size_t len;
    size_t at; /* where a dword of a good log is spoilt */
    uint32_t value;
    bool sealed;
    wr_regf_log_kind kind;
    bool warned; /* about the log itself */
};

ParameterizedTestParameters(regf_log, stray)
{
    static struct stray rows[] = {
        { "no bytes", 0, 0, 0, false, WR_REGF_LOG_EMPTY, false },
        { "a log of 511 bytes", 511, 44, 1, false, WR_REGF_LOG_OTHER, true },
        { "a header alone: dummy .LOG", 512, 44, 1, false, WR_REGF_LOG_NEW, false },
        { "another signature", 5120, 0, 0x21212121, true, WR_REGF_LOG_OTHER, true },
        { "a hive as log", 5120, 28, 0, true, WR_REGF_LOG_OTHER, true },
        { "an unknown type", 5120, 28, 5, true, WR_REGF_LOG_OTHER, true },
        { "a checksum that does not hold", 5120, 36, 0x40, false, WR_REGF_LOG_NEW, true },
        { "sequence numbers that differ", 5120, 8, 3, true, WR_REGF_LOG_NEW, true },
        { "a header that begins with another number", 5120, 4, 9, true, WR_REGF_LOG_NEW, true },
    };
    return cr_make_param_array(struct stray, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct stray *row, regf_log, stray)
{
    wr_regf_replay r;

    setup();
    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 6, 4, 2, 0);
    second_log.len = 0;
    add_entry(&first_log, 4, 2, 1, 'b');
    first_log.len = row->len;
    put_u32(first_log.bytes + row->at, row->value);
    if (row->sealed)
        seal_base_block(first_log.bytes);
    r = plan();
    cr_expect_eq(r.logs[0].log.kind, row->kind, "%s: %s", row->shows,
                 wr_regf_log_kind_name(r.logs[0].log.kind));
    cr_expect_eq(r.logs[0].use, WR_REGF_LOG_UNUSABLE, "%s", row->shows);
    cr_expect_eq(r.logs[0].log.stop, row->warned ? WR_REGF_LOG_HEADER : WR_REGF_LOG_END, "%s",
                 row->shows);
    cr_expect_eq(r.num_entries, 0, "%s", row->shows);
    cr_expect_eq(diags.list.count, row->warned ? 2 : 1, "%s", row->shows);
    cr_expect_str_eq(diags.list.items[diags.list.count - 1].source, "hive",
                     "%s: the dirty hive is named last", row->shows);
    teardown();
}

Test(regf_log, a_log_of_zeros_is_empty)
{
    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    memset(&first_log, 0, sizeof first_log);
    first_log.len = 8192;
    second_log.len = 0;
    cr_assert_eq(plan().logs[0].log.kind, WR_REGF_LOG_EMPTY);
    assert_only_diag(WR_E_MISMATCH, "hive", 4);
}

Test(regf_log, a_dirty_hive_without_logs_is_a_plan_without_entries)
{
    wr_regf_replay r;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    cr_assert(wr_regf_replay_plan(image_view(&hive, "hive"), NULL, 0, &arena, &diags, &r, &err));
    cr_assert(r.dirty);
    cr_assert_eq(r.num_entries, 0);
    cr_assert_eq(diags.list.count, 0, "whoever opens the hive says that it is dirty");
}

Test(regf_log, a_file_without_base_block_is_refused)
{
    wr_regf_replay r = { .image_len = 77 };

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    hive.len = 4095;
    cr_assert_not(
        wr_regf_replay_plan(image_view(&hive, "hive"), NULL, 0, &arena, &diags, &r, &err));
    cr_assert_eq(err.code, WR_E_TRUNCATED);
    cr_assert_eq(err.offset, 0);
    cr_assert_eq(r.image_len, 77);
}

Test(regf_log, a_hive_that_was_cut_is_filled_from_its_log)
{
    wr_regf_replay r;
    wr_view out;

    build_hive(&hive, 5, 4, 3, HIVE_TIME);
    hive.len = 4096 + 4096 + 1000;
    build_log(&first_log, 6, 4, 3, 0);
    second_log.len = 0;
    add_entry(&first_log, 4, 3, 2, 'b');
    r = plan();
    assert_only_diag(WR_E_TRUNCATED, "hive", hive.len);
    out = replayed(&r);
    cr_assert_eq(out.len, 4096 + 3 * 4096);
    cr_assert_eq(out.data[hive.len - 1], 'a');
    cr_assert_eq(out.data[hive.len], 0);
    cr_assert_eq(out.data[4096 + 2 * 4096 + 100], 'b');
}

/* Two old logs, each rewriting bin 1; times relative to the hive's. */
struct old {
    char shows[48];
    uint64_t time1, time2;
    wr_regf_log_use use1, use2;
};

ParameterizedTestParameters(regf_log, old)
{
    static struct old rows[] = {
        { "the first of two equals counts", HIVE_TIME, HIVE_TIME, USED, PASSED },
        { "the later one counts", HIVE_TIME, HIVE_TIME + 1, PASSED, USED },
        { "whatever its place", HIVE_TIME + 1, HIVE_TIME, USED, PASSED },
        { "older than the hive is stale", HIVE_TIME - 1, HIVE_TIME, STALE, USED },
        { "both stale", HIVE_TIME - 1, HIVE_TIME - 2, STALE, STALE },
    };
    return cr_make_param_array(struct old, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct old *row, regf_log, old)
{
    static const uint32_t bin_1 = 1;
    uint8_t expected;
    wr_regf_replay r;

    setup();
    build_log(&first_log, 1, 5, 2, row->time1);
    add_old_pages(&first_log, 2, &bin_1, 1, '1');
    build_log(&second_log, 2, 5, 2, row->time2);
    add_old_pages(&second_log, 2, &bin_1, 1, '2');
    expected = row->use1 == WR_REGF_LOG_APPLIED   ? '1'
               : row->use2 == WR_REGF_LOG_APPLIED ? '2'
                                                  : 'a';
    for (int damaged = 0; damaged < 2; damaged++) {
        build_hive(&hive, 5, 4, 2, HIVE_TIME);
        if (damaged) /* then the first bin says when */
            memset(hive.bytes, 0, 512);
        r = plan();
        cr_expect_eq(r.logs[0].use, row->use1, "%s: log1 %s", row->shows,
                     wr_regf_log_use_name(r.logs[0].use));
        cr_expect_eq(r.logs[1].use, row->use2, "%s: log2 %s", row->shows,
                     wr_regf_log_use_name(r.logs[1].use));
        cr_expect_eq(replayed(&r).data[4096 + 4096 + 100], expected, "%s", row->shows);
        cr_expect_eq(r.base_block.len, damaged && expected != 'a' ? 512 : 0);
    }
    teardown();
}

Test(regf_log, a_new_log_goes_before_an_old_one)
{
    static const uint32_t bin_1 = 1;
    wr_regf_replay r;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 1, 5, 2, HIVE_TIME + 5);
    add_old_pages(&first_log, 2, &bin_1, 1, 'o');
    build_log(&second_log, 6, 4, 2, 0);
    add_entry(&second_log, 4, 2, 1, 'n');
    r = plan();
    cr_assert_eq(r.logs[0].use, WR_REGF_LOG_PASSED_OVER);
    cr_assert_eq(r.logs[1].use, WR_REGF_LOG_APPLIED);
    cr_assert_eq(replayed(&r).data[4096 + 4096 + 100], 'n');
}

Test(regf_log, pages_of_an_old_log_begin_behind_its_whole_bitmap)
{
    enum { BINS = 600 }; /* 604 bytes of vector: its pages begin at 1536, not at 1024 */
    static const uint32_t bins[] = { 1, 599 };
    wr_regf_replay r;
    wr_view out;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 1, 5, BINS, HIVE_TIME);
    second_log.len = 0;
    cr_assert_eq(add_old_pages(&first_log, BINS, bins, 2, 'o') - first_log.bytes, 1536);
    r = plan();
    cr_assert_eq(r.num_entries, 1);
    cr_assert_eq(r.entries[0]->num_pages, 16);
    out = replayed(&r);
    cr_assert_eq(out.len, 4096 + BINS * 4096);
    cr_assert_eq(out.data[4096 + 4096 + 100], 'o');
    cr_assert_eq(out.data[4096 + 599 * 4096 + 4095], 'o');
    cr_assert_eq(out.data[4096 + 598 * 4096 + 100], 0);
}

Test(regf_log, pages_of_an_old_log_are_512_bytes_lowest_bit_first)
{
    static const uint32_t bin_1 = 1;
    wr_regf_replay r;
    uint8_t *pages;
    wr_view out;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 1, 5, 2, HIVE_TIME);
    second_log.len = 0;
    pages = add_old_pages(&first_log, 2, &bin_1, 1, 'o');
    first_log.bytes[512 + 4 + 1] = 0x42; /* pages 1 and 6 of bin 1 */
    memset(pages, '1', 512);
    memset(pages + 512, '6', 512);
    first_log.len = (size_t)(pages - first_log.bytes) + 1024 + 100;
    r = plan();
    cr_assert_eq(r.entries[0]->num_pages, 2);
    cr_assert_eq(r.logs[0].log.rest.len, 100);
    out = replayed(&r);
    cr_assert_eq(out.data[8192 + 511], 'a');
    cr_assert_eq(out.data[8192 + 512], '1');
    cr_assert_eq(out.data[8192 + 1024], 'a');
    cr_assert_eq(out.data[8192 + 6 * 512], '6');
    cr_assert_eq(out.data[8192 + 7 * 512 - 1], '6');
    cr_assert_eq(out.data[8192 + 7 * 512], 'a');
}

struct old_damage {
    char shows[48];
    size_t at;
    uint32_t value;
    size_t cut; /* bytes missing at the end */
    wr_regf_log_stop stop;
    uint64_t offset; /* of the warning */
};

ParameterizedTestParameters(regf_log, old_damage)
{
    static struct old_damage rows[] = {
        { "another signature", 512, 0x4C564E49, 0, WR_REGF_LOG_HEADER, 512 },
        { "a page is missing", 512, 0x54524944, 1, WR_REGF_LOG_PAGES, 512 },
        { "no page is dirty", 516, 0, 0, WR_REGF_LOG_PAGES, 512 },
        { "bins size of no whole page", 40, 8193, 0, WR_REGF_LOG_BINS_SIZE, 512 },
        { "bitmap beyond the log", 40, 0xFFFFF000, 0, WR_REGF_LOG_SIZE, 512 },
        { "the bin is none", 1024, 0x21212121, 0, WR_REGF_LOG_BIN, 1024 },
        { "the bin is another", 1028, 0, 0, WR_REGF_LOG_BIN, 1024 },
        { "the bin is too small", 1032, 512, 0, WR_REGF_LOG_BIN, 1024 },
    };
    return cr_make_param_array(struct old_damage, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct old_damage *row, regf_log, old_damage)
{
    static const uint32_t bin_1 = 1;
    wr_regf_replay r;

    setup();
    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 1, 5, 2, HIVE_TIME);
    second_log.len = 0;
    add_old_pages(&first_log, 2, &bin_1, 1, 'o');
    put_u32(first_log.bytes + row->at, row->value);
    seal_base_block(first_log.bytes);
    first_log.len -= row->cut;
    r = plan();
    cr_expect_eq(r.logs[0].use, WR_REGF_LOG_UNUSABLE, "%s", row->shows);
    cr_expect_eq(r.logs[0].log.stop, row->stop, "%s: %s", row->shows,
                 wr_regf_log_stop_name(r.logs[0].log.stop));
    cr_assert_eq(diags.list.count, 2, "%s: %zu diagnostics", row->shows, diags.list.count);
    cr_expect_str_eq(diags.list.items[0].source, "log1");
    cr_expect_eq(diags.list.items[0].offset, row->offset, "%s", row->shows);
    cr_expect_eq(replayed(&r).data, hive.bytes, "%s: nothing of it is applied", row->shows);
    teardown();
}

Test(regf_log, an_old_log_counts_up_to_a_bin_that_is_none)
{
    static const uint32_t bins[] = { 0, 1, 2 };
    wr_regf_replay r;
    uint8_t *pages;
    wr_view out;

    build_hive(&hive, 5, 4, 3, HIVE_TIME);
    build_log(&first_log, 1, 5, 3, HIVE_TIME);
    second_log.len = 0;
    pages = add_old_pages(&first_log, 3, bins, 3, 'o');
    memset(pages + 4096, 0, 4096);
    r = plan();
    assert_only_diag(WR_E_MALFORMED, "log1", 1024 + 4096);
    cr_assert_eq(r.logs[0].use, WR_REGF_LOG_APPLIED);
    cr_assert_eq(r.entries[0]->num_pages, 8);
    out = replayed(&r);
    cr_assert_eq(out.data[4096 + 100], 'o');
    cr_assert_eq(out.data[4096 + 4096 + 100], 'a');
    cr_assert_eq(out.data[4096 + 2 * 4096 + 100], 'a');
}

Test(regf_log, a_private_hive_is_its_own_image_unless_it_grows)
{
    wr_regf_replay r;
    wr_view out;

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 6, 4, 2, 0);
    second_log.len = 0;
    add_entry(&first_log, 4, 2, 1, 'b');
    r = plan();
    cr_assert(wr_regf_replay_all(&r, image_view(&hive, "hive"), hive.bytes, &arena, &out, &err));
    cr_assert_eq(out.data, hive.bytes);
    cr_assert_eq(out.len, hive.len);
    cr_assert_eq(hive.bytes[8192 + 100], 'b');

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    add_entry(&first_log, 5, 3, 2, 'c');
    r = plan();
    cr_assert(wr_regf_replay_all(&r, image_view(&hive, "hive"), hive.bytes, &arena, &out, &err));
    cr_assert_neq(out.data, hive.bytes);
    cr_assert_eq(out.len, hive.len + 4096);
    cr_assert_eq(hive.bytes[8192 + 100], 'a');
}

Test(regf_log, until_refuses_what_the_plan_does_not_have)
{
    static const struct {
        size_t from, to, short_by;
    } rows[] = { { 0, 3, 0 }, { 2, 1, 0 }, { 0, 1, 1 } };
    static struct image untouched;
    wr_regf_replay r;
    wr_view out = { 0 };

    build_hive(&hive, 5, 4, 2, HIVE_TIME);
    build_log(&first_log, 6, 4, 2, 0);
    second_log.len = 0;
    add_entry(&first_log, 4, 2, 1, 'b');
    add_entry(&first_log, 5, 2, 1, 'c');
    r = plan();
    cr_assert_eq(r.num_entries, 2);
    untouched = hive;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_not(wr_regf_replay_until(&r, rows[i].from, rows[i].to, hive.bytes,
                                           r.image_len - rows[i].short_by, &out, &err));
        cr_assert_eq(err.code, WR_E_USAGE);
        cr_assert_null(out.data);
        cr_assert(wr_view_equal(image_view(&hive, ""), image_view(&untouched, "")));
    }
}

Test(regf_log, checksum_has_two_reserved_results)
{
    uint8_t block[512] = { 0 };
    uint32_t sum = 77;

    cr_assert(wr_regf_checksum(view_of(block, 512), &sum) && sum == 1, "0 becomes 1");
    put_u32(block + 100, UINT32_MAX);
    cr_assert(wr_regf_checksum(view_of(block, 512), &sum) && sum == UINT32_MAX - 1);
    put_u32(block + 200, 0x12345678);
    cr_assert(wr_regf_checksum(view_of(block, 512), &sum) && sum == 0xEDCBA987);
    cr_assert_not(wr_regf_checksum(view_of(block, 507), &sum), "no base block at all");
}

Test(regf_log, names_are_stable)
{
    cr_assert_str_eq(wr_regf_log_kind_name(WR_REGF_LOG_OTHER), "other");
    cr_assert_str_eq(wr_regf_log_kind_name(WR_REGF_LOG_NEW), "new");
    cr_assert_str_eq(wr_regf_log_stop_name(WR_REGF_LOG_END), "end");
    cr_assert_str_eq(wr_regf_log_stop_name(WR_REGF_LOG_GROWTH), "growth");
    cr_assert_str_eq(wr_regf_log_use_name(WR_REGF_LOG_APPLIED), "applied");
    cr_assert_str_eq(wr_regf_log_use_name(WR_REGF_LOG_PASSED_OVER), "passed_over");
}

static void parse(wr_view v, wr_arena *a)
{
    cr_assert(packed_replay_holds(v.data, v.len, a));
}

/* The recipe's logs, as they are and with repairs that let damage through to what checks its depth.
 */
static void for_inputs(void (*visit)(const uint8_t *bytes, size_t len))
{
    static const struct {
        const char *name;
        uint32_t repair;
    } inputs[] = { { "new_two_logs", REPAIR_HEADERS | REPAIR_ENTRIES },
                   { "old", REPAIR_HIVE | REPAIR_HEADERS } };

    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        char path[512];
        uint8_t *bytes;
        size_t len;

        snprintf(path, sizeof path, FIXTURE("fuzz/regf_log/%s"), inputs[i].name);
        bytes = read_file(path, &len);
        put_u32(bytes, inputs[i].repair);
        visit(bytes, len);
        free(bytes);
    }
}

static void prefixes(const uint8_t *bytes, size_t len)
{
    for_every_prefix(bytes, len, parse);
}

static void flips(const uint8_t *bytes, size_t len)
{
    for_every_flip(bytes, len, parse);
}

static void allocations(const uint8_t *bytes, size_t len)
{
    for_every_allocation(bytes, len, 24, parse);
}

Test(regf_log, holds_for_every_prefix)
{
    for_inputs(prefixes);
}

Test(regf_log, holds_for_every_flip)
{
    for_inputs(flips);
}

Test(regf_log, holds_when_any_allocation_fails)
{
    for_inputs(allocations);
}
