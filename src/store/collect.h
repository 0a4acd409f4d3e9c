/* collect.h - evidence in, model out. */
#ifndef WR_STORE_COLLECT_H
#define WR_STORE_COLLECT_H

#include "store/model.h"

typedef struct wr_collect_options {
    bool updates; /* read which operating-system updates are installed: only where a profile asks */
    bool intended; /* show what a policy file asks for as if it stood in stores: to look at, not to
                      judge */
} wr_collect_options;

/* Every store, list, policy and host fact of the evidence.  What cannot be read is a diagnostic and
 * marks its store.  Fails: USAGE (a --store place), NO_MEMORY. */
WR_MUST_USE bool wr_collect(const wr_evidence *evidence, const wr_collect_options *options,
                            wr_model *m, wr_error *err);

/* The same of one readable item alone.  Fails: USAGE (a --store place), NO_MEMORY. */
WR_MUST_USE bool wr_collect_item(const wr_item *item, const wr_collect_options *options,
                                 wr_model *m, wr_error *err);

#endif
