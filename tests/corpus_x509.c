/* corpus_x509.c - over real program roots every fact is the one OpenSSL gives, which reads them
 * with code of its own. */
#include "support.h"

#include "format/x509.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static wr_arena arena;
static const char *current; /* file in hand, for messages */

#define must(condition) cr_assert(condition, "%s", current)

/* `v` is what the i2d function of OpenSSL writes. */
#define must_be_der(v, i2d, object)                                                                \
    do {                                                                                           \
        unsigned char *written = NULL;                                                             \
        int written_len = i2d(object, &written);                                                   \
        must(written_len >= 0 && wr_view_is((v), written, (size_t)written_len));                   \
        OPENSSL_free(written);                                                                     \
    } while (0)

static void compare_serial(const wr_x509 *ours, X509 *theirs)
{
    wr_reader r = wr_reader_of(ours->tbs);
    wr_der tbs, value;
    wr_error err;

    must(wr_der_read(&r, &tbs, &err));
    r = wr_reader_of(tbs.contents);
    if (ours->version > 1)
        must(wr_der_read(&r, &value, &err));
    must(wr_der_expect(&r, WR_DER_INTEGER, "serial number", &value, &err));
    must(wr_view_equal(value.contents, ours->serial));
    must_be_der(value.whole, i2d_ASN1_INTEGER, X509_get0_serialNumber(theirs));
}

static void compare_time(wr_time ours, const ASN1_TIME *theirs)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days, seconds;

    must(epoch && ASN1_TIME_diff(&days, &seconds, epoch, theirs));
    must(ours == wr_time_from_unix((int64_t)days * 86400 + seconds));
    ASN1_TIME_free(epoch);
}

/* OpenSSL's " + " is our "+", and its "street" RFC 4514's "STREET". */
static void normalize(char *line)
{
    char *at;

    while ((at = strstr(line, " + ")))
        memmove(at, at + 1, strlen(at)), memmove(at + 1, at + 2, strlen(at + 1));
    if ((at = strstr(line, "street=")))
        memcpy(at, "STREET", 6);
}

static void compare_name(wr_view ours, const X509_NAME *theirs)
{
    const unsigned long flags = XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_DN_REV | XN_FLAG_FN_SN |
                                ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL |
                                ASN1_STRFLGS_UTF8_CONVERT;
    BIO *memory = BIO_new(BIO_s_mem());
    const char *text;
    char line[2048];
    wr_error err;
    int n;

    must(memory && X509_NAME_print_ex(memory, theirs, 0, flags) >= 0);
    n = BIO_read(memory, line, sizeof line - 1);
    line[n > 0 ? n : 0] = '\0';
    normalize(line);
    must(wr_x509_name_text(ours, &arena, &text, &err));
    cr_assert_str_eq(text, line, "%s: \"%s\" is \"%s\"", current, text, line);
    BIO_free(memory);
}

static void compare_key(const wr_x509 *ours, X509 *theirs)
{
    EVP_PKEY *key = X509_get0_pubkey(theirs);
    char group[64];
    const char *nist;
    wr_x509_key facts;
    wr_error err;

    must_be_der(ours->spki, i2d_X509_PUBKEY, X509_get_X509_PUBKEY(theirs));
    must(key && wr_x509_key_facts(ours, &arena, &facts, &err));
    must((int)facts.bits == EVP_PKEY_get_bits(key));
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
        must(strcmp(facts.algorithm, "rsa") == 0 && !facts.curve);
        return;
    }
    must(EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && strcmp(facts.algorithm, "ec") == 0);
    must(EVP_PKEY_get_group_name(key, group, sizeof group, NULL));
    nist = EC_curve_nid2nist(OBJ_sn2nid(group));
    must(strcmp(facts.curve, nist ? nist : group) == 0);
}

static void compare_signature(const wr_x509 *ours, X509 *theirs)
{
    int nid = X509_get_signature_nid(theirs), digest_nid = NID_undef;
    bool holds, has_digest, self_signed;
    wr_digest_algorithm digest;
    const ASN1_BIT_STRING *bits;
    const X509_ALGOR *algorithm;
    const char *name;
    wr_error err;

    X509_get0_signature(&bits, &algorithm, theirs);
    must(
        wr_view_is(ours->signature, ASN1_STRING_get0_data(bits), (size_t)ASN1_STRING_length(bits)));
    must(ours->algorithm_is_signed);
    must(wr_x509_signature_name(ours, &arena, &name, &err));
    must(strcmp(name, OBJ_nid2ln(nid)) == 0);

    has_digest = wr_x509_signature_digest(ours, &digest);
    must(OBJ_find_sigid_algs(nid, &digest_nid, NULL));
    must(has_digest == (digest_nid != NID_md2));
    if (has_digest) {
        static const int nids[] = { NID_md5, NID_sha1, NID_sha256, NID_sha384, NID_sha512 };
        must(nids[digest] == digest_nid);
    }
    self_signed = X509_verify(theirs, X509_get0_pubkey(theirs)) == 1;
    if (wr_x509_signed_by(ours, ours, &holds, &err))
        must(holds == self_signed);
    else
        must(err.code == WR_E_UNSUPPORTED && digest_nid == NID_md2);
}

