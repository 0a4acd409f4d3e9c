#include "fleet/known.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const of_facts[] = { "sha256",        "sha1",       "subject",   "issuer",
                                        "serial",        "not_before", "not_after", "self_signed",
                                        "key.algorithm", "key.bits",   NULL };
static const char *const of_verdict[] = { "trusted", NULL };
static const char *const of_finding[] = { "id",          "severity", "title", "detail",
                                          "certificate", "source",   NULL };
static const char *const of_requirement[] = { "profile", "title", "version", "result", NULL };
static const char *const of_action[] = {
    "action",        "store",  "certificate", "registry.key", "registry.name",
    "registry.data", "reason", "requirement", "widens",       NULL
};
static const char *const of_text[] = { NULL };

const char *const wr_known_item_columns[] = { "id",    "kind",   "severity",    "result",
                                              "state", "detail", "certificate", "subject",
                                              "store", "parent", NULL };

const char *const *wr_known_columns(wr_part_kind kind)
{
    static const char *const *const columns[] = {
        [WR_PART_FACTS] = of_facts,     [WR_PART_VERDICT] = of_verdict,
        [WR_PART_FINDING] = of_finding, [WR_PART_REQUIREMENT] = of_requirement,
        [WR_PART_ACTION] = of_action,   [WR_PART_TEXT] = of_text,
    };
    return columns[kind];
}

static uint64_t number_at(const uint8_t *bytes)
{
    uint64_t n = 0;

    for (size_t i = 0; i < 8; i++)
        n = n << 8 | bytes[i];
    return n;
}

static int64_t positive(uint64_t n)
{
    n &= INT64_MAX;
    return n ? (int64_t)n : 1;
}

int64_t wr_known_certificate(const uint8_t *sha256)
{
    return positive(number_at(sha256));
}

bool wr_known_digest(wr_view text, int64_t *id, uint64_t *check, wr_error *err)
{
    uint8_t sha256[WR_SHA256_LEN];

    if (!wr_digest(WR_SHA256, text, sha256, err))
        return false;
    *id = positive(number_at(sha256));
    *check = number_at(sha256 + 8);
    return true;
}

bool wr_known_id(const wr_part *part, wr_known *out, wr_error *err)
{
    /* One text may be a part of two kinds; any odd number keeps them apart. */
    const uint64_t apart = (uint64_t)part->kind * UINT64_C(0x9E3779B97F4A7C15);

    if (!wr_known_digest(part->text, &out->id, &out->check, err))
        return false;
    out->id = positive((uint64_t)out->id ^ apart);
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct reading {
    wr_arena *arena;
    wr_error *err;
} reading;

static bool text_of(const reading *r, const wr_json *value, const char **out);

/* Items of an array, a line each. */
static bool joined(const reading *r, const wr_json *array, const char **out)
{
    const char *all = "";

    for (size_t i = 0; i < wr_json_count(array); i++) {
        wr_json item = wr_json_item(array, i);
        const char *text;

        if (wr_json_is_array(&item) || wr_json_is_object(&item))
            return wr_json_fail(&item, r->err, "expected a text");
        if (!text_of(r, &item, &text))
            return false;
        if (!(all = wr_arena_format(r->arena, "%s%s%s", all, i ? "\n" : "", text)))
            return wr_fail_memory(r->err);
    }
    *out = all;
    return true;
}

static bool text_of(const reading *r, const wr_json *value, const char **out)
{
    wr_error other;
    uint64_t number;
    bool flag;

    if (wr_json_is_array(value))
        return joined(r, value, out);
    if (wr_json_is_text(value)) {
        const char *text;
        if (!wr_json_get_text(value, &text, r->err))
            return false;
        *out = wr_arena_text(r->arena, text);
    } else if (wr_json_get_bool(value, &flag, &other)) {
        *out = flag ? "1" : "0";
    } else if (wr_json_get_uint(value, &number, r->err)) {
        *out = wr_arena_format(r->arena, "%" PRIu64, number);
    } else {
        return false;
    }
    return *out || wr_fail_memory(r->err);
}

/* "key.bits" is the member bits of the member key. */
static wr_json member(const wr_json *object, const char *name)
{
    const char *dot = strchr(name, '.');
    char outer[16];
    wr_json inside;

    if (!dot)
        return wr_json_member(object, name);
    snprintf(outer, sizeof outer, "%.*s", (int)(dot - name), name);
    inside = wr_json_member(object, outer);
    return wr_json_is_object(&inside) ? wr_json_member(&inside, dot + 1)
                                      : (wr_json){ .node = NULL };
}

static bool columns(const reading *r, const wr_json *object, const char *const *names,
                    const char **out)
{
    for (size_t i = 0; names[i]; i++) {
        wr_json value = member(object, names[i]);
        out[i] = NULL;
        if (value.node && !text_of(r, &value, &out[i]))
            return false;
    }
    return true;
}

static bool needs(const reading *r, const wr_json *root, const wr_known *k,
                  const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!k->column[i])
            return wr_json_fail(root, r->err, "no member \"%s\"", names[i]);
    return true;
}

