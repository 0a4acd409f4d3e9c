#include "image_case.h"

#define MBR                                                                                        \
    "truncate -s 40M mbr.raw && parted -s mbr.raw mklabel msdos mkpart primary ntfs 2048s 67583s " \
    "mkpart extended 67584s 100% mkpart logical ntfs 69632s 100% 2>/dev/null && " DD               \
    "if=part.ntfs of=mbr.raw seek=2048"
#define EWF                                                                                        \
    "ewfacquire -q -u -f encase6 -c deflate:fast -C c -D d -E e -e x -N n -m fixed -M physical "

static const struct {
    const char *tool, *command, *made, *volume;
} makers[] = {
    { "true", "true", "part.ntfs", "" },
    { "sgdisk", GPT, "gpt.raw", "p2" },
    { "parted", MBR, "mbr.raw", "p1" },
    { "split", "split -b 20M -a 3 --numeric-suffixes=1 gpt.raw gpt.", "gpt.001", "p2" },
    { "ewfacquire", EWF "-t e gpt.raw </dev/null >/dev/null", "e.E01", "p2" },
    { "ewfacquire", EWF "-S 1MiB -t s gpt.raw </dev/null >/dev/null && test -e s.E02", "s.E01",
      "p2" },
    { "qemu-img", "qemu-img convert -O vmdk gpt.raw s.vmdk", "s.vmdk", "p2" },
    { "qemu-img", "qemu-img convert -O vmdk -o subformat=streamOptimized gpt.raw o.vmdk", "o.vmdk",
      "p2" },
    { "qemu-img", "qemu-img convert -O vmdk -o subformat=monolithicFlat gpt.raw f.vmdk", "f.vmdk",
      "p2" },
    { "qemu-img", "qemu-img convert -O vpc gpt.raw d.vhd", "d.vhd", "p2" },
    { "qemu-img", "qemu-img convert -O vpc -o subformat=fixed gpt.raw f.vhd", "f.vhd", "p2" },
    { "qemu-img", "qemu-img convert -O vhdx gpt.raw d.vhdx", "d.vhdx", "p2" },
    { "qemu-img", "qemu-img convert -O vhdx -o subformat=fixed gpt.raw f.vhdx", "f.vhdx", "p2" },
    { "qemu-img", "qemu-img convert -O qcow2 gpt.raw d.qcow2", "d.qcow2", "p2" },
    { "qemu-img", "qemu-img convert -c -O qcow2 gpt.raw c.qcow2", "c.qcow2", "p2" },
};

Test(image, is_the_tree_of_the_folder, .init = make, .fini = leave)
{
    size_t made = 0;

    NEEDS_IMAGES();
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        wr_tree *tree;

        if (!has_tool(makers[i].tool)) {
            cr_log_warn("%s is not here: %s is not tried", makers[i].tool, makers[i].made);
            continue;
        }
        cr_assert(shell(TOOL_PATH "; %s", makers[i].command), "%s", makers[i].command);
        tree = open_tree(makers[i].made, &want);
        cr_expect_eq(wr_tree_kind_is(tree), WR_TREE_IMAGE);
        cr_assert_eq(wr_tree_num_volumes(tree), 1, "%s", makers[i].made);
        cr_expect_str_eq(wr_tree_volume_at(tree, 0)->label, makers[i].volume);
        expect_host(tree, 0, makers[i].made);
        wr_tree_close(tree);
        made++;
    }
    cr_expect_eq(diags.list.count, 0, "%s", diags.list.items[0].message);
    cr_expect_gt(made, 0);
}

Test(image, names_files_and_times, .init = make, .fini = leave)
{
    static const char *const paths[] = { "Windows/System32/config/SOFTWARE", NULL };
    const wr_tree_options options = { .patterns = paths };
    wr_tree *tree;
    wr_file *file;
    struct stat st;

    NEEDS_IMAGES();
    cr_assert_eq(stat("part.ntfs", &st), 0);
    tree = open_tree("part.ntfs", &options);
    cr_assert_eq(wr_tree_count(tree), 1);
    cr_expect_lt(wr_tree_entry_at(tree, 0)->modified,
                 wr_time_from_unix((int64_t)st.st_mtime) + WR_TIME_SECOND);
    cr_expect_gt(wr_tree_entry_at(tree, 0)->modified,
                 wr_time_from_unix((int64_t)st.st_mtime) - 60 * WR_TIME_SECOND);
    file = open_entry(tree, wr_tree_entry_at(tree, 0));
    cr_expect_str_eq(wr_file_view(file).source, "part.ntfs/Windows/System32/config/SOFTWARE");
    wr_file_close(file);
    wr_tree_close(tree);
}

