/* plan_fix.c - what would make one failed check pass: certificates at hand, or advice. */
#include "require/planning.h"

#include "require/field.h"
#include "require/grade.h"
#include "require/identity.h"
#include "require/issuer.h"

#include "base/text.h"
#include "format/property.h"
#include "winroots/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- which certificates may be used ------------------------------------------------------------
 */

const wr_ctl_entry *wr_verified_entry(const wr_trust *trust, const wr_certificate *certificate)
{
    const wr_model *m = trust->model;
    const wr_ctl_entry *entry = wr_trust_program_entry(trust, certificate->sha1);
    wr_view sha256;

    if (!entry ||
        trust->lists[trust->authroot - m->lists.items].signature.status != WR_SIGNATURE_VALID)
        return NULL;
    /* SHA-1 finds the entry, SHA-256 says that it is the one. */
    if (wr_ctl_entry_property(entry, WR_PROP_AUTH_ROOT_SHA256_HASH, &sha256) &&
        !wr_view_is(sha256, certificate->sha256, WR_SHA256_LEN))
        return NULL;
    return entry;
}

/* No other certificate is known under its SHA-1. */
static bool is_genuine(const wr_trust *trust, const wr_certificate *cert)
{
    size_t found = wr_model_find_sha1(trust->model, cert->sha1);
    wr_view sha256;
    const wr_ctl_entry *entry = wr_trust_program_entry(trust, cert->sha1);

    if (found != SIZE_MAX &&
        memcmp(trust->model->certificates.items[found].sha256, cert->sha256, WR_SHA256_LEN) != 0)
        return false;
    return !entry || !wr_ctl_entry_property(entry, WR_PROP_AUTH_ROOT_SHA256_HASH, &sha256) ||
           wr_view_is(sha256, cert->sha256, WR_SHA256_LEN);
}

/* A profile or a verified list names it by hash. */
static bool is_named(const wr_planning *p, const wr_certificate *cert)
{
    if (!is_genuine(p->trust, cert))
        return false;
    for (size_t i = 0; i < p->num_comparisons; i++) {
        const wr_profile *profile = p->comparisons[i].profile;
        for (size_t j = 0; j < profile->certificates.count; j++)
            if (wr_identity_matches(&profile->certificates.items[j], cert))
                return true;
    }
    return wr_verified_entry(p->trust, cert) != NULL;
}

/* The certificate of an identity: of the supply, else of any store of the host; NULL where neither
 * has it. */
static const wr_certificate *certificate_of(const wr_planning *p, const wr_identity *identity)
{
    const wr_model *m = p->trust->model;
    const wr_certificate *cert = wr_identity_supply(identity, m);
    size_t found = cert ? SIZE_MAX : wr_identity_find(identity, m);

    if (found != SIZE_MAX)
        cert = &m->certificates.items[found];
    return cert && is_genuine(p->trust, cert) ? cert : NULL;
}

/* ---- candidates --------------------------------------------------------------------------------
 */

static bool is_same(const wr_candidate *a, const wr_candidate *b)
{
    if (a->kind != b->kind || strcmp(a->store, b->store) != 0)
        return false;
    if (a->kind == WR_ACTION_SET_POLICY)
        return wr_text_compare(a->key, b->key) == 0 && wr_text_compare(a->name, b->name) == 0 &&
               strcmp(a->data, b->data) == 0;
    return memcmp(a->certificate->sha256, b->certificate->sha256, WR_SHA256_LEN) == 0;
}

static size_t find_candidate(const wr_planning *p, const wr_candidate *candidate)
{
    size_t at = 0;

    while (at < p->candidates.count && !is_same(&p->candidates.items[at], candidate))
        at++;
    return at;
}

static bool add_candidate(wr_planning *p, wr_wish *wish, const wr_candidate *candidate,
                          wr_error *err)
{
    size_t at = find_candidate(p, candidate), *by;
    wr_candidate *added;

    if (at == p->candidates.count) {
        if (!(added = WR_APPEND(p->arena, &p->candidates, wr_candidate)))
            return wr_fail_memory(err);
        *added = *candidate;
    }
    if (!(by = WR_APPEND(p->arena, &wish->by, size_t)))
        return wr_fail_memory(err);
    *by = at;
    return true;
}

static wr_candidate certificate_into(wr_action_kind kind, const char *store,
                                     const wr_certificate *cert)
{
    return (wr_candidate){
        .kind = kind, .store = store, .certificate = cert, .key = "", .name = "", .data = ""
    };
}

static bool add_certificate(wr_planning *p, wr_wish *wish, wr_action_kind kind, const char *store,
                            const wr_certificate *cert, wr_error *err)
{
    wr_candidate candidate = certificate_into(kind, store, cert);
    return add_candidate(p, wish, &candidate, err);
}

