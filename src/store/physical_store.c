#include "store/physical_store.h"

#include "base/text.h"
#include "store/collect_stores.h"

/* Parameters are text for most providers: a file, a URL, a registry path. */
static const char *text_of(wr_model *m, wr_view data)
{
    const char *text = data.len >= 4 && data.len % 2 == 0
                           ? wr_text_until_nul(m->arena, data, WR_UTF16LE)
                           : wr_arena_text(m->arena, "");

    for (const char *p = text; p && *p; p++)
        if ((unsigned char)*p < ' ')
            return wr_arena_text(m->arena, "");
    return text;
}

static bool read_values(wr_model *m, const wr_registry *registry, const wr_registry_key *key,
                        const char *path, wr_physical_store *out, wr_error *err)
{
    wr_registry_value value;
    wr_view data;
    wr_error damage;

    out->provider = out->target = "";
    (void)wr_registry_string(registry, key, "OpenStoreProvider", m->arena, m->diags,
                             &out->provider);
    (void)wr_registry_dword(registry, key, "Flags", m->diags, &out->flags);
    (void)wr_registry_dword(registry, key, "Priority", m->diags, &out->priority);
    if (!wr_registry_find_value(registry, key, "OpenParameters", m->diags, &value))
        return true;
    if (!wr_registry_data(registry, &value, m->arena, &data, &damage))
        return wr_collect_past(m, &damage, path, err);
    out->target = text_of(m, data);
    return out->target || wr_fail_memory(err);
}

bool wr_collect_physical_stores(wr_model *m, const wr_registry *registry,
                                const wr_registry_key *key, const char *path, size_t store,
                                wr_error *err)
{
    const char *inside;
    wr_registry_key list, child;
    wr_registry_iter it;

    if (!wr_registry_find(registry, key, "PhysicalStores", m->diags, &list))
        return true;
    if (!(inside = wr_key_path(m->arena, path, "PhysicalStores")))
        return wr_fail_memory(err);
    wr_registry_subkeys(registry, &list, inside, m->diags, &it);
    while (wr_registry_next(&it, &child)) {
        wr_physical_store p = { .store = store, .last_write = child.last_write }, *added;
        if (!(p.name = wr_registry_name(registry, &child, m->arena)) ||
            !(p.path = wr_key_path(m->arena, inside, p.name)))
            return wr_fail_memory(err);
        if (!read_values(m, registry, &child, p.path, &p, err))
            return false;
        if (!(added = WR_APPEND(m->arena, &m->physical_stores, wr_physical_store)))
            return wr_fail_memory(err);
        *added = p;
    }
    return true;
}

bool wr_physical_store_is_shut(const wr_physical_store *p)
{
    return p->flags & WR_PHYSICAL_DO_NOT_OPEN;
}
