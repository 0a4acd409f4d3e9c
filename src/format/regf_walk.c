/* regf_walk.c - every key of a hive, each once, whatever its lists say. */
#include "format/regf_internal.h"
#include "winroots/limits.h"

#include <stdio.h>
#include <string.h>

#define ELEMENT      4u       /* bytes: the least that a list element takes   */
#define LONGEST_PATH 1048576u /* bytes of memory for building a path of them */

/* A key on the way from the root to the one given last. */
struct wr_regf_step {
    wr_regf_key key;
    wr_regf_iter subkeys;
    wr_view last; /* name of the subkey given last, "" before the first: they stand in order */
    wr_encoding last_encoding;
    bool disordered; /* which is said once */
};

bool wr_regf_walk_start(const wr_regf *hive, wr_arena *arena, wr_diags *diags, wr_regf_walk *walk,
                        wr_error *err)
{
    wr_regf_walk w = { .hive = hive, .arena = arena, .diags = diags };
    wr_regf_key root;

    if (!wr_regf_root(hive, &root, err))
        return false;
    w.seen = WR_NEW(arena, uint8_t, hive->bins.len / 64 + 1);
    w.steps = WR_NEW(arena, struct wr_regf_step, WR_LIMIT_KEY_DEPTH + 2);
    if (!w.seen || !w.steps)
        return wr_fail_memory(err);
    w.steps[0].key = root;
    w.work = hive->bins.len / ELEMENT;
    *walk = w;
    return true;
}

/* Diagnostics recorded since there were `first` are about the key given last. */
static void name_place(const wr_regf_walk *walk, size_t first)
{
    char place[sizeof((wr_error *)0)->path];
    wr_arena scratch;
    const char *path;

    if (walk->diags->list.count == first)
        return;
    wr_arena_init(&scratch, LONGEST_PATH);
    path = wr_regf_walk_path(walk, &scratch);
    snprintf(place, sizeof place, "%s", path ? path : "");
    wr_arena_free(&scratch);
    wr_diags_at(walk->diags, first, place);
}

/* True the first time that a key is met. */
static bool is_new(wr_regf_walk *walk, const wr_regf_key *key)
{
    uint8_t *byte = &walk->seen[key->cell / 64];
    uint8_t bit = (uint8_t)(1u << (key->cell / 8 & 7));
    bool first = !(*byte & bit);

    *byte |= bit;
    return first;
}

static unsigned upper_unit(wr_view name, wr_encoding encoding, size_t i)
{
    unsigned unit = encoding == WR_LATIN1
                        ? name.data[i]
                        : (unsigned)(name.data[2 * i] | name.data[2 * i + 1] << 8);
    return unit >= 'a' && unit <= 'z' ? unit - 'a' + 'A' : unit;
}

/* Registry order of two names.  Where it hangs on letters beyond ASCII, whose upper case takes
 * Windows' table, or on what is not looked at, they count as in order. */
static int order(wr_view a, wr_encoding a_encoding, wr_view b, wr_encoding b_encoding)
{
    size_t a_len = wr_regf_shown(a).len / (a_encoding == WR_LATIN1 ? 1 : 2);
    size_t b_len = wr_regf_shown(b).len / (b_encoding == WR_LATIN1 ? 1 : 2);

    for (size_t i = 0; i < a_len && i < b_len; i++) {
        unsigned x = upper_unit(a, a_encoding, i), y = upper_unit(b, b_encoding, i);
        if (x != y)
            return x < y || x > 0x7F ? -1 : 1;
    }
    if (a.len > WR_REGF_LONGEST_NAME || b.len > WR_REGF_LONGEST_NAME)
        return -1;
    return (a_len > b_len) - (a_len < b_len);
}

static void warn(const wr_regf_walk *walk, const wr_regf_key *key, const char *what)
{
    wr_arena scratch;
    const char *name;

    wr_arena_init(&scratch, LONGEST_PATH);
    name = wr_text(&scratch, wr_regf_shown(key->name), key->name_encoding);
    wr_diag_add(walk->diags, WR_DIAG_WARNING, WR_E_MALFORMED, walk->hive->bins.source,
                walk->hive->bins.origin + key->cell, NULL, "subkey \"%s\" %s", name ? name : "",
                what);
    wr_arena_free(&scratch);
}

/* Contradictions between a key and the list that it stands in. */
static void check(wr_regf_walk *walk, struct wr_regf_step *parent, const wr_regf_key *key)
{
    int sense = parent->last.len
                    ? order(parent->last, parent->last_encoding, key->name, key->name_encoding)
                    : -1;

    if (sense == 0)
        warn(walk, key, "has the name of the subkey before it: Windows shows one of them");
    if (sense > 0 && !parent->disordered) {
        warn(walk, key, "is out of order: Windows may not find it");
        parent->disordered = true;
    }
    if (key->parent != parent->key.cell)
        warn(walk, key, "names another key as its parent");
    parent->last = key->name;
    parent->last_encoding = key->name_encoding;
}

/* Elements and parts of the lists that an iterator opened. */
static uint32_t cost(const wr_regf_iter *it)
{
    return it->held + it->part_index;
}

/* Takes what an iterator opened from the whole walk's work, which is linear in the file even where
 * keys share lists or overlap. */
static void spend(wr_regf_walk *walk, uint32_t used, const wr_regf_iter *it)
{
    if (used < walk->work) {
        walk->work -= used;
        return;
    }
    walk->work = 0;
    wr_diag_add(walk->diags, WR_DIAG_SKIPPED, WR_E_LIMIT, walk->hive->bins.source, it->at, NULL,
                "more list elements than the file has room for: the walk ends here");
}

