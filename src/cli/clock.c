/* clock.c - the only place that asks what time it is. */
#include "base/time.h"
#include "cli/cli.h"

#include <time.h>

uint64_t wr_clock_now(void)
{
    return wr_time_from_unix((int64_t)time(NULL));
}
