#include "evidence/mount.h"

#include "base/text.h"
#include "evidence/profile_path.h"

#include <string.h>

/* A hive is known by keys that only it has; the first row that is there decides.  OBSERVED SYSTEM
 * hives of Windows 10: they have a key Software\Microsoft as well, so Select comes first.  A user's
 * Software key looks like the machine's but for what Explorer keeps for users alone. */
static const struct {
    const char *path, *value;
    wr_role role;
    bool software;
} marks[] = {
    { "Select", NULL, WR_ROLE_SYSTEM, false },
    { "Microsoft\\Windows NT\\CurrentVersion", "CurrentBuild", WR_ROLE_SOFTWARE, false },
    { "Microsoft\\Windows NT\\CurrentVersion", "ProductName", WR_ROLE_SOFTWARE, false },
    { "Microsoft\\SystemCertificates\\Root\\ProtectedRoots", NULL, WR_ROLE_USER, true },
    { "Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist", NULL, WR_ROLE_USER, true },
    { "Microsoft\\Windows\\CurrentVersion\\Explorer\\RunMRU", NULL, WR_ROLE_USER, true },
    { "Microsoft\\SystemCertificates", NULL, WR_ROLE_SOFTWARE, false },
    { "Microsoft\\Windows NT\\CurrentVersion", NULL, WR_ROLE_SOFTWARE, false },
    { "Microsoft\\EnterpriseCertificates", NULL, WR_ROLE_SOFTWARE, false },
    { "Policies\\Microsoft\\SystemCertificates", NULL, WR_ROLE_SOFTWARE, false },
    { "Software\\Microsoft\\WCOSCertificates", NULL, WR_ROLE_OSDATA, false },
    { "Software\\Microsoft", NULL, WR_ROLE_USER, false },
    { "Software\\Policies", NULL, WR_ROLE_USER, false },
};

/* Sets role and software; HIVE where no mark is there.  Damage is reported where the keys are read
 * for their content. */
static void recognise(wr_mount *m)
{
    wr_diags quiet = { 0 };
    wr_arena none;
    wr_registry_key key;
    wr_registry_value value;

    wr_arena_init(&none, 0);
    wr_diags_init(&quiet, &none);
    m->role = WR_ROLE_HIVE;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (wr_registry_find(&m->registry, &m->key, marks[i].path, &quiet, &key) &&
            (!marks[i].value ||
             wr_registry_find_value(&m->registry, &key, marks[i].value, &quiet, &value))) {
            m->role = marks[i].role;
            m->software = marks[i].software;
            return;
        }
}

/* Appends the mount unless it holds nothing for us. */
static bool keep(const wr_mount *m, wr_arena *arena, wr_mounts *out, wr_error *err)
{
    wr_mount *added;

    if (m->role == WR_ROLE_HIVE)
        return true;
    if (!(added = WR_APPEND(arena, &out->list, wr_mount)))
        return wr_fail_memory(err);
    *added = *m;
    return true;
}

/* Whose it is: by the path, by the name that the hive itself stores, else the file's name. */
static const char *owner_of(const char *path, const char *stored, wr_arena *arena)
{
    const char *owner = wr_profile_owner(path, arena);

    if (owner && !*owner && stored)
        owner = wr_profile_owner(stored, arena);
    if (owner && !*owner)
        owner = wr_arena_text(arena, wr_path_base(path));
    return owner;
}

bool wr_mounts_of_hive(const wr_regf *hive, const char *source, const char *path, wr_arena *arena,
                       wr_mounts *out, wr_error *err)
{
    wr_mount m = { .registry = { .hive = hive }, .path = "", .source = source };
    wr_error damage; /* a hive without a root key is said where it is read */

    if (!wr_registry_root(&m.registry, &m.key, &damage))
        return true;
    recognise(&m);
    if (m.role == WR_ROLE_USER && !(m.owner = owner_of(path, hive->file_name, arena)))
        return wr_fail_memory(err);
    return keep(&m, arena, out, err);
}

typedef struct place {
    const wr_reg_tree *tree;
    const char *source, *path;
    wr_arena *arena;
} place;

/* Names below HKEY_LOCAL_MACHINE that say what they are. */
static const struct {
    const char *name;
    wr_role role;
} machine_hives[] = {
    { "SOFTWARE", WR_ROLE_SOFTWARE },
    { "SYSTEM", WR_ROLE_SYSTEM },
    { "OSDATA", WR_ROLE_OSDATA },
};

