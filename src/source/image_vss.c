/* image_vss.c - the shadow copies of an NTFS volume: each is the volume as it was [libvshadow]. */
#ifdef WR_TSK_LIBRARY

#include "source/image.h"
#include "winroots/limits.h"

/* SPEC "Volume Shadow Snapshot (VSS)" of libvshadow: the header, 7680 bytes into the volume, and
 * the offset of the catalog in it, which is 0 where there is no snapshot. */
enum { HEADER = 0x1E00, CATALOG = 48, HEADER_LEN = 56 };

static bool has_snapshots(const wr_image *image, TSK_IMG_INFO *img, uint64_t offset)
{
    static const char id[] = "\x6B\x87\x08\x38\x76\xC1\x48\x4E\xB7\xAE\x04\x04\x6E\x6C\xC7\x52";
    uint8_t header[HEADER_LEN];
    const wr_view v = { header, sizeof header, 0, NULL };
    const uint64_t at = wr_image_start(image, img, offset) + HEADER;
    uint64_t catalog;

    if (image->tsk.img_read(img, (TSK_OFF_T)at, (char *)header, sizeof header) !=
        (ssize_t)sizeof header) {
        image->tsk.error_reset();
        return false;
    }
    return wr_view_starts(v, id, 16) && wr_u64le_at(v, CATALOG, &catalog) && catalog != 0;
}

#ifdef WR_VSS_LIBRARY

#include "source/component.h"
#include "source/image_bfio.h"

#include <libvshadow.h>

struct vss {
    __typeof__(&libvshadow_volume_initialize) new_volume;
    __typeof__(&libvshadow_volume_free) free_volume;
    __typeof__(&libvshadow_volume_open_file_io_handle) open_volume;
    __typeof__(&libvshadow_volume_get_number_of_stores) num_stores;
    __typeof__(&libvshadow_volume_get_store) store;
    __typeof__(&libvshadow_store_free) free_store;
    __typeof__(&libvshadow_store_get_creation_time) created;
    __typeof__(&libvshadow_store_get_volume_size) size;
    __typeof__(&libvshadow_store_read_buffer_at_offset) read;

    wr_bfio bytes;
    uint64_t offset; /* of the volume on the disk */
    libvshadow_volume_t *volume;
};

struct snapshot {
    const struct vss *vss;
    libvshadow_store_t *store;
};

#define CALL(name, member)                                                                         \
    {                                                                                              \
        name, offsetof(struct vss, member)                                                         \
    }

static bool load(struct vss *vss, const char *source, wr_error *err)
{
    static const wr_component_call calls[] = {
        WR_BFIO_CALLS(struct vss, bytes), /* libvshadow brings it */
        CALL("libvshadow_volume_initialize", new_volume),
        CALL("libvshadow_volume_free", free_volume),
        CALL("libvshadow_volume_open_file_io_handle", open_volume),
        CALL("libvshadow_volume_get_number_of_stores", num_stores),
        CALL("libvshadow_volume_get_store", store),
        CALL("libvshadow_store_free", free_store),
        CALL("libvshadow_store_get_creation_time", created),
        CALL("libvshadow_store_get_volume_size", size),
        CALL("libvshadow_store_read_buffer_at_offset", read),
    };
    static const wr_component component = { "libvshadow", WR_VSS_LIBRARY, "libvshadow1", calls,
                                            sizeof calls / sizeof *calls };
    return wr_component_load(&component, vss, source, err);
}

/* ---- the volume ------------------------------------------------------------------------------ */

static void close_volume(void *context)
{
    struct vss *vss = context;

    if (vss->volume)
        vss->free_volume(&vss->volume, NULL);
    wr_bfio_close(&vss->bytes);
}

static bool open_volume(struct vss *vss, const wr_image *image, TSK_IMG_INFO *img,
                        const char *source, wr_error *err)
{
    if (!wr_bfio_open(&vss->bytes, &image->tsk, img, wr_image_start(image, img, vss->offset), err))
        return false;
    if (vss->new_volume(&vss->volume, NULL) != 1)
        return wr_fail_memory(err);
    return vss->open_volume(vss->volume, vss->bytes.handle, LIBVSHADOW_OPEN_READ, NULL) == 1 ||
           wr_fail(err, WR_E_MALFORMED, source, vss->offset + HEADER,
                   "shadow copies that libvshadow cannot open");
}

/* ---- a snapshot ------------------------------------------------------------------------------ */

