#include "store/collect_report.h"

#include "base/base64.h"
#include "base/text.h"
#include "evidence/saved_report.h"
#include "store/collect_stores.h"
#include "store/protected_roots.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <string.h>

typedef struct reading {
    wr_model *m;
    const char *label;
    const wr_object_source *objects;
    wr_json facts;
    size_t first_store; /* of this report in the model */
    size_t num_stores;
    wr_error *err;
} reading;

/* ---- members --------------------------------------------------------------------------------- */

/* In the arena; "" where it is absent. */
static bool read_text(const reading *r, const wr_json *object, const char *name, const char **out)
{
    const wr_json value = wr_json_member(object, name);
    const char *text;

    *out = "";
    if (!value.node)
        return true;
    if (!wr_json_get_text(&value, &text, r->err))
        return false;
    *out = wr_arena_text(r->m->arena, text);
    return *out || wr_fail_memory(r->err);
}

/* NULL where it is absent. */
static bool read_owner(const reading *r, const wr_json *object, const char **out)
{
    if (!read_text(r, object, "owner", out))
        return false;
    if (!**out)
        *out = NULL;
    return true;
}

/* "e3" of the report that was saved is "LABEL/e3" here. */
static bool read_source(const reading *r, const wr_json *object, const char **out)
{
    const char *text;

    if (!read_text(r, object, "source", &text))
        return false;
    *out = *text ? wr_arena_format(r->m->arena, "%s/%s", r->label, text) : r->label;
    return *out || wr_fail_memory(r->err);
}

static bool read_flag(const reading *r, const wr_json *object, const char *name, bool *out)
{
    const wr_json value = wr_json_member(object, name);

    *out = false;
    return !value.node || wr_json_get_bool(&value, out, r->err);
}

/* 0 where it is absent. */
static bool read_number(const reading *r, const wr_json *object, const char *name, uint64_t most,
                        uint64_t *out)
{
    const wr_json value = wr_json_member(object, name);

    *out = 0;
    if (!value.node)
        return true;
    return wr_json_get_uint(&value, out, r->err) &&
           (*out <= most ||
            wr_json_fail(&value, r->err, "%" PRIu64 ", expected at most %" PRIu64, *out, most));
}

static bool read_u32(const reading *r, const wr_json *object, const char *name, uint32_t *out)
{
    uint64_t number;

    if (!read_number(r, object, name, UINT32_MAX, &number))
        return false;
    *out = (uint32_t)number;
    return true;
}

