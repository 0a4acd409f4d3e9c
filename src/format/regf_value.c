/* regf_value.c - value records, their data, and finding a value by name. */
#include "format/regf_internal.h"
#include "winroots/limits.h"

#include <string.h>

#define NAME_AT         20u
#define DATA_AT         8u
#define INLINE_BIT      0x80000000u
#define INLINE_MOST     4u
#define NAME_COMPRESSED 1u
#define TOMBSTONE       2u

#define BIG_DATA_MINOR 4u
#define COPIED         4u /* times the work of bytes that are borrowed: a copy costs memory, too */

/* SPEC vk; numbers are offsets in the cell's payload.  Fails without a reason. */
static inline bool read_record(uint32_t cell, wr_view vk, wr_regf_value *out)
{
    uint16_t signature, name_len, flags;
    uint32_t size, data, type;
    wr_view fields, name; /* of `fields`, every bound is known when this is compiled */
    bool name_cut;

    if (!wr_view_slice(vk, 0, NAME_AT, &fields) || !wr_u16le_at(fields, 0, &signature) ||
        signature != WR_REGF_SIGNATURE('v', 'k') || !wr_u16le_at(fields, 2, &name_len) ||
        !wr_u32le_at(fields, 4, &size) || !wr_u32le_at(fields, DATA_AT, &data) ||
        !wr_u32le_at(fields, 12, &type) || !wr_u16le_at(fields, 16, &flags) ||
        !wr_regf_name(vk, NAME_AT, name_len, &name, &name_cut))
        return false;
    *out = (wr_regf_value){
        .cell = cell,
        .type = type,
        .size = size & ~INLINE_BIT,
        .data = data,
        .in_record = size & INLINE_BIT,
        .tombstone = flags & TOMBSTONE,
        .name_cut = name_cut,
        .name = name,
        .name_encoding = flags & NAME_COMPRESSED ? WR_LATIN1 : WR_UTF16LE,
    };
    return true;
}

bool wr_regf_value_record(uint32_t cell, wr_view vk, wr_regf_value *out)
{
    return read_record(cell, vk, out);
}

static inline bool read_value(const wr_regf *hive, uint32_t cell, wr_regf_value *out)
{
    wr_view vk;

    return wr_regf_cell_fits(hive, cell, &vk) && read_record(cell, vk, out);
}

bool wr_regf_value_at(const wr_regf *hive, uint32_t cell, wr_regf_value *out, wr_error *err)
{
    return read_value(hive, cell, out) ||
           wr_regf_fail_record(hive, cell, "vk", "a value", NAME_AT, err);
}

/* What is odd about a value that is given nevertheless. */
static void report_value(const wr_regf_iter *it, const wr_regf_value *value)
{
    wr_error e;

    if (value->name_cut) {
        wr_fail_view(&e, WR_E_TRUNCATED, value->name,
                     "a value's name is longer than its cell, which holds %zu bytes of it",
                     value->name.len);
        wr_regf_list_report(it, WR_DIAG_WARNING, &e);
    }
    if (value->tombstone) {
        wr_fail_view(&e, WR_OK, value->name, "a tombstone: this layer deletes the value");
        wr_regf_list_report(it, WR_DIAG_NOTE, &e);
    }
}

static void skip_value(const wr_regf_iter *it, uint32_t cell)
{
    wr_regf_value ignored;
    wr_error e;

    if (!wr_regf_value_at(it->hive, cell, &ignored, &e))
        wr_regf_list_report(it, WR_DIAG_SKIPPED, &e);
}

bool wr_regf_next_value(wr_regf_iter *it, wr_regf_value *out)
{
    uint32_t cell;

    while (wr_regf_list_next(it, &cell)) {
        if (read_value(it->hive, cell, out)) {
            if (out->name_cut || out->tombstone)
                report_value(it, out);
            return true;
        }
        skip_value(it, cell);
    }
    return false;
}

bool wr_regf_find_value(const wr_regf *hive, const wr_regf_key *key, const char *name,
                        wr_diags *diags, wr_regf_value *out)
{
    wr_regf_value value = { 0 };
    wr_regf_iter it;

    wr_regf_values(hive, key, "", diags, &it);
    while (wr_regf_next_value(&it, &value))
        if (wr_text_equals(value.name, value.name_encoding, name)) {
            *out = value;
            return true;
        }
    return false;
}

/* The list of big data's segments, which has room for as many as `size` bytes need. */
static bool segments_of(const wr_regf *hive, wr_view db, uint32_t size, wr_view *list,
                        wr_error *err)
{
    size_t needed = (size + (size_t)WR_REGF_SEGMENT - 1) / WR_REGF_SEGMENT;
    uint32_t cell;
    uint16_t count;

    if (!wr_u16le_at(db, 2, &count) || !wr_u32le_at(db, 4, &cell))
        return wr_fail_view(err, WR_E_TRUNCATED, db,
                            "a big data record needs 8 bytes, its cell holds %zu", db.len);
    if (!wr_regf_cell(hive, cell, list, err))
        return false;
    if (count < needed || !wr_view_slice(*list, 0, needed * 4, list))
        return wr_fail_view(err, WR_E_TRUNCATED, *list,
                            "%u bytes of big data need %zu segments: %u are counted, %zu listed",
                            size, needed, count, list->len / 4);
    return true;
}

