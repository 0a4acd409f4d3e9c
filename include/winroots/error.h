/* winroots/error.h - how a call of this library says that it failed.
 *
 * A call that can fail returns bool, true = done, and takes a `wr_error *` last, which it fills
 * exactly when it returns false.  Nothing is kept in globals, reporting never allocates, and an
 * error never needs freeing.  A failed call changes nothing that the caller can see. */
#ifndef WINROOTS_ERROR_H
#define WINROOTS_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__MINGW32__)
#define WR_PRINTF(format_at, first_at) __attribute__((format(gnu_printf, format_at, first_at)))
#elif defined(__GNUC__)
#define WR_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#else
#define WR_PRINTF(format_at, first_at)
#endif
#if defined(__GNUC__)
#define WR_MUST_USE __attribute__((warn_unused_result))
#else
#define WR_MUST_USE
#endif

/* Grouped by who has to act.  Append only: the names are part of the JSON reports. */
typedef enum wr_code {
    WR_OK = 0,
    WR_E_TRUNCATED,   /* evidence: it ends before the structure does             */
    WR_E_MALFORMED,   /* evidence: the bytes are there and break the format      */
    WR_E_UNSUPPORTED, /* evidence: well formed, of a version or kind we lack     */
    WR_E_MISMATCH,    /* evidence: a checksum, digest or signature does not hold */
    WR_E_LIMIT,       /* a bound of winroots/limits.h was met                    */
    WR_E_IO,          /* the operating system refused                            */
    WR_E_NO_MEMORY,   /* an allocation failed                                    */
    WR_E_USAGE,       /* the caller asked for something that cannot be           */
    WR_E_BUG          /* cannot happen; please report                            */
} wr_code;

/* An error, or a diagnostic, that has no place in a file. */
#define WR_NO_OFFSET UINT64_MAX

typedef struct wr_error {
    wr_code code;
    uint64_t offset;   /* bytes from the start of `source`, or WR_NO_OFFSET               */
    char source[512];  /* which evidence: the path as the user typed it (UTF-8, may be cut) */
    char path[512];    /* place inside it, such as a key path; "" where none is known     */
    char message[512]; /* one line: what was found, what was expected                     */
} wr_error;

/* Stable lower-case name of `code`, such as "truncated"; never NULL. */
const char *wr_code_name(wr_code code);

#endif
