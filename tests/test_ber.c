#include "support.h"

#include "format/ber.h"
#include "winroots/limits.h"

#include <criterion/parameterized.h>

typedef struct ber_case {
    char ber[40];
    size_t ber_len;
    char der[40];
    size_t der_len;
} ber_case;

#define CASE(ber, der)                                                                             \
    {                                                                                              \
        ber, sizeof(ber) - 1, der, sizeof(der) - 1                                                 \
    }

ParameterizedTestParameters(ber, makes_lengths_definite)
{
    static ber_case cases[] = {
        CASE("\x02\x01\x05", "\x02\x01\x05"),
        CASE("\x30\x80\x00\x00", "\x30\x00"),
        CASE("\x30\x80\x02\x01\x05\x00\x00", "\x30\x03\x02\x01\x05"),
        CASE("\x30\x80\x30\x80\x05\x00\x00\x00\x00\x00", "\x30\x04\x30\x02\x05\x00"),
        /* definite around indefinite: its length shrinks */
        CASE("\x30\x06\xA0\x80\x05\x00\x00\x00", "\x30\x04\xA0\x02\x05\x00"),
        /* segments are joined, at any depth */
        CASE("\x24\x80\x04\x02\x01\x02\x04\x01\x03\x00\x00", "\x04\x03\x01\x02\x03"),
        CASE("\x24\x06\x04\x01\x01\x04\x01\x02", "\x04\x02\x01\x02"),
        CASE("\x24\x80\x24\x80\x04\x01\x01\x00\x00\x04\x01\x02\x00\x00", "\x04\x02\x01\x02"),
        CASE("\x24\x80\x00\x00", "\x04\x00"),
        /* what was definite stays as it was, long lengths too */
        CASE("\x30\x81\x03\x02\x01\x05", "\x30\x81\x03\x02\x01\x05"),
        CASE("\x30\x80\x30\x81\x03\x02\x01\x05\x00\x00", "\x30\x06\x30\x81\x03\x02\x01\x05"),
        /* zeros inside a definite value end nothing */
        CASE("\x30\x80\x04\x02\x00\x00\x00\x00", "\x30\x04\x04\x02\x00\x00"),
    };
    return cr_make_param_array(ber_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(ber_case *c, ber, makes_lengths_definite)
{
    char behind[48];
    wr_arena arena;
    wr_view out;
    wr_error err;
    wr_reader r;

    memcpy(behind, c->ber, c->ber_len);
    memcpy(behind + c->ber_len, "rest", 4);
    wr_arena_init(&arena, 1 << 20);
    r = wr_reader_of((wr_view){ (const uint8_t *)behind, c->ber_len + 4, 0x100, "unit" });
    cr_assert(wr_ber_read(&r, &arena, &out, &err), "%s", err.message);
    cr_assert(wr_view_is(out, c->der, c->der_len));
    cr_assert_eq(out.origin, 0x100);
    cr_assert_eq(r.pos, c->ber_len, "it stands behind the value");
    wr_arena_free(&arena);
}

typedef struct fault_case {
    char ber[16];
    size_t ber_len;
    wr_code code;
    uint64_t offset;
} fault_case;

#define FAULT(ber, code, offset)                                                                   \
    {                                                                                              \
        ber, sizeof(ber) - 1, code, offset                                                         \
    }

ParameterizedTestParameters(ber, names_what_is_wrong)
{
    static fault_case cases[] = {
        FAULT("", WR_E_TRUNCATED, 0),
        FAULT("\x30\x80", WR_E_TRUNCATED, 2),
        FAULT("\x30\x80\x00", WR_E_TRUNCATED, 2),
        FAULT("\x30\x80\x02\x01\x05", WR_E_TRUNCATED, 5),
        FAULT("\x30\x04\x30\x80\x05\x00", WR_E_TRUNCATED, 6),
        FAULT("\x04\x80\x00\x00", WR_E_MALFORMED, 0),
        FAULT("\x24\x80\x02\x01\x05\x00\x00", WR_E_MALFORMED, 2),
        FAULT("\xFF\x80\x06\x00\x00\x00", WR_E_MALFORMED, 0),
        FAULT("\x30\x80\x1F\x81\x00\x00\x00", WR_E_MALFORMED, 2),
    };
    return cr_make_param_array(fault_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(fault_case *c, ber, names_what_is_wrong)
{
    wr_view out = { 0 };
    wr_arena arena;
    wr_error err;
    wr_reader r;

    wr_arena_init(&arena, 1 << 20);
    r = wr_reader_of(view_of(c->ber, c->ber_len));
    cr_assert_not(wr_ber_read(&r, &arena, &out, &err));
    cr_assert_eq(err.code, c->code, "%s", err.message);
    cr_assert_eq(err.offset, c->offset);
    cr_assert_eq(r.pos, 0, "a failure moves nothing");
    cr_assert_null(out.data);
    wr_arena_free(&arena);
}

Test(ber, a_long_value_gets_a_long_header)
{
    enum { LONG = 70000 };
    static uint8_t ber[LONG + 11] = { 0x30, 0x80, 0x04, 0x83, 0x01, 0x11, 0x70 };
    wr_reader r = wr_reader_of(view_of(ber, sizeof ber - 2));
    wr_arena arena;
    wr_view out;
    wr_error err;

    memset(ber + 7, 0xAA, LONG);
    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_ber_read(&r, &arena, &out, &err), "%s", err.message);
    cr_assert_eq(out.len, 5 + 5 + LONG);
    cr_assert(wr_view_starts(out, "\x30\x83\x01\x11\x75\x04\x83\x01\x11\x70\xAA", 11));
    wr_arena_free(&arena);
}

Test(ber, depth_is_bounded)
{
    uint8_t nested[2 * (WR_LIMIT_DER_DEPTH + 8)];
    wr_arena arena;
    wr_view out;
    wr_error err;
    wr_reader r;

    for (size_t i = 0; i < sizeof nested; i += 2)
        memcpy(nested + i, "\x30\x80", 2);
    wr_arena_init(&arena, 1 << 20);
    r = wr_reader_of(view_of(nested, sizeof nested));
    cr_assert_not(wr_ber_read(&r, &arena, &out, &err));
    cr_assert_eq(err.code, WR_E_LIMIT);
    cr_assert_eq(err.offset, 2 * (WR_LIMIT_DER_DEPTH + 1));
    wr_arena_free(&arena);
}
