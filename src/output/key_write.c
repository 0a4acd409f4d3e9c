#include "output/key_write.h"

#include "base/parallel.h"
#include "source/file.h"
#include "winroots/limits.h"

#include <string.h>

#define LONGEST_NAME 1024 /* bytes of a key's name: 255 characters of up to 4 */

/* A key that a report shows, and its last write in the state of the hive that is looked at. */
typedef struct shown_key {
    const char *path;
    wr_time last_write; /* 0 = it is not there */
    const wr_regf_log_entry *writer;
    wr_key_write *of;
} shown_key;

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

/* What a report shows of evidence with this label.  Of a hive whose logs changed nothing that is
 * the last write of its stores. */
static bool add_keys(search *s, const wr_item *item, const wr_key_writes *out)
{
    const wr_model *m = s->set->model;

    for (size_t i = 0; i < m->stores.count; i++)
        if (!strcmp(m->stores.items[i].source, item->label) &&
            !add_store(s, item, &m->stores.items[i], &out->stores[i]))
            return false;
    if (!item->keeps_primary)
        return true;
    for (size_t i = 0; i < m->policies.count; i++)
        if (!strcmp(m->policies.items[i].source, item->label) &&
            !add(s, m->policies.items[i].key, &out->policies[i]))
            return false;
    for (size_t i = 0; i < m->instances.count; i++)
        if (!strcmp(m->stores.items[m->instances.items[i].store].source, item->label) &&
            !add(s, m->instances.items[i].path, &out->instances[i]))
            return false;
    return true;
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
    for (size_t i = 0; i < s->keys.count && s->num_passed <= WR_LIMIT_KEYS_PASSED; i++) {
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
};

static bool is_hive(const wr_item *item)
{
    return item->kind == WR_KIND_REGF && item->readable && item->use == WR_USE_EVIDENCE;
}

/* A file that was given twice has one set of rows. */
static bool is_first(const wr_evidence *evidence, size_t i)
{
    const wr_item *item = wr_evidence_item(evidence, i);

    for (size_t j = 0; j < i; j++) {
        const wr_item *other = wr_evidence_item(evidence, j);
        if (is_hive(other) && !strcmp(other->label, item->label))
            return false;
    }
    return true;
}

/* Writes to the rows of one hive. */
static bool find_of_item(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    const struct finding *f = context;
    const wr_item *item = wr_evidence_item(f->set->evidence, i);
    search s = { .set = f->set, .arena = arena };

    if (!is_hive(item) || !is_first(f->set->evidence, i))
        return true;
    if (!add_keys(&s, item, f->out))
        return wr_fail_memory(err);
    if (!item->keeps_primary)
        return true;
    if (!replay(&s, item, err))
        return false;
    tell(&s, item);
    return true;
}

bool wr_key_writes_find(const wr_result_set *set, wr_arena *arena, wr_key_writes *out,
                        wr_error *err)
{
    const wr_model *m = set->model;
    struct finding f = { set, out };

    out->instances = WR_NEW(arena, wr_key_write, m->instances.count + 1);
    out->policies = WR_NEW(arena, wr_key_write, m->policies.count + 1);
    out->stores = WR_NEW(arena, wr_key_write, m->stores.count + 1);
    if (!out->instances || !out->policies || !out->stores)
        return wr_fail_memory(err);
    for (size_t i = 0; i < m->stores.count; i++)
        out->stores[i].last_write = m->stores.items[i].last_write;
    return wr_parallel(wr_evidence_count(set->evidence), WORTH_A_THREAD, find_of_item, &f, arena,
                       err);
}
