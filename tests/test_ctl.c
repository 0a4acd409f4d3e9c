#include "signed_list.h"

#include "base/text.h"

#include <criterion/parameterized.h>

/* The trust list inside fixtures/ctl/<name>; fixtures/recipes/ctl.py says what is in it. */
static void load_ctl(const char *name, signed_list *list, wr_ctl *ctl)
{
    wr_error err;

    load_list(name, list);
    cr_assert(wr_ctl_parse(list->message.content, &list->arena, ctl, &err), "%s", err.message);
}

static wr_time date(const char *text)
{
    wr_time t = 0;

    cr_assert(wr_time_parse(text, &t));
    return t;
}

Test(ctl, an_authroot_list_has_all_its_fields)
{
    signed_list list;
    wr_ctl ctl;

    load_ctl("list.stl", &list, &ctl);
    cr_assert_eq(ctl.kind, WR_CTL_AUTHROOT);
    cr_assert_eq(ctl.usage.list.count, 1);
    cr_assert(wr_oid_is(ctl.usage.list.items[0], "1.3.6.1.4.1.311.10.3.9"));
    cr_assert_eq(ctl.list_id.len, 0);
    cr_assert_str_eq(wr_ctl_sequence_text(&list.arena, ctl.sequence), "1401d756dda5caa000");
    cr_assert_eq(ctl.this_update, date("2021-06-01T12:00:00Z"));
    cr_assert_not(ctl.has_next_update);
    cr_assert(wr_oid_is(ctl.subject_algorithm, "1.3.14.3.2.26"));
    cr_assert_eq(ctl.entries.count, 4);
    cr_assert_eq(ctl.entries.items[0].id.len, 20);
    cr_assert_eq(ctl.entries.items[3].attributes.len, 0);
    cr_assert_eq(ctl.extensions.len, 0);
    unload_list(&list);
}

Test(ctl, a_disallowed_list_has_hashes_of_several_lengths)
{
    signed_list list;
    wr_ctl ctl;

    load_ctl("disallowed.stl", &list, &ctl);
    cr_assert_eq(ctl.kind, WR_CTL_DISALLOWED);
    cr_assert_str_eq(wr_text_until_nul(&list.arena, ctl.list_id, WR_UTF16LE),
                     "DisallowedCert_AutoUpdate_1");
    cr_assert_eq(ctl.list_id.len, 56, "the NUL is there");
    cr_assert_str_eq(wr_ctl_sequence_text(&list.arena, ctl.sequence), "01d756dda5caa000");
    cr_assert_eq(ctl.entries.count, 2);
    cr_assert_eq(ctl.entries.items[0].id.len, 16);
    cr_assert_eq(ctl.entries.items[1].id.len, 48);
    unload_list(&list);
}

Test(ctl, pin_rules_have_an_end_extensions_and_several_values)
{
    wr_view oid, values;
    signed_list list;
    size_t at = 0;
    wr_ctl ctl;

    load_ctl("pinrules.stl", &list, &ctl);
    cr_assert_eq(ctl.kind, WR_CTL_PINRULES);
    cr_assert(ctl.has_next_update);
    cr_assert_eq(ctl.next_update, date("2022-06-02T12:00:00Z"));
    cr_assert_eq(ctl.extensions.len, 24 + 31);
    cr_assert_eq(ctl.entries.count, 1);
    cr_assert(wr_view_is(ctl.entries.items[0].id, ".example.test", 13));
    cr_assert(wr_ctl_entry_next(&ctl.entries.items[0], &at, &oid, &values));
    cr_assert(wr_oid_is(oid, "1.3.6.1.4.1.311.10.4.2"));
    cr_assert(wr_view_is(values, "\x02\x01\x00\x02\x01\x03", 6));
    cr_assert(wr_ctl_entry_next(&ctl.entries.items[0], &at, &oid, &values));
    cr_assert(wr_oid_is(oid, "1.3.6.1.4.1.311.10.4.3"));
    cr_assert(wr_view_is(values, "\x02\x01\x01", 3));
    cr_assert_not(wr_ctl_entry_next(&ctl.entries.items[0], &at, &oid, &values));
    unload_list(&list);
}

