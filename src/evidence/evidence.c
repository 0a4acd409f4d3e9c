#include "evidence/evidence_internal.h"
#include "evidence/hive_logs.h"
#include "evidence/item.h"
#include "evidence/saved_report.h"
#include "source/archive.h"
#include "source/folder.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

wr_evidence *wr_evidence_new(wr_arena *arena, wr_diags *diags)
{
    wr_evidence *ev = WR_NEW(arena, wr_evidence, 1);
    if (ev)
        *ev = (wr_evidence){ .arena = arena, .diags = diags };
    return ev;
}

void wr_evidence_free(wr_evidence *ev)
{
    for (size_t i = 0; ev && i < ev->files.count; i++)
        wr_file_close(ev->files.items[i]);
    for (size_t i = 0; ev && i < ev->trees.count; i++)
        wr_tree_close(ev->trees.items[i]);
}

bool wr_evidence_past(wr_evidence *ev, const wr_error *damage, wr_error *err)
{
    if (damage->code == WR_E_NO_MEMORY) {
        *err = *damage;
        return false;
    }
    wr_diag_error(ev->diags, WR_DIAG_SKIPPED, damage);
    return true;
}

/* ---- what an image does not give ----------------------------------------------------------------
 */

static void tell_unread(const wr_file *file, wr_diags *diags)
{
    uint64_t first, unread = wr_file_unread(file, &first);

    if (unread)
        wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_IO, wr_file_view(file).source, first, NULL,
                    "%" PRIu64 " bytes cannot be read from the image, zeros are taken", unread);
}

/* ---- transaction logs ------------------------------------------------------------------------ */

typedef struct logs {
    wr_evidence *ev;
    WR_LIST(wr_view) views;
    bool lost; /* one of them could not be opened */
} logs;

/* A log that cannot be opened is said, and remembered: what it held is unknown. */
static bool keep_log(logs *l, bool opened, wr_file *file, const wr_error *damage, wr_error *err)
{
    wr_file **slot;
    wr_view *view;

    if (!opened) {
        l->lost = true;
        return wr_evidence_past(l->ev, damage, err);
    }
    if (!(slot = WR_APPEND(l->ev->arena, &l->ev->files, wr_file *))) {
        wr_file_close(file);
        return wr_fail_memory(err);
    }
    *slot = file;
    if (!(view = WR_APPEND(l->ev->arena, &l->views, wr_view)))
        return wr_fail_memory(err);
    *view = wr_file_view(file);
    return true;
}

static bool open_paths(logs *l, const char *const *paths, size_t count, wr_error *err)
{
    for (size_t i = 0; i < count; i++) {
        wr_file *file = NULL;
        wr_error damage;
        bool opened = wr_file_open(paths[i], NULL, &file, &damage);
        if (!keep_log(l, opened, file, &damage, err))
            return false;
    }
    return true;
}

/* Those beside the hive in its tree. */
static bool open_of_tree(logs *l, const wr_origin *origin, wr_error *err)
{
    for (size_t i = 0; i < wr_tree_count(origin->tree); i++) {
        const wr_tree_entry *e = wr_tree_entry_at(origin->tree, i);
        wr_file *file = NULL;
        wr_error damage;
        bool opened;

        if (e->deleted || e->volume != origin->entry->volume ||
            !wr_hive_log_is(e->path, origin->entry->path))
            continue;
        opened = wr_tree_open_file(origin->tree, e, NULL, l->ev->diags, &file, &damage);
        if (!keep_log(l, opened, file, &damage, err))
            return false;
    }
    return true;
}

static bool open_logs(logs *l, const wr_origin *origin, const wr_evidence_options *options,
                      wr_error *err)
{
    wr_log_paths beside = { { 0 } };

    if (options->num_logs)
        return open_paths(l, options->logs, options->num_logs, err);
    if (origin->tree)
        return open_of_tree(l, origin, err);
    return wr_hive_logs_find(origin->path, l->ev->arena, l->ev->diags, &beside, err) &&
           open_paths(l, beside.paths.items, beside.paths.count, err);
}

static bool is_clean(wr_view hive)
{
    wr_regf_header header;

    return wr_regf_header_read(hive, &header) && header.checksum_valid &&
           header.primary_sequence == header.secondary_sequence;
}

/* What the steps of a replay change: the file's own bytes, or a copy where its logs make it grow.
 */
