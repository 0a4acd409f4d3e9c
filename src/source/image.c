/* image.c - a disk image as a tree: its volumes [The Sleuth Kit]. */
#include "source/image_kind.h"
#include "source/tree_internal.h"
#include "winroots/limits.h"

#ifdef WR_TSK_LIBRARY

#include "source/image.h"

#include <inttypes.h>
#include <string.h>

struct listing {
    wr_tree *tree;
    wr_image *image;
    const wr_tree_options *options;
    wr_diags *diags;
    wr_error fault; /* of the first volume that cannot be read */
    bool has_fault;
};

uint64_t wr_image_start(const wr_image *image, const TSK_IMG_INFO *img, uint64_t offset)
{
    return img == image->disk ? offset : 0;
}

static bool open_ntfs(wr_tree *tree, TSK_IMG_INFO *img, uint64_t offset, TSK_FS_INFO **fs,
                      wr_error *err)
{
    const wr_image *image = tree->state;

    *fs = image->tsk.fs_open(img, (TSK_OFF_T)wr_image_start(image, img, offset), TSK_FS_TYPE_NTFS);
    if (!*fs)
        return wr_tsk_fail(&image->tsk, tree->label, offset, "an NTFS volume that cannot be read",
                           err);
    if ((*fs)->last_inum <= (uint64_t)img->size / 256) /* an MFT entry has at least as many bytes */
        return true;
    wr_fail(err, WR_E_MALFORMED, tree->label, offset,
            "an NTFS volume of %" PRIu64 " MFT entries, more than fit on the disk",
            (uint64_t)(*fs)->last_inum);
    image->tsk.fs_close(*fs);
    return false;
}

/* What is beyond the end reads as an error, and only where something is there that is wanted. */
static void check_end(const wr_tree *tree, const TSK_IMG_INFO *img, const TSK_FS_INFO *fs,
                      const wr_tree_volume *volume, wr_diags *diags)
{
    const uint64_t size = (uint64_t)img->size - wr_image_start(tree->state, img, volume->offset);
    const uint64_t blocks = (uint64_t)fs->block_count;

    if (blocks > size / fs->block_size)
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_TRUNCATED, tree->label, volume->offset + size,
                    volume->label,
                    "the image ends here, before the volume does: it has %" PRIu64 " of %" PRIu64
                    " blocks of %u bytes",
                    size / fs->block_size, blocks, fs->block_size);
}

bool wr_image_add_ntfs(wr_tree *tree, TSK_IMG_INFO *img, const wr_tree_volume *volume,
                       const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    wr_image *image = tree->state;
    TSK_IMG_INFO *own = img == image->disk ? NULL : img;
    struct wr_image_volume *added;
    TSK_FS_INFO *fs = NULL;

    if (open_ntfs(tree, img, volume->offset, &fs, err)) {
        added = WR_APPEND(&tree->arena, &image->volumes, struct wr_image_volume);
        if (added) {
            *added = (struct wr_image_volume){ own, fs };
            check_end(tree, img, fs, volume, diags);
            return wr_tree_add_volume(tree, volume, err) && wr_ntfs_list(tree, options, diags, err);
        }
        image->tsk.fs_close(fs);
        wr_fail_memory(err);
    }
    if (own)
        image->tsk.img_close(own);
    return false;
}

bool wr_image_step_over(const char *label, wr_diags *diags, wr_error *e, wr_error *err)
{
    if (e->code == WR_E_NO_MEMORY) {
        *err = *e;
        return false;
    }
    wr_error_at(e, label);
    wr_diag_error(diags, WR_DIAG_SKIPPED, e);
    return true;
}

/* What a volume says that it is, in its first sector. */
static bool starts_with(const wr_image *image, uint64_t offset, const char *name)
{
    char sector[512];

    return image->tsk.img_read(image->disk, (TSK_OFF_T)offset, sector, sizeof sector) ==
               (ssize_t)sizeof sector &&
           memcmp(sector + 3, name, 8) == 0;
}

