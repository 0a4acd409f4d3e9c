/* report_json.c - winroots.report/1: the document, and what was given.  Fields are added, never
 * renamed; absent members are left out. */
#include "output/json_report.h"
#include "output/members.h"

#include <stdio.h>

const char *wr_json_report_kept(wr_json_report *r, const char *text)
{
    r->no_memory |= !text;
    return text ? text : "";
}

void wr_json_report_place(wr_json_report *r, const char *key, const char *source, const char *path,
                          uint64_t offset)
{
    /* Nearly all places are a key path in the same file as the place before. */
    if (source && *source && source != r->source) {
        r->source = source;
        r->item = wr_evidence_find(r->set->evidence, source);
        snprintf(r->number, sizeof r->number, "e%zu:", r->item + 1);
    }
    if (source && *source && r->item != SIZE_MAX && path && *path) {
        wr_json_joined(&r->w, key, r->number, path);
        return;
    }
    wr_member_text(&r->w, key,
                   wr_json_report_kept(r, wr_source_text(r->set, r->arena, source, path, offset)));
}

/* Reference to a certificate of the model. */
void wr_json_report_certificate_id(wr_json_report *r, const char *key, const wr_certificate *c)
{
    wr_json_hex(&r->w, key, c->sha256, sizeof c->sha256);
}

void wr_json_report_log_entry(wr_json_report *r, const wr_key_write *write)
{
    if (!write->entry)
        return;
    wr_json_object(&r->w, "log_entry");
    wr_json_text(&r->w, "log", write->log);
    wr_json_uint(&r->w, "sequence", write->entry->sequence);
    wr_json_uint(&r->w, "offset", write->entry->offset);
    wr_json_end_object(&r->w);
}

static void write_head(wr_json_report *r)
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
    wr_member_text(&r->w, "machine_guid", host->machine_guid);
    if (host->observed)
        wr_json_time(&r->w, "observed", host->observed);
    if (root && root->taken)
        wr_json_time(&r->w, "snapshot_taken", root->taken);
    if (os->known) {
        wr_json_object(&r->w, "os");
        wr_member_text(&r->w, "product_name", os->product_name);
        wr_json_text(&r->w, "version",
                     wr_json_report_kept(r, wr_arena_format(r->arena, "%u.%u", (unsigned)os->major,
                                                            (unsigned)os->minor)));
        wr_json_uint(&r->w, "build", os->build);
        if (os->revision_known)
            wr_json_uint(&r->w, "revision", os->revision);
        wr_json_end_object(&r->w);
    }
    if (trust->os_assumed)
        wr_json_text(&r->w, "assumed_os", "Windows 10 or later");
    if (trust->options.os_given)
        wr_json_text(&r->w, "given_os",
                     wr_json_report_kept(
                         r, wr_arena_format(r->arena, "%u.%u.%u", (unsigned)trust->os.major,
                                            (unsigned)trust->os.minor, (unsigned)trust->os.build)));
    wr_json_end_object(&r->w);
}

static void write_coverage(wr_json_report *r)
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

static bool write_item(wr_json_report *r, size_t i, wr_error *err)
{
    const wr_item *item = wr_evidence_item(r->set->evidence, i);

    (void)err;
    wr_json_object(&r->w, NULL);
    wr_json_text(&r->w, "id", wr_json_report_kept(r, wr_arena_format(r->arena, "e%zu", i + 1)));
    wr_json_text(&r->w, "path", item->path);
    wr_json_text(&r->w, "kind", wr_kind_name(item->kind));
    wr_json_text(&r->w, "role", item->readable ? wr_role_name(item->role) : "unreadable");
    wr_json_uint(&r->w, "bytes", item->bytes);
    if (item->has_sha256)
        wr_json_hex(&r->w, "sha256", item->sha256, sizeof item->sha256);
    if (item->place)
        wr_json_text(&r->w, "place", item->place);
    if (item->deleted)
        wr_json_bool(&r->w, "deleted", true);
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
    return true;
}

static bool write_finding(wr_json_report *r, size_t i, wr_error *err)
{
    const wr_finding *f = &r->set->trust->findings.items[i];

    (void)err;
    wr_json_object(&r->w, NULL);
    wr_json_text(&r->w, "id", f->id);
    wr_json_text(&r->w, "severity", f->severity);
    wr_json_text(&r->w, "title", f->title);
    wr_json_text(&r->w, "detail", f->detail);
    if (f->certificate)
        wr_json_report_certificate_id(r, "certificate", f->certificate);
    wr_json_report_place(r, "source", f->source, f->path, WR_NO_OFFSET);
    wr_member_text(&r->w, "attack", f->attack);
    wr_json_end_object(&r->w);
    return true;
}

static void write_diagnostic(wr_json_report *r, const wr_diag *diag)
{
    wr_json_object(&r->w, NULL);
    wr_json_text(&r->w, "severity", wr_severity_name(diag->severity));
    wr_json_text(&r->w, "code", wr_code_name(diag->code));
    wr_json_report_place(r, "source", diag->source, diag->path, diag->offset);
    wr_json_text(&r->w, "message", diag->message);
    wr_json_end_object(&r->w);
}

