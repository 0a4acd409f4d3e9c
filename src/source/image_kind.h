/* image_kind.h - kinds of disk image, told by their bytes; private to this room. */
#ifndef WR_SOURCE_IMAGE_KIND_H
#define WR_SOURCE_IMAGE_KIND_H

#include "base/reader.h"

typedef enum wr_image_kind {
    WR_IMAGE_NONE,
    WR_IMAGE_RAW,
    WR_IMAGE_EWF,
    WR_IMAGE_VMDK,
    WR_IMAGE_VHD, /* and VHDX */
    WR_IMAGE_QCOW,
    WR_IMAGE_REFUSED /* nobody here reads it; never to be taken for a raw one */
} wr_image_kind;

wr_image_kind wr_image_kind_of(wr_view file);

/* Fails where an image of this kind cannot be read as it is: UNSUPPORTED (of a kind that nobody
 * here reads; encrypted; one that holds only what differs from another image). */
WR_MUST_USE bool wr_image_check(wr_view file, wr_error *err);

#endif
