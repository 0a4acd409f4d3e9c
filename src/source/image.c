/* image.c - disk images are recognised before they can be read. */
#include "source/tree_internal.h"

bool wr_image_is(wr_view file)
{
    (void)file;
    return false;
}

static bool list(wr_tree *tree, const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    (void)options;
    (void)diags;
    return wr_fail(err, WR_E_UNSUPPORTED, tree->label, WR_NO_OFFSET, "a disk image");
}

const wr_tree_source wr_tree_image = { .list = list };
