/* plan_choose.c - the least that satisfies every wish, tried out before it is promised.
 *
 * What an item needs is known from the item alone; what a choice does to a whole host is not: an
 * added certificate can complete the chain of another item, a refusal can spoil a third.  So each
 * round chooses by the items, tries the choice on a shared model, and takes the results as the new
 * state, until a round finds nothing more to do. */
#include "require/planning.h"

#include "winroots/limits.h"

#include <stdlib.h>

/* ---- trials ------------------------------------------------------------------------------------
 */

/* Every check on the host with some candidates applied. */
struct trial {
    wr_arena arena;
    const wr_check **checks; /* one for each wish */
};

typedef bool wanted_fn(const wr_candidate *candidate);

static bool is_chosen(const wr_candidate *candidate)
{
    return candidate->chosen;
}

static bool is_addition(const wr_candidate *candidate)
{
    return candidate->kind == WR_ACTION_ADD && !candidate->barred;
}

static bool apply_wanted(const wr_planning *p, wanted_fn *wanted, wr_model *model, wr_error *err)
{
    for (size_t i = 0; i < p->candidates.count; i++)
        if (wanted(&p->candidates.items[i]) &&
            !wr_candidate_apply(&p->candidates.items[i], model, err))
            return false;
    return true;
}

static bool compare_again(const wr_planning *p, wr_trust *trust, struct trial *out, wr_error *err)
{
    size_t n = 0;

    for (size_t i = 0; i < p->num_comparisons; i++) {
        wr_comparison again;

        if (!wr_compare(p->comparisons[i].profile, trust, &out->arena, &again, err))
            return false;
        for (size_t j = 0; j < again.checks.count; j++)
            out->checks[n++] = &again.checks.items[j];
    }
    return true;
}

static bool wants_any(const wr_planning *p, wanted_fn *wanted)
{
    for (size_t i = 0; i < p->candidates.count; i++)
        if (wanted(&p->candidates.items[i]))
            return true;
    return false;
}

/* Where nothing is applied the host is as it was, and so is every check. */
static void take_checks_as_they_are(const wr_planning *p, struct trial *out)
{
    size_t n = 0;

    for (size_t i = 0; i < p->num_comparisons; i++)
        for (size_t j = 0; j < p->comparisons[i].checks.count; j++)
            out->checks[n++] = &p->comparisons[i].checks.items[j];
}

/* The caller ends the trial, also one that failed. */
static bool run_trial(const wr_planning *p, wanted_fn *wanted, struct trial *out, wr_error *err)
{
    wr_trust_options options = p->trust->options;
    wr_model *model;
    wr_trust *trust;

    options.before = p->trust;
    wr_arena_init(&out->arena, WR_LIMIT_ARENA);
    out->arena.fail_after = p->arena->fail_after; /* for tests: they count on */
    if (!wants_any(p, wanted)) {
        if (!(out->checks = WR_NEW(&out->arena, const wr_check *, p->num_wishes)))
            return wr_fail_memory(err);
        take_checks_as_they_are(p, out);
        return true;
    }
    model = WR_NEW(&out->arena, wr_model, 1);
    trust = WR_NEW(&out->arena, wr_trust, 1);
    out->checks = WR_NEW(&out->arena, const wr_check *, p->num_wishes);
    if (!model || !trust || !out->checks)
        return wr_fail_memory(err);
    return wr_model_share(p->trust->model, &out->arena, model, err) &&
           apply_wanted(p, wanted, model, err) &&
           wr_trust_evaluate(model, &options, &out->arena, trust, err) &&
           compare_again(p, trust, out, err);
}

static void end_trial(const wr_planning *p, struct trial *trial)
{
    p->arena->fail_after = trial->arena.fail_after;
    wr_arena_free(&trial->arena);
}

/* Tries all additions at once: what does not pass then, no certificate helps. */
static bool try_additions(wr_planning *p, wr_error *err)
{
    struct trial trial;
    bool done = run_trial(p, is_addition, &trial, err);

    for (size_t i = 0; done && i < p->num_wishes; i++) {
        wr_wish *wish = &p->wishes[i];

        wish->tried = trial.checks[i]->result;
        wish->works = wish->by.count && wish->tried == WR_PASS;
        for (size_t j = 0; j < wish->by.count; j++)
            wish->works |= p->candidates.items[wish->by.items[j]].kind != WR_ACTION_ADD;
        if (wish->by.count && !wish->works && !*wish->why_not)
            done = (wish->why_not = wr_arena_text(p->arena, trial.checks[i]->detail)) ||
                   wr_fail_memory(err);
    }
    end_trial(p, &trial);
    p->num_tried = p->candidates.count;
    return done;
}

