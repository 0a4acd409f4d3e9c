/* defect.h - what can be wrong with a profile, by a stable name each: docs/profile.md. */
#ifndef WR_REQUIRE_DEFECT_H
#define WR_REQUIRE_DEFECT_H

#include "base/arena.h"

typedef enum wr_defect {
    WR_DEFECT_MALFORMED,             /* the loader refuses it                                */
    WR_DEFECT_UNKNOWN_MEMBER,        /* nobody would look at it                              */
    WR_DEFECT_THUMBPRINT,            /* no hash: of another length, or with text beside it   */
    WR_DEFECT_DUPLICATE_CERTIFICATE, /* two keys for one certificate                         */
    WR_DEFECT_DUPLICATE_ITEM,        /* two items that ask the same                          */
    WR_DEFECT_HASH_MISMATCH,         /* SHA-1 and SHA-256 are of different certificates      */
    WR_DEFECT_SUBJECT_MISMATCH,      /* not the subject of the certificate with this hash    */
    WR_DEFECT_ISSUER_MISMATCH,
    WR_DEFECT_SERIAL_MISMATCH,
    WR_DEFECT_DISABLED,      /* the root list does not let it be used as the item asks        */
    WR_DEFECT_RESTRICTED,    /* the root list lets it, but only for what is old               */
    WR_DEFECT_DISALLOWED,    /* the disallowed list refuses it                                */
    WR_DEFECT_EXPIRED,       /* and the item does not accept that                             */
    WR_DEFECT_ANY_OF_AS_ALL, /* alternatives that are all required                            */
    WR_NUM_DEFECTS
} wr_defect;

/* From here on they are of an item, which may say that its author knows them. */
#define WR_FIRST_ITEM_DEFECT WR_DEFECT_DISABLED

/* The names in the order of wr_defect, and NULL. */
extern const char *const wr_defect_names[];

/* One place in the text of a profile that the loader would refuse. */
typedef struct wr_fault {
    wr_defect defect;
    const char *pointer; /* JSON pointer, "" = the whole */
    const char *message;
} wr_fault;

typedef WR_LIST(wr_fault) wr_faults;

#endif
