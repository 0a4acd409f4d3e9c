/* trust.h - what Windows would trust, for what, when, and why.
 *
 * Rules: docs/trust.md.  Each rule is one function with one reason code. */
#ifndef WR_TRUST_TRUST_H
#define WR_TRUST_TRUST_H

#include "store/model.h"
#include "trust/purpose.h"
#include "trust/scope.h"

#include <stdatomic.h>

typedef enum wr_status { /* from best to worst, for the union over copies */
                         WR_TRUSTED,
                         WR_CONDITIONAL,
                         WR_UNKNOWN,
                         WR_NOT_TRUSTED,
                         WR_DISTRUSTED
} wr_status;

/* Stable names: trusted, conditional, unknown, not_trusted, distrusted. */
const char *wr_status_name(wr_status status);

typedef struct wr_reason {
    const char *code;   /* stable, from the table of trust/reason.c                         */
    const char *detail; /* one line with dates, properties and values                       */
    const char *source; /* label of the evidence it was read from, "" where none            */
    const char *path;   /* place inside it, ""                                              */
} wr_reason;

typedef struct wr_verdict {
    const wr_purpose *purpose;
    wr_status status;
    WR_LIST(wr_reason) reasons; /* in the order of the rules; the first decided */
} wr_verdict;

typedef WR_LIST(wr_verdict) wr_verdict_list;

typedef enum wr_disallowed_by {
    WR_DISALLOWED_NOT,
    WR_DISALLOWED_STORE,
    WR_DISALLOWED_KEY_MD5,
    WR_DISALLOWED_TBS_HASH
} wr_disallowed_by;

/* Stable names: store, key_md5, tbs_hash; "" for WR_DISALLOWED_NOT. */
const char *wr_disallowed_by_name(wr_disallowed_by by);

/* Why a certificate is refused whatever else speaks for it. */
typedef struct wr_refusal {
    wr_disallowed_by by;
    const char *source, *path;
} wr_refusal;

/* What holds for a user or a service and not for the machine. */
typedef struct wr_scope_trust {
    const wr_scope *scope;
    wr_refusal refusal;        /* by a Disallowed store of its own, or the machine's */
    wr_verdict_list different; /* from the machine's verdict for the same purpose    */
} wr_scope_trust;

typedef struct wr_certificate_trust {
    WR_LIST(size_t) anchors;        /* copies in members of the machine's Root: instances */
    wr_verdict_list machine;        /* the standard purposes first, then others by OID */
    WR_LIST(wr_scope_trust) scopes; /* of those scopes that may differ, in their order */
    wr_refusal refusal;             /* the machine's */
    const wr_ctl_entry *program;    /* entry of the authroot list in force, NULL where not listed */
    bool installed; /* an anchor copy that Windows opens: Root, AuthRoot, policy, enterprise */
    bool expired, not_yet_valid; /* at as_of */
} wr_certificate_trust;

/* What a list is worth here. */
typedef struct wr_list_trust {
    wr_signature signature;
    bool in_force;       /* the one whose entries are laid over the stores */
    const char *why_not; /* "" when in force                              */
} wr_list_trust;

typedef enum wr_availability {
    WR_FETCHABLE,
    WR_BLOCKED_BY_POLICY,
    WR_MAYBE_EMBEDDED,
    WR_AVAILABILITY_UNKNOWN
} wr_availability;

/* Stable names: fetchable, blocked_by_policy, maybe_embedded, unknown. */
const char *wr_availability_name(wr_availability availability);

/* A program entry whose certificate is in no store. */
typedef struct wr_on_demand {
    const wr_ctl_entry *entry;
    wr_availability availability;
    const char *name;                     /* friendly name of the list, ""      */
    WR_LIST(const wr_purpose *) purposes; /* that the entry allows at as_of; empty + all_purposes */
    bool all_purposes;
} wr_on_demand;

