#include "support.h"

#include "records.h"

#include "format/probe.h"

/* Some bytes at an offset; everything before them is zero. */
struct head {
    const char *what;
    size_t at, len;
    const char *bytes;
    wr_kind kind;
};

#define BYTES(text) sizeof(text) - 1, text

#define REGF_28                                                                                    \
    "regf"                                                                                         \
    "\1\0\0\0"                                                                                     \
    "\1\0\0\0"                                                                                     \
    "\0\0\0\0\0\0\0\0"                                                                             \
    "\1\0\0\0"                                                                                     \
    "\5\0\0\0"

/* OID 1.2.840.113549.1.7.2 and [0] SEQUENCE { 1, SET {}, SEQUENCE { content type ... */
#define SIGNED_DATA     "\x30\x82\x01\x00\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"
#define TO_CONTENT      "\xA0\x82\x00\xF0\x30\x82\x00\xEC\x02\x01\x01\x31\x00"
#define CTL_CONTENT     "\x30\x40\x06\x09\x2B\x06\x01\x04\x01\x82\x37\x0A\x01\xA0\x30\x30\x2E"
#define DATA_CONTENT    "\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"
#define USAGE_ROOT_LIST "\x30\x0C\x06\x0A\x2B\x06\x01\x04\x01\x82\x37\x0A\x03\x09"
#define USAGE_CATALOGUE "\x30\x0C\x06\x0A\x2B\x06\x01\x04\x01\x82\x37\x0C\x01\x01"
#define USAGE_BOTH                                                                                 \
    "\x30\x18\x06\x0A\x2B\x06\x01\x04\x01\x82\x37\x0A\x03\x09\x06\x0A\x2B\x06\x01\x04\x01\x82\x37" \
    "\x0C\x01\x01"
#define INDEFINITE_TO_CONTENT                                                                      \
    "\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x80\x30\x80\x02\x01\x01\x31\x80"     \
    "\x30\x80\x06\x01\x2A\x00\x00\x00\x00"

/* SEQUENCE { SEQUENCE { ... 5, algorithm {}, issuer {}, ... */
#define TBS_V1 "\x30\x82\x02\x00\x30\x82\x01\x00\x02\x01\x05\x30\x00\x30\x00"
#define TBS_V3 "\x30\x82\x02\x00\x30\x82\x01\x00\xA0\x03\x02\x01\x02\x02\x01\x05\x30\x00\x30\x00"
#define VALIDITY                                                                                   \
    "\x30\x1E\x17\x0D"                                                                             \
    "260101000000Z"

#define UTF16(c) c "\0"

