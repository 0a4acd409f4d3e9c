/* image_tsk.h - the calls of The Sleuth Kit; private to the files that read images. */
#ifndef WR_SOURCE_IMAGE_TSK_H
#define WR_SOURCE_IMAGE_TSK_H

#include "base/arena.h"

#include <tsk/libtsk.h>

typedef struct wr_tsk {
    __typeof__(&tsk_version_get_str) version;
    __typeof__(&tsk_error_get) error;
    __typeof__(&tsk_error_reset) error_reset;
    __typeof__(&tsk_img_open_utf8_sing) img_open;
    __typeof__(&tsk_img_open_external) img_open_external;
    __typeof__(&tsk_img_read) img_read;
    __typeof__(&tsk_img_close) img_close;
    __typeof__(&tsk_vs_open) vs_open;
    __typeof__(&tsk_vs_part_get) vs_part;
    __typeof__(&tsk_vs_close) vs_close;
    __typeof__(&tsk_fs_open_img) fs_open;
    __typeof__(&tsk_fs_close) fs_close;
    __typeof__(&tsk_fs_dir_open_meta) dir_open;
    __typeof__(&tsk_fs_dir_getsize) dir_size;
    __typeof__(&tsk_fs_dir_get_name) dir_name;
    __typeof__(&tsk_fs_dir_close) dir_close;
    __typeof__(&tsk_fs_file_open_meta) file_open;
    __typeof__(&tsk_fs_file_attr_get_type) file_attribute;
    __typeof__(&tsk_fs_file_close) file_close;
    __typeof__(&tsk_fs_attr_read) attribute_read;
} wr_tsk;

/* Fails: as wr_component_load. */
WR_MUST_USE bool wr_tsk_load(wr_tsk *tsk, const char *source, wr_error *err);

/* Fails with MALFORMED, what TSK says of its last error, and `what` before it. */
bool wr_tsk_fail(const wr_tsk *tsk, const char *source, uint64_t offset, const char *what,
                 wr_error *err);

/* Bytes that are read through another library, as an image; it is closed with img_close, which
 * calls `close`.  Both may be called until then. */
typedef struct wr_image_bytes {
    uint64_t size;
    bool (*read)(void *context, uint64_t offset, uint8_t *bytes, size_t len);
    void (*close)(void *context);
    void *context;
} wr_image_bytes;

/* Fails: NO_MEMORY, MALFORMED; then `close` is not called. */
WR_MUST_USE bool wr_tsk_image(const wr_tsk *tsk, wr_arena *arena, const wr_image_bytes *bytes,
                              const char *source, TSK_IMG_INFO **out, wr_error *err);

#endif
