/* discovery.h - which files of a Windows volume speak of certificate trust: one table.
 * docs/sources.md.  SPEC windows-trust 1.1, 1.4, 2.4. */
#ifndef WR_EVIDENCE_DISCOVERY_H
#define WR_EVIDENCE_DISCOVERY_H

#include "base/arena.h"

typedef enum wr_find {
    WR_FIND_MACHINE, /* the SOFTWARE hive: there is a Windows here                           */
    WR_FIND_HIVE,    /* another hive                                                         */
    WR_FIND_LOG,     /* a transaction log: read with the hive beside it                      */
    WR_FIND_BACKUP,  /* an older copy of a hive, in a folder beside it                       */
    WR_FIND_STORE,   /* one element of a user's store that is kept in files                  */
    WR_FIND_CACHE,   /* what a host fetched: a list, or something else                       */
    WR_FIND_LIST,    /* a list by the name that certutil -syncWithWU gives it                */
    WR_FIND_POLICY,  /* Registry.pol                                                         */
    WR_FIND_NOTED    /* to be collected, and not read here                                   */
} wr_find;

typedef struct wr_discovery {
    bool of_profile;     /* the pattern begins in a user's folder, else at the root of a volume */
    const char *pattern; /* as source/pattern.h has them */
    wr_find what;
    const char *store; /* WR_FIND_STORE: its name */
} wr_discovery;

size_t wr_discovery_count(void);
const wr_discovery *wr_discovery_row(size_t i);

/* The row for the file at `path`, which may have folders before the root of its volume; NULL where
 * there is none.  *root is how many bytes of `path` come before it. */
const wr_discovery *wr_discovery_of(const char *path, size_t *root);

/* Patterns of all that is read, for a tree, with NULL at the end; `old` = also below Windows.old,
 * for trees whose patterns begin at the root.  NULL: no memory. */
WR_MUST_USE const char *const *wr_discovery_patterns(wr_arena *arena, bool old);

#endif
