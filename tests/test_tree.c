#include "tree_case.h"

#include "winroots/limits.h"

#include <locale.h>

static void make(void)
{
    enter();
    make_host();
}

Test(tree, of_a_folder_is_case_blind_and_sorted, .init = make, .fini = leave)
{
    static const char *const paths[] = {
        "Users/Zo\xc3\xab/ntuser.dat",
        "Users/alice/AppData/Roaming/Microsoft/SystemCertificates/My/Certificates/0123",
        "Users/alice/NTUSER.DAT",
        "Users/alice/NTUSER.DAT.LOG1",
        "Windows/System32/config/RegBack/SOFTWARE",
        "Windows/System32/config/SOFTWARE",
        "Windows/System32/config/SYSTEM",
    };
    wr_tree *tree = open_tree("host", &want);
    struct stat st;

    cr_assert_eq(wr_tree_count(tree), sizeof paths / sizeof *paths);
    for (size_t i = 0; i < wr_tree_count(tree); i++)
        cr_expect_str_eq(wr_tree_entry_at(tree, i)->path, paths[i]);
    cr_expect_eq(wr_tree_find(tree, 0, "windows/SYSTEM32/Config/software"),
                 wr_tree_entry_at(tree, 5));
    cr_expect_null(wr_tree_find(tree, 0, "Windows/System32/config"));
    cr_assert_eq(stat("host/Users/alice/NTUSER.DAT", &st), 0);
    cr_expect_eq(wr_tree_entry_at(tree, 2)->size, 70000);
    cr_expect_eq(wr_tree_entry_at(tree, 2)->modified, wr_time_from_unix((int64_t)st.st_mtime));
    cr_expect_eq(wr_tree_num_volumes(tree), 1);
    cr_expect_eq(wr_tree_kind_is(tree), WR_TREE_FOLDER);
    wr_tree_close(tree);
    tree = open_tree("host", NULL);
    cr_expect_eq(wr_tree_count(tree), 12);
    wr_tree_close(tree);
}

Test(tree, names_a_file_by_its_container, .init = make, .fini = leave)
{
    wr_tree *tree = open_tree("host", &want);
    wr_file *file = open_entry(tree, wr_tree_entry_at(tree, 2));
    wr_error e;

    cr_expect_str_eq(wr_file_view(file).source, "host/Users/alice/NTUSER.DAT");
    wr_file_close(file);
    cr_assert(wr_tree_open_file(tree, wr_tree_entry_at(tree, 2), "e1", &diags, &file, &e));
    cr_expect_str_eq(wr_file_view(file).source, "e1");
    wr_file_close(file);
    wr_tree_close(tree);
}

/* How tools of others make an archive of what is in "host". */
static const struct {
    const char *tool, *command, *made;
} makers[] = {
    { "zip", "cd host && zip -qr ../x.zip .", "x.zip" },
    { "7z", "cd host && 7z a -bd ../x.7z . >/dev/null", "x.7z" },
    { "7z", "cd host && 7z a -bd -ms=off -mx=0 ../stored.7z . >/dev/null", "stored.7z" },
    { "tar", "tar -C host -cf x.tar .", "x.tar" },
    { "tar", "tar -C host -czf x.tar.gz .", "x.tar.gz" },
    { "xz", "tar -C host -cJf x.tar.xz .", "x.tar.xz" },
    { "zstd", "tar -C host --zstd -cf x.tar.zst .", "x.tar.zst" },
    { "bsdtar", "bsdtar -C host --format pax -cf pax.tar .", "pax.tar" },
    { "bsdtar", "bsdtar -C host --format zip -cf stream.zip .", "stream.zip" },
    { "xorriso", "xorriso -as mkisofs -quiet -J -r -o x.iso host 2>/dev/null", "x.iso" },
    { "gcab", "cd host && gcab -c -z ../x.cab $(find . -type f)", "x.cab" },
    { "zip", "mkdir -p uploads/auto && cp -r host uploads/auto/C%3A && zip -qr v.zip uploads",
      "v.zip" },
};

/* The same where `prefix` stands before each path. */
static void expect_same(wr_tree *tree, const char *prefix, const char *what)
{
    wr_tree *host = open_tree("host", &want);

    cr_assert_eq(wr_tree_count(tree), wr_tree_count(host), "%s: %zu files", what,
                 wr_tree_count(tree));
    for (size_t i = 0; i < wr_tree_count(host); i++) {
        const wr_tree_entry *a = wr_tree_entry_at(host, i), *b = wr_tree_entry_at(tree, i);
        wr_file *x = open_entry(host, a), *y = open_entry(tree, b);

        cr_assert_eq(strncmp(b->path, prefix, strlen(prefix)), 0, "%s: %s", what, b->path);
        cr_assert_str_eq(b->path + strlen(prefix), a->path, "%s", what);
        cr_assert(wr_view_equal(wr_file_view(x), wr_file_view(y)), "%s: %s", what, a->path);
        cr_assert_eq(b->size, a->size);
        wr_file_close(x);
        wr_file_close(y);
    }
    wr_tree_close(host);
}