static bool own_image(wr_evidence *ev, wr_file *file, wr_item *item, wr_error *err)
{
    item->image = wr_file_private(file);
    if (item->replay->image_len == item->view.len)
        return true;
    if (!(item->image = WR_NEW(ev->arena, uint8_t, item->replay->image_len)))
        return wr_fail_memory(err);
    memcpy(item->image, item->view.data, item->view.len);
    return true;
}

/* Where the replay writes: over the file's own bytes, or over a second mapping of it where the hive
 * as it was is asked for later; NULL: into a copy in memory. */
static bool image_of(wr_evidence *ev, wr_file *file, const wr_item *item, uint8_t **own,
                     wr_error *err)
{
    wr_file *twin, **slot;
    wr_error ignored;

    *own = NULL;
    if (!item->keeps_primary) {
        *own = wr_file_private(file);
        return true;
    }
    if (!wr_file_twin(file, &twin, &ignored))
        return true;
    if (!(slot = WR_APPEND(ev->arena, &ev->files, wr_file *))) {
        wr_file_close(twin);
        return wr_fail_memory(err);
    }
    *slot = twin;
    *own = wr_file_private(twin);
    return true;
}

/* A dirty hive as Windows would load it; *v becomes the image.  The file itself never changes. */
static bool replay_logs(wr_evidence *ev, wr_file *file, const wr_origin *origin, wr_item *item,
                        const wr_evidence_options *options, wr_view *v, wr_error *err)
{
    logs l = { .ev = ev };
    wr_regf_replay *replay;
    uint8_t *own;

    if (options->no_logs || origin->deleted || is_clean(*v)) /* logs beside it are another's */
        return true;
    if (!open_logs(&l, origin, options, err))
        return false;
    item->log_lost = l.lost;
    if (!l.views.count)
        return true;
    if (!(replay = WR_NEW(ev->arena, wr_regf_replay, 1)))
        return wr_fail_memory(err);
    if (!wr_regf_replay_plan(*v, l.views.items, l.views.count, ev->arena, ev->diags, replay, err))
        return false;
    for (size_t i = ev->files.count - l.views.count; i < ev->files.count; i++)
        tell_unread(ev->files.items[i], ev->diags);
    item->replay = replay;
    if (options->hold_logs)
        return own_image(ev, file, item, err);
    item->num_applied = replay->num_entries;
    item->keeps_primary = replay->num_entries && replay->image_len <= WR_LIMIT_PRIMARY_KEPT;
    if (replay->image_len > WR_LIMIT_PRIMARY_KEPT)
        wr_diag_add(ev->diags, WR_DIAG_NOTE, WR_E_LIMIT, item->label, WR_NO_OFFSET, NULL,
                    "a hive of %zu bytes, of at most %zu it is told what its logs added",
                    replay->image_len, WR_LIMIT_PRIMARY_KEPT);
    return image_of(ev, file, item, &own, err) &&
           wr_regf_replay_all(replay, *v, own, ev->arena, v, err);
}

/* ---- items ----------------------------------------------------------------------------------- */

static bool new_item(wr_evidence *ev, const wr_origin *origin, wr_item **out, wr_error *err)
{
    wr_item *item = WR_NEW(ev->arena, wr_item, 1);
    wr_item **slot = item ? WR_APPEND(ev->arena, &ev->items, wr_item *) : NULL;

    if (!slot)
        return wr_fail_memory(err);
    *slot = *out = item;
    *item = (wr_item){ .use = origin->use,
                       .role = WR_ROLE_OTHER,
                       .kind = WR_KIND_UNKNOWN,
                       .path = origin->path,
                       .label = origin->path,
                       .inner = origin->inner,
                       .root = origin->root,
                       .machine = origin->machine,
                       .aside = origin->aside,
                       .deleted = origin->deleted,
                       .place = origin->place };
    return true;
}

bool wr_evidence_take_unopened(wr_evidence *ev, const wr_origin *origin, wr_error *err)
{
    wr_item *item;

    return new_item(ev, origin, &item, err);
}

static bool is_saved(wr_kind kind)
{
    return kind == WR_KIND_REPORT || kind == WR_KIND_RECORD;
}

/* A file of saved reports has an item for each host. */
static bool keep_saved(wr_evidence *ev, wr_file *file, const wr_origin *origin, wr_error *err)
{
    wr_file **slot = WR_APPEND(ev->arena, &ev->files, wr_file *);

    if (!slot) {
        wr_file_close(file);
        return wr_fail_memory(err);
    }
    *slot = file;
    return wr_saved_reports_take(ev, wr_file_view(file), origin, err);
}

