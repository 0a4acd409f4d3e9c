#include "store/host_facts.h"

#include "base/text.h"
#include "evidence/profile_path.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Digits of a string value, as old Windows stores build and version. */
static uint32_t leading_number(const char *text)
{
    unsigned long n = strtoul(text, NULL, 10);
    return n > UINT32_MAX ? 0 : (uint32_t)n;
}

static bool collect_os(wr_model *m, const wr_mount *mount, wr_error *err)
{
    wr_os os = { .known = true, .product_name = "" };
    const char *text;
    wr_registry_key key;

    (void)err;
    if (!wr_registry_find(&mount->registry, &mount->key, "Microsoft\\Windows NT\\CurrentVersion",
                          m->diags, &key))
        return true;
    if (wr_registry_string(&mount->registry, &key, "ProductName", m->arena, m->diags, &text))
        os.product_name = text;
    if (wr_registry_string(&mount->registry, &key, "CurrentBuildNumber", m->arena, m->diags,
                           &text) ||
        wr_registry_string(&mount->registry, &key, "CurrentBuild", m->arena, m->diags, &text))
        os.build = leading_number(text);
    /* Windows 10 keeps 6.3 in CurrentVersion for old programs and the truth in two numbers. */
    if (!wr_registry_dword(&mount->registry, &key, "CurrentMajorVersionNumber", m->diags,
                           &os.major) ||
        !wr_registry_dword(&mount->registry, &key, "CurrentMinorVersionNumber", m->diags,
                           &os.minor)) {
        os.major = os.minor = 0;
        if (wr_registry_string(&mount->registry, &key, "CurrentVersion", m->arena, m->diags,
                               &text)) {
            const char *dot = strchr(text, '.');
            os.major = leading_number(text);
            os.minor = dot ? leading_number(dot + 1) : 0;
        }
    }
    os.revision_known = wr_registry_dword(&mount->registry, &key, "UBR", m->diags, &os.revision);
    if (os.build && os.major)
        m->host.os = os;
    return true;
}

/* "Package_for_KB3033929~31bf..." -> 3033929, 0 where it names none. */
static uint32_t kb_of(const char *name)
{
    const char *kb = strstr(name, "KB");
    return kb ? leading_number(kb + 2) : 0;
}

#define CBS_PACKAGES        "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages"
#define CBS_STATE_INSTALLED 112u /* OBSERVED plaso SOFTWARE: 0x70 on every package in use */

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* An update has many packages. */
static void drop_repeated(wr_model *m)
{
    uint32_t *items = m->host.updates.items;
    size_t kept = 0;

    for (size_t i = 0; i < m->host.updates.count; i++)
        if (!kept || items[i] != items[kept - 1])
            items[kept++] = items[i];
    m->host.updates.count = kept;
}

static bool collect_updates(wr_model *m, const wr_mount *mount, wr_error *err)
{
    wr_registry_iter it;
    wr_registry_key packages, package;

    if (!wr_registry_find(&mount->registry, &mount->key, CBS_PACKAGES, m->diags, &packages))
        return true;
    m->host.updates_known = true;
    wr_registry_subkeys(&mount->registry, &packages, CBS_PACKAGES, m->diags, &it);
    while (wr_registry_next(&it, &package)) {
        const char *name = wr_registry_name(&mount->registry, &package, m->arena);
        uint32_t state, *added, kb = name ? kb_of(name) : 0;

        if (!name)
            return wr_fail_memory(err);
        if (!kb ||
            !wr_registry_dword(&mount->registry, &package, "CurrentState", m->diags, &state) ||
            state != CBS_STATE_INSTALLED)
            continue;
        if (!(added = WR_APPEND(m->arena, &m->host.updates, uint32_t)))
            return wr_fail_memory(err);
        *added = kb;
    }
    if (m->host.updates.count)
        qsort(m->host.updates.items, m->host.updates.count, sizeof(uint32_t), compare_u32);
    drop_repeated(m);
    return true;
}

/* "C:\\Users\\alice" -> "Users/alice": as far as a path tells whose a file is. */
static const char *profile_folder(wr_model *m, const char *path)
{
    const char *whole = wr_arena_format(m->arena, "%s/NTUSER.DAT", path);

    return whole ? wr_profile_owner(whole, m->arena) : NULL;
}

