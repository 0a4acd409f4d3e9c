#include "trust/finding_add.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const wr_finding_kind table[WR_NUM_FINDINGS] = {
    [WR_FINDING_EXPIRED] = { "expired", "info", "Installed root has expired", "" },
    [WR_FINDING_EXPIRING] = { "expiring", "low", "Installed root expires soon", "" },
    [WR_FINDING_NOT_IN_PROGRAM] = { "not_in_program", "medium",
                                    "Trusted root is not in Microsoft's root program",
                                    "T1553.004" },
    [WR_FINDING_NOT_SELF_SIGNED_ROOT] = { "not_self_signed_root", "medium",
                                          "Certificate in a root store is not self-issued",
                                          "T1553.004" },
    [WR_FINDING_LEAF_IN_ROOT] = { "leaf_in_root", "medium",
                                  "Root store holds a certificate that is no CA", "T1553.004" },
    [WR_FINDING_PRIVATE_KEY_BESIDE_ROOT] = { "private_key_beside_root", "high",
                                             "The host holds the private key of a root",
                                             "T1553.004" },
    [WR_FINDING_KEY_NAME_MISMATCH] = { "key_name_mismatch", "high",
                                       "Registry key is not named by the hash of its certificate",
                                       "T1553.004" },
    [WR_FINDING_HASH_PROPERTY_MISMATCH] = { "hash_property_mismatch", "high",
                                            "Stored hash is not that of the certificate",
                                            "T1553.004" },
    [WR_FINDING_LIST_NOT_VERIFIED] = { "list_not_verified", "high", "Trust list does not verify",
                                       "T1553.004" },
    [WR_FINDING_LIST_STALE] = { "list_stale", "low", "Trust list is older than 60 days", "" },
    [WR_FINDING_ROOT_UPDATE_DISABLED] = { "root_update_disabled", "low",
                                          "Automatic root update is turned off", "T1562" },
    [WR_FINDING_WATCH_LIST] = { "watch_list", "high", "Trusted root is on the watch list",
                                "T1553.004" },
    [WR_FINDING_CLONE_OF_PROGRAM_ROOT] = { "clone_of_program_root", "high",
                                           "Trusted root has the name or key identifier of a "
                                           "program root and another key",
                                           "T1553.004" },
    [WR_FINDING_WEAK_KEY] = { "weak_key", "low", "Trusted root has a weak key", "" },
    [WR_FINDING_PURPOSES_WIDENED] = { "purposes_widened", "medium",
                                      "Installed copy allows more than the root list",
                                      "T1553.004" },
    [WR_FINDING_RESTRICTION_DROPPED] = { "restriction_dropped", "low",
                                         "Installed copy lacks a restriction of the root list",
                                         "" },
    [WR_FINDING_REMOVED_FROM_LIST] = { "removed_from_list", "low",
                                       "Third-party root is no longer in the root list", "" },
    [WR_FINDING_USER_ROOT_WITHOUT_CONSENT] = { "user_root_without_consent", "medium",
                                               "Root was written to a user's store without the "
                                               "user's consent",
                                               "T1553.004" },
    [WR_FINDING_SECURITY_VENDOR_DISALLOWED] = { "security_vendor_disallowed", "high",
                                                "A security vendor's certificate is refused",
                                                "T1562.001" },
    [WR_FINDING_PHYSICAL_STORE] = { "physical_store", "medium",
                                    "A member of a root store is switched off or leads elsewhere",
                                    "T1553.004" },
    [WR_FINDING_WOW6432NODE_COPY] = { "wow6432node_copy", "medium",
                                      "Certificate stands where Windows reads no store",
                                      "T1553.004" },
    [WR_FINDING_ADDED_BY_LOG] = { "added_by_log", "info",
                                  "Root was added by a transaction log of the hive", "T1553.004" },
    [WR_FINDING_LIST_ROLLBACK] = { "list_rollback", "high",
                                   "The host's trust list is older than one it had", "T1562" },
    [WR_FINDING_UPDATE_REDIRECTED] = { "update_redirected", "low",
                                       "Trust lists come from another place than Microsoft's",
                                       "T1553.004" },
    [WR_FINDING_PROTECTED_ROOTS_FLAGS] = { "protected_roots_flags", "info",
                                           "Policy changes which root stores are opened", "" },
    [WR_FINDING_DELETED_CERTIFICATE] = { "deleted_certificate", "low",
                                         "Deleted certificate recovered", "T1070" },
};

const wr_finding_kind *wr_finding_kind_at(size_t i)
{
    return i < WR_NUM_FINDINGS ? &table[i] : NULL;
}

/* SPEC windows-trust 5.5: Microsoft publishes monthly except in December. */
#define STALE_DAYS 60

