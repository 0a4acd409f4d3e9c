#include "trust/verdict.h"

#include "store/protected_roots.h"
#include "trust/reason.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What a rule is given: one copy (or a bare program entry) under one set of restrictions. */
typedef struct wr_case {
    const wr_trust *trust;
    const wr_scope *scope;
    const wr_x509 *x509;     /* NULL for a program entry whose certificate is not at hand */
    const wr_copies *copies; /* NULL likewise */
    const wr_weak_key *weak; /* NULL: its key is long enough, or not at hand */
    const wr_restriction *r;
    const wr_purpose *purpose;
    const char *source, *path; /* where the restrictions were read */
    wr_arena *arena;
    wr_verdict *verdict;
    bool no_memory;
} wr_case;

#define NOT_ADOPTED 2u /* bit of ProtectedRoots\\Flags: SPEC windows-trust 2.2 */

/* A reason, and the status that it allows at best. */
static void add_reason(wr_case *c, wr_status at_best, wr_reason_code code, const char *fmt, ...)
    WR_PRINTF(4, 5);
static void add_reason(wr_case *c, wr_status at_best, wr_reason_code code, const char *fmt, ...)
{
    char detail[512];
    wr_reason *reason;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(detail, sizeof detail, fmt, ap);
    va_end(ap);
    reason = WR_APPEND(c->arena, &c->verdict->reasons, wr_reason);
    if (!reason || !(reason->detail = wr_arena_text(c->arena, detail))) {
        c->no_memory = true;
        return;
    }
    reason->code = wr_reason_code_text(code);
    reason->source = c->source ? c->source : "";
    reason->path = c->path ? c->path : "";
    if (at_best > c->verdict->status) {
        /* What decided stands first. */
        wr_reason decided = *reason;
        memmove(c->verdict->reasons.items + 1, c->verdict->reasons.items,
                (c->verdict->reasons.count - 1) * sizeof decided);
        c->verdict->reasons.items[0] = decided;
        c->verdict->status = at_best;
    }
}

typedef struct date_text {
    char text[WR_TIME_TEXT];
} date_text;

static date_text date(wr_time t)
{
    date_text d;
    wr_time_text(t, d.text);
    return d;
}

/* SPEC windows-trust 5.4: anyExtendedKeyUsage counts as every purpose. */
static bool names_purpose(const wr_oids *oids, const wr_purpose *purpose)
{
    static const uint8_t any[] = { 0x55, 0x1d, 0x25, 0x00 };
    return wr_oids_contain(oids, purpose->oid_contents) ||
           wr_oids_contain(oids, (wr_view){ any, sizeof any, 0, "" });
}

/* 5.1 step 5.  Signatures that were time-stamped while it was valid stay good (KB293781). */
static void rule_validity(wr_case *c)
{
    wr_time now = c->trust->options.as_of;

    if (!c->x509)
        return;
    if (now < c->x509->not_before)
        add_reason(c, WR_NOT_TRUSTED, WR_REASON_NOT_YET_VALID, "valid from %s",
                   date(c->x509->not_before).text);
    else if (now > c->x509->not_after)
        add_reason(c, wr_purpose_keeps_time_stamps(c->purpose) ? WR_CONDITIONAL : WR_NOT_TRUSTED,
                   WR_REASON_EXPIRED, "expired on %s", date(c->x509->not_after).text);
}

/* 2.5: the chain engine holds roots to it too. */
static void rule_key(wr_case *c)
{
    const char *source = c->source, *path = c->path;
    const wr_weak_key *key = c->weak;

    if (!key)
        return;
    if (key->policy) {
        c->source = key->policy->source;
        c->path = key->policy->key;
    }
    if (wr_purpose_keeps_time_stamps(c->purpose))
        add_reason(c, WR_CONDITIONAL, WR_REASON_WEAK_KEY,
                   "RSA key of %u bits, %u are asked for: only what was time-stamped before %s",
                   key->bits, (unsigned)key->least, date(key->stamped_before).text);
    else
        add_reason(c, WR_NOT_TRUSTED, WR_REASON_WEAK_KEY, "RSA key of %u bits, %u are asked for",
                   key->bits, (unsigned)key->least);
    c->source = source;
    c->path = path;
}

/* 5.4: the certificate's own extension and property 9 are intersected. */
static void rule_extension(wr_case *c)
{
    if (!c->x509 || !c->x509->has_eku)
        return;
    if (c->copies->extension_unreadable)
        add_reason(c, WR_UNKNOWN, WR_REASON_PROPERTY_UNREADABLE,
                   "its extended key usage cannot be decoded");
    else if (!names_purpose(&c->copies->extension, c->purpose))
        add_reason(c, WR_NOT_TRUSTED, WR_REASON_PURPOSE_NOT_IN_EXTENSION,
                   "its extended key usage has %zu purposes, not %s",
                   c->copies->extension.list.count, c->purpose->name);
}

