#include "output/explain.h"

#include "base/text.h"
#include "output/explain_step.h"
#include "output/members.h"
#include "output/property_form.h"
#include "trust/verdict.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <string.h>

typedef struct explanation {
    const wr_result_set *set;
    size_t certificate;        /* SIZE_MAX where no store and no supply has it */
    const wr_ctl_entry *entry; /* of the root list in force, NULL = none       */
    wr_arena arena;
    wr_out *out;
    bool no_memory;
} explanation;

bool wr_explain_is_hash(const char *text)
{
    uint8_t bytes[WR_SHA256_LEN];

    return wr_text_unhex(text, bytes, WR_SHA1_LEN) || wr_text_unhex(text, bytes, WR_SHA256_LEN);
}

bool wr_explain_matches(const wr_certificate *certificate, const char *hash)
{
    uint8_t bytes[WR_SHA256_LEN];

    if (wr_text_unhex(hash, bytes, WR_SHA1_LEN))
        return !memcmp(bytes, certificate->sha1, WR_SHA1_LEN);
    return wr_text_unhex(hash, bytes, WR_SHA256_LEN) &&
           !memcmp(bytes, certificate->sha256, WR_SHA256_LEN);
}

static const char *kept(explanation *e, const char *text)
{
    e->no_memory |= !text;
    return text ? text : "";
}

static const char *safe(explanation *e, const char *text)
{
    return kept(e, wr_text_printable(&e->arena, text));
}

static const char *place(explanation *e, const char *source, const char *path)
{
    return safe(e, kept(e, wr_source_text(e->set, &e->arena, source, path, WR_NO_OFFSET)));
}

static const char *hex(explanation *e, const uint8_t *bytes, size_t len)
{
    return kept(e, wr_text_hex(&e->arena, bytes, len));
}

static const char *date(explanation *e, wr_time t)
{
    char text[WR_TIME_TEXT];

    wr_time_text(t, text);
    return kept(e, wr_arena_text(&e->arena, text));
}

/* ---- what is known of it ---- */

/* Purposes by their names. */
static const char *oids_text(explanation *e, wr_view der)
{
    wr_oids oids = { .list = { NULL, 0, 0 } };
    const char *text = "";
    wr_error damage;

    if (!wr_oids_parse(der, &e->arena, &oids, &damage)) {
        e->no_memory |= damage.code == WR_E_NO_MEMORY;
        return "cannot be decoded";
    }
    for (size_t i = 0; i < oids.list.count; i++) {
        wr_purpose purpose;
        if (!wr_purpose_of_oid(oids.list.items[i], &e->arena, &purpose, &damage))
            return kept(e, NULL);
        text = kept(e, wr_arena_format(&e->arena, "%s%s%s", text, *text ? ", " : "", purpose.name));
    }
    return *text ? text : "none at all";
}

static const char *property_text(explanation *e, uint32_t id, wr_view data)
{
    uint64_t filetime;

    switch (wr_property_form_of(id)) {
    case WR_PROPERTY_OIDS:
        return oids_text(e, data);
    case WR_PROPERTY_STRING:
        return safe(e, kept(e, wr_text_until_nul(&e->arena, data, WR_UTF16LE)));
    case WR_PROPERTY_DATE:
        if (!data.len)
            return "empty: an earlier date was withdrawn";
        return data.len == 8 && wr_u64le_at(data, 0, &filetime) ? date(e, filetime)
                                                                : "cannot be decoded";
    default:
        return kept(e, wr_arena_format(&e->arena, "%zu bytes", data.len));
    }
}

static void write_property(explanation *e, uint32_t id, wr_view data)
{
    const char *meaning = wr_property_meaning(id);

    if (*meaning)
        wr_out_printf(e->out, "    property %" PRIu32 ", %s: %s\n", id, meaning,
                      property_text(e, id, data));
}

static void write_instance(explanation *e, const wr_instance *instance)
{
    const wr_store *store = &e->set->model->stores.items[instance->store];
    wr_property p;
    size_t at = 0;

    wr_out_printf(e->out, "  %s/%s%s\n    %s\n", safe(e, store->location_text),
                  safe(e, store->name), instance->deleted ? ", deleted" : "",
                  place(e, store->source, instance->path));
    if (instance->last_write)
        wr_out_printf(e->out, "    written %s\n", date(e, instance->last_write));
    while (wr_element_next(&instance->element, &at, &p))
        write_property(e, p.id, p.data);
}

