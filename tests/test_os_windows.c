/* What only Windows has: letters and paths beyond the code page and the old limit, files that are
 * not shared. */
#include "support.h"

#include "base/os.h"
#include "base/wide_windows.h"
#include "source/file.h"

#include <errno.h>
#include <windows.h>

static char scratch[64];
static char seen[1024];

static void start(void)
{
    snprintf(scratch, sizeof scratch, "winroots-os-%d", wr_os_process());
    cr_assert(wr_os_make_folder(scratch), "%s", wr_os_reason());
}

static void stop(void)
{
    cr_assert(wr_os_remove_tree(scratch), "%s", wr_os_reason());
    cr_assert_eq(wr_os_place(scratch), WR_PLACE_NOTHING);
}

TestSuite(os_windows, .init = start, .fini = stop);

static const char *in_scratch(const char *name)
{
    static char path[2048];

    snprintf(path, sizeof path, "%s/%s", scratch, name);
    return path;
}

static void put(const char *path)
{
    int fd = wr_os_create(path);

    cr_assert(fd >= 0, "%s: %s", path, wr_os_reason());
    cr_assert(wr_os_write_all(fd, (const uint8_t *)"a\nb", 3) && wr_os_close(fd));
}

static bool note(void *context, const char *name, wr_place place)
{
    (void)context;
    snprintf(seen, sizeof seen, "%d %s", (int)place, name);
    return true;
}

/* A file of this name is made, listed, read and removed. */
static void holds_name(const char *name)
{
    char expected[1024];
    uint64_t size;
    int64_t modified;
    wr_error e;
    wr_file *f;

    put(in_scratch(name));
    snprintf(expected, sizeof expected, "%d %s", (int)WR_PLACE_FILE, name);
    cr_assert(wr_os_each(scratch, note, NULL));
    cr_assert_str_eq(seen, expected);
    cr_assert(wr_os_facts(in_scratch(name), &size, &modified));
    cr_assert_eq(size, 3);
    cr_assert_gt(modified, 1600000000);
    cr_assert(wr_file_open(in_scratch(name), NULL, &f, &e), "%s", e.message);
    cr_assert_eq(wr_file_view(f).len, 3, "a line end is one byte");
    wr_file_close(f);
    cr_assert(wr_os_remove_file(in_scratch(name)));
}

Test(os_windows, names_have_every_letter)
{
    holds_name("\xC3\xA9t\xC3\xA9");                /* of most code pages */
    holds_name("\xE6\xA0\xB9\xE8\xA8\xBC");         /* of some            */
    holds_name("\xF0\x9F\x94\x91.key");             /* of none            */
    holds_name("with space & (brackets) %PATH% !"); /* of a shell         */
}

/* NTFS takes any sixteen bits. */
Test(os_windows, names_that_are_no_text_come_back)
{
    wchar_t wide[WR_WIDE_PATH];
    char narrow[16];

    cr_assert(wr_wide_path("\xED\xA0\xBD!", wide));
    cr_assert(wide[0] == 0xD83D && wide[1] == L'!' && wide[2] == 0);
    cr_assert(wr_wide_narrow(wide, narrow, sizeof narrow));
    cr_assert_str_eq(narrow, "\xED\xA0\xBD!");
}

Test(os_windows, files_of_such_names_are_read)
{
    static const char half[] = "half \xED\xA0\xBD.key";
    int fd = wr_os_create(in_scratch(half));

    if (fd < 0)
        cr_skip_test("the file system has no such names"); /* as under Wine */
    cr_assert(wr_os_close(fd) && wr_os_remove_file(in_scratch(half)));
    holds_name(half);
}

Test(os_windows, what_is_not_utf_8_is_no_path)
{
    static const char *const bad[] = { "\xFF", "\xC3", "\xE6\xA0", "\xF5\x80\x80\x80", "a\x80" };
    wchar_t wide[WR_WIDE_PATH];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_not(wr_wide_path(bad[i], wide), "%zu", i);
        cr_assert_eq(errno, EINVAL);
    }
}

Test(os_windows, a_name_that_does_not_fit_is_refused)
{
    char three[4];

    cr_assert_not(wr_wide_narrow(L"abcd", three, sizeof three));
    cr_assert(wr_wide_narrow(L"abc", three, sizeof three));
    cr_assert_not(wr_wide_narrow(L"", three, 0));
}

/* Ten folders of 40 letters: 400 and more. */
Test(os_windows, paths_may_be_longer_than_260)
{
    char path[1024];
    size_t len;
    wr_error e;
    wr_file *f;

    snprintf(path, sizeof path, "%s", scratch);
    for (int i = 0; i < 10; i++) {
        len = strlen(path);
        snprintf(path + len, sizeof path - len, "/0123456789012345678901234567890123456789");
        cr_assert(wr_os_make_folder(path), "%s", wr_os_reason());
    }
    len = strlen(path);
    snprintf(path + len, sizeof path - len, "/SOFTWARE");
    put(path);
    cr_assert_eq(wr_os_place(path), WR_PLACE_FILE);
    cr_assert(wr_file_open(path, NULL, &f, &e), "%s", e.message);
    wr_file_close(f);
    path[len] = '\0';
    cr_assert(wr_os_each(path, note, NULL));
    cr_assert_str_eq(seen, "1 SOFTWARE");
}

