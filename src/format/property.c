#include "format/property.h"

#include "base/outfile.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <string.h>

#define HEADER   ((size_t)12)  /* id, reserved, length */
#define RESERVED ((uint32_t)1) /* OBSERVED in every record: what that field holds */

/* SPEC wincrypt.h of 2026; it names no 31, 63 and 88. */
static const char *const names[] = {
    [1] = "KEY_PROV_HANDLE",
    [WR_PROP_KEY_PROV_INFO] = "KEY_PROV_INFO",
    [WR_PROP_SHA1_HASH] = "SHA1_HASH",
    [WR_PROP_MD5_HASH] = "MD5_HASH",
    [5] = "KEY_CONTEXT",
    [6] = "KEY_SPEC",
    [7] = "IE30_RESERVED",
    [8] = "PUBKEY_HASH_RESERVED",
    [WR_PROP_ENHKEY_USAGE] = "ENHKEY_USAGE",
    [10] = "NEXT_UPDATE_LOCATION",
    [WR_PROP_FRIENDLY_NAME] = "FRIENDLY_NAME",
    [12] = "PVK_FILE",
    [13] = "DESCRIPTION",
    [14] = "ACCESS_STATE",
    [WR_PROP_SIGNATURE_HASH] = "SIGNATURE_HASH",
    [16] = "SMART_CARD_DATA",
    [17] = "EFS",
    [18] = "FORTEZZA_DATA",
    [19] = "ARCHIVED",
    [WR_PROP_KEY_IDENTIFIER] = "KEY_IDENTIFIER",
    [21] = "AUTO_ENROLL",
    [22] = "PUBKEY_ALG_PARA",
    [23] = "CROSS_CERT_DIST_POINTS",
    [24] = "ISSUER_PUBLIC_KEY_MD5",
    [WR_PROP_SUBJECT_PUBLIC_KEY_MD5_HASH] = "SUBJECT_PUBLIC_KEY_MD5",
    [26] = "ENROLLMENT",
    [27] = "DATE_STAMP",
    [28] = "ISSUER_SERIAL_NUMBER_MD5",
    [WR_PROP_SUBJECT_NAME_MD5_HASH] = "SUBJECT_NAME_MD5",
    [30] = "EXTENDED_ERROR_INFO",
    [WR_PROP_CERTIFICATE] = "CERTIFICATE",
    [WR_PROP_CRL] = "CRL",
    [WR_PROP_CTL] = "CTL",
    [WR_PROP_KEYID] = "KEYID",
    [64] = "RENEWAL",
    [65] = "ARCHIVED_KEY_HASH",
    [66] = "AUTO_ENROLL_RETRY",
    [67] = "AIA_URL_RETRIEVED",
    [68] = "AUTHORITY_INFO_ACCESS",
    [69] = "BACKED_UP",
    [70] = "OCSP_RESPONSE",
    [71] = "REQUEST_ORIGINATOR",
    [72] = "SOURCE_LOCATION",
    [73] = "SOURCE_URL",
    [74] = "NEW_KEY",
    [75] = "OCSP_CACHE_PREFIX",
    [76] = "SMART_CARD_ROOT_INFO",
    [77] = "NO_AUTO_EXPIRE_CHECK",
    [78] = "NCRYPT_KEY_HANDLE",
    [79] = "HCRYPTPROV_OR_NCRYPT_KEY_HANDLE",
    [80] = "SUBJECT_INFO_ACCESS",
    [81] = "CA_OCSP_AUTHORITY_INFO_ACCESS",
    [82] = "CA_DISABLE_CRL",
    [WR_PROP_ROOT_PROGRAM_CERT_POLICIES] = "ROOT_PROGRAM_CERT_POLICIES",
    [WR_PROP_ROOT_PROGRAM_NAME_CONSTRAINTS] = "ROOT_PROGRAM_NAME_CONSTRAINTS",
    [85] = "SUBJECT_OCSP_AUTHORITY_INFO_ACCESS",
    [86] = "SUBJECT_DISABLE_CRL",
    [87] = "CEP",
    [89] = "SIGN_HASH_CNG_ALG",
    [90] = "SCARD_PIN_ID",
    [91] = "SCARD_PIN_INFO",
    [92] = "SUBJECT_PUB_KEY_BIT_LENGTH",
    [93] = "PUB_KEY_CNG_ALG_BIT_LENGTH",
    [94] = "ISSUER_PUB_KEY_BIT_LENGTH",
    [95] = "ISSUER_CHAIN_SIGN_HASH_CNG_ALG",
    [96] = "ISSUER_CHAIN_PUB_KEY_CNG_ALG_BIT_LENGTH",
    [97] = "NO_EXPIRE_NOTIFICATION",
    [WR_PROP_AUTH_ROOT_SHA256_HASH] = "AUTH_ROOT_SHA256_HASH",
    [99] = "NCRYPT_KEY_HANDLE_TRANSFER",
    [100] = "HCRYPTPROV_TRANSFER",
    [101] = "SMART_CARD_READER",
    [102] = "SEND_AS_TRUSTED_ISSUER",
    [103] = "KEY_REPAIR_ATTEMPTED",
    [WR_PROP_DISALLOWED_FILETIME] = "DISALLOWED_FILETIME",
    [WR_PROP_ROOT_PROGRAM_CHAIN_POLICIES] = "ROOT_PROGRAM_CHAIN_POLICIES",
    [106] = "SMART_CARD_READER_NON_REMOVABLE",
    [WR_PROP_SHA256_HASH] = "SHA256_HASH",
    [108] = "SCEP_SERVER_CERTS",
    [109] = "SCEP_RA_SIGNATURE",
    [110] = "SCEP_RA_ENCRYPTION",
    [111] = "SCEP_CA_CERT",
    [112] = "SCEP_SIGNER",
    [113] = "SCEP_NONCE",
    [114] = "SCEP_ENCRYPT_HASH_CNG_ALG",
    [115] = "SCEP_FLAGS",
    [116] = "SCEP_GUID",
    [117] = "SERIALIZABLE_KEY_CONTEXT",
    [118] = "ISOLATED_KEY",
    [119] = "SERIAL_CHAIN",
    [120] = "KEY_CLASSIFICATION",
    [121] = "OCSP_MUST_STAPLE",
    [WR_PROP_DISALLOWED_ENHKEY_USAGE] = "DISALLOWED_ENHKEY_USAGE",
    [123] = "NONCOMPLIANT_ROOT_URL",
    [124] = "PIN_SHA256_HASH",
    [125] = "CLR_DELETE_KEY",
    [WR_PROP_NOT_BEFORE_FILETIME] = "NOT_BEFORE_FILETIME",
    [WR_PROP_NOT_BEFORE_ENHKEY_USAGE] = "NOT_BEFORE_ENHKEY_USAGE",
    [WR_PROP_DISALLOWED_CA_FILETIME] = "DISALLOWED_CA_FILETIME",
    [129] = "SHA1_SHA256_HASH",
};

