/* json_certificates.c - certificates of winroots.report/1: facts, copies, verdicts. */
#include "output/json_report.h"
#include "output/members.h"
#include "output/property_form.h"

#include "base/text.h"
#include "format/property.h"

/* SEQUENCE OF OID as an array of dotted OIDs; a damaged one as the hex of its bytes. */
static void write_oids(wr_json_report *r, const char *key, wr_view der)
{
    wr_oids oids = { .list = { NULL, 0, 0 } };
    wr_error damage;

    wr_json_array(&r->w, key);
    if (wr_oids_parse(der, r->arena, &oids, &damage))
        for (size_t i = 0; i < oids.list.count; i++)
            wr_json_text(&r->w, NULL,
                         wr_json_report_kept(r, wr_oid_text(r->arena, oids.list.items[i])));
    else
        r->no_memory |= damage.code == WR_E_NO_MEMORY;
    wr_json_end_array(&r->w);
}

/* "" = present and empty: withdrawn. */
static void write_date(wr_json_report *r, const char *key, wr_view data)
{
    uint64_t filetime;

    if (data.len == 8 && wr_u64le_at(data, 0, &filetime))
        wr_json_time(&r->w, key, filetime);
    else
        wr_json_hex(&r->w, key, data.data, data.len);
}

static void write_property(wr_json_report *r, const char *key, uint32_t id, wr_view data)
{
    switch (wr_property_form_of(id)) {
    case WR_PROPERTY_OIDS:
        write_oids(r, key, data);
        break;
    case WR_PROPERTY_DATE:
        write_date(r, key, data);
        break;
    case WR_PROPERTY_STRING:
        wr_json_text(&r->w, key,
                     wr_json_report_kept(r, wr_text_until_nul(r->arena, data, WR_UTF16LE)));
        break;
    case WR_PROPERTY_HEX:
        wr_json_hex(&r->w, key, data.data, data.len);
        break;
    }
}

static void write_properties(wr_json_report *r, const wr_element *e)
{
    wr_property p;
    wr_view last;
    size_t at = 0;

    wr_json_object(&r->w, "properties");
    while (wr_element_next(e, &at, &p)) {
        /* A repeated id counts once, as the last one, and a member of JSON stands once. */
        if (wr_element_property(e, p.id, &last) && last.origin == p.data.origin)
            write_property(r,
                           wr_json_report_kept(r, wr_arena_format(r->arena, "%u", (unsigned)p.id)),
                           p.id, p.data);
    }
    wr_json_end_object(&r->w);
}

/* Of a copy that was deleted: how it was found again. */
static void write_trace(wr_json_report *r, const wr_trace *t)
{
    const char *log = t->log;

    for (const char *p = t->log; p && *p; p++)
        if (*p == '/' || *p == '\\')
            log = p + 1;
    wr_json_text(&r->w, "place", wr_regf_place_name(t->place));
    wr_member_text(&r->w, "log", log);
    wr_json_text(&r->w, "confidence", wr_regf_confidence_name(t->confidence));
    wr_json_text(&r->w, "reason", t->reason);
    if (t->cut)
        wr_json_bool(&r->w, "cut", true);
}

static void write_instance(wr_json_report *r, const wr_model *m, const wr_instance *instance)
{
    const wr_trace *t = instance->trace;
    const wr_store *s = t ? NULL : &m->stores.items[instance->store];

    wr_json_object(&r->w, NULL);
    wr_member_text(&r->w, "location", t ? t->location : s->location_text);
    wr_member_text(&r->w, "store", t ? t->store : s->name);
    wr_json_report_place(r, "source",
                         t ? t->source
                         : *instance->path
                             ? s->source
                             : instance->element.object.source, /* a file, one of many of a store */
                         instance->path, instance->offset);
    if (instance->last_write)
        wr_json_time(&r->w, "last_write", instance->last_write);
    if (!t)
        wr_json_report_log_entry(r, &r->writes.instances[instance - m->instances.items]);
    write_properties(r, &instance->element);
    if (instance->deleted)
        wr_json_bool(&r->w, "deleted", true);
    if (t)
        write_trace(r, t);
    if (instance->name_mismatch)
        wr_json_bool(&r->w, "name_mismatch", true);
    wr_json_end_object(&r->w);
}

