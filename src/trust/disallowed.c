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

/* SPEC windows-trust 2.1: the machine's three; a user has those and its own two. */
static bool is_machine_disallowed(const wr_store *store)
{
    return !strcmp(store->name, "Disallowed") &&
           (store->location == WR_LM || store->location == WR_LM_GROUP_POLICY ||
            store->location == WR_LM_ENTERPRISE);
}

/* A certificate of a Disallowed store refuses every one with the same signed part: Windows matches
 * by its hash, and re-encoding a signature must not help. */
static bool refuses(const wr_model *m, const wr_instance *refused, size_t certificate)
{
    return refused->certificate == certificate ||
           wr_view_equal(m->certificates.items[refused->certificate].x509.tbs,
                         m->certificates.items[certificate].x509.tbs);
}

static wr_refusal refusal_of(const wr_model *m, const wr_instance *refused)
{
    return (wr_refusal){ WR_DISALLOWED_STORE, m->stores.items[refused->store].source,
                         refused->path };
}

static void match_store(wr_trust *trust, const wr_instance *refused)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < m->certificates.count; i++)
        if (trust->certificates[i].refusal.by == WR_DISALLOWED_NOT && refuses(m, refused, i))
            trust->certificates[i].refusal = refusal_of(m, refused);
}

/* What the list said of it before, where it was asked: it is the same list, and says the same. */
static bool said_before(const wr_trust *trust, size_t certificate, wr_disallowed_by *out)
{
    const wr_trust *before = trust->options.before;

    if (!before || before->disallowed != trust->disallowed ||
        certificate >= before->model->certificates.count ||
        before->certificates[certificate].refusal.by == WR_DISALLOWED_STORE)
        return false;
    *out = before->certificates[certificate].refusal.by;
    return true;
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
        wr_refusal *r = &trust->certificates[i].refusal;
        if (r->by != WR_DISALLOWED_NOT)
            continue;
        if (!said_before(trust, i, &r->by) &&
            !wr_disallowed_by_list(trust, &m->certificates.items[i], &r->by, err))
            return false;
        if (r->by != WR_DISALLOWED_NOT) {
            r->source = trust->disallowed->source;
            r->path = trust->disallowed->path;
        }
    }
    return true;
}

wr_refusal wr_refusal_in_scope(const wr_trust *trust, const wr_scope *scope, size_t certificate)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < scope->refused.count; i++) {
        const wr_instance *refused = &m->instances.items[scope->refused.items[i]];
        if (refuses(m, refused, certificate))
            return refusal_of(m, refused);
    }
    return trust->certificates[certificate].refusal;
}

const char *wr_disallowed_by_name(wr_disallowed_by by)
{
    static const char *const names[] = { "", "store", "key_md5", "tbs_hash" };
    return names[by];
}
