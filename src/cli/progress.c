#include "cli/progress.h"

#include "base/os.h"
#include "base/time.h"
#include "cli/cli.h"

#define QUIET_FOR (WR_TIME_SECOND)
#define PAUSE     (WR_TIME_SECOND / 5)

void wr_progress_step(void *context, const char *path)
{
    wr_progress *p = context;
    const uint64_t now = wr_clock_now();

    if (p->quiet)
        return;
    if (p->verbose) {
        wr_message_text("reading %.400s", path);
        return;
    }
    if (!p->begun)
        p->begun = now;
    if (now - p->begun < QUIET_FOR || now - p->written < PAUSE || !wr_os_stderr_is_terminal())
        return;
    p->written = now;
    p->shown = true;
    wr_message_over("reading", path);
}

void wr_progress_end(wr_progress *p)
{
    if (p->shown)
        wr_message_over("", "");
    p->shown = false;
}
