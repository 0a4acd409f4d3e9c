/* regf_builder.h - hives by hand: cells into bins, records with the fields that a test wants.
 *
 *     struct hive h = hive_new(5);                       minor version
 *     uint32_t root = hive_key(&h, "ROOT", NIL);         its first cell: rel 0x20
 *     uint32_t sub = hive_key(&h, "Sub", root);
 *     hive_subkeys(&h, root, "lh", &sub, 1);             lf, li and lh
 *     uint32_t v = hive_value(&h, "Blob", 3, data, len); in the record, in a cell, or as big data
 *     hive_values(&h, sub, &v, 1);
 *     wr_view image = hive_image(&h, root);              base block with its checksum
 *     hive_free(&h);
 *
 * To break a rule, write over a field with hive_u16 or hive_u32 before hive_image. */
#ifndef TESTS_REGF_BUILDER_H
#define TESTS_REGF_BUILDER_H

#include "format/regf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NIL          WR_REGF_NIL
#define HIVE_PAGE    4096u
#define HIVE_SEGMENT 16344u

/* Offsets of fields, in the payload of a record's cell. */
enum {
    NK_FLAGS = 2,
    NK_LAST_WRITE = 4,
    NK_LAYER = 13,
    NK_PARENT = 16,
    NK_NUM_SUBKEYS = 20,
    NK_NUM_VOLATILE = 24,
    NK_SUBKEYS = 28,
    NK_VOLATILE = 32,
    NK_NUM_VALUES = 36,
    NK_VALUES = 40,
    NK_SECURITY = 44,
    NK_CLASS = 48,
    NK_NAME_LEN = 72,
    NK_CLASS_LEN = 74,
    NK_NAME = 76,
    VK_NAME_LEN = 2,
    VK_SIZE = 4,
    VK_DATA = 8,
    VK_TYPE = 12,
    VK_FLAGS = 16,
    VK_NAME = 20
};

struct hive {
    uint8_t *bytes; /* base block and bins */
    size_t len, room;
    uint32_t minor, primary, secondary;
    uint32_t free; /* where the next cell goes */
};

