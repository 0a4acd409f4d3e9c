/* plan.h - what would make the failed checks pass: pure data, and a way to prove it. */
#ifndef WR_REQUIRE_PLAN_H
#define WR_REQUIRE_PLAN_H

#include "require/compare.h"

typedef enum wr_action_kind {
    WR_ACTION_ADD,        /* certificate into a store: certutil -addstore           */
    WR_ACTION_DISALLOW,   /* certificate into Disallowed                            */
    WR_ACTION_DELETE,     /* certificate out of the machine's registry store        */
    WR_ACTION_SET_POLICY, /* a REG_DWORD that speaks of roots                       */
    WR_ACTION_MANUAL      /* a person has to act; no script                         */
} wr_action_kind;

/* add, disallow, delete, set_policy, manual. */
const char *wr_action_kind_name(wr_action_kind kind);

typedef struct wr_action {
    wr_action_kind kind;
    const char *store;                 /* Root, CA, Disallowed ...; "" for set_policy and manual */
    const wr_certificate *certificate; /* from the supply or the model; NULL where none */
    const char *file;                  /* in the bundle: certs/<Store>/<sha1>.cer, "" where none */
    /* One line for people.  It holds names from certificates: not for a script, where the ids of
     * `requirements` and hashes belong. */
    const char *reason;
    /* What it fixes or is about: failed checks, numbered through all comparisons in their order,
     * and the same as "profile/item". */
    WR_LIST(size_t) checks;
    WR_LIST(const char *) requirements;
    /* Into Root, where a list whose signature is valid has an entry: that entry, whose properties a
     * bare .cer does not carry, else NULL; and the standard purposes that a bare .cer would be good
     * for and the entry does not allow. */
    const wr_ctl_entry *listed;
    WR_LIST(const char *) widens;
    const char *registry_key, *registry_name, *registry_data; /* set_policy, else "" */
    bool reversible;
} wr_action;

typedef struct wr_plan {
    /* Scripted ones first: certificates by store and thumbprint, then policies; manual ones last,
     * in the order of the checks. */
    WR_LIST(wr_action) actions;
    size_t num_manual;
} wr_plan;

/* The least set of actions for every failed check of every comparison, recommended ones too.
 *
 * A certificate comes from the supply, or from another store of the host, only when its hash is the
 * one that a profile or a verified list names.  What is refused, restricted or expired is never
 * added to get round that: a manual action says why.  Nothing that passes is broken: where two
 * items contradict each other, what takes away gives way and is manual.
 *
 * Each choice was tried: on wr_plan_apply's model every check that a scripted action names passes,
 * without any one of them some of those fail, and another plan has nothing to script.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_plan_make(const wr_comparison *comparisons, size_t num_comparisons,
                              wr_trust *trust, wr_arena *arena, wr_plan *out, wr_error *err);

/* What the host would hold after the plan: a new model in the arena, which shares the facts of `m`;
 * `m` does not change.  As the scripts do, an added certificate is an instance in LM/<store> whose
 * element is the certificate alone, without properties; one that is there already stays as it is.
 * `skip` leaves one action out (SIZE_MAX = none).  Manual actions change nothing.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_plan_apply(const wr_model *m, const wr_plan *plan, size_t skip, wr_arena *arena,
                               wr_model *out, wr_error *err);

#endif
