/* unchanged.h - a host on which a plan is tried: what of it is as it was judged before.
 *
 * A verdict rests on the certificate, on its copies and what refuses it, and on what bears on every
 * certificate: policies, lists in force, damage, users and services.  A plan changes copies in
 * stores of the machine, and policies; a trial shares the rest with the model that was judged. */
#ifndef WR_TRUST_UNCHANGED_H
#define WR_TRUST_UNCHANGED_H

#include "trust/trust.h"

/* trust->options.before where all that bears on every certificate is as it was then, else NULL.
 * The lists in force are chosen already. */
const wr_trust *wr_unchanged_host(const wr_trust *trust);

/* True where one certificate, whose refusal is known, is as it was in `before`, too. */
bool wr_unchanged_certificate(const wr_trust *before, const wr_trust *trust, size_t certificate);

#endif