/* `end` is where its partition ends, 0 = not known. */
static bool open_volume(struct listing *l, const wr_tree_volume *volume, uint64_t end,
                        TSK_IMG_INFO **img, bool *is_none, wr_error *err)
{
    const wr_image *image = l->image;

    *img = image->disk;
    *is_none = false;
    if (starts_with(image, volume->offset, "-FVE-FS-"))
        return wr_bde_open(l->tree, volume->offset, l->options, img, err);
    if (!wr_repair_open(l->tree, volume, end, l->diags, img, err))
        return false;
    *is_none = *img == image->disk && !starts_with(image, volume->offset, "NTFS    ");
    image->tsk.error_reset();
    return true;
}

static bool add_volume(struct listing *l, const wr_tree_volume *volume, uint64_t end, wr_error *err)
{
    TSK_IMG_INFO *img;
    bool is_none;
    wr_error e;

    if (open_volume(l, volume, end, &img, &is_none, &e)) {
        if (is_none)
            return true;
        if (wr_image_add_ntfs(l->tree, img, volume, l->options, l->diags, &e))
            return wr_vss_list(l->tree, img, volume, l->options, l->diags, err);
    }
    if (!l->has_fault)
        l->fault = e;
    l->has_fault = true;
    return wr_image_step_over(volume->label, l->diags, &e, err);
}

static void say_beyond(const struct listing *l, const wr_tree_volume *volume)
{
    const uint64_t size = (uint64_t)l->image->disk->size;

    wr_diag_add(l->diags, WR_DIAG_SKIPPED, WR_E_TRUNCATED, l->tree->label, size, volume->label,
                "the image ends here, before this partition begins at 0x%" PRIx64, volume->offset);
}

static bool add_partitions(struct listing *l, const TSK_VS_INFO *vs, wr_error *err)
{
    const wr_tsk *tsk = &l->image->tsk;
    unsigned number = 0;

    for (TSK_PNUM_T i = 0; i < vs->part_count; i++) {
        const TSK_VS_PART_INFO *part = tsk->vs_part(vs, i);
        char label[16];
        wr_tree_volume volume = { .label = label };

        if (!part || part->flags != TSK_VS_PART_FLAG_ALLOC)
            continue;
        if (++number > WR_LIMIT_VOLUMES)
            return wr_fail(err, WR_E_LIMIT, l->tree->label, WR_NO_OFFSET, "more than %d partitions",
                           WR_LIMIT_VOLUMES);
        snprintf(label, sizeof label, "p%u", number);
        volume.offset = (uint64_t)part->start * vs->block_size;
        if (part->start >= (uint64_t)l->image->disk->size / vs->block_size)
            say_beyond(l, &volume);
        else if (!add_volume(l, &volume, volume.offset + (uint64_t)part->len * vs->block_size, err))
            return false;
    }
    return true;
}

/* ---- a disk whose table of partitions is damaged ----------------------------------------------
 */

enum { NUM_ENTRIES = 4 };

#define STEP ((uint64_t)1 << 20)

/* SPEC MBR: four entries of 16 bytes at 446, each with its first sector at 8. */
static void read_entries(const wr_image *image, uint64_t starts[NUM_ENTRIES])
{
    uint8_t sector[512] = { 0 };
    const wr_view v = { sector, sizeof sector, 0, NULL };

    if (image->tsk.img_read(image->disk, 0, (char *)sector, sizeof sector) < 0)
        image->tsk.error_reset();
    for (size_t i = 0; i < NUM_ENTRIES; i++) {
        uint32_t first = 0;
        starts[i] = wr_u32le_at(v, 446 + 16 * i + 8, &first) ? (uint64_t)first * 512 : 0;
    }
}

/* How far an NTFS volume goes, by its first sector (SPEC: sectors at 40, their bytes at 11). */
static uint64_t end_of_ntfs(const wr_image *image, uint64_t offset)
{
    uint8_t sector[512];
    const wr_view v = { sector, sizeof sector, 0, NULL };
    uint16_t bytes = 0;
    uint64_t count = 0;

    if (image->tsk.img_read(image->disk, (TSK_OFF_T)offset, (char *)sector, sizeof sector) !=
            (ssize_t)sizeof sector ||
        !wr_u16le_at(v, 11, &bytes) || !wr_u64le_at(v, 40, &count) || bytes == 0 ||
        count > (uint64_t)image->disk->size / bytes)
        return offset;
    return offset + count * bytes;
}

