#include "fleet/run_folder.h"

#include "base/os.h"
#include "base/outfile.h"
#include "base/text.h"
#include "fleet/gather.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Locks that belong to no key: of setting the folder up, and of gathering its parts.  Keys have
 * those below LOCK_KEYS. */
#define LOCK_KEYS   ((uint64_t)1 << 62)
#define LOCK_BEGIN  LOCK_KEYS
#define LOCK_GATHER (LOCK_KEYS + 1)

/* "/parts/KK/" and a key with the longest ending. */
#define NAME_ROOM (sizeof "/parts/00/" + 2 * WR_RUN_KEY_LEN + sizeof ".partial" + 32)

static const char *const endings[] = { [WR_PART_OK] = "ok",
                                       [WR_PART_PARTIAL] = "partial",
                                       [WR_PART_FAILED] = "failed",
                                       [WR_PART_AGAIN] = "again",
                                       [WR_PART_NONE] = "tmp" };

static const char *name(wr_run_folder *f, int which, const char *below)
{
    snprintf(f->names[which], f->room, "%s/%s", f->path, below);
    return f->names[which];
}

static const char *part_name(wr_run_folder *f, int which, const wr_run_key *key, wr_part part)
{
    char hex[2 * WR_RUN_KEY_LEN + 1];

    wr_text_hex_into(key->bytes, sizeof key->bytes, hex);
    snprintf(f->names[which], f->room, "%s/parts/%.2s/%s.%s", f->path, hex, hex, endings[part]);
    return f->names[which];
}

static bool lock(wr_run_folder *f, uint64_t byte, bool wait, bool *taken, wr_error *err)
{
    *taken = wr_os_lock(f->locks, byte, wait);
    if (*taken || errno == EAGAIN || errno == EACCES || errno == EINTR)
        return true;
    return wr_os_fail(err, f->path,
                      "no lock can be had in this folder, which keeps two runs apart");
}

static bool is_empty_entry(void *context, const char *entry, wr_place place)
{
    (void)entry, (void)place;
    *(bool *)context = false;
    return false;
}

/* What is there is empty or of an earlier run. */
static bool check_folder(wr_run_folder *f, wr_error *err)
{
    bool empty = true;

    if (wr_os_place(name(f, 0, "locks")) == WR_PLACE_FILE)
        return true;
    if (!wr_os_each(f->path, is_empty_entry, &empty))
        return wr_os_fail(err, f->path, "cannot be listed");
    if (empty)
        return true;
    return wr_fail(err, WR_E_USAGE, f->path, WR_NO_OFFSET,
                   "a folder that holds something else than a run: expected none, an empty one, or "
                   "that of an earlier run");
}

static bool make_folder(const char *path, wr_error *err)
{
    return wr_os_make_folder(path) || errno == EEXIST || wr_os_fail(err, path, "cannot be made");
}

static bool read_as_of(wr_run_folder *f, const char *path, wr_time *out, wr_error *err)
{
    char text[WR_TIME_TEXT] = "";
    const int fd = wr_os_open_read(path);
    long n;

    if (fd < 0)
        return wr_os_fail(err, path, "cannot be opened");
    n = wr_os_read(fd, text, sizeof text - 1);
    wr_os_close(fd);
    if (n > 0 && strchr(text, '\n'))
        *strchr(text, '\n') = '\0';
    if (n > 0 && wr_time_parse(text, out))
        return true;
    return wr_fail(err, WR_E_MALFORMED, path, WR_NO_OFFSET,
                   "expected the time of judgement of the run in %s", f->path);
}

static bool write_as_of(wr_run_folder *f, const char *path, wr_time as_of, wr_error *err)
{
    char text[WR_TIME_TEXT];
    wr_out *out;

    wr_time_text(as_of, text);
    if (!wr_out_file_by(path, name(f, 1, "as_of.tmp"), &out, err))
        return false;
    wr_out_printf(out, "%s\n", text);
    return wr_out_finish(out, err);
}

static bool set_up(wr_run_folder *f, bool given, wr_time *as_of, wr_error *err)
{
    const char *path = name(f, 0, "as_of");

    if (wr_os_place(path) == WR_PLACE_NOTHING)
        return write_as_of(f, path, *as_of, err);
    return given || read_as_of(f, path, as_of, err);
}

bool wr_run_folder_begin(const char *path, bool as_of_given, wr_time *as_of, wr_arena *arena,
                         wr_run_folder *out, wr_error *err)
{
    wr_run_folder f = { .room = strlen(path) + NAME_ROOM, .locks = -1 };
    bool taken = false, done;

    f.path = wr_arena_text(arena, path);
    f.names[0] = WR_NEW(arena, char, f.room);
    f.names[1] = WR_NEW(arena, char, f.room);
    if (!f.path || !f.names[0] || !f.names[1])
        return wr_fail_memory(err);
    if (!make_folder(path, err) || !check_folder(&f, err))
        return false;
    if ((f.locks = wr_os_open_locks(name(&f, 0, "locks"))) < 0)
        return wr_os_fail(err, f.names[0], "cannot be made");
    done = make_folder(name(&f, 0, "parts"), err) && lock(&f, LOCK_BEGIN, true, &taken, err) &&
           (taken || wr_os_fail(err, path, "interrupted")) && set_up(&f, as_of_given, as_of, err);
    wr_os_unlock(f.locks, LOCK_BEGIN);
    if (!done)
        wr_run_folder_end(&f);
    else
        *out = f;
    return done;
}

void wr_run_folder_end(wr_run_folder *f)
{
    if (f->locks >= 0)
        wr_os_close(f->locks);
    f->locks = -1;
}

/* ---- parts ----------------------------------------------------------------------------------- */

