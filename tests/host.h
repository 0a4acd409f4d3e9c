/* host.h - a host out of letters: certificates by hand, placed and listed, judged and compared. */
#ifndef TESTS_HOST_H
#define TESTS_HOST_H

#include "support.h"

#include "require/plan.h"

#include <inttypes.h>

#define MAX_CERTIFICATES 16

typedef struct host {
    wr_arena arena;
    wr_diags diags;
    wr_model model;
    wr_trust_options options;
    wr_trust trust;
    struct {
        const char *name;
        wr_certificate facts;
    } certificates[MAX_CERTIFICATES];
    size_t num_certificates;
    wr_ctl *authroot, *disallowed;
} host;

/* ---- bytes -------------------------------------------------------------------------------------
 */

typedef struct octets {
    uint8_t at[2048];
    size_t len;
} octets;

static inline void add_octets(octets *to, const void *from, size_t len)
{
    cr_assert_leq(to->len + len, sizeof to->at);
    if (len)
        memcpy(to->at + to->len, from, len);
    to->len += len;
}

/* A DER value with its tag and length, behind what is there. */
static inline void add_der(octets *to, uint8_t tag, const void *contents, size_t len)
{
    uint8_t head[4] = { tag, (uint8_t)len };
    size_t head_len = 2;

    if (len >= 128) {
        head[1] = 0x82;
        head[2] = (uint8_t)(len >> 8);
        head[3] = (uint8_t)len;
        head_len = 4;
    }
    add_octets(to, head, head_len);
    add_octets(to, contents, len);
}

static inline octets der_of(uint8_t tag, const octets *contents)
{
    octets out = { .len = 0 };
    add_der(&out, tag, contents->at, contents->len);
    return out;
}

/* SEQUENCE OF OID for letters: s server_auth, c code_signing, t time_stamping. */
static inline octets der_purposes(const char *letters)
{
    octets list = { .len = 0 };

    for (; *letters; letters++) {
        uint8_t oid[] = { 0x2b, 6, 1, 5, 5, 7, 3, 0 };
        oid[7] = *letters == 's' ? 1 : *letters == 'c' ? 3 : 8;
        add_der(&list, 0x06, oid, sizeof oid);
    }
    return der_of(0x30, &list);
}

static inline wr_view kept(host *h, const octets *bytes)
{
    wr_view v;
    cr_assert(wr_arena_copy(&h->arena, view_of(bytes->at, bytes->len), &v));
    return v;
}

/* ---- certificates ------------------------------------------------------------------------------
 */

static inline void add_name(octets *to, const char *common_name)
{
    static const uint8_t cn[] = { 0x55, 4, 3 };
    octets pair = { .len = 0 }, set, name;

    add_der(&pair, 0x06, cn, sizeof cn);
    add_der(&pair, 0x0c, common_name, strlen(common_name));
    pair = der_of(0x30, &pair);
    set = der_of(0x31, &pair);
    name = der_of(0x30, &set);
    add_octets(to, name.at, name.len);
}

static inline void add_years(octets *to, int from, int until)
{
    octets dates = { .len = 0 };
    char text[16];

    snprintf(text, sizeof text, "%04d0101000000Z", from);
    add_der(&dates, 0x18, text, 15);
    snprintf(text, sizeof text, "%04d0101000000Z", until);
    add_der(&dates, 0x18, text, 15);
    add_der(to, 0x30, dates.at, dates.len);
}

/* A self-issued certificate with a key of its own, whose signature nobody looks at. */
static inline wr_view certificate_by_hand(host *h, const char *name, int from, int until)
{
    static const uint8_t version3[] = { 0xa0, 3, 2, 1, 2 };
    static const uint8_t ecdsa_sha256[] = { 0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2 };
    static const uint8_t ec_p256[] = { 0x30, 19, 6,    7,    0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1,
                                       6,    8,  0x2a, 0x86, 0x48, 0xce, 0x3d, 3,    1,    7 };
    uint8_t key[66] = { 0, 4 }, serial = 1;
    octets tbs = { .len = 0 }, spki = { .len = 0 }, whole;

    memcpy(key + 2, name, strlen(name));
    add_octets(&tbs, version3, sizeof version3);
    add_der(&tbs, 0x02, &serial, 1);
    add_octets(&tbs, ecdsa_sha256, sizeof ecdsa_sha256);
    add_name(&tbs, name);
    add_years(&tbs, from, until);
    add_name(&tbs, name);
    add_octets(&spki, ec_p256, sizeof ec_p256);
    add_der(&spki, 0x03, key, sizeof key);
    add_der(&tbs, 0x30, spki.at, spki.len);
    whole = der_of(0x30, &tbs);
    add_octets(&whole, ecdsa_sha256, sizeof ecdsa_sha256);
    add_der(&whole, 0x03, "\0\x30\6\2\1\1\2\1\1", 9);
    whole = der_of(0x30, &whole);
    return kept(h, &whole);
}

