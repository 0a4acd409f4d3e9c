/* report_html.c - a fleet as one page for people: the answer as text, the rest as data that the
 * page's script shows.  docs/fleet.md */
#include "fleet/report.h"

#include "output/html_text.h"
#include "winroots/analysis.h"

#include <inttypes.h>
#include <string.h>

#include "fleet_page.inc"

static void write_head(const wr_survey *s, wr_out *out)
{
    const char *first = "", *last = "";

    for (size_t i = 0; i < s->hosts.count; i++) {
        const char *observed = s->hosts.items[i].observed;
        if (*observed && (!*first || strcmp(observed, first) < 0))
            first = observed;
        if (*observed && strcmp(observed, last) > 0)
            last = observed;
    }
    wr_out_text(out, "<p class=\"kicker\">Root certificate trust, by winroots ");
    wr_html_text(out, wr_version());
    wr_out_printf(out, "</p>\n<h1>%zu host%s</h1>\n<p class=\"quiet\">", s->hosts.count,
                  s->hosts.count == 1 ? "" : "s");
    if (*first) {
        wr_out_printf(out, "observed from %.10s to %.10s; ", first, last);
    }
    wr_out_printf(out, "%" PRIu64 " observation%s, %" PRIu64 " certificates of hosts</p>\n",
                  s->num_observations, s->num_observations == 1 ? "" : "s", s->num_holdings);
}

static void write_profile(const wr_survey_profile *p, size_t num_hosts, wr_out *out)
{
    const size_t judged = p->pass + p->fail + p->unknown + p->other;

    wr_out_printf(out, "<div class=\"verdict %s\">\n<p class=\"line\">%s: ",
                  p->fail      ? "bad"
                  : p->unknown ? "care"
                               : "good",
                  p->fail      ? "FAIL"
                  : p->unknown ? "UNKNOWN"
                               : "PASS");
    wr_out_printf(out, "%zu of %zu host%s meet%s ", p->pass, judged, judged == 1 ? "" : "s",
                  p->pass == 1 ? "s" : "");
    wr_html_text(out, *p->title ? p->title : p->id);
    wr_out_printf(out, "</p>\n<p>%zu do%s not, %zu may or may not.", p->fail,
                  p->fail == 1 ? "es" : "", p->unknown);
    if (judged < num_hosts)
        wr_out_printf(out, " %zu of all hosts %s not judged.", num_hosts - judged,
                      num_hosts - judged == 1 ? "was" : "were");
    wr_out_text(out, "</p>\n</div>\n");
}

static void write_answer(const wr_survey *s, wr_out *out)
{
    size_t failed = 0, partial = 0, high = 0, manual = 0;

    for (size_t i = 0; i < s->hosts.count; i++) {
        failed += !strcmp(s->hosts.items[i].status, "failed");
        partial += !strcmp(s->hosts.items[i].status, "partial");
        high += s->hosts.items[i].num_high > 0;
        manual += s->hosts.items[i].num_manual > 0;
    }
    for (size_t i = 0; i < s->profiles.count; i++)
        write_profile(&s->profiles.items[i], s->hosts.count, out);
    if (!s->profiles.count)
        wr_out_text(out, "<div class=\"verdict none\"><p class=\"line\">No product\xE2\x80\x99s "
                         "requirements were asked for</p></div>\n");
    wr_out_printf(out, "<ul class=\"numbers\">\n<li><b>%zu</b> cluster%s of trust</li>\n",
                  s->clusters.count, s->clusters.count == 1 ? "" : "s");
    wr_out_printf(out, "<li><b>%zu</b> different roots</li>\n<li><b>%zu</b> rare</li>\n",
                  s->num_roots, s->roots.count);
    wr_out_printf(out, "<li><b>%zu</b> hosts with a high finding</li>\n", high);
    wr_out_printf(out, "<li><b>%zu</b> bundle%s%s</li>\n", s->cover.num_bundles,
                  s->cover.num_bundles == 1 ? "" : "s", s->cover.is_least ? ", the fewest" : "");
    if (manual)
        wr_out_printf(out, "<li><b>%zu</b> hosts need a person</li>\n", manual);
    if (s->changes.count)
        wr_out_printf(out, "<li><b>%zu</b> changed</li>\n", s->changes.count);
    if (partial)
        wr_out_printf(out, "<li><b>%zu</b> read in part</li>\n", partial);
    if (failed)
        wr_out_printf(out, "<li><b>%zu</b> not readable</li>\n", failed);
    wr_out_text(out, "</ul>\n");
}

static bool write_data(const wr_survey *s, wr_out *out, wr_error *err)
{
    wr_out *json;
    bool ok;

    if (!wr_out_memory(&json, err))
        return false;
    ok = wr_fleet_json(s, true, json, err) && wr_out_finish(json, err);
    if (ok)
        wr_html_json(out, wr_out_bytes(json));
    wr_out_discard(json);
    return ok;
}

bool wr_fleet_html(const wr_survey *s, wr_out *out, wr_error *err)
{
    for (size_t i = 0; i < sizeof page_pieces / sizeof *page_pieces; i++) {
        const char *slot = page_pieces[i].slot;

        wr_out_write(out, page_pieces[i].text, page_pieces[i].len);
        if (!slot)
            continue;
        if (!strcmp(slot, "head"))
            write_head(s, out);
        else if (!strcmp(slot, "answer"))
            write_answer(s, out);
        else if (!write_data(s, out, err))
            return false;
    }
    return true;
}
