/* test_work.c - evidence that names the same bytes again and again costs no more than its size
 * says.
 *
 * What is counted is bytes, not time: those that are hashed, parsed as certificates or made text
 * of, and those of names and views that are compared, by functions before the library's own
 * (-Wl,--wrap). */
#include "fuzz_folder.h"
#include "support.h"

#include "regf_builder.h"

#include "base/digest.h"
#include "format/der.h"
#include "format/x509.h"
#include "winroots/analysis.h"
#include "winroots/limits.h"

#define NAME 24u /* bytes: the record that a name stands in, at the least */

static uint64_t work;

bool __real_wr_digest(wr_digest_algorithm algorithm, wr_view v, uint8_t *out, wr_error *err);
bool __wrap_wr_digest(wr_digest_algorithm algorithm, wr_view v, uint8_t *out, wr_error *err);
bool __wrap_wr_digest(wr_digest_algorithm algorithm, wr_view v, uint8_t *out, wr_error *err)
{
    work += v.len;
    return __real_wr_digest(algorithm, v, out, err);
}

bool __real_wr_x509_parse(wr_view der, wr_x509 *out, wr_error *err);
bool __wrap_wr_x509_parse(wr_view der, wr_x509 *out, wr_error *err);
bool __wrap_wr_x509_parse(wr_view der, wr_x509 *out, wr_error *err)
{
    work += der.len;
    return __real_wr_x509_parse(der, out, err);
}

bool __real_wr_text_equals(wr_view text, wr_encoding encoding, const char *name);
bool __wrap_wr_text_equals(wr_view text, wr_encoding encoding, const char *name);
bool __wrap_wr_text_equals(wr_view text, wr_encoding encoding, const char *name)
{
    work += NAME;
    return __real_wr_text_equals(text, encoding, name);
}

const char *__real_wr_text(wr_arena *arena, wr_view text, wr_encoding encoding);
const char *__wrap_wr_text(wr_arena *arena, wr_view text, wr_encoding encoding);
const char *__wrap_wr_text(wr_arena *arena, wr_view text, wr_encoding encoding)
{
    work += text.len;
    return __real_wr_text(arena, text, encoding);
}

bool __real_wr_view_equal(wr_view a, wr_view b);
bool __wrap_wr_view_equal(wr_view a, wr_view b);
bool __wrap_wr_view_equal(wr_view a, wr_view b)
{
    work += NAME;
    return __real_wr_view_equal(a, b);
}

int __real_wr_view_compare(wr_view a, wr_view b);
int __wrap_wr_view_compare(wr_view a, wr_view b);
int __wrap_wr_view_compare(wr_view a, wr_view b)
{
    work += NAME;
    return __real_wr_view_compare(a, b);
}

bool __real_wr_view_starts(wr_view v, const void *bytes, size_t len);
bool __wrap_wr_view_starts(wr_view v, const void *bytes, size_t len);
bool __wrap_wr_view_starts(wr_view v, const void *bytes, size_t len)
{
    work += len;
    return __real_wr_view_starts(v, bytes, len);
}

int __real_wr_text_compare(const char *a, const char *b);
int __wrap_wr_text_compare(const char *a, const char *b);
int __wrap_wr_text_compare(const char *a, const char *b)
{
    work += NAME;
    return __real_wr_text_compare(a, b);
}

int __real_memcmp(const void *a, const void *b, size_t len);
int __wrap_memcmp(const void *a, const void *b, size_t len);
int __wrap_memcmp(const void *a, const void *b, size_t len)
{
    work += len < 8 ? len : 8; /* it ends where they differ */
    return __real_memcmp(a, b, len);
}

int __real_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b)
{
    work += NAME;
    return __real_strcmp(a, b);
}

/* ---- hives -------------------------------------------------------------------------------------
 */

/* A key below `parent` along a path of names; keys on the way have it alone. */
static uint32_t key_at(struct hive *h, uint32_t parent, const char *path)
{
    char name[64];
    uint32_t key = parent;

    for (; *path; path += strspn(path, "\\")) {
        size_t len = strcspn(path, "\\");
        uint32_t sub;
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        sub = hive_key(h, name, key);
        hive_subkeys(h, key, "lh", &sub, 1);
        key = sub;
        path += len;
    }
    return key;
}

