/* report_html.c - the page around the report: the parts that stand without script. */
#include "output/report_html.h"

#include "base/text.h"
#include "output/html_page.h"
#include "output/html_text.h"
#include "output/report.h"

#include <inttypes.h>
#include <string.h>

#include "report_page.inc"

/* ---- head ---- */

static void write_title(wr_page *p)
{
    const char *name = p->set->model->host.computer_name;

    wr_page_text(p, *name ? name : "Windows host");
    wr_page_put(p, " \xE2\x80\x93 winroots");
}

static void write_head(wr_page *p)
{
    const wr_host *host = &p->set->model->host;
    const wr_trust *trust = p->set->trust;
    const wr_root *root = wr_evidence_root(p->set->evidence);
    char as_of[WR_TIME_TEXT], taken[WR_TIME_TEXT];

    wr_time_text(trust->options.as_of, as_of);
    wr_page_put(p, "<p class=\"kicker\">Root certificate trust, by winroots ");
    wr_page_text(p, p->set->version);
    wr_page_put(p, "</p>\n<h1>");
    wr_page_text(p, *host->computer_name ? host->computer_name : "A Windows host");
    wr_page_put(p, "</h1>\n<p class=\"quiet\">");
    if (host->os.known) {
        wr_page_text(p, host->os.product_name);
        wr_out_printf(p->out, ", build %" PRIu32, host->os.build);
        if (host->os.revision_known)
            wr_out_printf(p->out, ".%" PRIu32, host->os.revision);
        wr_page_put(p, "; ");
    }
    if (root && root->taken) {
        wr_time_text(root->taken, taken);
        wr_out_printf(p->out, "as it was at %s; ", taken);
    }
    if (trust->os_assumed)
        wr_page_put(p, "Windows 10 or later is assumed; ");
    if (trust->options.os_given)
        wr_out_printf(p->out, "judged as Windows %" PRIu32 ".%" PRIu32 "; ", trust->os.major,
                      trust->os.minor);
    wr_out_printf(p->out, "judged for <time>%s</time></p>\n", as_of);
}

/* ---- answer ---- */

static bool is_open(const wr_check *check)
{
    return check->requirement->required && check->parent == SIZE_MAX && check->result != WR_PASS &&
           check->result != WR_NOT_APPLICABLE;
}

/* What the first line of the answer says of one profile. */
static void write_comparison(wr_page *p, const wr_comparison *c)
{
    size_t required = 0, open = 0;

    for (size_t i = 0; i < c->checks.count; i++) {
        const wr_check *check = &c->checks.items[i];
        required += check->requirement->required && check->parent == SIZE_MAX;
        open += is_open(check);
    }
    wr_out_printf(p->out, "<div class=\"verdict %s\">\n<p class=\"line\">%s: this host %s ",
                  wr_page_look_of(c->result), wr_result_name(c->result),
                  c->result == WR_PASS   ? "meets"
                  : c->result == WR_FAIL ? "does not meet"
                                         : "may or may not meet");
    wr_page_text(p, c->profile->title);
    wr_out_printf(p->out, "</p>\n<p>%zu of %zu required item%s met.</p>\n", required - open,
                  required, required == 1 ? "" : "s");
    if (open)
        wr_page_put(p, "<ul>\n");
    for (size_t i = 0; i < c->checks.count; i++) {
        const wr_check *check = &c->checks.items[i];
        if (!is_open(check))
            continue;
        wr_page_put(p, "<li class=\"check\">");
        wr_page_badge(p, wr_page_look_of(check->result), wr_result_name(check->result));
        wr_page_put(p, " <b>");
        wr_page_name(p, check);
        wr_page_put(p, "</b>");
        wr_page_element(p, ": ", check->detail, "");
        wr_page_put(p, "</li>\n");
    }
    wr_page_put(p, open ? "</ul>\n</div>\n" : "</div>\n");
}

