/* roots.sst, gpo/roots.reg and gpo/Registry.pol, read back. */
#include "bundle_folder.h"

#include "format/property.h"
#include "format/reg_pol.h"
#include "format/reg_text.h"
#include "format/regf.h"
#include "format/sst.h"

TestSuite(bundle_registry, .init = start_bundle, .fini = end_bundle);

/* Attributes of a list's entry, by hand: 9 = e-mail only, 104 = empty, 11 = "A", and one that is no
 * property.  Their order is not that of the numbers. */
static const uint8_t attributes[] = {
    0x30, 0x10, 0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x0B, 0x68, 0x31, 0x02,
    0x04, 0x00, /* 104 */
    0x30, 0x14, 0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x0B, 0x0B, 0x31, 0x06,
    0x04, 0x04, 'A',  0,    0,    0, /* 11 */
    0x30, 0x1C, 0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x0B, 0x09, 0x31, 0x0E,
    0x04, 0x0C, 0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x04, /* 9 */
    0x30, 0x0A, 0x06, 0x04, 0x2B, 0x06, 0x01, 0x04, 0x31, 0x02, 0x05, 0x00,
};

/* What must become of them, before the object's record. */
static const uint8_t listed_records[] = {
    9,    0, 0, 0, 1,   0, 0,    0, 12, 0, 0, 0, 0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06,
    0x01, 5, 5, 7, 3,   4, 0x0B, 0, 0,  0, 1, 0, 0,    0,    4,    0,    0,    0,
    'A',  0, 0, 0, 104, 0, 0,    0, 1,  0, 0, 0, 0,    0,    0,    0,
};

static void every_kind_and_a_listed_root(void)
{
    wr_ctl_entry *entry = WR_NEW(&hand.arena, wr_ctl_entry, 1);

    every_kind_by_hand(&hand);
    entry->attributes = view_of(attributes, sizeof attributes);
    hand.plan.actions.items[3].listed = entry;
}

/* The element of an action: its SHA-1, then `more`, then the certificate. */
static wr_view element_by_hand(size_t action, const uint8_t *more, size_t more_len)
{
    const wr_certificate *c = hand.plan.actions.items[action].certificate;
    size_t der = c->x509.der.len;
    uint8_t *all = WR_NEW(&hand.arena, uint8_t, 32 + more_len + 12 + der);
    const uint8_t start[] = { 3, 0, 0, 0, 1, 0, 0, 0, 20, 0, 0, 0 };
    const uint8_t object[] = { 32, 0, 0, 0, 1, 0, 0, 0, (uint8_t)der, (uint8_t)(der >> 8), 0, 0 };

    memcpy(all, start, 12);
    memcpy(all + 12, c->sha1, 20);
    if (more_len)
        memcpy(all + 32, more, more_len);
    memcpy(all + 32 + more_len, object, 12);
    memcpy(all + 44 + more_len, c->x509.der.data, der);
    return view_of(all, 44 + more_len + der);
}

static wr_view listed_by_hand(void)
{
    return element_by_hand(3, listed_records, sizeof listed_records);
}

Test(bundle_registry, sst_holds_the_roots_with_what_the_list_says)
{
    wr_error err;
    wr_sst sst;

    every_kind_and_a_listed_root();
    write_bundle();
    cr_assert(wr_sst_parse(bytes_of("roots.sst"), &hand.arena, &hand.diags, &sst, &err));
    cr_assert_eq(hand.diags.list.count, 0);
    cr_assert_eq(sst.elements.count, 2, "what is disallowed would be trusted by who imports it");
    cr_assert(wr_view_equal(sst.elements.items[0].all, element_by_hand(2, NULL, 0)));
    cr_assert(wr_view_equal(sst.elements.items[1].all, listed_by_hand()));
}

static void key_is(const wr_reg_entries *e, size_t i, const char *format, size_t action)
{
    const char *stem = strchr(format, '#');
    hex h = { "", "" };
    const char *expected = format;

    if (stem) {
        h = hex_of(&hand.plan.actions.items[action]);
        for (char *c = h.sha1; *c; c++)
            *c = (char)(*c >= 'a' ? *c - 32 : *c);
        expected = wr_arena_format(&hand.arena, "%.*s%s", (int)(stem - format), format, h.sha1);
    }
    cr_assert_str_eq(e->keys.items[i].path, expected);
}