static void write_facts(explanation *e)
{
    const wr_certificate *c = &e->set->model->certificates.items[e->certificate];
    const char *subject, *algorithm;
    wr_x509_key key;
    wr_error damage;

    if (!wr_x509_name_text(c->x509.subject, &e->arena, &subject, &damage)) {
        e->no_memory |= damage.code == WR_E_NO_MEMORY;
        subject = "a name that cannot be decoded";
    }
    if (!wr_x509_key_facts(&c->x509, &e->arena, &key, &damage) ||
        !wr_x509_signature_name(&c->x509, &e->arena, &algorithm, &damage)) {
        e->no_memory = true;
        return;
    }
    wr_out_printf(e->out, "%s\n  sha1    %s\n  sha256  %s\n", safe(e, subject),
                  hex(e, c->sha1, WR_SHA1_LEN), hex(e, c->sha256, WR_SHA256_LEN));
    wr_out_printf(e->out, "  valid   %s to %s\n  key     %s, %u bits; signed with %s; %s\n",
                  date(e, c->x509.not_before), date(e, c->x509.not_after), key.algorithm, key.bits,
                  algorithm, wr_x509_self_issued(&c->x509) ? "self-issued" : "not self-issued");
    wr_out_text(e->out, "\nWhere it stands\n");
    for (size_t i = 0; i < c->instances.count; i++)
        write_instance(e, &e->set->model->instances.items[c->instances.items[i]]);
    if (!c->instances.count)
        wr_out_text(e->out, "  in no store of the evidence\n");
}

static void write_list(explanation *e, const wr_list *list, bool names, const wr_ctl_entry *entry)
{
    wr_view data;

    wr_out_printf(e->out, "  %s list of %s, sequence %s: %s\n    %s\n",
                  wr_ctl_kind_name(list->ctl->kind), date(e, list->ctl->this_update),
                  kept(e, wr_ctl_sequence_text(&e->arena, list->ctl->sequence)),
                  names ? "names it" : "does not name it", place(e, list->source, list->path));
    for (uint32_t id = 1; entry && id < 130; id++)
        if (wr_ctl_entry_property(entry, id, &data))
            write_property(e, id, data);
}

static void write_lists(explanation *e)
{
    const wr_trust *trust = e->set->trust;
    wr_disallowed_by by = e->certificate == SIZE_MAX
                              ? WR_DISALLOWED_NOT
                              : trust->certificates[e->certificate].refusal.by;

    wr_out_text(e->out, "\nWhat the lists in force say\n");
    if (trust->authroot)
        write_list(e, trust->authroot, e->entry != NULL, e->entry);
    if (trust->disallowed)
        write_list(e, trust->disallowed,
                   by == WR_DISALLOWED_KEY_MD5 || by == WR_DISALLOWED_TBS_HASH, NULL);
    if (!trust->authroot && !trust->disallowed)
        wr_out_text(e->out, "  there is none in the evidence\n");
}

static void write_policies(explanation *e)
{
    const wr_model *m = e->set->model;

    wr_out_text(e->out, "\nPolicies and state that bear on it\n");
    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *p = &m->policies.items[i];
        wr_out_printf(e->out, "  %s = %s%s\n    %s%s%s\n", safe(e, p->name), safe(e, p->text),
                      p->intent ? " (asked for by a policy file)" : "", place(e, p->source, p->key),
                      p->last_write ? ", written " : "",
                      p->last_write ? date(e, p->last_write) : "");
    }
    if (!m->policies.count)
        wr_out_text(e->out, "  none is set\n");
}

/* ---- the derivation ---- */

static bool same_reasons(const wr_verdict *a, const wr_verdict *b)
{
    if (a->status != b->status || a->reasons.count != b->reasons.count)
        return false;
    for (size_t i = 0; i < a->reasons.count; i++)
        if (strcmp(a->reasons.items[i].code, b->reasons.items[i].code) != 0)
            return false;
    return true;
}

/* The restrictions that the rules looked at: of the first copy, else of the list's entry. */
static const wr_restriction *restriction_of(explanation *e, const wr_scope *scope)
{
    wr_restriction *r = WR_NEW(&e->arena, wr_restriction, 1);
    wr_copies copies;
    wr_error err;

    if (e->certificate != SIZE_MAX &&
        !wr_copies_of(e->set->trust, scope, e->certificate, &e->arena, &copies, &err)) {
        e->no_memory = true;
        return NULL;
    }
    if (e->certificate != SIZE_MAX && copies.list.count)
        return &copies.list.items[0].in_force;
    if (!e->entry)
        return NULL;
    if (!r || !wr_restriction_read(NULL, e->entry, &e->arena, r, &err)) {
        e->no_memory = true;
        return NULL;
    }
    return r;
}

