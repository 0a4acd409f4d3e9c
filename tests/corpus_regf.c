/* Real hives: keys, values and certificates as other readers give them. */
#include "tsv.h"

#include "base/digest.h"
#include "format/regf.h"
#include "winroots/limits.h"

struct opened {
    uint8_t *bytes;
    wr_arena arena;
    wr_diags diags;
    wr_regf regf;
    wr_error e;
    bool ok;
};

static void open_file(struct opened *o, const char *name)
{
    size_t len;

    o->bytes = corpus_file(name, &len);
    wr_arena_init(&o->arena, WR_LIMIT_ARENA);
    wr_diags_init(&o->diags, &o->arena);
    o->ok =
        wr_regf_open((wr_view){ o->bytes, len, 0, name }, &o->arena, &o->diags, &o->regf, &o->e);
}

static void close_file(struct opened *o)
{
    wr_arena_free(&o->arena);
    free(o->bytes);
}

/* Where other readers refuse or differ: what is right, and why.  docs/formats/regf.md has the
 * words. */
static const struct exception {
    const char *file;
    uint64_t keys, values; /* 0 keys: refused, with `code` */
    wr_code code;
} exceptions[] = {
    /* The number of Parse::Win32Registry, which reads what the others refuse. */
    { "hive/ez-registry/Registry.Test_Hives_SAMBadHBinHeader", 68, 73, WR_OK },
    { "hive/plaso/regf_corrupt_sub_key_list.hiv", 100, 99, WR_OK },
    { "hive/regipy/regipy_tests_data_corrupted_system_hive", 1687, 5625, WR_OK },
    { "hive/yarp/hives_for_tests_BadBaseBlockHive_BadBaseBlockHive", 5003, 0, WR_OK },
    { "hive/yarp/hives_for_tests_TruncatedDirtyHive", 2, 0, WR_OK },
    { "hive/yarp/hives_for_tests_TruncatedHive", 2, 0, WR_OK },
    { "hive/parse-win32registry/fake_ntuser_dat.rf", 4, 0, WR_OK },
    { "hive/parse-win32registry/fake_sam.rf", 2, 0, WR_OK },
    { "hive/parse-win32registry/fake_security.rf", 4, 0, WR_OK },
    { "hive/parse-win32registry/fake_software.rf", 3, 0, WR_OK },
    { "hive/parse-win32registry/fake_system.rf", 3, 0, WR_OK },
    { "hive/parse-win32registry/fake_usrclass_dat.rf", 2, 0, WR_OK },
    { "hive/parse-win32registry/winnt_compare_tests1.rf", 5, 4, WR_OK },
    { "hive/parse-win32registry/winnt_compare_tests2.rf", 4, 3, WR_OK },
    { "hive/parse-win32registry/winnt_compare_tests3.rf", 5, 4, WR_OK },
    { "hive/parse-win32registry/winnt_iter_tests.rf", 7, 14, WR_OK },
    { "hive/parse-win32registry/winnt_security_tests.rf", 1, 0, WR_OK },
    { "hive/parse-win32registry/winnt_value_tests.rf", 2, 57, WR_OK },
    /* Its 12 and 19 keys less 6 each, whose lists stand in cells that are not aligned. */
    { "hive/parse-win32registry/winnt_entry_tests.rf", 12 - 6, 5, WR_OK },
    { "hive/parse-win32registry/winnt_key_tests.rf", 19 - 6, 0, WR_OK },
    /* Its 12 keys and 2 values, and what it drops: a key and a value whose name is cut, 2 keys and
     * 2 values that are left of lists that claim 4,000. */
    { "hive/parse-win32registry/winnt_error_tests.rf", 12 + 1 + 2, 2 + 1 + 2, WR_OK },
    /* hivex's 7 and 7, where one key stands below two parents and is counted twice. */
    { "hive/yarp/hives_for_tests_BadListHive", 7 - 1, 0, WR_OK },
    { "hive/yarp/hives_for_tests_BadSubkeyHive", 7 - 1, 0, WR_OK },
    /* The root, whose only subkey list lies beyond the end of the file. */
    { "hive/libregf/tests_data_hive_bins_list.1", 1, 0, WR_OK },
    /* A base block alone. */
    { "hive/libregf/tests_data_file_header.1", 0, 0, WR_E_TRUNCATED },
    { "hive/parse-win32registry/invalid_regf_checksum.rf", 0, 0, WR_E_TRUNCATED },
    { "hive/r-winreg/NTUSER_0_4096_BASE_BLOCK.DAT", 0, 0, WR_E_TRUNCATED },
};

static const struct exception *exception_of(const char *file)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (strcmp(exceptions[i].file, file) == 0)
            return &exceptions[i];
    return NULL;
}

