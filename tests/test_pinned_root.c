#include "support.h"

#include "base/digest.h"
#include "base/text.h"
#include "format/pinned_root.h"
#include "format/x509.h"

/* What the design pins; the order is the header's. */
static const struct {
    const char *sha256, *name;
} pinned[WR_NUM_PINNED_ROOTS] = {
    { "f38406e540d7a9d90cb4a9479299640ffb6df9e224ecc7a01c0d9558d8dad77d",
      "Microsoft Root Authority" },
    { "885de64c340e3ea70658f01e1145f957fcda27aabeea1ab9faa9fdb0102d4077",
      "Microsoft Root Certificate Authority" },
    { "df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e",
      "Microsoft Root Certificate Authority 2010" },
};

Test(pinned_root, each_has_the_pinned_hash_and_name)
{
    wr_arena arena;

    wr_arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < WR_NUM_PINNED_ROOTS; i++) {
        char hex[2 * WR_SHA256_LEN + 1];
        uint8_t sha256[WR_SHA256_LEN];
        const char *name;
        wr_x509 root;
        wr_error err;

        cr_assert(wr_digest(WR_SHA256, wr_pinned_root(i), sha256, &err));
        wr_text_hex_into(sha256, sizeof sha256, hex);
        cr_assert_str_eq(hex, pinned[i].sha256);
        cr_assert(wr_x509_parse(wr_pinned_root(i), &root, &err), "%s", err.message);
        cr_assert(wr_view_equal(root.der, wr_pinned_root(i)), "nothing stands behind it");
        cr_assert(wr_x509_self_issued(&root));
        cr_assert(wr_x509_short_name(root.subject, &arena, &name, &err));
        cr_assert_str_eq(name, pinned[i].name);
    }
    wr_arena_free(&arena);
}