static void write_reason(explanation *e, const char *title, const wr_reason *reason)
{
    const char *where = place(e, reason->source, reason->path);

    wr_out_printf(e->out, "  %-18s %s: %s\n", title, reason->code, safe(e, reason->detail));
    if (*where)
        wr_out_printf(e->out, "  %-18s   %s\n", "", where);
}

static void write_step(explanation *e, wr_step step, const wr_verdict *v, const wr_restriction *r)
{
    const wr_x509 *x509 =
        e->certificate == SIZE_MAX ? NULL : &e->set->model->certificates.items[e->certificate].x509;
    const char *title = wr_step_title(step), *change, *passed;

    for (size_t i = 0; i < v->reasons.count; i++)
        if (wr_step_of(v->reasons.items[i].code, &change) == step) {
            write_reason(e, title, &v->reasons.items[i]);
            title = "";
        }
    if (!*title)
        return;
    passed = kept(e, wr_step_passed(step, x509, r, v->purpose, &e->arena));
    if (*passed)
        wr_out_printf(e->out, "  %-18s %s\n", title, passed);
}

/* All purposes with the same derivation stand above one. */
static void write_derivation(explanation *e, const wr_scope *scope, const wr_verdict_list *rows)
{
    const wr_restriction *r = restriction_of(e, scope);

    for (size_t i = 0; i < rows->count; i++) {
        const wr_verdict *v = &rows->items[i];
        const char *change = "";
        bool told = false;

        for (size_t j = 0; j < i; j++)
            told |= same_reasons(&rows->items[j], v);
        if (told)
            continue;
        wr_out_printf(e->out, "\n%s: ", safe(e, scope->text));
        for (size_t j = i; j < rows->count; j++)
            if (same_reasons(&rows->items[j], v))
                wr_out_printf(e->out, "%s%s", j == i ? "" : ", ", rows->items[j].purpose->name);
        wr_out_printf(e->out, ": %s\n", wr_status_name(v->status));
        for (int step = 0; step < WR_NUM_STEPS; step++)
            write_step(e, (wr_step)step, v, r);
        if (v->status != WR_TRUSTED && v->reasons.count)
            (void)wr_step_of(v->reasons.items[0].code, &change);
        if (*change)
            wr_out_printf(e->out, "  %-18s %s\n", "would change it", change);
    }
}

static void write_verdicts(explanation *e)
{
    const wr_certificate_trust *t = &e->set->trust->certificates[e->certificate];

    write_derivation(e, &wr_scope_machine, &t->machine);
    for (size_t i = 0; i < t->scopes.count; i++)
        write_derivation(e, t->scopes.items[i].scope, &t->scopes.items[i].different);
}

/* Nothing but the list knows it. */
static void write_entry_verdicts(explanation *e)
{
    wr_verdict_list rows = { 0 };
    wr_availability availability;
    wr_error err;

    for (size_t p = 0; p < WR_NUM_STANDARD_PURPOSES; p++) {
        wr_verdict *v = WR_APPEND(&e->arena, &rows, wr_verdict);
        wr_restriction r;
        if (!v || !wr_restriction_read(NULL, e->entry, &e->arena, &r, &err) ||
            !wr_verdict_of_entry(e->set->trust, &r, wr_purpose_standard(p), &e->arena, v, &err)) {
            e->no_memory = true;
            return;
        }
    }
    if (wr_trust_availability(e->set->trust, e->entry->id.data, &availability))
        wr_out_printf(e->out, "\nThe certificate is not in the evidence: %s. Once it is there:\n",
                      wr_availability_name(availability));
    write_derivation(e, &wr_scope_machine, &rows);
}

static const wr_ctl_entry *entry_of(const wr_trust *trust, const char *hash)
{
    uint8_t bytes[WR_SHA256_LEN];
    wr_view listed;

    if (wr_text_unhex(hash, bytes, WR_SHA1_LEN))
        return wr_trust_program_entry(trust, bytes);
    for (size_t i = 0; wr_text_unhex(hash, bytes, WR_SHA256_LEN) && i < trust->num_program; i++)
        if (wr_ctl_entry_property(trust->program[i], WR_PROP_AUTH_ROOT_SHA256_HASH, &listed) &&
            wr_view_is(listed, bytes, WR_SHA256_LEN))
            return trust->program[i];
    return NULL;
}

