/* x509_name.c - a distinguished name as text. */
#include "base/text.h"
#include "format/x509.h"

#include <string.h>

/* SPEC X.690 8.23: string types.  What they hold in fact is wider than what they may hold. */
enum {
    UTF8_STRING = 0x0C,
    NUMERIC_STRING = 0x12,
    PRINTABLE_STRING = 0x13,
    TELETEX_STRING = 0x14,
    IA5_STRING = 0x16,
    VISIBLE_STRING = 0x1A,
    BMP_STRING = 0x1E
};

#define COMMON_NAME         "2.5.4.3"
#define ORGANIZATION        "2.5.4.10"
#define ORGANIZATIONAL_UNIT "2.5.4.11"

/* SPEC RFC 4514 section 3 for the first nine; the rest as OpenSSL writes them. */
static const struct {
    const char *oid, *name;
} attribute_names[] = {
    { COMMON_NAME, "CN" },
    { ORGANIZATION, "O" },
    { "2.5.4.6", "C" },
    { ORGANIZATIONAL_UNIT, "OU" },
    { "2.5.4.7", "L" },
    { "2.5.4.8", "ST" },
    { "2.5.4.9", "STREET" },
    { "0.9.2342.19200300.100.1.25", "DC" },
    { "0.9.2342.19200300.100.1.1", "UID" },
    { "1.2.840.113549.1.9.1", "emailAddress" },
    { "2.5.4.5", "serialNumber" },
    { "2.5.4.97", "organizationIdentifier" },
    { "2.5.4.4", "SN" },
    { "2.5.4.42", "GN" },
    { "2.5.4.43", "initials" },
    { "2.5.4.44", "generationQualifier" },
    { "2.5.4.46", "dnQualifier" },
    { "2.5.4.65", "pseudonym" },
    { "2.5.4.12", "title" },
    { "2.5.4.13", "description" },
    { "2.5.4.15", "businessCategory" },
    { "2.5.4.17", "postalCode" },
    { "2.5.4.41", "name" },
    { "1.2.840.113549.1.9.2", "unstructuredName" },
    { "1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL" },
    { "1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST" },
    { "1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC" },
};

typedef struct attribute {
    wr_view type; /* OID contents */
    wr_der value;
    bool joined; /* of one RDN with the attribute before it */
} attribute;

typedef struct attributes {
    WR_LIST(attribute) list; /* in stored order, the least specific first */
} attributes;

/* RelativeDistinguishedName: SET OF SEQUENCE { type OID, value ANY } */
static bool read_rdn(wr_view set, wr_arena *arena, attributes *out, wr_error *err)
{
    wr_reader r = wr_reader_of(set);

    while (wr_reader_left(&r)) {
        bool joined = r.pos > 0;
        wr_der pair, type, value;
        wr_reader inside;
        attribute *item;

        if (!wr_der_expect(&r, WR_DER_SEQUENCE, "attribute of a name", &pair, err))
            return false;
        inside = wr_reader_of(pair.contents);
        if (!wr_der_expect(&inside, WR_DER_OID, "attribute's type", &type, err) ||
            !wr_der_read(&inside, &value, err))
            return false;
        if (!(item = WR_APPEND(arena, &out->list, attribute)))
            return wr_fail_memory(err);
        *item = (attribute){ type.contents, value, joined };
    }
    return true;
}

static bool read_name(wr_view name, wr_arena *arena, attributes *out, wr_error *err)
{
    wr_reader r = wr_reader_of(name);
    wr_der sequence, set;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "name", &sequence, err))
        return false;
    r = wr_reader_of(sequence.contents);
    while (wr_reader_left(&r))
        if (!wr_der_expect(&r, WR_DER_SET, "part of a name", &set, err) ||
            !read_rdn(set.contents, arena, out, err))
            return false;
    return true;
}

/* Big-endian UTF-16: what a BMPString holds, though it should have no surrogates. */
static const char *text_of_bmp(wr_arena *arena, wr_view v)
{
    uint8_t *swapped = WR_NEW(arena, uint8_t, v.len ? v.len : 1);

    if (!swapped)
        return NULL;
    for (size_t i = 0; i + 1 < v.len; i += 2) {
        swapped[i] = v.data[i + 1];
        swapped[i + 1] = v.data[i];
    }
    return wr_text(arena, (wr_view){ swapped, v.len, v.origin, v.source }, WR_UTF16LE);
}

