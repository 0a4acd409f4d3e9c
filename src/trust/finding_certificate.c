/* finding_certificate.c - what is odd about a certificate, or about one copy of it. */
#include "trust/finding_add.h"

#include "base/text.h"
#include "store/collect_before.h"
#include "store/physical_store.h"
#include "store/protected_roots.h"
#include "trust/restriction.h"
#include "trust/watchlist.h"

#include <ctype.h>
#include <string.h>

static const char *watch_severity(wr_watch_class class)
{
    switch (class) {
    case WR_WATCH_PARTIAL_DISTRUST:
    case WR_WATCH_STATE_ROOT:
        return "info";
    case WR_WATCH_DISTRUSTED_CA:
        return "medium";
    default:
        return "high";
    }
}

static bool find_watched(wr_trust *trust, wr_arena *arena, size_t i, const wr_instance *at,
                         wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_watch *row = wr_watch_find(m->certificates.items[i].sha256);

    if (!row)
        return true;
    if (!wr_finding_add(trust, arena, WR_FINDING_WATCH_LIST, i, m->stores.items[at->store].source,
                        at->path, err, "%s: %s (%s)%s", row->name,
                        wr_watch_class_meaning(row->class), wr_watch_class_name(row->class),
                        trust->certificates[i].program
                            ? "; benign as far as the root list in force restricts it"
                            : ""))
        return false;
    trust->findings.items[trust->findings.count - 1].severity = watch_severity(row->class);
    return true;
}

/* Key identifiers are the extension's, else the SHA-1 of the whole key: windows-trust 3.3. */
static bool key_identifier(const wr_x509 *x, uint8_t sha1[WR_SHA1_LEN], wr_view *out, wr_error *err)
{
    *out = x->subject_key_id;
    if (out->len)
        return true;
    *out = (wr_view){ sha1, WR_SHA1_LEN, 0, "" };
    return wr_digest(WR_SHA1, x->spki, sha1, err);
}

/* A certificate of the program's with that name or key identifier and, as far as it is at hand,
 * another key.  A re-issue of a program root has its key. */
static bool is_clone(const wr_trust *trust, const wr_x509 *x, const wr_ctl_entry *entry, bool name,
                     bool key_id)
{
    size_t held = wr_model_find_sha1(trust->model, entry->id.data);

    if (held != SIZE_MAX)
        return !wr_view_equal(trust->model->certificates.items[held].x509.key_bits, x->key_bits);
    return name && !key_id;
}

static bool find_clone(wr_trust *trust, wr_arena *arena, size_t i, const wr_instance *at,
                       wr_error *err)
{
    const wr_model *m = trust->model;
    const wr_x509 *x = &m->certificates.items[i].x509;
    uint8_t md5[WR_MD5_LEN], sha1[WR_SHA1_LEN];
    wr_view key_id;

    if (trust->certificates[i].program)
        return true;
    if (!wr_digest(WR_MD5, x->subject, md5, err) || !key_identifier(x, sha1, &key_id, err))
        return false;
    for (size_t e = 0; e < trust->num_program; e++) {
        const wr_ctl_entry *entry = trust->program[e];
        bool name = wr_view_is(trust->marks[e].name_md5, md5, sizeof md5);
        bool key = wr_view_equal(trust->marks[e].key_id, key_id);
        char hex[2 * WR_SHA1_LEN + 1];
        if ((!name && !key) || !is_clone(trust, x, entry, name, key))
            continue;
        wr_text_hex_into(entry->id.data, WR_SHA1_LEN, hex);
        return wr_finding_add(
            trust, arena, WR_FINDING_CLONE_OF_PROGRAM_ROOT, i, m->stores.items[at->store].source,
            at->path, err,
            "%s of the program root %s; benign where a CA renewed its root with a "
            "new key under the old name",
            name ? "the name" : "the key identifier", hex);
    }
    return true;
}

/* Below this many bits a key is within reach of factoring; Windows refuses RSA below 1024. */
#define WEAK_RSA_BITS 2048u
#define WEAK_EC_BITS  224u

static bool find_weak_key(wr_trust *trust, wr_arena *arena, size_t i, const wr_instance *at,
                          wr_error *err)
{
    const wr_model *m = trust->model;
    wr_x509_key key;
    bool rsa;

    if (!wr_x509_key_facts(&m->certificates.items[i].x509, arena, &key, err))
        return false;
    rsa = !strcmp(key.algorithm, "rsa") || !strcmp(key.algorithm, "rsa-pss") ||
          !strcmp(key.algorithm, "dsa");
    if (!key.bits || key.bits >= (rsa ? WEAK_RSA_BITS : WEAK_EC_BITS))
        return true;
    return wr_finding_add(trust, arena, WR_FINDING_WEAK_KEY, i, m->stores.items[at->store].source,
                          at->path, err,
                          "%s key of %u bits; benign for a root that only old "
                          "time-stamped signatures need",
                          key.algorithm, key.bits);
}

