/* fuzz_der.c - any bytes: values lie side by side inside what holds them, and an OID that has a
 * text is what that text says. */
#include "format/der.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_oid(wr_view contents, wr_arena *arena)
{
    const char *text = wr_oid_text(arena, contents);
    wr_view again;
    wr_error err;

    check(text != NULL);
    if (strncmp(text, "invalid:", 8) == 0) {
        check(strlen(text) == 8 + 2 * contents.len);
        return;
    }
    check(wr_oid_is(contents, text));
    check(wr_oid_parse(text, arena, &again, &err));
    check(wr_view_equal(again, contents));
}

static void walk(wr_view v, wr_arena *arena, int depth)
{
    wr_reader r = wr_reader_of(v);
    wr_error err;
    wr_der value;

    while (wr_reader_left(&r)) {
        size_t before = r.pos;

        if (!wr_der_read(&r, &value, &err)) {
            check(r.pos == before && err.offset == v.origin + before);
            check(err.code == WR_E_TRUNCATED || err.code == WR_E_MALFORMED);
            return;
        }
        check(r.pos >= before + 2 && value.whole.len == r.pos - before);
        check(value.whole.origin == v.origin + before);
        check(value.contents.origin + value.contents.len == v.origin + r.pos);
        if (value.tag == WR_DER_OID)
            check_oid(value.contents, arena);
        else if ((value.tag & 0x20) && depth < WR_LIMIT_DER_DEPTH)
            walk(value.contents, arena, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view v = { data, len, 0x1000, "fuzz" };
    wr_reader r = wr_reader_of(v);
    wr_arena arena;
    wr_oids oids;
    wr_error err;
    wr_time t;

    wr_arena_init(&arena, (size_t)64 << 20);
    walk(v, &arena, 0);
    check_oid(v, &arena);
    if (wr_oids_parse(v, &arena, &oids, &err))
        for (size_t i = 0; i < oids.list.count; i++)
            check(wr_oids_contain(&oids, oids.list.items[i]));
    if (!wr_der_time(&r, &t, &err))
        check(r.pos == 0);
    wr_arena_free(&arena);
    return 0;
}
