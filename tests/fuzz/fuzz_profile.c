/* fuzz_profile.c - any text as a profile: what is accepted refers to nothing that is not there, has
 * what its kinds need, and names no store, id or key that a script could misread; what is refused
 * has a fault where all are wanted. */
#include "require/profile.h"

#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_plain(const char *text)
{
    check(*text && strlen(text) <= 64);
    check(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
          strlen(text));
}

static void check_source(const wr_profile *p, const char *id)
{
    size_t found = 0;

    for (size_t i = 0; i < p->sources.count; i++)
        found += p->sources.items[i].id == id;
    check(found == 1);
}

static size_t check_items(const wr_profile *p, const wr_requirements *items, bool top);

static size_t check_item(const wr_profile *p, const wr_requirement *item, bool top)
{
    bool group = item->kind == WR_REQUIRE_ANY_OF || item->kind == WR_REQUIRE_ALL_OF;
    bool named = item->kind <= WR_REQUIRE_CHAIN_USABLE;

    check_plain(item->id);
    check(named == (item->certificate != NULL));
    if (named)
        check(item->certificate >= p->certificates.items &&
              item->certificate < p->certificates.items + p->certificates.count &&
              (item->certificate->has_sha1 || item->certificate->has_sha256));
    check((item->kind == WR_REQUIRE_CERTIFICATE_PRESENT ||
           item->kind == WR_REQUIRE_CERTIFICATE_ABSENT) == (*item->store != '\0'));
    if (*item->store)
        check_plain(item->store);
    check(group == (item->children.count > 0));
    check(item->min >= 1 && (!group || item->min <= item->children.count));
    check((item->kind == WR_REQUIRE_REGISTRY_VALUE) == (*item->registry_key != '\0'));
    check((item->kind == WR_REQUIRE_LIST_MINIMUM) == (*item->list_min_sequence != '\0'));
    check((item->kind == WR_REQUIRE_OS_UPDATE) == (item->os_update.count > 0));
    for (size_t i = 0; i < item->os_update.count; i++)
        check(item->os_update.items[i].build_min <= item->os_update.items[i].build_max);
    for (size_t i = 0; i < item->sources.count; i++)
        check_source(p, item->sources.items[i]);
    check(*item->basis && item->when_text && item->note && (top || item->children.count < 4096));
    return 1 + check_items(p, &item->children, false);
}

static size_t check_items(const wr_profile *p, const wr_requirements *items, bool top)
{
    size_t count = 0;

    for (size_t i = 0; i < items->count; i++)
        count += check_item(p, items->items[i], top);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view text = { data, len, 0, "profile" };
    wr_profile p, again, part;
    wr_faults faults = { 0 };
    bool whole;
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    whole = wr_profile_parse(text, &arena, &p, &e);
    check(whole || e.code == WR_E_MALFORMED || e.code == WR_E_LIMIT);
    /* Reading on behind faults finds one exactly where the strict reading stops. */
    if (wr_profile_read(text, &arena, &part, &faults, &e)) {
        check(whole == (faults.count == 0));
        for (size_t i = 0; i < faults.count; i++)
            check(faults.items[i].pointer && *faults.items[i].message);
    }
    if (whole) {
        check_plain(p.id);
        check(check_items(&p, &p.requirements, true) <= WR_LIMIT_PROFILE_ITEMS);
        check(wr_profile_parse(text, &arena, &again, &e));
        check(again.requirements.count == p.requirements.count);
    }
    wr_arena_free(&arena);
    return 0;
}