static bool collect_profiles(wr_model *m, const wr_mount *mount, wr_error *err)
{
    static const char list[] = "Microsoft\\Windows NT\\CurrentVersion\\ProfileList";
    wr_registry_key key, profile;
    wr_registry_iter it;

    if (!wr_registry_find(&mount->registry, &mount->key, list, m->diags, &key))
        return true;
    wr_registry_subkeys(&mount->registry, &key, list, m->diags, &it);
    while (wr_registry_next(&it, &profile)) {
        const char *sid = wr_registry_name(&mount->registry, &profile, m->arena);
        const char *path, *folder;
        wr_profile_row *added;

        if (!sid)
            return wr_fail_memory(err);
        if (!wr_registry_string(&mount->registry, &profile, "ProfileImagePath", m->arena, m->diags,
                                &path))
            continue;
        if (!(folder = profile_folder(m, path)) ||
            !(added = WR_APPEND(m->arena, &m->profiles, wr_profile_row)))
            return wr_fail_memory(err);
        *added = (wr_profile_row){ sid, folder };
    }
    return true;
}

#define GUID_LENGTH 36

/* "3f2504e0-4f89-11d3-9a0c-0305e82c3301", lower-case; what has another form names no machine. */
static bool collect_machine_guid(wr_model *m, const wr_mount *mount, wr_error *err)
{
    wr_registry_key key;
    const char *text;
    char *guid;

    if (!wr_registry_find(&mount->registry, &mount->key, "Microsoft\\Cryptography", m->diags,
                          &key) ||
        !wr_registry_string(&mount->registry, &key, "MachineGuid", m->arena, m->diags, &text) ||
        strlen(text) != GUID_LENGTH)
        return true;
    if (!(guid = wr_arena_text(m->arena, text)))
        return wr_fail_memory(err);
    for (size_t i = 0; i < GUID_LENGTH; i++) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (guid[i] >= 'A' && guid[i] <= 'F')
            guid[i] = (char)(guid[i] - 'A' + 'a');
        if (dash ? guid[i] != '-' : !strchr("0123456789abcdef", guid[i]))
            return true;
    }
    m->host.machine_guid = guid;
    return true;
}

bool wr_collect_machine_facts(wr_model *m, const wr_mount *software, bool updates, wr_error *err)
{
    return collect_os(m, software, err) && collect_profiles(m, software, err) &&
           collect_machine_guid(m, software, err) &&
           (!updates || collect_updates(m, software, err));
}

bool wr_collect_computer_name(wr_model *m, const wr_mount *system, wr_error *err)
{
    wr_registry_key key;
    uint32_t current = 1;
    const char *path, *name;

    if (wr_registry_find(&system->registry, &system->key, "Select", m->diags, &key))
        (void)wr_registry_dword(&system->registry, &key, "Current", m->diags, &current);
    path = wr_arena_format(m->arena, "ControlSet%03" PRIu32 "\\Control\\ComputerName\\ComputerName",
                           current);
    if (!path)
        return wr_fail_memory(err);
    if (wr_registry_find(&system->registry, &system->key, path, m->diags, &key) &&
        wr_registry_string(&system->registry, &key, "ComputerName", m->arena, m->diags, &name))
        m->host.computer_name = name;
    return true;
}

/* What no calendar has is no time. */
static void observe(wr_model *m, wr_time t)
{
    wr_time last;

    if (wr_time_from_civil(9999, 12, 31, 23, 59, 59, &last) && t <= last && t > m->host.observed)
        m->host.observed = t;
}

void wr_observe_host(wr_model *m)
{
    const wr_root *root = m->evidence ? wr_evidence_root(m->evidence) : NULL;
    const size_t count = m->evidence ? wr_evidence_count(m->evidence) : 0;

    if (root)
        observe(m, root->taken);
    for (size_t i = 0; i < count; i++) {
        const wr_item *item = wr_evidence_item(m->evidence, i);
        if (item->kind == WR_KIND_REGF && item->readable)
            observe(m, item->hive.last_written);
    }
    for (size_t i = 0; i < m->instances.count; i++)
        observe(m, m->instances.items[i].last_write);
    for (size_t i = 0; i < m->others.count; i++)
        observe(m, m->others.items[i].last_write);
    for (size_t i = 0; i < m->policies.count; i++)
        observe(m, m->policies.items[i].last_write);
    for (size_t i = 0; i < m->users.count; i++)
        observe(m, m->users.items[i].last_write);
}

const char *wr_user_of(const wr_model *m, const char *owner)
{
    for (size_t i = 0; i < m->profiles.count; i++)
        if (*m->profiles.items[i].folder && !wr_text_compare(m->profiles.items[i].folder, owner))
            return m->profiles.items[i].sid;
    return owner;
}
