#include "source/image_kind.h"

#include "source/tree_internal.h"

#include <string.h>

/* SPEC of each: E01 and Ex01 (libewf's documentation), VMDK 5.0, VHD 1.0, [MS-VHDX], qcow2 (QEMU),
 * NTFS, UEFI 5.3.  The first that matches counts. */
static const struct {
    size_t offset;
    const char *bytes;
    size_t len;
    wr_image_kind kind;
    const char *why; /* it is refused */
} kinds[] = {
    { 0, "EVF\x09\x0D\x0A\xFF", 8, WR_IMAGE_EWF, NULL },
    { 0, "EVF2\x0D\x0A\x81", 8, WR_IMAGE_EWF, NULL },
    { 0, "LVF", 3, WR_IMAGE_REFUSED, "a logical image (L01) has no volume: export its files" },
    { 0, "LEF2", 4, WR_IMAGE_REFUSED, "a logical image (Lx01) has no volume: export its files" },
    { 0, "KDMV", 4, WR_IMAGE_VMDK, NULL },
    { 0, "COWD", 4, WR_IMAGE_VMDK, NULL },
    { 0, "# Disk DescriptorFile", 21, WR_IMAGE_VMDK, NULL },
    { 0, "vhdxfile", 8, WR_IMAGE_VHD, NULL },
    { 0, "conectix", 8, WR_IMAGE_VHD, NULL },
    { 0, "QFI\xFB", 4, WR_IMAGE_QCOW, NULL },
    { 0, "AFF10\r\n", 8, WR_IMAGE_REFUSED, "an AFF image: convert it with affconvert -r" },
    { 64, "\x7F\x10\xDA\xBE", 4, WR_IMAGE_REFUSED,
      "a VDI image: convert it with qemu-img convert -O raw" },
    { 3, "NTFS    ", 8, WR_IMAGE_RAW, NULL },
    { 3, "-FVE-FS-", 8, WR_IMAGE_RAW, NULL },
    { 512, "EFI PART", 8, WR_IMAGE_RAW, NULL },
    { 4096, "EFI PART", 8, WR_IMAGE_RAW, NULL },
};

#define NUM_KINDS (sizeof kinds / sizeof *kinds)

static bool has(wr_view file, uint64_t offset, const char *bytes, size_t len)
{
    wr_view v;
    return wr_view_slice(file, offset, len, &v) && wr_view_is(v, bytes, len);
}

/* Big-endian, as VHD and qcow2 have them. */
static uint32_t u32be(wr_view v, size_t offset)
{
    wr_view s;

    if (!wr_view_slice(v, offset, 4, &s))
        return 0;
    return (uint32_t)s.data[0] << 24 | (uint32_t)s.data[1] << 16 | (uint32_t)s.data[2] << 8 |
           s.data[3];
}

/* SPEC MBR: the signature, and four entries that are active or not; one at least is used. */
static bool is_mbr(wr_view file)
{
    unsigned used = 0;

    if (!has(file, 510, "\x55\xAA", 2))
        return false;
    for (size_t i = 0; i < 4; i++) {
        wr_view entry;
        if (!wr_view_slice(file, 446 + 16 * i, 16, &entry) || entry.data[0] & 0x7F)
            return false;
        used += entry.data[4] != 0;
    }
    return used != 0;
}

/* A disk that lost its first sectors: a volume begins at a MiB, as Windows since Vista lets them,
 * in the first GiB. */
static bool is_headless(wr_view file)
{
    enum { MIB = 1 << 20, PLACES = 1024 };

    for (uint64_t i = 1; i < PLACES && i * MIB < file.len; i++)
        if (has(file, i * MIB + 3, "NTFS    ", 8) || has(file, i * MIB + 3, "-FVE-FS-", 8))
            return true;
    return file.len > MIB && has(file, file.len - 512 + 3, "NTFS    ", 8);
}

static size_t find_kind(wr_view file)
{
    size_t i = 0;

    while (i < NUM_KINDS && !has(file, kinds[i].offset, kinds[i].bytes, kinds[i].len))
        i++;
    return i;
}

wr_image_kind wr_image_kind_of(wr_view file)
{
    const size_t i = find_kind(file);

    if (i < NUM_KINDS)
        return kinds[i].kind;
    if (file.len >= 512 && has(file, file.len - 512, "conectix", 8))
        return WR_IMAGE_VHD;
    return is_mbr(file) || is_headless(file) ? WR_IMAGE_RAW : WR_IMAGE_NONE;
}

