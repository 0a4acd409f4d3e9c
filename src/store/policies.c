#include "store/policies.h"

#include "base/text.h"
#include "store/collect_stores.h"
#include "store/layout.h"

#include <inttypes.h>

#define POLICY_AUTHROOT  "Policies\\Microsoft\\SystemCertificates\\AuthRoot"
#define POLICY_PROTECTED "Policies\\Microsoft\\SystemCertificates\\Root\\ProtectedRoots"
#define POLICY_SAFER     "Policies\\Microsoft\\SystemCertificates\\TrustedPublisher\\Safer"
#define STORE_SAFER      "Microsoft\\SystemCertificates\\TrustedPublisher\\Safer"
#define AUTO_UPDATE      "Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate"
#define ENGINE                                                                                     \
    "Microsoft\\Cryptography\\OID\\EncodingType 0\\CertDllCreateCertificateChainEngine\\Config"
#define ENGINE_32      "Wow6432Node\\" ENGINE
#define USER_PROTECTED "Software\\Microsoft\\SystemCertificates\\Root\\ProtectedRoots"
#define USER_POLICY    "Software\\Policies\\Microsoft\\SystemCertificates\\Root\\ProtectedRoots"
#define USER_SAFER     "Software\\Policies\\Microsoft\\SystemCertificates\\TrustedPublisher\\Safer"

/* SPEC windows-trust 2.5: the values that bear on roots, of one key. */
#define ENGINE_VALUES(key, name)                                                                   \
    { WR_ROLE_SOFTWARE, key, "MinRsaPubKeyBitLength", name "MinRsaPubKeyBitLength", NUMBER },      \
        { WR_ROLE_SOFTWARE, key, "WeakRsaPubKeyTime", name "WeakRsaPubKeyTime", TIME },            \
    {                                                                                              \
        WR_ROLE_SOFTWARE, key, "EnableWeakSignatureFlags", name "EnableWeakSignatureFlags", NUMBER \
    }

typedef enum value_kind { NUMBER, TEXT, TIME } value_kind;

/* SPEC windows-trust 2.2 to 2.6.  `name` is unique in a report; `value` is what the hive calls
 * it.  A user's AutoUpdate key is not the machine's state and is not read. */
static const struct {
    wr_role hive;
    const char *key, *value, *name;
    value_kind kind;
} policy_values[] = {
    { WR_ROLE_SOFTWARE, POLICY_AUTHROOT, "DisableRootAutoUpdate", "DisableRootAutoUpdate", NUMBER },
    { WR_ROLE_SOFTWARE, POLICY_AUTHROOT, "EnableDisallowedCertAutoUpdate",
      "EnableDisallowedCertAutoUpdate", NUMBER },
    { WR_ROLE_SOFTWARE, POLICY_AUTHROOT, "DisablePinRulesAutoUpdate", "DisablePinRulesAutoUpdate",
      NUMBER },
    { WR_ROLE_SOFTWARE, POLICY_PROTECTED, "Flags", "ProtectedRoots\\Flags", NUMBER },
    { WR_ROLE_SOFTWARE, POLICY_SAFER, "AuthenticodeFlags", "AuthenticodeFlags", NUMBER },
    { WR_ROLE_SOFTWARE, STORE_SAFER, "AuthenticodeFlags", "Safer\\AuthenticodeFlags", NUMBER },
    { WR_ROLE_SOFTWARE, AUTO_UPDATE, "RootDirUrl", "RootDirUrl", TEXT },
    { WR_ROLE_SOFTWARE, AUTO_UPDATE, "SyncFromDirUrl", "SyncFromDirUrl", TEXT },
    { WR_ROLE_SOFTWARE, AUTO_UPDATE, "Flags", "AutoUpdate\\Flags", NUMBER },
    { WR_ROLE_SOFTWARE, AUTO_UPDATE, "SyncDeltaTime", "SyncDeltaTime", NUMBER },
    { WR_ROLE_SOFTWARE, AUTO_UPDATE, "LastSyncTime", "LastSyncTime", TIME },
    { WR_ROLE_SOFTWARE, AUTO_UPDATE, "DisallowedCertLastSyncTime", "DisallowedCertLastSyncTime",
      TIME },
    { WR_ROLE_SOFTWARE, AUTO_UPDATE, "PinRulesLastSyncTime", "PinRulesLastSyncTime", TIME },
    ENGINE_VALUES(ENGINE, "ChainEngine\\"),
    ENGINE_VALUES(ENGINE "\\Default", "ChainEngine\\Default\\"),
    ENGINE_VALUES(ENGINE_32, "ChainEngine32\\"),
    ENGINE_VALUES(ENGINE_32 "\\Default", "ChainEngine32\\Default\\"),
    { WR_ROLE_USER, USER_PROTECTED, "Flags", "ProtectedRoots\\Flags", NUMBER },
    { WR_ROLE_USER, USER_POLICY, "Flags", "Policies\\ProtectedRoots\\Flags", NUMBER },
    { WR_ROLE_USER, USER_SAFER, "AuthenticodeFlags", "AuthenticodeFlags", NUMBER },
};

