#include "support.h"

#include "source/pattern.h"

static const struct {
    const char *pattern, *path;
    bool matches, ends, enters; /* enters: `path` taken as a folder */
} cases[] = {
    { "Windows/System32", "windows/SYSTEM32", true, true, false },
    { "Windows/System32", "Windows", false, false, true },
    { "Windows/System32", "", false, false, true },
    { "Windows/System32", "C/Windows/System32", false, true, false },
    { "Windows/System32", "MyWindows/System32", false, false, false },
    { "Windows/System32", "Windows/System32/x", false, false, false },
    { "Users/*/NTUSER.DAT*", "Users/alice/ntuser.dat.LOG1", true, true, false },
    { "Users/*/NTUSER.DAT*", "Users/alice", false, false, true },
    { "Users/*/NTUSER.DAT*", "Users/alice/x/NTUSER.DAT", false, false, false },
    { "Users/*/NTUSER.DAT*", "Users/NTUSER.DAT", false, false, true },
    { "a*b?c", "aXXbYc", true, true, false },
    { "a*b?c", "abc", false, false, false },
    { "a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, false, false },
    { "**", "x/y/z", true, true, true },
    { "a/**", "a/x/y", true, true, true },
    { "a/**/c", "a/c", true, true, true },
    { "a/**/c", "a/b/b/C", true, true, true },
    { "a/**/c", "a/b/b", false, false, true },
    { "a/**/c", "b", false, false, false },
    { "*", "", false, false, true },
    { "*", "x", true, true, false },
};

Test(pattern, says_which_paths_are_meant)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *pattern = cases[i].pattern, *path = cases[i].path;
        cr_expect_eq(wr_pattern_matches(pattern, path), cases[i].matches, "%s %s", pattern, path);
        cr_expect_eq(wr_pattern_ends(pattern, path), cases[i].ends, "ends %s %s", pattern, path);
        cr_expect_eq(wr_pattern_enters(pattern, path), cases[i].enters, "enters %s %s", pattern,
                     path);
    }
}
