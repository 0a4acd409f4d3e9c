/* os.h - what files need of the operating system, and nothing that knows winroots.
 *
 * os_posix.c and os_windows.c hold the same calls; each gives false, or -1, with errno set
 * where nothing else is said.  Paths
 * are UTF-8. */
#ifndef WR_BASE_OS_H
#define WR_BASE_OS_H

#include "base/arena.h"

/* Levels below a folder that is removed.  Bundles have three; what is deeper was not made here. */
#define WR_OS_REMOVE_DEPTH 64

/* Names tried for a temporary file or folder before giving up, count.  Each belongs to one process,
 * so more than a few in one place means that something else is wrong. */
#define WR_OS_TEMPORARY_NAMES 100

/* argv in UTF-8, in the arena where it is not so already.  False when memory ends. */
bool wr_os_arguments(wr_arena *arena, int *argc, char ***argv);

/* True for what stands between the names of a path. */
bool wr_os_is_separator(char c);

typedef enum wr_place {
    WR_PLACE_NOTHING,
    WR_PLACE_FILE,
    WR_PLACE_FOLDER,
    WR_PLACE_OTHER /* device, pipe, link, ... */
} wr_place;

/* What stands at `path` itself, no link followed, and what a link there leads to. */
wr_place wr_os_place(const char *path);
wr_place wr_os_target(const char *path);

/* Gives each entry of a folder, in no order, until `each` says false.  False, with errno set, where
 * the folder cannot be read. */
typedef bool wr_os_entry_fn(void *context, const char *name, wr_place place);
bool wr_os_each(const char *path, wr_os_entry_fn *each, void *context);

/* A descriptor to read from. */
int wr_os_open_read(const char *path);

/* Reads up to `len` bytes: gives how many, 0 at the end. */
long wr_os_read(int fd, void *bytes, size_t len);

/* The same from byte `at` on, of a file. */
long wr_os_read_at(int fd, uint64_t at, void *bytes, size_t len);

/* What is open, and its size in bytes, which is 0 where it has none. */
bool wr_os_describe(int fd, wr_place *place, uint64_t *size);

/* The size in bytes of what stands at `path`, and when it was last written, in seconds since 1970;
 * a link is followed. */
bool wr_os_facts(const char *path, uint64_t *size, int64_t *modified);

/* What tells whether a file or folder is the one that was there: where it stands on which device (0
 * where the system does not say), its size in bytes, and when it was last written, in steps of the
 * system's own.  A link is followed. */
typedef struct wr_os_state {
    wr_place place;
    uint64_t device, number, size, modified;
} wr_os_state;
bool wr_os_state_of(const char *path, wr_os_state *out);

/* A descriptor for a file of locks, made where there is none; and one byte of it locked for this
 * process alone.  With `wait` until that is possible, or a signal comes (EINTR); else false, with
 * EAGAIN or EACCES, where another process has it.  The system takes a lock back when its process
 * ends, however it ends. */
int wr_os_open_locks(const char *path);
bool wr_os_lock(int fd, uint64_t byte, bool wait);
void wr_os_unlock(int fd, uint64_t byte);

/* A descriptor for a file that did not exist, or for one that keeps its place. */
int wr_os_create(const char *path);
int wr_os_open_in_place(const char *path);

/* The descriptor of standard output, set to give bytes as they are. */
int wr_os_stdout(void);

/* Writes as wr_os_write_all, but perhaps only a part: gives how many bytes. */
long wr_os_write(int fd, const void *bytes, size_t len);
bool wr_os_write_all(int fd, const uint8_t *bytes, size_t len);

/* Waits until the bytes are on the disk. */
bool wr_os_sync(int fd);
bool wr_os_close(int fd);

/* Replaces a file at `to`; wr_os_rename_folder replaces an empty folder. */
bool wr_os_rename(const char *from, const char *to);
bool wr_os_rename_folder(const char *from, const char *to);

bool wr_os_remove_file(const char *path);
bool wr_os_make_folder(const char *path);

/* A symbolic link at `path`; ENOSYS on Windows. */
bool wr_os_make_link(const char *target, const char *path);

/* The absolute path of the current folder, and of the file of this program, in `size` bytes. */
bool wr_os_current_folder(char *out, size_t size);
bool wr_os_own_path(char *out, size_t size);

/* Removes a folder and what it holds; links in it are removed, not followed. */
bool wr_os_remove_tree(const char *path);

/* Ctrl-C and the like (SIGINT, SIGTERM, SIGHUP) wait from the first hold of this thread to its last
 * release, and end the process then: what is being written is never left half-written.  Nothing on
 * Windows. */
void wr_os_hold_interrupts(void);
void wr_os_release_interrupts(void);

/* True when somebody may be watching standard error, by a terminal that obeys ECMA-48. */
bool wr_os_stderr_is_terminal(void);

/* Cores that this process may use; 1 where nobody can tell. */
size_t wr_os_cores(void);

/* Calls `run` with each of `count` contexts of `size` bytes, all at the same time as far as threads
 * can be had, and comes back when all are done. */
void wr_os_run_threads(void (*run)(void *context), void *contexts, size_t size, size_t count);

/* The number of this process. */
int wr_os_process(void);

/* The same of standard output; where terminals have names, TERM says whether it obeys. */
bool wr_os_stdout_is_terminal(void);
bool wr_os_terminals_have_names(void);

/* A name beside `path` that only this process uses; NULL when memory ends. */
char *wr_os_temporary_name(wr_arena *arena, const char *path, unsigned attempt);

/* What errno says, for people. */
const char *wr_os_reason(void);

/* Fails with IO, or NO_MEMORY: "WHAT: " and what errno says. */
bool wr_os_fail(wr_error *err, const char *path, const char *what);

#endif