static bool advise(wr_planning *p, wr_wish *wish, wr_error *err, const char *fmt, ...)
    WR_PRINTF(4, 5);
static bool advise(wr_planning *p, wr_wish *wish, wr_error *err, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    wish->advice = wr_arena_text(p->arena, text);
    return wish->advice || wr_fail_memory(err);
}

bool wr_certificate_name(const wr_certificate *certificate, wr_arena *arena, const char **out,
                         wr_error *err)
{
    const char *name;

    if (!wr_x509_short_name(certificate->x509.subject, arena, &name, err)) {
        if (err->code == WR_E_NO_MEMORY)
            return false;
        name = "a certificate whose name cannot be decoded";
    }
    return (*out = wr_text_printable(arena, name)) || wr_fail_memory(err);
}

/* What people call the certificate of a check. */
static bool name_of(wr_planning *p, const wr_wish *wish, const char **out, wr_error *err)
{
    const wr_identity *id = wish->check->requirement->certificate;
    const wr_certificate *cert = certificate_of(p, id);

    if (cert)
        return wr_certificate_name(cert, p->arena, out, err);
    *out = wr_text_printable(p->arena, *id->subject ? id->subject : id->key);
    return *out || wr_fail_memory(err);
}

/* ---- certificate-present -----------------------------------------------------------------------
 */

static bool is_absent(const wr_check *check)
{
    return strncmp(check->state, "absent_", strlen("absent_")) == 0;
}

static bool fix_present(wr_planning *p, wr_wish *wish, wr_error *err)
{
    const wr_requirement *item = wish->check->requirement;
    const wr_certificate *cert = certificate_of(p, item->certificate);
    bool refuse = strcmp(item->store, "Disallowed") == 0;
    const char *name;

    if (!name_of(p, wish, &name, err))
        return false;
    if (!is_absent(wish->check))
        return advise(p, wish, err, "%s: %s; adding a certificate does not change that", name,
                      wish->check->detail);
    if (!cert)
        return advise(
            p, wish, err,
            "%s is missing in %s, and neither the supply nor another store of the host has "
            "it under the hash that is required",
            name, item->store);
    return add_certificate(p, wish, refuse ? WR_ACTION_DISALLOW : WR_ACTION_ADD, item->store, cert,
                           err) &&
           advise(p, wish, err, "%s is missing in %s", name, item->store);
}

/* ---- certificate-absent ------------------------------------------------------------------------
 */

/* SPEC windows-trust 5.6: Windows verifies its own files with these, expired ones included. */
static const char *const windows_roots[] = {
    "a43489159a520f0d93d032ccaf37e7fe20a8b419", "cdd4eeae6000ac7f40c3802c171e30148030c072",
    "3b1efd3a66ea28b16697394703a72ca340a05bd5", "8f43288ad272f3103b6fb1428485ea3014c0bcfe",
    "0119e81be9a14cd8e22f40ac118c687ecba3f4d8", "31f9fc8ba3805986b721ea7295c65b3a44534274",
    "06f1aa330b927b753a40e68cdf22e34bcbef3352", "73a5e64a3bff8316ff0edccc618a906e4eae4d74",
    "999a64c37ff47d9fab95f14769891460eec4c3c5", "f40042e2e5f7e8ef8189fed15519aece42c3bfa2",
};

static bool is_windows_root(const wr_certificate *cert)
{
    char sha1[2 * WR_SHA1_LEN + 1];

    wr_text_hex_into(cert->sha1, WR_SHA1_LEN, sha1);
    for (size_t i = 0; i < sizeof windows_roots / sizeof *windows_roots; i++)
        if (strcmp(sha1, windows_roots[i]) == 0)
            return true;
    return false;
}

/* Why a script must not take it out; NULL where it may. */
static const char *keep_because(const wr_planning *p, const wr_wish *wish)
{
    const wr_trust *trust = p->trust;
    const char *store = wish->check->requirement->store;
    size_t index = wish->check->certificate;
    const wr_certificate *cert = &trust->model->certificates.items[index];

    if (is_windows_root(cert))
        return "Windows needs it";
    if (wr_model_instance(trust->model, index, WR_LM_GROUP_POLICY, store))
        return "group policy holds it there: take it out of the policy";
    if (wr_model_instance(trust->model, index, WR_LM_ENTERPRISE, store))
        return "the directory holds it there (enterprise store): take it out with certutil "
               "-dspublish "
               "or -enterprise";
    if (strcmp(store, "Root") == 0 && (trust->certificates[index].program ||
                                       wr_model_instance(trust->model, index, WR_LM, "AuthRoot")))
        return "it is a program root, which Windows brings back: put it into Disallowed instead";
    return NULL;
}

