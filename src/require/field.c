#include "require/field.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS     "0123456789"
#define LETTERS    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define HEX_DIGITS DIGITS "abcdefABCDEF"

#define NAME_MAX_CHARS 64

bool wr_field_text(const wr_json *value, wr_arena *arena, const char **out, wr_error *err)
{
    const char *text;

    if (!wr_json_get_text(value, &text, err))
        return false;
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            return wr_json_fail(value, err, "control character 0x%02x, expected one line of text",
                                (unsigned)*c);
    if (!(*out = wr_arena_text(arena, text)))
        return wr_fail_memory(err);
    return true;
}

bool wr_field_member(const wr_json *object, const char *name, wr_arena *arena, const char **out,
                     wr_error *err)
{
    wr_json value = wr_json_member(object, name);
    return wr_field_text(&value, arena, out, err);
}

bool wr_field_optional(const wr_json *object, const char *name, wr_arena *arena, const char **out,
                       wr_error *err)
{
    wr_json value = wr_json_member(object, name);

    *out = "";
    return !value.node || wr_field_text(&value, arena, out, err);
}

bool wr_field_is_name(const char *text)
{
    size_t len = strlen(text);

    return len >= 1 && len <= NAME_MAX_CHARS && strchr(LETTERS DIGITS, text[0]) &&
           strspn(text, LETTERS DIGITS "._-") == len;
}

bool wr_field_name(const wr_json *value, wr_arena *arena, const char **out, wr_error *err)
{
    if (!wr_field_text(value, arena, out, err))
        return false;
    if (!wr_field_is_name(*out))
        return wr_json_fail(value, err,
                            "\"%.80s\", expected 1 to %d letters, digits, '.', '_', '-'", *out,
                            NAME_MAX_CHARS);
    return true;
}

bool wr_field_word(const wr_json *value, const char *const *words, const char **out, wr_error *err)
{
    char expected[160] = "";
    const char *text;

    if (!wr_json_get_text(value, &text, err))
        return false;
    for (size_t i = 0; words[i]; i++) {
        size_t used = strlen(expected);

        if (strcmp(text, words[i]) == 0) {
            *out = words[i];
            return true;
        }
        snprintf(expected + used, sizeof expected - used, "%s%s", used ? ", " : "", words[i]);
    }
    return wr_json_fail(value, err, "\"%.80s\", expected one of: %s", text, expected);
}

bool wr_field_number(const wr_json *value, uint32_t min, uint32_t *out, wr_error *err)
{
    uint64_t number;

    if (!wr_json_get_uint(value, &number, err))
        return false;
    if (number < min || number > UINT32_MAX)
        return wr_json_fail(value, err, "number %" PRIu64 ", expected %" PRIu32 " to %" PRIu32,
                            number, min, UINT32_MAX);
    *out = (uint32_t)number;
    return true;
}

/* A hash with a label, or with characters that nobody sees, beside it. */
static bool has_run_of_hex(const char *text, size_t digits)
{
    while (*text) {
        size_t run = strspn(text, HEX_DIGITS);

        if (run == digits)
            return true;
        text += run ? run : 1;
    }
    return false;
}

bool wr_field_hash(const wr_json *object, const char *name, uint8_t *hash, size_t len, bool *has,
                   wr_error *err)
{
    wr_json value = wr_json_member(object, name);
    const char *text;

    *has = value.node != NULL;
    if (!*has)
        return true;
    if (!wr_json_get_text(&value, &text, err))
        return false;
    if (wr_text_unhex(text, hash, len))
        return true;
    return wr_json_fail(&value, err, "\"%.80s\" of %zu characters, expected %zu hex digits%s", text,
                        strlen(text), 2 * len,
                        has_run_of_hex(text, 2 * len) ? " and nothing beside them" : "");
}

static bool is_hex(const char *text, size_t most)
{
    size_t len = strlen(text);
    return len >= 1 && len <= most && strspn(text, HEX_DIGITS) == len;
}

bool wr_field_hex(const wr_json *value, size_t most, wr_arena *arena, const char **out,
                  wr_error *err)
{
    if (!wr_field_text(value, arena, out, err))
        return false;
    if (!is_hex(*out, most))
        return wr_json_fail(value, err, "\"%.80s\", expected 1 to %zu hex digits", *out, most);
    return true;
}

bool wr_field_limit(const wr_json *value, size_t found, size_t most, wr_error *err)
{
    wr_fail(err, WR_E_LIMIT, value->source, WR_NO_OFFSET, "%zu items, expected at most %zu", found,
            most);
    return wr_error_at(err, value->pointer);
}

bool wr_field_array(const wr_json *value, size_t most, wr_error *err)
{
    size_t count = wr_json_count(value);

    if (!wr_json_is_array(value))
        return wr_json_fail(value, err, "%s, expected an array",
                            value->node ? "a value" : "absent");
    if (count == 0)
        return wr_json_fail(value, err, "empty array, expected at least one item");
    return count <= most || wr_field_limit(value, count, most, err);
}

bool wr_number_parse(const char *text, uint64_t *out)
{
    bool hex = strncmp(text, "0x", 2) == 0;
    const char *digits = hex ? text + 2 : text;
    size_t len = strlen(digits);

    if (hex ? !is_hex(digits, 16) : len < 1 || len > 19 || strspn(digits, DIGITS) != len)
        return false;
    *out = strtoull(digits, NULL, hex ? 16 : 10);
    return true;
}