Test(ctl, a_catalogue_is_told_apart)
{
    signed_list list;
    wr_ctl ctl;

    load_ctl("catalogue.cat", &list, &ctl);
    cr_assert_eq(ctl.kind, WR_CTL_CATALOGUE);
    cr_assert_str_eq(wr_ctl_kind_name(ctl.kind), "catalogue");
    unload_list(&list);
}

Test(ctl, properties_are_found_in_any_order)
{
    signed_list list;
    wr_view data;
    wr_ctl ctl;

    load_ctl("list.stl", &list, &ctl);
    cr_assert(wr_ctl_entry_property(&ctl.entries.items[0], 11, &data));
    cr_assert(wr_view_is(data, "F\0i\0r\0s\0t\0 \0R\0o\0o\0t\0\0", 22));
    cr_assert(wr_ctl_entry_property(&ctl.entries.items[0], 98, &data));
    cr_assert_eq(data.len, 32);
    cr_assert_not(wr_ctl_entry_property(&ctl.entries.items[0], 9, &data));

    cr_assert(wr_ctl_entry_property(&ctl.entries.items[1], 98, &data));
    cr_assert(wr_ctl_entry_property(&ctl.entries.items[1], 9, &data));
    cr_assert(wr_view_is(data, "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01", 12));
    cr_assert(wr_ctl_entry_property(&ctl.entries.items[1], 104, &data));
    cr_assert(wr_view_is(data, "\x00\xa0\xca\xa5\xdd\x56\xd7\x01", 8));

    cr_assert(wr_ctl_entry_property(&ctl.entries.items[2], 104, &data), "there, and empty");
    cr_assert_eq(data.len, 0);
    cr_assert(wr_ctl_entry_property(&ctl.entries.items[2], 126, &data));
    cr_assert_not(wr_ctl_entry_property(&ctl.entries.items[2], 127, &data));
    cr_assert_not(wr_ctl_entry_property(&ctl.entries.items[3], 104, &data));
    unload_list(&list);
}

/* ---- Lists by hand -----------------------------------------------------------------------------
 */

/* Usage, date and algorithm of the smallest list: 4 + 15 + 8 octets. */
#define USAGE "\x30\x02\x06\x00"
#define DATE                                                                                       \
    "\x17\x0d"                                                                                     \
    "210601120000Z"
#define ALGORITHM "\x30\x06\x06\x04\x2a\x03\x04\x05"

/* One subject "id" with one attribute, whose SEQUENCE is `attribute`. */
#define SUBJECT(outer, inner, set, attribute)                                                      \
    "\x30" outer "\x30" inner "\x04\x02id\x31" set attribute
#define PROPERTY_104 "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b\x68"

typedef struct shape_case {
    char bytes[96];
    size_t len;
    size_t usages, id_len, sequence_len, entries, extensions_len;
    bool next_update;
} shape_case;

