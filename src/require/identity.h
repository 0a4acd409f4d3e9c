/* identity.h - certificates that a profile names, found among those at hand. */
#ifndef WR_REQUIRE_IDENTITY_H
#define WR_REQUIRE_IDENTITY_H

#include "require/profile.h"

/* True when every hash that the profile gives is the certificate's; false where it gives none. */
bool wr_identity_matches(const wr_identity *identity, const wr_certificate *certificate);

/* Index in the model, SIZE_MAX where no store has it. */
size_t wr_identity_find(const wr_identity *identity, const wr_model *m);

/* The certificate in the supply, NULL where it is not there. */
const wr_certificate *wr_identity_supply(const wr_identity *identity, const wr_model *m);

#endif
