#include "store/hive_facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define POLICY_AUTHROOT  "Policies\\Microsoft\\SystemCertificates\\AuthRoot"
#define POLICY_PROTECTED "Policies\\Microsoft\\SystemCertificates\\Root\\ProtectedRoots"
#define POLICY_SAFER     "Policies\\Microsoft\\SystemCertificates\\TrustedPublisher\\Safer"
#define AUTO_UPDATE      "Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate"

typedef enum value_kind { NUMBER, TEXT, TIME } value_kind;

/* SPEC windows-trust 2.2 to 2.4, 2.6.  `name` is unique in a report; `value` is what the hive calls
 * it. */
static const struct {
    const char *key, *value, *name;
    value_kind kind;
} policy_values[] = {
    { POLICY_AUTHROOT, "DisableRootAutoUpdate", "DisableRootAutoUpdate", NUMBER },
    { POLICY_AUTHROOT, "EnableDisallowedCertAutoUpdate", "EnableDisallowedCertAutoUpdate", NUMBER },
    { POLICY_AUTHROOT, "DisablePinRulesAutoUpdate", "DisablePinRulesAutoUpdate", NUMBER },
    { POLICY_PROTECTED, "Flags", "ProtectedRoots\\Flags", NUMBER },
    { POLICY_SAFER, "AuthenticodeFlags", "AuthenticodeFlags", NUMBER },
    { AUTO_UPDATE, "RootDirUrl", "RootDirUrl", TEXT },
    { AUTO_UPDATE, "SyncFromDirUrl", "SyncFromDirUrl", TEXT },
    { AUTO_UPDATE, "Flags", "AutoUpdate\\Flags", NUMBER },
    { AUTO_UPDATE, "SyncDeltaTime", "SyncDeltaTime", NUMBER },
    { AUTO_UPDATE, "LastSyncTime", "LastSyncTime", TIME },
    { AUTO_UPDATE, "DisallowedCertLastSyncTime", "DisallowedCertLastSyncTime", TIME },
    { AUTO_UPDATE, "PinRulesLastSyncTime", "PinRulesLastSyncTime", TIME },
};

static const char *const encoded_lists[] = { "EncodedCtl", "DisallowedCertEncodedCtl",
                                             "PinRulesEncodedCtl" };

static bool value_data(wr_model *m, const wr_item *item, const wr_regf_key *key, const char *path,
                       const char *name, wr_view *out)
{
    wr_regf_value value;
    wr_error damage;

    if (!wr_regf_find_value(&item->hive, key, name, m->diags, &value))
        return false;
    if (wr_regf_data(&item->hive, &value, m->arena, out, &damage))
        return true;
    wr_error_at(&damage, path);
    wr_diag_error(m->diags, WR_DIAG_SKIPPED, &damage);
    return false;
}

/* One value as number, text or time; false where it is absent or of another kind (a diagnostic). */
static bool read_policy(wr_model *m, const wr_item *item, const wr_regf_key *key, size_t row,
                        wr_policy *out)
{
    wr_view data;
    uint32_t dword;
    uint64_t filetime;
    char time[WR_TIME_TEXT];

    if (!value_data(m, item, key, policy_values[row].key, policy_values[row].value, &data))
        return false;
    switch (policy_values[row].kind) {
    case NUMBER:
        if (data.len != 4 || !wr_u32le_at(data, 0, &dword))
            break;
        out->is_number = true;
        out->number = dword;
        out->text = wr_arena_format(m->arena, "%" PRIu32, dword);
        return true;
    case TIME:
        if (data.len != 8 || !wr_u64le_at(data, 0, &filetime))
            break;
        wr_time_text(filetime, time);
        out->is_number = true;
        out->number = filetime;
        out->text = wr_arena_text(m->arena, time);
        return true;
    case TEXT:
        out->text = wr_text_until_nul(m->arena, data, WR_UTF16LE);
        return true;
    }
    wr_diag_add(m->diags, WR_DIAG_WARNING, WR_E_MALFORMED, item->label, data.origin,
                policy_values[row].key, "value %s has %zu bytes, expected %d",
                policy_values[row].value, data.len, policy_values[row].kind == NUMBER ? 4 : 8);
    return false;
}

static bool collect_policies(wr_model *m, const wr_item *item, const wr_regf_key *root,
                             wr_error *err)
{
    for (size_t i = 0; i < sizeof policy_values / sizeof *policy_values; i++) {
        wr_policy policy = { .name = policy_values[i].name,
                             .source = item->label,
                             .key = policy_values[i].key };
        wr_policy *added;
        wr_regf_key key;

        if (!wr_regf_find_path(&item->hive, root, policy_values[i].key, m->diags, &key) ||
            !read_policy(m, item, &key, i, &policy))
            continue;
        policy.last_write = key.last_write;
        if (!policy.text || !(added = WR_APPEND(m->arena, &m->policies, wr_policy)))
            return wr_fail_memory(err);
        *added = policy;
    }
    return true;
}

