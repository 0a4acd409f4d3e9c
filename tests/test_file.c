#include "support.h"

#include "source/file.h"
#include "winroots/limits.h"

#include <criterion/parameterized.h>

#include <errno.h>
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

/* ---- files that are filled when they are touched ----------------------------------------------
 */

#define SOURCE_BYTES ((size_t)1 << 20)
#define BAD_AT       ((uint64_t)640 * 1024) /* 4 kB from here cannot be read */

/* Reading a byte of the file changes these, which the compiler cannot know. */
struct source {
    volatile uint64_t read; /* bytes that were asked for */
    volatile uint64_t unread;
    volatile unsigned closed;
    bool is_bad;
};

static uint8_t byte_at(uint64_t at)
{
    return (uint8_t)(at * 2654435761u >> 13);
}

static void read_source(void *context, uint64_t at, uint8_t *bytes, size_t len)
{
    struct source *s = context;

    s->read += len;
    for (size_t i = 0; i < len; i++) {
        bool bad = s->is_bad && at + i >= BAD_AT && at + i < BAD_AT + 4096;
        bytes[i] = bad ? 0 : byte_at(at + i);
        s->unread += bad;
    }
}

static uint64_t unread_source(const void *context, uint64_t *first)
{
    *first = BAD_AT;
    return ((const struct source *)context)->unread;
}

static void close_source(void *context)
{
    ((struct source *)context)->closed++;
}

static wr_file *open_source(struct source *s, uint64_t size)
{
    const wr_file_source source = { size, read_source, unread_source, close_source, s };
    wr_file *file;
    wr_error err;

    cr_assert(wr_file_from(&source, "image/file", &file, &err), "%s", err.message);
    cr_assert_str_eq(wr_file_view(file).source, "image/file");
    cr_assert_eq(wr_file_view(file).len, size);
    return file;
}

Test(file, of_an_image_no_more_is_read_than_is_touched)
{
    struct source s = { 0 };
    wr_file *file = open_source(&s, SOURCE_BYTES - 100);
    wr_view v = wr_file_view(file);

#ifdef __linux__
    cr_assert_eq(s.read, 0);
#endif
    cr_assert_eq(v.data[300000], byte_at(300000));
    cr_assert_eq(v.data[v.len - 1], byte_at(v.len - 1));
#ifdef __linux__
    cr_assert_leq(s.read, 2 * 64 * 1024, "%llu bytes", (unsigned long long)s.read);
#endif
    for (size_t i = 0; i < v.len; i++)
        cr_assert_eq(v.data[i], byte_at(i), "byte %zu", i);
    cr_assert_eq(s.read, v.len, "a piece was read twice");
    cr_assert_not(wr_file_failed(file));
    wr_file_private(file)[5] ^= 0xFF;
    cr_assert_eq(v.data[5], (uint8_t)~byte_at(5));
    wr_file_close(file);
    cr_assert_eq(s.closed, 1);
}

Test(file, what_an_image_cannot_give_is_zeros_and_told)
{
    struct source s = { .is_bad = true };
    wr_file *file = open_source(&s, SOURCE_BYTES);
    wr_view v = wr_file_view(file);
    uint64_t first = 0;

    cr_assert_eq(v.data[0], byte_at(0));
#ifdef __linux__
    cr_assert_eq(wr_file_unread(file, &first), 0, "it was not touched");
#endif
    cr_assert_eq(v.data[BAD_AT + 1], 0);
    cr_assert_eq(wr_file_unread(file, &first), 4096);
    cr_assert_eq(first, BAD_AT);
    cr_assert_not(wr_file_failed(file), "the rest is good");
    wr_file_close(file);
}

Test(file, small_files_of_an_image_are_read_at_once)
{
    struct source s = { 0 };
    wr_file *file = open_source(&s, 100);

    cr_assert_eq(s.read, 100);
    cr_assert_eq(wr_file_view(file).data[99], byte_at(99));
    wr_file_close(file);
    file = open_source(&s, 0);
    wr_file_close(file);
    cr_assert_eq(s.closed, 2);
}

/* Linux lets a process have 65,530 mappings: where they are used up, a piece cannot be shown alone,
 * as showing it makes one more of them (-Wl,--wrap in tests/CMakeLists.txt). */
static size_t least_shown; /* bytes that may be shown at a time */

int __real_mprotect(void *start, size_t len, int protection);
int __wrap_mprotect(void *start, size_t len, int protection);
int __wrap_mprotect(void *start, size_t len, int protection)
{
    if (len < least_shown) {
        errno = ENOMEM;
        return -1;
    }
    return __real_mprotect(start, len, protection);
}

#ifdef __linux__

Test(file, of_an_image_all_is_read_where_a_piece_cannot_be_shown)
{
    struct source s = { 0 };
    wr_file *file = open_source(&s, SOURCE_BYTES);
    wr_view v = wr_file_view(file);

    cr_assert_eq(v.data[300000], byte_at(300000));
    wr_file_private(file)[300000] ^= 0xFF;
    least_shown = SOURCE_BYTES;
    cr_assert_eq(v.data[700000], byte_at(700000));
    cr_assert_eq(s.read, SOURCE_BYTES, "what was shown before is not read again");
    cr_assert_eq(v.data[300000], (uint8_t)~byte_at(300000), "what was written stays");
    for (size_t i = 300001; i < v.len; i++)
        cr_assert_eq(v.data[i], byte_at(i), "byte %zu", i);
    least_shown = 0;
    cr_assert_not(wr_file_failed(file));
    wr_file_close(file);
}

#endif

static void *sum_of(void *context)
{
    const wr_view *v = context;
    uint64_t sum = 0;

    for (size_t i = 0; i < v->len; i += 31)
        sum += v->data[i];
    return (void *)(uintptr_t)sum;
}

Test(file, threads_see_whole_pieces)
{
    for (int round = 0; round < 20; round++) {
        struct source s = { 0 };
        wr_file *file = open_source(&s, SOURCE_BYTES);
        wr_view v = wr_file_view(file);
        uint64_t expected = 0;
        pthread_t threads[4];

        for (size_t i = 0; i < SOURCE_BYTES; i += 31)
            expected += byte_at(i);
        for (int i = 0; i < 4; i++)
            cr_assert_eq(pthread_create(&threads[i], NULL, sum_of, &v), 0);
        for (int i = 0; i < 4; i++) {
            void *sum;
            cr_assert_eq(pthread_join(threads[i], &sum), 0);
            cr_assert_eq((uint64_t)(uintptr_t)sum, expected);
        }
        cr_assert_eq(s.read, SOURCE_BYTES);
        wr_file_close(file);
    }
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER /* which tells of the fault instead */
#endif
#endif
#ifndef HAS_SANITIZER

/* A fault that is no page of ours ends the process as it would without us. */
Test(file, other_faults_stay_faults, .signal = SIGSEGV)
{
    struct source s = { 0 };
    wr_file *file = open_source(&s, SOURCE_BYTES);
    volatile const uint8_t *beyond = wr_file_view(file).data;

    wr_file_close(file);
    cr_assert_eq(*beyond, 1);
}

#endif
