#include "trust/trust.h"

#include "base/parallel.h"
#include "base/text.h"
#include "trust/disallowed.h"
#include "trust/finding.h"
#include "trust/lists.h"
#include "trust/scope_verdict.h"
#include "trust/unchanged.h"
#include "winroots/limits.h"

const char *wr_status_name(wr_status status)
{
    static const char *const names[] = {
        [WR_TRUSTED] = "trusted",       [WR_CONDITIONAL] = "conditional",
        [WR_UNKNOWN] = "unknown",       [WR_NOT_TRUSTED] = "not_trusted",
        [WR_DISTRUSTED] = "distrusted",
    };
    return names[status];
}

const char *wr_availability_name(wr_availability availability)
{
    static const char *const names[] = { "fetchable", "blocked_by_policy", "maybe_embedded",
                                         "unknown" };
    return names[availability];
}

/* SPEC windows-trust 2.3, the truth table. */
static void apply_update_policy(wr_trust *trust)
{
    const wr_policy *off = wr_model_policy(trust->model, "DisableRootAutoUpdate");
    const wr_policy *on = wr_model_policy(trust->model, "EnableDisallowedCertAutoUpdate");

    trust->root_auto_update = !off || off->number != 1;
    trust->disallowed_auto_update = (on && on->number == 1) || trust->root_auto_update;
}

bool wr_trust_spend(const wr_trust *trust, size_t steps, wr_error *err)
{
    const size_t before = atomic_fetch_add(trust->steps, steps);

    return (before <= WR_LIMIT_TRUST_STEPS && steps <= WR_LIMIT_TRUST_STEPS - before) ||
           wr_fail(err, WR_E_LIMIT, NULL, WR_NO_OFFSET,
                   "to judge this host takes more than %zu steps: its stores multiply copies, "
                   "purposes, users and registered members",
                   WR_LIMIT_TRUST_STEPS);
}

enum { WORTH_A_THREAD = 16 }; /* certificates, or entries of the program */

struct judging {
    wr_trust *trust;
    const wr_trust *before; /* whose verdicts hold for what did not change; NULL: of nothing */
};

/* Reads what was found before, and writes to its own certificate. */
static bool judge_certificate(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    const struct judging *judging = context;
    wr_trust *trust = judging->trust;
    const wr_certificate *cert = &trust->model->certificates.items[i];
    wr_certificate_trust *t = &trust->certificates[i];
    wr_copies copies;

    if (judging->before && wr_unchanged_certificate(judging->before, trust, i)) {
        *t = judging->before->certificates[i];
        return true;
    }
    if (!wr_anchors_find(trust, i, arena, err) ||
        !wr_copies_of(trust, &wr_scope_machine, i, arena, &copies, err))
        return false;
    t->program = wr_trust_program_entry(trust, cert->sha1);
    t->installed = copies.list.count > 0;
    t->not_yet_valid = trust->options.as_of < cert->x509.not_before;
    t->expired = trust->options.as_of > cert->x509.not_after;
    return wr_verdict_rows(trust, &wr_scope_machine, i, &copies, &t->refusal, arena, &t->machine,
                           err) &&
           wr_scopes_judge(trust, i, arena, err);
}

static bool describe_on_demand(const wr_trust *trust, const wr_ctl_entry *entry, wr_arena *arena,
                               wr_on_demand *d, wr_error *err)
{
    wr_restriction r;
    wr_view name;

    *d = (wr_on_demand){ .entry = entry,
                         .availability =
                             trust->root_auto_update ? WR_FETCHABLE : WR_BLOCKED_BY_POLICY,
                         .name = "" };
    if (wr_ctl_entry_property(entry, WR_PROP_FRIENDLY_NAME, &name) &&
        !(d->name = wr_text_until_nul(arena, name, WR_UTF16LE)))
        return wr_fail_memory(err);
    if (!wr_restriction_read(NULL, entry, arena, &r, err))
        return false;
    d->all_purposes = !r.has_purposes;
    for (size_t p = 0; p < WR_NUM_STANDARD_PURPOSES; p++) {
        wr_verdict v;
        const wr_purpose **slot;
        if (!wr_verdict_of_entry(trust, &r, wr_purpose_standard(p), arena, &v, err))
            return false;
        if (v.status > WR_CONDITIONAL)
            continue;
        if (!(slot = WR_APPEND(arena, &d->purposes, const wr_purpose *)))
            return wr_fail_memory(err);
        *slot = v.purpose;
    }
    return true;
}

static bool is_installed(const wr_trust *trust, const wr_ctl_entry *entry)
{
    const size_t held = wr_model_find_sha1(trust->model, entry->id.data);

    return held != SIZE_MAX && trust->certificates[held].installed;
}

struct describing {
    const wr_trust *trust;
    wr_on_demand *rows; /* one for each entry of the program; with a name it is described */
};

static bool describe_one(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    const struct describing *d = context;
    wr_on_demand *row = &d->rows[i];

    return !row->entry || row->name || describe_on_demand(d->trust, row->entry, arena, row, err);
}

