#include "support.h"

#include "records.h"

#include "base/outfile.h"
#include "format/property.h"
#include "winroots/limits.h"

#define ORIGIN 0x1000

typedef struct parsed {
    wr_arena arena;
    wr_diags diags;
    wr_element element;
    wr_error error;
    bool done;
} parsed;

static wr_view at_origin(const uint8_t *bytes, size_t len)
{
    return (wr_view){ bytes, len, ORIGIN, "unit" };
}

static parsed *parse_bytes(const uint8_t *bytes, size_t len)
{
    static parsed p;

    memset(&p, 0, sizeof p);
    wr_arena_init(&p.arena, 1 << 20);
    wr_diags_init(&p.diags, &p.arena);
    p.done = wr_element_parse(at_origin(bytes, len), &p.diags, &p.element, &p.error);
    return &p;
}

static void assert_diag(const parsed *p, size_t i, wr_severity severity, uint64_t offset,
                        const char *message)
{
    cr_assert_lt(i, p->diags.list.count, "diagnostic %zu is missing: %s", i, message);
    cr_assert_eq(p->diags.list.items[i].severity, severity);
    cr_assert_eq(p->diags.list.items[i].offset, ORIGIN + offset);
    cr_assert_str_eq(p->diags.list.items[i].message, message);
}

/* SHA-1 hash, empty usage, friendly name "A", then the certificate. */
static const uint8_t element_of_three[] = {
    RECORD(3, 4),  0xDE, 0xAD, 0xBE, 0xEF, RECORD(9, 0),
    RECORD(11, 4), 'A',  0,    0,    0,    TINY_CERTIFICATE
};

Test(property, reads_a_record_and_moves)
{
    wr_reader r = wr_reader_of(at_origin(element_of_three, sizeof element_of_three));
    wr_property p;
    wr_error e;

    cr_assert(wr_property_read(&r, &p, &e));
    cr_assert_eq(p.id, WR_PROP_SHA1_HASH);
    cr_assert_eq(p.reserved, 1);
    cr_assert(wr_view_is(p.data, "\xDE\xAD\xBE\xEF", 4));
    cr_assert_eq(p.data.origin, ORIGIN + 12);
    cr_assert_eq(r.pos, 16);
}

Test(property, numbers_are_little_endian)
{
    static const uint8_t bytes[] = {
        0x04, 0x03, 0x02, 0x01, 0x14, 0x13, 0x12, 0x11, 1, 0, 0, 0, 7
    };
    wr_reader r = wr_reader_of(view_of(bytes, sizeof bytes));
    wr_property p;
    wr_error e;

    cr_assert(wr_property_read(&r, &p, &e));
    cr_assert_eq(p.id, 0x01020304);
    cr_assert_eq(p.reserved, 0x11121314);
}

