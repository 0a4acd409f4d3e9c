/* regf_list.c - subkey lists (li, lf, lh, and ri over them) and value lists. */
#include "format/regf_internal.h"

#include <string.h>

#define LARGEST_LIST 65535u      /* SPEC a list's count has 16 bits */
#define LEAST_HANDLE 0x80000000u /* of a predefined key: HKEY_CLASSES_ROOT */

/* The kinds of subkey list: what stands beside a reference, and the width of an element. */
typedef struct list_kind {
    char signature[3], hint;
    uint32_t width;
} list_kind;

#define PARTS 'r' /* references to lists, not to keys */

static const list_kind kinds[] = {
    { "lh", 'h', 8 }, { "lf", 'f', 8 }, { "li", 'i', 4 }, { "ri", PARTS, 4 }
};

void wr_regf_list_report(const wr_regf_iter *it, wr_severity severity, const wr_error *e)
{
    wr_error named = *e;

    if (!it->diags)
        return;
    (void)wr_error_at(&named, it->path);
    wr_diag_error(it->diags, severity, &named);
}

/* Elements of `it` that cannot be given. */
static void lose(wr_regf_iter *it, const wr_error *e)
{
    it->damaged = true;
    wr_regf_list_report(it, WR_DIAG_SKIPPED, e);
}

static wr_regf_iter start(const wr_regf *hive, const wr_regf_key *key, const char *path,
                          wr_diags *diags)
{
    return (wr_regf_iter){
        .hive = hive, .diags = diags, .path = path, .at = hive->bins.origin + key->cell
    };
}

/* How many elements of `stated` the payload of a list has room for; says so where it is fewer. */
static uint32_t fitting(wr_regf_iter *it, wr_view payload, uint32_t stated, uint32_t width)
{
    size_t room = payload.len / width;
    wr_error e;

    if (stated <= room)
        return stated;
    wr_fail_view(&e, WR_E_TRUNCATED, payload, "a list of %u elements, its cell has room for %zu",
                 stated, room);
    lose(it, &e);
    return (uint32_t)room;
}

/* A list's kind, and its elements behind signature and count. */
static bool read_list(wr_regf_iter *it, uint32_t cell, const list_kind **kind, wr_view *items,
                      uint32_t *count, wr_error *err)
{
    wr_view list = { 0 };
    uint16_t stated;

    if (!wr_regf_cell(it->hive, cell, &list, err))
        return false;
    if (!wr_u16le_at(list, 2, &stated) || !wr_view_slice(list, 4, list.len - 4, items))
        return wr_fail_view(err, WR_E_TRUNCATED, list, "a list of %zu bytes, expected 4 at least",
                            list.len);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (wr_view_starts(list, kinds[i].signature, 2)) {
            *kind = &kinds[i];
            *count = fitting(it, *items, stated, kinds[i].width);
            return true;
        }
    return wr_fail_view(err, WR_E_MALFORMED, list,
                        "expected a subkey list (li, lf, lh or ri), found another record");
}

/* Makes the list in `cell` the current one. */
static bool open_list(wr_regf_iter *it, uint32_t cell, bool is_part, wr_error *err)
{
    const list_kind *kind = NULL;
    wr_view items = { 0 };
    uint32_t count = 0;

    if (!read_list(it, cell, &kind, &items, &count, err))
        return false;
    if (kind->hint == PARTS) {
        if (is_part)
            return wr_fail_view(err, WR_E_MALFORMED, items,
                                "an ri list inside an ri list, expected li, lf or lh");
        it->parts = items;
        it->part_count = count;
        return true;
    }
    if (!wr_regf_spend(it->hive, (uint64_t)(count + 1) * WR_REGF_LEAST_KEY))
        return wr_regf_fail_work(it->hive, it->at, err);
    it->list = items;
    it->index = 0;
    it->count = count;
    it->held += count;
    it->width = kind->width;
    it->hint = kind->hint;
    wr_regf_list_soon(it);
    return true;
}

static void open_or_report(wr_regf_iter *it, uint32_t cell, bool is_part)
{
    wr_error e;
    if (!open_list(it, cell, is_part, &e))
        lose(it, &e);
}

void wr_regf_subkeys(const wr_regf *hive, const wr_regf_key *key, const char *path, wr_diags *diags,
                     wr_regf_iter *it)
{
    *it = start(hive, key, path, diags);
    it->stated = key->num_subkeys;
    if (key->num_subkeys) /* without subkeys the reference may be stale */
        open_or_report(it, key->subkey_list, false);
}

/* Of such a key Windows gives the handle that stands where the count would, and no values.  A count
 * there that is no handle says that values are hidden behind the flag. */
static void note_hidden_values(wr_regf_iter *it, const wr_regf_key *key)
{
    uint32_t count = 0;
    wr_view nk = { 0 };
    wr_error e;

    if (!wr_regf_cell(it->hive, key->cell, &nk, &e) || !wr_u32le_at(nk, 36, &count) || !count ||
        count & LEAST_HANDLE)
        return;
    wr_fail_view(&e, WR_E_MALFORMED, nk,
                 "the key stands for a predefined handle, and names %u values: they are not read",
                 count);
    lose(it, &e);
}

void wr_regf_values(const wr_regf *hive, const wr_regf_key *key, const char *path, wr_diags *diags,
                    wr_regf_iter *it)
{
    wr_error e;

    *it = start(hive, key, path, diags);
    it->width = 4;
    if (key->flags & WR_KEY_PREDEFINED)
        note_hidden_values(it, key);
    if (!key->num_values)
        return;
    if (!wr_regf_cell(hive, key->value_list, &it->list, &e)) {
        lose(it, &e);
        return;
    }
    it->count = it->held = it->stated = fitting(it, it->list, key->num_values, it->width);
    if (!wr_regf_spend(hive, (uint64_t)it->count * WR_REGF_LEAST_VALUE)) {
        it->count = it->held = it->stated = 0;
        wr_regf_fail_work(hive, it->at, &e);
        lose(it, &e);
    }
    wr_regf_list_soon(it);
}

/* Elements are over; says so where the key promised another number of them. */
static bool end(wr_regf_iter *it)
{
    wr_error e;

    if (it->held != it->stated && !it->damaged) {
        wr_fail(&e, WR_E_MALFORMED, it->hive->bins.source, it->at,
                "the key says %u subkeys, its lists hold %u", it->stated, it->held);
        wr_regf_list_report(it, WR_DIAG_WARNING, &e);
    }
    it->stated = it->held;
    return false;
}

/* Every element leads to a key of its own, and so a file has room for so many.  An ri list of lists
 * of one key may always be read whole; it is lists named again and again that end here. */
static bool holds_too_many(const wr_regf_iter *it)
{
    size_t room = it->hive->bins.len / WR_REGF_LEAST_KEY;
    return it->held > room && it->held > LARGEST_LIST;
}

static bool give_up(wr_regf_iter *it)
{
    wr_error e;

    wr_fail(&e, WR_E_LIMIT, it->hive->bins.source, it->at,
            "%u subkeys in the first %u of %u lists, more than the file has room for", it->held,
            it->part_index, it->part_count);
    lose(it, &e);
    it->part_count = it->part_index;
    return false;
}

bool wr_regf_list_turn(wr_regf_iter *it)
{
    uint32_t part;

    while (it->index == it->count) {
        if (it->part_index == it->part_count ||
            !wr_u32le_at(it->parts, (size_t)it->part_index * 4, &part))
            return end(it);
        if (holds_too_many(it))
            return give_up(it);
        it->part_index++;
        open_or_report(it, part, true);
    }
    return true;
}
