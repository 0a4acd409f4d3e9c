#include "base/parallel.h"

#include "base/os.h"

#include <stdatomic.h>

enum { MOST_THREADS = 64 }; /* more cores than that have nothing to do here */

/* What all threads share. */
struct loop {
    wr_parallel_fn *work;
    void *context;
    size_t count;
    atomic_size_t next;
};

/* What each has of its own. */
struct hand {
    struct loop *loop;
    wr_arena arena;
    size_t failed; /* the item, SIZE_MAX: none */
    wr_error error;
};

static void run(void *context)
{
    struct hand *h = context;
    struct loop *loop = h->loop;
    size_t i;

    while ((i = atomic_fetch_add(&loop->next, 1)) < loop->count)
        if (!loop->work(loop->context, i, &h->arena, &h->error)) {
            h->failed = i;
            atomic_store(&loop->next, loop->count);
        }
}

static bool in_turn(const struct loop *loop, wr_arena *arena, wr_error *err)
{
    for (size_t i = 0; i < loop->count; i++)
        if (!loop->work(loop->context, i, arena, err))
            return false;
    return true;
}

bool wr_parallel(size_t count, size_t least, wr_parallel_fn *work, void *context, wr_arena *arena,
                 wr_error *err)
{
    struct loop loop = { work, context, count, 0 };
    size_t width = count / least, failed = SIZE_MAX;
    struct hand hands[MOST_THREADS];

    if (width > 1 && width > wr_os_cores())
        width = wr_os_cores();
    if (width > MOST_THREADS)
        width = MOST_THREADS;
    if (width < 2 || arena->fail_after) /* the n-th allocation is one that is known */
        return in_turn(&loop, arena, err);
    for (size_t i = 0; i < width; i++) {
        hands[i].loop = &loop;
        hands[i].failed = SIZE_MAX;
        wr_arena_init(&hands[i].arena, arena->cap - arena->used);
    }
    wr_os_run_threads(run, hands, sizeof *hands, width);
    for (size_t i = 0; i < width; i++) {
        wr_arena_adopt(arena, &hands[i].arena);
        if (hands[i].failed < failed) {
            failed = hands[i].failed;
            *err = hands[i].error;
        }
    }
    return failed == SIZE_MAX;
}
