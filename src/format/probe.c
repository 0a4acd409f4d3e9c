#include "format/probe.h"

#include "format/der.h"
#include "format/sst.h"
#include "winroots/limits.h"

#include <string.h>

/* How much of a file is looked at for text and for zeros, bytes.  A PEM bundle may begin with pages
 * of comment, and a raw image or ISO with 32 kB of zeros. */
#define HEAD ((size_t)64 * 1024)

/* How far into the text of a report its schema may stand, characters. */
#define REPORT_HEAD 512

static const struct magic {
    size_t at, len;
    const char *bytes;
    wr_kind kind;
} magics[] = {
    { 0, 4, "regf", WR_KIND_REGF },
    { 0, 4, "hbin", WR_KIND_HBIN },
    { 0, 4, "PReg", WR_KIND_POL },
    { 0, 4, "MSCF", WR_KIND_CAB },
    { 0, 4, "PK\3\4", WR_KIND_ARCHIVE },              /* zip          */
    { 0, 4, "PK\5\6", WR_KIND_ARCHIVE },              /* zip, empty   */
    { 0, 4, "PK\7\10", WR_KIND_ARCHIVE },             /* zip, split   */
    { 0, 6, "7z\xBC\xAF\x27\x1C", WR_KIND_ARCHIVE },  /* 7z           */
    { 0, 3, "\x1F\x8B\x08", WR_KIND_ARCHIVE },        /* gzip         */
    { 0, 4, "\x28\xB5\x2F\xFD", WR_KIND_ARCHIVE },    /* zstandard    */
    { 0, 6, "\3757zXZ\0", WR_KIND_ARCHIVE },          /* xz           */
    { 0, 6, "Rar!\x1A\x07", WR_KIND_ARCHIVE },        /* rar          */
    { 257, 5, "ustar", WR_KIND_ARCHIVE },             /* tar          */
    { 32769, 5, "CD001", WR_KIND_ARCHIVE },           /* ISO 9660     */
    { 32769, 5, "BEA01", WR_KIND_ARCHIVE },           /* UDF          */
    { 0, 8, "EVF\x09\x0D\x0A\xFF\0", WR_KIND_IMAGE }, /* EnCase E01   */
    { 0, 8, "EVF2\x0D\x0A\x81\0", WR_KIND_IMAGE },    /* EnCase Ex01  */
    { 0, 4, "KDMV", WR_KIND_IMAGE },                  /* VMDK         */
    { 0, 4, "COWD", WR_KIND_IMAGE },                  /* VMDK of ESX  */
    { 0, 8, "conectix", WR_KIND_IMAGE },              /* VHD, dynamic */
    { 0, 8, "vhdxfile", WR_KIND_IMAGE },              /* VHDX         */
    { 0, 4, "QFI\xFB", WR_KIND_IMAGE },               /* qcow, qcow2  */
    { 512, 8, "EFI PART", WR_KIND_IMAGE },            /* GPT          */
    { 4096, 8, "EFI PART", WR_KIND_IMAGE },           /* GPT, sectors of 4096 */
};

static bool has_at(wr_view v, size_t at, const char *bytes, size_t len)
{
    wr_view found;
    return wr_view_slice(v, at, len, &found) && wr_view_is(found, bytes, len);
}

static wr_kind kind_by_magic(wr_view v)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (has_at(v, magics[i].at, magics[i].bytes, magics[i].len))
            return magics[i].kind;
    return WR_KIND_UNKNOWN;
}

/* A log begins with a copy of the hive's base block, whose type says which of the two it is. */
static bool is_log(wr_view v)
{
    uint32_t type;
    return wr_u32le_at(v, 28, &type) && (type == 1 || type == 2 || type == 6);
}

static bool is_pe(wr_view v)
{
    uint32_t header;
    wr_view found;

    return has_at(v, 0, "MZ", 2) && wr_u32le_at(v, 60, &header) &&
           wr_view_slice(v, header, 4, &found) && wr_view_is(found, "PE\0\0", 4);
}

/* Four entries whose status is 0 or 0x80 and of which one at least is a partition. */
static bool has_partitions(wr_view v)
{
    bool used = false;

    for (size_t i = 0, at = 446; i < 4; i++, at += 16) {
        uint32_t status_and_start, type_and_end, first, sectors;

        if (!wr_u32le_at(v, at, &status_and_start) || !wr_u32le_at(v, at + 4, &type_and_end) ||
            !wr_u32le_at(v, at + 8, &first) || !wr_u32le_at(v, at + 12, &sectors) ||
            (status_and_start & 0x7F) != 0)
            return false;
        used = used || ((type_and_end & 0xFF) && first && sectors);
    }
    return used;
}

