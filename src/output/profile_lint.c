#include "winroots/profile.h"

#include "base/json.h"
#include "base/text.h"
#include "require/lint.h"
#include "source/file.h"
#include "store/collect.h"
#include "winroots/limits.h"

typedef struct linted {
    const char *name; /* as the user gave it */
    wr_lint lint;
} linted;

typedef struct lint_run {
    const wr_lint_options *options;
    wr_arena arena;
    wr_diags diags;
    wr_evidence *evidence;
    wr_model model;
    wr_trust trust;
    linted *profiles;
    size_t num_profiles;
    size_t num_findings; /* that no item says it knows */
} lint_run;

/* ---- what is known -----------------------------------------------------------------------------
 */

static bool add_inputs(lint_run *run, const char *const *paths, size_t count, wr_use use,
                       wr_error *err)
{
    static const wr_evidence_options how = { .hash = false };

    for (size_t i = 0; i < count; i++)
        if (!wr_evidence_add(run->evidence, paths[i], use, NULL, &how, err))
            return false;
    return true;
}

/* A list that is not used because its signature does not hold would make everything look clean. */
static bool check_lists(const lint_run *run, wr_error *err)
{
    const wr_model *m = &run->model;

    if (run->options->num_lists && !m->lists.count)
        return wr_fail(err, WR_E_USAGE, run->options->lists[0], WR_NO_OFFSET,
                       "no trust list is in what --ctl names");
    for (size_t i = 0; i < m->lists.count; i++)
        if (run->trust.lists[i].signature.status != WR_SIGNATURE_VALID)
            return wr_fail(err, WR_E_MISMATCH, m->lists.items[i].source, WR_NO_OFFSET,
                           "a list that is not used: %s", run->trust.lists[i].signature.detail);
    return true;
}

static bool learn(lint_run *run, wr_error *err)
{
    const wr_lint_options *o = run->options;
    wr_trust_options judge = { .as_of = o->as_of };
    wr_collect_options collect = { .updates = false };

    if (!add_inputs(run, o->supplies, o->num_supplies, WR_USE_SUPPLY, err) ||
        !add_inputs(run, o->lists, o->num_lists, WR_USE_LIST, err))
        return false;
    wr_evidence_seal(run->evidence);
    wr_model_init(&run->model, &run->arena, &run->diags, run->evidence);
    return wr_collect(run->evidence, &collect, &run->model, err) &&
           wr_trust_evaluate(&run->model, &judge, &run->arena, &run->trust, err) &&
           check_lists(run, err);
}

/* ---- profiles ----------------------------------------------------------------------------------
 */

static bool lint_file(lint_run *run, linted *profile, wr_error *err)
{
    wr_file *file;
    bool done;

    if (!wr_file_open(profile->name, NULL, &file, err))
        return err->code != WR_E_IO
                   ? false
                   : wr_fail(err, WR_E_USAGE, profile->name, WR_NO_OFFSET,
                             "no built-in profile has this id or alias, and no such file can be "
                             "read");
    done = wr_lint_profile(wr_file_view(file), &run->trust, &run->arena, &profile->lint, err);
    wr_file_close(file);
    return done;
}

static bool lint_one(lint_run *run, const char *name, wr_error *err)
{
    linted *profile = &run->profiles[run->num_profiles];
    wr_profile builtin;
    bool found;

    profile->name = name;
    if (!wr_profile_find_builtin(name, &run->arena, &builtin, &found, err))
        return false;
    if (found ? !wr_lint_profile(builtin.json, &run->trust, &run->arena, &profile->lint, err)
              : !lint_file(run, profile, err))
        return false;
    run->num_profiles++;
    run->num_findings += profile->lint.findings.count - profile->lint.num_known;
    return true;
}

/* ---- the report --------------------------------------------------------------------------------
 */

