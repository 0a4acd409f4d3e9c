#include "output/bundle_manifest.h"

#include "base/json.h"
#include "output/members.h"
#include "output/report.h"

static void write_head(const wr_bundle *bundle, wr_json_writer *w)
{
    wr_json_text(w, "schema", "winroots.bundle/1");
    wr_json_text(w, "bundle", bundle->id);
    wr_json_object(w, "tool");
    wr_json_text(w, "name", "winroots");
    wr_json_text(w, "version", bundle->version);
    wr_json_end_object(w);
    wr_member_text(w, "computer", bundle->set->model->host.computer_name);
    wr_json_time(w, "as_of", bundle->set->trust->options.as_of);
}

static void write_inputs(const wr_evidence *evidence, wr_json_writer *w)
{
    wr_json_array(w, "inputs");
    for (size_t i = 0; i < wr_evidence_count(evidence); i++) {
        const wr_item *item = wr_evidence_item(evidence, i);
        wr_json_object(w, NULL);
        wr_json_text(w, "path", item->path);
        wr_json_text(w, "kind", wr_kind_name(item->kind));
        wr_json_uint(w, "bytes", item->bytes);
        if (item->has_sha256)
            wr_json_hex(w, "sha256", item->sha256, sizeof item->sha256);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_profiles(const wr_result_set *set, wr_json_writer *w)
{
    wr_json_array(w, "profiles");
    for (size_t i = 0; i < set->num_comparisons; i++) {
        const wr_profile *profile = set->comparisons[i].profile;
        wr_json_object(w, NULL);
        wr_json_text(w, "id", profile->id);
        wr_json_text(w, "version", profile->version);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static void write_files(const wr_bundle *bundle, wr_json_writer *w)
{
    wr_json_array(w, "files");
    for (size_t i = 0; i < bundle->files.count; i++) {
        const wr_bundle_file *file = &bundle->files.items[i];
        wr_json_object(w, NULL);
        wr_json_text(w, "path", file->name);
        wr_json_uint(w, "bytes", file->bytes);
        wr_json_hex(w, "sha256", file->sha256, sizeof file->sha256);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

bool wr_bundle_put_manifest(wr_bundle *bundle, wr_error *err)
{
    wr_json_writer w;
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    wr_json_start(&w, out, false);
    wr_json_object(&w, NULL);
    write_head(bundle, &w);
    write_inputs(bundle->set->evidence, &w);
    write_profiles(bundle->set, &w);
    wr_report_json_plan(&w, bundle->set->plan);
    wr_steps_write(&bundle->steps, &w);
    write_files(bundle, &w);
    wr_json_end_object(&w);
    wr_json_finish(&w);
    return wr_bundle_put_sink(bundle, "manifest.json", out, err);
}
