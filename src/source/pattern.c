#include "source/pattern.h"

#include "base/text.h"

#include <string.h>

struct name {
    const char *text;
    size_t len;
};

/* The first name of a path, and what follows its '/'; NULL where it was the last. */
static struct name first_name(const char *path, const char **rest)
{
    const char *slash = strchr(path, '/');

    *rest = slash ? slash + 1 : NULL;
    return (struct name){ path, slash ? (size_t)(slash - path) : strlen(path) };
}

static bool same_letter(char a, char b)
{
    const char x[2] = { a, 0 }, y[2] = { b, 0 };

    /* A mounted volume asks this hundreds of millions of times, mostly of two different letters. */
    if (a == b)
        return true;
    if (((a ^ b) & ~0x20) && !((a | b) & 0x80))
        return false;
    return wr_text_compare(x, y) == 0;
}

/* Falls back to the last `*` only: the time is at most the product of the lengths. */
static bool name_matches(struct name pattern, struct name name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;

    while (n < name.len) {
        if (p < pattern.len && pattern.text[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.len &&
                   (pattern.text[p] == '?' || same_letter(pattern.text[p], name.text[n]))) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.text[p] == '*')
        p++;
    return p == pattern.len;
}

static bool is_any_depth(struct name name)
{
    return name.len == 2 && memcmp(name.text, "**", 2) == 0;
}

/* `whole`: the path is a file to be matched to its end; else a folder that something may be below.
 * Recursive in the `**` of a pattern, of which ours have at most one. */
static bool matches(const char *pattern, const char *path, bool whole)
{
    while (path && *path) {
        const char *pattern_rest, *path_rest;
        struct name wanted, name;

        if (!pattern)
            return false;
        wanted = first_name(pattern, &pattern_rest);
        name = first_name(path, &path_rest);
        if (is_any_depth(wanted)) {
            if (!whole || !pattern_rest)
                return true;
            for (const char *p = path; p; first_name(p, &p))
                if (matches(pattern_rest, p, true))
                    return true;
            return false;
        }
        if (!name_matches(wanted, name))
            return false;
        pattern = pattern_rest;
        path = path_rest;
    }
    return whole ? !pattern : pattern != NULL;
}

bool wr_pattern_matches(const char *pattern, const char *path)
{
    return matches(pattern, path, true);
}

bool wr_pattern_ends(const char *pattern, const char *path)
{
    const char *p = path;

    while (p) {
        if (matches(pattern, p, true))
            return true;
        first_name(p, &p);
    }
    return false;
}

bool wr_pattern_enters(const char *pattern, const char *path)
{
    return matches(pattern, path, false);
}
