#include "trust/unchanged.h"

#include <string.h>

/* What a trial shares or copied octet for octet. */
static bool same_items(const void *a, size_t num_a, const void *b, size_t num_b, size_t size)
{
    return num_a == num_b && (a == b || !num_a || !memcmp(a, b, num_a * size));
}

#define SAME(a, b) same_items((a).items, (a).count, (b).items, (b).count, sizeof *(a).items)

/* A store that the plan makes may be anything: then all is judged again. */
const wr_trust *wr_unchanged_host(const wr_trust *trust)
{
    const wr_trust *before = trust->options.before;
    const wr_model *m = trust->model, *was = before ? before->model : NULL;

    return before && m->stores.count == was->stores.count && SAME(m->policies, was->policies) &&
                   SAME(m->physical_stores, was->physical_stores) && SAME(m->users, was->users) &&
                   trust->authroot == before->authroot && trust->disallowed == before->disallowed
               ? before
               : NULL;
}

static bool same_refusal(const wr_refusal *a, const wr_refusal *b)
{
    return a->by == b->by && a->source == b->source && a->path == b->path;
}

bool wr_unchanged_certificate(const wr_trust *before, const wr_trust *trust, size_t certificate)
{
    const wr_model *m = trust->model, *was = before->model;
    const wr_certificate *cert = &m->certificates.items[certificate];

    if (certificate >= was->certificates.count ||
        cert->instances.count != was->certificates.items[certificate].instances.count ||
        !same_refusal(&trust->certificates[certificate].refusal,
                      &before->certificates[certificate].refusal))
        return false;
    for (size_t i = 0; i < cert->instances.count; i++) {
        const size_t at = cert->instances.items[i];
        if (!same_items(&m->instances.items[at], 1, &was->instances.items[at], 1,
                        sizeof(wr_instance)))
            return false;
    }
    return true;
}