/* 4.5: absent = every purpose, empty = none. */
static void rule_property_purposes(wr_case *c)
{
    if (c->r->has_purposes && c->r->unreadable != WR_PROP_ENHKEY_USAGE &&
        !names_purpose(&c->r->purposes, c->purpose))
        add_reason(c, WR_NOT_TRUSTED, WR_REASON_PURPOSE_NOT_IN_PROPERTY,
                   "property 9 names %zu purposes, not %s", c->r->purposes.list.count,
                   c->purpose->name);
}

/* 4.5: "EKU removal"; earlier time stamps do not help. */
static void rule_purpose_removed(wr_case *c)
{
    if (c->r->has_removed && names_purpose(&c->r->removed, c->purpose))
        add_reason(c, WR_DISTRUSTED, WR_REASON_PURPOSE_REMOVED, "property 122 removes %s",
                   c->purpose->name);
}

/* 4.5 and MAY19: Disable and NotBefore work on Windows 10 and later. */
static bool os_ignores_dates(const wr_case *c)
{
    return c->trust->os.major && c->trust->os.major < 10;
}

static void rule_disabled(wr_case *c)
{
    const wr_restriction *r = c->r;
    date_text from;

    if (r->disabled != WR_DATE_SET || os_ignores_dates(c))
        return;
    from = date(r->disabled_from);
    if (r->disabled_from > c->trust->options.as_of)
        add_reason(c, WR_TRUSTED, WR_REASON_DISABLE_SCHEDULED, "disabled from %s", from.text);
    else if (r->disabled_from == 0)
        add_reason(c, WR_DISTRUSTED, WR_REASON_DISABLED, "property 104 is zero: disabled always");
    else if (wr_purpose_keeps_time_stamps(c->purpose))
        add_reason(c, WR_CONDITIONAL, WR_REASON_DISABLED,
                   "disabled since %s: only what was time-stamped before", from.text);
    else
        add_reason(c, WR_DISTRUSTED, WR_REASON_DISABLED, "disabled since %s", from.text);
    if (r->has_removed)
        add_reason(c, WR_TRUSTED, WR_REASON_DISABLE_SCOPE_UNCERTAIN,
                   "property 122 stands beside 104; read as: 104 disables every purpose");
}

static void rule_not_before(wr_case *c)
{
    const wr_restriction *r = c->r;
    bool concerned =
        !r->has_not_before_purposes || names_purpose(&r->not_before_purposes, c->purpose);
    date_text from;

    if (!concerned || os_ignores_dates(c))
        return;
    if (r->not_before == WR_DATE_ABSENT && r->has_not_before_purposes)
        add_reason(c, WR_CONDITIONAL, WR_REASON_NOT_BEFORE_WITHOUT_DATE,
                   "property 127 names %s and there is no property 126", c->purpose->name);
    if (r->not_before != WR_DATE_SET)
        return;
    from = date(r->not_before_from);
    if (r->not_before_from == 0)
        add_reason(c, WR_DISTRUSTED, WR_REASON_NOT_BEFORE,
                   "property 126 is zero: no end certificate is old enough");
    else if (r->not_before_from > c->trust->options.as_of)
        add_reason(c, WR_TRUSTED, WR_REASON_NOT_BEFORE_SCHEDULED,
                   "end certificates issued from %s on will be refused", from.text);
    else
        add_reason(c, WR_CONDITIONAL, WR_REASON_NOT_BEFORE,
                   "only end certificates issued before %s", from.text);
}

/* 4.5: confidence is low, so the stricter reading, as a condition. */
static void rule_ca_disabled(wr_case *c)
{
    if (c->r->ca_disabled == WR_DATE_SET && c->r->ca_disabled_from <= c->trust->options.as_of &&
        !os_ignores_dates(c))
        add_reason(c, WR_CONDITIONAL, WR_REASON_CA_DISABLED,
                   "only certificates issued before %s, and only for callers that ask for them",
                   date(c->r->ca_disabled_from).text);
}

static void rule_os_ignores_dates(wr_case *c)
{
    if (os_ignores_dates(c) && (c->r->disabled == WR_DATE_SET || c->r->not_before == WR_DATE_SET))
        add_reason(c, WR_TRUSTED, WR_REASON_OS_IGNORES_DATES,
                   "Windows %u.%u does not know properties 104 and 126",
                   (unsigned)c->trust->os.major, (unsigned)c->trust->os.minor);
}

