/* report_text.c - the report for a terminal: what was asked, what was given, the answer, then what
 * it rests on.  80 columns, but for words that are longer. */
#include "output/report.h"

#include "base/text.h"
#include "base/wrap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

typedef struct text_report {
    const wr_result_set *set;
    wr_arena *arena;
    wr_out *out;
    bool colours;
    bool no_memory;
} text_report;

/* Column at which what stands behind a label begins. */
#define BEHIND_LABEL 10

/* One line, which goes on at `indent` where it is too long. */
static void line(text_report *r, size_t indent, const char *fmt, ...) WR_PRINTF(3, 4);
static void line(text_report *r, size_t indent, const char *fmt, ...)
{
    const char *text;
    va_list ap;

    va_start(ap, fmt);
    text = wr_arena_vformat(r->arena, fmt, ap);
    va_end(ap);
    if (text)
        wr_out_wrapped(r->out, indent, text);
    else
        r->no_memory = true;
}

/* A result or severity in its colour, where it has one. */
static const char *painted(text_report *r, const char *name)
{
    static const struct {
        const char *name, *colour;
    } colours[] = {
        { "PASS", "32" },  { "FAIL", "31" },    { "UNKNOWN", "33" },
        { "ERROR", "31" }, { "high", "31" },    { "medium", "33" },
        { "low", "36" },   { "skipped", "31" }, { "warning", "33" },
    };
    const char *text;

    for (size_t i = 0; r->colours && i < sizeof colours / sizeof *colours; i++)
        if (!strcmp(name, colours[i].name)) {
            text = wr_arena_format(r->arena, "\x1b[%sm%s\x1b[0m", colours[i].colour, name);
            r->no_memory |= !text;
            return text ? text : "";
        }
    return name;
}

/* Spaces that bring a name of this length to `width`. */
static int padding(const char *name, size_t width)
{
    size_t len = strlen(name);
    return len < width ? (int)(width - len) : 0;
}

/* Text from evidence or profile, made safe for a terminal. */
static const char *safe(text_report *r, const char *text)
{
    const char *printable = wr_text_printable(r->arena, text);
    r->no_memory |= !printable;
    return printable ? printable : "";
}

static const char *place(text_report *r, const char *source, const char *path)
{
    const char *text = wr_source_text(r->set, r->arena, source, path, WR_NO_OFFSET);
    r->no_memory |= !text;
    return text ? safe(r, text) : "";
}

typedef struct short_date {
    char text[WR_TIME_TEXT];
} short_date;

static short_date day(wr_time t)
{
    short_date d;
    wr_time_text(t, d.text);
    if (strlen(d.text) >= 20)
        d.text[10] = '\0';
    return d;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* A list that continues on lines of its own behind one label. */
static const char *label_once(const char **label)
{
    const char *text = *label;
    *label = "";
    return text;
}

static void write_asked(text_report *r)
{
    const char *label = "Asked";

    if (!r->set->num_comparisons)
        line(r, BEHIND_LABEL, "%-9s what is trusted; no requirements (--require PROFILE)", label);
    for (size_t i = 0; i < r->set->num_comparisons; i++) {
        const wr_profile *p = r->set->comparisons[i].profile;
        line(r, BEHIND_LABEL, "%-9s %s: %s", label_once(&label), safe(r, p->id), safe(r, p->title));
    }
}

static const char *hive_state(const wr_item *item)
{
    if (item->replay && item->replay->num_entries)
        return ", with its transaction logs applied";
    return item->kind == WR_KIND_REGF && item->hive.dirty ? ", DIRTY: transaction logs not applied"
                                                          : "";
}

static void write_given(text_report *r)
{
    const wr_evidence *ev = r->set->evidence;
    const char *label = "Given";
    size_t supply = 0;

    for (size_t i = 0; i < wr_evidence_count(ev); i++) {
        const wr_item *item = wr_evidence_item(ev, i);
        if (item->role == WR_ROLE_SUPPLY && item->readable) {
            supply++;
            continue;
        }
        line(r, BEHIND_LABEL, "%-9s e%zu %s (%s%s%s%s%s%s)", label_once(&label), i + 1,
             safe(r, item->path), wr_kind_name(item->kind),
             item->readable ? ", " : ", not readable",
             item->readable ? wr_role_name(item->role) : "", item->place ? " at " : "",
             item->place ? safe(r, item->place) : "", hive_state(item));
    }
    if (supply)
        wr_out_printf(r->out, "%-9s %zu file%s of supply, %zu certificate%s\n", label_once(&label),
                      supply, plural(supply), r->set->model->supply.count,
                      plural(r->set->model->supply.count));
}

static void write_not_given(text_report *r)
{
    const wr_model *m = r->set->model;
    const struct {
        bool missing;
        const char *what;
    } rows[] = {
        { !m->has_machine_hive, "machine hive" },
        { !m->num_user_hives, "user hives" },
        { !r->set->trust->authroot, "root list" },
        { !r->set->trust->disallowed, "disallowed list" },
    };
    const char *separator = "";

    wr_out_printf(r->out, "%-9s ", "Not given");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].missing) {
            wr_out_printf(r->out, "%s%s", separator, rows[i].what);
            separator = ", ";
        }
    wr_out_text(r->out, *separator ? "\n" : "nothing is missing\n");
}

