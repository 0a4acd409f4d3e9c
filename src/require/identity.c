#include "require/identity.h"

#include <string.h>

bool wr_identity_matches(const wr_identity *identity, const wr_certificate *certificate)
{
    return !identity->issuer_only &&
           (!identity->has_sha256 ||
            memcmp(identity->sha256, certificate->sha256, WR_SHA256_LEN) == 0) &&
           (!identity->has_sha1 || memcmp(identity->sha1, certificate->sha1, WR_SHA1_LEN) == 0);
}

size_t wr_identity_find(const wr_identity *identity, const wr_model *m)
{
    size_t found = identity->has_sha1 ? wr_model_find_sha1(m, identity->sha1)
                                      : wr_model_find_sha256(m, identity->sha256);

    return found != SIZE_MAX && wr_identity_matches(identity, &m->certificates.items[found])
               ? found
               : SIZE_MAX;
}

const wr_certificate *wr_identity_supply(const wr_identity *identity, const wr_model *m)
{
    for (size_t i = 0; i < m->supply.count; i++)
        if (wr_identity_matches(identity, &m->supply.items[i]))
            return &m->supply.items[i];
    return NULL;
}
