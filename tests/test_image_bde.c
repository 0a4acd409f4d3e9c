#include "image_case.h"

/* Volumes are written by make_bde.py: opened, they are "part.ntfs" byte for byte. */

#define PASSWORD "Zo\xc3\xab's volume 7"
#define RECOVERY "111111-222222-333333-444444-555555-666666-110000-000011"

static bool can_encrypt;

static void prepare(void)
{
    make();
    can_encrypt = can_make && strstr(wr_tree_components(), ", libbde") &&
                  shell("python3 -c 'import cryptography' 2>/dev/null");
}

#define NEEDS_BITLOCKER()                                                                          \
    do {                                                                                           \
        if (!can_encrypt)                                                                          \
            cr_skip_test("images, libbde or python3-cryptography cannot be had here");             \
    } while (0)

/* "bde" of "part.ntfs"; `how` are a method and protectors. */
static void encrypt(const char *how)
{
    cr_assert(
        shell("python3 %s/../tests/images/make_bde.py part.ntfs bde %s", WINROOTS_FIXTURES, how));
}

static wr_tree_options with(const char *password, const char *key)
{
    return (
        wr_tree_options){ .patterns = wanted, .bitlocker_password = password, .recovery_key = key };
}

static void expect_volume(const char *path, const wr_tree_options *options, const char *label)
{
    wr_tree *tree = open_tree(path, options);

    cr_assert_eq(wr_tree_num_volumes(tree), 1);
    cr_expect_str_eq(wr_tree_volume_at(tree, 0)->label, label);
    expect_host(tree, 0, path);
    wr_tree_close(tree);
    cr_expect_eq(diags.list.count, 0);
}

static void expect_closed(const char *path, wr_tree_options options, wr_code code, const char *why)
{
    wr_tree *tree;
    wr_error e;

    cr_assert_not(wr_tree_open(path, &options, &diags, &tree, &e), "%s", why);
    cr_expect_eq(e.code, code, "%s", e.message);
    cr_expect(strstr(e.message, why), "%s", e.message);
}

/* A reader that has nothing of libbde holds the recipe for right. */
Test(image_bde, of_the_recipe_is_what_dislocker_reads, .init = prepare, .fini = leave,
     .timeout = 120)
{
    NEEDS_BITLOCKER();
    if (!has_tool("dislocker-file"))
        cr_skip_test("dislocker is not here");
    encrypt("xts password:Secret");
    cr_assert(shell("dislocker-file -V bde -uSecret -- xts >log && cmp xts part.ntfs"));
    encrypt("cbc recovery:" RECOVERY);
    cr_assert(shell("dislocker-file -V bde -p" RECOVERY " -- cbc >log && cmp cbc part.ntfs"));
}

Test(image_bde, is_opened_by_its_password, .init = prepare, .fini = leave, .timeout = 120)
{
    const wr_tree_options options = with(PASSWORD, NULL);

    NEEDS_BITLOCKER();
    encrypt("xts \"password:" PASSWORD "\"");
    expect_volume("bde", &options, "");
}

Test(image_bde, is_opened_by_its_recovery_key, .init = prepare, .fini = leave, .timeout = 120)
{
    const wr_tree_options options = with(NULL, RECOVERY), both = with("nothing", RECOVERY);

    NEEDS_BITLOCKER();
    encrypt("cbc password:Secret recovery:" RECOVERY);
    expect_volume("bde", &options, "");
    expect_volume("bde", &both, "");
}

