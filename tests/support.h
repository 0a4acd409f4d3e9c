/* support.h - what every parser test gets for a line each: every prefix, every flip, every failing
 * allocation; files; and views. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <criterion/criterion.h>

#include "base/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLIP_ALL_UP_TO ((size_t)16 * 1024)
#define FLIP_SEEDED    2000

/* Parses `v` with the arena; whatever it answers must be consistent, which `parse` asserts itself.
 */
typedef void parse_fn(wr_view v, wr_arena *arena);

static inline wr_view view_of(const void *bytes, size_t len)
{
    return (wr_view){ bytes, len, 0, "unit" };
}

/* Runs `parse` on exactly `len` bytes in a block of their own, so that a read beyond is seen. */
static inline void parse_exact(const uint8_t *bytes, size_t len, size_t fail_after, parse_fn *parse)
{
    uint8_t *copy = malloc(len ? len : 1);
    wr_arena arena;

    cr_assert(copy);
    if (len)
        memcpy(copy, bytes, len);
    wr_arena_init(&arena, (size_t)256 << 20);
    arena.fail_after = fail_after;
    parse((wr_view){ copy, len, 0, "unit" }, &arena);
    wr_arena_free(&arena);
    free(copy);
}

/* xorshift: the same positions on every machine. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Every prefix up to 16 kB of input, else 2,000 seeded ones and the ends. */
static inline void for_every_prefix(const uint8_t *bytes, size_t len, parse_fn *parse)
{
    uint64_t seed = 0x77696e726f6f7473u;

    if (len <= FLIP_ALL_UP_TO) {
        for (size_t i = 0; i <= len; i++)
            parse_exact(bytes, i, 0, parse);
        return;
    }
    for (size_t i = 0; i < FLIP_SEEDED; i++)
        parse_exact(bytes, (size_t)(next_random(&seed) % len), 0, parse);
    parse_exact(bytes, 0, 0, parse);
    parse_exact(bytes, len - 1, 0, parse);
    parse_exact(bytes, len, 0, parse);
}

/* Every byte flipped up to 16 kB of input (each bit in turn and all at once), else 2,000 seeded. */
static inline void for_every_flip(const uint8_t *bytes, size_t len, parse_fn *parse)
{
    bool all = len <= FLIP_ALL_UP_TO;
    size_t rounds = all ? len : FLIP_SEEDED;
    uint64_t seed = 0x666c697073u;
    uint8_t *copy = malloc(len ? len : 1);

    cr_assert(copy);
    if (len)
        memcpy(copy, bytes, len);
    for (size_t i = 0; i < rounds; i++) {
        size_t at = all ? i : (size_t)(next_random(&seed) % len);
        uint8_t old = copy[at];
        copy[at] = (uint8_t)(old ^ (1u << (i % 8)));
        parse_exact(copy, len, 0, parse);
        copy[at] = (uint8_t)~old;
        parse_exact(copy, len, 0, parse);
        copy[at] = old;
    }
    free(copy);
}

/* The n-th allocation fails, for every n that the input reaches (at most `most`). */
static inline void for_every_allocation(const uint8_t *bytes, size_t len, size_t most,
                                        parse_fn *parse)
{
    for (size_t n = 1; n <= most; n++)
        parse_exact(bytes, len, n, parse);
}

/* A job that can do without none of its allocations. */
typedef bool allocating_fn(wr_arena *arena, wr_error *err);

/* With one of its allocations failing the job must fail for want of memory, and say so: an answer
 * without what was not there would be a poorer one that nobody knows of.  Of many it is the `first`
 * and the `last`. */
static inline void failing_allocations_are_told(allocating_fn *job, size_t first, size_t last)
{
    const size_t far = SIZE_MAX;
    size_t count;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, (size_t)256 << 20);
    arena.fail_after = far;
    cr_assert(job(&arena, &err), "%s", err.message);
    count = far - arena.fail_after;
    wr_arena_free(&arena);
    cr_assert_gt(count, 0);
    for (size_t n = 1; n <= count; n++) {
        if (n > first && n + last <= count)
            continue;
        err = (wr_error){ .code = WR_E_BUG, .message = "nobody says why" };
        wr_arena_init(&arena, (size_t)256 << 20);
        arena.fail_after = n;
        cr_assert_not(job(&arena, &err), "allocation %zu of %zu failed, and nobody saw it", n,
                      count);
        cr_assert_eq(err.code, WR_E_NO_MEMORY, "allocation %zu of %zu: %s: %s", n, count,
                     wr_code_name(err.code), err.message);
        wr_arena_free(&arena);
    }
}

static inline void every_failing_allocation_is_told(allocating_fn *job)
{
    failing_allocations_are_told(job, SIZE_MAX, 0);
}

/* A whole file in memory that the test frees; the test fails where it cannot be read. */
static inline uint8_t *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    uint8_t *bytes;
    long size;

    cr_assert(f, "%s cannot be opened", path);
    cr_assert(fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0);
    bytes = malloc(size ? (size_t)size : 1);
    cr_assert(bytes);
    cr_assert_eq(fread(bytes, 1, (size_t)size, f), (size_t)size);
    fclose(f);
    *len = (size_t)size;
    return bytes;
}

/* WINROOTS_FIXTURES is set by CMake; WINROOTS_CORPUS, in tests/corpus_*.c, by the environment. */
#define FIXTURE(name) WINROOTS_FIXTURES "/" name

#endif