static bool is_boot_sector(wr_view v)
{
    return has_at(v, 510, "\x55\xAA", 2) &&
           (has_at(v, 3, "NTFS    ", 8) || has_at(v, 3, "EXFAT   ", 8) ||
            has_at(v, 3, "-FVE-FS-", 8) || has_at(v, 54, "FAT", 3) || has_at(v, 82, "FAT32", 5) ||
            has_partitions(v));
}

static bool is_zeros(wr_view v)
{
    for (size_t i = 0; i < v.len && i < HEAD; i++)
        if (v.data[i])
            return false;
    return true;
}

/* The octets in front of a value.  Unlike wr_der_read this takes BER's indefinite lengths, and
 * values whose end is missing: a message that was cut is still a message. */
static bool read_head(wr_reader *r, uint8_t *tag, uint64_t *len, bool *indefinite)
{
    uint8_t octet;

    if (!wr_read_u8(r, tag) || !wr_read_u8(r, &octet))
        return false;
    *indefinite = octet == 0x80;
    *len = octet < 0x80 ? octet : 0;
    for (int left = octet - 0x80; left > 0; left--) {
        if (*len >> 56 || !wr_read_u8(r, &octet))
            return false;
        *len = *len << 8 | octet;
    }
    return true;
}

/* Goes to the contents of a value of this tag. */
static bool enter(wr_reader *r, uint8_t expected)
{
    uint8_t tag;
    uint64_t len;
    bool indefinite;

    return wr_der_peek(r, expected) && read_head(r, &tag, &len, &indefinite);
}

/* Goes behind a value of this tag.  SPEC X.690 8.1.5: two zero octets end an indefinite one. */
static bool pass(wr_reader *r, uint8_t expected)
{
    size_t depth = 0;

    if (!wr_der_peek(r, expected))
        return false;
    do {
        uint8_t tag;
        uint64_t len;
        bool indefinite;

        if (!read_head(r, &tag, &len, &indefinite))
            return false;
        if (indefinite)
            depth++;
        else if (tag == 0 && len == 0 && depth)
            depth--;
        else if (len > wr_reader_left(r) || !wr_skip(r, (size_t)len))
            return false;
    } while (depth);
    return true;
}

#define OID_PKCS7     "\x2A\x86\x48\x86\xF7\x0D\x01\x07" /* 1.2.840.113549.1.7, and one arc more */
#define OID_CTL       "\x2B\x06\x01\x04\x01\x82\x37\x0A\x01"     /* 1.3.6.1.4.1.311.10.1 */
#define OID_CATALOGUE "\x2B\x06\x01\x04\x01\x82\x37\x0C\x01\x01" /* 1.3.6.1.4.1.311.12.1.1 */

static bool read_oid(wr_reader *r, wr_view *out)
{
    uint8_t tag;
    uint64_t len;
    bool indefinite;

    return wr_der_peek(r, WR_DER_OID) && read_head(r, &tag, &len, &indefinite) &&
           len <= wr_reader_left(r) && wr_read_view(r, (size_t)len, out);
}

/* Behind the content type of a list.  A catalogue is the same structure with a usage of its own. */
static wr_kind list_kind(wr_reader *r)
{
    wr_view usage;

    if (!enter(r, WR_DER_CONTEXT_0) || !enter(r, WR_DER_SEQUENCE))
        return WR_KIND_CTL;
    if (wr_der_peek(r, WR_DER_INTEGER) && !pass(r, WR_DER_INTEGER))
        return WR_KIND_CTL;
    if (!enter(r, WR_DER_SEQUENCE))
        return WR_KIND_CTL;
    while (read_oid(r, &usage))
        if (wr_view_is(usage, OID_CATALOGUE, sizeof OID_CATALOGUE - 1))
            return WR_KIND_CATALOGUE;
    return WR_KIND_CTL;
}