/* The cell of the list of values of the key in a cell; false where there is none. */
static bool values_of(const wr_regf *hive, uint32_t key, uint32_t *list)
{
    return wr_u32le_at(hive->bins, (size_t)key + 4 + 40, list);
}

/* Values will be asked for next: of the subkeys to come, the lists of values of the third and the
 * values of the first are said to be read soon.  What is read for it is read later anyway. */
static void prepare(const wr_regf_iter *it)
{
    const size_t at = (size_t)it->index * it->width;
    uint32_t key, list, value;

    if (it->index + 3 < it->count && wr_u32le_at(it->list, at + 3 * (size_t)it->width, &key) &&
        values_of(it->hive, key, &list))
        wr_regf_soon(it->hive, list);
    if (it->index < it->count && wr_u32le_at(it->list, at, &key) && values_of(it->hive, key, &list))
        for (size_t i = 0; i < 4 && wr_u32le_at(it->hive->bins, (size_t)list + 4 + 4 * i, &value);
             i++)
            wr_regf_soon(it->hive, value);
}

/* The next subkey of the current key that was not given before and is not too deep. */
static bool next_subkey(wr_regf_walk *walk, wr_regf_key *out)
{
    struct wr_regf_step *step = &walk->steps[walk->depth];

    while (walk->work) {
        uint32_t before = cost(&step->subkeys);
        bool found = wr_regf_next_key(&step->subkeys, out);

        prepare(&step->subkeys);
        spend(walk, cost(&step->subkeys) - before, &step->subkeys);
        if (!found)
            return false;
        check(walk, step, out);
        if (!is_new(walk, out))
            warn(walk, out, "is listed a second time, and is given once");
        else if (walk->depth == WR_LIMIT_KEY_DEPTH)
            wr_diag_add(walk->diags, WR_DIAG_SKIPPED, WR_E_LIMIT, walk->hive->bins.source,
                        walk->hive->bins.origin + out->cell, NULL,
                        "a key below %d levels, which is as deep as Windows goes",
                        WR_LIMIT_KEY_DEPTH);
        else
            return true;
    }
    return false;
}

/* Begins with the subkeys of the key given last. */
static void enter(wr_regf_walk *walk)
{
    struct wr_regf_step *step = &walk->steps[walk->depth];

    step->last.len = 0;
    step->disordered = false;
    walk->values.hive = NULL;
    if (step->key.num_values)
        wr_regf_soon(walk->hive, step->key.value_list);
    wr_regf_subkeys(walk->hive, &step->key, "", walk->diags, &step->subkeys);
    spend(walk, cost(&step->subkeys), &step->subkeys);
}

bool wr_regf_walk_next(wr_regf_walk *walk, wr_regf_key *out)
{
    size_t first = walk->diags->list.count;

    if (!walk->begun) {
        walk->begun = true;
        (void)is_new(walk, &walk->steps[0].key);
    } else {
        while (!next_subkey(walk, &walk->steps[walk->depth + 1].key)) {
            name_place(walk, first);
            first = walk->diags->list.count;
            if (!walk->depth)
                return false;
            walk->depth--;
        }
        name_place(walk, first);
        first = walk->diags->list.count;
        walk->depth++;
    }
    enter(walk);
    name_place(walk, first);
    *out = walk->steps[walk->depth].key;
    return true;
}

bool wr_regf_walk_next_value(wr_regf_walk *walk, wr_regf_value *out)
{
    size_t first = walk->diags->list.count;
    bool found;

    if (!walk->values.hive) {
        wr_regf_values(walk->hive, &walk->steps[walk->depth].key, "", walk->diags, &walk->values);
        spend(walk, cost(&walk->values), &walk->values);
    }
    found = walk->work && wr_regf_next_value(&walk->values, out);
    if (walk->diags->list.count > first)
        name_place(walk, first);
    return found;
}

const char *wr_regf_walk_path(const wr_regf_walk *walk, wr_arena *arena)
{
    const char *names[WR_LIMIT_KEY_DEPTH + 1];
    size_t len = 1;
    char *path;

    for (uint32_t i = 1; i <= walk->depth; i++) {
        const wr_regf_key *key = &walk->steps[i].key;

        if (!(names[i] = wr_text(arena, wr_regf_shown(key->name), key->name_encoding)))
            return NULL;
        len += strlen(names[i]) + 1;
    }
    if (!(path = WR_NEW(arena, char, len)))
        return NULL;
    for (uint32_t i = 1, at = 0; i <= walk->depth; i++)
        at += (uint32_t)snprintf(path + at, len - at, "%s%s", i > 1 ? "\\" : "", names[i]);
    return path;
}

bool wr_regf_count(const wr_regf *hive, wr_arena *arena, wr_diags *diags, uint64_t *keys,
                   uint64_t *values, wr_error *err)
{
    uint64_t num_keys = 0, num_values = 0;
    wr_regf_walk walk;
    wr_regf_key key;
    wr_regf_value value;

    if (!wr_regf_walk_start(hive, arena, diags, &walk, err))
        return false;
    for (; wr_regf_walk_next(&walk, &key); num_keys++)
        while (wr_regf_walk_next_value(&walk, &value))
            num_values++;
    wr_regf_check_bins(hive, diags);
    *keys = num_keys;
    *values = num_values;
    return true;
}
