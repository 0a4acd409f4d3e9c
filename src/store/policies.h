/* policies.h - what the registry says beside certificates of how they are to be trusted: policies,
 * the state of the automatic update, the host's own lists. */
#ifndef WR_STORE_POLICIES_H
#define WR_STORE_POLICIES_H

#include "store/model.h"

/* From a SOFTWARE or a user's mount; of one that is intent, rows that are marked so.  Damage is a
 * diagnostic.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_policies(wr_model *m, const wr_mount *mount, const char *owner,
                                     wr_error *err);

/* True for a value of the machine that wr_collect_policies looks for; `path` is below SOFTWARE. */
bool wr_policy_is_collected(const char *path, const char *value);

/* The certificates that a policy file asks for, each as a policy: they are in no store of the host.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_intended_certificates(wr_model *m, const wr_mount *mount,
                                                  wr_error *err);

#endif