static void machine_mount(const char *name, wr_mount *m)
{
    recognise(m);
    for (size_t i = 0; i < sizeof machine_hives / sizeof *machine_hives; i++)
        if (!wr_text_compare(name, machine_hives[i].name)) {
            m->role = machine_hives[i].role;
            m->software = false;
        }
    m->owner = m->role == WR_ROLE_USER ? name : NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), e = strlen(end);

    return n >= e && !wr_text_compare(text + n - e, end);
}

static void user_mount(const char *name, wr_mount *m)
{
    bool is_sid = !strncmp(name, "S-1-", 4), is_default = !wr_text_compare(name, ".DEFAULT");

    recognise(m);
    if (ends_with(name, "_Classes")) /* file types: no store is there */
        m->role = WR_ROLE_HIVE;
    else if (is_sid || is_default)
        m->role = WR_ROLE_USER;
    m->owner = m->role == WR_ROLE_USER ? is_default ? "S-1-5-18" : name : NULL;
}

/* The key of a mount, and its path. */
static wr_mount mount_at(const place *p, const wr_registry_key *key, const char *path)
{
    return (wr_mount){ .registry = { .tree = p->tree },
                       .key = *key,
                       .path = path,
                       .role = WR_ROLE_HIVE,
                       .is_export = true,
                       .source = p->source };
}

/* Every key below a root key is a mount of its own. */
static bool mounts_below(const place *p, const wr_registry_key *root, const char *root_name,
                         void (*fill)(const char *, wr_mount *), wr_mounts *out, wr_error *err)
{
    wr_registry registry = { .tree = p->tree };
    wr_diags unused = { 0 };
    wr_registry_iter it;
    wr_registry_key key;

    wr_registry_subkeys(&registry, root, root_name, &unused, &it);
    while (wr_registry_next(&it, &key)) {
        const char *name = wr_registry_name(&registry, &key, p->arena);
        const char *path = name ? wr_arena_format(p->arena, "%s\\%s", root_name, name) : NULL;
        wr_mount m;
        if (!path)
            return wr_fail_memory(err);
        m = mount_at(p, &key, path);
        fill(name, &m);
        if (!keep(&m, p->arena, out, err))
            return false;
    }
    return true;
}

bool wr_mounts_of_text(const wr_reg_tree *tree, const char *source, const char *path,
                       wr_arena *arena, wr_mounts *out, wr_error *err)
{
    static const struct {
        const char *name;
        void (*fill)(const char *, wr_mount *);
    } roots[] = {
        { "HKEY_LOCAL_MACHINE", machine_mount },
        { "HKLM", machine_mount },
        { "HKEY_USERS", user_mount },
        { "HKU", user_mount },
        { "HKEY_CURRENT_USER", NULL },
        { "HKCU", NULL },
    };
    place at = { tree, source, path, arena };
    wr_registry registry = { .tree = tree };
    wr_diags unused = { 0 };
    wr_registry_key root, key;

    if (!wr_registry_root(&registry, &root, err))
        return false;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        wr_mount m;
        if (!wr_registry_find(&registry, &root, roots[i].name, &unused, &key))
            continue;
        if (roots[i].fill) {
            if (!mounts_below(&at, &key, roots[i].name, roots[i].fill, out, err))
                return false;
            continue;
        }
        m = mount_at(&at, &key, roots[i].name);
        m.role = WR_ROLE_USER;
        if (!(m.owner = owner_of(path, NULL, arena)))
            return wr_fail_memory(err);
        if (!keep(&m, arena, out, err))
            return false;
    }
    return true;
}

bool wr_mounts_of_policy(const wr_reg_tree *tree, const char *source, const char *path,
                         wr_arena *arena, wr_mounts *out, wr_error *err)
{
    place at = { tree, source, path, arena };
    wr_registry registry = { .tree = tree };
    wr_diags unused = { 0 };
    wr_registry_key root, key;
    wr_mount m;

    if (!wr_registry_root(&registry, &root, err))
        return false;
    if (wr_path_ends(path, "User/Registry.pol")) {
        m = mount_at(&at, &root, "");
        m.role = WR_ROLE_USER;
    } else {
        if (!wr_registry_find(&registry, &root, "Software", &unused, &key))
            return true;
        m = mount_at(&at, &key, "Software");
        m.role = WR_ROLE_SOFTWARE;
    }
    m.intent = true;
    return keep(&m, arena, out, err);
}