/* The next place from `at` on where a partition may begin. */
static uint64_t next_place(const uint64_t starts[NUM_ENTRIES], uint64_t at)
{
    uint64_t next = (at + STEP - 1) / STEP * STEP;

    for (size_t i = 0; i < NUM_ENTRIES; i++)
        if (starts[i] >= at && starts[i] < next)
            next = starts[i];
    return next;
}

/* Looks where the entries say all the same, and at every MiB, where Windows since Vista lets
 * partitions begin.  What is inside a volume that was found, as a file of a virtual disk may be, is
 * not looked at. */
static bool search_volumes(struct listing *l, const wr_error *table, wr_error *err)
{
    const uint64_t size = (uint64_t)l->image->disk->size;
    const uint64_t end = size < WR_LIMIT_SEARCH_BYTES ? size : WR_LIMIT_SEARCH_BYTES;
    const size_t known = l->tree->volumes.count;
    uint64_t starts[NUM_ENTRIES], at = 512;

    if (!add_volume(l, &(wr_tree_volume){ .label = "" }, size, err))
        return false;
    if (l->tree->volumes.count > known) /* a volume, whose boot sector is damaged */
        return true;
    read_entries(l->image, starts);
    while ((at = next_place(starts, at)) < end) {
        const size_t before = l->tree->volumes.count;
        char label[24];

        if (before - known == WR_LIMIT_VOLUMES)
            break;
        snprintf(label, sizeof label, "0x%" PRIx64, at);
        if (!add_volume(l, &(wr_tree_volume){ .label = label, .offset = at }, 0, err))
            return false;
        if (l->tree->volumes.count > before && end_of_ntfs(l->image, at) > at)
            at = end_of_ntfs(l->image, at);
        else
            at += 512;
    }
    if (l->tree->volumes.count == known) {
        if (at < size)
            wr_fail(&l->fault, WR_E_LIMIT, table->source, table->offset,
                    "%s; no volume was found before 0x%" PRIx64 ", where the search ends",
                    table->message, at);
        else if (!l->has_fault)
            l->fault = *table;
        return true;
    }
    wr_diag_add(l->diags, WR_DIAG_SKIPPED, table->code, table->source, table->offset, "",
                "%s; volumes are taken from where they may begin", table->message);
    if (at < size)
        wr_diag_add(l->diags, WR_DIAG_SKIPPED, WR_E_LIMIT, table->source, at, "",
                    "no volumes are looked for behind this place");
    return true;
}

static bool add_volumes(struct listing *l, wr_error *err)
{
    const wr_tsk *tsk = &l->image->tsk;
    const uint64_t size = (uint64_t)l->image->disk->size;
    TSK_VS_INFO *vs;
    wr_error table;
    bool done;

    if (starts_with(l->image, 0, "NTFS    ") || starts_with(l->image, 0, "-FVE-FS-"))
        return add_volume(l, &(wr_tree_volume){ .label = "" }, size, err);
    if (!(vs = tsk->vs_open(l->image->disk, 0, TSK_VS_TYPE_DETECT))) {
        wr_tsk_fail(tsk, l->tree->label, 0, "a disk without partitions that can be read", &table);
        return search_volumes(l, &table, err);
    }
    done = add_partitions(l, vs, err);
    tsk->vs_close(vs);
    if (!done || l->tree->volumes.count || l->has_fault)
        return done;
    wr_fail(&table, WR_E_UNSUPPORTED, l->tree->label, 0,
            "a disk whose table of partitions lists no NTFS volume");
    return search_volumes(l, &table, err);
}

/* ---- the disk -------------------------------------------------------------------------------- */

/* The kind is told to TSK: what it does not know it would take for a raw copy of a disk. */
static bool open_disk(wr_tree *tree, wr_image *image, wr_image_kind kind, wr_error *err)
{
    static const TSK_IMG_TYPE_ENUM types[] = {
        [WR_IMAGE_RAW] = TSK_IMG_TYPE_RAW,
        [WR_IMAGE_EWF] = TSK_IMG_TYPE_EWF_EWF,
        [WR_IMAGE_VMDK] = TSK_IMG_TYPE_VMDK_VMDK,
        [WR_IMAGE_VHD] = TSK_IMG_TYPE_VHD_VHD,
    };

    if (kind == WR_IMAGE_QCOW)
        return wr_qcow_open(tree, &image->disk, err);
    image->disk = image->tsk.img_open(tree->path, types[kind], 0);
    return image->disk || wr_tsk_fail(&image->tsk, tree->label, WR_NO_OFFSET,
                                      "a disk image that cannot be opened", err);
}

