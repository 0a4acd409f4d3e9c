#include "fleet/lines.h"

#include "base/os.h"
#include "winroots/limits.h"

#include <string.h>

#define FIRST_ROOM ((size_t)1 << 20)

bool wr_lines_open(const char *path, wr_lines *out, wr_error *err)
{
    *out = (wr_lines){ .path = path, .fd = wr_os_open_read(path) };
    if (out->fd < 0)
        return wr_os_fail(err, path, "cannot be opened");
    wr_arena_init(&out->arena, SIZE_MAX);
    return true;
}

void wr_lines_close(wr_lines *l)
{
    if (l->fd >= 0)
        (void)wr_os_close(l->fd);
    wr_arena_free(&l->arena);
    l->fd = -1;
}

/* What is left stands at the start of a buffer with room behind it. */
static bool make_room(wr_lines *l, wr_error *err)
{
    const size_t left = l->used - l->from;

    if (left == l->room || !l->room) {
        const size_t room = l->room ? 2 * l->room : FIRST_ROOM;
        wr_arena larger;
        uint8_t *buffer;

        wr_arena_init(&larger, SIZE_MAX);
        if (!(buffer = WR_NEW(&larger, uint8_t, room)))
            return wr_fail_memory(err);
        if (left)
            memcpy(buffer, l->buffer + l->from, left);
        wr_arena_free(&l->arena);
        l->arena = larger;
        l->buffer = buffer;
        l->room = room;
    } else if (l->from) {
        memmove(l->buffer, l->buffer + l->from, left);
    }
    l->offset += l->from;
    l->from = 0;
    l->used = left;
    return true;
}

static bool fill(wr_lines *l, wr_error *err)
{
    long got;

    if (l->used == l->room && !make_room(l, err))
        return false;
    got = wr_os_read(l->fd, l->buffer + l->used, l->room - l->used);
    if (got < 0)
        return wr_os_fail(err, l->path, "cannot be read");
    l->used += (size_t)got;
    l->at_end = got == 0;
    return true;
}

bool wr_lines_peek(wr_lines *l, size_t len, wr_view *out, wr_error *err)
{
    while (l->used - l->from < len && !l->at_end)
        if (!fill(l, err))
            return false;
    *out = (wr_view){ .data = l->buffer + l->from,
                      .len = l->used - l->from < len ? l->used - l->from : len,
                      .source = l->path };
    return true;
}

/* Everything up to the next line end is passed over. */
static bool pass_over(wr_lines *l, wr_error *err)
{
    for (;;) {
        uint8_t *end = memchr(l->buffer + l->from, '\n', l->used - l->from);
        if (end) {
            l->from = (size_t)(end - l->buffer) + 1;
            break;
        }
        l->from = l->used;
        if (l->at_end)
            break;
        if (!make_room(l, err) || !fill(l, err))
            return false;
    }
    return wr_fail(err, WR_E_LIMIT, l->path, WR_NO_OFFSET, "a line longer than %zu bytes",
                   WR_LIMIT_REPORT_BYTES);
}

bool wr_lines_next(wr_lines *l, wr_view *line, bool *more, bool *whole, wr_error *err)
{
    size_t looked = 0;

    for (;;) {
        const size_t left = l->used - l->from;
        uint8_t *end =
            left > looked ? memchr(l->buffer + l->from + looked, '\n', left - looked) : NULL;
        size_t len = end ? (size_t)(end - (l->buffer + l->from)) : left;

        if (end || l->at_end) {
            *more = end || len;
            *whole = end != NULL;
            l->number += *more;
            *line = (wr_view){ .data = l->buffer + l->from,
                               .len = len,
                               .origin = l->offset + l->from,
                               .source = l->path };
            l->from += len + (end != NULL);
            if (line->len && line->data[line->len - 1] == '\r')
                line->len--;
            return true;
        }
        if (left > WR_LIMIT_REPORT_BYTES) {
            l->number++;
            return pass_over(l, err);
        }
        looked = left;
        if (!fill(l, err))
            return false;
    }
}
