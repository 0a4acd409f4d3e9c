/* check_chain.c - kind chain-usable: issuers are followed through what the machine has in CA and
 * Root to an installed root. */
#include "require/check.h"

#include "require/grade.h"
#include "require/identity.h"
#include "require/issuer.h"

#include "format/property.h"
#include "winroots/limits.h"

#include <string.h>

/* The way so far, and the best end that any way had. */
struct walk {
    wr_checking *c;
    const wr_requirement *item;
    size_t on_way[WR_LIMIT_CHAIN]; /* indexes in the model, against circles */
    size_t depth;
    bool found; /* some way ended at a root */
    wr_grade best;
    const char *best_root; /* its short name */
    const char *missing;   /* short name of an issuer that is nowhere */
    bool fetchable;        /* the list has a root of that name */
};

static bool short_name(const struct walk *w, wr_view name, const char **out, wr_error *err)
{
    if (wr_x509_short_name(name, w->c->arena, out, err))
        return true;
    *out = "a name that cannot be decoded";
    return err->code != WR_E_NO_MEMORY;
}

static bool end_at_root(struct walk *w, size_t root, const wr_grade *so_far, wr_error *err)
{
    wr_grade grade;

    if (!wr_grade_root(w->c, w->item, root, &grade, err))
        return false;
    wr_grade_worsen(&grade, so_far);
    if (w->found && grade.level >= w->best.level)
        return true;
    w->found = true;
    w->best = grade;
    return short_name(w, w->c->trust->model->certificates.items[root].x509.subject, &w->best_root,
                      err);
}

/* Program roots that are not installed are known by the MD5 of their name (property 29). */
static const wr_ctl_entry *entry_of_name(const wr_trust *trust, wr_view name)
{
    uint8_t md5[WR_MD5_LEN];
    wr_error ignored; /* without MD5 the name is just not found */

    if (!trust->root_auto_update || !wr_digest(WR_MD5, name, md5, &ignored))
        return NULL;
    for (size_t i = 0; i < trust->on_demand.count; i++) {
        const wr_ctl_entry *entry = trust->on_demand.items[i].entry;
        wr_view data;

        if (wr_ctl_entry_property(entry, WR_PROP_SUBJECT_NAME_MD5_HASH, &data) &&
            wr_view_is(data, md5, sizeof md5))
            return entry;
    }
    return NULL;
}

/* No issuer is at hand: perhaps Windows would fetch it. */
static bool end_without_issuer(struct walk *w, const wr_x509 *cert, const wr_grade *so_far,
                               wr_error *err)
{
    const wr_ctl_entry *entry = entry_of_name(w->c->trust, cert->issuer);
    const char *name;
    wr_grade grade;

    if (!short_name(w, cert->issuer, &name, err))
        return false;
    if (!w->missing || (entry && !w->fetchable))
        w->missing = name;
    if (!entry)
        return true;
    w->fetchable = true;
    if (!w->c->trust->options.assume_connected)
        return true;
    if (!wr_grade_fetched(w->c, w->item, entry->id.data, &grade, err))
        return false;
    wr_grade_worsen(&grade, so_far);
    if (!w->found || grade.level < w->best.level) {
        w->found = true;
        w->best = grade;
        w->best_root = name;
    }
    return true;
}

static bool is_on_way(const struct walk *w, size_t certificate)
{
    for (size_t i = 0; i < w->depth; i++)
        if (w->on_way[i] == certificate)
            return true;
    return false;
}

static bool follow(struct walk *w, const wr_certificate *cert, size_t index, const wr_grade *so_far,
                   wr_error *err)
{
    const wr_model *m = w->c->trust->model;
    bool installed = index != SIZE_MAX && w->c->trust->certificates[index].installed;
    bool any = false;
    wr_grade grade;

    if (installed && !end_at_root(w, index, so_far, err))
        return false;
    if (installed && wr_x509_self_issued(&cert->x509))
        return true;
    if (!wr_grade_member(w->c, w->item, cert, index, &grade, err))
        return false;
    wr_grade_worsen(&grade, so_far);
    if (w->depth == WR_LIMIT_CHAIN)
        return true;
    w->on_way[w->depth++] = index;
    for (size_t i = 0; i < m->certificates.count; i++) {
        const wr_certificate *issuer = &m->certificates.items[i];
        bool holds;

        if (!wr_issuer_is_named(&cert->x509, &issuer->x509) || is_on_way(w, i) ||
            !wr_issuer_is_stored(m, i))
            continue;
        if (!wr_issuer_holds(&cert->x509, &issuer->x509, &w->c->issuer_checks, &holds, err) ||
            (holds && !follow(w, issuer, i, &grade, err)))
            return false;
        any |= holds;
    }
    w->depth--;
    return any || end_without_issuer(w, &cert->x509, &grade, err);
}

static bool conclude(struct walk *w, wr_check *check, wr_error *err)
{
    const wr_trust *trust = w->c->trust;
    bool too_many = w->c->issuer_checks > WR_LIMIT_ISSUER_CHECKS;
    const char *state = wr_grade_state(w->best.level), *detail = w->best.detail;

    if (w->found) {
        if (*w->best.source) {
            check->source = w->best.source;
            check->path = w->best.path;
        }
        if (wr_grade_result(&w->best, w->item) == WR_PASS || !too_many)
            return wr_check_say(w->c, check, err, wr_grade_result(&w->best, w->item), state,
                                "a chain ends at %s%s%s", w->best_root, *detail ? "; " : "",
                                detail);
    }
    if (too_many)
        return wr_check_say(w->c, check, err, WR_RESULT_UNKNOWN, "absent_unknown",
                            "%d possible issuers were tried, and there are more",
                            WR_LIMIT_ISSUER_CHECKS);
    if (wr_trust_absence_unknown(trust, "Root") || wr_trust_absence_unknown(trust, "CA"))
        return wr_check_say(w->c, check, err, WR_RESULT_UNKNOWN, "absent_unknown",
                            "no chain found, but a part of the evidence could not be read");
    if (!w->missing)
        return wr_check_say(w->c, check, err, WR_FAIL, "absent_unfetchable",
                            "no chain of at most %d certificates ends at an installed root",
                            WR_LIMIT_CHAIN);
    return wr_check_say(w->c, check, err, WR_FAIL,
                        w->fetchable ? "absent_fetchable" : "absent_unfetchable",
                        "the chain stops at %s, which is not installed%s", w->missing,
                        w->fetchable ? "; the root list has a root of that name" : "");
}

bool wr_check_chain(wr_checking *c, wr_check *check, wr_error *err)
{
    const wr_model *m = c->trust->model;
    const wr_requirement *item = check->requirement;
    struct walk w = { .c = c, .item = item };
    const wr_grade usable = { WR_GRADE_USABLE, "", "", "" };
    const wr_certificate *start;

    check->certificate = wr_identity_find(item->certificate, m);
    start = check->certificate != SIZE_MAX ? &m->certificates.items[check->certificate]
                                           : wr_identity_supply(item->certificate, m);
    if (!start)
        return wr_check_say(c, check, err, WR_RESULT_UNKNOWN, "absent_unknown",
                            "the certificate is not at hand, so its chain cannot be followed: give "
                            "it with --supply");
    return follow(&w, start, check->certificate, &usable, err) && conclude(&w, check, err);
}
