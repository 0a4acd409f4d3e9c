#include "support.h"

#include "format/x509.h"
#include "winroots/limits.h"

#include <criterion/parameterized.h>

/* Certificates built by hand: each part is DER of its own, so that a test changes one of them. */

typedef struct bytes {
    size_t len;
    uint8_t at[1200];
} bytes;

static bytes raw(const char *octets, size_t len)
{
    bytes b = { .len = len };

    cr_assert(len <= sizeof b.at);
    memcpy(b.at, octets, len);
    return b;
}
#define RAW(octets) raw(octets, sizeof(octets) - 1)

static bytes join(bytes a, bytes b)
{
    cr_assert(a.len + b.len <= sizeof a.at);
    memcpy(a.at + a.len, b.at, b.len);
    a.len += b.len;
    return a;
}

static bytes der(uint8_t tag, bytes contents)
{
    char head[4] = { (char)tag, (char)0x82, (char)(contents.len >> 8), (char)contents.len };

    if (contents.len < 0x80) {
        head[1] = (char)contents.len;
        return join(raw(head, 2), contents);
    }
    if (contents.len < 0x100) {
        head[1] = (char)0x81;
        head[2] = (char)contents.len;
        return join(raw(head, 3), contents);
    }
    return join(raw(head, 4), contents);
}

#define SHA256_RSA "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B"
#define SHA1_RSA   "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05"
#define MD2_RSA    "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x02"
#define RSA        "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"

/* AlgorithmIdentifier of an OID of nine octets, with NULL behind it. */
#define ALGORITHM(oid) RAW("\x30\x0D\x06\x09" oid "\x05\x00")

/* CN=A and CN=B */
#define NAME_A RAW("\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01\x41")
#define NAME_B RAW("\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01\x42")

/* n = 0xC5C5C5 (24 bits), e = 3 */
#define RSA_KEY RAW("\x00\x30\x09\x02\x04\x00\xC5\xC5\xC5\x02\x01\x03")

typedef struct parts {
    bytes version, serial, inner_algorithm, issuer, validity, subject, key_algorithm, key, optional,
        outer_algorithm, signature, behind;
} parts;

static parts plain(void)
{
    return (parts){
        .version = RAW("\xA0\x03\x02\x01\x02"),
        .serial = RAW("\x02\x01\x07"),
        .inner_algorithm = ALGORITHM(SHA256_RSA),
        .issuer = NAME_A,
        .validity = RAW("\x30\x1E\x17\x0D"
                        "200102030405Z"
                        "\x17\x0D"
                        "300102030405Z"),
        .subject = NAME_B,
        .key_algorithm = ALGORITHM(RSA),
        .key = RSA_KEY,
        .outer_algorithm = ALGORITHM(SHA256_RSA),
        .signature = RAW("\x03\x03\x00\xAA\xBB"),
    };
}

static bytes certificate(const parts *p)
{
    bytes spki = der(WR_DER_SEQUENCE, join(p->key_algorithm, der(WR_DER_BIT_STRING, p->key)));
    bytes tbs = join(join(join(p->version, p->serial), p->inner_algorithm),
                     join(join(join(p->issuer, p->validity), p->subject), join(spki, p->optional)));
    bytes all = join(join(der(WR_DER_SEQUENCE, tbs), p->outer_algorithm), p->signature);

    return join(der(WR_DER_SEQUENCE, all), p->behind);
}

/* `b` has to outlive what is read from it. */
static wr_view view(const bytes *b)
{
    return (wr_view){ b->at, b->len, 0, "unit" };
}

static wr_x509 parsed(const bytes *b)
{
    wr_x509 cert;
    wr_error err;

    cr_assert(wr_x509_parse(view(b), &cert, &err), "0x%llx: %s", (unsigned long long)err.offset,
              err.message);
    return cert;
}

static bytes extension(bytes oid, bytes value)
{
    return der(WR_DER_SEQUENCE, join(der(WR_DER_OID, oid), der(WR_DER_OCTET_STRING, value)));
}

static parts with_extensions(bytes extensions)
{
    parts p = plain();

    p.optional = der(WR_DER_CONTEXT_3, der(WR_DER_SEQUENCE, extensions));
    return p;
}

