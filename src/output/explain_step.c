#include "output/explain_step.h"

#include <string.h>

static const char *const titles[WR_NUM_STEPS] = {
    [WR_STEP_DISALLOWED] = "refused?",      [WR_STEP_PRESENCE] = "present?",
    [WR_STEP_CONSENT] = "consent",          [WR_STEP_SELF_ISSUED] = "self-issued?",
    [WR_STEP_VALIDITY] = "validity",        [WR_STEP_KEY] = "key",
    [WR_STEP_EXTENSION] = "own EKU",        [WR_STEP_PURPOSES] = "property 9",
    [WR_STEP_REMOVED] = "property 122",     [WR_STEP_DISABLED] = "property 104",
    [WR_STEP_NOT_BEFORE] = "property 126",  [WR_STEP_NAMES] = "property 84",
    [WR_STEP_STORED] = "stored properties",
};

static const struct {
    const char *code;
    wr_step step;
    const char *change;
} reasons[] = {
    { "disallowed_store", WR_STEP_DISALLOWED, "taking it out of that Disallowed store" },
    { "disallowed_key", WR_STEP_DISALLOWED, "only a disallowed list without its key" },
    { "disallowed_tbs", WR_STEP_DISALLOWED, "only a disallowed list without it" },
    { "disallowed_unreadable", WR_STEP_DISALLOWED, "evidence whose Disallowed store can be read" },
    { "installed", WR_STEP_PRESENCE, "" },
    { "listed", WR_STEP_PRESENCE, "" },
    { "not_listed", WR_STEP_PRESENCE, "" },
    { "not_installed", WR_STEP_PRESENCE, "adding it to LM/Root" },
    { "on_demand", WR_STEP_PRESENCE, "a host that can fetch it, or adding it to LM/Root" },
    { "blocked_by_policy", WR_STEP_PRESENCE,
      "adding it to LM/Root, or DisableRootAutoUpdate other than 1" },
    { "member_not_opened", WR_STEP_PRESENCE, "clearing what keeps the store shut" },
    { "store_unreadable", WR_STEP_PRESENCE, "evidence whose root stores can be read" },
    { "physical_store_elsewhere", WR_STEP_PRESENCE,
      "evidence of what the registered physical store leads to" },
    { "consented", WR_STEP_CONSENT, "" },
    { "no_consent", WR_STEP_CONSENT, "the user's consent, or adding it to LM/Root" },
    { "consent_not_recorded", WR_STEP_CONSENT, "a hive in which the list of protected roots is" },
    { "consent_unknown", WR_STEP_CONSENT, "evidence that holds Root\\ProtectedRoots of the user" },
    { "user_policy_root", WR_STEP_CONSENT, "adding it to LM/Root or the machine's policy" },
    { "not_self_issued", WR_STEP_SELF_ISSUED, "its own root in LM/Root" },
    { "not_yet_valid", WR_STEP_VALIDITY, "a later time" },
    { "expired", WR_STEP_VALIDITY, "an earlier time, or its successor" },
    { "weak_key", WR_STEP_KEY, "another MinRsaPubKeyBitLength of the chain engine" },
    { "purpose_not_in_extension", WR_STEP_EXTENSION, "nothing: the certificate itself says it" },
    { "purpose_not_in_property", WR_STEP_PURPOSES, "another property 9 of the copy or the list" },
    { "purpose_removed", WR_STEP_REMOVED, "only a root list that gives the purpose back" },
    { "disabled", WR_STEP_DISABLED, "an earlier time, or a root list that withdraws the date" },
    { "disable_scheduled", WR_STEP_DISABLED, "a later time" },
    { "disable_scope_uncertain", WR_STEP_DISABLED, "" },
    { "ca_disabled", WR_STEP_DISABLED, "a root list that withdraws the date" },
    { "not_before", WR_STEP_NOT_BEFORE, "a root list that withdraws the date" },
    { "not_before_scheduled", WR_STEP_NOT_BEFORE, "a later time" },
    { "not_before_without_date", WR_STEP_NOT_BEFORE, "a root list with the date" },
    { "os_ignores_dates", WR_STEP_DISABLED, "Windows 10 or later" },
    { "name_constraints", WR_STEP_NAMES, "" },
    { "property_unreadable", WR_STEP_STORED, "a copy whose properties can be read" },
    { "stored_property_stricter", WR_STEP_STORED, "a copy with the list's properties" },
};

const char *wr_step_title(wr_step step)
{
    return titles[step];
}

wr_step wr_step_of(const char *code, const char **change)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (!strcmp(reasons[i].code, code)) {
            *change = reasons[i].change;
            return reasons[i].step;
        }
    *change = "";
    return WR_NUM_STEPS;
}

static const char *date_state(wr_date_state state)
{
    return state == WR_DATE_EMPTY ? "empty: an earlier date was withdrawn" : "absent";
}

static const char *validity(const wr_x509 *x509, wr_arena *arena)
{
    char from[WR_TIME_TEXT], until[WR_TIME_TEXT];

    if (!x509)
        return "";
    wr_time_text(x509->not_before, from);
    wr_time_text(x509->not_after, until);
    return wr_arena_format(arena, "valid from %s to %s", from, until);
}

static const char *not_before(const wr_restriction *r, const wr_purpose *purpose, wr_arena *arena)
{
    if (r->not_before == WR_DATE_SET &&
        wr_oids_contain(&r->not_before_purposes, purpose->oid_contents))
        return "set, and not applied";
    if (r->not_before == WR_DATE_SET && r->has_not_before_purposes)
        return wr_arena_format(arena, "set, and property 127 does not name %s", purpose->name);
    return date_state(r->not_before);
}

const char *wr_step_passed(wr_step step, const wr_x509 *x509, const wr_restriction *r,
                           const wr_purpose *purpose, wr_arena *arena)
{
    switch (step) {
    case WR_STEP_DISALLOWED:
        return "no Disallowed store and no disallowed list names it";
    case WR_STEP_VALIDITY:
        return validity(x509, arena);
    case WR_STEP_EXTENSION:
        return !x509 ? "" : x509->has_eku ? "names the purpose" : "none: every purpose";
    case WR_STEP_PURPOSES:
        return !r ? "" : r->has_purposes ? "names the purpose" : "absent: every purpose";
    case WR_STEP_REMOVED:
        return !r ? "" : r->has_removed ? "does not name the purpose" : "absent";
    case WR_STEP_DISABLED:
        return r ? date_state(r->disabled) : "";
    case WR_STEP_NOT_BEFORE:
        return r ? not_before(r, purpose, arena) : "";
    case WR_STEP_NAMES:
        return r ? "absent" : "";
    default:
        return "";
    }
}
