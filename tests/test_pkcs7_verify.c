/* test_pkcs7_verify.c - what a signature over a list is worth.  Our lists end at a root of our own,
 * so what can be valid is checked with that root as the anchor. */
#include "signed_list.h"

#include <criterion/parameterized.h>

static wr_time date_of(const signed_list *list, wr_arena *arena)
{
    wr_ctl ctl;
    wr_error err;

    return wr_ctl_parse(list->message.content, arena, &ctl, &err) ? ctl.this_update : 0;
}

static void add_certificate(const char *name, wr_arena *arena, wr_ders *out)
{
    char path[512];
    wr_view *item = WR_APPEND(arena, &out->list, wr_view);
    uint8_t *bytes;
    size_t len;

    snprintf(path, sizeof path, "%s%s", FIXTURE("ctl/"), name);
    bytes = read_file(path, &len);
    cr_assert(item && wr_arena_copy(arena, view_of(bytes, len), item));
    free(bytes);
}

/* With our root as anchor, or with the pinned ones; `extra` names a certificate or is "". */
static wr_signature verify(signed_list *list, bool pinned, const char *extra)
{
    wr_ders anchors = { 0 }, more = { 0 };
    wr_time date = date_of(list, &list->arena);
    wr_signer_index index = wr_signer_index_of(&more, &list->arena);
    wr_signature out;
    wr_error err;

    add_certificate("root.cer", &list->arena, &anchors);
    if (*extra)
        add_certificate(extra, &list->arena, &more);
    if (pinned)
        cr_assert(wr_pkcs7_verify_list(&list->message, &index, date, &list->arena, &out, &err));
    else
        cr_assert(wr_pkcs7_verify_list_to(&anchors, &list->message, &index, date, &list->arena,
                                          &out, &err));
    return out;
}

typedef struct status_case {
    char name[32];
    wr_signature_status status;
    char detail[120];
    bool pinned;
    char extra[16];
} status_case;

