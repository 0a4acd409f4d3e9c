/* restriction.h - what the properties of one copy of a certificate limit: 9, 84, 104, 122, 126,
 * 127, 128.
 *
 * SPEC windows-trust 4.4: the attributes of a list's entry are laid over the stored properties; one
 * that is present replaces, an empty date clears, an absent one leaves the stored one standing. */
#ifndef WR_TRUST_RESTRICTION_H
#define WR_TRUST_RESTRICTION_H

#include "format/ctl.h"
#include "format/property.h"

typedef enum wr_date_state {
    WR_DATE_ABSENT,
    WR_DATE_EMPTY, /* an earlier cut-off is withdrawn: no effect */
    WR_DATE_SET
} wr_date_state;

typedef struct wr_restriction {
    bool has_purposes; /* property 9; empty = none at all */
    wr_oids purposes;
    bool has_removed; /* property 122 */
    wr_oids removed;
    wr_date_state disabled; /* property 104 */
    wr_time disabled_from;
    wr_date_state not_before; /* property 126 */
    wr_time not_before_from;
    bool has_not_before_purposes; /* property 127 */
    wr_oids not_before_purposes;
    wr_date_state ca_disabled; /* property 128 */
    wr_time ca_disabled_from;
    bool name_constraints; /* property 84 */
    uint32_t unreadable;   /* id of a property that could not be decoded, 0 = none */
} wr_restriction;

/* `stored` and `listed` may be NULL.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_restriction_read(const wr_element *stored, const wr_ctl_entry *listed,
                                     wr_arena *arena, wr_restriction *out, wr_error *err);

#endif
