/* check_certificate.c - kinds certificate-present, certificate-absent and not-disallowed. */
#include "require/check.h"

#include "require/grade.h"
#include "require/identity.h"

#include "base/text.h"
#include "trust/disallowed.h"

#include <string.h>

static bool is_root(const wr_requirement *item)
{
    return strcmp(item->store, "Root") == 0;
}

/* The first live copy that the machine's store of this name has; for Root, any of its members. */
static const wr_instance *machine_copy(const wr_model *m, size_t certificate, const char *store)
{
    static const wr_location locations[] = { WR_LM, WR_LM_GROUP_POLICY, WR_LM_ENTERPRISE };

    for (size_t i = 0; i < sizeof locations / sizeof *locations; i++) {
        const wr_instance *copy = wr_model_instance(m, certificate, locations[i], store);
        if (copy)
            return copy;
    }
    return strcmp(store, "Root") == 0 ? wr_model_instance(m, certificate, WR_LM, "AuthRoot") : NULL;
}

/* Any live copy at all, for a hint. */
static const wr_instance *any_copy(const wr_model *m, size_t certificate)
{
    const wr_certificate *cert = &m->certificates.items[certificate];

    for (size_t i = 0; i < cert->instances.count; i++)
        if (!m->instances.items[cert->instances.items[i]].deleted)
            return &m->instances.items[cert->instances.items[i]];
    return NULL;
}

static void point_at(wr_check *check, const wr_model *m, const wr_instance *copy)
{
    check->source = m->stores.items[copy->store].source;
    check->path = copy->path;
}

static void point_at_grade(wr_check *check, const wr_grade *grade)
{
    if (*grade->source) {
        check->source = grade->source;
        check->path = grade->path;
    }
}

/* "code_signing and server_auth", "code_signing, server_auth and email". */
static const char *purpose_names(const wr_checking *c, const wr_requirement *item)
{
    const char *text = "";

    for (size_t i = 0; text && i < item->purposes.count; i++) {
        const char *joint = i == 0 ? "" : i + 1 == item->purposes.count ? " and " : ", ";
        text = wr_arena_format(c->arena, "%s%s%s", text, joint, item->purposes.items[i].name);
    }
    return text;
}

/* A copy is there: how good is it? */
static bool judge_copy(wr_checking *c, wr_check *check, const wr_instance *copy,
                       const wr_grade *grade, wr_error *err)
{
    const wr_model *m = c->trust->model;
    const wr_requirement *item = check->requirement;
    const wr_store *store = &m->stores.items[copy->store];
    const char *state = wr_grade_state(grade->level), *names;

    point_at(check, m, copy);
    if (grade->level != WR_GRADE_USABLE) {
        point_at_grade(check, grade);
        return wr_check_say(c, check, err, wr_grade_result(grade, item), state, "in %s/%s; %s",
                            store->location_text, store->name, grade->detail);
    }
    if (!item->purposes.count)
        return wr_check_say(c, check, err, WR_PASS, "present", "in %s/%s", store->location_text,
                            store->name);
    if (!(names = purpose_names(c, item)))
        return wr_fail_memory(err);
    return wr_check_say(c, check, err, WR_PASS, state, "in %s/%s, trusted for %s",
                        store->location_text, store->name, names);
}

/* ", found only in CU:Users/x/Root" for what is somewhere else; NULL: no memory. */
static const char *found_elsewhere(const wr_checking *c, const wr_check *check)
{
    const wr_model *m = c->trust->model;
    const wr_instance *copy =
        check->certificate == SIZE_MAX ? NULL : any_copy(m, check->certificate);

    if (!copy)
        return "";
    return wr_arena_format(c->arena, ", found only in %s/%s",
                           m->stores.items[copy->store].location_text,
                           m->stores.items[copy->store].name);
}

/* Not installed, but in the list and to be fetched. */
static bool judge_fetchable(wr_checking *c, wr_check *check, const uint8_t sha1[WR_SHA1_LEN],
                            const char *elsewhere, const char *date, wr_error *err)
{
    const wr_requirement *item = check->requirement;
    wr_grade grade;

    if (!c->trust->options.assume_connected)
        return wr_check_say(c, check, err, WR_FAIL, "absent_fetchable",
                            "in no root store of the machine%s; the root list of %s has it, but a "
                            "host that is offline cannot fetch it",
                            elsewhere, date);
    if (!wr_grade_fetched(c, item, sha1, &grade, err))
        return false;
    return wr_check_say(
        c, check, err, wr_grade_result(&grade, item), "absent_fetchable",
        "in no root store of the machine%s; a connected host fetches it by the root "
        "list of %s%s%s",
        elsewhere, date, *grade.detail ? "; " : "", grade.detail);
}

static bool judge_absent_root(wr_checking *c, wr_check *check, const char *elsewhere, wr_error *err)
{
    const wr_identity *id = check->requirement->certificate;
    const uint8_t *sha1 = id->has_sha1 ? id->sha1 : NULL;
    wr_availability availability = WR_AVAILABILITY_UNKNOWN;
    char date[WR_TIME_TEXT];

    if (!sha1 && check->certificate != SIZE_MAX)
        sha1 = c->trust->model->certificates.items[check->certificate].sha1;
    if (!c->trust->authroot)
        return wr_check_say(c, check, err, WR_FAIL, "absent_unfetchable",
                            "in no root store of the machine%s; no root list is at hand",
                            elsewhere);
    wr_time_text(c->trust->authroot->ctl->this_update, date);
    if (!sha1 || !wr_trust_availability(c->trust, sha1, &availability))
        return wr_check_say(
            c, check, err, WR_FAIL, "absent_unfetchable",
            "in no root store of the machine%s; the root list of %s does not have it", elsewhere,
            date);
    check->source = c->trust->authroot->source;
    check->path = c->trust->authroot->path;
    if (availability == WR_FETCHABLE)
        return judge_fetchable(c, check, sha1, elsewhere, date, err);
    return wr_check_say(
        c, check, err, WR_FAIL, "absent_unfetchable",
        "in no root store of the machine%s; the root list of %s has it, but %s", elsewhere, date,
        availability == WR_BLOCKED_BY_POLICY ? "root auto-update is turned off"
                                             : "whether Windows can get it here is not known");
}

