/* scope.h - for whom a verdict holds: the machine, one user, one service.  SPEC windows-trust 2.1:
 * a user and a service have all of the machine's roots and roots of their own. */
#ifndef WR_TRUST_SCOPE_H
#define WR_TRUST_SCOPE_H

#include "trust/registered.h"

typedef enum wr_scope_kind { WR_SCOPE_MACHINE, WR_SCOPE_USER, WR_SCOPE_SERVICE } wr_scope_kind;

/* A certificate in a Root store. */
typedef struct wr_scope_root {
    size_t certificate, instance; /* the copy that is there */
} wr_scope_root;

/* A certificate in a Disallowed store. */
typedef struct wr_scope_refused {
    size_t signed_part, instance; /* wr_trust.same_signed of it; the copy that is there */
} wr_scope_refused;

typedef struct wr_scope {
    wr_scope_kind kind;
    const char *owner;            /* of its stores; NULL for the machine                        */
    const char *text;             /* "machine", "user:S-1-5-21-1", "service:NTDS"               */
    const wr_user *user;          /* what its hive says of consent, NULL where nothing is known */
    bool root_incomplete;         /* a part of its own Root store could not be read             */
    bool disallowed_incomplete;   /* likewise of Disallowed                                    */
    wr_registered registered;     /* of its own Root store                                      */
    bool concerns_all;            /* something makes every certificate another matter for it    */
    WR_LIST(wr_scope_root) roots; /* in its own Root stores, sorted */
    WR_LIST(wr_scope_refused) refused; /* in its own Disallowed stores, sorted                    */
} wr_scope;

typedef struct wr_scopes {
    wr_registered machine;  /* of the machine's Root store */
    WR_LIST(wr_scope) list; /* without the machine; in the order of the stores */
    const size_t *of;       /* of each store its scope in `list`, SIZE_MAX for the machine */
} wr_scopes;

extern const wr_scope wr_scope_machine;

/* Every user and service that has a store or a hive.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_scopes_find(const wr_model *m, wr_arena *arena, wr_scopes *out, wr_error *err);

/* Where the copies of a certificate in the scope's own Root stores begin in `roots`: in the order
 * of the model.  SIZE_MAX where there are none. */
size_t wr_scope_find_root(const wr_scope *scope, size_t certificate);

#endif
