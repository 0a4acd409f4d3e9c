/* collect_deleted.h - certificates, CRLs and CTLs that a hive lost and still holds. */
#ifndef WR_STORE_COLLECT_DELETED_H
#define WR_STORE_COLLECT_DELETED_H

#include "store/model.h"

/* Searches all that no key of the item's hive uses, and what its logs hold beyond the entries that
 * were applied, into m->deleted, which is made when there is none.  After the live stores of the
 * item, so that its diagnostics count against none of them.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_deleted(wr_model *m, const wr_item *item, wr_error *err);

/* The same of an item that was deleted as a file: all that its stores held, too.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_deleted_file(wr_model *m, const wr_item *item, wr_error *err);

#endif
