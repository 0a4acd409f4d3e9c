#include "fleet/plan.h"

#include "base/hash_set.h"
#include "base/os.h"
#include "base/text.h"
#include "fleet/job_stage.h"
#include "fleet/stamp.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fleet_job.inc"

typedef struct file {
    const char *name;
    const char *const *lines;
} file;

/* What the folder of an engine's job holds beside its lists. */
static const file scripts[WR_NUM_ENGINES][5] = {
    [WR_ENGINE_SLURM] = { { "submit.sh", submit_sh },
                          { "array.sbatch", array_sbatch },
                          { "chunk.sh", chunk_sh },
                          { "reduce.sbatch", reduce_sbatch },
                          { "reduce.sh", reduce_sh } },
    [WR_ENGINE_PARALLEL] = { { "run.sh", parallel_sh },
                             { "chunk.sh", chunk_sh },
                             { "reduce.sh", reduce_sh } },
    [WR_ENGINE_PARALLEL_SSH] = { { "run.sh", parallel_ssh_sh }, { "reduce.sh", reduce_sh } },
};

typedef struct job {
    const wr_job_plan *plan;
    wr_out_folder *folder;
    wr_arena *arena;
    char here[WR_LIMIT_FLEET_PATH]; /* the current folder */
    WR_LIST(const char *) paths;
    size_t chunk, num_chunks;
    char id[17];
} job;

/* ---- files ----------------------------------------------------------------------------------- */

static bool put(job *j, const char *name, wr_out *out, wr_error *err)
{
    const bool done =
        wr_out_finish(out, err) && wr_out_folder_write(j->folder, name, wr_out_bytes(out), err);
    wr_out_discard(out);
    return done;
}

static bool write_words(job *j, const char *name, const char *const *words, size_t count,
                        wr_error *err)
{
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    for (size_t i = 0; i < count; i++)
        wr_out_write(out, words[i], strlen(words[i]) + 1);
    return put(j, name, out, err);
}

/* "@NAME@" in a script is a number, or hex digits. */
static const char *value_of(const job *j, const char *name, size_t len, char *room, size_t size)
{
    const uint32_t jobs = j->plan->jobs;

    if (len == 4 && !strncmp(name, "JOBS", len))
        snprintf(room, size, jobs ? "%u" : "100%%", (unsigned)jobs);
    else if (len == 6 && !strncmp(name, "CHUNKS", len))
        snprintf(room, size, "%zu", j->num_chunks);
    else if (len == 2 && !strncmp(name, "ID", len))
        snprintf(room, size, "%s", j->id);
    else
        return NULL;
    return room;
}

static void write_line(const job *j, const char *line, wr_out *out)
{
    char room[32];

    while (*line) {
        const char *at = strchr(line, '@'), *end = at ? strchr(at + 1, '@') : NULL;
        const char *value =
            end ? value_of(j, at + 1, (size_t)(end - at - 1), room, sizeof room) : NULL;
        const size_t plain = value ? (size_t)(at - line)
                             : at  ? (size_t)(at + 1 - line)
                                   : strlen(line);
        wr_out_write(out, line, plain);
        wr_out_text(out, value ? value : "");
        line = value ? end + 1 : line + plain;
    }
    wr_out_text(out, "\n");
}

static bool write_script(job *j, const char *name, const char *const *lines, wr_error *err)
{
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    for (; *lines; lines++)
        write_line(j, *lines, out);
    return put(j, name, out, err);
}

static bool write_numbers(job *j, wr_error *err)
{
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    for (size_t i = 1; i <= j->num_chunks; i++)
        wr_out_printf(out, "%zu\n", i);
    return put(j, "chunks.txt", out, err);
}

static bool write_hosts(job *j, wr_error *err)
{
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    for (size_t i = 0; i < j->plan->num_hosts; i++)
        wr_out_printf(out, "%s\n", j->plan->hosts[i]);
    return put(j, "hosts.txt", out, err);
}

/* ---- chunks ---------------------------------------------------------------------------------- */

/* What a task reads, below `prefix`. */
static bool write_task(job *j, const char *prefix, const char *from, wr_error *err)
{
    const char *const program[] = { j->plan->program }, *const folder[] = { from };
    const char *options = wr_arena_format(j->arena, "%soptions", prefix);
    const char *names[2] = { wr_arena_format(j->arena, "%sprogram", prefix),
                             wr_arena_format(j->arena, "%sfrom", prefix) };

    if (!options || !names[0] || !names[1])
        return wr_fail_memory(err);
    return write_words(j, options, j->plan->words, j->plan->num_words, err) &&
           write_words(j, names[0], program, 1, err) && write_words(j, names[1], folder, 1, err);
}

/* A folder that is sent: all that the task needs, and links to its evidence. */
static bool write_stage(job *j, size_t n, const char *const *paths, size_t count, wr_error *err)
{
    const char *prefix = wr_arena_format(j->arena, "stage/%zu/", n);
    const char *root = wr_arena_format(j->arena, "stage/%zu/root", n);
    const char *script = wr_arena_format(j->arena, "stage/%zu/chunk.sh", n);
    const wr_stage stage = { j->folder, root, j->here };
    bool done;

    if (!prefix || !root || !script)
        return wr_fail_memory(err);
    done = write_task(j, prefix, "root", err) && write_script(j, script, chunk_sh, err) &&
           wr_out_folder_make(j->folder, root, err);
    for (size_t i = 0; done && i < j->plan->num_words; i++)
        done = wr_stage_word(&stage, j->plan->words[i], err);
    for (size_t i = 0; done && i < count; i++)
        done = wr_stage_path(&stage, paths[i], err);
    return done;
}

