/* survey_findings.c - findings over all hosts, and where hosts differ in lists and policies. */
#include "fleet/survey_internal.h"

#include "base/digest.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool digest(const wr_surveying *v, const char *a, const char *b, const char *c, int64_t *out)
{
    const char *text = wr_arena_format(v->arena, "%s\n%s\n%s", a, b, c);
    uint64_t ignored;

    return (text || wr_fail_memory(v->err)) &&
           wr_known_digest((wr_view){ .data = (const uint8_t *)text, .len = strlen(text) }, out,
                           &ignored, v->err);
}

/* The subject of a certificate, as most reports have it; "" where none is known. */
static bool subject_of(const wr_surveying *v, const char *sha256, const char **out)
{
    uint8_t bytes[WR_SHA256_LEN];
    wr_sql_query q;
    bool row, done;

    *out = "";
    if (!wr_text_unhex(sha256, bytes, sizeof bytes))
        return true;
    if (!wr_sql_prepare(&v->s->db->sql,
                        "SELECT subject FROM certificate WHERE certificate = ? ORDER BY facts", &q,
                        v->err))
        return false;
    wr_sql_bind_int(&q, 1, wr_known_certificate(bytes));
    done = wr_sql_step(&q, &row, v->err) && (!row || wr_survey_text(v, &q, 0, out));
    wr_sql_free(&q);
    return done;
}

static int severity_of(const char *severity)
{
    static const char *const order[] = { "high", "medium", "low", "info" };

    for (int i = 0; i < 4; i++)
        if (!strcmp(severity, order[i]))
            return i;
    return 4;
}

static int by_severity(const void *a, const void *b)
{
    const wr_survey_finding *x = a, *y = b;
    int order = severity_of(x->severity) - severity_of(y->severity);

    if (!order)
        order = strcmp(x->id, y->id);
    if (!order)
        order = (x->hosts.count > y->hosts.count) - (x->hosts.count < y->hosts.count);
    return order ? order : strcmp(x->certificate, y->certificate);
}

static bool read_finding(wr_surveying *v, wr_sql_query *q, wr_survey_finding *f)
{
    return wr_survey_text(v, q, 1, &f->id) && wr_survey_text(v, q, 2, &f->severity) &&
           wr_survey_text(v, q, 3, &f->title) && wr_survey_text(v, q, 4, &f->detail) &&
           wr_survey_text(v, q, 5, &f->certificate) && subject_of(v, f->certificate, &f->subject);
}

static bool add_finding(wr_surveying *v, wr_sql_query *q, size_t host, wr_numbers *index,
                        wr_numbers *groups)
{
    wr_survey *s = v->s;
    const int64_t finding = wr_sql_int(q, 6);
    const size_t *known = wr_numbers_find(index, finding);
    const char *severity = wr_sql_text(q, 2);
    wr_examples *hosts;
    size_t group;

    s->hosts.items[host].num_high += !strcmp(severity, "high");
    s->hosts.items[host].num_medium += !strcmp(severity, "medium");
    if (known) {
        group = *known;
    } else {
        int64_t key;
        const size_t *same;
        wr_survey_finding f = { .id = "" };

        if (!read_finding(v, q, &f) || !digest(v, f.id, f.severity, f.certificate, &key))
            return false;
        same = wr_numbers_find(groups, key);
        if (!same) {
            wr_survey_finding *fresh = WR_APPEND(v->arena, &s->findings, wr_survey_finding);
            if (!fresh)
                return wr_fail_memory(v->err);
            *fresh = f;
            if (!wr_numbers_put(groups, v->arena, key, s->findings.count - 1, v->err))
                return false;
        }
        group = same ? *same : s->findings.count - 1;
        if (!wr_numbers_put(index, v->arena, finding, group, v->err))
            return false;
    }
    hosts = &s->findings.items[group].hosts;
    /* A host that has it twice, in two stores, is one host; its findings stand together. */
    if (s->findings.items[group].last_host != host + 1)
        wr_examples_add(hosts, host);
    s->findings.items[group].last_host = host + 1;
    return true;
}

bool wr_survey_findings(wr_surveying *v)
{
    wr_numbers index = { NULL, NULL, 0, 0 }, groups = { NULL, NULL, 0, 0 };
    wr_sql_query q;
    bool row, done = true;

    if (!wr_sql_prepare(&v->s->db->sql,
                        "SELECT f.observation, g.id, g.severity, g.title, g.detail, g.certificate, "
                        "g.finding FROM found f JOIN finding g ON g.finding = f.finding WHERE "
                        "f.observation = ?",
                        &q, v->err))
        return false;
    for (size_t h = 0; done && h < v->s->hosts.count; h++) {
        wr_sql_bind_int(&q, 1, v->s->hosts.items[h].id);
        while ((done = wr_sql_step(&q, &row, v->err)) && row)
            if (!(done = add_finding(v, &q, h, &index, &groups)))
                break;
        wr_sql_reset(&q);
    }
    wr_sql_free(&q);
    if (v->s->findings.count)
        qsort(v->s->findings.items, v->s->findings.count, sizeof *v->s->findings.items,
              by_severity);
    return done;
}