/* "[keys, values]"; false for an error or where the reader was not run. */
static bool parse_counts(const char *text, uint64_t *keys, uint64_t *values)
{
    char *end;

    if (text[0] != '[' || text[1] < '0' || text[1] > '9')
        return false;
    *keys = strtoull(text + 1, &end, 10);
    *values = strtoull(end + 1, NULL, 10);
    return true;
}

static void expect_base_block(const struct opened *o, char *const *column)
{
    char version[32];

    snprintf(version, sizeof version, "%u.%u", o->regf.major, o->regf.minor);
    cr_expect_eq(o->regf.primary_sequence, strtoul(column[1], NULL, 10), "%s", column[0]);
    cr_expect_eq(o->regf.secondary_sequence, strtoul(column[2], NULL, 10), "%s", column[0]);
    cr_expect_eq(o->regf.primary_sequence != o->regf.secondary_sequence,
                 strcmp(column[3], "dirty") == 0, "%s", column[0]);
    cr_expect_eq(o->regf.checksum_valid, strcmp(column[4], "True") == 0, "%s", column[0]);
    cr_expect_str_eq(version, column[5], "%s", column[0]);
}

static void expect_counts(struct opened *o, char *const *column)
{
    const struct exception *exception = exception_of(column[0]);
    uint64_t keys = 0, values = 0, their_keys, their_values;
    size_t readers = 0;

    cr_expect(wr_regf_count(&o->regf, &o->arena, &o->diags, &keys, &values, &o->e), "%s: %s",
              column[0], o->e.message);
    if (exception) {
        cr_expect(keys == exception->keys && values == exception->values, "%s: %llu, %llu",
                  column[0], (unsigned long long)keys, (unsigned long long)values);
        return;
    }
    for (size_t reader = 6; reader <= 8; reader++)
        if (parse_counts(column[reader], &their_keys, &their_values)) {
            readers++;
            cr_expect(keys == their_keys && values == their_values, "%s: %llu, %llu, not %s",
                      column[0], (unsigned long long)keys, (unsigned long long)values,
                      column[reader]);
        }
    cr_expect_gt(readers, 0, "%s: no reader to compare with", column[0]);
}

Test(corpus_regf, keys_and_values_are_those_of_other_readers)
{
    tsv t;
    size_t rows = 0, known = 0;

    tsv_open(&t, "expected/hive-counts.tsv", "file\tseq1\tseq2\tstate\tchecksum_ok\tver\t");
    while (tsv_next(&t)) {
        const struct exception *exception = exception_of(t.field[0]);
        struct opened o;

        open_file(&o, t.field[0]);
        rows++;
        known += exception != NULL;
        if (o.ok) {
            expect_base_block(&o, t.field);
            expect_counts(&o, t.field);
        } else {
            cr_expect(exception && exception->keys == 0 && o.e.code == exception->code, "%s: %s",
                      t.field[0], o.e.message);
        }
        close_file(&o);
    }
    cr_expect_geq(rows, 162);
    cr_expect_eq(known, sizeof exceptions / sizeof *exceptions, "no exception is out of date");
}

/* A clean, whole hive of Windows gives no diagnostic: they would be noise. */
Test(corpus_regf, undamaged_hives_are_read_in_silence)
{
    static const char *const crafted[] = { "yarp/",    "parse-win32registry/",
                                           "libregf/", "corrupt",
                                           "BadHBin",  "BASE_BLOCK" };
    tsv t;
    size_t silent = 0;

    tsv_open(&t, "expected/hive-counts.tsv", "file\tseq1\tseq2\tstate\tchecksum_ok\tver\t");
    while (tsv_next(&t)) {
        uint64_t keys, values;
        struct opened o;
        bool skip = strcmp(t.field[3], "clean") != 0 || strcmp(t.field[4], "True") != 0;

        for (size_t i = 0; i < sizeof crafted / sizeof *crafted; i++)
            skip = skip || strstr(t.field[0], crafted[i]);
        if (skip)
            continue;
        open_file(&o, t.field[0]);
        cr_expect(o.ok && wr_regf_count(&o.regf, &o.arena, &o.diags, &keys, &values, &o.e));
        cr_expect_eq(o.diags.list.count, 0, "%s: %s", t.field[0],
                     o.diags.list.count ? o.diags.list.items[0].message : "");
        silent++;
        close_file(&o);
    }
    cr_expect_geq(silent, 40);
}

