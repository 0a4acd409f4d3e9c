#include "support.h"

#include <criterion/parameterized.h>

#include "base/digest.h"
#include "format/property.h"
#include "format/regf_recover.h"

#define YARP "hive/yarp/hives_for_tests_"

static wr_arena arena;
static wr_diags diags;
static wr_error err;
static wr_regf hive;

static void setup(void)
{
    wr_arena_init(&arena, (size_t)512 << 20);
    wr_diags_init(&diags, &arena);
}

static void teardown(void)
{
    wr_arena_free(&arena);
}

TestSuite(corpus_regf_recover, .init = setup, .fini = teardown);

static wr_regf_recovery recover(const char *name)
{
    const char *path = wr_arena_format(&arena, "%s/%s", getenv("WINROOTS_CORPUS"), name);
    wr_regf_recovery r;
    uint8_t *bytes;
    size_t len;
    wr_view v;

    cr_assert(path);
    bytes = read_file(path, &len);
    cr_assert(wr_arena_copy(&arena, (wr_view){ bytes, len, 0, path }, &v));
    free(bytes);
    cr_assert(wr_regf_open(v, &arena, &diags, &hive, &err), "%s: %s", name, err.message);
    cr_assert(wr_regf_recover(&hive, &arena, &diags, &r, &err), "%s: %s", name, err.message);
    return r;
}

static const char *path_of(const wr_regf_recovery *r, wr_regf_owner owner)
{
    const char *path = wr_regf_owner_path(&hive, r, owner, &arena);

    cr_assert(path);
    return path;
}

/* Deleted keys and values that yarp finds in the same hives, and reglookup-recover in most of them.
 */
struct counted {
    char hive[80];
    size_t keys, values;
};

ParameterizedTestParameters(corpus_regf_recover, counted)
{
    static struct counted rows[] = {
        { YARP "DeletedDataHive", 1, 2 },
        { YARP "DeletedTreeHive", 4, 0 },
        { YARP "DeletedTreeNoRootFlagHive", 4, 0 },
        { YARP "DeletedTreePartialPathHive", 4, 0 },
        { YARP "SlackHive", 1, 0 },
        { YARP "RemnantData", 0, 1 },
        { "hive/ez-registry/Registry.Test_Hives_UsrClassDeletedBags.dat", 4, 113 },
        { "hive/plaso/NTUSER-WIN7.DAT", 82, 457 },
        { "hive/regipy/regipy_tests_data_NTUSER.DAT", 103, 415 },
        { "hive/regipy/regipy_tests_data_UsrClass.dat", 94, 222 },
    };
    return cr_make_param_array(struct counted, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct counted *row, corpus_regf_recover, counted)
{
    wr_regf_recovery r;

    setup();
    r = recover(row->hive);
    cr_expect_eq(r.keys.count, row->keys, "%s: %zu keys", row->hive, r.keys.count);
    cr_expect_eq(r.values.count, row->values, "%s: %zu values", row->hive, r.values.count);
    teardown();
}

static void assert_text(wr_view name, wr_encoding encoding, const char *expected)
{
    const char *text = wr_text(&arena, name, encoding);

    cr_assert(text);
    cr_assert_str_eq(text, expected);
}

/* Names, paths and data as yarp's own tests state them. */
Test(corpus_regf_recover, deleted_data_is_what_was_deleted)
{
    wr_regf_recovery r = recover(YARP "DeletedDataHive");

    assert_text(r.keys.items[0].key.name, r.keys.items[0].key.name_encoding, "456");
    for (size_t i = 0; i < 2; i++) {
        const wr_regf_deleted_value *v = &r.values.items[i];
        bool is_v2 = wr_text_equals(v->value.name, v->value.name_encoding, "v2");

        cr_assert(is_v2 || wr_text_equals(v->value.name, v->value.name_encoding, "v"));
        cr_assert_eq(v->value.type, WR_REG_SZ);
        cr_assert_eq(v->state, WR_REGF_DATA_WHOLE);
        if (is_v2) {
            cr_assert(wr_view_is(v->data, "4\0005\0006\0\0", 8));
        } else {
            cr_assert(wr_view_is(v->data, "1\0002\0003\0004\0005\0006\0\0", 14));
            cr_assert_str_eq(path_of(&r, v->owner), "456", "the key was deleted with its value");
        }
    }
}

static void assert_tree(const char *name, const char *const paths[4], bool rooted)
{
    wr_regf_recovery r = recover(name);

    for (size_t i = 0; i < r.keys.count; i++) {
        const char *path = path_of(&r, (wr_regf_owner){ WR_REGF_NIL, i });
        bool known = false;

        for (size_t k = 0; k < 4; k++)
            known = known || strcmp(path, paths[k]) == 0;
        cr_expect(known, "%s: %s", name, path);
        cr_expect_eq(r.keys.items[i].rooted, rooted, "%s", path);
    }
}

Test(corpus_regf_recover, a_deleted_tree_has_its_paths)
{
    static const char *const whole[] = { "1\\2\\3", "1\\2\\3\\4", "1\\2\\3\\4\\5",
                                         "1\\2\\3\\4\\New Key #1" };
    static const char *const partial[] = { "?\\3", "?\\3\\4", "?\\3\\4\\5", "?\\3\\4\\New Key #1" };

    assert_tree(YARP "DeletedTreeHive", whole, true);
    assert_tree(YARP "DeletedTreeNoRootFlagHive", whole, true);
    assert_tree(YARP "DeletedTreePartialPathHive", partial, false);
}

Test(corpus_regf_recover, remnant_data_is_the_value_that_was_renamed)
{
    wr_regf_recovery r = recover(YARP "RemnantData");

    assert_text(r.values.items[0].value.name, r.values.items[0].value.name_encoding,
                "Новый параметр #1");
}

/* A certificate whose value is gone, in a cell that was freed; openssl reads it and names its
 * SHA-1. */
Test(corpus_regf_recover, certificates_are_found_without_their_values)
{
    static const uint8_t sha1[WR_SHA1_LEN] = { 0xFD, 0xAD, 0xC1, 0x66, 0xE3, 0x9A, 0x6A,
                                               0x44, 0x0D, 0xE7, 0x37, 0x6C, 0xEA, 0x83,
                                               0x79, 0x61, 0x95, 0xDE, 0xC1, 0x98 };
    wr_regf_recovery r = recover("hive/plaso/SYSTEM");
    bool found = false;

    for (size_t i = 0; i < r.blobs.count; i++) {
        uint8_t digest[WR_SHA1_LEN];
        wr_element element;

        cr_assert(wr_element_parse(r.blobs.items[i].bytes, &diags, &element, &err), "%s",
                  err.message);
        cr_assert_eq(element.kind, WR_ELEMENT_CERTIFICATE);
        cr_assert(wr_digest(WR_SHA1, element.object, digest, &err));
        found = found || (r.blobs.items[i].bytes.origin == 0xb28078 && element.object.len == 671 &&
                          memcmp(digest, sha1, sizeof sha1) == 0);
    }
    cr_assert(found);
}