static bool read_snapshot(void *context, uint64_t offset, uint8_t *bytes, size_t len)
{
    const struct snapshot *s = context;
    return s->vss->read(s->store, bytes, len, (off64_t)offset, NULL) == (ssize_t)len;
}

static void close_snapshot(void *context)
{
    struct snapshot *s = context;
    s->vss->free_store(&s->store, NULL);
}

static bool open_snapshot(wr_tree *tree, const struct vss *vss, int index, wr_time *taken,
                          TSK_IMG_INFO **out, wr_error *err)
{
    struct snapshot *s = WR_NEW(&tree->arena, struct snapshot, 1);
    wr_image_bytes bytes = { .read = read_snapshot, .close = close_snapshot, .context = s };
    size64_t size = 0;

    if (!s)
        return wr_fail_memory(err);
    s->vss = vss;
    if (vss->store(vss->volume, index, &s->store, NULL) != 1 ||
        vss->created(s->store, taken, NULL) != 1 || vss->size(s->store, &size, NULL) != 1 ||
        size > wr_bfio_size(&vss->bytes)) {
        wr_fail(err, WR_E_MALFORMED, tree->label, vss->offset + HEADER,
                "a shadow copy that libvshadow cannot open");
    } else {
        bytes.size = size;
        if (wr_tsk_image(vss->bytes.tsk, &tree->arena, &bytes, tree->label, out, err))
            return true;
    }
    if (s->store)
        close_snapshot(s);
    return false;
}

static bool add_snapshot(wr_tree *tree, const struct vss *vss, int index, const char *label,
                         const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    wr_tree_volume volume = { .offset = vss->offset };
    TSK_IMG_INFO *img;
    wr_error e;

    volume.label = wr_arena_format(&tree->arena, "%s%svss%d", label, *label ? "/" : "", index + 1);
    if (!volume.label)
        return wr_fail_memory(err);
    if (open_snapshot(tree, vss, index, &volume.taken, &img, &e) &&
        wr_image_add_ntfs(tree, img, &volume, options, diags, &e))
        return true;
    return wr_image_step_over(volume.label, diags, &e, err);
}

static bool add_snapshots(wr_tree *tree, const struct vss *vss, const char *label,
                          const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    int count = 0;

    if (vss->num_stores(vss->volume, &count, NULL) != 1)
        return wr_fail(err, WR_E_MALFORMED, tree->label, vss->offset + HEADER,
                       "shadow copies that cannot be counted");
    if (count > WR_LIMIT_SNAPSHOTS)
        return wr_fail(err, WR_E_LIMIT, tree->label, vss->offset + HEADER,
                       "%d shadow copies, expected at most %d", count, WR_LIMIT_SNAPSHOTS);
    for (int i = 0; i < count; i++)
        if (!add_snapshot(tree, vss, i, label, options, diags, err))
            return false;
    return true;
}

static bool list_snapshots(wr_tree *tree, TSK_IMG_INFO *img, const wr_tree_volume *volume,
                           const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    wr_image *image = tree->state;
    struct vss *vss = WR_NEW(&tree->arena, struct vss, 1);
    struct wr_image_keeper *keeper =
        WR_APPEND(&tree->arena, &image->keepers, struct wr_image_keeper);

    if (!vss || !keeper)
        return wr_fail_memory(err);
    vss->offset = volume->offset;
    *keeper = (struct wr_image_keeper){ close_volume, vss };
    return load(vss, tree->label, err) && open_volume(vss, image, img, tree->label, err) &&
           add_snapshots(tree, vss, volume->label, options, diags, err);
}

#else

static bool list_snapshots(wr_tree *tree, TSK_IMG_INFO *img, const wr_tree_volume *volume,
                           const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    (void)img;
    (void)options;
    (void)diags;
    return wr_fail(err, WR_E_UNSUPPORTED, tree->label, volume->offset + HEADER,
                   "shadow copies, and this program was built without libvshadow: install "
                   "libvshadow-dev and build it again");
}

#endif

bool wr_vss_list(wr_tree *tree, TSK_IMG_INFO *img, const wr_tree_volume *volume,
                 const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    wr_error e;

    return !has_snapshots(tree->state, img, volume->offset) ||
           list_snapshots(tree, img, volume, options, diags, &e) ||
           wr_image_step_over(volume->label, diags, &e, err);
}

#else
typedef int wr_no_snapshots; /* a file may not be empty */
#endif
