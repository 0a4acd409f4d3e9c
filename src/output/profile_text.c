#include "winroots/profile.h"

#include "base/outfile.h"
#include "require/profile.h"
#include "source/file.h"
#include "winroots/limits.h"

#include <string.h>

static bool open_output(const char *output, wr_out **out, wr_error *err)
{
    return output ? wr_out_file(output, out, err) : wr_out_stdout(out, err);
}

static void write_row(wr_out *out, const wr_profile *p)
{
    size_t required = 0, incomplete = 0;

    for (size_t i = 0; i < p->sources.count; i++)
        incomplete += strcmp(p->sources.items[i].completeness, "complete") != 0;
    for (size_t i = 0; i < p->requirements.count; i++)
        required += p->requirements.items[i]->required;
    wr_out_printf(out, "%-24s ", p->id);
    for (size_t i = 0; i < p->aliases.count; i++)
        wr_out_printf(out, "%s%s", i ? ", " : "", p->aliases.items[i]);
    wr_out_printf(out, "%s%s, %zu required item%s%s\n", p->aliases.count ? ": " : "", p->title,
                  required, required == 1 ? "" : "s",
                  incomplete ? "; not every source was read whole" : "");
}

bool wr_profile_list(const char *output, wr_error *err)
{
    wr_arena arena;
    wr_out *out;
    bool ok = true;

    if (!open_output(output, &out, err))
        return false;
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    for (size_t i = 0; ok && i < wr_profile_builtin_count(); i++) {
        wr_profile p;
        ok = wr_profile_parse(wr_profile_builtin(i), &arena, &p, err);
        if (ok)
            write_row(out, &p);
    }
    wr_arena_free(&arena);
    if (!ok) {
        wr_out_discard(out);
        return false;
    }
    return wr_out_finish(out, err);
}

/* The text of a profile in a file, in the arena. */
static bool read_profile(const char *path, wr_arena *arena, wr_profile *out, wr_error *err)
{
    wr_file *file;
    wr_view json;
    bool ok;

    if (!wr_file_open(path, NULL, &file, err)) {
        if (err->code == WR_E_IO)
            return wr_fail(err, WR_E_USAGE, path, WR_NO_OFFSET,
                           "no built-in profile has this id or alias, and no such file can be "
                           "read; `winroots profile list` shows the built-in ones");
        return false;
    }
    ok = wr_profile_parse(wr_file_view(file), arena, out, err) &&
         (wr_arena_copy(arena, wr_file_view(file), &json) || wr_fail_memory(err));
    wr_file_close(file);
    if (ok)
        out->json = json;
    return ok;
}

bool wr_profile_show(const char *id_or_path, const char *output, wr_error *err)
{
    wr_arena arena;
    wr_profile p;
    wr_out *out;
    bool found, ok;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    ok = wr_profile_find_builtin(id_or_path, &arena, &p, &found, err) &&
         (found || read_profile(id_or_path, &arena, &p, err)) && open_output(output, &out, err);
    if (ok) {
        wr_out_write(out, p.json.data, p.json.len);
        ok = wr_out_finish(out, err);
    }
    wr_arena_free(&arena);
    return ok;
}
