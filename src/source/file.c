#include "source/file.h"

#include "base/os.h"
#include "source/mapping.h"
#include "winroots/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_READ ((size_t)64 * 1024)

struct wr_file {
    wr_arena arena; /* holds this file and its label */
    const char *label;
    wr_mapping *mapping; /* NULL: the bytes were read into memory */
    int fd;              /* of a mapped file, else -1             */
    uint8_t *bytes;
    size_t len;
};

/* Reads to the end, whose place nobody knows before; `most` is a bound on it. */
static bool read_all(wr_file *f, int fd, uint64_t most, wr_error *err)
{
    size_t room = 0;

    for (;;) {
        long n;

        if (f->len == room) {
            size_t more = room ? room * 2 : FIRST_READ;
            uint8_t *larger = more > room ? realloc(f->bytes, more) : NULL;
            if (!larger)
                return wr_fail_memory(err);
            f->bytes = larger;
            room = more;
        }
        n = wr_os_read(fd, f->bytes + f->len, room - f->len);
        if (n < 0)
            return wr_os_fail(err, f->label, "cannot be read");
        if (n == 0)
            return true;
        f->len += (size_t)n;
        if (f->len > most)
            return wr_fail(err, WR_E_LIMIT, f->label, WR_NO_OFFSET,
                           "more than %" PRIu64 " bytes that cannot be mapped", most);
    }
}

/* A size of 0 is what files say that are made as they are read, as those of /proc. */
static bool take(wr_file *f, int fd, wr_error *err)
{
    wr_place place;
    uint64_t size;

    if (!wr_os_describe(fd, &place, &size))
        return wr_os_fail(err, f->label, "cannot be opened");
    if (place == WR_PLACE_FOLDER)
        return wr_fail(err, WR_E_IO, f->label, WR_NO_OFFSET, "a folder, expected a file");
    if (place != WR_PLACE_FILE || size == 0)
        return read_all(f, fd, WR_LIMIT_MEMBER_BYTES, err);
    if (size > SIZE_MAX)
        return wr_fail(err, WR_E_LIMIT, f->label, WR_NO_OFFSET,
                       "%" PRIu64 " bytes, expected at most %zu on this machine", size, SIZE_MAX);
    f->mapping = wr_mapping_open(fd, (size_t)size);
    if (f->mapping) {
        f->bytes = wr_mapping_bytes(f->mapping);
        f->len = (size_t)size;
        f->fd = fd;
        return true;
    }
    return errno == ENODEV ? read_all(f, fd, UINT64_MAX, err)
                           : wr_os_fail(err, f->label, "cannot be mapped");
}

static wr_file *new_file(const char *label)
{
    wr_arena arena;
    wr_file *f;

    wr_arena_init(&arena, SIZE_MAX);
    f = WR_NEW(&arena, wr_file, 1);
    if (!f || !(f->label = wr_arena_text(&arena, label))) {
        wr_arena_free(&arena);
        return NULL;
    }
    f->arena = arena;
    f->fd = -1;
    return f;
}

bool wr_file_open(const char *path, const char *label, wr_file **out, wr_error *err)
{
    wr_file *f = new_file(label ? label : path);
    bool done;
    int fd;

    if (!f)
        return wr_fail_memory(err);
    fd = wr_os_open_read(path);
    done = fd >= 0 ? take(f, fd, err) : wr_os_fail(err, f->label, "cannot be opened");
    if (fd >= 0 && f->fd < 0)
        wr_os_close(fd);
    if (!done) {
        wr_file_close(f);
        return false;
    }
    *out = f;
    return true;
}

void wr_file_close(wr_file *file)
{
    wr_arena arena;

    if (!file)
        return;
    if (file->mapping) {
        wr_mapping_close(file->mapping);
        wr_os_close(file->fd);
    } else {
        free(file->bytes);
    }
    arena = file->arena;
    wr_arena_free(&arena);
}

uint8_t *wr_file_private(wr_file *file)
{
    return file->bytes;
}

wr_view wr_file_view(const wr_file *file)
{
    return (wr_view){ file->bytes, file->len, 0, file->label };
}

/* What is cut from the last page reads as zeros without a fault; the size tells. */
bool wr_file_failed(const wr_file *file)
{
    wr_place place;
    uint64_t size;

    return file->mapping && (wr_mapping_failed(file->mapping) ||
                             !wr_os_describe(file->fd, &place, &size) || size < file->len);
}