static void rule_name_constraints(wr_case *c)
{
    if (c->r->name_constraints)
        add_reason(c, WR_CONDITIONAL, WR_REASON_NAME_CONSTRAINTS,
                   "property 84 limits the names below it");
}

static void rule_unreadable(wr_case *c)
{
    if (c->r->unreadable)
        add_reason(c, WR_UNKNOWN, WR_REASON_PROPERTY_UNREADABLE, "property %u cannot be decoded",
                   (unsigned)c->r->unreadable);
}

typedef void rule(wr_case *c);

static rule *const rules[] = {
    rule_validity,         rule_key,
    rule_extension,        rule_property_purposes,
    rule_purpose_removed,  rule_disabled,
    rule_not_before,       rule_ca_disabled,
    rule_os_ignores_dates, rule_name_constraints,
    rule_unreadable,
};

static void apply_rules(wr_case *c)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        rules[i](c);
}

/* DESIGN: where the stored properties alone are stricter, which of the two Windows obeys is
 * unpublished. */
static void rule_stored_stricter(wr_case *c, const wr_copy *copy)
{
    wr_verdict alone = { .purpose = c->purpose, .status = WR_TRUSTED };
    wr_case stored = *c;

    stored.r = &copy->stored;
    stored.verdict = &alone;
    apply_rules(&stored);
    c->no_memory |= stored.no_memory;
    if (alone.status > c->verdict->status)
        add_reason(c, WR_CONDITIONAL, WR_REASON_STORED_PROPERTY_STRICTER,
                   "by its stored properties alone it is %s (%s)", wr_status_name(alone.status),
                   alone.reasons.count ? alone.reasons.items[0].code : "");
}

/* 2.2: a root of the user's own counts only with the user's consent. */
static void rule_consent(wr_case *c, const wr_copy *copy)
{
    const wr_user *user = c->scope->user;
    const wr_policy *flags = wr_model_policy(c->trust->model, "ProtectedRoots\\Flags");
    const uint8_t *sha1 = c->trust->model->certificates.items[copy->instance->certificate].sha1;

    if (copy->store->location != WR_CU)
        return;
    if (!user || user->consent == WR_CONSENT_UNKNOWN) {
        add_reason(c, WR_UNKNOWN, WR_REASON_CONSENT_UNKNOWN,
                   "ProtectedRoots\\Certificates of the user is not in the evidence");
        return;
    }
    c->source = user->source;
    c->path = user->path;
    if (user->consent == WR_CONSENT_LIST && wr_user_consented(user, sha1))
        add_reason(c, WR_TRUSTED, WR_REASON_CONSENTED, "on the user's list of protected roots");
    else if (user->consent == WR_CONSENT_LIST)
        add_reason(c, WR_NOT_TRUSTED, WR_REASON_NO_CONSENT,
                   "not on the user's list of protected roots");
    else if (flags && flags->is_number && (flags->number & NOT_ADOPTED))
        add_reason(
            c, WR_NOT_TRUSTED, WR_REASON_NO_CONSENT,
            "there is no list of protected roots, and ProtectedRoots flag 2 keeps roots from "
            "being adopted");
    else
        add_reason(c, WR_CONDITIONAL, WR_REASON_CONSENT_NOT_RECORDED,
                   "there is no list of protected roots yet: what is there is adopted when Windows "
                   "makes one");
}

/* 2.1: the documentation has no policy member of a user's Root. */
static void rule_user_policy(wr_case *c, const wr_copy *copy)
{
    if (copy->store->location == WR_CU_GROUP_POLICY)
        add_reason(c, WR_CONDITIONAL, WR_REASON_USER_POLICY_ROOT,
                   "in the user's policy, which Chromium reads and Windows' documentation does not "
                   "name");
}

