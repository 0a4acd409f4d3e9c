/* json_facts.c - "facts" of winroots.report/1: what the host's stores held, without a verdict, so
 * that it can be judged again.  store/collect_report.c reads it. */
#include "output/json_report.h"
#include "output/members.h"
#include "store/collect_before.h"

#include <string.h>

/* "e3", and behind a '/' what stands in it; "" for what is in no evidence. */
static void write_source(wr_json_report *r, const char *source)
{
    size_t i = source && *source ? wr_evidence_find(r->set->evidence, source) : SIZE_MAX;
    const char *text = source ? source : "";

    if (i != SIZE_MAX) {
        const char *label = wr_evidence_item(r->set->evidence, i)->label;
        text = wr_json_report_kept(
            r, wr_arena_format(r->arena, "e%zu%s", i + 1, source + strlen(label)));
    }
    wr_member_text(&r->w, "source", text);
}

static void write_time(wr_json_report *r, const char *key, wr_time t)
{
    if (t)
        wr_json_time(&r->w, key, t);
}

static void write_flag(wr_json_report *r, const char *key, bool flag)
{
    if (flag)
        wr_json_bool(&r->w, key, true);
}

static void write_host(wr_json_report *r)
{
    const wr_model *m = r->set->model;
    const wr_os *os = &m->host.os;

    wr_json_object(&r->w, "host");
    wr_member_text(&r->w, "computer_name", m->host.computer_name);
    wr_member_text(&r->w, "machine_guid", m->host.machine_guid);
    write_time(r, "observed", m->host.observed);
    if (os->known) {
        wr_json_object(&r->w, "os");
        wr_json_uint(&r->w, "major", os->major);
        wr_json_uint(&r->w, "minor", os->minor);
        wr_json_uint(&r->w, "build", os->build);
        if (os->revision_known)
            wr_json_uint(&r->w, "revision", os->revision);
        wr_member_text(&r->w, "product_name", os->product_name);
        wr_json_end_object(&r->w);
    }
    if (m->host.updates_known) {
        wr_json_array(&r->w, "updates");
        for (size_t i = 0; i < m->host.updates.count; i++)
            wr_json_uint(&r->w, NULL, m->host.updates.items[i]);
        wr_json_end_array(&r->w);
    }
    write_flag(r, "machine_hive", m->has_machine_hive);
    write_flag(r, "machine_hive_partial", m->machine_hive_partial);
    write_flag(r, "incomplete", m->machine_incomplete);
    write_flag(r, "refusals_incomplete", m->refusals_incomplete);
    wr_json_uint(&r->w, "user_hives", m->num_user_hives);
    wr_json_end_object(&r->w);
}

static bool write_store(wr_json_report *r, size_t i, wr_error *err)
{
    const wr_store *s = &r->set->model->stores.items[i];

    (void)err;
    wr_json_object(&r->w, NULL);
    wr_json_text(&r->w, "location", wr_location_name(s->location));
    wr_member_text(&r->w, "owner", s->owner);
    wr_json_text(&r->w, "name", s->name);
    write_source(r, s->source);
    wr_member_text(&r->w, "path", s->path);
    write_time(r, "last_write", r->writes.stores[i].last_write);
    if (s->num_skipped)
        wr_json_uint(&r->w, "skipped", s->num_skipped);
    wr_json_end_object(&r->w);
    return true;
}

/* The name of an object. */
static bool write_hash_of(wr_json_report *r, const char *key, wr_view octets, wr_error *err)
{
    uint8_t sha256[WR_SHA256_LEN];

    if (!wr_digest(WR_SHA256, octets, sha256, err))
        return false;
    wr_json_hex(&r->w, key, sha256, sizeof sha256);
    return true;
}

/* `place` is the offset that reports show of a copy without a key path. */
static bool write_copy(wr_json_report *r, size_t i, wr_error *err)
{
    const wr_model *m = r->set->model;
    const wr_instance *copy = &m->instances.items[i];
    const wr_report_object *properties = &r->copies[i];
    const char *source = copy->element.object.source;

    (void)err;
    if (copy->deleted)
        return true;
    wr_json_object(&r->w, NULL);
    wr_json_hex(&r->w, "certificate", m->certificates.items[copy->certificate].sha256,
                WR_SHA256_LEN);
    wr_json_uint(&r->w, "store", copy->store);
    wr_member_text(&r->w, "path", copy->path);
    if (source && strcmp(source, m->stores.items[copy->store].source) != 0)
        write_source(r, source);
    wr_json_uint(&r->w, "offset", copy->offset);
    write_time(r, "last_write", copy->last_write);
    if (properties->octets.len)
        wr_json_hex(&r->w, "properties", properties->sha256, sizeof properties->sha256);
    write_flag(r, "name_mismatch", copy->name_mismatch);
    write_flag(r, "added_by_log", wr_added_by_log(m, copy));
    wr_json_end_object(&r->w);
    return true;
}

