/* bundle_folder.h - a bundle made by hand in a fresh folder of the test. */
#ifndef TESTS_BUNDLE_FOLDER_H
#define TESTS_BUNDLE_FOLDER_H

#include "bundle_plan.h"

#include "base/os.h"
#include "output/bundle.h"

static hand_made hand;
static char folder[64], path[80]; /* a fresh folder of the test, and the bundle in it */

static inline void start_bundle(void)
{
    snprintf(folder, sizeof folder, "%swinroots-bundle-%d", wr_os_is_separator('\\') ? "" : "/tmp/",
             wr_os_process());
    cr_assert(wr_os_make_folder(folder), "%s: %s", folder, wr_os_reason());
    snprintf(path, sizeof path, "%s/out", folder);
    start_by_hand(&hand);
}

static inline void end_bundle(void)
{
    end_by_hand(&hand);
    cr_assert(wr_os_remove_tree(folder), "%s", wr_os_reason());
}

static inline void write_bundle(void)
{
    wr_error err = { 0 };

    cr_assert(wr_bundle_write(&hand.set, path, false, &err), "%s", err.message);
}

static inline const char *path_of(const char *name)
{
    return wr_arena_format(&hand.arena, "%s/%s", path, name);
}

/* A file of the bundle, in the arena. */
static inline wr_view bytes_of(const char *name)
{
    size_t len;
    uint8_t *bytes = read_file(path_of(name), &len);
    wr_view copy;

    cr_assert(wr_arena_copy(&hand.arena, view_of(bytes, len), &copy));
    free(bytes);
    return copy;
}

#endif
