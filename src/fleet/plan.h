/* plan.h - a run over many hosts as the job of an engine that others know: docs/fleet-run.md.
 *
 * What is written is a folder of scripts and of lists.  Names of evidence and options stand in
 * files alone, where a NUL ends each: nothing of them is in a script. */
#ifndef WR_FLEET_PLAN_H
#define WR_FLEET_PLAN_H

#include "base/outfile.h"
#include "fleet/host_list.h"

typedef enum wr_engine {
    WR_ENGINE_SLURM,        /* an array, and a job that waits for it        */
    WR_ENGINE_PARALLEL,     /* GNU parallel on this machine                 */
    WR_ENGINE_PARALLEL_SSH, /* GNU parallel on others, evidence and all     */
    WR_NUM_ENGINES
} wr_engine;

typedef struct wr_job_plan {
    wr_engine engine;
    const char *const *words; /* options of `fleet run`, --as-of among them */
    size_t num_words;
    const char *program;      /* that a task starts: a name, or an absolute path   */
    const char *program_here; /* that the reduce starts                            */
    const char *const *hosts; /* of ssh, as GNU parallel takes them: "2/name"      */
    size_t num_hosts;
    uint32_t jobs;  /* processes of a task with Slurm; tasks at a time with parallel, 0 = its own
                       default                                                                  */
    uint32_t chunk; /* entries of a task, 0 = by their number                                    */
    void (*tell_duplicate)(const char *path);
} wr_job_plan;

/* Writes the folder, whole or not at all; duplicates in the list are left out and told.
 * Fails: USAGE (folder not empty; an empty list; more than WR_LIMIT_FLEET_CHUNKS tasks; with ssh a
 * path that is not below the current folder), IO, LIMIT, MALFORMED, NO_MEMORY. */
WR_MUST_USE bool wr_job_plan_write(const wr_job_plan *plan, wr_host_list *list, const char *folder,
                                   bool force, wr_arena *arena, size_t *chunks, size_t *entries,
                                   wr_error *err);

/* True of what GNU parallel may be given as a host: [N/][USER@]NAME, without what a shell or ssh
 * would read as more. */
bool wr_job_plan_is_host(const char *text);

#endif
