/* main.c - argv -> a subcommand -> an exit code. */
#include "cli/cli.h"
#include "cli/confine.h"
#include "source/tree.h"
#include "winroots/analysis.h"

#include <signal.h>
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
    { "profile", wr_cmd_profile, "requirement profiles: list, show, lint, learn" },
};

static const char jobs[] =
    "winroots answers, without the host running: which root certificates does this\n"
    "Windows host trust, for what, and why; does that meet what a product requires;\n"
    "and what must be run on the host to fix it?\n"
    "\n"
    "The usual jobs:\n"
    "  what does this host trust?      winroots analyze SOFTWARE\n"
    "  ... of a disk image?            winroots analyze image.E01\n"
    "  ... with Microsoft's list       winroots analyze SOFTWARE --ctl authrootstl.cab\n"
    "  does it meet a product?         winroots analyze SOFTWARE --ctl authrootstl.cab --require "
    "A1\n"
    "  what fixes it?                  ... --supply certificates/ --bundle out\n"
    "  did it work there?              winroots bundle readback out RESULT.json SOFTWARE\n"
    "  what changed?                   winroots diff BEFORE AFTER\n"
    "  what is in this file?           winroots inspect FILE\n"
    "\n"
    "Commands:\n";

static void print_help(void)
{
    wr_print(jobs);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        wr_print("  ");
        wr_print(commands[i].name);
        wr_print("   ");
        wr_print(commands[i].summary);
        wr_print("\n");
    }
    wr_print(
        "\n`winroots COMMAND --help` says more; `winroots --version` what this build can do.\n");
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
#ifdef SIGPIPE
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to report, not a reason to vanish */
#endif
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
        wr_print("; fleet database (SQLite) not built in\nsandbox: ");
        wr_confine_show();
        wr_print("\n");
        return finish(EXIT_MET);
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(argv[1], commands[i].name))
            return finish(commands[i].run(argc - 1, argv + 1));
    return wr_usage("", "\"%.60s\" is no command", argv[1]);
}
