/* report_sarif.c - findings, and requirements that are not met, as SARIF 2.1.0.  docs/report.md. */
#include "output/members.h"
#include "output/report_part.h"
#include "trust/finding.h"

#include "base/text.h"

#include <string.h>

typedef struct sarif {
    wr_report *r;
    wr_json_writer w;
} sarif;

static const char *level_of(const char *severity)
{
    static const char *const levels[][2] = {
        { "high", "error" }, { "medium", "warning" }, { "low", "note" }, { "info", "note" }
    };

    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (!strcmp(severity, levels[i][0]))
            return levels[i][1];
    return "none";
}

/* SPEC SARIF 2.1.0, 3.11: a message may hold links in brackets and placeholders in braces, so that
 * both are escaped in text that evidence wrote. */
static void write_message(sarif *s, const char *key, const char *text)
{
    const char *from = wr_report_safe(s->r, text);
    char *to, *message = WR_NEW(s->r->arena, char, 2 * strlen(from) + 1);

    if (!message) {
        s->r->no_memory = true;
        return;
    }
    for (to = message; *from; from++) {
        if (*from == '[' || *from == ']')
            *to++ = '\\';
        if (*from == '{' || *from == '}')
            *to++ = *from;
        *to++ = *from;
    }
    wr_json_object(&s->w, key);
    wr_json_text(&s->w, "text", message);
    wr_json_end_object(&s->w);
}

static void write_rule(sarif *s, const char *id, const char *title, const char *level,
                       const char *attack)
{
    wr_json_object(&s->w, NULL);
    wr_json_text(&s->w, "id", id);
    write_message(s, "shortDescription", title);
    wr_json_object(&s->w, "defaultConfiguration");
    wr_json_text(&s->w, "level", level);
    wr_json_end_object(&s->w);
    if (*attack) {
        wr_json_object(&s->w, "properties");
        wr_json_array(&s->w, "tags");
        wr_json_text(&s->w, NULL,
                     wr_report_kept(s->r, wr_arena_format(s->r->arena, "attack:%s", attack)));
        wr_json_end_array(&s->w);
        wr_json_end_object(&s->w);
    }
    wr_json_end_object(&s->w);
}

static void write_rules(sarif *s)
{
    const wr_finding_kind *kind;

    wr_json_array(&s->w, "rules");
    for (size_t i = 0; (kind = wr_finding_kind_at(i)); i++)
        write_rule(s, kind->id, kind->title, level_of(kind->severity), kind->attack);
    write_rule(s, "requirement", "A profile's requirement is not met", "error", "");
    wr_json_end_array(&s->w);
}

static void write_tool(sarif *s)
{
    wr_json_object(&s->w, "tool");
    wr_json_object(&s->w, "driver");
    wr_json_text(&s->w, "name", "winroots");
    wr_json_text(&s->w, "version", s->r->set->version);
    wr_json_text(&s->w, "semanticVersion", s->r->set->version);
    write_rules(s);
    wr_json_end_object(&s->w);
    wr_json_end_object(&s->w);
}

/* A path as a reference of RFC 3986: with a scheme where it is absolute, and every byte but the
 * unreserved ones escaped, so that no name becomes a scheme, a query or a host. */
static const char *uri_of(sarif *s, const char *path)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    static const char digits[] = "0123456789ABCDEF";
    static const char scheme[] = "file://";
    char *uri = WR_NEW(s->r->arena, char, sizeof scheme + 3 * strlen(path)), *to = uri;

    if (!uri)
        return wr_report_kept(s->r, NULL);
    if (*path == '/') {
        memcpy(uri, scheme, sizeof scheme - 1);
        to += sizeof scheme - 1;
    }
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (strchr(plain, c)) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = digits[c >> 4];
            *to++ = digits[c & 15];
        }
    }
    return uri;
}

static void write_artifacts(sarif *s)
{
    const wr_evidence *ev = s->r->set->evidence;

    wr_json_array(&s->w, "artifacts");
    for (size_t i = 0; i < wr_evidence_count(ev); i++) {
        const wr_item *item = wr_evidence_item(ev, i);
        wr_json_object(&s->w, NULL);
        wr_json_object(&s->w, "location");
        wr_json_text(&s->w, "uri", uri_of(s, item->path));
        wr_json_uint(&s->w, "index", i);
        wr_json_end_object(&s->w);
        wr_json_uint(&s->w, "length", item->bytes);
        if (item->has_sha256) {
            wr_json_object(&s->w, "hashes");
            wr_json_hex(&s->w, "sha-256", item->sha256, sizeof item->sha256);
            wr_json_end_object(&s->w);
        }
        wr_json_end_object(&s->w);
    }
    wr_json_end_array(&s->w);
}

