/* made.h - hosts out of lines of text: certificates of any kind, properties, and what is judged of
 * them as text that a test can name whole. */
#ifndef TESTS_MADE_H
#define TESTS_MADE_H

#include "host.h"

#include "store/protected_roots.h"

/* ---- certificates ------------------------------------------------------------------------------
 */

/* What is not said is as usual: self-issued, from 2020 until 2040, a key of P-256, no extension. */
typedef struct made {
    const char *name, *issuer;
    const char *key;    /* another name: the key of that one */
    int from, until;    /* years */
    const char *eku;    /* letters of der_letters; NULL = no extension, "?" = one that is cut off */
    const char *key_id; /* subject key identifier */
    char ca;            /* basic constraints: y, n; 0 = no extension */
    unsigned rsa_bits;  /* 0 = P-256 */
    bool strange_key;   /* of an algorithm without a name, 1.2.3 */
} made;

/* SEQUENCE OF OID for letters: s server_auth, c code_signing, t time_stamping, o ocsp_signing, p
 * the placeholder 1.3.6.1.4.1.311.94.1.2, a any; ? is no such thing. */
static inline octets der_letters(const char *letters)
{
    static const struct {
        char letter;
        const char *contents;
        size_t len;
    } table[] = {
        { 's', "\x2b\x06\x01\x05\x05\x07\x03\x01", 8 },
        { 'c', "\x2b\x06\x01\x05\x05\x07\x03\x03", 8 },
        { 't', "\x2b\x06\x01\x05\x05\x07\x03\x08", 8 },
        { 'o', "\x2b\x06\x01\x05\x05\x07\x03\x09", 8 },
        { 'p', "\x2b\x06\x01\x04\x01\x82\x37\x5e\x01\x02", 10 },
        { 'a', "\x55\x1d\x25\x00", 4 },
    };
    octets list = { .len = 0 };

    if (*letters == '?') {
        add_octets(&list, "\x30\x09\x00", 3);
        return list;
    }
    for (; *letters; letters++)
        for (size_t i = 0; i < sizeof table / sizeof *table; i++)
            if (table[i].letter == *letters)
                add_der(&list, 0x06, table[i].contents, table[i].len);
    return der_of(0x30, &list);
}

static inline void add_extension(octets *to, uint8_t last_arc, const octets *value)
{
    uint8_t oid[] = { 0x55, 0x1d, last_arc };
    octets pair = { .len = 0 };

    add_der(&pair, 0x06, oid, sizeof oid);
    add_der(&pair, 0x04, value->at, value->len);
    add_der(to, 0x30, pair.at, pair.len);
}

static inline octets rsa_key(const char *name, unsigned bits)
{
    static const uint8_t rsa[] = {
        0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0
    };
    uint8_t modulus[1 + 512] = { 0 };
    size_t len = (bits + 7) / 8, skip = bits % 8 != 0; /* a leading zero where the top bit is set */
    octets numbers = { .len = 0 }, string = { .len = 0 }, spki = { .len = 0 };

    cr_assert_leq(len, 512);
    memcpy(modulus + 2, name, strlen(name));
    modulus[1] |= (uint8_t)(1u << (bits - 1) % 8);
    modulus[len] |= 1;
    add_der(&numbers, 0x02, modulus + skip, len + 1 - skip);
    add_der(&numbers, 0x02, "\1\0\1", 3);
    numbers = der_of(0x30, &numbers);
    add_octets(&string, "", 1);
    add_octets(&string, numbers.at, numbers.len);
    add_octets(&spki, rsa, sizeof rsa);
    add_der(&spki, 0x03, string.at, string.len);
    return der_of(0x30, &spki);
}

static inline octets ec_key(const char *name)
{
    static const uint8_t ec_p256[] = { 0x30, 19, 6,    7,    0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1,
                                       6,    8,  0x2a, 0x86, 0x48, 0xce, 0x3d, 3,    1,    7 };
    uint8_t key[66] = { 0, 4 };
    octets spki = { .len = 0 };

    memcpy(key + 2, name, strlen(name));
    add_octets(&spki, ec_p256, sizeof ec_p256);
    add_der(&spki, 0x03, key, sizeof key);
    return der_of(0x30, &spki);
}

