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
    wr_mapping *mapping;   /* NULL: the bytes were read into memory */
    int fd;                /* of a mapped file, else -1             */
    bool shared;           /* the bytes, or what they are mapped from, are another file's */
    wr_file_source source; /* of a file that is filled from one, else all NULL */
    uint8_t *bytes;
    size_t len;
};

struct stream {
    wr_file_read_fn *read;
    void *context;
    uint64_t size, most; /* what it says it has, and the bound on what it gives */
};

/* A size that is told is believed only so far: memory is taken as bytes come. */
static size_t first_room(const struct stream *s)
{
    const uint64_t believed = s->size < WR_LIMIT_EXPANSION_FREE ? s->size : WR_LIMIT_EXPANSION_FREE;
    return believed < FIRST_READ ? FIRST_READ : (size_t)believed + 1; /* one more to see the end */
}

/* Reads to the end, whose place nobody knows before. */
static bool read_all(wr_file *f, const struct stream *s, wr_error *err)
{
    size_t room = 0;

    for (;;) {
        long n;

        if (f->len == room) {
            size_t more = room ? room * 2 : first_room(s);
            uint8_t *larger = more > room ? realloc(f->bytes, more) : NULL;
            if (!larger)
                return wr_fail_memory(err);
            f->bytes = larger;
            room = more;
        }
        n = s->read(s->context, f->bytes + f->len, room - f->len, err);
        if (n < 0)
            return false;
        if (n == 0)
            return true;
        f->len += (size_t)n;
        if (f->len > s->most)
            return wr_fail(err, WR_E_LIMIT, f->label, WR_NO_OFFSET,
                           "more than %" PRIu64 " bytes that cannot be mapped", s->most);
    }
}

struct descriptor {
    int fd;
    const char *label;
};

static long read_descriptor(void *context, uint8_t *bytes, size_t len, wr_error *err)
{
    const struct descriptor *d = context;
    long n = wr_os_read(d->fd, bytes, len);

    if (n < 0)
        wr_os_fail(err, d->label, "cannot be read");
    return n;
}

static bool read_from(wr_file *f, int fd, uint64_t most, wr_error *err)
{
    struct descriptor d = { fd, f->label };
    const struct stream s = { .read = read_descriptor, .context = &d, .most = most };
    return read_all(f, &s, err);
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
        return read_from(f, fd, WR_LIMIT_MEMBER_BYTES, err);
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
    return errno == ENODEV ? read_from(f, fd, UINT64_MAX, err)
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

bool wr_file_read(wr_file_read_fn *read, void *context, uint64_t size, uint64_t most,
                  const char *label, wr_file **out, wr_error *err)
{
    const struct stream s = { read, context, size, most };
    wr_file *f = new_file(label);

    if (!f)
        return wr_fail_memory(err);
    if (!read_all(f, &s, err)) {
        wr_file_close(f);
        return false;
    }
    *out = f;
    return true;
}

/* What is small is read at once. */
static bool fill(wr_file *f, wr_error *err)
{
    const wr_file_source *source = &f->source;

    if (source->size > FIRST_READ && source->size <= SIZE_MAX)
        f->mapping = wr_mapping_fill((size_t)source->size, source->read, source->context);
    f->len = (size_t)source->size;
    if (f->mapping) {
        f->bytes = wr_mapping_bytes(f->mapping);
        return true;
    }
    if (source->size > SIZE_MAX - 1 || !(f->bytes = malloc((size_t)source->size + 1)))
        return wr_fail_memory(err);
    if (f->len)
        source->read(source->context, 0, f->bytes, f->len);
    return true;
}

bool wr_file_from(const wr_file_source *source, const char *label, wr_file **out, wr_error *err)
{
    wr_file *f = new_file(label);

    if (!f) {
        source->close(source->context);
        return wr_fail_memory(err);
    }
    f->source = *source;
    if (!fill(f, err)) {
        wr_file_close(f);
        return false;
    }
    *out = f;
    return true;
}

uint64_t wr_file_unread(const wr_file *file, uint64_t *first)
{
    return file->source.unread ? file->source.unread(file->source.context, first) : 0;
}

bool wr_file_share(const wr_file *file, const char *label, wr_file **out, wr_error *err)
{
    wr_file *f = new_file(label);

    if (!f)
        return wr_fail_memory(err);
    f->bytes = file->bytes;
    f->len = file->len;
    f->shared = true;
    *out = f;
    return true;
}

bool wr_file_twin(const wr_file *file, wr_file **out, wr_error *err)
{
    wr_file *f;

    if (file->fd < 0)
        return wr_fail(err, WR_E_UNSUPPORTED, file->label, WR_NO_OFFSET,
                       "bytes that are in memory");
    if (!(f = new_file(file->label)))
        return wr_fail_memory(err);
    if (!(f->mapping = wr_mapping_open(file->fd, file->len))) {
        wr_os_fail(err, f->label, "cannot be mapped");
        wr_file_close(f);
        return false;
    }
    f->bytes = wr_mapping_bytes(f->mapping);
    f->len = file->len;
    f->fd = file->fd;
    f->shared = true;
    *out = f;
    return true;
}

void wr_file_close(wr_file *file)
{
    wr_arena arena;

    if (!file)
        return;
    if (file->mapping)
        wr_mapping_close(file->mapping);
    else if (!file->shared)
        free(file->bytes);
    if (file->fd >= 0 && !file->shared)
        wr_os_close(file->fd);
    if (file->source.close)
        file->source.close(file->source.context);
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

    return file->fd >= 0 && (wr_mapping_failed(file->mapping) ||
                             !wr_os_describe(file->fd, &place, &size) || size < file->len);
}
