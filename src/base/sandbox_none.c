/* sandbox_none.c - sandbox.h where there is none. */
#include "base/sandbox.h"

#if !defined(__linux__) || defined(WR_NO_SANDBOX)

wr_sandbox wr_sandbox_new(void)
{
    return (wr_sandbox){ .rules = -1 };
}

void wr_sandbox_allow(wr_sandbox *s, const char *path, wr_sandbox_access access)
{
    (void)s, (void)path, (void)access;
}

wr_sandbox_parts wr_sandbox_enter(wr_sandbox *s)
{
    (void)s;
    return (wr_sandbox_parts){ 0 };
}

#endif
