#include "trust/scope.h"

#include <stdlib.h>
#include <string.h>

const wr_scope wr_scope_machine = { .kind = WR_SCOPE_MACHINE, .text = "machine" };

static wr_scope_kind kind_of(wr_location location)
{
    switch (location) {
    case WR_CU:
    case WR_CU_GROUP_POLICY:
        return WR_SCOPE_USER;
    case WR_LM_SERVICE:
        return WR_SCOPE_SERVICE;
    default:
        return WR_SCOPE_MACHINE;
    }
}

static wr_view text_view(const char *text)
{
    return (wr_view){ (const uint8_t *)text, strlen(text), 0, "" };
}

static bool index_users(const wr_model *m, wr_arena *arena, wr_view_index *out, wr_error *err)
{
    wr_view *owners = WR_NEW(arena, wr_view, m->users.count + 1);

    if (!owners)
        return wr_fail_memory(err);
    for (size_t i = 0; i < m->users.count; i++)
        owners[i] = text_view(m->users.items[i].owner);
    return wr_view_index_make(owners, m->users.count, arena, out, err);
}

static const wr_user *find_user(const wr_model *m, const wr_view_index *users, const char *owner)
{
    const size_t found = wr_view_index_find(users, text_view(owner));

    return found == SIZE_MAX ? NULL : &m->users.items[found];
}

/* *count: of scopes, this one too. */
static bool add(wr_scopes *out, const wr_model *m, const wr_view_index *users, wr_scope_kind kind,
                const char *owner, wr_arena *arena, size_t *count, wr_error *err)
{
    const char *word = kind == WR_SCOPE_USER ? "user" : "service";
    wr_scope *scope;

    if (!(scope = WR_APPEND(arena, &out->list, wr_scope)))
        return wr_fail_memory(err);
    *count = out->list.count;
    *scope = (wr_scope){ .kind = kind,
                         .owner = owner,
                         .text = wr_arena_format(arena, "%s:%s", word, owner),
                         .user = kind == WR_SCOPE_USER ? find_user(m, users, owner) : NULL };
    return scope->text || wr_fail_memory(err);
}

/* `of` gives the scope of each store, SIZE_MAX for the machine's. */
static bool add_instances(wr_scopes *out, const wr_model *m, const size_t *of, wr_arena *arena,
                          wr_error *err)
{
    for (size_t i = 0; i < m->instances.count; i++) {
        const wr_instance *instance = &m->instances.items[i];
        const char *name = m->stores.items[instance->store].name;
        bool root = !strcmp(name, "Root"), refused = !strcmp(name, "Disallowed");
        wr_scope_refused *added;
        wr_scope *scope;
        wr_scope_root *held;

        if (instance->deleted || (!root && !refused) || of[instance->store] == SIZE_MAX)
            continue;
        scope = &out->list.items[of[instance->store]];
        if (root) {
            if (!(held = WR_APPEND(arena, &scope->roots, wr_scope_root)))
                return wr_fail_memory(err);
            *held = (wr_scope_root){ instance->certificate, i };
        } else {
            if (!(added = WR_APPEND(arena, &scope->refused, wr_scope_refused)))
                return wr_fail_memory(err);
            added->instance = i;
        }
    }
    return true;
}

static int compare_roots(const void *a, const void *b)
{
    const wr_scope_root *x = a, *y = b;

    return x->certificate != y->certificate
               ? (x->certificate > y->certificate ? 1 : -1)
               : (x->instance > y->instance) - (x->instance < y->instance);
}

size_t wr_scope_find_root(const wr_scope *scope, size_t certificate)
{
    size_t low = 0, high = scope->roots.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (scope->roots.items[middle].certificate < certificate)
            low = middle + 1;
        else
            high = middle;
    }
    return low < scope->roots.count && scope->roots.items[low].certificate == certificate
               ? low
               : SIZE_MAX;
}

static wr_location home_of(wr_scope_kind kind)
{
    return kind == WR_SCOPE_USER ? WR_CU : kind == WR_SCOPE_SERVICE ? WR_LM_SERVICE : WR_LM;
}

/* `of` as above.  A user's store without a user, which a report may claim, is nobody's. */
static void note_registered(wr_scopes *out, const wr_model *m, const size_t *of)
{
    for (size_t i = 0; i < m->physical_stores.count; i++) {
        const wr_physical_store *p = &m->physical_stores.items[i];
        const wr_store *s = &m->stores.items[p->store];
        const wr_scope_kind kind = kind_of(s->location);

        if (s->location != home_of(kind) || strcmp(s->name, "Root") != 0)
            continue;
        if (of[p->store] != SIZE_MAX)
            wr_registered_note(&out->list.items[of[p->store]].registered, p);
        else if (kind == WR_SCOPE_MACHINE)
            wr_registered_note(&out->machine, p);
    }
}

/* Of each store the first of the same owner, whatever it is. */
static bool find_first(const wr_model *m, wr_arena *arena, size_t **out, wr_error *err)
{
    wr_view *owners = WR_NEW(arena, wr_view, m->stores.count);
    size_t *first = WR_NEW(arena, size_t, m->stores.count);
    wr_view_index index;

    if (!owners || !first)
        return wr_fail_memory(err);
    for (size_t i = 0; i < m->stores.count; i++)
        owners[i] = text_view(m->stores.items[i].owner ? m->stores.items[i].owner : "");
    if (!wr_view_index_make(owners, m->stores.count, arena, &index, err))
        return false;
    for (size_t i = 0; i < m->stores.count; i++)
        first[i] = wr_view_index_find(&index, owners[i]);
    *out = first;
    return true;
}

bool wr_scopes_find(const wr_model *m, wr_arena *arena, wr_scopes *out, wr_error *err)
{
    size_t *of = WR_NEW(arena, size_t, m->stores.count), *first = NULL;
    size_t *made[] = { [WR_SCOPE_USER] = WR_NEW(arena, size_t, m->stores.count),
                       [WR_SCOPE_SERVICE] = WR_NEW(arena, size_t, m->stores.count) };

    wr_view_index users;

    if (!of || !made[WR_SCOPE_USER] || !made[WR_SCOPE_SERVICE])
        return wr_fail_memory(err);
    if (!index_users(m, arena, &users, err) || !find_first(m, arena, &first, err))
        return false;
    for (size_t i = 0; i < m->stores.count; i++) {
        const wr_store *s = &m->stores.items[i];
        const wr_scope_kind kind = kind_of(s->location);
        wr_scope *scope;
        size_t *known; /* 1 + its scope */

        of[i] = SIZE_MAX;
        if (!s->owner || kind == WR_SCOPE_MACHINE)
            continue;
        known = &made[kind][first[i]];
        if (!*known && !add(out, m, &users, kind, s->owner, arena, known, err))
            return false;
        of[i] = *known - 1;
        scope = &out->list.items[of[i]];
        scope->root_incomplete |= s->num_skipped && !strcmp(s->name, "Root");
        scope->disallowed_incomplete |= s->num_skipped && !strcmp(s->name, "Disallowed");
    }
    out->of = of;
    note_registered(out, m, of);
    if (!add_instances(out, m, of, arena, err))
        return false;
    for (size_t i = 0; i < out->list.count; i++)
        if (out->list.items[i].roots.count)
            qsort(out->list.items[i].roots.items, out->list.items[i].roots.count,
                  sizeof(wr_scope_root), compare_roots);
    return true;
}