ParameterizedTestParameters(ctl, what_is_optional_may_be_missing)
{
#define SHAPE(bytes, ...)                                                                          \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, __VA_ARGS__                                                      \
    }
    static shape_case cases[] = {
        SHAPE("\x30\x1b" USAGE DATE ALGORITHM, 1, 0, 0, 0, 0, false),
        SHAPE("\x30\x19\x30\x00" DATE ALGORITHM, 0, 0, 0, 0, 0, false),
        SHAPE("\x30\x1e\x02\x01\x00" USAGE DATE ALGORITHM, 1, 0, 0, 0, 0, false),
        SHAPE("\x30\x1e" USAGE "\x04\x01x" DATE ALGORITHM, 1, 1, 0, 0, 0, false),
        SHAPE("\x30\x1f" USAGE "\x02\x02\x01\x02" DATE ALGORITHM, 1, 0, 2, 0, 0, false),
        SHAPE("\x30\x24\x02\x01\x00" USAGE "\x04\x01x\x02\x01\x05" DATE ALGORITHM, 1, 1, 1, 0, 0,
              false),
        SHAPE("\x30\x2a" USAGE DATE DATE ALGORITHM, 1, 0, 0, 0, 0, true),
        SHAPE("\x30\x2c" USAGE DATE "\x18\x0f"
              "20500601120000Z" ALGORITHM,
              1, 0, 0, 0, 0, true),
        SHAPE("\x30\x1d" USAGE DATE ALGORITHM "\x30\x00", 1, 0, 0, 0, 0, false),
        SHAPE("\x30\x23" USAGE DATE ALGORITHM "\x30\x06\x30\x04\x04\x02id", 1, 0, 0, 1, 0, false),
        SHAPE("\x30\x25" USAGE DATE ALGORITHM "\x30\x08\x30\x06\x04\x02id\x31\x00", 1, 0, 0, 1, 0,
              false),
        SHAPE("\x30\x21" USAGE DATE ALGORITHM "\xa0\x04\x30\x02\x30\x00", 1, 0, 0, 0, 2, false),
    };
    return cr_make_param_array(shape_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(shape_case *c, ctl, what_is_optional_may_be_missing)
{
    wr_arena arena;
    wr_error err;
    wr_ctl ctl;

    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_ctl_parse(view_of(c->bytes, c->len), &arena, &ctl, &err), "%s at %llu",
              err.message, (unsigned long long)err.offset);
    cr_assert_eq(ctl.kind, WR_CTL_OTHER);
    cr_assert_eq(ctl.this_update, date("2021-06-01T12:00:00Z"));
    cr_assert(wr_oid_is(ctl.subject_algorithm, "1.2.3.4.5"));
    cr_assert_eq(ctl.usage.list.count, c->usages);
    cr_assert_eq(ctl.list_id.len, c->id_len);
    cr_assert_eq(ctl.sequence.len, c->sequence_len);
    cr_assert_eq(ctl.entries.count, c->entries);
    cr_assert_eq(ctl.extensions.len, c->extensions_len);
    cr_assert_eq(ctl.has_next_update, c->next_update);
    wr_arena_free(&arena);
}

typedef struct fault_case {
    char bytes[96];
    size_t len;
    wr_code code;
    uint64_t offset;
} fault_case;

