#include "trust/copies.h"

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
    const char *store;
    wr_member registered;
    unsigned shut_by;
} member;

static const member members[] = {
    { WR_SCOPE_MACHINE, WR_LM, "Root", WR_MEMBER_DEFAULT, 0 },
    { WR_SCOPE_MACHINE, WR_LM, "AuthRoot", WR_MEMBER_AUTHROOT, SHUT_AUTHROOT },
    { WR_SCOPE_MACHINE, WR_LM_GROUP_POLICY, "Root", WR_MEMBER_GROUP_POLICY, 0 },
    { WR_SCOPE_MACHINE, WR_LM_ENTERPRISE, "Root", WR_MEMBER_ENTERPRISE, 0 },
    { WR_SCOPE_SERVICE, WR_LM_SERVICE, "Root", WR_MEMBER_DEFAULT, 0 },
    { WR_SCOPE_USER, WR_CU, "Root", WR_MEMBER_DEFAULT, SHUT_USER_ROOTS },
    { WR_SCOPE_USER, WR_CU_GROUP_POLICY, "Root", WR_NUM_MEMBERS, 0 },
};

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
    const wr_registered *of =
        row->scope == WR_SCOPE_MACHINE ? &trust->scopes.machine : &scope->registered;
    wr_shut shut = shut_by_flags(m, row->shut_by);

    if (!shut.why && row->registered != WR_NUM_MEMBERS)
        shut = shut_by_registration(m, of->members[row->registered]);
    if (!shut.why && row->scope == WR_SCOPE_MACHINE)
        shut = shut_by_registration(m, scope->registered.members[WR_MEMBER_LOCAL_MACHINE]);
    return shut;
}

bool wr_scope_shuts_machine(const wr_trust *trust, const wr_scope *scope)
{
    return shut_by_registration(trust->model, scope->registered.members[WR_MEMBER_LOCAL_MACHINE])
        .why;
}

/* The member that a store is of somebody's Root; NULL where it is none. */
static const member *member_of(const wr_store *store)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (store->location == members[i].location && !strcmp(store->name, members[i].store))
            return &members[i];
    return NULL;
}

bool wr_anchors_find(wr_trust *trust, size_t certificate, wr_arena *arena, wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_certificate *cert = &m->certificates.items[certificate];

    for (size_t i = 0; i < cert->instances.count; i++) {
        const wr_instance *instance = &m->instances.items[cert->instances.items[i]];
        const member *row = instance->deleted ? NULL : member_of(&m->stores.items[instance->store]);
        size_t *anchor;

        if (!row || row->scope != WR_SCOPE_MACHINE)
            continue;
        anchor = WR_APPEND(arena, &trust->certificates[certificate].anchors, size_t);
        if (!anchor)
            return wr_fail_memory(err);
        *anchor = cert->instances.items[i];
    }
    return true;
}

static bool read_extension(const wr_x509 *x509, wr_arena *arena, wr_copies *out, wr_error *err)
{
    wr_error damage;

    if (!x509->has_eku || wr_oids_parse(x509->eku, arena, &out->extension, &damage))
        return true;
    out->extension_unreadable = true;
    return damage.code != WR_E_NO_MEMORY || wr_fail_memory(err);
}

static bool add_copy(const wr_trust *trust, const wr_scope *scope, size_t place,
                     const wr_ctl_entry *entry, wr_arena *arena, wr_copies *out, wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_instance *instance = &m->instances.items[place];
    const wr_store *store = &m->stores.items[instance->store];
    const member *row = member_of(store);
    wr_shut shut;
    wr_copy *copy;

    if (!row)
        return true;
    shut = shut_for(trust, scope, row);
    if (shut.why) {
        out->not_opened = instance;
        out->shut = shut;
        return true;
    }
    if (!(copy = WR_APPEND(arena, &out->list, wr_copy)))
        return wr_fail_memory(err);
    copy->instance = instance;
    copy->store = store;
    copy->own = row->scope != WR_SCOPE_MACHINE;
    return wr_restriction_read(&instance->element, entry, arena, &copy->in_force, err) &&
           wr_restriction_read(&instance->element, NULL, arena, &copy->stored, err);
}

bool wr_copies_of(const wr_trust *trust, const wr_scope *scope, size_t certificate, wr_arena *arena,
                  wr_copies *out, wr_error *err)
{
    const wr_certificate *cert = &trust->model->certificates.items[certificate];
    const wr_certificate_trust *t = &trust->certificates[certificate];
    const wr_ctl_entry *entry = wr_trust_program_entry(trust, cert->sha1);
    size_t own = wr_scope_find_root(scope, certificate), anchor = 0;

    *out = (wr_copies){ .not_opened = NULL };
    if (!read_extension(&cert->x509, arena, out, err) ||
        !wr_chain_engine_refuses(trust, &cert->x509, arena, &out->weak, &out->weak_key, err))
        return false;
    for (;;) { /* in the order of the model */
        const size_t next_own =
            own < scope->roots.count && scope->roots.items[own].certificate == certificate
                ? scope->roots.items[own].instance
                : SIZE_MAX;
        const size_t next = anchor < t->anchors.count ? t->anchors.items[anchor] : SIZE_MAX;

        if (next == SIZE_MAX && next_own == SIZE_MAX)
            return true;
        if (!wr_trust_spend(trust, 1, err) ||
            !add_copy(trust, scope, next_own < next ? next_own : next, entry, arena, out, err))
            return false;
        anchor += next < next_own;
        own += next_own < next;
    }
}

const wr_physical_store *wr_root_elsewhere(const wr_trust *trust, const wr_scope *scope)
{
    const wr_physical_store *machine = trust->scopes.machine.elsewhere,
                            *own = scope->registered.elsewhere;

    return machine && (!own || machine < own) ? machine : own;
}
