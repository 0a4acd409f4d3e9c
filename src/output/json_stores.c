/* json_stores.c - policies, lists and stores of winroots.report/1, and what a list would bring. */
#include "output/json_report.h"
#include "output/members.h"

#include <string.h>

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

void wr_json_report_policies(wr_json_report *r)
{
    const wr_model *m = r->set->model;

    wr_json_array(&r->w, "policies");
    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *p = &m->policies.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "name", p->name);
        wr_json_text(&r->w, "value", p->text);
        if (p->owner)
            wr_json_text(&r->w, "scope",
                         wr_json_report_kept(r, wr_arena_format(r->arena, "user:%s", p->owner)));
        wr_json_report_place(r, "key", p->source, p->key, WR_NO_OFFSET);
        if (p->last_write)
            wr_json_time(&r->w, "last_write", p->last_write);
        wr_json_report_log_entry(r, &r->writes.policies[i]);
        wr_member_text(&r->w, "effect", policy_effect(r->set->trust, p));
        wr_json_end_object(&r->w);
    }
    wr_json_end_array(&r->w);
}

void wr_json_report_lists(wr_json_report *r)
{
    const wr_model *m = r->set->model;
    const wr_trust *trust = r->set->trust;

    wr_json_array(&r->w, "lists");
    for (size_t i = 0; i < m->lists.count; i++) {
        const wr_list *list = &m->lists.items[i];
        wr_json_object(&r->w, NULL);
        wr_json_text(&r->w, "kind", wr_ctl_kind_name(list->ctl->kind));
        wr_json_report_place(r, "source", list->source, list->path, WR_NO_OFFSET);
        wr_json_time(&r->w, "this_update", list->ctl->this_update);
        if (list->ctl->has_next_update)
            wr_json_time(&r->w, "next_update", list->ctl->next_update);
        wr_member_text(&r->w, "sequence",
                       wr_json_report_kept(r, wr_ctl_sequence_text(r->arena, list->ctl->sequence)));
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

static void write_physical_stores(wr_json_report *r, size_t store)
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

static bool write_store(wr_json_report *r, size_t i, wr_error *err)
{
    const wr_store *s = &r->set->model->stores.items[i];

    (void)err;
    wr_json_object(&r->w, NULL);
    wr_json_text(&r->w, "location", s->location_text);
    wr_json_text(&r->w, "name", s->name);
    wr_json_uint(&r->w, "certificates", s->num_certificates);
    wr_json_uint(&r->w, "crls", s->num_crls);
    wr_json_uint(&r->w, "ctls", s->num_ctls);
    if (s->num_skipped)
        wr_json_uint(&r->w, "skipped", s->num_skipped);
    write_physical_stores(r, i);
    if (r->writes.stores[i].last_write)
        wr_json_time(&r->w, "last_write", r->writes.stores[i].last_write);
    wr_json_report_log_entry(r, &r->writes.stores[i]);
    wr_json_report_place(r, "source", s->source, s->path, WR_NO_OFFSET);
    wr_json_end_object(&r->w);
    return true;
}

bool wr_json_report_stores(wr_json_report *r, wr_error *err)
{
    return wr_json_report_array(r, "stores", r->set->model->stores.count, WR_JSON_ROWS, write_store,
                                err);
}

static bool write_on_demand(wr_json_report *r, size_t i, wr_error *err)
{
    const wr_on_demand *d = &r->set->trust->on_demand.items[i];
    wr_view sha256;

    (void)err;
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
    return true;
}

bool wr_json_report_on_demand(wr_json_report *r, const char *key, wr_error *err)
{
    return wr_json_report_array(r, key, r->set->trust->on_demand.count, WR_JSON_ROWS,
                                write_on_demand, err);
}