static void write_diagnostics(wr_json_report *r)
{
    const wr_diags *d = r->set->diags;

    wr_json_array(&r->w, "diagnostics");
    for (size_t i = 0; i < d->list.count; i++)
        write_diagnostic(r, &d->list.items[i]);
    for (size_t i = 0; i < wr_evidence_count(r->set->evidence); i++)
        if (r->writes.untold[i])
            write_diagnostic(
                r, &(wr_diag){ WR_DIAG_NOTE, WR_E_LIMIT, WR_NO_OFFSET,
                               wr_evidence_item(r->set->evidence, i)->label, "",
                               "which entry of its logs wrote a key is not said: the search would "
                               "pass too many keys" });
    if (d->num_suppressed)
        write_diagnostic(
            r, &(wr_diag){ WR_DIAG_WARNING, WR_E_LIMIT, WR_NO_OFFSET, "", "",
                           wr_json_report_kept(
                               r, wr_arena_format(r->arena, "%zu more diagnostics are not shown",
                                                  d->num_suppressed)) });
    wr_json_end_array(&r->w);
}

/* What many hosts have alike is named by its SHA-256 where it stands beside the report. */
static bool write_on_demand_object(wr_json_report *r, wr_error *err)
{
    uint8_t sha256[WR_SHA256_LEN];
    wr_out *text;
    bool ok;

    if (!wr_report_json_on_demand(r->set, &text, err))
        return false;
    if ((ok = wr_digest(WR_SHA256, wr_out_bytes(text), sha256, err))) {
        wr_json_object(&r->w, "on_demand_object");
        wr_json_hex(&r->w, "sha256", sha256, sizeof sha256);
        wr_json_uint(&r->w, "count", r->set->trust->on_demand.count);
        wr_json_end_object(&r->w);
    }
    wr_out_discard(text);
    return ok;
}

static bool write_object(wr_json_report *r, size_t i, wr_error *err)
{
    (void)err;
    wr_json_object(&r->w, NULL);
    wr_report_object_members(&r->w, &r->objects.list.items[i]);
    wr_json_end_object(&r->w);
    return true;
}

/* The certificates that the verdicts rest on, as they are, and so on. */
static bool write_objects(wr_json_report *r, wr_error *err)
{
    return wr_report_objects_of(r->set, r->copies, r->arena, &r->objects, err) &&
           wr_json_report_array(r, "objects", r->objects.list.count, WR_JSON_ROWS, write_object,
                                err);
}

static bool write_report(wr_json_report *r, const char *key, wr_report_form form, wr_error *err)
{
    const wr_result_set *set = r->set;

    wr_json_object(&r->w, key);
    write_head(r);
    write_coverage(r);
    if (!wr_json_report_array(r, "evidence", wr_evidence_count(set->evidence), WR_JSON_ROWS,
                              write_item, err))
        return false;
    wr_json_report_policies(r);
    wr_json_report_lists(r);
    if (!wr_json_report_stores(r, err) || !wr_json_report_certificates(r, err))
        return false;
    if (form == WR_REPORT_SHARED ? !write_on_demand_object(r, err)
                                 : !wr_json_report_on_demand(r, "on_demand", err))
        return false;
    if (!wr_json_report_array(r, "findings", set->trust->findings.count, WR_JSON_ROWS,
                              write_finding, err))
        return false;
    wr_json_report_requirements(r);
    wr_report_json_plan(&r->w, set->plan);
    write_diagnostics(r);
    if (form != WR_REPORT_PLAIN && !wr_json_report_facts(r, err))
        return false;
    if (form == WR_REPORT_WHOLE && !write_objects(r, err))
        return false;
    wr_json_end_object(&r->w);
    return !r->no_memory || wr_fail_memory(err);
}

bool wr_report_json_member(wr_json_writer *w, const char *key, const wr_result_set *set,
                           wr_report_form form, wr_error *err)
{
    wr_arena arena;
    wr_json_report r = { .set = set, .arena = &arena, .w = *w };
    bool ok;

    wr_arena_init(&arena, set->model->arena->cap);
    ok = wr_key_writes_find(set, &arena, &r.writes, err) &&
         (form == WR_REPORT_PLAIN || wr_report_copies_of(set->model, &arena, &r.copies, err)) &&
         write_report(&r, key, form, err);
    wr_json_report_done(&r);
    wr_arena_free(&arena);
    *w = r.w;
    return ok;
}

bool wr_report_json(const wr_result_set *set, wr_report_form form, bool compact, wr_out *out,
                    wr_error *err)
{
    wr_json_writer w;

    wr_json_start(&w, out, compact);
    if (!wr_report_json_member(&w, NULL, set, form, err))
        return false;
    wr_json_finish(&w);
    return true;
}

bool wr_report_json_on_demand(const wr_result_set *set, wr_out **out, wr_error *err)
{
    wr_arena arena;
    wr_json_report r = { .set = set, .arena = &arena };
    bool ok;

    if (!wr_out_memory(out, err))
        return false;
    wr_arena_init(&arena, set->model->arena->cap);
    wr_json_start(&r.w, *out, true);
    ok = wr_json_report_on_demand(&r, NULL, err) && (!r.no_memory || wr_fail_memory(err)) &&
         wr_out_finish(*out, err);
    wr_json_report_done(&r);
    wr_arena_free(&arena);
    if (!ok)
        wr_out_discard(*out);
    return ok;
}
