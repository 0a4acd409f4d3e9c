/* database_add.c - a line into the database: first everything that can be wrong with it, then the
 * rows. */
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "fleet/database.h"
#include "fleet/record.h"
#include "fleet/scan.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

/* A certificate of the host, ready to be a row. */
typedef struct row {
    int64_t certificate, facts, verdict, trust, stores, written;
    bool has_written;
    wr_view stores_text;
} row;

typedef struct pending {
    wr_known known;
    size_t part;
} pending;

typedef struct adding {
    wr_database *db;
    const wr_split *split;
    wr_arena *arena;
    wr_error *err;
    struct {
        int64_t id, number;
    } * parts; /* one for each of the split */
    row *rows;
    WR_LIST(pending) fresh;
    wr_view body; /* observation.record */
    int64_t id;   /* of the observation  */
    /* Small members, parsed. */
    wr_json_document *documents[10];
    size_t num_documents;
} adding;

bool wr_database_is_lines_fault(const wr_database *db, const wr_error *err)
{
    return err->code != WR_E_NO_MEMORY && err->code != WR_E_IO && err->code != WR_E_BUG &&
           strcmp(err->source, db->sql.path) != 0;
}

static bool fault(const adding *a, wr_view at, const char *what)
{
    return wr_fail_view(a->err, WR_E_MALFORMED, at, "%s", what);
}

static wr_sql_query *statement(adding *a, int which)
{
    return &a->db->statements[which];
}

/* ---- parts ----------------------------------------------------------------------------------- */

static struct wr_db_cached *slot(adding *a, int64_t id)
{
    return &a->db->cache[(uint64_t)id % WR_DB_CACHE];
}

/* Of a part that is in the database already; that it is the same text is seen and not believed. */
static bool look_up(adding *a, const wr_part *part, const wr_known *known, bool *there)
{
    wr_sql_query *q = statement(a, WR_DB_PART_TEXT);
    bool same = true;

    wr_sql_bind_int(q, 1, known->id);
    if (!wr_sql_step(q, there, a->err))
        return false;
    if (*there)
        same = wr_view_equal(wr_sql_bytes(q, 0), part->text);
    wr_sql_reset(q);
    return same || wr_fail_view(a->err, WR_E_MISMATCH, part->text,
                                "another text has the same number in the database");
}

static bool other_certificate(adding *a, const wr_known *known, const wr_part *part)
{
    wr_sql_query *q = statement(a, WR_DB_SAME_CERTIFICATE);
    bool other;

    wr_sql_bind_int(q, 1, known->number);
    wr_sql_bind_text(q, 2, known->column[0]);
    if (!wr_sql_step(q, &other, a->err))
        return false;
    wr_sql_reset(q);
    return !other || wr_fail_view(a->err, WR_E_MISMATCH, part->text,
                                  "another certificate has the same number in the database");
}

static bool resolve(adding *a, size_t index)
{
    const wr_part *part = &a->split->parts.items[index];
    struct wr_db_cached *cached;
    wr_known known = { .id = 0 };
    pending *fresh;
    bool there;

    if (part->familiar) {
        a->parts[index].id = part->familiar->id;
        a->parts[index].number = part->familiar->number;
        return true;
    }
    if (!wr_known_id(part, &known, a->err))
        return false;
    cached = slot(a, known.id);
    if (cached->id != known.id || cached->check != known.check) {
        if (!look_up(a, part, &known, &there) || !wr_known_read(part, a->arena, &known, a->err))
            return false;
        if (part->kind == WR_PART_FACTS && !other_certificate(a, &known, part))
            return false;
        if (!there) {
            if (!(fresh = WR_APPEND(a->arena, &a->fresh, pending)))
                return wr_fail_memory(a->err);
            *fresh = (pending){ known, index };
        } else {
            *cached = (struct wr_db_cached){ known.id, known.number, known.check };
        }
        a->parts[index].number = known.number;
    } else {
        a->parts[index].number = cached->number;
    }
    a->parts[index].id = known.id;
    return true;
}

