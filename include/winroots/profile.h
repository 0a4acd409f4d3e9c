/* winroots/profile.h - the requirement profiles that the program carries. */
#ifndef WINROOTS_PROFILE_H
#define WINROOTS_PROFILE_H

#include "winroots/error.h"

/* Writes a table of the built-in profiles to a file, whole or not at all, or to standard output
 * (output NULL).  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_profile_list(const char *output, wr_error *err);

/* Writes one as JSON, by id or alias.  Fails: USAGE (unknown), IO, NO_MEMORY. */
WR_MUST_USE bool wr_profile_show(const char *id_or_alias, const char *output, wr_error *err);

#endif
