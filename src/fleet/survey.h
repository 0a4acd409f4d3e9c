/* survey.h - what a database of a fleet says, put together: from the newest observation of each
 * host, and the one before it. */
#ifndef WR_FLEET_SURVEY_H
#define WR_FLEET_SURVEY_H

#include "fleet/cover.h"
#include "fleet/database.h"
#include "fleet/record.h"

/* A number -> an index. */
typedef struct wr_numbers {
    int64_t *keys;
    size_t *values;
    size_t room, count;
} wr_numbers;
size_t *wr_numbers_find(const wr_numbers *n, int64_t key); /* NULL: not there */
WR_MUST_USE bool wr_numbers_put(wr_numbers *n, wr_arena *arena, int64_t key, size_t value,
                                wr_error *err);

/* The outcome of one profile on a host, or on many that have it alike. */
typedef struct wr_outcome {
    size_t profile; /* index */
    const char *result;
    struct {
        wr_known_item *items;
        size_t count, room;
    } items;
} wr_outcome;

typedef struct wr_outcome_list {
    const wr_outcome **items; /* a row each profile of the host */
    size_t count, room;
} wr_outcome_list;

typedef struct wr_surveyed {
    int64_t id, before; /* observations; `before` is 0 where there is none */
    const char *key, *name, *observed, *as_of, *status, *error, *evidence, *product,
        *before_observed;
    int64_t build, trust_set;
    uint64_t num_observations, num_certificates, num_trusted;
    bool has_report;
    size_t cluster; /* SIZE_MAX without a report    */
    size_t bundle;  /* SIZE_MAX: none               */
    size_t num_high, num_medium, num_manual;
    wr_outcome_list outcomes;
    WR_LIST(size_t) actions; /* of the plan, indexes of wr_survey.actions */
} wr_surveyed;

/* Hosts by name, the first few; `count` is all of them. */
#define WR_SURVEY_EXAMPLES 10
typedef struct wr_examples {
    size_t hosts[WR_SURVEY_EXAMPLES];
    size_t count;
} wr_examples;

typedef struct wr_survey_profile {
    const char *id, *title, *version;
    size_t pass, fail, unknown, other; /* hosts                     */
    WR_LIST(struct wr_survey_item) items;
} wr_survey_profile;

/* An item of a profile over all hosts. */
typedef struct wr_survey_item {
    const char *id, *subject, *severity, *certificate;
    size_t pass, fail, unknown, other;
    wr_examples failing;
} wr_survey_item;

typedef struct wr_survey_cluster {
    int64_t trust_set;
    size_t num_hosts, num_trusted;
    wr_examples examples;
    int64_t example; /* an observation */
    WR_LIST(const struct wr_survey_root *)
    more, fewer; /* against the largest cluster; verdicts differ in both */
} wr_survey_cluster;

/* A certificate that some host trusts. */
typedef struct wr_survey_root {
    int64_t certificate, facts;
    const char *sha256, *sha1, *subject, *not_after;
    size_t num_hosts;
    struct {
        size_t host;
        int64_t stores, written;
        bool has_written;
        const char *store_names;
    } where[WR_SURVEY_EXAMPLES];
} wr_survey_root;

typedef struct wr_survey_finding {
    const char *id, *severity, *title, *detail, *certificate, *subject;
    size_t last_host; /* while it is put together */
    wr_examples hosts;
} wr_survey_finding;

typedef struct wr_survey_setting {
    const char *kind, *what,
        *value; /* "list": kind and date; "policy": name and value; "" = not set */
    wr_examples hosts;
} wr_survey_setting;

typedef struct wr_survey_change {
    size_t host;
    WR_LIST(const wr_survey_root *) added, removed;
    WR_LIST(const char *) results; /* "PROFILE/ITEM: PASS -> FAIL" */
} wr_survey_change;

typedef struct wr_survey_action {
    const char *kind, *store, *certificate, *subject, *key, *name, *data, *widens;
    const char *reason, *requirement;
    int64_t number; /* of the certificate, 0 = none */
} wr_survey_action;

typedef struct wr_survey {
    wr_database *db;
    wr_arena *arena;
    uint64_t num_observations, num_holdings;
    size_t rare; /* a root on at most so many hosts is rare */
    WR_LIST(wr_surveyed) hosts;
    WR_LIST(wr_survey_profile) profiles;
    WR_LIST(wr_survey_cluster) clusters;
    WR_LIST(wr_survey_root *) roots; /* that are rare, the rarest first */
    size_t num_roots;                /* of all */
    WR_LIST(wr_survey_finding) findings;
    WR_LIST(wr_survey_setting) settings;
    WR_LIST(wr_survey_change) changes;
    WR_LIST(wr_survey_action) actions; /* that a script can do */
    wr_numbers action_index;           /* what one is -> its index */
    bool asked;                        /* outcomes and actions are of wr_survey_ask */
    wr_cover cover;
    struct {
        wr_hash_set names;
        WR_LIST(wr_view) octets;
    } objects; /* that were looked for */
} wr_survey;

/* Everything but `actions`, `cover` and the profiles' sums; a `rare` of 0 is 3 hosts or one in a
 * hundred. Fails: IO, MALFORMED, LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_survey_make(wr_database *db, size_t rare, wr_arena *arena, wr_survey *out,
                                wr_error *err);

/* The profiles' sums over all hosts.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_survey_add_up(wr_survey *s, wr_error *err);

/* What every host is asked again, from its record. */
typedef struct wr_survey_question {
    const wr_profile **profiles;
    size_t num_profiles;
    const wr_certificate *supply;
    size_t num_supply;
    wr_time as_of; /* 0: each host's own */
} wr_survey_question;

/* Judges the newest record of each host by other profiles; what the records conclude by their own
 * counts no more.  Where a record cannot answer the result is UNKNOWN.  Fails likewise. */
WR_MUST_USE bool wr_survey_ask(wr_survey *s, const wr_survey_question *question, wr_error *err);

/* Judges one of them; everything is in the arena.  Fails likewise. */
WR_MUST_USE bool wr_survey_judge(wr_survey *s, size_t host, const wr_survey_question *question,
                                 wr_arena *arena, wr_diags *diags, wr_judgement *out,
                                 wr_error *err);

/* The octets that the database has under a SHA-256; *out is empty where it has none. */
WR_MUST_USE bool wr_survey_object(wr_survey *s, const uint8_t sha256[WR_SHA256_LEN], wr_view *out,
                                  wr_error *err);

/* The index of an action, which is added where it is new; texts are borrowed. */
WR_MUST_USE bool wr_survey_action_of(wr_survey *s, const wr_survey_action *action, size_t *out,
                                     wr_error *err);

/* The plans' actions, and the fewest bundles.  Fails likewise. */
WR_MUST_USE bool wr_survey_cover(wr_survey *s, wr_error *err);

/* Adds a host by its index; hosts come in their order. */
void wr_examples_add(wr_examples *e, size_t host);

#endif
