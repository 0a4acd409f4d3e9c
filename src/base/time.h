/* time.h - one clock for all: 100 ns since 1601-01-01 UTC, which is Windows' FILETIME.
 *
 * Nothing here reads a clock; "now" comes from the caller. */
#ifndef WR_BASE_TIME_H
#define WR_BASE_TIME_H

#include "base/arena.h"

typedef uint64_t wr_time;

#define WR_TIME_SECOND ((wr_time)10000000)
#define WR_TIME_DAY    (86400 * WR_TIME_SECOND)

/* Later than every real time, for certificates that say 99991231235959Z and beyond. */
#define WR_TIME_MAX UINT64_MAX

/* Room for any time as text, "9999-12-31T23:59:59.9999999Z" and its NUL, and for what is beyond. */
#define WR_TIME_TEXT 32

wr_time wr_time_from_unix(int64_t seconds);

/* A UTC calendar date, checked; false when it does not exist or lies before 1601. */
WR_MUST_USE bool wr_time_from_civil(int year, int month, int day, int hour, int minute, int second,
                                    wr_time *out);

/* RFC 3339 in UTC, "2026-11-22T00:00:00Z", with the fraction only where there is one.  A FILETIME
 * beyond the year 9999 is written as the number with the word "filetime". */
void wr_time_text(wr_time t, char out[WR_TIME_TEXT]);

/* RFC 3339 with any offset, or a bare date ("2026-11-22" = midnight UTC). */
WR_MUST_USE bool wr_time_parse(const char *text, wr_time *out);

/* The contents of a DER UTCTime (two-digit years are 1950 to 2049) or GeneralizedTime, with or
 * without seconds, ending in Z or an offset, as RFC 5280 and older certificates write them. */
WR_MUST_USE bool wr_time_from_asn1(wr_view contents, bool generalized, wr_time *out);

#endif