static bool fix_absent(wr_planning *p, wr_wish *wish, wr_error *err)
{
    const wr_certificate *cert = &p->trust->model->certificates.items[wish->check->certificate];
    const char *store = wish->check->requirement->store, *keep = keep_because(p, wish), *name;

    if (!wr_certificate_name(cert, p->arena, &name, err))
        return false;
    if (keep)
        return advise(p, wish, err, "%s must not be in %s; %s", name, store, keep);
    return add_certificate(p, wish, WR_ACTION_DELETE, store, cert, err) &&
           advise(p, wish, err, "%s must not be in %s", name, store);
}

/* ---- chain-usable ------------------------------------------------------------------------------
 */

/* One certificate of a way to a root. */
struct step {
    const wr_certificate *cert;
    const char *store; /* where it has to be added, NULL = it is there */
};

struct search {
    wr_planning *p;
    const wr_requirement *item;
    struct step way[WR_LIMIT_CHAIN + 1], best[WR_LIMIT_CHAIN + 1];
    size_t depth, num_best;
    size_t adds, best_adds; /* SIZE_MAX: no way found */
};

static void keep_best(struct search *s)
{
    memcpy(s->best, s->way, sizeof s->best);
    s->num_best = s->depth;
    s->best_adds = s->adds;
}

static bool search_from(struct search *s, const wr_certificate *cert, wr_error *err);

static bool search_step(struct search *s, const wr_certificate *cert, const char *store,
                        wr_error *err)
{
    bool done;

    s->way[s->depth++] = (struct step){ cert, store };
    s->adds += store != NULL;
    done = search_from(s, cert, err);
    s->adds -= store != NULL;
    s->depth--;
    return done;
}

static bool is_on_way(const struct search *s, const wr_certificate *cert)
{
    for (size_t i = 0; i < s->depth; i++)
        if (memcmp(s->way[i].cert->sha256, cert->sha256, WR_SHA256_LEN) == 0)
            return true;
    return false;
}

/* Certificates of the model, then those of the supply. */
static const wr_certificate *at_hand(const wr_model *m, size_t i)
{
    return i < m->certificates.count ? &m->certificates.items[i]
                                     : &m->supply.items[i - m->certificates.count];
}

/* What adding it would be, where some item wants that; else NULL. */
static const wr_candidate *addition_of(const wr_planning *p, const wr_certificate *cert,
                                       const char *store)
{
    wr_candidate candidate = certificate_into(WR_ACTION_ADD, store, cert);
    size_t at = find_candidate(p, &candidate);

    return at < p->candidates.count ? &p->candidates.items[at] : NULL;
}

/* An earlier choice showed that adding it undoes something else. */
static bool is_barred(const wr_planning *p, const wr_certificate *cert, const char *store)
{
    const wr_candidate *addition = addition_of(p, cert, store);

    return addition && addition->barred;
}

/* Where `cert` would have to go before it is of use: NULL = nowhere.  An issuer is found in Root,
 * too: where CA is barred and another item wants it there, that serves. */
static const char *store_for(const struct search *s, const wr_certificate *cert)
{
    const wr_trust *trust = s->p->trust;
    size_t index = wr_model_find_sha1(trust->model, cert->sha1);

    if (wr_x509_self_issued(&cert->x509))
        return index != SIZE_MAX && trust->certificates[index].installed ? NULL : "Root";
    if (index != SIZE_MAX && wr_issuer_is_stored(trust->model, index))
        return NULL;
    return is_barred(s->p, cert, "CA") && addition_of(s->p, cert, "Root") ? "Root" : "CA";
}

/* *good: by itself, and as a root by what the list says of it, it would serve the item. */
static bool is_good(const struct search *s, const wr_certificate *cert, bool *good, wr_error *err)
{
    wr_trust *trust = s->p->trust;
    const wr_checking c = { .trust = trust, .arena = s->p->arena };
    size_t index = wr_model_find_sha1(trust->model, cert->sha1);
    bool root = wr_x509_self_issued(&cert->x509);
    wr_grade grade, listed;

    if (root && index != SIZE_MAX && trust->certificates[index].installed) {
        if (!wr_grade_root(&c, s->item, index, &grade, err))
            return false;
    } else if (!wr_grade_member(&c, s->item, cert, index, &grade, err)) {
        return false;
    } else if (root && wr_trust_program_entry(trust, cert->sha1)) {
        if (!wr_grade_fetched(&c, s->item, cert->sha1, &listed, err))
            return false;
        wr_grade_worsen(&grade, &listed);
    }
    *good = wr_grade_result(&grade, s->item) == WR_PASS;
    return true;
}