ParameterizedTestParameters(pkcs7_verify, says_what_a_signature_is_worth)
{
#define VALID      WR_SIGNATURE_VALID, ""
#define UNSIGNED   WR_SIGNATURE_UNSIGNED, "the list has no signer"
#define INVALID    WR_SIGNATURE_INVALID
#define INCOMPLETE WR_SIGNATURE_INCOMPLETE_CHAIN
#define UNTRUSTED  WR_SIGNATURE_UNTRUSTED_CHAIN
#define ATTRIBUTES                                                                                 \
    INVALID, "the signed attributes lack a content type or a message digest, or are damaged"
    static status_case cases[] = {
        { "list.stl", VALID, false, "" },
        { "sha1.stl", VALID, false, "" },
        { "md5.stl", VALID, false, "" },
        { "sha512.stl", VALID, false, "" },
        { "by_key_id.stl", VALID, false, "" },
        { "disallowed.stl", VALID, false, "" },
        { "pinrules.stl", VALID, false, "" },
        { "pinrules_signer.stl", VALID, false, "" },
        { "unsigned.stl", UNSIGNED, false, "" },
        { "cut_signers.stl", UNSIGNED, false, "" },

        /* the chain */
        { "list.stl", UNTRUSTED, "Test Root ends the chain and is not a pinned root", true, "" },
        { "without_root.stl", VALID, false, "" },
        { "without_root.stl", INCOMPLETE, "Test Root, which signed Test List CA, is missing", true,
          "" },
        { "without_ca.stl", INCOMPLETE,
          "Test List CA, which signed Test List Publisher, is missing", false, "" },
        { "without_ca.stl", VALID, false, "ca.cer" },
        { "without_signer.stl", INCOMPLETE, "the signer's certificate is missing", false, "" },
        { "without_signer.stl", VALID, false, "signer.cer" },
        { "two_cas.stl", VALID, false, "" },
        { "ca_is_none.stl", UNTRUSTED,
          "Test List CA signed a certificate of the chain and is no CA", false, "" },
        { "ca_other_eku.stl", UNTRUSTED,
          "Test List CA is a CA whose EKU lacks the signing of trust lists", false, "" },
        { "ca_any_eku.stl", VALID, false, "" },
        { "ca_expired.stl", UNTRUSTED,
          "Test List CA was valid until 2021-05-31T00:00:00Z, the list counts as of "
          "2021-06-01T12:00:00Z",
          false, "" },
        { "ca_ends_before_signer.stl", UNTRUSTED,
          "Test List CA was valid until 2020-12-31T00:00:00Z, the list counts as of "
          "2021-01-01T00:00:00Z",
          false, "" },
        { "ca_of_other_key.stl", INCOMPLETE,
          "Test List CA, which signed Test List Publisher, is missing", false, "" },
        { "root_of_other_key.stl", UNTRUSTED, "Test Root ends the chain and is not a pinned root",
          false, "" },
        { "loop.stl", INCOMPLETE, "Test List CA, which signed Other CA, is missing", false, "" },
        /* WR_LIMIT_CHAIN certificates, and one more */
        { "longest_chain.stl", VALID, false, "" },
        { "too_long_chain.stl", UNTRUSTED, "Rung 6 is too far from the signer of the list", false,
          "" },

        /* the signer */
        { "signer_without_eku.stl", UNTRUSTED,
          "Test List Publisher may not sign trust lists: its EKU lacks that purpose", false, "" },
        { "signer_other_eku.stl", UNTRUSTED,
          "Test List Publisher may not sign trust lists: its EKU lacks that purpose", false, "" },
        { "authroot_by_pinrules_signer.stl", UNTRUSTED,
          "Test List Publisher may not sign trust lists: its EKU lacks that purpose", false, "" },
        { "signer_expired.stl", UNTRUSTED,
          "Test List Publisher was valid until 2022-01-01T00:00:00Z, the list counts as of "
          "2022-01-02T00:00:00Z",
          false, "" },
        { "before_signer.stl", VALID, false, "" },

        /* what is signed */
        { "no_attributes.stl", ATTRIBUTES, false, "" },
        { "no_digest_attribute.stl", ATTRIBUTES, false, "" },
        { "two_digest_attributes.stl", ATTRIBUTES, false, "" },
        { "other_content_type.stl", INVALID, "the signed content type is another one", false, "" },
        { "digest_of_whole.stl", INVALID, "SHA-256 of the content is not the signed one", false,
          "" },
        { "unknown_digest.stl", INVALID,
          "digest algorithm 2.16.840.1.101.3.4.2.9 cannot be checked", false, "" },
        { "damaged_signer.stl", INVALID, "the signer is damaged", false, "" },
        { "not_a_list.p7", INVALID, "what is signed is not a trust list", false, "" },
    };
    return cr_make_param_array(status_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(status_case *c, pkcs7_verify, says_what_a_signature_is_worth)
{
    signed_list list;
    wr_signature s;

    load_list(c->name, &list);
    s = verify(&list, c->pinned, c->extra);
    cr_assert_eq(s.status, c->status, "%s is %s: %s", c->name, wr_signature_status_name(s.status),
                 s.detail);
    cr_assert_str_eq(s.detail, c->detail, "%s", c->name);
    cr_assert_eq(s.root.len > 0, s.status == WR_SIGNATURE_VALID);
    unload_list(&list);
}

Test(pkcs7_verify, tells_who_signed_until_when)
{
    signed_list list;
    wr_time until;
    wr_signature s;

    cr_assert(wr_time_parse("2022-01-01", &until));
    load_list("list.stl", &list);
    s = verify(&list, false, "");
    cr_assert_str_eq(s.signer, "Test List Publisher");
    cr_assert_eq(s.signer_not_after, until);
    unload_list(&list);

    load_list("without_signer.stl", &list);
    s = verify(&list, false, "");
    cr_assert_str_eq(s.signer, "");
    cr_assert_eq(s.signer_not_after, 0);
    unload_list(&list);
}

Test(pkcs7_verify, certificates_of_one_name_are_not_tried_for_ever)
{
    signed_list list;
    wr_signature s;

    load_list("many_of_one_name.stl", &list); /* more than WR_LIMIT_CHAIN_SIGNATURES */
    s = verify(&list, false, "");
    cr_assert_eq(s.status, WR_SIGNATURE_UNTRUSTED_CHAIN);
    unload_list(&list);
}

static wr_signature_status status_of(uint8_t *bytes, size_t len, const wr_ders *anchors)
{
    wr_signature s = { 0 };
    wr_pkcs7 message;
    wr_arena arena;
    wr_diags diags;
    wr_error err;
    wr_ctl ctl;

    wr_arena_init(&arena, (size_t)16 << 20);
    wr_diags_init(&diags, &arena);
    if (wr_pkcs7_parse(view_of(bytes, len), &arena, &diags, &message, &err) &&
        wr_ctl_parse(message.content, &arena, &ctl, &err))
        cr_assert(
            wr_pkcs7_verify_list_to(anchors, &message, NULL, ctl.this_update, &arena, &s, &err));
    wr_arena_free(&arena);
    return s.status;
}

static bool is_inside(wr_view part, size_t at)
{
    return at >= part.origin && at < part.origin + part.len;
}

Test(pkcs7_verify, no_change_of_what_is_signed_is_valid)
{
    wr_ders anchors = { 0 };
    size_t signed_bytes = 0;
    signed_list list;

    load_list("list.stl", &list);
    add_certificate("root.cer", &list.arena, &anchors);
    cr_assert_eq(status_of(list.bytes, list.len, &anchors), WR_SIGNATURE_VALID);
    for (size_t at = 0; at < list.len; at++) {
        if (!is_inside(list.message.content, at) &&
            !is_inside(list.message.signed_attributes, at) &&
            !is_inside(list.message.signature, at))
            continue;
        signed_bytes++;
        list.bytes[at] ^= (uint8_t)(1u << (at % 8));
        cr_assert_neq(status_of(list.bytes, list.len, &anchors), WR_SIGNATURE_VALID, "0x%zx", at);
        list.bytes[at] ^= (uint8_t)(1u << (at % 8));
    }
    cr_assert_eq(signed_bytes, list.message.content.len + list.message.signed_attributes.len +
                                   list.message.signature.len);
    unload_list(&list);
}

typedef struct change_case {
    char part; /* c, a, s: content, attributes, signature */
    char detail[64];
} change_case;

ParameterizedTestParameters(pkcs7_verify, one_changed_byte_is_said_to_be_one)
{
    static change_case cases[] = {
        { 'c', "SHA-256 of the content is not the signed one" },
        { 'a', "SHA-256 of the content is not the signed one" },
        { 's', "the signature does not hold for the signer's key" },
    };
    return cr_make_param_array(change_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(change_case *c, pkcs7_verify, one_changed_byte_is_said_to_be_one)
{
    signed_list list;
    wr_signature s;
    wr_view part;

    load_list("list.stl", &list);
    part = c->part == 'c'   ? list.message.content
           : c->part == 'a' ? list.message.signed_attributes
                            : list.message.signature;
    list.bytes[part.origin + part.len - 1] ^= 1; /* of the attributes: the digest itself */
    s = verify(&list, false, "");
    cr_assert_eq(s.status, WR_SIGNATURE_INVALID);
    cr_assert_str_eq(s.detail, c->detail);
    unload_list(&list);
}

static void verify_message(wr_view v, wr_arena *arena)
{
    wr_signature s = { .signer_not_after = 77 };
    wr_pkcs7 message;
    wr_diags diags;
    wr_error err;

    wr_diags_init(&diags, arena);
    if (!wr_pkcs7_parse(v, arena, &diags, &message, &err))
        return;
    if (wr_pkcs7_verify_list(&message, NULL, 0, arena, &s, &err)) {
        cr_assert_neq(s.status, WR_SIGNATURE_VALID, "our root is not pinned");
        cr_assert(s.detail && *s.detail && s.signer);
    } else {
        cr_assert_eq(err.code, WR_E_NO_MEMORY, "%s", err.message);
        cr_assert_eq(s.signer_not_after, 77, "a failure changes nothing");
    }
}

Test(pkcs7_verify, survives_flips_and_failing_allocations)
{
    signed_list list;

    load_list("list.stl", &list);
    for_every_flip(list.bytes, list.len, verify_message);
    for_every_allocation(list.bytes, list.len, 60, verify_message);
    unload_list(&list);
}
