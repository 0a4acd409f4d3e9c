/* pinned_root.h - the three Microsoft roots that ever ended the chain of a root list's signer.
 *
 * They are anchors by identity: neither dates nor constraints nor their own signature count, and
 * the host's store has no say. */
#ifndef WR_FORMAT_PINNED_ROOT_H
#define WR_FORMAT_PINNED_ROOT_H

#include "base/reader.h"

#define WR_NUM_PINNED_ROOTS 3

/* DER of the i-th, i < WR_NUM_PINNED_ROOTS: Microsoft Root Authority, Microsoft Root Certificate
 * Authority, Microsoft Root Certificate Authority 2010. */
wr_view wr_pinned_root(size_t i);

#endif