static bool insert_part(adding *a, const pending *p)
{
    const wr_part *part = &a->split->parts.items[p->part];
    const char *const *columns = wr_known_columns(part->kind);
    wr_sql_query *q = statement(a, WR_DB_PART);
    int at = 2;
    bool there;

    if (!look_up(a, part, &p->known, &there)) /* twice in one record */
        return false;
    if (there)
        return true;
    wr_sql_bind_int(q, 1, p->known.id);
    wr_sql_bind_chars(q, 2, part->text);
    if (!wr_sql_do(q, a->err))
        return false;
    *slot(a, p->known.id) = (struct wr_db_cached){ p->known.id, p->known.number, p->known.check };
    if (part->kind == WR_PART_TEXT)
        return true;
    q = statement(a, (int)part->kind);
    wr_sql_bind_int(q, 1, p->known.id);
    for (size_t i = 0; columns[i]; i++)
        wr_sql_bind_text(q, at++, p->known.column[i]);
    if (part->kind == WR_PART_FACTS || part->kind == WR_PART_VERDICT)
        wr_sql_bind_int(q, at, p->known.number);
    if (!wr_sql_do(q, a->err))
        return false;
    q = statement(a, WR_DB_ITEM);
    for (size_t i = 0; i < p->known.items.count; i++) {
        wr_sql_bind_int(q, 1, p->known.id);
        wr_sql_bind_int(q, 2, (int64_t)i);
        for (size_t j = 0; wr_known_item_columns[j]; j++)
            wr_sql_bind_text(q, (int)j + 3, p->known.items.items[i].column[j]);
        if (!wr_sql_do(q, a->err))
            return false;
    }
    return true;
}

/* ---- holdings -------------------------------------------------------------------------------- */

/* Appends "LM/Root" to the stores, where it is not the last one. */
static bool add_store(adding *a, wr_view location, wr_view store, const char **all)
{
    const char *name, *last = strrchr(*all, '\n');
    wr_arena *arena = a->arena;

    name = wr_arena_format(arena, "%.*s/%.*s", (int)location.len, (const char *)location.data,
                           (int)store.len, (const char *)store.data);
    if (!name)
        return wr_fail_memory(a->err);
    if (!strcmp(last ? last + 1 : *all, name))
        return true;
    *all = **all ? wr_arena_format(arena, "%s\n%s", *all, name) : name;
    return *all || wr_fail_memory(a->err);
}

static void earliest(wr_view text, row *r)
{
    char copy[WR_TIME_TEXT + 8];
    wr_time when;
    int64_t seconds;

    if (text.len >= sizeof copy)
        return;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    if (!wr_time_parse(copy, &when) || when > INT64_MAX)
        return;
    seconds = ((int64_t)when - (int64_t)wr_time_from_unix(0)) / (int64_t)WR_TIME_SECOND;
    if (!r->has_written || seconds < r->written)
        r->written = seconds;
    r->has_written = true;
}

/* A member of an instance without its escapes.  Backslashes stand in names that somebody chose. */
static bool unescaped(adding *a, wr_view value, wr_view *out)
{
    const wr_json_limits limits = { WR_LIMIT_REPORT_BYTES, 1 };
    wr_json_document *document;
    const char *text, *copy = NULL;
    wr_json root;
    bool done;

    if (wr_scan_plain(value, out))
        return true;
    if (!wr_json_parse(value, limits, &document, a->err))
        return false;
    root = wr_json_root(document);
    done = wr_json_get_text(&root, &text, a->err) &&
           ((copy = wr_arena_text(a->arena, text)) || wr_fail_memory(a->err));
    wr_json_free(document);
    if (done)
        *out = (wr_view){ .data = (const uint8_t *)copy, .len = strlen(copy) };
    return done;
}

