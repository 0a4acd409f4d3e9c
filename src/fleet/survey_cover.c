/* survey_cover.c - from plans to the fewest bundles: what each host needs, and what it has. */
#include "base/digest.h"
#include "base/text.h"
#include "fleet/survey_internal.h"

#include <string.h>

typedef struct planning {
    wr_survey *s;
    wr_surveying v;   /* for texts */
    wr_numbers known; /* row of the table action -> its index + 1, 0 = manual */
    wr_numbers about; /* certificate -> its first action           */
    size_t *next;     /* the next action about the same            */
    wr_cover_class *classes;
    size_t num_classes;
    size_t *class_of; /* of each host */
} planning;

/* ---- actions -----------------------------------------------------------------------------------
 */

static bool identity(const wr_survey *s, const wr_survey_action *a, int64_t *out, wr_error *err)
{
    const char *text = wr_arena_format(s->arena, "%s\n%s\n%s\n%s\n%s\n%s", a->kind, a->store,
                                       a->certificate, a->key, a->name, a->data);
    uint64_t ignored;

    return (text || wr_fail_memory(err)) &&
           wr_known_digest((wr_view){ .data = (const uint8_t *)text, .len = strlen(text) }, out,
                           &ignored, err);
}

static bool subject_of(wr_survey *s, wr_survey_action *a, wr_error *err)
{
    const wr_surveying v = { .s = s, .arena = s->arena, .err = err };
    uint8_t sha256[WR_SHA256_LEN];
    wr_sql_query q;
    bool row, done;

    if (!wr_text_unhex(a->certificate, sha256, sizeof sha256))
        return true;
    a->number = wr_known_certificate(sha256);
    if (!wr_sql_prepare(&s->db->sql,
                        "SELECT max(subject) FROM item WHERE certificate = ?1 UNION ALL SELECT "
                        "max(subject) FROM certificate WHERE certificate = ?2",
                        &q, err))
        return false;
    wr_sql_bind_text(&q, 1, a->certificate);
    wr_sql_bind_int(&q, 2, a->number);
    while ((done = wr_sql_step(&q, &row, err)) && row && !*a->subject)
        if (!(done = wr_survey_text(&v, &q, 0, &a->subject)))
            break;
    wr_sql_free(&q);
    return done;
}

bool wr_survey_action_of(wr_survey *s, const wr_survey_action *action, size_t *out, wr_error *err)
{
    wr_survey_action *slot;
    const size_t *known;
    int64_t key;

    if (!identity(s, action, &key, err))
        return false;
    if ((known = wr_numbers_find(&s->action_index, key))) {
        *out = *known;
        return true;
    }
    if (s->actions.count == WR_LIMIT_FLEET_ACTIONS)
        return wr_fail(err, WR_E_LIMIT, s->db->sql.path, WR_NO_OFFSET,
                       "the plans of the hosts have more than %d different actions",
                       WR_LIMIT_FLEET_ACTIONS);
    if (!(slot = WR_APPEND(s->arena, &s->actions, wr_survey_action)))
        return wr_fail_memory(err);
    *slot = *action;
    *out = s->actions.count - 1;
    return subject_of(s, slot, err) && wr_numbers_put(&s->action_index, s->arena, key, *out, err);
}

static bool read_action(planning *p, wr_sql_query *q, size_t *out)
{
    wr_survey_action a = { .subject = "" };
    const char **texts[] = { &a.kind, &a.store,  &a.certificate, &a.key,        &a.name,
                             &a.data, &a.widens, &a.reason,      &a.requirement };

    for (int i = 0; i < 9; i++)
        if (!wr_survey_text(&p->v, q, i + 1, texts[i]))
            return false;
    *out = SIZE_MAX;
    return !strcmp(a.kind, "manual") || wr_survey_action_of(p->s, &a, out, p->v.err);
}

static bool read_plan(planning *p, wr_sql_query *q, wr_surveyed *h)
{
    bool row, done;

    wr_sql_bind_int(q, 1, h->id);
    while ((done = wr_sql_step(q, &row, p->v.err)) && row) {
        const int64_t id = wr_sql_int(q, 0);
        const size_t *known = wr_numbers_find(&p->known, id);
        size_t action, *slot;

        if (known)
            action = *known - 1;
        else if (!(done = read_action(p, q, &action) &&
                          wr_numbers_put(&p->known, p->s->arena, id, action + 1, p->v.err)))
            break;
        if (action == SIZE_MAX) {
            h->num_manual++;
            continue;
        }
        if (!(done =
                  (slot = WR_APPEND(p->s->arena, &h->actions, size_t)) || wr_fail_memory(p->v.err)))
            break;
        *slot = action;
    }
    wr_sql_reset(q);
    return done;
}

