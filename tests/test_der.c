#include "support.h"

#include "format/der.h"

#include <criterion/parameterized.h>

static wr_view bytes_of(const char *text_with_len, size_t len)
{
    return (wr_view){ (const uint8_t *)text_with_len, len, 0x100, "unit" };
}
#define BYTES(literal) bytes_of(literal, sizeof(literal) - 1)

Test(der, reads_one_value_and_stands_behind_it)
{
    wr_reader r = wr_reader_of(BYTES("\x02\x02\x12\x34\x05\x00"));
    wr_error err;
    wr_der value;

    cr_assert(wr_der_read(&r, &value, &err));
    cr_assert_eq(value.tag, WR_DER_INTEGER);
    cr_assert(wr_view_is(value.contents, "\x12\x34", 2));
    cr_assert(wr_view_is(value.whole, "\x02\x02\x12\x34", 4));
    cr_assert_eq(value.contents.origin, 0x102);
    cr_assert(wr_der_peek(&r, WR_DER_NULL));
    cr_assert(wr_der_expect(&r, WR_DER_NULL, "nothing", &value, &err));
    cr_assert_eq(value.contents.len, 0);
    cr_assert_eq(wr_reader_left(&r), 0);
    cr_assert_not(wr_der_peek(&r, WR_DER_NULL));
}

typedef struct length_case {
    char bytes[16];
    size_t len;
    size_t contents;
} length_case;

