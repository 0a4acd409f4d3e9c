#include "base/console_windows.h"

#ifdef _WIN32

#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 4
#endif

/* Bytes that are converted at once. */
#define PIECE 4096

/* Of one descriptor; no other is a console. */
struct console {
    DWORD mode; /* before it was asked for more */
    bool asked;
    char begun[4]; /* a letter whose end was not written yet */
    size_t num_begun;
};

static struct console consoles[3];

static HANDLE handle_of(int fd)
{
    return (HANDLE)_get_osfhandle(fd);
}

bool wr_console_is(int fd)
{
    DWORD mode;
    return (fd == 1 || fd == 2) && GetConsoleMode(handle_of(fd), &mode);
}

/* A console outlives the program, and other programs write to it. */
static void put_back(void)
{
    for (int fd = 1; fd <= 2; fd++)
        if (consoles[fd].asked)
            SetConsoleMode(handle_of(fd), consoles[fd].mode);
}

bool wr_console_obeys(int fd)
{
    struct console *c = &consoles[fd];

    if (!wr_console_is(fd))
        return false;
    if (c->asked)
        return true;
    if (!GetConsoleMode(handle_of(fd), &c->mode) ||
        !SetConsoleMode(handle_of(fd), c->mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING))
        return false;
    c->asked = true;
    atexit(put_back);
    return true;
}

/* How many of the bytes are whole letters. */
static size_t whole(const char *bytes, size_t len)
{
    size_t back = 0;

    while (back < 3 && back < len && ((unsigned char)bytes[len - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back == len)
        return len;
    const unsigned char first = (unsigned char)bytes[len - 1 - back];
    const size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return size > back + 1 ? len - 1 - back : len;
}

static bool put(int fd, const char *bytes, size_t len)
{
    wchar_t wide[PIECE];
    const int units = MultiByteToWideChar(CP_UTF8, 0, bytes, (int)len, wide, PIECE);
    DWORD done = 0;

    for (DWORD at = 0; at < (DWORD)units; at += done)
        if (!WriteConsoleW(handle_of(fd), wide + at, (DWORD)units - at, &done, NULL) || !done)
            return false;
    return true;
}

long wr_console_write(int fd, const char *bytes, size_t len)
{
    struct console *c = &consoles[fd];
    const long written = (long)len;

    while (len) {
        char piece[PIECE];
        size_t used = c->num_begun, take = len < PIECE - used ? len : PIECE - used;

        memcpy(piece, c->begun, used);
        memcpy(piece + used, bytes, take);
        bytes += take;
        len -= take;
        used += take;
        take = whole(piece, used);
        c->num_begun = used - take;
        memcpy(c->begun, piece + take, c->num_begun);
        if (take && !put(fd, piece, take))
            return -1;
    }
    return written;
}

#endif