static bool judge_copy(wr_case *c, const wr_copy *copy, const wr_ctl_entry *entry)
{
    const wr_trust *trust = c->trust;

    c->source = copy->store->source;
    c->path = copy->instance->path;
    c->r = &copy->in_force;
    add_reason(c, WR_TRUSTED, WR_REASON_INSTALLED, "in %s/%s", copy->store->location_text,
               copy->store->name);
    rule_consent(c, copy);
    rule_user_policy(c, copy);
    c->source = copy->store->source;
    c->path = copy->instance->path;
    if (entry) {
        c->source = trust->authroot->source;
        c->path = trust->authroot->path;
        add_reason(c, WR_TRUSTED, WR_REASON_LISTED, "in the root list of %s",
                   date(trust->authroot->ctl->this_update).text);
    } else if (trust->authroot && !strcmp(copy->store->name, "AuthRoot")) {
        add_reason(c, WR_TRUSTED, WR_REASON_NOT_LISTED, "not in the root list of %s",
                   date(trust->authroot->ctl->this_update).text);
    }
    if (!wr_x509_self_issued(c->x509))
        add_reason(c, WR_CONDITIONAL, WR_REASON_NOT_SELF_ISSUED,
                   "its issuer is not its subject; only callers that allow partial chains");
    apply_rules(c);
    c->source = copy->store->source;
    c->path = copy->instance->path;
    if (entry)
        rule_stored_stricter(c, copy);
    return !c->no_memory;
}

static const char *unreadable_store(const wr_trust *trust, const char *const *names, size_t count)
{
    const wr_model *m = trust->model;

    for (size_t i = 0; trust->stores_damaged && i < m->stores.count; i++) {
        const wr_store *s = &m->stores.items[i];
        if (!s->num_skipped || s->location > WR_LM_ENTERPRISE)
            continue;
        for (size_t j = 0; j < count; j++)
            if (!strcmp(s->name, names[j]))
                return s->path;
    }
    return NULL;
}

static const char *const root_stores[] = { "Root", "AuthRoot" };
static const char *const disallowed_stores[] = { "Disallowed" };

bool wr_trust_absence_unknown(const wr_trust *trust, const char *store_name)
{
    bool root = !strcmp(store_name, "Root");

    return trust->model->machine_incomplete ||
           unreadable_store(trust, root ? root_stores : &store_name, root ? 2 : 1) != NULL;
}

/* No copy that counts: why, and what would make one. */
static void judge_absent(wr_case *c, const wr_copies *copies, const wr_ctl_entry *entry)
{
    const wr_trust *trust = c->trust;
    const char *unreadable = unreadable_store(trust, root_stores, 2);
    const wr_physical_store *elsewhere = wr_root_elsewhere(trust, c->scope);

    if (copies->not_opened) {
        c->source = copies->shut.source;
        c->path = copies->shut.path;
        add_reason(c, WR_NOT_TRUSTED, WR_REASON_MEMBER_NOT_OPENED, "%s", copies->shut.why);
        return;
    }
    if (elsewhere) {
        c->source = trust->model->stores.items[elsewhere->store].source;
        c->path = elsewhere->path;
        add_reason(c, WR_UNKNOWN, WR_REASON_PHYSICAL_STORE_ELSEWHERE,
                   "a member of Root is registered that is not in the evidence");
        return;
    }
    if (c->scope->root_incomplete) {
        add_reason(c, WR_UNKNOWN, WR_REASON_STORE_UNREADABLE,
                   "a copy may be in what could not be read of the Root store of %s",
                   c->scope->text);
        return;
    }
    if (unreadable || trust->model->machine_incomplete) {
        add_reason(c, WR_UNKNOWN, WR_REASON_STORE_UNREADABLE,
                   "a copy may be in what could not be read%s%s", unreadable ? " of " : "",
                   unreadable ? unreadable : "");
        return;
    }
    if (!entry) {
        add_reason(c, WR_NOT_TRUSTED, WR_REASON_NOT_INSTALLED, "in no root store of the machine");
        return;
    }
    c->source = trust->authroot->source;
    c->path = trust->authroot->path;
    if (trust->root_auto_update)
        add_reason(c, WR_CONDITIONAL, WR_REASON_ON_DEMAND,
                   "in the root list of %s: to be fetched when needed",
                   date(trust->authroot->ctl->this_update).text);
    else
        add_reason(c, WR_CONDITIONAL, WR_REASON_BLOCKED_BY_POLICY,
                   "in the root list of %s, but DisableRootAutoUpdate is 1: only where crypt32.dll "
                   "holds it, which is unpublished",
                   date(trust->authroot->ctl->this_update).text);
}

/* 5.1 step 1: wins over everything. */
static bool judge_disallowed(wr_case *c, const wr_refusal *refusal)
{
    static const struct {
        wr_reason_code code;
        const char *detail;
    } by[] = {
        [WR_DISALLOWED_STORE] = { WR_REASON_DISALLOWED_STORE, "in a Disallowed store" },
        [WR_DISALLOWED_KEY_MD5] = { WR_REASON_DISALLOWED_KEY, "its key is on the disallowed list" },
        [WR_DISALLOWED_TBS_HASH] = { WR_REASON_DISALLOWED_TBS,
                                     "its signed part is on the disallowed list" },
    };
    if (refusal->by == WR_DISALLOWED_NOT)
        return false;
    c->source = refusal->source;
    c->path = refusal->path;
    add_reason(c, WR_DISTRUSTED, by[refusal->by].code, "%s", by[refusal->by].detail);
    return true;
}

