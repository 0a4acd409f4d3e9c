#include "fleet/survey_internal.h"

#include <stdlib.h>
#include <string.h>

bool wr_survey_text(const wr_surveying *v, wr_sql_query *q, int column, const char **out)
{
    const char *text = wr_sql_text(q, column);

    *out = *text ? wr_arena_text(v->arena, text) : "";
    return *out || wr_fail_memory(v->err);
}

/* ---- hosts ------------------------------------------------------------------------------------
 */

static bool read_host(wr_surveying *v, wr_sql_query *q, wr_surveyed *h)
{
    const char **texts[] = { &h->key,    &h->name,  &h->observed, &h->as_of,
                             &h->status, &h->error, &h->evidence, &h->product };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!wr_survey_text(v, q, (int)i + 2, texts[i]))
            return false;
    h->build = wr_sql_int(q, 10);
    h->num_certificates = (uint64_t)wr_sql_int(q, 11);
    h->num_trusted = (uint64_t)wr_sql_int(q, 12);
    h->has_report = !wr_sql_is_null(q, 13);
    h->trust_set = wr_sql_int(q, 13);
    h->cluster = h->bundle = SIZE_MAX;
    return true;
}

static int by_name(const void *a, const void *b)
{
    const wr_surveyed *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->key, y->key);
}

static bool read_hosts(wr_surveying *v)
{
    static const char text[] =
        "SELECT o.host, o.id, h.key, o.name, o.observed, o.as_of, o.status, o.error, o.evidence, "
        "o.product, o.build, o.certificates, o.trusted, o.trust_set FROM observation o JOIN host h "
        "ON h.id = o.host ORDER BY o.host, coalesce(o.observed, o.as_of, ''), o.id";
    int64_t last = 0;
    wr_sql_query q;
    bool row, done;

    if (!wr_sql_prepare(&v->s->db->sql, text, &q, v->err))
        return false;
    while ((done = wr_sql_step(&q, &row, v->err)) && row) {
        const int64_t host = wr_sql_int(&q, 0);
        wr_surveyed *h = host == last && v->s->hosts.count
                             ? &v->s->hosts.items[v->s->hosts.count - 1]
                             : WR_APPEND(v->arena, &v->s->hosts, wr_surveyed);

        if (!(done = h || wr_fail_memory(v->err)))
            break;
        h->before = h->id;
        h->before_observed = h->observed;
        h->id = wr_sql_int(&q, 1);
        h->num_observations++;
        v->s->num_observations++;
        last = host;
        if (!(done = read_host(v, &q, h)))
            break;
    }
    wr_sql_free(&q);
    if (!done)
        return false;
    qsort(v->s->hosts.items, v->s->hosts.count, sizeof *v->s->hosts.items, by_name);
    for (size_t i = 0; i < v->s->hosts.count; i++) {
        const wr_surveyed *h = &v->s->hosts.items[i];
        if (!wr_numbers_put(&v->newest, v->arena, h->id, i, v->err) ||
            (h->before && !wr_numbers_put(&v->before, v->arena, h->before, i, v->err)))
            return false;
    }
    return true;
}

/* ---- outcomes ---------------------------------------------------------------------------------
 */

bool wr_survey_profile_of(wr_survey *s, const char *id, const char *title, const char *version,
                          size_t *out, wr_error *err)
{
    wr_survey_profile *p;

    for (*out = 0; *out < s->profiles.count; ++*out)
        if (!strcmp(s->profiles.items[*out].id, id) &&
            !strcmp(s->profiles.items[*out].version, version))
            return true;
    if (!(p = WR_APPEND(s->arena, &s->profiles, wr_survey_profile)))
        return wr_fail_memory(err);
    *p = (wr_survey_profile){ .id = id, .title = title, .version = version };
    return true;
}

static bool read_items(wr_surveying *v, int64_t requirement, wr_outcome *o)
{
    wr_sql_query q;
    bool row, done;

    if (!wr_sql_prepare(&v->s->db->sql,
                        "SELECT id, kind, severity, result, state, detail, certificate, subject, "
                        "store, parent FROM item WHERE requirement = ? ORDER BY number",
                        &q, v->err))
        return false;
    wr_sql_bind_int(&q, 1, requirement);
    while ((done = wr_sql_step(&q, &row, v->err)) && row) {
        wr_known_item *item = wr_list_append(v->arena, (void **)(void *)&o->items.items,
                                             &o->items.count, &o->items.room, sizeof *item);

        done = item || wr_fail_memory(v->err);
        for (int i = 0; done && wr_known_item_columns[i]; i++)
            done = wr_survey_text(v, &q, i, &item->column[i]);
        if (!done)
            break;
    }
    wr_sql_free(&q);
    return done;
}

