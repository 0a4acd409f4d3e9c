#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wr_arena_block {
    struct wr_arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

#define FIRST_BLOCK   ((size_t)4 * 1024)
#define LARGEST_BLOCK ((size_t)1024 * 1024)
#define FIRST_LIST    ((size_t)256) /* bytes */

void wr_arena_init(wr_arena *a, size_t cap)
{
    *a = (wr_arena){ .cap = cap };
}

void wr_arena_free(wr_arena *a)
{
    struct wr_arena_block *b = a->blocks;
    while (b) {
        struct wr_arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = (wr_arena){ 0 };
}

/* Behind the block that is being filled. */
void wr_arena_adopt(wr_arena *a, wr_arena *from)
{
    struct wr_arena_block *last = from->blocks;

    if (!last)
        return;
    while (last->next)
        last = last->next;
    if (a->blocks) {
        last->next = a->blocks->next;
        a->blocks->next = from->blocks;
    } else {
        a->blocks = from->blocks;
    }
    a->used += from->used;
    if (a->used > a->cap)
        a->used = a->cap;
    from->blocks = NULL;
    from->used = 0;
}

/* Blocks double, so that a large analysis costs few of them and a small one little memory. */
static struct wr_arena_block *add_block(wr_arena *a, size_t n)
{
    size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;
    struct wr_arena_block *b;

    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < n)
        size = n;
    if (size > SIZE_MAX - sizeof *b)
        return NULL;
    b = calloc(1, sizeof *b + size);
    if (!b)
        return NULL;
    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *wr_arena_alloc(wr_arena *a, size_t count, size_t size)
{
    const size_t mask = alignof(max_align_t) - 1;
    struct wr_arena_block *b = a->blocks;
    size_t n;

    if (a->fail_after && --a->fail_after == 0)
        return NULL;
    if (size && count > (SIZE_MAX - mask) / size)
        return NULL;
    n = (count * size + mask) & ~mask;
    if (n > a->cap - a->used)
        return NULL;
    if ((!b || n > b->size - b->used) && !(b = add_block(a, n)))
        return NULL;
    a->used += n;
    b->used += n;
    return b->bytes + (b->used - n);
}

char *wr_arena_text(wr_arena *a, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = WR_NEW(a, char, n);
    return copy ? memcpy(copy, text, n) : NULL;
}

char *wr_arena_vformat(wr_arena *a, const char *fmt, va_list ap)
{
    char shown[512], *text = NULL; /* nearly all fit */
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(shown, sizeof shown, fmt, ap);
    if (n >= 0 && (text = WR_NEW(a, char, (size_t)n + 1))) {
        if ((size_t)n < sizeof shown)
            memcpy(text, shown, (size_t)n + 1);
        else
            vsnprintf(text, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return text;
}

char *wr_arena_format(wr_arena *a, const char *fmt, ...)
{
    char *text;
    va_list ap;

    va_start(ap, fmt);
    text = wr_arena_vformat(a, fmt, ap);
    va_end(ap);
    return text;
}

bool wr_arena_copy(wr_arena *a, wr_view v, wr_view *out)
{
    uint8_t *bytes = WR_NEW(a, uint8_t, v.len ? v.len : 1);
    if (!bytes)
        return false;
    if (v.len)
        memcpy(bytes, v.data, v.len);
    *out = (wr_view){ bytes, v.len, v.origin, v.source };
    return true;
}

/* Most lists stay short, and room for eight of what is large would be most of the memory. */
static size_t first_room(size_t size)
{
    return size <= FIRST_LIST / 8 ? 8 : size <= FIRST_LIST ? FIRST_LIST / size : 1;
}

void *wr_arena_grow(wr_arena *a, void *list, size_t count, size_t *room, size_t size)
{
    size_t want = *room ? *room * 2 : first_room(size);
    void *larger;

    if (count < *room)
        return list;
    if (want <= count || !(larger = wr_arena_alloc(a, want, size)))
        return NULL;
    if (count)
        memcpy(larger, list, count * size);
    *room = want;
    return larger;
}

void *wr_list_append(wr_arena *a, void **items, size_t *count, size_t *room, size_t size)
{
    void *list = wr_arena_grow(a, *items, *count, room, size);
    if (!list)
        return NULL;
    *items = list;
    return (unsigned char *)list + size * (*count)++;
}

bool wr_list_append_all(wr_arena *a, void **items, size_t *count, size_t *room, const void *from,
                        size_t num_from, size_t size)
{
    for (size_t i = 0; i < num_from; i++) {
        void *added = wr_list_append(a, items, count, room, size);
        if (!added)
            return false;
        memcpy(added, (const unsigned char *)from + i * size, size);
    }
    return true;
}
