#include "fleet/run_worker.h"

#include "base/time.h"
#include "fleet/host_record.h"
#include "winroots/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a worker that never came to run ends with. */
#define NOT_STARTED 127

bool wr_worker_begin(wr_worker *w, const wr_run_options *options, wr_arena *arena)
{
    w->path = WR_NEW(arena, char, WR_LIMIT_FLEET_PATH + 1);
    w->words = WR_NEW(arena, const char *, options->num_words + 4);
    if (!w->path || !w->words)
        return false;
    memcpy(w->words, options->words, options->num_words * sizeof *w->words);
    return true;
}

/* The next worker writes the record, which says why there is no other. */
static void give_up(wr_worker *w, wr_part part, wr_code code, const char *why)
{
    const int head =
        snprintf(w->because, sizeof w->because, "%s%s:", WR_WORKER_BECAUSE, wr_code_name(code));

    snprintf(w->because + head, sizeof w->because - (size_t)head, "%s", why);
    w->why = w->because + head;
    w->code = code;
    w->part = part;
}

void wr_worker_take(wr_worker *w)
{
    w->task = w->next;
    snprintf(w->path, WR_LIMIT_FLEET_PATH + 1, "%s", w->next.path);
    w->task.path = w->path;
    w->because[0] = '\0';
    w->why = w->because;
    w->kills = 0;
    w->busy = true;
    if (w->task.place == WR_PLACE_OTHER)
        give_up(w, WR_PART_FAILED, WR_E_IO, "neither a file nor a folder");
}

bool wr_worker_start(wr_worker *w, const wr_run_options *options, wr_run_folder *folder,
                     wr_process *process, wr_error *err)
{
    const wr_process_limits limits = { .memory = options->memory + w->task.bytes,
                                       .output = options->output,
                                       .seconds = options->seconds,
                                       .silent = !options->verbose };
    size_t n = options->num_words;

    w->busy = false;
    if (!wr_run_folder_create(folder, &w->task.key, &w->fd, err))
        return false;
    if (w->because[0])
        w->words[n++] = w->because;
    w->words[n++] = "--";
    w->words[n++] = w->path;
    w->words[n] = NULL;
    w->begun = options->now();
    w->busy = wr_process_start(w->words, w->fd, &limits, process);
    if (!w->busy) {
        wr_os_fail(err, "", "a worker cannot be started");
        wr_run_folder_drop(folder, &w->task.key, w->fd);
    }
    return w->busy;
}

bool wr_worker_is_late(const wr_worker *w, const wr_run_options *options)
{
    return options->now() - w->begun > options->seconds * WR_TIME_SECOND;
}

void wr_worker_drop(wr_worker *w, wr_run_folder *folder)
{
    wr_run_folder_drop(folder, &w->task.key, w->fd);
    w->busy = false;
}

static uint64_t length(const wr_worker *w)
{
    wr_place place;
    uint64_t bytes = 0;

    return wr_os_describe(w->fd, &place, &bytes) ? bytes : 0;
}

/* Why the worker is taken to have failed, with its part; false where it has not.  The run itself
 * fails, with *err, where the fault is in no evidence. */
static bool has_failed(wr_worker *w, const wr_process_end *end, const wr_run_options *options,
                       char *why, size_t size, wr_code *code)
{
    *code = WR_E_BUG;
    switch (end->fate) {
    case WR_PROCESS_CRASHED:
        snprintf(why, size, "its worker crashed, signal %d: please report", end->code);
        return true;
    case WR_PROCESS_OUT_OF_TIME:
        *code = WR_E_LIMIT;
        snprintf(why, size, "it took more than %u seconds", (unsigned)options->seconds);
        return true;
    case WR_PROCESS_KILLED:
        *code = WR_E_IO;
        snprintf(why, size, "its worker was killed, signal %d: by a user, or for want of memory",
                 end->code);
        return true;
    default:
        break;
    }
    if (end->code == WR_WORKER_OUTPUT && length(w) >= options->output) {
        *code = WR_E_LIMIT;
        snprintf(why, size, "its records have more than %llu bytes",
                 (unsigned long long)options->output);
        return true;
    }
    if (end->code > WR_WORKER_AGAIN || end->code == 1) {
        snprintf(why, size, "its worker ended with %d: please report", end->code);
        return true;
    }
    if (!length(w)) {
        snprintf(why, size, "its worker wrote nothing: please report");
        return true;
    }
    return false;
}

