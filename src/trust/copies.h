/* copies.h - the copies of a certificate that are anchors of a scope: how Windows puts a logical
 * Root store together from its members.  SPEC windows-trust 2.1, 2.2, 1.3. */
#ifndef WR_TRUST_COPIES_H
#define WR_TRUST_COPIES_H

#include "trust/chain_engine.h"
#include "trust/restriction.h"
#include "trust/trust.h"

typedef struct wr_copy {
    const wr_instance *instance;
    const wr_store *store;
    bool own;                /* the user's or service's, not the machine's             */
    wr_restriction in_force; /* stored properties with the list's entry laid over them */
    wr_restriction stored;   /* stored properties alone                                */
} wr_copy;

/* A member that is kept shut, and what shuts it. */
typedef struct wr_shut {
    const char *why; /* NULL = it is open */
    const char *source, *path;
} wr_shut;

typedef struct wr_copies {
    WR_LIST(wr_copy) list;
    const wr_instance *not_opened; /* a copy in a member that is kept shut, NULL = none */
    wr_shut shut;                  /* why                                               */
    bool extension_unreadable;     /* its own extended key usage                        */
    wr_oids extension;             /* else its purposes; empty where it has none        */
    bool weak;                     /* chains with it fail because its key is too short  */
    wr_weak_key weak_key;          /* then                                              */
} wr_copies;

/* Fills `anchors` of a certificate.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_anchors_find(wr_trust *trust, size_t certificate, wr_arena *arena,
                                 wr_error *err);

/* Every anchor copy of a certificate of the model, whose `anchors` are there, and what holds for
 * all of them.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_copies_of(const wr_trust *trust, const wr_scope *scope, size_t certificate,
                              wr_arena *arena, wr_copies *out, wr_error *err);

/* A member of the scope's Root that was registered to bring certificates from a place that is not
 * in the evidence; NULL where there is none. */
const wr_physical_store *wr_root_elsewhere(const wr_trust *trust, const wr_scope *scope);

/* True when something shuts a member of the machine's for this scope alone. */
bool wr_scope_shuts_machine(const wr_trust *trust, const wr_scope *scope);

#endif