static void write_host(text_report *r)
{
    const wr_host *host = &r->set->model->host;
    const wr_trust *trust = r->set->trust;

    wr_out_printf(r->out, "%-9s %s", "Host", safe(r, host->computer_name));
    if (host->os.known) {
        wr_out_printf(r->out, "%s%s, build %" PRIu32, *host->computer_name ? ", " : "",
                      safe(r, host->os.product_name), host->os.build);
        if (host->os.revision_known)
            wr_out_printf(r->out, ".%" PRIu32, host->os.revision);
    }
    if (trust->os_assumed)
        wr_out_printf(r->out, "%sWindows 10 or later is assumed (--os)",
                      *host->computer_name ? ", " : "");
    if (trust->options.os_given)
        wr_out_printf(r->out, " (judged as Windows %" PRIu32 ".%" PRIu32 ")", trust->os.major,
                      trust->os.minor);
    wr_out_text(r->out, "\n");
}

static void write_lists(text_report *r)
{
    const wr_model *m = r->set->model;
    const char *label = "Lists";

    for (size_t i = 0; i < m->lists.count; i++) {
        const wr_list *list = &m->lists.items[i];
        const wr_list_trust *l = &r->set->trust->lists[i];
        line(r, BEHIND_LABEL, "%-9s %s of %s, %zu entries, signature %s%s%s", label_once(&label),
             wr_ctl_kind_name(list->ctl->kind), day(list->ctl->this_update).text,
             list->ctl->entries.count, wr_signature_status_name(l->signature.status),
             l->in_force ? ", in force" : "; not used: ", l->why_not);
    }
}

/* Every store that holds something, in lines that fit a terminal. */
static void write_stores(text_report *r)
{
    const wr_model *m = r->set->model;
    const char *label = "Stores", *separator = "";
    size_t column = 0;

    for (size_t i = 0; i < m->stores.count; i++) {
        const wr_store *s = &m->stores.items[i];
        const char *text;
        if (!s->num_certificates && !s->num_skipped)
            continue;
        text = wr_arena_format(r->arena, "%s/%s %zu%s", safe(r, s->location_text), safe(r, s->name),
                               s->num_certificates, s->num_skipped ? " (some not readable)" : "");
        if (!text) {
            r->no_memory = true;
            return;
        }
        if (!column || column + wr_text_width(text) + 2 > WR_LINE_WIDTH) {
            wr_out_printf(r->out, "%s%-9s %s", column ? ",\n" : "", label_once(&label), text);
            column = BEHIND_LABEL + wr_text_width(text);
        } else {
            wr_out_printf(r->out, "%s%s", separator, text);
            column += wr_text_width(text) + 2;
        }
        separator = ", ";
    }
    if (column)
        wr_out_text(r->out, "\n");
}

