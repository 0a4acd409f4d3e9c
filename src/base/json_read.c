/* json_read.c - cJSON's tree with an index over it.
 *
 * cJSON keeps members in linked lists and takes more than JSON: control characters as white space,
 * bytes that are not UTF-8, a NUL that ends a string early.  The text is therefore checked before
 * it is given to cJSON, and the tree gets arrays and sorted names, so that no lookup is a walk. */
#include "base/json.h"

#include "base/text.h"
#include "winroots/limits.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers are doubles in cJSON, exact up to here. */
#define LARGEST_EXACT ((double)((UINT64_C(1) << 53) - 1))

struct node {
    const cJSON *value;
    struct node *items;          /* of an array or object, in the order of the text */
    const struct node **by_name; /* of an object, by the bytes of the names         */
    size_t count;
};

struct wr_json_document {
    wr_arena arena; /* holds this document too */
    cJSON *tree;
    const char *source;
    struct node root;
};

/* ---- before cJSON ---------------------------------------------------------------------------- */

/* The character at `at` inside a string, which ends at *quote. */
static bool check_in_string(wr_view text, size_t at, uint32_t c, wr_error *err)
{
    static const char nul[] = "\\u0000";
    wr_view escape;

    if (c < 0x20)
        return wr_fail(err, WR_E_MALFORMED, text.source, text.origin + at,
                       "control character 0x%02" PRIx32 " in a string, expected an escape", c);
    if (wr_view_slice(text, at, 6, &escape) && wr_view_is(escape, nul, 6))
        return wr_fail(err, WR_E_MALFORMED, text.source, text.origin + at,
                       "character U+0000 in a string, which no text can hold");
    return true;
}

static bool check_between_strings(wr_view text, size_t at, uint32_t c, unsigned most,
                                  unsigned *depth, wr_error *err)
{
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
        return wr_fail(err, WR_E_MALFORMED, text.source, text.origin + at,
                       "control character 0x%02" PRIx32 ", expected JSON", c);
    if ((c == '[' || c == '{') && ++*depth > most)
        return wr_fail(err, WR_E_LIMIT, text.source, text.origin + at,
                       "values nested deeper than %u levels", most);
    if ((c == ']' || c == '}') && *depth)
        --*depth;
    return true;
}

static bool check_text(wr_view text, wr_json_limits limits, wr_error *err)
{
    bool in_string = false;
    unsigned depth = 0;

    if (text.len > limits.bytes)
        return wr_fail_view(err, WR_E_LIMIT, text, "%zu bytes of JSON, expected at most %zu",
                            text.len, limits.bytes);
    for (size_t at = 0, used; at < text.len; at += used) {
        uint32_t c;

        used = wr_text_char((const char *)text.data + at, text.len - at, &c);
        if (!used)
            return wr_fail(err, WR_E_MALFORMED, text.source, text.origin + at,
                           "byte 0x%02x, expected UTF-8", text.data[at]);
        if (!(in_string ? check_in_string(text, at, c, err)
                        : check_between_strings(text, at, c, limits.depth, &depth, err)))
            return false;
        if (c == '"')
            in_string = !in_string;
        else if (c == '\\' && in_string && at + 1 < text.len && text.data[at + 1] < 0x80)
            used = 2; /* an escaped quote or backslash is neither */
    }
    return true;
}

/* ---- places ---------------------------------------------------------------------------------- */

static const struct node *node_of(const wr_json *value)
{
    return value->node;
}

static bool is_object(const struct node *n)
{
    return n && cJSON_IsObject(n->value);
}

/* `parent`'s pointer and one more step, as RFC 6901 writes it; cut where it is too long. */
static wr_json child_of(const wr_json *parent, const char *step, const struct node *n)
{
    wr_json child = { n, parent->source, "" };
    size_t used = strlen(parent->pointer), room = sizeof child.pointer - 3;

    memcpy(child.pointer, parent->pointer, used);
    if (used < room)
        child.pointer[used++] = '/';
    for (; *step && used < room; step++) {
        if (*step == '~' || *step == '/') {
            child.pointer[used++] = '~';
            child.pointer[used++] = *step == '~' ? '0' : '1';
        } else {
            child.pointer[used++] = *step;
        }
    }
    return child;
}

