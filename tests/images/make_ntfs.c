/* make_ntfs.c - fills an NTFS image that mkntfs made, without mounting it [libntfs-3g].
 *
 *     make_ntfs IMAGE copy FOLDER        its files and folders, into the root
 *     make_ntfs IMAGE delete PATH        as Windows deletes: name and MFT entry are freed, data
 * stays make_ntfs IMAGE compress PATH      an empty file whose data will be packed make_ntfs IMAGE
 * reparse PATH       a reparse point of the file (tag of compact.exe) */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <ntfs-3g/attrib.h>
#include <ntfs-3g/compat.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/reparse.h>
#include <ntfs-3g/unistr.h>
#include <ntfs-3g/volume.h>

static void fail(const char *what, const char *path)
{
    perror(what);
    fprintf(stderr, "make_ntfs: %s %s\n", what, path);
    exit(1);
}

static ntfs_inode *create(ntfs_inode *folder, const char *name, mode_t type)
{
    ntfschar *unicode = NULL;
    const int len = ntfs_mbstoucs(name, &unicode);
    ntfs_inode *made =
        len > 0 ? ntfs_create(folder, const_cpu_to_le32(0), unicode, (u8)len, type) : NULL;

    free(unicode);
    if (!made)
        fail("create", name);
    return made;
}

static bool are_zeros(const char *bytes, size_t len)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0;
}

/* 64 KiB of zeros become a hole, as Windows makes them in a sparse file. */
static void copy_bytes(const char *from, ntfs_inode *to)
{
    ntfs_attr *data = ntfs_attr_open(to, AT_DATA, AT_UNNAMED, 0);
    FILE *f = fopen(from, "rb");
    static char bytes[1 << 16];
    s64 at = 0;
    size_t n;

    if (!data || !f)
        fail("open", from);
    while ((n = fread(bytes, 1, sizeof bytes, f)) != 0) {
        if (!are_zeros(bytes, n) && ntfs_attr_pwrite(data, at, (s64)n, bytes) != (s64)n)
            fail("write", from);
        at += (s64)n;
    }
    if (ntfs_attr_truncate(data, at) != 0)
        fail("truncate", from);
    fclose(f);
    ntfs_attr_close(data);
}

/* Small folders, known by our own tests: the stack is deep enough. */
static void copy_folder(const char *from, ntfs_inode *to)
{
    struct dirent **names;
    const int count = scandir(from, &names, NULL, alphasort);

    if (count < 0)
        fail("list", from);
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        char path[4096];
        struct stat st;
        ntfs_inode *made;

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", from, name);
        if (stat(path, &st) != 0)
            fail("stat", path);
        made = create(to, name, S_ISDIR(st.st_mode) ? S_IFDIR : S_IFREG);
        if (S_ISDIR(st.st_mode))
            copy_folder(path, made);
        else
            copy_bytes(path, made);
        if (ntfs_inode_close_in_dir(made, to) != 0)
            fail("close", path);
        free(names[i]);
    }
    free(names);
}

static ntfs_inode *find(ntfs_volume *volume, const char *path)
{
    ntfs_inode *found = ntfs_pathname_to_inode(volume, NULL, path);

    if (!found)
        fail("find", path);
    return found;
}

/* The folder that `path` is in, and its name there. */
static ntfs_inode *find_folder(ntfs_volume *volume, const char *path, const char **name)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');

    *name = slash ? slash + 1 : path;
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 0, path);
    return find(volume, *folder ? folder : "/");
}

static void delete (ntfs_volume *volume, const char *path)
{
    const char *name;
    ntfs_inode *folder = find_folder(volume, path, &name), *file = find(volume, path);
    ntfschar *unicode = NULL;
    const int len = ntfs_mbstoucs(name, &unicode);

    if (ntfs_delete(volume, path, file, folder, unicode, (u8)len) != 0) /* closes both */
        fail("delete", path);
    free(unicode);
}

static void compress(ntfs_volume *volume, const char *path)
{
    const char *name;
    ntfs_inode *folder = find_folder(volume, path, &name);
    ntfs_inode *file;

    folder->flags |= FILE_ATTR_COMPRESSED; /* new files get it from their folder */
    NInoFileNameSetDirty(folder);
    NInoSetDirty(folder);
    file = create(folder, name, S_IFREG);
    ntfs_inode_close_in_dir(file, folder);
    ntfs_inode_close(folder);
}

static void make_reparse(ntfs_volume *volume, const char *path)
{
    static const char point[] = "\x17\x00\x00\x80\x10\x00\x00\x00" /* IO_REPARSE_TAG_WOF, length */
                                "\x01\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00";
    ntfs_inode *file = find(volume, path);

    if (ntfs_set_ntfs_reparse_data(file, point, sizeof point, 0) != 0)
        fail("reparse", path);
    ntfs_inode_close(file);
}

int main(int argc, char **argv)
{
    ntfs_volume *volume;

    if (argc != 4)
        return 2;
    if (!(volume = ntfs_mount(argv[1], 0)))
        fail("mount", argv[1]);
    if (strcmp(argv[2], "copy") == 0) {
        ntfs_inode *root = find(volume, "/");
        copy_folder(argv[3], root);
        ntfs_inode_close(root);
    } else if (strcmp(argv[2], "delete") == 0) {
        delete (volume, argv[3]);
    } else if (strcmp(argv[2], "compress") == 0) {
        compress(volume, argv[3]);
    } else if (strcmp(argv[2], "reparse") == 0) {
        make_reparse(volume, argv[3]);
    } else {
        return 2;
    }
    return ntfs_umount(volume, 0) == 0 ? 0 : 1;
}
