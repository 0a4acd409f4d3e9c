#include "evidence/item.h"

#include "format/reg_pol.h"
#include "format/reg_text.h"
#include "source/archive.h"

const char *wr_role_name(wr_role role)
{
    static const char *const names[] = {
        [WR_ROLE_SOFTWARE] = "software", [WR_ROLE_OSDATA] = "osdata",
        [WR_ROLE_USER] = "user",         [WR_ROLE_SYSTEM] = "system",
        [WR_ROLE_REGISTRY] = "registry", [WR_ROLE_POLICY] = "policy",
        [WR_ROLE_HIVE] = "hive",         [WR_ROLE_REPORT] = "report",
        [WR_ROLE_LIST] = "list",         [WR_ROLE_STORE] = "store",
        [WR_ROLE_SUPPLY] = "supply",     [WR_ROLE_OTHER] = "other",
    };
    return names[role];
}

/* A certificate without properties, as an element like those of a store. */
static bool add_certificate(wr_arena *arena, wr_view der, wr_item *item, wr_error *err)
{
    wr_element *e = WR_APPEND(arena, &item->store.elements, wr_element);
    if (!e)
        return wr_fail_memory(err);
    *e = (wr_element){ .kind = WR_ELEMENT_CERTIFICATE, .object = der };
    e->all = (wr_view){ NULL, 0, der.origin, der.source };
    return true;
}

static bool add_certificates(wr_arena *arena, const wr_ders *ders, wr_item *item, wr_error *err)
{
    for (size_t i = 0; i < ders->list.count; i++)
        if (!add_certificate(arena, ders->list.items[i], item, err))
            return false;
    return true;
}

static bool parse(const wr_item_sink *to, wr_view v, wr_kind kind, wr_item *item, wr_error *err);

static bool parse_regf(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    if (!wr_regf_open(v, to->arena, to->diags, &item->hive, err) ||
        !wr_mounts_of_hive(&item->hive, v.source, item->inner, to->arena, &item->mounts, err))
        return false;
    item->role = item->mounts.list.count ? item->mounts.list.items[0].role : WR_ROLE_HIVE;
    return true;
}

static bool parse_reg(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    item->role = WR_ROLE_REGISTRY;
    return wr_reg_text_parse(v, to->arena, to->diags, &item->entries, err) &&
           wr_reg_tree_build(&item->entries, v.source, to->arena, to->diags, &item->tree, err) &&
           wr_mounts_of_text(&item->tree, v.source, item->inner, to->arena, &item->mounts, err);
}

static bool parse_pol(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    item->role = WR_ROLE_POLICY;
    return wr_reg_pol_parse(v, to->arena, to->diags, &item->entries, err) &&
           wr_reg_tree_build(&item->entries, v.source, to->arena, to->diags, &item->tree, err) &&
           wr_mounts_of_policy(&item->tree, v.source, item->inner, to->arena, &item->mounts, err);
}

static bool parse_list(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    if (!wr_pkcs7_parse(v, to->arena, to->diags, &item->message, err) ||
        !wr_ctl_parse(item->message.content, to->arena, &item->list, err))
        return false;
    item->role = item->list.kind == WR_CTL_CATALOGUE ? WR_ROLE_OTHER : WR_ROLE_LIST;
    return true;
}

/* What is no message is SKIPPED: the program then has fewer signatures. */
static bool read_signatures(const wr_item_sink *to, const wr_pe_certificate *entry, wr_item *item,
                            wr_error *err)
{
    wr_pkcs7 message;
    wr_error damage;

    if (entry->type != WR_PE_PKCS_SIGNED_DATA) {
        wr_diag_add(to->diags, WR_DIAG_NOTE, WR_E_UNSUPPORTED, entry->bytes.source,
                    entry->bytes.origin, NULL,
                    "an entry of type %u in the certificate table is not read",
                    (unsigned)entry->type);
        return true;
    }
    if (wr_pkcs7_parse(entry->bytes, to->arena, to->diags, &message, &damage))
        return wr_authenticode_read(&message, to->arena, to->diags, &item->signatures, err);
    if (damage.code == WR_E_NO_MEMORY)
        return wr_fail_memory(err);
    wr_diag_error(to->diags, WR_DIAG_SKIPPED, &damage);
    return true;
}

static bool parse_program(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    if (!wr_pe_parse(v, to->arena, to->diags, &item->program, err))
        return false;
    for (size_t i = 0; i < item->program.certificates.count; i++)
        if (!read_signatures(to, &item->program.certificates.items[i], item, err))
            return false;
    return true;
}

static bool parse_sst(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    item->role = WR_ROLE_STORE;
    return wr_sst_parse(v, to->arena, to->diags, &item->store, err);
}

static bool parse_pkcs7(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    item->role = WR_ROLE_STORE;
    return wr_pkcs7_parse(v, to->arena, to->diags, &item->message, err) &&
           add_certificates(to->arena, &item->message.certificates, item, err);
}

static bool parse_certificate(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    wr_x509 x;

    item->role = WR_ROLE_STORE;
    if (!wr_x509_parse(v, &x, err))
        return false;
    if (x.der.len < v.len)
        wr_diag_add(to->diags, WR_DIAG_NOTE, WR_E_MALFORMED, v.source, x.der.len, NULL,
                    "%zu bytes behind the certificate are not part of it", v.len - x.der.len);
    return add_certificate(to->arena, x.der, item, err);
}

static bool parse_pem(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    wr_ders ders = { 0 };

    item->role = WR_ROLE_STORE;
    return wr_pem_certificates(v, to->arena, to->diags, &ders, err) &&
           add_certificates(to->arena, &ders, item, err);
}

