/* image_repair.c - an NTFS volume whose boot sector or first MFT records are damaged, with the
 * copies that NTFS itself keeps of both.  The Sleuth Kit reads neither copy. */
#ifdef WR_TSK_LIBRARY

#include "source/image.h"

#include <string.h>

enum { SECTOR = 512, MOST_PATCH = 4 * 4096, NUM_PATCHES = 2 };

struct patch {
    uint64_t at; /* in the volume */
    size_t len;  /* 0: none       */
    uint8_t bytes[MOST_PATCH];
};

struct repair {
    const wr_tsk *tsk;
    TSK_IMG_INFO *disk;
    uint64_t offset, size; /* of the volume on the disk */
    struct patch patches[NUM_PATCHES];
};

/* SPEC NTFS: what the boot sector says of the volume, bytes. */
struct layout {
    uint64_t size; /* with the sector behind it, which has a copy of the first */
    uint64_t mft, mirror;
    size_t record;
};

static bool read_at(const struct repair *r, uint64_t at, uint8_t *bytes, size_t len)
{
    if (at <= r->size && len <= r->size - at &&
        r->tsk->img_read(r->disk, (TSK_OFF_T)(r->offset + at), (char *)bytes, len) == (ssize_t)len)
        return true;
    r->tsk->error_reset();
    return false;
}

static bool read_layout(const uint8_t sector[SECTOR], struct layout *out)
{
    const wr_view v = { sector, SECTOR, 0, NULL };
    const int8_t record = (int8_t)sector[64];
    uint64_t sectors, mft, mirror;
    uint16_t bytes;
    size_t cluster;

    if (memcmp(sector + 3, "NTFS    ", 8) != 0 || !wr_u16le_at(v, 11, &bytes) ||
        !wr_u64le_at(v, 40, &sectors) || !wr_u64le_at(v, 48, &mft) || !wr_u64le_at(v, 56, &mirror))
        return false;
    cluster = (size_t)bytes * sector[13];
    if (bytes == 0 || cluster == 0 || record < -12 || sectors >= UINT64_MAX / bytes ||
        mft > UINT64_MAX / cluster || mirror > UINT64_MAX / cluster)
        return false;
    out->size = (sectors + 1) * bytes;
    out->mft = mft * cluster;
    out->mirror = mirror * cluster;
    out->record = record < 0 ? (size_t)1 << -record : (size_t)record * cluster;
    return out->record >= SECTOR && out->record <= MOST_PATCH / 4;
}

/* The copy is behind the volume's last sector and must say so of itself. */
static bool patch_boot_sector(struct repair *r, struct layout *layout)
{
    struct patch *p = &r->patches[0];

    if (r->size < SECTOR || !read_at(r, r->size - SECTOR, p->bytes, SECTOR) ||
        !read_layout(p->bytes, layout) || layout->size != r->size)
        return false;
    p->len = SECTOR;
    return true;
}

static bool is_record(const struct repair *r, uint64_t at)
{
    uint8_t start[4];
    return read_at(r, at, start, sizeof start) && memcmp(start, "FILE", 4) == 0;
}

/* SPEC NTFS: $MFTMirr has the first four records. */
static bool patch_mft(struct repair *r, const struct layout *layout)
{
    struct patch *p = &r->patches[1];
    const size_t len = 4 * layout->record;

    if (is_record(r, layout->mft) || !is_record(r, layout->mirror) ||
        !read_at(r, layout->mirror, p->bytes, len))
        return false;
    p->at = layout->mft;
    p->len = len;
    return true;
}

static bool read_repaired(void *context, uint64_t offset, uint8_t *bytes, size_t len)
{
    const struct repair *r = context;

    if (!read_at(r, offset, bytes, len))
        return false;
    for (size_t i = 0; i < NUM_PATCHES; i++) {
        const struct patch *p = &r->patches[i];
        const uint64_t start = p->at > offset ? p->at : offset;
        const uint64_t end = p->at + p->len < offset + len ? p->at + p->len : offset + len;
        if (start < end)
            memcpy(bytes + (start - offset), p->bytes + (start - p->at), (size_t)(end - start));
    }
    return true;
}

static void close_repaired(void *context)
{
    (void)context;
}

/* What is damaged and has a copy, for people; NULL where nothing is, or nothing helps. */
static const char *find_patches(struct repair *r, uint64_t end, uint64_t *at)
{
    uint8_t first[SECTOR];
    struct layout layout;
    const bool has_boot = read_at(r, 0, first, SECTOR) && read_layout(first, &layout);

    if (!has_boot && (end == 0 || !patch_boot_sector(r, &layout)))
        return NULL;
    *at = has_boot ? layout.mft : 0;
    if (patch_mft(r, &layout))
        return has_boot ? "first MFT records of an NTFS volume are"
                        : "boot sector and first MFT records of an NTFS volume are";
    return has_boot ? NULL : "boot sector of an NTFS volume is";
}

bool wr_repair_open(wr_tree *tree, const wr_tree_volume *volume, uint64_t end, wr_diags *diags,
                    TSK_IMG_INFO **img, wr_error *err)
{
    const wr_image *image = tree->state;
    const uint64_t disk = (uint64_t)image->disk->size;
    struct repair r = { .tsk = &image->tsk, .disk = image->disk, .offset = volume->offset };
    wr_image_bytes bytes = { .read = read_repaired, .close = close_repaired };
    const char *what;
    uint64_t at;

    r.size = (end && end < disk ? end : disk) - volume->offset;
    if (!(what = find_patches(&r, end, &at)))
        return true;
    if (!(bytes.context = WR_NEW(&tree->arena, struct repair, 1)))
        return wr_fail_memory(err);
    memcpy(bytes.context, &r, sizeof r);
    bytes.size = r.size;
    wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, tree->label, volume->offset + at,
                volume->label, "the %s damaged: NTFS' own copy is taken", what);
    return wr_tsk_image(&image->tsk, &tree->arena, &bytes, tree->label, img, err);
}

#else
typedef int wr_no_repair; /* a file may not be empty */
#endif