static wr_kind message_kind(wr_reader *r)
{
    wr_view type;

    if (!read_oid(r, &type) || type.len != sizeof OID_PKCS7 ||
        !wr_view_starts(type, OID_PKCS7, sizeof OID_PKCS7 - 1))
        return WR_KIND_UNKNOWN;
    if (enter(r, WR_DER_CONTEXT_0) && enter(r, WR_DER_SEQUENCE) && pass(r, WR_DER_INTEGER) &&
        pass(r, WR_DER_SET) && enter(r, WR_DER_SEQUENCE) && read_oid(r, &type) &&
        wr_view_is(type, OID_CTL, sizeof OID_CTL - 1))
        return list_kind(r);
    return WR_KIND_PKCS7;
}

/* SPEC RFC 5280 4.1: serial number, algorithm, issuer and a validity of two times.  A CRL has one
 * time where a certificate has the validity. */
static bool is_certificate(wr_reader *r)
{
    if (!enter(r, WR_DER_SEQUENCE) ||
        (wr_der_peek(r, WR_DER_CONTEXT_0) && !pass(r, WR_DER_CONTEXT_0)))
        return false;
    return pass(r, WR_DER_INTEGER) && pass(r, WR_DER_SEQUENCE) && pass(r, WR_DER_SEQUENCE) &&
           enter(r, WR_DER_SEQUENCE) &&
           (wr_der_peek(r, WR_DER_UTC_TIME) || wr_der_peek(r, WR_DER_GENERALIZED_TIME));
}

static wr_kind der_kind(wr_view v)
{
    wr_reader r = wr_reader_of(v);

    if (!enter(&r, WR_DER_SEQUENCE))
        return WR_KIND_UNKNOWN;
    if (wr_der_peek(&r, WR_DER_OID))
        return message_kind(&r);
    return is_certificate(&r) ? WR_KIND_CERTIFICATE : WR_KIND_UNKNOWN;
}

/* Records of ids that may be, up to an object that begins as one, which may be cut. */
static bool is_element(wr_view v)
{
    wr_reader r = wr_reader_of(v);
    wr_error ignored;
    wr_property p;
    uint32_t id;

    for (int count = 0; count <= WR_LIMIT_PROPERTIES; count++) {
        if (!wr_u32le_at(v, r.pos, &id) || !wr_property_name(id))
            return false;
        if (id >= WR_PROP_CERTIFICATE && id <= WR_PROP_CTL)
            return wr_skip(&r, 12) && wr_der_peek(&r, WR_DER_SEQUENCE);
        if (!wr_property_read(&r, &p, &ignored))
            return false;
        if (id == WR_PROP_KEYID)
            return p.reserved == 1;
    }
    return false;
}

/* Text of one or two bytes a character: what of it stands before the first control character. */
typedef struct text {
    wr_view v;
    size_t width;
    size_t len; /* characters */
    bool whole; /* nothing of what was looked at is a control character */
} text;

static bool unit_at(const text *t, size_t i, uint16_t *out)
{
    wr_view byte;

    if (t->width == 2)
        return wr_u16le_at(t->v, 2 * i, out);
    if (!wr_view_slice(t->v, i, 1, &byte))
        return false;
    *out = byte.data[0];
    return true;
}

static bool is_blank(uint16_t unit)
{
    return unit == ' ' || (unit >= '\t' && unit <= '\r');
}

static text text_of(wr_view v)
{
    bool marked = has_at(v, 0, "\xFF\xFE", 2), marked_utf8 = has_at(v, 0, "\xEF\xBB\xBF", 3);
    text t = { v, marked || has_at(v, 1, "\0", 1) ? 2 : 1, 0, true };
    size_t mark = marked ? 2 : marked_utf8 ? 3 : 0;
    uint16_t unit;

    if (!wr_view_slice(v, mark, v.len - mark, &t.v))
        return t;
    while (t.len < HEAD && unit_at(&t, t.len, &unit)) {
        if (unit < ' ' && !is_blank(unit)) {
            t.whole = false;
            break;
        }
        t.len++;
    }
    return t;
}

static bool text_has_at(const text *t, size_t at, const char *ascii)
{
    uint16_t unit;

    for (; *ascii; ascii++, at++)
        if (at >= t->len || !unit_at(t, at, &unit) || unit != (unsigned char)*ascii)
            return false;
    return true;
}

/* True when `ascii` begins at one of the first `most` characters; *behind is where it ends. */
static bool text_find(const text *t, size_t from, size_t most, const char *ascii, size_t *behind)
{
    for (size_t at = from; at < t->len && at < most; at++) {
        if (text_has_at(t, at, ascii)) {
            *behind = at + strlen(ascii);
            return true;
        }
    }
    return false;
}