bool wr_image_is(wr_view file)
{
    return wr_image_kind_of(file) != WR_IMAGE_NONE;
}

/* ---- images that hold a part ----------------------------------------------------------------- */

/* SPEC VHD 1.0: the footer's disk type, 4 is differencing; a copy of the footer comes first. */
static bool vhd_has_parent(wr_view file)
{
    return has(file, 0, "conectix", 8) && u32be(file, 60) == 4;
}

/* SPEC [MS-VHDX] 2.2.3: entries of 32 bytes, from 16; each has a GUID and, behind it, an offset. */
static bool find_by_guid(wr_view table, size_t first, const char *guid, uint64_t *offset)
{
    enum { MOST_ENTRIES = 2047 };

    for (size_t i = 0; i < MOST_ENTRIES; i++) {
        wr_view entry;
        uint32_t low, high = 0;

        if (!wr_view_slice(table, first + 32 * i, 32, &entry))
            return false;
        if (memcmp(entry.data, guid, 16) != 0)
            continue;
        if (!wr_u32le_at(entry, 16, &low) || !wr_u32le_at(entry, 20, &high))
            return false;
        *offset = (uint64_t)high << 32 | low;
        return true;
    }
    return false;
}

/* SPEC [MS-VHDX] 2.6: metadata region -> file parameters -> HasParent; the offset of an item has 32
 * bits, its length stands behind it. */
static bool vhdx_has_parent(wr_view file)
{
    static const char region[] = "\x06\xA2\x7C\x8B\x90\x47\x9A\x4B\xB8\xFE\x57\x5F\x05\x0F\x88\x6E";
    static const char item[] = "\x37\x67\xA1\xCA\x36\xFA\x43\x4D\xB3\xB6\x33\xF0\xAA\x44\xE7\x6B";
    enum { REGION_TABLE = 192 * 1024, REGION_HEADER = 16, METADATA_HEADER = 32 };
    wr_view table, metadata;
    uint64_t at, parameters;
    uint32_t flags;

    return has(file, 0, "vhdxfile", 8) && wr_view_slice(file, REGION_TABLE, 64 * 1024, &table) &&
           find_by_guid(table, REGION_HEADER, region, &at) && at <= file.len &&
           wr_view_slice(file, at, file.len - at, &metadata) &&
           find_by_guid(metadata, METADATA_HEADER, item, &parameters) &&
           wr_u32le_at(metadata, (size_t)(parameters & UINT32_MAX) + 4, &flags) && flags & 2;
}

/* SPEC VMDK 5.0: the descriptor, alone or in a sparse extent, names the content of its parent. */
static bool vmdk_has_parent(wr_view file)
{
    enum { SECTOR = 512, MOST = 64 * 1024 };
    static const char key[] = "parentCID=";
    wr_view text = file;
    uint64_t at, sectors;

    if (has(file, 0, "KDMV", 4) &&
        !(wr_u64le_at(file, 28, &at) && wr_u64le_at(file, 36, &sectors) && at < file.len &&
          sectors < MOST && wr_view_slice(file, at * SECTOR, sectors * SECTOR, &text)))
        return false;
    for (size_t i = 0; i < text.len && i < MOST; i++)
        if (has(text, i, key, sizeof key - 1))
            return !has(text, i + sizeof key - 1, "ffffffff", 8);
    return false;
}

static bool has_parent(wr_view file)
{
    return vhd_has_parent(file) || vhdx_has_parent(file) || vmdk_has_parent(file) ||
           (has(file, 0, "QFI\xFB", 4) && (u32be(file, 8) || u32be(file, 12)));
}

bool wr_image_check(wr_view file, wr_error *err)
{
    const size_t i = find_kind(file);

    if (i < NUM_KINDS && kinds[i].why)
        return wr_fail_view(err, WR_E_UNSUPPORTED, file, "%s", kinds[i].why);
    if (has(file, 0, "QFI\xFB", 4) && u32be(file, 32))
        return wr_fail_view(err, WR_E_UNSUPPORTED, file, "an encrypted qcow2 image");
    if (has_parent(file))
        return wr_fail_view(err, WR_E_UNSUPPORTED, file,
                            "holds only what differs from another image, and needs its parent: "
                            "merge the two first");
    return true;
}