Test(tree, of_an_archive_is_that_of_the_folder, .init = make, .fini = leave)
{
    size_t made = 0;

    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        wr_tree *tree;

        if (!has_tool(makers[i].tool)) {
            cr_log_warn("%s is not here: %s is not tried", makers[i].tool, makers[i].made);
            continue;
        }
        cr_assert(shell("%s", makers[i].command), "%s", makers[i].command);
        tree = open_tree(makers[i].made, &want);
        cr_expect_eq(wr_tree_kind_is(tree), WR_TREE_ARCHIVE);
        expect_same(tree, strcmp(makers[i].made, "v.zip") ? "" : "uploads/auto/C%3A/",
                    makers[i].made);
        wr_tree_close(tree);
        made++;
    }
    cr_expect_eq(diags.list.count, 0, "%s", diags.list.items[0].message);
    cr_expect_gt(made, 2);
}

/* The linker gives this to libwinroots: a system without the locale that is asked for. */
static bool has_locales = true;
locale_t __real_newlocale(int mask, const char *name, locale_t base);
locale_t __wrap_newlocale(int mask, const char *name, locale_t base);

locale_t __wrap_newlocale(int mask, const char *name, locale_t base)
{
    return has_locales ? __real_newlocale(mask, name, base) : (locale_t)0;
}

/* A static program asks for no locale; any other says what it cannot name. */
Test(tree, of_an_archive_loses_no_name_without_a_locale, .init = make, .fini = leave)
{
    static const char *const archives[] = { "x.zip", "x.7z" };

    if (!has_tool("7z"))
        cr_skip_test("7z is not here");
    cr_assert(shell("export LC_ALL=C.UTF-8 && cd host && 7z a -bd -tzip ../x.zip . >/dev/null && "
                    "7z a -bd -ms=off ../x.7z . >/dev/null"));
    has_locales = false;
    for (size_t i = 0; i < sizeof archives / sizeof *archives; i++) {
        wr_tree *tree = open_tree(archives[i], &want);

#ifdef WR_STATIC
        expect_same(tree, "", archives[i]);
        cr_expect_eq(diags.list.count, 0);
#else
        cr_expect_eq(wr_tree_count(tree), 6, "%s", archives[i]);
        cr_assert_eq(diags.list.count, i + 1, "%s", archives[i]);
        cr_expect_eq(diags.list.items[i].severity, WR_DIAG_SKIPPED);
        cr_expect_not_null(strstr(diags.list.items[i].message, "locale"));
#endif
        wr_tree_close(tree);
    }
}

static bool is_hive(void *context, const char *path, wr_view first)
{
    size_t *asked = context;

    (void)path;
    ++*asked;
    return wr_view_starts(first, "regf", 4);
}

Test(tree, finds_by_first_bytes_what_was_renamed, .init = make, .fini = leave)
{
    static const char *const none[] = { NULL };
    static const char *const trees[] = { "host", "x.zip", "x.tar.gz" };
    size_t asked = 0;
    const wr_tree_options by_content = { .patterns = none, .wants = is_hive, .context = &asked };

    cr_assert(shell("mv host/Windows/System32/config/SOFTWARE host/evidence.bin && cd host && zip "
                    "-qr ../x.zip . && tar -czf ../x.tar.gz ."));
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        wr_tree *tree = open_tree(trees[i], &by_content);
        wr_file *file;

        cr_assert_eq(wr_tree_count(tree), 1, "%s", trees[i]);
        cr_expect_str_eq(wr_tree_entry_at(tree, 0)->path, "evidence.bin");
        cr_expect_eq(asked, 12 * (i + 1));
        file = open_entry(tree, wr_tree_entry_at(tree, 0));
        cr_expect(wr_view_starts(wr_file_view(file), "regf", 4));
        cr_expect_eq(wr_file_view(file).len, wr_tree_entry_at(tree, 0)->size);
        wr_file_close(file);
        wr_tree_close(tree);
    }
}