Test(os_windows, raw_paths_take_both_separators)
{
    char here[512], path[1024];
    wchar_t wide[512];

    cr_assert_gt(GetCurrentDirectoryW(512, wide), 0);
    cr_assert(wr_wide_narrow(wide, here, sizeof here));
    put(in_scratch("hive"));
    snprintf(path, sizeof path, "\\\\?\\%s/%s/hive", here, scratch);
    cr_assert_eq(wr_os_place(path), WR_PLACE_FILE, "%s: %s", path, wr_os_reason());
    snprintf(path, sizeof path, "%s\\%s\\hive", here, scratch);
    cr_assert_eq(wr_os_place(path), WR_PLACE_FILE);
}

static HANDLE held(DWORD share)
{
    wchar_t wide[256];
    char path[128];

    snprintf(path, sizeof path, "%s", in_scratch("SOFTWARE"));
    put(path);
    cr_assert(wr_wide_path(path, wide));
    return CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, share, NULL, OPEN_EXISTING, 0, NULL);
}

Test(os_windows, a_hive_in_use_is_said_to_be)
{
    HANDLE other = held(0);
    wr_file *f = NULL;
    wr_error e;

    cr_assert(other != INVALID_HANDLE_VALUE);
    cr_assert_not(wr_file_open(in_scratch("SOFTWARE"), "SOFTWARE", &f, &e));
    cr_assert_eq(e.code, WR_E_IO);
    cr_assert_str_eq(e.message,
                     "cannot be opened: another program holds it and shares it with nobody; of "
                     "the registry of a Windows that runs, take what `reg save "
                     "HKLM\\SOFTWARE FILE` writes, or the file in a shadow copy");
    cr_assert_eq(wr_os_place(in_scratch("SOFTWARE")), WR_PLACE_FILE, "its facts are nobody's");
    CloseHandle(other);
}

Test(os_windows, a_file_that_is_shared_is_read_and_may_go)
{
    HANDLE other = held(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
    wr_file *f;
    wr_error e;

    cr_assert(other != INVALID_HANDLE_VALUE);
    cr_assert(wr_file_open(in_scratch("SOFTWARE"), NULL, &f, &e), "%s", e.message);
    cr_assert_eq(wr_file_view(f).len, 3);
    wr_file_close(f);
    CloseHandle(other);
}

Test(os_windows, a_folder_is_no_file)
{
    wr_file *f = NULL;
    wr_error e;

    cr_assert_not(wr_file_open(scratch, "LABEL", &f, &e));
    cr_assert_str_eq(e.message, "a folder, expected a file");
    cr_assert_not(wr_file_open(in_scratch("absent"), "LABEL", &f, &e));
    cr_assert_str_eq(e.message, "cannot be opened: No such file or directory");
}

Test(os_windows, devices_are_neither_file_nor_folder)
{
    int fd;

    cr_assert_eq(wr_os_place("NUL"), WR_PLACE_OTHER);
    fd = wr_os_open_in_place("NUL");
    cr_assert(fd >= 0 && wr_os_write_all(fd, (const uint8_t *)"x", 1) && wr_os_close(fd));
}

Test(os_windows, a_rename_replaces_files_and_empty_folders)
{
    char from[128], to[128];

    snprintf(from, sizeof from, "%s", in_scratch("from"));
    snprintf(to, sizeof to, "%s", in_scratch("to"));
    put(from);
    put(to);
    cr_assert(wr_os_rename(from, to));
    cr_assert_eq(wr_os_place(from), WR_PLACE_NOTHING);
    cr_assert(wr_os_remove_file(to));
    cr_assert(wr_os_make_folder(from) && wr_os_make_folder(to) && wr_os_rename_folder(from, to));
    put(in_scratch("to/x"));
    cr_assert(wr_os_make_folder(from));
    cr_assert_not(wr_os_rename_folder(from, to));
    cr_assert_eq(errno, ENOTEMPTY);
}

static DWORD WINAPI close_soon(void *file)
{
    Sleep(200);
    return !CloseHandle(file);
}

Test(os_windows, a_rename_waits_for_who_has_the_file_for_a_moment)
{
    char from[2048], to[2048];
    HANDLE held, thread;

    snprintf(from, sizeof from, "%s", in_scratch("new"));
    snprintf(to, sizeof to, "%s", in_scratch("old"));
    put(from);
    put(to);
    held = CreateFileA(to, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert(held != INVALID_HANDLE_VALUE);
    thread = CreateThread(NULL, 0, close_soon, held, 0, NULL);
    cr_assert(thread != NULL);
    cr_expect(wr_os_rename(from, to), "%s", wr_os_reason());
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    cr_expect_eq(wr_os_place(from), WR_PLACE_NOTHING);
    put(from);
    held = CreateFileA(to, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert(held != INVALID_HANDLE_VALUE);
    cr_expect_not(wr_os_rename(from, to)); /* held for good */
    cr_expect(errno == EACCES || errno == EBUSY, "%s", wr_os_reason());
    CloseHandle(held);
    cr_expect_eq(wr_os_place(from), WR_PLACE_FILE);
}
