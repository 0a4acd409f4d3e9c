#include "output/fact.h"

#include <string.h>

static const struct {
    const char *section, *heading, *parts[WR_FACT_PARTS];
} kinds[] = {
    [WR_FACT_INSTANCE] = { "instances", "Certificates in stores", { "store", "certificate" } },
    [WR_FACT_STORE] = { "stores", "Stores", { "store" } },
    [WR_FACT_TRUST] = { "trust", "Trust", { "certificate", "scope", "purpose" } },
    [WR_FACT_PROGRAM] = { "program",
                          "What the root list says of certificates in stores",
                          { "certificate" } },
    [WR_FACT_ON_DEMAND] = { "on_demand",
                            "Roots that the list names and no store has",
                            { "certificate" } },
    [WR_FACT_POLICY] = { "policies", "Policies", { "name", "key", "scope" } },
    [WR_FACT_LIST] = { "lists", "Lists", { "kind", "place" } },
    [WR_FACT_ENTRY] = { "entries", "Entries", { "list", "id" } },
    [WR_FACT_REQUIREMENT] = { "requirements", "Requirements", { "profile", "item" } },
};

const char *wr_fact_section(wr_fact_kind kind)
{
    return kinds[kind].section;
}

const char *wr_fact_heading(wr_fact_kind kind)
{
    return kinds[kind].heading;
}

const char *wr_fact_part_name(wr_fact_kind kind, size_t i)
{
    return i < WR_FACT_PARTS ? kinds[kind].parts[i] : NULL;
}

int wr_fact_compare_key(const wr_fact *a, const wr_fact *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    for (size_t i = 0; i < WR_FACT_PARTS; i++) {
        int order = strcmp(a->part[i], b->part[i]);
        if (order)
            return order;
    }
    return 0;
}

int wr_fact_value_compare(const wr_fact_value *a, const wr_fact_value *b)
{
    int order = strcmp(a->name, b->name);

    for (size_t i = 0; !order && i < a->items.count && i < b->items.count; i++)
        order = strcmp(a->items.items[i], b->items.items[i]);
    if (order)
        return order;
    if (a->items.count != b->items.count)
        return a->items.count < b->items.count ? -1 : 1;
    return (int)a->is_list - (int)b->is_list;
}

int wr_fact_compare_values(const wr_fact *a, const wr_fact *b)
{
    for (size_t i = 0; i < a->values.count && i < b->values.count; i++) {
        int order = wr_fact_value_compare(&a->values.items[i], &b->values.items[i]);
        if (order)
            return order;
    }
    return (a->values.count > b->values.count) - (a->values.count < b->values.count);
}

static const wr_fact_value *value_at(const wr_fact *fact, size_t i)
{
    return fact && i < fact->values.count ? &fact->values.items[i] : NULL;
}

bool wr_fact_next_difference(const wr_fact *before, const wr_fact *after, size_t at[2],
                             const wr_fact_value **b, const wr_fact_value **a)
{
    for (;;) {
        const wr_fact_value *x = value_at(before, at[0]), *y = value_at(after, at[1]);
        int order = !x ? 1 : !y ? -1 : strcmp(x->name, y->name);

        if (!x && !y)
            return false;
        at[0] += order <= 0;
        at[1] += order >= 0;
        if (order == 0 && !wr_fact_value_compare(x, y))
            continue;
        *b = order <= 0 ? x : NULL;
        *a = order >= 0 ? y : NULL;
        return true;
    }
}

const wr_fact_value *wr_fact_find(const wr_fact *fact, const char *name)
{
    for (size_t i = 0; fact && i < fact->values.count; i++)
        if (!strcmp(fact->values.items[i].name, name))
            return &fact->values.items[i];
    return NULL;
}

const char *wr_fact_text(const wr_fact *fact, const char *name)
{
    const wr_fact_value *value = wr_fact_find(fact, name);
    return value && value->items.count ? value->items.items[0] : "";
}
