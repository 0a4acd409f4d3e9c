#include "format/reg_pol.h"

#include "base/outfile.h"
#include "base/text.h"
#include "format/regf.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <string.h>

static const uint8_t start[] = { 'P', 'R', 'e', 'g', 1, 0, 0, 0 };

/* Value names that are instructions.  SPEC [MS-GPREG] 2.2.1, Registry Policy File Format; they are
 * compared without case, and a '.' or space may end those that take no name. */
#define DEL           "**Del."
#define DEL_VALS      "**DelVals"
#define DELETE_VALUES "**DeleteValues"
#define DELETE_KEYS   "**DeleteKeys"

#define MOST_NAME (WR_LIMIT_VALUE_NAME + sizeof DEL - 1)

typedef struct record {
    wr_view at; /* all of it */
    const char *key, *name;
    uint32_t type;
    wr_view data;
} record;

/* ---- reading -----------------------------------------------------------------------------------
 */

typedef struct parser {
    wr_reader r;
    wr_arena *arena;
    wr_diags *diags;
    wr_reg_entries entries;
    size_t list_bytes; /* of paths from lists of keys to delete */
} parser;

static bool cut(const wr_reader *r, const char *what, wr_error *err)
{
    return wr_fail_reader(err, WR_E_TRUNCATED, r, "%zu bytes where %s was expected",
                          wr_reader_left(r), what);
}

static bool expect(wr_reader *r, char c, wr_error *err)
{
    wr_reader at = *r;
    char what[] = { '\'', c, '\'', '\0' };
    uint16_t unit;

    if (!wr_read_u16le(r, &unit))
        return cut(&at, what, err);
    return unit == (unsigned char)c ||
           wr_fail_reader(err, WR_E_MALFORMED, &at, "U+%04X, expected %s", (unsigned)unit, what);
}

/* A name of at most `most` units that ends with NUL. */
static bool read_name(parser *p, size_t most, const char **out, wr_error *err)
{
    wr_reader at = p->r;
    wr_view units;
    uint16_t unit;

    for (size_t n = 0; n <= most; n++) {
        if (!wr_read_u16le(&p->r, &unit))
            return cut(&p->r, "a name that ends with NUL", err);
        if (unit)
            continue;
        if (!wr_read_view(&at, 2 * n, &units) || !(*out = wr_reg_name(p->arena, units, p->diags)))
            return wr_fail_memory(err);
        return true;
    }
    return wr_fail_reader(err, WR_E_LIMIT, &at, "a name of more than %zu units", most);
}

static bool read_u32(wr_reader *r, const char *what, uint32_t *out, wr_error *err)
{
    return wr_read_u32le(r, out) || cut(r, what, err);
}

