/* registry.h - keys and values by their names, wherever they are kept: in a hive, or in what a .reg
 * text says.
 *
 * Calls and diagnostics are those of regf.h. */
#ifndef WR_FORMAT_REGISTRY_H
#define WR_FORMAT_REGISTRY_H

#include "format/reg_tree.h"
#include "format/regf.h"

/* One of the two is set. */
typedef struct wr_registry {
    const wr_regf *hive;
    const wr_reg_tree *tree;
} wr_registry;

typedef struct wr_registry_key {
    wr_time last_write; /* 0 where it is not known      */
    uint64_t offset;    /* of the key in the evidence   */
    bool listed;        /* not only passed on the way to other keys: always so in a hive */
    wr_regf_key hive;
    uint32_t node;
} wr_registry_key;

/* Fails: MALFORMED, TRUNCATED (a hive without a root key). */
WR_MUST_USE bool wr_registry_root(const wr_registry *registry, wr_registry_key *out, wr_error *err);

/* The key along a path of names separated by '\\'; "" is `from` itself. */
bool wr_registry_find(const wr_registry *registry, const wr_registry_key *from, const char *path,
                      wr_diags *diags, wr_registry_key *out);

typedef struct wr_registry_iter {
    const wr_registry *registry;
    wr_regf_iter hive;
    uint32_t node;
} wr_registry_iter;

/* `path` is the key's, for diagnostics; borrowed. */
void wr_registry_subkeys(const wr_registry *registry, const wr_registry_key *key, const char *path,
                         wr_diags *diags, wr_registry_iter *it);
bool wr_registry_next(wr_registry_iter *it, wr_registry_key *out);

/* The key's name, as wr_regf_shown has it; NULL when memory ends. */
WR_MUST_USE const char *wr_registry_name(const wr_registry *registry, const wr_registry_key *key,
                                         wr_arena *arena);

typedef struct wr_registry_value {
    wr_regf_value hive;
    const wr_reg_value *entry;
} wr_registry_value;

bool wr_registry_find_value(const wr_registry *registry, const wr_registry_key *key,
                            const char *name, wr_diags *diags, wr_registry_value *out);

/* Fails as wr_regf_data. */
WR_MUST_USE bool wr_registry_data(const wr_registry *registry, const wr_registry_value *value,
                                  wr_arena *arena, wr_view *out, wr_error *err);

/* A REG_DWORD's number, and a string value's text up to its first NUL; false where there is none,
 * or another kind of value (SKIPPED in `diags`). */
bool wr_registry_dword(const wr_registry *registry, const wr_registry_key *key, const char *name,
                       wr_diags *diags, uint32_t *out);
bool wr_registry_string(const wr_registry *registry, const wr_registry_key *key, const char *name,
                        wr_arena *arena, wr_diags *diags, const char **out);

#endif
