#include "output/key_write.h"

#include "base/parallel.h"
#include "base/view_index.h"
#include "source/file.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_NAME 1024 /* bytes of a key's name: 255 characters of up to 4 */

/* A key that a report shows, and its last write in the state of the hive that is looked at. */
typedef struct shown_key {
    const char *path;
    wr_time last_write; /* 0 = it is not there */
    const wr_regf_log_entry *writer;
    wr_key_write *of;
} shown_key;

typedef enum shown_kind { OF_STORE, OF_POLICY, OF_INSTANCE } shown_kind;

/* Where something that a report shows stands. */
typedef struct shown_row {
    size_t item; /* the first of the evidence with that label */
    shown_kind kind;
    size_t index;
} shown_row;

typedef struct search {
    const wr_result_set *set;
    wr_arena *arena;
    WR_LIST(shown_key) keys; /* of one hive */
    size_t num_passed;
} search;

/* The last write of a key, 0 where there is none.  Counts what had to be passed. */
static wr_time find(search *s, const wr_regf *hive, const char *path)
{
    wr_diags quiet = { 0 };
    wr_regf_key key;
    wr_error ignored;
    wr_arena none;
    char name[LONGEST_NAME];

    wr_arena_init(&none, 0);
    wr_diags_init(&quiet, &none);
    if (!wr_regf_root(hive, &key, &ignored))
        return 0;
    while (*path) {
        const size_t len = strcspn(path, "\\");

        s->num_passed += 1 + key.num_subkeys;
        if (len >= sizeof name || s->num_passed > WR_LIMIT_KEYS_PASSED)
            return 0;
        memcpy(name, path, len);
        name[len] = '\0';
        if (!wr_regf_find_key(hive, &key, name, &quiet, &key))
            return 0;
        path += len + (path[len] == '\\');
    }
    return key.last_write;
}

static bool add(search *s, const char *path, wr_key_write *of)
{
    shown_key *key;

    if (!*path)
        return true;
    if (!(key = WR_APPEND(s->arena, &s->keys, shown_key)))
        return false;
    *key = (shown_key){ .path = path, .of = of };
    return true;
}

/* Of a hive whose logs changed nothing that is the last write of its stores. */
static bool add_store(search *s, const wr_item *item, const wr_store *store, wr_key_write *of)
{
    const char *path = wr_arena_format(s->arena, "%s\\Certificates", store->path);

    if (!path)
        return false;
    if (!*store->path)
        return true;
    of->last_write = find(s, &item->hive, path);
    return add(s, path, of);
}

static bool add_row(search *s, const wr_item *item, const shown_row *row, const wr_key_writes *out)
{
    const wr_model *m = s->set->model;

    switch (row->kind) {
    case OF_STORE:
        return add_store(s, item, &m->stores.items[row->index], &out->stores[row->index]);
    case OF_POLICY:
        return add(s, m->policies.items[row->index].key, &out->policies[row->index]);
    default:
        return add(s, m->instances.items[row->index].path, &out->instances[row->index]);
    }
}

/* After `entry`; NULL: as the hive was found. */
static void look(search *s, const wr_regf *hive, const wr_regf_log_entry *entry)
{
    for (size_t i = 0; i < s->keys.count; i++) {
        shown_key *key = &s->keys.items[i];
        const wr_time now = find(s, hive, key->path);

        if (now != key->last_write)
            key->writer = entry;
        key->last_write = now;
    }
}

static const char *file_name(const char *path)
{
    const char *name = path;

    for (const char *p = path; *p; p++)
        if (*p == '/' || *p == '\\')
            name = p + 1;
    return name;
}

/* The hive again after each of its entries.  A state that cannot be opened says nothing: the next
 * one counts as found. */
static bool replay(search *s, const wr_item *item, wr_error *err)
{
    const wr_regf_replay *r = item->replay;
    wr_diags quiet = { 0 };
    wr_file *twin = NULL;
    wr_arena none, work;
    wr_error unmapped;
    uint8_t *image;
    bool known, ok = true;

    wr_arena_init(&work, WR_LIMIT_ARENA);
    wr_arena_init(&none, 0);
    wr_diags_init(&quiet, &none);
    if (item->file && r->image_len == item->view.len &&
        wr_file_twin(item->file, &twin, &unmapped)) {
        image = wr_file_private(twin); /* costs the pages that are written */
    } else {
        if (!(image = WR_NEW(&work, uint8_t, r->image_len)))
            return wr_fail_memory(err);
        memcpy(image, item->view.data, item->view.len);
    }
    known = false;
    for (size_t i = 0; ok && i <= r->num_entries; i++) {
        wr_regf hive;
        wr_view state;
        wr_error damage;

        ok = wr_regf_replay_until(r, i ? i - 1 : 0, i, image, r->image_len, &state, err);
        if (ok && wr_regf_open(state, &work, &quiet, &hive, &damage)) {
            look(s, &hive, known ? r->entries[i - 1] : NULL);
            known = true;
        } else if (ok && damage.code == WR_E_NO_MEMORY) {
            ok = wr_fail_memory(err);
        }
    }
    wr_file_close(twin);
    wr_arena_free(&work);
    return ok;
}

