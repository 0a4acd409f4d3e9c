/* check_host.c - kinds registry-value, list-minimum and os-update: what the host is, not what it
 * trusts. */
#include "require/check.h"

#include "require/field.h"

#include "base/text.h"
#include "store/policies.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- registry-value ----------------------------------------------------------------------------
 */

#define REG_QWORD 11u

/* A value as it is compared: a number, or a text. */
struct setting {
    bool there, is_number;
    uint64_t number;
    const char *text; /* for people and for texts; "" where absent */
};

/* The last part of a policy's name is what the registry calls it. */
bool wr_policy_is_value(const wr_policy *policy, const char *path, const char *name)
{
    const char *part = strrchr(policy->name, '\\');

    return wr_text_compare(policy->key, path) == 0 &&
           wr_text_compare(part ? part + 1 : policy->name, name) == 0;
}

static bool read_setting(const wr_regf *hive, const wr_regf_value *value, wr_arena *arena,
                         struct setting *out, wr_error *err)
{
    uint32_t small;
    wr_view data;

    if (!wr_regf_data(hive, value, arena, &data, err))
        return false;
    out->there = true;
    if (value->type == WR_REG_DWORD && data.len == 4 && wr_u32le_at(data, 0, &small)) {
        out->is_number = true;
        out->number = small;
    } else if (value->type == REG_QWORD && data.len == 8) {
        out->is_number = wr_u64le_at(data, 0, &out->number);
    }
    out->text = out->is_number ? wr_arena_format(arena, "%" PRIu64, out->number)
                : value->type == WR_REG_SZ || value->type == WR_REG_EXPAND_SZ
                    ? wr_text_until_nul(arena, data, WR_UTF16LE)
                    : wr_text_hex(arena, data.data, data.len);
    return out->text || wr_fail_memory(err);
}

/* Of a saved report there are only the values that every report has: one of them that is not there
 * was absent where the machine hive was read whole. */
static bool reported_setting(const wr_model *m, wr_check *check, const char *path, const char *name,
                             struct setting *out)
{
    const bool whole = m->has_machine_hive && !m->machine_hive_partial && !m->machine_incomplete;

    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *policy = &m->policies.items[i];
        if (policy->owner || policy->intent || !wr_policy_is_value(policy, path, name))
            continue;
        *out = (struct setting){ true, policy->is_number, policy->number, policy->text };
        check->source = policy->source;
        check->path = path;
        return true;
    }
    if (!whole || m->diags->num_skipped || !wr_policy_is_collected(path, name))
        return false;
    for (size_t i = 0; i < m->stores.count; i++)
        if (m->stores.items[i].location == WR_LM && *m->stores.items[i].path) {
            check->source = m->stores.items[i].source; /* the hive that lacks it */
            check->path = path;
        }
    return true;
}

static bool planned_setting(const wr_model *m, const char *path, const char *name,
                            struct setting *out)
{
    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *policy = &m->policies.items[i];
        if (strcmp(policy->source, WR_PLAN_SOURCE) == 0 && wr_policy_is_value(policy, path, name)) {
            *out = (struct setting){ true, true, policy->number, policy->text };
            return true;
        }
    }
    return false;
}

/* The value in the machine hive.  *readable is false where there is no such hive, or where damage
 * on the way may hide the value.  Fails: NO_MEMORY. */
static bool find_setting(const wr_checking *c, wr_check *check, struct setting *out, bool *readable,
                         wr_error *err)
{
    const wr_requirement *item = check->requirement;
    const wr_evidence *evidence = c->trust->model->evidence;
    const char *path = item->registry_key + strlen(WR_REGISTRY_SOFTWARE);
    size_t count = evidence ? wr_evidence_count(evidence) : 0;

    *out = (struct setting){ .text = "" };
    *readable = planned_setting(c->trust->model, path, item->registry_name, out);
    if (c->trust->model->from_report && !*readable)
        *readable = reported_setting(c->trust->model, check, path, item->registry_name, out);
    for (size_t i = 0; i < count && !out->there; i++) {
        const wr_item *file = wr_evidence_item(evidence, i);
        wr_regf_key root, key;
        wr_regf_value value;
        wr_diags damage;

        if (file->role != WR_ROLE_SOFTWARE || !file->readable)
            continue;
        wr_diags_init(&damage, c->arena);
        check->source = file->label;
        check->path = path;
        if (wr_regf_root(&file->hive, &root, err) &&
            wr_regf_find_path(&file->hive, &root, path, &damage, &key) &&
            wr_regf_find_value(&file->hive, &key, item->registry_name, &damage, &value) &&
            !read_setting(&file->hive, &value, c->arena, out, err)) {
            if (err->code == WR_E_NO_MEMORY)
                return false;
            continue;
        }
        *readable |= damage.num_skipped == 0;
    }
    return true;
}

