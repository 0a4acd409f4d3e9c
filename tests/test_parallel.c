#include <criterion/criterion.h>

#include "base/os.h"
#include "base/parallel.h"

#include <stdio.h>
#include <string.h>

enum { ITEMS = 1000 };

struct work {
    const char *texts[ITEMS];
    size_t fails; /* from this item on, all do */
};

static bool name(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    struct work *w = context;

    if (i >= w->fails)
        return wr_fail(err, WR_E_MALFORMED, "item", i, "item %zu", i);
    w->texts[i] = wr_arena_format(arena, "item %zu", i);
    return w->texts[i] || wr_fail_memory(err);
}

static wr_arena arena_of(size_t cap)
{
    wr_arena arena;
    wr_arena_init(&arena, cap);
    return arena;
}

Test(parallel, every_item_is_done_once_and_its_memory_stays)
{
    wr_arena arena = arena_of(1 << 20);
    struct work w = { .fails = SIZE_MAX };
    char expected[32];
    wr_error err;

    cr_assert(wr_parallel(ITEMS, 16, name, &w, &arena, &err));
    for (size_t i = 0; i < ITEMS; i++) {
        snprintf(expected, sizeof expected, "item %zu", i);
        cr_assert_str_eq(w.texts[i], expected);
    }
    cr_assert_geq(arena.used, ITEMS * (size_t)7);
    wr_arena_free(&arena);
}

Test(parallel, nothing_to_do_is_done)
{
    wr_arena arena = arena_of(1 << 20);
    wr_error err;

    cr_assert(wr_parallel(0, 1, name, NULL, &arena, &err));
    wr_arena_free(&arena);
}

Test(parallel, a_failure_is_told_and_ends_the_work)
{
    for (size_t fails = 0; fails < ITEMS; fails += 97) {
        wr_arena arena = arena_of(1 << 20);
        struct work w = { .fails = fails };
        wr_error err;

        cr_assert_not(wr_parallel(ITEMS, 16, name, &w, &arena, &err));
        cr_assert_eq(err.code, WR_E_MALFORMED);
        cr_assert_geq(err.offset, fails);
        wr_arena_free(&arena);
    }
}

Test(parallel, the_cap_of_the_arena_holds_for_each_thread)
{
    wr_arena arena = arena_of(64);
    struct work w = { .fails = SIZE_MAX };
    wr_error err;

    cr_assert_not(wr_parallel(ITEMS, 16, name, &w, &arena, &err));
    cr_assert_eq(err.code, WR_E_NO_MEMORY);
    wr_arena_free(&arena);
}

Test(parallel, an_allocation_that_is_to_fail_fails)
{
    for (size_t n = 1; n <= ITEMS; n += 37) {
        wr_arena arena = arena_of(1 << 20);
        struct work w = { .fails = SIZE_MAX };
        wr_error err;

        arena.fail_after = n;
        cr_assert_not(wr_parallel(ITEMS, 16, name, &w, &arena, &err));
        cr_assert_null(w.texts[n - 1]);
        cr_assert(n == 1 || w.texts[n - 2]);
        wr_arena_free(&arena);
    }
}

Test(parallel, an_arena_adopts_another)
{
    wr_arena a = arena_of(1 << 20), b = arena_of(1 << 20), none = arena_of(1 << 20);
    char *first = wr_arena_text(&a, "first"), *second = wr_arena_text(&b, "second");
    size_t used = a.used + b.used;

    wr_arena_adopt(&a, &b);
    wr_arena_adopt(&a, &none);
    cr_assert_eq(a.used, used);
    cr_assert_eq(b.used, 0);
    cr_assert_str_eq(first, "first");
    cr_assert_str_eq(second, "second");
    cr_assert_str_eq(wr_arena_text(&a, "third"), "third");
    wr_arena_free(&a);

    second = wr_arena_text(&b, "again");
    wr_arena_adopt(&none, &b);
    cr_assert_str_eq(second, "again");
    wr_arena_free(&none);
}

Test(parallel, there_is_a_core)
{
    cr_assert_geq(wr_os_cores(), 1);
}
