#include "require/requirement.h"

#include "require/field.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- words -------------------------------------------------------------------------------------
 */

/* Members that items of some kinds have: bits of `needs` and `takes`, in the order of reading. */
enum member {
    STORE,
    CERTIFICATE,
    PURPOSES,
    ACCEPT_EXPIRED,
    EXISTING_SIGNATURES,
    CHILDREN,
    MIN,
    REGISTRY,
    LIST,
    OS_UPDATE,
    NUM_MEMBERS
};
#define BIT(member) (1u << (member))
#define HOW_GOOD    (BIT(PURPOSES) | BIT(ACCEPT_EXPIRED) | BIT(EXISTING_SIGNATURES))

static const struct {
    const char *name;
    unsigned needs, takes;
} kinds[] = {
    [WR_REQUIRE_CERTIFICATE_PRESENT] = { "certificate-present", BIT(STORE) | BIT(CERTIFICATE),
                                         HOW_GOOD },
    [WR_REQUIRE_CERTIFICATE_ABSENT] = { "certificate-absent", BIT(STORE) | BIT(CERTIFICATE), 0 },
    [WR_REQUIRE_NOT_DISALLOWED] = { "not-disallowed", BIT(CERTIFICATE), 0 },
    [WR_REQUIRE_CHAIN_USABLE] = { "chain-usable", BIT(CERTIFICATE), HOW_GOOD },
    [WR_REQUIRE_ANY_OF] = { "any-of", BIT(CHILDREN), BIT(MIN) },
    [WR_REQUIRE_ALL_OF] = { "all-of", BIT(CHILDREN), 0 },
    [WR_REQUIRE_REGISTRY_VALUE] = { "registry-value", BIT(REGISTRY), 0 },
    [WR_REQUIRE_LIST_MINIMUM] = { "list-minimum", BIT(LIST), 0 },
    [WR_REQUIRE_OS_UPDATE] = { "os-update", BIT(OS_UPDATE), 0 },
};
#define NUM_KINDS (sizeof kinds / sizeof *kinds)

static const char *const severities[] = { "required", "recommended", NULL };
static const char *const bases[] = { "sourced", "name-only", "second-hand", "inferred", NULL };
static const char *const stores[] = { "Root",          "CA", "Disallowed", "TrustedPublisher",
                                      "TrustedPeople", NULL };
static const char *const list_kinds[] = { "authroot", "disallowed", "pinrules", NULL };
static const char *const operators[] = { "present",  "absent",  "equals", "not-equals",
                                         "at-least", "at-most", NULL };

static bool step(wr_reading *r, bool done, wr_error *err)
{
    return wr_reading_step(r, WR_DEFECT_MALFORMED, done, err);
}

#define SEQUENCE_DIGITS 64 /* the longest known sequence number has 18 */

const char *wr_requirement_kind_name(wr_requirement_kind kind)
{
    return kinds[kind].name;
}

/* ---- members of an item ------------------------------------------------------------------------
 */

static bool read_requirement(wr_reading *r, const wr_json *object, const wr_requirement *around,
                             wr_requirement **out, wr_error *err);

/* The items of an array of requirements, into a list of pointers. */
bool wr_requirements_read(wr_reading *r, const wr_json *array, const wr_requirement *around,
                          wr_requirements *out, wr_error *err)
{
    if (!wr_field_array(array, WR_LIMIT_PROFILE_ITEMS, err))
        return false;
    for (size_t i = 0; i < wr_json_count(array); i++) {
        wr_json object = wr_json_item(array, i);
        wr_requirement **item = WR_APPEND(r->arena, out, wr_requirement *);

        if (!item)
            return wr_fail_memory(err);
        if (!step(r, read_requirement(r, &object, around, item, err), err))
            return false;
    }
    return true;
}

static bool read_store(wr_reading *r, const wr_json *value, wr_requirement *item, wr_error *err)
{
    (void)r;
    return wr_field_word(value, stores, &item->store, err);
}

static bool read_certificate(wr_reading *r, const wr_json *value, wr_requirement *item,
                             wr_error *err)
{
    const wr_profile *profile = r->profile;
    const char *key;

    if (!wr_json_get_text(value, &key, err))
        return false;
    for (size_t i = 0; i < profile->certificates.count; i++)
        if (strcmp(profile->certificates.items[i].key, key) == 0)
            item->certificate = &profile->certificates.items[i];
    return item->certificate ||
           wr_json_fail(value, err, "\"%.80s\", expected a key of /certificates", key);
}

