/* console_windows.h - a console of Windows as a terminal that takes UTF-8 and ECMA-48. */
#ifndef WR_BASE_CONSOLE_WINDOWS_H
#define WR_BASE_CONSOLE_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

/* True where descriptor `fd`, 1 or 2, is a console. */
bool wr_console_is(int fd);

/* True where it is one that obeys ECMA-48, which is asked of it until the program ends; those
 * before Windows 10 do not. */
bool wr_console_obeys(int fd);

/* Writes UTF-8, whatever code page the console has; gives `len`, or -1. */
long wr_console_write(int fd, const char *bytes, size_t len);

#endif