Test(tree, of_an_archive_in_an_archive_has_its_path, .init = make, .fini = leave)
{
    wr_tree *tree;

    cr_assert(shell("cd host && tar -czf ../pc1.tar.gz . && cd .. && tar -cf all.tar pc1.tar.gz && "
                    "tar -cf more.tar all.tar && tar -cf most.tar more.tar"));
    tree = open_tree("more.tar", &want);
    expect_same(tree, "all.tar/pc1.tar.gz/", "more.tar");
    wr_tree_close(tree);
    cr_expect_eq(diags.list.count, 0);
    tree = open_tree("most.tar", &want);
    cr_expect_eq(wr_tree_count(tree), 0);
    wr_tree_close(tree);
    cr_assert(find_diag("too deep")); /* WR_LIMIT_ARCHIVE_DEPTH */
    cr_expect_eq(diags.list.items[0].code, WR_E_LIMIT);
    cr_expect_str_eq(diags.list.items[0].path, "more.tar/all.tar/pc1.tar.gz");
}

Test(tree, names_that_lead_elsewhere_are_left_out, .init = make, .fini = leave)
{
    static const char *const software[] = { "SOFTWARE", NULL };
    const wr_tree_options options = { .patterns = software };
    wr_tree *tree;

    cr_assert(
        shell("mkdir d && cd d && echo 1 > SOFTWARE && "
              "tar -P -cf ../x.tar --transform 's,SOFTWARE,../../SOFTWARE,' SOFTWARE && "
              "tar -P -rf ../x.tar --transform 's,SOFTWARE,/abs/./SOFTWARE,' SOFTWARE && "
              "tar -P -rf ../x.tar --transform 's,SOFTWARE,C:\\\\dos\\\\SOFTWARE,' SOFTWARE && "
              "ln -s /etc/passwd link && tar -rf ../x.tar link"));
    tree = open_tree("x.tar", &options);
    cr_assert_eq(wr_tree_count(tree), 2);
    cr_expect_str_eq(wr_tree_entry_at(tree, 0)->path, "C/dos/SOFTWARE");
    cr_expect_str_eq(wr_tree_entry_at(tree, 1)->path, "abs/SOFTWARE");
    wr_tree_close(tree);
    cr_assert(find_diag("leads out of the archive"));
    cr_expect_str_eq(find_diag("leads out of the archive")->path, "../../SOFTWARE");
    cr_expect_eq(find_diag("leads out of the archive")->severity, WR_DIAG_SKIPPED);
    cr_assert(find_diag("1 links"));
    cr_expect_eq(find_diag("1 links")->severity, WR_DIAG_NOTE);
}

Test(tree, of_members_of_one_name_gives_the_last, .init = make, .fini = leave)
{
    static const char *const software[] = { "SOFTWARE", NULL };
    const wr_tree_options options = { .patterns = software };
    wr_tree *tree;
    wr_file *file;

    cr_assert(shell("printf 1 > SOFTWARE && tar -cf x.tar SOFTWARE && printf 22 > SOFTWARE && "
                    "tar -rf x.tar SOFTWARE && printf 333 > SOFTWARE && tar -rf x.tar SOFTWARE"));
    tree = open_tree("x.tar", &options);
    cr_assert_eq(wr_tree_count(tree), 1);
    file = open_entry(tree, wr_tree_entry_at(tree, 0));
    cr_expect(wr_view_is(wr_file_view(file), "333", 3));
    wr_file_close(file);
    wr_tree_close(tree);
    cr_assert(find_diag("3 files of this name"));
    cr_expect_eq(find_diag("3 files of this name")->severity, WR_DIAG_WARNING);
}

Test(tree, of_encrypted_members_says_so, .init = make, .fini = leave)
{
    wr_tree *tree;
    wr_error e;

    if (!has_tool("7z"))
        cr_skip_test("7z is not here");
    cr_assert(shell("cd host && 7z a -bd -tzip -psecret ../x.zip . >/dev/null && "
                    "7z a -bd -psecret ../x.7z . >/dev/null && "
                    "7z a -bd -psecret -mhe=on ../head.7z . >/dev/null"));
    tree = open_tree("x.zip", &want);
    cr_expect_eq(wr_tree_count(tree), 0);
    cr_expect_eq(diags.num_skipped, 7);
    cr_expect(find_diag("encrypted: unpack the archive with its password first"));
    wr_tree_close(tree);
    wr_diags_init(&diags, &arena);
    tree = open_tree("x.7z", &want);
    cr_expect_eq(wr_tree_count(tree), 1); /* an empty file has nothing to encrypt */
    cr_expect_eq(diags.num_skipped, 6);
    wr_tree_close(tree);
    cr_assert_not(wr_tree_open("head.7z", &want, &diags, &tree, &e));
    cr_expect_eq(e.code, WR_E_UNSUPPORTED);
    cr_expect(strstr(e.message, "encrypted"), "%s", e.message);
}

