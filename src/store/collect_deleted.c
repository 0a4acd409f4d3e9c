#include "store/collect_deleted.h"

#include "base/text.h"
#include "store/host_facts.h"
#include "store/layout.h"

#include <string.h>

/* Where the collecting stands. */
typedef struct recovering {
    wr_model *m;
    const wr_item *item;
    const wr_mount *mount; /* NULL for a hive that has no stores */
    const char *owner;     /* of a user's, else NULL             */
    wr_arena none;
    wr_diags quiet; /* keeps nothing: what only looks like an element is no damage */
    wr_regf_recovery found;
} recovering;

static bool find_place(recovering *r, const char *path, wr_trace *trace, wr_error *err)
{
    wr_layout_place place = { .store = "" };
    const char *owner;

    if (r->mount && !wr_layout_place_of(r->mount, path, r->m->arena, &place, err))
        return false;
    trace->store = place.store;
    trace->location = place.located ? wr_location_name(place.location) : "";
    owner = place.service ? place.service : r->owner;
    if (*trace->location && owner)
        trace->location = wr_arena_format(r->m->arena, "%s:%s", trace->location, owner);
    return trace->location || wr_fail_memory(err);
}

/* One element that was found, unless it is none: free space is full of what only looks like one. */
static bool keep(recovering *r, wr_view bytes, const char *path, wr_time last_write,
                 const wr_trace *how, wr_error *err)
{
    wr_model *out = &r->m->deleted->model;
    wr_instance instance = { .path = path,
                             .offset = how->log ? WR_NO_OFFSET : bytes.origin,
                             .last_write = last_write,
                             .deleted = true };
    wr_element *e = &instance.element;
    wr_other_element *other;
    wr_trace *trace;
    wr_error damage = { .code = WR_OK };

    if (!wr_element_parse(bytes, &r->quiet, e, &damage) || e->kind == WR_ELEMENT_KEYID)
        return damage.code != WR_E_NO_MEMORY || wr_fail_memory(err);
    if (!(trace = WR_NEW(out->arena, wr_trace, 1)))
        return wr_fail_memory(err);
    *trace = *how;
    trace->source = r->item->label;
    instance.trace = trace;
    if (!find_place(r, path, trace, err))
        return false;
    if (e->kind == WR_ELEMENT_CERTIFICATE) {
        if (wr_model_certificate(out, e->object, &instance.certificate, &damage))
            return wr_model_place(out, &instance, err);
        wr_error_at(&damage, path);
        wr_diag_error(r->m->diags, WR_DIAG_NOTE, &damage);
        return damage.code != WR_E_NO_MEMORY || wr_fail_memory(err);
    }
    if (!(other = WR_APPEND(out->arena, &out->others, wr_other_element)))
        return wr_fail_memory(err);
    *other = (wr_other_element){ SIZE_MAX, path, last_write, *e, trace };
    return true;
}

/* The key that had a value, as its path, and when it was last written. */
static bool describe_owner(recovering *r, wr_regf_owner owner, const char **path,
                           wr_time *last_write, wr_error *err)
{
    const wr_regf *hive = &r->item->hive;
    wr_regf_key live;
    wr_error ignored;

    *path = "";
    *last_write = 0;
    if (owner.live == WR_REGF_NIL && owner.deleted == SIZE_MAX)
        return true;
    if (owner.live == WR_REGF_NIL)
        *last_write = r->found.keys.items[owner.deleted].key.last_write;
    else if (wr_regf_key_at(hive, owner.live, &live, &ignored))
        *last_write = live.last_write;
    *path = wr_regf_owner_path(hive, &r->found, owner, r->m->arena);
    return *path || wr_fail_memory(err);
}

static bool keep_values(recovering *r, wr_error *err)
{
    for (size_t i = 0; i < r->found.values.count; i++) {
        const wr_regf_deleted_value *v = &r->found.values.items[i];
        wr_trace how = { .place = v->place, .confidence = v->confidence, .reason = v->reason };
        const char *path;
        wr_time last_write;

        if (!v->data.len)
            continue;
        if (!describe_owner(r, v->owner, &path, &last_write, err) ||
            !keep(r, v->data, path, last_write, &how, err))
            return false;
    }
    return true;
}

static bool keep_blobs(recovering *r, const wr_regf_recovery *from, const char *log, wr_error *err)
{
    for (size_t i = 0; i < from->blobs.count; i++) {
        const wr_regf_deleted_blob *b = &from->blobs.items[i];
        wr_trace how = { .log = log,
                         .place = b->place,
                         .confidence = b->confidence,
                         .reason = b->reason,
                         .cut = !b->whole };

        if (!keep(r, b->bytes, "", 0, &how, err))
            return false;
    }
    return true;
}

/* Entries of a log that were not applied, and what lies behind its chain. */
static wr_view not_applied(const wr_regf_replay_log *l)
{
    wr_view rest = l->log.rest;

    if (l->num_applied < l->log.entries.count) {
        uint64_t at = l->log.entries.items[l->num_applied].offset;
        if (!wr_view_slice(l->log.file, at, l->log.file.len - at, &rest))
            return l->log.rest;
    }
    return rest;
}

static bool search_logs(recovering *r, wr_error *err)
{
    const wr_regf_replay *replay = r->item->replay;

    for (size_t i = 0; replay && i < replay->num_logs; i++) {
        const wr_regf_replay_log *l = &replay->logs[i];
        wr_regf_recovery found = { 0 };

        if (!wr_regf_recover_blobs(not_applied(l), WR_REGF_LOG, r->m->arena, r->m->diags, &found,
                                   err) ||
            !keep_blobs(r, &found, l->log.file.source, err))
            return false;
    }
    return true;
}

static bool search_hive(recovering *r, wr_error *err)
{
    wr_error damage;

    if (!wr_regf_recover(&r->item->hive, r->m->arena, r->m->diags, &r->found, &damage)) {
        wr_diag_error(r->m->diags, WR_DIAG_SKIPPED, &damage);
        return damage.code != WR_E_NO_MEMORY || wr_fail_memory(err);
    }
    r->m->deleted->num_keys += r->found.keys.count;
    r->m->deleted->num_values += r->found.values.count;
    return keep_values(r, err) && keep_blobs(r, &r->found, NULL, err);
}

bool wr_collect_deleted(wr_model *m, const wr_item *item, wr_error *err)
{
    recovering r = { .m = m, .item = item };

    if (item->mounts.list.count)
        r.mount = &item->mounts.list.items[0]; /* a hive has one */
    if (r.mount && r.mount->role == WR_ROLE_USER)
        r.owner = wr_user_of_mount(m, r.mount);
    if (!m->deleted) {
        if (!(m->deleted = WR_NEW(m->arena, wr_deleted, 1)))
            return wr_fail_memory(err);
        wr_model_init(&m->deleted->model, m->arena, m->diags, m->evidence);
    }
    wr_arena_init(&r.none, 0);
    wr_diags_init(&r.quiet, &r.none);
    return search_hive(&r, err) && search_logs(&r, err);
}