bool wr_find_in_certificate(wr_trust *trust, wr_arena *arena, size_t certificate,
                            const wr_instance *at, wr_error *err)
{
    return find_watched(trust, arena, certificate, at, err) &&
           find_clone(trust, arena, certificate, at, err) &&
           find_weak_key(trust, arena, certificate, at, err);
}

static bool is_machine_root(const wr_store *s)
{
    return (s->location <= WR_LM_ENTERPRISE && !strcmp(s->name, "Root")) ||
           (s->location == WR_LM && !strcmp(s->name, "AuthRoot"));
}

static bool allows_more(const wr_restriction *stored, const wr_restriction *listed)
{
    if (!listed->has_purposes)
        return false;
    if (!stored->has_purposes)
        return true;
    for (size_t i = 0; i < stored->purposes.list.count; i++)
        if (!wr_oids_contain(&listed->purposes, stored->purposes.list.items[i]))
            return true;
    return false;
}

static bool lacks_restriction(const wr_restriction *stored, const wr_restriction *listed)
{
    return (listed->disabled == WR_DATE_SET && stored->disabled != WR_DATE_SET) ||
           (listed->not_before == WR_DATE_SET && stored->not_before != WR_DATE_SET) ||
           (listed->has_removed && !stored->has_removed);
}

/* 5.3, 5.4: a copy that the root list would restrict, and that does not say so itself. */
static bool find_looser_copy(wr_trust *trust, wr_arena *arena, const wr_instance *at,
                             const wr_store *store, wr_error *err)
{
    const wr_ctl_entry *entry = trust->certificates[at->certificate].program;
    wr_restriction stored, listed;

    if (!entry || !is_machine_root(store))
        return true;
    if (!wr_restriction_read(&at->element, NULL, arena, &stored, err) ||
        !wr_restriction_read(NULL, entry, arena, &listed, err))
        return false;
    if (allows_more(&stored, &listed) &&
        !wr_finding_add(
            trust, arena, WR_FINDING_PURPOSES_WIDENED, at->certificate, store->source, at->path,
            err,
            "its property 9 %s; Windows unites the purposes of all copies; benign where "
            "an administrator imported the root for every purpose",
            stored.has_purposes ? "names purposes that the list does not"
                                : "is absent, which allows every purpose"))
        return false;
    return !lacks_restriction(&stored, &listed) ||
           wr_finding_add(
               trust, arena, WR_FINDING_RESTRICTION_DROPPED, at->certificate, store->source,
               at->path, err,
               "the list in force disables it or limits it by date or purpose, its stored "
               "properties do not; benign where the list is newer than the copy");
}

/* 5.3: deleted at the next update, trusted until then. */
static bool find_removed(wr_trust *trust, wr_arena *arena, const wr_instance *at,
                         const wr_store *store, wr_error *err)
{
    if (!trust->authroot || trust->certificates[at->certificate].program ||
        store->location != WR_LM || strcmp(store->name, "AuthRoot") != 0)
        return true;
    return wr_finding_add(
        trust, arena, WR_FINDING_REMOVED_FROM_LIST, at->certificate, store->source, at->path, err,
        "%s; benign where the list was updated after this root was fetched",
        trust->root_auto_update ? "Windows deletes it when it next updates"
                                : "it stays for ever, since root auto-update is off");
}

static bool find_without_consent(wr_trust *trust, wr_arena *arena, const wr_instance *at,
                                 const wr_store *store, wr_error *err)
{
    const size_t of = trust->scopes.of[at->store];
    const wr_user *user = store->location == WR_CU && !strcmp(store->name, "Root") && of != SIZE_MAX
                              ? trust->scopes.list.items[of].user
                              : NULL;

    if (!user || user->consent != WR_CONSENT_LIST ||
        wr_user_consented(user, trust->model->certificates.items[at->certificate].sha1))
        return true;
    return wr_finding_add(trust, arena, WR_FINDING_USER_ROOT_WITHOUT_CONSENT, at->certificate,
                          store->source, at->path, err,
                          "not on the user's list of protected roots, so Windows drops it: it was "
                          "written past the dialog; benign where the machine's Root had it when "
                          "the user's copy was made");
}