bool wr_finding_add(wr_trust *trust, wr_arena *arena, wr_finding_id id, size_t certificate,
                    const char *source, const char *path, wr_error *err, const char *fmt, ...)
{
    wr_finding *f = WR_APPEND(arena, &trust->findings, wr_finding);
    const wr_certificate *about =
        certificate == SIZE_MAX ? NULL : &trust->model->certificates.items[certificate];
    char detail[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(detail, sizeof detail, fmt, ap);
    va_end(ap);
    if (!f)
        return wr_fail_memory(err);
    *f = (wr_finding){
        table[id].id, table[id].severity,   table[id].title,  wr_arena_text(arena, detail),
        about,        source ? source : "", path ? path : "", table[id].attack
    };
    return f->detail || wr_fail_memory(err);
}

static bool is_anchor_store(const wr_store *s)
{
    return (!strcmp(s->name, "Root") && s->location <= WR_CU_GROUP_POLICY) ||
           (!strcmp(s->name, "AuthRoot") && s->location == WR_LM);
}

/* The first anchor copy, for findings that name a place. */
static const wr_instance *anchor_copy(const wr_model *m, size_t certificate)
{
    const wr_certificate *c = &m->certificates.items[certificate];

    for (size_t i = 0; i < c->instances.count; i++) {
        const wr_instance *instance = &m->instances.items[c->instances.items[i]];
        if (!instance->deleted && is_anchor_store(&m->stores.items[instance->store]))
            return instance;
    }
    return NULL;
}

static bool find_validity(wr_trust *trust, wr_arena *arena, size_t i, const wr_instance *at,
                          wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_x509 *x = &m->certificates.items[i].x509;
    const char *source = m->stores.items[at->store].source;
    wr_time now = trust->options.as_of;
    char text[WR_TIME_TEXT];

    wr_time_text(x->not_after, text);
    if (x->not_after < now)
        return wr_finding_add(trust, arena, WR_FINDING_EXPIRED, i, source, at->path, err,
                              "expired on %s; benign where only what was signed before is checked",
                              text);
    if (x->not_after - now <= (wr_time)trust->options.expiring_days * WR_TIME_DAY)
        return wr_finding_add(trust, arena, WR_FINDING_EXPIRING, i, source, at->path, err,
                              "expires on %s", text);
    return true;
}

static bool find_in_anchor(wr_trust *trust, wr_arena *arena, size_t i, const wr_instance *at,
                           wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_x509 *x = &m->certificates.items[i].x509;
    const char *source = m->stores.items[at->store].source;
    wr_view ignored;

    if (!find_validity(trust, arena, i, at, err))
        return false;
    if (trust->authroot && !trust->certificates[i].program &&
        !wr_finding_add(
            trust, arena, WR_FINDING_NOT_IN_PROGRAM, i, source, at->path, err,
            "no entry in the root list; benign for a root of the organisation's own or of a "
            "product "
            "that is known to install it"))
        return false;
    if (!wr_x509_self_issued(x) &&
        !wr_finding_add(trust, arena, WR_FINDING_NOT_SELF_SIGNED_ROOT, i, source, at->path, err,
                        "its issuer is not its subject; an intermediate belongs into CA"))
        return false;
    if (x->has_basic_constraints && !x->ca &&
        !wr_finding_add(
            trust, arena, WR_FINDING_LEAF_IN_ROOT, i, source, at->path, err,
            "its basic constraints say it is no CA; benign for a self-signed server certificate"))
        return false;
    return !wr_element_property(&at->element, WR_PROP_KEY_PROV_INFO, &ignored) ||
           wr_finding_add(
               trust, arena, WR_FINDING_PRIVATE_KEY_BESIDE_ROOT, i, source, at->path, err,
               "property 2 names a key container: who has this host can issue certificates that it "
               "trusts; benign on the CA itself");
}

static bool find_tampering(wr_trust *trust, wr_arena *arena, const wr_instance *at, wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_certificate *c = &m->certificates.items[at->certificate];
    const char *source = m->stores.items[at->store].source;
    wr_view hash;

    if (at->name_mismatch &&
        !wr_finding_add(trust, arena, WR_FINDING_KEY_NAME_MISMATCH, at->certificate, source,
                        at->path, err, "Windows names the key by the SHA-1 of the certificate"))
        return false;
    return !wr_element_property(&at->element, WR_PROP_SHA1_HASH, &hash) ||
           wr_view_is(hash, c->sha1, WR_SHA1_LEN) ||
           wr_finding_add(trust, arena, WR_FINDING_HASH_PROPERTY_MISMATCH, at->certificate, source,
                          at->path, err,
                          "property 3 has another value than the SHA-1 of the certificate");
}

static bool find_in_lists(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < m->lists.count; i++) {
        const wr_list *list = &m->lists.items[i];
        const wr_list_trust *l = &trust->lists[i];
        char text[WR_TIME_TEXT];

        wr_time_text(list->ctl->this_update, text);
        if (l->signature.status != WR_SIGNATURE_VALID &&
            !wr_finding_add(trust, arena, WR_FINDING_LIST_NOT_VERIFIED, SIZE_MAX, list->source,
                            list->path, err, "%s list of %s: %s%s%s",
                            wr_ctl_kind_name(list->ctl->kind), text,
                            wr_signature_status_name(l->signature.status),
                            *l->signature.detail ? ": " : "", l->signature.detail))
            return false;
        if (l->in_force && trust->options.as_of > list->ctl->this_update &&
            trust->options.as_of - list->ctl->this_update > STALE_DAYS * WR_TIME_DAY &&
            !wr_finding_add(
                trust, arena, WR_FINDING_LIST_STALE, SIZE_MAX, list->source, list->path, err,
                "%s list in force is of %s, %u days before the time of judgement",
                wr_ctl_kind_name(list->ctl->kind), text,
                (unsigned)((trust->options.as_of - list->ctl->this_update) / WR_TIME_DAY)))
            return false;
    }
    return true;
}

