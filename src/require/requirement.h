/* requirement.h - one item of a profile, read. */
#ifndef WR_REQUIRE_REQUIREMENT_H
#define WR_REQUIRE_REQUIREMENT_H

#include "require/profile.h"

/* A profile while it is read: its sources and certificates are there before its items. */
typedef struct wr_reading {
    wr_arena *arena;
    wr_profile *profile;
    WR_LIST(const char *) ids; /* of all items, those inside others too */
} wr_reading;

/* The source of this id; NULL where there is none. */
const wr_profile_source *wr_profile_source_of(const wr_profile *profile, const char *id);

/* The items of an array; `around` is the item it stands in, NULL at the top.
 * Fails: MALFORMED, LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_requirements_read(wr_reading *r, const wr_json *array,
                                      const wr_requirement *around, wr_requirements *out,
                                      wr_error *err);

#endif