static bool parse_element(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    wr_element e, *added;

    item->role = WR_ROLE_STORE;
    if (!wr_element_parse(v, to->diags, &e, err))
        return false;
    if (!(added = WR_APPEND(to->arena, &item->store.elements, wr_element)))
        return wr_fail_memory(err);
    *added = e;
    return true;
}

/* What a cab carries counts as given itself: its first list, and every certificate. */
static bool parse_cab(const wr_item_sink *to, wr_view v, wr_item *item, wr_error *err)
{
    wr_members members = { { 0 } };
    bool has_list = false;

    if (!wr_archive_read_cab(v, to->arena, to->diags, &members, err))
        return false;
    item->members = WR_NEW(to->arena, const char *, members.list.count + 1);
    if (!item->members)
        return wr_fail_memory(err);
    item->role = WR_ROLE_OTHER;
    for (size_t i = 0; i < members.list.count; i++) {
        const wr_member *m = &members.list.items[i];
        wr_kind kind = wr_probe(m->bytes);
        wr_error damage;

        item->members[item->num_members++] = m->name;
        if (kind == WR_KIND_CAB || kind == WR_KIND_REGF || kind == WR_KIND_REG ||
            kind == WR_KIND_POL || (kind == WR_KIND_CTL && has_list))
            wr_diag_add(to->diags, WR_DIAG_NOTE, WR_E_UNSUPPORTED, m->bytes.source, WR_NO_OFFSET,
                        NULL, "a %s inside a cabinet is not used", wr_kind_name(kind));
        else if (kind != WR_KIND_UNKNOWN && kind != WR_KIND_TEXT &&
                 !parse(to, m->bytes, kind, item, &damage))
            wr_diag_error(to->diags, WR_DIAG_SKIPPED, &damage);
        else
            has_list |= kind == WR_KIND_CTL;
    }
    if (has_list)
        item->role = WR_ROLE_LIST;
    return true;
}

static bool parse(const wr_item_sink *to, wr_view v, wr_kind kind, wr_item *item, wr_error *err)
{
    switch (kind) {
    case WR_KIND_REGF:
        return parse_regf(to, v, item, err);
    case WR_KIND_CTL:
    case WR_KIND_CATALOGUE:
        return parse_list(to, v, item, err);
    case WR_KIND_SST:
        return parse_sst(to, v, item, err);
    case WR_KIND_PKCS7:
        return parse_pkcs7(to, v, item, err);
    case WR_KIND_CERTIFICATE:
        return parse_certificate(to, v, item, err);
    case WR_KIND_PEM:
        return parse_pem(to, v, item, err);
    case WR_KIND_ELEMENT:
        return parse_element(to, v, item, err);
    case WR_KIND_CAB:
        return parse_cab(to, v, item, err);
    case WR_KIND_REG:
        return parse_reg(to, v, item, err);
    case WR_KIND_POL:
        return parse_pol(to, v, item, err);
    case WR_KIND_EMPTY:
        return wr_fail_view(err, WR_E_TRUNCATED, v, "the file is empty, expected evidence");
    case WR_KIND_ZEROS:
        return wr_fail_view(err, WR_E_MALFORMED, v,
                            "the file begins with nothing but zero bytes, expected evidence");
    case WR_KIND_REGF_LOG:
    case WR_KIND_HBIN: {
        wr_regf unused; /* its message says what the file is instead of a hive */
        return wr_regf_open(v, to->arena, to->diags, &unused, err);
    }
    default:
        return wr_fail_view(
            err, WR_E_UNSUPPORTED, v,
            "the file is of kind %s, expected a registry hive, its text (reg), a policy "
            "file (pol), a certificate store (sst, p7b, cer, pem), a trust list "
            "(stl) or its cab",
            wr_kind_name(kind));
    }
}

/* A store given as supply is supply whatever it is, and so on: how it was given narrows the role.
 */
static wr_role role_by_use(wr_use use, wr_role role)
{
    if (use == WR_USE_SUPPLY)
        return role == WR_ROLE_STORE || role == WR_ROLE_LIST || role == WR_ROLE_OTHER
                   ? WR_ROLE_SUPPLY
                   : WR_ROLE_OTHER;
    if (use == WR_USE_LIST)
        return role == WR_ROLE_LIST ? role : WR_ROLE_OTHER;
    if (use == WR_USE_STORE)
        return role == WR_ROLE_STORE ? role : WR_ROLE_OTHER;
    return role;
}

static bool expected_role(const wr_item *item, wr_error *err)
{
    static const char *const expected[] = {
        [WR_USE_LIST] = "a trust list (stl or cab)",
        [WR_USE_STORE] = "a certificate store (sst, p7b, cer, pem)",
        [WR_USE_SUPPLY] = "certificates (sst, p7b, cer, pem, cab)",
    };
    if (item->role != WR_ROLE_OTHER || item->use == WR_USE_EVIDENCE)
        return true;
    return wr_fail_view(err, WR_E_UNSUPPORTED, item->view, "the file is of kind %s, expected %s",
                        wr_kind_name(item->kind), expected[item->use]);
}

bool wr_item_parse(wr_item *item, wr_view v, bool programs, const wr_item_sink *to, wr_error *err)
{
    if (!(item->kind == WR_KIND_PE && programs ? parse_program(to, v, item, err)
                                               : parse(to, v, item->kind, item, err)))
        return false;
    item->role = role_by_use(item->use, item->role);
    return expected_role(item, err);
}
