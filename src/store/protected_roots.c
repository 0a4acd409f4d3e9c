#include "store/protected_roots.h"

#include "store/collect_stores.h"
#include "store/layout.h"
#include "winroots/limits.h"

#include <string.h>

#define PROTECTED_ROOTS "Software\\Microsoft\\SystemCertificates\\Root\\ProtectedRoots"

/* OBSERVED one empty list, windows-trust 2.2: u32 size of the header 24, u32 version 1, FILETIME,
 * u32 count, u32 offset of the entries.  ASSUMED the entries: SHA-1 hashes in a row. */
static bool entries_of(wr_view list, wr_view *out)
{
    uint32_t header, version, count, offset;

    return wr_u32le_at(list, 0, &header) && wr_u32le_at(list, 4, &version) &&
           wr_u32le_at(list, 16, &count) && wr_u32le_at(list, 20, &offset) && header == 24 &&
           version == 1 && offset >= header &&
           wr_view_slice(list, offset, (uint64_t)count * WR_SHA1_LEN, out);
}

bool wr_consent_take(wr_view list, wr_arena *arena, wr_user *out, wr_error *err)
{
    wr_view_index index = { NULL, NULL, 0 };
    wr_view entries, *hashes;
    size_t count;

    if (entries_of(list, &entries)) {
        count = entries.len / WR_SHA1_LEN;
        if (!(hashes = WR_NEW(arena, wr_view, count + 1)))
            return wr_fail_memory(err);
        for (size_t i = 0; i < count; i++)
            hashes[i] = (wr_view){ entries.data + i * WR_SHA1_LEN, WR_SHA1_LEN, 0, "" };
        if (!wr_view_index_make(hashes, count, arena, &index, err))
            return false;
    } else if (list.len > WR_LIMIT_CONSENT_BYTES) {
        return wr_fail_view(err, WR_E_LIMIT, list,
                            "%zu bytes of consent in an unknown layout, expected at most %zu",
                            list.len, WR_LIMIT_CONSENT_BYTES);
    }
    out->consent = WR_CONSENT_LIST;
    out->list = list;
    out->hashes = index;
    return true;
}

/* The layout is unpublished: in another one, a hash that stands anywhere counts. */
bool wr_user_consented(const wr_user *user, const uint8_t sha1[WR_SHA1_LEN])
{
    wr_view entries, rest = user->list;

    if (entries_of(user->list, &entries))
        return wr_view_index_find(&user->hashes, (wr_view){ sha1, WR_SHA1_LEN, 0, "" }) != SIZE_MAX;
    for (; rest.len >= WR_SHA1_LEN; rest.data++, rest.len--)
        if (wr_view_starts(rest, sha1, WR_SHA1_LEN))
            return true;
    return false;
}

static bool read_consent(wr_model *m, const wr_mount *mount, wr_user *user, wr_error *err)
{
    size_t before = m->diags->num_skipped;
    const char *path = wr_mount_path(mount, PROTECTED_ROOTS);
    wr_registry_key key;
    wr_registry_value value;
    wr_error damage;
    wr_view list;

    /* The key is readable by the system alone, so an export may lack it though it is there. */
    user->consent = mount->is_export ? WR_CONSENT_UNKNOWN : WR_CONSENT_UNUSED;
    if (!wr_registry_find(&mount->registry, &mount->key, path, m->diags, &key)) {
        if (m->diags->num_skipped > before)
            user->consent = WR_CONSENT_UNKNOWN;
        return true;
    }
    if (!(user->path = wr_key_path(m->arena, mount->path, path)))
        return wr_fail_memory(err);
    user->last_write = key.last_write;
    if (!wr_registry_find_value(&mount->registry, &key, "Certificates", m->diags, &value)) {
        if (m->diags->num_skipped > before)
            user->consent = WR_CONSENT_UNKNOWN;
        return true;
    }
    user->consent = WR_CONSENT_UNKNOWN;
    return (wr_registry_data(&mount->registry, &value, m->arena, &list, &damage) &&
            wr_consent_take(list, m->arena, user, &damage)) ||
           wr_collect_past(m, &damage, user->path, err);
}

bool wr_collect_user(wr_model *m, const wr_mount *mount, const char *owner, wr_error *err)
{
    wr_user user = { .owner = owner, .source = mount->source, .path = "" }, *known, *added;

    if (!read_consent(m, mount, &user, err))
        return false;
    known = (wr_user *)wr_model_user(m, owner);
    if (known) { /* two parts of one user's hive: what one of them knows counts */
        if (known->consent != WR_CONSENT_LIST && user.consent != WR_CONSENT_UNKNOWN)
            *known = user;
        return true;
    }
    if (!(added = WR_APPEND(m->arena, &m->users, wr_user)))
        return wr_fail_memory(err);
    *added = user;
    return true;
}