static bool parse_u64(const char *digits, uint64_t *out)
{
    uint64_t n = 0;

    for (const char *p = digits; *p; p++) {
        const uint64_t digit = (uint64_t)(*p - '0');
        if (*p < '0' || *p > '9' || n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return *digits;
}

/* As wr_time_text writes it, also beyond the calendar; 0 where it is absent. */
static bool read_time(const reading *r, const wr_json *object, const char *name, wr_time *out)
{
    static const char beyond[] = "filetime ";
    const wr_json value = wr_json_member(object, name);
    const char *text;

    *out = 0;
    if (!value.node)
        return true;
    if (!wr_json_get_text(&value, &text, r->err))
        return false;
    if (strncmp(text, beyond, sizeof beyond - 1) == 0 ? parse_u64(text + sizeof beyond - 1, out)
                                                      : wr_time_parse(text, out))
        return true;
    return wr_json_fail(&value, r->err, "\"%.60s\", expected a time as RFC 3339 has it", text);
}

static bool read_hash(const reading *r, const wr_json *object, const char *name, bool *there,
                      uint8_t out[WR_SHA256_LEN])
{
    const wr_json value = wr_json_member(object, name);
    const char *text;

    *there = value.node != NULL;
    return !*there || (wr_json_get_text(&value, &text, r->err) &&
                       (wr_text_unhex(text, out, WR_SHA256_LEN) ||
                        wr_json_fail(&value, r->err, "no SHA-256 in hex, expected one")));
}

/* Index of a store of the model. */
static bool read_store_index(const reading *r, const wr_json *object, size_t *out)
{
    const wr_json value = wr_json_member(object, "store");
    uint64_t index;

    if (!wr_json_get_uint(&value, &index, r->err))
        return false;
    if (index >= r->num_stores)
        return wr_json_fail(&value, r->err, "store %" PRIu64 " of %zu", index, r->num_stores);
    *out = r->first_store + (size_t)index;
    return true;
}

typedef bool read_one(reading *r, const wr_json *item);

static bool each(reading *r, const char *name, read_one *read)
{
    const wr_json array = wr_json_member(&r->facts, name);

    if (!wr_json_is_array(&array))
        return wr_json_fail(&array, r->err, "no array, expected one");
    for (size_t i = 0; i < wr_json_count(&array); i++) {
        const wr_json item = wr_json_item(&array, i);
        if (!wr_json_is_object(&item))
            return wr_json_fail(&item, r->err, "no object, expected one");
        if (!read(r, &item))
            return false;
    }
    return true;
}

/* ---- octets ---------------------------------------------------------------------------------- */

/* False where nobody has them, which is said; they stand where the report says. */
static bool find_object(const reading *r, const uint8_t sha256[WR_SHA256_LEN], const char *what,
                        const char *source, const char *path, uint64_t offset, wr_view *out)
{
    char hex[2 * WR_SHA256_LEN + 1];

    if (r->objects->find(r->objects->context, sha256, out)) {
        out->source = source;
        out->origin = offset;
        return true;
    }
    wr_text_hex_into(sha256, WR_SHA256_LEN, hex);
    wr_diag_add(r->m->diags, WR_DIAG_SKIPPED, WR_E_MISMATCH, source, WR_NO_OFFSET, path,
                "the %s %.16s... that the report names is not there, or is another one than its "
                "SHA-256 says",
                what, hex);
    return false;
}

/* Properties and the certificate behind them, as a registry value has them. */
static bool make_element(const reading *r, wr_view properties, wr_view der, wr_element *out,
                         wr_error *err)
{
    wr_diags quiet;
    wr_out *bytes;
    wr_view blob;
    bool ok;

    *out = (wr_element){ .kind = WR_ELEMENT_CERTIFICATE, .object = der };
    out->all = (wr_view){ NULL, 0, der.origin, der.source };
    if (!properties.len)
        return true;
    if (!wr_out_memory(&bytes, err))
        return false;
    wr_out_write(bytes, properties.data, properties.len);
    wr_property_write(bytes, WR_PROP_CERTIFICATE, der);
    ok = wr_out_finish(bytes, err) &&
         (wr_arena_copy(r->m->arena, wr_out_bytes(bytes), &blob) || wr_fail_memory(err));
    wr_out_discard(bytes);
    if (!ok)
        return false;
    blob.source = der.source;
    wr_diags_init(&quiet, r->m->arena); /* it was said when the report was made */
    if (!wr_element_parse(blob, &quiet, out, err))
        return false;
    out->object.origin = der.origin;
    return true;
}

/* ---- stores and what is in them -------------------------------------------------------------- */

static bool read_location(const reading *r, const wr_json *object, wr_location *out)
{
    const wr_json value = wr_json_member(object, "location");
    const char *text;

    if (!wr_json_get_text(&value, &text, r->err))
        return false;
    for (int i = WR_LM; i <= WR_LM_WOW64; i++)
        if (!strcmp(text, wr_location_name((wr_location)i))) {
            *out = (wr_location)i;
            return true;
        }
    return wr_json_fail(&value, r->err, "location \"%.60s\" is not known", text);
}

static bool read_store(reading *r, const wr_json *json)
{
    const char *owner, *name, *source, *path;
    wr_location location = WR_LM;
    uint64_t skipped;
    wr_time last_write;
    size_t index;

    if (!read_location(r, json, &location) || !read_owner(r, json, &owner) ||
        !read_text(r, json, "name", &name) || !read_source(r, json, &source) ||
        !read_text(r, json, "path", &path) ||
        !read_number(r, json, "skipped", WR_LIMIT_REPORT_BYTES, &skipped) ||
        !read_time(r, json, "last_write", &last_write) ||
        !wr_model_store(r->m, location, owner, name, source, path, &index, r->err))
        return false;
    if (index != r->first_store + r->num_stores)
        return wr_json_fail(json, r->err, "a store that stands twice");
    r->num_stores++;
    r->m->stores.items[index].num_skipped = (size_t)skipped;
    r->m->stores.items[index].last_write = last_write;
    return true;
}

/* What cannot be restored is skipped, and its store marked, as damage in a hive is. */
static bool skip_copy(reading *r, size_t store)
{
    r->m->stores.items[store].num_skipped++;
    return true;
}

static bool place_copy(reading *r, const uint8_t sha256[WR_SHA256_LEN], wr_view properties,
                       const char *source, wr_instance *copy)
{
    wr_view der;
    wr_error damage;

    if (!find_object(r, sha256, "certificate", source, copy->path, copy->offset, &der))
        return skip_copy(r, copy->store);
    if (make_element(r, properties, der, &copy->element, &damage) &&
        wr_model_certificate(r->m, copy->element.object, &copy->certificate, &damage))
        return wr_model_place(r->m, copy, r->err);
    return wr_collect_past(r->m, &damage, copy->path, r->err) && skip_copy(r, copy->store);
}

static bool read_copy(reading *r, const wr_json *json)
{
    uint8_t certificate[WR_SHA256_LEN], hash[WR_SHA256_LEN];
    wr_instance copy = { .certificate = 0 };
    wr_view properties = { NULL, 0, 0, "" };
    bool named, with_properties;
    const char *source;

    if (!read_hash(r, json, "certificate", &named, certificate) ||
        !read_store_index(r, json, &copy.store) || !read_text(r, json, "path", &copy.path) ||
        !read_number(r, json, "offset", UINT64_MAX, &copy.offset) ||
        !read_time(r, json, "last_write", &copy.last_write) ||
        !read_hash(r, json, "properties", &with_properties, hash) ||
        !read_flag(r, json, "name_mismatch", &copy.name_mismatch) ||
        !read_flag(r, json, "added_by_log", &copy.added_by_log))
        return false;
    if (!named)
        return wr_json_fail(json, r->err, "a copy of no certificate");
    source = r->m->stores.items[copy.store].source;
    if (wr_json_member(json, "source").node && !read_source(r, json, &source))
        return false;
    if (with_properties &&
        !find_object(r, hash, "properties", source, copy.path, copy.offset, &properties))
        return skip_copy(r, copy.store);
    return place_copy(r, certificate, properties, source, &copy);
}

static bool read_kind(const reading *r, const wr_json *object, wr_element_kind *out)
{
    const wr_json value = wr_json_member(object, "kind");
    const char *text;

    if (!wr_json_get_text(&value, &text, r->err))
        return false;
    for (int i = WR_ELEMENT_CRL; i <= WR_ELEMENT_KEYID; i++)
        if (!strcmp(text, wr_element_kind_name((wr_element_kind)i))) {
            *out = (wr_element_kind)i;
            return true;
        }
    return wr_json_fail(&value, r->err, "kind \"%.40s\", expected crl, ctl or keyid", text);
}

static bool read_other(reading *r, const wr_json *json)
{
    wr_other_element other = { .trace = NULL }, *added;
    wr_store *store;

    if (!read_kind(r, json, &other.element.kind) || !read_store_index(r, json, &other.store) ||
        !read_text(r, json, "path", &other.path) ||
        !read_time(r, json, "last_write", &other.last_write))
        return false;
    if (!(added = WR_APPEND(r->m->arena, &r->m->others, wr_other_element)))
        return wr_fail_memory(r->err);
    *added = other;
    store = &r->m->stores.items[other.store];
    store->num_crls += other.element.kind == WR_ELEMENT_CRL;
    store->num_ctls += other.element.kind == WR_ELEMENT_CTL;
    return true;
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* A list that is given again for this analysis counts once. */
static bool is_given(const wr_model *m, wr_view der)
{
    for (size_t i = 0; i < m->lists.count; i++)
        if (!m->lists.items[i].from_host && !wr_view_compare(m->lists.items[i].message->der, der))
            return true;
    for (size_t i = 0; m->evidence && i < wr_evidence_count(m->evidence); i++) {
        const wr_item *item = wr_evidence_item(m->evidence, i);
        if (item->role == WR_ROLE_LIST && item->readable &&
            !wr_view_compare(item->message.der, der))
            return true;
    }
    return false;
}

static bool read_list(reading *r, const wr_json *json)
{
    wr_pkcs7 *message = WR_NEW(r->m->arena, wr_pkcs7, 1);
    wr_ctl *ctl = WR_NEW(r->m->arena, wr_ctl, 1);
    wr_list list = { .ctl = ctl, .message = message }, *added;
    uint8_t sha256[WR_SHA256_LEN];
    wr_diags quiet;
    wr_error damage;
    bool named;
    wr_view der;

    if (!message || !ctl)
        return wr_fail_memory(r->err);
    if (!read_hash(r, json, "object", &named, sha256) || !read_source(r, json, &list.source) ||
        !read_text(r, json, "path", &list.path) ||
        !read_number(r, json, "offset", UINT64_MAX, &list.offset) ||
        !read_flag(r, json, "from_host", &list.from_host) || !read_owner(r, json, &list.owner))
        return false;
    if (!named)
        return wr_json_fail(json, r->err, "a list without its octets");
    wr_diags_init(&quiet, r->m->arena);
    if (!find_object(r, sha256, "list", list.source, list.path, 0, &der)) {
        r->m->machine_incomplete = r->m->refusals_incomplete = true;
        return true;
    }
    if (!list.from_host && is_given(r->m, der))
        return true;
    if (!wr_pkcs7_parse(der, r->m->arena, &quiet, message, &damage) ||
        !wr_ctl_parse(message->content, r->m->arena, ctl, &damage)) {
        r->m->machine_incomplete = r->m->refusals_incomplete = true;
        return wr_collect_past(r->m, &damage, list.path, r->err);
    }
    if (!(added = WR_APPEND(r->m->arena, &r->m->lists, wr_list)))
        return wr_fail_memory(r->err);
    *added = list;
    return true;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static bool read_policy(reading *r, const wr_json *json)
{
    wr_policy policy = { .name = "" }, *added;
    const char *number;

    if (!read_text(r, json, "name", &policy.name) || !read_owner(r, json, &policy.owner) ||
        !read_flag(r, json, "intent", &policy.intent) || !read_source(r, json, &policy.source) ||
        !read_text(r, json, "key", &policy.key) ||
        !read_time(r, json, "last_write", &policy.last_write) ||
        !read_text(r, json, "number", &number) || !read_text(r, json, "text", &policy.text))
        return false;
    policy.is_number = *number;
    if (*number && !parse_u64(number, &policy.number))
        return wr_json_fail(json, r->err, "number \"%.40s\", expected decimal digits", number);
    if (!(added = WR_APPEND(r->m->arena, &r->m->policies, wr_policy)))
        return wr_fail_memory(r->err);
    *added = policy;
    return true;
}

static bool read_physical_store(reading *r, const wr_json *json)
{
    wr_physical_store physical = { .name = "" }, *added;

    if (!read_store_index(r, json, &physical.store) ||
        !read_text(r, json, "name", &physical.name) ||
        !read_text(r, json, "provider", &physical.provider) ||
        !read_text(r, json, "target", &physical.target) ||
        !read_u32(r, json, "flags", &physical.flags) ||
        !read_u32(r, json, "priority", &physical.priority) ||
        !read_text(r, json, "path", &physical.path) ||
        !read_time(r, json, "last_write", &physical.last_write))
        return false;
    if (!(added = WR_APPEND(r->m->arena, &r->m->physical_stores, wr_physical_store)))
        return wr_fail_memory(r->err);
    *added = physical;
    return true;
}

static bool read_consent(const reading *r, const wr_json *json, wr_user *out)
{
    const wr_json consent = wr_json_member(json, "consent"), list = wr_json_member(json, "list");
    const char *text;
    wr_view bytes;

    if (!wr_json_get_text(&consent, &text, r->err))
        return false;
    for (int i = WR_CONSENT_UNKNOWN; i <= WR_CONSENT_LIST; i++)
        if (!strcmp(text, wr_consent_name((wr_consent)i))) {
            out->consent = (wr_consent)i;
            if (out->consent != WR_CONSENT_LIST)
                return true;
            return wr_json_get_text(&list, &text, r->err) &&
                   ((wr_base64_read(
                         (wr_view){ (const uint8_t *)text, strlen(text), 0, out->source },
                         r->m->arena, &bytes, r->err) &&
                     wr_consent_take(bytes, r->m->arena, out, r->err)) ||
                    wr_error_at(r->err, list.pointer));
        }
    return wr_json_fail(&consent, r->err, "consent \"%.40s\" is not known", text);
}

static bool read_user(reading *r, const wr_json *json)
{
    wr_user user = { .consent = WR_CONSENT_UNKNOWN }, *added;

    if (!read_text(r, json, "owner", &user.owner) || !read_source(r, json, &user.source) ||
        !read_consent(r, json, &user) || !read_text(r, json, "path", &user.path) ||
        !read_time(r, json, "last_write", &user.last_write))
        return false;
    if (!(added = WR_APPEND(r->m->arena, &r->m->users, wr_user)))
        return wr_fail_memory(r->err);
    *added = user;
    return true;
}

static bool read_os(const reading *r, const wr_json *host, wr_os *out)
{
    const wr_json os = wr_json_member(host, "os");

    if (!os.node)
        return true;
    out->known = true;
    out->revision_known = wr_json_member(&os, "revision").node != NULL;
    return read_u32(r, &os, "major", &out->major) && read_u32(r, &os, "minor", &out->minor) &&
           read_u32(r, &os, "build", &out->build) && read_u32(r, &os, "revision", &out->revision) &&
           read_text(r, &os, "product_name", &out->product_name);
}

static bool read_updates(const reading *r, const wr_json *host)
{
    const wr_json updates = wr_json_member(host, "updates");

    if (!updates.node)
        return true;
    if (!wr_json_is_array(&updates))
        return wr_json_fail(&updates, r->err, "no array, expected one");
    r->m->host.updates_known = true;
    for (size_t i = 0; i < wr_json_count(&updates); i++) {
        const wr_json item = wr_json_item(&updates, i);
        uint64_t number;
        uint32_t *added;

        if (!wr_json_get_uint(&item, &number, r->err))
            return false;
        if (!(added = WR_APPEND(r->m->arena, &r->m->host.updates, uint32_t)))
            return wr_fail_memory(r->err);
        *added = number > UINT32_MAX ? 0 : (uint32_t)number;
    }
    return true;
}

static bool read_host(reading *r)
{
    const wr_json host = wr_json_member(&r->facts, "host");
    wr_model *m = r->m;
    bool hive, partial, incomplete, refusals;
    uint64_t users;
    wr_time observed;

    if (!wr_json_is_object(&host))
        return wr_json_fail(&host, r->err, "no object, expected one");
    if (!read_text(r, &host, "computer_name", &m->host.computer_name) ||
        !read_text(r, &host, "machine_guid", &m->host.machine_guid) ||
        !read_time(r, &host, "observed", &observed) || !read_os(r, &host, &m->host.os) ||
        !read_updates(r, &host) || !read_flag(r, &host, "machine_hive", &hive) ||
        !read_flag(r, &host, "machine_hive_partial", &partial) ||
        !read_flag(r, &host, "incomplete", &incomplete) ||
        !read_flag(r, &host, "refusals_incomplete", &refusals) ||
        !read_number(r, &host, "user_hives", WR_LIMIT_FOLDER_FILES, &users))
        return false;
    if (hive && m->has_machine_hive)
        wr_diag_add(m->diags, WR_DIAG_WARNING, WR_OK, r->label, WR_NO_OFFSET, NULL,
                    "a report beside a machine hive: its stores are added to those of the hive as "
                    "if both were one host's");
    m->host.observed = observed;
    m->has_machine_hive |= hive;
    m->machine_hive_partial |= partial;
    m->machine_incomplete |= incomplete;
    m->refusals_incomplete |= refusals;
    m->num_user_hives += (size_t)users;
    return true;
}

/* "e3:KEY PATH", "e3:0x1f3a0", or a path as somebody typed it. */
static bool place_of(const reading *r, const char *text, const char **source, const char **path,
                     uint64_t *offset)
{
    const char *p = text;
    const char *end;

    *source = *path = "";
    *offset = WR_NO_OFFSET;
    if (*p++ != 'e')
        return (*source = wr_arena_text(r->m->arena, text)) != NULL;
    while (*p >= '0' && *p <= '9')
        p++;
    end = p;
    if (*p != ':' && *p)
        return (*source = wr_arena_text(r->m->arena, text)) != NULL;
    *source = wr_arena_format(r->m->arena, "%s/%.*s", r->label, (int)(end - text), text);
    if (*p == ':') {
        uint64_t n = 0;
        const char *digits = p + 3;
        bool hex = p[1] == '0' && p[2] == 'x' && *digits;
        for (; hex && *digits; digits++) {
            const char *at = memchr("0123456789abcdef", *digits, 16);
            hex = at && n <= UINT64_MAX >> 4;
            n = n << 4 | (uint64_t)(at ? at - "0123456789abcdef" : 0);
        }
        if (hex)
            *offset = n;
        else
            *path = wr_arena_text(r->m->arena, p + 1);
    }
    return *source && *path;
}

static bool read_diagnostic(reading *r, const wr_json *json)
{
    const char *severity, *code, *place, *message, *source, *path;
    wr_severity level = WR_DIAG_WARNING;
    uint64_t offset;
    wr_code number = WR_OK;

    if (!read_text(r, json, "severity", &severity) || !read_text(r, json, "code", &code) ||
        !read_text(r, json, "source", &place) || !read_text(r, json, "message", &message))
        return false;
    for (int i = WR_DIAG_NOTE; i <= WR_DIAG_SKIPPED; i++)
        if (!strcmp(severity, wr_severity_name((wr_severity)i)))
            level = (wr_severity)i;
    for (int i = WR_OK; i <= WR_E_BUG; i++)
        if (!strcmp(code, wr_code_name((wr_code)i)))
            number = (wr_code)i;
    if (!place_of(r, place, &source, &path, &offset))
        return wr_fail_memory(r->err);
    wr_diag_add(r->m->diags, level, number, source, offset, path, "%s", message);
    return true;
}

static bool read_diagnostics(reading *r, const wr_json *report)
{
    const wr_json array = wr_json_member(report, "diagnostics");

    for (size_t i = 0; wr_json_is_array(&array) && i < wr_json_count(&array); i++) {
        const wr_json item = wr_json_item(&array, i);
        if (!read_diagnostic(r, &item))
            return false;
    }
    return true;
}

bool wr_collect_report(wr_model *m, const wr_json *report, const char *label,
                       const wr_object_source *objects, wr_error *err)
{
    reading r = { .m = m, .label = label, .objects = objects, .err = err };
    bool deleted;

    r.facts = wr_json_member(report, "facts");
    r.first_store = m->stores.count;
    m->from_report = true;
    if (!r.facts.node) {
        m->machine_incomplete = m->refusals_incomplete = true;
        wr_diag_add(m->diags, WR_DIAG_SKIPPED, WR_E_UNSUPPORTED, label, WR_NO_OFFSET, NULL,
                    "a report without facts, as earlier versions wrote it: nothing in it can be "
                    "judged again");
        return true;
    }
    if (!read_diagnostics(&r, report) || !read_host(&r) || !each(&r, "stores", read_store) ||
        !each(&r, "copies", read_copy) || !each(&r, "others", read_other) ||
        !each(&r, "lists", read_list) || !each(&r, "policies", read_policy) ||
        !each(&r, "physical_stores", read_physical_store) || !each(&r, "users", read_user) ||
        !read_flag(&r, &r.facts, "deleted", &deleted))
        return false;
    if (deleted)
        wr_diag_add(m->diags, WR_DIAG_NOTE, WR_OK, label, WR_NO_OFFSET, NULL,
                    "the report shows certificates that were deleted; they are not judged again");
    return true;
}

static bool find_in_item(void *context, const uint8_t sha256[WR_SHA256_LEN], wr_view *out)
{
    const wr_item *item = context;

    return wr_saved_object(item->objects, sha256, out);
}

bool wr_collect_report_item(wr_model *m, const wr_item *item, wr_error *err)
{
    const wr_json_limits limits = { WR_LIMIT_REPORT_BYTES, WR_LIMIT_RECORD_DEPTH };
    const wr_object_source objects = { find_in_item, (void *)(uintptr_t)item };
    wr_json_document *document;
    wr_json report;
    wr_error damage;
    bool ok;

    if (!wr_json_parse(item->view, limits, &document, &damage))
        ok = false;
    else {
        report = wr_json_root(document);
        if (item->kind == WR_KIND_RECORD)
            report = wr_json_member(&report, "report");
        ok = wr_collect_report(m, &report, item->label, &objects, &damage);
        wr_json_free(document);
    }
    if (ok)
        return true;
    m->machine_incomplete = m->refusals_incomplete = true;
    return wr_collect_past(m, &damage, "", err);
}