/* Organizations whose agents verify their own files with Windows' stores. */
static const char *const security_vendors[] = {
    "Trend Micro",
    "Symantec",
    "McAfee",
    "Trellix",
    "Kaspersky",
    "ESET",
    "Sophos",
    "Bitdefender",
    "Avast",
    "AVG",
    "Avira",
    "F-Secure",
    "Panda",
    "Malwarebytes",
    "CrowdStrike",
    "SentinelOne",
    "Palo Alto Networks",
    "Cylance",
    "Check Point",
    "Comodo Security",
    "Doctor Web",
    "Fortinet",
    "G DATA",
    "Emsisoft",
    "Webroot",
    "Cybereason",
};

/* `word` not as a part of another one. */
static bool has_word(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; (at = strstr(at, word)); at++) {
        bool begins = at == text || !isalnum((unsigned char)at[-1]);
        if (begins && !isalnum((unsigned char)at[n]))
            return true;
    }
    return false;
}

static bool find_refused_vendor(wr_trust *trust, wr_arena *arena, const wr_instance *at,
                                const wr_store *store, wr_error *err)
{
    const wr_x509 *x = &trust->model->certificates.items[at->certificate].x509;
    const char *subject;
    wr_error damage;

    if (strcmp(store->name, "Disallowed") != 0)
        return true;
    if (!wr_x509_name_text(x->subject, arena, &subject, &damage))
        return damage.code != WR_E_NO_MEMORY || wr_fail_memory(err);
    for (size_t i = 0; i < sizeof security_vendors / sizeof *security_vendors; i++)
        if (has_word(subject, security_vendors[i]))
            return wr_finding_add(trust, arena, WR_FINDING_SECURITY_VENDOR_DISALLOWED,
                                  at->certificate, store->source, at->path, err,
                                  "%s: its programs cannot be verified or started; benign for a "
                                  "certificate that the vendor itself revoked",
                                  security_vendors[i]);
    return true;
}

static bool find_wow64(wr_trust *trust, wr_arena *arena, const wr_instance *at,
                       const wr_store *store, wr_error *err)
{
    return store->location != WR_LM_WOW64 ||
           wr_finding_add(
               trust, arena, WR_FINDING_WOW6432NODE_COPY, at->certificate, store->source, at->path,
               err,
               "the keys of stores are shared between 32 and 64 bit, so this copy has no "
               "effect; benign where an installer wrote it by mistake");
}

/* The newest changes of a host that was not shut down: what an intruder did last is among them. */
static bool find_added_by_log(wr_trust *trust, wr_arena *arena, const wr_instance *at,
                              const wr_store *store, wr_error *err)
{
    bool root = !strcmp(store->name, "Root") || !strcmp(store->name, "AuthRoot");

    return !root || !wr_added_by_log(trust->model, at) ||
           wr_finding_add(
               trust, arena, WR_FINDING_ADDED_BY_LOG, at->certificate, store->source, at->path, err,
               "the hive's file alone does not have it: it was written shortly before the "
               "evidence was taken; benign where Windows fetched it then");
}

bool wr_find_in_instance(wr_trust *trust, wr_arena *arena, const wr_instance *at, wr_error *err)
{
    typedef bool check(wr_trust *, wr_arena *, const wr_instance *, const wr_store *, wr_error *);
    static check *const checks[] = { find_looser_copy,    find_removed, find_without_consent,
                                     find_refused_vendor, find_wow64,   find_added_by_log };
    const wr_store *store = &trust->model->stores.items[at->store];

    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (!checks[i](trust, arena, at, store, err))
            return false;
    return true;
}

bool wr_find_in_stores(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < m->physical_stores.count; i++) {
        const wr_physical_store *p = &m->physical_stores.items[i];
        const wr_store *store = &m->stores.items[p->store];
        bool shut = wr_physical_store_is_shut(p);

        /* OBSERVED in ordinary hives: ACRS keeps the machine's copy shut. */
        if (strcmp(store->name, "Root") != 0 && strcmp(store->name, "CA") != 0 &&
            strcmp(store->name, "Disallowed") != 0)
            continue;
        if (!shut && (!*p->provider || !strcmp(p->provider, "#0")))
            continue;
        if (!wr_finding_add(trust, arena, WR_FINDING_PHYSICAL_STORE, SIZE_MAX, store->source,
                            p->path, err, "%s of %s %s%s%s%s", p->name, store->name,
                            shut ? "is switched off" : "comes from provider ",
                            shut ? "" : p->provider, shut || !*p->target ? "" : ", ",
                            shut ? "" : p->target))
            return false;
    }
    return true;
}