static void write_numbers(wr_page *p)
{
    const wr_trust *trust = p->set->trust;

    wr_out_printf(p->out, "<ul class=\"numbers\">\n<li><b>%zu</b> roots installed</li>\n",
                  trust->num_installed);
    if (trust->authroot)
        wr_out_printf(p->out, "<li><b>%zu</b> listed, not installed</li>\n",
                      trust->on_demand.count);
    for (size_t s = 0; s < WR_PAGE_SEVERITIES; s++) {
        size_t n = 0;
        for (size_t i = 0; i < trust->findings.count; i++)
            n += !strcmp(trust->findings.items[i].severity, wr_page_severities[s]);
        if (n)
            wr_out_printf(p->out, "<li><b>%zu</b> %s finding%s</li>\n", n, wr_page_severities[s],
                          n == 1 ? "" : "s");
    }
    if (p->set->diags->list.count)
        wr_out_printf(p->out, "<li><b>%zu</b> diagnostic%s</li>\n", p->set->diags->list.count,
                      p->set->diags->list.count == 1 ? "" : "s");
    wr_page_put(p, "</ul>\n");
}

/* What is wrong beside what was asked. */
static void write_high_findings(wr_page *p)
{
    const wr_trust *trust = p->set->trust;

    for (size_t i = 0; i < trust->findings.count; i++) {
        const wr_finding *f = &trust->findings.items[i];
        if (strcmp(f->severity, "high") || !wr_page_is_first_of_its_kind(trust, i))
            continue;
        wr_page_put(p, "<p>");
        wr_page_badge(p, "bad", "high finding");
        wr_page_put(p, " <a href=\"#f-");
        wr_page_text(p, f->id);
        wr_page_put(p, "\">");
        wr_page_text(p, f->title);
        wr_page_put(p, "</a></p>\n");
    }
}

static void write_not_given(wr_page *p)
{
    const wr_model *m = p->set->model;
    const struct {
        bool missing;
        const char *what;
    } rows[] = {
        { !m->has_machine_hive, "a machine hive" },
        { !m->num_user_hives, "users' hives" },
        { !p->set->trust->authroot, "a root list" },
        { !p->set->trust->disallowed, "a disallowed list" },
    };
    const char *separator = "<p class=\"quiet\">The evidence does not include ";

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].missing) {
            wr_page_put(p, separator);
            wr_page_put(p, rows[i].what);
            separator = ", ";
        }
    if (*separator == ',')
        wr_page_put(p, ": every verdict is over what was given.</p>\n");
}

static void write_answer(wr_page *p)
{
    for (size_t i = 0; i < p->set->num_comparisons; i++)
        write_comparison(p, &p->set->comparisons[i]);
    if (!p->set->num_comparisons)
        wr_page_put(
            p, "<div class=\"verdict none\"><p class=\"line\">No product\xE2\x80\x99s requirements "
               "were asked for</p>\n<p>This report says what is trusted; <code>--require "
               "PROFILE</code> also says whether that is enough.</p></div>\n");
    write_numbers(p);
    write_high_findings(p);
    write_not_given(p);
}

/* ---- chain of custody ---- */

static void write_item(wr_page *p, const wr_item *item, size_t number_of_it)
{
    wr_out_printf(p->out, "<tr><td data-label=\"Id\">e%zu</td><td data-label=\"File\">",
                  number_of_it);
    wr_page_element(p, "<span class=\"hash\">", item->path, "</span>");
    wr_page_put(p, "</td><td data-label=\"Read as\">");
    wr_page_text(p, wr_kind_name(item->kind));
    wr_page_put(p, ", ");
    wr_page_text(p, item->readable ? wr_role_name(item->role) : "not readable");
    if (item->place)
        wr_page_element(p, " at ", item->place, "");
    if (item->replay && item->replay->num_entries)
        wr_page_put(p, ", with its transaction logs applied");
    else if (item->kind == WR_KIND_REGF && item->readable && item->hive.dirty)
        wr_page_put(p, ", dirty: transaction logs not applied");
    wr_out_printf(p->out, "</td><td class=\"whole\" data-label=\"Bytes\">%" PRIu64 "</td>",
                  item->bytes);
    wr_page_put(p, "<td data-label=\"SHA-256\">");
    if (item->has_sha256) {
        char sha256[2 * WR_SHA256_LEN + 1];
        wr_text_hex_into(item->sha256, WR_SHA256_LEN, sha256);
        wr_page_element(p, "<span class=\"hash\">", sha256, "</span>");
    }
    wr_page_put(p, "</td></tr>\n");
}