static void write_copies(wr_json_report *r, const wr_model *m, const wr_certificate *c)
{
    for (size_t i = 0; i < c->instances.count; i++)
        write_instance(r, m, &m->instances.items[c->instances.items[i]]);
}

/* Those that stand in a store, then those that were deleted. */
static void write_instances(wr_json_report *r, const wr_certificate *c)
{
    const wr_deleted *d = r->set->model->deleted;
    size_t found = d ? wr_model_find_sha1(&d->model, c->sha1) : SIZE_MAX;

    wr_json_array(&r->w, "instances");
    write_copies(r, r->set->model, c);
    if (found != SIZE_MAX)
        write_copies(r, &d->model, &d->model.certificates.items[found]);
    wr_json_end_array(&r->w);
}

/* What the list in force says of it. */
static void write_program(wr_json_report *r, const wr_ctl_entry *entry)
{
    static const struct {
        uint32_t id;
        const char *key;
    } attributes[] = {
        { WR_PROP_ENHKEY_USAGE, "eku" },
        { WR_PROP_DISALLOWED_FILETIME, "disabled_from" },
        { WR_PROP_DISALLOWED_ENHKEY_USAGE, "disabled_eku" },
        { WR_PROP_NOT_BEFORE_FILETIME, "not_before_from" },
        { WR_PROP_NOT_BEFORE_ENHKEY_USAGE, "not_before_eku" },
        { WR_PROP_ROOT_PROGRAM_CHAIN_POLICIES, "chain_policies" },
        { WR_PROP_FRIENDLY_NAME, "friendly_name" },
    };
    enum { COUNT = sizeof attributes / sizeof *attributes };
    bool found[COUNT] = { false };
    wr_view data[COUNT], oid, values, one;
    size_t at = 0;
    uint32_t id;

    while (wr_ctl_entry_next(entry, &at, &oid, &values)) /* the first of its id counts */
        if (wr_ctl_property_of(oid, values, &id, &one))
            for (size_t i = 0; i < COUNT; i++)
                if (id == attributes[i].id && !found[i]) {
                    found[i] = true;
                    data[i] = one;
                }
    wr_json_object(&r->w, "program");
    wr_json_text(&r->w, "list", "authroot");
    for (size_t i = 0; i < COUNT; i++)
        if (found[i])
            write_property(r, attributes[i].key, attributes[i].id, data[i]);
    wr_json_end_object(&r->w);
}

static void write_verdict(wr_json_report *r, const char *scope, const wr_verdict *v)
{
    wr_json_object(&r->w, NULL);
    wr_json_text(&r->w, "scope", scope);
    wr_json_text(&r->w, "purpose", v->purpose->name);
    wr_json_text(&r->w, "status", wr_status_name(v->status));
    wr_json_array(&r->w, "reasons");
    for (size_t i = 0; i < v->reasons.count; i++) {
        const wr_reason *reason = &v->reasons.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "code", reason->code);
        wr_json_text(&r->w, "detail", reason->detail);
        wr_json_report_place(r, "source", reason->source, reason->path, WR_NO_OFFSET);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
    wr_json_end_object(&r->w);
}

static void write_trust(wr_json_report *r, const wr_certificate_trust *t)
{
    wr_json_array(&r->w, "trust");
    for (size_t i = 0; i < t->machine.count; i++)
        write_verdict(r, wr_scope_machine.text, &t->machine.items[i]);
    for (size_t i = 0; i < t->scopes.count; i++)
        for (size_t j = 0; j < t->scopes.items[i].different.count; j++)
            write_verdict(r, t->scopes.items[i].scope->text,
                          &t->scopes.items[i].different.items[j]);
    wr_json_end_array(&r->w);
}

static const char *name_or_hex(wr_json_report *r, wr_view name)
{
    const char *text;
    wr_error damage;

    if (wr_x509_name_text(name, r->arena, &text, &damage))
        return text;
    r->no_memory |= damage.code == WR_E_NO_MEMORY;
    return wr_json_report_kept(r, wr_text_hex(r->arena, name.data, name.len));
}

static void write_friendly_name(wr_json_report *r, const wr_model *m, const wr_certificate *c)
{
    wr_view data;

    for (size_t i = 0; i < c->instances.count; i++)
        if (wr_element_property(&m->instances.items[c->instances.items[i]].element,
                                WR_PROP_FRIENDLY_NAME, &data)) {
            wr_json_text(&r->w, "friendly_name",
                         wr_json_report_kept(r, wr_text_until_nul(r->arena, data, WR_UTF16LE)));
            return;
        }
}

