/* pattern.h - which paths of a tree are meant.  docs/sources.md
 *
 * A pattern is a path with '/': `*` and `?` stand for letters of one name, a name `**` for any
 * number of folders, none included.  Case does not count, as wr_text_compare has it. */
#ifndef WR_SOURCE_PATTERN_H
#define WR_SOURCE_PATTERN_H

#include "base/arena.h"

/* True when the whole of `path` is what `pattern` says. */
bool wr_pattern_matches(const char *pattern, const char *path);

/* The same, where `path` may have folders before what the pattern says: "C/Windows/x" for
 * "Windows/x", but not "MyWindows/x". */
bool wr_pattern_ends(const char *pattern, const char *path);

/* True when something below the folder `path` may match; "" is the root. */
bool wr_pattern_enters(const char *pattern, const char *path);

#endif