static const struct head heads[] = {
    { "no byte", 0, BYTES(""), WR_KIND_EMPTY },
    { "one zero", 0, BYTES("\0"), WR_KIND_ZEROS },
    { "a page of zeros and text far behind", 64 * 1024, BYTES("x"), WR_KIND_ZEROS },
    { "zeros and then something", 64 * 1024 - 1, BYTES("x"), WR_KIND_UNKNOWN },

    { "hive", 0, BYTES(REGF_28 "\0\0\0\0"), WR_KIND_REGF },
    { "hive cut in its signature's line", 0, BYTES("regf\1\0"), WR_KIND_REGF },
    { "log of XP to 8.0", 0, BYTES(REGF_28 "\1\0\0\0"), WR_KIND_REGF_LOG },
    { "log of NT to 2000", 0, BYTES(REGF_28 "\2\0\0\0"), WR_KIND_REGF_LOG },
    { "log of 8.1 and later", 0, BYTES(REGF_28 "\6\0\0\0"), WR_KIND_REGF_LOG },
    { "hive of another type", 0, BYTES(REGF_28 "\3\0\0\0"), WR_KIND_REGF },
    { "hive bin", 0, BYTES("hbin\0\0\0\0\0\x10\0\0"), WR_KIND_HBIN },
    { "hive of Windows 95", 0, BYTES("CREG\0\0\1\0"), WR_KIND_UNKNOWN },

    { "store", 0, BYTES("\0\0\0\0CERT\x20"), WR_KIND_SST },
    { "store of version 1", 0, BYTES("\1\0\0\0CERT\x20"), WR_KIND_UNKNOWN },

    { "root list", 0, BYTES(SIGNED_DATA TO_CONTENT CTL_CONTENT USAGE_ROOT_LIST), WR_KIND_CTL },
    { "list with a version", 0,
      BYTES(SIGNED_DATA TO_CONTENT CTL_CONTENT "\x02\x01\x00" USAGE_CATALOGUE), WR_KIND_CATALOGUE },
    { "list cut before its usage", 0, BYTES(SIGNED_DATA TO_CONTENT CTL_CONTENT), WR_KIND_CTL },
    { "catalogue", 0, BYTES(SIGNED_DATA TO_CONTENT CTL_CONTENT USAGE_CATALOGUE),
      WR_KIND_CATALOGUE },
    { "list with two usages", 0, BYTES(SIGNED_DATA TO_CONTENT CTL_CONTENT USAGE_BOTH),
      WR_KIND_CATALOGUE },
    { "list in BER", 0, BYTES(INDEFINITE_TO_CONTENT CTL_CONTENT USAGE_ROOT_LIST), WR_KIND_CTL },

    { "bag", 0, BYTES(SIGNED_DATA TO_CONTENT DATA_CONTENT), WR_KIND_PKCS7 },
    { "bag in BER", 0, BYTES(INDEFINITE_TO_CONTENT DATA_CONTENT), WR_KIND_PKCS7 },
    { "bag cut behind its type", 0, BYTES(SIGNED_DATA), WR_KIND_PKCS7 },
    { "BER that never ends", 0,
      BYTES("\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x80\x30\x80\x02\x01\x01"
            "\x31\x80\x31\x80\x31\x80"),
      WR_KIND_PKCS7 },
    { "message of another family", 0, BYTES("\x30\x10\x06\x03\x2A\x03\x04\xA0\x09"),
      WR_KIND_UNKNOWN },
    { "length of nine octets", 0, BYTES("\x30\x89\1\1\1\1\1\1\1\1\1\x06\x09"), WR_KIND_UNKNOWN },

    { "certificate, version 3", 0, BYTES(TBS_V3 VALIDITY), WR_KIND_CERTIFICATE },
    { "certificate, version 1", 0, BYTES(TBS_V1 VALIDITY), WR_KIND_CERTIFICATE },
    { "certificate of the year 2050", 0,
      BYTES(TBS_V3 "\x30\x22\x18\x0F"
                   "20500101"),
      WR_KIND_CERTIFICATE },
    { "certificate cut before its dates", 0, BYTES(TBS_V3), WR_KIND_UNKNOWN },
    { "revocation list", 0,
      BYTES(TBS_V1 "\x17\x0D"
                   "260101000000Z"),
      WR_KIND_UNKNOWN },
    { "key store", 0, BYTES("\x30\x82\x02\x00\x02\x01\x03\x30\x82\x01\xF0\x06\x09"),
      WR_KIND_UNKNOWN },

    { "PEM", 0, BYTES("-----BEGIN CERTIFICATE-----\nMIIB\n"), WR_KIND_PEM },
    { "PEM with BOM and CRLF", 0, BYTES("\xEF\xBB\xBF\r\n-----BEGIN CERTIFICATE-----\r\nMIIB\r\n"),
      WR_KIND_PEM },
    { "PEM behind words", 0, BYTES("subject: \xC3\x89tat\n\n-----BEGIN X509 CERTIFICATE-----\n"),
      WR_KIND_PEM },
    { "PEM behind a key", 0,
      BYTES("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"
            "-----BEGIN TRUSTED CERTIFICATE-----\n"),
      WR_KIND_PEM },
    { "PEM bag", 0, BYTES("-----BEGIN PKCS7-----\nMIIB\n"), WR_KIND_PEM },
    { "PEM and zeros behind it", 0, BYTES("-----BEGIN CERTIFICATE-----\nMIIB\n\0\0\0\0"),
      WR_KIND_PEM },
    { "PEM in UTF-16", 0,
      BYTES("\xFF\xFE" UTF16("-") UTF16("-") UTF16("-") UTF16("-") UTF16("-") UTF16("B") UTF16("E")
                UTF16("G") UTF16("I") UTF16("N") UTF16(" ") UTF16("P") UTF16("K") UTF16("C")
                    UTF16("S") UTF16("7") UTF16("-") UTF16("-") UTF16("-") UTF16("-") UTF16("-")),
      WR_KIND_PEM },
    { "PEM of a request", 0, BYTES("-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n"), WR_KIND_TEXT },
    { "signed mail", 0, BYTES("-----BEGIN PGP SIGNED MESSAGE-----\n"), WR_KIND_TEXT },
    { "bare base64", 0, BYTES("MIIBiQYJKoZIhvcN\r\nAQcCoIIBejCCAXYC+/==\r\n"), WR_KIND_PEM },
    { "bare base64 that is none", 0, BYTES("MIIB, said he"), WR_KIND_TEXT },
    { "base64 of no SEQUENCE", 0, BYTES("AAECAwQFBgcICQoL"), WR_KIND_TEXT },

    { ".reg of Windows 2000 on", 0, BYTES("Windows Registry Editor Version 5.00\r\n"),
      WR_KIND_REG },
    { ".reg in UTF-8", 0, BYTES("\xEF\xBB\xBFWindows Registry Editor Version 5.00\r\n"),
      WR_KIND_REG },
    { ".reg of NT 4", 0, BYTES("REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE]\r\n"), WR_KIND_REG },
    { "policy", 0, BYTES("PReg\1\0\0\0"), WR_KIND_POL },

    { "report", 0, BYTES("{\n  \"schema\": \"winroots.report/1\",\n"), WR_KIND_REPORT },
    { "record", 0, BYTES("{\"schema\":\"winroots.host/1\",\n"), WR_KIND_RECORD },
    { "object", 0, BYTES("{\"schema\":\"winroots.object/1\",\n"), WR_KIND_RECORD },
    { "reports", 0, BYTES("[\n  {\n    \"schema\": \"winroots.report/1\",\n"), WR_KIND_REPORT },
    { "report in UTF-8 with BOM", 0, BYTES("\xEF\xBB\xBF{\"schema\":\"winroots.report/1\"}"),
      WR_KIND_REPORT },
    { "profile", 0, BYTES("{ \"schema\": \"winroots.profile/1\" }"), WR_KIND_TEXT },
    { "words about a report", 0, BYTES("see \"winroots.report/1\""), WR_KIND_TEXT },

    { "cabinet", 0, BYTES("MSCF\0\0\0\0"), WR_KIND_CAB },
    { "zip", 0, BYTES("PK\3\4\x14"), WR_KIND_ARCHIVE },
    { "zip without members", 0, BYTES("PK\5\6\0"), WR_KIND_ARCHIVE },
    { "7z", 0, BYTES("7z\xBC\xAF\x27\x1C\0\4"), WR_KIND_ARCHIVE },
    { "gzip", 0, BYTES("\x1F\x8B\x08\0"), WR_KIND_ARCHIVE },
    { "zstandard", 0, BYTES("\x28\xB5\x2F\xFD\x04"), WR_KIND_ARCHIVE },
    { "xz", 0, BYTES("\xFD\x37\x7A\x58\x5A\0\0"), WR_KIND_ARCHIVE },
    { "tar", 257,
      BYTES("ustar\0"
            "00"),
      WR_KIND_ARCHIVE },
    { "tar of GNU", 257, BYTES("ustar  \0"), WR_KIND_ARCHIVE },
    { "ISO 9660", 32768, BYTES("\1CD001\1"), WR_KIND_ARCHIVE },
    { "UDF", 32768, BYTES("\0BEA01\1"), WR_KIND_ARCHIVE },

    { "E01", 0, BYTES("EVF\x09\x0D\x0A\xFF\0\1\1\0"), WR_KIND_IMAGE },
    { "Ex01", 0, BYTES("EVF2\x0D\x0A\x81\0\2\1"), WR_KIND_IMAGE },
    { "VMDK", 0, BYTES("KDMV\1\0\0\0"), WR_KIND_IMAGE },
    { "VMDK in pieces", 0, BYTES("# Disk DescriptorFile\nversion=1\n"), WR_KIND_IMAGE },
    { "VHD", 0, BYTES("conectix\0\0\0\2"), WR_KIND_IMAGE },
    { "VHDX", 0, BYTES("vhdxfile"), WR_KIND_IMAGE },
    { "qcow2", 0, BYTES("QFI\xFB\0\0\0\3"), WR_KIND_IMAGE },
    { "GPT", 512, BYTES("EFI PART\0\0\1\0"), WR_KIND_IMAGE },
    { "GPT in sectors of 4096 bytes", 4096, BYTES("EFI PART\0\0\1\0"), WR_KIND_IMAGE },

    { "one element", 0, BYTES("\x20\0\0\0\1\0\0\0\2\0\0\0\x30\0"), WR_KIND_ELEMENT },
    { "element with a property", 0,
      BYTES("\3\0\0\0\1\0\0\0\2\0\0\0\xAA\xBB\x20\0\0\0\1\0\0\0\2\0\0\0\x30\0"), WR_KIND_ELEMENT },
    { "element cut in its object", 0, BYTES("\x21\0\0\0\1\0\0\0\xFF\1\0\0\x30\x82"),
      WR_KIND_ELEMENT },
    { "element cut in a property", 0, BYTES("\3\0\0\0\1\0\0\0\x14\0\0\0\xAA\xBB"),
      WR_KIND_UNKNOWN },
    { "element of a key", 0, BYTES("\x23\0\0\0\1\0\0\0\1\0\0\0\xAA"), WR_KIND_ELEMENT },
    { "object that is no SEQUENCE", 0, BYTES("\x20\0\0\0\1\0\0\0\2\0\0\0\x31\0"), WR_KIND_UNKNOWN },
    { "property no one knows", 0, BYTES("\3\0\1\0\1\0\0\0\0\0\0\0\x20\0\0\0\1\0\0\0\2\0\0\0\x30\0"),
      WR_KIND_UNKNOWN },

    { "words", 0, BYTES("Just words.\r\n\tAnd more \xE9\xF0.\n"), WR_KIND_TEXT },
    { "words in UTF-16 without mark", 0, BYTES(UTF16("w") UTF16("o") UTF16("r") UTF16("d")),
      WR_KIND_TEXT },
    { "words with a zero in them", 0, BYTES("Just\0words"), WR_KIND_UNKNOWN },
    { "noise", 0, BYTES("\x8F\x02\x11\x00\xC4\x9A"), WR_KIND_UNKNOWN },
};

