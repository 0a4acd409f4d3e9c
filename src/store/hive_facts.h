/* hive_facts.h - what hives say beside certificates: policies, update state, the host's own lists,
 * the operating system. */
#ifndef WR_STORE_HIVE_FACTS_H
#define WR_STORE_HIVE_FACTS_H

#include "store/model.h"

/* From a SOFTWARE hive; `updates` also reads which KBs are installed.  Damage is a diagnostic.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_machine_facts(wr_model *m, const wr_item *software, bool updates,
                                          wr_error *err);

/* From a SYSTEM hive.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_computer_name(wr_model *m, const wr_item *system, wr_error *err);

/* A signed list into the model; one that cannot be parsed is a diagnostic.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_list(wr_model *m, wr_view der, const char *path, bool from_host,
                                 wr_error *err);

#endif
