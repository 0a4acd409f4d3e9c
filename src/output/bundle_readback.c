/* bundle_readback.c - is every step of a bundle in place on the host, as the host reported it and
 * as evidence of the host shows it? */
#include "output/bundle_check.h"

#include "base/text.h"
#include "require/check.h"
#include "require/field.h"
#include "store/collect.h"
#include "winroots/limits.h"

#include <string.h>

#define SCHEMA "winroots.result/1"

/* A step as people know it: its thumbprint, the name of its value, or its requirement. */
static const char *about(const wr_step *step)
{
    return *step->sha1 ? step->sha1 : *step->name ? step->name : step->requirement;
}

/* ---- what the host reported --------------------------------------------------------------------
 */

typedef struct reported {
    const char *bundle, *script, *computer;
    uint64_t in_place, failed, exit;
    bool result;
    wr_json actions;
} reported;

static bool get_uint(const wr_json *root, const char *name, uint64_t *out, wr_error *err)
{
    wr_json member = wr_json_member(root, name);
    return wr_json_get_uint(&member, out, err);
}

static bool read_result(const wr_json *root, wr_arena *arena, reported *out, wr_error *err)
{
    wr_json schema = wr_json_member(root, "schema"), result = wr_json_member(root, "result");
    const char *text;

    out->actions = wr_json_member(root, "actions");
    if (!wr_json_get_text(&schema, &text, err))
        return false;
    if (strcmp(text, SCHEMA) != 0)
        return wr_json_fail(&schema, err, "\"%.40s\", expected \"" SCHEMA "\"", text);
    if (!wr_json_is_array(&out->actions))
        return wr_json_fail(&out->actions, err, "expected the actions of a result");
    return wr_field_member(root, "bundle", arena, &out->bundle, err) &&
           wr_field_member(root, "script", arena, &out->script, err) &&
           wr_field_member(root, "computer", arena, &out->computer, err) &&
           get_uint(root, "in_place", &out->in_place, err) &&
           get_uint(root, "failed", &out->failed, err) && get_uint(root, "exit", &out->exit, err) &&
           wr_json_get_bool(&result, &out->result, err);
}

/* A text of an action, "" where it has none: what is missing then differs from what is expected. */
static const char *text_of(const wr_json *action, const char *name)
{
    wr_json member = wr_json_member(action, name);
    const char *text;
    wr_error ignored;

    return wr_json_get_text(&member, &text, &ignored) ? text : "";
}

static bool is_report_of(const wr_step *step, const wr_json *action)
{
    if (strcmp(text_of(action, "action"), wr_action_kind_name(step->kind)) != 0)
        return false;
    if (step->kind == WR_ACTION_MANUAL)
        return strcmp(text_of(action, "requirement"), step->requirement) == 0;
    if (step->kind == WR_ACTION_SET_POLICY)
        return strcmp(text_of(action, "name"), step->name) == 0;
    return strcmp(text_of(action, "store"), step->store) == 0 &&
           strcmp(text_of(action, "sha1"), step->sha1) == 0;
}

static bool check_reported_step(wr_bundle_check *check, const wr_step *step, const wr_json *action,
                                uint64_t *num_in_place, wr_error *err)
{
    wr_json in_place = wr_json_member(action, "in_place");
    bool right = false;
    wr_error ignored;

    if (!is_report_of(step, action))
        return wr_bundle_found(check, "other_action", about(step), err,
                               "reported is \"%.40s\" of \"%.64s\"", text_of(action, "action"),
                               text_of(action, "sha1"));
    if (step->kind == WR_ACTION_MANUAL)
        return true;
    if (wr_json_get_bool(&in_place, &right, &ignored) && right) {
        ++*num_in_place;
        return true;
    }
    return wr_bundle_found(check, "not_in_place", about(step), err, "%s: %.64s, before %.64s",
                           wr_action_kind_name(step->kind), text_of(action, "outcome"),
                           text_of(action, "before"));
}

static bool check_reported_steps(wr_bundle_check *check, const wr_manifest *manifest,
                                 const reported *r, wr_error *err)
{
    size_t count = wr_json_count(&r->actions), steps = manifest->steps.list.count;
    uint64_t in_place = 0;

    for (size_t i = 0; i < steps; i++) {
        const wr_step *step = &manifest->steps.list.items[i];
        wr_json action;

        check->num_looked++;
        if (i >= count) {
            if (!wr_bundle_found(check, "not_reported", about(step), err, "the script stopped"))
                return false;
            continue;
        }
        action = wr_json_item(&r->actions, i);
        if (!check_reported_step(check, step, &action, &in_place, err))
            return false;
    }
    if (count > steps &&
        !wr_bundle_found(check, "not_planned", "", err,
                         "%zu actions are reported, the bundle has %zu", count, steps))
        return false;
    if (in_place == r->in_place && r->result == (r->exit == 0 && !r->failed))
        return true;
    return wr_bundle_found(check, "contradiction", "", err,
                           "the actions say %llu in place; the end says %llu, %llu failed, exit "
                           "code %llu, result %s",
                           (unsigned long long)in_place, (unsigned long long)r->in_place,
                           (unsigned long long)r->failed, (unsigned long long)r->exit,
                           r->result ? "true" : "false");
}

/* A name that is not known is no other name. */
static bool is_other_computer(const char *a, const char *b)
{
    return *a && *b && wr_text_compare(a, b) != 0;
}