/* The files that were given for this use, or for any other. */
static void write_items(wr_page *p, bool supply)
{
    const wr_evidence *ev = p->set->evidence;

    wr_page_put(
        p, "<div class=\"wide\"><table class=\"stack\"><thead><tr><th scope=\"col\">Id</th><th "
           "scope=\"col\">File</th><th scope=\"col\">Read as</th><th scope=\"col\">Bytes</th>"
           "<th scope=\"col\">SHA-256</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < wr_evidence_count(ev); i++)
        if ((wr_evidence_item(ev, i)->use == WR_USE_SUPPLY) == supply)
            write_item(p, wr_evidence_item(ev, i), i + 1);
    wr_page_put(p, "</tbody></table></div>\n");
}

static void write_custody(wr_page *p)
{
    const wr_evidence *ev = p->set->evidence;
    char as_of[WR_TIME_TEXT];
    size_t supply = 0;
    bool hashed = false;

    for (size_t i = 0; i < wr_evidence_count(ev); i++) {
        hashed |= wr_evidence_item(ev, i)->has_sha256;
        supply += wr_evidence_item(ev, i)->use == WR_USE_SUPPLY;
    }
    wr_time_text(p->set->trust->options.as_of, as_of);
    wr_page_put(p, "<dl><dt>Made by</dt><dd>winroots ");
    wr_page_text(p, p->set->version);
    wr_out_printf(p->out, "</dd><dt>Judged for</dt><dd>%s</dd>", as_of);
    if (p->set->command_line)
        wr_page_element(p, "<dt>Command line</dt><dd><code>", p->set->command_line, "</code></dd>");
    wr_page_put(p, "<dt>Evidence</dt><dd>");
    wr_out_printf(p->out, "%zu file%s; read only, never written to</dd></dl>\n",
                  wr_evidence_count(ev), wr_evidence_count(ev) == 1 ? "" : "s");
    write_items(p, false);
    if (supply) {
        wr_out_printf(p->out,
                      "<details class=\"appendix\"><summary>%zu file%s of supply: certificates for "
                      "remediation, never trusted</summary>\n",
                      supply, supply == 1 ? "" : "s");
        write_items(p, true);
        wr_page_put(p, "</details>\n");
    }
    if (!hashed)
        wr_page_put(
            p, "<p class=\"quiet\">The files were not hashed; <code>--hash</code> does it.</p>\n");
}

static bool write_report(wr_page *p, wr_error *err)
{
    wr_out *json;
    bool ok;

    if (!wr_out_memory(&json, err))
        return false;
    ok = wr_report_json(p->set, WR_REPORT_PLAIN, true, json, err) && wr_out_finish(json, err);
    if (ok)
        wr_html_json(p->out, wr_out_bytes(json));
    wr_out_discard(json);
    return ok;
}

/* ---- the page ---- */

static const struct {
    const char *name;
    void (*write)(wr_page *p);
} slots[] = { { "title", write_title },         { "head", write_head },
              { "answer", write_answer },       { "requirements", wr_page_requirements },
              { "findings", wr_page_findings }, { "custody", write_custody } };

static bool write_slot(wr_page *p, const char *name, wr_error *err)
{
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (!strcmp(slots[i].name, name)) {
            slots[i].write(p);
            return !p->no_memory || wr_fail_memory(err);
        }
    return write_report(p, err);
}

bool wr_report_html(const wr_result_set *set, wr_out *out, wr_error *err)
{
    wr_arena arena;
    wr_page p = { .set = set, .arena = &arena, .out = out };
    bool ok = true;

    wr_arena_init(&arena, set->model->arena->cap);
    for (size_t i = 0; ok && i < sizeof page_pieces / sizeof *page_pieces; i++) {
        wr_out_write(out, page_pieces[i].text, page_pieces[i].len);
        ok = !page_pieces[i].slot || write_slot(&p, page_pieces[i].slot, err);
    }
    wr_arena_free(&arena);
    return ok;
}
