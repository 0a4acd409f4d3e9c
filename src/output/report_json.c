/* report_json.c - winroots.report/1.  Fields are added, never renamed; absent members are left out.
 */
#include "output/members.h"
#include "output/property_form.h"
#include "output/report.h"

#include "base/text.h"
#include "format/property.h"

#include <string.h>

/* Writing stops at the first lost allocation; what was written by then is thrown away. */
typedef struct report {
    const wr_result_set *set;
    wr_arena *arena;
    wr_json_writer w;
    bool no_memory;
} report;

static const char *kept(report *r, const char *text)
{
    r->no_memory |= !text;
    return text ? text : "";
}

static void place(report *r, const char *key, const char *source, const char *path, uint64_t offset)
{
    wr_member_text(&r->w, key, kept(r, wr_source_text(r->set, r->arena, source, path, offset)));
}

/* Reference to a certificate of the model. */
static void reference(report *r, const char *key, const wr_certificate *c)
{
    wr_json_hex(&r->w, key, c->sha256, sizeof c->sha256);
}

static void write_head(report *r)
{
    const wr_trust *trust = r->set->trust;
    const wr_host *host = &r->set->model->host;
    const wr_os *os = &host->os;
    const wr_root *root = wr_evidence_root(r->set->evidence);

    wr_json_text(&r->w, "schema", "winroots.report/1");
    wr_json_object(&r->w, "tool");
    wr_json_text(&r->w, "name", "winroots");
    wr_json_text(&r->w, "version", r->set->version);
    wr_json_end_object(&r->w);
    wr_json_time(&r->w, "as_of", trust->options.as_of);
    wr_json_object(&r->w, "host");
    wr_member_text(&r->w, "computer_name", host->computer_name);
    if (root && root->taken)
        wr_json_time(&r->w, "snapshot_taken", root->taken);
    if (os->known) {
        wr_json_object(&r->w, "os");
        wr_member_text(&r->w, "product_name", os->product_name);
        wr_json_text(
            &r->w, "version",
            kept(r, wr_arena_format(r->arena, "%u.%u", (unsigned)os->major, (unsigned)os->minor)));
        wr_json_uint(&r->w, "build", os->build);
        if (os->revision_known)
            wr_json_uint(&r->w, "revision", os->revision);
        wr_json_end_object(&r->w);
    }
    if (trust->os_assumed)
        wr_json_text(&r->w, "assumed_os", "Windows 10 or later");
    if (trust->options.os_given)
        wr_json_text(
            &r->w, "given_os",
            kept(r, wr_arena_format(r->arena, "%u.%u.%u", (unsigned)trust->os.major,
                                    (unsigned)trust->os.minor, (unsigned)trust->os.build)));
    wr_json_end_object(&r->w);
}

static void write_coverage(report *r)
{
    const wr_model *m = r->set->model;
    const wr_trust *trust = r->set->trust;
    bool policy = m->has_machine_hive;

    wr_json_object(&r->w, "coverage");
    wr_json_text(&r->w, "machine_hive",
                 m->machine_incomplete     ? "incomplete"
                 : m->machine_hive_partial ? "partial"
                 : m->has_machine_hive     ? "given"
                                           : "absent");
    wr_json_uint(&r->w, "user_hives", m->num_user_hives);
    wr_json_text(&r->w, "authroot_list", trust->authroot ? "given" : "absent");
    wr_json_text(&r->w, "disallowed_list", trust->disallowed ? "given" : "absent");
    wr_json_text(&r->w, "policy", policy ? "given" : "absent");
    wr_json_end_object(&r->w);
}

