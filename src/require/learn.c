#include "require/learn.h"

#include "base/text.h"
#include "format/property.h"
#include "require/issuer.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

/* A chain from a signer upwards, and how it ended. */
typedef struct chain {
    const wr_x509 *certs[WR_LIMIT_CHAIN];
    bool carried[WR_LIMIT_CHAIN]; /* by the file itself */
    size_t length;
    bool complete;             /* its last certificate is a root, or... */
    const wr_ctl_entry *entry; /* ...this is; NULL where it is neither complete nor listed */
} chain;

typedef struct search {
    wr_learning *l;
    size_t issuer_checks;
    chain way;  /* that is being tried */
    chain best; /* complete, or the first way that ended nowhere */
} search;

bool wr_learn_certificates(wr_learning *l, const wr_ders *certificates, wr_error *err)
{
    for (size_t i = 0; i < certificates->list.count; i++) {
        wr_view der = certificates->list.items[i];
        wr_learned_certificate *added;
        wr_error unreadable;
        bool known = false;
        wr_x509 cert;

        if (!wr_x509_parse(der, &cert, &unreadable))
            continue;
        for (size_t j = 0; j < l->known.count && !known; j++)
            known = wr_view_equal(l->known.items[j].cert.der, cert.der);
        if (known)
            continue;
        if (!(added = WR_APPEND(l->arena, &l->known, wr_learned_certificate)))
            return wr_fail_memory(err);
        added->cert = cert;
    }
    return true;
}

/* ---- chains ------------------------------------------------------------------------------------
 */

/* The program root of this name and key.  Names alone repeat: renewed roots keep them. */
static const wr_ctl_entry *listed_issuer(const wr_learning *l, const wr_x509 *cert)
{
    uint8_t md5[WR_MD5_LEN];
    wr_error ignored; /* without MD5 the name is just not found */

    if (!cert->authority_key_id.len || !wr_digest(WR_MD5, cert->issuer, md5, &ignored))
        return NULL;
    for (size_t i = 0; i < l->lists.count; i++) {
        for (size_t j = 0; j < l->lists.items[i]->entries.count; j++) {
            const wr_ctl_entry *entry = &l->lists.items[i]->entries.items[j];
            wr_view name, key;

            if (entry->id.len == WR_SHA1_LEN &&
                wr_ctl_entry_property(entry, WR_PROP_SUBJECT_NAME_MD5_HASH, &name) &&
                wr_view_is(name, md5, sizeof md5) &&
                wr_ctl_entry_property(entry, WR_PROP_KEY_IDENTIFIER, &key) &&
                wr_view_equal(key, cert->authority_key_id))
                return entry;
        }
    }
    return NULL;
}

static bool is_on_way(const chain *way, const wr_x509 *cert)
{
    for (size_t i = 0; i < way->length; i++)
        if (wr_view_equal(way->certs[i]->der, cert->der))
            return true;
    return false;
}

static bool climb(search *s, wr_error *err);

/* Goes on with each known issuer of the way's top: the file's own first. */
static bool try_issuers(search *s, bool self_issued, wr_error *err)
{
    const wr_x509 *top = s->way.certs[s->way.length - 1];

    for (size_t i = 0; i < 2 * s->l->known.count && !s->best.complete; i++) {
        bool carried = i < s->l->known.count, holds;
        const wr_learned_certificate *k = &s->l->known.items[i % s->l->known.count];

        if (carried != (k->file == s->l->num_files) ||
            wr_x509_self_issued(&k->cert) != self_issued || is_on_way(&s->way, &k->cert))
            continue;
        if (!wr_issuer_holds(top, &k->cert, &s->issuer_checks, &holds, err))
            return false;
        if (!holds)
            continue;
        s->way.certs[s->way.length] = &k->cert;
        s->way.carried[s->way.length++] = carried;
        if (!climb(s, err))
            return false;
        s->way.length--;
    }
    return true;
}

static void end(search *s, bool complete, const wr_ctl_entry *entry)
{
    if (!complete && s->best.length)
        return;
    s->best = s->way;
    s->best.complete = complete;
    s->best.entry = entry;
}

/* *holds: the certificate made its own signature, or one that nobody can check any more (MD2). */
static bool is_self_signed(search *s, const wr_x509 *cert, bool *holds, wr_error *err)
{
    *holds = false;
    if (!wr_x509_self_issued(cert) || s->issuer_checks > WR_LIMIT_ISSUER_CHECKS ||
        ++s->issuer_checks > WR_LIMIT_ISSUER_CHECKS)
        return true;
    if (wr_x509_signed_by(cert, cert, holds, err))
        return true;
    *holds = err->code == WR_E_UNSUPPORTED;
    return err->code != WR_E_NO_MEMORY;
}

