#include "format/reg_text.h"

#include "base/text.h"
#include "format/regf.h"
#include "format/text_cursor.h"
#include "winroots/limits.h"

#define END WR_TEXT_END

typedef wr_text_cursor cursor;

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\t';
}

static bool is_line_end(uint32_t c)
{
    return c == '\r' || c == '\n' || c == END;
}

static void skip_blanks(cursor *at)
{
    while (is_blank(at->c))
        wr_cursor_step(at);
}

static void skip_line(cursor *at)
{
    while (!is_line_end(at->c))
        wr_cursor_step(at);
}

/* Blanks and line ends. */
static void skip_space(cursor *at)
{
    while (at->c != END && (is_blank(at->c) || is_line_end(at->c)))
        wr_cursor_step(at);
}

/* Goes to the end of the line where nothing but a comment stands before it. */
static bool rest_is_empty(cursor *at)
{
    skip_blanks(at);
    if (at->c == ';')
        skip_line(at);
    return is_line_end(at->c);
}

static bool hex_digit(uint32_t c, uint32_t *digit)
{
    if (c >= '0' && c <= '9')
        *digit = c - '0';
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        *digit = (c | 0x20) - 'a' + 10;
    else
        return false;
    return true;
}

/* A number of 1 to `most` <= 8 hex digits. */
static bool read_number(cursor *at, unsigned most, uint32_t *out)
{
    uint32_t n = 0, digit;
    unsigned count = 0;

    for (; count < most && hex_digit(at->c, &digit); count++, wr_cursor_step(at))
        n = n << 4 | digit;
    *out = n;
    return count > 0;
}

/* ---- lines -------------------------------------------------------------------------------------
 */

typedef struct parser {
    cursor at;
    wr_arena *arena;
    wr_diags *diags;
    wr_reg_entries entries;
    WR_LIST(uint8_t) buffer; /* the string or data being read                                 */
    bool bytes_are_text;     /* REGEDIT4: hex(2) and hex(7) have one byte a character         */
    const char *key;         /* path that values belong to; NULL where there is none          */
    uint64_t odd_escape;     /* first '\\' of the value's texts that escapes nothing           */
    size_t resume;           /* where a line begins that data was to go on in                 */
    bool in_damaged_hex;     /* lines of bytes that follow belong to it                       */
    bool full;               /* no more entries can be kept: the end of the work              */
} parser;

static bool put_byte(parser *p, uint8_t byte, wr_error *fault)
{
    uint8_t *at = WR_APPEND(p->arena, &p->buffer, uint8_t);
    if (!at)
        return wr_fail_memory(fault);
    *at = byte;
    return true;
}

/* Appends a character as UTF-16LE; `most` is a limit in bytes. */
static bool put_char(parser *p, uint32_t c, size_t most, wr_error *fault)
{
    uint8_t units[4];
    size_t n = wr_text_utf16le(c, units);

    if (p->buffer.count + n > most)
        return wr_fail_view(fault, WR_E_LIMIT, wr_cursor_here(&p->at),
                            "a text of more than %zu units", most / 2);
    for (size_t i = 0; i < n; i++)
        if (!put_byte(p, units[i], fault))
            return false;
    return true;
}

/* The buffer as bytes of the evidence at `start`. */
static wr_view buffered(const parser *p, wr_view start)
{
    return (wr_view){ p->buffer.items, p->buffer.count, start.origin, start.source };
}

static bool no_end(const cursor *start, wr_error *fault)
{
    return wr_fail_view(fault, WR_E_MALFORMED, wr_cursor_here(start),
                        "a string without an end, expected a '\"'");
}

/* A string between quotes goes into the buffer.  Only a value's data may go over line ends. */
static bool read_string(parser *p, size_t most, bool over_lines, wr_error *fault)
{
    cursor *at = &p->at, start = p->at;

    p->buffer.count = 0;
    wr_cursor_step(at);
    while (at->c != '"') {
        if (at->c == END || (is_line_end(at->c) && !over_lines))
            return no_end(&start, fault);
        if (at->c == '\\') {
            wr_view escape = wr_cursor_here(at);
            wr_cursor_step(at);
            if (is_line_end(at->c))
                return wr_fail_view(fault, WR_E_MALFORMED, escape,
                                    "a '\\' at the end of a line inside a string, expected '\\' "
                                    "or '\"' behind it");
            if (at->c != '\\' && at->c != '"') {
                if (p->odd_escape == WR_NO_OFFSET)
                    p->odd_escape = escape.origin;
                if (!put_char(p, '\\', most, fault))
                    return false;
            }
        }
        if (!put_char(p, at->c, most, fault))
            return false;
        wr_cursor_step(at);
    }
    wr_cursor_step(at);
    return true;
}

