#include "require/defect.h"

const char *const wr_defect_names[] = {
    [WR_DEFECT_MALFORMED] = "malformed",
    [WR_DEFECT_UNKNOWN_MEMBER] = "unknown_member",
    [WR_DEFECT_THUMBPRINT] = "thumbprint",
    [WR_DEFECT_DUPLICATE_CERTIFICATE] = "duplicate_certificate",
    [WR_DEFECT_DUPLICATE_ITEM] = "duplicate_item",
    [WR_DEFECT_HASH_MISMATCH] = "hash_mismatch",
    [WR_DEFECT_SUBJECT_MISMATCH] = "subject_mismatch",
    [WR_DEFECT_ISSUER_MISMATCH] = "issuer_mismatch",
    [WR_DEFECT_SERIAL_MISMATCH] = "serial_mismatch",
    [WR_DEFECT_DISABLED] = "disabled",
    [WR_DEFECT_RESTRICTED] = "restricted",
    [WR_DEFECT_DISALLOWED] = "disallowed",
    [WR_DEFECT_EXPIRED] = "expired",
    [WR_DEFECT_ANY_OF_AS_ALL] = "any_of_as_all",
    [WR_NUM_DEFECTS] = NULL,
};
