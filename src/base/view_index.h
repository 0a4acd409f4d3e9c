/* view_index.h - which of many byte strings are equal to one, without looking at all of them. */
#ifndef WR_BASE_VIEW_INDEX_H
#define WR_BASE_VIEW_INDEX_H

#include "base/arena.h"
#include "base/reader.h"

/* Of a few views nothing is made: they are looked through. */
typedef struct wr_view_index {
    const wr_view *views, **sorted; /* by bytes, equal ones as they were given */
    size_t count;
} wr_view_index;

/* `views` is borrowed and must stay as it is.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_view_index_make(const wr_view *views, size_t count, wr_arena *arena,
                                    wr_view_index *out, wr_error *err);

/* The first view with the same bytes, SIZE_MAX where there is none. */
size_t wr_view_index_find(const wr_view_index *index, wr_view v);

#endif
