#include "source/tree_internal.h"

#include "base/text.h"
#include "source/folder.h"
#include "source/pattern.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

/* ---- what a file is -------------------------------------------------------------------------- */

static const struct {
    size_t offset;
    const char *bytes;
    size_t len;
} archives[] = {
    { 0, "PK\3\4", 4 },
    { 0, "PK\5\6", 4 },
    { 0, "7z\xBC\xAF\x27\x1C", 6 },
    { 0, "\x1F\x8B", 2 },
    { 0, "BZh", 3 },
    { 0,
      "\xFD"
      "7zXZ",
      5 },
    { 0, "\x28\xB5\x2F\xFD", 4 },
    { 257, "ustar", 5 },
    { 0, "MSCF", 4 },
    { 0x8001, "CD001", 5 },
};

wr_tree_kind wr_tree_kind_of(wr_view file)
{
    for (size_t i = 0; i < sizeof archives / sizeof *archives; i++) {
        wr_view v;
        if (wr_view_slice(file, archives[i].offset, archives[i].len, &v) &&
            wr_view_is(v, archives[i].bytes, archives[i].len))
            return WR_TREE_ARCHIVE;
    }
    return wr_image_is(file) ? WR_TREE_IMAGE : WR_TREE_NONE;
}

/* ---- what the sources give ------------------------------------------------------------------- */

bool wr_tree_add_volume(wr_tree *tree, const wr_tree_volume *volume, wr_error *err)
{
    const char *label = wr_arena_text(&tree->arena, volume->label);
    wr_tree_volume *added = label ? WR_APPEND(&tree->arena, &tree->volumes, wr_tree_volume) : NULL;

    if (!added)
        return wr_fail_memory(err);
    *added = *volume;
    added->label = label;
    return true;
}

bool wr_tree_add(wr_tree *tree, const wr_tree_entry *entry, wr_error *err)
{
    wr_tree_entry *added;

    if (tree->entries.count >= WR_LIMIT_FOLDER_FILES)
        return wr_fail(err, WR_E_LIMIT, tree->label, WR_NO_OFFSET, "more than %d files",
                       WR_LIMIT_FOLDER_FILES);
    if (!(added = WR_APPEND(&tree->arena, &tree->entries, wr_tree_entry)))
        return wr_fail_memory(err);
    *added = *entry;
    return true;
}

bool wr_tree_wants(const wr_tree_options *options, const char *path,
                   bool (*says)(const char *pattern, const char *path))
{
    if (!options->patterns)
        return true;
    for (const char *const *p = options->patterns; *p; p++)
        if (says(*p, path))
            return true;
    return false;
}

bool wr_tree_wants_name(const wr_tree_options *options, const char *path)
{
    return wr_tree_wants(options, path, wr_pattern_ends);
}

static const char *text_of(wr_arena *arena, const char *path)
{
    const wr_view v = { (const uint8_t *)path, strlen(path), 0, NULL };
    return wr_text_utf8(arena, v);
}

const char *wr_tree_shown(wr_tree *tree, const char *path)
{
    const char *text = text_of(&tree->arena, path);
    return text ? text : "";
}

/* ---- the order ------------------------------------------------------------------------------- */

static int order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_places(const wr_tree_entry *x, const wr_tree_entry *y)
{
    int c = order(x->volume, y->volume);

    if (!c)
        c = strcmp(x->path, y->path);
    return c ? c : (int)x->deleted - (int)y->deleted;
}

static int compare_entries(const void *a, const void *b)
{
    const wr_tree_entry *x = a, *y = b;
    const int c = compare_places(x, y);
    return c ? c : order(x->id, y->id);
}

/* Of members that have one name the last is what unpacking leaves. */
static void sort_entries(wr_tree *tree, wr_diags *diags)
{
    wr_tree_entry *items = tree->entries.items;
    const size_t count = tree->entries.count;
    size_t kept = 0;

    if (count)
        qsort(items, count, sizeof *items, compare_entries);
    for (size_t i = 0, same = 1; i < count; i++) {
        const bool repeated =
            i + 1 < count && !items[i].deleted && compare_places(&items[i], &items[i + 1]) == 0;
        if (!repeated && same > 1)
            wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MALFORMED, tree->label, WR_NO_OFFSET,
                        wr_tree_shown(tree, items[i].path),
                        "%zu files of this name, the last is taken", same);
        same = repeated ? same + 1 : 1;
        if (!repeated)
            items[kept++] = items[i];
    }
    tree->entries.count = kept;
}

