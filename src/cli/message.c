/* message.c - the only writer to the terminal. */
#include "base/text.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Names from evidence reach messages, so a line is made printable as a whole. */
static void print_line(const char *line)
{
    wr_arena arena;
    const char *printable;

    wr_arena_init(&arena, (size_t)1 << 20);
    printable = wr_text_printable(&arena, line);
    fprintf(stderr, "winroots: %s\n", printable ? printable : "out of memory");
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
    const char *printable;
    wr_arena arena;

    while (tail != path && ((unsigned char)*tail & 0xC0) == 0x80)
        tail++;
    wr_arena_init(&arena, (size_t)1 << 20);
    printable = wr_text_printable(&arena, tail);
    if (*what && printable)
        fprintf(stderr, "\r\033[Kwinroots: %s %s%s", what, tail == path ? "" : "...", printable);
    else
        fputs("\r\033[K", stderr);
    fflush(stderr);
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

void wr_print(const char *text)
{
    fputs(text, stdout);
}

bool wr_stdout_failed(void)
{
    return fflush(stdout) != 0 || ferror(stdout);
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
