/* cover.h - the fewest bundles that fix many hosts: pure arithmetic over sets of actions.
 *
 * A bundle is a set of actions.  It may be run on a host when everything the host needs is in it,
 * and everything in it is needed there or in place already: so it never gives a host what its own
 * plan would not, and running it twice is running it once.  Hosts that need and have the same are a
 * class; a group of classes can share a bundle when the union of their needs is allowed on each. */
#ifndef WR_FLEET_COVER_H
#define WR_FLEET_COVER_H

#include "base/arena.h"
#include "winroots/limits.h"

#define WR_COVER_WORDS (WR_LIMIT_FLEET_ACTIONS / 64)

typedef struct wr_actions {
    uint64_t words[WR_COVER_WORDS]; /* a bit an action */
} wr_actions;

void wr_actions_add(wr_actions *set, size_t action);
bool wr_actions_has(const wr_actions *set, size_t action);
bool wr_actions_is_empty(const wr_actions *set);

typedef struct wr_cover_class {
    wr_actions needs, in_place;
    size_t num_hosts;
} wr_cover_class;

typedef struct wr_cover {
    size_t *bundle_of; /* of each class, SIZE_MAX where it needs nothing */
    wr_actions *bundles;
    size_t num_bundles;
    size_t at_least; /* no fewer can do: so many classes exclude each other, two by two */
    bool is_least;   /* there is no cover of fewer bundles */
} wr_cover;

/* Finds the least cover of up to WR_LIMIT_COVER_EXACT different needs by trying all, within
 * WR_LIMIT_COVER_STEPS; beyond, a cover by taking the largest classes first, each into the first
 * bundle that will have it.  Actions of `conflicts`, where there are any, in pairs, never share a
 * bundle.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_cover_find(const wr_cover_class *classes, size_t num_classes,
                               const size_t (*conflicts)[2], size_t num_conflicts, wr_arena *arena,
                               wr_cover *out, wr_error *err);

#endif