static bool read_record(parser *p, record *out, wr_error *err)
{
    wr_reader *r = &p->r, at = p->r;
    uint32_t size;

    if (!expect(r, '[', err) || !read_name(p, WR_LIMIT_KEY_PATH, &out->key, err) ||
        !expect(r, ';', err) || !read_name(p, MOST_NAME, &out->name, err) || !expect(r, ';', err) ||
        !read_u32(r, "a type", &out->type, err) || !expect(r, ';', err) ||
        !read_u32(r, "a size", &size, err) || !expect(r, ';', err))
        return false;
    if (size > WR_LIMIT_VALUE_BYTES)
        return wr_fail_reader(err, WR_E_LIMIT, r, "data of %" PRIu32 " bytes, expected at most %zu",
                              size, WR_LIMIT_VALUE_BYTES);
    if (!wr_read_view(r, size, &out->data))
        return wr_fail_reader(err, WR_E_TRUNCATED, r,
                              "%zu bytes where %" PRIu32 " of data were expected",
                              wr_reader_left(r), size);
    if (!expect(r, ']', err))
        return false;
    if (!*out->key)
        return wr_fail_reader(err, WR_E_MALFORMED, &at, "a record without a key");
    return wr_read_view(&at, r->pos - at.pos, &out->at) || cut(&at, "a record", err);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Goes behind `word` where `name` begins with it, in whatever case. */
static bool begins(const char **name, const char *word)
{
    const char *at = *name;

    for (; *word; word++, at++)
        if (lower(*at) != lower(*word))
            return false;
    *name = at;
    return true;
}

/* True where `name` is `word`; a '.' or spaces may stand behind it. */
static bool is_instruction(const char *name, const char *word)
{
    return begins(&name, word) && !name[strspn(name, ". ")];
}

/* To the key of a record, which is a new one where the record before it had another. */
static bool at_key(parser *p, const record *rec, wr_error *err)
{
    const wr_reg_entries *e = &p->entries;

    if (e->keys.count && !e->keys.items[e->keys.count - 1].deleted &&
        !strcmp(e->keys.items[e->keys.count - 1].path, rec->key))
        return true;
    return wr_reg_add_key(&p->entries, p->arena, rec->key, false, rec->at, err);
}

static bool add_op(parser *p, const record *rec, wr_reg_op op, const char *name, wr_error *err)
{
    wr_reg_value value = { .op = op, .name = name, .data = rec->at, .offset = rec->at.origin };

    value.data.len = 0;
    if (op == WR_REG_SET || op == WR_REG_INSTRUCTION) {
        value.type = rec->type;
        value.data = rec->data;
    }
    return at_key(p, rec, err) && wr_reg_add_value(&p->entries, p->arena, &value, err);
}

static bool delete_value(parser *p, const record *rec, const char *name, wr_error *err)
{
    return add_op(p, rec, WR_REG_DELETE, name, err);
}

/* ASSUMED: the names are of keys below the record's key; a separator at their end names nothing. */
static bool delete_key(parser *p, const record *rec, const char *name, wr_error *err)
{
    size_t name_len = strlen(name), len;
    char *path;

    while (name_len && name[name_len - 1] == '\\')
        name_len--;
    if (!name_len)
        return true;
    len = strlen(rec->key) + 1 + name_len;

    p->list_bytes += len;
    if (len > WR_LIMIT_KEY_PATH || p->list_bytes > WR_LIMIT_POL_LISTS) {
        wr_diag_add(p->diags, WR_DIAG_SKIPPED, WR_E_LIMIT, rec->at.source, rec->at.origin, NULL,
                    "a key to delete with a path of %zu bytes, after %zu of other ones", len,
                    p->list_bytes - len);
        return true;
    }
    if (!(path = wr_arena_format(p->arena, "%s\\%.*s", rec->key, (int)name_len, name)))
        return wr_fail_memory(err);
    return wr_reg_add_key(&p->entries, p->arena, path, true, rec->at, err);
}

/* Each name of a list between semicolons. */
static bool for_each_name(parser *p, const record *rec,
                          bool (*act)(parser *, const record *, const char *, wr_error *),
                          wr_error *err)
{
    const char *list = wr_text_until_nul(p->arena, rec->data, WR_UTF16LE);
    char *name;

    if (!list || !(name = wr_arena_text(p->arena, list)))
        return wr_fail_memory(err);
    while (*name) {
        char *end = name + strcspn(name, ";");
        bool last = !*end;

        *end = '\0';
        if (strlen(name) > WR_LIMIT_VALUE_NAME)
            wr_diag_add(p->diags, WR_DIAG_SKIPPED, WR_E_LIMIT, rec->at.source, rec->at.origin,
                        rec->key, "a name of %zu bytes in a list of names to delete", strlen(name));
        else if (*name && !act(p, rec, name, err))
            return false;
        name = last ? end : end + 1;
    }
    return true;
}

static bool add_record(parser *p, const record *rec, wr_error *err)
{
    const char *name = rec->name;

    if (name[0] != '*' || name[1] != '*') {
        /* SPEC Registry Policy File Format: a record with nothing but a key makes the key. */
        if (!*name && !rec->type && !rec->data.len)
            return at_key(p, rec, err);
        return add_op(p, rec, WR_REG_SET, name, err);
    }
    if (begins(&name, DEL))
        return add_op(p, rec, WR_REG_DELETE, name, err);
    if (is_instruction(name, DEL_VALS))
        return add_op(p, rec, WR_REG_DELETE_VALUES, "", err);
    if (is_instruction(name, DELETE_VALUES))
        return for_each_name(p, rec, delete_value, err);
    if (is_instruction(name, DELETE_KEYS))
        return for_each_name(p, rec, delete_key, err);
    wr_diag_add(p->diags, WR_DIAG_NOTE, WR_E_UNSUPPORTED, rec->at.source, rec->at.origin, rec->key,
                "an instruction that sets no value is kept and not applied");
    return add_op(p, rec, WR_REG_INSTRUCTION, name, err);
}

static bool read_header(wr_reader *r, wr_error *err)
{
    uint32_t version;

    if (!wr_view_starts(r->view, start, 4))
        return wr_fail_reader(err, WR_E_MALFORMED, r,
                              "%zu bytes that are no policy file, expected \"PReg\"", r->view.len);
    if (!wr_u32le_at(r->view, 4, &version))
        return wr_fail_reader(err, WR_E_TRUNCATED, r, "%zu bytes, expected a header of 8",
                              r->view.len);
    if (version != 1)
        return wr_fail_reader(err, WR_E_UNSUPPORTED, r,
                              "a policy file of version %" PRIu32 ", expected 1", version);
    return wr_skip(r, sizeof start);
}

bool wr_reg_pol_parse(wr_view file, wr_arena *arena, wr_diags *diags, wr_reg_entries *out,
                      wr_error *err)
{
    parser p = { .r = wr_reader_of(file), .arena = arena, .diags = diags };

    if (!read_header(&p.r, err))
        return false;
    while (wr_reader_left(&p.r)) {
        wr_reader at = p.r;
        record rec = { 0 };
        wr_error fault;

        if (read_record(&p, &rec, &fault)) {
            if (!add_record(&p, &rec, err))
                return false;
            continue;
        }
        if (fault.code == WR_E_NO_MEMORY) {
            *err = fault;
            return false;
        }
        wr_error_at(&fault, rec.key ? rec.key : "");
        wr_diag_error(diags, WR_DIAG_SKIPPED, &fault);
        wr_diag_add(diags, WR_DIAG_SKIPPED, fault.code, file.source, file.origin + at.pos, NULL,
                    "%zu bytes from here to the end are left out: only whole records say where the "
                    "next one begins",
                    wr_reader_left(&at));
        break;
    }
    *out = p.entries;
    return true;
}

/* ---- writing -----------------------------------------------------------------------------------
 */

static void put_u16(wr_out *out, uint32_t c)
{
    uint8_t units[4];

    wr_out_write(out, units, wr_text_utf16le(c, units));
}

static void put_u32(wr_out *out, uint32_t n)
{
    put_u16(out, n & 0xFFFF);
    put_u16(out, n >> 16);
}

/* `text` up to `end`. */
static void put_text(wr_out *out, const char *text, const char *end)
{
    uint32_t c;

    while (text < end && wr_text_next(&text, &c))
        put_u16(out, c);
}

/* What a record holds: its data is bytes, or a text with its NUL. */
typedef struct made {
    const char *key, *key_end, *prefix, *name, *text;
    uint32_t type;
    wr_view data;
} made;

static void put_record(wr_out *out, const made *m)
{
    size_t size = m->data.len;
    const char *at = m->text;
    uint32_t c;

    if (m->text)
        for (size = 2; wr_text_next(&at, &c);)
            size += c < 0x10000 ? 2 : 4;
    put_u16(out, '[');
    put_text(out, m->key, m->key_end);
    put_u16(out, 0);
    put_u16(out, ';');
    put_text(out, m->prefix, m->prefix + strlen(m->prefix));
    put_text(out, m->name, m->name + strlen(m->name));
    put_u16(out, 0);
    put_u16(out, ';');
    put_u32(out, m->type);
    put_u16(out, ';');
    put_u32(out, (uint32_t)size);
    put_u16(out, ';');
    if (m->text) {
        put_text(out, m->text, m->text + strlen(m->text));
        put_u16(out, 0);
    } else {
        wr_out_write(out, m->data.data, m->data.len);
    }
    put_u16(out, ']');
}

static void left_out(wr_diags *diags, const char *path, uint64_t offset, const char *source,
                     const char *what)
{
    wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_UNSUPPORTED, source, offset, path,
                "%s cannot stand in a policy file and is left out", what);
}

