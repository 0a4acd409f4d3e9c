#include "support.h"

#include "records.h"

#include "base/outfile.h"
#include "format/sst.h"
#include "winroots/limits.h"

#define START 0, 0, 0, 0, 'C', 'E', 'R', 'T'

typedef struct parsed {
    wr_arena arena;
    wr_diags diags;
    wr_sst sst;
    wr_error error;
    bool done;
} parsed;

static parsed *parse_bytes(const uint8_t *bytes, size_t len)
{
    static parsed p;

    memset(&p, 0, sizeof p);
    wr_arena_init(&p.arena, (size_t)64 << 20);
    wr_diags_init(&p.diags, &p.arena);
    p.done = wr_sst_parse(view_of(bytes, len), &p.arena, &p.diags, &p.sst, &p.error);
    return &p;
}

/* A certificate with a hash, a CRL, and a list with a name. */
static const uint8_t store_of_three[] = { START,
                                          RECORD(3, 2),
                                          0xAA,
                                          0xBB,
                                          TINY_CERTIFICATE,
                                          RECORD(33, 1),
                                          0x30,
                                          RECORD(11, 4),
                                          'A',
                                          0,
                                          0,
                                          0,
                                          RECORD(34, 2),
                                          0x30,
                                          0,
                                          END_RECORD };

Test(sst, is_known_by_its_first_eight_bytes)
{
    static const uint8_t version_1[] = { 1, 0, 0, 0, 'C', 'E', 'R', 'T' };

    cr_assert(wr_sst_probe(view_of(store_of_three, 8)));
    cr_assert_not(wr_sst_probe(view_of(store_of_three, 7)));
    cr_assert_not(wr_sst_probe(view_of(version_1, sizeof version_1)));
}

Test(sst, gives_every_element_in_order)
{
    parsed *p = parse_bytes(store_of_three, sizeof store_of_three);

    cr_assert(p->done);
    cr_assert_eq(p->sst.elements.count, 3);
    cr_assert_eq(p->sst.elements.items[0].kind, WR_ELEMENT_CERTIFICATE);
    cr_assert_eq(p->sst.elements.items[1].kind, WR_ELEMENT_CRL);
    cr_assert_eq(p->sst.elements.items[2].kind, WR_ELEMENT_CTL);
    cr_assert_eq(p->sst.elements.items[0].all.origin, 8);
    cr_assert_eq(p->sst.elements.items[1].all.origin, 8 + 14 + 14);
    cr_assert_eq(p->sst.elements.items[2].object.origin, sizeof store_of_three - 12 - 2);
    cr_assert_eq(p->diags.list.count, 0);
    wr_arena_free(&p->arena);
}

Test(sst, may_be_empty)
{
    static const uint8_t bytes[] = { START, END_RECORD };
    parsed *p = parse_bytes(bytes, sizeof bytes);

    cr_assert(p->done);
    cr_assert_eq(p->sst.elements.count, 0);
    cr_assert_eq(p->diags.list.count, 0);
    wr_arena_free(&p->arena);
}

/* What stands behind START and one certificate: how many elements, and the one diagnostic. */
struct damage {
    const char *what;
    uint8_t bytes[40];
    size_t len, elements;
    wr_severity severity;
    wr_code code;
    uint64_t offset;
};

