#include "evidence/fingerprint.h"

#include "base/outfile.h"
#include "base/text.h"
#include "evidence/discovery.h"
#include "source/folder.h"
#include "source/tree.h"
#include "winroots/limits.h"

#include <string.h>

#define ENDS          ((size_t)1 << 20) /* bytes at either end of a large file */
#define SAMPLES       256
#define SAMPLE_BYTES  ((size_t)4096)
#define SAMPLED_BYTES (2 * ENDS + SAMPLES * SAMPLE_BYTES)

/* What is hashed: a text of lengths, paths and hashes, so that no two can be taken for another. */
typedef struct fingerprint {
    wr_arena *arena;
    wr_out *text;
    uint8_t *sample; /* SAMPLED_BYTES */
} fingerprint;

static wr_view sampled(const fingerprint *f, wr_view file)
{
    const size_t between = file.len - 2 * ENDS - SAMPLE_BYTES;
    size_t used = 0;

    if (file.len <= WR_LIMIT_FINGERPRINT_WHOLE)
        return file;
    memcpy(f->sample, file.data, ENDS);
    used += ENDS;
    for (size_t i = 0; i < SAMPLES; i++, used += SAMPLE_BYTES)
        memcpy(f->sample + used, file.data + ENDS + between / SAMPLES * i, SAMPLE_BYTES);
    memcpy(f->sample + used, file.data + file.len - ENDS, ENDS);
    return (wr_view){ f->sample, SAMPLED_BYTES, 0, file.source };
}

static bool add_file(const fingerprint *f, const char *name, const wr_file *file, wr_error *err)
{
    const wr_view v = wr_file_view(file);
    uint8_t sha256[WR_SHA256_LEN];
    char hex[2 * WR_SHA256_LEN + 1];

    if (!wr_digest(WR_SHA256, sampled(f, v), sha256, err))
        return false;
    if (wr_file_failed(file))
        return wr_fail(err, WR_E_IO, v.source, WR_NO_OFFSET,
                       "the file shrank or could not be read while it was looked at");
    wr_text_hex_into(sha256, sizeof sha256, hex);
    wr_out_printf(f->text, "%zu %s %zu %s\n", v.len, hex, strlen(name), name);
    return true;
}

/* A file that cannot be opened says so instead of what it holds: once it can be, the evidence is
 * another one. */
static bool add_entry(const fingerprint *f, wr_tree *tree, const wr_tree_entry *entry,
                      wr_diags *diags, wr_error *err)
{
    wr_file *file;
    wr_error damage;
    bool ok;

    if (!wr_tree_open_file(tree, entry, NULL, diags, &file, &damage)) {
        if (damage.code == WR_E_NO_MEMORY)
            return wr_fail_memory(err);
        wr_out_printf(f->text, "%s %zu %s\n", wr_code_name(damage.code), strlen(entry->path),
                      entry->path);
        return true;
    }
    ok = add_file(f, entry->path, file, err);
    wr_file_close(file);
    return ok;
}

/* Below a Windows the files that discovery knows are all that is read. */
static bool has_windows(const wr_tree *tree)
{
    size_t root;

    for (size_t i = 0; i < wr_tree_count(tree); i++) {
        const wr_discovery *row = wr_discovery_of(wr_tree_entry_at(tree, i)->path, &root);
        if (row && row->what == WR_FIND_MACHINE)
            return true;
    }
    return false;
}

static bool add_folder(const fingerprint *f, const char *path, wr_error *err)
{
    const wr_tree_options options = { 0 };
    bool ok = true, known_only;
    wr_diags diags;
    wr_tree *tree;
    size_t root;

    wr_diags_init(&diags, f->arena);
    if (!wr_tree_open(path, &options, &diags, &tree, err))
        return false;
    known_only = has_windows(tree);
    for (size_t i = 0; ok && i < wr_tree_count(tree); i++) {
        const wr_tree_entry *entry = wr_tree_entry_at(tree, i);
        if (!known_only || wr_discovery_of(entry->path, &root))
            ok = add_entry(f, tree, entry, &diags, err);
    }
    wr_tree_close(tree);
    return ok;
}

static bool add_path(const fingerprint *f, const char *path, wr_error *err)
{
    wr_file *file;
    bool ok;

    if (wr_path_kind_of(path) == WR_PATH_FOLDER)
        return add_folder(f, path, err);
    if (!wr_file_open(path, NULL, &file, err))
        return false;
    ok = add_file(f, "", file, err);
    wr_file_close(file);
    return ok;
}

bool wr_evidence_fingerprint(const char *path, uint8_t sha256[WR_SHA256_LEN], wr_error *err)
{
    wr_arena arena;
    fingerprint f = { .arena = &arena };
    bool ok;

    if (!wr_out_memory(&f.text, err))
        return false;
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    f.sample = WR_NEW(&arena, uint8_t, SAMPLED_BYTES);
    ok = (f.sample || wr_fail_memory(err)) && add_path(&f, path, err) &&
         wr_out_finish(f.text, err) && wr_digest(WR_SHA256, wr_out_bytes(f.text), sha256, err);
    wr_out_discard(f.text);
    wr_arena_free(&arena);
    return ok;
}