static bool read_purposes(wr_reading *r, const wr_json *value, wr_requirement *item, wr_error *err)
{
    if (!wr_field_array(value, WR_LIMIT_PROFILE_ITEMS, err))
        return false;
    for (size_t i = 0; i < wr_json_count(value); i++) {
        wr_json name = wr_json_item(value, i);
        wr_purpose purpose, *added;
        const char *text;

        if (!wr_json_get_text(&name, &text, err))
            return false;
        if (!wr_purpose_parse(text, r->arena, &purpose, err))
            return err->code != WR_E_NO_MEMORY &&
                   wr_json_fail(&name, err,
                                "\"%.80s\", expected a purpose such as code_signing, or "
                                "a dotted OID",
                                text);
        if (!(added = WR_APPEND(r->arena, &item->purposes, wr_purpose)))
            return wr_fail_memory(err);
        *added = purpose;
    }
    return true;
}

static bool read_accept_expired(wr_reading *r, const wr_json *value, wr_requirement *item,
                                wr_error *err)
{
    (void)r;
    return wr_json_get_bool(value, &item->accept_expired, err);
}

static bool read_existing_signatures(wr_reading *r, const wr_json *value, wr_requirement *item,
                                     wr_error *err)
{
    (void)r;
    return wr_json_get_bool(value, &item->existing_signatures, err);
}

static bool read_children(wr_reading *r, const wr_json *value, wr_requirement *item, wr_error *err)
{
    return wr_requirements_read(r, value, item, &item->children, err);
}

static bool read_min(wr_reading *r, const wr_json *value, wr_requirement *item, wr_error *err)
{
    (void)r;
    if (!wr_field_number(value, 1, &item->min, err))
        return false;
    if (item->min > item->children.count)
        return wr_json_fail(value, err, "at least %" PRIu32 " of %zu children", item->min,
                            item->children.count);
    return true;
}

/* Keys and names end between quotes in instructions that a person may paste into a prompt. */
static bool read_registry_text(wr_reading *r, const wr_json *value, const char **out, wr_error *err)
{
    if (!wr_field_text(value, r->arena, out, err))
        return false;
    for (const char *c = *out; *c; c++)
        if (*c < 0x20 || *c > 0x7E || strchr("\"%!", *c))
            return wr_json_fail(value, err, "\"%.80s\", expected ASCII without '\"', '%%' and '!'",
                                *out);
    return true;
}

static bool read_registry(wr_reading *r, const wr_json *object, wr_requirement *item, wr_error *err)
{
    static const char *const names[] = { "key", "name", "operator", "data", NULL };
    static const char machine[] = WR_REGISTRY_SOFTWARE;
    wr_json key = wr_json_member(object, "key"), name = wr_json_member(object, "name"),
            word = wr_json_member(object, "operator"), data = wr_json_member(object, "data");
    uint64_t number;
    bool compares;

    if (!wr_reading_only(r, object, names, err) ||
        !read_registry_text(r, &key, &item->registry_key, err) ||
        !read_registry_text(r, &name, &item->registry_name, err) ||
        !wr_field_word(&word, operators, &item->registry_operator, err))
        return false;
    if (strncmp(item->registry_key, machine, strlen(machine)) != 0)
        return wr_json_fail(&key, err, "\"%.80s\", expected a key below %s", item->registry_key,
                            machine);
    compares =
        strcmp(item->registry_operator, "present") && strcmp(item->registry_operator, "absent");
    if (!compares)
        return !data.node || wr_json_fail(&data, err, "given, and operator %s takes none",
                                          item->registry_operator);
    if (!wr_field_text(&data, r->arena, &item->registry_data, err))
        return false;
    if (strncmp(item->registry_operator, "at-", 3) == 0 &&
        !wr_number_parse(item->registry_data, &number))
        return wr_json_fail(&data, err, "\"%.80s\", expected a number for operator %s",
                            item->registry_data, item->registry_operator);
    return true;
}

static bool read_list(wr_reading *r, const wr_json *object, wr_requirement *item, wr_error *err)
{
    static const char *const names[] = { "kind", "min_sequence", NULL };
    wr_json kind = wr_json_member(object, "kind"),
            sequence = wr_json_member(object, "min_sequence");

    return wr_reading_only(r, object, names, err) &&
           wr_field_word(&kind, list_kinds, &item->list_kind, err) &&
           wr_field_hex(&sequence, SEQUENCE_DIGITS, r->arena, &item->list_min_sequence, err);
}

