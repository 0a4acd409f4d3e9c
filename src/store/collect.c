#include "store/collect.h"

#include "store/hive_facts.h"
#include "store/layout.h"

#include <string.h>

/* Where the collecting stands. */
typedef struct walk {
    wr_model *m;
    const wr_item *item;
    const char *owner; /* of a user hive, else NULL */
} walk;

static const char *join(wr_model *m, const char *path, const char *name)
{
    return *path ? wr_arena_format(m->arena, "%s\\%s", path, name) : wr_arena_text(m->arena, name);
}

static const char *key_name(wr_model *m, const wr_regf_key *key)
{
    return wr_text(m->arena, key->name, key->name_encoding);
}

/* Damage to one element is a diagnostic of its place; lost memory ends the call. */
static bool step_over(wr_model *m, wr_error *damage, const char *path, wr_error *err)
{
    if (damage->code == WR_E_NO_MEMORY) {
        *err = *damage;
        return false;
    }
    wr_error_at(damage, path);
    wr_diag_error(m->diags, WR_DIAG_SKIPPED, damage);
    return true;
}

bool wr_collect_list(wr_model *m, wr_view der, const char *path, bool from_host, wr_error *err)
{
    wr_pkcs7 *message = WR_NEW(m->arena, wr_pkcs7, 1);
    wr_ctl *ctl = WR_NEW(m->arena, wr_ctl, 1);
    wr_list *list;
    wr_error damage;

    if (!message || !ctl)
        return wr_fail_memory(err);
    if (!wr_pkcs7_parse(der, m->arena, m->diags, message, &damage) ||
        !wr_ctl_parse(message->content, m->arena, ctl, &damage))
        return step_over(m, &damage, path, err);
    if (!(list = WR_APPEND(m->arena, &m->lists, wr_list)))
        return wr_fail_memory(err);
    *list = (wr_list){ ctl, message, der.source, path, der.origin, from_host };
    return true;
}

/* One element into its store.  False only when memory ends. */
static bool place_element(wr_model *m, const wr_element *element, size_t store, const char *path,
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
            return step_over(m, &damage, path, err);
        instance.name_mismatch =
            name && (!wr_text_unhex(name, named, sizeof named) ||
                     memcmp(named, m->certificates.items[instance.certificate].sha1, sizeof named));
        return wr_model_place(m, &instance, err);
    }
    if (!(other = WR_APPEND(m->arena, &m->others, wr_other_element)))
        return wr_fail_memory(err);
    *other = (wr_other_element){ store, path, last_write, *element };
    m->stores.items[store].num_crls += element->kind == WR_ELEMENT_CRL;
    m->stores.items[store].num_ctls += element->kind == WR_ELEMENT_CTL;
    return element->kind != WR_ELEMENT_CTL || wr_collect_list(m, element->object, path, true, err);
}

/* <store>\Certificates, CRLs or CTLs: one subkey an element, its value Blob. */
static bool collect_elements(walk *w, const wr_regf_key *key, const char *path, size_t store,
                             wr_error *err)
{
    wr_model *m = w->m;
    wr_regf_iter it;
    wr_regf_key child;

    wr_regf_subkeys(&w->item->hive, key, path, m->diags, &it);
    while (wr_regf_next_key(&it, &child)) {
        const char *name = key_name(m, &child);
        const char *child_path = name ? join(m, path, name) : NULL;
        wr_regf_value value;
        wr_element element;
        wr_view blob;
        wr_error damage;

        if (!child_path)
            return wr_fail_memory(err);
        if (!wr_regf_find_value(&w->item->hive, &child, "Blob", m->diags, &value)) {
            wr_diag_add(m->diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, w->item->label,
                        child.cell + 4096u, child_path, "the key has no value Blob, expected one");
            continue;
        }
        if (!wr_regf_data(&w->item->hive, &value, m->arena, &blob, &damage) ||
            !wr_element_parse(blob, m->diags, &element, &damage)) {
            if (!step_over(m, &damage, child_path, err))
                return false;
            continue;
        }
        if (!place_element(m, &element, store, child_path, child.last_write, name, err))
            return false;
    }
    return true;
}

