#include "format/regf_recover_internal.h"

#include "format/regf_internal.h"
#include "winroots/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Plausible fields.  OBSERVED: with these the counts are those of other tools on real hives. */
enum {
    KEY_NAME = 76,
    VALUE_NAME = 20,
    DATA_AT = 8,
    MOST_NAME = 1024, /* characters */
    MOST_NULS = 5,
    MOST_SUBKEYS = 10000,
    MOST_VALUES = 1000,
    MOST_IN_RECORD = 4
};

#define FIRST_YEAR 116444736000000000u /* 1970-01-01 */
#define LAST_YEAR  157782816000000000u /* 2100-12-31 */

const char *wr_regf_confidence_name(wr_regf_confidence confidence)
{
    static const char *const names[] = { "low", "medium", "high" };
    return names[confidence];
}

const char *wr_regf_data_state_name(wr_regf_data_state state)
{
    static const char *const names[] = { "whole", "reused", "lost" };
    return names[state];
}

struct search {
    const wr_regf *hive;
    wr_regf_space space;
    wr_arena *arena;
    wr_diags *diags;
    wr_regf_recovery found;
    uint64_t work;  /* list elements, and bytes of big data, that may still be read */
    uint8_t *taken; /* one bit per cell: a value's data                             */
    bool no_memory, keys_full, values_full;
};

static bool plausible_name(wr_view name, wr_encoding encoding)
{
    size_t width = encoding == WR_LATIN1 ? 1 : 2, nuls = 0;
    uint16_t unit, next;

    if (name.len % width || name.len / width > MOST_NAME)
        return false;
    for (size_t i = 0; i < name.len; i += width) {
        unit = name.data[i];
        if (width == 2 && !wr_u16le_at(name, i, &unit))
            return false;
        nuls += unit == 0;
        if ((unit & 0xF800) != 0xD800)
            continue;
        if (unit & 0x0400 || !wr_u16le_at(name, i + 2, &next) || (next & 0xFC00) != 0xDC00)
            return false;
        i += 2;
    }
    return nuls <= MOST_NULS;
}

static bool plausible_key(wr_view record, const wr_regf_key *key)
{
    uint32_t num_volatile;

    return !key->name_cut && key->name.len > 0 && plausible_name(key->name, key->name_encoding) &&
           wr_u32le_at(record, 24, &num_volatile) && num_volatile <= MOST_SUBKEYS &&
           key->num_subkeys <= MOST_SUBKEYS && key->num_values <= MOST_VALUES &&
           key->last_write >= FIRST_YEAR && key->last_write < LAST_YEAR;
}

static bool plausible_value(const wr_regf_value *value)
{
    if (value->name_cut || !plausible_name(value->name, value->name_encoding))
        return false;
    if (value->in_record)
        return value->size <= MOST_IN_RECORD;
    return value->size == 0 || (value->data >= 8 && value->data % 8 == 0);
}

/* A record's length where it is a plausible key, and it was added; else 0. */
static size_t take_key(struct search *s, wr_regf_place place, wr_view record, uint32_t cell)
{
    wr_regf_deleted_key *added;
    wr_regf_key key;

    if (!wr_regf_key_record(s->hive, cell, record, &key) || !plausible_key(record, &key))
        return 0;
    if (s->found.keys.count == WR_LIMIT_DELETED) {
        s->keys_full = true;
    } else if ((added = WR_APPEND(s->arena, &s->found.keys, wr_regf_deleted_key))) {
        *added = (wr_regf_deleted_key){ .key = key, .place = place, .offset = record.origin };
    } else {
        s->no_memory = true;
    }
    return KEY_NAME + key.name.len;
}

static size_t take_value(struct search *s, wr_regf_place place, wr_view record, uint32_t cell)
{
    wr_regf_deleted_value *added;
    wr_regf_value value;

    if (!wr_regf_value_record(cell, record, &value) || !plausible_value(&value))
        return 0;
    if (s->found.values.count == WR_LIMIT_DELETED) {
        s->values_full = true;
    } else if ((added = WR_APPEND(s->arena, &s->found.values, wr_regf_deleted_value))) {
        *added = (wr_regf_deleted_value){ .value = value,
                                          .place = place,
                                          .offset = record.origin,
                                          .owner = { WR_REGF_NIL, SIZE_MAX } };
        if (!wr_view_slice(record, DATA_AT, value.in_record ? value.size : 0, &added->data))
            added->data = (wr_view){ 0 };
    } else {
        s->no_memory = true;
    }
    return VALUE_NAME + value.name.len;
}

