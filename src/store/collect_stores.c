#include "store/collect_stores.h"

#include "base/text.h"
#include "format/property.h"
#include "format/sst.h"
#include "store/layout.h"
#include "store/physical_store.h"

#include <string.h>

typedef struct walk {
    wr_model *m;
    const wr_mount *mount;
    const wr_registry *registry;
} walk;

const char *wr_key_path(wr_arena *arena, const char *path, const char *name)
{
    return *path ? wr_arena_format(arena, "%s\\%s", path, name) : wr_arena_text(arena, name);
}

bool wr_collect_past(wr_model *m, wr_error *damage, const char *path, wr_error *err)
{
    if (damage->code == WR_E_NO_MEMORY) {
        *err = *damage;
        return false;
    }
    wr_error_at(damage, path);
    wr_diag_error(m->diags, WR_DIAG_SKIPPED, damage);
    return true;
}

bool wr_collect_list(wr_model *m, wr_view der, const char *path, const char *owner, wr_error *err)
{
    wr_pkcs7 *message = WR_NEW(m->arena, wr_pkcs7, 1);
    wr_ctl *ctl = WR_NEW(m->arena, wr_ctl, 1);
    wr_list *list;
    wr_error damage;

    if (!message || !ctl)
        return wr_fail_memory(err);
    if (!wr_pkcs7_parse(der, m->arena, m->diags, message, &damage) ||
        !wr_ctl_parse(message->content, m->arena, ctl, &damage))
        return wr_collect_past(m, &damage, path, err);
    if (!(list = WR_APPEND(m->arena, &m->lists, wr_list)))
        return wr_fail_memory(err);
    *list = (wr_list){ ctl, message, der.source, path, der.origin, true, owner };
    return true;
}

bool wr_collect_element(wr_model *m, const wr_element *element, size_t store, const char *path,
                        wr_time last_write, const char *name, wr_error *err)
{
    wr_instance instance = { .store = store,
                             .path = path,
                             .offset = element->object.origin,
                             .last_write = last_write,
                             .element = *element };
    wr_other_element *other;
    uint8_t named[WR_SHA1_LEN];
    wr_error damage;

    if (element->kind == WR_ELEMENT_CERTIFICATE) {
        if (!wr_model_certificate(m, element->object, &instance.certificate, &damage))
            return wr_collect_past(m, &damage, path, err);
        instance.name_mismatch =
            name && (!wr_text_unhex(name, named, sizeof named) ||
                     memcmp(named, m->certificates.items[instance.certificate].sha1, sizeof named));
        return wr_model_place(m, &instance, err);
    }
    if (!(other = WR_APPEND(m->arena, &m->others, wr_other_element)))
        return wr_fail_memory(err);
    *other = (wr_other_element){ store, path, last_write, *element, NULL };
    m->stores.items[store].num_crls += element->kind == WR_ELEMENT_CRL;
    m->stores.items[store].num_ctls += element->kind == WR_ELEMENT_CTL;
    return element->kind != WR_ELEMENT_CTL ||
           wr_collect_list(m, element->object, path, m->stores.items[store].owner, err);
}

/* The element in the value Blob of a key; *found false where there is none that can be read. */
static bool read_element(walk *w, const wr_registry_key *key, const char *path, wr_element *out,
                         bool *found, wr_error *err)
{
    wr_model *m = w->m;
    wr_registry_value value;
    wr_view blob;
    wr_error damage;

    *found = false;
    if (!wr_registry_find_value(w->registry, key, "Blob", m->diags, &value)) {
        wr_diag_add(m->diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, w->mount->source, key->offset, path,
                    "the key has no value Blob, expected one");
        return true;
    }
    if (!wr_registry_data(w->registry, &value, m->arena, &blob, &damage) ||
        !wr_element_parse(blob, m->diags, out, &damage))
        return wr_collect_past(m, &damage, path, err);
    *found = true;
    return true;
}

/* <store>\Certificates, CRLs, CTLs or Keys: one subkey an element. */
static bool collect_elements(walk *w, const wr_registry_key *key, const char *path, size_t store,
                             wr_error *err)
{
    wr_model *m = w->m;
    wr_registry_iter it;
    wr_registry_key child;

    wr_registry_subkeys(w->registry, key, path, m->diags, &it);
    while (wr_registry_next(&it, &child)) {
        const char *name = wr_registry_name(w->registry, &child, m->arena);
        const char *child_path = name ? wr_key_path(m->arena, path, name) : NULL;
        wr_element element;
        bool found;

        if (!child_path)
            return wr_fail_memory(err);
        if (!read_element(w, &child, child_path, &element, &found, err))
            return false;
        if (found &&
            !wr_collect_element(m, &element, store, child_path, child.last_write, name, err))
            return false;
    }
    return true;
}

