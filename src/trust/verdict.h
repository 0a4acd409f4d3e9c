/* verdict.h - the rules, in order, for one certificate and one purpose on the machine. */
#ifndef WR_TRUST_VERDICT_H
#define WR_TRUST_VERDICT_H

#include "trust/restriction.h"
#include "trust/trust.h"

/* A copy of a certificate in a store whose certificates are anchors. */
typedef struct wr_copy {
    const wr_instance *instance;
    const wr_store *store;
    wr_restriction in_force; /* stored properties with the list's entry laid over them */
    wr_restriction stored;   /* stored properties alone                                */
} wr_copy;

typedef struct wr_copies {
    WR_LIST(wr_copy) list;
    const wr_instance *not_opened; /* a copy in a member that policy keeps shut, NULL = none */
} wr_copies;

/* Every anchor copy of a certificate of the model.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_copies_of(const wr_trust *trust, size_t certificate, wr_arena *arena,
                              wr_copies *out, wr_error *err);

/* The verdict over its copies.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_verdict_judge(const wr_trust *trust, size_t certificate,
                                  const wr_copies *copies, const wr_purpose *purpose,
                                  wr_arena *arena, wr_verdict *out, wr_error *err);

/* The verdict that a program entry alone gives, its certificate unknown.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_verdict_of_entry(const wr_trust *trust, const wr_restriction *restriction,
                                     const wr_purpose *purpose, wr_arena *arena, wr_verdict *out,
                                     wr_error *err);

#endif
