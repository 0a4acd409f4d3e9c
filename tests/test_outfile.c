#include "support.h"

#include "base/outfile.h"

#include <criterion/parameterized.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each test has a fresh folder as its current one; root gives up its rights, so that a folder that
 * refuses writing does so. */
static char scratch[] = "/tmp/winroots-outfile-XXXXXX";

static void enter(void)
{
    cr_assert(mkdtemp(scratch) && chmod(scratch, 0777) == 0 && chdir(scratch) == 0);
    if (geteuid() == 0)
        cr_assert(setegid(65534) == 0 && seteuid(65534) == 0);
}

static void leave(void)
{
    char command[128];

    cr_assert(seteuid(getuid()) == 0);
    snprintf(command, sizeof command, "chmod -R u+rwx %s && rm -r %s", scratch, scratch);
    cr_assert_eq(system(command), 0);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    cr_assert(f && fwrite(text, 1, strlen(text), f) == strlen(text) && fclose(f) == 0, "%s", path);
}

static void expect_file(const char *path, const char *text)
{
    size_t len;
    uint8_t *bytes = read_file(path, &len);

    cr_assert(len == strlen(text) && memcmp(bytes, text, len) == 0, "%s holds %.*s", path, (int)len,
              (char *)bytes);
    free(bytes);
}

/* How many entries a folder has: what was left behind counts too. */
static int entries(const char *path)
{
    DIR *folder = opendir(path);
    int n = -2;

    cr_assert(folder, "%s", path);
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}

static wr_view text_view(const char *text)
{
    return view_of(text, strlen(text));
}

/* ---- a sink ---------------------------------------------------------------------------------- */

Test(outfile, memory_keeps_what_was_written)
{
    wr_error e;
    wr_out *out;
    uint64_t sum = 0;
    wr_view v;

    cr_assert(wr_out_memory(&out, &e));
    cr_assert_eq(wr_out_bytes(out).len, 0);
    for (int i = 0; i < 50000; i++)
        wr_out_printf(out, "%d,", i);
    wr_out_text(out, "");
    wr_out_write(out, NULL, 0);
    cr_assert(wr_out_finish(out, &e));
    v = wr_out_bytes(out);
    cr_assert_eq(v.len, 10 * 2 + 90 * 3 + 900 * 4 + 9000 * 5 + 40000 * 6);
    for (char *p = (char *)v.data, *end = p + v.len; p < end; p++)
        sum += strtoul(p, &p, 10);
    cr_assert_eq(sum, UINT64_C(49999) * 50000 / 2);
    wr_out_discard(out);
    wr_out_discard(NULL);
}

Test(outfile, a_file_appears_when_it_is_finished, .init = enter, .fini = leave)
{
    wr_error e;
    wr_out *out;

    put("report.json", "old");
    cr_assert(wr_out_file("report.json", &out, &e), "%s", e.message);
    wr_out_text(out, "new");
    expect_file("report.json", "old");
    cr_assert_eq(entries("."), 2, "beside it");
    cr_assert(wr_out_finish(out, &e), "%s", e.message);
    expect_file("report.json", "new");
    cr_assert_eq(entries("."), 1);
}

Test(outfile, a_discarded_file_never_was, .init = enter, .fini = leave)
{
    wr_error e;
    wr_out *out;

    cr_assert(wr_out_file("a", &out, &e));
    wr_out_text(out, "half");
    wr_out_discard(out);
    cr_assert_eq(entries("."), 0);
}

Test(outfile, writes_larger_than_the_buffer_keep_their_order, .init = enter, .fini = leave)
{
    enum { LARGE = 300000 };
    char *large = malloc(LARGE + 1);
    uint8_t *bytes;
    wr_error e;
    wr_out *out;
    size_t len;

    cr_assert(large);
    memset(large, 'x', LARGE);
    large[LARGE] = '\0';
    cr_assert(wr_out_file("a", &out, &e));
    wr_out_text(out, "<");
    wr_out_write(out, large, LARGE);
    wr_out_text(out, "|");
    wr_out_printf(out, "%s>", large);
    cr_assert(wr_out_finish(out, &e));
    bytes = read_file("a", &len);
    cr_assert_eq(len, 2 * LARGE + 3);
    cr_assert(bytes[0] == '<' && bytes[LARGE + 1] == '|' && bytes[2 * LARGE + 2] == '>');
    free(bytes);
    free(large);
}

Test(outfile, two_at_once_do_not_meet, .init = enter, .fini = leave)
{
    wr_error e;
    wr_out *a, *b;

    cr_assert(wr_out_file("x", &a, &e) && wr_out_file("x", &b, &e));
    wr_out_text(a, "a");
    wr_out_text(b, "b");
    cr_assert(wr_out_finish(a, &e) && wr_out_finish(b, &e));
    expect_file("x", "b");
    cr_assert_eq(entries("."), 1);
}

