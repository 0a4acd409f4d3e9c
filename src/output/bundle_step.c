#include "output/bundle_step.h"

#include "base/outfile.h"
#include "base/text.h"
#include "format/property.h"
#include "output/members.h"
#include "require/field.h"
#include "winroots/limits.h"

#include <string.h>

/* What may stand in a script, because cmd.exe and PowerShell give none of it a meaning.  A key may
 * have spaces and stands between quotes. */
#define WORD        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define NAME        WORD "._-"
#define KEY         NAME " \\"
#define REQUIREMENT NAME "/"

/* Longest store, value name, key and requirement in a script, chars: a line of cmd.exe has 8191. */
#define STORE_LEN       64
#define KEY_LEN         255
#define REQUIREMENT_LEN 255

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

/* A program root that is deleted comes back: to refuse it is what Disallowed is for. */
static bool is_store(wr_action_kind kind, const char *store)
{
    return is_made_of(store, WORD, STORE_LEN) &&
           (kind != WR_ACTION_DELETE || wr_text_compare(store, "AuthRoot") != 0);
}

bool wr_bundle_is_scripted(const wr_action *a)
{
    uint64_t number;

    switch (a->kind) {
    case WR_ACTION_DELETE:
    case WR_ACTION_ADD:
    case WR_ACTION_DISALLOW:
        return a->certificate && is_store(a->kind, a->store);
    case WR_ACTION_SET_POLICY:
        return is_machine_key(a->registry_key) && is_made_of(a->registry_name, NAME, KEY_LEN) &&
               is_dword(a->registry_data, &number);
    case WR_ACTION_MANUAL:
        break;
    }
    return false;
}

bool wr_step_puts(const wr_step *step)
{
    return step->kind == WR_ACTION_ADD || step->kind == WR_ACTION_DISALLOW;
}

const char *wr_step_file(const wr_step *step, wr_arena *arena)
{
    return wr_arena_format(arena, "certs/%s/%s.cer", step->store, step->sha1);
}

/* ---- from a plan -------------------------------------------------------------------------------
 */

/* What Windows itself would store with a root that it fetches: SPEC windows-trust 4.4, the
 * attributes of the entry become properties.  None of them names a private key or another place. */
static const uint32_t listed_ids[] = {
    WR_PROP_ENHKEY_USAGE,
    WR_PROP_FRIENDLY_NAME,
    WR_PROP_KEY_IDENTIFIER,
    WR_PROP_SUBJECT_NAME_MD5_HASH,
    WR_PROP_ROOT_PROGRAM_CERT_POLICIES,
    WR_PROP_ROOT_PROGRAM_NAME_CONSTRAINTS,
    WR_PROP_AUTH_ROOT_SHA256_HASH,
    WR_PROP_DISALLOWED_FILETIME,
    WR_PROP_ROOT_PROGRAM_CHAIN_POLICIES,
    WR_PROP_DISALLOWED_ENHKEY_USAGE,
    WR_PROP_NOT_BEFORE_FILETIME,
    WR_PROP_NOT_BEFORE_ENHKEY_USAGE,
    WR_PROP_DISALLOWED_CA_FILETIME,
};

static bool make_properties(const wr_action *a, wr_arena *arena, wr_view *out, wr_error *err)
{
    wr_view sha1 = { .data = a->certificate->sha1, .len = WR_SHA1_LEN }, data;
    wr_out *records;
    bool done;

    if (!wr_out_memory(&records, err))
        return false;
    wr_property_write(records, WR_PROP_SHA1_HASH, sha1);
    for (size_t i = 0; a->listed && i < sizeof listed_ids / sizeof *listed_ids; i++)
        if (wr_ctl_entry_property(a->listed, listed_ids[i], &data))
            wr_property_write(records, listed_ids[i], data);
    done = wr_out_finish(records, err) &&
           (wr_arena_copy(arena, wr_out_bytes(records), out) || wr_fail_memory(err));
    wr_out_discard(records);
    return done;
}

