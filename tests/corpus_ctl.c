/* Every trust list of the corpus, against what other tools measured of it. */
#include "tsv.h"

#include "base/text.h"
#include "format/ctl.h"
#include "format/pinned_root.h"
#include "format/signer_index.h"
#include "format/sst.h"

#include <stdarg.h>
#include <time.h>

enum { COLUMNS = 16, CELL = 2048, KEYS_MOST = 100 };

enum column {
    FILE_NAME,
    THIS_UPDATE,
    NEXT_UPDATE,
    SUBJECTS,
    UNIQUE,
    ASN1PARSE_SUBJECTS,
    SUBJECT_ALGORITHM,
    ID_LENGTHS,
    LIST_ID,
    SEQUENCE,
    DIGEST,
    CERTIFICATES,
    USAGE,
    EXTENSIONS,
    PROPERTIES,
    SIGNATURE
};

typedef struct loaded {
    wr_arena arena;
    wr_diags diags;
    uint8_t *bytes;
    size_t len;
    wr_pkcs7 message;
    wr_ctl ctl;
} loaded;

static void load(const char *name, loaded *out)
{
    wr_error err;

    out->bytes = corpus_file(name, &out->len);
    wr_arena_init(&out->arena, (size_t)64 << 20);
    wr_diags_init(&out->diags, &out->arena);
    cr_assert(wr_pkcs7_parse((wr_view){ out->bytes, out->len, 0, name }, &out->arena, &out->diags,
                             &out->message, &err),
              "%s: 0x%llx: %s", name, (unsigned long long)err.offset, err.message);
    cr_assert_eq(out->diags.list.count, 0, "%s has diagnostics", name);
    cr_assert(wr_ctl_parse(out->message.content, &out->arena, &out->ctl, &err), "%s: 0x%llx: %s",
              name, (unsigned long long)err.offset, err.message);
}

static void unload(loaded *list)
{
    wr_arena_free(&list->arena);
    free(list->bytes);
}

static wr_signature verify(loaded *list, const wr_ders *certificates)
{
    wr_signer_index extra = wr_signer_index_of(certificates, &list->arena);
    wr_signature out;
    wr_error err;

    cr_assert(wr_pkcs7_verify_list(&list->message, certificates ? &extra : NULL,
                                   list->ctl.this_update, &list->arena, &out, &err),
              "%s", err.message);
    return out;
}

/* Calls `check` with the cells of each row of expected/stl.tsv. */
static size_t for_every_row(void (*check)(char *cells[COLUMNS]))
{
    size_t rows = 0;
    tsv t;

    tsv_open(&t, "expected/stl.tsv", "file\tthisUpdate\tnextUpdate\tsubjects\tunique");
    for (; tsv_next(&t); rows++) {
        cr_assert_eq(t.num_fields, COLUMNS, "row %zu has %zu cells", rows, t.num_fields);
        check(t.field);
    }
    return rows;
}

/* ---- One cell each, written as the table has it ------------------------------------------------
 */

typedef struct cell {
    char text[CELL];
    size_t len;
} cell;

static void add(cell *c, const char *fmt, ...) WR_PRINTF(2, 3);
static void add(cell *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    c->len += (size_t)vsnprintf(c->text + c->len, sizeof c->text - c->len, fmt, ap);
    va_end(ap);
    cr_assert_lt(c->len, sizeof c->text);
}

static time_t unix_time(wr_time t)
{
    return (time_t)(t / WR_TIME_SECOND) - 11644473600;
}

static void time_cell(cell *c, const char *format, wr_time t)
{
    time_t seconds = unix_time(t);
    char text[64];

    cr_assert(strftime(text, sizeof text, format, gmtime(&seconds)));
    add(c, "%s", text);
}

/* As OpenSSL prints it; the day by hand, because msvcrt knows no %e. */
static void openssl_time_cell(cell *c, wr_time t)
{
    const time_t seconds = unix_time(t);

    time_cell(c, "%b ", t);
    add(c, "%2d", gmtime(&seconds)->tm_mday);
    time_cell(c, " %H:%M:%S %Y GMT", t);
}