static wr_json item_of(const wr_json *parent, size_t i, const struct node *n)
{
    char step[24];

    snprintf(step, sizeof step, "%zu", i);
    return child_of(parent, step, n);
}

bool wr_json_fail(const wr_json *value, wr_error *err, const char *fmt, ...)
{
    char message[sizeof err->message];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    wr_fail(err, WR_E_MALFORMED, value->source, WR_NO_OFFSET, "%s", message);
    return wr_error_at(err, value->pointer);
}

/* ---- the index ------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    const struct node *const *x = a, *const *y = b;
    return strcmp((*x)->value->string, (*y)->value->string);
}

static bool sort_names(wr_arena *arena, struct node *n, const wr_json *at, wr_error *err)
{
    if (!(n->by_name = WR_NEW(arena, const struct node *, n->count)))
        return wr_fail_memory(err);
    for (size_t i = 0; i < n->count; i++)
        n->by_name[i] = &n->items[i];
    qsort(n->by_name, n->count, sizeof(const struct node *), compare_names);
    for (size_t i = 1; i < n->count; i++)
        if (compare_names(&n->by_name[i - 1], &n->by_name[i]) == 0) {
            wr_json twice = child_of(at, n->by_name[i]->value->string, n->by_name[i]);
            return wr_json_fail(&twice, err, "member given twice");
        }
    return true;
}

/* Depth is bounded by check_text. */
static bool index_value(wr_arena *arena, const cJSON *value, struct node *n, const wr_json *at,
                        wr_error *err)
{
    size_t i = 0;

    n->value = value;
    for (const cJSON *child = value->child; child; child = child->next)
        n->count++;
    if (n->count == 0)
        return true;
    if (!(n->items = WR_NEW(arena, struct node, n->count)))
        return wr_fail_memory(err);
    for (const cJSON *child = value->child; child; child = child->next, i++) {
        wr_json place;

        n->items[i].value = child;
        if (!child->child)
            continue;
        place = child->string ? child_of(at, child->string, n) : item_of(at, i, n);
        if (!index_value(arena, child, &n->items[i], &place, err))
            return false;
    }
    return !cJSON_IsObject(value) || sort_names(arena, n, at, err);
}

static bool parse_into(wr_json_document *document, wr_view text, wr_error *err)
{
    const char *first = (const char *)text.data, *end = NULL;
    wr_json root;
    size_t at;

    if (text.len == 0)
        return wr_fail_view(err, WR_E_MALFORMED, text, "an empty text, expected JSON");
    wr_watch_memory();
    document->tree = cJSON_ParseWithLengthOpts(first, text.len, &end, false);
    at = end ? (size_t)(end - first) : 0;
    if (!document->tree && wr_memory_ended())
        return wr_fail_memory(err);
    if (!document->tree)
        return wr_fail(err, WR_E_MALFORMED, text.source, text.origin + at, "not JSON from here on");
    while (at < text.len && strchr(" \t\r\n", text.data[at]))
        at++;
    if (at < text.len)
        return wr_fail(err, WR_E_MALFORMED, text.source, text.origin + at,
                       "more text after the JSON value, expected its end");
    root = wr_json_root(document);
    return index_value(&document->arena, document->tree, &document->root, &root, err);
}

bool wr_json_parse(wr_view text, wr_json_limits limits, wr_json_document **out, wr_error *err)
{
    wr_json_document *document;
    wr_arena arena;

    if (!check_text(text, limits, err))
        return false;
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    document = WR_NEW(&arena, wr_json_document, 1);
    if (!document || !(document->source = wr_arena_text(&arena, text.source ? text.source : ""))) {
        wr_arena_free(&arena);
        return wr_fail_memory(err);
    }
    document->arena = arena;
    if (!parse_into(document, text, err)) {
        wr_json_free(document);
        return false;
    }
    *out = document;
    return true;
}