static bool read_outcome(wr_surveying *v, wr_sql_query *q, int64_t requirement,
                         const wr_outcome **out)
{
    wr_outcome *o = WR_NEW(v->arena, wr_outcome, 1);
    const char *profile, *title, *version;

    if (!o)
        return wr_fail_memory(v->err);
    *out = o;
    return wr_survey_text(v, q, 2, &profile) && wr_survey_text(v, q, 3, &title) &&
           wr_survey_text(v, q, 4, &version) && wr_survey_text(v, q, 5, &o->result) &&
           wr_survey_profile_of(v->s, profile, title, version, &o->profile, v->err) &&
           read_items(v, requirement, o);
}

bool wr_survey_outcomes(wr_surveying *v)
{
    WR_LIST(const wr_outcome *) known = { NULL, 0, 0 };
    wr_numbers index = { NULL, NULL, 0, 0 };
    wr_sql_query q;
    bool row, done;

    if (!wr_sql_prepare(&v->s->db->sql,
                        "SELECT c.observation, c.requirement, r.profile, r.title, r.version, "
                        "r.result FROM checked c JOIN requirement r ON r.requirement = "
                        "c.requirement ORDER BY c.observation, r.profile",
                        &q, v->err))
        return false;
    while ((done = wr_sql_step(&q, &row, v->err)) && row) {
        const size_t *host = wr_numbers_find(&v->newest, wr_sql_int(&q, 0));
        const int64_t requirement = wr_sql_int(&q, 1);
        const size_t *at = wr_numbers_find(&index, requirement);
        const wr_outcome **slot;

        if (!host)
            continue;
        if (!at) {
            const wr_outcome **fresh = WR_APPEND(v->arena, &known, const wr_outcome *);
            done = (fresh || wr_fail_memory(v->err)) && read_outcome(v, &q, requirement, fresh) &&
                   wr_numbers_put(&index, v->arena, requirement, known.count - 1, v->err);
            if (!done)
                break;
            at = wr_numbers_find(&index, requirement);
        }
        wr_outcome_list *list = &v->s->hosts.items[*host].outcomes;
        slot = wr_list_append(v->arena, (void **)(void *)&list->items, &list->count, &list->room,
                              sizeof *slot);
        if (!(done = slot || wr_fail_memory(v->err)))
            break;
        *slot = known.items[*at];
    }
    wr_sql_free(&q);
    return done;
}

static size_t *count_of(const char *result, size_t *pass, size_t *fail, size_t *unknown,
                        size_t *other)
{
    return !strcmp(result, "PASS")                                  ? pass
           : !strcmp(result, "FAIL")                                ? fail
           : !strcmp(result, "UNKNOWN") || !strcmp(result, "ERROR") ? unknown
                                                                    : other;
}

/* Items come in the profile's order, so that the next one is looked for first. */
static wr_survey_item *item_of(wr_survey *s, wr_survey_profile *p, const wr_known_item *from,
                               size_t *at)
{
    for (size_t tried = 0; tried < p->items.count; tried++, ++*at) {
        *at = *at < p->items.count ? *at : 0;
        if (!strcmp(p->items.items[*at].id, from->column[0]))
            return &p->items.items[(*at)++];
    }
    wr_survey_item *item = WR_APPEND(s->arena, &p->items, wr_survey_item);
    if (item)
        *item = (wr_survey_item){ .id = from->column[0],
                                  .severity = from->column[2],
                                  .certificate = from->column[6],
                                  .subject = from->column[7] };
    return item;
}

bool wr_survey_add_up(wr_survey *s, wr_error *err)
{
    for (size_t h = 0; h < s->hosts.count; h++)
        for (size_t i = 0; i < s->hosts.items[h].outcomes.count; i++) {
            const wr_outcome *o = s->hosts.items[h].outcomes.items[i];
            wr_survey_profile *p = &s->profiles.items[o->profile];
            size_t at = 0;

            ++*count_of(o->result, &p->pass, &p->fail, &p->unknown, &p->other);
            for (size_t j = 0; j < o->items.count; j++) {
                const wr_known_item *from = &o->items.items[j];
                wr_survey_item *item = item_of(s, p, from, &at);

                if (!item)
                    return wr_fail_memory(err);
                ++*count_of(from->column[3], &item->pass, &item->fail, &item->unknown,
                            &item->other);
                if (strcmp(from->column[3], "PASS") && strcmp(from->column[3], "NOT_APPLICABLE"))
                    wr_examples_add(&item->failing, h);
            }
        }
    return true;
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

bool wr_survey_make(wr_database *db, size_t rare, wr_arena *arena, wr_survey *out, wr_error *err)
{
    wr_surveying v = { .s = out, .arena = arena, .err = err };

    *out = (wr_survey){ .db = db, .arena = arena, .rare = rare };
    if (!read_hosts(&v))
        return false;
    if (!rare)
        out->rare = out->hosts.count < 300 ? 3 : out->hosts.count / 100;
    return wr_survey_outcomes(&v) && wr_survey_roots(&v) && wr_survey_findings(&v) &&
           wr_survey_settings(&v);
}