bool wr_policy_is_collected(const char *path, const char *value)
{
    for (size_t i = 0; i < sizeof policy_values / sizeof *policy_values; i++)
        if (policy_values[i].hive == WR_ROLE_SOFTWARE &&
            !wr_text_compare(policy_values[i].key, path) &&
            !wr_text_compare(policy_values[i].value, value))
            return true;
    return false;
}

/* The lists that the host keeps, and whether one that cannot be read may hide a refusal. */
static const struct {
    const char *value;
    bool refuses;
} encoded_lists[] = { { "EncodedCtl", true },
                      { "DisallowedCertEncodedCtl", true },
                      { "PinRulesEncodedCtl", false } };

static bool value_data(wr_model *m, const wr_mount *mount, const wr_registry_key *key,
                       const char *path, const char *name, wr_view *out)
{
    wr_registry_value value;
    wr_error damage;

    if (!wr_registry_find_value(&mount->registry, key, name, m->diags, &value))
        return false;
    if (wr_registry_data(&mount->registry, &value, m->arena, out, &damage))
        return true;
    wr_error_at(&damage, path);
    wr_diag_error(m->diags, WR_DIAG_SKIPPED, &damage);
    return false;
}

/* One value as number, text or time; false where it is absent or of another kind (a diagnostic). */
static bool read_policy(wr_model *m, const wr_mount *mount, const wr_registry_key *key, size_t row,
                        wr_policy *out)
{
    wr_view data;
    uint32_t dword;
    uint64_t filetime;
    char time[WR_TIME_TEXT];

    if (!value_data(m, mount, key, out->key, policy_values[row].value, &data))
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
    wr_diag_add(m->diags, WR_DIAG_WARNING, WR_E_MALFORMED, mount->source, data.origin, out->key,
                "value %s has %zu bytes, expected %d", policy_values[row].value, data.len,
                policy_values[row].kind == NUMBER ? 4 : 8);
    return false;
}

static bool add_policy(wr_model *m, const wr_policy *policy, wr_error *err)
{
    wr_policy *added = policy->text ? WR_APPEND(m->arena, &m->policies, wr_policy) : NULL;

    if (!added)
        return wr_fail_memory(err);
    *added = *policy;
    return true;
}

static bool collect_values(wr_model *m, const wr_mount *mount, const char *owner, wr_error *err)
{
    for (size_t i = 0; i < sizeof policy_values / sizeof *policy_values; i++) {
        const char *path = wr_mount_path(mount, policy_values[i].key);
        wr_policy policy = { .name = policy_values[i].name,
                             .owner = owner,
                             .intent = mount->intent,
                             .source = mount->source };
        wr_registry_key key;

        if (policy_values[i].hive != mount->role ||
            !wr_registry_find(&mount->registry, &mount->key, path, m->diags, &key))
            continue;
        policy.last_write = key.last_write;
        if (!(policy.key = wr_key_path(m->arena, mount->path, path)))
            return wr_fail_memory(err);
        if (read_policy(m, mount, &key, i, &policy) && !add_policy(m, &policy, err))
            return false;
    }
    return true;
}

