/* bundle_ps1.h - install.ps1 and detect.ps1, for software distribution that runs PowerShell.
 *
 * Each is output/script/start.ps1, its own functions, a line for each step and the end.  They
 * answer, log and record as the scripts of bundle_cmd.h do: docs/bundle.md. */
#ifndef WR_OUTPUT_BUNDLE_PS1_H
#define WR_OUTPUT_BUNDLE_PS1_H

#include "output/bundle_file.h"

/* Puts install.ps1 and detect.ps1.  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_put_powershell(wr_bundle *bundle, wr_error *err);

#endif
