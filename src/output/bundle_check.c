#include "output/bundle_check.h"

#include "base/text.h"
#include "winroots/limits.h"

#include <stdarg.h>
#include <stdio.h>

/* Longest detail of a finding, chars: one line. */
#define DETAIL_LEN 512

wr_bundle_check *wr_bundle_check_new(const char *check, const char *folder, wr_error *err)
{
    wr_bundle_check *made;
    wr_arena arena;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    if ((made = WR_NEW(&arena, wr_bundle_check, 1))) {
        made->folder = wr_arena_text(&arena, folder);
        made->check = check;
        made->id = "";
        made->arena = arena;
        wr_diags_init(&made->diags, &made->arena);
        if (made->folder)
            return made;
    }
    wr_arena_free(&arena);
    (void)wr_fail_memory(err);
    return NULL;
}

void wr_bundle_check_free(wr_bundle_check *check)
{
    wr_arena arena;

    if (!check)
        return;
    arena = check->arena; /* `check` itself lies in it */
    wr_arena_free(&arena);
}

bool wr_bundle_found(wr_bundle_check *check, const char *id, const char *about, wr_error *err,
                     const char *fmt, ...)
{
    wr_bundle_finding *finding = WR_APPEND(&check->arena, &check->findings, wr_bundle_finding);
    char detail[DETAIL_LEN];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(detail, sizeof detail, fmt, ap);
    va_end(ap);
    if (!finding || !(finding->about = wr_arena_text(&check->arena, about)) ||
        !(finding->detail = wr_arena_text(&check->arena, detail)))
        return wr_fail_memory(err);
    finding->id = id;
    return true;
}

size_t wr_bundle_check_findings(const wr_bundle_check *check)
{
    return check->findings.count;
}

bool wr_bundle_open(const wr_bundle_check *check, const char *name, wr_file **out, wr_error *err)
{
    wr_arena arena;
    const char *path;
    bool done;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    path = wr_arena_format(&arena, "%s/%s", check->folder, name);
    done = path ? wr_file_open(path, NULL, out, err) : wr_fail_memory(err);
    wr_arena_free(&arena);
    return done;
}

bool wr_bundle_json(const char *path, wr_json_document **out, wr_error *err)
{
    static const wr_json_limits limits = { WR_LIMIT_MANIFEST_BYTES, WR_LIMIT_MANIFEST_DEPTH };
    wr_file *file;
    bool done;

    if (!wr_file_open(path, NULL, &file, err))
        return false;
    done = wr_json_parse(wr_file_view(file), limits, out, err);
    wr_file_close(file);
    return done;
}

/* ---- report ------------------------------------------------------------------------------------
 */

static void write_json(const wr_bundle_check *check, wr_out *out)
{
    wr_json_writer w;

    wr_json_start(&w, out, false);
    wr_json_object(&w, NULL);
    wr_json_text(&w, "schema", "winroots.bundle-check/1");
    wr_json_text(&w, "check", check->check);
    wr_json_text(&w, "folder", check->folder);
    wr_json_text(&w, "bundle", check->id);
    wr_json_uint(&w, "looked_at", check->num_looked);
    wr_json_bool(&w, "clean", !check->findings.count);
    wr_json_array(&w, "findings");
    for (size_t i = 0; i < check->findings.count; i++) {
        const wr_bundle_finding *f = &check->findings.items[i];
        wr_json_object(&w, NULL);
        wr_json_text(&w, "id", f->id);
        if (*f->about)
            wr_json_text(&w, "about", f->about);
        wr_json_text(&w, "detail", f->detail);
        wr_json_end_object(&w);
    }
    wr_json_end_array(&w);
    wr_json_end_object(&w);
    wr_json_finish(&w);
}

static bool write_line(wr_out *out, const wr_bundle_finding *f, wr_error *err)
{
    wr_arena arena;
    const char *about, *detail;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    about = wr_text_printable(&arena, f->about);
    detail = wr_text_printable(&arena, f->detail);
    if (about && detail)
        wr_out_printf(out, "  %s  %s%s%s\n", f->id, about, *about ? ": " : "", detail);
    wr_arena_free(&arena);
    return (about && detail) || wr_fail_memory(err);
}

static bool write_text(const wr_bundle_check *check, wr_out *out, wr_error *err)
{
    size_t count = check->findings.count;

    wr_out_printf(out, "bundle %s: %s, ", check->id, check->check);
    if (!count)
        wr_out_printf(out, "clean (%zu looked at)\n", check->num_looked);
    else
        wr_out_printf(out, "%zu finding%s\n", count, count == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++)
        if (!write_line(out, &check->findings.items[i], err))
            return false;
    return true;
}

bool wr_bundle_check_report(const wr_bundle_check *check, bool json, const char *output,
                            wr_error *err)
{
    wr_out *out;

    if (output ? !wr_out_file(output, &out, err) : !wr_out_stdout(&out, err))
        return false;
    if (json) {
        write_json(check, out);
    } else if (!write_text(check, out, err)) {
        wr_out_discard(out);
        return false;
    }
    return wr_out_finish(out, err);
}
