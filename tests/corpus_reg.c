#include "tsv.h"

#include "base/digest.h"
#include "base/outfile.h"
#include "base/text.h"
#include "format/probe.h"
#include "format/property.h"
#include "format/reg_pol.h"
#include "format/reg_text.h"
#include "reg_check.h"

/* As regedit wrote them: no other editor touched them. */
static const char *const untouched[] = {
    "reg/dmcert/23bd22d-cross-sign_R4_RootCertificateAuthority.reg",
    "reg/dmcert/23bd22d-root_R4RootCA.reg",
    "reg/pika-ca/9d6040f-CA-RSA4096.reg",
    "reg/pikacasetup/982d905-Scripts_fake_CA-INSTALL.reg",
};

static bool is_untouched(const char *name)
{
    for (size_t i = 0; i < sizeof untouched / sizeof *untouched; i++)
        if (!strcmp(name, untouched[i]))
            return true;
    return false;
}

/* The number behind `label` in the index's description. */
static size_t stated(const char *description, const char *label)
{
    const char *at = strstr(description, label);

    cr_assert(at, "%s: no %s", description, label);
    return strtoul(at + strlen(label), NULL, 10);
}

/* The value Blob of a key <store>\Certificates\<SHA-1>: an element whose SHA-1 names the key. */
static bool check_blob(const char *name, const wr_reg_key *key, const wr_reg_value *value)
{
    const char *thumbprint = strrchr(key->path, '\\');
    uint8_t named[WR_SHA1_LEN], sha1[WR_SHA1_LEN];
    wr_element element;
    wr_arena arena;
    wr_diags diags;
    wr_error err;

    if (strcmp(value->name, "Blob") != 0 || !strstr(key->path, "\\Certificates\\"))
        return false;
    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert_eq(value->type, 3);
    cr_assert(wr_element_parse(value->data, &diags, &element, &err), "%s: %s", name, err.message);
    cr_assert_eq(diags.list.count, 0, "%s: %s", name, diags.list.items[0].message);
    cr_assert_eq(element.kind, WR_ELEMENT_CERTIFICATE);
    cr_assert(wr_digest(WR_SHA1, element.object, sha1, &err));
    cr_assert(wr_text_unhex(thumbprint + 1, named, sizeof named), "%s: %s", name, key->path);
    cr_assert_arr_eq(named, sha1, sizeof sha1, "%s: %s", name, key->path);
    wr_arena_free(&arena);
    return true;
}

static void check_written(const char *name, wr_view file, const wr_reg_entries *entries,
                          wr_arena *arena)
{
    wr_reg_entries again = { 0 };
    wr_diags diags;
    wr_error err;
    wr_out *out;

    wr_diags_init(&diags, arena);
    cr_assert(wr_out_memory(&out, &err));
    wr_reg_text_write(out, entries, &diags);
    cr_assert(wr_out_finish(out, &err));
    cr_assert(wr_reg_text_parse(wr_out_bytes(out), arena, &diags, &again, &err));
    cr_assert_eq(diags.list.count, 0, "%s: %s", name, diags.list.items[0].message);
    cr_assert(reg_equal(entries, &again), "%s", name);
    if (is_untouched(name))
        cr_assert(wr_view_equal(wr_out_bytes(out), file), "%s: not written as regedit does", name);
    wr_out_discard(out);
}

/* Also as a policy file, which is read back as it was. */
static void check_policy(const char *name, const wr_reg_entries *entries, wr_arena *arena)
{
    wr_reg_entries again = { 0 };
    wr_diags diags;
    wr_error err;
    wr_out *out;

    wr_diags_init(&diags, arena);
    cr_assert(wr_out_memory(&out, &err));
    wr_reg_pol_write(out, entries, &diags);
    cr_assert(wr_out_finish(out, &err));
    cr_assert_eq(wr_probe(wr_out_bytes(out)), WR_KIND_POL, "%s", name);
    cr_assert(wr_reg_pol_parse(wr_out_bytes(out), arena, &diags, &again, &err), "%s: %s", name,
              err.message);
    cr_assert_eq(diags.list.count, 0, "%s: %s", name, diags.list.items[0].message);
    cr_assert(reg_equal(entries, &again), "%s", name);
    wr_out_discard(out);
}

static size_t check_file(const char *name, const char *description)
{
    size_t len, blobs = 0;
    uint8_t *bytes = corpus_file(name, &len);
    wr_view file = { bytes, len, 0, name };
    wr_reg_entries e = { 0 };
    wr_arena arena;
    wr_diags diags;
    wr_error err;

    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert_eq(wr_probe(file), WR_KIND_REG, "%s", name);
    cr_assert(wr_reg_text_parse(file, &arena, &diags, &e, &err), "%s: %s", name, err.message);
    cr_assert_eq(diags.list.count, 0, "%s: %s", name, diags.list.items[0].message);
    cr_assert(reg_is_consistent(&e, 0, len));
    cr_assert_eq(e.keys.count, stated(description, "keys="), "%s", name);
    for (size_t i = 0; i < e.keys.count; i++)
        for (size_t j = 0; j < e.keys.items[i].num_values; j++)
            blobs += check_blob(name, &e.keys.items[i],
                                &e.values.items[e.keys.items[i].first_value + j]);
    cr_assert_eq(blobs, stated(description, "cert Blobs="), "%s", name);
    cr_assert_eq(blobs, stated(description, "matches key name: "), "%s", name);
    check_written(name, file, &e, &arena);
    check_policy(name, &e, &arena);
    wr_arena_free(&arena);
    free(bytes);
    return blobs;
}

Test(reg_text, real_texts_hold_what_is_expected)
{
    size_t files = 0, blobs = 0;
    tsv row;

    for (tsv_open(&row, "INDEX.tsv", "path\tkind\t"); tsv_next(&row);) {
        if (strcmp(row.field[1], "reg") == 0) {
            blobs += check_file(row.field[0], row.field[row.num_fields - 1]);
            files++;
        }
    }
    cr_assert_geq(files, 25);
    cr_assert_geq(blobs, 18);
}

/* The types that CFReDS' first text names, and its data where it can be read from the text. */
Test(reg_text, every_type_of_the_reference_set_is_read)
{
    size_t len;
    const char *name = "reg/cfreds/[nr]-01-1_possible-data-types.reg";
    uint8_t *bytes = corpus_file(name, &len);
    wr_reg_entries e = { 0 };
    wr_arena arena;
    wr_diags diags;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert(wr_reg_text_parse((wr_view){ bytes, len, 0, name }, &arena, &diags, &e, &err));
    cr_assert_eq(e.values.count, 12);
    for (uint32_t type = 0; type < 12; type++) {
        const wr_reg_value *value = &e.values.items[type];
        char start[16];

        snprintf(start, sizeof start, "VALUE 0x%02X (", (unsigned)type);
        cr_assert_eq(strncmp(value->name, start, strlen(start)), 0, "%s", value->name);
        cr_assert_eq(value->type, type, "%s", value->name);
    }
    cr_assert(wr_view_is(e.values.items[3].data, "binary data", 11));
    cr_assert(wr_view_is(e.values.items[5].data, "\0\0\0\4", 4));
    cr_assert_str_eq(wr_text_until_nul(&arena, e.values.items[7].data, WR_UTF16LE),
                     "REG_MULTI_SZ_1");
    wr_arena_free(&arena);
    free(bytes);
}
