#include "output/property_form.h"

#include "format/property.h"

static const struct {
    uint32_t id;
    wr_property_form form;
    const char *meaning;
} properties[] = {
    { WR_PROP_ENHKEY_USAGE, WR_PROPERTY_OIDS, "purposes" },
    { WR_PROP_FRIENDLY_NAME, WR_PROPERTY_STRING, "friendly name" },
    { WR_PROP_ROOT_PROGRAM_CERT_POLICIES, WR_PROPERTY_HEX, "certificate policies" },
    { WR_PROP_ROOT_PROGRAM_NAME_CONSTRAINTS, WR_PROPERTY_HEX, "name constraints" },
    { WR_PROP_DISALLOWED_FILETIME, WR_PROPERTY_DATE, "disabled from" },
    { WR_PROP_ROOT_PROGRAM_CHAIN_POLICIES, WR_PROPERTY_OIDS, "chain policies" },
    { WR_PROP_DISALLOWED_ENHKEY_USAGE, WR_PROPERTY_OIDS, "disabled purposes" },
    { WR_PROP_NOT_BEFORE_FILETIME, WR_PROPERTY_DATE, "only end certificates before" },
    { WR_PROP_NOT_BEFORE_ENHKEY_USAGE, WR_PROPERTY_OIDS, "purposes of that date" },
    { WR_PROP_DISALLOWED_CA_FILETIME, WR_PROPERTY_DATE, "CA disabled from" },
};

#define COUNT (sizeof properties / sizeof *properties)

wr_property_form wr_property_form_of(uint32_t id)
{
    for (size_t i = 0; i < COUNT; i++)
        if (properties[i].id == id)
            return properties[i].form;
    return WR_PROPERTY_HEX;
}

const char *wr_property_meaning(uint32_t id)
{
    for (size_t i = 0; i < COUNT; i++)
        if (properties[i].id == id)
            return properties[i].meaning;
    return "";
}
