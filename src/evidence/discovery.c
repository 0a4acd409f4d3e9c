#include "evidence/discovery.h"

#include "source/pattern.h"

#include <string.h>

#define CONFIG     "Windows/System32/config/"
#define OLD_CONFIG "WINNT/System32/config/" /* until Windows 2000 */
#define STORES     "Microsoft/SystemCertificates/"
#define CACHE      "Microsoft/CryptnetUrlCache/Content/*"

/* The first row that matches counts. */
static const wr_discovery table[] = {
    { false, CONFIG "SOFTWARE", WR_FIND_MACHINE, NULL },
    { false, CONFIG "SYSTEM", WR_FIND_HIVE, NULL },
    { false, CONFIG "DEFAULT", WR_FIND_HIVE, NULL },
    { false, CONFIG "SOFTWARE.LOG*", WR_FIND_LOG, NULL },
    { false, CONFIG "SYSTEM.LOG*", WR_FIND_LOG, NULL },
    { false, CONFIG "DEFAULT.LOG*", WR_FIND_LOG, NULL },
    { false, CONFIG "RegBack/SOFTWARE", WR_FIND_BACKUP, NULL },
    { false, CONFIG "RegBack/SYSTEM", WR_FIND_BACKUP, NULL },
    { false, CONFIG "RegBack/DEFAULT", WR_FIND_BACKUP, NULL },
    { false, OLD_CONFIG "SOFTWARE", WR_FIND_MACHINE, NULL },
    { false, OLD_CONFIG "SYSTEM", WR_FIND_HIVE, NULL },
    { false, OLD_CONFIG "DEFAULT", WR_FIND_HIVE, NULL },
    { false, OLD_CONFIG "*.LOG", WR_FIND_LOG, NULL },
    { false, "RegBack/SOFTWARE", WR_FIND_BACKUP, NULL }, /* of a config folder alone */
    { false, "RegBack/SYSTEM", WR_FIND_BACKUP, NULL },
    { false, "RegBack/DEFAULT", WR_FIND_BACKUP, NULL },
    { true, "NTUSER.DAT", WR_FIND_HIVE, NULL },
    { true, "NTUSER.DAT.LOG*", WR_FIND_LOG, NULL },
    { true, "AppData/Roaming/" STORES "My/Certificates/*", WR_FIND_STORE, "My" },
    { true, "AppData/Roaming/" STORES "My/CRLs/*", WR_FIND_STORE, "My" },
    { true, "AppData/Roaming/" STORES "My/CTLs/*", WR_FIND_STORE, "My" },
    { true, "AppData/Roaming/" STORES "Request/Certificates/*", WR_FIND_STORE, "Request" },
    { true, "AppData/Roaming/" STORES "Request/CRLs/*", WR_FIND_STORE, "Request" },
    { true, "AppData/Roaming/" STORES "Request/CTLs/*", WR_FIND_STORE, "Request" },
    { true, "Application Data/" STORES "My/Certificates/*", WR_FIND_STORE, "My" },
    { true, "Application Data/" STORES "Request/Certificates/*", WR_FIND_STORE, "Request" },
    { true, "AppData/LocalLow/" CACHE, WR_FIND_CACHE, NULL },
    { true, "Application Data/" CACHE, WR_FIND_CACHE, NULL },
    { false, "authroot.stl", WR_FIND_LIST, NULL },
    { false, "authrootstl.cab", WR_FIND_LIST, NULL },
    { false, "disallowedcert.stl", WR_FIND_LIST, NULL },
    { false, "disallowedcertstl.cab", WR_FIND_LIST, NULL },
    { false, "pinrules.stl", WR_FIND_LIST, NULL },
    { false, "pinrulesstl.cab", WR_FIND_LIST, NULL },
    { false, "Windows/System32/GroupPolicy/Machine/Registry.pol", WR_FIND_POLICY, NULL },
    { false, "Windows/System32/GroupPolicy/User/Registry.pol", WR_FIND_POLICY, NULL },
    { false, "Windows/System32/GroupPolicyUsers/*/User/Registry.pol", WR_FIND_POLICY, NULL },
    { false, "Windows/SYSVOL/domain/Policies/*/Machine/Registry.pol", WR_FIND_POLICY, NULL },
    { false, "Windows/SYSVOL/domain/Policies/*/User/Registry.pol", WR_FIND_POLICY, NULL },
    { false, "DomainSysvol/GPO/Machine/Registry.pol", WR_FIND_POLICY, NULL }, /* a GPO backup */
    { false, "DomainSysvol/GPO/User/Registry.pol", WR_FIND_POLICY, NULL },
    { false, "Windows/System32/crypt32.dll", WR_FIND_NOTED, NULL },
};

