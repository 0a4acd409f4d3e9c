/* plan_apply.c - what a host would hold once a plan is carried out. */
#include "require/planning.h"

#include "require/field.h"

#include <inttypes.h>
#include <string.h>

/* `count` items of a list that is about to change, copied; room for what is appended comes with the
 * first append, because a shared list is always full. */
static void *copied(wr_arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = wr_arena_alloc(arena, count ? count : 1, size);
    if (copy && count)
        memcpy(copy, items, count * size);
    return copy;
}

#define SHARE(list) ((list).room = (list).count)

bool wr_model_share(const wr_model *m, wr_arena *arena, wr_model *out, wr_error *err)
{
    wr_model shared = *m;

    shared.arena = arena;
    shared.stores.items = copied(arena, m->stores.items, m->stores.count, sizeof(wr_store));
    shared.certificates.items =
        copied(arena, m->certificates.items, m->certificates.count, sizeof(wr_certificate));
    shared.instances.items =
        copied(arena, m->instances.items, m->instances.count, sizeof(wr_instance));
    shared.policies.items = copied(arena, m->policies.items, m->policies.count, sizeof(wr_policy));
    shared.buckets = copied(arena, m->buckets, m->num_buckets, sizeof(size_t));
    if (!shared.stores.items || !shared.certificates.items || !shared.instances.items ||
        !shared.policies.items || !shared.buckets)
        return wr_fail_memory(err);
    shared.places = (wr_hash_set){ .num_buckets = 0 }; /* found again where it is asked */
    shared.of_place.count = shared.of_place.room = shared.num_placed = 0;
    SHARE(shared.stores);
    SHARE(shared.certificates);
    SHARE(shared.instances);
    SHARE(shared.policies);
    for (size_t i = 0; i < shared.certificates.count; i++)
        SHARE(shared.certificates.items[i].instances);
    *out = shared;
    return true;
}

/* The machine's registry store of this name, made where the host has none. */
static bool find_store(wr_model *m, const char *name, size_t *out, wr_error *err)
{
    for (size_t i = 0; i < m->stores.count; i++)
        if (m->stores.items[i].location == WR_LM && strcmp(m->stores.items[i].name, name) == 0) {
            *out = i;
            return true;
        }
    return wr_model_store(m, WR_LM, NULL, name, WR_PLAN_SOURCE, "", out, err);
}

/* As certutil -addstore does: the certificate alone, without properties. */
static bool apply_add(const wr_candidate *candidate, wr_model *m, wr_error *err)
{
    wr_view der = candidate->certificate->x509.der;
    wr_instance copy = { .path = "",
                         .element = { .kind = WR_ELEMENT_CERTIFICATE,
                                      .all = { NULL, 0, der.origin, der.source },
                                      .object = der } };

    return wr_model_certificate(m, der, &copy.certificate, err) &&
           (wr_model_instance(m, copy.certificate, WR_LM, candidate->store) ||
            (find_store(m, candidate->store, &copy.store, err) && wr_model_place(m, &copy, err)));
}

static void apply_delete(const wr_candidate *candidate, wr_model *m)
{
    size_t index = wr_model_find_sha1(m, candidate->certificate->sha1);
    const wr_certificate *cert = index == SIZE_MAX ? NULL : &m->certificates.items[index];

    for (size_t i = 0; cert && i < cert->instances.count; i++) {
        wr_instance *copy = &m->instances.items[cert->instances.items[i]];
        wr_store *store = &m->stores.items[copy->store];

        if (!copy->deleted && store->location == WR_LM &&
            strcmp(store->name, candidate->store) == 0) {
            copy->deleted = true;
            store->num_certificates--;
        }
    }
}

static bool apply_policy(const wr_candidate *candidate, wr_model *m, wr_error *err)
{
    const char *path = candidate->key + strlen(WR_REGISTRY_SOFTWARE);
    wr_policy *policy = NULL;
    uint64_t number = 0;

    for (size_t i = 0; i < m->policies.count && !policy; i++)
        if (wr_policy_is_value(&m->policies.items[i], path, candidate->name))
            policy = &m->policies.items[i];
    if (!policy) {
        if (!(policy = WR_APPEND(m->arena, &m->policies, wr_policy)))
            return wr_fail_memory(err);
        policy->name = candidate->name;
        policy->key = path;
    }
    policy->source = WR_PLAN_SOURCE;
    policy->is_number = wr_number_parse(candidate->data, &number);
    policy->number = number;
    policy->text = wr_arena_format(m->arena, "%" PRIu64, number);
    return policy->text || wr_fail_memory(err);
}

bool wr_candidate_apply(const wr_candidate *candidate, wr_model *m, wr_error *err)
{
    switch (candidate->kind) {
    case WR_ACTION_ADD:
    case WR_ACTION_DISALLOW:
        return apply_add(candidate, m, err);
    case WR_ACTION_DELETE:
        apply_delete(candidate, m);
        return true;
    case WR_ACTION_SET_POLICY:
        return apply_policy(candidate, m, err);
    default:
        return true;
    }
}

bool wr_plan_apply(const wr_model *m, const wr_plan *plan, size_t skip, wr_arena *arena,
                   wr_model *out, wr_error *err)
{
    wr_model shared;

    if (!wr_model_share(m, arena, &shared, err))
        return false;
    for (size_t i = 0; i < plan->actions.count; i++) {
        const wr_action *action = &plan->actions.items[i];
        wr_candidate candidate = { .kind = action->kind,
                                   .store = action->store,
                                   .certificate = action->certificate,
                                   .key = action->registry_key,
                                   .name = action->registry_name,
                                   .data = action->registry_data };

        if (i != skip && !wr_candidate_apply(&candidate, &shared, err))
            return false;
    }
    *out = shared;
    return true;
}
