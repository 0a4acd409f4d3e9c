#include "base/os.h"

#include <string.h>

bool wr_os_fail(wr_error *err, const char *path, const char *what)
{
    const wr_code code = wr_memory_ended() ? WR_E_NO_MEMORY : WR_E_IO;

    return wr_fail(err, code, path, WR_NO_OFFSET, "%s: %s", what, wr_os_reason());
}

char *wr_os_temporary_name(wr_arena *arena, const char *path, unsigned attempt)
{
    return wr_arena_format(arena, "%s.%d-%u.tmp", path, wr_os_process(), attempt);
}

bool wr_os_write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len) {
        long n = wr_os_write(fd, bytes, len);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

#ifdef _WIN32

void wr_os_hold_interrupts(void) {}

void wr_os_release_interrupts(void) {}

#endif