Test(image, of_two_systems_has_two_volumes, .init = make, .fini = leave)
{
    wr_tree *tree;

    NEEDS_IMAGES();
    if (!has_tool("sgdisk"))
        cr_skip_test("sgdisk is not here");
    cr_assert(shell(TOOL_PATH "; truncate -s 80M two.raw && sgdisk -n 1:2048:+32M -n 2:81920:+32M "
                              "two.raw >/dev/null && " DD "if=part.ntfs of=two.raw seek=2048 && " DD
                              "if=part.ntfs of=two.raw seek=81920"));
    tree = open_tree("two.raw", &want);
    cr_assert_eq(wr_tree_num_volumes(tree), 2);
    cr_expect_str_eq(wr_tree_volume_at(tree, 0)->label, "p1");
    cr_expect_str_eq(wr_tree_volume_at(tree, 1)->label, "p2");
    cr_expect_eq(wr_tree_volume_at(tree, 1)->offset, (uint64_t)81920 * 512);
    expect_host(tree, 0, "p1");
    expect_host(tree, 1, "p2");
    wr_tree_close(tree);
}

Test(image, gives_deleted_copies, .init = make, .fini = leave)
{
    const wr_tree_entry *entry, *deleted = NULL;
    wr_tree *tree;
    wr_file *file;
    uint8_t *bytes;
    size_t len;

    NEEDS_IMAGES();
    cr_assert(shell("%s part.ntfs delete Windows/System32/config/SOFTWARE && "
                    "%s part.ntfs delete Users/alice/Documents/x.txt",
                    MAKE_NTFS, MAKE_NTFS));
    tree = open_tree("part.ntfs", &want);
    cr_expect_eq(wr_tree_count(tree), 7);
    for (size_t i = 0; i < wr_tree_count(tree); i++) {
        entry = wr_tree_entry_at(tree, i);
        cr_expect_eq(entry->deleted, strcmp(entry->path, "Windows/System32/config/SOFTWARE") == 0,
                     "%s", entry->path);
        deleted = entry->deleted ? entry : deleted;
    }
    cr_assert(deleted);
    cr_expect_null(wr_tree_find(tree, 0, "Windows/System32/config/SOFTWARE"));
    bytes = read_file("host/Windows/System32/config/SOFTWARE", &len);
    file = open_entry(tree, deleted);
    cr_expect(wr_view_is(wr_file_view(file), bytes, len));
    cr_expect(strstr(wr_file_view(file).source, "SOFTWARE (deleted)"));
    wr_file_close(file);
    free(bytes);
    wr_tree_close(tree);
}

