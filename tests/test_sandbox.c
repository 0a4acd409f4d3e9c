/* What a reader that misbehaves can still do.  Each deed is tried in a process of its own, once as
 * the machine allows it and once in the sandbox: a refusal counts only where the deed works
 * without.
 */
#define _GNU_SOURCE

#include "support.h"

#if !defined(__linux__) || defined(WR_NO_SANDBOX)

Test(sandbox, is_nothing_elsewhere)
{
    cr_skip_test("this build has no sandbox");
}

#else

#include "base/digest.h"
#include "base/sandbox.h"
#include "base/sandbox_linux.h"
#include "source/tree.h"
#include "winroots/limits.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static wr_sandbox_parts parts;
static char base[] = "/tmp/winroots-sandbox-XXXXXX";
static pid_t parent;

/* given/ is evidence, out/ is for output, other/ is neither. */
static void make_file(const char *path)
{
    FILE *f = fopen(path, "w");

    cr_assert(f && fputs("text", f) >= 0 && fclose(f) == 0, "%s", path);
}

/* True = done. */
typedef bool deed(void);

static wr_sandbox_parts confine(void)
{
    wr_sandbox s = wr_sandbox_new();

    wr_sandbox_allow(&s, "given", WR_SANDBOX_READ);
    wr_sandbox_allow(&s, "out", WR_SANDBOX_FILES_IN);
    wr_sandbox_allow(&s, "listed", WR_SANDBOX_LIST);
    wr_sandbox_allow(&s, "listed/log", WR_SANDBOX_BESIDE);
    wr_sandbox_allow(&s, "listed/link", WR_SANDBOX_BESIDE);
    wr_sandbox_allow(&s, "in-place", WR_SANDBOX_WRITE);
    wr_sandbox_allow(&s, "not-there", WR_SANDBOX_READ);
    return wr_sandbox_enter(&s);
}

