#include "trust/scope_verdict.h"

#include "trust/disallowed.h"

#include <string.h>

/* What rows are made of. */
typedef struct subject {
    const wr_trust *trust;
    const wr_scope *scope;
    size_t certificate;
    const wr_copies *copies;
    const wr_refusal *refusal;
    wr_arena *arena;
} subject;

static bool add_row(const subject *s, const wr_purpose *purpose, wr_verdict_list *out,
                    wr_error *err)
{
    wr_verdict *v = WR_APPEND(s->arena, out, wr_verdict);

    return v ? wr_verdict_judge(s->trust, s->scope, s->certificate, s->copies, s->refusal, purpose,
                                s->arena, v, err)
             : wr_fail_memory(err);
}

typedef WR_LIST(wr_view) view_list;

static bool is_standard(wr_view oid)
{
    for (size_t p = 0; p < WR_NUM_STANDARD_PURPOSES; p++)
        if (wr_view_equal(wr_purpose_standard(p)->oid_contents, oid))
            return true;
    return false;
}

static bool gather(const wr_oids *oids, wr_arena *arena, view_list *out, wr_error *err)
{
    for (size_t i = 0; i < oids->list.count; i++) {
        wr_view *oid;
        if (is_standard(oids->list.items[i]))
            continue;
        if (!(oid = WR_APPEND(arena, out, wr_view)))
            return wr_fail_memory(err);
        *oid = oids->list.items[i];
    }
    return true;
}

/* What the copies name beside the standard purposes, in their order, each of them once. */
static bool add_spoken_of(const subject *s, const view_list *oids, wr_verdict_list *out,
                          wr_error *err)
{
    wr_view_index index;

    if (!wr_view_index_make(oids->items, oids->count, s->arena, &index, err))
        return false;
    for (size_t i = 0; i < oids->count; i++) {
        wr_purpose *purpose;
        if (wr_view_index_find(&index, oids->items[i]) != i)
            continue;
        if (!(purpose = WR_NEW(s->arena, wr_purpose, 1)))
            return wr_fail_memory(err);
        if (!wr_purpose_of_oid(oids->items[i], s->arena, purpose, err) ||
            !add_row(s, purpose, out, err))
            return false;
    }
    return true;
}

bool wr_verdict_rows(const wr_trust *trust, const wr_scope *scope, size_t certificate,
                     const wr_copies *copies, const wr_refusal *refusal, wr_arena *arena,
                     wr_verdict_list *out, wr_error *err)
{
    subject s = { trust, scope, certificate, copies, refusal, arena };
    view_list oids = { NULL, 0, 0 };

    for (size_t p = 0; p < WR_NUM_STANDARD_PURPOSES; p++)
        if (!add_row(&s, wr_purpose_standard(p), out, err))
            return false;
    for (size_t c = 0; c < copies->list.count; c++) {
        const wr_restriction *r = &copies->list.items[c].in_force;
        if (!gather(&r->purposes, arena, &oids, err) || !gather(&r->removed, arena, &oids, err))
            return false;
    }
    return add_spoken_of(&s, &oids, out, err);
}

static bool same_verdict(const wr_verdict *a, const wr_verdict *b)
{
    if (a->status != b->status || a->reasons.count != b->reasons.count)
        return false;
    for (size_t i = 0; i < a->reasons.count; i++)
        if (strcmp(a->reasons.items[i].code, b->reasons.items[i].code) != 0 ||
            strcmp(a->reasons.items[i].path, b->reasons.items[i].path) != 0)
            return false;
    return true;
}

/* What the machine makes of a certificate, for purposes that only a scope's copies name, too. */
typedef struct machine_side {
    subject of;
    wr_view_index known; /* purposes of its rows */
    wr_copies copies;
    bool has_copies;
} machine_side;

static bool take_machine(const subject *s, machine_side *out, wr_error *err)
{
    const wr_certificate_trust *t = &s->trust->certificates[s->certificate];
    wr_view *oids = WR_NEW(s->arena, wr_view, t->machine.count);

    *out = (machine_side){ .of = *s };
    out->of.scope = &wr_scope_machine;
    out->of.refusal = &t->refusal;
    if (!oids)
        return wr_fail_memory(err);
    for (size_t i = 0; i < t->machine.count; i++)
        oids[i] = t->machine.items[i].purpose->oid_contents;
    return wr_view_index_make(oids, t->machine.count, s->arena, &out->known, err);
}