/* The length of the deleted record at an offset of a gap's bytes; 0 where none stands there. */
static size_t take_record(struct search *s, const wr_regf_gap *gap, wr_view bytes, size_t at)
{
    uint32_t cell = (uint32_t)(gap->begin + at - 4);
    uint16_t signature;
    wr_view record;

    if (!wr_u16le_at(bytes, at, &signature) ||
        (signature != WR_REGF_SIGNATURE('n', 'k') && signature != WR_REGF_SIGNATURE('v', 'k')) ||
        wr_regf_space_is_used(&s->space, cell) ||
        !wr_view_slice(bytes, at, bytes.len - at, &record))
        return 0;
    return (signature == WR_REGF_SIGNATURE('n', 'k') ? take_key : take_value)(s, gap->place, record,
                                                                              cell);
}

/* At every even offset: free neighbours were merged, and slack may begin anywhere. */
static void search_gap(struct search *s, const wr_regf_gap *gap)
{
    wr_view bytes;
    size_t len;

    if (!wr_view_slice(s->space.bytes, gap->begin, gap->len, &bytes))
        return;
    for (size_t at = gap->begin & 1; at < bytes.len && !s->no_memory; at += len) {
        len = take_record(s, gap, bytes, at);
        len = len ? len + (len & 1) : 2;
    }
}

static int compare_key(const void *cell, const void *deleted)
{
    uint32_t a = *(const uint32_t *)cell, b = ((const wr_regf_deleted_key *)deleted)->key.cell;
    return (a > b) - (a < b);
}

static int compare_value(const void *cell, const void *deleted)
{
    uint32_t a = *(const uint32_t *)cell, b = ((const wr_regf_deleted_value *)deleted)->value.cell;
    return (a > b) - (a < b);
}

/* The deleted key or value whose record stands in a cell; NULL where none does. */
static wr_regf_deleted_key *find_key(const wr_regf_recovery *found, uint32_t cell)
{
    return found->keys.count ? bsearch(&cell, found->keys.items, found->keys.count,
                                       sizeof *found->keys.items, compare_key)
                             : NULL;
}

static wr_regf_deleted_value *find_value(const wr_regf_recovery *found, uint32_t cell)
{
    return found->values.count ? bsearch(&cell, found->values.items, found->values.count,
                                         sizeof *found->values.items, compare_value)
                               : NULL;
}

static bool is_lost(wr_regf_owner owner)
{
    return owner.live == WR_REGF_NIL && owner.deleted == SIZE_MAX;
}

static void place_keys(struct search *s)
{
    wr_regf_recovery *found = &s->found;
    wr_error ignored;
    wr_regf_key live;

    for (size_t i = 0; i < found->keys.count; i++) {
        wr_regf_deleted_key *k = &found->keys.items[i];
        const wr_regf_deleted_key *parent = find_key(found, k->key.parent);
        bool is_live = wr_regf_space_is_used(&s->space, k->key.parent) &&
                       wr_regf_key_at(s->hive, k->key.parent, &live, &ignored);

        k->owner.live = is_live ? k->key.parent : WR_REGF_NIL;
        k->owner.deleted = is_live || !parent ? SIZE_MAX : (size_t)(parent - found->keys.items);
    }
    for (size_t i = 0; i < found->keys.count; i++) {
        wr_regf_owner owner = found->keys.items[i].owner;
        for (int depth = 0; owner.deleted != SIZE_MAX && depth < WR_LIMIT_KEY_DEPTH; depth++)
            owner = found->keys.items[owner.deleted].owner;
        found->keys.items[i].rooted = owner.live != WR_REGF_NIL;
    }
}

/* The values that a list names, and nobody else does, belong to its key. */
static void own(struct search *s, wr_view list, wr_regf_owner owner)
{
    wr_reader elements = wr_reader_of(list);
    uint32_t cell;

    while (s->work > 0 && wr_read_u32le(&elements, &cell)) {
        wr_regf_deleted_value *v = find_value(&s->found, cell);
        if (v && is_lost(v->owner))
            v->owner = owner;
        s->work--;
    }
}

static void own_values(struct search *s)
{
    const wr_regf_gap *ignored;
    wr_view list;

    for (size_t i = 0; i < s->space.gaps.count; i++) {
        const wr_regf_gap *gap = &s->space.gaps.items[i];
        if (gap->list_of != WR_REGF_NIL &&
            wr_view_slice(s->space.bytes, gap->begin, gap->len, &list))
            own(s, list, (wr_regf_owner){ gap->list_of, SIZE_MAX });
    }
    for (size_t i = 0; i < s->found.keys.count; i++) {
        const wr_regf_key *key = &s->found.keys.items[i].key;
        if (key->num_values && wr_regf_space_slice(&s->space, (uint64_t)key->value_list + 4,
                                                   4 * (uint64_t)key->num_values, &list, &ignored))
            own(s, list, (wr_regf_owner){ WR_REGF_NIL, i });
    }
}

