#include "fleet/split.h"

#include "fleet/familiar.h"
#include "fleet/scan.h"
#include "winroots/limits.h"

#include <string.h>

/* What is shorter costs more as a part than as a copy. */
#define SHORTEST_TEXT 64

typedef struct splitting {
    wr_scan scan;
    const wr_familiar *familiar;
    wr_arena *arena;
    wr_split *out;
    wr_error *err;
} splitting;

static bool is(wr_view name, const char *text)
{
    return wr_view_is(name, text, strlen(text));
}

static bool broken(const splitting *s)
{
    return wr_scan_fail(&s->scan, s->err);
}

static bool value(splitting *s, wr_view *out)
{
    return wr_scan_value(&s->scan, out) || broken(s);
}

static bool part(splitting *s, wr_part_kind kind, size_t from, size_t to, size_t *index)
{
    wr_part *p = WR_APPEND(s->arena, &s->out->parts, wr_part);

    if (!p || !wr_view_slice(s->out->line, from, to - from, &p->text))
        return wr_fail_memory(s->err);
    p->kind = kind;
    *index = s->out->parts.count - 1;
    return true;
}

/* The start of the value that comes next. */
static size_t here(splitting *s)
{
    while (s->scan.at < s->out->line.len && s->out->line.data[s->scan.at] == ' ')
        s->scan.at++;
    return s->scan.at;
}

/* Goes over a part that begins here and is familiar; *found is NULL where none does. */
static bool known_part(splitting *s, wr_part_kind kind, int64_t before, size_t *index,
                       const wr_familiar_part **found)
{
    const size_t from = here(s);
    wr_view rest;

    *found = NULL;
    if (!s->familiar || !wr_view_slice(s->out->line, from, s->out->line.len - from, &rest))
        return true;
    *found = wr_familiar_find(s->familiar, wr_familiar_key(kind, before, rest), kind, rest);
    if (!*found)
        return true;
    s->scan.at = from + (*found)->text.len;
    if (!part(s, kind, from, s->scan.at, index))
        return false;
    s->out->parts.items[*index].familiar = *found;
    return true;
}

static bool each_item(splitting *s, wr_part_kind kind)
{
    const wr_familiar_part *familiar;
    size_t ignored;

    if (!wr_scan_enter_array(&s->scan))
        return broken(s);
    while (wr_scan_item(&s->scan)) {
        size_t from = here(s);
        wr_view item;

        if (!known_part(s, kind, 0, &ignored, &familiar))
            return false;
        if (familiar)
            continue;
        if (!value(s, &item))
            return false;
        if ((kind != WR_PART_TEXT || item.len >= SHORTEST_TEXT) &&
            !part(s, kind, from, s->scan.at, &ignored))
            return false;
    }
    return !s->scan.failed || broken(s);
}

/* The members from the start of the object to its instances. */
static bool facts(splitting *s, wr_holding *h, int64_t *known)
{
    const size_t from = here(s);
    const wr_familiar_part *familiar;
    wr_view name, item;

    *known = 0;
    if (!known_part(s, WR_PART_FACTS, 0, &h->facts, &familiar))
        return false;
    if (familiar) {
        *known = familiar->id;
        s->scan.depth++;
        return true;
    }
    if (!wr_scan_enter_object(&s->scan))
        return broken(s);
    while (wr_scan_member(&s->scan, &name)) {
        if (is(name, "instances"))
            return part(s, WR_PART_FACTS, from, here(s), &h->facts);
        if (!value(s, &item))
            return false;
    }
    if (s->scan.failed)
        return broken(s);
    return wr_fail(s->err, WR_E_MALFORMED, s->out->line.source, s->out->line.origin + s->scan.at,
                   "a certificate without instances");
}

