#include "base/arena.h"
#include "base/os.h"
#include "base/outfile.h"

#include <errno.h>
#include <string.h>

/* Removing a folder takes memory for every level of it: where memory ended there is none unless it
 * was kept. */
#define SPARE ((size_t)256 * 1024)

struct wr_out_folder {
    wr_arena arena; /* holds this folder and its names */
    wr_arena spare; /* what is given back before the folder is removed */
    const char *path, *temporary;
    bool replaces; /* a folder that holds something */
};

static void free_folder(wr_out_folder *folder)
{
    wr_arena arena = folder->arena;
    wr_arena_free(&folder->spare);
    wr_arena_free(&arena);
}

static void remove_temporary(wr_out_folder *folder)
{
    wr_arena_free(&folder->spare);
    wr_os_remove_tree(folder->temporary);
}

/* `path` without separators at its end; NULL when memory ends. */
static char *trimmed(wr_arena *arena, const char *path)
{
    char *copy = wr_arena_text(arena, path);
    size_t len = strlen(path);

    while (copy && len > 1 && wr_os_is_separator(copy[len - 1]))
        copy[--len] = '\0';
    return copy;
}

/* A folder can be replaced only under a name of its own. */
static bool has_own_name(const char *path)
{
    const char *last = path + strlen(path);

    while (last > path && !wr_os_is_separator(last[-1]))
        last--;
    return *last && strcmp(last, ".") != 0 && strcmp(last, "..") != 0;
}

static bool see_entry(void *context, const char *name, wr_place place)
{
    bool *seen = context;

    (void)name;
    (void)place;
    *seen = true;
    return false;
}

static bool check_target(wr_out_folder *folder, bool force, wr_error *err)
{
    wr_place place = wr_os_place(folder->path);
    bool holds_something = false;

    if (!has_own_name(folder->path))
        return wr_fail(err, WR_E_USAGE, folder->path, WR_NO_OFFSET,
                       "not a folder's own name, expected one that can be replaced as a whole");
    if (place == WR_PLACE_NOTHING)
        return true;
    if (place != WR_PLACE_FOLDER)
        return wr_fail(err, WR_E_USAGE, folder->path, WR_NO_OFFSET,
                       "a file or link, expected a folder or nothing");
    if (!wr_os_each(folder->path, see_entry, &holds_something))
        return wr_os_fail(err, folder->path, "cannot be read");
    if (holds_something && !force)
        return wr_fail(err, WR_E_USAGE, folder->path, WR_NO_OFFSET,
                       "a folder that is not empty, expected an empty or a new one");
    folder->replaces = holds_something;
    return true;
}

static bool make_temporary(wr_out_folder *folder, wr_error *err)
{
    for (unsigned attempt = 0; attempt < WR_OS_TEMPORARY_NAMES; attempt++) {
        char *name = wr_os_temporary_name(&folder->arena, folder->path, attempt);
        if (!name)
            return wr_fail_memory(err);
        wr_os_hold_interrupts();
        if (wr_os_make_folder(name)) {
            folder->temporary = name;
            return true;
        }
        wr_os_release_interrupts();
        if (errno != EEXIST)
            break;
    }
    return wr_os_fail(err, folder->path, "cannot be created");
}

bool wr_out_folder_create(const char *path, bool force, wr_out_folder **out, wr_error *err)
{
    wr_out_folder *folder;
    wr_arena arena;

    wr_arena_init(&arena, SIZE_MAX);
    folder = WR_NEW(&arena, wr_out_folder, 1);
    if (!folder || !(folder->path = trimmed(&arena, path))) {
        wr_arena_free(&arena);
        return wr_fail_memory(err);
    }
    folder->arena = arena;
    wr_arena_init(&folder->spare, 2 * SPARE);
    if (!wr_arena_alloc(&folder->spare, SPARE, 1)) {
        free_folder(folder);
        return wr_fail_memory(err);
    }
    if (!check_target(folder, force, err) || !make_temporary(folder, err)) {
        free_folder(folder);
        return false;
    }
    *out = folder;
    return true;
}

/* Length of the part of `name` before the next '/' or its end. */
static size_t part_len(const char *name)
{
    return strcspn(name, "/");
}

/* What would leave the folder here or mean something else on Windows. */
static bool is_safe_part(const char *part, size_t len)
{
    return len && !(len == 1 && part[0] == '.') &&
           !(len == 2 && part[0] == '.' && part[1] == '.') && !memchr(part, '\\', len) &&
           !memchr(part, ':', len);
}

static bool is_safe_name(const char *name)
{
    for (;;) {
        size_t len = part_len(name);
        if (!is_safe_part(name, len))
            return false;
        if (!name[len])
            return true;
        name += len + 1;
    }
}