Test(property, names_are_those_of_the_table)
{
    static const struct {
        uint32_t id;
        const char *name;
    } rows[] = {
        { 0, NULL },
        { 1, "KEY_PROV_HANDLE" },
        { 2, "KEY_PROV_INFO" },
        { 3, "SHA1_HASH" },
        { 9, "ENHKEY_USAGE" },
        { 11, "FRIENDLY_NAME" },
        { 15, "SIGNATURE_HASH" },
        { 20, "KEY_IDENTIFIER" },
        { 25, "SUBJECT_PUBLIC_KEY_MD5" },
        { 29, "SUBJECT_NAME_MD5" },
        { 30, "EXTENDED_ERROR_INFO" },
        { 31, NULL },
        { 32, "CERTIFICATE" },
        { 33, "CRL" },
        { 34, "CTL" },
        { 35, "KEYID" },
        { 36, "RESERVED_ELEMENT" },
        { 62, "RESERVED_ELEMENT" },
        { 63, NULL },
        { 64, "RENEWAL" },
        { 78, "NCRYPT_KEY_HANDLE" },
        { 79, "HCRYPTPROV_OR_NCRYPT_KEY_HANDLE" },
        { 83, "ROOT_PROGRAM_CERT_POLICIES" },
        { 84, "ROOT_PROGRAM_NAME_CONSTRAINTS" },
        { 87, "CEP" },
        { 88, NULL },
        { 90, "SCARD_PIN_ID" },
        { 91, "SCARD_PIN_INFO" },
        { 96, "ISSUER_CHAIN_PUB_KEY_CNG_ALG_BIT_LENGTH" },
        { 98, "AUTH_ROOT_SHA256_HASH" },
        { 99, "NCRYPT_KEY_HANDLE_TRANSFER" },
        { 100, "HCRYPTPROV_TRANSFER" },
        { 104, "DISALLOWED_FILETIME" },
        { 105, "ROOT_PROGRAM_CHAIN_POLICIES" },
        { 107, "SHA256_HASH" },
        { 108, "SCEP_SERVER_CERTS" },
        { 112, "SCEP_SIGNER" },
        { 116, "SCEP_GUID" },
        { 117, "SERIALIZABLE_KEY_CONTEXT" },
        { 118, "ISOLATED_KEY" },
        { 122, "DISALLOWED_ENHKEY_USAGE" },
        { 126, "NOT_BEFORE_FILETIME" },
        { 127, "NOT_BEFORE_ENHKEY_USAGE" },
        { 128, "DISALLOWED_CA_FILETIME" },
        { 129, "SHA1_SHA256_HASH" },
        { 130, "RESERVED" },
        { 0x0FFF, "RESERVED" },
        { 0x1000, "STORE_LOCALIZED_NAME" },
        { 0x7FFF, "RESERVED" },
        { 0x8000, "USER" },
        { 0xFFFF, "USER" },
        { 0x10000, NULL },
        { UINT32_MAX, NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *name = wr_property_name(rows[i].id);
        if (rows[i].name)
            cr_assert(name && strcmp(name, rows[i].name) == 0, "%u is %s", rows[i].id, name);
        else
            cr_assert_null(name, "%u is %s", rows[i].id, name);
    }
}

Test(property, every_assigned_id_has_a_name_of_its_own)
{
    for (uint32_t id = 1; id <= 129; id++) {
        bool unnamed = id == 31 || id == 63 || id == 88;
        cr_assert_eq(wr_property_name(id) == NULL, unnamed, "%u", id);
        for (uint32_t other = 1; other < id && !unnamed; other++)
            if (wr_property_name(other) && (id < 36 || id > 62))
                cr_assert_str_neq(wr_property_name(id), wr_property_name(other), "%u, %u", id,
                                  other);
    }
}

Test(element, gives_its_properties_and_the_object)
{
    parsed *p = parse_bytes(element_of_three, sizeof element_of_three);
    static const uint32_t ids[] = { 3, 9, 11 };
    wr_property property;
    size_t at = 0;

    cr_assert(p->done);
    cr_assert_eq(p->element.kind, WR_ELEMENT_CERTIFICATE);
    cr_assert_eq(p->element.num_properties, 3);
    cr_assert(wr_view_is(p->element.all, element_of_three, sizeof element_of_three));
    cr_assert(wr_view_is(p->element.object, "\x30\0", 2));
    cr_assert_eq(p->element.object.origin, ORIGIN + sizeof element_of_three - 2);
    for (size_t i = 0; i < 3; i++) {
        cr_assert(wr_element_next(&p->element, &at, &property));
        cr_assert_eq(property.id, ids[i]);
    }
    cr_assert_not(wr_element_next(&p->element, &at, &property), "the object is no property");
    cr_assert_eq(p->diags.list.count, 0);
    wr_arena_free(&p->arena);
}

Test(element, an_empty_property_is_not_an_absent_one)
{
    parsed *p = parse_bytes(element_of_three, sizeof element_of_three);
    wr_view data = { 0 };

    cr_assert(p->done);
    cr_assert(wr_element_property(&p->element, WR_PROP_ENHKEY_USAGE, &data));
    cr_assert_eq(data.len, 0);
    cr_assert_not(wr_element_property(&p->element, WR_PROP_DISALLOWED_FILETIME, &data));
    cr_assert_not(wr_element_property(&p->element, WR_PROP_CERTIFICATE, &data));
    wr_arena_free(&p->arena);
}

Test(element, is_of_one_of_four_kinds)
{
    static const char *const names[] = { "certificate", "crl", "ctl", "keyid" };

    for (uint8_t id = 32; id <= 35; id++) {
        const uint8_t bytes[] = { RECORD(id, 1), 0x30 };
        parsed *p = parse_bytes(bytes, sizeof bytes);
        cr_assert(p->done);
        cr_assert_eq(p->element.kind, id - 32);
        cr_assert_str_eq(wr_element_kind_name(p->element.kind), names[id - 32]);
        wr_arena_free(&p->arena);
    }
}

Test(element, other_reserved_is_a_note)
{
    static const uint8_t bytes[] = { RECORD_RESERVED(3, 2, 0), TINY_CERTIFICATE };
    parsed *p = parse_bytes(bytes, sizeof bytes);

    cr_assert(p->done);
    cr_assert_eq(p->diags.list.count, 1);
    assert_diag(p, 0, WR_DIAG_NOTE, 0, "property 3: reserved field 2, expected 1");
    wr_arena_free(&p->arena);
}

Test(element, of_a_repeated_property_the_last_counts)
{
    static const uint8_t bytes[] = { RECORD(11, 1), 1, RECORD(11, 1), 2, TINY_CERTIFICATE };
    parsed *p = parse_bytes(bytes, sizeof bytes);
    wr_view data;

    cr_assert(p->done);
    cr_assert_eq(p->element.num_properties, 2);
    cr_assert(wr_element_property(&p->element, 11, &data));
    cr_assert(wr_view_is(data, "\2", 1));
    cr_assert_eq(p->diags.list.count, 1);
    assert_diag(p, 0, WR_DIAG_NOTE, 13, "property 11: copies before it 1, expected 0");
    wr_arena_free(&p->arena);
}

Test(element, properties_behind_the_object_count)
{
    static const uint8_t bytes[] = { TINY_CERTIFICATE, RECORD(9, 2), 0x30, 0 };
    parsed *p = parse_bytes(bytes, sizeof bytes);
    wr_view data;

    cr_assert(p->done);
    cr_assert_eq(p->element.num_properties, 1);
    cr_assert(wr_element_property(&p->element, WR_PROP_ENHKEY_USAGE, &data));
    cr_assert_eq(data.len, 2);
    cr_assert_eq(p->diags.list.count, 1);
    assert_diag(p, 0, WR_DIAG_NOTE, 14, "property 9: objects before it 1, expected 0");
    wr_arena_free(&p->arena);
}

Test(element, id_0_ends_it)
{
    static const uint8_t bytes[] = { TINY_CERTIFICATE, 0, 0, 0, 0, 0xAA, 0xBB };
    parsed *p = parse_bytes(bytes, sizeof bytes);

    cr_assert(p->done);
    cr_assert_eq(p->element.all.len, 14);
    cr_assert_eq(p->diags.list.count, 1);
    assert_diag(p, 0, WR_DIAG_NOTE, 14, "id 0: a tail of 6 bytes was never written");
    wr_arena_free(&p->arena);
}

Test(element, less_than_an_id_of_zeros_ends_it_too)
{
    static const uint8_t bytes[] = { TINY_CERTIFICATE, 0, 0 };
    parsed *p = parse_bytes(bytes, sizeof bytes);

    cr_assert(p->done);
    cr_assert_eq(p->diags.list.count, 1);
    assert_diag(p, 0, WR_DIAG_NOTE, 14, "id 0: a tail of 2 bytes was never written");
    wr_arena_free(&p->arena);
}

Test(element, no_record_behind_the_object_is_skipped)
{
    static const uint8_t bytes[] = { TINY_CERTIFICATE, RECORD(104, 8), 1, 2 };
    parsed *p = parse_bytes(bytes, sizeof bytes);
    wr_view data;

    cr_assert(p->done);
    cr_assert_eq(p->element.all.len, 14);
    cr_assert_not(wr_element_property(&p->element, 104, &data));
    cr_assert_eq(p->diags.num_skipped, 1, "a lost property may have been a restriction");
    assert_diag(p, 0, WR_DIAG_SKIPPED, 14, "property 104 has 8 bytes, 2 are there");
    wr_arena_free(&p->arena);
}

struct reject {
    const char *what;
    uint8_t bytes[64];
    size_t len;
    wr_code code;
    uint64_t offset;
};

Test(element, rejects_what_holds_no_object)
{
    static const struct reject rows[] = {
        { "nothing", { 0 }, 0, WR_E_MALFORMED, 0 },
        { "half a header", { 32, 0, 0, 0, 1, 0 }, 6, WR_E_TRUNCATED, 0 },
        { "length one beyond", { RECORD(32, 2), 0x30 }, 13, WR_E_TRUNCATED, 0 },
        { "length 0xffffffff",
          { 32, 0, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF },
          12,
          WR_E_TRUNCATED,
          0 },
        { "second property cut", { RECORD(3, 0), RECORD(4, 1) }, 24, WR_E_TRUNCATED, 12 },
        { "properties alone", { RECORD(3, 0), RECORD(4, 1), 7 }, 25, WR_E_MALFORMED, 25 },
        { "id 0 before the object",
          { RECORD(3, 0), END_RECORD, TINY_CERTIFICATE },
          38,
          WR_E_MALFORMED,
          12 },
        { "two objects", { TINY_CERTIFICATE, TINY_CERTIFICATE }, 28, WR_E_MALFORMED, 14 },
        { "two kinds of object", { TINY_CERTIFICATE, RECORD(33, 0) }, 26, WR_E_MALFORMED, 14 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        parsed *p = parse_bytes(rows[i].bytes, rows[i].len);
        cr_assert_not(p->done, "%s", rows[i].what);
        cr_assert_eq(p->error.code, rows[i].code, "%s: %s", rows[i].what, p->error.message);
        cr_assert_eq(p->error.offset, ORIGIN + rows[i].offset, "%s: %s at %llu", rows[i].what,
                     p->error.message, (unsigned long long)p->error.offset);
        cr_assert_eq(p->element.all.len, 0, "%s: *out was touched", rows[i].what);
        cr_assert_eq(p->diags.list.count, 0, "%s: a failure is no diagnostic", rows[i].what);
        wr_arena_free(&p->arena);
    }
}

/* `count` empty properties and the object; gives its length. */
static size_t fill_properties(uint8_t *bytes, size_t count)
{
    static const uint8_t property[] = { RECORD(200, 0) }, certificate[] = { TINY_CERTIFICATE };

    for (size_t i = 0; i < count; i++)
        memcpy(bytes + i * sizeof property, property, sizeof property);
    memcpy(bytes + count * sizeof property, certificate, sizeof certificate);
    return count * sizeof property + sizeof certificate;
}

Test(element, has_a_limit_of_properties)
{
    static uint8_t bytes[12 * (WR_LIMIT_PROPERTIES + 1) + 14];
    parsed *p = parse_bytes(bytes, fill_properties(bytes, WR_LIMIT_PROPERTIES));

    cr_assert(p->done);
    cr_assert_eq(p->element.num_properties, WR_LIMIT_PROPERTIES);
    wr_arena_free(&p->arena);

    p = parse_bytes(bytes, fill_properties(bytes, WR_LIMIT_PROPERTIES + 1));
    cr_assert_not(p->done);
    cr_assert_eq(p->error.code, WR_E_LIMIT);
    cr_assert_eq(p->error.offset, ORIGIN + 12 * WR_LIMIT_PROPERTIES);
    wr_arena_free(&p->arena);
}

Test(element, in_a_sequence_ends_with_its_object)
{
    static const uint8_t bytes[] = { TINY_CERTIFICATE, RECORD(3, 1), 9, RECORD(33, 0) };
    wr_reader r = wr_reader_of(at_origin(bytes, sizeof bytes));
    wr_element element;
    wr_arena arena;
    wr_diags diags;
    wr_error e;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert(wr_element_read(&r, &diags, &element, &e));
    cr_assert_eq(element.kind, WR_ELEMENT_CERTIFICATE);
    cr_assert_eq(r.pos, 14);
    cr_assert(wr_element_read(&r, &diags, &element, &e));
    cr_assert_eq(element.kind, WR_ELEMENT_CRL);
    cr_assert_eq(element.num_properties, 1);
    cr_assert_eq(element.all.origin, ORIGIN + 14);
    cr_assert_eq(wr_reader_left(&r), 0);
    cr_assert_not(wr_element_read(&r, &diags, &element, &e));
    cr_assert_eq(e.code, WR_E_MALFORMED);
    cr_assert_eq(e.offset, ORIGIN + sizeof bytes);
    cr_assert_eq(diags.list.count, 0);
    wr_arena_free(&arena);
}

Test(element, that_fails_in_a_sequence_moves_nothing)
{
    static const uint8_t bytes[] = { RECORD(3, 1), 9, RECORD(32, 9), 0x30 };
    wr_reader r = wr_reader_of(at_origin(bytes, sizeof bytes));
    wr_element element = { .num_properties = 77 };
    wr_diags diags;
    wr_arena arena;
    wr_error e;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert_not(wr_element_read(&r, &diags, &element, &e));
    cr_assert_eq(e.code, WR_E_TRUNCATED);
    cr_assert_eq(e.offset, ORIGIN + 13);
    cr_assert_eq(r.pos, 0);
    cr_assert_eq(element.num_properties, 77);
    wr_arena_free(&arena);
}

Test(property, is_written_as_it_was_read)
{
    static const uint8_t expected[] = { 0x04, 0x03, 0x02, 0x01,          1, 0, 0, 0, 2, 0, 0,
                                        0,    0xAB, 0xCD, RECORD(104, 0) };
    wr_out *out;
    wr_error e;

    cr_assert(wr_out_memory(&out, &e));
    wr_property_write(out, 0x01020304, view_of("\xAB\xCD", 2));
    wr_property_write(out, 104, (wr_view){ 0 });
    cr_assert(wr_out_finish(out, &e));
    cr_assert(wr_view_is(wr_out_bytes(out), expected, sizeof expected));
    wr_out_discard(out);
}

/* Whatever the bytes are: an answer, and a consistent one. */
static void parse_any(wr_view v, wr_arena *arena)
{
    wr_property property;
    uint32_t count = 0;
    wr_element element;
    wr_diags diags;
    wr_error e;

    wr_diags_init(&diags, arena);
    if (!wr_element_parse(v, &diags, &element, &e)) {
        cr_assert(e.code == WR_E_TRUNCATED || e.code == WR_E_MALFORMED || e.code == WR_E_LIMIT);
        cr_assert_leq(e.offset, v.len);
        cr_assert_neq(e.message[0], '\0');
        cr_assert_eq(diags.list.count + diags.num_suppressed, 0);
        return;
    }
    cr_assert_leq(element.all.len, v.len);
    for (size_t at = 0; wr_element_next(&element, &at, &property); count++)
        cr_assert_leq(property.data.origin + property.data.len, element.all.len);
    cr_assert_eq(count, element.num_properties);
    if (element.all.len < v.len)
        cr_assert_gt(diags.list.count + diags.num_suppressed, 0, "nothing is lost silently");
}

Test(element, every_prefix_is_safe)
{
    for_every_prefix(element_of_three, sizeof element_of_three, parse_any);
}

Test(element, every_flip_is_safe)
{
    for_every_flip(element_of_three, sizeof element_of_three, parse_any);
}

Test(element, every_failing_allocation_is_safe)
{
    static const uint8_t bytes[] = { RECORD_RESERVED(3, 2, 0), RECORD(3, 0), TINY_CERTIFICATE,
                                     END_RECORD };
    for_every_allocation(bytes, sizeof bytes, 16, parse_any);
}