static size_t count_in(const wr_model *m, wr_location location, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < m->stores.count; i++)
        if (m->stores.items[i].location == location && !strcmp(m->stores.items[i].name, name))
            n += m->stores.items[i].num_certificates;
    return n;
}

static void write_counts(text_report *r)
{
    const wr_model *m = r->set->model;

    line(r, BEHIND_LABEL,
         "%-9s %zu installed (%zu in Root, %zu in AuthRoot, %zu by policy, %zu enterprise)",
         "Roots", r->set->trust->num_installed, count_in(m, WR_LM, "Root"),
         count_in(m, WR_LM, "AuthRoot"), count_in(m, WR_LM_GROUP_POLICY, "Root"),
         count_in(m, WR_LM_ENTERPRISE, "Root"));
    if (r->set->trust->authroot)
        line(r, BEHIND_LABEL, "%-9s %zu on demand: listed, not installed, %s", "",
             r->set->trust->on_demand.count,
             r->set->trust->root_auto_update
                 ? "fetched when a chain needs one"
                 : "blocked, since root auto-update is off; crypt32.dll may hold some");
}

static void write_deleted(text_report *r)
{
    const wr_deleted *d = r->set->model->deleted;

    if (d)
        wr_out_printf(r->out, "%-9s %zu certificate%s found again%s\n", "Deleted",
                      d->model.certificates.count, plural(d->model.certificates.count),
                      d->model.certificates.count ? "; nothing else here rests on them" : "");
}

static void write_checks(text_report *r, const wr_comparison *c)
{
    for (size_t i = 0; i < c->checks.count; i++) {
        const wr_check *check = &c->checks.items[i];
        const wr_requirement *q = check->requirement;
        const char *result = wr_result_name(check->result);
        line(r, 11, "  %s%s%*s %s%s%s%s%s", check->parent == SIZE_MAX ? "" : "  ",
             painted(r, result), padding(result, 8), "", safe(r, q->id),
             q->required ? "" : " (recommended)", *check->state ? " [" : "", check->state,
             *check->state ? "]" : "");
        if (q->certificate && *q->certificate->subject)
            line(r, 11, "%11s%s", "", safe(r, q->certificate->subject));
        if (*check->detail)
            line(r, 11, "%11s%s", "", safe(r, check->detail));
    }
}

/* A list that was read in part may lack what its vendor requires: no PASS without saying so. */
static void write_incomplete(text_report *r, const wr_profile *profile)
{
    const char *list = "";

    for (size_t i = 0; list && i < profile->sources.count; i++) {
        const wr_profile_source *source = &profile->sources.items[i];
        if (strcmp(source->completeness, "complete") != 0)
            list = wr_arena_format(r->arena, "%s%s%s (%s)", list, *list ? ", " : "",
                                   safe(r, source->id), source->completeness);
    }
    r->no_memory |= !list;
    if (list && *list)
        line(r, 4, "  The profile may lack items; not read whole: %s", list);
}

static void write_answer(text_report *r)
{
    for (size_t i = 0; i < r->set->num_comparisons; i++) {
        const wr_comparison *c = &r->set->comparisons[i];
        wr_out_text(r->out, "\n");
        line(r, 2, "%s: this host %s %s", painted(r, wr_result_name(c->result)),
             c->result == WR_PASS   ? "meets"
             : c->result == WR_FAIL ? "does not meet"
                                    : "may or may not meet",
             safe(r, c->profile->id));
        write_incomplete(r, c->profile);
        write_checks(r, c);
    }
}