static void tell(const search *s, const wr_item *item)
{
    for (size_t i = 0; i < s->keys.count; i++) {
        const shown_key *key = &s->keys.items[i];
        if (!key->writer)
            continue;
        key->of->entry = key->writer;
        key->of->log = file_name(wr_regf_replay_log_of(item->replay, key->writer));
    }
}

enum { WORTH_A_THREAD = 8 }; /* hives */

struct finding {
    const wr_result_set *set;
    wr_key_writes *out;
    WR_LIST(shown_row) rows; /* by item */
    wr_view_index labels;    /* of the evidence; empty where it is no hive */
};

static bool is_hive(const wr_item *item)
{
    return item->kind == WR_KIND_REGF && item->readable && item->use == WR_USE_EVIDENCE;
}

static wr_view text_view(const char *text)
{
    return (wr_view){ (const uint8_t *)text, strlen(text), 0, "" };
}

/* A file that was given twice has one set of rows, those of the first. */
static bool index_labels(struct finding *f, wr_arena *arena, wr_error *err)
{
    const size_t count = wr_evidence_count(f->set->evidence);
    wr_view *labels = WR_NEW(arena, wr_view, count + 1);

    if (!labels)
        return wr_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const wr_item *item = wr_evidence_item(f->set->evidence, i);
        labels[i] = text_view(is_hive(item) ? item->label : "");
    }
    return wr_view_index_make(labels, count, arena, &f->labels, err);
}

/* SIZE_MAX where the source is no hive. */
static size_t item_of(const struct finding *f, const char *source)
{
    return *source ? wr_view_index_find(&f->labels, text_view(source)) : SIZE_MAX;
}

static bool note(struct finding *f, wr_arena *arena, size_t item, shown_kind kind, size_t index)
{
    shown_row *row;

    if (item == SIZE_MAX ||
        (kind != OF_STORE && !wr_evidence_item(f->set->evidence, item)->keeps_primary))
        return true;
    if (!(row = WR_APPEND(arena, &f->rows, shown_row)))
        return false;
    row->item = item;
    row->kind = kind;
    row->index = index;
    return true;
}

static int compare_rows(const void *a, const void *b)
{
    const shown_row *x = a, *y = b;

    if (x->item != y->item)
        return x->item > y->item ? 1 : -1;
    if (x->kind != y->kind)
        return x->kind > y->kind ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

static bool note_rows(struct finding *f, wr_arena *arena, wr_error *err)
{
    const wr_model *m = f->set->model;
    size_t *items = WR_NEW(arena, size_t, m->stores.count + 1);
    bool ok = items != NULL;

    for (size_t i = 0; ok && i < m->stores.count; i++) {
        items[i] = item_of(f, m->stores.items[i].source);
        ok = note(f, arena, items[i], OF_STORE, i);
    }
    for (size_t i = 0; ok && i < m->policies.count; i++)
        ok = note(f, arena, item_of(f, m->policies.items[i].source), OF_POLICY, i);
    for (size_t i = 0; ok && i < m->instances.count; i++)
        ok = note(f, arena, items[m->instances.items[i].store], OF_INSTANCE, i);
    if (f->rows.count)
        qsort(f->rows.items, f->rows.count, sizeof(shown_row), compare_rows);
    return ok || wr_fail_memory(err);
}

static size_t first_row(const struct finding *f, size_t item)
{
    size_t low = 0, high = f->rows.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (f->rows.items[middle].item < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Writes to the rows of one hive. */
static bool find_of_item(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    const struct finding *f = context;
    const wr_item *item = wr_evidence_item(f->set->evidence, i);
    search s = { .set = f->set, .arena = arena };

    for (size_t row = first_row(f, i); row < f->rows.count && f->rows.items[row].item == i; row++)
        if (!add_row(&s, item, &f->rows.items[row], f->out))
            return wr_fail_memory(err);
    if (!s.keys.count || !item->keeps_primary)
        return true;
    if (!replay(&s, item, err))
        return false;
    if (s.num_passed > WR_LIMIT_KEYS_PASSED)
        f->out->untold[i] = true;
    else
        tell(&s, item);
    return true;
}

bool wr_key_writes_find(const wr_result_set *set, wr_arena *arena, wr_key_writes *out,
                        wr_error *err)
{
    const size_t count = wr_evidence_count(set->evidence);
    const wr_model *m = set->model;
    struct finding f = { .set = set, .out = out };

    out->instances = WR_NEW(arena, wr_key_write, m->instances.count + 1);
    out->policies = WR_NEW(arena, wr_key_write, m->policies.count + 1);
    out->stores = WR_NEW(arena, wr_key_write, m->stores.count + 1);
    out->untold = WR_NEW(arena, bool, count + 1);
    if (!out->instances || !out->policies || !out->stores || !out->untold)
        return wr_fail_memory(err);
    for (size_t i = 0; i < m->stores.count; i++)
        out->stores[i].last_write = m->stores.items[i].last_write;
    return index_labels(&f, arena, err) && note_rows(&f, arena, err) &&
           wr_parallel(count, WORTH_A_THREAD, find_of_item, &f, arena, err);
}