static bool read_plans(planning *p)
{
    wr_sql_query q;
    bool done = true;

    if (!wr_sql_prepare(&p->s->db->sql,
                        "SELECT a.id, a.action, a.store, a.certificate, a.registry_key, "
                        "a.registry_name, a.registry_data, a.widens, a.reason, a.requirement FROM "
                        "planned p JOIN action a "
                        "ON a.id = p.action WHERE p.observation = ?",
                        &q, p->v.err))
        return false;
    for (size_t h = 0; done && h < p->s->hosts.count; h++)
        done = read_plan(p, &q, &p->s->hosts.items[h]);
    wr_sql_free(&q);
    return done;
}

/* ---- what a host has ----------------------------------------------------------------------------
 */

static bool index_certificates(planning *p)
{
    if (!(p->next = WR_NEW(p->s->arena, size_t, p->s->actions.count + 1)))
        return wr_fail_memory(p->v.err);
    for (size_t i = 0; i < p->s->actions.count; i++) {
        const int64_t number = p->s->actions.items[i].number;
        const size_t *first = number ? wr_numbers_find(&p->about, number) : NULL;

        p->next[i] = first ? *first : SIZE_MAX;
        if (number && !wr_numbers_put(&p->about, p->s->arena, number, i, p->v.err))
            return false;
    }
    return true;
}

/* "LM/Root", a line of several. */
static bool has_store(const char *stores, const char *store)
{
    const size_t len = strlen(store);

    for (const char *line = stores, *end; line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        if (!strncmp(line, "LM/", 3) && !strncmp(line + 3, store, len) &&
            (!line[3 + len] || line[3 + len] == '\n'))
            return true;
    }
    return false;
}

static bool is_put(const wr_survey_action *a)
{
    return !strcmp(a->kind, "add") || !strcmp(a->kind, "disallow");
}

static void see_holding(const planning *p, int64_t certificate, const char *stores,
                        wr_actions *there)
{
    const size_t *first = wr_numbers_find(&p->about, certificate);

    for (size_t i = first ? *first : SIZE_MAX; i != SIZE_MAX; i = p->next[i]) {
        const wr_survey_action *a = &p->s->actions.items[i];
        if (has_store(stores, *a->store ? a->store : "Disallowed"))
            wr_actions_add(there, i);
    }
}

static void see_policy(const planning *p, const char *name, const char *value, wr_actions *there)
{
    for (size_t i = 0; i < p->s->actions.count; i++) {
        const wr_survey_action *a = &p->s->actions.items[i];
        if (!strcmp(a->kind, "set_policy") && !strcmp(a->name, name) && !strcmp(a->data, value))
            wr_actions_add(there, i);
    }
}

/* An action is in place where running it would change nothing.  Of a host that could not be read
 * wholly nobody knows what it does not have. */
static bool in_place(planning *p, wr_sql_query *holdings, wr_sql_query *policies,
                     const wr_surveyed *h, wr_actions *out)
{
    wr_actions there = { { 0 } };
    bool row, done;

    wr_sql_bind_int(holdings, 1, h->id);
    while ((done = wr_sql_step(holdings, &row, p->v.err)) && row)
        if (wr_numbers_find(&p->about, wr_sql_int(holdings, 0)))
            see_holding(p, wr_sql_int(holdings, 0), wr_sql_text(holdings, 1), &there);
    wr_sql_reset(holdings);
    if (!done)
        return false;
    wr_sql_bind_int(policies, 1, h->id);
    while ((done = wr_sql_step(policies, &row, p->v.err)) && row)
        see_policy(p, wr_sql_text(policies, 0), wr_sql_text(policies, 1), &there);
    wr_sql_reset(policies);
    *out = (wr_actions){ { 0 } };
    for (size_t i = 0; i < p->s->actions.count; i++) {
        const bool removes = !strcmp(p->s->actions.items[i].kind, "delete");
        if (removes ? !wr_actions_has(&there, i) && !strcmp(h->status, "ok")
                    : wr_actions_has(&there, i))
            wr_actions_add(out, i);
    }
    return done;
}

/* ---- classes -----------------------------------------------------------------------------------
 */

