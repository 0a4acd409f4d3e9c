/* reg_text_write.c - version 5, character for character as regedit exports. */
#include "base/outfile.h"
#include "base/text.h"
#include "format/reg_text.h"
#include "format/regf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* OBSERVED exports in the corpus: hex goes on in the next line once this column is passed. */
#define HEX_COLUMNS 76

typedef struct writer {
    wr_out *out;
    size_t column; /* UTF-16 units of the line so far */
} writer;

static void put_char(writer *w, uint32_t c)
{
    uint8_t units[4];
    size_t n = wr_text_utf16le(c, units);

    wr_out_write(w->out, units, n);
    w->column += n / 2;
}

static void put_text(writer *w, const char *text)
{
    uint32_t c;

    while (wr_text_next(&text, &c))
        put_char(w, c);
}

static void put_escape(writer *w, uint32_t c)
{
    if (c == '\\' || c == '"')
        put_char(w, '\\');
}

static void end_line(writer *w)
{
    put_text(w, "\r\n");
    w->column = 0;
}

/* SPEC Wine's tests of regedit: a string in quotes has one NUL, at its end; line ends in it are
 * written as hex, which every reader takes. */
static bool is_plain_string(wr_view data)
{
    uint16_t unit = 1;

    for (size_t at = 0; at + 2 < data.len; at += 2)
        if (!wr_u16le_at(data, at, &unit) || !unit || unit == '\r' || unit == '\n')
            return false;
    return data.len >= 2 && data.len % 2 == 0 && wr_u16le_at(data, data.len - 2, &unit) && !unit;
}

static void put_name(writer *w, const char *name)
{
    uint32_t c;

    put_char(w, '"');
    while (wr_text_next(&name, &c)) {
        put_escape(w, c);
        put_char(w, c);
    }
    put_char(w, '"');
}

static void put_string(writer *w, wr_view data)
{
    uint16_t unit;

    put_char(w, '"');
    for (size_t at = 0; at + 2 < data.len && wr_u16le_at(data, at, &unit); at += 2) {
        put_escape(w, unit);
        put_char(w, unit);
    }
    put_char(w, '"');
}

static void put_hex(writer *w, wr_view data)
{
    char text[4];

    for (size_t i = 0; i < data.len; i++) {
        if (w->column > HEX_COLUMNS) {
            put_char(w, '\\');
            end_line(w);
            put_text(w, "  ");
        }
        snprintf(text, sizeof text, "%02x%s", data.data[i], i + 1 < data.len ? "," : "");
        put_text(w, text);
    }
}

static void put_data(writer *w, const wr_reg_value *value)
{
    uint32_t n;
    char type[24];

    if (value->type == WR_REG_SZ && is_plain_string(value->data)) {
        put_string(w, value->data);
        return;
    }
    if (value->type == WR_REG_DWORD && value->data.len == 4 && wr_u32le_at(value->data, 0, &n)) {
        snprintf(type, sizeof type, "dword:%08" PRIx32, n);
        put_text(w, type);
        return;
    }
    snprintf(type, sizeof type,
             value->type == WR_REG_BINARY ? "hex:" : "hex(%" PRIx32 "):", value->type);
    put_text(w, type);
    put_hex(w, value->data);
}

static void left_out(wr_diags *diags, const char *path, uint64_t offset, const char *source,
                     const char *what)
{
    wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_UNSUPPORTED, source, offset, path,
                "%s cannot stand in a .reg text and is left out", what);
}

/* A line end would end the name, and the key or value with it. */
static bool fits_a_line(const char *text)
{
    return !strpbrk(text, "\r\n");
}

static void put_value(writer *w, const wr_reg_key *key, const wr_reg_value *value, wr_diags *diags)
{
    static const char *const unsaid[] = {
        [WR_REG_DELETE_VALUES] = "the deletion of all values",
        [WR_REG_INSTRUCTION] = "an instruction of a policy",
    };

    if (value->op == WR_REG_DELETE_VALUES || value->op == WR_REG_INSTRUCTION ||
        !fits_a_line(value->name)) {
        left_out(diags, key->path, value->offset, value->data.source,
                 fits_a_line(value->name) ? unsaid[value->op] : "a value's name with a line end");
        return;
    }
    if (*value->name)
        put_name(w, value->name);
    else
        put_char(w, '@');
    put_char(w, '=');
    if (value->op == WR_REG_DELETE)
        put_char(w, '-');
    else
        put_data(w, value);
    end_line(w);
}

void wr_reg_text_write(wr_out *out, const wr_reg_entries *entries, wr_diags *diags)
{
    writer w = { out, 0 };

    wr_out_write(out, "\xFF\xFE", 2);
    put_text(&w, "Windows Registry Editor Version 5.00\r\n\r\n");
    for (size_t i = 0; i < entries->keys.count; i++) {
        const wr_reg_key *key = &entries->keys.items[i];
        if (!fits_a_line(key->path) || (!key->deleted && *key->path == '-')) {
            left_out(diags, "", key->offset, NULL,
                     fits_a_line(key->path) ? "a path that begins with '-'"
                                            : "a path with a line end");
            continue;
        }
        put_text(&w, key->deleted ? "[-" : "[");
        put_text(&w, key->path);
        put_char(&w, ']');
        end_line(&w);
        for (size_t j = 0; j < key->num_values; j++)
            put_value(&w, key, &entries->values.items[key->first_value + j], diags);
        end_line(&w);
    }
}
