#include "fleet/job_stage.h"

#include "base/os.h"
#include "base/text.h"
#include "source/folder.h"
#include "winroots/limits.h"

#include <string.h>

/* A link for `path`, which is a file. */
static bool link_file(const wr_stage *s, const char *path, wr_arena *arena, wr_error *err)
{
    const char *name = wr_arena_format(arena, "%s/%s", s->root, path);
    const char *target = wr_arena_format(arena, "%s/%s", s->here, path);

    if (!name || !target)
        return wr_fail_memory(err);
    return wr_out_folder_link(s->folder, name, target, err);
}

/* A link that leads nowhere is sent as a link, and left out there as what it stands for is here. */
static bool link_left_out(const wr_stage *s, const char *folder, const wr_folder_files *files,
                          wr_arena *arena, wr_error *err)
{
    for (size_t i = 0; i < files->left_out.count; i++) {
        const char *name = wr_arena_format(arena, "%s/%s", folder, files->left_out.items[i]);
        if (!name)
            return wr_fail_memory(err);
        if (!wr_out_folder_link(s->folder, name, "left-out", err))
            return false;
    }
    return true;
}

static bool link_folder(const wr_stage *s, const char *path, wr_arena *arena, wr_error *err)
{
    const char *name = wr_arena_format(arena, "%s/%s", s->root, path);
    wr_folder_files files = { .paths = { 0 } };
    wr_diags diags;

    wr_diags_init(&diags, arena);
    if (!name)
        return wr_fail_memory(err);
    if (!wr_out_folder_make(s->folder, name, err) ||
        !wr_folder_list(path, arena, &diags, &files, err))
        return false;
    for (size_t i = 0; i < files.paths.count; i++) {
        const char *file = wr_arena_format(arena, "%s/%s", path, files.paths.items[i]);
        if (!file)
            return wr_fail_memory(err);
        if (!link_file(s, file, arena, err))
            return false;
    }
    return link_left_out(s, name, &files, arena, err);
}

struct beside {
    const wr_stage *stage;
    const char *path; /* of the file */
    size_t folder;    /* of its path, characters, with the separator */
    size_t stem;      /* of its name, without the last extension     */
    wr_arena *arena;
    wr_error *err;
    bool failed;
};

static bool begins_alike(const char *a, const char *b, size_t n)
{
    char head[2][256];

    if (n >= sizeof head[0] || strlen(a) < n || strlen(b) < n)
        return false;
    memcpy(head[0], a, n);
    memcpy(head[1], b, n);
    head[0][n] = head[1][n] = '\0';
    return wr_text_compare(head[0], head[1]) == 0;
}

static bool link_beside(void *context, const char *entry, wr_place place)
{
    struct beside *b = context;
    const char *path;

    if (place != WR_PLACE_FILE || !begins_alike(entry, b->path + b->folder, b->stem))
        return true;
    path = wr_arena_format(b->arena, "%.*s%s", (int)b->folder, b->path, entry);
    b->failed = !(path ? link_file(b->stage, path, b->arena, b->err) : wr_fail_memory(b->err));
    return !b->failed;
}

/* As a worker may read them: cli/confine.c. */
static bool link_siblings(const wr_stage *s, const char *path, wr_arena *arena, wr_error *err)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    struct beside b = { s, path, (size_t)(name - path), 0, arena, err, false };
    const char *folder = slash ? wr_arena_format(arena, "%.*s", (int)(slash - path), path) : ".";

    if (!folder)
        return wr_fail_memory(err);
    b.stem = dot && dot != name ? (size_t)(dot - name) : strlen(name);
    (void)wr_os_each(folder, link_beside, &b);
    return !b.failed;
}

static bool stage(const wr_stage *s, const char *path, wr_place place, wr_arena *arena,
                  wr_error *err)
{
    if (place == WR_PLACE_FOLDER)
        return link_folder(s, path, arena, err);
    return link_file(s, path, arena, err) &&
           (place != WR_PLACE_FILE || link_siblings(s, path, arena, err));
}

static bool stage_inside(const wr_stage *s, char *path, wr_arena *arena, wr_error *err)
{
    const wr_place place = wr_os_target(path);
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        path[--len] = '\0';
    if (!wr_out_is_inside(path))
        return wr_fail(err, WR_E_USAGE, path, WR_NO_OFFSET,
                       "what is sent to other machines must be named by a path below the current "
                       "folder, without . and ..");
    return place == WR_PLACE_NOTHING || stage(s, path, place, arena, err);
}

bool wr_stage_path(const wr_stage *s, const char *path, wr_error *err)
{
    wr_arena arena;
    char *own;
    bool done;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    own = wr_arena_text(&arena, path);
    done = own ? stage_inside(s, own, &arena, err) : wr_fail_memory(err);
    wr_arena_free(&arena);
    return done;
}

bool wr_stage_word(const wr_stage *s, const char *word, wr_error *err)
{
    for (const char *p = word; (p = strchr(p, '=')); p++)
        if (p[1] && wr_os_target(p + 1) != WR_PLACE_NOTHING && !wr_stage_path(s, p + 1, err))
            return false;
    return true;
}