/* `count` keys below `parent`, named 0, 1, ...; given back to be freed. */
static uint32_t *keys_below(struct hive *h, uint32_t parent, size_t count)
{
    uint32_t *keys = malloc(count * sizeof *keys);
    char name[24];

    cr_assert(keys);
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%06zu", i);
        keys[i] = hive_key(h, name, parent);
    }
    hive_subkeys(h, parent, "li", keys, count);
    return keys;
}

/* Every key has the list of values of the first. */
static void share_values(struct hive *h, const uint32_t *keys, size_t count, const uint32_t *values,
                         size_t num_values)
{
    uint32_t list = hive_values(h, keys[0], values, num_values);

    for (size_t i = 0; i < count; i++) {
        hive_u32(h, keys[i], NK_NUM_VALUES, (uint32_t)num_values);
        hive_u32(h, keys[i], NK_VALUES, list);
    }
}

/* A value Blob that holds `der` and nothing else. */
static uint32_t blob_value(struct hive *h, uint32_t kind, wr_view der)
{
    uint8_t *bytes = malloc(12 + der.len);
    uint32_t value;

    cr_assert(bytes);
    hive_put(bytes, kind, 4);
    hive_put(bytes + 4, 1, 4);
    hive_put(bytes + 8, der.len, 4);
    memcpy(bytes + 12, der.data, der.len);
    value = hive_value(h, "Blob", WR_REG_BINARY, bytes, 12 + der.len);
    free(bytes);
    return value;
}

static wr_view fixture(const char *path)
{
    size_t len;
    uint8_t *bytes = read_file(path, &len);
    return view_of(bytes, len);
}

static void forget(wr_view v)
{
    free((void *)(uintptr_t)v.data);
}

/* Certificate ::= SEQUENCE { tbsCertificate, algorithm, signature BIT STRING }: that of a fixture
 * with a signature of `len` bytes. */
static wr_view large_certificate(size_t len)
{
    wr_view small = fixture(FIXTURE("certs/root_rsa.der"));
    wr_reader r = wr_reader_of(small), inside;
    uint8_t *bytes = calloc(1, len + small.len + 64), head[WR_DER_HEADER];
    wr_der whole, tbs, algorithm;
    size_t head_len, at;
    wr_error err;

    cr_assert(bytes && wr_der_expect(&r, WR_DER_SEQUENCE, "", &whole, &err));
    inside = wr_reader_of(whole.contents);
    cr_assert(wr_der_read(&inside, &tbs, &err) && wr_der_read(&inside, &algorithm, &err));
    head_len = wr_der_header(WR_DER_BIT_STRING, len, head);
    at =
        wr_der_header(WR_DER_SEQUENCE, tbs.whole.len + algorithm.whole.len + head_len + len, bytes);
    memcpy(bytes + at, tbs.whole.data, tbs.whole.len);
    at += tbs.whole.len;
    memcpy(bytes + at, algorithm.whole.data, algorithm.whole.len);
    at += algorithm.whole.len;
    memcpy(bytes + at, head, head_len);
    at += head_len + len;
    forget(small);
    return view_of(bytes, at);
}

#define STORE "Microsoft\\SystemCertificates\\Root\\"

/* `n` certificate keys with one value, whose certificate has 200 kB. */
static void one_certificate(struct hive *h, uint32_t root, size_t n)
{
    wr_view der = large_certificate(200000);
    uint32_t value = blob_value(h, 32, der), *keys;

    keys = keys_below(h, key_at(h, root, STORE "Certificates"), n);
    share_values(h, keys, n, &value, 1);
    free(keys);
    forget(der);
}

/* `n` certificate keys with one list of `n` values, none of which is looked for. */
static void one_list_of_values(struct hive *h, uint32_t root, size_t n)
{
    uint32_t *keys = keys_below(h, key_at(h, root, STORE "Certificates"), n);
    uint32_t *values = malloc(n * sizeof *values);

    cr_assert(values);
    for (size_t i = 0; i < n; i++)
        values[i] = hive_value(h, "Blub", WR_REG_DWORD, "\1\0\0", 4);
    share_values(h, keys, n, values, n);
    free(values);
    free(keys);
}

