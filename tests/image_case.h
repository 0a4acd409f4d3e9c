/* image_case.h - an image of a small Windows volume. */
#ifndef TESTS_IMAGE_CASE_H
#define TESTS_IMAGE_CASE_H

#include "tree_case.h"

/* Images are made here, by tools of others and without rights of root; what lacks its tool is
 * skipped with a line that counts. */

#define TOOL_PATH "PATH=$PATH:/usr/sbin:/sbin "

static inline bool has_sleuthkit(void)
{
    wr_tree *tree;
    wr_error e;

    if (wr_tree_open("part.ntfs", &want, &diags, &tree, &e)) {
        wr_tree_close(tree);
        return true;
    }
    return !strstr(e.message, "The Sleuth Kit");
}

static bool can_make;

/* "part.ntfs": a volume that holds what "host" holds. */
static inline void make(void)
{
    enter();
    make_host();
    can_make = has_tool("mkntfs") && access(MAKE_NTFS, X_OK) == 0;
    if (!can_make)
        return;
    cr_assert(shell("truncate -s 32M part.ntfs && " TOOL_PATH
                    "mkntfs -F -q -Q -p 2048 part.ntfs >/dev/null 2>&1 && %s part.ntfs copy host",
                    MAKE_NTFS));
    can_make = has_sleuthkit();
}

#define NEEDS_IMAGES()                                                                             \
    do {                                                                                           \
        if (!can_make)                                                                             \
            cr_skip_test("ntfs-3g, libntfs-3g-dev or The Sleuth Kit is not here");                 \
    } while (0)

#define DD "dd conv=notrunc status=none bs=512 "
#define GPT                                                                                        \
    "truncate -s 40M gpt.raw && sgdisk -n 1:2048:+2M -t 1:ef00 -n 2:8192:+32M -t 2:0700 gpt.raw "  \
    ">/dev/null && " DD "if=part.ntfs of=gpt.raw seek=8192"
/* "part.ntfs" as it is when SOFTWARE was changed, and then deleted; before each a snapshot. */
static inline void make_snapshots(void)
{
    cr_assert(
        shell("cp part.ntfs first && head -c 50000 host/pagefile.sys > changed && " TOOL_PATH
              "ntfscp -f -q part.ntfs changed Windows/System32/config/SOFTWARE && "
              "cp part.ntfs second && %s part.ntfs delete Windows/System32/config/SOFTWARE && "
              "python3 %s/../tests/images/make_vss.py part.ntfs first second",
              MAKE_NTFS, WINROOTS_FIXTURES));
}

static inline void patch(const char *path, size_t at, const void *bytes, size_t len)
{
    FILE *f = fopen(path, "r+b");
    cr_assert(f && fseek(f, (long)at, SEEK_SET) == 0 && fwrite(bytes, 1, len, f) == len &&
              fclose(f) == 0);
}

#endif
