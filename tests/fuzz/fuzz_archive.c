/* fuzz_archive.c - any bytes as a file that may hold a tree: paths stay inside it, files are as
 * long as the limits let them be, and the tree is the same when it is opened again. */
#include "fuzz_folder.h"

#include "source/tree.h"
#include "winroots/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* No name of a path is empty, "." or "..", and none is a root. */
static void check_path(const char *path)
{
    must(*path && *path != '/');
    for (const char *at = path, *end; *at; at = *end ? end + 1 : end) {
        size_t n = strcspn(at, "/");
        end = at + n;
        must(n > 0 && !(n == 1 && at[0] == '.') && !(n == 2 && at[0] == '.' && at[1] == '.'));
        must(!*end || end[1]);
    }
}

static void check_file(wr_tree *tree, size_t i, wr_diags *diags)
{
    const wr_tree_entry *entry = wr_tree_entry_at(tree, i);
    wr_file *file;
    wr_error err;

    check_path(entry->path);
    must(entry->volume < wr_tree_num_volumes(tree));
    must(entry->deleted || wr_tree_find(tree, entry->volume, entry->path) != NULL);
    if (i >= 16)
        return; /* few tell as much as all */
    if (wr_tree_open_file(tree, entry, NULL, diags, &file, &err)) {
        must(wr_file_view(file).len <= WR_LIMIT_TREE_FILE_BYTES);
        wr_file_close(file);
    } else {
        must(err.code != WR_OK && err.code != WR_E_BUG && err.code != WR_E_USAGE);
    }
}

/* Gives how many files it has; SIZE_MAX where it cannot be opened. */
static size_t open_once(wr_tree_kind kind)
{
    static const char *const everything[] = { "**/*", NULL };
    const wr_tree_options options = { .patterns = everything };
    size_t count = SIZE_MAX;
    wr_arena arena;
    wr_diags diags;
    wr_tree *tree;
    wr_error err;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    if (wr_tree_open(in_folder("archive"), &options, &diags, &tree, &err)) {
        must(kind == WR_TREE_ARCHIVE && wr_tree_kind_is(tree) == kind);
        count = wr_tree_count(tree);
        for (size_t i = 0; i < count; i++)
            check_file(tree, i, &diags);
        wr_tree_close(tree);
    } else {
        must(err.code != WR_OK && err.code != WR_E_BUG && err.code != WR_E_USAGE);
    }
    wr_arena_free(&arena);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view bytes = { data, len, 0, "fuzz" };
    wr_tree_kind kind = wr_tree_kind_of(bytes);

    if (kind == WR_TREE_IMAGE)
        return 0; /* read by The Sleuth Kit, and told by fuzz_image_kind */
    file_in_folder("archive", bytes);
    must(open_once(kind) == open_once(kind));
    return 0;
}
