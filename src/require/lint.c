#include "require/field.h"
#include "require/linting.h"

#include <stdarg.h>
#include <stdio.h>

bool wr_lint_add(wr_linting *l, wr_defect defect, const wr_requirement *item, const char *pointer,
                 wr_error *err, const char *fmt, ...)
{
    wr_lint_finding *finding = WR_APPEND(l->arena, &l->out->findings, wr_lint_finding);
    char message[sizeof err->message];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    if (!finding || !(finding->message = wr_arena_text(l->arena, message)))
        return wr_fail_memory(err);
    finding->defect = defect;
    finding->pointer = pointer;
    finding->known = item && (item->known_defects & 1u << defect);
    l->out->num_known += finding->known;
    return true;
}

bool wr_lint_profile(wr_view json, wr_trust *trust, wr_arena *arena, wr_lint *out, wr_error *err)
{
    wr_lint lint = { .id = "" };
    wr_linting l = { .trust = trust, .arena = arena, .out = &lint };
    wr_faults faults = { 0 };

    if (!wr_profile_read(json, arena, &l.profile, &faults, err))
        return false;
    if (l.profile.id && wr_field_is_name(l.profile.id))
        lint.id = l.profile.id;
    for (size_t i = 0; i < faults.count; i++)
        if (!wr_lint_add(&l, faults.items[i].defect, NULL, faults.items[i].pointer, err, "%s",
                         faults.items[i].message))
            return false;
    if (!wr_lint_certificates(&l, err) || !wr_lint_items(&l, err))
        return false;
    *out = lint;
    return true;
}
