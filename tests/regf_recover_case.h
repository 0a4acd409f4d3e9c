/* regf_recover_case.h - what must hold of any recovery. */
#ifndef TESTS_REGF_RECOVER_CASE_H
#define TESTS_REGF_RECOVER_CASE_H

#include "format/regf_recover.h"
#include "winroots/limits.h"

/* The whole of `v` lies inside the image, where it says. */
static inline bool inside(wr_view image, wr_view v)
{
    wr_view there;

    return v.len == 0 ||
           (wr_view_slice(image, v.origin - image.origin, v.len, &there) && there.data == v.data);
}

static inline bool owner_holds(const wr_regf *hive, const wr_regf_recovery *r, wr_regf_owner owner)
{
    wr_regf_key key;
    wr_error ignored;

    if (owner.live != WR_REGF_NIL)
        return owner.deleted == SIZE_MAX && wr_regf_key_at(hive, owner.live, &key, &ignored);
    return owner.deleted == SIZE_MAX || owner.deleted < r->keys.count;
}

static inline bool lists_hold(const wr_regf *hive, const wr_regf_recovery *r)
{
    for (size_t i = 0; i < r->keys.count; i++) {
        const wr_regf_deleted_key *k = &r->keys.items[i];
        if ((i > 0 && k->offset <= r->keys.items[i - 1].offset) || !k->reason ||
            !owner_holds(hive, r, k->owner) || !inside(hive->image, k->key.name) ||
            (k->confidence == WR_REGF_HIGH && !k->rooted))
            return false;
    }
    for (size_t i = 0; i < r->values.count; i++) {
        const wr_regf_deleted_value *v = &r->values.items[i];
        if ((i > 0 && v->offset <= r->values.items[i - 1].offset) || !v->reason ||
            !owner_holds(hive, r, v->owner) || !inside(hive->image, v->value.name) ||
            v->data.len != (v->state == WR_REGF_DATA_WHOLE ? v->value.size : 0) ||
            (v->value.size <= 16344 && !inside(hive->image, v->data)))
            return false;
    }
    for (size_t i = 0; i < r->blobs.count; i++) {
        const wr_regf_deleted_blob *b = &r->blobs.items[i];
        if (!b->reason || b->bytes.len < 14 || !inside(hive->image, b->bytes))
            return false;
    }
    return r->keys.count <= WR_LIMIT_DELETED && r->values.count <= WR_LIMIT_DELETED &&
           r->blobs.count <= WR_LIMIT_DELETED;
}

static inline bool recovery_holds(wr_view image, wr_arena *arena)
{
    wr_regf_recovery r = { .keys.count = 77 };
    wr_diags diags;
    wr_error err;
    wr_regf hive;

    wr_diags_init(&diags, arena);
    if (!wr_regf_open(image, arena, &diags, &hive, &err))
        return true;
    if (!wr_regf_recover(&hive, arena, &diags, &r, &err))
        return r.keys.count == 77 && err.code != WR_E_BUG && err.code != WR_OK;
    if (!lists_hold(&hive, &r))
        return false;
    for (size_t i = 0; i < r.keys.count && i < 10; i++)
        if (!wr_regf_owner_path(&hive, &r, r.keys.items[i].owner, arena))
            return arena->used > arena->cap / 2 || arena->fail_after == 0;
    return true;
}

/* Gaps stand in order, inside the image, and apart. */
static inline bool gaps_hold(wr_view image, wr_arena *arena)
{
    wr_regf_space space;
    uint64_t done = 0;
    wr_diags diags;
    wr_error err;
    wr_regf hive;

    wr_diags_init(&diags, arena);
    if (!wr_regf_open(image, arena, &diags, &hive, &err) ||
        !wr_regf_space_find(&hive, arena, &diags, &space, &err))
        return true;
    for (size_t i = 0; i < space.gaps.count; i++) {
        const wr_regf_gap *gap = &space.gaps.items[i];
        if (gap->begin < done || gap->len == 0)
            return false;
        done = (uint64_t)gap->begin + gap->len;
    }
    return done <= space.bytes.len;
}

#endif