static uint8_t *build(const struct head *head, size_t *len)
{
    uint8_t *bytes = calloc(1, head->at + head->len + 1);

    cr_assert(bytes);
    memcpy(bytes + head->at, head->bytes, head->len);
    *len = head->at + head->len;
    return bytes;
}

Test(probe, knows_a_file_by_its_first_bytes)
{
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t len;
        uint8_t *bytes = build(&heads[i], &len);
        wr_kind kind = wr_probe(view_of(bytes, len));

        cr_expect_eq(kind, heads[i].kind, "%s: %s, expected %s", heads[i].what, wr_kind_name(kind),
                     wr_kind_name(heads[i].kind));
        free(bytes);
    }
}

/* A sector of zeros that ends in 55 AA. */
static void boot_sector(uint8_t sector[512])
{
    memset(sector, 0, 512);
    sector[510] = 0x55;
    sector[511] = 0xAA;
}

Test(probe, a_boot_sector_is_an_image)
{
    static const struct {
        size_t at;
        const char *label;
    } rows[] = { { 3, "NTFS    " },
                 { 3, "EXFAT   " },
                 { 3, "-FVE-FS-" },
                 { 54, "FAT16   " },
                 { 82, "FAT32   " } };
    uint8_t sector[512];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        boot_sector(sector);
        memcpy(sector + rows[i].at, rows[i].label, 8);
        cr_assert_eq(wr_probe(view_of(sector, 512)), WR_KIND_IMAGE, "%s", rows[i].label);
        sector[510] = 0;
        cr_assert_neq(wr_probe(view_of(sector, 512)), WR_KIND_IMAGE, "%s", rows[i].label);
    }
}