static explanation begin(const wr_result_set *set, const char *hash, wr_out *out)
{
    explanation e = { .set = set, .certificate = SIZE_MAX, .out = out };

    for (size_t i = 0; i < set->model->certificates.count; i++)
        if (wr_explain_matches(&set->model->certificates.items[i], hash))
            e.certificate = i;
    e.entry = e.certificate == SIZE_MAX
                  ? entry_of(set->trust, hash)
                  : wr_trust_program_entry(set->trust,
                                           set->model->certificates.items[e.certificate].sha1);
    wr_arena_init(&e.arena, WR_LIMIT_ARENA);
    return e;
}

static bool end(explanation *e, wr_error *err)
{
    wr_arena_free(&e->arena);
    return !e->no_memory || wr_fail_memory(err);
}

bool wr_explain_text(const wr_result_set *set, const char *hash, wr_out *out, wr_error *err)
{
    explanation e = begin(set, hash, out);

    if (e.certificate != SIZE_MAX)
        write_facts(&e);
    else
        wr_out_printf(out, "%s\n  in no store of the evidence\n", hash);
    write_lists(&e);
    write_policies(&e);
    if (e.certificate != SIZE_MAX)
        write_verdicts(&e);
    else if (e.entry)
        write_entry_verdicts(&e);
    else
        wr_out_text(out, "\nNothing in the evidence names it, so nothing makes it trusted.\n");
    return end(&e, err);
}

/* ---- JSON ---- */

static void json_reasons(explanation *e, wr_json_writer *w, const wr_verdict *v,
                         const wr_restriction *r)
{
    const wr_x509 *x509 =
        e->certificate == SIZE_MAX ? NULL : &e->set->model->certificates.items[e->certificate].x509;

    wr_json_array(w, "steps");
    for (int step = 0; step < WR_NUM_STEPS; step++) {
        const char *change,
            *passed = kept(e, wr_step_passed((wr_step)step, x509, r, v->purpose, &e->arena));
        bool any = false;
        for (size_t i = 0; i < v->reasons.count; i++) {
            const wr_reason *reason = &v->reasons.items[i];
            if (wr_step_of(reason->code, &change) != (wr_step)step)
                continue;
            any = true;
            wr_json_object(w, NULL);
            wr_json_text(w, "step", wr_step_title((wr_step)step));
            wr_json_text(w, "code", reason->code);
            wr_json_text(w, "detail", reason->detail);
            wr_member_text(w, "source",
                           kept(e, wr_source_text(e->set, &e->arena, reason->source, reason->path,
                                                  WR_NO_OFFSET)));
            wr_member_text(w, "would_change_it", change);
            wr_json_end_object(w);
        }
        if (any || !*passed)
            continue;
        wr_json_object(w, NULL);
        wr_json_text(w, "step", wr_step_title((wr_step)step));
        wr_json_text(w, "passed", passed);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void json_rows(explanation *e, wr_json_writer *w, const wr_scope *scope,
                      const wr_verdict_list *rows)
{
    const wr_restriction *r = restriction_of(e, scope);

    for (size_t i = 0; i < rows->count; i++) {
        wr_json_object(w, NULL);
        wr_json_text(w, "scope", scope->text);
        wr_json_text(w, "purpose", rows->items[i].purpose->name);
        wr_json_text(w, "status", wr_status_name(rows->items[i].status));
        json_reasons(e, w, &rows->items[i], r);
        wr_json_end_object(w);
    }
}

bool wr_explain_json(const wr_result_set *set, const char *hash, wr_out *out, wr_error *err)
{
    explanation e = begin(set, hash, out);
    wr_json_writer w;

    wr_json_start(&w, out, false);
    wr_json_object(&w, NULL);
    wr_json_text(&w, "schema", "winroots.explain/1");
    wr_json_time(&w, "as_of", set->trust->options.as_of);
    wr_json_text(&w, "asked", hash);
    wr_json_bool(&w, "in_program", e.entry != NULL);
    if (e.certificate != SIZE_MAX &&
        !wr_report_json_certificate(&w, set, e.certificate, &e.arena, err)) {
        wr_arena_free(&e.arena);
        return false;
    }
    wr_json_array(&w, "derivation");
    if (e.certificate != SIZE_MAX) {
        const wr_certificate_trust *t = &set->trust->certificates[e.certificate];
        json_rows(&e, &w, &wr_scope_machine, &t->machine);
        for (size_t i = 0; i < t->scopes.count; i++)
            json_rows(&e, &w, t->scopes.items[i].scope, &t->scopes.items[i].different);
    }
    wr_json_end_array(&w);
    wr_json_end_object(&w);
    wr_json_finish(&w);
    return end(&e, err);
}
