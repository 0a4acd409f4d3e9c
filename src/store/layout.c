#include "store/layout.h"

#include "base/text.h"

#include <string.h>

/* SPEC windows-trust 1.1.  Only "Policies": "Policy", which one page prints, is a typing error.
 * Windows reads no store below Wow6432Node, since the keys are shared between the views: what lies
 * there is an anomaly. */
static const wr_layout table[] = {
    { WR_ROLE_SOFTWARE, "Microsoft\\SystemCertificates", false, WR_LM },
    { WR_ROLE_SOFTWARE, "Policies\\Microsoft\\SystemCertificates", false, WR_LM_GROUP_POLICY },
    { WR_ROLE_SOFTWARE, "Microsoft\\EnterpriseCertificates", false, WR_LM_ENTERPRISE },
    { WR_ROLE_SOFTWARE, "Microsoft\\Cryptography\\Services", true, WR_LM_SERVICE },
    { WR_ROLE_SOFTWARE, "Wow6432Node\\Microsoft\\SystemCertificates", false, WR_LM_WOW64 },
    { WR_ROLE_SOFTWARE, "Wow6432Node\\Policies\\Microsoft\\SystemCertificates", false,
      WR_LM_WOW64 },
    { WR_ROLE_SOFTWARE, "Wow6432Node\\Microsoft\\EnterpriseCertificates", false, WR_LM_WOW64 },
    { WR_ROLE_OSDATA, "Software\\Microsoft\\WCOSCertificates", false, WR_LM_WCOS },
    { WR_ROLE_USER, "Software\\Microsoft\\SystemCertificates", false, WR_CU },
    { WR_ROLE_USER, "Software\\Policies\\Microsoft\\SystemCertificates", false,
      WR_CU_GROUP_POLICY },
};

size_t wr_layout_count(void)
{
    return sizeof table / sizeof *table;
}

const wr_layout *wr_layout_row(size_t i)
{
    return &table[i];
}

const char *wr_mount_path(const wr_mount *mount, const char *path)
{
    static const char top[] = "Software\\";

    return mount->software && !strncmp(path, top, sizeof top - 1) ? path + sizeof top - 1 : path;
}

/* "MY" until Windows 10 is "My" in Windows 11, "ROOT" and "Root" stand side by side in one hive. */
static const char *const store_names[] = {
    "Root",
    "AuthRoot",
    "CA",
    "Disallowed",
    "TrustedPublisher",
    "TrustedPeople",
    "TrustedDevices",
    "My",
    "Request",
    "Trust",
    "UserDS",
    "ACRS",
    "NTAuth",
    "SmartCardRoot",
    "ClientAuthIssuer",
    "FlightRoot",
    "TestSignRoot",
    "AddressBook",
    "Remote Desktop",
    "Windows Live ID Token Issuer",
};

const char *wr_store_name(const char *name)
{
    for (size_t i = 0; i < sizeof store_names / sizeof *store_names; i++)
        if (!wr_text_compare(name, store_names[i]))
            return store_names[i];
    return name;
}

bool wr_store_place_parse(const char *text, wr_arena *arena, wr_location *location,
                          const char **owner, const char **name, wr_error *err)
{
    const char *slash = strchr(text, '/');
    char *place, *store, *colon;

    /* An owner may hold a '/' ("CU:Users/alice"), so the store is what stands behind the last one.
     */
    if (slash)
        slash = strrchr(text, '/');
    if (!slash || slash == text || !slash[1])
        goto wrong;
    if (!(place = wr_arena_text(arena, text)) || !(store = wr_arena_text(arena, slash + 1)))
        return wr_fail_memory(err);
    place[slash - text] = '\0';
    colon = strchr(place, ':');
    if (colon)
        *colon = '\0';
    for (int l = WR_LM; l <= WR_CU_GROUP_POLICY; l++) {
        bool has_owner = l == WR_LM_SERVICE || l == WR_CU || l == WR_CU_GROUP_POLICY;
        if (wr_text_compare(place, wr_location_name((wr_location)l)))
            continue;
        if (has_owner != (colon && colon[1]))
            goto wrong;
        *location = (wr_location)l;
        *owner = has_owner ? colon + 1 : NULL;
        *name = wr_store_name(store);
        return true;
    }
wrong:
    return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET,
                   "\"%.60s\" is no store place: expected LM/NAME, LM-GroupPolicy/NAME, "
                   "LM-Enterprise/NAME, LM-Service:SERVICE/NAME, CU:USER/NAME or "
                   "CU-GroupPolicy:USER/NAME, such as LM/Root",
                   text);
}
