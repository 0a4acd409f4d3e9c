/* collect_stores.h - the certificate stores below a mount. */
#ifndef WR_STORE_COLLECT_STORES_H
#define WR_STORE_COLLECT_STORES_H

#include "store/model.h"

/* Every store that the layout names.  `owner` is the user's, NULL for the machine.  Damage is a
 * diagnostic and marks its store.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_stores(wr_model *m, const wr_mount *mount, const char *owner,
                                   wr_error *err);

/* One element into its store.  `name` is the key or file it stands in, which is to be its SHA-1;
 * NULL where it has none.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_element(wr_model *m, const wr_element *element, size_t store,
                                    const char *path, wr_time last_write, const char *name,
                                    wr_error *err);

/* A signed list of the host into the model, `owner` of one in a user's store; one that cannot be
 * parsed is a diagnostic.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_list(wr_model *m, wr_view der, const char *path, const char *owner,
                                 wr_error *err);

/* "path\name"; NULL when memory ends. */
WR_MUST_USE const char *wr_key_path(wr_arena *arena, const char *path, const char *name);

/* Damage to one thing is a diagnostic of its place, and true; lost memory is the error of the call.
 */
WR_MUST_USE bool wr_collect_past(wr_model *m, wr_error *damage, const char *path, wr_error *err);

#endif