static bool satisfies(const struct setting *found, const wr_requirement *item)
{
    const char *wanted = item->registry_operator;
    uint64_t number;
    bool numbers = found->is_number && wr_number_parse(item->registry_data, &number);
    bool equal = numbers ? found->number == number : strcmp(found->text, item->registry_data) == 0;

    if (strcmp(wanted, "present") == 0)
        return found->there;
    if (strcmp(wanted, "absent") == 0)
        return !found->there;
    if (strcmp(wanted, "not-equals") == 0)
        return !found->there || !equal;
    if (strcmp(wanted, "equals") == 0)
        return found->there && equal;
    if (!found->there || !numbers)
        return false;
    return strcmp(wanted, "at-least") == 0 ? found->number >= number : found->number <= number;
}

bool wr_check_registry(wr_checking *c, wr_check *check, wr_error *err)
{
    const wr_requirement *item = check->requirement;
    struct setting found;
    bool readable;

    if (!find_setting(c, check, &found, &readable, err))
        return false;
    if (!readable && !found.there)
        return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, "",
                            "%s: no machine hive in which it could be read", item->registry_name);
    return wr_check_say(c, check, err, satisfies(&found, item) ? WR_PASS : WR_FAIL, "",
                        "%s is %s%s%s, required: %s%s%s", item->registry_name,
                        found.there ? "\"" : "absent", found.text, found.there ? "\"" : "",
                        item->registry_operator, *item->registry_data ? " " : "",
                        item->registry_data);
}

/* ---- list-minimum ------------------------------------------------------------------------------
 */

/* Hex digits as the octets of an unsigned number.  NULL data: no memory. */
static wr_view sequence_of(const char *hex, wr_arena *arena)
{
    size_t len = (strlen(hex) + 1) / 2;
    uint8_t *bytes = WR_NEW(arena, uint8_t, len);
    const char *even = wr_arena_format(arena, "%s%s", strlen(hex) % 2 ? "0" : "", hex);

    if (!bytes || !even || !wr_text_unhex(even, bytes, len))
        return (wr_view){ NULL, 0, 0, "" };
    return (wr_view){ bytes, len, 0, "" };
}

/* The latest list of the kind that verifies: the host's own, and only where it has none, one that
 * was given beside it.  *refused: there is one that does not verify. */
static const wr_list *latest_list(const wr_trust *trust, const char *kind, bool *refused)
{
    const wr_model *m = trust->model;
    const wr_list *best = NULL;

    *refused = false;
    for (size_t i = 0; i < m->lists.count; i++) {
        const wr_list *list = &m->lists.items[i];
        bool valid = trust->lists[i].signature.status == WR_SIGNATURE_VALID ||
                     trust->options.allow_unverified_lists;

        if (list->owner || strcmp(wr_ctl_kind_name(list->ctl->kind), kind) != 0)
            continue;
        *refused |= !valid;
        if (!valid || (best && best->from_host && !list->from_host))
            continue;
        if (!best || (list->from_host && !best->from_host) ||
            wr_ctl_sequence_compare(list->ctl->sequence, best->ctl->sequence) > 0)
            best = list;
    }
    return best;
}

