#include "require/grade.h"

#include "trust/disallowed.h"
#include "trust/reason.h"

#include <string.h>

static const char *const states[] = {
    [WR_GRADE_USABLE] = "present_usable",     [WR_GRADE_RESTRICTED] = "present_restricted",
    [WR_GRADE_EXPIRED] = "present_expired",   [WR_GRADE_UNKNOWN] = "present_unknown",
    [WR_GRADE_UNUSABLE] = "present_unusable", [WR_GRADE_DISALLOWED] = "disallowed",
};

const char *wr_grade_state(wr_grade_level level)
{
    return states[level];
}

wr_result wr_grade_result(const wr_grade *grade, const wr_requirement *item)
{
    switch (grade->level) {
    case WR_GRADE_USABLE:
        return WR_PASS;
    case WR_GRADE_RESTRICTED:
        return item->existing_signatures ? WR_PASS : WR_FAIL;
    case WR_GRADE_EXPIRED:
        return item->accept_expired ? WR_PASS : WR_FAIL;
    case WR_GRADE_UNKNOWN:
        return WR_RESULT_UNKNOWN;
    default:
        return WR_FAIL;
    }
}

void wr_grade_worsen(wr_grade *out, const wr_grade *other)
{
    if (other->level > out->level)
        *out = *other;
}

static bool worsen(const wr_checking *c, wr_grade *out, wr_grade_level level,
                   const wr_purpose *purpose, const char *why, const char *source, const char *path,
                   wr_error *err)
{
    wr_grade worse = { level, why, source, path };

    if (level <= out->level)
        return true;
    if (purpose && !(worse.detail = wr_arena_format(c->arena, "for %s: %s", purpose->name, why)))
        return wr_fail_memory(err);
    *out = worse;
    return true;
}

static bool has_reason(const wr_verdict *v, wr_reason_code code)
{
    for (size_t i = 0; i < v->reasons.count; i++)
        if (strcmp(v->reasons.items[i].code, wr_reason_code_text(code)) == 0)
            return true;
    return false;
}

/* Not trusted because its time has passed, and for nothing else. */
static bool is_only_expired(const wr_verdict *v)
{
    return has_reason(v, WR_REASON_EXPIRED) && v->status <= WR_NOT_TRUSTED &&
           !has_reason(v, WR_REASON_WEAK_KEY) &&
           !has_reason(v, WR_REASON_PURPOSE_NOT_IN_EXTENSION) &&
           !has_reason(v, WR_REASON_PURPOSE_NOT_IN_PROPERTY);
}

static wr_grade_level level_of(const wr_verdict *v)
{
    static const wr_grade_level levels[] = {
        [WR_TRUSTED] = WR_GRADE_USABLE,      [WR_CONDITIONAL] = WR_GRADE_RESTRICTED,
        [WR_UNKNOWN] = WR_GRADE_UNKNOWN,     [WR_NOT_TRUSTED] = WR_GRADE_UNUSABLE,
        [WR_DISTRUSTED] = WR_GRADE_UNUSABLE,
    };
    if (v->status != WR_UNKNOWN && is_only_expired(v))
        return WR_GRADE_EXPIRED;
    return levels[v->status];
}

static bool worsen_by_verdict(const wr_checking *c, wr_grade *out, const wr_verdict *v,
                              wr_error *err)
{
    static const wr_reason none = { "", "no reason is known", "", "" };
    const wr_reason *first = v && v->reasons.count ? &v->reasons.items[0] : &none;

    if (!v)
        return wr_fail_memory(err);
    return worsen(c, out, level_of(v), v->purpose, first->detail, first->source, first->path, err);
}

static const wr_grade usable = { WR_GRADE_USABLE, "", "", "" };

/* Refused whatever other stores say. */
static bool worsen_by_refusal(const wr_checking *c, wr_grade *out, size_t certificate,
                              wr_error *err)
{
    static const char *const why[] = {
        [WR_DISALLOWED_STORE] = "a Disallowed store of the machine refuses it",
        [WR_DISALLOWED_KEY_MD5] = "the disallowed list refuses its key",
        [WR_DISALLOWED_TBS_HASH] = "the disallowed list refuses it",
    };
    const wr_certificate_trust *t = &c->trust->certificates[certificate];

    return t->refusal.by == WR_DISALLOWED_NOT ||
           worsen(c, out, WR_GRADE_DISALLOWED, NULL, why[t->refusal.by], t->refusal.source,
                  t->refusal.path, err);
}

