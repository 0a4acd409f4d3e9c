#include "support.h"

#include "base/time.h"

#include <criterion/parameterized.h>

/* FILETIME of 1970-01-01, SPEC [MS-DTYP] 2.3.3 and every reader of it: 11644473600 s after 1601. */
#define UNIX_EPOCH UINT64_C(116444736000000000)

struct written {
    wr_time time;
    char text[WR_TIME_TEXT];
};

ParameterizedTestParameters(time, as_text)
{
    static struct written table[] = {
        { 0, "1601-01-01T00:00:00Z" },
        { 1, "1601-01-01T00:00:00.0000001Z" },
        { UNIX_EPOCH, "1970-01-01T00:00:00Z" },
        { UNIX_EPOCH - 1, "1969-12-31T23:59:59.9999999Z" },
        { UNIX_EPOCH + 1000000000 * WR_TIME_SECOND, "2001-09-09T01:46:40Z" }, /* 10^9 s */
        { UNIX_EPOCH + INT64_C(2147483647) * WR_TIME_SECOND, "2038-01-19T03:14:07Z" },
        { UINT64_C(128166372003061629), "2007-02-22T17:00:00.3061629Z" },
        { UINT64_C(2650467743999999999), "9999-12-31T23:59:59.9999999Z" },
        { UINT64_C(2650467744000000000), "filetime 2650467744000000000" },
        { WR_TIME_MAX, "filetime 18446744073709551615" },
    };
    return cr_make_param_array(struct written, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct written *row, time, as_text)
{
    char text[WR_TIME_TEXT];
    wr_time back;

    wr_time_text(row->time, text);
    cr_assert_str_eq(text, row->text);
    if (strncmp(text, "filetime", 8) != 0) {
        cr_assert(wr_time_parse(text, &back));
        cr_assert_eq(back, row->time);
    }
}

/* Day by day over a whole 400-year cycle and a century beyond, against a calendar that counts. */
Test(time, every_day_is_the_next_one)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    wr_time expected = 0;

    for (int year = 1601; year <= 2110; year++) {
        bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        for (int month = 1; month <= 12; month++) {
            int days = lengths[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= days; day++, expected += WR_TIME_DAY) {
                char text[WR_TIME_TEXT], date[WR_TIME_TEXT];
                wr_time t;

                cr_assert(wr_time_from_civil(year, month, day, 0, 0, 0, &t));
                cr_assert_eq(t, expected, "%d-%d-%d", year, month, day);
                snprintf(date, sizeof date, "%04d-%02d-%02dT00:00:00Z", year, month, day);
                wr_time_text(t, text);
                cr_assert_str_eq(text, date);
            }
        }
    }
}

Test(time, unix_seconds)
{
    cr_assert_eq(wr_time_from_unix(0), UNIX_EPOCH);
    cr_assert_eq(wr_time_from_unix(-1), UNIX_EPOCH - WR_TIME_SECOND);
    cr_assert_eq(wr_time_from_unix(-INT64_C(11644473600)), 0);
    cr_assert_eq(wr_time_from_unix(-INT64_C(11644473601)), 0, "before the clock began");
    cr_assert_eq(wr_time_from_unix(INT64_MIN), 0);
    cr_assert_eq(wr_time_from_unix(INT64_MAX), WR_TIME_MAX);
    cr_assert_eq(wr_time_from_unix(INT64_C(253402300799)),
                 UINT64_C(2650467743990000000)); /* 9999-12-31T23:59:59Z */
    cr_assert_gt(wr_time_from_unix(INT64_C(1800000000000)), UINT64_C(1) << 63,
                 "the range of the type is used");
}

struct civil {
    int year, month, day, hour, minute, second;
    bool exists;
};

