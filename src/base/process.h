/* process.h - processes of this program's own, with limits: one that misbehaves ends alone.
 *
 *     wr_process_begin();
 *     wr_process_start(words, out, &limits, &workers[i]);
 *     while (!wr_process_interrupted())
 *         i = wr_process_wait(workers, count, 1000, &end);
 *
 * process_posix.c and process_windows.c hold the same calls; false comes with errno.  One thread
 * uses them. */
#ifndef WR_BASE_PROCESS_H
#define WR_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct wr_process_limits {
    uint64_t memory;  /* address space, bytes; 0 = as much as there is */
    uint64_t output;  /* length of a file that it writes, bytes        */
    uint32_t seconds; /* of all processors together                    */
    bool silent;      /* its standard error is not ours                */
} wr_process_limits;

typedef struct wr_process {
    intptr_t handle; /* 0 = none runs here */
} wr_process;

typedef enum wr_process_fate {
    WR_PROCESS_EXITED,
    WR_PROCESS_CRASHED,    /* by its own fault                       */
    WR_PROCESS_OUT_OF_TIME, /* by the limit of `seconds`             */
    WR_PROCESS_KILLED      /* by somebody else, or for want of memory */
} wr_process_fate;

typedef struct wr_process_end {
    wr_process_fate fate;
    int code; /* exit code, or number of the signal or exception */
} wr_process_end;

/* From here on the end of a process is noticed, and an interruption by the user or the system
 * (Ctrl-C, SIGTERM, SIGHUP) does not end this process but is remembered.  Once, before the rest. */
bool wr_process_begin(void);
bool wr_process_interrupted(void);

/* Starts this program again with `words` behind its name, NULL at the end; its standard output is
 * the file `out`, its standard input is empty, and it does not outlive this process where the
 * system has a way to say so. */
bool wr_process_start(const char *const *words, int out, const wr_process_limits *limits,
                      wr_process *process);

/* Waits until one of `count` has ended, for `milliseconds`, or until an interruption.  Gives which
 * one, whose handle is 0 from then on; `count` for none. */
size_t wr_process_wait(wr_process *processes, size_t count, int milliseconds, wr_process_end *end);

/* Ends one and waits for that. */
void wr_process_kill(wr_process *process);

/* How many processors this process may use; at least 1. */
unsigned wr_process_cores(void);

#endif
