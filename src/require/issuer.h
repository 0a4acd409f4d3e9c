/* issuer.h - one step of a chain: who may have issued a certificate. */
#ifndef WR_REQUIRE_ISSUER_H
#define WR_REQUIRE_ISSUER_H

#include "store/model.h"

/* True when the machine's CA or Root (with AuthRoot) has the certificate, in any of their members.
 */
bool wr_issuer_is_stored(const wr_model *m, size_t certificate);

/* True where `issuer` has the name of the one that `cert` names as its issuer. */
bool wr_issuer_is_named(const wr_x509 *cert, const wr_x509 *issuer);

/* *holds: by its names `issuer` may have issued `cert`, it is not known to be no CA, and its key
 * made the signature.  *checks counts signatures to look at; above WR_LIMIT_ISSUER_CHECKS *holds
 * is false. What OpenSSL cannot decode does not hold.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_issuer_holds(const wr_x509 *cert, const wr_x509 *issuer, size_t *checks,
                                 bool *holds, wr_error *err);

#endif