static void write_others(wr_json_report *r)
{
    const wr_model *m = r->set->model;

    wr_json_array(&r->w, "others");
    for (size_t i = 0; i < m->others.count; i++) {
        const wr_other_element *o = &m->others.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "kind", wr_element_kind_name(o->element.kind));
        wr_json_uint(&r->w, "store", o->store);
        wr_member_text(&r->w, "path", o->path);
        write_time(r, "last_write", o->last_write);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

static bool write_lists(wr_json_report *r, wr_error *err)
{
    const wr_model *m = r->set->model;

    wr_json_array(&r->w, "lists");
    for (size_t i = 0; i < m->lists.count; i++) {
        const wr_list *list = &m->lists.items[i];
        wr_json_object(&r->w, NULL);
        if (!write_hash_of(r, "object", list->message->der, err))
            return false;
        write_source(r, list->source);
        wr_member_text(&r->w, "path", list->path);
        wr_json_uint(&r->w, "offset", list->offset);
        write_flag(r, "from_host", list->from_host);
        wr_member_text(&r->w, "owner", list->owner);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
    return true;
}

static void write_policies(wr_json_report *r)
{
    const wr_model *m = r->set->model;

    wr_json_array(&r->w, "policies");
    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *p = &m->policies.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "name", p->name);
        wr_member_text(&r->w, "owner", p->owner);
        write_flag(r, "intent", p->intent);
        write_source(r, p->source);
        wr_member_text(&r->w, "key", p->key);
        write_time(r, "last_write", p->last_write);
        if (p->is_number) /* a FILETIME is more than a number of JSON holds everywhere */
            wr_json_text(&r->w, "number",
                         wr_json_report_kept(
                             r, wr_arena_format(r->arena, "%llu", (unsigned long long)p->number)));
        wr_json_text(&r->w, "text", p->text);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

static void write_physical_stores(wr_json_report *r)
{
    const wr_model *m = r->set->model;

    wr_json_array(&r->w, "physical_stores");
    for (size_t i = 0; i < m->physical_stores.count; i++) {
        const wr_physical_store *p = &m->physical_stores.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_uint(&r->w, "store", p->store);
        wr_json_text(&r->w, "name", p->name);
        wr_member_text(&r->w, "provider", p->provider);
        wr_member_text(&r->w, "target", p->target);
        wr_json_uint(&r->w, "flags", p->flags);
        wr_json_uint(&r->w, "priority", p->priority);
        wr_member_text(&r->w, "path", p->path);
        write_time(r, "last_write", p->last_write);
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

static bool write_user(wr_json_report *r, size_t i, wr_error *err)
{
    const wr_user *u = &r->set->model->users.items[i];

    (void)err;
    wr_json_object(&r->w, NULL);
    wr_json_text(&r->w, "owner", u->owner);
    wr_json_text(&r->w, "consent", wr_consent_name(u->consent));
    if (u->consent == WR_CONSENT_LIST)
        wr_json_base64(&r->w, "list", u->list);
    write_source(r, u->source);
    wr_member_text(&r->w, "path", u->path);
    write_time(r, "last_write", u->last_write);
    wr_json_end_object(&r->w);
    return true;
}

bool wr_json_report_facts(wr_json_report *r, wr_error *err)
{
    const wr_model *m = r->set->model;

    wr_json_object(&r->w, "facts");
    write_host(r);
    if (!wr_json_report_array(r, "stores", m->stores.count, WR_JSON_ROWS, write_store, err) ||
        !wr_json_report_array(r, "copies", m->instances.count, WR_JSON_ROWS, write_copy, err))
        return false;
    write_others(r);
    if (!write_lists(r, err))
        return false;
    write_policies(r);
    write_physical_stores(r);
    if (!wr_json_report_array(r, "users", m->users.count, WR_JSON_ROWS, write_user, err))
        return false;
    write_flag(r, "deleted", m->deleted != NULL);
    wr_json_end_object(&r->w);
    return true;
}