ParameterizedTestParameters(ctl, names_what_is_wrong)
{
#define FAULT(bytes, code, offset)                                                                 \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, code, offset                                                     \
    }
    static fault_case cases[] = {
        FAULT("", WR_E_TRUNCATED, 0),
        FAULT("\x04\x02\x30\x00", WR_E_MALFORMED, 0),
        FAULT("\x30\x00", WR_E_TRUNCATED, 2),
        FAULT("\x30\x04" USAGE, WR_E_TRUNCATED, 6),
        FAULT("\x30\x1b\x30\x02\x05\x00" DATE ALGORITHM, WR_E_MALFORMED, 4),
        FAULT("\x30\x13" USAGE DATE, WR_E_TRUNCATED, 21),
        FAULT("\x30\x06" USAGE "\x05\x00", WR_E_MALFORMED, 6),
        FAULT("\x30\x13" USAGE "\x17\x0d"
              "211301120000Z",
              WR_E_MALFORMED, 6),
        FAULT("\x30\x1b" USAGE DATE ALGORITHM "tail", WR_E_MALFORMED, 29),
        FAULT("\x30\x1d" USAGE DATE ALGORITHM "\x05\x00", WR_E_MALFORMED, 29),
        /* subjects: not a SEQUENCE, no identifier, something behind the attributes */
        FAULT("\x30\x1f" USAGE DATE ALGORITHM "\x30\x02\x05\x00", WR_E_MALFORMED, 31),
        FAULT("\x30\x1f" USAGE DATE ALGORITHM "\x30\x02\x30\x00", WR_E_TRUNCATED, 33),
        FAULT("\x30\x27" USAGE DATE ALGORITHM "\x30\x0a\x30\x08\x04\x02id\x31\x00\x05\x00",
              WR_E_MALFORMED, 39),
        /* an attribute that is cut in its value; without values; with something behind them */
        FAULT("\x30\x2d" USAGE DATE ALGORITHM SUBJECT("\x10", "\x0e", "\x08",
                                                      "\x30\x06\x06\x01\x2a\x31\x01\x04"),
              WR_E_TRUNCATED, 46),
        FAULT(
            "\x30\x2a" USAGE DATE ALGORITHM SUBJECT("\x0d", "\x0b", "\x05", "\x30\x03\x06\x01\x2a"),
            WR_E_TRUNCATED, 44),
        FAULT("\x30\x2e" USAGE DATE ALGORITHM SUBJECT("\x11", "\x0f", "\x09",
                                                      "\x30\x07\x06\x01\x2a\x31\x00\x05\x00"),
              WR_E_MALFORMED, 46),
        /* a property with no value, with two, with another type */
        FAULT("\x30\x35" USAGE DATE ALGORITHM SUBJECT("\x18", "\x16", "\x10",
                                                      "\x30\x0e" PROPERTY_104 "\x31\x00"),
              WR_E_MALFORMED, 39),
        FAULT("\x30\x39" USAGE DATE ALGORITHM SUBJECT(
                  "\x1c", "\x1a", "\x14", "\x30\x12" PROPERTY_104 "\x31\x04\x04\x00\x04\x00"),
              WR_E_MALFORMED, 39),
        FAULT("\x30\x37" USAGE DATE ALGORITHM SUBJECT("\x1a", "\x18", "\x12",
                                                      "\x30\x10" PROPERTY_104 "\x31\x02\x05\x00"),
              WR_E_MALFORMED, 55),
        /* extensions: none inside, not a SEQUENCE, two of them */
        FAULT("\x30\x1f" USAGE DATE ALGORITHM "\xa0\x02\x05\x00", WR_E_MALFORMED, 31),
        FAULT("\x30\x21" USAGE DATE ALGORITHM "\xa0\x04\x30\x02\x05\x00", WR_E_MALFORMED, 33),
        FAULT("\x30\x21" USAGE DATE ALGORITHM "\xa0\x04\x30\x00\x30\x00", WR_E_MALFORMED, 33),
    };
    return cr_make_param_array(fault_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(fault_case *c, ctl, names_what_is_wrong)
{
    wr_ctl ctl = { .kind = WR_CTL_CATALOGUE };
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    cr_assert_not(wr_ctl_parse(view_of(c->bytes, c->len), &arena, &ctl, &err));
    cr_assert_eq(err.code, c->code, "%s at %llu", err.message, (unsigned long long)err.offset);
    cr_assert_eq(err.offset, c->offset, "%s at %llu", err.message, (unsigned long long)err.offset);
    cr_assert_eq(ctl.kind, WR_CTL_CATALOGUE, "a failure changes nothing");
    wr_arena_free(&arena);
}

Test(ctl, an_oid_that_only_resembles_a_property_is_none)
{
    static const char *const types[] = {
        "\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b",                     /* no id          */
        "\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b\x80\x68",             /* a leading zero */
        "\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b\xe8",                 /* cut            */
        "\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b\x68\x01",             /* an arc below   */
        "\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b\x90\x80\x80\x80\x68", /* above 32 bits  */
        "\x2b\x06\x01\x04\x01\x82\x37\x0a\x0c\x68",                 /* a sibling      */
    };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        uint8_t set[32] = { 0x30, 0, 0x06 };
        size_t len = strlen(types[i]);
        wr_ctl_entry entry = { { 0 }, view_of(set, len + 8) };
        wr_view oid, values, data;
        size_t at = 0;

        set[1] = (uint8_t)(len + 6);
        set[3] = (uint8_t)len;
        memcpy(set + 4, types[i], len);
        memcpy(set + 4 + len, "\x31\x02\x04\x00", 4);
        cr_assert(wr_ctl_entry_next(&entry, &at, &oid, &values));
        cr_assert_eq(at, len + 8);
        cr_assert_not(wr_ctl_entry_property(&entry, 104, &data), "%zu", i);
        cr_assert_not(wr_ctl_entry_property(&entry, 0, &data), "%zu", i);
    }
}