static bool nothing_behind(parser *p, const char *what, wr_error *fault)
{
    char text[16];

    return rest_is_empty(&p->at) || wr_fail_view(fault, WR_E_MALFORMED, wr_cursor_here(&p->at),
                                                 "%s behind %s, expected the line's end",
                                                 wr_cursor_found(&p->at, text), what);
}

/* ASSUMED: a string may hold line ends, as regedit exports them.  Where what stands behind the next
 * quote is not the end of its line, a quote was forgotten, and the first line alone is damaged. */
static bool read_text(parser *p, wr_error *fault)
{
    cursor *at = &p->at, start = p->at, line = p->at;

    if (read_string(p, WR_LIMIT_VALUE_BYTES, true, fault) && nothing_behind(p, "a string", fault))
        return put_byte(p, 0, fault) && put_byte(p, 0, fault);
    skip_line(&line);
    if (fault->code == WR_E_MALFORMED && at->pos > line.pos)
        no_end(&start, fault);
    *at = start;
    return false;
}

/* To the next byte of hex data, over a '\' that continues the line, and what may stand behind it: a
 * comment, empty lines, lines of comment. */
static bool find_byte(parser *p, wr_error *fault)
{
    cursor *at = &p->at;

    skip_blanks(at);
    while (wr_cursor_match(at, "\\")) {
        if (!nothing_behind(p, "the '\\' that continues data", fault))
            return false;
        while (at->c != END && rest_is_empty(at))
            skip_space(at);
        p->resume = at->pos;
        if (at->c == END)
            return wr_fail_view(fault, WR_E_TRUNCATED, wr_cursor_here(at),
                                "the end after %zu bytes of data that go on in the next line",
                                p->buffer.count);
    }
    return true;
}

static bool read_hex(parser *p, wr_error *fault)
{
    cursor *at = &p->at;
    uint32_t byte;
    char text[16];

    do {
        if (!find_byte(p, fault))
            return false;
        if (!read_number(at, 2, &byte))
            break;
        if (p->buffer.count == WR_LIMIT_VALUE_BYTES)
            return wr_fail_view(fault, WR_E_LIMIT, wr_cursor_here(at),
                                "data of more than %zu bytes", WR_LIMIT_VALUE_BYTES);
        if (!put_byte(p, (uint8_t)byte, fault))
            return false;
        skip_blanks(at);
    } while (wr_cursor_match(at, ","));
    return rest_is_empty(at) ||
           wr_fail_view(fault, WR_E_MALFORMED, wr_cursor_here(at),
                        "%s after %zu bytes of data, expected two hex digits, ',' or the end",
                        wr_cursor_found(at, text), p->buffer.count);
}

/* The strings of REGEDIT4 become what the registry holds. */
static bool widen(parser *p, wr_error *fault)
{
    size_t count = p->buffer.count;

    for (size_t i = 0; i < count; i++)
        if (!put_byte(p, 0, fault))
            return false;
    for (size_t i = count; i-- > 0;) { /* from the back: what is written over was read */
        uint32_t c = wr_of_windows_1252(p->buffer.items[i]);
        p->buffer.items[2 * i] = (uint8_t)c;
        p->buffer.items[2 * i + 1] = (uint8_t)(c >> 8);
    }
    return true;
}

static bool read_typed_hex(parser *p, uint32_t type, wr_error *fault)
{
    bool text = p->bytes_are_text && (type == WR_REG_EXPAND_SZ || type == WR_REG_MULTI_SZ);

    p->in_damaged_hex = true;
    if (!read_hex(p, fault))
        return false;
    p->in_damaged_hex = false;
    return !text || widen(p, fault);
}