void wr_json_free(wr_json_document *document)
{
    wr_arena arena;

    if (!document)
        return;
    cJSON_Delete(document->tree);
    arena = document->arena;
    wr_arena_free(&arena);
}

/* ---- getters --------------------------------------------------------------------------------- */

wr_json wr_json_root(const wr_json_document *document)
{
    return (wr_json){ &document->root, document->source, "" };
}

wr_json wr_json_member(const wr_json *object, const char *name)
{
    const struct node *n = node_of(object), *found = NULL;
    size_t low = 0, high = is_object(n) ? n->count : 0;

    while (low < high && !found) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, n->by_name[middle]->value->string);

        if (order == 0)
            found = n->by_name[middle];
        else if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return child_of(object, name, found);
}

size_t wr_json_count(const wr_json *array_or_object)
{
    const struct node *n = node_of(array_or_object);
    return n ? n->count : 0;
}

wr_json wr_json_item(const wr_json *array, size_t i)
{
    const struct node *n = node_of(array);
    const struct node *item = i < wr_json_count(array) ? &n->items[i] : NULL;

    return is_object(n) && item ? child_of(array, item->value->string, item)
                                : item_of(array, i, item);
}

const char *wr_json_name(const wr_json *object, size_t i)
{
    const struct node *n = node_of(object);
    return is_object(n) && i < n->count ? n->items[i].value->string : NULL;
}

static const char *kind_of(const wr_json *value)
{
    const struct node *n = node_of(value);

    if (!n)
        return "absent";
    switch (n->value->type & 0xFF) {
    case cJSON_False:
    case cJSON_True:
        return "true or false";
    case cJSON_NULL:
        return "null";
    case cJSON_Number:
        return "a number";
    case cJSON_String:
        return "a text";
    case cJSON_Array:
        return "an array";
    default:
        return "an object";
    }
}

static bool fail_kind(const wr_json *value, const char *expected, wr_error *err)
{
    return wr_json_fail(value, err, "%s, expected %s", kind_of(value), expected);
}

bool wr_json_get_text(const wr_json *value, const char **out, wr_error *err)
{
    if (!wr_json_is_text(value))
        return fail_kind(value, "a text", err);
    *out = node_of(value)->value->valuestring;
    return true;
}

bool wr_json_get_uint(const wr_json *value, uint64_t *out, wr_error *err)
{
    const struct node *n = node_of(value);
    double number;

    if (!n || !cJSON_IsNumber(n->value))
        return fail_kind(value, "a whole number", err);
    number = n->value->valuedouble;
    if (!(number >= 0 && number <= LARGEST_EXACT) || (double)(uint64_t)number != number)
        return wr_json_fail(value, err, "number %.17g, expected a whole one from 0 to %.0f", number,
                            LARGEST_EXACT);
    *out = (uint64_t)number;
    return true;
}

bool wr_json_get_bool(const wr_json *value, bool *out, wr_error *err)
{
    const struct node *n = node_of(value);

    if (!n || !cJSON_IsBool(n->value))
        return fail_kind(value, "true or false", err);
    *out = cJSON_IsTrue(n->value);
    return true;
}

bool wr_json_is_object(const wr_json *value)
{
    return is_object(node_of(value));
}

bool wr_json_is_array(const wr_json *value)
{
    return value->node && cJSON_IsArray(node_of(value)->value);
}

bool wr_json_is_text(const wr_json *value)
{
    return value->node && cJSON_IsString(node_of(value)->value);
}

bool wr_json_only_from(const wr_json *object, const char *const *names, size_t *at, wr_error *err)
{
    while (*at < wr_json_count(object)) {
        size_t i = (*at)++;
        const char *name = wr_json_name(object, i);
        const char *const *known = names;

        while (*known && strcmp(*known, name) != 0)
            known++;
        if (!*known) {
            wr_json member = wr_json_item(object, i);
            return wr_json_fail(&member, err, "unknown member");
        }
    }
    return true;
}

bool wr_json_only(const wr_json *object, const char *const *names, wr_error *err)
{
    size_t at = 0;

    if (!wr_json_is_object(object))
        return fail_kind(object, "an object", err);
    return wr_json_only_from(object, names, &at, err);
}
