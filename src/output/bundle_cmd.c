#include "output/bundle_cmd.h"

#include "base/text.h"
#include "require/field.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "bundle_scripts.inc"

/* What may stand in a script, because cmd.exe gives none of it a meaning.  A key may have spaces
 * and stands between quotes. */
#define LETTERS     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define WORD        LETTERS "0123456789"
#define NAME        WORD "._-"
#define KEY         NAME " \\"
#define REQUIREMENT NAME "/"

/* Longest store, value name, key and requirement in a script, chars: a line of cmd.exe has 8191. */
#define STORE_LEN       64
#define KEY_LEN         255
#define REQUIREMENT_LEN 255

#define BUNDLE_ID_BYTES 8

/* Verbs of the scripts, by action. */
static const char *const verbs[] = {
    [WR_ACTION_ADD] = "put",        [WR_ACTION_DISALLOW] = "put",  [WR_ACTION_DELETE] = "take",
    [WR_ACTION_SET_POLICY] = "set", [WR_ACTION_MANUAL] = "manual",
};

static bool is_made_of(const char *text, const char *allowed, size_t most)
{
    size_t len = text ? strlen(text) : 0;
    return len && len <= most && strspn(text, allowed) == len;
}

static bool is_dword(const char *text, uint64_t *out)
{
    return text && wr_number_parse(text, out) && *out <= UINT32_MAX;
}

/* A backslash at its end would take the quote behind it along. */
static bool is_machine_key(const char *key)
{
    static const char machine[] = WR_REGISTRY_SOFTWARE;

    return is_made_of(key, KEY, KEY_LEN) && strncmp(key, machine, strlen(machine)) == 0 &&
           key[strlen(key) - 1] != '\\';
}

bool wr_bundle_is_scripted(const wr_action *a)
{
    uint64_t number;

    switch (a->kind) {
    case WR_ACTION_DELETE: /* Windows puts a program root back: that is what Disallowed is for */
        if (a->store && wr_text_compare(a->store, "AuthRoot") == 0)
            return false;
        return a->certificate && is_made_of(a->store, WORD, STORE_LEN);
    case WR_ACTION_ADD:
    case WR_ACTION_DISALLOW:
        return a->certificate && is_made_of(a->store, WORD, STORE_LEN);
    case WR_ACTION_SET_POLICY:
        return is_machine_key(a->registry_key) && is_made_of(a->registry_name, NAME, KEY_LEN) &&
               is_dword(a->registry_data, &number);
    case WR_ACTION_MANUAL:
        break;
    }
    return false;
}

static void write_step(const wr_action *a, wr_out *out)
{
    char sha1[2 * WR_SHA1_LEN + 1], sha256[2 * WR_SHA256_LEN + 1];
    const char *verb = verbs[a->kind], *action = wr_action_kind_name(a->kind);
    uint64_t number;

    if (a->kind == WR_ACTION_SET_POLICY && is_dword(a->registry_data, &number)) {
        wr_out_printf(out, "call :%s %s \"%s\" %s 0x%" PRIx64 "\n", verb, action, a->registry_key,
                      a->registry_name, number);
        return;
    }
    wr_text_hex_into(a->certificate->sha1, WR_SHA1_LEN, sha1);
    wr_text_hex_into(a->certificate->sha256, WR_SHA256_LEN, sha256);
    wr_out_printf(out, "call :%s %s %s %s %s\n", verb, action, a->store, sha1, sha256);
}

static void write_manual(const char *requirement, wr_out *out)
{
    char plain[REQUIREMENT_LEN + 1] = "";

    for (size_t i = 0; i < REQUIREMENT_LEN && requirement[i]; i++)
        plain[i] = strchr(REQUIREMENT, requirement[i]) ? requirement[i] : '_';
    wr_out_printf(out, "call :manual %s\n", *plain ? plain : "-");
}

static void write_steps(const wr_plan *plan, wr_out *out)
{
    for (size_t i = 0; i < plan->actions.count; i++)
        if (wr_bundle_is_scripted(&plan->actions.items[i]))
            write_step(&plan->actions.items[i], out);
    for (size_t i = 0; i < plan->actions.count; i++) {
        const wr_action *a = &plan->actions.items[i];
        if (wr_bundle_is_scripted(a))
            continue;
        for (size_t j = 0; j < a->requirements.count; j++)
            write_manual(a->requirements.items[j], out);
        if (!a->requirements.count)
            write_manual("", out);
    }
}

bool wr_bundle_id(const wr_plan *plan, wr_arena *arena, const char **out, wr_error *err)
{
    uint8_t sha256[WR_SHA256_LEN];
    wr_out *steps;
    bool done;

    if (!wr_out_memory(&steps, err))
        return false;
    write_steps(plan, steps);
    done = wr_out_finish(steps, err) && wr_digest(WR_SHA256, wr_out_bytes(steps), sha256, err);
    wr_out_discard(steps);
    return done &&
           ((*out = wr_text_hex(arena, sha256, BUNDLE_ID_BYTES)) != NULL || wr_fail_memory(err));
}

static void write_lines(const char *const *lines, wr_out *out)
{
    for (; *lines; lines++)
        wr_out_printf(out, "%s\n", *lines);
}

typedef struct script {
    const char *file, *name, *log, *result;
    const char *question; /* "... result is True." ends the log */
    const char *const *verbs;
} script;

static const script scripts[] = {
    { "install.cmd", "install", "winroots.log", "result.json", "Fixing", install_lines },
    { "verify.cmd", "verify", "verify.log", "verify.json", "Verification", verify_lines },
    { "rollback.cmd", "rollback", "rollback.log", "rollback.json", "Rollback", rollback_lines },
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
                  bundle->set->version, bundle->id, s->name, s->log, s->result, s->question);
    write_lines(start_lines, out);
    write_steps(bundle->set->plan, out);
    write_lines(s->verbs, out);
    write_lines(finish_lines, out);
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
