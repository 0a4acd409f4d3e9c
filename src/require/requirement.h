/* requirement.h - one item of a profile, read. */
#ifndef WR_REQUIRE_REQUIREMENT_H
#define WR_REQUIRE_REQUIREMENT_H

#include "require/profile.h"

/* A profile while it is read: its sources and certificates are there before its items. */
typedef struct wr_reading {
    wr_arena *arena;
    wr_profile *profile;
    WR_LIST(const char *) ids; /* of all items, those inside others too */
    wr_faults *faults;         /* NULL: the first one ends the reading */
} wr_reading;

/* What follows a part that was read, or was not: true where the reading goes on, because it is
 * `done` or all faults are wanted and this one is noted.  Fails: as the part did, NO_MEMORY. */
WR_MUST_USE bool wr_reading_step(wr_reading *r, wr_defect defect, bool done, wr_error *err);

/* Every member of `object` that is not one of `names` is a fault.  Fails: MALFORMED, NO_MEMORY. */
WR_MUST_USE bool wr_reading_only(wr_reading *r, const wr_json *object, const char *const *names,
                                 wr_error *err);

/* The source of this id; NULL where there is none. */
const wr_profile_source *wr_profile_source_of(const wr_profile *profile, const char *id);

/* The items of an array; `around` is the item it stands in, NULL at the top.
 * Fails: MALFORMED, LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_requirements_read(wr_reading *r, const wr_json *array,
                                      const wr_requirement *around, wr_requirements *out,
                                      wr_error *err);

#endif