/* A certificate that is nowhere, or only elsewhere, can be refused all the same. */
static bool grade_absent(const wr_checking *c, const wr_check *check, wr_grade *out, wr_error *err)
{
    const wr_model *m = c->trust->model;
    const wr_requirement *item = check->requirement;
    const wr_certificate *cert = check->certificate != SIZE_MAX
                                     ? &m->certificates.items[check->certificate]
                                     : wr_identity_supply(item->certificate, m);

    *out = (wr_grade){ WR_GRADE_USABLE, "", "", "" };
    return !cert || wr_grade_member(c, item, cert, check->certificate, out, err);
}

static bool judge_absent(wr_checking *c, wr_check *check, wr_error *err)
{
    const wr_requirement *item = check->requirement;
    const char *elsewhere = found_elsewhere(c, check);
    wr_grade grade;

    if (!elsewhere)
        return wr_fail_memory(err);
    if (strcmp(item->store, "Disallowed") != 0) {
        if (!grade_absent(c, check, &grade, err))
            return false;
        if (grade.level == WR_GRADE_DISALLOWED) {
            point_at_grade(check, &grade);
            return wr_check_say(c, check, err, WR_FAIL, wr_grade_state(grade.level),
                                "not in %s%s; %s", item->store, elsewhere, grade.detail);
        }
    }
    if (wr_trust_absence_unknown(c->trust, item->store))
        return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, "absent_unknown",
                            "not found%s, but a part of the evidence could not be read", elsewhere);
    if (is_root(item))
        return judge_absent_root(c, check, elsewhere, err);
    return wr_check_say(c, check, err, WR_FAIL, "absent_unfetchable", "not in %s of the machine%s",
                        item->store, elsewhere);
}

bool wr_check_present(wr_checking *c, wr_check *check, wr_error *err)
{
    const wr_model *m = c->trust->model;
    const wr_requirement *item = check->requirement;
    const wr_instance *copy = NULL;
    wr_grade grade;

    check->certificate = wr_identity_find(item->certificate, m);
    if (check->certificate != SIZE_MAX)
        copy = machine_copy(m, check->certificate, item->store);
    if (!copy)
        return judge_absent(c, check, err);
    if (strcmp(item->store, "Disallowed") == 0) {
        point_at(check, m, copy);
        return wr_check_say(c, check, err, WR_PASS, "present", "in %s/%s",
                            m->stores.items[copy->store].location_text,
                            m->stores.items[copy->store].name);
    }
    if (!(is_root(item) ? wr_grade_root(c, item, check->certificate, &grade, err)
                        : wr_grade_member(c, item, &m->certificates.items[check->certificate],
                                          check->certificate, &grade, err)))
        return false;
    if (is_root(item) && !c->trust->certificates[check->certificate].installed &&
        grade.level < WR_GRADE_UNUSABLE)
        grade =
            (wr_grade){ WR_GRADE_UNUSABLE, "policy keeps Windows from opening that store", "", "" };
    return judge_copy(c, check, copy, &grade, err);
}

bool wr_check_absent(wr_checking *c, wr_check *check, wr_error *err)
{
    const wr_model *m = c->trust->model;
    const wr_requirement *item = check->requirement;
    const wr_instance *copy = NULL;

    check->certificate = wr_identity_find(item->certificate, m);
    if (check->certificate != SIZE_MAX)
        copy = machine_copy(m, check->certificate, item->store);
    if (copy) {
        point_at(check, m, copy);
        return wr_check_say(c, check, err, WR_FAIL, "present", "in %s/%s, expected nowhere in %s",
                            m->stores.items[copy->store].location_text,
                            m->stores.items[copy->store].name, item->store);
    }
    if (wr_trust_absence_unknown(c->trust, item->store))
        return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, "absent_unknown",
                            "not found, but a part of the evidence could not be read");
    return wr_check_say(c, check, err, WR_PASS, "absent", "not in %s of the machine", item->store);
}

bool wr_check_not_disallowed(wr_checking *c, wr_check *check, wr_error *err)
{
    wr_grade grade;

    check->certificate = wr_identity_find(check->requirement->certificate, c->trust->model);
    if (!grade_absent(c, check, &grade, err))
        return false;
    if (grade.level == WR_GRADE_DISALLOWED) {
        point_at_grade(check, &grade);
        return wr_check_say(c, check, err, WR_FAIL, "disallowed", "%s", grade.detail);
    }
    if (wr_trust_absence_unknown(c->trust, "Disallowed"))
        return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, "",
                            "no refusal found, but a part of the evidence could not be read");
    if (c->trust->disallowed && check->certificate == SIZE_MAX &&
        !wr_identity_supply(check->requirement->certificate, c->trust->model))
        return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, "",
                            "in no Disallowed store; the disallowed list names keys, and the "
                            "certificate is not at hand: give it with --supply");
    return wr_check_say(c, check, err, WR_PASS, "", "no Disallowed store%s refuses it",
                        c->trust->disallowed ? " and no list" : "");
}
