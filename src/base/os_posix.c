/* os_posix.c - os.h on everything but Windows. */
#include "base/os.h"

#ifndef _WIN32

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec /* its name before POSIX had one */
#endif

const char *wr_os_reason(void)
{
    return strerror(errno);
}

bool wr_os_arguments(wr_arena *arena, int *argc, char ***argv)
{
    (void)arena, (void)argc, (void)argv;
    return true;
}

bool wr_os_is_separator(char c)
{
    return c == '/';
}

bool wr_os_terminals_have_names(void)
{
    return true;
}

bool wr_os_stderr_is_terminal(void)
{
    return isatty(STDERR_FILENO) == 1;
}

int wr_os_process(void)
{
    return (int)getpid();
}

bool wr_os_stdout_is_terminal(void)
{
    return isatty(STDOUT_FILENO) == 1;
}

int wr_os_open_read(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

long wr_os_read(int fd, void *bytes, size_t len)
{
    ssize_t n;

    do
        n = read(fd, bytes, len);
    while (n < 0 && errno == EINTR);
    return (long)n;
}

long wr_os_read_at(int fd, uint64_t at, void *bytes, size_t len)
{
    ssize_t n;

    do
        n = pread(fd, bytes, len, (off_t)at);
    while (n < 0 && errno == EINTR);
    return (long)n;
}

int wr_os_create(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

int wr_os_open_in_place(const char *path)
{
    return open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
}

int wr_os_stdout(void)
{
    return STDOUT_FILENO;
}

long wr_os_write(int fd, const void *bytes, size_t len)
{
    ssize_t n;

    do
        n = write(fd, bytes, len);
    while (n < 0 && errno == EINTR);
    return (long)n;
}

bool wr_os_sync(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL; /* a filesystem that cannot: nothing to wait for */
}

bool wr_os_close(int fd)
{
    return close(fd) == 0;
}

bool wr_os_remove_file(const char *path)
{
    return unlink(path) == 0;
}

bool wr_os_make_folder(const char *path)
{
    return mkdir(path, 0777) == 0;
}

bool wr_os_make_link(const char *target, const char *path)
{
    return symlink(target, path) == 0;
}

bool wr_os_current_folder(char *out, size_t size)
{
    return getcwd(out, size) != NULL;
}

bool wr_os_own_path(char *out, size_t size)
{
    const ssize_t n = readlink("/proc/self/exe", out, size);

    if (n >= 0 && (size_t)n == size)
        errno = ENAMETOOLONG;
    if (n < 0 || (size_t)n == size)
        return false;
    out[n] = '\0';
    return true;
}

static wr_place place_of(const struct stat *st)
{
    return S_ISREG(st->st_mode)   ? WR_PLACE_FILE
           : S_ISDIR(st->st_mode) ? WR_PLACE_FOLDER
                                  : WR_PLACE_OTHER;
}

wr_place wr_os_place(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 ? place_of(&st) : WR_PLACE_NOTHING;
}

wr_place wr_os_target(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? place_of(&st) : WR_PLACE_NOTHING;
}

bool wr_os_describe(int fd, wr_place *place, uint64_t *size)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return false;
    *place = place_of(&st);
    *size = *place == WR_PLACE_FILE ? (uint64_t)st.st_size : 0;
    return true;
}

bool wr_os_facts(const char *path, uint64_t *size, int64_t *modified)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return false;
    *size = (uint64_t)st.st_size;
    *modified = (int64_t)st.st_mtime;
    return true;
}

bool wr_os_state_of(const char *path, wr_os_state *out)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return false;
    *out = (wr_os_state){ .place = place_of(&st),
                          .device = (uint64_t)st.st_dev,
                          .number = (uint64_t)st.st_ino,
                          .size = (uint64_t)st.st_size,
                          .modified = (uint64_t)st.st_mtim.tv_sec * 1000000000u +
                                      (uint64_t)st.st_mtim.tv_nsec };
    return true;
}

int wr_os_open_locks(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
}

static struct flock byte_of(uint64_t byte, short type)
{
    return (struct flock){
        .l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)(byte & INT64_MAX), .l_len = 1
    };
}

/* Of the process and not of the descriptor: a worker does not hold it. */
bool wr_os_lock(int fd, uint64_t byte, bool wait)
{
    struct flock lock = byte_of(byte, F_WRLCK);
    return fcntl(fd, wait ? F_SETLKW : F_SETLK, &lock) == 0;
}

void wr_os_unlock(int fd, uint64_t byte)
{
    struct flock lock = byte_of(byte, F_UNLCK);
    fcntl(fd, F_SETLK, &lock);
}

bool wr_os_rename(const char *from, const char *to)
{
    return rename(from, to) == 0;
}

bool wr_os_rename_folder(const char *from, const char *to)
{
    return rename(from, to) == 0; /* POSIX replaces an empty folder */
}

/* The next entry of a folder but itself and its parent; NULL at the end, or with errno set. */
static const char *next_entry(DIR *folder)
{
    struct dirent *entry;

    do {
        errno = 0;
        entry = readdir(folder);
    } while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    return entry ? entry->d_name : NULL;
}

static DIR *open_folder(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);

    if (fd >= 0 && !folder)
        close(fd);
    return folder;
}

static bool remove_below(int parent, const char *name, unsigned depth);

static bool remove_entry(int folder, const char *name, unsigned depth)
{
    if (unlinkat(folder, name, 0) == 0)
        return true;
    return (errno == EISDIR || errno == EPERM) && remove_below(folder, name, depth);
}

/* By descriptors, so that a link that appears meanwhile is removed and not followed. */
static bool remove_below(int parent, const char *name, unsigned depth)
{
    const char *entry;
    bool done = true;
    DIR *folder;
    int why;

    if (depth > WR_OS_REMOVE_DEPTH) {
        errno = ELOOP;
        return false;
    }
    if (!(folder = open_folder(parent, name)))
        return false;
    while (done && (entry = next_entry(folder)))
        done = remove_entry(dirfd(folder), entry, depth + 1);
    why = errno;
    closedir(folder);
    errno = why;
    return done && !why && unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

bool wr_os_remove_tree(const char *path)
{
    return remove_below(AT_FDCWD, path, 0);
}

static _Thread_local unsigned holds;
static _Thread_local sigset_t before_hold;

void wr_os_hold_interrupts(void)
{
    sigset_t interrupts;

    if (holds++)
        return;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    sigaddset(&interrupts, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &interrupts, &before_hold);
}

void wr_os_release_interrupts(void)
{
    if (--holds == 0)
        pthread_sigmask(SIG_SETMASK, &before_hold, NULL);
}

bool wr_os_each(const char *path, wr_os_entry_fn *each, void *context)
{
    DIR *folder = opendir(path);
    bool going = true;
    const char *name;
    int why;

    if (!folder)
        return false;
    while (going && (name = next_entry(folder))) {
        struct stat st;
        bool known = fstatat(dirfd(folder), name, &st, AT_SYMLINK_NOFOLLOW) == 0;
        going = each(context, name, known ? place_of(&st) : WR_PLACE_NOTHING);
    }
    why = going ? errno : 0;
    closedir(folder);
    errno = why;
    return why == 0;
}

#endif
