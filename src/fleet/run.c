#include "fleet/run.h"

#include "base/os.h"
#include "base/process.h"
#include "base/text.h"
#include "fleet/record.h"
#include "fleet/run_worker.h"
#include "fleet/stamp.h"
#include "winroots/analysis.h"

#include <string.h>

/* How often a run looks at its clock, and tells that it waits, milliseconds. */
#define TURN 200

typedef struct run {
    const wr_run_options *options;
    wr_run_folder *folder;
    wr_arena *arena;
    wr_run_counts *counts;
    wr_hash_set seen; /* identities */
    WR_LIST(wr_run_key) keys;
    WR_LIST(wr_worker_task) later; /* another run works at them: when nothing else is left */
    size_t next_later;
    wr_worker *workers;
    wr_process *processes;
    unsigned running;
} run;

static void tell(run *r, wr_run_event_kind kind, const char *path, const char *message)
{
    const wr_run_event event = {
        .kind = kind, .path = path, .message = message, .counts = r->counts
    };
    r->options->tell(r->options->context, &event);
}

static void tell_done(run *r, const char *path, wr_part part, bool before, const char *message)
{
    const wr_run_event event = { WR_RUN_DONE, path, part, before, message, r->counts };

    r->counts->parts[part]++;
    r->counts->before += before;
    r->options->tell(r->options->context, &event);
}

/* ---- entries --------------------------------------------------------------------------------- */

static bool make_key(const run *r, const char *path, const wr_stamp *stamp, wr_run_key *out,
                     wr_error *err)
{
    uint8_t sha256[WR_SHA256_LEN];
    wr_out *text;
    bool done;

    if (!wr_out_memory(&text, err))
        return false;
    wr_out_write(text, r->options->depends, sizeof r->options->depends);
    wr_out_write(text, stamp->state, sizeof stamp->state);
    wr_out_text(text, path);
    done = wr_out_finish(text, err) && wr_digest(WR_SHA256, wr_out_bytes(text), sha256, err);
    wr_out_discard(text);
    if (done)
        memcpy(out->bytes, sha256, sizeof out->bytes);
    return done;
}

/* What the entry is; *is_new is false where an earlier one was the same. */
static bool make_task(run *r, const char *path, wr_worker_task *task, bool *is_new, wr_error *err)
{
    wr_run_key *key;
    wr_stamp stamp;

    if (!wr_stamp_of(path, &stamp, err) ||
        !wr_hash_set_add(&r->seen, r->arena, stamp.identity, is_new, err))
        return false;
    if (!*is_new)
        return true;
    *task = (wr_worker_task){ .path = path, .place = stamp.place, .bytes = stamp.bytes };
    if (!make_key(r, path, &stamp, &task->key, err))
        return false;
    if (!(key = WR_APPEND(r->arena, &r->keys, wr_run_key)))
        return wr_fail_memory(err);
    *key = task->key;
    return true;
}

static bool is_done(run *r, const wr_worker_task *task)
{
    const wr_part part = wr_run_folder_find(r->folder, &task->key);

    if (part >= WR_PART_AGAIN)
        return false;
    tell_done(r, task->path, part, true, "");
    return true;
}

static bool put_off(run *r, const wr_worker_task *task, wr_error *err)
{
    wr_worker_task *later = WR_APPEND(r->arena, &r->later, wr_worker_task);

    if (!later)
        return wr_fail_memory(err);
    *later = *task;
    later->path = wr_arena_text(r->arena, task->path);
    return later->path || wr_fail_memory(err);
}

/* The next entry that is not done and that nobody works at, claimed; task->path is NULL where there
 * is none, or where an interruption came first. */
static bool next_task(run *r, wr_host_list *list, wr_worker_task *task, wr_error *err)
{
    bool is_new, taken;
    const char *path;

    task->path = NULL;
    while (!wr_process_interrupted()) {
        bool wait = false;

        if (!wr_host_list_next(list, &path, err))
            return false;
        if (path) {
            r->counts->entries++;
            if (!make_task(r, path, task, &is_new, err))
                return false;
            if (!is_new) {
                r->counts->duplicates++;
                tell(r, WR_RUN_DUPLICATE, path, "");
                continue;
            }
        } else if (r->running || r->next_later == r->later.count) {
            break;
        } else {
            *task = r->later.items[r->next_later++];
            wait = true;
        }
        if (is_done(r, task))
            continue;
        if (!wr_run_folder_claim(r->folder, &task->key, wait, &taken, err))
            return false;
        if (!taken) {
            if (!wait && !put_off(r, task, err))
                return false;
            continue;
        }
        if (!is_done(r, task)) /* as it was before the claim */
            return true;
        wr_run_folder_release(r->folder, &task->key);
    }
    task->path = NULL;
    return true;
}

/* ---- workers --------------------------------------------------------------------------------- */

