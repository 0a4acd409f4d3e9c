/* lint_item.c - whether what the items of a profile ask can be, and is what its author meant. */
#include "require/linting.h"

#include "require/grade.h"
#include "trust/disallowed.h"
#include "trust/restriction.h"

#include <ctype.h>
#include <string.h>

/* The item wants the certificate to be there and of use, not refused. */
static bool wants_usable(const wr_requirement *item)
{
    return item->kind == WR_REQUIRE_CHAIN_USABLE ||
           (item->kind == WR_REQUIRE_CERTIFICATE_PRESENT && strcmp(item->store, "Disallowed") != 0);
}

/* ---- dates and lists ---------------------------------------------------------------------------
 */

static bool check_expired(wr_linting *l, const wr_requirement *item, const wr_certificate *known,
                          const char *pointer, wr_error *err)
{
    char date[WR_TIME_TEXT];

    if (!known || !wants_usable(item) || item->accept_expired ||
        l->trust->options.as_of <= known->x509.not_after)
        return true;
    wr_time_text(known->x509.not_after, date);
    return wr_lint_add(l, WR_DEFECT_EXPIRED, item, pointer, err,
                       "its certificate expired on %s; accept_expired would take it all the same",
                       date);
}

static bool check_disallowed(wr_linting *l, const wr_requirement *item, const wr_certificate *known,
                             const char *pointer, wr_error *err)
{
    wr_disallowed_by by = WR_DISALLOWED_NOT;

    if (!known || !l->trust->disallowed ||
        (!wants_usable(item) && item->kind != WR_REQUIRE_NOT_DISALLOWED))
        return true;
    if (!wr_disallowed_by_list(l->trust, known, &by, err))
        return err->code != WR_E_NO_MEMORY; /* of an algorithm without hashes here */
    return by == WR_DISALLOWED_NOT ||
           wr_lint_add(l, WR_DEFECT_DISALLOWED, item, pointer, err,
                       "the disallowed list refuses its certificate: it can never pass");
}

/* Presence alone is asked: nothing but a root that is switched off speaks against it. */
static bool check_switched_off(wr_linting *l, const wr_requirement *item, const wr_ctl_entry *entry,
                               const char *pointer, wr_error *err)
{
    wr_restriction r;
    char date[WR_TIME_TEXT];

    if (!wr_restriction_read(NULL, entry, l->arena, &r, err))
        return false;
    if (r.disabled != WR_DATE_SET || r.disabled_from > l->trust->options.as_of ||
        item->accept_expired)
        return true;
    wr_time_text(r.disabled_from, date);
    return wr_lint_add(l, WR_DEFECT_DISABLED, item, pointer, err,
                       "the root list disables its certificate since %s", date);
}

static bool check_listed(wr_linting *l, const wr_requirement *item, const wr_certificate *known,
                         const char *pointer, wr_error *err)
{
    const wr_checking c = { .trust = l->trust, .arena = l->arena };
    const uint8_t *sha1 = item->certificate->has_sha1 ? item->certificate->sha1
                          : known                     ? known->sha1
                                                      : NULL;
    const wr_ctl_entry *entry = sha1 ? wr_trust_program_entry(l->trust, sha1) : NULL;
    wr_grade grade;

    if (!entry || item->kind != WR_REQUIRE_CERTIFICATE_PRESENT || strcmp(item->store, "Root"))
        return true;
    if (!item->purposes.count)
        return check_switched_off(l, item, entry, pointer, err);
    if (!wr_grade_fetched(&c, item, sha1, &grade, err))
        return false;
    if (wr_grade_result(&grade, item) != WR_FAIL)
        return true;
    return wr_lint_add(
        l, grade.level == WR_GRADE_RESTRICTED ? WR_DEFECT_RESTRICTED : WR_DEFECT_DISABLED, item,
        pointer, err, "by the root list, %s", grade.detail);
}

