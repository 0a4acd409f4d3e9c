/* tree.h - the files of a folder, an archive or a disk image, alike.  docs/sources.md
 *
 *     static const char *const wanted[] = { "Windows/System32/config/SOFTWARE*", NULL };
 *     const wr_tree_options options = { .patterns = wanted };
 *
 *     wr_tree_open("image.E01", &options, diags, &tree, err);
 *     for (size_t i = 0; i < wr_tree_count(tree); i++)
 *         wr_tree_open_file(tree, wr_tree_entry_at(tree, i), NULL, diags, &file, err);
 *
 * A tree is used by one thread; of a folder, files are opened by any number of them. */
#ifndef WR_SOURCE_TREE_H
#define WR_SOURCE_TREE_H

#include "base/diag.h"
#include "base/time.h"
#include "source/file.h"

typedef struct wr_tree wr_tree;

typedef enum wr_tree_kind {
    WR_TREE_NONE, /* a file that holds no tree */
    WR_TREE_FOLDER,
    WR_TREE_ARCHIVE, /* zip, 7z, tar (also gzip, bzip2, xz, zstd), cab, ISO 9660 */
    WR_TREE_IMAGE    /* of a disk or a volume, also of kinds that cannot be read  */
} wr_tree_kind;

/* What the bytes of a file say that it is; WR_TREE_FOLDER is never the answer. */
wr_tree_kind wr_tree_kind_of(wr_view file);

/* A root of its own: a folder and an archive have one, without a label. */
typedef struct wr_tree_volume {
    const char *label; /* "p2" (the second partition), "p2/vss1" (its oldest snapshot), "" */
    wr_time taken;     /* when a snapshot was; 0: the volume as it is                      */
    uint64_t offset;   /* bytes from the start of the disk                                 */
} wr_tree_volume;

typedef struct wr_tree_entry {
    const char *path; /* in its volume, with '/', as its source has it, also in what is no UTF-8 */
    size_t volume;
    uint64_t size;    /* bytes, as its source says */
    wr_time modified; /* 0: not told               */
    bool deleted;     /* its file was deleted: other files may have taken its bytes */
    uint64_t id;      /* of an image: its MFT entry; apart from that our own        */
} wr_tree_entry;

/* Folders, their first names may differ: a pattern matches what it says at the end of a path too,
 * so that any drive folder and any collector's may stand before it.  In an image it begins at the
 * root of the volume and no other folder is looked into. */
typedef struct wr_tree_options {
    const char *const *patterns; /* as pattern.h has them, ends with NULL; NULL: every file */

    /* Asked for files of a folder or an archive that no pattern matches, with up to
     * WR_TREE_FIRST bytes; NULL: none is wanted. */
    bool (*wants)(void *context, const char *path, wr_view first);
    void *context;

    /* What opens volumes of an image that BitLocker encrypted, UTF-8; NULL = none.  Each is tried
     * on each such volume; a recovery key has 8 groups of 6 digits with '-' between. */
    const char *bitlocker_password, *recovery_key;
} wr_tree_options;

#define WR_TREE_FIRST ((size_t)4096)

/* Lists the wanted files at `path`, sorted by volume, path and, where deleted, id.  What is wrong
 * with a part is a diagnostic and the rest is listed: folders that cannot be, links, encrypted
 * members, names that lead elsewhere, several members of one name (the last is taken), damaged
 * archives, volumes without NTFS, volumes that BitLocker encrypted and no key opens.  Wanted
 * members of archives are read here, within WR_LIMIT_TREE_BYTES, _EXPANSION_RATIO and
 * _ARCHIVE_DEPTH. Fails: IO, UNSUPPORTED (no tree, a kind that is not read, a component that is
 * missing: the message says how to get it), TRUNCATED, MALFORMED, LIMIT (WR_LIMIT_FOLDER_FILES),
 * NO_MEMORY. */
WR_MUST_USE bool wr_tree_open(const char *path, const wr_tree_options *options, wr_diags *diags,
                              wr_tree **out, wr_error *err);

/* NULL is allowed. */
void wr_tree_close(wr_tree *tree);

wr_tree_kind wr_tree_kind_is(const wr_tree *tree);

/* What is borrowed here lives as long as the tree. */
size_t wr_tree_count(const wr_tree *tree);
const wr_tree_entry *wr_tree_entry_at(const wr_tree *tree, size_t i);
size_t wr_tree_num_volumes(const wr_tree *tree);
const wr_tree_volume *wr_tree_volume_at(const wr_tree *tree, size_t i);

/* The listed file at `path`, whatever its case, that is not deleted; NULL where there is none. */
const wr_tree_entry *wr_tree_find(const wr_tree *tree, size_t volume, const char *path);

/* The bytes of a file, which is to be closed before the tree; files of a folder are mapped, others
 * held in memory.  `label` names it in errors; NULL = the tree's path, the volume's label and the
 * path in it, with '/' between.  Clusters of an image that cannot be read are zeros and a
 * diagnostic (SKIPPED).  Fails: as wr_file_open; LIMIT (WR_LIMIT_TREE_FILE_BYTES), UNSUPPORTED
 * (EFS, a reparse point). */
WR_MUST_USE bool wr_tree_open_file(wr_tree *tree, const wr_tree_entry *entry, const char *label,
                                   wr_diags *diags, wr_file **out, wr_error *err);

/* What this build reads disk images with, for people; it is loaded when an image is opened. */
const char *wr_tree_components(void);

#endif
