/* finding_deleted.c - certificates that stores have lost. */
#include "trust/finding_add.h"

#include <string.h>

/* A copy stands where this one stood, or, where nobody knows that place, anywhere. */
static bool is_live_there(const wr_model *m, const wr_certificate *deleted, const wr_trace *trace)
{
    size_t found = wr_model_find_sha1(m, deleted->sha1);
    const wr_certificate *c = found == SIZE_MAX ? NULL : &m->certificates.items[found];

    for (size_t i = 0; c && i < c->instances.count; i++) {
        const wr_instance *copy = &m->instances.items[c->instances.items[i]];
        const wr_store *s = &m->stores.items[copy->store];
        if (!copy->deleted && (!*trace->location || !strcmp(s->location_text, trace->location)) &&
            (!*trace->store || !strcmp(s->name, trace->store)))
            return true;
    }
    return false;
}

/* One finding a certificate: the first place that it left. */
static bool find_deleted(wr_trust *trust, wr_arena *arena, const wr_certificate *c, wr_error *err)
{
    const wr_model *deleted = &trust->model->deleted->model;

    for (size_t i = 0; i < c->instances.count; i++) {
        const wr_instance *at = &deleted->instances.items[c->instances.items[i]];
        const wr_trace *t = at->trace;
        if (is_live_there(trust->model, c, t))
            continue;
        if (!wr_finding_add(trust, arena, WR_FINDING_DELETED_CERTIFICATE, SIZE_MAX, t->source,
                            at->path, err,
                            "it was in %s%s%s and is there no more; confidence %s (%s: %s); benign "
                            "where Windows' own update or an administrator removed it",
                            *t->location ? t->location : "a store",
                            *t->location ? "/"
                            : *t->store  ? " named "
                                         : " that is not known",
                            t->store, wr_regf_confidence_name(t->confidence),
                            wr_regf_place_name(t->place), t->reason))
            return false;
        trust->findings.items[trust->findings.count - 1].certificate = c; /* of no live store */
        return true;
    }
    return true;
}

bool wr_find_deleted(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_deleted *deleted = trust->model->deleted;

    for (size_t i = 0; deleted && i < deleted->model.certificates.count; i++)
        if (!find_deleted(trust, arena, &deleted->model.certificates.items[i], err))
            return false;
    return true;
}
