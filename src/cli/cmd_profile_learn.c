#include "cli/cli.h"
#include "cli/confine.h"
#include "winroots/profile.h"

#include <getopt.h>

static const char help[] =
    "winroots profile learn PATH... : a profile of the roots that signed files need\n"
    "\n"
    "Reads programs (PE) and catalogues (.cat), with nested signatures and time stamps; a\n"
    "folder stands for the files below it.  It says what the signers' chains need on a host,\n"
    "not whether the signatures hold.\n"
    "\n"
    "  --supply PATH    certificates that the files lack (sst, p7b, cer, pem, cab, or a folder)\n"
    "  --ctl FILE       a root list (stl or cab), to name roots that nobody has\n"
    "  --no-sandbox     for debugging: keep all rights while reading\n"
    "  -o, --output F   write to file F instead of standard output\n"
    "\n"
    "Exit codes: 0 written, 3 no chain was found and nothing is written, 2 usage, 5 output.\n"
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
    enum { SUPPLY = 256, CTL, NO_SANDBOX };
    static const struct option options[] = {
        { "supply", required_argument, NULL, SUPPLY },
        { "ctl", required_argument, NULL, CTL },
        { "output", required_argument, NULL, 'o' },
        { "no-sandbox", no_argument, NULL, NO_SANDBOX },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    const char *supply[WR_CLI_INPUTS], *lists[WR_CLI_INPUTS], *output = NULL;
    wr_learn_options how = { .supply = supply, .lists = lists, .tell = tell };
    wr_learn_result result;
    wr_error err;
    bool no_sandbox = false;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        switch (c) {
        case SUPPLY:
        case CTL:
            if (how.num_supply == WR_CLI_INPUTS || how.num_lists == WR_CLI_INPUTS)
                return wr_usage("profile learn", "more than %d times --supply or --ctl",
                                WR_CLI_INPUTS);
            if (c == SUPPLY)
                supply[how.num_supply++] = optarg;
            else
                lists[how.num_lists++] = optarg;
            break;
        case 'o':
            output = optarg;
            break;
        case NO_SANDBOX:
            no_sandbox = true;
            break;
        case 'h':
            wr_print(help);
            return EXIT_MET;
        default:
            return wr_usage("profile learn", "unknown option or missing value: %.60s",
                            argv[optind - 1]);
        }
    }
    if (optind == argc)
        return wr_usage("profile learn", "no file is given");
    if (!no_sandbox)
        wr_confine(argc, argv, output, NULL);
    if (!wr_profile_learn((const char *const *)argv + optind, (size_t)(argc - optind), &how, output,
                          &result, &err)) {
        wr_message(&err);
        return err.code == WR_E_USAGE ? EXIT_USAGE : EXIT_OUTPUT;
    }
    return conclude(&result);
}