Test(sst, damage_is_a_diagnostic_and_keeps_the_elements_before_it)
{
    enum { BEHIND = 8 + 14 };
    static const struct damage rows[] = {
        { "no end record", { 0 }, 0, 1, WR_DIAG_WARNING, WR_E_TRUNCATED, BEHIND },
        { "two bytes of it", { 0, 0 }, 2, 1, WR_DIAG_WARNING, WR_E_TRUNCATED, BEHIND },
        { "eleven", { END_RECORD }, 11, 1, WR_DIAG_WARNING, WR_E_TRUNCATED, BEHIND },
        { "one byte behind it",
          { END_RECORD, 7 },
          13,
          1,
          WR_DIAG_WARNING,
          WR_E_MALFORMED,
          BEHIND + 12 },
        { "id 0 with data", { RECORD(0, 1), 7 }, 13, 1, WR_DIAG_SKIPPED, WR_E_MALFORMED, BEHIND },
        { "half an id", { 32, 0 }, 2, 1, WR_DIAG_SKIPPED, WR_E_TRUNCATED, BEHIND },
        { "property cut", { RECORD(3, 2), 7 }, 13, 1, WR_DIAG_SKIPPED, WR_E_TRUNCATED, BEHIND },
        { "object cut",
          { RECORD(3, 0), RECORD(32, 2), 0x30 },
          25,
          1,
          WR_DIAG_SKIPPED,
          WR_E_TRUNCATED,
          BEHIND + 12 },
        { "properties alone",
          { RECORD(3, 0) },
          12,
          1,
          WR_DIAG_SKIPPED,
          WR_E_MALFORMED,
          BEHIND + 12 },
        { "properties, then the end",
          { RECORD(3, 0), END_RECORD },
          24,
          1,
          WR_DIAG_SKIPPED,
          WR_E_MALFORMED,
          BEHIND + 12 },
        { "odd reserved field",
          { RECORD_RESERVED(33, 0, 0), END_RECORD },
          24,
          2,
          WR_DIAG_NOTE,
          WR_E_MALFORMED,
          BEHIND },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[8 + 14 + sizeof rows->bytes] = { START, TINY_CERTIFICATE };
        parsed *p;

        memcpy(bytes + BEHIND, rows[i].bytes, rows[i].len);
        p = parse_bytes(bytes, BEHIND + rows[i].len);
        cr_assert(p->done, "%s", rows[i].what);
        cr_assert_eq(p->sst.elements.count, rows[i].elements, "%s", rows[i].what);
        cr_assert_eq(p->diags.list.count, 1, "%s", rows[i].what);
        cr_assert_eq(p->diags.list.items[0].severity, rows[i].severity, "%s: %s", rows[i].what,
                     p->diags.list.items[0].message);
        cr_assert_eq(p->diags.list.items[0].code, rows[i].code, "%s: %s", rows[i].what,
                     p->diags.list.items[0].message);
        cr_assert_eq(p->diags.list.items[0].offset, rows[i].offset, "%s: %s at %llu", rows[i].what,
                     p->diags.list.items[0].message,
                     (unsigned long long)p->diags.list.items[0].offset);
        wr_arena_free(&p->arena);
    }
}

Test(sst, without_its_header_is_refused)
{
    static const uint8_t bytes[] = { 0x30, 0x82, 1, 2, 3, 4, 5, 6, 7, 8 };
    parsed *p = parse_bytes(bytes, sizeof bytes);

    cr_assert_not(p->done);
    cr_assert_eq(p->error.code, WR_E_MALFORMED);
    cr_assert_eq(p->error.offset, 0);
    wr_arena_free(&p->arena);
}

Test(sst, has_a_limit_of_elements)
{
    static const uint8_t crl[] = { RECORD(33, 0) };
    static uint8_t bytes[8 + sizeof crl * (WR_LIMIT_SST_ELEMENTS + 1) + 12] = { START };
    size_t most = 8 + sizeof crl * WR_LIMIT_SST_ELEMENTS;
    parsed *p;

    for (size_t i = 0; i < WR_LIMIT_SST_ELEMENTS; i++)
        memcpy(bytes + 8 + i * sizeof crl, crl, sizeof crl);
    p = parse_bytes(bytes, most + 12);
    cr_assert(p->done);
    cr_assert_eq(p->sst.elements.count, WR_LIMIT_SST_ELEMENTS);
    wr_arena_free(&p->arena);

    memcpy(bytes + most, crl, sizeof crl);
    p = parse_bytes(bytes, sizeof bytes);
    cr_assert_not(p->done);
    cr_assert_eq(p->error.code, WR_E_LIMIT);
    cr_assert_eq(p->error.offset, most);
    wr_arena_free(&p->arena);
}