/* What was not read may refuse it. */
static bool worsen_by_unread(const wr_checking *c, wr_grade *out, wr_error *err)
{
    return !wr_trust_absence_unknown(c->trust, "Disallowed") ||
           worsen(c, out, WR_GRADE_UNKNOWN, NULL,
                  "a refusal may be in what could not be read of a Disallowed store", "", "", err);
}

static bool worsen_by_dates(const wr_checking *c, wr_grade *out, const wr_x509 *x509, wr_error *err)
{
    wr_time now = c->trust->options.as_of;
    bool early = now < x509->not_before;
    char date[WR_TIME_TEXT];
    const char *why;

    if (!early && now <= x509->not_after)
        return true;
    wr_time_text(early ? x509->not_before : x509->not_after, date);
    if (!(why = wr_arena_format(c->arena, early ? "valid from %s" : "expired on %s", date)))
        return wr_fail_memory(err);
    return worsen(c, out, early ? WR_GRADE_UNUSABLE : WR_GRADE_EXPIRED, NULL, why, "", "", err);
}

bool wr_grade_root(const wr_checking *c, const wr_requirement *item, size_t certificate,
                   wr_grade *out, wr_error *err)
{
    *out = usable;
    if (!worsen_by_refusal(c, out, certificate, err))
        return false;
    for (size_t i = 0; i < item->purposes.count; i++)
        if (!worsen_by_verdict(
                c, out, wr_trust_verdict(c->trust, certificate, &item->purposes.items[i], c->arena),
                err))
            return false;
    if (item->purposes.count)
        return true;
    return worsen_by_unread(c, out, err) &&
           worsen_by_dates(c, out, &c->trust->model->certificates.items[certificate].x509, err);
}

bool wr_grade_fetched(const wr_checking *c, const wr_requirement *item,
                      const uint8_t sha1[WR_SHA1_LEN], wr_grade *out, wr_error *err)
{
    *out = usable;
    for (size_t i = 0; i < item->purposes.count; i++)
        if (!worsen_by_verdict(
                c, out,
                wr_trust_verdict_if_fetched(c->trust, sha1, &item->purposes.items[i], c->arena),
                err))
            return false;
    return true;
}

/* Windows holds certificates below a root to their own purposes too. */
static bool worsen_by_own_purposes(const wr_checking *c, const wr_requirement *item,
                                   const wr_x509 *x509, wr_grade *out, wr_error *err)
{
    static const uint8_t any[] = { 0x55, 0x1d, 0x25, 0x00 }; /* anyExtendedKeyUsage */
    wr_oids own = { .list = { NULL, 0, 0 } };

    if (!x509->has_eku)
        return true;
    if (!wr_oids_parse(x509->eku, c->arena, &own, err))
        return err->code != WR_E_NO_MEMORY &&
               worsen(c, out, WR_GRADE_UNKNOWN, NULL, "its extended key usage cannot be decoded",
                      "", "", err);
    if (wr_oids_contain(&own, (wr_view){ any, sizeof any, 0, "" }))
        return true;
    for (size_t i = 0; i < item->purposes.count; i++)
        if (!wr_oids_contain(&own, item->purposes.items[i].oid_contents) &&
            !worsen(c, out, WR_GRADE_UNUSABLE, &item->purposes.items[i],
                    "its extended key usage does not name it", "", "", err))
            return false;
    return true;
}

bool wr_grade_member(const wr_checking *c, const wr_requirement *item, const wr_certificate *cert,
                     size_t certificate, wr_grade *out, wr_error *err)
{
    wr_disallowed_by by = WR_DISALLOWED_NOT;

    *out = usable;
    if (certificate != SIZE_MAX) {
        if (!worsen_by_refusal(c, out, certificate, err))
            return false;
    } else if (!wr_disallowed_by_list(c->trust, cert, &by, err)) {
        if (err->code == WR_E_NO_MEMORY ||
            !worsen(c, out, WR_GRADE_UNKNOWN, NULL, "its hashes cannot be computed here", "", "",
                    err))
            return false;
    } else if (by != WR_DISALLOWED_NOT) {
        if (!worsen(c, out, WR_GRADE_DISALLOWED, NULL, "the disallowed list refuses it",
                    c->trust->disallowed->source, c->trust->disallowed->path, err))
            return false;
    }
    return worsen_by_unread(c, out, err) && worsen_by_dates(c, out, &cert->x509, err) &&
           worsen_by_own_purposes(c, item, &cert->x509, out, err);
}