static bool search_from(struct search *s, const wr_certificate *cert, wr_error *err)
{
    const wr_model *m = s->p->trust->model;

    if (s->adds >= s->best_adds)
        return true;
    if (wr_x509_self_issued(&cert->x509)) {
        keep_best(s);
        return true;
    }
    for (size_t i = 0; s->depth <= WR_LIMIT_CHAIN && i < m->certificates.count + m->supply.count;
         i++) {
        const wr_certificate *issuer = at_hand(m, i);
        const char *store = store_for(s, issuer);
        bool holds, good = false;

        if (is_on_way(s, issuer) ||
            (store && (!is_named(s->p, issuer) || is_barred(s->p, issuer, store))))
            continue;
        if (!wr_issuer_holds(&cert->x509, &issuer->x509, &s->p->issuer_checks, &holds, err) ||
            (holds && !is_good(s, issuer, &good, err)) ||
            (good && !search_step(s, issuer, store, err)))
            return false;
    }
    return true;
}

static bool fix_chain(wr_planning *p, wr_wish *wish, wr_error *err)
{
    const wr_certificate *start = certificate_of(p, wish->check->requirement->certificate);
    struct search s = { .p = p, .item = wish->check->requirement, .best_adds = SIZE_MAX };
    const char *name;

    if (!name_of(p, wish, &name, err) ||
        !advise(p, wish, err, "the chain of %s cannot be used: %s", name, wish->check->detail))
        return false;
    if (!start)
        return true;
    /* A root by itself is a chain that ends at once; another certificate comes with what it signed.
     */
    if (!search_step(&s, start, wr_x509_self_issued(&start->x509) ? store_for(&s, start) : NULL,
                     err))
        return false;
    for (size_t i = 0; s.best_adds != SIZE_MAX && i < s.num_best; i++)
        if (s.best[i].store &&
            !add_certificate(p, wish, WR_ACTION_ADD, s.best[i].store, s.best[i].cert, err))
            return false;
    return true;
}

/* ---- the host ----------------------------------------------------------------------------------
 */

/* A remedy for roots sets values that speak of roots and no others. */
static bool may_be_set(const wr_requirement *item)
{
    static const char *const keys[] = {
        WR_REGISTRY_SOFTWARE "Policies\\Microsoft\\SystemCertificates\\",
        WR_REGISTRY_SOFTWARE "Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate",
    };
    uint64_t number;

    if (strcmp(item->registry_operator, "equals") != 0 &&
        strncmp(item->registry_operator, "at-", strlen("at-")) != 0)
        return false;
    if (!wr_number_parse(item->registry_data, &number) || number > UINT32_MAX ||
        !wr_field_is_name(item->registry_name))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strncmp(item->registry_key, keys[i], strlen(keys[i])) == 0)
            return true;
    return false;
}

static bool fix_registry(wr_planning *p, wr_wish *wish, wr_error *err)
{
    const wr_requirement *item = wish->check->requirement;
    wr_candidate candidate = { .kind = WR_ACTION_SET_POLICY,
                               .store = "",
                               .key = item->registry_key,
                               .name = item->registry_name,
                               .data = item->registry_data };

    return (!may_be_set(item) || add_candidate(p, wish, &candidate, err)) &&
           advise(p, wish, err, "change a setting: in %s, %s", item->registry_key,
                  wish->check->detail);
}

static bool fix_list(wr_planning *p, wr_wish *wish, wr_error *err)
{
    return advise(p, wish, err,
                  "bring a newer list to the host: connect it, or let it fetch from a folder "
                  "(RootDirUrl) that a connected host fills with certutil -syncWithWU; %s",
                  wish->check->detail);
}

static bool fix_update(wr_planning *p, wr_wish *wish, wr_error *err)
{
    return advise(p, wish, err, "install the operating-system update; %s", wish->check->detail);
}

static bool fix_refusal(wr_planning *p, wr_wish *wish, wr_error *err)
{
    const char *name;

    return name_of(p, wish, &name, err) &&
           advise(p, wish, err, "%s: %s; no script takes a refusal back", name,
                  wish->check->detail);
}

bool wr_wish_find_fix(wr_planning *p, wr_wish *wish, wr_error *err)
{
    static bool (*const fixes[])(wr_planning * p, wr_wish * wish, wr_error * err) = {
        [WR_REQUIRE_CERTIFICATE_PRESENT] = fix_present,
        [WR_REQUIRE_CERTIFICATE_ABSENT] = fix_absent,
        [WR_REQUIRE_NOT_DISALLOWED] = fix_refusal,
        [WR_REQUIRE_CHAIN_USABLE] = fix_chain,
        [WR_REQUIRE_REGISTRY_VALUE] = fix_registry,
        [WR_REQUIRE_LIST_MINIMUM] = fix_list,
        [WR_REQUIRE_OS_UPDATE] = fix_update,
    };
    return fixes[wish->check->requirement->kind](p, wish, err);
}
