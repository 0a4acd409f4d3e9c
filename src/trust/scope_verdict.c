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

static bool has_row(const wr_verdict_list *rows, wr_view oid)
{
    for (size_t i = 0; i < rows->count; i++)
        if (wr_view_equal(rows->items[i].purpose->oid_contents, oid))
            return true;
    return false;
}

static bool add_spoken_of(const subject *s, const wr_oids *oids, wr_verdict_list *out,
                          wr_error *err)
{
    for (size_t i = 0; i < oids->list.count; i++) {
        wr_purpose *purpose;
        if (has_row(out, oids->list.items[i]))
            continue;
        if (!(purpose = WR_NEW(s->arena, wr_purpose, 1)))
            return wr_fail_memory(err);
        if (!wr_purpose_of_oid(oids->list.items[i], s->arena, purpose, err) ||
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

    for (size_t p = 0; p < WR_NUM_STANDARD_PURPOSES; p++)
        if (!add_row(&s, wr_purpose_standard(p), out, err))
            return false;
    for (size_t c = 0; c < copies->list.count; c++) {
        const wr_restriction *r = &copies->list.items[c].in_force;
        if (!add_spoken_of(&s, &r->purposes, out, err) || !add_spoken_of(&s, &r->removed, out, err))
            return false;
    }
    return true;
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

static bool judge_pair(wr_trust *trust, const wr_scope *scope, size_t certificate, wr_arena *arena,
                       wr_error *err)
{
    wr_scope_trust found = { .scope = scope,
                             .refusal = wr_refusal_in_scope(trust, scope, certificate) };
    wr_verdict_list rows = { 0 };
    wr_scope_trust *added;
    wr_copies copies;

    if (!wr_copies_of(trust, scope, certificate, arena, &copies, err) ||
        !wr_verdict_rows(trust, scope, certificate, &copies, &found.refusal, arena, &rows, err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const wr_verdict *machine =
            wr_trust_verdict(trust, certificate, rows.items[i].purpose, arena);
        wr_verdict *different;
        if (!machine)
            return wr_fail_memory(err);
        if (same_verdict(&rows.items[i], machine))
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
    const wr_model *m = trust->model;

    for (size_t i = 0; i < scope->roots.count; i++)
        if (m->instances.items[scope->roots.items[i]].certificate == certificate)
            return true;
    return scope->refused.count && wr_refusal_in_scope(trust, scope, certificate).path !=
                                       trust->certificates[certificate].refusal.path;
}

void wr_scopes_prepare(wr_trust *trust)
{
    for (size_t i = 0; i < trust->scopes.list.count; i++) {
        wr_scope *scope = &trust->scopes.list.items[i];
        scope->concerns_all = concerns_all(trust, scope);
    }
}

bool wr_scopes_judge(wr_trust *trust, size_t certificate, wr_arena *arena, wr_error *err)
{
    for (size_t i = 0; i < trust->scopes.list.count; i++) {
        const wr_scope *scope = &trust->scopes.list.items[i];
        if ((scope->concerns_all || is_concerned(trust, scope, certificate)) &&
            !judge_pair(trust, scope, certificate, arena, err))
            return false;
    }
    return true;
}
