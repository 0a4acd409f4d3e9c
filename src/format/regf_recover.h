/* regf_recover.h - deleted keys, values and certificates that a hive still holds.
 *
 * Windows marks the cells of what it deletes as free and leaves their bytes until they are used
 * again.  What is found is a claim, not a fact: each comes with how sure it is and why.  Nothing
 * here is part of what the hive says; format/regf.h reads that.  Format:
 * docs/formats/regf_recover.md. */
#ifndef WR_FORMAT_REGF_RECOVER_H
#define WR_FORMAT_REGF_RECOVER_H

#include "format/regf_space.h"

typedef enum wr_regf_confidence {
    WR_REGF_LOW,    /* signature and plausible fields                 */
    WR_REGF_MEDIUM, /* and one thing more speaks for it               */
    WR_REGF_HIGH    /* its place, its surroundings and its data agree */
} wr_regf_confidence;

/* Stable name: low, medium, high. */
const char *wr_regf_confidence_name(wr_regf_confidence confidence);

/* The key that a deleted key or value belonged to: a live one, a deleted one, or nobody knows. */
typedef struct wr_regf_owner {
    uint32_t live;  /* cell, else WR_REGF_NIL                      */
    size_t deleted; /* index in wr_regf_recovery.keys, else SIZE_MAX */
} wr_regf_owner;

typedef struct wr_regf_deleted_key {
    wr_regf_key key; /* its lists lead into freed cells: not for wr_regf_subkeys */
    wr_regf_place place;
    uint64_t offset; /* of the record in the file */
    wr_regf_owner owner;
    bool rooted; /* owners lead to the root of the hive */
    wr_regf_confidence confidence;
    const char *reason;
} wr_regf_deleted_key;

/* What became of a deleted value's data. */
typedef enum wr_regf_data_state {
    WR_REGF_DATA_WHOLE,  /* in the record, none, or in bytes that no key uses now   */
    WR_REGF_DATA_REUSED, /* its place, or part of it, belongs to something else now */
    WR_REGF_DATA_LOST    /* the hive has no such place                              */
} wr_regf_data_state;

/* Stable name: whole, reused, lost. */
const char *wr_regf_data_state_name(wr_regf_data_state state);

typedef struct wr_regf_deleted_value {
    wr_regf_value value;
    wr_regf_place place;
    uint64_t offset; /* of the record in the file */
    wr_regf_owner owner;
    wr_regf_data_state state;
    wr_view data; /* value.size bytes where the state is WHOLE, else none */
    wr_regf_confidence confidence;
    const char *reason;
} wr_regf_deleted_value;

/* A serialized element, as a Blob value of a certificate store holds it, that no recovered value
 * has as its data. */
typedef struct wr_regf_deleted_blob {
    wr_view bytes; /* to the end of the object; origin is the place in the file */
    bool whole;    /* false: its beginning is lost, the object's record is left  */
    wr_regf_place place;
    wr_regf_confidence confidence;
    const char *reason;
} wr_regf_deleted_blob;

typedef struct wr_regf_recovery {
    WR_LIST(wr_regf_deleted_key) keys; /* each list by offset */
    WR_LIST(wr_regf_deleted_value) values;
    WR_LIST(wr_regf_deleted_blob) blobs;
} wr_regf_recovery;

/* Searches all that no key uses.  More than WR_LIMIT_DELETED of a kind is SKIPPED in `diags`.
 * Fails: as wr_regf_walk_start; NO_MEMORY. */
WR_MUST_USE bool wr_regf_recover(const wr_regf *hive, wr_arena *arena, wr_diags *diags,
                                 wr_regf_recovery *out, wr_error *err);

/* Path of an owner, names separated by '\\', "" for the root; it begins with "?" where owners are
 * lost before the root.  NULL when memory ends. */
WR_MUST_USE const char *wr_regf_owner_path(const wr_regf *hive, const wr_regf_recovery *recovery,
                                           wr_regf_owner owner, wr_arena *arena);

/* Appends the serialized elements in any bytes, such as wr_regf_log.rest, to recovery->blobs.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_regf_recover_blobs(wr_view bytes, wr_regf_place place, wr_arena *arena,
                                       wr_diags *diags, wr_regf_recovery *recovery, wr_error *err);

#endif
