/* record_read.c - a line of records, which anybody may have written. */
#include "fleet/record.h"

#include "base/base64.h"
#include "base/text.h"
#include "winroots/limits.h"

#include <string.h>

#define HOST_SCHEMA   "winroots.host/1"
#define OBJECT_SCHEMA "winroots.object/1"

static bool starts(wr_view v, size_t at, const char *text)
{
    const size_t n = strlen(text);
    return at <= v.len && v.len - at >= n && memcmp(v.data + at, text, n) == 0;
}

bool wr_record_peek(wr_view line, wr_record_kind *kind, uint8_t sha256[WR_SHA256_LEN])
{
    static const char host[] = "{\"schema\":\"" HOST_SCHEMA "\",";
    static const char object[] = "{\"schema\":\"" OBJECT_SCHEMA "\",\"kind\":\"";
    static const char hash[] = "\",\"sha256\":\"";
    char hex[2 * WR_SHA256_LEN + 1];
    size_t at = sizeof object - 1;

    if (starts(line, 0, host)) {
        *kind = WR_RECORD_HOST;
        memset(sha256, 0, WR_SHA256_LEN);
        return true;
    }
    if (!starts(line, 0, object))
        return false;
    while (at < line.len &&
           (line.data[at] == '_' || (line.data[at] >= 'a' && line.data[at] <= 'z')))
        at++;
    if (!starts(line, at, hash) || line.len - at - (sizeof hash - 1) < sizeof hex - 1)
        return false;
    memcpy(hex, line.data + at + sizeof hash - 1, sizeof hex - 1);
    hex[sizeof hex - 1] = '\0';
    *kind = WR_RECORD_OBJECT;
    return wr_text_unhex(hex, sha256, WR_SHA256_LEN);
}

/* ---- members --------------------------------------------------------------------------------- */

typedef struct reading {
    wr_arena *arena;
    wr_error *err;
} reading;

/* A member's text in the arena; "" where it may be absent and is. */
static bool read_text(const reading *r, const wr_json *object, const char *name, bool required,
                      size_t most, const char **out)
{
    const wr_json value = wr_json_member(object, name);
    const char *text;

    *out = "";
    if (!value.node && !required)
        return true;
    if (!wr_json_get_text(&value, &text, r->err))
        return false;
    if (strlen(text) > most) {
        (void)wr_json_fail(&value, r->err, "a text of %zu bytes, expected at most %zu",
                           strlen(text), most);
        r->err->code = WR_E_LIMIT;
        return false;
    }
    *out = wr_arena_text(r->arena, text);
    return *out || wr_fail_memory(r->err);
}

static bool read_hash(const reading *r, const wr_json *object, const char *name,
                      uint8_t out[WR_SHA256_LEN])
{
    const wr_json value = wr_json_member(object, name);
    const char *text;

    return wr_json_get_text(&value, &text, r->err) &&
           (wr_text_unhex(text, out, WR_SHA256_LEN) ||
            wr_json_fail(&value, r->err, "\"%.80s\", expected a SHA-256 in hex", text));
}

static bool read_count(const reading *r, const wr_json *object, const char *name, size_t least,
                       size_t most, size_t *out)
{
    const wr_json value = wr_json_member(object, name);
    uint64_t number;

    if (!wr_json_get_uint(&value, &number, r->err))
        return false;
    *out = (size_t)number;
    return (number >= least && number <= most) ||
           wr_json_fail(&value, r->err, "a number that is not from %zu to %zu", least, most);
}

static bool read_object(const reading *r, const wr_json *object, const char *name, wr_json *out)
{
    *out = wr_json_member(object, name);
    return wr_json_is_object(out) || wr_json_fail(out, r->err, "no object, expected one");
}

/* ---- an object ------------------------------------------------------------------------------- */

static bool read_shared(const reading *r, const wr_json *root, wr_record *out)
{
    const wr_json data = wr_json_member(root, "data");
    uint8_t sha256[WR_SHA256_LEN];
    const char *text;

    if (!read_text(r, root, "kind", true, WR_LIMIT_HOST_NAME, &out->object_kind) ||
        !read_hash(r, root, "sha256", out->sha256) || !wr_json_get_text(&data, &text, r->err))
        return false;
    if (!wr_base64_read((wr_view){ (const uint8_t *)text, strlen(text), 0, root->source }, r->arena,
                        &out->octets, r->err) ||
        !wr_digest(WR_SHA256, out->octets, sha256, r->err)) {
        wr_error_at(r->err, "/data");
        return false;
    }
    if (memcmp(sha256, out->sha256, sizeof sha256) != 0) {
        (void)wr_json_fail(&data, r->err,
                           "the object does not have the SHA-256 that it is named by");
        r->err->code = WR_E_MISMATCH;
        return false;
    }
    return true;
}

/* ---- a host ---------------------------------------------------------------------------------- */

static bool read_tool(const reading *r, const wr_json *root, wr_record *out)
{
    wr_json tool;

    return read_object(r, root, "tool", &tool) &&
           read_text(r, &tool, "version", true, WR_LIMIT_HOST_NAME, &out->tool_version);
}