static bool check_result(wr_bundle_check *check, const wr_manifest *manifest, const reported *r,
                         wr_error *err)
{
    if (strcmp(r->bundle, check->id) != 0)
        return wr_bundle_found(check, "other_bundle", "", err, "the result is of bundle \"%.64s\"",
                               r->bundle);
    if (strcmp(r->script, "install") != 0 && strcmp(r->script, "verify") != 0)
        return wr_bundle_found(check, "other_script", "", err,
                               "the result is of \"%.40s\", expected install or verify", r->script);
    if (is_other_computer(manifest->computer, r->computer) &&
        !wr_bundle_found(check, "other_computer", "", err,
                         "\"%.64s\", the bundle was for \"%.64s\"", r->computer,
                         manifest->computer))
        return false;
    return check_reported_steps(check, manifest, r, err);
}

/* ---- what the host holds -----------------------------------------------------------------------
 */

static bool is_on_machine(const wr_model *m, const wr_step *step)
{
    static const wr_location places[] = { WR_LM, WR_LM_GROUP_POLICY, WR_LM_ENTERPRISE };
    uint8_t sha256[WR_SHA256_LEN];
    size_t found;

    if (!wr_text_unhex(step->sha256, sha256, sizeof sha256))
        return false;
    if ((found = wr_model_find_sha256(m, sha256)) == SIZE_MAX)
        return false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (wr_model_instance(m, found, places[i], step->store))
            return true;
    return strcmp(step->store, "Root") == 0 && wr_model_instance(m, found, WR_LM, "AuthRoot");
}

static bool is_set(const wr_model *m, const wr_step *step)
{
    const char *path = step->key + strlen(WR_REGISTRY_SOFTWARE);

    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *policy = &m->policies.items[i];
        if (wr_policy_is_value(policy, path, step->name))
            return policy->is_number && policy->number == step->value;
    }
    return false;
}

static bool check_host_step(wr_bundle_check *check, const wr_model *m, const wr_step *step,
                            wr_error *err)
{
    switch (step->kind) {
    case WR_ACTION_ADD:
    case WR_ACTION_DISALLOW:
        return is_on_machine(m, step) || wr_bundle_found(check, "absent_on_host", about(step), err,
                                                         "not in %s of the machine", step->store);
    case WR_ACTION_DELETE:
        return !is_on_machine(m, step) ||
               wr_bundle_found(check, "present_on_host", about(step), err,
                               "still in %s of the machine", step->store);
    case WR_ACTION_SET_POLICY:
        return is_set(m, step) || wr_bundle_found(check, "different_on_host", about(step), err,
                                                  "is not %llu", (unsigned long long)step->value);
    case WR_ACTION_MANUAL:
        break;
    }
    return true;
}

static bool check_model(wr_bundle_check *check, const wr_manifest *manifest, const wr_model *m,
                        const char *computer, wr_error *err)
{
    if (!m->has_machine_hive)
        return wr_bundle_found(check, "no_machine_hive", "", err,
                               "the evidence has no registry of the machine's stores");
    if (is_other_computer(m->host.computer_name, computer) &&
        !wr_bundle_found(check, "other_computer", "", err,
                         "\"%.64s\" reported, the evidence is of \"%.64s\"", computer,
                         m->host.computer_name))
        return false;
    if (check->diags.num_skipped &&
        !wr_bundle_found(check, "evidence_skipped", "", err,
                         "%zu parts of the evidence could not be read", check->diags.num_skipped))
        return false;
    for (size_t i = 0; i < manifest->steps.list.count; i++)
        if (!check_host_step(check, m, &manifest->steps.list.items[i], err))
            return false;
    return true;
}

static bool check_evidence(wr_bundle_check *check, const wr_manifest *manifest,
                           const char *const *paths, size_t num_paths, const char *computer,
                           wr_error *err)
{
    static const wr_evidence_options how = { .hash = false };
    static const wr_collect_options collect = { .updates = false };
    wr_evidence *evidence = wr_evidence_new(&check->arena, &check->diags);
    bool done = evidence || wr_fail_memory(err);
    wr_model model;

    for (size_t i = 0; done && i < num_paths; i++)
        done = wr_evidence_add(evidence, paths[i], WR_USE_EVIDENCE, NULL, &how, err);
    if (done) {
        wr_evidence_seal(evidence);
        wr_model_init(&model, &check->arena, &check->diags, evidence);
        done = wr_collect(evidence, &collect, &model, err) &&
               check_model(check, manifest, &model, computer, err);
    }
    wr_evidence_free(evidence);
    return done;
}

/* ---- both --------------------------------------------------------------------------------------
 */

static bool read_reported(wr_bundle_check *check, const char *path, wr_json_document **document,
                          reported *out, wr_error *err)
{
    wr_json root;

    if (!wr_bundle_json(path, document, err))
        return false;
    root = wr_json_root(*document);
    if (read_result(&root, &check->arena, out, err))
        return true;
    wr_json_free(*document);
    return false;
}

static bool read_back(wr_bundle_check *check, const char *result, const char *const *evidence,
                      size_t num_evidence, wr_error *err)
{
    wr_json_document *document;
    wr_manifest manifest;
    reported r;
    bool done;

    if (!wr_manifest_read(check, &manifest, err))
        return false;
    done = read_reported(check, result, &document, &r, err);
    if (done) {
        done = check_result(check, &manifest, &r, err) &&
               (!num_evidence ||
                check_evidence(check, &manifest, evidence, num_evidence, r.computer, err));
        wr_json_free(document);
    }
    wr_json_free(manifest.document);
    return done;
}

wr_bundle_check *wr_bundle_readback(const char *folder, const char *result,
                                    const char *const *evidence, size_t num_evidence, wr_error *err)
{
    wr_bundle_check *check = wr_bundle_check_new("readback", folder, err);

    if (check && !read_back(check, result, evidence, num_evidence, err)) {
        wr_bundle_check_free(check);
        return NULL;
    }
    return check;
}
