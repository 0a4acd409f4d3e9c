/* physical_store.h - members that were registered for a store: <store>\PhysicalStores.  They can
 * switch off a member that Windows has by itself, and bring one from anywhere.  SPEC windows-trust
 * 1.3. */
#ifndef WR_STORE_PHYSICAL_STORE_H
#define WR_STORE_PHYSICAL_STORE_H

#include "store/model.h"

/* Those of the store whose key is `key`.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_physical_stores(wr_model *m, const wr_registry *registry,
                                            const wr_registry_key *key, const char *path,
                                            size_t store, wr_error *err);

/* True when it keeps the member of its name shut. */
bool wr_physical_store_is_shut(const wr_physical_store *p);

#endif