static void value_is(const wr_reg_entries *e, size_t key, uint32_t type, const char *name,
                     wr_view data)
{
    const wr_reg_value *value = &e->values.items[e->keys.items[key].first_value];

    cr_assert_eq(e->keys.items[key].num_values, 1);
    cr_assert_eq(value->type, type);
    cr_assert_str_eq(value->name, name);
    cr_assert(wr_view_equal(value->data, data), "key %zu", key);
}

#define LM "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\"
#define GP "SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\"

static const uint8_t zero[4] = { 0 };

Test(bundle_registry, reg_does_what_install_cmd_does)
{
    wr_reg_entries e;
    wr_error err;

    every_kind_and_a_listed_root();
    write_bundle();
    cr_assert(wr_reg_text_parse(bytes_of("gpo/roots.reg"), &hand.arena, &hand.diags, &e, &err));
    cr_assert_eq(hand.diags.list.count, 0);
    cr_assert_eq(e.keys.count, 5);
    key_is(&e, 0, LM "CA\\Certificates\\#", 0);
    cr_assert(e.keys.items[0].deleted);
    key_is(&e, 1, LM "Disallowed\\Certificates\\#", 1);
    value_is(&e, 1, WR_REG_BINARY, "Blob", element_by_hand(1, NULL, 0));
    key_is(&e, 2, LM "Root\\Certificates\\#", 2);
    value_is(&e, 2, WR_REG_BINARY, "Blob", element_by_hand(2, NULL, 0));
    key_is(&e, 3, LM "Root\\Certificates\\#", 3);
    value_is(&e, 3, WR_REG_BINARY, "Blob", listed_by_hand());
    key_is(&e, 4, "HKEY_LOCAL_MACHINE\\" GP "AuthRoot", 0);
    value_is(&e, 4, WR_REG_DWORD, "DisableRootAutoUpdate", view_of(zero, 4));
}

Test(bundle_registry, policy_adds_to_the_stores_of_the_policy_and_deletes_nothing)
{
    wr_reg_entries e;
    wr_error err;

    every_kind_and_a_listed_root();
    write_bundle();
    cr_assert(wr_reg_pol_parse(bytes_of("gpo/Registry.pol"), &hand.arena, &hand.diags, &e, &err));
    cr_assert_eq(hand.diags.list.count, 0);
    cr_assert_eq(e.keys.count, 4);
    cr_assert_eq(wr_reg_num_deletes(&e), 0);
    key_is(&e, 0, GP "Disallowed\\Certificates\\#", 1);
    value_is(&e, 0, WR_REG_BINARY, "Blob", element_by_hand(1, NULL, 0));
    key_is(&e, 1, GP "Root\\Certificates\\#", 2);
    value_is(&e, 1, WR_REG_BINARY, "Blob", element_by_hand(2, NULL, 0));
    key_is(&e, 2, GP "Root\\Certificates\\#", 3);
    value_is(&e, 2, WR_REG_BINARY, "Blob", listed_by_hand());
    key_is(&e, 3, GP "AuthRoot", 0);
    value_is(&e, 3, WR_REG_DWORD, "DisableRootAutoUpdate", view_of(zero, 4));
}

Test(bundle_registry, what_would_say_nothing_is_not_written)
{
    action_by_hand(&hand, WR_ACTION_DISALLOW, "Disallowed", "root_v1", "demo/distrust");
    write_bundle();
    cr_assert_eq(wr_os_place(path_of("roots.sst")), WR_PLACE_NOTHING, "no root");
    cr_assert_eq(wr_os_place(path_of("gpo/roots.reg")), WR_PLACE_FILE);
    cr_assert_eq(wr_os_place(path_of("gpo/Registry.pol")), WR_PLACE_FILE);
}

Test(bundle_registry, a_deletion_is_in_no_policy)
{
    action_by_hand(&hand, WR_ACTION_DELETE, "CA", "leaf_sha1", "demo/no-old-leaf");
    write_bundle();
    cr_assert_eq(wr_os_place(path_of("gpo/Registry.pol")), WR_PLACE_NOTHING);
    cr_assert_eq(wr_os_place(path_of("gpo/roots.reg")), WR_PLACE_FILE);
}