/* What no evidence is the cause of. */
static bool check_run(const wr_process_end *end, const wr_worker *w, const wr_run_options *options,
                      wr_error *err)
{
    if (end->fate != WR_PROCESS_EXITED)
        return true;
    if (end->code == NOT_STARTED)
        return wr_fail(err, WR_E_IO, w->path, WR_NO_OFFSET, "its worker could not be started");
    if (end->code == WR_WORKER_USAGE)
        return wr_fail(err, WR_E_USAGE, w->path, WR_NO_OFFSET,
                       "its worker could not follow the options; --verbose lets it say why");
    if (end->code == WR_WORKER_OUTPUT && length(w) < options->output)
        return wr_fail(err, WR_E_IO, w->path, WR_NO_OFFSET,
                       "its records could not be written: is the disk full?");
    return true;
}

static wr_part part_of(const wr_worker *w, int code)
{
    static const wr_part parts[] = { [WR_WORKER_OK] = WR_PART_OK,
                                     [WR_WORKER_FAILED] = WR_PART_FAILED,
                                     [WR_WORKER_PARTIAL] = WR_PART_PARTIAL,
                                     [WR_WORKER_AGAIN] = WR_PART_AGAIN };

    return w->because[0] ? w->part : parts[code];
}

/* Where not even the worker that is to say why can: what is left is a record without any reading of
 * the evidence. */
static bool write_reason(wr_worker *w, wr_error *err)
{
    wr_error why = { .code = w->code };
    wr_out *out;
    bool done;

    snprintf(why.message, sizeof why.message, "%s", w->why);
    if (!wr_out_memory(&out, err))
        return false;
    done = wr_host_record_failure(w->path, true, &why, out, err) && wr_out_finish(out, err);
    if (done && !wr_os_write_all(w->fd, wr_out_bytes(out).data, wr_out_bytes(out).len))
        done = wr_os_fail(err, w->path, "its record cannot be written");
    wr_out_discard(out);
    return done;
}

static bool keep(wr_worker *w, wr_run_folder *folder, wr_part part, wr_error *err)
{
    w->busy = false;
    return wr_run_folder_keep(folder, &w->task.key, w->fd, part, err);
}

bool wr_worker_finish(wr_worker *w, const wr_process_end *end, const wr_run_options *options,
                      wr_run_folder *folder, wr_worker_outcome *out, wr_error *err)
{
    char why[sizeof w->because];
    wr_code code;

    *out = (wr_worker_outcome){ WR_PART_NONE, false };
    if (!check_run(end, w, options, err)) {
        wr_worker_drop(w, folder);
        return false;
    }
    if (!has_failed(w, end, options, why, sizeof why, &code)) {
        out->part = part_of(w, end->code);
        return keep(w, folder, out->part, err);
    }
    wr_worker_drop(w, folder);
    out->again = true;
    if (end->fate == WR_PROCESS_KILLED && w->kills++ == 0)
        return true;
    out->part = WR_PART_AGAIN;
    if (!w->because[0]) {
        give_up(w, WR_PART_AGAIN, code, why);
        return true;
    }
    out->again = false;
    out->part = w->part;
    if (!wr_run_folder_create(folder, &w->task.key, &w->fd, err))
        return false;
    if (!write_reason(w, err)) {
        wr_worker_drop(w, folder);
        return false;
    }
    return keep(w, folder, w->part, err);
}