/* 0 = done, 1 = refused, else a signal or what the child of the deed gave. */
static int try(deed *d, bool confined)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        if (confined)
            confine();
        _exit(d() ? 0 : 1);
    }
    cr_assert(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static bool probe(void)
{
    wr_sandbox_parts p = confine();

    _exit(2 + (p.files > 0) + 2 * p.calls);
}

/* What the kernel says that it has, asked as its manual says. */
static wr_sandbox_parts offered(void)
{
    uint32_t action = SECCOMP_RET_ERRNO;

#if defined(__x86_64__) || defined(__aarch64__)
    bool processor = true;
#else
    bool processor = false;
#endif
    return (wr_sandbox_parts){
        .files = syscall(444 /* landlock_create_ruleset */, NULL, 0, 1 /* VERSION */) > 0,
        .calls = processor && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0,
    };
}

static void enter(void)
{
    int found;

    cr_assert(mkdtemp(base) && chdir(base) == 0);
    cr_assert(!mkdir("given", 0777) && !mkdir("out", 0777) && !mkdir("other", 0777) &&
              !mkdir("listed", 0777));
    make_file("given/hive");
    make_file("other/secret");
    make_file("listed/log");
    make_file("listed/private");
    make_file("in-place");
    make_file("out/report");
    cr_assert(!symlink("../other/secret", "given/link") &&
              !symlink("../other/secret", "listed/link"));
    parent = getpid();
    parts = offered();
    found = try(probe, false) - 2;
    cr_assert_eq(found, parts.files + 2 * parts.calls, "found %d", found);
}

static void leave(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", base);
    cr_assert(system(command) == 0);
}

static bool can_open(const char *path, int how)
{
    int fd = open(path, how, 0666);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

#define DEED(name, expression)                                                                     \
    static bool name(void)                                                                         \
    {                                                                                              \
        return expression;                                                                         \
    }

/* Files */
DEED(read_given, can_open("given/hive", O_RDONLY))
DEED(list_given, can_open("given", O_RDONLY | O_DIRECTORY))
DEED(read_other, can_open("other/secret", O_RDONLY))
DEED(read_by_dots, can_open("given/../other/secret", O_RDONLY))
DEED(read_by_link, can_open("given/link", O_RDONLY))
DEED(read_system_secret, can_open("/etc/passwd", O_RDONLY))
DEED(read_processes, can_open("/proc/self/status", O_RDONLY))
DEED(list_other, can_open("other", O_RDONLY | O_DIRECTORY))
DEED(list_root, can_open("/", O_RDONLY | O_DIRECTORY))
DEED(list_listed, can_open("listed", O_RDONLY | O_DIRECTORY))
DEED(read_listed, can_open("listed/private", O_RDONLY))
DEED(read_beside, can_open("listed/log", O_RDONLY))
DEED(read_beside_by_link, can_open("listed/link", O_RDONLY))
DEED(change_given, can_open("given/hive", O_RDWR))
DEED(empty_given, can_open("given/hive", O_WRONLY | O_TRUNC))
DEED(truncate_given, truncate("given/hive", 0) == 0)
DEED(make_in_given, can_open("given/new", O_WRONLY | O_CREAT))
DEED(remove_given, unlink("given/hive") == 0)
DEED(rename_given, rename("given/hive", "given/other") == 0)
DEED(take_given_away, rename("given/hive", "out/hive") == 0)
DEED(put_into_given, rename("out/report", "given/report") == 0)
DEED(link_other, link("other/secret", "out/secret") == 0)
DEED(make_in_other, can_open("other/new", O_WRONLY | O_CREAT))
DEED(make_here, can_open("new", O_WRONLY | O_CREAT))
DEED(make_folder_here, mkdir("new-folder", 0777) == 0)
DEED(make_link, symlink("/etc/passwd", "out/link") == 0)
DEED(make_pipe, mkfifo("out/pipe", 0666) == 0)
DEED(make_executable, chmod("out/report", 0755) == 0)
DEED(write_in_place, can_open("in-place", O_WRONLY | O_TRUNC))
DEED(read_in_place, can_open("in-place", O_RDONLY))

static bool write_output(void)
{
    return can_open("out/report.tmp", O_WRONLY | O_CREAT | O_EXCL) &&
           !rename("out/report.tmp", "out/report") && !mkdir("out/folder", 0777) &&
           can_open("out/folder/x", O_WRONLY | O_CREAT) && !rename("out/folder", "out/bundle") &&
           !unlink("out/bundle/x") && !rmdir("out/bundle");
}

/* Sockets */
static bool can_socket(int family, int type)
{
    int fd = socket(family, type, 0);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

DEED(socket_tcp, can_socket(AF_INET, SOCK_STREAM))
DEED(socket_udp, can_socket(AF_INET, SOCK_DGRAM))
DEED(socket_unix, can_socket(AF_UNIX, SOCK_STREAM))
DEED(socket_netlink, can_socket(AF_NETLINK, SOCK_RAW))
DEED(socket_pair, !socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){ 0 }))

/* Processes */
static bool can_fork(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child > 0 && waitpid(child, NULL, 0) == child;
}

static bool can_spawn(void)
{
    char *argv[] = { (char *)"true", NULL };
    pid_t child;

    return posix_spawn(&child, "/bin/true", NULL, NULL, argv, NULL) == 0 &&
           waitpid(child, NULL, 0) == child;
}

DEED(clone_process, syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) >= 0)
DEED(execute, execl("/bin/true", "true", (char *)NULL) == 0)
DEED(run_shell, system("exit 0") == 0)
DEED(signal_parent, kill(parent, 0) == 0)
DEED(signal_thread_of_parent, syscall(SYS_tgkill, parent, parent, 0) == 0)
DEED(trace, ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
DEED(new_namespace, unshare(CLONE_FILES | CLONE_FS) == 0)
DEED(handle_of_parent, syscall(434 /* pidfd_open */, parent, 0) >= 0)
DEED(anonymous_program, syscall(SYS_memfd_create, "x", 0) >= 0)
DEED(lower_limit_of_parent, prlimit(parent, RLIMIT_NOFILE, NULL, &(struct rlimit){ 0 }) == 0)

enum { FILES = 1, CALLS = 2, EITHER = 4 };

static const struct {
    const char *name;
    deed *deed;
    int kept_by;
} refused[] = {
#define ROW(deed, by)                                                                              \
    {                                                                                              \
#deed, deed, by                                                                            \
    }
    ROW(read_other, FILES),
    ROW(read_by_dots, FILES),
    ROW(read_by_link, FILES),
    ROW(read_system_secret, FILES),
    ROW(read_processes, FILES),

    ROW(list_other, FILES),
    ROW(list_root, FILES),
    ROW(read_listed, FILES),
    ROW(read_beside_by_link, FILES),
    ROW(change_given, FILES),
    ROW(empty_given, FILES),
    ROW(truncate_given, CALLS),
    ROW(make_in_given, FILES),
    ROW(remove_given, FILES),
    ROW(rename_given, FILES),
    ROW(take_given_away, FILES),
    ROW(put_into_given, FILES),
    ROW(link_other, EITHER),
    ROW(make_in_other, FILES),
    ROW(make_here, FILES),
    ROW(make_folder_here, FILES),
    ROW(make_link, EITHER),
    ROW(make_pipe, EITHER),
    ROW(make_executable, CALLS),
    ROW(read_in_place, FILES),
    ROW(socket_tcp, CALLS),
    ROW(socket_udp, CALLS),
    ROW(socket_unix, CALLS),
    ROW(socket_netlink, CALLS),
    ROW(socket_pair, CALLS),
    ROW(can_fork, CALLS),
    ROW(can_spawn, EITHER),
    ROW(clone_process, CALLS),
    ROW(execute, EITHER),
    ROW(run_shell, EITHER),
    ROW(signal_parent, CALLS),
    ROW(signal_thread_of_parent, CALLS),
    ROW(trace, CALLS),
    ROW(new_namespace, CALLS),
    ROW(handle_of_parent, CALLS),
    ROW(anonymous_program, CALLS),
    ROW(lower_limit_of_parent, CALLS),
};

static bool is_kept(int by)
{
    return (by == FILES && parts.files) || (by == CALLS && parts.calls) ||
           (by == EITHER && (parts.files || parts.calls));
}

/* Makes again what a deed that is done took away. */
static void restore(void)
{
    make_file("given/hive");
    make_file("out/report");
    unlink("given/other");
    unlink("given/report");
    unlink("out/hive");
    unlink("out/secret");
    unlink("out/link");
    unlink("out/pipe");
    unlink("new");
    rmdir("new-folder");
}

Test(sandbox, refuses_what_no_reader_needs, .init = enter, .fini = leave)
{
    size_t proven = 0;

    if (!parts.files && !parts.calls)
        cr_skip_test("this kernel offers neither Landlock nor seccomp");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (!is_kept(refused[i].kept_by))
            continue;
        cr_expect(try(refused[i].deed, true) == 1, "%s is not refused", refused[i].name);
        if (try(refused[i].deed, false) == 0)
            proven++;
        else
            fprintf(stderr, "%s: this machine refuses it without a sandbox\n", refused[i].name);
        restore();
    }
    cr_expect(proven >= 15, "only %zu deeds work without a sandbox", proven);
}