Test(image, gives_shadow_copies_as_dated_volumes, .init = make, .fini = leave)
{
    static const char *const labels[] = { "p2", "p2/vss1", "p2/vss2" };
    static const char *const dates[] = { "", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z" };
    const wr_tree_entry *changed;
    wr_tree *tree;
    wr_file *file;
    uint8_t *bytes;
    size_t len;

    NEEDS_IMAGES();
    if (!strstr(wr_tree_components(), ", libvshadow") || !has_tool("sgdisk"))
        cr_skip_test("libvshadow or sgdisk is not here");
    make_snapshots();
    cr_assert(shell(TOOL_PATH "; " GPT));
    tree = open_tree("gpt.raw", &want);
    cr_assert_eq(wr_tree_num_volumes(tree), 3);
    for (size_t i = 0; i < 3; i++) {
        const wr_tree_volume *volume = wr_tree_volume_at(tree, i);
        wr_time taken = 0;

        cr_expect_str_eq(volume->label, labels[i]);
        cr_assert(i == 0 || wr_time_parse(dates[i], &taken));
        cr_expect_eq(volume->taken, taken);
        cr_expect_eq(volume->offset, (uint64_t)8192 * 512);
    }
    cr_expect_null(wr_tree_find(tree, 0, "Windows/System32/config/SOFTWARE"));
    expect_host(tree, 1, "p2/vss1");
    cr_assert((changed = wr_tree_find(tree, 2, "Windows/System32/config/SOFTWARE")));
    file = open_entry(tree, changed);
    bytes = read_file("changed", &len);
    cr_expect(wr_view_is(wr_file_view(file), bytes, len));
    cr_expect_str_eq(wr_file_view(file).source, "gpt.raw/p2/vss2/Windows/System32/config/SOFTWARE");
    free(bytes);
    wr_file_close(file);
    wr_tree_close(tree);
    cr_expect_eq(diags.list.count, 0);
}

Test(image, packed_by_ntfs_is_unpacked, .init = make, .fini = leave)
{
    static const char *const paths[] = { "c/PACKED", NULL };
    const wr_tree_options options = { .patterns = paths };
    wr_tree *tree;
    wr_file *file;
    uint8_t *bytes;
    size_t len;

    NEEDS_IMAGES();
    cr_assert(shell("mkdir -p more/c && %s part.ntfs copy more && "
                    "%s part.ntfs compress c/PACKED && "
                    "for i in 1 2 3 4 5 6 7 8 9; do cat '%s'; done > hive && " TOOL_PATH
                    "ntfscp -f -q part.ntfs hive c/PACKED",
                    MAKE_NTFS, MAKE_NTFS, FIXTURE("demo/SOFTWARE")));
    tree = open_tree("part.ntfs", &options);
    cr_assert_eq(wr_tree_count(tree), 1);
    file = open_entry(tree, wr_tree_entry_at(tree, 0));
    bytes = read_file("hive", &len);
    cr_expect(wr_view_is(wr_file_view(file), bytes, len));
    cr_expect_eq(diags.list.count, 0);
    wr_file_close(file);
    free(bytes);
    wr_tree_close(tree);
}

Test(image, holes_of_a_sparse_file_are_zeros, .init = make, .fini = leave)
{
    static const char *const paths[] = { "c/HOLED", NULL };
    const wr_tree_options options = { .patterns = paths };
    wr_tree *tree;
    wr_file *file;
    uint8_t *bytes;
    size_t len;

    NEEDS_IMAGES();
    cr_assert(shell("mkdir -p more/c && cat '%s' >hive && truncate -s 1M hive && cat hive '%s' "
                    ">more/c/HOLED && %s part.ntfs copy more",
                    FIXTURE("demo/SOFTWARE"), FIXTURE("demo/SOFTWARE"), MAKE_NTFS));
    if (has_tool("istat") && has_tool("fls")) /* that it is one, another reader says */
        cr_expect(shell("istat part.ntfs $(fls -r -p part.ntfs | sed -n "
                        "'s/.* \\(.*\\):.*c\\/HOLED$/\\1/p') | grep -q Sparse"));
    tree = open_tree("part.ntfs", &options);
    cr_assert_eq(wr_tree_count(tree), 1);
    file = open_entry(tree, wr_tree_entry_at(tree, 0));
    bytes = read_file("more/c/HOLED", &len);
    cr_expect(wr_view_is(wr_file_view(file), bytes, len));
    cr_expect_eq(diags.list.count, 0);
    wr_file_close(file);
    free(bytes);
    wr_tree_close(tree);
}

/* A junction that leads back to its own parent is an empty folder here. */
Test(image, a_junction_is_not_followed, .init = make, .fini = leave)
{
    wr_tree *tree;

    NEEDS_IMAGES();
    cr_assert(shell("mkdir -p 'more/Junctions/All Users' && %s part.ntfs copy more && "
                    "%s part.ntfs reparse 'Junctions/All Users'",
                    MAKE_NTFS, MAKE_NTFS));
    tree = open_tree("part.ntfs", NULL);
    for (size_t i = 0; i < wr_tree_count(tree); i++)
        cr_expect_null(strstr(wr_tree_entry_at(tree, i)->path, "All Users/"));
    cr_expect_not_null(wr_tree_find(tree, 0, "Windows/System32/config/SOFTWARE"));
    wr_tree_close(tree);
}

Test(image, a_reparse_point_is_no_file, .init = make, .fini = leave)
{
    const wr_tree_entry *entry;
    wr_tree *tree;
    wr_file *file;
    wr_error e;

    NEEDS_IMAGES();
    cr_assert(shell("%s part.ntfs reparse Windows/System32/config/SYSTEM", MAKE_NTFS));
    tree = open_tree("part.ntfs", &want);
    cr_assert((entry = wr_tree_find(tree, 0, "Windows/System32/config/SYSTEM")));
    cr_assert_not(wr_tree_open_file(tree, entry, NULL, &diags, &file, &e));
    cr_expect_eq(e.code, WR_E_UNSUPPORTED);
    cr_expect(strstr(e.message, "reparse point"), "%s", e.message);
    wr_tree_close(tree);
}

/* Each is refused with what to do about it. */
static void expect_refused(const char *path, const char *why)
{
    wr_tree *tree;
    wr_error e;

    cr_assert_not(wr_tree_open(path, &want, &diags, &tree, &e), "%s", path);
    cr_expect_eq(e.code, WR_E_UNSUPPORTED, "%s: %s", path, e.message);
    cr_expect(strstr(e.message, why), "%s: %s", path, e.message);
}

static size_t find_bytes(const char *path, const void *bytes, size_t len)
{
    size_t size, at = 0;
    uint8_t *all = read_file(path, &size);

    while (at + len < size && memcmp(all + at, bytes, len) != 0)
        at++;
    free(all);
    cr_assert(at + len < size, "%s", path);
    return at;
}

Test(image, of_a_difference_needs_its_parent, .init = make, .fini = leave)
{
    static const char vhdx_item[] =
        "\x37\x67\xA1\xCA\x36\xFA\x43\x4D\xB3\xB6\x33\xF0\xAA\x44\xE7\x6B";

    NEEDS_IMAGES();
    if (!has_tool("qemu-img"))
        cr_skip_test("qemu-img is not here");
    cr_assert(shell("qemu-img convert -O vmdk part.ntfs p.vmdk && "
                    "qemu-img create -q -f vmdk -F vmdk -b p.vmdk c.vmdk && "
                    "qemu-img create -q -f qcow2 -F raw -b part.ntfs c.qcow2 && "
                    "qemu-img convert -O vpc part.ntfs c.vhd && "
                    "qemu-img convert -O vhdx part.ntfs c.vhdx && "
                    "qemu-img convert -O vdi part.ntfs c.vdi"));
    expect_refused("c.vmdk", "needs its parent");
    expect_refused("c.qcow2", "needs its parent");
    patch("c.vhd", 63, "\4", 1); /* the disk's type: differencing */
    expect_refused("c.vhd", "needs its parent");
    { /* [MS-VHDX] 2.6.1.2: item id, offset in the region; 2.6.2.1: block size, flags */
        const size_t entry = find_bytes("c.vhdx", vhdx_item, 16);
        const size_t region = find_bytes("c.vhdx", "metadata", 8);
        size_t len;
        uint8_t *all = read_file("c.vhdx", &len);
        uint32_t offset;

        cr_assert(wr_u32le_at(view_of(all, len), entry + 16, &offset));
        free(all);
        patch("c.vhdx", region + offset + 4, "\2", 1);
    }
    expect_refused("c.vhdx", "needs its parent");
    expect_refused("c.vdi", "qemu-img convert");
}

/* What stands in it would otherwise be zeros, and nobody told. */
Test(image, with_a_missing_part_is_told, .init = make, .fini = leave)
{
    wr_tree *tree;
    wr_error e;

    NEEDS_IMAGES();
    if (!has_tool("ewfacquire"))
        cr_skip_test("ewfacquire is not here");
    put("host/Windows/System32/config/SYSTEM", 3000000);
    cr_assert(shell("rm part.ntfs && truncate -s 32M part.ntfs && " TOOL_PATH
                    "mkntfs -F -q -Q -p 2048 part.ntfs >/dev/null 2>&1 && %s part.ntfs copy "
                    "host && " EWF "-S 1MiB -t s part.ntfs </dev/null >/dev/null",
                    MAKE_NTFS));
    cr_assert(shell("test -e s.E04"));
    tree = open_tree("s.E01", &want);
    expect_host(tree, 0, "s.E01");
    cr_expect_eq(diags.list.count, 0);
    wr_tree_close(tree);
    cr_assert(shell("mv s.E03 s.X03"));
    wr_tree_close(open_tree("s.E01", &want));
    cr_assert(find_diag("s.E03 is missing"));
    cr_expect_eq(find_diag("s.E03 is missing")->severity, WR_DIAG_SKIPPED);
    cr_assert(shell("mkdir one && cp s.E01 one && truncate -s 300k one/s.E01")); /* of its 1 MiB */
    cr_assert_not(wr_tree_open("one/s.E01", &want, &diags, &tree, &e));
    cr_expect_eq(e.code, WR_E_TRUNCATED, "%s", e.message);
    cr_expect(strstr(e.message, "one/s.E01 is cut"), "%s", e.message);
    cr_assert(shell("mv s.X03 s.E03 && truncate -s -100 s.E04"));
    wr_tree_close(open_tree("s.E01", &want));
    cr_expect(find_diag("s.E04 is cut"));
}

Test(image, that_is_cut_gives_what_is_left, .init = make, .fini = leave, .timeout = 300)
{
    NEEDS_IMAGES();
    for (unsigned megabytes = 31; megabytes > 3; megabytes -= 3) {
        cr_assert(shell("truncate -s %uM part.ntfs", megabytes));
        list_damaged("part.ntfs");
    }
    cr_assert(shell("truncate -s 512 part.ntfs"));
    list_damaged("part.ntfs");
}

/* The volume of "disk.raw", `behind` 4 MiB, as its label says. */
static void expect_found(const char *why, uint64_t behind)
{
    wr_tree *tree = open_tree("disk.raw", &want);
    char label[24];

    snprintf(label, sizeof label, "0x%llx", (unsigned long long)((4 << 20) + behind));
    cr_assert_eq(wr_tree_num_volumes(tree), 1);
    cr_expect_str_eq(wr_tree_volume_at(tree, 0)->label, label);
    cr_expect_eq(wr_tree_volume_at(tree, 0)->offset, ((uint64_t)4 << 20) + behind);
    expect_host(tree, 0, why);
    wr_tree_close(tree);
    cr_assert(find_diag("volumes are taken from where they may begin"), "%s", why);
    cr_expect_eq(find_diag("volumes are taken")->severity, WR_DIAG_SKIPPED);
    cr_expect_eq(find_diag("volumes are taken")->offset, 0);
    diags.list.count = 0;
}

/* The volume is found where it begins, whatever the table lacks. */
Test(image, of_a_damaged_table_is_searched, .init = make, .fini = leave)
{
    NEEDS_IMAGES();
    if (!has_tool("sgdisk"))
        cr_skip_test("sgdisk is not here");
    cr_assert(shell(TOOL_PATH "; " GPT " && " DD "if=/dev/zero of=gpt.raw seek=1 count=1 && " DD
                              "if=/dev/zero of=gpt.raw seek=81919 count=1 && cp gpt.raw disk.raw"));
    expect_found("a GPT without its headers", 0);
    patch("disk.raw", 446, "\0\0\2\0\7\0\0\0\0\x20\0\0\0\0\1\0", 16);
    patch("disk.raw", 446 + 16, "\0\0\2\0\7\0\0\0\0\0\xFF\xFF\xFF\xFF\0\0", 16);
    expect_found("an entry beyond the end", 0);
    cr_assert(shell(DD "if=/dev/zero of=disk.raw count=1"));
    expect_found("no first sector", 0);
    cr_assert(shell(DD "if=part.ntfs of=disk.raw seek=8200")); /* at no MiB, by its entry alone */
    patch("disk.raw", 510, "\x55\xAA", 2);
    patch("disk.raw", 446, "\0\0\2\0\7\0\0\0\x08\x20\0\0\0\0\1\0", 16);
    patch("disk.raw", 446 + 16, "\0\0\2\0\7\0\0\0\0\0\xFF\xFF\xFF\xFF\0\0", 16);
    expect_found("an entry that Windows XP made", 4096);
}

/* NTFS keeps a copy of each behind its last sector and in $MFTMirr. */
Test(image, of_a_damaged_volume_is_read_by_its_copies, .init = make, .fini = leave)
{
    static const struct {
        const char *image, *damage, *volume, *why;
    } cases[] = {
        { "part.ntfs", DD "if=/dev/zero count=1 of=", "", "the boot sector of" },
        { "part.ntfs", DD "if=/dev/zero count=4 seek=$mft of=", "", "first MFT records of" },
        { "gpt.raw", DD "if=/dev/zero count=1 seek=8192 of=", "p2", "the boot sector of" },
        { "gpt.raw", DD "if=/dev/zero count=1 seek=$((8192+mft)) of=", "p2", "first MFT records" },
    };
    size_t len, mft;
    uint8_t *bytes;

    NEEDS_IMAGES();
    if (!has_tool("sgdisk"))
        cr_skip_test("sgdisk is not here");
    bytes = read_file("part.ntfs", &len);
    mft = (size_t)(bytes[48] | bytes[49] << 8) * bytes[13]; /* NTFS: cluster of the MFT */
    free(bytes);
    cr_assert(shell(TOOL_PATH "; " GPT));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wr_tree *tree;

        cr_assert(
            shell("cp %s disk.raw; mft=%zu; %sdisk.raw", cases[i].image, mft, cases[i].damage));
        tree = open_tree("disk.raw", &want);
        cr_assert_eq(wr_tree_num_volumes(tree), 1);
        cr_expect_str_eq(wr_tree_volume_at(tree, 0)->label, cases[i].volume);
        expect_host(tree, 0, cases[i].why);
        wr_tree_close(tree);
        cr_assert(find_diag(cases[i].why), "%s", cases[i].why);
        cr_expect_eq(find_diag(cases[i].why)->severity, WR_DIAG_SKIPPED);
        diags.list.count = 0;
    }
}

