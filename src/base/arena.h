/* arena.h - memory with one lifetime.
 *
 * Memory is zeroed, aligned for any type, and given back all at once.  `cap` bounds the total, so
 * that a hostile count ends as an error and not as swap.  `fail_after` is for tests: the n-th
 * allocation from now fails, 0 = never. */
#ifndef WR_BASE_ARENA_H
#define WR_BASE_ARENA_H

#include "base/reader.h"

#include <stdarg.h>

typedef struct wr_arena {
    struct wr_arena_block *blocks;
    size_t used, cap; /* bytes */
    size_t fail_after;
} wr_arena;

void wr_arena_init(wr_arena *a, size_t cap);
void wr_arena_free(wr_arena *a);

/* What `from` holds becomes `a`'s, where it stands; `from` is empty then. */
void wr_arena_adopt(wr_arena *a, wr_arena *from);

/* `count` objects of `size` bytes; NULL when the product overflows, the cap is met or memory ends,
 * and never for a count of 0. */
WR_MUST_USE void *wr_arena_alloc(wr_arena *a, size_t count, size_t size);

/* `text` copied, with its NUL; NULL as wr_arena_alloc. */
WR_MUST_USE char *wr_arena_text(wr_arena *a, const char *text);

/* printf into the arena; NULL as wr_arena_alloc. */
WR_MUST_USE char *wr_arena_format(wr_arena *a, const char *fmt, ...) WR_PRINTF(2, 3);
WR_MUST_USE char *wr_arena_vformat(wr_arena *a, const char *fmt, va_list ap) WR_PRINTF(2, 0);

/* The bytes of `v` copied; origin and source stay.  False as wr_arena_alloc. */
WR_MUST_USE bool wr_arena_copy(wr_arena *a, wr_view v, wr_view *out);

/* Makes room for one more object at the end of a list of `count` in the arena: gives `list`, or a
 * copy twice its size, so that list[count] may be written; NULL as wr_arena_alloc.  *room is the
 * list's capacity, 0 at first. */
WR_MUST_USE void *wr_arena_grow(wr_arena *a, void *list, size_t count, size_t *room, size_t size);

#define WR_NEW(arena, type, count) ((type *)wr_arena_alloc((arena), (count), sizeof(type)))

/* A list in an arena: `type *items; size_t count, room;`. */
#define WR_LIST(type)                                                                              \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count, room;                                                                        \
    }

/* Appends a zeroed item and gives its address, NULL as wr_arena_alloc. */
#define WR_APPEND(arena, list, type)                                                               \
    ((type *)wr_list_append((arena), (void **)(void *)&(list)->items, &(list)->count,              \
                            &(list)->room, sizeof(type)))
WR_MUST_USE void *wr_list_append(wr_arena *a, void **items, size_t *count, size_t *room,
                                 size_t size);

/* Appends copies of all items of another list of the type; false as wr_arena_alloc. */
#define WR_APPEND_ALL(arena, list, from)                                                           \
    (wr_list_append_all((arena), (void **)(void *)&(list)->items, &(list)->count, &(list)->room,   \
                        (from)->items, (from)->count, sizeof *(list)->items))
WR_MUST_USE bool wr_list_append_all(wr_arena *a, void **items, size_t *count, size_t *room,
                                    const void *from, size_t num_from, size_t size);

#endif