/* A store kept whole in one value, as policy stores may be (windows-trust 1.2). */
static bool collect_serialized(walk *w, const wr_regf_key *key, const char *path, size_t store,
                               wr_error *err)
{
    wr_model *m = w->m;
    wr_regf_value value;
    wr_sst sst = { { 0 } };
    wr_view blob;
    wr_error damage;

    if (!wr_regf_find_value(&w->item->hive, key, "Blob", m->diags, &value))
        return true;
    if (!wr_regf_data(&w->item->hive, &value, m->arena, &blob, &damage) ||
        !wr_sst_parse(blob, m->arena, m->diags, &sst, &damage))
        return step_over(m, &damage, path, err);
    for (size_t i = 0; i < sst.elements.count; i++)
        if (!place_element(m, &sst.elements.items[i], store, path, key->last_write, NULL, err))
            return false;
    return true;
}

static bool collect_store(walk *w, const wr_regf_key *key, const char *path, wr_location location,
                          const char *owner, wr_error *err)
{
    static const char *const parts[] = { "Certificates", "CRLs", "CTLs" };
    wr_model *m = w->m;
    size_t before = m->diags->num_skipped, store;
    const char *name = key_name(m, key);

    if (!name)
        return wr_fail_memory(err);
    if (!wr_model_store(m, location, owner, wr_store_name(name), w->item->label, path, &store, err))
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *part_path = join(m, path, parts[i]);
        wr_regf_key part;
        if (!part_path)
            return wr_fail_memory(err);
        if (wr_regf_find_key(&w->item->hive, key, parts[i], m->diags, &part) &&
            !collect_elements(w, &part, part_path, store, err))
            return false;
    }
    if (!collect_serialized(w, key, path, store, err))
        return false;
    m->stores.items[store].num_skipped += m->diags->num_skipped - before;
    return true;
}

static bool collect_stores(walk *w, const wr_regf_key *key, const char *path, wr_location location,
                           const char *owner, wr_error *err)
{
    wr_regf_iter it;
    wr_regf_key store;

    wr_regf_subkeys(&w->item->hive, key, path, w->m->diags, &it);
    while (wr_regf_next_key(&it, &store)) {
        const char *name = key_name(w->m, &store);
        const char *store_path = name ? join(w->m, path, name) : NULL;
        if (!store_path)
            return wr_fail_memory(err);
        if (!collect_store(w, &store, store_path, location, owner, err))
            return false;
    }
    return true;
}