#define NUM_NAMES (sizeof names / sizeof *names)

/* What no single name is for; the first row that fits counts. */
static const struct range {
    uint32_t first, last;
    const char *name;
} ranges[] = {
    { 36, 62, "RESERVED_ELEMENT" },
    { 0x1000, 0x1000, "STORE_LOCALIZED_NAME" },
    { NUM_NAMES, 0x7FFF, "RESERVED" },
    { 0x8000, 0xFFFF, "USER" },
};

const char *wr_property_name(uint32_t id)
{
    if (id < NUM_NAMES && names[id])
        return names[id];
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (id >= ranges[i].first && id <= ranges[i].last)
            return ranges[i].name;
    return NULL;
}

const char *wr_element_kind_name(wr_element_kind kind)
{
    static const char *const kinds[] = { "certificate", "crl", "ctl", "keyid" };
    return kinds[kind];
}

/* Fails without a reason: what looks for a property passes every record to the end. */
static inline bool read_record(wr_reader *r, wr_property *out)
{
    const wr_view v = r->view;
    uint32_t id, reserved, len;
    wr_view data;

    if (!wr_u32le_at(v, r->pos, &id) || !wr_u32le_at(v, r->pos + 4, &reserved) ||
        !wr_u32le_at(v, r->pos + 8, &len) || !wr_view_slice(v, r->pos + HEADER, len, &data))
        return false;
    *out = (wr_property){ .id = id, .reserved = reserved, .data = data };
    r->pos += HEADER + len;
    return true;
}

