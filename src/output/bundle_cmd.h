/* bundle_cmd.h - the scripts of a bundle, for cmd.exe and certutil from Windows 7 on.
 *
 * Each is output/script/start.cmd, a line for each action of the plan, the verbs of its own
 * (install.cmd, verify.cmd, rollback.cmd) and output/script/finish.cmd.  Text of a certificate
 * never gets into one.  What they do and answer: docs/bundle.md. */
#ifndef WR_OUTPUT_BUNDLE_CMD_H
#define WR_OUTPUT_BUNDLE_CMD_H

#include "output/bundle_file.h"

/* The name of what scripts of these steps do, in the arena.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_bundle_id(const wr_steps *steps, wr_arena *arena, const char **out,
                              wr_error *err);

/* Puts install.cmd, verify.cmd and rollback.cmd.  Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_bundle_put_scripts(wr_bundle *bundle, wr_error *err);

#endif