static void oid_cell(cell *c, wr_arena *arena, wr_view oid)
{
    add(c, "%s", wr_oid_text(arena, oid));
}

typedef struct counted {
    char key[64];
    size_t n;
} counted;

static void count(counted *table, size_t *used, const char *key)
{
    size_t i = 0;

    while (i < *used && strcmp(table[i].key, key) != 0)
        i++;
    cr_assert_lt(i, KEYS_MOST);
    if (i == *used)
        snprintf(table[(*used)++].key, sizeof table->key, "%s", key);
    table[i].n++;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const counted *)a)->key, ((const counted *)b)->key);
}

static void count_cell(cell *c, const counted *table, size_t used)
{
    add(c, "{");
    for (size_t i = 0; i < used; i++)
        add(c, "%s'%s': %zu", i ? ", " : "", table[i].key, table[i].n);
    add(c, "}");
}

static void id_lengths_cell(cell *c, const wr_ctl *ctl)
{
    counted table[KEYS_MOST] = { 0 };
    size_t used = 0;
    char key[24];

    for (size_t i = 0; i < ctl->entries.count; i++) {
        snprintf(key, sizeof key, "%zu", ctl->entries.items[i].id.len);
        count(table, &used, key);
    }
    count_cell(c, table, used);
}

static void properties_cell(cell *c, const wr_ctl *ctl, wr_arena *arena)
{
    static const char arc[] = "1.3.6.1.4.1.311.10.11.";
    counted table[KEYS_MOST] = { 0 };
    size_t used = 0;

    for (size_t i = 0; i < ctl->entries.count; i++) {
        wr_view oid, values;
        size_t at = 0;

        while (wr_ctl_entry_next(&ctl->entries.items[i], &at, &oid, &values)) {
            const char *dotted = wr_oid_text(arena, oid);
            char key[64];
            bool property = strncmp(dotted, arc, sizeof arc - 1) == 0;
            snprintf(key, sizeof key, "%s%s", property ? "p" : "",
                     property ? dotted + sizeof arc - 1 : dotted);
            count(table, &used, key);
        }
    }
    qsort(table, used, sizeof *table, by_key);
    count_cell(c, table, used);
}

static void extensions_cell(cell *c, const wr_ctl *ctl, wr_arena *arena)
{
    wr_reader r = wr_reader_of(ctl->extensions);
    const char *separator = "";
    wr_error err;

    add(c, "[");
    while (wr_reader_left(&r)) {
        wr_der extension, oid, value;
        wr_reader inside;

        cr_assert(wr_der_expect(&r, WR_DER_SEQUENCE, "extension", &extension, &err));
        inside = wr_reader_of(extension.contents);
        cr_assert(wr_der_expect(&inside, WR_DER_OID, "oid", &oid, &err));
        cr_assert(wr_der_read(&inside, &value, &err));
        if (value.tag == WR_DER_BOOLEAN)
            cr_assert(wr_der_read(&inside, &value, &err));
        add(c, "%s['%s', %zu]", separator, wr_oid_text(arena, oid.contents), value.contents.len);
        separator = ", ";
    }
    add(c, "]");
}

static size_t count_unique(const wr_ctl *ctl)
{
    size_t unique = 0;

    for (size_t i = 0; i < ctl->entries.count; i++) {
        size_t j = 0;
        while (j < i && !wr_view_equal(ctl->entries.items[j].id, ctl->entries.items[i].id))
            j++;
        unique += j == i;
    }
    return unique;
}

static const char *digest_name(wr_view oid)
{
    return wr_oid_is(oid, "1.3.14.3.2.26")            ? "sha1"
           : wr_oid_is(oid, "2.16.840.1.101.3.4.2.1") ? "sha256"
                                                      : "None";
}

