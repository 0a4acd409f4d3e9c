/* test_trust.c - the rules for the machine, a row each: windows-trust sections 4.4 to 4.6, 5.1
 * to 5.4. */
#include "support.h"

#include "trust/reason.h"
#include "trust/trust.h"

#include <string.h>

static wr_arena arena;
static wr_diags diags;
static wr_model model;

static void start(void)
{
    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    wr_model_init(&model, &arena, &diags, NULL);
}

static void stop(void)
{
    wr_arena_free(&arena);
}

TestSuite(trust, .init = start, .fini = stop);

static wr_view fixture(const char *path)
{
    size_t len;
    uint8_t *bytes = read_file(path, &len);
    wr_view v;

    cr_assert(wr_arena_copy(&arena, view_of(bytes, len), &v));
    free(bytes);
    return v;
}

/* What properties a row gives: PURPOSES are lists of "s" (server_auth), "c" (code signing), "p"
 * (the placeholder 1.3.6.1.4.1.311.94.1.2), "a" (any); a date is a year, 0 = empty value, 1 =
 * FILETIME 0. */
typedef struct properties {
    const char *purposes;            /* 9, NULL = absent */
    const char *removed;             /* 122 */
    int disabled;                    /* 104, -1 = absent */
    int not_before;                  /* 126 */
    const char *not_before_purposes; /* 127 */
    bool constraints;                /* 84 */
} properties;

#define NONE                                                                                       \
    {                                                                                              \
        NULL, NULL, -1, -1, NULL, false                                                            \
    }

typedef struct bytes {
    uint8_t at[512];
    size_t len;
} bytes;

static void put(bytes *b, const void *data, size_t len)
{
    cr_assert_leq(b->len + len, sizeof b->at);
    if (len)
        memcpy(b->at + b->len, data, len);
    b->len += len;
}

static void put_byte(bytes *b, size_t value)
{
    uint8_t byte = (uint8_t)value;
    put(b, &byte, 1);
}

/* A DER value of fewer than 128 bytes. */
static void put_der(bytes *b, uint8_t tag, const bytes *contents)
{
    cr_assert_lt(contents->len, 128);
    put_byte(b, tag);
    put_byte(b, contents->len);
    put(b, contents->at, contents->len);
}

static bytes oids_of(const char *letters)
{
    static const struct {
        char letter;
        const char *oid;
        size_t len;
    } table[] = {
        { 's', "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01", 10 },
        { 'c', "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x03", 10 },
        { 'p', "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x5e\x01\x02", 12 },
        { 'a', "\x06\x04\x55\x1d\x25\x00", 6 },
    };
    bytes inside = { .len = 0 }, out = { .len = 0 };

    for (const char *l = letters; *l; l++)
        for (size_t i = 0; i < sizeof table / sizeof *table; i++)
            if (table[i].letter == *l)
                put(&inside, table[i].oid, table[i].len);
    put_der(&out, 0x30, &inside);
    return out;
}

static bytes date_of(int year)
{
    bytes out = { .len = 0 };
    wr_time t = 0;

    if (year == 0)
        return out;
    if (year > 1)
        cr_assert(wr_time_from_civil(year, 1, 1, 0, 0, 0, &t));
    for (unsigned i = 0; i < 8; i++)
        put_byte(&out, t >> (8 * i) & 0xff);
    return out;
}

typedef void put_property(bytes *b, unsigned id, const bytes *data);

static void put_all(bytes *b, const properties *p, put_property *one)
{
    const struct {
        bool has;
        unsigned id;
        bytes data;
    } list[] = {
        { p->purposes, 9, oids_of(p->purposes ? p->purposes : "") },
        { p->removed, 122, oids_of(p->removed ? p->removed : "") },
        { p->disabled >= 0, 104, date_of(p->disabled) },
        { p->not_before >= 0, 126, date_of(p->not_before) },
        { p->not_before_purposes, 127,
          oids_of(p->not_before_purposes ? p->not_before_purposes : "") },
        { p->constraints, 84, oids_of("") },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i].has)
            one(b, list[i].id, &list[i].data);
}

static void put_u32(bytes *b, size_t value)
{
    for (unsigned i = 0; i < 4; i++)
        put_byte(b, value >> (8 * i) & 0xff);
}

static void put_stored(bytes *b, unsigned id, const bytes *data)
{
    put_u32(b, id);
    put_u32(b, 1);
    put_u32(b, data->len);
    put(b, data->at, data->len);
}

/* Attribute ::= SEQUENCE { 1.3.6.1.4.1.311.10.11.<id>, SET { OCTET STRING } } */
static void put_listed(bytes *b, unsigned id, const bytes *data)
{
    static const uint8_t prefix[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x0b };
    bytes oid = { .len = 0 }, octets = { .len = 0 }, value = { .len = 0 }, set = { .len = 0 };

    put(&oid, prefix, sizeof prefix);
    put_byte(&oid, id);
    put_der(&value, 0x06, &oid);
    put_der(&octets, 0x04, data);
    put_der(&set, 0x31, &octets);
    put(&value, set.at, set.len);
    put_der(b, 0x30, &value);
}