/* ---- Sequence numbers --------------------------------------------------------------------------
 */

typedef struct order_case {
    char a[16], b[16];
    size_t a_len, b_len;
    int order;
} order_case;

ParameterizedTestParameters(ctl, sequence_numbers_are_unsigned)
{
#define ORDER(a, b, order)                                                                         \
    {                                                                                              \
        a, b, sizeof(a) - 1, sizeof(b) - 1, order                                                  \
    }
    static order_case cases[] = {
        ORDER("", "", 0),
        ORDER("", "\x00", -1),
        ORDER("\x00", "\x00\x00", 0),
        ORDER("\x01", "\x02", -1),
        ORDER("\x00\x01", "\x01", 0),
        ORDER("\x7f", "\x80", -1),
        ORDER("\x80", "\x01\x00", -1),
        ORDER("\xff\xff\xff\xff\xff\xff\xff\xff", "\x14\x01\xdc\xd1\xef\xa3\x5b\x4a\x5b", -1),
        ORDER("\x14\x01\xd6\xa0\xe1\x80\xb9\x18\xae", "\x14\x01\xdc\xd1\xef\xa3\x5b\x4a\x5b", -1),
    };
    return cr_make_param_array(order_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(order_case *c, ctl, sequence_numbers_are_unsigned)
{
    wr_view a = view_of(c->a, c->a_len), b = view_of(c->b, c->b_len);
    int forth = wr_ctl_sequence_compare(a, b), back = wr_ctl_sequence_compare(b, a);

    cr_assert_eq((forth > 0) - (forth < 0), c->order);
    cr_assert_eq((back > 0) - (back < 0), -c->order);
}

Test(ctl, sequence_numbers_are_written_without_leading_zeros)
{
    wr_arena arena;

    wr_arena_init(&arena, 1 << 20);
    cr_assert_str_eq(wr_ctl_sequence_text(&arena, view_of("", 0)), "");
    cr_assert_str_eq(wr_ctl_sequence_text(&arena, view_of("\0\0", 2)), "00");
    cr_assert_str_eq(wr_ctl_sequence_text(&arena, view_of("\0\x14\0\xAB", 4)), "1400ab");
    wr_arena_free(&arena);
}

/* ---- Hostile input -----------------------------------------------------------------------------
 */

static void parse_list(wr_view v, wr_arena *arena)
{
    wr_error err;
    wr_ctl ctl;

    if (!wr_ctl_parse(v, arena, &ctl, &err)) {
        cr_assert(err.code == WR_E_TRUNCATED || err.code == WR_E_MALFORMED ||
                      err.code == WR_E_NO_MEMORY,
                  "%s", err.message);
        return;
    }
    for (size_t i = 0; i < ctl.entries.count; i++) {
        const wr_ctl_entry *entry = &ctl.entries.items[i];
        wr_view oid, values, data;
        size_t at = 0;

        while (wr_ctl_entry_next(entry, &at, &oid, &values))
            continue;
        cr_assert_eq(at, entry->attributes.len, "what was checked can be walked to its end");
        if (wr_ctl_entry_property(entry, 104, &data))
            cr_assert_leq(data.len, entry->attributes.len);
    }
}

Test(ctl, survives_every_prefix_flip_and_failing_allocation)
{
    static const char *const names[] = { "list.stl", "disallowed.stl", "pinrules.stl" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        signed_list list;
        wr_view content;

        load_list(names[i], &list);
        content = list.message.content;
        for_every_prefix(content.data, content.len, parse_list);
        for_every_flip(content.data, content.len, parse_list);
        for_every_allocation(content.data, content.len, 5, parse_list);
        unload_list(&list);
    }
}
