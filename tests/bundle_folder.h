/* bundle_folder.h - a bundle made by hand in a fresh folder of the test. */
#ifndef TESTS_BUNDLE_FOLDER_H
#define TESTS_BUNDLE_FOLDER_H

#include "bundle_plan.h"

#include "output/bundle.h"

static hand_made hand;
static char folder[64], path[80]; /* a fresh folder of the test, and the bundle in it */

static inline void start_bundle(void)
{
    strcpy(folder, "/tmp/winroots-bundle-XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out", folder);
    start_by_hand(&hand);
}

static inline void end_bundle(void)
{
    char command[128];

    end_by_hand(&hand);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
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
