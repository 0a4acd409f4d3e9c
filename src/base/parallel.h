/* parallel.h - a loop over every core that this process may use. */
#ifndef WR_BASE_PARALLEL_H
#define WR_BASE_PARALLEL_H

#include "base/arena.h"

/* The work on item `i`: what it allocates is in `arena`.  It writes to nothing that the work on
 * another item reads or writes, so that the order in which they are done changes nothing. */
typedef bool wr_parallel_fn(void *context, size_t i, wr_arena *arena, wr_error *err);

/* Does the work on every item below `count`, several at a time where each thread has `least` items
 * or more, which are to cost as much as starting it (0.1 ms); memory is in `arena` in the end.
 * After a failure not all of it is done. Fails: as the work on the first item that failed of those
 * that were done. */
WR_MUST_USE bool wr_parallel(size_t count, size_t least, wr_parallel_fn *work, void *context,
                             wr_arena *arena, wr_error *err);

#endif