static bool instance(adding *a, wr_scan *s, row *r, const char **stores)
{
    wr_view name, value, location = { 0 }, store = { 0 }, written;

    if (!wr_scan_enter_object(s))
        return wr_scan_fail(s, a->err);
    while (wr_scan_member(s, &name)) {
        if (!wr_scan_value(s, &value))
            return wr_scan_fail(s, a->err);
        if (wr_view_is(name, "location", 8)) {
            if (!unescaped(a, value, &location))
                return false;
        } else if (wr_view_is(name, "store", 5)) {
            if (!unescaped(a, value, &store))
                return false;
        } else if (wr_view_is(name, "last_write", 10) && wr_scan_plain(value, &written)) {
            earliest(written, r);
        }
    }
    return s->failed ? wr_scan_fail(s, a->err) : add_store(a, location, store, stores);
}

static bool instances(adding *a, wr_view json, row *r)
{
    wr_scan s = wr_scan_of(json);
    const char *stores = "";
    uint64_t ignored;

    if (!wr_scan_enter_array(&s))
        return wr_scan_fail(&s, a->err);
    while (wr_scan_item(&s))
        if (!instance(a, &s, r, &stores))
            return false;
    if (s.failed)
        return wr_scan_fail(&s, a->err);
    r->stores_text = (wr_view){ .data = (const uint8_t *)stores, .len = strlen(stores) };
    return wr_known_digest(r->stores_text, &r->stores, &ignored, a->err);
}

static int by_certificate(const void *a, const void *b)
{
    const row *x = a, *y = b;
    return (x->certificate > y->certificate) - (x->certificate < y->certificate);
}

static bool make_rows(adding *a)
{
    const wr_split *s = a->split;

    if (!(a->rows = WR_NEW(a->arena, row, s->holdings.count + 1)))
        return wr_fail_memory(a->err);
    for (size_t i = 0; i < s->holdings.count; i++) {
        const wr_holding *h = &s->holdings.items[i];
        row *r = &a->rows[i];

        r->certificate = a->parts[h->facts].number;
        r->facts = a->parts[h->facts].id;
        r->verdict = a->parts[h->verdict].id;
        r->trust = a->parts[h->verdict].number;
        if (!instances(a, h->instances, r))
            return false;
    }
    qsort(a->rows, s->holdings.count, sizeof *a->rows, by_certificate);
    for (size_t i = 1; i < s->holdings.count; i++)
        if (a->rows[i].certificate == a->rows[i - 1].certificate)
            return fault(a, s->line, "a certificate stands in the report twice");
    return true;
}

/* What the host trusts, as one number: hosts that trust the same for the same have the same. */
static bool trust_set(adding *a, int64_t *count, int64_t *set)
{
    const size_t num = a->split->holdings.count;
    int64_t *numbers = WR_NEW(a->arena, int64_t, 2 * num + 1);
    uint64_t ignored;
    size_t n = 0;
    uint8_t *bytes;

    if (!numbers)
        return wr_fail_memory(a->err);
    for (size_t i = 0; i < num; i++)
        if (a->rows[i].trust) {
            numbers[n++] = a->rows[i].certificate;
            numbers[n++] = a->rows[i].trust;
        }
    *count = (int64_t)(n / 2);
    if (!(bytes = WR_NEW(a->arena, uint8_t, 8 * n + 1)))
        return wr_fail_memory(a->err);
    for (size_t i = 0; i < n; i++) /* the same on every processor */
        for (unsigned b = 0; b < 8; b++)
            bytes[8 * i + b] = (uint8_t)((uint64_t)numbers[i] >> (8 * b));
    return wr_known_digest((wr_view){ .data = bytes, .len = 8 * n }, set, &ignored, a->err);
}

static bool insert_rows(adding *a)
{
    wr_sql_query *q = statement(a, WR_DB_HOLDING), *term = statement(a, WR_DB_TERM);

    for (size_t i = 0; i < a->split->holdings.count; i++) {
        const row *r = &a->rows[i];
        struct wr_db_cached *cached = slot(a, r->stores);

        /* A term has no check of its own; its place in the cache says that it was written. */
        if (cached->id != r->stores || cached->check) {
            wr_sql_bind_int(term, 1, r->stores);
            wr_sql_bind_chars(term, 2, r->stores_text);
            if (!wr_sql_do(term, a->err))
                return false;
            *cached = (struct wr_db_cached){ r->stores, 0, 0 };
        }
        wr_sql_bind_int(q, 1, a->id);
        wr_sql_bind_int(q, 2, r->certificate);
        wr_sql_bind_int(q, 3, r->facts);
        wr_sql_bind_int(q, 4, r->verdict);
        wr_sql_bind_int(q, 5, r->stores);
        if (r->has_written)
            wr_sql_bind_int(q, 6, r->written);
        if (!wr_sql_do(q, a->err))
            return false;
        a->db->num_rows++;
    }
    return true;
}

