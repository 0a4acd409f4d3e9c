#include "store/collect_deleted.h"

#include "base/text.h"
#include "store/collect_stores.h"
#include "store/host_facts.h"
#include "store/layout.h"
#include "winroots/limits.h"

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
    uint64_t work; /* bytes of elements that may still be read */
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

/* The path of the key that had a value; "" where it is lost, and where it is longer than that of
 * any store: paths of a hostile hive may be long and many. */
static bool find_path(recovering *r, wr_regf_owner owner, const char **path, wr_error *err)
{
    wr_arena scratch;
    const char *whole;

    *path = "";
    if (owner.live == WR_REGF_NIL && owner.deleted == SIZE_MAX)
        return true;
    wr_arena_init(&scratch, WR_LIMIT_ARENA);
    whole = wr_regf_owner_path(&r->item->hive, &r->found, owner, &scratch);
    if (!whole)
        *path = NULL;
    else if (strlen(whole) <= WR_LIMIT_DELETED_PATH)
        *path = wr_arena_text(r->m->arena, whole);
    wr_arena_free(&scratch);
    return *path || wr_fail_memory(err);
}

static wr_time last_write_of(const recovering *r, wr_regf_owner owner)
{
    wr_regf_key live;
    wr_error ignored;

    if (owner.deleted != SIZE_MAX)
        return r->found.keys.items[owner.deleted].key.last_write;
    if (owner.live == WR_REGF_NIL || !wr_regf_key_at(&r->item->hive, owner.live, &live, &ignored))
        return 0;
    return live.last_write;
}

/* Puts an element into the model.  A certificate that is none is a note: free space is full of what
 * only looks like one. */
static bool place(recovering *r, const wr_instance *found, wr_error *err)
{
    wr_model *out = &r->m->deleted->model;
    wr_instance instance = *found;
    wr_other_element *other;
    wr_error damage;

    if (found->element.kind == WR_ELEMENT_CERTIFICATE) {
        if (wr_model_certificate(out, found->element.object, &instance.certificate, &damage))
            return wr_model_place(out, &instance, err);
        wr_error_at(&damage, found->path);
        wr_diag_error(r->m->diags, WR_DIAG_NOTE, &damage);
        return damage.code != WR_E_NO_MEMORY || wr_fail_memory(err);
    }
    if (!(other = WR_APPEND(out->arena, &out->others, wr_other_element)))
        return wr_fail_memory(err);
    *other = (wr_other_element){ SIZE_MAX, found->path, found->last_write, found->element,
                                 found->trace };
    return true;
}

/* True while the bytes of deleted elements are no more than the evidence can have. */
static bool spend(recovering *r, wr_view bytes)
{
    if (bytes.len <= r->work) {
        r->work -= bytes.len;
        return true;
    }
    wr_diag_add(r->m->diags, WR_DIAG_SKIPPED, WR_E_LIMIT, r->item->label, WR_NO_OFFSET, NULL,
                "deleted values share their data, and come to more than %d times the hive: the "
                "others are left out",
                WR_LIMIT_DELETED_READS);
    return false;
}

/* Keeps what was found if it is an element. */
static bool keep(recovering *r, wr_view bytes, wr_regf_owner owner, const wr_trace *how,
                 wr_error *err)
{
    wr_instance instance = { .offset = how->log ? WR_NO_OFFSET : bytes.origin, .deleted = true };
    wr_error damage = { .code = WR_OK };
    wr_trace *trace;

    if (!wr_element_parse(bytes, &r->quiet, &instance.element, &damage) ||
        instance.element.kind == WR_ELEMENT_KEYID)
        return damage.code != WR_E_NO_MEMORY || wr_fail_memory(err);
    if (!spend(r, bytes))
        return true;
    if (!(trace = WR_NEW(r->m->arena, wr_trace, 1)))
        return wr_fail_memory(err);
    *trace = *how;
    trace->source = r->item->label;
    instance.trace = trace;
    instance.last_write = last_write_of(r, owner);
    return find_path(r, owner, &instance.path, err) && find_place(r, instance.path, trace, err) &&
           place(r, &instance, err);
}

