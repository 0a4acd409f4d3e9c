#include "require/profile.h"

#include "require/field.h"
#include "require/requirement.h"
#include "winroots/limits.h"

#include <string.h>

#define SCHEMA "winroots.profile/1"

static const char *const completenesses[] = { "complete", "excerpt", "second-hand", NULL };

/* ---- faults ------------------------------------------------------------------------------------
 */

bool wr_reading_step(wr_reading *r, wr_defect defect, bool done, wr_error *err)
{
    wr_fault *fault;

    if (done || !r->faults || err->code != WR_E_MALFORMED)
        return done;
    fault = WR_APPEND(r->arena, r->faults, wr_fault);
    if (!fault || !(fault->pointer = wr_arena_text(r->arena, err->path)) ||
        !(fault->message = wr_arena_text(r->arena, err->message)))
        return wr_fail_memory(err);
    fault->defect = defect;
    return true;
}

bool wr_reading_only(wr_reading *r, const wr_json *object, const char *const *names, wr_error *err)
{
    size_t at = 0;

    if (!wr_json_is_object(object))
        return wr_json_only(object, names, err);
    while (!wr_json_only_from(object, names, &at, err))
        if (!wr_reading_step(r, WR_DEFECT_UNKNOWN_MEMBER, false, err))
            return false;
    return true;
}

/* The common case: a part that the loader refuses. */
static bool step(wr_reading *r, bool done, wr_error *err)
{
    return wr_reading_step(r, WR_DEFECT_MALFORMED, done, err);
}

/* ---- what a profile names ----------------------------------------------------------------------
 */

static bool read_source(wr_reading *r, const wr_json *object, wr_profile_source *out, wr_error *err)
{
    static const char *const names[] = { "id", "uri", "completeness", NULL };
    wr_json id = wr_json_member(object, "id"),
            completeness = wr_json_member(object, "completeness");

    return wr_reading_only(r, object, names, err) &&
           step(r, wr_field_name(&id, r->arena, &out->id, err), err) &&
           step(r, wr_field_member(object, "uri", r->arena, &out->uri, err), err) &&
           step(r, wr_field_word(&completeness, completenesses, &out->completeness, err), err);
}

const wr_profile_source *wr_profile_source_of(const wr_profile *profile, const char *id)
{
    for (size_t i = 0; i < profile->sources.count; i++)
        if (profile->sources.items[i].id && strcmp(profile->sources.items[i].id, id) == 0)
            return &profile->sources.items[i];
    return NULL;
}

static bool read_sources(wr_reading *r, const wr_json *array, wr_error *err)
{
    wr_profile *profile = r->profile;

    if (!array->node)
        return true;
    if (!wr_field_array(array, WR_LIMIT_PROFILE_SOURCES, err))
        return false;
    for (size_t i = 0; i < wr_json_count(array); i++) {
        wr_json object = wr_json_item(array, i);
        wr_profile_source source = { NULL, NULL, NULL }, *added;

        if (!step(r, read_source(r, &object, &source, err), err))
            return false;
        if (source.id && wr_profile_source_of(profile, source.id) &&
            !step(r, wr_json_fail(&object, err, "source \"%s\" given twice", source.id), err))
            return false;
        if (!(added = WR_APPEND(r->arena, &profile->sources, wr_profile_source)))
            return wr_fail_memory(err);
        *added = source;
    }
    return true;
}

/* *has stays false where the hash is no hash and that was noted. */
static bool read_hash(wr_reading *r, const wr_json *object, const char *name, uint8_t *hash,
                      size_t len, bool *has, wr_error *err)
{
    bool done = wr_field_hash(object, name, hash, len, has, err);

    *has &= done;
    return wr_reading_step(r, WR_DEFECT_THUMBPRINT, done, err);
}

/* What is said of an issuer is all that is said, and says nothing of any other certificate. */
static bool read_issuer_only(wr_reading *r, const wr_json *object, wr_identity *out, wr_error *err)
{
    static const char *const words[] = { "issuer-only", NULL };
    wr_json identity = wr_json_member(object, "identity"),
            key_id = wr_json_member(object, "key_id");
    const char *word;

    out->key_id = "";
    if (!identity.node)
        return !key_id.node || wr_json_fail(&key_id, err,
                                            "given, and only an issuer-only identity "
                                            "takes it");
    out->issuer_only = true;
    if (!wr_field_word(&identity, words, &word, err) ||
        (key_id.node && !wr_field_hex(&key_id, 2 * WR_SHA256_LEN, r->arena, &out->key_id, err)))
        return false;
    if (out->has_sha1 || out->has_sha256)
        return wr_json_fail(object, err, "a hash, and an issuer-only identity has none");
    return *out->subject || wr_json_fail(object, err, "no subject, expected the issuer's name");
}

static bool read_identity(wr_reading *r, const wr_json *object, wr_identity *out, wr_error *err)
{
    static const char *const names[] = { "sha256", "sha1",     "subject", "issuer",
                                         "serial", "identity", "key_id",  NULL };
    wr_json serial = wr_json_member(object, "serial");

    out->subject = out->issuer = out->serial = "";
    if (!wr_reading_only(r, object, names, err) ||
        !read_hash(r, object, "sha256", out->sha256, WR_SHA256_LEN, &out->has_sha256, err) ||
        !read_hash(r, object, "sha1", out->sha1, WR_SHA1_LEN, &out->has_sha1, err) ||
        !step(r, wr_field_optional(object, "subject", r->arena, &out->subject, err), err) ||
        !step(r, wr_field_optional(object, "issuer", r->arena, &out->issuer, err), err) ||
        (serial.node &&
         !step(r, wr_field_hex(&serial, 2 * WR_SHA256_LEN, r->arena, &out->serial, err), err)) ||
        !step(r, read_issuer_only(r, object, out, err), err))
        return false;
    if (!wr_json_member(object, "sha256").node && !wr_json_member(object, "sha1").node &&
        !out->issuer_only)
        return wr_json_fail(object, err,
                            "neither sha256 nor sha1, expected one: names identify nothing");
    return true;
}