/* What no machine is sure to allow, and the list must not have. */
Test(sandbox, has_no_call_that_reaches_into_the_kernel, .init = enter, .fini = leave)
{
    static const long calls[] = {
        SYS_bpf,
        SYS_perf_event_open,
        SYS_userfaultfd,
        425 /* io_uring_setup */,
        SYS_keyctl,
        SYS_add_key,
        SYS_mount,
        SYS_setns,
        SYS_chroot,
        SYS_init_module,
        SYS_process_vm_readv,
        SYS_open_by_handle_at,
        435 /* clone3 */,
        SYS_execveat,
        SYS_ptrace,
        SYS_seccomp,
        SYS_setuid,
        SYS_shmget,
        SYS_msgget,
        SYS_inotify_init1,
        SYS_personality,
        SYS_rt_sigqueueinfo,
    };
    int status;
    pid_t child;

    if (!parts.calls)
        cr_skip_test("this kernel offers no seccomp");
    child = fork();
    if (child == 0) {
        confine();
        for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
            if (syscall(calls[i], -1, -1, -1, -1, -1, -1) != -1 || errno != ENOSYS)
                _exit((int)i + 1);
        }
        /* What would type into the terminal. */
        _exit(ioctl(0, TIOCSTI, "x") != -1 || errno != ENOSYS ? 255 : 0);
    }
    cr_assert(waitpid(child, &status, 0) == child && WIFEXITED(status));
    cr_expect_eq(WEXITSTATUS(status), 0, "number %d of the list is allowed", WEXITSTATUS(status));
}

/* What readers need goes on. */
static void *thread(void *done)
{
    *(bool *)done = true;
    return NULL;
}

