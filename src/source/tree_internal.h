/* tree_internal.h - what the kinds of tree give to tree.c; private to this room. */
#ifndef WR_SOURCE_TREE_INTERNAL_H
#define WR_SOURCE_TREE_INTERNAL_H

#include "source/tree.h"

struct wr_tree {
    wr_arena arena; /* holds this tree */
    wr_tree_kind kind;
    const char *path;  /* as the user typed it        */
    const char *label; /* the same for messages: UTF-8 */
    WR_LIST(wr_tree_volume) volumes;
    WR_LIST(wr_tree_entry) entries;
    const struct wr_tree_source *source;
    void *state; /* of the source; NULL: none yet */
};

/* What a kind of tree does; each fails as tree.h says of its caller. */
typedef struct wr_tree_source {
    bool (*list)(wr_tree *tree, const wr_tree_options *options, wr_diags *diags, wr_error *err);
    bool (*open_file)(wr_tree *tree, const wr_tree_entry *entry, const char *label, wr_diags *diags,
                      wr_file **out, wr_error *err);
    void (*close)(wr_tree *tree); /* also after a list that failed; NULL: nothing to do */
} wr_tree_source;

extern const wr_tree_source wr_tree_folder, wr_tree_archive, wr_tree_cab, wr_tree_image;

/* Adds a volume; its label is copied.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_tree_add_volume(wr_tree *tree, const wr_tree_volume *volume, wr_error *err);

/* Adds a file; its path is borrowed.  Fails: LIMIT (WR_LIMIT_FOLDER_FILES), NO_MEMORY. */
WR_MUST_USE bool wr_tree_add(wr_tree *tree, const wr_tree_entry *entry, wr_error *err);

/* True when one of the patterns says so of a path, in the way of `says`, which pattern.h has; all
 * are wanted where there are no patterns. */
bool wr_tree_wants(const wr_tree_options *options, const char *path,
                   bool (*says)(const char *pattern, const char *path));

/* The same for a path that may have any folders before it. */
bool wr_tree_wants_name(const wr_tree_options *options, const char *path);

/* `path` as text for messages; "" when memory ends. */
const char *wr_tree_shown(wr_tree *tree, const char *path);

/* True for an image of a kind that is not a plain copy of a disk, or looks like one. */
bool wr_image_is(wr_view file);

#endif
