#include "support.h"

#include "winroots/limits.h"

struct kept {
    wr_arena arena;
    wr_diags diags;
};

static struct kept *begin(struct kept *k)
{
    wr_arena_init(&k->arena, 1 << 20);
    wr_diags_init(&k->diags, &k->arena);
    return k;
}

Test(diag, the_same_damage_met_again_is_one_diagnostic)
{
    struct kept k;

    begin(&k);
    for (int i = 0; i < 3; i++)
        wr_diag_add(&k.diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, "hive", 8, NULL, "cell %d", 8);
    cr_assert_eq(k.diags.list.count, 1);
    cr_assert_eq(k.diags.num_skipped, 1);
    cr_assert_eq(k.diags.num_suppressed, 0);
    wr_diag_add(&k.diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, "hive", 16, NULL, "cell 8");
    wr_diag_add(&k.diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, "other", 8, NULL, "cell 8");
    wr_diag_add(&k.diags, WR_DIAG_WARNING, WR_E_MALFORMED, "hive", 8, NULL, "cell 8");
    wr_diag_add(&k.diags, WR_DIAG_SKIPPED, WR_E_TRUNCATED, "hive", 8, NULL, "cell 8");
    wr_diag_add(&k.diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, "hive", 8, NULL, "cell 9");
    cr_assert_eq(k.diags.list.count, 6, "any difference is another damage");
    wr_arena_free(&k.arena);
}

Test(diag, what_was_recorded_elsewhere_is_as_if_it_had_been_recorded_here)
{
    struct kept here, there;

    begin(&here);
    begin(&there);
    wr_diag_add(&here.diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, "hive", 8, NULL, "cell %d", 8);
    wr_diag_add(&there.diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, "hive", 8, NULL, "cell %d", 8);
    wr_diag_add(&there.diags, WR_DIAG_NOTE, WR_E_TRUNCATED, "other", 9, "a\\b", "%%s");
    there.diags.num_skipped += 2; /* of those that were not kept */
    there.diags.num_suppressed += 3;
    wr_diags_append(&here.diags, &there.diags);
    cr_assert_eq(here.diags.list.count, 2, "the first is known");
    cr_assert_eq(here.diags.num_skipped, 3);
    cr_assert_eq(here.diags.num_suppressed, 3);
    cr_assert_eq(here.diags.list.items[1].severity, WR_DIAG_NOTE);
    cr_assert_eq(here.diags.list.items[1].code, WR_E_TRUNCATED);
    cr_assert_eq(here.diags.list.items[1].offset, 9);
    cr_assert_str_eq(here.diags.list.items[1].source, "other");
    cr_assert_str_eq(here.diags.list.items[1].path, "a\\b");
    cr_assert_str_eq(here.diags.list.items[1].message, "%s");
    cr_assert_not(here.diags.no_memory);
    there.diags.no_memory = true;
    wr_diags_append(&here.diags, &there.diags);
    cr_assert(here.diags.no_memory);
    wr_arena_free(&here.arena);
    wr_arena_free(&there.arena);
}

Test(diag, a_place_is_named_later_and_only_once)
{
    struct kept k;

    begin(&k);
    wr_diag_add(&k.diags, WR_DIAG_NOTE, WR_OK, "hive", 1, NULL, "before");
    wr_diag_add(&k.diags, WR_DIAG_NOTE, WR_OK, "hive", 2, NULL, "open");
    wr_diag_add(&k.diags, WR_DIAG_NOTE, WR_OK, "hive", 3, "Known", "named");
    wr_diags_at(&k.diags, 1, "Key");
    wr_diags_at(&k.diags, 1, "Other");
    cr_assert_str_eq(k.diags.list.items[0].path, "");
    cr_assert_str_eq(k.diags.list.items[1].path, "Key");
    cr_assert_str_eq(k.diags.list.items[2].path, "Known");
    wr_arena_free(&k.arena);
}

Test(diag, a_place_without_memory_stays_open)
{
    struct kept k;

    begin(&k);
    wr_diag_add(&k.diags, WR_DIAG_NOTE, WR_OK, "hive", 1, NULL, "open");
    k.arena.fail_after = 1;
    wr_diags_at(&k.diags, 0, "Key");
    cr_assert_str_eq(k.diags.list.items[0].path, "");
    wr_arena_free(&k.arena);
}

Test(diag, above_the_limit_damage_is_counted)
{
    struct kept k;

    begin(&k);
    for (unsigned i = 0; i < WR_LIMIT_DIAGNOSTICS + 5; i++)
        wr_diag_add(&k.diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, "text", i, NULL, "line");
    cr_assert_eq(k.diags.list.count, WR_LIMIT_DIAGNOSTICS);
    cr_assert_eq(k.diags.num_suppressed, 5);
    cr_assert_eq(k.diags.num_skipped, WR_LIMIT_DIAGNOSTICS + 5);
    wr_arena_free(&k.arena);
}

Test(diag, memory_that_ends_is_no_damage)
{
    struct kept k;
    wr_error err = { 0 }, damage = { .code = WR_E_MALFORMED };

    begin(&k);
    wr_diag_error(&k.diags, WR_DIAG_SKIPPED, &damage);
    cr_assert(wr_diags_check(&k.diags, &err));
    wr_fail_memory(&damage);
    wr_diag_error(&k.diags, WR_DIAG_SKIPPED, &damage);
    cr_assert_not(wr_diags_check(&k.diags, &err));
    cr_assert_eq(err.code, WR_E_NO_MEMORY);
    wr_arena_free(&k.arena);
}

Test(diag, a_diagnostic_that_cannot_be_kept_is_no_small_matter)
{
    struct kept k;
    wr_error err = { 0 };

    begin(&k);
    k.arena.fail_after = 1;
    wr_diag_add(&k.diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, "hive", 1, NULL, "cell");
    cr_assert_eq(k.diags.num_suppressed, 1);
    cr_assert_not(wr_diags_check(&k.diags, &err));
    cr_assert_eq(err.code, WR_E_NO_MEMORY);
    wr_arena_free(&k.arena);
}
