#include "trust/disallowed.h"

#include <stdlib.h>
#include <string.h>

/* The first entry of that id, SIZE_MAX where there is none. */
static size_t entry_of(const wr_trust *trust, const uint8_t *id, size_t len)
{
    return len ? wr_view_index_find(&trust->disallowed_ids, (wr_view){ id, len, 0, "" }) : SIZE_MAX;
}

bool wr_disallowed_by_list(const wr_trust *trust, const wr_certificate *certificate,
                           wr_disallowed_by *out, wr_error *err)
{
    wr_list_hashes hashes;
    size_t key, tbs, tbs_sha256;

    *out = WR_DISALLOWED_NOT;
    if (!trust->disallowed)
        return true;
    if (!wr_certificate_list_hashes(certificate, &hashes, err))
        return false;
    key = entry_of(trust, hashes.key_md5, WR_MD5_LEN);
    tbs = entry_of(trust, hashes.tbs, hashes.tbs_len);
    tbs_sha256 = entry_of(trust, hashes.tbs_sha256, WR_SHA256_LEN);
    if (key < tbs && key < tbs_sha256)
        *out = WR_DISALLOWED_KEY_MD5;
    else if (tbs != SIZE_MAX || tbs_sha256 != SIZE_MAX)
        *out = WR_DISALLOWED_TBS_HASH;
    return true;
}

static bool index_list(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_ctl *list = trust->disallowed ? trust->disallowed->ctl : NULL;
    const wr_trust *before = trust->options.before;
    wr_view *ids;

    if (!list)
        return true;
    if (before && before->disallowed == trust->disallowed) {
        trust->disallowed_ids = before->disallowed_ids;
        return true;
    }
    if (!(ids = WR_NEW(arena, wr_view, list->entries.count)))
        return wr_fail_memory(err);
    for (size_t i = 0; i < list->entries.count; i++)
        ids[i] = list->entries.items[i].id;
    return wr_view_index_make(ids, list->entries.count, arena, &trust->disallowed_ids, err);
}

/* SPEC windows-trust 2.1: the machine's three; a user has those and its own two. */
static bool is_machine_disallowed(const wr_store *store)
{
    return !strcmp(store->name, "Disallowed") &&
           (store->location == WR_LM || store->location == WR_LM_GROUP_POLICY ||
            store->location == WR_LM_ENTERPRISE);
}

static wr_refusal refusal_of(const wr_model *m, const wr_instance *refused)
{
    return (wr_refusal){ WR_DISALLOWED_STORE, m->stores.items[refused->store].source,
                         refused->path };
}

static bool has_disallowed(const wr_model *m)
{
    for (size_t i = 0; i < m->stores.count; i++)
        if (m->stores.items[i].num_certificates && !strcmp(m->stores.items[i].name, "Disallowed"))
            return true;
    return false;
}

/* Of each certificate the first with the same signed part.  A trial knows those of before. */
static bool find_same_signed(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_trust *before = trust->options.before;
    const size_t known = before && before->same_signed ? before->model->certificates.count : 0;
    wr_view *signed_parts = WR_NEW(arena, wr_view, m->certificates.count);
    size_t *same = WR_NEW(arena, size_t, m->certificates.count);
    wr_view_index index = { signed_parts, NULL, m->certificates.count };

    if (!signed_parts || !same)
        return wr_fail_memory(err);
    for (size_t i = 0; i < m->certificates.count; i++)
        signed_parts[i] = m->certificates.items[i].x509.tbs;
    if (!known && !wr_view_index_make(signed_parts, m->certificates.count, arena, &index, err))
        return false;
    for (size_t i = 0; i < m->certificates.count; i++)
        same[i] = i < known ? before->same_signed[i] : wr_view_index_find(&index, signed_parts[i]);
    trust->same_signed = same;
    return true;
}

/* A certificate of a Disallowed store refuses every one with the same signed part: Windows matches
 * by its hash, and re-encoding a signature must not help. */
static bool match_stores(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_instance **by;

    if (!has_disallowed(m))
        return true;
    if (!find_same_signed(trust, arena, err))
        return false;
    if (!(by = WR_NEW(arena, const wr_instance *, m->certificates.count)))
        return wr_fail_memory(err);
    for (size_t i = 0; i < m->instances.count; i++) {
        const wr_instance *instance = &m->instances.items[i];
        const wr_instance **first = &by[trust->same_signed[instance->certificate]];
        if (!*first && !instance->deleted &&
            is_machine_disallowed(&m->stores.items[instance->store]))
            *first = instance;
    }
    for (size_t i = 0; i < m->certificates.count; i++)
        if (by[trust->same_signed[i]])
            trust->certificates[i].refusal = refusal_of(m, by[trust->same_signed[i]]);
    return true;
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

bool wr_disallowed_match(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_model *m = trust->model;

    if (!index_list(trust, arena, err) || !match_stores(trust, arena, err))
        return false;
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

static int compare_refused(const void *a, const void *b)
{
    const wr_scope_refused *x = a, *y = b;

    return x->signed_part != y->signed_part
               ? (x->signed_part > y->signed_part ? 1 : -1)
               : (x->instance > y->instance) - (x->instance < y->instance);
}

void wr_refused_sort(const wr_trust *trust, wr_scope *scope)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < scope->refused.count; i++) {
        wr_scope_refused *r = &scope->refused.items[i];
        r->signed_part = trust->same_signed[m->instances.items[r->instance].certificate];
    }
    if (scope->refused.count)
        qsort(scope->refused.items, scope->refused.count, sizeof(wr_scope_refused),
              compare_refused);
}

wr_refusal wr_refusal_in_scope(const wr_trust *trust, const wr_scope *scope, size_t certificate)
{
    const wr_model *m = trust->model;
    size_t low = 0, high = scope->refused.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (scope->refused.items[middle].signed_part < trust->same_signed[certificate])
            low = middle + 1;
        else
            high = middle;
    }
    if (low < scope->refused.count &&
        scope->refused.items[low].signed_part == trust->same_signed[certificate])
        return refusal_of(m, &m->instances.items[scope->refused.items[low].instance]);
    return trust->certificates[certificate].refusal;
}

const char *wr_disallowed_by_name(wr_disallowed_by by)
{
    static const char *const names[] = { "", "store", "key_md5", "tbs_hash" };
    return names[by];
}
