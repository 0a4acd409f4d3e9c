#include "fleet/cover.h"

#include <stdlib.h>
#include <string.h>

void wr_actions_add(wr_actions *set, size_t action)
{
    set->words[action / 64] |= (uint64_t)1 << (action % 64);
}

bool wr_actions_has(const wr_actions *set, size_t action)
{
    return set->words[action / 64] >> (action % 64) & 1;
}

bool wr_actions_is_empty(const wr_actions *set)
{
    for (size_t i = 0; i < WR_COVER_WORDS; i++)
        if (set->words[i])
            return false;
    return true;
}

/* What a group needs together, and what is allowed on each of it. */
typedef struct group {
    wr_actions needs, allowed;
} group;

typedef struct covering {
    const wr_cover_class *classes;
    const size_t (*conflicts)[2];
    size_t num_conflicts;
    size_t *order; /* classes that need something, those of most hosts first */
    size_t count;
    group *groups;
    size_t *assigned; /* of each of `order` */
    size_t num_groups;
    size_t *best;
    size_t num_best;
    size_t at_least, steps;
} covering;

static bool is_sound(const covering *c, const group *g)
{
    for (size_t i = 0; i < WR_COVER_WORDS; i++)
        if (g->needs.words[i] & ~g->allowed.words[i])
            return false;
    for (size_t i = 0; i < c->num_conflicts; i++)
        if (wr_actions_has(&g->needs, c->conflicts[i][0]) &&
            wr_actions_has(&g->needs, c->conflicts[i][1]))
            return false;
    return true;
}

static group with(const group *g, const wr_cover_class *k)
{
    group out;

    for (size_t i = 0; i < WR_COVER_WORDS; i++) {
        out.needs.words[i] = (g ? g->needs.words[i] : 0) | k->needs.words[i];
        out.allowed.words[i] =
            (g ? g->allowed.words[i] : UINT64_MAX) & (k->needs.words[i] | k->in_place.words[i]);
    }
    return out;
}

/* False where the class cannot share the group's bundle. */
static bool joined(const covering *c, const group *g, size_t k, group *out)
{
    *out = with(g, &c->classes[c->order[k]]);
    return is_sound(c, out);
}

/* ---- one after the other ----------------------------------------------------------------------
 */

static void take_first_that_fits(covering *c)
{
    for (size_t k = 0; k < c->count; k++) {
        group made;
        size_t g = 0;

        while (g < c->num_groups && !joined(c, &c->groups[g], k, &made))
            g++;
        if (g == c->num_groups)
            made = with(NULL, &c->classes[c->order[k]]);
        c->num_groups += g == c->num_groups;
        c->groups[g] = made;
        c->best[k] = g;
    }
    c->num_best = c->num_groups;
}

/* Classes that exclude each other, two by two, need a bundle each. */
static void bound(covering *c)
{
    size_t *chosen = c->assigned; /* not in use yet */
    size_t count = 0;

    for (size_t k = 0; k < c->count; k++) {
        const group one = with(NULL, &c->classes[c->order[k]]);
        bool excluded = true;

        for (size_t i = 0; excluded && i < count; i++) {
            group both;
            excluded = !joined(c, &one, chosen[i], &both);
        }
        if (excluded)
            chosen[count++] = k;
    }
    c->at_least = count;
}

/* ---- all ways ---------------------------------------------------------------------------------
 */

/* Every way to put the classes from k on into groups, but for those that cannot be better than the
 * best.  False when it took too many steps. */
static bool try_all(covering *c, size_t k)
{
    if (c->num_groups >= c->num_best || c->num_best == c->at_least)
        return true;
    if (k == c->count) {
        memcpy(c->best, c->assigned, c->count * sizeof *c->best);
        c->num_best = c->num_groups;
        return true;
    }
    if (!c->steps--)
        return false;
    for (size_t g = 0; g <= c->num_groups; g++) {
        const bool is_new = g == c->num_groups;
        const group before = c->groups[g];
        group made;

        if (is_new)
            made = with(NULL, &c->classes[c->order[k]]);
        else if (!joined(c, &before, k, &made))
            continue;
        c->groups[g] = made;
        c->assigned[k] = g;
        c->num_groups += is_new;
        bool done = try_all(c, k + 1);
        c->num_groups -= is_new;
        c->groups[g] = before;
        if (!done)
            return false;
        if (is_new)
            break;
    }
    return true;
}

static void sort(covering *c)
{
    for (size_t i = 1; i < c->count; i++) { /* few, and nearly sorted where there are many */
        size_t k = c->order[i], j = i;
        while (j && c->classes[c->order[j - 1]].num_hosts < c->classes[k].num_hosts) {
            c->order[j] = c->order[j - 1];
            j--;
        }
        c->order[j] = k;
    }
}

static bool finish(covering *c, size_t num_classes, wr_arena *arena, wr_cover *out, wr_error *err)
{
    out->bundle_of = WR_NEW(arena, size_t, num_classes + 1);
    out->bundles = WR_NEW(arena, wr_actions, c->num_best + 1);
    if (!out->bundle_of || !out->bundles)
        return wr_fail_memory(err);
    for (size_t i = 0; i < num_classes; i++)
        out->bundle_of[i] = SIZE_MAX;
    for (size_t k = 0; k < c->count; k++) {
        const wr_cover_class *one = &c->classes[c->order[k]];
        out->bundle_of[c->order[k]] = c->best[k];
        for (size_t i = 0; i < WR_COVER_WORDS; i++)
            out->bundles[c->best[k]].words[i] |= one->needs.words[i];
    }
    out->num_bundles = c->num_best;
    out->at_least = c->at_least;
    return true;
}

bool wr_cover_find(const wr_cover_class *classes, size_t num_classes, const size_t (*conflicts)[2],
                   size_t num_conflicts, wr_arena *arena, wr_cover *out, wr_error *err)
{
    covering c = { .classes = classes, .conflicts = conflicts, .num_conflicts = num_conflicts };
    bool all = false;

    c.order = WR_NEW(arena, size_t, num_classes + 1);
    c.best = WR_NEW(arena, size_t, num_classes + 1);
    c.assigned = WR_NEW(arena, size_t, num_classes + 1);
    c.groups = WR_NEW(arena, group, num_classes + 1);
    if (!c.order || !c.best || !c.assigned || !c.groups)
        return wr_fail_memory(err);
    for (size_t i = 0; i < num_classes; i++)
        if (!wr_actions_is_empty(&classes[i].needs))
            c.order[c.count++] = i;
    sort(&c);
    bound(&c);
    take_first_that_fits(&c);
    c.num_groups = 0;
    c.steps = WR_LIMIT_COVER_STEPS;
    if (c.num_best > c.at_least && c.count <= WR_LIMIT_COVER_EXACT)
        all = try_all(&c, 0);
    if (!finish(&c, num_classes, arena, out, err))
        return false;
    out->is_least = all || out->num_bundles == out->at_least;
    return true;
}
