#include "output/bundle.h"

#include "output/bundle_cmd.h"
#include "output/bundle_manifest.h"
#include "output/bundle_ps1.h"
#include "output/bundle_readme.h"
#include "output/bundle_reg.h"
#include "output/bundle_sst.h"
#include "output/bundle_summary.h"
#include "output/report.h"
#include "output/report_html.h"
#include "source/folder.h"
#include "winroots/limits.h"

static bool put_certificates(wr_bundle *bundle, wr_error *err)
{
    for (size_t i = 0; i < bundle->steps.list.count; i++) {
        const wr_step *step = &bundle->steps.list.items[i];
        const char *name;

        if (!wr_step_puts(step))
            continue;
        if (!(name = wr_step_file(step, bundle->arena)))
            return wr_fail_memory(err);
        if (!wr_bundle_put(bundle, name, step->der, err))
            return false;
    }
    return true;
}

static bool put_report(wr_bundle *bundle, wr_error *err)
{
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    if (!wr_report_json(bundle->set, WR_REPORT_WHOLE, false, out, err)) {
        wr_out_discard(out);
        return false;
    }
    return wr_bundle_put_sink(bundle, "report.json", out, err);
}

/* For people.  Without the command line, so that the same input gives the same bundle. */
static bool put_page(wr_bundle *bundle, wr_error *err)
{
    wr_result_set set = *bundle->set;
    wr_out *out;

    set.command_line = NULL;
    if (!wr_out_memory(&out, err))
        return false;
    if (!wr_report_html(&set, out, err)) {
        wr_out_discard(out);
        return false;
    }
    return wr_bundle_put_sink(bundle, "report.html", out, err);
}

bool wr_bundle_generate(wr_bundle *bundle, wr_error *err)
{
    return put_certificates(bundle, err) && wr_bundle_put_scripts(bundle, err) &&
           wr_bundle_put_powershell(bundle, err) && wr_bundle_put_sst(bundle, err) &&
           wr_bundle_put_registry(bundle, err);
}

/* The manifest comes last, because it lists the others. */
static bool put_all(wr_bundle *bundle, wr_error *err)
{
    return wr_bundle_generate(bundle, err) && wr_bundle_put_readme(bundle, err) &&
           put_report(bundle, err) && put_page(bundle, err) && wr_bundle_put_summary(bundle, err) &&
           wr_bundle_put_manifest(bundle, err);
}

/* --force is for an older bundle.  A folder of anything else, such as a home that was typed by
 * mistake, is never replaced. */
static bool open_folder(const char *path, bool force, wr_bundle *bundle, wr_error *err)
{
    const char *manifest = wr_arena_format(bundle->arena, "%s/manifest.json", path);

    if (!manifest)
        return wr_fail_memory(err);
    if (force && wr_path_kind_of(manifest) == WR_PATH_FILE)
        return wr_out_folder_create(path, true, &bundle->folder, err);
    if (wr_out_folder_create(path, false, &bundle->folder, err))
        return true;
    if (force && err->code == WR_E_USAGE && wr_path_kind_of(path) == WR_PATH_FOLDER)
        return wr_fail(err, WR_E_USAGE, path, WR_NO_OFFSET,
                       "the folder is not empty and no bundle (it has no manifest.json): it is not "
                       "replaced");
    return false;
}

bool wr_bundle_write(const wr_result_set *set, const char *path, bool force, wr_error *err)
{
    wr_arena arena;
    wr_bundle bundle = { .set = set, .version = set->version, .arena = &arena };
    bool done = false;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    if (wr_steps_of_plan(set->plan, &arena, &bundle.steps, err) &&
        wr_bundle_id(&bundle.steps, &arena, &bundle.id, err) &&
        open_folder(path, force, &bundle, err)) {
        if (put_all(&bundle, err))
            done = wr_out_folder_commit(bundle.folder, err);
        else
            wr_out_folder_discard(bundle.folder);
    }
    wr_arena_free(&arena);
    return done;
}
