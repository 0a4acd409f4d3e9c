/* wide_windows.h - paths as Windows takes them.
 *
 * UTF-8 is what this program holds.  A name of Windows need not be UTF-16, as one of Linux need not
 * be UTF-8: a surrogate that stands alone becomes the three bytes that UTF-8 would give it, which
 * no text here takes for a letter, and which come back as they were. */
#ifndef WR_BASE_WIDE_WINDOWS_H
#define WR_BASE_WIDE_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* Letters of the longest path, with its end, count: what the kernel takes. */
#define WR_WIDE_PATH 32768

/* Bytes of the longest name in a folder, with its end. */
#define WR_WIDE_NAME (3 * 260 + 1)

/* `path` for a call of Windows, into WR_WIDE_PATH letters: one too long for the old limit of 260 is
 * made absolute, behind "\\?\".  False, with errno set, where it is no path or too long. */
bool wr_wide_path(const char *path, wchar_t *out);

/* False where `size` bytes do not hold it. */
bool wr_wide_narrow(const wchar_t *wide, char *out, size_t size);

#endif
