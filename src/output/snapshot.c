#include "output/snapshot.h"

#include "base/json.h"
#include "output/report.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *wr_side_kind_name(wr_side_kind kind)
{
    static const char *const names[] = { "host", "list", "store" };
    return names[kind];
}

/* ---- filling --------------------------------------------------------------------------------- */

wr_fact *wr_snapshot_fact(wr_snapshot *s, wr_fact_kind kind)
{
    wr_fact *fact = WR_APPEND(s->arena, &s->facts, wr_fact);
    if (fact)
        *fact = (wr_fact){ .kind = kind,
                           .part = { "", "", "" },
                           .sha1 = "",
                           .title = "",
                           .source = "",
                           .last_write = "" };
    return fact;
}

wr_fact_value *wr_snapshot_value(wr_snapshot *s, wr_fact *fact, const char *name, bool is_list)
{
    wr_fact_value *value = WR_APPEND(s->arena, &fact->values, wr_fact_value);

    if (value)
        *value = (wr_fact_value){ .name = name, .is_list = is_list };
    return value;
}

bool wr_snapshot_item(wr_snapshot *s, wr_fact_value *value, const char *text)
{
    const char **item = WR_APPEND(s->arena, &value->items, const char *);
    return item && (*item = wr_arena_text(s->arena, text)) != NULL;
}

/* ---- from JSON ------------------------------------------------------------------------------- */

typedef struct reading {
    wr_snapshot *s;
    wr_error *err;
} reading;

static bool memory(const reading *r, const void *allocated)
{
    return allocated || wr_fail_memory(r->err);
}

/* A member's text in the arena, "" where it is absent. */
static bool text_of(const reading *r, const wr_json *object, const char *name, const char **out)
{
    wr_json member = wr_json_member(object, name);
    const char *text;

    *out = "";
    if (!member.node)
        return true;
    if (!wr_json_get_text(&member, &text, r->err))
        return false;
    *out = wr_arena_text(r->s->arena, text);
    return memory(r, *out);
}

/* A text, number, true or false as text. */
static bool scalar(const reading *r, const wr_json *value, const char **out)
{
    wr_error other;
    uint64_t number;
    bool flag;

    if (wr_json_is_text(value))
        return wr_json_get_text(value, out, r->err);
    if (wr_json_get_bool(value, &flag, &other)) {
        *out = flag ? "true" : "false";
        return true;
    }
    if (!wr_json_get_uint(value, &number, r->err))
        return false;
    *out = wr_arena_format(r->s->arena, "%" PRIu64, number);
    return memory(r, *out);
}

static bool is_container(const wr_json *value)
{
    return wr_json_is_object(value) || wr_json_is_array(value);
}

static bool add_item(const reading *r, wr_fact_value *value, const wr_json *json)
{
    const char *text;

    return scalar(r, json, &text) && (wr_snapshot_item(r->s, value, text) || memory(r, NULL));
}

static bool add_value(const reading *r, wr_fact *fact, const char *name, const wr_json *json);

/* Members of an object, or items of an array that are no scalars: each a value with a longer name.
 * The depth is that of the document. */
static bool add_parts(const reading *r, wr_fact *fact, const char *name, const wr_json *json)
{
    for (size_t i = 0; i < wr_json_count(json); i++) {
        wr_json part = wr_json_item(json, i);
        const char *step = wr_json_name(json, i);
        const char *longer = step ? wr_arena_format(r->s->arena, "%s.%s", name, step)
                                  : wr_arena_format(r->s->arena, "%s.%zu", name, i);
        if (!memory(r, longer) || !add_value(r, fact, longer, &part))
            return false;
    }
    return true;
}

static bool add_value(const reading *r, wr_fact *fact, const char *name, const wr_json *json)
{
    bool is_list = wr_json_is_array(json);
    wr_fact_value *value;

    for (size_t i = 0; is_list && i < wr_json_count(json); i++) {
        wr_json item = wr_json_item(json, i);
        is_list = !is_container(&item);
    }
    if (is_container(json) && !is_list)
        return add_parts(r, fact, name, json);
    if (!memory(r, value = wr_snapshot_value(r->s, fact, name, is_list)))
        return false;
    for (size_t i = 0; is_list && i < wr_json_count(json); i++) {
        wr_json item = wr_json_item(json, i);
        if (!add_item(r, value, &item))
            return false;
    }
    return is_list || add_item(r, value, json);
}

/* Every member of an object becomes a value, but for the names of `without`. */
static bool add_members(const reading *r, wr_fact *fact, const wr_json *object,
                        const char *const *without)
{
    for (size_t i = 0; i < wr_json_count(object); i++) {
        wr_json member = wr_json_item(object, i);
        const char *name = wr_json_name(object, i);
        bool skip = false;

        for (size_t j = 0; without[j]; j++)
            skip |= !strcmp(name, without[j]);
        if (skip)
            continue;
        if (!memory(r, name = wr_arena_text(r->s->arena, name)) ||
            !add_value(r, fact, name, &member))
            return false;
    }
    return true;
}