Test(image_bde, in_a_partition_is_a_volume_like_another, .init = prepare, .fini = leave)
{
    wr_tree_options options = with(NULL, RECOVERY);
    wr_tree *tree;

    NEEDS_BITLOCKER();
    if (!has_tool("sgdisk"))
        cr_skip_test("sgdisk is not here");
    encrypt("xts recovery:" RECOVERY);
    cr_assert(shell(TOOL_PATH "; mv part.ntfs plain && mv bde part.ntfs && " GPT));
    expect_volume("gpt.raw", &options, "p2");
    cr_assert(shell(TOOL_PATH "; truncate -s 80M two.raw && sgdisk -n 1:2048:+32M -n 2:81920:+32M "
                              "two.raw >/dev/null && " DD "if=plain of=two.raw seek=2048 && " DD
                              "if=part.ntfs of=two.raw seek=81920"));
    tree = open_tree("two.raw", &want);
    cr_assert_eq(wr_tree_num_volumes(tree), 1);
    expect_host(tree, 0, "p1");
    wr_tree_close(tree);
    cr_assert(find_diag("--recovery-key"));
    cr_expect_eq(find_diag("--recovery-key")->severity, WR_DIAG_SKIPPED);
    cr_expect_str_eq(find_diag("--recovery-key")->path, "p2");
    cr_expect_eq(find_diag("--recovery-key")->offset, (uint64_t)81920 * 512);
    tree = open_tree("two.raw", &options);
    cr_assert_eq(wr_tree_num_volumes(tree), 2);
    cr_expect_eq(wr_tree_volume_at(tree, 1)->offset, (uint64_t)81920 * 512);
    expect_host(tree, 1, "p2");
    wr_tree_close(tree);
}

Test(image_bde, has_its_shadow_copies, .init = prepare, .fini = leave)
{
    wr_tree *tree;
    wr_time taken;

    NEEDS_BITLOCKER();
    if (!strstr(wr_tree_components(), ", libvshadow") || !has_tool("sgdisk"))
        cr_skip_test("libvshadow or sgdisk is not here");
    make_snapshots();
    patch("part.ntfs", 40, "\0\0\2", 3); /* NTFS: sectors; the volume has room for the snapshots */
    cr_assert(shell("truncate -s 64M part.ntfs"));
    encrypt("xts clear");
    cr_assert(shell(TOOL_PATH "; truncate -s 70M gpt.raw && sgdisk -n 1:2048:+2M -n 2:8192:+64M "
                              "gpt.raw >/dev/null && " DD "if=bde of=gpt.raw seek=8192"));
    tree = open_tree("gpt.raw", &want);
    cr_assert_eq(wr_tree_num_volumes(tree), 3);
    cr_expect_null(wr_tree_find(tree, 0, "Windows/System32/config/SOFTWARE"));
    cr_expect_str_eq(wr_tree_volume_at(tree, 1)->label, "p2/vss1");
    cr_assert(wr_time_parse("2026-01-02T00:00:00Z", &taken));
    cr_expect_eq(wr_tree_volume_at(tree, 1)->taken, taken);
    expect_host(tree, 1, "p2/vss1");
    wr_tree_close(tree);
    cr_expect_eq(diags.list.count, 0);
}

Test(image_bde, without_its_key_says_how_to_give_it, .init = prepare, .fini = leave, .timeout = 120)
{
    static const char other[] = "222222-111111-333333-444444-555555-666666-110000-000011";
    static const char *const no_keys[] = {
        "",
        "111111",
        RECOVERY "-000011",
        "111111-222222-333333-444444-555555-666666-110000-000012",
        "111111-222222-333333-444444-555555-666666-110000-999999",
        "111111-222222-333333-444444-555555-666666-110000-00001x",
    };

    NEEDS_BITLOCKER();
    encrypt("xts \"password:" PASSWORD "\" recovery:" RECOVERY);
    expect_closed("bde", want, WR_E_UNSUPPORTED, "--bitlocker-password P or --recovery-key K");
    expect_closed("bde", with("Zoe's volume 7", NULL), WR_E_MISMATCH, "the password does not open");
    expect_closed("bde", with(NULL, other), WR_E_MISMATCH, "the recovery key does not open");
    expect_closed("bde", with("", other), WR_E_USAGE, "no password of BitLocker");
    expect_closed("bde", with("x", other), WR_E_MISMATCH,
                  "neither password nor recovery key opens it");
    expect_closed("bde", with("\xff\xfe", NULL), WR_E_USAGE, "no password of BitLocker");
    for (size_t i = 0; i < sizeof no_keys / sizeof *no_keys; i++)
        expect_closed("bde", with(NULL, no_keys[i]), WR_E_USAGE, "no recovery key of BitLocker");
}

