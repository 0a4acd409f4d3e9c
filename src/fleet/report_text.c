/* report_text.c - a fleet for people at a terminal: the answer first, then what it rests on, each
 * part cut where it grows long. */
#include "fleet/report.h"

#include "base/text.h"
#include "base/time.h"
#include "base/wrap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* Rows of a part; the other formats have all. */
#define ROWS 20

typedef struct telling {
    const wr_survey *s;
    wr_out *out;
    bool no_memory;
} telling;

/* One line of at most 80 columns a line, safe on a terminal, continued below its first word. */
static void line(telling *t, size_t indent, const char *fmt, ...) WR_PRINTF(3, 4);
static void line(telling *t, size_t indent, const char *fmt, ...)
{
    char *text, *safe;
    va_list ap;

    va_start(ap, fmt);
    text = wr_arena_vformat(t->s->arena, fmt, ap);
    va_end(ap);
    safe = text ? wr_arena_format(t->s->arena, "%*s%s", (int)indent, "",
                                  (const char *)wr_text_printable(t->s->arena, text))
                : NULL;
    t->no_memory |= !safe;
    if (safe)
        wr_out_wrapped(t->out, indent + 2, safe);
}

static void heading(telling *t, const char *text)
{
    wr_out_printf(t->out, "\n%s\n", text);
}

static const char *name_of(const telling *t, size_t host)
{
    const wr_surveyed *h = &t->s->hosts.items[host];
    return *h->name ? h->name : h->key;
}