static void write_action(text_report *r, const wr_action *a)
{
    const char *kind = wr_action_kind_name(a->kind);
    char sha1[2 * WR_SHA1_LEN + 1];

    if (a->certificate) {
        wr_text_hex_into(a->certificate->sha1, WR_SHA1_LEN, sha1);
        line(r, 13, "  %-10s %s%s%s", kind, a->store ? a->store : "",
             a->store && *a->store ? " " : "", sha1);
        kind = "";
    }
    line(r, 13, "  %-10s %s", kind, safe(r, a->reason));
    for (size_t i = 0; i < a->widens.count; i++)
        wr_out_printf(r->out, "%s%s%s",
                      i ? ", " : "             widens trust to: ", a->widens.items[i],
                      i + 1 == a->widens.count ? "\n" : "");
}

static void write_plan(text_report *r)
{
    const wr_plan *plan = r->set->plan;

    if (!plan || !plan->actions.count)
        return;
    wr_out_text(r->out, "\nWhat would fix it\n");
    for (size_t i = 0; i < plan->actions.count; i++)
        write_action(r, &plan->actions.items[i]);
}

static const char *short_name(text_report *r, const wr_certificate *c)
{
    const char *name;
    wr_error damage;

    if (!wr_x509_short_name(c->x509.subject, r->arena, &name, &damage)) {
        r->no_memory |= damage.code == WR_E_NO_MEMORY;
        name = "(name cannot be decoded)";
    }
    return safe(r, name);
}

/* One letter a status: what a column of the matrix shows. */
static char mark(wr_status status)
{
    static const char marks[] = { 'Y', '~', '?', '-', 'X' };
    return marks[status];
}

#define NAME_COLUMN 21

static void write_marks(text_report *r, const wr_certificate *c, const char *marks)
{
    char sha1[2 * WR_SHA1_LEN + 1];

    wr_text_hex_into(c->sha1, WR_SHA1_LEN, sha1);
    line(r, NAME_COLUMN, "  %s  %s  %s", marks, day(c->x509.not_after).text, short_name(r, c));
    wr_out_printf(r->out, "%*s%s\n", NAME_COLUMN, "", sha1);
}

static void write_matrix(text_report *r)
{
    const wr_model *m = r->set->model;
    bool any = false;

    for (size_t i = 0; i < m->certificates.count; i++) {
        const wr_certificate_trust *t = &r->set->trust->certificates[i];
        char marks[WR_NUM_STANDARD_PURPOSES + 1] = { 0 };

        if (!t->installed)
            continue;
        if (!any)
            wr_out_text(
                r->out,
                "\nInstalled roots, for Server, Client, cOde, Email, Time stamps\n"
                "  (Y trusted, ~ under a condition, - not trusted, X distrusted, ? unknown)\n"
                "  SCOET  until       name, thumbprint\n");
        any = true;
        for (size_t p = 0; p < WR_NUM_STANDARD_PURPOSES; p++)
            marks[p] = mark(t->machine.items[p].status);
        write_marks(r, &m->certificates.items[i], marks);
    }
}

/* The machine's verdicts with those laid over them that differ for the scope. */
static void write_scope_row(text_report *r, size_t certificate, const wr_scope_trust *own)
{
    const wr_certificate_trust *t = &r->set->trust->certificates[certificate];
    char marks[WR_NUM_STANDARD_PURPOSES + 1] = { 0 };

    for (size_t p = 0; p < WR_NUM_STANDARD_PURPOSES; p++) {
        marks[p] = mark(t->machine.items[p].status);
        for (size_t i = 0; i < own->different.count; i++)
            if (wr_view_equal(own->different.items[i].purpose->oid_contents,
                              t->machine.items[p].purpose->oid_contents))
                marks[p] = mark(own->different.items[i].status);
    }
    write_marks(r, &r->set->model->certificates.items[certificate], marks);
}

