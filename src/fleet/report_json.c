/* report_json.c - winroots.fleet/1, docs/fleet.schema.json. */
#include "fleet/report.h"

#include "base/time.h"
#include "winroots/analysis.h"

#include <string.h>

static void text(wr_json_writer *w, const char *key, const char *value)
{
    if (value && *value)
        wr_json_text(w, key, value);
}

const wr_outcome *wr_fleet_outcome(const wr_surveyed *host, size_t profile)
{
    for (size_t i = 0; i < host->outcomes.count; i++)
        if (host->outcomes.items[i]->profile == profile)
            return host->outcomes.items[i];
    return NULL;
}

/* Indexes of hosts[]: the first few. */
static void examples(wr_json_writer *w, const char *key, const wr_examples *e)
{
    wr_json_array(w, key);
    for (size_t i = 0; i < e->count && i < WR_SURVEY_EXAMPLES; i++)
        wr_json_uint(w, NULL, e->hosts[i]);
    wr_json_end_array(w);
}

static void counts(wr_json_writer *w, size_t pass, size_t fail, size_t unknown, size_t other)
{
    wr_json_uint(w, "pass", pass);
    wr_json_uint(w, "fail", fail);
    wr_json_uint(w, "unknown", unknown);
    wr_json_uint(w, "not_applicable", other);
}

