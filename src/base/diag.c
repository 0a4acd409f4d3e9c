#include "base/diag.h"

#include "winroots/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void wr_diags_init(wr_diags *d, wr_arena *arena)
{
    *d = (wr_diags){ .arena = arena };
}

static bool keep(wr_diags *d, wr_severity severity, const wr_error *e)
{
    const char *source, *path, *message;
    wr_diag *diag;

    if (d->list.count >= WR_LIMIT_DIAGNOSTICS)
        return false;
    if (!(source = wr_arena_text(d->arena, e->source)) ||
        !(path = wr_arena_text(d->arena, e->path)) ||
        !(message = wr_arena_text(d->arena, e->message)) ||
        !(diag = WR_APPEND(d->arena, &d->list, wr_diag))) {
        d->no_memory = true;
        return false;
    }
    *diag = (wr_diag){ severity, e->code, e->offset, source, path, message };
    return true;
}

/* A damaged list that three lookups pass is damaged once.  Once no more are kept, nothing is looked
 * for: evidence that is garbage from end to end would cost as many comparisons for each line. */
static bool is_known(const wr_diags *d, wr_severity severity, const wr_error *e)
{
    if (d->list.count >= WR_LIMIT_DIAGNOSTICS)
        return false;
    for (size_t i = 0; i < d->list.count; i++) {
        const wr_diag *known = &d->list.items[i];
        if (known->offset == e->offset && known->severity == severity && known->code == e->code &&
            strcmp(known->message, e->message) == 0 && strcmp(known->source, e->source) == 0 &&
            (!known->path[0] || !e->path[0] || strcmp(known->path, e->path) == 0))
            return true;
    }
    return false;
}

void wr_diag_error(wr_diags *d, wr_severity severity, const wr_error *e)
{
    if (is_known(d, severity, e))
        return;
    d->no_memory |= e->code == WR_E_NO_MEMORY;
    d->num_skipped += severity == WR_DIAG_SKIPPED;
    d->num_suppressed += !keep(d, severity, e);
}

void wr_diag_add(wr_diags *d, wr_severity severity, wr_code code, const char *source,
                 uint64_t offset, const char *path, const char *fmt, ...)
{
    wr_error e = { .code = code, .offset = offset };
    va_list ap;

    snprintf(e.source, sizeof e.source, "%s", source ? source : "");
    snprintf(e.path, sizeof e.path, "%s", path ? path : "");
    va_start(ap, fmt);
    vsnprintf(e.message, sizeof e.message, fmt, ap);
    va_end(ap);
    wr_diag_error(d, severity, &e);
}

/* What was not kept there is only counted, and what of it was skipped. */
void wr_diags_append(wr_diags *d, const wr_diags *from)
{
    size_t kept_skipped = 0;

    for (size_t i = 0; i < from->list.count; i++) {
        const wr_diag *diag = &from->list.items[i];
        wr_diag_add(d, diag->severity, diag->code, diag->source, diag->offset, diag->path, "%s",
                    diag->message);
        kept_skipped += diag->severity == WR_DIAG_SKIPPED;
    }
    d->num_skipped += from->num_skipped - kept_skipped;
    d->num_suppressed += from->num_suppressed;
    d->no_memory |= from->no_memory;
}

void wr_diags_at(wr_diags *d, size_t first, const char *path)
{
    const char *copy = NULL;

    for (size_t i = first; i < d->list.count; i++) {
        if (d->list.items[i].path[0])
            continue;
        if (!copy && !(copy = wr_arena_text(d->arena, path))) {
            d->no_memory = true;
            return;
        }
        d->list.items[i].path = copy;
    }
}

bool wr_diags_check(const wr_diags *d, wr_error *err)
{
    return !d->no_memory || wr_fail_memory(err);
}

const char *wr_severity_name(wr_severity severity)
{
    static const char *const names[] = { "note", "warning", "skipped" };
    return names[severity];
}