/* ---- settings ----------------------------------------------------------------------------------
 */

static int by_what(const void *a, const void *b)
{
    const wr_survey_setting *x = a, *y = b;
    int order = strcmp(x->kind, y->kind);

    if (!order)
        order = strcmp(x->what, y->what);
    if (!order)
        order = (x->hosts.count < y->hosts.count) - (x->hosts.count > y->hosts.count);
    return order ? order : strcmp(x->value, y->value);
}

static bool add_setting(wr_surveying *v, const char *kind, const char *what, const char *value,
                        size_t host, wr_numbers *index)
{
    wr_survey_setting *setting;
    const size_t *known;
    int64_t key;

    if (!digest(v, kind, what, value, &key))
        return false;
    if (!(known = wr_numbers_find(index, key))) {
        if (!(setting = WR_APPEND(v->arena, &v->s->settings, wr_survey_setting)))
            return wr_fail_memory(v->err);
        *setting = (wr_survey_setting){ .kind = kind,
                                        .what = wr_arena_text(v->arena, what),
                                        .value = wr_arena_text(v->arena, value) };
        if (!setting->what || !setting->value)
            return wr_fail_memory(v->err);
        if (!wr_numbers_put(index, v->arena, key, v->s->settings.count - 1, v->err))
            return false;
        known = wr_numbers_find(index, key);
    }
    wr_examples_add(&v->s->settings.items[*known].hosts, host);
    return true;
}

/* Each kind of list in force by its date; each policy by its value. */
static bool read_settings(wr_surveying *v, const char *kind, const char *text, wr_numbers *index)
{
    wr_sql_query q;
    bool row, done = true;

    if (!wr_sql_prepare(&v->s->db->sql, text, &q, v->err))
        return false;
    for (size_t h = 0; done && h < v->s->hosts.count; h++) {
        wr_sql_bind_int(&q, 1, v->s->hosts.items[h].id);
        while ((done = wr_sql_step(&q, &row, v->err)) && row)
            if (!(done = add_setting(v, kind, wr_sql_text(&q, 0), wr_sql_text(&q, 1), h, index)))
                break;
        wr_sql_reset(&q);
    }
    wr_sql_free(&q);
    return done;
}

/* What some hosts have set and others have not is a difference, too. */
static bool add_not_set(wr_surveying *v)
{
    const size_t count = v->s->settings.count;
    size_t judged = 0, seen = 0;

    for (size_t h = 0; h < v->s->hosts.count; h++)
        judged += v->s->hosts.items[h].has_report;
    for (size_t i = 0; i < count; i++) {
        const wr_survey_setting *one = &v->s->settings.items[i];
        const bool last =
            i + 1 == count || strcmp(one[1].what, one->what) || strcmp(one[1].kind, one->kind);
        wr_survey_setting *rest;

        seen += one->hosts.count;
        if (last && seen < judged) {
            const wr_survey_setting copy = *one;
            if (!(rest = WR_APPEND(v->arena, &v->s->settings, wr_survey_setting)))
                return wr_fail_memory(v->err);
            *rest = (wr_survey_setting){ .kind = copy.kind,
                                         .what = copy.what,
                                         .value = "",
                                         .hosts = { .count = judged - seen } };
        }
        seen = last ? 0 : seen;
    }
    return true;
}

bool wr_survey_settings(wr_surveying *v)
{
    wr_numbers index = { NULL, NULL, 0, 0 };

    if (!read_settings(v, "list",
                       "SELECT DISTINCT kind, coalesce(this_update, '') FROM list WHERE "
                       "observation = ? AND in_force = 1",
                       &index) ||
        !read_settings(
            v, "policy",
            "SELECT DISTINCT name, coalesce(value, '') FROM policy WHERE observation = ? "
            "AND scope IS NULL",
            &index))
        return false;
    for (int pass = 0; pass < 2; pass++) {
        if (v->s->settings.count)
            qsort(v->s->settings.items, v->s->settings.count, sizeof *v->s->settings.items,
                  by_what);
        if (!pass && !add_not_set(v))
            return false;
    }
    return true;
}
