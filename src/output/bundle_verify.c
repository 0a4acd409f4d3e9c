/* bundle_verify.c - is a folder the bundle that its manifest tells of? */
#include "output/bundle_check.h"

#include "base/text.h"
#include "output/bundle.h"
#include "output/bundle_cmd.h"
#include "source/folder.h"
#include "winroots/analysis.h"
#include "winroots/limits.h"

#include <string.h>

/* In every bundle, and made from more than its steps. */
static const char *const told[] = { "README.txt", "report.html", "report.json", "summary.json" };
#define NUM_TOLD (sizeof told / sizeof *told)

/* What the scripts leave beside themselves. */
static const char *const left[] = {
    "log/winroots.log", "log/result.json",  "log/verify.log",
    "log/verify.json",  "log/rollback.log", "log/rollback.json",
};

#define IS_IN(names, name) is_in(names, sizeof names / sizeof *names, name)

static bool is_in(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static const wr_bundle_file *find_file(const wr_bundle_file *files, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

static bool is_same(const wr_bundle_file *a, const wr_bundle_file *b)
{
    return a->bytes == b->bytes && memcmp(a->sha256, b->sha256, WR_SHA256_LEN) == 0;
}

/* ---- the files of the manifest -----------------------------------------------------------------
 */

static bool check_file(wr_bundle_check *check, const wr_bundle_file *listed, wr_error *err)
{
    wr_bundle_file found = { .name = listed->name };
    wr_file *file;
    bool done;

    check->num_looked++;
    if (!wr_bundle_open(check, listed->name, &file, err))
        return err->code != WR_E_NO_MEMORY &&
               wr_bundle_found(check, "missing", listed->name, err,
                               "the manifest lists it, and it cannot be read");
    found.bytes = wr_file_view(file).len;
    done = wr_digest(WR_SHA256, wr_file_view(file), found.sha256, err);
    wr_file_close(file);
    if (!done || is_same(&found, listed))
        return done;
    return wr_bundle_found(check, "changed", listed->name, err,
                           "%llu bytes of another SHA-256, the manifest has %llu",
                           (unsigned long long)found.bytes, (unsigned long long)listed->bytes);
}

static bool check_files(wr_bundle_check *check, const wr_manifest *manifest, wr_error *err)
{
    for (size_t i = 0; i < manifest->files.count; i++)
        if (!check_file(check, &manifest->files.items[i], err))
            return false;
    return true;
}

static bool check_nothing_else(wr_bundle_check *check, const wr_manifest *manifest, wr_error *err)
{
    wr_folder_files found = { 0 };

    if (!wr_folder_list(check->folder, &check->arena, &check->diags, &found, err))
        return false;
    for (size_t i = 0; i < found.paths.count; i++) {
        const char *name = found.paths.items[i];
        if (strcmp(name, "manifest.json") != 0 && !IS_IN(left, name) &&
            !find_file(manifest->files.items, manifest->files.count, name) &&
            !wr_bundle_found(check, "extra", name, err, "the manifest does not list it"))
            return false;
    }
    for (size_t i = 0; i < check->diags.list.count; i++)
        if (!wr_bundle_found(check, "extra", check->diags.list.items[i].path, err, "%s",
                             check->diags.list.items[i].message))
            return false;
    return true;
}

/* ---- the steps against the plan ----------------------------------------------------------------
 */

static bool member_is(const wr_json *object, const char *name, const char *expected)
{
    wr_json member = wr_json_member(object, name);
    const char *text;
    wr_error ignored;

    if (!member.node)
        return !*expected;
    return wr_json_get_text(&member, &text, &ignored) && strcmp(text, expected) == 0;
}

static bool is_planned_as(const wr_step *step, const wr_json *action)
{
    wr_json registry = wr_json_member(action, "registry");

    if (!member_is(action, "action", wr_action_kind_name(step->kind)))
        return false;
    if (step->kind == WR_ACTION_SET_POLICY)
        return member_is(&registry, "key", step->key) && member_is(&registry, "name", step->name);
    return member_is(action, "store", step->store) &&
           member_is(action, "certificate", step->sha256);
}

/* Steps stand in the order of the plan; what no script may do became a manual one. */
static bool check_steps(wr_bundle_check *check, const wr_manifest *manifest, wr_error *err)
{
    wr_json root = wr_json_root(manifest->document), plan = wr_json_member(&root, "plan");
    size_t at = 0, count = wr_json_is_array(&plan) ? wr_json_count(&plan) : 0;

    for (size_t i = 0; i < manifest->steps.list.count; i++) {
        const wr_step *step = &manifest->steps.list.items[i];
        bool planned = step->kind == WR_ACTION_MANUAL;

        while (!planned && at < count) {
            wr_json action = wr_json_item(&plan, at++);
            planned = is_planned_as(step, &action);
        }
        if (!planned &&
            !wr_bundle_found(check, "not_planned", *step->sha1 ? step->sha1 : step->name, err,
                             "step %zu (%s) stands nowhere in the plan", i + 1,
                             wr_action_kind_name(step->kind)))
            return false;
    }
    return true;
}

/* ---- what the steps give -----------------------------------------------------------------------
 */

static bool is_certificate_of(const wr_step *step, wr_view der, bool *out, wr_error *err)
{
    uint8_t digest[WR_SHA256_LEN];
    char sha1[2 * WR_SHA1_LEN + 1], sha256[2 * WR_SHA256_LEN + 1];

    if (!wr_digest(WR_SHA1, der, digest, err))
        return false;
    wr_text_hex_into(digest, WR_SHA1_LEN, sha1);
    if (!wr_digest(WR_SHA256, der, digest, err))
        return false;
    wr_text_hex_into(digest, WR_SHA256_LEN, sha256);
    *out = !strcmp(sha1, step->sha1) && !strcmp(sha256, step->sha256);
    return true;
}

/* Gives the step its certificate; *right stays where it is the one that the step names. */
static bool load_certificate(wr_bundle_check *check, wr_step *step, bool *right, wr_error *err)
{
    const char *name = wr_step_file(step, &check->arena);
    bool same = false;
    wr_file *file;
    wr_view der;

    if (!name)
        return wr_fail_memory(err);
    if (!wr_bundle_open(check, name, &file, err)) {
        *right = false;
        return err->code != WR_E_NO_MEMORY &&
               wr_bundle_found(check, "missing", name, err, "a step adds it");
    }
    der = wr_file_view(file);
    if (der.len > WR_LIMIT_CERTIFICATE_BYTES) {
        wr_file_close(file);
        *right = false;
        return wr_bundle_found(check, "wrong_certificate", name, err, "%zu bytes", der.len);
    }
    if (!wr_arena_copy(&check->arena, der, &step->der)) {
        wr_file_close(file);
        return wr_fail_memory(err);
    }
    wr_file_close(file);
    if (!is_certificate_of(step, step->der, &same, err))
        return false;
    *right &= same;
    return same || wr_bundle_found(check, "wrong_certificate", name, err,
                                   "its hashes are not those of the step that adds it");
}

static bool compare_made(wr_bundle_check *check, const wr_manifest *manifest, const wr_bundle *made,
                         wr_error *err)
{
    for (size_t i = 0; i < made->files.count; i++) {
        const wr_bundle_file *file = &made->files.items[i];
        const wr_bundle_file *listed =
            find_file(manifest->files.items, manifest->files.count, file->name);

        if (!listed) {
            if (!wr_bundle_found(check, "missing", file->name, err,
                                 "the steps give this file, and the manifest does not list it"))
                return false;
        } else if (!is_same(file, listed) &&
                   !wr_bundle_found(check, "not_generated", file->name, err,
                                    "the steps of this plan give another file")) {
            return false;
        }
    }
    for (size_t i = 0; i < NUM_TOLD; i++)
        if (!find_file(manifest->files.items, manifest->files.count, told[i]) &&
            !wr_bundle_found(check, "missing", told[i], err,
                             "every bundle has it, and the manifest does not list it"))
            return false;
    for (size_t i = 0; i < manifest->files.count; i++) {
        const char *name = manifest->files.items[i].name;
        if (!find_file(made->files.items, made->files.count, name) && !IS_IN(told, name) &&
            !wr_bundle_found(check, "extra", name, err, "the steps of this plan do not give it"))
            return false;
    }
    return true;
}

static bool check_generated(wr_bundle_check *check, wr_manifest *manifest, wr_error *err)
{
    wr_bundle made = { .version = manifest->version, .arena = &check->arena };
    bool right = true;

    if (strcmp(manifest->version, wr_version()) != 0)
        return wr_bundle_found(check, "other_version", "", err,
                               "made by winroots %.40s; this is %s, which cannot make its scripts "
                               "again",
                               manifest->version, wr_version());
    for (size_t i = 0; i < manifest->steps.list.count; i++)
        if (wr_step_puts(&manifest->steps.list.items[i]) &&
            !load_certificate(check, &manifest->steps.list.items[i], &right, err))
            return false;
    made.steps = manifest->steps;
    if (!wr_bundle_id(&made.steps, &check->arena, &made.id, err))
        return false;
    if (strcmp(made.id, check->id) != 0 &&
        !wr_bundle_found(check, "wrong_id", "", err, "the steps are those of bundle %s", made.id))
        return false;
    if (!right) /* what a wrong certificate would give is said already */
        return true;
    return wr_bundle_generate(&made, err) && compare_made(check, manifest, &made, err);
}

static bool verify(wr_bundle_check *check, wr_error *err)
{
    wr_manifest manifest;
    bool done;

    if (!wr_manifest_read(check, &manifest, err))
        return false;
    done = check_files(check, &manifest, err) && check_nothing_else(check, &manifest, err) &&
           check_steps(check, &manifest, err) && check_generated(check, &manifest, err);
    wr_json_free(manifest.document);
    return done;
}

wr_bundle_check *wr_bundle_verify(const char *folder, wr_error *err)
{
    wr_bundle_check *check = wr_bundle_check_new("verify", folder, err);

    if (check && !verify(check, err)) {
        wr_bundle_check_free(check);
        return NULL;
    }
    return check;
}