#define NUM_ROWS (sizeof table / sizeof *table)

/* Folders of accounts. */
static const char *const profiles[] = {
    "Users/*",
    "Documents and Settings/*",
    "Windows/ServiceProfiles/*",
    "Windows/System32/config/systemprofile",
    "Windows/SysWOW64/config/systemprofile",
};

#define NUM_PROFILES (sizeof profiles / sizeof *profiles)

size_t wr_discovery_count(void)
{
    return NUM_ROWS;
}

const wr_discovery *wr_discovery_row(size_t i)
{
    return &table[i];
}

/* `path` behind the folder that `folder` says, NULL where it does not begin so. */
static const char *below(const char *path, const char *folder)
{
    size_t names = 1;
    const char *end = path;
    char head[1024];

    for (const char *p = folder; *p; p++)
        names += *p == '/';
    while (names && (end = strchr(end, '/')))
        if (--names)
            end++;
    if (!end || (size_t)(end - path) >= sizeof head)
        return NULL;
    memcpy(head, path, (size_t)(end - path));
    head[end - path] = '\0';
    return wr_pattern_matches(folder, head) ? end + 1 : NULL;
}

static const wr_discovery *row_at(const char *path)
{
    const char *inside = NULL;

    for (size_t i = 0; i < NUM_PROFILES && !inside; i++)
        inside = below(path, profiles[i]);
    for (size_t i = 0; i < NUM_ROWS; i++) {
        const char *p = table[i].of_profile ? inside : path;
        if (p && wr_pattern_matches(table[i].pattern, p))
            return &table[i];
    }
    return NULL;
}

const wr_discovery *wr_discovery_of(const char *path, size_t *root)
{
    for (const char *p = path; p; p = strchr(p, '/'), p = p ? p + 1 : NULL) {
        const wr_discovery *row = row_at(p);
        if (row) {
            *root = (size_t)(p - path);
            return row;
        }
    }
    return NULL;
}

typedef struct patterns {
    WR_LIST(const char *) list;
} patterns;

static bool add(patterns *out, const char *pattern, wr_arena *arena)
{
    const char **slot = pattern ? WR_APPEND(arena, &out->list, const char *) : NULL;

    if (slot)
        *slot = pattern;
    return slot != NULL;
}

static bool add_row(patterns *out, const wr_discovery *row, const char *before, wr_arena *arena)
{
    if (!row->of_profile)
        return add(out, wr_arena_format(arena, "%s%s", before, row->pattern), arena);
    for (size_t i = 0; i < NUM_PROFILES; i++)
        if (!add(out, wr_arena_format(arena, "%s%s/%s", before, profiles[i], row->pattern), arena))
            return false;
    return true;
}

const char *const *wr_discovery_patterns(wr_arena *arena, bool old)
{
    patterns out = { { 0 } };
    const char **end;

    for (size_t i = 0; i < NUM_ROWS; i++)
        if (table[i].what != WR_FIND_NOTED &&
            (!add_row(&out, &table[i], "", arena) ||
             (old && !add_row(&out, &table[i], "Windows.old/", arena))))
            return NULL;
    if (!(end = WR_APPEND(arena, &out.list, const char *)))
        return NULL;
    *end = NULL;
    return out.list.items;
}
