/* os_windows.c - os.h on Windows, by its wide calls. */
#include "base/os.h"

#ifdef _WIN32

#include "base/console_windows.h"
#include "base/wide_windows.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <process.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

/* FILETIME of 1970, and its ticks a second. */
#define UNIX_EPOCH 116444736000000000u
#define TICKS      10000000u

/* What Windows said, as errno. */
static const struct {
    DWORD error;
    int number;
} meanings[] = {
    { ERROR_FILE_NOT_FOUND, ENOENT },
    { ERROR_PATH_NOT_FOUND, ENOENT },
    { ERROR_INVALID_NAME, ENOENT },
    { ERROR_BAD_PATHNAME, ENOENT },
    { ERROR_BAD_NETPATH, ENOENT },
    { ERROR_BAD_NET_NAME, ENOENT },
    { ERROR_INVALID_DRIVE, ENOENT },
    { ERROR_DIRECTORY, ENOTDIR },
    { ERROR_ACCESS_DENIED, EACCES },
    { ERROR_PRIVILEGE_NOT_HELD, EACCES },
    { ERROR_SHARING_VIOLATION, EBUSY },
    { ERROR_LOCK_VIOLATION, EBUSY },
    { ERROR_ALREADY_EXISTS, EEXIST },
    { ERROR_FILE_EXISTS, EEXIST },
    { ERROR_DIR_NOT_EMPTY, ENOTEMPTY },
    { ERROR_DISK_FULL, ENOSPC },
    { ERROR_HANDLE_DISK_FULL, ENOSPC },
    { ERROR_WRITE_PROTECT, EROFS },
    { ERROR_TOO_MANY_OPEN_FILES, EMFILE },
    { ERROR_NOT_ENOUGH_MEMORY, ENOMEM },
    { ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG },
    { ERROR_CANT_RESOLVE_FILENAME, ELOOP },
    { ERROR_BROKEN_PIPE, EPIPE },
    { ERROR_NO_DATA, EPIPE },
};

static bool fail(void)
{
    const DWORD error = GetLastError();

    errno = EIO;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].error == error)
            errno = meanings[i].number;
    return false;
}

/* In the words of POSIX, so that a message is the same on every system. */
static const struct {
    int number;
    const char *text;
} reasons[] = {
    { ENOENT, "No such file or directory" },
    { ENOTDIR, "Not a directory" },
    { EACCES, "Permission denied" },
    { EBUSY,
      "another program holds it and shares it with nobody; of the registry of a Windows that "
      "runs, take what `reg save HKLM\\SOFTWARE FILE` writes, or the file in a shadow copy" },
    { EEXIST, "File exists" },
    { ENOTEMPTY, "Directory not empty" },
    { ENOSPC, "No space left on device" },
    { EROFS, "Read-only file system" },
    { EMFILE, "Too many open files" },
    { ENOMEM, "Cannot allocate memory" },
    { ENAMETOOLONG, "File name too long" },
    { ELOOP, "Too many levels of symbolic links" },
    { EPIPE, "Broken pipe" },
    { EINVAL, "Invalid argument" },
    { EIO, "Input/output error" },
};

const char *wr_os_reason(void)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].number == errno)
            return reasons[i].text;
    return strerror(errno);
}

/* ---- the program ----------------------------------------------------------------------------- */

int __wgetmainargs(int *argc, wchar_t ***argv, wchar_t ***env, int expand, void *start);

/* What main is given has letters of the code page only.  Wildcards are for programs to resolve
 * here. */