/* Known by a name, which profiles of the test use as its key. */
static inline const wr_certificate *know(host *h, const char *name, wr_view der)
{
    wr_certificate *facts = &h->certificates[h->num_certificates].facts;
    wr_error e;

    cr_assert_lt(h->num_certificates, MAX_CERTIFICATES);
    cr_assert(wr_certificate_facts(der, facts, &e), "%s: %s", name, e.message);
    h->certificates[h->num_certificates++].name = name;
    return facts;
}

static inline const wr_certificate *named(const host *h, const char *name)
{
    for (size_t i = 0; i < h->num_certificates; i++)
        if (!strcmp(h->certificates[i].name, name))
            return &h->certificates[i].facts;
    cr_assert_fail("no certificate %s", name);
    return NULL;
}

static inline const wr_certificate *know_fixture(host *h, const char *name)
{
    char path[512];
    size_t len;
    uint8_t *bytes;
    wr_view v;

    snprintf(path, sizeof path, "%s%s.der", FIXTURE("chain/"), name);
    bytes = read_file(path, &len);
    cr_assert(wr_arena_copy(&h->arena, view_of(bytes, len), &v));
    free(bytes);
    return know(h, name, v);
}

/* ---- places ------------------------------------------------------------------------------------
 */

static inline void put(host *h, const wr_certificate *cert, wr_location location, const char *owner,
                       const char *store)
{
    wr_instance copy = { .path = "path",
                         .element = { .kind = WR_ELEMENT_CERTIFICATE, .object = cert->x509.der } };
    wr_error e;

    cr_assert(wr_model_certificate(&h->model, cert->x509.der, &copy.certificate, &e), "%s",
              e.message);
    cr_assert(wr_model_store(&h->model, location, owner, store, "hive", store, &copy.store, &e));
    cr_assert(wr_model_place(&h->model, &copy, &e));
}

static inline octets filetime(int year)
{
    octets out = { .len = 8 };
    wr_time t;

    cr_assert(wr_time_from_civil(year, 1, 1, 0, 0, 0, &t));
    for (size_t i = 0; i < 8; i++)
        out.at[i] = (uint8_t)(t >> (8 * i));
    return out;
}

/* In AuthRoot with a stored property 126: end certificates before 2021 only. */
static inline void put_limited(host *h, const wr_certificate *cert)
{
    octets blob = { .len = 0 }, date = filetime(2021);
    uint8_t header[12] = { 126, 0, 0, 0, 1, 0, 0, 0, 8 };
    wr_instance *copy;
    wr_view stored;
    wr_error e;

    add_octets(&blob, header, sizeof header);
    add_octets(&blob, date.at, date.len);
    header[0] = 32;
    header[8] = (uint8_t)cert->x509.der.len;
    header[9] = (uint8_t)(cert->x509.der.len >> 8);
    add_octets(&blob, header, sizeof header);
    add_octets(&blob, cert->x509.der.data, cert->x509.der.len);
    stored = kept(h, &blob);
    put(h, cert, WR_LM, NULL, "AuthRoot");
    copy = &h->model.instances.items[h->model.instances.count - 1];
    cr_assert(wr_element_parse(stored, &h->diags, &copy->element, &e), "%s", e.message);
}

static inline void supply(host *h, const wr_certificate *cert)
{
    wr_certificate *added = WR_APPEND(&h->arena, &h->model.supply, wr_certificate);
    cr_assert(added);
    *added = *cert;
}