ParameterizedTestParameters(der, accepts_any_definite_length)
{
    static length_case cases[] = {
        { "\x04\x01x", 3, 1 },
        { "\x04\x81\x01x", 4, 1 },
        { "\x04\x82\x00\x01x", 5, 1 },
        { "\x04\x89\0\0\0\0\0\0\0\0\x01x", 12, 1 },
    };
    return cr_make_param_array(length_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(length_case *c, der, accepts_any_definite_length)
{
    wr_reader r = wr_reader_of(bytes_of(c->bytes, c->len));
    wr_error err;
    wr_der value;

    cr_assert(wr_der_read(&r, &value, &err), "%s", err.message);
    cr_assert_eq(value.contents.len, c->contents);
    cr_assert_eq(value.contents.data[0], 'x');
    cr_assert_eq(value.whole.len, c->len);
}

typedef struct fault_case {
    char bytes[20];
    size_t len;
    wr_code code;
} fault_case;

ParameterizedTestParameters(der, names_what_is_wrong)
{
    static fault_case cases[] = {
        { "", 0, WR_E_TRUNCATED },
        { "\x30", 1, WR_E_TRUNCATED },
        { "\x30\x02\x05", 3, WR_E_TRUNCATED },
        { "\x30\x82\x01", 3, WR_E_TRUNCATED },
        { "\x30\x84\xFF\xFF\xFF\xFF", 6, WR_E_TRUNCATED },
        { "\x30\x88\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10, WR_E_TRUNCATED },
        { "\x30\x89\x01\0\0\0\0\0\0\0\0", 11, WR_E_TRUNCATED },
        { "\x30\x8A\x01\0\0\0\0\0\0\0\0\0", 12, WR_E_TRUNCATED },
        { "\x30\x80\0\0", 4, WR_E_MALFORMED },
        { "\x30\xFF\0\0", 4, WR_E_MALFORMED },
        { "\x1F\x01\0", 3, WR_E_MALFORMED },
        { "\xBF\x20\x01\0", 4, WR_E_MALFORMED },
    };
    return cr_make_param_array(fault_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(fault_case *c, der, names_what_is_wrong)
{
    wr_reader r = wr_reader_of(bytes_of(c->bytes, c->len));
    wr_der value = { .tag = 77 };
    wr_error err;

    cr_assert_not(wr_der_read(&r, &value, &err));
    cr_assert_eq(err.code, c->code);
    cr_assert_eq(err.offset, 0x100);
    cr_assert_eq(r.pos, 0);
    cr_assert_eq(value.tag, 77);
}

Test(der, expect_refuses_another_tag)
{
    wr_reader r = wr_reader_of(BYTES("\x05\x00\x02\x01\x07"));
    wr_error err;
    wr_der value;

    cr_assert(wr_der_expect(&r, WR_DER_NULL, "null", &value, &err));
    cr_assert_not(wr_der_expect(&r, WR_DER_SEQUENCE, "list", &value, &err));
    cr_assert_eq(err.code, WR_E_MALFORMED);
    cr_assert_eq(err.offset, 0x102);
    cr_assert_str_eq(err.message, "tag 0x02, expected 0x30 for the list");
    cr_assert_eq(r.pos, 2);
}

Test(der, reads_both_kinds_of_time)
{
    wr_reader r = wr_reader_of(BYTES("\x17\x0D"
                                     "970101000000Z"
                                     "\x18\x0F"
                                     "20500101000000Z"
                                     "\x17\x0D"
                                     "971301000000Z"
                                     "\x05\x00"));
    char text[WR_TIME_TEXT];
    wr_error err;
    wr_time t;

    cr_assert(wr_der_time(&r, &t, &err));
    wr_time_text(t, text);
    cr_assert_str_eq(text, "1997-01-01T00:00:00Z");
    cr_assert(wr_der_time(&r, &t, &err));
    wr_time_text(t, text);
    cr_assert_str_eq(text, "2050-01-01T00:00:00Z");
    cr_assert_not(wr_der_time(&r, &t, &err), "month 13");
    cr_assert_eq(err.code, WR_E_MALFORMED);
    cr_assert_eq(err.offset, 0x100 + 32);
    cr_assert(wr_skip(&r, 15));
    cr_assert_not(wr_der_time(&r, &t, &err), "NULL is no time");
    cr_assert_eq(err.code, WR_E_MALFORMED);
    cr_assert_eq(err.offset, 0x100 + 47);
}

typedef struct oid_case {
    char bytes[32];
    size_t len;
    char text[64];
} oid_case;

/* 2.999 and 2.999.3 are the examples of X.690 section 8.19.5; 1.2.840.113549 that of RFC 5280. */
ParameterizedTestParameters(oid, text_and_contents_are_one)
{
    static oid_case cases[] = {
        { "\x00", 1, "0.0" },
        { "\x27", 1, "0.39" },
        { "\x28", 1, "1.0" },
        { "\x4F", 1, "1.39" },
        { "\x50", 1, "2.0" },
        { "\x7F", 1, "2.47" },
        { "\x81\x00", 2, "2.48" },
        { "\x88\x37", 2, "2.999" },
        { "\x88\x37\x03", 3, "2.999.3" },
        { "\x2A\x86\x48\x86\xF7\x0D", 6, "1.2.840.113549" },
        { "\x2B\x06\x01\x04\x01\x82\x37\x0A\x03\x09", 10, "1.3.6.1.4.1.311.10.3.9" },
        /* 2^67 */
        { "\x2A\x90\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11, "1.2.147573952589676412928" },
        { "\x69\x83\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 20,
          "2.25.340282366920938463463374607431768211455" },
    };
    return cr_make_param_array(oid_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(oid_case *c, oid, text_and_contents_are_one)
{
    wr_view contents;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    cr_assert_str_eq(wr_oid_text(&arena, bytes_of(c->bytes, c->len)), c->text);
    cr_assert(wr_oid_parse(c->text, &arena, &contents, &err), "%s", c->text);
    cr_assert(wr_view_is(contents, c->bytes, c->len), "%s", c->text);
    wr_arena_free(&arena);
}

ParameterizedTestParameters(oid, what_is_not_well_formed_stays_visible)
{
    static oid_case cases[] = {
        { "", 0, "invalid:" },
        { "\x80\x01", 2, "invalid:8001" },       /* a leading zero septet    */
        { "\x2A\x80\x01", 3, "invalid:2a8001" }, /* the same in a later arc  */
        { "\x2A\x86", 2, "invalid:2a86" },       /* ends inside an arc       */
        { "\x2A\x84\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 20,
          "invalid:2a84808080808080808080808080808080808000" }, /* 2^WR_LIMIT_OID_ARC_BITS */
    };
    return cr_make_param_array(oid_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(oid_case *c, oid, what_is_not_well_formed_stays_visible)
{
    wr_arena arena;

    wr_arena_init(&arena, 1 << 20);
    cr_assert_str_eq(wr_oid_text(&arena, bytes_of(c->bytes, c->len)), c->text);
    wr_arena_free(&arena);
}

Test(oid, refuses_text_that_is_no_oid)
{
    static const char *const wrong[] = {
        "",     "1",    "1.",   ".1",   "1..2", "3.1",
        "1.40", "0.40", "1.2.", "1.02", "01.2", "1.2.a",
        "1.2 ", " 1.2", "+1.2", "1.-2", "1,2",  "2.25.340282366920938463463374607431768211456",
    };
    wr_arena arena;

    wr_arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        wr_view out = { .len = 77 };
        wr_error err;
        cr_assert_not(wr_oid_parse(wrong[i], &arena, &out, &err), "\"%s\"", wrong[i]);
        cr_assert_eq(err.code, WR_E_USAGE);
        cr_assert_eq(out.len, 77);
    }
    wr_arena_free(&arena);
}

Test(oid, lists_are_read_in_order_and_searched)
{
    wr_view list = BYTES("\x30\x08\x06\x02\x2A\x03\x06\x02\x2A\x04");
    wr_arena arena;
    wr_oids oids;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_oids_parse(list, &arena, &oids, &err));
    cr_assert_eq(oids.list.count, 2);
    cr_assert(wr_view_is(oids.list.items[0], "\x2A\x03", 2));
    cr_assert(wr_oids_contain(&oids, BYTES("\x2A\x04")));
    cr_assert_not(wr_oids_contain(&oids, BYTES("\x2A")));
    cr_assert(wr_oids_parse(BYTES("\x30\x00"), &arena, &oids, &err));
    cr_assert_eq(oids.list.count, 0);
    wr_arena_free(&arena);
}

typedef struct list_fault {
    char bytes[16];
    size_t len;
    wr_code code;
    uint64_t offset;
} list_fault;

ParameterizedTestParameters(oid, a_damaged_list_is_refused_whole)
{
    static list_fault cases[] = {
        { "", 0, WR_E_TRUNCATED, 0x100 },
        { "\x31\x00", 2, WR_E_MALFORMED, 0x100 },
        { "\x30\x04\x06\x01\x2A", 5, WR_E_TRUNCATED, 0x100 },
        { "\x30\x03\x06\x02\x2A\x03", 6, WR_E_MALFORMED, 0x105 },
        { "\x30\x03\x06\x02\x2A", 5, WR_E_TRUNCATED, 0x102 },
        { "\x30\x05\x06\x01\x2A\x05\x00", 7, WR_E_MALFORMED, 0x105 },
    };
    return cr_make_param_array(list_fault, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(list_fault *c, oid, a_damaged_list_is_refused_whole)
{
    wr_oids oids = { .list = { NULL, 77, 0 } };
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    cr_assert_not(wr_oids_parse(bytes_of(c->bytes, c->len), &arena, &oids, &err));
    cr_assert_eq(err.code, c->code);
    cr_assert_eq(err.offset, c->offset);
    cr_assert_eq(oids.list.count, 77);
    wr_arena_free(&arena);
}

/* Every value of `v`, then its children where it is constructed: siblings lie side by side inside.
 */
static void walk(wr_view v, wr_arena *arena, int depth)
{
    wr_reader r = wr_reader_of(v);
    wr_error err;
    wr_der value;

    while (wr_reader_left(&r)) {
        size_t before = r.pos;
        if (!wr_der_read(&r, &value, &err)) {
            cr_assert_eq(r.pos, before);
            cr_assert_eq(err.offset, v.origin + before);
            return;
        }
        cr_assert_eq(value.whole.len, r.pos - before);
        cr_assert(value.contents.len < value.whole.len);
        if ((value.tag & 0x20) && depth < 8)
            walk(value.contents, arena, depth + 1);
        if (value.tag == WR_DER_OID) {
            const char *text = wr_oid_text(arena, value.contents);
            wr_view back;
            if (text && strncmp(text, "invalid:", 8) != 0 && wr_oid_parse(text, arena, &back, &err))
                cr_assert(wr_view_equal(back, value.contents));
        }
    }
}

static void walk_whole(wr_view v, wr_arena *arena)
{
    wr_oids oids;
    wr_error err;

    walk(v, arena, 0);
    if (!wr_oids_parse(v, arena, &oids, &err))
        cr_assert_neq(err.code, WR_OK);
}

static const char sample[] =
    "\x30\x1C\x06\x0A\x2B\x06\x01\x04\x01\x82\x37\x0A\x03\x09\x06\x08\x2B\x06\x01"
    "\x05\x05\x07\x03\x01\x06\x04\x55\x1D\x25\x00";

Test(der, every_prefix_flip_and_allocation)
{
    for_every_prefix((const uint8_t *)sample, sizeof sample - 1, walk_whole);
    for_every_flip((const uint8_t *)sample, sizeof sample - 1, walk_whole);
    for_every_allocation((const uint8_t *)sample, sizeof sample - 1, 20, walk_whole);
}

Test(der, an_algorithm_is_an_oid_with_or_without_parameters)
{
    wr_reader with = wr_reader_of(BYTES("\x30\x06\x06\x02\x2a\x03\x05\x00")),
              without = wr_reader_of(BYTES("\x30\x04\x06\x02\x2a\x03")),
              fault = wr_reader_of(BYTES("\x30\x02\x05\x00"));
    wr_view oid, parameters;
    wr_error err;

    cr_assert(wr_der_algorithm(&with, "digest", &oid, &parameters, &err));
    cr_assert(wr_oid_is(oid, "1.2.3"));
    cr_assert(wr_view_is(parameters, "\x05\x00", 2));
    cr_assert(wr_der_algorithm(&without, "digest", &oid, &parameters, &err));
    cr_assert_eq(parameters.len, 0);
    cr_assert_not(wr_der_algorithm(&fault, "digest", &oid, &parameters, &err));
    cr_assert_eq(err.code, WR_E_MALFORMED);
    cr_assert_eq(err.offset, 0x102);
}

/* SPEC X.690 8.1.3: the shortest form of each length. */
Test(der, a_header_has_the_shortest_length)
{
    static const struct {
        size_t len, header_len;
        char header[6];
    } cases[] = {
        { 0, 2, "\x31\x00" },
        { 0x7f, 2, "\x31\x7f" },
        { 0x80, 3, "\x31\x81\x80" },
        { 0xff, 3, "\x31\x81\xff" },
        { 0x100, 4, "\x31\x82\x01\x00" },
        { 0x10000, 5, "\x31\x83\x01\x00\x00" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t header[WR_DER_HEADER];
        size_t n = wr_der_header(WR_DER_SET, cases[i].len, header);

        cr_assert_eq(n, cases[i].header_len, "%zu", cases[i].len);
        cr_assert(memcmp(header, cases[i].header, n) == 0, "%zu", cases[i].len);
    }
}