static bool copy_segments(const wr_regf *hive, wr_view list, uint32_t size, uint8_t *bytes,
                          wr_error *err)
{
    wr_reader cells = wr_reader_of(list);
    wr_view segment = { 0 };
    uint32_t cell;

    for (uint32_t done = 0, n = 0; wr_read_u32le(&cells, &cell); done += n) {
        n = size - done < WR_REGF_SEGMENT ? size - done : WR_REGF_SEGMENT;
        if (!wr_regf_cell(hive, cell, &segment, err))
            return false;
        if (n > segment.len) /* what it has beyond is not data */
            return wr_fail_view(err, WR_E_TRUNCATED, segment,
                                "a segment of big data needs %u bytes, its cell holds %zu", n,
                                segment.len);
        memcpy(bytes + done, segment.data, n);
    }
    return true;
}

static bool big_data(const wr_regf *hive, const wr_regf_value *value, wr_view db, wr_arena *arena,
                     wr_view *out, wr_error *err)
{
    uint64_t origin = hive->bins.origin + value->cell;
    wr_view list = { 0 };
    uint8_t *bytes;

    /* One segment may be listed many times, so that a small file claims a large value. */
    if (value->size > hive->bins.len || value->size > WR_LIMIT_VALUE_BYTES)
        return wr_fail(err, WR_E_LIMIT, hive->bins.source, origin,
                       "%u bytes of big data in a hive of %zu, the limit is %zu", value->size,
                       hive->bins.len, WR_LIMIT_VALUE_BYTES);
    if (!segments_of(hive, db, value->size, &list, err))
        return false;
    if (!wr_regf_spend(hive, (uint64_t)COPIED * value->size))
        return wr_regf_fail_work(hive, origin, err);
    if (!(bytes = WR_NEW(arena, uint8_t, value->size)))
        return wr_fail_memory(err);
    if (!copy_segments(hive, list, value->size, bytes, err))
        return false;
    *out = (wr_view){ bytes, value->size, origin, hive->bins.source };
    return true;
}

/* SPEC db, from minor version 4.  Below, a large value stands in one cell, whatever it begins with;
 * where the version cannot be trusted, a cell that is too small for the value speaks for db. */
bool wr_regf_is_big_data(const wr_regf *hive, uint32_t size, wr_view cell)
{
    return size > WR_REGF_SEGMENT && wr_view_starts(cell, "db", 2) &&
           (hive->minor >= BIG_DATA_MINOR || (!hive->checksum_valid && cell.len < size));
}

bool wr_regf_data(const wr_regf *hive, const wr_regf_value *value, wr_arena *arena, wr_view *out,
                  wr_error *err)
{
    uint64_t origin = hive->bins.origin + value->cell;
    wr_view cell = { 0 };

    if (value->in_record && value->size > INLINE_MOST)
        return wr_fail(err, WR_E_MALFORMED, hive->bins.source, origin,
                       "%u bytes of data in the value record, which has room for %u", value->size,
                       INLINE_MOST);
    if (!value->in_record && value->size == 0) {
        *out = (wr_view){ NULL, 0, origin, hive->bins.source };
        return true;
    }
    if (!wr_regf_cell(hive, value->in_record ? value->cell : value->data, &cell, err))
        return false;
    if (!value->in_record && wr_regf_is_big_data(hive, value->size, cell))
        return big_data(hive, value, cell, arena, out, err);
    if (!wr_view_slice(cell, value->in_record ? DATA_AT : 0, value->size, out))
        return wr_fail_view(err, WR_E_TRUNCATED, cell, "%u bytes of data, the cell holds %zu",
                            value->size, cell.len);
    return wr_regf_spend(hive, value->size) || wr_regf_fail_work(hive, origin, err);
}

static bool skip(wr_diags *diags, const wr_error *e)
{
    if (diags)
        wr_diag_error(diags, WR_DIAG_SKIPPED, e);
    return false;
}

static bool skip_kind(const wr_regf *hive, const wr_regf_value *value, const char *name,
                      const char *expected, wr_diags *diags)
{
    wr_error e;

    wr_fail(&e, WR_E_MALFORMED, hive->bins.source, hive->bins.origin + value->cell,
            "value %s is %sof type %u with %u bytes, expected %s", name,
            value->tombstone ? "a tombstone " : "", value->type, value->size, expected);
    return skip(diags, &e);
}

bool wr_regf_dword(const wr_regf *hive, const wr_regf_key *key, const char *name, wr_diags *diags,
                   uint32_t *out)
{
    wr_regf_value value = { 0 };
    wr_view data = { 0 };
    wr_error e;

    if (!wr_regf_find_value(hive, key, name, diags, &value))
        return false;
    if (value.tombstone || value.type != WR_REG_DWORD || value.size != sizeof *out)
        return skip_kind(hive, &value, name, "a REG_DWORD of 4", diags);
    if (!wr_regf_data(hive, &value, NULL, &data, &e)) /* 4 bytes need no arena */
        return skip(diags, &e);
    return wr_u32le_at(data, 0, out);
}

bool wr_regf_string(const wr_regf *hive, const wr_regf_key *key, const char *name, wr_arena *arena,
                    wr_diags *diags, const char **out)
{
    wr_regf_value value = { 0 };
    wr_view data = { 0 };
    const char *text;
    wr_error e;

    if (!wr_regf_find_value(hive, key, name, diags, &value))
        return false;
    if (value.tombstone ||
        (value.type != WR_REG_SZ && value.type != WR_REG_EXPAND_SZ && value.type != WR_REG_LINK))
        return skip_kind(hive, &value, name, "a string", diags);
    if (!wr_regf_data(hive, &value, arena, &data, &e))
        return skip(diags, &e);
    if (!(text = wr_text_until_nul(arena, data, WR_UTF16LE))) {
        wr_fail_memory(&e);
        return skip(diags, &e);
    }
    *out = text;
    return true;
}