static bool facts(const reading *r, const wr_json *root, wr_known *out)
{
    uint8_t sha256[WR_SHA256_LEN];

    if (!needs(r, root, out, of_facts, 2))
        return false;
    if (!wr_text_unhex(out->column[0], sha256, sizeof sha256))
        return wr_json_fail(root, r->err, "\"sha256\" is no SHA-256 in hex");
    out->number = wr_known_certificate(sha256);
    return true;
}

/* True where a word stands in a list of words. */
static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = list; (at = strstr(at, word)); at++)
        if ((at == list || at[-1] == ' ') && (!at[len] || at[len] == ' '))
            return true;
    return false;
}

/* "server_auth code_signing? user:email": what is trusted, by the machine and then by a user; '?'
 * under a condition.  Users have other names on every host, so that they are not told apart. */
static bool verdict(const reading *r, const wr_json *root, wr_known *out)
{
    wr_json rows = wr_json_member(root, "trust");
    const char *all = "";
    uint64_t ignored;

    if (!wr_json_is_array(&rows))
        return wr_json_fail(root, r->err, "no array \"trust\"");
    for (size_t i = 0; i < wr_json_count(&rows); i++) {
        wr_json row = wr_json_item(&rows, i), scope = wr_json_member(&row, "scope"),
                purpose = wr_json_member(&row, "purpose"), status = wr_json_member(&row, "status");
        const char *where, *what, *how, *word;

        if (!wr_json_get_text(&scope, &where, r->err) ||
            !wr_json_get_text(&purpose, &what, r->err) || !wr_json_get_text(&status, &how, r->err))
            return false;
        if (strcmp(how, "trusted") && strcmp(how, "conditional"))
            continue;
        word = wr_arena_format(r->arena, "%s%s%s", strcmp(where, "machine") ? "user:" : "", what,
                               strcmp(how, "trusted") ? "?" : "");
        if (!word)
            return wr_fail_memory(r->err);
        if (!has_word(all, word) &&
            !(all = wr_arena_format(r->arena, "%s%s%s", all, *all ? " " : "", word)))
            return wr_fail_memory(r->err);
    }
    out->column[0] = all;
    out->number = 0;
    return !*all || wr_known_digest((wr_view){ .data = (const uint8_t *)all, .len = strlen(all) },
                                    &out->number, &ignored, r->err);
}

static bool requirement(const reading *r, const wr_json *root, wr_known *out)
{
    wr_json items = wr_json_member(root, "items");

    if (!needs(r, root, out, of_requirement, 1))
        return false;
    for (size_t i = 0; i < wr_json_count(&items); i++) {
        wr_json item = wr_json_item(&items, i);
        wr_known_item *row = WR_APPEND(r->arena, &out->items, wr_known_item);

        if (!row)
            return wr_fail_memory(r->err);
        if (!wr_json_is_object(&item))
            return wr_json_fail(&item, r->err, "no item of a requirement");
        if (!columns(r, &item, wr_known_item_columns, row->column))
            return false;
    }
    return true;
}

static bool read_root(const reading *r, const wr_part *part, const wr_json *root, wr_known *out)
{
    if (part->kind == WR_PART_TEXT)
        return true;
    if (!wr_json_is_object(root))
        return wr_json_fail(root, r->err, "no object, expected one");
    if (part->kind == WR_PART_VERDICT)
        return verdict(r, root, out);
    if (!columns(r, root, wr_known_columns(part->kind), out->column))
        return false;
    switch (part->kind) {
    case WR_PART_FACTS:
        return facts(r, root, out);
    case WR_PART_REQUIREMENT:
        return requirement(r, root, out);
    default:
        return needs(r, root, out, wr_known_columns(part->kind), 1);
    }
}

/* Of a certificate a part is only the half: made whole, it is JSON. */
static const char *const around[][2] = {
    [WR_PART_FACTS] = { "", "[]}" }, [WR_PART_VERDICT] = { "{\"instances\":[]", "" },
    [WR_PART_FINDING] = { "", "" },  [WR_PART_REQUIREMENT] = { "", "" },
    [WR_PART_ACTION] = { "", "" },   [WR_PART_TEXT] = { "", "" },
};

bool wr_known_read(const wr_part *part, wr_arena *arena, wr_known *out, wr_error *err)
{
    const wr_json_limits limits = { WR_LIMIT_REPORT_BYTES, WR_LIMIT_REPORT_DEPTH };
    const reading r = { arena, err };
    const char *before = around[part->kind][0], *after = around[part->kind][1];
    const size_t front = strlen(before), back = strlen(after);
    wr_view whole = part->text;
    wr_json_document *document;
    wr_json root;
    bool done;

    if (front || back) {
        uint8_t *copy = WR_NEW(arena, uint8_t, front + part->text.len + back);
        if (!copy)
            return wr_fail_memory(err);
        memcpy(copy, before, front);
        memcpy(copy + front, part->text.data, part->text.len);
        memcpy(copy + front + part->text.len, after, back);
        whole.data = copy;
        whole.len = front + part->text.len + back;
    }
    if (!wr_json_parse(whole, limits, &document, err))
        return false;
    root = wr_json_root(document);
    done = read_root(&r, part, &root, out);
    wr_json_free(document);
    return done;
}