static bool read_dword(parser *p, wr_error *fault)
{
    char text[16];
    uint32_t n;

    skip_blanks(&p->at);
    if (!read_number(&p->at, 8, &n))
        return wr_fail_view(fault, WR_E_MALFORMED, wr_cursor_here(&p->at),
                            "%s behind dword:, expected 1 to 8 hex digits",
                            wr_cursor_found(&p->at, text));
    if (!nothing_behind(p, "a dword", fault))
        return false;
    for (int shift = 0; shift < 32; shift += 8)
        if (!put_byte(p, (uint8_t)(n >> shift), fault))
            return false;
    return true;
}

/* What stands behind the '=': the data goes into the buffer. */
static bool read_data(parser *p, wr_reg_value *value, wr_error *fault)
{
    cursor *at = &p->at, start = p->at;
    char text[16];

    p->buffer.count = 0;
    if (at->c == '"') {
        value->type = WR_REG_SZ;
        return read_text(p, fault);
    }
    if (wr_cursor_match(at, "-")) {
        value->op = WR_REG_DELETE;
        return nothing_behind(p, "a deletion", fault);
    }
    if (wr_cursor_match(at, "dword:")) {
        value->type = WR_REG_DWORD;
        return read_dword(p, fault);
    }
    if (wr_cursor_match(at, "hex:")) {
        value->type = WR_REG_BINARY;
        return read_typed_hex(p, value->type, fault);
    }
    if (wr_cursor_match(at, "hex(") && read_number(at, 8, &value->type) &&
        wr_cursor_match(at, "):"))
        return read_typed_hex(p, value->type, fault);
    return wr_fail_view(fault, WR_E_MALFORMED, wr_cursor_here(&start),
                        "data that begin with %s, expected a string, dword:, hex:, hex(n): or -",
                        wr_cursor_found(&start, text));
}

/* No more entries can be kept. */
static bool end_by(parser *p, const wr_error *fault)
{
    p->full = fault->code == WR_E_LIMIT;
    return false;
}

static bool read_value_name(parser *p, const char **name, wr_error *fault)
{
    wr_view start;

    if (wr_cursor_match(&p->at, "@"))
        return true;
    start = wr_cursor_here(&p->at);
    if (!read_string(p, 2 * (size_t)WR_LIMIT_VALUE_NAME, false, fault))
        return false;
    *name = wr_reg_name(p->arena, buffered(p, start), p->diags);
    return *name || wr_fail_memory(fault);
}

static bool read_value(parser *p, wr_error *fault)
{
    cursor *at = &p->at;
    wr_view start = wr_cursor_here(at);
    wr_reg_value value = { .op = WR_REG_SET, .name = "", .data = start, .offset = start.origin };
    char text[16];

    if (!p->key)
        return wr_fail_view(fault, WR_E_MALFORMED, start,
                            "a value below no key that is kept, expected a key before it");
    p->odd_escape = WR_NO_OFFSET;
    if (!read_value_name(p, &value.name, fault))
        return false;
    skip_blanks(at);
    if (!wr_cursor_match(at, "="))
        return wr_fail_view(fault, WR_E_MALFORMED, wr_cursor_here(at),
                            "%s behind a value's name, expected '='", wr_cursor_found(at, text));
    skip_blanks(at);
    if (!read_data(p, &value, fault))
        return false;
    if (value.op == WR_REG_SET && !wr_arena_copy(p->arena, buffered(p, start), &value.data))
        return wr_fail_memory(fault);
    if (p->odd_escape != WR_NO_OFFSET)
        wr_diag_add(p->diags, WR_DIAG_WARNING, WR_E_MALFORMED, start.source, p->odd_escape, p->key,
                    "a '\\' that is taken for itself, expected '\\' or '\"' behind it");
    return wr_reg_add_value(&p->entries, p->arena, &value, fault) || end_by(p, fault);
}