static bool keep_values(recovering *r, wr_error *err)
{
    for (size_t i = 0; i < r->found.values.count; i++) {
        const wr_regf_deleted_value *v = &r->found.values.items[i];
        wr_trace how = { .place = v->place, .confidence = v->confidence, .reason = v->reason };

        if (v->data.len && !keep(r, v->data, v->owner, &how, err))
            return false;
    }
    return true;
}

static bool keep_blobs(recovering *r, const wr_regf_recovery *from, const char *log, wr_error *err)
{
    static const wr_regf_owner nobody = { WR_REGF_NIL, SIZE_MAX };

    for (size_t i = 0; i < from->blobs.count; i++) {
        const wr_regf_deleted_blob *b = &from->blobs.items[i];
        wr_trace how = { .log = log,
                         .place = b->place,
                         .confidence = b->confidence,
                         .reason = b->reason,
                         .cut = !b->whole };

        if (!keep(r, b->bytes, nobody, &how, err))
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

        r->work += l->log.file.len;
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

static bool start(recovering *r, wr_error *err)
{
    wr_model *m = r->m;
    const wr_mounts *mounts = &r->item->mounts;

    if (mounts->list.count)
        r->mount = &mounts->list.items[0]; /* a hive has one */
    if (r->mount && r->mount->role == WR_ROLE_USER)
        r->owner = wr_user_of(m, r->mount->owner);
    if (!m->deleted) {
        if (!(m->deleted = WR_NEW(m->arena, wr_deleted, 1)))
            return wr_fail_memory(err);
        wr_model_init(&m->deleted->model, m->arena, m->diags, m->evidence);
    }
    r->work = WR_LIMIT_DELETED_READS * (uint64_t)r->item->hive.image.len;
    wr_arena_init(&r->none, 0);
    wr_diags_init(&r->quiet, &r->none);
    return true;
}

bool wr_collect_deleted(wr_model *m, const wr_item *item, wr_error *err)
{
    recovering r = { .m = m, .item = item };

    return start(&r, err) && search_hive(&r, err) && search_logs(&r, err);
}

/* ---- hives that were deleted as files -------------------------------------------------------- */

/* What stood in a store of such a hive, as the deleted element that it is. */
static bool keep_element(recovering *r, const wr_store *store, wr_instance *found, wr_error *err)
{
    wr_trace *trace = WR_NEW(r->m->arena, wr_trace, 1);

    if (!trace)
        return wr_fail_memory(err);
    *trace = (wr_trace){ .location = store->location_text,
                         .store = store->name,
                         .source = r->item->label,
                         .place = WR_REGF_FILE,
                         .confidence = WR_REGF_MEDIUM,
                         .reason = "its hive is deleted; other files may have taken parts of it" };
    found->trace = trace;
    found->deleted = true;
    return place(r, found, err);
}

static bool keep_elements(recovering *r, const wr_model *of, wr_error *err)
{
    for (size_t i = 0; i < of->instances.count; i++) {
        wr_instance found = of->instances.items[i];
        if (!keep_element(r, &of->stores.items[found.store], &found, err))
            return false;
    }
    for (size_t i = 0; i < of->others.count; i++) {
        const wr_other_element *o = &of->others.items[i];
        wr_instance found = { .path = o->path, .last_write = o->last_write, .element = o->element };
        if (!keep_element(r, &of->stores.items[o->store], &found, err))
            return false;
    }
    return true;
}

/* Its stores are read as those of any hive, into a model of their own. */
bool wr_collect_deleted_file(wr_model *m, const wr_item *item, wr_error *err)
{
    recovering r = { .m = m, .item = item };
    wr_model scratch;
    wr_diags quiet;

    if (item->kind != WR_KIND_REGF)
        return true;
    if (!start(&r, err))
        return false;
    wr_diags_init(&quiet, m->arena);
    wr_model_init(&scratch, m->arena, &quiet, m->evidence);
    if (r.mount && !wr_collect_stores(&scratch, r.mount, r.owner, err))
        return false;
    if (quiet.num_skipped)
        wr_diag_add(m->diags, WR_DIAG_NOTE, WR_E_MALFORMED, item->label, WR_NO_OFFSET, NULL,
                    "a deleted hive, of which %zu places cannot be read", quiet.num_skipped);
    return keep_elements(&r, &scratch, err) && search_hive(&r, err);
}
