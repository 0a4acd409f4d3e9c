/* Any bytes as a file: one kind; what is checked as an image is refused with a message or not. */
#include "source/image_kind.h"
#include "source/tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const wr_view v = { data, len, 0, "fuzz" };
    const wr_image_kind kind = wr_image_kind_of(v);
    const wr_tree_kind tree = wr_tree_kind_of(v);
    wr_error e = { 0 };

    require(tree != WR_TREE_FOLDER);
    require(tree != WR_TREE_IMAGE || kind != WR_IMAGE_NONE);
    require(tree != WR_TREE_NONE || kind == WR_IMAGE_NONE);
    if (wr_image_check(v, &e))
        require(kind != WR_IMAGE_REFUSED);
    else
        require(e.code == WR_E_UNSUPPORTED && e.message[0]);
    return 0;
}