#define BASIC_CONSTRAINTS RAW("\x55\x1D\x13")
#define EKU               RAW("\x55\x1D\x25")
#define SUBJECT_KEY_ID    RAW("\x55\x1D\x0E")
#define AUTHORITY_KEY_ID  RAW("\x55\x1D\x23")

#define assert_view(v, octets) cr_assert(wr_view_is((v), octets, sizeof(octets) - 1))

static void assert_time(wr_time t, const char *expected)
{
    char text[WR_TIME_TEXT];

    wr_time_text(t, text);
    cr_assert_str_eq(text, expected);
}

Test(x509, reads_every_field_in_place)
{
    parts p = plain();
    bytes b = certificate(&p);
    wr_x509 cert = parsed(&b);

    cr_assert_eq(cert.der.len, b.len);
    cr_assert_eq(cert.tbs.origin, 3, "behind the outer tag and two octets of length");
    cr_assert_eq(cert.version, 3);
    assert_view(cert.serial, "\x07");
    assert_view(cert.issuer, "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01\x41");
    assert_view(cert.subject, "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01\x42");
    assert_time(cert.not_before, "2020-01-02T03:04:05Z");
    assert_time(cert.not_after, "2030-01-02T03:04:05Z");
    assert_view(cert.key_algorithm, RSA);
    assert_view(cert.key_parameters, "\x05\x00");
    assert_view(cert.key_bits, "\x30\x09\x02\x04\x00\xC5\xC5\xC5\x02\x01\x03");
    assert_view(cert.signature_algorithm, SHA256_RSA);
    assert_view(cert.signature_parameters, "\x05\x00");
    assert_view(cert.signature, "\xAA\xBB");
    cr_assert(cert.algorithm_is_signed);
    cr_assert_not(cert.has_basic_constraints || cert.ca || cert.has_eku);
    cr_assert_eq(cert.eku.len + cert.subject_key_id.len + cert.authority_key_id.len, 0);
    cr_assert_not(cert.repeated_extension || cert.damaged_extension);
    cr_assert_not(wr_x509_self_issued(&cert));
    p.subject = NAME_A;
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert(wr_x509_self_issued(&cert));
}

Test(x509, version_one_has_no_version)
{
    parts p = plain();
    bytes b;

    p.version = RAW("");
    b = certificate(&p);
    cr_assert_eq(parsed(&b).version, 1);
    p.version = RAW("\xA0\x03\x02\x01\x01");
    b = certificate(&p);
    cr_assert_eq(parsed(&b).version, 2);
}

Test(x509, any_serial_number_is_taken_as_it_stands)
{
    parts p = plain();
    bytes b;

    p.serial = RAW("\x02\x01\x00");
    b = certificate(&p);
    assert_view(parsed(&b).serial, "\x00");
    p.serial = RAW("\x02\x02\xFF\x01");
    b = certificate(&p);
    assert_view(parsed(&b).serial, "\xFF\x01");
    p.serial = RAW("\x02\x00");
    b = certificate(&p);
    cr_assert_eq(parsed(&b).serial.len, 0);
}

Test(x509, old_and_late_times_are_read)
{
    parts p = plain();
    bytes b;
    wr_x509 cert;

    p.validity = RAW("\x30\x1E\x17\x0B"
                     "9601020304Z"
                     "\x18\x0F"
                     "99991231235959Z");
    b = certificate(&p);
    cert = parsed(&b);
    assert_time(cert.not_before, "1996-01-02T03:04:00Z");
    assert_time(cert.not_after, "9999-12-31T23:59:59Z");
    p.validity = RAW("\x30\x26\x17\x11"
                     "960102030405+0200"
                     "\x17\x11"
                     "491231235959-0100");
    b = certificate(&p);
    cert = parsed(&b);
    assert_time(cert.not_before, "1996-01-02T01:04:05Z");
    assert_time(cert.not_after, "2050-01-01T00:59:59Z");
}

Test(x509, unique_identifiers_pass_by)
{
    parts p = with_extensions(extension(SUBJECT_KEY_ID, RAW("\x04\x02\x12\x34")));
    bytes b;

    p.optional = join(RAW("\x81\x02\x00\x55\xA2\x04\x03\x02\x00\x66"), p.optional);
    b = certificate(&p);
    assert_view(parsed(&b).subject_key_id, "\x12\x34");
}