static void write_hosts(wr_json_writer *w, const wr_survey *s)
{
    wr_json_array(w, "hosts");
    for (size_t i = 0; i < s->hosts.count; i++) {
        const wr_surveyed *h = &s->hosts.items[i];

        wr_json_object(w, NULL);
        wr_json_text(w, "key", h->key);
        text(w, "name", h->name);
        text(w, "observed", h->observed);
        text(w, "as_of", h->as_of);
        wr_json_text(w, "status", h->status);
        text(w, "error", h->error);
        text(w, "evidence", h->evidence);
        text(w, "os", h->product);
        if (h->build)
            wr_json_int(w, "build", h->build);
        wr_json_uint(w, "observations", h->num_observations);
        if (h->has_report) {
            wr_json_uint(w, "certificates", h->num_certificates);
            wr_json_uint(w, "trusted", h->num_trusted);
            wr_json_uint(w, "cluster", h->cluster);
            wr_json_uint(w, "high", h->num_high);
            wr_json_uint(w, "medium", h->num_medium);
        }
        if (s->profiles.count) {
            wr_json_array(w, "results");
            for (size_t p = 0; p < s->profiles.count; p++) {
                const wr_outcome *o = wr_fleet_outcome(h, p);
                wr_json_text(w, NULL, o ? o->result : "");
            }
            wr_json_end_array(w);
        }
        if (h->bundle != SIZE_MAX)
            wr_json_uint(w, "bundle", h->bundle);
        if (h->num_manual)
            wr_json_uint(w, "manual", h->num_manual);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_profiles(wr_json_writer *w, const wr_survey *s)
{
    wr_json_array(w, "profiles");
    for (size_t i = 0; i < s->profiles.count; i++) {
        const wr_survey_profile *p = &s->profiles.items[i];

        wr_json_object(w, NULL);
        wr_json_text(w, "profile", p->id);
        text(w, "title", p->title);
        text(w, "version", p->version);
        counts(w, p->pass, p->fail, p->unknown, p->other);
        wr_json_array(w, "items");
        for (size_t j = 0; j < p->items.count; j++) {
            const wr_survey_item *item = &p->items.items[j];
            wr_json_object(w, NULL);
            wr_json_text(w, "id", item->id);
            text(w, "subject", item->subject);
            text(w, "certificate", item->certificate);
            text(w, "severity", item->severity);
            counts(w, item->pass, item->fail, item->unknown, item->other);
            examples(w, "not_met_on", &item->failing);
            wr_json_end_object(w);
        }
        wr_json_end_array(w);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void root_name(wr_json_writer *w, const wr_survey_root *r)
{
    text(w, "sha256", r->sha256);
    text(w, "sha1", r->sha1);
    text(w, "subject", r->subject);
}

static void write_roots(wr_json_writer *w, const char *key, const wr_survey_root *const *roots,
                        size_t count)
{
    wr_json_array(w, key);
    for (size_t i = 0; i < count; i++) {
        wr_json_object(w, NULL);
        root_name(w, roots[i]);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_clusters(wr_json_writer *w, const wr_survey *s)
{
    wr_json_array(w, "clusters");
    for (size_t i = 0; i < s->clusters.count; i++) {
        const wr_survey_cluster *c = &s->clusters.items[i];

        wr_json_object(w, NULL);
        wr_json_int(w, "trust_set", c->trust_set);
        wr_json_uint(w, "hosts", c->num_hosts);
        wr_json_uint(w, "trusted", c->num_trusted);
        examples(w, "examples", &c->examples);
        write_roots(w, "more", c->more.items, c->more.count);
        write_roots(w, "fewer", c->fewer.items, c->fewer.count);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_rare(wr_json_writer *w, const wr_survey *s)
{
    wr_json_array(w, "rare_roots");
    for (size_t i = 0; i < s->roots.count; i++) {
        const wr_survey_root *r = s->roots.items[i];

        wr_json_object(w, NULL);
        root_name(w, r);
        text(w, "not_after", r->not_after);
        wr_json_uint(w, "hosts", r->num_hosts);
        wr_json_array(w, "where");
        for (size_t j = 0; j < r->num_hosts && j < WR_SURVEY_EXAMPLES; j++) {
            wr_json_object(w, NULL);
            wr_json_uint(w, "host", r->where[j].host);
            text(w, "stores", r->where[j].store_names);
            if (r->where[j].has_written)
                wr_json_time(w, "last_write", wr_time_from_unix(r->where[j].written));
            wr_json_end_object(w);
        }
        wr_json_end_array(w);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_findings(wr_json_writer *w, const wr_survey *s)
{
    wr_json_array(w, "findings");
    for (size_t i = 0; i < s->findings.count; i++) {
        const wr_survey_finding *f = &s->findings.items[i];

        wr_json_object(w, NULL);
        wr_json_text(w, "id", f->id);
        text(w, "severity", f->severity);
        text(w, "title", f->title);
        text(w, "detail", f->detail);
        text(w, "certificate", f->certificate);
        text(w, "subject", f->subject);
        wr_json_uint(w, "hosts", f->hosts.count);
        examples(w, "examples", &f->hosts);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_settings(wr_json_writer *w, const wr_survey *s)
{
    wr_json_array(w, "settings");
    for (size_t i = 0; i < s->settings.count; i++) {
        const wr_survey_setting *one = &s->settings.items[i];

        wr_json_object(w, NULL);
        wr_json_text(w, "kind", one->kind);
        wr_json_text(w, "name", one->what);
        text(w, "value", one->value);
        wr_json_uint(w, "hosts", one->hosts.count);
        if (*one->value)
            examples(w, "examples", &one->hosts);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_changes(wr_json_writer *w, const wr_survey *s)
{
    wr_json_array(w, "changes");
    for (size_t i = 0; i < s->changes.count; i++) {
        const wr_survey_change *c = &s->changes.items[i];

        wr_json_object(w, NULL);
        wr_json_uint(w, "host", c->host);
        text(w, "before", s->hosts.items[c->host].before_observed);
        text(w, "now", s->hosts.items[c->host].observed);
        write_roots(w, "added", c->added.items, c->added.count);
        write_roots(w, "removed", c->removed.items, c->removed.count);
        wr_json_array(w, "results");
        for (size_t j = 0; j < c->results.count; j++)
            wr_json_text(w, NULL, c->results.items[j]);
        wr_json_end_array(w);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_bundles(wr_json_writer *w, const wr_survey *s)
{
    wr_json_object(w, "bundles");
    wr_json_uint(w, "count", s->cover.num_bundles);
    wr_json_uint(w, "at_least", s->cover.at_least);
    wr_json_bool(w, "is_least", s->cover.is_least);
    wr_json_array(w, "bundles");
    for (size_t b = 0; b < s->cover.num_bundles; b++) {
        size_t num_hosts = 0;

        for (size_t h = 0; h < s->hosts.count; h++)
            num_hosts += s->hosts.items[h].bundle == b;
        wr_json_object(w, NULL);
        wr_json_uint(w, "hosts", num_hosts);
        wr_json_array(w, "actions");
        for (size_t i = 0; i < s->actions.count; i++) {
            const wr_survey_action *a = &s->actions.items[i];
            if (!wr_actions_has(&s->cover.bundles[b], i))
                continue;
            wr_json_object(w, NULL);
            wr_json_text(w, "action", a->kind);
            text(w, "store", a->store);
            text(w, "certificate", a->certificate);
            text(w, "subject", a->subject);
            text(w, "key", a->key);
            text(w, "name", a->name);
            text(w, "data", a->data);
            wr_json_end_object(w);
        }
        wr_json_end_array(w);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
    wr_json_end_object(w);
}

bool wr_fleet_json(const wr_survey *s, bool compact, wr_out *out, wr_error *err)
{
    wr_json_writer w;

    (void)err;
    wr_json_start(&w, out, compact);
    wr_json_object(&w, NULL);
    wr_json_text(&w, "schema", "winroots.fleet/1");
    wr_json_object(&w, "tool");
    wr_json_text(&w, "name", "winroots");
    wr_json_text(&w, "version", wr_version());
    wr_json_end_object(&w);
    wr_json_uint(&w, "observations", s->num_observations);
    wr_json_uint(&w, "holdings", s->num_holdings);
    wr_json_uint(&w, "roots", s->num_roots);
    wr_json_uint(&w, "rare", s->rare);
    write_hosts(&w, s);
    write_profiles(&w, s);
    write_clusters(&w, s);
    write_rare(&w, s);
    write_findings(&w, s);
    write_settings(&w, s);
    write_changes(&w, s);
    write_bundles(&w, s);
    wr_json_end_object(&w);
    wr_json_finish(&w);
    return true;
}
