/* layout.h - where Windows keeps certificate stores: one table. windows-trust section 1.1. */
#ifndef WR_STORE_LAYOUT_H
#define WR_STORE_LAYOUT_H

#include "store/model.h"

typedef struct wr_layout {
    wr_role hive;     /* SOFTWARE, OSDATA or USER                                          */
    const char *path; /* below the hive's root; stores are its subkeys                    */
    bool per_service; /* its subkeys are services, with SystemCertificates below each      */
    wr_location location;
} wr_layout;

size_t wr_layout_count(void);
const wr_layout *wr_layout_row(size_t i);

/* `path`, which is written from the root of a hive of its kind, as seen from where the mount
 * stands: a user's Software key may be the root itself. */
const char *wr_mount_path(const wr_mount *mount, const char *path);

/* The one spelling of a store's name: "ROOT" -> "Root"; an unknown name is given back as it is. */
const char *wr_store_name(const char *name);

/* The key of the store of a place, as a .reg text names it, or, where `in_policy`, a policy file,
 * which has no root keys.  The roots of a user who is no SID are HKEY_CURRENT_USER's.  In the
 * arena.  Fails: USAGE (a place that nothing is written to: WCOS, Wow6432Node), NO_MEMORY. */
WR_MUST_USE bool wr_layout_key(wr_location location, const char *owner, const char *name,
                               bool in_policy, wr_arena *arena, const char **out, wr_error *err);

/* What the path of an element's key says: ...\STORE\Certificates\NAME, CRLs or CTLs in place of
 * Certificates. */
typedef struct wr_layout_place {
    const char *store; /* in the arena; "" where the path names none                    */
    bool located;      /* one row of the table, and no other, can have held that store  */
    wr_location location;
    const char *service; /* where the location is of services, else NULL; in the arena */
} wr_layout_place;

/* `path` is below the mount; "?" at its beginning stands for names that are lost, if any.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_layout_place_of(const wr_mount *mount, const char *path, wr_arena *arena,
                                    wr_layout_place *out, wr_error *err);

/* "LM/Root", "LM-GroupPolicy/Root", "CU:S-1-5-21-1/Root" and so on; owner and name are in the
 * arena. Fails: USAGE (the text says what is allowed), NO_MEMORY. */
WR_MUST_USE bool wr_store_place_parse(const char *text, wr_arena *arena, wr_location *location,
                                      const char **owner, const char **name, wr_error *err);

#endif