/* What a certificate says of itself; `m` is the model that it is in. */
static bool write_facts(wr_json_report *r, const wr_model *m, const wr_certificate *c,
                        wr_error *err)
{
    const wr_x509 *x = &c->x509;
    const char *algorithm;

    wr_json_hex(&r->w, "sha1", c->sha1, sizeof c->sha1);
    wr_json_hex(&r->w, "sha256", c->sha256, sizeof c->sha256);
    wr_json_text(&r->w, "subject", name_or_hex(r, x->subject));
    wr_json_text(&r->w, "issuer", name_or_hex(r, x->issuer));
    wr_json_hex(&r->w, "serial", x->serial.data, x->serial.len);
    wr_json_time(&r->w, "not_before", x->not_before);
    wr_json_time(&r->w, "not_after", x->not_after);
    wr_json_bool(&r->w, "self_signed", wr_x509_self_issued(x));
    wr_json_bool(&r->w, "ca", x->has_basic_constraints ? x->ca : wr_x509_self_issued(x));
    if (!wr_member_key(&r->w, x, r->arena, err) ||
        !wr_x509_signature_name(x, r->arena, &algorithm, err))
        return false;
    wr_json_text(&r->w, "signature_algorithm", algorithm);
    write_friendly_name(r, m, c);
    if (x->has_eku)
        write_oids(r, "eku", x->eku);
    return true;
}

static bool write_certificate(wr_json_report *r, const char *key, size_t i, wr_error *err)
{
    const wr_certificate *c = &r->set->model->certificates.items[i];
    const wr_certificate_trust *t = &r->set->trust->certificates[i];

    wr_json_object(&r->w, key);
    if (!write_facts(r, r->set->model, c, err))
        return false;
    write_instances(r, c);
    if (t->program)
        write_program(r, t->program);
    if (t->refusal.by != WR_DISALLOWED_NOT) {
        wr_json_object(&r->w, "disallowed");
        wr_json_text(&r->w, "by", wr_disallowed_by_name(t->refusal.by));
        wr_json_report_place(r, "source", t->refusal.source, t->refusal.path, WR_NO_OFFSET);
        wr_json_end_object(&r->w);
    }
    write_trust(r, t);
    wr_json_end_object(&r->w);
    return true;
}

bool wr_report_json_certificate(wr_json_writer *w, const wr_result_set *set, size_t certificate,
                                wr_arena *arena, wr_error *err)
{
    wr_json_report r = { .set = set, .arena = arena, .w = *w };

    if (!wr_key_writes_find(set, arena, &r.writes, err) ||
        !write_certificate(&r, "certificate", certificate, err))
        return false;
    *w = r.w;
    return !r.no_memory || wr_fail_memory(err);
}

/* One of which only deleted copies are left: nothing judged it. */
static bool write_deleted_certificate(wr_json_report *r, size_t i, wr_error *err)
{
    const wr_model *m = &r->set->model->deleted->model;
    const wr_certificate *c = &m->certificates.items[i];
    const wr_ctl_entry *program = wr_trust_program_entry(r->set->trust, c->sha1);

    if (wr_model_find_sha1(r->set->model, c->sha1) != SIZE_MAX)
        return true;
    wr_json_object(&r->w, NULL);
    if (!write_facts(r, m, c, err))
        return false;
    wr_json_array(&r->w, "instances");
    write_copies(r, m, c);
    wr_json_end_array(&r->w);
    if (program)
        write_program(r, program);
    wr_json_end_object(&r->w);
    return true;
}

/* Those of the model, then those of which only deleted copies are left. */
static bool write_one(wr_json_report *r, size_t i, wr_error *err)
{
    const size_t live = r->set->model->certificates.count;

    return i < live ? write_certificate(r, NULL, i, err)
                    : write_deleted_certificate(r, i - live, err);
}

bool wr_json_report_certificates(wr_json_report *r, wr_error *err)
{
    const wr_model *m = r->set->model;
    const size_t deleted = m->deleted ? m->deleted->model.certificates.count : 0;

    return wr_json_report_array(r, "certificates", m->certificates.count + deleted,
                                WR_JSON_CERTIFICATES, write_one, err);
}