static inline void hive_put(uint8_t *at, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* At an offset of the file; for the base block, bin headers and sizes of cells. */
static inline void hive_file_u32(struct hive *h, size_t offset, uint32_t value)
{
    assert(offset + 4 <= h->len);
    hive_put(h->bytes + offset, value, 4);
}

/* At an offset of a cell's payload. */
static inline void hive_u16(struct hive *h, uint32_t cell, size_t offset, uint16_t value)
{
    hive_put(h->bytes + HIVE_PAGE + cell + 4 + offset, value, 2);
}

static inline void hive_u32(struct hive *h, uint32_t cell, size_t offset, uint32_t value)
{
    hive_put(h->bytes + HIVE_PAGE + cell + 4 + offset, value, 4);
}

static inline uint32_t hive_bins_len(const struct hive *h)
{
    return (uint32_t)(h->len - HIVE_PAGE);
}

/* The rest of the last bin is a free cell. */
static inline void hive_close_bin(struct hive *h)
{
    if (h->free < hive_bins_len(h))
        hive_file_u32(h, HIVE_PAGE + h->free, hive_bins_len(h) - h->free);
}

static inline void hive_new_bin(struct hive *h, uint32_t least)
{
    uint32_t at = hive_bins_len(h), size = (32 + least + HIVE_PAGE - 1) / HIVE_PAGE * HIVE_PAGE;

    hive_close_bin(h);
    if (h->len + size > h->room) {
        h->room = 2 * (h->len + size);
        h->bytes = realloc(h->bytes, h->room);
        assert(h->bytes);
    }
    memset(h->bytes + h->len, 0, size);
    h->len += size;
    memcpy(h->bytes + HIVE_PAGE + at, "hbin", 4);
    hive_file_u32(h, HIVE_PAGE + at + 4, at);
    hive_file_u32(h, HIVE_PAGE + at + 8, size);
    h->free = at + 32;
}

static inline struct hive hive_new(uint32_t minor)
{
    struct hive h = { .bytes = calloc(1, HIVE_PAGE),
                      .len = HIVE_PAGE,
                      .room = HIVE_PAGE,
                      .minor = minor,
                      .primary = 1,
                      .secondary = 1 };
    assert(h.bytes);
    hive_new_bin(&h, 0);
    return h;
}

static inline void hive_free(struct hive *h)
{
    free(h->bytes);
}

/* An allocated cell that holds `len` bytes (zeros where `payload` is NULL); gives its reference. */
static inline uint32_t hive_cell(struct hive *h, const void *payload, size_t len)
{
    uint32_t size = (uint32_t)(4 + len + 7) & ~7u, at;

    if (h->free + size > hive_bins_len(h))
        hive_new_bin(h, size);
    at = h->free;
    h->free += size;
    hive_file_u32(h, HIVE_PAGE + at, 0u - size);
    if (payload && len)
        memcpy(h->bytes + HIVE_PAGE + at + 4, payload, len);
    return at;
}

/* A key with a name of raw bytes. */
static inline uint32_t hive_key_raw(struct hive *h, const void *name, size_t len, uint16_t flags,
                                    uint32_t parent)
{
    uint32_t nk = hive_cell(h, NULL, NK_NAME + len);
    uint8_t *at = h->bytes + HIVE_PAGE + nk + 4;

    memcpy(at, "nk", 2);
    if (len)
        memcpy(at + NK_NAME, name, len);
    hive_put(at + NK_FLAGS, flags, 2);
    hive_put(at + NK_LAST_WRITE, 0x01DC5B8E00000000u, 8);
    hive_put(at + NK_PARENT, parent, 4);
    for (size_t field = NK_SUBKEYS; field <= NK_CLASS; field += 4)
        if (field != NK_NUM_VALUES)
            hive_put(at + field, NIL, 4);
    hive_put(at + NK_NAME_LEN, len, 2);
    return nk;
}

/* A key with an ASCII or Latin-1 name. */
static inline uint32_t hive_key(struct hive *h, const char *name, uint32_t parent)
{
    return hive_key_raw(h, name, strlen(name), parent == NIL ? 0x2C : 0x20, parent);
}

/* SPEC lh: of a stored name; only ASCII letters are made upper case. */
static inline uint32_t hive_hash(const struct hive *h, uint32_t nk)
{
    const uint8_t *at = h->bytes + HIVE_PAGE + nk + 4;
    size_t len = (size_t)(at[NK_NAME_LEN] | at[NK_NAME_LEN + 1] << 8), width = at[2] & 0x20 ? 1 : 2;
    uint32_t hash = 0;

    for (size_t i = 0; i + width <= len; i += width) {
        uint32_t unit = at[NK_NAME + i] | (width == 2 ? (uint32_t)at[NK_NAME + i + 1] << 8 : 0);
        hash = hash * 37 + (unit >= 'a' && unit <= 'z' ? unit - 32 : unit);
    }
    return hash;
}

/* A list of keys, or, "ri", of lists. */
static inline uint32_t hive_list(struct hive *h, const char *kind, const uint32_t *cells, size_t n)
{
    size_t width = strcmp(kind, "lh") == 0 || strcmp(kind, "lf") == 0 ? 8 : 4;
    uint32_t list = hive_cell(h, NULL, 4 + n * width);
    uint8_t *at = h->bytes + HIVE_PAGE + list + 4;

    memcpy(at, kind, 2);
    hive_put(at + 2, n, 2);
    for (size_t i = 0; i < n; i++) {
        hive_put(at + 4 + i * width, cells[i], 4);
        if (strcmp(kind, "lh") == 0)
            hive_put(at + 8 + i * width, hive_hash(h, cells[i]), 4);
        if (strcmp(kind, "lf") == 0)
            memcpy(at + 8 + i * width, h->bytes + HIVE_PAGE + cells[i] + 4 + NK_NAME, 4);
    }
    return list;
}

/* Makes `list`, which leads to n keys, the subkeys of a key. */
static inline void hive_set_subkeys(struct hive *h, uint32_t nk, uint32_t list, size_t n)
{
    hive_u32(h, nk, NK_NUM_SUBKEYS, (uint32_t)n);
    hive_u32(h, nk, NK_SUBKEYS, list);
}

static inline uint32_t hive_subkeys(struct hive *h, uint32_t nk, const char *kind,
                                    const uint32_t *cells, size_t n)
{
    uint32_t list = hive_list(h, kind, cells, n);
    hive_set_subkeys(h, nk, list, n);
    return list;
}

/* A value whose size and data fields are given; flag 1 says that the name is Latin-1. */
static inline uint32_t hive_value_raw(struct hive *h, const void *name, size_t name_len,
                                      uint16_t flags, uint32_t type, uint32_t size, uint32_t data)
{
    uint32_t vk = hive_cell(h, NULL, VK_NAME + name_len);
    uint8_t *at = h->bytes + HIVE_PAGE + vk + 4;

    memcpy(at, "vk", 2);
    if (name_len)
        memcpy(at + VK_NAME, name, name_len);
    hive_put(at + VK_NAME_LEN, name_len, 2);
    hive_put(at + VK_SIZE, size, 4);
    hive_put(at + VK_DATA, data, 4);
    hive_put(at + VK_TYPE, type, 4);
    hive_put(at + VK_FLAGS, flags, 2);
    return vk;
}

/* Big data of segments whose cells hold `surplus` bytes more than they need; the last one too. */
static inline uint32_t hive_big_data(struct hive *h, const uint8_t *data, size_t len,
                                     size_t surplus)
{
    uint32_t segments[1024], list, db;
    size_t n = 0;

    for (size_t at = 0; at < len; at += HIVE_SEGMENT, n++) {
        size_t part = len - at < HIVE_SEGMENT ? len - at : HIVE_SEGMENT;
        assert(n < 1024);
        segments[n] = hive_cell(h, NULL, part + surplus);
        memset(h->bytes + HIVE_PAGE + segments[n] + 4, 0xEE, part + surplus);
        memcpy(h->bytes + HIVE_PAGE + segments[n] + 4, data + at, part);
    }
    list = hive_cell(h, NULL, 4 * n);
    for (size_t i = 0; i < n; i++)
        hive_u32(h, list, 4 * i, segments[i]);
    db = hive_cell(h, NULL, 8);
    memcpy(h->bytes + HIVE_PAGE + db + 4, "db", 2);
    hive_u16(h, db, 2, (uint16_t)n);
    hive_u32(h, db, 4, list);
    return db;
}

/* A value with an ASCII name, as Windows would store it. */
static inline uint32_t hive_value(struct hive *h, const char *name, uint32_t type, const void *data,
                                  size_t len)
{
    uint32_t size = (uint32_t)len, where = 0;

    if (len <= 4) {
        size |= 0x80000000u;
        for (size_t i = 0; i < len; i++)
            where |= (uint32_t)((const uint8_t *)data)[i] << 8 * i;
    } else if (len > HIVE_SEGMENT && h->minor >= 4) {
        where = hive_big_data(h, data, len, 0);
    } else {
        where = hive_cell(h, data, len);
    }
    return hive_value_raw(h, name, strlen(name), *name ? 1 : 0, type, size, where);
}

static inline uint32_t hive_values(struct hive *h, uint32_t nk, const uint32_t *cells, size_t n)
{
    uint32_t list = hive_cell(h, NULL, 4 * n);

    for (size_t i = 0; i < n; i++)
        hive_u32(h, list, 4 * i, cells[i]);
    hive_u32(h, nk, NK_NUM_VALUES, (uint32_t)n);
    hive_u32(h, nk, NK_VALUES, list);
    return list;
}

/* SPEC the XOR of the 127 dwords before it; 0 and 0xFFFFFFFF are reserved. */
static inline void hive_checksum(uint8_t *base_block)
{
    uint32_t sum = 0;

    for (size_t at = 0; at < 508; at += 4)
        sum ^= (uint32_t)base_block[at] | (uint32_t)base_block[at + 1] << 8 |
               (uint32_t)base_block[at + 2] << 16 | (uint32_t)base_block[at + 3] << 24;
    hive_put(base_block + 508, sum == 0 ? 1 : sum == UINT32_MAX ? UINT32_MAX - 1 : sum, 4);
}

/* The whole file; what a test changes in the base block afterwards needs hive_checksum again. */
static inline wr_view hive_image(struct hive *h, uint32_t root)
{
    static const char name[] = "S\0O\0F\0T\0W\0A\0R\0E";

    hive_close_bin(h);
    memset(h->bytes, 0, HIVE_PAGE);
    memcpy(h->bytes, "regf", 4);
    hive_file_u32(h, 4, h->primary);
    hive_file_u32(h, 8, h->secondary);
    hive_file_u32(h, 20, 1);
    hive_file_u32(h, 24, h->minor);
    hive_file_u32(h, 32, 1);
    hive_file_u32(h, 36, root);
    hive_file_u32(h, 40, hive_bins_len(h));
    hive_file_u32(h, 44, 1);
    memcpy(h->bytes + 48, name, sizeof name);
    hive_checksum(h->bytes);
    return (wr_view){ h->bytes, h->len, 0, "unit" };
}

#endif