static void put_deleted_key(wr_out *out, const wr_reg_key *key, wr_diags *diags)
{
    const char *end = strrchr(key->path, '\\');

    if (!end || end == key->path || !end[1] || strchr(end, ';'))
        left_out(diags, key->path, key->offset, NULL, "the deletion of a key of this name");
    else
        put_record(out, &(made){ .key = key->path,
                                 .key_end = end,
                                 .prefix = DELETE_KEYS,
                                 .name = "",
                                 .type = WR_REG_SZ,
                                 .text = end + 1 });
}

/* ASSUMED: the data of a deletion does not count; other writers put a space. */
static void put_value(wr_out *out, const wr_reg_key *key, const wr_reg_value *value,
                      wr_diags *diags)
{
    made m = { .key = key->path,
               .key_end = key->path + strlen(key->path),
               .prefix = "",
               .name = value->name,
               .text = " ",
               .type = WR_REG_SZ };

    switch (value->op) {
    case WR_REG_DELETE:
        m.prefix = DEL;
        break;
    case WR_REG_DELETE_VALUES:
        m.prefix = DEL_VALS ".";
        m.name = "";
        break;
    case WR_REG_SET:
        if (!strncmp(value->name, "**", 2) || value->data.len > UINT32_MAX ||
            (!*value->name && !value->type && !value->data.len)) {
            left_out(diags, key->path, value->offset, value->data.source,
                     "a value of this name or size");
            return;
        }
        /* fall through */
    case WR_REG_INSTRUCTION:
        m.text = NULL;
        m.type = value->type;
        m.data = value->data;
        break;
    }
    put_record(out, &m);
}

void wr_reg_pol_write(wr_out *out, const wr_reg_entries *entries, wr_diags *diags)
{
    wr_out_write(out, start, sizeof start);
    for (size_t i = 0; i < entries->keys.count; i++) {
        const wr_reg_key *key = &entries->keys.items[i];
        if (key->deleted) {
            put_deleted_key(out, key, diags);
        } else if (!key->num_values) {
            put_record(out, &(made){ .key = key->path,
                                     .key_end = key->path + strlen(key->path),
                                     .prefix = "",
                                     .name = "" });
        }
        for (size_t j = 0; j < key->num_values; j++)
            put_value(out, key, &entries->values.items[key->first_value + j], diags);
    }
}