static bool insert_links(adding *a)
{
    static const int links[] = { [WR_PART_FINDING] = WR_DB_FOUND,
                                 [WR_PART_REQUIREMENT] = WR_DB_CHECKED,
                                 [WR_PART_ACTION] = WR_DB_PLANNED,
                                 [WR_PART_TEXT] = 0 };

    for (size_t i = 0; i < a->split->parts.count; i++) {
        int link = links[a->split->parts.items[i].kind];

        if (!link)
            continue;
        wr_sql_bind_int(statement(a, link), 1, a->id);
        wr_sql_bind_int(statement(a, link), 2, a->parts[i].id);
        if (!wr_sql_do(statement(a, link), a->err))
            return false;
    }
    return true;
}

/* ---- the record's own ------------------------------------------------------------------------ */

/* A small member of the record; absent where the record has none. */
static bool parse(adding *a, wr_view text, wr_json *out)
{
    const wr_json_limits limits = { WR_LIMIT_REPORT_BYTES, WR_LIMIT_REPORT_DEPTH };
    wr_json_document *document;

    *out = (wr_json){ .node = NULL };
    if (!text.len)
        return true;
    if (!wr_json_parse(text, limits, &document, a->err))
        return false;
    a->documents[a->num_documents++] = document;
    *out = wr_json_root(document);
    return true;
}

/* Borrowed from the document; NULL where the member is not there or is no text. */
static const char *text_member(const wr_json *object, const char *name)
{
    wr_json value =
        wr_json_is_object(object) ? wr_json_member(object, name) : (wr_json){ .node = NULL };
    const char *text;
    wr_error ignored;

    return value.node && wr_json_get_text(&value, &text, &ignored) ? text : NULL;
}

static const char *text_value(const wr_json *value)
{
    const char *text;
    wr_error ignored;

    return value->node && wr_json_get_text(value, &text, &ignored) ? text : NULL;
}

static bool put_number(uint64_t n, size_t *at, uint8_t *bytes)
{
    while (n >= 0x80) {
        bytes[(*at)++] = (uint8_t)(n | 0x80);
        n >>= 7;
    }
    bytes[(*at)++] = (uint8_t)n;
    return true;
}

/* What stands before each part, its length before it, and the part's number; then the rest. */
static bool make_body(adding *a)
{
    const wr_split *s = a->split;
    const uint8_t *from = s->line.data, *end = s->line.data + s->line.len;
    size_t room = s->line.len + 10, at = 0;
    uint64_t ignored;
    uint8_t *bytes;

    for (size_t i = 0; i < s->parts.count; i++) /* a length of 10 bytes and a number of 8 */
        room = room - s->parts.items[i].text.len + 18;
    if (!(bytes = WR_NEW(a->arena, uint8_t, room)))
        return wr_fail_memory(a->err);
    for (size_t i = 0; i < s->parts.count; i++) {
        const wr_part *p = &s->parts.items[i];
        size_t own = (size_t)(p->text.data - from);

        put_number(own, &at, bytes);
        memcpy(bytes + at, from, own);
        at += own;
        for (unsigned b = 0; b < 8; b++)
            bytes[at++] = (uint8_t)((uint64_t)a->parts[i].id >> (8 * b));
        from = p->text.data + p->text.len;
    }
    put_number((uint64_t)(end - from), &at, bytes);
    memcpy(bytes + at, from, (size_t)(end - from));
    at += (size_t)(end - from);
    a->body = (wr_view){ .data = bytes, .len = at };
    return wr_known_digest(a->body, &a->id, &ignored, a->err);
}

typedef struct own {
    wr_json tool, host, observed, evidence, status, error, as_of, machine, policies, lists;
} own;