Test(tree, a_bomb_is_left_at_its_limit, .init = make, .fini = leave)
{
    static const char *const software[] = { "SOFTWARE", NULL };
    const wr_tree_options options = { .patterns = software };
    wr_tree *tree;
    wr_error e;

    cr_assert(
        shell("printf 1 > SOFTWARE && truncate -s 300M zeros && tar -cf - SOFTWARE zeros | "
              "gzip -1 > skipped.tar.gz && mv zeros SOFTWARE && tar -czf kept.tar.gz SOFTWARE"));
    tree = open_tree("skipped.tar.gz", &options);
    cr_assert_eq(wr_tree_count(tree), 1);
    cr_expect_eq(wr_tree_entry_at(tree, 0)->size, 1);
    cr_assert_eq(diags.list.count, 1);
    cr_expect_eq(diags.list.items[0].code, WR_E_LIMIT);
    wr_tree_close(tree);
    wr_diags_init(&diags, &arena);
    tree = open_tree("kept.tar.gz", &options);
    cr_expect_eq(wr_tree_count(tree), 0);
    cr_assert_geq(diags.list.count, 1);
    cr_expect_eq(diags.list.items[0].code, WR_E_LIMIT);
    cr_expect_str_eq(diags.list.items[0].path, "SOFTWARE");
    wr_tree_close(tree);
    cr_assert_not(wr_tree_open("SOFTWARE", &options, &diags, &tree, &e));
    cr_expect_eq(e.code, WR_E_UNSUPPORTED);
}

static void put_bytes(const char *path, const uint8_t *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
}

Test(tree, of_damaged_archives_is_what_is_left, .init = make, .fini = leave, .timeout = 300)
{
    static const char *const kinds[] = { "x.zip", "x.7z", "x.tar", "x.tar.gz", "x.iso" };

    cr_assert(shell("rm host/pagefile.sys host/Windows/System32/config/SYSTEM; cd host && "
                    "bsdtar --format zip -cf ../x.zip . && bsdtar --format 7zip -cf ../x.7z . && "
                    "bsdtar -cf ../x.tar . && bsdtar -czf ../x.tar.gz . && "
                    "bsdtar --format iso9660 -cf ../x.iso ."));
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        uint64_t seed = k + 1;
        uint8_t *bytes;
        size_t len;

        bytes = read_file(kinds[k], &len);
        for (int i = 0; i < 100; i++) {
            const size_t cut = (size_t)(next_random(&seed) % len);
            const size_t at = i % 2 ? cut : cut % 4096; /* headers stand at the start */
            const uint8_t old = bytes[at];

            put_bytes("damaged", bytes, cut);
            list_damaged("damaged");
            bytes[at] = (uint8_t)~old;
            put_bytes("damaged", bytes, len);
            list_damaged("damaged");
            bytes[at] = old;
        }
        free(bytes);
    }
}

/* The first bytes of each kind of file, as fixtures/recipes/stores.py writes them. */
Test(tree, kinds_are_told_by_bytes)
{
    static const struct {
        const char *fixture;
        wr_tree_kind kind;
    } kinds[] = {
        { "image_e01", WR_TREE_IMAGE },  { "image_gpt", WR_TREE_IMAGE },
        { "image_ntfs", WR_TREE_IMAGE }, { "image_partitions", WR_TREE_IMAGE },
        { "tar", WR_TREE_ARCHIVE },      { "zip", WR_TREE_ARCHIVE },
        { "cab", WR_TREE_ARCHIVE },      { "regf", WR_TREE_NONE },
        { "sst", WR_TREE_NONE },         { "ctl", WR_TREE_NONE },
        { "pe", WR_TREE_NONE },          { "text", WR_TREE_NONE },
        { "zeros", WR_TREE_NONE },       { "noise", WR_TREE_NONE },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char path[512];
        uint8_t *bytes;
        size_t len;

        snprintf(path, sizeof path, "%s/%s", FIXTURE("fuzz/probe"), kinds[i].fixture);
        bytes = read_file(path, &len);
        cr_expect_eq(wr_tree_kind_of(view_of(bytes, len)), kinds[i].kind, "%s", path);
        free(bytes);
    }
}

Test(tree, of_nothing_fails, .init = make, .fini = leave)
{
    wr_tree *tree;
    wr_error e;

    put("empty", 0);
    put("noise", 3000);
    cr_expect_not(wr_tree_open("absent", &want, &diags, &tree, &e));
    cr_expect_eq(e.code, WR_E_IO);
    cr_expect_not(wr_tree_open("empty", &want, &diags, &tree, &e));
    cr_expect_eq(e.code, WR_E_UNSUPPORTED);
    cr_expect_not(wr_tree_open("noise", &want, &diags, &tree, &e));
    cr_expect_eq(e.code, WR_E_UNSUPPORTED);
    wr_tree_close(NULL);
}
