/* bundles.c - the fewest bundles, each written once with the hosts that it is for. */
#include "base/os.h"
#include "base/text.h"
#include "fleet/question.h"
#include "output/bundle.h"
#include "output/judgement.h"
#include "source/folder.h"

#include <stdlib.h>
#include <string.h>

typedef struct bundling {
    wr_survey *s;
    const wr_question *question;
    const char *folder; /* that is filled */
    wr_fleet_tell tell;
    void *context;
    wr_fleet_bundles_result *result;
    wr_error *err;
} bundling;

static bool kind_of(const char *name, wr_action_kind *out)
{
    for (int kind = WR_ACTION_ADD; kind <= WR_ACTION_SET_POLICY; kind++)
        if (!strcmp(name, wr_action_kind_name((wr_action_kind)kind))) {
            *out = (wr_action_kind)kind;
            return true;
        }
    return false;
}

/* Lines of a text, as items of a list. */
static bool split(const char *lines, wr_arena *arena, const char ***items, size_t *count,
                  wr_error *err)
{
    char *copy = wr_arena_text(arena, lines);
    size_t n = 1;

    if (!copy)
        return wr_fail_memory(err);
    for (const char *p = lines; *p; p++)
        n += *p == '\n';
    if (!(*items = WR_NEW(arena, const char *, n)))
        return wr_fail_memory(err);
    for (*count = 0; *copy;) {
        char *end = copy + strcspn(copy, "\n");
        (*items)[(*count)++] = copy;
        copy = *end ? end + 1 : end;
        *end = '\0';
    }
    return true;
}

/* The certificate of an action: from the supply, else from what some record holds. */
static bool certificate_of(const bundling *b, const wr_survey_action *a, wr_arena *arena,
                           const wr_certificate **out)
{
    const wr_survey_question *asked = &b->question->asked;
    uint8_t sha256[WR_SHA256_LEN];
    wr_certificate *made;
    wr_error damage;
    wr_view der;

    *out = NULL;
    if (!wr_text_unhex(a->certificate, sha256, sizeof sha256))
        return true;
    for (size_t i = 0; i < asked->num_supply; i++)
        if (!memcmp(asked->supply[i].sha256, sha256, sizeof sha256)) {
            *out = &asked->supply[i];
            return true;
        }
    if (!wr_survey_object(b->s, sha256, &der, b->err))
        return false;
    if (!der.len)
        return true;
    if (!(made = WR_NEW(arena, wr_certificate, 1)))
        return wr_fail_memory(b->err);
    if (wr_certificate_facts(der, made, &damage) && !memcmp(made->sha256, sha256, sizeof sha256))
        *out = made;
    return true;
}

static void tell_left_out(const bundling *b, const wr_survey_action *a)
{
    wr_error what;

    b->result->num_left_out++;
    wr_fail(&what, WR_E_USAGE, b->s->db->sql.path, WR_NO_OFFSET,
            "%s %s %s is left out of its bundle: neither --supply nor a record has this "
            "certificate",
            a->kind, a->store, *a->certificate ? a->certificate : a->name);
    if (b->tell)
        b->tell(&what, b->context);
}

static bool make_action(const bundling *b, const wr_survey_action *a, const wr_trust *trust,
                        wr_arena *arena, wr_action *out, bool *usable)
{
    wr_action made = { .store = a->store,
                       .file = "",
                       .reason = a->reason ? a->reason : "",
                       .registry_key = a->key,
                       .registry_name = a->name,
                       .registry_data = a->data,
                       .reversible = true };
    const wr_ctl_entry *entry;

    *usable = kind_of(a->kind, &made.kind);
    if (!*usable ||
        !split(a->requirement, arena, &made.requirements.items, &made.requirements.count, b->err) ||
        !split(a->widens, arena, &made.widens.items, &made.widens.count, b->err) ||
        !certificate_of(b, a, arena, &made.certificate))
        return !*usable;
    if (made.certificate && !strcmp(a->store, "Root") && made.kind == WR_ACTION_ADD) {
        entry = wr_trust_program_entry(trust, made.certificate->sha1);
        if (entry && trust->authroot &&
            trust->lists[trust->authroot - trust->model->lists.items].signature.status ==
                WR_SIGNATURE_VALID)
            made.listed = entry;
    }
    *usable = wr_bundle_is_scripted(&made);
    *out = made;
    return true;
}

/* The plan of a bundle is what it does, whichever of its hosts it goes to. */
static bool make_plan(const bundling *b, size_t bundle, const wr_trust *trust, wr_arena *arena,
                      wr_plan *out)
{
    *out = (wr_plan){ .num_manual = 0 };
    for (size_t i = 0; i < b->s->actions.count; i++) {
        wr_action made, *slot;
        bool usable;

        if (!wr_actions_has(&b->s->cover.bundles[bundle], i))
            continue;
        if (!make_action(b, &b->s->actions.items[i], trust, arena, &made, &usable))
            return false;
        if (!usable) {
            tell_left_out(b, &b->s->actions.items[i]);
            continue;
        }
        if (!(slot = WR_APPEND(arena, &out->actions, wr_action)))
            return wr_fail_memory(b->err);
        *slot = made;
    }
    return true;
}

