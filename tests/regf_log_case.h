/* regf_log_case.h - hives and logs for tests: built by hand, taken from packed inputs, repaired,
 * and what must hold of any replay. */
#ifndef TESTS_REGF_LOG_CASE_H
#define TESTS_REGF_LOG_CASE_H

#include "format/regf_replay.h"

#include <stdlib.h>
#include <string.h>

/* An image above this is not built by replay_holds: a hostile hive may have gaps of 64 MiB. */
#define CASE_IMAGE_MAX ((size_t)16 << 20)

static inline void put_u32(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static inline uint32_t get_u32(const uint8_t *from)
{
    return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static inline void put_u64(uint8_t *to, uint64_t value)
{
    put_u32(to, (uint32_t)value);
    put_u32(to + 4, (uint32_t)(value >> 32));
}

/* XOR of the 127 dwords before it, with two results changed. */
static inline void seal_base_block(uint8_t *block)
{
    uint32_t x = 0;

    for (size_t i = 0; i < 508; i += 4)
        x ^= get_u32(block + i);
    put_u32(block + 508, x == 0 ? 1 : x == 0xFFFFFFFF ? 0xFFFFFFFE : x);
}

/* The tests' own Marvin32, from its definition: each step is one line of it. */
static inline uint64_t case_marvin32(const uint8_t *bytes, size_t len)
{
    uint32_t lo = 0x7A4E55C5, hi = 0x82EF4D88;

    for (size_t i = 0; i < len + 8; i += 4) {
        lo += i < len ? get_u32(bytes + i) : i == len ? 0x80 : 0;
        hi ^= lo;
        lo = lo << 20 | lo >> 12;
        lo += hi;
        hi = hi << 9 | hi >> 23;
        hi ^= lo;
        lo = lo << 27 | lo >> 5;
        lo += hi;
        hi = hi << 19 | hi >> 13;
    }
    return (uint64_t)hi << 32 | lo;
}

/* Both hashes of the entry of `size` bytes. */
static inline void seal_entry(uint8_t *entry, size_t size)
{
    put_u64(entry + 24, case_marvin32(entry + 40, size - 40));
    put_u64(entry + 32, case_marvin32(entry, 32));
}

/* A hive or log under construction. */
struct image {
    uint8_t bytes[96 * 1024];
    size_t len;
};

static inline wr_view image_view(const struct image *image, const char *source)
{
    return (wr_view){ image->bytes, image->len, 0, source };
}

static inline void base_block(struct image *image, uint32_t type, uint32_t primary_sequence,
                              uint32_t secondary_sequence, uint32_t bins_size, uint64_t time)
{
    uint8_t *b = image->bytes;

    memset(image, 0, sizeof *image);
    memcpy(b, "regf", 4);
    put_u32(b + 4, primary_sequence);
    put_u32(b + 8, secondary_sequence);
    put_u64(b + 12, time);
    put_u32(b + 20, 1);
    put_u32(b + 24, 5);
    put_u32(b + 28, type);
    put_u32(b + 32, 1);
    put_u32(b + 36, 0x20);
    put_u32(b + 40, bins_size);
    put_u32(b + 44, 1);
    seal_base_block(b);
    image->len = type ? 512 : 4096;
}

/* A page that is a bin: its header, then `fill`. */
static inline void put_bin(uint8_t *page, uint32_t rel, uint64_t time, uint8_t fill)
{
    memset(page, fill, 4096);
    memset(page, 0, 32);
    memcpy(page, "hbin", 4);
    put_u32(page + 4, rel);
    put_u32(page + 8, 4096);
    put_u64(page + 20, rel ? 0 : time);
}

/* A hive of bins of one page each, filled with 'a'. */
static inline void build_hive(struct image *image, uint32_t primary_sequence,
                              uint32_t secondary_sequence, uint32_t num_bins, uint64_t time)
{
    base_block(image, 0, primary_sequence, secondary_sequence, 4096 * num_bins, time);
    for (uint32_t i = 0; i < num_bins; i++, image->len += 4096)
        put_bin(image->bytes + image->len, 4096 * i, time, 'a');
}

static inline void build_log(struct image *log, uint32_t type, uint32_t sequence, uint32_t num_bins,
                             uint64_t time)
{
    base_block(log, type, sequence, sequence, 4096 * num_bins, time);
}

/* Appends an entry that rewrites one bin, and gives it for a test to spoil. */
static inline uint8_t *add_entry(struct image *log, uint32_t sequence, uint32_t num_bins,
                                 uint32_t bin, uint8_t fill)
{
    enum { SIZE = 4608 };
    uint8_t *entry = log->bytes + log->len;

    memcpy(entry, "HvLE", 4);
    put_u32(entry + 4, SIZE);
    put_u32(entry + 12, sequence);
    put_u32(entry + 16, 4096 * num_bins);
    put_u32(entry + 20, 1);
    put_u32(entry + 40, 4096 * bin);
    put_u32(entry + 44, 4096);
    put_bin(entry + 48, 4096 * bin, 0, fill);
    seal_entry(entry, SIZE);
    log->len += SIZE;
    return entry;
}

/* Appends the dirty vector and pages of an old log that rewrites whole bins; gives the first page.
 */
static inline uint8_t *add_old_pages(struct image *log, uint32_t num_bins, const uint32_t *bins,
                                     size_t count, uint8_t fill)
{
    uint8_t *vector = log->bytes + log->len;
    size_t pages = log->len + (4 + num_bins + 511) / 512 * 512;

    memcpy(vector, "DIRT", 4);
    for (size_t i = 0; i < count; i++) {
        vector[4 + bins[i]] = 0xFF;
        put_bin(log->bytes + pages + 4096 * i, 4096 * bins[i], 0, fill);
    }
    log->len = pages + 4096 * count;
    return log->bytes + pages;
}

/* A packed input: u32 what to repair, u32 bytes of the hive, u32 bytes of the first log, then hive,
 * first log and, in all that is left, the second.  Fixtures: recipes/regf_log.py. */
enum { REPAIR_HIVE = 1, REPAIR_HEADERS = 2, REPAIR_ENTRIES = 4 };

struct packed {
    uint32_t repair;
    wr_view primary, logs[2];
};

static inline bool unpack(wr_view v, struct packed *out)
{
    wr_reader r = wr_reader_of(v);
    uint32_t primary_len, log_len;

    if (!wr_read_u32le(&r, &out->repair) || !wr_read_u32le(&r, &primary_len) ||
        !wr_read_u32le(&r, &log_len) || !wr_read_view(&r, primary_len, &out->primary) ||
        !wr_read_view(&r, log_len, &out->logs[0]) ||
        !wr_read_view(&r, wr_reader_left(&r), &out->logs[1]))
        return false;
    out->primary.source = "hive";
    out->logs[0].source = "log 1";
    out->logs[1].source = "log 2";
    return true;
}

/* Makes checksums and hashes of a log hold again, so that a mutated one is looked at in depth. */
static inline void repair_log(uint8_t *log, size_t len, uint32_t repair)
{
    if (len >= 512 && repair & REPAIR_HEADERS)
        seal_base_block(log);
    for (size_t at = 512; repair & REPAIR_ENTRIES && len >= 512 && at <= len - 512;) {
        size_t size = get_u32(log + at + 4);
        if (memcmp(log + at, "HvLE", 4) != 0 || size < 512 || size % 512 || size > len - at)
            return;
        seal_entry(log + at, size);
        at += size;
    }
}

/* No byte differs that no page names; the base block is the log's business. */
static inline bool rest_is_untouched(const wr_regf_replay *r, wr_view primary, wr_view image)
{
    uint8_t *named = calloc(r->image_len, 1);
    bool holds = named != NULL;
    wr_view bytes;
    uint32_t rel;

    for (size_t i = 0; holds && i < r->num_entries; i++) {
        wr_regf_log_cursor at = { 0 };
        while (wr_regf_log_next_page(r->entries[i], &at, &rel, &bytes))
            memset(named + 4096 + rel, 1, bytes.len);
    }
    for (size_t i = 512; holds && i < image.len; i++)
        holds = named[i] || image.data[i] == (i < primary.len ? primary.data[i] : 0);
    free(named);
    return holds;
}

/* What must hold of any replay: it stays inside its image, stepping gives what all at once gives,
 * the result is clean and needs no log, and no other byte changes. */
static inline bool steps_hold(const wr_regf_replay *r, wr_view primary, const wr_view *logs,
                              wr_arena *arena, wr_diags *diags)
{
    wr_view whole, stepped = primary;
    wr_regf_replay again;
    wr_error err;
    uint8_t *image;
    bool holds;

    if (!wr_regf_replay_all(r, primary, NULL, arena, &whole, &err))
        return err.code == WR_E_NO_MEMORY;
    if (!(image = calloc(r->image_len, 1)))
        return false;
    memcpy(image, primary.data, primary.len);
    holds = true;
    for (size_t i = 0; holds && i < r->num_entries; i++) {
        holds = wr_regf_replay_until(r, i, i + 1, image, r->image_len, &stepped, &err) &&
                stepped.len <= r->image_len;
        if (holds && wr_regf_replay_plan(stepped, logs, 2, arena, diags, &again, &err))
            holds = !again.dirty && again.num_entries == 0 &&
                    again.primary_sequence == r->entries[i]->sequence;
        else
            holds = holds && err.code == WR_E_NO_MEMORY;
    }
    holds = holds && wr_view_equal(whole, stepped) && whole.len == r->image_len &&
            rest_is_untouched(r, primary, stepped) &&
            (r->num_entries == 0 || r->sequence == get_u32(image + 4));
    free(image);
    return holds;
}

static inline bool replay_holds(const struct packed *in, wr_arena *arena)
{
    wr_regf_replay r = { .image_len = 77 };
    wr_diags diags;
    wr_error err = { 0 };

    wr_diags_init(&diags, arena);
    if (!wr_regf_replay_plan(in->primary, in->logs, 2, arena, &diags, &r, &err))
        return r.image_len == 77 && (err.code == WR_E_NO_MEMORY ||
                                     (err.code == WR_E_TRUNCATED && in->primary.len < 4096));
    if (r.image_len < in->primary.len || (!r.dirty && r.num_entries > 0))
        return false;
    for (size_t i = 0; i < r.num_entries; i++)
        if (r.entries[i]->num_pages == 0)
            return false;
    return r.image_len > CASE_IMAGE_MAX || steps_hold(&r, in->primary, in->logs, arena, &diags);
}

/* The same of a packed input, after the repairs that it asks for. */
static inline bool packed_replay_holds(const uint8_t *bytes, size_t len, wr_arena *arena)
{
    uint8_t *copy = malloc(len ? len : 1);
    struct packed in;
    bool holds = copy != NULL;

    if (holds && len)
        memcpy(copy, bytes, len);
    if (holds && unpack((wr_view){ copy, len, 0, "packed" }, &in)) {
        size_t primary = 12, first = primary + in.primary.len, second = first + in.logs[0].len;
        if (in.repair & REPAIR_HIVE && in.primary.len >= 512)
            seal_base_block(copy + primary);
        repair_log(copy + first, in.logs[0].len, in.repair);
        repair_log(copy + second, in.logs[1].len, in.repair);
        holds = replay_holds(&in, arena);
    }
    free(copy);
    return holds;
}

#endif
