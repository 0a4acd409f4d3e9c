#include "store/collect_users.h"

#include "base/parallel.h"

#include <string.h>

enum {
    TOGETHER = 64,     /* hives: those of the next round find the certificates of these parsed */
    WORTH_A_THREAD = 4 /* hives */
};

/* What one hive holds. */
struct part {
    wr_model model;
    wr_diags diags;
};

struct reading {
    const wr_evidence *evidence;
    size_t first;
    const wr_collect_options *options;
    const wr_model *host;
    struct part *parts;
};

bool wr_is_user_alone(const wr_item *item)
{
    return item->readable && !item->deleted && item->role == WR_ROLE_USER && !item->log_lost &&
           !item->keeps_primary && !item->recover;
}

static bool read_hive(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    struct reading *r = context;
    struct part *part = &r->parts[i];

    wr_diags_init(&part->diags, arena);
    wr_model_init(&part->model, arena, &part->diags, r->evidence);
    part->model.known = r->host;
    part->model.profiles = r->host->profiles;
    return wr_collect_item(wr_evidence_item(r->evidence, r->first + i), r->options, &part->model,
                           err);
}

/* Damage bears on what is said later, a second hive of one user on what the first one says, and a
 * SHA-1 that two certificates have on both: such a hive is read again in its turn. */
static bool is_simple(const wr_model *m, const struct part *part)
{
    const wr_model *of = &part->model;

    if (part->diags.list.count || part->diags.num_skipped || part->diags.num_suppressed ||
        part->diags.no_memory || of->machine_incomplete || of->refusals_incomplete)
        return false;
    for (size_t i = 0; i < of->users.count; i++)
        if (wr_model_user(m, of->users.items[i].owner))
            return false;
    for (size_t i = 0; i < of->certificates.count; i++) {
        const wr_certificate *c = &of->certificates.items[i];
        const size_t same = wr_model_find_sha1(m, c->sha1);
        if (same != SIZE_MAX &&
            memcmp(m->certificates.items[same].sha256, c->sha256, sizeof c->sha256) != 0)
            return false;
    }
    return true;
}

static bool join_copies(wr_model *m, const wr_model *of, size_t first_store, wr_error *err)
{
    for (size_t i = 0; i < of->instances.count; i++) {
        wr_instance copy = of->instances.items[i];

        copy.store += first_store;
        if (!wr_model_add(m, &of->certificates.items[copy.certificate], &copy.certificate, err) ||
            !wr_model_place(m, &copy, err))
            return false;
    }
    return true;
}

/* No store of it is in `m`, for no hive of this user is. */
static bool join(wr_model *m, const wr_model *of, wr_error *err)
{
    const size_t stores = m->stores.count, others = m->others.count,
                 members = m->physical_stores.count;

    if (!WR_APPEND_ALL(m->arena, &m->stores, &of->stores) ||
        !WR_APPEND_ALL(m->arena, &m->others, &of->others) ||
        !WR_APPEND_ALL(m->arena, &m->physical_stores, &of->physical_stores) ||
        !WR_APPEND_ALL(m->arena, &m->lists, &of->lists) ||
        !WR_APPEND_ALL(m->arena, &m->policies, &of->policies) ||
        !WR_APPEND_ALL(m->arena, &m->users, &of->users))
        return wr_fail_memory(err);
    for (size_t i = stores; i < m->stores.count; i++)
        m->stores.items[i].num_certificates = 0; /* wr_model_place counts them */
    for (size_t i = others; i < m->others.count; i++)
        m->others.items[i].store += stores;
    for (size_t i = members; i < m->physical_stores.count; i++)
        m->physical_stores.items[i].store += stores;
    m->num_user_hives += of->num_user_hives;
    return join_copies(m, of, stores, err);
}

static bool collect_together(struct reading *r, size_t count, wr_model *m, wr_error *err)
{
    if (!wr_parallel(count, WORTH_A_THREAD, read_hive, r, m->arena, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct part *part = &r->parts[i];
        const wr_item *item = wr_evidence_item(r->evidence, r->first + i);
        if (is_simple(m, part) ? !join(m, &part->model, err)
                               : !wr_collect_item(item, r->options, m, err))
            return false;
    }
    return true;
}

bool wr_collect_users(const wr_evidence *evidence, size_t first, size_t count,
                      const wr_collect_options *options, wr_model *m, wr_error *err)
{
    struct reading r = { .evidence = evidence, .first = first, .options = options, .host = m };

    if (!(r.parts = WR_NEW(m->arena, struct part, count < TOGETHER ? count : TOGETHER)))
        return wr_fail_memory(err);
    for (size_t end = first + count, n; r.first < end; r.first += n) {
        n = end - r.first < TOGETHER ? end - r.first : TOGETHER;
        if (!collect_together(&r, n, m, err))
            return false;
    }
    return true;
}