/* The column says what openssl found of digest and signature, and who signed until when. */
static void signature_cell(cell *c, loaded *list, const char *expected)
{
    wr_signature s = verify(list, NULL);

    if (s.status == WR_SIGNATURE_UNSIGNED) {
        add(c, "%s", strncmp(expected, "no-signer", 9) == 0 ? expected : "no-signer");
        return;
    }
    add(c,
        "%s signer CN=%s notAfter=", s.status == WR_SIGNATURE_INVALID ? s.detail : "md ok sig ok",
        s.signer);
    openssl_time_cell(c, s.signer_not_after);
}

static void compare_row(char *cells[COLUMNS])
{
    cell c[COLUMNS] = { 0 };
    loaded list;

    load(cells[FILE_NAME], &list);
    add(&c[FILE_NAME], "%s", cells[FILE_NAME]);
    time_cell(&c[THIS_UPDATE], "%y%m%d%H%M%SZ", list.ctl.this_update);
    if (list.ctl.has_next_update)
        time_cell(&c[NEXT_UPDATE], "%y%m%d%H%M%SZ", list.ctl.next_update);
    add(&c[SUBJECTS], "%zu", list.ctl.entries.count);
    add(&c[UNIQUE], "%zu", count_unique(&list.ctl));
    add(&c[ASN1PARSE_SUBJECTS], "%zu", list.ctl.entries.count);
    oid_cell(&c[SUBJECT_ALGORITHM], &list.arena, list.ctl.subject_algorithm);
    id_lengths_cell(&c[ID_LENGTHS], &list.ctl);
    add(&c[LIST_ID], "%s", wr_text_until_nul(&list.arena, list.ctl.list_id, WR_UTF16LE));
    add(&c[SEQUENCE], "%s", wr_ctl_sequence_text(&list.arena, list.ctl.sequence));
    add(&c[DIGEST], "%s", digest_name(list.message.digest_algorithm));
    add(&c[CERTIFICATES], "%zu", list.message.certificates.list.count);
    cr_assert_eq(list.ctl.usage.list.count, 1);
    oid_cell(&c[USAGE], &list.arena, list.ctl.usage.list.items[0]);
    extensions_cell(&c[EXTENSIONS], &list.ctl, &list.arena);
    properties_cell(&c[PROPERTIES], &list.ctl, &list.arena);
    signature_cell(&c[SIGNATURE], &list, cells[SIGNATURE]);
    for (int i = 0; i < COLUMNS; i++)
        cr_assert_str_eq(c[i].text, cells[i], "%s, column %d: %s, the table has %s",
                         cells[FILE_NAME], i + 1, c[i].text, cells[i]);
    unload(&list);
}

Test(corpus_ctl, every_list_reads_as_other_tools_read_it)
{
    cr_assert_eq(for_every_row(compare_row), 88);
}

/* Lists whose signature is not valid, each with its reason; catalogues are signed for other uses.
 */
static const struct {
    const char *part_of_name;
    wr_signature_status status;
    const char *detail;
} not_valid[] = {
    /* Published on 29 October 2009 without the CA; published again, with it, as ...-a0f7b54. */
    { "2016-01-26-95b5fca", WR_SIGNATURE_INCOMPLETE_CHAIN,
      "Microsoft Certificate Trust List PCA, which signed Microsoft Certificate Trust List "
      "Publisher, is missing" },
    { "9285f2d-authroot_unsigned", WR_SIGNATURE_UNSIGNED, "the list has no signer" },
    { "_unsigned.cat", WR_SIGNATURE_UNSIGNED, "the list has no signer" },
    { "oem89.cat", WR_SIGNATURE_UNTRUSTED_CHAIN,
      "Microsoft Windows Hardware Compatibility Publisher may not sign trust lists: its EKU lacks "
      "that purpose" },
    { ".cat", WR_SIGNATURE_UNTRUSTED_CHAIN,
      "Microsoft Windows may not sign trust lists: its EKU lacks that purpose" },
    { "", WR_SIGNATURE_VALID, "" },
};