static bool make_step(const wr_action *a, wr_arena *arena, wr_step *out, wr_error *err)
{
    uint64_t number = 0;

    *out = (wr_step){ .kind = a->kind, .store = "", .key = "", .name = "", .requirement = "" };
    if (a->kind == WR_ACTION_SET_POLICY) {
        out->key = a->registry_key;
        out->name = a->registry_name;
        out->value = is_dword(a->registry_data, &number) ? (uint32_t)number : 0;
        return true;
    }
    out->store = a->store;
    wr_text_hex_into(a->certificate->sha1, WR_SHA1_LEN, out->sha1);
    wr_text_hex_into(a->certificate->sha256, WR_SHA256_LEN, out->sha256);
    if (!wr_step_puts(out))
        return true;
    out->der = a->certificate->x509.der;
    return make_properties(a, arena, &out->properties, err);
}

static bool add_manual(wr_steps *steps, const char *requirement, wr_arena *arena, wr_error *err)
{
    wr_step *step = WR_APPEND(arena, &steps->list, wr_step);
    char *plain = WR_NEW(arena, char, REQUIREMENT_LEN + 1);

    if (!step || !plain)
        return wr_fail_memory(err);
    for (size_t i = 0; i < REQUIREMENT_LEN && requirement[i]; i++)
        plain[i] = strchr(REQUIREMENT, requirement[i]) ? requirement[i] : '_';
    *step = (wr_step){ .kind = WR_ACTION_MANUAL,
                       .store = "",
                       .key = "",
                       .name = "",
                       .requirement = *plain ? plain : "-" };
    return true;
}

static bool add_manuals(wr_steps *steps, const wr_action *a, wr_arena *arena, wr_error *err)
{
    for (size_t i = 0; i < a->requirements.count; i++)
        if (!add_manual(steps, a->requirements.items[i], arena, err))
            return false;
    return a->requirements.count || add_manual(steps, "", arena, err);
}

bool wr_steps_of_plan(const wr_plan *plan, wr_arena *arena, wr_steps *out, wr_error *err)
{
    wr_steps steps = { 0 };

    for (size_t i = 0; i < plan->actions.count; i++) {
        wr_step *step;

        if (!wr_bundle_is_scripted(&plan->actions.items[i]))
            continue;
        if (!(step = WR_APPEND(arena, &steps.list, wr_step)))
            return wr_fail_memory(err);
        if (!make_step(&plan->actions.items[i], arena, step, err))
            return false;
    }
    for (size_t i = 0; i < plan->actions.count; i++)
        if (!wr_bundle_is_scripted(&plan->actions.items[i]) &&
            !add_manuals(&steps, &plan->actions.items[i], arena, err))
            return false;
    *out = steps;
    return true;
}

/* ---- in a manifest -----------------------------------------------------------------------------
 */