/* The certificate in a store, with stored properties. */
static size_t place(wr_view der, wr_location location, const char *store, const properties *p)
{
    bytes blob = { .len = 0 };
    wr_instance instance = { .path = store };
    wr_view v;
    wr_error err;

    put_all(&blob, p, put_stored);
    put_u32(&blob, 32);
    put_u32(&blob, 1);
    put_u32(&blob, der.len);
    cr_assert(wr_arena_copy(&arena, view_of(blob.at, blob.len), &v));
    instance.element = (wr_element){ .kind = WR_ELEMENT_CERTIFICATE, .object = der };
    {
        uint8_t *whole = WR_NEW(&arena, uint8_t, v.len + der.len);
        cr_assert(whole);
        memcpy(whole, v.data, v.len);
        memcpy(whole + v.len, der.data, der.len);
        cr_assert(
            wr_element_parse(view_of(whole, v.len + der.len), &diags, &instance.element, &err),
            "%s", err.message);
    }
    cr_assert(wr_model_certificate(&model, der, &instance.certificate, &err), "%s", err.message);
    cr_assert(wr_model_store(&model, location, NULL, store, "unit", store, &instance.store, &err));
    cr_assert(wr_model_place(&model, &instance, &err));
    return instance.certificate;
}

/* An unsigned root list with one entry, which the options of these tests allow. */
static wr_ctl *list_with(wr_ctl_kind kind, const uint8_t *id, size_t id_len, const properties *p)
{
    wr_ctl *ctl = WR_NEW(&arena, wr_ctl, 1);
    wr_pkcs7 *message = WR_NEW(&arena, wr_pkcs7, 1);
    wr_list *list = WR_APPEND(&arena, &model.lists, wr_list);
    wr_ctl_entry *entry;
    bytes attributes = { .len = 0 };

    cr_assert(ctl && message && list && (entry = WR_APPEND(&arena, &ctl->entries, wr_ctl_entry)));
    put_all(&attributes, p, put_listed);
    cr_assert(wr_arena_copy(&arena, view_of(attributes.at, attributes.len), &entry->attributes));
    cr_assert(wr_arena_copy(&arena, view_of(id, id_len), &entry->id));
    ctl->kind = kind;
    *list = (wr_list){ .ctl = ctl, .message = message, .source = "list", .path = "" };
    return ctl;
}

static wr_trust judge_when(wr_time as_of, unsigned os_major)
{
    wr_trust_options options = { .as_of = as_of,
                                 .allow_unverified_lists = true,
                                 .expiring_days = 90,
                                 .os_given = true,
                                 .os = { .known = true, .major = os_major, .product_name = "" } };
    wr_trust trust;
    wr_error err;

    cr_assert(wr_trust_evaluate(&model, &options, &arena, &trust, &err), "%s", err.message);
    return trust;
}

static wr_trust judge_at(int year, unsigned os_major)
{
    wr_time as_of;

    cr_assert(wr_time_from_civil(year, 1, 1, 0, 0, 0, &as_of));
    return judge_when(as_of, os_major);
}

static const wr_verdict *verdict(const wr_trust *trust, size_t certificate, const char *purpose)
{
    const wr_certificate_trust *t = &trust->certificates[certificate];
    for (size_t i = 0; i < t->machine.count; i++)
        if (!strcmp(t->machine.items[i].purpose->name, purpose))
            return &t->machine.items[i];
    cr_assert_fail("no row for %s", purpose);
    return NULL;
}

/* The rules over one installed copy, 2030-01-01, the root valid from 2026. */
struct row {
    const char *what;
    properties stored, listed;
    bool is_listed;
    unsigned os;
    wr_status server, code;
    const char *server_reason, *code_reason; /* the first one */
};

