/* fault.h - makes the n-th call of a kind fail: memory, reading or writing.
 *
 * The linker puts these functions before those that the program's objects call (-Wl,--wrap, in
 * tests/CMakeLists.txt): all memory comes from the arena and malloc, all files through base/os.h
 * and source/mapping.h, which tools/check_source.py holds.  Calls inside arena.c count once; what
 * other libraries take is tests/fault_library.c's. */
#ifndef TESTS_FAULT_H
#define TESTS_FAULT_H

#include "base/os.h"
#include "source/mapping.h"

#include <errno.h>
#include <execinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef enum fault_kind { FAULT_MEMORY, FAULT_READ, FAULT_WRITE, NUM_FAULTS } fault_kind;

#define MOST_PLACES 4096
#define PLACE_DEPTH 4

/* Who calls, and who calls that: a helper that takes memory fails its callers in a place of their
 * own. */
typedef struct fault_place {
    void *callers[PLACE_DEPTH];
    size_t first; /* call from there */
} fault_place;

static struct {
    size_t calls[NUM_FAULTS];
    fault_kind kind;
    size_t which;       /* call of that kind fails, 0 = none */
    bool for_good;      /* and all of its kind after it      */
    long blocks, files; /* taken and not given back          */
    bool learns;        /* the places of the kind            */
    size_t num_places;
    fault_place places[MOST_PLACES];
} fault;

static void learn_place(size_t n)
{
    void *frames[2 + PLACE_DEPTH] = {
        0
    }; /* this function and what stands for the real one come first */

    backtrace(frames, 2 + PLACE_DEPTH);
    for (size_t i = 0; i < fault.num_places; i++)
        if (!memcmp(fault.places[i].callers, frames + 2, sizeof fault.places[i].callers))
            return;
    if (fault.num_places == MOST_PLACES)
        abort();
    memcpy(fault.places[fault.num_places].callers, frames + 2, sizeof fault.places[0].callers);
    fault.places[fault.num_places++].first = n;
}

static bool fails(fault_kind kind)
{
    size_t n = ++fault.calls[kind];

    if (fault.learns && kind == fault.kind)
        learn_place(n);
    if (kind != fault.kind || !fault.which || (fault.for_good ? n < fault.which : n != fault.which))
        return false;
    errno = kind == FAULT_MEMORY ? ENOMEM : kind == FAULT_READ ? EIO : ENOSPC;
    return true;
}

/* A function whose call fails with `failure`. */
#define WRAP(kind, failure, type, name, parameters, arguments)                                     \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(kind) ? failure : __real_##name arguments;                                    \
    }

#define MEMORY(type, failure, name, parameters, arguments)                                         \
    WRAP(FAULT_MEMORY, failure, type, name, parameters, arguments)
#define READ(type, failure, name, parameters, arguments)                                           \
    WRAP(FAULT_READ, failure, type, name, parameters, arguments)
#define WRITE(type, failure, name, parameters, arguments)                                          \
    WRAP(FAULT_WRITE, failure, type, name, parameters, arguments)

MEMORY(void *, NULL, wr_arena_alloc, (wr_arena * a, size_t n, size_t size), (a, n, size))
MEMORY(char *, NULL, wr_arena_text, (wr_arena * a, const char *text), (a, text))
MEMORY(char *, NULL, wr_arena_vformat, (wr_arena * a, const char *fmt, va_list ap), (a, fmt, ap))
MEMORY(bool, false, wr_arena_copy, (wr_arena * a, wr_view v, wr_view *out), (a, v, out))
MEMORY(void *, NULL, wr_arena_grow,
       (wr_arena * a, void *list, size_t count, size_t *room, size_t size),
       (a, list, count, room, size))
MEMORY(void *, NULL, wr_list_append,
       (wr_arena * a, void **items, size_t *count, size_t *room, size_t size),
       (a, items, count, room, size))

char *__wrap_wr_arena_format(wr_arena *a, const char *fmt, ...) WR_PRINTF(2, 3);
char *__wrap_wr_arena_format(wr_arena *a, const char *fmt, ...)
{
    char *text;
    va_list ap;

    if (fails(FAULT_MEMORY))
        return NULL;
    va_start(ap, fmt);
    text = __real_wr_arena_vformat(a, fmt, ap);
    va_end(ap);
    return text;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t n);
void __real_free(void *block);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t n);
void __wrap_free(void *block);

static void *counted(void *block)
{
    fault.blocks += block != NULL;
    return block;
}

void *__wrap_malloc(size_t n)
{
    return fails(FAULT_MEMORY) ? NULL : counted(__real_malloc(n));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails(FAULT_MEMORY) ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *block, size_t n)
{
    void *larger = fails(FAULT_MEMORY) ? NULL : __real_realloc(block, n);

    fault.blocks += larger && !block;
    return larger;
}

void __wrap_free(void *block)
{
    fault.blocks -= block != NULL;
    __real_free(block);
}

static int counted_file(int fd)
{
    fault.files += fd >= 0;
    return fd;
}

#define OPEN(kind, name)                                                                           \
    int __real_##name(const char *path);                                                           \
    int __wrap_##name(const char *path);                                                           \
    int __wrap_##name(const char *path)                                                            \
    {                                                                                              \
        return fails(kind) ? -1 : counted_file(__real_##name(path));                               \
    }

OPEN(FAULT_READ, wr_os_open_read)
OPEN(FAULT_WRITE, wr_os_create)
OPEN(FAULT_WRITE, wr_os_open_in_place)

/* A close that fails has closed. */
bool __real_wr_os_close(int fd);
bool __wrap_wr_os_close(int fd);
bool __wrap_wr_os_close(int fd)
{
    bool failed = fails(FAULT_WRITE);

    fault.files--;
    return __real_wr_os_close(fd) && !failed;
}

READ(long, -1, wr_os_read, (int fd, void *bytes, size_t n), (fd, bytes, n))
READ(bool, false, wr_os_describe, (int fd, wr_place *place, uint64_t *size), (fd, place, size))
READ(bool, false, wr_os_facts, (const char *path, uint64_t *size, int64_t *modified),
     (path, size, modified))
READ(bool, false, wr_os_each, (const char *path, wr_os_entry_fn *each, void *context),
     (path, each, context))
READ(wr_mapping *, NULL, wr_mapping_open, (int fd, size_t len), (fd, len))
READ(bool, true, wr_mapping_failed, (const wr_mapping *m), (m))
WRITE(long, -1, wr_os_write, (int fd, const void *bytes, size_t n), (fd, bytes, n))
WRITE(bool, false, wr_os_write_all, (int fd, const uint8_t *bytes, size_t n), (fd, bytes, n))
WRITE(bool, false, wr_os_sync, (int fd), (fd))
WRITE(bool, false, wr_os_rename, (const char *from, const char *to), (from, to))
WRITE(bool, false, wr_os_rename_folder, (const char *from, const char *to), (from, to))
WRITE(bool, false, wr_os_make_folder, (const char *path), (path))

#endif
