/* process_posix.c - process.h on everything but Windows. */
#include "base/process.h"

#ifndef _WIN32

#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define WORDS_MAX 512

/* What a program that cannot be started ends with. */
#define NOT_STARTED 127

/* A signal writes to this pipe, and who waits polls it: one that comes between looking and waiting
 * is not lost. */
static int wake[2] = { -1, -1 };
static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
    const int why = errno;
    ssize_t ignored;

    if (signal != SIGCHLD)
        interrupted = 1;
    ignored = write(wake[1], "", 1);
    (void)ignored;
    errno = why;
}

static bool set_up_pipe_end(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static const int interruptions[] = { SIGINT, SIGTERM, SIGHUP };

#define NUM_INTERRUPTIONS (sizeof interruptions / sizeof *interruptions)

bool wr_process_begin(void)
{
    struct sigaction action = { .sa_handler = on_signal }, old;

    if (pipe(wake) != 0 || !set_up_pipe_end(wake[0]) || !set_up_pipe_end(wake[1]))
        return false;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < NUM_INTERRUPTIONS; i++) {
        /* What nohup and a shell in the background have it ignore stays ignored. */
        if (sigaction(interruptions[i], NULL, &old) != 0)
            return false;
        if (old.sa_handler != SIG_IGN && sigaction(interruptions[i], &action, NULL) != 0)
            return false;
    }
    action.sa_flags = SA_NOCLDSTOP;
    return sigaction(SIGCHLD, &action, NULL) == 0;
}

bool wr_process_interrupted(void)
{
    return interrupted != 0;
}

/* A lower limit that stands already is kept. */
static void limit(int what, uint64_t soft, uint64_t hard)
{
    struct rlimit now;

    if (getrlimit(what, &now) != 0)
        return;
    if (now.rlim_max == RLIM_INFINITY || now.rlim_max > hard)
        now.rlim_max = (rlim_t)hard;
    if (now.rlim_cur == RLIM_INFINITY || now.rlim_cur > soft)
        now.rlim_cur = (rlim_t)soft;
    setrlimit(what, &now);
}

static void set_limits(const wr_process_limits *limits)
{
#ifndef WR_NO_SANDBOX /* sanitizers take address space by the terabyte */
    if (limits->memory)
        limit(RLIMIT_AS, limits->memory, limits->memory);
#endif
    limit(RLIMIT_FSIZE, limits->output, limits->output);
    limit(RLIMIT_CPU, limits->seconds, limits->seconds + 1); /* SIGXCPU, and then SIGKILL */
    limit(RLIMIT_CORE, 0, 0);
}

static void set_signals(void)
{
    struct sigaction action = { .sa_handler = SIG_DFL };

    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN; /* Ctrl-C reaches all of a terminal's processes: the first acts */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL); /* a write that fails */
}

/* In the new process: calls that a signal handler may use, and no others. */
static void become(const char *const *words, int out, const wr_process_limits *limits, pid_t parent)
{
    const char *argv[WORDS_MAX + 2] = { "winroots" };
    int null = open("/dev/null", O_RDWR | O_NOCTTY);

#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
#endif
    if (getppid() != parent || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(out, STDOUT_FILENO) < 0 || (limits->silent && dup2(null, STDERR_FILENO) < 0))
        return;
    if (null > STDERR_FILENO)
        close(null);
    for (size_t i = 0; words[i]; i++)
        argv[i + 1] = words[i];
    set_limits(limits);
    set_signals();
#ifdef __linux__ /* the file that runs, also where another has taken its name */
    execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
#endif
    execvp("winroots", (char *const *)(uintptr_t)argv);
}

bool wr_process_start(const char *const *words, int out, const wr_process_limits *limits,
                      wr_process *process)
{
    const pid_t parent = getpid();
    size_t count = 0;
    pid_t child;

    while (words[count])
        if (++count > WORDS_MAX) {
            errno = E2BIG;
            return false;
        }
    if ((child = fork()) < 0)
        return false;
    if (child == 0) {
        become(words, out, limits, parent);
        _exit(NOT_STARTED);
    }
    process->handle = child;
    return true;
}

static wr_process_end end_of(int status)
{
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS, SIGTRAP };
    wr_process_end end = { WR_PROCESS_EXITED, WEXITSTATUS(status) };

    if (!WIFSIGNALED(status))
        return end;
    end.code = WTERMSIG(status);
    end.fate = end.code == SIGXCPU ? WR_PROCESS_OUT_OF_TIME : WR_PROCESS_KILLED;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (crashes[i] == end.code)
            end.fate = WR_PROCESS_CRASHED;
    return end;
}

static size_t reap(wr_process *processes, size_t count, wr_process_end *end)
{
    for (size_t i = 0; i < count; i++) {
        int status = 0;
        if (!processes[i].handle || waitpid((pid_t)processes[i].handle, &status, WNOHANG) <= 0)
            continue;
        processes[i].handle = 0;
        *end = end_of(status);
        return i;
    }
    return count;
}

size_t wr_process_wait(wr_process *processes, size_t count, int milliseconds, wr_process_end *end)
{
    struct pollfd woken = { wake[0], POLLIN, 0 };
    size_t which = reap(processes, count, end);
    char bytes[64];

    if (which != count || interrupted || poll(&woken, 1, milliseconds) <= 0)
        return which;
    while (read(wake[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        ;
    return reap(processes, count, end);
}

void wr_process_kill(wr_process *process)
{
    if (!process->handle)
        return;
    kill((pid_t)process->handle, SIGKILL);
    while (waitpid((pid_t)process->handle, NULL, 0) < 0 && errno == EINTR)
        ;
    process->handle = 0;
}

unsigned wr_process_cores(void)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (unsigned)cores : 1;
}

#else
typedef int wr_process_is_elsewhere; /* a file is never empty */
#endif
