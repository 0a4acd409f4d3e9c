/* registered.h - the members that somebody registered for a Root store, found once for all
 * verdicts.  SPEC windows-trust 1.3. */
#ifndef WR_TRUST_REGISTERED_H
#define WR_TRUST_REGISTERED_H

#include "store/model.h"

typedef enum wr_member {
    WR_MEMBER_DEFAULT,
    WR_MEMBER_AUTHROOT,
    WR_MEMBER_GROUP_POLICY,
    WR_MEMBER_ENTERPRISE,
    WR_MEMBER_LOCAL_MACHINE,
    WR_NUM_MEMBERS /* and that of a member that cannot be registered */
} wr_member;

/* Of the Root store at one place. */
typedef struct wr_registered {
    const wr_physical_store *members[WR_NUM_MEMBERS]; /* the first of each name, NULL = none */
    const wr_physical_store *elsewhere; /* the first that brings certificates from a place that is
                                           not in the evidence; NULL = none */
} wr_registered;

/* Notes a member of this Root store; those before it stand. */
void wr_registered_note(wr_registered *r, const wr_physical_store *p);

#endif
