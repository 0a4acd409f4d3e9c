#include "cli/cli.h"
#include "cli/confine.h"
#include "winroots/profile.h"

#include <string.h>

static const char help[] =
    "winroots profile list             the built-in requirement profiles\n"
    "winroots profile show ID          one of them as JSON (winroots.profile/1), by id or alias, "
    "or that of a file\n"
    "winroots profile lint PROFILE...  what is wrong with profiles\n"
    "winroots profile learn PATH...    a profile of what the signatures of programs and catalogues "
    "need\n"
    "\n"
    "`winroots profile lint --help` and `winroots profile learn --help` say more.\n"
    "\n"
    "Exit codes: 0 done, 1 findings, 2 usage or unknown profile, 3 nothing to learn, 5 output.\n"
    "\n"
    "Example: winroots profile show A1 > mine.json\n";

static int fail(const wr_error *err)
{
    wr_message(err);
    return err->code == WR_E_IO || err->code == WR_E_NO_MEMORY || err->code == WR_E_BUG
               ? EXIT_OUTPUT
               : EXIT_USAGE; /* unknown, or no profile */
}

int wr_cmd_profile(int argc, char **argv)
{
    wr_error err;

    if (argc >= 2 && !strcmp(argv[1], "learn"))
        return wr_cmd_profile_learn(argc - 1, argv + 1);
    if (argc >= 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        wr_print_help(help);
        return EXIT_MET;
    }
    if (argc >= 2 && !strcmp(argv[1], "lint"))
        return wr_cmd_profile_lint(argc - 1, argv + 1);
    if (argc == 2 && !strcmp(argv[1], "list"))
        return wr_profile_list(NULL, &err) ? EXIT_MET : fail(&err);
    if (argc == 3 && !strcmp(argv[1], "show")) {
        wr_confine(argc, argv, NULL, NULL);
        return wr_profile_show(argv[2], NULL, &err) ? EXIT_MET : fail(&err);
    }
    return wr_usage("profile", "expected `list`, `show ID`, `lint PROFILE...` or `learn PATH...`");
}