/* Roots before cross-certificates: of several ways Windows takes one that ends at a trusted root.
 */
static bool climb(search *s, wr_error *err)
{
    const wr_x509 *top = s->way.certs[s->way.length - 1];
    bool may_grow = s->way.length < WR_LIMIT_CHAIN, is_root;
    const wr_ctl_entry *entry;

    if (!is_self_signed(s, top, &is_root, err))
        return false;
    if (is_root) {
        end(s, true, NULL);
        return true;
    }
    if (may_grow && !try_issuers(s, true, err))
        return false;
    if (!s->best.complete && (entry = listed_issuer(s->l, top)))
        end(s, true, entry);
    if (!s->best.complete && may_grow && !try_issuers(s, false, err))
        return false;
    end(s, false, NULL);
    return true;
}

/* ---- needs -------------------------------------------------------------------------------------
 */

/* A name that cannot be decoded stays unnamed. */
static bool name_texts(const wr_learning *l, wr_view name, const char **whole, const char **brief,
                       wr_error *err)
{
    bool done = wr_x509_name_text(name, l->arena, whole, err) &&
                wr_x509_short_name(name, l->arena, brief, err);

    if (!done)
        *whole = *brief = "";
    return done || err->code != WR_E_NO_MEMORY;
}

/* Octets as hex, "" where there are more than a profile may say. */
static bool hex_text(const wr_learning *l, wr_view octets, const char **out, wr_error *err)
{
    *out = octets.len <= WR_SHA256_LEN ? wr_text_hex(l->arena, octets.data, octets.len) : "";
    return *out || wr_fail_memory(err);
}

static bool is_same(const wr_need *a, const wr_need *b)
{
    if (a->from == WR_NEED_BY_NAME || b->from == WR_NEED_BY_NAME)
        return a->from == b->from && strcmp(a->subject, b->subject) == 0 &&
               strcmp(a->key_id, b->key_id) == 0;
    return memcmp(a->sha1, b->sha1, WR_SHA1_LEN) == 0 &&
           (!a->has_sha256 || !b->has_sha256 || memcmp(a->sha256, b->sha256, WR_SHA256_LEN) == 0);
}

static bool add_file(const wr_learning *l, wr_need *need, const char *path, wr_error *err)
{
    const char **file;

    if (need->last_file == l->num_files)
        return true;
    need->last_file = l->num_files;
    need->num_files++;
    if (need->files.count == WR_LIMIT_LEARNED_SOURCES)
        return true;
    if (!(file = WR_APPEND(l->arena, &need->files, const char *)))
        return wr_fail_memory(err);
    *file = path;
    return true;
}

/* Adds what one signature says of a certificate to what others said. `cert` is NULL where there is
 * none, and the texts of `need` are then there. */
static bool add_need(wr_learning *l, const char *path, const wr_x509 *cert, const wr_need *need,
                     wr_error *err)
{
    wr_need *known = NULL, **slot;
    const char *unused;

    for (size_t i = 0; i < l->needs.count && !known; i++)
        if (is_same(l->needs.items[i], need))
            known = l->needs.items[i];
    if (!known) {
        if (!(known = WR_NEW(l->arena, wr_need, 1)) ||
            !(slot = WR_APPEND(l->arena, &l->needs, wr_need *)))
            return wr_fail_memory(err);
        *slot = known;
        *known = *need;
        known->from = WR_NEED_BY_NAME;
    }
    if (cert && need->from < known->from &&
        (!name_texts(l, cert->subject, &known->subject, &known->short_name, err) ||
         !name_texts(l, cert->issuer, &known->issuer, &unused, err) ||
         !hex_text(l, cert->serial, &known->serial, err)))
        return false;
    if (need->from < known->from) {
        known->from = need->from;
        known->has_sha256 = need->has_sha256;
        memcpy(known->sha256, need->sha256, WR_SHA256_LEN);
    }
    known->root |= need->root;
    known->lacking |= need->lacking;
    known->code_signing |= need->code_signing;
    known->time_stamping |= need->time_stamping;
    known->time_stamped &= need->time_stamped;
    return add_file(l, known, path, err);
}

static bool add_certificate(wr_learning *l, const char *path, const wr_x509 *cert, bool carried,
                            wr_need need, wr_error *err)
{
    need.from = carried ? WR_NEED_FROM_FILE : WR_NEED_FROM_OTHERS;
    need.lacking = !carried;
    need.has_sha256 = true;
    return wr_digest(WR_SHA1, cert->der, need.sha1, err) &&
           wr_digest(WR_SHA256, cert->der, need.sha256, err) && add_need(l, path, cert, &need, err);
}

/* The issuer of a chain's last certificate, which nobody has: as a list names it, or by its name.
 */