static void compare_status(char *cells[COLUMNS])
{
    static const char *const kinds[][2] = { { ".cat", "catalogue" },
                                            { "disallowed", "disallowed" },
                                            { "pinrules", "pinrules" },
                                            { "", "authroot" } };
    wr_signature s;
    loaded list;
    size_t i = 0, kind = 0;

    load(cells[FILE_NAME], &list);
    s = verify(&list, NULL);
    while (!strstr(cells[FILE_NAME], not_valid[i].part_of_name))
        i++;
    while (!strstr(cells[FILE_NAME], kinds[kind][0]))
        kind++;
    cr_assert_str_eq(wr_ctl_kind_name(list.ctl.kind), kinds[kind][1], "%s", cells[FILE_NAME]);
    cr_assert_eq(s.status, not_valid[i].status, "%s is %s: %s", cells[FILE_NAME],
                 wr_signature_status_name(s.status), s.detail);
    cr_assert_str_eq(s.detail, not_valid[i].detail, "%s", cells[FILE_NAME]);
    cr_assert_eq(s.root.len > 0, s.status == WR_SIGNATURE_VALID);
    unload(&list);
}

Test(corpus_ctl, every_list_of_microsofts_is_valid_but_those_with_a_reason)
{
    cr_assert_eq(for_every_row(compare_status), 88);
}

#define AUTHROOT(name) "stl/robstradling-authroot/authroot-commit" name ".stl"
#define DISALLOWED     "stl/harvester57/e13fbc7-out_disallowedcert.stl"
#define PIN_RULES      "stl/harvester57/e13fbc7-out_pinrules.stl"

Test(corpus_ctl, a_missing_ca_may_come_from_elsewhere)
{
    loaded without, with;

    load(AUTHROOT("2016-01-26-95b5fca"), &without);
    load(AUTHROOT("2016-01-26-a0f7b54"), &with);
    cr_assert(wr_view_equal(without.message.content, with.message.content));
    cr_assert_eq(verify(&without, NULL).status, WR_SIGNATURE_INCOMPLETE_CHAIN);
    cr_assert_eq(verify(&without, &with.message.certificates).status, WR_SIGNATURE_VALID);
    unload(&without);
    unload(&with);
}

Test(corpus_ctl, a_list_older_than_its_signer_is_judged_when_the_signer_begins)
{
    loaded list;
    wr_time signed_at;

    load(AUTHROOT("2019-04-05-e79923a"), &list);
    cr_assert(wr_time_parse("2019-03-15T18:16:53Z", &signed_at));
    cr_assert_eq(list.ctl.this_update, signed_at);
    cr_assert_eq(verify(&list, NULL).status, WR_SIGNATURE_VALID);
    unload(&list);
}

Test(corpus_ctl, the_root_is_the_one_of_its_time)
{
    static const struct {
        const char *name, *root_sha256;
    } eras[] = {
        { AUTHROOT("2016-01-26-b8ecff5"), /* 2006 */
          "f38406e540d7a9d90cb4a9479299640ffb6df9e224ecc7a01c0d9558d8dad77d" },
        { AUTHROOT("2016-01-26-219cd0b"), /* January 2011 */
          "885de64c340e3ea70658f01e1145f957fcda27aabeea1ab9faa9fdb0102d4077" },
        { AUTHROOT("2019-11-07-1a755ab"),
          "885de64c340e3ea70658f01e1145f957fcda27aabeea1ab9faa9fdb0102d4077" },
        { AUTHROOT("2020-02-04-d304b07"),
          "df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e" },
        { AUTHROOT("2025-07-03-4b898eb"),
          "df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e" },
    };

    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        uint8_t sha256[WR_SHA256_LEN];
        char hex[2 * WR_SHA256_LEN + 1];
        loaded list;
        wr_error err;

        load(eras[i].name, &list);
        cr_assert(wr_digest(WR_SHA256, verify(&list, NULL).root, sha256, &err));
        wr_text_hex_into(sha256, sizeof sha256, hex);
        cr_assert_str_eq(hex, eras[i].root_sha256, "%s", eras[i].name);
        unload(&list);
    }
}