#define P(...)                                                                                     \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
static const struct row copy_rows[] = {
    { "4.5 no property: every purpose", NONE, NONE, false, 10, WR_TRUSTED, WR_TRUSTED, "installed",
      "installed" },
    { "4.5 property 9 names purposes", P("s", NULL, -1, -1, NULL, false), NONE, false, 10,
      WR_TRUSTED, WR_NOT_TRUSTED, "installed", "purpose_not_in_property" },
    { "4.5 property 9 present and empty: none", P("", NULL, -1, -1, NULL, false), NONE, false, 10,
      WR_NOT_TRUSTED, WR_NOT_TRUSTED, "purpose_not_in_property", "purpose_not_in_property" },
    { "5.4 any counts as all", P("a", NULL, -1, -1, NULL, false), NONE, false, 10, WR_TRUSTED,
      WR_TRUSTED, "installed", "installed" },
    { "4.5 104 dated: disabled, earlier time stamps count", P(NULL, NULL, 2028, -1, NULL, false),
      NONE, false, 10, WR_DISTRUSTED, WR_CONDITIONAL, "disabled", "disabled" },
    { "4.5 104 in the future beside 122", P(NULL, "c", 2035, -1, NULL, false), NONE, false, 10,
      WR_TRUSTED, WR_DISTRUSTED, "installed", "purpose_removed" },
    { "4.5 104 in the future", P(NULL, NULL, 2035, -1, NULL, false), NONE, false, 10, WR_TRUSTED,
      WR_TRUSTED, "installed", "installed" },
    { "4.4 104 empty: withdrawn", P(NULL, NULL, 0, -1, NULL, false), NONE, false, 10, WR_TRUSTED,
      WR_TRUSTED, "installed", "installed" },
    { "4.5 104 zero: always", P(NULL, NULL, 1, -1, NULL, false), NONE, false, 10, WR_DISTRUSTED,
      WR_DISTRUSTED, "disabled", "disabled" },
    { "4.5 122 alone: purpose removed", P(NULL, "c", -1, -1, NULL, false), NONE, false, 10,
      WR_TRUSTED, WR_DISTRUSTED, "installed", "purpose_removed" },
    { "4.5 122 wins over 9", P("sc", "c", -1, -1, NULL, false), NONE, false, 10, WR_TRUSTED,
      WR_DISTRUSTED, "installed", "purpose_removed" },
    { "4.5 104 with 122: 104 disables all, 122 removes always", P(NULL, "s", 2028, -1, NULL, false),
      NONE, false, 10, WR_DISTRUSTED, WR_CONDITIONAL, "purpose_removed", "disabled" },
    { "4.4 placeholder in 122 with 104: disabled", P(NULL, "p", 2028, -1, NULL, false), NONE, false,
      10, WR_DISTRUSTED, WR_CONDITIONAL, "disabled", "disabled" },
    { "4.5 126 without 127: every purpose", P(NULL, NULL, -1, 2028, NULL, false), NONE, false, 10,
      WR_CONDITIONAL, WR_CONDITIONAL, "not_before", "not_before" },
    { "4.5 126 with 127: those purposes", P(NULL, NULL, -1, 2028, "s", false), NONE, false, 10,
      WR_CONDITIONAL, WR_TRUSTED, "not_before", "installed" },
    { "4.4 126 empty: withdrawn", P(NULL, NULL, -1, 0, "s", false), NONE, false, 10, WR_TRUSTED,
      WR_TRUSTED, "installed", "installed" },
    { "4.5 126 in the future", P(NULL, NULL, -1, 2035, NULL, false), NONE, false, 10, WR_TRUSTED,
      WR_TRUSTED, "installed", "installed" },
    { "4.5 127 without 126: effect unpublished", P(NULL, NULL, -1, -1, "s", false), NONE, false, 10,
      WR_CONDITIONAL, WR_TRUSTED, "not_before_without_date", "installed" },
    { "MAY19 Windows 7 ignores 104 and 126", P(NULL, NULL, 2028, 2028, NULL, false), NONE, false, 6,
      WR_TRUSTED, WR_TRUSTED, "installed", "installed" },
    { "Windows 7 knows 122", P(NULL, "s", -1, -1, NULL, false), NONE, false, 6, WR_DISTRUSTED,
      WR_TRUSTED, "purpose_removed", "installed" },
    { "84 name constraints", P(NULL, NULL, -1, -1, NULL, true), NONE, false, 10, WR_CONDITIONAL,
      WR_CONDITIONAL, "name_constraints", "name_constraints" },
    { "4.4 the list's 9 replaces the stored one", P("sc", NULL, -1, -1, NULL, false),
      P("s", NULL, -1, -1, NULL, false), true, 10, WR_TRUSTED, WR_NOT_TRUSTED, "installed",
      "purpose_not_in_property" },
    { "4.4 absent in the list: the stored one stands", P("s", NULL, -1, -1, NULL, false), NONE,
      true, 10, WR_TRUSTED, WR_NOT_TRUSTED, "installed", "purpose_not_in_property" },
    { "the list widens 9: stored is stricter, effect unpublished",
      P("s", NULL, -1, -1, NULL, false), P("sc", NULL, -1, -1, NULL, false), true, 10, WR_TRUSTED,
      WR_CONDITIONAL, "installed", "stored_property_stricter" },
    { "the list withdraws a date: stored is stricter", P(NULL, NULL, 2028, -1, NULL, false),
      P(NULL, NULL, 0, -1, NULL, false), true, 10, WR_CONDITIONAL, WR_CONDITIONAL,
      "stored_property_stricter", "stored_property_stricter" },
    { "the list disables an installed copy", NONE, P(NULL, NULL, 2028, -1, NULL, false), true, 10,
      WR_DISTRUSTED, WR_CONDITIONAL, "disabled", "disabled" },
};
#undef P

