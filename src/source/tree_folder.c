/* tree_folder.c - a folder of this machine as a tree. */
#include "base/os.h"
#include "source/folder.h"
#include "source/tree_internal.h"
#include "winroots/limits.h"

static const char *path_of(const wr_tree *tree, wr_arena *arena, const char *path)
{
    return wr_arena_format(arena, "%s/%s", tree->path, path);
}

/* A file that cannot be read is wanted: opening it says why. */
static bool wants_content(const wr_tree_options *options, const char *path, const char *full_path)
{
    uint8_t first[WR_TREE_FIRST];
    int fd = wr_os_open_read(full_path);
    long n;

    if (fd < 0)
        return true;
    n = wr_os_read(fd, first, sizeof first);
    wr_os_close(fd);
    return n < 0 ||
           options->wants(options->context, path, (wr_view){ first, (size_t)n, 0, full_path });
}

static bool add(wr_tree *tree, const wr_tree_options *options, const char *path, wr_error *err)
{
    wr_tree_entry entry = { .path = path };
    const char *full_path;
    int64_t modified;

    if (!wr_tree_wants_name(options, path) && !options->wants)
        return true;
    if (!(full_path = path_of(tree, &tree->arena, path)))
        return wr_fail_memory(err);
    if (!wr_tree_wants_name(options, path) && !wants_content(options, path, full_path))
        return true;
    if (wr_os_facts(full_path, &entry.size, &modified))
        entry.modified = wr_time_from_unix(modified);
    return wr_tree_add(tree, &entry, err);
}

static bool list(wr_tree *tree, const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    wr_folder_files files = { .paths = { 0 } };

    if (!wr_tree_add_volume(tree, &(wr_tree_volume){ .label = "" }, err) ||
        !wr_folder_list(tree->path, &tree->arena, diags, &files, err))
        return false;
    for (size_t i = 0; i < files.paths.count; i++)
        if (!add(tree, options, files.paths.items[i], err))
            return false;
    return true;
}

static bool open_file(wr_tree *tree, const wr_tree_entry *entry, const char *label, wr_diags *diags,
                      wr_file **out, wr_error *err)
{
    wr_arena own;
    const char *path;
    bool done;

    (void)diags;
    wr_arena_init(&own, WR_LIMIT_ARENA);
    path = path_of(tree, &own, entry->path);
    done = path ? wr_file_open(path, label, out, err) : wr_fail_memory(err);
    wr_arena_free(&own);
    return done;
}

const wr_tree_source wr_tree_folder = { .list = list, .open_file = open_file };