Test(probe, a_partition_table_is_an_image)
{
    static const uint8_t partition[16] = { 0x80, 0x20, 0x21, 0, 7, 0xDF, 0x13, 0x0C,
                                           0,    8,    0,    0, 0, 0x20, 3,    0 };
    uint8_t sector[512];

    boot_sector(sector);
    cr_assert_eq(wr_probe(view_of(sector, 512)), WR_KIND_UNKNOWN, "no partition");
    memcpy(sector + 446 + 16, partition, sizeof partition);
    cr_assert_eq(wr_probe(view_of(sector, 512)), WR_KIND_IMAGE, "the second entry is one");
    cr_assert_eq(wr_probe(view_of(sector, 511)), WR_KIND_UNKNOWN, "cut");
    sector[446] = 0x33;
    cr_assert_eq(wr_probe(view_of(sector, 512)), WR_KIND_UNKNOWN, "status is 0 or 0x80");
}

Test(probe, an_iso_that_boots_is_an_archive)
{
    static uint8_t image[32768 + 8];
    static const uint8_t partition[16] = { 0, 0, 0, 0, 0x17, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0 };

    boot_sector(image);
    memcpy(image + 446, partition, sizeof partition);
    cr_assert_eq(wr_probe(view_of(image, sizeof image)), WR_KIND_IMAGE);
    memcpy(image + 32769, "CD001", 5);
    cr_assert_eq(wr_probe(view_of(image, sizeof image)), WR_KIND_ARCHIVE);
}

