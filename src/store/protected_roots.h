/* protected_roots.h - the roots that a user consented to: Root\ProtectedRoots of the user's hive.
 * A root in the user's Root store that is not on the list is dropped.  SPEC windows-trust 2.2. */
#ifndef WR_STORE_PROTECTED_ROOTS_H
#define WR_STORE_PROTECTED_ROOTS_H

#include "store/model.h"

/* The user of a mount, with what it says of consent; added when new.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_user(wr_model *m, const wr_mount *mount, const char *owner,
                                 wr_error *err);

/* Takes the list of a user as it was stored.  Fails: LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_consent_take(wr_view list, wr_arena *arena, wr_user *out, wr_error *err);

/* True where the user's list holds this certificate.  Only for WR_CONSENT_LIST. */
bool wr_user_consented(const wr_user *user, const uint8_t sha1[WR_SHA1_LEN]);

#endif