/* Signed by nobody. */
static inline wr_view made_der(host *h, made m)
{
    static const uint8_t version3[] = { 0xa0, 3, 2, 1, 2 };
    static const uint8_t ecdsa_sha256[] = { 0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2 };
    octets tbs = { .len = 0 }, extensions = { .len = 0 }, value, spki, whole;
    const char *key = m.key ? m.key : m.name;

    spki = m.rsa_bits ? rsa_key(key, m.rsa_bits) : ec_key(key);
    if (m.strange_key)
        memcpy(spki.at + 4, "\x06\x07\x2a\x03\x04\x05\x06\x07\x08", 9);
    add_octets(&tbs, version3, sizeof version3);
    add_der(&tbs, 0x02, "\1", 1);
    add_octets(&tbs, ecdsa_sha256, sizeof ecdsa_sha256);
    add_name(&tbs, m.issuer ? m.issuer : m.name);
    add_years(&tbs, m.from ? m.from : 2020, m.until ? m.until : 2040);
    add_name(&tbs, m.name);
    add_octets(&tbs, spki.at, spki.len);
    if (m.ca) {
        value = (octets){ .len = 0 };
        if (m.ca == 'y')
            add_octets(&value, "\1\1\xff", 3);
        value = der_of(0x30, &value);
        add_extension(&extensions, 19, &value);
    }
    if (m.eku) {
        value = der_letters(m.eku);
        add_extension(&extensions, 37, &value);
    }
    if (m.key_id) {
        value = (octets){ .len = 0 };
        add_der(&value, 0x04, m.key_id, strlen(m.key_id));
        add_extension(&extensions, 14, &value);
    }
    if (extensions.len) {
        extensions = der_of(0x30, &extensions);
        add_der(&tbs, 0xa3, extensions.at, extensions.len);
    }
    whole = der_of(0x30, &tbs);
    add_octets(&whole, ecdsa_sha256, sizeof ecdsa_sha256);
    add_der(&whole, 0x03, "\0\x30\6\2\1\1\2\1\1", 9);
    whole = der_of(0x30, &whole);
    return kept(h, &whole);
}

static inline const wr_certificate *make_certificate(host *h, made m)
{
    return know(h, m.name, made_der(h, m));
}

/* ---- properties --------------------------------------------------------------------------------
 */

static inline octets ticks(uint64_t t)
{
    octets out = { .len = 8 };

    for (size_t i = 0; i < 8; i++)
        out.at[i] = (uint8_t)(t >> (8 * i));
    return out;
}

/* The value behind "id=": for 9, 122 and 127 letters; for dates a year, "zero", "now", "before" and
 * "after" (one tick from --as-of), "" (empty) and "?" (of no length that a date has); for others
 * the text itself. */
static inline octets property_value(const host *h, const wr_certificate *cert, unsigned id,
                                    const char *value)
{
    octets out = { .len = 0 };

    if (id == 9 || id == 122 || id == 127)
        return der_letters(value);
    if (id == 98 || id == 3) { /* its own hash, or another one */
        add_octets(&out, id == 98 ? cert->sha256 : cert->sha1,
                   id == 98 ? WR_SHA256_LEN : WR_SHA1_LEN);
        out.at[0] ^= strcmp(value, "own") != 0;
        return out;
    }
    if (id != 104 && id != 126 && id != 128) {
        add_octets(&out, value, strlen(value));
        return out;
    }
    if (!strcmp(value, "zero"))
        return ticks(0);
    if (!strcmp(value, "now"))
        return ticks(h->options.as_of);
    if (!strcmp(value, "before"))
        return ticks(h->options.as_of - 1);
    if (!strcmp(value, "after"))
        return ticks(h->options.as_of + 1);
    if (!strcmp(value, "?")) {
        out.len = 9;
        return out;
    }
    return *value ? filetime(atoi(value)) : out;
}

typedef void add_property_fn(octets *to, unsigned id, const octets *data);

static inline void add_stored(octets *to, unsigned id, const octets *data)
{
    uint8_t header[12] = { (uint8_t)id,        (uint8_t)(id >> 8),       0, 0, 1, 0, 0, 0,
                           (uint8_t)data->len, (uint8_t)(data->len >> 8) };

    add_octets(to, header, sizeof header);
    add_octets(to, data->at, data->len);
}

static inline void add_listed(octets *to, unsigned id, const octets *data)
{
    add_attribute(to, (uint8_t)id, data);
}

/* "9=sc 104=2023": each is added. */
static inline octets properties_of(const host *h, const wr_certificate *cert, const char *spec,
                                   add_property_fn *add)
{
    octets out = { .len = 0 };
    unsigned id;
    int used;

    for (; sscanf(spec, " %u=%n", &id, &used) == 1; spec += strcspn(spec, " ")) {
        char value[64] = "";
        octets data;

        spec += used;
        memcpy(value, spec, strcspn(spec, " "));
        data = property_value(h, cert, id, value);
        add(&out, id, &data);
    }
    cr_assert_eq(*spec, 0, "%s is no property", spec);
    return out;
}

/* In a store with these stored properties, at the path that the store's name and the certificate's
 * give. */
static inline wr_instance *place(host *h, const wr_certificate *cert, wr_location location,
                                 const char *owner, const char *store, const char *spec)
{
    octets blob = properties_of(h, cert, spec, add_stored), der = { .len = 0 };
    wr_instance *copy;
    wr_error e;

    add_octets(&der, cert->x509.der.data, cert->x509.der.len);
    add_stored(&blob, 32, &der);
    put(h, cert, location, owner, store);
    copy = &h->model.instances.items[h->model.instances.count - 1];
    cr_assert(wr_element_parse(kept(h, &blob), &h->diags, &copy->element, &e), "%s", e.message);
    copy->path = wr_arena_format(&h->arena, "%s\\%s",
                                 h->model.stores.items[copy->store].location_text, store);
    cr_assert(copy->path);
    return copy;
}

