#include "source/folder.h"

#include "base/os.h"
#include "base/text.h"
#include "winroots/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

wr_path_kind wr_path_kind_of(const char *path)
{
    switch (wr_os_target(path)) {
    case WR_PLACE_FILE:
        return WR_PATH_FILE;
    case WR_PLACE_FOLDER:
        return WR_PATH_FOLDER;
    case WR_PLACE_NOTHING:
        return errno == ENOENT || errno == ENOTDIR ? WR_PATH_ABSENT : WR_PATH_OTHER;
    default:
        return WR_PATH_OTHER;
    }
}

struct folder {
    const char *path; /* relative, "" = the one that was asked for */
    unsigned depth;
};

struct listing {
    const char *root;
    wr_arena *arena;
    wr_folder_files *files;
    WR_LIST(struct folder) folders; /* found */
    struct folder now;
    wr_error *err;
    bool failed; /* then *err says why */
};

static const char *below(wr_arena *arena, const char *folder, const char *name)
{
    return wr_arena_format(arena, "%s%s%s", folder, *folder ? "/" : "", name);
}

static bool keep_file(struct listing *l, const char *path)
{
    const char **file = WR_APPEND(l->arena, &l->files->paths, const char *);

    if (!file)
        return wr_fail_memory(l->err);
    *file = path;
    return true;
}

static bool keep_folder(struct listing *l, const char *path)
{
    struct folder *folder = WR_APPEND(l->arena, &l->folders, struct folder);

    if (!folder)
        return wr_fail_memory(l->err);
    *folder = (struct folder){ path, l->now.depth + 1 };
    return true;
}

static bool leave_out(struct listing *l, const char *path)
{
    const char **entry = WR_APPEND(l->arena, &l->files->left_out, const char *);

    if (!entry)
        return wr_fail_memory(l->err);
    *entry = path;
    return true;
}

static bool keep(struct listing *l, const char *name, wr_place place)
{
    const char *path = below(l->arena, l->now.path, name);

    if (!path)
        return wr_fail_memory(l->err);
    if (l->files->paths.count + l->files->left_out.count + l->folders.count >=
        WR_LIMIT_FOLDER_FILES)
        return wr_fail(l->err, WR_E_LIMIT, l->root, WR_NO_OFFSET, "more than %d files and folders",
                       WR_LIMIT_FOLDER_FILES);
    if (place == WR_PLACE_FILE)
        return keep_file(l, path);
    if (place == WR_PLACE_FOLDER)
        return keep_folder(l, path);
    return leave_out(l, path);
}

static bool keep_entry(void *context, const char *name, wr_place place)
{
    struct listing *l = context;

    l->failed = !keep(l, name, place);
    return !l->failed;
}

static const char *shown(wr_arena *arena, const char *path)
{
    const wr_view v = { (const uint8_t *)path, strlen(path), 0, NULL };
    const char *text = wr_text_utf8(arena, v);
    return text ? text : "";
}

/* Lists l->now; what cannot be listed is a diagnostic, unless it is all that there is. */
static bool list_one(struct listing *l, wr_diags *diags)
{
    const char *path = *l->now.path ? below(l->arena, l->root, l->now.path) : l->root;

    if (!path)
        return wr_fail_memory(l->err);
    if (l->now.depth > WR_LIMIT_FOLDER_DEPTH) {
        wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_LIMIT, l->root, WR_NO_OFFSET,
                    shown(l->arena, l->now.path), "a folder deeper than %d levels is not listed",
                    WR_LIMIT_FOLDER_DEPTH);
        return true;
    }
    if (wr_os_each(path, keep_entry, l))
        return !l->failed;
    if (l->now.depth == 0)
        return wr_os_fail(l->err, l->root, "cannot be listed");
    wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_IO, l->root, WR_NO_OFFSET,
                shown(l->arena, l->now.path), "cannot be listed: %s", wr_os_reason());
    return true;
}

static int compare_paths(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static int compare_folders(const void *a, const void *b)
{
    const struct folder *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count)
        qsort(items, count, size, compare);
}

static const char *first_left_out(const wr_folder_files *files)
{
    const char *first = files->left_out.items[0];

    for (size_t i = 1; i < files->left_out.count; i++)
        if (strcmp(files->left_out.items[i], first) < 0)
            first = files->left_out.items[i];
    return first;
}

/* Folder after folder, not one inside the other: no depth of the tree can exhaust the stack.  What
 * a folder holds is sorted, so that diagnostics do not depend on how a filesystem keeps it. */
bool wr_folder_list(const char *path, wr_arena *arena, wr_diags *diags, wr_folder_files *out,
                    wr_error *err)
{
    wr_folder_files files = { 0 };
    struct listing l = { .root = path, .arena = arena, .files = &files, .err = err };

    l.now.path = "";
    for (size_t done = 0;; l.now = l.folders.items[done++]) {
        size_t known = l.folders.count;

        if (!list_one(&l, diags))
            return false;
        if (done == l.folders.count)
            break;
        sort(l.folders.items + known, l.folders.count - known, sizeof *l.folders.items,
             compare_folders);
    }
    sort(files.paths.items, files.paths.count, sizeof *files.paths.items, compare_paths);
    if (files.left_out.count)
        wr_diag_add(diags, WR_DIAG_NOTE, WR_E_UNSUPPORTED, path, WR_NO_OFFSET,
                    shown(arena, first_left_out(&files)),
                    "%zu links, devices or the like are left out, this one first",
                    files.left_out.count);
    *out = files;
    return true;
}