/* The `len` bytes of a cell where no key uses them. */
static wr_regf_data_state unused(const struct search *s, uint32_t cell, uint64_t len, wr_view *out)
{
    const wr_regf_gap *gap;

    if (wr_regf_space_slice(&s->space, (uint64_t)cell + 4, len, out, &gap))
        return WR_REGF_DATA_WHOLE;
    return (uint64_t)cell + 4 + len > s->space.bytes.len ? WR_REGF_DATA_LOST : WR_REGF_DATA_REUSED;
}

static wr_regf_data_state join_segments(struct search *s, wr_view db, uint32_t size, wr_view *out)
{
    uint32_t needed = (size + WR_REGF_SEGMENT - 1) / WR_REGF_SEGMENT, listed, cell;
    wr_regf_data_state state;
    wr_view list, segment;
    uint16_t count;
    uint8_t *bytes;

    if (!wr_u16le_at(db, 2, &count) || !wr_u32le_at(db, 4, &listed) || count < needed ||
        size > WR_LIMIT_VALUE_BYTES || size > s->work)
        return WR_REGF_DATA_LOST;
    if ((state = unused(s, listed, 4 * (uint64_t)needed, &list)) != WR_REGF_DATA_WHOLE)
        return state;
    s->work -= size;
    if (!(bytes = WR_NEW(s->arena, uint8_t, size))) {
        s->no_memory = true;
        return WR_REGF_DATA_LOST;
    }
    for (uint32_t done = 0, i = 0; i < needed; i++) {
        uint32_t n = size - done < WR_REGF_SEGMENT ? size - done : WR_REGF_SEGMENT;
        if (!wr_u32le_at(list, 4 * (size_t)i, &cell))
            return WR_REGF_DATA_LOST;
        if ((state = unused(s, cell, n, &segment)) != WR_REGF_DATA_WHOLE)
            return state;
        memcpy(bytes + done, segment.data, n);
        done += n;
    }
    *out = (wr_view){ bytes, size, db.origin, db.source };
    return WR_REGF_DATA_WHOLE;
}

static void find_data(struct search *s, wr_regf_deleted_value *v)
{
    uint32_t size = v->value.size, cell = v->value.data;
    wr_view start = { 0 };

    if (v->value.in_record || size == 0)
        return;
    v->state = unused(s, cell, size < DATA_AT ? size : DATA_AT, &start);
    if (v->state != WR_REGF_DATA_WHOLE)
        return;
    v->state = wr_regf_is_big_data(s->hive, size, start) ? join_segments(s, start, size, &v->data)
                                                         : unused(s, cell, size, &v->data);
    if (v->state == WR_REGF_DATA_WHOLE)
        s->taken[cell / 64] |= (uint8_t)(1u << (cell / 8 & 7));
}

static void judge_key(const struct search *s, wr_regf_deleted_key *k)
{
    static const struct {
        wr_regf_confidence confidence;
        const char *reason;
    } verdicts[2][2] = {
        { { WR_REGF_LOW, "a signature and plausible fields, and no more" },
          { WR_REGF_MEDIUM, "its parents lead to the root" } },
        { { WR_REGF_MEDIUM, "it stands in a cell of its size; its parents are lost" },
          { WR_REGF_HIGH, "it stands in a cell of its size, and its parents lead to the root" } },
    };
    bool framed = wr_regf_cell_frames(s->space.bytes, k->key.cell, KEY_NAME + k->key.name.len);

    k->confidence = verdicts[framed][k->rooted].confidence;
    k->reason = verdicts[framed][k->rooted].reason;
}

static void judge_value(const struct search *s, wr_regf_deleted_value *v)
{
    static const struct {
        wr_regf_confidence confidence;
        const char *reason;
    } verdicts[2][2][2] = {
        { { { WR_REGF_LOW, "a signature and plausible fields, and no more" },
            { WR_REGF_LOW, "plausible fields, and data that nothing uses now" } },
          { { WR_REGF_MEDIUM, "a key lists it; its data is gone" },
            { WR_REGF_HIGH, "a key lists it, and nothing uses its data now" } } },
        { { { WR_REGF_LOW, "it stands in a cell of its size; its key is lost, its data is gone" },
            { WR_REGF_MEDIUM,
              "it stands in a cell of its size, and nothing uses its data now; its key is lost" } },
          { { WR_REGF_MEDIUM, "it stands in a cell of its size, and a key lists it; its data is "
                              "gone" },
            { WR_REGF_HIGH, "it stands in a cell of its size, a key lists it, and nothing uses its "
                            "data now" } } },
    };
    bool framed =
        wr_regf_cell_frames(s->space.bytes, v->value.cell, VALUE_NAME + v->value.name.len);
    bool owned = !is_lost(v->owner), whole = v->state == WR_REGF_DATA_WHOLE;

    v->confidence = verdicts[framed][owned][whole].confidence;
    v->reason = verdicts[framed][owned][whole].reason;
}