/* `n` services with one list of `n` keys, which are the services. */
static void one_list_of_keys(struct hive *h, uint32_t root, size_t n)
{
    uint32_t microsoft = key_at(h, root, "Microsoft"), branches[2], *keys, list;

    branches[0] = hive_key(h, "Cryptography", microsoft);
    branches[1] = hive_key(h, "SystemCertificates", microsoft);
    hive_subkeys(h, microsoft, "lh", branches, 2);
    keys = keys_below(h, key_at(h, branches[0], "Services"), n);
    list = hive_list(h, "li", keys, n);
    for (size_t i = 0; i < n; i++)
        hive_set_subkeys(h, keys[i], list, n);
    free(keys);
}

/* `n` times 3,000 certificate keys inside one another, 8 bytes apart: the "nk" of the tenth is the
 * size of the first one's name, 27 kB. */
static void names_inside_names(struct hive *h, uint32_t root, size_t n)
{
    enum { ROOM = 60000, KEYS = 3000 };
    uint32_t parent = key_at(h, root, STORE "Certificates"),
             *keys = malloc(n * KEYS * sizeof *keys);

    cr_assert(keys);
    for (size_t k = 0; k < n; k++) {
        uint32_t outer = hive_cell(h, NULL, ROOM);
        for (uint32_t i = 0; i < KEYS; i++) {
            uint32_t cell = keys[k * KEYS + i] = outer + 8 * i;
            hive_file_u32(h, HIVE_PAGE + cell, 0u - (ROOM - 8 * i));
            memcpy(h->bytes + HIVE_PAGE + cell + 4, "nk", 2);
        }
    }
    hive_set_subkeys(h, parent, hive_list(h, "li", keys, n * KEYS), n * KEYS);
    free(keys);
}

/* `n` trust lists and `n` certificates, any of which might have signed one. */
static void lists_and_certificates(struct hive *h, uint32_t root, size_t n)
{
    wr_view list = fixture(FIXTURE("ctl/list.stl")), der = fixture(FIXTURE("certs/root_rsa.der"));
    uint32_t store = key_at(h, root, "Microsoft\\SystemCertificates\\Root"), parts[2], *keys;
    uint8_t *bytes = (uint8_t *)(uintptr_t)der.data;
    uint32_t value = blob_value(h, 34, list);

    parts[0] = hive_key(h, "Certificates", store);
    parts[1] = hive_key(h, "CTLs", store);
    hive_subkeys(h, store, "lh", parts, 2);
    keys = keys_below(h, parts[1], n);
    share_values(h, keys, n, &value, 1);
    free(keys);
    keys = keys_below(h, parts[0], n);
    for (size_t i = 0; i < n; i++) {
        hive_put(bytes + der.len - 4, i, 4); /* of its signature: another certificate */
        hive_values(h, keys[i], (uint32_t[]){ blob_value(h, 32, der) }, 1);
    }
    free(keys);
    forget(list);
    forget(der);
}

#define STORES "Microsoft\\SystemCertificates"

/* A certificate of its own for each number: what is changed is the end of its serial number. */
static uint32_t numbered_certificate(struct hive *h, wr_view der, size_t number)
{
    wr_x509 cert;
    wr_error err;

    cr_assert(wr_x509_parse(der, &cert, &err) && cert.serial.len > 4);
    hive_put((uint8_t *)(uintptr_t)cert.serial.data + cert.serial.len - 4, number, 4);
    return blob_value(h, 32, der);
}

/* `n` certificates below a key Certificates. */
static void certificates_below(struct hive *h, uint32_t parent, size_t n)
{
    wr_view der = fixture(FIXTURE("certs/root_rsa.der"));
    uint32_t *keys = keys_below(h, parent, n);

    for (size_t i = 0; i < n; i++)
        hive_values(h, keys[i], (uint32_t[]){ numbered_certificate(h, der, i) }, 1);
    free(keys);
    forget(der);
}