static bool collect_encoded_lists(wr_model *m, const wr_mount *mount, wr_error *err)
{
    wr_registry_key key;
    const char *path;

    if (!wr_registry_find(&mount->registry, &mount->key, AUTO_UPDATE, m->diags, &key))
        return true;
    if (!(path = wr_key_path(m->arena, mount->path, AUTO_UPDATE)))
        return wr_fail_memory(err);
    for (size_t i = 0; i < sizeof encoded_lists / sizeof *encoded_lists; i++) {
        const char *place = wr_key_path(m->arena, path, encoded_lists[i].value);
        const size_t before = m->diags->num_skipped;
        wr_view der;
        if (!place)
            return wr_fail_memory(err);
        if (value_data(m, mount, &key, place, encoded_lists[i].value, &der) &&
            !wr_collect_list(m, der, place, NULL, err))
            return false;
        if (encoded_lists[i].refuses && m->diags->num_skipped > before)
            m->machine_incomplete = m->refusals_incomplete = true;
    }
    return true;
}

bool wr_collect_policies(wr_model *m, const wr_mount *mount, const char *owner, wr_error *err)
{
    return collect_values(m, mount, owner, err) &&
           (mount->role != WR_ROLE_SOFTWARE || mount->intent ||
            collect_encoded_lists(m, mount, err));
}

/* "Root\\Certificates\\4EB6..." with the certificate's subject as its value. */
static bool intend_certificate(wr_model *m, const wr_mount *mount, const wr_registry_key *key,
                               const char *store, const char *path, wr_error *err)
{
    const char *name = wr_registry_name(&mount->registry, key, m->arena);
    const char *inside = name ? wr_key_path(m->arena, path, name) : NULL;
    wr_policy policy = { .intent = true, .source = mount->source, .key = inside };
    wr_element element;
    wr_certificate facts;
    wr_view blob;
    wr_error damage;

    if (!inside || !(policy.name = wr_arena_format(m->arena, "%s\\Certificates\\%s", store, name)))
        return wr_fail_memory(err);
    if (!value_data(m, mount, key, inside, "Blob", &blob))
        return true;
    if (!wr_element_parse(blob, m->diags, &element, &damage) ||
        !wr_certificate_facts(element.object, &facts, &damage) ||
        !wr_x509_name_text(facts.x509.subject, m->arena, &policy.text, &damage))
        return wr_collect_past(m, &damage, inside, err);
    return add_policy(m, &policy, err);
}

bool wr_collect_intended_certificates(wr_model *m, const wr_mount *mount, wr_error *err)
{
    const wr_registry *registry = &mount->registry;
    const char *path = wr_mount_path(
        mount, mount->role == WR_ROLE_USER ? "Software\\Policies\\Microsoft\\SystemCertificates"
                                           : "Policies\\Microsoft\\SystemCertificates");
    wr_registry_key stores, store, list, key;
    wr_registry_iter each_store, each;

    if (!wr_registry_find(registry, &mount->key, path, m->diags, &stores))
        return true;
    if (!(path = wr_key_path(m->arena, mount->path, path)))
        return wr_fail_memory(err);
    wr_registry_subkeys(registry, &stores, path, m->diags, &each_store);
    while (wr_registry_next(&each_store, &store)) {
        const char *name = wr_registry_name(registry, &store, m->arena), *inside;
        if (!wr_registry_find(registry, &store, "Certificates", m->diags, &list))
            continue;
        inside = name ? wr_arena_format(m->arena, "%s\\%s\\Certificates", path, name) : NULL;
        if (!inside)
            return wr_fail_memory(err);
        wr_registry_subkeys(registry, &list, inside, m->diags, &each);
        while (wr_registry_next(&each, &key))
            if (!intend_certificate(m, mount, &key, wr_store_name(name), inside, err))
                return false;
    }
    return true;
}
