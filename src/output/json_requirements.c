/* json_requirements.c - requirements and plan of winroots.report/1. */
#include "output/json_report.h"
#include "output/members.h"

#include "base/text.h"

/* The certificate an item is about: from the host where it is there, else as the profile names it.
 */
static void write_item_certificate(wr_json_report *r, const wr_check *check)
{
    const wr_identity *id = check->requirement->certificate;

    if (check->certificate != SIZE_MAX)
        wr_json_report_certificate_id(r, "certificate",
                                      &r->set->model->certificates.items[check->certificate]);
    else if (id && id->has_sha256)
        wr_json_hex(&r->w, "certificate", id->sha256, sizeof id->sha256);
    else if (id && id->has_sha1) {
        const char *hex = wr_json_report_kept(r, wr_text_hex(r->arena, id->sha1, sizeof id->sha1));
        wr_json_text(&r->w, "certificate",
                     wr_json_report_kept(r, wr_arena_format(r->arena, "sha1:%s", hex)));
    }
    if (id && *id->subject)
        wr_json_text(&r->w, "subject", id->subject);
}

static void write_item(wr_json_report *r, const wr_check *check)
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
    wr_json_report_place(r, "source", check->source ? check->source : "",
                         check->path ? check->path : "", WR_NO_OFFSET);
    wr_json_end_object(&r->w);
}

/* What the profile rests on, and whether all of that was read. */
static void write_profile_sources(wr_json_report *r, const wr_profile *profile)
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

void wr_json_report_requirements(wr_json_report *r)
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