static void write_evidence(report *r)
{
    const wr_evidence *ev = r->set->evidence;

    wr_json_array(&r->w, "evidence");
    for (size_t i = 0; i < wr_evidence_count(ev); i++) {
        const wr_item *item = wr_evidence_item(ev, i);
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "id", kept(r, wr_arena_format(r->arena, "e%zu", i + 1)));
        wr_json_text(&r->w, "path", item->path);
        wr_json_text(&r->w, "kind", wr_kind_name(item->kind));
        wr_json_text(&r->w, "role", item->readable ? wr_role_name(item->role) : "unreadable");
        wr_json_uint(&r->w, "bytes", item->bytes);
        if (item->has_sha256)
            wr_json_hex(&r->w, "sha256", item->sha256, sizeof item->sha256);
        if (item->place)
            wr_json_text(&r->w, "place", item->place);
        if (item->kind == WR_KIND_REGF && item->readable) {
            wr_json_bool(&r->w, "dirty", item->replay ? item->replay->dirty : item->hive.dirty);
            wr_json_uint(&r->w, "logs_applied", item->replay ? item->replay->num_entries : 0);
            if (item->replay) {
                wr_json_object(&r->w, "detail");
                wr_member_logs(&r->w, "logs", item->replay);
                wr_json_end_object(&r->w);
            }
        }
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

static const char *policy_effect(const wr_trust *trust, const wr_policy *p)
{
    if (p->intent)
        return "asked for by a policy file; the host need not have it";
    if (p->owner)
        return "";
    if (!strcmp(p->name, "DisableRootAutoUpdate"))
        return trust->root_auto_update ? "root auto-update is on" : "root auto-update is off";
    if (!strcmp(p->name, "EnableDisallowedCertAutoUpdate"))
        return trust->disallowed_auto_update ? "the disallowed list is updated"
                                             : "the disallowed list is not updated";
    if (!strcmp(p->name, "ProtectedRoots\\Flags"))
        return p->number & 8 ? "the third-party root store is not opened" : "";
    if (!strncmp(p->name, "ChainEngine32\\", 14))
        return "for 32-bit programs only: not judged";
    if (!strcmp(p->name, "RootDirUrl"))
        return "lists and certificates come from this place";
    return "";
}

static void write_policies(report *r)
{
    const wr_model *m = r->set->model;

    wr_json_array(&r->w, "policies");
    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *p = &m->policies.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "name", p->name);
        wr_json_text(&r->w, "value", p->text);
        if (p->owner)
            wr_json_text(&r->w, "scope", kept(r, wr_arena_format(r->arena, "user:%s", p->owner)));
        place(r, "key", p->source, p->key, WR_NO_OFFSET);
        if (p->last_write)
            wr_json_time(&r->w, "last_write", p->last_write);
        wr_member_text(&r->w, "effect", policy_effect(r->set->trust, p));
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

static void write_lists(report *r)
{
    const wr_model *m = r->set->model;
    const wr_trust *trust = r->set->trust;

    wr_json_array(&r->w, "lists");
    for (size_t i = 0; i < m->lists.count; i++) {
        const wr_list *list = &m->lists.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "kind", wr_ctl_kind_name(list->ctl->kind));
        place(r, "source", list->source, list->path, WR_NO_OFFSET);
        wr_json_time(&r->w, "this_update", list->ctl->this_update);
        if (list->ctl->has_next_update)
            wr_json_time(&r->w, "next_update", list->ctl->next_update);
        wr_member_text(&r->w, "sequence",
                       kept(r, wr_ctl_sequence_text(r->arena, list->ctl->sequence)));
        wr_json_uint(&r->w, "entries", list->ctl->entries.count);
        wr_member_signature(&r->w, &trust->lists[i].signature);
        wr_json_int(
            &r->w, "age_days",
            trust->options.as_of >= list->ctl->this_update
                ? (int64_t)((trust->options.as_of - list->ctl->this_update) / WR_TIME_DAY)
                : -(int64_t)((list->ctl->this_update - trust->options.as_of) / WR_TIME_DAY));
        wr_json_bool(&r->w, "in_force", trust->lists[i].in_force);
        wr_member_text(&r->w, "why_not", trust->lists[i].why_not);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

static void write_physical_stores(report *r, size_t store)
{
    const wr_model *m = r->set->model;
    bool any = false;

    for (size_t i = 0; i < m->physical_stores.count; i++) {
        const wr_physical_store *p = &m->physical_stores.items[i];
        if (p->store != store)
            continue;
        if (!any)
            wr_json_array(&r->w, "physical_stores");
        any = true;
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "name", p->name);
        wr_member_text(&r->w, "provider", p->provider);
        wr_member_text(&r->w, "target", p->target);
        wr_json_uint(&r->w, "flags", p->flags);
        wr_json_uint(&r->w, "priority", p->priority);
        wr_json_end_object(&r->w);
    }
    if (any)
        wr_json_end_array(&r->w);
}

static void write_stores(report *r)
{
    const wr_model *m = r->set->model;

    wr_json_array(&r->w, "stores");
    for (size_t i = 0; i < m->stores.count; i++) {
        const wr_store *s = &m->stores.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "location", s->location_text);
        wr_json_text(&r->w, "name", s->name);
        wr_json_uint(&r->w, "certificates", s->num_certificates);
        wr_json_uint(&r->w, "crls", s->num_crls);
        wr_json_uint(&r->w, "ctls", s->num_ctls);
        if (s->num_skipped)
            wr_json_uint(&r->w, "skipped", s->num_skipped);
        write_physical_stores(r, i);
        place(r, "source", s->source, s->path, WR_NO_OFFSET);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

/* SEQUENCE OF OID as an array of dotted OIDs; a damaged one as the hex of its bytes. */
static void write_oids(report *r, const char *key, wr_view der)
{
    wr_oids oids = { { 0 } };
    wr_error ignored;

    wr_json_array(&r->w, key);
    if (wr_oids_parse(der, r->arena, &oids, &ignored))
        for (size_t i = 0; i < oids.list.count; i++)
            wr_json_text(&r->w, NULL, kept(r, wr_oid_text(r->arena, oids.list.items[i])));
    wr_json_end_array(&r->w);
}

/* "" = present and empty: withdrawn. */
static void write_date(report *r, const char *key, wr_view data)
{
    uint64_t filetime;

    if (data.len == 8 && wr_u64le_at(data, 0, &filetime))
        wr_json_time(&r->w, key, filetime);
    else
        wr_json_hex(&r->w, key, data.data, data.len);
}

static void write_property(report *r, const char *key, uint32_t id, wr_view data)
{
    switch (wr_property_form_of(id)) {
    case WR_PROPERTY_OIDS:
        write_oids(r, key, data);
        break;
    case WR_PROPERTY_DATE:
        write_date(r, key, data);
        break;
    case WR_PROPERTY_STRING:
        wr_json_text(&r->w, key, kept(r, wr_text_until_nul(r->arena, data, WR_UTF16LE)));
        break;
    case WR_PROPERTY_HEX:
        wr_json_hex(&r->w, key, data.data, data.len);
        break;
    }
}

static void write_properties(report *r, const wr_element *e)
{
    wr_property p;
    wr_view last;
    size_t at = 0;

    wr_json_object(&r->w, "properties");
    while (wr_element_next(e, &at, &p)) {
        /* A repeated id counts once, as the last one, and a member of JSON stands once. */
        if (wr_element_property(e, p.id, &last) && last.origin == p.data.origin)
            write_property(r, kept(r, wr_arena_format(r->arena, "%u", (unsigned)p.id)), p.id,
                           p.data);
    }
    wr_json_end_object(&r->w);
}

/* Of a copy that was deleted: how it was found again. */
static void write_trace(report *r, const wr_trace *t)
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

static void write_instance(report *r, const wr_model *m, const wr_instance *instance)
{
    const wr_trace *t = instance->trace;
    const wr_store *s = t ? NULL : &m->stores.items[instance->store];

    wr_json_object(&r->w, NULL);
    wr_member_text(&r->w, "location", t ? t->location : s->location_text);
    wr_member_text(&r->w, "store", t ? t->store : s->name);
    place(r, "source",
          t                 ? t->source
          : *instance->path ? s->source
                            : instance->element.object.source, /* a file, one of many of a store */
          instance->path, instance->offset);
    if (instance->last_write)
        wr_json_time(&r->w, "last_write", instance->last_write);
    write_properties(r, &instance->element);
    if (instance->deleted)
        wr_json_bool(&r->w, "deleted", true);
    if (t)
        write_trace(r, t);
    if (instance->name_mismatch)
        wr_json_bool(&r->w, "name_mismatch", true);
    wr_json_end_object(&r->w);
}

static void write_copies(report *r, const wr_model *m, const wr_certificate *c)
{
    for (size_t i = 0; i < c->instances.count; i++)
        write_instance(r, m, &m->instances.items[c->instances.items[i]]);
}

/* Those that stand in a store, then those that were deleted. */
static void write_instances(report *r, const wr_certificate *c)
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
static void write_program(report *r, const wr_ctl_entry *entry)
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
    wr_view data;

    wr_json_object(&r->w, "program");
    wr_json_text(&r->w, "list", "authroot");
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (wr_ctl_entry_property(entry, attributes[i].id, &data))
            write_property(r, attributes[i].key, attributes[i].id, data);
    wr_json_end_object(&r->w);
}

static void write_verdict(report *r, const char *scope, const wr_verdict *v)
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
        place(r, "source", reason->source, reason->path, WR_NO_OFFSET);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
    wr_json_end_object(&r->w);
}

