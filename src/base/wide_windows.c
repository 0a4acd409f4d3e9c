#include "base/wide_windows.h"

#ifdef _WIN32

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <windows.h>

/* A folder made by the old rules leaves room for a name of 8.3 in it. */
#define OLD_LIMIT (MAX_PATH - 12)

/* The next letter of UTF-8, surrogates among them; 0 where there is none. */
static uint32_t next_letter(const unsigned char **at)
{
    const unsigned char *p = *at;
    const unsigned more = *p < 0x80 ? 0 : *p < 0xC2 ? 4 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
    uint32_t c = more == 0 ? *p : *p & (0x3Fu >> more);

    if (more > 3)
        return 0;
    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3F);
    }
    *at = p + 1 + more;
    return c > 0x10FFFF ? 0 : c;
}

static bool widen(const char *text, wchar_t *out, size_t room)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at) {
        const uint32_t c = next_letter(&at);
        const size_t units = c > 0xFFFF ? 2 : 1;

        if (c == 0 || room <= units) {
            errno = c == 0 ? EINVAL : ENAMETOOLONG;
            return false;
        }
        if (units == 2)
            *out++ = (wchar_t)(0xD7C0 + (c >> 10));
        *out++ = (wchar_t)(units == 2 ? 0xDC00 | (c & 0x3FF) : c);
        room -= units;
    }
    *out = L'\0';
    return true;
}

static bool is_raw(const wchar_t *path)
{
    return wcsncmp(path, L"\\\\?\\", 4) == 0 || wcsncmp(path, L"\\\\.\\", 4) == 0;
}

/* Behind "\\?\" nothing is made of a path any more, so what was typed with "/" has "\" here. */
static void turn_slashes(wchar_t *path)
{
    for (; *path; path++)
        if (*path == L'/')
            *path = L'\\';
}

static bool make_raw(wchar_t *path)
{
    static const wchar_t local[] = L"\\\\?\\", share[] = L"\\\\?\\UNC\\";
    wchar_t full[WR_WIDE_PATH];
    const DWORD len = GetFullPathNameW(path, WR_WIDE_PATH, full, NULL);
    const bool is_share = len > 2 && full[0] == L'\\' && full[1] == L'\\';
    const wchar_t *prefix = is_share ? share : local, *rest = is_share ? full + 2 : full;

    if (len == 0 || len + 8 >= WR_WIDE_PATH) {
        errno = ENAMETOOLONG;
        return false;
    }
    wcscpy(path, prefix);
    wcscat(path, rest);
    return true;
}

bool wr_wide_path(const char *path, wchar_t *out)
{
    if (!widen(path, out, WR_WIDE_PATH))
        return false;
    if (is_raw(out)) {
        turn_slashes(out);
        return true;
    }
    return wcslen(out) < OLD_LIMIT || make_raw(out);
}

static bool is_pair(const wchar_t *wide)
{
    return wide[0] >= 0xD800 && wide[0] < 0xDC00 && wide[1] >= 0xDC00 && wide[1] < 0xE000;
}

bool wr_wide_narrow(const wchar_t *wide, char *out, size_t size)
{
    while (*wide) {
        const bool pair = is_pair(wide);
        const uint32_t c =
            pair ? 0x10000u + ((uint32_t)(wide[0] & 0x3FF) << 10) + (wide[1] & 0x3FFu) : *wide;
        const unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        static const unsigned char first[] = { 0, 0xC0, 0xE0, 0xF0 };

        if (size <= more + 1)
            return false;
        for (unsigned i = more; i > 0; i--)
            out[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3F));
        out[0] = (char)(first[more] | c >> 6 * more);
        out += more + 1;
        size -= more + 1;
        wide += pair ? 2 : 1;
    }
    if (size == 0)
        return false;
    *out = '\0';
    return true;
}

#endif
