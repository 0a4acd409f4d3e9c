/* run.h - many hosts: a process for each evidence, their records in a folder, one file of all.
 * docs/fleet-run.md
 *
 * wr_process_begin has been called.  The process that runs this reads no evidence.  What a worker
 * writes is taken as it is, whole or not at all. */
#ifndef WR_FLEET_RUN_H
#define WR_FLEET_RUN_H

#include "base/digest.h"
#include "fleet/host_list.h"
#include "fleet/run_folder.h"

/* Exit codes of a worker. */
enum {
    WR_WORKER_OK = 0,
    WR_WORKER_USAGE = 2,   /* the options cannot be followed: not for any evidence        */
    WR_WORKER_FAILED = 3,  /* it has written that the evidence could not be read          */
    WR_WORKER_PARTIAL = 4, /* it has written that some of the evidence could not be read  */
    WR_WORKER_OUTPUT = 5,  /* it could not write                                          */
    WR_WORKER_AGAIN = 6    /* as FAILED, and it may be otherwise next time                */
};

/* The word before which a worker is told why another one failed, whose record it then writes. */
#define WR_WORKER_BECAUSE "--because="

typedef enum wr_run_event_kind {
    WR_RUN_WAITS,     /* some time has passed                                      */
    WR_RUN_DUPLICATE, /* an entry that names what an earlier one does: left out    */
    WR_RUN_RETRIES,   /* the worker was killed: once more                          */
    WR_RUN_DONE       /* the records of this entry are there now, or were before   */
} wr_run_event_kind;

typedef struct wr_run_counts {
    size_t entries, duplicates, before; /* of the entries: found done by an earlier run */
    size_t parts[WR_PART_NONE];
} wr_run_counts;

typedef struct wr_run_event {
    wr_run_event_kind kind;
    const char *path;    /* the entry; "" with WR_RUN_WAITS */
    wr_part part;        /* with WR_RUN_DONE                */
    bool before;         /* done by an earlier run          */
    const char *message; /* why it failed, "" where the record alone says so */
    const wr_run_counts *counts;
} wr_run_event;

typedef struct wr_run_options {
    const char *const *words; /* of a worker, before the evidence */
    size_t num_words;
    uint8_t depends[WR_SHA256_LEN]; /* over all that the records depend on but the evidence */
    unsigned jobs;                  /* workers at a time, 1 to WR_LIMIT_FLEET_JOBS           */
    uint32_t seconds;               /* of one worker; and of the processor                  */
    uint64_t memory;                /* of one worker beside its evidence, bytes              */
    uint64_t output;                /* of one worker, bytes                                  */
    bool verbose;                   /* workers may write to standard error                  */
    uint64_t (*now)(void);          /* FILETIME                                              */
    void (*tell)(void *context, const wr_run_event *event);
    void *context;
} wr_run_options;

/* Makes the records of every entry that are not in the folder yet, and then `output` of all.
 * `counts` is filled either way.  *interrupted: by the user; then nothing is lost, and there is no
 * new `output`.  Fails: IO (also where a worker could not write), USAGE (a worker says so), LIMIT,
 * MALFORMED (the list), NO_MEMORY; what was done is kept. */
WR_MUST_USE bool wr_run(const wr_run_options *options, wr_run_folder *folder, wr_host_list *list,
                        const char *output, wr_arena *arena, wr_run_counts *counts,
                        bool *interrupted, wr_error *err);

/* The digest for wr_run_options.depends: of the version, and of the words with what they name.
 * Fails: NO_MEMORY, UNSUPPORTED. */
WR_MUST_USE bool wr_run_depends(const char *const *words, size_t num_words,
                                uint8_t out[WR_SHA256_LEN], wr_error *err);

#endif
