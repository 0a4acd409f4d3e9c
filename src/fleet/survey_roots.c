/* survey_roots.c - what hosts trust: who trusts the same, which roots are rare, what changed. */
#include "fleet/survey_internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct rooting {
    wr_surveying *v;
    wr_survey *s;
    wr_numbers trust; /* verdict -> 1 + what is trusted, of `trusts`; only where something is */
    wr_numbers roots; /* certificate -> index of `all` */
    WR_LIST(wr_survey_root *) all;
    WR_LIST(int64_t) trusts;
} rooting;

static bool read_verdicts(rooting *r)
{
    wr_sql_query q;
    bool row, done;

    if (!wr_sql_prepare(&r->s->db->sql, "SELECT verdict, trust FROM verdict WHERE trust <> 0", &q,
                        r->v->err))
        return false;
    while ((done = wr_sql_step(&q, &row, r->v->err)) && row) {
        int64_t *trust = WR_APPEND(r->v->arena, &r->trusts, int64_t);
        if (!(done = trust || wr_fail_memory(r->v->err)))
            break;
        *trust = wr_sql_int(&q, 1);
        if (!(done = wr_numbers_put(&r->trust, r->v->arena, wr_sql_int(&q, 0), r->trusts.count - 1,
                                    r->v->err)))
            break;
    }
    wr_sql_free(&q);
    return done;
}

/* ---- roots -------------------------------------------------------------------------------------
 */

static bool root_of(rooting *r, int64_t certificate, int64_t facts, wr_survey_root **out)
{
    const size_t *known = wr_numbers_find(&r->roots, certificate);
    wr_survey_root **slot;

    if (known) {
        *out = r->all.items[*known];
        return true;
    }
    *out = WR_NEW(r->v->arena, wr_survey_root, 1);
    if (!*out || !(slot = WR_APPEND(r->v->arena, &r->all, wr_survey_root *)))
        return wr_fail_memory(r->v->err);
    *slot = *out;
    **out = (wr_survey_root){ .certificate = certificate, .facts = facts };
    return wr_numbers_put(&r->roots, r->v->arena, certificate, r->all.count - 1, r->v->err);
}

static bool add_holding(rooting *r, wr_sql_query *q, size_t host)
{
    wr_survey_root *root;

    if (!wr_numbers_find(&r->trust, wr_sql_int(q, 2)))
        return true;
    if (!root_of(r, wr_sql_int(q, 0), wr_sql_int(q, 1), &root))
        return false;
    if (root->num_hosts < WR_SURVEY_EXAMPLES) {
        root->where[root->num_hosts].host = host;
        root->where[root->num_hosts].stores = wr_sql_int(q, 3);
        root->where[root->num_hosts].written = wr_sql_int(q, 4);
        root->where[root->num_hosts].has_written = !wr_sql_is_null(q, 4);
    }
    root->num_hosts++;
    return true;
}

static bool read_holdings(rooting *r)
{
    wr_sql_query q;
    bool row, done = true;

    if (!wr_sql_prepare(&r->s->db->sql,
                        "SELECT certificate, facts, verdict, stores, written FROM holding WHERE "
                        "observation = ?",
                        &q, r->v->err))
        return false;
    for (size_t h = 0; done && h < r->s->hosts.count; h++) {
        wr_sql_bind_int(&q, 1, r->s->hosts.items[h].id);
        while ((done = wr_sql_step(&q, &row, r->v->err)) && row) {
            r->s->num_holdings++;
            if (!(done = add_holding(r, &q, h)))
                break;
        }
        wr_sql_reset(&q);
    }
    wr_sql_free(&q);
    return done;
}

static bool name_roots(rooting *r)
{
    wr_sql_query facts, term;
    bool row, done;

    if (!wr_sql_prepare(&r->s->db->sql,
                        "SELECT sha256, sha1, subject, not_after FROM certificate WHERE facts = ?",
                        &facts, r->v->err))
        return false;
    if (!wr_sql_prepare(&r->s->db->sql, "SELECT text FROM term WHERE id = ?", &term, r->v->err)) {
        wr_sql_free(&facts);
        return false;
    }
    done = true;
    for (size_t i = 0; done && i < r->all.count; i++) {
        wr_survey_root *root = r->all.items[i];
        const char **texts[] = { &root->sha256, &root->sha1, &root->subject, &root->not_after };

        wr_sql_bind_int(&facts, 1, root->facts);
        done = wr_sql_step(&facts, &row, r->v->err);
        for (int j = 0; done && j < 4; j++)
            done = row ? wr_survey_text(r->v, &facts, j, texts[j]) : (*texts[j] = "", true);
        wr_sql_reset(&facts);
        for (size_t j = 0; done && j < root->num_hosts && j < WR_SURVEY_EXAMPLES; j++) {
            root->where[j].store_names = "";
            if (root->num_hosts > r->s->rare)
                continue;
            wr_sql_bind_int(&term, 1, root->where[j].stores);
            done = wr_sql_step(&term, &row, r->v->err) &&
                   (!row || wr_survey_text(r->v, &term, 0, &root->where[j].store_names));
            wr_sql_reset(&term);
        }
    }
    wr_sql_free(&facts);
    wr_sql_free(&term);
    return done;
}

