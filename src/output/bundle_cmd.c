#include "output/bundle_cmd.h"

#include <inttypes.h>

#include "bundle_cmd.inc"

#define BUNDLE_ID_BYTES 8

/* Verbs of the scripts, by action. */
static const char *const verbs[] = {
    [WR_ACTION_ADD] = "put",        [WR_ACTION_DISALLOW] = "put",  [WR_ACTION_DELETE] = "take",
    [WR_ACTION_SET_POLICY] = "set", [WR_ACTION_MANUAL] = "manual",
};

static void write_step(const wr_step *s, wr_out *out)
{
    wr_out_printf(out, "call :%s ", verbs[s->kind]);
    if (s->kind == WR_ACTION_MANUAL)
        wr_out_printf(out, "%s\n", s->requirement);
    else if (s->kind == WR_ACTION_SET_POLICY)
        wr_out_printf(out, "%s \"%s\" %s 0x%" PRIx32 "\n", wr_action_kind_name(s->kind), s->key,
                      s->name, s->value);
    else
        wr_out_printf(out, "%s %s %s %s\n", wr_action_kind_name(s->kind), s->store, s->sha1,
                      s->sha256);
}

static void write_steps(const wr_steps *steps, wr_out *out)
{
    for (size_t i = 0; i < steps->list.count; i++)
        write_step(&steps->list.items[i], out);
}

bool wr_bundle_id(const wr_steps *steps, wr_arena *arena, const char **out, wr_error *err)
{
    uint8_t sha256[WR_SHA256_LEN];
    wr_out *lines;
    bool done;

    if (!wr_out_memory(&lines, err))
        return false;
    write_steps(steps, lines);
    done = wr_out_finish(lines, err) && wr_digest(WR_SHA256, wr_out_bytes(lines), sha256, err);
    wr_out_discard(lines);
    return done &&
           ((*out = wr_text_hex(arena, sha256, BUNDLE_ID_BYTES)) != NULL || wr_fail_memory(err));
}

typedef struct script {
    const char *file, *name, *log, *result;
    const char *question; /* "... result is True." ends the log */
    const char *const *verbs;
} script;

static const script scripts[] = {
    { "install.cmd", "install", "winroots.log", "result.json", "Fixing", install_cmd },
    { "verify.cmd", "verify", "verify.log", "verify.json", "Verification", verify_cmd },
    { "rollback.cmd", "rollback", "rollback.log", "rollback.json", "Rollback", rollback_cmd },
};

static void write_script(const wr_bundle *bundle, const script *s, wr_out *out)
{
    wr_out_printf(out,
                  "@echo off\n"
                  "setlocal EnableExtensions DisableDelayedExpansion\n"
                  "rem Made by winroots %s.  README.txt says what this does and what it answers.\n"
                  "set \"BUNDLE=%s\"\n"
                  "set \"SCRIPT=%s\"\n"
                  "set \"LOG_NAME=%s\"\n"
                  "set \"RESULT_NAME=%s\"\n"
                  "set \"QUESTION=%s\"\n",
                  bundle->version, bundle->id, s->name, s->log, s->result, s->question);
    wr_bundle_write_lines(start_cmd, out);
    write_steps(&bundle->steps, out);
    wr_bundle_write_lines(s->verbs, out);
    wr_bundle_write_lines(finish_cmd, out);
}

bool wr_bundle_put_scripts(wr_bundle *bundle, wr_error *err)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        wr_out *out;

        if (!wr_out_memory(&out, err))
            return false;
        write_script(bundle, &scripts[i], out);
        if (!wr_bundle_put_text(bundle, scripts[i].file, out, err))
            return false;
    }
    return true;
}
