/* JSON as it stands: what is a value, and where a text stops being one. */
#include "fleet/scan.h"
#include "support.h"

static wr_view text(const char *t)
{
    return view_of(t, strlen(t));
}

static bool whole(const char *t)
{
    wr_scan s = wr_scan_of(text(t));
    wr_view value;
    return wr_scan_value(&s, &value) && wr_scan_end(&s);
}

Test(scan, values)
{
    const char *const good[] = { "{}",          "[]",
                                 "\"\"",        "0",
                                 "-1.5e+3",     "true",
                                 "null",        "[1,[],{}]",
                                 " [ 1 , 2 ] ", "{\"a\":{\"b\":[]}}",
                                 "\"\\\"\"",    "[\"[\",\"{\"]",
                                 "{\"\":0}" };
    const char *const bad[] = { "",      "{",   "[1,]",  "[,1]",       "{\"a\"}", "{\"a\":}", "{,}",
                                "[1 2]", "tru", "\"",    "\"\x01\"",   "{1:2}",   "]",        "[}",
                                "{]",    "1 2", "\"a\\", "{\"a\":1,}", "[[]",     "-" };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect(whole(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(!whole(bad[i]), "%s", bad[i]);
}

Test(scan, members_and_items_are_the_bytes_that_stand_there)
{
    wr_scan s = wr_scan_of(text("{ \"a\" : [1, {\"x\":2}],\"b\":\"c\" }"));
    wr_view name, value;

    cr_assert(wr_scan_enter_object(&s));
    cr_assert(wr_scan_member(&s, &name));
    cr_expect(wr_view_is(name, "a", 1));
    cr_assert(wr_scan_enter_array(&s));
    cr_assert(wr_scan_item(&s) && wr_scan_value(&s, &value));
    cr_expect(wr_view_is(value, "1", 1));
    cr_assert(wr_scan_item(&s) && wr_scan_value(&s, &value));
    cr_expect(wr_view_is(value, "{\"x\":2}", 7));
    cr_expect(!wr_scan_item(&s) && !s.failed);
    cr_assert(wr_scan_member(&s, &name) && wr_scan_value(&s, &value));
    cr_expect(wr_view_is(value, "\"c\"", 3));
    cr_expect(!wr_scan_member(&s, &name) && !s.failed && wr_scan_end(&s));
}

Test(scan, a_fault_is_said_where_it_is)
{
    wr_scan s = wr_scan_of(text("[1,2,x]"));
    wr_view value;
    wr_error err;

    cr_expect(!wr_scan_value(&s, &value));
    cr_expect(!wr_scan_fail(&s, &err));
    cr_expect_eq(err.code, WR_E_MALFORMED);
    cr_expect_eq(err.offset, 5);

    s = wr_scan_of(text("[1,2"));
    cr_expect(!wr_scan_value(&s, &value));
    cr_expect(!wr_scan_fail(&s, &err));
    cr_expect_eq(err.code, WR_E_TRUNCATED);
    cr_expect_eq(err.offset, 4);
}

Test(scan, depth_is_bounded)
{
    char deep[65] = { 0 };
    memset(deep, '[', 32);
    memset(deep + 32, ']', 32);
    cr_expect(!whole(deep));
    cr_expect(whole("[[[[[[[[]]]]]]]]"));
}

static void scan_all(wr_view v, wr_arena *arena)
{
    wr_scan s = wr_scan_of(v);
    wr_view value;
    wr_error err;

    (void)arena;
    if (wr_scan_value(&s, &value) && wr_scan_end(&s))
        cr_assert(value.len <= v.len);
    else
        cr_assert(!wr_scan_fail(&s, &err));
}

Test(scan, every_prefix_and_flip)
{
    static const char json[] = "{\"a\":[1,-2.5e3,true,null,\"x\\\"\\u0041\"],\"b\":{\"c\":[]}}";
    for_every_prefix((const uint8_t *)json, sizeof json - 1, scan_all);
    for_every_flip((const uint8_t *)json, sizeof json - 1, scan_all);
}