static bool read_who(const reading *r, const wr_json *root, wr_record *out)
{
    wr_json host, key;

    if (!read_object(r, root, "host", &host) ||
        !read_text(r, &host, "key", true, WR_LIMIT_HOST_NAME, &out->key) ||
        !read_text(r, &host, "name", false, WR_LIMIT_HOST_NAME, &out->name))
        return false;
    key = wr_json_member(&host, "key");
    return *out->key || wr_json_fail(&key, r->err, "an empty key, which names no host");
}

static bool read_observed(const reading *r, const wr_json *root, wr_record *out)
{
    const wr_json observed = wr_json_member(root, "observed");
    const char *text;

    out->observed = 0;
    if (!observed.node)
        return true;
    return wr_json_get_text(&observed, &text, r->err) &&
           (wr_time_parse(text, &out->observed) ||
            wr_json_fail(&observed, r->err, "\"%.60s\", expected a time as RFC 3339 has it", text));
}

static bool read_evidence(const reading *r, const wr_json *root, wr_record *out)
{
    wr_record_head *head = &out->head;
    wr_json evidence;

    return read_object(r, root, "evidence", &evidence) &&
           read_text(r, &evidence, "path", true, WR_LIMIT_RECORD_BYTES, &head->path) &&
           read_hash(r, &evidence, "id", head->id) &&
           read_count(r, &evidence, "hosts", 1, WR_LIMIT_FOLDER_FILES, &head->hosts) &&
           read_count(r, &evidence, "host", 1, head->hosts, &head->host);
}

static bool read_status(const reading *r, const wr_json *root, wr_record *out)
{
    const wr_json status = wr_json_member(root, "status");
    const char *text;

    if (!wr_json_get_text(&status, &text, r->err))
        return false;
    for (int i = WR_RECORD_OK; i <= WR_RECORD_FAILED; i++)
        if (!strcmp(text, wr_record_status_name((wr_record_status)i))) {
            out->status = (wr_record_status)i;
            return true;
        }
    return wr_json_fail(&status, r->err, "status \"%.40s\", expected ok, partial or failed", text);
}

static bool check_schema(const wr_json *object, const char *schema, wr_error *err)
{
    const wr_json value = wr_json_member(object, "schema");
    const char *text;

    if (!wr_json_get_text(&value, &text, err))
        return false;
    if (!strcmp(text, schema))
        return true;
    (void)wr_json_fail(&value, err, "schema \"%.60s\", expected %s: written by another version",
                       text, schema);
    err->code = WR_E_UNSUPPORTED;
    return false;
}

/* A report, or why there is none, and never both. */
static bool read_outcome(const reading *r, const wr_json *root, wr_record *out)
{
    const bool failed = out->status == WR_RECORD_FAILED;
    const wr_json surplus = wr_json_member(root, failed ? "report" : "error");
    wr_json error;

    if (surplus.node)
        return wr_json_fail(&surplus, r->err, "not expected with status \"%s\"",
                            wr_record_status_name(out->status));
    if (!failed)
        return read_object(r, root, "report", &out->report) &&
               check_schema(&out->report, "winroots.report/1", r->err);
    return read_object(r, root, "error", &error) &&
           read_text(r, &error, "code", true, WR_LIMIT_HOST_NAME, &out->error_code) &&
           read_text(r, &error, "message", true, WR_LIMIT_RECORD_BYTES, &out->error_message);
}

static bool read_host(const reading *r, const wr_json *root, wr_record *out)
{
    return read_tool(r, root, out) && read_who(r, root, out) && read_observed(r, root, out) &&
           read_evidence(r, root, out) && read_status(r, root, out) && read_outcome(r, root, out);
}

static bool read_line(const reading *r, const wr_json *root, wr_record *out)
{
    const wr_json schema = wr_json_member(root, "schema");
    const char *text;

    if (!wr_json_is_object(root))
        return wr_json_fail(root, r->err, "no object, expected one");
    if (!wr_json_get_text(&schema, &text, r->err))
        return false;
    if (!strcmp(text, OBJECT_SCHEMA)) {
        out->kind = WR_RECORD_OBJECT;
        return read_shared(r, root, out);
    }
    out->kind = WR_RECORD_HOST;
    return check_schema(root, HOST_SCHEMA, r->err) && read_host(r, root, out);
}

bool wr_record_read(wr_view line, wr_arena *arena, wr_record *out, wr_error *err)
{
    const wr_json_limits limits = { WR_LIMIT_RECORD_BYTES, WR_LIMIT_RECORD_DEPTH };
    const reading r = { arena, err };
    wr_record record = { .tool_version = "", .key = "", .name = "", .object_kind = "" };
    wr_json root;

    record.error_code = record.error_message = record.head.path = "";
    if (!wr_json_parse(line, limits, &record.document, err))
        return false;
    root = wr_json_root(record.document);
    if (!read_line(&r, &root, &record)) {
        wr_record_close(&record);
        return false;
    }
    *out = record;
    return true;
}

void wr_record_close(wr_record *record)
{
    wr_json_free(record->document);
    record->document = NULL;
    record->report = (wr_json){ 0 };
}