static bool collect_encoded_lists(wr_model *m, const wr_item *item, const wr_regf_key *root,
                                  wr_error *err)
{
    wr_regf_key key;

    if (!wr_regf_find_path(&item->hive, root, AUTO_UPDATE, m->diags, &key))
        return true;
    for (size_t i = 0; i < sizeof encoded_lists / sizeof *encoded_lists; i++) {
        const char *path = wr_arena_format(m->arena, "%s\\%s", AUTO_UPDATE, encoded_lists[i]);
        wr_view der;
        if (!path)
            return wr_fail_memory(err);
        if (value_data(m, item, &key, path, encoded_lists[i], &der) &&
            !wr_collect_list(m, der, path, true, err))
            return false;
    }
    return true;
}

/* Digits of a string value, as old Windows stores build and version. */
static uint32_t leading_number(const char *text)
{
    unsigned long n = strtoul(text, NULL, 10);
    return n > UINT32_MAX ? 0 : (uint32_t)n;
}

static bool collect_os(wr_model *m, const wr_item *item, const wr_regf_key *root, wr_error *err)
{
    wr_os os = { .known = true, .product_name = "" };
    const char *text;
    wr_regf_key key;

    (void)err;
    if (!wr_regf_find_path(&item->hive, root, "Microsoft\\Windows NT\\CurrentVersion", m->diags,
                           &key))
        return true;
    if (wr_regf_string(&item->hive, &key, "ProductName", m->arena, m->diags, &text))
        os.product_name = text;
    if (wr_regf_string(&item->hive, &key, "CurrentBuildNumber", m->arena, m->diags, &text) ||
        wr_regf_string(&item->hive, &key, "CurrentBuild", m->arena, m->diags, &text))
        os.build = leading_number(text);
    /* Windows 10 keeps 6.3 in CurrentVersion for old programs and the truth in two numbers. */
    if (!wr_regf_dword(&item->hive, &key, "CurrentMajorVersionNumber", m->diags, &os.major) ||
        !wr_regf_dword(&item->hive, &key, "CurrentMinorVersionNumber", m->diags, &os.minor)) {
        os.major = os.minor = 0;
        if (wr_regf_string(&item->hive, &key, "CurrentVersion", m->arena, m->diags, &text)) {
            const char *dot = strchr(text, '.');
            os.major = leading_number(text);
            os.minor = dot ? leading_number(dot + 1) : 0;
        }
    }
    os.revision_known = wr_regf_dword(&item->hive, &key, "UBR", m->diags, &os.revision);
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

static bool collect_updates(wr_model *m, const wr_item *item, const wr_regf_key *root,
                            wr_error *err)
{
    wr_regf_iter it;
    wr_regf_key packages, package;

    if (!wr_regf_find_path(&item->hive, root, CBS_PACKAGES, m->diags, &packages))
        return true;
    m->host.updates_known = true;
    wr_regf_subkeys(&item->hive, &packages, CBS_PACKAGES, m->diags, &it);
    while (wr_regf_next_key(&it, &package)) {
        const char *name = wr_text(m->arena, package.name, package.name_encoding);
        uint32_t state, *added, kb = name ? kb_of(name) : 0;

        if (!name)
            return wr_fail_memory(err);
        if (!kb || !wr_regf_dword(&item->hive, &package, "CurrentState", m->diags, &state) ||
            state != CBS_STATE_INSTALLED)
            continue;
        if (!(added = WR_APPEND(m->arena, &m->host.updates, uint32_t)))
            return wr_fail_memory(err);
        *added = kb;
    }
    if (m->host.updates.count)
        qsort(m->host.updates.items, m->host.updates.count, sizeof(uint32_t), compare_u32);
    return true;
}

bool wr_collect_machine_facts(wr_model *m, const wr_item *software, bool updates, wr_error *err)
{
    wr_regf_key root;
    wr_error ignored; /* reported when the stores were read */

    if (!wr_regf_root(&software->hive, &root, &ignored))
        return true;
    return collect_policies(m, software, &root, err) &&
           collect_encoded_lists(m, software, &root, err) && collect_os(m, software, &root, err) &&
           (!updates || collect_updates(m, software, &root, err));
}

bool wr_collect_computer_name(wr_model *m, const wr_item *system, wr_error *err)
{
    wr_regf_key root, key;
    uint32_t current = 1;
    const char *path, *name;
    wr_error ignored;

    if (!wr_regf_root(&system->hive, &root, &ignored))
        return true;
    if (wr_regf_find_key(&system->hive, &root, "Select", m->diags, &key))
        (void)wr_regf_dword(&system->hive, &key, "Current", m->diags, &current);
    path = wr_arena_format(m->arena, "ControlSet%03" PRIu32 "\\Control\\ComputerName\\ComputerName",
                           current);
    if (!path)
        return wr_fail_memory(err);
    if (wr_regf_find_path(&system->hive, &root, path, m->diags, &key) &&
        wr_regf_string(&system->hive, &key, "ComputerName", m->arena, m->diags, &name))
        m->host.computer_name = name;
    return true;
}