/* While BitLocker is suspended the key lies open. */
Test(image_bde, that_is_suspended_needs_no_key, .init = prepare, .fini = leave)
{
    NEEDS_BITLOCKER();
    encrypt("cbc recovery:" RECOVERY " clear");
    expect_volume("bde", &want, "");
}

Test(image_bde, of_another_file_system_says_so, .init = prepare, .fini = leave)
{
    NEEDS_BITLOCKER();
    patch("part.ntfs", 3, "EXFAT   ", 8);
    encrypt("xts clear");
    expect_closed("bde", want, WR_E_MALFORMED, "or it holds no NTFS");
}

Test(image_bde, without_its_metadata_cannot_be_read, .init = make, .fini = leave)
{
    NEEDS_IMAGES();
    patch("part.ntfs", 3, "-FVE-FS-", 8);
    expect_closed("part.ntfs", want,
                  strstr(wr_tree_components(), ", libbde") ? WR_E_MALFORMED : WR_E_UNSUPPORTED,
                  "a volume encrypted by BitLocker");
}

/* OBSERVED libbde 20190102 reads no volume of which it lacks a copy of the metadata; the third is
 * two thirds into this one. */
Test(image_bde, that_is_cut_gives_what_is_left, .init = prepare, .fini = leave, .timeout = 120)
{
    NEEDS_BITLOCKER();
    encrypt("xts clear");
    for (unsigned megabytes = 31; megabytes > 22; megabytes -= 4) {
        cr_assert(shell("truncate -s %uM bde", megabytes));
        list_damaged("bde");
        cr_assert(find_diag("the image ends here"), "%u", megabytes);
        cr_expect_eq(find_diag("the image ends here")->offset, (uint64_t)megabytes << 20);
    }
    cr_assert(shell("truncate -s 20M bde"));
    expect_closed("bde", want, WR_E_MALFORMED, "beyond the end of the image");
    cr_assert(shell("truncate -s 512 bde"));
    list_damaged("bde");
}

/* Flips in "bde", which holds `bytes`, the byte `at` of the volume's header or of each of the three
 * blocks of metadata. */
static void try_flip(const uint8_t *bytes, bool in_header, size_t at, uint8_t bits)
{
    size_t places[3] = { at };
    const size_t num_places = in_header ? 1 : 3;

    for (size_t i = 0; i < num_places && !in_header; i++) { /* [BDE] volume header, 176: offsets */
        const uint8_t *offset = bytes + 176 + 8 * i;
        places[i] = at + (size_t)(offset[0] | offset[1] << 8 | offset[2] << 16 | offset[3] << 24);
    }
    for (size_t i = 0; i < num_places; i++)
        patch("bde", places[i], &(uint8_t){ bytes[places[i]] ^ bits }, 1);
    list_damaged("bde");
    for (size_t i = 0; i < num_places; i++)
        patch("bde", places[i], &bytes[places[i]], 1);
}

Test(image_bde, with_flipped_bytes_does_no_harm, .init = prepare, .fini = leave, .timeout = 300)
{
    enum { METADATA = 64 + 48 + 500 };
    uint64_t seed = 0x627465;
    uint8_t *bytes;
    size_t len;

    NEEDS_BITLOCKER();
    encrypt("xts clear");
    bytes = read_file("bde", &len);
    for (size_t i = 0; i < 600; i++) {
        const bool in_header = i < 200;
        const size_t at = (size_t)(next_random(&seed) % (in_header ? 512 : METADATA));
        try_flip(bytes, in_header, at, i % 2 ? 0xFF : (uint8_t)(1 << i % 7));
    }
    expect_volume("bde", &want, "");
    free(bytes);
}
