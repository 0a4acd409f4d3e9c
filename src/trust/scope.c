#include "trust/scope.h"

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

bool wr_scope_owns(const wr_scope *scope, const wr_store *store)
{
    return scope->owner && store->owner && kind_of(store->location) == scope->kind &&
           !strcmp(scope->owner, store->owner);
}

/* The stores of one owner follow one another, so the scope is one of the last. */
static bool add(wr_scopes *out, const wr_model *m, wr_scope_kind kind, const char *owner,
                wr_arena *arena, size_t *index, wr_error *err)
{
    const char *word = kind == WR_SCOPE_USER ? "user" : "service";
    wr_scope *scope;

    for (size_t i = out->list.count; i-- > 0;)
        if (out->list.items[i].kind == kind && !strcmp(out->list.items[i].owner, owner)) {
            *index = i;
            return true;
        }
    if (!(scope = WR_APPEND(arena, &out->list, wr_scope)))
        return wr_fail_memory(err);
    *index = out->list.count - 1;
    *scope = (wr_scope){ .kind = kind,
                         .owner = owner,
                         .text = wr_arena_format(arena, "%s:%s", word, owner),
                         .user = kind == WR_SCOPE_USER ? wr_model_user(m, owner) : NULL };
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
        wr_scope *scope;
        size_t *slot;

        if (instance->deleted || (!root && !refused) || of[instance->store] == SIZE_MAX)
            continue;
        scope = &out->list.items[of[instance->store]];
        slot = root ? WR_APPEND(arena, &scope->roots, size_t)
                    : WR_APPEND(arena, &scope->refused, size_t);
        if (!slot)
            return wr_fail_memory(err);
        *slot = i;
    }
    return true;
}

bool wr_scopes_find(const wr_model *m, wr_arena *arena, wr_scopes *out, wr_error *err)
{
    size_t *of = WR_NEW(arena, size_t, m->stores.count + 1);

    if (!of)
        return wr_fail_memory(err);
    for (size_t i = 0; i < m->stores.count; i++) {
        const wr_store *s = &m->stores.items[i];
        wr_scope *scope;
        of[i] = SIZE_MAX;
        if (!s->owner || kind_of(s->location) == WR_SCOPE_MACHINE)
            continue;
        if (!add(out, m, kind_of(s->location), s->owner, arena, &of[i], err))
            return false;
        scope = &out->list.items[of[i]];
        scope->root_incomplete |= s->num_skipped && !strcmp(s->name, "Root");
        scope->disallowed_incomplete |= s->num_skipped && !strcmp(s->name, "Disallowed");
    }
    return add_instances(out, m, of, arena, err);
}