/* ---- opening --------------------------------------------------------------------------------- */

static bool find_source(wr_tree *tree, wr_error *err)
{
    wr_file *file;
    bool is_cab;

    if (wr_path_kind_of(tree->path) == WR_PATH_FOLDER) {
        tree->kind = WR_TREE_FOLDER;
        tree->source = &wr_tree_folder;
        return true;
    }
    if (!wr_file_open(tree->path, tree->label, &file, err))
        return false;
    tree->kind = wr_tree_kind_of(wr_file_view(file));
    is_cab = wr_view_starts(wr_file_view(file), "MSCF", 4);
    wr_file_close(file);
    if (tree->kind == WR_TREE_NONE)
        return wr_fail(err, WR_E_UNSUPPORTED, tree->label, WR_NO_OFFSET,
                       "no archive or disk image that is known");
    tree->source = tree->kind == WR_TREE_IMAGE ? &wr_tree_image
                   : is_cab                    ? &wr_tree_cab
                                               : &wr_tree_archive;
    return true;
}

static wr_tree *new_tree(const char *path)
{
    wr_arena arena;
    wr_tree *tree;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    tree = WR_NEW(&arena, wr_tree, 1);
    if (!tree) {
        wr_arena_free(&arena);
        return NULL;
    }
    tree->arena = arena;
    if (!(tree->path = wr_arena_text(&tree->arena, path)) ||
        !(tree->label = text_of(&tree->arena, path))) {
        arena = tree->arena; /* `tree` itself lies in it */
        wr_arena_free(&arena);
        return NULL;
    }
    return tree;
}

bool wr_tree_open(const char *path, const wr_tree_options *options, wr_diags *diags, wr_tree **out,
                  wr_error *err)
{
    static const wr_tree_options every_file = { 0 };
    const wr_diags before = *diags;
    wr_tree *tree = new_tree(path);

    if (!tree)
        return wr_fail_memory(err);
    if (!find_source(tree, err) ||
        !tree->source->list(tree, options ? options : &every_file, diags, err)) {
        wr_tree_close(tree);
        *diags = before; /* the error says it */
        return false;
    }
    sort_entries(tree, diags);
    *out = tree;
    return true;
}

void wr_tree_close(wr_tree *tree)
{
    wr_arena arena;

    if (!tree)
        return;
    if (tree->state && tree->source->close)
        tree->source->close(tree);
    arena = tree->arena;
    wr_arena_free(&arena);
}

bool wr_tree_open_file(wr_tree *tree, const wr_tree_entry *entry, const char *label,
                       wr_diags *diags, wr_file **out, wr_error *err)
{
    const char *volume = tree->volumes.items[entry->volume].label;
    wr_arena names; /* not the tree's: files of a folder are opened by several threads */
    bool done;

    wr_arena_init(&names, WR_LIMIT_ARENA);
    if (!label) {
        const char *shown = text_of(&names, entry->path);
        label = shown
                    ? wr_arena_format(&names, "%s/%s%s%s%s", tree->label, volume,
                                      *volume ? "/" : "", shown, entry->deleted ? " (deleted)" : "")
                    : NULL;
    }
    done =
        label ? tree->source->open_file(tree, entry, label, diags, out, err) : wr_fail_memory(err);
    wr_arena_free(&names);
    return done;
}

/* ---- what was listed ------------------------------------------------------------------------- */

wr_tree_kind wr_tree_kind_is(const wr_tree *tree)
{
    return tree->kind;
}

size_t wr_tree_count(const wr_tree *tree)
{
    return tree->entries.count;
}

const wr_tree_entry *wr_tree_entry_at(const wr_tree *tree, size_t i)
{
    return &tree->entries.items[i];
}

size_t wr_tree_num_volumes(const wr_tree *tree)
{
    return tree->volumes.count;
}

const wr_tree_volume *wr_tree_volume_at(const wr_tree *tree, size_t i)
{
    return &tree->volumes.items[i];
}

const wr_tree_entry *wr_tree_find(const wr_tree *tree, size_t volume, const char *path)
{
    for (size_t i = 0; i < tree->entries.count; i++) {
        const wr_tree_entry *e = &tree->entries.items[i];
        if (e->volume == volume && !e->deleted && wr_text_compare(e->path, path) == 0)
            return e;
    }
    return NULL;
}