static bool keep_file(wr_evidence *ev, wr_file *file, const wr_origin *origin, wr_item **item,
                      wr_error *err)
{
    wr_file **slot = WR_APPEND(ev->arena, &ev->files, wr_file *);

    if (!slot) {
        wr_file_close(file);
        return wr_fail_memory(err);
    }
    *slot = file;
    return new_item(ev, origin, item, err);
}

bool wr_evidence_take(wr_evidence *ev, wr_file *file, const wr_origin *origin,
                      const wr_evidence_options *options, bool *kept, wr_error *err)
{
    const wr_item_sink sink = { ev->arena, ev->diags };
    wr_view v = wr_file_view(file);
    wr_kind kind = wr_probe(v);
    wr_item *item = NULL;

    *kept = !origin->keeps || origin->keeps(kind, options);
    if (!*kept) {
        wr_file_close(file);
        return true;
    }
    if (is_saved(kind) && origin->use == WR_USE_EVIDENCE)
        return keep_saved(ev, file, origin, err);
    if (!keep_file(ev, file, origin, &item, err))
        return false;
    item->path = origin->path ? origin->path : v.source;
    item->label = v.source;
    item->kind = kind;
    item->bytes = v.len;
    item->file = file;
    item->view = v;
    item->recover = options->recover && kind == WR_KIND_REGF;
    if (options->hash) {
        if (!wr_digest(WR_SHA256, v, item->sha256, err))
            return false;
        item->has_sha256 = true;
    }
    if (kind == WR_KIND_REGF && !replay_logs(ev, file, origin, item, options, &v, err))
        return false;
    /* A hive whose logs are held back is read once it is in a state. */
    if (!(item->image && item->replay->num_entries) &&
        !wr_item_parse(item, v, options->programs, &sink, err))
        return false;
    item->readable = true;
    if (item->deleted) /* nobody is to take it for the host's */
        item->role = WR_ROLE_HIVE;
    item->machine |= item->root && item->role == WR_ROLE_SOFTWARE && item->kind == WR_KIND_REGF;
    return true;
}

/* Not the list of a cabinet, which is a file of its own, but a collection of a host's. */
static bool is_collection(wr_view cab)
{
    wr_members members = { { 0 } };
    wr_diags quiet;
    wr_arena arena;
    wr_error unused;
    bool found = false;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&quiet, &arena);
    if (wr_archive_read_cab(cab, &arena, &quiet, &members, &unused))
        for (size_t i = 0; i < members.list.count; i++)
            found |= wr_probe(members.list.items[i].bytes) == WR_KIND_REGF;
    wr_arena_free(&arena);
    return found;
}

wr_tree_kind wr_evidence_tree_kind(wr_view v, wr_use use)
{
    const wr_kind kind = wr_probe(v);

    if (use != WR_USE_EVIDENCE || v.len == 0)
        return WR_TREE_NONE;
    if (kind == WR_KIND_CAB)
        return is_collection(v) ? WR_TREE_ARCHIVE : WR_TREE_NONE;
    return kind == WR_KIND_UNKNOWN || kind == WR_KIND_ARCHIVE || kind == WR_KIND_IMAGE ||
                   kind == WR_KIND_ZEROS
               ? wr_tree_kind_of(v)
               : WR_TREE_NONE;
}

bool wr_evidence_add(wr_evidence *ev, const char *path, wr_use use, const char *place,
                     const wr_evidence_options *options, wr_error *err)
{
    const char *own = wr_arena_text(ev->arena, path);
    const wr_origin origin = { .path = own, .inner = own, .use = use, .place = place };
    wr_tree_kind kind;
    wr_file *file;
    wr_error lost;
    bool kept;

    if (!own)
        return wr_fail_memory(err);
    if (wr_path_kind_of(path) == WR_PATH_FOLDER)
        return wr_container_add(ev, WR_TREE_FOLDER, &origin, options, err);
    if (!wr_file_open(path, NULL, &file, err)) {
        if (!wr_evidence_take_unopened(ev, &origin, &lost))
            *err = lost;
        return false;
    }
    kind = wr_evidence_tree_kind(wr_file_view(file), use);
    if (kind == WR_TREE_NONE)
        return wr_evidence_take(ev, file, &origin, options, &kept, err);
    wr_file_close(file);
    if (wr_container_add(ev, kind, &origin, options, err))
        return true;
    if (!wr_evidence_take_unopened(ev, &origin, &lost))
        *err = lost;
    return false;
}