typedef struct wr_finding {
    const char *id;       /* stable: expired, expiring, not_self_signed_root, ...  */
    const char *severity; /* info, low, medium, high */
    const char *title, *detail;
    const wr_certificate *certificate; /* of the model or of what was deleted; NULL where none */
    const char *source, *path;
    const char *attack; /* MITRE ATT&CK technique, "" where none fits */
} wr_finding;

typedef struct wr_trust_options {
    wr_time as_of;
    bool assume_connected;
    bool allow_unverified_lists;
    uint32_t expiring_days;
    bool os_given; /* --os */
    wr_os os;
    /* Of a trial: the host as it was judged before the plan, else NULL.  What the plan does not
     * touch keeps its verdict, a signature that held holds, and no findings are made. */
    const struct wr_trust *before;
} wr_trust_options;

/* What an entry of the program says of its certificate's name and key; empty where it does not. */
typedef struct wr_program_mark {
    wr_view name_md5, key_id;
} wr_program_mark;

typedef struct wr_trust {
    const wr_model *model;
    wr_trust_options options;
    wr_os os;                           /* what the rules assumed                            */
    bool os_assumed;                    /* neither detected nor given                        */
    wr_certificate_trust *certificates; /* one for each of the model's       */
    wr_list_trust *lists;               /* one for each of the model's       */
    wr_view_index disallowed_ids;       /* of the entries of `disallowed` */
    const size_t *same_signed; /* of each certificate the first with the same signed part; NULL
                                  where no store refuses any */
    atomic_size_t *steps;      /* taken so far, see wr_trust_spend */
    wr_scopes scopes;          /* users and services                                */
    const wr_list *authroot, *disallowed; /* in force, NULL where none        */
    const wr_ctl_entry **program;         /* entries of authroot, sorted by their id   */
    wr_program_mark *marks;               /* of each of them                           */
    size_t num_program;
    WR_LIST(wr_on_demand) on_demand;
    WR_LIST(wr_finding) findings;
    bool stores_damaged;   /* something of a store of the model was skipped */
    bool root_auto_update; /* policy truth table, windows-trust 2.3 */
    bool disallowed_auto_update;
    size_t num_installed; /* certificates with installed set */
} wr_trust;

/* Counts what copies, purposes, scopes and registered members multiply.
 * Fails: LIMIT (WR_LIMIT_TRUST_STEPS). */
WR_MUST_USE bool wr_trust_spend(const wr_trust *trust, size_t steps, wr_error *err);

/* Judges every certificate of the model.  Fails: NO_MEMORY, BUG. */
WR_MUST_USE bool wr_trust_evaluate(const wr_model *m, const wr_trust_options *options,
                                   wr_arena *arena, wr_trust *out, wr_error *err);

/* The machine's verdict for one purpose, also one that no row speaks of; in the arena of the
 * evaluation.  NULL: no memory. */
const wr_verdict *wr_trust_verdict(wr_trust *trust, size_t certificate, const wr_purpose *purpose,
                                   wr_arena *arena);

/* The entry of the root list in force for a certificate; NULL where it has none. */
const wr_ctl_entry *wr_trust_program_entry(const wr_trust *trust, const uint8_t sha1[WR_SHA1_LEN]);

/* How a program entry (by the SHA-1 of its certificate) could come to this host; false where the
 * list in force has no such entry, or there is none. */
bool wr_trust_availability(const wr_trust *trust, const uint8_t sha1[WR_SHA1_LEN],
                           wr_availability *out);

/* What differs for a scope from the machine's verdicts; NULL where nothing does. */
const wr_scope_trust *wr_trust_in_scope(const wr_certificate_trust *t, const wr_scope *scope);

/* Verdict a program entry would give once its certificate is fetched: for requirements on absent
 * roots. NULL: not listed or no memory. */
const wr_verdict *wr_trust_verdict_if_fetched(wr_trust *trust, const uint8_t sha1[WR_SHA1_LEN],
                                              const wr_purpose *purpose, wr_arena *arena);

/* True when what could not be read may hide a certificate of this store name on the machine. */
bool wr_trust_absence_unknown(const wr_trust *trust, const char *store_name);

#endif