/* The last line: "#" and the length of what stands before it, 16 digits. */
#define FOOT_LEN 18

static void foot_of(uint64_t bytes, char foot[FOOT_LEN + 1])
{
    snprintf(foot, FOOT_LEN + 1, "#%016" PRIx64 "\n", bytes);
}

/* The length of what stands before the last line; false where that is not as it was written. */
static bool check_foot(int fd, uint64_t *bytes)
{
    char foot[FOOT_LEN + 1], found[FOOT_LEN];
    uint64_t size;
    wr_place place;

    if (!wr_os_describe(fd, &place, &size) || place != WR_PLACE_FILE || size < FOOT_LEN ||
        wr_os_read_at(fd, size - FOOT_LEN, found, FOOT_LEN) != FOOT_LEN)
        return false;
    *bytes = size - FOOT_LEN;
    foot_of(*bytes, foot);
    return !memcmp(foot, found, FOOT_LEN);
}

/* What wr_run_folder_find found, open, and the length of its records; -1 for WR_PART_NONE. */
static int open_part(wr_run_folder *f, const wr_run_key *key, wr_part *part, uint64_t *bytes)
{
    for (*part = WR_PART_OK; *part < WR_PART_NONE; (*part)++) {
        const int fd = wr_os_open_read(part_name(f, 0, key, *part));
        if (fd >= 0 && check_foot(fd, bytes))
            return fd;
        if (fd >= 0)
            wr_os_close(fd);
    }
    return -1;
}

wr_part wr_run_folder_find(wr_run_folder *f, const wr_run_key *key)
{
    uint64_t bytes;
    wr_part part;
    const int fd = open_part(f, key, &part, &bytes);

    if (fd >= 0)
        wr_os_close(fd);
    return part;
}

/* Two keys of one byte would only wait for each other. */
static uint64_t byte_of(const wr_run_key *key)
{
    uint64_t n = 0;

    for (size_t i = 0; i < sizeof n; i++)
        n = n << 8 | key->bytes[i];
    return n & (LOCK_KEYS - 1);
}

bool wr_run_folder_claim(wr_run_folder *f, const wr_run_key *key, bool wait, bool *taken,
                         wr_error *err)
{
    return lock(f, byte_of(key), wait, taken, err);
}

void wr_run_folder_release(wr_run_folder *f, const wr_run_key *key)
{
    wr_os_unlock(f->locks, byte_of(key));
}

/* A file that a killed run left is taken away and not written to: its worker may still do that. */
bool wr_run_folder_create(wr_run_folder *f, const wr_run_key *key, int *fd, wr_error *err)
{
    const char *path = part_name(f, 0, key, WR_PART_NONE);
    char *slash = strrchr(f->names[0], '/');

    *slash = '\0';
    if (!make_folder(path, err))
        return false;
    *slash = '/';
    wr_os_remove_file(path);
    *fd = wr_os_create(path);
    return *fd >= 0 || wr_os_fail(err, path, "cannot be created");
}

void wr_run_folder_drop(wr_run_folder *f, const wr_run_key *key, int fd)
{
    wr_os_close(fd);
    wr_os_remove_file(part_name(f, 0, key, WR_PART_NONE));
}

bool wr_run_folder_keep(wr_run_folder *f, const wr_run_key *key, int fd, wr_part part,
                        wr_error *err)
{
    const char *from = part_name(f, 0, key, WR_PART_NONE), *to = part_name(f, 1, key, part);
    char foot[FOOT_LEN + 1];
    uint64_t bytes = 0;
    wr_place place;
    bool done = wr_os_describe(fd, &place, &bytes);

    foot_of(bytes, foot);
    done = done && wr_os_write_all(fd, (const uint8_t *)foot, FOOT_LEN);
    if ((!wr_os_close(fd) || !done || !wr_os_rename(from, to)) &&
        !wr_os_fail(err, to, "cannot be written")) {
        wr_os_remove_file(from);
        return false;
    }
    if (part != WR_PART_AGAIN)
        wr_os_remove_file(part_name(f, 1, key, WR_PART_AGAIN));
    return true;
}

/* ---- gathering ------------------------------------------------------------------------------- */

static bool gather_part(wr_run_folder *f, const wr_run_key *key, wr_gather *g, wr_error *err)
{
    uint64_t bytes;
    wr_part part;
    const int fd = open_part(f, key, &part, &bytes);

    if (fd < 0)
        return wr_fail(err, WR_E_IO, f->path, WR_NO_OFFSET,
                       "records have gone since they were made: run again");
    wr_os_close(fd);
    return wr_gather_file(g, f->names[0], bytes, err);
}

static bool gather(wr_run_folder *f, const wr_run_key *keys, size_t num_keys, const char *output,
                   wr_error *err)
{
    bool done = true;
    wr_out *out;
    wr_gather g;

    if (!wr_out_file_by(output, name(f, 1, "gathered.tmp"), &out, err))
        return false;
    wr_gather_begin(&g, out);
    for (size_t i = 0; done && i < num_keys; i++)
        done = gather_part(f, &keys[i], &g, err);
    wr_gather_end(&g);
    if (done)
        return wr_out_finish(out, err);
    wr_out_discard(out);
    return false;
}

bool wr_run_folder_gather(wr_run_folder *f, const wr_run_key *keys, size_t num_keys,
                          const char *output, wr_error *err)
{
    bool taken, done;

    if (!lock(f, LOCK_GATHER, true, &taken, err))
        return false;
    if (!taken)
        return wr_os_fail(err, f->path, "its parts could not be gathered");
    done = gather(f, keys, num_keys, output, err);
    wr_os_unlock(f->locks, LOCK_GATHER);
    return done;
}
