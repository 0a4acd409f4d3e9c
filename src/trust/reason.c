#include "trust/reason.h"

static const struct {
    const char *code, *meaning;
} table[WR_NUM_REASONS] = {
    [WR_REASON_DISALLOWED_STORE] = { "disallowed_store",
                                     "The certificate, or one with the same signed part, is in a "
                                     "Disallowed store of the machine or of the scope." },
    [WR_REASON_DISALLOWED_KEY] = { "disallowed_key",
                                   "The disallowed list names the MD5 of its public key: every "
                                   "certificate with that key is refused." },
    [WR_REASON_DISALLOWED_TBS] = { "disallowed_tbs",
                                   "The disallowed list names the hash of its signed part." },
    [WR_REASON_DISALLOWED_UNREADABLE] = { "disallowed_unreadable",
                                          "A part of a Disallowed store or list could not be read, "
                                          "so a refusal may be hidden there." },
    [WR_REASON_INSTALLED] = { "installed", "A copy is in a store whose certificates are anchors of "
                                           "the machine." },
    [WR_REASON_LISTED] = { "listed", "The root list in force has an entry for it; its attributes "
                                     "were laid over the stored properties." },
    [WR_REASON_NOT_LISTED] = { "not_listed",
                               "It is in the third-party store but not in the root list in force: "
                               "Windows may delete it at its next update." },
    [WR_REASON_NOT_INSTALLED] = { "not_installed",
                                  "It is in no store whose certificates are anchors of the "
                                  "machine, and no root list in force names it." },
    [WR_REASON_ON_DEMAND] = { "on_demand", "It is not installed, but the root list in force names "
                                           "it: Windows fetches it when a chain needs it." },
    [WR_REASON_BLOCKED_BY_POLICY] = { "blocked_by_policy",
                                      "The root list names it, but root auto-update is turned off "
                                      "by policy; it works only where crypt32.dll holds it." },
    [WR_REASON_MEMBER_NOT_OPENED] = { "member_not_opened",
                                      "Its only copies are in a store that Windows does not open: "
                                      "ProtectedRoots flags 1 and 8, or a registered physical "
                                      "store with flag 2." },
    [WR_REASON_STORE_UNREADABLE] = { "store_unreadable", "A part of a root store could not be "
                                                         "read, so a copy may be hidden there." },
    [WR_REASON_PHYSICAL_STORE_ELSEWHERE] = { "physical_store_elsewhere",
                                             "A physical store is registered for Root whose "
                                             "certificates are not in the evidence." },
    [WR_REASON_CONSENTED] = { "consented", "The user's list of protected roots has it." },
    [WR_REASON_NO_CONSENT] = { "no_consent",
                               "It is in the user's Root store and not on the user's list of "
                               "protected roots: Windows drops it." },
    [WR_REASON_CONSENT_NOT_RECORDED] = { "consent_not_recorded",
                                         "The user's hive has no list of protected roots: Windows "
                                         "adopts what is there when it makes one." },
    [WR_REASON_CONSENT_UNKNOWN] = { "consent_unknown",
                                    "It is in the user's Root store, and the evidence does not "
                                    "hold the user's list of protected roots." },
    [WR_REASON_USER_POLICY_ROOT] = { "user_policy_root",
                                     "It is in a Root store of the user's policy: no documented "
                                     "member of the user's roots, though Chromium reads it." },
    [WR_REASON_NOT_SELF_ISSUED] = { "not_self_issued",
                                    "It is in a root store but not self-issued: it anchors a chain "
                                    "only for callers that accept partial chains." },
    [WR_REASON_NOT_YET_VALID] = { "not_yet_valid", "Its validity begins later." },
    [WR_REASON_EXPIRED] = { "expired",
                            "Its validity has ended; signatures that were time-stamped before that "
                            "stay good for code signing and time stamping." },
    [WR_REASON_WEAK_KEY] = { "weak_key",
                             "Its RSA key is shorter than the chain engine asks for; signatures "
                             "that were time-stamped before a date stay good for code signing and "
                             "time stamping." },
    [WR_REASON_PURPOSE_NOT_IN_EXTENSION] = { "purpose_not_in_extension",
                                             "Its own extended key usage does not name the "
                                             "purpose." },
    [WR_REASON_PURPOSE_NOT_IN_PROPERTY] = { "purpose_not_in_property",
                                            "Property 9 names purposes, and not this one." },
    [WR_REASON_PURPOSE_REMOVED] = { "purpose_removed",
                                    "Property 122 removes the purpose, also for signatures that "
                                    "were time-stamped earlier." },
    [WR_REASON_DISABLED] = { "disabled", "Property 104 disables it from a date on; earlier time "
                                         "stamps count for code signing and time stamping." },
    [WR_REASON_DISABLE_SCHEDULED] = { "disable_scheduled",
                                      "Property 104 disables it from a date that has not come." },
    [WR_REASON_DISABLE_SCOPE_UNCERTAIN] = { "disable_scope_uncertain",
                                            "Properties 104 and 122 stand together; whether 122 "
                                            "narrows the date is unpublished, and the stricter "
                                            "reading was taken." },
    [WR_REASON_NOT_BEFORE] = { "not_before", "Property 126 refuses end certificates whose validity "
                                             "begins at or after a date." },
    [WR_REASON_NOT_BEFORE_SCHEDULED] = { "not_before_scheduled",
                                         "Property 126 will refuse end certificates from a date "
                                         "that has not come." },
    [WR_REASON_NOT_BEFORE_WITHOUT_DATE] = { "not_before_without_date",
                                            "Property 127 names the purpose without a date in 126; "
                                            "the effect is unpublished." },
    [WR_REASON_CA_DISABLED] = { "ca_disabled",
                                "Property 128 keeps only certificates issued before a date, for "
                                "callers that ask for them; the effect is unpublished." },
    [WR_REASON_NAME_CONSTRAINTS] = { "name_constraints",
                                     "Property 84 limits the names it may vouch for." },
    [WR_REASON_OS_IGNORES_DATES] = { "os_ignores_dates", "Properties 104 and 126 were not applied: "
                                                         "Windows before 10 ignores them." },
    [WR_REASON_STORED_PROPERTY_STRICTER] = { "stored_property_stricter",
                                             "The stored properties alone are stricter than with "
                                             "the list laid over them; which of the two counts is "
                                             "unpublished." },
    [WR_REASON_PROPERTY_UNREADABLE] = { "property_unreadable",
                                        "A property that decides could not be read." },
};

const char *wr_reason_code_text(wr_reason_code code)
{
    return table[code].code;
}

const char *wr_reason_code_meaning(wr_reason_code code)
{
    return table[code].meaning;
}
