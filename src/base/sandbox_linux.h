/* sandbox_linux.h - between the files of sandbox.h on Linux. */
#ifndef WR_BASE_SANDBOX_LINUX_H
#define WR_BASE_SANDBOX_LINUX_H

#include <stdbool.h>

/* From here on, a call that is not on the list fails with ENOSYS.  False where the kernel, or we
 * for this processor, have no such filter.  Needs "no new privileges". */
bool wr_sandbox_filter_calls(void);

#endif