static bool fail_record(const wr_reader *r, wr_error *err)
{
    const size_t left = wr_reader_left(r);
    uint32_t id = 0, len = 0;

    if (!wr_u32le_at(r->view, r->pos, &id) || left < HEADER ||
        !wr_u32le_at(r->view, r->pos + 8, &len))
        return wr_fail_reader(err, WR_E_TRUNCATED, r,
                              "%zu bytes, expected a property header of %zu", left, HEADER);
    return wr_fail_reader(err, WR_E_TRUNCATED, r,
                          "property %" PRIu32 " has %" PRIu32 " bytes, %zu are there", id, len,
                          left - HEADER);
}

bool wr_property_read(wr_reader *r, wr_property *out, wr_error *err)
{
    return read_record(r, out) || fail_record(r, err);
}

static bool is_object(uint32_t id)
{
    return id >= WR_PROP_CERTIFICATE && id <= WR_PROP_KEYID;
}

bool wr_property_at_end(const wr_reader *r)
{
    static const uint8_t zeros[4];
    size_t id = wr_reader_left(r) < sizeof zeros ? wr_reader_left(r) : sizeof zeros;
    wr_view found;

    return wr_view_slice(r->view, r->pos, id, &found) && wr_view_is(found, zeros, id);
}

static bool count_property(const wr_reader *at, wr_element *e, wr_error *err)
{
    if (e->num_properties == WR_LIMIT_PROPERTIES)
        return wr_fail_reader(err, WR_E_LIMIT, at, "more than %d properties in one element",
                              WR_LIMIT_PROPERTIES);
    e->num_properties++;
    return true;
}

/* Records up to and with the object's. */
static bool read_to_object(wr_reader *r, wr_element *e, wr_error *err)
{
    wr_reader at = *r;
    wr_property p;

    for (;;) {
        wr_reader record = at;
        if (wr_property_at_end(&at))
            return wr_fail_reader(err, WR_E_MALFORMED, &at,
                                  "%s after %" PRIu32 " properties, expected an object record",
                                  wr_reader_left(&at) ? "id 0" : "the end", e->num_properties);
        if (!wr_property_read(&at, &p, err))
            return false;
        if (is_object(p.id))
            break;
        if (!count_property(&record, e, err))
            return false;
    }
    e->kind = (wr_element_kind)(p.id - WR_PROP_CERTIFICATE);
    e->object = p.data;
    *r = at;
    return true;
}

/* Records behind the object's; where they stop being records, *fault says so. */
static bool read_behind_object(wr_reader *r, wr_element *e, wr_error *fault, wr_error *err)
{
    wr_reader at = *r;
    wr_property p;

    while (!wr_property_at_end(&at)) {
        wr_reader record = at;
        if (!wr_property_read(&at, &p, fault))
            break;
        if (is_object(p.id))
            return wr_fail_reader(err, WR_E_MALFORMED, &record,
                                  "a second object of %zu bytes, expected one", p.data.len);
        if (!count_property(&record, e, err))
            return false;
    }
    *r = at;
    return true;
}

static void note(wr_diags *diags, const wr_property *p, const char *what, uint32_t found,
                 uint32_t expected)
{
    if (found != expected)
        wr_diag_add(diags, WR_DIAG_NOTE, WR_E_MALFORMED, p->data.source, p->data.origin - HEADER,
                    NULL, "property %" PRIu32 ": %s %" PRIu32 ", expected %" PRIu32, p->id, what,
                    found, expected);
}

static uint32_t count_equal(const uint32_t *ids, size_t count, uint32_t id)
{
    uint32_t equal = 0;

    for (size_t i = 0; i < count; i++)
        equal += ids[i] == id;
    return equal;
}