/* build_min and build_max of `object`, of which one may be absent and then bounds nothing. */
static bool read_builds(const wr_json *object, uint32_t *min, uint32_t *max, wr_error *err)
{
    wr_json first = wr_json_member(object, "build_min"), last = wr_json_member(object, "build_max");

    *min = 0;
    *max = UINT32_MAX;
    if (!first.node && !last.node)
        return wr_json_fail(object, err, "neither build_min nor build_max, expected one");
    if ((first.node && !wr_field_number(&first, 0, min, err)) ||
        (last.node && !wr_field_number(&last, 0, max, err)))
        return false;
    if (*min > *max)
        return wr_json_fail(&last, err, "build_max %" PRIu32 ", expected %" PRIu32 " or more", *max,
                            *min);
    return true;
}

static bool read_kbs(wr_reading *r, const wr_json *array, wr_os_update *out, wr_error *err)
{
    if (!wr_field_array(array, WR_LIMIT_PROFILE_ITEMS, err))
        return false;
    for (size_t i = 0; i < wr_json_count(array); i++) {
        uint32_t *kb = WR_APPEND(r->arena, &out->kbs, uint32_t);
        wr_json value = wr_json_item(array, i);

        if (!kb)
            return wr_fail_memory(err);
        if (!wr_field_number(&value, 1, kb, err))
            return false;
    }
    return true;
}

static bool read_update(wr_reading *r, const wr_json *object, wr_os_update *out, wr_error *err)
{
    static const char *const names[] = { "os",  "build_min",      "build_max",
                                         "kbs", "fixed_revision", "native",
                                         NULL };
    wr_json kbs = wr_json_member(object, "kbs"), native = wr_json_member(object, "native"),
            revision = wr_json_member(object, "fixed_revision");

    if (!wr_reading_only(r, object, names, err) ||
        !wr_field_member(object, "os", r->arena, &out->os, err) ||
        !read_builds(object, &out->build_min, &out->build_max, err) ||
        (kbs.node && !read_kbs(r, &kbs, out, err)) ||
        (revision.node && !wr_field_number(&revision, 1, &out->fixed_revision, err)) ||
        (native.node && !wr_json_get_bool(&native, &out->native, err)))
        return false;
    if (out->native == (kbs.node || revision.node))
        return wr_json_fail(object, err, "expected either native, or kbs or fixed_revision");
    return true;
}

static bool read_updates(wr_reading *r, const wr_json *array, wr_requirement *item, wr_error *err)
{
    if (!wr_field_array(array, WR_LIMIT_PROFILE_ITEMS, err))
        return false;
    for (size_t i = 0; i < wr_json_count(array); i++) {
        wr_os_update *update = WR_APPEND(r->arena, &item->os_update, wr_os_update);
        wr_json object = wr_json_item(array, i);

        if (!update)
            return wr_fail_memory(err);
        if (!step(r, read_update(r, &object, update, err), err))
            return false;
    }
    return true;
}

static const struct {
    const char *name;
    bool (*read)(wr_reading *r, const wr_json *value, wr_requirement *item, wr_error *err);
} members[NUM_MEMBERS] = {
    [STORE] = { "store", read_store },
    [CERTIFICATE] = { "certificate", read_certificate },
    [PURPOSES] = { "purposes", read_purposes },
    [ACCEPT_EXPIRED] = { "accept_expired", read_accept_expired },
    [EXISTING_SIGNATURES] = { "existing_signatures", read_existing_signatures },
    [CHILDREN] = { "children", read_children },
    [MIN] = { "min", read_min },
    [REGISTRY] = { "registry", read_registry },
    [LIST] = { "list", read_list },
    [OS_UPDATE] = { "os_update", read_updates },
};

/* What the kind needs is there, and what it would never look at is not. */
static bool read_kind_member(wr_reading *r, const wr_json *object, size_t i, wr_requirement *item,
                             wr_error *err)
{
    unsigned needs = kinds[item->kind].needs, takes = needs | kinds[item->kind].takes;
    wr_json value = wr_json_member(object, members[i].name);

    if (!value.node && (needs & BIT(i)))
        return wr_json_fail(&value, err, "absent, and a %s item needs it", kinds[item->kind].name);
    if (value.node && !(takes & BIT(i)))
        return wr_json_fail(&value, err, "given, and a %s item has none", kinds[item->kind].name);
    if (value.node && !members[i].read(r, &value, item, err))
        return false;
    /* Verdicts are over roots; how good a certificate of another store is, its chain says. */
    if (value.node && (BIT(i) & (BIT(PURPOSES) | BIT(EXISTING_SIGNATURES))) && *item->store &&
        strcmp(item->store, "Root"))
        return wr_json_fail(&value, err, "given for store %s, expected for Root or a chain-usable",
                            item->store);
    return true;
}