/* ---- weighing ----------------------------------------------------------------------------------
 */

/* How many children have to pass, as the comparison counts. */
static size_t needed(const wr_planning *p, size_t group)
{
    const wr_wish *wish = &p->wishes[group];
    const wr_requirement *item = wish->check->requirement;
    size_t applicable = 0;

    for (size_t i = group + 1; i < wish->end; i = p->wishes[i].end)
        applicable += p->wishes[i].now != WR_NOT_APPLICABLE;
    return item->kind == WR_REQUIRE_ALL_OF || item->min > applicable ? applicable : item->min;
}

static int compare_costs(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The cheapest children that are still missing to the number needed. */
static size_t cost_of_group(wr_planning *p, size_t group, size_t missing)
{
    size_t count = 0, cost = 0;

    for (size_t i = group + 1; i < p->wishes[group].end; i = p->wishes[i].end)
        if (!p->wishes[i].satisfied && p->wishes[i].cost != SIZE_MAX)
            p->costs[count++] = p->wishes[i].cost;
    if (count < missing)
        return SIZE_MAX;
    qsort(p->costs, count, sizeof *p->costs, compare_costs);
    for (size_t i = 0; i < missing; i++)
        cost += p->costs[i];
    return cost;
}

static void weigh_leaf(const wr_planning *p, wr_wish *wish)
{
    size_t cost = 0;

    for (size_t i = 0; i < wish->by.count; i++) {
        const wr_candidate *candidate = &p->candidates.items[wish->by.items[i]];
        if (candidate->barred)
            return;
        cost += !candidate->chosen;
    }
    if (!wish->works)
        return;
    wish->cost = cost;
    wish->satisfied = cost == 0;
}

static void weigh_group(wr_planning *p, size_t group)
{
    wr_wish *wish = &p->wishes[group];
    size_t need = needed(p, group), passed = 0;

    for (size_t i = group + 1; i < wish->end; i = p->wishes[i].end)
        passed += p->wishes[i].satisfied;
    wish->satisfied = passed >= need;
    if (!wish->satisfied)
        wish->cost = cost_of_group(p, group, need - passed);
}

/* What every wish would still cost, with what is chosen now. */
static void weigh(wr_planning *p)
{
    for (size_t i = p->num_wishes; i-- > 0;) {
        wr_wish *wish = &p->wishes[i];

        wish->satisfied = wish->now == WR_PASS;
        wish->cost = SIZE_MAX;
        if (wish->now == WR_FAIL && wr_wish_is_group(wish))
            weigh_group(p, i);
        else if (wish->now == WR_FAIL)
            weigh_leaf(p, wish);
    }
}

/* It fails, and by itself it makes what is around it fail. */
static void mark_wanted(wr_planning *p)
{
    for (size_t i = 0; i < p->num_wishes; i++) {
        wr_wish *wish = &p->wishes[i];
        const wr_wish *around = wish->parent == SIZE_MAX ? NULL : &p->wishes[wish->parent];

        wish->wanted =
            wish->now == WR_FAIL &&
            (!around || (around->wanted && around->check->requirement->kind == WR_REQUIRE_ALL_OF));
    }
}

/* ---- choosing ----------------------------------------------------------------------------------
 */

static size_t cheapest_child(const wr_planning *p, size_t group)
{
    size_t best = SIZE_MAX;

    for (size_t i = group + 1; i < p->wishes[group].end; i = p->wishes[i].end)
        if (!p->wishes[i].satisfied && p->wishes[i].cost != SIZE_MAX &&
            (best == SIZE_MAX || p->wishes[i].cost < p->wishes[best].cost))
            best = i;
    return best;
}

/* Chooses what satisfies a wish whose cost is known. */
static void take(wr_planning *p, size_t at)
{
    wr_wish *wish = &p->wishes[at];

    if (!wr_wish_is_group(wish)) {
        for (size_t i = 0; i < wish->by.count; i++)
            p->candidates.items[wish->by.items[i]].chosen = true;
        weigh(p);
    }
    while (!wish->satisfied && wish->cost != SIZE_MAX)
        take(p, cheapest_child(p, at));
}

static bool all_kept(const wr_planning *p)
{
    for (size_t i = 0; i < p->num_wishes; i++)
        if (p->wishes[i].kept && !p->wishes[i].satisfied)
            return false;
    return true;
}

/* An alternative that was taken early can be made needless by what was taken later. */
static void drop_needless(wr_planning *p)
{
    for (size_t i = 0; i < p->num_wishes; i++)
        p->wishes[i].kept = p->wishes[i].wanted && p->wishes[i].satisfied;
    for (size_t c = p->candidates.count; c-- > 0;) {
        wr_candidate *candidate = &p->candidates.items[c];

        if (!candidate->chosen || candidate->fixed)
            continue;
        candidate->chosen = false;
        weigh(p);
        candidate->chosen = !all_kept(p);
    }
    weigh(p);
}

/* What has no alternative first, because it may be an alternative of something else. */
static void choose(wr_planning *p)
{
    for (size_t c = 0; c < p->candidates.count; c++)
        p->candidates.items[c].chosen = p->candidates.items[c].fixed;
    mark_wanted(p);
    weigh(p);
    for (int alternatives = 0; alternatives < 2; alternatives++)
        for (size_t i = 0; i < p->num_wishes; i++) {
            const wr_wish *wish = &p->wishes[i];

            if (wish->wanted && !wish->satisfied && wish->cost != SIZE_MAX &&
                (alternatives || !wr_wish_is_group(wish)))
                take(p, i);
        }
    drop_needless(p);
}

/* ---- conflicts ---------------------------------------------------------------------------------
 */

/* The usual case: all that can be added is chosen, which try_additions has tried. */
static bool is_tried(const wr_planning *p)
{
    for (size_t c = 0; c < p->candidates.count; c++)
        if (p->candidates.items[c].chosen != is_addition(&p->candidates.items[c]))
            return false;
    return p->num_tried == p->candidates.count;
}

/* Sets `tried` of every wish to what it is with the chosen candidates. */
static bool try_chosen(wr_planning *p, wr_error *err)
{
    struct trial trial;
    bool done;

    if (is_tried(p))
        return true;
    p->num_tried = SIZE_MAX;
    done = run_trial(p, is_chosen, &trial, err);
    for (size_t i = 0; done && i < p->num_wishes; i++)
        p->wishes[i].tried = trial.checks[i]->result;
    end_trial(p, &trial);
    return done;
}

/* *holds: with the chosen candidates every wish passes that is to be kept. */
static bool chosen_hold(wr_planning *p, bool *holds, wr_error *err)
{
    *holds = true;
    if (!try_chosen(p, err))
        return false;
    for (size_t i = 0; i < p->num_wishes; i++)
        *holds &= !p->wishes[i].kept || p->wishes[i].tried == WR_PASS;
    return true;
}

/* The chosen candidates that are not fixed, by kind: what adds comes before what takes away, so
 * that in a conflict it is not the certificate that somebody needs which gives way. */
static size_t order_chosen(const wr_planning *p, size_t *order)
{
    static const wr_action_kind kinds[] = { WR_ACTION_ADD, WR_ACTION_SET_POLICY, WR_ACTION_DISALLOW,
                                            WR_ACTION_DELETE };
    size_t count = 0;

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t c = 0; c < p->candidates.count; c++)
            if (p->candidates.items[c].chosen && !p->candidates.items[c].fixed &&
                p->candidates.items[c].kind == kinds[k])
                order[count++] = c;
    return count;
}

