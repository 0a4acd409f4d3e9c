#include "evidence/saved_report.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"
#include "winroots/limits.h"

#include <string.h>

typedef struct saved {
    wr_evidence *ev;
    const wr_origin *origin;
    const char *path; /* for people */
    size_t num_hosts, num_objects, num_values;
    bool several;
    wr_error *err;
} saved;

/* ---- values ---------------------------------------------------------------------------------- */

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next object of a text that is one, an array of them, or lines; false behind the last.  An
 * object ends with its bracket, or, where it is cut, with the text: the parser then says what is
 * wrong.  Text between objects that is none goes to the end of its line. */
static bool next_value(wr_view text, size_t *at, wr_view *out)
{
    size_t i = *at, depth = 0;
    bool quoted = false;

    while (i < text.len && (is_space(text.data[i]) || strchr("[],", text.data[i])))
        i++;
    if (i == text.len)
        return false;
    *at = i;
    for (; i < text.len; i++) {
        const uint8_t c = text.data[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']') && depth && !--depth)
            break;
        else if (!depth && c == '\n')
            break;
    }
    i = i < text.len ? i + 1 : text.len;
    *out = (wr_view){ text.data + *at, i - *at, text.origin + *at, text.source };
    *at = i;
    return true;
}

/* ---- objects --------------------------------------------------------------------------------- */

bool wr_saved_object(const wr_saved_objects *objects, const uint8_t sha256[WR_SHA256_LEN],
                     wr_view *out)
{
    const size_t i = objects ? wr_hash_set_find(&objects->known, sha256) : SIZE_MAX;

    if (i == SIZE_MAX)
        return false;
    *out = objects->octets.items[i];
    return true;
}

/* An object goes by the SHA-256 that it has: what another name was given to is not found by it. */
static bool take_object(saved *s, const wr_json *object)
{
    wr_saved_objects *objects = s->ev->objects;
    const wr_json data = wr_json_member(object, "data");
    uint8_t sha256[WR_SHA256_LEN];
    wr_view octets, *slot;
    const char *text;
    wr_error damage;
    bool is_new;

    s->num_objects++;
    if (!wr_json_get_text(&data, &text, &damage) ||
        !wr_base64_read((wr_view){ (const uint8_t *)text, strlen(text), 0, s->path }, s->ev->arena,
                        &octets, &damage))
        return wr_evidence_past(s->ev, &damage, s->err);
    if (!wr_digest(WR_SHA256, octets, sha256, s->err) ||
        !wr_hash_set_add(&objects->known, s->ev->arena, sha256, &is_new, s->err))
        return false;
    if (!is_new)
        return true;
    if (!(slot = WR_APPEND(s->ev->arena, &objects->octets, wr_view)))
        return wr_fail_memory(s->err);
    *slot = octets;
    return true;
}

static bool take_objects(saved *s, const wr_json *report)
{
    const wr_json list = wr_json_member(report, "objects");

    for (size_t i = 0; wr_json_is_array(&list) && i < wr_json_count(&list); i++) {
        const wr_json object = wr_json_item(&list, i);
        if (!take_object(s, &object))
            return false;
    }
    return true;
}

/* ---- hosts ----------------------------------------------------------------------------------- */

static wr_time time_taken(const wr_json *report)
{
    const wr_json host = wr_json_member(report, "host");
    const wr_json taken = wr_json_member(&host, "snapshot_taken");
    const char *text;
    wr_error ignored;
    wr_time t;

    return wr_json_get_text(&taken, &text, &ignored) && wr_time_parse(text, &t) ? t : 0;
}