static bool read_members(wr_reading *r, const wr_json *object, wr_requirement *item, wr_error *err)
{
    for (size_t i = 0; i < NUM_MEMBERS; i++)
        if (!step(r, read_kind_member(r, object, i, item, err), err))
            return false;
    return true;
}

/* ---- items -------------------------------------------------------------------------------------
 */

/* The condition for people. */
static const char *when_text(wr_reading *r, const wr_requirement *item)
{
    static const char *const updates[] = { "", "root auto-update is off",
                                           "root auto-update is on" };
    const char *update = updates[item->when_root_auto_update + 1];
    char time[WR_TIME_TEXT] = "", builds[64] = "";

    if (item->when_os && item->when_build_max == UINT32_MAX)
        snprintf(builds, sizeof builds, "Windows build %" PRIu32 " or later", item->when_build_min);
    else if (item->when_os)
        snprintf(builds, sizeof builds, "Windows build %" PRIu32 " to %" PRIu32,
                 item->when_build_min, item->when_build_max);
    if (item->effective_from)
        wr_time_text(item->effective_from, time);
    return wr_arena_format(r->arena, "%s%s%s%s%s%s", builds, *builds && *update ? ", " : "", update,
                           (*builds || *update) && *time ? ", " : "", *time ? "from " : "", time);
}

static bool read_when(wr_reading *r, const wr_json *object, wr_requirement *item, wr_error *err)
{
    static const char *const names[] = { "os", "root_auto_update", "effective_from", NULL };
    static const char *const os_names[] = { "build_min", "build_max", NULL };
    wr_json os = wr_json_member(object, "os"), update = wr_json_member(object, "root_auto_update"),
            from = wr_json_member(object, "effective_from");
    const char *text = "";
    bool on = false;

    if (!wr_reading_only(r, object, names, err))
        return false;
    if (wr_json_count(object) == 0)
        return wr_json_fail(object, err, "no condition, expected at least one member");
    item->when_os = os.node != NULL;
    if ((os.node && (!wr_reading_only(r, &os, os_names, err) ||
                     !read_builds(&os, &item->when_build_min, &item->when_build_max, err))) ||
        (update.node && !wr_json_get_bool(&update, &on, err)) ||
        (from.node && !wr_json_get_text(&from, &text, err)))
        return false;
    if (update.node)
        item->when_root_auto_update = on;
    if (from.node && !wr_time_parse(text, &item->effective_from))
        return wr_json_fail(&from, err, "\"%.80s\", expected a date such as 2026-03-15", text);
    item->when_text = when_text(r, item);
    return item->when_text || wr_fail_memory(err);
}

static bool read_item_sources(wr_reading *r, const wr_json *array, wr_requirement *item,
                              wr_error *err)
{
    if (!wr_field_array(array, WR_LIMIT_PROFILE_SOURCES, err))
        return false;
    for (size_t i = 0; i < wr_json_count(array); i++) {
        const char *id, **added = WR_APPEND(r->arena, &item->sources, const char *);
        wr_json value = wr_json_item(array, i);
        const wr_profile_source *source;

        if (!added)
            return wr_fail_memory(err);
        if (!wr_json_get_text(&value, &id, err))
            return false;
        if (!(source = wr_profile_source_of(r->profile, id)))
            return wr_json_fail(&value, err, "\"%.80s\", expected an id of /sources", id);
        *added = source->id;
    }
    return true;
}

/* How much it matters and how sure it is.  An item inside another has the severity of the outermost
 * one, and its basis and sources where it gives none of its own. */
