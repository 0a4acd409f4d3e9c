/* regf.h - a registry hive, read in place.
 *
 * Nothing is loaded, and one thread at a time reads it: a key or value is found by following cell
 * references, each bounded to its cell. A reference that leads nowhere is an error of that record
 * alone; siblings are still read. Format, with the basis of each rule: docs/formats/regf.md. */
#ifndef WR_FORMAT_REGF_H
#define WR_FORMAT_REGF_H

#include "base/diag.h"
#include "base/text.h"
#include "base/time.h"

/* No cell: an absent list, class, value. */
#define WR_REGF_NIL UINT32_MAX

/* Where hive bins data begins in the file, bytes: a cell's place in it is this and its reference.
 */
#define WR_REGF_BASE_BLOCK 4096u

typedef struct wr_regf {
    wr_view image; /* the whole file or replayed image                             */
    wr_view bins;  /* hive bins data; cell references are offsets into it          */
    uint32_t major, minor;
    uint32_t primary_sequence, secondary_sequence;
    uint32_t root;         /* cell of the root key                                         */
    uint32_t bins_size;    /* as the base block says; bins.len is what is really there     */
    uint32_t flags;        /* WR_REGF_PENDING                                              */
    wr_time last_written;  /* not maintained since Windows 8.1: a hint                     */
    const char *file_name; /* as stored, UTF-8, a hint; in the arena                       */
    bool checksum_valid;
    bool dirty;     /* sequences differ or the checksum is bad: logs are needed     */
    bool truncated; /* the file is shorter than the base block says                 */
    uint64_t *work; /* bytes that may still be looked at, of all copies; in the arena */
} wr_regf;

/* wr_regf.flags: transactions of the kernel's transaction manager were pending. */
#define WR_REGF_PENDING 1u

/* Reads the base block.  Damage that can be lived with (checksum, size, version) is a WARNING; so
 * is a dirty hive, which says its sequence numbers.
 * Fails: MALFORMED (not a hive: the message says what it is instead), TRUNCATED (empty, or it ends
 * before its first cell), UNSUPPORTED (a transaction log given as a hive; versions of NT 3),
 * NO_MEMORY.  Success does not promise a root key. */
WR_MUST_USE bool wr_regf_open(wr_view image, wr_arena *arena, wr_diags *diags, wr_regf *out,
                              wr_error *err);

/* What an allocated cell holds behind its size field: all that a record may use.
 * Fails: MALFORMED (the reference is absent, unaligned or beyond the bins; the cell is free or its
 * size cannot be), TRUNCATED (it begins or ends beyond what the file still has). */
WR_MUST_USE bool wr_regf_cell(const wr_regf *hive, uint32_t cell, wr_view *out, wr_error *err);

typedef struct wr_regf_key {
    uint32_t cell;
    uint16_t flags; /* WR_KEY_* */
    uint16_t class_len;
    wr_time last_write;
    uint32_t parent;
    uint32_t num_subkeys, subkey_list;
    uint32_t num_values, value_list; /* none where WR_KEY_PREDEFINED: there it is a handle */
    uint32_t security, class_cell;   /* not checked                                        */
    wr_view name;                    /* stored bytes                                       */
    wr_encoding name_encoding;
    bool name_cut;  /* the record says a longer name than its cell holds */
    bool tombstone; /* deleted in a layered (delta) hive                 */
} wr_regf_key;

/* Bytes of the longest name of a key: 255 UTF-16 units.  Of one that is longer, which no Windows
 * has, no more is worth the work. */
#define WR_REGF_LONGEST_NAME 510u

static inline wr_view wr_regf_shown(wr_view name)
{
    if (name.len > WR_REGF_LONGEST_NAME)
        name.len = WR_REGF_LONGEST_NAME;
    return name;
}

#define WR_KEY_LINK       0x10u /* its value SymbolicLinkValue names another key; never followed */
#define WR_KEY_COMPRESSED 0x20u /* the name is Latin-1 */
#define WR_KEY_PREDEFINED 0x40u /* a stand-in for a predefined handle */

typedef struct wr_regf_value {
    uint32_t cell;
    uint32_t type;  /* REG_*, or anything else: never an error             */
    uint32_t size;  /* bytes of data                                       */
    uint32_t data;  /* cell of the data, NIL or anything where it has none */
    bool in_record; /* the data, up to 4 bytes, stands where `data` would  */
    bool tombstone; /* deleted in a layered (delta) hive                   */
    bool name_cut;  /* the record says a longer name than its cell holds   */
    wr_encoding name_encoding;
    wr_view name; /* empty = the default value */
} wr_regf_value;

#define WR_REG_SZ        1u
#define WR_REG_EXPAND_SZ 2u
#define WR_REG_BINARY    3u
#define WR_REG_DWORD     4u
#define WR_REG_LINK      6u
#define WR_REG_MULTI_SZ  7u

/* The record in a cell.  Fails: MALFORMED, TRUNCATED; err->offset is the cell's place in the file.
 */
WR_MUST_USE bool wr_regf_root(const wr_regf *hive, wr_regf_key *out, wr_error *err);
WR_MUST_USE bool wr_regf_key_at(const wr_regf *hive, uint32_t cell, wr_regf_key *out,
                                wr_error *err);
WR_MUST_USE bool wr_regf_value_at(const wr_regf *hive, uint32_t cell, wr_regf_value *out,
                                  wr_error *err);