/* A host's own root, so that two of them are never taken for one. */
static bool add_host(saved *s, wr_view value, const wr_json *report, bool is_record)
{
    wr_arena *arena = s->ev->arena;
    wr_root *root = WR_NEW(arena, wr_root, 1);
    wr_origin origin = *s->origin;
    wr_item *item;

    s->num_hosts++;
    if (!root || !(root->path = s->several ? wr_arena_format(arena, "%zu", s->num_hosts) : ""))
        return wr_fail_memory(s->err);
    root->container = s->path;
    root->volume = s->num_hosts;
    root->taken = report ? time_taken(report) : 0;
    origin.root = root;
    origin.machine = true;
    origin.path = s->several ? wr_arena_format(arena, "%s#%zu", s->path, s->num_hosts) : s->path;
    if (!origin.path)
        return wr_fail_memory(s->err);
    if (!origin.inner)
        origin.inner = origin.path;
    if (!wr_evidence_take_unopened(s->ev, &origin, s->err))
        return false;
    item = s->ev->items.items[s->ev->items.count - 1];
    item->kind = is_record ? WR_KIND_RECORD : WR_KIND_REPORT;
    item->role = WR_ROLE_REPORT;
    item->bytes = value.len;
    item->view = value;
    item->view.source = item->label;
    item->objects = s->ev->objects;
    item->readable = report != NULL;
    return true;
}

/* A record without a report says why there is none. */
static bool take_record(saved *s, wr_view value, const wr_json *root)
{
    const wr_json report = wr_json_member(root, "report"), error = wr_json_member(root, "error");
    const wr_json message = wr_json_member(&error, "message");
    const char *text;
    wr_error damage;

    if (wr_json_is_object(&report))
        return add_host(s, value, &report, true);
    if (!wr_json_get_text(&message, &text, &damage))
        text = "it has no report";
    wr_diag_add(s->ev->diags, WR_DIAG_SKIPPED, WR_E_UNSUPPORTED, s->path, value.origin, NULL,
                "a record of a host that could not be analyzed: %.300s", text);
    return add_host(s, value, NULL, true);
}

static bool take_lost(saved *s, wr_view value, wr_error *damage)
{
    return wr_evidence_past(s->ev, damage, s->err) && add_host(s, value, NULL, true);
}

static bool take_document(saved *s, wr_view value, const wr_json *root)
{
    const wr_json schema = wr_json_member(root, "schema");
    const char *text;
    wr_error damage;

    if (!wr_json_get_text(&schema, &text, &damage)) {
        damage.offset = value.origin;
        return take_lost(s, value, &damage);
    }
    if (!strcmp(text, "winroots.object/1"))
        return take_object(s, root);
    if (!strcmp(text, "winroots.host/1"))
        return take_record(s, value, root);
    if (!strcmp(text, "winroots.report/1"))
        return take_objects(s, root) && add_host(s, value, root, false);
    (void)wr_fail_view(&damage, WR_E_UNSUPPORTED, value,
                       "schema \"%.60s\", expected winroots.report/1, winroots.host/1 or "
                       "winroots.object/1: written by another version",
                       text);
    return take_lost(s, value, &damage);
}

static bool take_value(saved *s, wr_view value)
{
    const wr_json_limits limits = { WR_LIMIT_REPORT_BYTES, WR_LIMIT_RECORD_DEPTH };
    wr_json_document *document;
    wr_error damage;
    wr_json root;
    bool ok;

    if (!wr_json_parse(value, limits, &document, &damage))
        return take_lost(s, value, &damage);
    root = wr_json_root(document);
    ok = take_document(s, value, &root);
    wr_json_free(document);
    return ok;
}

bool wr_saved_reports_take(wr_evidence *ev, wr_view file, const wr_origin *origin, wr_error *err)
{
    saved s = { .ev = ev, .origin = origin, .path = origin->path, .err = err };
    size_t at = 0;
    wr_view value;

    if (!s.path)
        s.path = file.source;
    if (!ev->objects && !(ev->objects = WR_NEW(ev->arena, wr_saved_objects, 1)))
        return wr_fail_memory(err);
    while (next_value(file, &at, &value))
        s.num_values++;
    s.several = s.num_values > 1;
    at = 0;
    while (next_value(file, &at, &value))
        if (!take_value(&s, value))
            return false;
    return s.num_hosts || s.num_objects ||
           wr_fail_view(err, WR_E_UNSUPPORTED, file, "no report in it, expected one");
}
