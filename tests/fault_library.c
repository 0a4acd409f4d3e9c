/* fault_library.c - put before the libraries of a program (LD_PRELOAD), it makes the n-th call of a
 * kind fail in the whole process, whoever makes it: memory, reading, writing.
 *
 * WINROOTS_FAULT names a file that is shared with who started the program, cli/test_fault.py: it
 * says which call fails, and here the calls of each kind are counted.  Removing a file never fails:
 * where that cannot be done nobody can clean up.  What is mapped is shown by test_file.c. */
#define _GNU_SOURCE /* RTLD_NEXT, mremap, the names with 64 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MEMORY, READ, WRITE, NOTHING, NUM_KINDS = NOTHING };

static struct order {
    uint64_t kind;
    uint64_t which;    /* call of that kind fails, 0 = none */
    uint64_t for_good; /* and all of its kind after it      */
    uint64_t calls[NUM_KINDS];
} * order; /* NULL until the program's own start, and where nobody asks for faults */

static bool fails(unsigned kind)
{
    static const int reasons[] = { ENOMEM, EIO, ENOSPC };
    uint64_t n;

    if (!order || kind == NOTHING)
        return false;
    n = __atomic_add_fetch(&order->calls[kind], 1, __ATOMIC_RELAXED);
    if (kind != order->kind || !order->which ||
        (order->for_good ? n < order->which : n != order->which))
        return false;
    errno = reasons[kind];
    return true;
}

/* Says whose code crashed: the first on the stack that is not the C library's. */
static void on_crash(int signal_number)
{
    void *frames[16];
    int count = backtrace(frames, 16);
    Dl_info info = { .dli_fname = "?" };

    for (int i = 2; i < count; i++) /* the first two are this and the signal's */
        if (dladdr(frames[i], &info) && !strstr(info.dli_fname, "libc.so"))
            break;
    dprintf(STDERR_FILENO, "crashed in %s\n", info.dli_fname);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("WINROOTS_FAULT");
    int fd = path ? open(path, O_RDWR) : -1;
    void *at = MAP_FAILED;

    if (fd < 0)
        return;
    (void)backtrace(&at, 1); /* loads what it needs */
    signal(SIGSEGV, on_crash);
    at = mmap(NULL, sizeof *order, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (at != MAP_FAILED)
        order = at;
}

/* Memory is asked for before anything can be looked up: glibc's own names of these calls. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t n);
void __libc_free(void *block);

/* Where memory ended for good there is as much as was given back since. */
static int64_t given_back;

static bool memory_fails(size_t n)
{
    const bool failed = fails(MEMORY);

    if (!failed || !order->for_good || order->calls[MEMORY] == order->which)
        return failed;
    if (__atomic_sub_fetch(&given_back, (int64_t)n, __ATOMIC_RELAXED) >= 0)
        return false;
    __atomic_add_fetch(&given_back, (int64_t)n, __ATOMIC_RELAXED);
    return true;
}

void *malloc(size_t n)
{
    return memory_fails(n) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return memory_fails(n * size) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *block, size_t n)
{
    return n && memory_fails(n) ? NULL : __libc_realloc(block, n);
}

void free(void *block)
{
    if (order && order->for_good && order->calls[MEMORY] >= order->which)
        __atomic_add_fetch(&given_back, (int64_t)malloc_usable_size(block), __ATOMIC_RELAXED);
    __libc_free(block);
}

/* A call that gives `failure`, or what the library behind this one gives. */
#define CALL(kind, failure, type, name, parameters, arguments)                                     \
    type name parameters                                                                           \
    {                                                                                              \
        static type(*real) parameters;                                                             \
                                                                                                   \
        if (fails(kind))                                                                           \
            return failure;                                                                        \
        if (!real)                                                                                 \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                             \
        return real arguments;                                                                     \
    }

CALL(MEMORY, EAGAIN, int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context),
     (thread, attributes, run, context))

