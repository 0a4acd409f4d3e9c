#include "cli/cli.h"

#include <string.h>

static const struct {
    const char *name;
    wr_command *run;
    const char *help; /* NULL: not for people */
} commands[] = {
    { "run", wr_cmd_fleet_run,
      "winroots fleet run EVIDENCE...     a record of each host, made by a process for each\n" },
    { "plan", wr_cmd_fleet_plan,
      "winroots fleet plan EVIDENCE...    the same as a job for Slurm or GNU parallel\n" },
    { "gather", wr_cmd_fleet_gather,
      "winroots fleet gather RECORDS...   files of records as one\n" },
    { "merge", wr_cmd_fleet_merge,
      "winroots fleet merge RECORDS...    records of many hosts in one database\n" },
    { "report", wr_cmd_fleet_report,
      "winroots fleet report FLEET.sqlite what is so on all hosts, on few, and what fixes them\n" },
    { "bundles", wr_cmd_fleet_bundles,
      "winroots fleet bundles FLEET.sqlite the fewest bundles that fix all hosts\n" },
    { "worker", wr_cmd_fleet_worker, NULL },
};

#define NUM_COMMANDS (sizeof commands / sizeof *commands)

static void show_help(void)
{
    for (size_t i = 0; i < NUM_COMMANDS; i++)
        if (commands[i].help)
            wr_print_help(commands[i].help);
    wr_print_help(
        "\n"
        "`winroots fleet COMMAND --help` says more.\n"
        "\n"
        "Exit codes: 0 done, 4 done, but some of what was given could not be read, 2 usage, 3 none "
        "of it could be read, 5 output not written, or interrupted.\n"
        "\n"
        "Example: winroots fleet run hosts/* --require A1 -o records\n");
}

int wr_cmd_fleet(int argc, char **argv)
{
    if (argc >= 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        show_help();
        return EXIT_MET;
    }
    for (size_t i = 0; argc >= 2 && i < NUM_COMMANDS; i++)
        if (!strcmp(argv[1], commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    return wr_usage("fleet", "expected a command, such as `run EVIDENCE... -o FOLDER`");
}