static bool add_issuer(wr_learning *l, const char *path, const chain *c, wr_need need,
                       wr_error *err)
{
    const wr_x509 *top = c->certs[c->length - 1];
    wr_view sha256;

    need.root = need.lacking = true;
    if (!name_texts(l, top->issuer, &need.subject, &need.short_name, err))
        return false;
    if (!c->entry) {
        need.from = WR_NEED_BY_NAME;
        if (!hex_text(l, top->authority_key_id, &need.key_id, err))
            return false;
        if (*need.subject)
            return add_need(l, path, NULL, &need, err);
        wr_diag_add(l->diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, path, top->issuer.origin, NULL,
                    "an issuer's name that cannot be decoded");
        return true;
    }
    need.from = WR_NEED_FROM_LIST;
    memcpy(need.sha1, c->entry->id.data, WR_SHA1_LEN);
    if (wr_ctl_entry_property(c->entry, WR_PROP_AUTH_ROOT_SHA256_HASH, &sha256) &&
        sha256.len == WR_SHA256_LEN) {
        need.has_sha256 = true;
        memcpy(need.sha256, sha256.data, WR_SHA256_LEN);
    }
    return add_need(l, path, NULL, &need, err);
}

static bool add_chain(wr_learning *l, const char *path, const wr_authenticode *signature,
                      const chain *c, wr_error *err)
{
    bool stamp = wr_signature_is_time_stamp(signature->kind);
    bool has_root = c->complete && !c->entry;
    wr_need need = { .subject = "",
                     .issuer = "",
                     .serial = "",
                     .key_id = "",
                     .short_name = "",
                     .code_signing = !stamp,
                     .time_stamping = stamp,
                     .time_stamped = stamp || signature->time_stamped };

    for (size_t i = 0; i < c->length; i++) {
        need.root = has_root && i + 1 == c->length;
        if ((i > 0 || need.root) &&
            !add_certificate(l, path, c->certs[i], c->carried[i], need, err))
            return false;
    }
    return has_root || add_issuer(l, path, c, need, err);
}

/* ---- files -------------------------------------------------------------------------------------
 */

/* Marks the certificates that the file carries. */
static void mark_carried(wr_learning *l, const wr_ders *certificates)
{
    for (size_t i = 0; i < certificates->list.count; i++)
        for (size_t j = 0; j < l->known.count; j++)
            if (wr_view_starts(certificates->list.items[i], l->known.items[j].cert.der.data,
                               l->known.items[j].cert.der.len))
                l->known.items[j].file = l->num_files;
}

/* The certificate of a signer that its own message lacks. */
static const wr_x509 *find_signer(const wr_learning *l, const wr_authenticode *signature)
{
    for (size_t i = 0; !signature->has_signer && i < l->known.count; i++)
        if (wr_pkcs7_is_signer(&signature->message, &l->known.items[i].cert))
            return &l->known.items[i].cert;
    return signature->has_signer ? &signature->signer : NULL;
}

bool wr_learn_file(wr_learning *l, const char *path, const wr_authenticodes *signatures,
                   wr_error *err)
{
    search s = { .l = l };

    l->num_files++;
    for (size_t i = 0; i < signatures->list.count; i++)
        mark_carried(l, &signatures->list.items[i].message.certificates);
    for (size_t i = 0; i < signatures->list.count; i++) {
        const wr_authenticode *signature = &signatures->list.items[i];
        const wr_x509 *signer = find_signer(l, signature);

        if (!signer) {
            wr_diag_add(l->diags, WR_DIAG_SKIPPED, WR_E_UNSUPPORTED, path,
                        signature->message.signature.origin, NULL,
                        "the certificate of a signer is neither in the file nor in the supply");
            continue;
        }
        s.way = (chain){ .certs = { signer }, .carried = { true }, .length = 1 };
        s.best = (chain){ .length = 0 };
        if (!climb(&s, err) || !add_chain(l, path, signature, &s.best, err))
            return false;
    }
    return true;
}

static int compare_needs(const void *a, const void *b)
{
    const wr_need *x = *(wr_need *const *)a, *y = *(wr_need *const *)b;
    bool x_named = x->from == WR_NEED_BY_NAME, y_named = y->from == WR_NEED_BY_NAME;
    int order;

    if (x->root != y->root)
        return x->root ? -1 : 1;
    if (x_named != y_named)
        return x_named ? 1 : -1;
    if ((order = strcmp(x->subject, y->subject)) || (order = strcmp(x->key_id, y->key_id)))
        return order;
    return memcmp(x->sha1, y->sha1, WR_SHA1_LEN);
}

void wr_learn_sort(wr_learning *l)
{
    if (l->needs.count)
        qsort(l->needs.items, l->needs.count, sizeof *l->needs.items, compare_needs);
}