/* NULL: NO_MEMORY. */
static const wr_verdict *machine_verdict(machine_side *m, const wr_purpose *purpose, wr_error *err)
{
    const subject *s = &m->of;
    const size_t known = wr_view_index_find(&m->known, purpose->oid_contents);
    wr_verdict *v;

    if (known != SIZE_MAX)
        return &s->trust->certificates[s->certificate].machine.items[known];
    if (!m->has_copies &&
        !wr_copies_of(s->trust, s->scope, s->certificate, s->arena, &m->copies, err))
        return NULL;
    m->has_copies = true;
    if (!(v = WR_NEW(s->arena, wr_verdict, 1)))
        wr_fail_memory(err);
    else if (!wr_verdict_judge(s->trust, s->scope, s->certificate, &m->copies, s->refusal, purpose,
                               s->arena, v, err))
        return NULL;
    return v;
}

static bool judge_pair(wr_trust *trust, const wr_scope *scope, size_t certificate, wr_arena *arena,
                       wr_error *err)
{
    subject s = { .trust = trust, .scope = scope, .certificate = certificate, .arena = arena };
    machine_side machine;
    wr_scope_trust found = { .scope = scope,
                             .refusal = wr_refusal_in_scope(trust, scope, certificate) };
    wr_verdict_list rows = { 0 };
    wr_scope_trust *added;
    wr_copies copies;

    if (!wr_copies_of(trust, scope, certificate, arena, &copies, err) ||
        !wr_verdict_rows(trust, scope, certificate, &copies, &found.refusal, arena, &rows, err) ||
        !take_machine(&s, &machine, err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const wr_verdict *of_machine = machine_verdict(&machine, rows.items[i].purpose, err);
        wr_verdict *different;
        if (!of_machine)
            return false;
        if (same_verdict(&rows.items[i], of_machine))
            continue;
        if (!(different = WR_APPEND(arena, &found.different, wr_verdict)))
            return wr_fail_memory(err);
        *different = rows.items[i];
    }
    if (!found.different.count)
        return true;
    added = WR_APPEND(arena, &trust->certificates[certificate].scopes, wr_scope_trust);
    if (!added)
        return wr_fail_memory(err);
    *added = found;
    return true;
}

/* True where something makes every certificate another matter for the scope. */
static bool concerns_all(const wr_trust *trust, const wr_scope *scope)
{
    return scope->root_incomplete || scope->disallowed_incomplete ||
           wr_scope_shuts_machine(trust, scope) ||
           wr_root_elsewhere(trust, scope) != wr_root_elsewhere(trust, &wr_scope_machine);
}

static bool is_concerned(const wr_trust *trust, const wr_scope *scope, size_t certificate)
{
    return wr_scope_find_root(scope, certificate) != SIZE_MAX ||
           (scope->refused.count && wr_refusal_in_scope(trust, scope, certificate).path !=
                                        trust->certificates[certificate].refusal.path);
}

void wr_scopes_prepare(wr_trust *trust)
{
    for (size_t i = 0; i < trust->scopes.list.count; i++) {
        wr_scope *scope = &trust->scopes.list.items[i];
        scope->concerns_all = concerns_all(trust, scope);
        wr_refused_sort(trust, scope);
    }
}

#define LOOKS 16u /* at scopes that a certificate does not concern cost one step */

bool wr_scopes_judge(wr_trust *trust, size_t certificate, wr_arena *arena, wr_error *err)
{
    if (!wr_trust_spend(trust, trust->scopes.list.count / LOOKS, err))
        return false;
    for (size_t i = 0; i < trust->scopes.list.count; i++) {
        const wr_scope *scope = &trust->scopes.list.items[i];
        if ((scope->concerns_all || is_concerned(trust, scope, certificate)) &&
            !judge_pair(trust, scope, certificate, arena, err))
            return false;
    }
    return true;
}
