/* winroots/profile.h - requirement profiles: those that the program carries, and new ones. */
#ifndef WINROOTS_PROFILE_H
#define WINROOTS_PROFILE_H

#include "winroots/error.h"

/* Writes a table of the built-in profiles to a file, whole or not at all, or to standard output
 * (output NULL).  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_profile_list(const char *output, wr_error *err);

/* Writes one as JSON: a built-in, by id or alias, or that of a file, which is read first.
 * Fails: USAGE (unknown), MALFORMED or LIMIT (the file is no profile), IO, NO_MEMORY. */
WR_MUST_USE bool wr_profile_show(const char *id_or_path, const char *output, wr_error *err);

typedef struct wr_learn_options {
    const char *const *supply; /* files or folders of certificates that chains may go through */
    size_t num_supply;
    const char *const *lists; /* root lists (stl, cab) that name roots which nobody has */
    size_t num_lists;
    /* Called for each file that is not signed or cannot be read, and what is damaged; NULL: not.
     * The text lives for the call. */
    void (*tell)(const wr_error *what, void *data);
    void *data;
} wr_learn_options;

typedef struct wr_learn_result {
    size_t num_files, num_signed;                   /* programs and catalogues */
    size_t num_roots, num_intermediates, num_names; /* by hash, by hash, by name only */
} wr_learn_result;

/* Reads the programs (PE) and catalogues of files and folders and writes a profile of the roots and
 * intermediates that their signatures and time stamps need, to a file, whole or not at all, or to
 * standard output (output NULL).  Where no chain is found nothing is written, which is no failure:
 * the counts of *out say so.  Nothing is said of whether the signatures hold.
 * Fails: USAGE (the supply or a list cannot be read), LIMIT (more certificates or sources than a
 * profile may have), IO, NO_MEMORY. */
WR_MUST_USE bool wr_profile_learn(const char *const *paths, size_t num_paths,
                                  const wr_learn_options *options, const char *output,
                                  wr_learn_result *out, wr_error *err);

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
