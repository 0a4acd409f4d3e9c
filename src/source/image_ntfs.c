/* image_ntfs.c - the wanted files of an NTFS volume [The Sleuth Kit].
 *
 * Only folders on the way to a wanted path are read.  TSK passes over the MFT once, for files whose
 * name is deleted. */
#ifdef WR_TSK_LIBRARY

#include "source/image.h"
#include "source/pattern.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <string.h>

#define NOBODY SIZE_MAX

struct folder {
    const char *path; /* "" = the root */
    TSK_INUM_T inum;
    size_t parent; /* its place among the folders, NOBODY = none */
    unsigned depth;
};

struct walk {
    wr_tree *tree;
    const wr_tsk *tsk;
    TSK_FS_INFO *fs;
    size_t volume;
    const char *label; /* of the volume, "" or with '/' at its end */
    const wr_tree_options *options;
    wr_diags *diags;
    WR_LIST(struct folder) folders;
    size_t now;
};

static void skip(struct walk *w, const char *path, wr_code code, const char *why)
{
    const char *place = wr_arena_format(&w->tree->arena, "%s%s", w->label, path);
    wr_diag_add(w->diags, WR_DIAG_SKIPPED, code, w->tree->label, WR_NO_OFFSET, place ? place : "",
                "%s", why);
}

static void skip_damaged(struct walk *w, const char *path, const char *what)
{
    wr_error e;

    wr_tsk_fail(w->tsk, w->tree->label, WR_NO_OFFSET, what, &e);
    skip(w, path, e.code, e.message);
}

/* ---- names of a folder ----------------------------------------------------------------------- */

/* A folder in itself would have no end of paths. */
static bool is_above(const struct walk *w, TSK_INUM_T inum)
{
    for (size_t i = w->now; i != NOBODY; i = w->folders.items[i].parent)
        if (w->folders.items[i].inum == inum)
            return true;
    return false;
}

static bool add_folder(struct walk *w, const char *path, TSK_INUM_T inum, wr_error *err)
{
    const unsigned depth = w->folders.items[w->now].depth + 1;
    struct folder *folder;

    if (!wr_tree_wants(w->options, path, wr_pattern_enters) || is_above(w, inum))
        return true;
    if (depth > WR_LIMIT_FOLDER_DEPTH || w->folders.count >= WR_LIMIT_FOLDER_FILES) {
        skip(w, path, WR_E_LIMIT, "too deep, or one folder too many, to be listed");
        return true;
    }
    if (!(folder = WR_APPEND(&w->tree->arena, &w->folders, struct folder)))
        return wr_fail_memory(err);
    *folder = (struct folder){ path, inum, w->now, depth };
    return true;
}

/* A name that is deleted may lead to an MFT entry that another file has by now. */
static bool add_file(struct walk *w, const char *path, const TSK_FS_NAME *name, wr_error *err)
{
    TSK_FS_FILE *file = w->tsk->file_open(w->fs, NULL, name->meta_addr);
    const TSK_FS_META *meta = file ? file->meta : NULL;
    wr_tree_entry entry = { .path = path, .volume = w->volume, .id = name->meta_addr };
    bool is_file;

    if (!meta && name->flags & TSK_FS_NAME_FLAG_ALLOC)
        skip_damaged(w, path, "a file whose MFT entry cannot be read");
    is_file = meta && meta->type == TSK_FS_META_TYPE_REG;
    if (is_file) {
        entry.deleted = (meta->flags & TSK_FS_META_FLAG_UNALLOC) != 0;
        entry.size = meta->size > 0 ? (uint64_t)meta->size : 0;
        if (meta->mtime)
            entry.modified = wr_time_from_unix((int64_t)meta->mtime) + meta->mtime_nano / 100;
        is_file = entry.deleted || name->flags & TSK_FS_NAME_FLAG_ALLOC;
    }
    if (file)
        w->tsk->file_close(file);
    w->tsk->error_reset();
    return !is_file || wr_tree_add(w->tree, &entry, err);
}

static bool take_name(struct walk *w, const TSK_FS_NAME *name, wr_error *err)
{
    const char *folder = w->folders.items[w->now].path;
    const char *path;
    bool is_folder;

    if (!name || !name->name || !*name->name || strcmp(name->name, ".") == 0 ||
        strcmp(name->name, "..") == 0)
        return true;
    path = wr_arena_format(&w->tree->arena, "%s%s%s", folder, *folder ? "/" : "", name->name);
    if (!path)
        return wr_fail_memory(err);
    is_folder = name->type == TSK_FS_NAME_TYPE_DIR || name->type == TSK_FS_NAME_TYPE_VIRT_DIR;
    if (is_folder)
        return !(name->flags & TSK_FS_NAME_FLAG_ALLOC) || add_folder(w, path, name->meta_addr, err);
    return !wr_tree_wants(w->options, path, wr_pattern_matches) || add_file(w, path, name, err);
}

static bool list_now(struct walk *w, wr_error *err)
{
    const struct folder now = w->folders.items[w->now];
    TSK_FS_DIR *dir = w->tsk->dir_open(w->fs, now.inum);
    bool done = true;

    if (!dir) {
        skip_damaged(w, now.path, "a folder that cannot be listed");
        return true;
    }
    for (size_t i = 0; done && i < w->tsk->dir_size(dir); i++)
        done = take_name(w, w->tsk->dir_name(dir, i), err);
    w->tsk->dir_close(dir);
    return done;
}

