#include "store/model.h"

#include <string.h>

const char *wr_consent_name(wr_consent consent)
{
    static const char *const names[] = { "unknown", "unused", "list" };
    return names[consent];
}

void wr_model_init(wr_model *m, wr_arena *arena, wr_diags *diags, const wr_evidence *evidence)
{
    *m = (wr_model){ .arena = arena, .diags = diags, .evidence = evidence };
    m->host.computer_name = "";
    m->host.machine_guid = "";
    m->host.os.product_name = "";
}

const char *wr_location_name(wr_location location)
{
    static const char *const names[] = {
        [WR_LM] = "LM",
        [WR_LM_GROUP_POLICY] = "LM-GroupPolicy",
        [WR_LM_ENTERPRISE] = "LM-Enterprise",
        [WR_LM_SERVICE] = "LM-Service",
        [WR_CU] = "CU",
        [WR_CU_GROUP_POLICY] = "CU-GroupPolicy",
        [WR_LM_WCOS] = "LM-WCOS",
        [WR_LM_WOW64] = "LM-Wow6432Node",
    };
    return names[location];
}

/* `sha1` is that of all of `der`, behind whose certificate other bytes may stand. */
static bool facts_of(wr_view der, const uint8_t sha1[WR_SHA1_LEN], wr_certificate *out,
                     wr_error *err)
{
    wr_certificate c = { 0 };

    if (!wr_x509_parse(der, &c.x509, err) || !wr_digest(WR_SHA256, c.x509.der, c.sha256, err))
        return false;
    if (c.x509.der.len == der.len)
        memcpy(c.sha1, sha1, sizeof c.sha1);
    else if (!wr_digest(WR_SHA1, c.x509.der, c.sha1, err))
        return false;
    *out = c;
    return true;
}

bool wr_certificate_facts(wr_view der, wr_certificate *out, wr_error *err)
{
    uint8_t sha1[WR_SHA1_LEN];

    return wr_digest(WR_SHA1, der, sha1, err) && facts_of(der, sha1, out, err);
}

bool wr_certificate_list_hashes(const wr_certificate *certificate, wr_list_hashes *out,
                                wr_error *err)
{
    const wr_x509 *x = &certificate->x509;
    wr_digest_algorithm own;

    out->tbs_len = 0;
    if (wr_x509_signature_digest(x, &own)) {
        if (!wr_digest(own, x->tbs, out->tbs, err))
            return false;
        out->tbs_len = wr_digest_len(own);
    }
    return wr_digest(WR_MD5, x->key_bits, out->key_md5, err) &&
           wr_digest(WR_SHA256, x->tbs, out->tbs_sha256, err);
}

/* SHA-1 values are spread evenly already, so their first bytes are the hash. */
static size_t bucket_of(const wr_model *m, const uint8_t sha1[WR_SHA1_LEN])
{
    size_t h = 0;
    memcpy(&h, sha1, sizeof h < WR_SHA1_LEN ? sizeof h : WR_SHA1_LEN);
    h &= m->num_buckets - 1;
    while (m->buckets[h] &&
           memcmp(m->certificates.items[m->buckets[h] - 1].sha1, sha1, WR_SHA1_LEN))
        h = (h + 1) & (m->num_buckets - 1);
    return h;
}

static bool make_room(wr_model *m)
{
    size_t want = m->num_buckets ? m->num_buckets * 2 : 256;

    if (m->certificates.count * 2 < m->num_buckets)
        return true;
    m->buckets = WR_NEW(m->arena, size_t, want);
    if (!m->buckets)
        return false;
    m->num_buckets = want;
    for (size_t i = 0; i < m->certificates.count; i++)
        m->buckets[bucket_of(m, m->certificates.items[i].sha1)] = i + 1;
    return true;
}

size_t wr_model_find_sha1(const wr_model *m, const uint8_t sha1[WR_SHA1_LEN])
{
    return m->num_buckets ? m->buckets[bucket_of(m, sha1)] - 1 : SIZE_MAX; /* 0 - 1 = SIZE_MAX */
}

size_t wr_model_find_sha256(const wr_model *m, const uint8_t sha256[WR_SHA256_LEN])
{
    for (size_t i = 0; i < m->certificates.count; i++)
        if (!memcmp(m->certificates.items[i].sha256, sha256, WR_SHA256_LEN))
            return i;
    return SIZE_MAX;
}

/* Many users have the same roots. */
static const wr_certificate *known_as(const wr_model *m, wr_view der,
                                      const uint8_t sha1[WR_SHA1_LEN])
{
    const size_t found = wr_model_find_sha1(m, sha1);
    const wr_certificate *known = found == SIZE_MAX ? NULL : &m->certificates.items[found];

    return known && wr_view_equal(known->x509.der, der) ? known : NULL;
}

bool wr_model_certificate(wr_model *m, wr_view der, size_t *index, wr_error *err)
{
    uint8_t sha1[WR_SHA1_LEN];
    const wr_certificate *known;
    wr_certificate facts;

    if (!wr_digest(WR_SHA1, der, sha1, err))
        return false;
    if ((known = known_as(m, der, sha1))) {
        *index = (size_t)(known - m->certificates.items);
        return true;
    }
    if (m->known && (known = known_as(m->known, der, sha1)))
        return wr_model_add(m, known, index, err);
    return facts_of(der, sha1, &facts, err) && wr_model_add(m, &facts, index, err);
}

