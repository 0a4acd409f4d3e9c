/* lint_certificate.c - whether the certificates that a profile names are what it says. */
#include "require/linting.h"

#include "base/text.h"

#include <string.h>

/* windows-trust 4.4: the SHA-256 of the certificate, in each entry of the root list. */
#define PROPERTY_SHA256 98

/* ---- what is known -----------------------------------------------------------------------------
 */

static bool add_pair(wr_linting *l, const uint8_t *sha1, const uint8_t *sha256, const char *who,
                     wr_error *err)
{
    wr_hash_pair *pair = WR_APPEND(l->arena, &l->pairs, wr_hash_pair);

    if (!pair)
        return wr_fail_memory(err);
    *pair = (wr_hash_pair){ sha1, sha256, who };
    return true;
}

static bool add_listed(wr_linting *l, wr_error *err)
{
    for (size_t i = 0; i < l->trust->num_program; i++) {
        const wr_ctl_entry *entry = l->trust->program[i];
        wr_view sha256;

        if (entry->id.len == WR_SHA1_LEN &&
            wr_ctl_entry_property(entry, PROPERTY_SHA256, &sha256) && sha256.len == WR_SHA256_LEN &&
            !add_pair(l, entry->id.data, sha256.data, "the root list", err))
            return false;
    }
    return true;
}

static bool add_builtin(wr_linting *l, size_t n, wr_error *err)
{
    const char *who =
        wr_arena_format(l->arena, "the built-in profile %s", wr_profile_builtin_id(n));
    wr_profile profile;

    if (!who)
        return wr_fail_memory(err);
    if (!wr_profile_parse(wr_profile_builtin(n), l->arena, &profile, err)) {
        if (err->code != WR_E_NO_MEMORY)
            err->code = WR_E_BUG;
        return false;
    }
    for (size_t i = 0; i < profile.certificates.count; i++) {
        const wr_identity *id = &profile.certificates.items[i];
        if (id->has_sha1 && id->has_sha256 && !add_pair(l, id->sha1, id->sha256, who, err))
            return false;
    }
    return true;
}

static bool collect_pairs(wr_linting *l, wr_error *err)
{
    const wr_model *m = l->trust->model;

    for (size_t i = 0; i < m->supply.count; i++)
        if (!add_pair(l, m->supply.items[i].sha1, m->supply.items[i].sha256, "the supply", err))
            return false;
    if (!add_listed(l, err))
        return false;
    for (size_t i = 0; i < wr_profile_builtin_count(); i++)
        if (!add_builtin(l, i, err))
            return false;
    return true;
}

const wr_certificate *wr_lint_known(const wr_linting *l, const wr_identity *identity)
{
    const wr_model *m = l->trust->model;

    for (size_t i = 0; i < m->supply.count; i++) {
        const wr_certificate *c = &m->supply.items[i];
        if (identity->has_sha256
                ? memcmp(identity->sha256, c->sha256, WR_SHA256_LEN) == 0
                : identity->has_sha1 && memcmp(identity->sha1, c->sha1, WR_SHA1_LEN) == 0)
            return c;
    }
    return NULL;
}

bool wr_lint_same(const wr_identity *a, const wr_identity *b)
{
    return (a->has_sha256 && b->has_sha256 && memcmp(a->sha256, b->sha256, WR_SHA256_LEN) == 0) ||
           (a->has_sha1 && b->has_sha1 && memcmp(a->sha1, b->sha1, WR_SHA1_LEN) == 0);
}

/* ---- checks ------------------------------------------------------------------------------------
 */