/* "[path]", "[-path]".  A path may hold ']', so the last one of the line ends it. */
static bool read_key(parser *p, wr_error *fault)
{
    cursor *at = &p->at, behind = p->at;
    wr_view start = wr_cursor_here(at);
    size_t len = 0;
    const char *path;
    bool deleted;

    p->key = NULL;
    p->buffer.count = 0;
    wr_cursor_step(at);
    deleted = wr_cursor_match(at, "-");
    for (; !is_line_end(at->c); wr_cursor_step(at)) {
        if (at->c == ']') {
            len = p->buffer.count;
            behind = *at;
        }
        if (!put_char(p, at->c, WR_LIMIT_VALUE_BYTES, fault))
            return false;
    }
    if (!len)
        return wr_fail_view(fault, WR_E_MALFORMED, start, "a '[' without a path and ']' behind it");
    if (len > 2 * WR_LIMIT_KEY_PATH)
        return wr_fail_view(fault, WR_E_LIMIT, start, "a path of %zu units, expected at most %zu",
                            len / 2, WR_LIMIT_KEY_PATH);
    *at = behind;
    wr_cursor_step(at);
    if (!nothing_behind(p, "a key's ']'", fault))
        return false;
    p->buffer.count = len;
    if (!(path = wr_reg_name(p->arena, buffered(p, start), p->diags)))
        return wr_fail_memory(fault);
    if (!deleted)
        p->key = path;
    return wr_reg_add_key(&p->entries, p->arena, path, deleted, start, fault) || end_by(p, fault);
}

static bool read_line(parser *p, wr_error *fault)
{
    bool after_damage = p->in_damaged_hex;
    uint32_t c = p->at.c, digit;
    char text[16];

    p->in_damaged_hex = false;
    switch (c) {
    case ';':
    case '#': /* no comment of regedit's, but no more than one either */
        skip_line(&p->at);
        return true;
    case '[':
        return read_key(p, fault);
    case '@':
    case '"':
        return read_value(p, fault);
    default:
        if (after_damage && (c == ',' || hex_digit(c, &digit))) {
            p->in_damaged_hex = true;
            skip_line(&p->at);
            return true;
        }
        return wr_fail_view(fault, WR_E_MALFORMED, wr_cursor_here(&p->at),
                            "a line that begins with %s, expected '[', '\"', '@' or ';'",
                            wr_cursor_found(&p->at, text));
    }
}

/* ---- the text ----------------------------------------------------------------------------------
 */

static bool read_header(parser *p, wr_error *err)
{
    cursor *at = &p->at;
    wr_view start;
    wr_error fault;

    skip_space(at);
    start = wr_cursor_here(at);
    if (wr_cursor_match(at, "REGEDIT4"))
        p->bytes_are_text = true;
    else if (!wr_cursor_match(at, "Windows Registry Editor Version 5.00"))
        return wr_cursor_match(at, "REGEDIT") ||
                       wr_cursor_match(at, "Windows Registry Editor Version")
                   ? wr_fail_view(err, WR_E_UNSUPPORTED, start,
                                  "a header of another version, expected \"Windows Registry Editor "
                                  "Version 5.00\" or REGEDIT4")
                   : wr_fail_view(err, WR_E_MALFORMED, start,
                                  "no header, expected \"Windows Registry Editor Version 5.00\" or "
                                  "REGEDIT4");
    if (!nothing_behind(p, "the header", &fault)) {
        wr_diag_error(p->diags, WR_DIAG_WARNING, &fault);
        skip_line(at);
    }
    return true;
}

bool wr_reg_text_parse(wr_view file, wr_arena *arena, wr_diags *diags, wr_reg_entries *out,
                       wr_error *err)
{
    parser p = { .at = wr_cursor_open(file), .arena = arena, .diags = diags };
    wr_error fault;

    if (!read_header(&p, err))
        return false;
    wr_cursor_settle(&p.at, !p.bytes_are_text, diags);
    for (skip_space(&p.at); p.at.c != END; skip_space(&p.at)) {
        p.resume = SIZE_MAX;
        if (read_line(&p, &fault))
            continue;
        if (fault.code == WR_E_NO_MEMORY || p.full) {
            *err = fault;
            return false;
        }
        wr_error_at(&fault, p.key ? p.key : "");
        wr_diag_error(diags, WR_DIAG_SKIPPED, &fault);
        if (p.at.pos != p.resume)
            skip_line(&p.at);
    }
    *out = p.entries;
    return true;
}
