#include "trust/restriction.h"

static bool look_up(const wr_element *stored, const wr_ctl_entry *listed, uint32_t id, wr_view *out)
{
    return (listed && wr_ctl_entry_property(listed, id, out)) ||
           (stored && wr_element_property(stored, id, out));
}

static bool read_purposes(const wr_element *stored, const wr_ctl_entry *listed, uint32_t id,
                          wr_arena *arena, wr_restriction *r, bool *has, wr_oids *out,
                          wr_error *err)
{
    wr_view data;

    *has = look_up(stored, listed, id, &data);
    if (!*has || wr_oids_parse(data, arena, out, err))
        return true;
    r->unreadable = id;
    return err->code != WR_E_NO_MEMORY;
}

static void read_date(const wr_element *stored, const wr_ctl_entry *listed, uint32_t id,
                      wr_restriction *r, wr_date_state *state, wr_time *out)
{
    wr_view data;

    *state = WR_DATE_ABSENT;
    if (!look_up(stored, listed, id, &data))
        return;
    if (!data.len)
        *state = WR_DATE_EMPTY;
    else if (data.len == 8 && wr_u64le_at(data, 0, out))
        *state = WR_DATE_SET;
    else
        r->unreadable = id;
}

bool wr_restriction_read(const wr_element *stored, const wr_ctl_entry *listed, wr_arena *arena,
                         wr_restriction *out, wr_error *err)
{
    wr_restriction r = { 0 };
    wr_view ignored;

    if (!read_purposes(stored, listed, WR_PROP_ENHKEY_USAGE, arena, &r, &r.has_purposes,
                       &r.purposes, err) ||
        !read_purposes(stored, listed, WR_PROP_DISALLOWED_ENHKEY_USAGE, arena, &r, &r.has_removed,
                       &r.removed, err) ||
        !read_purposes(stored, listed, WR_PROP_NOT_BEFORE_ENHKEY_USAGE, arena, &r,
                       &r.has_not_before_purposes, &r.not_before_purposes, err))
        return false;
    read_date(stored, listed, WR_PROP_DISALLOWED_FILETIME, &r, &r.disabled, &r.disabled_from);
    read_date(stored, listed, WR_PROP_NOT_BEFORE_FILETIME, &r, &r.not_before, &r.not_before_from);
    read_date(stored, listed, WR_PROP_DISALLOWED_CA_FILETIME, &r, &r.ca_disabled,
              &r.ca_disabled_from);
    r.name_constraints = look_up(stored, listed, WR_PROP_ROOT_PROGRAM_NAME_CONSTRAINTS, &ignored);
    *out = r;
    return true;
}
