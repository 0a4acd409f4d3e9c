#include "format/reg_tree.h"

#include "base/text.h"
#include "winroots/limits.h"

#include <string.h>

/* ---- the index ---------------------------------------------------------------------------------
 *
 * A binary radix tree over the bytes of (parent, name): its depth is bounded by the length of what
 * is looked for, so that no choice of names makes it slow, as it could a hash.  A branch is the
 * index of a fork, or with LEAF of a node. */

#define LEAF 0x80000000u

typedef struct label {
    uint32_t parent;
    const char *name;
    size_t len;
} label;

static uint8_t upper(char c)
{
    return (uint8_t)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/* Byte `i`; 0, which no name holds, behind the end. */
static uint8_t byte_of(const label *l, size_t i)
{
    if (i < 4)
        return (uint8_t)(l->parent >> (24 - 8 * i));
    return i - 4 < l->len ? upper(l->name[i - 4]) : 0;
}

static label label_of(const wr_reg_tree *t, uint32_t node)
{
    const wr_reg_node *n = &t->nodes.items[node];

    return (label){ n->parent, n->name, strlen(n->name) };
}

static unsigned side(const wr_reg_fork *fork, const label *l)
{
    return (byte_of(l, fork->byte) & fork->bits) != 0;
}

/* The one node that can have this label; there must be one. */
static uint32_t nearest(const wr_reg_tree *t, const label *l)
{
    uint32_t at = t->top;

    while (!(at & LEAF))
        at = t->forks.items[at].branch[side(&t->forks.items[at], l)];
    return at & ~LEAF;
}

/* The first bit in which two labels differ; false where there is none. */
static bool differ(const label *a, const label *b, uint32_t *byte, uint8_t *bits)
{
    size_t len = 4 + (a->len > b->len ? a->len : b->len);

    for (size_t i = 0; i < len; i++) {
        uint8_t x = byte_of(a, i) ^ byte_of(b, i);
        if (!x)
            continue;
        *byte = (uint32_t)i;
        for (*bits = 0x80; !(x & *bits);)
            *bits = (uint8_t)(*bits >> 1);
        return true;
    }
    return false;
}

static uint32_t look_up(const wr_reg_tree *t, const label *l)
{
    uint32_t byte, found = WR_REG_NONE;
    uint8_t bits;

    if (t->top != WR_REG_NONE) {
        label other;
        found = nearest(t, l);
        other = label_of(t, found);
        if (differ(&other, l, &byte, &bits))
            found = WR_REG_NONE;
    }
    return found;
}

/* True where the fork at `at` comes before one at this bit. */
static bool is_above(const wr_reg_fork *fork, uint32_t byte, uint8_t bits)
{
    return fork->byte < byte || (fork->byte == byte && fork->bits > bits);
}

/* Adds `node`, whose label is not in the index yet. */
static bool index_node(wr_reg_tree *t, wr_arena *arena, uint32_t node, wr_error *err)
{
    label l = label_of(t, node), other;
    uint32_t *link = &t->top, byte = 0;
    wr_reg_fork *fork;
    uint8_t bits = 0;

    if (t->top == WR_REG_NONE) {
        t->top = node | LEAF;
        return true;
    }
    other = label_of(t, nearest(t, &l));
    (void)differ(&other, &l, &byte, &bits);
    if (!(fork = WR_APPEND(arena, &t->forks, wr_reg_fork)))
        return wr_fail_memory(err);
    fork->byte = byte;
    fork->bits = bits;
    while (!(*link & LEAF) && is_above(&t->forks.items[*link], byte, bits))
        link = &t->forks.items[*link].branch[side(&t->forks.items[*link], &l)];
    fork->branch[side(fork, &l)] = node | LEAF;
    fork->branch[!side(fork, &l)] = *link;
    *link = (uint32_t)(t->forks.count - 1);
    return true;
}

/* ---- keys --------------------------------------------------------------------------------------
 */

typedef struct builder {
    wr_reg_tree tree;
    const char *source;
    wr_arena *arena;
    wr_diags *diags;
} builder;

static bool is_there(const wr_reg_tree *t, uint32_t node)
{
    const wr_reg_node *n = &t->nodes.items[node];

    return n->alive && n->born == t->nodes.items[n->parent].age;
}

/* The next name of a path; false at its end.  Empty ones count for nothing. */
static bool next_name(const char **path, const char **name, size_t *len)
{
    *path += strspn(*path, "\\");
    *name = *path;
    *len = strcspn(*path, "\\");
    *path += *len;
    return *len > 0;
}

uint32_t wr_reg_tree_find(const wr_reg_tree *tree, uint32_t from, const char *path)
{
    label l = { .parent = from };

    while (from != WR_REG_NONE && next_name(&path, &l.name, &l.len)) {
        from = look_up(tree, &l);
        if (from != WR_REG_NONE && !is_there(tree, from))
            from = WR_REG_NONE;
        l.parent = from;
    }
    return from;
}

static bool add_node(builder *b, const label *l, uint64_t offset, uint32_t *out, wr_error *err)
{
    wr_reg_tree *t = &b->tree;
    uint32_t node = (uint32_t)t->nodes.count;
    char *name = WR_NEW(b->arena, char, l->len + 1);
    wr_reg_node *n, *parent;

    if (t->nodes.count > WR_LIMIT_REG_ENTRIES)
        return wr_fail(err, WR_E_LIMIT, b->source, offset, "more than %d keys",
                       WR_LIMIT_REG_ENTRIES);
    if (!name || !(n = WR_APPEND(b->arena, &t->nodes, wr_reg_node)))
        return wr_fail_memory(err);
    memcpy(name, l->name, l->len);
    *n = (wr_reg_node){ .name = name,
                        .parent = l->parent,
                        .first = WR_REG_NONE,
                        .last = WR_REG_NONE,
                        .next = WR_REG_NONE,
                        .entry = WR_REG_NONE };
    parent = &t->nodes.items[l->parent];
    if (parent->first == WR_REG_NONE)
        parent->first = node;
    else
        t->nodes.items[parent->last].next = node;
    parent->last = node;
    *out = node;
    return index_node(t, b->arena, node, err);
}

/* The subkey of this label, made where it is not there. */
static bool make_key(builder *b, const label *l, uint64_t offset, uint32_t *out, wr_error *err)
{
    uint32_t node = look_up(&b->tree, l);
    wr_reg_node *n;

    if (node == WR_REG_NONE && !add_node(b, l, offset, &node, err))
        return false;
    if (!is_there(&b->tree, node)) {
        n = &b->tree.nodes.items[node];
        n->alive = true;
        n->listed = false;
        n->offset = offset;
        n->born = b->tree.nodes.items[n->parent].age;
        n->age++; /* what was below it before it was deleted is gone */
        n->entry = WR_REG_NONE;
    }
    *out = node;
    return true;
}

static size_t depth_of(const char *path)
{
    const char *name;
    size_t depth = 0, len;

    while (next_name(&path, &name, &len))
        depth++;
    return depth;
}

static bool set_key(builder *b, uint32_t index, wr_error *err)
{
    const wr_reg_key *key = &b->tree.entries->keys.items[index];
    const char *path = key->path;
    label l = { .parent = WR_REG_ROOT };
    wr_reg_part *part;

    while (next_name(&path, &l.name, &l.len))
        if (!make_key(b, &l, key->offset, &l.parent, err))
            return false;
    if (!(part = WR_APPEND(b->arena, &b->tree.parts, wr_reg_part)))
        return wr_fail_memory(err);
    *part = (wr_reg_part){ index, b->tree.nodes.items[l.parent].entry };
    b->tree.nodes.items[l.parent].entry = (uint32_t)(b->tree.parts.count - 1);
    b->tree.nodes.items[l.parent].listed = true;
    return true;
}

/* A key that is not there is none to delete; the root is none that can be. */
static void delete_key(wr_reg_tree *t, const char *path)
{
    uint32_t node = wr_reg_tree_find(t, WR_REG_ROOT, path);

    if (node != WR_REG_NONE && node != WR_REG_ROOT)
        t->nodes.items[node].alive = false;
}

bool wr_reg_tree_build(const wr_reg_entries *entries, const char *source, wr_arena *arena,
                       wr_diags *diags, wr_reg_tree *out, wr_error *err)
{
    builder b = { { .entries = entries, .top = WR_REG_NONE }, source, arena, diags };
    wr_reg_node *root = WR_APPEND(arena, &b.tree.nodes, wr_reg_node);

    if (!root)
        return wr_fail_memory(err);
    *root = (wr_reg_node){ .name = "",
                           .alive = true,
                           .first = WR_REG_NONE,
                           .last = WR_REG_NONE,
                           .next = WR_REG_NONE,
                           .entry = WR_REG_NONE };
    for (size_t i = 0; i < entries->keys.count; i++) {
        const wr_reg_key *key = &entries->keys.items[i];
        if (depth_of(key->path) > WR_LIMIT_KEY_DEPTH)
            wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_LIMIT, source, key->offset, NULL,
                        "a key %zu levels deep, expected at most %d", depth_of(key->path),
                        WR_LIMIT_KEY_DEPTH);
        else if (key->deleted)
            delete_key(&b.tree, key->path);
        else if (!set_key(&b, (uint32_t)i, err))
            return false;
    }
    *out = b.tree;
    return true;
}

