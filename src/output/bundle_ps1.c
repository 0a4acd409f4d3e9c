#include "output/bundle_ps1.h"

#include <inttypes.h>

#include "bundle_ps1.inc"

/* Functions of the scripts, by action. */
static const char *const functions[] = {
    [WR_ACTION_ADD] = "PutCertificate",     [WR_ACTION_DISALLOW] = "PutCertificate",
    [WR_ACTION_DELETE] = "TakeCertificate", [WR_ACTION_SET_POLICY] = "SetPolicy",
    [WR_ACTION_MANUAL] = "LeaveToPerson",
};

/* Between single quotes nothing is expanded, and no step holds one. */
static void write_step(const wr_step *s, wr_out *out)
{
    const char *action = wr_action_kind_name(s->kind);

    wr_out_text(out, functions[s->kind]);
    if (s->kind == WR_ACTION_MANUAL)
        wr_out_printf(out, " '%s'\n", s->requirement);
    else if (s->kind == WR_ACTION_SET_POLICY)
        wr_out_printf(out, " '%s' '%s' '%s' '0x%" PRIx32 "'\n", action, s->key, s->name, s->value);
    else
        wr_out_printf(out, " '%s' '%s' '%s' '%s'\n", action, s->store, s->sha1, s->sha256);
}

static bool put_script(wr_bundle *bundle, const char *file, const char *const *own, wr_error *err)
{
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    wr_out_printf(out,
                  "# Made by winroots %s.  README.txt says what this does and what it answers.\n"
                  "$Bundle = '%s'\n",
                  bundle->version, bundle->id);
    wr_bundle_write_lines(start_ps1, out);
    wr_bundle_write_lines(own, out);
    for (size_t i = 0; i < bundle->steps.list.count; i++)
        write_step(&bundle->steps.list.items[i], out);
    wr_out_text(out, "EndSteps\n");
    return wr_bundle_put_text(bundle, file, out, err);
}

bool wr_bundle_put_powershell(wr_bundle *bundle, wr_error *err)
{
    return put_script(bundle, "install.ps1", install_ps1, err) &&
           put_script(bundle, "detect.ps1", detect_ps1, err);
}