void wr_steps_write(const wr_steps *steps, wr_json_writer *w)
{
    wr_json_array(w, "steps");
    for (size_t i = 0; i < steps->list.count; i++) {
        const wr_step *step = &steps->list.items[i];
        wr_json_object(w, NULL);
        wr_json_text(w, "action", wr_action_kind_name(step->kind));
        wr_member_text(w, "store", step->store);
        wr_member_text(w, "sha1", step->sha1);
        wr_member_text(w, "sha256", step->sha256);
        if (step->properties.len)
            wr_json_hex(w, "properties", step->properties.data, step->properties.len);
        wr_member_text(w, "key", step->key);
        wr_member_text(w, "name", step->name);
        if (step->kind == WR_ACTION_SET_POLICY)
            wr_json_uint(w, "value", step->value);
        wr_member_text(w, "requirement", step->requirement);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static bool read_kind(const wr_json *object, wr_action_kind *out, wr_error *err)
{
    wr_json member = wr_json_member(object, "action");
    const char *text;

    if (!wr_json_get_text(&member, &text, err))
        return false;
    for (int kind = WR_ACTION_ADD; kind <= WR_ACTION_MANUAL; kind++)
        if (strcmp(text, wr_action_kind_name((wr_action_kind)kind)) == 0) {
            *out = (wr_action_kind)kind;
            return true;
        }
    return wr_json_fail(&member, err, "\"%.40s\" is no action", text);
}

static bool read_hash(const wr_json *object, const char *name, size_t len, char *out, wr_error *err)
{
    uint8_t bytes[WR_SHA256_LEN];
    wr_json member = wr_json_member(object, name);
    const char *text;

    if (!wr_json_get_text(&member, &text, err))
        return false;
    if (!wr_text_unhex(text, bytes, len))
        return wr_json_fail(&member, err, "no hash of %zu bytes in hex", len);
    wr_text_hex_into(bytes, len, out);
    return true;
}

static bool read_properties(const wr_json *object, wr_arena *arena, wr_view *out, wr_error *err)
{
    wr_json member = wr_json_member(object, "properties");
    const char *text;
    uint8_t *bytes;
    size_t len;

    if (!wr_json_get_text(&member, &text, err))
        return false;
    len = strlen(text) / 2;
    if (!(bytes = WR_NEW(arena, uint8_t, len + 1)))
        return wr_fail_memory(err);
    /* What is added carries at least its hash, so that "" never was written. */
    if (!len || !wr_text_unhex(text, bytes, len))
        return wr_json_fail(&member, err, "no bytes in hex");
    *out = (wr_view){ .data = bytes, .len = len };
    return true;
}

static bool read_certificate_step(const wr_json *object, wr_arena *arena, wr_step *step,
                                  wr_error *err)
{
    wr_json store = wr_json_member(object, "store");

    if (!wr_field_member(object, "store", arena, &step->store, err))
        return false;
    if (!is_store(step->kind, step->store))
        return wr_json_fail(&store, err, "a store that no script of ours would name");
    return read_hash(object, "sha1", WR_SHA1_LEN, step->sha1, err) &&
           read_hash(object, "sha256", WR_SHA256_LEN, step->sha256, err) &&
           (!wr_step_puts(step) || read_properties(object, arena, &step->properties, err));
}

static bool read_policy_step(const wr_json *object, wr_arena *arena, wr_step *step, wr_error *err)
{
    wr_json value = wr_json_member(object, "value");
    uint64_t number;

    if (!wr_field_member(object, "key", arena, &step->key, err) ||
        !wr_field_member(object, "name", arena, &step->name, err) ||
        !wr_json_get_uint(&value, &number, err))
        return false;
    if (!is_machine_key(step->key) || !is_made_of(step->name, NAME, KEY_LEN) || number > UINT32_MAX)
        return wr_json_fail(object, err, "a setting that no script of ours would make");
    step->value = (uint32_t)number;
    return true;
}

static bool read_manual_step(const wr_json *object, wr_arena *arena, wr_step *step, wr_error *err)
{
    if (!wr_field_member(object, "requirement", arena, &step->requirement, err))
        return false;
    return is_made_of(step->requirement, REQUIREMENT, REQUIREMENT_LEN) ||
           wr_json_fail(object, err, "an id that no script of ours would name");
}

static bool read_step(const wr_json *object, wr_arena *arena, wr_step *step, wr_error *err)
{
    static const char *const members[] = { "action", "store", "sha1",  "sha256",      "properties",
                                           "key",    "name",  "value", "requirement", NULL };

    *step = (wr_step){ .store = "", .key = "", .name = "", .requirement = "" };
    if (!wr_json_is_object(object))
        return wr_json_fail(object, err, "no step");
    if (!wr_json_only(object, members, err) || !read_kind(object, &step->kind, err))
        return false;
    if (step->kind == WR_ACTION_SET_POLICY)
        return read_policy_step(object, arena, step, err);
    if (step->kind == WR_ACTION_MANUAL)
        return read_manual_step(object, arena, step, err);
    return read_certificate_step(object, arena, step, err);
}

bool wr_steps_read(const wr_json *value, wr_arena *arena, wr_steps *out, wr_error *err)
{
    wr_steps steps = { 0 };

    if (!wr_json_is_array(value))
        return wr_json_fail(value, err, "expected the steps of a bundle");
    for (size_t i = 0; i < wr_json_count(value); i++) {
        wr_json item = wr_json_item(value, i);
        wr_step *step = WR_APPEND(arena, &steps.list, wr_step);

        if (!step)
            return wr_fail_memory(err);
        if (!read_step(&item, arena, step, err))
            return false;
    }
    *out = steps;
    return true;
}
