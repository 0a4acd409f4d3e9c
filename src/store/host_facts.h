/* host_facts.h - what the registry says of the host itself: Windows' version, the name of the
 * computer, installed updates, whose profiles there are. */
#ifndef WR_STORE_HOST_FACTS_H
#define WR_STORE_HOST_FACTS_H

#include "store/model.h"

/* From a SOFTWARE mount; `updates` also reads which KBs are installed.  Damage is a diagnostic.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_machine_facts(wr_model *m, const wr_mount *software, bool updates,
                                          wr_error *err);

/* From a SYSTEM mount.  A text that names only CurrentControlSet has no name for us.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_computer_name(wr_model *m, const wr_mount *system, wr_error *err);

/* Once all is collected: fills m->host.observed. */
void wr_observe_host(wr_model *m);

/* The SID where the machine's ProfileList has the user's folder, which `owner` is, else `owner`. */
const char *wr_user_of(const wr_model *m, const char *owner);

#endif
