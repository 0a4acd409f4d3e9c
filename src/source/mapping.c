/* mapping.c - mapped files, and the signal that a file sends when it shrinks or fails.
 *
 * The handler of SIGBUS may run at any time in any thread, so it reads only what is never freed and
 * takes no lock: mappings stay in a list for good and are used again. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, which POSIX has since 2024 */
#define _DARWIN_C_SOURCE
#define __BSD_VISIBLE 1

#include "source/mapping.h"

#include <errno.h>

#ifdef _WIN32

/* A page of a failing disk cannot be replaced under its reader there; files are read instead. */

wr_mapping *wr_mapping_open(int fd, size_t len)
{
    (void)fd;
    (void)len;
    errno = ENODEV;
    return NULL;
}

void wr_mapping_close(wr_mapping *m)
{
    (void)m;
}

uint8_t *wr_mapping_bytes(const wr_mapping *m)
{
    (void)m;
    return NULL;
}

bool wr_mapping_failed(const wr_mapping *m)
{
    (void)m;
    return false;
}

#else

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

struct wr_mapping {
    wr_mapping *next;    /* never changes once the mapping is in the list */
    atomic_bool used;    /* by a file that is open                        */
    atomic_bool failed;  /* a page was replaced                           */
    atomic_uint version; /* odd while start and end change                */
    atomic_uintptr_t start, end;
};

static _Atomic(wr_mapping *) mappings;
static pthread_once_t handler_once = PTHREAD_ONCE_INIT;
static struct sigaction previous;
static uintptr_t page_size;

static void set_range(wr_mapping *m, uintptr_t start, uintptr_t end)
{
    atomic_fetch_add(&m->version, 1);
    atomic_store(&m->start, start);
    atomic_store(&m->end, end);
    atomic_fetch_add(&m->version, 1);
}

/* The thread that faulted holds its mapping still, so one that changes meanwhile is not it. */
static bool covers(wr_mapping *m, uintptr_t address)
{
    unsigned version = atomic_load(&m->version);
    bool inside = address >= atomic_load(&m->start) && address < atomic_load(&m->end);

    return inside && version % 2 == 0 && version == atomic_load(&m->version);
}

static bool replace_page(uintptr_t address)
{
    for (wr_mapping *m = atomic_load(&mappings); m; m = m->next)
        if (covers(m, address)) {
            atomic_store(&m->failed, true);
            return mmap((void *)(address / page_size * page_size), page_size,
                        PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                        0) != MAP_FAILED;
        }
    return false;
}

/* The handler that was there before, or what the kernel does without one. */
static void pass_on(siginfo_t *info, void *context)
{
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(SIGBUS, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(SIGBUS);
    } else if (previous.sa_handler == SIG_DFL || info->si_code > 0) {
        sigaction(SIGBUS, &previous, NULL);
        raise(SIGBUS);
    }
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context)
{
    const bool is_fault = info->si_code > 0; /* not sent by a process: si_addr means something */
    int saved = errno;

    (void)signal_number;
    if (!is_fault || !replace_page((uintptr_t)info->si_addr))
        pass_on(info, context);
    errno = saved;
}

static void install_handler(void)
{
    struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK };

    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    action.sa_sigaction = on_bus_error;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}

/* One of the list that no file uses, or a new one at its head; NULL when memory ends. */
static wr_mapping *claim(void)
{
    wr_mapping *m;

    for (m = atomic_load(&mappings); m; m = m->next)
        if (!atomic_exchange(&m->used, true))
            return m;
    if (!(m = calloc(1, sizeof *m)))
        return NULL;
    atomic_store(&m->used, true);
    m->next = atomic_load(&mappings);
    while (!atomic_compare_exchange_weak(&mappings, &m->next, m))
        ;
    return m;
}

/* Not reserved: of a file larger than memory only the pages that are written cost any. */
wr_mapping *wr_mapping_open(int fd, size_t len)
{
    wr_mapping *m;
    void *start;

    pthread_once(&handler_once, install_handler);
    if (!(m = claim()))
        return NULL;
    start = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    if (start == MAP_FAILED) {
        atomic_store(&m->used, false);
        return NULL;
    }
    atomic_store(&m->failed, false);
    set_range(m, (uintptr_t)start, (uintptr_t)start + len);
    return m;
}

void wr_mapping_close(wr_mapping *m)
{
    uintptr_t start = atomic_load(&m->start), end = atomic_load(&m->end);

    set_range(m, 0, 0);
    munmap((void *)start, end - start);
    atomic_store(&m->used, false);
}

uint8_t *wr_mapping_bytes(const wr_mapping *m)
{
    return (uint8_t *)atomic_load(&m->start);
}

bool wr_mapping_failed(const wr_mapping *m)
{
    return atomic_load(&m->failed);
}

#endif
