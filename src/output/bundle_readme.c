#include "output/bundle_readme.h"

#include "base/text.h"
#include "output/bundle_step.h"

#include <string.h>

#define DATE_LEN 10 /* of a time as text: its day */

/* What a name or path from outside may hold is not for every editor: one line of ASCII. */
static void write_ascii(const char *text, wr_out *out)
{
    size_t left = strlen(text);

    while (left) {
        uint32_t c = 0xFFFD;
        size_t used = wr_text_char(text, left, &c);

        if (c >= 0x20 && c <= 0x7E)
            wr_out_write(out, text, 1);
        else
            wr_out_printf(out, "\\u{%04X}", (unsigned)c);
        used += !used;
        text += used;
        left -= used;
    }
}

/* "LABEL: text" on a line below an action. */
static void write_detail(const char *label, const char *text, wr_out *out)
{
    wr_out_printf(out, "       %s: ", label);
    write_ascii(text, out);
    wr_out_text(out, "\n");
}

static void write_joined(const char *const *texts, size_t count, wr_out *out)
{
    for (size_t i = 0; i < count; i++) {
        wr_out_text(out, i ? ", " : "");
        write_ascii(texts[i], out);
    }
}

static void write_heading(const char *text, wr_out *out)
{
    wr_out_printf(out, "\n%s\n\n", text);
}

static bool write_certificate(const wr_bundle *bundle, const wr_certificate *c, wr_out *out,
                              wr_error *err)
{
    char hash[2 * WR_SHA256_LEN + 1], from[WR_TIME_TEXT], to[WR_TIME_TEXT];
    const char *name = "cannot be read";

    if (!wr_x509_short_name(c->x509.subject, bundle->arena, &name, err) &&
        err->code == WR_E_NO_MEMORY)
        return false;
    write_detail("name", name, out);
    wr_text_hex_into(c->sha1, WR_SHA1_LEN, hash);
    write_detail("SHA-1", hash, out);
    wr_text_hex_into(c->sha256, WR_SHA256_LEN, hash);
    write_detail("SHA-256", hash, out);
    wr_time_text(c->x509.not_before, from);
    wr_time_text(c->x509.not_after, to);
    wr_out_printf(out, "       valid: %.*s to %.*s\n", DATE_LEN, from, DATE_LEN, to);
    return true;
}

static void write_what(const wr_action *a, wr_out *out)
{
    switch (a->kind) {
    case WR_ACTION_ADD:
        wr_out_printf(out, "adds to the machine's store %s", a->store);
        break;
    case WR_ACTION_DISALLOW:
        wr_out_printf(out,
                      "adds to the machine's store %s, so that it is refused for every purpose",
                      a->store);
        break;
    case WR_ACTION_DELETE:
        wr_out_printf(out, "takes out of the machine's store %s", a->store);
        break;
    case WR_ACTION_SET_POLICY:
        wr_out_printf(out, "sets the number %s in %s to %s", a->registry_name, a->registry_key,
                      a->registry_data);
        break;
    case WR_ACTION_MANUAL:
        break;
    }
    wr_out_text(out, "\n");
}

static void write_widening(const wr_action *a, wr_out *out)
{
    if (!a->widens.count)
        return;
    wr_out_text(out, "       WIDENS TRUST: this host will then accept it also for ");
    write_joined(a->widens.items, a->widens.count, out);
    wr_out_text(out,
                ".\n       Microsoft's verified list does not allow that; a certificate that is"
                " added from a file\n       is good for every purpose that it does not itself"
                " exclude.\n       gpo\\roots.reg and roots.sst keep the list's limits: use one of"
                " them instead of install.cmd.\n");
}

static bool write_action(const wr_bundle *bundle, const wr_action *a, size_t number, wr_out *out,
                         wr_error *err)
{
    wr_out_printf(out, "  %2zu.  ", number);
    write_what(a, out);
    if (a->certificate && !write_certificate(bundle, a->certificate, out, err))
        return false;
    write_detail("why", a->reason, out);
    wr_out_text(out, "       for: ");
    write_joined(a->requirements.items, a->requirements.count, out);
    wr_out_text(out, "\n");
    write_widening(a, out);
    wr_out_text(out, "\n");
    return true;
}

static bool write_actions(const wr_bundle *bundle, wr_out *out, wr_error *err)
{
    const wr_plan *plan = bundle->set->plan;
    size_t number = 0;

    write_heading("WHAT INSTALL.CMD DOES", out);
    for (size_t i = 0; i < plan->actions.count; i++)
        if (wr_bundle_is_scripted(&plan->actions.items[i]) &&
            !write_action(bundle, &plan->actions.items[i], ++number, out, err))
            return false;
    if (!number)
        wr_out_text(out, "  Nothing: there is no action that a script could carry out.\n\n");
    wr_out_printf(out,
                  "  It changes nothing else, but keeps a log and, in the registry key\n"
                  "  HKLM\\SOFTWARE\\winroots\\bundles\\%s, a record of what it changed.\n",
                  bundle->id);
    return true;
}

static const char how_to_run[] =
    "  Copy this folder to the host. From a command prompt that was opened as administrator, or "
    "as\n"
    "  SYSTEM (software distribution, scheduled task, start-up script of a group policy), run\n"
    "\n"
    "      \"C:\\where\\this folder\\is\\install.cmd\"\n"
    "\n"
    "  It asks nothing, needs no network and no restart, and may be run again: what is in place "
    "is\n"
    "  left as it is. Programs that are running may take some minutes to notice.\n"
    "\n"
    "  verify.cmd tells whether every action is in place, and changes nothing. Run it with its\n"
    "  path, as above: VERIFY alone is a command of Windows.\n"
    "\n"
    "  install.ps1 does the same as install.cmd, and rollback.cmd undoes it too. detect.ps1 "
    "changes "
    "and\n"
    "  logs nothing: it answers 0 where every action is in place and 1 where install.ps1 should "
    "run. They\n"
    "  are for software distribution that runs PowerShell, 2 or later, such as Intune.\n"
    "\n"
    "  The .cmd scripts need certutil.exe of Windows 7, Windows Server 2008 R2 or later; Nano "
    "Server has "
    "none.\n";

