#include "format/signer_chain.h"

#include "winroots/limits.h"

#define ROOT_LIST_SIGNER "1.3.6.1.4.1.311.10.3.9"
#define PIN_RULES_SIGNER "1.3.6.1.4.1.311.10.3.31"
#define ANY_PURPOSE      "2.5.29.37.0"

typedef struct candidate {
    wr_view subject, der;
} candidate;

/* A certificate of the path that is being tried, the signer lowest. */
typedef struct chain_link {
    const struct chain_link *below; /* what it signed, NULL for the signer */
    unsigned length;                /* certificates so far */
    wr_x509 cert;
    wr_time judged_at; /* the later of the list's date and every notBefore so far */
} chain_link;

typedef struct search {
    const wr_signer_chain *from;
    wr_arena *arena;
    WR_LIST(candidate) candidates;
    unsigned signatures_left;
    wr_signature *out;
    bool found;
} search;

static bool add_candidates(search *s, const wr_ders *certificates, wr_error *err)
{
    for (size_t i = 0; i < certificates->list.count; i++) {
        wr_error unreadable;
        candidate *c;
        wr_x509 cert;

        if (!wr_x509_parse(certificates->list.items[i], &cert, &unreadable))
            continue;
        if (!(c = WR_APPEND(s->arena, &s->candidates, candidate)))
            return wr_fail_memory(err);
        *c = (candidate){ cert.subject, cert.der };
    }
    return true;
}

static bool short_name(search *s, wr_view name, const char **out, wr_error *err)
{
    if (wr_x509_short_name(name, s->arena, out, err))
        return true;
    *out = "a name that cannot be read";
    return err->code != WR_E_NO_MEMORY;
}

/* Keeps why a path ended.  Of several paths the first that met an untrusted certificate speaks. */
static bool remark(search *s, wr_signature_status status, const char *detail, wr_error *err)
{
    bool first = s->out->status == WR_SIGNATURE_INVALID;

    if (!detail)
        return wr_fail_memory(err);
    if (first || (status == WR_SIGNATURE_UNTRUSTED_CHAIN &&
                  s->out->status == WR_SIGNATURE_INCOMPLETE_CHAIN)) {
        s->out->status = status;
        s->out->detail = detail;
    }
    return true;
}

static bool distrust(search *s, const wr_x509 *cert, const char *why, wr_error *err)
{
    const char *name;

    if (!why)
        return wr_fail_memory(err);
    return short_name(s, cert->subject, &name, err) &&
           remark(s, WR_SIGNATURE_UNTRUSTED_CHAIN, wr_arena_format(s->arena, "%s %s", name, why),
                  err);
}

static bool eku_has(const wr_x509 *cert, const char *oid)
{
    wr_reader r = wr_reader_of(cert->eku), inside;
    wr_error damaged;
    wr_der list, item;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "EKU", &list, &damaged))
        return false;
    inside = wr_reader_of(list.contents);
    while (wr_reader_left(&inside)) {
        if (!wr_der_expect(&inside, WR_DER_OID, "purpose", &item, &damaged))
            return false;
        if (wr_oid_is(item.contents, oid))
            return true;
    }
    return false;
}

static bool signs_lists(const search *s, const wr_x509 *cert)
{
    return eku_has(cert, ROOT_LIST_SIGNER) ||
           (s->from->pin_rules && eku_has(cert, PIN_RULES_SIGNER));
}

static bool is_on_path(const chain_link *top, wr_view der)
{
    for (; top; top = top->below)
        if (wr_view_equal(top->cert.der, der))
            return true;
    return false;
}

/* Puts `cert` on the path, where the rules allow it; else *joined is false and the reason is kept.
 */
static bool join(search *s, const chain_link *below, const wr_x509 *cert, chain_link *out,
                 bool *joined, wr_error *err)
{
    chain_link next = { below, below ? below->length + 1 : 1, *cert,
                        below ? below->judged_at : s->from->this_update };
    const chain_link *expired = NULL;
    char judged_at[WR_TIME_TEXT], until[WR_TIME_TEXT];

    *joined = false;
    if (next.judged_at < cert->not_before)
        next.judged_at = cert->not_before;
    if (!below && !(cert->has_eku && signs_lists(s, cert)))
        return distrust(s, cert, "may not sign trust lists: its EKU lacks that purpose", err);
    if (below && !cert->ca)
        return distrust(s, cert, "signed a certificate of the chain and is no CA", err);
    if (below && cert->has_eku && !signs_lists(s, cert) && !eku_has(cert, ANY_PURPOSE))
        return distrust(s, cert, "is a CA whose EKU lacks the signing of trust lists", err);
    for (const chain_link *each = &next; each; each = each->below)
        if (each->cert.not_after < next.judged_at)
            expired = each;
    if (expired) {
        wr_time_text(next.judged_at, judged_at);
        wr_time_text(expired->cert.not_after, until);
        return distrust(s, &expired->cert,
                        wr_arena_format(s->arena, "was valid until %s, the list counts as of %s",
                                        until, judged_at),
                        err);
    }
    *out = next;
    *joined = true;
    return true;
}