/* The host that stands for all of a bundle's in its report: the one with the most to do. */
static size_t example_of(const wr_survey *s, size_t bundle)
{
    size_t best = SIZE_MAX;

    for (size_t h = 0; h < s->hosts.count; h++)
        if (s->hosts.items[h].bundle == bundle &&
            (best == SIZE_MAX ||
             s->hosts.items[h].actions.count > s->hosts.items[best].actions.count))
            best = h;
    return best;
}

static bool write_hosts(const bundling *b, size_t bundle, const char *path)
{
    wr_out *out;

    if (!wr_out_file(path, &out, b->err))
        return false;
    for (size_t h = 0; h < b->s->hosts.count; h++) {
        const wr_surveyed *host = &b->s->hosts.items[h];
        const char *texts[] = { host->name, host->key, host->evidence };

        if (host->bundle != bundle)
            continue;
        b->result->num_hosts++;
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            const char *safe = wr_text_printable(b->s->arena, texts[i]);
            if (!safe) {
                wr_out_discard(out);
                return wr_fail_memory(b->err);
            }
            wr_out_printf(out, "%s%s", i ? "\t" : "", safe);
        }
        wr_out_text(out, "\n");
    }
    return wr_out_finish(out, b->err);
}

static bool write_bundle(const bundling *b, size_t bundle, wr_arena *arena)
{
    const size_t host = example_of(b->s, bundle);
    const char *path = wr_arena_format(arena, "%s/bundle-%zu", b->folder, bundle + 1);
    const char *hosts = wr_arena_format(arena, "%s/bundle-%zu.hosts.tsv", b->folder, bundle + 1);
    wr_judgement judgement;
    wr_result_set set;
    wr_diags diags;
    wr_plan plan;

    if (!path || !hosts)
        return wr_fail_memory(b->err);
    wr_diags_init(&diags, arena);
    if (!wr_survey_judge(b->s, host, &b->question->asked, arena, &diags, &judgement, b->err) ||
        !make_plan(b, bundle, &judgement.trust, arena, &plan))
        return false;
    set = (wr_result_set){ .evidence = judgement.model.evidence,
                           .model = &judgement.model,
                           .trust = &judgement.trust,
                           .comparisons = judgement.comparisons,
                           .num_comparisons = b->question->asked.num_profiles,
                           .plan = &plan,
                           .diags = &diags,
                           .version = wr_version() };
    return wr_bundle_write(&set, path, false, b->err) && write_hosts(b, bundle, hosts);
}

static bool write_bundles(const bundling *b)
{
    bool done = true;

    b->result->num_bundles = b->s->cover.num_bundles;
    b->result->at_least = b->s->cover.at_least;
    b->result->is_least = b->s->cover.is_least;
    for (size_t i = 0; done && i < b->s->cover.num_bundles; i++) {
        wr_arena arena;
        wr_arena_init(&arena, WR_LIMIT_ARENA);
        done = write_bundle(b, i, &arena);
        wr_arena_free(&arena);
    }
    return done;
}

/* They are written to a folder beside, which then has the place of an empty or absent one. */
static bool write_all(bundling *b, const char *folder)
{
    const char *beside = wr_arena_format(b->s->arena, "%s.new", folder);

    if (!beside)
        return wr_fail_memory(b->err);
    if (wr_os_place(beside) != WR_PLACE_NOTHING && !wr_os_remove_tree(beside))
        return wr_os_fail(b->err, beside, "cannot be removed");
    if (!wr_os_make_folder(beside))
        return wr_os_fail(b->err, beside, "cannot be made");
    b->folder = beside;
    if (write_bundles(b) && (wr_os_rename_folder(beside, folder) ||
                             wr_fail(b->err, WR_E_USAGE, folder, WR_NO_OFFSET,
                                     "cannot take the place of what is there: expected nothing, "
                                     "or an empty folder")))
        return true;
    (void)wr_os_remove_tree(beside);
    return false;
}

bool wr_fleet_bundles(const char *database, const wr_fleet_question *question, const char *folder,
                      wr_fleet_tell tell, void *context, wr_fleet_bundles_result *out,
                      wr_error *err)
{
    wr_question asked;
    wr_database db;
    wr_arena arena;
    wr_survey survey;
    bool done;

    *out = (wr_fleet_bundles_result){ .num_bundles = 0 };
    if (!wr_database_open(database, &db, err))
        return false;
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    done = wr_question_read(question, &arena, &asked, err);
    if (done) {
        bundling b = { .s = &survey,
                       .question = &asked,
                       .tell = tell,
                       .context = context,
                       .result = out,
                       .err = err };
        done = wr_question_survey(&asked, &db, 0, &arena, &survey, err) && write_all(&b, folder);
        wr_question_close(&asked);
    }
    wr_arena_free(&arena);
    wr_database_close(&db);
    return done;
}