struct refused {
    char path[32];
    char message[64];
};

ParameterizedTestParameters(outfile, cannot_be_created)
{
    static struct refused table[] = {
        { "absent/report.json", "cannot be created: No such file or directory" },
        { "/proc/report.json", "cannot be created: No such file or directory" },
        { "readonly/report.json", "cannot be created: Permission denied" },
        { "readonly", "a folder, expected a file to write" },
    };
    return cr_make_param_array(struct refused, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct refused *row, outfile, cannot_be_created, .init = enter, .fini = leave)
{
    wr_out *out = NULL;
    wr_error e;

    cr_assert(mkdir("readonly", 0555) == 0);
    cr_assert_not(wr_out_file(row->path, &out, &e));
    cr_assert_null(out);
    cr_assert_eq(e.code, WR_E_IO);
    cr_assert_eq(e.offset, WR_NO_OFFSET);
    cr_assert_str_eq(e.source, row->path);
    cr_assert_str_eq(e.message, row->message);
    cr_assert_eq(entries("readonly"), 0);
}

Test(outfile, a_full_disk_is_told_at_the_end)
{
    wr_error e;
    wr_out *out;

    cr_assert(wr_out_file("/dev/full", &out, &e), "%s", e.message);
    for (int i = 0; i < 100000; i++)
        wr_out_text(out, "sticks");
    cr_assert_not(wr_out_finish(out, &e));
    cr_assert_eq(e.code, WR_E_IO);
    cr_assert_str_eq(e.message, "cannot be written: No space left on device");
    cr_assert_str_eq(e.source, "/dev/full");
    cr_assert_eq(access("/dev/full", F_OK), 0, "a device is not renamed over");
}

/* A limit on file sizes fails a write to a temporary file as a full disk does. */
static void limit_file_size(rlim_t most)
{
    struct rlimit limit = { most, RLIM_INFINITY };

    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(outfile, what_cannot_be_written_leaves_the_old_file, .init = enter, .fini = leave)
{
    bool done;
    wr_error e;
    wr_out *out;

    put("a", "old");
    cr_assert(wr_out_file("a", &out, &e));
    for (int i = 0; i < 10000; i++)
        wr_out_text(out, "0123456789");
    limit_file_size(1000);
    done = wr_out_finish(out, &e);
    limit_file_size(RLIM_INFINITY);
    cr_assert_not(done);
    cr_assert_str_eq(e.message, "cannot be written: File too large");
    expect_file("a", "old");
    cr_assert_eq(entries("."), 1);
}

Test(outfile, a_link_is_written_through, .init = enter, .fini = leave)
{
    struct stat st;
    wr_error e;
    wr_out *out;

    put("target", "something longer");
    cr_assert_eq(symlink("target", "link"), 0);
    cr_assert(wr_out_file("link", &out, &e), "%s", e.message);
    wr_out_text(out, "new");
    cr_assert(wr_out_finish(out, &e), "%s", e.message);
    expect_file("target", "new");
    cr_assert(lstat("link", &st) == 0 && S_ISLNK(st.st_mode));
}

Test(outfile, stdout_gives_the_bytes_as_they_are, .init = enter, .fini = leave)
{
    int saved = dup(STDOUT_FILENO), fd = open("captured", O_WRONLY | O_CREAT, 0600);
    wr_error e;
    wr_out *out;
    bool done;

    cr_assert(saved >= 0 && fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
    done = wr_out_stdout(&out, &e);
    if (done) {
        wr_out_text(out, "line\n");
        done = wr_out_finish(out, &e);
    }
    dup2(saved, STDOUT_FILENO);
    cr_assert(done);
    expect_file("captured", "line\n");
    close(fd);
    close(saved);
}

/* ---- a folder -------------------------------------------------------------------------------- */

static wr_out_folder *created(const char *path, bool force)
{
    wr_out_folder *folder;
    wr_error e;

    cr_assert(wr_out_folder_create(path, force, &folder, &e), "%s", e.message);
    return folder;
}

static void write_into(wr_out_folder *folder, const char *name, const char *text)
{
    wr_error e;
    cr_assert(wr_out_folder_write(folder, name, text_view(text), &e), "%s", e.message);
}

static void commit(wr_out_folder *folder)
{
    wr_error e;
    cr_assert(wr_out_folder_commit(folder, &e), "%s", e.message);
}

Test(outfolder, appears_whole, .init = enter, .fini = leave)
{
    wr_out_folder *folder = created("bundle/", false);

    write_into(folder, "README.txt", "read");
    write_into(folder, "certs/Root/ab.cer", "1");
    write_into(folder, "certs/Root/cd.cer", "");
    write_into(folder, "certs/CA/ef.cer", "3");
    cr_assert_neq(access("bundle", F_OK), 0, "not before it is whole");
    commit(folder);
    expect_file("bundle/README.txt", "read");
    expect_file("bundle/certs/Root/ab.cer", "1");
    expect_file("bundle/certs/Root/cd.cer", "");
    expect_file("bundle/certs/CA/ef.cer", "3");
    cr_assert_eq(entries("."), 1);
    cr_assert_eq(entries("bundle"), 2);
}

Test(outfolder, takes_over_an_empty_one, .init = enter, .fini = leave)
{
    wr_out_folder *folder;

    cr_assert_eq(mkdir("bundle", 0755), 0);
    folder = created("bundle", false);
    write_into(folder, "a", "1");
    commit(folder);
    expect_file("bundle/a", "1");
    cr_assert_eq(entries("."), 1);
}

static void fill_bundle(void)
{
    cr_assert(mkdir("bundle", 0755) == 0 && mkdir("bundle/sub", 0755) == 0 &&
              mkdir("outside", 0755) == 0);
    put("bundle/old", "old");
    put("bundle/sub/old", "old");
    put("outside/precious", "kept");
    cr_assert_eq(symlink("../../outside", "bundle/sub/link"), 0);
}

Test(outfolder, one_that_holds_something_is_refused, .init = enter, .fini = leave)
{
    wr_out_folder *folder = NULL;
    wr_error e;

    fill_bundle();
    cr_assert_not(wr_out_folder_create("bundle", false, &folder, &e));
    cr_assert_null(folder);
    cr_assert_eq(e.code, WR_E_USAGE);
    cr_assert_str_eq(e.source, "bundle");
    cr_assert_str_eq(e.message, "a folder that is not empty, expected an empty or a new one");
    cr_assert_eq(entries("."), 2);
}

Test(outfolder, with_force_it_is_replaced_as_a_whole, .init = enter, .fini = leave)
{
    wr_out_folder *folder;

    fill_bundle();
    folder = created("bundle", true);
    write_into(folder, "new", "new");
    expect_file("bundle/old", "old");
    commit(folder);
    expect_file("bundle/new", "new");
    cr_assert_eq(entries("bundle"), 1, "nothing of the old one");
    cr_assert_eq(entries("."), 2);
    expect_file("outside/precious", "kept");
}

Test(outfolder, discarded_leaves_the_old_one, .init = enter, .fini = leave)
{
    wr_out_folder *folder;

    fill_bundle();
    folder = created("bundle", true);
    write_into(folder, "deep/er/new", "new");
    wr_out_folder_discard(folder);
    wr_out_folder_discard(NULL);
    expect_file("bundle/old", "old");
    cr_assert_eq(entries("."), 2);
}

Test(outfolder, filled_meanwhile_it_stands, .init = enter, .fini = leave)
{
    wr_out_folder *folder = created("bundle", false);
    wr_error e;

    write_into(folder, "new", "new");
    fill_bundle();
    cr_assert_not(wr_out_folder_commit(folder, &e));
    cr_assert_eq(e.code, WR_E_IO);
    cr_assert_str_eq(e.message, "cannot be put in place: Directory not empty");
    expect_file("bundle/old", "old");
    cr_assert_eq(entries("."), 2);
}

Test(outfolder, gone_meanwhile_is_an_error, .init = enter, .fini = leave)
{
    wr_out_folder *folder;
    wr_error e;

    fill_bundle();
    folder = created("bundle", true);
    cr_assert_eq(rename("bundle", "moved"), 0);
    cr_assert_not(wr_out_folder_commit(folder, &e));
    cr_assert_str_eq(e.message, "cannot be replaced: No such file or directory");
    expect_file("moved/old", "old");
    cr_assert_eq(entries("."), 2);
}

Test(outfolder, a_write_that_fails_leaves_nothing, .init = enter, .fini = leave)
{
    static uint8_t large[5000];
    wr_out_folder *folder = created("bundle", false);
    wr_error e;
    bool done;

    limit_file_size(1000);
    done = wr_out_folder_write(folder, "a", view_of(large, sizeof large), &e);
    limit_file_size(RLIM_INFINITY);
    cr_assert_not(done);
    cr_assert_eq(e.code, WR_E_IO);
    wr_out_folder_discard(folder);
    cr_assert_eq(entries("."), 0);
}

Test(outfolder, a_name_is_written_once, .init = enter, .fini = leave)
{
    wr_out_folder *folder = created("bundle", false);
    wr_error e;

    write_into(folder, "a", "first");
    cr_assert_not(wr_out_folder_write(folder, "a", text_view("second"), &e));
    cr_assert_eq(e.code, WR_E_IO);
    cr_assert_not(wr_out_folder_write(folder, "a/b", text_view("below a file"), &e));
    cr_assert_eq(e.code, WR_E_IO);
    commit(folder);
    expect_file("bundle/a", "first");
}

struct name {
    char text[24];
};

ParameterizedTestParameters(outfolder, unsafe_names)
{
    static struct name table[] = {
        { "" },     { "/" },     { "/etc/x" }, { ".." },   { "." },        { "a/../b" },
        { "../x" }, { "a//b" },  { "a/" },     { "a/.." }, { "./a" },      { "a/./b" },
        { "a\\b" }, { "..\\x" }, { "C:x" },    { "C:/x" }, { "a:stream" }, { "\\\\host\\x" },
    };
    return cr_make_param_array(struct name, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct name *row, outfolder, unsafe_names, .init = enter, .fini = leave)
{
    wr_out_folder *folder = created("bundle", false);
    wr_error e;

    cr_assert_not(wr_out_folder_write(folder, row->text, text_view("x"), &e));
    cr_assert_eq(e.code, WR_E_USAGE);
    commit(folder);
    cr_assert_eq(entries("bundle"), 0);
    cr_assert_eq(entries("."), 1);
}

struct target {
    char path[24];
    wr_code code;
    char message[80];
};

ParameterizedTestParameters(outfolder, impossible_targets)
{
    static const char own_name[] =
        "not a folder's own name, expected one that can be replaced as a whole";
    static struct target table[] = {
        { "", WR_E_USAGE, "" },
        { ".", WR_E_USAGE, "" },
        { "..", WR_E_USAGE, "" },
        { "/", WR_E_USAGE, "" },
        { "full/..", WR_E_USAGE, "" },
        { "full/./", WR_E_USAGE, "" },
        { "file", WR_E_USAGE, "a file or link, expected a folder or nothing" },
        { "link", WR_E_USAGE, "a file or link, expected a folder or nothing" },
        { "absent/bundle", WR_E_IO, "cannot be created: No such file or directory" },
        { "readonly/bundle", WR_E_IO, "cannot be created: Permission denied" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!table[i].message[0])
            memcpy(table[i].message, own_name, sizeof own_name);
    return cr_make_param_array(struct target, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct target *row, outfolder, impossible_targets, .init = enter, .fini = leave)
{
    wr_out_folder *folder = NULL;
    wr_error e;

    cr_assert(mkdir("full", 0755) == 0 && mkdir("readonly", 0555) == 0);
    put("file", "kept");
    cr_assert_eq(symlink("full", "link"), 0);
    cr_assert_not(wr_out_folder_create(row->path, true, &folder, &e));
    cr_assert_null(folder);
    cr_assert_eq(e.code, row->code, "%s", e.message);
    cr_assert_str_eq(e.message, row->message);
    cr_assert_eq(entries("."), 4);
    expect_file("file", "kept");
}

/* ---- Ctrl-C ---------------------------------------------------------------------------------- */

static void write_file(int signal_number)
{
    wr_error e;
    wr_out *out;

    if (!wr_out_file("whole", &out, &e))
        return;
    wr_out_text(out, "first ");
    raise(signal_number);
    wr_out_text(out, "last");
    if (!wr_out_finish(out, &e))
        _exit(1);
}

static void write_folder(int signal_number)
{
    wr_error e;
    wr_out_folder *folder;

    if (!wr_out_folder_create("whole", false, &folder, &e) ||
        !wr_out_folder_write(folder, "a", text_view("first"), &e))
        return;
    raise(signal_number);
    if (!wr_out_folder_write(folder, "b", text_view("last"), &e) ||
        !wr_out_folder_commit(folder, &e))
        _exit(1);
}

static void expect_ended_by(int signal_number, void (*write_it)(int))
{
    const pid_t child = fork();
    int status;

    cr_assert(child >= 0);
    if (child == 0) {
        signal(signal_number, SIG_DFL);
        write_it(signal_number);
        _exit(0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == signal_number, "status %x", status);
    cr_expect_eq(entries("."), 1);
}

/* What is begun is finished, and only then does the process end. */
Test(outfile, an_interrupt_leaves_nothing_half_written, .init = enter, .fini = leave)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        expect_ended_by(signals[i], write_file);
        expect_file("whole", "first last");
        cr_assert_eq(unlink("whole"), 0);
        expect_ended_by(signals[i], write_folder);
        expect_file("whole/a", "first");
        expect_file("whole/b", "last");
        cr_assert_eq(system("rm -r whole"), 0);
    }
}