/* Program entries, in the order of their ids, whose certificate no root store has. */
static bool list_on_demand(wr_trust *trust, const wr_trust *before, wr_arena *arena, wr_error *err)
{
    const size_t count = trust->num_program, num_known = before ? before->on_demand.count : 0;
    struct describing d = { trust, WR_NEW(arena, wr_on_demand, count) };
    size_t passed = 0, kept = 0; /* of those that were on demand before, of those that are */

    if (!d.rows)
        return wr_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const wr_ctl_entry *entry = trust->program[i];
        const bool known = passed < num_known && before->on_demand.items[passed].entry == entry;

        if (!is_installed(trust, entry))
            d.rows[i] = known ? before->on_demand.items[passed] : (wr_on_demand){ .entry = entry };
        passed += known;
    }
    if (!wr_parallel(count, WORTH_A_THREAD, describe_one, &d, arena, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (d.rows[i].entry)
            d.rows[kept++] = d.rows[i];
    trust->on_demand.items = d.rows;
    trust->on_demand.count = trust->on_demand.room = kept;
    return true;
}

bool wr_trust_evaluate(const wr_model *m, const wr_trust_options *options, wr_arena *arena,
                       wr_trust *out, wr_error *err)
{
    struct judging judging = { .trust = out };

    *out = (wr_trust){ .model = m, .options = *options };
    out->os = options->os_given ? options->os : m->host.os;
    out->os_assumed = !options->os_given && !m->host.os.known;
    if (out->os_assumed)
        out->os = (wr_os){ .major = 10, .product_name = "" };
    apply_update_policy(out);
    for (size_t i = 0; i < m->stores.count; i++)
        out->stores_damaged |= m->stores.items[i].num_skipped != 0;
    out->certificates = WR_NEW(arena, wr_certificate_trust, m->certificates.count);
    out->steps = WR_NEW(arena, atomic_size_t, 1);
    if (!out->certificates || !out->steps)
        return wr_fail_memory(err);
    if (!wr_lists_choose(out, arena, err) || !wr_disallowed_match(out, arena, err))
        return false;
    judging.before = wr_unchanged_host(out);
    if (judging.before)
        out->scopes = judging.before->scopes;
    else if (!wr_scopes_find(m, arena, &out->scopes, err))
        return false;
    else
        wr_scopes_prepare(out);
    if (!wr_parallel(m->certificates.count, WORTH_A_THREAD, judge_certificate, &judging, arena,
                     err))
        return false;
    for (size_t i = 0; i < m->certificates.count; i++)
        out->num_installed += out->certificates[i].installed;
    return list_on_demand(out, judging.before, arena, err) &&
           (options->before || wr_findings_make(out, arena, err));
}

const wr_verdict *wr_trust_verdict(wr_trust *trust, size_t certificate, const wr_purpose *purpose,
                                   wr_arena *arena)
{
    const wr_certificate_trust *t = &trust->certificates[certificate];
    wr_copies copies;
    wr_verdict *v;
    wr_error err;

    for (size_t i = 0; i < t->machine.count; i++)
        if (wr_view_equal(t->machine.items[i].purpose->oid_contents, purpose->oid_contents))
            return &t->machine.items[i];
    v = WR_NEW(arena, wr_verdict, 1);
    if (!v || !wr_copies_of(trust, &wr_scope_machine, certificate, arena, &copies, &err) ||
        !wr_verdict_judge(trust, &wr_scope_machine, certificate, &copies, &t->refusal, purpose,
                          arena, v, &err))
        return NULL;
    return v;
}

const wr_scope_trust *wr_trust_in_scope(const wr_certificate_trust *t, const wr_scope *scope)
{
    size_t low = 0, high = t->scopes.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (t->scopes.items[middle].scope < scope)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->scopes.count && t->scopes.items[low].scope == scope ? &t->scopes.items[low]
                                                                        : NULL;
}

bool wr_trust_availability(const wr_trust *trust, const uint8_t sha1[WR_SHA1_LEN],
                           wr_availability *out)
{
    if (!wr_trust_program_entry(trust, sha1))
        return false;
    *out = trust->root_auto_update ? WR_FETCHABLE : WR_BLOCKED_BY_POLICY;
    return true;
}

const wr_verdict *wr_trust_verdict_if_fetched(wr_trust *trust, const uint8_t sha1[WR_SHA1_LEN],
                                              const wr_purpose *purpose, wr_arena *arena)
{
    const wr_ctl_entry *entry = wr_trust_program_entry(trust, sha1);
    wr_verdict *v = entry ? WR_NEW(arena, wr_verdict, 1) : NULL;
    wr_restriction r;
    wr_error err;

    if (!v || !wr_restriction_read(NULL, entry, arena, &r, &err) ||
        !wr_verdict_of_entry(trust, &r, purpose, arena, v, &err))
        return NULL;
    return v;
}