static bool start_thread(void)
{
    bool done = false;
    pthread_t t;

    return !pthread_create(&t, NULL, thread, &done) && !pthread_join(t, NULL) && done;
}

static bool hash(void)
{
    uint8_t d[32];

    return wr_digest(WR_SHA256, view_of("abc", 3), d, NULL) && d[0] == 0xba &&
           d[31] == 0xad; /* FIPS 180-2, B.1 */
}

static bool map_given(void)
{
    int fd = open("given/hive", O_RDONLY);
    const char *text = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

    return text != MAP_FAILED && !memcmp(text, "text", 4);
}

DEED(load_library, dlopen("libthread_db.so.1", RTLD_NOW) || dlopen("libutil.so.1", RTLD_NOW))
DEED(count_processors, sysconf(_SC_NPROCESSORS_ONLN) > 0)

static const struct {
    const char *name;
    deed *deed;
} allowed[] = {
    { "read", read_given },
    { "list", list_given },
    { "list beside", list_listed },
    { "read beside", read_beside },
    { "output", write_output },
    { "output in place", write_in_place },
    { "thread", start_thread },
    { "digest", hash },
    { "map", map_given },
    { "library", load_library },
    { "processors", count_processors },
};

Test(sandbox, allows_what_readers_need, .init = enter, .fini = leave)
{
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        cr_expect(try(allowed[i].deed, true) == 0, "%s is refused", allowed[i].name);
        restore();
    }
}

/* Libraries for images, and libraries of those, load when the process is confined already.  What
 * this machine cannot make or read without a sandbox is left out. */
static bool open_image(const char *path)
{
    wr_tree_options options = { 0 };
    wr_diags diags;
    wr_arena arena;
    wr_tree *tree;
    wr_error e;

    wr_arena_init(&arena, (size_t)1 << 20);
    wr_diags_init(&diags, &arena);
    return wr_tree_open(path, &options, &diags, &tree, &e);
}

DEED(open_raw, open_image("given/part.ntfs"))
DEED(open_qcow, open_image("given/part.qcow2"))

Test(sandbox, disk_images_are_read_in_it, .init = enter, .fini = leave)
{
    static deed *const images[] = { open_raw, open_qcow };
    size_t read = 0;

    if (system("cd given && truncate -s 8M part.ntfs && PATH=$PATH:/usr/sbin:/sbin mkntfs -F -q -Q "
               "part.ntfs >/dev/null 2>&1 && qemu-img convert -O qcow2 part.ntfs part.qcow2") != 0)
        cr_skip_test("mkntfs or qemu-img is not here");
    for (size_t i = 0; i < sizeof images / sizeof *images; i++)
        if (try(images[i], false) == 0) {
            cr_expect(try(images[i], true) == 0, "image %zu", i);
            read++;
        }
    if (!read)
        cr_skip_test("The Sleuth Kit is not here");
}

/* abort() still says that something is wrong. */
static bool abort_now(void)
{
    abort();
}

Test(sandbox, lets_a_program_end_itself, .init = enter, .fini = leave)
{
    cr_expect_eq(try(abort_now, true), -SIGABRT);
}

static bool has_limits(void)
{
    struct rlimit core, file;

    return !getrlimit(RLIMIT_CORE, &core) && core.rlim_cur == 0 && core.rlim_max == 0 &&
           !getrlimit(RLIMIT_FSIZE, &file) && file.rlim_max >= WR_LIMIT_OUTPUT_BYTES;
}

/* Sparse: what is measured is where a byte would stand. */
static bool writes_at(uint64_t offset)
{
    int fd = open("out/report", O_WRONLY);
    bool done = pwrite(fd, "x", 1, (off_t)offset) == 1;

    return done || errno != EFBIG; /* a filesystem may have a lower bound */
}

static bool writes_up_to_limit(void)
{
    struct stat st;
    uint64_t from =
        fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;

    return writes_at(from + WR_LIMIT_OUTPUT_BYTES - 1) && !writes_at(from + WR_LIMIT_OUTPUT_BYTES);
}

Test(sandbox, limits_what_is_left_behind, .init = enter, .fini = leave)
{
    cr_expect_eq(try(has_limits, true), 0);
    cr_expect_eq(try(writes_up_to_limit, true), 0);
}

#endif