static int by_rareness(const void *a, const void *b)
{
    const wr_survey_root *x = *(wr_survey_root *const *)a, *y = *(wr_survey_root *const *)b;

    if (x->num_hosts != y->num_hosts)
        return x->num_hosts < y->num_hosts ? -1 : 1;
    int order = strcmp(x->subject, y->subject);
    return order ? order : strcmp(x->sha256, y->sha256);
}

static bool choose_rare(rooting *r)
{
    r->s->num_roots = r->all.count;
    for (size_t i = 0; i < r->all.count; i++) {
        wr_survey_root **slot;

        if (!r->all.items[i]->num_hosts) { /* of an earlier observation alone */
            r->s->num_roots--;
            continue;
        }
        if (r->all.items[i]->num_hosts > r->s->rare)
            continue;
        if (!(slot = WR_APPEND(r->v->arena, &r->s->roots, wr_survey_root *)))
            return wr_fail_memory(r->v->err);
        *slot = r->all.items[i];
    }
    if (r->s->roots.count)
        qsort(r->s->roots.items, r->s->roots.count, sizeof *r->s->roots.items, by_rareness);
    return true;
}

/* ---- sets of two observations -------------------------------------------------------------------
 */

typedef struct trusted {
    int64_t certificate, facts, trust;
} trusted;

typedef struct trusted_set {
    WR_LIST(trusted) list; /* by certificate */
} trusted_set;

static bool read_set(rooting *r, wr_sql_query *q, int64_t observation, wr_arena *arena,
                     trusted_set *out)
{
    bool row, done;

    *out = (trusted_set){ { NULL, 0, 0 } };
    wr_sql_bind_int(q, 1, observation);
    while ((done = wr_sql_step(q, &row, r->v->err)) && row) {
        const size_t *trust = wr_numbers_find(&r->trust, wr_sql_int(q, 2));
        trusted *one;

        if (!trust)
            continue;
        if (!(done = (one = WR_APPEND(arena, &out->list, trusted)) || wr_fail_memory(r->v->err)))
            break;
        *one = (trusted){ wr_sql_int(q, 0), wr_sql_int(q, 1), r->trusts.items[*trust] };
    }
    wr_sql_reset(q);
    return done;
}

typedef bool set_difference(rooting *r, void *context, const trusted *one, bool is_more);

/* What is in `b` and not in `a` is more; what is in both but not trusted for the same is both. */
static bool compare(rooting *r, const trusted_set *a, const trusted_set *b, set_difference *each,
                    void *context)
{
    size_t i = 0, j = 0;

    while (i < a->list.count || j < b->list.count) {
        const trusted *x = i < a->list.count ? &a->list.items[i] : NULL;
        const trusted *y = j < b->list.count ? &b->list.items[j] : NULL;
        const bool first = x && (!y || x->certificate <= y->certificate);
        const bool second = y && (!x || y->certificate <= x->certificate);

        i += first;
        j += second;
        if (first && second && x->trust == y->trust)
            continue;
        if (first && !each(r, context, x, false))
            return false;
        if (second && !each(r, context, y, true))
            return false;
    }
    return true;
}

/* A root that no newest observation has is not among those that were counted. */
static bool root_named(rooting *r, const trusted *one, const wr_survey_root **out)
{
    wr_survey_root *root;

    if (!root_of(r, one->certificate, one->facts, &root))
        return false;
    *out = root;
    return true;
}

static bool add_to_cluster(rooting *r, void *context, const trusted *one, bool is_more)
{
    wr_survey_cluster *c = context;
    const wr_survey_root **slot = is_more
                                      ? WR_APPEND(r->v->arena, &c->more, const wr_survey_root *)
                                      : WR_APPEND(r->v->arena, &c->fewer, const wr_survey_root *);
    return slot ? root_named(r, one, slot) : wr_fail_memory(r->v->err);
}

static bool add_to_change(rooting *r, void *context, const trusted *one, bool is_more)
{
    wr_survey_change *c = context;
    const wr_survey_root **slot = is_more
                                      ? WR_APPEND(r->v->arena, &c->added, const wr_survey_root *)
                                      : WR_APPEND(r->v->arena, &c->removed, const wr_survey_root *);
    return slot ? root_named(r, one, slot) : wr_fail_memory(r->v->err);
}

/* ---- clusters ----------------------------------------------------------------------------------
 */

static int by_size(const void *a, const void *b)
{
    const wr_survey_cluster *x = a, *y = b;

    if (x->num_hosts != y->num_hosts)
        return x->num_hosts < y->num_hosts ? 1 : -1;
    return (x->trust_set > y->trust_set) - (x->trust_set < y->trust_set);
}

