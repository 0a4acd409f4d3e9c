/* lists.h - which of the lists that were found is in force. */
#ifndef WR_TRUST_LISTS_H
#define WR_TRUST_LISTS_H

#include "trust/trust.h"

/* Verifies every list of the model and chooses, for each kind, the newest that verifies; fills
 * trust->lists, ->authroot, ->disallowed and ->program.  Fails: NO_MEMORY, BUG. */
WR_MUST_USE bool wr_lists_choose(wr_trust *trust, wr_arena *arena, wr_error *err);

#endif
