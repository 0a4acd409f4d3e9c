#include "support.h"

#include "format/authenticode.h"
#include "format/pe.h"
#include "winroots/limits.h"

#include <criterion/parameterized.h>

/* A fixture, read as far as it goes.  fixtures/recipes/pe.py says what each holds; `osslsigncode
 * verify` accepts signed.exe and nested.exe. */
typedef struct program {
    wr_arena arena;
    wr_diags diags;
    uint8_t *bytes;
    size_t len;
    wr_pe pe;
    wr_authenticodes signatures;
} program;

static void read_signatures(const wr_pe *pe, wr_arena *arena, wr_diags *diags,
                            wr_authenticodes *out)
{
    for (size_t i = 0; i < pe->certificates.count; i++) {
        const wr_pe_certificate *c = &pe->certificates.items[i];
        wr_pkcs7 message;
        wr_error err;

        if (c->type == WR_PE_PKCS_SIGNED_DATA &&
            (!wr_pkcs7_parse(c->bytes, arena, diags, &message, &err) ||
             !wr_authenticode_read(&message, arena, diags, out, &err)))
            cr_assert(err.message[0]);
    }
}

static void load(const char *name, program *out)
{
    char path[512];
    wr_error err;

    memset(out, 0, sizeof *out);
    snprintf(path, sizeof path, "%s%s", FIXTURE("pe/"), name);
    out->bytes = read_file(path, &out->len);
    wr_arena_init(&out->arena, (size_t)16 << 20);
    wr_diags_init(&out->diags, &out->arena);
    cr_assert(wr_pe_parse(view_of(out->bytes, out->len), &out->arena, &out->diags, &out->pe, &err),
              "%s: %s", name, err.message);
    read_signatures(&out->pe, &out->arena, &out->diags, &out->signatures);
}

static void unload(program *p)
{
    wr_arena_free(&p->arena);
    free(p->bytes);
}

static const char *common_name(program *p, wr_view name)
{
    const char *text;
    wr_error err;

    cr_assert(wr_x509_short_name(name, &p->arena, &text, &err), "%s", err.message);
    return text;
}

/* ---- the table ---------------------------------------------------------------------------------
 */

typedef struct table_case {
    char name[32];
    uint16_t machine;
    bool plus;
    size_t table, certificates, signatures, diags;
} table_case;

