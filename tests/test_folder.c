#include "support.h"

#include "source/folder.h"
#include "winroots/limits.h"

#include <sys/stat.h>
#include <unistd.h>

static char scratch[] = "/tmp/winroots-folder-XXXXXX";
static wr_arena arena;
static wr_diags diags;

/* Each test has a fresh folder as its current one, and no rights of root. */
static void enter(void)
{
    cr_assert(mkdtemp(scratch) && chmod(scratch, 0777) == 0 && chdir(scratch) == 0);
    if (geteuid() == 0)
        cr_assert(setegid(65534) == 0 && seteuid(65534) == 0);
    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
}

static void leave(void)
{
    char command[128];

    wr_arena_free(&arena);
    cr_assert(seteuid(getuid()) == 0);
    snprintf(command, sizeof command, "chmod -R u+rwx %s && rm -r %s", scratch, scratch);
    cr_assert_eq(system(command), 0);
}

static void folder(const char *path)
{
    cr_assert_eq(mkdir(path, 0755), 0, "%s", path);
}

static void file(const char *path)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f && fclose(f) == 0, "%s", path);
}

/* `expected` ends with NULL. */
static void expect(const char *root, const char *const *expected)
{
    wr_folder_files files;
    wr_error e;
    size_t i = 0;

    cr_assert(wr_folder_list(root, &arena, &diags, &files, &e), "%s", e.message);
    for (; expected[i]; i++) {
        cr_assert_lt(i, files.paths.count, "%s is not given", expected[i]);
        cr_assert_str_eq(files.paths.items[i], expected[i]);
    }
    cr_assert_eq(files.paths.count, i);
}

Test(folder, is_listed_in_the_order_of_bytes, .init = enter, .fini = leave)
{
    static const char *const expected[] = { "B",          "a",         "a-/x",  "a.b",
                                            "sub/deep/z", "sub/deep2", "sub/y", "\xc3\xa9t\xc3\xa9",
                                            "\xff",       NULL };

    folder("in");
    folder("in/sub");
    folder("in/sub/deep");
    folder("in/empty");
    folder("in/a-");
    file("in/sub/y");
    file("in/sub/deep/z");
    file("in/sub/deep2");
    file("in/a");
    file("in/B");
    file("in/a.b");
    file("in/a-/x");
    file("in/\xff"); /* no UTF-8: still what opens it */
    file("in/\xc3\xa9t\xc3\xa9");
    expect("in", expected);
    expect("in/", expected);
    cr_assert_eq(diags.list.count, 0);
}

Test(folder, may_be_empty, .init = enter, .fini = leave)
{
    expect(".", (const char *const[]){ NULL });
    cr_assert_eq(diags.list.count, 0);
}

Test(folder, links_and_pipes_are_left_out_and_counted, .init = enter, .fini = leave)
{
    folder("in");
    folder("in/sub");
    folder("outside");
    file("outside/secret");
    file("in/sub/real");
    cr_assert(symlink("../outside", "in/z") == 0 && symlink("sub", "in/loop") == 0 &&
              symlink("nowhere", "in/sub/broken") == 0 && mkfifo("in/pipe", 0600) == 0);
    expect("in", (const char *const[]){ "sub/real", NULL });
    cr_assert_eq(diags.list.count, 1, "one note, however many there are");
    cr_assert_eq(diags.list.items[0].severity, WR_DIAG_NOTE);
    cr_assert_str_eq(diags.list.items[0].source, "in");
    cr_assert_str_eq(diags.list.items[0].path, "loop");
    cr_assert_str_eq(diags.list.items[0].message,
                     "4 links, devices or the like are left out, this one first");
}

Test(folder, a_link_that_the_user_gives_is_followed, .init = enter, .fini = leave)
{
    folder("real");
    file("real/x");
    cr_assert_eq(symlink("real", "link"), 0);
    expect("link", (const char *const[]){ "x", NULL });
}

Test(folder, what_cannot_be_listed_hides_nothing_else, .init = enter, .fini = leave)
{
    folder("in");
    folder("in/a");
    folder("in/secret");
    folder("in/z");
    file("in/a/1");
    file("in/secret/2");
    file("in/z/3");
    cr_assert_eq(chmod("in/secret", 0), 0);
    expect("in", (const char *const[]){ "a/1", "z/3", NULL });
    cr_assert_eq(diags.list.count, 1);
    cr_assert_eq(diags.list.items[0].severity, WR_DIAG_SKIPPED);
    cr_assert_eq(diags.list.items[0].code, WR_E_IO);
    cr_assert_str_eq(diags.list.items[0].path, "secret");
    cr_assert_str_eq(diags.list.items[0].message, "cannot be listed: Permission denied");
}

