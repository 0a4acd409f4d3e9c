#include "fleet/stamp.h"

#include "base/outfile.h"
#include "source/folder.h"
#include "winroots/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Logs of a hive, whose change is one of the evidence. */
static const char *const beside[] = { ".LOG", ".LOG1", ".LOG2", ".log", ".log1", ".log2" };

#define NUM_BESIDE (sizeof beside / sizeof *beside)

static bool put_file(wr_out *out, const char *path, const char *shown, uint64_t *bytes)
{
    wr_os_state state;

    if (!wr_os_state_of(path, &state))
        return false;
    wr_out_printf(out, "%d %" PRIu64 " %" PRIu64 " %s", (int)state.place, state.size,
                  state.modified, shown);
    wr_out_write(out, "", 1);
    *bytes += state.place == WR_PLACE_FILE ? state.size : 0;
    return true;
}

static bool put_logs(wr_out *out, const char *path, wr_arena *arena, wr_error *err)
{
    for (size_t i = 0; i < NUM_BESIDE; i++) {
        const char *log = wr_arena_format(arena, "%s%s", path, beside[i]);
        uint64_t ignored = 0;
        if (!log)
            return wr_fail_memory(err);
        (void)put_file(out, log, beside[i], &ignored);
    }
    return true;
}

/* A folder that cannot be listed, or holds too much, is for its reader to say so. */
static bool put_folder(wr_out *out, const char *path, wr_arena *arena, uint64_t *bytes,
                       wr_error *err)
{
    wr_folder_files files = { .paths = { 0 } };
    wr_diags diags;

    wr_diags_init(&diags, arena);
    if (!wr_folder_list(path, arena, &diags, &files, err)) {
        wr_out_printf(out, "%s", wr_code_name(err->code));
        return err->code != WR_E_NO_MEMORY;
    }
    for (size_t i = 0; i < files.paths.count; i++) {
        const char *name = files.paths.items[i];
        const char *file = wr_arena_format(arena, "%s/%s", path, name);
        if (!file)
            return wr_fail_memory(err);
        (void)put_file(out, file, name, bytes);
    }
    return true;
}

static bool put_state(wr_out *out, const char *path, wr_arena *arena, wr_stamp *stamp,
                      wr_error *err)
{
    if (stamp->place == WR_PLACE_FOLDER)
        return put_folder(out, path, arena, &stamp->bytes, err);
    if (!put_file(out, path, "", &stamp->bytes))
        wr_out_printf(out, "absent, %d", errno);
    return stamp->place != WR_PLACE_FILE || put_logs(out, path, arena, err);
}

static bool digest(wr_out *out, uint8_t sha256[WR_STAMP_LEN], wr_error *err)
{
    return wr_out_finish(out, err) && wr_digest(WR_SHA256, wr_out_bytes(out), sha256, err);
}

static bool identify(const char *path, const wr_os_state *state, wr_stamp *stamp, wr_error *err)
{
    wr_out *out;
    bool done;

    if (!wr_out_memory(&out, err))
        return false;
    if (state->number)
        wr_out_printf(out, "number %" PRIu64 " %" PRIu64, state->device, state->number);
    else
        wr_out_printf(out, "path %s", path);
    done = digest(out, stamp->identity, err);
    wr_out_discard(out);
    return done;
}

bool wr_stamp_of(const char *path, wr_stamp *out, wr_error *err)
{
    wr_os_state state = { 0 };
    wr_stamp stamp = { 0 };
    wr_arena arena;
    wr_out *text;
    bool done;

    if (wr_os_state_of(path, &state))
        stamp.place = state.place;
    if (!identify(path, &state, &stamp, err) || !wr_out_memory(&text, err))
        return false;
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    done = put_state(text, path, &arena, &stamp, err) && digest(text, stamp.state, err);
    wr_arena_free(&arena);
    wr_out_discard(text);
    if (done)
        *out = stamp;
    return done;
}