bool wr_evidence_replay_to(wr_evidence *ev, size_t i, size_t to, wr_diags *diags, wr_error *err)
{
    const wr_item_sink sink = { ev->arena, diags };
    wr_item *item = ev->items.items[i];
    wr_view image;
    wr_error damage;

    if (!item->image)
        return wr_fail(err, WR_E_USAGE, item->label, WR_NO_OFFSET,
                       "a hive whose logs are not held back cannot be replayed in steps");
    if (!wr_regf_replay_until(item->replay, item->num_applied, to, item->image,
                              item->replay->image_len, &image, err))
        return false;
    item->num_applied = to;
    item->mounts = (wr_mounts){ { 0 } };
    item->readable = wr_item_parse(item, image, false, &sink, &damage);
    if (!item->readable && damage.code == WR_E_NO_MEMORY) {
        *err = damage;
        return false;
    }
    if (!item->readable)
        wr_diag_error(diags, WR_DIAG_SKIPPED, &damage);
    return true;
}

static int compare_items(const void *a, const void *b)
{
    const wr_item *x = *(wr_item *const *)a, *y = *(wr_item *const *)b;
    int c;

    if (x->deleted != y->deleted) /* what counts keeps its place with and without them */
        return x->deleted ? 1 : -1;
    if (x->role != y->role)
        return x->role < y->role ? -1 : 1;
    c = strcmp(x->inner, y->inner);
    return c ? c : strcmp(x->path, y->path);
}

struct wr_item_label {
    const char *text;
    size_t item;
};

static int compare_labels(const void *a, const void *b)
{
    const struct wr_item_label *x = a, *y = b;
    int c = strcmp(x->text, y->text);

    return c ? c : (x->item > y->item) - (x->item < y->item);
}

/* Reports look up a label for every reason of every verdict.  Without memory for it the labels are
 * searched one by one. */
static void index_labels(wr_evidence *ev)
{
    ev->labels = WR_NEW(ev->arena, struct wr_item_label, ev->items.count);
    ev->shortest_label = SIZE_MAX;
    for (size_t i = 0; ev->labels && i < ev->items.count; i++) {
        size_t len = strlen(ev->items.items[i]->label);
        ev->labels[i] = (struct wr_item_label){ ev->items.items[i]->label, i };
        ev->shortest_label = len < ev->shortest_label ? len : ev->shortest_label;
    }
    if (ev->labels)
        qsort(ev->labels, ev->items.count, sizeof *ev->labels, compare_labels);
}

void wr_evidence_seal(wr_evidence *ev)
{
    if (!ev->items.count)
        return;
    qsort(ev->items.items, ev->items.count, sizeof *ev->items.items, compare_items);
    index_labels(ev);
}

size_t wr_evidence_count(const wr_evidence *ev)
{
    return ev->items.count;
}

const wr_item *wr_evidence_item(const wr_evidence *ev, size_t i)
{
    return ev->items.items[i];
}

/* Order of the first `len` bytes of `text` and a label. */
static int compare_part(const char *text, size_t len, const char *label)
{
    int c = strncmp(text, label, len);

    return c ? c : -(label[len] != '\0');
}

/* The first item whose label is the first `len` bytes of `text`; SIZE_MAX where there is none. */
static size_t find_label(const wr_evidence *ev, const char *text, size_t len)
{
    size_t low = 0, high = ev->items.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_part(text, len, ev->labels[middle].text) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ev->items.count && compare_part(text, len, ev->labels[low].text) == 0
               ? ev->labels[low].item
               : SIZE_MAX;
}

size_t wr_evidence_find(const wr_evidence *ev, const char *label)
{
    size_t found = SIZE_MAX;

    for (size_t len = 0; ev->labels; len++) {
        len += strcspn(label + len, "/");
        size_t item = len < ev->shortest_label ? SIZE_MAX : find_label(ev, label, len);
        found = item < found ? item : found;
        if (!label[len])
            return found;
    }
    for (size_t i = 0; i < ev->items.count; i++) {
        size_t n = strlen(ev->items.items[i]->label);
        if (!strncmp(ev->items.items[i]->label, label, n) && (!label[n] || label[n] == '/'))
            return i;
    }
    return SIZE_MAX;
}

void wr_item_tell_unread(const wr_item *item, wr_diags *diags)
{
    if (item->file)
        tell_unread(item->file, diags);
}

bool wr_evidence_failed(const wr_evidence *ev, const char **label)
{
    for (size_t i = 0; i < ev->files.count; i++)
        if (wr_file_failed(ev->files.items[i])) {
            *label = wr_file_view(ev->files.items[i]).source;
            return true;
        }
    return false;
}
