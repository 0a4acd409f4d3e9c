#include "base/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECONDS_1601_TO_1970 INT64_C(11644473600)

/* Days from 1601-01-01; 1601 begins a 400-year cycle, so the leap rule needs no correction. */
static int64_t days_before_year(int year)
{
    int64_t y = year - 1601;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap(year));
}

wr_time wr_time_from_unix(int64_t seconds)
{
    if (seconds < -SECONDS_1601_TO_1970)
        return 0;
    if (seconds > INT64_MAX / (int64_t)WR_TIME_SECOND - SECONDS_1601_TO_1970)
        return WR_TIME_MAX;
    return (wr_time)(seconds + SECONDS_1601_TO_1970) * WR_TIME_SECOND;
}

bool wr_time_from_civil(int year, int month, int day, int hour, int minute, int second,
                        wr_time *out)
{
    int64_t days;

    if (year < 1601 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month) || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 60)
        return false;
    days = days_before_year(year) + day - 1;
    for (int m = 1; m < month; m++)
        days += days_in_month(year, m);
    *out = (wr_time)(((days * 24 + hour) * 60 + minute) * 60 + second) * WR_TIME_SECOND;
    return true;
}

/* `value` in `n` digits at `out`; gives what stands behind them.  A report has ten thousand dates,
 * for which snprintf takes longer than for all else. */
static char *put_digits(char *out, uint64_t value, int n)
{
    for (int i = n; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + n;
}

static char *put_part(char *out, unsigned value, char behind)
{
    out = put_digits(out, value, 2);
    *out = behind;
    return out + 1;
}

void wr_time_text(wr_time t, char out[WR_TIME_TEXT])
{
    uint64_t seconds = t / WR_TIME_SECOND, fraction = t % WR_TIME_SECOND;
    int64_t days = (int64_t)(seconds / 86400);
    unsigned clock = (unsigned)(seconds % 86400);
    int year = 1601 + (int)(days / 366), month = 1;

    if (days >= days_before_year(10000)) {
        snprintf(out, WR_TIME_TEXT, "filetime %" PRIu64, t);
        return;
    }
    while (days_before_year(year + 1) <= days)
        year++;
    days -= days_before_year(year);
    while (days >= days_in_month(year, month))
        days -= days_in_month(year, month++);
    out = put_digits(out, (unsigned)year, 4);
    *out++ = '-';
    out = put_part(out, (unsigned)month, '-');
    out = put_part(out, (unsigned)days + 1, 'T');
    out = put_part(out, clock / 3600, ':');
    out = put_part(out, clock / 60 % 60, ':');
    out = put_digits(out, clock % 60, 2);
    if (fraction) {
        *out++ = '.';
        out = put_digits(out, fraction, 7);
    }
    memcpy(out, "Z", 2);
}

/* `n` decimal digits at *p, which moves behind them. */
static bool digits(const char **p, const char *end, int n, int *out)
{
    int value = 0;
    if (end - *p < n)
        return false;
    for (int i = 0; i < n; i++) {
        char c = (*p)[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *p += n;
    *out = value;
    return true;
}

static bool take(const char **p, const char *end, char c)
{
    if (*p == end || **p != c)
        return false;
    (*p)++;
    return true;
}

/* "Z", or a signed offset with or without a colon, at the end; shifts *t to UTC. */
static bool zone(const char **p, const char *end, wr_time *t)
{
    int hours, minutes;
    bool east;
    wr_time shift;

    if (take(p, end, 'Z') || take(p, end, 'z'))
        return *p == end;
    east = take(p, end, '+');
    if ((!east && !take(p, end, '-')) || !digits(p, end, 2, &hours))
        return false;
    (void)take(p, end, ':');
    if (!digits(p, end, 2, &minutes) || hours > 23 || minutes > 59 || *p != end)
        return false;
    shift = (wr_time)(hours * 60 + minutes) * 60 * WR_TIME_SECOND;
    if (east && *t < shift)
        return false;
    *t = east ? *t - shift : *t + shift;
    return true;
}

/* ".1234567", up to seven digits kept. */
static bool fraction_of_second(const char **p, const char *end, wr_time *t)
{
    wr_time unit = WR_TIME_SECOND;
    int digit;

    if (!take(p, end, '.'))
        return true;
    if (!digits(p, end, 1, &digit))
        return false;
    do {
        unit /= 10;
        *t += (wr_time)digit * unit;
    } while (digits(p, end, 1, &digit));
    return true;
}

bool wr_time_parse(const char *text, wr_time *out)
{
    const char *p = text, *end = text + strlen(text);
    int year, month, day, hour = 0, minute = 0, second = 0;
    wr_time t;

    if (!digits(&p, end, 4, &year) || !take(&p, end, '-') || !digits(&p, end, 2, &month) ||
        !take(&p, end, '-') || !digits(&p, end, 2, &day))
        return false;
    if (p == end)
        return wr_time_from_civil(year, month, day, 0, 0, 0, out);
    if ((!take(&p, end, 'T') && !take(&p, end, 't') && !take(&p, end, ' ')) ||
        !digits(&p, end, 2, &hour) || !take(&p, end, ':') || !digits(&p, end, 2, &minute) ||
        !take(&p, end, ':') || !digits(&p, end, 2, &second) ||
        !wr_time_from_civil(year, month, day, hour, minute, second, &t) ||
        !fraction_of_second(&p, end, &t) || !zone(&p, end, &t))
        return false;
    *out = t;
    return true;
}

bool wr_time_from_asn1(wr_view contents, bool generalized, wr_time *out)
{
    const char *p = (const char *)contents.data, *end;
    int year, month, day, hour, minute, second = 0;
    wr_time t;

    if (!contents.len)
        return false;
    end = p + contents.len;
    if (!digits(&p, end, generalized ? 4 : 2, &year))
        return false;
    if (!generalized)
        year += year < 50 ? 2000 : 1900; /* SPEC RFC 5280 section 4.1.2.5.1 */
    if (!digits(&p, end, 2, &month) || !digits(&p, end, 2, &day) || !digits(&p, end, 2, &hour) ||
        !digits(&p, end, 2, &minute))
        return false;
    (void)digits(&p, end, 2, &second);
    if (!wr_time_from_civil(year, month, day, hour, minute, second, &t) ||
        (generalized && !fraction_of_second(&p, end, &t)) || !zone(&p, end, &t))
        return false;
    *out = t;
    return true;
}