static bool write_text(lint_run *run, const linted *profile, wr_out *out, wr_error *err)
{
    const wr_lint *lint = &profile->lint;
    size_t count = lint->findings.count - lint->num_known;
    const char *name = wr_text_printable(&run->arena, profile->name);

    if (!name)
        return wr_fail_memory(err);
    if (count)
        wr_out_printf(out, "%s: %zu finding%s", name, count, count == 1 ? "" : "s");
    else
        wr_out_printf(out, "%s: clean", name);
    if (lint->num_known)
        wr_out_printf(out, ", %zu known", lint->num_known);
    wr_out_text(out, "\n");
    for (size_t i = 0; i < lint->findings.count; i++) {
        const wr_lint_finding *f = &lint->findings.items[i];
        const char *pointer = wr_text_printable(&run->arena, *f->pointer ? f->pointer : "/");
        const char *message = wr_text_printable(&run->arena, f->message);

        if (!pointer || !message)
            return wr_fail_memory(err);
        wr_out_printf(out, "  %s: %s%s: %s\n", pointer, wr_defect_names[f->defect],
                      f->known ? " (known)" : "", message);
    }
    return true;
}

static void write_json(const lint_run *run, wr_out *out)
{
    wr_json_writer w;

    wr_json_start(&w, out, false);
    wr_json_object(&w, NULL);
    wr_json_text(&w, "schema", "winroots.lint/1");
    wr_json_time(&w, "as_of", run->options->as_of);
    wr_json_array(&w, "profiles");
    for (size_t i = 0; i < run->num_profiles; i++) {
        const wr_lint *lint = &run->profiles[i].lint;

        wr_json_object(&w, NULL);
        wr_json_text(&w, "profile", run->profiles[i].name);
        if (*lint->id)
            wr_json_text(&w, "id", lint->id);
        wr_json_array(&w, "findings");
        for (size_t j = 0; j < lint->findings.count; j++) {
            const wr_lint_finding *f = &lint->findings.items[j];
            wr_json_object(&w, NULL);
            wr_json_text(&w, "defect", wr_defect_names[f->defect]);
            wr_json_text(&w, "pointer", f->pointer);
            wr_json_text(&w, "message", f->message);
            wr_json_bool(&w, "known", f->known);
            wr_json_end_object(&w);
        }
        wr_json_end_array(&w);
        wr_json_end_object(&w);
    }
    wr_json_end_array(&w);
    wr_json_end_object(&w);
    wr_json_finish(&w);
}

static bool write_report(lint_run *run, const char *output, wr_error *err)
{
    wr_out *out;

    if (!(output ? wr_out_file(output, &out, err) : wr_out_stdout(&out, err)))
        return false;
    if (run->options->json)
        write_json(run, out);
    for (size_t i = 0; !run->options->json && i < run->num_profiles; i++)
        if (!write_text(run, &run->profiles[i], out, err)) {
            wr_out_discard(out);
            return false;
        }
    return wr_out_finish(out, err);
}

static bool lint_all(lint_run *run, const char *const *profiles, size_t count, wr_error *err)
{
    wr_diags_init(&run->diags, &run->arena);
    run->profiles = WR_NEW(&run->arena, linted, count + 1);
    run->evidence = wr_evidence_new(&run->arena, &run->diags);
    if (!run->profiles || !run->evidence)
        return wr_fail_memory(err);
    if (!learn(run, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!lint_one(run, profiles[i], err))
            return false;
    return true;
}

bool wr_profile_lint(const char *const *profiles, size_t num_profiles,
                     const wr_lint_options *options, const char *output, size_t *num_findings,
                     wr_error *err)
{
    lint_run run = { .options = options };
    bool done;

    wr_arena_init(&run.arena, WR_LIMIT_ARENA);
    done = lint_all(&run, profiles, num_profiles, err) && write_report(&run, output, err);
    *num_findings = done ? run.num_findings : 0;
    wr_evidence_free(run.evidence);
    wr_arena_free(&run.arena);
    return done;
}
