#include "output/export.h"

#include "base/text.h"
#include "trust/copies.h"
#include "trust/disallowed.h"
#include "trust/reason.h"
#include "trust/verdict.h"

#include <string.h>

static bool find_scope(const wr_trust *trust, const char *text, wr_arena *arena,
                       const wr_scope **out, wr_error *err)
{
    const char *known = "machine";

    *out = &wr_scope_machine;
    if (!text || !wr_text_compare(text, wr_scope_machine.text))
        return true;
    for (size_t i = 0; i < trust->scopes.list.count; i++) {
        const wr_scope *scope = &trust->scopes.list.items[i];
        if (!wr_text_compare(text, scope->text)) {
            *out = scope;
            return true;
        }
        if (!(known = wr_arena_format(arena, "%s, %s", known, scope->text)))
            return wr_fail_memory(err);
    }
    return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET,
                   "\"%.60s\" is no scope of this evidence, which has: %s", text, known);
}

static bool judge(const wr_trust *trust, const wr_export_set *set, size_t certificate,
                  wr_arena *arena, wr_verdict *out, wr_error *err)
{
    wr_refusal refusal = set->scope->owner ? wr_refusal_in_scope(trust, set->scope, certificate)
                                           : trust->certificates[certificate].refusal;
    wr_copies copies;

    return wr_copies_of(trust, set->scope, certificate, arena, &copies, err) &&
           wr_verdict_judge(trust, set->scope, certificate, &copies, &refusal, &set->purpose, arena,
                            out, err);
}

/* Supply counts only where the root list names it, by SHA-256 where the list has one. */
static bool is_named(const wr_trust *trust, const wr_certificate *certificate)
{
    const wr_ctl_entry *entry = wr_trust_program_entry(trust, certificate->sha1);
    wr_view sha256;

    return entry && (!wr_ctl_entry_property(entry, WR_PROP_AUTH_ROOT_SHA256_HASH, &sha256) ||
                     wr_view_is(sha256, certificate->sha256, WR_SHA256_LEN));
}

/* True where being fetched is the only condition: what else was said limits nothing at this time.
 */
static bool waits_for_fetching_alone(const wr_verdict *verdict)
{
    static const wr_reason_code harmless[] = {
        WR_REASON_ON_DEMAND,
        WR_REASON_LISTED,
        WR_REASON_DISABLE_SCHEDULED,
        WR_REASON_DISABLE_SCOPE_UNCERTAIN,
        WR_REASON_NOT_BEFORE_SCHEDULED,
        WR_REASON_OS_IGNORES_DATES,
    };

    for (size_t i = 0; i < verdict->reasons.count; i++) {
        bool known = false;
        for (size_t j = 0; j < sizeof harmless / sizeof *harmless; j++)
            known |= !strcmp(verdict->reasons.items[i].code, wr_reason_code_text(harmless[j]));
        if (!known)
            return false;
    }
    return verdict->status == WR_CONDITIONAL;
}

static bool keep(wr_export_set *set, const wr_export_item *item, wr_arena *arena,
                 wr_export_result *result, wr_error *err)
{
    wr_export_item *added = WR_APPEND(arena, &set->items, wr_export_item);

    if (!added)
        return wr_fail_memory(err);
    *added = *item;
    result->num_written++;
    result->num_conditional += item->status == WR_CONDITIONAL;
    result->num_supplied += item->supplied;
    return true;
}

static bool note_unknown(wr_export_set *set, const wr_export_item *item, wr_arena *arena,
                         wr_export_result *result, wr_error *err)
{
    wr_export_item *first;

    result->num_unknown++;
    if (set->unknown)
        return true;
    if (!(first = WR_NEW(arena, wr_export_item, 1)))
        return wr_fail_memory(err);
    *first = *item;
    set->unknown = first;
    return true;
}

static bool choose(const wr_trust *trust, const wr_export_options *options, size_t i,
                   wr_arena *arena, wr_export_set *set, wr_export_result *result, wr_error *err)
{
    const wr_certificate *certificate = &trust->model->certificates.items[i];
    wr_export_item item = { .certificate = certificate, .supplied = !certificate->instances.count };

    if (item.supplied && !is_named(trust, certificate))
        return true;
    if (!judge(trust, set, i, arena, &item.verdict, err))
        return false;
    item.status = item.verdict.status;
    if (trust->options.assume_connected && waits_for_fetching_alone(&item.verdict))
        item.status = WR_TRUSTED;
    if (item.status == WR_UNKNOWN)
        return note_unknown(set, &item, arena, result, err);
    if (item.status == WR_CONDITIONAL && !options->with_conditional)
        result->num_left_out++;
    else if (item.status <= WR_CONDITIONAL)
        return keep(set, &item, arena, result, err);
    return true;
}

/* Entries of the root list that would be trusted once somebody had their certificates. */
static bool count_on_demand(const wr_trust *trust, const wr_export_set *set, wr_arena *arena,
                            wr_export_result *result, wr_error *err)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; i < trust->on_demand.count; i++) {
        const wr_ctl_entry *entry = trust->on_demand.items[i].entry;
        size_t held = wr_model_find_sha1(m, entry->id.data);
        wr_restriction restriction;
        wr_verdict verdict;
        if (held != SIZE_MAX && (m->certificates.items[held].instances.count ||
                                 is_named(trust, &m->certificates.items[held])))
            continue;
        if (!wr_restriction_read(NULL, entry, arena, &restriction, err) ||
            !wr_verdict_of_entry(trust, &restriction, &set->purpose, arena, &verdict, err))
            return false;
        result->num_on_demand += verdict.status <= WR_CONDITIONAL;
    }
    return true;
}

bool wr_export_choose(const wr_result_set *from, const wr_export_options *options, wr_arena *arena,
                      wr_export_set *out, wr_export_result *result, wr_error *err)
{
    const wr_trust *trust = from->trust;
    wr_export_set set = { .unknown = NULL };

    if (!wr_purpose_parse(options->purpose, arena, &set.purpose, err) ||
        !find_scope(trust, options->scope, arena, &set.scope, err))
        return false;
    for (size_t i = 0; i < trust->model->certificates.count; i++)
        if (!choose(trust, options, i, arena, &set, result, err))
            return false;
    result->incomplete = wr_trust_absence_unknown(trust, "Root") || set.scope->root_incomplete;
    *out = set;
    return count_on_demand(trust, &set, arena, result, err);
}