Test(image, that_ends_before_a_partition_says_so, .init = make, .fini = leave)
{
    NEEDS_IMAGES();
    if (!has_tool("sgdisk"))
        cr_skip_test("sgdisk is not here");
    cr_assert(shell(TOOL_PATH "; truncate -s 40M disk.raw && sgdisk -a 1 -n 1:34:+1M -n "
                              "2:4096:+32M -n 3:71680:+3M disk.raw >/dev/null && " DD
                              "if=part.ntfs of=disk.raw seek=4096 && truncate -s 34M disk.raw"));
    wr_tree_close(open_tree("disk.raw", &want));
    cr_assert(find_diag("before this partition begins"));
    cr_expect_str_eq(find_diag("before this partition begins")->path, "p3");
    cr_expect_eq(find_diag("before this partition begins")->offset, (uint64_t)34 << 20);
}

Test(image, that_lacks_its_last_part_says_so, .init = make, .fini = leave)
{
    NEEDS_IMAGES();
    if (!has_tool("sgdisk"))
        cr_skip_test("sgdisk is not here");
    cr_assert(shell(TOOL_PATH "; " GPT " && split -b 35M -a 3 --numeric-suffixes=1 gpt.raw gpt. && "
                              "test -e gpt.002 && rm gpt.002"));
    wr_tree_close(open_tree("gpt.001", &want));
    cr_assert(find_diag("the image ends here"));
    cr_expect_str_eq(find_diag("the image ends here")->path, "p2");
    cr_expect_eq(find_diag("the image ends here")->offset, (uint64_t)35 << 20);
}

