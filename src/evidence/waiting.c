#include "evidence/waiting.h"

#include "base/parallel.h"

enum { WORTH_A_THREAD = 4 }; /* hives */

struct reading {
    wr_waiting *files;
    const wr_evidence_options *options;
};

/* What holds others is read by the one thread that orders them; so are saved reports, which share
 * what they name. */
static bool is_for_its_turn(const wr_waiting *w, wr_view file)
{
    const wr_kind kind = wr_probe(file);

    return kind == WR_KIND_REPORT || kind == WR_KIND_RECORD ||
           (!w->row && wr_evidence_tree_kind(file, w->origin.use) != WR_TREE_NONE);
}

static bool read_one(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    const struct reading *r = context;
    wr_waiting *w = &r->files[i];
    wr_file *file;

    (void)err; /* damage waits for its turn, too */
    if (w->in_turn)
        return true;
    wr_diags_init(&w->diags, arena);
    w->part = (wr_evidence){ .arena = arena, .diags = &w->diags };
    w->opened = wr_tree_open_file(w->origin.tree, w->entry, NULL, &w->diags, &file, &w->damage);
    if (!w->opened)
        return true;
    if (is_for_its_turn(w, wr_file_view(file))) {
        wr_file_close(file);
        w->in_turn = true;
        return true;
    }
    w->taken = wr_evidence_take(&w->part, file, &w->origin, r->options, &w->kept, &w->damage);
    return true;
}

bool wr_waiting_read(wr_waiting *files, size_t count, const wr_evidence_options *options,
                     wr_arena *arena, wr_error *err)
{
    struct reading r = { files, options };

    return wr_parallel(count, WORTH_A_THREAD, read_one, &r, arena, err);
}

/* Each file has one owner at any time, also where memory ends half-way. */
bool wr_waiting_join(wr_waiting *w, wr_evidence *ev, wr_error *err)
{
    for (size_t i = 0; i < w->part.files.count; i++) {
        wr_file **slot = WR_APPEND(ev->arena, &ev->files, wr_file *);
        if (!slot)
            return wr_fail_memory(err);
        *slot = w->part.files.items[i];
        w->part.files.items[i] = NULL;
    }
    for (size_t i = 0; i < w->part.items.count; i++) {
        wr_item **slot = WR_APPEND(ev->arena, &ev->items, wr_item *);
        if (!slot)
            return wr_fail_memory(err);
        *slot = w->part.items.items[i];
    }
    wr_diags_append(ev->diags, &w->diags);
    return true;
}

void wr_waiting_drop(wr_waiting *w)
{
    wr_evidence_free(&w->part);
}
