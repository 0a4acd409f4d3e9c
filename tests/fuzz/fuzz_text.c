/* fuzz_text.c - any bytes as a pattern, a path, a name and a text for people, NUL between them:
 * what matches is entered, a member's path leads nowhere else, and what is written for a terminal
 * or a page obeys neither. */
#include "base/text.h"
#include "base/time.h"
#include "base/wrap.h"
#include "output/html_text.h"
#include "source/member_name.h"
#include "source/pattern.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_pattern(const char *pattern, char *path)
{
    bool matches = wr_pattern_matches(pattern, path);

    check(!matches || wr_pattern_ends(pattern, path));
    if (strstr(path, "//") || (*path && path[strlen(path) - 1] == '/'))
        return; /* no tree has such a path */
    for (char *slash = path; matches && (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        check(wr_pattern_enters(pattern, path));
        *slash = '/';
    }
    check(!matches || wr_pattern_enters(pattern, ""));
}

static void check_member(const char *name, wr_arena *arena)
{
    char *path = wr_arena_text(arena, name), *again;

    check(path != NULL);
    if (!wr_member_path(path))
        return;
    check(*path && *path != '/' && !strstr(path, "//") && !strchr(path, '\\'));
    check(strncmp(path, "../", 3) && !strstr(path, "/../") && strcmp(path, ".."));
    check(path[strlen(path) - 1] != '/');
    again = wr_arena_text(arena, path);
    check(again && wr_member_path(again) && !strcmp(path, again));
}

static void check_utf8(const char *text)
{
    uint32_t c;

    for (size_t left = strlen(text), n; left; left -= n, text += n) {
        n = wr_text_char(text, left, &c);
        check(n > 0 && n <= left);
    }
}

/* No line is wider than it may be, unless one word is. */
static void check_wrapped(const char *text)
{
    wr_error err;
    wr_out *out;
    wr_view bytes;

    check(wr_out_memory(&out, &err));
    wr_out_wrapped(out, 4, text);
    check(wr_out_finish(out, &err));
    bytes = wr_out_bytes(out);
    check(bytes.len && bytes.data[bytes.len - 1] == '\n');
    for (size_t at = 0, n; at < bytes.len; at += n + 1) {
        char line[256];
        n = (size_t)((const uint8_t *)memchr(bytes.data + at, '\n', bytes.len - at) -
                     (bytes.data + at));
        if (n >= sizeof line)
            continue;
        memcpy(line, bytes.data + at, n);
        line[n] = '\0';
        check(wr_text_width(line) <= WR_LINE_WIDTH || !strchr(line + strspn(line, " "), ' '));
    }
    wr_out_discard(out);
}

static void check_people(const char *text, wr_arena *arena)
{
    const char *printable = wr_text_printable(arena, text);
    wr_error err;
    wr_out *out;
    uint32_t c;

    check(printable != NULL);
    check_utf8(printable);
    check_wrapped(printable);
    for (const char *at = printable; wr_text_next(&at, &c);)
        check(!wr_text_is_control(c));
    check(wr_out_memory(&out, &err));
    wr_html_text(out, text);
    wr_out_write(out, "", 1);
    check(wr_out_finish(out, &err));
    check(!strpbrk((const char *)wr_out_bytes(out).data, "<>\"'"));
    wr_out_discard(out);
}

static void check_time(const char *text)
{
    char written[WR_TIME_TEXT];
    wr_time time, again;

    if (!wr_time_parse(text, &time))
        return;
    wr_time_text(time, written);
    check(wr_time_parse(written, &again) && again == time);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view v = { data, len, 0, "fuzz" };
    const char *utf8, *parts[4];
    wr_arena arena;
    char *text;

    wr_arena_init(&arena, (size_t)64 << 20);
    text = WR_NEW(&arena, char, len + 4);
    check(text != NULL);
    if (len)
        memcpy(text, data, len);
    for (size_t i = 0; i < 4; i++) {
        parts[i] = text;
        text += strlen(text) + (text + strlen(text) < parts[0] + len);
    }
    utf8 = wr_text_utf8(&arena, v);
    check(utf8 != NULL);
    check_utf8(utf8);
    check((utf8 = wr_text(&arena, v, WR_UTF16LE)) != NULL);
    check_utf8(utf8);
    check((utf8 = wr_text(&arena, v, WR_LATIN1)) != NULL);
    check_utf8(utf8);
    if (len < 2048) /* a pattern is ours and short: its cost grows with both */
        check_pattern(parts[0], wr_arena_text(&arena, parts[1]));
    check_member(parts[2], &arena);
    check_time(parts[2]);
    check_people(parts[3], &arena);
    wr_arena_free(&arena);
    return 0;
}