/* ---- What entries say --------------------------------------------------------------------------
 */

static const wr_ctl_entry *find_entry(const loaded *list, const char *hex)
{
    uint8_t id[64];
    size_t len = strlen(hex) / 2;

    cr_assert(wr_text_unhex(hex, id, len));
    for (size_t i = 0; i < list->ctl.entries.count; i++)
        if (wr_view_starts(list->ctl.entries.items[i].id, id, len))
            return &list->ctl.entries.items[i];
    cr_assert_fail("%s is not in the list", hex);
    return NULL;
}

/* "absent", "empty", a date for the FILETIME properties, else the data as dotted OIDs. */
static const char *property_text(loaded *list, const wr_ctl_entry *entry, uint32_t id)
{
    char *text = wr_arena_text(&list->arena, "");
    wr_oids oids;
    wr_view data;
    uint64_t filetime;
    wr_error err;

    if (!wr_ctl_entry_property(entry, id, &data))
        return "absent";
    if (!data.len)
        return "empty";
    if (id == 104 || id == 126) {
        text = wr_arena_alloc(&list->arena, 1, WR_TIME_TEXT);
        cr_assert(wr_u64le_at(data, 0, &filetime));
        wr_time_text(filetime, text);
        return text;
    }
    cr_assert(wr_oids_parse(data, &list->arena, &oids, &err), "%s", err.message);
    for (size_t i = 0; i < oids.list.count; i++)
        text = wr_arena_format(&list->arena, "%s%s%s", text, i ? " " : "",
                               wr_oid_text(&list->arena, oids.list.items[i]));
    return text;
}

typedef struct told {
    const char *list, *id;
    uint32_t property;
    const char *text;
} told;