static const char how_to_undo[] =
    "  rollback.cmd, run in the same way, takes back what install.cmd changed on that host, and\n"
    "  leaves alone what was there before, or what somebody else changed since.\n";

static const char other_ways[] =
    "  These files carry the certificates with the properties that Microsoft's verified list gives "
    "them,\n"
    "  such as purposes and dates. rollback.cmd does not know what they did.\n"
    "\n"
    "      gpo\\roots.reg     does what install.cmd does, as administrator:\n"
    "          reg.exe import \"C:\\where\\this folder\\is\\gpo\\roots.reg\" /reg:64\n"
    "          A certificate that is there already gets these properties in place of its own.\n"
    "      gpo\\Registry.pol  the same for a group policy of computers, without deletions. Merge "
    "it:\n"
    "          LGPO.exe /m \"C:\\where\\this folder\\is\\gpo\\Registry.pol\"\n"
    "          Copied over a Registry.pol that is there, it would erase the policy in that file.\n"
    "      roots.sst         what goes into the store Root, and nothing else, for certmgr and\n"
    "          certutil.exe -f -addstore Root \"C:\\where\\this folder\\is\\roots.sst\"\n"
    "\n"
    "  One that would hold nothing is not in this folder.\n";

static const char answers[] =
    "  Exit codes of the scripts:\n"
    "\n"
    "      0  every action is in place (of rollback.cmd: is undone)\n"
    "      1  no action is in place\n"
    "      2  access was denied: run it as administrator or SYSTEM\n"
    "      3  it could not start: no certutil.exe, or no folder to write the log to\n"
    "      5  some actions are in place, others failed\n"
    "\n"
    "  The log is %SystemRoot%\\Logs\\winroots\\winroots.log, without elevation in "
    "%TEMP%\\winroots;\n"
    "  result.json beside it has the outcome of each action and what was there before. Copies are\n"
    "  put in the folder log beside the script, where that can be written. verify.cmd and\n"
    "  rollback.cmd write verify.* and rollback.* there. The log of install.cmd ends with\n"
    "\n"
    "      Fixing result is True.\n"
    "\n"
    "  or with False. True, and exit code 0, mean that every action above is in place on that "
    "host.\n"
    "  What this bundle does not fix never changes that.\n";

static void write_not_fixed(const wr_plan *plan, wr_out *out)
{
    size_t number = 0;

    write_heading("WHAT IT DOES NOT FIX", out);
    for (size_t i = 0; i < plan->actions.count; i++) {
        const wr_action *a = &plan->actions.items[i];
        if (wr_bundle_is_scripted(a))
            continue;
        wr_out_printf(out, "  %2zu.  ", ++number);
        write_ascii(a->reason, out);
        wr_out_text(out, "\n       for: ");
        write_joined(a->requirements.items, a->requirements.count, out);
        wr_out_text(out, "\n");
    }
    wr_out_text(out, number ? "\n  A person has to do these.\n" : "  Nothing is left to do.\n");
}

static void write_origin(const wr_bundle *bundle, wr_out *out)
{
    const wr_result_set *set = bundle->set;
    char as_of[WR_TIME_TEXT];
    size_t supply = 0;

    write_heading("WHO MADE IT", out);
    wr_time_text(set->trust->options.as_of, as_of);
    wr_out_printf(out, "  winroots %s, judging for %s", set->version, as_of);
    if (*set->model->host.computer_name) {
        wr_out_text(out, " the host ");
        write_ascii(set->model->host.computer_name, out);
    }
    wr_out_text(out, ", from\n\n");
    for (size_t i = 0; i < wr_evidence_count(set->evidence); i++) {
        const wr_item *item = wr_evidence_item(set->evidence, i);
        if (item->role == WR_ROLE_SUPPLY) { /* hundreds, perhaps; manifest.json names each */
            supply++;
            continue;
        }
        wr_out_text(out, "      ");
        write_ascii(item->path, out);
        wr_out_printf(out, " (%s, %llu bytes)\n", wr_kind_name(item->kind),
                      (unsigned long long)item->bytes);
    }
    if (supply)
        wr_out_printf(out, "      %zu file%s of supply, which manifest.json names\n", supply,
                      supply == 1 ? "" : "s");
    wr_out_text(out, "\n  report.html and report.json are the whole analysis, for people and for"
                     " programs;\n  manifest.json has the SHA-256 of every file.\n");
}

static bool write_readme(const wr_bundle *bundle, wr_out *out, wr_error *err)
{
    wr_out_printf(out, "winroots bundle %s: certificates for one Windows host\n", bundle->id);
    if (!write_actions(bundle, out, err))
        return false;
    write_heading("HOW TO RUN", out);
    wr_out_text(out, how_to_run);
    write_heading("HOW TO UNDO", out);
    wr_out_text(out, how_to_undo);
    write_heading("OTHER WAYS", out);
    wr_out_text(out, other_ways);
    write_heading("WHAT IT ANSWERS", out);
    wr_out_text(out, answers);
    write_not_fixed(bundle->set->plan, out);
    write_origin(bundle, out);
    return true;
}

bool wr_bundle_put_readme(wr_bundle *bundle, wr_error *err)
{
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    if (!write_readme(bundle, out, err)) {
        wr_out_discard(out);
        return false;
    }
    return wr_bundle_put_text(bundle, "README.txt", out, err);
}
