/* analyze_mutator.h - changes to a packed host that leave its structure whole, so that they reach
 * what stands behind it: the parts keep their places, DER its lengths, stores those of their
 * elements, and hives their size.  Checksums and hashes are the target's business. */
#ifndef TESTS_FUZZ_ANALYZE_MUTATOR_H
#define TESTS_FUZZ_ANALYZE_MUTATOR_H

#include "analyze_case.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
                                 size_t size2, uint8_t *out, size_t max_size, unsigned int seed);

/* Same seed, same choices. */
static uint32_t random_state;

static size_t any_below(size_t bound)
{
    random_state = random_state * 1664525u + 1013904223u;
    return bound ? (random_state >> 8) % bound : 0;
}

/* ---- DER ---------------------------------------------------------------------------------------
 */

typedef struct element {
    size_t at, head, len; /* the tag, bytes of tag and length, bytes of contents */
    size_t parent;        /* index, SIZE_MAX at the top */
} element;

#define MAX_ELEMENTS 4096
#define MAX_DEPTH    24

typedef struct elements {
    element items[MAX_ELEMENTS];
    size_t count;
} elements;

static bool der_head(const uint8_t *der, size_t len, element *out)
{
    size_t num = 0;

    if (len < 2 || (der[0] & 0x1f) == 0x1f)
        return false;
    out->head = 2;
    out->len = der[1];
    if (der[1] & 0x80) {
        num = der[1] & 0x7f;
        if (num < 1 || num > 3 || len < 2 + num)
            return false;
        out->head += num;
        out->len = 0;
        for (size_t i = 0; i < num; i++)
            out->len = out->len << 8 | der[2 + i];
    }
    return out->len <= len - out->head;
}

static void der_list(const uint8_t *der, size_t from, size_t to, size_t parent, unsigned depth,
                     elements *out)
{
    while (from < to && out->count < MAX_ELEMENTS) {
        element *e = &out->items[out->count];
        size_t self = out->count;

        if (!der_head(der + from, to - from, e))
            return;
        e->at = from;
        e->parent = parent;
        out->count++;
        /* Also what an OCTET STRING may hold, if only by its look. */
        if (depth < MAX_DEPTH && (der[from] & 0x20 || (der[from] == 0x04 && e->len > 2 &&
                                                       (der[from + e->head] & 0xfe) == 0x30)))
            der_list(der, from + e->head, from + e->head + e->len, self, depth + 1, out);
        from += e->head + e->len;
    }
}

static size_t put_head(uint8_t tag, size_t len, uint8_t *to)
{
    size_t num = len < 0x80 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : 3;

    to[0] = tag;
    to[1] = (uint8_t)(num ? 0x80 | num : len);
    for (size_t i = 0; i < num; i++)
        to[2 + i] = (uint8_t)(len >> 8 * (num - 1 - i));
    return 2 + num;
}

/* Puts `with` in the place of element `which`, and gives every length around it what it is now; 0
 * where that does not fit.  `der` has room for `max`. */
static size_t der_replace(uint8_t *der, size_t len, size_t max, const elements *all, size_t which,
                          const uint8_t *with, size_t with_len)
{
    uint8_t *made = malloc(max + 16), *next = malloc(max + 16), *swap;
    size_t made_len = with_len, result = 0;
    element e = all->items[which];

    if (!made || !next || with_len > max)
        goto end;
    memcpy(made, with, with_len);
    for (size_t p = e.parent;; p = e.parent) {
        element around = p == SIZE_MAX ? (element){ 0, 0, len, SIZE_MAX } : all->items[p];
        size_t start = around.at + around.head, before = e.at - start;
        size_t after = around.len - before - e.head - e.len, contents = before + made_len + after;
        size_t at = 0;

        if (contents > max)
            goto end;
        if (p != SIZE_MAX)
            at = put_head(der[around.at], contents, next);
        memcpy(next + at, der + start, before);
        memcpy(next + at + before, made, made_len);
        memcpy(next + at + before + made_len, der + e.at + e.head + e.len, after);
        made_len = at + contents;
        swap = made;
        made = next;
        next = swap;
        if (p == SIZE_MAX)
            break;
        e = around;
    }
    if (made_len <= max) {
        memcpy(der, made, made_len);
        result = made_len;
    }
end:
    free(made);
    free(next);
    return result;
}

