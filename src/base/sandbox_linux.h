/* sandbox_linux.h - between the files of sandbox.h on Linux. */
#ifndef WR_BASE_SANDBOX_LINUX_H
#define WR_BASE_SANDBOX_LINUX_H

#include <stdbool.h>

/* Sanitizers look at their own process when it ends: they start a tracer and read /proc. */
#if defined(__SANITIZE_ADDRESS__)
#define WR_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WR_SANITIZED 1
#endif
#endif

/* From here on, a call that is not on the list fails with ENOSYS.  False where the kernel, or we
 * for this processor, have no such filter.  Needs "no new privileges". */
bool wr_sandbox_filter_calls(void);

#endif