/* A store kept whole in one value, as policy stores may be (windows-trust 1.2). */
static bool collect_serialized(walk *w, const wr_registry_key *key, const char *path, size_t store,
                               wr_error *err)
{
    wr_model *m = w->m;
    wr_registry_value value;
    wr_sst sst = { { 0 } };
    wr_view blob;
    wr_error damage;

    if (!wr_registry_find_value(w->registry, key, "Blob", m->diags, &value))
        return true;
    if (!wr_registry_data(w->registry, &value, m->arena, &blob, &damage) ||
        !wr_sst_parse(blob, m->arena, m->diags, &sst, &damage))
        return wr_collect_past(m, &damage, path, err);
    for (size_t i = 0; i < sst.elements.count; i++)
        if (!wr_collect_element(m, &sst.elements.items[i], store, path, key->last_write, NULL, err))
            return false;
    return true;
}

static bool collect_store(walk *w, const wr_registry_key *key, const char *name, const char *path,
                          wr_location location, const char *owner, wr_error *err)
{
    static const char *const parts[] = { "Certificates", "CRLs", "CTLs", "Keys" };
    wr_model *m = w->m;
    size_t before = m->diags->num_skipped, store;

    if (!wr_model_store(m, location, owner, wr_store_name(name), w->mount->source, path, &store,
                        err))
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *part_path = wr_key_path(m->arena, path, parts[i]);
        wr_registry_key part;
        if (!part_path)
            return wr_fail_memory(err);
        if (wr_registry_find(w->registry, key, parts[i], m->diags, &part) &&
            !collect_elements(w, &part, part_path, store, err))
            return false;
    }
    if (!collect_serialized(w, key, path, store, err) ||
        !wr_collect_physical_stores(m, w->registry, key, path, store, err))
        return false;
    m->stores.items[store].num_skipped += m->diags->num_skipped - before;
    return true;
}

static bool collect_stores(walk *w, const wr_registry_key *key, const char *path,
                           wr_location location, const char *owner, wr_error *err)
{
    wr_registry_iter it;
    wr_registry_key store;

    wr_registry_subkeys(w->registry, key, path, w->m->diags, &it);
    while (wr_registry_next(&it, &store)) {
        const char *name = wr_registry_name(w->registry, &store, w->m->arena);
        const char *store_path = name ? wr_key_path(w->m->arena, path, name) : NULL;
        if (!store_path)
            return wr_fail_memory(err);
        if (!collect_store(w, &store, name, store_path, location, owner, err))
            return false;
    }
    return true;
}

/* Services: each has stores of its own below SystemCertificates. */
static bool collect_services(walk *w, const wr_registry_key *key, const char *path,
                             wr_location location, wr_error *err)
{
    wr_registry_iter it;
    wr_registry_key service, stores;

    wr_registry_subkeys(w->registry, key, path, w->m->diags, &it);
    while (wr_registry_next(&it, &service)) {
        const char *name = wr_registry_name(w->registry, &service, w->m->arena), *inside;
        if (!wr_registry_find(w->registry, &service, "SystemCertificates", w->m->diags, &stores))
            continue;
        inside =
            name ? wr_arena_format(w->m->arena, "%s\\%s\\SystemCertificates", path, name) : NULL;
        if (!inside)
            return wr_fail_memory(err);
        if (!collect_stores(w, &stores, inside, location, name, err))
            return false;
    }
    return true;
}

bool wr_collect_stores(wr_model *m, const wr_mount *mount, const char *owner, wr_error *err)
{
    walk w = { m, mount, &mount->registry };

    for (size_t i = 0; i < wr_layout_count(); i++) {
        const wr_layout *row = wr_layout_row(i);
        size_t before = m->diags->num_skipped;
        const char *path;
        wr_registry_key key;
        bool there, ok;

        if (row->hive != mount->role)
            continue;
        path = wr_mount_path(mount, row->path);
        there = wr_registry_find(w.registry, &mount->key, path, m->diags, &key);
        /* Damage on the way to the stores may hide all of them. */
        if (mount->role == WR_ROLE_SOFTWARE && m->diags->num_skipped > before)
            m->machine_incomplete = m->refusals_incomplete = true;
        if (!there)
            continue;
        if (!(path = wr_key_path(m->arena, mount->path, path)))
            return wr_fail_memory(err);
        ok = row->per_service ? collect_services(&w, &key, path, row->location, err)
                              : collect_stores(&w, &key, path, row->location, owner, err);
        if (!ok)
            return false;
    }
    return true;
}