Test(corpus_ctl, entries_say_what_is_known_of_their_roots)
{
    static const char verisign_g5[] = "4EB6D578499B1CCF5F581EAD56BE3D9B6744A5E5";
    static const char trustcor_1[] = "FFBDCDE782C8435E3C6F26865CCAA83A455BC30A";
    const told cases[] = {
        /* Twelve minutes after a list that disabled it from 2023-08-01, this one withdraws that. */
        { AUTHROOT("2023-08-26-137b584"), verisign_g5, 104, "empty" },
        { AUTHROOT("2022-11-29-b03dc96"), verisign_g5, 104, "absent" },
        { AUTHROOT("2025-07-03-4b898eb"), verisign_g5, 104, "empty" },
        { AUTHROOT("2025-07-03-4b898eb"), verisign_g5, 9,
          "1.3.6.1.5.5.7.3.2 1.3.6.1.5.5.7.3.3 1.3.6.1.5.5.7.3.4 1.3.6.1.5.5.7.3.1" },
        { AUTHROOT("2023-08-26-137b584"), trustcor_1, 122, "1.3.6.1.5.5.7.3.1" },
        { AUTHROOT("2023-08-26-137b584"), trustcor_1, 126, "2022-11-01T00:00:00Z" },
        { AUTHROOT("2023-08-26-137b584"), trustcor_1, 127, "absent" },
        { AUTHROOT("2023-08-26-137b584"), trustcor_1, 104, "absent" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loaded list;

        load(cases[i].list, &list);
        cr_expect_str_eq(property_text(&list, find_entry(&list, cases[i].id), cases[i].property),
                         cases[i].text, "property %u of %s in %s", cases[i].property, cases[i].id,
                         cases[i].list);
        unload(&list);
    }
}

Test(corpus_ctl, six_roots_of_2025_have_every_purpose)
{
    static const char *const all_purposes[] = { "CDD4EEAE", "A4348915", "3B1EFD3A",
                                                "31F9FC8B", "06F1AA33", "8F43288A" };
    size_t without = 0;
    loaded list;
    wr_view eku;

    load(AUTHROOT("2025-07-03-4b898eb"), &list);
    for (size_t i = 0; i < list.ctl.entries.count; i++)
        without += !wr_ctl_entry_property(&list.ctl.entries.items[i], 9, &eku);
    cr_assert_eq(without, 6);
    for (size_t i = 0; i < 6; i++)
        cr_assert_not(wr_ctl_entry_property(find_entry(&list, all_purposes[i]), 9, &eku));
    unload(&list);
}

Test(corpus_ctl, pin_rules_have_several_values_in_a_set)
{
    size_t several = 0;
    wr_view oid, values;
    loaded list;

    load(PIN_RULES, &list);
    for (size_t i = 0; i < list.ctl.entries.count; i++) {
        size_t at = 0;
        while (wr_ctl_entry_next(&list.ctl.entries.items[i], &at, &oid, &values)) {
            wr_reader r = wr_reader_of(values);
            wr_error err;
            wr_der value;

            cr_assert(wr_der_read(&r, &value, &err));
            several += wr_reader_left(&r) > 0;
        }
    }
    cr_assert_eq(several, 1);
    unload(&list);
}

/* The low eight octets of a sequence number are the FILETIME of the second that thisUpdate names.
 */
static void compare_sequence(char *cells[COLUMNS])
{
    uint64_t issued = 0;
    loaded list;

    load(cells[FILE_NAME], &list);
    for (size_t i = 0; i < list.ctl.sequence.len; i++)
        issued = issued << 8 | list.ctl.sequence.data[i];
    if (list.ctl.sequence.len)
        cr_assert_lt(issued - list.ctl.this_update, WR_TIME_SECOND, "%s", cells[FILE_NAME]);
    unload(&list);
}

Test(corpus_ctl, sequence_numbers_grow_with_time)
{
    loaded older, newer;

    for_every_row(compare_sequence);
    load(AUTHROOT("2023-08-26-137b584"), &older);
    load(AUTHROOT("2025-07-03-4b898eb"), &newer);
    cr_assert_lt(wr_ctl_sequence_compare(older.ctl.sequence, newer.ctl.sequence), 0);
    cr_assert_gt(wr_ctl_sequence_compare(newer.ctl.sequence, older.ctl.sequence), 0);
    cr_assert_eq(wr_ctl_sequence_compare(newer.ctl.sequence, newer.ctl.sequence), 0);
    unload(&older);
    unload(&newer);
}

/* ---- What a list refuses -----------------------------------------------------------------------
 */

static bool is_listed(const wr_ctl *ctl, wr_digest_algorithm algorithm, wr_view hashed)
{
    uint8_t digest[WR_DIGEST_MAX];
    wr_error err;

    cr_assert(wr_digest(algorithm, hashed, digest, &err));
    for (size_t i = 0; i < ctl->entries.count; i++)
        if (wr_view_is(ctl->entries.items[i].id, digest, wr_digest_len(algorithm)))
            return true;
    return false;
}

Test(corpus_ctl, every_disallowed_certificate_is_named_by_the_list_beside_it)
{
    size_t len, by_key = 0, by_tbs = 0;
    loaded list;
    uint8_t *bytes = corpus_file("sst/harvester57/e13fbc7-out_disallowedcert.sst", &len);
    wr_error err;
    wr_sst sst;

    load(DISALLOWED, &list);
    cr_assert(wr_sst_parse(view_of(bytes, len), &list.arena, &list.diags, &sst, &err), "%s",
              err.message);
    cr_assert_eq(sst.elements.count, 80);
    for (size_t i = 0; i < sst.elements.count; i++) {
        wr_digest_algorithm algorithm;
        wr_x509 cert;

        cr_assert(wr_x509_parse(sst.elements.items[i].object, &cert, &err), "%s", err.message);
        if (is_listed(&list.ctl, WR_MD5, cert.key_bits))
            by_key++;
        else if (wr_x509_signature_digest(&cert, &algorithm))
            by_tbs += algorithm == WR_SHA384 && is_listed(&list.ctl, algorithm, cert.tbs);
    }
    cr_assert_eq(by_key, 74);
    cr_assert_eq(by_tbs, 6);
    free(bytes);
    unload(&list);
}

Test(corpus_ctl, the_pinned_roots_are_the_published_files)
{
    static const char *const names[WR_NUM_PINNED_ROOTS] = {
        "crt/harvester57/a43489159a520f0d93d032ccaf37e7fe20a8b419.crt",
        "crt/harvester57/cdd4eeae6000ac7f40c3802c171e30148030c072.crt",
        "crt/harvester57/3b1efd3a66ea28b16697394703a72ca340a05bd5.crt",
    };

    for (size_t i = 0; i < WR_NUM_PINNED_ROOTS; i++) {
        size_t len;
        uint8_t *bytes = corpus_file(names[i], &len);

        cr_assert(wr_view_is(wr_pinned_root(i), bytes, len), "%s", names[i]);
        free(bytes);
    }
}

/* ---- Changed lists -----------------------------------------------------------------------------
 */

static wr_signature_status status_of(uint8_t *bytes, size_t len, wr_time this_update)
{
    wr_signature s = { 0 };
    wr_pkcs7 message;
    wr_arena arena;
    wr_diags diags;
    wr_error err;
    wr_ctl ctl;

    wr_arena_init(&arena, (size_t)16 << 20);
    wr_diags_init(&diags, &arena);
    if (wr_pkcs7_parse(view_of(bytes, len), &arena, &diags, &message, &err) &&
        wr_ctl_parse(message.content, &arena, &ctl, &err))
        cr_assert(wr_pkcs7_verify_list(&message, NULL, this_update, &arena, &s, &err));
    wr_arena_free(&arena);
    return s.status;
}

static void no_flip_is_valid(loaded *list, wr_view part)
{
    uint64_t seed = 0x63746cu;

    for (size_t i = 0; i < 300; i++) {
        size_t at = (size_t)part.origin + (size_t)(next_random(&seed) % part.len);

        list->bytes[at] ^= (uint8_t)(1u << (i % 8));
        cr_assert_neq(status_of(list->bytes, list->len, list->ctl.this_update), WR_SIGNATURE_VALID,
                      "0x%zx", at);
        list->bytes[at] ^= (uint8_t)(1u << (i % 8));
    }
}

Test(corpus_ctl, no_change_of_a_byte_leaves_a_list_valid)
{
    static const char *const names[] = { DISALLOWED, PIN_RULES, AUTHROOT("2016-01-26-b8ecff5"),
                                         AUTHROOT("2025-07-03-4b898eb") };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        loaded list;

        load(names[i], &list);
        cr_assert_eq(status_of(list.bytes, list.len, list.ctl.this_update), WR_SIGNATURE_VALID);
        no_flip_is_valid(&list, list.message.content);
        no_flip_is_valid(&list, list.message.signed_attributes);
        no_flip_is_valid(&list, list.message.signature);
        unload(&list);
    }
}