static bool check_certificate(wr_linting *l, const wr_requirement *item, const char *pointer,
                              wr_error *err)
{
    const wr_certificate *known;

    if (!item->certificate)
        return true;
    known = wr_lint_known(l, item->certificate);
    return check_expired(l, item, known, pointer, err) &&
           check_listed(l, item, known, pointer, err) &&
           check_disallowed(l, item, known, pointer, err);
}

/* ---- alternatives ------------------------------------------------------------------------------
 */

static bool says(const char *text, const char *phrase)
{
    size_t len = strlen(phrase);

    for (; *text; text++) {
        size_t i = 0;
        while (i < len && tolower((unsigned char)text[i]) == phrase[i])
            i++;
        if (i == len)
            return true;
    }
    return false;
}

/* Words with which published lists say that one of several is enough. */
static const char *phrase_of_choice(const char *note)
{
    static const char *const phrases[] = { "any of", "one of", "either", "at least one",
                                           "alternative" };

    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (says(note, phrases[i]))
            return phrases[i];
    return NULL;
}

static bool check_choice(wr_linting *l, const wr_requirement *item, bool inside_choice,
                         const char *pointer, wr_error *err)
{
    const char *phrase = phrase_of_choice(item->note);

    if (item->kind == WR_REQUIRE_ANY_OF && item->children.count &&
        item->min >= item->children.count)
        return wr_lint_add(l, WR_DEFECT_ANY_OF_AS_ALL, item, pointer, err,
                           "an any-of that needs all of its %zu children", item->children.count);
    if (!phrase || inside_choice || item->kind == WR_REQUIRE_ANY_OF)
        return true;
    return wr_lint_add(l, WR_DEFECT_ANY_OF_AS_ALL, item, pointer, err,
                       "its note says \"%s\", and it stands in no any-of", phrase);
}

/* ---- items that ask the same -------------------------------------------------------------------
 */

static bool same_purposes(const wr_requirement *a, const wr_requirement *b)
{
    if (a->purposes.count != b->purposes.count)
        return false;
    for (size_t i = 0; i < a->purposes.count; i++)
        if (strcmp(a->purposes.items[i].oid, b->purposes.items[i].oid) != 0)
            return false;
    return true;
}

static bool ask_the_same(const wr_requirement *a, const wr_requirement *b)
{
    return a->kind == b->kind && a->certificate && b->certificate &&
           (a->certificate == b->certificate || wr_lint_same(a->certificate, b->certificate)) &&
           strcmp(a->store, b->store) == 0 && strcmp(a->when_text, b->when_text) == 0 &&
           same_purposes(a, b);
}

static bool check_same(wr_linting *l, const wr_requirements *items, size_t n, const char *pointer,
                       wr_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (ask_the_same(items->items[i], items->items[n]))
            return wr_lint_add(l, WR_DEFECT_DUPLICATE_ITEM, NULL, pointer, err,
                               "asks the same as item \"%.80s\"",
                               items->items[i]->id ? items->items[i]->id : "");
    return true;
}

/* ---- the tree ----------------------------------------------------------------------------------
 */

/* Depth is bounded by that of the JSON text. */
static bool check_items(wr_linting *l, const wr_requirements *items, bool inside_choice,
                        const char *around, wr_error *err)
{
    for (size_t i = 0; i < items->count; i++) {
        const wr_requirement *item = items->items[i];
        const char *pointer = wr_arena_format(l->arena, "%s/%zu", around, i);
        const char *children = wr_arena_format(l->arena, "%s/%zu/children", around, i);

        if (!pointer || !children)
            return wr_fail_memory(err);
        if (!check_same(l, items, i, pointer, err) || !check_certificate(l, item, pointer, err) ||
            !check_choice(l, item, inside_choice, pointer, err) ||
            !check_items(l, &item->children, inside_choice || item->kind == WR_REQUIRE_ANY_OF,
                         children, err))
            return false;
    }
    return true;
}

bool wr_lint_items(wr_linting *l, wr_error *err)
{
    return check_items(l, &l->profile.requirements, false, "/requirements", err);
}
