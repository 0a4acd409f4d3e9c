#include "trust/disallowed.h"

#include <string.h>

bool wr_disallowed_by_list(const wr_trust *trust, const wr_certificate *certificate,
                           wr_disallowed_by *out, wr_error *err)
{
    const wr_ctl *list = trust->disallowed ? trust->disallowed->ctl : NULL;
    wr_list_hashes hashes;

    *out = WR_DISALLOWED_NOT;
    if (!list)
        return true;
    if (!wr_certificate_list_hashes(certificate, &hashes, err))
        return false;
    for (size_t i = 0; i < list->entries.count && *out == WR_DISALLOWED_NOT; i++) {
        wr_view id = list->entries.items[i].id;
        if (wr_view_is(id, hashes.key_md5, WR_MD5_LEN))
            *out = WR_DISALLOWED_KEY_MD5;
        else if ((hashes.tbs_len && wr_view_is(id, hashes.tbs, hashes.tbs_len)) ||
                 wr_view_is(id, hashes.tbs_sha256, WR_SHA256_LEN))
            *out = WR_DISALLOWED_TBS_HASH;
    }
    return true;
}

static bool is_machine_disallowed(const wr_store *store)
{
    return !strcmp(store->name, "Disallowed") &&
           (store->location == WR_LM || store->location == WR_LM_GROUP_POLICY ||
            store->location == WR_LM_ENTERPRISE);
}

/* Each certificate of a Disallowed store refuses every one with the same signed part: Windows
 * matches by its hash, and re-encoding a signature must not help. */
static void match_store(wr_trust *trust, const wr_instance *refused)
{
    const wr_model *m = trust->model;
    wr_view tbs = m->certificates.items[refused->certificate].x509.tbs;

    for (size_t i = 0; i < m->certificates.count; i++) {
        wr_certificate_trust *t = &trust->certificates[i];
        if (t->disallowed != WR_DISALLOWED_NOT ||
            (i != refused->certificate && !wr_view_equal(m->certificates.items[i].x509.tbs, tbs)))
            continue;
        t->disallowed = WR_DISALLOWED_STORE;
        t->disallowed_source = m->stores.items[refused->store].source;
        t->disallowed_path = refused->path;
    }
}

bool wr_disallowed_match(wr_trust *trust, wr_error *err)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < m->instances.count; i++) {
        const wr_instance *instance = &m->instances.items[i];
        if (!instance->deleted && is_machine_disallowed(&m->stores.items[instance->store]))
            match_store(trust, instance);
    }
    for (size_t i = 0; trust->disallowed && i < m->certificates.count; i++) {
        wr_certificate_trust *t = &trust->certificates[i];
        if (t->disallowed != WR_DISALLOWED_NOT)
            continue;
        if (!wr_disallowed_by_list(trust, &m->certificates.items[i], &t->disallowed, err))
            return false;
        if (t->disallowed != WR_DISALLOWED_NOT) {
            t->disallowed_source = trust->disallowed->source;
            t->disallowed_path = trust->disallowed->path;
        }
    }
    return true;
}

const char *wr_disallowed_by_name(wr_disallowed_by by)
{
    static const char *const names[] = { "", "store", "key_md5", "tbs_hash" };
    return names[by];
}
