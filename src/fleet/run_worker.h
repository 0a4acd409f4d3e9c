/* run_worker.h - one process at a time, which makes the records of one evidence. */
#ifndef WR_FLEET_RUN_WORKER_H
#define WR_FLEET_RUN_WORKER_H

#include "base/os.h"
#include "base/process.h"
#include "fleet/run.h"

typedef struct wr_worker_task {
    const char *path; /* the entry */
    wr_run_key key;
    wr_place place; /* what it leads to             */
    uint64_t bytes; /* of the file, or files below  */
} wr_worker_task;

typedef struct wr_worker {
    wr_worker_task next, task; /* given; and taken, whose path is the worker's own */
    bool busy;
    char *path; /* WR_LIMIT_FLEET_PATH and a NUL */
    const char **words;
    char because[160]; /* what it is told, and why; "" = it reads the evidence itself */
    const char *why;   /* in `because`, "" where it is */
    wr_code code;
    wr_part part; /* of a record that says why */
    unsigned kills;
    uint64_t begun; /* FILETIME */
    int fd;
} wr_worker;

typedef struct wr_worker_outcome {
    wr_part part;
    bool again; /* start it once more: the same, or with why it failed */
} wr_worker_outcome;

/* False when memory ends. */
WR_MUST_USE bool wr_worker_begin(wr_worker *w, const wr_run_options *options, wr_arena *arena);

/* Makes w->next the task of a worker that is not busy. */
void wr_worker_take(wr_worker *w);

/* Starts the process.  Fails: IO; the worker is then not busy. */
WR_MUST_USE bool wr_worker_start(wr_worker *w, const wr_run_options *options, wr_run_folder *folder,
                                 wr_process *process, wr_error *err);

/* True when its time is over. */
bool wr_worker_is_late(const wr_worker *w, const wr_run_options *options);

/* Keeps the records of a process that has ended, or none.
 * Fails: IO, USAGE; the worker is then not busy. */
WR_MUST_USE bool wr_worker_finish(wr_worker *w, const wr_process_end *end,
                                  const wr_run_options *options, wr_run_folder *folder,
                                  wr_worker_outcome *out, wr_error *err);

/* Throws away what the process wrote. */
void wr_worker_drop(wr_worker *w, wr_run_folder *folder);

#endif