Test(x509, bytes_behind_do_not_belong_to_it)
{
    parts p = plain();
    bytes b = certificate(&p);
    size_t len = b.len;

    p.behind = RAW("\x30\x03garbage");
    b = certificate(&p);
    cr_assert_eq(parsed(&b).der.len, len);
}

Test(x509, a_length_may_be_longer_than_needed)
{
    parts p = plain();
    bytes b;

    p.signature = RAW("\x03\x83\x00\x00\x03\x00\xAA\xBB");
    p.serial = RAW("\x02\x81\x01\x07");
    b = certificate(&p);
    assert_view(parsed(&b).signature, "\xAA\xBB");
    assert_view(parsed(&b).serial, "\x07");
}

typedef struct extension_case {
    const char *name;
    char value[8];
    size_t len;
    bool ca, damaged;
} extension_case;

ParameterizedTestParameters(x509, basic_constraints_make_a_ca_only_where_they_say_so)
{
    static extension_case cases[] = {
        { "empty", "\x30\x00", 2, false, false },
        { "true", "\x30\x03\x01\x01\xFF", 5, true, false },
        { "BER true", "\x30\x03\x01\x01\x01", 5, true, false },
        { "false", "\x30\x03\x01\x01\x00", 5, false, false },
        { "path length", "\x30\x06\x01\x01\xFF\x02\x01\x00", 8, true, false },
        { "path length alone", "\x30\x03\x02\x01\x00", 5, false, false },
        { "nothing", "", 0, false, true },
        { "not a sequence", "\x01\x01\xFF", 3, false, true },
        { "too long", "\x30\x03\x01\x01\xFF\x00", 6, false, true },
        { "two octets", "\x30\x04\x01\x02\xFF\xFF", 6, false, true },
        { "cut", "\x30\x04\x01\x01\xFF", 5, false, true },
    };
    return cr_make_param_array(extension_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(extension_case *c, x509, basic_constraints_make_a_ca_only_where_they_say_so)
{
    parts p = with_extensions(extension(BASIC_CONSTRAINTS, raw(c->value, c->len)));
    bytes b = certificate(&p);
    wr_x509 cert = parsed(&b);

    cr_assert(cert.has_basic_constraints);
    cr_assert_eq(cert.ca, c->ca);
    cr_assert_eq(cert.damaged_extension, c->damaged);
}

Test(x509, a_damaged_eku_is_never_all_purposes)
{
    static const struct {
        char value[8];
        size_t len;
        wr_code code;
    } damaged[] = {
        { "", 0, WR_E_TRUNCATED },
        { "\x30\x02\x05\x00", 4, WR_E_MALFORMED },
        { "\x30\x03\x06\x02\x2A", 5, WR_E_TRUNCATED },
        { "\x30\x00\x00", 3, WR_E_MALFORMED },
        { "\x06\x01\x2A", 3, WR_E_MALFORMED },
    };
    wr_arena arena;

    wr_arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        parts p = with_extensions(extension(EKU, raw(damaged[i].value, damaged[i].len)));
        bytes b = certificate(&p);
        wr_x509 cert = parsed(&b);
        wr_error err;
        wr_oids oids;

        cr_assert(cert.has_eku);
        cr_assert(cert.damaged_extension);
        cr_assert_not(wr_oids_parse(cert.eku, &arena, &oids, &err));
        cr_assert_eq(err.code, damaged[i].code);
    }
    wr_arena_free(&arena);
}

Test(x509, key_identifiers_are_read_or_absent)
{
    parts p = with_extensions(
        join(extension(SUBJECT_KEY_ID, RAW("\x04\x02\x12\x34")),
             extension(AUTHORITY_KEY_ID, RAW("\x30\x07\x80\x02\x56\x78\x82\x01\x09"))));
    bytes b = certificate(&p);
    wr_x509 cert = parsed(&b);

    assert_view(cert.subject_key_id, "\x12\x34");
    assert_view(cert.authority_key_id, "\x56\x78");
    cr_assert_not(cert.damaged_extension);

    p = with_extensions(extension(AUTHORITY_KEY_ID, RAW("\x30\x03\x82\x01\x09")));
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert_eq(cert.authority_key_id.len, 0);
    cr_assert_not(cert.damaged_extension);

    p = with_extensions(extension(SUBJECT_KEY_ID, RAW("\x03\x02\x12\x34")));
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert_eq(cert.subject_key_id.len, 0);
    cr_assert(cert.damaged_extension);
}

Test(x509, the_first_of_two_equal_extensions_counts_and_the_second_is_told)
{
    parts p = with_extensions(join(extension(BASIC_CONSTRAINTS, RAW("\x30\x00")),
                                   extension(BASIC_CONSTRAINTS, RAW("\x30\x03\x01\x01\xFF"))));
    bytes b = certificate(&p);
    wr_x509 cert = parsed(&b);

    cr_assert_not(cert.ca);
    cr_assert(cert.repeated_extension);

    p = with_extensions(join(extension(EKU, RAW("\x30\x03\x06\x01\x2A")),
                             extension(EKU, RAW("\x30\x03\x06\x01\x2B"))));
    b = certificate(&p);
    cert = parsed(&b);
    assert_view(cert.eku, "\x30\x03\x06\x01\x2A");
    cr_assert(cert.repeated_extension);
}

Test(x509, other_extensions_and_the_critical_flag_pass_by)
{
    bytes critical =
        der(WR_DER_SEQUENCE, RAW("\x06\x03\x55\x1D\x13\x01\x01\xFF\x04\x05\x30\x03\x01\x01\xFF"));
    parts p = with_extensions(join(extension(RAW("\x2A\x03"), RAW("junk")), critical));
    bytes b = certificate(&p);

    cr_assert(parsed(&b).ca);
    cr_assert_not(parsed(&b).repeated_extension || parsed(&b).damaged_extension);
}

static void assert_fault(const parts *p, wr_code code, uint64_t offset)
{
    bytes b = certificate(p);
    wr_x509 cert = { .version = 77 };
    wr_error err;

    cr_assert_not(wr_x509_parse(view(&b), &cert, &err));
    cr_assert_eq(err.code, code, "%s: %s", wr_code_name(err.code), err.message);
    cr_assert_eq(err.offset, offset, "0x%llx: %s", (unsigned long long)err.offset, err.message);
    cr_assert_eq(cert.version, 77);
}

/* A plain certificate has 147 octets behind 3 of tag and length; its TBSCertificate those from 6
 * on. */
Test(x509, says_where_the_structure_breaks)
{
    parts p = plain();

    p.version = RAW("\xA0\x04\x02\x02\x00\x02");
    assert_fault(&p, WR_E_MALFORMED, 7);
    p = plain();
    p.version = RAW("\xA0\x03\x04\x01\x02");
    assert_fault(&p, WR_E_MALFORMED, 7);
    p = plain();
    p.serial = RAW("");
    assert_fault(&p, WR_E_MALFORMED, 10);
    p = plain();
    p.inner_algorithm = RAW("\x30\x02\x05\x00");
    assert_fault(&p, WR_E_MALFORMED, 14);
    p = plain();
    p.issuer = RAW("\x31\x00");
    assert_fault(&p, WR_E_MALFORMED, 27);
    p = plain();
    p.validity = RAW("\x30\x0F\x17\x0D"
                     "200102030405Z");
    assert_fault(&p, WR_E_TRUNCATED, 58);
    p = plain();
    p.validity.at[10] = 'x';
    assert_fault(&p, WR_E_MALFORMED, 44);
    p = plain();
    p.key = RAW("");
    assert_fault(&p, WR_E_MALFORMED, 104);
    p = plain();
    p.optional = RAW("\xA3\x02\x04\x00");
    assert_fault(&p, WR_E_MALFORMED, 121);
    p = plain();
    p.optional = RAW("\xA3\x05\x30\x00\x05");
    assert_fault(&p, WR_E_TRUNCATED, 119);
    p = with_extensions(RAW("\x30\x05\x06\x01\x2A\x05\x00"));
    assert_fault(&p, WR_E_MALFORMED, 128);
    p = plain();
    p.signature = RAW("\x03\x00");
    assert_fault(&p, WR_E_MALFORMED, 134);
    p = plain();
    p.signature = RAW("");
    assert_fault(&p, WR_E_TRUNCATED, 134);
}

Test(x509, refuses_what_is_larger_than_the_limit)
{
    size_t len = WR_LIMIT_CERTIFICATE_BYTES + 1;
    uint8_t *big = calloc(1, len);
    wr_x509 cert;
    wr_error err;

    cr_assert(big);
    memcpy(big, "\x30\x83\x0F\xFF\xFC", 5);
    cr_assert_not(wr_x509_parse(view_of(big, len), &cert, &err));
    cr_assert_eq(err.code, WR_E_LIMIT);
    big[4] = 0xFB; /* fits, and is broken inside */
    cr_assert_not(wr_x509_parse(view_of(big, len), &cert, &err));
    cr_assert_eq(err.code, WR_E_MALFORMED);
    free(big);
}

Test(x509, strange_keys_have_no_bits_but_a_name)
{
    parts p = plain();
    wr_x509_key key;
    wr_arena arena;
    wr_error err;
    wr_x509 cert;
    bytes b = certificate(&p);

    wr_arena_init(&arena, 1 << 20);
    cert = parsed(&b);
    cr_assert(wr_x509_key_facts(&cert, &arena, &key, &err));
    cr_assert_str_eq(key.algorithm, "rsa");
    cr_assert_eq(key.bits, 24);
    cr_assert_null(key.curve);

    p.key = RAW("\x00\x30\x08\x02\x03\xC5\xC5\xC5\x02\x01\x03"); /* no sign octet */
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert(wr_x509_key_facts(&cert, &arena, &key, &err));
    cr_assert_eq(key.bits, 24);

    p.key = RAW("\x00\x30\x06\x02\x01\x00\x02\x01\x03"); /* n = 0 */
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert(wr_x509_key_facts(&cert, &arena, &key, &err));
    cr_assert_eq(key.bits, 0);

    p.key = RAW("\x00garbage");
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert(wr_x509_key_facts(&cert, &arena, &key, &err));
    cr_assert_str_eq(key.algorithm, "rsa");
    cr_assert_eq(key.bits, 0);

    p.key_algorithm = RAW("\x30\x04\x06\x02\x2A\x03");
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert(wr_x509_key_facts(&cert, &arena, &key, &err));
    cr_assert_str_eq(key.algorithm, "1.2.3");
    cr_assert_eq(key.bits, 0);
    cr_assert_null(key.curve);

    p.key_algorithm = RAW("\x30\x0D\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x02\x2A\x03");
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert(wr_x509_key_facts(&cert, &arena, &key, &err));
    cr_assert_str_eq(key.algorithm, "ec");
    cr_assert_str_eq(key.curve, "1.2.3");
    cr_assert_eq(key.bits, 0);
    wr_arena_free(&arena);
}

/* Fixtures: what fixtures/recipes/certs.sh asks for. */

typedef struct loaded {
    uint8_t *bytes;
    wr_x509 cert;
} loaded;

static loaded load(const char *name)
{
    char path[512];
    loaded l;
    size_t len;
    wr_error err;

    snprintf(path, sizeof path, "%s/certs/%s.der", WINROOTS_FIXTURES, name);
    l.bytes = read_file(path, &len);
    cr_assert(wr_x509_parse(view_of(l.bytes, len), &l.cert, &err), "%s: %s", name, err.message);
    cr_assert_eq(l.cert.der.len, len);
    return l;
}

typedef struct fixture {
    char name[24];
    unsigned version;
    char algorithm[12];
    unsigned bits;
    char curve[16]; /* "" = none */
    char signature[32];
    int digest; /* -1 = none */
    bool ca;
    char issuer[16]; /* fixture that signed it */
} fixture;

static fixture fixtures[] = {
    { "root_rsa", 3, "rsa", 2048, "", "sha256WithRSAEncryption", WR_SHA256, true, "root_rsa" },
    { "root_v1", 1, "rsa", 1024, "", "md5WithRSAEncryption", WR_MD5, false, "root_v1" },
    { "leaf_sha1", 3, "ec", 256, "P-256", "sha1WithRSAEncryption", WR_SHA1, false, "root_rsa" },
    { "leaf_md5", 3, "ec", 256, "P-256", "md5WithRSAEncryption", WR_MD5, false, "root_rsa" },
    { "leaf_pss_default", 3, "ec", 256, "P-256", "rsassaPss", WR_SHA1, false, "root_rsa" },
    { "leaf_pss_sha512", 3, "ec", 256, "P-256", "rsassaPss", WR_SHA512, false, "root_rsa" },
    { "root_P-256", 3, "ec", 256, "P-256", "ecdsa-with-SHA384", WR_SHA384, true, "root_P-256" },
    { "root_P-384", 3, "ec", 384, "P-384", "ecdsa-with-SHA384", WR_SHA384, true, "root_P-384" },
    { "root_P-521", 3, "ec", 521, "P-521", "ecdsa-with-SHA384", WR_SHA384, true, "root_P-521" },
    { "root_secp256k1", 3, "ec", 256, "secp256k1", "ecdsa-with-SHA384", WR_SHA384, true,
      "root_secp256k1" },
    { "root_brainpoolP384r1", 3, "ec", 384, "brainpoolP384r1", "ecdsa-with-SHA384", WR_SHA384, true,
      "" },
    { "root_explicit", 3, "ec", 256, "explicit", "ecdsa-with-SHA256", WR_SHA256, true,
      "root_explicit" },
    { "root_ed25519", 3, "ed25519", 256, "", "ED25519", -1, true, "root_ed25519" },
    { "root_ed448", 3, "ed448", 456, "", "ED448", -1, true, "root_ed448" },
    { "root_pss", 3, "rsa-pss", 2048, "", "rsassaPss", WR_SHA384, true, "root_pss" },
    { "root_dsa", 3, "dsa", 1024, "", "dsa_with_SHA256", WR_SHA256, true, "root_dsa" },
};

ParameterizedTestParameters(x509, every_kind_of_key_and_signature_is_known)
{
    return cr_make_param_array(fixture, fixtures, sizeof fixtures / sizeof *fixtures);
}

ParameterizedTest(fixture *f, x509, every_kind_of_key_and_signature_is_known)
{
    loaded l = load(f->name), issuer = load(f->issuer[0] ? f->issuer : f->name);
    wr_digest_algorithm digest = WR_SHA256;
    bool holds = false, has_digest = wr_x509_signature_digest(&l.cert, &digest);
    const char *signature;
    wr_x509_key key;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    cr_assert_eq(l.cert.version, f->version);
    cr_assert_eq(l.cert.ca, f->ca);
    cr_assert(wr_x509_key_facts(&l.cert, &arena, &key, &err));
    cr_assert_str_eq(key.algorithm, f->algorithm);
    cr_assert_eq(key.bits, f->bits);
    cr_assert_str_eq(key.curve ? key.curve : "", f->curve);
    cr_assert(wr_x509_signature_name(&l.cert, &arena, &signature, &err));
    cr_assert_str_eq(signature, f->signature);
    cr_assert_eq(has_digest, f->digest >= 0);
    if (has_digest)
        cr_assert_eq((int)digest, f->digest);
    cr_assert(wr_x509_signed_by(&l.cert, &issuer.cert, &holds, &err), "%s", err.message);
    cr_assert(holds, "%s is signed by %s", f->name, f->issuer);
    wr_arena_free(&arena);
    free(l.bytes);
    free(issuer.bytes);
}

Test(x509, negative_serial_and_leaf_facts_of_the_recipe)
{
    loaded v1 = load("root_v1"), leaf = load("leaf_sha1"), root = load("root_rsa");
    wr_arena arena;
    wr_oids oids;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    assert_view(v1.cert.serial, "\xFF\x01"); /* -255 */
    cr_assert_not(v1.cert.has_basic_constraints || v1.cert.has_eku);
    assert_view(leaf.cert.serial, "\x12\x34");
    cr_assert(leaf.cert.has_basic_constraints && leaf.cert.has_eku);
    cr_assert(wr_oids_parse(leaf.cert.eku, &arena, &oids, &err));
    cr_assert_eq(oids.list.count, 2);
    cr_assert(wr_oid_is(oids.list.items[0], "1.3.6.1.5.5.7.3.1"));
    cr_assert(wr_oid_is(oids.list.items[1], "1.3.6.1.4.1.311.10.3.4"));
    cr_assert_eq(root.cert.subject_key_id.len, 20);
    cr_assert(wr_view_equal(leaf.cert.authority_key_id, root.cert.subject_key_id));
    cr_assert(wr_view_equal(leaf.cert.issuer, root.cert.subject));
    cr_assert(wr_x509_self_issued(&root.cert));
    wr_arena_free(&arena);
    free(v1.bytes);
    free(leaf.bytes);
    free(root.bytes);
}

Test(x509, a_signature_holds_for_its_key_and_its_bytes_alone)
{
    loaded leaf = load("leaf_sha1"), root = load("root_rsa"), other = load("root_v1"),
           ec = load("root_P-256"), pss = load("root_pss");
    bool holds = true;
    wr_error err;

    cr_assert(wr_x509_signed_by(&leaf.cert, &other.cert, &holds, &err));
    cr_assert_not(holds, "another RSA key");
    holds = true;
    cr_assert(wr_x509_signed_by(&leaf.cert, &ec.cert, &holds, &err));
    cr_assert_not(holds, "an EC key");
    holds = true;
    cr_assert(wr_x509_signed_by(&leaf.cert, &pss.cert, &holds, &err));
    cr_assert_not(holds, "a key for PSS alone");
    leaf.bytes[leaf.cert.serial.origin] ^= 1;
    holds = true;
    cr_assert(wr_x509_signed_by(&leaf.cert, &root.cert, &holds, &err));
    cr_assert_not(holds, "one bit of the signed part");
    leaf.bytes[leaf.cert.serial.origin] ^= 1;
    leaf.bytes[leaf.cert.signature.origin] ^= 1;
    holds = true;
    cr_assert(wr_x509_signed_by(&leaf.cert, &root.cert, &holds, &err));
    cr_assert_not(holds, "one bit of the signature");
    free(leaf.bytes);
    free(root.bytes);
    free(other.bytes);
    free(ec.bytes);
    free(pss.bytes);
}

Test(x509, a_signature_algorithm_that_is_not_signed_does_not_hold)
{
    loaded root = load("root_rsa");
    bool holds = true;
    wr_error err;

    cr_assert(root.cert.algorithm_is_signed);
    root.cert.algorithm_is_signed = false;
    cr_assert(wr_x509_signed_by(&root.cert, &root.cert, &holds, &err));
    cr_assert_not(holds);
    free(root.bytes);
}

Test(x509, an_outer_algorithm_of_its_own_is_told)
{
    parts p = plain();
    wr_x509 cert;
    bytes b;

    p.outer_algorithm = ALGORITHM(SHA1_RSA);
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert_not(cert.algorithm_is_signed);
    assert_view(cert.signature_algorithm, SHA1_RSA);
}

Test(x509, what_cannot_be_checked_is_an_error_not_a_no)
{
    parts p = plain();
    wr_digest_algorithm digest = WR_SHA512;
    const char *name;
    bool holds = true;
    wr_arena arena;
    wr_error err;
    wr_x509 cert;
    bytes b;

    wr_arena_init(&arena, 1 << 20);
    p.inner_algorithm = p.outer_algorithm = ALGORITHM(MD2_RSA);
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert_not(wr_x509_signed_by(&cert, &cert, &holds, &err));
    cr_assert_eq(err.code, WR_E_UNSUPPORTED);
    cr_assert_not(wr_x509_signature_digest(&cert, &digest));
    cr_assert_eq(digest, WR_SHA512);
    cr_assert(wr_x509_signature_name(&cert, &arena, &name, &err));
    cr_assert_str_eq(name, "md2WithRSAEncryption");

    p.inner_algorithm = p.outer_algorithm = RAW("\x30\x04\x06\x02\x2A\x03");
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert_not(wr_x509_signed_by(&cert, &cert, &holds, &err));
    cr_assert_eq(err.code, WR_E_UNSUPPORTED);
    cr_assert(wr_x509_signature_name(&cert, &arena, &name, &err));
    cr_assert_str_eq(name, "1.2.3");

    p = plain();
    p.key = RAW("\x00garbage");
    b = certificate(&p);
    cert = parsed(&b);
    cr_assert_not(wr_x509_signed_by(&cert, &cert, &holds, &err));
    cr_assert_eq(err.code, WR_E_MALFORMED);
    cr_assert(holds, "nothing visible has changed");
    wr_arena_free(&arena);
}

/* RFC 4055 section 3.1: the parameters have defaults, and a hash of their own. */
Test(x509, pss_parameters_that_cannot_be_read_give_no_digest)
{
    static const struct {
        char parameters[24];
        size_t len;
        int digest;
    } cases[] = {
        { "\x30\x00", 2, WR_SHA1 },
        { "\x30\x0F\xA0\x0D\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02", 17, WR_SHA384 },
        { "\x30\x05\xA2\x03\x02\x01\x20", 7, WR_SHA1 },
        { "", 0, -1 },
        { "\x05\x00", 2, -1 },
        { "\x30\x08\xA0\x06\x30\x04\x06\x02\x2A\x03", 10, -1 }, /* a digest 1.2.3 */
        { "\x30\x08\xA1\x06\x30\x04\x06\x02\x2A\x03", 10, -1 }, /* a mask 1.2.3   */
        { "\x30\x06\xA2\x04\x02\x02\x01\x00", 8, WR_SHA1 },     /* a salt of 256 */
        { "\x30\x07\xA2\x05\x02\x03\x01\x00\x00", 9, -1 },      /* a salt of 65536 */
        { "\x30\x05\xA2\x03\x02\x01\xFF", 7, -1 },              /* a salt of -1   */
        { "\x30\x03\xA0\x05\x30", 5, -1 },                      /* cut            */
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wr_digest_algorithm digest;
        parts p = plain();
        wr_x509 cert;
        bytes b;

        p.inner_algorithm = p.outer_algorithm =
            der(WR_DER_SEQUENCE, join(RAW("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"),
                                      raw(cases[i].parameters, cases[i].len)));
        b = certificate(&p);
        cert = parsed(&b);
        cr_assert_eq(wr_x509_signature_digest(&cert, &digest), cases[i].digest >= 0, "%zu", i);
        if (cases[i].digest >= 0)
            cr_assert_eq((int)digest, cases[i].digest, "%zu", i);
    }
}

/* Every fact of whatever parses; views lie inside the certificate. */
static void assert_inside(wr_view part, wr_view whole)
{
    cr_assert(part.origin >= whole.origin && part.len <= whole.len);
    cr_assert(part.origin - whole.origin <= whole.len - part.len);
}

static void take_all(wr_view v, wr_arena *arena)
{
    wr_x509 cert = { .version = 77 };
    wr_digest_algorithm digest;
    const char *text;
    wr_x509_key key;
    wr_oids oids;
    wr_error err;
    bool holds;

    err.code = WR_OK;
    if (!wr_x509_parse(v, &cert, &err)) {
        cr_assert(err.code == WR_E_TRUNCATED || err.code == WR_E_MALFORMED);
        cr_assert(err.offset <= v.len);
        cr_assert_eq(cert.version, 77);
        return;
    }
    assert_inside(cert.der, v);
    assert_inside(cert.tbs, cert.der);
    assert_inside(cert.subject, cert.tbs);
    assert_inside(cert.spki, cert.tbs);
    assert_inside(cert.key_bits, cert.spki);
    assert_inside(cert.signature, cert.der);
    if (cert.has_eku && wr_oids_parse(cert.eku, arena, &oids, &err))
        assert_inside(cert.eku, cert.tbs);
    else
        cr_assert(!cert.has_eku || cert.damaged_extension || err.code == WR_E_NO_MEMORY);
    if (wr_x509_name_text(cert.subject, arena, &text, &err))
        cr_assert_not_null(text);
    if (!wr_x509_key_facts(&cert, arena, &key, &err))
        cr_assert_eq(err.code, WR_E_NO_MEMORY);
    if (!wr_x509_signature_name(&cert, arena, &text, &err))
        cr_assert_eq(err.code, WR_E_NO_MEMORY);
    (void)wr_x509_signature_digest(&cert, &digest);
    if (!wr_x509_signed_by(&cert, &cert, &holds, &err))
        cr_assert(err.code == WR_E_UNSUPPORTED || err.code == WR_E_MALFORMED);
}

static void damage(const char *name)
{
    loaded l = load(name);

    for_every_prefix(l.bytes, l.cert.der.len, take_all);
    for_every_flip(l.bytes, l.cert.der.len, take_all);
    for_every_allocation(l.bytes, l.cert.der.len, 40, take_all);
    free(l.bytes);
}

Test(x509, every_prefix_flip_and_allocation_of_an_rsa_leaf)
{
    damage("leaf_sha1");
}

Test(x509, every_prefix_flip_and_allocation_of_a_pss_root)
{
    damage("root_pss");
}

Test(x509, every_prefix_flip_and_allocation_of_an_explicit_curve)
{
    damage("root_explicit");
}