bool wr_os_arguments(wr_arena *arena, int *argc, char ***argv)
{
    int start = 0, count = 0;
    wchar_t **wide = NULL, **env = NULL;
    char **made;

    if (__wgetmainargs(&count, &wide, &env, 1, &start) != 0 ||
        !(made = WR_NEW(arena, char *, (size_t)count + 1)))
        return false;
    for (int i = 0; i < count; i++) {
        const size_t size = 3 * wcslen(wide[i]) + 1;
        if (!(made[i] = WR_NEW(arena, char, size)) || !wr_wide_narrow(wide[i], made[i], size))
            return false;
    }
    *argc = count;
    *argv = made;
    return true;
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

static bool narrowed(DWORD letters, const wchar_t *wide, char *out, size_t size)
{
    if (letters > 0 && letters < WR_WIDE_PATH && wr_wide_narrow(wide, out, size))
        return true;
    errno = ENAMETOOLONG;
    return false;
}

bool wr_os_current_folder(char *out, size_t size)
{
    wchar_t wide[WR_WIDE_PATH];
    return narrowed(GetCurrentDirectoryW(WR_WIDE_PATH, wide), wide, out, size);
}

bool wr_os_own_path(char *out, size_t size)
{
    wchar_t wide[WR_WIDE_PATH];
    return narrowed(GetModuleFileNameW(NULL, wide, WR_WIDE_PATH), wide, out, size);
}

bool wr_os_is_separator(char c)
{
    return c == '/' || c == '\\' || c == ':';
}

/* ---- terminals ------------------------------------------------------------------------------- */

bool wr_os_stderr_is_terminal(void)
{
    return wr_console_obeys(2);
}

bool wr_os_stdout_is_terminal(void)
{
    return wr_console_obeys(1);
}

bool wr_os_terminals_have_names(void)
{
    return false;
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static int open_as(const char *path, DWORD access, DWORD share, DWORD how, int flags)
{
    wchar_t wide[WR_WIDE_PATH];
    HANDLE handle;
    int fd;

    if (!wr_wide_path(path, wide))
        return -1;
    handle = CreateFileW(wide, access, share, NULL, how, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        fail();
        return -1;
    }
    fd = _open_osfhandle((intptr_t)handle, flags | _O_BINARY | _O_NOINHERIT);
    if (fd < 0)
        CloseHandle(handle);
    return fd;
}

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/* Others may go on writing and removing; what comes of it is the reader's to notice. */
int wr_os_open_read(const char *path)
{
    return open_as(path, GENERIC_READ, SHARE_ALL, OPEN_EXISTING, _O_RDONLY);
}

int wr_os_create(const char *path)
{
    return open_as(path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, CREATE_NEW, _O_WRONLY);
}

int wr_os_open_in_place(const char *path)
{
    return open_as(path, GENERIC_WRITE, SHARE_ALL, OPEN_EXISTING, _O_WRONLY);
}

long wr_os_read(int fd, void *bytes, size_t len)
{
    return _read(fd, bytes, len < INT_MAX ? (unsigned)len : INT_MAX);
}

long wr_os_read_at(int fd, uint64_t at, void *bytes, size_t len)
{
    return _lseeki64(fd, (int64_t)at, SEEK_SET) < 0 ? -1 : wr_os_read(fd, bytes, len);
}

int wr_os_stdout(void)
{
    return _setmode(1, _O_BINARY) == -1 ? -1 : 1;
}

long wr_os_write(int fd, const void *bytes, size_t len)
{
    const size_t now = len < INT_MAX ? len : INT_MAX;

    if (wr_console_is(fd))
        return wr_console_write(fd, bytes, now);
    if (fd <= 2)
        _setmode(fd, _O_BINARY); /* else each line end becomes two bytes */
    return _write(fd, bytes, (unsigned)now);
}

bool wr_os_sync(int fd)
{
    return _commit(fd) == 0;
}

bool wr_os_close(int fd)
{
    return _close(fd) == 0;
}

/* ---- what stands where ----------------------------------------------------------------------- */

static uint64_t joined(DWORD high, DWORD low)
{
    return (uint64_t)high << 32 | low;
}

static bool read_facts(HANDLE handle, wr_os_state *out)
{
    BY_HANDLE_FILE_INFORMATION i;

    *out = (wr_os_state){ .place = WR_PLACE_OTHER };
    if (GetFileType(handle) != FILE_TYPE_DISK)
        return GetFileType(handle) != FILE_TYPE_UNKNOWN || fail();
    if (!GetFileInformationByHandle(handle, &i))
        return true; /* a volume or a disk */
    out->device = i.dwVolumeSerialNumber;
    out->number = joined(i.nFileIndexHigh, i.nFileIndexLow);
    out->modified = joined(i.ftLastWriteTime.dwHighDateTime, i.ftLastWriteTime.dwLowDateTime);
    out->size = joined(i.nFileSizeHigh, i.nFileSizeLow);
    out->place = i.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? WR_PLACE_FOLDER : WR_PLACE_FILE;
    return true;
}

/* Asking for no access, which nobody who holds the file can refuse. */
bool wr_os_state_of(const char *path, wr_os_state *out)
{
    wchar_t wide[WR_WIDE_PATH];
    HANDLE handle;
    bool known;

    if (!wr_wide_path(path, wide))
        return false;
    handle = CreateFileW(wide, 0, SHARE_ALL, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return fail();
    known = read_facts(handle, out);
    CloseHandle(handle);
    return known;
}

bool wr_os_describe(int fd, wr_place *place, uint64_t *size)
{
    wr_os_state f;

    if (!read_facts((HANDLE)_get_osfhandle(fd), &f))
        return false;
    *place = f.place;
    *size = f.place == WR_PLACE_FILE ? f.size : 0;
    return true;
}

bool wr_os_facts(const char *path, uint64_t *size, int64_t *modified)
{
    wr_os_state f;

    if (!wr_os_state_of(path, &f))
        return false;
    *size = f.size;
    *modified = (int64_t)(f.modified / TICKS) - (int64_t)(UNIX_EPOCH / TICKS);
    return true;
}

wr_place wr_os_target(const char *path)
{
    wr_os_state f;
    return wr_os_state_of(path, &f) ? f.place : WR_PLACE_NOTHING;
}

/* A link or a mount point stands for something else; a file that is stored in another way
 * (compressed, in a cloud) does not. */
static bool is_link(const WIN32_FIND_DATAW *entry)
{
    return entry->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT &&
           IsReparseTagNameSurrogate(entry->dwReserved0);
}

static bool link_at(const wchar_t *wide)
{
    const DWORD attributes = GetFileAttributesW(wide);
    WIN32_FIND_DATAW entry;
    HANDLE search;

    if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_REPARSE_POINT))
        return false;
    search = FindFirstFileW(wide, &entry);
    if (search == INVALID_HANDLE_VALUE)
        return true;
    FindClose(search);
    return is_link(&entry);
}

wr_place wr_os_place(const char *path)
{
    wchar_t wide[WR_WIDE_PATH];

    if (!wr_wide_path(path, wide))
        return WR_PLACE_NOTHING;
    return link_at(wide) ? WR_PLACE_OTHER : wr_os_target(path);
}

/* ---- changes --------------------------------------------------------------------------------- */

/* One call of Windows on one path. */
static bool on_path(const char *path, BOOL WINAPI call(const wchar_t *))
{
    wchar_t wide[WR_WIDE_PATH];
    return wr_wide_path(path, wide) && (call(wide) || fail());
}

static BOOL WINAPI make_folder(const wchar_t *path)
{
    return CreateDirectoryW(path, NULL);
}

bool wr_os_remove_file(const char *path)
{
    return on_path(path, DeleteFileW);
}

bool wr_os_make_folder(const char *path)
{
    return on_path(path, make_folder);
}

bool wr_os_make_link(const char *target, const char *path)
{
    (void)target, (void)path;
    errno = ENOSYS;
    return false;
}

/* Whoever has a file open, another winroots or what looks for viruses, keeps it from being renamed
 * or replaced, and mostly only for a moment. */
static bool move_when_free(const wchar_t *old, const wchar_t *new)
{
    enum { TRIES = 200, WAIT_MS = 10 };

    for (unsigned i = 0; i < TRIES; i++) {
        DWORD error;

        if (MoveFileExW(old, new, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
            return true;
        error = GetLastError();
        if (error != ERROR_ACCESS_DENIED && error != ERROR_SHARING_VIOLATION)
            break;
        Sleep(WAIT_MS);
        SetLastError(error);
    }
    return fail();
}

bool wr_os_rename(const char *from, const char *to)
{
    wchar_t old[WR_WIDE_PATH], new[WR_WIDE_PATH];

    return wr_wide_path(from, old) && wr_wide_path(to, new) && move_when_free(old, new);
}

/* An empty folder at `to` is replaced, as rename does it elsewhere. */
bool wr_os_rename_folder(const char *from, const char *to)
{
    return (on_path(to, RemoveDirectoryW) || errno == ENOENT) && wr_os_rename(from, to);
}

/* ---- locks ----------------------------------------------------------------------------------- */

int wr_os_open_locks(const char *path)
{
    return open_as(path, GENERIC_READ | GENERIC_WRITE, SHARE_ALL, OPEN_ALWAYS, _O_RDWR);
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

/* ---- folders --------------------------------------------------------------------------------- */

static wr_place place_of(const WIN32_FIND_DATAW *entry)
{
    if (is_link(entry))
        return WR_PLACE_OTHER;
    return entry->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? WR_PLACE_FOLDER : WR_PLACE_FILE;
}

/* Calls for what was found, until `each` says false. */
static bool give(HANDLE search, WIN32_FIND_DATAW *entry, wr_os_entry_fn *each, void *context)
{
    char name[WR_WIDE_NAME];

    do {
        if (!wr_wide_narrow(entry->cFileName, name, sizeof name))
            continue;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
            !each(context, name, place_of(entry)))
            return true;
    } while (FindNextFileW(search, entry));
    return GetLastError() == ERROR_NO_MORE_FILES || fail();
}

/* "FOLDER\*" behind what makes a long one valid. */
static bool pattern_of(const char *folder, wchar_t *out)
{
    size_t len;

    if (!wr_wide_path(folder, out))
        return false;
    len = wcslen(out);
    if (len + 3 > WR_WIDE_PATH) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (len && out[len - 1] != L'\\' && out[len - 1] != L'/' && out[len - 1] != L':')
        out[len++] = L'\\';
    out[len++] = L'*';
    out[len] = L'\0';
    return true;
}

/* Apart, so that its letters are off the stack before anything is given. */
static HANDLE find_first(const char *folder, WIN32_FIND_DATAW *entry)
{
    wchar_t pattern[WR_WIDE_PATH];
    HANDLE search;

    if (!pattern_of(folder, pattern))
        return INVALID_HANDLE_VALUE;
    search = FindFirstFileW(pattern, entry);
    if (search == INVALID_HANDLE_VALUE)
        fail();
    return search;
}

bool wr_os_each(const char *path, wr_os_entry_fn *each, void *context)
{
    WIN32_FIND_DATAW entry;
    HANDLE search = find_first(path, &entry);
    bool done;
    int why;

    if (search == INVALID_HANDLE_VALUE)
        return false;
    done = give(search, &entry, each, context);
    why = errno;
    FindClose(search);
    errno = why;
    return done;
}

/* What stands in a folder that is removed, with the folder: one path that grows and shrinks. */
struct removal {
    char *path;
    size_t room;
    unsigned depth;
    bool failed; /* errno says why */
};

static bool remove_below(struct removal *r);

static bool remove_entry(void *context, const char *name, wr_place place)
{
    struct removal *r = context;
    const size_t len = strlen(r->path);

    if (snprintf(r->path + len, r->room - len, "\\%s", name) >= (int)(r->room - len)) {
        errno = ENAMETOOLONG;
        r->failed = true;
    } else if (place == WR_PLACE_FOLDER) {
        r->depth++;
        r->failed = !remove_below(r);
        r->depth--;
    } else { /* a link to a folder is removed as a folder is */
        r->failed = !wr_os_remove_file(r->path) && !on_path(r->path, RemoveDirectoryW);
    }
    r->path[len] = '\0';
    return !r->failed;
}

static bool remove_below(struct removal *r)
{
    if (r->depth > WR_OS_REMOVE_DEPTH) {
        errno = ELOOP;
        return false;
    }
    return wr_os_each(r->path, remove_entry, r) && !r->failed && on_path(r->path, RemoveDirectoryW);
}

bool wr_os_remove_tree(const char *path)
{
    char whole[WR_WIDE_PATH];
    struct removal r = { .path = whole, .room = sizeof whole };

    if (snprintf(whole, sizeof whole, "%s", path) >= (int)sizeof whole) {
        errno = ENAMETOOLONG;
        return false;
    }
    return remove_below(&r);
}

#endif
