#include "store/collect.h"

#include "evidence/profile_path.h"
#include "store/collect_before.h"
#include "store/collect_deleted.h"
#include "store/collect_report.h"
#include "store/collect_stores.h"
#include "store/collect_users.h"
#include "store/host_facts.h"
#include "store/layout.h"
#include "store/policies.h"
#include "store/protected_roots.h"

#include <string.h>

/* True where the export holds all of the machine's own stores and policies. */
static bool holds_machine_stores(wr_model *m, const wr_mount *mount)
{
    wr_registry_key key;

    return !mount->is_export || mount->key.listed ||
           (wr_registry_find(&mount->registry, &mount->key, "Microsoft\\SystemCertificates",
                             m->diags, &key) &&
            key.listed);
}

static bool collect_machine(wr_model *m, const wr_mount *mount, const wr_collect_options *options,
                            wr_error *err)
{
    if (m->has_machine_hive)
        wr_diag_add(m->diags, WR_DIAG_WARNING, WR_OK, mount->source, WR_NO_OFFSET, NULL,
                    "a second machine hive: its stores are added to those of the first as if both "
                    "were one host's");
    m->has_machine_hive = true;
    m->machine_hive_partial |= !holds_machine_stores(m, mount);
    return wr_collect_stores(m, mount, NULL, err) && wr_collect_policies(m, mount, NULL, err) &&
           wr_collect_machine_facts(m, mount, options->updates, err);
}

static bool collect_user(wr_model *m, const wr_mount *mount, wr_error *err)
{
    const char *owner = wr_user_of(m, mount->owner);

    m->num_user_hives++;
    return wr_collect_user(m, mount, owner, err) && wr_collect_stores(m, mount, owner, err) &&
           wr_collect_policies(m, mount, owner, err);
}

static bool collect_mount(wr_model *m, const wr_mount *mount, const wr_collect_options *options,
                          wr_error *err)
{
    if (mount->intent && !options->intended)
        return wr_collect_policies(m, mount, NULL, err) &&
               wr_collect_intended_certificates(m, mount, err);
    switch (mount->role) {
    case WR_ROLE_SOFTWARE:
        return collect_machine(m, mount, options, err);
    case WR_ROLE_OSDATA:
        return wr_collect_stores(m, mount, NULL, err);
    case WR_ROLE_USER:
        return collect_user(m, mount, err);
    case WR_ROLE_SYSTEM:
        return wr_collect_computer_name(m, mount, err);
    default:
        return true;
    }
}

static bool say_useless(wr_model *m, const wr_item *item, wr_error *err)
{
    wr_regf_key root;
    wr_error damage;

    if (item->kind == WR_KIND_REGF && !wr_regf_root(&item->hive, &root, &damage)) {
        m->machine_incomplete = true; /* it may have been the machine's */
        return wr_collect_past(m, &damage, "", err);
    }
    wr_diag_add(m->diags, WR_DIAG_NOTE, WR_OK, item->label, WR_NO_OFFSET, NULL,
                "a %s that holds nothing about certificate stores", wr_kind_name(item->kind));
    return true;
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
            if (!wr_collect_past(m, &damage, "", err))
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
    const char *owner, *name, *file = NULL;
    size_t store;

    if (!item->place) {
        wr_diag_add(
            m->diags, WR_DIAG_WARNING, WR_OK, item->label, WR_NO_OFFSET, NULL,
            "%zu elements of a certificate store that stands in no place and grants no trust: "
            "say where it was with --store LM/Root=FILE",
            item->store.elements.count);
        return true;
    }
    if (!wr_store_place_parse(item->place, m->arena, &location, &owner, &name, err))
        return false;
    if (item->use == WR_USE_EVIDENCE) { /* found: one element a file, which has its hash as name */
        owner = wr_user_of(m, owner);
        file = wr_path_base(item->inner);
    }
    if (!wr_model_store(m, location, owner, name, item->label, "", &store, err))
        return false;
    for (size_t i = 0; i < item->store.elements.count; i++)
        if (!wr_collect_element(m, &item->store.elements.items[i], store, "", 0, file, err))
            return false;
    return true;
}