/* The extension as OpenSSL decodes it, NULL where there is none. */
static void *their_extension(X509 *theirs, int nid, bool *repeated)
{
    int critical;
    void *value = X509_get_ext_d2i(theirs, nid, &critical, NULL);

    *repeated = *repeated || critical == -2;
    return value;
}

static void compare_extensions(const wr_x509 *ours, X509 *theirs)
{
    const ASN1_OCTET_STRING *id;
    bool repeated = false;
    BASIC_CONSTRAINTS *constraints = their_extension(theirs, NID_basic_constraints, &repeated);
    EXTENDED_KEY_USAGE *eku = their_extension(theirs, NID_ext_key_usage, &repeated);
    AUTHORITY_KEYID *authority = their_extension(theirs, NID_authority_key_identifier, &repeated);
    wr_oids oids;
    wr_error err;

    must(ours->repeated_extension == repeated);
    must(!ours->damaged_extension);
    must(ours->has_basic_constraints == (constraints != NULL));
    must(ours->ca == (constraints && constraints->ca));
    must(ours->has_eku == (eku != NULL));
    if (eku) {
        must(wr_oids_parse(ours->eku, &arena, &oids, &err));
        must((int)oids.list.count == sk_ASN1_OBJECT_num(eku));
        for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++) {
            char dotted[128];
            OBJ_obj2txt(dotted, sizeof dotted, sk_ASN1_OBJECT_value(eku, i), 1);
            must(strcmp(wr_oid_text(&arena, oids.list.items[i]), dotted) == 0);
        }
    }
    id = X509_get0_subject_key_id(theirs);
    must(wr_view_is(ours->subject_key_id, id ? ASN1_STRING_get0_data(id) : NULL,
                    id ? (size_t)ASN1_STRING_length(id) : 0));
    id = authority ? authority->keyid : NULL;
    must(wr_view_is(ours->authority_key_id, id ? ASN1_STRING_get0_data(id) : NULL,
                    id ? (size_t)ASN1_STRING_length(id) : 0));
    BASIC_CONSTRAINTS_free(constraints);
    EXTENDED_KEY_USAGE_free(eku);
    AUTHORITY_KEYID_free(authority);
}

static void compare(wr_view der)
{
    const unsigned char *p = der.data;
    X509 *theirs = d2i_X509(NULL, &p, (long)der.len);
    wr_x509 ours;
    wr_error err;

    must(theirs);
    cr_assert(wr_x509_parse(der, &ours, &err), "%s: %s", current, err.message);
    must(ours.der.len == (size_t)(p - der.data));
    must((long)ours.version == X509_get_version(theirs) + 1);
    compare_serial(&ours, theirs);
    must_be_der(ours.issuer, i2d_X509_NAME, X509_get_issuer_name(theirs));
    must_be_der(ours.subject, i2d_X509_NAME, X509_get_subject_name(theirs));
    compare_name(ours.issuer, X509_get_issuer_name(theirs));
    compare_name(ours.subject, X509_get_subject_name(theirs));
    compare_time(ours.not_before, X509_get0_notBefore(theirs));
    compare_time(ours.not_after, X509_get0_notAfter(theirs));
    compare_key(&ours, theirs);
    compare_extensions(&ours, theirs);
    compare_signature(&ours, theirs);
    X509_free(theirs);
}

/* `take` for every file of a folder of the corpus; gives how many. */
static size_t for_every_file(const char *folder, void (*take)(wr_view file))
{
    struct dirent *entry;
    char path[1024];
    size_t count = 0;
    DIR *files;

    snprintf(path, sizeof path, "%s/%s", getenv("WINROOTS_CORPUS"), folder);
    cr_assert(files = opendir(path), "%s", path);
    while ((entry = readdir(files))) {
        uint8_t *bytes;
        size_t len;

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", getenv("WINROOTS_CORPUS"), folder, entry->d_name);
        current = path;
        bytes = read_file(path, &len);
        wr_arena_init(&arena, (size_t)16 << 20);
        take(view_of(bytes, len));
        wr_arena_free(&arena);
        free(bytes);
        count++;
    }
    closedir(files);
    return count;
}

Test(corpus_x509, der_roots_read_as_openssl_reads_them)
{
    cr_assert_eq(for_every_file("crt/harvester57", compare), 417);
}

/* The PEM is OpenSSL's to decode too. */
static void compare_pem(wr_view file)
{
    BIO *memory = BIO_new_mem_buf(file.data, (int)file.len);
    unsigned char *der;
    wr_diags diags;
    wr_ders ders;
    wr_error err;
    long len;

    wr_diags_init(&diags, &arena);
    must(wr_pem_certificates(file, &arena, &diags, &ders, &err));
    must(ders.list.count == 1 && diags.list.count == 0);
    must(memory && PEM_bytes_read_bio(&der, &len, NULL, PEM_STRING_X509, memory, NULL, NULL));
    must(wr_view_is(ders.list.items[0], der, (size_t)len));
    compare(ders.list.items[0]);
    OPENSSL_free(der);
    BIO_free(memory);
}

Test(corpus_x509, pem_roots_read_as_openssl_reads_them)
{
    cr_assert_eq(for_every_file("crt/robstradling", compare_pem), 514);
}