/* In the boot sector, in the MFT and its records for files, in folders. */
Test(image, with_flipped_bytes_does_no_harm, .init = make, .fini = leave, .timeout = 300)
{
    uint64_t seed = 0x6e746673;
    uint8_t *bytes;
    size_t len, mft;

    NEEDS_IMAGES();
    bytes = read_file("part.ntfs", &len);
    mft = (size_t)(bytes[48] | bytes[49] << 8) * 4096; /* NTFS: cluster of the MFT */
    for (int i = 0; i < 300; i++) {
        const size_t range = i < 80 ? 84 : 90 * 1024, start = i < 80 ? 0 : mft;
        const size_t at = start + (size_t)(next_random(&seed) % range);
        const uint8_t flipped = (uint8_t)(i % 2 ? ~bytes[at] : bytes[at] ^ 1 << i % 8);

        patch("part.ntfs", at, &flipped, 1);
        list_damaged("part.ntfs");
        patch("part.ntfs", at, &bytes[at], 1);
    }
    free(bytes);
}

/* In the header of the snapshots, the catalog and the lists of a store. */
Test(image, with_flipped_bytes_of_snapshots_does_no_harm, .init = make, .fini = leave,
     .timeout = 300)
{
    static const size_t starts[] = { 0x1E00, (size_t)32 << 20, ((size_t)32 << 20) + 0x4000,
                                     ((size_t)32 << 20) + 0x8000 };
    uint64_t seed = 0x767373;
    uint8_t *bytes;
    size_t len;

    NEEDS_IMAGES();
    make_snapshots();
    bytes = read_file("part.ntfs", &len);
    for (size_t i = 0; i < 160; i++) {
        const size_t at = starts[i % 4] + (size_t)(next_random(&seed) % (i % 4 ? 512 : 96));
        const uint8_t flipped = (uint8_t)(i % 8 < 4 ? ~bytes[at] : bytes[at] ^ 1 << i % 7);

        patch("part.ntfs", at, &flipped, 1);
        list_damaged("part.ntfs");
        patch("part.ntfs", at, &bytes[at], 1);
    }
    free(bytes);
}

Test(image, noise_is_none, .init = enter, .fini = leave)
{
    wr_tree *tree;
    wr_error e;

    put("noise", 100000);
    patch("noise", 510, "\x55\xAA", 2); /* like an MBR, without its table */
    cr_expect_not(wr_tree_open("noise", &want, &diags, &tree, &e));
    cr_expect_eq(e.code, WR_E_UNSUPPORTED);
}