ParameterizedTestParameters(pe, gives_what_the_table_holds)
{
    static table_case cases[] = {
        /* Headers of 64 + 24 + 240 bytes and 24 of content: the table is what is behind 352. */
        { "signed.exe", 0x8664, true, 3984 - 352, 1, 2, 0 },
        { "nested.exe", 0x014C, false, 7848 - 336, 1, 4, 0 },
        { "two_entries.exe", 0x8664, true, 1400 - 352, 2, 1, 0 },
        { "without_signer.exe", 0x8664, true, 1384 - 352, 1, 1, 0 },
        { "unsigned.exe", 0x8664, true, 0, 0, 0, 0 },
        { "short_directory.exe", 0x014C, false, 0, 0, 0, 0 },
        { "bad_entry.exe", 0x8664, true, 1392 - 352, 1, 1, 1 },
        { "damaged_attribute.exe", 0x8664, true, 4672 - 352, 1, 2, 1 },
        { "deeply_nested.exe", 0x8664, true, 22632 - 352, 1, WR_LIMIT_SIGNATURES, 1 },
    };
    return cr_make_param_array(table_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(table_case *c, pe, gives_what_the_table_holds)
{
    program p;

    load(c->name, &p);
    cr_assert_eq(p.pe.machine, c->machine);
    cr_assert_eq(p.pe.plus, c->plus);
    cr_assert_eq(p.pe.table.len, c->table, "%zu", p.pe.table.len);
    cr_assert_eq(p.pe.certificates.count, c->certificates, "%zu", p.pe.certificates.count);
    cr_assert_eq(p.signatures.list.count, c->signatures, "%zu", p.signatures.list.count);
    cr_assert_eq(p.diags.list.count, c->diags, "%zu", p.diags.list.count);
    unload(&p);
}

Test(pe, entries_begin_at_multiples_of_eight)
{
    program p;
    const wr_pe_certificate *c;

    load("two_entries.exe", &p);
    c = p.pe.certificates.items;
    cr_assert_eq(c[0].type, WR_PE_X509);
    cr_assert_eq(c[0].revision, 0x100);
    cr_assert(wr_view_is(c[0].bytes, "\x30\x03\x02\x01\x05", 5));
    cr_assert_eq(c[0].bytes.origin, 360);
    cr_assert_eq(c[1].type, WR_PE_PKCS_SIGNED_DATA);
    cr_assert_eq(c[1].revision, 0x200);
    cr_assert_eq(c[1].bytes.origin, 376, "13 bytes, padded to 16, and a header of 8");
    unload(&p);
}

Test(pe, machines_have_names)
{
    cr_assert_str_eq(wr_pe_machine_name(0x8664), "x64");
    cr_assert_str_eq(wr_pe_machine_name(0xAA64), "arm64");
    cr_assert_null(wr_pe_machine_name(0xFFFF));
}

typedef struct fault_case {
    char what[40];
    size_t cut; /* 0 = whole */
    size_t at, len;
    char with[8];
    wr_code code;
    uint64_t offset;
} fault_case;

ParameterizedTestParameters(pe, names_what_is_wrong)
{
    /* Over unsigned.exe; its table's directory stands at 88 + 112 + 32. */
    static fault_case cases[] = {
        { "nothing", 1, 0, 0, "", WR_E_MALFORMED, 0 },
        { "no DOS header", 0, 0, 2, "ZM", WR_E_MALFORMED, 0 },
        { "ends in the DOS header", 63, 0, 0, "", WR_E_TRUNCATED, 0 },
        { "ends in the PE header", 87, 0, 0, "", WR_E_TRUNCATED, 0 },
        { "PE header far away", 0, 60, 4, "\xFF\xFF\xFF\xFF", WR_E_TRUNCATED, 0 },
        { "a 16-bit program", 0, 64, 4, "NE\0\0", WR_E_MALFORMED, 64 },
        { "ends in the optional header", 327, 0, 0, "", WR_E_TRUNCATED, 64 },
        { "no optional header", 0, 84, 2, "\0\0", WR_E_TRUNCATED, 64 },
        { "a ROM image", 0, 88, 2, "\x07\x01", WR_E_UNSUPPORTED, 88 },
        { "a table behind the end", 0, 232, 8, "\x60\x01\0\0\x01\0\0\0", WR_E_TRUNCATED, 232 },
        { "offset and size that wrap", 0, 232, 8, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
          WR_E_TRUNCATED, 232 },
    };
    return cr_make_param_array(fault_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(fault_case *c, pe, names_what_is_wrong)
{
    size_t len;
    uint8_t *bytes = read_file(FIXTURE("pe/unsigned.exe"), &len);
    wr_pe pe = { .machine = 77 };
    wr_diags diags;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    memcpy(bytes + c->at, c->with, c->len);
    cr_assert_not(wr_pe_parse(view_of(bytes, c->cut ? c->cut : len), &arena, &diags, &pe, &err),
                  "%s", c->what);
    cr_assert_eq(err.code, c->code, "%s: %s", c->what, err.message);
    cr_assert_eq(err.offset, c->offset, "%s: %llu", c->what, (unsigned long long)err.offset);
    cr_assert_eq(pe.machine, 77, "a failure changes nothing");
    wr_arena_free(&arena);
    free(bytes);
}

Test(pe, a_table_of_padding_or_off_its_place_is_read)
{
    uint8_t bytes[361] = { 0 };
    size_t len;
    uint8_t *unsigned_one = read_file(FIXTURE("pe/unsigned.exe"), &len);
    wr_diags diags;
    wr_arena arena;
    wr_error err;
    wr_pe pe;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    memcpy(bytes, unsigned_one, len);
    memcpy(bytes + 232, "\x60\x01\0\0\x09\0\0\0", 8);
    cr_assert(wr_pe_parse(view_of(bytes, sizeof bytes), &arena, &diags, &pe, &err));
    cr_assert_eq(pe.certificates.count + diags.list.count, 0, "zeros are padding");

    memcpy(bytes + 232, "\x61\x01\0\0\x08\0\0\0", 8);
    memcpy(bytes + 353, "\x08\0\0\0\0\x02\x02\0", 8);
    cr_assert(wr_pe_parse(view_of(bytes, sizeof bytes), &arena, &diags, &pe, &err));
    cr_assert_eq(pe.certificates.count, 1);
    cr_assert_eq(pe.certificates.items[0].bytes.len, 0);
    cr_assert_eq(diags.list.count, 1);
    cr_assert_eq(diags.list.items[0].severity, WR_DIAG_NOTE);
    cr_assert_eq(diags.list.items[0].offset, 353);
    wr_arena_free(&arena);
    free(unsigned_one);
}

/* ---- signatures --------------------------------------------------------------------------------
 */

typedef struct signature_case {
    char file[32];
    size_t at;
    wr_signature_kind kind;
    size_t inside;
    char signer[32], time[32];
    bool time_stamped;
    size_t certificates;
} signature_case;

ParameterizedTestParameters(authenticode, names_who_signed)
{
    static signature_case cases[] = {
        { "signed.exe", 0, WR_SIGNATURE_FIRST, 0, "Test Publisher", "", true, 5 },
        { "signed.exe", 1, WR_SIGNATURE_COUNTERSIGNED, 0, "Test Time Stamp", "2022-02-03T04:05:06Z",
          false, 5 },
        { "nested.exe", 0, WR_SIGNATURE_FIRST, 0, "Test Publisher", "", true, 3 },
        /* In the order of the SET: by the octets of its values, of which the token is shorter. */
        { "nested.exe", 1, WR_SIGNATURE_TIME_STAMP, 0, "Test Time Stamp", "2023-04-05T06:07:08Z",
          false, 3 },
        { "nested.exe", 2, WR_SIGNATURE_NESTED, 0, "Test Second Publisher", "", true, 2 },
        { "nested.exe", 3, WR_SIGNATURE_TIME_STAMP, 2, "Test Time Stamp", "2023-04-05T06:07:08Z",
          false, 2 },
        { "two_entries.exe", 0, WR_SIGNATURE_FIRST, 0, "Test Publisher", "", false, 1 },
        { "without_signer.exe", 0, WR_SIGNATURE_FIRST, 0, "", "", false, 1 },
        { "damaged_attribute.exe", 1, WR_SIGNATURE_TIME_STAMP, 0, "Test Time Stamp",
          "2023-04-05T06:07:08.1230000Z", false, 3 },
        { "deeply_nested.exe", 63, WR_SIGNATURE_NESTED, 62, "", "", false, 0 },
    };
    return cr_make_param_array(signature_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(signature_case *c, authenticode, names_who_signed)
{
    const wr_authenticode *s;
    char time[WR_TIME_TEXT] = "";
    program p;

    load(c->file, &p);
    s = &p.signatures.list.items[c->at];
    if (s->time)
        wr_time_text(s->time, time);
    cr_assert_eq(s->kind, c->kind);
    cr_assert_eq(s->inside, c->inside);
    cr_assert_eq(s->has_signer, *c->signer != '\0');
    if (s->has_signer)
        cr_assert_str_eq(common_name(&p, s->signer.subject), c->signer);
    cr_assert_str_eq(time, c->time);
    cr_assert_eq(s->time_stamped, c->time_stamped);
    cr_assert_eq(s->message.certificates.list.count, c->certificates);
    unload(&p);
}

Test(authenticode, a_catalogue_is_a_message_like_any)
{
    size_t len;
    uint8_t *bytes = read_file(FIXTURE("ctl/catalogue.cat"), &len);
    wr_authenticodes found = { 0 };
    wr_pkcs7 message;
    wr_diags diags;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert(wr_pkcs7_parse(view_of(bytes, len), &arena, &diags, &message, &err));
    cr_assert(wr_authenticode_read(&message, &arena, &diags, &found, &err));
    cr_assert_eq(found.list.count, 1);
    cr_assert(found.list.items[0].has_signer);
    cr_assert_not(found.list.items[0].time_stamped);
    message.num_signers = 2;
    cr_assert(wr_authenticode_read(&message, &arena, &diags, &found, &err));
    cr_assert_eq(diags.num_skipped, 1, "only the first of several signers is read");
    message.num_signers = 0;
    cr_assert(wr_authenticode_read(&message, &arena, &diags, &found, &err));
    cr_assert_eq(found.list.count, 2);
    wr_arena_free(&arena);
    free(bytes);
}

/* ---- damage ------------------------------------------------------------------------------------
 */

static void parse_program(wr_view v, wr_arena *arena)
{
    wr_authenticodes found = { 0 };
    wr_diags diags;
    wr_error err;
    wr_pe pe;

    wr_diags_init(&diags, arena);
    if (!wr_pe_parse(v, arena, &diags, &pe, &err)) {
        cr_assert(err.code == WR_E_TRUNCATED || err.code == WR_E_MALFORMED ||
                      err.code == WR_E_UNSUPPORTED || err.code == WR_E_NO_MEMORY,
                  "%s", err.message);
        return;
    }
    cr_assert(pe.table.len <= v.len);
    for (size_t i = 0; i < pe.certificates.count; i++)
        cr_assert(pe.certificates.items[i].bytes.len + 8 <= pe.table.len);
    read_signatures(&pe, arena, &diags, &found);
    cr_assert(found.list.count <= 64 * pe.certificates.count);
    for (size_t i = 0; i < found.list.count; i++)
        cr_assert(found.list.items[i].inside <= i);
}

Test(pe, survives_every_prefix_flip_and_failing_allocation)
{
    static const char *const names[] = { "signed.exe", "nested.exe", "two_entries.exe" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        program p;

        load(names[i], &p);
        for_every_prefix(p.bytes, p.len, parse_program);
        for_every_flip(p.bytes, p.len, parse_program);
        for_every_allocation(p.bytes, p.len, 40, parse_program);
        unload(&p);
    }
}
