/* evidence.h - what was given, what it is, and which host it speaks of.
 *
 * An item is one file, or one member of a cab, recognised by content and parsed to typed facts.
 * Views live until wr_evidence_free. */
#ifndef WR_EVIDENCE_EVIDENCE_H
#define WR_EVIDENCE_EVIDENCE_H

#include "base/digest.h"
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

typedef struct wr_item {
    wr_use use;
    wr_role role;
    wr_kind kind;
    const char *path;  /* as typed; inside a folder, the typed path and the rest with '/' */
    const char *label; /* source of its views: path, and "/member" inside a cab           */
    const char *place; /* --store: "LM/Root" as typed, else NULL                           */
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
    wr_reg_entries entries;      /* kind reg, pol                                          */
    wr_reg_tree tree;            /* of those: what stands once they were carried out       */
    wr_mounts mounts;            /* kind regf, reg, pol: the hives in it that matter to us */
    wr_pkcs7 message;            /* kind ctl, catalogue, pkcs7; and the list inside a cab   */
    wr_ctl list;                 /* kind ctl, catalogue; and the list inside a cab          */
    wr_pe program;               /* kind pe */
    wr_authenticodes signatures; /* kind pe */
    wr_sst store;         /* certificates as elements: sst, pem, certificate, pkcs7 bag, element */
    size_t num_members;   /* kind cab                                                */
    const char **members; /* names, as stored                                        */
} wr_item;

typedef struct wr_evidence wr_evidence;

/* New and empty; diagnostics go to `diags`, memory comes from `arena`; both outlive it.
 * NULL: no memory. */
wr_evidence *wr_evidence_new(wr_arena *arena, wr_diags *diags);
void wr_evidence_free(wr_evidence *ev);

typedef struct wr_evidence_options {
    bool hash;               /* SHA-256 of every file that is opened                              */
    bool no_logs;            /* read hives alone, also dirty ones                                 */
    bool recover;            /* search hives for what was deleted                                 */
    const char *const *logs; /* transaction logs, in place of those beside a dirty hive */
    size_t num_logs;
    bool hold_logs; /* plan the replay of a dirty hive: wr_evidence_replay_to applies it */
    bool programs;  /* read programs and catalogues too, which are no evidence of a host         */
    bool programs_only; /* and of folders nothing else */
} wr_evidence_options;

/* Opens `path` and, for a folder, every file below it that is of a known kind.  `place` as in
 * wr_item.  A file in a folder that cannot be read is a diagnostic.
 * Fails: IO (the path itself), MALFORMED, TRUNCATED, UNSUPPORTED, LIMIT (a single file that its
 * parser refuses: also recorded as an unreadable item), NO_MEMORY. */
WR_MUST_USE bool wr_evidence_add(wr_evidence *ev, const char *path, wr_use use, const char *place,
                                 const wr_evidence_options *options, wr_error *err);

/* Orders the items (role, then path) so that they are the same in any container. */
void wr_evidence_seal(wr_evidence *ev);

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

/* True when a file shrank or failed while it was read; its label is given. */
bool wr_evidence_failed(const wr_evidence *ev, const char **label);

/* Stable names: software, osdata, user, system, registry, policy, hive, list, store, supply, other.
 */
const char *wr_role_name(wr_role role);

#endif