CALL(READ, -1, ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n))
CALL(READ, -1, ssize_t, pread, (int fd, void *bytes, size_t n, off_t at), (fd, bytes, n, at))
CALL(READ, -1, ssize_t, pread64, (int fd, void *bytes, size_t n, off64_t at), (fd, bytes, n, at))
CALL(READ, -1, int, stat, (const char *path, struct stat *s), (path, s))
CALL(READ, -1, int, stat64, (const char *path, struct stat64 *s), (path, s))
CALL(READ, -1, int, lstat, (const char *path, struct stat *s), (path, s))
CALL(READ, -1, int, lstat64, (const char *path, struct stat64 *s), (path, s))
CALL(READ, -1, int, fstat, (int fd, struct stat *s), (fd, s))
CALL(READ, -1, int, fstat64, (int fd, struct stat64 *s), (fd, s))
CALL(READ, -1, int, fstatat64, (int fd, const char *path, struct stat64 *s, int flags),
     (fd, path, s, flags))
CALL(READ, NULL, DIR *, opendir, (const char *path), (path))
CALL(READ, NULL, struct dirent *, readdir, (DIR * folder), (folder))
CALL(READ, NULL, struct dirent64 *, readdir64, (DIR * folder), (folder))
CALL(READ, -1, ssize_t, readlink, (const char *path, char *out, size_t n), (path, out, n))

/* Messages come through: a disk that is full is no broken terminal. */
CALL(fd == STDERR_FILENO ? NOTHING : WRITE, -1, ssize_t, write,
     (int fd, const void *bytes, size_t n), (fd, bytes, n))
CALL(WRITE, -1, ssize_t, pwrite64, (int fd, const void *bytes, size_t n, off64_t at),
     (fd, bytes, n, at))
CALL(WRITE, -1, int, ftruncate64, (int fd, off64_t size), (fd, size))
CALL(WRITE, -1, int, fsync, (int fd), (fd))
CALL(WRITE, -1, int, fdatasync, (int fd), (fd))
CALL(WRITE, -1, int, rename, (const char *from, const char *to), (from, to))
CALL(WRITE, -1, int, mkdir, (const char *path, mode_t mode), (path, mode))

/* A close that fails has closed. */
int close(int fd)
{
    static int (*real)(int fd);
    bool failed = fails(WRITE);

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "close");
    return real(fd) == 0 && !failed ? 0 : -1;
}

#define MAP(name, offset)                                                                          \
    CALL(fd < 0 ? MEMORY : READ, MAP_FAILED, void *, name,                                         \
         (void *start, size_t n, int protection, int flags, int fd, offset at),                    \
         (start, n, protection, flags, fd, at))

MAP(mmap, off_t)
MAP(mmap64, off64_t)

static bool to_be_written(int flags)
{
    return (flags & O_ACCMODE) != O_RDONLY;
}

static FILE *open_stream(const char *path, const char *mode)
{
    static FILE *(*real)(const char *path, const char *mode);

    if (fails(*mode == 'r' ? READ : WRITE))
        return NULL;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fopen64");
    return real(path, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    return open_stream(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    return open_stream(path, mode);
}

/* The mode of a file that may be made, which is there or nobody looks at it. */
#define OPEN(name, parameters, arguments)                                                          \
    int name parameters                                                                            \
    {                                                                                              \
        static int(*real) parameters;                                                              \
        mode_t mode;                                                                               \
        va_list ap;                                                                                \
                                                                                                   \
        va_start(ap, flags);                                                                       \
        mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;                             \
        va_end(ap);                                                                                \
        if (fails(to_be_written(flags) ? WRITE : READ))                                            \
            return -1;                                                                             \
        if (!real)                                                                                 \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                             \
        return real arguments;                                                                     \
    }

OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, (int fd, const char *path, int flags, ...), (fd, path, flags, mode))
OPEN(openat64, (int fd, const char *path, int flags, ...), (fd, path, flags, mode))