bool wr_check_list(wr_checking *c, wr_check *check, wr_error *err)
{
    const wr_requirement *item = check->requirement;
    const wr_model *m = c->trust->model;
    wr_view least = sequence_of(item->list_min_sequence, c->arena);
    const wr_list *list;
    const char *sequence;
    char date[WR_TIME_TEXT];
    bool refused, enough;

    if (!least.data)
        return wr_fail_memory(err);
    list = latest_list(c->trust, item->list_kind, &refused);
    if (!list && (refused || (m->has_machine_hive && !m->machine_incomplete)))
        return wr_check_say(c, check, err, WR_FAIL, "",
                            refused ? "no %s list whose signature verifies"
                                    : "the host has no %s list",
                            item->list_kind);
    if (!list)
        return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, "",
                            "no %s list, and no machine hive that would hold the host's",
                            item->list_kind);
    check->source = list->source;
    check->path = list->path;
    if (!(sequence = wr_ctl_sequence_text(c->arena, list->ctl->sequence)))
        return wr_fail_memory(err);
    wr_time_text(list->ctl->this_update, date);
    enough = wr_ctl_sequence_compare(list->ctl->sequence, least) >= 0;
    return wr_check_say(c, check, err, enough ? WR_PASS : WR_FAIL, "",
                        "the %s list %s is %s of %s, required: %s or later", item->list_kind,
                        list->from_host ? "of the host" : "that was given", sequence, date,
                        item->list_min_sequence);
}

/* ---- os-update ---------------------------------------------------------------------------------
 */

static const wr_os_update *row_of(const wr_requirement *item, uint32_t build)
{
    for (size_t i = 0; i < item->os_update.count; i++)
        if (build >= item->os_update.items[i].build_min &&
            build <= item->os_update.items[i].build_max)
            return &item->os_update.items[i];
    return NULL;
}

/* A listed KB that is installed, 0 where none is. */
static uint32_t installed_kb(const wr_host *host, const wr_os_update *row)
{
    for (size_t i = 0; i < row->kbs.count; i++)
        for (size_t j = 0; j < host->updates.count; j++)
            if (host->updates.items[j] == row->kbs.items[i])
                return row->kbs.items[i];
    return 0;
}

/* "KB5006743 or KB5006728"; "" where the row has none.  NULL: no memory. */
static const char *kb_names(const wr_checking *c, const wr_os_update *row)
{
    const char *text = "";

    for (size_t i = 0; text && i < row->kbs.count; i++)
        text =
            wr_arena_format(c->arena, "%s%sKB%" PRIu32, text, i ? " or " : "", row->kbs.items[i]);
    return text;
}

static bool judge_row(wr_checking *c, wr_check *check, const wr_os_update *row, wr_error *err)
{
    const wr_os *os = &c->trust->os;
    const wr_host *host = &c->trust->model->host;
    uint32_t kb = installed_kb(host, row), fixed = row->fixed_revision;
    const char *names = kb_names(c, row);

    if (!names)
        return wr_fail_memory(err);
    if (row->native)
        return wr_check_say(c, check, err, WR_PASS, "", "%s needs no update", row->os);
    if (kb)
        return wr_check_say(c, check, err, WR_PASS, "", "%s: KB%" PRIu32 " is installed", row->os,
                            kb);
    if (fixed && os->revision_known)
        return wr_check_say(c, check, err, os->revision >= fixed ? WR_PASS : WR_FAIL, "",
                            "%s: build %" PRIu32 ".%" PRIu32 ", required: %" PRIu32 ".%" PRIu32
                            " or later%s%s%s",
                            row->os, os->build, os->revision, os->build, fixed, *names ? " (" : "",
                            names, *names ? ")" : "");
    return wr_check_say(
        c, check, err, WR_RESULT_UNKNOWN, "", "%s: %s%s; a later rollup would do too, and %s",
        row->os, host->updates_known ? "not found: " : "no record of updates, required: ",
        *names ? names : "a later revision",
        fixed ? "the revision of this host is not known" : "which ones contain it is not listed");
}

bool wr_check_update(wr_checking *c, wr_check *check, wr_error *err)
{
    const wr_trust *trust = c->trust;
    const wr_os_update *row;

    if (trust->os_assumed || !trust->os.build)
        return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, "",
                            "the Windows version is not known: give it with --os");
    if (!(row = row_of(check->requirement, trust->os.build)))
        return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, "",
                            "the profile does not speak of Windows build %" PRIu32,
                            trust->os.build);
    return judge_row(c, check, row, err);
}