ParameterizedTestParameters(time, civil_dates)
{
    static struct civil table[] = {
        { 2024, 2, 29, 0, 0, 0, true },      { 2023, 2, 29, 0, 0, 0, false },
        { 2000, 2, 29, 0, 0, 0, true },      { 1900, 2, 29, 0, 0, 0, false },
        { 2026, 4, 31, 0, 0, 0, false },     { 2026, 0, 1, 0, 0, 0, false },
        { 2026, 13, 1, 0, 0, 0, false },     { 2026, 1, 0, 0, 0, 0, false },
        { 1600, 12, 31, 23, 59, 59, false }, { 1601, 1, 1, 0, 0, 0, true },
        { 9999, 12, 31, 23, 59, 59, true },  { 10000, 1, 1, 0, 0, 0, false },
        { 2026, 1, 1, 24, 0, 0, false },     { 2026, 1, 1, 0, 60, 0, false },
        { 2016, 12, 31, 23, 59, 60, true },  { 2016, 12, 31, 23, 59, 61, false },
        { 2026, -1, 1, 0, 0, 0, false },     { 2026, 1, 1, -1, 0, 0, false },
    };
    return cr_make_param_array(struct civil, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct civil *row, time, civil_dates)
{
    wr_time t = 77;
    bool exists = wr_time_from_civil(row->year, row->month, row->day, row->hour, row->minute,
                                     row->second, &t);

    cr_assert_eq(exists, row->exists);
    cr_assert_eq(t == 77, !row->exists, "nothing is written on failure");
}

/* "" = refused. */
struct parsed {
    char text[48], expected[WR_TIME_TEXT];
};

static void expect_parsed(bool done, wr_time t, const struct parsed *row)
{
    char text[WR_TIME_TEXT] = "";

    if (done)
        wr_time_text(t, text);
    else
        cr_assert_eq(t, 77, "nothing is written on failure");
    cr_assert_str_eq(text, row->expected, "%s gives %s", row->text, text);
}

ParameterizedTestParameters(time, rfc3339)
{
    static struct parsed table[] = {
        { "2026-11-22", "2026-11-22T00:00:00Z" },
        { "2026-11-22T01:02:03Z", "2026-11-22T01:02:03Z" },
        { "2026-11-22t01:02:03z", "2026-11-22T01:02:03Z" },
        { "2026-11-22 01:02:03Z", "2026-11-22T01:02:03Z" },
        { "2026-11-22T01:02:03.5Z", "2026-11-22T01:02:03.5000000Z" },
        { "2026-11-22T01:02:03.12345678901Z", "2026-11-22T01:02:03.1234567Z" },
        { "2026-11-22T01:02:03+01:30", "2026-11-21T23:32:03Z" },
        { "2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z" },
        { "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z" },
        { "1601-01-01T00:00:00+00:00", "1601-01-01T00:00:00Z" },
        { "1601-01-01T00:00:00+00:01", "" },
        { "2026-11-22T01:02:03", "" }, /* no zone */
        { "2026-11-22T01:02Z", "" },
        { "2026-11-22T", "" },
        { "2026-11-2", "" },
        { "2026-02-30", "" },
        { "2026-11-22Z", "" },
        { "2026-11-22T01:02:03.Z", "" },
        { "2026-11-22T01:02:03Zz", "" },
        { "2026-11-22T01:02:03+24:00", "" },
        { "2026-11-22T01:02:03+01:60", "" },
        { "2026-11-22T01:02:03+01:", "" },
        { " 2026-11-22", "" },
        { "-026-11-22", "" },
        { "20261122", "" },
        { "now", "" },
        { "", "" },
    };
    return cr_make_param_array(struct parsed, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct parsed *row, time, rfc3339)
{
    wr_time t = 77;
    bool done = wr_time_parse(row->text, &t);

    expect_parsed(done, t, row);
}

static void expect_asn1(const struct parsed *row, bool generalized)
{
    size_t len = strlen(row->text);
    uint8_t *exact = malloc(len ? len : 1);
    wr_time t = 77;
    bool done;

    cr_assert(exact);
    memcpy(exact, row->text, len);
    done = wr_time_from_asn1(view_of(exact, len), generalized, &t);
    expect_parsed(done, t, row);
    free(exact);
}

ParameterizedTestParameters(time, utc_time)
{
    static struct parsed table[] = {
        { "490101000000Z", "2049-01-01T00:00:00Z" },
        { "500101000000Z", "1950-01-01T00:00:00Z" },
        { "991231235959Z", "1999-12-31T23:59:59Z" },
        { "9912312359Z", "1999-12-31T23:59:00Z" },
        { "9912312359+0130", "1999-12-31T22:29:00Z" },
        { "991231235959-0001", "2000-01-01T00:00:59Z" },
        { "991231235959", "" },
        { "99123123595Z", "" },
        { "991231235959.5Z", "" },
        { "991331235959Z", "" },
        { "991231235959Z0", "" },
        { "99123123", "" },
        { "19991231235959Z", "" },
        { "", "" },
    };
    return cr_make_param_array(struct parsed, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct parsed *row, time, utc_time)
{
    expect_asn1(row, false);
}

ParameterizedTestParameters(time, generalized_time)
{
    static struct parsed table[] = {
        { "20500101000000Z", "2050-01-01T00:00:00Z" },
        { "99991231235959Z", "9999-12-31T23:59:59Z" },
        { "205001010000Z", "2050-01-01T00:00:00Z" },
        { "20500101000000.25Z", "2050-01-01T00:00:00.2500000Z" },
        { "20500101000000+0100", "2049-12-31T23:00:00Z" },
        { "20500101000000", "" },
        { "00000101000000Z", "" },
        { "2050010100000Z", "" },
        { "20500101000000.Z", "" },
        { "20500229000000Z", "" },
        { "500101000000Z", "" },
    };
    return cr_make_param_array(struct parsed, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct parsed *row, time, generalized_time)
{
    expect_asn1(row, true);
}

static void parse_asn1(wr_view v, wr_arena *arena)
{
    wr_time t = 77;

    (void)arena;
    for (int generalized = 0; generalized < 2; generalized++)
        if (!wr_time_from_asn1(v, generalized, &t))
            cr_assert_eq(t, 77);
        else
            t = 77;
}

Test(time, asn1_survives_every_prefix_and_flip)
{
    static const char text[] = "20500101000000.25+0100";

    for_every_prefix((const uint8_t *)text, strlen(text), parse_asn1);
    for_every_flip((const uint8_t *)text, strlen(text), parse_asn1);
}
