/* member_name.h - what an archive calls its members; private to this room. */
#ifndef WR_SOURCE_MEMBER_NAME_H
#define WR_SOURCE_MEMBER_NAME_H

#include "base/arena.h"

/* `name` as UTF-8 in the arena; NULL when memory ends.
 * ASSUMED: as in cabinets, a name that is no UTF-8 is shown as Latin-1, which loses no byte. */
WR_MUST_USE const char *wr_member_name(wr_arena *arena, const char *name);

/* Makes a path of what an archive says, in place: no root, no "." and no empty name, '/' for '\\';
 * "C:" is the folder "C".  False where it leads out of the archive, or nowhere. */
WR_MUST_USE bool wr_member_path(char *path);

/* What is said of such a name. */
#define WR_MEMBER_ASTRAY "a name that leads out of the archive, or nowhere"

/* True for the name of an archive that is looked into where it is in another one.  Cabinets are
 * not: those of a host are evidence themselves. */
bool wr_member_is_archive(const char *path);

#endif
