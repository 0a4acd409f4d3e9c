#include "trust/copies.h"

#include "base/text.h"
#include "store/physical_store.h"

#include <string.h>

/* Bits of ProtectedRoots\Flags that keep a member shut, and 2: roots that are in a user's store
 * when protection begins are not adopted. */
#define SHUT_USER_ROOTS 1u
#define SHUT_AUTHROOT   8u

/* SPEC windows-trust 2.1, 2.2.  SmartCard holds no persisted copy.  A user's policy Root is no
 * member by the documentation; Chromium reads it. */
typedef struct member {
    wr_scope_kind scope;
    wr_location location;
    const char *store, *name;
    unsigned shut_by;
} member;

static const member members[] = {
    { WR_SCOPE_MACHINE, WR_LM, "Root", ".Default", 0 },
    { WR_SCOPE_MACHINE, WR_LM, "AuthRoot", ".AuthRoot", SHUT_AUTHROOT },
    { WR_SCOPE_MACHINE, WR_LM_GROUP_POLICY, "Root", ".GroupPolicy", 0 },
    { WR_SCOPE_MACHINE, WR_LM_ENTERPRISE, "Root", ".Enterprise", 0 },
    { WR_SCOPE_SERVICE, WR_LM_SERVICE, "Root", ".Default", 0 },
    { WR_SCOPE_USER, WR_CU, "Root", ".Default", SHUT_USER_ROOTS },
    { WR_SCOPE_USER, WR_CU_GROUP_POLICY, "Root", "", 0 },
};

/* The registered member of this name of the Root store at one place; NULL where there is none. */
static const wr_physical_store *registered(const wr_model *m, wr_location location,
                                           const char *owner, const char *name)
{
    for (size_t i = 0; i < m->physical_stores.count; i++) {
        const wr_physical_store *p = &m->physical_stores.items[i];
        const wr_store *s = &m->stores.items[p->store];
        if (s->location == location && !strcmp(s->name, "Root") &&
            (owner ? s->owner && !strcmp(owner, s->owner) : !s->owner) &&
            !wr_text_compare(p->name, name))
            return p;
    }
    return NULL;
}

static wr_location home_of(const wr_scope *scope)
{
    return scope->kind == WR_SCOPE_USER      ? WR_CU
           : scope->kind == WR_SCOPE_SERVICE ? WR_LM_SERVICE
                                             : WR_LM;
}

static wr_shut shut_by_registration(const wr_model *m, const wr_physical_store *p)
{
    if (!p || !wr_physical_store_is_shut(p))
        return (wr_shut){ NULL, NULL, NULL };
    return (wr_shut){ "a registered physical store with flag 2 keeps its member shut",
                      m->stores.items[p->store].source, p->path };
}

static wr_shut shut_by_flags(const wr_model *m, unsigned bit)
{
    const wr_policy *flags = bit ? wr_model_policy(m, "ProtectedRoots\\Flags") : NULL;

    if (!flags || !flags->is_number || !(flags->number & bit))
        return (wr_shut){ NULL, NULL, NULL };
    return (wr_shut){ bit == SHUT_AUTHROOT
                          ? "ProtectedRoots flag 8 keeps the third-party store shut"
                          : "ProtectedRoots flag 1 keeps users' own roots shut",
                      flags->source, flags->key };
}

static wr_shut shut_for(const wr_trust *trust, const wr_scope *scope, const member *row)
{
    const wr_model *m = trust->model;
    wr_shut shut = shut_by_flags(m, row->shut_by);

    if (!shut.why && *row->name)
        shut =
            shut_by_registration(m, row->scope == WR_SCOPE_MACHINE
                                        ? registered(m, WR_LM, NULL, row->name)
                                        : registered(m, home_of(scope), scope->owner, row->name));
    if (!shut.why && row->scope == WR_SCOPE_MACHINE && scope->owner)
        shut =
            shut_by_registration(m, registered(m, home_of(scope), scope->owner, ".LocalMachine"));
    return shut;
}

bool wr_scope_shuts_machine(const wr_trust *trust, const wr_scope *scope)
{
    return scope->owner &&
           shut_by_registration(trust->model, registered(trust->model, home_of(scope), scope->owner,
                                                         ".LocalMachine"))
               .why;
}

/* The member that a store is of this scope's Root; NULL where it is none. */
static const member *member_of(const wr_scope *scope, const wr_store *store)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (store->location == members[i].location && !strcmp(store->name, members[i].store) &&
            (members[i].scope == WR_SCOPE_MACHINE || wr_scope_owns(scope, store)))
            return &members[i];
    return NULL;
}

bool wr_copies_of(const wr_trust *trust, const wr_scope *scope, size_t certificate, wr_arena *arena,
                  wr_copies *out, wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_certificate *cert = &m->certificates.items[certificate];
    const wr_ctl_entry *entry = wr_trust_program_entry(trust, cert->sha1);

    *out = (wr_copies){ .not_opened = NULL };
    if (!wr_chain_engine_refuses(trust, &cert->x509, arena, &out->weak, &out->weak_key, err))
        return false;
    for (size_t i = 0; i < cert->instances.count; i++) {
        const wr_instance *instance = &m->instances.items[cert->instances.items[i]];
        const wr_store *store = &m->stores.items[instance->store];
        const member *row = instance->deleted ? NULL : member_of(scope, store);
        wr_shut shut;
        wr_copy *copy;

        if (!row)
            continue;
        shut = shut_for(trust, scope, row);
        if (shut.why) {
            out->not_opened = instance;
            out->shut = shut;
            continue;
        }
        if (!(copy = WR_APPEND(arena, &out->list, wr_copy)))
            return wr_fail_memory(err);
        copy->instance = instance;
        copy->store = store;
        copy->own = row->scope != WR_SCOPE_MACHINE;
        if (!wr_restriction_read(&instance->element, entry, arena, &copy->in_force, err) ||
            !wr_restriction_read(&instance->element, NULL, arena, &copy->stored, err))
            return false;
    }
    return true;
}

static bool is_elsewhere(const wr_physical_store *p)
{
    return !wr_physical_store_is_shut(p) && *p->provider && strcmp(p->provider, "#0") != 0;
}

const wr_physical_store *wr_root_elsewhere(const wr_trust *trust, const wr_scope *scope)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < m->physical_stores.count; i++) {
        const wr_physical_store *p = &m->physical_stores.items[i];
        const wr_store *s = &m->stores.items[p->store];
        bool root =
            !strcmp(s->name, "Root") &&
            (s->location == WR_LM || (s->location == home_of(scope) && wr_scope_owns(scope, s)));
        if (root && is_elsewhere(p))
            return p;
    }
    return NULL;
}