/* Changes one element: its contents, another in its place, twice, or not at all.  `fixed`: the
 * whole keeps its length. */
static size_t mutate_der(uint8_t *der, size_t len, size_t max, bool fixed)
{
    static elements all;
    size_t which, other, now, size;
    uint8_t *with;
    element e, o;

    all.count = 0;
    der_list(der, 0, len, SIZE_MAX, 0, &all);
    if (!all.count)
        return LLVMFuzzerMutate(der, len, fixed ? len : max);
    which = any_below(all.count);
    other = any_below(all.count);
    e = all.items[which];
    o = all.items[other];
    size = e.len + 64 > 2 * (o.head + o.len) ? e.len + 64 : 2 * (o.head + o.len);
    size += e.head + e.len;
    if (!(with = malloc(size + 16)))
        return len;
    switch (any_below(fixed ? 1 : 6)) {
    case 0:
    case 1: /* its contents */
        if (der[e.at] & 0x20 && e.len > 64) {
            free(with);
            return len;
        }
        memcpy(with + 8, der + e.at + e.head, e.len);
        now = LLVMFuzzerMutate(with + 8, e.len, fixed ? e.len : e.len + 48);
        if (fixed) {
            memcpy(der + e.at + e.head, with + 8, now);
            now = 0;
            break;
        }
        memmove(with + put_head(der[e.at], now, with), with + 8, now);
        now = der_replace(der, len, max, &all, which, with, now + put_head(der[e.at], now, with));
        break;
    case 2: /* another in its place */
        memcpy(with, der + o.at, o.head + o.len);
        now = der_replace(der, len, max, &all, which, with, o.head + o.len);
        break;
    case 3: /* another before it */
        memcpy(with, der + o.at, o.head + o.len);
        if (o.head + o.len + e.head + e.len > size) {
            free(with);
            return len;
        }
        memcpy(with + o.head + o.len, der + e.at, e.head + e.len);
        now = der_replace(der, len, max, &all, which, with, o.head + o.len + e.head + e.len);
        break;
    case 4: /* without it */
        now = der_replace(der, len, max, &all, which, with, 0);
        break;
    default: /* another tag */
        der[e.at] ^= (uint8_t)(1u << any_below(8));
        now = 0;
        break;
    }
    free(with);
    return now ? now : len;
}

/* ---- parts -------------------------------------------------------------------------------------
 */

/* A few bytes, where they stand. */
static void mutate_window(uint8_t *bytes, size_t len)
{
    size_t at = any_below(len), size = 1 + any_below(32);

    if (len) {
        size = size > len - at ? len - at : size;
        LLVMFuzzerMutate(bytes + at, size, size);
    }
}

/* Where something stands that looks like a certificate or a list; SIZE_MAX where nothing does. */
static size_t find_der(const uint8_t *bytes, size_t len, size_t *der_len)
{
    size_t start = any_below(len);
    element e;

    for (size_t i = 0; i + 4 < len; i++) {
        size_t at = (start + i) % (len - 4);
        if (bytes[at] == 0x30 && bytes[at + 1] == 0x82 && der_head(bytes + at, len - at, &e) &&
            e.len > 200) {
            *der_len = e.head + e.len;
            return at;
        }
    }
    return SIZE_MAX;
}

/* A hive or a log keeps its size. */
static size_t mutate_hive(uint8_t *hive, size_t len)
{
    size_t at, other, der_len;

    switch (any_below(6)) {
    case 0: /* another's number: cells and keys are named by them */
        at = any_below(len / 4) * 4;
        other = any_below(len / 4) * 4;
        if (len >= 8)
            memcpy(hive + at, hive + other, 4);
        break;
    case 1:
        at = any_below(len / 4096) * 4096;
        other = any_below(len / 4096) * 4096;
        if (len >= 8192 && at != other)
            memcpy(hive + at, hive + other, 4096);
        break;
    case 2:
    case 3:
        at = find_der(hive, len, &der_len);
        if (at != SIZE_MAX)
            mutate_der(hive + at, der_len, der_len, true);
        break;
    default:
        mutate_window(hive, len);
        break;
    }
    return len;
}

