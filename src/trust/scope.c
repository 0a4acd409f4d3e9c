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

static bool add(wr_scopes *out, const wr_model *m, wr_scope_kind kind, const char *owner,
                wr_arena *arena, wr_scope **scope, wr_error *err)
{
    const char *word = kind == WR_SCOPE_USER ? "user" : "service";

    for (size_t i = 0; i < out->list.count; i++) {
        *scope = &out->list.items[i];
        if ((*scope)->kind == kind && !strcmp((*scope)->owner, owner))
            return true;
    }
    if (!(*scope = WR_APPEND(arena, &out->list, wr_scope)))
        return wr_fail_memory(err);
    **scope = (wr_scope){ .kind = kind,
                          .owner = owner,
                          .text = wr_arena_format(arena, "%s:%s", word, owner),
                          .user = kind == WR_SCOPE_USER ? wr_model_user(m, owner) : NULL };
    return (*scope)->text || wr_fail_memory(err);
}

static bool add_instances(wr_scopes *out, const wr_model *m, wr_arena *arena, wr_error *err)
{
    for (size_t i = 0; i < m->instances.count; i++) {
        const wr_instance *instance = &m->instances.items[i];
        const wr_store *s = &m->stores.items[instance->store];
        bool root = !strcmp(s->name, "Root"), refused = !strcmp(s->name, "Disallowed");
        size_t *slot;

        if (instance->deleted || (!root && !refused))
            continue;
        for (size_t j = 0; j < out->list.count; j++) {
            wr_scope *scope = &out->list.items[j];
            if (!wr_scope_owns(scope, s))
                continue;
            slot = root ? WR_APPEND(arena, &scope->roots, size_t)
                        : WR_APPEND(arena, &scope->refused, size_t);
            if (!slot)
                return wr_fail_memory(err);
            *slot = i;
        }
    }
    return true;
}

bool wr_scopes_find(const wr_model *m, wr_arena *arena, wr_scopes *out, wr_error *err)
{
    wr_scope *scope;

    for (size_t i = 0; i < m->stores.count; i++) {
        const wr_store *s = &m->stores.items[i];
        if (!s->owner || kind_of(s->location) == WR_SCOPE_MACHINE)
            continue;
        if (!add(out, m, kind_of(s->location), s->owner, arena, &scope, err))
            return false;
        scope->root_incomplete |= s->num_skipped && !strcmp(s->name, "Root");
        scope->disallowed_incomplete |= s->num_skipped && !strcmp(s->name, "Disallowed");
    }
    return add_instances(out, m, arena, err);
}
