/* linting.h - one profile while it is looked through. */
#ifndef WR_REQUIRE_LINTING_H
#define WR_REQUIRE_LINTING_H

#include "require/lint.h"

/* Both hashes of one certificate, and who says so. */
typedef struct wr_hash_pair {
    const uint8_t *sha1, *sha256;
    const char *who;
} wr_hash_pair;

typedef struct wr_linting {
    wr_profile profile; /* may lack what is faulty */
    wr_trust *trust;
    wr_arena *arena;
    wr_lint *out;
    WR_LIST(wr_hash_pair) pairs;
} wr_linting;

/* Notes a finding; `item` is NULL where it is of no item.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_lint_add(wr_linting *l, wr_defect defect, const wr_requirement *item,
                             const char *pointer, wr_error *err, const char *fmt, ...)
    WR_PRINTF(6, 7);

/* The real certificate of this identity where it is at hand: by SHA-256, else by SHA-1. */
const wr_certificate *wr_lint_known(const wr_linting *l, const wr_identity *identity);

/* True when they are of one certificate, as far as the hashes given can tell. */
bool wr_lint_same(const wr_identity *a, const wr_identity *b);

/* The certificates of the profile.  Fails: NO_MEMORY, BUG. */
WR_MUST_USE bool wr_lint_certificates(wr_linting *l, wr_error *err);

/* Its items.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_lint_items(wr_linting *l, wr_error *err);

#endif