static void copy_is_judged(const struct row *row)
{
    wr_view der;
    size_t c;
    wr_trust trust;
    const wr_verdict *v;

    stop();
    start();
    der = fixture(FIXTURE("certs/root_rsa.der"));
    c = place(der, WR_LM, "AuthRoot", &row->stored);
    if (row->is_listed)
        list_with(WR_CTL_AUTHROOT, model.certificates.items[c].sha1, WR_SHA1_LEN, &row->listed);
    trust = judge_at(2030, row->os);
    v = verdict(&trust, c, "server_auth");
    cr_assert_eq(v->status, row->server, "%s: server_auth is %s", row->what,
                 wr_status_name(v->status));
    cr_assert_str_eq(v->reasons.items[0].code, row->server_reason, "%s", row->what);
    v = verdict(&trust, c, "code_signing");
    cr_assert_eq(v->status, row->code, "%s: code_signing is %s", row->what,
                 wr_status_name(v->status));
    cr_assert_str_eq(v->reasons.items[0].code, row->code_reason, "%s", row->what);
}

Test(trust, a_copy_is_judged_by_its_properties_with_the_list_laid_over_them)
{
    for (size_t i = 0; i < sizeof copy_rows / sizeof *copy_rows; i++)
        copy_is_judged(&copy_rows[i]);
}

static const properties none = NONE;

Test(trust, presence_decides_by_store)
{
    static const struct {
        wr_location location;
        const char *store;
        wr_status status;
    } rows[] = {
        { WR_LM, "Root", WR_TRUSTED },
        { WR_LM, "AuthRoot", WR_TRUSTED },
        { WR_LM_GROUP_POLICY, "Root", WR_TRUSTED },
        { WR_LM_ENTERPRISE, "Root", WR_TRUSTED },
        { WR_LM, "CA", WR_NOT_TRUSTED },
        { WR_LM, "TrustedPublisher", WR_NOT_TRUSTED },
        { WR_LM_ENTERPRISE, "NTAuth", WR_NOT_TRUSTED },
        { WR_LM_GROUP_POLICY, "AuthRoot", WR_NOT_TRUSTED },
        { WR_LM_SERVICE, "Root", WR_NOT_TRUSTED },
        { WR_CU, "Root", WR_NOT_TRUSTED },
        { WR_LM, "Disallowed", WR_DISTRUSTED },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_trust trust;
        stop();
        start();
        place(fixture(FIXTURE("certs/root_rsa.der")), rows[i].location, rows[i].store, &none);
        trust = judge_at(2030, 10);
        cr_assert_eq(verdict(&trust, 0, "server_auth")->status, rows[i].status, "%d/%s",
                     (int)rows[i].location, rows[i].store);
        cr_assert_eq(trust.certificates[0].installed, rows[i].status == WR_TRUSTED);
    }
}

Test(trust, disallowed_wins_over_every_root_store)
{
    static const wr_location locations[] = { WR_LM, WR_LM_GROUP_POLICY, WR_LM_ENTERPRISE };

    for (size_t i = 0; i < 3; i++) {
        wr_trust trust;
        stop();
        start();
        place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
        place(fixture(FIXTURE("certs/root_rsa.der")), locations[i], "Disallowed", &none);
        trust = judge_at(2030, 10);
        cr_assert_eq(verdict(&trust, 0, "code_signing")->status, WR_DISTRUSTED);
        cr_assert_str_eq(verdict(&trust, 0, "code_signing")->reasons.items[0].code,
                         "disallowed_store");
        cr_assert_eq(trust.certificates[0].refusal.by, WR_DISALLOWED_STORE);
    }
}

Test(trust, a_disallowed_key_takes_every_certificate_with_it)
{
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
    wr_list_hashes hashes;
    wr_trust trust;
    wr_error err;

    cr_assert(wr_certificate_list_hashes(&model.certificates.items[c], &hashes, &err));
    list_with(WR_CTL_DISALLOWED, hashes.key_md5, sizeof hashes.key_md5, &none);
    trust = judge_at(2030, 10);
    cr_assert_eq(trust.certificates[c].refusal.by, WR_DISALLOWED_KEY_MD5);
    cr_assert_str_eq(verdict(&trust, c, "email")->reasons.items[0].code, "disallowed_key");
}

Test(trust, a_disallowed_signed_part_is_matched_by_either_hash)
{
    for (int sha256 = 0; sha256 < 2; sha256++) {
        wr_list_hashes hashes;
        wr_trust trust;
        wr_error err;
        size_t c;

        stop();
        start();
        c = place(fixture(FIXTURE("certs/root_P-384.der")), WR_LM, "Root", &none);
        cr_assert(wr_certificate_list_hashes(&model.certificates.items[c], &hashes, &err));
        if (sha256)
            list_with(WR_CTL_DISALLOWED, hashes.tbs_sha256, sizeof hashes.tbs_sha256, &none);
        else
            list_with(WR_CTL_DISALLOWED, hashes.tbs, hashes.tbs_len, &none);
        trust = judge_at(2030, 10);
        cr_assert_eq(trust.certificates[c].refusal.by, WR_DISALLOWED_TBS_HASH);
    }
}