/* ---- Small lists and messages that Wine's tests hold in source ---------------------------------
 */

typedef struct small_list {
    const char *name;
    wr_code code; /* of wr_ctl_parse */
    uint64_t offset;
    size_t usages, id_len, sequence_len, entries;
    bool next_update;
} small_list;

Test(corpus_ctl, small_lists_of_wine)
{
    static const small_list cases[] = {
        { "encode-emptyCTL", WR_OK, 0, 0, 0, 0, 0, false },
        { "encode-emptyCTLWithVersion1", WR_OK, 0, 0, 0, 0, 0, false },
        { "encode-ctlWithUsageIdentifier", WR_OK, 0, 1, 0, 0, 0, false },
        { "encode-ctlWithListIdentifier", WR_OK, 0, 0, 1, 0, 0, false },
        { "encode-ctlWithSequenceNumber", WR_OK, 0, 0, 0, 1, 0, false },
        { "encode-ctlWithThisUpdate", WR_OK, 0, 0, 0, 0, 0, false },
        { "encode-ctlWithThisAndNextUpdate", WR_OK, 0, 0, 0, 0, 0, true },
        { "encode-ctlWithAlgId", WR_OK, 0, 0, 0, 0, 0, false },
        { "encode-ctlWithOneEntry", WR_OK, 0, 0, 0, 0, 1, false },
        { "encode-ctlWithTwoEntries", WR_OK, 0, 0, 0, 0, 2, false },
        { "encode-ctlWithBogusEntry", WR_E_TRUNCATED, 42, 0, 0, 0, 0, false },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const small_list *c = &cases[i];
        wr_ctl ctl = { 0 };
        char name[128];
        wr_arena arena;
        uint8_t *bytes;
        wr_error err;
        size_t len;
        bool good;

        snprintf(name, sizeof name, "stl-unit/wine-crypt32/%s.bin", c->name);
        bytes = corpus_file(name, &len);
        wr_arena_init(&arena, 1 << 20);
        good = wr_ctl_parse(view_of(bytes, len), &arena, &ctl, &err);
        cr_expect_eq(good, c->code == WR_OK, "%s", c->name);
        if (!good)
            cr_expect(err.code == c->code && err.offset == c->offset, "%s: %s at %llu", c->name,
                      err.message, (unsigned long long)err.offset);
        cr_expect_eq(ctl.usage.list.count, c->usages, "%s", c->name);
        cr_expect_eq(ctl.list_id.len, c->id_len, "%s", c->name);
        cr_expect_eq(ctl.sequence.len, c->sequence_len, "%s", c->name);
        cr_expect_eq(ctl.entries.count, c->entries, "%s", c->name);
        cr_expect_eq(ctl.has_next_update, c->next_update, "%s", c->name);
        wr_arena_free(&arena);
        free(bytes);
    }
}