static bool parse_own(adding *a, own *o)
{
    const wr_split *s = a->split;

    if (!parse(a, s->tool, &o->tool) || !parse(a, s->host, &o->host) ||
        !parse(a, s->observed, &o->observed) || !parse(a, s->evidence, &o->evidence) ||
        !parse(a, s->status, &o->status) || !parse(a, s->error, &o->error) ||
        !parse(a, s->as_of, &o->as_of) || !parse(a, s->machine, &o->machine) ||
        !parse(a, s->policies, &o->policies) || !parse(a, s->lists, &o->lists))
        return false;
    if (!text_member(&o->host, "key"))
        return fault(a, s->host.len ? s->host : s->line, "the host has no \"key\"");
    return text_value(&o->status) ? true
                                  : fault(a, s->status.len ? s->status : s->line, "no \"status\"");
}

static bool insert_observation(adding *a, const own *o)
{
    wr_sql_query *q = statement(a, WR_DB_HOST);
    const char *key = text_member(&o->host, "key");
    wr_json os = wr_json_is_object(&o->machine) ? wr_json_member(&o->machine, "os")
                                                : (wr_json){ .node = NULL },
            build =
                wr_json_is_object(&os) ? wr_json_member(&os, "build") : (wr_json){ .node = NULL };
    const struct {
        int at;
        const char *text;
    } texts[] = { { 3, text_member(&o->host, "name") },
                  { 4, text_value(&o->observed) },
                  { 5, text_value(&o->as_of) },
                  { 6, text_value(&o->status) },
                  { 7, text_member(&o->error, "code") },
                  { 8, text_member(&o->error, "message") },
                  { 9, text_member(&o->tool, "version") },
                  { 10, text_member(&o->evidence, "path") },
                  { 11, text_member(&o->evidence, "id") },
                  { 12, text_member(&os, "product_name") } };
    int64_t host, count = 0, set = 0;
    uint64_t ignored, number;
    wr_error none;

    if (!wr_known_digest((wr_view){ .data = (const uint8_t *)key, .len = strlen(key) }, &host,
                         &ignored, a->err) ||
        !trust_set(a, &count, &set))
        return false;
    wr_sql_bind_int(q, 1, host);
    wr_sql_bind_text(q, 2, key);
    if (!wr_sql_do(q, a->err))
        return false;
    q = statement(a, WR_DB_OBSERVATION);
    wr_sql_bind_int(q, 1, a->id);
    wr_sql_bind_int(q, 2, host);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        wr_sql_bind_text(q, texts[i].at, texts[i].text);
    if (build.node && wr_json_get_uint(&build, &number, &none) && number <= INT64_MAX)
        wr_sql_bind_int(q, 13, (int64_t)number);
    wr_sql_bind_int(q, 14, (int64_t)a->split->holdings.count);
    wr_sql_bind_int(q, 15, count);
    if (a->split->has_report)
        wr_sql_bind_int(q, 16, set);
    wr_sql_bind_bytes(q, 17, a->body);
    return wr_sql_do(q, a->err);
}

/* Items of an array of the report, a row each: the columns of its table behind number. */
static bool insert_array(adding *a, const wr_json *array, int which, const char *const *columns)
{
    wr_sql_query *q = statement(a, which);

    for (size_t i = 0; i < wr_json_count(array); i++) {
        wr_json item = wr_json_item(array, i);

        wr_sql_bind_int(q, 1, a->id);
        wr_sql_bind_int(q, 2, (int64_t)i);
        for (size_t j = 0; columns[j]; j++) {
            const char *dot = strchr(columns[j], '.');
            wr_json inside =
                dot && wr_json_is_object(&item) ? wr_json_member(&item, "signature") : item;
            wr_json value = wr_json_is_object(&inside)
                                ? wr_json_member(&inside, dot ? dot + 1 : columns[j])
                                : (wr_json){ .node = NULL };
            const char *text = text_value(&value);
            wr_error ignored;
            uint64_t number;
            bool flag;

            if (text)
                wr_sql_bind_text(q, (int)j + 3, text);
            else if (value.node && wr_json_get_bool(&value, &flag, &ignored))
                wr_sql_bind_int(q, (int)j + 3, flag);
            else if (value.node && wr_json_get_uint(&value, &number, &ignored) &&
                     number <= INT64_MAX)
                wr_sql_bind_int(q, (int)j + 3, (int64_t)number);
        }
        if (!wr_sql_do(q, a->err))
            return false;
    }
    return true;
}

