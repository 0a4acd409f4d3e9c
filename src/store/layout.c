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

/* What stands before a row's path. */
static const char *root_of(const wr_layout *row, const char *owner, bool in_policy)
{
    if (row->hive == WR_ROLE_SOFTWARE)
        return in_policy ? "Software\\" : "HKEY_LOCAL_MACHINE\\SOFTWARE\\";
    if (in_policy)
        return "";
    return owner && !strncmp(owner, "S-1-", 4) ? "HKEY_USERS\\" : "HKEY_CURRENT_USER\\";
}

bool wr_layout_key(wr_location location, const char *owner, const char *name, bool in_policy,
                   wr_arena *arena, const char **out, wr_error *err)
{
    for (size_t i = 0; location <= WR_CU_GROUP_POLICY && i < wr_layout_count(); i++) {
        const wr_layout *row = wr_layout_row(i);
        const char *root = root_of(row, owner, in_policy);
        bool by_sid = !strcmp(root, "HKEY_USERS\\");
        if (row->location != location)
            continue;
        *out = row->per_service ? wr_arena_format(arena, "%s%s\\%s\\SystemCertificates\\%s", root,
                                                  row->path, owner, name)
                                : wr_arena_format(arena, "%s%s%s%s\\%s", root, by_sid ? owner : "",
                                                  by_sid ? "\\" : "", row->path, name);
        return *out || wr_fail_memory(err);
    }
    return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET,
                   "a store of %s/%.60s is not written: say another place with --store",
                   wr_location_name(location), name);
}

/* The last name of a path that begins with '\\', which is cut off; "" where none is left. */
static char *cut_name(char *path)
{
    char *slash = strrchr(path, '\\');

    if (!slash)
        return path;
    *slash = '\0';
    return slash + 1;
}

/* True when a path is that of a row; where its beginning is lost, when it is the end of one. */
static bool leads_to(const char *path, bool lost, const char *row)
{
    size_t n = strlen(path), m = strlen(row);

    return (n && !wr_text_compare(path + 1, row)) ||
           (lost && n <= m && !wr_text_compare(row + m - n, path));
}

/* Cuts "\\SERVICE\\SystemCertificates" off a path; NULL where that is not its end. */
static const char *cut_service(char *path)
{
    const char *service;

    if (wr_text_compare(cut_name(path), "SystemCertificates"))
        return NULL;
    service = cut_name(path);
    return *service && *path ? service : NULL;
}

bool wr_layout_place_of(const wr_mount *mount, const char *path, wr_arena *arena,
                        wr_layout_place *out, wr_error *err)
{
    static const char *const parts[] = { "Certificates", "CRLs", "CTLs" };
    wr_layout_place place = { .store = "" };
    char *text = wr_arena_format(arena, "\\%s", path);
    const char *part, *store, *service;
    char *head, *services; /* what is to be the path of a row */
    bool lost = path[0] == '?' && (!path[1] || path[1] == '\\'), is_part = false;
    size_t matches = 0;

    if (!text)
        return wr_fail_memory(err);
    cut_name(text);
    part = cut_name(text);
    store = cut_name(text);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        is_part |= !wr_text_compare(part, parts[i]);
    is_part = is_part && *store && (!lost || *text); /* else "?" is all that is left for a store */
    head = lost && *text ? text + strlen("\\?") : text;
    if (!(services = wr_arena_text(arena, head)))
        return wr_fail_memory(err);
    service = cut_service(services);
    for (size_t i = 0; is_part && i < wr_layout_count(); i++) {
        const wr_layout *row = wr_layout_row(i);
        const char *stores = wr_mount_path(mount, row->path);
        bool matched = row->per_service ? service && leads_to(services, lost, stores)
                                        : leads_to(head, lost, stores);
        if (row->hive == mount->role && matched)
            place = (wr_layout_place){ wr_store_name(store), !matches++, row->location,
                                       row->per_service ? service : NULL };
    }
    if (!place.located)
        place.service = NULL;
    *out = place;
    return true;
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