typedef struct small_message {
    const char *name;
    size_t content_len, certificates, crls, signers, diags;
} small_message;

Test(corpus_ctl, small_messages_of_wine)
{
    static const small_message cases[] = {
        { "encode-indefiniteSignedPKCSContent", 10, 1, 0, 1, 0 },
        { "message-signedContent", 6, 0, 0, 1, 0 },
        { "message-signedWithCertContent", 6, 1, 0, 1, 0 },
        { "message-signedHashWithCRL", 0, 0, 1, 1, 0 },
        { "msg-detachedSignedContent", 0, 0, 0, 1, 0 },
        { "msg-detachedUnsignedContent", 0, 0, 0, 0, 0 },
        { "msg-signedKeyIdEmptyContent", 0, 0, 0, 1, 0 },
        /* Seven zero bytes follow the message. */
        { "msg-msg_signed_ecc_prime256v1", 78, 1, 0, 1, 1 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const small_message *c = &cases[i];
        wr_pkcs7 m = { 0 };
        char name[128];
        wr_diags diags;
        wr_arena arena;
        uint8_t *bytes;
        wr_error err;
        size_t len;

        snprintf(name, sizeof name, "pkcs7-unit/wine-crypt32/%s.bin", c->name);
        bytes = corpus_file(name, &len);
        wr_arena_init(&arena, 1 << 20);
        wr_diags_init(&diags, &arena);
        cr_expect(wr_pkcs7_parse(view_of(bytes, len), &arena, &diags, &m, &err), "%s: %s", c->name,
                  err.message);
        cr_expect_eq(m.content.len, c->content_len, "%s", c->name);
        cr_expect_eq(m.certificates.list.count, c->certificates, "%s", c->name);
        cr_expect_eq(m.crls.list.count, c->crls, "%s", c->name);
        cr_expect_eq(m.num_signers, c->signers, "%s", c->name);
        cr_expect_eq(diags.list.count, c->diags, "%s", c->name);
        wr_arena_free(&arena);
        free(bytes);
    }
}