/* The members behind the instances. */
static bool verdict(splitting *s, wr_holding *h, int64_t known)
{
    const size_t from = s->scan.at;
    const wr_familiar_part *familiar;
    wr_view name, item;

    if (known && from < s->out->line.len && s->out->line.data[from] == ',') {
        if (!known_part(s, WR_PART_VERDICT, known, &h->verdict, &familiar))
            return false;
        if (familiar) {
            s->scan.depth--;
            return true;
        }
    }
    while (wr_scan_member(&s->scan, &name)) {
        if (!value(s, &item))
            return false;
        if (is(name, "instances"))
            return wr_fail_view(s->err, WR_E_MALFORMED, item, "instances of a certificate twice");
    }
    return s->scan.failed ? broken(s) : part(s, WR_PART_VERDICT, from, s->scan.at, &h->verdict);
}

/* The members stand in the order in which winroots writes them. */
static bool certificate(splitting *s)
{
    wr_holding *h = WR_APPEND(s->arena, &s->out->holdings, wr_holding);
    int64_t known;

    if (!h)
        return wr_fail_memory(s->err);
    return facts(s, h, &known) && value(s, &h->instances) && verdict(s, h, known);
}

static bool certificates(splitting *s)
{
    if (!wr_scan_enter_array(&s->scan))
        return broken(s);
    while (wr_scan_item(&s->scan))
        if (!certificate(s))
            return false;
    return !s->scan.failed || broken(s);
}

/* What is done with a member. */
typedef enum treatment {
    OWN,   /* belongs to the record alone; its place in wr_split is kept */
    WHOLE, /* one part                                                   */
    ITEMS, /* an array, each item of it a part                           */
    CERTIFICATES
} treatment;

typedef struct member {
    const char *name;
    treatment how;
    wr_part_kind kind;
    size_t at; /* in wr_split, where it is kept */
} member;

static const member of_report[] = {
    { "as_of", OWN, WR_PART_TEXT, offsetof(wr_split, as_of) },
    { "host", OWN, WR_PART_TEXT, offsetof(wr_split, machine) },
    { "coverage", OWN, WR_PART_TEXT, offsetof(wr_split, coverage) },
    { "policies", OWN, WR_PART_TEXT, offsetof(wr_split, policies) },
    { "lists", OWN, WR_PART_TEXT, offsetof(wr_split, lists) },
    { "stores", WHOLE, WR_PART_TEXT, 0 },
    { "certificates", CERTIFICATES, WR_PART_FACTS, 0 },
    { "on_demand", ITEMS, WR_PART_TEXT, 0 },
    { "findings", ITEMS, WR_PART_FINDING, 0 },
    { "requirements", ITEMS, WR_PART_REQUIREMENT, 0 },
    { "plan", ITEMS, WR_PART_ACTION, 0 },
    { NULL, OWN, WR_PART_TEXT, 0 },
};

static const member of_record[] = {
    { "tool", OWN, WR_PART_TEXT, offsetof(wr_split, tool) },
    { "host", OWN, WR_PART_TEXT, offsetof(wr_split, host) },
    { "observed", OWN, WR_PART_TEXT, offsetof(wr_split, observed) },
    { "evidence", OWN, WR_PART_TEXT, offsetof(wr_split, evidence) },
    { "status", OWN, WR_PART_TEXT, offsetof(wr_split, status) },
    { "error", OWN, WR_PART_TEXT, offsetof(wr_split, error) },
    { NULL, OWN, WR_PART_TEXT, 0 },
};

static const member of_object[] = {
    { "sha256", OWN, WR_PART_TEXT, offsetof(wr_split, sha256) },
    { NULL, OWN, WR_PART_TEXT, 0 },
};

static const member *find(const member *table, wr_view name)
{
    while (table->name && !is(name, table->name))
        table++;
    return table;
}

