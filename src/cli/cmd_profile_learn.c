#include "cli/confine.h"
#include "cli/options.h"
#include "winroots/profile.h"

#include <getopt.h>

static const char help[] =
    "winroots profile learn PATH... : a profile of the roots that signed files need\n"
    "\n"
    "Reads programs (PE) and catalogues (.cat), with nested signatures and time stamps; a folder "
    "stands for the files below it.  It says what the signers' chains need on a host, not whether "
    "the signatures hold.\n"
    "\n"
    "  --supply PATH    certificates that the files lack (sst, p7b, cer, pem, cab, or a folder)\n"
    "  --ctl FILE       a root list (stl or cab), to name roots that nobody has\n"
    "  --no-sandbox     for debugging: keep all rights while reading\n"
    "  -o, --output F   write to file F instead of standard output\n"
    "\n"
    "Exit codes: 0 written, 3 no chain was found and nothing is written, 2 usage, 5 output.\n"
    "\n"
    "Example: winroots profile learn \"Program Files/Agent\" --ctl authrootstl.cab -o agent.json\n";

static void tell(const wr_error *what, void *data)
{
    (void)data;
    wr_message(what);
}

static int conclude(const wr_learn_result *r)
{
    size_t needs = r->num_roots + r->num_intermediates + r->num_names;

    if (!needs) {
        wr_message_text("nothing learned: %zu programs and catalogues, %zu of them signed",
                        r->num_files, r->num_signed);
        return EXIT_NO_EVIDENCE;
    }
    wr_message_text("learned from %zu of %zu programs and catalogues: %zu roots and %zu "
                    "intermediates, and %zu issuers known only by name",
                    r->num_signed, r->num_files, r->num_roots, r->num_intermediates, r->num_names);
    return EXIT_MET;
}

int wr_cmd_profile_learn(int argc, char **argv)
{
    wr_learn_options how = { .tell = tell };
    wr_texts supply = { .count = 0 }, lists = { .count = 0 };
    const char *output = NULL;
    const wr_option table[] = {
        { "supply", WR_OPTION_TEXTS, &supply },
        { "ctl", WR_OPTION_TEXTS, &lists },
        { "output", WR_OPTION_TEXT, &output },
    };
    wr_options options = { "profile learn", help, table, sizeof table / sizeof *table, false };
    wr_learn_result result;
    wr_error err;
    int code;

    if (!wr_options_parse(&options, argc, argv, &code))
        return code;
    if (optind == argc)
        return wr_usage("profile learn", "no file is given");
    how.supply = supply.items;
    how.num_supply = supply.count;
    how.lists = lists.items;
    how.num_lists = lists.count;
    if (!options.no_sandbox)
        wr_confine(argc, argv, output, NULL);
    if (!wr_profile_learn((const char *const *)argv + optind, (size_t)(argc - optind), &how, output,
                          &result, &err)) {
        wr_message(&err);
        return err.code == WR_E_USAGE ? EXIT_USAGE : EXIT_OUTPUT;
    }
    return conclude(&result);
}
