#include "support.h"

#include "base/digest.h"
#include "base/text.h"
#include "source/tree.h"

/* A volume that Windows made, as qcow2; names, size and digest as fls and icat of The Sleuth Kit
 * tell them of `qemu-img convert -O raw`. */
Test(corpus_image, of_windows_in_qcow2)
{
    static const char *const wanted[] = { "windows/system32/config/*", NULL };
    static const char digest[] = "0420b023f8dc1b71ff25191ce4ce88d10028f99f99f7c21532611f4c273aeae9";
    const wr_tree_options options = { .patterns = wanted };
    uint8_t sha256[WR_SHA256_LEN], expected[WR_SHA256_LEN];
    wr_arena arena;
    wr_diags diags;
    wr_tree *tree;
    wr_file *file;
    char path[1024];
    wr_error e;

    if (!strstr(wr_tree_components(), ", libqcow"))
        cr_skip_test("libqcow is not here");
    snprintf(path, sizeof path, "%s/disk/dfvfs/windows_volume.qcow2", getenv("WINROOTS_CORPUS"));
    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert(wr_tree_open(path, &options, &diags, &tree, &e), "%s", e.message);
    cr_assert_eq(wr_tree_count(tree), 1);
    cr_expect_str_eq(wr_tree_entry_at(tree, 0)->path, "Windows/System32/config/syslog");
    cr_expect_eq(wr_tree_entry_at(tree, 0)->size, 1247);
    cr_assert(wr_tree_open_file(tree, wr_tree_entry_at(tree, 0), NULL, &diags, &file, &e));
    cr_assert(wr_digest(WR_SHA256, wr_file_view(file), sha256, &e));
    cr_assert(wr_text_unhex(digest, expected, sizeof expected));
    cr_expect_arr_eq(sha256, expected, sizeof expected);
    cr_expect_eq(diags.list.count, 0);
    wr_file_close(file);
    wr_tree_close(tree);
    wr_arena_free(&arena);
}