/* ---- asking ------------------------------------------------------------------------------------
 */

static uint32_t first_there(const wr_reg_tree *t, uint32_t node)
{
    while (node != WR_REG_NONE && !is_there(t, node))
        node = t->nodes.items[node].next;
    return node;
}

uint32_t wr_reg_tree_first(const wr_reg_tree *tree, uint32_t key)
{
    return first_there(tree, tree->nodes.items[key].first);
}

uint32_t wr_reg_tree_next(const wr_reg_tree *tree, uint32_t key)
{
    return first_there(tree, tree->nodes.items[key].next);
}

const wr_reg_value *wr_reg_tree_value(const wr_reg_tree *tree, uint32_t key, const char *name)
{
    uint32_t at = tree->nodes.items[key].entry;

    /* From the last to the first: what is said last counts. */
    for (; at != WR_REG_NONE; at = tree->parts.items[at].before) {
        const wr_reg_key *entry = &tree->entries->keys.items[tree->parts.items[at].key];
        for (size_t i = entry->num_values; i-- > 0;) {
            const wr_reg_value *v = &tree->entries->values.items[entry->first_value + i];
            if (v->op == WR_REG_DELETE_VALUES)
                return NULL;
            if (v->op != WR_REG_INSTRUCTION && !wr_text_compare(v->name, name))
                return v->op == WR_REG_SET ? v : NULL;
        }
    }
    return NULL;
}
