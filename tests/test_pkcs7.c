#include "signed_list.h"

#include "base/text.h"

#include <criterion/parameterized.h>

/* ---- What a message holds ----------------------------------------------------------------------
 */

typedef struct message_case {
    char name[32], content_type[24], digest[24];
    size_t content_len, certificates, crls, signers, diags;
} message_case;

ParameterizedTestParameters(pkcs7, gives_what_the_message_holds)
{
#define CTL    "1.3.6.1.4.1.311.10.1"
#define DATA   "1.2.840.113549.1.7.1"
#define SHA256 "2.16.840.1.101.3.4.2.1"
    static message_case cases[] = {
        { "list.stl", CTL, SHA256, 394, 3, 0, 1, 0 },
        { "unsigned.stl", CTL, "", 394, 0, 0, 0, 0 },
        { "cut_signers.stl", CTL, "", 394, 0, 0, 0, 0 },
        { "by_key_id.stl", CTL, SHA256, 394, 3, 0, 1, 0 },
        { "damaged_signer.stl", CTL, "", 394, 3, 0, 1, 1 },
        { "not_a_list.p7", DATA, SHA256, 7, 3, 0, 1, 0 },
        { "bag.p7b", DATA, "", 0, 2, 1, 0, 0 },
        { "bag_ber.p7b", DATA, "", 10, 2, 0, 0, 0 },
        { "bag_ber_inside.p7b", DATA, "", 10, 2, 0, 0, 0 },
    };
    return cr_make_param_array(message_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(message_case *c, pkcs7, gives_what_the_message_holds)
{
    signed_list list;
    const wr_pkcs7 *m = &list.message;

    load_list(c->name, &list);
    cr_assert(wr_oid_is(m->content_type, c->content_type));
    cr_assert_eq(m->content.len, c->content_len, "%zu", m->content.len);
    cr_assert_eq(m->certificates.list.count, c->certificates);
    cr_assert_eq(m->crls.list.count, c->crls);
    cr_assert_eq(m->num_signers, c->signers);
    cr_assert_eq(list.diags.list.count, c->diags);
    if (*c->digest)
        cr_assert(wr_oid_is(m->digest_algorithm, c->digest));
    else
        cr_assert_eq(m->digest_algorithm.len + m->signature.len + m->signer_issuer.len, 0);
    unload_list(&list);
}

Test(pkcs7, names_the_first_signer)
{
    signed_list list, by_key;
    wr_x509 signer;
    wr_error err;

    load_list("list.stl", &list);
    cr_assert(wr_x509_parse(list.message.certificates.list.items[0], &signer, &err));
    cr_assert(wr_view_equal(list.message.signer_issuer, signer.issuer));
    cr_assert(wr_view_equal(list.message.signer_serial, signer.serial));
    cr_assert_eq(list.message.signer_key_id.len, 0);
    cr_assert(wr_oid_is(list.message.signature_algorithm, "1.2.840.113549.1.1.1"));
    cr_assert_eq(list.message.signature.len, 128);

    load_list("by_key_id.stl", &by_key);
    cr_assert(wr_view_equal(by_key.message.signer_key_id, signer.subject_key_id));
    cr_assert_eq(by_key.message.signer_issuer.len, 0);
    unload_list(&list);
    unload_list(&by_key);
}

Test(pkcs7, ber_gives_the_certificates_that_der_gives)
{
    static const char *const bers[] = { "bag_ber.p7b", "bag_ber_inside.p7b" };
    signed_list der, ber;

    load_list("bag.p7b", &der);
    for (size_t i = 0; i < 2; i++) {
        load_list(bers[i], &ber);
        for (size_t j = 0; j < 2; j++)
            cr_assert(wr_view_equal(ber.message.certificates.list.items[j],
                                    der.message.certificates.list.items[j]));
        cr_assert(wr_view_is(ber.message.content, "\x04\x08winroots", 10), "segments are joined");
        unload_list(&ber);
    }
    unload_list(&der);
}

/* ---- Damage ------------------------------------------------------------------------------------
 */

/* ContentInfo { signedData, [0] { SignedData { 1, SET {}, ContentInfo { data } <more> } } } */
#define HEAD(total, tagged, data)                                                                  \
    "\x30" total "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0" tagged "\x30" data             \
    "\x02\x01\x01\x31\x00\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"

typedef struct fault_case {
    char bytes[80];
    size_t len;
    wr_code code;
    uint64_t offset;
} fault_case;

#define FAULT(bytes, code, offset)                                                                 \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, code, offset                                                     \
    }

ParameterizedTestParameters(pkcs7, names_what_is_wrong)
{
    static fault_case cases[] = {
        FAULT("", WR_E_TRUNCATED, 0),
        FAULT("\x02\x01\x05", WR_E_MALFORMED, 0),
        FAULT("\x30\x03\x02\x01\x05", WR_E_MALFORMED, 2),
        /* plain data, and signed data that is not there */
        FAULT("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", WR_E_MALFORMED, 4),
        FAULT("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", WR_E_MALFORMED, 4),
        /* cut inside */
        FAULT(HEAD("\x23", "\x16", "\x14"), WR_E_TRUNCATED, 0),
        /* two values as content; something behind the signers; not a SET of them */
        FAULT("\x30\x11\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x04\x05\x00\x05\x00",
              WR_E_MALFORMED, 17),
        FAULT(HEAD("\x27", "\x1a", "\x18") "\x31\x00\x05\x00\x05\x00", WR_E_MALFORMED, 37),
        FAULT(HEAD("\x23", "\x16", "\x14") "\x05\x00", WR_E_MALFORMED, 35),
        /* BER that never ends */
        FAULT("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80", WR_E_TRUNCATED, 15),
    };
    return cr_make_param_array(fault_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(fault_case *c, pkcs7, names_what_is_wrong)
{
    wr_pkcs7 message = { .num_signers = 77 };
    wr_diags diags;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert_not(wr_pkcs7_parse(view_of(c->bytes, c->len), &arena, &diags, &message, &err));
    cr_assert_eq(err.code, c->code, "%s", err.message);
    cr_assert_eq(err.offset, c->offset, "%s at %llu", err.message, (unsigned long long)err.offset);
    cr_assert_eq(message.num_signers, 77, "a failure changes nothing");
    wr_arena_free(&arena);
}

typedef struct step_case {
    char bytes[80];
    size_t len;
    wr_severity severity;
    wr_code code;
    uint64_t offset;
    size_t certificates, signers;
} step_case;

ParameterizedTestParameters(pkcs7, steps_over_damage_and_says_so)
{
#define STEP(bytes, severity, code, offset, certificates, signers)                                 \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, severity, code, offset, certificates, signers                    \
    }
    static step_case cases[] = {
        /* an attribute certificate between two; one that is cut; bytes behind the message */
        STEP(HEAD("\x2b", "\x1e", "\x1c") "\xa0\x06\x30\x00\xa1\x00\x30\x00\x31\x00", WR_DIAG_NOTE,
             WR_E_UNSUPPORTED, 39, 2, 0),
        STEP(HEAD("\x29", "\x1c", "\x1a") "\xa0\x04\x30\x00\x30\x09\x31\x00", WR_DIAG_SKIPPED,
             WR_E_TRUNCATED, 39, 1, 0),
        STEP(HEAD("\x23", "\x16", "\x14") "\x31\x00left", WR_DIAG_NOTE, WR_E_MALFORMED, 37, 0, 0),
        /* signers that are no signers are still signers */
        STEP(HEAD("\x25", "\x18", "\x16") "\x31\x02\x30\x00", WR_DIAG_SKIPPED, WR_E_TRUNCATED, 39,
             0, 1),
        STEP(HEAD("\x25", "\x18", "\x16") "\x31\x02\x05\x00", WR_DIAG_SKIPPED, WR_E_MALFORMED, 37,
             0, 1),
    };
    return cr_make_param_array(step_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(step_case *c, pkcs7, steps_over_damage_and_says_so)
{
    wr_pkcs7 message;
    wr_diags diags;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert(wr_pkcs7_parse(view_of(c->bytes, c->len), &arena, &diags, &message, &err), "%s",
              err.message);
    cr_assert_eq(diags.list.count, 1);
    cr_assert_eq(diags.list.items[0].severity, c->severity);
    cr_assert_eq(diags.list.items[0].code, c->code);
    cr_assert_eq(diags.list.items[0].offset, c->offset, "%llu",
                 (unsigned long long)diags.list.items[0].offset);
    cr_assert_eq(message.certificates.list.count, c->certificates);
    cr_assert_eq(message.num_signers, c->signers);
    wr_arena_free(&arena);
}

static void parse_message(wr_view v, wr_arena *arena)
{
    wr_pkcs7 message;
    wr_diags diags;
    wr_error err;

    wr_diags_init(&diags, arena);
    if (wr_pkcs7_parse(v, arena, &diags, &message, &err)) {
        cr_assert(message.content_type.len <= v.len && message.content.len <= v.len);
        cr_assert(message.num_signers > 0 || message.signature.len == 0);
    } else {
        cr_assert(err.code == WR_E_TRUNCATED || err.code == WR_E_MALFORMED ||
                      err.code == WR_E_LIMIT || err.code == WR_E_NO_MEMORY,
                  "%s", err.message);
        cr_assert(err.message[0]);
    }
}

Test(pkcs7, survives_every_prefix_flip_and_failing_allocation)
{
    static const char *const names[] = { "list.stl", "bag.p7b", "bag_ber.p7b" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        signed_list list;

        load_list(names[i], &list);
        for_every_prefix(list.bytes, list.len, parse_message);
        for_every_flip(list.bytes, list.len, parse_message);
        for_every_allocation(list.bytes, list.len, 20, parse_message);
        unload_list(&list);
    }
}
