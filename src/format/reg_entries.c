#include "format/reg_entries.h"

#include "base/text.h"
#include "winroots/limits.h"

static bool is_text(wr_view units)
{
    uint16_t unit;
    bool high = false; /* the first half of a pair stands before */

    for (size_t at = 0; wr_u16le_at(units, at, &unit); at += 2) {
        bool low = unit >= 0xDC00 && unit < 0xE000;
        if (!unit || low != high)
            return false;
        high = unit >= 0xD800 && unit < 0xDC00;
    }
    return !high;
}

const char *wr_reg_name(wr_arena *arena, wr_view units, wr_diags *diags)
{
    if (!is_text(units))
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MALFORMED, units.source, units.origin, NULL,
                    "a name of %zu units that is no text: what is none of it is replaced",
                    units.len / 2);
    return wr_text(arena, units, WR_UTF16LE);
}

static bool room_for_one(const wr_reg_entries *entries, const char *source, uint64_t offset,
                         wr_error *err)
{
    if (entries->keys.count + entries->values.count < WR_LIMIT_REG_ENTRIES)
        return true;
    return wr_fail(err, WR_E_LIMIT, source, offset, "more than %d keys and values",
                   WR_LIMIT_REG_ENTRIES);
}

bool wr_reg_add_key(wr_reg_entries *entries, wr_arena *arena, const char *path, bool deleted,
                    wr_view at, wr_error *err)
{
    wr_reg_key *key;

    if (!room_for_one(entries, at.source, at.origin, err))
        return false;
    if (!(key = WR_APPEND(arena, &entries->keys, wr_reg_key)))
        return wr_fail_memory(err);
    *key = (wr_reg_key){ path, deleted, at.origin, entries->values.count, 0 };
    return true;
}

bool wr_reg_add_value(wr_reg_entries *entries, wr_arena *arena, const wr_reg_value *value,
                      wr_error *err)
{
    wr_reg_value *added;

    if (!room_for_one(entries, value->data.source, value->offset, err))
        return false;
    if (!(added = WR_APPEND(arena, &entries->values, wr_reg_value)))
        return wr_fail_memory(err);
    *added = *value;
    entries->keys.items[entries->keys.count - 1].num_values++;
    return true;
}

size_t wr_reg_num_set(const wr_reg_entries *entries)
{
    size_t n = 0;

    for (size_t i = 0; i < entries->values.count; i++)
        n += entries->values.items[i].op == WR_REG_SET;
    return n;
}

size_t wr_reg_num_deletes(const wr_reg_entries *entries)
{
    size_t n = 0;

    for (size_t i = 0; i < entries->keys.count; i++)
        n += entries->keys.items[i].deleted;
    for (size_t i = 0; i < entries->values.count; i++)
        n += entries->values.items[i].op == WR_REG_DELETE ||
             entries->values.items[i].op == WR_REG_DELETE_VALUES;
    return n;
}
