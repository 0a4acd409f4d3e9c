#include "format/regf_space.h"

#include "format/regf_internal.h"

#include <stdlib.h>

enum {
    SMALLEST = 20, /* bytes: a value record without a name */
    REFERENCE = 4,
    PAGE = 4096,
    BIN_HEADER = 32,
    KEY_NAME = 76,
    VALUE_NAME = 20,
    SECURITY_DESCRIPTOR = 20
};

const char *wr_regf_place_name(wr_regf_place place)
{
    static const char *const names[] = { "free", "unreferenced", "slack", "no_bin",
                                         "tail", "log",          "file" };
    return names[place];
}

struct finder {
    const wr_regf *hive;
    wr_arena *arena;
    wr_regf_space *space;
    bool no_memory;
};

static void add(struct finder *f, wr_regf_gap gap, uint32_t least)
{
    wr_regf_gap *item;

    if (gap.len < least)
        return;
    if ((item = WR_APPEND(f->arena, &f->space->gaps, wr_regf_gap)))
        *item = gap;
    else
        f->no_memory = true;
}

static void add_gap(struct finder *f, wr_regf_place place, uint64_t begin, uint64_t len)
{
    add(f, (wr_regf_gap){ place, (uint32_t)begin, (uint32_t)len, WR_REGF_NIL }, SMALLEST);
}

static void set_used(wr_regf_space *space, uint32_t cell)
{
    space->used[cell / 64] |= (uint8_t)(1u << (cell / 8 & 7));
}

bool wr_regf_cell_frames(wr_view bytes, uint64_t cell, uint64_t len)
{
    uint32_t field, size;

    if (cell % 8 || cell > bytes.len || !wr_u32le_at(bytes, (size_t)cell, &field))
        return false;
    size = field > INT32_MAX ? 0u - field : field;
    return size % 8 == 0 && size >= 4 + len && size <= bytes.len - cell;
}

bool wr_regf_space_is_used(const wr_regf_space *space, uint32_t cell)
{
    return cell % 8 == 0 && cell < space->bytes.len && space->used[cell / 64] >> (cell / 8 & 7) & 1;
}

/* The payload of a cell that a key leads to; false where there is none, or it was met before. */
static bool meet(struct finder *f, uint32_t cell, wr_view *payload)
{
    if (!wr_regf_cell_fits(f->hive, cell, payload) || wr_regf_space_is_used(f->space, cell))
        return false;
    set_used(f->space, cell);
    return true;
}

/* What a cell has beyond the bytes that its owner uses. */
static void leave_slack(struct finder *f, uint32_t cell, wr_view payload, uint64_t used)
{
    if (used < payload.len)
        add_gap(f, WR_REGF_SLACK, (uint64_t)cell + 4 + used, payload.len - used);
}

/* Behind a value list, references to values that were taken out of it. */
static void use_values(struct finder *f, const wr_regf_key *key)
{
    uint64_t used = 4 * (uint64_t)key->num_values;
    wr_view list;

    if (key->num_values && meet(f, key->value_list, &list) && used < list.len)
        add(f,
            (wr_regf_gap){ WR_REGF_SLACK, (uint32_t)(key->value_list + 4 + used),
                           (uint32_t)(list.len - used), key->cell },
            REFERENCE);
}

static void use(struct finder *f, uint32_t cell, uint64_t used)
{
    wr_view payload;

    if (meet(f, cell, &payload))
        leave_slack(f, cell, payload, used);
}

/* A subkey list; where it is an ri, the lists that it names. */
static void use_list(struct finder *f, uint32_t cell, bool may_be_ri)
{
    uint16_t count;
    wr_view list;
    bool is_ri;

    if (!meet(f, cell, &list) || !wr_u16le_at(list, 2, &count))
        return;
    is_ri = wr_view_starts(list, "ri", 2);
    leave_slack(f, cell, list,
                4 + (uint64_t)count * (is_ri || wr_view_starts(list, "li", 2) ? 4 : 8));
    for (uint32_t i = 0, part; is_ri && may_be_ri && i < count; i++)
        if (wr_u32le_at(list, 4 + 4 * (size_t)i, &part))
            use_list(f, part, false);
}

static void use_security(struct finder *f, uint32_t cell)
{
    uint32_t size;
    wr_view sk;

    if (meet(f, cell, &sk) && wr_u32le_at(sk, 16, &size))
        leave_slack(f, cell, sk, SECURITY_DESCRIPTOR + (uint64_t)size);
}

static void use_key(struct finder *f, const wr_regf_key *key)
{
    use(f, key->cell, KEY_NAME + key->name.len);
    use_security(f, key->security);
    if (key->class_len)
        use(f, key->class_cell, key->class_len);
    if (key->num_subkeys)
        use_list(f, key->subkey_list, true);
    use_values(f, key);
}

