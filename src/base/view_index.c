#include "base/view_index.h"

#include <stdlib.h>

#define FEW 16u /* views: as fast to look through */

static int compare(const void *a, const void *b)
{
    const wr_view *x = *(const wr_view *const *)a, *y = *(const wr_view *const *)b;
    const int order = wr_view_compare(*x, *y);

    return order ? order : (x > y) - (x < y);
}

bool wr_view_index_make(const wr_view *views, size_t count, wr_arena *arena, wr_view_index *out,
                        wr_error *err)
{
    wr_view_index made = { .views = views, .count = count };

    if (count > FEW) {
        if (!(made.sorted = WR_NEW(arena, const wr_view *, count)))
            return wr_fail_memory(err);
        for (size_t i = 0; i < count; i++)
            made.sorted[i] = &views[i];
        qsort(made.sorted, count, sizeof *made.sorted, compare);
    }
    *out = made;
    return true;
}

size_t wr_view_index_find(const wr_view_index *index, wr_view v)
{
    size_t low = 0, high = index->count;

    if (!index->sorted) {
        while (low < high && !wr_view_equal(index->views[low], v))
            low++;
        return low < high ? low : SIZE_MAX;
    }
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (wr_view_compare(*index->sorted[middle], v) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->count && wr_view_equal(*index->sorted[low], v)
               ? (size_t)(index->sorted[low] - index->views)
               : SIZE_MAX;
}
