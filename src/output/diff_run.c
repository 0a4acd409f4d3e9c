/* diff_run.c - the library's door to comparisons: two sides become snapshots, and these a document.
 */
#include "winroots/diff.h"

#include "format/probe.h"
#include "output/diff.h"
#include "output/diff_run.h"
#include "output/judgement.h"
#include "source/file.h"
#include "winroots/limits.h"

bool wr_diff_is_report(const char *path)
{
    wr_file *file;
    wr_error ignored;
    bool is_report;

    if (!wr_file_open(path, NULL, &file, &ignored))
        return false;
    is_report = wr_probe(wr_file_view(file)) == WR_KIND_REPORT;
    wr_file_close(file);
    return is_report;
}

bool wr_diff_write(const wr_diff_document *diff, wr_format format, const char *path, wr_error *err)
{
    wr_out *out;
    bool ok;

    if (path ? !wr_out_file(path, &out, err) : !wr_out_stdout(&out, err))
        return false;
    ok = format == WR_FORMAT_TEXT ? wr_diff_text(diff, out, err)
                                  : wr_diff_json(diff, format == WR_FORMAT_NDJSON, out, err);
    if (!ok) {
        wr_out_discard(out);
        return false;
    }
    return wr_out_finish(out, err);
}

static bool read_report(const char *path, wr_arena *arena, wr_snapshot *out, wr_error *err)
{
    wr_file *file;
    bool ok;

    if (!wr_file_open(path, NULL, &file, err))
        return false;
    ok = wr_snapshot_of_report(wr_file_view(file), WR_SIDE_HOST, arena, out, err);
    if (ok && wr_file_failed(file))
        ok = wr_fail(err, WR_E_IO, path, WR_NO_OFFSET,
                     "the file shrank or could not be read while it was compared");
    wr_file_close(file);
    return ok;
}

static bool read_side(const wr_diff_side *side, wr_arena *arena, wr_snapshot *out, wr_error *err)
{
    wr_result_set set;

    if (!side->analysis)
        return read_report(side->report, arena, out, err);
    if (!wr_analysis_is_done(side->analysis))
        return wr_fail(err, WR_E_USAGE, side->label, WR_NO_OFFSET, "the analysis has not run");
    if (!wr_analysis_check_single(side->analysis, err))
        return false;
    set = wr_analysis_results(side->analysis, NULL);
    return wr_snapshot_of_results(&set, arena, out, err);
}

static bool compare(const wr_diff_side *const sides[2], wr_snapshot snapshots[2],
                    wr_diff_document *diff, wr_arena *arena, wr_error *err)
{
    for (size_t i = 0; i < 2; i++) {
        if (!read_side(sides[i], arena, &snapshots[i], err))
            return false;
        diff->label[i] = sides[i]->label;
        diff->side[i] = &snapshots[i];
    }
    if (snapshots[0].kind != snapshots[1].kind)
        return wr_fail(
            err, WR_E_USAGE, NULL, WR_NO_OFFSET,
            "%.200s is a %s and %.200s a %s: expected two of one kind (--store and --ctl "
            "give a host its stores and lists)",
            diff->label[0], wr_side_kind_name(snapshots[0].kind), diff->label[1],
            wr_side_kind_name(snapshots[1].kind));
    return wr_diff_compare(diff->side[0], diff->side[1], arena, &diff->changes, err);
}

bool wr_diff(const wr_diff_side *a, const wr_diff_side *b, wr_format format, const char *output,
             bool *equal, wr_error *err)
{
    const wr_diff_side *const sides[2] = { a, b };
    wr_diff_document diff = { .version = wr_version() };
    wr_snapshot snapshots[2];
    wr_arena arena;
    bool ok;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    ok = compare(sides, snapshots, &diff, &arena, err) && wr_diff_write(&diff, format, output, err);
    if (ok)
        *equal = wr_diff_is_equal(&diff);
    wr_arena_free(&arena);
    return ok;
}
