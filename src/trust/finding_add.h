/* finding_add.h - the parts of finding.h's work: each part appends what it finds. */
#ifndef WR_TRUST_FINDING_ADD_H
#define WR_TRUST_FINDING_ADD_H

#include "trust/finding.h"

typedef enum wr_finding_id {
    WR_FINDING_EXPIRED,
    WR_FINDING_EXPIRING,
    WR_FINDING_NOT_IN_PROGRAM,
    WR_FINDING_NOT_SELF_SIGNED_ROOT,
    WR_FINDING_LEAF_IN_ROOT,
    WR_FINDING_PRIVATE_KEY_BESIDE_ROOT,
    WR_FINDING_KEY_NAME_MISMATCH,
    WR_FINDING_HASH_PROPERTY_MISMATCH,
    WR_FINDING_LIST_NOT_VERIFIED,
    WR_FINDING_LIST_STALE,
    WR_FINDING_WATCH_LIST,
    WR_FINDING_CLONE_OF_PROGRAM_ROOT,
    WR_FINDING_WEAK_KEY,
    WR_FINDING_PURPOSES_WIDENED,
    WR_FINDING_RESTRICTION_DROPPED,
    WR_FINDING_REMOVED_FROM_LIST,
    WR_FINDING_USER_ROOT_WITHOUT_CONSENT,
    WR_FINDING_SECURITY_VENDOR_DISALLOWED,
    WR_FINDING_PHYSICAL_STORE,
    WR_FINDING_WOW6432NODE_COPY,
    WR_FINDING_ADDED_BY_LOG,
    WR_FINDING_LIST_ROLLBACK,
    WR_FINDING_UPDATE_REDIRECTED,
    WR_FINDING_ROOT_UPDATE_DISABLED,
    WR_FINDING_PROTECTED_ROOTS_FLAGS,
    WR_FINDING_DELETED_CERTIFICATE,
    WR_NUM_FINDINGS
} wr_finding_id;

/* Appends one; `certificate` SIZE_MAX where it is about none.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_finding_add(wr_trust *trust, wr_arena *arena, wr_finding_id id,
                                size_t certificate, const char *source, const char *path,
                                wr_error *err, const char *fmt, ...) WR_PRINTF(8, 9);

/* About a certificate that a root store holds; `at` is the first such copy. */
WR_MUST_USE bool wr_find_in_certificate(wr_trust *trust, wr_arena *arena, size_t certificate,
                                        const wr_instance *at, wr_error *err);

/* About one copy, in any store. */
WR_MUST_USE bool wr_find_in_instance(wr_trust *trust, wr_arena *arena, const wr_instance *at,
                                     wr_error *err);

/* About registered physical stores. */
WR_MUST_USE bool wr_find_in_stores(wr_trust *trust, wr_arena *arena, wr_error *err);

/* About what was deleted and found again. */
WR_MUST_USE bool wr_find_deleted(wr_trust *trust, wr_arena *arena, wr_error *err);

#endif