static bool check_file(wr_tree *tree, wr_image_kind *kind, wr_error *err)
{
    wr_file *file;
    bool done;

    if (!wr_file_open(tree->path, tree->label, &file, err))
        return false;
    *kind = wr_image_kind_of(wr_file_view(file));
    done = wr_image_check(wr_file_view(file), err);
    wr_file_close(file);
    return done;
}

static bool has_volumes(const struct listing *l, wr_error *err)
{
    if (l->tree->volumes.count == 0)
        *err = l->fault;
    return l->tree->volumes.count != 0;
}

static bool list_volumes(struct listing *l, wr_image_kind kind, wr_error *err)
{
    return open_disk(l->tree, l->image, kind, err) && add_volumes(l, err) && has_volumes(l, err);
}

/* Where a segment is missing that is what is wrong, whatever the zeros in its place look like. */
static bool list(wr_tree *tree, const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    struct listing l = { .tree = tree, .options = options, .diags = diags };
    wr_error missing = { .code = WR_OK };
    wr_image_kind kind;
    bool done;

    if (!check_file(tree, &kind, err))
        return false;
    if (!(l.image = tree->state = WR_NEW(&tree->arena, wr_image, 1)))
        return wr_fail_memory(err);
    if (!wr_tsk_load(&l.image->tsk, tree->label, err) ||
        (kind == WR_IMAGE_EWF && !wr_ewf_check(tree, &missing, err)))
        return false;
    if (missing.code != WR_OK)
        wr_diag_error(diags, WR_DIAG_SKIPPED, &missing);
    wr_watch_memory(); /* without it a library sees no volume and no folder where there is one */
    done = list_volumes(&l, kind, err);
    if (wr_memory_ended()) {
        l.image->stuck = true;
        return wr_fail_memory(err);
    }
    if (done)
        return true;
    if (missing.code != WR_OK && err->code != WR_E_NO_MEMORY)
        *err = missing;
    return false;
}

static void close_image(wr_tree *tree)
{
    wr_image *image = tree->state;

    if (image->stuck)
        return;
    for (size_t i = image->volumes.count; i-- > 0;) {
        if (image->volumes.items[i].fs)
            image->tsk.fs_close(image->volumes.items[i].fs);
        if (image->volumes.items[i].own)
            image->tsk.img_close(image->volumes.items[i].own);
    }
    for (size_t i = image->keepers.count; i-- > 0;)
        if (image->keepers.items[i].close)
            image->keepers.items[i].close(image->keepers.items[i].context);
    if (image->disk)
        image->tsk.img_close(image->disk);
}

#ifdef WR_QCOW_LIBRARY
#define WITH_QCOW ", libqcow for qcow2"
#else
#define WITH_QCOW ", without libqcow for qcow2"
#endif

#ifdef WR_VSS_LIBRARY
#define WITH_VSS ", libvshadow for shadow copies"
#else
#define WITH_VSS ", without libvshadow for shadow copies"
#endif

#ifdef WR_BDE_LIBRARY
#define WITH_BDE ", libbde for BitLocker"
#else
#define WITH_BDE ", without libbde for BitLocker"
#endif

const char *wr_tree_components(void)
{
    return "disk images (The Sleuth Kit " TSK_VERSION_STR WITH_QCOW WITH_VSS WITH_BDE
           ", loaded when needed)";
}

const wr_tree_source wr_tree_image = { .list = list,
                                       .open_file = wr_ntfs_open_file,
                                       .close = close_image };

#else

static bool list(wr_tree *tree, const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    (void)options;
    (void)diags;
    return wr_fail(err, WR_E_UNSUPPORTED, tree->label, WR_NO_OFFSET,
                   "a disk image, and this program was built without The Sleuth Kit: install "
                   "libtsk-dev and build it with -DWINROOTS_TSK=ON, or extract the files first");
}

const char *wr_tree_components(void)
{
    return "disk images (The Sleuth Kit) not built in";
}

const wr_tree_source wr_tree_image = { .list = list };

#endif
