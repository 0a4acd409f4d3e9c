#include "support.h"

#include "source/file.h"
#include "winroots/limits.h"

#include <criterion/parameterized.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Each test has a fresh folder as its current one, and no rights of root. */
static char scratch[] = "/tmp/winroots-file-XXXXXX";

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
    snprintf(command, sizeof command, "rm -r %s", scratch);
    cr_assert_eq(system(command), 0);
}

static void put(const char *path, size_t len, int byte)
{
    uint8_t *bytes = malloc(len ? len : 1);
    FILE *f = fopen(path, "wb");

    cr_assert(bytes && f);
    memset(bytes, byte, len);
    cr_assert(fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
    free(bytes);
}

static wr_file *opened(const char *path)
{
    wr_file *f;
    wr_error e;

    cr_assert(wr_file_open(path, NULL, &f, &e), "%s", e.message);
    return f;
}

/* Touches every byte. */
static bool holds_only(wr_view v, size_t from, size_t to, int byte)
{
    for (size_t i = from; i < to; i++)
        if (v.data[i] != byte)
            return false;
    return true;
}

Test(file, is_the_bytes_under_its_label, .init = enter, .fini = leave)
{
    wr_file *f;
    wr_error e;
    wr_view v;

    put("SOFTWARE", 10000, 7);
    cr_assert(wr_file_open("SOFTWARE", "host/SOFTWARE", &f, &e));
    v = wr_file_view(f);
    cr_assert_eq(v.len, 10000);
    cr_assert_eq(v.origin, 0);
    cr_assert_str_eq(v.source, "host/SOFTWARE");
    cr_assert(holds_only(v, 0, v.len, 7));
    cr_assert_not(wr_file_failed(f));
    wr_file_close(f);
    wr_file_close(NULL);
}

Test(file, may_be_empty, .init = enter, .fini = leave)
{
    wr_file *f;

    put("empty", 0, 0);
    f = opened("empty");
    cr_assert_eq(wr_file_view(f).len, 0);
    cr_assert_str_eq(wr_file_view(f).source, "empty");
    cr_assert_not(wr_file_failed(f));
    wr_file_close(f);
}

Test(file, what_we_write_stays_with_us, .init = enter, .fini = leave)
{
    wr_file *f;
    size_t len;
    uint8_t *bytes;

    put("hive", 5000, 1);
    f = opened("hive");
    wr_file_private(f)[4999] = 9;
    cr_assert_eq(wr_file_view(f).data[4999], 9);
    bytes = read_file("hive", &len);
    cr_assert_eq(bytes[4999], 1);
    free(bytes);
    wr_file_close(f);
}

Test(file, a_twin_keeps_what_is_written_to_itself, .init = enter, .fini = leave)
{
    wr_file *f, *twin;
    wr_error err;

    put("hive", 5000, 1);
    f = opened("hive");
    wr_file_private(f)[0] = 5;
    cr_assert(wr_file_twin(f, &twin, &err));
    cr_assert_str_eq(wr_file_view(twin).source, wr_file_view(f).source);
    cr_assert_eq(wr_file_view(twin).len, 5000);
    cr_assert_eq(wr_file_view(twin).data[0], 1);
    wr_file_private(twin)[4999] = 9;
    cr_assert_eq(wr_file_view(f).data[4999], 1);
    cr_assert_eq(truncate("hive", 0), 0);
    cr_assert(wr_file_failed(twin));
    wr_file_close(twin);
    cr_assert(wr_file_failed(f));
    wr_file_close(f);
}

Test(file, what_is_in_memory_has_no_twin, .init = enter, .fini = leave)
{
    wr_file *f, *twin = NULL;
    wr_error err;

    put("empty", 0, 0);
    f = opened("empty");
    cr_assert_not(wr_file_twin(f, &twin, &err));
    cr_assert_eq(err.code, WR_E_UNSUPPORTED);
    cr_assert_null(twin);
    wr_file_close(f);
}

Test(file, needs_no_right_to_write, .init = enter, .fini = leave)
{
    wr_file *f;

    put("hive", 5000, 1);
    cr_assert_eq(chmod("hive", 0444), 0);
    f = opened("hive");
    wr_file_private(f)[0] = 9;
    wr_file_close(f);
}

struct refused {
    char path[16];
    char message[64];
};

ParameterizedTestParameters(file, cannot_be_opened)
{
    static struct refused table[] = {
        { "absent", "cannot be opened: No such file or directory" },
        { "folder", "a folder, expected a file" },
        { "secret", "cannot be opened: Permission denied" },
        { "secret/x", "cannot be opened: Not a directory" },
        { "loop", "cannot be opened: Too many levels of symbolic links" },
        { "socket", "cannot be opened: No such device or address" },
    };
    return cr_make_param_array(struct refused, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct refused *row, file, cannot_be_opened, .init = enter, .fini = leave)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    wr_file *f = NULL;
    wr_error e;

    put("secret", 1, 0);
    cr_assert(chmod("secret", 0) == 0 && mkdir("folder", 0755) == 0 &&
              symlink("loop", "loop") == 0 && fd >= 0 &&
              bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    cr_assert_not(wr_file_open(row->path, "LABEL", &f, &e));
    cr_assert_null(f);
    cr_assert_eq(e.code, WR_E_IO);
    cr_assert_eq(e.offset, WR_NO_OFFSET);
    cr_assert_str_eq(e.source, "LABEL");
    cr_assert_str_eq(e.message, row->message);
    close(fd);
}

/* ---- what is not a regular file -------------------------------------------------------------- */

static void *write_pipe(void *count)
{
    static const char letters[1000] = { 0 };
    int fd = open("pipe", O_WRONLY);

    for (size_t i = 0; i < *(size_t *)count; i++)
        if (write(fd, letters, sizeof letters) != (ssize_t)sizeof letters)
            break;
    close(fd);
    return NULL;
}

Test(file, a_pipe_is_read_to_its_end, .init = enter, .fini = leave)
{
    size_t count = 300;
    pthread_t writer;
    wr_file *f;

    cr_assert_eq(mkfifo("pipe", 0600), 0);
    cr_assert_eq(pthread_create(&writer, NULL, write_pipe, &count), 0);
    f = opened("pipe");
    cr_assert_eq(wr_file_view(f).len, 300000);
    cr_assert(holds_only(wr_file_view(f), 0, 300000, 0));
    cr_assert_not(wr_file_failed(f));
    wr_file_close(f);
    pthread_join(writer, NULL);
}

Test(file, a_device_without_end_meets_the_limit)
{
    wr_file *f = NULL;
    wr_error e;

    cr_assert_not(wr_file_open("/dev/zero", NULL, &f, &e));
    cr_assert_null(f);
    cr_assert_eq(e.code, WR_E_LIMIT);
    cr_assert_str_eq(e.source, "/dev/zero");
}

Test(file, of_proc_says_nothing_of_its_size)
{
    wr_file *f = opened("/proc/self/status");

    cr_assert(wr_view_starts(wr_file_view(f), "Name:", 5));
    wr_file_close(f);
}

/* ---- what shrinks or fails ------------------------------------------------------------------- */

enum { PAGES = 64, PAGE = 4096 };

Test(file, cut_under_us_is_zeros_and_said, .init = enter, .fini = leave)
{
    wr_file *f;
    wr_view v;

    put("hive", PAGES * PAGE, 7);
    f = opened("hive");
    v = wr_file_view(f);
    cr_assert_eq(v.data[0], 7);
    wr_file_private(f)[40 * PAGE] = 9;
    cr_assert_eq(truncate("hive", 10 * PAGE), 0);
    cr_assert(holds_only(v, 0, 10 * PAGE, 7));
    cr_assert(holds_only(v, 10 * PAGE, v.len, 0), "Linux takes what we wrote there, too");
    cr_assert(wr_file_failed(f));
    wr_file_close(f);
}

Test(file, a_page_that_fails_can_be_written, .init = enter, .fini = leave)
{
    wr_file *f;
    uint8_t *bytes;

    put("hive", PAGES * PAGE, 7);
    f = opened("hive");
    bytes = wr_file_private(f);
    cr_assert_eq(truncate("hive", 0), 0);
    bytes[5 * PAGE + 100] = 3;
    cr_assert(bytes[5 * PAGE + 100] == 3 && bytes[5 * PAGE + 99] == 0);
    cr_assert(wr_file_failed(f));
    wr_file_close(f);
}

Test(file, cut_within_its_last_page_is_said, .init = enter, .fini = leave)
{
    wr_file *f;

    put("hive", PAGE, 7);
    f = opened("hive");
    cr_assert_eq(truncate("hive", PAGE - 1), 0);
    cr_assert_eq(wr_file_view(f).data[PAGE - 1], 0, "no fault, and yet a wrong byte");
    cr_assert(wr_file_failed(f));
    wr_file_close(f);
}

Test(file, only_the_one_that_was_cut_failed, .init = enter, .fini = leave)
{
    wr_file *good, *bad, *later;

    put("a", PAGES * PAGE, 7);
    put("b", PAGES * PAGE, 8);
    good = opened("a");
    bad = opened("b");
    cr_assert_eq(truncate("b", 0), 0);
    cr_assert(holds_only(wr_file_view(bad), 0, PAGES * PAGE, 0));
    cr_assert(holds_only(wr_file_view(good), 0, PAGES * PAGE, 7));
    cr_assert(wr_file_failed(bad) && !wr_file_failed(good));
    wr_file_close(bad);
    later = opened("a");
    cr_assert_not(wr_file_failed(later), "a mapping used again remembers nothing");
    wr_file_close(later);
    wr_file_close(good);
}

/* Threads open, cut, touch and close each their own files, all at once. */
static void *open_and_cut(void *number)
{
    char path[16];
    bool held = true;

    snprintf(path, sizeof path, "t%d", *(int *)number);
    for (int i = 0; i < 50 && held; i++) {
        wr_error e;
        wr_file *f;

        put(path, PAGES * PAGE, 7);
        if (!wr_file_open(path, NULL, &f, &e))
            return number;
        held = truncate(path, PAGE) == 0 && holds_only(wr_file_view(f), 0, PAGE, 7) &&
               holds_only(wr_file_view(f), PAGE, PAGES * PAGE, 0) && wr_file_failed(f);
        wr_file_close(f);
    }
    return held ? NULL : number;
}

Test(file, threads_fault_each_for_itself, .init = enter, .fini = leave)
{
    enum { THREADS = 6 };
    pthread_t threads[THREADS];
    int numbers[THREADS];

    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        cr_assert_eq(pthread_create(&threads[i], NULL, open_and_cut, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *result;
        cr_assert_eq(pthread_join(threads[i], &result), 0);
        cr_assert_null(result);
    }
}

/* ---- the signal is ours only where the file is ----------------------------------------------- */

static volatile sig_atomic_t reached;

static void reach(int signal_number)
{
    reached = signal_number;
}

Test(file, a_signal_that_is_not_ours_goes_to_who_was_first, .init = enter, .fini = leave)
{
    wr_file *f;

    signal(SIGBUS, reach);
    put("a", 1, 7);
    f = opened("a");
    raise(SIGBUS);
    cr_assert_eq(reached, SIGBUS);
    cr_assert_not(wr_file_failed(f));
    wr_file_close(f);
}

Test(file, without_another_handler_it_ends_the_process, .init = enter, .fini = leave,
     .signal = SIGBUS)
{
    struct rlimit none = { 0, 0 };
    wr_file *f;

    setrlimit(RLIMIT_CORE, &none);
    signal(SIGBUS, SIG_DFL);
    put("a", 1, 7);
    f = opened("a");
    wr_file_close(f);
    leave();
    raise(SIGBUS);
}