/* What passes, and what the first `count` of `order` promise, must then pass. */
static bool first_hold(wr_planning *p, const size_t *order, size_t count, bool *holds,
                       wr_error *err)
{
    for (size_t c = 0; c < p->candidates.count; c++)
        p->candidates.items[c].chosen = p->candidates.items[c].fixed;
    for (size_t i = 0; i < count; i++)
        p->candidates.items[order[i]].chosen = true;
    weigh(p);
    for (size_t i = 0; i < p->num_wishes; i++)
        p->wishes[i].kept = p->wishes[i].satisfied;
    return chosen_hold(p, holds, err);
}

/* Accepts what is chosen, or bars the first of it that spoils something: what another profile
 * forbids, a refusal of what another needs. */
static bool accept_or_bar(wr_planning *p, const size_t *order, size_t count, bool *accepted,
                          wr_error *err)
{
    size_t good = 0, bad = count;
    bool holds;

    if (!first_hold(p, order, count, accepted, err))
        return false;
    while (!*accepted && bad - good > 1) {
        size_t middle = good + (bad - good) / 2;

        if (!first_hold(p, order, middle, &holds, err))
            return false;
        good = holds ? middle : good;
        bad = holds ? bad : middle;
    }
    if (!*accepted) {
        p->candidates.items[order[bad - 1]].barred = true;
        return true;
    }
    for (size_t i = 0; i < count; i++)
        p->candidates.items[order[i]].fixed = true;
    for (size_t i = 0; i < p->num_wishes; i++)
        p->wishes[i].now = p->wishes[i].tried;
    return true;
}

