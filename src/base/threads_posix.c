/* threads_posix.c - the threads of os.h, by POSIX. */
#ifndef _WIN32

#ifdef __linux__
#define _GNU_SOURCE /* sched_getaffinity */
#endif

#include "base/os.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <unistd.h>

size_t wr_os_cores(void)
{
#ifdef __linux__
    cpu_set_t cores; /* without opening a file, which the sandbox would refuse */

    return sched_getaffinity(0, sizeof cores, &cores) == 0 ? (size_t)CPU_COUNT(&cores) : 1;
#else
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n > 1 ? (size_t)n : 1;
#endif
}

enum { MOST_THREADS = 64 };

struct start {
    void (*run)(void *context);
    void *context;
};

static void *begin(void *context)
{
    const struct start *s = context;

    s->run(s->context);
    return NULL;
}

/* The calling thread does the last of them, and those that no thread could be had for. */
void wr_os_run_threads(void (*run)(void *context), void *contexts, size_t size, size_t count)
{
    struct start starts[MOST_THREADS];
    pthread_t threads[MOST_THREADS];
    size_t begun = 0;

    while (begun + 1 < count && begun < MOST_THREADS) {
        starts[begun] = (struct start){ run, (char *)contexts + begun * size };
        if (pthread_create(&threads[begun], NULL, begin, &starts[begun]) != 0)
            break;
        begun++;
    }
    for (size_t i = begun; i < count; i++)
        run((char *)contexts + i * size);
    for (size_t i = 0; i < begun; i++)
        pthread_join(threads[i], NULL);
}

#else
typedef int wr_threads_are_elsewhere; /* a file is never empty */
#endif
