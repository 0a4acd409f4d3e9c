/* mapping.c - mapped files, the signal that a file sends when it shrinks or fails, and memory that
 * is filled when it is touched.
 *
 * The handler of SIGBUS may run at any time in any thread, so it reads only what is never freed and
 * takes no lock: mappings stay in a list for good and are used again.  That of SIGSEGV runs where a
 * page that is to be filled is touched, which only code that reads evidence does: it may wait for
 * another thread that fills, and call what fills. */
#ifdef __linux__
#define _GNU_SOURCE /* mremap */
#else
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, which POSIX has since 2024 */
#endif

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

wr_mapping *wr_mapping_fill(size_t len, wr_mapping_fill_fn *fill, void *context)
{
    (void)len;
    (void)fill;
    (void)context;
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
    _Atomic(wr_mapping_fill_fn *) fill; /* NULL: a file, which the system fills */
    void *context;
    uint8_t *hidden; /* the same memory as start to end, which may be written before it is shown */
    uint8_t *shown;  /* a byte a piece: it is filled, and shown or about to be */
};

static _Atomic(wr_mapping *) mappings;
static atomic_size_t num_unused; /* of them; a moment late, which costs one more at worst */
static pthread_once_t handler_once = PTHREAD_ONCE_INIT;
static struct sigaction previous_bus, previous_segv;
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

static wr_mapping *mapping_at(uintptr_t address)
{
    wr_mapping *m = atomic_load(&mappings);

    while (m && !covers(m, address))
        m = m->next;
    return m;
}

static bool replace_page(uintptr_t address)
{
    for (wr_mapping *m = mapping_at(address); m; m = NULL)
        if (!atomic_load(&m->fill)) {
            atomic_store(&m->failed, true);
            return mmap((void *)(address / page_size * page_size), page_size,
                        PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                        0) != MAP_FAILED;
        }
    return false;
}

/* ---- memory that is filled when it is touched -------------------------------------------------
 */

/* Bytes that are filled at a time.  Packed images keep 32 or 64 kB together; less would be unpacked
 * for nothing, more would be read for nothing. */
#define PIECE ((size_t)64 * 1024)

#ifdef __linux__

static pthread_mutex_t filling = PTHREAD_MUTEX_INITIALIZER;

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void fill_hidden(wr_mapping *m, size_t piece, size_t len)
{
    wr_mapping_fill_fn *fill = atomic_load(&m->fill);
    const size_t at = piece * PIECE;

    if (!m->shown[piece])
        fill(m->context, at, m->hidden + at, min_size(PIECE, len - at));
    m->shown[piece] = 1;
}

static bool show(uintptr_t start, size_t len)
{
    return mprotect((void *)start, len, PROT_READ | PROT_WRITE) == 0;
}

/* Nobody sees a piece before it is whole: it is filled through a second view of the same memory.  A
 * piece that is shown alone parts its neighbours, and a process may have only so many parts
 * (vm.max_map_count): where no more can be had all is filled and shown, as one. */
static bool fill_and_show(wr_mapping *m, uintptr_t start, size_t len, size_t piece)
{
    const size_t at = piece * PIECE;

    fill_hidden(m, piece, len);
    if (show(start + at, min_size(PIECE, len - at)))
        return true;
    for (size_t i = 0; i * PIECE < len; i++)
        fill_hidden(m, i, len);
    return show(start, len);
}

/* Another thread may have filled it while this one waited. */
static bool fill_piece(uintptr_t address)
{
    wr_mapping *m = mapping_at(address);
    uintptr_t start;
    size_t len, piece;
    bool done;

    if (!m || !atomic_load(&m->fill))
        return false;
    start = atomic_load(&m->start);
    len = atomic_load(&m->end) - start;
    piece = (address - start) / PIECE;
    pthread_mutex_lock(&filling);
    done = m->shown[piece] || fill_and_show(m, start, len, piece);
    pthread_mutex_unlock(&filling);
    return done;
}

#else

static bool fill_piece(uintptr_t address)
{
    (void)address;
    return false;
}

#endif

/* ---- signals --------------------------------------------------------------------------------- */