void wr_regf_report_full(wr_diags *diags, wr_view bytes, const char *what)
{
    wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_LIMIT, bytes.source, bytes.origin, NULL,
                "more than %d deleted %s: the others are left out", WR_LIMIT_DELETED, what);
}

static void search_records(struct search *s)
{
    for (size_t i = 0; i < s->space.gaps.count; i++)
        search_gap(s, &s->space.gaps.items[i]);
    place_keys(s);
    own_values(s);
    for (size_t i = 0; i < s->found.values.count; i++)
        find_data(s, &s->found.values.items[i]);
    for (size_t i = 0; i < s->found.keys.count; i++)
        judge_key(s, &s->found.keys.items[i]);
    for (size_t i = 0; i < s->found.values.count; i++)
        judge_value(s, &s->found.values.items[i]);
    if (s->keys_full)
        wr_regf_report_full(s->diags, s->space.bytes, "keys");
    if (s->values_full)
        wr_regf_report_full(s->diags, s->space.bytes, "values");
}

static void search_blobs(struct search *s)
{
    wr_regf_blob_search b = { .bytes = s->space.bytes,
                              .taken = s->taken,
                              .work = s->space.bytes.len,
                              .arena = s->arena,
                              .out = &s->found };

    for (size_t i = 0; i < s->space.gaps.count && !b.full && !b.no_memory; i++)
        wr_regf_search_blobs(&b, s->space.gaps.items[i].place, s->space.gaps.items[i].begin,
                             s->space.gaps.items[i].len);
    if (b.full)
        wr_regf_report_full(s->diags, s->space.bytes, "blobs");
    s->no_memory = s->no_memory || b.no_memory;
}

bool wr_regf_recover(const wr_regf *hive, wr_arena *arena, wr_diags *diags, wr_regf_recovery *out,
                     wr_error *err)
{
    struct search s = { .hive = hive, .arena = arena, .diags = diags };

    if (!wr_regf_space_find(hive, arena, diags, &s.space, err))
        return false;
    if (!(s.taken = WR_NEW(arena, uint8_t, s.space.bytes.len / 64 + 1)))
        return wr_fail_memory(err);
    s.work = s.space.bytes.len;
    search_records(&s);
    search_blobs(&s);
    if (s.no_memory)
        return wr_fail_memory(err);
    *out = s.found;
    return true;
}

/* The owner's name and its owner in turn; false at the root, and with *lost where nobody knows. */
static bool step_up(const wr_regf *hive, const wr_regf_recovery *r, wr_regf_owner *at,
                    wr_regf_key *key, bool *lost)
{
    wr_error ignored;

    *lost = is_lost(*at);
    if (*lost || at->live == hive->root)
        return false;
    if (at->live == WR_REGF_NIL) {
        *key = r->keys.items[at->deleted].key;
        *at = r->keys.items[at->deleted].owner;
        return true;
    }
    *lost = !wr_regf_key_at(hive, at->live, key, &ignored);
    at->live = *lost ? WR_REGF_NIL : key->parent;
    return !*lost;
}

const char *wr_regf_owner_path(const wr_regf *hive, const wr_regf_recovery *recovery,
                               wr_regf_owner owner, wr_arena *arena)
{
    const char *names[WR_LIMIT_KEY_DEPTH + 1];
    size_t count = 0, len = 1;
    bool lost = false;
    wr_regf_key key;
    char *path;

    while (count < WR_LIMIT_KEY_DEPTH && step_up(hive, recovery, &owner, &key, &lost)) {
        if (!(names[count] = wr_text(arena, wr_regf_shown(key.name), key.name_encoding)))
            return NULL;
        len += strlen(names[count++]) + 1;
    }
    if (lost || count == WR_LIMIT_KEY_DEPTH) {
        names[count++] = "?";
        len += 2;
    }
    if (!(path = WR_NEW(arena, char, len)))
        return NULL;
    for (size_t i = count, at = 0; i-- > 0;)
        at += (size_t)snprintf(path + at, len - at, "%s%s", at ? "\\" : "", names[i]);
    return path;
}