/* One certificate for `n` purposes: property 9 is a SEQUENCE of OIDs 1.3.6.1.4.1.n. */
static void many_purposes(struct hive *h, uint32_t root, size_t n)
{
    enum { OID = 12 };
    wr_view der = fixture(FIXTURE("certs/root_rsa.der"));
    uint8_t *oids = malloc(n * OID), *bytes = malloc(24 + 16 + n * OID + der.len), *at = bytes;
    uint8_t head[WR_DER_HEADER];
    size_t head_len = wr_der_header(WR_DER_SEQUENCE, n * OID, head);
    uint32_t key, value;

    cr_assert(oids && bytes);
    for (size_t i = 0; i < n; i++) {
        const uint8_t oid[OID] = { WR_DER_OID,
                                   OID - 2,
                                   0x2B,
                                   6,
                                   1,
                                   4,
                                   1,
                                   0x81,
                                   (uint8_t)(0x80 | (i >> 21 & 0x7F)),
                                   (uint8_t)(0x80 | (i >> 14 & 0x7F)),
                                   (uint8_t)(0x80 | (i >> 7 & 0x7F)),
                                   (uint8_t)(i & 0x7F) };
        memcpy(oids + i * OID, oid, OID);
    }
    hive_put(at, 9, 4);
    hive_put(at + 4, 1, 4);
    hive_put(at + 8, head_len + n * OID, 4);
    memcpy(at + 12, head, head_len);
    memcpy(at + 12 + head_len, oids, n * OID);
    at += 12 + head_len + n * OID;
    hive_put(at, 32, 4);
    hive_put(at + 4, 1, 4);
    hive_put(at + 8, der.len, 4);
    memcpy(at + 12, der.data, der.len);
    at += 12 + der.len;
    value = hive_value(h, "Blob", WR_REG_BINARY, bytes, (size_t)(at - bytes));
    key = key_at(h, root, STORE "Certificates\\A");
    hive_values(h, key, &value, 1);
    free(oids);
    free(bytes);
    forget(der);
}

/* `n` certificates that Root has and Disallowed too. */
static void many_refused(struct hive *h, uint32_t root, size_t n)
{
    uint32_t stores = key_at(h, root, STORES), both[2];

    both[0] = hive_key(h, "Disallowed", stores);
    both[1] = hive_key(h, "Root", stores);
    hive_subkeys(h, stores, "lh", both, 2);
    for (size_t i = 0; i < 2; i++)
        certificates_below(h, key_at(h, both[i], "Certificates"), n);
}

/* `n` stores with nothing in them. */
static void many_stores(struct hive *h, uint32_t root, size_t n)
{
    free(keys_below(h, key_at(h, root, STORES), n));
}

/* `n` services, each with a store of its own. */
static void many_services(struct hive *h, uint32_t root, size_t n)
{
    uint32_t microsoft = key_at(h, root, "Microsoft"), branches[2], *keys;

    branches[0] = hive_key(h, "Cryptography", microsoft);
    branches[1] = hive_key(h, "SystemCertificates", microsoft);
    hive_subkeys(h, microsoft, "lh", branches, 2);
    keys = keys_below(h, key_at(h, branches[0], "Services"), n);
    for (size_t i = 0; i < n; i++)
        key_at(h, keys[i], "SystemCertificates\\Root\\Certificates");
    free(keys);
}

/* `n` members registered for Root, and `n` certificates in it. */
static void many_members(struct hive *h, uint32_t root, size_t n)
{
    uint32_t store = key_at(h, root, STORES "\\Root"), parts[2];

    parts[0] = hive_key(h, "Certificates", store);
    parts[1] = hive_key(h, "PhysicalStores", store);
    hive_subkeys(h, store, "lh", parts, 2);
    free(keys_below(h, parts[1], n));
    certificates_below(h, parts[0], n);
}

/* A user with `n` roots, and a list of consent to others in the layout of windows-trust 2.2. */
static void many_consents(struct hive *h, uint32_t root, size_t n)
{
    const size_t len = 24 + n * WR_SHA1_LEN;
    uint32_t store = key_at(h, root, "Software\\" STORES "\\Root"), parts[2], value;
    uint8_t *list = calloc(1, len);

    cr_assert(list);
    hive_put(list, 24, 4);
    hive_put(list + 4, 1, 4);
    hive_put(list + 16, n, 4);
    hive_put(list + 20, 24, 4);
    for (size_t i = 0; i < n; i++)
        hive_put(list + 24 + i * WR_SHA1_LEN, i, 4);
    parts[0] = hive_key(h, "Certificates", store);
    parts[1] = hive_key(h, "ProtectedRoots", store);
    hive_subkeys(h, store, "lh", parts, 2);
    value = hive_value(h, "Certificates", WR_REG_BINARY, list, len);
    hive_values(h, parts[1], &value, 1);
    free(list);
    certificates_below(h, parts[0], n);
}