static inline void set_policy(host *h, const char *name, const char *key, uint64_t number)
{
    wr_policy *policy = WR_APPEND(&h->arena, &h->model.policies, wr_policy);

    cr_assert(policy);
    *policy = (wr_policy){ .name = name,
                           .source = "hive",
                           .key = key,
                           .is_number = true,
                           .number = number,
                           .text = wr_arena_format(&h->arena, "%" PRIu64, number) };
    cr_assert(policy->text);
}

static inline wr_ctl *list_of(host *h, wr_ctl_kind kind, wr_ctl **out)
{
    wr_list *list;

    if (*out)
        return *out;
    list = WR_APPEND(&h->arena, &h->model.lists, wr_list);
    *out = WR_NEW(&h->arena, wr_ctl, 1);
    cr_assert(list && *out);
    (*out)->kind = kind;
    (*out)->sequence = view_of("\x14\x01\xd7", 3);
    cr_assert(wr_time_from_civil(2026, 4, 22, 0, 0, 0, &(*out)->this_update));
    *list = (wr_list){ .ctl = *out,
                       .message = WR_NEW(&h->arena, wr_pkcs7, 1),
                       .source = "list",
                       .path = "EncodedCtl",
                       .from_host = true };
    cr_assert(list->message);
    return *out;
}

/* SEQUENCE { 1.3.6.1.4.1.311.10.11.id, SET { OCTET STRING } } */
static inline void add_attribute(octets *to, uint8_t id, const octets *data)
{
    uint8_t oid[] = { 0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 11, 0 };
    octets attribute = { .len = 0 }, value = der_of(0x04, data);

    oid[9] = id;
    add_der(&attribute, 0x06, oid, sizeof oid);
    add_der(&attribute, 0x31, value.at, value.len);
    add_der(to, 0x30, attribute.at, attribute.len);
}

static inline void add_entry(host *h, wr_ctl *ctl, const void *id, size_t len,
                             const octets *attributes)
{
    wr_ctl_entry *entry = WR_APPEND(&h->arena, &ctl->entries, wr_ctl_entry);

    cr_assert(entry);
    cr_assert(wr_arena_copy(&h->arena, view_of(id, len), &entry->id));
    entry->attributes = kept(h, attributes);
}

/* A program entry of a root: l without limits, e for server_auth only, n for end certificates
 * before 2021, x disabled in 2023, 2 without code signing. */
static inline void list(host *h, const wr_certificate *cert, char how)
{
    octets attributes = { .len = 0 }, sha256 = { .len = 0 }, value;

    add_octets(&sha256, cert->sha256, WR_SHA256_LEN);
    add_attribute(&attributes, 98, &sha256);
    if (how == 'e' || how == '2') {
        value = der_purposes(how == 'e' ? "s" : "c");
        add_attribute(&attributes, how == 'e' ? 9 : 122, &value);
    } else if (how == 'n' || how == 'x') {
        value = filetime(how == 'n' ? 2021 : 2023);
        add_attribute(&attributes, how == 'n' ? 126 : 104, &value);
    }
    add_entry(h, list_of(h, WR_CTL_AUTHROOT, &h->authroot), cert->sha1, WR_SHA1_LEN, &attributes);
}

static inline void refuse_key(host *h, const wr_certificate *cert)
{
    octets none = { .len = 0 };
    wr_list_hashes hashes;
    wr_error e;

    cr_assert(wr_certificate_list_hashes(cert, &hashes, &e), "%s", e.message);
    add_entry(h, list_of(h, WR_CTL_DISALLOWED, &h->disallowed), hashes.key_md5, WR_MD5_LEN, &none);
}

#define AUTHROOT_KEY "Policies\\Microsoft\\SystemCertificates\\AuthRoot"

/* What letters do: places R Root, A AuthRoot (N with a limit of its own), G and E Root of policy
 * and enterprise, C CA, P TrustedPublisher, U a user's Root, D Disallowed, S supply; list entries l
 * e n x 2; K the disallowed list names its key.  Of the host: 0 root auto-update off, F AuthRoot
 * kept shut, M something could not be read, q connected. */
