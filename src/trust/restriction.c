#include "trust/restriction.h"

/* The properties that restrict, found in one pass over the copy's and one over the entry's: every
 * certificate is asked for all of them. */
enum { PURPOSES, REMOVED, NOT_BEFORE_PURPOSES, DISABLED, NOT_BEFORE, CA_DISABLED, NAMES, COUNT };

static const uint32_t ids[COUNT] = {
    [PURPOSES] = WR_PROP_ENHKEY_USAGE,
    [REMOVED] = WR_PROP_DISALLOWED_ENHKEY_USAGE,
    [NOT_BEFORE_PURPOSES] = WR_PROP_NOT_BEFORE_ENHKEY_USAGE,
    [DISABLED] = WR_PROP_DISALLOWED_FILETIME,
    [NOT_BEFORE] = WR_PROP_NOT_BEFORE_FILETIME,
    [CA_DISABLED] = WR_PROP_DISALLOWED_CA_FILETIME,
    [NAMES] = WR_PROP_ROOT_PROGRAM_NAME_CONSTRAINTS,
};

typedef struct property {
    bool has, listed;
    wr_view data;
} property;

static int place_of(uint32_t id)
{
    int i = 0;

    while (i < COUNT && ids[i] != id)
        i++;
    return i;
}

/* Of one that is repeated the last counts in a copy and the first in an entry, which goes before
 * the copy. */
static void gather(const wr_element *stored, const wr_ctl_entry *listed, property found[COUNT])
{
    wr_view oid, values, data;
    size_t at = 0;
    wr_property p;
    uint32_t id;
    int i;

    while (stored && wr_element_next(stored, &at, &p))
        if ((i = place_of(p.id)) < COUNT)
            found[i] = (property){ true, false, p.data };
    at = 0;
    while (listed && wr_ctl_entry_next(listed, &at, &oid, &values))
        if (wr_ctl_property_of(oid, values, &id, &data) && (i = place_of(id)) < COUNT &&
            !found[i].listed)
            found[i] = (property){ true, true, data };
}

static bool read_purposes(const property *p, uint32_t id, wr_arena *arena, wr_restriction *r,
                          bool *has, wr_oids *out, wr_error *err)
{
    *has = p->has;
    if (!*has || wr_oids_parse(p->data, arena, out, err))
        return true;
    r->unreadable = id;
    return err->code != WR_E_NO_MEMORY;
}

static void read_date(const property *p, uint32_t id, wr_restriction *r, wr_date_state *state,
                      wr_time *out)
{
    *state = WR_DATE_ABSENT;
    if (!p->has)
        return;
    if (!p->data.len)
        *state = WR_DATE_EMPTY;
    else if (p->data.len == 8 && wr_u64le_at(p->data, 0, out))
        *state = WR_DATE_SET;
    else
        r->unreadable = id;
}

bool wr_restriction_read(const wr_element *stored, const wr_ctl_entry *listed, wr_arena *arena,
                         wr_restriction *out, wr_error *err)
{
    property found[COUNT] = { { false, false, { 0 } } };
    wr_restriction r = { 0 };

    gather(stored, listed, found);
    if (!read_purposes(&found[PURPOSES], ids[PURPOSES], arena, &r, &r.has_purposes, &r.purposes,
                       err) ||
        !read_purposes(&found[REMOVED], ids[REMOVED], arena, &r, &r.has_removed, &r.removed, err) ||
        !read_purposes(&found[NOT_BEFORE_PURPOSES], ids[NOT_BEFORE_PURPOSES], arena, &r,
                       &r.has_not_before_purposes, &r.not_before_purposes, err))
        return false;
    read_date(&found[DISABLED], ids[DISABLED], &r, &r.disabled, &r.disabled_from);
    read_date(&found[NOT_BEFORE], ids[NOT_BEFORE], &r, &r.not_before, &r.not_before_from);
    read_date(&found[CA_DISABLED], ids[CA_DISABLED], &r, &r.ca_disabled, &r.ca_disabled_from);
    r.name_constraints = found[NAMES].has;
    *out = r;
    return true;
}
