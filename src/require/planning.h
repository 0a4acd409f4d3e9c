/* planning.h - a plan while it is made: what is wished, and what could be done. */
#ifndef WR_REQUIRE_PLANNING_H
#define WR_REQUIRE_PLANNING_H

#include "require/check.h"
#include "require/plan.h"

/* Something that a script could do. */
typedef struct wr_candidate {
    wr_action_kind kind;
    const char *store;                 /* "" for set_policy */
    const wr_certificate *certificate; /* NULL for set_policy */
    const char *key, *name, *data;     /* of set_policy, else "" */
    bool chosen;
    bool fixed;  /* chosen for good */
    bool barred; /* it would spoil what is right, or undo another action */
} wr_candidate;

/* One check of one comparison, in their order: the children of a group at `g` are g + 1, and the
 * `end` of each of them up to the end of the group. */
typedef struct wr_wish {
    const wr_check *check;
    const wr_comparison *comparison;
    size_t parent;       /* the wish it stands in, SIZE_MAX = none */
    size_t end;          /* the wish behind it and its children */
    WR_LIST(size_t) by;  /* candidates that fix it, all together; empty = none do */
    bool works;          /* tried: with these it passes */
    const char *advice;  /* what a person would have to do, one line */
    const char *why_not; /* what was found when it was tried and did not work, else "" */
    /* While choosing. */
    wr_result tried; /* in the last trial */
    wr_result now;   /* with what is chosen for good */
    bool wanted;     /* it fails, and by itself it makes what is around it fail */
    bool satisfied;  /* it passes, or will with what is chosen */
    bool kept;       /* it must pass in a trial */
    bool orphan;     /* something else than `by` made it pass */
    size_t cost;     /* of one not satisfied: further candidates, SIZE_MAX = none do     */
} wr_wish;

typedef struct wr_planning {
    wr_trust *trust;
    wr_arena *arena;
    const wr_comparison *comparisons;
    size_t num_comparisons;
    wr_wish *wishes;
    size_t num_wishes;
    size_t *costs; /* room for one number a wish */
    WR_LIST(wr_candidate) candidates;
    size_t num_tried; /* candidates in the trial of all additions; SIZE_MAX = another was later */
    size_t issuer_checks;
} wr_planning;

static inline bool wr_wish_is_group(const wr_wish *wish)
{
    return wish->check->requirement->children.count > 0;
}

/* Chooses the fewest candidates that satisfy every wanted wish that can be satisfied, such that
 * what passes today still passes; `now` then says what passes with them.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_planning_choose(wr_planning *p, wr_error *err);

/* Fills `by` and `advice` of a wish whose check is a FAIL without children; candidates that are not
 * there yet are added.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_wish_find_fix(wr_planning *p, wr_wish *wish, wr_error *err);

/* The entry of the root list for a certificate, where the list's signature is valid; else NULL. */
const wr_ctl_entry *wr_verified_entry(const wr_trust *trust, const wr_certificate *certificate);

/* Short name of a certificate for people.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_certificate_name(const wr_certificate *certificate, wr_arena *arena,
                                     const char **out, wr_error *err);

/* A model that shares the facts of `m`, to which actions can be applied; `m` never changes.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_model_share(const wr_model *m, wr_arena *arena, wr_model *out, wr_error *err);

/* Carries one action out; one that is in place already changes nothing.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_candidate_apply(const wr_candidate *candidate, wr_model *m, wr_error *err);

#endif
