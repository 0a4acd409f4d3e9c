/* model.h - what a host's certificate stores held: facts only, no verdict.
 *
 * Everything is in the arena of the analysis or borrowed from the evidence. */
#ifndef WR_STORE_MODEL_H
#define WR_STORE_MODEL_H

#include "base/hash_set.h"
#include "evidence/evidence.h"
#include "format/regf_recover.h"
#include "format/x509.h"

typedef enum wr_location {
    WR_LM,
    WR_LM_GROUP_POLICY,
    WR_LM_ENTERPRISE,
    WR_LM_SERVICE,
    WR_CU,
    WR_CU_GROUP_POLICY,
    WR_LM_WCOS, /* Windows Core OS devices only                */
    WR_LM_WOW64 /* below Wow6432Node, where Windows reads none */
} wr_location;

typedef struct wr_store {
    wr_location location;
    const char *owner;         /* service, SID or Users/folder; NULL for the machine          */
    const char *location_text; /* "LM", "LM-GroupPolicy", "LM-Service:svc", "CU:S-1-5-..."     */
    const char *name;          /* Root, AuthRoot, CA, Disallowed, My ... in one spelling      */
    const char *source;        /* label of the evidence                                       */
    const char *path;          /* key path as stored, "" where not from a hive                */
    size_t num_certificates, num_crls, num_ctls;
    wr_time last_write; /* of a saved report: that of its key Certificates; 0 else, or none  */
    size_t num_skipped; /* what could not be read here: absence proves nothing         */
} wr_store;

/* How something deleted was found again, and where its key path says that it was. */
typedef struct wr_trace {
    const char *location; /* as location_text of a store; "" where nobody knows            */
    const char *store;    /* name of the store; "" where nobody knows                      */
    const char *source;   /* label of the hive                                             */
    const char *log;      /* label of the hive's transaction log that has it, else NULL    */
    wr_regf_place place;
    wr_regf_confidence confidence;
    const char *reason;
    bool cut; /* its beginning is lost: it may have had more properties */
} wr_trace;

typedef struct wr_instance {
    size_t certificate, store; /* indexes */
    const char *path;          /* key path, or "" : with the store's source, where it stands  */
    uint64_t offset;           /* of the element in the evidence                              */
    wr_time last_write;        /* of the key; 0 = none                                        */
    wr_element element;        /* its stored properties                                       */
    bool name_mismatch;        /* the key is not named by the SHA-1 of the certificate        */
    bool added_by_log;         /* of a saved report: what wr_added_by_log said of it          */
    bool deleted;              /* not there any more: no verdict rests on it                  */
    const wr_trace *trace;     /* in wr_deleted only: in place of `store`; else NULL          */
} wr_instance;

typedef struct wr_certificate {
    wr_x509 x509;
    uint8_t sha1[WR_SHA1_LEN];
    uint8_t sha256[WR_SHA256_LEN];
    WR_LIST(size_t) instances; /* in model order */
} wr_certificate;

/* How a disallowed list may name a certificate; computed only where there is such a list. */
typedef struct wr_list_hashes {
    uint8_t key_md5[WR_MD5_LEN]; /* of the key bits                                  */
    uint8_t tbs[WR_DIGEST_MAX];  /* of the TBS, with the certificate's own algorithm */
    size_t tbs_len;              /* 0 where that algorithm is unknown                */
    uint8_t tbs_sha256[WR_SHA256_LEN];
} wr_list_hashes;

/* A CRL or CTL in a store. */
typedef struct wr_other_element {
    size_t store;
    const char *path;
    wr_time last_write;
    wr_element element;
    const wr_trace *trace; /* as of an instance */
} wr_other_element;

/* A member that somebody registered for a store (windows-trust 1.3). */
typedef struct wr_physical_store {
    size_t store;
    const char *name;     /* such as ".LocalMachine"                             */
    const char *provider; /* name or "#number", "" where there is no such value  */
    const char *target;   /* its parameters as text where they are text, else "" */
    uint32_t flags, priority;
    const char *path; /* of its key */
    wr_time last_write;
} wr_physical_store;

#define WR_PHYSICAL_DO_NOT_OPEN 2u /* SPEC windows-trust 1.3 */

/* What a user's hive says of the roots that the user consented to (windows-trust 2.2). */
typedef enum wr_consent {
    WR_CONSENT_UNKNOWN, /* not in what was given, or not readable                    */
    WR_CONSENT_UNUSED,  /* a whole hive has no list: protection was never initialised */
    WR_CONSENT_LIST     /* there is a list                                           */
} wr_consent;

/* Stable names: unknown, unused, list. */
const char *wr_consent_name(wr_consent consent);

typedef struct wr_user {
    const char *owner; /* as of the stores */
    wr_consent consent;
    wr_view list;         /* WR_CONSENT_LIST: the value as stored                    */
    wr_view_index hashes; /* in it; none where its layout is not the known one       */
    const char *source;   /* label of the evidence                                   */
    const char *path;     /* of the key, "" where there is none                      */
    wr_time last_write;
} wr_user;

/* A row of the machine's ProfileList: which account has which profile folder. */
typedef struct wr_profile_row {
    const char *sid;
    const char *folder; /* the last two names of its path: "Users/alice" */
} wr_profile_row;

/* A list that was given or found in a hive. */
typedef struct wr_list {
    const wr_ctl *ctl;
    const wr_pkcs7 *message;
    const char *source; /* label of the evidence                      */
    const char *path;   /* key path and value, "" where it is a file  */
    uint64_t offset;
    bool from_host;    /* the host's own, not given by --ctl         */
    const char *owner; /* of a list in a user's store; NULL else: such a list is never in force */
} wr_list;