/* The handler that was there before, or what the kernel does without one. */
static void pass_on(int signal_number, const struct sigaction *previous, siginfo_t *info,
                    void *context)
{
    if (previous->sa_flags & SA_SIGINFO) {
        previous->sa_sigaction(signal_number, info, context);
    } else if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
        previous->sa_handler(signal_number);
    } else if (previous->sa_handler == SIG_DFL || info->si_code > 0) {
        sigaction(signal_number, previous, NULL);
        raise(signal_number);
    }
}

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    const bool is_fault = info->si_code > 0; /* not sent by a process: si_addr means something */
    const bool is_bus = signal_number == SIGBUS;
    const uintptr_t address = (uintptr_t)info->si_addr;
    int saved = errno;

    if (!is_fault || !(is_bus ? replace_page(address) : fill_piece(address)))
        pass_on(signal_number, is_bus ? &previous_bus : &previous_segv, info, context);
    errno = saved;
}

static void install_handler(void)
{
    struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK };

    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    action.sa_sigaction = on_fault;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous_bus);
}

#ifdef __linux__

static pthread_once_t filler_once = PTHREAD_ONCE_INIT;

/* On the stack of who touched the page: what fills it may need more than another stack has. */
static void install_filler(void)
{
    struct sigaction action = { .sa_flags = SA_SIGINFO };

    action.sa_sigaction = on_fault;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &previous_segv);
}

#endif

static void give_back(wr_mapping *m)
{
    atomic_store(&m->used, false);
    atomic_fetch_add(&num_unused, 1);
}

/* One of the list that no file uses, or a new one at its head; NULL when memory ends. */
static wr_mapping *claim(void)
{
    wr_mapping *m;

    for (m = atomic_load(&num_unused) ? atomic_load(&mappings) : NULL; m; m = m->next)
        if (!atomic_exchange(&m->used, true)) {
            atomic_fetch_sub(&num_unused, 1);
            return m;
        }
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
        give_back(m);
        return NULL;
    }
    atomic_store(&m->failed, false);
    set_range(m, (uintptr_t)start, (uintptr_t)start + len);
    return m;
}

#ifdef __linux__

/* Shared memory is mapped twice: hidden and writable, and shown piece by piece. */
static bool map_twice(wr_mapping *m, size_t len, void **start)
{
    void *hidden =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (hidden == MAP_FAILED)
        return false;
    *start = mremap(hidden, 0, len, MREMAP_MAYMOVE);
    if (*start == MAP_FAILED) {
        munmap(hidden, len);
        return false;
    }
    m->hidden = hidden;
    return mprotect(*start, len, PROT_NONE) == 0 ||
           (munmap(*start, len), munmap(hidden, len), false);
}

wr_mapping *wr_mapping_fill(size_t len, wr_mapping_fill_fn *fill, void *context)
{
    wr_mapping *m;
    void *start;

    pthread_once(&handler_once, install_handler);
    pthread_once(&filler_once, install_filler);
    if (!(m = claim()))
        return NULL;
    m->shown = calloc((len - 1) / PIECE + 1, 1);
    if (!m->shown || !map_twice(m, len, &start)) {
        free(m->shown);
        m->shown = NULL;
        give_back(m);
        return NULL;
    }
    m->context = context;
    atomic_store(&m->failed, false);
    atomic_store(&m->fill, fill);
    set_range(m, (uintptr_t)start, (uintptr_t)start + len);
    return m;
}

#else

wr_mapping *wr_mapping_fill(size_t len, wr_mapping_fill_fn *fill, void *context)
{
    (void)len;
    (void)fill;
    (void)context;
    errno = ENODEV;
    return NULL;
}

#endif

void wr_mapping_close(wr_mapping *m)
{
    uintptr_t start = atomic_load(&m->start), end = atomic_load(&m->end);

    set_range(m, 0, 0);
    munmap((void *)start, end - start);
    if (atomic_load(&m->fill)) {
        munmap(m->hidden, end - start);
        free(m->shown);
        atomic_store(&m->fill, NULL);
    }
    give_back(m);
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
