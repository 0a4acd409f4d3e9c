/* regf_key.c - key records, and finding a key by name. */
#include "format/regf_internal.h"

#include <stdio.h>
#include <string.h>

#define NAME_AT      76u
#define LONGEST_NAME 255u /* characters of a key's name: Windows' limit */

#define LAYERED_MINOR   6u /* versions below do not use the layer field */
#define LAYER_SEMANTICS 3u
#define LAYER_TOMBSTONE 1u

/* SPEC nk; numbers are offsets in the cell's payload.  Fails without a reason. */
static inline bool read_record(const wr_regf *hive, uint32_t cell, wr_view nk, wr_regf_key *out)
{
    uint32_t parent, num_subkeys, subkey_list, num_values, value_list, security, class_cell;
    uint16_t signature, flags, layer, name_len, class_len;
    wr_view fields, name; /* of `fields`, every bound is known when this is compiled */
    wr_time last_write;
    bool name_cut;

    if (!wr_view_slice(nk, 0, NAME_AT, &fields) || !wr_u16le_at(fields, 0, &signature) ||
        signature != WR_REGF_SIGNATURE('n', 'k') || !wr_u16le_at(fields, 2, &flags) ||
        !wr_u64le_at(fields, 4, &last_write) || !wr_u16le_at(fields, 12, &layer) ||
        !wr_u32le_at(fields, 16, &parent) || !wr_u32le_at(fields, 20, &num_subkeys) ||
        !wr_u32le_at(fields, 28, &subkey_list) || !wr_u32le_at(fields, 36, &num_values) ||
        !wr_u32le_at(fields, 40, &value_list) || !wr_u32le_at(fields, 44, &security) ||
        !wr_u32le_at(fields, 48, &class_cell) || !wr_u16le_at(fields, 72, &name_len) ||
        !wr_u16le_at(fields, 74, &class_len) ||
        !wr_regf_name(nk, NAME_AT, name_len, &name, &name_cut))
        return false;
    if (flags & WR_KEY_PREDEFINED) { /* a handle stands where the count would */
        num_values = 0;
        value_list = WR_REGF_NIL;
    }
    *out = (wr_regf_key){
        .cell = cell,
        .flags = flags,
        .class_len = class_len,
        .last_write = last_write,
        .parent = parent,
        .num_subkeys = num_subkeys,
        .subkey_list = subkey_list,
        .num_values = num_values,
        .value_list = value_list,
        .security = security,
        .class_cell = class_cell,
        .name = name,
        .name_encoding = flags & WR_KEY_COMPRESSED ? WR_LATIN1 : WR_UTF16LE,
        .name_cut = name_cut,
        .tombstone =
            hive->minor >= LAYERED_MINOR && (layer >> 8 & LAYER_SEMANTICS) == LAYER_TOMBSTONE,
    };
    return true;
}

bool wr_regf_key_record(const wr_regf *hive, uint32_t cell, wr_view nk, wr_regf_key *out)
{
    return read_record(hive, cell, nk, out);
}

static inline bool read_key(const wr_regf *hive, uint32_t cell, wr_regf_key *out)
{
    wr_view nk;

    return wr_regf_cell_fits(hive, cell, &nk) && read_record(hive, cell, nk, out);
}

bool wr_regf_key_at(const wr_regf *hive, uint32_t cell, wr_regf_key *out, wr_error *err)
{
    return read_key(hive, cell, out) ||
           wr_regf_fail_record(hive, cell, "nk", "a key", NAME_AT, err);
}

bool wr_regf_root(const wr_regf *hive, wr_regf_key *out, wr_error *err)
{
    return wr_regf_key_at(hive, hive->root, out, err);
}

/* What is odd about a key that is given nevertheless. */
static void report_key(const wr_regf_iter *it, const wr_regf_key *key)
{
    wr_error e;

    if (key->name_cut) {
        wr_fail_view(&e, WR_E_TRUNCATED, key->name,
                     "a key's name is longer than its cell, which holds %zu bytes of it",
                     key->name.len);
        wr_regf_list_report(it, WR_DIAG_WARNING, &e);
    }
    if (key->tombstone) {
        wr_fail_view(&e, WR_OK, key->name, "a tombstone: this layer deletes the key");
        wr_regf_list_report(it, WR_DIAG_NOTE, &e);
    }
}

static void skip_key(const wr_regf_iter *it, uint32_t cell)
{
    wr_regf_key ignored;
    wr_error e;

    if (!wr_regf_key_at(it->hive, cell, &ignored, &e))
        wr_regf_list_report(it, WR_DIAG_SKIPPED, &e);
}