static void write_scopes(text_report *r)
{
    const wr_trust *trust = r->set->trust;
    bool any = false;

    for (size_t s = 0; s < trust->scopes.list.count; s++) {
        const wr_scope *scope = &trust->scopes.list.items[s], *written = NULL;
        for (size_t i = 0; i < r->set->model->certificates.count; i++)
            for (size_t j = 0; j < trust->certificates[i].scopes.count; j++) {
                const wr_scope_trust *own = &trust->certificates[i].scopes.items[j];
                if (own->scope != scope)
                    continue;
                if (!any)
                    wr_out_text(r->out, "\nUsers and services, where they differ\n");
                if (written != scope)
                    wr_out_printf(r->out, "  %s\n", safe(r, scope->text));
                any = true;
                written = scope;
                write_scope_row(r, i, own);
            }
    }
}

static void write_finding(text_report *r, const wr_finding *f)
{
    const wr_certificate *c = f->certificate;

    if (c) {
        char sha1[2 * WR_SHA1_LEN + 1];
        wr_text_hex_into(c->sha1, WR_SHA1_LEN, sha1);
        line(r, 46, "    %s  %s", sha1, short_name(r, c));
    } else if (*f->source) {
        line(r, 6, "    %s", place(r, f->source, f->path));
    }
    line(r, 6, "      %s", safe(r, f->detail));
}

/* Findings of one kind stand together: its line, then each certificate or place. */
static void write_findings_of(text_report *r, const wr_finding *kind)
{
    const wr_trust *trust = r->set->trust;

    line(r, 4, "  %s: %s [%s]", painted(r, kind->severity), kind->title, kind->id);
    for (size_t i = 0; i < trust->findings.count; i++)
        if (trust->findings.items[i].id == kind->id)
            write_finding(r, &trust->findings.items[i]);
}

static bool is_first_of_its_kind(const wr_trust *trust, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (trust->findings.items[j].id == trust->findings.items[i].id)
            return false;
    return true;
}

static void write_findings(text_report *r)
{
    static const char *const severities[] = { "high", "medium", "low", "info" };
    const wr_trust *trust = r->set->trust;

    if (trust->findings.count)
        wr_out_text(r->out, "\nFindings\n");
    for (size_t s = 0; s < sizeof severities / sizeof *severities; s++)
        for (size_t i = 0; i < trust->findings.count; i++)
            if (!strcmp(trust->findings.items[i].severity, severities[s]) &&
                is_first_of_its_kind(trust, i))
                write_findings_of(r, &trust->findings.items[i]);
}

static void write_diagnostics(text_report *r)
{
    const wr_diags *d = r->set->diags;

    if (d->list.count + d->num_suppressed)
        wr_out_text(r->out, "\nDiagnostics\n");
    for (size_t i = 0; i < d->list.count; i++) {
        const wr_diag *diag = &d->list.items[i];
        const char *at = wr_source_text(r->set, r->arena, diag->source, diag->path, diag->offset);
        const char *severity = wr_severity_name(diag->severity);
        r->no_memory |= !at;
        line(r, 10, "  %s%*s %s%s%s", painted(r, severity), padding(severity, 7), "",
             at ? safe(r, at) : "", at && *at ? ": " : "", safe(r, diag->message));
    }
    if (d->num_suppressed)
        wr_out_printf(r->out, "  %zu more are not shown\n", d->num_suppressed);
}

bool wr_report_text(const wr_result_set *set, bool colours, wr_out *out, wr_error *err)
{
    wr_arena arena;
    text_report r = { .set = set, .arena = &arena, .out = out, .colours = colours };

    wr_arena_init(&arena, set->model->arena->cap);
    wr_out_printf(out, "winroots %s: what this Windows host trusts, judged for %s\n\n",
                  set->version, day(set->trust->options.as_of).text);
    write_asked(&r);
    write_given(&r);
    write_not_given(&r);
    write_host(&r);
    write_lists(&r);
    write_stores(&r);
    write_counts(&r);
    write_deleted(&r);
    write_answer(&r);
    write_plan(&r);
    write_matrix(&r);
    write_scopes(&r);
    write_findings(&r);
    write_diagnostics(&r);
    wr_arena_free(&arena);
    return !r.no_memory || wr_fail_memory(err);
}