Test(trust, a_thumbprint_on_the_disallowed_list_means_nothing)
{
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
    wr_trust trust;

    list_with(WR_CTL_DISALLOWED, model.certificates.items[c].sha1, WR_SHA1_LEN, &none);
    trust = judge_at(2030, 10);
    cr_assert_eq(trust.certificates[c].refusal.by, WR_DISALLOWED_NOT, "4.6: not by SHA-1");
}

Test(trust, validity_ends_trust_but_not_earlier_time_stamps)
{
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
    wr_trust late = judge_at(2200, 10), early = judge_at(2000, 10);

    cr_assert_eq(verdict(&late, c, "server_auth")->status, WR_NOT_TRUSTED);
    cr_assert_str_eq(verdict(&late, c, "server_auth")->reasons.items[0].code, "expired");
    cr_assert_eq(verdict(&late, c, "code_signing")->status, WR_CONDITIONAL);
    cr_assert_eq(verdict(&late, c, "time_stamping")->status, WR_CONDITIONAL);
    cr_assert_eq(verdict(&early, c, "code_signing")->status, WR_NOT_TRUSTED);
    cr_assert_str_eq(verdict(&early, c, "code_signing")->reasons.items[0].code, "not_yet_valid");
    cr_assert_str_eq(late.findings.items[0].id, "expired");
}

/* RFC 5280 4.1.2.5: from notBefore through notAfter, both included. */
Test(trust, the_first_and_the_last_moment_of_validity_count)
{
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
    const wr_x509 x509 = model.certificates.items[c].x509;
    const struct {
        wr_time as_of;
        wr_status status;
    } rows[] = { { x509.not_before - 1, WR_NOT_TRUSTED },
                 { x509.not_before, WR_TRUSTED },
                 { x509.not_after, WR_TRUSTED },
                 { x509.not_after + 1, WR_NOT_TRUSTED } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_trust trust = judge_when(rows[i].as_of, 10);
        cr_assert_eq(verdict(&trust, c, "server_auth")->status, rows[i].status, "row %zu", i);
    }
}

/* windows-trust 4.5: from the moment that 104 and 126 name, they hold. */
Test(trust, a_date_holds_from_its_moment_on)
{
    static const properties disabled = { NULL, NULL, 2030, -1, NULL, false };
    static const properties limited = { NULL, NULL, -1, 2030, NULL, false };
    wr_time moment;
    wr_trust trust;
    size_t a, b;

    cr_assert(wr_time_from_civil(2030, 1, 1, 0, 0, 0, &moment));
    a = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &disabled);
    b = place(fixture(FIXTURE("certs/root_P-256.der")), WR_LM, "Root", &limited);
    trust = judge_when(moment - 1, 10);
    cr_assert_eq(verdict(&trust, a, "server_auth")->status, WR_TRUSTED);
    cr_assert_eq(verdict(&trust, b, "server_auth")->status, WR_TRUSTED);
    trust = judge_when(moment, 10);
    cr_assert_eq(verdict(&trust, a, "server_auth")->status, WR_DISTRUSTED);
    cr_assert_eq(verdict(&trust, b, "server_auth")->status, WR_CONDITIONAL);
}

/* 126 of FILETIME 0: no end certificate is older, so that nothing is left of the root. */
Test(trust, an_end_date_of_zero_refuses_every_certificate)
{
    static const properties zero = { NULL, NULL, -1, 1, NULL, false };
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &zero);
    wr_trust trust = judge_at(2030, 10);

    cr_assert_eq(verdict(&trust, c, "server_auth")->status, WR_DISTRUSTED);
    cr_assert_str_eq(verdict(&trust, c, "server_auth")->reasons.items[0].code, "not_before");
}

/* A purpose that properties name has a row of its own, once; the five have theirs already. */
Test(trust, each_purpose_that_is_spoken_of_has_one_row)
{
    static const properties placeholder = { "p", "p", -1, -1, NULL, false };
    static const properties standard = { "sc", "c", -1, -1, NULL, false };
    wr_view der = fixture(FIXTURE("certs/root_rsa.der"));
    size_t c = place(der, WR_LM, "Root", &placeholder), count = 0;
    wr_trust trust = judge_at(2030, 10);

    place(der, WR_LM, "AuthRoot", &placeholder);
    place(der, WR_LM_ENTERPRISE, "Root", &standard);
    trust = judge_at(2030, 10);
    cr_assert_eq(trust.certificates[c].machine.count, WR_NUM_STANDARD_PURPOSES + 1);
    for (size_t i = 0; i < trust.certificates[c].machine.count; i++)
        count +=
            !strcmp(trust.certificates[c].machine.items[i].purpose->name, "1.3.6.1.4.1.311.94.1.2");
    cr_assert_eq(count, 1);
}