/* One element of a serialized store, whose length is put right; anything else as DER. */
static size_t mutate_store(uint8_t *store, size_t len, size_t max)
{
    size_t at = 8, found = 0, count = 0, size, now;

    if (len < 12 || memcmp(store + 4, "CERT", 4) != 0 || !any_below(8))
        return any_below(8) ? mutate_der(store, len, max, false)
                            : LLVMFuzzerMutate(store, len, max);
    while (at + 12 <= len) {
        size = get_u32(store + at + 8);
        if (!get_u32(store + at) || size > len - at - 12)
            break;
        if (!any_below(++count))
            found = at;
        at += 12 + size;
    }
    if (!found) {
        mutate_window(store, len);
        return len;
    }
    size = get_u32(store + found + 8);
    at = found + 12 + size;
    memmove(store + max - (len - at), store + at, len - at); /* to the end, out of the way */
    now = mutate_der(store + found + 12, size, max - (len - at) - found - 12, false);
    put_u32(store + found + 8, (uint32_t)now);
    memmove(store + found + 12 + now, store + max - (len - at), len - at);
    return found + 12 + now + (len - at);
}

/* Gives the part's new length; there is room for `max`. */
static size_t mutate_part(enum part part, uint8_t *bytes, size_t len, size_t max)
{
    switch (part) {
    case PART_HIVE:
    case PART_LOG1:
    case PART_LOG2:
    case PART_USER:
        if (len >= 512 && any_below(32))
            return mutate_hive(bytes, len);
        break;
    case PART_LIST:
    case PART_LIST2:
        if (any_below(8))
            return mutate_der(bytes, len, max, false);
        break;
    case PART_STORE:
        return mutate_store(bytes, len, max);
    case PART_PROFILE:
    case NUM_PARTS:
        break;
    }
    return LLVMFuzzerMutate(bytes, len, max);
}

static size_t case_pack(const analyze_case *c, uint8_t *out, size_t max)
{
    size_t at = CASE_HEADER;

    if (max < CASE_HEADER)
        return 0;
    put_u32(out, c->options);
    for (size_t i = 0; i < NUM_PARTS; i++) {
        if (c->parts[i].len > max - at)
            return 0;
        if (i + 1 < NUM_PARTS)
            put_u32(out + 4 + 4 * i, (uint32_t)c->parts[i].len);
        if (c->parts[i].len)
            memcpy(out + at, c->parts[i].data, c->parts[i].len);
        at += c->parts[i].len;
    }
    return at;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    analyze_case c = case_unpack(data, size);
    enum part part = PART_HIVE;
    uint8_t *bytes, *whole;
    size_t room, made = 0;

    random_state = seed;
    if (size < CASE_HEADER || max_size < size)
        return LLVMFuzzerMutate(data, size, max_size);
    if (!any_below(6)) {
        put_u32(data, c.options ^ 1u << any_below(32));
        return size;
    }
    for (size_t i = 0; i < 4; i++) { /* rather one that is there */
        part = (enum part)any_below(NUM_PARTS);
        if (c.parts[part].len)
            break;
    }
    room = c.parts[part].len + (max_size - size);
    bytes = malloc(room + 1);
    whole = malloc(max_size);
    if (bytes && whole && room) {
        if (c.parts[part].len)
            memcpy(bytes, c.parts[part].data, c.parts[part].len);
        c.parts[part].len = mutate_part(part, bytes, c.parts[part].len, room);
        c.parts[part].data = bytes;
        made = case_pack(&c, whole, max_size);
        if (made)
            memcpy(data, whole, made);
    }
    free(bytes);
    free(whole);
    return made ? made : size;
}

/* The first with one part of the second, which may be of the same kind elsewhere. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
                                 size_t size2, uint8_t *out, size_t max_size, unsigned int seed)
{
    static const enum part alike[NUM_PARTS] = {
        PART_USER,  PART_LOG2,  PART_LOG1,    PART_HIVE,
        PART_LIST2, PART_STORE, PART_PROFILE, PART_PROFILE
    };
    analyze_case a = case_unpack(data1, size1), b = case_unpack(data2, size2);
    enum part part;

    random_state = seed;
    part = (enum part)any_below(NUM_PARTS);
    a.parts[part] = b.parts[any_below(8) ? part : alike[part]];
    return case_pack(&a, out, max_size);
}

#endif