static bool insert_all(adding *a, const own *o)
{
    static const char *const of_policy[] = { "name", "scope", "value", "effect", NULL };
    static const char *const of_list[] = { "kind",    "this_update",      "sequence",
                                           "entries", "signature.status", "in_force",
                                           NULL };

    for (size_t i = 0; i < a->fresh.count; i++)
        if (!insert_part(a, &a->fresh.items[i]))
            return false;
    return insert_observation(a, o) && insert_rows(a) && insert_links(a) &&
           insert_array(a, &o->policies, WR_DB_POLICY, of_policy) &&
           insert_array(a, &o->lists, WR_DB_LIST, of_list);
}

/* A verdict is known by the facts that stand before it. */
static void remember(adding *a)
{
    for (size_t i = 0; i < a->split->parts.count; i++) {
        const wr_part *p = &a->split->parts.items[i];
        const int64_t before = i ? a->parts[i - 1].id : 0;

        if (!p->familiar)
            wr_familiar_add(&a->db->familiar, wr_familiar_key(p->kind, before, p->text), p,
                            a->parts[i].id, a->parts[i].number);
    }
}

static bool add_host(adding *a, bool *fresh)
{
    wr_sql_query *q = statement(a, WR_DB_SEEN);
    bool seen;
    own o;

    if (!(a->parts = wr_arena_alloc(a->arena, a->split->parts.count + 1, sizeof *a->parts)))
        return wr_fail_memory(a->err);
    for (size_t i = 0; i < a->split->parts.count; i++)
        if (!resolve(a, i))
            return false;
    if (!make_body(a))
        return false;
    wr_sql_bind_int(q, 1, a->id);
    if (!wr_sql_step(q, &seen, a->err))
        return false;
    wr_sql_reset(q);
    *fresh = !seen;
    if (!seen && (!make_rows(a) || !parse_own(a, &o) || !insert_all(a, &o)))
        return false;
    remember(a);
    return true;
}

/* That it is what its name says is looked at once. */
static bool check_object(adding *a)
{
    wr_record object;

    if (!wr_record_read(a->split->line, a->arena, &object, a->err))
        return false;
    wr_record_close(&object);
    return true;
}

static bool add_object(adding *a, bool *fresh)
{
    wr_sql_query *q = statement(a, WR_DB_OBJECT);
    struct wr_db_cached *cached;
    wr_view sha256;
    uint64_t check;
    int64_t id;

    if (!wr_scan_plain(a->split->sha256, &sha256) || sha256.len != (size_t)2 * 32)
        return fault(a, a->split->line, "the object has no \"sha256\"");
    if (!wr_known_digest(a->split->line, &id, &check, a->err))
        return false;
    cached = slot(a, id);
    *fresh = false;
    if (cached->id == id && cached->check == check)
        return true;
    if (!check_object(a))
        return false;
    wr_sql_bind_int(q, 1, id);
    wr_sql_bind_chars(q, 2, sha256);
    wr_sql_bind_chars(q, 3, a->split->line);
    if (!wr_sql_do(q, a->err))
        return false;
    *fresh = wr_sql_changes(&a->db->sql) > 0;
    *cached = (struct wr_db_cached){ id, 0, check };
    return true;
}

bool wr_database_add(wr_database *db, const wr_split *split, wr_arena *arena, bool *fresh,
                     wr_error *err)
{
    adding a = { .db = db, .split = split, .arena = arena, .err = err };
    bool done = split->kind == WR_LINE_OBJECT ? add_object(&a, fresh) : add_host(&a, fresh);

    for (size_t i = 0; i < a.num_documents; i++)
        wr_json_free(a.documents[i]);
    return done;
}
