/* tree_cab.c - the members of a cabinet as a tree; archive.c reads them. */
#include "source/archive.h"
#include "source/member_name.h"
#include "source/tree_internal.h"
#include "winroots/limits.h"

#include <string.h>

static bool is_wanted(const wr_tree_options *options, const char *path, wr_view bytes)
{
    if (bytes.len > WR_TREE_FIRST)
        bytes.len = WR_TREE_FIRST;
    return wr_tree_wants_name(options, path) ||
           (options->wants && options->wants(options->context, path, bytes));
}

static bool add(wr_tree *tree, const wr_tree_options *options, const wr_member *member, size_t id,
                wr_diags *diags, wr_error *err)
{
    char *path = wr_arena_text(&tree->arena, member->name);

    if (!path)
        return wr_fail_memory(err);
    if (!wr_member_path(path)) {
        wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, tree->label, WR_NO_OFFSET, member->name,
                    "%s", WR_MEMBER_ASTRAY);
        return true;
    }
    return !is_wanted(options, path, member->bytes) ||
           wr_tree_add(tree, &(wr_tree_entry){ .path = path, .size = member->bytes.len, .id = id },
                       err);
}

static bool list(wr_tree *tree, const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    wr_members *members = WR_NEW(&tree->arena, wr_members, 1);
    wr_file *file;
    bool done;

    if (!members)
        return wr_fail_memory(err);
    if (!wr_tree_add_volume(tree, &(wr_tree_volume){ .label = "" }, err) ||
        !wr_file_open(tree->path, tree->label, &file, err))
        return false;
    done = wr_archive_read_cab(wr_file_view(file), &tree->arena, diags, members, err) &&
           (!wr_file_failed(file) ||
            wr_fail(err, WR_E_IO, tree->label, WR_NO_OFFSET, "cannot be read to its end"));
    wr_file_close(file);
    for (size_t i = 0; done && i < members->list.count; i++)
        done = add(tree, options, &members->list.items[i], i, diags, err);
    tree->state = members;
    return done;
}

static long read_view(void *context, uint8_t *bytes, size_t len, wr_error *err)
{
    wr_reader *r = context;
    const size_t left = wr_reader_left(r), n = left < len ? left : len;
    wr_view v;

    (void)err;
    if (n == 0 || !wr_read_view(r, n, &v))
        return 0;
    memcpy(bytes, v.data, n);
    return (long)n;
}

/* A copy, which may be written to. */
static bool open_file(wr_tree *tree, const wr_tree_entry *entry, const char *label, wr_diags *diags,
                      wr_file **out, wr_error *err)
{
    const wr_members *members = tree->state;
    wr_reader r = wr_reader_of(members->list.items[entry->id].bytes);

    (void)diags;
    return wr_file_read(read_view, &r, entry->size, WR_LIMIT_MEMBER_BYTES, label, out, err);
}

const wr_tree_source wr_tree_cab = { .list = list, .open_file = open_file };
