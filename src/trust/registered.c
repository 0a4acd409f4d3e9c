#include "trust/registered.h"

#include "base/text.h"
#include "store/physical_store.h"

#include <string.h>

static const char *const names[WR_NUM_MEMBERS] = {
    [WR_MEMBER_DEFAULT] = ".Default",
    [WR_MEMBER_AUTHROOT] = ".AuthRoot",
    [WR_MEMBER_GROUP_POLICY] = ".GroupPolicy",
    [WR_MEMBER_ENTERPRISE] = ".Enterprise",
    [WR_MEMBER_LOCAL_MACHINE] = ".LocalMachine",
};

static bool is_elsewhere(const wr_physical_store *p)
{
    return !wr_physical_store_is_shut(p) && *p->provider && strcmp(p->provider, "#0") != 0;
}

void wr_registered_note(wr_registered *r, const wr_physical_store *p)
{
    for (size_t i = 0; i < WR_NUM_MEMBERS; i++)
        if (!r->members[i] && !wr_text_compare(p->name, names[i]))
            r->members[i] = p;
    if (!r->elsewhere && is_elsewhere(p))
        r->elsewhere = p;
}
