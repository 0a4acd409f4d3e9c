/* survey_ask.c - the question was another one when the records were made: every host is judged
 * again, from what its record holds. */
#include "base/digest.h"
#include "base/text.h"
#include "fleet/survey_internal.h"

#include <string.h>

/* ---- objects -----------------------------------------------------------------------------------
 */

bool wr_survey_object(wr_survey *s, const uint8_t sha256[WR_SHA256_LEN], wr_view *out,
                      wr_error *err)
{
    const size_t known = wr_hash_set_find(&s->objects.names, sha256);
    char hex[2 * WR_SHA256_LEN + 1];
    wr_view *octets;
    wr_record object = { .document = NULL };
    wr_sql_query q;
    bool row, is_new, done;

    if (known != SIZE_MAX) {
        *out = s->objects.octets.items[known];
        return true;
    }
    wr_text_hex_into(sha256, WR_SHA256_LEN, hex);
    if (!wr_sql_prepare(&s->db->sql, "SELECT line FROM object WHERE sha256 = ? ORDER BY id", &q,
                        err))
        return false;
    wr_sql_bind_text(&q, 1, hex);
    done = wr_sql_step(&q, &row, err);
    *out = (wr_view){ .len = 0 };
    if (done && row) {
        wr_error damage; /* an object that is not what it is named by is none */
        if (wr_record_read(wr_sql_bytes(&q, 0), s->arena, &object, &damage)) {
            *out = object.octets;
            wr_record_close(&object);
        }
    }
    wr_sql_free(&q);
    if (!done || !wr_hash_set_add(&s->objects.names, s->arena, sha256, &is_new, err))
        return false;
    if (!(octets = WR_APPEND(s->arena, &s->objects.octets, wr_view)))
        return wr_fail_memory(err);
    *octets = *out;
    return true;
}

typedef struct finding_objects {
    wr_survey *s;
    bool failed;
    wr_error *err;
} finding_objects;

static bool find_object(void *context, const uint8_t sha256[WR_SHA256_LEN], wr_view *out)
{
    finding_objects *f = context;

    if (!wr_survey_object(f->s, sha256, out, f->err)) {
        f->failed = true;
        return false;
    }
    return out->len > 0;
}

/* ---- a host ------------------------------------------------------------------------------------
 */

static bool read_record(wr_survey *s, size_t host, wr_arena *arena, wr_record *out, wr_error *err)
{
    wr_sql_query q;
    wr_view line;
    bool row, done;

    if (!wr_sql_prepare(&s->db->sql, "SELECT record FROM observation WHERE id = ?", &q, err))
        return false;
    wr_sql_bind_int(&q, 1, s->hosts.items[host].id);
    done = wr_sql_step(&q, &row, err) &&
           (row || wr_fail(err, WR_E_BUG, s->db->sql.path, WR_NO_OFFSET, "a record is gone")) &&
           wr_database_record(s->db, wr_sql_bytes(&q, 0), arena, &line, err);
    wr_sql_free(&q);
    return done && wr_record_read(line, arena, out, err);
}

bool wr_survey_judge(wr_survey *s, size_t host, const wr_survey_question *question, wr_arena *arena,
                     wr_diags *diags, wr_judgement *out, wr_error *err)
{
    finding_objects find = { .s = s, .err = err };
    const wr_object_source objects = { find_object, &find };
    wr_record_question asked = { .options = { .as_of = question->as_of },
                                 /* Nobody writes to them; the type says so one level up only. */
                                 .profiles = (wr_profile *const *)(const void *)question->profiles,
                                 .num_profiles = question->num_profiles,
                                 .supply = question->supply,
                                 .num_supply = question->num_supply };
    wr_record record = { .document = NULL };
    bool done;

    if (!asked.options.as_of && !wr_time_parse(s->hosts.items[host].as_of, &asked.options.as_of))
        return wr_fail(err, WR_E_MALFORMED, s->db->sql.path, WR_NO_OFFSET,
                       "the record of a host does not say for when it was judged");
    if (!read_record(s, host, arena, &record, err))
        return false;
    done = wr_record_judge(&record, &objects, &asked, arena, diags, out, err) && !find.failed;
    wr_record_close(&record);
    return done;
}

/* ---- what it came to ----------------------------------------------------------------------------
 */

static bool keep(const wr_survey *s, const char *text, const char **out, wr_error *err)
{
    *out = text && *text ? wr_arena_text(s->arena, text) : "";
    return *out || wr_fail_memory(err);
}