/* *holds = `issuer` signed the top of the path.  What cannot be checked does not hold. */
static bool check_signature(search *s, const chain_link *top, const wr_x509 *issuer, bool *holds,
                            wr_error *err)
{
    *holds = false;
    if (!s->signatures_left)
        return true;
    s->signatures_left--;
    if (wr_x509_signed_by(&top->cert, issuer, holds, err))
        return true;
    *holds = false;
    if (err->code == WR_E_NO_MEMORY || err->code == WR_E_BUG)
        return false;
    return distrust(
        s, &top->cert,
        wr_arena_format(s->arena, "has a signature that cannot be checked: %s", err->message), err);
}

/* Ends the search where an anchor signed the top of the path.  *named = one has its issuer's name.
 */
static bool try_anchors(search *s, const chain_link *top, bool *named, wr_error *err)
{
    *named = false;
    for (size_t i = 0; i < s->from->anchors->list.count && !s->found; i++) {
        wr_x509 anchor;
        bool holds;

        if (!wr_x509_parse(s->from->anchors->list.items[i], &anchor, err))
            return wr_fail(err, WR_E_BUG, NULL, WR_NO_OFFSET, "anchor %zu cannot be parsed", i);
        if (!wr_view_equal(anchor.subject, top->cert.issuer))
            continue;
        *named = true;
        if (!check_signature(s, top, &anchor, &holds, err))
            return false;
        if (holds) {
            s->found = true;
            s->out->root = anchor.der;
        }
    }
    return true;
}

static bool remark_end(search *s, const chain_link *top, bool anchor_named, wr_error *err)
{
    const char *subject, *issuer;

    if (wr_x509_self_issued(&top->cert))
        return distrust(s, &top->cert, "ends the chain and is not a pinned root", err);
    if (anchor_named)
        return distrust(s, &top->cert, "names a pinned root as issuer that did not sign it", err);
    return short_name(s, top->cert.subject, &subject, err) &&
           short_name(s, top->cert.issuer, &issuer, err) &&
           remark(s, WR_SIGNATURE_INCOMPLETE_CHAIN,
                  wr_arena_format(s->arena, "%s, which signed %s, is missing", issuer, subject),
                  err);
}

static bool climb(search *s, const chain_link *top, wr_error *err);

/* Goes on above `der`, which has the issuer's name, where it signed the top of the path. */
static bool try_issuer(search *s, const chain_link *top, wr_view der, wr_error *err)
{
    bool holds, joined;
    wr_x509 issuer;
    chain_link next;

    if (is_on_path(top, der))
        return true;
    if (!wr_x509_parse(der, &issuer, err))
        return wr_fail_view(err, WR_E_BUG, der, "a certificate cannot be parsed again");
    if (!check_signature(s, top, &issuer, &holds, err))
        return false;
    return !holds ||
           (join(s, top, &issuer, &next, &joined, err) && (!joined || climb(s, &next, err)));
}

static bool goes_on(const search *s)
{
    return !s->found && s->signatures_left;
}

static bool try_extra(search *s, const chain_link *top, wr_error *err)
{
    const wr_view none = { 0 };
    const wr_signer_entry *const *named;
    size_t count;

    if (!wr_signer_index_find(s->from->extra, WR_BY_SUBJECT, top->cert.issuer, none, &named, &count,
                              err))
        return false;
    for (size_t i = 0; i < count && goes_on(s); i++)
        if (!try_issuer(s, top, named[i]->der, err))
            return false;
    return true;
}

/* Bounded by WR_LIMIT_CHAIN in depth and by WR_LIMIT_CHAIN_SIGNATURES in all. */
static bool climb(search *s, const chain_link *top, wr_error *err)
{
    bool anchor_named;

    if (top->length >= WR_LIMIT_CHAIN)
        return distrust(s, &top->cert, "is too far from the signer of the list", err);
    if (!try_anchors(s, top, &anchor_named, err))
        return false;
    for (size_t i = 0; i < s->candidates.count && goes_on(s); i++)
        if (wr_view_equal(s->candidates.items[i].subject, top->cert.issuer) &&
            !try_issuer(s, top, s->candidates.items[i].der, err))
            return false;
    if (goes_on(s) && !try_extra(s, top, err))
        return false;
    if (!s->found && !s->signatures_left)
        return distrust(s, &top->cert, "has more issuers of one name than are tried", err);
    return s->found || remark_end(s, top, anchor_named, err);
}

bool wr_signer_chain_find(const wr_signer_chain *from, const wr_x509 *signer, wr_arena *arena,
                          wr_signature *out, wr_error *err)
{
    wr_signature result = *out;
    search s = {
        .from = from, .arena = arena, .signatures_left = WR_LIMIT_CHAIN_SIGNATURES, .out = &result
    };
    bool joined;
    chain_link first;

    result.status = WR_SIGNATURE_INVALID;
    if (!add_candidates(&s, from->certificates, err) ||
        !join(&s, NULL, signer, &first, &joined, err) || (joined && !climb(&s, &first, err)))
        return false;
    if (s.found) {
        result.status = WR_SIGNATURE_VALID;
        result.detail = "";
    }
    *out = result;
    return true;
}
