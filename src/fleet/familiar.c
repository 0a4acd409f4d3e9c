#include "fleet/familiar.h"

#include <string.h>

#define SLOTS     ((size_t)16384)
#define TEXTS     ((size_t)16 << 20) /* bytes; then all is forgotten */
#define BEGINNING 96 /* of a text, that is its key: a certificate's hashes are in it */

bool wr_familiar_open(wr_familiar *f, wr_error *err)
{
    wr_arena_init(&f->arena, SIZE_MAX);
    wr_arena_init(&f->texts, TEXTS);
    f->slots = WR_NEW(&f->arena, struct wr_familiar_part, SLOTS);
    return f->slots || wr_fail_memory(err);
}

void wr_familiar_close(wr_familiar *f)
{
    wr_arena_free(&f->texts);
    wr_arena_free(&f->arena);
}

uint64_t wr_familiar_key(wr_part_kind kind, int64_t before, wr_view from)
{
    uint64_t key = (uint64_t)kind + 1, word;

    if (kind == WR_PART_VERDICT)
        return ((uint64_t)before ^ key) * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t at = 0; at + sizeof word <= from.len && at < BEGINNING; at += sizeof word) {
        memcpy(&word, from.data + at, sizeof word);
        key = (key ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        key ^= key >> 29;
    }
    return key;
}

static struct wr_familiar_part *slot(const wr_familiar *f, uint64_t key)
{
    return &f->slots[(key >> 32) % SLOTS];
}

const wr_familiar_part *wr_familiar_find(const wr_familiar *f, uint64_t key, wr_part_kind kind,
                                         wr_view from)
{
    const struct wr_familiar_part *p = slot(f, key);

    return p->text.len && p->kind == kind && p->text.len <= from.len &&
                   !memcmp(p->text.data, from.data, p->text.len)
               ? p
               : NULL;
}

/* What a longer text could begin with, such as a number, is not known by its bytes. */
static bool has_end(const wr_part *part)
{
    const uint8_t last = part->text.data[part->text.len - 1];
    return part->kind == WR_PART_FACTS ? last == ':' : last == '}';
}

void wr_familiar_add(wr_familiar *f, uint64_t key, const wr_part *part, int64_t id, int64_t number)
{
    wr_view text;

    if (!part->text.len || !has_end(part))
        return;
    if (!wr_arena_copy(&f->texts, part->text, &text)) {
        memset(f->slots, 0, SLOTS * sizeof *f->slots);
        wr_arena_free(&f->texts);
        wr_arena_init(&f->texts, TEXTS);
        return;
    }
    *slot(f, key) = (struct wr_familiar_part){ part->kind, text, id, number };
}
