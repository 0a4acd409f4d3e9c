/* evidence_internal.h - what the files of this room share of wr_evidence; private to it. */
#ifndef WR_EVIDENCE_EVIDENCE_INTERNAL_H
#define WR_EVIDENCE_EVIDENCE_INTERNAL_H

#include "evidence/evidence.h"
#include "source/tree.h"

struct wr_evidence {
    wr_arena *arena;
    wr_diags *diags;
    WR_LIST(wr_item *) items;
    struct wr_item_label *labels; /* of the items, sorted; NULL before it is sealed */
    size_t shortest_label;
    WR_LIST(wr_file *) files;     /* those that items borrow from */
    WR_LIST(wr_tree *) trees;     /* those that files come from   */
    WR_LIST(wr_evidence *) hosts; /* once it is split: none where all is one host's */
    const wr_root *root;          /* of a host: where its Windows stands, NULL: nowhere known */
    bool is_split;
    wr_saved_objects *objects; /* of saved reports, NULL where there are none */
};

/* How a file came to be evidence. */
typedef struct wr_origin {
    const char *path;  /* for people; NULL: the file's label */
    const char *inner; /* in the Windows volume */
    const wr_root *root;
    bool machine; /* its place says that it is the machine hive */
    bool aside;   /* it says that it holds nothing of the machine's own */
    bool deleted; /* the file was */
    wr_use use;
    const char *place;
    wr_tree *tree; /* NULL: a file of its own */
    const wr_tree_entry *entry;
    /* Whether a file of this kind is kept, NULL: every one is. */
    bool (*keeps)(wr_kind kind, const wr_evidence_options *options);
} wr_origin;

/* Takes `file` over as an item; *kept is false where it is none.  Fails: as wr_evidence_add. */
WR_MUST_USE bool wr_evidence_take(wr_evidence *ev, wr_file *file, const wr_origin *origin,
                                  const wr_evidence_options *options, bool *kept, wr_error *err);

/* An item that stands for a file that cannot be opened, so that nothing given is lost silently.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_evidence_take_unopened(wr_evidence *ev, const wr_origin *origin, wr_error *err);

/* How a file that was given so is to be read: WR_TREE_NONE = as an item. */
wr_tree_kind wr_evidence_tree_kind(wr_view v, wr_use use);

/* Adds what a folder, an archive or an image holds; `kind` says which.  Fails: as
 * wr_evidence_add. */
WR_MUST_USE bool wr_container_add(wr_evidence *ev, wr_tree_kind kind, const wr_origin *origin,
                                  const wr_evidence_options *options, wr_error *err);

/* Damage of one file is SKIPPED and true; lost memory is the error of the call. */
WR_MUST_USE bool wr_evidence_past(wr_evidence *ev, const wr_error *damage, wr_error *err);

#endif