static const char *hosts_of(telling *t, const wr_examples *e, size_t most)
{
    const char *all = "";

    for (size_t i = 0; all && i < e->count && i < most && i < WR_SURVEY_EXAMPLES; i++)
        all = wr_arena_format(t->s->arena, "%s%s%s", all, i ? ", " : "", name_of(t, e->hosts[i]));
    if (all && e->count > most)
        all = wr_arena_format(t->s->arena, "%s, ...", all);
    t->no_memory |= !all;
    return all ? all : "";
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void rest(telling *t, size_t shown, size_t count)
{
    if (count > shown)
        line(t, 2, "... and %zu more (--format html or json has all)", count - shown);
}

static void tell_profiles(telling *t)
{
    for (size_t i = 0; i < t->s->profiles.count; i++) {
        const wr_survey_profile *p = &t->s->profiles.items[i];

        line(t, 0, "%s: %zu PASS, %zu FAIL, %zu UNKNOWN%s", *p->title ? p->title : p->id, p->pass,
             p->fail, p->unknown, "");
        for (size_t j = 0; j < p->items.count; j++) {
            const wr_survey_item *item = &p->items.items[j];
            if (item->fail + item->unknown)
                line(t, 2, "%s: %zu FAIL, %zu UNKNOWN (%s)%s%s", item->id, item->fail,
                     item->unknown, hosts_of(t, &item->failing, 3), *item->subject ? " " : "",
                     item->subject);
        }
    }
    if (!t->s->profiles.count)
        line(t, 0, "No product's requirements were asked for.");
}

static void tell_bundles(telling *t)
{
    const wr_survey *s = t->s;

    heading(t, "THE FEWEST BUNDLES");
    if (!s->cover.num_bundles) {
        line(t, 2, "No host has a plan with steps for a script.");
        return;
    }
    line(t, 2, "%zu bundle%s; %s", s->cover.num_bundles, plural(s->cover.num_bundles),
         s->cover.is_least
             ? "fewer cannot do"
             : wr_arena_format(s->arena, "at least %zu are needed", s->cover.at_least));
    for (size_t b = 0; b < s->cover.num_bundles && b < ROWS; b++) {
        wr_examples hosts = { .count = 0 };

        for (size_t h = 0; h < s->hosts.count; h++)
            if (s->hosts.items[h].bundle == b)
                wr_examples_add(&hosts, h);
        line(t, 2, "%zu: for %zu host%s (%s)", b + 1, hosts.count, plural(hosts.count),
             hosts_of(t, &hosts, 3));
        for (size_t i = 0; i < s->actions.count; i++) {
            const wr_survey_action *a = &s->actions.items[i];
            if (wr_actions_has(&s->cover.bundles[b], i))
                line(t, 5, "%s %s%s%s%s%s", a->kind, a->store, *a->store ? " " : "",
                     *a->subject ? a->subject : a->certificate, a->key, a->name);
        }
    }
    rest(t, ROWS, s->cover.num_bundles);
}

static void tell_clusters(telling *t)
{
    const wr_survey *s = t->s;

    heading(t, "HOSTS THAT TRUST THE SAME");
    for (size_t i = 0; i < s->clusters.count && i < ROWS; i++) {
        const wr_survey_cluster *c = &s->clusters.items[i];

        line(t, 2, "%zu: %zu host%s, %zu trusted (%s)", i + 1, c->num_hosts, plural(c->num_hosts),
             c->num_trusted, hosts_of(t, &c->examples, 3));
        for (size_t j = 0; j < c->more.count && j < 5; j++)
            line(t, 5, "+ %s", c->more.items[j]->subject);
        rest(t, 5, c->more.count);
        for (size_t j = 0; j < c->fewer.count && j < 5; j++)
            line(t, 5, "- %s", c->fewer.items[j]->subject);
        rest(t, 5, c->fewer.count);
    }
    rest(t, ROWS, s->clusters.count);
}

static void tell_rare(telling *t)
{
    const wr_survey *s = t->s;

    heading(t, "RARE ROOTS");
    line(t, 2, "%zu of %zu different roots are on at most %zu host%s", s->roots.count, s->num_roots,
         s->rare, plural(s->rare));
    for (size_t i = 0; i < s->roots.count && i < ROWS; i++) {
        const wr_survey_root *r = s->roots.items[i];

        line(t, 2, "%s, sha1 %s, on %zu", r->subject, r->sha1, r->num_hosts);
        for (size_t j = 0; j < r->num_hosts && j < 3; j++) {
            char when[WR_TIME_TEXT] = "";
            if (r->where[j].has_written)
                wr_time_text(wr_time_from_unix(r->where[j].written), when);
            line(t, 5, "%s: %s%s%s", name_of(t, r->where[j].host), r->where[j].store_names,
                 *when ? ", written " : "", when);
        }
    }
    rest(t, ROWS, s->roots.count);
}

static void tell_findings(telling *t)
{
    const wr_survey *s = t->s;

    if (s->findings.count)
        heading(t, "FINDINGS");
    for (size_t i = 0; i < s->findings.count && i < ROWS; i++) {
        const wr_survey_finding *f = &s->findings.items[i];
        line(t, 2, "%s: %s (%s) on %zu host%s (%s)%s%s", f->severity, f->title, f->id,
             f->hosts.count, plural(f->hosts.count), hosts_of(t, &f->hosts, 3),
             *f->subject ? ": " : "", f->subject);
    }
    rest(t, ROWS, s->findings.count);
}

static void tell_changes(telling *t)
{
    const wr_survey *s = t->s;

    if (!s->changes.count)
        return;
    heading(t, "WHAT CHANGED");
    for (size_t i = 0; i < s->changes.count && i < ROWS; i++) {
        const wr_survey_change *c = &s->changes.items[i];

        line(t, 2, "%s, %.10s to %.10s", name_of(t, c->host),
             s->hosts.items[c->host].before_observed, s->hosts.items[c->host].observed);
        for (size_t j = 0; j < c->added.count && j < 5; j++)
            line(t, 5, "+ %s", c->added.items[j]->subject);
        rest(t, 5, c->added.count);
        for (size_t j = 0; j < c->removed.count && j < 5; j++)
            line(t, 5, "- %s", c->removed.items[j]->subject);
        rest(t, 5, c->removed.count);
        for (size_t j = 0; j < c->results.count && j < 5; j++)
            line(t, 5, "%s", c->results.items[j]);
        rest(t, 5, c->results.count);
    }
    rest(t, ROWS, s->changes.count);
}

static void tell_settings(telling *t)
{
    const wr_survey *s = t->s;

    if (s->settings.count)
        heading(t, "LISTS AND POLICIES");
    for (size_t i = 0; i < s->settings.count && i < ROWS; i++) {
        const wr_survey_setting *one = &s->settings.items[i];
        line(t, 2, "%s %s: %s on %zu host%s%s%s%s", one->kind, one->what,
             *one->value ? one->value : "not there", one->hosts.count, plural(one->hosts.count),
             *one->value ? " (" : "", *one->value ? hosts_of(t, &one->hosts, 3) : "",
             *one->value ? ")" : "");
    }
    rest(t, ROWS, s->settings.count);
}

static void tell_unread(telling *t)
{
    const wr_survey *s = t->s;
    size_t shown = 0, count = 0;

    for (size_t i = 0; i < s->hosts.count; i++) {
        const wr_surveyed *h = &s->hosts.items[i];
        if (!strcmp(h->status, "ok"))
            continue;
        if (!count++)
            heading(t, "NOT READ, OR IN PART");
        if (shown < ROWS) {
            shown++;
            line(t, 2, "%s: %s%s%s", name_of(t, i), h->status, *h->error ? ": " : "", h->error);
        }
    }
    rest(t, shown, count);
}

bool wr_fleet_text(const wr_survey *s, wr_out *out, wr_error *err)
{
    telling t = { .s = s, .out = out };

    line(&t, 0,
         "%zu host%s, %" PRIu64 " observation%s, %" PRIu64 " certificates; %zu different roots",
         s->hosts.count, plural(s->hosts.count), s->num_observations,
         plural((size_t)s->num_observations), s->num_holdings, s->num_roots);
    tell_profiles(&t);
    tell_bundles(&t);
    tell_clusters(&t);
    tell_rare(&t);
    tell_findings(&t);
    tell_changes(&t);
    tell_settings(&t);
    tell_unread(&t);
    return !t.no_memory || wr_fail_memory(err);
}
