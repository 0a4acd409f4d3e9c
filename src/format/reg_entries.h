/* reg_entries.h - what a .reg text or a Registry.pol asks of a registry: keys and values in order,
 * deletions among them.
 *
 * Paths and names are UTF-8 (text.h says what becomes of units that are no text); data is the bytes
 * that the registry would hold.  Everything is in the arena or borrowed from the evidence. */
#ifndef WR_FORMAT_REG_ENTRIES_H
#define WR_FORMAT_REG_ENTRIES_H

#include "base/diag.h"

typedef enum wr_reg_op {
    WR_REG_SET,           /* the value gets this type and data                             */
    WR_REG_DELETE,        /* the value is deleted                                          */
    WR_REG_DELETE_VALUES, /* every value of the key is deleted; a .pol alone can say it    */
    WR_REG_INSTRUCTION    /* another "**" name of a .pol, kept as it is: not a value       */
} wr_reg_op;

typedef struct wr_reg_value {
    wr_reg_op op;
    uint32_t type;    /* REG_*, or anything else; 0 where the op has none         */
    const char *name; /* "" = the default value                                   */
    wr_view data;     /* origin: of the line in a text, of the data in a .pol     */
    uint64_t offset;  /* of its line or record in the evidence                    */
} wr_reg_value;

typedef struct wr_reg_key {
    const char *path; /* as written, names separated by '\\'; never ""            */
    bool deleted;     /* with all that is below it; then it has no values          */
    uint64_t offset;
    size_t first_value, num_values; /* in wr_reg_entries.values */
} wr_reg_key;

/* A key may occur more than once: what is later counts. */
typedef struct wr_reg_entries {
    WR_LIST(wr_reg_key) keys;
    WR_LIST(wr_reg_value) values; /* those of one key lie together, in the order of the keys */
} wr_reg_entries;

/* A path or name of UTF-16LE units as text; where it holds what is no text, so that what would be
 * written is another name, that is a WARNING at `units`.  NULL when memory ends. */
WR_MUST_USE const char *wr_reg_name(wr_arena *arena, wr_view units, wr_diags *diags);

/* Appends a key that stands at `at`, all zero where it is made and not read.  `path` is borrowed.
 * Fails: LIMIT (WR_LIMIT_REG_ENTRIES), NO_MEMORY. */
WR_MUST_USE bool wr_reg_add_key(wr_reg_entries *entries, wr_arena *arena, const char *path,
                                bool deleted, wr_view at, wr_error *err);

/* Appends `value` to the key added last, which must be there and not deleted.  Its texts and data
 * are borrowed.  Fails as above. */
WR_MUST_USE bool wr_reg_add_value(wr_reg_entries *entries, wr_arena *arena,
                                  const wr_reg_value *value, wr_error *err);

/* Values that are set, and deletions: of keys, of a value, of all values of a key. */
size_t wr_reg_num_set(const wr_reg_entries *entries);
size_t wr_reg_num_deletes(const wr_reg_entries *entries);

#endif
