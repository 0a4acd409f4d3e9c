#include "support.h"

#include "winroots/limits.h"

#include <stdint.h>

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

Test(reader, reads_little_endian_and_moves)
{
    wr_reader r = wr_reader_of((wr_view){ bytes, sizeof bytes, 0x100, "unit" });
    uint8_t a;
    uint16_t b;
    uint32_t c;
    wr_view rest;

    cr_assert(wr_read_u8(&r, &a) && wr_read_u16le(&r, &b) && wr_read_u32le(&r, &c));
    cr_assert_eq(a, 1);
    cr_assert_eq(b, 0x0302);
    cr_assert_eq(c, 0x07060504);
    cr_assert(wr_read_view(&r, 1, &rest));
    cr_assert_eq(rest.origin, 0x107, "a slice knows its place in the evidence");
    cr_assert_eq(wr_reader_left(&r), 0);
}

Test(reader, a_failed_read_moves_nothing)
{
    wr_reader r = wr_reader_of(view_of(bytes, 3));
    uint32_t c = 77;
    uint64_t d = 77;
    wr_view v;

    cr_assert_not(wr_read_u32le(&r, &c));
    cr_assert_not(wr_read_u64le(&r, &d));
    cr_assert_not(wr_read_view(&r, 4, &v));
    cr_assert_not(wr_skip(&r, SIZE_MAX));
    cr_assert_eq(r.pos, 0);
    cr_assert_eq(c, 77);
    cr_assert_eq(d, 77);
}

Test(reader, slices_never_wrap)
{
    wr_view v = view_of(bytes, sizeof bytes), out;

    cr_assert(wr_view_slice(v, 8, 0, &out));
    cr_assert_not(wr_view_slice(v, 9, 0, &out));
    cr_assert_not(wr_view_slice(v, UINT64_MAX, 1, &out));
    cr_assert_not(wr_view_slice(v, 1, UINT64_MAX, &out));
}

Test(reader, fail_names_place_and_reason)
{
    wr_reader r = wr_reader_of((wr_view){ bytes, sizeof bytes, 0x100, "SOFTWARE" });
    wr_error e;

    cr_assert(wr_skip(&r, 2));
    cr_assert_not(wr_fail_reader(&e, WR_E_TRUNCATED, &r, "needs %d bytes", 12));
    cr_assert_eq(e.code, WR_E_TRUNCATED);
    cr_assert_eq(e.offset, 0x102);
    cr_assert_str_eq(e.source, "SOFTWARE");
    cr_assert_str_eq(e.message, "needs 12 bytes");
    cr_assert_not(wr_error_at(&e, "ROOT"));
    cr_assert_not(wr_error_at(&e, "other"));
    cr_assert_str_eq(e.path, "ROOT", "the first layer that knows the place wins");
}

Test(arena, is_zeroed_aligned_and_capped)
{
    wr_arena a;

    wr_arena_init(&a, 200000);
    for (int i = 0; i < 100; i++) {
        uint64_t *p = WR_NEW(&a, uint64_t, 3);
        cr_assert(p);
        cr_assert_eq(p[2], 0);
        cr_assert_eq((uintptr_t)p % _Alignof(max_align_t), 0);
        p[2] = 7;
    }
    cr_assert(WR_NEW(&a, char, 150000));
    cr_assert_null(WR_NEW(&a, char, 150000), "the cap holds");
    cr_assert(WR_NEW(&a, char, 1), "and a smaller one still fits");
    wr_arena_free(&a);
}

/* The last bytes of it, without the others. */
Test(arena, an_analysis_has_so_much)
{
    wr_arena a;

    wr_arena_init(&a, WR_LIMIT_ARENA);
    cr_assert_null(WR_NEW(&a, char, WR_LIMIT_ARENA + 1));
    a.used = WR_LIMIT_ARENA - 64;
    cr_assert_null(WR_NEW(&a, char, 65));
    cr_assert(WR_NEW(&a, char, 64));
    cr_assert_null(WR_NEW(&a, char, 1));
    wr_arena_free(&a);
}

Test(arena, hostile_products_fail)
{
    wr_arena a;

    wr_arena_init(&a, SIZE_MAX);
    cr_assert_null(wr_arena_alloc(&a, SIZE_MAX / 2, 3));
    cr_assert_null(wr_arena_alloc(&a, SIZE_MAX, 1));
    a.fail_after = 2;
    cr_assert(WR_NEW(&a, char, 1));
    cr_assert_null(WR_NEW(&a, char, 1));
    cr_assert(WR_NEW(&a, char, 1));
    wr_arena_free(&a);
}

Test(arena, lists_grow_and_keep_their_items)
{
    WR_LIST(int) list = { 0 };
    wr_arena a;

    wr_arena_init(&a, 1 << 20);
    for (int i = 0; i < 1000; i++) {
        int *item = WR_APPEND(&a, &list, int);
        cr_assert(item);
        *item = i;
    }
    cr_assert_eq(list.count, 1000);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(list.items[i], i);
    wr_arena_free(&a);
}

Test(diag, keeps_up_to_the_limit_and_counts_the_rest)
{
    wr_diags d;
    wr_arena a;

    wr_arena_init(&a, 64 << 20);
    wr_diags_init(&d, &a);
    for (int i = 0; i < 1500; i++)
        wr_diag_add(&d, WR_DIAG_SKIPPED, WR_E_MALFORMED, "e", (uint64_t)i, NULL, "cell %d", i);
    cr_assert_eq(d.list.count, 1000);
    cr_assert_eq(d.num_skipped, 1500);
    cr_assert_eq(d.num_suppressed, 500);
    cr_assert_str_eq(d.list.items[999].message, "cell 999");
    wr_arena_free(&a);
}

Test(diag, without_memory_is_counted_not_lost)
{
    wr_diags d;
    wr_arena a;

    wr_arena_init(&a, 0);
    wr_diags_init(&d, &a);
    wr_diag_add(&d, WR_DIAG_WARNING, WR_E_IO, NULL, WR_NO_OFFSET, NULL, "gone");
    cr_assert_eq(d.list.count, 0);
    cr_assert_eq(d.num_suppressed, 1);
}