/* Services: each has stores of its own below SystemCertificates. */
static bool collect_services(walk *w, const wr_regf_key *key, const char *path,
                             wr_location location, wr_error *err)
{
    wr_regf_iter it;
    wr_regf_key service, stores;

    wr_regf_subkeys(&w->item->hive, key, path, w->m->diags, &it);
    while (wr_regf_next_key(&it, &service)) {
        const char *name = key_name(w->m, &service), *inside;
        if (!wr_regf_find_key(&w->item->hive, &service, "SystemCertificates", w->m->diags, &stores))
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

static bool collect_hive(walk *w, wr_error *err)
{
    const wr_regf *hive = &w->item->hive;
    wr_model *m = w->m;
    wr_error damage;
    wr_regf_key root, key;

    if (!wr_regf_root(hive, &root, &damage)) {
        m->machine_incomplete |= w->item->role == WR_ROLE_SOFTWARE;
        return step_over(m, &damage, "", err);
    }
    for (size_t i = 0; i < wr_layout_count(); i++) {
        const wr_layout *row = wr_layout_row(i);
        size_t before = m->diags->num_skipped;
        bool there, ok;

        if (row->hive != w->item->role)
            continue;
        there = wr_regf_find_path(hive, &root, row->path, m->diags, &key);
        /* Damage on the way to the stores may hide all of them. */
        m->machine_incomplete |=
            w->item->role == WR_ROLE_SOFTWARE && m->diags->num_skipped > before;
        if (!there)
            continue;
        ok = row->per_service ? collect_services(w, &key, row->path, row->location, err)
                              : collect_stores(w, &key, row->path, row->location, w->owner, err);
        if (!ok)
            return false;
    }
    return true;
}

/* Who a user hive belongs to: the profile folder in its path, else in the name that the hive itself
 * stores, else its file name. */
static const char *user_of(wr_model *m, const wr_item *item)
{
    const char *const texts[] = { item->path, item->hive.file_name ? item->hive.file_name : "" };
    const char *base = item->path;

    for (size_t i = 0; i < 2; i++) {
        for (const char *p = texts[i]; *p; p++) {
            char folder[7] = { 0 };
            const char *name = p + 6, *end = name;
            strncpy(folder, p, 6);
            if (wr_text_compare(folder, "Users/") && wr_text_compare(folder, "Users\\"))
                continue;
            while (*end && *end != '/' && *end != '\\')
                end++;
            if (*end && end > name)
                return wr_arena_format(m->arena, "Users/%.*s", (int)(end - name), name);
        }
    }
    for (const char *p = item->path; *p; p++)
        if (*p == '/' || *p == '\\')
            base = p + 1;
    return wr_arena_text(m->arena, base);
}

static bool collect_supply(wr_model *m, const wr_item *item, wr_error *err)
{
    for (size_t i = 0; i < item->store.elements.count; i++) {
        const wr_element *e = &item->store.elements.items[i];
        wr_certificate *added, facts;
        wr_error damage;

        if (e->kind != WR_ELEMENT_CERTIFICATE)
            continue;
        if (!wr_certificate_facts(e->object, &facts, &damage)) {
            if (!step_over(m, &damage, "", err))
                return false;
            continue;
        }
        if (!(added = WR_APPEND(m->arena, &m->supply, wr_certificate)))
            return wr_fail_memory(err);
        *added = facts;
    }
    return true;
}

static bool collect_placed(wr_model *m, const wr_item *item, wr_error *err)
{
    wr_location location;
    const char *owner, *name;
    size_t store;

    if (!item->place) {
        wr_diag_add(
            m->diags, WR_DIAG_WARNING, WR_OK, item->label, WR_NO_OFFSET, NULL,
            "%zu elements of a certificate store that stands in no place and grants no trust: "
            "say where it was with --store LM/Root=FILE",
            item->store.elements.count);
        return true;
    }
    if (!wr_store_place_parse(item->place, m->arena, &location, &owner, &name, err) ||
        !wr_model_store(m, location, owner, name, item->label, "", &store, err))
        return false;
    for (size_t i = 0; i < item->store.elements.count; i++)
        if (!place_element(m, &item->store.elements.items[i], store, "", 0, NULL, err))
            return false;
    return true;
}

static bool collect_item(wr_model *m, const wr_item *item, const wr_collect_options *options,
                         wr_error *err)
{
    walk w = { m, item, NULL };
    wr_list *list;

    switch (item->role) {
    case WR_ROLE_SOFTWARE:
        if (m->has_machine_hive)
            wr_diag_add(m->diags, WR_DIAG_WARNING, WR_OK, item->label, WR_NO_OFFSET, NULL,
                        "a second machine hive: its stores are added to those of the first as if "
                        "both were one host's");
        m->has_machine_hive = true;
        return collect_hive(&w, err) && wr_collect_machine_facts(m, item, options->updates, err);
    case WR_ROLE_USER:
        m->num_user_hives++;
        w.owner = user_of(m, item);
        return w.owner ? collect_hive(&w, err) : wr_fail_memory(err);
    case WR_ROLE_SYSTEM:
        return wr_collect_computer_name(m, item, err);
    case WR_ROLE_LIST:
        if (!(list = WR_APPEND(m->arena, &m->lists, wr_list)))
            return wr_fail_memory(err);
        *list =
            (wr_list){ &item->list, &item->message, item->label, "", item->message.content.origin,
                       false };
        return true;
    case WR_ROLE_STORE:
        return collect_placed(m, item, err);
    case WR_ROLE_SUPPLY:
        return collect_supply(m, item, err);
    default:
        wr_diag_add(m->diags, WR_DIAG_NOTE, WR_OK, item->label, WR_NO_OFFSET, NULL,
                    "a %s that holds nothing about certificate stores", wr_kind_name(item->kind));
        return true;
    }
}

bool wr_collect(const wr_evidence *evidence, const wr_collect_options *options, wr_model *m,
                wr_error *err)
{
    for (size_t i = 0; i < wr_evidence_count(evidence); i++) {
        const wr_item *item = wr_evidence_item(evidence, i);
        if (item->readable) {
            if (!collect_item(m, item, options, err))
                return false;
        } else if (item->use == WR_USE_EVIDENCE || item->use == WR_USE_STORE) {
            m->machine_incomplete = true; /* what it would have shown is unknown */
        }
    }
    return true;
}