/* The value as UTF-8, not escaped; *is_text is false where it is no string.  NULL: no memory. */
static const char *text_of_value(wr_arena *arena, const wr_der *value, bool *is_text)
{
    *is_text = true;
    switch (value->tag) {
    case UTF8_STRING:
        return wr_text_utf8(arena, value->contents);
    case NUMERIC_STRING:
    case PRINTABLE_STRING:
    case TELETEX_STRING: /* OBSERVED program roots: Latin-1, not T.61 */
    case IA5_STRING:
    case VISIBLE_STRING:
        return wr_text(arena, value->contents, WR_LATIN1);
    case BMP_STRING:
        if (value->contents.len % 2 == 0)
            return text_of_bmp(arena, value->contents);
        break;
    }
    *is_text = false;
    return wr_text_hex(arena, value->whole.data, value->whole.len);
}

static const char *text_of_type(wr_arena *arena, wr_view oid)
{
    for (size_t i = 0; i < sizeof attribute_names / sizeof *attribute_names; i++)
        if (wr_oid_is(oid, attribute_names[i].oid))
            return attribute_names[i].name;
    return wr_oid_text(arena, oid);
}

/* SPEC RFC 4514 section 2.4: a special character behind a backslash; octets of what would not be
 * seen as it stands as two hex digits each.  `out` has room for 3 chars a byte; gives its new end.
 */
static char *put_escaped(const char *text, char *out)
{
    size_t len = strlen(text);
    char hex[3];
    uint32_t c;

    for (size_t i = 0, used; i < len; i += used) {
        used = wr_text_char(text + i, len - i, &c);
        if (wr_text_is_control(c)) {
            for (size_t k = 0; k < used; k++) {
                wr_text_hex_into((const uint8_t *)text + i + k, 1, hex);
                *out++ = '\\';
                *out++ = hex[0];
                *out++ = hex[1];
            }
            continue;
        }
        if (strchr("\"+,;<>\\", text[i]) || (i == 0 && (c == ' ' || c == '#')) ||
            (i + 1 == len && c == ' '))
            *out++ = '\\';
        memcpy(out, text + i, used);
        out += used;
    }
    return out;
}

static char *put(const char *text, char *out)
{
    size_t len = strlen(text);

    memcpy(out, text, len);
    return out + len;
}

/* TYPE=value */
static char *attribute_text(wr_arena *arena, const attribute *a)
{
    bool is_text;
    const char *type = text_of_type(arena, a->type);
    const char *value = text_of_value(arena, &a->value, &is_text);
    char *text, *end;

    if (!type || !value ||
        !(text = WR_NEW(arena, char, strlen(type) + 3 * strlen(value) + sizeof "=#")))
        return NULL;
    end = put(type, text);
    end = put("=", end);
    if (is_text)
        put_escaped(value, end);
    else
        put(value, put("#", end));
    return text;
}

bool wr_x509_name_text(wr_view name, wr_arena *arena, const char **out, wr_error *err)
{
    attributes all = { 0 };
    const char **texts;
    char *line, *end;
    size_t room = 1;

    if (!read_name(name, arena, &all, err))
        return false;
    if (!(texts = WR_NEW(arena, const char *, all.list.count)))
        return wr_fail_memory(err);
    for (size_t i = 0; i < all.list.count; i++) {
        if (!(texts[i] = attribute_text(arena, &all.list.items[i])))
            return wr_fail_memory(err);
        room += strlen(texts[i]) + strlen(", ");
    }
    if (!(line = end = WR_NEW(arena, char, room)))
        return wr_fail_memory(err);
    for (size_t i = all.list.count; i-- > 0;) {
        end = put(texts[i], end);
        if (i)
            end = put(all.list.items[i].joined ? "+" : ", ", end);
    }
    *out = line;
    return true;
}

bool wr_x509_short_name(wr_view name, wr_arena *arena, const char **out, wr_error *err)
{
    static const char *const preferred[] = { COMMON_NAME, ORGANIZATIONAL_UNIT, ORGANIZATION };
    attributes all = { 0 };

    if (!read_name(name, arena, &all, err))
        return false;
    for (size_t k = 0; k < sizeof preferred / sizeof *preferred; k++) {
        for (size_t i = all.list.count; i-- > 0;) {
            const attribute *a = &all.list.items[i];
            bool is_text;
            const char *text;

            if (!a->value.contents.len || !wr_oid_is(a->type, preferred[k]))
                continue;
            if (!(text = text_of_value(arena, &a->value, &is_text)) ||
                !(text = wr_text_printable(arena, text)))
                return wr_fail_memory(err);
            if (!is_text)
                continue;
            *out = text;
            return true;
        }
    }
    return wr_x509_name_text(name, arena, out, err);
}
