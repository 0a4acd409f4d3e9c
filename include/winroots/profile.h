/* winroots/profile.h - the requirement profiles that the program carries. */
#ifndef WINROOTS_PROFILE_H
#define WINROOTS_PROFILE_H

#include "winroots/error.h"

/* Writes a table of the built-in profiles to a file, whole or not at all, or to standard output
 * (output NULL).  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_profile_list(const char *output, wr_error *err);

/* Writes one as JSON, by id or alias.  Fails: USAGE (unknown), IO, NO_MEMORY. */
WR_MUST_USE bool wr_profile_show(const char *id_or_alias, const char *output, wr_error *err);

typedef struct wr_lint_options {
    const char *const *supplies; /* files and folders of certificates that are known */
    size_t num_supplies;
    const char *const *lists; /* trust lists; one that does not verify is refused */
    size_t num_lists;
    uint64_t as_of; /* FILETIME: 100 ns since 1601-01-01 UTC */
    bool json;      /* winroots.lint/1, else lines for people */
} wr_lint_options;

/* Looks through profiles, each a built-in id or alias, else a file, and writes what is wrong with
 * them to a file, whole or not at all, or to standard output (output NULL).  *num_findings does not
 * count what an item says it knows (`known_defects`).  The rules: docs/profile.md.
 * Fails: USAGE (unknown profile, no list in `lists`), MALFORMED (a profile is not JSON; an input),
 * MISMATCH (a list does not verify), TRUNCATED, UNSUPPORTED, LIMIT, IO, NO_MEMORY, BUG. */
WR_MUST_USE bool wr_profile_lint(const char *const *profiles, size_t num_profiles,
                                 const wr_lint_options *options, const char *output,
                                 size_t *num_findings, wr_error *err);

#endif