/* Iteration.  `next` gives false at the end.  A damaged list part or record is recorded in `diags`
 * (SKIPPED, with `path` as the place; "" leaves the place open for wr_diags_at) and stepped over,
 * so that it never hides its siblings; a record that contradicts itself is given, with a WARNING.
 * `diags` NULL: nothing is recorded.  The number of items given never exceeds what the file has
 * room for, nor that of all iterations what WR_LIMIT_HIVE_READS allows. */
typedef struct wr_regf_iter {
    const wr_regf *hive;
    wr_diags *diags;
    const char *path; /* of the key, for diagnostics; borrowed */
    uint64_t at;      /* of the key in the file                */
    wr_view list;     /* elements of the current list          */
    uint32_t index, count, width;
    char hint;    /* what stands beside a reference: 'h' hash, 'f' four characters, 'i' nothing */
    bool damaged; /* elements were lost, and that was recorded                                   */
    uint32_t stated; /* elements as the key says */
    uint32_t held; /* elements of the lists opened so far                                         */
    wr_view parts; /* of an ri list: references to lists                                          */
    uint32_t part_index, part_count;
} wr_regf_iter;

void wr_regf_subkeys(const wr_regf *hive, const wr_regf_key *key, const char *path, wr_diags *diags,
                     wr_regf_iter *it);
bool wr_regf_next_key(wr_regf_iter *it, wr_regf_key *out);
void wr_regf_values(const wr_regf *hive, const wr_regf_key *key, const char *path, wr_diags *diags,
                    wr_regf_iter *it);
bool wr_regf_next_value(wr_regf_iter *it, wr_regf_value *out);

/* The subkey or value of an ASCII name, in the registry's comparison; false where there is none.
 * Sort order and hashes of the lists are not relied upon: they only decide what is looked at first.
 * Of several with one name the first found is given. */
bool wr_regf_find_key(const wr_regf *hive, const wr_regf_key *parent, const char *name,
                      wr_diags *diags, wr_regf_key *out);
/* The same along a path of names separated by '\\'; "" is `from` itself.  A symbolic link on the
 * way is a NOTE, and not followed. */
bool wr_regf_find_path(const wr_regf *hive, const wr_regf_key *from, const char *path,
                       wr_diags *diags, wr_regf_key *out);
bool wr_regf_find_value(const wr_regf *hive, const wr_regf_key *key, const char *name,
                        wr_diags *diags, wr_regf_value *out);

/* Exactly value->size bytes of data.  Borrowed from the image where they are in one piece; big data
 * is put together in the arena, and its origin is that of the value record.
 * Fails: MALFORMED, TRUNCATED (the cell holds less than the record says), LIMIT (big data above
 * WR_LIMIT_VALUE_BYTES; more data than WR_LIMIT_HIVE_READS allows), NO_MEMORY. */
WR_MUST_USE bool wr_regf_data(const wr_regf *hive, const wr_regf_value *value, wr_arena *arena,
                              wr_view *out, wr_error *err);

/* A REG_DWORD's number, and a string value's text up to its first NUL; false where the value is of
 * another kind, a tombstone or damaged (recorded in `diags`) or absent. */
bool wr_regf_dword(const wr_regf *hive, const wr_regf_key *key, const char *name, wr_diags *diags,
                   uint32_t *out);
bool wr_regf_string(const wr_regf *hive, const wr_regf_key *key, const char *name, wr_arena *arena,
                    wr_diags *diags, const char **out);

/* All keys reachable from the root, each once however often a hostile hive lists it, parents before
 * their subkeys.  Costs one bit per 8 bytes of bins and no memory per key; the work is linear in
 * the size of the file. */
typedef struct wr_regf_walk {
    const wr_regf *hive;
    wr_arena *arena;
    wr_diags *diags;
    uint8_t *seen;              /* one bit per possible cell: this key was given */
    struct wr_regf_step *steps; /* from the root to the key given last */
    uint32_t depth;             /* of the key given last; the root's is 0 */
    wr_regf_iter values;        /* of the key given last, once asked for  */
    uint64_t work;              /* list elements that may still be read   */
    bool begun;
} wr_regf_walk;

/* Fails: as wr_regf_root; NO_MEMORY. */
WR_MUST_USE bool wr_regf_walk_start(const wr_regf *hive, wr_arena *arena, wr_diags *diags,
                                    wr_regf_walk *walk, wr_error *err);

/* The next key; false at the end.  A key that is listed a second time, one whose parent field names
 * another key, and one out of order are a WARNING; what is deeper than WR_LIMIT_KEY_DEPTH is
 * SKIPPED. */
bool wr_regf_walk_next(wr_regf_walk *walk, wr_regf_key *out);

/* The next value of the key given last. */
bool wr_regf_walk_next_value(wr_regf_walk *walk, wr_regf_value *out);

/* Path of the key given last, names separated by '\\', "" for the root; NULL when memory ends. */
WR_MUST_USE const char *wr_regf_walk_path(const wr_regf_walk *walk, wr_arena *arena);

/* Records (WARNING) where the chain of hive bins is broken, which hides no key by itself. */
void wr_regf_check_bins(const wr_regf *hive, wr_diags *diags);

/* Keys (the root counts) and values that a walk meets; the bins are checked too.  Fails as
 * wr_regf_walk_start. */
WR_MUST_USE bool wr_regf_count(const wr_regf *hive, wr_arena *arena, wr_diags *diags,
                               uint64_t *keys, uint64_t *values, wr_error *err);

#endif