static bool check_hashes(wr_linting *l, const wr_identity *id, const char *pointer, wr_error *err)
{
    if (!id->has_sha1 || !id->has_sha256)
        return true;
    for (size_t i = 0; i < l->pairs.count; i++) {
        const wr_hash_pair *pair = &l->pairs.items[i];
        bool same_sha1 = memcmp(id->sha1, pair->sha1, WR_SHA1_LEN) == 0;
        bool same_sha256 = memcmp(id->sha256, pair->sha256, WR_SHA256_LEN) == 0;
        char other[2 * WR_SHA256_LEN + 1];

        if (same_sha1 == same_sha256)
            continue;
        wr_text_hex_into(same_sha1 ? pair->sha256 : pair->sha1,
                         same_sha1 ? WR_SHA256_LEN : WR_SHA1_LEN, other);
        return wr_lint_add(l, WR_DEFECT_HASH_MISMATCH, NULL, pointer, err,
                           "%s is of a certificate whose %s is %s, as %s says",
                           same_sha1 ? "sha1" : "sha256", same_sha1 ? "sha256" : "sha1", other,
                           pair->who);
    }
    return true;
}

/* A name as the profile gives it: whole, or only what people call the certificate. */
static bool check_name(wr_linting *l, wr_defect defect, wr_view name, const char *given,
                       const char *pointer, const char *member, wr_error *err)
{
    const char *whole, *short_name, *at;

    if (!*given)
        return true;
    if (!wr_x509_name_text(name, l->arena, &whole, err) ||
        !wr_x509_short_name(name, l->arena, &short_name, err))
        return err->code != WR_E_NO_MEMORY;
    if (wr_text_compare(whole, given) == 0 || wr_text_compare(short_name, given) == 0)
        return true;
    if (!(at = wr_arena_format(l->arena, "%s/%s", pointer, member)))
        return wr_fail_memory(err);
    return wr_lint_add(l, defect, NULL, at, err, "\"%.160s\", the certificate has \"%.240s\"",
                       given, whole);
}

static bool check_serial(wr_linting *l, wr_view serial, const char *given, const char *pointer,
                         wr_error *err)
{
    const char *real = wr_text_hex(l->arena, serial.data, serial.len), *at;

    if (!*given || !real)
        return real || wr_fail_memory(err);
    if (wr_text_compare(real + strspn(real, "0"), given + strspn(given, "0")) == 0)
        return true;
    if (!(at = wr_arena_format(l->arena, "%s/serial", pointer)))
        return wr_fail_memory(err);
    return wr_lint_add(l, WR_DEFECT_SERIAL_MISMATCH, NULL, at, err,
                       "\"%s\", the certificate has \"%.120s\"", given, real);
}

static bool check_facts(wr_linting *l, const wr_identity *id, const char *pointer, wr_error *err)
{
    const wr_certificate *known = wr_lint_known(l, id);

    return !known || (check_name(l, WR_DEFECT_SUBJECT_MISMATCH, known->x509.subject, id->subject,
                                 pointer, "subject", err) &&
                      check_name(l, WR_DEFECT_ISSUER_MISMATCH, known->x509.issuer, id->issuer,
                                 pointer, "issuer", err) &&
                      check_serial(l, known->x509.serial, id->serial, pointer, err));
}

static bool check_twice(wr_linting *l, size_t n, const char *pointer, wr_error *err)
{
    const wr_identity *ids = l->profile.certificates.items;

    for (size_t i = 0; i < n; i++)
        if (wr_lint_same(&ids[i], &ids[n]))
            return wr_lint_add(l, WR_DEFECT_DUPLICATE_CERTIFICATE, NULL, pointer, err,
                               "the same certificate as \"%.80s\"", ids[i].key);
    return true;
}

bool wr_lint_certificates(wr_linting *l, wr_error *err)
{
    if (!collect_pairs(l, err))
        return false;
    for (size_t i = 0; i < l->profile.certificates.count; i++) {
        const wr_identity *id = &l->profile.certificates.items[i];
        const char *pointer = wr_arena_format(l->arena, "/certificates/%.120s", id->key);

        if (!pointer)
            return wr_fail_memory(err);
        if (!check_twice(l, i, pointer, err) || !check_hashes(l, id, pointer, err) ||
            !check_facts(l, id, pointer, err))
            return false;
    }
    return true;
}
