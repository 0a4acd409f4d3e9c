#include "base/outfile.h"

#include "base/arena.h"
#include "base/os.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER ((size_t)64 * 1024)

enum sink { TO_FILE, TO_STDOUT, TO_MEMORY };

struct wr_out {
    wr_arena arena; /* holds this sink and its names */
    enum sink sink;
    int fd;
    const char *path;      /* "" where there is none */
    const char *temporary; /* NULL: written in place */
    uint8_t *buffer;
    size_t used, room;
    bool failed; /* then `error` says why */
    wr_error error;
};

static void free_sink(wr_out *out)
{
    wr_arena arena = out->arena;

    free(out->buffer);
    wr_arena_free(&arena);
}

static bool new_sink(enum sink sink, const char *path, wr_out **out, wr_error *err)
{
    wr_arena arena;
    wr_out *made = NULL;

    wr_arena_init(&arena, SIZE_MAX);
    made = WR_NEW(&arena, wr_out, 1);
    if (!made || !(made->path = wr_arena_text(&arena, path)) || !(made->buffer = malloc(BUFFER))) {
        wr_arena_free(&arena);
        return wr_fail_memory(err);
    }
    made->arena = arena;
    made->sink = sink;
    made->fd = -1;
    made->room = BUFFER;
    *out = made;
    return true;
}

/* What is there and is no plain file (a device, a pipe, a link) keeps its nature: it is written in
 * place and never renamed over. */
static bool open_sink(wr_out *out, wr_error *err)
{
    wr_place place = wr_os_place(out->path);

    if (place == WR_PLACE_FOLDER)
        return wr_fail(err, WR_E_IO, out->path, WR_NO_OFFSET, "a folder, expected a file to write");
    if (place == WR_PLACE_OTHER)
        return (out->fd = wr_os_open_in_place(out->path)) >= 0 ||
               wr_os_fail(err, out->path, "cannot be written");
    for (unsigned attempt = 0; attempt < WR_OS_TEMPORARY_NAMES; attempt++) {
        char *name = wr_os_temporary_name(&out->arena, out->path, attempt);
        if (!name)
            return wr_fail_memory(err);
        wr_os_hold_interrupts();
        if ((out->fd = wr_os_create(name)) >= 0) {
            out->temporary = name;
            return true;
        }
        wr_os_release_interrupts();
        if (errno != EEXIST)
            break;
    }
    return wr_os_fail(err, out->path, "cannot be created");
}

bool wr_out_file(const char *path, wr_out **out, wr_error *err)
{
    wr_out *made = NULL;

    if (!new_sink(TO_FILE, path, &made, err))
        return false;
    if (!open_sink(made, err)) {
        free_sink(made);
        return false;
    }
    *out = made;
    return true;
}

bool wr_out_file_by(const char *path, const char *temporary, wr_out **out, wr_error *err)
{
    wr_out *made = NULL;

    if (!new_sink(TO_FILE, path, &made, err))
        return false;
    wr_os_remove_file(temporary);
    made->temporary = wr_arena_text(&made->arena, temporary);
    if (!made->temporary)
        (void)wr_fail_memory(err);
    else if ((made->fd = wr_os_create(temporary)) < 0)
        (void)wr_os_fail(err, temporary, "cannot be created");
    if (made->fd < 0) {
        free_sink(made);
        return false;
    }
    *out = made;
    return true;
}

bool wr_out_stdout(wr_out **out, wr_error *err)
{
    int fd = wr_os_stdout();

    if (fd < 0)
        return wr_os_fail(err, "standard output", "cannot be written");
    if (!new_sink(TO_STDOUT, "standard output", out, err))
        return false;
    (*out)->fd = fd;
    return true;
}

bool wr_out_memory(wr_out **out, wr_error *err)
{
    return new_sink(TO_MEMORY, "", out, err);
}

static void flush(wr_out *out)
{
    if (!out->failed && !wr_os_write_all(out->fd, out->buffer, out->used))
        out->failed = !wr_os_fail(&out->error, out->path, "cannot be written");
    out->used = 0;
}

/* Room for `n` more bytes in the buffer, which grows only where it must. */
static bool reserve(wr_out *out, size_t n)
{
    size_t room = out->room;
    uint8_t *larger;

    if (!out->failed && out->sink != TO_MEMORY && n > out->room - out->used)
        flush(out);
    if (out->failed)
        return false;
    if (n <= out->room - out->used)
        return true;
    while (room - out->used < n && room <= SIZE_MAX / 2)
        room *= 2;
    larger = room - out->used < n ? NULL : realloc(out->buffer, room);
    if (!larger) {
        out->failed = !wr_fail_memory(&out->error);
        return false;
    }
    out->buffer = larger;
    out->room = room;
    return true;
}

void wr_out_write(wr_out *out, const void *bytes, size_t len)
{
    if (!out->failed && len && len <= out->room - out->used && len < BUFFER) { /* nearly always */
        memcpy(out->buffer + out->used, bytes, len);
        out->used += len;
    } else if (out->sink != TO_MEMORY && len >= BUFFER) {
        flush(out);
        if (!out->failed && !wr_os_write_all(out->fd, bytes, len))
            out->failed = !wr_os_fail(&out->error, out->path, "cannot be written");
    } else if (len && reserve(out, len)) {
        memcpy(out->buffer + out->used, bytes, len);
        out->used += len;
    }
}

void wr_out_text(wr_out *out, const char *text)
{
    wr_out_write(out, text, strlen(text));
}

void wr_out_printf(wr_out *out, const char *fmt, ...)
{
    char text[512]; /* nearly all fit */
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(text, sizeof text, fmt, ap);
    if (n > 0 && (size_t)n < sizeof text) {
        wr_out_write(out, text, (size_t)n);
    } else if (n > 0 && reserve(out, (size_t)n + 1)) {
        vsnprintf((char *)out->buffer + out->used, (size_t)n + 1, fmt, again);
        out->used += (size_t)n;
    }
    va_end(again);
    va_end(ap);
}

wr_view wr_out_bytes(const wr_out *out)
{
    return (wr_view){ out->buffer, out->used, 0, out->path };
}

void wr_out_clear(wr_out *out)
{
    out->used = 0;
}

/* Closes what is open, and takes away the file where it is not wanted. */
static void close_sink(wr_out *out, bool keep)
{
    if (out->sink == TO_FILE && !wr_os_close(out->fd) && !out->failed)
        out->failed = !wr_os_fail(&out->error, out->path, "cannot be written");
    if (!out->temporary)
        return;
    if (keep && !out->failed && !wr_os_rename(out->temporary, out->path))
        out->failed = !wr_os_fail(&out->error, out->path, "cannot be put in place");
    if (!keep || out->failed)
        wr_os_remove_file(out->temporary);
    wr_os_release_interrupts();
}

bool wr_out_finish(wr_out *out, wr_error *err)
{
    bool done;

    if (out->sink != TO_MEMORY) {
        flush(out);
        if (out->temporary && !out->failed && !wr_os_sync(out->fd))
            out->failed = !wr_os_fail(&out->error, out->path, "cannot be written");
        close_sink(out, true);
    }
    done = !out->failed;
    if (!done)
        *err = out->error;
    if (out->sink != TO_MEMORY)
        free_sink(out);
    return done;
}

void wr_out_discard(wr_out *out)
{
    if (!out)
        return;
    close_sink(out, false);
    free_sink(out);
}