/* Windows refuses by the signed part: the same with another signature is refused, too. */
Test(trust, a_refused_certificate_is_refused_under_another_signature)
{
    wr_view der = fixture(FIXTURE("certs/root_rsa.der")),
            other = fixture(FIXTURE("certs/root_rsa.der"));
    size_t refused, twin, apart;
    wr_trust trust;

    ((uint8_t *)(uintptr_t)other.data)[other.len - 1] ^= 1;
    refused = place(der, WR_LM, "Disallowed", &none);
    twin = place(other, WR_LM, "Root", &none);
    apart = place(fixture(FIXTURE("certs/root_P-256.der")), WR_LM, "Root", &none);
    cr_assert_neq(refused, twin);
    trust = judge_at(2030, 10);
    cr_assert_eq(verdict(&trust, twin, "server_auth")->status, WR_DISTRUSTED);
    cr_assert_eq(verdict(&trust, apart, "server_auth")->status, WR_TRUSTED);
}

/* 4.2: of lists that are dated alike the higher sequence number is the newer one. */
Test(trust, the_newest_list_is_in_force)
{
    static const properties server = { "s", NULL, -1, -1, NULL, false };
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
    const uint8_t *id = model.certificates.items[c].sha1;
    static const struct {
        wr_time dated[2];
        const char *sequence[2];
        size_t newest;
    } rows[] = { { { 5, 5 }, { "\x02", "\x01" }, 0 },
                 { { 5, 5 }, { "\x01", "\x02" }, 1 },
                 { { 6, 5 }, { "\x01", "\x02" }, 0 },
                 { { 5, 6 }, { "\x02", "\x01" }, 1 } };
    wr_ctl *lists[2];

    lists[0] = list_with(WR_CTL_AUTHROOT, id, WR_SHA1_LEN, &none);
    lists[1] = list_with(WR_CTL_AUTHROOT, id, WR_SHA1_LEN, &server);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_trust trust;

        for (size_t j = 0; j < 2; j++) {
            lists[j]->this_update = rows[i].dated[j];
            lists[j]->sequence = view_of(rows[i].sequence[j], 1);
        }
        trust = judge_at(2030, 10);
        cr_assert_eq(trust.authroot, &model.lists.items[rows[i].newest], "row %zu", i);
        cr_assert_eq(verdict(&trust, c, "code_signing")->status,
                     rows[i].newest ? WR_NOT_TRUSTED : WR_TRUSTED, "row %zu", i);
        cr_assert(trust.lists[rows[i].newest].in_force && !trust.lists[!rows[i].newest].in_force);
    }
}

/* A property that cannot be decoded may hold any limit. */
Test(trust, a_property_that_cannot_be_read_leaves_the_verdict_unknown)
{
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
    static const uint8_t cut[] = { 122, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0x30, 9 };
    wr_element *element = &model.instances.items[0].element;
    wr_view der = element->object;
    uint8_t *blob = WR_NEW(&arena, uint8_t, sizeof cut + 12 + der.len);
    wr_trust trust;
    wr_error err;

    cr_assert(blob);
    memcpy(blob, cut, sizeof cut);
    blob[sizeof cut] = 32;
    blob[sizeof cut + 4] = 1;
    blob[sizeof cut + 8] = (uint8_t)der.len;
    blob[sizeof cut + 9] = (uint8_t)(der.len >> 8);
    memcpy(blob + sizeof cut + 12, der.data, der.len);
    cr_assert(wr_element_parse(view_of(blob, sizeof cut + 12 + der.len), &diags, element, &err));
    trust = judge_at(2030, 10);
    cr_assert_eq(verdict(&trust, c, "server_auth")->status, WR_UNKNOWN);
    cr_assert_str_eq(verdict(&trust, c, "server_auth")->reasons.items[0].code,
                     "property_unreadable");
}

Test(trust, a_leaf_in_root_is_no_anchor_for_ordinary_callers)
{
    size_t c = place(fixture(FIXTURE("certs/leaf_sha1.der")), WR_LM, "Root", &none);
    wr_trust trust = judge_at(2030, 10);

    cr_assert_eq(verdict(&trust, c, "server_auth")->status, WR_CONDITIONAL);
    cr_assert_str_eq(verdict(&trust, c, "server_auth")->reasons.items[0].code, "not_self_issued");
    cr_assert_eq(verdict(&trust, c, "code_signing")->status, WR_NOT_TRUSTED);
    cr_assert_str_eq(verdict(&trust, c, "code_signing")->reasons.items[0].code,
                     "purpose_not_in_extension");
}

Test(trust, copies_are_unioned)
{
    static const properties server = { "s", NULL, -1, -1, NULL, false };
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "AuthRoot", &server);
    wr_trust trust = judge_at(2030, 10);

    cr_assert_eq(verdict(&trust, c, "code_signing")->status, WR_NOT_TRUSTED);
    place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
    trust = judge_at(2030, 10);
    cr_assert_eq(verdict(&trust, c, "code_signing")->status, WR_TRUSTED, "5.4");
}

