#include "fleet/host_list.h"

#include "base/os.h"
#include "winroots/limits.h"

#include <string.h>

bool wr_host_list_begin(const char *const *given, size_t num_given, const char *path, bool null,
                        wr_arena *arena, wr_host_list *out, wr_error *err)
{
    wr_host_list list = {
        .given = given, .num_given = num_given, .path = path, .null = null, .fd = -1
    };

    if (path) {
        list.entry = WR_NEW(arena, char, WR_LIMIT_FLEET_PATH + 1);
        list.buffer = WR_NEW(arena, char, WR_HOST_LIST_BUFFER);
        if (!list.entry || !list.buffer)
            return wr_fail_memory(err);
        if (wr_os_target(path) == WR_PLACE_FOLDER)
            return wr_fail(err, WR_E_USAGE, path, WR_NO_OFFSET,
                           "a folder, expected a list of evidence");
        list.fd = strcmp(path, "-") ? wr_os_open_read(path) : 0;
        if (list.fd < 0)
            return wr_os_fail(err, path, "cannot be opened");
    }
    *out = list;
    return true;
}

void wr_host_list_end(wr_host_list *list)
{
    if (list->fd > 0)
        wr_os_close(list->fd);
    list->fd = -1;
}

/* The next byte of the list; -1 at its end, -2 where it cannot be read. */
static int next_byte(wr_host_list *l)
{
    if (l->used == l->filled) {
        const long n = wr_os_read(l->fd, l->buffer, WR_HOST_LIST_BUFFER);
        if (n <= 0)
            return n < 0 ? -2 : -1;
        l->used = 0;
        l->filled = (size_t)n;
    }
    return (unsigned char)l->buffer[l->used++];
}

static bool too_long(const wr_host_list *l, wr_error *err)
{
    return wr_fail(err, WR_E_LIMIT, l->path, WR_NO_OFFSET,
                   "entry %zu is longer than %d bytes: is this a list of evidence%s?",
                   l->entries + 1, WR_LIMIT_FLEET_PATH, l->null ? ", with a NUL behind each" : "");
}

/* One entry without what ends it, perhaps an empty one; *end where the list ends behind it. */
static bool read_entry(wr_host_list *l, size_t *len, bool *end, wr_error *err)
{
    const int separator = l->null ? '\0' : '\n';
    int byte;

    for (*len = 0; (byte = next_byte(l)) >= 0 && byte != separator;) {
        if (byte == '\0')
            return wr_fail(err, WR_E_MALFORMED, l->path, WR_NO_OFFSET,
                           "entry %zu holds a NUL: a list whose names end with one needs --null",
                           l->entries + 1);
        if (*len == WR_LIMIT_FLEET_PATH)
            return too_long(l, err);
        l->entry[(*len)++] = (char)byte;
    }
    if (byte == -2)
        return wr_os_fail(err, l->path, "cannot be read");
    *end = byte == -1;
    if (!l->null && *len && l->entry[*len - 1] == '\r')
        (*len)--;
    l->entry[*len] = '\0';
    return true;
}

bool wr_host_list_next(wr_host_list *l, const char **out, wr_error *err)
{
    bool end = l->fd < 0;
    size_t len = 0;

    *out = NULL;
    if (l->num_given) {
        l->num_given--;
        *out = *l->given++;
        return true;
    }
    while (!end && !len)
        if (!read_entry(l, &len, &end, err))
            return false;
    if (!len)
        return true;
    if (++l->entries > WR_LIMIT_FLEET_HOSTS)
        return wr_fail(err, WR_E_LIMIT, l->path, WR_NO_OFFSET, "more than %d entries",
                       WR_LIMIT_FLEET_HOSTS);
    *out = l->entry;
    return true;
}
