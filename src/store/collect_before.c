#include "store/collect_before.h"

#include "store/collect_stores.h"
#include "store/host_facts.h"

#include <string.h>

static bool make_before(wr_model *m, wr_error *err)
{
    wr_diags *quiet;

    if (m->before)
        return true;
    quiet = WR_NEW(m->arena, wr_diags, 1);
    if (!quiet || !(m->before = WR_NEW(m->arena, wr_model, 1)))
        return wr_fail_memory(err);
    wr_diags_init(quiet, m->arena);
    wr_model_init(m->before, m->arena, quiet, m->evidence);
    return true;
}

bool wr_collect_before(wr_model *m, const wr_item *item, wr_error *err)
{
    wr_regf *hive = WR_NEW(m->arena, wr_regf, 1);
    wr_mounts mounts = { { 0 } };
    const wr_mount *mount;
    const char *owner = NULL;
    wr_error damage;

    if (!hive || !make_before(m, err))
        return wr_fail_memory(err);
    if (!wr_regf_open(item->view, m->arena, m->before->diags, hive, &damage))
        return damage.code != WR_E_NO_MEMORY || wr_fail_memory(err);
    if (!wr_mounts_of_hive(hive, item->label, item->inner, m->arena, &mounts, err))
        return false;
    if (!mounts.list.count)
        return true;
    mount = &mounts.list.items[0];
    if (mount->role == WR_ROLE_USER)
        owner = wr_user_of(m, mount->owner);
    return wr_collect_stores(m->before, mount, owner, err);
}

bool wr_added_by_log(const wr_model *m, const wr_instance *instance)
{
    const wr_store *store = &m->stores.items[instance->store];
    const wr_model *before = m->before;
    const wr_certificate *c;
    size_t item = before ? wr_evidence_find(m->evidence, store->source) : SIZE_MAX;
    size_t found;

    if (instance->added_by_log)
        return true;
    if (item == SIZE_MAX || !wr_evidence_item(m->evidence, item)->keeps_primary)
        return false;
    found = wr_model_find_sha1(before, m->certificates.items[instance->certificate].sha1);
    if (found == SIZE_MAX)
        return true;
    c = &before->certificates.items[found];
    for (size_t i = 0; i < c->instances.count; i++) {
        const wr_instance *there = &before->instances.items[c->instances.items[i]];
        if (!strcmp(before->stores.items[there->store].path, store->path) &&
            !strcmp(before->stores.items[there->store].source, store->source))
            return false;
    }
    return true;
}
