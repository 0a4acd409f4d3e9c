/* mount.h - where a hive stands in a piece of evidence: the root of a hive file, or a key of a .reg
 * text or a policy file that is such a root on the host. */
#ifndef WR_EVIDENCE_MOUNT_H
#define WR_EVIDENCE_MOUNT_H

#include "format/registry.h"

/* What an item, or a mount in it, is to the host. */
typedef enum wr_role {
    WR_ROLE_SOFTWARE, /* the machine hive                                          */
    WR_ROLE_OSDATA,   /* the same of Windows Core OS devices                       */
    WR_ROLE_USER,     /* NTUSER.DAT, DEFAULT, a service profile's hive             */
    WR_ROLE_SYSTEM,   /* the SYSTEM hive: computer name                            */
    WR_ROLE_REGISTRY, /* a .reg text: its mounts say which hives                   */
    WR_ROLE_POLICY,   /* Registry.pol: what a policy asks for, not what is in force */
    WR_ROLE_HIVE,     /* another hive: holds nothing for us                        */
    WR_ROLE_REPORT,   /* a saved report or record of a host                        */
    WR_ROLE_LIST,     /* trust list, as evidence or by --ctl                       */
    WR_ROLE_STORE,    /* a certificate store: placed by --store, else unplaced     */
    WR_ROLE_SUPPLY,   /* certificates for remediation                              */
    WR_ROLE_OTHER     /* recognised and not used, or not recognised                */
} wr_role;

typedef struct wr_mount {
    wr_registry registry;
    wr_registry_key key;
    const char *path;   /* of the key in the evidence, "" = its root                    */
    wr_role role;       /* SOFTWARE, OSDATA, USER or SYSTEM                             */
    bool software;      /* USER: the key is the user's Software key itself              */
    bool is_export;     /* of keys that somebody chose and could read, not a whole hive */
    bool intent;        /* what a policy asks for                                       */
    const char *owner;  /* USER: SID, or profile folder "Users/alice", else a file name */
    const char *source; /* label of the evidence */
} wr_mount;

typedef struct wr_mounts {
    WR_LIST(wr_mount) list;
} wr_mounts;

/* The one mount of a hive; none where the hive holds nothing for us or has no root key.  `path` is
 * the file's, which may tell the user.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_mounts_of_hive(const wr_regf *hive, const char *source, const char *path,
                                   wr_arena *arena, wr_mounts *out, wr_error *err);

/* Those of a .reg text.  Loaded hives stand there below any name (HKLM\OFFLINE\Microsoft\...), so
 * what is not known by its name is known by its keys.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_mounts_of_text(const wr_reg_tree *tree, const char *source, const char *path,
                                   wr_arena *arena, wr_mounts *out, wr_error *err);

/* The one of a Registry.pol: a user's where a folder of its path is called User.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_mounts_of_policy(const wr_reg_tree *tree, const char *source, const char *path,
                                     wr_arena *arena, wr_mounts *out, wr_error *err);

#endif
