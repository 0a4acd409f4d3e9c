/* profile_path.h - whose a file of a user profile is, by its path. */
#ifndef WR_EVIDENCE_PROFILE_PATH_H
#define WR_EVIDENCE_PROFILE_PATH_H

#include "base/arena.h"

/* "S-1-5-18" for the hive of LocalSystem (config\DEFAULT), likewise LocalService and
 * NetworkService; "Users/alice" where the path runs through that folder; else "" .  Separators are
 * '/' or '\\'; the path may lack its beginning.  SPEC windows-trust 1.1.
 * NULL: no memory. */
WR_MUST_USE const char *wr_profile_owner(const char *path, wr_arena *arena);

/* What follows the last separator. */
const char *wr_path_base(const char *path);

/* True when `path` ends with `tail` (written with '/'), without regard to case or kind of
 * separator, at the beginning of a name. */
bool wr_path_ends(const char *path, const char *tail);

#endif