Test(sst, an_element_above_its_limit_is_refused)
{
    static const uint8_t property[] = { RECORD(200, 0) };
    static uint8_t bytes[8 + sizeof property * (WR_LIMIT_PROPERTIES + 1)] = { START };
    parsed *p;

    for (size_t i = 0; i <= WR_LIMIT_PROPERTIES; i++)
        memcpy(bytes + 8 + i * sizeof property, property, sizeof property);
    p = parse_bytes(bytes, sizeof bytes);
    cr_assert_not(p->done);
    cr_assert_eq(p->error.code, WR_E_LIMIT);
    cr_assert_eq(p->error.offset, 8 + sizeof property * WR_LIMIT_PROPERTIES);
    wr_arena_free(&p->arena);
}

static wr_out *write_store(const wr_element *elements, size_t count)
{
    wr_out *out;
    wr_error e;

    cr_assert(wr_out_memory(&out, &e));
    wr_sst_write_start(out);
    for (size_t i = 0; i < count; i++)
        wr_sst_write_element(out, &elements[i]);
    wr_sst_write_end(out);
    cr_assert(wr_out_finish(out, &e));
    return out;
}

Test(sst, is_written_as_it_was_read)
{
    parsed *p = parse_bytes(store_of_three, sizeof store_of_three);
    wr_out *out = write_store(p->sst.elements.items, p->sst.elements.count);

    cr_assert(wr_view_is(wr_out_bytes(out), store_of_three, sizeof store_of_three));
    wr_out_discard(out);
    wr_arena_free(&p->arena);
}

Test(sst, a_blob_is_written_with_its_object_last)
{
    static const uint8_t blob[] = { TINY_CERTIFICATE, RECORD_RESERVED(11, 5, 1), 'A' };
    static const uint8_t expected[] = { START, RECORD(11, 1), 'A', TINY_CERTIFICATE, END_RECORD };
    wr_element element;
    wr_diags diags;
    wr_arena arena;
    wr_error e;
    wr_out *out;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert(wr_element_parse(view_of(blob, sizeof blob), &diags, &element, &e));
    out = write_store(&element, 1);
    cr_assert(wr_view_is(wr_out_bytes(out), expected, sizeof expected));
    wr_out_discard(out);
    wr_arena_free(&arena);
}

/* Whatever the bytes are: every element lies behind the one before it, and what is not given was
 * said to be missing. */
static void parse_any(wr_view v, wr_arena *arena)
{
    uint64_t end = 8;
    wr_diags diags;
    wr_error e;
    wr_sst sst;

    wr_diags_init(&diags, arena);
    if (!wr_sst_parse(v, arena, &diags, &sst, &e)) {
        cr_assert(e.code == WR_E_MALFORMED || e.code == WR_E_LIMIT || e.code == WR_E_NO_MEMORY);
        cr_assert_neq(e.message[0], '\0');
        return;
    }
    for (size_t i = 0; i < sst.elements.count; i++) {
        cr_assert_eq(sst.elements.items[i].all.origin, end);
        end += sst.elements.items[i].all.len;
    }
    cr_assert_leq(end, v.len);
    if (end + 12 != v.len)
        cr_assert_gt(diags.list.count + diags.num_suppressed, 0, "nothing is lost silently");
}

Test(sst, every_prefix_is_safe)
{
    for_every_prefix(store_of_three, sizeof store_of_three, parse_any);
}

Test(sst, every_flip_is_safe)
{
    for_every_flip(store_of_three, sizeof store_of_three, parse_any);
}

Test(sst, every_failing_allocation_is_safe)
{
    for_every_allocation(store_of_three, sizeof store_of_three, 8, parse_any);
    for_every_allocation(store_of_three, sizeof store_of_three - 13, 8, parse_any);
}