/* "e3:KEY PATH" without the evidence's number, which says nothing outside its report. */
static const char *without_evidence(const char *source)
{
    const char *p = source;

    if (*p != 'e')
        return source;
    while (p[1] >= '0' && p[1] <= '9')
        p++;
    if (p > source && p[1] == ':')
        return p + 2;
    return p > source && !p[1] ? "" : source;
}

typedef struct certificate {
    const char *sha256, *sha1, *subject;
} certificate;

static bool about(const reading *r, const certificate *c, wr_fact_kind kind, wr_fact **out)
{
    if (!memory(r, *out = wr_snapshot_fact(r->s, kind)))
        return false;
    (*out)->part[0] = c->sha256;
    (*out)->sha1 = c->sha1;
    (*out)->title = c->subject;
    return true;
}

static bool store_name(const reading *r, const wr_json *object, const char *location,
                       const char *name, const char **out)
{
    const char *place, *store;

    if (!text_of(r, object, location, &place) || !text_of(r, object, name, &store))
        return false;
    return memory(r, *out = wr_arena_format(r->s->arena, "%s/%s", place, store));
}

static bool read_instance(const reading *r, const certificate *c, const wr_json *json)
{
    static const char *const apart[] = { "location",   "store",     "source",
                                         "last_write", "log_entry", NULL };
    const char *store;
    wr_fact *fact;

    if (!store_name(r, json, "location", "store", &store) || !about(r, c, WR_FACT_INSTANCE, &fact))
        return false;
    fact->part[0] = store;
    fact->part[1] = c->sha256;
    return text_of(r, json, "source", &fact->source) &&
           text_of(r, json, "last_write", &fact->last_write) && add_members(r, fact, json, apart);
}

/* Reasons as two lists, side by side: where they were read does not decide. */
static bool read_reasons(const reading *r, wr_fact *fact, const wr_json *reasons)
{
    static const char *const members[][2] = { { "code", "reasons" }, { "detail", "details" } };

    for (size_t i = 0; i < 2; i++) {
        wr_fact_value *value = wr_snapshot_value(r->s, fact, members[i][1], true);
        if (!memory(r, value))
            return false;
        for (size_t j = 0; j < wr_json_count(reasons); j++) {
            wr_json reason = wr_json_item(reasons, j), member = { 0 };
            member = wr_json_member(&reason, members[i][0]);
            if (!add_item(r, value, &member))
                return false;
        }
    }
    return true;
}

static bool read_trust(const reading *r, const certificate *c, const wr_json *json)
{
    static const char *const apart[] = { "scope", "purpose", "reasons", NULL };
    wr_json reasons = wr_json_member(json, "reasons");
    wr_fact *fact;

    return about(r, c, WR_FACT_TRUST, &fact) && text_of(r, json, "scope", &fact->part[1]) &&
           text_of(r, json, "purpose", &fact->part[2]) && add_members(r, fact, json, apart) &&
           read_reasons(r, fact, &reasons);
}

typedef bool read_one(const reading *r, const void *context, const wr_json *item);

static bool each(const reading *r, const wr_json *object, const char *name, read_one *read,
                 const void *context)
{
    wr_json array = wr_json_member(object, name);

    if (array.node && !wr_json_is_array(&array))
        return wr_json_fail(&array, r->err, "no array, expected one");
    for (size_t i = 0; i < wr_json_count(&array); i++) {
        wr_json item = wr_json_item(&array, i);
        if (!wr_json_is_object(&item))
            return wr_json_fail(&item, r->err, "no object, expected one");
        if (!read(r, context, &item))
            return false;
    }
    return true;
}

static bool instance_of(const reading *r, const void *context, const wr_json *item)
{
    return read_instance(r, context, item);
}

static bool trust_of(const reading *r, const void *context, const wr_json *item)
{
    return read_trust(r, context, item);
}

static bool read_certificate(const reading *r, const void *context, const wr_json *json)
{
    static const char *const apart[] = { "list", NULL };
    wr_json program = wr_json_member(json, "program");
    certificate c;
    wr_fact *fact;

    (void)context;
    return text_of(r, json, "sha256", &c.sha256) && text_of(r, json, "sha1", &c.sha1) &&
           text_of(r, json, "subject", &c.subject) && each(r, json, "instances", instance_of, &c) &&
           each(r, json, "trust", trust_of, &c) &&
           (!program.node ||
            (about(r, &c, WR_FACT_PROGRAM, &fact) && add_members(r, fact, &program, apart)));
}