bool wr_regf_next_key(wr_regf_iter *it, wr_regf_key *out)
{
    uint32_t cell;

    while (wr_regf_list_next(it, &cell)) {
        if (read_key(it->hive, cell, out)) {
            if (out->name_cut || out->tombstone)
                report_key(it, out);
            return true;
        }
        skip_key(it, cell);
    }
    return false;
}

static unsigned char upper(char c)
{
    return (unsigned char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/* SPEC lh: over the upper-case UTF-16 units, which are the bytes of an ASCII name. */
static uint32_t hash_of(const char *name)
{
    uint32_t hash = 0;
    for (; *name; name++)
        hash = hash * 37 + upper(*name);
    return hash;
}

/* SPEC lf: the name's first four characters as they are stored, zeros behind a shorter one. */
static bool begins_with(uint32_t characters, const char *name)
{
    for (int i = 0; i < 4; i++) {
        if (upper((char)(characters >> 8 * i & 0xFF)) != upper(*name))
            return false;
        if (*name)
            name++;
    }
    return true;
}

/* What stands beside the reference given last speaks for the name, or nothing does. */
static bool may_be(const wr_regf_iter *it, const char *name, uint32_t hash)
{
    uint32_t hint;

    if (it->hint == 'i' || !wr_u32le_at(it->list, (size_t)(it->index - 1) * it->width + 4, &hint))
        return true;
    return it->hint == 'h' ? hint == hash : begins_with(hint, name);
}

/* Looks only at the keys that their list's hints speak for: touches few pages, and may miss. */
static bool find_hinted(const wr_regf *hive, const wr_regf_key *parent, const char *name,
                        wr_regf_key *out)
{
    uint32_t hash = hash_of(name), cell;
    wr_regf_iter it;

    wr_regf_subkeys(hive, parent, "", NULL, &it);
    while (wr_regf_list_next(&it, &cell))
        if (may_be(&it, name, hash) && read_key(hive, cell, out) &&
            wr_text_equals(out->name, out->name_encoding, name))
            return true;
    return false;
}

static bool find_linear(const wr_regf *hive, const wr_regf_key *parent, const char *name,
                        wr_diags *diags, wr_regf_key *out)
{
    wr_regf_iter it;

    wr_regf_subkeys(hive, parent, "", diags, &it);
    while (wr_regf_next_key(&it, out))
        if (wr_text_equals(out->name, out->name_encoding, name))
            return true;
    return false;
}

bool wr_regf_find_key(const wr_regf *hive, const wr_regf_key *parent, const char *name,
                      wr_diags *diags, wr_regf_key *out)
{
    wr_regf_key found = { 0 };

    if (!find_hinted(hive, parent, name, &found) && !find_linear(hive, parent, name, diags, &found))
        return false;
    *out = found;
    return true;
}

/* The name at the start of `path`, and what follows it; false where no key can have it. */
static bool first_name(const char *path, char name[LONGEST_NAME + 1], const char **rest)
{
    size_t len = strcspn(path, "\\");

    if (len == 0 || len > LONGEST_NAME)
        return false;
    memcpy(name, path, len);
    name[len] = '\0';
    *rest = path[len] ? path + len + 1 : path + len;
    return true;
}

/* Names the place of what was recorded while `len` characters of a path had been followed. */
static void name_place(wr_diags *diags, size_t first, const char *path, size_t len)
{
    char place[sizeof((wr_error *)0)->path];

    if (!diags || diags->list.count == first)
        return;
    snprintf(place, sizeof place, "%.*s", (int)(len < sizeof place ? len : sizeof place - 1), path);
    wr_diags_at(diags, first, place);
}

static void note_link(const wr_regf *hive, const wr_regf_key *key, wr_diags *diags)
{
    if (key->flags & WR_KEY_LINK && diags)
        wr_diag_add(diags, WR_DIAG_NOTE, WR_OK, hive->bins.source, hive->bins.origin + key->cell,
                    NULL, "the key is a symbolic link to another, and was not followed");
}

bool wr_regf_find_path(const wr_regf *hive, const wr_regf_key *from, const char *path,
                       wr_diags *diags, wr_regf_key *out)
{
    wr_regf_key key = *from;

    for (const char *at = path, *rest = path; *at; at = rest) {
        char name[LONGEST_NAME + 1];
        size_t first = diags ? diags->list.count : 0;
        bool found = false;

        if (at != path)
            note_link(hive, &key, diags);
        found = first_name(at, name, &rest) && wr_regf_find_key(hive, &key, name, diags, &key);
        name_place(diags, first, path, (size_t)(at - path) - (at != path));
        if (!found)
            return false;
    }
    *out = key;
    return true;
}