static bool is_auto_update(const wr_list *list)
{
    return list->from_host && !list->owner && strstr(list->path, "\\AutoUpdate\\");
}

/* windows-trust 4.2: sequence numbers only grow, so an older list than one that the host had before
 * was put there. */
static bool find_rollback(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < m->lists.count; i++) {
        const wr_list *now = &m->lists.items[i], *newest = NULL;
        char text[WR_TIME_TEXT], had[WR_TIME_TEXT];
        for (size_t j = 0; is_auto_update(now) && j < m->lists.count; j++) {
            const wr_list *other = &m->lists.items[j];
            if (other->from_host && other->ctl->kind == now->ctl->kind &&
                trust->lists[j].signature.status == WR_SIGNATURE_VALID &&
                wr_ctl_sequence_compare(other->ctl->sequence, now->ctl->sequence) > 0 &&
                (!newest ||
                 wr_ctl_sequence_compare(other->ctl->sequence, newest->ctl->sequence) > 0))
                newest = other;
        }
        if (!newest)
            continue;
        wr_time_text(now->ctl->this_update, text);
        wr_time_text(newest->ctl->this_update, had);
        if (!wr_finding_add(trust, arena, WR_FINDING_LIST_ROLLBACK, SIZE_MAX, now->source,
                            now->path, err,
                            "the %s list is of %s, and the host had one of %s; benign after a "
                            "backup was restored",
                            wr_ctl_kind_name(now->ctl->kind), text, had))
            return false;
    }
    return true;
}

static bool find_in_policy(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_policy *off = wr_model_policy(trust->model, "DisableRootAutoUpdate");
    const wr_policy *flags = wr_model_policy(trust->model, "ProtectedRoots\\Flags");
    const wr_policy *url = wr_model_policy(trust->model, "RootDirUrl");

    if (url && *url->text &&
        !wr_finding_add(trust, arena, WR_FINDING_UPDATE_REDIRECTED, SIZE_MAX, url->source, url->key,
                        err, "RootDirUrl is %s; benign in a network that distributes its own list",
                        url->text))
        return false;
    if (!trust->root_auto_update && off &&
        !wr_finding_add(
            trust, arena, WR_FINDING_ROOT_UPDATE_DISABLED, SIZE_MAX, off->source, off->key, err,
            "DisableRootAutoUpdate is 1: program roots that are not installed cannot be fetched; "
            "benign in a network that distributes its own list"))
        return false;
    /* 0x20 is the ordinary value: windows-trust 2.2. */
    return !flags || !flags->is_number || !(flags->number & ~(uint64_t)0x20) ||
           wr_finding_add(trust, arena, WR_FINDING_PROTECTED_ROOTS_FLAGS, SIZE_MAX, flags->source,
                          flags->key, err, "Flags is 0x%x", (unsigned)flags->number);
}

bool wr_findings_make(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < m->certificates.count; i++) {
        const wr_instance *at = anchor_copy(m, i);
        if (at && (!find_in_anchor(trust, arena, i, at, err) ||
                   !wr_find_in_certificate(trust, arena, i, at, err)))
            return false;
    }
    for (size_t i = 0; i < m->instances.count; i++) {
        const wr_instance *at = &m->instances.items[i];
        if (!at->deleted &&
            (!find_tampering(trust, arena, at, err) || !wr_find_in_instance(trust, arena, at, err)))
            return false;
    }
    return find_in_lists(trust, arena, err) && find_rollback(trust, arena, err) &&
           find_in_policy(trust, arena, err) && wr_find_in_stores(trust, arena, err) &&
           wr_find_deleted(trust, arena, err);
}