static bool find_clusters(rooting *r)
{
    wr_survey *s = r->s;
    wr_numbers index = { NULL, NULL, 0, 0 };

    for (size_t h = 0; h < s->hosts.count; h++) {
        const wr_surveyed *host = &s->hosts.items[h];
        const size_t *known = wr_numbers_find(&index, host->trust_set);
        wr_survey_cluster *c;

        if (!host->has_report)
            continue;
        if (!known) {
            if (!(c = WR_APPEND(r->v->arena, &s->clusters, wr_survey_cluster)))
                return wr_fail_memory(r->v->err);
            *c = (wr_survey_cluster){ .trust_set = host->trust_set,
                                      .num_trusted = (size_t)host->num_trusted,
                                      .example = host->id };
            if (!wr_numbers_put(&index, r->v->arena, host->trust_set, s->clusters.count - 1,
                                r->v->err))
                return false;
        }
        c = &s->clusters.items[known ? *known : s->clusters.count - 1];
        c->num_hosts++;
        wr_examples_add(&c->examples, h);
    }
    if (s->clusters.count)
        qsort(s->clusters.items, s->clusters.count, sizeof *s->clusters.items, by_size);
    for (size_t i = 0; i < s->clusters.count; i++)
        if (!wr_numbers_put(&index, r->v->arena, s->clusters.items[i].trust_set, i, r->v->err))
            return false;
    for (size_t h = 0; h < s->hosts.count; h++)
        if (s->hosts.items[h].has_report)
            s->hosts.items[h].cluster = *wr_numbers_find(&index, s->hosts.items[h].trust_set);
    return true;
}

static bool tell_clusters_apart(rooting *r, wr_sql_query *q)
{
    wr_arena first, other;
    trusted_set base, set;
    bool done;

    if (!r->s->clusters.count)
        return true;
    wr_arena_init(&first, WR_LIMIT_ARENA);
    done = read_set(r, q, r->s->clusters.items[0].example, &first, &base);
    for (size_t i = 1; done && i < r->s->clusters.count; i++) {
        wr_survey_cluster *c = &r->s->clusters.items[i];

        wr_arena_init(&other, WR_LIMIT_ARENA);
        done =
            read_set(r, q, c->example, &other, &set) && compare(r, &base, &set, add_to_cluster, c);
        wr_arena_free(&other);
    }
    wr_arena_free(&first);
    return done;
}

/* ---- changes -----------------------------------------------------------------------------------
 */

static bool results_changed(rooting *r, const wr_surveyed *h, wr_survey_change *c)
{
    wr_sql_query q;
    bool row, done;

    if (!wr_sql_prepare(
            &r->s->db->sql,
            "SELECT r.profile, i.id, i.result, n.result FROM checked c JOIN requirement r ON "
            "r.requirement = c.requirement JOIN item i ON i.requirement = c.requirement "
            "JOIN checked d ON d.observation = ?2 JOIN requirement s ON s.requirement = "
            "d.requirement AND s.profile = r.profile JOIN item n ON n.requirement = d.requirement "
            "AND n.id = i.id AND n.result <> i.result WHERE c.observation = ?1 ORDER BY 1, "
            "i.number",
            &q, r->v->err))
        return false;
    wr_sql_bind_int(&q, 1, h->before);
    wr_sql_bind_int(&q, 2, h->id);
    while ((done = wr_sql_step(&q, &row, r->v->err)) && row) {
        const char **text = WR_APPEND(r->v->arena, &c->results, const char *);
        done = text && (*text = wr_arena_format(r->v->arena, "%s/%s: %s -> %s", wr_sql_text(&q, 0),
                                                wr_sql_text(&q, 1), wr_sql_text(&q, 2),
                                                wr_sql_text(&q, 3)));
        if (!done) {
            wr_fail_memory(r->v->err);
            break;
        }
    }
    wr_sql_free(&q);
    return done;
}

static bool find_changes(rooting *r, wr_sql_query *q)
{
    for (size_t h = 0; h < r->s->hosts.count; h++) {
        const wr_surveyed *host = &r->s->hosts.items[h];
        wr_survey_change change = { .host = h }, *slot;
        trusted_set before, now;
        wr_arena arena;
        bool done;

        if (!host->before || !host->has_report)
            continue;
        wr_arena_init(&arena, WR_LIMIT_ARENA);
        done = read_set(r, q, host->before, &arena, &before) &&
               read_set(r, q, host->id, &arena, &now) &&
               compare(r, &before, &now, add_to_change, &change) &&
               results_changed(r, host, &change);
        wr_arena_free(&arena);
        if (!done)
            return false;
        if (!change.added.count && !change.removed.count && !change.results.count)
            continue;
        if (!(slot = WR_APPEND(r->v->arena, &r->s->changes, wr_survey_change)))
            return wr_fail_memory(r->v->err);
        *slot = change;
    }
    return true;
}

bool wr_survey_roots(wr_surveying *v)
{
    rooting r = { .v = v, .s = v->s };
    wr_sql_query q;
    bool done;

    if (!read_verdicts(&r) || !read_holdings(&r) || !find_clusters(&r) ||
        !wr_sql_prepare(&v->s->db->sql,
                        "SELECT certificate, facts, verdict FROM holding WHERE observation = ? "
                        "ORDER BY certificate",
                        &q, v->err))
        return false;
    done = tell_clusters_apart(&r, &q) && find_changes(&r, &q) && name_roots(&r) && choose_rare(&r);
    wr_sql_free(&q);
    return done;
}