/* A policy or state value that speaks of root trust. */
typedef struct wr_policy {
    const char *name;   /* such as DisableRootAutoUpdate       */
    const char *owner;  /* of a user's; NULL for the machine   */
    bool intent;        /* a policy file asks for it; the host need not have it */
    const char *source; /* label of the evidence               */
    const char *key;    /* key path as stored                  */
    wr_time last_write;
    bool is_number;
    uint64_t number;  /* when is_number                      */
    const char *text; /* the value for people, always        */
} wr_policy;

typedef struct wr_os {
    bool known;
    uint32_t major, minor, build, revision; /* revision = UBR */
    bool revision_known;
    const char *product_name; /* "" where unknown */
} wr_os;

typedef struct wr_host {
    const char *computer_name; /* "" where unknown */
    const char *machine_guid;  /* lower-case, "" where unknown: of the installation, and its clones
                                  have it too where nobody generalized them */
    wr_os os;
    WR_LIST(uint32_t) updates; /* KB numbers installed, sorted; only when asked for */
    bool updates_known;
    wr_time observed; /* the newest time that the evidence shows, 0 = none: a hive's last write, a
                         key's, when a snapshot was taken */
} wr_host;

struct wr_deleted;

typedef struct wr_model {
    wr_arena *arena;
    wr_diags *diags;
    const wr_evidence *evidence;
    WR_LIST(wr_store) stores;
    WR_LIST(wr_certificate) certificates;
    WR_LIST(wr_instance) instances;
    WR_LIST(wr_other_element) others;
    WR_LIST(wr_list) lists;
    WR_LIST(wr_policy) policies;
    WR_LIST(wr_physical_store) physical_stores;
    WR_LIST(wr_user) users;           /* whose hives, or parts of them, were given */
    WR_LIST(wr_profile_row) profiles; /* of the machine hive                        */
    WR_LIST(wr_certificate) supply;   /* never trusted; instances stay empty */
    const struct wr_model *known;     /* whose certificates need not be parsed again, or NULL */
    struct wr_model *before;          /* dirty hives without their logs: collect_before.h   */
    struct wr_deleted *deleted;       /* NULL where nobody asked */
    wr_host host;
    bool has_machine_hive;     /* or an export of a part of it */
    bool machine_hive_partial; /* an export that does not hold the machine's store keys whole */
    size_t num_user_hives;
    bool from_report;         /* a saved report: of the registry there are only the policies */
    bool machine_incomplete;  /* a part of the machine's evidence could not be read at all */
    bool refusals_incomplete; /* and its Disallowed stores may have stood in it            */
    wr_hash_set places;       /* of the first stores, where there are many           */
    WR_LIST(size_t) of_place; /* the store of each                                   */
    size_t num_placed;        /* stores whose place is there                         */
    size_t *buckets;          /* index + 1 of certificates by SHA-1, open addressing */
    size_t num_buckets;       /* a power of two */
} wr_model;

/* What hives still hold of deleted stores.  It has certificates, instances and others of its own,
 * so that no verdict, requirement, plan or list can come to rest on one of them. */
typedef struct wr_deleted {
    uint64_t num_keys, num_values; /* records, of whatever kind */
    wr_model model;                /* its instances and others have traces and no store */
} wr_deleted;

void wr_model_init(wr_model *m, wr_arena *arena, wr_diags *diags, const wr_evidence *evidence);

/* The certificate of this DER, added when new.  Fails: TRUNCATED, MALFORMED (not a certificate),
 * UNSUPPORTED (digest), MISMATCH (another one of the same SHA-1), NO_MEMORY. */
WR_MUST_USE bool wr_model_certificate(wr_model *m, wr_view der, size_t *index, wr_error *err);

/* The same of one whose facts are known already.  Fails: MISMATCH (another one of the same SHA-1),
 * NO_MEMORY. */
WR_MUST_USE bool wr_model_add(wr_model *m, const wr_certificate *facts, size_t *index,
                              wr_error *err);

/* The store of this place, added when new.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_model_store(wr_model *m, wr_location location, const char *owner,
                                const char *name, const char *source, const char *path,
                                size_t *index, wr_error *err);

/* One certificate in one store: counts it, links it.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_model_place(wr_model *m, const wr_instance *instance, wr_error *err);

/* Index of a certificate by its hash, SIZE_MAX where it is in no store. */
size_t wr_model_find_sha1(const wr_model *m, const uint8_t sha1[WR_SHA1_LEN]);
size_t wr_model_find_sha256(const wr_model *m, const uint8_t sha256[WR_SHA256_LEN]);

/* First instance of the certificate in stores of this place, deleted ones excluded; NULL where
 * there is none. */
const wr_instance *wr_model_instance(const wr_model *m, size_t certificate, wr_location location,
                                     const char *store_name);

/* The machine's first policy value of this name that is in force; NULL where unset. */
const wr_policy *wr_model_policy(const wr_model *m, const char *name);

/* A fact sheet of one DER certificate, not in any store.  Fails as wr_model_certificate. */
WR_MUST_USE bool wr_certificate_facts(wr_view der, wr_certificate *out, wr_error *err);

/* Fails: UNSUPPORTED (digest). */
WR_MUST_USE bool wr_certificate_list_hashes(const wr_certificate *certificate, wr_list_hashes *out,
                                            wr_error *err);

/* The user of this owner; NULL where nothing of that user was given. */
const wr_user *wr_model_user(const wr_model *m, const char *owner);

/* Stable text of a location without owner: LM, LM-GroupPolicy, LM-Enterprise, LM-Service, CU,
 * CU-GroupPolicy, LM-WCOS, LM-Wow6432Node. */
const char *wr_location_name(wr_location location);

#endif
