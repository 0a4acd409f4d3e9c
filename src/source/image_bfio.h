/* image_bfio.h - an image from some offset on, as libvshadow and libbde read it [libbfio]; private
 * to the files that read images. */
#ifndef WR_SOURCE_IMAGE_BFIO_H
#define WR_SOURCE_IMAGE_BFIO_H

#include "source/image_tsk.h"

#include <libbfio.h>

typedef struct wr_bfio {
    __typeof__(&libbfio_handle_initialize) new_handle; /* of the libbfio that the reader brings */
    __typeof__(&libbfio_handle_free) free_handle;

    const wr_tsk *tsk;
    TSK_IMG_INFO *img;
    uint64_t offset, at; /* where it begins in the image; where it is read, from there on */
    libbfio_handle_t *handle;
} wr_bfio;

/* For the calls of a component whose table has a wr_bfio as its member `in`. */
#define WR_BFIO_CALLS(table, in)                                                                   \
    { "libbfio_handle_initialize", offsetof(table, in.new_handle) },                               \
    {                                                                                              \
        "libbfio_handle_free", offsetof(table, in.free_handle)                                     \
    }

/* `offset` is at most the size of `img`.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_bfio_open(wr_bfio *bfio, const wr_tsk *tsk, TSK_IMG_INFO *img, uint64_t offset,
                              wr_error *err);

/* Also after an open that failed; `img` stays and is not read. */
void wr_bfio_close(wr_bfio *bfio);

/* Bytes from the offset to the end of the image. */
uint64_t wr_bfio_size(const wr_bfio *bfio);

#endif
