/* regf_internal.h - what base blocks, key records, value records and their lists share. */
#ifndef WR_FORMAT_REGF_INTERNAL_H
#define WR_FORMAT_REGF_INTERNAL_H

#include "format/regf.h"

/* Two letters that a record or list begins with, as the number that they are read as. */
#define WR_REGF_SIGNATURE(a, b) ((uint16_t)((a) | (b) << 8))

/* The checksum that belongs into the base block at the start of `image`, a hive's or a log's; false
 * where that ends before the checksum. */
WR_MUST_USE bool wr_regf_checksum(wr_view image, uint32_t *out);

/* wr_regf_cell without the reason why not. */
static inline bool wr_regf_cell_fits(const wr_regf *hive, uint32_t cell, wr_view *out)
{
    uint32_t field; /* allocated cells store their size negated */

    return cell % 8 == 0 && wr_u32le_at(hive->bins, cell, &field) && field > INT32_MAX &&
           field % 8 == 0 && wr_view_slice(hive->bins, (uint64_t)cell + 4, 0u - field - 4, out);
}

/* Takes `bytes` from what may still be looked at; false where that is too little, once and for all.
 */
static inline bool wr_regf_spend(const wr_regf *hive, uint64_t bytes)
{
    const bool enough = bytes <= *hive->work;

    *hive->work = enough ? *hive->work - bytes : 0;
    return enough;
}

/* Fails with LIMIT: that was too little for what stands at `at` of the file.  Always false. */
bool wr_regf_fail_work(const wr_regf *hive, uint64_t at, wr_error *err);

/* The least that a record takes in the file, bytes: a key's, and a value's. */
#define WR_REGF_LEAST_KEY   80u
#define WR_REGF_LEAST_VALUE 24u

/* Says that a cell will be read soon.  A walk is nothing but waiting for memory, and what is waited
 * for at the same time costs once. */
static inline void wr_regf_soon(const wr_regf *hive, uint32_t cell)
{
    if (cell < hive->bins.len)
        __builtin_prefetch(hive->bins.data + cell);
}

/* The same of the record that an element of the current list leads to, where there is one. */
static inline void wr_regf_element_soon(const wr_regf_iter *it, uint32_t index)
{
    uint32_t cell;

    if (index < it->count && wr_u32le_at(it->list, (size_t)index * it->width, &cell))
        wr_regf_soon(it->hive, cell);
}

/* How far ahead elements are said to be read soon. */
#define WR_REGF_AHEAD 8u

static inline void wr_regf_list_soon(const wr_regf_iter *it)
{
    for (uint32_t i = 0; i < WR_REGF_AHEAD; i++)
        wr_regf_element_soon(it, i);
}

/* Bytes of data in every segment of big data but the last (SPEC). */
#define WR_REGF_SEGMENT 16344u

/* The record that `nk` or `vk` begins with, whatever follows it; `cell` is where it stands less the
 * 4 bytes of a size field.  False where there is none. */
WR_MUST_USE bool wr_regf_key_record(const wr_regf *hive, uint32_t cell, wr_view nk,
                                    wr_regf_key *out);
WR_MUST_USE bool wr_regf_value_record(uint32_t cell, wr_view vk, wr_regf_value *out);

/* True when a value's data of `size` bytes, whose cell's payload this is, stands in segments. */
bool wr_regf_is_big_data(const wr_regf *hive, uint32_t size, wr_view cell);

/* The size of the bin at an offset of the bins; false where none begins there. */
WR_MUST_USE bool wr_regf_bin_at(wr_view bins, size_t at, size_t *size);

/* Goes on to the next list that has elements; false at the end.  Damage of lists is recorded. */
bool wr_regf_list_turn(wr_regf_iter *it);

/* The next reference to a record; false at the end. */
static inline bool wr_regf_list_next(wr_regf_iter *it, uint32_t *cell)
{
    if (it->index == it->count && !wr_regf_list_turn(it))
        return false;
    wr_regf_element_soon(it, it->index + WR_REGF_AHEAD);
    return wr_u32le_at(it->list, (size_t)it->index++ * it->width, cell);
}

/* Why there is no record of a kind, which begins with two letters and has `size` bytes of fields,
 * in a cell; always false. */
bool wr_regf_fail_record(const wr_regf *hive, uint32_t cell, const char *letters, const char *kind,
                         unsigned size, wr_error *err);

/* Records `e`, about something that `it` met, at its path. */
void wr_regf_list_report(const wr_regf_iter *it, wr_severity severity, const wr_error *e);

/* The name of `len` bytes behind a record's fields, and whether its cell holds less of it. */
WR_MUST_USE static inline bool wr_regf_name(wr_view record, size_t at, size_t len, wr_view *out,
                                            bool *cut)
{
    *cut = record.len >= at && len > record.len - at;
    return wr_view_slice(record, at, *cut ? record.len - at : len, out);
}

#endif