static void write_trust(report *r, const wr_certificate_trust *t)
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

static const char *name_or_hex(report *r, wr_view name)
{
    const char *text;
    wr_error damage;

    if (wr_x509_name_text(name, r->arena, &text, &damage))
        return text;
    return kept(r, wr_text_hex(r->arena, name.data, name.len));
}

static void write_friendly_name(report *r, const wr_model *m, const wr_certificate *c)
{
    wr_view data;

    for (size_t i = 0; i < c->instances.count; i++)
        if (wr_element_property(&m->instances.items[c->instances.items[i]].element,
                                WR_PROP_FRIENDLY_NAME, &data)) {
            wr_json_text(&r->w, "friendly_name",
                         kept(r, wr_text_until_nul(r->arena, data, WR_UTF16LE)));
            return;
        }
}

/* What a certificate says of itself; `m` is the model that it is in. */
static bool write_facts(report *r, const wr_model *m, const wr_certificate *c, wr_error *err)
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

static bool write_certificate(report *r, const char *key, size_t i, wr_error *err)
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
        place(r, "source", t->refusal.source, t->refusal.path, WR_NO_OFFSET);
        wr_json_end_object(&r->w);
    }
    write_trust(r, t);
    wr_json_end_object(&r->w);
    return true;
}

bool wr_report_json_certificate(wr_json_writer *w, const wr_result_set *set, size_t certificate,
                                wr_arena *arena, wr_error *err)
{
    report r = { .set = set, .arena = arena, .w = *w };

    if (!write_certificate(&r, "certificate", certificate, err))
        return false;
    *w = r.w;
    return !r.no_memory || wr_fail_memory(err);
}