/* An entry of the host's root list with these attributes. */
static inline void enter(host *h, const wr_certificate *cert, const char *spec)
{
    octets attributes = properties_of(h, cert, spec, add_listed);

    add_entry(h, list_of(h, WR_CTL_AUTHROOT, &h->authroot), cert->sha1, WR_SHA1_LEN, &attributes);
}

static inline wr_user *add_user(host *h, const char *owner, wr_consent consent)
{
    wr_user *user = WR_APPEND(&h->arena, &h->model.users, wr_user);

    cr_assert(user);
    *user = (wr_user){
        .owner = owner, .consent = consent, .source = "NTUSER.DAT", .path = "ProtectedRoots"
    };
    return user;
}

/* On the list of a user who has one, in the one published layout: windows-trust 2.2. */
static inline void consent_to(host *h, wr_user *user, const wr_certificate *const *certs,
                              size_t count)
{
    octets list = { .len = 0 };
    uint8_t head[24] = { 24, 0, 0, 0, 1 };
    wr_error e;

    head[16] = (uint8_t)count;
    head[20] = 24;
    add_octets(&list, head, sizeof head);
    for (size_t i = 0; i < count; i++)
        add_octets(&list, certs[i]->sha1, WR_SHA1_LEN);
    if (user->consent == WR_CONSENT_LIST)
        cr_assert(wr_consent_take(kept(h, &list), &h->arena, user, &e), "%s", e.message);
}

static inline wr_physical_store *register_member(host *h, wr_location location, const char *owner,
                                                 const char *store, const char *name,
                                                 const char *provider, uint32_t flags)
{
    wr_physical_store *p;
    size_t index;
    wr_error e;

    cr_assert(wr_model_store(&h->model, location, owner, store, "hive", store, &index, &e));
    p = WR_APPEND(&h->arena, &h->model.physical_stores, wr_physical_store);
    cr_assert(p);
    *p = (wr_physical_store){ .store = index,
                              .name = name,
                              .provider = provider,
                              .target = "",
                              .flags = flags,
                              .path = wr_arena_format(&h->arena, "PhysicalStores\\%s", name) };
    return p;
}

/* ---- what is judged, as text -------------------------------------------------------------------
 */

/* "status", and for each reason a line "code: detail [source path]"; the first decided. */
static inline const char *verdict_text(host *h, const wr_verdict *v)
{
    const char *text = wr_status_name(v->status);

    for (size_t i = 0; i < v->reasons.count; i++) {
        const wr_reason *r = &v->reasons.items[i];
        text = wr_arena_format(&h->arena, "%s\n%s: %s [%s %s]", text, r->code, r->detail, r->source,
                               r->path);
        cr_assert(text);
    }
    return text;
}

static inline size_t index_of(const host *h, const char *name)
{
    size_t found = wr_model_find_sha1(&h->model, named(h, name)->sha1);

    cr_assert_neq(found, SIZE_MAX, "%s is in no store", name);
    return found;
}

static inline const wr_verdict *row_of(const wr_verdict_list *rows, const char *purpose)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!strcmp(rows->items[i].purpose->name, purpose))
            return &rows->items[i];
    return NULL;
}

static inline const char *machine_text(host *h, const char *name, const char *purpose)
{
    const wr_verdict *v = row_of(&h->trust.certificates[index_of(h, name)].machine, purpose);

    cr_assert(v, "%s has no row for %s", name, purpose);
    return verdict_text(h, v);
}

/* Of a scope where it differs from the machine's; NULL where it does not. */
static inline const char *scope_text(host *h, const char *name, const char *scope,
                                     const char *purpose)
{
    const wr_certificate_trust *t = &h->trust.certificates[index_of(h, name)];

    for (size_t i = 0; i < t->scopes.count; i++) {
        const wr_verdict *v = row_of(&t->scopes.items[i].different, purpose);
        if (!strcmp(t->scopes.items[i].scope->text, scope) && v)
            return verdict_text(h, v);
    }
    return NULL;
}

static inline const char *name_of(const host *h, const wr_certificate *cert)
{
    for (size_t i = 0; cert && i < h->num_certificates; i++)
        if (!memcmp(h->certificates[i].facts.sha256, cert->sha256, WR_SHA256_LEN))
            return h->certificates[i].name;
    return cert ? "?" : "-";
}

/* "id severity attack certificate [source path] title: detail", a line each. */
static inline const char *findings_text(host *h)
{
    const char *text = "";

    for (size_t i = 0; i < h->trust.findings.count; i++) {
        const wr_finding *f = &h->trust.findings.items[i];
        text = wr_arena_format(&h->arena, "%s%s %s %s %s [%s %s] %s: %s\n", text, f->id,
                               f->severity, *f->attack ? f->attack : "-",
                               name_of(h, f->certificate), f->source, f->path, f->title, f->detail);
        cr_assert(text);
    }
    return text;
}

#endif