static void use_segments(struct finder *f, wr_view db, uint32_t size)
{
    uint32_t listed, segment, left = size;
    uint16_t count;
    wr_view list;

    if (!wr_u16le_at(db, 2, &count) || !wr_u32le_at(db, 4, &listed) || !meet(f, listed, &list))
        return;
    leave_slack(f, listed, list, 4 * (uint64_t)count);
    for (uint32_t i = 0; i < count && wr_u32le_at(list, 4 * (size_t)i, &segment); i++) {
        uint32_t here = left < WR_REGF_SEGMENT ? left : WR_REGF_SEGMENT;
        use(f, segment, here);
        left -= here;
    }
}

static void use_value(struct finder *f, const wr_regf_value *value)
{
    wr_view data;

    use(f, value->cell, VALUE_NAME + value->name.len);
    if (value->in_record || value->size == 0 || !meet(f, value->data, &data))
        return;
    if (wr_regf_is_big_data(f->hive, value->size, data)) {
        leave_slack(f, value->data, data, 8);
        use_segments(f, data, value->size);
    } else {
        leave_slack(f, value->data, data, value->size);
    }
}

/* The cells of one bin that no key leads to. */
static void add_cells(struct finder *f, uint64_t bin, uint64_t end)
{
    uint32_t field, len;

    for (uint64_t at = bin + BIN_HEADER; at < end; at += len) {
        if (!wr_u32le_at(f->space->bytes, (size_t)at, &field))
            return;
        len = field > INT32_MAX ? 0u - field : field;
        if (len < 8 || len % 8 || len > end - at) {
            add_gap(f, WR_REGF_NO_BIN, at, end - at);
            return;
        }
        if (!wr_regf_space_is_used(f->space, (uint32_t)at))
            add_gap(f, field > INT32_MAX ? WR_REGF_UNREFERENCED : WR_REGF_FREE, at + 4, len - 4);
    }
}

static void add_bins(struct finder *f)
{
    wr_view bins = f->hive->bins;
    size_t len;

    if (bins.len > f->space->bytes.len) /* what lies behind, no reference can name */
        bins.len = f->space->bytes.len;
    for (size_t at = 0; at < bins.len; at += len) {
        bool is_bin = wr_regf_bin_at(bins, at, &len);

        if (!is_bin)
            len = PAGE;
        if (len > bins.len - at)
            len = bins.len - at;
        if (is_bin)
            add_cells(f, at, at + len);
        else
            add_gap(f, WR_REGF_NO_BIN, at, len);
    }
    add_gap(f, WR_REGF_TAIL, bins.len, f->space->bytes.len - bins.len);
}

static int by_offset(const void *a, const void *b)
{
    const wr_regf_gap *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* In order, and without what two gaps share: cells in use may lie where bins are broken. */
static void settle(wr_regf_space *space)
{
    uint64_t done = 0;
    size_t kept = 0;

    if (space->gaps.count)
        qsort(space->gaps.items, space->gaps.count, sizeof *space->gaps.items, by_offset);
    for (size_t i = 0; i < space->gaps.count; i++) {
        wr_regf_gap gap = space->gaps.items[i];
        uint64_t end = (uint64_t)gap.begin + gap.len;

        if (end <= done)
            continue;
        if (gap.begin < done)
            gap = (wr_regf_gap){ gap.place, (uint32_t)done, (uint32_t)(end - done), gap.list_of };
        space->gaps.items[kept++] = gap;
        done = end;
    }
    space->gaps.count = kept;
}

bool wr_regf_space_find(const wr_regf *hive, wr_arena *arena, wr_diags *diags, wr_regf_space *out,
                        wr_error *err)
{
    uint64_t len = hive->image.len - WR_REGF_BASE_BLOCK;
    wr_regf_space space = { 0 };
    struct finder f = { hive, arena, &space, false };
    wr_regf_walk walk;
    wr_regf_value value;
    wr_regf_key key;

    if (!wr_regf_walk_start(hive, arena, diags, &walk, err))
        return false;
    if (!wr_view_slice(hive->image, WR_REGF_BASE_BLOCK, len < UINT32_MAX ? len : UINT32_MAX,
                       &space.bytes) ||
        !(space.used = WR_NEW(arena, uint8_t, space.bytes.len / 64 + 1)))
        return wr_fail_memory(err);
    while (wr_regf_walk_next(&walk, &key)) {
        use_key(&f, &key);
        while (wr_regf_walk_next_value(&walk, &value))
            use_value(&f, &value);
    }
    add_bins(&f);
    if (f.no_memory)
        return wr_fail_memory(err);
    settle(&space);
    *out = space;
    return true;
}

bool wr_regf_space_slice(const wr_regf_space *space, uint64_t at, uint64_t len, wr_view *out,
                         const wr_regf_gap **gap)
{
    size_t low = 0, high = space->gaps.count;
    const wr_regf_gap *found;

    while (low < high) { /* the last gap that does not begin behind `at` */
        size_t middle = low + (high - low) / 2;
        if (space->gaps.items[middle].begin <= at)
            low = middle + 1;
        else
            high = middle;
    }
    found = low ? &space->gaps.items[low - 1] : NULL;
    if (found && at - found->begin >= found->len)
        found = NULL;
    *gap = found;
    return found && len <= found->len - (at - found->begin) &&
           wr_view_slice(space->bytes, at, len, out);
}
