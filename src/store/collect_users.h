/* collect_users.h - the hives of users, several at a time: each is read into a model of its own,
 * which is joined to the host's in the order of the evidence.  What comes of it is what reading
 * them one by one comes to, however many threads there are. */
#ifndef WR_STORE_COLLECT_USERS_H
#define WR_STORE_COLLECT_USERS_H

#include "store/collect.h"

/* True of the hive of a user, all of which stands in stores and policies of that user. */
bool wr_is_user_alone(const wr_item *item);

/* Collects `count` such items of the evidence from `first` on.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_collect_users(const wr_evidence *evidence, size_t first, size_t count,
                                  const wr_collect_options *options, wr_model *m, wr_error *err);

#endif