/* Makes the parents of `path`, whose first `from` characters are there already. */
static bool make_parents(char *path, size_t from, wr_error *err)
{
    for (char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
        bool made;

        *slash = '\0';
        made = wr_os_make_folder(path) || errno == EEXIST ||
               wr_os_fail(err, path, "cannot be created");
        *slash = '/';
        if (!made)
            return false;
    }
    return true;
}

static bool write_new_file(const char *path, wr_view bytes, wr_error *err)
{
    int fd = wr_os_create(path);
    bool done;

    if (fd < 0)
        return wr_os_fail(err, path, "cannot be created");
    done = (wr_os_write_all(fd, bytes.data, bytes.len) && wr_os_sync(fd)) ||
           wr_os_fail(err, path, "cannot be written");
    if (!wr_os_close(fd) && done)
        done = wr_os_fail(err, path, "cannot be written");
    if (!done)
        wr_os_remove_file(path);
    return done;
}

bool wr_out_folder_write(wr_out_folder *folder, const char *name, wr_view bytes, wr_error *err)
{
    char *path;

    if (!is_safe_name(name))
        return wr_fail(err, WR_E_USAGE, folder->path, WR_NO_OFFSET,
                       "file name '%s', expected a relative one with '/' that stays inside", name);
    if (!(path = wr_arena_format(&folder->arena, "%s/%s", folder->temporary, name)))
        return wr_fail_memory(err);
    return make_parents(path, strlen(folder->temporary) + 1, err) &&
           write_new_file(path, bytes, err);
}

bool wr_out_is_inside(const char *name)
{
    for (;; name++) {
        const size_t len = part_len(name);
        if (!len || (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.'))
            return false;
        name += len;
        if (!*name)
            return true;
    }
}

/* The path of `name` below what is to become the folder, with its parents made; NULL with *err. */
static const char *make_place(wr_out_folder *folder, const char *name, wr_error *err)
{
    char *path;

    if (!wr_out_is_inside(name)) {
        (void)wr_fail(err, WR_E_USAGE, folder->path, WR_NO_OFFSET,
                      "'%s', expected a relative path that stays inside", name);
        return NULL;
    }
    if (!(path = wr_arena_format(&folder->arena, "%s/%s", folder->temporary, name))) {
        (void)wr_fail_memory(err);
        return NULL;
    }
    return make_parents(path, strlen(folder->temporary) + 1, err) ? path : NULL;
}

bool wr_out_folder_make(wr_out_folder *folder, const char *name, wr_error *err)
{
    const char *path = make_place(folder, name, err);

    return path && (wr_os_make_folder(path) || errno == EEXIST ||
                    wr_os_fail(err, path, "cannot be created"));
}

bool wr_out_folder_link(wr_out_folder *folder, const char *name, const char *target, wr_error *err)
{
    const char *path = make_place(folder, name, err);

    return path && (wr_os_make_link(target, path) || errno == EEXIST ||
                    wr_os_fail(err, path, "cannot be created"));
}

/* Two renames: the old folder steps aside, and back where the new one cannot take its place. */
static bool swap(wr_out_folder *folder, wr_error *err)
{
    const char *aside = wr_arena_format(&folder->arena, "%s.old", folder->temporary);
    bool is_back;
    int why;

    if (!aside)
        return wr_fail_memory(err);
    if (!wr_os_rename(folder->path, aside))
        return wr_os_fail(err, folder->path, "cannot be replaced");
    if (!wr_os_rename(folder->temporary, folder->path)) {
        why = errno;
        is_back = wr_os_rename(aside, folder->path);
        errno = why;
        if (!is_back)
            return wr_fail(err, WR_E_IO, folder->path, WR_NO_OFFSET,
                           "cannot be replaced: %s; what it held is now at %s", wr_os_reason(),
                           aside);
        return wr_os_fail(err, folder->path, "cannot be replaced");
    }
    if (!wr_os_remove_tree(aside))
        return wr_fail(err, WR_E_IO, folder->path, WR_NO_OFFSET,
                       "replaced, but what it held could not be removed: %s; see %s",
                       wr_os_reason(), aside);
    return true;
}

bool wr_out_folder_commit(wr_out_folder *folder, wr_error *err)
{
    bool done = folder->replaces ? swap(folder, err)
                                 : wr_os_rename_folder(folder->temporary, folder->path) ||
                                       wr_os_fail(err, folder->path, "cannot be put in place");
    if (!done)
        remove_temporary(folder);
    wr_os_release_interrupts();
    free_folder(folder);
    return done;
}

void wr_out_folder_discard(wr_out_folder *folder)
{
    if (!folder)
        return;
    remove_temporary(folder);
    wr_os_release_interrupts();
    free_folder(folder);
}