static bool keep_item(const wr_survey *s, const wr_check *check, const wr_model *m,
                      wr_known_item *item, wr_error *err)
{
    const wr_requirement *q = check->requirement;
    const wr_identity *id = q->certificate;
    const char *texts[] = { q->id,
                            wr_requirement_kind_name(q->kind),
                            q->required ? "required" : "recommended",
                            wr_result_name(check->result),
                            check->state,
                            check->detail,
                            "",
                            id ? id->subject : "",
                            q->store,
                            "" };
    char hex[2 * WR_SHA256_LEN + 1] = "";

    if (check->certificate != SIZE_MAX)
        wr_text_hex_into(m->certificates.items[check->certificate].sha256, WR_SHA256_LEN, hex);
    else if (id && id->has_sha256)
        wr_text_hex_into(id->sha256, WR_SHA256_LEN, hex);
    texts[6] = hex;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!keep(s, texts[i], &item->column[i], err))
            return false;
    return true;
}

static bool keep_outcome(wr_survey *s, wr_surveyed *host, const wr_comparison *c, const wr_model *m,
                         wr_error *err)
{
    wr_outcome *o = WR_NEW(s->arena, wr_outcome, 1);
    const wr_outcome **slot;

    if (!o || !(o->items.items = WR_NEW(s->arena, wr_known_item, c->checks.count + 1)))
        return wr_fail_memory(err);
    o->result = wr_result_name(c->result);
    o->items.count = c->checks.count;
    for (size_t i = 0; i < c->checks.count; i++)
        if (!keep_item(s, &c->checks.items[i], m, &o->items.items[i], err))
            return false;
    slot = wr_list_append(s->arena, (void **)(void *)&host->outcomes.items, &host->outcomes.count,
                          &host->outcomes.room, sizeof *slot);
    if (!slot)
        return wr_fail_memory(err);
    *slot = o;
    return wr_survey_profile_of(s, c->profile->id, c->profile->title, c->profile->version,
                                &o->profile, err);
}

static bool joined(const wr_survey *s, const char *const *texts, size_t count, const char **out,
                   wr_error *err)
{
    *out = "";
    for (size_t i = 0; i < count; i++)
        if (!(*out = wr_arena_format(s->arena, "%s%s%s", *out, i ? "\n" : "", texts[i])))
            return wr_fail_memory(err);
    return true;
}

static bool keep_action(wr_survey *s, wr_surveyed *host, const wr_action *a, wr_error *err)
{
    wr_survey_action kept = { .kind = wr_action_kind_name(a->kind), .subject = "" };
    char hex[2 * WR_SHA256_LEN + 1] = "";
    size_t *slot, action;

    if (a->kind == WR_ACTION_MANUAL) {
        host->num_manual++;
        return true;
    }
    if (a->certificate)
        wr_text_hex_into(a->certificate->sha256, WR_SHA256_LEN, hex);
    if (!keep(s, a->store, &kept.store, err) || !keep(s, hex, &kept.certificate, err) ||
        !keep(s, a->registry_key, &kept.key, err) || !keep(s, a->registry_name, &kept.name, err) ||
        !keep(s, a->registry_data, &kept.data, err) || !keep(s, a->reason, &kept.reason, err) ||
        !joined(s, a->requirements.items, a->requirements.count, &kept.requirement, err) ||
        !joined(s, a->widens.items, a->widens.count, &kept.widens, err) ||
        !wr_survey_action_of(s, &kept, &action, err))
        return false;
    if (!(slot = WR_APPEND(s->arena, &host->actions, size_t)))
        return wr_fail_memory(err);
    *slot = action;
    return true;
}

/* A record that cannot be judged again is one that cannot answer. */
static bool ask_host(wr_survey *s, size_t host, const wr_survey_question *question, wr_error *err)
{
    wr_surveyed *h = &s->hosts.items[host];
    wr_judgement judgement;
    wr_arena arena;
    wr_diags diags;
    bool done;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    done = wr_survey_judge(s, host, question, &arena, &diags, &judgement, err);
    if (!done && (err->code == WR_E_NO_MEMORY || err->code == WR_E_IO || err->code == WR_E_BUG)) {
        wr_arena_free(&arena);
        return false;
    }
    if (!done) {
        done = keep(s, err->message, &h->error, err);
    } else {
        for (size_t i = 0; done && i < question->num_profiles; i++)
            done = keep_outcome(s, h, &judgement.comparisons[i], &judgement.model, err);
        for (size_t i = 0; done && i < judgement.plan.actions.count; i++)
            done = keep_action(s, h, &judgement.plan.actions.items[i], err);
    }
    wr_arena_free(&arena);
    return done;
}

bool wr_survey_ask(wr_survey *s, const wr_survey_question *question, wr_error *err)
{
    s->asked = true;
    s->profiles.count = 0;
    for (size_t h = 0; h < s->hosts.count; h++) {
        s->hosts.items[h].outcomes.count = 0;
        if (s->hosts.items[h].has_report && !ask_host(s, h, question, err))
            return false;
    }
    return true;
}
