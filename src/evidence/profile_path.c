#include "evidence/profile_path.h"

#include "base/text.h"

#include <string.h>

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

const char *wr_path_base(const char *path)
{
    const char *base = path;

    for (const char *p = path; *p; p++)
        if (is_separator(*p))
            base = p + 1;
    return base;
}

static char folded(char c)
{
    if (c == '\\')
        return '/';
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_path(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (folded(a[i]) != folded(b[i]))
            return false;
    return true;
}

bool wr_path_ends(const char *path, const char *tail)
{
    size_t n = strlen(path), t = strlen(tail);

    return n >= t && same_path(path + n - t, tail, t) && (n == t || is_separator(path[n - t - 1]));
}

typedef struct account {
    const char *tail, *sid;
} account;

static const account whole_paths[] = {
    { "config/DEFAULT", "S-1-5-18" },
    { "systemprofile/NTUSER.DAT", "S-1-5-18" },
    { "ServiceProfiles/LocalService/NTUSER.DAT", "S-1-5-19" },
    { "ServiceProfiles/NetworkService/NTUSER.DAT", "S-1-5-20" },
    { "Documents and Settings/LocalService/NTUSER.DAT", "S-1-5-19" },
    { "Documents and Settings/NetworkService/NTUSER.DAT", "S-1-5-20" },
};

/* The name that a hive stores of its own file has lost its beginning, and so have collections. */
static const account cut_paths[] = {
    { "LocalService/NTUSER.DAT", "S-1-5-19" },
    { "NetworkService/NTUSER.DAT", "S-1-5-20" },
};

static const char *account_of(const char *path, const account *rows, size_t num_rows)
{
    for (size_t i = 0; i < num_rows; i++)
        if (wr_path_ends(path, rows[i].tail))
            return rows[i].sid;
    return NULL;
}

/* The name behind `folder` in the path, where a further part follows; its length, 0 = none. */
static size_t name_below(const char *path, const char *folder, const char **name)
{
    size_t n = strlen(folder), len = strlen(path);

    for (size_t at = 0; at + n + 1 < len; at++) {
        size_t end = at + n + 1;
        if ((at && !is_separator(path[at - 1])) || !is_separator(path[at + n]) ||
            !same_path(path + at, folder, n))
            continue;
        while (path[end] && !is_separator(path[end]))
            end++;
        *name = path + at + n + 1;
        if (path[end] && path + end > *name)
            return (size_t)(path + end - *name);
    }
    return 0;
}

const char *wr_profile_owner(const char *path, wr_arena *arena)
{
    static const char *const folders[] = { "Users", "Documents and Settings" };
    const char *sid = account_of(path, whole_paths, sizeof whole_paths / sizeof *whole_paths);
    const char *name;

    if (sid)
        return sid;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t n = name_below(path, folders[i], &name);
        if (n)
            return wr_arena_format(arena, "%s/%.*s", folders[i], (int)n, name);
    }
    sid = account_of(path, cut_paths, sizeof cut_paths / sizeof *cut_paths);
    return sid ? sid : "";
}
