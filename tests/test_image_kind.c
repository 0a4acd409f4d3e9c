#include "support.h"

#include "source/image_kind.h"
#include "source/tree_internal.h"

static const struct {
    const char *fixture;
    wr_image_kind kind;
    const char *why; /* it is refused */
} images[] = {
    { "vhd", WR_IMAGE_VHD, NULL },
    { "vhd_difference", WR_IMAGE_VHD, "needs its parent" },
    { "vhd_fixed", WR_IMAGE_VHD, NULL },
    { "vmdk", WR_IMAGE_VMDK, NULL },
    { "vmdk_difference", WR_IMAGE_VMDK, "needs its parent" },
    { "vmdk_sparse_difference", WR_IMAGE_VMDK, "needs its parent" },
    { "qcow2", WR_IMAGE_QCOW, NULL },
    { "qcow2_difference", WR_IMAGE_QCOW, "needs its parent" },
    { "qcow2_encrypted", WR_IMAGE_QCOW, "encrypted" },
    { "vdi", WR_IMAGE_REFUSED, "qemu-img" },
    { "l01", WR_IMAGE_REFUSED, "export its files" },
    { "mbr", WR_IMAGE_RAW, NULL },
    { "bitlocker", WR_IMAGE_RAW, NULL },
};

static uint8_t *read_image(size_t i, size_t *len)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", FIXTURE("fuzz/image_kind"), images[i].fixture);
    return read_file(path, len);
}

Test(image_kind, is_told_by_bytes_and_what_needs_more_is_refused)
{
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        size_t len;
        uint8_t *bytes = read_image(i, &len);
        const wr_view v = view_of(bytes, len);
        wr_error e;

        cr_expect_eq(wr_image_kind_of(v), images[i].kind, "%s", images[i].fixture);
        if (wr_image_check(v, &e)) {
            cr_expect_null(images[i].why, "%s is not refused", images[i].fixture);
        } else {
            cr_assert(images[i].why, "%s: %s", images[i].fixture, e.message);
            cr_expect_eq(e.code, WR_E_UNSUPPORTED);
            cr_expect(strstr(e.message, images[i].why), "%s: %s", images[i].fixture, e.message);
        }
        free(bytes);
    }
}

static void check(wr_view v, wr_arena *arena)
{
    wr_error e = { .code = WR_OK };

    (void)arena;
    cr_assert_eq(wr_image_is(v), wr_image_kind_of(v) != WR_IMAGE_NONE);
    if (!wr_image_check(v, &e))
        cr_assert_eq(e.code, WR_E_UNSUPPORTED);
}

Test(image_kind, of_damaged_bytes_stays_inside_them)
{
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        size_t len;
        uint8_t *bytes = read_image(i, &len);

        for_every_prefix(bytes, len, check);
        for_every_flip(bytes, len, check);
        free(bytes);
    }
}