bool wr_ntfs_list(wr_tree *tree, const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    wr_image *image = tree->state;
    const size_t volume = tree->volumes.count - 1;
    const char *label = tree->volumes.items[volume].label;
    struct walk w = { .tree = tree,
                      .tsk = &image->tsk,
                      .fs = image->volumes.items[volume].fs,
                      .volume = volume,
                      .options = options,
                      .diags = diags };
    struct folder *root = WR_APPEND(&tree->arena, &w.folders, struct folder);

    w.label = wr_arena_format(&tree->arena, "%s%s", label, *label ? "/" : "");
    if (!root || !w.label)
        return wr_fail_memory(err);
    *root = (struct folder){ "", w.fs->root_inum, NOBODY, 0 };
    for (; w.now < w.folders.count; w.now++)
        if (!list_now(&w, err))
            return false;
    return true;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

enum { CLUSTER = 4096 };

/* A file that is open for its bytes. */
struct content {
    const wr_tsk *tsk;
    TSK_FS_FILE *file;
    const TSK_FS_ATTR *attribute;
    uint64_t unread, first_unread; /* bytes that are zeros because they cannot be read */
};

static bool read_piece(const struct content *c, uint64_t at, uint8_t *bytes, size_t len)
{
    return c->tsk->attribute_read(c->attribute, (TSK_OFF_T)at, (char *)bytes, len,
                                  TSK_FS_FILE_READ_FLAG_NONE) == (ssize_t)len;
}

/* Where a piece cannot be read its clusters are, one by one, so that a bad one costs no other. */
static void read_clusters(struct content *c, uint64_t at, uint8_t *bytes, size_t len)
{
    for (size_t done = 0; done < len;) {
        size_t n = len - done < CLUSTER ? len - done : CLUSTER;
        if (!read_piece(c, at + done, bytes + done, n)) {
            memset(bytes + done, 0, n);
            if (c->unread == 0 || at + done < c->first_unread)
                c->first_unread = at + done;
            c->unread += n;
        }
        done += n;
    }
}

static void read_content(void *context, uint64_t at, uint8_t *bytes, size_t len)
{
    struct content *c = context;

    if (!read_piece(c, at, bytes, len))
        read_clusters(c, at, bytes, len);
    c->tsk->error_reset();
}

static uint64_t unread_of(const void *context, uint64_t *first)
{
    const struct content *c = context;

    *first = c->first_unread;
    return c->unread;
}

static void close_content(void *context)
{
    struct content *c = context;

    c->tsk->file_close(c->file);
}

/* The bytes of such files are not where a file's are, and zeros would be taken for them. */
static bool check(const wr_tsk *tsk, TSK_FS_FILE *file, const TSK_FS_ATTR *data, const char *label,
                  wr_error *err)
{
    if (tsk->file_attribute(file, TSK_FS_ATTR_TYPE_NTFS_REPARSE, 0, 0))
        return wr_fail(err, WR_E_UNSUPPORTED, label, WR_NO_OFFSET,
                       "a reparse point: a link, a file kept elsewhere, or packed by compact.exe");
    tsk->error_reset();
    if (data->flags & TSK_FS_ATTR_ENC)
        return wr_fail(err, WR_E_UNSUPPORTED, label, WR_NO_OFFSET, "encrypted by its user (EFS)");
    if (data->size < 0 || (uint64_t)data->size > WR_LIMIT_TREE_FILE_BYTES)
        return wr_fail(err, WR_E_LIMIT, label, WR_NO_OFFSET,
                       "%" PRId64 " bytes, expected at most %" PRIu64, (int64_t)data->size,
                       WR_LIMIT_TREE_FILE_BYTES);
    return true;
}

static bool find_data(struct content *c, const char *label, wr_error *err)
{
    const TSK_FS_ATTR *data = c->tsk->file_attribute(c->file, TSK_FS_ATTR_TYPE_NTFS_DATA, 0, 0);

    c->attribute = data;
    return data
               ? check(c->tsk, c->file, data, label, err)
               : wr_tsk_fail(c->tsk, label, WR_NO_OFFSET, "a file whose data cannot be found", err);
}

bool wr_ntfs_open_file(wr_tree *tree, const wr_tree_entry *entry, const char *label,
                       wr_diags *diags, wr_file **out, wr_error *err)
{
    const wr_image *image = tree->state;
    struct content *c = WR_NEW(&tree->arena, struct content, 1);
    wr_file_source source = {
        .read = read_content, .unread = unread_of, .close = close_content, .context = c
    };

    (void)diags; /* wr_file_unread tells what is missing */
    if (!c)
        return wr_fail_memory(err);
    c->tsk = &image->tsk;
    c->file = c->tsk->file_open(image->volumes.items[entry->volume].fs, NULL, entry->id);
    if (!c->file)
        return wr_tsk_fail(c->tsk, label, WR_NO_OFFSET, "a file whose MFT entry cannot be read",
                           err);
    if (!find_data(c, label, err)) {
        close_content(c);
        return false;
    }
    source.size = (uint64_t)c->attribute->size;
    return wr_file_from(&source, label, out, err);
}

#else
typedef int wr_no_ntfs; /* a file may not be empty */
#endif
