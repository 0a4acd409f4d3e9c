/* bundle_reg.h - gpo/roots.reg and gpo/Registry.pol: the plan as registry values, with the
 * properties that a verified list gives a certificate. */
#ifndef WR_OUTPUT_BUNDLE_REG_H
#define WR_OUTPUT_BUNDLE_REG_H

#include "output/bundle_file.h"

/* Puts gpo/roots.reg, which does the same as install.cmd, and gpo/Registry.pol, whose certificates
 * go to the stores of the group policy and which deletes nothing.  A file that would say nothing is
 * not written.  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_put_registry(wr_bundle *bundle, wr_error *err);

#endif
