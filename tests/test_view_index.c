/* test_view_index.c - looked up or looked through, the first of equal views is found. */
#include "support.h"

#include "base/view_index.h"

static wr_view text_view(const char *text)
{
    return view_of(text, strlen(text));
}

/* What it must find: looked for one by one. */
static size_t first_equal(const wr_view *views, size_t count, wr_view v)
{
    for (size_t i = 0; i < count; i++)
        if (views[i].len == v.len && (!v.len || memcmp(views[i].data, v.data, v.len) == 0))
            return i;
    return SIZE_MAX;
}

Test(view_index, finds_the_first_of_equal_views)
{
    static const char *const words[] = { "",    "a",  "b",     "aa", "ab", "ba", "\xff",
                                         "aab", "a ", "\xfeg", "zz", "z",  "c" };
    enum { WORDS = sizeof words / sizeof *words };
    uint32_t seed = 7;
    wr_view views[200];
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    for (size_t count = 0; count <= 200; count += count < 40 ? 1 : 40) {
        wr_view_index index;
        for (size_t i = 0; i < count; i++) {
            seed = seed * 1664525 + 1013904223;
            views[i] = text_view(words[(seed >> 16) % (WORDS - 2)]);
        }
        cr_assert(wr_view_index_make(views, count, &arena, &index, &err));
        for (size_t w = 0; w < WORDS; w++)
            cr_assert_eq(wr_view_index_find(&index, text_view(words[w])),
                         first_equal(views, count, text_view(words[w])), "\"%s\" of %zu", words[w],
                         count);
    }
    wr_arena_free(&arena);
}

Test(view_index, needs_memory_only_for_many)
{
    wr_view views[100] = { { NULL, 0, 0, "" } };
    wr_view_index index = { NULL, NULL, 77 };
    wr_arena none;
    wr_error err;

    wr_arena_init(&none, 0);
    cr_assert(wr_view_index_make(views, 3, &none, &index, &err));
    cr_assert_eq(index.count, 3);
    cr_assert_not(wr_view_index_make(views, 100, &none, &index, &err));
    cr_assert_eq(err.code, WR_E_NO_MEMORY);
    cr_assert_eq(index.count, 3);
}
