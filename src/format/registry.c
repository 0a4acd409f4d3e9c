#include "format/registry.h"

static wr_registry_key of_hive(const wr_registry *r, const wr_regf_key *key)
{
    return (wr_registry_key){ .last_write = key->last_write,
                              .offset = r->hive->bins.origin + key->cell,
                              .listed = true,
                              .hive = *key };
}

static wr_registry_key of_tree(const wr_registry *r, uint32_t node)
{
    const wr_reg_node *n = &r->tree->nodes.items[node];

    return (wr_registry_key){ .offset = n->offset, .listed = n->listed, .node = node };
}

bool wr_registry_root(const wr_registry *registry, wr_registry_key *out, wr_error *err)
{
    wr_regf_key key;

    if (registry->tree) {
        *out = of_tree(registry, WR_REG_ROOT);
        return true;
    }
    if (!wr_regf_root(registry->hive, &key, err))
        return false;
    *out = of_hive(registry, &key);
    return true;
}

bool wr_registry_find(const wr_registry *registry, const wr_registry_key *from, const char *path,
                      wr_diags *diags, wr_registry_key *out)
{
    wr_regf_key key;
    uint32_t node;

    if (registry->tree) {
        node = wr_reg_tree_find(registry->tree, from->node, path);
        if (node == WR_REG_NONE)
            return false;
        *out = of_tree(registry, node);
        return true;
    }
    if (!wr_regf_find_path(registry->hive, &from->hive, path, diags, &key))
        return false;
    *out = of_hive(registry, &key);
    return true;
}

void wr_registry_subkeys(const wr_registry *registry, const wr_registry_key *key, const char *path,
                         wr_diags *diags, wr_registry_iter *it)
{
    *it = (wr_registry_iter){ .registry = registry };
    if (registry->tree)
        it->node = wr_reg_tree_first(registry->tree, key->node);
    else
        wr_regf_subkeys(registry->hive, &key->hive, path, diags, &it->hive);
}

bool wr_registry_next(wr_registry_iter *it, wr_registry_key *out)
{
    wr_regf_key key;

    if (it->registry->tree) {
        if (it->node == WR_REG_NONE)
            return false;
        *out = of_tree(it->registry, it->node);
        it->node = wr_reg_tree_next(it->registry->tree, it->node);
        return true;
    }
    if (!wr_regf_next_key(&it->hive, &key))
        return false;
    *out = of_hive(it->registry, &key);
    return true;
}

const char *wr_registry_name(const wr_registry *registry, const wr_registry_key *key,
                             wr_arena *arena)
{
    return registry->tree ? registry->tree->nodes.items[key->node].name
                          : wr_text(arena, wr_regf_shown(key->hive.name), key->hive.name_encoding);
}

bool wr_registry_find_value(const wr_registry *registry, const wr_registry_key *key,
                            const char *name, wr_diags *diags, wr_registry_value *out)
{
    wr_registry_value value = { 0 };

    if (registry->tree) {
        value.entry = wr_reg_tree_value(registry->tree, key->node, name);
        if (!value.entry)
            return false;
    } else if (!wr_regf_find_value(registry->hive, &key->hive, name, diags, &value.hive)) {
        return false;
    }
    *out = value;
    return true;
}

bool wr_registry_data(const wr_registry *registry, const wr_registry_value *value, wr_arena *arena,
                      wr_view *out, wr_error *err)
{
    if (!registry->tree)
        return wr_regf_data(registry->hive, &value->hive, arena, out, err);
    *out = value->entry->data;
    return true;
}

/* As a hive's reader says it. */
static bool skip_kind(const wr_reg_value *value, const char *name, const char *expected,
                      wr_diags *diags)
{
    wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, value->data.source, value->offset, NULL,
                "value %s is of type %u with %zu bytes, expected %s", name, (unsigned)value->type,
                value->data.len, expected);
    return false;
}

bool wr_registry_dword(const wr_registry *registry, const wr_registry_key *key, const char *name,
                       wr_diags *diags, uint32_t *out)
{
    const wr_reg_value *value;

    if (!registry->tree)
        return wr_regf_dword(registry->hive, &key->hive, name, diags, out);
    value = wr_reg_tree_value(registry->tree, key->node, name);
    if (!value)
        return false;
    if (value->type != WR_REG_DWORD || value->data.len != sizeof *out)
        return skip_kind(value, name, "a REG_DWORD of 4", diags);
    return wr_u32le_at(value->data, 0, out);
}

bool wr_registry_string(const wr_registry *registry, const wr_registry_key *key, const char *name,
                        wr_arena *arena, wr_diags *diags, const char **out)
{
    const wr_reg_value *value;
    const char *text;
    wr_error e;

    if (!registry->tree)
        return wr_regf_string(registry->hive, &key->hive, name, arena, diags, out);
    value = wr_reg_tree_value(registry->tree, key->node, name);
    if (!value)
        return false;
    if (value->type != WR_REG_SZ && value->type != WR_REG_EXPAND_SZ && value->type != WR_REG_LINK)
        return skip_kind(value, name, "a string", diags);
    if (!(text = wr_text_until_nul(arena, value->data, WR_UTF16LE))) {
        wr_fail_memory(&e);
        wr_diag_error(diags, WR_DIAG_SKIPPED, &e);
        return false;
    }
    *out = text;
    return true;
}