/* ---- what it costs -----------------------------------------------------------------------------
 */

typedef struct shape {
    const char *what;
    void (*make)(struct hive *h, uint32_t root, size_t n);
    size_t n;
    bool ends; /* before all is read, and that is said */
    const char *hive;
} shape;

static const shape shapes[] = {
    { "one certificate in many keys", one_certificate, 1500, true, "SOFTWARE" },
    { "one list of values in many keys", one_list_of_values, 5000, true, "SOFTWARE" },
    { "one list of keys in many keys", one_list_of_keys, 5000, true, "SOFTWARE" },
    { "names inside names", names_inside_names, 2, false, "SOFTWARE" },
    { "many lists and many certificates", lists_and_certificates, 400, false, "SOFTWARE" },
    { "many purposes", many_purposes, 2000, false, "SOFTWARE" },
    { "many certificates refused", many_refused, 500, false, "SOFTWARE" },
    { "many stores", many_stores, 2000, false, "SOFTWARE" },
    { "many services", many_services, 2000, false, "SOFTWARE" },
    { "many members and certificates", many_members, 500, false, "SOFTWARE" },
    { "many consents and certificates", many_consents, 500, false, "NTUSER.DAT" },
};

static bool is_said(wr_view report)
{
    static const char text[] = "are named again and again";

    for (size_t i = 0; i + sizeof text <= report.len; i++)
        if (memcmp(report.data + i, text, sizeof text - 1) == 0)
            return true;
    return false;
}

/* The bytes of a hive of that shape, and in `work` what its analysis cost. */
static size_t analyze(const shape *s, size_t n, wr_answer *answer, bool *said)
{
    const wr_analysis_options options = { .as_of = 134400000000000000u };
    struct hive h = hive_new(5);
    uint32_t root = hive_key(&h, "ROOT", NIL);
    wr_analysis *a = wr_analysis_new();
    wr_view image;
    size_t size, len;
    uint8_t *report;
    wr_error err;

    s->make(&h, root, n);
    image = hive_image(&h, root);
    file_in_folder(s->hive, image);
    size = image.len;
    hive_free(&h);
    cr_assert(a && wr_analysis_require(a, FIXTURE("demo/profile.json"), &err), "%s", err.message);
    cr_assert(wr_analysis_add(a, WR_INPUT_EVIDENCE, in_folder(s->hive), NULL, NULL, &err));
    work = 0;
    cr_assert(wr_analysis_run(a, &options, &err), "%s: %s", s->what, err.message);
    cr_assert(wr_analysis_report(a, WR_FORMAT_JSON, in_folder("report"), &err), "%s", err.message);
    remember("report");
    *answer = wr_analysis_answer(a);
    report = read_file(in_folder("report"), &len);
    *said = is_said(view_of(report, len));
    free(report);
    wr_analysis_free(a);
    return size;
}

/* Of a certificate there are three hashes and two looks; what is free is so for each of them. */
#define EACH_BYTE 6

Test(work, is_bounded_by_the_size_of_a_hive, .timeout = 300)
{
    for (const shape *s = shapes; s < shapes + sizeof shapes / sizeof *shapes; s++) {
        uint64_t before = 0;
        for (size_t n = s->n; n <= 4 * s->n; n *= 2) {
            wr_answer answer;
            bool said;
            size_t size = analyze(s, n, &answer, &said);

            cr_log_info("%s: n %zu, %zu bytes, work %llu", s->what, n, size,
                        (unsigned long long)work);
            cr_assert_leq(
                work, EACH_BYTE * (WR_LIMIT_HIVE_READS * (uint64_t)size + WR_LIMIT_HIVE_READS_FREE),
                "%s, %zu times", s->what, n);
            cr_assert(!before || work <= before * 5 / 2, "%s: twice as many, work %llu after %llu",
                      s->what, (unsigned long long)work, (unsigned long long)before);
            cr_assert_eq(said, s->ends, "%s, %zu times", s->what, n);
            cr_assert_neq(answer, WR_ANSWER_MET);
            before = work;
        }
    }
}