Test(trust, listed_and_not_installed_is_on_demand_unless_policy_forbids)
{
    static const properties server = { "s", NULL, -1, -1, NULL, false };
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "CA", &none);
    wr_trust trust;
    wr_policy *off;

    list_with(WR_CTL_AUTHROOT, model.certificates.items[c].sha1, WR_SHA1_LEN, &server);
    trust = judge_at(2030, 10);
    cr_assert_eq(trust.on_demand.count, 1);
    cr_assert_eq(trust.on_demand.items[0].availability, WR_FETCHABLE);
    cr_assert_eq(trust.on_demand.items[0].purposes.count, 1);
    cr_assert_eq(verdict(&trust, c, "server_auth")->status, WR_CONDITIONAL);
    cr_assert_str_eq(verdict(&trust, c, "server_auth")->reasons.items[0].code, "on_demand");
    cr_assert_eq(verdict(&trust, c, "code_signing")->status, WR_NOT_TRUSTED);

    off = WR_APPEND(&arena, &model.policies, wr_policy);
    *off = (wr_policy){ .name = "DisableRootAutoUpdate",
                        .source = "unit",
                        .key = "key",
                        .is_number = true,
                        .number = 1,
                        .text = "1" };
    trust = judge_at(2030, 10);
    cr_assert_eq(trust.on_demand.items[0].availability, WR_BLOCKED_BY_POLICY);
    cr_assert_eq(verdict(&trust, c, "server_auth")->status, WR_CONDITIONAL);
    cr_assert_str_eq(verdict(&trust, c, "server_auth")->reasons.items[0].code, "blocked_by_policy");
    cr_assert_eq(verdict(&trust, c, "code_signing")->status, WR_NOT_TRUSTED, "as the entry says");
}

/* windows-trust 2.5, over a key of 2048 bits. */
static const struct {
    const char *name;
    uint32_t number;
    wr_status server, code;
} engine_rows[] = {
    { "ChainEngine\\MinRsaPubKeyBitLength", 2048, WR_TRUSTED, WR_TRUSTED },
    { "ChainEngine\\MinRsaPubKeyBitLength", 2049, WR_NOT_TRUSTED, WR_CONDITIONAL },
    { "ChainEngine\\Default\\MinRsaPubKeyBitLength", 4096, WR_NOT_TRUSTED, WR_CONDITIONAL },
    { "ChainEngine32\\MinRsaPubKeyBitLength", 4096, WR_TRUSTED, WR_TRUSTED },
    { "ChainEngine\\MinRsaPubKeyBitLength", 0xFFFFFFFF, WR_TRUSTED, WR_TRUSTED },
};

static void set_policy(const char *name, uint32_t number)
{
    wr_policy *p = WR_APPEND(&arena, &model.policies, wr_policy);
    cr_assert(p);
    *p = (wr_policy){ .name = name,
                      .source = "unit",
                      .key = "key",
                      .is_number = true,
                      .number = number,
                      .text = "" };
}

Test(trust, the_chain_engine_asks_for_a_least_length_of_rsa_keys)
{
    size_t rsa = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
    size_t ec = place(fixture(FIXTURE("certs/root_P-256.der")), WR_LM, "Root", &none);
    size_t pss = place(fixture(FIXTURE("certs/root_pss.der")), WR_LM, "Root", &none);

    for (size_t i = 0; i < sizeof engine_rows / sizeof *engine_rows; i++) {
        wr_status server = engine_rows[i].server;
        wr_trust trust;

        model.policies.count = 0;
        set_policy(engine_rows[i].name, engine_rows[i].number);
        trust = judge_at(2030, 10);
        cr_assert_eq(verdict(&trust, rsa, "server_auth")->status, server, "row %zu", i);
        cr_assert_eq(verdict(&trust, rsa, "code_signing")->status, engine_rows[i].code, "row %zu",
                     i);
        cr_assert_eq(verdict(&trust, ec, "server_auth")->status, WR_TRUSTED, "row %zu", i);
        cr_assert_str_eq(verdict(&trust, rsa, "server_auth")->reasons.items[0].code,
                         server == WR_TRUSTED ? "installed" : "weak_key");
        if (server !=
            WR_TRUSTED) { /* the policy is the place, and a key for RSASSA-PSS is one of RSA */
            cr_assert_str_eq(verdict(&trust, rsa, "server_auth")->reasons.items[0].path,
                             model.policies.items[0].key);
            cr_assert_eq(verdict(&trust, pss, "server_auth")->status, server, "row %zu", i);
        }
        for (uint32_t flag = 1; flag <= 8; flag *= 2) {
            model.policies.count = 1;
            set_policy("ChainEngine\\EnableWeakSignatureFlags", flag);
            trust = judge_at(2030, 10);
            cr_assert_eq(verdict(&trust, rsa, "server_auth")->status,
                         flag == 2 || flag == 8 ? WR_TRUSTED : server, "flag %u", flag);
        }
    }
}