static void judge_hidden_refusal(wr_case *c)
{
    const char *unreadable = unreadable_store(c->trust, disallowed_stores, 1);

    if (!unreadable && c->scope->disallowed_incomplete)
        unreadable = c->scope->text;
    if (!unreadable && c->trust->model->refusals_incomplete)
        unreadable = "the machine's stores";
    c->source = c->path = NULL;
    if (unreadable)
        add_reason(c, WR_UNKNOWN, WR_REASON_DISALLOWED_UNREADABLE,
                   "a refusal may be in what could not be read of %s", unreadable);
}

/* What holds where no copy counts: 5.2. */
static bool judge_without_copy(wr_case *c, const wr_copies *copies, const wr_ctl_entry *entry,
                               wr_error *err)
{
    wr_restriction listed = { 0 };

    c->source = c->path = NULL; /* of a copy that was judged before */
    judge_absent(c, copies, entry);
    if (c->verdict->status == WR_CONDITIONAL) { /* on demand: what it would be once fetched */
        if (!wr_restriction_read(NULL, entry, c->arena, &listed, err))
            return false;
        c->r = &listed;
        apply_rules(c);
    }
    return true;
}

static bool has_machine_copy(const wr_copies *copies)
{
    for (size_t i = 0; i < copies->list.count; i++)
        if (!copies->list.items[i].own)
            return true;
    return false;
}

/* 5.4: copies are unioned, the first of the best decides. */
static bool judge_copies(wr_case *c, const wr_copies *copies, const wr_ctl_entry *entry,
                         wr_verdict *best, wr_error *err)
{
    bool first = true;

    for (size_t i = 0; i < copies->list.count; i++) {
        wr_verdict one = { .purpose = c->purpose, .status = WR_TRUSTED };
        c->verdict = &one;
        if (!judge_copy(c, &copies->list.items[i], entry))
            return wr_fail_memory(err);
        if (first || one.status < best->status)
            *best = one;
        first = false;
    }
    if (!has_machine_copy(copies)) { /* a copy of the user's own takes nothing away */
        wr_verdict absent = { .purpose = c->purpose, .status = WR_TRUSTED };
        c->verdict = &absent;
        if (!judge_without_copy(c, copies, entry, err))
            return false;
        if (first || absent.status < best->status)
            *best = absent;
    }
    c->verdict = best;
    return true;
}

bool wr_verdict_judge(const wr_trust *trust, const wr_scope *scope, size_t certificate,
                      const wr_copies *copies, const wr_refusal *refusal, const wr_purpose *purpose,
                      wr_arena *arena, wr_verdict *out, wr_error *err)
{
    const wr_certificate *cert = &trust->model->certificates.items[certificate];
    const wr_ctl_entry *entry = wr_trust_program_entry(trust, cert->sha1);
    wr_verdict best = { .purpose = purpose, .status = WR_TRUSTED };
    wr_case c = { .trust = trust,
                  .scope = scope,
                  .x509 = &cert->x509,
                  .copies = copies,
                  .weak = copies->weak ? &copies->weak_key : NULL,
                  .purpose = purpose,
                  .arena = arena,
                  .verdict = &best };

    if (!judge_disallowed(&c, refusal)) {
        if (!wr_trust_spend(trust, 1 + copies->list.count, err) ||
            !judge_copies(&c, copies, entry, &best, err))
            return false;
        judge_hidden_refusal(&c);
    }
    if (c.no_memory)
        return wr_fail_memory(err);
    *out = best;
    return true;
}

bool wr_verdict_of_entry(const wr_trust *trust, const wr_restriction *restriction,
                         const wr_purpose *purpose, wr_arena *arena, wr_verdict *out, wr_error *err)
{
    wr_verdict v = { .purpose = purpose, .status = WR_TRUSTED };
    wr_case c = { .trust = trust,
                  .scope = &wr_scope_machine,
                  .r = restriction,
                  .purpose = purpose,
                  .source = trust->authroot->source,
                  .path = trust->authroot->path,
                  .arena = arena,
                  .verdict = &v };

    add_reason(&c, WR_TRUSTED, WR_REASON_LISTED, "in the root list of %s",
               date(trust->authroot->ctl->this_update).text);
    apply_rules(&c);
    if (c.no_memory)
        return wr_fail_memory(err);
    *out = v;
    return true;
}
