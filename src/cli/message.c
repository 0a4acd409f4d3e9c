/* message.c - the only writer to the terminal. */
#include "base/os.h"
#include "base/text.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STDOUT 1
#define STDERR 2

/* Past stdio, which knows neither a console's letters nor that a line end is one byte. */
static bool write_text(int fd, const char *text)
{
    return wr_os_write_all(fd, (const uint8_t *)text, strlen(text));
}

static void write_error(const char *text)
{
    (void)write_text(STDERR, text); /* there is nobody left to tell */
}

/* Names from evidence reach messages, so a line is made printable as a whole. */
static void print_line(const char *line)
{
    wr_arena arena;
    const char *printable, *whole = NULL;

    wr_arena_init(&arena, (size_t)1 << 20);
    printable = wr_text_printable(&arena, line);
    if (printable)
        whole = wr_arena_format(&arena, "winroots: %s\n", printable);
    write_error(whole ? whole : "winroots: out of memory\n");
    wr_arena_free(&arena);
}

void wr_message(const wr_error *err)
{
    char line[sizeof err->source + sizeof err->path + sizeof err->message + 64];
    char place[32] = "";

    if (err->offset != WR_NO_OFFSET && err->source[0])
        snprintf(place, sizeof place, ":0x%" PRIx64, err->offset);
    snprintf(line, sizeof line, "%s%s%s%s%s%s", err->source, place, err->source[0] ? ": " : "",
             err->path, err->path[0] ? ": " : "", err->message);
    print_line(line);
}

void wr_message_text(const char *fmt, ...)
{
    char line[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    print_line(line);
}

/* The last bytes of a path say most; cut between letters, whatever they are in UTF-8. */
#define OVER_BYTES 60

void wr_message_over(const char *what, const char *path)
{
    const size_t len = strlen(path);
    const char *tail = len > OVER_BYTES ? path + len - OVER_BYTES : path;
    const char *printable, *line = NULL;
    wr_arena arena;

    while (tail != path && ((unsigned char)*tail & 0xC0) == 0x80)
        tail++;
    wr_arena_init(&arena, (size_t)1 << 20);
    printable = wr_text_printable(&arena, tail);
    if (*what && printable)
        line = wr_arena_format(&arena, "\r\033[Kwinroots: %s %s%s", what, tail == path ? "" : "...",
                               printable);
    write_error(line ? line : "\r\033[K");
    wr_arena_free(&arena);
}

int wr_usage(const char *command, const char *fmt, ...)
{
    char line[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (*command)
        wr_message_text("%s: %s; see `winroots %s --help`", command, line, command);
    else
        wr_message_text("%s; see `winroots --help`", line);
    return EXIT_USAGE;
}

int wr_no_evidence(const char *where)
{
    wr_message_text(
        "%.400s: no evidence could be read; `winroots inspect FILE` says what a file is, "
        "and --store LOC/NAME=FILE where an exported store stood",
        where);
    return EXIT_NO_EVIDENCE;
}

/* Text for standard output goes out together: who reads only its beginning, as `head` does, has it
 * all and closes nothing too early. */
static struct {
    char text[16 * 1024];
    size_t used;
    bool failed;
} printed;

static void flush(void)
{
    printed.text[printed.used] = '\0';
    if (printed.used && !printed.failed)
        printed.failed = !write_text(STDOUT, printed.text);
    printed.used = 0;
}

void wr_print(const char *text)
{
    for (size_t n, left = strlen(text); left; text += n, left -= n) {
        const size_t room = sizeof printed.text - 1 - printed.used;

        n = left < room ? left : room;
        memcpy(printed.text + printed.used, text, n);
        printed.used += n;
        if (n == room)
            flush();
    }
}

bool wr_stdout_failed(void)
{
    flush();
    return printed.failed;
}

bool wr_parse_number(const char *text, uint32_t max, uint32_t *out)
{
    uint64_t n = 0;

    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9' || (n = n * 10 + (uint64_t)(*p - '0')) > max)
            return false;
    }
    *out = (uint32_t)n;
    return *text != '\0';
}
