/* os_windows.c - os.h on Windows.
 *
 * The manifest of the program sets the process' code page to UTF-8, so narrow calls take paths. */
#include "base/os.h"

#ifdef _WIN32

#include <direct.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <process.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <windows.h>

bool wr_os_stderr_is_terminal(void)
{
    return _isatty(2) != 0;
}

size_t wr_os_cores(void)
{
    return 1;
}

void wr_os_run_threads(void (*run)(void *context), void *contexts, size_t size, size_t count)
{
    for (size_t i = 0; i < count; i++)
        run((char *)contexts + i * size);
}

int wr_os_process(void)
{
    return _getpid();
}

bool wr_os_stdout_is_terminal(void)
{
    return false;
}

int wr_os_open_read(const char *path)
{
    return _open(path, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
}

long wr_os_read(int fd, void *bytes, size_t len)
{
    return _read(fd, bytes, len < INT_MAX ? (unsigned)len : INT_MAX);
}

long wr_os_read_at(int fd, uint64_t at, void *bytes, size_t len)
{
    return _lseeki64(fd, (int64_t)at, SEEK_SET) < 0 ? -1 : wr_os_read(fd, bytes, len);
}

int wr_os_create(const char *path)
{
    return _open(path, _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT,
                 _S_IREAD | _S_IWRITE);
}

int wr_os_open_in_place(const char *path)
{
    return _open(path, _O_WRONLY | _O_BINARY | _O_NOINHERIT);
}

int wr_os_stdout(void)
{
    return _setmode(1, _O_BINARY) == -1 ? -1 : 1;
}

long wr_os_write(int fd, const void *bytes, size_t len)
{
    return _write(fd, bytes, len < INT_MAX ? (unsigned)len : INT_MAX);
}

bool wr_os_sync(int fd)
{
    return _commit(fd) == 0;
}

bool wr_os_close(int fd)
{
    return _close(fd) == 0;
}

bool wr_os_remove_file(const char *path)
{
    return _unlink(path) == 0;
}

bool wr_os_make_folder(const char *path)
{
    return _mkdir(path) == 0;
}

bool wr_os_make_link(const char *target, const char *path)
{
    (void)target, (void)path;
    errno = ENOSYS;
    return false;
}

bool wr_os_current_folder(char *out, size_t size)
{
    return _getcwd(out, size < INT_MAX ? (int)size : INT_MAX) != NULL;
}

bool wr_os_own_path(char *out, size_t size)
{
    const DWORD n = GetModuleFileNameA(NULL, out, (DWORD)size);

    errno = ENAMETOOLONG;
    return n && n < size;
}

static wr_place place_of(const struct _stat64 *st)
{
    return st->st_mode & _S_IFDIR   ? WR_PLACE_FOLDER
           : st->st_mode & _S_IFREG ? WR_PLACE_FILE
                                    : WR_PLACE_OTHER;
}

bool wr_os_describe(int fd, wr_place *place, uint64_t *size)
{
    struct _stat64 st;

    if (_fstat64(fd, &st) != 0)
        return false;
    *place = place_of(&st);
    *size = *place == WR_PLACE_FILE ? (uint64_t)st.st_size : 0;
    return true;
}

bool wr_os_facts(const char *path, uint64_t *size, int64_t *modified)
{
    struct _stat64 st;

    if (_stat64(path, &st) != 0)
        return false;
    *size = (uint64_t)st.st_size;
    *modified = (int64_t)st.st_mtime;
    return true;
}

/* What Windows said, as errno. */
static bool fail(void)
{
    switch (GetLastError()) {
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
        errno = EACCES;
        break;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        errno = ENOENT;
        break;
    case ERROR_ALREADY_EXISTS:
    case ERROR_FILE_EXISTS:
        errno = EEXIST;
        break;
    case ERROR_DIR_NOT_EMPTY:
        errno = ENOTEMPTY;
        break;
    case ERROR_DISK_FULL:
        errno = ENOSPC;
        break;
    default:
        errno = EIO;
    }
    return false;
}

static uint64_t joined(DWORD high, DWORD low)
{
    return (uint64_t)high << 32 | low;
}

bool wr_os_state_of(const char *path, wr_os_state *out)
{
    HANDLE file = CreateFileA(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    BY_HANDLE_FILE_INFORMATION info;
    bool done;

    if (file == INVALID_HANDLE_VALUE)
        return fail();
    done =
        (GetFileType(file) == FILE_TYPE_DISK && GetFileInformationByHandle(file, &info)) || fail();
    CloseHandle(file);
    if (done)
        *out = (wr_os_state){
            .place =
                info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? WR_PLACE_FOLDER : WR_PLACE_FILE,
            .device = info.dwVolumeSerialNumber,
            .number = joined(info.nFileIndexHigh, info.nFileIndexLow),
            .size = joined(info.nFileSizeHigh, info.nFileSizeLow),
            .modified =
                joined(info.ftLastWriteTime.dwHighDateTime, info.ftLastWriteTime.dwLowDateTime),
        };
    return done;
}

int wr_os_open_locks(const char *path)
{
    return _open(path, _O_RDWR | _O_CREAT | _O_BINARY | _O_NOINHERIT, _S_IREAD | _S_IWRITE);
}

static OVERLAPPED at_byte(uint64_t byte)
{
    OVERLAPPED at = { 0 };

    at.Offset = (DWORD)byte;
    at.OffsetHigh = (DWORD)(byte >> 32 & INT32_MAX);
    return at;
}

bool wr_os_lock(int fd, uint64_t byte, bool wait)
{
    OVERLAPPED at = at_byte(byte);
    const DWORD how = LOCKFILE_EXCLUSIVE_LOCK | (wait ? 0 : LOCKFILE_FAIL_IMMEDIATELY);

    if (LockFileEx((HANDLE)_get_osfhandle(fd), how, 0, 1, 0, &at))
        return true;
    errno = GetLastError() == ERROR_LOCK_VIOLATION ? EAGAIN : EIO;
    return false;
}

void wr_os_unlock(int fd, uint64_t byte)
{
    OVERLAPPED at = at_byte(byte);
    UnlockFileEx((HANDLE)_get_osfhandle(fd), 0, 1, 0, &at);
}

wr_place wr_os_target(const char *path)
{
    struct _stat64 st;
    return _stat64(path, &st) == 0 ? place_of(&st) : WR_PLACE_NOTHING;
}

wr_place wr_os_place(const char *path)
{
    DWORD attributes = GetFileAttributesA(path);
    bool is_link =
        attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_REPARSE_POINT;

    return is_link ? WR_PLACE_OTHER : wr_os_target(path);
}

bool wr_os_rename(const char *from, const char *to)
{
    return MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) || fail();
}

/* An empty folder at `to` is replaced, as rename does it elsewhere. */
bool wr_os_rename_folder(const char *from, const char *to)
{
    if (!RemoveDirectoryA(to) && GetLastError() != ERROR_FILE_NOT_FOUND)
        return fail();
    return wr_os_rename(from, to);
}

static wr_place place_of_entry(DWORD attributes)
{
    if (attributes & FILE_ATTRIBUTE_REPARSE_POINT)
        return WR_PLACE_OTHER;
    return attributes & FILE_ATTRIBUTE_DIRECTORY ? WR_PLACE_FOLDER : WR_PLACE_FILE;
}

/* "FOLDER/NAME" in `path`, which has MAX_PATH characters. */
static bool join(const char *folder, const char *name, char *path)
{
    if (snprintf(path, MAX_PATH, "%s/%s", folder, name) < MAX_PATH)
        return true;
    errno = ENAMETOOLONG;
    return false;
}

bool wr_os_each(const char *path, wr_os_entry_fn *each, void *context)
{
    char pattern[MAX_PATH];
    WIN32_FIND_DATAA entry;
    bool going = true;
    HANDLE search;

    if (!join(path, "*", pattern))
        return false;
    search = FindFirstFileA(pattern, &entry);
    if (search == INVALID_HANDLE_VALUE)
        return fail();
    do {
        if (strcmp(entry.cFileName, ".") != 0 && strcmp(entry.cFileName, "..") != 0)
            going = each(context, entry.cFileName, place_of_entry(entry.dwFileAttributes));
    } while (going && FindNextFileA(search, &entry));
    if (going && GetLastError() != ERROR_NO_MORE_FILES)
        going = fail();
    else
        going = true;
    FindClose(search);
    return going;
}

struct removal {
    const char *folder;
    unsigned depth;
    bool failed; /* errno says why */
};

static bool remove_below(const char *path, unsigned depth);

static bool remove_entry(void *context, const char *name, wr_place place)
{
    struct removal *r = context;
    char path[MAX_PATH];
    bool done;

    if (!join(r->folder, name, path))
        done = false;
    else if (place == WR_PLACE_FOLDER)
        done = remove_below(path, r->depth + 1);
    else /* a link to a folder is removed as a folder is */
        done = DeleteFileA(path) || RemoveDirectoryA(path) || fail();
    r->failed = !done;
    return done;
}

static bool remove_below(const char *path, unsigned depth)
{
    struct removal r = { path, depth, false };

    if (depth > WR_OS_REMOVE_DEPTH) {
        errno = ENAMETOOLONG;
        return false;
    }
    return wr_os_each(path, remove_entry, &r) && !r.failed && (RemoveDirectoryA(path) || fail());
}

bool wr_os_remove_tree(const char *path)
{
    return remove_below(path, 0);
}

#endif