Test(trust, protected_roots_flag_8_shuts_the_third_party_store)
{
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "AuthRoot", &none);
    wr_policy *flags = WR_APPEND(&arena, &model.policies, wr_policy);
    wr_trust trust;

    *flags = (wr_policy){ .name = "ProtectedRoots\\Flags",
                          .source = "unit",
                          .key = "key",
                          .is_number = true,
                          .number = 8,
                          .text = "8" };
    trust = judge_at(2030, 10);
    cr_assert_eq(verdict(&trust, c, "server_auth")->status, WR_NOT_TRUSTED);
    cr_assert_str_eq(verdict(&trust, c, "server_auth")->reasons.items[0].code, "member_not_opened");
    flags->number = 0x20;
    trust = judge_at(2030, 10);
    cr_assert_eq(verdict(&trust, c, "server_auth")->status, WR_TRUSTED);
}

Test(trust, what_rests_on_skipped_evidence_is_unknown)
{
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "CA", &none), store;
    wr_trust trust;
    wr_error err;

    cr_assert(wr_model_store(&model, WR_LM, NULL, "Root", "unit", "ROOT", &store, &err));
    model.stores.items[store].num_skipped = 1;
    trust = judge_at(2030, 10);
    cr_assert_eq(verdict(&trust, c, "server_auth")->status, WR_UNKNOWN, "a copy may be hidden");
    cr_assert(wr_trust_absence_unknown(&trust, "Root"));
    model.stores.items[store].num_skipped = 0;

    place(fixture(FIXTURE("certs/root_P-256.der")), WR_LM, "Root", &none);
    cr_assert(
        wr_model_store(&model, WR_LM, NULL, "Disallowed", "unit", "Disallowed", &store, &err));
    model.stores.items[store].num_skipped = 1;
    trust = judge_at(2030, 10);
    cr_assert_eq(verdict(&trust, 1, "server_auth")->status, WR_UNKNOWN, "a refusal may be hidden");
    cr_assert_eq(verdict(&trust, c, "server_auth")->status, WR_NOT_TRUSTED,
                 "a refusal would change nothing");
}

Test(trust, an_unverified_list_is_not_used_unless_allowed)
{
    static const properties server = { "s", NULL, -1, -1, NULL, false };
    wr_trust_options options = { .os_given = true, .os = { .major = 10, .product_name = "" } };
    size_t c = place(fixture(FIXTURE("certs/root_rsa.der")), WR_LM, "Root", &none);
    wr_trust trust;
    wr_error err;

    list_with(WR_CTL_AUTHROOT, model.certificates.items[c].sha1, WR_SHA1_LEN, &server);
    cr_assert(wr_time_from_civil(2030, 1, 1, 0, 0, 0, &options.as_of));
    cr_assert(wr_trust_evaluate(&model, &options, &arena, &trust, &err));
    cr_assert_null(trust.authroot);
    cr_assert_eq(trust.lists[0].signature.status, WR_SIGNATURE_UNSIGNED);
    cr_assert_eq(verdict(&trust, c, "code_signing")->status, WR_TRUSTED);
    cr_assert_str_eq(trust.findings.items[0].id, "list_not_verified");
}

Test(trust, every_reason_code_is_documented)
{
    size_t len;
    uint8_t *file = read_file(WINROOTS_FIXTURES "/../docs/trust.md", &len);
    char *text = calloc(1, len + 1);

    cr_assert(text);
    memcpy(text, file, len);
    free(file);
    for (int code = 0; code < WR_NUM_REASONS; code++) {
        const char *name = wr_reason_code_text((wr_reason_code)code);
        char row[128];
        cr_assert(name && *name, "code %d has no name", code);
        snprintf(row, sizeof row, "| `%s` | ", name);
        cr_assert(strstr(text, row), "docs/trust.md lacks %s", name);
    }
    free(text);
}

Test(trust, purposes_have_one_name_and_many_spellings)
{
    wr_purpose p;
    wr_error err;

    cr_assert(wr_purpose_parse("codeSigning", &arena, &p, &err));
    cr_assert_str_eq(p.name, "code_signing");
    cr_assert(wr_purpose_parse("1.3.6.1.5.5.7.3.8", &arena, &p, &err));
    cr_assert_str_eq(p.name, "time_stamping");
    cr_assert(wr_purpose_parse("1.2.3.4", &arena, &p, &err));
    cr_assert_str_eq(p.name, "1.2.3.4");
    cr_assert_not(wr_purpose_parse("everything", &arena, &p, &err));
    cr_assert_eq(err.code, WR_E_USAGE);
    for (size_t i = 0; i < wr_purpose_count(); i++) {
        wr_view contents;
        cr_assert(wr_oid_parse(wr_purpose_named(i)->oid, &arena, &contents, &err));
        cr_assert(wr_view_equal(contents, wr_purpose_named(i)->oid_contents), "%s",
                  wr_purpose_named(i)->name);
    }
}