static bool read_certificates(wr_reading *r, const wr_json *object, wr_error *err)
{
    wr_profile *profile = r->profile;
    size_t count = wr_json_count(object);

    if (!object->node)
        return true;
    if (!wr_json_is_object(object))
        return wr_json_fail(object, err, "a value, expected an object");
    if (count > WR_LIMIT_PROFILE_ITEMS)
        return wr_field_limit(object, count, WR_LIMIT_PROFILE_ITEMS, err);
    for (size_t i = 0; i < count; i++) {
        wr_identity *identity = WR_APPEND(r->arena, &profile->certificates, wr_identity);
        const char *key = wr_json_name(object, i);
        wr_json value = wr_json_item(object, i);

        if (!identity || !(identity->key = wr_arena_text(r->arena, key)))
            return wr_fail_memory(err);
        if (!step(r,
                  wr_field_is_name(key) ||
                      wr_json_fail(&value, err, "the key is not of letters, digits, '.', '_', '-'"),
                  err) ||
            !step(r, read_identity(r, &value, identity, err), err))
            return false;
    }
    return true;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static bool read_product(wr_reading *r, const wr_json *object, wr_error *err)
{
    static const char *const names[] = { "vendor", "name", "versions", NULL };
    wr_profile *profile = r->profile;

    profile->product_vendor = profile->product_name = profile->product_versions = "";
    if (!object->node)
        return true;
    return wr_reading_only(r, object, names, err) &&
           step(r, wr_field_member(object, "vendor", r->arena, &profile->product_vendor, err),
                err) &&
           step(r, wr_field_member(object, "name", r->arena, &profile->product_name, err), err) &&
           step(r, wr_field_optional(object, "versions", r->arena, &profile->product_versions, err),
                err);
}

static bool read_aliases(wr_reading *r, const wr_json *array, wr_error *err)
{
    if (!array->node)
        return true;
    if (!wr_field_array(array, WR_LIMIT_PROFILE_SOURCES, err))
        return false;
    for (size_t i = 0; i < wr_json_count(array); i++) {
        const char **alias = WR_APPEND(r->arena, &r->profile->aliases, const char *);
        wr_json value = wr_json_item(array, i);

        if (!alias)
            return wr_fail_memory(err);
        if (!step(r, wr_field_name(&value, r->arena, alias, err), err))
            return false;
    }
    return true;
}

/* First of all, so that a later version of the format is called that, not a typing error. */
static bool read_schema(const wr_json *object, wr_error *err)
{
    wr_json schema = wr_json_member(object, "schema");
    const char *text;

    if (!wr_json_is_object(object))
        return wr_json_fail(object, err, "a value, expected an object with schema %s", SCHEMA);
    if (!wr_json_get_text(&schema, &text, err))
        return false;
    return strcmp(text, SCHEMA) == 0 ||
           wr_json_fail(&schema, err, "\"%.80s\", expected \"%s\"", text, SCHEMA);
}

static bool read_profile(wr_reading *r, const wr_json *object, wr_error *err)
{
    static const char *const names[] = { "schema",       "id",      "aliases", "title",
                                         "product",      "version", "sources", "certificates",
                                         "requirements", NULL };
    wr_profile *profile = r->profile;
    wr_json id = wr_json_member(object, "id"), aliases = wr_json_member(object, "aliases"),
            product = wr_json_member(object, "product"),
            sources = wr_json_member(object, "sources"),
            certificates = wr_json_member(object, "certificates"),
            requirements = wr_json_member(object, "requirements");

    return read_schema(object, err) && wr_reading_only(r, object, names, err) &&
           step(r, wr_field_name(&id, r->arena, &profile->id, err), err) &&
           step(r, read_aliases(r, &aliases, err), err) &&
           step(r, wr_field_member(object, "title", r->arena, &profile->title, err), err) &&
           step(r, read_product(r, &product, err), err) &&
           step(r, wr_field_member(object, "version", r->arena, &profile->version, err), err) &&
           step(r, read_sources(r, &sources, err), err) &&
           step(r, read_certificates(r, &certificates, err), err) &&
           step(r, wr_requirements_read(r, &requirements, NULL, &profile->requirements, err), err);
}

static bool read_document(wr_view json, wr_arena *arena, wr_faults *faults, wr_profile *out,
                          wr_error *err)
{
    wr_profile profile = { .json = json };
    wr_reading r = { .arena = arena, .profile = &profile, .faults = faults };
    const wr_json_limits limits = { WR_LIMIT_PROFILE_BYTES, WR_LIMIT_PROFILE_DEPTH };
    wr_json_document *document;
    wr_json root;
    bool done;

    if (!wr_json_parse(json, limits, &document, err))
        return false;
    root = wr_json_root(document);
    done = step(&r, read_profile(&r, &root, err), err);
    wr_json_free(document);
    if (done)
        *out = profile;
    return done;
}

bool wr_profile_parse(wr_view json, wr_arena *arena, wr_profile *out, wr_error *err)
{
    return read_document(json, arena, NULL, out, err);
}

bool wr_profile_read(wr_view json, wr_arena *arena, wr_profile *out, wr_faults *faults,
                     wr_error *err)
{
    return read_document(json, arena, faults, out, err);
}