/* Every record against those before it: WR_LIMIT_PROPERTIES bounds what that costs. */
static void note_oddities(const wr_element *e, wr_diags *diags)
{
    uint32_t ids[WR_LIMIT_PROPERTIES + 1], objects = 0;
    wr_reader r = wr_reader_of(e->all);
    wr_property p;

    for (size_t count = 0; read_record(&r, &p); ids[count++] = p.id) {
        note(diags, &p, "reserved field", p.reserved, RESERVED);
        note(diags, &p, "copies before it", count_equal(ids, count, p.id), 0);
        note(diags, &p, "objects before it", objects, 0);
        objects += is_object(p.id);
    }
}

bool wr_element_read(wr_reader *r, wr_diags *diags, wr_element *out, wr_error *err)
{
    wr_reader at = *r;
    wr_element e = { 0 };

    if (!read_to_object(&at, &e, err))
        return false;
    if (!wr_view_slice(r->view, r->pos, at.pos - r->pos, &e.all))
        return wr_fail_reader(err, WR_E_BUG, r, "an element lost its place");
    note_oddities(&e, diags);
    *r = at;
    *out = e;
    return true;
}

bool wr_element_parse(wr_view blob, wr_diags *diags, wr_element *out, wr_error *err)
{
    wr_reader r = wr_reader_of(blob);
    wr_error fault = { .code = WR_OK };
    wr_element e = { 0 };

    if (!read_to_object(&r, &e, err) || !read_behind_object(&r, &e, &fault, err))
        return false;
    if (!wr_view_slice(blob, 0, r.pos, &e.all))
        return wr_fail_view(err, WR_E_BUG, blob, "an element lost its place");
    note_oddities(&e, diags);
    if (fault.code != WR_OK)
        wr_diag_error(diags, WR_DIAG_SKIPPED, &fault);
    else if (wr_reader_left(&r))
        wr_diag_add(diags, WR_DIAG_NOTE, WR_E_MALFORMED, blob.source, blob.origin + r.pos, NULL,
                    "id 0: a tail of %zu bytes was never written", wr_reader_left(&r));
    *out = e;
    return true;
}

bool wr_element_next(const wr_element *element, size_t *at, wr_property *out)
{
    wr_reader r = { element->all, *at };
    wr_property p;

    do {
        if (!read_record(&r, &p))
            return false;
    } while (is_object(p.id));
    *at = r.pos;
    *out = p;
    return true;
}

bool wr_element_property(const wr_element *element, uint32_t id, wr_view *out)
{
    bool found = false;
    size_t at = 0;
    wr_property p;

    while (wr_element_next(element, &at, &p)) {
        if (p.id == id) {
            *out = p.data;
            found = true;
        }
    }
    return found;
}

static void put_u32le(uint8_t *at, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(n >> 8 * i);
}

static void put_header(uint8_t at[HEADER], uint32_t id, wr_view data)
{
    put_u32le(at, id);
    put_u32le(at + 4, RESERVED);
    put_u32le(at + 8, (uint32_t)data.len);
}

void wr_property_write(wr_out *out, uint32_t id, wr_view data)
{
    uint8_t header[HEADER];

    put_header(header, id, data);
    wr_out_write(out, header, sizeof header);
    wr_out_write(out, data.data, data.len);
}

bool wr_element_properties(const wr_element *element, wr_arena *arena, wr_view *out)
{
    size_t len = 0, at = 0;
    wr_property p;
    uint8_t *bytes;

    while (wr_element_next(element, &at, &p))
        len += HEADER + p.data.len;
    *out = (wr_view){ NULL, len, 0, element->object.source };
    if (!len)
        return true;
    if (!(out->data = bytes = WR_NEW(arena, uint8_t, len)))
        return false;
    for (at = 0; wr_element_next(element, &at, &p); bytes += HEADER + p.data.len) {
        put_header(bytes, p.id, p.data);
        if (p.data.len)
            memcpy(bytes + HEADER, p.data.data, p.data.len);
    }
    return true;
}