Test(folder, depth_is_limited_visibly, .init = enter, .fini = leave)
{
    char path[256] = "in";
    size_t len = 2;

    folder("in");
    for (int level = 1; level <= WR_LIMIT_FOLDER_DEPTH + 2; level++) {
        len += (size_t)snprintf(path + len, sizeof path - len, "/d");
        folder(path);
    }
    snprintf(path + len, sizeof path - len, "/unseen");
    file(path);
    snprintf(path + len - 4, sizeof path - len + 4, "/seen");
    file(path);
    expect("in", (const char *const[]){ path + 3, NULL });
    cr_assert_eq(diags.num_skipped, 1);
    cr_assert_eq(diags.list.items[0].code, WR_E_LIMIT);
    cr_assert_eq(strlen(diags.list.items[0].path), 2 * (WR_LIMIT_FOLDER_DEPTH + 1) - 1);
}

Test(folder, the_root_itself_must_be_there, .init = enter, .fini = leave)
{
    wr_folder_files files = { 0 };
    wr_error e;

    file("file");
    cr_assert_not(wr_folder_list("absent", &arena, &diags, &files, &e));
    cr_assert_eq(e.code, WR_E_IO);
    cr_assert_str_eq(e.source, "absent");
    cr_assert_str_eq(e.message, "cannot be listed: No such file or directory");
    cr_assert_not(wr_folder_list("file", &arena, &diags, &files, &e));
    cr_assert_str_eq(e.message, "cannot be listed: Not a directory");
    cr_assert_eq(diags.list.count, 0);
}

Test(folder, every_allocation_may_fail, .init = enter, .fini = leave)
{
    bool done = false;

    folder("in");
    folder("in/sub");
    file("in/sub/x");
    cr_assert_eq(symlink("x", "in/link"), 0);
    for (size_t n = 1; !done; n++) {
        wr_folder_files files = { 0 };
        wr_arena a;
        wr_diags d;
        wr_error e;

        cr_assert_lt(n, 100);
        wr_arena_init(&a, 1 << 20);
        wr_diags_init(&d, &a);
        a.fail_after = n;
        done = wr_folder_list("in", &a, &d, &files, &e);
        if (!done)
            cr_assert(e.code == WR_E_NO_MEMORY && files.paths.count == 0);
        else if (d.num_suppressed) /* the note was lost, and counted */
            done = false;
        else
            cr_assert(d.list.count == 1 && files.paths.count == 1);
        wr_arena_free(&a);
    }
}

Test(folder, kinds_of_paths, .init = enter, .fini = leave)
{
    folder("folder");
    folder("closed");
    file("file");
    file("closed/file");
    cr_assert(symlink("folder", "to-folder") == 0 && symlink("file", "to-file") == 0 &&
              symlink("nowhere", "broken") == 0 && mkfifo("pipe", 0600) == 0 &&
              chmod("closed", 0) == 0);
    cr_assert_eq(wr_path_kind_of("folder"), WR_PATH_FOLDER);
    cr_assert_eq(wr_path_kind_of("file"), WR_PATH_FILE);
    cr_assert_eq(wr_path_kind_of("to-folder"), WR_PATH_FOLDER);
    cr_assert_eq(wr_path_kind_of("to-file"), WR_PATH_FILE);
    cr_assert_eq(wr_path_kind_of("broken"), WR_PATH_ABSENT);
    cr_assert_eq(wr_path_kind_of("absent"), WR_PATH_ABSENT);
    cr_assert_eq(wr_path_kind_of("file/x"), WR_PATH_ABSENT);
    cr_assert_eq(wr_path_kind_of(""), WR_PATH_ABSENT);
    cr_assert_eq(wr_path_kind_of("pipe"), WR_PATH_OTHER);
    cr_assert_eq(wr_path_kind_of("/dev/null"), WR_PATH_OTHER);
    cr_assert_eq(wr_path_kind_of("closed/file"), WR_PATH_OTHER, "who knows: opening it tells why");
}