/* One of which only deleted copies are left: nothing judged it. */
static bool write_deleted_certificate(report *r, size_t i, wr_error *err)
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

static bool write_certificates(report *r, wr_error *err)
{
    const wr_model *m = r->set->model;

    wr_json_array(&r->w, "certificates");
    for (size_t i = 0; i < m->certificates.count; i++)
        if (!write_certificate(r, NULL, i, err))
            return false;
    for (size_t i = 0; m->deleted && i < m->deleted->model.certificates.count; i++)
        if (!write_deleted_certificate(r, i, err))
            return false;
    wr_json_end_array(&r->w);
    return true;
}

static void write_on_demand(report *r)
{
    const wr_trust *trust = r->set->trust;

    wr_json_array(&r->w, "on_demand");
    for (size_t i = 0; i < trust->on_demand.count; i++) {
        const wr_on_demand *d = &trust->on_demand.items[i];
        wr_view sha256;
        wr_json_object(&r->w, NULL);
        wr_json_hex(&r->w, "sha1", d->entry->id.data, d->entry->id.len);
        if (wr_ctl_entry_property(d->entry, WR_PROP_AUTH_ROOT_SHA256_HASH, &sha256))
            wr_json_hex(&r->w, "sha256", sha256.data, sha256.len);
        wr_member_text(&r->w, "name", d->name);
        wr_json_array(&r->w, "purposes");
        for (size_t j = 0; j < d->purposes.count; j++)
            wr_json_text(&r->w, NULL, d->purposes.items[j]->name);
        wr_json_end_array(&r->w);
        wr_json_text(&r->w, "availability", wr_availability_name(d->availability));
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

static void write_findings(report *r)
{
    const wr_trust *trust = r->set->trust;

    wr_json_array(&r->w, "findings");
    for (size_t i = 0; i < trust->findings.count; i++) {
        const wr_finding *f = &trust->findings.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "id", f->id);
        wr_json_text(&r->w, "severity", f->severity);
        wr_json_text(&r->w, "title", f->title);
        wr_json_text(&r->w, "detail", f->detail);
        if (f->certificate)
            reference(r, "certificate", f->certificate);
        place(r, "source", f->source, f->path, WR_NO_OFFSET);
        wr_member_text(&r->w, "attack", f->attack);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

/* The certificate an item is about: from the host where it is there, else as the profile names it.
 */
static void write_item_certificate(report *r, const wr_check *check)
{
    const wr_identity *id = check->requirement->certificate;

    if (check->certificate != SIZE_MAX)
        reference(r, "certificate", &r->set->model->certificates.items[check->certificate]);
    else if (id && id->has_sha256)
        wr_json_hex(&r->w, "certificate", id->sha256, sizeof id->sha256);
    else if (id && id->has_sha1) {
        const char *hex = kept(r, wr_text_hex(r->arena, id->sha1, sizeof id->sha1));
        wr_json_text(&r->w, "certificate", kept(r, wr_arena_format(r->arena, "sha1:%s", hex)));
    }
    if (id && *id->subject)
        wr_json_text(&r->w, "subject", id->subject);
}

static void write_item(report *r, const wr_check *check)
{
    const wr_requirement *q = check->requirement;

    wr_json_object(&r->w, NULL);
    wr_json_text(&r->w, "id", q->id);
    wr_json_text(&r->w, "kind", wr_requirement_kind_name(q->kind));
    wr_json_text(&r->w, "severity", q->required ? "required" : "recommended");
    wr_json_text(&r->w, "result", wr_result_name(check->result));
    wr_member_text(&r->w, "state", check->state);
    wr_member_text(&r->w, "detail", check->detail);
    write_item_certificate(r, check);
    if (q->store)
        wr_member_text(&r->w, "store", q->store);
    if (check->parent != SIZE_MAX)
        wr_json_uint(&r->w, "parent", check->parent);
    wr_json_text(&r->w, "basis", q->basis);
    if (q->sources.count) {
        wr_json_array(&r->w, "sources");
        for (size_t i = 0; i < q->sources.count; i++)
            wr_json_text(&r->w, NULL, q->sources.items[i]);
        wr_json_end_array(&r->w);
    }
    place(r, "source", check->source ? check->source : "", check->path ? check->path : "",
          WR_NO_OFFSET);
    wr_json_end_object(&r->w);
}

/* What the profile rests on, and whether all of that was read. */
static void write_profile_sources(report *r, const wr_profile *profile)
{
    wr_json_array(&r->w, "sources");
    for (size_t i = 0; i < profile->sources.count; i++) {
        const wr_profile_source *source = &profile->sources.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "id", source->id);
        wr_json_text(&r->w, "uri", source->uri);
        wr_json_text(&r->w, "completeness", source->completeness);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

static void write_requirements(report *r)
{
    wr_json_array(&r->w, "requirements");
    for (size_t i = 0; i < r->set->num_comparisons; i++) {
        const wr_comparison *c = &r->set->comparisons[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "profile", c->profile->id);
        wr_json_text(&r->w, "title", c->profile->title);
        wr_json_text(&r->w, "version", c->profile->version);
        write_profile_sources(r, c->profile);
        wr_json_text(&r->w, "result", wr_result_name(c->result));
        wr_json_array(&r->w, "items");
        for (size_t j = 0; j < c->checks.count; j++)
            write_item(r, &c->checks.items[j]);
        wr_json_end_array(&r->w);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

void wr_report_json_plan(wr_json_writer *w, const wr_plan *plan)
{
    wr_json_array(w, "plan");
    for (size_t i = 0; plan && i < plan->actions.count; i++) {
        const wr_action *a = &plan->actions.items[i];
        wr_json_object(w, NULL);
        wr_json_text(w, "action", wr_action_kind_name(a->kind));
        if (a->store && *a->store)
            wr_json_text(w, "store", a->store);
        if (a->certificate)
            wr_json_hex(w, "certificate", a->certificate->sha256, WR_SHA256_LEN);
        if (a->file && *a->file)
            wr_json_text(w, "file", a->file);
        if (a->registry_key && *a->registry_key) {
            wr_json_object(w, "registry");
            wr_json_text(w, "key", a->registry_key);
            wr_member_text(w, "name", a->registry_name);
            wr_member_text(w, "data", a->registry_data);
            wr_json_end_object(w);
        }
        wr_json_text(w, "reason", a->reason);
        wr_json_array(w, "requirement");
        for (size_t j = 0; j < a->requirements.count; j++)
            wr_json_text(w, NULL, a->requirements.items[j]);
        wr_json_end_array(w);
        if (a->widens.count) {
            wr_json_array(w, "widens");
            for (size_t j = 0; j < a->widens.count; j++)
                wr_json_text(w, NULL, a->widens.items[j]);
            wr_json_end_array(w);
        }
        wr_json_bool(w, "reversible", a->reversible);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_diagnostics(report *r)
{
    const wr_diags *d = r->set->diags;

    wr_json_array(&r->w, "diagnostics");
    for (size_t i = 0; i < d->list.count; i++) {
        const wr_diag *diag = &d->list.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "severity", wr_severity_name(diag->severity));
        wr_json_text(&r->w, "code", wr_code_name(diag->code));
        place(r, "source", diag->source, diag->path, diag->offset);
        wr_json_text(&r->w, "message", diag->message);
        wr_json_end_object(&r->w);
    }
    if (d->num_suppressed) {
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "severity", "warning");
        wr_json_text(&r->w, "code", wr_code_name(WR_E_LIMIT));
        wr_json_text(&r->w, "message",
                     kept(r, wr_arena_format(r->arena, "%zu more diagnostics are not shown",
                                             d->num_suppressed)));
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

static bool write_report(report *r, wr_error *err)
{
    wr_json_object(&r->w, NULL);
    write_head(r);
    write_coverage(r);
    write_evidence(r);
    write_policies(r);
    write_lists(r);
    write_stores(r);
    if (!write_certificates(r, err))
        return false;
    write_on_demand(r);
    write_findings(r);
    write_requirements(r);
    wr_report_json_plan(&r->w, r->set->plan);
    write_diagnostics(r);
    wr_json_end_object(&r->w);
    wr_json_finish(&r->w);
    return !r->no_memory || wr_fail_memory(err);
}

bool wr_report_json(const wr_result_set *set, bool compact, wr_out *out, wr_error *err)
{
    wr_arena arena;
    report r = { .set = set, .arena = &arena };
    bool ok;

    wr_arena_init(&arena, set->model->arena->cap);
    wr_json_start(&r.w, out, compact);
    ok = write_report(&r, err);
    wr_arena_free(&arena);
    return ok;
}
