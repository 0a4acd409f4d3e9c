/* image_qcow.c - qcow2 images [libqcow], which The Sleuth Kit would take for raw ones. */
#ifdef WR_TSK_LIBRARY

#include "source/image.h"

#ifdef WR_QCOW_LIBRARY

#include "source/component.h"

#include <libqcow.h>

struct qcow {
    __typeof__(&libqcow_file_initialize) initialize;
    __typeof__(&libqcow_file_free) free_file;
    __typeof__(&libqcow_file_open) open_file;
    __typeof__(&libqcow_file_get_media_size) size;
    __typeof__(&libqcow_file_read_buffer_at_offset) read;
    libqcow_file_t *file;
};

#define CALL(name, member)                                                                         \
    {                                                                                              \
        name, offsetof(struct qcow, member)                                                        \
    }

static const wr_component_call calls[] = {
    CALL("libqcow_file_initialize", initialize),
    CALL("libqcow_file_free", free_file),
    CALL("libqcow_file_open", open_file),
    CALL("libqcow_file_get_media_size", size),
    CALL("libqcow_file_read_buffer_at_offset", read),
};
static const wr_component component = { "libqcow", WR_QCOW_LIBRARY, "libqcow1", calls,
                                        sizeof calls / sizeof *calls };

static bool read_qcow(void *context, uint64_t offset, uint8_t *bytes, size_t len)
{
    const struct qcow *q = context;
    return q->read(q->file, bytes, len, (off64_t)offset, NULL) == (ssize_t)len;
}

static void close_qcow(void *context)
{
    struct qcow *q = context;
    q->free_file(&q->file, NULL);
}

static bool open_file(struct qcow *q, const char *path, uint64_t *size, const char *label,
                      wr_error *err)
{
    size64_t media_size = 0;

    if (q->initialize(&q->file, NULL) != 1)
        return wr_fail_memory(err);
    if (q->open_file(q->file, path, LIBQCOW_OPEN_READ, NULL) == 1 &&
        q->size(q->file, &media_size, NULL) == 1 && media_size <= INT64_MAX) {
        *size = media_size;
        return true;
    }
    return wr_fail(err, WR_E_MALFORMED, label, WR_NO_OFFSET,
                   "a qcow2 image that libqcow cannot open");
}

bool wr_qcow_open(wr_tree *tree, TSK_IMG_INFO **out, wr_error *err)
{
    const wr_image *image = tree->state;
    struct qcow *q = WR_NEW(&tree->arena, struct qcow, 1);
    wr_image_bytes bytes = { .read = read_qcow, .close = close_qcow, .context = q };

    if (!q)
        return wr_fail_memory(err);
    if (!wr_component_load(&component, q, tree->label, err))
        return false;
    if (open_file(q, tree->path, &bytes.size, tree->label, err) &&
        wr_tsk_image(&image->tsk, &tree->arena, &bytes, tree->label, out, err))
        return true;
    if (q->file)
        close_qcow(q);
    return false;
}

#else

bool wr_qcow_open(wr_tree *tree, TSK_IMG_INFO **out, wr_error *err)
{
    (void)out;
    return wr_fail(err, WR_E_UNSUPPORTED, tree->label, WR_NO_OFFSET,
                   "a qcow2 image, and this program was built without libqcow: install "
                   "libqcow-dev and build it again, or convert it with qemu-img convert -O raw");
}

#endif

#else
typedef int wr_no_qcow; /* a file may not be empty */
#endif
