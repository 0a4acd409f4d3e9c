/* The fewest bundles, against what trying everything gives. */
#include "fleet/cover.h"
#include "support.h"
#include "winroots/limits.h"

static wr_arena arena;

static void begin(void)
{
    wr_arena_init(&arena, (size_t)256 << 20);
}

static void end(void)
{
    wr_arena_free(&arena);
}

TestSuite(cover, .init = begin, .fini = end);

static wr_cover_class one(uint64_t needs, uint64_t in_place, size_t hosts)
{
    wr_cover_class c = { .num_hosts = hosts };
    c.needs.words[0] = needs;
    c.in_place.words[0] = in_place;
    return c;
}

static wr_cover find(const wr_cover_class *classes, size_t count, const size_t (*conflicts)[2],
                     size_t num_conflicts)
{
    wr_cover cover = { 0 };
    wr_error err;
    cr_assert(wr_cover_find(classes, count, conflicts, num_conflicts, &arena, &cover, &err));
    return cover;
}

/* What the header promises of a bundle on a host. */
static void check(const wr_cover_class *classes, size_t count, const wr_cover *cover)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bundle;
        if (!classes[i].needs.words[0]) {
            cr_expect_eq(cover->bundle_of[i], SIZE_MAX);
            continue;
        }
        cr_assert_lt(cover->bundle_of[i], cover->num_bundles);
        bundle = cover->bundles[cover->bundle_of[i]].words[0];
        cr_expect_eq(classes[i].needs.words[0] & ~bundle, 0);
        cr_expect_eq(bundle & ~classes[i].needs.words[0] & ~classes[i].in_place.words[0], 0);
    }
    cr_expect_leq(cover->at_least, cover->num_bundles);
}

Test(cover, hosts_that_lack_what_the_others_have_share_a_bundle)
{
    const wr_cover_class classes[] = { one(1, 2, 10), one(2, 1, 5), one(3, 0, 1), one(0, 3, 99) };
    wr_cover cover = find(classes, 4, NULL, 0);

    cr_expect_eq(cover.num_bundles, 1);
    cr_expect(cover.is_least);
    cr_expect_eq(cover.bundles[0].words[0], 3);
    check(classes, 4, &cover);
}

Test(cover, nobody_gets_what_their_own_plan_would_not_give)
{
    const wr_cover_class classes[] = { one(1, 0, 10), one(3, 0, 5) };
    wr_cover cover = find(classes, 2, NULL, 0);

    cr_expect_eq(cover.num_bundles, 2);
    cr_expect(cover.is_least);
    check(classes, 2, &cover);
}

Test(cover, contradictions_are_kept_apart)
{
    const wr_cover_class classes[] = { one(1, 2, 1), one(2, 1, 1) };
    const size_t conflicts[][2] = { { 0, 1 } };
    cr_expect_eq(find(classes, 2, NULL, 0).num_bundles, 1);
    cr_expect_eq(find(classes, 2, conflicts, 1).num_bundles, 2);
}

Test(cover, nothing_to_do)
{
    const wr_cover_class classes[] = { one(0, 3, 7) };
    wr_cover cover = find(classes, 1, NULL, 0);
    cr_expect_eq(cover.num_bundles, 0);
    cr_expect(cover.is_least);
    cr_expect_eq(find(NULL, 0, NULL, 0).num_bundles, 0);
}

/* The least number of groups by trying every partition, written another way: a group is a subset
 * whose union is allowed on each. */
static size_t least(const wr_cover_class *classes, size_t count)
{
    size_t best[1 << 8];
    bool sound[1 << 8];

    for (size_t set = 0; set < (size_t)1 << count; set++) {
        uint64_t all = 0;
        sound[set] = true;
        for (size_t i = 0; i < count; i++)
            if (set >> i & 1)
                all |= classes[i].needs.words[0];
        for (size_t i = 0; i < count; i++)
            if (set >> i & 1)
                sound[set] &= !(all & ~(classes[i].needs.words[0] | classes[i].in_place.words[0]));
    }
    best[0] = 0;
    for (size_t set = 1; set < (size_t)1 << count; set++) {
        best[set] = SIZE_MAX;
        for (size_t sub = set; sub; sub = (sub - 1) & set)
            if (sound[sub] && best[set & ~sub] + 1 < best[set])
                best[set] = best[set & ~sub] + 1;
    }
    return best[((size_t)1 << count) - 1];
}

Test(cover, small_cases_are_least)
{
    uint64_t seed = 0x636f766572u;
    size_t more_than_bound = 0;

    for (size_t round = 0; round < 3000; round++) {
        wr_cover_class classes[8];
        size_t count = 1 + (size_t)(next_random(&seed) % 8);
        uint64_t actions = 1 + next_random(&seed) % 6;
        wr_cover cover;

        for (size_t i = 0; i < count; i++) {
            uint64_t needs = next_random(&seed) % ((uint64_t)1 << actions);
            uint64_t have = next_random(&seed) | next_random(&seed);
            if (!needs)
                needs = 1;
            classes[i] = one(needs, have & (((uint64_t)1 << actions) - 1) & ~needs,
                             1 + next_random(&seed) % 100);
        }
        cover = find(classes, count, NULL, 0);
        check(classes, count, &cover);
        cr_assert(cover.is_least);
        cr_assert_eq(cover.num_bundles, least(classes, count), "round %zu", round);
        more_than_bound += cover.num_bundles > cover.at_least;
    }
    cr_expect_gt(more_than_bound, 0); /* the search was needed */
}

Test(cover, many_classes_are_covered_with_a_bound)
{
    static wr_cover_class classes[2000];
    uint64_t seed = 0x6d616e79u;
    wr_cover cover;

    for (size_t i = 0; i < 2000; i++) {
        uint64_t needs = next_random(&seed) & next_random(&seed) & 0xffff;
        classes[i] =
            one(needs, (next_random(&seed) | next_random(&seed)) & 0xffff & ~needs, i % 50);
    }
    cover = find(classes, 2000, NULL, 0);
    check(classes, 2000, &cover);
    cr_expect_gt(cover.at_least, 1);
}

/* Classes each of which one class in five cannot share a bundle with, by chance. */
static wr_cover by_chance(uint64_t seed, size_t count)
{
    const uint64_t all = ((uint64_t)1 << count) - 1;
    wr_cover_class classes[WR_LIMIT_COVER_EXACT + 1];
    wr_cover cover;

    for (size_t i = 0; i < count; i++)
        classes[i] = one((uint64_t)1 << i, all, 1);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (next_random(&seed) % 5 == 0) {
                classes[i].in_place.words[0] &= ~((uint64_t)1 << k);
                classes[k].in_place.words[0] &= ~((uint64_t)1 << i);
            }
    cover = find(classes, count, NULL, 0);
    check(classes, count, &cover);
    return cover;
}

/* More bundles than are proven to be needed are called the least only where all was tried. */
Test(cover, what_was_not_tried_is_not_called_the_least)
{
    static const struct {
        uint64_t seed;
        size_t count;
        bool is_least;
    } rows[] = { { 1, WR_LIMIT_COVER_EXACT, true },
                 { 1, WR_LIMIT_COVER_EXACT + 1, false },
                 { 262, WR_LIMIT_COVER_EXACT, false } }; /* takes more than WR_LIMIT_COVER_STEPS */

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_cover cover = by_chance(rows[i].seed, rows[i].count);
        cr_assert_gt(cover.num_bundles, cover.at_least, "row %zu", i);
        cr_assert_eq(cover.is_least, rows[i].is_least, "row %zu", i);
    }
}