static bool read_grounds(wr_reading *r, const wr_json *object, const wr_requirement *around,
                         wr_requirement *item, wr_error *err)
{
    wr_json severity = wr_json_member(object, "severity"), basis = wr_json_member(object, "basis"),
            source = wr_json_member(object, "source");
    const char *word = severities[around && !around->required];

    if (around && severity.node)
        return wr_json_fail(&severity, err, "given inside item %s, which has it", around->id);
    if (!around && !wr_field_word(&severity, severities, &word, err))
        return false;
    item->required = word == severities[0];
    if (around && !basis.node && !source.node) {
        item->basis = around->basis;
        item->sources.items = around->sources.items;
        item->sources.count = around->sources.count;
        return true;
    }
    if (!wr_field_word(&basis, bases, &item->basis, err))
        return false;
    if (!source.node && strcmp(item->basis, "inferred"))
        return wr_json_fail(&source, err, "absent, expected a source of what is %s", item->basis);
    return !source.node || read_item_sources(r, &source, item, err);
}

static bool read_defects(const wr_json *array, wr_requirement *item, wr_error *err)
{
    if (!wr_field_array(array, WR_NUM_DEFECTS, err))
        return false;
    for (size_t i = 0; i < wr_json_count(array); i++) {
        wr_json value = wr_json_item(array, i);
        const char *text;
        size_t defect = 0;

        if (!wr_json_get_text(&value, &text, err))
            return false;
        while (wr_defect_names[defect] && strcmp(wr_defect_names[defect], text))
            defect++;
        if (defect < WR_FIRST_ITEM_DEFECT || defect == WR_NUM_DEFECTS)
            return wr_json_fail(&value, err, "\"%.80s\", expected a defect of an item such as %s",
                                text, wr_defect_names[WR_FIRST_ITEM_DEFECT]);
        item->known_defects |= 1u << defect;
    }
    return true;
}

static bool read_kind(const wr_json *value, wr_requirement_kind *out, wr_error *err)
{
    const char *text;

    if (!wr_json_get_text(value, &text, err))
        return false;
    for (size_t i = 0; i < NUM_KINDS; i++)
        if (strcmp(text, kinds[i].name) == 0) {
            *out = (wr_requirement_kind)i;
            return true;
        }
    return wr_json_fail(value, err, "\"%.80s\", expected a kind such as certificate-present", text);
}

static bool read_id(wr_reading *r, const wr_json *value, const char **out, wr_error *err)
{
    const char **added;

    if (!wr_field_name(value, r->arena, out, err))
        return false;
    if (r->ids.count == WR_LIMIT_PROFILE_ITEMS)
        return wr_field_limit(value, r->ids.count + 1, WR_LIMIT_PROFILE_ITEMS, err);
    for (size_t i = 0; i < r->ids.count; i++)
        if (strcmp(r->ids.items[i], *out) == 0)
            return wr_json_fail(value, err, "item \"%s\" given twice", *out);
    if (!(added = WR_APPEND(r->arena, &r->ids, const char *)))
        return wr_fail_memory(err);
    *added = *out;
    return true;
}

/* Depth is bounded by that of the JSON text. */
static bool read_requirement(wr_reading *r, const wr_json *object, const wr_requirement *around,
                             wr_requirement **out, wr_error *err)
{
    static const char *const names[] = { "id",
                                         "kind",
                                         "severity",
                                         "when",
                                         "store",
                                         "purposes",
                                         "accept_expired",
                                         "existing_signatures",
                                         "certificate",
                                         "children",
                                         "min",
                                         "registry",
                                         "list",
                                         "basis",
                                         "os_update",
                                         "source",
                                         "note",
                                         "known_defects",
                                         NULL };
    wr_json id = wr_json_member(object, "id"), kind = wr_json_member(object, "kind"),
            when = wr_json_member(object, "when"),
            defects = wr_json_member(object, "known_defects");
    wr_requirement *item = WR_NEW(r->arena, wr_requirement, 1);

    if (!item)
        return wr_fail_memory(err);
    *item = (wr_requirement){ .when_text = "",
                              .when_root_auto_update = -1,
                              .store = "",
                              .min = 1,
                              .registry_key = "",
                              .registry_name = "",
                              .registry_operator = "",
                              .registry_data = "",
                              .list_kind = "",
                              .list_min_sequence = "",
                              .note = "" };
    *out = item;
    return wr_reading_only(r, object, names, err) &&
           step(r, read_id(r, &id, &item->id, err), err) && read_kind(&kind, &item->kind, err) &&
           step(r, read_grounds(r, object, around, item, err), err) &&
           (!when.node || step(r, read_when(r, &when, item, err), err)) &&
           read_members(r, object, item, err) &&
           step(r, wr_field_optional(object, "note", r->arena, &item->note, err), err) &&
           (!defects.node || step(r, read_defects(&defects, item, err), err));
}