static bool finish(run *r, size_t i, const wr_process_end *end, wr_error *err)
{
    wr_worker *w = &r->workers[i];
    wr_worker_outcome outcome;

    r->running--;
    if (!wr_worker_finish(w, end, r->options, r->folder, &outcome, err)) {
        wr_run_folder_release(r->folder, &w->task.key);
        return false;
    }
    if (outcome.again) {
        if (outcome.part == WR_PART_NONE)
            tell(r, WR_RUN_RETRIES, w->task.path, w->why);
        r->running++;
        return wr_worker_start(w, r->options, r->folder, &r->processes[i], err);
    }
    wr_run_folder_release(r->folder, &w->task.key);
    tell_done(r, w->task.path, outcome.part, false, w->why);
    return true;
}

static bool start(run *r, wr_host_list *list, bool *none, wr_error *err)
{
    size_t free = 0;

    while (r->workers[free].busy)
        free++;
    if (!next_task(r, list, &r->workers[free].next, err))
        return false;
    *none = !r->workers[free].next.path;
    if (*none)
        return true;
    r->running++;
    wr_worker_take(&r->workers[free]);
    if (wr_worker_start(&r->workers[free], r->options, r->folder, &r->processes[free], err))
        return true;
    wr_run_folder_release(r->folder, &r->workers[free].task.key);
    r->running--;
    return false;
}

static bool wait_for_one(run *r, wr_error *err)
{
    const size_t jobs = r->options->jobs;
    wr_process_end end;
    const size_t i = wr_process_wait(r->processes, jobs, TURN, &end);

    if (i != jobs && !finish(r, i, &end, err))
        return false;
    for (size_t k = 0; k < jobs; k++) {
        if (!r->workers[k].busy || !wr_worker_is_late(&r->workers[k], r->options))
            continue;
        wr_process_kill(&r->processes[k]);
        if (!finish(r, k, &(wr_process_end){ WR_PROCESS_OUT_OF_TIME, 0 }, err))
            return false;
    }
    tell(r, WR_RUN_WAITS, "", "");
    return true;
}

static bool work(run *r, wr_host_list *list, wr_error *err)
{
    bool none = false;

    while (!wr_process_interrupted()) {
        while (!none && r->running < r->options->jobs)
            if (!start(r, list, &none, err))
                return false;
        if (r->running && !wait_for_one(r, err))
            return false;
        if (none && !r->running && r->next_later == r->later.count)
            return true;
        none = none && r->running; /* what was put off comes when nothing runs */
    }
    return true;
}

static void stop(run *r)
{
    for (size_t i = 0; i < r->options->jobs; i++) {
        if (!r->workers[i].busy)
            continue;
        wr_process_kill(&r->processes[i]);
        wr_worker_drop(&r->workers[i], r->folder);
        wr_run_folder_release(r->folder, &r->workers[i].task.key);
    }
}

static bool set_up(run *r, wr_error *err)
{
    r->workers = WR_NEW(r->arena, wr_worker, r->options->jobs);
    r->processes = WR_NEW(r->arena, wr_process, r->options->jobs);
    if (!r->workers || !r->processes)
        return wr_fail_memory(err);
    for (size_t i = 0; i < r->options->jobs; i++)
        if (!wr_worker_begin(&r->workers[i], r->options, r->arena))
            return wr_fail_memory(err);
    return true;
}

bool wr_run(const wr_run_options *options, wr_run_folder *folder, wr_host_list *list,
            const char *output, wr_arena *arena, wr_run_counts *counts, bool *interrupted,
            wr_error *err)
{
    run r = { .options = options, .folder = folder, .arena = arena, .counts = counts };
    bool done;

    *counts = (wr_run_counts){ 0 };
    *interrupted = false;
    if (!set_up(&r, err))
        return false;
    done = work(&r, list, err);
    stop(&r);
    *interrupted = wr_process_interrupted();
    if (!done || *interrupted)
        return done;
    return wr_run_folder_gather(folder, r.keys.items, r.keys.count, output, err);
}

/* A word "--ctl=lists/authroot.cab" depends on the file. */
bool wr_run_depends(const char *const *words, size_t num_words, uint8_t out[WR_SHA256_LEN],
                    wr_error *err)
{
    wr_out *text;
    bool done = true;

    if (!wr_out_memory(&text, err))
        return false;
    wr_out_printf(text, "winroots.host/1 %s", wr_version());
    for (size_t i = 0; done && i < num_words; i++) {
        wr_out_write(text, "", 1);
        wr_out_text(text, words[i]);
        for (const char *p = words[i]; done && (p = strchr(p, '=')); p++) {
            wr_stamp stamp;
            done = wr_stamp_of(p + 1, &stamp, err);
            if (done && stamp.place != WR_PLACE_NOTHING)
                wr_out_write(text, stamp.state, sizeof stamp.state);
        }
    }
    done = done && wr_out_finish(text, err) && wr_digest(WR_SHA256, wr_out_bytes(text), out, err);
    wr_out_discard(text);
    return done;
}