/* The file, and the key in it. */
static void write_location(sarif *s, const char *source, const char *path)
{
    const wr_evidence *ev = s->r->set->evidence;
    size_t i = source && *source ? wr_evidence_find(ev, source) : SIZE_MAX;
    bool has_path = path && *path;

    if (i == SIZE_MAX && !has_path)
        return;
    wr_json_array(&s->w, "locations");
    wr_json_object(&s->w, NULL);
    if (i != SIZE_MAX) {
        wr_json_object(&s->w, "physicalLocation");
        wr_json_object(&s->w, "artifactLocation");
        wr_json_text(&s->w, "uri", uri_of(s, wr_evidence_item(ev, i)->path));
        wr_json_uint(&s->w, "index", i);
        wr_json_end_object(&s->w);
        wr_json_end_object(&s->w);
    }
    if (has_path) {
        wr_json_array(&s->w, "logicalLocations");
        wr_json_object(&s->w, NULL);
        wr_json_text(&s->w, "fullyQualifiedName", wr_report_safe(s->r, path));
        wr_json_text(&s->w, "kind", "registryKey");
        wr_json_end_object(&s->w);
        wr_json_end_array(&s->w);
    }
    wr_json_end_object(&s->w);
    wr_json_end_array(&s->w);
}

/* Stays open for what the caller knows more. */
static void begin_result(sarif *s, const char *rule, size_t index, const char *kind,
                         const char *level, const char *message)
{
    wr_json_object(&s->w, NULL);
    wr_json_text(&s->w, "ruleId", rule);
    wr_json_uint(&s->w, "ruleIndex", index);
    wr_json_text(&s->w, "kind", kind);
    wr_json_text(&s->w, "level", level);
    write_message(s, "message", message);
}

static void write_finding(sarif *s, const wr_finding *f)
{
    const wr_certificate *c = f->certificate;
    const wr_finding_kind *kind;
    size_t rule = 0;

    while ((kind = wr_finding_kind_at(rule)) && strcmp(kind->id, f->id))
        rule++;
    begin_result(
        s, f->id, rule, "fail", level_of(f->severity),
        wr_report_kept(s->r, wr_arena_format(s->r->arena, "%s%s%s: %s", f->title, c ? ": " : "",
                                             c ? wr_report_short_name(s->r, c) : "", f->detail)));
    write_location(s, f->source, f->path);
    wr_json_object(&s->w, "properties");
    wr_json_text(&s->w, "severity", f->severity);
    if (c) {
        wr_json_hex(&s->w, "sha1", c->sha1, sizeof c->sha1);
        wr_json_hex(&s->w, "sha256", c->sha256, sizeof c->sha256);
    }
    wr_json_end_object(&s->w);
    wr_json_end_object(&s->w);
}

static size_t num_finding_kinds(void)
{
    size_t n = 0;

    while (wr_finding_kind_at(n))
        n++;
    return n;
}

/* SPEC SARIF 2.1.0, 3.27.9: "open" is what the tool had too little to decide on; only "fail" has a
 * level other than "none". */
static void write_check(sarif *s, const wr_check *check)
{
    const wr_requirement *q = check->requirement;
    const wr_identity *id = q->certificate;
    const char *certificate = wr_report_check_certificate(s->r, check);
    bool failed = check->result == WR_FAIL;

    begin_result(
        s, "requirement", num_finding_kinds(), failed ? "fail" : "open",
        !failed       ? "none"
        : q->required ? "error"
                      : "warning",
        wr_report_kept(s->r, wr_arena_format(s->r->arena, "%s of %s: %s%s%s%s%s", q->id,
                                             check->profile->id, wr_result_name(check->result),
                                             id && *id->subject ? ": " : "", id ? id->subject : "",
                                             *check->detail ? ": " : "", check->detail)));
    write_location(s, check->source, check->path);
    wr_json_object(&s->w, "properties");
    wr_json_text(&s->w, "profile", check->profile->id);
    wr_json_text(&s->w, "requirement", q->id);
    wr_json_text(&s->w, "severity", q->required ? "required" : "recommended");
    wr_member_text(&s->w, "state", check->state);
    wr_member_text(&s->w, "certificate", certificate);
    wr_json_end_object(&s->w);
    wr_json_end_object(&s->w);
}

/* What stands in an any-of or all-of is told with it. */
static void write_results(sarif *s)
{
    const wr_result_set *set = s->r->set;

    wr_json_array(&s->w, "results");
    for (size_t i = 0; i < set->num_comparisons; i++)
        for (size_t j = 0; j < set->comparisons[i].checks.count; j++) {
            const wr_check *check = &set->comparisons[i].checks.items[j];
            if (check->parent == SIZE_MAX && check->result != WR_PASS &&
                check->result != WR_NOT_APPLICABLE)
                write_check(s, check);
        }
    for (size_t i = 0; i < set->trust->findings.count; i++)
        write_finding(s, &set->trust->findings.items[i]);
    wr_json_end_array(&s->w);
}

static void write_report(wr_report *r)
{
    sarif s = { .r = r };
    const char *host = r->set->model->host.computer_name;

    wr_json_start(&s.w, r->out, true);
    wr_json_object(&s.w, NULL);
    write_tool(&s);
    write_artifacts(&s);
    write_results(&s);
    wr_json_text(&s.w, "columnKind", "unicodeCodePoints");
    if (*host) {
        wr_json_object(&s.w, "properties");
        wr_json_text(&s.w, "computer_name", host);
        wr_json_end_object(&s.w);
    }
    wr_json_end_object(&s.w);
    wr_json_finish(&s.w);
}

bool wr_report_sarif(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_write(set, out, write_report, err);
}
