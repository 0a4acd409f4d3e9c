/* image_ewf.c - whether all segments of an E01 image are there.
 *
 * OBSERVED libewf 20140813: bytes of a segment that is missing are zeros, without an error. */
#ifdef WR_TSK_LIBRARY

#include "source/folder.h"
#include "source/image.h"

#include <string.h>

/* SPEC EWF (libewf's documentation): a segment ends with the descriptor of a section without data,
 * "next" or, in the last one, "done". */
enum { DESCRIPTOR = 76 };

static bool ends_with(wr_view file, const char *type)
{
    wr_view end;
    return file.len >= DESCRIPTOR && wr_view_slice(file, file.len - DESCRIPTOR, DESCRIPTOR, &end) &&
           wr_view_starts(end, type, strlen(type) + 1);
}

/* Ex01 has other sections, at places of its own. */
static bool is_e01(wr_view file)
{
    return wr_view_starts(file, "EVF\x09", 4);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One letter or digit further; false, and the first one, behind the last. */
static bool advance(char *c, char first, char last)
{
    if (*c != last) {
        ++*c;
        return true;
    }
    *c = first;
    return false;
}

/* SPEC EWF: E01 to E99, EAA to EZZ, FAA to ZZZ, in the case of the first.  False at the end, or for
 * a name of another kind. */
static bool next_name(char *path)
{
    const size_t len = strlen(path);
    char *c = path + len - 3;
    char a, z;

    if (len < 4 || path[len - 4] != '.')
        return false;
    a = *c >= 'a' ? 'a' : 'A';
    z = *c >= 'a' ? 'z' : 'Z';
    if (is_digit(c[1]) && is_digit(c[2])) {
        if (!advance(&c[2], '0', '9') && !advance(&c[1], '0', '9'))
            c[1] = c[2] = a;
        return true;
    }
    return advance(&c[2], a, z) || advance(&c[1], a, z) || advance(&c[0], a, z);
}

static void miss(wr_tree *tree, const char *path, const char *why, wr_error *missing)
{
    if (missing->code == WR_OK) /* the first says most */
        wr_fail(missing, WR_E_TRUNCATED, tree->label, WR_NO_OFFSET,
                "%s %s: what only it and later parts of the image hold reads as zeros",
                wr_tree_shown(tree, path), why);
}

bool wr_ewf_check(wr_tree *tree, wr_error *missing, wr_error *err)
{
    char *path = wr_arena_text(&tree->arena, tree->path);

    if (!path)
        return wr_fail_memory(err);
    for (;;) {
        bool has_next, is_last;
        wr_file *file;

        if (wr_path_kind_of(path) != WR_PATH_FILE) {
            miss(tree, path, "is missing", missing);
            return true;
        }
        if (!wr_file_open(path, NULL, &file, err))
            return false;
        has_next = ends_with(wr_file_view(file), "next");
        is_last = ends_with(wr_file_view(file), "done") || !is_e01(wr_file_view(file));
        wr_file_close(file);
        if (!has_next && !is_last)
            miss(tree, path, "is cut or damaged at its end", missing);
        if (is_last || !next_name(path))
            return true;
    }
}

#else
typedef int wr_no_ewf; /* a file may not be empty */
#endif
