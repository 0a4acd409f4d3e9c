/* image.h - what the files that read disk images share; private to them. */
#ifndef WR_SOURCE_IMAGE_H
#define WR_SOURCE_IMAGE_H

#include "source/image_tsk.h"
#include "source/tree_internal.h"

struct wr_image_volume {
    TSK_IMG_INFO *own; /* the image it is on, where that is not the disk: snapshots, BitLocker */
    TSK_FS_INFO *fs;
};

/* What volumes of their own stand on, to be closed after them. */
struct wr_image_keeper {
    void (*close)(void *context);
    void *context;
};

typedef struct wr_image {
    wr_tsk tsk;
    TSK_IMG_INFO *disk;
    WR_LIST(struct wr_image_volume) volumes; /* in the order of the tree's */
    WR_LIST(struct wr_image_keeper) keepers;
    bool stuck; /* memory ended in The Sleuth Kit, which may hold its locks for good */
} wr_image;

/* Makes a diagnostic (SKIPPED) of what is wrong with the volume `label`.  Fails: NO_MEMORY, where
 * that is what is wrong. */
WR_MUST_USE bool wr_image_step_over(const char *label, wr_diags *diags, wr_error *e, wr_error *err);

/* Where the volume that is at `offset` of the disk begins in `img`: there, or at the start where
 * `img` is not the disk but this volume's own. */
uint64_t wr_image_start(const wr_image *image, const TSK_IMG_INFO *img, uint64_t offset);

/* Adds an NTFS volume, which is on the disk or `img`, its own, and lists its wanted files.  `img`
 * is the tree's from now on.  Fails: MALFORMED (no NTFS that can be read), NO_MEMORY, LIMIT. */
WR_MUST_USE bool wr_image_add_ntfs(wr_tree *tree, TSK_IMG_INFO *img, const wr_tree_volume *volume,
                                   const wr_tree_options *options, wr_diags *diags, wr_error *err);

/* Where the boot sector or the first MFT records of an NTFS volume are damaged, and the copies that
 * NTFS keeps of them are not: *img becomes an image of the volume with these, and a diagnostic
 * (SKIPPED) says so.  `end` is where its partition ends, 0 = not known.  Else *img stays as it is.
 * Fails: NO_MEMORY, MALFORMED. */
WR_MUST_USE bool wr_repair_open(wr_tree *tree, const wr_tree_volume *volume, uint64_t end,
                                wr_diags *diags, TSK_IMG_INFO **img, wr_error *err);

/* Lists the wanted files of the volume that was added last. */
WR_MUST_USE bool wr_ntfs_list(wr_tree *tree, const wr_tree_options *options, wr_diags *diags,
                              wr_error *err);

bool wr_ntfs_open_file(wr_tree *tree, const wr_tree_entry *entry, const char *label,
                       wr_diags *diags, wr_file **out, wr_error *err);

/* Adds the shadow copies of a volume, which is on the disk or `img`, its own; each is a volume
 * "LABEL/vssN", from the oldest on.  Lists their wanted files.  What is wrong with one is a
 * diagnostic (SKIPPED), also that there are some and no libvshadow.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_vss_list(wr_tree *tree, TSK_IMG_INFO *img, const wr_tree_volume *volume,
                             const wr_tree_options *options, wr_diags *diags, wr_error *err);

/* The volume at `offset` of the disk, which BitLocker encrypted, as an image of what it holds.
 * Fails: UNSUPPORTED (no key was given, no libbde), MISMATCH (it is not opened by what was given),
 * USAGE (what was given is no key), MALFORMED, NO_MEMORY. */
WR_MUST_USE bool wr_bde_open(wr_tree *tree, uint64_t offset, const wr_tree_options *options,
                             TSK_IMG_INFO **out, wr_error *err);

/* Looks at the segments of an E01 image.  *missing, which is OK before, says of the first that is
 * missing or cut that it is (TRUNCATED).  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_ewf_check(wr_tree *tree, wr_error *missing, wr_error *err);

/* A qcow2 image.  Fails: UNSUPPORTED (no libqcow), MALFORMED, NO_MEMORY. */
WR_MUST_USE bool wr_qcow_open(wr_tree *tree, TSK_IMG_INFO **out, wr_error *err);

#endif
