/* collect_before.h - the stores of a dirty hive as its file alone has them, before its logs. */
#ifndef WR_STORE_COLLECT_BEFORE_H
#define WR_STORE_COLLECT_BEFORE_H

#include "store/model.h"

/* Collects them into m->before, which is made when there is none; nothing for a hive whose logs
 * changed nothing or whose file alone cannot be read.  What is wrong with the file alone is no
 * diagnostic: the hive with its logs is what counts.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_before(wr_model *m, const wr_item *item, wr_error *err);

/* True where a log brought this copy: the file alone has none in the same store. */
bool wr_added_by_log(const wr_model *m, const wr_instance *instance);

#endif
