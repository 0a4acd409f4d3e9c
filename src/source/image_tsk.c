#ifdef WR_TSK_LIBRARY

#include "source/image_tsk.h"

#include "source/component.h"

#include <string.h>

#define CALL(name, member)                                                                         \
    {                                                                                              \
        name, offsetof(wr_tsk, member)                                                             \
    }

bool wr_tsk_load(wr_tsk *tsk, const char *source, wr_error *err)
{
    static const wr_component_call calls[] = {
        CALL("tsk_version_get_str", version),
        CALL("tsk_error_get", error),
        CALL("tsk_error_reset", error_reset),
        CALL("tsk_img_open_utf8_sing", img_open),
        CALL("tsk_img_open_external", img_open_external),
        CALL("tsk_img_read", img_read),
        CALL("tsk_img_close", img_close),
        CALL("tsk_vs_open", vs_open),
        CALL("tsk_vs_part_get", vs_part),
        CALL("tsk_vs_close", vs_close),
        CALL("tsk_fs_open_img", fs_open),
        CALL("tsk_fs_close", fs_close),
        CALL("tsk_fs_dir_open_meta", dir_open),
        CALL("tsk_fs_dir_getsize", dir_size),
        CALL("tsk_fs_dir_get_name", dir_name),
        CALL("tsk_fs_dir_close", dir_close),
        CALL("tsk_fs_file_open_meta", file_open),
        CALL("tsk_fs_file_attr_get_type", file_attribute),
        CALL("tsk_fs_file_close", file_close),
        CALL("tsk_fs_attr_read", attribute_read),
    };
    static const wr_component component = { "The Sleuth Kit", WR_TSK_LIBRARY, "libtsk19", calls,
                                            sizeof calls / sizeof *calls };

    if (!wr_component_load(&component, tsk, source, err))
        return false;
    if (strcmp(tsk->version(), TSK_VERSION_STR) != 0) /* its structures may be others */
        return wr_fail(err, WR_E_UNSUPPORTED, source, WR_NO_OFFSET,
                       "The Sleuth Kit is here in version %s, and this program was built for %s",
                       tsk->version(), TSK_VERSION_STR);
    return true;
}

bool wr_tsk_fail(const wr_tsk *tsk, const char *source, uint64_t offset, const char *what,
                 wr_error *err)
{
    const char *why = tsk->error();

    wr_fail(err, WR_E_MALFORMED, source, offset, "%s: %s", what, why ? why : "it is damaged");
    for (char *p = err->message; *p; p++)
        if (*p == '\n')
            *p = ' ';
    tsk->error_reset();
    return false;
}

/* ---- bytes of others ------------------------------------------------------------------------- */

struct external {
    TSK_IMG_INFO info; /* first: TSK gives us this */
    wr_image_bytes bytes;
};

static ssize_t read_external(TSK_IMG_INFO *img, TSK_OFF_T offset, char *buffer, size_t len)
{
    const struct external *x = (struct external *)(void *)img;
    const wr_image_bytes *b = &x->bytes;

    if (offset < 0 || (uint64_t)offset >= b->size)
        return -1;
    if (len > b->size - (uint64_t)offset)
        len = (size_t)(b->size - (uint64_t)offset);
    return b->read(b->context, (uint64_t)offset, (uint8_t *)buffer, len) ? (ssize_t)len : -1;
}

static void close_external(TSK_IMG_INFO *img)
{
    const struct external *x = (struct external *)(void *)img;
    x->bytes.close(x->bytes.context);
}

static void say_nothing(TSK_IMG_INFO *img, FILE *out)
{
    (void)img;
    (void)out;
}

bool wr_tsk_image(const wr_tsk *tsk, wr_arena *arena, const wr_image_bytes *bytes,
                  const char *source, TSK_IMG_INFO **out, wr_error *err)
{
    struct external *x = WR_NEW(arena, struct external, 1);

    if (!x)
        return wr_fail_memory(err);
    x->bytes = *bytes;
    *out = tsk->img_open_external(x, (TSK_OFF_T)bytes->size, 512, read_external, close_external,
                                  say_nothing);
    return *out || wr_tsk_fail(tsk, source, WR_NO_OFFSET, "an image that cannot be opened", err);
}

#else
typedef int wr_no_disk_images; /* a file may not be empty */
#endif
