#include "source/member_name.h"

#include "base/text.h"

#include <string.h>

static bool is_utf8(const char *text)
{
    uint32_t c;
    size_t n;

    for (size_t left = strlen(text); left; text += n, left -= n)
        if (!(n = wr_text_char(text, left, &c)))
            return false;
    return true;
}

const char *wr_member_name(wr_arena *arena, const char *name)
{
    const wr_view v = { (const uint8_t *)name, strlen(name), 0, NULL };
    return is_utf8(name) ? wr_arena_text(arena, name) : wr_text(arena, v, WR_LATIN1);
}

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

bool wr_member_path(char *path)
{
    const char *p = path;
    char *out = path;

    while (*p) {
        const char *name = p;
        size_t len;

        while (*p && !is_separator(*p))
            p++;
        len = (size_t)(p - name);
        while (is_separator(*p))
            p++;
        if (len == 2 && memcmp(name, "..", 2) == 0)
            return false;
        if (len == 0 || (len == 1 && *name == '.'))
            continue;
        if (out == path && len == 2 && name[1] == ':')
            len = 1;
        if (out != path)
            *out++ = '/';
        memmove(out, name, len);
        out += len;
    }
    *out = '\0';
    return out != path;
}

static bool has_ending(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && wr_text_compare(path + n - m, ending) == 0;
}

bool wr_member_is_archive(const char *path)
{
    static const char *const endings[] = { ".zip",    ".7z",      ".tar",    ".tgz",
                                           ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst" };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (has_ending(path, endings[i]))
            return true;
    return false;
}