/* A chain that would go through what is barred may go another way. */
static bool search_again(wr_planning *p, wr_error *err)
{
    for (size_t i = 0; i < p->num_wishes; i++) {
        wr_wish *wish = &p->wishes[i];
        bool barred = false;

        for (size_t j = 0; j < wish->by.count; j++)
            barred |= p->candidates.items[wish->by.items[j]].barred;
        if (!barred || wish->check->requirement->kind != WR_REQUIRE_CHAIN_USABLE)
            continue;
        wish->by.count = 0;
        if (!wr_wish_find_fix(p, wish, err))
            return false;
    }
    return try_additions(p, err);
}

/* ---- what only a trial shows to be needless ----------------------------------------------------
 */

/* Only chains and policies let what is chosen for one item serve another unsaid. */
static bool may_serve_unsaid(const wr_planning *p)
{
    for (size_t c = 0; c < p->candidates.count; c++)
        if (p->candidates.items[c].chosen && p->candidates.items[c].kind == WR_ACTION_SET_POLICY)
            return true;
    for (size_t i = 0; i < p->num_wishes; i++)
        if (p->wishes[i].check->requirement->kind == WR_REQUIRE_CHAIN_USABLE &&
            p->wishes[i].check->result == WR_FAIL && p->wishes[i].now == WR_PASS)
            return true;
    return false;
}

static bool drop_by_trial(wr_planning *p, wr_error *err)
{
    for (size_t c = p->candidates.count; c-- > 0;) {
        bool needless;

        if (!p->candidates.items[c].chosen)
            continue;
        p->candidates.items[c].chosen = false;
        if (!chosen_hold(p, &needless, err))
            return false;
        p->candidates.items[c].chosen = !needless;
    }
    return true;
}

/* Fixed, but not by what was meant to. */
static bool is_orphan(const wr_planning *p, const wr_wish *wish)
{
    if (wish->check->result != WR_FAIL || wish->now != WR_PASS || wr_wish_is_group(wish))
        return false;
    for (size_t i = 0; i < wish->by.count; i++)
        if (!p->candidates.items[wish->by.items[i]].chosen)
            return true;
    return wish->by.count == 0;
}

/* By what, then?  By each candidate without which it fails. */
static bool adopt_by(wr_planning *p, size_t c, wr_error *err)
{
    p->candidates.items[c].chosen = false;
    if (!try_chosen(p, err))
        return false;
    p->candidates.items[c].chosen = true;
    for (size_t i = 0; i < p->num_wishes; i++) {
        wr_wish *wish = &p->wishes[i];
        size_t *by;

        if (!wish->orphan || wish->tried == WR_PASS)
            continue;
        if (!(by = WR_APPEND(p->arena, &wish->by, size_t)))
            return wr_fail_memory(err);
        *by = c;
    }
    return true;
}

static bool thin_out(wr_planning *p, wr_error *err)
{
    bool orphans = false;

    for (size_t i = 0; i < p->num_wishes; i++)
        p->wishes[i].kept = p->wishes[i].now == WR_PASS;
    if (!drop_by_trial(p, err))
        return false;
    for (size_t i = 0; i < p->num_wishes; i++)
        if ((p->wishes[i].orphan = is_orphan(p, &p->wishes[i]))) {
            p->wishes[i].by.count = 0;
            orphans = true;
        }
    for (size_t c = 0; orphans && c < p->candidates.count; c++)
        if (p->candidates.items[c].chosen && !adopt_by(p, c, err))
            return false;
    return true;
}

/* One round; *more says whether another may find more to do. */
static bool choose_once(wr_planning *p, bool *more, wr_error *err)
{
    size_t *order = WR_NEW(p->arena, size_t, p->candidates.count), count;
    bool accepted;

    if (!order)
        return wr_fail_memory(err);
    choose(p);
    count = order_chosen(p, order);
    *more = count > 0;
    return count == 0 ||
           (accept_or_bar(p, order, count, &accepted, err) && (accepted || search_again(p, err)));
}

bool wr_planning_choose(wr_planning *p, wr_error *err)
{
    bool more = true;

    if (p->candidates.count && !try_additions(p, err))
        return false;
    while (more)
        if (!choose_once(p, &more, err))
            return false;
    return !may_serve_unsaid(p) || thin_out(p, err);
}
