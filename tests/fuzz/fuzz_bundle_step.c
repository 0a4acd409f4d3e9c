/* fuzz_bundle_step.c - any text as the steps of a manifest: what is accepted holds nothing that
 * cmd.exe or PowerShell could misread, and is written and read back as it is. */
#include "output/bundle_step.h"

#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_plain(const char *text)
{
    check(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/\\ ") ==
          strlen(text));
}

static void check_step(const wr_step *step)
{
    check_plain(step->store);
    check_plain(step->sha1);
    check_plain(step->sha256);
    check_plain(step->key);
    check_plain(step->name);
    check_plain(step->requirement);
    check(step->kind == WR_ACTION_SET_POLICY || step->kind == WR_ACTION_MANUAL ||
          (*step->store && strlen(step->sha1) == 40 && strlen(step->sha256) == 64));
    check(!strchr(step->store, '/') && !strchr(step->store, '.'));
}

static bool read_steps(wr_view text, wr_arena *arena, const char *member, wr_steps *out)
{
    static const wr_json_limits limits = { WR_LIMIT_MANIFEST_BYTES, WR_LIMIT_MANIFEST_DEPTH };
    wr_json_document *document;
    wr_json steps;
    wr_error err;
    bool done;

    if (!wr_json_parse(text, limits, &document, &err))
        return false;
    steps = wr_json_root(document);
    if (member)
        steps = wr_json_member(&steps, member);
    done = wr_steps_read(&steps, arena, out, &err);
    wr_json_free(document);
    return done;
}

static void check_written(const wr_steps *steps, wr_arena *arena)
{
    wr_json_writer w;
    wr_steps again;
    wr_error err;
    wr_out *out;

    check(wr_out_memory(&out, &err));
    wr_json_start(&w, out, true);
    wr_json_object(&w, NULL);
    wr_steps_write(steps, &w);
    wr_json_end_object(&w);
    check(wr_out_finish(out, &err));
    check(read_steps(wr_out_bytes(out), arena, "steps", &again));
    check(again.list.count == steps->list.count);
    wr_out_discard(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_arena arena;
    wr_steps steps;

    wr_arena_init(&arena, (size_t)64 << 20);
    if (read_steps((wr_view){ data, len, 0, "fuzz" }, &arena, NULL, &steps)) {
        for (size_t i = 0; i < steps.list.count; i++)
            check_step(&steps.list.items[i]);
        check_written(&steps, &arena);
    }
    wr_arena_free(&arena);
    return 0;
}
