#include "output/diff.h"

#include <stdlib.h>
#include <string.h>

const wr_fact *wr_change_fact(const wr_change *change)
{
    return change->after ? change->after : change->before;
}

const char *wr_change_name(const wr_change *change)
{
    return !change->before ? "added" : !change->after ? "removed" : "changed";
}

bool wr_diff_is_equal(const wr_diff_document *diff)
{
    return !diff->changes.list.count && !diff->steps.count;
}

bool wr_changes_next(const wr_changes *changes, size_t *from, const wr_change **first,
                     size_t *count)
{
    size_t n = changes->list.count, end = *from;

    if (*from >= n)
        return false;
    *first = &changes->list.items[*from];
    while (end < n &&
           wr_change_fact(&changes->list.items[end])->kind == wr_change_fact(*first)->kind)
        end++;
    *count = end - *from;
    *from = end;
    return true;
}

/* Status and deciding reason of one side, an absent one before all. */
static int compare_reason(const wr_fact *a, const wr_fact *b)
{
    int order = strcmp(wr_fact_text(a, "status"), wr_fact_text(b, "status"));
    return order ? order : strcmp(wr_fact_text(a, "reasons"), wr_fact_text(b, "reasons"));
}

int wr_change_compare_reason(const wr_change *a, const wr_change *b)
{
    int order = compare_reason(a->before, b->before);
    return order ? order : compare_reason(a->after, b->after);
}

static int by_reason(const void *a, const void *b)
{
    int order = wr_change_compare_reason(a, b);
    return order ? order : wr_fact_compare_key(wr_change_fact(a), wr_change_fact(b));
}

typedef struct comparing {
    const wr_snapshot *side[2];
    wr_arena *arena;
    wr_changes *out;
    wr_error *err;
} comparing;

static bool add(const comparing *c, const wr_fact *before, const wr_fact *after)
{
    wr_change *change = WR_APPEND(c->arena, &c->out->list, wr_change);

    if (!change)
        return wr_fail_memory(c->err);
    *change = (wr_change){ before, after };
    return true;
}

static const wr_fact *at(const comparing *c, size_t side, size_t i)
{
    return i < c->side[side]->facts.count ? &c->side[side]->facts.items[i] : NULL;
}

/* End of the facts that are about the same as the one at `from`. */
static size_t group_end(const comparing *c, size_t side, size_t from)
{
    const wr_fact *first = at(c, side, from), *next;

    do
        next = at(c, side, ++from);
    while (next && !wr_fact_compare_key(first, next));
    return from;
}

static int compare_key(const void *a, const void *b)
{
    return wr_fact_compare_key(a, b);
}

/* A report writes a user's verdict only where it differs from the machine's. */
static const wr_fact *machine_verdict(const comparing *c, size_t side, const wr_fact *of)
{
    wr_fact wanted = *of;

    if (of->kind != WR_FACT_TRUST || !strcmp(of->part[1], "machine") || !c->side[side]->facts.count)
        return NULL;
    wanted.part[1] = "machine";
    return bsearch(&wanted, c->side[side]->facts.items, c->side[side]->facts.count, sizeof(wr_fact),
                   compare_key);
}

static bool only_one(const comparing *c, size_t side, const wr_fact *fact)
{
    const wr_fact *other = machine_verdict(c, 1 - side, fact);

    if (other && !wr_fact_compare_values(fact, other))
        return true;
    return side ? add(c, other, fact) : add(c, fact, other);
}

/* Two groups about the same, each sorted by values: what both have cancels out; the rest are
 * changes, one by one, and additions or removals where one group has more. */
static bool compare_groups(const comparing *c, const size_t from[2], const size_t end[2])
{
    size_t i = from[0], j = from[1], num[2] = { 0 };
    const wr_fact **rest[2];

    for (size_t side = 0; side < 2; side++)
        if (!(rest[side] = WR_NEW(c->arena, const wr_fact *, end[side] - from[side])))
            return wr_fail_memory(c->err);
    while (i < end[0] || j < end[1]) {
        int order = i == end[0]   ? 1
                    : j == end[1] ? -1
                                  : wr_fact_compare_values(at(c, 0, i), at(c, 1, j));
        if (order < 0)
            rest[0][num[0]++] = at(c, 0, i);
        if (order > 0)
            rest[1][num[1]++] = at(c, 1, j);
        i += order <= 0;
        j += order >= 0;
    }
    for (size_t n = 0; n < num[0] || n < num[1]; n++)
        if (!add(c, n < num[0] ? rest[0][n] : NULL, n < num[1] ? rest[1][n] : NULL))
            return false;
    return true;
}

static bool compare_all(const comparing *c)
{
    size_t from[2] = { 0, 0 };

    while (at(c, 0, from[0]) || at(c, 1, from[1])) {
        const wr_fact *a = at(c, 0, from[0]), *b = at(c, 1, from[1]);
        int order = !a ? 1 : !b ? -1 : wr_fact_compare_key(a, b);
        size_t end[2];

        if (order < 0 && !only_one(c, 0, a))
            return false;
        if (order > 0 && !only_one(c, 1, b))
            return false;
        end[0] = order < 0 ? from[0] + 1 : order > 0 ? from[0] : group_end(c, 0, from[0]);
        end[1] = order > 0 ? from[1] + 1 : order < 0 ? from[1] : group_end(c, 1, from[1]);
        if (order == 0 && !compare_groups(c, from, end))
            return false;
        from[0] = end[0];
        from[1] = end[1];
    }
    return true;
}

bool wr_diff_compare(const wr_snapshot *a, const wr_snapshot *b, wr_arena *arena, wr_changes *out,
                     wr_error *err)
{
    wr_changes changes = { { 0 } };
    const comparing c = { { a, b }, arena, &changes, err };
    const wr_change *first;
    size_t from = 0, count;

    if (!compare_all(&c))
        return false;
    while (wr_changes_next(&changes, &from, &first, &count))
        if (wr_change_fact(first)->kind == WR_FACT_TRUST)
            qsort(changes.list.items + (from - count), count, sizeof(wr_change), by_reason);
    *out = changes;
    return true;
}