/* Every file of the hive folder that is no primary hive is refused by what it is. */
Test(corpus_regf, logs_and_fragments_are_told_what_they_are)
{
    tsv t;
    size_t logs = 0, fragments = 0, others = 0;

    tsv_open(&t, "INDEX.tsv", "path\tkind\t");
    while (tsv_next(&t)) {
        const char *what = t.field[8];
        bool log = strstr(what, "format log v") || strstr(what, "old log v");
        struct opened o;

        if (strcmp(t.field[1], "hive") != 0 || strncmp(what, "regf primary", 12) == 0)
            continue;
        open_file(&o, t.field[0]);
        cr_expect(!o.ok, "%s", t.field[0]);
        if (log) {
            logs++;
            cr_expect(o.e.code == WR_E_UNSUPPORTED && strstr(o.e.message, "transaction log"),
                      "%s: %s", t.field[0], o.e.message);
        } else if (strstr(what, "magic 6862696e")) {
            fragments++;
            cr_expect(o.e.code == WR_E_MALFORMED && strstr(o.e.message, "fragment of a hive"),
                      "%s: %s", t.field[0], o.e.message);
        } else {
            others++;
            cr_expect((o.e.code == WR_E_MALFORMED || o.e.code == WR_E_TRUNCATED) && o.e.message[0],
                      "%s: %s", t.field[0], o.e.message);
        }
        close_file(&o);
    }
    cr_expect(logs >= 79 && fragments >= 5 && others >= 60, "%zu logs, %zu fragments, %zu others",
              logs, fragments, others);
}

/* The Blob of one certificate, by store path and key name. */
static void expect_blob(struct opened *o, char *const *column)
{
    uint8_t digest[WR_DIGEST_MAX];
    char hex[2 * WR_SHA1_LEN + 1];
    wr_regf_key root, store, key;
    wr_regf_value value;
    wr_view blob;

    cr_assert(wr_regf_root(&o->regf, &root, &o->e), "%s", o->e.message);
    cr_assert(wr_regf_find_path(&o->regf, &root, column[1], &o->diags, &store), "%s: %s", column[0],
              column[1]);
    cr_assert(wr_regf_find_key(&o->regf, &store, column[2], &o->diags, &key), "%s: %s", column[0],
              column[2]);
    cr_assert(wr_regf_find_value(&o->regf, &key, "Blob", &o->diags, &value), "%s", column[2]);
    cr_assert(wr_regf_data(&o->regf, &value, &o->arena, &blob, &o->e), "%s: %s", column[2],
              o->e.message);
    cr_expect_eq(value.type, WR_REG_BINARY, "%s", column[2]);
    cr_expect_eq(blob.len, strtoul(column[3], NULL, 10), "%s: %zu", column[2], blob.len);
    cr_assert(wr_digest(WR_SHA1, blob, digest, &o->e));
    wr_text_hex_into(digest, WR_SHA1_LEN, hex);
    cr_expect_str_eq(hex, column[4], "%s", column[2]);
}

Test(corpus_regf, certificate_blobs_are_those_of_other_readers)
{
    char file[512] = "";
    struct opened o = { .bytes = NULL };
    tsv t;
    size_t rows = 0;

    tsv_open(&t, "expected/hive-certs.tsv", "file\tstore path\tkey name");
    while (tsv_next(&t)) {
        if (strcmp(file, t.field[0]) != 0) {
            if (file[0])
                close_file(&o);
            snprintf(file, sizeof file, "%s", t.field[0]);
            open_file(&o, file);
            cr_assert(o.ok, "%s: %s", file, o.e.message);
        }
        expect_blob(&o, t.field);
        rows++;
    }
    close_file(&o);
    cr_expect_eq(rows, 89);
}

Test(corpus_regf, stores_hold_as_many_certificates_as_other_readers_say)
{
    tsv t;
    size_t rows = 0;

    tsv_open(&t, "expected/hive-certstores.tsv", "file\tstore path\tkeys\tblobs");
    while (tsv_next(&t)) {
        unsigned long keys = 0, blobs = 0;
        wr_regf_key root, store, key;
        wr_regf_value value;
        wr_regf_iter it;
        struct opened o;

        open_file(&o, t.field[0]);
        cr_assert(o.ok && wr_regf_root(&o.regf, &root, &o.e));
        cr_assert(wr_regf_find_path(&o.regf, &root, t.field[1], &o.diags, &store), "%s",
                  t.field[1]);
        wr_regf_subkeys(&o.regf, &store, t.field[1], &o.diags, &it);
        for (; wr_regf_next_key(&it, &key); keys++)
            blobs += wr_regf_find_value(&o.regf, &key, "Blob", &o.diags, &value);
        cr_expect_eq(keys, strtoul(t.field[2], NULL, 10), "%s: %lu", t.field[1], keys);
        cr_expect_eq(blobs, strtoul(t.field[3], NULL, 10), "%s: %lu", t.field[1], blobs);
        rows++;
        close_file(&o);
    }
    cr_expect_eq(rows, 16);
}