static bool collect_list(wr_model *m, const wr_item *item, wr_error *err)
{
    wr_list *list = WR_APPEND(m->arena, &m->lists, wr_list);

    if (!list)
        return wr_fail_memory(err);
    *list = (wr_list){ .ctl = &item->list,
                       .message = &item->message,
                       .source = item->label,
                       .path = "",
                       .offset = item->message.content.origin,
                       .from_host = strstr(item->inner, "CryptnetUrlCache") != NULL };
    return true;
}

/* What a log that could not be opened brings may stand in any store of its hive, or be gone. */
static void doubt_stores(wr_model *m, const wr_item *item)
{
    for (size_t i = 0; i < m->stores.count; i++)
        m->stores.items[i].num_skipped += !strcmp(m->stores.items[i].source, item->label);
    if (item->role != WR_ROLE_USER && item->role != WR_ROLE_SYSTEM)
        m->machine_incomplete = m->refusals_incomplete = true;
}

bool wr_collect_item(const wr_item *item, const wr_collect_options *options, wr_model *m,
                     wr_error *err)
{
    switch (item->role) {
    case WR_ROLE_LIST:
        return collect_list(m, item, err);
    case WR_ROLE_STORE:
        return collect_placed(m, item, err);
    case WR_ROLE_REPORT:
        return wr_collect_report_item(m, item, err);
    case WR_ROLE_SUPPLY:
        return collect_supply(m, item, err);
    default:
        break;
    }
    if (!item->mounts.list.count && !say_useless(m, item, err))
        return false;
    for (size_t i = 0; i < item->mounts.list.count; i++)
        if (!collect_mount(m, &item->mounts.list.items[i], options, err))
            return false;
    if (item->log_lost)
        doubt_stores(m, item);
    if (item->keeps_primary && !wr_collect_before(m, item, err))
        return false;
    return !item->recover || wr_collect_deleted(m, item, err);
}

/* What was deleted may serve to put it back, where a profile or a verified list names its hash: as
 * any other supply it is never trusted. */
static bool supply_deleted(wr_model *m, wr_error *err)
{
    const wr_model *deleted = m->deleted ? &m->deleted->model : NULL;

    for (size_t i = 0; deleted && i < deleted->certificates.count; i++) {
        wr_certificate *added = WR_APPEND(m->arena, &m->supply, wr_certificate);
        if (!added)
            return wr_fail_memory(err);
        *added = deleted->certificates.items[i];
        memset(&added->instances, 0, sizeof added->instances);
    }
    return true;
}

/* How many items from one on are hives of users alone; they stand in a row. */
static size_t num_users(const wr_evidence *evidence, size_t first)
{
    size_t end = first;

    while (end < wr_evidence_count(evidence) && wr_is_user_alone(wr_evidence_item(evidence, end)))
        end++;
    return end - first;
}

bool wr_collect(const wr_evidence *evidence, const wr_collect_options *options, wr_model *m,
                wr_error *err)
{
    for (size_t i = 0, users; i < wr_evidence_count(evidence); i += users ? users : 1) {
        const wr_item *item = wr_evidence_item(evidence, i);
        users = num_users(evidence, i);
        if (users) {
            if (!wr_collect_users(evidence, i, users, options, m, err))
                return false;
        } else if (item->deleted) {
            if (item->readable && !wr_collect_deleted_file(m, item, err))
                return false;
        } else if (item->readable) {
            if (!wr_collect_item(item, options, m, err))
                return false;
        } else if (!item->aside && (item->use == WR_USE_EVIDENCE || item->use == WR_USE_STORE)) {
            m->machine_incomplete = true; /* what it would have shown is unknown */
        }
    }
    wr_observe_host(m);
    for (size_t i = 0; i < wr_evidence_count(evidence); i++)
        wr_item_tell_unread(wr_evidence_item(evidence, i), m->diags);
    return supply_deleted(m, err);
}