bool wr_model_add(wr_model *m, const wr_certificate *facts, size_t *index, wr_error *err)
{
    const size_t found = wr_model_find_sha1(m, facts->sha1);
    wr_certificate *added;

    if (found != SIZE_MAX) {
        /* Two certificates of one SHA-1 and different SHA-256 would be a collision attack. */
        if (memcmp(m->certificates.items[found].sha256, facts->sha256, WR_SHA256_LEN))
            return wr_fail_view(err, WR_E_MISMATCH, facts->x509.der,
                                "another certificate has the same SHA-1 and a different SHA-256");
        *index = found;
        return true;
    }
    if (!make_room(m) || !(added = WR_APPEND(m->arena, &m->certificates, wr_certificate)))
        return wr_fail_memory(err);
    *added = *facts;
    memset(&added->instances, 0, sizeof added->instances);
    *index = m->certificates.count - 1;
    m->buckets[bucket_of(m, facts->sha1)] = *index + 1;
    return true;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool is_same_place(const wr_store *a, const wr_store *b)
{
    return a->location == b->location && same_text(a->owner, b->owner) &&
           !strcmp(a->name, b->name) && same_text(a->source, b->source) &&
           same_text(a->path, b->path);
}

#define FEW_STORES 64u /* are looked through; a host without users has some 30 */

static bool digest_place(const wr_store *s, wr_arena *arena, uint8_t out[WR_SHA256_LEN],
                         wr_error *err)
{
    const char *owner = s->owner ? s->owner : "", *source = s->source ? s->source : "",
               *path = s->path ? s->path : "";
    const char *text =
        wr_arena_format(arena, "%d %zu %zu %zu %s%s%s%s", (int)s->location, strlen(owner),
                        strlen(s->name), strlen(source), owner, s->name, source, path);

    return text ? wr_digest(WR_SHA256, (wr_view){ (const uint8_t *)text, strlen(text), 0, "" }, out,
                            err)
                : wr_fail_memory(err);
}

static bool note_places(wr_model *m, wr_error *err)
{
    for (; m->num_placed < m->stores.count; m->num_placed++) {
        uint8_t digest[WR_SHA256_LEN];
        bool is_new;
        size_t *of;

        if (!digest_place(&m->stores.items[m->num_placed], m->arena, digest, err) ||
            !wr_hash_set_add(&m->places, m->arena, digest, &is_new, err))
            return false;
        if (!is_new)
            continue;
        if (!(of = WR_APPEND(m->arena, &m->of_place, size_t)))
            return wr_fail_memory(err);
        *of = m->num_placed;
    }
    return true;
}

/* SIZE_MAX where it is not there. */
static bool find_store(wr_model *m, const wr_store *wanted, size_t *index, wr_error *err)
{
    uint8_t digest[WR_SHA256_LEN];

    *index = SIZE_MAX;
    if (m->stores.count <= FEW_STORES) {
        for (size_t i = 0; i < m->stores.count && *index == SIZE_MAX; i++)
            if (is_same_place(&m->stores.items[i], wanted))
                *index = i;
        return true;
    }
    if (!note_places(m, err) || !digest_place(wanted, m->arena, digest, err))
        return false;
    *index = wr_hash_set_find(&m->places, digest);
    if (*index != SIZE_MAX)
        *index = m->of_place.items[*index];
    return true;
}

bool wr_model_store(wr_model *m, wr_location location, const char *owner, const char *name,
                    const char *source, const char *path, size_t *index, wr_error *err)
{
    wr_store store = { .location = location,
                       .owner = owner,
                       .location_text = wr_location_name(location),
                       .name = name,
                       .source = source,
                       .path = path };
    wr_store *added;

    if (!find_store(m, &store, index, err))
        return false;
    if (*index != SIZE_MAX)
        return true;
    if (owner &&
        !(store.location_text = wr_arena_format(m->arena, "%s:%s", store.location_text, owner)))
        return wr_fail_memory(err);
    if (!(added = WR_APPEND(m->arena, &m->stores, wr_store)))
        return wr_fail_memory(err);
    *added = store;
    *index = m->stores.count - 1;
    return true;
}

bool wr_model_place(wr_model *m, const wr_instance *instance, wr_error *err)
{
    wr_certificate *c = &m->certificates.items[instance->certificate];
    wr_instance *added = WR_APPEND(m->arena, &m->instances, wr_instance);
    size_t *link = added ? WR_APPEND(m->arena, &c->instances, size_t) : NULL;

    if (!link) {
        m->instances.count -= added != NULL;
        return wr_fail_memory(err);
    }
    *added = *instance;
    *link = m->instances.count - 1;
    if (!instance->deleted)
        m->stores.items[instance->store].num_certificates++;
    return true;
}

const wr_instance *wr_model_instance(const wr_model *m, size_t certificate, wr_location location,
                                     const char *store_name)
{
    const wr_certificate *c = &m->certificates.items[certificate];

    for (size_t i = 0; i < c->instances.count; i++) {
        const wr_instance *instance = &m->instances.items[c->instances.items[i]];
        const wr_store *s = &m->stores.items[instance->store];
        if (!instance->deleted && s->location == location && !strcmp(s->name, store_name))
            return instance;
    }
    return NULL;
}

const wr_policy *wr_model_policy(const wr_model *m, const char *name)
{
    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *p = &m->policies.items[i];
        if (!p->owner && !p->intent && !strcmp(p->name, name))
            return p;
    }
    return NULL;
}

const wr_user *wr_model_user(const wr_model *m, const char *owner)
{
    for (size_t i = 0; i < m->users.count; i++)
        if (!strcmp(m->users.items[i].owner, owner))
            return &m->users.items[i];
    return NULL;
}
