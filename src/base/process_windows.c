/* process_windows.c - process.h on Windows: each process in a job of its own, which ends with it. */
#include "base/process.h"

#ifdef _WIN32

#include "base/arena.h"

#include <errno.h>
#include <io.h>
#include <string.h>
#include <windows.h>

/* What a wait has room for; more workers than this are waited for in turns. */
#define WAIT_MAX MAXIMUM_WAIT_OBJECTS

/* Memory of one command line, bytes: Windows takes 32767 characters. */
#define LINE_MAX ((size_t)1 << 20)

static volatile LONG interrupted;
static HANDLE job; /* closing its last handle, as the end of this process does, ends all in it */

static BOOL WINAPI on_control(DWORD what)
{
    (void)what;
    InterlockedExchange(&interrupted, 1);
    return TRUE;
}

bool wr_process_begin(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { 0 };

    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    job = CreateJobObjectA(NULL, NULL);
    if (job)
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX); /* no box on a screen */
    return SetConsoleCtrlHandler(on_control, TRUE) != 0;
}

bool wr_process_interrupted(void)
{
    return interrupted != 0;
}

/* One word as CommandLineToArgvW takes it apart: backslashes count only before a quote. */
static size_t put_word(char *out, const char *word)
{
    size_t n = 0, slashes = 0;

    out[n++] = '"';
    for (const char *c = word; *c; c++) {
        slashes = *c == '\\' ? slashes + 1 : 0;
        if (*c == '"') {
            /* those that stand before it, which are written already, once more */
            const char *back = c;
            while (back != word && back[-1] == '\\') {
                out[n++] = '\\';
                back--;
            }
            out[n++] = '\\';
        }
        out[n++] = *c;
    }
    while (slashes--)
        out[n++] = '\\';
    out[n++] = '"';
    out[n] = '\0';
    return n;
}

static char *command_line(wr_arena *arena, const char *const *words)
{
    size_t room = 16, n;
    char *line;

    for (size_t i = 0; words[i]; i++)
        room += 2 * strlen(words[i]) + 4;
    if (!(line = WR_NEW(arena, char, room)))
        return NULL;
    n = put_word(line, "winroots");
    for (size_t i = 0; words[i]; i++) {
        line[n++] = ' ';
        n += put_word(line + n, words[i]);
    }
    return line;
}

/* Windows limits a process by a job; nested ones since Windows 8. */
static void limit(HANDLE process, const wr_process_limits *limits)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION info = { 0 };
    HANDLE own = CreateJobObjectA(NULL, NULL);

    if (job)
        AssignProcessToJobObject(job, process);
    if (!own)
        return;
    info.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_TIME;
    info.BasicLimitInformation.PerProcessUserTimeLimit.QuadPart =
        (LONGLONG)limits->seconds * 10000000;
    if (limits->memory) {
        info.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_PROCESS_MEMORY;
        info.ProcessMemoryLimit = (SIZE_T)limits->memory;
    }
    SetInformationJobObject(own, JobObjectExtendedLimitInformation, &info, sizeof info);
    AssignProcessToJobObject(own, process);
    CloseHandle(own); /* the job lives as long as its process */
}

static bool start(char *line, HANDLE out, const wr_process_limits *limits, wr_process *process)
{
    STARTUPINFOA how = { .cb = sizeof how, .dwFlags = STARTF_USESTDHANDLES };
    PROCESS_INFORMATION made;
    char program[4 * MAX_PATH];
    BOOL done;

    if (!GetModuleFileNameA(NULL, program, sizeof program))
        return false;
    how.hStdInput = INVALID_HANDLE_VALUE;
    how.hStdOutput = out;
    how.hStdError = limits->silent ? INVALID_HANDLE_VALUE : GetStdHandle(STD_ERROR_HANDLE);
    done = CreateProcessA(program, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &how, &made);
    if (!done)
        return false;
    limit(made.hProcess, limits);
    ResumeThread(made.hThread);
    CloseHandle(made.hThread);
    process->handle = (intptr_t)made.hProcess;
    return true;
}

bool wr_process_start(const char *const *words, int out, const wr_process_limits *limits,
                      wr_process *process)
{
    HANDLE handle = (HANDLE)_get_osfhandle(out);
    wr_arena arena;
    char *line;
    bool done;

    wr_arena_init(&arena, LINE_MAX);
    line = command_line(&arena, words);
    SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    done = line && start(line, handle, limits, process);
    SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0);
    wr_arena_free(&arena);
    if (!done)
        errno = line ? EIO : ENOMEM;
    return done;
}

static size_t reap(wr_process *processes, size_t count, DWORD milliseconds, wr_process_end *end)
{
    HANDLE handles[WAIT_MAX];
    size_t places[WAIT_MAX];
    DWORD num = 0, which, code = 0;

    for (size_t i = 0; i < count && num < WAIT_MAX; i++)
        if (processes[i].handle) {
            places[num] = i;
            handles[num++] = (HANDLE)processes[i].handle;
        }
    if (!num) {
        Sleep(milliseconds);
        return count;
    }
    which = WaitForMultipleObjects(num, handles, FALSE, milliseconds);
    if (which >= WAIT_OBJECT_0 + num)
        return count;
    which -= WAIT_OBJECT_0;
    GetExitCodeProcess(handles[which], &code);
    CloseHandle(handles[which]);
    processes[places[which]].handle = 0;
    end->fate = code == ERROR_NOT_ENOUGH_QUOTA ? WR_PROCESS_OUT_OF_TIME /* what a job ends one with */
                : code >= 0xC0000000u          ? WR_PROCESS_CRASHED     /* the exception's number */
                                               : WR_PROCESS_EXITED;
    end->code = (int)code;
    return places[which];
}

/* In short turns, since Ctrl-C comes in another thread. */
size_t wr_process_wait(wr_process *processes, size_t count, int milliseconds, wr_process_end *end)
{
    for (int waited = 0; !interrupted; waited += 100) {
        const size_t which = reap(processes, count, 100, end);
        if (which != count || waited >= milliseconds)
            return which;
    }
    return count;
}

void wr_process_kill(wr_process *process)
{
    if (!process->handle)
        return;
    TerminateProcess((HANDLE)process->handle, 1);
    WaitForSingleObject((HANDLE)process->handle, INFINITE);
    CloseHandle((HANDLE)process->handle);
    process->handle = 0;
}

unsigned wr_process_cores(void)
{
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    return info.dwNumberOfProcessors > WAIT_MAX ? WAIT_MAX : (unsigned)info.dwNumberOfProcessors;
}

#else
typedef int wr_process_is_elsewhere; /* a file is never empty */
#endif
