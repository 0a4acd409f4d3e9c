/* reg_tree.h - the keys that stand once a list of entries was carried out on an empty registry.
 *
 * Names are compared as the registry does, though without regard to the case of letters beyond
 * ASCII (text.h).  Whatever the names, building costs no more than their length. */
#ifndef WR_FORMAT_REG_TREE_H
#define WR_FORMAT_REG_TREE_H

#include "format/reg_entries.h"

/* No key. */
#define WR_REG_NONE UINT32_MAX

typedef struct wr_reg_node {
    const char *name; /* as first written; "" of the root                                 */
    uint64_t offset;  /* of the entry that made it                                        */
    bool listed;      /* an entry is its own: it was not only passed on the way to others */
    bool alive;       /* not deleted, unless a key above it was                           */
    uint32_t parent;
    uint32_t first, last, next; /* subkeys, dead ones too; sibling                         */
    uint32_t age, born;         /* deletions of its subkeys; its parent's age when it was made */
    uint32_t entry;             /* last one of its own in `parts`                           */
} wr_reg_node;

/* Values of a key: those of one entry, and the part before it. */
typedef struct wr_reg_part {
    uint32_t key, before;
} wr_reg_part;

typedef struct wr_reg_fork {
    uint32_t byte, branch[2];
    uint8_t bits;
} wr_reg_fork;

typedef struct wr_reg_tree {
    const wr_reg_entries *entries;
    WR_LIST(wr_reg_node) nodes; /* the root is the first */
    WR_LIST(wr_reg_part) parts;
    WR_LIST(wr_reg_fork) forks; /* of the index by parent and name */
    uint32_t top;
} wr_reg_tree;

/* Carries the entries out, in order; they are borrowed.  A path deeper than WR_LIMIT_KEY_DEPTH is
 * SKIPPED.  Fails: LIMIT (more than WR_LIMIT_REG_ENTRIES keys with those on the way), NO_MEMORY. */
WR_MUST_USE bool wr_reg_tree_build(const wr_reg_entries *entries, const char *source,
                                   wr_arena *arena, wr_diags *diags, wr_reg_tree *out,
                                   wr_error *err);

#define WR_REG_ROOT 0u

/* The key at a path of names below `from`, which is `from` itself where it has none; NONE where it
 * is not there. */
uint32_t wr_reg_tree_find(const wr_reg_tree *tree, uint32_t from, const char *path);

/* The first subkey and the one behind it, in the order they were made; NONE at the end. */
uint32_t wr_reg_tree_first(const wr_reg_tree *tree, uint32_t key);
uint32_t wr_reg_tree_next(const wr_reg_tree *tree, uint32_t key);

/* The value of this name, NULL where it is not there.  Looks through all values of the key. */
const wr_reg_value *wr_reg_tree_value(const wr_reg_tree *tree, uint32_t key, const char *name);

#endif