static bool treat(splitting *s, const member *m, wr_view name)
{
    size_t from = here(s), ignored;
    wr_view item;

    switch (m->how) {
    case ITEMS:
        return each_item(s, m->kind);
    case CERTIFICATES:
        return certificates(s);
    case WHOLE:
        return value(s, &item) && part(s, m->kind, from, s->scan.at, &ignored);
    case OWN:
        break;
    }
    if (!value(s, &item))
        return false;
    if (m->name) {
        wr_view *kept = (wr_view *)(void *)((char *)s->out + m->at);
        if (kept->len)
            return wr_fail_view(s->err, WR_E_MALFORMED, item, "\"%.*s\" stands there twice",
                                (int)name.len, (const char *)name.data);
        *kept = item;
    }
    return true;
}

static bool schema(splitting *s, const char *expected, bool *same)
{
    wr_view item, text;

    if (!value(s, &item))
        return false;
    *same = wr_scan_plain(item, &text) && is(text, expected);
    return true;
}

/* "winroots.host/2" where 1 is known. */
static bool refuse(const splitting *s, wr_view text)
{
    if (wr_view_starts(text, "\"winroots.host/", 15) ||
        wr_view_starts(text, "\"winroots.object/", 17))
        return wr_fail_view(s->err, WR_E_UNSUPPORTED, text,
                            "a record of another version, %.*s; this winroots reads "
                            "winroots.host/1 and winroots.object/1",
                            (int)(text.len < 40 ? text.len : 40), (const char *)text.data);
    return wr_fail_view(s->err, WR_E_MALFORMED, text,
                        "no record of a host: its schema is %.*s, expected winroots.host/1",
                        (int)(text.len < 40 ? text.len : 40), (const char *)text.data);
}

static bool report(splitting *s)
{
    wr_view name;
    bool known = false;

    if (s->out->has_report)
        return wr_fail_view(s->err, WR_E_MALFORMED, s->out->line, "\"report\" stands there twice");
    s->out->has_report = true;
    if (!wr_scan_enter_object(&s->scan))
        return broken(s);
    while (wr_scan_member(&s->scan, &name)) {
        if (is(name, "schema")) {
            if (!schema(s, "winroots.report/1", &known))
                return false;
        } else if (!treat(s, find(of_report, name), name)) {
            return false;
        }
    }
    if (s->scan.failed)
        return broken(s);
    return known || wr_fail_view(s->err, WR_E_UNSUPPORTED, s->out->line,
                                 "the report in it is no winroots.report/1");
}

/* The schema stands first, so that what comes behind it is not guessed at. */
static bool head(splitting *s)
{
    wr_view name, item, text;

    if (!wr_scan_enter_object(&s->scan))
        return broken(s);
    if (!wr_scan_member(&s->scan, &name) || !is(name, "schema"))
        return s->scan.failed
                   ? broken(s)
                   : wr_fail_view(s->err, WR_E_MALFORMED, s->out->line,
                                  "no record of a host: it does not begin with a schema");
    if (!value(s, &item))
        return false;
    if (!wr_scan_plain(item, &text))
        return refuse(s, item);
    if (is(text, "winroots.host/1"))
        s->out->kind = WR_LINE_HOST;
    else if (is(text, "winroots.object/1"))
        s->out->kind = WR_LINE_OBJECT;
    else
        return refuse(s, item);
    return true;
}

static bool members(splitting *s)
{
    const member *table = s->out->kind == WR_LINE_HOST ? of_record : of_object;
    wr_view name;

    while (wr_scan_member(&s->scan, &name)) {
        if (table == of_record && is(name, "report")) {
            if (!report(s))
                return false;
        } else if (!treat(s, find(table, name), name)) {
            return false;
        }
    }
    return (!s->scan.failed && wr_scan_end(&s->scan)) || broken(s);
}

bool wr_split_line(wr_view line, const wr_familiar *familiar, wr_arena *arena, wr_split *out,
                   wr_error *err)
{
    splitting s = {
        .scan = wr_scan_of(line), .familiar = familiar, .arena = arena, .out = out, .err = err
    };

    *out = (wr_split){ .line = line };
    return head(&s) && members(&s);
}
