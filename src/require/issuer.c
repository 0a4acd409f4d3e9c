#include "require/issuer.h"

#include "winroots/limits.h"

#include <string.h>

bool wr_issuer_is_stored(const wr_model *m, size_t certificate)
{
    static const char *const names[] = { "CA", "Root", "AuthRoot" };
    const wr_certificate *cert = &m->certificates.items[certificate];

    for (size_t i = 0; i < cert->instances.count; i++) {
        const wr_instance *copy = &m->instances.items[cert->instances.items[i]];
        const wr_store *store = &m->stores.items[copy->store];

        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            if (!copy->deleted && store->location <= WR_LM_ENTERPRISE &&
                strcmp(store->name, names[n]) == 0)
                return true;
    }
    return false;
}

bool wr_issuer_is_named(const wr_x509 *cert, const wr_x509 *issuer)
{
    return wr_view_equal(issuer->subject, cert->issuer);
}

bool wr_issuer_holds(const wr_x509 *cert, const wr_x509 *issuer, size_t *checks, bool *holds,
                     wr_error *err)
{
    *holds = false;
    if (!wr_issuer_is_named(cert, issuer) || (issuer->has_basic_constraints && !issuer->ca) ||
        *checks > WR_LIMIT_ISSUER_CHECKS || ++*checks > WR_LIMIT_ISSUER_CHECKS)
        return true;
    return wr_x509_signed_by(cert, issuer, holds, err) || err->code != WR_E_NO_MEMORY;
}