static bool write_chunk(job *j, size_t n, wr_error *err)
{
    const bool is_sent = j->plan->engine == WR_ENGINE_PARALLEL_SSH;
    const size_t first = (n - 1) * j->chunk, left = j->paths.count - first;
    const size_t count = left < j->chunk ? left : j->chunk;
    const char *const *paths = j->paths.items + first;
    const char *name = is_sent ? wr_arena_format(j->arena, "stage/%zu/chunks/%zu.list", n, n)
                               : wr_arena_format(j->arena, "chunks/%zu.list", n);

    if (!name)
        return wr_fail_memory(err);
    return write_words(j, name, paths, count, err) &&
           (!is_sent || write_stage(j, n, paths, count, err));
}

/* ---- the list -------------------------------------------------------------------------------- */

static bool read_list(job *j, wr_host_list *list, wr_error *err)
{
    wr_hash_set seen = { .num_buckets = 0 };
    const char *path, **kept;
    wr_stamp stamp;
    bool is_new;

    for (;;) {
        if (!wr_host_list_next(list, &path, err))
            return false;
        if (!path)
            break;
        if (!wr_stamp_of(path, &stamp, err) ||
            !wr_hash_set_add(&seen, j->arena, stamp.identity, &is_new, err))
            return false;
        if (!is_new) {
            j->plan->tell_duplicate(path);
            continue;
        }
        if (!(kept = WR_APPEND(j->arena, &j->paths, const char *)) ||
            !(*kept = wr_arena_text(j->arena, path)))
            return wr_fail_memory(err);
    }
    if (!j->paths.count)
        return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET, "the list names no evidence");
    return true;
}

/* Enough tasks to keep a cluster busy, and few enough that starting one, which takes an engine some
 * tenths of a second, is little of its time. */
static bool divide(job *j, wr_error *err)
{
    const size_t count = j->paths.count;

    j->chunk = j->plan->chunk;
    if (!j->chunk)
        j->chunk = count / WR_LIMIT_FLEET_CHUNKS + 1 > 10 ? count / WR_LIMIT_FLEET_CHUNKS + 1 : 10;
    j->num_chunks = (count + j->chunk - 1) / j->chunk;
    if (j->num_chunks <= WR_LIMIT_FLEET_CHUNKS)
        return true;
    return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET,
                   "%zu tasks, expected at most %d: --chunk says how much evidence each has",
                   j->num_chunks, WR_LIMIT_FLEET_CHUNKS);
}

/* Tells the work folder of this job from that of another on the same host. */
static bool identify(job *j, const char *folder, wr_error *err)
{
    uint8_t sha256[WR_SHA256_LEN];
    wr_out *out;
    bool done;

    if (!wr_out_memory(&out, err))
        return false;
    wr_out_printf(out, "%s %s", j->here, folder);
    for (size_t i = 0; i < j->paths.count; i++)
        wr_out_write(out, j->paths.items[i], strlen(j->paths.items[i]) + 1);
    done = wr_out_finish(out, err) && wr_digest(WR_SHA256, wr_out_bytes(out), sha256, err);
    wr_out_discard(out);
    if (done)
        wr_text_hex_into(sha256, 8, j->id);
    return done;
}

static bool write_all(job *j, wr_error *err)
{
    const bool is_sent = j->plan->engine == WR_ENGINE_PARALLEL_SSH;
    const char *const program[] = { j->plan->program_here };

    for (size_t n = 1; n <= j->num_chunks; n++)
        if (!write_chunk(j, n, err))
            return false;
    for (size_t i = 0; i < 5 && scripts[j->plan->engine][i].name; i++)
        if (!write_script(j, scripts[j->plan->engine][i].name, scripts[j->plan->engine][i].lines,
                          err))
            return false;
    if (is_sent)
        return write_numbers(j, err) && write_hosts(j, err) &&
               write_words(j, "program", program, 1, err);
    return write_numbers(j, err) && write_task(j, "", j->here, err);
}

bool wr_job_plan_write(const wr_job_plan *plan, wr_host_list *list, const char *folder, bool force,
                       wr_arena *arena, size_t *chunks, size_t *entries, wr_error *err)
{
    job j = { .plan = plan, .arena = arena };

    if (!wr_os_current_folder(j.here, sizeof j.here))
        return wr_os_fail(err, "", "the current folder has no name");
    if (!read_list(&j, list, err) || !divide(&j, err) || !identify(&j, folder, err) ||
        !wr_out_folder_create(folder, force, &j.folder, err))
        return false;
    if (!write_all(&j, err)) {
        wr_out_folder_discard(j.folder);
        return false;
    }
    *chunks = j.num_chunks;
    *entries = j.paths.count;
    return wr_out_folder_commit(j.folder, err);
}

bool wr_job_plan_is_host(const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@:/";
    const char *slash = strchr(text, '/'), *name = slash ? slash + 1 : text;

    return *name && *name != '-' && *name != ':' && !text[strspn(text, plain)] &&
           (!slash || (slash != text && strspn(text, "0123456789") == (size_t)(slash - text))) &&
           !strchr(name, '/');
}