static inline void set_up(host *h, const wr_certificate *cert, const char *letters)
{
    static const struct {
        char letter;
        wr_location location;
        const char *owner, *store;
    } places[] = {
        { 'R', WR_LM, NULL, "Root" },
        { 'A', WR_LM, NULL, "AuthRoot" },
        { 'G', WR_LM_GROUP_POLICY, NULL, "Root" },
        { 'E', WR_LM_ENTERPRISE, NULL, "Root" },
        { 'C', WR_LM, NULL, "CA" },
        { 'P', WR_LM, NULL, "TrustedPublisher" },
        { 'U', WR_CU, "Users/x", "Root" },
        { 'D', WR_LM, NULL, "Disallowed" },
    };

    for (; *letters; letters++) {
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            if (places[i].letter == *letters)
                put(h, cert, places[i].location, places[i].owner, places[i].store);
        if (strchr("lenx2", *letters))
            list(h, cert, *letters);
        else if (*letters == 'N')
            put_limited(h, cert);
        else if (*letters == 'S')
            supply(h, cert);
        else if (*letters == 'K')
            refuse_key(h, cert);
        else if (*letters == '0')
            set_policy(h, "DisableRootAutoUpdate", AUTHROOT_KEY, 1);
        else if (*letters == 'F')
            set_policy(h, "ProtectedRoots\\Flags", AUTHROOT_KEY, 8);
        else if (*letters == 'M')
            h->model.machine_incomplete = true;
        else if (*letters == 'q')
            h->options.assume_connected = true;
    }
}

/* ---- judgement ---------------------------------------------------------------------------------
 */

static inline void start_host(host *h)
{
    *h = (host){ .options = { .allow_unverified_lists = true } };
    wr_arena_init(&h->arena, (size_t)64 << 20);
    wr_diags_init(&h->diags, &h->arena);
    wr_model_init(&h->model, &h->arena, &h->diags, NULL);
    h->model.has_machine_hive = true;
    h->model.host.os = (wr_os){ .known = true,
                                .major = 10,
                                .build = 17763,
                                .revision = 2000,
                                .revision_known = true,
                                .product_name = "" };
    cr_assert(wr_time_from_civil(2030, 1, 1, 0, 0, 0, &h->options.as_of));
}

static inline void stop_host(host *h)
{
    wr_arena_free(&h->arena);
}

static inline void judge(host *h)
{
    wr_error e = { .code = WR_E_NO_MEMORY }; /* what it held before means nothing */
    cr_assert(wr_trust_evaluate(&h->model, &h->options, &h->arena, &h->trust, &e), "%s", e.message);
}

/* The list's signatures count as valid: for what only a verified list may do. */
static inline void verify_lists(host *h)
{
    for (size_t i = 0; i < h->model.lists.count; i++)
        h->trust.lists[i].signature.status = WR_SIGNATURE_VALID;
}

/* A profile of these items, in which ' stands for "; it names every certificate that is known. */
static inline const wr_profile *profile_of(host *h, const char *id, const char *items)
{
    wr_profile *profile = WR_NEW(&h->arena, wr_profile, 1);
    char *text =
        wr_arena_format(&h->arena,
                        "{'schema':'winroots.profile/1','id':'%s','title':'t','version':'1',"
                        "'certificates':{",
                        id);
    wr_error e;

    for (size_t i = 0; i < h->num_certificates; i++) {
        const wr_certificate *cert = &h->certificates[i].facts;
        text = wr_arena_format(&h->arena, "%s%s'%s':{'sha256':'%s','sha1':'%s'}", text,
                               i ? "," : "", h->certificates[i].name,
                               wr_text_hex(&h->arena, cert->sha256, WR_SHA256_LEN),
                               wr_text_hex(&h->arena, cert->sha1, WR_SHA1_LEN));
    }
    text = wr_arena_format(&h->arena, "%s},'requirements':[%s]}", text, items);
    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    cr_assert(profile);
    cr_assert(wr_profile_parse(view_of(text, strlen(text)), &h->arena, profile, &e), "%s: %s: %s",
              items, e.path, e.message);
    return profile;
}

static inline wr_comparison compare(host *h, const wr_profile *profile)
{
    wr_comparison comparison;
    wr_error e = { .code = WR_E_NO_MEMORY };

    cr_assert(wr_compare(profile, &h->trust, &h->arena, &comparison, &e), "%s", e.message);
    return comparison;
}

#endif