/* Counts of nothing say the same as a store that is not there. */
static bool says_something(const wr_json *member)
{
    uint64_t count;
    wr_error other;

    return member->node && (!wr_json_get_uint(member, &count, &other) || count);
}

static bool read_store(const reading *r, const void *context, const wr_json *json)
{
    static const char *const members[] = { "crls", "ctls", "skipped", "physical_stores" };
    const char *name, *source;
    wr_fact *fact = NULL;

    (void)context;
    if (!store_name(r, json, "location", "name", &name) || !text_of(r, json, "source", &source))
        return false;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        wr_json member = wr_json_member(json, members[i]);

        if (!says_something(&member))
            continue;
        if (!fact) {
            if (!memory(r, fact = wr_snapshot_fact(r->s, WR_FACT_STORE)))
                return false;
            fact->part[0] = name;
            fact->source = source;
        }
        if (!add_value(r, fact, members[i], &member))
            return false;
    }
    return true;
}

static bool read_on_demand(const reading *r, const void *context, const wr_json *json)
{
    static const char *const apart[] = { "sha1", "sha256", "name", NULL };
    certificate c;
    wr_fact *fact;

    (void)context;
    if (!text_of(r, json, "sha1", &c.sha1) || !text_of(r, json, "name", &c.subject) ||
        !memory(r, c.sha256 = wr_arena_format(r->s->arena, "sha1:%s", c.sha1)))
        return false;
    return about(r, &c, WR_FACT_ON_DEMAND, &fact) && add_members(r, fact, json, apart);
}

static bool read_policy(const reading *r, const void *context, const wr_json *json)
{
    static const char *const apart[] = { "name", "key", "scope", "last_write", "log_entry", NULL };
    wr_fact *fact;

    (void)context;
    if (!memory(r, fact = wr_snapshot_fact(r->s, WR_FACT_POLICY)) ||
        !text_of(r, json, "name", &fact->part[0]) || !text_of(r, json, "key", &fact->source) ||
        !text_of(r, json, "scope", &fact->part[2]) ||
        !text_of(r, json, "last_write", &fact->last_write))
        return false;
    fact->part[1] = without_evidence(fact->source);
    return add_members(r, fact, json, apart);
}

static bool read_list(const reading *r, const void *context, const wr_json *json)
{
    static const char *const apart[] = { "kind", "source", "age_days", NULL };
    wr_fact *fact;

    (void)context;
    if (!memory(r, fact = wr_snapshot_fact(r->s, WR_FACT_LIST)) ||
        !text_of(r, json, "kind", &fact->part[0]) || !text_of(r, json, "source", &fact->source))
        return false;
    fact->part[1] = without_evidence(fact->source);
    return add_members(r, fact, json, apart);
}

static bool read_item(const reading *r, const void *context, const wr_json *json)
{
    static const char *const apart[] = { "id", "subject", "source", "parent", NULL };
    wr_fact *fact;

    if (!memory(r, fact = wr_snapshot_fact(r->s, WR_FACT_REQUIREMENT)) ||
        !text_of(r, json, "id", &fact->part[1]) || !text_of(r, json, "subject", &fact->title))
        return false;
    fact->part[0] = context;
    return add_members(r, fact, json, apart);
}

static bool read_requirement(const reading *r, const void *context, const wr_json *json)
{
    const char *profile;

    (void)context;
    return text_of(r, json, "profile", &profile) && each(r, json, "items", read_item, profile);
}

static bool read_evidence(const reading *r, const void *context, const wr_json *json)
{
    wr_side_note *note = WR_APPEND(r->s->arena, &r->s->evidence, wr_side_note);
    const char *kind, *role;

    (void)context;
    return memory(r, note) && text_of(r, json, "path", &note->place) &&
           text_of(r, json, "kind", &kind) && text_of(r, json, "role", &role) &&
           memory(r, note->text = wr_arena_format(r->s->arena, "%s, %s", kind, role));
}

static bool read_diagnostic(const reading *r, const void *context, const wr_json *json)
{
    const char *severity, *code;
    wr_side_note *note;

    (void)context;
    if (!text_of(r, json, "severity", &severity) || !text_of(r, json, "code", &code))
        return false;
    if (!strcmp(severity, "note"))
        return true;
    /* That a store grants no trust where it stands is no warning to those who compare stores. */
    if (r->s->kind == WR_SIDE_STORE && !strcmp(code, wr_code_name(WR_OK)))
        return true;
    note = strcmp(severity, "skipped") ? WR_APPEND(r->s->arena, &r->s->warnings, wr_side_note)
                                       : WR_APPEND(r->s->arena, &r->s->skipped, wr_side_note);
    return memory(r, note) && text_of(r, json, "source", &note->place) &&
           text_of(r, json, "message", &note->text);
}

