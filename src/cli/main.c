/* main.c - argv -> a subcommand -> an exit code. */
#include "base/os.h"
#include "cli/cli.h"
#include "cli/confine.h"
#include "fleet/sql.h"
#include "source/tree.h"
#include "winroots/analysis.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    wr_command *run;
    const char *summary;
} commands[] = {
    { "analyze", wr_cmd_analyze, "what a host trusts, what a product requires, what would fix it" },
    { "bundle", wr_cmd_bundle, "a bundle: verify it, read back what came of it" },
    { "explain", wr_cmd_explain, "why one certificate is, or is not, trusted" },
    { "diff", wr_cmd_diff, "two hosts, lists, stores or times; a dirty hive and its logs" },
    { "inspect", wr_cmd_inspect, "what one file of any known kind holds" },
    { "export", wr_cmd_export, "the certificates a host trusts for a purpose, as PEM or SST" },
    { "convert", wr_cmd_convert, "a certificate store in another format" },
    { "fleet", wr_cmd_fleet, "many hosts: a record each, one database, one report" },
    { "profile", wr_cmd_profile, "requirement profiles: list, show, lint, learn" },
};

static const char jobs[] =
    "winroots answers, on any system and without the host running: which root certificates does "
    "this Windows host trust, for what, and why; does that meet what a product requires; and what "
    "must be run on the host to fix it?\n"
    "\n"
    "The five usual jobs:\n"
    "\n"
    "  1  What does this host trust? A page for people, from a hive, a folder, a triage archive or "
    "a disk image; then why one root is, or is not, trusted:\n"
    "       winroots analyze image.E01 --format html -o report.html\n"
    "       winroots explain THUMBPRINT image.E01\n"
    "  2  Does it meet what a product requires? Exit code 0 says yes, 1 no:\n"
    "       winroots profile list\n"
    "       winroots analyze SOFTWARE --ctl authrootstl.cab --require A1\n"
    "  3  What fixes it? A folder to carry to a host without Windows Update: certificates, "
    "install.cmd, proof. Did it work there?\n"
    "       winroots analyze SOFTWARE --require A1 --supply certs --bundle out\n"
    "       winroots bundle readback out out/log/result.json\n"
    "  4  What changed between two hosts, lists or times, or in a hive's logs?\n"
    "       winroots diff BEFORE AFTER\n"
    "       winroots diff SOFTWARE\n"
    "  5  What is in this file, whatever it is?\n"
    "       winroots inspect FILE\n"
    "\n"
    "Commands:\n";

static const char more[] =
    "\n`winroots COMMAND --help` says more of a command, `winroots --version` what this build can "
    "do; pages to copy from, line by line: docs/recipes.\n";

static void print_help(void)
{
    wr_print_help(jobs);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char line[120];
        snprintf(line, sizeof line, "  %-9s %s\n", commands[i].name, commands[i].summary);
        wr_print_help(line);
    }
    wr_print_help(more);
}

static int finish(int code)
{
    if (!wr_stdout_failed())
        return code;
    wr_message_text("standard output: not everything could be written");
    return EXIT_OUTPUT;
}

int main(int argc, char **argv)
{
    static wr_arena arguments;

#ifdef SIGPIPE
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to report, not a reason to vanish */
#endif
    wr_arena_init(&arguments, SIZE_MAX);
    if (!wr_os_arguments(&arguments, &argc, &argv)) {
        wr_message_text("the command line: out of memory");
        return EXIT_OUTPUT;
    }
    if (argc < 2) {
        print_help();
        return finish(EXIT_USAGE);
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        print_help();
        return finish(EXIT_MET);
    }
    if (!strcmp(argv[1], "--version")) {
        wr_print("winroots ");
        wr_print(wr_version());
        wr_print("\nreads: registry hives, SST, PKCS#7, PEM and DER certificates, trust lists, "
                 "cabinets;\n       folders, archives (zip, 7z, tar, cab, ISO)\n"
                 "optional: ");
        wr_print(wr_tree_components());
        wr_print("; ");
        wr_print(wr_sql_component());
        wr_print("\nsandbox: ");
        wr_confine_show();
        wr_print("\n");
        return finish(EXIT_MET);
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(argv[1], commands[i].name))
            return finish(commands[i].run(argc - 1, argv + 1));
    return wr_usage("", "\"%.60s\" is no command", argv[1]);
}