static bool has_pem(const text *t)
{
    static const char *const labels[] = { "CERTIFICATE-----",         "X509 CERTIFICATE-----",
                                          "TRUSTED CERTIFICATE-----", "PKCS7-----",
                                          "PKCS #7 SIGNED DATA-----", "CMS-----" };
    size_t at = 0;

    while (text_find(t, at, t->len, "-----BEGIN ", &at))
        for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
            if (text_has_at(t, at, labels[i]))
                return true;
    return false;
}

static bool is_base64(uint16_t unit)
{
    return (unit >= 'A' && unit <= 'Z') || (unit >= 'a' && unit <= 'z') ||
           (unit >= '0' && unit <= '9') || unit == '+' || unit == '/' || unit == '=';
}

/* "MI" is how the base64 of a SEQUENCE of 128 bytes or more begins. */
static bool is_bare_base64(const text *t, size_t from)
{
    uint16_t unit;

    if (!t->whole || !text_has_at(t, from, "MI"))
        return false;
    for (size_t at = from; at < t->len; at++)
        if (!unit_at(t, at, &unit) || (!is_base64(unit) && !is_blank(unit)))
            return false;
    return true;
}

static wr_kind text_kind(wr_view v)
{
    text t = text_of(v);
    size_t from = 0, behind;
    uint16_t unit;

    while (from < t.len && unit_at(&t, from, &unit) && is_blank(unit))
        from++;
    if (text_has_at(&t, from, "REGEDIT4") ||
        text_has_at(&t, from, "Windows Registry Editor Version"))
        return WR_KIND_REG;
    if ((text_has_at(&t, from, "{") || text_has_at(&t, from, "[")) &&
        text_find(&t, from, from + REPORT_HEAD, "\"winroots.report/1\"", &behind))
        return WR_KIND_REPORT;
    if (text_has_at(&t, from, "{") &&
        (text_find(&t, from, from + REPORT_HEAD, "\"winroots.host/1\"", &behind) ||
         text_find(&t, from, from + REPORT_HEAD, "\"winroots.object/1\"", &behind)))
        return WR_KIND_RECORD;
    if (text_has_at(&t, from, "# Disk DescriptorFile")) /* of a VMDK */
        return WR_KIND_IMAGE;
    if (has_pem(&t) || is_bare_base64(&t, from))
        return WR_KIND_PEM;
    return t.whole ? WR_KIND_TEXT : WR_KIND_UNKNOWN;
}

wr_kind wr_probe(wr_view v)
{
    wr_kind kind = kind_by_magic(v);

    if (v.len == 0)
        return WR_KIND_EMPTY;
    if (kind == WR_KIND_REGF && is_log(v))
        return WR_KIND_REGF_LOG;
    if (kind != WR_KIND_UNKNOWN)
        return kind;
    if (is_zeros(v))
        return WR_KIND_ZEROS;
    if (wr_sst_probe(v))
        return WR_KIND_SST;
    if (is_pe(v))
        return WR_KIND_PE;
    if (is_boot_sector(v))
        return WR_KIND_IMAGE;
    if (is_element(v))
        return WR_KIND_ELEMENT;
    kind = der_kind(v);
    return kind != WR_KIND_UNKNOWN ? kind : text_kind(v);
}

const char *wr_kind_name(wr_kind kind)
{
    static const char *const names[] = {
        [WR_KIND_UNKNOWN] = "unknown",
        [WR_KIND_EMPTY] = "empty",
        [WR_KIND_ZEROS] = "zeros",
        [WR_KIND_REGF] = "regf",
        [WR_KIND_REGF_LOG] = "regf_log",
        [WR_KIND_HBIN] = "hbin",
        [WR_KIND_SST] = "sst",
        [WR_KIND_CTL] = "ctl",
        [WR_KIND_CATALOGUE] = "catalogue",
        [WR_KIND_PKCS7] = "pkcs7",
        [WR_KIND_CERTIFICATE] = "certificate",
        [WR_KIND_PEM] = "pem",
        [WR_KIND_ELEMENT] = "element",
        [WR_KIND_CAB] = "cab",
        [WR_KIND_REG] = "reg",
        [WR_KIND_POL] = "pol",
        [WR_KIND_PE] = "pe",
        [WR_KIND_ARCHIVE] = "archive",
        [WR_KIND_IMAGE] = "image",
        [WR_KIND_REPORT] = "report",
        [WR_KIND_RECORD] = "record",
        [WR_KIND_TEXT] = "text",
    };
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}