static bool read_head(const reading *r, const wr_json *root)
{
    wr_json host = wr_json_member(root, "host"), os = wr_json_member(&host, "os"),
            build = wr_json_member(&os, "build");
    const char *product, *number;

    if (!text_of(r, root, "as_of", &r->s->as_of) ||
        !text_of(r, &host, "computer_name", &r->s->computer_name) ||
        !text_of(r, &os, "product_name", &product))
        return false;
    r->s->os = product;
    if (!build.node)
        return true;
    return scalar(r, &build, &number) &&
           memory(r, r->s->os = wr_arena_format(r->s->arena, "%s%sbuild %s", product,
                                                *product ? ", " : "", number));
}

/* What each kind of side is compared by.  A list alone would also say "on demand" of each entry,
 * and a store without a place is in no report. */
static bool read_root(const reading *r, const wr_json *root)
{
    static const struct {
        const char *name;
        read_one *read;
        bool host_only;
    } arrays[] = {
        { "evidence", read_evidence, false },  { "diagnostics", read_diagnostic, false },
        { "lists", read_list, false },         { "policies", read_policy, true },
        { "stores", read_store, true },        { "certificates", read_certificate, true },
        { "on_demand", read_on_demand, true }, { "requirements", read_requirement, true },
    };

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if ((!arrays[i].host_only || r->s->kind == WR_SIDE_HOST) &&
            !each(r, root, arrays[i].name, arrays[i].read, NULL))
            return false;
    return read_head(r, root);
}

static int compare_values(const void *a, const void *b)
{
    return wr_fact_value_compare(a, b);
}

static int compare_facts(const void *a, const void *b)
{
    int order = wr_fact_compare_key(a, b);
    return order ? order : wr_fact_compare_values(a, b);
}

static void seal(wr_snapshot *s)
{
    for (size_t i = 0; i < s->facts.count; i++) {
        wr_fact *fact = &s->facts.items[i];
        if (fact->values.count)
            qsort(fact->values.items, fact->values.count, sizeof(wr_fact_value), compare_values);
    }
    if (s->facts.count)
        qsort(s->facts.items, s->facts.count, sizeof(wr_fact), compare_facts);
}

static bool check_schema(const wr_json *root, wr_view json, wr_error *err)
{
    wr_json schema = wr_json_member(root, "schema");
    const char *name;

    if (!wr_json_get_text(&schema, &name, err))
        return false;
    return !strcmp(name, "winroots.report/1") ||
           wr_fail_view(err, WR_E_UNSUPPORTED, json, "schema \"%.60s\", expected winroots.report/1",
                        name);
}

bool wr_snapshot_of_report(wr_view json, wr_side_kind kind, wr_arena *arena, wr_snapshot *out,
                           wr_error *err)
{
    const wr_json_limits limits = { WR_LIMIT_REPORT_BYTES, WR_LIMIT_REPORT_DEPTH };
    wr_snapshot s = { .arena = arena, .kind = kind };
    const reading r = { &s, err };
    wr_json_document *document;
    wr_json root;
    bool ok;

    if (!wr_json_parse(json, limits, &document, err))
        return false;
    root = wr_json_root(document);
    ok = check_schema(&root, json, err) && read_root(&r, &root);
    wr_json_free(document);
    if (!ok)
        return false;
    seal(&s);
    *out = s;
    return true;
}

/* ---- from an analysis ------------------------------------------------------------------------ */

static wr_side_kind kind_of(const wr_evidence *ev)
{
    size_t lists = 0, stores = 0, others = 0;

    for (size_t i = 0; i < wr_evidence_count(ev); i++) {
        const wr_item *item = wr_evidence_item(ev, i);
        if (item->use == WR_USE_STORE)
            others++;
        if (item->use != WR_USE_EVIDENCE || !item->readable)
            continue;
        lists += item->role == WR_ROLE_LIST;
        stores += item->role == WR_ROLE_STORE;
        others += item->role != WR_ROLE_LIST && item->role != WR_ROLE_STORE;
    }
    if (others || (lists && stores))
        return WR_SIDE_HOST;
    return lists ? WR_SIDE_LIST : stores ? WR_SIDE_STORE : WR_SIDE_HOST;
}

bool wr_snapshot_of_results(const wr_result_set *set, wr_arena *arena, wr_snapshot *out,
                            wr_error *err)
{
    wr_out *report;
    bool ok;

    if (!wr_out_memory(&report, err))
        return false;
    ok = wr_report_json(set, WR_REPORT_PLAIN, true, report, err) && wr_out_finish(report, err) &&
         wr_snapshot_of_report(wr_out_bytes(report), kind_of(set->evidence), arena, out, err);
    wr_out_discard(report);
    if (!ok)
        return false;
    ok = (out->kind != WR_SIDE_LIST || wr_snapshot_add_entries(out, set, err)) &&
         (out->kind != WR_SIDE_STORE || wr_snapshot_add_elements(out, set, err));
    seal(out);
    return ok;
}