Test(probe, a_program_has_its_header_where_it_says)
{
    uint8_t bytes[132] = { 'M', 'Z' };

    bytes[60] = 128;
    cr_assert_eq(wr_probe(view_of(bytes, sizeof bytes)), WR_KIND_UNKNOWN);
    memcpy(bytes + 128, "PE\0\0", 4);
    cr_assert_eq(wr_probe(view_of(bytes, sizeof bytes)), WR_KIND_PE);
    memset(bytes + 60, 0xFF, 4);
    cr_assert_eq(wr_probe(view_of(bytes, sizeof bytes)), WR_KIND_UNKNOWN);
    cr_assert_eq(wr_probe(view_of("MZ, a text of its own", 21)), WR_KIND_TEXT);
}

/* `ascii` in UTF-16LE, with a byte order mark where asked. */
static wr_kind probe_utf16(const char *ascii, bool mark)
{
    uint8_t bytes[256] = { 0xFF, 0xFE };
    size_t len = mark ? 2 : 0;

    for (; *ascii; ascii++) {
        bytes[len++] = (uint8_t)*ascii;
        bytes[len++] = 0;
    }
    return wr_probe(view_of(bytes, len));
}

Test(probe, reads_utf16_with_and_without_its_mark)
{
    for (int mark = 0; mark <= 1; mark++) {
        cr_assert_eq(probe_utf16("Windows Registry Editor Version 5.00\r\n", mark), WR_KIND_REG);
        cr_assert_eq(probe_utf16("\r\nREGEDIT4\r\n", mark), WR_KIND_REG);
        cr_assert_eq(probe_utf16("-----BEGIN CERTIFICATE-----\r\n", mark), WR_KIND_PEM);
        cr_assert_eq(probe_utf16("{\"schema\": \"winroots.report/1\"", mark), WR_KIND_REPORT);
        cr_assert_eq(probe_utf16("MIIBiQYJKoZIhvcN", mark), WR_KIND_PEM);
        cr_assert_eq(probe_utf16("Only words", mark), WR_KIND_TEXT);
    }
}

Test(probe, pages_of_comment_may_stand_before_a_pem_block)
{
    static char text[64 * 1024 + 64];
    static const char block[] = "-----BEGIN CERTIFICATE-----";

    memset(text, '#', sizeof text);
    memcpy(text + 64 * 1024 - strlen(block), block, strlen(block));
    cr_assert_eq(wr_probe(view_of(text, sizeof text)), WR_KIND_PEM);
    memset(text, '#', sizeof text);
    memcpy(text + 64 * 1024, block, strlen(block));
    cr_assert_eq(wr_probe(view_of(text, sizeof text)), WR_KIND_TEXT, "beyond what is looked at");
}

Test(probe, every_kind_has_a_name_and_a_head)
{
    for (wr_kind kind = WR_KIND_UNKNOWN; kind <= WR_KIND_TEXT; kind++) {
        bool shown = kind == WR_KIND_PE; /* in a test of its own */
        for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
            shown = shown || heads[i].kind == kind;
        cr_assert(shown, "%d", kind);
        for (wr_kind other = WR_KIND_UNKNOWN; other < kind; other++)
            cr_assert_str_neq(wr_kind_name(kind), wr_kind_name(other));
    }
    cr_assert_str_eq(wr_kind_name(WR_KIND_REGF_LOG), "regf_log");
    cr_assert_str_eq(wr_kind_name(WR_KIND_CATALOGUE), "catalogue");
    cr_assert_str_eq(wr_kind_name(WR_KIND_TEXT), "text");
}

static void probe_any(wr_view v, wr_arena *arena)
{
    wr_kind kind = wr_probe(v);

    (void)arena;
    cr_assert_leq(kind, WR_KIND_TEXT);
    cr_assert_eq(kind == WR_KIND_EMPTY, v.len == 0);
}

Test(probe, every_prefix_and_flip_of_every_head_is_safe)
{
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t len;
        uint8_t *bytes = build(&heads[i], &len);
        if (len < 1024) {
            for_every_prefix(bytes, len, probe_any);
            for_every_flip(bytes, len, probe_any);
        }
        free(bytes);
    }
}
