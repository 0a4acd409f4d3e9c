/* profile.h - what a product requires: winroots.profile/1.  docs/profile.md. */
#ifndef WR_REQUIRE_PROFILE_H
#define WR_REQUIRE_PROFILE_H

#include "base/json.h"
#include "require/defect.h"
#include "store/model.h"
#include "trust/purpose.h"

typedef enum wr_requirement_kind {
    WR_REQUIRE_CERTIFICATE_PRESENT,
    WR_REQUIRE_CERTIFICATE_ABSENT,
    WR_REQUIRE_NOT_DISALLOWED,
    WR_REQUIRE_CHAIN_USABLE,
    WR_REQUIRE_ANY_OF,
    WR_REQUIRE_ALL_OF,
    WR_REQUIRE_REGISTRY_VALUE,
    WR_REQUIRE_LIST_MINIMUM,
    WR_REQUIRE_OS_UPDATE
} wr_requirement_kind;

/* "certificate-present" and so on. */
const char *wr_requirement_kind_name(wr_requirement_kind kind);

/* A certificate that a profile names.  A hash over the whole certificate identifies it; SHA-1 is
 * taken where a source gives no more.  Names and serial number are for people.  An issuer-only
 * identity has no hash: what is signed names its issuer, and nobody had the certificate. */
typedef struct wr_identity {
    const char *key; /* its name inside the profile */
    bool has_sha1, has_sha256;
    uint8_t sha1[WR_SHA1_LEN];
    uint8_t sha256[WR_SHA256_LEN];
    const char *subject, *issuer, *serial; /* "" where not given */
    bool issuer_only;                      /* matches no certificate */
    const char *key_id;                    /* of an issuer-only one, hex; "" where not given */
} wr_identity;

typedef struct wr_profile_source {
    const char *id, *uri, *completeness; /* complete, excerpt, second-hand */
} wr_profile_source;

/* One row of os_update: hosts it speaks of, the KBs of which one suffices, the first fixed
 * revision. Where rows overlap, the first that covers a build counts. */
typedef struct wr_os_update {
    const char *os;                /* for people: "Windows 10 1809" */
    uint32_t build_min, build_max; /* inclusive range of builds */
    WR_LIST(uint32_t) kbs;
    uint32_t fixed_revision; /* 0 = unknown */
    bool native;             /* this version needs no update */
} wr_os_update;

/* Where a registry-value item may look. */
#define WR_REGISTRY_SOFTWARE "HKLM\\SOFTWARE\\"

typedef struct wr_requirement wr_requirement;
typedef WR_LIST(wr_requirement *) wr_requirements;

struct wr_requirement {
    const char *id; /* unique in the profile, fit for file names, logs and scripts */
    wr_requirement_kind kind;
    bool required;         /* else recommended */
    const char *when_text; /* "" = always */
    bool when_os;
    uint32_t when_build_min, when_build_max;
    int when_root_auto_update;      /* -1 any, 0 off, 1 on */
    wr_time effective_from;         /* 0 = always */
    const char *store;              /* Root, CA, Disallowed, TrustedPublisher, TrustedPeople; "" */
    const wr_identity *certificate; /* NULL where the kind has none */
    WR_LIST(wr_purpose) purposes;   /* empty: presence alone is asked */
    bool accept_expired, existing_signatures;
    wr_requirements children;
    uint32_t min; /* any-of: how many children, at least 1 */
    const char *registry_key, *registry_name, *registry_operator, *registry_data; /* "" */
    const char *list_kind, *list_min_sequence;                                    /* "" */
    WR_LIST(wr_os_update) os_update;
    const char *basis;             /* sourced, name-only, second-hand, inferred */
    WR_LIST(const char *) sources; /* ids */
    const char *note;              /* "" */
    uint32_t known_defects;        /* bits of wr_defect that its author knows and keeps */
};

typedef struct wr_profile {
    const char *id, *title, *version;
    const char *product_vendor, *product_name, *product_versions; /* "" where not given */
    WR_LIST(const char *) aliases;
    WR_LIST(wr_profile_source) sources;
    WR_LIST(wr_identity) certificates;
    wr_requirements requirements;
    bool built_in;
    wr_view json; /* the text it was read from; borrowed */
} wr_profile;

/* Reads one profile.  Members that it does not know are refused, and so are those that the kind of
 * an item never looks at.  Texts are in the arena; `json` may go away. Fails: MALFORMED (JSON
 * pointer in err->path), LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_profile_parse(wr_view json, wr_arena *arena, wr_profile *out, wr_error *err);

/* Reads as much of a faulty profile as there is: each fault that wr_profile_parse would stop at is
 * appended to *faults, in the order of the text.  Where there is one, what it names is missing in
 * *out: texts, `basis` and certificates of items may be NULL.  Fails: MALFORMED (not JSON), LIMIT,
 * NO_MEMORY. */
WR_MUST_USE bool wr_profile_read(wr_view json, wr_arena *arena, wr_profile *out, wr_faults *faults,
                                 wr_error *err);

/* Built-in profiles, in the order of their ids: the text of each, and its id. */
size_t wr_profile_builtin_count(void);
wr_view wr_profile_builtin(size_t i);
const char *wr_profile_builtin_id(size_t i);

/* The built-in of this id or alias, in any case of letters.  Success does not promise that there is
 * one: *found says so.  Fails: NO_MEMORY, BUG (a built-in that cannot be read). */
WR_MUST_USE bool wr_profile_find_builtin(const char *id_or_alias, wr_arena *arena, wr_profile *out,
                                         bool *found, wr_error *err);

#endif
