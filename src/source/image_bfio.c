#if defined(WR_TSK_LIBRARY) && (defined(WR_VSS_LIBRARY) || defined(WR_BDE_LIBRARY))

#include "source/image_bfio.h"

#include <stdio.h>

uint64_t wr_bfio_size(const wr_bfio *bfio)
{
    return (uint64_t)bfio->img->size - bfio->offset;
}

static wr_bfio *bfio_of(intptr_t *handle)
{
    return (wr_bfio *)(void *)handle;
}

static int keep_handle(intptr_t **handle, libbfio_error_t **error)
{
    (void)error;
    *handle = NULL; /* it is ours */
    return 1;
}

static int open_handle(intptr_t *handle, int flags, libbfio_error_t **error)
{
    (void)handle;
    (void)flags;
    (void)error;
    return 1;
}

static int close_handle(intptr_t *handle, libbfio_error_t **error)
{
    (void)handle;
    (void)error;
    return 0;
}

static int is_there(intptr_t *handle, libbfio_error_t **error)
{
    (void)handle;
    (void)error;
    return 1;
}

static ssize_t read_handle(intptr_t *handle, uint8_t *bytes, size_t len, libbfio_error_t **error)
{
    wr_bfio *b = bfio_of(handle);
    ssize_t n;

    (void)error;
    if (b->at >= wr_bfio_size(b))
        return 0;
    if (len > wr_bfio_size(b) - b->at)
        len = (size_t)(wr_bfio_size(b) - b->at);
    n = b->tsk->img_read(b->img, (TSK_OFF_T)(b->offset + b->at), (char *)bytes, len);
    b->at += n > 0 ? (uint64_t)n : 0;
    return n;
}

static off64_t seek_handle(intptr_t *handle, off64_t offset, int whence, libbfio_error_t **error)
{
    wr_bfio *b = bfio_of(handle);

    (void)error;
    if (whence == SEEK_CUR)
        offset += (off64_t)b->at;
    else if (whence == SEEK_END)
        offset += (off64_t)wr_bfio_size(b);
    if (offset < 0)
        return -1;
    b->at = (uint64_t)offset;
    return offset;
}

static int tell_size(intptr_t *handle, size64_t *size, libbfio_error_t **error)
{
    (void)error;
    *size = wr_bfio_size(bfio_of(handle));
    return 1;
}

bool wr_bfio_open(wr_bfio *bfio, const wr_tsk *tsk, TSK_IMG_INFO *img, uint64_t offset,
                  wr_error *err)
{
    bfio->tsk = tsk;
    bfio->img = img;
    bfio->offset = offset;
    return bfio->new_handle(&bfio->handle, (intptr_t *)(void *)bfio, keep_handle, NULL, open_handle,
                            close_handle, read_handle, NULL, seek_handle, is_there, is_there,
                            tell_size, LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED, NULL) == 1 ||
           wr_fail_memory(err);
}

void wr_bfio_close(wr_bfio *bfio)
{
    if (bfio->handle)
        bfio->free_handle(&bfio->handle, NULL);
}

#else
typedef int wr_no_bfio; /* a file may not be empty */
#endif
