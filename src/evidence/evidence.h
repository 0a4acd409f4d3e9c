/* evidence.h - what was given, what it is, and which host it speaks of.
 *
 * An item is one file, or one member of a cab, recognised by content and parsed to typed facts.
 * Views live until wr_evidence_free. */
#ifndef WR_EVIDENCE_EVIDENCE_H
#define WR_EVIDENCE_EVIDENCE_H

#include "base/digest.h"
#include "base/time.h"
#include "evidence/mount.h"
#include "format/authenticode.h"
#include "format/ctl.h"
#include "format/pe.h"
#include "format/probe.h"
#include "format/regf.h"
#include "format/regf_replay.h"
#include "format/sst.h"

/* How the user gave a path. */
typedef enum wr_use {
    WR_USE_EVIDENCE,
    WR_USE_LIST,  /* --ctl    */
    WR_USE_STORE, /* --store  */
    WR_USE_SUPPLY /* --supply */
} wr_use;

/* Where a Windows stands in what was given: the root of its volume. */
typedef struct wr_root {
    const char *container; /* as typed */
    const char *path;      /* in it: "", "p2", "p2/vss1", "PC7/C"; below a folder of files that
                              belong to no Windows volume, that folder */
    size_t volume;         /* orders those of one container */
    wr_time taken;         /* of a shadow copy: when; 0 else */
} wr_root;

typedef struct wr_saved_objects wr_saved_objects;

typedef struct wr_item {
    wr_use use;
    wr_role role;
    wr_kind kind;
    const char *path;    /* as typed; inside a folder, the typed path and the rest with '/' */
    const char *label;   /* source of its views: path, and "/member" inside a cab           */
    const char *inner;   /* its path in the Windows volume, where one is known, else `path` */
    const wr_root *root; /* NULL: a file of its own                                          */
    bool machine;        /* it is, or should be, the machine hive of its root                */
    bool aside;          /* its place says that it holds nothing of the machine's own        */
    bool deleted;        /* the file was: its role is HIVE, nothing of it is in force        */
    const char *place;   /* --store: "LM/Root" as typed; of a store kept in files; else NULL */
    uint64_t bytes;
    wr_view view;
    bool readable;   /* the parser of its kind accepted it                      */
    bool has_sha256; /* only when hashing was asked                             */
    uint8_t sha256[WR_SHA256_LEN];
    bool recover;                 /* kind regf: what it lost is asked for, too                */
    wr_regf hive;                 /* kind regf                                               */
    const wr_regf_replay *replay; /* of a dirty hive whose logs were looked at, else NULL */
    uint8_t *image;     /* of such a hive whose logs are held back: the bytes that replay changes */
    size_t num_applied; /* entries of the replay that are in `hive` */
    bool log_lost;      /* a log of this dirty hive is there and could not be opened */
    const struct wr_file *file; /* that `view` is of; NULL where it is of none */
    bool keeps_primary; /* `view` still is the file of a dirty hive, whose logs went into a copy */
    wr_reg_entries entries;      /* kind reg, pol                                          */
    wr_reg_tree tree;            /* of those: what stands once they were carried out       */
    wr_mounts mounts;            /* kind regf, reg, pol: the hives in it that matter to us */
    wr_pkcs7 message;            /* kind ctl, catalogue, pkcs7; and the list inside a cab   */
    wr_ctl list;                 /* kind ctl, catalogue; and the list inside a cab          */
    wr_pe program;               /* kind pe */
    wr_authenticodes signatures; /* kind pe */
    wr_sst store; /* certificates as elements: sst, pem, certificate, pkcs7 bag, element */
    const wr_saved_objects *objects; /* kind report, record: what reports name by SHA-256 */
    size_t num_members;              /* kind cab                                                */
    const char **members;            /* names, as stored                                        */
} wr_item;

typedef struct wr_evidence wr_evidence;

/* New and empty; diagnostics go to `diags`, memory comes from `arena`; both outlive it.
 * NULL: no memory. */
wr_evidence *wr_evidence_new(wr_arena *arena, wr_diags *diags);
void wr_evidence_free(wr_evidence *ev);

typedef struct wr_evidence_options {
    bool hash;    /* SHA-256 of every file that is opened                              */
    bool no_logs; /* read hives alone, also dirty ones                                 */
    bool recover; /* search hives for what was deleted; of an image, read deleted hives too */
    const char *const *logs; /* transaction logs, in place of those beside a dirty hive */
    size_t num_logs;
    bool hold_logs; /* plan the replay of a dirty hive: wr_evidence_replay_to applies it */
    bool programs;  /* read programs and catalogues too, which are no evidence of a host         */
    bool programs_only;                                /* and of folders nothing else */
    const char *bitlocker_password, *recovery_key;     /* as tree.h has them */
    void (*progress)(void *context, const char *path); /* NULL: nobody asks; before each step */
    void *progress_context;
} wr_evidence_options;

/* Opens `path`.  Of a folder, an archive and a disk image: what discovery.h has, where it finds a
 * Windows; else every file of a known kind.  `place` as in wr_item.  A file in one of them that
 * cannot be read is a diagnostic, and an unreadable item where it is a hive.
 * Fails: IO (the path itself), MALFORMED, TRUNCATED, UNSUPPORTED, LIMIT (a single file that its
 * parser refuses: also recorded as an unreadable item), NO_MEMORY. */
WR_MUST_USE bool wr_evidence_add(wr_evidence *ev, const char *path, wr_use use, const char *place,
                                 const wr_evidence_options *options, wr_error *err);

/* Orders the items (role, path inside the Windows volume) so that they are the same in any
 * container. */
void wr_evidence_seal(wr_evidence *ev);

/* Tells the hosts apart; nothing is added afterwards.  What stands in no Windows of its own is
 * evidence of each host.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_evidence_split(wr_evidence *ev, wr_error *err);

/* The hosts, in a stable order, each sealed; before a split, and where all is one host's, the
 * evidence itself is the only one.  They live as long as `ev`. */
size_t wr_evidence_num_hosts(const wr_evidence *ev);
wr_evidence *wr_evidence_host(wr_evidence *ev, size_t i);

/* What was found wrong with it; of a host among several: its own and what concerns all. */
wr_diags *wr_evidence_diags(const wr_evidence *ev);

/* Where its Windows stands; NULL where that is not known. */
const wr_root *wr_evidence_root(const wr_evidence *ev);

size_t wr_evidence_count(const wr_evidence *ev);
const wr_item *wr_evidence_item(const wr_evidence *ev, size_t i);

/* Index of the item whose views have this source label; SIZE_MAX where there is none. */
size_t wr_evidence_find(const wr_evidence *ev, const char *label);

/* The hive of item `i`, whose logs are held back, as it is after `to` entries of its replay, which
 * is never less than before; 0 = the file alone.  `diags` gets what is wrong with that state; one
 * that cannot be read leaves the item not readable.  Earlier views of the hive show the new state.
 * Fails: USAGE (no such entries), NO_MEMORY. */
WR_MUST_USE bool wr_evidence_replay_to(wr_evidence *ev, size_t i, size_t to, wr_diags *diags,
                                       wr_error *err);

/* Records what could not be read of a file in a disk image, which is read as it is used: after all
 * was.  Fails: never; see wr_diag_error. */
void wr_item_tell_unread(const wr_item *item, wr_diags *diags);

/* True when a file shrank or failed while it was read; its label is given. */
bool wr_evidence_failed(const wr_evidence *ev, const char **label);

/* Stable names: software, osdata, user, system, registry, policy, hive, report, list, store,
 * supply, other. */
const char *wr_role_name(wr_role role);

#endif
