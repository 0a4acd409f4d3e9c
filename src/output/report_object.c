#include "output/report_object.h"

#include "base/parallel.h"

#include <string.h>

static bool add(wr_report_objects *objects, wr_arena *arena, const wr_report_object *object,
                wr_error *err)
{
    wr_report_object *added;
    bool is_new;

    if (!wr_hash_set_add(&objects->known, arena, object->sha256, &is_new, err))
        return false;
    if (!is_new)
        return true;
    if (!(added = WR_APPEND(arena, &objects->list, wr_report_object)))
        return wr_fail_memory(err);
    *added = *object;
    return true;
}

bool wr_report_object_add(wr_report_objects *objects, wr_arena *arena, const char *kind,
                          wr_view octets, wr_error *err)
{
    wr_report_object object = { .kind = kind, .octets = octets };

    return wr_digest(WR_SHA256, octets, object.sha256, err) && add(objects, arena, &object, err);
}

static bool add_certificate(wr_report_objects *objects, wr_arena *arena, const wr_certificate *c,
                            wr_error *err)
{
    wr_report_object object = { .kind = "certificate", .octets = c->x509.der };

    memcpy(object.sha256, c->sha256, sizeof object.sha256);
    return add(objects, arena, &object, err);
}

enum { WORTH_A_THREAD = 64 }; /* copies */

struct naming {
    const wr_model *model;
    wr_report_object *copies;
};

static bool name_copy(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    const struct naming *n = context;
    wr_report_object *copy = &n->copies[i];

    copy->kind = "properties";
    if (!wr_element_properties(&n->model->instances.items[i].element, arena, &copy->octets))
        return wr_fail_memory(err);
    return !copy->octets.len || wr_digest(WR_SHA256, copy->octets, copy->sha256, err);
}

bool wr_report_copies_of(const wr_model *m, wr_arena *arena, wr_report_object **out, wr_error *err)
{
    struct naming n = { m, WR_NEW(arena, wr_report_object, m->instances.count + 1) };

    *out = n.copies;
    return n.copies ? wr_parallel(m->instances.count, WORTH_A_THREAD, name_copy, &n, arena, err)
                    : wr_fail_memory(err);
}

static bool add_model(const wr_model *m, const wr_report_object *copies, wr_arena *arena,
                      wr_report_objects *out, wr_error *err)
{
    for (size_t i = 0; i < m->certificates.count; i++)
        if (!add_certificate(out, arena, &m->certificates.items[i], err))
            return false;
    for (size_t i = 0; i < m->instances.count; i++)
        if (copies[i].octets.len && !add(out, arena, &copies[i], err))
            return false;
    return true;
}

static bool add_deleted(const wr_model *m, wr_arena *arena, wr_report_objects *out, wr_error *err)
{
    wr_report_object *copies;

    return wr_report_copies_of(m, arena, &copies, err) && add_model(m, copies, arena, out, err);
}

bool wr_report_objects_of(const wr_result_set *set, const wr_report_object *copies, wr_arena *arena,
                          wr_report_objects *out, wr_error *err)
{
    const wr_model *m = set->model;

    if (!add_model(m, copies, arena, out, err) ||
        (m->deleted && !add_deleted(&m->deleted->model, arena, out, err)))
        return false;
    for (size_t i = 0; i < m->lists.count; i++)
        if (!wr_report_object_add(out, arena, "list", m->lists.items[i].message->der, err))
            return false;
    return true;
}

void wr_report_object_members(wr_json_writer *w, const wr_report_object *object)
{
    wr_json_text(w, "kind", object->kind);
    wr_json_hex(w, "sha256", object->sha256, sizeof object->sha256);
    wr_json_base64(w, "data", object->octets);
}