static bool class_of(planning *p, const wr_cover_class *wanted, wr_numbers *index, size_t *out)
{
    const wr_view bytes = { .data = (const uint8_t *)wanted,
                            .len = offsetof(wr_cover_class, num_hosts) };
    const size_t *known;
    uint64_t ignored;
    int64_t key;

    if (!wr_known_digest(bytes, &key, &ignored, p->v.err))
        return false;
    if (!(known = wr_numbers_find(index, key))) {
        p->classes[p->num_classes] = *wanted;
        if (!wr_numbers_put(index, p->s->arena, key, p->num_classes, p->v.err))
            return false;
        *out = p->num_classes++;
        return true;
    }
    *out = *known;
    return true;
}

static bool classify(planning *p)
{
    wr_numbers index = { NULL, NULL, 0, 0 };
    wr_sql_query holdings, policies;
    bool done = true;

    p->classes = WR_NEW(p->s->arena, wr_cover_class, p->s->hosts.count + 1);
    p->class_of = WR_NEW(p->s->arena, size_t, p->s->hosts.count + 1);
    if (!p->classes || !p->class_of)
        return wr_fail_memory(p->v.err);
    if (!wr_sql_prepare(&p->s->db->sql,
                        "SELECT h.certificate, t.text FROM holding h JOIN term t ON t.id = "
                        "h.stores WHERE h.observation = ?",
                        &holdings, p->v.err))
        return false;
    if (!wr_sql_prepare(&p->s->db->sql,
                        "SELECT name, value FROM policy WHERE observation = ? AND scope IS NULL",
                        &policies, p->v.err)) {
        wr_sql_free(&holdings);
        return false;
    }
    for (size_t h = 0; done && h < p->s->hosts.count; h++) {
        const wr_surveyed *host = &p->s->hosts.items[h];
        wr_cover_class one = { .num_hosts = 0 };

        p->class_of[h] = SIZE_MAX;
        if (!host->actions.count)
            continue;
        for (size_t i = 0; i < host->actions.count; i++)
            wr_actions_add(&one.needs, host->actions.items[i]);
        done = in_place(p, &holdings, &policies, host, &one.in_place) &&
               class_of(p, &one, &index, &p->class_of[h]);
        if (done)
            p->classes[p->class_of[h]].num_hosts++;
    }
    wr_sql_free(&holdings);
    wr_sql_free(&policies);
    return done;
}

/* Actions that undo each other: a certificate into a store, and out of it or refused. */
static bool find_conflicts(planning *p, size_t (**out)[2], size_t *count)
{
    WR_LIST(size_t) flat = { NULL, 0, 0 };

    for (size_t i = 0; i < p->s->actions.count; i++)
        for (size_t j = i + 1; j < p->s->actions.count; j++) {
            const wr_survey_action *a = &p->s->actions.items[i], *b = &p->s->actions.items[j];
            const bool same = a->number && a->number == b->number;
            const bool policy = !strcmp(a->kind, "set_policy") && !strcmp(b->kind, "set_policy") &&
                                !strcmp(a->key, b->key) && !strcmp(a->name, b->name);
            size_t *x, *y;

            if (!policy && (!same || (is_put(a) && is_put(b) && !strcmp(a->kind, b->kind))))
                continue;
            if (!(x = WR_APPEND(p->s->arena, &flat, size_t)) || (*x = i, false) ||
                !(y = WR_APPEND(p->s->arena, &flat, size_t)))
                return wr_fail_memory(p->v.err);
            *y = j;
        }
    *out = (size_t(*)[2])(void *)flat.items;
    *count = flat.count / 2;
    return true;
}

bool wr_survey_cover(wr_survey *s, wr_error *err)
{
    planning p = { .s = s, .v = { .s = s, .arena = s->arena, .err = err } };
    size_t(*conflicts)[2] = NULL, num_conflicts = 0;

    if ((!s->asked && !read_plans(&p)) || !index_certificates(&p) || !classify(&p) ||
        !find_conflicts(&p, &conflicts, &num_conflicts) ||
        !wr_cover_find(p.classes, p.num_classes, (const size_t(*)[2])conflicts, num_conflicts,
                       s->arena, &s->cover, err))
        return false;
    for (size_t h = 0; h < s->hosts.count; h++)
        if (p.class_of[h] != SIZE_MAX)
            s->hosts.items[h].bundle = s->cover.bundle_of[p.class_of[h]];
    return true;
}
