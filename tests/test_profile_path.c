#include "support.h"

#include "evidence/profile_path.h"

static wr_arena arena;

static void start(void)
{
    wr_arena_init(&arena, SIZE_MAX);
}

static void end(void)
{
    wr_arena_free(&arena);
}

TestSuite(profile_path, .init = start, .fini = end);

Test(profile_path, tells_whose_a_file_is)
{
    static const struct {
        const char *path, *owner;
    } rows[] = {
        { "C/Users/alice/NTUSER.DAT", "Users/alice" },
        { "\\??\\C:\\Users\\alice\\ntuser.dat", "Users/alice" },
        { "users/Bob/AppData/x", "Users/Bob" },
        { "Documents and Settings/eve/NTUSER.DAT", "Documents and Settings/eve" },
        { "Windows/System32/config/default", "S-1-5-18" },
        { "\\SystemRoot\\System32\\Config\\DEFAULT", "S-1-5-18" },
        { "windows/serviceprofiles/localservice/ntuser.dat", "S-1-5-19" },
        { "files\\LocalService\\NTUSER.DAT", "S-1-5-19" },
        { "files\\NetworkService\\NTUSER.DAT", "S-1-5-20" },
        { "Users/LocalService/NTUSER.DAT", "Users/LocalService" },
        { "NTUSER.DAT", "" },
        { "SuperUsers/alice/NTUSER.DAT", "" },
        { "Users/alice", "" },
        { "Users//NTUSER.DAT", "" },
        { "Users", "" },
        { "", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_str_eq(wr_profile_owner(rows[i].path, &arena), rows[i].owner, "%s", rows[i].path);
}

Test(profile_path, base_and_end)
{
    cr_assert_str_eq(wr_path_base("a\\b/c"), "c");
    cr_assert_str_eq(wr_path_base("c"), "c");
    cr_assert(wr_path_ends("x/USER\\registry.POL", "User/Registry.pol"));
    cr_assert_not(wr_path_ends("x/SuperUser/Registry.pol", "User/Registry.pol"));
    cr_assert_not(wr_path_ends("r.pol", "User/Registry.pol"));
}

Test(profile_path, no_memory)
{
    arena.fail_after = 1;
    cr_assert_null(wr_profile_owner("Users/alice/NTUSER.DAT", &arena));
}
